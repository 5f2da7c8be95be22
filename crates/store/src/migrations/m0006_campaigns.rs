//! The life of campaigns: their states, their launches, and who changed what.

pub(super) const STEP: super::Step = super::Step {
    name: "m0006_campaigns",
    statements: &[
        // A campaign without a row is a draft that nobody has published yet.
        "CREATE TABLE campaigns (
        name TEXT NOT NULL PRIMARY KEY,
        state TEXT NOT NULL,
        archived_from TEXT,
        pinned_version BIGINT,
        takes_over_us BIGINT,
        planned_version BIGINT,
        seen TEXT,
        published_us BIGINT,
        changed_us BIGINT NOT NULL,
        actor TEXT NOT NULL,
        error TEXT
    )",
        "CREATE INDEX campaigns_takes_over ON campaigns (takes_over_us) WHERE takes_over_us IS NOT NULL",
        // `key` makes a launch the only one of its kind: a planned time, a caller's key, a version of a table.
        "CREATE TABLE launches (
        id TEXT NOT NULL PRIMARY KEY,
        campaign TEXT NOT NULL,
        key TEXT NOT NULL,
        cause TEXT NOT NULL,
        due_us BIGINT NOT NULL,
        variables TEXT NOT NULL,
        state TEXT NOT NULL,
        run TEXT,
        reason TEXT,
        created_us BIGINT NOT NULL,
        settled_us BIGINT,
        UNIQUE (campaign, key)
    )",
        "CREATE INDEX launches_open ON launches (due_us, id) WHERE state IN ('waiting', 'queued')",
        "CREATE INDEX launches_by_campaign ON launches (campaign, created_us, id)",
        "CREATE INDEX launches_open_by_campaign ON launches (campaign) WHERE state IN ('waiting', 'queued')",
        "CREATE INDEX runs_active ON runs (campaign) WHERE finished_us IS NULL",
        "CREATE TABLE audit (
        seq BIGINT NOT NULL PRIMARY KEY,
        at_us BIGINT NOT NULL,
        actor TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        action TEXT NOT NULL,
        detail TEXT
    )",
        "CREATE INDEX audit_by_thing ON audit (kind, name, seq)",
    ],
};
