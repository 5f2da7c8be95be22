//! What would happen if a campaign ran now. Everything is computed on the real tables, into populations that are
//! removed again; nothing is sent and nothing is recorded.

use async_recursion::async_recursion as boxed;
use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tutti_activities::approval::APPROVED;
use tutti_model::campaign::{ActivityNode, Campaign, ERROR, Transition};
use tutti_model::catalog::Catalog;
use tutti_model::problem::{Problem, has_errors};
use tutti_store::Draft;

use crate::control::Control;
use crate::deliver::Rehearsed;
use crate::documents::Checked;
use crate::drafts::file_of;
use crate::error::{Error, Result};
use crate::execute::{Executed, RunContext, Written};
use crate::summary::{DeliverySummary, TransitionSummary};
use crate::variables::Results;
use crate::workspace::Workspace;

/// How many messages of each channel activity are rendered as samples.
pub const SAMPLES: usize = 3;

/// Which text of a campaign a dry run is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DryRunOf {
    #[default]
    Newest,
    /// The version that a live run takes, where a newer one waits for its time.
    InForce,
    /// What somebody works on; the newest version where nobody does.
    Draft,
}

/// What would happen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DryRun {
    pub campaign: String,
    /// Which version it is about; of a draft, the one that it would take the place of.
    pub version: i64,
    /// Whether it is about the draft that somebody works on.
    pub draft: bool,
    pub transitions: Vec<TransitionSummary>,
    /// As in a run's summary; `pending` are the messages that would be sent.
    pub deliveries: Vec<DeliverySummary>,
    pub samples: Vec<Sample>,
}

/// A message as one person would get it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    pub activity: String,
    pub key: String,
    pub address: String,
    pub subject: String,
    pub html: String,
    pub text: String,
}

impl Workspace {
    /// Computes what a run of a campaign would do now, if it were given these variables. Nothing waits, and what asks
    /// somebody goes on as approved.
    #[boxed]
    pub async fn dry_run(&self, campaign: &str, of: DryRunOf, variables: &Map<String, Value>) -> Result<DryRun> {
        let (newest, version) = self.find_campaign(campaign).await?;
        let (campaign, version) = match of {
            DryRunOf::Newest => (newest, version),
            DryRunOf::InForce => self.campaign_in_force(&self.store.campaigns().get(campaign).await?).await?,
            DryRunOf::Draft => match self.store.drafts().get("campaign", campaign).await? {
                Some(draft) => return self.dry_run_draft(campaign, &draft, version, variables).await,
                None => (newest, version),
            },
        };
        let catalog = self.catalog().await?;
        let problems = tutti_activities::validate_campaign(&campaign, &catalog, &self.moment_utc());
        if has_errors(&problems) {
            return Err(Error::Problems { what: format!("the campaign `{}` cannot run", campaign.name), problems });
        }
        self.rehearse_once(&self.dry_context(campaign, catalog, variables)?, version).await
    }

    async fn dry_run_draft(
        &self,
        campaign: &str,
        draft: &Draft,
        version: i64,
        variables: &Map<String, Value>,
    ) -> Result<DryRun> {
        let Checked { catalog, problems, .. } = self.check(&[file_of(&draft.body)]).await?;
        let of_this =
            |problem: &Problem| problem.document.as_ref().is_none_or(|it| it.kind == "campaign" && it.name == campaign);
        let problems: Vec<Problem> = problems.into_iter().filter(of_this).collect();
        let read = catalog.campaigns.get(campaign).cloned().filter(|_| !has_errors(&problems));
        let Some(document) = read else {
            return Err(Error::Problems { what: format!("the draft of `{campaign}` cannot run"), problems });
        };
        let context = self.dry_context(document, Arc::new(catalog), variables)?;
        Ok(DryRun { draft: true, ..self.rehearse_once(&context, version).await? })
    }

    async fn rehearse_once(&self, context: &RunContext, version: i64) -> Result<DryRun> {
        let rehearsal = self.rehearse(context, version).await;
        self.lake.delete_populations(&context.run).await?;
        rehearsal
    }

    /// A run that leaves nothing behind but populations, which its maker removes.
    pub(crate) fn dry_context(
        &self,
        campaign: Arc<Campaign>,
        catalog: Arc<Catalog>,
        variables: &Map<String, Value>,
    ) -> Result<RunContext> {
        let mut moment = crate::worker::moment_of(&campaign, self.clock.now());
        moment.variables = crate::variables::resolve(&campaign, variables, "dry", &moment)?;
        Ok(RunContext {
            run: format!("dry_{}", self.ulid()),
            mode: "dry".to_owned(),
            seed: 0,
            started: moment.now,
            public_url: self.settings.public_url.clone(),
            claim: None,
            moment,
            catalog,
            campaign,
        })
    }

    /// What would arrive at an activity, and the run as the activity sees it. Nothing is rendered on the way.
    pub(crate) async fn rehearse_until(
        &self,
        context: &RunContext,
        node: &ActivityNode,
    ) -> Result<(RunContext, Vec<Written>)> {
        let so_far = self.rehearse_before(context, node).await?;
        if !so_far.reaches(context, &node.id) {
            return Ok((context.clone(), Vec::new()));
        }
        let arrived = Self::arrivals(context, node, &so_far.written);
        Ok((context.at(node, &arrived, &so_far.written, &so_far.results), arrived))
    }

    /// Does everything that leads to an activity.
    pub(crate) async fn rehearse_before(&self, context: &RunContext, node: &ActivityNode) -> Result<SoFar> {
        let activity = node.id.as_str();
        let canvas = &context.campaign.canvas;
        let mut before: BTreeSet<&str> = BTreeSet::from([activity]);
        let order = canvas.topological_order();
        for id in order.iter().rev() {
            if before.contains(id) {
                before.extend(canvas.inbound(id).map(|transition| transition.from.as_str()));
            }
        }
        let mut so_far = SoFar::default();
        for id in order.into_iter().filter(|id| before.contains(id) && *id != activity) {
            if let Some(step) = self.rehearse_activity(context, id, &mut so_far).await? {
                so_far.take(id, step.executed);
            }
        }
        Ok(so_far)
    }

    /// Does an activity, if anything that was done leads to it.
    async fn rehearse_activity(&self, context: &RunContext, id: &str, so_far: &mut SoFar) -> Result<Option<Rehearsal>> {
        let canvas = &context.campaign.canvas;
        let Some(node) = canvas.activity(id).filter(|node| node.enabled) else { return Ok(None) };
        if canvas.inbound(id).next().is_some() && !so_far.reaches(context, id) {
            return Ok(None);
        }
        so_far.done.insert(id.to_owned());
        let arrived = Self::arrivals(context, node, &so_far.written);
        let context = context.at(node, &arrived, &so_far.written, &so_far.results);
        let mut executed = self.execute(&context, node, &arrived, &so_far.written).await?;
        if let Some(Control::Ask(_)) = executed.control {
            executed.keep_port(APPROVED);
        }
        Ok(Some(Rehearsal { context, executed }))
    }

    async fn rehearse(&self, context: &RunContext, version: i64) -> Result<DryRun> {
        let canvas = &context.campaign.canvas;
        let mut so_far = SoFar::default();
        let mut dry_run = DryRun {
            campaign: context.campaign.name.clone(),
            version,
            draft: false,
            transitions: Vec::new(),
            deliveries: Vec::new(),
            samples: Vec::new(),
        };
        for id in canvas.topological_order() {
            let Some(step) = self.rehearse_activity(context, id, &mut so_far).await? else { continue };
            let Some(node) = canvas.activity(id) else { continue };
            if let Some((settings, arrived)) = &step.executed.deliver {
                let Rehearsed { summary, samples } =
                    self.rehearse_delivery(&step.context, node, settings, arrived, SAMPLES).await?;
                let counts = [("targeted", summary.targeted), ("excluded", summary.excluded), ("sent", summary.sent)];
                let counts = counts.into_iter().map(|(name, count)| (name.to_owned(), Value::from(count)));
                so_far.results.insert(id.to_owned(), counts.collect());
                dry_run.deliveries.push(summary);
                dry_run.samples.extend(samples);
            }
            for population in &step.executed.populations {
                let rows = i64::try_from(population.rows).unwrap_or(i64::MAX);
                let transition = |to: Option<&str>| TransitionSummary {
                    from: id.to_owned(),
                    port: population.port.clone(),
                    to: to.map(str::to_owned),
                    rows,
                };
                let targets: Vec<&str> =
                    canvas.outbound(id).filter(|t| t.port == population.port).map(|t| t.to.as_str()).collect();
                if targets.is_empty() {
                    dry_run.transitions.push(transition(None));
                }
                dry_run.transitions.extend(targets.into_iter().map(|to| transition(Some(to))));
            }
            so_far.take(id, step.executed);
        }
        Ok(dry_run)
    }
}

/// An activity that was done, as of its moment.
struct Rehearsal {
    context: RunContext,
    executed: Executed,
}

/// What a rehearsal has come to.
#[derive(Default)]
pub(crate) struct SoFar {
    pub written: Vec<Written>,
    closed: BTreeSet<(String, String)>,
    done: BTreeSet<String>,
    pub results: Results,
}

impl SoFar {
    /// Whether something that was done leads to an activity.
    fn reaches(&self, context: &RunContext, id: &str) -> bool {
        context.campaign.canvas.inbound(id).any(|transition| {
            let Transition { from, port, .. } = transition;
            !self.closed.contains(&(from.clone(), port.clone())) && self.done.contains(from) && port != ERROR
        })
    }

    fn take(&mut self, id: &str, executed: Executed) {
        self.closed.extend(executed.empty_ports.into_iter().map(|port| (id.to_owned(), port)));
        self.written.extend(executed.populations);
    }
}
