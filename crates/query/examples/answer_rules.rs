//! Answers rules one after another, for programs that compare the answers with somebody else's. A line of JSON on
//! stdin asks, a line on stdout answers:
//!
//! - `{"open": FOLDER, "now": INSTANT}`: reads `documents.json` and a Parquet file for each table;
//! - `{"table": NAME, "where": RULE}`: `{"count", "complement", "parts": {POINTER: COUNT}, "words", "explained":
//!   {DIALECT: {"sql", "notes"}}}`, or `{"error"}`.

use std::io::{BufRead, Write};
use std::path::Path;

use anyhow::{Context, bail};
use serde_json::{Map, Value, json};
use tutti_model::bind::{Predicate, Scope, bind};
use tutti_model::catalog::Catalog;
use tutti_model::date_math::Moment;
use tutti_model::document::Document;
use tutti_model::rule::Rule;
use tutti_query::datafusion::prelude::ParquetReadOptions;
use tutti_query::{Dialect, Planner, Providers, Session, SessionOptions, SqlExpressions, count, count_parts, explain};

struct World {
    session: Session,
    catalog: Catalog,
    tables: Providers,
    moment: Moment,
    /// Where the session spills to, for as long as it lives.
    _spill: tempfile::TempDir,
}

impl World {
    async fn open(folder: &str, now: &str) -> anyhow::Result<Self> {
        let folder = Path::new(folder);
        let spill = tempfile::tempdir()?;
        let options = SessionOptions { memory_limit_bytes: 1 << 30, spill_dir: spill.path().to_owned(), threads: 2 };
        let session = Session::new(&options)?;
        let bodies: Vec<Value> = serde_json::from_slice(&std::fs::read(folder.join("documents.json"))?)?;
        let mut problems = Vec::new();
        let documents: Vec<Document> = bodies.iter().filter_map(|body| Document::read(body, &mut problems)).collect();
        let mut catalog = Catalog::build(documents, &mut problems);
        if !problems.is_empty() {
            bail!("{problems:?}");
        }
        catalog.expressions = Some(std::sync::Arc::new(SqlExpressions));
        let mut tables = Providers::new();
        for name in catalog.stored_tables() {
            let path = folder.join(format!("{name}.parquet"));
            if path.exists() {
                let path = path.to_str().context("the folder's name is not text")?;
                let quoted = format!("\"{name}\"");
                session.context().register_parquet(&quoted, path, ParquetReadOptions::default()).await?;
                tables.insert(name.to_owned(), session.context().table_provider(&quoted).await?);
            }
        }
        let moment = Moment::utc(now.parse()?);
        Ok(Self { session, catalog, tables, moment, _spill: spill })
    }

    fn bind(&self, table: &str, rule: &Rule) -> anyhow::Result<Predicate> {
        let mut problems = Vec::new();
        bind(rule, Scope::table(table), &self.catalog, &self.moment, "", &mut problems)
            .with_context(|| format!("{problems:?}"))
    }

    async fn answer(&self, table: &str, rule: Rule) -> anyhow::Result<Value> {
        let predicate = self.bind(table, &rule)?;
        let parts = rule.parts();
        let bound = parts.iter().map(|(_, part)| self.bind(table, part)).collect::<anyhow::Result<Vec<_>>>()?;
        let planner = Planner::new(&self.catalog, &self.tables);
        let rows = count(&self.session, &planner, table, &predicate).await?;
        let complement = Predicate::Not(Box::new(predicate.clone()));
        let others = count(&self.session, &planner, table, &complement).await?;
        let counts = count_parts(&self.session, &planner, table, &bound).await?;
        let counts: Map<String, Value> =
            parts.into_iter().map(|(pointer, _)| pointer).zip(counts.into_iter().map(Value::from)).collect();
        let mut explained = Map::new();
        let mut words = String::new();
        for (name, dialect) in Dialect::NAMES {
            let said = explain(&self.session, &planner, table, table, &predicate, dialect).await?;
            explained.insert(name.to_owned(), json!({"sql": said.sql.text, "notes": said.sql.notes}));
            words = said.words;
        }
        Ok(json!({"count": rows, "complement": others, "parts": counts, "words": words, "explained": explained}))
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut world = None;
    for line in std::io::stdin().lock().lines() {
        let asked: Value = serde_json::from_str(&line?)?;
        let answer = match asked["open"].as_str() {
            Some(folder) => {
                world = Some(World::open(folder, asked["now"].as_str().context("`now` is missing")?).await?);
                json!({"opened": folder})
            }
            None => {
                let world = world.as_ref().context("nothing is open")?;
                let table = asked["table"].as_str().context("`table` is missing")?;
                match world.answer(table, Rule(asked["where"].clone())).await {
                    Ok(answer) => answer,
                    Err(error) => json!({"error": format!("{error:#}")}),
                }
            }
        };
        println!("{answer}");
        std::io::stdout().flush()?;
    }
    Ok(())
}
