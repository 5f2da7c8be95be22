//! Lives simulated days again and again and compares what is left with undisturbed days:
//! `kill_runs KILLS SEED [sqlite|postgresql]` lets processes die at random steps, as often as asked;
//! `kill_runs LOSSES SEED [sqlite|postgresql] disturbed` lets workers lose their claims in mid-activity as often as asked,
//! with wake-ups that come late, twice and in another order.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a program that finds a defect ends")]

#[path = "../tests/it/durability/mod.rs"]
#[allow(dead_code, reason = "tests use more of it")]
mod durability;

use std::collections::BTreeMap;
use std::time::Instant;

use durability::death::{Death, Plan};
use durability::disturbance::{Disturbance, live_disturbed};
use durability::place::Place;
use durability::stall::Word;
use durability::story::live;
use durability::world::World;
use tutti_runner::Step;
use tutti_testkit::postgres::Postgres;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, faults_min, seed, how @ ..] = arguments.as_slice() else {
        eprintln!("usage: kill_runs KILLS SEED [sqlite|postgresql] [disturbed]");
        std::process::exit(2);
    };
    let (faults_min, seed): (u64, u64) = (faults_min.parse().unwrap(), seed.parse().unwrap());
    let is = |word: &str| how.iter().any(|given| given == word);
    let mut server = is("postgresql").then(|| Postgres::start().unwrap());
    let began = Instant::now();
    let undisturbed = live(&Place::new(None, Death::new(Plan::Nobody)).await).await;
    let undisturbed = if is("disturbed") { undisturbed.without_times() } else { undisturbed };
    let mut all = Faults::default();
    while all.count() < faults_min {
        let url = server.as_mut().map(|server| server.database().unwrap());
        let (world, faults) =
            if is("disturbed") { disturb(url, seed + all.stories).await } else { kill(url, seed + all.stories).await };
        let differences = undisturbed.differences(&world);
        if !differences.is_empty() {
            eprintln!("story {} of seed {seed}: {:#?}\n{}", all.stories, faults.by_step, differences.join("\n"));
            std::process::exit(1);
        }
        all.add(faults);
    }
    println!(
        "{} {} at {} different steps in {} stories, seed {seed}: all ended alike, in {:.0?}{}",
        all.count(),
        if is("disturbed") { "claims lost" } else { "deaths" },
        all.by_step.len(),
        all.stories,
        began.elapsed(),
        all.notes.concat()
    );
}

/// What went wrong on purpose.
#[derive(Default)]
struct Faults {
    by_step: BTreeMap<Step, u64>,
    stories: u64,
    notes: Vec<String>,
}

impl Faults {
    fn count(&self) -> u64 {
        self.by_step.values().sum()
    }

    fn add(&mut self, others: Self) {
        for (step, times) in others.by_step {
            *self.by_step.entry(step).or_default() += times;
        }
        self.stories += 1;
        self.notes.extend(others.notes);
    }
}

async fn kill(store_url: Option<String>, seed: u64) -> (World, Faults) {
    let place = Place::new(store_url, Death::new(Plan::Random { steps_max: 60, seed })).await;
    let world = live(&place).await;
    (world, Faults { by_step: place.death.killed(), ..Faults::default() })
}

async fn disturb(store_url: Option<String>, seed: u64) -> (World, Faults) {
    let disturbed = live_disturbed(store_url, Disturbance::all(seed)).await;
    let words = disturbed.stalls.words();
    let taken = words.get(&Word::Taken).copied().unwrap_or_default();
    assert_eq!(taken, 0, "seed {seed}: a claim was lost, and what came of it was taken");
    let note = format!(
        "\nseed {seed}: {words:?}, {} launches found twice, launched late by {:?} minutes",
        disturbed.stalls.done_by_others("settle a launch"),
        disturbed.launches_late
    );
    (disturbed.world, Faults { by_step: disturbed.stalls.stood_at(), notes: vec![note], ..Faults::default() })
}
