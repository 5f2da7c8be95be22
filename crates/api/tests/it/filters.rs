//! Predefined filters as people choose among them, the one on campaign feedback, and date presets.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tutti_api::schemas::{DatePreset, Favorite, ListedFilter};

use crate::data::{apply, campaign, count};
use crate::world::World;

const DAY_S: u64 = 86_400;

async fn filters(world: &World, query: &str) -> Vec<ListedFilter> {
    world.get(&format!("/api/v1/filters{query}")).await.shape()
}

/// The names, those of favorites with a star.
async fn names(world: &World, by: &str) -> Vec<String> {
    let all = filters(world, &format!("?dimension=people&by={by}")).await;
    all.iter().map(|filter| format!("{}{}", filter.name, if filter.favorite { "*" } else { "" })).collect()
}

async fn keep(world: &World, what: &str) -> StatusCode {
    let request = Request::put(format!("/api/v1/favorites/{what}")).header("host", "localhost:8080");
    world.send(request.body(Body::empty()).unwrap()).await.status
}

async fn kept(world: &World, what: &str) -> Vec<String> {
    let kept: Vec<Favorite> = world.get(&format!("/api/v1/favorites/{what}")).await.shape();
    kept.into_iter().map(|favorite| favorite.name).collect()
}

#[tokio::test]
async fn private_filters_are_their_owners_and_favorites_come_first() {
    let world = World::shop().await;
    let gold = json!({"field": "tier", "operator": "=", "value": "{{tier}}"});
    let tiers = json!({"tier": {"type": "string", "default": "gold", "label": "Tier"}});
    let filter = |name: &str, more: Value| {
        let mut body =
            json!({"kind": "filter", "name": name, "dimension": "people", "parameters": tiers, "where": gold});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    apply(
        &world,
        &[
            filter("gold", json!({"label": "Gold customers", "description": "The best ones"})),
            filter("mine", json!({"label": "My own", "shared": false, "owner": "anna"})),
            filter("nobodys", json!({"label": "Nobody's", "shared": false})),
            filter("top", json!({"label": "The top", "favorite": true})),
        ],
    )
    .await;
    assert_eq!(names(&world, "anna").await, ["top*", "tutti_feedback", "gold", "mine", "nobodys"]);
    assert_eq!(names(&world, "ben").await, ["top*", "tutti_feedback", "gold", "nobodys"]);
    let all = filters(&world, "").await;
    let found = all.iter().find(|filter| filter.name == "gold").unwrap();
    assert_eq!((found.label.as_deref(), found.description.as_deref()), (Some("Gold customers"), Some("The best ones")));
    assert_eq!((found.shared, found.builtin, found.version, found.owner.as_deref()), (true, false, Some(1), None));
    let parameter = &found.parameters[0];
    assert_eq!((parameter.name.as_str(), &parameter.parameter_type), ("tier", &json!("string")));
    assert_eq!((&parameter.default, parameter.label.as_deref()), (&Some(json!("gold")), Some("Tier")));
    assert!(!all.iter().any(|filter| filter.name == "mine"), "whoever gives no name is not its owner");
    assert_eq!(world.get("/api/v1/filters?dimension=persons").await.status, StatusCode::NOT_FOUND);

    // Favorites are of a person.
    assert_eq!(keep(&world, "filter/gold?by=ben").await, StatusCode::NO_CONTENT);
    assert_eq!(keep(&world, "filter/tutti_feedback?by=ben").await, StatusCode::NO_CONTENT);
    assert_eq!(keep(&world, "filter/mine?by=ben").await, StatusCode::NOT_FOUND, "he does not see it");
    assert_eq!(keep(&world, "filter/mine?by=anna").await, StatusCode::NO_CONTENT);
    assert_eq!(keep(&world, "filters/gold?by=ben").await, StatusCode::NOT_FOUND, "there is no such kind");
    assert_eq!(names(&world, "ben").await, ["tutti_feedback*", "gold*", "top*", "nobodys"]);
    assert_eq!(names(&world, "anna").await, ["mine*", "top*", "tutti_feedback", "gold", "nobodys"]);
    for _ in 0..2 {
        assert_eq!(world.delete("/api/v1/favorites/filter/mine?by=anna").await.status, StatusCode::NO_CONTENT);
    }
    assert!(kept(&world, "filter?by=anna").await.is_empty());
    // They go with what they are of.
    world.delete("/api/v1/documents/filter/gold").await;
    assert_eq!(kept(&world, "filter?by=ben").await, ["tutti_feedback"]);
    // A rule can use a filter whoever it belongs to.
    assert_eq!(count(&world, json!({"filter": "mine"})).await, 3);
}

#[tokio::test]
async fn attributes_are_favorites_and_remembered() {
    let world = World::shop().await;
    let own = ["person_id", "email", "name", "tier", "consent"].map(str::to_owned).to_vec();
    let linked = ["run", "campaign", "activity", "channel", "address", "status", "reason", "message_id", "attempts"];
    let messages = linked.iter().map(|name| format!("tutti_messages.{name}"));
    let events =
        ["event", "kind", "run", "campaign", "activity", "url", "at"].map(|name| format!("tutti_events.{name}"));
    let all: Vec<String> = own.into_iter().chain(messages).chain(events).map(|path| format!("people.{path}")).collect();
    assert_eq!(all.len(), 21);
    for (place, name) in all.iter().enumerate() {
        let expected = if place < 20 { StatusCode::NO_CONTENT } else { StatusCode::CONFLICT };
        assert_eq!(keep(&world, &format!("attribute/{name}?by=anna")).await, expected, "{name}");
        assert_eq!(keep(&world, &format!("recent-attribute/{name}?by=anna")).await, StatusCode::NO_CONTENT, "{name}");
    }
    // One that is kept is no further one.
    assert_eq!(keep(&world, &format!("attribute/{}?by=anna", all[0])).await, StatusCode::NO_CONTENT);
    assert_eq!(kept(&world, "attribute?by=anna").await.len(), 20);
    let recent = kept(&world, "recent-attribute?by=anna").await;
    assert_eq!((recent.len(), recent.contains(&all[0]), recent.contains(&all[20])), (20, false, true));
    assert!(kept(&world, "attribute").await.is_empty(), "another's");
    for name in ["people.teir", "persons.tier", "tier"] {
        assert_eq!(keep(&world, &format!("attribute/{name}")).await, StatusCode::NOT_FOUND, "{name}");
    }
}

/// What the HTML of the mail to somebody has behind `marker`.
async fn link(world: &World, key: &str, marker: &str) -> String {
    let caught = world.get(&format!("/api/v1/catcher/messages?search=key:{key}")).await.json();
    let id = caught["messages"][0]["id"].as_str().unwrap();
    let mail = world.get(&format!("/api/v1/catcher/messages/{id}")).await.json();
    let html = mail["html"].as_str().unwrap();
    let at = html.find(marker).unwrap_or_else(|| panic!("no {marker} in {html}"));
    html[at..].split(['"', '\'', '>', ' ']).next().unwrap().to_owned()
}

fn feedback(parameters: Value) -> Value {
    json!({"filter": "tutti_feedback", "parameters": parameters})
}

#[tokio::test]
async fn what_came_back_to_campaigns_is_a_filter() {
    let world = World::shop().await;
    let summary = world.run("hello", &json!({"mode": "live"})).await;
    let run = summary["run"].as_str().unwrap();
    // Ann and Bob are sent to, Cid and Dan are excluded, Eve is not asked. Ann opens and clicks.
    for marker in ["/t/o/", "/t/c/"] {
        world.get(&link(&world, "p1", marker).await).await;
    }
    world.workspace.work_through().await.unwrap();
    for (parameters, expected) in [
        (json!({"behavior": "sent"}), 2),
        (json!({"behavior": "not_sent"}), 3),
        (json!({"behavior": "excluded"}), 2),
        (json!({"behavior": "opened"}), 1),
        (json!({"behavior": "not_opened"}), 1),
        (json!({"behavior": "clicked"}), 1),
        (json!({"behavior": "not_clicked"}), 1),
        (json!({"behavior": "bounced"}), 0),
        (json!({"behavior": "unsubscribed"}), 0),
        (json!({"behavior": "opened", "campaign": "hello"}), 1),
        (json!({"behavior": "opened", "campaign": "held"}), 0),
        (json!({"behavior": "not_sent", "campaign": "held"}), 5),
        (json!({"behavior": "not_opened", "campaign": "hello", "activity": "mail", "run": run, "days": 7}), 1),
        (json!({"behavior": "sent", "activity": "done"}), 0),
        (json!({"behavior": "sent", "campaign": "", "activity": "", "run": "", "days": 0}), 2),
    ] {
        let rule = feedback(parameters);
        let complement = json!({"combinator": "and", "not": true, "rules": [rule]});
        assert_eq!(count(&world, rule.clone()).await, expected, "{rule}");
        assert_eq!(count(&world, complement).await, 5 - expected, "not {rule}");
    }
    let unknown = json!({"dimension": "people", "where": feedback(json!({"behavior": "read"}))});
    let refused = world.post("/api/v1/query/count", &unknown).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("there is no behavior `read`"), "{}", refused.text());
    world.advance(8 * DAY_S);
    assert_eq!(count(&world, feedback(json!({"behavior": "sent", "days": 7}))).await, 0);
    assert_eq!(count(&world, feedback(json!({"behavior": "sent", "days": 9}))).await, 2);

    let listed = filters(&world, "?dimension=people").await;
    let found = listed.iter().find(|filter| filter.name == "tutti_feedback").unwrap();
    assert!(found.builtin && found.shared && found.label.as_deref() == Some("Campaign feedback"));
    let names: Vec<&str> = found.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    assert_eq!(names, ["behavior", "campaign", "activity", "run", "days"]);
    assert!(found.parameters[0].default.is_none() && found.parameters[0].values.contains(&"not_opened".to_owned()));
}

/// In a campaign the filter can be about the campaign itself.
#[tokio::test]
async fn feedback_may_be_that_of_this_campaign() {
    let world = World::shop().await;
    let rule = feedback(json!({"behavior": "not_sent", "campaign": "$campaign_name"}));
    let activities = json!([
        {"id": "others", "type": "build-audience", "dimension": "people", "where": rule},
        {"id": "mail", "type": "email", "channel": "mail", "subject": "Once", "html": "<p>Once</p>", "send": "auto"}]);
    apply(&world, &[campaign("once", activities, &[("others", "mail")])]).await;
    world.run("hello", &json!({"mode": "live"})).await;
    let mut figures = Vec::new();
    for _ in 0..2 {
        let summary = world.run("once", &json!({"mode": "live"})).await;
        let delivery = &summary["deliveries"][0];
        figures.push((delivery["targeted"].clone(), delivery["sent"].clone()));
    }
    // What another campaign sent does not count; who has none yet cannot be reached.
    assert_eq!(figures, [(json!(5), json!(3)), (json!(2), json!(0))]);
}

#[tokio::test]
async fn date_presets_are_listed_and_asked() {
    let world = World::shop().await;
    let presets: Vec<DatePreset> = world.get("/api/v1/date-presets").await.shape();
    let of = |name: &str| presets.iter().find(|preset| preset.name == name).unwrap();
    assert_eq!((of("lastQuarter").from.as_str(), of("lastQuarter").to.as_str()), ("now-1Q/Q", "now/Q"));
    assert_eq!((of("nextDays").n_max, of("nextDays").words.as_str()), (Some(10_000), "in the next {n} days"));
    world.run("hello", &json!({"mode": "live"})).await;
    let told = |operator: &str, value: Value| {
        let field = "tutti_messages.updated_at";
        json!({"field": field, "operator": operator, "value": value})
    };
    for (operator, value, expected) in [
        ("=", json!({"preset": "today"}), 4),
        ("!=", json!({"preset": "today"}), 1),
        ("in", json!([{"preset": "yesterday"}, {"preset": "thisQuarter"}]), 4),
        ("=", json!({"preset": "nextDays", "n": 2}), 4),
        ("=", json!({"preset": "lastMonth"}), 0),
        (">=", json!({"preset": "daysAgo", "n": 7}), 4),
        ("<", json!({"preset": "daysAgo", "n": 7}), 0),
    ] {
        assert_eq!(count(&world, told(operator, value.clone())).await, expected, "{operator} {value}");
    }
    let asked = json!({"dimension": "people", "where": told("=", json!({"preset": "lastDays", "n": 7}))});
    let explained = world.post("/api/v1/query/explain", &asked).await.json();
    assert!(explained["words"].as_str().unwrap().contains("is in the last 7 days"), "{explained}");
    let wrong = json!({"dimension": "people", "where": told("=", json!({"preset": "lastQuater"}))});
    let refused = world.post("/api/v1/query/count", &wrong).await.text();
    assert!(refused.contains("did you mean `lastQuarter`?"), "{refused}");
}
