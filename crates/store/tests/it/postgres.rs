//! A PostgreSQL of our own for one test: a fresh data folder, a free loopback port, gone at the end.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;
use tutti_store::Store;

const START_MAX: Duration = Duration::from_secs(60);

pub struct Postgres {
    server: Child,
    port: u16,
    databases: u32,
    folder: TempDir,
}

impl Postgres {
    pub async fn start() -> anyhow::Result<Self> {
        let programs = programs()?;
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        std::fs::create_dir(&data)?;
        if is_root()? {
            // The programs refuse to run as root; the folder must be theirs.
            for path in [folder.path(), data.as_path()] {
                let done = Command::new("chown").arg("postgres").arg(path).status()?;
                ensure!(done.success(), "could not give `{}` to the user `postgres`", path.display());
            }
        }
        let made = as_postgres(&programs.join("initdb"), folder.path())?
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(&data)
            .output()
            .context("could not run initdb")?;
        ensure!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let server = as_postgres(&programs.join("postgres"), folder.path())?
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .args(["-h", "127.0.0.1", "-p", &port.to_string()])
            .args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"])
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(folder.path().join("log"))?)
            .spawn()
            .context("could not start postgres")?;
        let mut started = Postgres { server, port, databases: 0, folder };
        started.wait().await?;
        Ok(started)
    }

    /// A store on a database of its own.
    pub async fn store(&mut self) -> anyhow::Result<Store> {
        self.databases += 1;
        let name = format!("case_{}", self.databases);
        let admin = Database::connect(self.url("postgres")).await?;
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await?;
        admin.close().await?;
        Ok(Store::open(&self.url(&name)).await?)
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    async fn wait(&mut self) -> anyhow::Result<()> {
        let began = Instant::now();
        loop {
            if let Some(status) = self.server.try_wait()? {
                let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
                bail!("postgres ended at its start with {status}: {log}");
            }
            match Database::connect(self.url("postgres")).await {
                Ok(connection) => return Ok(connection.close().await?),
                Err(error) if began.elapsed() > START_MAX => return Err(error).context("postgres did not answer"),
                Err(_) => tokio::task::yield_now().await,
            }
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
    }
}

/// The folder of the newest installed server.
fn programs() -> anyhow::Result<PathBuf> {
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
    let newest = found.pop().map(|(_, programs)| programs);
    newest.context(
        "no PostgreSQL server under /usr/lib/postgresql: this suite runs on both stores; \
         `make test` installs it (`apt-get install -y postgresql`)",
    )
}

fn as_postgres(program: &Path, folder: &Path) -> anyhow::Result<Command> {
    let mut command = if is_root()? {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir(folder).env("LC_ALL", "C");
    Ok(command)
}

fn is_root() -> anyhow::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    Ok(std::fs::metadata("/proc/self")?.uid() == 0)
}
