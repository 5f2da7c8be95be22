//! Keeps one row, or a few, of those that are alike in chosen fields.
//!
//! Rows with the same values in all fields of `by` are duplicates of each other; a row without a value in one of them
//! is a duplicate of none and stays. `method` says which rows of a group come first; ties go to the lowest key, so
//! that the same rows are kept again. Text is compared without case, as rules do. Rows stay whole: nothing is merged.
//! Example: `{id: unique, type: deduplication, by: [email], method: {expression: last_purchase, order: descending}}`.

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tutti_model::bind::{Field, Scope};
use tutti_model::campaign::OUT;
use tutti_model::problem::{Problem, join_pointer};
use tutti_model::table::ColumnType;
use tutti_model::value::Literal;
use tutti_query::datafusion::logical_expr::{Expr, lit, when};
use tutti_query::datafusion::prelude::ident;
use tutti_query::{Frame, functions, scalar};

use crate::activity::{
    Activity, COMPLEMENT, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shape, Shapes, object,
    out_and_complement,
};
use crate::fields::{self, warn_unused_complement};
use crate::step::{Error, Output, PORT_COLUMN, Step, StepContext, settings};

mod method;

pub use method::{Method, Order, Preferred};

const KEPT: &str = "__kept";

/// What makes rows duplicates, and which of them stay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The fields that duplicates have in common: field paths over links to one row, or added columns.
    pub by: Vec<String>,
    /// How many rows of each group stay; 0 keeps all.
    #[serde(default = "one")]
    pub keep: u32,
    /// Which rows of a group stay: chosen at random, or by a field.
    #[serde(default)]
    pub method: Method,
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
        // What leaves has the shape of what arrives, whatever the settings are.
        if let Some(shape) = context.inbound() {
            for port in self.ports(&context.node.settings, &[]) {
                shapes.insert(port.name, shape.clone());
            }
        }
        let Some(settings) = settings else { return shapes };
        if settings.by.is_empty() {
            let message = "no field says which rows are duplicates";
            problems.push(
                Problem::error("missing_field", context.at("by"), message).hint("name at least one, as in `by: [email]`"),
            );
        }
        warn_unused_complement(context, settings.complement, problems);
        settings.method.check_form(&context.at("method"), problems);
        check_fields(&settings, context, context.inbound(), problems);
        shapes
    }

    fn step(&self, raw: &Raw, context: &StepContext<'_>) -> Result<Step, Error> {
        let settings: Settings = settings(raw)?;
        let input = context.input()?;
        let table = context.table(&input.dimension)?;
        let scope = Scope { table: &table.name, added: &input.added };
        let by = settings.by.iter().map(|path| context.field(path, scope)).collect::<Result<Vec<_>, _>>()?;
        let ranked = settings.method.field().map(|path| context.field(path, scope)).transpose()?;
        let frame = context.frame(input)?.with_fields(by.iter().chain(&ranked))?;
        let frame = if settings.keep == 0 {
            frame.with_columns(vec![(lit(true), KEPT.to_owned())])?
        } else {
            let groups = by.iter().map(|field| group(&frame, field, settings.case_sensitive)).collect();
            let order = order(&settings, ranked.as_ref(), &frame, context)?;
            frame.mark_first(groups, order, u64::from(settings.keep), KEPT)?
        };
        let names: Vec<&str> =
            table.primary_key.iter().chain(input.added.iter().map(|column| &column.name)).map(String::as_str).collect();
        let added = input.added.clone();
        if settings.complement {
            let port = when(ident(KEPT), lit(0i32)).otherwise(lit(1i32))?;
            let plan = frame
                .with_columns(vec![(port, PORT_COLUMN.to_owned())])?
                .select(names.iter().copied().chain([PORT_COLUMN]))?;
            return Ok(Step::Routed { plan, ports: vec![OUT.to_owned(), COMPLEMENT.to_owned()], added });
        }
        let plan = frame.filter_by(ident(KEPT))?.select(names)?;
        Ok(Step::Populations(vec![Output { port: OUT.to_owned(), plan, added }]))
    }
}

fn group(frame: &Frame<'_>, field: &Field, case_sensitive: bool) -> Expr {
    let value = frame.column(field);
    if field.column.column_type == ColumnType::String && !case_sensitive { functions::casefold(value) } else { value }
}

/// What rows of a group are ordered by before their key: expressions, and whether each is descending.
fn order(
    settings: &Settings,
    field: Option<&Field>,
    frame: &Frame<'_>,
    context: &StepContext<'_>,
) -> Result<Vec<(Expr, bool)>, Error> {
    let Some(field) = field else {
        let keys = frame.keys().iter().map(ident).collect();
        return Ok(vec![(functions::rank(context.seed, keys), false)]);
    };
    let value = frame.column(field);
    Ok(match &settings.method {
        Method::Random => Vec::new(),
        Method::Expression { order, .. } => vec![(value, *order == Order::Descending)],
        Method::NonEmpty { .. } => {
            let filled = match field.column.column_type {
                ColumnType::String => value.clone().is_not_null().and(value.not_eq(lit(""))),
                _ => value.is_not_null(),
            };
            vec![(when(filled, lit(0i32)).otherwise(lit(1i32))?, false)]
        }
        Method::Values(preferred) => {
            let folds = field.column.column_type == ColumnType::String && !settings.case_sensitive;
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
            vec![(position, false)]
        }
    })
}

fn read_value(value: &Value, field: &Field, moment: &tutti_model::date_math::Moment) -> Result<Literal, String> {
    Literal::read(value, field.column.column_type, moment)
        .map_err(|message| format!("`{}` is {}: {message}", field.path(), field.column.column_type))
}

fn check_fields(
    settings: &Settings,
    context: &CheckContext<'_>,
    shape: Option<&Shape>,
    problems: &mut Vec<Problem>,
) -> Option<()> {
    let shape = shape?;
    let scope = fields::scope(context, shape)?;
    for (index, path) in settings.by.iter().enumerate() {
        fields::check(path, scope, context, &join_pointer(&context.at("by"), index), problems);
    }
    let at = settings.method.pointer(&context.at("method"));
    let field = fields::check(settings.method.field()?, scope, context, &at, problems)?;
    if let Method::Values(preferred) = &settings.method {
        for (index, value) in preferred.list.iter().enumerate() {
            if let Err(message) = read_value(value, &field, context.moment) {
                let pointer = format!("{}/values/list/{index}", context.at("method"));
                problems.push(Problem::error("wrong_type", pointer, message));
            }
        }
    }
    Some(())
}
