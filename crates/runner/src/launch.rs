//! The life of a run from outside: start, pause, resume, stop.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tutti_model::id::{RunId, TaskId};
use tutti_model::problem::has_errors;
use tutti_store::{NewRun, NewTask};
use ulid::Ulid;

use crate::error::{Error, Result};
use crate::flow::{self, Happened};
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
}

fn live() -> String {
    "live".to_owned()
}

impl Default for RunRequest {
    fn default() -> Self {
        Self { mode: live(), variables: Map::new(), confirm: false }
    }
}

impl Workspace {
    /// Starts a run of the newest version of a campaign and answers its id. A worker does the rest.
    pub async fn start_run(&self, campaign: &str, request: &RunRequest) -> Result<String> {
        if request.mode != "live" && request.mode != "test" {
            return Err(Error::refused_with(
                "unknown_mode",
                format!("there is no mode `{}`", request.mode),
                "known are `live` and `test`",
            ));
        }
        let (campaign, version) = self.find_campaign(campaign).await?;
        let catalog = self.catalog().await?;
        let problems = tutti_activities::validate_campaign(&campaign, &catalog, &self.moment_utc());
        if has_errors(&problems) {
            let what = format!("the campaign `{}` cannot run", campaign.name);
            return Err(Error::Problems { what, problems });
        }
        for name in request.variables.keys() {
            if !campaign.variables.contains_key(name) {
                let known = campaign.variables.keys().map(String::as_str);
                return Err(Error::not_found("variable", name, known));
            }
        }
        let now_us = self.clock.now_us();
        let run = RunId::new(self.ulid());
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
        if request.confirm {
            self.store.settings().set(&confirmation(run.as_str()), "true").await?;
        }
        let new = NewRun {
            id: run.to_string(),
            campaign: campaign.name.clone(),
            campaign_version: version,
            mode: request.mode.clone(),
            seed: i64::from_le_bytes(self.chance.bits().to_le_bytes()[..8].try_into().unwrap_or_default()),
            variables: json!(request.variables),
            now_us,
        };
        self.store.runs().create(new, tasks).await?;
        self.store
            .runs()
            .advance(run.as_str(), now_us, |run, tasks| flow::decide(&campaign, run, tasks, Happened::Started, now_us))
            .await?;
        self.wake();
        Ok(run.to_string())
    }

    /// Lets a run do nothing new. Messages that are on their way arrive; no new one leaves after two seconds.
    pub async fn pause_run(&self, run: &str) -> Result<()> {
        self.move_run(run, Happened::Pause).await
    }

    /// Goes on with a paused run: failed activities are tried again, held sends are confirmed. A run whose process died
    /// needs nothing but a worker.
    pub async fn resume_run(&self, run: &str) -> Result<()> {
        let found = self.find_run(run).await?;
        if found.state == "running" {
            self.wake();
            return Ok(());
        }
        self.store.settings().set(&confirmation(run), "true").await?;
        self.move_run(run, Happened::Resume).await
    }

    /// Ends a run where it is. What was sent stays sent.
    pub async fn stop_run(&self, run: &str) -> Result<()> {
        self.move_run(run, Happened::Stop).await
    }

    async fn move_run(&self, run: &str, event: Happened<'_>) -> Result<()> {
        let found = self.find_run(run).await?;
        let campaign = self.campaign_version(&found.campaign, found.campaign_version).await?;
        flow::check_move(&found, &event)?;
        let now_us = self.clock.now_us();
        let stops = matches!(event, Happened::Pause | Happened::Stop);
        self.store.runs().advance(run, now_us, |run, tasks| flow::decide(&campaign, run, tasks, event, now_us)).await?;
        if stops {
            self.interrupt(run);
        }
        self.wake();
        Ok(())
    }

    /// Whether the held sends of a run were confirmed.
    pub(crate) async fn is_confirmed(&self, run: &str) -> Result<bool> {
        Ok(self.store.settings().get(&confirmation(run)).await?.is_some())
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

    /// Tells what sends for a run to stop.
    fn interrupt(&self, run: &str) {
        let interrupts = self.interrupts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(token) = interrupts.get(run) {
            token.cancel();
        }
    }

    /// The token that [`Workspace::pause_run`] and [`Workspace::stop_run`] cancel, for one stretch of work.
    pub(crate) fn interruption(
        &self,
        run: &str,
        within: &tokio_util::sync::CancellationToken,
    ) -> tokio_util::sync::CancellationToken {
        let mut interrupts = self.interrupts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        interrupts.retain(|_, token| !token.is_cancelled());
        interrupts.entry(run.to_owned()).or_insert_with(|| within.child_token()).clone()
    }
}

/// Tokens by run.
pub(crate) type Interrupts = std::sync::Mutex<HashMap<String, tokio_util::sync::CancellationToken>>;

fn confirmation(run: &str) -> String {
    format!("confirmed/{run}")
}
