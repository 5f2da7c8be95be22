//! Audiences: the list, the members, and files of members.

use serde_json::{Value, json};

use super::Context;
use super::inspect::{pages, take};
use super::query::objects;
use crate::cli::{Audience, AudienceImport};
use crate::client::{part, with_query};
use crate::failure::Done;
use crate::output;

/// Lists audiences, by name.
pub async fn list(context: &Context) -> Done {
    let answer = context.client().await?.get("/audiences").await?;
    context.output.print_with(&answer, |audiences| {
        let rows = audiences.as_array().into_iter().flatten().map(|audience| {
            let columns = audience["columns"].as_array().into_iter().flatten();
            let names: Vec<&str> = columns.filter_map(|column| column["name"].as_str()).collect();
            let mut cells = ["name", "dimension", "rows", "version"].map(|name| audience[name].clone()).to_vec();
            cells.push(json!(names.join(", ")));
            cells
        });
        output::grid(&["name", "dimension", "members", "version", "with"], rows)
    })
}

/// Prints the members of an audience, all of them unless limited.
pub async fn show(context: &Context, arguments: &Audience) -> Done {
    let path = format!("/audiences/{}/rows", part(&arguments.name));
    let client = context.client().await?;
    let page = async |offset, limit| {
        let query = [("offset", Some(u64::to_string(&offset))), ("limit", Some(u64::to_string(&limit)))];
        let answer = client.get(&with_query(&path, &query)).await?;
        Ok((answer["total"].as_u64().unwrap_or_default(), take(objects(&answer))))
    };
    let rows = pages(arguments.limit, page).await?;
    context.output.print(&Value::Array(rows))
}

/// Makes an audience of a file.
pub async fn import(context: &Context, arguments: &AudienceImport) -> Done {
    let name = arguments.file.file_name().map(|name| name.to_string_lossy().into_owned());
    let some = |list: &[String]| (!list.is_empty()).then(|| list.join(","));
    let path = with_query(
        &format!("/audiences/{}/import", part(&arguments.name)),
        &[
            ("dimension", Some(arguments.dimension.clone())),
            ("on", some(&arguments.on)),
            ("columns", some(&arguments.columns)),
            ("mode", arguments.mode.clone()),
            ("encoding", arguments.encoding.clone()),
            ("separator", arguments.separator.clone()),
            ("max_rejects", Some(arguments.max_rejects.to_string())),
            ("name", name),
        ],
    );
    let answer = super::file::send(context, &arguments.file, &path).await?;
    context.output.print(&answer)
}
