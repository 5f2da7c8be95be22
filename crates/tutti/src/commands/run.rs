//! Running campaigns: run, dry-run, resume, pause, stop.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use tutti_runner::RunSummary;

use super::Context;
use super::inspect::named_values;
use crate::cli::{ActivityArguments, AnswerArguments, DryRun, Restart, Resume, Run};
use crate::client::{Client, Worker, decode, part, with_query};
use crate::failure::{Done, Failure, warn};
use crate::output::{self, Format, thousands};
use crate::progress::{RunView, duration};
use crate::server;

/// Lines of a sample's text that a dry run shows.
const SAMPLE_LINES: usize = 8;

/// Starts a run and waits for its end.
pub async fn run(context: &Context, arguments: &Run) -> Done {
    let mut client = context.client().await?;
    let variables = assigned(&arguments.variables);
    let mode = if arguments.test { "test" } else { "live" };
    let body = json!({"mode": mode, "variables": variables, "confirm": arguments.yes,
        "idempotency_key": arguments.idempotency_key});
    let started = client.post(&format!("/campaigns/{}/run", part(&arguments.campaign)), &body).await?;
    warn(&started);
    let run = started["run"].as_str().unwrap_or_default().to_owned();
    if arguments.no_wait {
        if client.is_local() {
            eprintln!("nothing works on it yet: `tutti resume {run}` or `tutti serve` does");
        }
        return context.output.print(&started);
    }
    wait(context, &mut client, &run).await
}

/// Goes on with a run and waits for its end.
pub async fn resume(context: &Context, arguments: &Resume) -> Done {
    let mut client = context.client().await?;
    let edited = arguments.edited.then(|| "true".to_owned());
    let path = with_query(&format!("/runs/{}/resume", part(&arguments.run)), &[("edited", edited)]);
    client.post(&path, &json!({})).await?;
    if arguments.no_wait {
        return context.output.print(&json!({"run": arguments.run}));
    }
    wait(context, &mut client, &arguments.run).await
}

/// Runs again what a run did, or opens it again, and waits for the end.
pub async fn restart(context: &Context, arguments: &Restart) -> Done {
    let mut client = context.client().await?;
    let body = json!({"from": arguments.from, "edited": arguments.edited});
    let restarted = client.post(&format!("/runs/{}/restart", part(&arguments.run)), &body).await?;
    let run = restarted["run"].as_str().unwrap_or_default().to_owned();
    if arguments.no_wait {
        if client.is_local() {
            eprintln!("nothing works on it yet: `tutti resume {run}` or `tutti serve` does");
        }
        return context.output.print(&restarted);
    }
    wait(context, &mut client, &run).await
}

/// The values that `--set` gives; the server knows their types.
fn assigned(variables: &[(String, String)]) -> Map<String, Value> {
    variables.iter().map(|(name, value)| (name.clone(), json!(value))).collect()
}

/// Approves or rejects what an activity waits for.
pub async fn answer(context: &Context, verb: &str, arguments: &AnswerArguments) -> Done {
    let AnswerArguments { run, activity, by, comment, answer } = arguments;
    let client = context.client().await?;
    let path = format!("/runs/{}/activities/{}/{verb}", part(run), part(activity));
    client.post(&path, &json!({"by": by, "comment": comment, "answer": answer})).await?;
    if client.is_local() {
        eprintln!("nothing works on it yet: `tutti resume {run}` or `tutti serve` does");
    }
    let state = client.get(&format!("/runs/{}", part(run))).await?["state"].clone();
    let answer = json!({"run": run, "activity": activity, "answer": verb, "state": state});
    context.output.print_with(&answer, output::table)
}

/// Tries an activity again, gives it up, or lets it go on that waits for a time.
pub async fn move_activity(
    context: &Context,
    verb: &str,
    arguments: &ActivityArguments,
    query: &[(&str, Option<String>)],
) -> Done {
    let ActivityArguments { run, activity } = arguments;
    let client = context.client().await?;
    let path = format!("/runs/{}/activities/{}/{verb}", part(run), part(activity));
    client.post(&with_query(&path, query), &json!({})).await?;
    let summary = client.get(&format!("/runs/{}", part(run))).await?;
    let state = summary["state"].clone();
    if state == "paused" {
        eprintln!("the run is paused: `tutti resume {run}` lets it go on");
    } else if client.is_local() && summary["finished_at"].is_null() {
        eprintln!("nothing works on it yet: `tutti resume {run}` or `tutti serve` does");
    }
    let mut activities = summary["activities"].as_array().into_iter().flatten();
    let now = activities.find(|own| own["id"] == *activity).map(|own| own["state"].clone());
    let answer = json!({"run": run, "activity": activity, "activity_state": now, "state": state});
    context.output.print_with(&answer, output::table)
}

/// Pauses or stops a run.
pub async fn control(context: &Context, verb: &str, run: &str) -> Done {
    let client = context.client().await?;
    client.post(&format!("/runs/{}/{verb}", part(run)), &json!({})).await?;
    let summary = client.get(&format!("/runs/{}", part(run))).await?;
    let (campaign, state) = (summary["campaign"].clone(), summary["state"].clone());
    context.output.print_with(&json!({"run": run, "campaign": campaign, "state": state}), output::table)
}

/// Says what a run would do.
pub async fn dry_run(context: &Context, arguments: &DryRun) -> Done {
    let DryRun { draft, newest, .. } = *arguments;
    let variables = assigned(&arguments.variables);
    let body = json!({"variables": variables, "draft": draft, "in_force": !draft && !newest});
    let answer =
        context.client().await?.post(&format!("/campaigns/{}/dry-run", part(&arguments.campaign)), &body).await?;
    if context.output.format() != Format::Table {
        return context.output.print(&answer);
    }
    let mut text = transitions_table(&answer);
    text.push_str(&deliveries_table(&answer));
    for sample in answer["samples"].as_array().into_iter().flatten() {
        let field = |name: &str| sample[name].as_str().unwrap_or_default();
        text.push_str(&format!(
            "\n{} to {} ({})\n  │ {}\n  │\n",
            field("activity"),
            field("address"),
            field("key"),
            field("subject")
        ));
        let lines = field("text").lines().map(str::trim).filter(|line| !line.is_empty());
        text.extend(lines.take(SAMPLE_LINES).map(|line| format!("  │ {line}\n")));
    }
    output::write(&text)
}

/// How waiting for a run ended.
pub enum Followed {
    /// The run does nothing more by itself.
    Rested(Box<RunSummary>, Value),
    Interrupted,
}

/// Waits for a run with progress on screen. Ctrl-C stops waiting.
pub async fn follow(client: &mut Client, run: &str, labels: BTreeMap<String, String>) -> Done<Followed> {
    let path = format!("/runs/{}", part(run));
    let mut view = RunView::new(labels);
    let interrupted = server::interrupted();
    tokio::pin!(interrupted);
    loop {
        let value = client.get(&path).await?;
        let summary: RunSummary = decode(value.clone())?;
        view.update(&summary);
        if summary.state != "running" {
            view.finish();
            return Ok(Followed::Rested(Box::new(summary), value));
        }
        tokio::select! {
            () = client.change() => {}
            () = &mut interrupted => {
                view.finish();
                return Ok(Followed::Interrupted);
            }
        }
    }
}

/// The labels of a campaign's activities.
pub async fn labels_of(client: &Client, campaign: &str) -> Done<BTreeMap<String, String>> {
    let campaign = client.get(&format!("/campaigns/{}", part(campaign))).await?;
    let activities = campaign["document"]["canvas"]["activities"].as_array().cloned().unwrap_or_default();
    let label = |activity: &Value| {
        let id = activity["id"].as_str()?.to_owned();
        let label = activity["label"].as_str().map_or_else(|| id.clone(), str::to_owned);
        Some((id, label))
    };
    Ok(activities.iter().filter_map(label).collect())
}

async fn wait(context: &Context, client: &mut Client, run: &str) -> Done {
    let summary = client.get(&format!("/runs/{}", part(run))).await?;
    // The campaign may have been deleted since.
    let labels = labels_of(client, summary["campaign"].as_str().unwrap_or_default()).await.unwrap_or_default();
    let worker = client.worker();
    let followed = follow(client, run, labels).await;
    let local = worker.is_some();
    if let Some(worker) = worker {
        Worker::stop(worker).await;
    }
    match followed? {
        Followed::Rested(summary, value) => {
            context.output.print_with(&value, summary_table)?;
            ended(&summary)
        }
        Followed::Interrupted if local => {
            Err(Failure::new("interrupted", format!("the run `{run}` was interrupted; nothing is lost"))
                .hint(format!("`tutti resume {run}` goes on where it is, `tutti stop {run}` ends it")))
        }
        Followed::Interrupted => {
            Err(Failure::new("interrupted", format!("no longer waiting: the server goes on with the run `{run}`"))
                .hint(format!("`tutti show {run}` says how far it is, `tutti pause {run}` holds it")))
        }
    }
}

/// A run that did not complete is a failure of the command, with what to do about it.
pub fn ended(summary: &RunSummary) -> Done {
    let run = &summary.run;
    let reason = summary.error.as_ref().and_then(|error| error["message"].as_str()).unwrap_or("nobody said why");
    let code = summary.error.as_ref().and_then(|error| error["code"].as_str()).unwrap_or_default();
    match summary.state.as_str() {
        "completed" => Ok(()),
        "paused" => {
            let failure = Failure::new("run_paused", format!("the run `{run}` is paused: {reason}"));
            Err(failure.hint(format!("when that is mended, `tutti resume {run}` goes on where it is")))
        }
        "held" => {
            let activity = summary.error.as_ref().and_then(|error| error["activity"].as_str()).unwrap_or("ACTIVITY");
            let failure = Failure::new("run_held", format!("the run `{run}` waits for somebody: {reason}"));
            Err(failure.hint(match code {
                "approval" => {
                    format!("`tutti approve {run} {activity}` or `tutti reject {run} {activity}` answers, then `tutti resume {run}`")
                }
                "held_send" => format!("`tutti resume {run}` sends them; `tutti run ... --yes` confirms beforehand"),
                "provider_down" => format!("when that is mended, `tutti resume {run}` goes on where it is"),
                _ => format!("`tutti resume {run}` goes on"),
            }))
        }
        "stopped" => {
            let failure = Failure::new("run_stopped", format!("the run `{run}` was stopped: what was sent stays sent"));
            Err(failure.hint(format!("`tutti restart {run} --from ACTIVITY` opens it again")))
        }
        state => {
            let failure = Failure::new("run_failed", format!("the run `{run}` is {state}: {reason}"));
            Err(failure.hint(format!("when that is mended, `tutti restart {run} --from ACTIVITY` opens it again")))
        }
    }
}

/// The summary of a run for a person.
pub fn summary_table(summary: &Value) -> String {
    let text = |name: &str| summary[name].as_str().unwrap_or_default();
    let mut out = format!(
        "{}  {} (version {}), {}, {}\n",
        text("run"),
        text("campaign"),
        summary["version"],
        text("mode"),
        text("state")
    );
    if let Some(message) = summary["error"]["message"].as_str() {
        out.push_str(&format!("{message}\n"));
    }
    let variables = named_values(&summary["variables"]);
    if !variables.is_empty() {
        out.push_str(&format!("{variables}\n"));
    }
    out.push_str(&activities_table(summary));
    out.push_str(&transitions_table(summary));
    out.push_str(&deliveries_table(summary));
    out
}

fn activities_table(summary: &Value) -> String {
    let activities: Vec<&Value> = summary["activities"].as_array().into_iter().flatten().collect();
    // Most runs stay on one version, and what deliveries bring has a table of its own.
    let other = |activity: &&Value| activity["version"].is_i64() && activity["version"] != summary["version"];
    let versions = activities.iter().any(other);
    let sends = |activity: &Value| {
        summary["deliveries"].as_array().into_iter().flatten().any(|delivery| delivery["activity"] == activity["id"])
    };
    let results = |activity: &Value| if sends(activity) { String::new() } else { named_values(&activity["results"]) };
    let some_results = activities.iter().any(|activity| !results(activity).is_empty());
    let mut columns = vec!["activity", "type", "state", "time"];
    columns.extend(versions.then_some("version"));
    columns.extend(some_results.then_some("results"));
    columns.push("what it did");
    let rows = activities.iter().map(|activity| {
        let elapsed = activity["elapsed_ms"].as_i64().map_or(Value::Null, |ms| json!(duration(ms)));
        let mut row = vec![activity["id"].clone(), activity["type"].clone(), activity["state"].clone(), elapsed];
        row.extend(versions.then(|| activity["version"].clone()));
        row.extend(some_results.then(|| json!(results(activity))));
        row.push(activity["note"].clone());
        row
    });
    output::grid(&columns, rows)
}

fn deliveries_table(summary: &Value) -> String {
    let deliveries = summary["deliveries"].as_array().cloned().unwrap_or_default();
    if deliveries.is_empty() {
        return String::new();
    }
    let columns = ["activity", "targeted", "excluded", "sent", "failed", "in_doubt", "pending"];
    let rows = deliveries.iter().map(|delivery| {
        let mut row: Vec<Value> = columns.iter().map(|name| delivery[name].clone()).collect();
        let reasons = delivery["exclusions"].as_object().into_iter().flatten();
        let reasons: Vec<String> = reasons
            .map(|(reason, count)| format!("{reason} {}", thousands(count.as_i64().unwrap_or_default())))
            .collect();
        row.push(json!(reasons.join(", ")));
        row
    });
    output::grid(
        &["delivery", "targeted", "excluded", "sent", "failed", "in doubt", "pending", "excluded because"],
        rows,
    )
}

fn transitions_table(summary: &Value) -> String {
    let rows = summary["transitions"].as_array().into_iter().flatten().map(|transition| {
        let to = transition["to"].as_str().map_or_else(|| json!("–"), |to| json!(to));
        vec![transition["from"].clone(), transition["port"].clone(), to, transition["rows"].clone()]
    });
    output::grid(&["from", "port", "to", "rows"], rows)
}
