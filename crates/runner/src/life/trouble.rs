//! What went wrong with a campaign besides its runs, as it is kept with it until it starts the next time: its
//! publication failed, or a launch began nothing though it should have.

use serde_json::{Value, json};
use tutti_store::NewLaunch;

use crate::time::rfc3339;

const LAUNCH_SKIPPED: &str = "launch_skipped";
const NEVER_LAUNCHED: &str = "never_launched";
const NEEDED: &str = "needed";

/// What is kept of a launch that should have begun a run.
pub(super) fn trouble_of(launch: &NewLaunch, why: &str) -> Value {
    json!({"code": LAUNCH_SKIPPED, "message": why, "due_at": rfc3339(launch.due_us)})
}

/// What is kept of a campaign that runs once and has no launch to come, before it has run.
pub(super) fn never_launched() -> Value {
    json!({"code": NEVER_LAUNCHED, "message": "no launch is planned, and it has not run"})
}

/// What is kept of a campaign that stays in the archive because others need it, as of a generation of the documents.
pub(super) fn needed(why: &str, generation: i64) -> Value {
    json!({"code": NEEDED, "message": why, "generation": generation})
}

/// Whether it is known that others need a campaign, and no document has changed since.
pub(super) fn is_needed_as_of(error: &Value, generation: i64) -> bool {
    error["code"] == NEEDED && error["generation"] == generation
}

/// What is kept, as a sentence.
pub(crate) fn told(error: &Value) -> String {
    let text = |field: &str| error.get(field).and_then(Value::as_str);
    let why = text("message").unwrap_or("nobody said why");
    match text("code") {
        Some(LAUNCH_SKIPPED) => format!("its launch of {} was skipped: {why}", text("due_at").unwrap_or_default()),
        Some(NEVER_LAUNCHED) => why.to_owned(),
        Some(NEEDED) => format!("it is not deleted, because others need it: {why}"),
        _ => format!("its publication failed: {why}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_told() {
        let launch = NewLaunch {
            id: "launch_1".to_owned(),
            campaign: "a".to_owned(),
            key: "k".to_owned(),
            cause: "signal".to_owned(),
            due_us: 0,
            variables: json!({}),
        };
        for (error, expected) in [
            (trouble_of(&launch, "no table"), "its launch of 1970-01-01T00:00:00Z was skipped: no table"),
            (never_launched(), "no launch is planned, and it has not run"),
            (needed("campaign `b`", 7), "it is not deleted, because others need it: campaign `b`"),
            (json!({"code": "invalid", "message": "no table"}), "its publication failed: no table"),
            (json!({}), "its publication failed: nobody said why"),
        ] {
            assert_eq!(told(&error), expected);
        }
    }
}
