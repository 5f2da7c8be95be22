//! Alerts of what goes wrong with runs and launches, which are mailed after they are on record.

pub(super) const STEP: super::Step = super::Step {
    name: "m0030_trouble",
    statements: &[
        "ALTER TABLE alerts ADD COLUMN launch TEXT",
        "ALTER TABLE alerts ADD COLUMN trouble TEXT",
        "ALTER TABLE alerts ADD COLUMN mail_by TEXT",
        "ALTER TABLE alerts ADD COLUMN mail_to TEXT",
        "ALTER TABLE alerts ADD COLUMN mail_due_us BIGINT",
        "CREATE INDEX alerts_to_mail ON alerts (mail_due_us, seq) WHERE mail_by IS NOT NULL",
    ],
};
