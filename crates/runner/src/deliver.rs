//! Channel activities: from a population to messages.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::{Map, Value};
use tutti_activities::{Input, email};
use tutti_delivery::template::Templates;
use tutti_delivery::token::Signer;
use tutti_delivery::{
    BATCH_ROWS, Ended, Job, PreparedDelivery, Progress, Registers, SendOptions, Tracking, dry_run, eligibility, finish,
    prepare, send,
};
use tutti_model::builtin;
use tutti_model::campaign::ActivityNode;
use tutti_model::channel::Channel;
use tutti_query::{Planner, Providers};
use tutti_store::Task;

use crate::away::{Away, PATIENCE};
use crate::clock::Clock;
use crate::contents::{content_channel, expanded};
use crate::control::{Hold, HoldKind, answer_to, held_messages, shown};
use crate::dry_run::Sample;
use crate::error::{Error, Result};
use crate::execute::{RunContext, Written, population_path, thousands};
use crate::interruption::Interruption;
use crate::summary::DeliverySummary;
use crate::workspace::Workspace;

/// How a delivery went.
pub(crate) enum Delivered {
    /// With a note in the marketer's words.
    Done(String),
    Interrupted,
    Held(Hold),
}

/// What a delivery would do.
pub(crate) struct Rehearsed {
    pub summary: DeliverySummary,
    pub samples: Vec<Sample>,
}

/// The workspace's clock, as deliveries want it.
struct DeliveryClock(Arc<dyn Clock>);

impl tutti_delivery::Clock for DeliveryClock {
    fn now_us(&self) -> i64 {
        self.0.now_us()
    }
}

impl Workspace {
    /// Where the files of a delivery are: beside the populations of its activity.
    pub(crate) fn delivery_folder(&self, run: &str, activity: &str) -> PathBuf {
        let file = self.lake.population_file(&population_path(run, activity, "out"));
        file.parent().map_or_else(PathBuf::new, Path::to_path_buf)
    }

    /// Delivers to a population, or in a test run works out what would be delivered.
    pub(crate) async fn deliver(
        &self,
        context: &RunContext,
        node: &ActivityNode,
        task: &Task,
        settings: &email::Settings,
        arrived: &Written,
        interruption: &Interruption,
    ) -> Result<Delivered> {
        let (job, templates) = self.job(context, node, settings, arrived)?;
        let (job, templates) = (Arc::new(job), Arc::new(templates));
        let preparing = self.prepare_delivery(context, &job, &templates, arrived);
        let prepared = match interruption.unless_stopped(preparing).await {
            Err(Error::Interrupted) => return Ok(Delivered::Interrupted),
            other => other?,
        };
        self.notify_changed();
        let eligible = u64::try_from(prepared.eligible).unwrap_or_default();
        if context.mode == "test" {
            return Ok(Delivered::Done(format!("a test sends nothing; {}", would_send(&prepared))));
        }
        let holds = settings.holds(&context.campaign.schedule) && eligible > 0;
        if holds && answer_to(task, HoldKind::Send).is_none() && !self.is_confirmed(&context.run).await? {
            return Ok(Delivered::Held(Hold::new(HoldKind::Send, held_messages(&node.id, eligible))));
        }
        if HoldKind::of(task.hold.as_ref()) == Some(HoldKind::Provider) {
            // It goes on by itself: messages leave in runs only that are running.
            self.store.runs().set_state(&context.run, &["held"], "running", None, self.clock.now_us()).await?;
        }
        let progress = Arc::<Progress>::default();
        let options = SendOptions {
            owner: task.owner.clone().unwrap_or_default(),
            lease_us: self.lease_us(),
            password: self.password(&job.channel)?,
            hello: None,
            patience: PATIENCE,
            urgent: interruption.stopped.clone(),
            progress: Arc::clone(&progress),
            connections: Arc::clone(&self.connections),
        };
        let clock = Arc::new(DeliveryClock(Arc::clone(&self.clock)));
        let sending = send(&self.store, Arc::clone(&job), templates, options, clock, interruption.paused.clone());
        match sending.await? {
            Ended::Completed => {}
            Ended::Stopped => return Ok(Delivered::Interrupted),
            Ended::Paused { reason, may_pass } => {
                let message = format!("`{}` cannot send: {reason}; nobody was lost, the rest is pending", node.id);
                // Who says what happens when the activity fails means this, too.
                if node.common.on_error.is_some() {
                    return Err(Error::Away { code: HoldKind::Provider.code(), message });
                }
                let now_us = self.clock.now_us();
                let answered = progress.sent.load(Ordering::Relaxed) + progress.failed.load(Ordering::Relaxed) > 0;
                let away = Away::found(task, answered, now_us);
                let until_us = away.again_us(job.channel.retry, now_us).filter(|_| may_pass);
                let message = match until_us {
                    Some(until_us) => format!("{message}; it is tried again at {}", shown(until_us, context)),
                    None => message,
                };
                let hold = Hold { until_us, away: Some(away), ..Hold::new(HoldKind::Provider, message) };
                return Ok(Delivered::Held(hold));
            }
        }
        finish(&self.store, &self.lake, &job).await?;
        self.tend(&builtin::messages_table(&job.table.name)).await;
        let delivery = self.store.deliveries().get(&context.run, &node.id).await?;
        Ok(Delivered::Done(delivery.map_or_else(String::new, |delivery| {
            let number = |count: i64| thousands(u64::try_from(count).unwrap_or_default());
            let mut note = format!("sent {} of {}", number(delivery.sent), number(delivery.targeted));
            for (count, what) in
                [(delivery.excluded, "excluded"), (delivery.failed, "failed"), (delivery.in_doubt, "in doubt")]
            {
                if count > 0 {
                    note.push_str(&format!(", {} {what}", number(count)));
                }
            }
            note
        })))
    }

    /// What a channel activity is to deliver, with its message compiled.
    pub(crate) fn job(
        &self,
        context: &RunContext,
        node: &ActivityNode,
        settings: &email::Settings,
        arrived: &Written,
    ) -> Result<(Job, Templates)> {
        let catalog = &context.catalog;
        let (dimension, table) = catalog.dimension_table(&arrived.dimension).ok_or_else(|| {
            Error::not_found("dimension", &arrived.dimension, catalog.dimensions.keys().map(String::as_str))
        })?;
        let channel = catalog.channels.get(&settings.channel).ok_or_else(|| {
            Error::not_found("channel", &settings.channel, catalog.channels.keys().map(String::as_str))
        })?;
        let message = settings.message(catalog).ok_or_else(|| {
            Error::refused(
                "no_content",
                format!("the activity `{}` has neither a content nor `subject` and `html`", node.id),
            )
        })?;
        let job = Job {
            run: context.run.clone(),
            campaign: context.campaign.name.clone(),
            activity: node.id.clone(),
            dimension: Arc::clone(dimension),
            table: Arc::clone(table),
            channel: content_channel(channel, &message),
            content: expanded(&message, catalog)?,
            deduplicate_addresses: settings.deduplicate_addresses,
            time_zone: context.campaign.time_zone.clone(),
            variables: tutti_activities::text::values(&context.moment.variables),
            variable_places: tutti_activities::text::places(&context.moment.variables),
            folder: self.delivery_folder(&context.run, &node.id),
            tracking: Some(Tracking { public_url: self.settings.public_url.clone(), signer: self.signer() }),
        };
        let templates = job.compile(catalog, &arrived.at.added)?;
        Ok((job, templates))
    }

    pub(crate) fn signer(&self) -> Signer {
        Signer::new(&self.signing_key)
    }

    async fn prepare_delivery(
        &self,
        context: &RunContext,
        job: &Job,
        templates: &Templates,
        arrived: &Written,
    ) -> Result<PreparedDelivery> {
        let (providers, _) = self.lake.snapshots(context.catalog.stored_tables()).await?;
        let input = self.input(context, arrived)?;
        let plan = |registers| plan(context, job, templates, &providers, &input, registers);
        Ok(prepare(&self.session, &self.store, job, templates, BATCH_ROWS, self.clock.now_us(), plan).await?)
    }

    /// Works out what a delivery would do, and renders a few messages.
    pub(crate) async fn rehearse_delivery(
        &self,
        context: &RunContext,
        node: &ActivityNode,
        settings: &email::Settings,
        arrived: &Written,
        samples: usize,
    ) -> Result<Rehearsed> {
        let (job, templates) = self.job(context, node, settings, arrived)?;
        let (providers, _) = self.lake.snapshots(context.catalog.stored_tables()).await?;
        let input = self.input(context, arrived)?;
        let registers = Registers::read(&self.store, &job).await?;
        let eligibility = plan(context, &job, &templates, &providers, &input, registers)?;
        eligibility.write(&self.session, &job, BATCH_ROWS).await?;
        let (job, activity) = (Arc::new(job), node.id.clone());
        let samples = settings.sample.map_or(samples, usize::from);
        // Every message is rendered, so that failing templates are counted.
        let dry_run = tokio::task::spawn_blocking(move || dry_run(&job, &templates, samples, true)).await;
        let dry_run = dry_run.map_err(|error| Error::refused("internal", error.to_string()))??;
        let summary = DeliverySummary {
            activity: activity.clone(),
            targeted: dry_run.targeted,
            excluded: dry_run.excluded.values().sum(),
            pending: dry_run.messages,
            exclusions: dry_run.excluded,
            ..DeliverySummary::default()
        };
        let samples = dry_run.samples.into_iter().map(|sample| Sample {
            activity: activity.clone(),
            key: sample.key,
            address: sample.address,
            subject: sample.message.subject,
            html: sample.message.html,
            text: sample.message.text,
        });
        Ok(Rehearsed { summary, samples: samples.collect() })
    }

    /// The counts of a delivery, for later activities to ask about.
    pub(crate) async fn delivery_results(&self, run: &str, activity: &str) -> Result<Map<String, Value>> {
        let Some(delivery) = self.store.deliveries().get(run, activity).await? else { return Ok(Map::new()) };
        let counts = [
            ("targeted", delivery.targeted),
            ("excluded", delivery.excluded),
            ("sent", delivery.sent),
            ("failed", delivery.failed),
            ("in_doubt", delivery.in_doubt),
        ];
        Ok(counts.into_iter().map(|(name, count)| (name.to_owned(), Value::from(count))).collect())
    }

    pub(crate) fn password(&self, channel: &Channel) -> Result<Option<String>> {
        let Some(name) = &channel.smtp.password_env else { return Ok(None) };
        match (self.secrets)(name) {
            Some(password) => Ok(Some(password)),
            None => Err(Error::refused_with(
                "missing_secret",
                format!(
                    "the channel `{}` takes its password from the environment variable `{name}`, which is not set",
                    channel.name
                ),
                format!("set `{name}` where tutti runs, then resume the run"),
            )),
        }
    }
}

fn plan(
    context: &RunContext,
    job: &Job,
    templates: &Templates,
    providers: &Providers,
    input: &Input,
    registers: Registers,
) -> tutti_delivery::Result<eligibility::Eligibility> {
    let planner = Planner::new(&context.catalog, providers);
    let rows = planner.scan_provider(&input.rows)?;
    let frame = planner.population(&job.table.name, rows, &input.added)?;
    eligibility::plan(job, frame, &context.catalog, templates, registers)
}

fn would_send(prepared: &PreparedDelivery) -> String {
    let excluded: i64 = prepared.excluded.values().sum();
    let number = |count: i64| thousands(u64::try_from(count).unwrap_or_default());
    format!(
        "{} of {} would get a message, {} would not",
        number(prepared.eligible),
        number(prepared.targeted),
        number(excluded)
    )
}
