//! SQL scalar expressions in rules: who understands them, and how their fields and variables are found.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Field, Scope, field};
use crate::catalog::Catalog;
use crate::date_math::Moment;
use crate::problem::{Problem, nearest};
use crate::table::{Column, ColumnType};
use crate::value::Literal;
use crate::variables::Variable;

/// A SQL scalar expression over fields of the row.
#[derive(Clone, Debug, PartialEq)]
pub struct Computed {
    pub sql: String,
    /// The text with the values of the variables that it names, which tell it from the same text with others.
    pub name: String,
    /// The fields that the expression names.
    pub inputs: Vec<Field>,
    /// What `now()` and `$name` mean, and the zone that days are cut in.
    pub moment: Moment,
    /// Whether it computes over the linked rows of a row, with aggregates, and not over one row.
    pub aggregates: bool,
    /// What it encrypts with.
    pub keys: Keys,
}

/// Finds the value of a secret key by its name. What it finds is never shown, stored or compared: expressions and plans
/// have the name alone.
#[derive(Clone)]
pub struct Keys(Arc<dyn Fn(&str) -> Option<String> + Send + Sync>);

impl Keys {
    pub fn new(find: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(find))
    }

    pub fn find(&self, name: &str) -> Option<String> {
        (self.0)(name)
    }
}

impl Default for Keys {
    /// There are none.
    fn default() -> Self {
        Self::new(|_| None)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl PartialEq for Keys {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A place in an expression's text; lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pub line: u64,
    pub column: u64,
}

/// What is wrong with an expression, and where in its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    pub message: String,
    pub hint: Option<String>,
    pub at: Option<Position>,
}

impl Fault {
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, at: None }
    }

    #[must_use]
    pub fn at(mut self, at: Position) -> Self {
        self.at.get_or_insert(at);
        self
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint.get_or_insert_with(|| hint.into());
        self
    }

    /// As a problem of the rule at `pointer`, whose expression is `sql`.
    pub fn into_problem(self, code: &str, sql: &str, pointer: &str) -> Problem {
        let at = self.at.map_or_else(String::new, |at| match at.line {
            1 => format!(" at column {}", at.column),
            line => format!(" at line {line}, column {}", at.column),
        });
        let mut problem = Problem::error(code, pointer, format!("`{sql}`{at}: {}", self.message));
        problem.hint = self.hint;
        problem.within = self.at;
        problem
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// The names in an expression, each once, where it first stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names {
    /// Field paths.
    pub paths: Vec<(String, Position)>,
    /// Variables, without the `$`.
    pub variables: Vec<(String, Position)>,
}

/// Understands SQL scalar expressions: implemented where the engine is, used where rules are bound.
pub trait Expressions: fmt::Debug + Send + Sync {
    /// The names in an expression.
    fn names(&self, sql: &str) -> Result<Names, Fault>;

    /// The type of an expression whose names are known.
    fn result_type(&self, computed: &Computed) -> Result<ColumnType, Fault>;

    /// What expressions encrypt with.
    fn keys(&self) -> Keys {
        Keys::default()
    }
}

/// Binds a SQL scalar expression over the fields of each row of `scope`.
pub fn expression(
    sql: &str,
    scope: Scope<'_>,
    catalog: &Catalog,
    moment: &Moment,
    pointer: &str,
) -> Result<Field, Problem> {
    let (computed, column_type) = compute(sql, false, scope, catalog, moment, pointer)?;
    let column = Column::new(&computed.name, column_type);
    Ok(Field { hops: Vec::new(), column, added: false, computed: Some(computed), aggregate: None })
}

/// The type of an expression with aggregates over many rows of `scope`.
pub fn aggregate_expression(
    sql: &str,
    scope: Scope<'_>,
    catalog: &Catalog,
    moment: &Moment,
    pointer: &str,
) -> Result<ColumnType, Problem> {
    compute(sql, true, scope, catalog, moment, pointer).map(|(_, column_type)| column_type)
}

/// Binds an expression over one row of `scope`, or with `aggregates` over many of them.
pub(super) fn compute(
    sql: &str,
    aggregates: bool,
    scope: Scope<'_>,
    catalog: &Catalog,
    moment: &Moment,
    pointer: &str,
) -> Result<(Computed, ColumnType), Problem> {
    let Some(expressions) = &catalog.expressions else {
        return Err(Problem::error("not_supported", pointer, "expressions are not understood here"));
    };
    let wrong = |fault: Fault| fault.into_problem("bad_expression", sql, pointer);
    let names = expressions.names(sql).map_err(wrong)?;
    let mut inputs = Vec::with_capacity(names.paths.len());
    for (path, at) in names.paths {
        inputs.push(field(&path, scope, catalog, pointer).map_err(|problem| {
            let fault = Fault { message: problem.message, hint: problem.hint, at: Some(at) };
            fault.into_problem(&problem.code, sql, pointer)
        })?);
    }
    let mut used = Vec::with_capacity(names.variables.len());
    for (name, at) in &names.variables {
        let Some(variable) = moment.variables.get(name) else {
            return Err(unknown_variable(name, moment).at(*at).into_problem("unknown_variable", sql, pointer));
        };
        used.push((name.as_str(), variable));
    }
    let (name, keys) = (with_values(sql, used, moment), expressions.keys());
    let computed = Computed { sql: sql.to_owned(), name, inputs, moment: moment.clone(), aggregates, keys };
    let column_type = expressions.result_type(&computed).map_err(wrong)?;
    Ok((computed, column_type))
}

/// A text that names variables, with what they are: `age > $least with $least = 20`. Values that differ, if only in
/// their types, read differently.
pub(super) fn with_values<'v>(
    text: &str,
    used: impl IntoIterator<Item = (&'v str, &'v Variable)>,
    moment: &Moment,
) -> String {
    let values: Vec<String> =
        used.into_iter().map(|(name, variable)| format!("${name} = {}", written(variable, moment))).collect();
    if values.is_empty() { text.to_owned() } else { format!("{text} with {}", values.join(", ")) }
}

fn written(variable: &Variable, moment: &Moment) -> String {
    let kind = variable.data_type;
    match variable.literal(moment) {
        Ok(None) => format!("{kind} NULL"),
        Ok(Some(Literal::Text(text))) => format!("'{}'", text.replace('\'', "''")),
        Ok(Some(Literal::Integer(value))) => value.to_string(),
        Ok(Some(Literal::Boolean(value))) => value.to_string(),
        Ok(Some(other)) => match other.to_json() {
            Value::String(text) => format!("{kind} '{text}'"),
            other => format!("{kind} {other}"),
        },
        // Whoever reads the expression is told what is wrong with the value.
        Err(_) => format!("{kind} {:?}", variable.value),
    }
}

/// There is no such variable.
pub(super) fn unknown_variable(name: &str, moment: &Moment) -> Fault {
    let fault = Fault::new(format!("there is no variable `{name}`"));
    match nearest(name, moment.variables.names()) {
        Some(near) => fault.hint(format!("did you mean `${near}`?")),
        None if moment.variables.names().next().is_none() => {
            fault.hint("campaigns declare variables; a rule outside a campaign has none")
        }
        None => {
            let known: Vec<String> = moment.variables.names().take(12).map(|name| format!("`${name}`")).collect();
            fault.hint(format!("known are {}", known.join(", ")))
        }
    }
}
