//! Writes the population to a file: CSV, Excel, JSON Lines or Parquet.
//!
//! The file lies in the folder for files of the data directory, where `tutti file get` finds it, in another folder that
//! the settings allow (`file:///exports/...`), or in an object store (`s3://bucket/...`, with the credentials of the
//! environment). Its name may be computed, and an ending `.gz` packs it. `columns` are fields or expressions, each with
//! a header and, for dates and times, a format, for numbers their `decimals`, for texts `labels` in place of values;
//! without them, the key and all columns that the rows carry. Rows are sorted as asked, else by key; `distinct` leaves
//! out those that are alike in every column. The file is written under another name and gets its own when it is whole,
//! in place of one that was there. Everybody goes on by `out`. Tests and dry runs write nothing. Example: `{id: list,
//! type: extract-file, path: "vip_{{ date }}.xlsx", columns: [email, {header: Born, field: birth_date, format:
//! dd/MM/yyyy}], sort: [{field: email}]}`.

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tutti_model::bind::{Field, Scope};
use tutti_model::campaign::OUT;
use tutti_model::extract::{ExtractColumn, ExtractFormat};
use tutti_model::problem::{Problem, join_pointer};
use tutti_model::table::{Column, ColumnType, DECIMAL_PRECISION_MAX};
use tutti_query::arrow_type;
use tutti_query::datafusion::arrow::datatypes::DataType;
use tutti_query::datafusion::logical_expr::{Expr, cast, lit, when};

use crate::activity::{Activity, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shapes, object};
use crate::columns::value;
use crate::effect::{Effect, ExtractFile as Extract};
use crate::file_name;
use crate::step::{Error, Step, StepContext, settings};
use crate::{columns, fields};

/// The most digits after the point of a number that is written.
pub const DECIMALS_MAX: u8 = 10;

/// Which file, with what, in which order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The name of the file in the folder for files, or a `file://` or `s3://` address; may be computed, as in
    /// `vip_{{ date }}.csv`.
    #[schemars(extend("x-tutti-editor" = "file-name"))]
    pub path: String,
    /// How the file is laid out.
    #[serde(default)]
    pub format: ExtractFormat,
    /// What is written of each row. Without it, the key and all columns that the rows carry.
    #[serde(default)]
    #[schemars(schema_with = "extracted_columns")]
    pub columns: Vec<Extracted>,
    /// In which order. Without it, by key.
    #[serde(default)]
    #[schemars(extend("x-tutti-editor" = "sort"))]
    pub sort: Vec<SortBy>,
    /// Leaves out rows that are alike in every column.
    #[serde(default)]
    pub distinct: bool,
    /// What happens when nobody arrives.
    #[serde(default)]
    pub empty: Empty,
}

/// A column of the file: a field or an expression.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Extracted {
    /// What the column is called in the file. Without it, as the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// A field path.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "field"))]
    pub field: Option<String>,
    /// A SQL expression over the fields of the row, in place of a field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "expression"))]
    pub expression: Option<String>,
    /// How dates and times are written, such as `dd/MM/yyyy HH:mm` or `%d/%m/%Y`. Without it, as ISO 8601 has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// What is written in place of values, such as `{gold: Or}`; others are written as they are.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(default, with = "std::collections::BTreeMap<String, String>")]
    pub labels: IndexMap<String, String>,
    /// How many digits numbers have after the point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimals: Option<u8>,
}

/// A column may be the path of its field alone.
fn extracted_columns(generator: &mut SchemaGenerator) -> Schema {
    let long = generator.subschema_for::<Extracted>();
    json_schema!({
        "type": "array",
        "items": {"anyOf": [{"type": "string", "description": "A field path.", "x-tutti-editor": "field"}, long]},
        "x-tutti-editor": "columns",
    })
}

impl<'de> Deserialize<'de> for Extracted {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Long {
            header: Option<String>,
            field: Option<String>,
            expression: Option<String>,
            format: Option<String>,
            #[serde(default)]
            labels: IndexMap<String, String>,
            decimals: Option<u8>,
        }
        match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(path) => Ok(Self { field: Some(path), ..Self::default() }),
            other => {
                let Long { header, field, expression, format, labels, decimals } =
                    serde_json::from_value(other).map_err(serde::de::Error::custom)?;
                Ok(Self { header, field, expression, format, labels, decimals })
            }
        }
    }
}

impl Extracted {
    fn of(column: &Column) -> Self {
        Self { field: Some(column.name.clone()), ..Self::default() }
    }

    fn header(&self) -> String {
        self.header.clone().or_else(|| self.field.clone()).unwrap_or_default()
    }

    /// Whether values are written as they are.
    fn is_plain(&self) -> bool {
        self.labels.is_empty() && self.decimals.is_none()
    }

    /// What is written of a value, and its type.
    fn written(&self, value: Expr, column_type: ColumnType) -> Result<(Expr, ColumnType), Error> {
        if let Some(scale) = self.decimals.filter(|_| column_type.is_numeric()) {
            let rounded = ColumnType::Decimal { precision: DECIMAL_PRECISION_MAX, scale };
            return Ok((cast(value, arrow_type(rounded)), rounded));
        }
        if self.labels.is_empty() {
            return Ok((value, column_type));
        }
        let text = cast(value, DataType::Utf8);
        let labelled = self.labels.iter().rev().try_fold(text.clone(), |other, (own, label)| {
            when(text.clone().eq(lit(own.as_str())), lit(label.as_str())).otherwise(other)
        });
        Ok((labelled?, ColumnType::String))
    }
}

/// A field or an expression to sort by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SortBy {
    /// A field path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "field"))]
    pub field: Option<String>,
    /// A SQL expression over the fields of the row, in place of a field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "expression"))]
    pub expression: Option<String>,
    /// Which comes first.
    #[serde(default)]
    pub order: Order,
}

/// Which value comes first; those that are missing come last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    #[default]
    Ascending,
    Descending,
}

/// What happens when nobody arrives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Empty {
    /// A file without rows is written.
    #[default]
    Write,
    /// No file is written.
    Skip,
}

pub struct ExtractFile;

impl Activity for ExtractFile {
    fn kind(&self) -> &'static str {
        "extract-file"
    }

    fn label(&self) -> &'static str {
        "Extract file"
    }

    fn category(&self) -> Category {
        Category::Data
    }

    fn summary(&self) -> &'static str {
        "Writes the population to a file: CSV, Excel, JSON Lines or Parquet."
    }

    fn settings_schema(&self) -> Schema {
        schema_for!(Settings)
    }

    fn example(&self) -> Raw {
        object(json!({
            "path": "vip_{{ date }}.csv",
            "format": {"separator": ";", "decimal": ","},
            "columns": ["email", {"header": "Customer since", "field": "created_at", "format": "dd/MM/yyyy"}],
            "sort": [{"field": "points", "order": "descending"}],
        }))
    }

    fn inputs(&self) -> Inputs {
        Inputs::ONE
    }

    fn ports(&self, _: &Raw, _: &[&str]) -> Vec<PortSpec> {
        vec![PortSpec::out()]
    }

    fn check(&self, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Shapes {
        let settings = context.read::<Settings>(problems);
        let mut shapes = Shapes::new();
        if let Some(shape) = context.inbound() {
            shapes.insert(OUT.to_owned(), shape.clone());
        }
        let Some(settings) = settings else { return shapes };
        check_path(&settings.path, context, problems);
        settings.format.check(&settings.path, &context.at("format"), problems);
        let Some(shape) = context.inbound() else { return shapes };
        let Some(scope) = fields::scope(context, shape) else { return shapes };
        let keys = context.table_of(&shape.dimension).map(|table| table.primary_key.clone()).unwrap_or_default();
        let mut bound: Vec<Field> = Vec::new();
        let mut headers: Vec<String> = Vec::new();
        for (index, column) in settings.columns.iter().enumerate() {
            let at = join_pointer(&context.at("columns"), index);
            let header = column.header();
            if header.is_empty() {
                let message = "a column that is computed needs a header";
                problems.push(Problem::error("missing_field", at.clone(), message).hint("add `header`"));
            } else if headers.contains(&header) {
                let message = format!("two columns are called `{header}`");
                problems.push(Problem::error("duplicate_name", at.clone(), message).hint("give one another `header`"));
            }
            headers.push(header);
            match value(
                column.field.as_deref(),
                column.expression.as_deref(),
                scope,
                (context.catalog, context.moment),
                &at,
            ) {
                Ok(field) => {
                    if column.format.is_some() && !field.column.column_type.is_temporal() {
                        let message =
                            format!("this is {}, and only dates and times have a format", field.column.column_type);
                        problems.push(Problem::error("bad_value", join_pointer(&at, "format"), message));
                    }
                    check_written(column, &field, &at, problems);
                    // Rows cannot be sorted by what is not written as it is.
                    bound.extend(Some(field).filter(|_| column.is_plain()));
                }
                Err(problem) => problems.push(problem),
            }
        }
        if settings.columns.is_empty() {
            let own = keys.iter().filter_map(|key| tutti_model::bind::field(key, scope, context.catalog, "").ok());
            bound.extend(own);
            bound.extend(shape.added.iter().cloned().map(Field::added));
        }
        for (index, sort) in settings.sort.iter().enumerate() {
            let at = join_pointer(&context.at("sort"), index);
            match value(
                sort.field.as_deref(),
                sort.expression.as_deref(),
                scope,
                (context.catalog, context.moment),
                &at,
            ) {
                Ok(field) if settings.distinct && !bound.contains(&field) => {
                    let message =
                        format!("rows that are distinct cannot be sorted by `{}`, which is not written", field.path());
                    problems.push(Problem::error("bad_value", at, message).hint("add it to `columns`"));
                }
                Ok(_) => {}
                Err(problem) => problems.push(problem),
            }
        }
        shapes
    }

    fn works_outside(&self, _: &Raw) -> bool {
        true
    }

    fn step(&self, raw: &Raw, context: &StepContext<'_>) -> Result<Step, Error> {
        let settings: Settings = settings(raw)?;
        let input = context.input()?;
        let table = context.table(&input.dimension)?;
        let scope = Scope { table: &table.name, added: &input.added };
        let chosen = match settings.columns.as_slice() {
            [] => table.key_columns().into_iter().chain(&input.added).map(Extracted::of).collect(),
            columns => columns.to_vec(),
        };
        let bind = |field: Option<&str>, expression: Option<&str>| {
            columns::value(field, expression, scope, (context.planner.catalog, context.moment), "")
                .map_err(|problem| Error::Settings(vec![problem]))
        };
        let bound = chosen.iter().map(|column| bind(column.field.as_deref(), column.expression.as_deref()));
        let bound = bound.collect::<Result<Vec<Field>, Error>>()?;
        let sorts = settings.sort.iter().map(|sort| {
            let field = bind(sort.field.as_deref(), sort.expression.as_deref())?;
            Ok((field, sort.order == Order::Descending))
        });
        let sorts = sorts.collect::<Result<Vec<(Field, bool)>, Error>>()?;
        let frame = context.frame(input)?.with_fields(bound.iter().chain(sorts.iter().map(|(field, _)| field)))?;
        let (mut columns, mut values) = (Vec::with_capacity(chosen.len()), Vec::with_capacity(chosen.len()));
        for (column, field) in chosen.iter().zip(&bound) {
            let (value, column_type) = column.written(frame.column(field), field.column.column_type)?;
            columns.push(ExtractColumn { header: column.header(), column_type, format: column.format.clone() });
            values.push(value);
        }
        let orders = sorts.iter().map(|(field, descending)| (frame.column(field), *descending)).collect();
        let rows = frame.select_sorted(values, orders, settings.distinct)?;
        let Settings { path, format, empty, .. } = settings;
        Ok(Step::Effect(Box::new(Effect::ExtractFile(Extract { path, format, empty, columns, rows }))))
    }
}

/// Labels and digits that a column's type does not have.
fn check_written(column: &Extracted, field: &Field, at: &str, problems: &mut Vec<Problem>) {
    let column_type = field.column.column_type;
    let mut wrong = |setting: &str, message: String| {
        problems.push(Problem::error("bad_value", join_pointer(at, setting), message));
    };
    if !column.labels.is_empty() && column_type != ColumnType::String {
        wrong("labels", format!("this is {column_type}, and only texts have labels"));
    }
    let known = &field.column.values;
    for value in column.labels.keys().filter(|value| !known.is_empty() && !known.contains(value)) {
        wrong("labels", format!("`{value}` is not one of the values of `{}`", field.path()));
    }
    if column.decimals.is_some() && !column_type.is_numeric() {
        wrong("decimals", format!("this is {column_type}, which has no digits"));
    }
    if column.decimals.is_some_and(|decimals| decimals > DECIMALS_MAX) {
        wrong("decimals", format!("a number has at most {DECIMALS_MAX} digits after the point"));
    }
}

/// A name in the folder for files, or an address.
fn check_path(path: &str, context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    let at = context.at("path");
    let Some((scheme, rest)) = path.split_once("://") else {
        file_name::check(path, context.moment, &at, problems);
        return;
    };
    if scheme != "s3" && scheme != "file" {
        problems.push(
            Problem::error("bad_path", at, format!("files are not written to `{scheme}://`"))
                .hint("write the name of a file, `file:///folder/name` or `s3://bucket/name`"),
        );
        return;
    }
    file_name::check(rest.trim_start_matches('/'), context.moment, &at, problems);
}
