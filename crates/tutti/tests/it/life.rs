//! The life of campaigns by commands.

use serde_json::Value;
use tutti_testkit::mail::MailStore;

use crate::binary::{Mail, Place, wait_for};

/// A campaign to everybody with a schedule.
fn campaign(name: &str, schedule: &str) -> String {
    format!(
        "kind: campaign\nname: {name}\nschedule: {schedule}\ncanvas:\n  activities:\n    \
         - {{id: who, type: build-audience, dimension: people, where: {{combinator: and, rules: []}}}}\n    \
         - {{id: mail, type: email, channel: mail, subject: Hello, html: '<p>Hello</p>', send: auto}}\n  \
         transitions:\n    - {{from: who, to: mail}}\n"
    )
}

/// The clock that the binary goes by.
#[expect(clippy::disallowed_methods, reason = "what another process does at a time can only be seen by its own clock")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

fn state(place: &Place, campaign: &str) -> String {
    let campaigns = place.tutti(&["campaigns"]).ok().json();
    let found = campaigns.as_array().unwrap().iter().find(|head| head["name"] == campaign).cloned().unwrap();
    found["state"].as_str().unwrap().to_owned()
}

#[test]
fn commands_move_a_campaign_through_its_life() {
    let mail = Mail::new(&[]);
    let place = Place::shop(mail.port(), 20);
    assert_eq!(state(&place, "hello"), "draft");
    place.tutti(&["run", "hello", "--yes"]).ok();
    assert_eq!(state(&place, "hello"), "completed", "a run publishes a draft, and completes it");
    place.tutti(&["run", "hello", "--yes"]).ok();

    place.write("daily.yaml", &campaign("daily", "{type: daily, at: '09:00'}"));
    place.tutti(&["apply", "-f", &place.path("daily.yaml")]).ok();
    let head = place.tutti(&["publish", "daily"]).ok().json();
    assert_eq!((&head["state"], head["next_launch_at"].is_string()), (&"scheduled".into(), true), "{head}");
    assert_eq!(place.tutti(&["unpublish", "daily"]).ok().json()["state"], "draft");
    place.tutti(&["publish", "daily"]).ok();
    assert_eq!(place.tutti(&["suspend", "daily"]).ok().json()["state"], "suspended");
    let schedule = place.tutti(&["schedule", "daily", "--next", "1"]).ok();
    assert!(schedule.stderr.contains("warning[suspended]"), "{}", schedule.stderr);
    assert_eq!(place.tutti(&["continue", "daily"]).ok().json()["state"], "scheduled");
    let refused = place.tutti(&["delete", "campaign", "daily"]);
    assert!(refused.code == 1 && refused.stderr.contains("hint: stop it and archive it"), "{}", refused.stderr);
    place.write("daily.yaml", &campaign("daily", "{type: daily, at: '10:00'}"));
    let at = ["apply", "-f", &place.path("daily.yaml"), "--at", "2199-01-01T00:00:00Z"];
    place.tutti(&at).ok();
    let versions = place.tutti(&["versions", "campaign", "daily"]).ok().json();
    assert_eq!((&versions[0]["in_force"], &versions[1]["in_force"]), (&false.into(), &true.into()), "{versions}");
    let words = place.tutti(&["compare", "daily", "-o", "table"]).ok().stdout;
    assert!(
        words.contains("the schedule was: every day at 09:00 (UTC); it is now: every day at 10:00 (UTC)"),
        "{words}"
    );
    assert_eq!(place.tutti(&["rollback", "campaign", "daily"]).ok().json()["version"], 3);
    assert_eq!(place.tutti(&["stop", "daily"]).ok().json()["state"], "stopped");
    let refused = place.tutti(&["run", "daily"]);
    assert!(refused.code == 1 && refused.stderr.contains("duplicate"), "{}", refused.stderr);
    place.tutti(&["duplicate", "daily", "weekly"]).ok();
    assert_eq!(state(&place, "weekly"), "draft");
    assert_eq!(place.tutti(&["archive", "daily"]).ok().json()["state"], "archived");
    let listed = |more: &[&str]| place.tutti(&[&["campaigns"][..], more].concat()).ok().stdout.contains("\"daily\"");
    assert!(!listed(&[]) && listed(&["--state", "archived"]), "the archive is out of the way");
    assert_eq!(place.tutti(&["unarchive", "daily"]).ok().json()["state"], "stopped");
    let audit = place.tutti(&["audit", "campaign", "daily"]).ok().json();
    assert_eq!((&audit[0]["action"], &audit[1]["action"]), (&"restore".into(), &"archive".into()));
    for command in [&["campaigns"][..], &["launches", "daily"], &["audit"], &["versions", "campaign", "daily"]] {
        place.tutti(&[command, &["-o", "table"]].concat()).ok();
    }
}

#[test]
fn a_signal_starts_a_run_that_any_worker_goes_on_with() {
    let mail = Mail::new(&[]);
    let place = Place::shop(mail.port(), 20);
    let schedule = "{type: signal, parameters: [{name: city, type: string}]}";
    place.write("call.yaml", &campaign("call", schedule));
    place.tutti(&["apply", "-f", &place.path("call.yaml")]).ok();
    assert_eq!(place.tutti(&["signal", "call", "--set", "city=Nice"]).code, 1, "it is a draft");
    place.tutti(&["publish", "call"]).ok();
    let signal = ["signal", "call", "--set", "city=Nice", "--key", "a"];
    let answer = place.tutti(&signal).ok();
    assert!(answer.stderr.contains("tutti resume run_"), "{}", answer.stderr);
    let answer = answer.json();
    assert_eq!(place.tutti(&signal).ok().json(), answer, "one key is one signal");
    let run = answer["run"].as_str().unwrap();
    let skipped = place.tutti(&["signal", "call", "--set", "city=Lyon"]);
    assert_eq!((skipped.code, &skipped.json()["reason"]), (1, &"overlap".into()), "{}", skipped.stderr);
    assert!(skipped.stderr.contains("error[signal_skipped]: the signal started nothing"), "{}", skipped.stderr);
    assert_eq!(place.tutti(&["resume", run]).ok().json()["state"], "completed");
    assert_eq!((place.tutti(&["runs", "call"]).ok().json().as_array().unwrap().len(), mail.store.count()), (1, 16));
}

#[test]
fn a_server_meets_the_time_that_passed_while_nothing_worked() {
    let mail = Mail::new(&[]);
    let place = Place::shop(mail.port(), 20);
    let at = now() + std::time::Duration::from_secs(2);
    let wall = at.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    place.write("soon.yaml", &campaign("soon", &format!("{{type: once, at: '{wall}'}}")));
    place.tutti(&["apply", "-f", &place.path("soon.yaml")]).ok();
    assert_eq!(place.tutti(&["publish", "soon"]).ok().json()["state"], "scheduled");
    wait_for("the time to pass", || (now() > at).then_some(()));
    assert_eq!(place.tutti(&["runs", "soon"]).ok().json(), Value::from(Vec::<Value>::new()));
    let mut server = place.start(&["serve", "--listen", "127.0.0.1:0"], "serve.log");
    let address = place.announced();
    wait_for("the campaign to complete", || {
        let done: crate::binary::Done =
            place.command(&["campaigns", "--server", &address]).env_remove("TUTTI_DATA").output().unwrap().into();
        let campaigns: Value = serde_json::from_str(&done.stdout).ok()?;
        campaigns.as_array()?.iter().any(|head| head["name"] == "soon" && head["state"] == "completed").then_some(())
    });
    assert_eq!(server.end("-TERM"), 0, "{}", server.said());
    let launches = place.tutti(&["launches", "soon"]).ok().json();
    assert_eq!((launches.as_array().unwrap().len(), &launches[0]["state"]), (1, &"started".into()), "{launches}");
    assert_eq!(mail.store.count(), 16);
}
