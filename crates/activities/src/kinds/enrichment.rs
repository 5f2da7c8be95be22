//! Adds columns to the rows that arrive, from linked tables, expressions and other populations.
//!
//! Who is in the population stays as it is. Each entry of `add` is a field or an expression, the first few rows over a
//! link to many (`collect`: numbered columns, and a list to loop over in messages), or an aggregate over such rows
//! (`aggregate`). `links` makes links that the tables do not have, to a table or to another population that arrives
//! here, by fields that are equal; the entries of `add` use them like any other link. A column that is added hides a
//! field of the same name from here on. Example: `{id: enriched, type: enrichment, add: [{name: city, field:
//! address.city}, {name: purchases, link: orders, collect: {count: 3, sort: {by: order_date, order: descending},
//! fields: [amount]}}, {name: spent, link: orders, aggregate: {function: sum, field: amount}}]}`.

mod columns;
mod links;
mod plan;

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tutti_model::campaign::OUT;
use tutti_model::problem::{Problem, join_pointer};
use tutti_model::rule::Rule;

use crate::activity::{Activity, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shape, Shapes, object};
use crate::collected::CollectedField;
use crate::fields;
use crate::operand::{OneOrMany, Sort};
use crate::step::{Error, Finding, Step, StepContext, settings};
use crate::told::{Passed, Told, names};

pub use links::{Cardinality, Link, OnMultiple, Target};

/// The most populations that arrive at one enrichment.
pub const SETS_MAX: usize = 20;

/// Which columns are added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The set whose rows go on, when several arrive: the activity it comes from, or `activity.port`; the first when
    /// absent. The others are there to be linked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "inbound"))]
    pub primary: Option<String>,
    /// Links that this activity makes, for its own columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// The columns to add.
    #[serde(default)]
    pub add: Vec<Add>,
}

/// A column, or the columns of collected rows. Has exactly one of `field`, `expression`, `collect` and `aggregate`; the
/// last two with `link`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Add {
    /// The name of the column, or the first part of the names of collected columns.
    pub name: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// A field path over links to one row, or a column that the rows carry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "field"))]
    pub field: Option<String>,
    /// A SQL scalar expression over such fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "expression"))]
    pub expression: Option<String>,
    /// The path of a link, whose rows are collected or aggregated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "link"))]
    pub link: Option<String>,
    /// The first few linked rows, as numbered columns and as a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-rows" = "linked"))]
    pub collect: Option<Collect>,
    /// One value computed over the linked rows: an object with a `function` and, except for count, a `field`, as in
    /// rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "aggregate", "x-tutti-rows" = "linked"))]
    pub aggregate: Option<Value>,
    /// The rule that linked rows have to match to be collected or aggregated.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-rows" = "linked"))]
    pub rule: Option<Rule>,
}

/// Which linked rows are collected, and what of each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Collect {
    /// How many rows at most.
    pub count: u32,
    /// Which come first, by fields of the linked row; then the lowest key.
    #[serde(default, skip_serializing_if = "OneOrMany::is_empty")]
    #[schemars(extend("x-tutti-editor" = "sort"))]
    pub sort: OneOrMany<Sort>,
    /// The rule that a linked row has to match.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// What is taken of each row.
    #[schemars(extend("x-tutti-editor" = "columns"))]
    pub fields: Vec<CollectedField>,
}

impl Settings {
    /// The position of the set whose rows go on.
    fn main<'a>(&self, sets: impl Iterator<Item = (&'a str, &'a str)>) -> Option<usize> {
        self.primary.as_deref().map_or(Some(0), |primary| fields::position_of_set(primary, sets))
    }
}

pub struct Enrichment;

impl Activity for Enrichment {
    fn kind(&self) -> &'static str {
        "enrichment"
    }

    fn label(&self) -> &'static str {
        "Enrichment"
    }

    fn category(&self) -> Category {
        Category::Targeting
    }

    fn summary(&self) -> &'static str {
        "Adds columns to the rows that arrive, from linked tables, expressions and other populations."
    }

    fn settings_schema(&self) -> Schema {
        schema_for!(Settings)
    }

    fn example(&self) -> Raw {
        object(json!({"add": [
            {"name": "domain", "expression": "split_part(email, '@', 2)"},
            {"name": "messages", "link": "tutti_messages", "aggregate": {"function": "count"}},
        ]}))
    }

    fn inputs(&self) -> Inputs {
        Inputs { min: 1, max: Some(SETS_MAX) }
    }

    fn ports(&self, _: &Raw, _: &[&str]) -> Vec<PortSpec> {
        vec![PortSpec::out()]
    }

    fn main_input(&self, settings: &Raw, arrivals: &[(&str, &str)]) -> usize {
        let primary = settings.get("primary").and_then(Value::as_str);
        primary.and_then(|primary| fields::position_of_set(primary, arrivals.iter().copied())).unwrap_or_default()
    }

    fn check(&self, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Shapes {
        let mut shapes = Shapes::new();
        let Some(settings) = context.read::<Settings>(problems) else { return shapes };
        if settings.add.is_empty() && !settings.links.iter().any(|link| link.add_key) {
            let message = "the enrichment adds no column";
            problems.push(
                Problem::warning("nothing_added", context.at("add"), message)
                    .hint("write what to add, as in `add: [{name: city, field: address.city}]`"),
            );
        }
        let main = match &settings.primary {
            None => Some(0),
            Some(name) => fields::check_set(name, "the primary set", context, &context.at("primary"), problems),
        };
        check_sets(&settings, main, context, problems);
        let shape = main.and_then(|main| context.arrivals.get(main)).and_then(|arrival| arrival.shape);
        let Some((shape, scope)) = shape.and_then(|shape| Some((shape, fields::scope(context, shape)?))) else {
            return shapes;
        };
        let before = problems.len();
        let sets = |name: &str| {
            let position = fields::position_of_set(name, context.arrivals.iter().map(|from| (from.from, from.port)))?;
            context.arrivals[position].shape.map(|shape| links::Set {
                position,
                dimension: &shape.dimension,
                added: &shape.added,
            })
        };
        let linked = links::bind(&settings.links, scope, (context.catalog, context.moment), &sets, &context.at("links"), problems);
        let Some(linked) = linked else { return shapes };
        let scope = linked.scope(scope.table);
        let mut added = shape.added.clone();
        let table = context.table_of(&shape.dimension);
        let entries = linked.keys.iter().chain(&settings.add);
        for (index, add) in entries.enumerate() {
            let at = join_pointer(&context.at("add"), index.saturating_sub(linked.keys.len()));
            fields::check_added_name(&add.name, table, &join_pointer(&at, "name"), problems);
            let bound = columns::bind(add, scope, &linked.catalog, context.moment, &at, problems);
            for column in bound.iter().flat_map(|bound| bound.columns(add)) {
                fields::put(&mut added, column);
            }
        }
        check_twice(&settings, context, problems);
        if !tutti_model::problem::has_errors(&problems[before..]) {
            shapes.insert(OUT.to_owned(), Shape { dimension: shape.dimension.clone(), added });
        }
        shapes
    }

    fn findings(&self, raw: &Raw, context: &StepContext<'_>) -> Result<Vec<Finding>, Error> {
        plan::findings(&settings(raw)?, context)
    }

    fn tell(&self, raw: &Raw, told: &Told<'_>) -> String {
        let entries = raw.get("add").and_then(Value::as_array).into_iter().flatten();
        let added: Vec<&str> = entries.filter_map(|entry| entry.get("name")?.as_str()).collect();
        let arrived = told.main().map(Passed::counted).unwrap_or_default();
        if added.is_empty() { format!("added the keys of linked rows to {arrived}") } else { format!("added {} to {arrived}", names(added)) }
    }

    fn step(&self, raw: &Raw, context: &StepContext<'_>) -> Result<Step, Error> {
        plan::step(&settings(raw)?, context)
    }
}

/// Sets that arrive for nothing.
fn check_sets(settings: &Settings, main: Option<usize>, context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    let sets = || context.arrivals.iter().map(|arrival| (arrival.from, arrival.port));
    let linked: Vec<Option<usize>> = settings
        .links
        .iter()
        .filter_map(|link| link.to.transition.as_deref())
        .map(|name| fields::position_of_set(name, sets()))
        .collect();
    for (index, arrival) in context.arrivals.iter().enumerate() {
        if Some(index) != main && main.is_some() && !linked.contains(&Some(index)) {
            let name = fields::name_of_arrival(arrival);
            let message = format!("`{name}` arrives and no link leads to it, so it adds nothing");
            problems.push(
                Problem::warning("unused_set", context.node.pointer.clone(), message)
                    .hint(format!("add a link with `to: {{transition: {name}}}`, or remove the transition")),
            );
        }
    }
}

fn check_twice(settings: &Settings, context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    for (index, add) in settings.add.iter().enumerate() {
        if settings.add[..index].iter().any(|other| other.name == add.name) {
            let at = join_pointer(&join_pointer(&context.at("add"), index), "name");
            problems.push(Problem::error("duplicate_name", at, format!("`{}` is added twice", add.name)));
        }
    }
}
