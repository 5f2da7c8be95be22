//! What people say about campaigns.

pub(super) const STEP: super::Step = super::Step {
    name: "m0014_comments",
    statements: &[
        "CREATE TABLE comments (
        seq BIGINT NOT NULL PRIMARY KEY,
        campaign TEXT NOT NULL,
        activity TEXT,
        version BIGINT,
        reply_to BIGINT,
        author TEXT NOT NULL,
        body TEXT NOT NULL,
        created_us BIGINT NOT NULL,
        changed_us BIGINT NOT NULL,
        resolved_us BIGINT,
        resolved_by TEXT
    )",
        "CREATE INDEX comments_campaign ON comments (campaign, seq)",
    ],
};
