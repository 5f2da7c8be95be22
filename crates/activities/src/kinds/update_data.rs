//! Writes what arrives into a table: inserts, updates or deletes rows of it.
//!
//! `set` says what each column of the table becomes: a field of the row (`{tier: new_tier}`), an expression
//! (`{expression: "points + 10"}`) or a constant (`{value: gold}`, `{value: now}`). The columns of the table's key say
//! which row is meant; where the rows that arrive are rows of that table, their own key does. `upsert` makes rows or
//! changes them, `insert` only makes new ones, `update` only changes those that are there, `delete` removes them. Columns
//! that are not set stay as they are. With `when: empty` a column is set only where it has no value, with `when: given`
//! only to values that there are. `where` chooses among the rows that arrive. Rows that the table does not take (wrong
//! types, values outside an enumeration, rows that are there already or are not) leave by `rejects` with the reason; with
//! more of them than `errors_allowed` nothing is written. Where several rows mean one row of the table, the last of them
//! by key is written; the log counts the others. Everybody else goes on by `out`, those among them. All is one new
//! version of the table, written once however often the activity is tried, and `tutti table restore` takes it back.
//! Tests and dry runs write nothing. Example: `{id: mark, type: update-data, table: customers, mode: update, set: {tier:
//! {value: lapsed}, lapsed_at: {value: now, when: empty}}}`.

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema, schema_for};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};
use tutti_model::bind::{Field, Scope, bind};
use tutti_model::builtin::is_builtin;
use tutti_model::campaign::OUT;
use tutti_model::problem::{Problem, join_pointer};
use tutti_model::rule::Rule;
use tutti_model::table::{Column, ColumnType, Table};
use tutti_model::value::Literal;
use tutti_query::datafusion::arrow::datatypes::DataType;
use tutti_query::datafusion::functions::core::expr_fn::coalesce;
use tutti_query::datafusion::logical_expr::{cast, lit, try_cast};
use tutti_query::datafusion::prelude::Expr;
use tutti_query::datafusion::scalar::ScalarValue;
use tutti_query::{Frame, arrow_type, scalar};

use crate::activity::{Activity, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shape, Shapes, object};
use crate::effect::{Effect, UpdateData as Update};
use crate::kinds::load_file::REJECTS;
use crate::step::{Error, Step, StepContext, settings};
use crate::{columns, fields};

/// What is known of a row that the table did not take.
pub const REJECT_COLUMNS: [&str; 3] = ["reject_column", "reject_reason", "reject_value"];

/// The name of an inbound key column in the rows of the effect, by its place.
pub fn key_name(index: usize) -> String {
    format!("__in_{index}")
}

/// The column of the rows of the effect that says why a row cannot be written; NULL where it can.
pub const REFUSED: &str = "__refused";

/// Which table, what becomes of it, and from what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The table to write to.
    #[schemars(extend("x-tutti-editor" = "table"))]
    pub table: String,
    /// What happens to its rows.
    #[serde(default)]
    pub mode: Mode,
    /// What its columns become: a field path, or an object with `field`, `expression` or `value`, and `when`.
    #[serde(default)]
    #[schemars(schema_with = "assignments")]
    pub set: IndexMap<String, Assignment>,
    /// The rule that a row has to match to be written. Without one, every row is.
    #[serde(default, rename = "where")]
    pub rule: Rule,
    /// With more rows than this that the table does not take, nothing is written.
    #[serde(default)]
    pub errors_allowed: u64,
}

/// What happens to the rows of the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Rows that are there are changed, others are made.
    #[default]
    Upsert,
    /// Rows are made; those that are there already are rejected.
    Insert,
    /// Rows that are there are changed; others are rejected.
    Update,
    /// Rows are removed; those that are not there are rejected.
    Delete,
}

/// What a column becomes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Assignment {
    /// A field path.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "field"))]
    pub field: Option<String>,
    /// A SQL expression over the fields of the row.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "expression"))]
    pub expression: Option<String>,
    /// A constant; dates take date math, such as `now`. `null` takes the value away.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "value"))]
    pub value: Option<Value>,
    /// When the column is set.
    #[schemars(default)]
    pub when: When,
}

/// What a column becomes may be the path of a field alone.
fn assignments(generator: &mut SchemaGenerator) -> Schema {
    let long = generator.subschema_for::<Assignment>();
    json_schema!({
        "type": "object",
        "propertyNames": {"type": "string", "x-tutti-editor": "column", "x-tutti-rows": "table"},
        "additionalProperties": {
            "anyOf": [{"type": "string", "description": "A field path.", "x-tutti-editor": "field"}, long],
        },
    })
}

/// When a column is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum When {
    #[default]
    Always,
    /// Where it has no value yet.
    Empty,
    /// Where there is a value to set it to.
    Given,
}

impl<'de> Deserialize<'de> for Assignment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Long {
            field: Option<String>,
            expression: Option<String>,
            #[serde(default, deserialize_with = "some")]
            value: Option<Value>,
            #[serde(default)]
            when: When,
        }
        // A `value` of null is one, unlike none.
        fn some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
            Value::deserialize(deserializer).map(Some)
        }
        match Value::deserialize(deserializer)? {
            Value::String(path) => Ok(Self { field: Some(path), ..Self::default() }),
            other => {
                let Long { field, expression, value, when } =
                    serde_json::from_value(other).map_err(serde::de::Error::custom)?;
                Ok(Self { field, expression, value, when })
            }
        }
    }
}

/// What a column becomes, bound.
#[expect(clippy::large_enum_variant, reason = "an activity sets few columns")]
enum Source {
    Field(Field),
    /// NULL without a value.
    Constant(Option<Literal>),
}

impl Assignment {
    fn bind(
        &self,
        column: &Column,
        scope: Scope<'_>,
        catalog: &tutti_model::catalog::Catalog,
        moment: &tutti_model::date_math::Moment,
        pointer: &str,
    ) -> Result<Source, Problem> {
        match &self.value {
            None => {
                columns::value(self.field.as_deref(), self.expression.as_deref(), scope, (catalog, moment), pointer)
                    .map(Source::Field)
            }
            Some(_) if self.field.is_some() || self.expression.is_some() => {
                let message = "this has a `value`, and a `field` or an `expression`";
                Err(Problem::error("bad_value", pointer, message).hint("keep one of them"))
            }
            Some(Value::Null) => Ok(Source::Constant(None)),
            Some(value) => Literal::read(value, column.column_type, moment)
                .map(|literal| Source::Constant(Some(literal)))
                .map_err(|message| Problem::error("wrong_type", join_pointer(pointer, "value"), message)),
        }
    }
}

pub struct UpdateData;

impl Activity for UpdateData {
    fn kind(&self) -> &'static str {
        "update-data"
    }

    fn label(&self) -> &'static str {
        "Update data"
    }

    fn category(&self) -> Category {
        Category::Data
    }

    fn summary(&self) -> &'static str {
        "Writes what arrives into a table: inserts, updates or deletes rows of it."
    }

    fn settings_schema(&self) -> Schema {
        schema_for!(Settings)
    }

    fn example(&self) -> Raw {
        object(json!({
            "table": "customers",
            "mode": "update",
            "set": {"points": {"value": 0, "when": "empty"}, "country": {"value": "FR"}},
        }))
    }

    fn inputs(&self) -> Inputs {
        Inputs::ONE
    }

    fn ports(&self, _: &Raw, _: &[&str]) -> Vec<PortSpec> {
        vec![PortSpec::out(), PortSpec::new(REJECTS, "Rejects")]
    }

    fn check(&self, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Shapes {
        let settings = context.read::<Settings>(problems);
        let mut shapes = Shapes::new();
        if let Some(shape) = context.inbound() {
            shapes.insert(OUT.to_owned(), shape.clone());
            shapes.insert(
                REJECTS.to_owned(),
                Shape { dimension: shape.dimension.clone(), added: with_reject_columns(&shape.added) },
            );
        }
        let Some(settings) = settings else { return shapes };
        let tables = || context.catalog.tables.keys().map(String::as_str).filter(|name| !is_builtin(name));
        let Some(table) = context.catalog.tables.get(&settings.table).filter(|table| !is_builtin(&table.name)) else {
            let message = format!("there is no table `{}`", settings.table);
            problems.push(
                Problem::error("missing_table", context.at("table"), message).did_you_mean(&settings.table, tables()),
            );
            return shapes;
        };
        check_set(&settings, table, context, problems);
        let Some(shape) = context.inbound() else { return shapes };
        let Some(scope) = fields::scope(context, shape) else { return shapes };
        bind(&settings.rule, scope, context.catalog, context.moment, &context.at("where"), problems);
        shapes
    }

    fn works_outside(&self, _: &Raw) -> bool {
        true
    }

    fn step(&self, raw: &Raw, context: &StepContext<'_>) -> Result<Step, Error> {
        let settings: Settings = settings(raw)?;
        let input = context.input()?;
        let of_input = context.table(&input.dimension)?;
        let catalog = context.planner.catalog;
        let table = catalog.tables.get(&settings.table).ok_or_else(|| Error::MissingTable(settings.table.clone()))?;
        let scope = Scope { table: &of_input.name, added: &input.added };
        let predicate = context.bind(&settings.rule, scope)?;
        let mut frame = context.frame(input)?.filter(&predicate)?;
        let set = with_own_key(&settings, table, of_input);
        let mut values: Vec<(&Column, Expr, When)> = Vec::with_capacity(set.len());
        for (name, assignment) in &set {
            let Some(column) = table.column(name) else { continue };
            let source = assignment.bind(column, scope, catalog, context.moment, "");
            let value = match source.map_err(|problem| Error::Settings(vec![problem]))? {
                Source::Field(field) => {
                    frame = frame.with_fields([&field])?;
                    as_taken(frame.column(&field), field.column.column_type, column.column_type)
                }
                Source::Constant(Some(literal)) => cast(lit(scalar(&literal)), arrow_type(column.column_type)),
                Source::Constant(None) => cast(lit(ScalarValue::Null), arrow_type(column.column_type)),
            };
            values.push((column, value, assignment.when));
        }
        let needs_stored = settings.mode != Mode::Insert;
        let rows = if needs_stored {
            beside_stored(frame, table, values, settings.mode)?
        } else {
            let mut all: Vec<(Expr, String)> =
                values.into_iter().map(|(column, value, _)| (value, column.name.clone())).collect();
            all.push((cast(lit(ScalarValue::Null), DataType::Utf8), REFUSED.to_owned()));
            (frame, all)
        };
        let (frame, mut all) = rows;
        let keys = of_input.primary_key.iter().enumerate();
        all.extend(keys.map(|(index, key)| (tutti_query::datafusion::prelude::ident(key), key_name(index))));
        let columns = all.iter().map(|(_, name)| name.clone()).filter(|name| !name.starts_with("__")).collect();
        let rows = frame.select_in_order(all)?;
        Ok(Step::Effect(Box::new(Effect::UpdateData(Update {
            table: table.name.clone(),
            mode: settings.mode,
            errors_allowed: settings.errors_allowed,
            columns,
            needs_stored,
            rows,
        }))))
    }
}

/// The columns of the rejects: those that arrived, and why.
pub fn with_reject_columns(added: &[Column]) -> Vec<Column> {
    let mut all = added.to_vec();
    for name in REJECT_COLUMNS {
        fields::put(&mut all, Column::new(name, ColumnType::String));
    }
    all
}

/// What is set, with the key of the rows themselves where they are rows of the table.
fn with_own_key(settings: &Settings, table: &Table, of_input: &Table) -> IndexMap<String, Assignment> {
    let mut set = settings.set.clone();
    if table.name == of_input.name {
        for key in &table.primary_key {
            set.entry(key.clone()).or_insert_with(|| Assignment { field: Some(key.clone()), ..Assignment::default() });
        }
    }
    set
}

/// A value in a form that the import of the table checks row by row: texts stay texts.
fn as_taken(value: Expr, from: ColumnType, to: ColumnType) -> Expr {
    match (from, to) {
        (from, to) if from == to => value,
        (_, ColumnType::String) => cast(value, DataType::Utf8),
        (ColumnType::Timestamp, ColumnType::Date) => cast(value, DataType::Date32),
        _ => value,
    }
}

/// The values of each row with what the table has of it: columns that are not set keep what they hold.
fn beside_stored<'a>(
    frame: Frame<'a>,
    table: &Table,
    values: Vec<(&Column, Expr, When)>,
    mode: Mode,
) -> Result<(Frame<'a>, Vec<(Expr, String)>), Error> {
    const STORED: &str = "__stored_";
    let stored = |name: &str| tutti_query::datafusion::prelude::ident(format!("{STORED}{name}"));
    let key = table.primary_key.iter().filter_map(|name| {
        let (column, value, _) = values.iter().find(|(column, ..)| column.name == *name)?;
        Some(try_cast(value.clone(), arrow_type(column.column_type)))
    });
    let key = key.collect();
    let frame = frame.with_stored(table, key, STORED)?;
    let there = stored("there");
    let mut all: Vec<(Expr, String)> = Vec::with_capacity(table.columns.len() + 1);
    for column in &table.columns {
        let is_key = table.primary_key.contains(&column.name);
        if mode == Mode::Delete && !is_key {
            continue;
        }
        let set = values.iter().find(|(set, ..)| set.name == column.name);
        let value = match set {
            None => stored(&column.name),
            Some((_, value, When::Always)) => value.clone(),
            // As texts, which the import reads again, so that one that does not fit is a reject and not nothing.
            Some((_, value, when)) => {
                let text = |value: Expr| cast(value, DataType::Utf8);
                let (new, old) = (text(value.clone()), text(stored(&column.name)));
                if *when == When::Empty { coalesce(vec![old, new]) } else { coalesce(vec![new, old]) }
            }
        };
        all.push((value, column.name.clone()));
    }
    let nothing = cast(lit(ScalarValue::Null), DataType::Utf8);
    let refused = match mode {
        Mode::Update | Mode::Delete => {
            let message = format!("there is no such row in `{}`", table.name);
            tutti_query::datafusion::logical_expr::when(there.is_not_true(), lit(message)).otherwise(nothing)?
        }
        Mode::Upsert | Mode::Insert => nothing,
    };
    all.push((refused, REFUSED.to_owned()));
    Ok((frame, all))
}

/// Each column that is set, and that the key is.
fn check_set(settings: &Settings, table: &Table, context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    let shape = context.inbound();
    let of_input = shape.and_then(|shape| context.table_of(&shape.dimension));
    let known = || table.columns.iter().map(|column| column.name.as_str());
    let set = match of_input {
        Some(of_input) => with_own_key(settings, table, of_input),
        None => settings.set.clone(),
    };
    for key in table.primary_key.iter().filter(|key| of_input.is_some() && !set.contains_key(*key)) {
        let message = format!("`{key}` is part of the key of `{}`, and nothing says which row is meant", table.name);
        problems.push(
            Problem::error("missing_field", context.at("set"), message)
                .hint(format!("add the field that it equals, as in `set: {{{key}: {key}}}`")),
        );
    }
    if settings.mode != Mode::Delete && settings.set.keys().all(|name| table.primary_key.contains(name)) {
        let what = if settings.mode == Mode::Update { "changes nothing" } else { "sets nothing but the key" };
        let message = format!("the activity {what}");
        problems.push(
            Problem::warning("sets_nothing", context.at("set"), message).hint("say what columns become in `set`"),
        );
    }
    if settings.mode == Mode::Insert {
        let missing = |column: &&Column| column.required && !set.contains_key(&column.name);
        for column in table.columns.iter().filter(missing).filter(|column| !table.primary_key.contains(&column.name)) {
            let message = format!("new rows of `{}` need a value of `{}`", table.name, column.name);
            problems.push(Problem::error("missing_field", context.at("set"), message).hint("set it"));
        }
    }
    for (name, assignment) in &settings.set {
        let at = join_pointer(&context.at("set"), name);
        let Some(column) = table.column(name) else {
            let message = format!("the table `{}` has no column `{name}`", table.name);
            problems.push(Problem::error("unknown_field", at, message).did_you_mean(name, known()));
            continue;
        };
        let is_key = table.primary_key.contains(name);
        if is_key && assignment.when != When::Always {
            let message = format!("`{name}` is part of the key, which is always set");
            problems.push(Problem::error("bad_value", join_pointer(&at, "when"), message));
        }
        if settings.mode == Mode::Delete && !is_key {
            let message = format!("a row that is removed has no `{name}` to set");
            problems.push(Problem::error("bad_value", at.clone(), message).hint("keep the columns of the key only"));
        }
        let Some(scope) = shape.and_then(|shape| fields::scope(context, shape)) else { continue };
        match assignment.bind(column, scope, context.catalog, context.moment, &at) {
            Ok(Source::Field(field)) => {
                let (from, to) = (field.column.column_type, column.column_type);
                let text = from == ColumnType::String || to == ColumnType::String;
                if !text && !from.comparable(to) {
                    let message = format!("`{}` is {from}, and `{name}` of `{}` is {to}", field.path(), table.name);
                    problems.push(Problem::error("wrong_type", at, message));
                }
            }
            Ok(Source::Constant(None)) if table.is_required(column) => {
                problems.push(Problem::error("bad_value", at, format!("`{name}` needs a value")));
            }
            Ok(Source::Constant(Some(Literal::Text(text))))
                if !column.values.is_empty() && !column.values.contains(&text) =>
            {
                let message = format!("`{text}` is not one of the values of `{name}`");
                problems.push(
                    Problem::error("unknown_value", at, message)
                        .did_you_mean(&text, column.values.iter().map(String::as_str)),
                );
            }
            Ok(Source::Constant(_)) => {}
            Err(problem) => problems.push(problem),
        }
    }
}
