//! The plan behind every figure: the lines of all deliveries of a report, each with what came back for it.

use std::sync::Arc;

use jiff::Timestamp;
use tutti_delivery::eligibility::key_text;
use tutti_model::bind::{self, Field, Scope as FieldScope};
use tutti_model::builtin;
use tutti_model::problem::Problem;
use tutti_query::datafusion::arrow::array::{ArrayRef, BooleanArray, RecordBatch, StringArray};
use tutti_query::datafusion::arrow::datatypes::{DataType, TimeUnit};
use tutti_query::datafusion::common::Column;
use tutti_query::datafusion::datasource::{MemTable, provider_as_source};
use tutti_query::datafusion::error::DataFusionError;
use tutti_query::datafusion::functions::expr_fn::{coalesce, lower, split_part};
use tutti_query::datafusion::functions_aggregate::expr_fn::{count, min};
use tutti_query::datafusion::logical_expr::{
    Expr, ExprFunctionExt, JoinType, LogicalPlan, LogicalPlanBuilder, cast, lit,
};
use tutti_query::datafusion::scalar::ScalarValue;
use tutti_query::{Planner, UTC};

use super::scope::{Scope, Source};
use crate::error::{Error, Result};

/// The kinds of events, with the column of a line that counts them.
pub(super) const EVENTS: [(&str, &str); 5] = [
    ("open", "opens"),
    ("click", "clicks"),
    ("unsubscribe", "unsubscribes"),
    ("bounce", "bounces"),
    ("complaint", "complaints"),
];

/// The kinds of events whose first time is of interest, with its column.
pub(super) const FIRST: [(&str, &str); 3] =
    [("open", "first_open_at"), ("click", "first_click_at"), ("unsubscribe", "first_unsubscribe_at")];

/// The columns of a line that come from the table of messages.
const OF_MESSAGE: [&str; 9] =
    ["run", "campaign", "activity", "dimension", "channel", "address", "status", "reason", "message_id"];

/// What rows may be told apart by besides the columns of a line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted<'a> {
    /// A field of the dimension, as the column `value`.
    pub field: Option<&'a str>,
}

/// The lines of a report. Columns: those of the contract's ledger, and `dimension`, `table`, `campaign`, `channel_name`,
/// `segment_code`, `domain`, the counts and first times of events, `value`.
///
/// # Errors
/// Where no table has the wanted field, and what planning says.
pub(super) fn lines(scope: &Scope, planner: &Planner<'_>, wanted: Wanted<'_>) -> Result<LogicalPlan> {
    let (mut parts, mut refused) = (Vec::new(), None);
    for source in &scope.sources {
        let field = match wanted.field.map(|path| field(scope, source, path)).transpose() {
            Ok(field) => field,
            Err(problem) => {
                refused.get_or_insert(problem);
                continue;
            }
        };
        parts.push(of_table(scope, source, planner, field.as_ref())?);
    }
    if let Some(problem) = refused.filter(|_| parts.is_empty()) {
        return Err(Error::Problems {
            what: "the report cannot be told apart by this".to_owned(),
            problems: vec![problem],
        });
    }
    let mut parts = parts.into_iter();
    let Some(first) = parts.next() else { return nothing() };
    parts.try_fold(first, |all, part| LogicalPlanBuilder::from(all).union(part)?.build()).map_err(query)
}

/// Clicks and other events of the lines, one row each: `run`, `activity`, `table`, `key`, `kind`, `url`, `at`.
pub(super) fn events(scope: &Scope, planner: &Planner<'_>) -> Result<LogicalPlan> {
    let mut all: Option<LogicalPlan> = None;
    for source in &scope.sources {
        let keys = key_names(source);
        let events = events_of(scope, source, planner)?;
        let messages = messages_of(scope, source, planner)?;
        let same = |name: &str| (named(&format!("m.{name}")), named(name));
        let on = keys.iter().map(String::as_str).chain(["run", "activity"]).map(same);
        let there = keys.iter().map(String::as_str).chain(["run", "activity"]);
        let there = LogicalPlanBuilder::from(messages)
            .project(there.map(|name| named(name).alias(format!("m.{name}"))))
            .map_err(query)?
            .build()
            .map_err(query)?;
        let on = on.map(|(left, right)| left.eq(right)).collect::<Vec<_>>();
        let part = LogicalPlanBuilder::from(events)
            .join_on(there, JoinType::LeftSemi, on)
            .and_then(|joined| {
                let text = |name: &str| cast(named(name), DataType::Utf8).alias(name);
                let mut columns: Vec<Expr> = ["run", "activity", "kind", "url"].map(text).to_vec();
                columns.push(cast(key_text(&keys), DataType::Utf8).alias("key"));
                columns.push(lit(source.table.name.as_str()).alias("table"));
                columns.push(cast(named("at"), instant()).alias("at"));
                joined.project(columns)?.build()
            })
            .map_err(query)?;
        all = Some(match all {
            None => part,
            Some(all) => {
                LogicalPlanBuilder::from(all).union(part).and_then(LogicalPlanBuilder::build).map_err(query)?
            }
        });
    }
    match all {
        Some(all) => Ok(all),
        None => {
            let text = |name: &str| cast(lit(""), DataType::Utf8).alias(name);
            let mut columns: Vec<Expr> = ["run", "activity", "kind", "url", "key", "table"].map(text).to_vec();
            columns.push(cast(lit(0_i64), instant()).alias("at"));
            empty(columns).map_err(query)
        }
    }
}

fn of_table(scope: &Scope, source: &Source, planner: &Planner<'_>, field: Option<&Field>) -> Result<LogicalPlan> {
    let keys = key_names(source);
    let counted = counted_events(scope, source, planner)?;
    let mut plan = messages_of(scope, source, planner)?;
    let on = |prefix: &str, names: &[String]| -> Vec<Expr> {
        names.iter().map(|name| named(name).eq(named(&format!("{prefix}.{name}")))).collect()
    };
    let whose: Vec<String> = keys.iter().cloned().chain(["run".to_owned(), "activity".to_owned()]).collect();
    let joined = LogicalPlanBuilder::from(plan).join_on(counted, JoinType::Left, on("e", &whose));
    plan = joined.and_then(LogicalPlanBuilder::build).map_err(query)?;
    let mut value = lit(ScalarValue::Utf8(None));
    if let Some(field) = field {
        let rows = planner.rows(&source.table.name)?.with_fields([field])?;
        let columns =
            source.table.primary_key.iter().zip(&keys).map(|(own, name)| named(own).alias(format!("f.{name}")));
        let read = cast(rows.column(field), DataType::Utf8).alias("f.value");
        let rows = rows.project(columns.collect::<Vec<_>>().into_iter().chain([read]).collect())?;
        let joined = LogicalPlanBuilder::from(plan).join_on(rows, JoinType::Left, on("f", &keys));
        plan = joined.and_then(LogicalPlanBuilder::build).map_err(query)?;
        value = named("f.value");
    }
    let text = |name: &str| cast(named(name), DataType::Utf8).alias(name);
    let mut columns: Vec<Expr> = OF_MESSAGE.map(text).to_vec();
    columns.push(lit(source.table.name.as_str()).alias("table"));
    columns.push(cast(key_text(&keys), DataType::Utf8).alias("key"));
    columns.push(text("channel_name"));
    columns.push(text("segment_code"));
    let address = cast(named("address"), DataType::Utf8);
    columns.push(cast(lower(split_part(address, lit("@"), lit(-1_i64))), DataType::Utf8).alias("domain"));
    columns.push(cast(named("attempts"), DataType::Int64).alias("attempts"));
    columns.push(cast(named("updated_at"), instant()).alias("updated_at"));
    columns.extend(EVENTS.map(|(_, name)| coalesce(vec![named(&format!("e.{name}")), lit(0_i64)]).alias(name)));
    columns.extend(FIRST.map(|(_, name)| named(&format!("e.{name}")).alias(name)));
    columns.push(value.alias("value"));
    LogicalPlanBuilder::from(plan).project(columns).and_then(LogicalPlanBuilder::build).map_err(query)
}

/// The lines of the scope among the messages to the rows of a table.
fn messages_of(scope: &Scope, source: &Source, planner: &Planner<'_>) -> Result<LogicalPlan> {
    let table = builtin::messages(&source.table);
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let read = |plan: LogicalPlan, open: bool| {
        let columns = names.iter().map(|name| named(name)).chain([lit(open).alias("open")]);
        LogicalPlanBuilder::from(plan).project(columns).and_then(LogicalPlanBuilder::build).map_err(query)
    };
    let mut plan = read(planner.rows(&table.name)?.into_plan(), false)?;
    for provider in &source.open {
        let more = read(planner.scan_provider(provider)?, true)?;
        plan = LogicalPlanBuilder::from(plan).union(more).and_then(LogicalPlanBuilder::build).map_err(query)?;
    }
    within(scope, of_scope(scope, plan, true)?)
}

/// The lines that were settled in the time that the report is about.
fn within(scope: &Scope, plan: LogicalPlan) -> Result<LogicalPlan> {
    let settled = || cast(named("updated_at"), instant());
    let moment = |at: Timestamp| lit(ScalarValue::TimestampMicrosecond(Some(at.as_microsecond()), Some(UTC.into())));
    let (from, to) = scope.time;
    let bounds = [from.map(|from| settled().gt_eq(moment(from))), to.map(|to| settled().lt(moment(to)))];
    let narrowed = |plan: LogicalPlan, bound: Expr| LogicalPlanBuilder::from(plan).filter(bound)?.build();
    bounds.into_iter().flatten().try_fold(plan, narrowed).map_err(query)
}

fn events_of(scope: &Scope, source: &Source, planner: &Planner<'_>) -> Result<LogicalPlan> {
    let plan = planner.rows(&builtin::events_table(&source.table.name))?.into_plan();
    of_scope(scope, plan, false)
}

/// The events of each line, counted: its key and whose it is under `e.`, then the counts and first times.
fn counted_events(scope: &Scope, source: &Source, planner: &Planner<'_>) -> Result<LogicalPlan> {
    let keys = key_names(source);
    let whose = keys.iter().map(String::as_str).chain(["run", "activity"]);
    let group: Vec<Expr> = whose.map(|name| named(name).alias(format!("e.{name}"))).collect();
    let of_kind = |kind: &str| cast(named("kind"), DataType::Utf8).eq(lit(kind));
    let mut sums = Vec::new();
    for (kind, name) in EVENTS {
        sums.push(count(lit(1_i64)).filter(of_kind(kind)).build().map_err(query)?.alias(format!("e.{name}")));
    }
    for (kind, name) in FIRST {
        let first = min(cast(named("at"), instant())).filter(of_kind(kind)).build().map_err(query)?;
        sums.push(first.alias(format!("e.{name}")));
    }
    LogicalPlanBuilder::from(events_of(scope, source, planner)?)
        .aggregate(group, sums)
        .and_then(LogicalPlanBuilder::build)
        .map_err(query)
}

/// The rows of a plan whose run and activity are the scope's. With `told_apart`, rows of deliveries that have not ended
/// are taken from `open` rows only, and all others from the others; and rows get `channel_name`.
fn of_scope(scope: &Scope, plan: LogicalPlan, told_apart: bool) -> Result<LogicalPlan> {
    let text = |of: fn(&tutti_store::Delivery) -> &str| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(scope.deliveries.iter().map(|each| of(&each.delivery))))
    };
    let is_open = |of: &tutti_store::RunDelivery| {
        scope.open.iter().any(|(run, activity)| *run == of.delivery.run && *activity == of.delivery.activity)
    };
    let open: ArrayRef =
        Arc::new(scope.deliveries.iter().map(|delivery| Some(is_open(delivery))).collect::<BooleanArray>());
    let columns = [
        ("s.run", text(|delivery| &delivery.run)),
        ("s.activity", text(|delivery| &delivery.activity)),
        ("channel_name", text(|delivery| &delivery.channel_name)),
        ("s.open", open),
    ];
    let batch = RecordBatch::try_from_iter(columns).map_err(|error| query(error.into()))?;
    let table = MemTable::try_new(batch.schema(), vec![vec![batch]]).map_err(query)?;
    let ours = LogicalPlanBuilder::scan("__deliveries", provider_as_source(Arc::new(table)), None).and_then(|scan| {
        let unqualified = |name: &str| Expr::Column(Column::new(Some("__deliveries"), name)).alias(name);
        scan.project(["s.run", "s.activity", "channel_name", "s.open"].map(unqualified))?.build()
    });
    let mut on = vec![
        cast(named("run"), DataType::Utf8).eq(named("s.run")),
        cast(named("activity"), DataType::Utf8).eq(named("s.activity")),
    ];
    if told_apart {
        on.push(named("open").eq(named("s.open")));
    }
    let mut columns: Vec<Expr> = plan.schema().columns().into_iter().map(Expr::Column).collect();
    columns.push(named("channel_name"));
    // Files of other runs need not be read, where the runs are few enough to be listed.
    let plan = match scope.runs().len() {
        runs @ 1..=RUNS_LISTED_MAX => {
            let list = scope.runs().into_iter().take(runs).map(|(run, ..)| lit(run)).collect();
            LogicalPlanBuilder::from(plan).filter(named("run").in_list(list, false)).map_err(query)?.build()
        }
        _ => Ok(plan),
    };
    LogicalPlanBuilder::from(plan.map_err(query)?)
        .join_on(ours.map_err(query)?, JoinType::Inner, on)
        .and_then(|joined| joined.project(columns)?.build())
        .map_err(query)
}

/// The most runs that are listed in a plan; statistics of files are compared with each.
const RUNS_LISTED_MAX: usize = 50;

fn field(scope: &Scope, source: &Source, path: &str) -> Result<Field, Problem> {
    bind::field(path, FieldScope::table(&source.table.name), &scope.catalog, "/by")
}

/// The names of the key columns in the tables of messages and events.
fn key_names(source: &Source) -> Vec<String> {
    source.table.primary_key.iter().map(|key| builtin::key_name(key)).collect()
}

/// No lines.
fn nothing() -> Result<LogicalPlan> {
    let text = |name: &str| cast(lit(""), DataType::Utf8).alias(name);
    let mut columns: Vec<Expr> = OF_MESSAGE.map(text).to_vec();
    columns.extend(["table", "key", "channel_name", "segment_code", "domain", "value"].map(text));
    columns.extend(["attempts"].into_iter().chain(EVENTS.map(|(_, name)| name)).map(|name| lit(0_i64).alias(name)));
    let times = ["updated_at"].into_iter().chain(FIRST.map(|(_, name)| name));
    columns.extend(times.map(|name| cast(lit(0_i64), instant()).alias(name)));
    empty(columns).map_err(query)
}

fn empty(columns: Vec<Expr>) -> Result<LogicalPlan, DataFusionError> {
    LogicalPlanBuilder::empty(true).project(columns)?.filter(lit(false))?.build()
}

pub(super) fn instant() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some(UTC.into()))
}

pub(super) fn named(name: &str) -> Expr {
    Expr::Column(Column::new_unqualified(name))
}

pub(super) fn query(error: DataFusionError) -> Error {
    Error::Query(error.into())
}
