//! Rows beside the rows of a table that they are to become.

use datafusion::logical_expr::{Expr, JoinType, LogicalPlanBuilder, lit};
use tutti_model::table::Table;

use crate::error::Result;
use crate::frame::{Frame, column, join};

impl Frame<'_> {
    /// Adds the columns of the row of `table` whose key columns equal `key`, in the order of its key, each with `prefix`
    /// before its name, and `{prefix}there`, never NULL: whether there is such a row.
    pub fn with_stored(self, table: &Table, key: Vec<Expr>, prefix: &str) -> Result<Self> {
        let stored = self.planner.rows(&table.name)?.into_plan();
        let there = format!("{prefix}there");
        let columns = table.columns.iter().map(|own| column(&own.name).alias(format!("{prefix}{}", own.name)));
        let stored = LogicalPlanBuilder::from(stored).project(columns.chain([lit(true).alias(&there)]))?.build()?;
        let on = key.into_iter().zip(&table.primary_key).map(|(value, key)| (value, column(&format!("{prefix}{key}"))));
        let on = on.collect();
        self.map(|plan| {
            let before: Vec<Expr> = plan.schema().columns().into_iter().map(Expr::Column).collect();
            let joined = join(plan, stored, JoinType::Left, on)?;
            let own = table.columns.iter().map(|own| column(&format!("{prefix}{}", own.name)));
            let known = column(&there).is_true().alias(&there);
            Ok(LogicalPlanBuilder::from(joined).project(before.into_iter().chain(own).chain([known]))?.build()?)
        })
    }

    /// These values under their names, sorted by key, as a plan.
    pub fn select_in_order(self, values: Vec<(Expr, String)>) -> Result<datafusion::logical_expr::LogicalPlan> {
        let sorts: Vec<_> = self.keys().iter().map(|key| column(key).sort(true, false)).collect();
        let plan = LogicalPlanBuilder::from(self.into_plan()).sort(sorts)?;
        Ok(plan.project(values.into_iter().map(|(value, name)| value.alias(name)))?.build()?)
    }
}
