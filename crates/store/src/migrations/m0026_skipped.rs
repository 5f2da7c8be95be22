//! Launches that were skipped are found by their times, for the calendar.

pub(super) const STEP: super::Step = super::Step {
    name: "m0026_skipped",
    statements: &["CREATE INDEX launches_skipped ON launches (due_us, id) WHERE state = 'skipped'"],
};
