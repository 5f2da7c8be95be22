//! Several processes over one PostgreSQL and one data directory.

use std::time::{Duration, Instant};

use serde_json::Value;
use tutti_testkit::mail::{MailStore, Search};
use tutti_testkit::postgres::Postgres;

use crate::binary::{Done, Mail, Place, Running, wait_for};

/// How long the claims of these processes hold.
const LEASE_S: u64 = 3;

/// A server and where it is.
fn serve(place: &Place, role: &str, log: &str) -> (Running, String) {
    let server = place.start(&["serve", "--listen", "127.0.0.1:0", "--role", role], log);
    let address = wait_for("a server's address", || {
        Some(server.said().split_once(" at http://")?.1.lines().next()?.trim().to_owned())
    });
    (server, format!("http://{address}"))
}

fn ask(place: &Place, server: &str, arguments: &[&str]) -> Done {
    let mut command = place.command(arguments);
    command.env_remove("TUTTI_DATA").env("TUTTI_SERVER", server).output().unwrap().into()
}

fn state(place: &Place, server: &str, run: &str) -> Value {
    ask(place, server, &["show", run]).ok().json()["state"].clone()
}

#[test]
fn another_worker_takes_over_within_the_lease() {
    let mail = Mail::new(&["delay 4ms"]);
    let mut postgres = Postgres::start().unwrap();
    let settings =
        [("TUTTI__STORE__URL", postgres.database().unwrap()), ("TUTTI__STORE__LEASE_S", LEASE_S.to_string())];
    let place = Place::shop_with(mail.port(), 600, &settings);
    let (mut first, at_first) = serve(&place, "worker", "first.log");
    let run = ask(&place, &at_first, &["run", "hello", "--yes", "--no-wait"]).ok().json();
    let run = run["run"].as_str().unwrap();
    wait_for("some mails", || (mail.store.count() > 40).then_some(()));
    let (_second, at_second) = serve(&place, "all", "second.log");
    assert_eq!(state(&place, &at_second, run), "running", "the first is at work, and the second shares it");
    first.end("-KILL");
    let died = Instant::now();
    let before = mail.store.count();
    wait_for("the second to go on", || (mail.store.count() > before + 40).then_some(()));
    let took = died.elapsed();
    assert!(took < Duration::from_secs(LEASE_S + 5), "it took over after {took:?}");
    wait_for("the end", || (state(&place, &at_second, run) == "completed").then_some(()));
    let ledger = ask(&place, &at_second, &["ledger", run, "--status", "sent"]).ok().json();
    let sent = ledger.as_array().unwrap().len();
    let (_, mails) = mail.store.list(&Search::default(), usize::MAX, 0).unwrap();
    let ids: std::collections::BTreeSet<_> = mails.iter().map(|mail| mail.message_id.clone()).collect();
    assert_eq!((ids.len(), sent), (480, 480), "nobody is lost, nobody has two messages");
    let repeated = mails.len() - ids.len();
    assert!(repeated <= 2 * 16 * 2, "{repeated} came twice");
}

#[test]
fn a_web_process_leaves_the_work_to_workers_and_stops_it() {
    let mail = Mail::new(&["delay 4ms"]);
    let mut postgres = Postgres::start().unwrap();
    let settings =
        [("TUTTI__STORE__URL", postgres.database().unwrap()), ("TUTTI__STORE__LEASE_S", LEASE_S.to_string())];
    let place = Place::shop_with(mail.port(), 900, &settings);
    let (_web, at_web) = serve(&place, "web", "web.log");
    let run = ask(&place, &at_web, &["run", "hello", "--yes", "--no-wait"]).ok().json();
    let run = run["run"].as_str().unwrap();
    assert_eq!((state(&place, &at_web, run), mail.store.count()), ("running".into(), 0), "nobody works yet");
    let (_worker, _) = serve(&place, "worker", "worker.log");
    wait_for("some mails", || (mail.store.count() > 40).then_some(()));
    assert_eq!(ask(&place, &at_web, &["stop", run]).ok().json()["state"], "stopped");
    let stopped = Instant::now();
    let mut last = (mail.store.count(), Instant::now());
    wait_for("quiet", || {
        let count = mail.store.count();
        if count > last.0 {
            last = (count, Instant::now());
        }
        (last.1.elapsed() > Duration::from_secs(3)).then_some(())
    });
    let took = last.1.duration_since(stopped);
    assert!(took < Duration::from_secs(2) && last.0 < 720, "messages left until {took:?} after the stop");
}

#[test]
fn a_shared_database_belongs_to_one_data_directory() {
    let mut postgres = Postgres::start().unwrap();
    let settings = [("TUTTI__STORE__URL", postgres.database().unwrap())];
    let place = Place::shop_with(2525, 5, &settings);
    assert_eq!(place.tutti(&["get", "campaign"]).ok().code, 0);
    let other = Place::with(&settings);
    let refused = other.tutti(&["runs"]);
    assert!(refused.code == 1 && refused.stderr.contains("error[other_data_dir]"), "{}", refused.stderr);
    let lonely = Place::shop(2525, 5).tutti(&["serve", "--role", "web", "--listen", "127.0.0.1:0"]);
    assert!(lonely.code == 1 && lonely.stderr.contains("error[no_worker]"), "{}", lonely.stderr);
}
