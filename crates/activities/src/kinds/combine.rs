//! Makes one population out of several: union, intersection or exclusion.
//!
//! All sets have one dimension and are compared by its key. A union or an intersection has the columns of all sets;
//! each value comes from the first set, in the order of the transitions, that has both the row and the column, and is
//! NULL where none has. An exclusion is the primary set without the rows of any other, with the primary's columns.
//! The complement of an intersection is the rest of the union; that of an exclusion, the rows that were excluded.
//! Example: `{id: target, type: combine, operation: exclusion, primary: lapsed, complement: true}`.

mod plan;

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tutti_model::campaign::OUT;
use tutti_model::problem::Problem;
use tutti_model::table::Column;

use crate::activity::{
    Activity, Arrival, COMPLEMENT, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shape, Shapes, object,
    out_and_complement,
};
use crate::fields::warn_unused_complement;
use crate::step::{Error, Step, StepContext, settings};

/// The most sets that one combination takes.
pub const SETS_MAX: usize = 60;

/// How the sets are combined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Union: rows of any set. Intersection: rows of every set. Exclusion: rows of the primary set and of no other.
    pub operation: Operation,
    /// The set that the others are taken away from: the activity it comes from, or `activity.port`. Exclusion only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary: Option<String>,
    /// Whether the rows that were not kept leave by the port `complement`. Not for a union, which keeps all.
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

impl Settings {
    /// The position of the primary set among sets that come from `(activity, port)`: the one that is named, or the
    /// only one of the activity that is named.
    fn primary_among<'a>(&self, sets: impl Iterator<Item = (&'a str, &'a str)>) -> Option<usize> {
        let primary = self.primary.as_deref()?;
        let (activity, port) = primary.split_once('.').map_or((primary, None), |(id, port)| (id, Some(port)));
        let mut found = sets
            .enumerate()
            .filter(|(_, (from, of))| *from == activity && port.is_none_or(|port| port == *of))
            .map(|(index, (_, of))| (index, of))
            .collect::<Vec<_>>();
        if found.len() > 1 {
            found.retain(|(_, of)| *of == OUT);
        }
        (found.len() == 1).then(|| found[0].0)
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

    fn check(&self, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Shapes {
        let mut shapes = Shapes::new();
        let Some(settings) = context.read::<Settings>(problems) else { return shapes };
        let before = problems.len();
        if settings.operation == Operation::Union && settings.complement {
            problems.push(
                Problem::error("bad_value", context.at(COMPLEMENT), "a union keeps every row, so it has no complement")
                    .hint("set `complement: false`"),
            );
        } else {
            warn_unused_complement(context, settings.complement, problems);
        }
        let primary = check_primary(&settings, context, problems);
        let Some(sets) = same_dimension(context, problems) else { return shapes };
        let added = match (settings.operation, primary) {
            (Operation::Exclusion, Some(primary)) => Some(sets[primary].added.clone()),
            (Operation::Exclusion, None) => None,
            _ => columns_of_all(&sets, context, problems),
        };
        if tutti_model::problem::has_errors(&problems[before..]) {
            return shapes;
        }
        if let (Some(first), Some(added)) = (sets.first(), added) {
            let shape = Shape { dimension: first.dimension.clone(), added };
            for port in self.ports(&context.node.settings, &[]) {
                shapes.insert(port.name, shape.clone());
            }
        }
        shapes
    }

    fn step(&self, raw: &Raw, context: &StepContext<'_>) -> Result<Step, Error> {
        let settings: Settings = settings(raw)?;
        let first = context.input()?;
        if let Some(other) = context.inputs.iter().find(|input| input.dimension != first.dimension) {
            return Err(Error::Dimensions(first.dimension.clone(), other.dimension.clone()));
        }
        match settings.operation {
            Operation::Exclusion => {
                let sets = context.inputs.iter().map(|input| (input.from.as_str(), input.port.as_str()));
                let named = settings.primary.clone().unwrap_or_default();
                let primary = settings.primary_among(sets).ok_or(Error::MissingInput(named))?;
                plan::exclusion(context, primary, settings.complement)
            }
            operation => plan::by_presence(context, operation == Operation::Union, settings.complement),
        }
    }
}

fn check_primary(settings: &Settings, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Option<usize> {
    let at = context.at("primary");
    let primary = match (&settings.primary, settings.operation) {
        (None, Operation::Exclusion) => {
            let message = "an exclusion needs its `primary`: the set that the others are taken away from";
            problems.push(Problem::error("missing_field", context.node.pointer.clone(), message).hint("add `primary`"));
            return None;
        }
        (None, _) => return None,
        (Some(_), Operation::Union | Operation::Intersection) => {
            problems.push(Problem::error("bad_value", at, "only an exclusion has a primary set").hint("remove `primary`"));
            return None;
        }
        (Some(primary), Operation::Exclusion) => primary,
    };
    let found = settings.primary_among(context.arrivals.iter().map(|arrival| (arrival.from, arrival.port)));
    if found.is_none() && !context.arrivals.is_empty() {
        let arrivals = context.arrivals.iter();
        if arrivals.clone().filter(|arrival| arrival.from == primary).count() > 1 {
            let ports: Vec<String> = arrivals
                .filter(|arrival| arrival.from == primary)
                .map(|arrival| format!("`{}.{}`", arrival.from, arrival.port))
                .collect();
            let message = format!("several sets arrive from `{primary}`, so that the primary one is not clear");
            problems.push(Problem::error("ambiguous_set", at, message).hint(format!("name one of {}", ports.join(", "))));
        } else {
            let known: Vec<String> = arrivals.map(name_of_arrival).collect();
            let message = format!("`{primary}` does not arrive here, so it cannot be the primary set");
            problems.push(
                Problem::error("missing_set", at, message).did_you_mean(primary, known.iter().map(String::as_str)),
            );
        }
    }
    found
}

fn name_of_arrival(arrival: &Arrival<'_>) -> String {
    if arrival.port == OUT { arrival.from.to_owned() } else { format!("{}.{}", arrival.from, arrival.port) }
}

/// The shapes of all sets; two dimensions are an error. `None` unless all are known and alike.
fn same_dimension<'a>(context: &CheckContext<'a>, problems: &mut Vec<Problem>) -> Option<Vec<&'a Shape>> {
    let known: Vec<(&Arrival<'a>, &'a Shape)> =
        context.arrivals.iter().filter_map(|arrival| Some((arrival, arrival.shape?))).collect();
    let (first, shape) = known.first()?;
    let other = known.iter().find(|(_, other)| other.dimension != shape.dimension);
    if let Some((arrival, other)) = other {
        let message = format!(
            "the sets have two dimensions: `{}` has `{}`, `{}` has `{}`",
            name_of_arrival(first),
            shape.dimension,
            name_of_arrival(arrival),
            other.dimension
        );
        problems.push(
            Problem::error("dimension_mismatch", context.node.pointer.clone(), message)
                .hint("bring all sets to one dimension before, with change-dimension"),
        );
        return None;
    }
    (known.len() == context.arrivals.len()).then(|| known.into_iter().map(|(_, shape)| shape).collect())
}

/// The columns of all sets, each once. One name with two types is an error.
fn columns_of_all(
    sets: &[&Shape],
    context: &CheckContext<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Vec<Column>> {
    let mut all: Vec<Column> = Vec::new();
    let mut clear = true;
    for column in sets.iter().flat_map(|shape| &shape.added) {
        match all.iter().find(|other| other.name == column.name) {
            None => all.push(column.clone()),
            Some(other) if other.column_type == column.column_type => {}
            Some(other) => {
                clear = false;
                let message = format!(
                    "the column `{}` is {} in one set and {} in another",
                    column.name, other.column_type, column.column_type
                );
                problems.push(Problem::error("column_types", context.node.pointer.clone(), message));
            }
        }
    }
    clear.then_some(all)
}
