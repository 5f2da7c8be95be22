//! Which populations the rules of an activity may ask for: those of activities that lead to it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;
use tutti_model::campaign::{ActivityNode, Canvas, OUT};
use tutti_model::catalog::Catalog;

use crate::activity::Shapes;

/// The populations before the activity `id`, as `activity.port`, and the table whose rows each has.
pub fn populations_before(
    id: &str,
    canvas: &Canvas,
    catalog: &Catalog,
    shapes: &HashMap<String, Shapes>,
) -> BTreeMap<String, String> {
    let mut inbound: HashMap<&str, Vec<&str>> = HashMap::new();
    for transition in &canvas.transitions {
        inbound.entry(&transition.to).or_default().push(&transition.from);
    }
    let mut before: BTreeSet<&str> = BTreeSet::new();
    let mut open = vec![id];
    while let Some(at) = open.pop() {
        for from in inbound.get(at).into_iter().flatten() {
            if before.insert(from) {
                open.push(from);
            }
        }
    }
    let mut populations = BTreeMap::new();
    for (activity, ports) in shapes.iter().filter(|(activity, _)| before.contains(activity.as_str())) {
        for (port, shape) in ports {
            if let Some((_, table)) = catalog.dimension_table(&shape.dimension) {
                populations.insert(format!("{activity}.{port}"), table.name.clone());
            }
        }
    }
    populations
}

/// The populations that a rule asks for: activities and their ports.
pub fn populations_asked(rule: &Value) -> BTreeSet<(String, String)> {
    let mut asked = BTreeSet::new();
    let mut open = vec![rule];
    while let Some(part) = open.pop() {
        match part {
            Value::Object(fields) => {
                if let Some(name) = fields.get("population").and_then(Value::as_str) {
                    let (activity, port) = name.split_once('.').unwrap_or((name, OUT));
                    asked.insert((activity.to_owned(), port.to_owned()));
                }
                open.extend(fields.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    asked
}

/// Whether a rule somewhere in the settings asks for a population: on large canvases it takes a while to say which there
/// are.
pub fn asks_for_populations(node: &ActivityNode) -> bool {
    node.settings.iter().any(|(name, value)| name == "population" || mentions_population(value))
}

fn mentions_population(settings: &Value) -> bool {
    match settings {
        Value::Object(fields) => fields.contains_key("population") || fields.values().any(mentions_population),
        Value::Array(items) => items.iter().any(mentions_population),
        _ => false,
    }
}
