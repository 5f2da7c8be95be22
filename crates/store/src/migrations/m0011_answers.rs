//! What tasks wait for people for and what these answered, what came of tasks, and the alerts of runs.

pub(super) const STEP: super::Step = super::Step {
    name: "m0011_answers",
    statements: &[
        "ALTER TABLE tasks ADD COLUMN hold TEXT",
        "ALTER TABLE tasks ADD COLUMN answers TEXT",
        "ALTER TABLE tasks ADD COLUMN results TEXT",
        "DROP INDEX tasks_open",
        "CREATE INDEX tasks_open ON tasks (run, id) WHERE state IN ('ready', 'running', 'held')",
        "CREATE TABLE alerts (
        seq BIGINT NOT NULL PRIMARY KEY,
        run TEXT NOT NULL,
        campaign TEXT NOT NULL,
        activity TEXT NOT NULL,
        level TEXT NOT NULL,
        title TEXT NOT NULL,
        message TEXT NOT NULL,
        mailed_to TEXT NOT NULL,
        at_us BIGINT NOT NULL,
        UNIQUE (run, activity)
    )",
    ],
};
