//! Values that the rows which stay take from all rows of their group.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tutti_model::bind::Field;
use tutti_model::table::{Column, ColumnType};
use tutti_query::datafusion::functions::core::expr_fn::coalesce;
use tutti_query::datafusion::functions_aggregate::expr_fn::{max, min};
use tutti_query::datafusion::logical_expr::{Expr, ExprFunctionExt, lit};
use tutti_query::datafusion::prelude::ident;
use tutti_query::{Frame, functions, list_value};

use crate::operand::FieldOrExpression;
use crate::step::Error;

/// A column whose value is chosen among all rows of a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// The name of the column: a new one, or that of a field that it then replaces.
    pub name: String,
    /// The value of each row.
    pub field: FieldOrExpression,
    /// Which row's value is taken.
    #[serde(default)]
    pub take: Take,
}

/// Which value of a group is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Take {
    /// The first that is filled, in the order of the method.
    #[default]
    First,
    /// The lowest.
    Lowest,
    /// The highest.
    Highest,
}

impl Merge {
    /// The column that it adds.
    pub(super) fn column(&self, field: &Field) -> Column {
        Column::new(&self.name, field.column.column_type)
    }
}

/// Adds the merged columns; rows of a group have equal `by`. Answers the frame and the columns' names in it, which
/// differ from those that they will have.
pub(super) fn merged<'a>(
    frame: Frame<'a>,
    merges: &[(&Merge, Field)],
    by: Vec<Expr>,
    order: &[(Expr, bool)],
) -> Result<Frame<'a>, Error> {
    let keys: Vec<Expr> = frame.keys().iter().map(ident).collect();
    let descending: Vec<bool> =
        order.iter().map(|(_, descending)| *descending).chain(keys.iter().map(|_| false)).collect();
    let position =
        functions::row_key(order.iter().map(|(expr, _)| expr.clone()).chain(keys).collect(), &descending);
    let mut aggregates = Vec::new();
    for (index, (merge, field)) in merges.iter().enumerate() {
        let value = frame.column(field);
        let aggregate = match merge.take {
            Take::Lowest => min(value),
            Take::Highest => max(value),
            Take::First => {
                let filled = filled(value.clone(), field.column.column_type);
                functions::first_rows(1, position.clone(), vec![value]).filter(filled).build()?
            }
        };
        aggregates.push((aggregate, group_name(index)));
    }
    let frame = frame.with_group_values(by, aggregates)?;
    let columns = merges.iter().enumerate().map(|(index, (merge, field))| {
        let of_group = ident(group_name(index));
        let value = if merge.take == Take::First { list_value(of_group, 1, 0) } else { of_group };
        // A row without a value in `by` is a group of its own.
        (coalesce(vec![value, frame.column(field)]), name(index))
    });
    let columns = columns.collect();
    Ok(frame.with_columns(columns)?)
}

/// Whether a value is there: not NULL and not an empty text.
pub(super) fn filled(value: Expr, column_type: ColumnType) -> Expr {
    match column_type {
        ColumnType::String => value.clone().is_not_null().and(value.not_eq(lit(""))),
        _ => value.is_not_null(),
    }
}

/// The name of a merged column in the plan, until it gets its own.
pub(super) fn name(index: usize) -> String {
    format!("__merged_{index}")
}

fn group_name(index: usize) -> String {
    format!("__merging_{index}")
}
