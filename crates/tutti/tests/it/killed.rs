//! The short form of `examples/kill_processes.rs`.

use tutti_testkit::postgres::Postgres;

use crate::kills::kill;

#[test]
fn killed_processes_lose_and_double_nothing() {
    let (kills, _) = kill(8, 1, Vec::new);
    assert!(kills >= 8);
}

#[test]
fn killed_processes_lose_and_double_nothing_on_postgresql() {
    let postgres = std::sync::Mutex::new(Postgres::start().unwrap());
    let environment = || vec![("TUTTI__STORE__URL", postgres.lock().unwrap().database().unwrap())];
    let (kills, _) = kill(4, 2, environment);
    assert!(kills >= 4);
}
