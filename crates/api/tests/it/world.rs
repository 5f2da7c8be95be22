//! A workspace in a temporary folder with a small shop, its router, and a mail catcher.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use tutti_api::{ApiState, Catcher};
use tutti_runner::{Chance, Clock, Settings, Workspace};
use tutti_testkit::mail::MemoryMailStore;
use tutti_testkit::smtp::{SmtpOptions, SmtpServer};

/// How long anything may take.
const DEADLINE: Duration = Duration::from_secs(60);

pub const DOCUMENTS: &str = include_str!("shop.yaml");

pub const PEOPLE: &str = "person_id,email,name,tier,consent\n\
    p1,ann@shop.example,Ann,gold,true\n\
    p2,bob@shop.example,Bob,silver,true\n\
    p3,,Cid,gold,true\n\
    p4,dan@shop.example,Dan,gold,false\n\
    p5,eve@shop.example,Eve,none,true\n";

/// Starts at a fixed day and goes on from there, faster when told to.
pub struct TestClock {
    started: Instant,
    ahead_s: AtomicU64,
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let start: Timestamp = "2026-06-01T08:00:00Z".parse().unwrap();
        start + self.started.elapsed() + Duration::from_secs(self.ahead_s.load(Ordering::Relaxed))
    }
}

struct TestChance(AtomicU64);

impl Chance for TestChance {
    fn bits(&self) -> u128 {
        let number = u128::from(self.0.fetch_add(1, Ordering::Relaxed));
        (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)
    }
}

pub struct World {
    pub router: Router,
    pub workspace: Arc<Workspace>,
    pub state: ApiState,
    clock: Arc<TestClock>,
    pub smtp: SmtpServer,
    stop: CancellationToken,
    pub folder: tempfile::TempDir,
}

/// What came back.
pub struct Reply {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub bytes: bytes::Bytes,
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|error| panic!("{} is not JSON ({error}): {}", self.status, self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body by its described shape, in which nothing may be unknown.
    pub fn shape<T: DeserializeOwned>(&self) -> T {
        assert!(self.status.is_success(), "{}: {}", self.status, self.text());
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

impl World {
    /// An empty workspace.
    pub async fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            data_dir: folder.path().join("data"),
            public_url: "http://localhost:8080".to_owned(),
            memory_limit_bytes: 256 << 20,
            history: tutti_model::duration::Duration::from_days(30),
            records: tutti_model::duration::Duration::from_days(400),
            launches: tutti_model::duration::Duration::from_days(400),
            notify: None,
            threads: 2,
            store_url: None,
            pid: 1,
            lease: tutti_runner::LEASE,
            outside: tutti_runner::Outside { private_addresses: true, ..tutti_runner::Outside::default() },
        };
        let clock = Arc::new(TestClock { started: Instant::now(), ahead_s: AtomicU64::new(0) });
        let workspace =
            Workspace::open(settings, clock.clone(), Arc::new(TestChance(AtomicU64::new(0))), Arc::new(secret))
                .await
                .unwrap();
        let store = Arc::new(MemoryMailStore::default());
        let smtp = SmtpServer::start(SmtpOptions::new(store.clone())).await.unwrap();
        let mut state = ApiState::new(Arc::clone(&workspace), "0.0.0");
        state.catcher = Some(Catcher { smtp: smtp.addr().to_string(), store });
        let stop = CancellationToken::new();
        tokio::spawn(Arc::clone(&workspace).work(stop.clone()));
        Self { router: tutti_api::router(state.clone()), workspace, state, clock, smtp, stop, folder }
    }

    /// With the shop's documents and people.
    pub async fn shop() -> Self {
        let world = Self::empty().await;
        let text = DOCUMENTS.replace("${SMTP_PORT}", &world.smtp.addr().port().to_string());
        let applied =
            world.post("/api/v1/documents/apply", &json!({"files": [{"path": "shop.yaml", "text": text}]})).await;
        assert_eq!(applied.status, StatusCode::OK, "{}", applied.text());
        let imported =
            world.send(post("/api/v1/tables/people/import?format=csv").body(Body::from(PEOPLE)).unwrap()).await;
        assert_eq!(imported.status, StatusCode::OK, "{}", imported.text());
        world
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Reply { status: parts.status, headers: parts.headers, bytes: body.collect().await.unwrap().to_bytes() }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(path).header("host", "localhost:8080").body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(post(path).header("content-type", "application/json").body(Body::from(body.to_string())).unwrap())
            .await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send(Request::delete(path).header("host", "localhost:8080").body(Body::empty()).unwrap()).await
    }

    /// Puts the clock forward.
    pub fn advance(&self, seconds: u64) {
        self.clock.ahead_s.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Starts a run and waits until it rests.
    pub async fn run(&self, campaign: &str, body: &Value) -> Value {
        let started = self.post(&format!("/api/v1/campaigns/{campaign}/run"), body).await;
        assert_eq!(started.status, StatusCode::CREATED, "{}", started.text());
        let run = started.json()["run"].as_str().unwrap().to_owned();
        self.rest(&run).await
    }

    /// Goes on with a run and waits until it rests.
    pub async fn resume(&self, run: &str) -> Value {
        let resumed = self.post(&format!("/api/v1/runs/{run}/resume"), &json!({})).await;
        assert!(resumed.status.is_success(), "{}", resumed.text());
        self.rest(run).await
    }

    /// Sets the clock forward to a time, and does what is due then.
    pub async fn at(&self, time: &str) {
        let time: Timestamp = time.parse().unwrap();
        let wait = time.duration_since(self.clock.now());
        let seconds = u64::try_from(wait.as_secs()).expect("clocks go forward");
        // The second that began is over then.
        self.clock.ahead_s.fetch_add(seconds + 1, Ordering::Relaxed);
        self.workspace.tick(true).await.unwrap();
    }

    /// Waits until a run rests, and answers its summary.
    pub async fn rest(&self, run: &str) -> Value {
        self.wait(run, |summary| summary["state"] != "running").await
    }

    /// Waits until the summary of a run says what it should.
    pub async fn wait(&self, run: &str, says: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + DEADLINE;
        let mut changes = self.workspace.subscribe();
        loop {
            let summary = self.get(&format!("/api/v1/runs/{run}")).await.json();
            if says(&summary) {
                return summary;
            }
            assert!(Instant::now() < deadline, "waited too long: {summary}");
            let _ = tokio::time::timeout(Duration::from_millis(200), changes.changed()).await;
        }
    }

    /// Applies documents that must be right.
    pub async fn apply(&self, text: &str) {
        let reply = self.post("/api/v1/documents/apply", &json!({"files": [{"path": "a.yaml", "text": text}]})).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    }

    /// Waits until a campaign is in a state.
    pub async fn campaign_is(&self, campaign: &str, state: &str) {
        let deadline = Instant::now() + DEADLINE;
        let mut changes = self.workspace.subscribe();
        while self.get(&format!("/api/v1/campaigns/{campaign}")).await.json()["state"] != state {
            assert!(Instant::now() < deadline, "`{campaign}` does not become {state}");
            let _ = tokio::time::timeout(Duration::from_millis(200), changes.changed()).await;
        }
    }
}

/// What the environment would have.
fn secret(name: &str) -> Option<String> {
    match name {
        "SINK_TOKEN" => Some("t0ken".to_owned()),
        "SINK_KEY" => Some("k3y".to_owned()),
        _ => None,
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn post(path: &str) -> axum::http::request::Builder {
    Request::post(path).header("host", "localhost:8080")
}
