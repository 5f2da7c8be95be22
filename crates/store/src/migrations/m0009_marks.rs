//! How far activities that only take what is new have come, by campaign.

pub(super) const STEP: super::Step = super::Step {
    name: "m0009_marks",
    statements: &["CREATE TABLE marks (
        campaign TEXT NOT NULL,
        activity TEXT NOT NULL,
        value TEXT NOT NULL,
        run TEXT,
        moved_us BIGINT NOT NULL,
        PRIMARY KEY (campaign, activity)
    ){by_key}"],
};
