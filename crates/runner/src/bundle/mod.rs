//! Campaigns on their way from one installation to another: exported with all that they need, and imported where some of
//! it may be there already, may differ, or may be missing.

mod export;
mod import;
mod references;

use serde_json::Value;

pub use export::{Bundle, BundleDocument};
pub use import::{BundleChoice, BundleLine, BundleReport, BundleRequest, ClashRule, MissingThing, TakeFrom};

/// Kind and name of a document.
pub(crate) type Key = (String, String);

fn key_of(body: &Value) -> Key {
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    (text("kind"), text("name"))
}

/// The environment variables that a document names for its secrets.
fn environment(body: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect_environment(body, &mut found);
    found
}

fn collect_environment(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_environment(item, found)),
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::String(name) if key == "env" || key.ends_with("_env") => found.push(name.clone()),
                    member => collect_environment(member, found),
                }
            }
        }
        _ => {}
    }
}
