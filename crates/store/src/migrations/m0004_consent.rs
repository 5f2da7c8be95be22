//! Who must not be written to: the opt-out register and the suppression lists.

pub(super) const STEP: super::Step = super::Step {
    name: "m0004_consent",
    statements: &[
        // `subject` is `person` (value is the key in `dimension`) or `address` (value is the lower-cased address).
        "CREATE TABLE opt_outs (
        channel TEXT NOT NULL,
        subject TEXT NOT NULL,
        dimension TEXT NOT NULL,
        value TEXT NOT NULL,
        seq BIGINT NOT NULL UNIQUE,
        source TEXT NOT NULL,
        run TEXT,
        activity TEXT,
        at_us BIGINT NOT NULL,
        PRIMARY KEY (channel, subject, dimension, value)
    )",
        "CREATE TABLE suppressions (
        channel TEXT NOT NULL,
        kind TEXT NOT NULL,
        value TEXT NOT NULL,
        reason TEXT NOT NULL,
        at_us BIGINT NOT NULL,
        PRIMARY KEY (channel, kind, value)
    )",
    ],
};
