//! Contents: render, proof, and what there is to personalize with.

use serde_json::{Value, json};

use super::Context;
use crate::cli::{Proof, Render, RowsOf};
use crate::failure::{Done, Failure};
use crate::output::{self, Format};
use crate::rule;

/// Prints what a content says to some rows. What is wrong with it goes to stderr.
pub async fn render(context: &Context, arguments: &Render) -> Done {
    let answer = context.client().await?.post("/contents/render", &question(arguments)?).await?;
    let mut errors = 0;
    for problem in problems(&answer["problems"]) {
        eprintln!("{}", line(problem));
        errors += usize::from(problem["severity"] == "error");
    }
    if errors > 0 {
        return Err(Failure::new("invalid", format!("the content cannot be rendered: {errors} errors")));
    }
    let rows = answer["rows"].as_array().cloned().unwrap_or_default();
    match context.output.format() {
        Format::Table => rows.iter().try_for_each(|row| output::write(&shown(row)))?,
        Format::Csv => context.output.print(&rows.iter().map(flat).collect())?,
        Format::Json | Format::Yaml => context.output.print(&answer)?,
    }
    match rows.iter().filter(|row| row["failure"].is_string()).count() {
        0 => Ok(()),
        failed => Err(Failure::new("render_failed", format!("{failed} of {} messages cannot be rendered", rows.len()))),
    }
}

/// Sends a proof.
pub async fn proof(context: &Context, arguments: &Proof) -> Done {
    let mut body = question(&arguments.render)?;
    body["to"] = json!(arguments.to);
    body["subject_prefix"] = json!(arguments.prefix);
    let answer = context.client().await?.post("/contents/proofs", &body).await?;
    context.output.print_with(&answer, output::table)
}

/// Prints what templates may name.
pub async fn fields(context: &Context, arguments: &RowsOf) -> Done {
    let mut body = rows_of(arguments)?;
    for not_asked in ["key", "where"] {
        body.as_object_mut().map(|body| body.remove(not_asked));
    }
    let answer = context.client().await?.post("/query/personalization", &body).await?;
    match context.output.format() {
        Format::Json | Format::Yaml => context.output.print(&answer),
        Format::Table | Format::Csv => context.output.print(&names(&answer)),
    }
}

fn question(arguments: &Render) -> Done<Value> {
    let mut body = json!({
        "rows": rows_of(&arguments.rows)?,
        "channel": arguments.channel,
        "limit": arguments.limit,
        "offset": arguments.offset,
    });
    if let Some(path) = &arguments.file {
        let failed = |why: String| Failure::new("input", format!("`{}` cannot be read: {why}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
        let document: Value = serde_saphyr::from_str(&text).map_err(|error| failed(error.to_string()))?;
        body["document"] = document;
    } else {
        body["content"] = json!(arguments.content);
    }
    Ok(body)
}

fn rows_of(arguments: &RowsOf) -> Done<Value> {
    let rule = arguments.rule.as_deref().map(rule::read).transpose()?.map(|rule| rule.value);
    let variables: serde_json::Map<String, Value> =
        arguments.variables.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    Ok(json!({
        "dimension": arguments.dimension,
        "key": arguments.key,
        "where": rule,
        "campaign": arguments.campaign,
        "activity": arguments.activity,
        "variables": variables,
    }))
}

fn problems(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// `warning[CODE] /html:3:7: what (way out)`
fn line(problem: &Value) -> String {
    let text = |name: &str| problem[name].as_str().unwrap_or_default();
    let place = match &problem["within"] {
        Value::Object(at) => format!(":{}:{}", at["line"], at["column"]),
        _ => String::new(),
    };
    let hint = problem["hint"].as_str().map_or_else(String::new, |hint| format!(" ({hint})"));
    format!("{}[{}] {}{place}: {}{hint}", text("severity"), text("code"), text("pointer"), text("message"))
}

/// A message for reading: its lines of text, not its HTML.
fn shown(row: &Value) -> String {
    let text = |name: &str| row[name].as_str().unwrap_or_default();
    let excluded = row["excluded"].as_str().map_or_else(String::new, |reason| format!(", would be excluded: {reason}"));
    let mut shown = format!("{} to {} ({} bytes of HTML{excluded})\n", text("key"), text("address"), row["html_bytes"]);
    if let Some(failure) = row["failure"].as_str() {
        shown.push_str(&format!("  cannot be rendered: {failure}\n"));
        return shown;
    }
    shown.push_str(&format!("  │ {}\n", text("subject")));
    if !text("preheader").is_empty() {
        shown.push_str(&format!("  │ {}\n", text("preheader")));
    }
    shown.push_str("  │\n");
    for text in text("text").lines() {
        shown.push_str(&format!("  │ {text}\n"));
    }
    for problem in problems(&row["problems"]) {
        shown.push_str(&format!("  {}\n", line(problem)));
    }
    shown
}

fn flat(row: &Value) -> Value {
    json!({"key": row["key"], "address": row["address"], "excluded": row["excluded"], "subject": row["subject"],
        "text": row["text"], "html": row["html"], "failure": row["failure"]})
}

/// One line for each name.
fn names(answer: &Value) -> Value {
    let list = |name: &str| answer[name].as_array().cloned().unwrap_or_default();
    let line = |name: &Value, kind: &str, type_name: &Value, sample: String| json!({"name": name, "kind": kind, "type": type_name, "sample": sample});
    let mut lines = Vec::new();
    for field in list("fields") {
        let sample = field["samples"].get(0).map(output::text).unwrap_or_default();
        lines.push(line(&field["path"], field["source"].as_str().unwrap_or_default(), &field["type"], sample));
    }
    for collection in list("collections") {
        let columns: Vec<String> =
            problems(&collection["columns"]).map(|column| output::text(&column["name"])).collect();
        lines.push(line(&collection["path"], "collection", &json!("list"), columns.join(", ")));
    }
    for variable in list("variables") {
        let name = json!(format!("variables.{}", output::text(&variable["name"])));
        lines.push(line(&name, "variable", &variable["type"], output::text(&variable["value"])));
    }
    for link in list("links") {
        lines.push(line(&link["name"], "message", &json!("string"), output::text(&link["about"])));
    }
    Value::Array(lines)
}
