//! One client for all commands: the HTTP API, in this process on a data directory, or of a server.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Uri};
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use http_body_util::BodyExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use tutti_api::{ApiState, LocalImport, PREFIX, ProblemBody};
use tutti_runner::Workspace;

use crate::failure::{Done, Failure};
use crate::settings::Settings;
use crate::system::{SystemChance, SystemClock, secrets};

/// How long a server may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How often a server is asked how far a run is.
const POLL: Duration = Duration::from_millis(300);

/// Speaks with the API.
pub struct Client(Kind);

enum Kind {
    Local(Box<Local>),
    Remote(Remote),
}

struct Local {
    workspace: Arc<Workspace>,
    router: Router,
    changes: tokio::sync::watch::Receiver<u64>,
}

struct Remote {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

/// A worker that runs in this process until it is told to stop.
pub struct Worker {
    shutdown: CancellationToken,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Worker {
    pub fn start(workspace: &Arc<Workspace>) -> Self {
        let shutdown = CancellationToken::new();
        let tasks = vec![tokio::spawn(Arc::clone(workspace).work(shutdown.clone()))];
        Self { shutdown, tasks }
    }

    /// A worker that also launches campaigns when they are due, as a server does.
    pub fn with_launcher(workspace: &Arc<Workspace>) -> Self {
        let mut worker = Self::start(workspace);
        worker.tasks.push(tokio::spawn(Arc::clone(workspace).keep_time(worker.shutdown.clone())));
        worker
    }

    /// Hands out no more work and waits until what runs has ended or stopped where it can go on.
    pub async fn stop(self) {
        self.shutdown.cancel();
        for task in self.tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "the worker broke off");
            }
        }
    }
}

/// Opens the data directory of the settings.
pub async fn open_workspace(settings: &Settings, public_url: String) -> Done<Arc<Workspace>> {
    let threads = match settings.query.threads {
        0 => std::thread::available_parallelism().map_or(2, usize::from),
        threads => threads,
    };
    let settings = tutti_runner::Settings {
        data_dir: settings.data.clone(),
        public_url: public_url.trim_end_matches('/').to_owned(),
        memory_limit_bytes: settings.query.memory_bytes,
        history: settings.runs.history,
        records: settings.runs.records,
        launches: settings.runs.launches,
        notify: settings.notify()?,
        threads,
        outside: tutti_runner::Outside {
            folders: settings.outside.folders.clone(),
            private_addresses: settings.outside.private_addresses,
            ..tutti_runner::Outside::default()
        },
        store_url: settings.store.url.as_ref().map(|url| url.expose().to_owned()),
        pid: std::process::id(),
        lease: Duration::from_secs(settings.store.lease_s.max(1)),
    };
    Ok(Workspace::open(settings, Arc::new(SystemClock), Arc::new(SystemChance), secrets()).await?)
}

/// Where links of mails come back to, when nothing else is said: where `serve` listens.
pub fn public_url(settings: &Settings) -> String {
    settings.server.public_url.clone().unwrap_or_else(|| format!("http://{}", settings.server.listen))
}

impl Client {
    /// A client of the server of the settings, or else of the data directory.
    pub async fn open(settings: &Settings) -> Done<Self> {
        if let Some(server) = &settings.client.server {
            return Self::remote(server, settings);
        }
        let workspace = open_workspace(settings, public_url(settings)).await?;
        Ok(Self::local(workspace))
    }

    /// A client of an open data directory.
    pub fn local(workspace: Arc<Workspace>) -> Self {
        let changes = workspace.subscribe();
        let router = tutti_api::router(ApiState::new(Arc::clone(&workspace), env!("CARGO_PKG_VERSION")));
        Self(Kind::Local(Box::new(Local { workspace, router, changes })))
    }

    fn remote(server: &str, settings: &Settings) -> Done<Self> {
        let base = server.trim_end_matches('/').to_owned();
        let well_formed =
            url::Url::parse(&base).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !well_formed {
            return Err(
                Failure::usage(format!("`{server}` is no address of a server")).hint("such as `http://127.0.0.1:8080`")
            );
        }
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .user_agent(concat!("tutti/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| unreachable(&base, &error))?;
        let token = settings.client.token.as_ref().map(|token| token.expose().to_owned());
        Ok(Self(Kind::Remote(Remote { http, base, token })))
    }

    pub fn is_local(&self) -> bool {
        matches!(self.0, Kind::Local(_))
    }

    /// A worker for the data directory; a server has its own.
    pub fn worker(&self) -> Option<Worker> {
        match &self.0 {
            Kind::Local(local) => Some(Worker::start(&local.workspace)),
            Kind::Remote(_) => None,
        }
    }

    pub async fn get(&self, path: &str) -> Done<Value> {
        self.call(Method::GET, path, None, None).await
    }

    pub async fn post(&self, path: &str, body: &impl Serialize) -> Done<Value> {
        let body = serde_json::to_value(body).map_err(|error| Failure::new("request", error.to_string()))?;
        self.call(Method::POST, path, Some(body), None).await
    }

    pub async fn put(&self, path: &str, body: &impl Serialize) -> Done<Value> {
        let body = serde_json::to_value(body).map_err(|error| Failure::new("request", error.to_string()))?;
        self.call(Method::PUT, path, Some(body), None).await
    }

    pub async fn delete(&self, path: &str) -> Done<Value> {
        self.call(Method::DELETE, path, None, None).await
    }

    /// An import of files that this process can read itself.
    pub async fn import_here(&self, path: &str, import: LocalImport) -> Done<Value> {
        self.call(Method::POST, path, None, Some(import)).await
    }

    /// Sends a file as a body.
    pub async fn upload(&self, path: &str, file: tokio::fs::File, bytes: u64) -> Done<Value> {
        let stream = tokio_util::io::ReaderStream::with_capacity(file, 1 << 18);
        match &self.0 {
            Kind::Local(local) => {
                let response = local.ask(Method::POST, path, Body::from_stream(stream)).await?;
                Local::read(path, response).await
            }
            Kind::Remote(remote) => {
                let request = remote
                    .request(Method::POST, path)
                    .header("content-type", "application/octet-stream")
                    .header("content-length", bytes);
                remote.send(request.body(reqwest::Body::wrap_stream(stream))).await
            }
        }
    }

    /// Writes the bytes of an answer to a file, or to stdout. What fails on the way leaves no file.
    pub async fn download(&self, path: &str, to: Option<&std::path::Path>) -> Done {
        let response: BoxStream<'_, Done<bytes::Bytes>> = match &self.0 {
            Kind::Local(local) => {
                let response = local.ask(Method::GET, path, Body::empty()).await?;
                if !response.status().is_success() {
                    return Local::read(path, response).await.map(drop);
                }
                let bytes = response.into_body().into_data_stream();
                TryStreamExt::map_err(bytes, |error| broken_off(&error)).boxed()
            }
            Kind::Remote(remote) => {
                let sent = remote.request(Method::GET, path).send().await;
                let response = sent.map_err(|error| unreachable(&remote.base, &error))?;
                if !response.status().is_success() {
                    let status = response.status().as_u16();
                    let bytes = response.bytes().await.map_err(|error| unreachable(&remote.base, &error))?;
                    return answer(status, &bytes).map(drop);
                }
                response.bytes_stream().map_err(|error| broken_off(&error)).boxed()
            }
        };
        match to {
            None => copy(response, &mut tokio::io::stdout()).await,
            Some(path) => {
                let failed =
                    |error| Failure::new("output", format!("`{}` could not be written: {error}", path.display()));
                let temporary = path.with_added_extension("part");
                let mut file = tokio::fs::File::create(&temporary).await.map_err(failed)?;
                if let Err(error) = copy(response, &mut file).await {
                    // It is of no use, and the error says why.
                    let _ = tokio::fs::remove_file(&temporary).await;
                    return Err(error);
                }
                tokio::fs::rename(&temporary, path).await.map_err(failed)
            }
        }
    }

    /// Waits until a run may have changed, but never long.
    pub async fn change(&mut self) {
        match &mut self.0 {
            Kind::Local(local) => {
                // Both an end of the watch and the time limit mean: look again.
                let _ = tokio::time::timeout(POLL, local.changes.changed()).await;
            }
            Kind::Remote(_) => tokio::time::sleep(POLL).await,
        }
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>, import: Option<LocalImport>) -> Done<Value> {
        match &self.0 {
            Kind::Local(local) => local.call(method, path, body, import).await,
            Kind::Remote(remote) => {
                let request = remote.request(method, path);
                remote
                    .send(match body {
                        Some(body) => request.json(&body),
                        None => request,
                    })
                    .await
            }
        }
    }
}

impl Local {
    /// Sends bytes and answers what comes back, unread.
    async fn ask(&self, method: Method, path: &str, body: Body) -> Done<axum::response::Response> {
        let failed =
            |error: &dyn std::error::Error| Failure::new("request", format!("`{path}` could not be asked: {error}"));
        let uri: Uri = format!("{PREFIX}{path}").parse().map_err(|error| failed(&error))?;
        let request = Request::builder().method(method).uri(uri).header("host", "localhost");
        let request = request.header("content-type", "application/octet-stream").body(body);
        match self.router.clone().oneshot(request.map_err(|error| failed(&error))?).await {
            Ok(response) => Ok(response),
            Err(never) => match never {},
        }
    }

    /// Reads an answer.
    async fn read(path: &str, response: axum::response::Response) -> Done<Value> {
        let status = response.status().as_u16();
        let collected = response.into_body().collect().await;
        let bytes = collected
            .map_err(|error| Failure::new("request", format!("`{path}` could not be asked: {error}")))?
            .to_bytes();
        answer(status, &bytes)
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>, import: Option<LocalImport>) -> Done<Value> {
        let failed =
            |error: &dyn std::error::Error| Failure::new("request", format!("`{path}` could not be asked: {error}"));
        let uri: Uri = format!("{PREFIX}{path}").parse().map_err(|error| failed(&error))?;
        let request = Request::builder().method(method).uri(uri).header("host", "localhost");
        let mut request = match body {
            Some(body) => request.header("content-type", "application/json").body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        }
        .map_err(|error| failed(&error))?;
        if let Some(import) = import {
            request.extensions_mut().insert(import);
        }
        let response = match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let status = response.status();
        let bytes = response.into_body().collect().await.map_err(|error| failed(&error))?.to_bytes();
        answer(status.as_u16(), &bytes)
    }
}

impl Remote {
    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{PREFIX}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Done<Value> {
        let response = request.send().await.map_err(|error| unreachable(&self.base, &error))?;
        let status = response.status();
        let bytes = response.bytes().await.map_err(|error| unreachable(&self.base, &error))?;
        answer(status.as_u16(), &bytes)
    }
}

fn answer(status: u16, bytes: &[u8]) -> Done<Value> {
    if (200..300).contains(&status) {
        if bytes.is_empty() {
            return Ok(Value::Null);
        }
        return serde_json::from_slice(bytes)
            .map_err(|error| Failure::new("answer", format!("the answer is not JSON: {error}")));
    }
    match serde_json::from_slice::<ProblemBody>(bytes) {
        Ok(problem) if !problem.code.is_empty() => Err(Failure::from_problem(problem)),
        _ => Err(Failure::new("answer", format!("the server answered {status} without a word of Tutti's"))
            .hint("is it a Tutti server, and of this version?")),
    }
}

fn unreachable(base: &str, error: &reqwest::Error) -> Failure {
    let mut causes = vec![error.to_string()];
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    let last = causes.pop().unwrap_or_default();
    Failure::new("server_unreachable", format!("the server `{base}` cannot be reached: {last}"))
}

fn broken_off(error: &dyn std::error::Error) -> Failure {
    Failure::new("answer", format!("the answer broke off: {error}"))
}

async fn copy(mut from: BoxStream<'_, Done<bytes::Bytes>>, to: &mut (impl tokio::io::AsyncWrite + Unpin)) -> Done {
    use tokio::io::AsyncWriteExt;
    let failed = |error| Failure::new("output", format!("the output could not be written: {error}"));
    while let Some(bytes) = from.next().await {
        to.write_all(&bytes?).await.map_err(failed)?;
    }
    to.flush().await.map_err(failed)
}

/// Reads an answer as what it should be.
pub fn decode<T: DeserializeOwned>(value: Value) -> Done<T> {
    serde_json::from_value(value)
        .map_err(|error| Failure::new("answer", format!("the answer is not what it should be: {error}")))
}

/// One part of a path, escaped.
pub fn part(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

/// A path with its parameters; those without a value are left out.
pub fn with_query(path: &str, parameters: &[(&str, Option<String>)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in parameters {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}
