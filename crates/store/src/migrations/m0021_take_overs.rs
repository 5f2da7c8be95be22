//! Several versions of a campaign that take over, each at its time.

pub(super) const STEP: super::Step = super::Step {
    name: "m0021_take_overs",
    statements: &[
        // `takes_over_us` stays: the soonest of them.
        "ALTER TABLE campaigns ADD COLUMN take_overs TEXT",
        // So far the newest version took over.
        "UPDATE campaigns SET take_overs = (SELECT '[{\"version\":' || CAST(documents.version AS TEXT) || ',\"at_us\":' \
           || CAST(campaigns.takes_over_us AS TEXT) || '}]' FROM documents \
           WHERE documents.head AND documents.kind = 'campaign' AND documents.name = campaigns.name) \
         WHERE takes_over_us IS NOT NULL",
    ],
};
