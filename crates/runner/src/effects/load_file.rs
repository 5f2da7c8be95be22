//! Loading files: lines become a population, those that do not fit another.

use std::path::Path;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};
use tutti_activities::kinds::load_file::{REJECTS, Settings, WhenMissing, reject_columns};
use tutti_lake::{FileLayout, Reject, read_file};
use tutti_model::builtin::{FILE_DIMENSION, LINE_COLUMN};
use tutti_model::campaign::{ActivityNode, OUT};
use tutti_model::table::{Column, ColumnType};
use tutti_query::datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use tutti_query::datafusion::physical_plan::SendableRecordBatchStream;
use tutti_query::datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use tutti_query::schema_of;

use super::Done;
use crate::error::{Error, Result};
use crate::execute::{RunContext, Written, population_path, thousands};
use crate::workspace::Workspace;

/// A file to remove once nothing can go wrong any more; another file that got its name meanwhile stays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Leftover {
    name: String,
    bytes: u64,
    modified_ns: u128,
}

impl Workspace {
    pub(crate) async fn load_file(
        &self,
        context: &RunContext,
        node: &ActivityNode,
        settings: Settings,
    ) -> Result<Done> {
        let name = context.file_name(node, &settings.path)?;
        let path = self.file_path(&name)?;
        let added = settings.added();
        let empty = || {
            let columns: Vec<Column> =
                std::iter::once(Column::new(LINE_COLUMN, ColumnType::Integer)).chain(added.iter().cloned()).collect();
            stream_of(RecordBatch::new_empty(schema_of(&columns)))
        };
        let stamp = stamp(&path, &name);
        let (rows, rejects) = if stamp.is_some() {
            let layout = FileLayout {
                name: name.clone(),
                zone: self.zone_of(context, settings.format.time_zone.as_deref()),
                format: settings.format,
                columns: settings.columns,
                line_column: settings.line_column,
                rejects_max: settings.errors_allowed,
                bytes_max: settings.megabytes_max.map(|megabytes| megabytes.saturating_mul(1_000_000)),
            };
            let (rows, rejects) = read_file(&path, layout)?;
            (rows, Some(rejects))
        } else if settings.when_missing == WhenMissing::Empty {
            (empty(), None)
        } else {
            return Err(Error::NotFound {
                what: "file",
                name,
                hint: Some("bring it there with `tutti file put`, or set `when_missing: empty`".to_owned()),
            });
        };
        let written = self.put_population(context, &population_path(&context.run, &node.id, OUT), rows).await?;
        self.reach("write the lines of a file that fit").await;
        let read = rejects.as_ref().map_or(0, tutti_lake::FileRejects::lines_read);
        let kept = rejects.map(|rejects| rejects.take()).unwrap_or_default();
        let rejected = kept.len() as u64;
        let rows = stream_of(rejects_batch(&kept)?);
        self.put_population(context, &population_path(&context.run, &node.id, REJECTS), rows).await?;
        let note = match stamp {
            None => format!("there is no file `{name}`"),
            Some(_) => format!(
                "read {} lines of `{name}`, {} fit, {} do not",
                thousands(read),
                thousands(written.rows),
                thousands(rejected)
            ),
        };
        Ok(Done {
            populations: vec![
                Written::new(node, OUT, FILE_DIMENSION, written.rows, added),
                Written::new(node, REJECTS, FILE_DIMENSION, rejected, reject_columns()),
            ],
            note,
            leftover: stamp.filter(|_| settings.delete_after),
        })
    }

    /// Removes a file that was read, unless it is another by now.
    pub(crate) fn remove_leftover(&self, leftover: &Leftover) -> Result<()> {
        let path = self.file_path(&leftover.name)?;
        if stamp(&path, &leftover.name).as_ref() == Some(leftover) {
            std::fs::remove_file(&path).map_err(|source| self.files_failed(source))?;
        }
        Ok(())
    }

    /// A zone by its name, else the campaign's.
    pub(crate) fn zone_of(&self, context: &RunContext, name: Option<&str>) -> jiff::tz::TimeZone {
        name.and_then(|name| jiff::tz::TimeZone::get(name).ok()).unwrap_or_else(|| context.moment.zone.clone())
    }
}

fn stamp(path: &Path, name: &str) -> Option<Leftover> {
    let metadata = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(Leftover { name: name.to_owned(), bytes: metadata.len(), modified_ns: modified.as_nanos() })
}

pub(crate) fn stream_of(batch: RecordBatch) -> SendableRecordBatchStream {
    Box::pin(RecordBatchStreamAdapter::new(batch.schema(), futures::stream::iter([Ok(batch)])))
}

fn rejects_batch(rejects: &[Reject]) -> Result<RecordBatch> {
    let line = |reject: &Reject| i64::try_from(reject.line).unwrap_or(i64::MAX);
    let texts =
        |text: fn(&Reject) -> Option<&str>| -> ArrayRef { Arc::new(rejects.iter().map(text).collect::<StringArray>()) };
    let columns: Vec<Column> =
        std::iter::once(Column::new(LINE_COLUMN, ColumnType::Integer)).chain(reject_columns()).collect();
    let arrays: Vec<ArrayRef> = vec![
        Arc::new(rejects.iter().map(line).collect::<Int64Array>()),
        texts(|reject| reject.column.as_deref()),
        texts(|reject| Some(&reject.reason)),
        texts(|reject| Some(&reject.value)),
        texts(|reject| Some(&reject.row)),
    ];
    let batch = RecordBatch::try_new(schema_of(&columns), arrays);
    Ok(batch.map_err(|error| tutti_query::Error::DataFusion(error.into()))?)
}
