//! Cuts a population into subsets, by rules, by size, or by both.
//!
//! Subsets are filled from top to bottom. A row goes to the first subset that takes it; the rows that a subset's limit
//! leaves over stay available to those below it and to the complement. With `overlap`, each subset chooses among all
//! rows. A subset without `where` and without `limit` takes all that remains. Without `sort`, a limit takes rows at
//! random: the same rows when the activity is tried again, and with `seed: fixed` the same in every run. A limit can
//! hold for each value of a field by itself (`per`). Every subset writes its `segment_code` on its rows.
//! Example: `{id: ab, type: split, subsets: [{id: a, limit: {percent: 50}}, {id: b}]}`.

mod check;
mod plan;
mod seed;

use indexmap::IndexMap;
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
use crate::explain::Explanation;
use crate::fields;
use crate::operand::{FieldOrExpression, OneOrMany, Sort};
use crate::step::{Error, Step, StepContext, settings};
use crate::told::{Passed, Told, thousands};

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
    /// Where chance comes from: from each run, or the same for all runs, so that the same rows stay together.
    #[serde(default)]
    pub seed: Seed,
    /// Whether all subsets leave together by the port `out`, told apart by their segment code.
    #[serde(default)]
    pub merged_output: bool,
}

/// One part of the population; its id is its port.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subset {
    /// The name of the port.
    #[schemars(extend("x-tutti-editor" = "port"))]
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

/// Where chance comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Seed {
    /// Each run chooses anew.
    #[default]
    Run,
    /// Every run chooses alike; other activities choose otherwise.
    Fixed,
    /// Every run and every activity with the same number choose alike.
    Number(u64),
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
    /// Which rows are taken first; of a list, the first counts most. Without it, rows are taken at random.
    #[serde(default, skip_serializing_if = "OneOrMany::is_empty")]
    #[schemars(extend("x-tutti-editor" = "sort"))]
    pub sort: OneOrMany<Sort>,
    /// Which of the rows that `sort` makes equal are taken first.
    #[serde(default)]
    pub ties: Ties,
    /// The field or expression for each value of which the limit holds by itself. Rows without a value count together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per: Option<FieldOrExpression>,
    /// Other numbers, or percentages, for some of the values of `per`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(with = "std::collections::BTreeMap<String, f64>")]
    pub values: IndexMap<String, f64>,
}

/// How rows are ordered that `sort` makes equal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Ties {
    /// By key.
    #[default]
    Key,
    /// At random.
    Random,
}

impl Limit {
    /// Whether rows are chosen at random, wholly or among equals.
    fn is_random(&self) -> bool {
        self.sort.is_empty() || self.ties == Ties::Random
    }
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

    fn tell(&self, _: &Raw, told: &Told<'_>) -> String {
        let ways = told.left.iter().map(|left| format!("{} by `{}`", thousands(left.rows), left.port));
        let arrived = told.main().map(Passed::counted).unwrap_or_default();
        format!("of {arrived} went {}", ways.collect::<Vec<_>>().join(", "))
    }

    fn explain(&self, raw: &Raw, context: &StepContext<'_>, key: &[String]) -> Result<Vec<Explanation>, Error> {
        plan::explain(&settings(raw)?, context, key)
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
