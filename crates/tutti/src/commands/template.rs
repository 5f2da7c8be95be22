//! Templates of campaigns: the list, one of them, a campaign made of one, one made of a campaign.

use serde_json::{Map, Value, json};
use tutti_api::Item;

use super::Context;
use crate::cli::{CopyAsTemplate, Create, Template};
use crate::client::{decode, part};
use crate::failure::{Done, Failure, describe};
use crate::output::{self, Format};

/// Lists templates.
pub async fn list(context: &Context) -> Done {
    let answer = context.client().await?.get("/templates").await?;
    context.output.print_with(&answer, |templates| {
        let rows = templates.as_array().into_iter().flatten().map(|template| {
            let activities = template["picture"]["activities"].as_array().map_or(0, Vec::len);
            let from = if template["built_in"] == true { json!("Tutti") } else { template["version"].clone() };
            vec![
                template["name"].clone(),
                template["label"].clone(),
                json!(activities),
                template["parameters"].clone(),
                from,
                template["description"].clone(),
            ]
        });
        output::grid(&["name", "label", "activities", "parameters", "version", "description"], rows)
    })
}

/// Shows one template.
pub async fn show(context: &Context, arguments: &Template) -> Done {
    let answer = context.client().await?.get(&format!("/templates/{}", part(&arguments.template))).await?;
    if arguments.document {
        return context.output.print_documents(&[answer["document"].clone()], false);
    }
    context.output.print_with(&answer, |template| {
        let text = |name: &str| template[name].as_str().unwrap_or_default().to_owned();
        format!("{}: {}\n{}\n\n{}", text("name"), text("label"), text("description"), choices(template))
    })
}

/// Makes a campaign of a template.
pub async fn create(context: &Context, arguments: &Create) -> Done {
    let values: Map<String, Value> =
        arguments.values.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let body = json!({
        "name": arguments.campaign, "label": arguments.label, "folder": arguments.folder, "tags": arguments.tags,
        "values": values, "dry_run": arguments.dry_run,
    });
    let path = format!("/templates/{}/campaigns", part(&arguments.template));
    let answer = context.client().await?.post(&path, &body).await?;
    let problems: Vec<Item> = decode(answer["problems"].clone())?;
    if arguments.dry_run || context.output.format() == Format::Table {
        problems.iter().for_each(|item| eprint!("{}", describe(item)));
    }
    context.output.print_with(&answer, |answer| {
        let mut text = choices(answer);
        for (index, item) in answer["checklist"].as_array().into_iter().flatten().enumerate() {
            let before = if index == 0 { "\nbefore it is published:\n" } else { "" };
            text.push_str(&format!("{before}- {}\n", item.as_str().unwrap_or_default()));
        }
        if answer["created"] == true {
            text.push_str(&format!("\nthe campaign `{}` is a draft\n", arguments.campaign));
        }
        text
    })?;
    if problems.iter().any(|item| item.severity == "error") { Err(Failure::told()) } else { Ok(()) }
}

/// Makes a template of a campaign.
pub async fn copy(context: &Context, arguments: &CopyAsTemplate) -> Done {
    let path = format!("/campaigns/{}/template", part(&arguments.campaign));
    let body = json!({"name": arguments.name, "label": arguments.label});
    let change = context.client().await?.post(&path, &body).await?;
    context.output.print_with(&change, output::table)
}

/// The parameters, what is chosen for each and why, and what else there is.
fn choices(answer: &Value) -> String {
    let rows = answer["chosen"].as_array().into_iter().flatten().map(|chosen| {
        let candidates = chosen["candidates"].as_array().into_iter().flatten();
        let mut names: Vec<&str> = candidates.filter_map(|candidate| candidate["value"].as_str()).collect();
        if names.len() > 6 {
            names.truncate(6);
            names.push("...");
        }
        let how = chosen["how"].as_str().unwrap_or_default().replace('_', " ");
        vec![
            chosen["name"].clone(),
            chosen["type"].clone(),
            chosen["value"].clone(),
            json!(how),
            json!(names.join(", ")),
            chosen["label"].clone(),
        ]
    });
    output::grid(&["parameter", "type", "value", "how", "there are", "label"], rows)
}
