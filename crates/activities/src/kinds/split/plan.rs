//! The plan of a split: one pass over the inbound rows that says for each by which port it leaves.
//!
//! Whether a row matches each subset's rule is marked first. Then, subset by subset, the candidates are counted in
//! the subset's order, and those within the limit are taken. Random subsets share one order, so a chain of them costs
//! one sort.

use tutti_model::bind::Scope;
use tutti_query::datafusion::arrow::datatypes::DataType;
use tutti_query::datafusion::functions_aggregate::expr_fn::count;
use tutti_query::datafusion::functions_nested::expr_fn::make_array;
use tutti_query::datafusion::logical_expr::expr::Sort as SortExpr;
use tutti_query::datafusion::logical_expr::{
    Expr, ExprFunctionExt, LogicalPlan, LogicalPlanBuilder, WindowFrame, WindowFrameBound, WindowFrameUnits,
    WindowFunctionDefinition, cast, lit, when,
};
use tutti_query::datafusion::logical_expr::expr::WindowFunction;
use tutti_query::datafusion::prelude::ident;
use tutti_query::datafusion::scalar::ScalarValue;
use tutti_query::functions;

use super::{Base, Limit, SEGMENT_CODE, Settings, Subset, routes, with_code};
use crate::explain::{self, Explanation, is_row};
use crate::step::{Error, Input, PORT_COLUMN, Step, StepContext};

/// The position of the subset that took the row; NULL while none has.
const TAKEN: &str = "__taken";
const RANK: &str = "__rank";
const INBOUND: &str = "__inbound";
/// Percentages are read to six places.
const MILLIONTHS: f64 = 1e6;

pub(super) fn plan(settings: &Settings, context: &StepContext<'_>) -> Result<Step, Error> {
    let mut chain = filled(settings, context)?;
    if settings.overlap {
        let flags = (0..settings.subsets.len()).map(|index| ident(flag(index))).collect();
        chain.plan = every_subset(chain.plan, flags, settings)?;
    }
    routed(chain.plan, settings, context.input()?, context)
}

/// Says of each subset whether the row was wanted, and where it stood.
pub(super) fn explain(
    settings: &Settings,
    context: &StepContext<'_>,
    key: &[String],
) -> Result<Vec<Explanation>, Error> {
    let input = context.input()?;
    let table = context.table(&input.dimension)?;
    let scope = Scope { table: &table.name, added: &input.added };
    let mut explanations = Vec::new();
    for subset in &settings.subsets {
        if let Some(rule) = &subset.rule {
            let one = context.frame(input)?.filter_by(is_row(table, key))?;
            explanations.push(explain::rule(one, &context.bind(rule, scope)?, &format!("`{}`, ", subset.id))?);
        }
    }
    let chain = filled(settings, context)?;
    let mut columns = Vec::new();
    for (index, subset) in settings.subsets.iter().enumerate() {
        columns.push(matches(subset, index).alias(format!("match_{index}")));
        let taken = if settings.overlap { ident(flag(index)) } else { ident(TAKEN).eq(lit(position(index))) };
        columns.push(taken.is_true().alias(format!("taken_{index}")));
        if let Some(most) = &chain.most[index] {
            columns.push(ident(format!("__split_candidate_{index}")).alias(format!("candidate_{index}")));
            columns.push(ident(format!("__split_number_{index}")).alias(format!("number_{index}")));
            columns.push(cast(most.clone(), DataType::Int64).alias(format!("most_{index}")));
        }
    }
    let plan = LogicalPlanBuilder::from(chain.plan).filter(is_row(table, key))?.project(columns)?.build()?;
    let ids: Vec<String> = settings.subsets.iter().map(|subset| subset.id.clone()).collect();
    explanations.push(Explanation::new(plan, move |seen| {
        let mut sentences = Vec::new();
        let mut taken = false;
        for (index, id) in ids.iter().enumerate() {
            let takes = seen.is_true(&format!("taken_{index}"));
            let stood = seen.number(&format!("number_{index}")).zip(seen.number(&format!("most_{index}")));
            let stood = stood.filter(|_| seen.is_true(&format!("candidate_{index}")));
            match (takes, stood) {
                (true, Some((number, most))) => {
                    sentences.push(format!("went to `{id}`: number {number} of at most {most}"));
                }
                (true, None) => sentences.push(format!("went to `{id}`")),
                (false, Some((number, most))) => {
                    sentences.push(format!("left over by the limit of `{id}`: number {number}, and {most} are taken"));
                }
                (false, None) if !seen.is_true(&format!("match_{index}")) => {
                    sentences.push(format!("not for `{id}`, whose rule it does not match"));
                }
                (false, None) => {}
            }
            taken |= takes;
        }
        if !taken {
            sentences.push("no subset took it".to_owned());
        }
        sentences
    }));
    Ok(explanations)
}

/// The inbound rows, with the subsets that take each.
fn filled(settings: &Settings, context: &StepContext<'_>) -> Result<Chain, Error> {
    let input = context.input()?;
    let table = context.table(&input.dimension)?;
    let scope = Scope { table: &table.name, added: &input.added };
    let rows = prepared(settings, input, scope, context)?;
    let mut chain = Chain { plan: rows, keys: table.primary_key.clone(), most: vec![None; settings.subsets.len()] };
    for (index, subset) in settings.subsets.iter().enumerate() {
        if settings.overlap {
            let taken = chain.within_limit(subset, index, matches(subset, index))?;
            chain.set(&flag(index), taken)?;
        } else {
            let candidate = ident(TAKEN).is_null().and(matches(subset, index));
            let taken = chain.within_limit(subset, index, candidate)?;
            chain.set(TAKEN, when(taken, lit(position(index))).otherwise(ident(TAKEN))?)?;
        }
    }
    Ok(chain)
}

/// The inbound rows with everything that the chain needs: marks, what to sort by, ranks and the number of rows.
fn prepared(
    settings: &Settings,
    input: &Input,
    scope: Scope<'_>,
    context: &StepContext<'_>,
) -> Result<LogicalPlan, Error> {
    let mut frame = context.frame(input)?;
    for (index, subset) in settings.subsets.iter().enumerate() {
        if let Some(rule) = &subset.rule {
            frame = frame.mark(&context.bind(rule, scope)?, &mark(index))?;
        }
        let Some(limit) = &subset.limit else { continue };
        let sorts = limit.sort.0.iter().enumerate().map(|(nth, sort)| (&sort.by, sort_by(index, nth)));
        for (value, name) in sorts.chain(limit.per.iter().map(|per| (per, group(index)))) {
            let field = value.of(scope, context)?;
            frame = frame.with_fields([&field])?;
            let value = frame.column(&field);
            frame = frame.with_columns(vec![(value, name)])?;
        }
    }
    let keys: Vec<Expr> = frame.keys().iter().map(ident).collect();
    let mut columns: Vec<(Expr, String)> = vec![(lit(ScalarValue::Int32(None)), TAKEN.to_owned())];
    if settings.subsets.iter().any(|subset| subset.limit.as_ref().is_some_and(Limit::is_random)) {
        columns.push((functions::rank(settings.seed.of(context), keys), RANK.to_owned()));
    }
    let plan = frame.with_columns(columns)?.into_plan();
    let of_inbound = |limit: &Limit| limit.percent.is_some() && limit.of == Base::Inbound && limit.per.is_none();
    if !settings.subsets.iter().any(|subset| subset.limit.as_ref().is_some_and(of_inbound)) {
        return Ok(plan);
    }
    // A population is a file, so its number of rows is read from the file's end.
    let rows = LogicalPlanBuilder::from(context.planner.scan_provider(&input.rows)?);
    let total = rows.aggregate(Vec::<Expr>::new(), vec![count(lit(1i64)).alias(INBOUND)])?.build()?;
    Ok(LogicalPlanBuilder::from(plan).cross_join(total)?.build()?)
}

/// The plan so far.
struct Chain {
    plan: LogicalPlan,
    keys: Vec<String>,
    /// How many rows the limit of each subset allows.
    most: Vec<Option<Expr>>,
}

impl Chain {
    /// Whether a row is among the candidates that the subset takes.
    fn within_limit(&mut self, subset: &Subset, index: usize, candidate: Expr) -> Result<Expr, Error> {
        let Some(limit) = &subset.limit else { return Ok(candidate) };
        let candidate_name = format!("__split_candidate_{index}");
        self.set(&candidate_name, candidate)?;
        let candidate = ident(&candidate_name);
        let most = self.most(limit, index, &candidate)?;
        self.most[index] = Some(most.clone());
        let number = format!("__split_number_{index}");
        let one = when(candidate.clone(), lit(1i64)).otherwise(lit(0i64))?;
        let counted = running_sum(one, groups(limit, index), self.order(limit, index))?.alias(&number);
        self.plan = LogicalPlanBuilder::from(self.plan.clone()).window(vec![counted])?.build()?;
        Ok(candidate.and(ident(&number).lt_eq(most)))
    }

    /// How many rows a limit allows.
    fn most(&mut self, limit: &Limit, index: usize, candidate: &Expr) -> Result<Expr, Error> {
        let Some(percent) = limit.percent else {
            let number = |number: u64| lit(i64::try_from(number).unwrap_or(i64::MAX));
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be a number of rows")]
            return by_value(limit, index, number(limit.number.unwrap_or(u64::MAX)), |value| number(value as u64));
        };
        let base = match (limit.of, &limit.per) {
            (Base::Inbound, None) => ident(INBOUND),
            (Base::Matching, None) => {
                let name = format!("__split_matching_{index}");
                let total = LogicalPlanBuilder::from(self.plan.clone())
                    .filter(candidate.clone())?
                    .aggregate(Vec::<Expr>::new(), vec![count(lit(1i64)).alias(&name)])?
                    .build()?;
                self.plan = LogicalPlanBuilder::from(self.plan.clone()).cross_join(total)?.build()?;
                ident(&name)
            }
            (of, Some(_)) => {
                let name = format!("__split_size_{index}");
                let one = match of {
                    Base::Inbound => lit(1i64),
                    Base::Matching => when(candidate.clone(), lit(1i64)).otherwise(lit(0i64))?,
                };
                let size = whole_sum(one, groups(limit, index))?.alias(&name);
                self.plan = LogicalPlanBuilder::from(self.plan.clone()).window(vec![size])?.build()?;
                ident(&name)
            }
        };
        by_value(limit, index, rounded_percent(base.clone(), percent), |value| rounded_percent(base.clone(), value))
    }

    fn order(&self, limit: &Limit, index: usize) -> Vec<SortExpr> {
        let sorts = limit.sort.0.iter().enumerate();
        let sorts = sorts.map(|(nth, sort)| ident(sort_by(index, nth)).sort(!sort.order.is_descending(), false));
        let rank = limit.is_random().then(|| ident(RANK).sort(true, false));
        sorts.chain(rank).chain(self.keys.iter().map(|key| ident(key).sort(true, false))).collect()
    }

    /// Adds a column, or puts another in its place.
    fn set(&mut self, name: &str, value: Expr) -> Result<(), Error> {
        let columns = self.plan.schema().columns().into_iter().filter(|column| column.name != name);
        let exprs: Vec<Expr> = columns.map(Expr::Column).chain([value.alias(name)]).collect();
        self.plan = LogicalPlanBuilder::from(self.plan.clone()).project(exprs)?.build()?;
        Ok(())
    }
}

/// What rows of a limit are counted by.
fn groups(limit: &Limit, index: usize) -> Vec<Expr> {
    limit.per.iter().map(|_| ident(group(index))).collect()
}

/// What a limit allows for the value that a row has: one of its own, or that of all others.
fn by_value(limit: &Limit, index: usize, other: Expr, own: impl Fn(f64) -> Expr) -> Result<Expr, Error> {
    limit.values.iter().try_fold(other, |most, (value, number)| {
        let is_value = cast(ident(group(index)), DataType::Utf8).eq(lit(value.as_str()));
        Ok(when(is_value, own(*number)).otherwise(most)?)
    })
}

/// The sum of `value` over the rows of the group up to this one. Equal windows share a sort.
fn running_sum(value: Expr, groups: Vec<Expr>, order: Vec<SortExpr>) -> Result<Expr, Error> {
    let frame = WindowFrame::new_bounds(
        WindowFrameUnits::Rows,
        WindowFrameBound::Preceding(ScalarValue::UInt64(None)),
        WindowFrameBound::CurrentRow,
    );
    Ok(sum_over(value).partition_by(groups).order_by(order).window_frame(frame).build()?)
}

/// The sum of `value` over the whole group.
fn whole_sum(value: Expr, groups: Vec<Expr>) -> Result<Expr, Error> {
    Ok(sum_over(value).partition_by(groups).build()?)
}

fn sum_over(value: Expr) -> Expr {
    let sum = tutti_query::datafusion::functions_aggregate::sum::sum_udaf();
    Expr::from(WindowFunction::new(WindowFunctionDefinition::AggregateUDF(sum), vec![value]))
}

/// A percentage of a number of rows, to the nearest row, halves up, in whole numbers only.
fn rounded_percent(base: Expr, percent: f64) -> Expr {
    // At most 100 million, so that twice its product with ten billion rows still fits.
    #[expect(clippy::cast_possible_truncation, reason = "a percentage is at most 100")]
    let millionths = (percent * MILLIONTHS).round() as i64;
    let whole = 100_000_000i64;
    (base * lit(2 * millionths) + lit(whole)) / lit(2 * whole)
}

/// One row for each subset that took the row, and one for a row that none took.
fn every_subset(plan: LogicalPlan, flags: Vec<Expr>, settings: &Settings) -> Result<LogicalPlan, Error> {
    let mut positions = Vec::new();
    for (index, taken) in flags.iter().enumerate() {
        positions.push(when(taken.clone(), lit(position(index))).otherwise(lit(NOT_TAKEN))?);
    }
    let none = flags.into_iter().reduce(Expr::or).unwrap_or_else(|| lit(false)).is_not_true();
    if settings.complement {
        positions.push(when(none, lit(position(settings.subsets.len()))).otherwise(lit(NOT_TAKEN))?);
    }
    let columns = plan.schema().columns().into_iter().filter(|column| column.name != TAKEN).map(Expr::Column);
    let exprs: Vec<Expr> = columns.chain([make_array(positions).alias(TAKEN)]).collect();
    let unnested = LogicalPlanBuilder::from(plan).project(exprs)?.unnest_column(TAKEN)?;
    Ok(unnested.filter(ident(TAKEN).gt_eq(lit(0i32)))?.build()?)
}

/// Stands in a list of positions where a subset did not take the row.
const NOT_TAKEN: i32 = -1;

/// The population's columns with the segment code, and the port.
fn routed(plan: LogicalPlan, settings: &Settings, input: &Input, context: &StepContext<'_>) -> Result<Step, Error> {
    let (ports, of_subsets) = routes(settings);
    let taken = |index: usize| ident(TAKEN).eq(lit(position(index)));
    let had_code = input.added.iter().any(|column| column.name == SEGMENT_CODE);
    let text = |expr: Expr| cast(expr, DataType::Utf8);
    let mut code = if had_code { text(ident(SEGMENT_CODE)) } else { lit(ScalarValue::Utf8(None)) };
    let mut port = lit(position(ports.len().saturating_sub(1)));
    for (index, subset) in settings.subsets.iter().enumerate().rev() {
        code = when(taken(index), lit(subset.code())).otherwise(code)?;
        port = when(taken(index), lit(position(of_subsets[index]))).otherwise(port)?;
    }
    let added = with_code(&input.added);
    let keys = context.table(&input.dimension)?.primary_key.iter().map(ident);
    let carried = added.iter().map(|column| match column.name.as_str() {
        SEGMENT_CODE => code.clone().alias(SEGMENT_CODE),
        name => ident(name),
    });
    let exprs: Vec<Expr> = keys.chain(carried).chain([cast(port, DataType::Int32).alias(PORT_COLUMN)]).collect();
    let rows = LogicalPlanBuilder::from(plan);
    let rows = if settings.complement || settings.overlap { rows } else { rows.filter(ident(TAKEN).is_not_null())? };
    Ok(Step::Routed { plan: rows.project(exprs)?.build()?, ports, added })
}

fn matches(subset: &Subset, index: usize) -> Expr {
    if subset.rule.is_some() { ident(mark(index)) } else { lit(true) }
}

fn position(index: usize) -> i32 {
    i32::try_from(index).unwrap_or(i32::MAX)
}

fn mark(index: usize) -> String {
    format!("__split_match_{index}")
}

fn sort_by(index: usize, nth: usize) -> String {
    format!("__split_sort_{index}_{nth}")
}

/// The column with the value that a limit holds for by itself.
fn group(index: usize) -> String {
    format!("__split_group_{index}")
}

fn flag(index: usize) -> String {
    format!("__split_flag_{index}")
}
