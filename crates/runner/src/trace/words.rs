//! Why a row went where it went, activity by activity, in words.

use std::collections::HashMap;

use serde_json::Value;
use tutti_activities::{Activity, Category, registry};
use tutti_store::Task;

use super::followed::Followed;
use super::scene::{Scene, Stage, makes_rows};
use super::{RowKey, TraceEvent, TraceReason, TraceStep, name_of};
use crate::error::Result;
use crate::ledger::{LedgerFilter, LedgerLine};
use crate::workspace::Workspace;

/// Lines of a ledger that are looked through for whoever has an address.
const SHARERS_MAX: u64 = 1_000;

/// The most rows that an activity explains, where one row came from several.
const EXPLAINED_MAX: usize = 5;
/// The most sentences of one explanation.
const SENTENCES_MAX: usize = 20;

impl Workspace {
    /// What each activity that the row came to made of it, and why those at which rows begin did not take it.
    pub(super) async fn reasons(
        &self,
        stage: &Stage,
        followed: &Followed,
        steps: &[TraceStep],
        messages: &[LedgerLine],
        events: &[TraceEvent],
    ) -> Result<Vec<TraceReason>> {
        let there = Presence::new(steps);
        let mut reasons = Vec::new();
        for id in &stage.order {
            let (Some(node), Some(task)) = (stage.node(id), stage.task(id)) else { continue };
            let Some(kind) = registry::find(&node.kind) else { continue };
            let arrived = there.arrived(stage, id, followed);
            let left = there.left(id);
            let rows = explained(stage, kind, id, followed, &arrived, &left);
            let present = !arrived.is_empty() || !left.is_empty();
            if !present && (rows.is_empty() || task.state != "completed") {
                continue;
            }
            let mut because = Vec::new();
            if let Some(scene) = self.scene(stage, id).await? {
                for row in rows.iter().take(EXPLAINED_MAX) {
                    let told = self.explanations(stage, &scene, row).await?;
                    let of = if rows.len() > 1 { format!("`{}`: ", row.key) } else { String::new() };
                    because.extend(told.into_iter().map(|sentence| format!("{of}{sentence}")));
                }
            }
            if present {
                because.extend(became(followed, id, &arrived, &there));
                because.extend(of_task(task, kind, node.enabled));
                because.extend(there.values(id, kind));
                because.extend(of_messages(id, messages, events));
                because.extend(self.sharers(&stage.context.run, id, messages).await?);
            }
            if because.is_empty() && !present {
                continue;
            }
            let mut left_by: Vec<String> = left.iter().map(|(port, _)| port.clone()).collect();
            left_by.dedup();
            reasons.push(TraceReason {
                activity: id.clone(),
                kind: node.kind.clone(),
                label: node.label.clone(),
                state: task.state.clone(),
                at: task.finished_us.map(crate::time::rfc3339),
                present,
                left_by,
                because,
            });
        }
        Ok(reasons)
    }

    async fn explanations(&self, stage: &Stage, scene: &Scene<'_>, row: &RowKey) -> Result<Vec<String>> {
        let Some(parts) = stage.parts(row) else { return Ok(Vec::new()) };
        let explanations = scene.ask(|context| scene.kind.explain(&scene.node.settings, context, &parts))?;
        let mut sentences = Vec::new();
        for explanation in explanations {
            for values in self.objects(explanation.plan.clone()).await?.iter().take(SENTENCES_MAX) {
                sentences.extend(explanation.sentences(values));
            }
        }
        Ok(sentences)
    }
}

/// Where the rows that are followed were found.
struct Presence<'s> {
    by_activity: HashMap<&'s str, Vec<&'s TraceStep>>,
}

impl<'s> Presence<'s> {
    fn new(steps: &'s [TraceStep]) -> Self {
        let mut by_activity: HashMap<&str, Vec<&TraceStep>> = HashMap::new();
        for step in steps.iter().filter(|step| step.present) {
            by_activity.entry(&step.activity).or_default().push(step);
        }
        Self { by_activity }
    }

    fn of(&self, activity: &str) -> impl Iterator<Item = &'s TraceStep> {
        self.by_activity.get(activity).into_iter().flatten().copied()
    }

    /// The rows that arrived at an activity.
    fn arrived(&self, stage: &Stage, activity: &str, followed: &Followed) -> Vec<RowKey> {
        let mut rows: Vec<RowKey> = Vec::new();
        for written in stage.arrivals(activity) {
            for step in self.of(&written.activity).filter(|step| step.port == written.port) {
                let key = step.key.clone().unwrap_or_default();
                let row = RowKey { dimension: step.dimension.clone(), key };
                if !rows.contains(&row) && followed.arriving(activity).any(|known| *known == row) {
                    rows.push(row);
                }
            }
        }
        rows
    }

    /// The ports that they left an activity by, with the key there.
    fn left(&self, activity: &str) -> Vec<(String, RowKey)> {
        let row =
            |step: &TraceStep| RowKey { dimension: step.dimension.clone(), key: step.key.clone().unwrap_or_default() };
        self.of(activity).map(|step| (step.port.clone(), row(step))).collect()
    }

    /// What the row carries on: values that an enrichment, a file or a service gave, and why a row was refused.
    fn values(&self, activity: &str, kind: &dyn Activity) -> Vec<String> {
        let mut said = Vec::new();
        for step in self.of(activity) {
            let text = |name: &str| step.columns.get(name).filter(|value| !value.is_null()).map(super::scene::text);
            if step.port == "rejects" {
                let reason = text("reject_reason").or_else(|| text("reason"));
                let column = text("reject_column").or_else(|| text("column"));
                let value = text("reject_value").or_else(|| text("value"));
                let at =
                    column.map_or_else(String::new, |column| format!(" (`{column}`: {})", value.unwrap_or_default()));
                said.extend(reason.map(|reason| format!("was rejected: {reason}{at}")));
            } else if matches!(kind.kind(), "enrichment" | "load-file" | "http-call") {
                let values = step.columns.iter().filter(|(_, value)| !value.is_array() && !value.is_object());
                let values = values.map(|(name, value)| format!("{name}: {}", shown(value)));
                said.push(format!("carries {}", values.collect::<Vec<_>>().join(", ")));
            }
        }
        said.dedup();
        said
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        other => super::scene::text(other),
    }
}

/// The rows whose way an activity can explain: those that arrived, or where it makes rows itself, those that it may
/// have taken.
fn explained(
    stage: &Stage,
    kind: &dyn Activity,
    id: &str,
    followed: &Followed,
    arrived: &[RowKey],
    left: &[(String, RowKey)],
) -> Vec<RowKey> {
    let Some(node) = stage.node(id) else { return Vec::new() };
    let dimension = stage.dimension_of(node, kind);
    let of_dimension = |row: &&RowKey| Some(&row.dimension) == dimension.as_ref();
    if !makes_rows(kind) {
        return arrived.iter().filter(of_dimension).cloned().collect();
    }
    let mut rows: Vec<RowKey> = followed.leaving(id).filter(of_dimension).cloned().collect();
    // Of several keys, those that are there tell more than those that may have been.
    if rows.iter().any(|row| left.iter().any(|(_, there)| there == row)) {
        rows.retain(|row| left.iter().any(|(_, there)| there == row));
    }
    rows
}

/// The keys that rows got at an activity.
fn became(followed: &Followed, id: &str, arrived: &[RowKey], there: &Presence<'_>) -> Vec<String> {
    let left = there.left(id);
    let is_there = |row: &RowKey| left.iter().any(|(_, there)| there == row);
    let changes = followed
        .changes
        .iter()
        .filter(|(activity, from, to)| activity == id && arrived.contains(from) && is_there(to) && from != to);
    changes.map(|(_, from, to)| format!("{} goes on as {}", named(from), named(to))).collect()
}

/// A row as people name it.
fn named(row: &RowKey) -> String {
    if row.dimension.is_empty() { format!("line {}", row.key) } else { format!("`{}` of `{}`", row.key, row.dimension) }
}

/// What an activity says of everybody who came to it: what it waits for, what somebody answered, why it failed.
fn of_task(task: &Task, kind: &dyn Activity, is_enabled: bool) -> Option<String> {
    let text = |value: &Option<Value>| value.as_ref()?.get("message")?.as_str().map(str::to_owned);
    match task.state.as_str() {
        "failed" => text(&task.error).map(|message| format!("failed: {message}")),
        "held" => text(&task.hold),
        "skipped" if !is_enabled => Some("was skipped: it is disabled".to_owned()),
        "skipped" => Some("was skipped".to_owned()),
        "completed" => {
            let for_all =
                matches!(kind.category(), Category::FlowControl | Category::Data) || kind.kind() == "save-audience";
            task.note.clone().filter(|_| for_all)
        }
        _ => task.note.clone(),
    }
}

impl Workspace {
    /// Who is written to at the address of a row that was left out because another has it.
    async fn sharers(&self, run: &str, id: &str, messages: &[LedgerLine]) -> Result<Vec<String>> {
        let mut said = Vec::new();
        let left_out =
            messages.iter().filter(|line| line.activity == id && line.reason.as_deref() == Some("duplicate_address"));
        for address in left_out.filter_map(|line| line.address.as_deref()) {
            let filter = LedgerFilter {
                activity: Some(id.to_owned()),
                search: Some(address.to_owned()),
                ..LedgerFilter::default()
            };
            let lines = self.ledger(run, &filter, 0, SHARERS_MAX).await?.rows;
            let has_it = |line: &&LedgerLine| {
                line.status != "excluded" && line.address.as_ref().is_some_and(|it| it.eq_ignore_ascii_case(address))
            };
            said.extend(
                lines.iter().find(has_it).map(|line| format!("`{}` has the same address and is written to", line.key)),
            );
        }
        Ok(said)
    }
}

/// What was sent to the row, and what came back.
fn of_messages(id: &str, messages: &[LedgerLine], events: &[TraceEvent]) -> Vec<String> {
    let mut said = Vec::new();
    for line in messages.iter().filter(|line| line.activity == id) {
        let reason = line.reason.as_deref().map_or_else(String::new, |reason| format!(": {reason}"));
        let to = line.address.as_deref().map_or_else(String::new, |address| format!(" to {address}"));
        said.push(match line.status.as_str() {
            "excluded" => format!("excluded{reason}"),
            "sent" => format!("sent{to} at {}", line.updated_at),
            status => format!("{status}{to}{reason}"),
        });
    }
    for event in events.iter().filter(|event| event.activity == id) {
        let url = event.url.as_deref().map_or_else(String::new, |url| format!(" on {url}"));
        let what = match event.kind.as_str() {
            "open" => "opened",
            "click" => "clicked",
            "unsubscribe" => "unsubscribed",
            other => other,
        };
        said.push(format!("{what}{url} at {}", event.at));
    }
    said
}

/// Whether the row is not at the activity any more: one that failed may have let it leave by its port of errors.
fn is_through(reason: &TraceReason) -> bool {
    matches!(reason.state.as_str(), "completed" | "skipped") || !reason.left_by.is_empty()
}

/// How far the row came, in a sentence.
pub(super) fn outcome(stage: &Stage, reasons: &[TraceReason], steps: &[TraceStep]) -> String {
    let there: Vec<&TraceStep> = steps.iter().filter(|step| step.present).collect();
    if there.is_empty() {
        return "it was never in this run".to_owned();
    }
    let name = |reason: &TraceReason| format!("`{}`", reason.activity);
    let open = reasons.iter().filter(|reason| reason.present && !is_through(reason));
    let open: Vec<String> = open.map(|reason| format!("{} ({})", name(reason), reason.state)).collect();
    if !open.is_empty() {
        return format!("it is at {}", open.join(", "));
    }
    let came_on = |reason: &TraceReason| {
        let followed = stage
            .written
            .iter()
            .filter(|written| written.activity == reason.activity && reason.left_by.contains(&written.port));
        let names: Vec<String> = followed.map(name_of).collect();
        stage.context.campaign.canvas.outbound(&reason.activity).any(|transition| {
            reason.left_by.contains(&transition.port)
                && reasons.iter().any(|next| next.present && next.activity == transition.to)
        }) && !names.is_empty()
    };
    let ends: Vec<String> = reasons.iter().filter(|reason| reason.present && !came_on(reason)).map(name).collect();
    if ends.is_empty() { "it went through the run".to_owned() } else { format!("its way ended at {}", ends.join(", ")) }
}
