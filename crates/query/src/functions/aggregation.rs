//! Aggregates in expressions: what is computed over the linked rows.

use datafusion::logical_expr::Expr;
use tutti_model::bind::Function;
use tutti_model::table::ColumnType;

/// The aggregates of the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregation {
    /// One that rules know by the same name.
    Of(Function),
    /// Counts rows.
    CountAll,
}

/// A call of an aggregate.
#[derive(Clone, Debug)]
pub struct AggregateCall {
    /// The column that stands for its value in the expression around it.
    pub name: String,
    pub function: Function,
    /// What is aggregated, over the columns of a linked row, and its type; `None` counts rows.
    pub operand: Option<(Expr, ColumnType)>,
    pub distinct: bool,
    /// Between texts that are joined.
    pub separator: String,
}
