//! The counts of a rule's parts, in one pass: every part is a boolean column beside the rows, and what parts have in
//! common is computed once.

use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::Int64Type;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{Expr, ExprFunctionExt, LogicalPlanBuilder, lit};
use tutti_model::bind::Predicate;

use crate::error::Result;
use crate::frame::{Frame, Planner, column};
use crate::predicate::{combine, condition};
use crate::session::Session;

/// For each of `parts`, the number of rows of `table` that match it.
pub async fn count_parts(
    session: &Session,
    planner: &Planner<'_>,
    table: &str,
    parts: &[Predicate],
) -> Result<Vec<u64>> {
    let mut marks = Marks { frame: planner.asked(table)?, known: Vec::new() };
    let mut counts = Vec::with_capacity(parts.len());
    for (number, part) in parts.iter().enumerate() {
        let mark = marks.mark(part)?;
        counts.push(count(lit(1i64)).filter(mark).build()?.alias(format!("__count_{number}")));
    }
    let plan = LogicalPlanBuilder::from(marks.frame.into_plan()).aggregate(Vec::<Expr>::new(), counts)?.build()?;
    let batches = session.collect(plan).await?;
    let row = batches.iter().find(|batch| batch.num_rows() > 0);
    let counted = |batch: &datafusion::arrow::array::RecordBatch| -> Vec<u64> {
        batch.columns().iter().map(|column| column.as_primitive::<Int64Type>().value(0).unsigned_abs()).collect()
    };
    Ok(row.map(counted).unwrap_or_default())
}

/// Rows with a boolean column for each condition that was asked; NULL is no match.
struct Marks<'a> {
    frame: Frame<'a>,
    known: Vec<(Predicate, String)>,
}

impl Marks<'_> {
    fn mark(&mut self, predicate: &Predicate) -> Result<Expr> {
        Ok(match predicate {
            Predicate::Constant(value) => lit(*value),
            Predicate::Not(inner) => self.mark(inner)?.is_not_true(),
            Predicate::All(parts) | Predicate::Any(parts) => {
                let marks = parts.iter().map(|part| self.mark(part)).collect::<Result<Vec<_>>>()?;
                combine(marks, matches!(predicate, Predicate::All(_)))
            }
            leaf => {
                if let Some((_, name)) = self.known.iter().find(|(known, _)| known == leaf) {
                    return Ok(column(name));
                }
                let (frame, condition) = condition(self.frame.clone(), leaf)?;
                let name = frame.planner.fresh("part");
                self.frame = frame.with_columns(vec![(condition, name.clone())])?;
                self.known.push((leaf.clone(), name.clone()));
                column(&name)
            }
        })
    }
}
