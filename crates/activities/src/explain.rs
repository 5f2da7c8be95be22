//! Why one row went where it went: plans with what is to be seen of it, and how that is said.

use std::fmt;

use serde_json::{Map, Value};
use tutti_model::bind::{Aggregate, Function, Predicate, words};
use tutti_model::table::{ColumnType, Table};
use tutti_query::datafusion::arrow::datatypes::DataType;
use tutti_query::datafusion::functions_aggregate::expr_fn::count;
use tutti_query::datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, cast, lit};
use tutti_query::datafusion::prelude::ident;
use tutti_query::{Frame, conjuncts, fields_of};

use crate::step::{Error, StepContext};

/// What is to be seen of a row, and how it is said.
pub struct Explanation {
    /// Has a row for each thing that is said; none where the row did not arrive.
    pub plan: LogicalPlan,
    say: Box<dyn Fn(&Seen<'_>) -> Vec<String> + Send>,
}

/// The values that an [`Explanation`]'s plan gave, by column.
pub struct Seen<'a>(pub &'a Map<String, Value>);

impl Seen<'_> {
    pub fn is_true(&self, column: &str) -> bool {
        self.0.get(column).and_then(Value::as_bool) == Some(true)
    }

    pub fn number(&self, column: &str) -> Option<i64> {
        self.0.get(column).and_then(Value::as_i64)
    }

    pub fn is_false(&self, column: &str) -> bool {
        self.0.get(column).and_then(Value::as_bool) == Some(false)
    }

    pub fn is_null(&self, column: &str) -> bool {
        self.0.get(column).is_none_or(Value::is_null)
    }

    /// A value as people read it.
    pub fn text(&self, column: &str) -> String {
        match self.0.get(column) {
            None | Some(Value::Null) => "nothing".to_owned(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        }
    }
}

impl fmt::Debug for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explanation").field("plan", &self.plan).finish_non_exhaustive()
    }
}

impl Explanation {
    pub fn new(plan: LogicalPlan, say: impl Fn(&Seen<'_>) -> Vec<String> + Send + 'static) -> Self {
        Self { plan, say: Box::new(say) }
    }

    /// What the values mean, a sentence each.
    pub fn sentences(&self, values: &Map<String, Value>) -> Vec<String> {
        (self.say)(&Seen(values))
    }
}

/// Whether a row of `table` has this key; the parts are texts.
pub(crate) fn is_row(table: &Table, key: &[String]) -> Expr {
    is_key(table.primary_key.iter().map(ident).collect(), key)
}

/// Whether these columns have the parts of a key, which are texts.
pub(crate) fn is_key(columns: Vec<Expr>, key: &[String]) -> Expr {
    if key.len() != columns.len() {
        return lit(false);
    }
    let parts = columns.into_iter().zip(key);
    let parts = parts.map(|(column, part)| cast(column, DataType::Utf8).eq(lit(part.as_str())));
    parts.reduce(Expr::and).unwrap_or_else(|| lit(false))
}

/// Says that a dimension has no row with this key, where it has none.
pub(crate) fn is_missing(dimension: &str, context: &StepContext<'_>, key: &[String]) -> Result<Explanation, Error> {
    let table = context.table(dimension)?;
    let rows = context.planner.rows(&table.name)?.filter_by(is_row(table, key))?;
    let sentence = format!("`{dimension}` had no row with the key `{}`", key.join(","));
    number_of(rows.into_plan(), move |number| if number == 0 { vec![sentence.clone()] } else { Vec::new() })
}

/// Says something of the number of rows of a plan.
pub(crate) fn number_of(
    plan: LogicalPlan,
    say: impl Fn(i64) -> Vec<String> + Send + 'static,
) -> Result<Explanation, Error> {
    let number = count(lit(1i64)).alias("n");
    let plan = LogicalPlanBuilder::from(plan).aggregate(Vec::<Expr>::new(), vec![number])?.build()?;
    Ok(Explanation::new(plan, move |seen| say(seen.number("n").unwrap_or_default())))
}

/// Which parts of a rule the only row of `frame` passes, with the values seen; `about` begins each sentence.
pub(crate) fn rule(frame: Frame<'_>, predicate: &Predicate, about: &str) -> Result<Explanation, Error> {
    let parts: Vec<&Predicate> = conjuncts(predicate);
    let one = frame.clone();
    let mut frame = frame;
    let mut columns: Vec<Expr> = Vec::new();
    let mut shown: Vec<(String, Vec<String>)> = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let fields = fields_of(part);
        frame = frame.with_fields(fields.iter().copied())?;
        let mut values = Vec::new();
        for (position, field) in fields.iter().enumerate() {
            columns.push(frame.column(field).alias(value_name(index, position)));
            values.push(field.path());
        }
        let linked = aggregate_of(part);
        if let Some(aggregate) = &linked {
            let name = format!("__linked_{index}");
            frame = frame.with_related_value(&one, aggregate, &name)?;
            columns.push(ident(name).alias(value_name(index, values.len())));
            values.push(subject(aggregate));
        }
        let mark = format!("__passed_{index}");
        frame = frame.mark(part, &mark)?;
        columns.push(ident(&mark).alias(passed_name(index)));
        shown.push((words(part), values));
    }
    let plan = LogicalPlanBuilder::from(frame.into_plan()).project(columns)?.build()?;
    let about = about.to_owned();
    Ok(Explanation::new(plan, move |seen| {
        let sentence = |(index, (rule, values)): (usize, &(String, Vec<String>))| {
            let verdict = if seen.is_true(&passed_name(index)) { "passed" } else { "failed" };
            let values = values.iter().enumerate();
            let values: Vec<String> =
                values.map(|(position, name)| format!("{name}: {}", seen.text(&value_name(index, position)))).collect();
            let values = if values.is_empty() { String::new() } else { format!(" ({})", values.join(", ")) };
            format!("{about}{verdict}: {rule}{values}")
        };
        shown.iter().enumerate().map(sentence).collect()
    }))
}

/// The value over linked rows that a rule looks at; the number of matching rows, where it only counts them.
fn aggregate_of(part: &Predicate) -> Option<Aggregate> {
    match part {
        Predicate::Not(inner) => aggregate_of(inner),
        Predicate::Aggregate(aggregate) => Some(aggregate.clone()),
        // An aggregate picks of the matching rows, so that it cannot count which of the picked rows match.
        Predicate::Related(related) if related.pick.is_none() => Some(Aggregate {
            filter: related.filter.clone(),
            ..Aggregate::new(related.hops.clone(), Function::Count, None, ColumnType::Integer)
        }),
        _ => None,
    }
}

fn subject(aggregate: &Aggregate) -> String {
    let path: Vec<&str> = aggregate.hops.iter().map(|hop| hop.link.as_str()).collect();
    if let Some(computed) = &aggregate.expression {
        return format!("{} over {}", computed.name, path.join("."));
    }
    let function = Function::NAMES.iter().find(|(_, function)| *function == aggregate.function);
    let of = aggregate.operand.as_ref().map_or_else(String::new, |field| format!(" of {}", field.path()));
    format!("{}{of} over {}", function.map_or("", |(name, _)| *name), path.join("."))
}

fn passed_name(index: usize) -> String {
    format!("passed_{index}")
}

fn value_name(index: usize, position: usize) -> String {
    format!("value_{index}_{position}")
}
