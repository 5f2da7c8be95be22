//! The arrows between crates go one way: those of the table in ARCHITECTURE.md, and no others.

use std::collections::BTreeMap;
use std::process::Command;

/// What each crate may use of the workspace.
const ALLOWED: [(&str, &[&str]); 11] = [
    ("model", &[]),
    ("query", &["model"]),
    ("lake", &["model", "query"]),
    ("activities", &["model", "query"]),
    ("engine", &["model"]),
    ("store", &["model"]),
    ("delivery", &["model", "query", "lake", "store"]),
    ("runner", &["model", "query", "lake", "activities", "engine", "store", "delivery"]),
    // The testkit is the mail catcher that the web app shows.
    ("api", &["model", "query", "lake", "activities", "engine", "store", "delivery", "runner", "testkit"]),
    ("tutti", &["model", "query", "lake", "activities", "engine", "store", "delivery", "runner", "api", "testkit"]),
    ("testkit", &["model"]),
];

#[test]
fn arrows_go_one_way() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml"))
        .output()
        .expect("cargo runs");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.into_iter().collect();
    let mut wrong = Vec::new();
    for package in metadata["packages"].as_array().expect("packages") {
        let folder = |name: &str| name.trim_start_matches("tutti-").to_owned();
        let name = folder(package["name"].as_str().expect("a name"));
        let Some(allowed) = allowed.get(name.as_str()) else { continue };
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let target = dependency["name"].as_str().expect("a name");
            let is_ours = target.starts_with("tutti-") && dependency["kind"].is_null();
            if is_ours && !allowed.contains(&folder(target).as_str()) {
                wrong.push(format!("{name} -> {}", folder(target)));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that the table does not have: {wrong:?}");
}
