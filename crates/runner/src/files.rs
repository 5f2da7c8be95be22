//! The folder for files of a data directory: what campaigns read and write by name.

use async_recursion::async_recursion as boxed;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tutti_activities::file_name::is_outside;

use crate::error::{Error, Result};
use crate::workspace::Workspace;

/// The folder, below the data directory.
const FOLDER: &str = "files";

/// Where files lie that are being written.
const TEMPORARY: &str = ".tmp";

/// The most files that are listed.
const FILES_MAX: usize = 10_000;

/// A file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileInfo {
    /// Its path below the folder for files.
    pub name: String,
    pub bytes: u64,
    pub modified_at: String,
}

impl Workspace {
    /// The files below `under` (a folder, or nothing for all), by name.
    #[boxed]
    pub async fn list_files(&self, under: &str) -> Result<Vec<FileInfo>> {
        let start = if under.is_empty() { self.files_folder() } else { self.file_path(under)? };
        let root = self.files_folder();
        let walked = tokio::task::spawn_blocking(move || {
            let mut found = Vec::new();
            walk(&start, &root, &mut found)?;
            found.sort_by(|a: &FileInfo, b| a.name.cmp(&b.name));
            Ok::<_, std::io::Error>(found)
        });
        let listed = walked.await.map_err(|error| Error::refused("internal", error.to_string()))?;
        listed.map_err(|source| self.files_failed(source))
    }

    /// The path of a file of this name, whether or not there is one. Names that lead elsewhere are refused.
    pub fn file_path(&self, name: &str) -> Result<PathBuf> {
        let refused = |why: &str| {
            Error::refused_with(
                "bad_path",
                format!("`{name}` is not a name of a file here: {why}"),
                "write it as from the folder for files, such as `incoming/people.csv`",
            )
        };
        if name.trim().is_empty()
            || is_outside(name)
            || name.split('/').any(|part| part.is_empty() || part == TEMPORARY)
        {
            return Err(refused("it leads out of the folder for files"));
        }
        let root = self.files_folder();
        let path = root.join(name);
        // A link may lead anywhere: what is there already has to be inside.
        let existing = path.ancestors().find(|part| part.exists());
        let inside = existing.and_then(|part| part.canonicalize().ok()).zip(root.canonicalize().ok());
        match inside {
            Some((part, root)) if !part.starts_with(&root) && !root.starts_with(&part) => {
                Err(refused("a link on its way leads out of the folder for files"))
            }
            _ => Ok(path),
        }
    }

    /// A place to write a file to before it gets its name, in the same file system.
    pub fn temporary_file(&self) -> Result<PathBuf> {
        let folder = self.files_folder().join(TEMPORARY);
        std::fs::create_dir_all(&folder).map_err(|source| self.files_failed(source))?;
        Ok(folder.join(self.ulid().to_string()))
    }

    /// Gives a file that was written whole its name; what had the name before is replaced at once.
    pub fn keep_file(&self, temporary: &Path, name: &str) -> Result<FileInfo> {
        let path = self.file_path(name)?;
        let kept = path
            .parent()
            .map_or(Ok(()), std::fs::create_dir_all)
            .and_then(|()| std::fs::File::open(temporary)?.sync_all())
            .and_then(|()| std::fs::rename(temporary, &path))
            .and_then(|()| info(&path, name));
        kept.map_err(|source| self.files_failed(source))
    }

    /// Removes a file.
    pub fn delete_file(&self, name: &str) -> Result<()> {
        let path = self.file_path(name)?;
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(Error::NotFound { what: "file", name: name.to_owned(), hint: None })
            }
            other => other.map_err(|source| self.files_failed(source)),
        }
    }

    /// Removes what an earlier process was writing.
    pub(crate) fn remove_left_files(data_dir: &Path) -> std::io::Result<()> {
        match std::fs::remove_dir_all(data_dir.join(FOLDER).join(TEMPORARY)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn files_folder(&self) -> PathBuf {
        self.settings.data_dir.join(FOLDER)
    }

    pub(crate) fn files_failed(&self, source: std::io::Error) -> Error {
        Error::DataDir { path: self.files_folder().display().to_string(), source }
    }
}

fn walk(folder: &Path, root: &Path, found: &mut Vec<FileInfo>) -> std::io::Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        if entry.file_name() == TEMPORARY || found.len() >= FILES_MAX {
            continue;
        }
        if entry.file_type()?.is_dir() {
            walk(&path, root, found)?;
        } else if let Ok(name) = path.strip_prefix(root) {
            found.push(info(&path, &name.to_string_lossy())?);
        }
    }
    Ok(())
}

fn info(path: &Path, name: &str) -> std::io::Result<FileInfo> {
    let metadata = std::fs::metadata(path)?;
    let modified = jiff::Timestamp::try_from(metadata.modified()?).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    Ok(FileInfo { name: name.to_owned(), bytes: metadata.len(), modified_at: modified.to_string() })
}
