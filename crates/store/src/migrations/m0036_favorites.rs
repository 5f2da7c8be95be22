//! What people keep at hand: favorites, and what they used last.

pub(super) const STEP: super::Step = super::Step {
    name: "m0036_favorites",
    statements: &["CREATE TABLE favorites (
        person TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        at_us BIGINT NOT NULL,
        PRIMARY KEY (person, kind, name)
    ){by_key}"],
};
