//! A table provider over a fixed list of Parquet files: plain file scans, which are as fast as Delta's own and can
//! travel to other machines.

use std::any::Any;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Statistics;
use datafusion::datasource::TableType;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::object_store::ObjectStoreUrl;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;

use crate::statistics;

/// Files at one moment. Columns that a file lacks read as NULL.
pub(crate) struct Files {
    schema: SchemaRef,
    files: Vec<PartitionedFile>,
    statistics: Statistics,
}

impl Files {
    /// `schema` is that of the table; texts are read as views.
    pub fn new(schema: &Schema, files: Vec<PartitionedFile>) -> Self {
        let schema = with_views(schema);
        let unknown = Statistics::new_unknown(&schema);
        let all = files.iter().map(|file| file.statistics.as_deref().unwrap_or(&unknown));
        let statistics = statistics::sum(all, &schema);
        Self { schema, files, statistics }
    }
}

impl std::fmt::Debug for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Files").field("files", &self.files.len()).finish_non_exhaustive()
    }
}

/// The schema with texts as views, which filters and joins handle faster.
pub(crate) fn with_views(schema: &Schema) -> SchemaRef {
    let fields: Vec<Field> = schema
        .fields()
        .iter()
        .map(|field| match field.data_type() {
            DataType::Utf8 => field.as_ref().clone().with_data_type(DataType::Utf8View),
            _ => field.as_ref().clone(),
        })
        .collect();
    Arc::new(Schema::new(fields))
}

#[async_trait]
impl TableProvider for Files {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn statistics(&self) -> Option<Statistics> {
        Some(self.statistics.clone())
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        if self.files.is_empty() {
            let schema = match projection {
                Some(indices) => Arc::new(self.schema.project(indices)?),
                None => self.schema.clone(),
            };
            return Ok(Arc::new(EmptyExec::new(schema)));
        }
        let groups = FileGroup::new(self.files.clone()).split_files(state.config().target_partitions());
        let source = Arc::new(ParquetSource::new(self.schema.clone()));
        let config = FileScanConfigBuilder::new(ObjectStoreUrl::local_filesystem(), source)
            .with_file_groups(groups)
            .with_statistics(self.statistics.clone())
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        let options = state.default_table_options().parquet;
        ParquetFormat::default().with_options(options).create_physical_plan(state, config).await
    }
}

/// A file by its absolute path.
pub(crate) fn partitioned_file(path: &std::path::Path, size: u64, modified_ms: i64) -> Result<PartitionedFile> {
    let location = datafusion::object_store::path::Path::from_absolute_path(path)?;
    Ok(PartitionedFile::new_from_meta(datafusion::object_store::ObjectMeta {
        location,
        last_modified: datafusion::common::arrow::temporal_conversions::timestamp_ms_to_datetime(modified_ms)
            .unwrap_or_default()
            .and_utc(),
        size,
        e_tag: None,
        version: None,
    }))
}

const _: fn() = || {
    fn is_any<T: Any>() {}
    is_any::<Files>();
};
