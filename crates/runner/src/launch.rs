//! The life of a run from outside: start, pause, resume, stop.

use async_recursion::async_recursion as boxed;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tutti_engine::campaign::{CampaignState, Event};
use tutti_model::campaign::Campaign;
use tutti_model::date_math::Moment;
use tutti_model::id::{RunId, TaskId};
use tutti_model::problem::{Problem, has_errors};
use tutti_model::variables::Variables;
use tutti_store::{Follow, NewLogLine, NewRun, NewTask, Run, Task};
use ulid::Ulid;

use crate::control::HoldKind;
use crate::error::{Error, Result};
use crate::flow::{self, Happened};
use crate::life::{Actor, Planned, check_key};
use crate::logs::line;
use crate::variables;
use crate::workspace::Workspace;

/// How to start a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunRequest {
    /// `live` sends; `test` renders and counts, and sends nothing.
    #[serde(default = "live")]
    pub mode: String,
    #[serde(default)]
    pub variables: Map<String, Value>,
    /// Confirms held sends beforehand.
    #[serde(default)]
    pub confirm: bool,
    /// A second call for the campaign and the mode with the same key starts nothing: it is answered with the same run.
    #[serde(default)]
    pub idempotency_key: Option<String>,
}

/// A run that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct StartedRun {
    pub run: String,
    /// Whether an earlier call with the same key started it.
    pub known: bool,
    /// What is doubtful: about the publication of a draft, and about live runs that go on beside this one.
    pub warnings: Vec<Problem>,
}

fn live() -> String {
    "live".to_owned()
}

impl Default for RunRequest {
    fn default() -> Self {
        Self { mode: live(), variables: Map::new(), confirm: false, idempotency_key: None }
    }
}

impl Workspace {
    /// Starts a run of a campaign; a worker does the rest. A live run takes the version in force and publishes a draft
    /// first; a test run takes the newest version, whatever the campaign's state.
    #[boxed]
    pub async fn start_run(&self, campaign: &str, request: &RunRequest, actor: &Actor) -> Result<StartedRun> {
        if let Some(key) = &request.idempotency_key {
            check_key(key)?;
            self.find_campaign(campaign).await?;
        }
        if let Some(known) = self.run_of_key(campaign, request).await? {
            return Ok(known);
        }
        let resolve = |campaign: &Campaign, moment: &Moment| {
            variables::resolve(campaign, &request.variables, &request.mode, moment)
        };
        match self.begin_run(campaign, request, resolve, actor, "").await {
            // Somebody else was faster with the same key.
            Err(Error::Store(tutti_store::Error::KeyTaken { key })) => {
                let known = self.run_of_key(campaign, request).await?;
                known.ok_or_else(|| tutti_store::Error::KeyTaken { key }.into())
            }
            other => other,
        }
    }

    /// The run that an earlier call with the same key started.
    async fn run_of_key(&self, campaign: &str, request: &RunRequest) -> Result<Option<StartedRun>> {
        let Some(key) = &request.idempotency_key else { return Ok(None) };
        let run = self.store.runs().by_key(campaign, &request.mode, key).await?;
        Ok(run.map(|run| StartedRun { run: run.id, known: true, warnings: Vec::new() }))
    }

    /// As [`Workspace::start_run`], with values that `take` finds for the version that is run; `how` ends the line that
    /// the log begins with.
    pub(crate) async fn begin_run(
        &self,
        campaign: &str,
        request: &RunRequest,
        take: impl Fn(&Campaign, &Moment) -> Result<Variables>,
        actor: &Actor,
        how: &str,
    ) -> Result<StartedRun> {
        let live = match request.mode.as_str() {
            "live" => true,
            "test" => false,
            mode => {
                let message = format!("there is no mode `{mode}`");
                return Err(Error::refused_with("unknown_mode", message, "known are `live` and `test`"));
            }
        };
        let mut warnings = Vec::new();
        if live && self.store.campaigns().get(campaign).await?.state == CampaignState::Draft.as_str() {
            let (draft, _) = self.find_campaign(campaign).await?;
            // Wrong values leave it a draft.
            take(&draft, &crate::worker::moment_of(&draft, self.clock.now()))?;
            warnings = self.publish(campaign, actor, Planned::Recurring).await?;
        }
        let stored = self.store.campaigns().get(campaign).await?;
        let (campaign, version) =
            if live { self.campaign_in_force(&stored).await? } else { self.find_campaign(campaign).await? };
        let catalog = self.catalog().await?;
        let problems = tutti_activities::validate_campaign(&campaign, &catalog, &self.moment_utc());
        if has_errors(&problems) {
            let what = format!("the campaign `{}` cannot run", campaign.name);
            return Err(Error::Problems { what, problems });
        }
        let variables = take(&campaign, &crate::worker::moment_of(&campaign, self.clock.now()))?;
        let (mut new, tasks, follow) = self.prepare_run(&campaign, version, &request.mode, &variables);
        new.key.clone_from(&request.idempotency_key);
        if live {
            let beside = self.store.runs().active(&campaign.name).await?;
            warnings.extend(beside.iter().map(goes_on_beside));
        }
        let told = format!("{} started the run{how} ({}, version {version})", actor.told(), request.mode);
        let begin = (new, tasks, follow.telling(line(None, "info", told)));
        let run = begin.0.id.clone();
        if request.confirm {
            self.store.settings().set(&confirmation(&run), "true").await?;
        }
        if live {
            self.write_move(&campaign.name, Event::Run, actor, |row, change| {
                // What an earlier run brought says nothing about this one.
                if stored.state == CampaignState::Completed.as_str() {
                    row.published_us = Some(begin.0.now_us);
                }
                change.begin = Some(Box::new(begin));
            })
            .await?;
        } else {
            let (new, tasks, follow) = begin;
            self.store.runs().begin(new, tasks, &follow).await?;
        }
        self.wake();
        Ok(StartedRun { run, known: false, warnings })
    }

    /// A run with its tasks as they are right after its launch.
    pub(crate) fn prepare_run(
        &self,
        campaign: &Campaign,
        version: i64,
        mode: &str,
        variables: &Variables,
    ) -> (NewRun, Vec<NewTask>, Follow) {
        let now_us = self.clock.now_us();
        let tasks = campaign
            .canvas
            .activities
            .iter()
            .map(|node| NewTask {
                id: TaskId::new(self.ulid()).to_string(),
                activity: node.id.clone(),
                kind: node.kind.clone(),
                state: "waiting".to_owned(),
            })
            .collect();
        let run = NewRun {
            id: RunId::new(self.ulid()).to_string(),
            campaign: campaign.name.clone(),
            campaign_version: version,
            mode: mode.to_owned(),
            seed: self.chance.seed(&campaign.name, now_us).cast_signed(),
            variables: json!(variables),
            key: None,
            now_us,
        };
        let follow = flow::decide(campaign, &run.clone().into_run(), &[], Happened::Started, now_us);
        (run, tasks, follow)
    }

    /// Lets a run do nothing new. Messages that are on their way arrive; no new one leaves after two seconds.
    #[boxed]
    pub async fn pause_run(&self, run: &str, actor: &Actor) -> Result<()> {
        let told = line(None, "info", format!("{} paused the run", actor.told()));
        self.move_run(run, Happened::Pause, told).await
    }

    /// Goes on with a paused or held run: failed activities are tried again, held sends are confirmed, breakpoints are
    /// passed; approvals still wait for their answer. A run whose process died needs nothing but a worker.
    #[boxed]
    pub async fn resume_run(&self, run: &str, actor: &Actor) -> Result<()> {
        let found = self.find_run(run).await?;
        if found.state == "held" {
            let tasks = self.store.tasks().list(run).await?;
            let held: Vec<&Task> = tasks.iter().filter(|task| task.state == "held").collect();
            let now_us = self.clock.now_us();
            let ends = |task: &&Task| {
                HoldKind::of(task.hold.as_ref()).is_some_and(HoldKind::ends_by_resuming)
                    || crate::answers::is_late(task, now_us)
            };
            if let Some(task) = held.first()
                && !held.iter().any(ends)
            {
                let message =
                    format!("the run waits for an answer to `{}`, which resuming does not give", task.activity);
                let hint = format!("`tutti approve {run} {0}` or `tutti reject {run} {0}` answers it", task.activity);
                return Err(Error::refused_with("waits_for_answer", message, hint));
            }
        }
        let told = line(None, "info", format!("{} resumed the run", actor.told()));
        self.move_run(run, Happened::Resume, told).await
    }

    /// Tries a failed activity again, whatever else has failed.
    #[boxed]
    pub async fn retry_activity(&self, run: &str, activity: &str, actor: &Actor) -> Result<()> {
        let told = line(Some(activity), "info", format!("{} has it tried again", actor.told()));
        self.move_activity(run, activity, Happened::Retry { activity }, &["failed"], told).await
    }

    /// Gives an activity up that has not begun, is held or has failed. The run goes on without it and what only it
    /// leads to. A mailing that has begun is not given up: whom it was to reach would be pending for ever.
    #[boxed]
    pub async fn skip_activity(&self, run: &str, activity: &str, actor: &Actor) -> Result<()> {
        let batches = self.store.batches().list(run, activity).await?;
        if batches.iter().any(|batch| batch.attempts > 0) && batches.iter().any(|batch| batch.state != "done") {
            let message = format!("`{activity}` has begun to send, and some of its messages are still to go");
            let hint = format!("`tutti resume {run}` sends the rest, `tutti stop {run}` ends the run as it is");
            return Err(Error::refused_with("not_allowed", message, hint));
        }
        let told = line(Some(activity), "info", format!("{} gave it up", actor.told()));
        let from = ["waiting", "ready", "held", "failed"];
        self.move_activity(run, activity, Happened::Skip { activity }, &from, told).await
    }

    async fn move_activity(
        &self,
        run: &str,
        activity: &str,
        event: Happened<'_>,
        from: &[&str],
        told: NewLogLine,
    ) -> Result<()> {
        let found = self.find_run(run).await?;
        let tasks = self.store.tasks().list(run).await?;
        let Some(task) = tasks.iter().find(|task| task.activity == activity) else {
            return Err(Error::not_found("activity", activity, tasks.iter().map(|task| task.activity.as_str())));
        };
        let settled = task.state == "failed" && task.closed_ports.is_some();
        if found.finished_us.is_some() || settled || !from.contains(&task.state.as_str()) {
            let message = format!("`{activity}` is {}, in a run that is {}", task.state, found.state);
            let hint = if found.finished_us.is_some() {
                format!("the run has ended: `tutti restart {run} --from {activity}` opens it again there")
            } else {
                format!("this is for activities that are {}; `tutti tasks {run}` says what each is", from.join(" or "))
            };
            return Err(Error::refused_with("not_allowed", message, hint));
        }
        self.move_run(run, event, told).await
    }

    /// Ends a run where it is. What was sent stays sent.
    #[boxed]
    pub async fn stop_run(&self, run: &str, actor: &Actor) -> Result<()> {
        let told = line(None, "info", format!("{} stopped the run", actor.told()));
        self.move_run(run, Happened::Stop, told).await
    }

    async fn move_run(&self, run: &str, event: Happened<'_>, told: NewLogLine) -> Result<()> {
        let found = self.find_run(run).await?;
        let campaign = self.campaign_version(&found.campaign, found.campaign_version).await?;
        flow::check_move(&found, &event)?;
        let now_us = self.clock.now_us();
        let stops = matches!(event, Happened::Stop);
        let pauses = stops || matches!(event, Happened::Pause);
        let decide = |run: &Run, tasks: &[Task]| flow::decide(&campaign, run, tasks, event, now_us).telling(told);
        self.store.runs().advance(run, now_us, decide).await?;
        if pauses {
            self.interrupts.tell(run, stops);
        }
        self.settle_after(run).await?;
        self.wake();
        Ok(())
    }

    /// Looks whether the end of a run, if it is that, completes its campaign.
    pub(crate) async fn settle_after(&self, run: &str) -> Result<()> {
        let run = self.find_run(run).await?;
        if run.finished_us.is_none() {
            return Ok(());
        }
        // What still works in a run that has ended does so for nobody.
        self.interrupts.tell(&run.id, true);
        self.forget_confirmation(&run.id).await?;
        if run.mode == "live" {
            self.settle_campaign(&run.campaign).await?;
        }
        Ok(())
    }

    /// Whether the held sends of a run were confirmed.
    pub(crate) async fn is_confirmed(&self, run: &str) -> Result<bool> {
        Ok(self.store.settings().get(&confirmation(run)).await?.is_some())
    }

    /// A run that has ended and is opened again asks again.
    pub(crate) async fn forget_confirmation(&self, run: &str) -> Result<()> {
        Ok(self.store.settings().forget(&confirmation(run)).await?)
    }

    pub(crate) fn ulid(&self) -> Ulid {
        let millis = u64::try_from(self.clock.now().as_millisecond()).unwrap_or_default();
        Ulid::from_parts(millis, self.chance.bits())
    }

    /// Tells workers and watchers that something changed.
    pub(crate) fn wake(&self) {
        self.work.notify_one();
        self.notify_changed();
    }
}

/// That a live run of the campaign has not ended: each of them writes to whoever it finds.
fn goes_on_beside(run: &Run) -> Problem {
    let Run { id, state, .. } = run;
    let message = format!("the run `{id}` of this campaign is {state}: both may write to the same people");
    let hint = match state.as_str() {
        "paused" | "held" => format!("`tutti stop {id}` ends that one, `tutti resume {id}` goes on with it"),
        _ => format!("wait for its end before the next one, or end one of them: `tutti stop {id}`"),
    };
    Problem::warning("another_run", "", message).hint(hint)
}

fn confirmation(run: &str) -> String {
    format!("confirmed/{run}")
}
