//! The decision after each event of a run.
//!
//! An activity runs when everything that leads to it has settled and something passes at least one of its inbound
//! transitions; it is skipped when everything has settled and nothing passes any. A task has settled when it is
//! completed or skipped, or failed with a policy by which the run goes on. Nothing passes a transition that leaves a
//! skipped activity or a closed port; an empty population does pass. That is also how a join is released: what a
//! branch that can no longer arrive leads to does not wait for it.
//!
//! A task that waits for a time is ready, and not claimed before it. A task that waits for a person is held. A run in
//! which nothing is ready or at work has ended, is held, or is paused by a failure: none waits for nothing.

use std::collections::BTreeMap;

use super::failure::{ErrorClass, FailurePolicy, OnFailure};
use super::graph::{ERROR_PORT, Graph};
use super::moves::{Error, RUN_OPENINGS, RunState, TaskState};
use super::restart::Restart;

/// A run as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunView {
    /// The run's state.
    pub state: RunState,
    /// Its tasks by activity; one that is missing is waiting.
    pub tasks: BTreeMap<String, TaskView>,
}

/// A task as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskView {
    /// The task's state.
    pub state: TaskState,
    /// How often it was claimed.
    pub attempts: u32,
    /// Its ports that nothing passes, as an earlier [`Decision::closed_ports`] said. `None` for a failed task: it has
    /// not settled, and the run waits for somebody to resume it.
    pub closed_ports: Option<Vec<String>>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The run was launched.
    Started,
    /// A task did its work and its result is safe.
    TaskCompleted {
        /// The activity.
        activity: String,
        /// Nothing passes any of its ports (`when_empty: stop`).
        stop_branch: bool,
        /// Nothing passes these ports (`skip_when_empty`, the branches that a test did not take).
        empty_ports_to_skip: Vec<String>,
    },
    /// An attempt of a task failed.
    TaskFailed {
        /// The activity.
        activity: String,
        /// Who has to act.
        class: ErrorClass,
        /// The activity's policy.
        policy: FailurePolicy,
    },
    /// A task that is at work has to wait for a person.
    TaskHeld {
        /// The activity.
        activity: String,
    },
    /// Somebody answered: held tasks go on.
    Released {
        /// The activities.
        activities: Vec<String>,
    },
    /// Somebody has a failed task tried again.
    Retry {
        /// The activity.
        activity: String,
    },
    /// Somebody gives up a task that has not begun, is held or has failed, with whatever only it leads to.
    Skip {
        /// The activity.
        activity: String,
    },
    /// Somebody pauses the run.
    Pause,
    /// Somebody resumes the run, or goes on with one whose process died: failed tasks are tried again.
    Resume {
        /// The held tasks that resuming answers.
        release: Vec<String>,
    },
    /// Somebody stops the run.
    Stop,
    /// Somebody opens the run again from one of its activities.
    Restart(Restart),
}

/// What changes. All of it is written in the transaction that records the event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// The run's next state, where it changes.
    pub run_state: Option<RunState>,
    /// Activities that become ready.
    pub ready: Vec<String>,
    /// Activities that will never run.
    pub skipped: Vec<String>,
    /// For [`Event::TaskFailed`]: when the task is tried again. `None`: it is failed.
    pub retry_at_us: Option<i64>,
    /// For the task that the event is about, when it has settled: its ports that nothing passes, to be kept with it.
    pub closed_ports: Option<Vec<String>>,
    /// For [`Event::Restart`]: activities that are done anew; nothing of what they did stays.
    pub anew: Vec<String>,
    /// For [`Event::Restart`]: activities that wait again as they are.
    pub waiting: Vec<String>,
}

impl TaskView {
    /// A task that nobody has begun.
    pub fn waiting() -> Self {
        TaskView { state: TaskState::Waiting, attempts: 0, closed_ports: None }
    }
}

impl RunView {
    /// A run at its launch: running, with every task waiting.
    pub fn new(graph: &Graph) -> Self {
        let tasks = graph.nodes().iter().map(|node| (node.id.clone(), TaskView::waiting())).collect();
        RunView { state: RunState::Running, tasks }
    }
}

impl Graph {
    /// Whether a task was skipped because nothing leads to it, and not by somebody.
    pub(super) fn nobody_comes_to(&self, view: &RunView, activity: &str) -> bool {
        let course = Course::new(self, view);
        self.place(activity).is_some_and(|place| course.next(place) == TaskState::Skipped)
    }

    /// What follows from an event. The same event met again, after it was written, changes nothing more.
    ///
    /// # Errors
    /// [`Error`] where the event does not fit the state of the run or of its task.
    pub fn decide(&self, view: &RunView, event: &Event, now_us: i64) -> Result<Decision, Error> {
        let mut course = Course::new(self, view);
        let mut decision = Decision::default();
        match event {
            Event::Started => refuse_ended(view.state)?,
            Event::TaskCompleted { activity, stop_branch, empty_ports_to_skip } => {
                let place = course.meet(activity, TaskState::Completed)?;
                if course.changed(place) {
                    let closed = |port: &&str| {
                        *stop_branch || *port == ERROR_PORT || empty_ports_to_skip.iter().any(|empty| empty == port)
                    };
                    decision.closed_ports = Some(course.close(place, closed));
                }
            }
            Event::TaskFailed { activity, class, policy } => {
                let place = course.meet(activity, TaskState::Failed)?;
                if course.changed(place) {
                    self.decide_failure(&mut course, &mut decision, place, (*class, *policy), now_us)?;
                }
            }
            Event::TaskHeld { activity } => drop(course.meet(activity, TaskState::Held)?),
            Event::Released { activities } => course.release(activities)?,
            Event::Retry { activity } => {
                refuse_ended(view.state)?;
                let place = course.place(activity)?;
                course.from(place, &[TaskState::Failed], TaskState::Ready)?;
                course.run = RunState::Running;
            }
            Event::Skip { activity } => {
                refuse_ended(view.state)?;
                let place = course.place(activity)?;
                let from = [TaskState::Waiting, TaskState::Ready, TaskState::Held, TaskState::Failed];
                course.from(place, &from, TaskState::Skipped)?;
            }
            Event::Pause => course.move_to(RunState::Paused)?,
            Event::Resume { release } => {
                refuse_ended(view.state)?;
                course.move_to(RunState::Running)?;
                course.retry_failed();
                course.release(release)?;
            }
            Event::Stop => course.move_to(RunState::Stopped)?,
            Event::Restart(restart) => course.restart(restart, &mut decision)?,
        }
        course.settle();
        course.rest();
        decision.run_state = match RUN_OPENINGS.contains(&(view.state, RunState::Running)) && !course.run.ended() {
            true => Some(course.run),
            false => view.state.move_to(course.run)?,
        };
        (decision.ready, decision.skipped) = course.news();
        if decision.retry_at_us.is_some() {
            // The time of the next attempt makes it ready, not an entry in the list.
            decision.ready.retain(|ready| !matches!(event, Event::TaskFailed { activity, .. } if activity == ready));
        }
        Ok(decision)
    }

    fn decide_failure(
        &self,
        course: &mut Course<'_>,
        decision: &mut Decision,
        place: usize,
        (class, policy): (ErrorClass, FailurePolicy),
        now_us: i64,
    ) -> Result<(), Error> {
        // What fails after the run has ended is recorded and nothing else.
        if course.run.ended() {
            return Ok(());
        }
        if let Some(at) = policy.retry_at(class, course.attempts[place], now_us) {
            decision.retry_at_us = Some(at);
            course.states[place] = TaskState::Ready;
            return Ok(());
        }
        match policy.then {
            OnFailure::Pause => course.move_to(RunState::Paused)?,
            OnFailure::Abort => course.move_to(RunState::Failed)?,
            OnFailure::Ignore => decision.closed_ports = Some(course.close(place, |_| true)),
            OnFailure::ErrorPort => decision.closed_ports = Some(course.close(place, |port| *port != ERROR_PORT)),
        }
        Ok(())
    }
}

fn refuse_ended(state: RunState) -> Result<(), Error> {
    if state.ended() { Err(move_refused(state, RunState::Running)) } else { Ok(()) }
}

fn move_refused(from: RunState, to: RunState) -> Error {
    match from.move_to(to) {
        Err(error) => error,
        Ok(_) => Error::Run { from, to, instead: "resume it" },
    }
}

/// Whether something passes a transition.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Passage {
    /// Its source has not settled.
    Open,
    /// Rows pass, be they none.
    Live,
    /// Nothing will ever pass.
    Dead,
}

/// The states of a run's tasks by place, before and as they become.
pub(super) struct Course<'a> {
    pub(super) graph: &'a Graph,
    pub(super) run: RunState,
    before: Vec<TaskState>,
    pub(super) states: Vec<TaskState>,
    attempts: Vec<u32>,
    closed: Vec<Option<Vec<String>>>,
}

impl<'a> Course<'a> {
    fn new(graph: &'a Graph, view: &RunView) -> Self {
        let tasks: Vec<_> = graph.nodes().iter().map(|node| view.tasks.get(&node.id)).collect();
        let states: Vec<_> = tasks.iter().map(|task| task.map_or(TaskState::Waiting, |task| task.state)).collect();
        Course {
            graph,
            run: view.state,
            before: states.clone(),
            states,
            attempts: tasks.iter().map(|task| task.map_or(0, |task| task.attempts)).collect(),
            closed: tasks.iter().map(|task| task.and_then(|task| task.closed_ports.clone())).collect(),
        }
    }

    pub(super) fn place(&self, activity: &str) -> Result<usize, Error> {
        self.graph.place(activity).ok_or_else(|| Error::Unknown { activity: activity.to_owned() })
    }

    /// Brings the task that an event is about to the state that the event says.
    fn meet(&mut self, activity: &str, to: TaskState) -> Result<usize, Error> {
        let place = self.place(activity)?;
        self.states[place].move_to(to, activity)?;
        self.states[place] = to;
        Ok(place)
    }

    /// Moves a task that is in one of some states, or there already; a task that has settled stays as it is.
    fn from(&mut self, place: usize, from: &[TaskState], to: TaskState) -> Result<(), Error> {
        let state = self.states[place];
        let settled = state == TaskState::Failed && self.closed[place].is_some();
        if state != to && (settled || !from.contains(&state)) {
            return Err(state.refuse(to, &self.graph.nodes()[place].id));
        }
        self.states[place] = to;
        Ok(())
    }

    /// Lets held tasks go on; those that do already may.
    fn release(&mut self, activities: &[String]) -> Result<(), Error> {
        for activity in activities {
            let place = self.place(activity)?;
            self.from(place, &[TaskState::Held], TaskState::Ready)?;
        }
        Ok(())
    }

    fn move_to(&mut self, to: RunState) -> Result<(), Error> {
        self.run.move_to(to)?;
        self.run = to;
        Ok(())
    }

    fn changed(&self, place: usize) -> bool {
        self.states[place] != self.before[place]
    }

    /// Settles a task, with those of its ports closed that `closed` says.
    fn close(&mut self, place: usize, closed: impl Fn(&&str) -> bool) -> Vec<String> {
        let ports: Vec<String> = self.graph.ports_of(place).filter(closed).map(str::to_owned).collect();
        self.closed[place] = Some(ports.clone());
        ports
    }

    /// Brings a task back to where nobody has begun it.
    pub(super) fn wait_again(&mut self, place: usize) {
        (self.before[place], self.states[place]) = (TaskState::Waiting, TaskState::Waiting);
        (self.attempts[place], self.closed[place]) = (0, None);
    }

    /// Makes the failed tasks that the run waits for ready again.
    pub(super) fn retry_failed(&mut self) {
        for (state, closed) in self.states.iter_mut().zip(&self.closed) {
            if *state == TaskState::Failed && closed.is_none() {
                *state = TaskState::Ready;
            }
        }
    }

    /// Moves every waiting task that can move. Sources come first, so one pass reaches the end of each branch.
    pub(super) fn settle(&mut self) {
        for place in self.graph.places_in_order() {
            let state = self.states[place];
            if self.run.ended() {
                if matches!(state, TaskState::Waiting | TaskState::Ready | TaskState::Held) {
                    self.states[place] = TaskState::Skipped;
                }
            } else if state == TaskState::Waiting {
                self.states[place] = self.next(place);
            }
        }
    }

    fn next(&self, place: usize) -> TaskState {
        if !self.graph.nodes()[place].enabled {
            return TaskState::Skipped;
        }
        let inbound = self.graph.inbound_of(place);
        let passages = || inbound.iter().map(|(from, port)| self.passage(*from, port));
        if passages().any(|passage| passage == Passage::Open) {
            TaskState::Waiting
        } else if inbound.is_empty() || passages().any(|passage| passage == Passage::Live) {
            TaskState::Ready
        } else {
            TaskState::Skipped
        }
    }

    fn passage(&self, from: usize, port: &str) -> Passage {
        match (self.states[from], &self.closed[from]) {
            (TaskState::Skipped, _) => Passage::Dead,
            (TaskState::Completed | TaskState::Failed, Some(closed)) if closed.iter().any(|other| other == port) => {
                Passage::Dead
            }
            (TaskState::Completed, _) | (TaskState::Failed, Some(_)) => Passage::Live,
            _ => Passage::Open,
        }
    }

    /// What the run comes to when nothing in it can go on by itself.
    fn rest(&mut self) {
        if self.run.ended() {
            return;
        }
        let any = |wanted: &dyn Fn(usize) -> bool| (0..self.states.len()).any(wanted);
        let at_work = any(&|place| matches!(self.states[place], TaskState::Ready | TaskState::Running));
        let held = any(&|place| self.states[place] == TaskState::Held);
        let failed = any(&|place| self.states[place] == TaskState::Failed && self.closed[place].is_none());
        self.run = match self.run {
            _ if !at_work && !held && !failed => RunState::Completed,
            RunState::Paused => RunState::Paused,
            _ if at_work => RunState::Running,
            _ if failed => RunState::Paused,
            _ => RunState::Held,
        };
    }

    /// The activities that became ready, and those that became skipped.
    fn news(&self) -> (Vec<String>, Vec<String>) {
        let became = |wanted: TaskState| {
            let places = self.graph.places_in_order();
            let places = places.filter(move |&place| self.states[place] == wanted && self.changed(place));
            places.map(|place| self.graph.nodes()[place].id.clone()).collect()
        };
        (became(TaskState::Ready), became(TaskState::Skipped))
    }
}
