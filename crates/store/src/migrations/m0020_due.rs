//! What is due is found without looking at what has ended, however many runs are kept.

pub(super) const STEP: super::Step = super::Step {
    name: "m0020_due",
    statements: &[
        // The expression is that of `tasks::DUE`.
        "CREATE INDEX tasks_due ON tasks ((CASE state WHEN 'ready' THEN COALESCE(not_before_us, 0) \
           WHEN 'held' THEN not_before_us ELSE COALESCE(lease_until_us, 0) END), id) \
         WHERE state IN ('ready', 'running', 'held')",
        "CREATE INDEX batches_running ON batches (run, activity, batch_no) WHERE state = 'running'",
        "DROP INDEX runs_unfinished",
        "CREATE INDEX runs_unfinished ON runs (started_us, id) WHERE finished_us IS NULL",
    ],
};
