//! Rows of one table found by the fields of other rows, and members of audiences.

use datafusion::logical_expr::{Expr, JoinType, LogicalPlanBuilder};
use tutti_model::audience;
use tutti_model::bind::Field;
use tutti_model::table::{Column, ColumnType, Table};

use crate::error::Result;
use crate::frame::{Frame, Planner, column, comparable, join};
use crate::functions::casefold;

impl<'a> Planner<'a> {
    /// The members of an audience whose rows are in `table`, its dimension's; `columns` are those that were saved.
    pub fn members(&'a self, name: &str, table: &Table, columns: &[Column]) -> Result<Frame<'a>> {
        let members = self.rows(&audience::table_name(name))?;
        let rows = self.rows(&table.name)?;
        let prefix = self.fresh("row");
        let keys: Vec<(&String, String)> =
            table.primary_key.iter().enumerate().map(|(index, key)| (key, format!("{prefix}_{index}"))).collect();
        let rows = rows.into_plan();
        let rows =
            LogicalPlanBuilder::from(rows).project(keys.iter().map(|(key, name)| column(key).alias(name)))?.build()?;
        let on = keys.iter().map(|(key, name)| (column(key), column(name))).collect();
        let plan = join(members.into_plan(), rows, JoinType::LeftSemi, on)?;
        self.population(&table.name, plan, columns)
    }
}

impl<'a> Frame<'a> {
    /// The rows of `table` for which there is a row here whose fields equal theirs, pair by pair: texts without regard
    /// to case, and NULL equals nothing. Each comes once, with the added columns of the row of the lowest key that
    /// fits.
    pub fn matched(self, table: &Table, pairs: &[(Field, Field)]) -> Result<Frame<'a>> {
        let planner = self.planner;
        let here = self.with_fields(pairs.iter().map(|(here, _)| here))?;
        let there = planner.rows(&table.name)?.with_fields(pairs.iter().map(|(_, there)| there))?;
        let prefix = planner.fresh("match");
        let named = |what: &str, index: usize| format!("{prefix}_{what}_{index}");
        let added: Vec<Column> =
            here.added().iter().filter(|column| !table.primary_key.contains(&column.name)).cloned().collect();
        let values = here.keys().iter().enumerate().map(|(index, key)| column(key).alias(named("key", index)));
        let values = values
            .chain(added.iter().enumerate().map(|(index, added)| column(&added.name).alias(named("added", index))))
            .chain(pairs.iter().enumerate().map(|(index, (here, _))| column(&here.path()).alias(named("here", index))));
        let orders: Vec<(Expr, bool)> =
            (0..here.keys().len()).map(|index| (column(&named("key", index)), false)).collect();
        let values: Vec<Expr> = values.collect();
        let here = LogicalPlanBuilder::from(here.into_plan()).project(values)?.build()?;
        let keys = table.primary_key.iter().map(|key| column(key));
        let fields =
            pairs.iter().enumerate().map(|(index, (_, there))| column(&there.path()).alias(named("there", index)));
        let there = LogicalPlanBuilder::from(there.into_plan()).project(keys.clone().chain(fields))?.build()?;
        let on = pairs.iter().enumerate().map(|(index, (here, there))| {
            let types = (here.column.column_type, there.column.column_type);
            equal((column(&named("here", index)), column(&named("there", index))), types)
        });
        let joined = join(there, here, JoinType::Inner, on.collect())?;
        let found = added.iter().enumerate().map(|(index, added)| column(&named("added", index)).alias(&added.name));
        let plan = LogicalPlanBuilder::from(joined)
            .project(keys.clone().chain(found).chain(orders.iter().map(|(order, _)| order.clone())))?
            .build()?;
        let found = planner.population(&table.name, plan, &added)?;
        let kept = planner.fresh("kept");
        let first = found.mark_first(keys.collect(), orders, 1, &kept)?.filter_by(column(&kept))?;
        planner.population(&table.name, first.select_population()?, &added)
    }

    /// The columns `keys`, then values under their names, as a plan.
    pub fn select_as(
        self,
        keys: &[String],
        values: Vec<(Expr, String)>,
    ) -> Result<datafusion::logical_expr::LogicalPlan> {
        let keys = keys.iter().map(|key| column(key));
        let values = values.into_iter().map(|(value, name)| value.alias(name));
        Ok(LogicalPlanBuilder::from(self.into_plan()).project(keys.chain(values))?.build()?)
    }
}

impl Frame<'_> {
    /// The rows for which there is a row of `table` as [`Frame::matched`] says, or those for which there is none.
    pub fn having_match(self, table: &Table, pairs: &[(Field, Field)], matched: bool) -> Result<Self> {
        let planner = self.planner;
        let here = self.with_fields(pairs.iter().map(|(here, _)| here))?;
        let there = planner.rows(&table.name)?.with_fields(pairs.iter().map(|(_, there)| there))?;
        let prefix = planner.fresh("match");
        let name = |index: usize| format!("{prefix}_{index}");
        let fields = pairs.iter().enumerate().map(|(index, (_, there))| column(&there.path()).alias(name(index)));
        let there = LogicalPlanBuilder::from(there.into_plan()).project(fields)?.build()?;
        let on = pairs.iter().enumerate().map(|(index, (here, there))| {
            let types = (here.column.column_type, there.column.column_type);
            equal((column(&here.path()), column(&name(index))), types)
        });
        let on = on.collect();
        let join_type = if matched { JoinType::LeftSemi } else { JoinType::LeftAnti };
        here.map(|plan| join(plan, there, join_type, on))
    }

    /// Values of each row as a plan, sorted (descending where said, NULLs last) and then by key; columns are called `c0`,
    /// `c1` and so on. Distinct rows are sorted by what is asked, which has to be among the values, then by all of them.
    pub fn select_sorted(
        self,
        values: Vec<Expr>,
        orders: Vec<(Expr, bool)>,
        distinct: bool,
    ) -> Result<datafusion::logical_expr::LogicalPlan> {
        let name = |index: usize| format!("c{index}");
        let named: Vec<Expr> =
            values.iter().enumerate().map(|(index, value)| value.clone().alias(name(index))).collect();
        let columns: Vec<Expr> = (0..values.len()).map(|index| column(&name(index))).collect();
        if distinct {
            let place =
                |order: &Expr| values.iter().position(|value| value == order).map(|index| columns[index].clone());
            let asked = orders.iter().filter_map(|(order, descending)| Some(place(order)?.sort(!descending, false)));
            let sorts: Vec<_> = asked.chain(columns.iter().map(|column| column.clone().sort(true, false))).collect();
            let plan = LogicalPlanBuilder::from(self.into_plan()).project(named)?.distinct()?.sort(sorts)?;
            return Ok(plan.build()?);
        }
        let hidden = |index: usize| format!("__order_{index}");
        let keys = self.keys().iter().map(|key| (column(key), false));
        let orders: Vec<(Expr, bool)> = orders.into_iter().chain(keys).collect();
        let helpers = orders.iter().enumerate().map(|(index, (order, _))| order.clone().alias(hidden(index)));
        let all: Vec<Expr> = named.into_iter().chain(helpers).collect();
        let sorts: Vec<_> = orders
            .iter()
            .enumerate()
            .map(|(index, (_, descending))| column(&hidden(index)).sort(!descending, false))
            .collect();
        let plan = LogicalPlanBuilder::from(self.into_plan()).project(all)?.sort(sorts)?.project(columns)?;
        Ok(plan.build()?)
    }
}

/// Both sides of an equality, brought to what is compared.
fn equal(pair: (Expr, Expr), types: (ColumnType, ColumnType)) -> (Expr, Expr) {
    match types {
        (ColumnType::String, ColumnType::String) => (casefold(pair.0), casefold(pair.1)),
        (here, there) => comparable(pair, here, there),
    }
}
