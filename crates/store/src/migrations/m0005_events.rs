//! The inbox of feedback that is not yet in a table.

pub(super) const STEP: super::Step = super::Step {
    name: "m0005_events",
    statements: &["CREATE TABLE events (
        seq BIGINT NOT NULL PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        dimension TEXT,
        key TEXT,
        run TEXT,
        activity TEXT,
        campaign TEXT,
        message_id TEXT,
        url TEXT,
        user_agent TEXT,
        at_us BIGINT NOT NULL
    )"],
};
