//! The launcher: starts what is due. A launch is a row, so that one that was missed is met at the next start, and that
//! of several processes one begins its run.

use async_recursion::async_recursion as boxed;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use tutti_engine::campaign::{Event, LaunchDecision, LaunchView, SkipReason, decide_launch};
use tutti_engine::schedule::{LATE_SECONDS_MAX, is_missed, left_out};
use tutti_model::campaign::Campaign;
use tutti_model::catalog::Catalog;
use tutti_model::problem::Problem;
use tutti_model::schedule::CatchUp;
use tutti_store::{Launch, Outcome, SCHEDULE};

use super::plan::{PlannedTime, more_to_come, named_time, next_after, times_come};
use super::signals::wrong_values;
use super::trouble::trouble_of;
use super::{Actor, Subject, state_of};
use crate::error::{Error, Result};
use crate::notices;
use crate::time::rfc3339;
use crate::workspace::Workspace;

/// How long the launcher sleeps at most.
const IDLE: Duration = Duration::from_millis(1000);

/// How long it rests between two looks, however much changes meanwhile.
const REST: Duration = Duration::from_millis(20);

/// How often it looks at what other processes may have changed.
const LOOK: Duration = Duration::from_secs(30);

/// How often it looks for new files.
const LOOK_AT_FILES: Duration = Duration::from_secs(2);

/// How many launches are begun in one go.
const LAUNCHES: u64 = 100;

/// A launch as lists show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LaunchLine {
    pub launch: String,
    /// `schedule`, `signal`, `chain`, `table` or `file`.
    pub cause: String,
    pub due_at: String,
    /// `waiting`, `queued`, `started` or `skipped`.
    pub state: String,
    /// Why it was skipped: `overlap`, `missed`, `suspended`, `not_live` or `invalid`.
    pub reason: Option<String>,
    /// What was wrong, or which run was going, where it was skipped for that.
    pub detail: Option<String>,
    pub run: Option<String>,
    /// How long after its time the run began.
    pub late_ms: Option<i64>,
    pub variables: serde_json::Value,
}

/// What becomes of a planned launch besides its run, and what its schedule has after it.
#[derive(Default)]
struct Ahead {
    /// It was missed, and is left out for good.
    left_out: bool,
    /// It was missed, and is made up for with all others.
    made_up: bool,
    /// The times after it that are left out with it, oldest first.
    missed: Vec<PlannedTime>,
    /// The time that is met next; it may have come.
    next: Option<PlannedTime>,
}

impl From<Launch> for LaunchLine {
    fn from(launch: Launch) -> Self {
        let started = launch.run.as_ref().and(launch.settled_us);
        Self {
            late_ms: started.map(|at| (at - launch.launch.due_us) / 1_000),
            launch: launch.launch.id,
            cause: launch.launch.cause,
            due_at: rfc3339(launch.launch.due_us),
            state: launch.state,
            reason: launch.reason,
            detail: launch.detail,
            run: launch.run,
            variables: launch.launch.variables,
        }
    }
}

impl Workspace {
    /// Starts what is due, until `shutdown`.
    pub async fn keep_time(self: Arc<Self>, shutdown: CancellationToken) {
        let mut changes = self.subscribe();
        let mut looked: Option<tokio::time::Instant> = None;
        let mut looked_at_files: Option<tokio::time::Instant> = None;
        while !shutdown.is_cancelled() {
            let look = looked.is_none_or(|at| at.elapsed() >= LOOK);
            if look {
                looked = Some(tokio::time::Instant::now());
            }
            let ticked = self.tick(look).await;
            if !look && looked_at_files.is_none_or(|at| at.elapsed() >= LOOK_AT_FILES) {
                looked_at_files = Some(tokio::time::Instant::now());
                if let Err(error) = self.look_at_files().await {
                    tracing::error!(error = &error as &dyn std::error::Error, "the files could not be looked at");
                }
            }
            if let Err(error) = ticked {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "campaigns could not be launched; they are when this passes");
            }
            let wait = self.until_due().await;
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = async { let _ = tokio::join!(changes.changed(), tokio::time::sleep(REST)); } => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// How long until the next launch, within the bounds of sleep.
    async fn until_due(&self) -> Duration {
        match self.store.launches().next_due().await {
            Ok(Some(due_us)) => {
                let wait_us = u64::try_from(due_us - self.clock.now_us()).unwrap_or_default();
                Duration::from_micros(wait_us).clamp(REST, IDLE)
            }
            // What fails here is told by the next look.
            Ok(None) | Err(_) => IDLE,
        }
    }

    /// One look at the time: plans what changed, starts what is due. With `thorough`, also mends what a process that
    /// died left undone.
    #[boxed]
    pub async fn tick(&self, thorough: bool) -> Result<()> {
        if thorough {
            self.mend_campaigns().await?;
            self.look_at_tables().await?;
            self.look_at_files().await?;
            self.tell_of_pauses().await?;
            // A test asks at its end for all that happened.
            if !self.settings.outside.is_stated() {
                self.clear_history().await?;
                self.forget_records().await?;
            }
        }
        self.plan_launches(thorough).await?;
        self.launch_due().await?;
        Ok(())
    }

    /// Starts the launches that are due, and answers how many were settled.
    #[boxed]
    pub async fn launch_due(&self) -> Result<usize> {
        let mut settled = 0;
        loop {
            let due = self.store.launches().due(self.clock.now_us(), LAUNCHES).await?;
            let mut now_settled = 0;
            for launch in due {
                let id = launch.launch.id.clone();
                match self.settle_launch(launch).await {
                    // One that is queued may have been followed by another that is due.
                    Ok(settled) => now_settled += usize::from(settled.is_some()),
                    // One campaign's trouble must not hold up the others.
                    Err(error) => {
                        let error = &error as &dyn std::error::Error;
                        tracing::error!(launch = id, error, "a launch failed and is tried again");
                    }
                }
            }
            if now_settled == 0 {
                return Ok(settled);
            }
            settled += now_settled;
        }
    }

    /// Settles the launches of one campaign that are due.
    pub(crate) async fn settle_due_of(&self, campaign: &str) -> Result<()> {
        let due = self.store.launches().due_of(campaign, self.clock.now_us()).await?;
        for launch in due {
            self.settle_launch(launch).await?;
        }
        Ok(())
    }

    /// Decides what becomes of a launch, and begins its run. `None` where somebody else has settled it.
    pub(crate) async fn settle_launch(&self, launch: Launch) -> Result<Option<Launch>> {
        let name = launch.launch.campaign.clone();
        let stored = self.store.campaigns().get(&name).await?;
        let (document, version) = match self.campaign_in_force(&stored).await {
            Ok(found) => found,
            Err(Error::NotFound { .. }) => {
                let gone = |_: &Launch, _: &tutti_store::Campaign, _: &tutti_store::RunFacts| {
                    (Outcome::Skip(SkipReason::State.as_str()), None)
                };
                return Ok(self.store.launches().settle(&launch.launch.id, self.clock.now_us(), gone).await?);
            }
            Err(error) => return Err(error),
        };
        let catalog = self.catalog().await?;
        let now = self.clock.now();
        let now_us = now.as_microsecond();
        let moment = crate::worker::moment_of(&document, now);
        let scheduled = launch.launch.cause == SCHEDULE;
        let mut problems = tutti_activities::validate_campaign(&document, &catalog, &self.moment_utc());
        if !scheduled {
            problems.extend(wrong_values(&document, &launch.launch.variables, &moment));
        }
        let wrong = problems.into_iter().find(Problem::is_error).map(|problem| problem.message);
        let variables = crate::variables::of_launch(&document, &launch.launch.variables, &moment);
        let begin = self.prepare_run(&document, version, "live", &variables);
        let run = begin.0.id.clone();
        let ahead = Ahead::of(&launch, &document, &catalog, now);
        let planned = ahead.next.map(|time| self.planned_launch(&name, time));
        let missed = ahead.missed.iter().map(|time| self.planned_launch(&name, *time)).collect::<Vec<_>>();
        let more_to_come = more_to_come(&document, &catalog, now);
        let one_shot = document.schedule.is_one_shot();
        let (beside, notify) = (self.run_beside(&name).await?, self.notify_of(&document));
        let settled = self
            .store
            .launches()
            .settle(&launch.launch.id, now_us, |launch, stored, facts| {
                let Ok(state) = state_of(stored) else { return (Outcome::Leave, None) };
                let count = |number: i64| u64::try_from(number).unwrap_or_default();
                let view = LaunchView {
                    state,
                    overlap: document.schedule.overlap,
                    left_out: ahead.left_out && launch.state == "waiting",
                    made_up: ahead.made_up,
                    active_runs: count(facts.active),
                    open_launches: count(facts.launches),
                };
                let decision = decide_launch(&view);
                let subject = Subject { stored, facts, document: &document, more_to_come };
                let (outcome, event) = match decision {
                    LaunchDecision::Queue if launch.state == "queued" => return (Outcome::Leave, None),
                    LaunchDecision::Queue => (Outcome::Queue, None),
                    LaunchDecision::Skip(reason) => match beside.filter(|_| reason == SkipReason::Overlap) {
                        Some(which) => (Outcome::Beside(which), None),
                        None => (Outcome::Skip(reason.as_str()), None),
                    },
                    LaunchDecision::Start => match wrong {
                        Some(why) => (Outcome::Invalid(why), None),
                        None => (Outcome::Start(Box::new(begin)), Some(Event::Launch)),
                    },
                };
                let mut change = match event.map(|event| subject.decide(event, now_us).map(|made| (event, made))) {
                    Some(Ok((event, made))) => subject.change(event, &made, &Actor::itself(), now_us),
                    Some(Err(_)) => return (Outcome::Skip(SkipReason::State.as_str()), None),
                    None => tutti_store::CampaignChange { row: Some(stored.clone()), ..Default::default() },
                };
                if let (Some(why), Some(row)) = (regretted(decision, &outcome, one_shot), &mut change.row) {
                    row.error = Some(trouble_of(&launch.launch, &why));
                }
                change.alert =
                    skipped_for(&outcome).and_then(|why| notices::of_launch(notify.as_ref(), launch, &why, now_us));
                // The launch that was queued has been followed by its next one already.
                if scheduled && launch.state == "waiting" && state.takes_launches() {
                    change.plan = Some(planned);
                    change.missed = missed;
                }
                (outcome, Some(change))
            })
            .await?;
        if let Some(settled) = &settled {
            self.tell_launch(settled, &run, &ahead.missed).await?;
            if settled.state == "skipped" {
                self.settle_campaign(&name).await?;
            }
        }
        Ok(settled)
    }

    /// The run that keeps launches of a campaign from beginning another, in words.
    async fn run_beside(&self, campaign: &str) -> Result<Option<String>> {
        let runs = self.store.runs().active(campaign).await?;
        Ok(runs.first().map(|run| {
            let since = rfc3339(run.changed_us.unwrap_or(run.started_us));
            format!("the run `{}` is {} since {since}", run.id, run.state)
        }))
    }

    /// Says in the run's log, or in the record of changes, what became of a launch.
    async fn tell_launch(&self, launch: &Launch, run: &str, missed: &[PlannedTime]) -> Result<()> {
        let now_us = self.clock.now_us();
        let due = rfc3339(launch.launch.due_us);
        match launch.state.as_str() {
            "started" => {
                let late_ms = (now_us - launch.launch.due_us) / 1_000;
                let is_late = late_ms > LATE_SECONDS_MAX * 1_000;
                let level = if is_late { "warning" } else { "info" };
                let text = match launch.launch.cause.as_str() {
                    SCHEDULE => format!("launched by the schedule for {due}, {late_ms} ms after its time"),
                    cause => format!("launched by a {cause} at {due}"),
                };
                self.store.logs().add(run, None, level, &text, now_us).await?;
                self.wake();
            }
            "skipped" => {
                let reason = launch.reason.as_deref().unwrap_or_default();
                let detail = launch.detail.as_deref().map_or_else(String::new, |detail| format!(": {detail}"));
                tracing::warn!(campaign = launch.launch.campaign, due, reason, detail, "a launch was skipped");
                let told = match missed {
                    [] => format!("the launch of {due}"),
                    [.., last] => format!("the {} launches from {due} to {}", missed.len() + 1, last.due),
                };
                let line = tutti_store::NewAudit {
                    actor: Actor::itself().as_str().to_owned(),
                    kind: "campaign".to_owned(),
                    name: launch.launch.campaign.clone(),
                    action: "skip_launch".to_owned(),
                    detail: Some(format!("{told}: {reason}{detail}")),
                };
                self.store.audit().add(&[line], now_us).await?;
            }
            _ => {}
        }
        Ok(())
    }

    /// The launches of a campaign, newest first.
    #[boxed]
    pub async fn list_launches(&self, campaign: &str, limit: u64) -> Result<Vec<LaunchLine>> {
        self.find_campaign(campaign).await?;
        let launches = self.store.launches().list(campaign, limit).await?;
        Ok(launches.into_iter().map(LaunchLine::from).collect())
    }
}

/// Why a launch begins nothing, where it does not.
fn skipped_for(outcome: &Outcome) -> Option<String> {
    match outcome {
        // Whoever suspends a campaign wants just that.
        Outcome::Skip(reason) if *reason == SkipReason::Suspended.as_str() => None,
        Outcome::Skip(reason) => Some((*reason).to_owned()),
        Outcome::Beside(which) => Some(format!("{}: {which}", SkipReason::Overlap.as_str())),
        Outcome::Invalid(why) => Some(format!("invalid: {why}")),
        Outcome::Start(_) | Outcome::Queue | Outcome::Leave => None,
    }
}

/// Why somebody should look at a launch that began nothing: what it would have run is wrong, or there is no other.
fn regretted(decision: LaunchDecision, outcome: &Outcome, one_shot: bool) -> Option<String> {
    match (decision, outcome) {
        (_, Outcome::Invalid(why)) => Some(why.clone()),
        (LaunchDecision::Skip(SkipReason::Missed), _) if one_shot => {
            Some("nothing worked at that time, and missed times are not made up for".to_owned())
        }
        (LaunchDecision::Skip(SkipReason::Suspended), _) if one_shot => Some("the campaign was suspended".to_owned()),
        _ => None,
    }
}

impl Ahead {
    fn of(launch: &Launch, document: &Campaign, catalog: &Catalog, now: Timestamp) -> Self {
        if launch.launch.cause != SCHEDULE {
            return Self::default();
        }
        let named = named_time(&launch.launch);
        let due = Timestamp::from_microsecond(launch.launch.due_us).unwrap_or(now);
        let mut later = times_come(document, catalog, named, now);
        let come: Vec<Timestamp> = std::iter::once(due).chain(later.iter().map(|time| time.due)).collect();
        let catch_up = document.schedule.catch_up;
        // One that is queued was not missed: it waits for a run.
        let waits = launch.state == "waiting";
        let left_out = if waits { left_out(catch_up, &come, now) } else { 0 };
        let to_come = || next_after(document, catalog, later.last().map_or(named, |time| time.at));
        let besides = left_out.saturating_sub(1);
        let next = later.get(besides).copied().or_else(to_come);
        later.truncate(besides);
        Self { left_out: left_out > 0, made_up: catch_up == CatchUp::All && is_missed(due, now), missed: later, next }
    }
}
