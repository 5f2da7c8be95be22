//! How values are spread, and suggestions, against counts by hand.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;
use tutti_model::bind::{Field, Predicate, Scope, field};
use tutti_query::datafusion::scalar::ScalarValue;
use tutti_query::{Planner, Values, distribution, suggest};

use crate::naive::Value;
use crate::world::{World, session};

fn own(world: &World, path: &str) -> Values {
    own_in(world, path, TimeZone::UTC)
}

fn own_in(world: &World, path: &str, zone: TimeZone) -> Values {
    Values { hops: Vec::new(), field: field(path, Scope::table("customers"), &world.catalog, "").unwrap(), zone }
}

fn linked(world: &World, path: &str) -> Values {
    let resolved = world.catalog.resolve("customers", path, "").unwrap();
    let field = Field::new(Vec::new(), resolved.column.unwrap());
    Values { hops: resolved.hops, field, zone: TimeZone::UTC }
}

#[tokio::test]
async fn texts_are_counted_as_they_are_written() {
    let world = World::random(5, 60, true);
    let planner = Planner::new(&world.catalog, &world.providers);
    let mut expected: BTreeMap<String, u64> = BTreeMap::new();
    let mut nulls = 0;
    for row in &world.rows["customers"] {
        match &row[1] {
            Value::Text(text) => *expected.entry(text.clone()).or_default() += 1,
            _ => nulls += 1,
        }
    }
    let mut most: Vec<(String, u64)> = expected.clone().into_iter().collect();
    most.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    let everybody = Predicate::Constant(true);
    for top in [0, 3, 1000] {
        let found =
            distribution(&session(), &planner, "customers", &everybody, &own(&world, "name"), top).await.unwrap();
        assert_eq!((found.rows, found.nulls, found.distinct), (60, nulls, expected.len() as u64));
        let shown: Vec<(String, u64)> = found
            .top
            .iter()
            .map(|found| (found.value.try_as_str().flatten().unwrap().to_owned(), found.count))
            .collect();
        assert_eq!(shown, most[..top.min(most.len())]);
        assert!(found.bounds.is_none() && found.histogram.is_empty());
    }
}

#[tokio::test]
async fn numbers_have_bounds_and_bins() {
    let world = World::random(5, 60, false);
    let planner = Planner::new(&world.catalog, &world.providers);
    let vip = world.bind("customers", &json!({"field": "vip", "operator": "=", "value": true}));
    let naive = world.naive();
    for (path, at) in [("age", 3), ("score", 4), ("balance", 5), ("born", 7), ("seen", 8)] {
        let rows: Vec<_> = world.rows["customers"].iter().filter(|row| naive.holds("customers", row, &vip)).collect();
        let known = rows.iter().filter(|row| !matches!(row[at], Value::Null)).count() as u64;
        let found = distribution(&session(), &planner, "customers", &vip, &own(&world, path), 5).await.unwrap();
        assert_eq!((found.rows, found.nulls), (rows.len() as u64, rows.len() as u64 - known), "{path}");
        assert_eq!(found.histogram.iter().map(|bin| bin.count).sum::<u64>(), known, "{path}");
        let (least, greatest) = found.bounds.clone().unwrap();
        let (first, last) = (&found.histogram[0], &found.histogram[found.histogram.len() - 1]);
        assert!(first.from <= least && least < first.to, "{path}: {found:?}");
        assert!(last.from <= greatest && greatest < last.to, "{path}: {found:?}");
    }
    let nobody = Predicate::Constant(false);
    let found = distribution(&session(), &planner, "customers", &nobody, &own(&world, "age"), 5).await.unwrap();
    assert_eq!((found.rows, found.bounds, found.histogram.len()), (0, None, 0));
}

#[tokio::test]
async fn over_many_rows_each_linked_row_counts_and_orphans_do_not() {
    let world = World::random(6, 40, true);
    let planner = Planner::new(&world.catalog, &world.providers);
    let vip = world.bind("customers", &json!({"field": "vip", "operator": "=", "value": true}));
    let naive = world.naive();
    for predicate in [Predicate::Constant(true), vip] {
        let customers: Vec<_> = world.rows["customers"]
            .iter()
            .filter(|row| naive.holds("customers", row, &predicate))
            .map(|row| &row[0])
            .collect();
        let orders = world.rows["orders"].iter().filter(|order| customers.contains(&&order[2]));
        let (mut rows, mut paid) = (0, 0);
        for order in orders {
            rows += 1;
            paid += u64::from(matches!(&order[4], Value::Text(text) if text == "paid"));
        }
        assert!(rows > 0 && rows < world.rows["orders"].len() as u64);
        let values = linked(&world, "orders.status");
        let found = distribution(&session(), &planner, "customers", &predicate, &values, 10).await.unwrap();
        let counted =
            found.top.iter().find(|found| found.value.try_as_str() == Some(Some("paid"))).map(|found| found.count);
        assert_eq!((found.rows, counted), (rows, Some(paid)));
    }
}

#[tokio::test]
async fn suggestions_begin_with_what_is_typed_then_contain_it() {
    let world = World::random(5, 200, true);
    let planner = Planner::new(&world.catalog, &world.providers);
    let ask = async |path: &str, typed: &str, limit: usize| -> Vec<String> {
        let values = own(&world, path);
        let found = suggest(&session(), &planner, "customers", &Predicate::Constant(true), &values, typed, limit)
            .await
            .unwrap();
        found.iter().map(|found| found.value.to_string()).collect()
    };
    let mut found = ask("name", "STRASSE", 10).await;
    found.sort();
    assert_eq!(found, ["STRASSE", "Straße"]);
    let found = ask("name", "an", 10).await;
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found[..3].iter().all(|name| name.to_lowercase().starts_with("anna")), "{found:?}");
    assert_eq!(found[3], "much longer than the twelve bytes of a view");
    assert_eq!(ask("name", "%", 10).await, ["100%"]);
    assert_eq!(ask("name", "", 2).await.len(), 2);
    assert_eq!(ask("age", "4", 10).await, ["40"]);
    assert_eq!(ask("vip", "t", 10).await, ["true"]);
    let counted = suggest(&session(), &planner, "customers", &Predicate::Constant(true), &own(&world, "age"), "20", 10)
        .await
        .unwrap();
    let expected = world.rows["customers"].iter().filter(|row| row[3] == Value::Exact(20, 0)).count() as u64;
    assert_eq!(
        counted.iter().map(|found| (found.value.clone(), found.count)).collect::<Vec<_>>(),
        [(ScalarValue::Int64(Some(20)), expected)]
    );
}

/// Days and hours of a zone: each bin has as many rows as the rule that its bounds make, and what is typed is looked for
/// in what the clock shows.
#[tokio::test]
async fn moments_are_spread_by_the_clock_of_their_zone() {
    let world = World::random(5, 300, false);
    let planner = Planner::new(&world.catalog, &world.providers);
    let everybody = Predicate::Constant(true);
    for zone in ["UTC", "Europe/Paris", "America/New_York", "Asia/Kathmandu"] {
        let zone = TimeZone::get(zone).unwrap();
        let values = own_in(&world, "seen", zone.clone());
        let found = distribution(&session(), &planner, "customers", &everybody, &values, 5).await.unwrap();
        assert!(found.histogram.len() > 1, "{found:?}");
        for bin in &found.histogram {
            let at = |bound: &ScalarValue| match bound {
                ScalarValue::TimestampMicrosecond(Some(at), _) => Timestamp::from_microsecond(*at).unwrap(),
                other => panic!("{other} is no instant"),
            };
            let (from, to) = (at(&bin.from), at(&bin.to));
            let condition =
                |operator: &str, at: Timestamp| json!({"field": "seen", "operator": operator, "value": at.to_string()});
            let rule = json!({"combinator": "and", "rules": [condition(">=", from), condition("<", to)]});
            assert_eq!(world.check("customers", &rule).await, bin.count, "{rule}");
            let clock = from.to_zoned_datetime(zone.clone());
            assert_eq!((clock.minute(), clock.second()), (0, 0), "{clock}");
        }
        let Some(ScalarValue::TimestampMicrosecond(Some(at), _)) = found.bounds.map(|bounds| bounds.0) else {
            panic!("no bounds");
        };
        let shown = Timestamp::from_microsecond(at).unwrap().to_zoned_datetime(zone);
        let typed = shown.strftime("%Y-%m-%dT%H:%M").to_string();
        let suggested = suggest(&session(), &planner, "customers", &everybody, &values, &typed, 10).await.unwrap();
        let least = ScalarValue::TimestampMicrosecond(Some(at), Some("UTC".into()));
        assert!(suggested.iter().any(|found| found.value == least), "{typed}: {suggested:?}");
    }
}
