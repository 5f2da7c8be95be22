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
    /// A file in the folder for files.
    StoredFile {
        /// Its path below the folder.
        name: String,
        bytes: u64,
        modified_at: String,
    }
    Restored {
        table: String,
        /// The version that is now the newest.
        version: i64,
        rows_before: u64,
        rows_after: u64,
    }
    AudienceImport {
        audience: String,
        /// Lines of the file.
        read: u64,
        /// Rows that the lines were found to be.
        matched: u64,
        /// Lines that fit no row.
        unmatched: u64,
        /// Lines that could not be read.
        rejected: u64,
        /// Members, after the import.
        rows: u64,
        version: i64,
    }
    Audience {
        name: String,
        label: Option<String>,
        dimension: String,
        /// What is kept of each member besides its key.
        #[schema(value_type = Vec<Object>)]
        columns: Vec<Map<String, Value>>,
        rows: u64,
        /// Grows with every save.
        version: i64,
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
        /// `draft`, `publishing`, `scheduled`, `live`, `closed`, `completed`, `stopped` or `archived`.
        state: String,
        /// The version that runs take, where it is not the newest.
        pinned_version: Option<i64>,
        /// When the newest version takes the place of the pinned one.
        takes_over_at: Option<String>,
        published_at: Option<String>,
        /// When the schedule launches it next.
        next_launch_at: Option<String>,
        /// Why somebody should look at it.
        attention: Option<String>,
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
    /// A schedule as it would stand in a campaign.
    ScheduleQuestion {
        #[schema(value_type = Object)]
        schedule: Value,
        /// An IANA zone; `UTC` unless given.
        time_zone: Option<String>,
        /// How many launch times, 10 unless given, at most 1,000.
        next: Option<u64>,
        /// After when: RFC 3339, or a date or a wall-clock time in the zone; without it, after now.
        after: Option<String>,
    }
    /// A campaign as somebody works on it; it may be wrong or half done.
    Draft {
        #[schema(value_type = Object)]
        document: Value,
        /// 0: there is no draft, and the document is the newest version.
        revision: i64,
        /// The version that it was made from.
        base_version: i64,
        /// The newest version.
        version: i64,
        updated_at: Option<String>,
        check: CampaignCheck,
    }
    /// What is wrong or doubtful, and what is known of the canvas as far as it can be read.
    CampaignCheck {
        errors: Vec<crate::problem::Item>,
        warnings: Vec<crate::problem::Item>,
        /// The ports of each activity.
        ports: BTreeMap<String, Vec<String>>,
        /// What leaves each activity by each port.
        shapes: BTreeMap<String, BTreeMap<String, PortShape>>,
    }
    PortShape {
        dimension: String,
        /// Columns beside those of the dimension.
        #[schema(value_type = Vec<Object>)]
        added: Vec<Map<String, Value>>,
    }
    DraftRequest {
        #[schema(value_type = Object)]
        document: Value,
        /// The revision that the writer has read; 0 where there was none.
        revision: i64,
        /// The version that the draft is made from.
        base_version: i64,
    }
    /// A signal to a campaign.
    SignalRequest {
        /// Values of the parameters. One that is not declared is taken as text.
        #[schema(value_type = Option<Object>)]
        variables: Option<Map<String, Value>>,
        /// A second signal with the same key is the first one again.
        idempotency_key: Option<String>,
    }
    SignalAnswer {
        launch: String,
        /// `started`, `queued`, `waiting` or `skipped`.
        state: String,
        reason: Option<String>,
        run: Option<String>,
        /// The values that the run has.
        #[schema(value_type = Object)]
        variables: Value,
    }
    /// A time or signal at which a campaign runs.
    Launch {
        launch: String,
        /// `schedule`, `signal`, `chain` or `table`.
        cause: String,
        due_at: String,
        /// `waiting`, `queued`, `started` or `skipped`.
        state: String,
        /// Why it was skipped: `overlap`, `missed`, `not_live` or `invalid`.
        reason: Option<String>,
        run: Option<String>,
        /// How long after its time the run began.
        late_ms: Option<i64>,
        #[schema(value_type = Object)]
        variables: Value,
    }
    Version {
        version: i64,
        written_at: String,
        /// This version deleted the document.
        deleted: bool,
        newest: bool,
        /// Of a campaign: runs take this version.
        in_force: bool,
        /// Of a campaign: when runs begin to take this version.
        takes_over_at: Option<String>,
    }
    /// What differs between two versions of a campaign.
    Comparison {
        campaign: String,
        from: i64,
        to: i64,
        differences: Vec<Difference>,
    }
    Difference {
        /// `activity`, `transition`, `schedule`, `variable`, `property` or `layout`.
        what: String,
        /// `added`, `removed` or `changed`.
        change: String,
        name: String,
        /// The whole of it in one sentence.
        words: String,
        fields: Vec<FieldChange>,
    }
    FieldChange {
        /// Such as `where.rules[0].value`.
        path: String,
        #[schema(value_type = Option<Object>)]
        before: Option<Value>,
        #[schema(value_type = Option<Object>)]
        after: Option<Value>,
    }
    AuditLine {
        seq: i64,
        at: String,
        actor: String,
        kind: String,
        name: String,
        action: String,
        detail: Option<String>,
    }
    RunRequest {
        /// `live` (default) or `test`.
        mode: Option<String>,
        #[schema(value_type = Option<Object>)]
        variables: Option<Map<String, Value>>,
        /// Confirms held sends beforehand.
        confirm: Option<bool>,
    }
    DryRunRequest {
        #[schema(value_type = Option<Object>)]
        variables: Option<Map<String, Value>>,
    }
    /// What every activity can be told, whatever its kind.
    CommonSettings {
        #[schema(value_type = Object)]
        settings_schema: Value,
    }
    /// An answer to what an activity waits for.
    ActivityAnswer {
        /// Who answers.
        by: Option<String>,
        comment: Option<String>,
    }
    /// An alert that a run raised.
    Alert {
        run: String,
        campaign: String,
        activity: String,
        /// `info`, `warning` or `critical`.
        level: String,
        title: String,
        message: String,
        /// The addresses that it was mailed to.
        mailed_to: Vec<String>,
        at: String,
    }
    RunHead {
        run: String,
        campaign: String,
        version: i64,
        /// `running`, `paused`, `held`, `completed`, `failed` or `stopped`.
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
        /// The values of the campaign's variables and of its signal's parameters.
        #[serde(default)]
        #[schema(value_type = Object)]
        variables: Map<String, Value>,
        /// Why the run is paused, held or failed.
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
        /// `waiting`, `ready`, `running`, `held`, `completed`, `failed` or `skipped`.
        state: String,
        elapsed_ms: Option<i64>,
        attempts: i64,
        started_at: Option<String>,
        finished_at: Option<String>,
        /// What it did, in the marketer's words.
        note: Option<String>,
        error: Option<ActivityError>,
        /// When it goes on by itself: a wait, or another attempt.
        waits_until: Option<String>,
        /// What it waits for a person for.
        hold: Option<ActivityHold>,
        /// What came of it besides populations, by name.
        #[serde(default)]
        #[schema(value_type = Object)]
        results: Map<String, Value>,
    }
    ActivityHold {
        /// `breakpoint`, `held_send`, `provider_down` or `approval`.
        kind: String,
        message: String,
        /// Who may answer; anybody when absent.
        by: Option<Vec<String>>,
        /// When it goes on without an answer.
        until: Option<String>,
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
    /// How far runs have come in an activity that only takes what is new.
    Mark {
        activity: String,
        /// The latest moment that was taken, where the activity goes by moments.
        latest: Option<String>,
        /// The keys that were taken, where it goes by keys, the oldest first.
        #[serde(default)]
        keys: Vec<MarkKeys>,
        /// The run that moved it; a person did where there is none.
        run: Option<String>,
        moved_at: Option<String>,
    }
    MarkKeys { run: String, at: String, rows: i64, }
    /// The way of one row through a run.
    Trace {
        run: String,
        key: String,
        /// Every population, in the order of the canvas.
        steps: Vec<TraceStep>,
        /// Why it went where it went, activity by activity.
        reasons: Vec<TraceReason>,
        /// The row's lines in the ledger.
        messages: Vec<LedgerLine>,
    }
    TraceReason {
        activity: String,
        /// Which rules it passed and failed with the values seen, which limit or duplicate dropped it, in words.
        because: Vec<String>,
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
