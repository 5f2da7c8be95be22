//! What every registered kind promises.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use tutti_activities::{Activity, Input, Mark, PORT_COLUMN, Step, StepContext, registry, validate_campaign};
use tutti_model::campaign::Campaign;
use tutti_model::problem::Problem;
use tutti_model::table::Column;
use tutti_model::variables::{ROWS, Variable};
use tutti_query::datafusion::arrow::array::RecordBatch;
use tutti_query::datafusion::logical_expr::LogicalPlan;
use tutti_query::{Planner, Providers, schema_of};

use crate::validation::catalog;
use crate::world::{collect, moment, provider};

/// A campaign in which `settings` are those of an activity of `kind`, fed and emptied as it needs.
pub fn campaign(kind: &dyn Activity, settings: &Map<String, Value>) -> Campaign {
    let mut activity = settings.clone();
    activity.insert("id".to_owned(), json!("it"));
    activity.insert("type".to_owned(), json!(kind.kind()));
    let mut activities = vec![Value::Object(activity)];
    let mut transitions = Vec::new();
    for index in 0..kind.inputs().min {
        activities.push(json!({"id": format!("from_{index}"), "type": "build-audience", "dimension": "customers",
            "when_empty": "continue"}));
        transitions.push(json!({"from": format!("from_{index}"), "to": "it"}));
    }
    let ports = kind.ports(settings, &[]);
    if !ports.is_empty() {
        activities.push(json!({"id": "end", "type": "end"}));
    }
    let names: BTreeSet<_> = ports.into_iter().map(|port| port.name).collect();
    for port in names {
        transitions.push(json!({"from": format!("it.{port}"), "to": "end"}));
    }
    let document = json!({"canvas": {"activities": activities, "transitions": transitions}});
    let mut problems = Vec::new();
    let campaign = Campaign::read("c", &document, &mut problems).unwrap();
    assert!(problems.is_empty(), "{problems:?}");
    campaign
}

fn check(kind: &dyn Activity, settings: &Map<String, Value>) -> Vec<Problem> {
    validate_campaign(&campaign(kind, settings), &catalog(), &moment())
}

#[test]
fn names_are_clear_and_differ() {
    let mut kinds = BTreeSet::new();
    for kind in registry::all() {
        assert!(kinds.insert(kind.kind()), "two kinds are `{}`", kind.kind());
        assert!(kind.summary().ends_with('.') && kind.summary().len() > 20, "{}", kind.kind());
        assert!(!registry::NOT_AVAILABLE.contains(&kind.kind()), "{} is available", kind.kind());
        assert!(registry::find(kind.kind()).is_some());
    }
}

#[test]
fn examples_are_valid() {
    for kind in registry::all() {
        assert_eq!(check(*kind, &kind.example()), [], "{}", kind.kind());
    }
}

/// Each example on an empty table and empty populations: its plans run, and have the columns that they say.
#[test]
fn examples_run() {
    let (catalog, mut moment) = (catalog(), moment());
    moment.variables.insert(ROWS, Variable::count(Some(0)));
    let empty = |columns: &[Column]| provider(RecordBatch::new_empty(schema_of(columns)));
    let customers = catalog.table("customers").unwrap();
    let mut tables: Providers =
        catalog.tables.iter().map(|(name, table)| (name.clone(), empty(&table.columns))).collect();
    let members = catalog.members("vip").unwrap();
    tables.insert(members.name.clone(), empty(&members.columns));
    let planner = Planner::new(&catalog, &tables);
    for kind in registry::all() {
        let keys: Vec<Column> = customers.key_columns().into_iter().cloned().collect();
        let input = |index: usize| Input {
            from: format!("from_{index}"),
            port: "out".to_owned(),
            dimension: "customers".to_owned(),
            rows: empty(&keys),
            added: Vec::new(),
        };
        let inputs: Vec<Input> = (0..kind.inputs().min).map(input).collect();
        let context = StepContext {
            planner: &planner,
            moment: &moment,
            inputs: &inputs,
            seed: 1,
            fixed_seed: 2,
            mark: Mark::default(),
        };
        let names = |added: &[Column], more: &[&str]| -> Vec<String> {
            let added = added.iter().map(|column| column.name.clone());
            let more = more.iter().map(|name| (*name).to_owned());
            std::iter::once("customer_id".to_owned()).chain(added).chain(more).collect()
        };
        let columns = |plan: &LogicalPlan| -> Vec<String> {
            plan.schema().fields().iter().map(|field| field.name().clone()).collect()
        };
        match kind.step(&kind.example(), &context).unwrap() {
            Step::Populations(outputs) => {
                for output in outputs {
                    assert_eq!(columns(&output.plan), names(&output.added, &[]), "{}", kind.kind());
                    assert!(collect(output.plan).is_empty());
                }
            }
            Step::Routed { plan, ports, added } => {
                let specs = kind.ports(&kind.example(), &[]);
                assert_eq!(ports, specs.into_iter().map(|port| port.name).collect::<Vec<_>>());
                assert_eq!(columns(&plan), names(&added, &[PORT_COLUMN]), "{}", kind.kind());
                assert!(collect(plan).is_empty());
            }
            Step::Effect(effect) => {
                for plan in effect.plans() {
                    assert!(collect(plan.clone()).is_empty(), "{}", kind.kind());
                }
            }
            Step::Route { input, ports, .. } => {
                assert!(input.is_none_or(|input| input < inputs.len()));
                let known = kind.ports(&kind.example(), &[]);
                assert!(ports.iter().all(|port| known.iter().any(|known| known.name == *port)), "{}", kind.kind());
            }
            Step::PassThrough | Step::Deliver(_) | Step::End => {}
            Step::Wait(_) | Step::Ask(_) | Step::Alert(_) | Step::Signal(_) => {}
        }
    }
}

#[test]
fn an_unknown_field_is_an_error_that_names_activity_and_field() {
    for kind in registry::all() {
        let mut settings = kind.example();
        settings.insert("unknwon".to_owned(), json!(1));
        let problems = check(*kind, &settings);
        let found = problems.iter().find(|problem| problem.code == "unknown_field").unwrap();
        assert_eq!(found.pointer, "/canvas/activities/0/unknwon", "{}", kind.kind());
        assert_eq!(found.activity.as_deref(), Some("it"));
    }
}

#[test]
fn a_missing_field_is_an_error() {
    for kind in registry::all() {
        let schema = kind.settings_schema().to_value();
        for required in schema["required"].as_array().into_iter().flatten() {
            let mut settings = kind.example();
            settings.shift_remove(required.as_str().unwrap());
            let problems = check(*kind, &settings);
            assert!(problems.iter().any(|problem| problem.code == "missing_field"), "{} {required}", kind.kind());
        }
    }
}

#[test]
fn every_field_has_a_help_text_and_is_read() {
    for kind in registry::all() {
        let schema = kind.settings_schema().to_value();
        assert_eq!(schema["additionalProperties"], json!(false), "{}", kind.kind());
        assert!(schema["description"].is_string(), "{}", kind.kind());
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            // A field of a type with a description of its own may do without one.
            let reference = property["$ref"].as_str().and_then(|path| path.strip_prefix('#'));
            let described = reference.and_then(|path| schema.pointer(path)).unwrap_or(property);
            assert!(
                property["description"].is_string() || described["description"].is_string(),
                "{}.{name} has no help text",
                kind.kind()
            );
        }
    }
}

#[test]
fn wrong_types_never_panic() {
    for kind in registry::all() {
        let schema = kind.settings_schema().to_value();
        for (name, _) in schema["properties"].as_object().into_iter().flatten() {
            for wrong in [json!(null), json!(-1), json!("x"), json!([]), json!({}), json!([{"id": 3}]), json!(true)] {
                let mut settings = kind.example();
                settings.insert(name.clone(), wrong);
                check(*kind, &settings);
                kind.ports(&settings, &["x"]);
                kind.stops_when_empty(&settings, "x");
            }
        }
    }
}

/// What every activity can be told is no setting of a kind, and has help texts of its own.
#[test]
fn what_every_activity_has_is_described_apart() {
    let common = registry::common_schema().to_value();
    for (name, property) in common["properties"].as_object().unwrap() {
        assert!(property["description"].is_string(), "{name} has no help text");
        for kind in registry::all() {
            assert!(kind.settings_schema().to_value()["properties"][name].is_null(), "{}.{name}", kind.kind());
        }
    }
    assert_eq!(common["properties"].as_object().unwrap().len(), tutti_model::common::Common::FIELDS.len());
}

#[test]
fn the_palette_is_described() {
    insta::assert_json_snapshot!(
        registry::describe()
            .into_iter()
            .map(|kind| json!({"kind": kind.kind, "label": kind.label, "category": kind.category,
                "summary": kind.summary, "inputs": kind.inputs, "ports": kind.ports}))
            .collect::<Vec<_>>()
    );
}

/// What forms know to offer: whoever adds a mark teaches it to the web app.
const EDITORS: [&str; 33] = [
    "aggregate",
    "answer",
    "audience",
    "campaign",
    "carried",
    "channel",
    "column",
    "column-type",
    "columns",
    "content",
    "dimension",
    "duration",
    "earlier",
    "expression",
    "field",
    "file",
    "file-name",
    "inbound",
    "link",
    "moment",
    "new-audience",
    "operand",
    "parameter",
    "port",
    "rule",
    "sort",
    "table",
    "target",
    "template",
    "time-zone",
    "until",
    "value",
    "variable",
];

/// Whose fields a setting can be about, where it is not those of the rows that arrive.
const ROWS_OF: [&str; 10] =
    ["dimension", "found", "linked", "matched", "members", "primary", "run", "set", "table", "target"];

#[test]
fn every_mark_is_one_that_forms_know() {
    let schemas = registry::all().iter().map(|kind| kind.settings_schema().to_value());
    let mut open: Vec<Value> = schemas.chain([registry::common_schema().to_value()]).collect();
    let (mut editors, mut rows) = (BTreeSet::new(), BTreeSet::new());
    while let Some(value) = open.pop() {
        match value {
            Value::Object(fields) => {
                for (name, into) in [("x-tutti-editor", &mut editors), ("x-tutti-rows", &mut rows)] {
                    into.extend(fields.get(name).and_then(Value::as_str).map(str::to_owned));
                }
                open.extend(fields.into_iter().map(|(_, value)| value));
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    assert_eq!(editors, BTreeSet::from(EDITORS.map(str::to_owned)));
    assert_eq!(rows, BTreeSet::from(ROWS_OF.map(str::to_owned)));
}

/// What forms are drawn from, as the web app's tests read it.
#[test]
fn the_kinds_are_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/activity-kinds.json");
    let written = std::fs::read_to_string(path).unwrap_or_default();
    let said = tutti_activities::reference::activity_kinds();
    assert!(
        written == said,
        "docs/activity-kinds.json is not what the program says; `cargo run -p tutti-activities --example activity_kinds` makes it"
    );
}

/// The reference in the repository is what the program says of itself.
#[test]
fn the_reference_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/activities.md");
    let written = std::fs::read_to_string(path).unwrap_or_default();
    let said = tutti_activities::reference::markdown();
    let differs = written.lines().zip(said.lines()).position(|(one, other)| one != other);
    assert!(
        written == said,
        "docs/activities.md differs from line {:?} on; `cargo run -p tutti-activities --example reference` makes it",
        differs.map(|line| line + 1)
    );
}
