//! Which populations the rules of an activity may ask for: those of activities that lead to it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tutti_model::campaign::Canvas;
use tutti_model::catalog::Catalog;

use crate::activity::Shapes;

/// The populations before the activity `id`, as `activity.port`, and the table whose rows each has.
pub fn populations_before(
    id: &str,
    canvas: &Canvas,
    catalog: &Catalog,
    shapes: &HashMap<String, Shapes>,
) -> BTreeMap<String, String> {
    let mut before: BTreeSet<&str> = BTreeSet::new();
    let mut open = vec![id];
    while let Some(at) = open.pop() {
        for transition in canvas.transitions.iter().filter(|transition| transition.to == at) {
            if before.insert(&transition.from) {
                open.push(&transition.from);
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
