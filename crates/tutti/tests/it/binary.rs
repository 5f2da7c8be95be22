//! Runs the binary on a data directory of its own.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use tutti_testkit::mail::MemoryMailStore;
use tutti_testkit::smtp::{Fault, SmtpOptions, SmtpServer};

/// How long anything may take.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// Where the binary is, for programs that cargo does not tell it.
static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Says where the binary is.
#[allow(dead_code, reason = "the program that kills processes is told; tests know")]
pub fn use_program(path: &str) {
    // The first word counts.
    let _ = PROGRAM.set(PathBuf::from(path));
}

fn program() -> &'static Path {
    let by_cargo = || PathBuf::from(option_env!("CARGO_BIN_EXE_tutti").unwrap_or("tutti"));
    PROGRAM.get_or_init(by_cargo)
}

/// A folder with a data directory, documents and files.
pub struct Place {
    folder: TempDir,
    /// What its commands find in the environment.
    environment: Vec<(&'static str, String)>,
}

/// What a command did.
pub struct Done {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Done {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}\n{}", self.stdout, self.stderr))
    }

    /// The same, of a command that must have done what it should.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.code, 0, "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Place {
    pub fn new() -> Self {
        Self::with(&[])
    }

    /// With variables of the environment.
    pub fn with(environment: &[(&'static str, String)]) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), environment: environment.to_vec() }
    }

    /// With the documents of a small shop whose mails go to `port`, and `people` people.
    pub fn shop(port: u16, people: usize) -> Self {
        Self::shop_with(port, people, &[])
    }

    /// The same, with variables of the environment.
    pub fn shop_with(port: u16, people: usize, environment: &[(&'static str, String)]) -> Self {
        let place = Self::with(environment);
        place.write("documents/shop.yaml", &include_str!("shop.yaml").replace("${SMTP_PORT}", &port.to_string()));
        let mut rows = "person_id,email,name,tier,consent\n".to_owned();
        for number in 1..=people {
            let (email, consent) = match number % 10 {
                3 => (String::new(), true),
                4 => (format!("person{number}@shop.example"), false),
                _ => (format!("person{number}@shop.example"), true),
            };
            rows.push_str(&format!("p{number:05},{email},Person {number},gold,{consent}\n"));
        }
        place.write("people.csv", &rows);
        place.tutti(&["apply", "-f", &place.path("documents")]).ok();
        place.tutti(&["import", "people", &place.path("people.csv")]).ok();
        place
    }

    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("TUTTI") || name == "RUST_LOG" {
                command.env_remove(name);
            }
        }
        command.args(arguments).env("TUTTI_DATA", self.data()).stdin(Stdio::null());
        command.envs(self.environment.iter().map(|(name, value)| (*name, value)));
        command
    }

    pub fn tutti(&self, arguments: &[&str]) -> Done {
        self.command(arguments).output().unwrap().into()
    }

    /// With a text on stdin.
    pub fn tutti_with(&self, arguments: &[&str], input: &str) -> Done {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap().into()
    }

    /// A process that goes on, with what it says in `log`.
    pub fn start(&self, arguments: &[&str], log: &str) -> Running {
        let file = std::fs::File::create(self.folder.path().join(log)).unwrap();
        let child = self.command(arguments).stdout(file.try_clone().unwrap()).stderr(file).spawn().unwrap();
        Running { child, log: self.folder.path().join(log) }
    }

    /// The address that the process which holds the data directory has announced.
    pub fn announced(&self) -> String {
        wait_for("a server to announce itself", || {
            let lock: Value = serde_json::from_str(&std::fs::read_to_string(self.data().join("lock")).ok()?).ok()?;
            lock["address"].as_str().map(str::to_owned)
        })
    }
}

/// A process, ended with the test.
pub struct Running {
    pub child: Child,
    log: PathBuf,
}

impl Running {
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Asks it to end, and waits until it has.
    pub fn end(&mut self, signal: &str) -> i32 {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        self.wait()
    }

    pub fn wait(&mut self) -> i32 {
        let status = wait_for("the process to end", || self.child.try_wait().unwrap());
        status.code().unwrap_or(-1)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already where the test waited for it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Looks again and again until there is something, or the deadline has passed.
#[track_caller]
pub fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited too long for {what}");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

/// A mail server in this process.
pub struct Mail {
    pub store: Arc<MemoryMailStore>,
    pub server: SmtpServer,
    _runtime: tokio::runtime::Runtime,
}

impl Mail {
    pub fn new(faults: &[&str]) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let store = Arc::new(MemoryMailStore::default());
        let mut options = SmtpOptions::new(store.clone());
        options.faults = faults.iter().map(|rule| rule.parse::<Fault>().unwrap()).collect();
        let server = runtime.block_on(SmtpServer::start(options)).unwrap();
        Self { store, server, _runtime: runtime }
    }

    pub fn port(&self) -> u16 {
        self.server.addr().port()
    }
}

pub fn exists(path: &str) -> bool {
    Path::new(path).exists()
}
