//! Documents with all their versions, the counters, and settings.

pub(super) const STEP: super::Step = super::Step {
    name: "m0001_documents",
    statements: &[
        "CREATE TABLE counters (name TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL)",
        "INSERT INTO counters (name, value) VALUES ('documents', 0)",
        // `body` is NULL for the version that deletes. One version of each document is its head.
        "CREATE TABLE documents (
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        version BIGINT NOT NULL,
        body TEXT,
        head BOOLEAN NOT NULL,
        written_us BIGINT NOT NULL,
        PRIMARY KEY (kind, name, version)
    )",
        "CREATE UNIQUE INDEX documents_heads ON documents (kind, name) WHERE head",
        "CREATE TABLE settings (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)",
    ],
};
