//! Running campaigns: summaries, ledgers, interruptions and kills.

use std::collections::BTreeSet;

use serde_json::Value;
use tutti_testkit::mail::{MailStore, Search};

use crate::binary::{Mail, Place, wait_for};

/// Of `people` numbered people: without address, without consent, and the others.
fn fates(people: i64) -> (i64, i64, i64) {
    let count = |rest: i64| (1..=people).filter(|number| number % 10 == rest).count() as i64;
    (count(3), count(4), people - count(3) - count(4))
}

#[test]
fn a_run_ends_with_its_summary_and_everybody_in_the_ledger() {
    let mail = Mail::new(&[]);
    let place = Place::shop(mail.port(), 50);
    let dry = place.tutti(&["dry-run", "hello"]).ok().json();
    assert_eq!(dry["transitions"][0]["rows"], 50);
    assert_eq!(mail.store.count(), 0);

    let summary = place.tutti(&["run", "hello", "--yes"]).ok().json();
    let (missing, unwilling, sent) = fates(50);
    let delivery = &summary["deliveries"][0];
    assert_eq!((&summary["state"], &summary["mode"]), (&"completed".into(), &"live".into()), "{summary}");
    assert_eq!((delivery["targeted"].as_i64(), delivery["sent"].as_i64()), (Some(50), Some(sent)));
    assert_eq!(delivery["exclusions"]["missing_address"].as_i64(), Some(missing));
    assert_eq!(delivery["exclusions"]["no_consent"].as_i64(), Some(unwilling));
    assert_eq!(mail.store.count() as i64, sent);

    let run = summary["run"].as_str().unwrap();
    assert_eq!(place.tutti(&["show", run]).ok().json(), summary);
    let ledger = place.tutti(&["ledger", run]).ok().json();
    let columns = [
        "run",
        "activity",
        "key",
        "secondary_key",
        "channel",
        "address",
        "status",
        "reason",
        "message_id",
        "attempts",
        "updated_at",
    ];
    assert_eq!(ledger[0].as_object().unwrap().keys().collect::<Vec<_>>(), columns);
    let keys: BTreeSet<&str> = ledger.as_array().unwrap().iter().map(|line| line["key"].as_str().unwrap()).collect();
    assert_eq!((ledger.as_array().unwrap().len(), keys.len()), (50, 50));
    let excluded = place.tutti(&["ledger", run, "--status", "excluded", "--activity", "mail"]).ok().json();
    assert_eq!(excluded.as_array().unwrap().len() as i64, missing + unwilling);
    let rows = place.tutti(&["population", run, "everyone"]).ok().json();
    assert_eq!(rows.as_array().unwrap().len(), 50);
    assert_eq!(
        place.tutti(&["population", run, "everyone.out", "--limit", "3"]).ok().json().as_array().unwrap().len(),
        3
    );
    let trace = place.tutti(&["trace", run, "p00004"]).ok().json();
    assert_eq!(trace["messages"][0]["reason"], "no_consent", "{trace}");
    let runs = place.tutti(&["runs", "hello"]).ok().json();
    assert_eq!((runs.as_array().unwrap().len(), &runs[0]["run"]), (1, &summary["run"]));
    for command in [&["show", run][..], &["ledger", run], &["runs"], &["dry-run", "hello"]] {
        let table = place.tutti(&[command, &["-o", "table"]].concat()).ok().stdout;
        assert!(table.contains('│'), "{command:?}: {table}");
    }
    let story = place.tutti(&["trace", run, "p00004", "-o", "table"]).ok().stdout;
    assert!(story.contains("excluded: no_consent"), "{story}");
}

#[test]
fn a_held_send_waits_for_its_confirmation() {
    let mail = Mail::new(&[]);
    let place = Place::shop(mail.port(), 10);
    place.write("silver.csv", "person_id,tier\np00001,silver\n");
    place.tutti(&["import", "people", &place.path("silver.csv")]).ok();
    place.write("email.csv", "person_id,email,tier,consent\np00001,a@shop.example,silver,true\n");
    place.tutti(&["import", "people", &place.path("email.csv")]).ok();
    let held = place.tutti(&["run", "held"]);
    assert_eq!(held.code, 1);
    assert_eq!(held.json()["state"], "held");
    let run = held.json()["run"].as_str().unwrap().to_owned();
    // Another one by hand beside it is warned of; a key goes on with the one that there is.
    let beside = ["run", "held", "--no-wait", "--idempotency-key", "monday"];
    let second = place.tutti(&beside).ok();
    assert!(second.stderr.contains("warning[another_run]") && second.stderr.contains(&run), "{}", second.stderr);
    let second = second.json()["run"].clone();
    assert_eq!(place.tutti(&beside).ok().json()["run"], second);
    place.tutti(&["stop", second.as_str().unwrap()]).ok();
    assert!(
        held.stderr.contains("error[run_held]") && held.stderr.contains(&format!("tutti resume {run}")),
        "{}",
        held.stderr
    );
    assert_eq!(mail.store.count(), 0);
    let summary = place.tutti(&["resume", &run]).ok().json();
    assert_eq!((&summary["state"], mail.store.count()), (&"completed".into(), 1));
    assert_eq!(place.tutti(&["stop", &run]).code, 1, "it has ended");
}

#[test]
fn a_test_run_sends_nothing() {
    let mail = Mail::new(&[]);
    let place = Place::shop(mail.port(), 10);
    let summary = place.tutti(&["run", "hello", "--test"]).ok().json();
    assert_eq!((&summary["mode"], &summary["state"], mail.store.count()), (&"test".into(), &"completed".into(), 0));
    let started = place.tutti(&["run", "hello", "--no-wait"]).ok();
    let run = started.json()["run"].as_str().unwrap().to_owned();
    assert_eq!(place.tutti(&["stop", &run]).ok().json()["state"], "stopped");
}

/// The ledger and the mails tell the same: one line and one mail for everybody, but for those that were on their way
/// when the process died, whose mails may have come twice with one Message-ID.
fn everybody_once(place: &Place, mail: &Mail, run: &str, people: i64, on_their_way_max: usize) {
    let (missing, unwilling, sent) = fates(people);
    let ledger = place.tutti(&["ledger", run]).ok().json();
    let lines = ledger.as_array().unwrap();
    assert_eq!(lines.len() as i64, people);
    let keys: BTreeSet<&str> = lines.iter().map(|line| line["key"].as_str().unwrap()).collect();
    assert_eq!(keys.len() as i64, people);
    let with = |status: &str| lines.iter().filter(|line| line["status"] == status).count() as i64;
    assert_eq!(
        (with("sent"), with("excluded")),
        (sent, missing + unwilling),
        "{:?}",
        lines.iter().find(|line| line["status"] == "pending")
    );
    let (total, mails) = mail.store.list(&Search::default(), 1_000_000, 0).unwrap();
    let identities: BTreeSet<Option<String>> = mails.iter().map(|mail| mail.message_id.clone()).collect();
    let reached: BTreeSet<Option<String>> = mails.iter().map(|mail| mail.key.clone()).collect();
    assert_eq!((identities.len() as i64, reached.len() as i64), (sent, sent));
    assert!(total - identities.len() <= on_their_way_max, "{total} mails for {} messages", identities.len());
}

#[test]
fn a_killed_run_goes_on_and_loses_nobody() {
    let mail = Mail::new(&["delay 3ms"]);
    let place = Place::shop(mail.port(), 1_000);
    let mut running = place.start(&["run", "hello", "--yes"], "run.log");
    wait_for("some mails", || (mail.store.count() > 100).then_some(()));
    running.end("-KILL");
    let before = mail.store.count();
    assert!(before < 800, "the kill came too late to mean anything: {before}");

    let runs = place.tutti(&["runs"]).ok().json();
    assert_eq!(runs[0]["state"], "running");
    let run = runs[0]["run"].as_str().unwrap().to_owned();
    let summary = place.tutti(&["resume", &run]).ok().json();
    assert_eq!(summary["state"], "completed");
    everybody_once(&place, &mail, &run, 1_000, 2 * 16);
}

#[test]
fn an_interrupted_run_stops_cleanly_and_goes_on() {
    let mail = Mail::new(&["delay 3ms"]);
    let place = Place::shop(mail.port(), 1_000);
    let mut running = place.start(&["run", "hello", "--yes"], "run.log");
    wait_for("some mails", || (mail.store.count() > 100).then_some(()));
    assert_eq!(running.end("-INT"), 1);
    let said = running.said();
    assert!(said.contains("error[interrupted]") && said.contains("tutti resume run_"), "{said}");
    let stopped_at = mail.store.count();
    assert!(stopped_at < 800, "{stopped_at}");

    let run = place.tutti(&["runs"]).ok().json()[0]["run"].as_str().unwrap().to_owned();
    assert_eq!(mail.store.count(), stopped_at, "nothing is sent by nobody");
    place.tutti(&["resume", &run]).ok();
    everybody_once(&place, &mail, &run, 1_000, 0);
}

#[test]
fn a_bad_recipient_fails_alone() {
    let mail = Mail::new(&["refuse to person7@shop.example rcpt 550 5.1.1 no such user"]);
    let place = Place::shop(mail.port(), 50);
    let summary = place.tutti(&["run", "hello", "--yes"]).ok().json();
    let (.., sent) = fates(50);
    assert_eq!(
        (summary["deliveries"][0]["sent"].as_i64(), &summary["deliveries"][0]["failed"]),
        (Some(sent - 1), &Value::from(1))
    );
    let failed = place.tutti(&["ledger", summary["run"].as_str().unwrap(), "--status", "failed"]).ok().json();
    assert_eq!((&failed[0]["key"], failed.as_array().unwrap().len()), (&"p00007".into(), 1));
    assert!(failed[0]["reason"].as_str().unwrap().contains("550"), "{failed}");
    assert_eq!(mail.server.stats().faults.len(), 1);
}

fn activity<'a>(summary: &'a Value, id: &str) -> &'a Value {
    summary["activities"].as_array().unwrap().iter().find(|activity| activity["id"] == id).unwrap()
}

#[test]
fn a_wait_outlives_its_process_and_a_person_is_asked() {
    let place = Place::shop(1, 10);
    let mut server = place.start(&["serve", "--listen", "127.0.0.1:0"], "serve.log");
    let address = place.announced();
    let started = place.tutti(&["run", "waits", "--set", "note=hello", "--no-wait", "--server", &address]).ok().json();
    let run = started["run"].as_str().unwrap().to_owned();
    let until = wait_for("the wait to begin", || {
        let summary = place.tutti(&["show", &run, "--server", &address]).ok().json();
        activity(&summary, "pause")["waits_until"].as_str().map(str::to_owned)
    });
    server.end("-KILL");
    let after = place.tutti(&["show", &run]).ok().json();
    assert_eq!(
        (&after["state"], &activity(&after, "pause")["waits_until"]),
        (&"running".into(), &until.clone().into())
    );

    let held = place.tutti(&["resume", &run]);
    assert_eq!((held.code, &held.json()["state"]), (1, &"held".into()), "{}", held.stderr);
    assert!(held.stderr.contains(&format!("tutti approve {run} ask")), "{}", held.stderr);
    let summary = held.json();
    assert_eq!(activity(&summary, "ask")["hold"]["message"], "Go on with 10 (hello)?");
    assert!(activity(&summary, "pause")["finished_at"].as_str().unwrap() >= until.as_str(), "{summary}");
    assert_eq!(place.tutti(&["resume", &run]).code, 1, "resuming answers no question");
    let refused = place.tutti(&["approve", &run, "ask", "--by", "bob"]);
    assert!(refused.stderr.contains("error[not_asked]") && refused.stderr.contains("`ann`"), "{}", refused.stderr);
    place.tutti(&["approve", &run, "ask", "--by", "ann", "--comment", "fine"]).ok();
    let done = place.tutti(&["resume", &run]).ok().json();
    assert_eq!((&done["state"], &done["variables"]["note"]), (&"completed".into(), &"hello".into()));
    let alerts = place.tutti(&["alerts", "waits"]).ok().json();
    assert_eq!((alerts.as_array().unwrap().len(), &alerts[0]["title"]), (1, &"10 people".into()));
    assert!(place.tutti(&["alerts", "-o", "table"]).ok().stdout.contains("They may go on."));
    let test = place.tutti(&["run", "waits", "--test"]).ok().json();
    assert_eq!((&test["state"], &activity(&test, "tell")["state"]), (&"completed".into(), &"completed".into()));
    assert_eq!(
        place.tutti(&["dry-run", "waits", "--set", "note=1"]).ok().json()["transitions"].as_array().unwrap().len(),
        4
    );
}

#[test]
fn rules_are_asked_as_a_run_has_their_rows() {
    let place = Place::shop(2525, 10);
    let activities = [
        "{id: willing, type: build-audience, dimension: people, where: {field: consent, operator: '=', value: true}}",
        "{id: numbered, type: enrichment, add: [{name: letters, expression: 'length(name)'}]}",
        "{id: cut, type: split, subsets: [{id: short, where: {field: letters, operator: '=', value: 8}}, {id: long}]}",
        "{id: done, type: end}",
    ];
    let transitions = "[{from: willing, to: numbered}, {from: numbered, to: cut}, {from: cut.short, to: done}, \
                       {from: cut.long, to: done}]";
    let canvas = format!("{{activities: [{}], transitions: {transitions}}}", activities.join(", "));
    place.write("parts.yaml", &format!("kind: campaign\nname: parts\ncanvas: {canvas}\n"));
    place.tutti(&["apply", "-f", &place.path("parts.yaml")]).ok();
    let rule = "{field: letters, operator: '=', value: 8}";
    let asked = ["--dimension", "people", "--where", rule, "--campaign", "parts", "--activity", "cut"];
    let ask = |command: &str, more: &[&str]| place.tutti(&[&[command][..], &asked, more].concat());
    let refused = ask("count", &["--run", "last"]);
    assert!(refused.code == 1 && refused.stderr.contains("error[needs_a_run]"), "{}", refused.stderr);

    let summary = place.tutti(&["run", "parts", "--test"]).ok().json();
    let run = summary["run"].as_str().unwrap();
    let transitions = summary["transitions"].as_array().unwrap();
    let short = transitions.iter().find(|transition| transition["port"] == "short").unwrap();
    // `Person 1` to `Person 9` but for the one who is not willing.
    assert_eq!(short["rows"], 8, "{summary}");
    for named in [run, "last", "dry"] {
        assert_eq!(ask("count", &["--run", named]).ok().json()["count"], 8, "{named}");
    }
    let rows = ask("preview", &["--run", run, "--columns", "letters", "--limit", "2"]).ok().json();
    assert_eq!(rows[0]["letters"], 8, "{rows}");
    assert!(ask("explain", &["--run", run]).ok().json()["sql"].as_str().unwrap().contains("population numbered.out"));
    let spread = ["distribution", "--dimension", "people", "--field", "letters"];
    let spread = [&spread[..], &["--campaign", "parts", "--activity", "cut", "--run", run]].concat();
    assert_eq!(place.tutti(&spread).ok().json()["distinct"], 2);
    let unnamed = ask("count", &[]);
    assert!(unnamed.code == 1 && unnamed.stderr.contains(run), "{}", unnamed.stderr);
    assert_eq!(place.tutti(&["count", "--dimension", "people", "--where", "{}", "--run", run]).code, 2);
}
