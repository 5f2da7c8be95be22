//! Keys that runs have taken, for activities that only take what is new. They outlive the populations of their runs.

use async_recursion::async_recursion as boxed;
use std::collections::BTreeSet;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use datafusion::catalog::TableProvider;

use crate::error::{Error, Result};
use crate::lake::Lake;
use crate::population::PopulationPath;

impl Lake {
    /// Keeps the keys of a population for the campaign's next runs. Done twice, they are kept once.
    ///
    /// # Errors
    /// When there is no such population, or it cannot be copied.
    #[boxed]
    pub async fn keep_keys(&self, path: &PopulationPath, campaign: &str) -> Result<()> {
        let from = self.population_file(path);
        let folder = self.marks_folder(campaign, Some(&path.activity));
        let place = folder.join(file_name(&path.run));
        let temporary = folder.join(format!(".{}-{}.tmp", path.run, ulid::Ulid::generate()));
        tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(&folder).map_err(|e| Error::io("create", &folder, e))?;
            std::fs::copy(&from, &temporary).map_err(|e| Error::io("copy", &from, e))?;
            let whole = File::open(&temporary).and_then(|file| file.sync_all());
            whole.map_err(|e| Error::io("write", &temporary, e))?;
            std::fs::rename(&temporary, &place).map_err(|e| Error::io("write", &place, e))?;
            File::open(&folder).and_then(|folder| folder.sync_all()).map_err(|e| Error::io("write", &folder, e))
        })
        .await?
    }

    /// The keys that a run took in an activity; None where none were kept.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn kept_keys(&self, campaign: &str, activity: &str, run: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let place = self.marks_folder(campaign, Some(activity)).join(file_name(run));
        Ok(self.open_population(&place)?.map(|(provider, _)| provider))
    }

    /// Forgets the keys of all runs but these.
    ///
    /// # Errors
    /// When they cannot be removed.
    #[boxed]
    pub async fn forget_keys(&self, campaign: &str, activity: &str, keep: &[String]) -> Result<()> {
        let folder = self.marks_folder(campaign, Some(activity));
        let keep: BTreeSet<String> = keep.iter().map(|run| file_name(run)).collect();
        let mut entries = match tokio::fs::read_dir(&folder).await {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(Error::io("read", &folder, error)),
        };
        while let Some(entry) = entries.next_entry().await.map_err(|e| Error::io("read", &folder, e))? {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') || keep.contains(&name) {
                continue;
            }
            match tokio::fs::remove_file(entry.path()).await {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Error::io("remove", &entry.path(), error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Forgets the keys of all runs of a campaign.
    ///
    /// # Errors
    /// When they cannot be removed.
    #[boxed]
    pub async fn forget_all_keys(&self, campaign: &str) -> Result<()> {
        let folder = self.marks_folder(campaign, None);
        match tokio::fs::remove_dir_all(&folder).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", &folder, error)),
            _ => Ok(()),
        }
    }

    fn marks_folder(&self, campaign: &str, activity: Option<&str>) -> PathBuf {
        let folder = self.root().join("marks").join(campaign);
        activity.map_or_else(|| folder.clone(), |activity| folder.join(activity))
    }
}

fn file_name(run: &str) -> String {
    format!("{run}.parquet")
}
