//! Keeps one row, or a few, of those that are alike in chosen fields.
//!
//! Rows with the same values in all fields of `by` are duplicates of each other; a row without a value in one of them
//! is a duplicate of none and stays. `method` says which rows of a group come first, by one criterion or a list of
//! them; ties go to the lowest key, so that the same rows are kept again. Text is compared without case, as rules do.
//! Rows stay whole, except that `merge` fills columns of those that stay from all rows of their group.
//! Example: `{id: unique, type: deduplication, by: [email], method: {expression: last_purchase, order: descending}}`.

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tutti_model::bind::{Field, Scope};
use tutti_model::campaign::OUT;
use tutti_model::problem::{Problem, join_pointer};
use tutti_model::table::{Column, ColumnType};
use tutti_model::value::Literal;
use tutti_query::datafusion::logical_expr::{Expr, lit, when};
use tutti_query::datafusion::prelude::ident;
use tutti_query::{Frame, functions, scalar};

use crate::activity::{
    Activity, COMPLEMENT, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shape, Shapes, object,
    out_and_complement,
};
use crate::explain::Explanation;
use crate::fields::{self, warn_unused_complement};
use crate::operand::{FieldOrExpression, OneOrMany};
use crate::step::{Error, Output, PORT_COLUMN, Step, StepContext, settings};
use crate::told::{Passed, Told, are, thousands};

mod merge;
mod method;
mod winner;

pub use merge::{Merge, Take};
pub use method::{Method, Order, Preferred};

const KEPT: &str = "__kept";

/// What makes rows duplicates, and which of them stay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The fields that duplicates have in common: field paths over links to one row, added columns, or expressions.
    pub by: Vec<FieldOrExpression>,
    /// How many rows of each group stay; 0 keeps all.
    #[serde(default = "one")]
    pub keep: u32,
    /// Which rows of a group stay: chosen at random, or by a field; or a list of criteria, the most important first.
    #[serde(default, skip_serializing_if = "OneOrMany::is_empty")]
    pub method: OneOrMany<Method>,
    /// Columns that the rows which stay take from all rows of their group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merge: Vec<Merge>,
    /// Whether `ANNA@shop.example` and `anna@shop.example` are different.
    #[serde(default)]
    pub case_sensitive: bool,
    /// Whether the rows that were not kept leave by the port `complement`.
    #[serde(default)]
    pub complement: bool,
}

fn one() -> u32 {
    1
}

pub struct Deduplication;

impl Activity for Deduplication {
    fn kind(&self) -> &'static str {
        "deduplication"
    }

    fn label(&self) -> &'static str {
        "Deduplication"
    }

    fn category(&self) -> Category {
        Category::Targeting
    }

    fn summary(&self) -> &'static str {
        "Keeps one row, or a few, of those that are alike in chosen fields."
    }

    fn settings_schema(&self) -> Schema {
        schema_for!(Settings)
    }

    fn example(&self) -> Raw {
        object(json!({"by": ["email"], "keep": 1, "method": {"expression": "created_at", "order": "descending"}}))
    }

    fn inputs(&self) -> Inputs {
        Inputs::ONE
    }

    fn ports(&self, settings: &Raw, _: &[&str]) -> Vec<PortSpec> {
        out_and_complement(settings)
    }

    fn check(&self, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Shapes {
        let mut shapes = Shapes::new();
        let settings = context.read::<Settings>(problems);
        let Some(settings) = settings else {
            // What leaves has the shape of what arrives, but for what is merged.
            for (port, shape) in self.ports(&context.node.settings, &[]).into_iter().zip(context.inbound()) {
                shapes.insert(port.name, shape.clone());
            }
            return shapes;
        };
        if settings.by.is_empty() {
            let message = "no field says which rows are duplicates";
            problems.push(
                Problem::error("missing_field", context.at("by"), message).hint("name at least one, as in `by: [email]`"),
            );
        }
        warn_unused_complement(context, settings.complement, problems);
        for (method, pointer) in settings.method.with_pointers(&context.at("method")) {
            method.check_form(&pointer, problems);
        }
        if let Some(shape) = context.inbound() {
            let added = check_fields(&settings, context, shape, problems).unwrap_or_else(|| shape.added.clone());
            for port in self.ports(&context.node.settings, &[]) {
                let added = if port.name == OUT { added.clone() } else { shape.added.clone() };
                shapes.insert(port.name, Shape { dimension: shape.dimension.clone(), added });
            }
        }
        shapes
    }

    fn tell(&self, _: &Raw, told: &Told<'_>) -> String {
        let (rows, kept) = (told.rows_in(), told.rows_out());
        let dropped = rows.saturating_sub(kept);
        let (kept, arrived) = (thousands(kept), told.main().map(Passed::counted).unwrap_or_default());
        format!("kept {kept} of {arrived}; {} {} duplicates", thousands(dropped), are(dropped))
    }

    fn explain(&self, raw: &Raw, context: &StepContext<'_>, key: &[String]) -> Result<Vec<Explanation>, Error> {
        let settings: Settings = settings(raw)?;
        if settings.keep == 0 {
            return Ok(Vec::new());
        }
        winner::explain(&settings, context, key).map(|explanation| vec![explanation])
    }

    fn step(&self, raw: &Raw, context: &StepContext<'_>) -> Result<Step, Error> {
        let settings: Settings = settings(raw)?;
        let input = context.input()?;
        let table = context.table(&input.dimension)?;
        let scope = Scope { table: &table.name, added: &input.added };
        let by = settings.by.iter().map(|value| value.of(scope, context)).collect::<Result<Vec<_>, _>>()?;
        let criteria = criteria(&settings, scope, context)?;
        let merges = settings
            .merge
            .iter()
            .map(|merge| Ok((merge, merge.field.of(scope, context)?)))
            .collect::<Result<Vec<_>, Error>>()?;
        let ranked = criteria.iter().filter_map(|(_, field)| field.as_ref());
        let frame = context.frame(input)?.with_fields(by.iter().chain(ranked).chain(merges.iter().map(|(_, field)| field)))?;
        let groups: Vec<Expr> = by.iter().map(|field| group(&frame, field, settings.case_sensitive)).collect();
        let order = order(&settings, &criteria, &frame, context)?;
        let frame = if merges.is_empty() { frame } else { merge::merged(frame, &merges, groups.clone(), &order)? };
        let frame = if settings.keep == 0 {
            frame.with_columns(vec![(lit(true), KEPT.to_owned())])?
        } else {
            frame.mark_first(groups, order, u64::from(settings.keep), KEPT)?
        };
        let mut added = input.added.clone();
        let mut sources: Vec<Expr> = added.iter().map(|column| ident(&column.name)).collect();
        for (index, (merge, field)) in merges.iter().enumerate() {
            let position = fields::put(&mut added, merge.column(field));
            if position == sources.len() {
                sources.push(ident(merge::name(index)));
            } else {
                sources[position] = ident(merge::name(index));
            }
        }
        let carried = table.primary_key.iter().map(ident).chain(
            sources.into_iter().zip(&added).map(|(source, column)| source.alias(&column.name)),
        );
        if settings.complement && merges.is_empty() {
            let port = when(ident(KEPT), lit(0i32)).otherwise(lit(1i32))?.alias(PORT_COLUMN);
            let plan = frame.project(carried.chain([port]).collect())?;
            return Ok(Step::Routed { plan, ports: vec![OUT.to_owned(), COMPLEMENT.to_owned()], added });
        }
        let mut outputs = Vec::new();
        if settings.complement {
            // What is dropped keeps its own values.
            let dropped = frame.clone().filter_by(ident(KEPT).is_not_true())?;
            let names = table.primary_key.iter().chain(input.added.iter().map(|column| &column.name));
            let plan = dropped.select(names)?;
            outputs.push(Output { port: COMPLEMENT.to_owned(), plan, added: input.added.clone() });
        }
        let plan = frame.filter_by(ident(KEPT))?.project(carried.collect())?;
        outputs.insert(0, Output { port: OUT.to_owned(), plan, added });
        Ok(Step::Populations(outputs))
    }
}

/// The criteria by which rows of a group are ordered, each with its field.
fn criteria<'s>(
    settings: &'s Settings,
    scope: Scope<'_>,
    context: &StepContext<'_>,
) -> Result<Vec<(&'s Method, Option<Field>)>, Error> {
    let methods = settings.method.0.iter();
    methods.map(|method| Ok((method, method.value().map(|value| value.of(scope, context)).transpose()?))).collect()
}

fn group(frame: &Frame<'_>, field: &Field, case_sensitive: bool) -> Expr {
    let value = frame.column(field);
    if field.column.column_type == ColumnType::String && !case_sensitive { functions::casefold(value) } else { value }
}

/// What rows of a group are ordered by before their key: expressions, and whether each is descending.
fn order(
    settings: &Settings,
    criteria: &[(&Method, Option<Field>)],
    frame: &Frame<'_>,
    context: &StepContext<'_>,
) -> Result<Vec<(Expr, bool)>, Error> {
    let random = || (functions::rank(context.seed, frame.keys().iter().map(ident).collect()), false);
    if criteria.is_empty() {
        return Ok(vec![random()]);
    }
    criteria
        .iter()
        .map(|(method, field)| match (method, field) {
            (Method::Expression { order, .. }, Some(field)) => Ok((frame.column(field), order.is_descending())),
            (Method::NonEmpty { .. }, Some(field)) => {
                let filled = merge::filled(frame.column(field), field.column.column_type);
                Ok((when(filled, lit(0i32)).otherwise(lit(1i32))?, false))
            }
            (Method::Values(preferred), Some(field)) => {
                Ok((place_in_list(preferred, field, settings.case_sensitive, frame, context)?, false))
            }
            (Method::Random, _) | (_, None) => Ok(random()),
        })
        .collect()
}

/// The position of a row's value in a list of preferred ones; past its end for others.
fn place_in_list(
    preferred: &Preferred,
    field: &Field,
    case_sensitive: bool,
    frame: &Frame<'_>,
    context: &StepContext<'_>,
) -> Result<Expr, Error> {
    let folds = field.column.column_type == ColumnType::String && !case_sensitive;
    let value = frame.column(field);
    let value = if folds { functions::casefold(value) } else { value };
    let mut position = lit(i32::try_from(preferred.list.len()).unwrap_or(i32::MAX));
    for (index, wanted) in preferred.list.iter().enumerate().rev() {
        let mut literal = read_value(wanted, field, context.moment)
            .map_err(|message| Error::Settings(vec![Problem::error("wrong_type", "/method", message)]))?;
        if let (true, Literal::Text(text)) = (folds, &literal) {
            literal = Literal::Text(functions::fold(text));
        }
        let place = lit(i32::try_from(index).unwrap_or(i32::MAX));
        position = when(value.clone().eq(lit(scalar(&literal))), place).otherwise(position)?;
    }
    Ok(position)
}

fn read_value(value: &Value, field: &Field, moment: &tutti_model::date_math::Moment) -> Result<Literal, String> {
    Literal::read(value, field.column.column_type, moment)
        .map_err(|message| format!("`{}` is {}: {message}", field.path(), field.column.column_type))
}

/// Checks the fields that the settings name, and answers the columns that rows which stay carry; `None` where that is
/// not known.
fn check_fields(
    settings: &Settings,
    context: &CheckContext<'_>,
    shape: &Shape,
    problems: &mut Vec<Problem>,
) -> Option<Vec<Column>> {
    let scope = fields::scope(context, shape)?;
    for (index, value) in settings.by.iter().enumerate() {
        value.check(scope, context, &join_pointer(&context.at("by"), index), problems);
    }
    for (method, base) in settings.method.with_pointers(&context.at("method")) {
        let Some(value) = method.value() else { continue };
        let field = value.check(scope, context, &method.pointer(&base), problems);
        if let (Method::Values(preferred), Some(field)) = (method, field) {
            for (index, value) in preferred.list.iter().enumerate() {
                if let Err(message) = read_value(value, &field, context.moment) {
                    problems.push(Problem::error("wrong_type", format!("{base}/values/list/{index}"), message));
                }
            }
        }
    }
    let mut added = shape.added.clone();
    let table = context.table_of(&shape.dimension);
    for (index, merge) in settings.merge.iter().enumerate() {
        let at = join_pointer(&context.at("merge"), index);
        fields::check_added_name(&merge.name, table, &join_pointer(&at, "name"), problems);
        let field = merge.field.check(scope, context, &join_pointer(&at, "field"), problems);
        if let Some(field) = field {
            fields::put(&mut added, merge.column(&field));
        }
    }
    Some(added)
}
