//! Questions: count, preview, explain, distribution, suggest.

use std::fmt::Write;

use serde_json::{Value, json};

use super::Context;
use super::inspect::take;
use crate::cli::{Count, Distribution, Explain, Preview, Question, Setting, Suggest, Values};
use crate::failure::Done;
use crate::output::Format;
use crate::{output, rule};

/// Prints the number of matching rows.
pub async fn count(context: &Context, arguments: &Count) -> Done {
    let mut body = question(&arguments.question)?;
    body["parts"] = json!(arguments.parts);
    let answer = context.client().await?.post("/query/count", &body).await?;
    context
        .output
        .print_with(&answer, |answer| if arguments.parts { parts_table(answer) } else { output::table(answer) })
}

/// Prints some of the matching rows.
pub async fn preview(context: &Context, arguments: &Preview) -> Done {
    let mut body = question(&arguments.question)?;
    body["columns"] = json!(arguments.columns);
    body["order"] = arguments.order.iter().map(|order| order_by(order)).collect();
    body["limit"] = json!(arguments.limit);
    body["offset"] = json!(arguments.offset);
    let answer = context.client().await?.post("/query/preview", &body).await?;
    let columns = column_names(&answer);
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    context.output.print_rows(take(objects(&answer)), &columns, output::table)
}

/// Prints how a rule is answered. Warnings go to stderr.
pub async fn explain(context: &Context, arguments: &Explain) -> Done {
    let mut body = question(&arguments.question)?;
    body["dialect"] = json!(arguments.dialect);
    let answer = context.client().await?.post("/query/explain", &body).await?;
    for warning in answer["warnings"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        eprintln!("warning: {warning}");
    }
    if context.output.format() != Format::Table {
        return context.output.print(&answer);
    }
    let text = |name: &str| answer[name].as_str().unwrap_or_default().trim_end().to_owned();
    let mut shown = format!("{}\n\nSQL ({})\n{}\n", text("words"), arguments.dialect, text("sql"));
    for note in answer["sql_notes"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let _ = writeln!(shown, "  {note}");
    }
    let _ = writeln!(shown, "\nCost: about {} ms", answer["cost"]["estimated_ms"]);
    for scan in answer["cost"]["tables"].as_array().into_iter().flatten() {
        let _ =
            writeln!(shown, "  {}: {} rows, read {} times", output::text(&scan["table"]), scan["rows"], scan["scans"]);
    }
    let _ = writeln!(shown, "\nPlan\n{}", text("plan"));
    output::write(&shown)
}

/// Prints how the values of a field are spread.
pub async fn distribution(context: &Context, arguments: &Distribution) -> Done {
    let mut body = values(&arguments.values)?;
    body["top"] = json!(arguments.top);
    let answer = context.client().await?.post("/query/distribution", &body).await?;
    if context.output.format() == Format::Csv {
        return context.output.print(&answer["values"]);
    }
    context.output.print_with(&answer, distribution_table)
}

/// Prints values that fit what was typed.
pub async fn suggest(context: &Context, arguments: &Suggest) -> Done {
    let mut body = values(&arguments.values)?;
    body["prefix"] = json!(arguments.prefix);
    body["limit"] = json!(arguments.limit);
    let answer = context.client().await?.post("/query/suggest", &body).await?;
    context.output.print(&answer["values"])
}

fn values(arguments: &Values) -> Done<Value> {
    let rule = match &arguments.rule {
        Some(rule) => rule::read(rule)?,
        None => json!({}),
    };
    let body = json!({"dimension": arguments.dimension, "field": arguments.field, "where": rule});
    Ok(in_setting(body, &arguments.setting))
}

/// The question with the campaign, the zone and the variables that the rule sees. Variables are texts here: they take
/// the type that the campaign declares, or of what they are compared with.
fn in_setting(mut body: Value, setting: &Setting) -> Value {
    let named = [("campaign", &setting.campaign), ("time_zone", &setting.time_zone)];
    for (name, value) in named.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
        body[name] = json!(value);
    }
    for (name, value) in &setting.variables {
        body["variables"][name] = json!({"type": "string", "value": value});
    }
    body
}

/// `field` or `field:descending`.
fn order_by(order: &str) -> Value {
    match order.rsplit_once(':') {
        Some((field, direction)) => json!({"by": field, "order": direction}),
        None => json!({"by": order}),
    }
}

fn parts_table(answer: &Value) -> String {
    let rows = answer["parts"].as_array().into_iter().flatten().map(|part| {
        let pointer = part["pointer"].as_str().filter(|pointer| !pointer.is_empty()).unwrap_or("the whole rule");
        json!({"part": pointer, "count": part["count"]})
    });
    output::table(&Value::Array(rows.collect()))
}

fn distribution_table(answer: &Value) -> String {
    let percent = |share: &Value| format!("{:.1} %", share.as_f64().unwrap_or_default() * 100.0);
    let list = |name: &str| answer[name].as_array().cloned().unwrap_or_default();
    let values: Vec<Value> = list("values")
        .iter()
        .map(|value| json!({"value": value["value"], "count": value["count"], "share": percent(&value["share"])}))
        .collect();
    let mut text = output::table(&Value::Array(values));
    let _ = writeln!(
        text,
        "{} rows of {}, {} without a value, {} different values, {} rows with others",
        answer["rows"],
        output::text(&answer["table"]),
        answer["nulls"],
        answer["distinct"],
        answer["others"]
    );
    let bins = list("histogram");
    if !bins.is_empty() {
        text.push_str(&output::table(&Value::Array(bins)));
    }
    text
}

fn question(arguments: &Question) -> Done<Value> {
    let body = json!({"dimension": arguments.dimension, "where": rule::read(&arguments.rule)?});
    Ok(in_setting(body, &arguments.setting))
}

/// The names of an answer's columns.
pub fn column_names(answer: &Value) -> Vec<String> {
    let columns = answer["columns"].as_array().into_iter().flatten();
    columns.filter_map(|column| column["name"].as_str().map(str::to_owned)).collect()
}

/// Columns and rows as one object per row.
pub fn objects(answer: &Value) -> Value {
    let names = column_names(answer);
    let rows = answer["rows"].as_array().into_iter().flatten().map(|row| {
        let values = row.as_array().into_iter().flatten().cloned();
        Value::Object(names.iter().cloned().zip(values).collect())
    });
    Value::Array(rows.collect())
}
