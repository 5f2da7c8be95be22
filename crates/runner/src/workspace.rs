//! A workspace: one open data directory with everything that works on it.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{Mutex, Notify, RwLock};
use tutti_lake::Lake;
use tutti_model::catalog::Catalog;
use tutti_model::date_math::Moment;
use tutti_model::document::Document;
use tutti_query::{Session, SessionOptions, SqlExpressions};
use tutti_store::Store;

use crate::clock::{Chance, Clock};
use crate::error::{Error, Result};
use crate::lock::DataLock;

/// How a workspace is opened.
#[derive(Clone, Debug)]
pub struct Settings {
    pub data_dir: PathBuf,
    /// Where opens, clicks and unsubscribes come back to, such as `https://mail.example.org`; no slash at the end.
    pub public_url: String,
    /// Memory for queries, in bytes; beyond it they spill to disk.
    pub memory_limit_bytes: usize,
    pub threads: usize,
    /// The state's database; `None` is SQLite in the data directory.
    pub store_url: Option<String>,
    /// The process's id, for the lock.
    pub pid: u32,
    pub outside: Outside,
}

/// What campaigns may reach besides the data directory.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    /// Folders that files may be written to.
    pub folders: Vec<PathBuf>,
    /// Whether HTTP calls may go to addresses of this machine and of private networks.
    pub private_addresses: bool,
}

/// Finds the values that channels name, such as passwords in environment variables.
pub type Secrets = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// One open data directory. Shared by reference between the API, the workers and the command line.
pub struct Workspace {
    pub(crate) settings: Settings,
    pub(crate) store: Store,
    pub(crate) lake: Lake,
    pub(crate) session: Session,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Arc<dyn Chance>,
    pub(crate) secrets: Secrets,
    /// Signs links. Made once, kept in the state.
    pub(crate) signing_key: Vec<u8>,
    pub(crate) documents_writer: Mutex<()>,
    pub(crate) interrupts: crate::launch::Interrupts,
    pub(crate) editors: crate::editors::Editors,
    /// Rung when there is work for a worker.
    pub(crate) work: Notify,
    /// Rung when a run changed.
    pub(crate) changed: tokio::sync::watch::Sender<u64>,
    pub(crate) started_at: Timestamp,
    /// The generation of the documents that launches were planned by.
    pub(crate) planned_generation: std::sync::atomic::AtomicI64,
    catalog: RwLock<Option<(i64, Arc<Catalog>)>>,
    lock: std::sync::Mutex<DataLock>,
}

impl Workspace {
    /// Opens a data directory, making it if there is none. Only one process can have it open.
    pub async fn open(
        settings: Settings,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
        secrets: Secrets,
    ) -> Result<Arc<Self>> {
        let dir = &settings.data_dir;
        let failed = |source| Error::DataDir { path: dir.display().to_string(), source };
        let spill_dir = dir.join("spill");
        std::fs::create_dir_all(dir).map_err(failed)?;
        let lock = DataLock::take(dir, settings.pid)?;
        // What an earlier process spilled is of no use to anybody.
        if spill_dir.exists() {
            std::fs::remove_dir_all(&spill_dir).map_err(failed)?;
        }
        std::fs::create_dir_all(&spill_dir).map_err(failed)?;
        Self::remove_left_files(dir).map_err(failed)?;
        let url = settings.store_url.clone().unwrap_or_else(|| format!("sqlite://{}", dir.join("state.db").display()));
        let store = Store::open(&url).await?;
        let session = Session::new(&SessionOptions {
            memory_limit_bytes: settings.memory_limit_bytes,
            spill_dir,
            threads: settings.threads,
        })?;
        let lake = Lake::open(dir, session.clone())?;
        let fresh = format!("{:032x}{:032x}", chance.bits(), chance.bits());
        let signing_key = store.settings().set_if_absent("signing_key", &fresh).await?.into_bytes();
        let started_at = clock.now();
        let workspace = Self {
            settings,
            store,
            lake,
            session,
            clock,
            chance,
            secrets,
            signing_key,
            documents_writer: Mutex::new(()),
            interrupts: crate::launch::Interrupts::default(),
            editors: crate::editors::Editors::default(),
            work: Notify::new(),
            changed: tokio::sync::watch::Sender::new(0),
            started_at,
            planned_generation: std::sync::atomic::AtomicI64::new(-1),
            catalog: RwLock::new(None),
            lock: std::sync::Mutex::new(lock),
        };
        workspace.store.tasks().release_leases(crate::worker::OWNER_PREFIX).await?;
        Ok(Arc::new(workspace))
    }

    /// Lets other processes know where this one serves.
    pub fn announce(&self, address: &str) -> Result<()> {
        let mut lock = self.lock.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        lock.announce(address)
            .map_err(|source| Error::DataDir { path: self.settings.data_dir.display().to_string(), source })
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub fn started_at(&self) -> Timestamp {
        self.started_at
    }

    /// All documents together, as they are now.
    pub async fn catalog(&self) -> Result<Arc<Catalog>> {
        let generation = self.store.documents().generation().await?;
        if let Some((seen, catalog)) = &*self.catalog.read().await
            && *seen == generation
        {
            return Ok(Arc::clone(catalog));
        }
        let documents = self.stored_documents().await?;
        // What is stored was checked when it was applied.
        let mut catalog = Catalog::build(documents, &mut Vec::new());
        catalog.expressions = Some(Arc::new(SqlExpressions));
        let catalog = Arc::new(catalog);
        *self.catalog.write().await = Some((generation, Arc::clone(&catalog)));
        Ok(catalog)
    }

    pub(crate) async fn stored_documents(&self) -> Result<Vec<Document>> {
        let heads = self.store.documents().heads().await?;
        Ok(heads.iter().filter_map(|head| Document::read(head.body.as_ref()?, &mut Vec::new())).collect())
    }

    /// Now, in UTC: the moment of rules that belong to no campaign.
    pub(crate) fn moment_utc(&self) -> Moment {
        Moment::utc(self.clock.now())
    }

    pub(crate) fn notify_changed(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    /// Resolves when any run changes.
    pub fn subscribe(&self) -> tokio::sync::watch::Receiver<u64> {
        self.changed.subscribe()
    }
}
