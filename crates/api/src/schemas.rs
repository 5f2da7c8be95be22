//! The shapes of bodies as the description shows them, and as a strict client may read them. A test reads every answer
//! of a real server with these.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::{IntoResponses, ToSchema};

use crate::problem::ProblemBody;

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
    CountQuestion {
        dimension: String,
        /// A rule, in the shape that react-querybuilder exports.
        #[serde(rename = "where")]
        #[schema(value_type = Object)]
        rule: Value,
        /// Whether each part of the rule is counted as well.
        parts: Option<bool>,
        /// Who asks: a newer question of the same editor ends the older one, which then fails with `superseded`.
        editor: Option<String>,
    }
    PreviewQuestion {
        dimension: String,
        #[serde(rename = "where")]
        #[schema(value_type = Object)]
        rule: Value,
        /// Field paths; without any, the columns of the table.
        columns: Option<Vec<String>>,
        /// What comes first; ties go by the key.
        order: Option<Vec<OrderBy>>,
        /// 20 unless given.
        limit: Option<u64>,
        offset: Option<u64>,
        /// Whether the number of all matching rows is told as well.
        total: Option<bool>,
        editor: Option<String>,
    }
    OrderBy {
        /// A field path. Rows without a value come last.
        by: String,
        /// `ascending` (default) or `descending`.
        order: Option<String>,
    }
    ExplainQuestion {
        dimension: String,
        #[serde(rename = "where")]
        #[schema(value_type = Object)]
        rule: Value,
        /// `duckdb` (default) or `postgresql`.
        dialect: Option<String>,
    }
    DistributionQuestion {
        dimension: String,
        /// A field path; over a link to many rows, every linked row counts.
        field: String,
        /// Of which rows; without it, of all.
        #[serde(rename = "where")]
        #[schema(value_type = Option<Object>)]
        rule: Option<Value>,
        /// How many values are listed; 20 unless given.
        top: Option<u64>,
        editor: Option<String>,
    }
    SuggestQuestion {
        dimension: String,
        field: String,
        /// What was typed; case does not matter.
        prefix: Option<String>,
        #[serde(rename = "where")]
        #[schema(value_type = Option<Object>)]
        rule: Option<Value>,
        /// 10 unless given.
        limit: Option<u64>,
        editor: Option<String>,
    }
    Count {
        count: u64,
        elapsed_ms: f64,
        /// Of the rule (the empty pointer) and of each of its parts about the same rows.
        #[serde(default)]
        parts: Vec<PartCount>,
    }
    PartCount {
        /// The part's JSON pointer in the rule.
        pointer: String,
        count: u64,
    }
    Explanation {
        /// One sentence.
        words: String,
        /// A query for the keys of the matching rows, where SQL can say it.
        sql: Option<String>,
        /// Where the SQL differs from the rule, or why there is none.
        sql_notes: Vec<String>,
        plan: String,
        cost: Cost,
        /// What to know before the rule is used, such as that it is slow.
        warnings: Vec<String>,
    }
    /// What answering is thought to take, before anything is read.
    Cost {
        /// Rough.
        estimated_ms: f64,
        tables: Vec<TableScan>,
        joins: u64,
        aggregates: u64,
    }
    TableScan {
        table: String,
        rows: Option<u64>,
        /// How often the table is read.
        scans: u64,
    }
    Distribution {
        /// Of the values.
        #[serde(rename = "type")]
        column_type: String,
        /// The table that the counted rows are of.
        table: String,
        rows: u64,
        /// Rows without a value.
        nulls: u64,
        /// Different values.
        distinct: u64,
        /// The most frequent first.
        values: Vec<ValueShare>,
        /// Rows with a value that is not listed.
        others: u64,
        /// Of numbers, dates and timestamps.
        #[serde(default)]
        min: Value,
        #[serde(default)]
        max: Value,
        /// Bins of one width; those without rows are left out.
        #[serde(default)]
        histogram: Vec<HistogramBin>,
        elapsed_ms: f64,
    }
    ValueShare {
        value: Value,
        count: u64,
        /// Of all rows, from 0 to 1.
        share: f64,
    }
    /// Rows with a value of at least `from` and less than `to`.
    HistogramBin {
        from: Value,
        to: Value,
        count: u64,
    }
    Suggestions {
        values: Vec<Suggestion>,
        elapsed_ms: f64,
    }
    Suggestion {
        value: Value,
        count: u64,
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
