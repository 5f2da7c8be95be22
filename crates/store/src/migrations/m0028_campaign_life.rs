//! Campaigns that are suspended, launches that say why they were skipped, and runs by hand that are known by a key.

pub(super) const STEP: super::Step = super::Step {
    name: "m0028_campaign_life",
    statements: &[
        "ALTER TABLE campaigns ADD COLUMN suspended_from TEXT",
        "ALTER TABLE launches ADD COLUMN detail TEXT",
        "ALTER TABLE runs ADD COLUMN idempotency_key TEXT",
        "CREATE UNIQUE INDEX runs_by_key ON runs (campaign, mode, idempotency_key) WHERE idempotency_key IS NOT NULL",
    ],
};
