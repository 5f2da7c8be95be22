//! The life of campaigns: publish, stop, archive, signal, launches, versions.

use serde_json::{Map, Value, json};

use super::{Context, run};
use crate::cli::{Audit, Bulk, Campaigns, Compare, Duplicate, Launches, Rollback, Signal, Stop, Versions};
use crate::client::{Client, part, with_query};
use crate::failure::{Done, Failure, warn};
use crate::output::{self, Format};

/// Lists campaigns.
pub async fn campaigns(context: &Context, arguments: &Campaigns) -> Done {
    let list = |words: &[String]| (!words.is_empty()).then(|| words.join(","));
    let query = [
        ("search", arguments.search.clone()),
        ("state", list(&arguments.state)),
        ("tag", list(&arguments.tag)),
        ("folder", arguments.folder.clone()),
        ("channel", list(&arguments.channel)),
        ("dimension", list(&arguments.dimension)),
        ("created_since", arguments.created_since.clone()),
        ("created_until", arguments.created_until.clone()),
        ("updated_since", arguments.updated_since.clone()),
        ("updated_until", arguments.updated_until.clone()),
        ("attention", arguments.attention.then(|| "true".to_owned())),
        ("sort", arguments.sort.clone()),
        ("view", arguments.view.clone()),
        ("limit", arguments.limit.map(|limit| limit.to_string())),
        ("offset", (arguments.offset > 0).then(|| arguments.offset.to_string())),
    ];
    let answer = context.client().await?.get(&with_query("/campaigns", &query)).await?;
    context.output.print_with(&answer, |campaigns| {
        let columns = ["name", "state", "version", "next_launch_at", "published_at", "folder", "attention"];
        rows(campaigns, &columns)
    })
}

/// Does one thing with many campaigns; any that it was not done with makes it fail.
pub async fn bulk(context: &Context, arguments: &Bulk) -> Done {
    let body = json!({"campaigns": arguments.campaigns, "action": arguments.action, "tags": arguments.tags,
        "folder": arguments.folder});
    let answer = context.client().await?.post("/campaigns/bulk", &body).await?;
    let failed: Vec<&Value> = answer.as_array().into_iter().flatten().filter(|line| line["done"] == false).collect();
    for line in &failed {
        let text = |name: &str| line[name].as_str().unwrap_or_default();
        eprintln!("error[{}]: {}", text("code"), text("message"));
        if let Some(hint) = line["hint"].as_str() {
            eprintln!("  hint: {hint}");
        }
    }
    context.output.print_with(&answer, |lines| rows(lines, &["campaign", "done", "state", "message"]))?;
    if failed.is_empty() { Ok(()) } else { Err(Failure::told()) }
}

/// Moves a campaign by a verb of the API, and prints how it is then.
pub async fn change(context: &Context, verb: &str, campaign: &str) -> Done {
    let client = context.client().await?;
    let head = client.post(&format!("/campaigns/{}/{verb}", part(campaign)), &json!({})).await?;
    warn(&head);
    if let (true, Some(run)) = (verb == "publish", running(&head)) {
        nobody_works(&client, run);
    }
    context.output.print_with(&head, |head| {
        let columns = ["name", "state", "version", "next_launch_at", "attention"];
        rows(&json!([head]), &columns)
    })
}

/// Ends a run where it is, or a campaign for good.
pub async fn stop(context: &Context, arguments: &Stop) -> Done {
    match tutti_model::id::RunId::parse(&arguments.name) {
        Some(run) => run::control(context, "stop", run.as_str()).await,
        None => change(context, "stop", &arguments.name).await,
    }
}

/// Copies a campaign.
pub async fn duplicate(context: &Context, arguments: &Duplicate) -> Done {
    let path = format!("/campaigns/{}/duplicate", part(&arguments.campaign));
    let change = context.client().await?.post(&path, &json!({"name": arguments.name})).await?;
    context.output.print_with(&change, output::table)
}

/// Signals a campaign; a signal that starts nothing makes it fail.
pub async fn signal(context: &Context, arguments: &Signal) -> Done {
    let variables: Map<String, Value> =
        arguments.variables.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let client = context.client().await?;
    let path = format!("/campaigns/{}/signal", part(&arguments.campaign));
    let answer = client.post(&path, &json!({"variables": variables, "idempotency_key": arguments.key})).await?;
    if let ("started", Some(run)) = (answer["state"].as_str().unwrap_or_default(), answer["run"].as_str()) {
        nobody_works(&client, run);
    }
    context.output.print_with(&answer, output::table)?;
    if answer["state"] != "skipped" {
        return Ok(());
    }
    let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    let (campaign, reason, detail) = (&arguments.campaign, text("reason"), text("detail"));
    let told = |message: String, hint: &str| Err(Failure::new("signal_skipped", message).hint(hint));
    match reason.as_str() {
        "overlap" => told(
            match detail.as_str() {
                "" => format!("the signal started nothing: a run of `{campaign}` is going"),
                which => format!("the signal started nothing: {which}"),
            },
            "wait for its end; with `overlap: queue` in the schedule, signals do",
        ),
        "suspended" => {
            let hint = format!("`tutti continue {campaign}` lets it launch again");
            told(format!("the signal started nothing: `{campaign}` is suspended"), &hint)
        }
        "invalid" => told(
            format!("the signal started nothing: {detail}"),
            "when that is mended, signal it again with another key",
        ),
        _ => told(format!("the signal started nothing: {reason}"), "`tutti campaigns` says in which state it is"),
    }
}

/// Lists the launches of a campaign.
pub async fn launches(context: &Context, arguments: &Launches) -> Done {
    let path = format!("/campaigns/{}/launches", part(&arguments.campaign));
    let parameters = [
        ("state", Some(arguments.states.join(",")).filter(|states| !states.is_empty())),
        ("since", arguments.since.clone()),
        ("until", arguments.until.clone()),
        ("before", arguments.before.clone()),
        ("offset", Some(arguments.offset.to_string())),
        ("limit", Some(arguments.limit.to_string())),
    ];
    let answer = context.client().await?.get(&with_query(&path, &parameters)).await?;
    context.output.print_with(&answer, |launches| {
        rows(launches, &["launch", "cause", "due_at", "state", "reason", "detail", "run", "late_ms"])
    })
}

/// Lists the versions of a document.
pub async fn versions(context: &Context, arguments: &Versions) -> Done {
    let path = format!("/documents/{}/{}/versions", part(&arguments.kind), part(&arguments.name));
    let answer = context.client().await?.get(&path).await?;
    context.output.print_with(&answer, |versions| {
        rows(versions, &["version", "written_at", "deleted", "newest", "in_force", "takes_over_at"])
    })
}

/// Goes back to an older version.
pub async fn rollback(context: &Context, arguments: &Rollback) -> Done {
    let path = format!("/documents/{}/{}/restore", part(&arguments.kind), part(&arguments.name));
    let body = json!({"version": arguments.to, "at": arguments.at});
    let change = context.client().await?.post(&path, &body).await?;
    context.output.print_with(&change, output::table)
}

/// Says what differs between two versions of a campaign.
pub async fn compare(context: &Context, arguments: &Compare) -> Done {
    let path = format!("/campaigns/{}/compare", part(&arguments.campaign));
    let versions = [("from", arguments.from), ("to", arguments.to)];
    let path = with_query(&path, &versions.map(|(name, version)| (name, version.map(|number| number.to_string()))));
    let answer = context.client().await?.get(&path).await?;
    if context.output.format() != Format::Table {
        return context.output.print(&answer);
    }
    let mut text = format!("{}: version {} to version {}\n", arguments.campaign, answer["from"], answer["to"]);
    let differences = answer["differences"].as_array().map(Vec::as_slice).unwrap_or_default();
    for difference in differences {
        text.push_str(&format!("- {}\n", difference["words"].as_str().unwrap_or_default()));
    }
    if differences.is_empty() {
        text.push_str("nothing differs\n");
    }
    output::write(&text)
}

/// Lists who changed what.
pub async fn audit(context: &Context, arguments: &Audit) -> Done {
    let query = [
        ("kind", arguments.kind.clone()),
        ("name", arguments.name.clone()),
        ("limit", Some(arguments.limit.to_string())),
    ];
    let answer = context.client().await?.get(&with_query("/audit", &query)).await?;
    context.output.print_with(&answer, |lines| rows(lines, &["at", "actor", "kind", "name", "action", "detail"]))
}

/// The run of a campaign that goes on.
fn running(head: &Value) -> Option<&str> {
    let run = &head["last_run"];
    if run["state"] == "running" { run["run"].as_str() } else { None }
}

fn nobody_works(client: &Client, run: &str) {
    if client.is_local() {
        eprintln!("nothing works on it yet: `tutti resume {run}` or `tutti serve` does");
    }
}

fn rows(list: &Value, columns: &[&str]) -> String {
    let lines = list.as_array().into_iter().flatten();
    output::grid(columns, lines.map(|line| columns.iter().map(|name| line[*name].clone()).collect()))
}
