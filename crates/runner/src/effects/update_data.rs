//! Writing into tables: one commit for a run and an activity, with the rows that the table did not take.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::StreamExt;
use tutti_activities::effect::UpdateData;
use tutti_activities::kinds::load_file::REJECTS;
use tutti_activities::kinds::update_data::{Mode, REFUSED, REJECT_COLUMNS, key_name, with_reject_columns};
use tutti_lake::{ImportOptions, Mode as ImportMode, Source};
use tutti_model::campaign::{ActivityNode, OUT};
use tutti_query::Planner;
use tutti_query::datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray, UInt64Array};
use tutti_query::datafusion::arrow::compute::{cast, concat_batches, filter_record_batch, is_null, take_record_batch};
use tutti_query::datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use tutti_query::datafusion::arrow::error::ArrowError;
use tutti_query::datafusion::catalog::TableProvider;
use tutti_query::datafusion::common::Column as PlanColumn;
use tutti_query::datafusion::datasource::MemTable;
use tutti_query::datafusion::logical_expr::{JoinType, LogicalPlan, LogicalPlanBuilder};
use tutti_query::datafusion::physical_plan::SendableRecordBatchStream;
use tutti_query::datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use tutti_query::datafusion::prelude::Expr;

use super::Done;
use crate::error::{Error, Result};
use crate::execute::{RunContext, Written, pass_through, population_path, thousands};
use crate::workspace::Workspace;

/// The rows on their way to the table, kept so that a repetition after a crash finds the same.
const MAPPED: &str = ".mapped";

/// The column of imported rows that says what to do with each.
const CHANGE_TYPE: &str = "_change_request_type";

/// A row that was not written: its number among the mapped rows, and why.
struct Refused {
    row: u64,
    column: Option<String>,
    reason: String,
    value: Option<String>,
}

impl Workspace {
    pub(crate) async fn update_data(
        &self,
        context: &RunContext,
        node: &ActivityNode,
        arrived: &[Written],
        update: UpdateData,
        versions: &BTreeMap<String, i64>,
    ) -> Result<Done> {
        if !context.is_live() {
            let rows = self.session.count(update.rows).await?;
            let note =
                format!("a test writes nothing; {} rows would be written to `{}`", thousands(rows), update.table);
            return self.with_rejects(context, node, arrived, Vec::new(), note).await;
        }
        let table = context.catalog.tables.get(&update.table).ok_or_else(|| {
            Error::not_found("table", &update.table, context.catalog.tables.keys().map(String::as_str))
        })?;
        let key = context.effect_key(node);
        let mapped = population_path(&context.run, &node.id, MAPPED);
        // After a commit, the rows are computed no more: the table is another one by now.
        let committed = self.lake.transaction(&update.table, &key).await?.is_some();
        if !committed {
            let rows = self.session.stream(update.rows.clone()).await?;
            self.put_population(context, &mapped, rows).await?;
            self.reach("write the rows that change a table").await;
        }
        let mut refused = self.refused_before(&mapped).await?;
        if refused.len() as u64 > update.errors_allowed {
            return Err(too_many(&update, &refused));
        }
        let file = self.rejects_file(context, node);
        let options = ImportOptions {
            mode: if update.mode == Mode::Insert { ImportMode::Append } else { ImportMode::Upsert },
            max_rejects: update.errors_allowed - refused.len() as u64,
            rejects: Some(file.clone()),
            once: Some(key),
            expected_version: versions.get(&update.table).copied().filter(|_| update.needs_stored),
            ..ImportOptions::default()
        };
        let rows = self.rows_to_import(&mapped, &update).await?;
        let source = Source::rows("the population", rows);
        let report = self.lake.import(table, vec![source], &options, |_| ()).await?;
        self.reach("change a table").await;
        self.remove_old_files(&update.table).await;
        refused.extend(self.refused_by_table(&mapped, &file).await?);
        let mut note = format!(
            "table `{}`: {} made, {} changed, {} removed, {} rejected; version {}",
            update.table,
            thousands(report.inserted),
            thousands(report.updated),
            thousands(report.deleted),
            thousands(refused.len() as u64),
            report.version
        );
        if report.skipped > 0 {
            note.push_str(&format!("; {} rows lost to others of their key", thousands(report.skipped)));
        }
        let keys = self.keys_of(&mapped, &refused).await?;
        self.with_rejects(context, node, arrived, keys, note).await
    }

    fn rejects_file(&self, context: &RunContext, node: &ActivityNode) -> PathBuf {
        let mapped = self.lake.population_file(&population_path(&context.run, &node.id, MAPPED));
        mapped.with_file_name(".rejects.csv")
    }

    /// Rows that are known not to fit before the table is asked.
    async fn refused_before(&self, mapped: &tutti_lake::PopulationPath) -> Result<Vec<Refused>> {
        let mut refused = Vec::new();
        let mut rows = self.lake.population_stream(mapped)?;
        let mut row = 0;
        while let Some(batch) = rows.next().await {
            let batch = batch.map_err(tutti_query::Error::from)?;
            let reasons = texts(&batch, REFUSED)?;
            for index in 0..batch.num_rows() {
                if reasons.is_valid(index) {
                    refused.push(Refused { row, column: None, reason: reasons.value(index).to_owned(), value: None });
                }
                row += 1;
            }
        }
        Ok(refused)
    }

    /// The rows that the table is asked to take, in their order.
    async fn rows_to_import(
        &self,
        mapped: &tutti_lake::PopulationPath,
        update: &UpdateData,
    ) -> Result<SendableRecordBatchStream> {
        let rows = self.lake.population_stream(mapped)?;
        let incoming = rows.schema();
        let mut fields: Vec<Field> =
            update.columns.iter().filter_map(|name| incoming.field_with_name(name).ok()).cloned().collect();
        let deletes = update.mode == Mode::Delete;
        if deletes {
            fields.push(Field::new(CHANGE_TYPE, DataType::Utf8, true));
        }
        let schema: SchemaRef = Arc::new(Schema::new(fields));
        let given = Arc::clone(&schema);
        let chosen = rows.map(move |batch| {
            let batch = batch?;
            let good = is_null(batch.column_by_name(REFUSED).ok_or_else(lost)?)?;
            let batch = filter_record_batch(&batch, &good)?;
            let columns = given.fields().iter().map(|field| -> Result<ArrayRef, ArrowError> {
                match batch.column_by_name(field.name()) {
                    Some(column) => Ok(column.clone()),
                    None => Ok(Arc::new(StringArray::from(vec!["d"; batch.num_rows()]))),
                }
            });
            Ok(RecordBatch::try_new(Arc::clone(&given), columns.collect::<Result<Vec<_>, _>>()?)?)
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, chosen)))
    }

    /// Rows that the table did not take, by the file that the import wrote.
    async fn refused_by_table(&self, mapped: &tutti_lake::PopulationPath, file: &Path) -> Result<Vec<Refused>> {
        let rejects = tutti_lake::read_rejects(file)?;
        if rejects.is_empty() {
            return Ok(Vec::new());
        }
        // The import counts the rows that it was given.
        let before: Vec<u64> = self.refused_before(mapped).await?.into_iter().map(|refused| refused.row).collect();
        let mut refused = Vec::with_capacity(rejects.len());
        for reject in rejects {
            refused.push(Refused {
                row: place(reject.line.saturating_sub(1), &before),
                column: reject.column,
                reason: reject.reason,
                value: (!reject.value.is_empty()).then_some(reject.value),
            });
        }
        Ok(refused)
    }

    /// The keys of refused rows, with why, as a batch.
    async fn keys_of(&self, mapped: &tutti_lake::PopulationPath, refused: &[Refused]) -> Result<Vec<RecordBatch>> {
        let by_row: BTreeMap<u64, &Refused> = refused.iter().map(|refused| (refused.row, refused)).collect();
        let mut rows = self.lake.population_stream(mapped)?;
        let mut batches = Vec::new();
        let mut first = 0;
        while let Some(batch) = rows.next().await {
            let batch = batch.map_err(tutti_query::Error::from)?;
            let end = first + batch.num_rows() as u64;
            let mine: Vec<(u64, &Refused)> =
                by_row.range(first..end).map(|(row, refused)| (*row - first, *refused)).collect();
            first = end;
            if mine.is_empty() {
                continue;
            }
            let keys = (0..).map(key_name).map_while(|name| batch.schema().index_of(&name).ok()).collect::<Vec<_>>();
            let chosen = UInt64Array::from_iter_values(mine.iter().map(|(row, _)| *row));
            let keys = batch.project(&keys).and_then(|keys| take_record_batch(&keys, &chosen)).map_err(failed)?;
            let text = |text: fn(&Refused) -> Option<&str>| -> ArrayRef {
                Arc::new(mine.iter().map(|(_, refused)| text(refused)).collect::<StringArray>())
            };
            let why = [
                text(|refused| refused.column.as_deref()),
                text(|refused| Some(&refused.reason)),
                text(|refused| refused.value.as_deref()),
            ];
            let mut fields: Vec<Field> = keys.schema().fields().iter().map(|field| field.as_ref().clone()).collect();
            fields.extend(REJECT_COLUMNS.map(|name| Field::new(name, DataType::Utf8, true)));
            let columns = keys.columns().iter().cloned().chain(why).collect();
            batches.push(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(failed)?);
        }
        Ok(batches)
    }

    /// The populations of both ports, given the keys that the table did not take.
    async fn with_rejects(
        &self,
        context: &RunContext,
        node: &ActivityNode,
        arrived: &[Written],
        refused: Vec<RecordBatch>,
        note: String,
    ) -> Result<Done> {
        let inbound = arrived.first().ok_or(tutti_activities::Error::NoInput)?;
        let input = self.input(context, inbound)?;
        let (_, table) = context
            .catalog
            .dimension_table(&inbound.dimension)
            .ok_or_else(|| tutti_activities::Error::MissingDimension(inbound.dimension.clone()))?;
        let keys = table.primary_key.clone();
        let added = with_reject_columns(&inbound.at.added);
        let (good, bad) = {
            let tables = tutti_query::Providers::new();
            let planner = Planner::new(&context.catalog, &tables);
            let rows = planner.scan_provider(&input.rows)?;
            let why = planner.scan_provider(&refused_table(&refused, table)?)?;
            plans(rows, why, &keys, &added).map_err(tutti_query::Error::from)?
        };
        let path = |port: &str| population_path(&context.run, &node.id, port);
        let bad = self.put_population(context, &path(REJECTS), self.session.stream(bad).await?).await?;
        let rejects = Written::new(node, REJECTS, &inbound.dimension, bad.rows, added);
        let mut populations: Vec<Written> = Vec::with_capacity(2);
        if bad.rows == 0 {
            populations
                .extend(pass_through(context, node, arrived.first()).into_iter().filter(|written| written.port == OUT));
        } else {
            let good = self.put_population(context, &path(OUT), self.session.stream(good).await?).await?;
            populations.push(Written::new(node, OUT, &inbound.dimension, good.rows, inbound.at.added.clone()));
        }
        populations.push(rejects);
        Ok(Done { populations, note, leftover: None })
    }
}

/// The place among all rows of the row with this place among those that were not refused before; `refused` is sorted.
fn place(row: u64, refused: &[u64]) -> u64 {
    refused.iter().fold(row, |place, refused| if *refused <= place { place + 1 } else { place })
}

fn refused_table(refused: &[RecordBatch], table: &tutti_model::table::Table) -> Result<Arc<dyn TableProvider>> {
    let keys = table.key_columns().into_iter().enumerate();
    let mut fields: Vec<Field> =
        keys.map(|(index, key)| Field::new(key_name(index), tutti_query::arrow_type(key.column_type), true)).collect();
    fields.extend(REJECT_COLUMNS.map(|name| Field::new(name, DataType::Utf8, true)));
    let schema = Arc::new(Schema::new(fields));
    let fitted = refused.iter().map(|batch| {
        let columns =
            batch.columns().iter().zip(schema.fields()).map(|(column, field)| cast(column, field.data_type()));
        RecordBatch::try_new(Arc::clone(&schema), columns.collect::<Result<Vec<_>, _>>()?)
    });
    let fitted = fitted.collect::<Result<Vec<_>, _>>().and_then(|all| concat_batches(&schema, &all)).map_err(failed)?;
    let table = MemTable::try_new(schema, vec![vec![fitted]]).map_err(tutti_query::Error::from)?;
    Ok(Arc::new(table))
}

/// The rows that were not refused, and those that were with why.
fn plans(
    rows: LogicalPlan,
    why: LogicalPlan,
    keys: &[String],
    added: &[tutti_model::table::Column],
) -> Result<(LogicalPlan, LogicalPlan), tutti_query::datafusion::error::DataFusionError> {
    let column = |name: &str| Expr::Column(PlanColumn::new_unqualified(name));
    // What arrived may have columns of the same names from another activity of this kind.
    let inbound: Vec<Expr> = rows
        .schema()
        .fields()
        .iter()
        .filter(|field| !REJECT_COLUMNS.contains(&field.name().as_str()))
        .map(|field| column(field.name()))
        .collect();
    let on: Vec<Expr> = keys.iter().enumerate().map(|(index, key)| column(key).eq(column(&key_name(index)))).collect();
    let good = LogicalPlanBuilder::from(rows.clone()).join_on(why.clone(), JoinType::LeftAnti, on.clone())?.build()?;
    let rows = LogicalPlanBuilder::from(rows).project(inbound)?.build()?;
    let columns = keys.iter().map(String::as_str).chain(added.iter().map(|added| added.name.as_str()));
    let bad = LogicalPlanBuilder::from(rows)
        .join_on(why, JoinType::Inner, on)?
        .project(columns.map(column).collect::<Vec<_>>())?
        .sort(keys.iter().map(|key| column(key).sort(true, false)).collect::<Vec<_>>())?
        .build()?;
    Ok((good, bad))
}

fn too_many(update: &UpdateData, refused: &[Refused]) -> Error {
    let first = refused.first().map_or("", |refused| refused.reason.as_str());
    Error::refused_with(
        "rejected",
        format!(
            "{} rows for the table `{}` are rejected, {} are allowed; nothing was written. The first: {first}",
            refused.len(),
            update.table,
            update.errors_allowed
        ),
        "mend them, or allow more with `errors_allowed`",
    )
}

fn texts(batch: &RecordBatch, name: &str) -> Result<StringArray> {
    let column = batch.column_by_name(name).ok_or_else(lost).map_err(failed)?;
    Ok(cast(column, &DataType::Utf8).map_err(failed)?.as_string::<i32>().clone())
}

fn lost() -> ArrowError {
    ArrowError::SchemaError(format!("the rows have no column `{REFUSED}`"))
}

fn failed(error: ArrowError) -> Error {
    Error::Query(tutti_query::Error::DataFusion(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_skip_rows_that_were_refused_before() {
        for (row, refused, expected) in
            [(0, vec![], 0), (0, vec![0], 1), (1, vec![0, 1], 3), (2, vec![1, 5], 3), (4, vec![1, 5], 6)]
        {
            assert_eq!(place(row, &refused), expected, "{row} {refused:?}");
        }
    }
}
