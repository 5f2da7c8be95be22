//! Questions about rows while other things happen: campaigns with a zone, imports, editors that leave.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tutti_api::schemas;

use crate::world::World;

/// How long anything may take.
const DEADLINE: Duration = Duration::from_secs(60);

const VISITS: &str = "
kind: table
name: visits
columns:
  - {name: id, type: string, required: true}
  - {name: at, type: timestamp}
  - {name: place, type: string}
primary_key: [id]
links:
  - {name: peers, to: visits, on: {place: place}, cardinality: one-to-many}
---
kind: dimension
name: visits
table: visits
identity: id
---
kind: campaign
name: evening
time_zone: America/New_York
variables: {place: Lyon, since: {type: date, value: 'now-1d'}}
canvas: {activities: [{id: all, type: build-audience, dimension: visits}, {id: done, type: end}], transitions: [{from: all, to: done}]}
";

async fn import(world: &World, query: &str, rows: String) -> StatusCode {
    let request = Request::post(format!("/api/v1/tables/visits/import{query}")).header("host", "localhost");
    world.send(request.body(Body::from(rows)).unwrap()).await.status
}

/// Answers once something holds.
async fn until(wanted: &str, holds: impl Fn() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < DEADLINE, "{wanted}");
        tokio::task::yield_now().await;
    }
}

/// A rule whose rows have all others as peers, so that theirs, and theirs again, are without end.
fn endless() -> Value {
    let count = json!({"function": "countDistinct", "field": "at"});
    json!({"field": "peers.peers.peers", "aggregate": count, "operator": ">", "value": 1})
}

/// So many visits to one place.
async fn visit_lyon(world: &World, number: usize) {
    let rows: String = (0..number).map(|row| format!("v{row:05},2026-06-01T00:00:00Z,Lyon\n")).collect();
    assert_eq!(import(world, "?format=csv", format!("id,at,place\n{rows}")).await, StatusCode::OK);
}

async fn count(world: &World, body: Value) -> Result<u64, String> {
    let reply = world.post("/api/v1/query/count", &body).await;
    reply.json()["count"].as_u64().ok_or_else(|| reply.text())
}

/// The clock of these tests is on 2026-06-01 at 8 in the morning in UTC.
#[tokio::test]
async fn rules_are_asked_in_the_zone_and_with_the_variables_of_their_campaign() {
    let world = World::empty().await;
    world.apply(VISITS).await;
    let rows = "id,at,place\na,2026-06-01T02:00:00Z,Lyon\nb,2026-06-01T05:00:00Z,Lyon\nc,2026-05-31T03:00:00Z,Nice\n";
    assert_eq!(import(&world, "?format=csv", rows.to_owned()).await, StatusCode::OK);
    let today = json!({"field": "at", "operator": ">=", "value": "now/d"});
    let asked = |more: Value| {
        let mut body = json!({"dimension": "visits", "where": today});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    // Midnight of New York is at 4 in UTC.
    assert_eq!(count(&world, asked(json!({}))).await, Ok(2));
    assert_eq!(count(&world, asked(json!({"time_zone": "America/New_York"}))).await, Ok(1));
    assert_eq!(count(&world, asked(json!({"campaign": "evening"}))).await, Ok(1));
    assert_eq!(count(&world, asked(json!({"campaign": "evening", "time_zone": "UTC"}))).await, Ok(2));

    let by_variables = json!({"combinator": "and", "rules": [
        {"field": "place", "operator": "=", "valueSource": "variable", "value": "place"},
        {"expression": "to_date(at) >= $since", "operator": "=", "value": true}]});
    let asked = |more: Value| {
        let mut body = json!({"dimension": "visits", "where": by_variables, "parts": true});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    assert_eq!(count(&world, asked(json!({"campaign": "evening"}))).await, Ok(2));
    let nice = json!({"place": {"type": "string", "value": "nice"}});
    assert_eq!(count(&world, asked(json!({"campaign": "evening", "variables": nice}))).await, Ok(0));
    let far = json!({"place": {"type": "string", "value": "nice"}, "since": {"type": "string", "value": "now-9d"}});
    assert_eq!(count(&world, asked(json!({"campaign": "evening", "variables": far}))).await, Ok(1));
    let alone = json!({"place": {"type": "string", "value": "nice"}, "since": {"type": "date", "value": "2026-05-30"}});
    assert_eq!(count(&world, asked(json!({"variables": alone}))).await, Ok(1));

    for (more, says) in [
        (json!({}), "variable"),
        (json!({"campaign": "evenings"}), "evening"),
        (json!({"time_zone": "Europe/Pari"}), "IANA"),
        (json!({"variables": {"since": {"type": "date", "value": "soon"}}}), "is not a date"),
        (json!({"campain": "evening"}), "campain"),
    ] {
        let refused = count(&world, asked(more.clone())).await.unwrap_err();
        assert!(refused.contains(says), "{more}: {refused}");
    }
    for path in ["preview", "explain", "check"] {
        let mut body = json!({"dimension": "visits", "where": by_variables, "campaign": "evening"});
        let reply = world.post(&format!("/api/v1/query/{path}"), &body).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text());
        body["field"] = json!("place");
        if path == "explain" {
            body.as_object_mut().unwrap().remove("dialect");
            for path in ["distribution", "suggest"] {
                let reply = world.post(&format!("/api/v1/query/{path}"), &body).await;
                assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text());
            }
        }
    }
}

/// Every count is of one version, whole, of the table: that before an import or that after it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn counts_are_of_one_version_while_imports_go_on() {
    const ROUNDS: usize = 12;
    let world = World::empty().await;
    world.apply(VISITS).await;
    // Each version has rows of one place only, and a number of them that tells which.
    let rows = |place: &str, number: usize| {
        let rows = (0..number).map(|row| format!("v{row},2026-06-01T00:00:00Z,{place}\n"));
        std::iter::once("id,at,place\n".to_owned()).chain(rows).collect::<String>()
    };
    let versions = [("Lyon", 1_500usize), ("Nice", 1_000)];
    assert_eq!(import(&world, "?format=csv", rows(versions[0].0, versions[0].1)).await, StatusCode::OK);
    let place = |name: &str| json!({"field": "place", "operator": "=", "value": name});
    let peers = json!({"field": "peers", "aggregate": {"function": "count"}, "operator": "=", "value": 1_000});
    let rule = json!({"combinator": "or", "rules": [place("lyon"), place("nice"), peers]});
    let importing = async {
        for round in 1..=ROUNDS {
            let (place, number) = versions[round % 2];
            assert_eq!(import(&world, "?format=csv&mode=replace", rows(place, number)).await, StatusCode::OK);
        }
    };
    let mut seen = std::collections::BTreeSet::new();
    tokio::pin!(importing);
    loop {
        let body = json!({"dimension": "visits", "where": rule, "parts": true});
        let asking = world.post("/api/v1/query/count", &body);
        tokio::pin!(asking);
        let (reply, over) = tokio::select! {
            reply = &mut asking => (reply, false),
            () = &mut importing => (asking.await, true),
        };
        let answer: schemas::Count = reply.shape();
        let parts: Vec<u64> = answer.parts.iter().map(|part| part.count).collect();
        let whole = [[1_500, 1_500, 0, 0], [1_000, 0, 1_000, 1_000]];
        assert!(whole.iter().any(|version| parts == version), "{parts:?}");
        seen.insert(answer.count);
        if over {
            break;
        }
    }
    assert_eq!(seen.len(), 2, "all counts were of one version: {seen:?}");
}

/// A question whose connection is closed ends, and holds nothing any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_question_ends_when_its_connection_does() {
    let world = World::empty().await;
    world.apply(VISITS).await;
    visit_lyon(&world, 3_000).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = world.router.clone();
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });

    let body = json!({"dimension": "visits", "where": endless()}).to_string();
    let request = format!(
        "POST /api/v1/query/count HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut connection = tokio::net::TcpStream::connect(address).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    let until = |wanted: &'static str, holds: &dyn Fn() -> bool| {
        let started = Instant::now();
        while !holds() {
            assert!(started.elapsed() < DEADLINE, "{wanted}");
            std::thread::yield_now();
        }
    };
    let under_way = || world.workspace.questions_running() == 1 && world.workspace.query_memory_bytes() > 0;
    tokio::task::block_in_place(|| until("the question is not under way", &under_way));
    drop(connection);
    let over = || world.workspace.questions_running() == 0 && world.workspace.query_memory_bytes() == 0;
    tokio::task::block_in_place(|| until("the question goes on", &over));
    let metrics = world.get("/metrics").await.text();
    assert!(metrics.contains("tutti_questions 0\n") && metrics.contains("tutti_query_memory_bytes 0\n"), "{metrics}");
    serving.abort();
}

/// In the server as well: nothing of the older count goes on, and nothing else of that editor, or of others, is ended.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_newer_count_of_the_same_editor_ends_the_older_one() {
    let world = World::empty().await;
    world.apply(VISITS).await;
    visit_lyon(&world, 3_000).await;
    let asked = |rule: Value, editor: &str| json!({"dimension": "visits", "where": rule, "editor": editor});
    let lyon = json!({"field": "place", "operator": "=", "value": "lyon"});
    let (older, newer) = (asked(endless(), "one"), asked(lyon.clone(), "one"));
    let meanwhile = async {
        let under_way = || world.workspace.questions_running() == 1 && world.workspace.query_memory_bytes() > 0;
        until("the question is not under way", under_way).await;
        let preview = world.post("/api/v1/query/preview", &asked(lyon.clone(), "one")).await;
        assert_eq!(preview.status, StatusCode::OK, "{}", preview.text());
        assert_eq!(count(&world, asked(lyon.clone(), "two")).await, Ok(3_000));
        assert_eq!(world.workspace.questions_running(), 1, "something else ended the question");
        world.post("/api/v1/query/count", &newer).await
    };
    let (older, newer) = tokio::join!(world.post("/api/v1/query/count", &older), meanwhile);
    assert_eq!((older.status, &older.json()["code"]), (StatusCode::CONFLICT, &json!("superseded")));
    assert_eq!(newer.json()["count"], 3_000);
    let over = || world.workspace.questions_running() == 0 && world.workspace.query_memory_bytes() == 0;
    until("the older question goes on", over).await;
}

/// Pages lose and repeat no row, whatever is imported and however late it gets between them.
#[tokio::test]
async fn pages_are_of_the_same_rows_while_imports_go_on() {
    let world = World::empty().await;
    world.apply(VISITS).await;
    visit_lyon(&world, 1_500).await;
    let rule = json!({"combinator": "and", "rules": [
        {"field": "peers.place", "operator": "=", "value": "lyon"}, {"field": "at", "operator": ">=", "value": "now-1d"}]});
    let page = async |offset: usize, as_of: &Value| {
        let body = json!({"dimension": "visits", "where": rule, "columns": ["place"], "order": [{"by": "at"}],
            "limit": 400, "offset": offset, "total": true, "as_of": as_of});
        world.post("/api/v1/query/preview", &body).await
    };
    let mut as_of = Value::Null;
    let mut keys = Vec::new();
    for (round, offset) in [0, 400, 800, 1_200].into_iter().enumerate() {
        let reply = page(offset, &as_of).await;
        let rows: schemas::Rows = reply.shape();
        assert_eq!((rows.total, rows.key), (Some(1_500), vec!["id".to_owned()]));
        keys.extend(rows.rows.iter().map(|row| row[0].as_str().unwrap().to_owned()));
        let told = reply.json()["as_of"].clone();
        assert!(round == 0 || told == as_of, "{told}");
        as_of = told;
        // Other rows, fewer of them, and two days later.
        let rows: String = (0..100).map(|row| format!("w{round}{row:03},2026-06-01T00:00:00Z,Nice\n")).collect();
        let replaced = import(&world, "?format=csv&mode=replace", format!("id,at,place\n{rows}")).await;
        assert_eq!(replaced, StatusCode::OK);
        world.advance(2 * 86_400);
    }
    let expected: Vec<String> = (0..1_500).map(|row| format!("v{row:05}")).collect();
    assert_eq!(keys, expected);
    let now: schemas::Rows = page(0, &Value::Null).await.shape();
    assert_eq!(now.total, Some(0));

    let unknown = json!({"at": "2026-06-01T08:00:00Z", "versions": {"visits": 99}});
    let gone = page(0, &unknown).await;
    assert_eq!((gone.status, &gone.json()["code"]), (StatusCode::CONFLICT, &json!("version_gone")), "{}", gone.text());
}

#[tokio::test]
async fn more_than_is_given_at_once_is_refused() {
    let world = World::shop().await;
    for (path, field, limit) in
        [("preview", "limit", 10_001), ("suggest", "limit", 1_001), ("distribution", "top", 1_001)]
    {
        let mut body = json!({"dimension": "people", "where": {}});
        if path != "preview" {
            body["field"] = json!("name");
        }
        body[field] = json!(limit - 1);
        let most = world.post(&format!("/api/v1/query/{path}"), &body).await;
        assert_eq!(most.status, StatusCode::OK, "{path}: {}", most.text());
        body[field] = json!(limit);
        let refused = world.post(&format!("/api/v1/query/{path}"), &body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {}", refused.text());
        let error = &refused.json()["errors"][0];
        assert_eq!((&error["code"], &error["pointer"]), (&json!("bad_limit"), &json!(format!("/{field}"))), "{path}");
    }
    let summary = world.run("hello", &json!({"mode": "test"})).await;
    let rows = format!("/api/v1/runs/{}/populations/everyone?limit=", summary["run"].as_str().unwrap());
    for more in ["", "&search=a"] {
        assert_eq!(world.get(&format!("{rows}100000{more}")).await.status, StatusCode::OK);
        let refused = world.get(&format!("{rows}100001{more}")).await;
        assert!(refused.text().contains("bad_limit"), "{}", refused.text());
    }
}

#[tokio::test]
async fn expressions_are_shown_ordered_by_and_spread() {
    let world = World::empty().await;
    world.apply(VISITS).await;
    let rows = "id,at,place\na,2026-06-01T02:00:00Z,Lyon\nbb,2026-06-01T05:00:00Z,Nice\nc,2026-05-31T05:00:00Z,Lyon\n";
    assert_eq!(import(&world, "?format=csv", rows.to_owned()).await, StatusCode::OK);
    let ask = async |path: &str, more: Value| {
        let mut body = json!({"dimension": "visits", "where": {}});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        world.post(&format!("/api/v1/query/{path}"), &body).await
    };
    let loud = json!({"expression": "upper(place) || '!'", "as": "loud"});
    let order = json!([{"by": {"expression": "length(id)"}, "order": "descending"}, {"by": "at"}]);
    let shown: schemas::Rows = ask("preview", json!({"columns": ["place", loud], "order": order})).await.shape();
    let names: Vec<&str> = shown.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["id", "place", "loud"]);
    assert_eq!(json!(shown.rows), json!([["bb", "Nice", "NICE!"], ["c", "Lyon", "LYON!"], ["a", "Lyon", "LYON!"]]));
    let unnamed: schemas::Rows = ask("preview", json!({"columns": [{"expression": "hour(at)"}]})).await.shape();
    assert_eq!((unnamed.columns[1].name.as_str(), &unnamed.rows[0][1]), ("hour(at)", &json!(2)));

    let spread: schemas::Distribution = ask("distribution", json!({"field": {"expression": "hour(at)"}})).await.shape();
    assert_eq!(
        (spread.column_type.as_str(), &spread.values[0].value, spread.values[0].count),
        ("integer", &json!(5), 2)
    );
    let found: schemas::Suggestions =
        ask("suggest", json!({"field": {"expression": "upper(place)"}, "prefix": "ly"})).await.shape();
    assert_eq!((found.values.len(), &found.values[0].value), (1, &json!("LYON")));

    for (path, more, pointer, code) in [
        (
            "preview",
            json!({"columns": ["place", {"expression": "uppr(place)"}]}),
            "/columns/1/expression",
            "bad_expression",
        ),
        (
            "preview",
            json!({"columns": ["place", {"expression": "1", "as": "place"}]}),
            "/columns/1/as",
            "duplicate_name",
        ),
        ("preview", json!({"columns": [{"expression": "1", "as": "id"}]}), "/columns/0/as", "duplicate_name"),
        ("preview", json!({"columns": [{"expression": "1", "as": " "}]}), "/columns/0/as", "bad_name"),
        ("preview", json!({"order": [{"by": {"expression": "plce"}}]}), "/order/0/by/expression", ""),
        ("distribution", json!({"field": {"expression": "1 +"}}), "/field/expression", ""),
        ("suggest", json!({"field": {"expresion": "place"}}), "/field/expresion", "unknown_field"),
    ] {
        let refused = ask(path, more.clone()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {more}: {}", refused.text());
        let error = &refused.json()["errors"][0];
        assert_eq!(error["pointer"], pointer, "{path} {more}: {error}");
        assert!(code.is_empty() || code == "bad_expression" || error["code"] == code, "{path} {more}: {error}");
    }
}

/// Over a change of clocks, too: on 25 October 2026 those of Paris go from 3 to 2.
#[tokio::test]
async fn bins_of_timestamps_are_days_and_hours_of_the_zone() {
    let world = World::empty().await;
    world.apply(VISITS).await;
    let from: jiff::Timestamp = "2026-10-24T20:00:00Z".parse().unwrap();
    let at = |row: u64| from + Duration::from_secs(row * 1_800);
    let rows: String = (0..60).map(|row| format!("v{row},{},Lyon\n", at(row))).collect();
    assert_eq!(import(&world, "?format=csv", format!("id,at,place\n{rows}")).await, StatusCode::OK);
    let paris = |more: Value| {
        let mut body = json!({"dimension": "visits", "time_zone": "Europe/Paris"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let spread: schemas::Distribution =
        world.post("/api/v1/query/distribution", &paris(json!({"field": "at"}))).await.shape();
    assert_eq!(spread.min, json!("2026-10-24T22:00:00+02:00"));
    assert_eq!(spread.histogram.iter().map(|bin| bin.count).sum::<u64>(), 60);
    for bin in &spread.histogram {
        let condition = |operator: &str, value: &Value| json!({"field": "at", "operator": operator, "value": value});
        let rule = json!({"combinator": "and", "rules": [condition(">=", &bin.from), condition("<", &bin.to)]});
        assert_eq!(count(&world, paris(json!({"where": rule}))).await, Ok(bin.count), "{bin:?}");
    }
    // From midnight to six there are seven hours.
    let night = spread.histogram.iter().find(|bin| bin.from == "2026-10-25T00:00:00+02:00").unwrap();
    assert_eq!((&night.to, night.count), (&json!("2026-10-25T06:00:00+01:00"), 14));

    let typed = paris(json!({"field": "at", "prefix": "2026-10-25T02:30"}));
    let found: schemas::Suggestions = world.post("/api/v1/query/suggest", &typed).await.shape();
    let values: Vec<&str> = found.values.iter().map(|found| found.value.as_str().unwrap()).collect();
    assert_eq!(values, ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"]);
}

#[tokio::test]
async fn slow_rules_are_warned_of_before_they_are_counted() {
    let world = World::empty().await;
    world.apply(VISITS).await;
    visit_lyon(&world, 3_000).await;
    let check = async |rule: Value, cost: bool| -> schemas::Checked {
        let body = json!({"dimension": "visits", "where": rule, "cost": cost});
        world.post("/api/v1/query/check", &body).await.shape()
    };
    let simple = json!({"field": "place", "operator": "contains", "value": "yo"});
    let checked = check(simple.clone(), true).await;
    assert_eq!((checked.warnings, checked.cost.map(|cost| cost.rows_max)), (Vec::new(), Some(3_000)));
    assert!(check(simple.clone(), false).await.cost.is_none());
    let once = json!({"field": "peers", "match": {"mode": "some"}, "value": simple});
    assert!(check(once, true).await.warnings.is_empty());
    let slow = check(endless(), true).await;
    assert!(slow.cost.unwrap().rows_max > 1_000_000_000);
    let warning = &slow.warnings[0];
    for part in ["this rule may take about ", "the 3,000 rows of `visits` 4 times", "its links lead to about "] {
        assert!(warning.contains(part), "{part:?} is not in {warning:?}");
    }
    let explained: schemas::Explanation =
        world.post("/api/v1/query/explain", &json!({"dimension": "visits", "where": endless()})).await.shape();
    assert_eq!(explained.warnings, slow.warnings);
}

/// One root for what is wrong with a rule, whatever is asked with it.
#[tokio::test]
async fn pointers_into_the_rule_are_the_same_everywhere() {
    let world = World::shop().await;
    let rule = json!({"combinator": "and", "rules": [
        {"field": "tier", "operator": "=", "value": "gold"}, {"field": "teir", "operator": "=", "value": "gold"}]});
    let mut pointers = std::collections::BTreeSet::new();
    for path in ["count", "count", "preview", "explain", "check", "distribution", "suggest"] {
        let mut body = json!({"dimension": "people", "where": rule});
        match path {
            "count" => body["parts"] = json!(pointers.is_empty()),
            "distribution" | "suggest" => body["field"] = json!("name"),
            _ => {}
        }
        let answer = world.post(&format!("/api/v1/query/{path}"), &body).await.json();
        let items = if path == "check" { &answer["problems"] } else { &answer["errors"] };
        pointers.insert(items[0]["pointer"].as_str().unwrap_or_else(|| panic!("{path}: {answer}")).to_owned());
    }
    assert_eq!(pointers.len(), 1, "{pointers:?}");
    assert!(pointers.iter().all(|pointer| pointer.starts_with("/where/rules/1")), "{pointers:?}");
}
