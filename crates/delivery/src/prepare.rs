//! Beginning a delivery: its targets, its batches, and what its links need to be understood later.

use async_recursion::async_recursion as boxed;
use serde::{Deserialize, Serialize};
use tutti_model::channel::DeliveryGuarantee;
use tutti_query::Session;
use tutti_store::{NewBatch, NewDelivery, Reasons, Store, When};

use crate::eligibility::{Eligibility, Registers};
use crate::error::{Error, Result};
use crate::job::Job;
use crate::message::Envelope;
use crate::targets;
use crate::template::Templates;

/// How many eligible rows are sent at a time; the largest thing that a delivery holds in memory.
pub const BATCH_ROWS: usize = 2_000;

/// What a delivery is about to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedDelivery {
    pub targeted: i64,
    pub excluded: Reasons,
    pub eligible: i64,
}

/// What is kept of an activity so that its links can be understood as long as the instance lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkList {
    pub campaign: String,
    pub dimension: String,
    pub table: String,
    pub channel: String,
    /// What stands after the `@` of each `Message-ID`.
    pub message_domain: String,
    /// Where the numbered links lead.
    pub urls: Vec<String>,
}

impl LinkList {
    /// What is kept of an activity of a run; `None` where none was prepared.
    #[boxed]
    pub async fn find(store: &Store, run: &str, activity: &str) -> Result<Option<Self>> {
        let kept = store
            .settings()
            .get(&links_key(run, activity))
            .await
            .map_err(Error::store("read the links of a delivery"))?;
        Ok(kept.and_then(|json| serde_json::from_str(&json).ok()))
    }
}

fn links_key(run: &str, activity: &str) -> String {
    format!("links/{run}/{activity}")
}

/// Works out the targets and creates the delivery with its batches, each unless it is there already: however often a
/// process dies here, the first targets file that was whole stays.
///
/// `plan` makes the plan, see [`crate::eligibility::plan`]; it is not called where the targets are known.
pub async fn prepare(
    session: &Session,
    store: &Store,
    job: &Job,
    templates: &Templates,
    batch_rows: usize,
    now_us: i64,
    plan: impl FnOnce(Registers) -> Result<Eligibility>,
) -> Result<PreparedDelivery> {
    let totals = match targets::totals(&job.targets_path())? {
        Some(totals) => totals,
        None => {
            let registers = Registers::read(store, job).await?;
            let totals = plan(registers)?.write(session, job, batch_rows).await?;
            store.reach("write the targets of a delivery", When::After).await;
            // Where another worker was faster, its file stays.
            targets::totals(&job.targets_path())?.unwrap_or(totals)
        }
    };
    let links = LinkList {
        campaign: job.campaign.clone(),
        dimension: job.dimension.name.clone(),
        table: job.table.name.clone(),
        channel: job.channel.kind.as_str().to_owned(),
        message_domain: Envelope::new(&job.channel, &job.run, &job.activity)?.domain().to_owned(),
        urls: templates.urls.clone(),
    };
    let links = serde_json::to_string(&links).map_err(|error| Error::Settings(error.to_string()))?;
    let settings = store.settings();
    settings
        .set(&links_key(&job.run, &job.activity), &links)
        .await
        .map_err(Error::store("keep the links of a delivery"))?;
    let delivery = NewDelivery {
        run: job.run.clone(),
        activity: job.activity.clone(),
        channel: job.channel.kind.as_str().to_owned(),
        channel_name: job.channel.name.clone(),
        targeted: totals.targeted,
        excluded: totals.excluded(),
        exclusions: totals.exclusions.clone(),
        eligible: totals.eligible,
        batch_rows: totals.batch_rows,
        at_most_once: job.channel.delivery == DeliveryGuarantee::AtMostOnce,
        now_us,
    };
    let batches: Vec<NewBatch> = (0..)
        .map(|batch_no| (batch_no, batch_no * totals.batch_rows))
        .take_while(|(_, first)| *first < totals.eligible)
        .map(|(batch_no, first_ordinal)| NewBatch {
            batch_no,
            first_ordinal,
            rows: totals.batch_rows.min(totals.eligible - first_ordinal),
        })
        .collect();
    store.deliveries().create(delivery, &batches).await.map_err(Error::store("create the delivery"))?;
    Ok(PreparedDelivery { targeted: totals.targeted, excluded: totals.exclusions, eligible: totals.eligible })
}
