//! A PostgreSQL of one's own: a fresh data folder, a free loopback port, gone at the end.

use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take to start.
const START_MAX: Duration = Duration::from_secs(60);

/// A server could not be had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "there is no PostgreSQL server under `/usr/lib/postgresql`; `apt-get install -y postgresql` brings one, as \
         `make test` does"
    )]
    NotInstalled,
    #[error("`{program}` could not be run")]
    Run {
        program: String,
        #[source]
        source: io::Error,
    },
    #[error("`{program}` failed: {told}")]
    Failed { program: String, told: String },
    #[error("the folder of the server could not be made")]
    Folder(#[source] io::Error),
}

/// A server; it ends when it is dropped.
pub struct Postgres {
    server: Child,
    programs: PathBuf,
    port: u16,
    databases: u32,
    folder: PathBuf,
}

impl Postgres {
    /// Makes and starts a server that need not survive the machine. Blocks until it answers.
    ///
    /// # Errors
    /// When none is installed, or it does not start.
    pub fn start() -> Result<Self, Error> {
        let programs = programs()?;
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).map_err(Error::Folder)?.port();
        let folder = std::env::temp_dir().join(format!("tutti-postgres-{}-{port}", std::process::id()));
        let data = folder.join("data");
        std::fs::create_dir_all(&data).map_err(Error::Folder)?;
        if is_root() {
            // The programs refuse to run as root; the folder must be theirs.
            for path in [&folder, &data] {
                run("chown", Command::new("chown").arg("postgres").arg(path))?;
            }
        }
        let mut initdb = as_postgres(&programs.join("initdb"), &folder);
        initdb.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"]);
        run("initdb", initdb.arg(&data))?;
        let log = std::fs::File::create(folder.join("log")).map_err(Error::Folder)?;
        let server = as_postgres(&programs.join("postgres"), &folder)
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(&folder)
            .args(["-h", "127.0.0.1", "-p", &port.to_string()])
            .args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|source| Error::Run { program: "postgres".to_owned(), source })?;
        let mut started = Self { server, programs, port, databases: 0, folder };
        started.wait()?;
        Ok(started)
    }

    /// The address of a new, empty database.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn database(&mut self) -> Result<String, Error> {
        self.databases += 1;
        let name = format!("case_{}", self.databases);
        let mut createdb = Command::new(self.programs.join("createdb"));
        createdb.args(["-h", "127.0.0.1", "-U", "postgres", "-p", &self.port.to_string(), &name]);
        run("createdb", &mut createdb)?;
        Ok(format!("postgres://postgres@127.0.0.1:{}/{name}", self.port))
    }

    fn wait(&mut self) -> Result<(), Error> {
        let began = Instant::now();
        loop {
            let ended = self.server.try_wait().map_err(Error::Folder)?;
            if ended.is_some() || began.elapsed() > START_MAX {
                let told = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                return Err(Error::Failed { program: "postgres".to_owned(), told });
            }
            let mut ready = Command::new(self.programs.join("pg_isready"));
            ready.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]);
            if ready.status().is_ok_and(|status| status.success()) {
                return Ok(());
            }
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGINT is its fast shutdown: it ends its own children and removes its socket.
        let asked = Command::new("kill").arg("-INT").arg(self.server.id().to_string()).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The folder of the newest installed server.
fn programs() -> Result<PathBuf, Error> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = entry.file_name().to_str()?.parse().ok()?;
            let programs = entry.path().join("bin");
            (programs.join("initdb").exists() && programs.join("postgres").exists()).then_some((version, programs))
        })
        .collect();
    found.sort();
    found.pop().map(|(_, programs)| programs).ok_or(Error::NotInstalled)
}

fn run(program: &str, command: &mut Command) -> Result<Output, Error> {
    let output = command.output().map_err(|source| Error::Run { program: program.to_owned(), source })?;
    if output.status.success() {
        return Ok(output);
    }
    Err(Error::Failed { program: program.to_owned(), told: String::from_utf8_lossy(&output.stderr).into_owned() })
}

fn as_postgres(program: &Path, folder: &Path) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir(folder).env("LC_ALL", "C");
    command
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}
