//! The functions of expressions.

use std::fmt::Write;

use serde_json::Value;
use tutti_model::problem::nearest;

use super::Context;
use super::inspect::take;
use crate::cli::Functions;
use crate::failure::{Done, Failure};
use crate::output;

/// Lists all functions, or describes one.
pub async fn run(context: &Context, arguments: &Functions) -> Done {
    let all = take(context.client().await?.get("/functions").await?);
    let Some(wanted) = &arguments.name else {
        return context.output.print_with(&Value::Array(all), |all| {
            let columns = ["category", "signature", "result"];
            let rows = all.as_array().into_iter().flatten();
            output::grid(&columns, rows.map(|function| columns.map(|name| function[name].clone()).to_vec()))
        });
    };
    let fold = |name: &str| name.replace('_', "").to_lowercase();
    match all.iter().find(|function| names(function).any(|name| fold(name) == fold(wanted))) {
        Some(function) => context.output.print_with(function, described),
        None => {
            let failure = Failure::new("not_found", format!("there is no function `{wanted}`"));
            Err(match nearest(wanted, all.iter().flat_map(names)) {
                Some(near) => failure.hint(format!("did you mean `{near}`?")),
                None => failure.hint("`tutti functions` lists them all"),
            })
        }
    }
}

/// The name of a function, then those that people know it by elsewhere.
fn names(function: &Value) -> impl Iterator<Item = &str> {
    let familiar = function["familiar"].as_array().into_iter().flatten();
    std::iter::once(&function["name"]).chain(familiar).filter_map(Value::as_str)
}

fn described(function: &Value) -> String {
    let text = |name: &str| output::text(&function[name]);
    let mut shown = format!("{}\n\n{}\n\nresult  {}\n", text("signature"), text("description"), text("result"));
    let _ = writeln!(shown, "NULL    {}", text("nulls"));
    let familiar: Vec<&str> = names(function).skip(1).collect();
    if !familiar.is_empty() {
        let _ = writeln!(shown, "also    {}", familiar.join(", "));
    }
    shown.push('\n');
    for example in function["examples"].as_array().into_iter().flatten() {
        let of = |name: &str| output::text(&example[name]);
        let _ = writeln!(shown, "{}  ->  {}", of("expression"), of("result"));
    }
    shown
}
