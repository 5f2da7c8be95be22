//! The predefined filters of rules.

use serde_json::Value;

use super::Context;
use crate::cli::Filters;
use crate::client::with_query;
use crate::failure::Done;
use crate::output;

/// Lists the filters that somebody can choose, favorites first.
pub async fn list(context: &Context, arguments: &Filters) -> Done {
    let query = [("dimension", arguments.dimension.clone()), ("by", arguments.by.clone())];
    let answer = context.client().await?.get(&with_query("/filters", &query)).await?;
    context.output.print_with(&answer, |filters| {
        let columns = ["name", "label", "dimension", "parameters", "favorite", "shared", "owner"];
        let rows = filters.as_array().into_iter().flatten().map(|filter| {
            columns.map(|name| if name == "parameters" { parameters(filter) } else { filter[name].clone() }).to_vec()
        });
        output::grid(&columns, rows)
    })
}

/// `days=30, tier`: what has to be given has no value.
fn parameters(filter: &Value) -> Value {
    let shown = filter["parameters"].as_array().into_iter().flatten().map(|parameter| {
        let name = output::text(&parameter["name"]);
        match &parameter["default"] {
            Value::Null => name,
            default => format!("{name}={}", output::text(default)),
        }
    });
    Value::from(shown.collect::<Vec<_>>().join(", "))
}
