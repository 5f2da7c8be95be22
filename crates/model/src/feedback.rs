//! The built-in filter on campaign feedback: who was sent messages, opened them, clicked in them, and who did not. It
//! is about the rows of every table that has a dimension, by what `tutti_messages` and `tutti_events` say of them. No
//! document has its name, so it cannot be changed.

use indexmap::IndexMap;
use serde_json::{Value, json};

use crate::builtin::{EVENTS, MESSAGES};
use crate::dimension::{Filter, Parameter};
use crate::rule::Rule;
use crate::table::ColumnType;

/// Its name.
pub const FEEDBACK: &str = "tutti_feedback";
pub const LABEL: &str = "Campaign feedback";
pub const ABOUT: &str = "Who was sent a message, opened it, clicked in it, or did not: any message, or those of one \
                         campaign, one of its activities or one run, and of the last days alone.";

/// What can be asked for. `sent` is accepted by the next hop, whatever came back since; who has not opened or clicked
/// was sent a message.
pub const BEHAVIORS: [&str; 12] = [
    "sent",
    "delivered",
    "opened",
    "clicked",
    "bounced",
    "complained",
    "unsubscribed",
    "failed",
    "excluded",
    "not_sent",
    "not_opened",
    "not_clicked",
];

/// The longest time to look back, in days.
pub const DAYS_MAX: i64 = 36_500;

/// The parameter that has to be given, and those that narrow what is looked at: a text that is empty and 0 days narrow
/// nothing.
pub const BEHAVIOR: &str = "behavior";
pub const CAMPAIGN: &str = "campaign";
pub const ACTIVITY: &str = "activity";
pub const RUN: &str = "run";
pub const DAYS: &str = "days";

/// Which messages are looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Narrowed {
    /// The parameters of texts that are given: [`CAMPAIGN`], [`ACTIVITY`], [`RUN`].
    pub texts: Vec<&'static str>,
    /// `None` for ever. Without a number, the variable that it is given by has no value.
    pub days: Option<Option<i64>>,
}

/// The parameters, for lists and forms.
pub fn parameters() -> IndexMap<String, Parameter> {
    let parameter = |parameter_type, label: &str, default: Option<Value>| Parameter {
        parameter_type,
        default,
        label: Some(label.to_owned()),
    };
    let any = || Some(Value::from(""));
    IndexMap::from([
        (BEHAVIOR.to_owned(), parameter(ColumnType::String, "Behavior", None)),
        (CAMPAIGN.to_owned(), parameter(ColumnType::String, "Campaign", any())),
        (ACTIVITY.to_owned(), parameter(ColumnType::String, "Activity", any())),
        (RUN.to_owned(), parameter(ColumnType::String, "Run", any())),
        (DAYS.to_owned(), parameter(ColumnType::Integer, "Days", Some(Value::from(0)))),
    ])
}

/// The filter on the rows of a dimension, for one of [`BEHAVIORS`]; nobody for any other.
pub fn filter(dimension: &str, behavior: &str, narrowed: &Narrowed) -> Filter {
    Filter {
        name: FEEDBACK.to_owned(),
        dimension: dimension.to_owned(),
        parameters: parameters(),
        shared: true,
        favorite: false,
        owner: None,
        rule: Rule(rule(behavior, narrowed)),
    }
}

/// What a message is in that was accepted by the next hop.
const SENT: [&str; 4] = ["sent", "delivered", "bounced", "complained"];

fn rule(behavior: &str, narrowed: &Narrowed) -> Value {
    let messages = |statuses: &[&str]| narrowed.linked(MESSAGES, "some", &condition("status", statuses));
    let events = |mode: &str, kind: &str| narrowed.linked(EVENTS, mode, &condition("kind", &[kind]));
    let both = |combinator: &str, one: Value, other: Value| json!({"combinator": combinator, "rules": [one, other]});
    match behavior {
        "sent" => messages(&SENT),
        // Whoever complains has got it.
        "delivered" => messages(&["delivered", "complained"]),
        "opened" => events("some", "open"),
        "clicked" => events("some", "click"),
        "bounced" => both("or", messages(&["bounced"]), events("some", "bounce")),
        "complained" => both("or", messages(&["complained"]), events("some", "complaint")),
        "unsubscribed" => events("some", "unsubscribe"),
        "failed" | "excluded" => messages(&[behavior]),
        "not_sent" => narrowed.linked(MESSAGES, "none", &condition("status", &SENT)),
        "not_opened" => both("and", messages(&SENT), events("none", "open")),
        "not_clicked" => both("and", messages(&SENT), events("none", "click")),
        _ => json!({"combinator": "and", "not": true, "rules": []}),
    }
}

fn condition(field: &str, values: &[&str]) -> Value {
    json!({"field": field, "operator": "in", "value": values, "caseSensitive": true})
}

impl Narrowed {
    /// A rule on linked rows for which `condition` holds, among those that are looked at.
    fn linked(&self, link: &str, mode: &str, condition: &Value) -> Value {
        let texts = self.texts.iter().map(|name| {
            json!({"field": name, "operator": "=", "valueSource": "variable", "value": name, "caseSensitive": true})
        });
        let at = if link == MESSAGES { "updated_at" } else { "at" };
        let recent = self.days.map(|days| match days {
            Some(days) => json!({"field": at, "operator": ">=", "value": format!("now-{days}d")}),
            None => json!({"field": at, "operator": ">=", "valueSource": "variable", "value": DAYS}),
        });
        let rules: Vec<Value> = std::iter::once(condition.clone()).chain(texts).chain(recent).collect();
        json!({"field": link, "match": {"mode": mode}, "value": {"combinator": "and", "rules": rules}})
    }
}
