//! The same days with disturbed time: claims that are lost in mid-activity, wake-ups that come late, twice and in
//! another order.

use std::sync::Arc;

use jiff::Timestamp;
use tutti_runner::{Clock, LEASE, LogQuestion, TASKS_MAX, TaskQuestion, Workspace};

use super::death::{Death, Plan};
use super::place::Place;
use super::random::Random;
use super::stall::{Stalls, StandAt, Threads, Worker};
use super::story::{Hands, ROUNDS_MAX, pass};
use super::world::{World, look};

/// The latest that somebody wakes, minutes: less than a day, since the next launch of a daily campaign takes the place of
/// one that is a day late.
const LATE_MINUTES_MAX: u64 = 12 * 60;

/// How many workers lose their claims, at most, one after the other, before the others come to rest.
const LOSSES_MAX: usize = 64;

/// After how many steps a worker stands still, at most.
const STEPS_MAX: u64 = 40;

/// Of so many who stand still, one goes on whenever they are asked.
const ONE_IN: u64 = 6;

/// Which workers lose their claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Losses {
    None,
    /// One at every step that a worker takes with a task in hand.
    EachStep,
    /// Up to this many at each moment, after a random number of steps.
    Random {
        most: u64,
    },
}

/// What happens to time.
#[derive(Clone, Copy, Debug)]
pub struct Disturbance {
    pub seed: u64,
    pub losses: Losses,
    /// Who has lost a claim goes on when all is over, and not sooner.
    pub until_the_end: bool,
    /// Wake-ups come up to half a day late.
    pub late: bool,
    /// Two launchers and two workers wake for the same.
    pub twice: bool,
    /// What is due together is found in another order.
    pub reordered: bool,
}

/// What had happened at the end.
pub struct Disturbed {
    pub world: World,
    pub stalls: Arc<Stalls>,
    /// How late the launches by the schedule were, in minutes.
    pub launches_late: Vec<i64>,
    /// The activities in the order in which they told what they did, with their runs' campaigns.
    pub told: Vec<String>,
    /// Workers who went on only after others had gone through later moments.
    pub went_on_later: u64,
}

impl Disturbance {
    /// None at all, for whoever adds one.
    pub fn none(seed: u64) -> Self {
        Self { seed, losses: Losses::None, until_the_end: false, late: false, twice: false, reordered: false }
    }

    /// All of them.
    pub fn all(seed: u64) -> Self {
        Self { losses: Losses::Random { most: 4 }, late: true, twice: true, reordered: true, ..Self::none(seed) }
    }
}

/// Lives the whole story over a store, an empty database or SQLite without one.
pub async fn live_disturbed(store_url: Option<String>, disturbance: Disturbance) -> Disturbed {
    let mut random = Random::new(disturbance.seed);
    let order = if disturbance.reordered { random.draw() as u16 } else { 1 };
    let place = Place::in_order(store_url, Death::new(Plan::Nobody), order).await;
    let stalls = Arc::new(Stalls::default());
    let workspace = place.opening(Some(stalls.clone())).await;
    place.furnish(&workspace).await;
    let beside = if place.is_shared() { place.opening(Some(stalls.clone())).await } else { Arc::clone(&workspace) };
    let mut hands = Disturbing {
        disturbance,
        random,
        stalls: Arc::clone(&stalls),
        beside,
        standing: Vec::new(),
        threads: Vec::new(),
        went_on_later: 0,
    };
    pass(&place, &workspace, &mut 0, &mut hands).await;
    hands.end(&place, &workspace).await;
    let world = look(&place, &workspace).await.without_times();
    let launches = workspace.list_launches("newcomers", u64::MAX).await.unwrap();
    let disturbed = Disturbed {
        world,
        stalls,
        launches_late: launches.iter().filter_map(|launch| Some(launch.late_ms? / 60_000)).collect(),
        told: told(&workspace).await,
        went_on_later: hands.went_on_later,
    };
    if place.is_shared() {
        hands.beside.close().await.unwrap();
    }
    workspace.close().await.unwrap();
    disturbed
}

async fn told(workspace: &Workspace) -> Vec<String> {
    let runs = workspace.list_runs(None, u64::MAX).await.unwrap();
    let lines = workspace.list_logs(&LogQuestion::default(), u64::MAX).await.unwrap();
    let line = |line: &tutti_runner::LogEntry| {
        let run = runs.iter().find(|run| run.run == line.run)?;
        Some(format!("{} {}", run.campaign, line.activity.as_deref()?))
    };
    lines.iter().rev().filter_map(line).collect()
}

/// Whether there is a task to do now, that of somebody who has lost it among them.
async fn has_work(place: &Place, workspace: &Workspace) -> bool {
    let now = place.clock.now();
    let runs = workspace.list_runs(None, u64::MAX).await.unwrap();
    for run in runs.iter().filter(|run| run.finished_at.is_none()) {
        let (_, tasks) = workspace.list_tasks(&run.run, &TaskQuestion::default(), 0, TASKS_MAX).await.unwrap();
        let is_due = |until: &String| until.parse::<Timestamp>().unwrap() <= now;
        let is_open = |task: &tutti_runner::TaskLine| match task.state.as_str() {
            "ready" => task.waits_until.as_ref().is_none_or(is_due),
            "held" => task.waits_until.as_ref().is_some_and(is_due),
            state => state == "running",
        };
        if tasks.iter().any(is_open) {
            return true;
        }
    }
    false
}

/// Every claim that is not renewed has ended afterwards.
fn lease_goes_by(place: &Place) {
    let lease_us = i64::try_from(LEASE.as_micros()).unwrap();
    place.clock.forward(place.clock.now_us() + lease_us + 1);
}

/// Does the work in disturbed time.
struct Disturbing {
    disturbance: Disturbance,
    random: Random,
    stalls: Arc<Stalls>,
    /// The workspace as the second of two sees it: another process where the store is shared.
    beside: Arc<Workspace>,
    standing: Vec<Worker>,
    /// Of workers who have ended.
    threads: Vec<Threads>,
    went_on_later: u64,
}

impl Disturbing {
    /// Begins workers who stand still in mid-activity, each over what those before it had in hand, until one comes to
    /// an end. Their claims have ended when this returns. Answers how many tasks were done.
    async fn lose_claims(&mut self, place: &Place, workspace: &Arc<Workspace>) -> u64 {
        let most = match self.disturbance.losses {
            Losses::None => 0,
            Losses::EachStep => LOSSES_MAX,
            Losses::Random { most } => usize::try_from(self.random.below(most + 1)).unwrap(),
        };
        for _ in 0..most {
            if !has_work(place, workspace).await {
                return 0;
            }
            let at = match self.disturbance.losses {
                // What was done before anything was done is the most out of date.
                Losses::Random { .. } if self.random.once_in(2) => StandAt::Count(1),
                Losses::Random { .. } => StandAt::Count(1 + self.random.below(STEPS_MAX)),
                _ => StandAt::NewStep,
            };
            let mut worker = if place.is_shared() {
                Worker::begin(&self.stalls, at, place.opening(Some(self.stalls.clone())), true)
            } else {
                let workspace = Arc::clone(workspace);
                Worker::begin(&self.stalls, at, async move { workspace }, false)
            };
            if !worker.stands().await {
                return self.keep(worker);
            }
            self.standing.push(worker);
            lease_goes_by(place);
        }
        0
    }

    fn keep(&mut self, worker: Worker) -> u64 {
        let (done, threads) = worker.into_parts();
        self.threads.push(threads);
        done
    }

    /// Lets some of those go on who stand still. Answers how many tasks they had in hand.
    async fn some_go_on(&mut self, place: &Place) -> u64 {
        match self.disturbance.until_the_end {
            true => 0,
            false => self.go_on(place, ONE_IN).await,
        }
    }

    async fn go_on(&mut self, place: &Place, one_in: u64) -> u64 {
        let mut done = 0;
        for mut worker in std::mem::take(&mut self.standing) {
            if self.random.once_in(one_in) {
                worker.go_on(|| lease_goes_by(place)).await;
                done += self.keep(worker);
            } else {
                self.standing.push(worker);
            }
        }
        done
    }

    async fn tick(&mut self, workspace: &Workspace) {
        if self.disturbance.twice {
            let (one, other) = tokio::join!(workspace.tick(true), self.beside.tick(true));
            one.and(other).unwrap();
        } else {
            workspace.tick(true).await.unwrap();
        }
    }

    async fn work(&mut self, workspace: &Workspace) -> u64 {
        if self.disturbance.twice {
            let (one, other) = tokio::join!(workspace.work_through(), self.beside.work_through());
            one.unwrap() + other.unwrap()
        } else {
            workspace.work_through().await.unwrap()
        }
    }

    /// Everybody goes on, and what that leaves to do is done.
    async fn end(&mut self, place: &Place, workspace: &Arc<Workspace>) {
        self.went_on_later += self.standing.len() as u64;
        self.go_on(place, 1).await;
        self.disturbance.losses = Losses::None;
        self.settle(place, workspace).await;
    }
}

impl Hands for Disturbing {
    async fn settle(&mut self, place: &Place, workspace: &Arc<Workspace>) {
        let before = self.standing.len();
        self.some_go_on(place).await;
        self.went_on_later += (before - self.standing.len()) as u64;
        if self.disturbance.reordered && self.random.once_in(2) {
            self.work(workspace).await;
        }
        for _ in 0..ROUNDS_MAX {
            self.tick(workspace).await;
            let mut done = self.lose_claims(place, workspace).await;
            done += self.work(workspace).await;
            done += self.some_go_on(place).await;
            if done == 0 {
                // What people do now does not begin at the same instant, so that runs can be told apart.
                return place.clock.forward(place.clock.now_us() + 1);
            }
        }
        panic!("the campaigns do not come to rest");
    }

    fn wake_at(&mut self, due_us: i64, until_us: i64) -> i64 {
        if !self.disturbance.late {
            return due_us;
        }
        let minutes = i64::try_from(self.random.below(LATE_MINUTES_MAX)).unwrap();
        until_us.min(due_us + minutes * 60_000_000)
    }
}
