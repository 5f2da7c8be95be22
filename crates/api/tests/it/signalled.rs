//! Campaigns that tables, files and the ends of others signal: what starts them, what does not, and what is said of it.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tutti_api::schemas;

use crate::data::{apply, put};
use crate::life::campaign;
use crate::world::World;

impl World {
    async fn import_person(&self, line: &str) {
        let request = Request::post("/api/v1/tables/people/import?format=csv").header("host", "localhost");
        let imported = self.send(request.body(Body::from(format!("person_id,tier\n{line}\n"))).unwrap()).await;
        assert_eq!(imported.status, StatusCode::OK, "{}", imported.text());
    }
}

/// A campaign to everybody that signals others at its end.
fn caller(name: &str, signals: Value) -> Value {
    json!({"kind": "campaign", "name": name, "canvas": {
        "activities": [{"id": "all", "type": "build-audience", "dimension": "people"},
            {"id": "done", "type": "end", "signals": signals}],
        "transitions": [{"from": "all", "to": "done"}]}})
}

#[tokio::test]
async fn only_rows_that_change_signal_and_closed_days_forget_nothing() {
    let world = World::shop().await;
    // The first of June is closed.
    let schedule = "{type: signal, on: {table: people}, overlap: queue, calendar: closed}";
    world.apply("kind: calendar\nname: closed\ndates: [2026-06-01]\n").await;
    world.apply(&campaign("news", schedule, "auto")).await;
    world.change("news", "publish").await;
    world.import_person("p8,gold").await;
    world.workspace.tick(true).await.unwrap();
    assert_eq!(world.states("news").await, [""; 0], "it is a closed day");
    world.at("2026-06-02T08:00:00Z").await;
    assert_eq!(world.states("news").await, ["started"], "what came meanwhile is new today");
    world.rest(&world.head("news").await.last_run.unwrap().run).await;
    // A new column makes a version of the table, and changes no row.
    let mut people = world.get("/api/v1/documents/table/people").await.json();
    let versions = async || world.get("/api/v1/tables").await.shape::<Vec<schemas::Table>>();
    let version = |tables: &[schemas::Table]| tables.iter().find(|table| table.name == "people").unwrap().version;
    let before = version(&versions().await);
    people["columns"].as_array_mut().unwrap().push(json!({"name": "town", "type": "string"}));
    apply(&world, &[people]).await;
    assert!(version(&versions().await) > before);
    world.workspace.tick(true).await.unwrap();
    assert_eq!(world.states("news").await, ["started"]);
    world.import_person("p9,gold").await;
    world.workspace.tick(true).await.unwrap();
    assert_eq!(world.states("news").await, ["started", "started"]);
}

#[tokio::test]
async fn one_campaign_whose_trigger_fails_does_not_hold_up_the_others() {
    let world = World::shop().await;
    world.apply(include_str!("targeting.yaml")).await;
    for (name, table) in [("a_broken", "purchases"), ("b_sound", "people")] {
        world.apply(&campaign(name, &format!("{{type: signal, on: {{table: {table}}}}}"), "auto")).await;
        world.change(name, "publish").await;
    }
    // Somebody has written into its table what is no commit.
    let data = world.workspace.file_path("x").unwrap().ancestors().nth(2).unwrap().to_owned();
    let log = data.join("tables/purchases/_delta_log");
    let names = std::fs::read_dir(&log).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let newest = names.filter_map(|name| name.strip_suffix(".json")?.parse::<u64>().ok()).max().unwrap();
    std::fs::write(log.join(format!("{:020}.json", newest + 1)), "broken\n").unwrap();
    world.import_person("p9,gold").await;
    world.workspace.tick(true).await.unwrap();
    assert_eq!(world.states("a_broken").await, [""; 0]);
    assert_eq!(world.states("b_sound").await, ["started"]);
}

#[tokio::test]
async fn what_nobody_gives_values_has_a_default_for_each() {
    let world = World::shop().await;
    let schedule = "{type: signal, on: {table: people}, parameters: [{name: city, type: string}]}";
    let text = campaign("news", schedule, "auto");
    let reply = world.post("/api/v1/documents/apply", &json!({"files": [{"path": "a", "text": text}]})).await;
    let problem = reply.json()["errors"][0].clone();
    let found = (&problem["code"], &problem["pointer"]);
    assert_eq!(found, (&"missing_default".into(), &"/schedule/parameters/0".into()), "{problem}");
    // The variable of its name has a value.
    world.apply(&text.replace("schedule:", "variables: {city: Lyon}\nschedule:")).await;
    world.change("news", "publish").await;
    world.import_person("p9,gold").await;
    world.workspace.tick(true).await.unwrap();
    assert_eq!(world.launches("news").await[0].variables, json!({"city": "Lyon"}));
}

#[tokio::test]
async fn an_end_says_what_became_of_each_signal() {
    let world = World::shop().await;
    for (name, overlap) in [("skips", "skip"), ("queues", "queue")] {
        world.apply(&campaign(name, &format!("{{type: signal, overlap: {overlap}}}"), "hold")).await;
        world.change(name, "publish").await;
    }
    apply(&world, &[caller("caller", json!([{"campaign": "skips"}, {"campaign": "queues"}]))]).await;
    let first = world.run("caller", &json!({})).await;
    let end = |summary: &Value| summary["activities"].as_array().unwrap().last().cloned().unwrap();
    let run = async |name: &str| world.head(name).await.last_run.unwrap().run;
    let (skips, queues) = (run("skips").await, run("queues").await);
    let results = json!({"skips": format!("started {skips}"), "queues": format!("started {queues}")});
    assert_eq!(end(&first)["results"], results);
    let note = end(&first)["note"].as_str().unwrap().to_owned();
    assert!(note.starts_with(&format!("started `skips` as `{skips}`; started `queues` as `{queues}`")), "{note}");
    world.rest(&skips).await;
    world.rest(&queues).await;

    let second = world.run("caller", &json!({})).await;
    assert_eq!(second["state"], "completed", "{second}");
    let results = end(&second)["results"].clone();
    assert!(results["skips"].as_str().unwrap().starts_with("skipped: overlap"), "{results}");
    assert_eq!(results["queues"], "queued");
    let path = format!("/api/v1/logs?run={}&level=warning", second["run"].as_str().unwrap());
    let log = world.get(&path).await.text();
    assert!(log.contains("`skips` was not started: overlap"), "{log}");
}

#[tokio::test]
async fn a_publication_warns_of_signals_that_start_nobody() {
    let world = World::shop().await;
    for name in ["drafted", "stopped"] {
        world.apply(&campaign(name, "{type: signal, overlap: queue}", "auto")).await;
    }
    world.change("stopped", "publish").await;
    world.change("stopped", "stop").await;
    let mut document = caller("caller", json!([{"campaign": "drafted"}, {"campaign": "stopped"}]));
    document["schedule"] = json!({"type": "daily", "at": "09:00"});
    apply(&world, &[document]).await;
    let head = world.change("caller", "publish").await;
    let warned: Vec<_> = head.warnings.iter().filter(|warning| warning.code == "target_not_live").collect();
    let pointers: Vec<&str> = warned.iter().map(|warning| warning.pointer.as_str()).collect();
    let at = |index: usize| format!("/canvas/activities/1/signals/{index}/campaign");
    assert_eq!(pointers, [at(0), at(1)], "{head:?}");
    assert!(warned[0].hint.as_deref().unwrap().contains("publish it"), "{head:?}");
    assert!(warned[1].hint.as_deref().unwrap().contains("duplicate it"), "{head:?}");
}

#[tokio::test]
async fn a_repeated_signal_is_answered_alike_whatever_has_changed() {
    let world = World::shop().await;
    world.apply(&campaign("call", "{type: signal, parameters: [{name: city, type: string}]}", "auto")).await;
    world.change("call", "publish").await;
    let body = json!({"variables": {"city": "Nice", "note": null}, "idempotency_key": "a"});
    let signal = async |body: &Value| world.post("/api/v1/campaigns/call/signal", body).await;
    let first: schemas::SignalAnswer = signal(&body).await.shape();
    assert_eq!(first.variables, json!({"city": "Nice"}), "nothing is no text");
    world.rest(first.run.as_deref().unwrap()).await;
    world.change("call", "stop").await;
    let again: schemas::SignalAnswer = signal(&json!({"idempotency_key": "a"})).await.shape();
    assert_eq!((again.launch, again.run), (first.launch, first.run));
    assert_eq!(signal(&json!({"idempotency_key": "b"})).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let tried = json!({"mode": "test", "variables": {"city": "Nice", "source": "shop"}});
    assert_eq!(world.run("call", &tried).await["variables"]["source"], "shop");
}

#[tokio::test]
async fn a_file_for_a_campaign_that_is_closed_today_waits() {
    let world = World::shop().await;
    world.apply("kind: calendar\nname: closed\ndates: [2026-06-01]\n").await;
    let schedule = json!({"type": "signal", "on": {"file": "in/*.csv"}, "overlap": "queue", "calendar": "closed"});
    let mut document = caller("arrivals", json!([]));
    document["schedule"] = schedule;
    apply(&world, &[document]).await;
    world.change("arrivals", "publish").await;
    let sent = put(&world, "/files?name=in/a.csv", "email\na\n").await;
    assert!(sent.status.is_success(), "{}", sent.text());
    for _ in 0..2 {
        world.workspace.tick(true).await.unwrap();
    }
    assert_eq!(world.states("arrivals").await, [""; 0]);
    world.at("2026-06-02T08:00:00Z").await;
    assert_eq!(world.states("arrivals").await, ["started"]);
}
