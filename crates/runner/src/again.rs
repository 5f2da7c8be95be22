//! Opening runs again, and taking another version of the campaign into one that has begun. What may be done is decided
//! in `engine::run`; here is found what activities have done outside of their run, and it is recorded.

use async_recursion::async_recursion as boxed;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tutti_activities::registry;
use tutti_engine::run::{Edits, Outside, Restart};
use tutti_model::campaign::{ActivityNode, Campaign};
use tutti_model::date_math::Moment;
use tutti_model::id::TaskId;
use tutti_model::problem::has_errors;
use tutti_store::{Follow, MarkValue, NewLogLine, NewTask, Run, Task};

use crate::error::{Error, Result};
use crate::execute::{Written, missing_population, population_path, thousands};
use crate::flow::{self, Onward, Revise};
use crate::launch::RunRequest;
use crate::life::{Actor, state_of};
use crate::logs::line;
use crate::variables;
use crate::workspace::Workspace;

/// How a run is restarted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RestartRequest {
    /// The activity that the run is opened again from; without one, a new run begins.
    pub from: Option<String>,
    /// Takes the newest version of the campaign.
    pub edited: bool,
}

impl Workspace {
    /// Runs the campaign again as a run did it, with the same mode and variables; or opens the run again from one of
    /// its activities. Answers the run that goes on.
    #[boxed]
    pub async fn restart_run(&self, run: &str, request: &RestartRequest, actor: &Actor) -> Result<String> {
        match &request.from {
            None if request.edited => {
                let message = "`edited` goes back in a run, and without `from` a new one begins";
                let hint = "name the activity with `from`; or leave `edited` out: a new run takes the version in force, \
                            a test the newest";
                Err(Error::refused_with("bad_value", message, hint))
            }
            None => self.run_again(run, actor).await,
            Some(from) => {
                let also = if request.edited { ", with the newest version" } else { "" };
                let told = format!("{} restarted the run from here{also}", actor.told());
                let told = line(Some(from), "info", told);
                self.revise_run(run, &Onward::Restart(from.clone()), request.edited, told).await?;
                Ok(run.to_owned())
            }
        }
    }

    /// Goes on with a paused run with the newest version of its campaign.
    #[boxed]
    pub async fn resume_edited(&self, run: &str, actor: &Actor) -> Result<()> {
        let told = line(None, "info", format!("{} resumed the run with the newest version", actor.told()));
        self.revise_run(run, &Onward::Resume, true, told).await
    }

    /// Tries a failed activity again with the newest version of the campaign.
    #[boxed]
    pub async fn retry_edited(&self, run: &str, activity: &str, actor: &Actor) -> Result<()> {
        let told = format!("{} has it tried again with the newest version", actor.told());
        let told = line(Some(activity), "info", told);
        self.revise_run(run, &Onward::Retry(activity.to_owned()), true, told).await
    }

    async fn run_again(&self, run: &str, actor: &Actor) -> Result<String> {
        let found = self.find_run(run).await?;
        if found.finished_us.is_none() {
            if found.mode == "live" {
                let message =
                    format!("the run `{run}` is {}, and a second one beside it would write twice", found.state);
                let hint = format!("`tutti stop {run}` ends it, `tutti restart {run} --from ACTIVITY` goes back in it");
                return Err(Error::refused_with("not_ended", message, hint));
            }
            self.stop_run(run, actor).await?;
        }
        let request = RunRequest { mode: found.mode.clone(), ..RunRequest::default() };
        let kept = found.variables.clone();
        let take = move |campaign: &Campaign, moment: &Moment| Ok(variables::of_run(campaign, &kept, moment));
        let how = format!(" again, as `{run}`");
        let again = self.begin_run(&found.campaign, &request, take, actor, &how).await?.run;
        let told = format!("{} restarted it as `{again}`", actor.told());
        self.store.logs().add(run, None, "info", &told, self.clock.now_us()).await?;
        Ok(again)
    }

    /// Changes what a run does next, all at once: the activities that are done anew, and the version that it stays on.
    async fn revise_run(&self, run: &str, onward: &Onward, edited: bool, told: NewLogLine) -> Result<()> {
        let found = self.find_whole_run(run).await?;
        self.check_opened(&found, onward).await?;
        let old = self.campaign_version(&found.campaign, found.campaign_version).await?;
        let newest = if edited { Some(self.newest_sound(&found.campaign).await?) } else { None };
        let new = newest.as_ref().map_or(&old, |(campaign, _)| campaign);
        let tasks = self.store.tasks().list(run).await?;
        let written = self.written(run).await?;
        let outside = self.done_outside(&found, &tasks, &old).await?;
        let graph = flow::graph(new).map_err(|error| Error::refused("bad_canvas", error.to_string()))?;
        let redone: BTreeSet<String> = match onward {
            Onward::Restart(from) => graph.downstream(from).into_iter().map(str::to_owned).collect(),
            Onward::Resume | Onward::Retry(_) => BTreeSet::new(),
        };
        self.check_kept(run, new, &redone, &written)?;
        let added = added_tasks(new, &tasks, || TaskId::new(self.ulid()).to_string());
        let now_us = self.clock.now_us();
        let revise = Revise {
            old: &old,
            new: newest.as_ref().map(|(campaign, version)| (campaign, *version)),
            onward,
            restart: Restart { from: String::new(), outside: outside.clone(), cut_off: cut_off(&found, &tasks) },
            edits: Edits {
                changed: changed(&old, new),
                outside,
                redone,
                ports: written.iter().map(|written| (written.activity.clone(), written.port.clone())).collect(),
            },
            added,
        };
        let mut refused: Option<Error> = None;
        let seen = (found, tasks);
        self.store
            .runs()
            .advance(run, now_us, |run, tasks| {
                // What activities have done outside was looked at before: only they themselves can change it.
                let decided = if (run, tasks) == (&seen.0, seen.1.as_slice()) {
                    flow::revise(revise, run, tasks, now_us)
                } else {
                    let message = "the run has just changed";
                    Err(Error::refused_with("changed", message, "look at it and try again"))
                };
                match decided {
                    Ok(follow) => follow.telling(told),
                    Err(error) => {
                        refused = Some(error);
                        Follow::default()
                    }
                }
            })
            .await?;
        self.wake();
        refused.map_or(Ok(()), Err)
    }

    /// Refuses to open a live run again whose campaign does not run any more: it would be ended at once.
    async fn check_opened(&self, run: &Run, onward: &Onward) -> Result<()> {
        if run.mode != "live" || run.finished_us.is_none() || !matches!(onward, Onward::Restart(_)) {
            return Ok(());
        }
        let stored = self.store.campaigns().get(&run.campaign).await?;
        if state_of(&stored)?.has_runs() {
            return Ok(());
        }
        let message =
            format!("the campaign `{}` is {}, so that its run cannot be opened again", stored.name, stored.state);
        Err(Error::refused_with("not_live", message, "duplicate the campaign and publish the copy"))
    }

    /// The newest version of a campaign, which must be one that can run.
    async fn newest_sound(&self, name: &str) -> Result<(Campaign, i64)> {
        let (campaign, version) = self.find_campaign(name).await?;
        let problems = tutti_activities::validate_campaign(&campaign, &*self.catalog().await?, &self.moment_utc());
        if has_errors(&problems) {
            let what = format!("version {version} of the campaign `{name}` cannot run");
            return Err(Error::Problems { what, problems });
        }
        Ok(((*campaign).clone(), version))
    }

    /// What comes to the activities that are done anew must still be there.
    fn check_kept(&self, run: &str, campaign: &Campaign, redone: &BTreeSet<String>, written: &[Written]) -> Result<()> {
        let ways = campaign.canvas.transitions.iter();
        for way in ways.filter(|way| redone.contains(&way.to) && !redone.contains(&way.from)) {
            let found = written.iter().find(|written| written.activity == way.from && written.port == way.port);
            let Some(found) = found.filter(|found| !found.is_nobody()) else { continue };
            let path = population_path(run, &found.at.activity, &found.at.port);
            if !self.lake.population_file(&path).exists() {
                return Err(missing_population(&path));
            }
        }
        Ok(())
    }

    /// What the activities of a run have done that others can see. Nothing in a test.
    async fn done_outside(&self, run: &Run, tasks: &[Task], campaign: &Campaign) -> Result<BTreeMap<String, Outside>> {
        let mut found = BTreeMap::new();
        if run.mode != "live" {
            return Ok(found);
        }
        for task in tasks.iter().filter(|task| task.started_us.is_some()) {
            let Some(node) = campaign.canvas.activity(&task.activity) else { continue };
            if let Some(outside) = self.task_outside(run, task, node).await? {
                found.insert(task.activity.clone(), outside);
            }
        }
        Ok(found)
    }

    async fn task_outside(&self, run: &Run, task: &Task, node: &ActivityNode) -> Result<Option<Outside>> {
        let completed = task.state == "completed";
        if let Some(delivery) = self.store.deliveries().get(&run.id, &node.id).await? {
            let handed = delivery.sent + delivery.failed + delivery.in_doubt;
            if completed && delivery.targeted > 0 {
                return Ok(Some(Outside::Done("has closed its ledger".to_owned())));
            }
            let begun = handed > 0 || self.store.groups().any(&run.id, &node.id).await?;
            return Ok(begun.then(|| {
                let handed = thousands(u64::try_from(handed).unwrap_or_default());
                Outside::Begun(format!("has begun to send ({handed} messages are settled)"))
            }));
        }
        let Some(kind) = registry::find(&node.kind) else { return Ok(None) };
        if kind.keeps_mark() && completed {
            let mark = self.store.marks().get(&run.campaign, &node.id).await?;
            let moved = mark.filter(|mark| mark.run.as_ref() == Some(&run.id));
            let latest = moved.is_some_and(|mark| matches!(mark.value, MarkValue::Latest { .. }));
            return Ok(latest.then(|| Outside::Done("has moved its mark".to_owned())));
        }
        if !kind.works_outside(&node.settings) {
            return Ok(None);
        }
        let done = completed || self.lake.receipt(&run.id, &node.id)?.is_some();
        Ok(Some(match done {
            true => Outside::Done("has done its work outside of the run".to_owned()),
            false => Outside::Begun("may have done a part of its work outside of the run".to_owned()),
        }))
    }
}

/// What was cleared cannot be asked for.
pub(crate) fn purged(run: &Run) -> Error {
    let at = run.purged_us.map(crate::time::rfc3339).unwrap_or_default();
    Error::refused_with(
        "purged",
        format!("the populations, log and tasks of the run `{}` were cleared at {at}", run.id),
        "its figures and its ledger are kept; `history` in the campaign says for how long the rest is",
    )
}

/// The activities that the end of a run gave up: they were skipped at that very moment.
fn cut_off(run: &Run, tasks: &[Task]) -> BTreeSet<String> {
    let with_the_run = |task: &&Task| task.state == "skipped" && task.finished_us == run.finished_us;
    let given_up = tasks.iter().filter(with_the_run).filter(|_| run.finished_us.is_some());
    given_up.map(|task| task.activity.clone()).collect()
}

/// The activities of both versions that are not the same.
fn changed(old: &Campaign, new: &Campaign) -> BTreeSet<String> {
    let differs = |node: &&ActivityNode| {
        let now = new.canvas.activity(&node.id);
        now.is_some_and(|now| (&now.kind, &now.settings, &now.common) != (&node.kind, &node.settings, &node.common))
    };
    old.canvas.activities.iter().filter(differs).map(|node| node.id.clone()).collect()
}

/// A task for each activity that the run does not have.
fn added_tasks(campaign: &Campaign, tasks: &[Task], id: impl Fn() -> String) -> Vec<NewTask> {
    let new = campaign.canvas.activities.iter().filter(|node| !tasks.iter().any(|task| task.activity == node.id));
    let task = |node: &ActivityNode| NewTask {
        id: id(),
        activity: node.id.clone(),
        kind: node.kind.clone(),
        state: "waiting".to_owned(),
    };
    new.map(task).collect()
}
