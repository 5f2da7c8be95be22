//! Goes from the rows that arrive to the rows of another dimension that they are linked to.
//!
//! From orders to the customers who made them, or from customers to their orders: along `link`, over any number of
//! tables. Each row of the new dimension is there once, whatever the number of rows that lead to it, and carries the
//! columns of the first of them by `sort`, else of that with the lowest key. With `keep: 3` it carries those of the first
//! three, as numbered columns and as a list, like an enrichment's. `fields` are carried beside the columns that the rows
//! have already. Rows that lead nowhere leave by `complement` where that is asked for. Example: `{id: buyers, type:
//! change-dimension, dimension: customers, link: customer, complement: true}`.

mod plan;
mod way;

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tutti_model::builtin::FILE_DIMENSION;
use tutti_model::campaign::OUT;
use tutti_model::catalog::{Catalog, Hop};
use tutti_model::problem::{Problem, join_pointer};
use tutti_model::table::{Column, Table};
use tutti_query::datafusion::logical_expr::LogicalPlan;

use crate::activity::{
    Activity, COMPLEMENT, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shape, Shapes, object,
    out_and_complement,
};
use crate::collected::{self, CollectedField};
use crate::fields::{self, carried_columns, warn_unused_complement};
use crate::explain::Explanation;
use crate::lineage::Side;
use crate::operand::{OneOrMany, Sort};
use crate::step::{Error, Finding, Step, StepContext, settings};
use crate::told::{Passed, Told, thousands};

/// Where to, and what is carried along.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The new dimension.
    #[schemars(extend("x-tutti-editor" = "dimension"))]
    pub dimension: String,
    /// The path of the link from the rows that arrive to the new dimension's table. When absent, the only link there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "link"))]
    pub link: Option<String>,
    /// How many of the rows that lead to a new one it carries the columns of.
    #[serde(default = "one")]
    pub keep: u32,
    /// Which of them come first, by their fields; then the lowest key.
    #[serde(default, skip_serializing_if = "OneOrMany::is_empty")]
    #[schemars(extend("x-tutti-editor" = "sort"))]
    pub sort: OneOrMany<Sort>,
    /// Fields of the rows that arrive which are carried as columns, besides those that they carry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-tutti-editor" = "columns"))]
    pub fields: Vec<CollectedField>,
    /// The columns of the rows that arrive which are carried on. When absent, all but those that have the name of a
    /// field of the new dimension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "carried"))]
    pub carry: Option<Vec<String>>,
    /// With `keep` over 1, what the columns begin with, and the name of the list; that of the old dimension when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether the rows that lead nowhere leave by the port `complement`.
    #[serde(default)]
    pub complement: bool,
}

fn one() -> u32 {
    1
}

impl Settings {
    fn list_name(&self, old: &str) -> String {
        let old = if old == FILE_DIMENSION { "rows" } else { old };
        self.name.clone().unwrap_or_else(|| old.to_owned())
    }

    /// The columns of new rows, given those of one row that leads there.
    fn columns(&self, each: &[Column], old: &str) -> Vec<Column> {
        match self.keep {
            0 | 1 => each.to_vec(),
            keep => collected::columns(&self.list_name(old), keep as usize, each),
        }
    }
}

pub struct ChangeDimension;

impl Activity for ChangeDimension {
    fn kind(&self) -> &'static str {
        "change-dimension"
    }

    fn label(&self) -> &'static str {
        "Change dimension"
    }

    fn category(&self) -> Category {
        Category::Targeting
    }

    fn summary(&self) -> &'static str {
        "Goes from the rows that arrive to the rows of another dimension that they are linked to."
    }

    fn settings_schema(&self) -> Schema {
        schema_for!(Settings)
    }

    fn example(&self) -> Raw {
        object(json!({"dimension": "customers"}))
    }

    fn inputs(&self) -> Inputs {
        Inputs::ONE
    }

    fn ports(&self, settings: &Raw, _: &[&str]) -> Vec<PortSpec> {
        out_and_complement(settings)
    }

    fn output_dimension(&self, settings: &Raw, port: &str, arrived: Option<&str>, _: &Catalog) -> String {
        let own = settings.get("dimension").and_then(Value::as_str).filter(|_| port == OUT);
        own.or(arrived).unwrap_or(FILE_DIMENSION).to_owned()
    }

    fn takes_files(&self) -> bool {
        false
    }

    fn check(&self, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Shapes {
        let mut shapes = Shapes::new();
        let Some(settings) = context.read::<Settings>(problems) else { return shapes };
        warn_unused_complement(context, settings.complement, problems);
        let table = fields::check_dimension(&settings.dimension, context, problems);
        let shape = context.inbound().filter(|shape| !shape.is_file());
        if let (Some(table), Some(shape)) = (table, shape) {
            let before = problems.len();
            let each = check_fields(&settings, table, shape, context, problems);
            if let Some(each) = each.filter(|_| !tutti_model::problem::has_errors(&problems[before..])) {
                let added = settings.columns(&each, &shape.dimension);
                shapes.insert(OUT.to_owned(), Shape { dimension: settings.dimension.clone(), added });
            }
        }
        if let Some(shape) = context.inbound().filter(|_| settings.complement) {
            shapes.insert(COMPLEMENT.to_owned(), shape.clone());
        }
        shapes
    }

    fn findings(&self, raw: &Raw, context: &StepContext<'_>) -> Result<Vec<Finding>, Error> {
        plan::findings(&settings(raw)?, context)
    }

    fn tell(&self, _: &Raw, told: &Told<'_>) -> String {
        let arrived = told.main().map(Passed::counted).unwrap_or_default();
        let nowhere = told.rows_by(COMPLEMENT).map_or_else(String::new, |rows| format!("; {} lead nowhere", thousands(rows)));
        format!("{arrived} lead to {}{nowhere}", told.out())
    }

    fn changes_keys(&self) -> bool {
        true
    }

    fn lineage(&self, raw: &Raw, context: &StepContext<'_>, row: Side<'_>) -> Result<Option<LogicalPlan>, Error> {
        way::lineage(&settings(raw)?, context, row).map(Some)
    }

    fn explain(&self, raw: &Raw, context: &StepContext<'_>, key: &[String]) -> Result<Vec<Explanation>, Error> {
        way::explain(&settings(raw)?, context, key).map(|explanation| vec![explanation])
    }

    fn step(&self, raw: &Raw, context: &StepContext<'_>) -> Result<Step, Error> {
        plan::step(&settings(raw)?, context)
    }
}

/// Checks what the settings name, and answers the columns of one row that leads to a new one.
fn check_fields(
    settings: &Settings,
    table: &Table,
    shape: &Shape,
    context: &CheckContext<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Vec<Column>> {
    let scope = fields::scope(context, shape)?;
    if let Err(problem) = steps(settings, scope.table, table, context.catalog, &context.at("link")) {
        problems.push(*problem);
    }
    for (sort, pointer) in settings.sort.with_pointers(&context.at("sort")) {
        sort.by.check(scope, context, &join_pointer(&pointer, "by"), problems);
    }
    fields::check_carried(settings.carry.as_deref(), shape, table, context, problems);
    let mut each = carried_columns(settings.carry.as_deref(), &shape.added, table);
    for (index, field) in settings.fields.iter().enumerate() {
        let at = join_pointer(&context.at("fields"), index);
        field.check_name(&at, problems);
        if settings.keep <= 1 {
            fields::check_added_name(&field.name(), Some(table), &at, problems);
        }
        if let Some(found) = field.value.check(scope, context, &at, problems) {
            fields::put(&mut each, field.column(&found));
        }
    }
    if settings.keep == 0 || settings.keep as usize > collected::COUNT_MAX {
        let message = format!("1 to {} rows can be carried", collected::COUNT_MAX);
        problems.push(Problem::error("bad_value", context.at("keep"), message));
    } else if settings.keep as usize * each.len() > collected::COLUMNS_MAX {
        let message =
            format!("{} columns are too many; at most {} are allowed", settings.keep as usize * each.len(), collected::COLUMNS_MAX);
        problems.push(Problem::error("too_many_columns", context.at("keep"), message).hint("name fewer in `carry`"));
    } else if settings.keep > 1 {
        if each.is_empty() {
            let message = "several rows are to be carried, and they have no columns";
            problems.push(Problem::error("missing_field", context.at("fields"), message).hint("add `fields`"));
        }
        let at = context.at(if settings.name.is_some() { "name" } else { "keep" });
        fields::check_added_name(&settings.list_name(&shape.dimension), Some(table), &at, problems);
    }
    Some(each)
}

/// The way from the table `from` to `to`; empty where they are one table.
fn steps(settings: &Settings, from: &str, to: &Table, catalog: &Catalog, at: &str) -> Result<Vec<Hop>, Box<Problem>> {
    let Some(path) = &settings.link else {
        if from == to.name {
            return Ok(Vec::new());
        }
        let mut there = catalog.hops(from).filter(|hop| hop.to == to.name);
        return match (there.next(), there.next()) {
            (Some(hop), None) => Ok(vec![hop.clone()]),
            (None, _) => {
                let message = format!("no link leads from `{from}` to `{}`", to.name);
                let hint = "name a path over several tables, as in `link: order.customer`, or link the tables";
                Err(Box::new(Problem::error("missing_field", at, message).hint(hint)))
            }
            (Some(first), Some(second)) => {
                let others = there.map(|hop| hop.link.as_str());
                let names: Vec<String> = [first.link.as_str(), second.link.as_str()]
                    .into_iter()
                    .chain(others)
                    .map(|name| format!("`{name}`"))
                    .collect();
                let message = format!("several links lead from `{from}` to `{}`", to.name);
                let problem = Problem::error("ambiguous_link", at, message);
                Err(Box::new(problem.hint(format!("say which in `link`: {}", names.join(", ")))))
            }
        };
    };
    let resolved = catalog.resolve(from, path, at)?;
    if resolved.column.is_some() {
        let message = format!("`{path}` is a column; the way to another dimension is a link");
        return Err(Box::new(Problem::error("not_a_link", at, message)));
    }
    match resolved.hops.last() {
        Some(last) if last.to == to.name => Ok(resolved.hops),
        last => {
            let end = last.map_or(from, |hop| hop.to.as_str());
            let message =
                format!("`{path}` leads to `{end}`, and the dimension `{}` is about `{}`", settings.dimension, to.name);
            Err(Box::new(Problem::error("dimension_mismatch", at, message).hint("name a path that leads there")))
        }
    }
}
