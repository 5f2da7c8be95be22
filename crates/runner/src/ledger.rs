//! The ledger of a run: one line per person and message, over all its channel activities.

use async_recursion::async_recursion as boxed;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tutti_delivery::{Filter, Ledger, Line, Status};

use crate::error::{Error, Result};
use crate::time::rfc3339;
use crate::workspace::Workspace;

/// The most lines that are given at once.
pub const LEDGER_LINES_MAX: u64 = 10_000_000;

/// Which lines are wanted; what is absent does not matter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerFilter {
    pub activity: Option<String>,
    pub status: Option<String>,
    pub reason: Option<String>,
    /// Part of a key or an address, without regard to case.
    pub search: Option<String>,
    /// A whole key.
    pub key: Option<String>,
}

/// One line, with the columns of the contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LedgerLine {
    pub run: String,
    pub activity: String,
    pub key: String,
    pub secondary_key: Option<String>,
    pub channel: String,
    pub address: Option<String>,
    pub status: String,
    pub reason: Option<String>,
    pub message_id: Option<String>,
    pub attempts: u16,
    pub updated_at: String,
}

/// Some lines, and the numbers of all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LedgerPage {
    /// The lines that the filter takes.
    pub total: u64,
    pub rows: Vec<LedgerLine>,
    /// Lines by status, whatever the filter says of status, reason and search.
    pub counts: BTreeMap<String, u64>,
    /// Lines that have a reason, by reason.
    pub reasons: BTreeMap<String, u64>,
}

impl Workspace {
    /// Lines of a run's ledger from `offset` on, by activity and key.
    #[boxed]
    pub async fn ledger(&self, run: &str, filter: &LedgerFilter, offset: u64, limit: u64) -> Result<LedgerPage> {
        let run = self.find_run(run).await?;
        let deliveries = self.store.deliveries().list(&run.id).await?;
        if let Some(activity) = &filter.activity {
            let campaign = self.campaign_version(&run.campaign, run.campaign_version).await?;
            if campaign.canvas.activity(activity).is_none() {
                let known = campaign.canvas.activities.iter().map(|node| node.id.as_str());
                return Err(Error::not_found("activity", activity, known));
            }
        }
        // What feedback adds is not kept in ledgers: opens and bounces are rows of the built-in tables.
        let is_fed_back = filter.status.as_deref().is_some_and(|status| FED_BACK.contains(&status));
        let status = filter.status.as_deref().filter(|_| !is_fed_back).map(read_status).transpose()?;
        let wanted = Filter {
            status,
            reason: filter.reason.clone(),
            search: filter.search.clone().or_else(|| filter.key.clone()),
        };
        let mut page = LedgerPage::default();
        let (mut skip, mut room) = (offset, if is_fed_back { 0 } else { limit.min(LEDGER_LINES_MAX) });
        for delivery in deliveries {
            if filter.activity.as_ref().is_some_and(|activity| *activity != delivery.activity) {
                continue;
            }
            let folder = self.delivery_folder(&run.id, &delivery.activity);
            let Some(ledger) = Ledger::open(&self.store, &run.id, &delivery.activity, &folder).await? else { continue };
            let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
            let found = ledger.page(&self.store, &wanted, size(room), size(skip)).await?;
            skip = skip.saturating_sub(found.total);
            room -= found.lines.len() as u64;
            page.total += found.total;
            let is_key = |line: &Line| filter.key.as_ref().is_none_or(|key| *key == line.key);
            page.rows.extend(found.lines.into_iter().filter(is_key).map(line));
            add(&mut page.counts, found.counts);
            add(&mut page.reasons, found.reasons);
        }
        if is_fed_back {
            page.total = 0;
        }
        Ok(page)
    }
}

/// Statuses that no line has yet, as nothing comes back from next hops by itself.
const FED_BACK: [&str; 3] = ["delivered", "bounced", "complained"];

fn read_status(text: &str) -> Result<Status> {
    Status::parse(text).ok_or_else(|| {
        Error::refused_with(
            "unknown_value",
            format!("`{text}` is not a status"),
            "known are excluded, pending, sent, in_doubt, failed, delivered, bounced, complained",
        )
    })
}

fn add(sums: &mut BTreeMap<String, u64>, more: BTreeMap<String, u64>) {
    for (name, count) in more {
        *sums.entry(name).or_default() += count;
    }
}

fn line(line: Line) -> LedgerLine {
    LedgerLine {
        run: line.run,
        activity: line.activity,
        key: line.key,
        secondary_key: line.secondary_key,
        channel: line.channel,
        address: line.address,
        status: line.status,
        reason: line.reason,
        message_id: line.message_id,
        attempts: line.attempts,
        updated_at: rfc3339(line.updated_at),
    }
}
