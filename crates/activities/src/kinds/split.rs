//! Cuts a population into subsets, by rules, by size, or by both.
//!
//! Subsets are filled from top to bottom. A row goes to the first subset that takes it; the rows that a subset's limit
//! leaves over stay available to those below it and to the complement. With `overlap`, each subset chooses among all
//! rows. A subset without `where` and without `limit` takes all that remains. Without `sort`, a limit takes rows at
//! random: the same rows when the activity is tried again. Every subset writes its `segment_code` on its rows.
//! Example: `{id: ab, type: split, subsets: [{id: a, limit: {percent: 50}}, {id: b}]}`.

mod check;
mod plan;

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tutti_model::campaign::OUT;
use tutti_model::problem::Problem;
use tutti_model::rule::Rule;
use tutti_model::table::{Column, ColumnType};

use crate::activity::{
    Activity, COMPLEMENT, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shape, Shapes, object,
};
use crate::fields;
use crate::kinds::deduplication::Order;
use crate::step::{Error, Step, StepContext, settings};

/// The column that says which subset a row went to.
pub const SEGMENT_CODE: &str = "segment_code";

/// How a population is cut.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The subsets, filled from top to bottom.
    pub subsets: Vec<Subset>,
    /// Whether the rows that no subset took leave by the port `complement`.
    #[serde(default)]
    pub complement: bool,
    /// Whether a row goes to every subset that takes it, instead of the first only.
    #[serde(default)]
    pub overlap: bool,
    /// Whether all subsets leave together by the port `out`, told apart by their segment code.
    #[serde(default)]
    pub merged_output: bool,
}

/// One part of the population; its id is its port.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subset {
    /// The name of the port.
    pub id: String,
    /// What people call the subset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The rule that a row has to match. Without one, every row does.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// How many rows at most. Without one, all that match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// What is written in the column `segment_code`; the label, else the id, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment_code: Option<String>,
    /// Whether the branch ends here when the subset is empty.
    #[serde(default)]
    pub skip_when_empty: bool,
}

/// How many rows a subset takes at most: a number or a percentage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// A number of rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// A percentage, over 0 and up to 100, read to six places; the rows are rounded to the nearest, halves up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<f64>,
    /// What a percentage is of.
    #[serde(default)]
    pub of: Base,
    /// Which rows are taken first. Without it, rows are taken at random.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<Sort>,
}

/// What a percentage is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Base {
    /// All rows that arrived.
    #[default]
    Inbound,
    /// The rows that match the subset's rule and that no subset above took.
    Matching,
}

/// Which rows come first: by a field, then by key. Rows without a value come last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sort {
    /// The field path to order by.
    pub by: String,
    /// The direction.
    #[serde(default)]
    pub order: Order,
}

impl Subset {
    /// What stands in `segment_code` for the subset's rows.
    pub fn code(&self) -> &str {
        self.segment_code.as_deref().or(self.label.as_deref()).unwrap_or(&self.id)
    }
}

pub struct Split;

impl Activity for Split {
    fn kind(&self) -> &'static str {
        "split"
    }

    fn label(&self) -> &'static str {
        "Split"
    }

    fn category(&self) -> Category {
        Category::Targeting
    }

    fn summary(&self) -> &'static str {
        "Cuts a population into subsets, by rules, by size, or by both."
    }

    fn settings_schema(&self) -> Schema {
        schema_for!(Settings)
    }

    fn example(&self) -> Raw {
        object(json!({"subsets": [{"id": "a", "limit": {"percent": 50}}, {"id": "b"}]}))
    }

    fn inputs(&self) -> Inputs {
        Inputs::ONE
    }

    fn ports(&self, settings: &Raw, _: &[&str]) -> Vec<PortSpec> {
        let is = |name: &str| settings.get(name).and_then(Value::as_bool) == Some(true);
        let mut ports = Vec::new();
        if is("merged_output") {
            ports.push(PortSpec::out());
        } else {
            let subsets = settings.get("subsets").and_then(Value::as_array).into_iter().flatten();
            for subset in subsets {
                let text = |name: &str| subset.get(name).and_then(Value::as_str);
                if let Some(id) = text("id") {
                    ports.push(PortSpec::new(id, text("label").unwrap_or(id)));
                }
            }
        }
        if is(COMPLEMENT) {
            ports.push(PortSpec::complement());
        }
        ports
    }

    fn stops_when_empty(&self, settings: &Raw, port: &str) -> bool {
        let subsets = settings.get("subsets").and_then(Value::as_array).into_iter().flatten();
        subsets
            .filter(|subset| subset.get("id").and_then(Value::as_str) == Some(port))
            .any(|subset| subset.get("skip_when_empty").and_then(Value::as_bool) == Some(true))
    }

    fn check(&self, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Shapes {
        let mut shapes = Shapes::new();
        let settings = context.read::<Settings>(problems);
        if let Some(shape) = context.inbound() {
            let shape = Shape { dimension: shape.dimension.clone(), added: with_code(&shape.added) };
            for port in self.ports(&context.node.settings, &[]) {
                shapes.insert(port.name, shape.clone());
            }
        }
        if let Some(settings) = settings {
            check::check(&settings, context, problems);
        }
        shapes
    }

    fn step(&self, raw: &Raw, context: &StepContext<'_>) -> Result<Step, Error> {
        plan::plan(&settings(raw)?, context)
    }
}

/// The columns of a population with a segment code.
fn with_code(added: &[Column]) -> Vec<Column> {
    let mut added = added.to_vec();
    fields::put(&mut added, Column::new(SEGMENT_CODE, ColumnType::String));
    added
}

/// The ports in the order of their numbers in the plan, and which of them each subset leaves by.
fn routes(settings: &Settings) -> (Vec<String>, Vec<usize>) {
    if settings.merged_output {
        let complement = settings.complement.then(|| COMPLEMENT.to_owned());
        let ports = std::iter::once(OUT.to_owned()).chain(complement).collect();
        return (ports, vec![0; settings.subsets.len()]);
    }
    let complement = settings.complement.then(|| COMPLEMENT.to_owned());
    let ports = settings.subsets.iter().map(|subset| subset.id.clone()).chain(complement).collect();
    (ports, (0..settings.subsets.len()).collect())
}
