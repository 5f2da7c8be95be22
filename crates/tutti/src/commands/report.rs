//! Reports, and trying channels.

use serde_json::{Value, json};

use super::Context;
use super::inspect::{pages, take};
use crate::cli::{ChannelCommand, Report};
use crate::client::{Client, part, with_query};
use crate::failure::{Done, Failure};
use crate::output::{self, Format};

type Query = Vec<(&'static str, Option<String>)>;

/// Reports on one or several runs, campaigns or channels.
pub async fn run(context: &Context, arguments: &Report) -> Done {
    let client = context.client().await?;
    let mut subjects = Vec::with_capacity(arguments.names.len());
    for name in &arguments.names {
        subjects.push((subject(&client, arguments.kind.as_deref(), name).await?, name.clone()));
    }
    let [(kind, name)] = subjects.as_slice() else {
        if arguments.by.is_some() || arguments.step.is_some() || arguments.people.is_some() || arguments.to.is_some() {
            return Err(Failure::usage("several reports are compared by their figures only; name one for its parts"));
        }
        return side_by_side(context, &client, arguments, &subjects).await;
    };
    let query = |more: Query| -> Query { about(arguments, kind, name).into_iter().chain(more).collect() };
    if let Some(file) = &arguments.to {
        return export(&client, arguments, query, file).await;
    }
    if let Some(figure) = &arguments.people {
        let page = async |offset: u64, limit: u64| {
            let mut more = vec![("figure", Some(figure.clone())), ("by", arguments.by.clone())];
            more.extend([("value", arguments.value.clone()), ("offset", Some(offset.to_string()))]);
            more.push(("limit", Some(limit.to_string())));
            let mut answer = client.get(&with_query("/reports/people", &query(more))).await?;
            Ok((answer["total"].as_u64().unwrap_or_default(), take(answer["rows"].take())))
        };
        return context.output.print(&Value::Array(pages(None, page).await?));
    }
    if let Some(step) = &arguments.step {
        let more = vec![("step", Some(step.clone())), ("zone", Some(arguments.zone.clone()))];
        let answer = client.get(&with_query("/reports/timeline", &query(more))).await?;
        return context.output.print(&answer["points"]);
    }
    if let Some(by) = &arguments.by {
        let more = vec![("by", Some(by.clone())), ("base", arguments.base.clone())];
        let answer = client.get(&with_query("/reports/breakdown", &query(more))).await?;
        return match context.output.format() {
            Format::Table => output::write(&breakdown(by, &answer)),
            Format::Csv => context.output.print(&flat(by, &answer)),
            _ => context.output.print(&answer),
        };
    }
    let answer = client.get(&with_query("/reports", &query(Vec::new()))).await?;
    context.output.print_with(&answer, whole)
}

/// What a report is asked about, and in which time.
fn about(arguments: &Report, kind: &'static str, name: &str) -> Query {
    let Report { since, until, .. } = arguments;
    vec![(kind, Some(name.to_owned())), ("from", since.clone()), ("to", until.clone())]
}

/// Tries a channel.
pub async fn channel(context: &Context, command: &ChannelCommand) -> Done {
    let ChannelCommand::Test { name } = command;
    let test = context.client().await?.post(&format!("/channels/{}/test", part(name)), &json!({})).await?;
    context.output.print_with(&test, |test| {
        let steps = test["steps"].as_array().into_iter().flatten();
        output::grid(&["step", "found"], steps.map(|step| vec![step["step"].clone(), step["detail"].clone()]))
    })?;
    match test["ok"] == true {
        true => Ok(()),
        false => {
            let why = test["error"].as_str().unwrap_or_default();
            let hint = test["hint"].as_str().map(|hint| format!("; {hint}")).unwrap_or_default();
            Err(Failure::new("channel_test", format!("the channel `{name}` cannot send now: {why}{hint}")))
        }
    }
}

/// What a name is: a run by its form, else a campaign where there is one, else a channel.
async fn subject(client: &Client, kind: Option<&str>, name: &str) -> Done<&'static str> {
    match kind {
        Some("run") => return Ok("run"),
        Some("campaign") => return Ok("campaign"),
        Some("channel") => return Ok("channel"),
        _ => {}
    }
    if tutti_model::id::RunId::parse(name).is_some() {
        return Ok("run");
    }
    let campaigns = client.get("/campaigns").await?;
    let is_campaign = campaigns.as_array().into_iter().flatten().any(|campaign| campaign["name"] == name);
    Ok(if is_campaign { "campaign" } else { "channel" })
}

async fn export(client: &Client, arguments: &Report, query: impl Fn(Query) -> Query, file: &std::path::Path) -> Done {
    let format = match file.extension().and_then(|ending| ending.to_str()) {
        Some("csv") => "csv",
        Some("xlsx") => "xlsx",
        _ => return Err(Failure::usage("the file is called `.xlsx` or `.csv`")),
    };
    let more = vec![
        ("format", Some(format.to_owned())),
        ("by", arguments.by.clone()),
        ("step", arguments.step.clone()),
        ("zone", Some(arguments.zone.clone())),
        ("figure", arguments.people.clone()),
        ("value", arguments.value.clone()),
    ];
    client.download(&with_query("/reports/export", &query(more)), Some(file)).await
}

async fn side_by_side(
    context: &Context,
    client: &Client,
    arguments: &Report,
    subjects: &[(&'static str, String)],
) -> Done {
    let mut reports = Vec::with_capacity(subjects.len());
    for (kind, name) in subjects {
        reports.push(client.get(&with_query("/reports", &about(arguments, kind, name))).await?);
    }
    context.output.print_with(&Value::Array(reports), |reports| {
        let reports: Vec<&Value> = reports.as_array().into_iter().flatten().collect();
        let names: Vec<&str> = reports.iter().filter_map(|report| report["subject"]["name"].as_str()).collect();
        let headers: Vec<&str> = ["figure"].into_iter().chain(names).collect();
        let figures = reports.first().and_then(|report| report["figures"].as_object());
        let row = |name: &String| -> Vec<Value> {
            let values = reports.iter().map(|report| report["figures"][name].clone());
            [json!(name)].into_iter().chain(values).collect()
        };
        let mut text = output::grid(&headers, figures.into_iter().flatten().map(|(name, _)| row(name)));
        let rates = reports.first().and_then(|report| report["rates"].as_array()).into_iter().flatten();
        let shares = rates.enumerate().map(|(at, rate)| {
            let values = reports.iter().map(|report| json!(share(&report["rates"][at])));
            [rate["name"].clone()].into_iter().chain(values).collect()
        });
        text.push_str(&output::grid(&headers, shares));
        text
    })
}

fn whole(report: &Value) -> String {
    let figures = report["figures"].as_object().into_iter().flatten();
    let figures = figures.map(|(name, count)| vec![json!(name), count.clone(), report["people"][name].clone()]);
    let mut text = output::grid(&["figure", "messages", "people"], figures);
    let rates = report["rates"].as_array().into_iter().flatten().map(|rate| {
        let said = format!(
            "{} / ({})",
            rate["numerator"].as_str().unwrap_or_default(),
            rate["denominator"].as_str().unwrap_or_default()
        );
        vec![rate["name"].clone(), json!(said), rate["count"].clone(), rate["of"].clone(), json!(share(rate))]
    });
    text.push_str(&output::grid(&["rate", "is", "count", "of", "share (95 % interval)"], rates));
    for (title, list) in [("excluded because", "exclusions"), ("failed because", "failures")] {
        let rows: Vec<Vec<Value>> = report[list]
            .as_array()
            .into_iter()
            .flatten()
            .map(|line| vec![line["reason"].clone(), line["count"].clone()])
            .collect();
        if !rows.is_empty() {
            text.push_str(&output::grid(&[title, "messages"], rows));
        }
    }
    if report["ended"] == false {
        text.push_str("not all deliveries have ended: the figures go on growing\n");
    }
    text
}

/// The figures of a breakdown that fit a screen.
const SHOWN: [&str; 8] = ["targeted", "excluded", "sent", "failed", "in_doubt", "pending", "opened", "clicked"];

fn breakdown(by: &str, answer: &Value) -> String {
    let headers: Vec<&str> = [by].into_iter().chain(SHOWN).chain(["open rate", "click rate", "compared"]).collect();
    let rows = answer["rows"].as_array().into_iter().flatten().map(|row| {
        let figures = SHOWN.map(|name| row["figures"][name].clone());
        let rate = |name: &str| {
            let found = row["rates"].as_array().into_iter().flatten().find(|rate| rate["name"] == name);
            json!(found.map(share).unwrap_or_default())
        };
        let compared = row["differences"]["click_rate"].as_object().map(|difference| {
            let percent = |name: &str| difference[name].as_f64().unwrap_or_default() * 100.0;
            let word = if difference["conclusive"] == true { "conclusive" } else { "may be chance" };
            format!(
                "clicks {:+.2} points ({:+.2} to {:+.2}): {word}",
                percent("value"),
                percent("low"),
                percent("high")
            )
        });
        let rates = [rate("open_rate"), rate("click_rate"), json!(compared.unwrap_or_default())];
        [row["value"].clone()].into_iter().chain(figures).chain(rates).collect()
    });
    output::grid(&headers, rows)
}

/// Rows of a breakdown with their figures as columns.
fn flat(by: &str, answer: &Value) -> Value {
    let rows = answer["rows"].as_array().into_iter().flatten().map(|row| {
        let mut flat = serde_json::Map::new();
        flat.insert(by.to_owned(), row["value"].clone());
        let figures = row["figures"].as_object().into_iter().flatten();
        flat.extend(figures.map(|(name, count)| (name.clone(), count.clone())));
        Value::Object(flat)
    });
    Value::Array(rows.collect())
}

/// A share with its interval.
fn share(rate: &Value) -> String {
    let percent = |name: &str| rate[name].as_f64().map(|value| value * 100.0);
    match (percent("value"), percent("low"), percent("high")) {
        (Some(value), Some(low), Some(high)) => format!("{value:.2} % ({low:.2} to {high:.2})"),
        (Some(value), ..) => format!("{value:.2} %"),
        _ => "–".to_owned(),
    }
}
