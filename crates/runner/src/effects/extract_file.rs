//! Writing files: under another name first, so that nobody sees half of one.

use std::path::{Path, PathBuf};

use tutti_activities::effect::ExtractFile;
use tutti_activities::kinds::extract_file::Empty;
use tutti_lake::{ExtractLayout, Upload, upload, write_extract};
use tutti_model::campaign::ActivityNode;

use crate::error::{Error, Result};
use crate::execute::{RunContext, thousands};
use crate::workspace::Workspace;

/// Where a file goes.
enum Destination {
    /// By its name in the folder for files.
    Files(String),
    Folder(PathBuf),
    Store(Box<Upload>),
}

impl Workspace {
    /// Writes a file and says what became of it.
    pub(crate) async fn extract_file(
        &self,
        context: &RunContext,
        node: &ActivityNode,
        extract: ExtractFile,
    ) -> Result<String> {
        let name = context.file_name(node, &extract.path)?;
        let destination = self.destination(&name)?;
        let kind = extract.format.kind_of(&name).ok_or_else(|| {
            Error::refused_with(
                "unknown_format",
                format!("the kind of the file `{name}` cannot be told from its name"),
                "add `format: {type: csv}`, or `excel`, `jsonl` or `parquet`",
            )
        })?;
        if !context.is_live() {
            let rows = self.session.count(extract.rows).await?;
            return Ok(format!("a test writes nothing; {} rows would be in `{name}`", thousands(rows)));
        }
        let layout = ExtractLayout {
            name: name.clone(),
            kind,
            zone: self.zone_of(context, extract.format.time_zone.as_deref()),
            format: extract.format,
            columns: extract.columns,
        };
        let temporary = match &destination {
            Destination::Folder(path) => path.with_file_name(format!(".{}.tmp", self.ulid())),
            _ => self.temporary_file()?,
        };
        let written = self.write_and_place(extract.rows, layout, &temporary, &destination, extract.empty).await;
        if temporary.exists() {
            // What is not placed by now is of no use.
            let _ = std::fs::remove_file(&temporary);
        }
        Ok(match written? {
            0 if extract.empty == Empty::Skip => format!("nobody arrived, so that `{name}` was not written"),
            rows => format!("wrote {} rows to `{name}`", thousands(rows)),
        })
    }

    async fn write_and_place(
        &self,
        rows: tutti_query::datafusion::logical_expr::LogicalPlan,
        layout: ExtractLayout,
        temporary: &Path,
        destination: &Destination,
        empty: Empty,
    ) -> Result<u64> {
        let rows = self.session.stream(rows).await?;
        let written = write_extract(rows, layout, temporary).await?;
        if written == 0 && empty == Empty::Skip {
            return Ok(0);
        }
        match destination {
            Destination::Files(name) => {
                self.keep_file(temporary, name)?;
            }
            Destination::Folder(path) => {
                let placed = std::fs::File::open(temporary)
                    .and_then(|file| file.sync_all())
                    .and_then(|()| std::fs::rename(temporary, path));
                placed.map_err(|source| Error::Outside { path: path.display().to_string(), source })?;
            }
            Destination::Store(to) => upload(temporary, to).await?,
        }
        Ok(written)
    }

    fn destination(&self, name: &str) -> Result<Destination> {
        if self.settings.outside.is_stated()
            && let Some(kept) = kept_name(name)
        {
            self.file_path(&kept)?;
            return Ok(Destination::Files(kept));
        }
        if name.starts_with("s3://") {
            let secrets = self.secrets.clone();
            return Ok(Destination::Store(Box::new(Upload::to_address(name, |secret| secrets(secret))?)));
        }
        let Some(path) = name.strip_prefix("file://") else {
            self.file_path(name)?;
            return Ok(Destination::Files(name.to_owned()));
        };
        let path = PathBuf::from(path);
        let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
        let allowed = self.settings.outside.folders.iter().filter_map(|folder| folder.canonicalize().ok());
        match folder.filter(|folder| allowed.clone().any(|allowed| folder.starts_with(allowed))) {
            Some(folder) if path.file_name().is_some() => {
                Ok(Destination::Folder(folder.join(path.file_name().unwrap_or_default())))
            }
            _ => Err(Error::refused_with(
                "bad_path",
                format!("`{name}` is in no folder that files may be written to"),
                "make the folder, and add it to the setting `outside.folders`",
            )),
        }
    }
}

/// Where a test keeps a file that leaves the folder for files otherwise; `None` of one that does not.
pub(crate) fn kept_name(name: &str) -> Option<String> {
    let (scheme @ ("s3" | "file"), rest) = name.split_once("://")? else { return None };
    Some(format!("{scheme}/{}", rest.trim_start_matches('/')))
}
