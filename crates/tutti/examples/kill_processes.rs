//! Kills servers at random instants, as often as asked, and compares what is left with an undisturbed run:
//! `kill_processes TUTTI KILLS SEED [sqlite|postgresql]`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a program that finds a defect ends")]

#[path = "../tests/it/binary.rs"]
#[allow(dead_code, reason = "tests use more of it")]
mod binary;
#[path = "../tests/it/kills.rs"]
mod kills;

use std::time::Instant;

use tutti_testkit::postgres::Postgres;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, program, kills, seed, store @ ..] = arguments.as_slice() else {
        eprintln!("usage: kill_processes TUTTI KILLS SEED [sqlite|postgresql]");
        std::process::exit(2);
    };
    binary::use_program(program);
    let (kills, seed): (usize, u64) = (kills.parse().unwrap(), seed.parse().unwrap());
    let began = Instant::now();
    let (killed, stories) = if store.first().is_some_and(|store| store == "postgresql") {
        let postgres = std::sync::Mutex::new(Postgres::start().unwrap());
        kills::kill(kills, seed, || vec![("TUTTI__STORE__URL", postgres.lock().unwrap().database().unwrap())])
    } else {
        kills::kill(kills, seed, Vec::new)
    };
    println!("{killed} kills in {stories} stories, seed {seed}: all ended alike, in {:.0?}", began.elapsed());
}
