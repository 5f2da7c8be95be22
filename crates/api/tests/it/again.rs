//! Runs that are opened again, that take another version of their campaign, and that are stopped; what they tell.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use serde_json::{Value, json};
use tutti_api::schemas;
use tutti_testkit::http::{HttpSink, Reply as HttpReply};
use tutti_testkit::mail::{MailStore, MemoryMailStore, Search};
use tutti_testkit::smtp::{SmtpOptions, SmtpServer};

use crate::data::{apply, campaign, put};
use crate::world::{Reply, World};

const STOPPED_WITHIN: Duration = Duration::from_secs(2);

fn everyone() -> Value {
    let rule = json!({"field": "tier", "operator": "in", "value": ["gold", "silver"]});
    json!({"id": "everyone", "type": "build-audience", "dimension": "people", "where": rule})
}

fn mail(channel: &str, subject: &str) -> Value {
    json!({"id": "mail", "type": "email", "channel": channel, "subject": subject, "html": "<p>Hello</p>",
        "send": "auto"})
}

/// A file that is missing ends the run.
fn lines(path: &str) -> Value {
    json!({"id": "lines", "type": "load-file", "path": path, "columns": [{"name": "email"}],
        "on_error": {"then": "abort"}})
}

/// Mails everybody, then needs a file that nobody brought.
fn mailing(path: &str) -> Value {
    campaign(
        "mailing",
        json!([everyone(), mail("mail", "Hello"), lines(path), {"id": "done", "type": "end"}]),
        &[("everyone", "mail"), ("mail", "lines"), ("lines", "done")],
    )
}

async fn restart(world: &World, run: &str, body: Value) -> Reply {
    world.post(&format!("/api/v1/runs/{run}/restart"), &body).await
}

async fn restarted(world: &World, run: &str, body: Value) -> Value {
    let reply = restart(world, run, body).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    world.rest(reply.json()["run"].as_str().unwrap()).await
}

async fn refusal(world: &World, run: &str, from: &str) -> (String, String) {
    let reply = restart(world, run, json!({"from": from})).await;
    assert_eq!(reply.status, StatusCode::CONFLICT, "{}", reply.text());
    let body = reply.json();
    (body["code"].as_str().unwrap().to_owned(), body["detail"].as_str().unwrap().to_owned())
}

async fn put_file(world: &World, name: &str, body: &'static str) {
    let reply = put(world, &format!("/files?name={name}"), body).await;
    assert!(reply.status.is_success(), "{}", reply.text());
}

async fn caught(world: &World) -> u64 {
    world.get("/api/v1/catcher/messages").await.json()["total"].as_u64().unwrap()
}

fn activity<'a>(summary: &'a Value, id: &str) -> &'a Value {
    summary["activities"].as_array().unwrap().iter().find(|activity| activity["id"] == id).unwrap()
}

async fn log(world: &World, query: &str) -> Vec<String> {
    let lines: Vec<schemas::LogEntry> = world.get(&format!("/api/v1/logs?{query}")).await.shape();
    lines
        .into_iter()
        .map(|line| {
            let of = line.activity.map_or_else(String::new, |activity| format!("{activity}: "));
            format!("{of}{}", line.message)
        })
        .collect()
}

#[tokio::test]
async fn a_failed_run_is_opened_again_and_mails_nobody_twice() {
    let world = World::shop().await;
    apply(&world, &[mailing("incoming/people.csv")]).await;
    let failed = world.run("mailing", &json!({})).await;
    let run = failed["run"].as_str().unwrap();
    assert_eq!((&failed["state"], caught(&world).await), (&json!("failed"), 2), "{failed}");
    for from in ["everyone", "mail"] {
        let (code, detail) = refusal(&world, run, from).await;
        assert_eq!(code, "not_allowed");
        assert!(detail.contains("the activity `mail` has closed its ledger and cannot be done again"), "{detail}");
    }
    assert_eq!(restart(&world, run, json!({"from": "letter"})).await.status, StatusCode::CONFLICT);
    put_file(&world, "incoming/people.csv", "email\nann@shop.example\n").await;
    let done = restarted(&world, run, json!({"from": "lines"})).await;
    assert_eq!((&done["state"], &done["run"]), (&json!("completed"), &json!(run)), "{done}");
    assert_eq!((&activity(&done, "done")["state"], caught(&world).await), (&json!("completed"), 2));
    let (_, detail) = refusal(&world, run, "lines").await;
    assert!(detail.contains("it has done everything: run the campaign again"), "{detail}");

    // Without an activity it is another run.
    let again = restarted(&world, run, json!({})).await;
    assert_ne!(again["run"], json!(run));
    assert_eq!((&again["state"], &again["mode"], caught(&world).await), (&json!("completed"), &json!("live"), 4));
    assert_eq!(
        log(&world, &format!("run={run}")).await.into_iter().rev().collect::<Vec<_>>(),
        [
            "somebody started the run (live, version 1)",
            "everyone: found 4 rows of `people` that match the rule",
            "mail: sent 2 of 4, 2 excluded",
            "lines: there is no file `incoming/people.csv`",
            "the run has failed",
            "lines: somebody restarted the run from here",
            "lines: read 1 lines of `incoming/people.csv`, 1 fit, 0 do not",
            "done: 1 row goes on",
            "the run is completed",
            &format!("somebody restarted it as `{}`", again["run"].as_str().unwrap()),
        ]
    );
}

#[tokio::test]
async fn a_campaign_says_what_happens_when_activities_fail_that_do_not_say_themselves() {
    let world = World::shop().await;
    let document = |name: &str, then: &str, own: Option<&str>| {
        let mut first = json!({"id": "lines", "type": "load-file", "path": "none.csv", "columns": [{"name": "email"}]});
        if let Some(then) = own {
            first["on_error"] = json!({"then": then});
        }
        let steps = json!([first, everyone(), {"id": "done", "type": "end"}]);
        let mut document = campaign(name, steps, &[("everyone", "done")]);
        document["on_error"] = json!({"then": then});
        document
    };
    for (name, then, own, state) in [
        ("aborts", "abort", None, "failed"),
        ("ignores", "ignore", None, "completed"),
        ("own", "abort", Some("pause"), "paused"),
    ] {
        apply(&world, &[document(name, then, own)]).await;
        assert_eq!(world.run(name, &json!({})).await["state"], state, "{name}");
    }
    let files = json!({"files": [{"path": "a.yaml", "text": document("ports", "port", None).to_string()}]});
    let refused = world.post("/api/v1/documents/apply", &files).await.json();
    assert_eq!(refused["errors"][0]["pointer"], "/on_error/then", "{refused}");
}

#[tokio::test]
async fn a_stopped_mailing_goes_on_with_those_who_are_left() {
    let world = World::shop().await;
    let store = Arc::new(MemoryMailStore::default());
    let mut options = SmtpOptions::new(store.clone());
    options.faults.push("tempfail to bob@* rcpt 451 first 1".parse().unwrap());
    let smtp = SmtpServer::start(options).await.unwrap();
    let channel = json!({"kind": "channel", "name": "slow", "channel": "email", "category": "marketing",
        "from": {"name": "Shop", "address": "hello@shop.example"}, "unsubscribe": "one-click",
        "smtp": {"host": "127.0.0.1", "port": smtp.addr().port(), "tls": "none", "connections": 1},
        "retry": {"backoff_s": 1200}});
    let document = campaign(
        "slowly",
        json!([everyone(), mail("slow", "Hello"), {"id": "done", "type": "end"}]),
        &[("everyone", "mail"), ("mail", "done")],
    );
    apply(&world, &[channel, document]).await;
    let started = world.post("/api/v1/campaigns/slowly/run", &json!({})).await.json();
    let run = started["run"].as_str().unwrap();
    let taken = || store.list(&Search::default(), 10, 0).unwrap().0;
    world.wait(run, |_| taken() == 1).await;
    let (code, detail) = refusal(&world, run, "everyone").await;
    assert_eq!(code, "not_allowed", "{detail}");
    assert!(detail.contains("pause or stop it first"), "{detail}");
    stopped_in_time(&world, run, "a mail").await;
    let (_, detail) = refusal(&world, run, "everyone").await;
    assert!(detail.contains("restart from `mail`, which goes on where it is"), "{detail}");
    world.advance(1300);
    let done = restarted(&world, run, json!({"from": "mail"})).await;
    assert_eq!(done["state"], "completed", "{done}");
    let delivery = &done["deliveries"][0];
    assert_eq!((&delivery["targeted"], &delivery["sent"], &delivery["pending"]), (&json!(4), &json!(2), &json!(0)));
    assert_eq!(taken(), 2, "each once");
}

#[tokio::test]
async fn a_mailing_that_never_left_is_done_anew() {
    let world = World::shop().await;
    let channel = json!({"kind": "channel", "name": "away", "channel": "email", "category": "marketing",
        "from": {"name": "Shop", "address": "hello@shop.example"}, "unsubscribe": "one-click",
        "smtp": {"host": "127.0.0.1", "port": 9, "tls": "none", "connections": 1}});
    let held = json!({"id": "mail", "type": "email", "channel": "away", "subject": "Hello", "html": "<p>Hello</p>"});
    let document = campaign("away", json!([everyone(), held]), &[("everyone", "mail")]);
    apply(&world, &[channel, document]).await;
    let held = world.run("away", &json!({})).await;
    let run = held["run"].as_str().unwrap();
    assert_eq!((&held["state"], &held["deliveries"][0]["targeted"]), (&json!("held"), &json!(4)), "{held}");
    world.post(&format!("/api/v1/runs/{run}/stop"), &json!({})).await;
    let more = "person_id,email,name,tier,consent\np9,zoe@shop.example,Zoe,gold,true\n";
    assert!(put(&world, "/tables/people/import?format=csv", more).await.status.is_success());
    let again = restarted(&world, run, json!({"from": "everyone"})).await;
    assert_eq!(again["state"], "held", "what was confirmed for others is asked again: {again}");
    assert_eq!(again["deliveries"][0]["targeted"], 5, "its targets are worked out anew: {again}");
    assert_eq!(activity(&again, "everyone")["attempts"], 1);
}

#[tokio::test]
async fn what_was_confirmed_at_the_start_is_forgotten_at_the_end() {
    let world = World::shop().await;
    let pause = json!({"id": "pause", "type": "wait", "duration": "1d"});
    let held = json!({"id": "mail", "type": "email", "channel": "mail", "subject": "Hello", "html": "<p>Hello</p>"});
    let document = campaign("later", json!([everyone(), pause, held]), &[("everyone", "pause"), ("pause", "mail")]);
    apply(&world, &[document]).await;
    let started = world.post("/api/v1/campaigns/later/run", &json!({"confirm": true})).await.json();
    let run = started["run"].as_str().unwrap();
    let waits =
        |summary: &Value| summary["state"] == "running" && summary["activities"].to_string().contains("waits_until");
    world.wait(run, waits).await;
    world.post(&format!("/api/v1/runs/{run}/stop"), &json!({})).await;
    let again = world.post(&format!("/api/v1/runs/{run}/restart"), &json!({"from": "everyone"})).await;
    assert!(again.status.is_success(), "{}", again.text());
    world.wait(run, waits).await;
    world.advance(2 * 86_400);
    let held = world.rest(run).await;
    assert_eq!((&held["state"], &held["error"]["code"]), (&json!("held"), &json!("held_send")), "{held}");
}

#[tokio::test]
async fn a_paused_run_takes_the_newest_version_where_it_does_not_contradict_it() {
    let world = World::shop().await;
    let paused = |path: &str| {
        let mut lines = lines(path);
        lines["on_error"] = json!({"then": "pause"});
        lines
    };
    let version = |people: Value, steps: Value, ways: &[(&str, &str)]| {
        let mut activities = vec![people, mail("mail", "Hello")];
        activities.extend(steps.as_array().unwrap().clone());
        campaign("edited", Value::Array(activities), ways)
    };
    let ways = [("everyone", "mail"), ("mail", "lines"), ("lines", "done")];
    let end = json!({"id": "done", "type": "end"});
    apply(&world, &[version(everyone(), json!([paused("missing.csv"), end]), &ways)]).await;
    let run = world.run("edited", &json!({})).await;
    assert_eq!((&run["state"], caught(&world).await), (&json!("paused"), 2), "{run}");
    let run = run["run"].as_str().unwrap().to_owned();
    let resume = format!("/api/v1/runs/{run}/resume?edited=true");

    // A version in which what was mailed comes from elsewhere.
    let also = json!({"id": "also", "type": "deduplication", "by": ["email"], "keep": 1});
    let other = [("everyone", "also"), ("also", "mail"), ("mail", "lines"), ("lines", "done")];
    apply(&world, &[version(everyone(), json!([paused("missing.csv"), also, end]), &other)]).await;
    let refused = world.post(&resume, &json!({})).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text());
    let detail = refused.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("its rows came from `everyone.out`, which does not lead to it now"), "{detail}");

    // Edits to what is done are ignored; those to what comes are taken, with a step more.
    let mut fewer = everyone();
    fewer["where"] = json!({"field": "tier", "operator": "=", "value": "gold"});
    let told = json!({"id": "told", "type": "alert", "title": "Read", "message": "Read"});
    let more = [("everyone", "mail"), ("mail", "lines"), ("lines", "told"), ("told", "done")];
    apply(&world, &[version(fewer, json!([paused("people.csv"), told, end]), &more)]).await;
    put_file(&world, "people.csv", "email\nann@shop.example\n").await;
    assert_eq!(world.post(&resume, &json!({})).await.status, StatusCode::NO_CONTENT);
    let done = world.rest(&run).await;
    assert_eq!((&done["state"], &done["version"], caught(&world).await), (&json!("completed"), &json!(3), 2), "{done}");
    let versions = ["everyone", "mail", "lines", "told", "done"].map(|id| activity(&done, id)["version"].clone());
    assert_eq!(versions, [json!(1), json!(1), json!(3), json!(3), json!(3)]);
    let everyone = done["transitions"].as_array().unwrap().iter().find(|way| way["from"] == "everyone").unwrap();
    assert_eq!(everyone["rows"], 4, "what was done stays");

    let tasks: schemas::Tasks = world.get(&format!("/api/v1/runs/{run}/tasks")).await.shape();
    assert_eq!(tasks.total, 5);
    let mail = &tasks.tasks[1];
    assert_eq!((mail.activity.as_str(), mail.results["sent"].clone(), mail.attempts), ("mail", json!(2), 1));
    assert_eq!(tasks.tasks[3].variables["result_mail_sent"], 2, "{:?}", tasks.tasks[3]);
    let found: schemas::Tasks = world.get(&format!("/api/v1/runs/{run}/tasks?search=ALERT&limit=1")).await.shape();
    assert_eq!((found.total, found.tasks[0].activity.as_str()), (1, "told"));
    assert_eq!(world.get(&format!("/api/v1/runs/{run}/tasks?activity=tolt")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn logs_are_filtered_and_read_on() {
    let world = World::shop().await;
    let summary = world.run("hello", &json!({})).await;
    let run = summary["run"].as_str().unwrap();
    world.run("hello", &json!({"mode": "test"})).await;
    assert_eq!(log(&world, &format!("run={run}&activity=mail")).await, ["mail: sent 2 of 4, 2 excluded"]);
    assert_eq!(log(&world, "campaign=hello&search=SENT%202").await, ["mail: sent 2 of 4, 2 excluded"]);
    assert_eq!(log(&world, "level=warning").await, [""; 0]);
    assert_eq!(log(&world, "since=now%2B1h").await, [""; 0]);
    assert_eq!(log(&world, "until=2026-06-01").await, [""; 0], "the day begins before the run");
    let all = log(&world, "since=2026-06-01").await;
    let first: Vec<schemas::LogEntry> = world.get("/api/v1/logs?limit=3").await.shape();
    let rest = log(&world, &format!("before={}", first[2].seq)).await;
    assert_eq!((first.len(), 3 + rest.len()), (3, all.len()));
    for (query, code) in [
        ("run=run_x", "not_found"),
        ("campaign=hallo", "not_found"),
        ("level=loud", "unknown_level"),
        ("since=soon", "bad_value"),
    ] {
        assert_eq!(world.get(&format!("/api/v1/logs?{query}")).await.json()["code"], code, "{query}");
    }
}

/// Stops a run and waits until nothing works for it, which takes no longer than it may.
async fn stopped_in_time(world: &World, run: &str, name: &str) {
    let begun = Instant::now();
    let stopped = world.post(&format!("/api/v1/runs/{run}/stop"), &json!({})).await;
    assert!(stopped.status.is_success(), "{}", stopped.text());
    world
        .wait(run, |summary| {
            summary["state"] == "stopped"
                && summary["activities"].as_array().unwrap().iter().all(|one| one["state"] != "running")
        })
        .await;
    assert!(begun.elapsed() < STOPPED_WITHIN, "{name} took {:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_kind_of_work_stops_in_time() {
    let world = World::shop().await;
    let never = Duration::from_secs(600);
    let sink = HttpSink::start(move |_, _| HttpReply::Slow(never, Box::new(HttpReply::json("{}")))).await.unwrap();
    let smtp = SmtpServer::start(SmtpOptions {
        faults: vec!["hang end".parse().unwrap()],
        ..SmtpOptions::new(Arc::new(MemoryMailStore::default()))
    })
    .await
    .unwrap();
    let channel = json!({"kind": "channel", "name": "hanging", "channel": "email", "category": "marketing",
        "from": {"name": "Shop", "address": "hello@shop.example"}, "unsubscribe": "one-click",
        "smtp": {"host": "127.0.0.1", "port": smtp.addr().port(), "tls": "none", "connections": 1}});
    // Millions of pairs of letters for each person: many seconds of work.
    let rows: String = (0..500).map(|n| format!("q{n},q{n}@shop.example,N{n},none,true\n")).collect();
    let rows = format!("person_id,email,name,tier,consent\n{rows}");
    assert!(put(&world, "/tables/people/import?format=csv", rows).await.status.is_success());
    let slow = json!({"expression": "levenshtein(lpad(name, 4000, 'a'), lpad(email, 4000, 'b'))", "operator": ">",
        "value": 0});
    let slow = json!({"id": "busy", "type": "build-audience", "dimension": "people", "where": slow});
    let calls = json!({"id": "busy", "type": "http-call", "url": sink.url(), "timeout_s": 300});
    let letter = json!({"id": "busy", "type": "email", "channel": "hanging", "subject": "x", "html": "<p>x</p>",
        "send": "auto"});
    let waits = json!({"id": "busy", "type": "wait", "duration": "3d"});
    let document = |name: &str, busy: Value| campaign(name, json!([everyone(), busy]), &[("everyone", "busy")]);
    apply(
        &world,
        &[
            channel,
            campaign("queries", json!([slow, {"id": "done", "type": "end"}]), &[("busy", "done")]),
            document("calls", calls),
            document("letters", letter),
            document("waits", waits),
        ],
    )
    .await;
    for name in ["queries", "calls", "letters", "waits"] {
        let started = world.post(&format!("/api/v1/campaigns/{name}/run"), &json!({})).await;
        let run = started.json()["run"].as_str().unwrap().to_owned();
        let is_busy = |summary: &Value| {
            let busy = activity(summary, "busy");
            let begun = match name {
                "waits" => busy["waits_until"].is_string(),
                "letters" => summary["deliveries"][0]["targeted"] == 4,
                _ => true,
            };
            assert!(summary["finished_at"].is_null(), "{name} was over too soon: {summary}");
            begun && (busy["state"] == "running" || name == "waits")
        };
        world.wait(&run, is_busy).await;
        stopped_in_time(&world, &run, name).await;
    }
}
