//! Lets what arrives wait for a time.
//!
//! It waits for a while (`duration: 3d`), until a date and time, or until the next time that it is a weekday and an
//! hour, in the campaign's time zone. Days are days of the calendar. A time that is past already passes at once. The
//! wait is kept in the state, so that a server that was away when it ended goes on as soon as it is back; other
//! branches are not held up. Activities after it read the tables as they are then; what waits is kept for as long as the
//! run goes on, up to ten years. A test passes at once and says in its log until when it would have waited. Example: `{id: pause, type: wait, until: {weekday: monday, at: "09:00"}}`.

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tutti_model::campaign::{ActivityNode, OUT};
use tutti_model::duration::Duration;
use tutti_model::problem::Problem;

use crate::activity::{Activity, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shapes, object};
use crate::due::{Due, Until};
use crate::kinds::approval;
use crate::step::{Error, Step, StepContext, settings};

/// With more days of waits one after the other than this, a run is warned of.
const DAYS_ADVISED: i64 = 30;

/// The most days of waits, one after the other.
const DAYS_MAX: i64 = 3_650;

/// How long, or until when; one of both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How long it waits, like `3d`, `12h` or `1d12h`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<Duration>,
    /// Until when it waits: a date and time, or `{weekday: monday, at: "09:00"}` for the next time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "until"))]
    pub until: Option<Until>,
}

pub struct Wait;

impl Activity for Wait {
    fn kind(&self) -> &'static str {
        "wait"
    }

    fn label(&self) -> &'static str {
        "Wait"
    }

    fn category(&self) -> Category {
        Category::FlowControl
    }

    fn summary(&self) -> &'static str {
        "Lets the population wait for a while, or until a time."
    }

    fn settings_schema(&self) -> Schema {
        schema_for!(Settings)
    }

    fn example(&self) -> Raw {
        object(json!({"duration": "3d"}))
    }

    fn inputs(&self) -> Inputs {
        Inputs::TRIGGER
    }

    fn ports(&self, _: &Raw, _: &[&str]) -> Vec<PortSpec> {
        vec![PortSpec::out()]
    }

    fn check(&self, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Shapes {
        if let Some(settings) = context.read::<Settings>(problems) {
            check_time(&settings, context, problems);
        }
        context.inbound().map(|shape| (OUT.to_owned(), shape.clone())).into_iter().collect()
    }

    fn step(&self, raw: &Raw, context: &StepContext<'_>) -> Result<Step, Error> {
        let settings: Settings = settings(raw)?;
        let due = match (settings.duration, settings.until) {
            (Some(duration), _) => Due::After(duration),
            (None, Some(until)) => until.read(context.moment).map_err(|message| Error::value("until", message))?,
            (None, None) => return Err(Error::value("duration", "there is neither a `duration` nor an `until`")),
        };
        Ok(Step::Wait(due))
    }
}

fn check_time(settings: &Settings, context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    let due = match (&settings.duration, &settings.until) {
        (Some(_), Some(_)) => {
            let message = "it waits for a while or until a time: `duration` and `until` are both given";
            problems.push(Problem::error("bad_value", context.at("until"), message).hint("keep one of them"));
            return;
        }
        (None, None) => {
            let message = "it does not say how long it waits: there is neither `duration` nor `until`";
            problems.push(
                Problem::error("missing_field", context.node.pointer.clone(), message)
                    .hint("add `duration: 3d`, or `until: {weekday: monday, at: \"09:00\"}`"),
            );
            return;
        }
        (Some(duration), None) => Some(Due::After(*duration)),
        (None, Some(until)) => until.check(context.moment, &context.at("until"), problems),
    };
    let field = if settings.duration.is_some() { "duration" } else { "until" };
    match due {
        Some(Due::After(duration)) if duration.is_zero() => {
            problems.push(Problem::error("bad_value", context.at(field), "it waits for no time at all"));
        }
        Some(Due::At(instant)) if instant < context.moment.now => {
            let message = "this time is past, so that the population passes at once";
            problems.push(Problem::warning("time_past", context.at(field), message));
        }
        _ => {}
    }
    check_length(context, &context.at(field), problems);
}

/// Waits, and deadlines of approvals, one after the other add up. A run that has not ended is kept, however long that is;
/// but it stays on its version, and nobody sees from its campaign that it still goes on.
pub(crate) fn check_length(context: &CheckContext<'_>, pointer: &str, problems: &mut Vec<Problem>) {
    let day_us = Duration::from_days(1).as_us();
    let before = context.earlier.longest_us(&context.node.id, &|id| {
        let node = context.campaign.canvas.activity(id).filter(|node| node.enabled);
        node.and_then(|node| length_us(node, context)).unwrap_or(0)
    });
    let total = length_us(context.node, context).unwrap_or(0).saturating_add(before);
    // What has been said of the waits before it is not said again.
    let exceeds = |days: i64| total > days.saturating_mul(day_us) && before <= days.saturating_mul(day_us);
    let days = total / day_us;
    let waits = match before {
        0 => format!("it waits {days} days"),
        _ => format!("with the waits before it, this is {days} days"),
    };
    if exceeds(DAYS_MAX) {
        let message = format!("{waits}, and at most {DAYS_MAX} are waited for");
        let hint = "wait for a shorter time, or make the later part a campaign of its own that asks its tables anew";
        problems.push(Problem::error("wait_too_long", pointer, message).hint(hint));
    } else if exceeds(DAYS_ADVISED) {
        let message = format!("{waits}, for which the run stays on the version that it began with");
        let hint = "the later part may be a campaign of its own, by a schedule, that asks its tables anew";
        problems.push(Problem::warning("long_wait", pointer, message).hint(hint));
    }
}

fn length_us(node: &ActivityNode, context: &CheckContext<'_>) -> Option<i64> {
    let due = match node.kind.as_str() {
        "wait" => match settings::<Settings>(&node.settings).ok()? {
            Settings { duration: Some(duration), .. } => Due::After(duration),
            Settings { until, .. } => until?.read(context.moment).ok()?,
        },
        "approval" => {
            let settings: approval::Settings = settings(&node.settings).ok()?;
            settings.deadline?.read(context.moment).ok()?
        }
        _ => return None,
    };
    Some(match due {
        Due::At(instant) => instant.as_microsecond().saturating_sub(context.moment.now.as_microsecond()).max(0),
        due => due.longest()?.as_us(),
    })
}
