//! Asks for more than fits: an aggregate, a join and a sort over all orders of the benchmark, within a memory limit.
//! `bench/memory.py` drives it, one process for each question, and compares the answers with DuckDB's.
//!
//!     bench_memory FOLDER MEMORY_MIB QUESTION

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, bail};
use futures::StreamExt;
use serde_json::{Value, json};
use tutti_model::bind::{Field, Scope, bind};
use tutti_model::catalog::Catalog;
use tutti_model::date_math::Moment;
use tutti_model::document::Document;
use tutti_model::rule::Rule;
use tutti_query::datafusion::arrow::array::{Array, AsArray};
use tutti_query::datafusion::arrow::datatypes::{DataType, Decimal128Type};
use tutti_query::datafusion::functions_aggregate::expr_fn::count;
use tutti_query::datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder, lit};
use tutti_query::datafusion::physical_plan::{ExecutionPlan, execute_stream};
use tutti_query::datafusion::prelude::{DataFrame, ParquetReadOptions};
use tutti_query::{Planner, Providers, Session, SessionOptions};

fn documents() -> [Value; 2] {
    let columns = |columns: &[(&str, &str)]| -> Value {
        columns.iter().map(|(name, kind)| json!({"name": name, "type": kind})).collect()
    };
    [
        json!({"kind": "table", "name": "customers", "primary_key": ["customer_id"],
            "columns": columns(&[("customer_id", "string"), ("email", "string"), ("country", "string"), ("loyalty_points", "integer")]),
            "links": [{"name": "orders", "to": "orders", "on": {"customer_id": "customer_id"}, "cardinality": "one-to-many", "reverse": "customer"}]}),
        json!({"kind": "table", "name": "orders", "primary_key": ["order_id"],
            "columns": columns(&[("order_id", "string"), ("customer_id", "string"), ("ordered_at", "timestamp"), ("status", "string"), ("total", "decimal(12,2)")])}),
    ]
}

/// The rows that a question is about, and its rule.
fn question(name: &str) -> Option<(&'static str, Value)> {
    Some(match name {
        // Five million groups.
        "sum" => {
            let sum = json!({"function": "sum", "field": "total"});
            ("customers", json!({"field": "orders", "aggregate": sum, "operator": ">", "value": 200}))
        }
        // As many groups as orders.
        "distinct" => {
            let distinct = json!({"function": "countDistinct", "field": "order_id"});
            ("customers", json!({"field": "orders", "aggregate": distinct, "operator": ">", "value": 20}))
        }
        // Every order beside its customer, and those beside their orders again.
        "join" => {
            let lower = json!({"field": "total", "operator": "<", "valueSource": "expression", "value": "customer.loyalty_points / 100"});
            (
                "orders",
                json!({"combinator": "and", "rules": [lower, {"field": "customer.email", "operator": "notNull"}]}),
            )
        }
        // A window over every customer's orders.
        "latest" => {
            let pick = json!({"by": "ordered_at", "order": "descending", "n": 3});
            let shipped = json!({"field": "status", "operator": "=", "value": "shipped"});
            ("customers", json!({"field": "orders", "pick": pick, "match": {"mode": "all"}, "value": shipped}))
        }
        "sort" => ("orders", json!({})),
        _ => return None,
    })
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, folder, memory_mib, name] = arguments.as_slice() else {
        bail!("usage: bench_memory FOLDER MEMORY_MIB QUESTION")
    };
    let spill = tempfile::tempdir_in(folder)?;
    let memory_limit_bytes = memory_mib.parse::<usize>()? << 20;
    let options = SessionOptions { memory_limit_bytes, spill_dir: spill.path().to_owned(), threads: 2 };
    let session = Session::new(&options)?;
    let mut problems = Vec::new();
    let documents: Vec<Document> = documents().iter().filter_map(|body| Document::read(body, &mut problems)).collect();
    let mut catalog = Catalog::build(documents, &mut problems);
    catalog.expressions = Some(Arc::new(tutti_query::SqlExpressions));
    let tables = open(&session, Path::new(folder)).await?;
    let (table, rule) = question(name).with_context(|| format!("no question `{name}`"))?;
    let moment = Moment::utc("2026-11-30T00:00:00Z".parse()?);
    let predicate = bind(&Rule(rule), Scope::table(table), &catalog, &moment, "", &mut problems);
    let predicate = predicate.with_context(|| format!("{problems:?}"))?;
    let planner = Planner::new(&catalog, &tables);
    let frame = planner.rows(table)?.filter(&predicate)?;
    let plan = if name == "sort" {
        let field = |column: &str| frame.table().column(column).map(|column| Field::new(Vec::new(), column.clone()));
        let (total, status) = (field("total").context("total")?, field("status").context("status")?);
        let values = [&total, &status].map(|field| frame.column(field));
        let order = vec![(frame.column(&total), true)];
        frame.select_sorted(values.into(), order, false)?
    } else {
        let rows = LogicalPlanBuilder::from(frame.into_plan());
        rows.aggregate(Vec::<tutti_query::datafusion::logical_expr::Expr>::new(), vec![count(lit(1i64))])?.build()?
    };
    let started = Instant::now();
    let (answer, spilled) = answer(&session, plan, name == "sort").await?;
    println!(
        "{}",
        json!({"question": name, "answer": answer, "seconds": started.elapsed().as_secs_f64(), "spilled_mib": spilled >> 20,
            "peak_rss_mib": peak_rss_kib()? >> 10})
    );
    Ok(())
}

async fn open(session: &Session, folder: &Path) -> anyhow::Result<Providers> {
    let mut tables = Providers::new();
    for table in ["customers", "orders"] {
        let path = folder.join(format!("{table}.parquet"));
        let path = path.to_str().context("the folder's name is not text")?;
        session.context().register_parquet(table, path, ParquetReadOptions::default()).await?;
        tables.insert(table.to_owned(), session.context().table_provider(table).await?);
    }
    Ok(tables)
}

/// The count, or of sorted rows their number, the sum of their totals, and whether they are in order; and how many bytes
/// were spilled.
async fn answer(session: &Session, plan: LogicalPlan, sorted: bool) -> anyhow::Result<(Value, usize)> {
    let frame = DataFrame::new(session.context().state(), plan);
    let context = Arc::new(frame.task_ctx());
    let physical = frame.create_physical_plan().await?;
    let mut stream = execute_stream(Arc::clone(&physical), context)?;
    let (mut rows, mut sum, mut last, mut in_order, mut counted) = (0u64, 0i128, i128::MAX, true, 0i64);
    while let Some(batch) = stream.next().await.transpose()? {
        rows += batch.num_rows() as u64;
        if !sorted {
            counted = batch.column(0).as_primitive::<tutti_query::datafusion::arrow::datatypes::Int64Type>().value(0);
            continue;
        }
        if !matches!(batch.column(0).data_type(), DataType::Decimal128(..)) || batch.column(0).null_count() > 0 {
            bail!("totals are decimals and known");
        }
        for total in batch.column(0).as_primitive::<Decimal128Type>().values() {
            in_order &= *total <= last;
            last = *total;
            sum += *total;
        }
    }
    let answer = if sorted { json!([rows, sum.to_string(), in_order]) } else { json!(counted) };
    Ok((answer, spilled_bytes(physical.as_ref())))
}

fn spilled_bytes(plan: &dyn ExecutionPlan) -> usize {
    let own = plan.metrics().and_then(|metrics| metrics.spilled_bytes()).unwrap_or(0);
    own + plan.children().into_iter().map(|child| spilled_bytes(child.as_ref())).sum::<usize>()
}

/// The most memory that this process has had, as the system counts it.
fn peak_rss_kib() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
