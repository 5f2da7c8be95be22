//! The shapes of bodies as the description shows them, and as a strict client may read them. A test reads every answer
//! of a real server with these.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::{IntoResponses, ToSchema};

use crate::problem::{Item, ProblemBody};

/// How any operation can fail.
#[derive(IntoResponses)]
pub enum Problems {
    /// The request cannot be read, or is not what the operation takes.
    #[response(status = "4XX", content_type = "application/problem+json")]
    #[allow(dead_code, reason = "only described")]
    Refused(ProblemBody),
    /// Something failed here; the log has more.
    #[response(status = "5XX", content_type = "application/problem+json")]
    #[allow(dead_code, reason = "only described")]
    Failed(ProblemBody),
}

macro_rules! shapes {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* })*) => {
        $($(#[$meta])*
        #[derive(Debug, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$field_meta])* pub $field: $type,)* })*
    };
}

shapes! {
    /// Files of documents, as their owner wrote them.
    Files { files: Vec<File>, }
    File {
        /// What to call it in messages.
        path: String,
        /// YAML or JSON, one or several documents.
        text: String,
    }
    Changes { changes: Vec<Change>, }
    Change {
        kind: String,
        name: String,
        /// `created`, `updated` or `unchanged`.
        change: String,
        version: i64,
    }
    DocumentHead {
        kind: String,
        name: String,
        label: Option<String>,
        description: Option<String>,
        tags: Vec<String>,
        folder: Option<String>,
        version: i64,
        updated_at: String,
    }
    Table {
        name: String,
        label: Option<String>,
        #[schema(value_type = Vec<Object>)]
        columns: Vec<Map<String, Value>>,
        primary_key: Vec<String>,
        links: Vec<Link>,
        rows: u64,
        version: i64,
        /// One of Tutti's own.
        builtin: bool,
    }
    Link {
        name: String,
        to: String,
        cardinality: String,
    }
    ImportReport {
        table: String,
        read: u64,
        inserted: u64,
        updated: u64,
        deleted: u64,
        rejected: u64,
        /// Of the table, after the import.
        version: i64,
        /// Rows that lost to another of their key.
        #[serde(default)]
        skipped: u64,
    }
    /// A rule over a dimension.
    Question {
        dimension: String,
        /// A rule, in the shape that react-querybuilder exports.
        #[serde(rename = "where")]
        #[schema(value_type = Object)]
        rule: Value,
    }
    /// A rule or an expression, whole or half-typed.
    CheckQuestion {
        dimension: String,
        /// A path of links: the expression is over the rows at its end.
        link: Option<String>,
        expression: Option<String>,
        /// Whether the expression is an aggregate's, over many linked rows.
        aggregates: Option<bool>,
        #[serde(rename = "where")]
        #[schema(value_type = Option<Object>)]
        rule: Option<Value>,
        /// The variables of the campaign: `{"minimum": {"type": "integer", "value": 3}}`.
        #[schema(value_type = Option<Object>)]
        variables: Option<Value>,
        /// The word at the cursor, for which candidates are wanted; empty for all.
        complete: Option<String>,
    }
    Checked {
        valid: bool,
        /// The type of the expression.
        #[serde(rename = "type")]
        column_type: Option<String>,
        /// The rule in plain words.
        words: Option<String>,
        problems: Vec<Item>,
        candidates: Vec<Candidate>,
    }
    Candidate {
        /// `field`, `link`, `function` or `variable`.
        kind: String,
        text: String,
        /// The type of a field or variable, the table of a link, the signature of a function.
        detail: String,
        about: Option<String>,
    }
    Function {
        /// In `snake_case`; case and `_` do not count.
        name: String,
        /// Other names.
        familiar: Vec<String>,
        category: String,
        signature: String,
        parameters: Vec<FunctionParameter>,
        /// The type of the result, and its unit.
        result: String,
        description: String,
        /// What NULL, and values that do not fit, give.
        nulls: String,
        /// Whether it is computed over many linked rows.
        aggregate: bool,
        examples: Vec<FunctionExample>,
    }
    FunctionParameter {
        name: String,
        #[serde(rename = "type")]
        takes: String,
        optional: bool,
        /// Whether it may be given more than once.
        repeated: bool,
    }
    FunctionExample {
        expression: String,
        result: String,
    }
    PreviewQuestion {
        dimension: String,
        #[serde(rename = "where")]
        #[schema(value_type = Object)]
        rule: Value,
        /// Field paths; without any, the columns of the table.
        columns: Option<Vec<String>>,
        /// 20 unless given.
        limit: Option<u64>,
    }
    Count {
        count: u64,
        elapsed_ms: f64,
    }
    Explanation {
        /// In plain words.
        words: String,
        sql: Option<String>,
        plan: String,
    }
    Rows {
        dimension: Option<String>,
        columns: Vec<RowsColumn>,
        #[schema(value_type = Vec<Vec<Object>>)]
        rows: Vec<Vec<Value>>,
        total: Option<u64>,
    }
    RowsColumn {
        name: String,
        #[serde(rename = "type")]
        #[schema(value_type = String)]
        column_type: Value,
    }
    ActivityKind {
        kind: String,
        label: String,
        /// `targeting`, `flow`, `channel` or `data`.
        category: String,
        summary: String,
        #[schema(value_type = Object)]
        inputs: Value,
        #[schema(value_type = Vec<Object>)]
        ports: Vec<Value>,
        #[schema(value_type = Object)]
        example: Map<String, Value>,
        #[schema(value_type = Object)]
        settings_schema: Value,
    }
    CampaignHead {
        name: String,
        label: Option<String>,
        description: Option<String>,
        tags: Vec<String>,
        folder: Option<String>,
        version: i64,
        /// `draft` or `live`.
        state: String,
        /// How many are on the canvas.
        activities: u64,
        updated_at: String,
        last_run: Option<RunHead>,
    }
    Campaign {
        #[schema(value_type = Object)]
        document: Value,
        version: i64,
        state: String,
        /// The ports of each activity.
        ports: BTreeMap<String, Vec<String>>,
    }
    RunRequest {
        /// `live` (default) or `test`.
        mode: Option<String>,
        #[schema(value_type = Option<Object>)]
        variables: Option<Map<String, Value>>,
        /// Confirms held sends beforehand.
        confirm: Option<bool>,
    }
    RunHead {
        run: String,
        campaign: String,
        version: i64,
        /// `running`, `paused`, `completed`, `failed` or `stopped`.
        state: String,
        /// `live` or `test`.
        mode: String,
        started_at: String,
        finished_at: Option<String>,
        targeted: i64,
        excluded: i64,
        sent: i64,
        failed: i64,
        in_doubt: i64,
        pending: i64,
    }
    RunSummary {
        run: String,
        campaign: String,
        version: i64,
        state: String,
        mode: String,
        started_at: String,
        finished_at: Option<String>,
        /// Why the run is paused or failed.
        error: Option<ActivityError>,
        activities: Vec<ActivitySummary>,
        transitions: Vec<TransitionSummary>,
        deliveries: Vec<DeliverySummary>,
    }
    ActivityError {
        code: String,
        message: String,
        activity: Option<String>,
    }
    ActivitySummary {
        id: String,
        #[serde(rename = "type")]
        kind: String,
        /// `waiting`, `ready`, `running`, `completed`, `failed` or `skipped`.
        state: String,
        elapsed_ms: Option<i64>,
        attempts: i64,
        started_at: Option<String>,
        finished_at: Option<String>,
        /// What it did, in the marketer's words.
        note: Option<String>,
        error: Option<ActivityError>,
    }
    /// The rows that went over a transition, or left by a port that leads nowhere (`to` is null).
    TransitionSummary {
        from: String,
        port: String,
        to: Option<String>,
        rows: i64,
    }
    /// targeted = excluded + sent + failed + in_doubt + pending.
    DeliverySummary {
        activity: String,
        targeted: i64,
        excluded: i64,
        sent: i64,
        failed: i64,
        in_doubt: i64,
        pending: i64,
        exclusions: BTreeMap<String, i64>,
    }
    LedgerPage {
        /// Lines that the filter finds.
        total: u64,
        rows: Vec<LedgerLine>,
        counts: BTreeMap<String, u64>,
        reasons: BTreeMap<String, u64>,
    }
    LedgerLine {
        run: String,
        activity: String,
        key: String,
        secondary_key: Option<String>,
        channel: String,
        address: Option<String>,
        /// `excluded`, `pending`, `sent`, `in_doubt` or `failed`.
        status: String,
        reason: Option<String>,
        message_id: Option<String>,
        attempts: i64,
        updated_at: String,
    }
    /// What a run would do.
    DryRun {
        campaign: String,
        version: i64,
        transitions: Vec<TransitionSummary>,
        /// What would be sent counts as pending.
        deliveries: Vec<DeliverySummary>,
        samples: Vec<Sample>,
    }
    /// A message as it would be.
    Sample {
        activity: String,
        key: String,
        address: String,
        subject: String,
        html: String,
        text: String,
    }
    /// The way of one row through a run.
    Trace {
        run: String,
        key: String,
        /// Every population, in the order of the canvas.
        steps: Vec<TraceStep>,
        /// The row's lines in the ledger.
        messages: Vec<LedgerLine>,
    }
    TraceStep {
        activity: String,
        port: String,
        /// Whether the row was there.
        present: bool,
        /// The columns that the population adds to the key.
        #[serde(default)]
        #[schema(value_type = Object)]
        columns: Map<String, Value>,
    }
}
