//! Rows beside the rows that they lead to, and the first rows of groups, where what is kept is not the row itself but
//! what stands in it.

use datafusion::functions::core::expr_fn::get_field;
use datafusion::functions_nested::expr_fn::array_element;
use datafusion::logical_expr::{Expr, JoinType, LogicalPlan, LogicalPlanBuilder, lit};
use tutti_model::bind::{Count, Predicate, Related};
use tutti_model::catalog::Hop;
use tutti_model::table::{Column, ColumnType};

use crate::error::Result;
use crate::frame::{Frame, Planner, column, comparable, join};
use crate::functions::{self, row_key};
use crate::related::{Linked, rename_right, with_parent_keys};

impl<'a> Frame<'a> {
    /// The rows at the end of `hops` beside the rows of this frame that lead to them: an inner join. The columns of
    /// this frame come with `prefix` and a dot before their names; those at the end have their own.
    pub fn beside_related(self, hops: &[Hop], prefix: &str) -> Result<Frame<'a>> {
        let frame = with_parent_keys(self, hops)?;
        let linked = Linked::rows(&frame, hops, &Predicate::Constant(true))?;
        let renamed: Vec<Expr> = frame
            .plan
            .schema()
            .columns()
            .into_iter()
            .map(|name| {
                let renamed = format!("{prefix}.{}", name.name);
                Expr::Column(name).alias(renamed)
            })
            .collect();
        let parents = LogicalPlanBuilder::from(frame.plan.clone()).project(renamed)?.build()?;
        let on = linked.on.iter().map(|(parent, own)| (own.clone(), parent.clone())).collect();
        let on = rename_right(on, prefix)?;
        linked.frame.map(|plan| join(plan, parents, JoinType::Inner, on))
    }

    /// The rows of this frame beside those of `other` for which each pair of `on` (a value here, a value there) is equal,
    /// each with its type; without pairs, all beside all. Rules then see `other` as columns that rows carry.
    pub fn beside(
        self,
        other: LogicalPlan,
        on: Vec<((Expr, ColumnType), (Expr, ColumnType))>,
        carried: Vec<Column>,
    ) -> Result<Self> {
        let mut frame = self.map(|plan| {
            if on.is_empty() {
                return Ok(LogicalPlanBuilder::from(plan).cross_join(other)?.build()?);
            }
            let on =
                on.into_iter().map(|((here, of_here), (there, of_there))| comparable((here, there), of_here, of_there));
            join(plan, other, JoinType::Inner, on.collect())
        })?;
        frame.add_carried(carried);
        Ok(frame)
    }

    /// Adds values of the whole group of each row: `values` are aggregates over its rows, with names. Rows of a group
    /// have equal `by`; a row with a NULL in `by` has no group, and gets NULLs.
    pub fn with_group_values(self, by: Vec<Expr>, values: Vec<(Expr, String)>) -> Result<Self> {
        let planner = self.planner;
        let before: Vec<Expr> = self.plan.schema().columns().into_iter().map(Expr::Column).collect();
        let names: Vec<(String, String)> = by.iter().map(|_| (planner.fresh("by"), planner.fresh("group"))).collect();
        let by: Vec<Expr> = by.into_iter().zip(&names).map(|(by, (name, _))| by.alias(name)).collect();
        let rows = LogicalPlanBuilder::from(self.plan.clone()).project(before.iter().cloned().chain(by))?.build()?;
        let results: Vec<String> = values.iter().map(|_| planner.fresh("value")).collect();
        let aggregates = values.iter().zip(&results).map(|((value, _), result)| value.clone().alias(result));
        let groups = LogicalPlanBuilder::from(rows.clone())
            .aggregate(names.iter().map(|(by, _)| column(by)), aggregates)?
            .project(
                names
                    .iter()
                    .map(|(by, group)| column(by).alias(group))
                    .chain(results.iter().map(|result| column(result))),
            )?
            .build()?;
        let on = names.iter().map(|(by, group)| (column(by), column(group))).collect();
        let joined = join(rows, groups, JoinType::Left, on)?;
        let added = values.iter().zip(&results).map(|((_, name), result)| column(result).alias(name));
        self.map(|_| Ok(LogicalPlanBuilder::from(joined).project(before.into_iter().chain(added))?.build()?))
    }

    /// Keeps the rows that have a linked row, or with `anti` those that have none.
    pub fn having_related(self, hops: &[Hop], anti: bool) -> Result<Self> {
        let related = Related::new(hops.to_vec(), Predicate::Constant(true), Count::AtLeast(1));
        let some = Predicate::Related(related);
        self.filter(&if anti { Predicate::Not(Box::new(some)) } else { some })
    }
}

/// The binary position of a row: `order` (and whether each is descending), then the columns `keys`.
pub(crate) fn position(order: Vec<(Expr, bool)>, keys: &[String]) -> Expr {
    let descending: Vec<bool> =
        order.iter().map(|(_, descending)| *descending).chain(keys.iter().map(|_| false)).collect();
    row_key(order.into_iter().map(|(expr, _)| expr).chain(keys.iter().map(|key| column(key))).collect(), &descending)
}

/// For each group of `plan`, its first `count` rows: the columns `by`, and a list column `name` of structures that hold
/// `values`, as [`Frame::with_linked_values`] makes it. Ties go by `ties`.
pub fn lists_of_groups(
    plan: LogicalPlan,
    by: &[String],
    order: Vec<(Expr, bool)>,
    ties: &[String],
    count: usize,
    values: Vec<Expr>,
    name: &str,
) -> Result<LogicalPlan> {
    let groups: Vec<Expr> = by.iter().map(|name| column(name)).collect();
    let firsts = functions::first_rows(count, position(order, ties), values).alias(name);
    Ok(LogicalPlanBuilder::from(plan).aggregate(groups, vec![firsts])?.build()?)
}

/// Field `index` of the row at `place` (from 1) of a list that [`Frame::with_linked_values`] made; NULL past its end.
pub fn list_value(list: Expr, place: usize, index: usize) -> Expr {
    let place = lit(i64::try_from(place).unwrap_or(i64::MAX));
    get_field(array_element(list, place), functions::value_name(index))
}

/// The first `count` rows of each group of `plan`, as rows with the same columns. Rows of a group have equal `by`; ties
/// go by `ties`, which together tell all rows of a group apart.
pub fn first_of_groups(
    planner: &Planner<'_>,
    plan: LogicalPlan,
    by: &[String],
    order: Vec<(Expr, bool)>,
    ties: &[String],
    count: usize,
) -> Result<LogicalPlan> {
    let all: Vec<String> = plan.schema().fields().iter().map(|field| field.name().clone()).collect();
    let others: Vec<&String> = all.iter().filter(|name| !by.contains(name)).collect();
    let groups: Vec<Expr> = by.iter().map(|name| column(name)).collect();
    if others.is_empty() {
        return Ok(LogicalPlanBuilder::from(plan).project(groups)?.distinct()?.build()?);
    }
    let list = planner.fresh("list");
    let values = others.iter().map(|name| column(name)).collect();
    let firsts = functions::first_rows(count, position(order, ties), values).alias(&list);
    let grouped = LogicalPlanBuilder::from(plan).aggregate(groups, vec![firsts])?;
    let (rows, row) = if count == 1 {
        (grouped, array_element(column(&list), lit(1i64)))
    } else {
        (grouped.unnest_column(list.as_str())?, column(&list))
    };
    let columns = all.iter().map(|name| match others.iter().position(|other| *other == name) {
        None => column(name),
        Some(index) => get_field(row.clone(), functions::value_name(index)).alias(name),
    });
    Ok(rows.project(columns)?.build()?)
}
