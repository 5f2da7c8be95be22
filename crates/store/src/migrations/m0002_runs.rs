//! Runs, their tasks, the populations they wrote, and their log.

pub(super) const STEP: super::Step = super::Step {
    name: "m0002_runs",
    statements: &[
        "CREATE TABLE runs (
        id TEXT NOT NULL PRIMARY KEY,
        campaign TEXT NOT NULL,
        campaign_version BIGINT NOT NULL,
        mode TEXT NOT NULL,
        seed BIGINT NOT NULL,
        variables TEXT NOT NULL,
        state TEXT NOT NULL,
        error TEXT,
        started_us BIGINT NOT NULL,
        finished_us BIGINT
    )",
        "CREATE INDEX runs_by_time ON runs (started_us, id)",
        "CREATE INDEX runs_by_campaign ON runs (campaign, started_us, id)",
        "CREATE INDEX runs_unfinished ON runs (started_us) WHERE finished_us IS NULL",
        "CREATE TABLE tasks (
        id TEXT NOT NULL PRIMARY KEY,
        run TEXT NOT NULL REFERENCES runs (id),
        position BIGINT NOT NULL,
        activity TEXT NOT NULL,
        kind TEXT NOT NULL,
        state TEXT NOT NULL,
        attempts BIGINT NOT NULL,
        owner TEXT,
        lease_until_us BIGINT,
        not_before_us BIGINT,
        note TEXT,
        table_versions TEXT,
        closed_ports TEXT,
        error TEXT,
        elapsed_ms BIGINT,
        started_us BIGINT,
        finished_us BIGINT,
        UNIQUE (run, activity)
    )",
        "CREATE INDEX tasks_open ON tasks (run, id) WHERE state IN ('ready', 'running')",
        "CREATE TABLE populations (
        run TEXT NOT NULL REFERENCES runs (id),
        activity TEXT NOT NULL,
        port TEXT NOT NULL,
        row_count BIGINT NOT NULL,
        columns TEXT NOT NULL,
        dimension TEXT,
        written_us BIGINT NOT NULL,
        PRIMARY KEY (run, activity, port)
    )",
        "CREATE TABLE run_logs (
        run TEXT NOT NULL,
        seq BIGINT NOT NULL,
        activity TEXT,
        level TEXT NOT NULL,
        message TEXT NOT NULL,
        at_us BIGINT NOT NULL,
        PRIMARY KEY (run, seq)
    ){by_key}",
    ],
};
