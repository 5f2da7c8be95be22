//! People, and the register of who must not be written to.

use serde_json::{Value, json};

use super::Context;
use super::query::objects;
use crate::cli::{People, Person, RegisterCommand, RegisterOf};
use crate::client::{part, with_query};
use crate::failure::{Done, Failure};
use crate::output;

/// Finds people.
pub async fn search(context: &Context, arguments: &People) -> Done {
    let query = [("search", Some(arguments.search.clone())), ("limit", Some(arguments.limit.to_string()))];
    let path = with_query(&format!("/people/{}", part(&arguments.dimension)), &query);
    context.output.print(&objects(&context.client().await?.get(&path).await?))
}

/// Shows a person.
pub async fn show(context: &Context, arguments: &Person) -> Done {
    let path = format!("/people/{}/{}", part(&arguments.dimension), part(&arguments.key));
    let person = context.client().await?.get(&path).await?;
    context.output.print_with(&person, table)
}

fn table(person: &Value) -> String {
    let list = |name: &str| person[name].as_array().into_iter().flatten();
    let of = |name: &str, columns: &[&str]| {
        output::grid(columns, list(name).map(|row| columns.iter().map(|column| row[*column].clone()).collect()))
    };
    let mut text = of("fields", &["name", "value"]);
    text.push_str(&of("channels", &["channel", "address", "consent"]));
    text.push_str(&of("register", &["list", "channel", "subject", "value", "reason", "at"]));
    text.push_str(&of("links", &["name", "to", "total"]));
    let messages = list("messages").map(|message| {
        let kinds = message["events"].as_array().into_iter().flatten().map(|event| event["kind"].clone());
        let came_back = Value::Array(kinds.collect());
        let columns = ["at", "campaign", "activity", "address", "status", "reason", "run"];
        columns.map(|name| message[name].clone()).into_iter().chain([came_back]).collect()
    });
    let columns = ["at", "campaign", "message of", "address", "status", "reason", "run", "came back"];
    text.push_str(&output::grid(&columns, messages));
    text
}

/// Lists, adds, removes and imports opt-outs and suppressions.
pub async fn register(context: &Context, command: &RegisterCommand) -> Done {
    let client = context.client().await?;
    match command {
        RegisterCommand::List { search, list, channel, limit } => {
            let query = [
                ("search", search.clone()),
                ("list", list.clone()),
                ("channel", channel.clone()),
                ("limit", Some(limit.to_string())),
            ];
            let answer = client.get(&with_query("/register", &query)).await?;
            context.output.print(&answer["rows"])
        }
        RegisterCommand::Add(entry) => {
            context.output.print(&client.post("/register", &body(&entry.value, &entry.of)).await?)
        }
        RegisterCommand::Remove(entry) => {
            context.output.print(&client.post("/register/remove", &body(&entry.value, &entry.of)).await?)
        }
        RegisterCommand::Import { file, of } => {
            let failed = |error| Failure::new("input", format!("`{}` could not be read: {error}", file.display()));
            let opened = tokio::fs::File::open(file).await.map_err(failed)?;
            let bytes = opened.metadata().await.map_err(failed)?.len();
            let query = [
                ("list", Some(of.list.clone())),
                ("channel", Some(of.channel.clone())),
                ("subject", Some(of.subject.clone())),
                ("dimension", of.dimension.clone()),
                ("reason", Some(of.reason.clone())),
            ];
            let report = client.upload(&with_query("/register/import", &query), opened, bytes).await?;
            for reject in report["rejects"].as_array().into_iter().flatten() {
                let reason = reject["reason"].as_str().unwrap_or_default();
                eprintln!(
                    "rejected: line {}: `{}` {reason}",
                    reject["line"],
                    reject["value"].as_str().unwrap_or_default()
                );
            }
            let counts = ["read", "added", "known", "rejected"];
            let counts: serde_json::Map<String, Value> =
                counts.into_iter().map(|name| (name.to_owned(), report[name].clone())).collect();
            context.output.print(&Value::Object(counts))
        }
    }
}

fn body(value: &str, of: &RegisterOf) -> Value {
    json!({
        "list": of.list, "channel": of.channel, "subject": of.subject, "dimension": of.dimension, "value": value,
        "reason": of.reason,
    })
}
