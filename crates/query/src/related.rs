//! Rules over linked rows: the keys of the parents that match, as a plan, and how they are joined to the rows.
//!
//! Whether a parent without linked rows matches is decided beforehand. Where it does not, the parents that match are
//! found among those with linked rows (semi-join); where it does, those that do not match are (anti-join).

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::common::ExprSchema;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{
    Expr, ExprSchemable, JoinType, LogicalPlan, LogicalPlanBuilder, cast, exists, in_subquery, lit, out_ref_col, when,
};
use tutti_model::bind::{Aggregate, Count, Member, Pick, Predicate, Related};
use tutti_model::catalog::Hop;

use crate::error::Result;
use crate::frame::{Frame, Planner, column, column_type_of, comparable, join};
use crate::keep;
use crate::predicate::{fields_of_test, own_columns, semi, test_condition};

pub(crate) use crate::aggregate::aggregated;
use crate::aggregate::{holds_over_nothing, over_nothing};

/// Keeps the rows that match `predicate`, a related or aggregate rule, or with `negated` those that do not.
pub fn join_matches<'a>(frame: Frame<'a>, predicate: &Predicate, negated: bool) -> Result<Frame<'a>> {
    let frame = with_parent_keys(frame, hops(predicate))?;
    if let Predicate::Aggregate(aggregate) = predicate
        && !fields_of_test(&aggregate.test).is_empty()
    {
        let (frame, condition) = compared_with_fields(frame, aggregate)?;
        return frame.filter_by(if negated { condition.is_not_true() } else { condition });
    }
    let keys = Keys::find(&frame, predicate)?;
    let on = keys.on.clone();
    semi(frame, keys.plan, on, keys.complement != negated)
}

/// Adds what is needed to say for each row whether it matches, as an expression.
pub fn mark_matches<'a>(frame: Frame<'a>, predicate: &Predicate) -> Result<(Frame<'a>, Expr)> {
    if let Some((_, mark)) = frame.marks.iter().find(|(known, _)| known == predicate) {
        let mark = mark.clone();
        return Ok((frame, mark));
    }
    let (mut frame, mark) = marked(frame, predicate)?;
    frame.marks.push((predicate.clone(), mark.clone()));
    Ok((frame, mark))
}

fn marked<'a>(frame: Frame<'a>, predicate: &Predicate) -> Result<(Frame<'a>, Expr)> {
    let frame = with_parent_keys(frame, hops(predicate))?;
    if let Predicate::Aggregate(aggregate) = predicate
        && !fields_of_test(&aggregate.test).is_empty()
    {
        return compared_with_fields(frame, aggregate);
    }
    let keys = Keys::find(&frame, predicate)?;
    if frame.planner.to_read {
        let complement = keys.complement;
        let among = keys.membership(&frame)?;
        return Ok((frame, if complement { among.is_not_true() } else { among }));
    }
    let name = frame.planner.fresh("mark");
    let before: Vec<Expr> = frame.plan.schema().columns().into_iter().map(Expr::Column).collect();
    let frame = frame.map(|plan| {
        let joined = join(plan, keys.plan, JoinType::LeftMark, keys.on)?;
        let mark = joined.schema().columns().pop().map(Expr::Column).unwrap_or_else(|| lit(false));
        let columns = before.into_iter().chain([mark.alias(name.clone())]);
        Ok(LogicalPlanBuilder::from(joined).project(columns)?.build()?)
    })?;
    let mark = column(&name);
    Ok((frame, if keys.complement { mark.is_not_true() } else { mark }))
}

pub(crate) fn hops(predicate: &Predicate) -> &[Hop] {
    match predicate {
        Predicate::Related(related) => &related.hops,
        Predicate::Aggregate(aggregate) => &aggregate.hops,
        Predicate::Not(inner) => hops(inner),
        _ => &[],
    }
}

/// Brings in the columns of the row that the first link starts from.
pub(crate) fn with_parent_keys<'a>(frame: Frame<'a>, hops: &[Hop]) -> Result<Frame<'a>> {
    let Some(first) = hops.first() else { return Ok(frame) };
    let table = frame.table().clone();
    let fields: Vec<tutti_model::bind::Field> = first
        .on
        .iter()
        // A column that the rows carry is there already.
        .filter(|(here, _)| frame.added().iter().all(|column| column.name != *here))
        .filter_map(|(here, _)| table.column(here))
        .map(|column| tutti_model::bind::Field::new(Vec::new(), column.clone()))
        .collect();
    frame.with_fields(&fields)
}

/// The name under which a planner's tables have a population of the run, given as `activity.port`.
pub fn population_source(population: &str) -> String {
    format!("population {population}")
}

/// The keys of parents, and what they say: that those match, or with `complement` that those do not.
struct Keys {
    plan: LogicalPlan,
    on: Vec<(Expr, Expr)>,
    complement: bool,
}

impl Keys {
    fn find(frame: &Frame<'_>, predicate: &Predicate) -> Result<Self> {
        match predicate {
            Predicate::Related(related) => Self::of_related(frame, related),
            Predicate::Aggregate(aggregate) => Self::of_aggregate(frame, aggregate),
            Predicate::Member(member) => Self::of_population(frame, member),
            _ => Ok(Self { plan: LogicalPlanBuilder::empty(false).build()?, on: Vec::new(), complement: false }),
        }
        .and_then(|keys| {
            // A name of its own makes it a derived table in SQL.
            let plan = LogicalPlanBuilder::from(keys.plan).alias(frame.planner.fresh("linked"))?.build()?;
            Ok(Self { plan, ..keys })
        })
    }

    /// The members of a population, which the planner has under a name of its own.
    fn of_population(frame: &Frame<'_>, member: &Member) -> Result<Self> {
        let planner = frame.planner;
        let own: Vec<String> = member.keys.iter().map(|_| planner.fresh("member")).collect();
        let columns = member.keys.iter().zip(&own).map(|(key, own)| column(key).alias(own));
        let plan = LogicalPlanBuilder::from(planner.scan_population(&member.population)?).project(columns)?.build()?;
        let on = member.keys.iter().zip(&own).map(|(key, own)| (column(key), column(own))).collect();
        Ok(Self { plan, on, complement: false })
    }

    fn of_related(frame: &Frame<'_>, related: &Related) -> Result<Self> {
        let linked = Linked::related(frame, related)?;
        let (n, exactly) = match related.count {
            Count::AtLeast(1) => {
                let on = linked.on.clone();
                return Ok(Self { plan: linked.keys()?, on, complement: false });
            }
            Count::AtLeast(n) => (n, false),
            Count::Exactly(n) => (n, true),
        };
        let linked = linked.narrowed(frame)?;
        let (on, groups) = (linked.on.clone(), linked.group());
        let number = lit(i64::try_from(n).unwrap_or(i64::MAX));
        let rows = count(lit(1i64)).alias("__rows");
        let test = if exactly { column("__rows").eq(number) } else { column("__rows").gt_eq(number) };
        let plan = LogicalPlanBuilder::from(linked.frame.into_plan())
            .aggregate(groups.clone(), vec![rows])?
            .filter(test)?
            .project(groups)?
            .build()?;
        Ok(Self { plan, on, complement: false })
    }

    fn of_aggregate(frame: &Frame<'_>, aggregate: &Aggregate) -> Result<Self> {
        let linked = Linked::rows(frame, &aggregate.hops, &aggregate.filter)?.narrowed(frame)?;
        let (on, groups) = (linked.on.clone(), linked.group());
        let value = aggregated(linked, aggregate)?;
        let complement = holds_over_nothing(frame, aggregate)?;
        let Aggregate { result_type, test, case_sensitive, .. } = aggregate;
        let condition = test_condition(&value, column("__value"), *result_type, test, *case_sensitive)?;
        let condition = if complement { condition.is_not_true() } else { condition };
        let plan = LogicalPlanBuilder::from(value.into_plan()).filter(condition)?.project(groups)?.build()?;
        Ok(Self { plan, on, complement })
    }

    /// Whether a row's key is among these, as SQL has it.
    fn membership(self, frame: &Frame<'_>) -> Result<Expr> {
        if let [(parent, _)] = self.on.as_slice() {
            return Ok(in_subquery(parent.clone(), Arc::new(self.plan)));
        }
        let schema = frame.plan.schema();
        let pairs = self.on.into_iter().map(|(parent, own)| {
            let outer = parent.transform(|expr| match expr {
                Expr::Column(name) => {
                    let data_type = schema.field_from_column(&name)?.data_type().clone();
                    Ok(Transformed::yes(out_ref_col(data_type, name)))
                }
                other => Ok(Transformed::no(other)),
            })?;
            Ok(own.eq(outer.data))
        });
        let pairs = pairs.collect::<Result<Vec<Expr>>>()?;
        let plan = pairs
            .into_iter()
            .try_fold(LogicalPlanBuilder::from(self.plan), LogicalPlanBuilder::filter)?
            .project(vec![lit(1i64)])?
            .build()?;
        Ok(exists(Arc::new(plan)))
    }
}

/// Compares an aggregate with fields of the row itself: every row needs its value, so it is joined.
fn compared_with_fields<'a>(frame: Frame<'a>, aggregate: &Aggregate) -> Result<(Frame<'a>, Expr)> {
    let frame = frame.with_fields(fields_of_test(&aggregate.test))?;
    let name = frame.planner.fresh("mark");
    let frame = with_value(frame, None, aggregate, &name)?;
    let Aggregate { result_type, test, case_sensitive, .. } = aggregate;
    let condition = test_condition(&frame, column(&name), *result_type, test, *case_sensitive)?;
    Ok((frame, condition))
}

/// Adds the value of an aggregate over the linked rows; its test is not looked at. Only linked rows of `candidates` are
/// read, which have the parent keys of all rows of the frame; without them, those of the frame itself.
pub(crate) fn with_value<'a>(
    frame: Frame<'a>,
    candidates: Option<&Frame<'a>>,
    aggregate: &Aggregate,
    name: &str,
) -> Result<Frame<'a>> {
    let frame = with_parent_keys(frame, &aggregate.hops)?;
    let linked = Linked::rows(&frame, &aggregate.hops, &aggregate.filter)?.narrowed(candidates.unwrap_or(&frame))?;
    let on = linked.on.clone();
    let nothing = over_nothing(aggregate)?;
    let value = aggregated(linked, aggregate)?.into_plan();
    let value_type = column("__value").get_type(value.schema())?;
    let present = frame.planner.fresh("present");
    let own: Vec<Expr> = value.schema().columns().into_iter().map(Expr::Column).collect();
    let value = LogicalPlanBuilder::from(value).project(own.into_iter().chain([lit(true).alias(&present)]))?.build()?;
    let before: Vec<Expr> = frame.plan.schema().columns().into_iter().map(Expr::Column).collect();
    frame.map(|plan| {
        let joined = join(plan, value, JoinType::Left, on)?;
        let value = match nothing {
            Expr::Literal(value, _) if value.is_null() => column("__value"),
            nothing => when(column(&present).is_true(), column("__value")).otherwise(cast(nothing, value_type))?,
        };
        Ok(LogicalPlanBuilder::from(joined).project(before.into_iter().chain([value.alias(name)]))?.build()?)
    })
}

/// The linked rows of many parents, with the parent's key beside each.
pub(crate) struct Linked<'a> {
    pub frame: Frame<'a>,
    /// Parent columns, and the columns here that equal them.
    pub on: Vec<(Expr, Expr)>,
    /// The names of the columns here.
    pub names: Vec<String>,
}

impl<'a> Linked<'a> {
    /// The rows at the end of `hops` for which `filter` holds. A row that is reached on two ways counts twice.
    pub fn rows(parent: &Frame<'a>, hops: &[Hop], filter: &Predicate) -> Result<Self> {
        let planner = parent.planner;
        let last = &hops[hops.len() - 1];
        let mut frame = targets(planner, last)?.filter(filter)?;
        let mut names: Vec<String> = last.on.iter().map(|(_, there)| there.clone()).collect();
        // Walking back to the parent, each step joins the rows of the table before.
        for pair in hops.windows(2).rev() {
            let (before, step) = (&pair[0], &pair[1]);
            let prefix = format!("{}.", planner.fresh("via"));
            let middle = targets(planner, before)?;
            let renamed: Vec<Expr> = middle
                .plan()
                .schema()
                .columns()
                .into_iter()
                .map(|name| Expr::Column(name.clone()).alias(format!("{prefix}{}", name.name)))
                .collect();
            let middle = LogicalPlanBuilder::from(middle.into_plan()).project(renamed)?.build()?;
            let (from, to) = (planner.definition(&step.from)?, planner.definition(&step.to)?);
            let on = step
                .on
                .iter()
                .zip(&names)
                .map(|((here, there), name)| {
                    let pair = (column(name), column(&format!("{prefix}{here}")));
                    comparable(pair, column_type_of(&to, there), column_type_of(&from, here))
                })
                .collect();
            frame = frame.map(|plan| join(plan, middle, JoinType::Inner, on))?;
            names = before.on.iter().map(|(_, there)| format!("{prefix}{there}")).collect();
        }
        let first = &hops[0];
        let to = planner.definition(&first.to)?;
        // The parent has columns of the same names, so the keys here get names of their own.
        let own: Vec<String> = names.iter().map(|_| planner.fresh("key")).collect();
        let named = names.iter().zip(&own).map(|(name, own)| (column(name), own.clone())).collect();
        let frame = frame.with_columns(named)?;
        let on = first
            .on
            .iter()
            .zip(&own)
            .map(|((here, there), own)| {
                comparable((column(here), column(own)), parent.type_of(here), column_type_of(&to, there))
            })
            .collect();
        Ok(Self { frame, on, names: own })
    }

    /// The rows that a related-row rule asks for.
    fn related(parent: &Frame<'a>, related: &Related) -> Result<Self> {
        let Some(pick) = &related.pick else { return Self::rows(parent, &related.hops, &related.filter) };
        let wanted = own_columns(&related.filter, []);
        let linked = Self::rows(parent, &related.hops, &Predicate::Constant(true))?.narrowed(parent)?;
        let mut picked = linked.picked(pick, &wanted, related.hops.len() > 1)?;
        picked.frame = picked.frame.filter(&related.filter)?;
        Ok(picked)
    }

    /// Of the rows of each parent, the first in an order, with their keys and the columns `wanted`. A row that was
    /// reached on two ways is one.
    pub fn picked(mut self, pick: &Pick, wanted: &BTreeSet<String>, several_ways: bool) -> Result<Self> {
        let frame = self.frame.filter(&pick.filter)?.with_fields([pick.by.as_ref()])?;
        let order = (pick.by.path(), pick.descending);
        self.frame = keep::first_of_groups(frame, &self.names, order, pick.n, wanted, several_ways)?;
        Ok(self)
    }

    /// Only the rows of parents that may still match, where these are fewer than all.
    pub fn narrowed(self, parent: &Frame<'a>) -> Result<Self> {
        let Some(few) = parent.few.as_ref().filter(|_| !parent.planner.to_read) else { return Ok(self) };
        let known = |name: &str| few.schema().has_column_with_unqualified_name(name);
        let columns = self.on.iter().flat_map(|(parent, _)| parent.column_refs());
        let among = if columns.into_iter().all(|column| known(&column.name)) { few } else { &parent.plan };
        let among = among.clone();
        self.among(parent.planner, among)
    }

    /// Only the rows of parents that are in `parent`.
    pub fn of_parents(self, parent: &Frame<'a>) -> Result<Self> {
        self.among(parent.planner, parent.plan.clone())
    }

    fn among(mut self, planner: &Planner<'_>, parents: LogicalPlan) -> Result<Self> {
        let on = self.on.iter().map(|(parent, own)| (own.clone(), parent.clone())).collect();
        let wanted: Vec<Expr> = parents.schema().columns().into_iter().map(Expr::Column).collect();
        // The candidates' columns are renamed, so that none of them is also a column of the linked rows.
        let prefix = planner.fresh("candidate");
        let renamed: Vec<Expr> = wanted
            .into_iter()
            .map(|expr| {
                let name = expr.schema_name().to_string();
                expr.alias(format!("{prefix}.{name}"))
            })
            .collect();
        let candidates = LogicalPlanBuilder::from(parents).project(renamed)?.build()?;
        let on: Vec<(Expr, Expr)> = rename_right(on, &prefix)?;
        self.frame = self.frame.map(|plan| join(plan, candidates, JoinType::LeftSemi, on))?;
        Ok(self)
    }

    pub fn group(&self) -> Vec<Expr> {
        self.names.iter().map(|name| column(name)).collect()
    }

    fn keys(self) -> Result<LogicalPlan> {
        let group = self.group();
        Ok(LogicalPlanBuilder::from(self.frame.into_plan()).project(group)?.build()?)
    }
}

/// The rows that a link can lead to. A link to one row leads to the one with the lowest key, as fields over it do.
fn targets<'a>(planner: &'a Planner<'a>, hop: &Hop) -> Result<Frame<'a>> {
    let rows = planner.rows(&hop.to)?;
    if hop.to_many || hop.unique {
        return Ok(rows);
    }
    rows.map(|plan| keep::lowest_key(planner, plan, hop, ""))
}

/// Puts `prefix` before the column names on the right of each pair.
pub(crate) fn rename_right(on: Vec<(Expr, Expr)>, prefix: &str) -> Result<Vec<(Expr, Expr)>> {
    on.into_iter()
        .map(|(left, right)| {
            let right = right
                .transform(|expr| {
                    Ok(match expr {
                        Expr::Column(name) => Transformed::yes(column(&format!("{prefix}.{}", name.name))),
                        other => Transformed::no(other),
                    })
                })
                .map_err(crate::error::Error::from)?
                .data;
            Ok((left, right))
        })
        .collect()
}
