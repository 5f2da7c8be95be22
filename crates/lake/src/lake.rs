//! The lake: its folder, the tables that are open, and who may write them.

use async_recursion::async_recursion as boxed;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use deltalake_core::DeltaTable;
use deltalake_core::kernel::{DataType as DeltaType, StructField};
use tutti_model::table::{Column, ColumnType, Table};
use tutti_query::{Providers, Session};

use crate::alone::{Alone, Sharing};
use crate::error::{Error, Result};
use crate::evolution;
use crate::snapshot::{Loaded, Snapshot};

/// Where the key of a table stands in Delta's metadata.
pub(crate) const KEY_PROPERTY: &str = "tutti.primaryKey";

/// Tables and populations under one folder. Cheap to clone; all clones share the tables that are open.
#[derive(Clone)]
pub struct Lake {
    inner: Arc<Inner>,
}

struct Inner {
    root: PathBuf,
    session: Session,
    sharing: Sharing,
    tables: Mutex<HashMap<String, Entry>>,
    turns: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

#[derive(Default)]
struct Entry {
    latest: Option<Arc<Loaded>>,
    /// Every version that was handed out and may still be read.
    pinned: Vec<Weak<Loaded>>,
}

impl Lake {
    /// Opens the lake in `root`, making the folders it needs. Whoever opens it owns it: what an earlier process left
    /// half-written is removed.
    ///
    /// # Errors
    /// When a folder cannot be made or cleared.
    pub fn open(root: &Path, session: Session) -> Result<Self> {
        Self::open_shared(root, session, Sharing::Alone)
    }

    /// As [`Self::open`], where other processes may have the same folder open. What is half-written is only removed
    /// while nobody else is there.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_shared(root: &Path, session: Session, sharing: Sharing) -> Result<Self> {
        let root = std::path::absolute(root).map_err(|e| Error::io("resolve", root, e))?;
        let temporary = root.join("tmp").join("import");
        if sharing.may_clear() && temporary.exists() {
            std::fs::remove_dir_all(&temporary).map_err(|e| Error::io("clear", &temporary, e))?;
        }
        for folder in ["tables", "runs", "locks"] {
            let folder = root.join(folder);
            std::fs::create_dir_all(&folder).map_err(|e| Error::io("create", &folder, e))?;
        }
        std::fs::create_dir_all(&temporary).map_err(|e| Error::io("create", &temporary, e))?;
        if sharing.may_clear() {
            crate::leftovers::sweep(&root.join("tables"))?;
        }
        let (tables, turns) = (Mutex::default(), Mutex::default());
        Ok(Self { inner: Arc::new(Inner { root, session, sharing, tables, turns }) })
    }

    /// Makes the table, or brings its columns up to the document. A table without an import reads as empty.
    ///
    /// # Errors
    /// [`Error::Evolution`] when rows are stored that do not fit the new document.
    #[boxed]
    pub async fn ensure_table(&self, table: &Table) -> Result<()> {
        let _one = self.writer(&table.name).await?;
        let Some(current) = self.try_current(&table.name).await? else {
            return self.create(table).await;
        };
        let problems = evolution::problems(&current, table);
        if !problems.is_empty() {
            return Err(Error::Evolution { table: table.name.clone(), problems });
        }
        let fields = evolution::fields(&current, table);
        if fields.is_none() && current.key == table.primary_key {
            return Ok(());
        }
        let changed = crate::commit::change_metadata(&current, fields, &table.primary_key).await?;
        self.publish(changed)
    }

    /// What stands against applying `table` to the rows that are stored. Empty: nothing, or there is no such table.
    ///
    /// # Errors
    /// When the table cannot be read.
    #[boxed]
    pub async fn check_evolution(&self, table: &Table) -> Result<Vec<tutti_model::problem::Problem>> {
        Ok(self.try_current(&table.name).await?.map_or_else(Vec::new, |current| evolution::problems(&current, table)))
    }

    /// Removes a table and all its versions. Nothing happens if there is none.
    ///
    /// # Errors
    /// When the files cannot be removed.
    #[boxed]
    pub async fn drop_table(&self, name: &str) -> Result<()> {
        let _one = self.writer(name).await?;
        let folder = self.table_folder(name);
        self.entry(name, |entry| entry.latest = None);
        if folder.exists() {
            // Out of sight at once, then away: a crash between leaves a folder that the next start clears.
            let away = self.temporary_folder().join(format!("dropped-{}", ulid::Ulid::generate()));
            std::fs::rename(&folder, &away).map_err(|e| Error::io("remove", &folder, e))?;
            tokio::fs::remove_dir_all(&away).await.map_err(|e| Error::io("remove", &away, e))?;
        }
        Ok(())
    }

    /// The names of all tables, sorted.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn tables(&self) -> Result<Vec<String>> {
        let folder = self.inner.root.join("tables");
        let entries = std::fs::read_dir(&folder).map_err(|e| Error::io("list", &folder, e))?;
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| folder.join(name).join("_delta_log").is_dir())
            .collect();
        names.sort();
        Ok(names)
    }

    /// The newest committed version of a table.
    ///
    /// # Errors
    /// [`Error::NoTable`], or when the table cannot be read.
    #[boxed]
    pub async fn snapshot(&self, name: &str) -> Result<Snapshot> {
        self.current(name).await?.snapshot()
    }

    /// The newest versions of several tables: providers for a planner, and the versions they are of.
    ///
    /// # Errors
    /// As [`Self::snapshot`].
    pub async fn snapshots(
        &self,
        names: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<(Providers, BTreeMap<String, i64>)> {
        let (mut providers, mut versions) = (Providers::new(), BTreeMap::new());
        for name in names {
            let name = name.as_ref();
            let snapshot = self.snapshot(name).await?;
            versions.insert(name.to_owned(), snapshot.version);
            providers.insert(name.to_owned(), snapshot.provider);
        }
        Ok((providers, versions))
    }

    /// A table as it was at `version`.
    ///
    /// # Errors
    /// [`Error::NoVersion`] when that version never was or its files are gone.
    #[boxed]
    pub async fn snapshot_at(&self, name: &str, version: i64) -> Result<Snapshot> {
        self.loaded_at(name, version).await?.snapshot()
    }

    /// As [`Self::snapshot_at`], kept from the vacuum as long as it is held.
    pub(crate) async fn loaded_at(&self, name: &str, version: i64) -> Result<Arc<Loaded>> {
        let current = self.current(name).await?;
        if current.version == version {
            return Ok(current);
        }
        let missing = || Error::NoVersion { table: name.to_owned(), version };
        let wanted = u64::try_from(version).map_err(|_| missing())?;
        if version > current.version {
            return Err(missing());
        }
        let mut delta = current.delta.clone();
        delta.load_version(wanted).await.map_err(|_| missing())?;
        let loaded = Arc::new(Loaded::read(name, &self.table_folder(name), delta)?);
        if loaded.files.iter().any(|file| !file.path.exists()) {
            return Err(missing());
        }
        self.entry(name, |entry| entry.pinned.push(Arc::downgrade(&loaded)));
        Ok(loaded)
    }

    pub(crate) fn session(&self) -> &Session {
        &self.inner.session
    }

    pub(crate) fn root(&self) -> &Path {
        &self.inner.root
    }

    pub(crate) fn table_folder(&self, name: &str) -> PathBuf {
        self.inner.root.join("tables").join(name)
    }

    pub(crate) fn temporary_folder(&self) -> PathBuf {
        self.inner.root.join("tmp").join("import")
    }

    /// Whoever holds this may commit to the table.
    pub(crate) async fn writer(&self, name: &str) -> Result<Alone> {
        self.alone(&format!("table-{name}")).await
    }

    pub(crate) fn sharing(&self) -> Sharing {
        self.inner.sharing
    }

    pub(crate) fn turn(&self, what: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.inner.turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(what.to_owned()).or_default())
    }

    pub(crate) async fn current(&self, name: &str) -> Result<Arc<Loaded>> {
        self.try_current(name).await?.ok_or_else(|| Error::NoTable(name.to_owned()))
    }

    /// Versions of a table that are in use besides the newest.
    pub(crate) fn pinned(&self, name: &str) -> Vec<Arc<Loaded>> {
        self.entry(name, |entry| entry.pinned.iter().filter_map(Weak::upgrade).collect())
    }

    /// Makes a new state the newest one.
    pub(crate) fn publish(&self, loaded: Loaded) -> Result<()> {
        let loaded = Arc::new(loaded);
        let name = loaded.name.clone();
        self.entry(&name, |entry| {
            entry.pinned.retain(|weak| weak.strong_count() > 0);
            entry.pinned.push(Arc::downgrade(&loaded));
            entry.latest = Some(loaded);
        });
        Ok(())
    }

    async fn try_current(&self, name: &str) -> Result<Option<Arc<Loaded>>> {
        let folder = self.table_folder(name);
        let cached = self.entry(name, |entry| entry.latest.clone());
        let delta = match &cached {
            Some(loaded) if !log_file(&folder, loaded.version + 1).exists() => return Ok(cached),
            Some(loaded) => {
                let mut delta = loaded.delta.clone();
                delta.update_state().await.map_err(|e| Error::delta(name, "read", e))?;
                delta
            }
            None if !folder.join("_delta_log").is_dir() => return Ok(None),
            None => {
                let url = folder_url(&folder)?;
                DeltaTable::try_from_url(url).await.map_err(|e| Error::delta(name, "opened", e))?
            }
        };
        if delta.version().is_none() {
            return Ok(None);
        }
        self.publish(Loaded::read(name, &folder, delta)?)?;
        Ok(self.entry(name, |entry| entry.latest.clone()))
    }

    async fn create(&self, table: &Table) -> Result<()> {
        let folder = self.table_folder(&table.name);
        std::fs::create_dir_all(&folder).map_err(|e| Error::io("create", &folder, e))?;
        let failed = |e| Error::delta(&table.name, "created", e);
        let empty = DeltaTable::try_from_url(folder_url(&folder)?).await.map_err(failed)?;
        let delta = empty
            .create()
            .with_table_name(&table.name)
            .with_columns(table.columns.iter().map(delta_field).collect::<Result<Vec<_>>>()?)
            .with_configuration([(KEY_PROPERTY, Some(table.primary_key.join(",")))])
            .with_raise_if_key_not_exists(false)
            .await
            .map_err(failed)?;
        self.publish(Loaded::read(&table.name, &folder, delta)?)
    }

    fn entry<T>(&self, name: &str, act: impl FnOnce(&mut Entry) -> T) -> T {
        let mut tables = self.inner.tables.lock().unwrap_or_else(PoisonError::into_inner);
        act(tables.entry(name.to_owned()).or_default())
    }
}

fn folder_url(folder: &Path) -> Result<url::Url> {
    url::Url::from_directory_path(folder).map_err(|()| Error::Option(format!("`{}` is not a folder", folder.display())))
}

/// The file of the Delta log that a version is written to.
pub(crate) fn log_file(folder: &Path, version: i64) -> PathBuf {
    folder.join("_delta_log").join(format!("{version:020}.json"))
}

/// A column as Delta knows it. All are nullable: what must not be NULL is checked at import.
pub(crate) fn delta_field(column: &Column) -> Result<StructField> {
    let data_type = match column.column_type {
        ColumnType::String => DeltaType::STRING,
        ColumnType::Integer => DeltaType::LONG,
        ColumnType::Number => DeltaType::DOUBLE,
        ColumnType::Decimal { precision, scale } => {
            DeltaType::decimal(precision, scale).map_err(|e| Error::delta(&column.name, "typed", e.into()))?
        }
        ColumnType::Boolean => DeltaType::BOOLEAN,
        ColumnType::Date => DeltaType::DATE,
        ColumnType::Timestamp => DeltaType::TIMESTAMP,
    };
    Ok(StructField::new(&column.name, data_type, true))
}
