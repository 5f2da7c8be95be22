//! The registry of kinds: the only list from which API, forms, documentation and tests learn them.

use schemars::Schema;
use serde::Serialize;
use serde_json::{Map, Value};
use tutti_model::campaign::ActivityNode;
use tutti_model::problem::{Problem, join_pointer};

use crate::activity::{Activity, Category, Inputs, PortSpec};
use crate::kinds;

/// Types that documents may come to name and that this version cannot run.
pub const NOT_AVAILABLE: [&str; 4] = ["sms", "push", "webhook", "direct-mail"];

/// Every kind, in the order of the palette.
pub fn all() -> &'static [&'static dyn Activity] {
    kinds::ALL
}

/// The kind with this name.
pub fn find(kind: &str) -> Option<&'static dyn Activity> {
    all().iter().copied().find(|activity| activity.kind() == kind)
}

/// The kind of `node`; an unknown one is a problem that names the nearest.
pub fn kind_of(node: &ActivityNode) -> Result<&'static dyn Activity, Box<Problem>> {
    find(&node.kind).ok_or_else(|| {
        let pointer = join_pointer(&node.pointer, "type");
        let known = || all().iter().map(|activity| activity.kind());
        if NOT_AVAILABLE.contains(&node.kind.as_str()) {
            let shown: Vec<String> = known().map(|kind| format!("`{kind}`")).collect();
            let message = format!("the activity type `{}` is not available in this version", node.kind);
            let problem = Problem::error("not_available", pointer, message);
            return Box::new(problem.hint(format!("available are {}", shown.join(", "))));
        }
        let message = format!("there is no activity type `{}`", node.kind);
        Box::new(Problem::error("unknown_activity", pointer, message).did_you_mean(&node.kind, known()))
    })
}

/// What the web app's palette and forms need to know of a kind.
#[derive(Clone, Debug, Serialize)]
pub struct KindInfo {
    pub kind: &'static str,
    pub label: &'static str,
    pub category: Category,
    pub summary: &'static str,
    pub inputs: Inputs,
    /// The ports with the example's settings.
    pub ports: Vec<PortSpec>,
    /// What else comes of it, by the names that later activities ask for it by.
    pub results: Vec<&'static str>,
    pub example: Map<String, Value>,
    pub settings_schema: Schema,
}

/// JSON Schema of what every activity can be told, whatever its kind.
pub fn common_schema() -> Schema {
    schemars::schema_for!(tutti_model::common::Common)
}

/// All kinds as data, in the order of the palette.
pub fn describe() -> Vec<KindInfo> {
    all()
        .iter()
        .map(|activity| {
            let example = activity.example();
            KindInfo {
                kind: activity.kind(),
                label: activity.label(),
                category: activity.category(),
                summary: activity.summary(),
                inputs: activity.inputs(),
                ports: activity.ports(&example, &[]),
                results: activity.results(&example).into_iter().map(|(name, _)| name).collect(),
                example,
                settings_schema: activity.settings_schema(),
            }
        })
        .collect()
}
