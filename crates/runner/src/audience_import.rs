//! Audiences from files: lines are matched with the rows of a dimension.

use async_recursion::async_recursion as boxed;
use std::path::Path;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use tutti_activities::effect::SaveAudience;
use tutti_activities::kinds::save_audience::Mode;
use tutti_lake::{FileLayout, read_file};
use tutti_model::bind::{Field, Scope, field};
use tutti_model::builtin::FILE_TABLE;
use tutti_model::file::{FileColumn, FileFormat, Nulls};
use tutti_model::id::{RESERVED_PREFIX, is_document_name};
use tutti_model::problem::Problem;
use tutti_model::table::{Column, ColumnType};
use tutti_query::Planner;

use crate::error::{Error, Result};
use crate::execute::{missing_population, population_path};
use crate::workspace::Workspace;

/// How a file becomes an audience.
#[derive(Clone, Debug, Default)]
pub struct AudienceRequest {
    pub dimension: String,
    /// Columns of the file and the fields of the dimension that they equal; without any, the columns of its key.
    pub on: Vec<(String, String)>,
    /// Columns of the file that are kept with the members.
    pub columns: Vec<String>,
    /// `replace` (default), `append` or `remove`.
    pub mode: Option<String>,
    pub encoding: Option<String>,
    pub separator: Option<String>,
    /// More lines than this that cannot be read, and nothing is taken.
    pub max_rejects: u64,
    /// What to call the file in messages.
    pub name: String,
}

/// What became of the lines of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AudienceImport {
    pub audience: String,
    pub read: u64,
    /// Rows of the dimension that lines were found to be.
    pub matched: u64,
    /// Lines that fit no row.
    pub unmatched: u64,
    /// Lines that could not be read.
    pub rejected: u64,
    /// Members, after the import.
    pub rows: u64,
    pub version: i64,
}

impl Workspace {
    /// Saves the rows of a dimension that the lines of a file are as an audience.
    #[boxed]
    pub async fn import_audience(
        &self,
        audience: &str,
        file: &Path,
        request: AudienceRequest,
    ) -> Result<AudienceImport> {
        if !is_document_name(audience) || audience.starts_with(RESERVED_PREFIX) {
            return Err(Error::refused_with(
                "bad_name",
                format!("`{audience}` cannot be the name of an audience"),
                "a name is a lower-case letter, then lower-case letters, digits, `_` and `-`; at most 100",
            ));
        }
        let scratch = format!("import_{}", self.ulid());
        let imported = self.match_and_save(audience, file, request, &scratch).await;
        self.lake.delete_populations(&scratch).await?;
        imported
    }

    async fn match_and_save(
        &self,
        audience: &str,
        file: &Path,
        request: AudienceRequest,
        scratch: &str,
    ) -> Result<AudienceImport> {
        let mode = mode_of(request.mode.as_deref())?;
        let catalog = self.catalog().await?;
        let dimensions = || catalog.dimensions.keys().map(String::as_str);
        let table = catalog.dimension_table(&request.dimension).filter(|_| !request.dimension.is_empty());
        let (_, table) = table.ok_or_else(|| Error::not_found("dimension", &request.dimension, dimensions()))?;
        let on = if request.on.is_empty() {
            table.primary_key.iter().map(|key| (key.clone(), key.clone())).collect()
        } else {
            request.on
        };
        let mut problems: Vec<Problem> = Vec::new();
        let mut pairs: Vec<(Field, Field)> = Vec::new();
        for (index, (column, path)) in on.iter().enumerate() {
            match field(path, Scope::table(&table.name), &catalog, &format!("/on/{index}")) {
                Ok(there) => pairs.push((Field::added(Column::new(column, there.column.column_type)), there)),
                Err(problem) => problems.push(problem),
            }
        }
        if !problems.is_empty() {
            return Err(Error::Problems { what: "the file cannot be matched".to_owned(), problems });
        }
        let layout = FileLayout {
            name: request.name,
            format: FileFormat { encoding: request.encoding, separator: request.separator, ..FileFormat::default() },
            columns: columns_of(&pairs, &request.columns),
            zone: TimeZone::UTC,
            line_column: None,
            rejects_max: request.max_rejects,
            bytes_max: None,
        };
        let added = layout.added();
        let path = population_path(scratch, "lines", "out");
        let (rows, rejects) = read_file(file, layout)?;
        self.lake.write_population(&path, rows).await?;
        let (lines, _) = self.lake.population(&path)?.ok_or_else(|| missing_population(&path))?;
        let (tables, _) = self.lake.snapshots(catalog.stored_tables()).await?;
        let (unmatched, rows, kept) = {
            let planner = Planner::new(&catalog, &tables);
            let frame = || -> Result<_> { Ok(planner.population(FILE_TABLE, planner.scan_provider(&lines)?, &added)?) };
            let unmatched = frame()?.having_match(table, &pairs, false)?.into_plan();
            let matched = frame()?.matched(table, &pairs)?;
            let kept: Vec<Column> = added
                .iter()
                .filter(|column| request.columns.contains(&column.name) && !table.primary_key.contains(&column.name))
                .cloned()
                .collect();
            let names = table.primary_key.iter().chain(kept.iter().map(|column| &column.name));
            (unmatched, matched.select(names)?, kept)
        };
        let unmatched = self.session.count(unmatched).await?;
        let matched = self.session.count(rows.clone()).await?;
        let save = SaveAudience {
            audience: audience.to_owned(),
            dimension: request.dimension,
            mode,
            columns: if mode == Mode::Remove { Vec::new() } else { kept },
            rows,
        };
        let report = self.write_audience(save, None).await?;
        Ok(AudienceImport {
            audience: audience.to_owned(),
            read: rejects.lines_read(),
            matched,
            unmatched,
            rejected: rejects.take().len() as u64,
            rows: self.lake.snapshot(&report.table).await?.rows,
            version: report.version,
        })
    }
}

/// What is read of the file: columns to match by are of the types of their fields, the others are texts.
fn columns_of(pairs: &[(Field, Field)], kept: &[String]) -> Vec<FileColumn> {
    let column = |name: &str, column_type: ColumnType| FileColumn {
        name: name.to_owned(),
        column_type,
        nulls: Nulls::Allowed,
        ..FileColumn::default()
    };
    let mut columns: Vec<FileColumn> = Vec::new();
    for (here, there) in pairs {
        if !columns.iter().any(|column| column.name == here.column.name) {
            columns.push(column(&here.column.name, there.column.column_type));
        }
    }
    for name in kept {
        if !columns.iter().any(|column| column.name == *name) {
            columns.push(column(name, ColumnType::String));
        }
    }
    columns
}

fn mode_of(mode: Option<&str>) -> Result<Mode> {
    match mode {
        None | Some("replace") => Ok(Mode::Replace),
        Some("append") => Ok(Mode::Append),
        Some("remove") => Ok(Mode::Remove),
        Some(other) => Err(Error::refused_with(
            "unknown_value",
            format!("`{other}` is not a mode of imports into an audience"),
            "known are `replace`, `append` and `remove`",
        )),
    }
}
