//! The version that each task ran with, tasks that are done anew, runs whose history was cleared, and alerts of runs
//! that say the same again.

pub(super) const STEP: super::Step = super::Step {
    name: "m0015_history",
    statements: &[
        "ALTER TABLE tasks ADD COLUMN campaign_version BIGINT",
        "ALTER TABLE tasks ADD COLUMN anew BOOLEAN NOT NULL DEFAULT FALSE",
        "ALTER TABLE runs ADD COLUMN changed_us BIGINT",
        "ALTER TABLE runs ADD COLUMN purged_us BIGINT",
        "ALTER TABLE runs ADD COLUMN cleared_us BIGINT",
        "ALTER TABLE runs ADD COLUMN figures TEXT",
        "CREATE INDEX runs_to_purge ON runs (finished_us) WHERE finished_us IS NOT NULL AND cleared_us IS NULL",
        // A table's own constraint cannot be changed in SQLite.
        "CREATE TABLE alerts_by_round (
        seq BIGINT NOT NULL PRIMARY KEY,
        run TEXT NOT NULL,
        campaign TEXT NOT NULL,
        activity TEXT NOT NULL,
        round BIGINT NOT NULL,
        level TEXT NOT NULL,
        title TEXT NOT NULL,
        message TEXT NOT NULL,
        mailed_to TEXT NOT NULL,
        at_us BIGINT NOT NULL,
        UNIQUE (run, activity, round)
    )",
        "INSERT INTO alerts_by_round (seq, run, campaign, activity, round, level, title, message, mailed_to, at_us)
        SELECT seq, run, campaign, activity, 0, level, title, message, mailed_to, at_us FROM alerts",
        "DROP TABLE alerts",
        "ALTER TABLE alerts_by_round RENAME TO alerts",
    ],
};
