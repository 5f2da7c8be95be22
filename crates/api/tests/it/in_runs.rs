//! Rules of a canvas that ask the run: counted, shown, explained and checked as a run of the campaign has their rows.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tutti_api::schemas;

use crate::world::{Reply, World};

/// Of the shop's five people three are gold, and one of these has not consented.
const CAMPAIGN: &str = "
kind: campaign
name: asked
variables: {tier: gold}
canvas:
  activities:
    - {id: known, type: build-audience, dimension: people, where: {field: tier, operator: in, value: [gold, silver]}}
    - {id: named, type: enrichment, add: [{name: shout, expression: 'upper(tier)'}]}
    - {id: parts, type: split, subsets: [{id: best, where: {field: shout, operator: '=', value: GOLD}}, {id: rest}]}
    - {id: chosen, type: build-audience, dimension: people, within: true, where: {combinator: and, rules: [
        {field: segment_code, operator: '=', value: best}, {field: consent, operator: '=', value: true}]}}
    - {id: others, type: build-audience, dimension: people, where: {population: parts.best, operator: notIn}}
    - {id: done, type: end}
  transitions:
    - {from: known, to: named}
    - {from: named, to: parts}
    - {from: parts.best, to: chosen}
    - {from: parts.rest, to: others}
    - {from: chosen, to: done}
    - {from: others, to: done}
";

async fn world() -> World {
    let world = World::shop().await;
    world.apply(CAMPAIGN).await;
    world
}

/// A rule as the canvas has it.
fn rule_of(activity: &str) -> Value {
    let is = |field: &str, value: Value| json!({"field": field, "operator": "=", "value": value});
    match activity {
        "parts" => is("shout", json!("GOLD")),
        "chosen" => {
            json!({"combinator": "and", "rules": [is("segment_code", json!("best")), is("consent", json!(true))]})
        }
        "others" => json!({"population": "parts.best", "operator": "notIn"}),
        _ => json!({"field": "tier", "operator": "in", "value": ["gold", "silver"]}),
    }
}

async fn ask(world: &World, path: &str, activity: &str, rule: &Value, more: Value) -> Reply {
    let mut body = json!({"dimension": "people", "where": rule, "campaign": "asked", "activity": activity});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.post(&format!("/api/v1/query/{path}"), &body).await
}

/// The count of the rule of an activity.
async fn count(world: &World, activity: &str, more: Value) -> schemas::Count {
    ask(world, "count", activity, &rule_of(activity), more).await.shape()
}

/// The code of a refusal, and what it says.
fn refused(reply: &Reply) -> (String, String) {
    assert!(reply.status.is_client_error(), "{}", reply.text());
    (reply.json()["code"].as_str().unwrap().to_owned(), reply.text())
}

fn rows(summary: &Value, from: &str, port: &str) -> u64 {
    let mut transitions = summary["transitions"].as_array().unwrap().iter();
    transitions.find(|one| one["from"] == from && one["port"] == port).unwrap()["rows"].as_u64().unwrap()
}

#[tokio::test]
async fn counts_are_those_of_the_run() {
    let world = world().await;
    let summary = world.run("asked", &json!({"mode": "test"})).await;
    assert_eq!(summary["state"], "completed", "{summary}");
    let run = summary["run"].as_str().unwrap();
    let went = [("parts", rows(&summary, "parts", "best")), ("chosen", rows(&summary, "chosen", "out"))];
    let went = went.into_iter().chain([("others", rows(&summary, "others", "out"))]);
    for (activity, expected) in went {
        for named in [run, "last"] {
            let found = count(&world, activity, json!({"run": named, "parts": true})).await;
            assert_eq!((found.count, found.parts[0].count), (expected, expected), "{activity} in {named}");
            assert_eq!(found.run.unwrap().run, run);
        }
        let rehearsed = count(&world, activity, json!({"run": "dry"})).await;
        assert_eq!((rehearsed.count, rehearsed.run.unwrap().run.as_str()), (expected, "dry"), "{activity}");
        // The run alone says whose it is.
        let mut body = json!({"dimension": "people", "where": rule_of(activity), "activity": activity, "run": run});
        let found: schemas::Count = world.post("/api/v1/query/count", &body).await.shape();
        assert_eq!(found.count, expected);
        body["where"] = json!({"combinator": "and", "not": true, "rules": [rule_of(activity)]});
        let complement: schemas::Count = world.post("/api/v1/query/count", &body).await.shape();
        body["where"] = json!({});
        let all: schemas::Count = world.post("/api/v1/query/count", &body).await.shape();
        assert_eq!(found.count + complement.count, all.count);
        // A rule within is about the rows that arrived, any other about all of the dimension.
        let arrived = match activity {
            "parts" => rows(&summary, "named", "out"),
            "chosen" => rows(&summary, "parts", "best"),
            _ => 5,
        };
        assert_eq!(all.count, arrived, "{activity}");
    }
    let parts = count(&world, "chosen", json!({"run": run, "parts": true})).await.parts;
    let parts: Vec<(&str, u64)> = parts.iter().map(|part| (part.pointer.as_str(), part.count)).collect();
    assert_eq!(parts, [("", 2), ("/rules/0", 3), ("/rules/1", 2)]);

    // What the run knows of earlier activities is a variable.
    let many = json!({"expression": "$rows = 4 and $rows_known = 4", "operator": "=", "value": true});
    let found: schemas::Count = ask(&world, "count", "parts", &many, json!({"run": "last"})).await.shape();
    assert_eq!(found.count, 4);
    // A variable that is given comes before the run's.
    let by_tier = json!({"field": "tier", "operator": "=", "valueSource": "variable", "value": "tier"});
    let silver = json!({"run": run, "variables": {"tier": {"type": "string", "value": "silver"}}});
    for (more, expected) in [(json!({"run": run}), 3), (silver, 1)] {
        let found: schemas::Count = ask(&world, "count", "parts", &by_tier, more).await.shape();
        assert_eq!(found.count, expected);
    }
}

#[tokio::test]
async fn every_question_sees_what_arrived() {
    let world = world().await;
    let summary = world.run("asked", &json!({"mode": "test"})).await;
    let run = summary["run"].as_str().unwrap();
    let in_run = |more: Value| {
        let mut body = json!({"run": run});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let shown = ask(&world, "preview", "chosen", &rule_of("chosen"), in_run(json!({"total": true}))).await.json();
    let names: Vec<&str> =
        shown["columns"].as_array().unwrap().iter().map(|column| column["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["person_id", "email", "name", "tier", "consent", "shout", "segment_code"]);
    assert_eq!(shown["rows"][0], json!(["p1", "ann@shop.example", "Ann", "gold", true, "GOLD", "best"]));
    assert_eq!((&shown["total"], &shown["as_of"]["run"]), (&json!(2), &json!(run)));
    let ordered = in_run(json!({"columns": ["shout"], "order": [{"by": "shout", "order": "descending"}]}));
    let shown = ask(&world, "preview", "parts", &json!({}), ordered).await.json();
    assert_eq!((&shown["rows"][0], shown["rows"].as_array().unwrap().len()), (&json!(["p2", "SILVER"]), 4));

    let spread = ask(&world, "distribution", "parts", &json!({}), in_run(json!({"field": "shout"}))).await.json();
    let values: Vec<(&str, u64)> = spread["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(|value| (value["value"].as_str().unwrap(), value["count"].as_u64().unwrap()))
        .collect();
    assert_eq!(values, [("GOLD", 3), ("SILVER", 1)]);
    let typed = in_run(json!({"field": "shout", "prefix": "si"}));
    let suggested = ask(&world, "suggest", "parts", &json!({}), typed).await.json();
    assert_eq!(suggested["values"], json!([{"value": "SILVER", "count": 1}]));

    let explained = ask(&world, "explain", "parts", &rule_of("parts"), in_run(json!({}))).await.json();
    assert!(explained["sql"].as_str().unwrap().contains("\"population named.out\""), "{explained}");
    assert!(explained["sql_notes"].to_string().contains(run), "{explained}");
    let explained = ask(&world, "explain", "others", &rule_of("others"), in_run(json!({}))).await.json();
    assert!(explained["words"].as_str().unwrap().contains("parts.best"), "{explained}");
}

#[tokio::test]
async fn without_a_run_rules_are_checked_and_the_way_out_is_told() {
    let world = world().await;
    for activity in ["known", "parts", "chosen", "others"] {
        let checked = ask(&world, "check", activity, &rule_of(activity), json!({})).await.json();
        assert_eq!((&checked["valid"], &checked["problems"]), (&json!(true), &json!([])), "{activity}: {checked}");
    }
    let expression = json!({"dimension": "people", "campaign": "asked", "activity": "chosen",
        "expression": "concat(segment_code, shout)", "complete": "seg"});
    let checked = world.post("/api/v1/query/check", &expression).await.json();
    assert_eq!((&checked["type"], &checked["candidates"][0]["text"]), (&json!("string"), &json!("segment_code")));
    let elsewhere = ask(&world, "check", "others", &rule_of("chosen"), json!({})).await.json();
    assert_eq!((&elsewhere["valid"], &elsewhere["problems"][0]["code"]), (&json!(false), &json!("unknown_field")));

    // What needs no run is answered without one.
    let known = count(&world, "known", json!({"run": "last"})).await;
    assert_eq!((known.count, known.run.is_none()), (4, true));
    for activity in ["parts", "chosen", "others"] {
        for more in [json!({}), json!({"run": "last"})] {
            let reply = ask(&world, "count", activity, &rule_of(activity), more).await;
            let (code, said) = refused(&reply);
            assert!(code == "needs_a_run" && said.contains("run the campaign") && said.contains("dry"), "{said}");
        }
    }
    let rehearsed = count(&world, "parts", json!({"run": "dry"})).await;
    assert_eq!(rehearsed.count, 3);

    let summary = world.run("asked", &json!({"mode": "test"})).await;
    let run = summary["run"].as_str().unwrap();
    let (code, said) = refused(&ask(&world, "count", "others", &rule_of("others"), json!({})).await);
    assert!(code == "needs_a_run" && said.contains(run), "{said}");

    let other = world.run("hello", &json!({"mode": "test"})).await;
    for (activity, more, says) in [
        ("parts", json!({"run": other["run"]}), "is a run of `hello`"),
        ("parts", json!({"run": "run_nobody"}), "there is no run"),
        ("party", json!({"run": run}), "did you mean `parts`"),
        ("parts", json!({"run": run, "dimension": "peeple"}), "did you mean `people`"),
    ] {
        let (_, said) = refused(&ask(&world, "count", activity, &json!({}), more).await);
        assert!(said.contains(says), "{says}: {said}");
    }
    for (body, field) in
        [(json!({"activity": "parts"}), "campaign"), (json!({"campaign": "asked", "run": run}), "activity")]
    {
        let mut asked = json!({"dimension": "people", "where": {}});
        asked.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        let reply = world.post("/api/v1/query/count", &asked).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.text());
        assert!(reply.text().contains(&format!("add `{field}`")), "{}", reply.text());
    }
}

#[tokio::test]
async fn a_draft_is_asked_as_it_stands() {
    let world = world().await;
    let path = "/api/v1/campaigns/asked/draft";
    let draft: schemas::Draft = world.get(path).await.shape();
    world.run("asked", &json!({"mode": "test"})).await;
    let mut document = draft.document;
    document["canvas"]["activities"][1]["add"] =
        json!([{"name": "shout", "expression": "upper(tier)"}, {"name": "hush", "expression": "lower(name)"}]);
    let body = json!({"document": document, "revision": 0, "base_version": 1});
    let request = Request::put(path).header("host", "localhost:8080").header("content-type", "application/json");
    let kept = world.send(request.body(Body::from(body.to_string())).unwrap()).await;
    assert_eq!(kept.status, StatusCode::OK, "{}", kept.text());

    let hush = json!({"field": "hush", "operator": "in", "value": ["ann", "cid", "eve"]});
    let (_, said) = refused(&ask(&world, "count", "parts", &hush, json!({"run": "last"})).await);
    assert!(said.contains("no field `hush`"), "{said}");
    let checked = ask(&world, "check", "parts", &hush, json!({"draft": true})).await.json();
    assert_eq!(checked["valid"], true, "{checked}");
    // No run has the new column yet.
    let (code, said) = refused(&ask(&world, "count", "parts", &hush, json!({"draft": true, "run": "last"})).await);
    assert_eq!(code, "needs_a_run", "{said}");
    let found: schemas::Count =
        ask(&world, "count", "parts", &hush, json!({"draft": true, "run": "dry"})).await.shape();
    assert_eq!(found.count, 2);
    // What did not change is asked of the run.
    let found = count(&world, "parts", json!({"draft": true, "run": "last"})).await;
    assert_eq!(found.count, 3);
}
