//! Questions: count, preview, explain.

use serde_json::{Value, json};

use super::Context;
use crate::cli::{Preview, Question};
use crate::failure::Done;
use crate::output::Format;
use crate::{output, rule};

/// Prints the number of matching rows.
pub async fn count(context: &Context, arguments: &Question) -> Done {
    let answer = context.client().await?.post("/query/count", &question(arguments)?).await?;
    context.output.print(&answer)
}

/// Prints the first matching rows.
pub async fn preview(context: &Context, arguments: &Preview) -> Done {
    let mut body = question(&arguments.question)?;
    body["columns"] = json!(arguments.columns);
    body["limit"] = json!(arguments.limit);
    let answer = context.client().await?.post("/query/preview", &body).await?;
    context.output.print(&objects(&answer))
}

/// Prints how a rule is answered.
pub async fn explain(context: &Context, arguments: &Question) -> Done {
    let answer = context.client().await?.post("/query/explain", &question(arguments)?).await?;
    if context.output.format() != Format::Table {
        return context.output.print(&answer);
    }
    let mut text = format!("{}\n", answer["words"].as_str().unwrap_or_default());
    if let Some(sql) = answer["sql"].as_str() {
        text.push_str(&format!("\nSQL\n{sql}\n"));
    }
    text.push_str(&format!("\nPlan\n{}\n", answer["plan"].as_str().unwrap_or_default().trim_end()));
    output::write(&text)
}

fn question(arguments: &Question) -> Done<Value> {
    Ok(json!({"dimension": arguments.dimension, "where": rule::read(&arguments.rule)?}))
}

/// Columns and rows as one object per row.
pub fn objects(answer: &Value) -> Value {
    let names: Vec<&str> =
        answer["columns"].as_array().into_iter().flatten().filter_map(|column| column["name"].as_str()).collect();
    let rows = answer["rows"].as_array().into_iter().flatten().map(|row| {
        let values = row.as_array().into_iter().flatten().cloned();
        Value::Object(names.iter().map(|name| (*name).to_owned()).zip(values).collect())
    });
    Value::Array(rows.collect())
}
