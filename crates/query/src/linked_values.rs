//! Values of linked rows as columns: aggregates over them, or the first few of them. Those over one link are computed
//! in one pass over its rows, grouped once.

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::logical_expr::{Expr, ExprSchemable, JoinType, LogicalPlanBuilder, cast, lit, when};
use tutti_model::bind::{Aggregate, Field, Function, Predicate};
use tutti_model::catalog::Hop;

use crate::aggregate::{Grouping, grouping, inputs, over_nothing};
use crate::collect::position;
use crate::error::Result;
use crate::frame::{Frame, column, join};
use crate::functions;
use crate::related::{Linked, with_parent_keys, with_value};

/// Which linked rows are collected, and what of each.
#[derive(Clone, Debug)]
pub struct Collect<'f> {
    /// At least one step.
    pub hops: &'f [Hop],
    /// Over the table where the steps end.
    pub filter: &'f Predicate,
    /// What comes first: a field there, and whether it is descending. NULLs are last; ties go by the key.
    pub order: Vec<(&'f Field, bool)>,
    /// How many rows at most.
    pub count: usize,
    pub fields: Vec<&'f Field>,
}

/// What becomes a column.
#[derive(Clone, Debug)]
pub enum LinkedValue<'f> {
    /// The value of an aggregate; its test is not looked at. Over no rows, counts and sums are 0 and others NULL.
    Aggregate(&'f Aggregate),
    /// The first linked rows, as a list of structures whose fields are read with [`crate::list_value`]; NULL where
    /// there are none.
    First(Collect<'f>),
}

impl LinkedValue<'_> {
    fn hops(&self) -> &[Hop] {
        match self {
            Self::Aggregate(aggregate) => &aggregate.hops,
            Self::First(collect) => collect.hops,
        }
    }

    fn filter(&self) -> &Predicate {
        match self {
            Self::Aggregate(aggregate) => &aggregate.filter,
            Self::First(collect) => collect.filter,
        }
    }

    /// Whether it can be computed in a pass with others: the rows are all linked rows, and what is kept of a group is
    /// little. (The engine has a way of its own for a distinct aggregate that stands alone.)
    fn shares(&self) -> bool {
        let Self::Aggregate(aggregate) = self else { return true };
        let is_small = matches!(
            aggregate.function,
            Function::Count | Function::Sum | Function::Avg | Function::Min | Function::Max | Function::Stddev
        );
        aggregate.pick.is_none() && is_small && !aggregate.distinct
    }
}

type Named<'v, 'f> = (&'v LinkedValue<'f>, &'v str);

impl<'a> Frame<'a> {
    /// Adds values over linked rows, each with its name. Only linked rows of `candidates` are read, which has the rows of
    /// this frame, or more: as few joins as possible, since they are made again.
    pub fn with_linked_values(self, candidates: &Self, values: &[(LinkedValue<'_>, String)]) -> Result<Self> {
        let mut passes: Vec<Vec<Named<'_, '_>>> = Vec::new();
        for (value, name) in values {
            let same = |pass: &&mut Vec<Named<'_, '_>>| {
                value.shares() && pass.iter().all(|(other, _)| other.shares() && other.hops() == value.hops())
            };
            match passes.iter_mut().find(same) {
                Some(pass) => pass.push((value, name)),
                None => passes.push(vec![(value, name)]),
            }
        }
        passes.into_iter().try_fold(self, |frame, pass| match pass.as_slice() {
            [(LinkedValue::Aggregate(aggregate), name)] => frame.with_related_value(candidates, aggregate, name),
            several => in_one_pass(frame, candidates, several),
        })
    }

    /// Adds the value of one aggregate, as [`Frame::with_linked_values`] does.
    pub fn with_related_value(self, candidates: &Self, aggregate: &Aggregate, name: &str) -> Result<Self> {
        let candidates = with_parent_keys(candidates.clone(), &aggregate.hops)?;
        with_value(self, Some(&candidates), aggregate, name)
    }
}

/// Values over the same link.
fn in_one_pass<'a>(frame: Frame<'a>, candidates: &Frame<'a>, values: &[Named<'_, '_>]) -> Result<Frame<'a>> {
    let Some((first, _)) = values.first() else { return Ok(frame) };
    let hops = first.hops();
    let frame = with_parent_keys(frame, hops)?;
    let candidates = with_parent_keys(candidates.clone(), hops)?;
    let everything = Predicate::Constant(true);
    let is_common = values.iter().all(|(value, _)| value.filter() == first.filter());
    let common = if is_common { first.filter() } else { &everything };
    let linked = Linked::rows(&frame, hops, common)?.narrowed(&candidates)?;
    let (on, groups) = (linked.on.clone(), linked.group());
    let mut pass =
        Pass { rows: linked.frame, marks: Vec::new(), parts: Vec::new(), made: Vec::new(), results: Vec::new() };
    for (value, _) in values {
        let condition = if value.filter() == common { None } else { Some(pass.mark(value.filter())?) };
        pass.add(value, condition.as_ref())?;
    }
    let Pass { rows, parts, made, results, .. } = pass;
    let (names, present): (Vec<String>, String) =
        (values.iter().map(|_| frame.planner.fresh("value")).collect(), frame.planner.fresh("present"));
    let named = results.into_iter().zip(&names).map(|(result, name)| result.alias(name));
    let grouped = LogicalPlanBuilder::from(rows.into_plan())
        .aggregate(groups.clone(), parts)?
        .project(groups.iter().cloned().chain(made))?
        .project(groups.into_iter().chain(named).chain([lit(true).alias(&present)]))?
        .build()?;
    let mut columns: Vec<Expr> = frame.plan.schema().columns().into_iter().map(Expr::Column).collect();
    for ((value, name), own) in values.iter().zip(&names) {
        let value_type = column(own).get_type(grouped.schema())?;
        let nothing = match value {
            LinkedValue::Aggregate(aggregate) => Some(over_nothing(aggregate)?),
            LinkedValue::First(_) => None,
        };
        let value = match nothing {
            Some(Expr::Literal(value, _)) if value.is_null() => column(own),
            Some(nothing) => when(column(&present).is_true(), column(own)).otherwise(cast(nothing, value_type))?,
            None => column(own),
        };
        columns.push(value.alias(*name));
    }
    frame.map(|plan| {
        let joined = join(plan, grouped, JoinType::Left, on)?;
        Ok(LogicalPlanBuilder::from(joined).project(columns)?.build()?)
    })
}

/// Linked rows, and what is computed of them.
struct Pass<'a> {
    rows: Frame<'a>,
    /// Conditions that are columns of the rows.
    marks: Vec<(Predicate, String)>,
    /// The engine's aggregates.
    parts: Vec<Expr>,
    /// What is made of them first, each with a name.
    made: Vec<Expr>,
    /// One for each value, from what was made.
    results: Vec<Expr>,
}

impl Pass<'_> {
    /// A column that says which rows a value is over.
    fn mark(&mut self, filter: &Predicate) -> Result<Expr> {
        if let Some((_, name)) = self.marks.iter().find(|(known, _)| known == filter) {
            return Ok(column(name));
        }
        let name = self.rows.planner.fresh("of");
        self.rows = self.rows.clone().mark(filter, &name)?;
        self.marks.push((filter.clone(), name.clone()));
        Ok(column(&name))
    }

    fn add(&mut self, value: &LinkedValue<'_>, condition: Option<&Expr>) -> Result<()> {
        let planner = self.rows.planner;
        match value {
            LinkedValue::Aggregate(aggregate) => {
                let prefix = planner.fresh("group");
                let Grouping { parts, values, result } = grouping(aggregate, &prefix, planner.to_read)?;
                self.rows = self.rows.clone().with_fields(inputs(aggregate))?;
                for part in parts {
                    self.parts.push(over(part, condition)?);
                }
                self.made.extend(values);
                self.results.push(result);
            }
            LinkedValue::First(collect) => {
                let ordered = collect.order.iter().map(|(field, _)| *field);
                self.rows = self.rows.clone().with_fields(collect.fields.iter().copied().chain(ordered))?;
                let order = collect.order.iter().map(|(field, descending)| (self.rows.column(field), *descending));
                let position = position(order.collect(), &self.rows.table().primary_key);
                let values = collect.fields.iter().map(|field| self.rows.column(field)).collect();
                let list = planner.fresh("list");
                let firsts = functions::first_rows(collect.count, position, values).alias(&list);
                self.parts.push(over(firsts, condition)?);
                self.made.push(column(&list));
                self.results.push(column(&list));
            }
        }
        Ok(())
    }
}

/// The aggregate over only the rows for which `condition` holds.
fn over(aggregate: Expr, condition: Option<&Expr>) -> Result<Expr> {
    let Some(condition) = condition else { return Ok(aggregate) };
    let filtered = aggregate.transform(|expr| match expr {
        Expr::AggregateFunction(mut function) => {
            function.params.filter = Some(Box::new(condition.clone()));
            Ok(Transformed::yes(Expr::AggregateFunction(function)))
        }
        other => Ok(Transformed::no(other)),
    })?;
    Ok(filtered.data)
}
