//! The documents of `tutti demo` are what the model takes: they read without problems, refer to what is there, and
//! every rule in them can be bound to the shop's tables.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tutti_model::bind::{self, Scope};
use tutti_model::catalog::Catalog;
use tutti_model::date_math::Moment;
use tutti_model::document::Document;
use tutti_model::problem::Problem;
use tutti_model::rule::Rule;
use tutti_model::source::{SourceFile, parse};
use tutti_testkit::shop::TABLES;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tutti/demo");

fn catalog(problems: &mut Vec<Problem>) -> Catalog {
    let mut documents = Vec::new();
    for entry in fs::read_dir(Path::new(FOLDER)).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap().replace("${SMTP_PORT}", "2525");
        let file = SourceFile { path: path.display().to_string(), text };
        for source in parse(&file).unwrap() {
            documents.extend(Document::read(&source.value, problems));
        }
    }
    Catalog::build(documents, problems)
}

/// All rules below a value: whatever is called `where`.
fn rules<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if name == "where" {
                    found.push(value);
                } else {
                    rules(value, found);
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| rules(value, found)),
        _ => {}
    }
}

#[test]
fn the_demo_documents_are_sound() {
    let mut problems = Vec::new();
    let catalog = catalog(&mut problems);
    assert_eq!(problems, [], "documents");
    for table in TABLES {
        assert!(catalog.table(table).is_some(), "{table}");
    }
    assert_eq!(catalog.campaigns.len(), 3);
    let moment = Moment::utc("2026-11-01T00:00:00Z".parse().unwrap());
    let mut bound = 0;
    for (name, filter) in &catalog.filters {
        let (_, table) = catalog.dimension_table(&filter.dimension).unwrap();
        let rule = Rule(serde_json::json!({"filter": name}));
        assert!(
            bind::bind(&rule, Scope::table(&table.name), &catalog, &moment, "", &mut problems).is_some(),
            "{name}: {problems:?}"
        );
    }
    for (name, campaign) in &catalog.campaigns {
        let dimension =
            campaign.canvas.activities.iter().find_map(|activity| activity.settings.get("dimension")).unwrap();
        let (_, table) = catalog.dimension_table(dimension.as_str().unwrap()).unwrap();
        for activity in &campaign.canvas.activities {
            let settings = Value::Object(activity.settings.clone());
            let mut found = Vec::new();
            rules(&settings, &mut found);
            for rule in found {
                let rule = Rule(rule.clone());
                bind::bind(&rule, Scope::table(&table.name), &catalog, &moment, "", &mut problems);
                assert_eq!(problems, [], "{name} {}", activity.id);
                bound += 1;
            }
        }
    }
    assert_eq!(bound, 8);
}
