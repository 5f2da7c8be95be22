//! Date presets: a positive one and its complement divide the rows, whatever the zone and the day.

use serde_json::{Value as Json, json};
use tutti_model::bind::{Predicate, Scope, bind};
use tutti_model::date_math::Moment;
use tutti_model::date_preset::{PRESETS, Preset};
use tutti_model::rule::Rule;

use crate::world::World;

fn presets() -> Vec<Json> {
    let of = |preset: &Preset| {
        if preset.takes_n() { json!({"preset": preset.name, "n": 3}) } else { json!({"preset": preset.name}) }
    };
    PRESETS.iter().map(of).collect()
}

#[tokio::test]
async fn presets_divide_the_rows() {
    let world = World::random(9, 60, true);
    let mut dividing = 0;
    for preset in presets() {
        let of_hours = preset["preset"].as_str().is_some_and(|name| name.ends_with("Hours"));
        for (field, operator) in [
            ("seen", "="),
            ("seen", "!="),
            ("seen", "<="),
            ("seen", ">"),
            ("born", "="),
            ("born", "notIn"),
            ("born", "<"),
            ("born", ">="),
            ("orders.at", "in"),
            ("orders.at", "!="),
        ] {
            if of_hours && field == "born" {
                continue;
            }
            let rule = json!({"field": field, "operator": operator, "value": preset});
            let count = world.check("customers", &rule).await;
            dividing += u64::from(count > 0 && count < 60);
        }
    }
    assert!(dividing > 100, "{dividing}");
    let list = json!([{"preset": "lastMonth"}, {"preset": "daysAgo", "n": 2}, "2026-02-12"]);
    world.check("customers", &json!({"field": "seen", "operator": "in", "value": list})).await;
    let newest = json!({"field": "orders", "aggregate": {"function": "max", "field": "at"}, "operator": "=",
        "value": {"preset": "lastMonth"}});
    world.check("customers", &newest).await;
}

#[tokio::test]
async fn presets_are_those_of_the_campaigns_zone() {
    let world = World::random(9, 60, false);
    // An hour before clocks in Paris go from 2 to 3, on a day that has begun there and not in UTC.
    for now in ["2026-03-28T23:30:00Z", "2026-10-25T01:30:00Z", "2026-02-13T23:30:00Z"] {
        let zone = jiff::tz::TimeZone::get("Europe/Paris").unwrap();
        let moment = Moment::new(now.parse().unwrap(), zone);
        for preset in presets() {
            let rule = Rule(json!({"field": "seen", "operator": "=", "value": preset}));
            let mut problems = Vec::new();
            let bound = bind(&rule, Scope::table("customers"), &world.catalog, &moment, "", &mut problems);
            let predicate = bound.unwrap_or_else(|| panic!("{preset}: {problems:?}"));
            let expected = world.naive().count("customers", &predicate);
            assert_eq!(world.count("customers", &predicate).await, expected, "{preset} at {now}");
            let complement = Predicate::Not(Box::new(predicate));
            assert_eq!(world.count("customers", &complement).await, 60 - expected, "not {preset} at {now}");
        }
    }
}
