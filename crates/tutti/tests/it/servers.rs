//! Servers: one owner of a data directory, the same commands over the network, the demo, the catcher.

use std::time::Instant;

use serde_json::Value;
use tutti_testkit::mail::MailStore;

use crate::binary::{Mail, Place, wait_for};

#[test]
fn a_data_directory_has_one_owner_and_says_where() {
    let mail = Mail::new(&[]);
    let place = Place::shop(mail.port(), 30);
    let mut server = place.start(&["serve", "--listen", "127.0.0.1:0"], "serve.log");
    let address = place.announced();
    let refused = place.tutti(&["runs"]);
    assert_eq!(refused.code, 1);
    assert!(
        refused.stderr.contains("error[data_dir_in_use]") && refused.stderr.contains(&address),
        "{}",
        refused.stderr
    );

    // A server is asked by the same commands, which answer the same.
    let over = |arguments: &[&str]| -> crate::binary::Done {
        place.command(arguments).env_remove("TUTTI_DATA").env("TUTTI_SERVER", &address).output().unwrap().into()
    };
    assert_eq!(over(&["count", "--dimension", "people", "--where", "{}"]).ok().json()["count"], 30);
    place.write("a.csv", "person_id,name\nq1,A\n");
    place.write("b.csv", "person_id,name\nq2,B\n");
    let report = over(&["import", "people", &place.path("a.csv"), &place.path("b.csv")]).ok().json();
    assert_eq!(report["inserted"], 2);
    let summary = over(&["run", "hello", "--yes"]).ok().json();
    assert_eq!(summary["state"], "completed");
    let run = summary["run"].as_str().unwrap();
    assert_eq!(over(&["ledger", run]).ok().json().as_array().unwrap().len(), 30);
    assert_eq!(over(&["get", "campaign", "hello"]).ok().json()["name"], "hello");
    let wrong = over(&["get", "campaign", "helllo"]);
    assert!(wrong.code == 1 && wrong.stderr.contains("did you mean `hello`?"), "{}", wrong.stderr);

    assert_eq!(server.end("-TERM"), 0, "{}", server.said());
    assert_eq!(place.tutti(&["show", run]).ok().json(), summary, "what the server did is there");
    let gone = over(&["runs"]);
    assert!(gone.code == 1 && gone.stderr.contains("error[server_unreachable]"), "{}", gone.stderr);
}

#[test]
fn a_server_goes_on_with_what_a_killed_process_left() {
    let mail = Mail::new(&["delay 3ms"]);
    let place = Place::shop(mail.port(), 500);
    let mut running = place.start(&["run", "hello", "--yes"], "run.log");
    wait_for("some mails", || (mail.store.count() > 50).then_some(()));
    running.end("-KILL");
    let mut server = place.start(&["serve", "--listen", "127.0.0.1:0"], "serve.log");
    let address = place.announced();
    wait_for("the run to complete", || {
        let done: crate::binary::Done =
            place.command(&["runs", "--server", &address]).env_remove("TUTTI_DATA").output().unwrap().into();
        let runs: Value = serde_json::from_str(&done.stdout).ok()?;
        (runs[0]["state"] == "completed").then_some(())
    });
    assert_eq!(server.end("-INT"), 0);
}

#[test]
fn an_address_that_others_reach_is_refused() {
    let place = Place::new();
    let refused = place.tutti(&["serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(refused.code, 1);
    assert!(
        refused.stderr.contains("error[insecure_listen]") && refused.stderr.contains("hint:"),
        "{}",
        refused.stderr
    );
}

#[test]
fn the_demo_runs_from_nothing_and_serves_at_once_afterwards() {
    let place = Place::new();
    let done = place.tutti(&["demo", "--once", "--customers", "500"]).ok();
    let summary = done.json();
    assert_eq!(summary["state"], "completed");
    for delivery in summary["deliveries"].as_array().unwrap() {
        let count = |name: &str| delivery[name].as_i64().unwrap();
        assert_eq!(
            count("targeted"),
            count("excluded") + count("sent") + count("failed") + count("in_doubt") + count("pending")
        );
    }
    for part in ["a shop with 500 customers", "→", "Subject:", "X-Tutti-Run", "together"] {
        assert!(done.stderr.contains(part), "the demo does not show {part}: {}", done.stderr);
    }
    let started = Instant::now();
    let mut server = place.start(&["demo", "--listen", "127.0.0.1:0"], "demo.log");
    let address = place.announced();
    let ready = started.elapsed();
    assert!(ready.as_secs() < 10, "{ready:?}");
    let runs: crate::binary::Done =
        place.command(&["runs", "--server", &address]).env_remove("TUTTI_DATA").output().unwrap().into();
    assert_eq!(runs.ok().json()[0]["run"], summary["run"], "it did not run again");
    assert_eq!(server.end("-INT"), 0, "{}", server.said());

    let other = Place::shop(2525, 5);
    let refused = other.tutti(&["demo", "--once"]);
    assert!(refused.code == 1 && refused.stderr.contains("error[not_a_demo]"), "{}", refused.stderr);
}

#[test]
fn a_catcher_catches_beside_a_server() {
    let place = Place::new();
    let mut catcher = place.start(
        &["catcher", "--smtp", "127.0.0.1:0", "--fail", "refuse to person2@shop.example rcpt 550"],
        "catcher.log",
    );
    let facts: Value = wait_for("the catcher's address", || serde_json::from_str(catcher.said().lines().next()?).ok());
    let port: u16 = facts["smtp"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
    let shop = Place::shop(port, 10);
    let summary = shop.tutti(&["run", "hello", "--yes"]).ok().json();
    assert_eq!(
        (&summary["deliveries"][0]["sent"], &summary["deliveries"][0]["failed"]),
        (&Value::from(7), &Value::from(1)),
        "{summary}"
    );
    assert_eq!(catcher.end("-INT"), 0);
    assert!(catcher.said().contains("7 mails caught"), "{}", catcher.said());
}

#[test]
fn slow_deliveries_do_not_hold_up_what_computes_and_share_the_channels_connections() {
    let mail = Mail::new(&["delay 100ms"]);
    let place = Place::shop(mail.port(), 400);
    let asked = place.tutti(&["get", "campaign", "hello"]).ok().json();
    let named = |name: &str| {
        let mut campaign = asked.clone();
        campaign["name"] = name.into();
        campaign
    };
    let mut tiny = named("tiny");
    tiny["canvas"] =
        serde_json::json!({"activities": [{"id": "all", "type": "build-audience", "dimension": "people"}]});
    for (file, campaign) in [("one.json", named("one")), ("two.json", named("two")), ("tiny.json", tiny)] {
        place.write(file, &campaign.to_string());
        place.tutti(&["apply", "-f", &place.path(file)]).ok();
    }
    let mut server = place.start(&["serve", "--listen", "127.0.0.1:0"], "serve.log");
    let address = place.announced();
    let over = |arguments: &[&str]| -> crate::binary::Done {
        place.command(arguments).env_remove("TUTTI_DATA").env("TUTTI_SERVER", &address).output().unwrap().into()
    };
    let start = |name: &str| -> String {
        over(&["run", name, "--yes", "--no-wait"]).ok().json()["run"].as_str().unwrap().to_owned()
    };
    let slow: Vec<String> = ["hello", "one", "two"].map(start).to_vec();
    let sent = |run: &str| over(&["show", run]).ok().json()["deliveries"][0]["sent"].as_i64().unwrap_or_default();
    wait_for("every delivery to have its turn", || slow.iter().all(|run| sent(run) > 0).then_some(()));
    assert_eq!(over(&["run", "tiny"]).ok().json()["state"], "completed");
    for run in &slow {
        assert_eq!(over(&["show", run]).ok().json()["state"], "running", "it is slower than this test");
        over(&["stop", run]).ok();
    }
    assert_eq!(server.end("-TERM"), 0, "{}", server.said());
}
