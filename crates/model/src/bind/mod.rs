//! Binding: what a rule means on the tables of a catalog. The result has two-valued logic by construction: every
//! negative operator, `not` and `none` is [`Predicate::Not`] around its positive form, so it is the exact complement.

mod aggregate;
mod condition;
mod doubt;
mod expression;
mod feedback;
mod group;
mod operator;
mod parameters;
mod period;
mod related;
mod words;

use std::collections::HashMap;

use crate::catalog::{Catalog, Hop};
use crate::date_math::Moment;
use crate::problem::Problem;
use crate::table::{Column, ColumnType};
use crate::value::Literal;
use crate::variables::Variables;

pub use expression::{Computed, Expressions, Fault, Keys, Names, Position, aggregate_expression, expression};
pub use words::{sentence, words};

/// How deep groups, related rows and filters may nest.
pub const DEPTH_MAX: usize = 64;

/// How many groups and conditions a rule may have, with those of the filters that it uses.
pub const CONDITIONS_MAX: usize = 10_000;

/// A rule, bound to tables and types. Each variant is true or false for every row, never unknown.
#[expect(clippy::large_enum_variant, reason = "a rule has few parts, and they are read more than moved")]
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
    Member(Member),
}

/// True for rows whose key is in a population of the run.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// `activity.port`.
    pub population: String,
    /// The key columns, which the population has too.
    pub keys: Vec<String>,
}

/// True when the number of linked rows for which `filter` holds passes `count`.
#[derive(Clone, Debug, PartialEq)]
pub struct Related {
    /// At least one step; `filter` is over the table where the last one ends.
    pub hops: Vec<Hop>,
    /// Of the linked rows only the first, in an order; `filter` is asked of those.
    pub pick: Option<Pick>,
    pub filter: Box<Predicate>,
    pub count: Count,
}

impl Related {
    /// Of all linked rows.
    pub fn new(hops: Vec<Hop>, filter: Predicate, count: Count) -> Self {
        Self { hops, pick: None, filter: Box::new(filter), count }
    }
}

/// Of the rows linked to one row the first `n`, in the order of `by` and then of their key. Rows without a value in
/// `by` are last in either direction. A row that is reached on two ways is picked once.
#[derive(Clone, Debug, PartialEq)]
pub struct Pick {
    pub by: Box<Field>,
    pub descending: bool,
    /// 1 or more.
    pub n: u64,
    /// Only rows for which this holds are looked at.
    pub filter: Box<Predicate>,
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
    /// The expression with aggregates, where the function is [`Function::Expression`].
    pub expression: Option<Computed>,
    /// Each value counts once.
    pub distinct: bool,
    /// Stands between texts that are joined.
    pub separator: String,
    /// Whether texts are ordered with their case; else the value is folded.
    pub case_sensitive: bool,
    pub filter: Box<Predicate>,
    /// Of the rows for which `filter` holds, only the first in an order.
    pub pick: Option<Pick>,
    pub result_type: ColumnType,
    /// Not looked at where the aggregate is a value that something else is compared with.
    pub test: Test,
}

impl Aggregate {
    /// A function over a field of all linked rows; it still has to be told what it is tested for.
    pub fn new(hops: Vec<Hop>, function: Function, operand: Option<Field>, result_type: ColumnType) -> Self {
        Self {
            hops,
            function,
            operand,
            expression: None,
            distinct: false,
            separator: String::new(),
            case_sensitive: false,
            filter: Box::new(Predicate::Constant(true)),
            pick: None,
            result_type,
            test: Test::Never,
        }
    }
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
    /// Texts in ascending order, joined by a separator.
    StringAgg,
    /// An expression with aggregates in it.
    Expression,
}

impl Function {
    pub const NAMES: [(&'static str, Self); 8] = [
        ("count", Self::Count),
        ("countDistinct", Self::CountDistinct),
        ("sum", Self::Sum),
        ("avg", Self::Avg),
        ("min", Self::Min),
        ("max", Self::Max),
        ("stddev", Self::Stddev),
        ("stringAgg", Self::StringAgg),
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
    /// How the value is computed; the column then has the expression, and what its variables are, as its name.
    pub computed: Option<Computed>,
    /// The value over linked rows that this is; the column then has the aggregate's text, and what its variables are, as
    /// its name.
    pub aggregate: Option<Box<Aggregate>>,
}

impl Field {
    /// A column of a table.
    pub fn new(hops: Vec<Hop>, column: Column) -> Self {
        Self { hops, column, added: false, computed: None, aggregate: None }
    }

    /// A column that a population carries.
    pub fn added(column: Column) -> Self {
        Self { hops: Vec::new(), column, added: true, computed: None, aggregate: None }
    }

    /// The columns that the value comes from: its own, or those of its expression. Those of linked rows are not among
    /// them.
    pub fn sources(&self) -> Vec<&Self> {
        match &self.computed {
            None if self.aggregate.is_some() => Vec::new(),
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
#[allow(clippy::large_enum_variant, reason = "a rule has few tests, and they do not move")]
pub enum Test {
    /// Compared with a variable that has no value: holds for no row.
    Never,
    /// There is no value.
    Null,
    /// There is no value, or an empty text.
    Empty,
    Compare(Comparison, Right),
    /// Both ends included.
    Between(Right, Right),
    /// Within one of some spans of time.
    Within(Vec<Period>),
    In(Vec<Right>),
    Contains(Right),
    BeginsWith(Right),
    EndsWith(Right),
    /// `%` stands for any text, `_` for one character, `\` makes the next character plain.
    Like(Right),
}

/// A span of time, from its start up to and without its end. Both are of the type of what is compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Period {
    pub from: Literal,
    pub to: Literal,
    /// As it stands after "is": `in the next 7 days`.
    pub words: String,
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
#[expect(clippy::large_enum_variant, reason = "a rule has few parts, and they are read more than moved")]
#[derive(Clone, Debug, PartialEq)]
pub enum Right {
    Literal(Literal),
    /// A field of the row that the rule is about.
    Field(Field),
}

impl Right {
    pub fn literal(&self) -> Option<&Literal> {
        match self {
            Self::Literal(literal) => Some(literal),
            Self::Field(_) => None,
        }
    }
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
    let mut binder = Binder::new(catalog, moment);
    let predicate = binder.rule(&rule.0, scope, pointer);
    let failed = binder.problems.iter().any(Problem::is_error);
    problems.append(&mut binder.problems);
    predicate.filter(|_| !failed)
}

/// Binds the rule of a predefined filter, whose dimension's rows are those of `table`; parameters without a default have
/// an example. Problems have pointers into the filter's document.
pub fn bind_filter(
    filter: &crate::dimension::Filter,
    table: &str,
    catalog: &Catalog,
    moment: &Moment,
    problems: &mut Vec<Problem>,
) -> Option<Predicate> {
    let mut binder = Binder::new(catalog, moment);
    let predicate = binder.filter_itself(filter, table);
    problems.append(&mut binder.problems);
    predicate
}

/// Resolves a field path to a single value of each row of `scope`: to-one links only.
pub fn field(path: &str, scope: Scope<'_>, catalog: &Catalog, pointer: &str) -> Result<Field, Problem> {
    if let Some(column) = scope.added.iter().find(|column| column.name == path) {
        return Ok(Field::added(column.clone()));
    }
    let resolved = catalog.resolve(scope.table, path, pointer).map_err(|mut problem| {
        let carried = || scope.added.iter().map(|column| column.name.as_str());
        if let Some(near) = crate::problem::nearest(path, carried()) {
            problem.hint = Some(format!("did you mean `{near}`?"));
        } else if let Some(known) = problem.hint.as_deref().and_then(|hint| hint.strip_prefix("known are ")) {
            let carried: String = carried().take(12).map(|name| format!("`{name}`, ")).collect();
            problem.hint = Some(format!("known are {carried}{known}"));
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

struct Binder<'a> {
    catalog: &'a Catalog,
    moment: &'a Moment,
    problems: Vec<Problem>,
    /// The predefined filters that are being bound, outermost first.
    filters: Vec<String>,
    /// Filters that are bound already, by name, rule and all parameters that are known inside.
    bound_filters: HashMap<(String, String, String), BoundFilter>,
    /// The parameters of the filters that are being bound, inner ones before outer ones of the same name.
    parameters: Variables,
    /// Whether parameters have examples in place of values.
    examples: bool,
    depth: usize,
    /// The deepest level that was bound so far.
    deepest: usize,
    conditions: usize,
}

/// A filter with its parameters filled in.
#[derive(Clone)]
struct BoundFilter {
    predicate: Predicate,
    /// Groups and conditions in it, those of its filters included.
    conditions: usize,
    /// Levels below the first.
    levels: usize,
}

impl<'a> Binder<'a> {
    fn new(catalog: &'a Catalog, moment: &'a Moment) -> Self {
        Self {
            catalog,
            moment,
            problems: Vec::new(),
            filters: Vec::new(),
            bound_filters: HashMap::new(),
            parameters: Variables::default(),
            examples: false,
            depth: 0,
            deepest: 0,
            conditions: 0,
        }
    }

    fn error(&mut self, code: &str, pointer: &str, message: impl Into<String>) {
        self.problems.push(Problem::error(code, pointer, message));
    }
}

#[cfg(test)]
mod tests;
