//! Makes one population out of several: union, intersection or exclusion.
//!
//! Sets are compared by their keys, so that they have one dimension; lines of two files have no keys to compare. With
//! `by`, rows are alike that have equal values in chosen fields, whatever their keys (a row without one of the values is
//! like no other). A union `by` fields leaves out what is like a row of a set before it, not what is alike within one
//! set; and a row whose key is in several sets is one row of the first of them, as in every union. `rules` bring a set of another
//! dimension to that of the primary set, over a link or by equal fields, for an intersection or an exclusion. A union or
//! an intersection by key has the columns of all sets (`columns: common`: those that every set has); each value comes
//! from the first set, in the order of the transitions, that has both the row and the column, and is NULL where none has.
//! Otherwise the rows and columns are those of the primary set. The complement of an intersection by key is the rest of
//! the union; of any other intersection and of an exclusion, the primary set's other rows; of a union, what `limit` or
//! `by` left out. Example: `{id: target, type: combine, operation: exclusion, primary: lapsed, complement: true}`.

mod check;
mod matching;
mod plan;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tutti_model::problem::Problem;

use crate::activity::{
    Activity, COMPLEMENT, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shapes, object, out_and_complement,
};
use crate::explain::Explanation;
use crate::fields;
use crate::marks;
use crate::operand::{FieldOrExpression, OneOrMany, Sort};
use crate::step::{Error, Step, StepContext, settings};
use crate::told::{Passed, Told, thousands};

/// The most sets that one combination takes.
pub const SETS_MAX: usize = 60;

/// How the sets are combined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Union: rows of any set. Intersection: rows of every set. Exclusion: rows of the primary set and of no other.
    pub operation: Operation,
    /// The set that the others are taken away from, or compared with: the activity it comes from, or `activity.port`.
    /// An exclusion needs it; with `by` or `rules` it is the first set when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "inbound"))]
    pub primary: Option<String>,
    /// The fields, columns or expressions by which rows are alike, in place of their keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<FieldOrExpression>,
    /// Whether `ANNA@shop.example` and `anna@shop.example` are different in `by` and `rules`.
    #[serde(default)]
    pub case_sensitive: bool,
    /// How sets of other dimensions, or with other fields, are compared with the primary one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<SetRule>,
    /// Which columns the rows have: those of all sets, or those that all sets have in common.
    #[serde(default)]
    pub columns: Columns,
    /// How many rows a union has at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// Whether the rows that were not kept leave by the port `complement`.
    #[serde(default)]
    pub complement: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    Union,
    Intersection,
    Exclusion,
}

/// How one set is compared with the primary one: over a link, or by equal fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetRule {
    /// The activity that the set comes from, or `activity.port`.
    #[schemars(extend("x-tutti-editor" = "inbound"))]
    pub set: String,
    /// The path of the link from a row of the primary set to rows of this one: it is in the set when one of them is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "link", "x-tutti-rows" = "primary"))]
    pub link: Option<String>,
    /// Fields of the primary set, and the fields of this one that equal them.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(schema_with = "marks::fields_of_two_sets")]
    pub on: IndexMap<String, String>,
}

/// Which columns the rows have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Columns {
    /// Those of all sets.
    #[default]
    All,
    /// Those that every set has.
    Common,
}

/// How many rows a union has at most, and of which sets first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// The number of rows.
    pub number: u64,
    /// The sets whose rows are taken first, the most important first; the others follow in the order of the transitions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-tutti-editor" = "inbound"))]
    pub priority: Vec<String>,
    /// Which rows of a set are taken first. Without it, rows are taken at random.
    #[serde(default, skip_serializing_if = "OneOrMany::is_empty")]
    #[schemars(extend("x-tutti-editor" = "sort"))]
    pub sort: OneOrMany<Sort>,
}

impl Settings {
    /// Whether rows are compared by their keys alone.
    fn by_key(&self) -> bool {
        self.by.is_empty() && self.rules.is_empty()
    }

    /// The position of the primary set; `None` where it is named and not there.
    fn primary_among<'a>(&self, sets: impl Iterator<Item = (&'a str, &'a str)>) -> Option<usize> {
        self.primary.as_deref().map_or(Some(0), |primary| fields::position_of_set(primary, sets))
    }

    /// The rule for each of the sets that come from `(activity, port)`.
    fn rule_for(&self, index: usize, sets: &[(&str, &str)]) -> Option<&SetRule> {
        self.rules.iter().find(|rule| fields::position_of_set(&rule.set, sets.iter().copied()) == Some(index))
    }
}

pub struct Combine;

impl Activity for Combine {
    fn kind(&self) -> &'static str {
        "combine"
    }

    fn label(&self) -> &'static str {
        "Combine"
    }

    fn category(&self) -> Category {
        Category::Targeting
    }

    fn summary(&self) -> &'static str {
        "Makes one population out of several: their union, intersection, or one without the others."
    }

    fn settings_schema(&self) -> Schema {
        schema_for!(Settings)
    }

    fn example(&self) -> Raw {
        object(json!({"operation": "union"}))
    }

    fn inputs(&self) -> Inputs {
        Inputs { min: 2, max: Some(SETS_MAX) }
    }

    fn ports(&self, settings: &Raw, _: &[&str]) -> Vec<PortSpec> {
        out_and_complement(settings)
    }

    fn main_input(&self, settings: &Raw, arrivals: &[(&str, &str)]) -> usize {
        let primary = settings.get("primary").and_then(Value::as_str);
        primary.and_then(|primary| fields::position_of_set(primary, arrivals.iter().copied())).unwrap_or_default()
    }

    fn check(&self, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Shapes {
        match context.read::<Settings>(problems) {
            Some(settings) => check::check(&settings, context, problems),
            None => Shapes::new(),
        }
    }

    fn tell(&self, raw: &Raw, told: &Told<'_>) -> String {
        let set = |passed: &Passed<'_>| format!("`{}` ({})", passed.name(), thousands(passed.rows));
        let sets = || told.arrived.iter().map(set).collect::<Vec<_>>().join(", ");
        let (out, rest) = (told.out(), told.rows_by(COMPLEMENT));
        let rest = rest.map_or_else(String::new, |rest| format!("; {} left out", thousands(rest)));
        match raw.get("operation").and_then(Value::as_str) {
            Some("union") => format!("{out} in the union of {}{rest}", sets()),
            Some("intersection") => format!("{out} in every one of {}{rest}", sets()),
            _ => {
                let others = told.arrived.iter().enumerate().filter(|(index, _)| *index != told.main);
                let others: Vec<String> = others.map(|(_, passed)| set(passed)).collect();
                let primary = told.main().map(set).unwrap_or_default();
                format!("{out} stay of {primary} without {}", others.join(", "))
            }
        }
    }

    fn explain(&self, raw: &Raw, context: &StepContext<'_>, key: &[String]) -> Result<Vec<Explanation>, Error> {
        let settings: Settings = settings(raw)?;
        let sets = context.inputs.iter().map(|input| (input.from.as_str(), input.port.as_str()));
        let Some(primary) = settings.primary_among(sets) else { return Ok(Vec::new()) };
        let by_key = settings.by_key() || settings.operation == Operation::Union;
        let explained = if by_key {
            plan::explain(&settings, primary, context, key)
        } else {
            matching::explain(&settings, primary, context, key)
        };
        explained.map(|explanation| vec![explanation])
    }

    fn step(&self, raw: &Raw, context: &StepContext<'_>) -> Result<Step, Error> {
        let settings: Settings = settings(raw)?;
        let sets = context.inputs.iter().map(|input| (input.from.as_str(), input.port.as_str()));
        let named = || settings.primary.clone().unwrap_or_default();
        let primary = settings.primary_among(sets).ok_or_else(|| Error::MissingInput(named()))?;
        match settings.operation {
            Operation::Union => plan::union(&settings, primary, context),
            Operation::Intersection if settings.by_key() => plan::intersection(&settings, context),
            Operation::Exclusion if settings.by_key() => plan::exclusion(context, primary, &settings),
            Operation::Intersection | Operation::Exclusion => matching::step(&settings, primary, context),
        }
    }
}
