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
use crate::kinds::deduplication::Order;
use crate::step::{Error, Input, PORT_COLUMN, Step, StepContext};

/// The position of the subset that took the row; NULL while none has.
const TAKEN: &str = "__taken";
const RANK: &str = "__rank";
const INBOUND: &str = "__inbound";
/// Percentages are read to six places.
const MILLIONTHS: f64 = 1e6;

pub(super) fn plan(settings: &Settings, context: &StepContext<'_>) -> Result<Step, Error> {
    let input = context.input()?;
    let table = context.table(&input.dimension)?;
    let scope = Scope { table: &table.name, added: &input.added };
    let mut chain = Chain { plan: prepared(settings, input, scope, context)?, keys: table.primary_key.clone() };
    let mut flags: Vec<Expr> = Vec::new();
    for (index, subset) in settings.subsets.iter().enumerate() {
        if settings.overlap {
            let candidate = matches(subset, index);
            let taken = chain.within_limit(subset, index, candidate)?;
            chain.set(&flag(index), taken)?;
            flags.push(ident(flag(index)));
        } else {
            let candidate = ident(TAKEN).is_null().and(matches(subset, index));
            let taken = chain.within_limit(subset, index, candidate)?;
            chain.set(TAKEN, when(taken, lit(position(index))).otherwise(ident(TAKEN))?)?;
        }
    }
    if settings.overlap {
        chain.plan = every_subset(chain.plan, flags, settings)?;
    }
    routed(chain.plan, settings, input, context)
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
        if let Some(sort) = subset.limit.as_ref().and_then(|limit| limit.sort.as_ref()) {
            let field = context.field(&sort.by, scope)?;
            frame = frame.with_fields([&field])?;
            let value = frame.column(&field);
            frame = frame.with_columns(vec![(value, sort_by(index))])?;
        }
    }
    let keys: Vec<Expr> = frame.keys().iter().map(ident).collect();
    let mut columns: Vec<(Expr, String)> = vec![(lit(ScalarValue::Int32(None)), TAKEN.to_owned())];
    if settings.subsets.iter().any(|subset| subset.limit.as_ref().is_some_and(|limit| limit.sort.is_none())) {
        columns.push((functions::rank(context.seed, keys), RANK.to_owned()));
    }
    let plan = frame.with_columns(columns)?.into_plan();
    let of_inbound = |limit: &Limit| limit.percent.is_some() && limit.of == Base::Inbound;
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
}

impl Chain {
    /// Whether a row is among the candidates that the subset takes.
    fn within_limit(&mut self, subset: &Subset, index: usize, candidate: Expr) -> Result<Expr, Error> {
        let Some(limit) = &subset.limit else { return Ok(candidate) };
        let candidate_name = format!("__split_candidate_{index}");
        self.set(&candidate_name, candidate)?;
        let candidate = ident(&candidate_name);
        let most = self.most(limit, index, &candidate)?;
        let number = format!("__split_number_{index}");
        let one = when(candidate.clone(), lit(1i64)).otherwise(lit(0i64))?;
        let counted = running_sum(one, self.order(limit, index))?.alias(&number);
        self.plan = LogicalPlanBuilder::from(self.plan.clone()).window(vec![counted])?.build()?;
        Ok(candidate.and(ident(&number).lt_eq(most)))
    }

    /// How many rows a limit allows.
    fn most(&mut self, limit: &Limit, index: usize, candidate: &Expr) -> Result<Expr, Error> {
        let Some(percent) = limit.percent else {
            return Ok(lit(limit.number.and_then(|number| i64::try_from(number).ok()).unwrap_or(i64::MAX)));
        };
        let base = match limit.of {
            Base::Inbound => ident(INBOUND),
            Base::Matching => {
                let name = format!("__split_matching_{index}");
                let total = LogicalPlanBuilder::from(self.plan.clone())
                    .filter(candidate.clone())?
                    .aggregate(Vec::<Expr>::new(), vec![count(lit(1i64)).alias(&name)])?
                    .build()?;
                self.plan = LogicalPlanBuilder::from(self.plan.clone()).cross_join(total)?.build()?;
                ident(&name)
            }
        };
        Ok(rounded_percent(base, percent))
    }

    fn order(&self, limit: &Limit, index: usize) -> Vec<SortExpr> {
        let first = match &limit.sort {
            Some(sort) => ident(sort_by(index)).sort(sort.order == Order::Ascending, false),
            None => ident(RANK).sort(true, false),
        };
        std::iter::once(first).chain(self.keys.iter().map(|key| ident(key).sort(true, false))).collect()
    }

    /// Adds a column, or puts another in its place.
    fn set(&mut self, name: &str, value: Expr) -> Result<(), Error> {
        let columns = self.plan.schema().columns().into_iter().filter(|column| column.name != name);
        let exprs: Vec<Expr> = columns.map(Expr::Column).chain([value.alias(name)]).collect();
        self.plan = LogicalPlanBuilder::from(self.plan.clone()).project(exprs)?.build()?;
        Ok(())
    }
}

/// The sum of `value` over the rows up to this one. Equal windows share a sort.
fn running_sum(value: Expr, order: Vec<SortExpr>) -> Result<Expr, Error> {
    let function = WindowFunctionDefinition::AggregateUDF(
        tutti_query::datafusion::functions_aggregate::sum::sum_udaf(),
    );
    let frame = WindowFrame::new_bounds(
        WindowFrameUnits::Rows,
        WindowFrameBound::Preceding(ScalarValue::UInt64(None)),
        WindowFrameBound::CurrentRow,
    );
    Ok(Expr::from(WindowFunction::new(function, vec![value])).order_by(order).window_frame(frame).build()?)
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

fn sort_by(index: usize) -> String {
    format!("__split_sort_{index}")
}

fn flag(index: usize) -> String {
    format!("__split_flag_{index}")
}
