//! Binding: what a rule means on the tables of a catalog. The result has two-valued logic by construction: every
//! negative operator, `not` and `none` is [`Predicate::Not`] around its positive form, so it is the exact complement.

mod condition;
mod group;
mod words;

use std::fmt;

use crate::catalog::{Catalog, Hop};
use crate::date_math::Moment;
use crate::problem::Problem;
use crate::table::{Column, ColumnType};
use crate::value::Literal;

pub use words::{sentence, words};

/// How deep groups, related rows and filters may nest.
pub const DEPTH_MAX: usize = 64;

/// A rule, bound to tables and types. Each variant is true or false for every row, never unknown.
#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    Constant(bool),
    All(Vec<Predicate>),
    Any(Vec<Predicate>),
    Not(Box<Predicate>),
    /// True where the operand has a value and the test holds.
    Compare {
        left: Field,
        test: Test,
        case_sensitive: bool,
    },
    Related(Related),
    Aggregate(Aggregate),
}

/// True when the number of linked rows for which `filter` holds passes `count`.
#[derive(Clone, Debug, PartialEq)]
pub struct Related {
    /// At least one step; `filter` is over the table where the last one ends.
    pub hops: Vec<Hop>,
    pub filter: Box<Predicate>,
    pub count: Count,
}

/// A count of linked rows. At most n is the complement of at least n + 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// n is 1 or more.
    AtLeast(u64),
    /// n is 1 or more.
    Exactly(u64),
}

/// True when an aggregate over the linked rows for which `filter` holds passes `test`. Over no rows, count and sum
/// are 0 and the others have no value.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    pub hops: Vec<Hop>,
    pub function: Function,
    /// Over the table where the hops end; `None` counts rows.
    pub operand: Option<Field>,
    pub filter: Box<Predicate>,
    pub result_type: ColumnType,
    pub test: Test,
}

/// The aggregate functions of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    Count,
    CountDistinct,
    Sum,
    Avg,
    Min,
    Max,
    Stddev,
}

impl Function {
    pub const NAMES: [(&'static str, Self); 7] = [
        ("count", Self::Count),
        ("countDistinct", Self::CountDistinct),
        ("sum", Self::Sum),
        ("avg", Self::Avg),
        ("min", Self::Min),
        ("max", Self::Max),
        ("stddev", Self::Stddev),
    ];

    /// Whether the value over no rows is 0 rather than none.
    pub fn is_zero_over_nothing(self) -> bool {
        matches!(self, Self::Count | Self::CountDistinct | Self::Sum)
    }
}

/// A single value of each row: a column reached over to-one links only (possibly none), or computed from such.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub hops: Vec<Hop>,
    pub column: Column,
    /// The column belongs to the population that the rule filters, not to a table.
    pub added: bool,
    /// How the value is computed; the column then has the expression as its name.
    pub computed: Option<Computed>,
}

/// A SQL scalar expression over fields of the row.
#[derive(Clone, Debug, PartialEq)]
pub struct Computed {
    pub sql: String,
    /// The fields that the expression names.
    pub inputs: Vec<Field>,
}

/// Understands SQL scalar expressions: implemented where the engine is, used where rules are bound.
pub trait Expressions: fmt::Debug + Send + Sync {
    /// The field paths that an expression names, each once. The error says what is wrong with its text.
    fn paths(&self, sql: &str) -> Result<Vec<String>, String>;

    /// The type of an expression over `inputs`. The error says what does not fit.
    fn result_type(&self, sql: &str, inputs: &[Field]) -> Result<ColumnType, String>;
}

impl Field {
    /// A column of a table.
    pub fn new(hops: Vec<Hop>, column: Column) -> Self {
        Self { hops, column, added: false, computed: None }
    }

    /// A column that a population carries.
    pub fn added(column: Column) -> Self {
        Self { hops: Vec::new(), column, added: true, computed: None }
    }

    /// The columns that the value comes from: its own, or those of its expression.
    pub fn sources(&self) -> Vec<&Self> {
        match &self.computed {
            None => vec![self],
            Some(computed) => computed.inputs.iter().flat_map(Self::sources).collect(),
        }
    }

    /// The path as it is written.
    pub fn path(&self) -> String {
        let mut path: String = self.hops.iter().flat_map(|hop| [hop.link.as_str(), "."]).collect();
        path.push_str(&self.column.name);
        path
    }
}

/// A positive test of one value.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// There is no value.
    Null,
    /// There is no value, or an empty text.
    Empty,
    Compare(Comparison, Right),
    /// Both ends included.
    Between(Right, Right),
    In(Vec<Literal>),
    Contains(String),
    BeginsWith(String),
    EndsWith(String),
    /// `%` stands for any text, `_` for one character, `\` makes the next character plain.
    Like(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What a value is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Right {
    Literal(Literal),
    /// A field of the row that the rule is about.
    Field(Field),
}

/// The rows that a rule is about: those of a table, with the columns that a population added to them.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    pub table: &'a str,
    pub added: &'a [Column],
}

impl<'a> Scope<'a> {
    pub fn table(table: &'a str) -> Self {
        Self { table, added: &[] }
    }
}

/// Binds `rule` on the rows of `scope`. Problems have pointers under `pointer`; the answer is `None` when there was
/// an error among them.
pub fn bind(
    rule: &crate::rule::Rule,
    scope: Scope<'_>,
    catalog: &Catalog,
    moment: &Moment,
    pointer: &str,
    problems: &mut Vec<Problem>,
) -> Option<Predicate> {
    let mut binder = Binder { catalog, moment, problems: Vec::new(), filters: Vec::new(), depth: 0 };
    let predicate = binder.rule(&rule.0, scope, pointer);
    let failed = binder.problems.iter().any(Problem::is_error);
    problems.append(&mut binder.problems);
    predicate.filter(|_| !failed)
}

/// Resolves a field path to a single value of each row of `scope`: to-one links only.
pub fn field(path: &str, scope: Scope<'_>, catalog: &Catalog, pointer: &str) -> Result<Field, Problem> {
    if let Some(column) = scope.added.iter().find(|column| column.name == path) {
        return Ok(Field::added(column.clone()));
    }
    let resolved = catalog.resolve(scope.table, path, pointer).map_err(|mut problem| {
        if let Some(near) = crate::problem::nearest(path, scope.added.iter().map(|column| column.name.as_str())) {
            problem.hint = Some(format!("did you mean `{near}`?"));
        }
        problem
    })?;
    let to_many = resolved.is_to_many();
    let Some(column) = resolved.column else {
        return Err(Problem::error("not_a_column", pointer, format!("`{path}` is a link; name one of its columns")));
    };
    if to_many {
        let message = format!("`{path}` crosses a link to many rows; only to-one links give one value");
        return Err(Problem::error("to_many_path", pointer, message));
    }
    Ok(Field::new(resolved.hops, column))
}

/// Binds a SQL scalar expression over the fields of each row of `scope`.
pub fn expression(sql: &str, scope: Scope<'_>, catalog: &Catalog, pointer: &str) -> Result<Field, Problem> {
    let Some(expressions) = &catalog.expressions else {
        return Err(Problem::error("not_supported", pointer, "expressions are not understood here"));
    };
    let wrong = |message: String| Problem::error("bad_expression", pointer, format!("`{sql}`: {message}"));
    let inputs = expressions
        .paths(sql)
        .map_err(wrong)?
        .iter()
        .map(|path| field(path, scope, catalog, pointer))
        .collect::<Result<Vec<_>, _>>()?;
    let column_type = expressions.result_type(sql, &inputs).map_err(wrong)?;
    let computed = Computed { sql: sql.to_owned(), inputs };
    Ok(Field { hops: Vec::new(), column: Column::new(sql, column_type), added: false, computed: Some(computed) })
}

struct Binder<'a> {
    catalog: &'a Catalog,
    moment: &'a Moment,
    problems: Vec<Problem>,
    /// The predefined filters that are being bound, outermost first.
    filters: Vec<String>,
    depth: usize,
}

impl Binder<'_> {
    fn error(&mut self, code: &str, pointer: &str, message: impl Into<String>) {
        self.problems.push(Problem::error(code, pointer, message));
    }
}

#[cfg(test)]
mod tests;
