//! A small shop with people who cannot all be written to, a store, and a mail server that misbehaves on request.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use arrow::array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tutti_delivery::template::Templates;
use tutti_delivery::token::Signer;
use tutti_delivery::{
    BATCH_ROWS, Clock, Ended, Filter, Job, Ledger, Line, Page, PreparedDelivery, Progress, SendOptions, Tracking,
    eligibility, prepare, send,
};
use tutti_model::catalog::Catalog;
use tutti_model::document::Document;
use tutti_model::source::{SourceFile, parse};
use tutti_query::datafusion::catalog::TableProvider;
use tutti_query::datafusion::datasource::MemTable;
use tutti_query::{Planner, Providers, Session, SessionOptions};
use tutti_store::{NewRun, Store};
use tutti_testkit::mail::{MailStore, MemoryMailStore, Search};
use tutti_testkit::smtp::{SmtpOptions, SmtpServer};

const DOCUMENTS: &str = r#"
kind: table
name: customers
columns:
  - {name: id, type: integer, required: true}
  - {name: email, type: string}
  - {name: first_name, type: string}
  - {name: opt_in, type: boolean}
  - {name: city_id, type: integer}
primary_key: [id]
links:
  - {name: city, to: cities, on: {city_id: id}, cardinality: many-to-one}
---
kind: table
name: cities
columns: [{name: id, type: integer, required: true}, {name: name, type: string}]
primary_key: [id]
---
kind: dimension
name: customers
table: customers
identity: id
addresses: {email: email}
consent: {email: opt_in}
---
kind: channel
name: news
channel: email
category: CATEGORY
from: {name: Shop, address: hello@shop.example}
smtp: {host: 127.0.0.1, port: PORT, tls: none, connections: 4, timeout_s: 2}
delivery: GUARANTEE
retry: {attempts: 4, backoff_s: 0, window_s: 3600}
unsubscribe: one-click
---
kind: content
name: hello
subject: "Hello {{ first_name | default('there') }}"
html: "<p>Dear {{ first_name | default('friend') }} of {{ city.name }}, <a href='https://shop.example/?a=1'>look</a>.</p>"
"#;

pub struct Person {
    pub email: Option<String>,
    pub name: Option<&'static str>,
    pub opt_in: Option<bool>,
}

/// Everybody can be written to.
pub fn people(number: usize) -> Vec<Person> {
    (1..=number)
        .map(|id| Person { email: Some(format!("p{id}@x{}.example", id % 7)), name: Some("Ann"), opt_in: Some(true) })
        .collect()
}

/// Goes on by a microsecond each time, plus real time, from a fixed start.
pub struct TestClock(AtomicI64, std::time::Instant);

impl Clock for TestClock {
    fn now_us(&self) -> i64 {
        let passed = i64::try_from(self.1.elapsed().as_micros()).unwrap();
        1_800_000_000_000_000 + passed + self.0.fetch_add(1, Ordering::Relaxed)
    }
}

pub struct World {
    _folder: TempDir,
    pub store: Store,
    pub job: Arc<Job>,
    pub templates: Arc<Templates>,
    pub catalog: Arc<Catalog>,
    pub clock: Arc<TestClock>,
    pub mails: Arc<MemoryMailStore>,
    pub server: Option<SmtpServer>,
    session: Session,
    providers: Providers,
    calls: AtomicU64,
}

/// What a world is made of.
pub struct Setup {
    pub people: Vec<Person>,
    pub faults: Vec<&'static str>,
    pub category: &'static str,
    pub guarantee: &'static str,
    pub deduplicate: bool,
    pub html: Option<&'static str>,
}

impl Setup {
    pub fn new(people: Vec<Person>) -> Self {
        Self {
            people,
            faults: Vec::new(),
            category: "marketing",
            guarantee: "at_least_once",
            deduplicate: false,
            html: None,
        }
    }

    pub fn faults(mut self, faults: &[&'static str]) -> Self {
        self.faults = faults.to_vec();
        self
    }
}

impl World {
    pub async fn new(setup: Setup) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mails = Arc::new(MemoryMailStore::default());
        let mut options = SmtpOptions::new(mails.clone());
        options.faults = setup.faults.iter().map(|rule| rule.parse().unwrap()).collect();
        let server = SmtpServer::start(options).await.unwrap();
        let text = DOCUMENTS
            .replace("PORT", &server.addr().port().to_string())
            .replace("CATEGORY", setup.category)
            .replace("GUARANTEE", setup.guarantee);
        let sources = parse(&SourceFile { path: "shop.yaml".into(), text }).unwrap();
        let mut problems = Vec::new();
        let documents: Vec<Document> =
            sources.iter().filter_map(|source| Document::read(&source.value, &mut problems)).collect();
        let catalog = Catalog::build(documents, &mut problems);
        assert!(problems.is_empty(), "{problems:?}");

        let store =
            Store::open(&format!("sqlite://{}?mode=rwc", folder.path().join("state.db").display())).await.unwrap();
        let run = NewRun {
            id: "run_1".into(),
            campaign: "winback".into(),
            campaign_version: 1,
            mode: "live".into(),
            seed: 1,
            variables: serde_json::json!({}),
            key: None,
            now_us: 1,
        };
        store.runs().create(run, Vec::new()).await.unwrap();
        let (dimension, table) = catalog.dimension_table("customers").unwrap();
        let mut content = catalog.contents["hello"].as_ref().clone();
        if let Some(html) = setup.html {
            content.html = Some(html.to_owned());
        }
        let job = Job {
            run: "run_1".into(),
            campaign: "winback".into(),
            activity: "mail".into(),
            dimension: Arc::clone(dimension),
            table: Arc::clone(table),
            channel: Arc::clone(&catalog.channels["news"]),
            content,
            deduplicate_addresses: setup.deduplicate,
            variables: Default::default(),
            variable_places: Default::default(),
            time_zone: "UTC".into(),
            folder: folder.path().join("runs/run_1/mail"),
            tracking: Some(Tracking { public_url: "http://127.0.0.1:8080/".into(), signer: Signer::new(b"secret") }),
        };
        let templates = job.compile(&catalog, &[]).unwrap();
        let session = Session::new(&SessionOptions {
            memory_limit_bytes: 64 << 20,
            spill_dir: folder.path().to_owned(),
            threads: 2,
        });
        Self {
            store,
            templates: Arc::new(templates),
            clock: Arc::new(TestClock(AtomicI64::new(0), std::time::Instant::now())),
            mails,
            server: Some(server),
            session: session.unwrap(),
            providers: providers(&setup.people),
            calls: AtomicU64::new(0),
            _folder: folder,
            job: Arc::new(job),
            catalog: Arc::new(catalog),
        }
    }

    pub async fn prepare(&self) -> PreparedDelivery {
        self.prepare_with(BATCH_ROWS).await
    }

    pub async fn prepare_with(&self, batch_rows: usize) -> PreparedDelivery {
        let now = self.clock.now_us();
        let (job, catalog, templates) = (&self.job, &self.catalog, &self.templates);
        prepare(&self.session, &self.store, job, templates, batch_rows, now, |registers| {
            let planner = Planner::new(catalog, &self.providers);
            eligibility::plan(job, planner.rows("customers")?, catalog, templates, registers)
        })
        .await
        .unwrap()
    }

    /// Sends until it ends.
    pub async fn send(&self) -> Ended {
        self.send_until(CancellationToken::new(), Duration::from_secs(20)).await.unwrap()
    }

    pub async fn send_until(&self, stop: CancellationToken, patience: Duration) -> tutti_delivery::Result<Ended> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        let options = SendOptions {
            owner: format!("test-{call}"),
            lease_us: 30_000_000,
            password: None,
            hello: Some("localhost".into()),
            patience,
            urgent: CancellationToken::new(),
            progress: Arc::new(Progress::default()),
            connections: Arc::default(),
        };
        send(&self.store, Arc::clone(&self.job), Arc::clone(&self.templates), options, self.clock.clone(), stop).await
    }

    /// What a worker that takes over from a dead one does first.
    pub async fn reopen(&self) {
        self.store.batches().reopen("run_1", "mail").await.unwrap();
    }

    pub async fn page(&self, filter: &Filter) -> Page {
        let ledger = Ledger::open(&self.store, "run_1", "mail", &self.job.folder).await.unwrap().unwrap();
        ledger.page(&self.store, filter, usize::MAX, 0).await.unwrap()
    }

    /// How many were sent by the numbers of the delivery and of the batches that are under way.
    pub async fn sent_by_the_numbers(&self) -> usize {
        let ledger = Ledger::open(&self.store, "run_1", "mail", &self.job.folder).await.unwrap().unwrap();
        let under_way = ledger.under_way(&self.store).await.unwrap();
        let delivery = self.store.deliveries().get("run_1", "mail").await.unwrap().unwrap();
        let under_way = under_way.iter().filter(|(status, _)| status.as_str() == "sent").count();
        usize::try_from(delivery.sent).unwrap() + under_way
    }

    /// All lines, after looking that there is exactly one for each row and that the numbers agree.
    pub async fn lines(&self) -> BTreeMap<String, Line> {
        let page = self.page(&Filter::default()).await;
        let delivery = self.store.deliveries().get("run_1", "mail").await.unwrap().unwrap();
        let targeted = u64::try_from(delivery.targeted).unwrap();
        assert_eq!(page.total, targeted);
        assert_eq!(page.counts.values().sum::<u64>(), targeted);
        let lines: BTreeMap<String, Line> = page.lines.into_iter().map(|line| (line.key.clone(), line)).collect();
        assert_eq!(lines.len() as u64, targeted, "a key has two lines");
        if delivery.finished_us.is_some() {
            let count = |status: &str| i64::try_from(page.counts.get(status).copied().unwrap_or(0)).unwrap();
            assert_eq!(
                [count("excluded"), count("sent"), count("failed"), count("in_doubt"), count("pending")],
                [delivery.excluded, delivery.sent, delivery.failed, delivery.in_doubt, delivery.pending()]
            );
        }
        lines
    }

    /// What the server has kept: for each key, the Message-IDs in order.
    pub fn received(&self) -> HashMap<String, Vec<String>> {
        let (_, mails) = self.mails.list(&Search::parse(""), usize::MAX, 0).unwrap();
        let mut received: HashMap<String, Vec<String>> = HashMap::new();
        for mail in mails {
            assert_eq!((mail.run.as_deref(), mail.activity.as_deref()), (Some("run_1"), Some("mail")));
            received.entry(mail.key.unwrap()).or_default().push(mail.message_id.unwrap());
        }
        received
    }

    /// How often the first fault has fired.
    pub fn fired(&self) -> u64 {
        self.server.as_ref().unwrap().stats().faults[0].fired
    }

    pub fn targets_path(&self) -> PathBuf {
        self.job.folder.join("targets.parquet")
    }
}

fn providers(people: &[Person]) -> Providers {
    let provider = |columns: Vec<(&str, ArrayRef)>| -> Arc<dyn TableProvider> {
        let columns = columns.into_iter().map(|(name, array)| (name, array, true));
        let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
        Arc::new(MemTable::try_new(batch.schema(), vec![vec![batch]]).unwrap())
    };
    let ids: Int64Array = (1..=people.len() as i64).map(Some).collect();
    let customers = provider(vec![
        ("id", Arc::new(ids)),
        ("email", Arc::new(people.iter().map(|person| person.email.as_deref()).collect::<StringArray>())),
        ("first_name", Arc::new(people.iter().map(|person| person.name).collect::<StringArray>())),
        ("opt_in", Arc::new(people.iter().map(|person| person.opt_in).collect::<BooleanArray>())),
        ("city_id", Arc::new((1..=people.len() as i64).map(|id| Some(id % 3)).collect::<Int64Array>())),
    ]);
    let cities = provider(vec![
        ("id", Arc::new(Int64Array::from(vec![0, 1]))),
        ("name", Arc::new(StringArray::from(vec!["Lyon", "Köln"]))),
    ]);
    HashMap::from([("customers".to_owned(), customers), ("cities".to_owned(), cities)])
}
