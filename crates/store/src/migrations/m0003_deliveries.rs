//! Deliveries, their batches, and the groups of messages in flight.

pub(super) const STEP: super::Step = super::Step {
    name: "m0003_deliveries",
    statements: &[
        "CREATE TABLE deliveries (
        run TEXT NOT NULL REFERENCES runs (id),
        activity TEXT NOT NULL,
        channel TEXT NOT NULL,
        channel_name TEXT NOT NULL,
        targeted BIGINT NOT NULL,
        excluded BIGINT NOT NULL,
        exclusions TEXT NOT NULL,
        eligible BIGINT NOT NULL,
        batch_rows BIGINT NOT NULL,
        at_most_once BOOLEAN NOT NULL,
        sent BIGINT NOT NULL,
        failed BIGINT NOT NULL,
        in_doubt BIGINT NOT NULL,
        created_us BIGINT NOT NULL,
        finished_us BIGINT,
        PRIMARY KEY (run, activity)
    )",
        "CREATE TABLE batches (
        run TEXT NOT NULL,
        activity TEXT NOT NULL,
        batch_no BIGINT NOT NULL,
        first_ordinal BIGINT NOT NULL,
        row_count BIGINT NOT NULL,
        state TEXT NOT NULL,
        attempts BIGINT NOT NULL,
        owner TEXT,
        lease_until_us BIGINT,
        not_before_us BIGINT,
        sent BIGINT NOT NULL,
        failed BIGINT NOT NULL,
        in_doubt BIGINT NOT NULL,
        excluded_late TEXT NOT NULL,
        ledger_file TEXT,
        finished_us BIGINT,
        PRIMARY KEY (run, activity, batch_no),
        FOREIGN KEY (run, activity) REFERENCES deliveries (run, activity)
    )",
        "CREATE INDEX batches_open ON batches (run, activity, batch_no) WHERE state IN ('ready', 'running')",
        // Written twice for every few messages: no references to check, rows together by key.
        "CREATE TABLE message_groups (
        run TEXT NOT NULL,
        activity TEXT NOT NULL,
        batch_no BIGINT NOT NULL,
        first_ordinal BIGINT NOT NULL,
        attempt BIGINT NOT NULL,
        length BIGINT NOT NULL,
        begun_us BIGINT NOT NULL,
        answered_us BIGINT,
        outcomes {bytes},
        PRIMARY KEY (run, activity, batch_no, first_ordinal, attempt)
    ){by_key}",
    ],
};
