//! Launches that are settled and runs that are cleared are found by their times, to be forgotten one day.

pub(super) const STEP: super::Step = super::Step {
    name: "m0037_records",
    statements: &[
        "CREATE INDEX launches_settled ON launches (settled_us) WHERE settled_us IS NOT NULL",
        "CREATE INDEX runs_cleared ON runs (finished_us) WHERE cleared_us IS NOT NULL",
    ],
};
