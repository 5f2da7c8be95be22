//! Audiences and files in campaigns that run, over HTTP.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tutti_api::schemas;

use crate::world::{Reply, World};

pub async fn apply(world: &World, documents: &[Value]) {
    let text = documents.iter().map(|document| format!("{document}\n")).collect::<Vec<_>>().join("---\n");
    let applied = world.post("/api/v1/documents/apply", &json!({"files": [{"path": "more.yaml", "text": text}]})).await;
    assert_eq!(applied.status, StatusCode::OK, "{}", applied.text());
}

pub fn campaign(name: &str, activities: Value, transitions: &[(&str, &str)]) -> Value {
    let transitions: Vec<Value> = transitions.iter().map(|(from, to)| json!({"from": from, "to": to})).collect();
    json!({"kind": "campaign", "name": name, "canvas": {"activities": activities, "transitions": transitions}})
}

pub async fn put(world: &World, path: &str, body: impl Into<Body>) -> Reply {
    world.send(Request::post(format!("/api/v1{path}")).header("host", "localhost").body(body.into()).unwrap()).await
}

pub async fn run(world: &World, campaign: &str, mode: &str) -> Value {
    let summary = world.run(campaign, &json!({"mode": mode})).await;
    assert_eq!(summary["state"], "completed", "{summary}");
    summary
}

async fn audience(world: &World, name: &str) -> Value {
    let all = world.get("/api/v1/audiences").await.json();
    all.as_array().unwrap().iter().find(|audience| audience["name"] == name).cloned().unwrap_or_default()
}

/// The rows on a transition, sorted: values joined by `|`, NULL as `-`.
pub async fn population(world: &World, summary: &Value, at: &str) -> Vec<String> {
    let (activity, port) = at.split_once('.').unwrap();
    let run = summary["run"].as_str().unwrap();
    let reply = world.get(&format!("/api/v1/runs/{run}/populations/{activity}?port={port}")).await;
    let rows: schemas::Rows = reply.shape();
    let shown = |value: &Value| match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut lines: Vec<String> =
        rows.rows.iter().map(|row| row.iter().map(shown).collect::<Vec<_>>().join("|")).collect();
    lines.sort();
    lines
}

pub async fn count(world: &World, rule: Value) -> u64 {
    let answer = world.post("/api/v1/query/count", &json!({"dimension": "people", "where": rule})).await;
    answer.json()["count"].as_u64().unwrap_or_else(|| panic!("{}", answer.text()))
}

fn saving(name: &str, tier: &str, mode: &str, columns: Value) -> Value {
    let rule = json!({"field": "tier", "operator": "=", "value": tier});
    campaign(
        name,
        json!([{"id": "some", "type": "build-audience", "dimension": "people", "where": rule, "when_empty": "continue"},
            {"id": "keep", "type": "save-audience", "audience": "kept", "mode": mode, "columns": columns}]),
        &[("some", "keep")],
    )
}

#[tokio::test]
async fn audiences_are_saved_asked_for_and_read() {
    let world = World::shop().await;
    apply(&world, &[saving("gold", "gold", "replace", json!(["email"]))]).await;
    let in_audience = json!({"audience": "kept", "operator": "in"});
    let refused = world.post("/api/v1/query/count", &json!({"dimension": "people", "where": in_audience})).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "nobody has saved it yet");

    run(&world, "gold", "test").await;
    assert_eq!(audience(&world, "kept").await, Value::Null, "a test saves nothing");
    run(&world, "gold", "live").await;
    let kept: Vec<schemas::Audience> = world.get("/api/v1/audiences").await.shape();
    assert_eq!((kept[0].name.as_str(), kept[0].dimension.as_str(), kept[0].rows), ("kept", "people", 3));
    assert_eq!(count(&world, in_audience.clone()).await, 3);
    assert_eq!(count(&world, json!({"audience": "kept", "operator": "notIn"})).await, 2);

    // What was saved stays as it was; a column that is new comes in beside it.
    apply(&world, &[saving("silver", "silver", "append", json!([{"name": "called", "field": "name"}]))]).await;
    run(&world, "silver", "live").await;
    let rows: schemas::Rows = world.get("/api/v1/audiences/kept/rows?limit=10").await.shape();
    let names: Vec<&str> = rows.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!((names, rows.total), (vec!["person_id", "email", "called"], Some(4)));
    assert_eq!(rows.rows[1], [json!("p2"), Value::Null, json!("Bob")]);

    let read = json!([{"id": "members", "type": "read-audience", "audience": "kept", "attributes": ["email", {"name": "now", "field": "name"}]}]);
    apply(&world, &[campaign("reading", read, &[])]).await;
    let summary = run(&world, "reading", "live").await;
    assert_eq!(
        population(&world, &summary, "members.out").await,
        ["p1|ann@shop.example|Ann", "p2|-|Bob", "p3|-|Cid", "p4|dan@shop.example|Dan"]
    );

    apply(&world, &[saving("leave", "gold", "remove", json!([]))]).await;
    run(&world, "leave", "live").await;
    assert_eq!(count(&world, in_audience).await, 1);
    // Replacing with nobody leaves nobody.
    apply(&world, &[saving("nobody", "none", "replace", json!([]))]).await;
    run(&world, "nobody", "live").await;
    assert_eq!(audience(&world, "kept").await["rows"], 1, "Eve has no tier");

    let refused = world.delete("/api/v1/audiences/kept").await;
    assert!(refused.status.is_client_error() && refused.text().contains("reading"), "{}", refused.text());
    let archived = world.post("/api/v1/campaigns/reading/archive", &json!({})).await;
    assert!(archived.status.is_success(), "{}", archived.text());
    assert_eq!(world.delete("/api/v1/documents/campaign/reading").await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.delete("/api/v1/audiences/kept").await.status, StatusCode::NO_CONTENT);
    assert_eq!(audience(&world, "kept").await, Value::Null);
}

#[tokio::test]
async fn audiences_come_from_files() {
    let world = World::shop().await;
    let csv = "Mail;city\nANN@shop.example;Lyon\nstranger@x.example;Nice\neve@shop.example;\n";
    let path = "/audiences/guests/import?dimension=people&on=Mail=email&columns=city";
    let report: schemas::AudienceImport = put(&world, path, csv).await.shape();
    assert_eq!((report.read, report.matched, report.unmatched, report.rows), (3, 2, 1, 2));
    let rows: schemas::Rows = world.get("/api/v1/audiences/guests/rows").await.shape();
    assert_eq!(rows.rows, [vec![json!("p1"), json!("Lyon")], vec![json!("p5"), Value::Null]]);

    // By key, in addition.
    let path = "/audiences/guests/import?dimension=people&mode=append";
    let report: schemas::AudienceImport = put(&world, path, "person_id\np2\np9\n").await.shape();
    assert_eq!((report.matched, report.unmatched, report.rows, report.version), (1, 1, 3, 2));
    assert_eq!(count(&world, json!({"audience": "guests"})).await, 3);

    for (path, told) in [
        ("/audiences/guests/import?dimension=peple", "people"),
        ("/audiences/guests/import?dimension=people&on=a=emial", "email"),
        ("/audiences/A%20b/import?dimension=people", "cannot be the name"),
        ("/audiences/guests/import?dimension=people&on=nope=email", "no column `nope`"),
    ] {
        let refused = put(&world, path, csv).await;
        assert!(refused.status.is_client_error() && refused.text().contains(told), "{}", refused.text());
    }
}

fn loading(more: Value) -> Value {
    let mut load = json!({"id": "lines", "type": "load-file", "path": "incoming/{{ variables.who }}.csv",
        "format": {"encoding": "windows-1252"}, "errors_allowed": 1,
        "columns": [{"name": "email", "header": "E-mail", "case": "lower"}, {"name": "age", "type": "integer", "nulls": "allowed"}]});
    load.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let mut document = campaign(
        "loading",
        json!([load,
            {"id": "once", "type": "deduplication", "by": ["email"]},
            {"id": "grown", "type": "split", "complement": true,
                "subsets": [{"id": "old", "where": {"field": "age", "operator": ">=", "value": 18}}]},
            {"id": "write", "type": "extract-file", "path": "out/{{ campaign }}_{{ date }}.csv", "columns": ["email", {"header": "Age", "field": "age"}],
                "sort": [{"field": "age", "order": "descending"}], "format": {"separator": ";"}}]),
        &[("lines", "once"), ("once", "grown"), ("grown.old", "write")],
    );
    document["variables"] = json!({"who": "people"});
    document
}

async fn file(world: &World, name: &str) -> Reply {
    world.get(&format!("/api/v1/files/content?name={name}")).await
}

#[tokio::test]
async fn a_file_is_loaded_worked_on_and_written() {
    let world = World::shop().await;
    // In windows-1252.
    let bytes = &b"E-mail,age\nZo\xeb@x.example,41\nbad,old\nb@x.example,17\nZO\xcb@x.example,40\nc@x.example,\n"[..];
    let kept: schemas::StoredFile = put(&world, "/files?name=incoming/people.csv", bytes).await.shape();
    assert_eq!(kept.name, "incoming/people.csv");
    apply(&world, &[loading(json!({"delete_after": true}))]).await;

    let summary = run(&world, "loading", "test").await;
    assert_eq!(file(&world, "out/loading_2026-06-01.csv").await.status, StatusCode::NOT_FOUND, "a test writes nothing");
    assert_eq!(
        population(&world, &summary, "lines.out").await,
        ["2|zo\u{eb}@x.example|41", "4|b@x.example|17", "5|zo\u{eb}@x.example|40", "6|c@x.example|-"]
    );
    assert_eq!(population(&world, &summary, "lines.rejects").await, ["3|age|is not an integer|old|bad,old"]);

    let summary = run(&world, "loading", "live").await;
    assert_eq!(population(&world, &summary, "grown.complement").await.len(), 2);
    let written = file(&world, "out/loading_2026-06-01.csv").await;
    let text = written.text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "email;Age");
    assert!(lines.len() == 2 && lines[1].starts_with("zo\u{eb}@x.example;4"), "{text}");
    let names: Vec<schemas::StoredFile> = world.get("/api/v1/files").await.shape();
    assert_eq!(names.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["out/loading_2026-06-01.csv"]);

    // The file is gone: the next run fails, unless that is no matter.
    let failed = world.run("loading", &json!({"mode": "live"})).await;
    assert_eq!(failed["state"], "paused", "{failed}");
    assert!(failed["error"]["message"].as_str().unwrap().contains("incoming/people.csv"), "{failed}");
    apply(&world, &[loading(json!({"when_missing": "empty"}))]).await;
    let summary = run(&world, "loading", "live").await;
    assert!(population(&world, &summary, "lines.out").await.is_empty());
    assert_eq!(file(&world, "out/loading_2026-06-01.csv").await.text(), "email;Age\n");
    assert_eq!(world.delete("/api/v1/files?name=out/loading_2026-06-01.csv").await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn too_many_lines_that_do_not_fit_stop_the_run() {
    let world = World::shop().await;
    put(&world, "/files?name=incoming/people.csv", "E-mail,age\na,x\nb,y\nc,3\n").await;
    apply(&world, &[loading(json!({}))]).await;
    let failed = world.run("loading", &json!({"mode": "live"})).await;
    let message = failed["error"]["message"].as_str().unwrap();
    assert!(message.contains("2 of 3 lines") && message.contains("people.csv:2: `age` `x`"), "{message}");
}

#[tokio::test]
async fn names_of_files_stay_inside() {
    let world = World::shop().await;
    for name in ["../state.db", "/etc/passwd", "a/../../state.db", "", ".tmp/x", "a//b"] {
        let refused = put(&world, &format!("/files?name={name}"), "x").await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{name}: {}", refused.text());
        assert_eq!(file(&world, name).await.status, StatusCode::CONFLICT, "{name}");
    }
    assert_eq!(file(&world, "nothing.csv").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn rows_of_files_are_nobody() {
    let world = World::shop().await;
    let mailing = campaign(
        "mailing",
        json!([{"id": "lines", "type": "load-file", "path": "a.csv", "columns": [{"name": "email"}]},
            {"id": "mail", "type": "email", "channel": "mail", "subject": "x", "html": "<p>x</p>"}]),
        &[("lines", "mail")],
    );
    let text = mailing.to_string();
    let refused = world.post("/api/v1/documents/apply", &json!({"files": [{"path": "a.json", "text": text}]})).await;
    assert!(
        refused.text().contains("file_population") && refused.text().contains("reconciliation"),
        "{}",
        refused.text()
    );
}

/// Each kind of file, read back by another path than it was written.
#[tokio::test]
async fn files_of_every_kind_are_written() {
    let world = World::shop().await;
    let extract = |id: &str, path: &str, more: Value| {
        let mut settings = json!({"id": id, "type": "extract-file", "path": path});
        settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        settings
    };
    let columns = json!({"columns": ["person_id", "name", {"header": "ok", "field": "consent"}]});
    let documents = campaign(
        "kinds",
        json!([{"id": "all", "type": "build-audience", "dimension": "people"},
            extract("jsonl", "a.jsonl", columns.clone()),
            extract("packed", "a.csv.gz", columns.clone()),
            extract("parquet", "a.parquet", columns.clone()),
            extract("excel", "a.xlsx", columns.clone()),
            extract("tiers", "tiers.csv", json!({"columns": ["tier"], "distinct": true, "sort": [{"field": "tier", "order": "descending"}]})),
            {"id": "some", "type": "split", "subsets": [{"id": "none", "where": {"field": "name", "operator": "=", "value": "Zed"}}]},
            extract("nobody", "nobody.csv", json!({"empty": "skip"}))]),
        &[
            ("all", "jsonl"),
            ("all", "packed"),
            ("all", "parquet"),
            ("all", "excel"),
            ("all", "tiers"),
            ("all", "some"),
            ("some.none", "nobody"),
        ],
    );
    apply(&world, &[documents]).await;
    run(&world, "kinds", "live").await;
    let lines = file(&world, "a.jsonl").await.text();
    assert_eq!(lines.lines().next(), Some("{\"person_id\":\"p1\",\"name\":\"Ann\",\"ok\":true}"), "{lines}");
    assert_eq!(file(&world, "tiers.csv").await.text(), "tier\nsilver\nnone\ngold\n");
    assert_eq!(file(&world, "nobody.csv").await.status, StatusCode::NOT_FOUND);
    assert_eq!(&file(&world, "a.xlsx").await.bytes[..2], b"PK");
    assert_eq!(&file(&world, "a.parquet").await.bytes[..4], b"PAR1");
    // The packed file is taken in again.
    let packed = file(&world, "a.csv.gz").await.bytes;
    let report: schemas::AudienceImport =
        put(&world, "/audiences/again/import?dimension=people&columns=ok", packed).await.shape();
    assert_eq!((report.matched, report.unmatched), (5, 0));
}
