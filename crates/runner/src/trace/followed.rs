//! Which keys a row has at each activity: from the one that is asked for, down the canvas and up it.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value};
use tutti_activities::Side;
use tutti_activities::lineage::{from_name, to_name};

use super::scene::{Stage, joined, text};
use super::{RowKey, TraceStep};
use crate::error::Result;
use crate::workspace::Workspace;

/// The most rows that one row is followed to, or from, over one activity.
const ROWS_MAX: usize = 20;

/// The keys by activity, before it and after it.
#[derive(Debug, Default)]
pub(super) struct Followed {
    arrives: HashMap<String, BTreeSet<RowKey>>,
    leaves: HashMap<String, BTreeSet<RowKey>>,
    seeds: BTreeSet<RowKey>,
    /// What rows became at activities: the activity, the row before and the row after.
    pub changes: Vec<(String, RowKey, RowKey)>,
}

impl Followed {
    /// The rows that may have arrived at an activity.
    pub fn arriving(&self, activity: &str) -> impl Iterator<Item = &RowKey> {
        self.arrives.get(activity).into_iter().flatten()
    }

    /// The rows that may have left an activity.
    pub fn leaving(&self, activity: &str) -> impl Iterator<Item = &RowKey> {
        self.leaves.get(activity).into_iter().flatten()
    }

    /// Every key by which it is followed.
    pub fn all(&self) -> impl Iterator<Item = &RowKey> {
        self.arrives.values().chain(self.leaves.values()).flatten().collect::<BTreeSet<_>>().into_iter()
    }

    /// The keys by which it was somewhere, in the order of the canvas; those that were asked for, where it was nowhere.
    pub fn rows(&self, steps: &[TraceStep]) -> Vec<RowKey> {
        let mut rows: Vec<RowKey> = Vec::new();
        let there =
            steps.iter().filter_map(|step| Some(RowKey { dimension: step.dimension.clone(), key: step.key.clone()? }));
        for row in there {
            if !rows.contains(&row) {
                rows.push(row);
            }
        }
        if rows.is_empty() { self.seeds.iter().cloned().collect() } else { rows }
    }

    fn add(&mut self, activity: &str, before: &BTreeSet<RowKey>, after: &BTreeSet<RowKey>) {
        self.arrives.entry(activity.to_owned()).or_default().extend(before.iter().cloned());
        self.leaves.entry(activity.to_owned()).or_default().extend(after.iter().cloned());
    }
}

impl Workspace {
    /// Follows rows over every activity that gives them other keys.
    pub(super) async fn follow(&self, stage: &Stage, seeds: BTreeSet<RowKey>) -> Result<Followed> {
        let mut followed = Followed { seeds: seeds.clone(), ..Followed::default() };
        let canvas = &stage.context.campaign.canvas;
        let mut known: HashMap<&str, BTreeSet<RowKey>> = HashMap::new();
        for activity in &stage.order {
            let mut before = seeds.clone();
            for transition in canvas.inbound(activity) {
                before.extend(known.get(transition.from.as_str()).into_iter().flatten().cloned());
            }
            let mut after = before.clone();
            for row in &before {
                for (_, to) in self.changes(stage, activity, row, true).await? {
                    followed.changes.push((activity.clone(), row.clone(), to.clone()));
                    after.insert(to);
                }
            }
            followed.add(activity, &before, &after);
            known.insert(activity, after);
        }
        known.clear();
        for activity in stage.order.iter().rev() {
            let mut after = seeds.clone();
            for transition in canvas.outbound(activity) {
                after.extend(known.get(transition.to.as_str()).into_iter().flatten().cloned());
            }
            let mut before = after.clone();
            for row in &after {
                for (from, _) in self.changes(stage, activity, row, false).await? {
                    followed.changes.push((activity.clone(), from.clone(), row.clone()));
                    before.insert(from);
                }
            }
            followed.add(activity, &before, &after);
            known.insert(activity, before);
        }
        followed.changes.sort();
        followed.changes.dedup();
        Ok(followed)
    }

    /// The rows that a row becomes at an activity, or with `arrives: false` those that become it, in pairs.
    async fn changes(
        &self,
        stage: &Stage,
        activity: &str,
        row: &RowKey,
        arrives: bool,
    ) -> Result<Vec<(RowKey, RowKey)>> {
        let node = stage.node(activity);
        let Some(kind) = node.and_then(|node| tutti_activities::registry::find(&node.kind)) else {
            return Ok(Vec::new());
        };
        if !kind.changes_keys() {
            return Ok(Vec::new());
        }
        let Some(node) = node else { return Ok(Vec::new()) };
        let arrived = stage.dimension_of(node, kind).unwrap_or_default();
        let left = kind.output_dimension(&node.settings, "out", Some(&arrived), &stage.context.catalog);
        let here = if arrives { &arrived } else { &left };
        let Some(parts) = stage.parts(row).filter(|_| row.dimension == *here) else { return Ok(Vec::new()) };
        let Some(scene) = self.scene(stage, activity).await? else { return Ok(Vec::new()) };
        let side = if arrives { Side::Arrives(&parts) } else { Side::Leaves(&parts) };
        let Some(plan) = scene.ask(|context| kind.lineage(&node.settings, context, side))? else {
            return Ok(Vec::new());
        };
        let found = self.objects(plan).await?;
        let key = |row: &Map<String, Value>, name: &dyn Fn(usize) -> String, dimension: &str| {
            let parts: Vec<String> = (0..).map_while(|part| row.get(&name(part)).map(text)).collect();
            RowKey { dimension: dimension.to_owned(), key: joined(&parts) }
        };
        let pairs: BTreeSet<(RowKey, RowKey)> =
            found.iter().map(|row| (key(row, &from_name, &arrived), key(row, &to_name, &left))).collect();
        Ok(pairs.into_iter().take(ROWS_MAX).collect())
    }
}
