//! Campaigns as one file: export and import.

use std::io::Read;

use serde_json::{Value, json};
use tutti_api::Item;

use super::Context;
use crate::cli::{Export, ImportCampaign};
use crate::client::{decode, part};
use crate::failure::{Done, Failure, describe};
use crate::output::{self, Format};

/// Writes a campaign with all that it needs.
pub async fn export(context: &Context, arguments: &Export) -> Done {
    let answer = context.client().await?.get(&format!("/campaigns/{}/export", part(&arguments.campaign))).await?;
    let list = |name: &str| {
        let names = answer[name].as_array().into_iter().flatten().filter_map(Value::as_str);
        names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    };
    for (name, words) in [
        ("audiences", "it asks for audiences that no document describes"),
        ("environment", "secrets are not in it; the environment has to hold them"),
    ] {
        let names = list(name);
        if !names.is_empty() {
            eprintln!("{words}: {names}");
        }
    }
    let text = answer["text"].as_str().unwrap_or_default();
    match &arguments.to {
        None => output::write(text),
        Some(path) => {
            let failed = |error| Failure::new("output", format!("`{}` could not be written: {error}", path.display()));
            std::fs::write(path, text).map_err(failed)?;
            let documents = answer["documents"].as_array().map_or(0, Vec::len);
            eprintln!("{documents} documents are in `{}`", path.display());
            Ok(())
        }
    }
}

/// Takes an export in.
pub async fn import(context: &Context, arguments: &ImportCampaign) -> Done {
    let text = read(arguments)?;
    let body = json!({"text": text, "on_clash": arguments.on_clash, "choices": choices(arguments)?,
        "dry_run": arguments.dry_run});
    let answer = context.client().await?.post("/campaigns/import", &body).await?;
    let problems: Vec<Item> = decode(answer["problems"].clone())?;
    if arguments.dry_run || context.output.format() == Format::Table {
        problems.iter().for_each(|item| eprint!("{}", describe(item)));
    }
    context.output.print_with(&answer, table)?;
    if problems.iter().any(|item| item.severity == "error") { Err(Failure::told()) } else { Ok(()) }
}

fn read(arguments: &ImportCampaign) -> Done<String> {
    let path = &arguments.file;
    let failed = |error| Failure::new("input", format!("`{}` could not be read: {error}", path.display()));
    if path.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map_err(failed)?;
        return Ok(text);
    }
    std::fs::read_to_string(path).map_err(failed)
}

fn choices(arguments: &ImportCampaign) -> Done<Vec<Value>> {
    let ImportCampaign { keep, take, rename, .. } = arguments;
    let mut choices = Vec::new();
    for (choice, texts) in [("keep", keep), ("take", take), ("rename", rename)] {
        for text in texts {
            let (named, new_name) = match text.split_once('=') {
                Some((named, new_name)) => (named, Some(new_name)),
                None => (text.as_str(), None),
            };
            let Some((kind, name)) = named.split_once('/') else {
                let failure = Failure::new("usage", format!("`{text}` names no document"));
                return Err(failure.hint("write it like `table/customers`"));
            };
            choices.push(json!({"kind": kind, "name": name, "choice": choice, "new_name": new_name}));
        }
    }
    Ok(choices)
}

fn table(answer: &Value) -> String {
    let lines = answer["documents"].as_array().into_iter().flatten();
    let rows = lines.map(|line| {
        let differs = line["differences"].as_array().map(Vec::as_slice).unwrap_or_default();
        let paths: Vec<&str> = differs.iter().take(3).filter_map(|change| change["path"].as_str()).collect();
        let takes = if line["takes"].is_null() { json!("to choose") } else { line["takes"].clone() };
        let new_name = if line["new_name"] == line["name"] { Value::Null } else { line["new_name"].clone() };
        vec![
            line["kind"].clone(),
            line["name"].clone(),
            line["state"].clone(),
            takes,
            new_name,
            json!(paths.join(", ")),
        ]
    });
    let mut text = output::grid(&["kind", "name", "here", "takes", "as", "differs in"], rows);
    for thing in answer["missing"].as_array().into_iter().flatten() {
        let word = |name: &str| thing[name].as_str().unwrap_or_default();
        text.push_str(&format!(
            "missing: the {} `{}`, which the {} needs\n",
            word("kind"),
            word("name"),
            word("needed_by")
        ));
    }
    for variable in answer["environment"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        text.push_str(&format!("to set: the environment variable {variable}\n"));
    }
    let done = if answer["imported"] == true { "it is imported" } else { "nothing was changed" };
    format!("{text}{done}\n")
}
