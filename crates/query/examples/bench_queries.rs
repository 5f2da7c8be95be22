//! Runs the benchmark's rules, from their JSON to the count. `bench/queries.py` drives it, in turns with DuckDB:
//! a line on stdin names a rule (or is `plan RULE`, or sets an option of the engine: `SET datafusion...`), a line on
//! stdout is the answer.

use std::io::{BufRead, Write};
use std::time::Instant;

use anyhow::{Context, bail};
use serde_json::{Value, json};
use tutti_model::bind::{Field, Scope, bind};
use tutti_model::catalog::Catalog;
use tutti_model::date_math::Moment;
use tutti_model::document::Document;
use tutti_model::rule::Rule;
use tutti_query::datafusion::logical_expr::LogicalPlan;
use tutti_query::datafusion::physical_plan::collect;
use tutti_query::datafusion::physical_plan::display::DisplayableExecutionPlan;
use tutti_query::datafusion::prelude::{DataFrame, ParquetReadOptions};
use tutti_query::{Planner, Providers, Session, SessionOptions, functions};

fn documents() -> [Value; 3] {
    let columns = |columns: &[(&str, &str)]| -> Value {
        columns.iter().map(|(name, column_type)| json!({"name": name, "type": column_type})).collect()
    };
    [
        json!({"kind": "table", "name": "customers", "primary_key": ["customer_id"],
            "columns": columns(&[("customer_id", "string"), ("email", "string"), ("country", "string"), ("birth_date", "date"),
                ("tier", "string"), ("email_opt_in", "boolean"), ("loyalty_points", "integer")]),
            "links": [{"name": "orders", "to": "orders", "on": {"customer_id": "customer_id"}, "cardinality": "one-to-many"}]}),
        json!({"kind": "table", "name": "orders", "primary_key": ["order_id"],
            "columns": columns(&[("order_id", "string"), ("customer_id", "string"), ("ordered_at", "timestamp"), ("status", "string"), ("total", "decimal(12,2)")])}),
        json!({"kind": "dimension", "name": "customers", "table": "customers", "identity": "customer_id"}),
    ]
}

fn rule(name: &str) -> Option<Value> {
    let shipped = json!({"field": "status", "operator": "=", "value": "shipped"});
    let french = json!({"field": "country", "operator": "=", "value": "fr"});
    Some(match name {
        "filter" => {
            json!({"combinator": "and", "rules": [{"field": "country", "operator": "in", "value": ["fr", "de"]},
            {"field": "birth_date", "operator": ">=", "value": "1980-01-01"}, {"field": "email_opt_in", "operator": "=", "value": true}]})
        }
        "some" => json!({"field": "orders", "match": {"mode": "some"}, "value":
            {"combinator": "and", "rules": [shipped, {"field": "total", "operator": ">=", "value": 100}]}}),
        "sum" => json!({"combinator": "and", "rules": [french,
            {"field": "orders", "aggregate": {"function": "sum", "field": "total"}, "where": shipped, "operator": ">", "value": 200}]}),
        "none" => {
            json!({"field": "orders", "match": {"mode": "none"}, "value": {"field": "ordered_at", "operator": ">=", "value": "now-6M"}})
        }
        "deduplicate" => json!({}),
        // As many groups as orders: far more than fits a small memory limit.
        "distinct" => json!({"field": "orders", "operator": ">", "value": 20,
            "aggregate": {"function": "countDistinct", "field": "order_id"}}),
        _ => return None,
    })
}

fn plan(planner: &Planner<'_>, catalog: &Catalog, name: &str) -> anyhow::Result<LogicalPlan> {
    let rule = rule(name).with_context(|| format!("no rule `{name}`"))?;
    let moment = Moment::utc("2026-11-30T00:00:00Z".parse()?);
    let mut problems = Vec::new();
    let Some(predicate) = bind(&Rule(rule), Scope::table("customers"), catalog, &moment, "", &mut problems) else {
        bail!("{problems:?}");
    };
    let frame = planner.rows("customers")?.filter(&predicate)?;
    if name != "deduplicate" {
        return Ok(frame.into_plan());
    }
    let table = frame.table().clone();
    let email = table.column("email").context("email")?;
    let email = Field::new(Vec::new(), email.clone());
    let by = functions::casefold(frame.column(&email));
    let frame = frame.mark_first(vec![by], Vec::new(), 1, "kept")?;
    Ok(frame.filter_by(tutti_query::datafusion::prelude::ident("kept"))?.into_plan())
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let folder = std::env::args().nth(1).context("usage: bench_queries FOLDER [THREADS] [MEMORY_MIB]")?;
    let threads = std::env::args().nth(2).map_or(Ok(2), |threads| threads.parse())?;
    let memory_mib = std::env::args().nth(3).map_or(Ok(8 << 10), |mib| mib.parse::<usize>())?;
    let spill = tempfile::tempdir()?;
    let options = SessionOptions { memory_limit_bytes: memory_mib << 20, spill_dir: spill.path().to_owned(), threads };
    let session = Session::new(&options)?;
    let mut problems = Vec::new();
    let documents: Vec<Document> = documents().iter().filter_map(|body| Document::read(body, &mut problems)).collect();
    let catalog = Catalog::build(documents, &mut problems);
    if !problems.is_empty() {
        bail!("{problems:?}");
    }
    let mut tables = Providers::new();
    for table in ["customers", "orders"] {
        let path = format!("{folder}/{table}.parquet");
        session.context().register_parquet(table, &path, ParquetReadOptions::default()).await?;
        tables.insert(table.to_owned(), session.context().table_provider(table).await?);
    }
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if line.starts_with("SET ") {
            session.context().sql(&line).await?;
            continue;
        }
        let (shows_plan, name) = line.strip_prefix("plan ").map_or((false, line.as_str()), |name| (true, name));
        let planner = Planner::new(&catalog, &tables);
        if shows_plan {
            show(&session, plan(&planner, &catalog, name)?).await?;
            continue;
        }
        let start = Instant::now();
        let count = session.count(plan(&planner, &catalog, name)?).await?;
        let seconds = start.elapsed().as_secs_f64();
        println!("{}", json!({"rule": name, "count": count, "seconds": seconds}));
        std::io::stdout().flush()?;
    }
    Ok(())
}

/// Prints the count's physical plan with what each part of it cost.
async fn show(session: &Session, plan: LogicalPlan) -> anyhow::Result<()> {
    use tutti_query::datafusion::functions_aggregate::expr_fn::count;
    use tutti_query::datafusion::prelude::lit;
    let state = session.context().state();
    let frame = DataFrame::new(state, plan).aggregate(Vec::new(), vec![count(lit(1))])?;
    let context = std::sync::Arc::new(frame.task_ctx());
    let physical = frame.create_physical_plan().await?;
    drop(collect(std::sync::Arc::clone(&physical), std::sync::Arc::clone(&context)).await?);
    println!("{}", DisplayableExecutionPlan::with_metrics(physical.as_ref()).indent(false));
    Ok(())
}
