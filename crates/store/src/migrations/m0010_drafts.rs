//! Documents that are being worked on.

pub(super) const STEP: super::Step = super::Step {
    name: "m0010_drafts",
    statements: &["CREATE TABLE drafts (
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        body TEXT NOT NULL,
        revision BIGINT NOT NULL,
        base_version BIGINT NOT NULL,
        updated_us BIGINT NOT NULL,
        PRIMARY KEY (kind, name)
    )"],
};
