//! Passing the time: whatever is due is done, then the clock jumps to what is due next.

use async_recursion::async_recursion as boxed;
use std::sync::Arc;

use jiff::{Span, Timestamp};
use tutti_model::test_case::Step;

use super::clock::SimulatedClock;
use super::{MailCatcher, PlannedTest, TestBench, TestFailure, fixture};
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::life::Actor;
use crate::workspace::Workspace;

/// The most times that the clock jumps in one test.
const MOMENTS_MAX: usize = 2_000;

/// How often it is looked for more to do at one moment.
const ROUNDS_MAX: usize = 1_000;

/// A test that is going.
pub(super) struct Simulation<'a> {
    pub planned: &'a PlannedTest,
    pub bench: &'a TestBench,
    pub workspace: Arc<Workspace>,
    pub clock: Arc<SimulatedClock>,
}

impl<'a> Simulation<'a> {
    #[boxed]
    pub async fn open(planned: &'a PlannedTest, bench: &'a TestBench, clock: Arc<SimulatedClock>) -> Result<Self> {
        let workspace = fixture::open(planned, bench, Arc::clone(&clock)).await?;
        Ok(Self { planned, bench, workspace, clock })
    }

    pub fn catcher(&self) -> &dyn MailCatcher {
        &*self.bench.catcher
    }

    /// From the start to the end: fixture, publication, and what follows.
    #[boxed]
    pub async fn pass_time(&self) -> Result<(), Vec<TestFailure>> {
        let test = &self.planned.test;
        fixture::fill(&self.workspace, test, &self.bench.folder).await?;
        for (name, pointer) in
            test.alongside.iter().map(|name| (name, "/alongside")).chain([(&test.campaign, "/campaign")])
        {
            let published = self.workspace.publish_campaign(name, &Actor::itself()).await;
            published.map_err(|error| problems_of(&error, pointer))?;
        }
        let (starts, until) = test.span(&self.planned.zone);
        let year = starts.to_zoned_datetime(self.planned.zone.clone()).checked_add(Span::new().years(1));
        let last_step = test.steps.iter().map(|step| self.due(step)).max();
        let ends = until
            .unwrap_or_else(|| year.map_or(Timestamp::MAX, |end| end.timestamp()).max(last_step.unwrap_or(starts)));
        let mut steps = test.steps.iter().enumerate().peekable();
        for _ in 0..MOMENTS_MAX {
            self.settle().await.map_err(|error| vec![TestFailure::of(&error, "")])?;
            let now = self.clock.now();
            while let Some((index, step)) = steps.next_if(|(_, step)| self.due(step) <= now) {
                self.take(step, &format!("/steps/{index}")).await?;
                self.settle().await.map_err(|error| vec![TestFailure::of(&error, "")])?;
            }
            let next = self.next_due().await.map_err(|error| vec![TestFailure::of(&error, "")])?;
            let next = next.into_iter().chain(steps.peek().map(|(_, step)| self.due(step).as_microsecond())).min();
            match next.filter(|next| *next <= ends.as_microsecond()) {
                Some(next) => self.clock.forward(next),
                None => {
                    if until.is_some() {
                        self.clock.forward(ends.as_microsecond());
                    }
                    return Ok(());
                }
            }
        }
        let message = format!("the test is too long: at {MOMENTS_MAX} moments something was due before its end");
        let error = Error::refused_with("too_long", message, "give it an earlier `until`");
        Err(vec![TestFailure::of(&error, if until.is_some() { "/until" } else { "" })])
    }

    /// When the next launch or task is due, or the next version takes over: a server would notice each at its time.
    async fn next_due(&self) -> Result<Option<i64>> {
        let (due, now_us) = (self.workspace.next_due().await?, self.clock.now_us());
        let take_over = self.workspace.store.campaigns().next_take_over().await?;
        Ok(due.into_iter().chain(take_over.filter(|at_us| *at_us > now_us)).min())
    }

    fn due(&self, step: &Step) -> Timestamp {
        step.at.instant(&self.planned.zone)
    }

    /// Does all that is due now: launches, their tasks, and what these bring about.
    async fn settle(&self) -> Result<()> {
        for _ in 0..ROUNDS_MAX {
            self.workspace.tick(true).await?;
            if self.workspace.work_through().await? == 0 {
                return Ok(());
            }
        }
        let message = "the campaigns do not come to rest: what one does makes another go on, without end";
        Err(Error::refused("restless", message))
    }
}

/// An error with everything that it lists.
pub(super) fn problems_of(error: &Error, pointer: &str) -> Vec<TestFailure> {
    let whole = TestFailure::of(error, pointer);
    let problems = error.problems().iter().filter(|problem| problem.is_error());
    let each = problems.map(|problem| TestFailure {
        code: problem.code.clone(),
        message: format!("{} ({})", problem.message, problem.pointer),
        hint: problem.hint.clone(),
        ..whole.clone()
    });
    let each: Vec<TestFailure> = each.collect();
    if each.is_empty() { vec![whole] } else { each }
}
