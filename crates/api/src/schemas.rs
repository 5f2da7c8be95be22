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

pub mod contents;
pub(crate) use shapes;

pub use crate::library_schemas::*;
pub use crate::question_schemas::*;

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
        /// For one that is updated: its fields that change.
        #[serde(default)]
        fields: Vec<FieldChange>,
    }
    DocumentHead {
        kind: String,
        name: String,
        label: Option<String>,
        description: Option<String>,
        tags: Vec<String>,
        folder: Option<String>,
        version: i64,
        created_at: String,
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
        /// The first rejected rows, where they were asked for.
        #[serde(default)]
        rejects: Vec<RejectedRow>,
    }
    RejectedRow {
        file: String,
        line: u64,
        column: Option<String>,
        reason: String,
        value: String,
        /// The row as it came.
        row: String,
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
        /// What else comes of it: later activities ask for `$result_ID_NAME`.
        results: Vec<String>,
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
        /// Whether somebody works on changes that are in no version yet.
        draft: bool,
        /// `draft`, `publishing`, `scheduled`, `live`, `suspended`, `closed`, `completed`, `stopped` or `archived`.
        state: String,
        /// The version that runs take, where it is not the newest.
        pinned_version: Option<i64>,
        /// When the next version takes the place of the pinned one.
        takes_over_at: Option<String>,
        published_at: Option<String>,
        /// When the schedule launches it next.
        next_launch_at: Option<String>,
        /// Why somebody should look at it.
        attention: Option<String>,
        /// How many are on the canvas.
        activities: u64,
        /// The channels that it sends by.
        channels: Vec<String>,
        /// The dimensions that it names.
        dimensions: Vec<String>,
        created_at: String,
        updated_at: String,
        last_run: Option<RunHead>,
        /// What is doubtful; only in the answer to a publication.
        #[serde(default)]
        warnings: Vec<crate::problem::Item>,
    }
    Campaign {
        #[schema(value_type = Object)]
        document: Value,
        version: i64,
        /// Whether somebody works on changes that are in no version yet.
        draft: bool,
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
        /// Why it was skipped: `overlap`, `suspended`, `not_live` or `invalid`.
        reason: Option<String>,
        /// What was wrong, or which run was going, where it was skipped for that.
        detail: Option<String>,
        run: Option<String>,
        /// The values that the run has.
        #[schema(value_type = Object)]
        variables: Value,
    }
    /// A time or signal at which a campaign runs.
    Launch {
        launch: String,
        /// `schedule`, `signal`, `chain`, `table` or `file`.
        cause: String,
        due_at: String,
        /// `waiting`, `queued`, `started` or `skipped`.
        state: String,
        /// Why it was skipped: `overlap`, `missed`, `suspended`, `not_live` or `invalid`.
        reason: Option<String>,
        /// What was wrong, or which run was going, where it was skipped for that.
        detail: Option<String>,
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
        /// A second call for the campaign and the mode with the same key is answered with the same run.
        idempotency_key: Option<String>,
    }
    DryRunRequest {
        #[schema(value_type = Option<Object>)]
        variables: Option<Map<String, Value>>,
        /// Whether it is about the draft that somebody works on; where there is none, about the newest version.
        draft: Option<bool>,
        /// Whether it is about the version that a live run takes, where a newer one waits for its time.
        in_force: Option<bool>,
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
        /// The answer, where an approval has others than to approve and to reject.
        answer: Option<String>,
    }
    /// An alert that a run raised.
    Alert {
        /// Grows from alert to alert.
        seq: i64,
        /// Empty where a launch is meant that began no run.
        run: String,
        /// The launch, where that is meant.
        launch: Option<String>,
        campaign: String,
        activity: String,
        /// `info`, `warning` or `critical`.
        level: String,
        title: String,
        message: String,
        /// What went wrong, of an alert that no activity raised: `failed`, `paused`, `held` or `skipped`.
        trouble: Option<String>,
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
        /// When its populations, log and tasks were cleared; then only figures and the ledger are left.
        purged_at: Option<String>,
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
        /// The version of the campaign that it ran with, once it has begun.
        version: Option<i64>,
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
    /// How a run is restarted.
    RestartRequest {
        /// The activity that the run is opened again from; without one, a new run begins.
        from: Option<String>,
        /// Takes the newest version of the campaign.
        edited: Option<bool>,
    }
    /// A line of a run's log.
    LogEntry {
        /// Grows from line to line; the key for reading on.
        seq: i64,
        at: String,
        run: String,
        activity: Option<String>,
        /// `info`, `warning` or `error`.
        level: String,
        message: String,
    }
    Tasks {
        /// The tasks that the question takes.
        total: u64,
        tasks: Vec<TaskLine>,
    }
    /// What one activity of a run did.
    TaskLine {
        task: String,
        activity: String,
        label: Option<String>,
        #[serde(rename = "type")]
        kind: String,
        /// `waiting`, `ready`, `running`, `held`, `completed`, `failed` or `skipped`.
        state: String,
        /// How often it was begun.
        attempts: i64,
        /// The version of the campaign that it ran with.
        version: Option<i64>,
        started_at: Option<String>,
        finished_at: Option<String>,
        elapsed_ms: Option<i64>,
        /// Who works on it.
        worker: Option<String>,
        /// When it goes on by itself: a wait, or another attempt.
        waits_until: Option<String>,
        /// What it did, in the marketer's words.
        note: Option<String>,
        error: Option<ActivityError>,
        /// What it waits for a person for, or waited for.
        hold: Option<ActivityHold>,
        /// What people answered, by what was asked.
        #[schema(value_type = Option<Object>)]
        answers: Option<Value>,
        /// The values that it could use: the run's, and what is known of the activities before it.
        #[schema(value_type = Object)]
        variables: Map<String, Value>,
        /// What came of it besides populations, by name.
        #[schema(value_type = Object)]
        results: Map<String, Value>,
        /// The version read of each table.
        #[schema(value_type = Object)]
        table_versions: Map<String, Value>,
    }
    ActivityHold {
        /// `breakpoint`, `held_send`, `provider_down` or `approval`.
        kind: String,
        message: String,
        /// Who may answer; anybody when absent.
        by: Option<Vec<String>>,
        /// When it goes on by itself: at its deadline, or to try a server again that is away.
        until: Option<String>,
        /// Since when a server has been away.
        since: Option<String>,
        /// How often it was found away.
        tries: Option<u64>,
        /// What may be answered, where that is not approving and rejecting.
        choices: Option<Vec<String>>,
        /// How many people have to answer alike; one when absent.
        needed: Option<u64>,
        /// What was answered so far, where several people have to.
        votes: Option<Vec<ActivityVote>>,
    }
    /// One person's answer.
    ActivityVote {
        answer: String,
        by: Option<String>,
        comment: Option<String>,
        at: String,
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
    /// Which tests are run, with documents in place of those that are stored.
    TestsRequest {
        /// Files of documents, as their owner wrote them; they are not applied.
        #[serde(default)]
        files: Vec<File>,
        /// Names of tests; without any, those among `files`, and where there is none, those that are stored.
        #[serde(default)]
        tests: Vec<String>,
    }
    TestResult {
        test: String,
        campaign: String,
        passed: bool,
        /// In milliseconds of real time.
        elapsed_ms: u64,
        simulated: SimulatedTime,
        failures: Vec<TestFailure>,
        runs: Vec<TestRun>,
        /// The launches that began no run, in the order of their times.
        skipped: Vec<TestSkip>,
        /// What the campaigns came to that ran alongside.
        campaigns: BTreeMap<String, TestCampaign>,
        /// The alerts of all campaigns, oldest first.
        alerts: Vec<TestAlert>,
    }
    TestCampaign { runs: Vec<TestRun>, skipped: Vec<TestSkip>, }
    /// A launch that began no run.
    TestSkip {
        due_at: String,
        /// `overlap`, `missed`, `suspended`, `not_live` or `invalid`.
        reason: Option<String>,
        detail: Option<String>,
    }
    TestAlert {
        at: String,
        campaign: String,
        /// The activity that raised it.
        activity: Option<String>,
        /// `info`, `warning` or `critical`.
        level: String,
        /// What went wrong, of an alert that no activity raised.
        trouble: Option<String>,
        title: String,
        message: String,
    }
    /// The time that passed in a test, with the offset of the campaign's zone.
    SimulatedTime { from: String, until: String, }
    TestFailure {
        /// `expectation`, or what kept the test from going on, such as `rejected_row`.
        code: String,
        /// JSON pointer into the test's document.
        pointer: String,
        message: String,
        #[schema(value_type = Option<Object>)]
        expected: Option<Value>,
        #[schema(value_type = Option<Object>)]
        found: Option<Value>,
        hint: Option<String>,
        file: Option<String>,
        line: Option<u64>,
        column: Option<u64>,
    }
    TestRun {
        started_at: String,
        finished_at: Option<String>,
        /// `running`, `paused`, `held`, `completed`, `failed` or `stopped`.
        state: String,
        /// Why it is paused, held or failed.
        error: Option<String>,
        /// The states of the activities.
        activities: BTreeMap<String, String>,
        /// The rows that left by each port, by `ACTIVITY.PORT`.
        counts: BTreeMap<String, u64>,
        /// The keys of the rows that left by the ports whose members the test names.
        members: BTreeMap<String, Vec<String>>,
        messages: BTreeMap<String, TestMessages>,
    }
    TestMessages {
        targeted: i64,
        sent: i64,
        failed: i64,
        /// By reason.
        excluded: BTreeMap<String, i64>,
        to: Vec<String>,
        /// By the keys of the rows.
        subjects: BTreeMap<String, String>,
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
        /// Which version it is about; of a draft, the one that it would take the place of.
        version: i64,
        /// Whether it is about the draft that somebody works on.
        draft: bool,
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
        campaign: String,
        key: String,
        /// In a sentence: how far it came.
        outcome: String,
        /// The row by each of the keys that it has on its way.
        rows: Vec<RowKey>,
        /// Every population, in the order of the canvas; one entry for each of the row's keys that are in it.
        steps: Vec<TraceStep>,
        /// What each activity that it came to made of it, and why, in the order of the canvas. Activities at which rows
        /// begin are there also where they did not take it.
        reasons: Vec<TraceReason>,
        /// The row's lines in the ledger.
        messages: Vec<LedgerLine>,
        /// What came back of its messages, in the order of time.
        events: Vec<TraceEvent>,
    }
    /// A row by its key.
    RowKey {
        /// Empty for the lines of a file.
        dimension: String,
        key: String,
    }
    TraceReason {
        activity: String,
        /// The activity's type.
        #[serde(rename = "type")]
        kind: String,
        label: Option<String>,
        state: String,
        /// When it was done.
        at: Option<String>,
        /// Whether the row arrived, or was taken here.
        present: bool,
        /// The ports that it left by.
        left_by: Vec<String>,
        /// Which rules it passed and failed with the values seen, which limit or duplicate dropped it, in words.
        because: Vec<String>,
    }
    /// Something that came back of a message.
    TraceEvent {
        at: String,
        activity: String,
        /// `open`, `click` or `unsubscribe`.
        kind: String,
        /// Where a click led.
        url: Option<String>,
    }
    TraceStep {
        activity: String,
        port: String,
        /// Whether the row was there.
        present: bool,
        /// Empty for the lines of a file.
        dimension: String,
        /// By which key it was there.
        key: Option<String>,
        /// The columns that the population adds to the key.
        #[serde(default)]
        #[schema(value_type = Object)]
        columns: Map<String, Value>,
    }
}
