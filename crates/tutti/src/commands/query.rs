//! Questions: count, preview, explain, check, distribution, suggest.

use std::fmt::Write;

use serde_json::{Value, json};
use tutti_api::Item;
use tutti_model::source::Source;
use tutti_runner::PREVIEW_ROWS_MAX;

use super::Context;
use super::inspect::take;
use crate::cli::{Check, Count, Distribution, Explain, Preview, Question, Setting, Suggest, Values};
use crate::client::{Client, decode};
use crate::failure::{Done, Failure, describe, locate};
use crate::output::Format;
use crate::{output, rule};

/// A question, with its rule as it is written.
struct Asked {
    body: Value,
    rule: Option<Source>,
}

impl Asked {
    /// The answer. What is wrong with the rule is told with its place.
    async fn answer(&self, client: &Client, operation: &str) -> Done<Value> {
        let answer = client.post(&format!("/query/{operation}"), &self.body).await;
        answer.map_err(|failure| failure.located(|item| rule::place(self.rule.as_ref()?, item)))
    }
}

/// Prints the number of matching rows. That counting may take long is said before.
pub async fn count(context: &Context, arguments: &Count) -> Done {
    let mut asked = question(&arguments.question)?;
    let client = context.client().await?;
    let cost = Asked { body: with(&asked.body, "cost", json!(true)), rule: None };
    // What is wrong with the rule, its count tells.
    if let Ok(checked) = cost.answer(&client, "check").await {
        warn(&checked);
    }
    asked.body["parts"] = json!(arguments.parts);
    let answer = asked.answer(&client, "count").await?;
    context
        .output
        .print_with(&answer, |answer| if arguments.parts { parts_table(answer) } else { output::table(answer) })
}

/// Prints some of the matching rows.
pub async fn preview(context: &Context, arguments: &Preview) -> Done {
    let mut asked = question(&arguments.question)?;
    let computed = arguments.computed.iter().map(|(name, expression)| json!({"expression": expression, "as": name}));
    asked.body["columns"] = arguments.columns.iter().map(|path| json!(path)).chain(computed).collect();
    asked.body["order"] = arguments.order.iter().map(|order| order_by(order, &arguments.computed)).collect();
    let client = context.client().await?;
    let mut rows = Vec::new();
    // Page after page, each read of what the first one was.
    let columns = loop {
        let wanted = (arguments.limit - rows.len()).min(PREVIEW_ROWS_MAX);
        asked.body["limit"] = json!(wanted);
        asked.body["offset"] = json!(arguments.offset + rows.len());
        let mut answer = asked.answer(&client, "preview").await?;
        let found = take(objects(&answer));
        let end = found.len() < wanted;
        rows.extend(found);
        if end || rows.len() >= arguments.limit {
            break column_names(&answer);
        }
        asked.body["as_of"] = answer["as_of"].take();
    };
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    context.output.print_rows(rows, &columns, output::table)
}

/// Prints how a rule is answered. Warnings go to stderr.
pub async fn explain(context: &Context, arguments: &Explain) -> Done {
    let mut asked = question(&arguments.question)?;
    asked.body["dialect"] = json!(arguments.dialect);
    let answer = asked.answer(&context.client().await?, "explain").await?;
    warn(&answer);
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

/// Says what a rule means, or of which type an expression is; problems and warnings go to stderr, and make it fail.
pub async fn check(context: &Context, arguments: &Check) -> Done {
    let rule = arguments.rule.as_deref().map(rule::read).transpose()?;
    let mut body = json!({"dimension": arguments.dimension});
    if let Some(rule) = &rule {
        body["where"] = rule.value.clone();
        // What only a run knows costs nothing before one.
        body["cost"] = json!(arguments.setting.activity.is_none() || arguments.setting.run.is_some());
    }
    if let Some(expression) = &arguments.expression {
        body["expression"] = json!(expression);
        body["aggregates"] = json!(arguments.aggregates);
    }
    if let Some(link) = &arguments.link {
        body["link"] = json!(link);
    }
    let asked = Asked { body: in_setting(body, &arguments.setting), rule };
    let answer = asked.answer(&context.client().await?, "check").await?;
    let mut problems: Vec<Item> = decode(answer["problems"].clone())?;
    locate(&mut problems, |item| rule::place(asked.rule.as_ref()?, item));
    for problem in &problems {
        eprint!("{}", describe(problem));
    }
    warn(&answer);
    let found = |name: &str| answer[name].as_str().map(|text| format!("{text}\n"));
    context.output.print_with(&answer, |_| found("words").or(found("type")).unwrap_or_default())?;
    if answer["valid"] == true { Ok(()) } else { Err(Failure::told()) }
}

/// Prints how the values of a field are spread.
pub async fn distribution(context: &Context, arguments: &Distribution) -> Done {
    let mut asked = values(&arguments.values)?;
    asked.body["top"] = json!(arguments.top);
    let answer = asked.answer(&context.client().await?, "distribution").await?;
    if context.output.format() == Format::Csv {
        return context.output.print(&answer["values"]);
    }
    context.output.print_with(&answer, distribution_table)
}

/// Prints values that fit what was typed.
pub async fn suggest(context: &Context, arguments: &Suggest) -> Done {
    let mut asked = values(&arguments.values)?;
    asked.body["prefix"] = json!(arguments.prefix);
    asked.body["limit"] = json!(arguments.limit);
    let answer = asked.answer(&context.client().await?, "suggest").await?;
    context.output.print(&answer["values"])
}

fn values(arguments: &Values) -> Done<Asked> {
    let rule = arguments.rule.as_deref().map(rule::read).transpose()?;
    let field = match &arguments.expression {
        Some(expression) => json!({"expression": expression}),
        None => json!(arguments.field),
    };
    let written = rule.as_ref().map_or_else(|| json!({}), |rule| rule.value.clone());
    let body = json!({"dimension": arguments.dimension, "field": field, "where": written});
    Ok(Asked { body: in_setting(body, &arguments.setting), rule })
}

/// Tells what an answer warns of.
fn warn(answer: &Value) {
    for warning in answer["warnings"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        eprintln!("warning: {warning}");
    }
}

fn with(body: &Value, name: &str, value: Value) -> Value {
    let mut body = body.clone();
    body[name] = value;
    body
}

/// The question with the campaign, the zone and the variables that the rule sees, and its place on the canvas. Variables
/// are texts here: they take the type that the campaign declares, or of what they are compared with.
fn in_setting(mut body: Value, setting: &Setting) -> Value {
    let named = [
        ("campaign", &setting.campaign),
        ("activity", &setting.activity),
        ("run", &setting.run),
        ("time_zone", &setting.time_zone),
    ];
    for (name, value) in named.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
        body[name] = json!(value);
    }
    if setting.draft {
        body["draft"] = json!(true);
    }
    for (name, value) in &setting.variables {
        body["variables"][name] = json!({"type": "string", "value": value});
    }
    body
}

/// `field` or `field:descending`; a field may be the name of something computed.
fn order_by(order: &str, computed: &[(String, String)]) -> Value {
    let by = |field: &str| match computed.iter().find(|(name, _)| name == field) {
        Some((_, expression)) => json!({"expression": expression}),
        None => json!(field),
    };
    match order.rsplit_once(':') {
        Some((field, direction)) => json!({"by": by(field), "order": direction}),
        None => json!({"by": by(order)}),
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

fn question(arguments: &Question) -> Done<Asked> {
    let rule = rule::read(&arguments.rule)?;
    let body = json!({"dimension": arguments.dimension, "where": rule.value});
    Ok(Asked { body: in_setting(body, &arguments.setting), rule: Some(rule) })
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
