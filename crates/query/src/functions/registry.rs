//! The one list of functions: their names, what they take, what they mean. Expressions are checked with it, the
//! reference in the documentation and what editors offer are made from it, and each of its examples is a test.

use std::collections::HashMap;
use std::sync::LazyLock;

use datafusion::logical_expr::Expr;
use tutti_model::bind::Fault;
use tutti_model::problem::nearest;

use super::aggregation::Aggregation;
use super::library;
use crate::expression::Call;

/// A function of expressions.
#[derive(Debug)]
pub struct Function {
    /// In `snake_case`. Case and `_` do not count when a name is looked up.
    pub name: &'static str,
    /// Other names, among them the one that people know from elsewhere.
    pub familiar: &'static [&'static str],
    pub category: Category,
    pub parameters: &'static [Parameter],
    /// The type of the result, and its unit.
    pub result: &'static str,
    pub about: &'static str,
    /// What NULL, and values that do not fit, give.
    pub nulls: &'static str,
    /// Expressions and what they give, as text; see the tests for the moment and the row.
    pub examples: &'static [(&'static str, &'static str)],
    pub build: Build,
}

/// How a call becomes an expression of the engine.
#[derive(Clone, Copy, Debug)]
pub enum Build {
    /// From the row alone.
    Scalar(fn(&Call<'_>) -> Result<Expr, Fault>),
    /// Over many rows; only where aggregates have a place.
    Aggregate(Aggregation),
    /// With a grammar of its own.
    Form(Form),
}

/// Functions that are more than their arguments' values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Case,
    /// Inside `case`: `when(condition, value)` and `else(value)`.
    Branch,
    RowNumber,
    Rank,
    DenseRank,
    RowId,
    Over,
    /// Inside window functions: `partition_by(...)`, `order_by(...)`, `desc(...)`.
    WindowPart,
}

/// Where a function is found in the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    Aggregate,
    Date,
    Geography,
    Number,
    Text,
    Pattern,
    Choice,
    Other,
    Window,
}

impl Category {
    pub const ALL: [Self; 9] = [
        Self::Aggregate,
        Self::Date,
        Self::Geography,
        Self::Number,
        Self::Text,
        Self::Pattern,
        Self::Choice,
        Self::Other,
        Self::Window,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Aggregate => "aggregate",
            Self::Date => "date",
            Self::Geography => "geography",
            Self::Number => "number",
            Self::Text => "text",
            Self::Pattern => "pattern",
            Self::Choice => "choice",
            Self::Other => "other",
            Self::Window => "window",
        }
    }
}

/// What an argument has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    Any,
    Text,
    /// The same text for every row.
    Constant,
    Integer,
    Number,
    Boolean,
    /// A date or an instant.
    Time,
}

impl Takes {
    pub fn words(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Text => "text",
            Self::Constant => "constant text",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Time => "date or timestamp",
        }
    }
}

/// A parameter of a function.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    pub name: &'static str,
    pub takes: Takes,
    pub optional: bool,
    /// The last one, which may be given more than once.
    pub many: bool,
}

/// A parameter that must be given.
pub const fn p(name: &'static str, takes: Takes) -> Parameter {
    Parameter { name, takes, optional: false, many: false }
}

/// A parameter that may be left out.
pub const fn optional(name: &'static str, takes: Takes) -> Parameter {
    Parameter { name, takes, optional: true, many: false }
}

/// A parameter that may be given more than once.
pub const fn many(name: &'static str, takes: Takes) -> Parameter {
    Parameter { name, takes, optional: false, many: true }
}

impl Function {
    /// `add_days(time, n)`.
    pub fn signature(&self) -> String {
        let parameters: Vec<String> = self
            .parameters
            .iter()
            .map(|parameter| match (parameter.optional, parameter.many) {
                (true, _) => format!("[{}]", parameter.name),
                (_, true) => format!("{}, ...", parameter.name),
                _ => parameter.name.to_owned(),
            })
            .collect();
        format!("{}({})", self.name, parameters.join(", "))
    }

    /// How many arguments it takes: at least, and at most.
    pub fn arity(&self) -> (usize, Option<usize>) {
        let needed = self.parameters.iter().filter(|parameter| !parameter.optional).count();
        let is_open = self.parameters.iter().any(|parameter| parameter.many);
        (needed, (!is_open).then_some(self.parameters.len()))
    }

    pub fn is_aggregate(&self) -> bool {
        matches!(self.build, Build::Aggregate(_))
    }
}

/// All functions, by category.
pub fn all() -> impl Iterator<Item = &'static Function> {
    library::LISTS.iter().copied().flatten()
}

static BY_NAME: LazyLock<HashMap<String, &'static Function>> = LazyLock::new(|| {
    let names = all().flat_map(|function| {
        std::iter::once(function.name).chain(function.familiar.iter().copied()).map(move |name| (fold(name), function))
    });
    names.collect()
});

/// The function of a name; case and `_` do not count.
pub fn find(name: &str) -> Option<&'static Function> {
    BY_NAME.get(&fold(name)).copied()
}

fn fold(name: &str) -> String {
    name.chars().filter(|c| *c != '_').flat_map(char::to_lowercase).collect()
}

/// The name that is nearest to one that is not known.
pub fn near(name: &str) -> Option<&'static str> {
    nearest(name, all().flat_map(|function| std::iter::once(function.name).chain(function.familiar.iter().copied())))
}

/// The usual answer to NULL.
pub const SPREADS: &str = "NULL where an argument is NULL";
