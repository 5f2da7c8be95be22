//! SQL scalar expressions in rules: parsed by the engine, with names that are field paths, typed part by part when a
//! rule is bound, and turned into expressions of the engine. Functions are those of [`crate::functions::registry`].

mod call;
mod convert;
mod forms;
mod operators;
mod syntax;
mod translate;
mod typed;

use std::sync::Arc;

use datafusion::arrow::datatypes::{Field as ArrowField, Schema};
use datafusion::common::DFSchema;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use tutti_model::bind::{Computed, Expressions, Fault, Keys, Names, Position};
use tutti_model::table::ColumnType;

pub use call::Call;
pub use forms::aggregate_kind;
pub use operators::binary;
pub use typed::Family;

use crate::error::{Error, Result};
use crate::frame::column;
use crate::functions::aggregation::AggregateCall;
use crate::types::arrow_type;

/// The engine's understanding of SQL expressions, for a catalog.
#[derive(Debug)]
pub struct SqlExpressions;

impl SqlExpressions {
    /// The same, with keys to encrypt with.
    pub fn with_keys(keys: Keys) -> Arc<dyn Expressions> {
        Arc::new(Keyed(keys))
    }
}

#[derive(Debug)]
struct Keyed(Keys);

impl Expressions for Keyed {
    fn names(&self, sql: &str) -> Result<Names, Fault> {
        SqlExpressions.names(sql)
    }

    fn result_type(&self, computed: &Computed) -> Result<ColumnType, Fault> {
        SqlExpressions.result_type(computed)
    }

    fn keys(&self) -> Keys {
        self.0.clone()
    }
}

impl Expressions for SqlExpressions {
    fn names(&self, sql: &str) -> Result<Names, Fault> {
        syntax::names(&syntax::parse(sql)?)
    }

    fn result_type(&self, computed: &Computed) -> Result<ColumnType, Fault> {
        let translated = translate(computed, &[])?;
        if !translated.windows.is_empty() && computed.inputs.iter().any(|input| input.added) {
            return Err(Fault::new("columns that a population carries have no place beside window functions"));
        }
        Ok(translated.kind)
    }
}

/// An expression over columns that are named by their field paths.
pub(crate) struct Translated {
    pub expr: Expr,
    pub kind: ColumnType,
    /// Whether rows whose columns are the same may have different values: it depends on the row's key.
    pub differs_by_row: bool,
    /// What is computed first, over all rows of the table, each as the column of its name.
    pub windows: Vec<(String, Expr)>,
    /// What is computed first, over the linked rows, each as the column of its name.
    pub aggregates: Vec<AggregateCall>,
}

/// Translates an expression for rows whose key is `keys`, with their types.
pub(crate) fn translated(computed: &Computed, keys: &[(String, ColumnType)]) -> Result<Translated> {
    translate(computed, keys).map_err(|fault| Error::DataFusion(DataFusionError::Plan(fault.message)))
}

fn translate(computed: &Computed, keys: &[(String, ColumnType)]) -> Result<Translated, Fault> {
    let parsed = syntax::parse(&computed.sql)?;
    let schema = schema(computed, keys).map_err(|error| Fault::new(message(&error)))?;
    let keys: Vec<Expr> = keys.iter().map(|(key, _)| column(key)).collect();
    let mut translator = translate::Translator::new(schema, &computed.moment, &keys);
    translator.aggregates = computed.aggregates.then(Vec::new);
    translator.secrets = computed.keys.clone();
    let typed = translator.translate(&parsed)?;
    let Some(kind) = typed.kind else {
        return Err(Fault::new("it has no value and so no type").hint("cast it: `cast(null as integer)`"));
    };
    // What the engine itself does not accept is found now and not when the rule runs.
    let context = SimplifyContext::builder().with_schema(Arc::clone(&translator.schema)).build();
    let coerced = ExprSimplifier::new(context).coerce(typed.expr.clone(), &translator.schema);
    coerced.map_err(|error| Fault::new(message(&error)).at(Position { line: 1, column: 1 }))?;
    let (differs_by_row, aggregates) = (translator.chances.get() > 0, translator.aggregates.unwrap_or_default());
    if computed.aggregates && aggregates.is_empty() {
        return Err(Fault::new(
            "an aggregate's expression computes over the linked rows, and this one has no aggregate",
        )
        .hint("write it like `sum(total) / count(*)`"));
    }
    Ok(Translated { expr: typed.cast_to(kind), kind, differs_by_row, windows: translator.windows, aggregates })
}

/// The columns of the fields, and those of the key that are not among them.
fn schema(computed: &Computed, keys: &[(String, ColumnType)]) -> datafusion::common::Result<Arc<DFSchema>> {
    let mut columns: Vec<(String, ColumnType)> =
        computed.inputs.iter().map(|input| (input.path(), input.column.column_type)).collect();
    for key in keys {
        if !columns.iter().any(|(name, _)| *name == key.0) {
            columns.push(key.clone());
        }
    }
    let fields: Vec<ArrowField> =
        columns.into_iter().map(|(name, kind)| ArrowField::new(name, arrow_type(kind), true)).collect();
    Ok(Arc::new(DFSchema::try_from(Schema::new(fields))?))
}

/// The engine's message without its prefixes.
fn message(error: &DataFusionError) -> String {
    let text = error.strip_backtrace();
    let text = text.lines().next().unwrap_or_default();
    ["Error during planning: ", "SQL error: ", "Schema error: ", "Execution error: "]
        .iter()
        .fold(text, |text, prefix| text.strip_prefix(prefix).unwrap_or(text))
        .to_owned()
}
