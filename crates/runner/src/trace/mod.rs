//! The way of one row through a run: where it was, why it went where it went, what was sent to it and what came back.

mod followed;
mod message;
mod scene;
mod words;

use async_recursion::async_recursion as boxed;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tutti_model::builtin::FILE_DIMENSION;
use tutti_model::campaign::OUT;

use crate::error::{Error, Result};
use crate::execute::Written;
use crate::ledger::{LedgerFilter, LedgerLine};
use crate::workspace::Workspace;

use followed::Followed;
use scene::Stage;

/// The word for lines of files, where a dimension is named.
const FILE: &str = "file";

/// Where a row was, and where it ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    pub run: String,
    pub campaign: String,
    pub key: String,
    /// In a sentence: how far it came.
    pub outcome: String,
    /// The row by each of the keys that it has on its way: a change of dimension, or finding out who somebody is, gives
    /// it another.
    pub rows: Vec<RowKey>,
    /// Every population of the run, in the order of the canvas.
    pub steps: Vec<TraceStep>,
    /// What each activity that it came to made of it, and why, in the order of the canvas.
    pub reasons: Vec<TraceReason>,
    /// The row's lines in the ledger.
    pub messages: Vec<LedgerLine>,
    /// What came back of its messages, in the order of time.
    pub events: Vec<TraceEvent>,
}

/// A row by its key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RowKey {
    /// Empty for the lines of a file.
    pub dimension: String,
    pub key: String,
}

/// A population, and whether the row is in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TraceStep {
    pub activity: String,
    pub port: String,
    /// Whether the row was there.
    pub present: bool,
    pub dimension: String,
    /// By which key it was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The columns that the population adds to the key.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub columns: Map<String, Value>,
}

/// What an activity made of the row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TraceReason {
    pub activity: String,
    /// The activity's type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name on the canvas, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    pub state: String,
    /// When it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Whether the row arrived, or was taken here.
    pub present: bool,
    /// The ports that it left by.
    pub left_by: Vec<String>,
    /// Which rules it passed and failed with the values seen, which limit or duplicate dropped it, in words.
    pub because: Vec<String>,
}

/// Something that came back of a message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TraceEvent {
    pub at: String,
    pub activity: String,
    /// `open`, `click` or `unsubscribe`.
    pub kind: String,
    /// Where a click led.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl Workspace {
    /// Where the row with `key` was on every transition of a run, and why. The parts of a key of several columns are
    /// joined by commas, as in the ledger. A key that several dimensions know is followed in all of them, unless one is
    /// named; `file` means the lines of files.
    #[boxed]
    pub async fn trace(&self, run: &str, key: &str, dimension: Option<&str>) -> Result<Trace> {
        let found = self.find_whole_run(run).await?;
        let stage = self.stage(&found).await?;
        let seeds = self.seeds(&stage, key, dimension).await?;
        let followed = self.follow(&stage, seeds).await?;
        let steps = self.steps(&stage, &followed).await?;
        let messages = self.lines_of_row(&stage, &followed).await?;
        let events = self.events_of(&stage, &followed).await?;
        let reasons = self.reasons(&stage, &followed, &steps, &messages, &events).await?;
        let outcome = words::outcome(&stage, &reasons, &steps);
        Ok(Trace {
            run: found.id,
            campaign: found.campaign,
            key: key.to_owned(),
            outcome,
            rows: followed.rows(&steps),
            steps,
            reasons,
            messages,
            events,
        })
    }

    /// What is looked for first: the key in each dimension where it can be one, if any population has it there.
    async fn seeds(&self, stage: &Stage, key: &str, dimension: Option<&str>) -> Result<BTreeSet<RowKey>> {
        let row = |dimension: &str| RowKey { dimension: dimension.to_owned(), key: key.to_owned() };
        let known = stage.dimensions();
        if let Some(asked) = dimension {
            let asked = if asked == FILE && !known.contains(FILE) { FILE_DIMENSION } else { asked };
            if !known.contains(asked) {
                let shown = known.iter().map(|name| if name.is_empty() { FILE } else { name.as_str() });
                return Err(Error::not_found("dimension of this run", asked, shown));
            }
            return Ok(BTreeSet::from([row(asked)]));
        }
        let mut there = BTreeSet::new();
        for population in &stage.written {
            let candidate = row(&population.dimension);
            if !there.contains(&candidate) && !self.find(stage, population, &[&candidate]).await?.is_empty() {
                there.insert(candidate);
            }
        }
        // Somebody's key is rather meant than the number of a line.
        let people: BTreeSet<RowKey> = there.iter().filter(|row| row.dimension != FILE_DIMENSION).cloned().collect();
        if !people.is_empty() {
            return Ok(people);
        }
        if !there.is_empty() {
            return Ok(there);
        }
        let readable = |dimension: &&String| **dimension != FILE_DIMENSION && stage.parts(&row(dimension)).is_some();
        Ok(known.iter().filter(readable).map(|dimension| row(dimension)).collect())
    }

    /// Every population, with the rows that are followed where they are in it.
    async fn steps(&self, stage: &Stage, followed: &Followed) -> Result<Vec<TraceStep>> {
        let mut steps = Vec::with_capacity(stage.written.len());
        for population in &stage.written {
            let rows: Vec<&RowKey> =
                followed.leaving(&population.activity).filter(|row| row.dimension == population.dimension).collect();
            let found = self.find(stage, population, &rows).await?;
            let step = |key: Option<String>, columns| TraceStep {
                activity: population.activity.clone(),
                port: population.port.clone(),
                present: key.is_some(),
                dimension: population.dimension.clone(),
                key,
                columns,
            };
            if found.is_empty() {
                steps.push(step(None, Map::new()));
            }
            steps.extend(found.into_iter().map(|(key, columns)| step(Some(key), columns)));
        }
        Ok(steps)
    }

    /// The row's lines in the ledger.
    async fn lines_of_row(&self, stage: &Stage, followed: &Followed) -> Result<Vec<LedgerLine>> {
        let mut messages: Vec<LedgerLine> = Vec::new();
        let keys: BTreeSet<&str> = followed.all().map(|row| row.key.as_str()).collect();
        for key in keys {
            let filter = LedgerFilter { key: Some(key.to_owned()), ..LedgerFilter::default() };
            let lines = self.ledger(&stage.context.run, &filter, 0, 1_000).await?.rows;
            let arrived = |line: &LedgerLine| {
                let written = stage.arrivals(&line.activity);
                let of = |row: &RowKey| row.key == line.key && written.iter().any(|w| w.dimension == row.dimension);
                followed.arriving(&line.activity).any(of)
            };
            messages.extend(lines.into_iter().filter(arrived));
        }
        messages.sort_by_key(|line| stage.place(&line.activity));
        Ok(messages)
    }
}

/// A population as people name it: its activity, and its port where that is not `out`.
fn name_of(written: &Written) -> String {
    if written.port == OUT { written.activity.clone() } else { format!("{}.{}", written.activity, written.port) }
}
