//! The calendar: launches to come, runs, holidays.

use serde_json::{Value, json};

use super::Context;
use crate::cli::CalendarArguments;
use crate::client::with_query;
use crate::failure::Done;
use crate::output;

/// Shows a stretch of the calendar.
pub async fn run(context: &Context, arguments: &CalendarArguments) -> Done {
    let states = (!arguments.state.is_empty()).then(|| arguments.state.join(","));
    let CalendarArguments { from, to, zone, .. } = arguments.clone();
    let query = [("from", from), ("to", to), ("zone", zone), ("state", states)];
    let answer = context.client().await?.get(&with_query("/calendar", &query)).await?;
    context.output.print_with(&answer, table)
}

fn table(answer: &Value) -> String {
    let skipped = answer["skipped"].as_array().into_iter().flatten();
    let entries = answer["entries"].as_array().into_iter().flatten().chain(skipped).map(|entry| {
        let many = if entry["count"].as_u64().unwrap_or(1) > 1 { entry["count"].clone() } else { Value::Null };
        vec![
            entry["at"].clone(),
            entry["until"].clone(),
            many,
            entry["what"].clone(),
            entry["campaign"].clone(),
            if entry["reason"].is_null() { entry["state"].clone() } else { entry["reason"].clone() },
            entry["run"].clone(),
        ]
    });
    let days = answer["days"].as_array().into_iter().flatten().map(|day| {
        vec![
            day["from"].clone(),
            day["until"].clone(),
            Value::Null,
            json!("day"),
            day["label"].clone(),
            Value::Null,
            Value::Null,
        ]
    });
    let mut rows: Vec<Vec<Value>> = entries.chain(days).collect();
    rows.sort_by(|one, other| one[0].as_str().cmp(&other[0].as_str()));
    output::grid(&["at", "until", "times", "what", "campaign", "state", "run"], rows)
}
