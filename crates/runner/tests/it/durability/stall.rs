//! Workers that stand still in mid-activity, as a process does that is stopped or cut off: its claims end, others take
//! its work over, and one day it goes on as if nothing had happened.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Notify, oneshot};
use tutti_runner::{Step, When, Witness, Workspace};

/// How long a worker may take until it stands or has ended.
const DEADLINE: Duration = Duration::from_secs(120);

/// How long a worker that goes on may take before a lease has gone by.
const PATIENCE: Duration = Duration::from_secs(5);

/// After it, a worker has a task in hand, if there was one.
const CLAIM: &str = "claim tasks";

/// With these a worker says what came of a task; those that commit are only passed after the commit, so that it shows
/// whether they were refused.
const ENDS: [&str; 4] = ["complete a task", "record a task's failure", "hold a task", "postpone a task"];

/// Not to stand at: others wait here for whoever holds a lock, until it goes on or dies.
const LOCKED: [&str; 4] =
    ["make the table of an audience", "apply documents", "append to the table of events", "remove feedback events"];

thread_local! {
    /// The number of the worker whose thread this is.
    static WORKER: Cell<Option<usize>> = const { Cell::new(None) };
}

/// When a worker stands still.
#[derive(Clone, Copy)]
pub enum StandAt {
    /// At the first step that nobody stood at before.
    NewStep,
    /// When it has taken this many steps with a task in hand.
    Count(u64),
}

/// What became of what a worker wanted to record when it went on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// It had nothing to say, or had had no task.
    None,
    /// Somebody else had the task, or had done it.
    Refused,
    /// It saw by itself that the task was not its own any more, or meant to wait.
    GivenBack,
    Taken,
}

/// Watches the steps of all workers.
#[derive(Default)]
pub struct Stalls {
    state: Mutex<State>,
    stood: Notify,
    released: Condvar,
}

#[derive(Default)]
struct State {
    workers: Vec<Watched>,
    stood_at: BTreeMap<Step, u64>,
    passed: BTreeMap<Step, u64>,
    passed_in_hand: BTreeSet<Step>,
}

struct Watched {
    at: StandAt,
    has_task: bool,
    stands: Option<Step>,
    is_released: bool,
    /// What it is about to record.
    ending: Option<&'static str>,
    word: Option<Word>,
}

impl Stalls {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often workers stood, by step.
    pub fn stood_at(&self) -> BTreeMap<Step, u64> {
        self.state().stood_at.clone()
    }

    /// Steps that workers came by with a task in hand and never stood at.
    pub fn spared(&self) -> Vec<String> {
        let state = self.state();
        let spared = state.passed_in_hand.iter().filter(|step| !state.stood_at.contains_key(step));
        spared.map(ToString::to_string).collect()
    }

    /// What became of the words of those who stood.
    pub fn words(&self) -> BTreeMap<Word, u64> {
        let mut words = BTreeMap::new();
        for worker in self.state().workers.iter().filter(|worker| worker.stands.is_some()) {
            *words.entry(worker.word.unwrap_or(Word::None)).or_default() += 1;
        }
        words
    }

    /// How often `what` was begun and not done, since somebody else had done it.
    pub fn done_by_others(&self, what: &'static str) -> u64 {
        let state = self.state();
        let passed = |when| state.passed.get(&Step { what, when }).copied().unwrap_or_default();
        passed(When::Before) - passed(When::After)
    }

    fn watch(&self, at: StandAt) -> usize {
        let mut state = self.state();
        let fresh = Watched { at, has_task: false, stands: None, is_released: false, ending: None, word: None };
        state.workers.push(fresh);
        state.workers.len() - 1
    }

    fn stands(&self, worker: usize) -> bool {
        self.state().workers[worker].stands.is_some()
    }

    fn release(&self, worker: usize) {
        self.state().workers[worker].is_released = true;
        self.released.notify_all();
    }
}

impl State {
    /// Notes a step of a worker; answers whether it stands still there.
    fn note(&mut self, number: usize, step: Step) -> bool {
        let worker = &mut self.workers[number];
        let ends = ENDS.contains(&step.what);
        if let Some(ending) = worker.ending.take() {
            let is_done = ending == step.what && step.when == When::After;
            let word = match (is_done, ending) {
                (true, "postpone a task") => Word::GivenBack,
                (true, _) => Word::Taken,
                (false, _) => Word::Refused,
            };
            if worker.is_released {
                worker.word.get_or_insert(word);
            }
            worker.has_task = false;
        }
        if step.what == CLAIM && step.when == When::Before && worker.is_released && worker.stands.is_some() {
            // It broke off without a word when it heard that the claim was lost; what follows is another task.
            worker.word.get_or_insert(Word::GivenBack);
        }
        if ends && step.when == When::Before {
            worker.ending = Some(step.what);
        }
        if step.what == CLAIM {
            worker.has_task = step.when == When::After;
        }
        if !worker.has_task || worker.stands.is_some() || LOCKED.contains(&step.what) {
            return false;
        }
        self.passed_in_hand.insert(step);
        let is_here = match &mut worker.at {
            StandAt::NewStep => !self.stood_at.contains_key(&step),
            StandAt::Count(left) => {
                *left = left.saturating_sub(1);
                *left == 0
            }
        };
        if !is_here {
            return false;
        }
        worker.stands = Some(step);
        *self.stood_at.entry(step).or_default() += 1;
        true
    }
}

impl Witness for Stalls {
    fn ends(&self, step: Step) -> bool {
        let mut state = self.state();
        *state.passed.entry(step).or_default() += 1;
        let Some(number) = WORKER.get() else { return false };
        if !state.note(number, step) {
            return false;
        }
        self.stood.notify_one();
        drop(state);
        // What else the worker has begun goes on meanwhile, on another thread.
        tokio::task::block_in_place(|| {
            let mut state = self.state();
            while !state.workers[number].is_released {
                state = self.released.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        });
        false
    }
}

/// A worker with threads of its own.
pub struct Worker {
    number: usize,
    stalls: Arc<Stalls>,
    ended: oneshot::Receiver<u64>,
    /// How many tasks it did.
    done: u64,
    threads: Threads,
}

/// The threads of a worker. They end some time after this is dropped.
pub struct Threads(Option<Runtime>);

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Worker {
    /// Lets a worker do what is ready, in a process of its own where `opening` makes one.
    pub fn begin<O>(stalls: &Arc<Stalls>, at: StandAt, opening: O, owns: bool) -> Self
    where
        O: Future<Output = Arc<Workspace>> + Send + 'static,
    {
        let number = stalls.watch(at);
        let mut threads = Builder::new_multi_thread();
        threads.worker_threads(1).enable_all().on_thread_start(move || WORKER.set(Some(number)));
        let runtime = threads.build().unwrap();
        let (end, ended) = oneshot::channel();
        runtime.spawn(async move {
            let workspace = opening.await;
            let done = workspace.work_through().await.unwrap();
            if owns {
                workspace.close().await.unwrap();
            }
            drop(workspace);
            end.send(done).unwrap();
        });
        Self { number, stalls: Arc::clone(stalls), ended, done: 0, threads: Threads(Some(runtime)) }
    }

    /// Waits until it stands still with a task in hand, or has found nothing more to do; whether it stands.
    pub async fn stands(&mut self) -> bool {
        let waiting = async {
            tokio::select! {
                biased;
                () = self.stalls.stood.notified() => {}
                ended = &mut self.ended => self.done = ended.unwrap(),
            }
        };
        tokio::time::timeout(DEADLINE, waiting).await.expect("a worker neither stands nor ends");
        self.stalls.stands(self.number)
    }

    /// Lets one that stands go on, and waits until it has found nothing more to do. It may have to wait until the claims
    /// of others who stand have ended, so time goes on meanwhile: `lease_goes_by` is called for it.
    pub async fn go_on(&mut self, lease_goes_by: impl Fn()) {
        self.stalls.release(self.number);
        let begun = Instant::now();
        while begun.elapsed() < DEADLINE {
            if let Ok(ended) = tokio::time::timeout(PATIENCE, &mut self.ended).await {
                self.done = ended.unwrap();
                return;
            }
            lease_goes_by();
        }
        panic!("a worker that goes on comes to no end");
    }

    /// How many tasks it had in hand until its end, and its threads: what it left to them may be of use to others.
    pub fn into_parts(self) -> (u64, Threads) {
        (self.done, self.threads)
    }
}
