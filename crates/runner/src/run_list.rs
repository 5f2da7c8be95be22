//! Runs and launches as people look for them: filtered, a page at a time.

use async_recursion::async_recursion as boxed;
use serde::{Deserialize, Serialize};
use tutti_model::date_math::{self, Moment};
use tutti_model::problem::{Problem, has_errors};
use tutti_store::{LaunchFilter, RunFilter};

use crate::error::{Error, Result};
use crate::life::LaunchLine;
use crate::summary::RunHead;
use crate::workspace::Workspace;

/// The most runs, or launches, that are given at once.
pub const PAGE_MAX: u64 = 10_000;

const RUN_STATES: [&str; 6] = ["running", "paused", "held", "completed", "failed", "stopped"];
const LAUNCH_STATES: [&str; 4] = ["waiting", "queued", "started", "skipped"];
const MODES: [&str; 2] = ["live", "test"];

/// Which runs or launches are wanted; what is absent does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ListQuestion {
    /// In one of these states.
    pub states: Vec<String>,
    /// Of runs: `live` or `test`.
    pub mode: Option<String>,
    /// Runs that began, or launches that are due, not before: a date, a time or date math, such as `2026-12-01` or
    /// `now-1h`, in the campaign's zone.
    pub since: Option<String>,
    /// Not after.
    pub until: Option<String>,
    /// In the list after this one, for reading on.
    pub before: Option<String>,
    /// How many of the first are left out.
    pub offset: u64,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Page<T> {
    /// How many there are in all parts together.
    pub total: u64,
    pub lines: Vec<T>,
}

/// What is asked for, in the store's terms.
struct Asked<'a> {
    states: Vec<&'a str>,
    since_us: Option<i64>,
    until_us: Option<i64>,
}

impl Workspace {
    /// The runs that a question takes, newest first, of one campaign or of all. Those of a campaign that was deleted can
    /// still be asked for.
    #[boxed]
    pub async fn find_runs(
        &self,
        campaign: Option<&str>,
        question: &ListQuestion,
        limit: u64,
    ) -> Result<Page<RunHead>> {
        let moment = match campaign {
            Some(name) => self.moment_of_runs(name).await?,
            None => Moment::utc(self.clock.now()),
        };
        let mut problems = Vec::new();
        let asked = Asked::read(question, ("runs", &RUN_STATES), limit, &moment, &mut problems);
        if let Some(mode) = question.mode.as_deref().filter(|mode| !MODES.contains(mode)) {
            let problem = Problem::error("unknown_value", "/mode", format!("there is no mode `{mode}`"));
            problems.push(problem.did_you_mean(mode, MODES));
        }
        let before = match &question.before {
            Some(id) => self.store.runs().get(id).await?,
            None => None,
        };
        if let (Some(id), None) = (&question.before, &before) {
            problems.push(Problem::error("not_found", "/before", format!("there is no run `{id}`")));
        }
        refuse("the runs cannot be listed", problems)?;
        let filter = RunFilter {
            campaign,
            states: &asked.states,
            mode: question.mode.as_deref(),
            since_us: asked.since_us,
            until_us: asked.until_us,
            before: before.as_ref().map(|run| (run.started_us, run.id.as_str())),
        };
        let total = self.store.runs().count(&filter).await?;
        let runs = self.store.runs().find(&filter, limit, question.offset).await?;
        Ok(Page { total, lines: self.run_heads(runs).await? })
    }

    /// The launches of a campaign that a question takes, newest first.
    #[boxed]
    pub async fn find_launches(&self, campaign: &str, question: &ListQuestion, limit: u64) -> Result<Page<LaunchLine>> {
        let (found, _) = self.find_campaign(campaign).await?;
        let moment = crate::worker::moment_of(&found, self.clock.now());
        let mut problems = Vec::new();
        let asked = Asked::read(question, ("launches", &LAUNCH_STATES), limit, &moment, &mut problems);
        if question.mode.is_some() {
            problems.push(Problem::error("unknown_field", "/mode", "launches have no mode"));
        }
        let before = match &question.before {
            Some(id) => self.store.launches().get(id).await?,
            None => None,
        };
        if let (Some(id), None) = (&question.before, &before) {
            problems.push(Problem::error("not_found", "/before", format!("there is no launch `{id}`")));
        }
        refuse("the launches cannot be listed", problems)?;
        let filter = LaunchFilter {
            campaign,
            states: &asked.states,
            since_us: asked.since_us,
            until_us: asked.until_us,
            before: before.as_ref().map(|it| (it.created_us, it.launch.due_us, it.launch.id.as_str())),
        };
        let total = self.store.launches().count(&filter).await?;
        let launches = self.store.launches().find(&filter, limit, question.offset).await?;
        Ok(Page { total, lines: launches.into_iter().map(LaunchLine::from).collect() })
    }

    /// Refuses a campaign that is not there and of which no run is left; else the moment in its zone.
    pub(crate) async fn moment_of_runs(&self, campaign: &str) -> Result<Moment> {
        match self.find_campaign(campaign).await {
            Ok((found, _)) => Ok(crate::worker::moment_of(&found, self.clock.now())),
            Err(Error::NotFound { .. }) if !self.store.runs().list(Some(campaign), 1, 0).await?.is_empty() => {
                Ok(Moment::utc(self.clock.now()))
            }
            Err(error) => Err(error),
        }
    }
}

impl<'a> Asked<'a> {
    fn read(
        question: &'a ListQuestion,
        (what, known): (&str, &[&str]),
        limit: u64,
        moment: &Moment,
        problems: &mut Vec<Problem>,
    ) -> Self {
        for state in question.states.iter().filter(|state| !known.contains(&state.as_str())) {
            let problem = Problem::error("unknown_value", "/state", format!("{what} have no state `{state}`"));
            problems.push(problem.did_you_mean(state, known.iter().copied()));
        }
        if limit > PAGE_MAX {
            let message = format!("at most {PAGE_MAX} {what} are given at once, not {limit}");
            let hint = "ask for the next ones with `before`, or with `offset`";
            problems.push(Problem::error("bad_value", "/limit", message).hint(hint));
        }
        let mut time = |name: &str, text: Option<&str>| match date_math::instant(text?, moment) {
            Ok(time) => Some(time.timestamp().as_microsecond()),
            Err(reason) => {
                let message = format!("`{name}` is no time: {reason}");
                problems.push(Problem::error("bad_value", format!("/{name}"), message));
                None
            }
        };
        Self {
            since_us: time("since", question.since.as_deref()),
            until_us: time("until", question.until.as_deref()),
            states: question.states.iter().map(String::as_str).collect(),
        }
    }
}

fn refuse(what: &str, problems: Vec<Problem>) -> Result<()> {
    match has_errors(&problems) {
        true => Err(Error::Problems { what: what.to_owned(), problems }),
        false => Ok(()),
    }
}
