//! A workspace: one open data directory with everything that works on it.

use async_recursion::async_recursion as boxed;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time;

use jiff::Timestamp;
use tokio::sync::{Mutex, Notify, RwLock};
use tutti_lake::{Lake, Sharing};
use tutti_model::bind::{Expressions, Keys};
use tutti_model::catalog::Catalog;
use tutti_model::date_math::Moment;
use tutti_model::document::Document;
use tutti_model::duration::Duration;
use tutti_model::table::ColumnType;
use tutti_model::variables::{PUBLIC_URL, Variable};
use tutti_query::{Session, SessionOptions, SqlExpressions};
use tutti_store::{Store, When, Witness};

use crate::clock::{Chance, Clock};
use crate::error::{Error, Result};
use crate::lock::DataLock;

/// How long claims hold where nobody says otherwise.
pub const LEASE: time::Duration = time::Duration::from_secs(60);

/// How long the first owner of a data directory may take until it lets others in.
const OPENING_MAX: time::Duration = time::Duration::from_secs(20);

/// How often it is looked whether it has.
const LOOK_AGAIN: time::Duration = time::Duration::from_millis(50);

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
    /// For how long the history of an ended run is kept whose campaign does not say.
    pub history: Duration,
    /// For how long what is left of an ended run is kept after that: its figures and its ledger.
    pub records: Duration,
    /// For how long launches are kept that began a run or were skipped.
    pub launches: Duration,
    /// Who is told of what goes wrong with campaigns that do not say.
    pub notify: Option<tutti_model::notify::Notify>,
    /// The process's id, for the lock.
    pub pid: u32,
    /// How long a claim on work holds without being renewed: what a process leaves that dies, others take over within
    /// this time.
    pub lease: time::Duration,
    pub outside: Outside,
}

/// What campaigns may reach besides the data directory.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    /// Folders that files may be written to.
    pub folders: Vec<PathBuf>,
    /// Whether HTTP calls may go to addresses of this machine and of private networks.
    pub private_addresses: bool,
    pub calls: Calls,
}

impl Outside {
    /// Whether nothing reaches the outside.
    pub(crate) fn is_stated(&self) -> bool {
        matches!(self.calls, Calls::Stated(_))
    }
}

/// Who answers HTTP calls.
#[derive(Clone, Debug, Default)]
pub enum Calls {
    /// The services that are called.
    #[default]
    Services,
    /// Nobody is called: these are the answers, by activity; other activities fail. Files that would leave the data
    /// directory stay in its folder for files.
    Stated(BTreeMap<String, StatedAnswer>),
}

/// What is taken as the answer of a service.
#[derive(Clone, Debug)]
pub struct StatedAnswer {
    /// The HTTP status.
    pub status: u16,
    pub body: Vec<u8>,
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
    pub(crate) interrupts: crate::interruption::Interrupts,
    /// Who holds it moves feedback to its tables: two at once would move the same twice.
    pub(crate) feedback_mover: Mutex<()>,
    pub(crate) quality: crate::quality::KnownQuality,
    pub(crate) editors: crate::editors::Editors,
    /// Of all channels, for all deliveries.
    pub(crate) connections: Arc<tutti_delivery::Connections>,
    pub(crate) proof_limit: crate::contents::ProofLimit,
    /// Rung when there is work for a worker.
    pub(crate) work: Notify,
    /// Rung when a run changed.
    pub(crate) changed: tokio::sync::watch::Sender<u64>,
    pub(crate) started_at: Timestamp,
    /// The files that there were at the last look, with what tells their contents.
    pub(crate) files_looked_at: std::sync::Mutex<BTreeMap<String, u64>>,
    /// The generation of the documents that launches were planned by.
    pub(crate) planned_generation: std::sync::atomic::AtomicI64,
    catalog: RwLock<Option<(i64, Arc<Catalog>)>>,
    lock: std::sync::Mutex<DataLock>,
}

impl Workspace {
    /// Opens a data directory, making it if there is none. Only one process can have it open, unless the state is in a
    /// database that several share: then all of them do its work.
    #[boxed]
    pub async fn open(
        settings: Settings,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
        secrets: Secrets,
    ) -> Result<Arc<Self>> {
        Self::open_watched(settings, clock, chance, secrets, None).await
    }

    /// As [`Workspace::open`], with somebody who is told of every step: for tests that let the work end at one.
    #[boxed]
    pub async fn open_watched(
        settings: Settings,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
        secrets: Secrets,
        witness: Option<Arc<dyn Witness>>,
    ) -> Result<Arc<Self>> {
        let dir = &settings.data_dir;
        let failed = |source| Error::DataDir { path: dir.display().to_string(), source };
        std::fs::create_dir_all(dir).map_err(failed)?;
        let url = settings.store_url.clone().unwrap_or_else(|| format!("sqlite://{}", dir.join("state.db").display()));
        let mut lock = lock(dir, settings.pid, Store::is_shared_at(&url)).await?;
        let spills = dir.join("spill");
        if lock.is_alone() {
            // What an earlier process spilled is of no use to anybody.
            if spills.exists() {
                std::fs::remove_dir_all(&spills).map_err(failed)?;
            }
            Self::remove_left_files(dir).map_err(failed)?;
        }
        let spill_dir = spills.join(format!("{:032x}", chance.bits()));
        std::fs::create_dir_all(&spill_dir).map_err(failed)?;
        let store = Store::open_watched(&url, witness).await?;
        let session = Session::new(&SessionOptions {
            memory_limit_bytes: settings.memory_limit_bytes,
            spill_dir,
            threads: settings.threads,
        })?;
        let sharing = match (store.is_shared(), lock.is_alone()) {
            (false, _) => Sharing::Alone,
            (true, true) => Sharing::First,
            (true, false) => Sharing::Beside,
        };
        if store.is_shared() {
            same_folder(dir, &store, &format!("{:032x}", chance.bits())).await?;
        }
        let lake = Lake::open_shared(dir, session.clone(), sharing)?;
        if lock.is_alone() {
            // Whoever had claimed something here is dead.
            store.tasks().release_leases(crate::worker::OWNER_PREFIX).await?;
        }
        if store.is_shared() {
            lock.let_in().map_err(failed)?;
        }
        let fresh = format!("{:032x}{:032x}", chance.bits(), chance.bits());
        let signing_key = store.settings().set_if_absent("signing_key", &fresh).await?.into_bytes();
        let started_at = clock.now();
        Ok(Arc::new(Self {
            settings,
            store,
            lake,
            session,
            clock,
            chance,
            secrets,
            signing_key,
            interrupts: crate::interruption::Interrupts::default(),
            feedback_mover: Mutex::new(()),
            quality: crate::quality::KnownQuality::default(),
            editors: crate::editors::Editors::default(),
            connections: Arc::default(),
            proof_limit: crate::contents::ProofLimit::default(),
            work: Notify::new(),
            changed: tokio::sync::watch::Sender::new(0),
            started_at,
            files_looked_at: std::sync::Mutex::default(),
            planned_generation: std::sync::atomic::AtomicI64::new(-1),
            catalog: RwLock::new(None),
            lock: std::sync::Mutex::new(lock),
        }))
    }

    /// Lets other processes know where this one serves.
    pub fn announce(&self, address: &str) -> Result<()> {
        let mut lock = self.lock.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        lock.announce(address)
            .map_err(|source| Error::DataDir { path: self.settings.data_dir.display().to_string(), source })
    }

    /// Whether no other process had the data directory when this one opened it.
    pub fn came_alone(&self) -> bool {
        self.lock.lock().unwrap_or_else(std::sync::PoisonError::into_inner).is_alone()
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub fn started_at(&self) -> Timestamp {
        self.started_at
    }

    /// All documents together, as they are now.
    #[boxed]
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
        catalog.expressions = Some(self.expressions());
        let catalog = Arc::new(catalog);
        *self.catalog.write().await = Some((generation, Arc::clone(&catalog)));
        Ok(catalog)
    }

    /// Expressions as they are understood here, with the keys that the environment has.
    pub(crate) fn expressions(&self) -> Arc<dyn Expressions> {
        let secrets = Arc::clone(&self.secrets);
        SqlExpressions::with_keys(Keys::new(move |key| secrets(&tutti_query::functions::key_variable(key)?)))
    }

    pub(crate) async fn stored_documents(&self) -> Result<Vec<Document>> {
        let heads = self.store.documents().heads().await?;
        Ok(heads.iter().filter_map(|head| Document::read(head.body.as_ref()?, &mut Vec::new())).collect())
    }

    /// Now, in UTC: the moment of rules that belong to no campaign.
    pub(crate) fn moment_utc(&self) -> Moment {
        let mut moment = Moment::utc(self.clock.now());
        self.tell_address(&mut moment);
        moment
    }

    /// Lets rules know where the server is reached from outside.
    pub(crate) fn tell_address(&self, moment: &mut Moment) {
        let address = Variable::new(ColumnType::String, Some(self.settings.public_url.as_str().into()));
        moment.variables.insert(PUBLIC_URL, address);
    }

    /// Tells whoever watches that something left the process, or stands on disk, that the store does not know yet.
    pub(crate) async fn reach(&self, what: &'static str) {
        self.store.reach(what, When::After).await;
    }

    /// Closes the state's connections once all that was begun has ended. Nothing can be asked afterwards.
    #[boxed]
    pub async fn close(&self) -> Result<()> {
        Ok(self.store.clone().close().await?)
    }

    pub(crate) fn notify_changed(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    /// Resolves when any run changes.
    pub fn subscribe(&self) -> tokio::sync::watch::Receiver<u64> {
        self.changed.subscribe()
    }
}

/// Makes sure that the processes that share a database share a data directory, too: rows of the one are of no use with
/// files of another.
async fn same_folder(dir: &std::path::Path, store: &Store, fresh: &str) -> Result<()> {
    let failed = |source| Error::DataDir { path: dir.display().to_string(), source };
    let path = dir.join("id");
    let here = match std::fs::read_to_string(&path) {
        Ok(id) => id,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            std::fs::write(&path, fresh).map_err(failed)?;
            fresh.to_owned()
        }
        Err(error) => return Err(failed(error)),
    };
    if store.settings().set_if_absent("data_dir", &here).await? == here {
        return Ok(());
    }
    Err(Error::refused_with(
        "other_data_dir",
        format!("the database of `store.url` is in use with another data directory than `{}`", dir.display()),
        "processes that share a database share the data directory, too; another data directory needs another database",
    ))
}

/// Locks a data directory, for this process alone or beside others. One that is just being opened by its first owner is
/// waited for.
async fn lock(dir: &std::path::Path, pid: u32, beside: bool) -> Result<DataLock> {
    if !beside {
        return Ok(DataLock::take(dir, pid)?);
    }
    let mut waits = OPENING_MAX.as_millis() / LOOK_AGAIN.as_millis();
    loop {
        match DataLock::share(dir, pid) {
            Err(crate::lock::Error::Held { .. }) if waits > 0 => {
                waits -= 1;
                tokio::time::sleep(LOOK_AGAIN).await;
            }
            locked => return Ok(locked?),
        }
    }
}
