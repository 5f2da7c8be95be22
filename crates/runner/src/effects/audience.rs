//! Saving audiences: the document that describes one, and its members.

use std::sync::Arc;

use serde_json::{Value, json};
use tutti_activities::effect::SaveAudience;
use tutti_activities::kinds::save_audience::Mode;
use tutti_lake::{ImportOptions, ImportReport, Mode as ImportMode, Source};
use tutti_model::audience::Audience;
use tutti_model::campaign::ActivityNode;
use tutti_model::catalog::Catalog;
use tutti_model::table::Column;
use tutti_query::datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder, lit};
use tutti_query::datafusion::prelude::Expr;
use tutti_store::DocumentWrite;

use crate::error::{Error, Result};
use crate::execute::{RunContext, thousands};
use crate::workspace::Workspace;

/// The column of imported rows that says what to do with each.
const CHANGE_TYPE: &str = "_change_request_type";

impl Workspace {
    /// Saves rows in an audience and says what became of it.
    pub(crate) async fn save_audience(
        &self,
        context: &RunContext,
        node: &ActivityNode,
        save: SaveAudience,
    ) -> Result<String> {
        let name = save.audience.clone();
        if !context.is_live() {
            let rows = self.session.count(save.rows).await?;
            return Ok(format!("a test saves nothing; {} would be saved in the audience `{name}`", thousands(rows)));
        }
        let report = self.write_audience(save, Some(context.effect_key(node))).await?;
        let (in_all, version) = (self.lake.snapshot(&report.table).await?.rows, report.version);
        Ok(format!(
            "audience `{name}`: {} new, {} known, {} removed; {} members in version {version}",
            thousands(report.inserted),
            thousands(report.updated),
            thousands(report.deleted),
            thousands(in_all)
        ))
    }

    /// Makes the audience if it is new, and writes its members as one version. Done twice under one name, it is done
    /// once.
    pub(crate) async fn write_audience(&self, save: SaveAudience, once: Option<String>) -> Result<ImportReport> {
        let catalog = self.describe_audience(&save.audience, &save.dimension, &save.columns).await?;
        let table = catalog.members(&save.audience).ok_or_else(|| {
            Error::not_found("audience", &save.audience, catalog.audiences.keys().map(String::as_str))
        })?;
        let (mode, rows) = match save.mode {
            Mode::Replace => (ImportMode::Replace, save.rows),
            Mode::Append => (ImportMode::Upsert, save.rows),
            Mode::Remove => (ImportMode::Upsert, as_deletes(save.rows, &table.primary_key)?),
        };
        let rows = self.session.stream(rows).await?;
        let options = ImportOptions { mode, once, ..ImportOptions::default() };
        let report = self.lake.import(table, vec![Source::rows("the population", rows)], &options, |_| ()).await?;
        self.reach("write the members of an audience").await;
        self.remove_old_files(&table.name).await;
        Ok(report)
    }

    /// Makes sure that there is a document for the audience, with at least these columns.
    async fn describe_audience(&self, name: &str, dimension: &str, columns: &[Column]) -> Result<Arc<Catalog>> {
        let _guard = self.lake.alone("documents").await?;
        let catalog = self.catalog().await?;
        let known = catalog.audiences.get(name);
        if let Some(known) = known.filter(|known| known.dimension != dimension) {
            return Err(Error::refused_with(
                "dimension_mismatch",
                format!("the audience `{name}` has rows of `{}`, and rows of `{dimension}` arrive", known.dimension),
                "save them under another name",
            ));
        }
        let mut all = known.map(|known| known.columns.clone()).unwrap_or_default();
        for column in columns {
            match all.iter().find(|kept| kept.name == column.name) {
                None => all.push(column.clone()),
                Some(kept) if kept.column_type == column.column_type => {}
                Some(kept) => {
                    return Err(Error::refused_with(
                        "wrong_type",
                        format!(
                            "the audience `{name}` keeps `{}` as {}, and this is {}",
                            kept.name, kept.column_type, column.column_type
                        ),
                        "save the column under another name",
                    ));
                }
            }
        }
        if known.is_some_and(|known| known.columns == all) {
            return Ok(catalog);
        }
        let audience = Audience { name: name.to_owned(), dimension: dimension.to_owned(), columns: all };
        // The table comes first: a process that dies in between must not leave a document whose rows nobody can read.
        let (_, of) = catalog
            .dimension_table(dimension)
            .ok_or_else(|| Error::not_found("dimension", dimension, catalog.dimensions.keys().map(String::as_str)))?;
        self.lake.ensure_table(&audience.table(of)).await?;
        self.reach("make the table of an audience").await;
        // What else the document says stays.
        let body = self.store.documents().get("audience", name, None).await?.and_then(|document| document.body);
        let mut body = body.unwrap_or_else(|| json!({"kind": "audience", "name": name}));
        let described = json!(audience);
        if let (Value::Object(body), Value::Object(described)) = (&mut body, described) {
            body.extend(described);
        }
        let write = DocumentWrite { kind: "audience".to_owned(), name: name.to_owned(), body, expected_version: None };
        self.store.documents().apply(vec![write], self.clock.now_us()).await?;
        self.catalog().await
    }
}

/// Rows that delete those of their keys.
fn as_deletes(rows: LogicalPlan, keys: &[String]) -> Result<LogicalPlan> {
    let column = |name: &String| Expr::Column(tutti_query::datafusion::common::Column::new_unqualified(name));
    let columns = keys.iter().map(column).chain([lit("d").alias(CHANGE_TYPE)]);
    let plan = LogicalPlanBuilder::from(rows).project(columns).and_then(LogicalPlanBuilder::build);
    Ok(plan.map_err(tutti_query::Error::from)?)
}
