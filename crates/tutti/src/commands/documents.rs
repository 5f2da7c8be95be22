//! Documents: apply, diff, validate, get, delete.

use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tutti_api::Item;
use tutti_model::source::SourceFile;

use super::Context;
use crate::cli::{Apply, Delete, Files, Get};
use crate::client::{decode, part, with_query};
use crate::failure::{Done, Failure, describe};
use crate::output;

/// Creates or updates documents.
pub async fn apply(context: &Context, arguments: &Apply) -> Done {
    let files = read(&arguments.files.paths)?;
    let dry_run = arguments.dry_run.then(|| "true".to_owned());
    let path = with_query("/documents/apply", &[("dry_run", dry_run), ("takes_over", arguments.at.clone())]);
    let answer = context.client().await?.post(&path, &json!({"files": files})).await?;
    changes(context, &answer)
}

/// Says what apply would change.
pub async fn diff(context: &Context, arguments: &Files) -> Done {
    let answer = context.client().await?.post("/documents/diff", &json!({"files": read(&arguments.paths)?})).await?;
    changes(context, &answer)
}

fn changes(context: &Context, answer: &Value) -> Done {
    context.output.print_with(&answer["changes"], |changes| {
        let rows = changes
            .as_array()
            .into_iter()
            .flatten()
            .map(|change| ["kind", "name", "change", "version"].map(|name| change[name].clone()).to_vec());
        let mut shown = output::grid(&["kind", "name", "change", "version"], rows);
        changes.as_array().into_iter().flatten().for_each(|change| shown.push_str(&fields(change)));
        shown
    })
}

/// The fields of one document that change, a line each.
fn fields(change: &Value) -> String {
    let value = |value: &Value| if value.is_null() { "nothing".to_owned() } else { value.to_string() };
    let lines = change["fields"].as_array().into_iter().flatten().map(|field| {
        format!("  {}: {} -> {}\n", output::text(&field["path"]), value(&field["before"]), value(&field["after"]))
    });
    let lines: String = lines.collect();
    match lines.as_str() {
        "" => lines,
        _ => format!("{} {}\n{lines}", output::text(&change["kind"]), output::text(&change["name"])),
    }
}

/// Prints all errors and warnings; errors make it fail.
pub async fn validate(context: &Context, arguments: &Files) -> Done {
    let answer =
        context.client().await?.post("/documents/validate", &json!({"files": read(&arguments.paths)?})).await?;
    let items = |name: &str| decode::<Vec<Item>>(answer[name].clone());
    let (errors, warnings) = (items("errors")?, items("warnings")?);
    // Errors last, where one looks first.
    for item in warnings.iter().chain(&errors) {
        eprint!("{}", describe(item));
    }
    context.output.print_with(&answer, |_| {
        format!("{}, {}\n", counted(errors.len(), "error"), counted(warnings.len(), "warning"))
    })?;
    if errors.is_empty() { Ok(()) } else { Err(Failure::told()) }
}

pub fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// Prints one document, or all of a kind.
pub async fn get(context: &Context, arguments: &Get) -> Done {
    let client = context.client().await?;
    let kind = part(&arguments.kind);
    if let Some(name) = &arguments.name {
        let path = with_query(
            &format!("/documents/{kind}/{}", part(name)),
            &[("version", arguments.version.map(|version| version.to_string()))],
        );
        return context.output.print_documents(&[client.get(&path).await?], false);
    }
    let heads = client.get(&format!("/documents/{kind}")).await?;
    let mut documents = Vec::new();
    for head in heads.as_array().into_iter().flatten() {
        let name = head["name"].as_str().unwrap_or_default();
        documents.push(client.get(&format!("/documents/{kind}/{}", part(name))).await?);
    }
    context.output.print_documents(&documents, true)
}

/// Deletes one document.
pub async fn delete(context: &Context, arguments: &Delete) -> Done {
    let path = format!("/documents/{}/{}", part(&arguments.kind), part(&arguments.name));
    context.client().await?.delete(&path).await?;
    let deleted = json!({"kind": arguments.kind, "name": arguments.name, "change": "deleted"});
    context.output.print_with(&deleted, |_| format!("the {} `{}` is deleted\n", arguments.kind, arguments.name))
}

/// The texts of all files that paths name.
pub fn read(paths: &[PathBuf]) -> Done<Vec<SourceFile>> {
    let mut files = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            let mut text = String::new();
            let read = std::io::stdin().read_to_string(&mut text);
            read.map_err(|error| Failure::new("input", format!("stdin could not be read: {error}")))?;
            files.push(SourceFile { path: "stdin".to_owned(), text });
            continue;
        }
        let mut found = Vec::new();
        collect(path, true, &mut found).map_err(|(path, error)| {
            Failure::new("input", format!("`{}` could not be read: {error}", path.display()))
        })?;
        if found.is_empty() {
            let failure = Failure::new("input", format!("there is no document below `{}`", path.display()));
            return Err(failure.hint("documents are in files that end in `.yaml`, `.yml` or `.json`"));
        }
        found.sort();
        for path in found {
            let text = std::fs::read_to_string(&path)
                .map_err(|error| Failure::new("input", format!("`{}` could not be read: {error}", path.display())))?;
            files.push(SourceFile { path: path.display().to_string(), text });
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    files.retain(|file| seen.insert(file.path.clone()));
    Ok(files)
}

fn collect(path: &Path, named: bool, found: &mut Vec<PathBuf>) -> Result<(), (PathBuf, std::io::Error)> {
    let failed = |error| (path.to_owned(), error);
    if path.is_dir() {
        for entry in std::fs::read_dir(path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            if !hidden {
                collect(&entry.path(), false, found)?;
            }
        }
        return Ok(());
    }
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    if named || ["yaml", "yml", "json"].contains(&extension) {
        // Says early that a file which was named is not there.
        std::fs::metadata(path).map_err(failed)?;
        found.push(path.to_owned());
    }
    Ok(())
}
