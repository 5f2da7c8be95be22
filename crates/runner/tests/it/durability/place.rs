//! What outlives a process: its folder and store, the mail server, the service, the time.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;
use tutti_model::source::SourceFile;
use tutti_runner::{Actor, Chance, Clock, ImportFile, ImportRequest, Outside, Settings, Witness, Workspace};
use tutti_testkit::http::{HttpSink, Received, Reply};
use tutti_testkit::mail::MemoryMailStore;
use tutti_testkit::smtp::{SmtpOptions, SmtpServer};

use super::death::Death;

const DOCUMENTS: &str = include_str!("campaigns.yaml");

/// Where links of mails lead.
pub const PUBLIC_URL: &str = "http://tutti.test";

/// The campaign that changes what others read. It is published when all of these are done, so that the order of what is
/// due together does not matter to anybody.
pub const INTAKE: &str = "intake";

/// How long the connections of a process that has died may take to go.
const DEADLINE: Duration = Duration::from_secs(30);

/// Stands still until it is set forward.
pub struct StoryClock(AtomicI64);

impl StoryClock {
    pub fn forward(&self, to_us: i64) {
        self.0.fetch_max(to_us, Ordering::SeqCst);
    }
}

impl Clock for StoryClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// Ids differ, seeds do not: whoever runs a campaign makes the same choices.
struct StoryChance {
    count: AtomicU64,
    order: u16,
}

impl Chance for StoryChance {
    fn bits(&self) -> u128 {
        let count = self.count.fetch_add(1, Ordering::SeqCst);
        // Ids have 16 bits above the seed. An odd factor takes none of these numbers twice.
        let number = (count as u16).wrapping_mul(self.order | 1);
        (u128::from(number) << 64) | 0x5EED
    }
}

/// The world around processes.
pub struct Place {
    folder: TempDir,
    store_url: Option<String>,
    pub clock: Arc<StoryClock>,
    chance: Arc<StoryChance>,
    pub death: Arc<Death>,
    pub mails: Arc<MemoryMailStore>,
    smtp: SmtpServer,
    pub service: HttpSink,
}

impl Place {
    /// `store_url` is that of an empty database; SQLite in the folder without one.
    pub async fn new(store_url: Option<String>, death: Death) -> Self {
        Self::in_order(store_url, death, 1).await
    }

    /// As [`Place::new`], with ids that do not grow as they are made: what is due together is found in another order.
    pub async fn in_order(store_url: Option<String>, death: Death, order: u16) -> Self {
        let mails = Arc::new(MemoryMailStore::default());
        let smtp = SmtpServer::start(SmtpOptions::new(mails.clone())).await.unwrap();
        let start: Timestamp = "2026-06-01T08:00:00Z".parse().unwrap();
        Self {
            folder: tempfile::tempdir().unwrap(),
            store_url,
            clock: Arc::new(StoryClock(AtomicI64::new(start.as_microsecond()))),
            chance: Arc::new(StoryChance { count: AtomicU64::new(1), order }),
            death: Arc::new(death),
            mails,
            smtp,
            service: HttpSink::start(scores()).await.unwrap(),
        }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Whether several processes may work here at once.
    pub fn is_shared(&self) -> bool {
        self.store_url.is_some()
    }

    /// A new process. The one before may take a moment to be gone altogether.
    pub async fn open(&self) -> Arc<Workspace> {
        self.opening(Some(self.death.clone())).await
    }

    /// A process that nobody kills.
    pub async fn open_unwatched(&self) -> Arc<Workspace> {
        self.opening(None).await
    }

    /// A process that begins wherever this is awaited.
    pub fn opening(&self, witness: Option<Arc<dyn Witness>>) -> impl Future<Output = Arc<Workspace>> + Send + use<> {
        let settings = Settings {
            data_dir: self.data(),
            public_url: PUBLIC_URL.to_owned(),
            memory_limit_bytes: 256 << 20,
            threads: 1,
            store_url: self.store_url.clone(),
            pid: 1,
            lease: tutti_runner::LEASE,
            history: tutti_model::campaign::HISTORY,
            records: tutti_model::campaign::RECORDS,
            launches: tutti_model::campaign::RECORDS,
            notify: None,
            outside: Outside { private_addresses: true, ..Outside::default() },
        };
        let (clock, chance) = (self.clock.clone(), self.chance.clone());
        async move {
            let deadline = Instant::now() + DEADLINE;
            loop {
                let (settings, clock, chance) = (settings.clone(), clock.clone(), chance.clone());
                match Workspace::open_watched(settings, clock, chance, Arc::new(|_: &str| None), witness.clone()).await
                {
                    Ok(workspace) => return workspace,
                    Err(tutti_runner::Error::Locked(_)) if Instant::now() < deadline => tokio::task::yield_now().await,
                    Err(error) => panic!("the workspace does not open: {}", tutti_runner::chain(&error)),
                }
            }
        }
    }

    /// Brings documents, rows and files, and publishes the campaigns.
    pub async fn furnish(&self, workspace: &Workspace) {
        let text = DOCUMENTS
            .replace("${SMTP_PORT}", &self.smtp.addr().port().to_string())
            .replace("${SERVICE}", &self.service.url());
        let file = SourceFile { path: "campaigns.yaml".to_owned(), text };
        if let Err(error) = workspace.apply_documents(&[file], false).await {
            panic!("{}: {:?}", tutti_runner::chain(&error), error.problems());
        }
        self.import(workspace, "people", &people(1..=24)).await;
        self.import(workspace, "purchases", &purchases(1..=30)).await;
        let temporary = workspace.temporary_file().unwrap();
        std::fs::write(&temporary, INCOMING).unwrap();
        workspace.keep_file(&temporary, "incoming/people.csv").unwrap();
        let campaigns = workspace.list_campaigns().await.unwrap();
        for campaign in campaigns.iter().filter(|campaign| campaign.name != INTAKE) {
            self.publish(workspace, &campaign.name).await;
        }
    }

    pub async fn publish(&self, workspace: &Workspace, campaign: &str) {
        workspace.publish_campaign(campaign, &Actor::anyone()).await.unwrap();
    }

    pub async fn import(&self, workspace: &Workspace, table: &str, rows: &str) {
        let path = self.folder.path().join("rows.csv");
        std::fs::write(&path, rows).unwrap();
        let file = ImportFile { name: format!("{table}.csv"), path };
        workspace.import(table, vec![file], ImportRequest::default(), |_| ()).await.unwrap();
    }
}

const INCOMING: &str = "email,points\nperson1@shop.example,9\nPERSON2@shop.example,4\nperson5@shop.example,1\n\
    nobody@shop.example,7\nperson6@shop.example,many\n";

/// Some have no address, some did not agree.
pub fn people(numbers: std::ops::RangeInclusive<u32>) -> String {
    let rows = numbers.map(|number| {
        let email = if number % 10 == 3 { String::new() } else { format!("person{number}@shop.example") };
        let tier = ["gold", "silver", "none"][number as usize % 3];
        format!("p{number:03},{email},Person {number},{tier},{}\n", number % 10 != 4)
    });
    std::iter::once("person_id,email,name,tier,consent\n".to_owned()).chain(rows).collect()
}

pub fn purchases(numbers: std::ops::RangeInclusive<u32>) -> String {
    let row = |number: u32| {
        format!(
            "{number},p{:03},item {},{}.50,2026-05-{:02}T10:00:00Z\n",
            1 + number % 9,
            number % 4,
            number,
            1 + number % 30
        )
    };
    std::iter::once("purchase,person_id,item,price,bought\n".to_owned()).chain(numbers.map(row)).collect()
}

/// Scores by the length of the name. The first try of each second call is put off, and calls with a row of person 9 are
/// never taken.
fn scores() -> impl Fn(usize, &Received) -> Reply + Send + Sync + 'static {
    let tried: Mutex<BTreeMap<String, usize>> = Mutex::default();
    move |_, request| {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let rows = body["rows"].as_array().unwrap();
        if rows.iter().any(|row| row["who"] == "Person 9") {
            return Reply::status(422);
        }
        let mut tried = tried.lock().unwrap();
        let tries = tried.entry(request.header("idempotency-key").unwrap_or_default().to_owned()).or_default();
        *tries += 1;
        if *tries == 1 && body["batch"].as_u64().unwrap() % 2 == 1 {
            let headers = vec![("retry-after".to_owned(), "0".to_owned())];
            return Reply::Answer { status: 503, headers, body: Vec::new() };
        }
        let score = |row: &Value| json!({"value": row["who"].as_str().map_or(0, str::len)});
        Reply::json(json!({"scores": rows.iter().map(score).collect::<Vec<_>>()}).to_string())
    }
}
