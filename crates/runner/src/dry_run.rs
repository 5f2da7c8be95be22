//! What would happen if a campaign ran now. Everything is computed on the real tables, into populations that are
//! removed again; nothing is sent and nothing is recorded.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tutti_activities::approval::APPROVED;
use tutti_model::campaign::ERROR;
use tutti_model::problem::has_errors;

use crate::control::Control;
use crate::deliver::Rehearsed;
use crate::error::{Error, Result};
use crate::execute::{RunContext, Written};
use crate::summary::{DeliverySummary, TransitionSummary};
use crate::variables::Results;
use crate::workspace::Workspace;

/// How many messages of each channel activity are rendered as samples.
pub const SAMPLES: usize = 3;

/// What would happen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DryRun {
    pub campaign: String,
    pub version: i64,
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
    /// Computes what a run of the newest version of a campaign would do now, if it were given these variables. Nothing
    /// waits, and what asks somebody goes on as approved.
    pub async fn dry_run(&self, campaign: &str, variables: &Map<String, Value>) -> Result<DryRun> {
        let (campaign, version) = self.find_campaign(campaign).await?;
        let catalog = self.catalog().await?;
        let problems = tutti_activities::validate_campaign(&campaign, &catalog, &self.moment_utc());
        if has_errors(&problems) {
            return Err(Error::Problems { what: format!("the campaign `{}` cannot run", campaign.name), problems });
        }
        let mut moment = crate::worker::moment_of(&campaign, self.clock.now());
        moment.variables = crate::variables::resolve(&campaign, variables, "dry", &moment)?;
        let context = RunContext {
            run: format!("dry_{}", self.ulid()),
            mode: "dry".to_owned(),
            seed: 0,
            started: moment.now,
            moment,
            catalog,
            campaign,
        };
        let rehearsal = self.rehearse(&context, version).await;
        self.lake.delete_populations(&context.run).await?;
        rehearsal
    }

    async fn rehearse(&self, context: &RunContext, version: i64) -> Result<DryRun> {
        let canvas = &context.campaign.canvas;
        let mut written: Vec<Written> = Vec::new();
        let mut closed: BTreeSet<(String, String)> = BTreeSet::new();
        let mut done: BTreeSet<String> = BTreeSet::new();
        let mut results = Results::new();
        let mut dry_run = DryRun {
            campaign: context.campaign.name.clone(),
            version,
            transitions: Vec::new(),
            deliveries: Vec::new(),
            samples: Vec::new(),
        };
        for id in canvas.topological_order() {
            let Some(node) = canvas.activity(id).filter(|node| node.enabled) else { continue };
            let passes = |from: &str, port: &str| {
                !closed.contains(&(from.to_owned(), port.to_owned())) && done.contains(from) && port != ERROR
            };
            let mut inbound = canvas.inbound(id).peekable();
            if inbound.peek().is_some() && !inbound.any(|transition| passes(&transition.from, &transition.port)) {
                continue;
            }
            done.insert(id.to_owned());
            let arrived = Self::arrivals(context, node, &written);
            let context = &context.at(node, &arrived, &written, &results);
            let mut executed = self.execute(context, node, &arrived, &written).await?;
            if let Some(Control::Ask(_)) = executed.control {
                executed.keep_port(APPROVED);
            }
            if let Some((settings, arrived)) = &executed.deliver {
                let Rehearsed { summary, samples } =
                    self.rehearse_delivery(context, node, settings, arrived, SAMPLES).await?;
                let counts = [("targeted", summary.targeted), ("excluded", summary.excluded), ("sent", summary.sent)];
                let counts = counts.into_iter().map(|(name, count)| (name.to_owned(), Value::from(count)));
                results.insert(id.to_owned(), counts.collect());
                dry_run.deliveries.push(summary);
                dry_run.samples.extend(samples);
            }
            closed.extend(executed.empty_ports.iter().map(|port| (id.to_owned(), port.clone())));
            for population in &executed.populations {
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
            written.extend(executed.populations);
        }
        Ok(dry_run)
    }
}
