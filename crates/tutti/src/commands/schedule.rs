//! When a campaign will start.

use jiff::ZonedDateTime;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::Context;
use crate::cli::Schedule;
use crate::client::{part, with_query};
use crate::failure::{Done, warn};
use crate::output::{self, Format};

/// Prints the next launch times; as a table, with the weekday and what holds in the zone at that time.
pub async fn run(context: &Context, arguments: &Schedule) -> Done {
    let path = with_query(
        &format!("/campaigns/{}/schedule", part(&arguments.campaign)),
        &[("next", Some(arguments.next.to_string())), ("after", arguments.after.clone())],
    );
    let answer = context.client().await?.get(&path).await?;
    warn(&answer);
    if context.output.format() == Format::Table {
        eprintln!("{}", answer["words"].as_str().unwrap_or_default());
    }
    context.output.print_with(&answer["launches"], |launches| {
        let zone = answer["time_zone"].as_str().unwrap_or_default();
        let rows = launches.as_array().into_iter().flatten().map(|launch| row(launch, zone));
        if launches.as_array().is_none_or(Vec::is_empty) {
            return "no launches\n".to_owned();
        }
        output::grid(&["launch", "weekday", "zone"], rows)
    })
}

fn row(launch: &Value, zone: &str) -> Vec<Value> {
    let at: Option<ZonedDateTime> = launch
        .as_str()
        .and_then(|text| text.parse::<jiff::Timestamp>().ok())
        .and_then(|at| Some(at.to_zoned_datetime(TimeZone::get(zone).ok()?)));
    let shown = |format: &str| at.as_ref().map_or(Value::Null, |at| json!(at.strftime(format).to_string()));
    vec![launch.clone(), shown("%A"), json!(format!("{zone} ({})", shown("%Z").as_str().unwrap_or_default()))]
}
