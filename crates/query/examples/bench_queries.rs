//! Counts rules, from their JSON to the number. `bench/queries.py` drives it, in turns with DuckDB: the first line on
//! stdin has the documents of the tables, each other one a question (or sets an option of the engine: `SET
//! datafusion...`); a line on stdout is the answer.

use std::io::{BufRead, Write};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, bail};
use serde::Deserialize;
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
use tutti_query::{Planner, Providers, Session, SessionOptions, SqlExpressions, functions};

/// A question: the rows of `dimension` that match, or with `deduplicate` one of them for each value of that field.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    dimension: String,
    #[serde(rename = "where")]
    rule: Rule,
    deduplicate: Option<String>,
    /// Whether the physical plan is printed, with what each part of it cost, instead of the count.
    #[serde(default)]
    plan: bool,
}

fn plan(planner: &Planner<'_>, asked: &Question) -> anyhow::Result<LogicalPlan> {
    let moment = Moment::utc("2026-11-30T00:00:00Z".parse()?);
    let mut problems = Vec::new();
    let table = &planner.catalog.dimensions.get(&asked.dimension).context("no such dimension")?.table;
    let predicate = bind(&asked.rule, Scope::table(table), planner.catalog, &moment, "", &mut problems);
    let Some(predicate) = predicate else { bail!("{problems:?}") };
    let frame = planner.rows(table)?.filter(&predicate)?;
    let Some(by) = &asked.deduplicate else { return Ok(frame.into_plan()) };
    let definition = frame.table().clone();
    let field = Field::new(Vec::new(), definition.column(by).context("no such field")?.clone());
    let by = functions::casefold(frame.column(&field));
    let frame = frame.mark_first(vec![by], Vec::new(), 1, "kept")?;
    Ok(frame.filter_by(tutti_query::datafusion::prelude::ident("kept"))?.into_plan())
}

/// The tables of the documents, read from the Parquet files that are named like them.
async fn open(session: &Session, catalog: &Catalog, folder: &str) -> anyhow::Result<Providers> {
    let mut tables = Providers::new();
    for table in catalog.stored_tables() {
        let file = table.trim_start_matches("audience.");
        let path = format!("{folder}/{file}.parquet");
        if !std::path::Path::new(&path).exists() {
            continue;
        }
        session.context().register_parquet(file, &path, ParquetReadOptions::default()).await?;
        tables.insert(table.to_owned(), session.context().table_provider(file).await?);
    }
    Ok(tables)
}

/// Seconds of the processor that this process has used.
fn processor_seconds() -> anyhow::Result<f64> {
    // In hundredths of a second, fields 14 and 15, counted from behind the name of the program.
    let text = std::fs::read_to_string("/proc/self/stat")?;
    let fields = text.rsplit_once(')').context("/proc/self/stat")?.1;
    let ticks: Vec<f64> = fields.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse().ok()).collect();
    Ok(ticks.iter().sum::<f64>() / 100.0)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let folder = std::env::args().nth(1).context("usage: bench_queries FOLDER [THREADS] [MEMORY_MIB]")?;
    let threads = std::env::args().nth(2).map_or(Ok(2), |threads| threads.parse())?;
    let memory_mib = std::env::args().nth(3).map_or(Ok(8 << 10), |mib| mib.parse::<usize>())?;
    let spill = tempfile::tempdir()?;
    let options = SessionOptions { memory_limit_bytes: memory_mib << 20, spill_dir: spill.path().to_owned(), threads };
    let session = Session::new(&options)?;
    let mut lines = std::io::stdin().lock().lines();
    let documents: Vec<Value> = serde_json::from_str(&lines.next().context("the first line has the documents")??)?;
    let mut problems = Vec::new();
    let documents: Vec<Document> = documents.iter().filter_map(|body| Document::read(body, &mut problems)).collect();
    let mut catalog = Catalog::build(documents, &mut problems);
    catalog.expressions = Some(Arc::new(SqlExpressions));
    if !problems.is_empty() {
        bail!("{problems:?}");
    }
    let tables = open(&session, &catalog, &folder).await?;
    for line in lines {
        let line = line?;
        if line.starts_with("SET ") {
            session.context().sql(&line).await?;
            continue;
        }
        let asked: Question = serde_json::from_str(&line)?;
        let planner = Planner::new(&catalog, &tables);
        if asked.plan {
            show(&session, plan(&planner, &asked)?).await?;
            continue;
        }
        let (start, used) = (Instant::now(), processor_seconds()?);
        let count = session.count(plan(&planner, &asked)?).await?;
        let (seconds, used) = (start.elapsed().as_secs_f64(), processor_seconds()? - used);
        println!("{}", json!({"count": count, "seconds": seconds, "processor_seconds": used}));
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
    let context = Arc::new(frame.task_ctx());
    let physical = frame.create_physical_plan().await?;
    drop(collect(Arc::clone(&physical), Arc::clone(&context)).await?);
    println!("{}", DisplayableExecutionPlan::with_metrics(physical.as_ref()).indent(false));
    Ok(())
}
