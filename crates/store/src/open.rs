//! Opening the state database: address, pools, migrations, transactions.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    SqliteTransactionMode, TransactionOptions, TransactionTrait, Value,
};
use sea_orm_migration::MigratorTrait;

use crate::error::{Error, Result};
use crate::migrations::Migrations;
use crate::sql::{self, Row};
use crate::steps::{Steps, When, Witness};

/// How long SQLite waits for another process's lock before it gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a caller waits for a connection of the pool.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);
/// Connections that read, on SQLite.
const SQLITE_READERS: u32 = 4;
/// Connections in all, on PostgreSQL.
const POSTGRES_CONNECTIONS: u32 = 10;
/// Held by the one process that migrates a shared PostgreSQL database ("tutti" in ASCII).
const MIGRATION_LOCK: i64 = 0x74_75_74_74_69;

/// The state database. Cloning shares its connections.
#[derive(Clone, Debug)]
pub struct Store {
    writer: DatabaseConnection,
    readers: DatabaseConnection,
    steps: Steps,
}

impl Store {
    /// Opens `sqlite:PATH` (created where missing) or `postgres://…` and brings it up to date.
    ///
    /// On SQLite all writes go through one connection, so write transactions queue and never collide, while reads go
    /// on beside them; each commit is on disk when the call returns (`synchronous=FULL`). `sqlite::memory:` is one
    /// connection for both.
    ///
    /// # Errors
    /// [`Error::Address`] for another scheme, [`Error::Open`], [`Error::Migrate`].
    pub async fn open(url: &str) -> Result<Self> {
        Self::open_watched(url, None).await
    }

    /// As [`Store::open`], with somebody who is told of every step: for tests that let work end at one.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_watched(url: &str, witness: Option<Arc<dyn Witness>>) -> Result<Self> {
        let steps = Steps::new(witness);
        let store = if url.starts_with("sqlite:") {
            let writer = connect_sqlite(url, 1).await?;
            // A database in memory belongs to its connection.
            let readers =
                if url.contains(":memory:") { writer.clone() } else { connect_sqlite(url, SQLITE_READERS).await? };
            Store { writer, readers, steps }
        } else if Self::is_shared_at(url) {
            let mut options = ConnectOptions::new(url);
            options.max_connections(POSTGRES_CONNECTIONS).acquire_timeout(ACQUIRE_TIMEOUT).sqlx_logging(false);
            let pool = connect(url, options).await?;
            Store { writer: pool.clone(), readers: pool, steps }
        } else {
            return Err(Error::Address { address: without_password(url) });
        };
        store.migrate().await?;
        Ok(store)
    }

    /// Closes the connections; SQLite then folds its write-ahead log into the file.
    ///
    /// # Errors
    /// [`Error::Statement`] where the driver fails to close.
    pub async fn close(self) -> Result<()> {
        let failed = |source| Error::Statement { what: "close the state database", source };
        self.readers.close().await.map_err(failed)?;
        self.writer.close().await.map_err(failed)
    }

    /// For reads that may run beside writes.
    pub(crate) fn reader(&self) -> &DatabaseConnection {
        &self.readers
    }

    /// Runs a single statement that writes, and says how many rows it changed.
    pub(crate) async fn run(&self, what: &'static str, sql: impl Into<String>, values: Vec<Value>) -> Result<u64> {
        self.reach(what, When::Before).await;
        let changed = sql::run(&self.writer, what, sql, values).await?;
        self.reach(what, When::After).await;
        Ok(changed)
    }

    /// All rows that a single statement gives which writes.
    pub(crate) async fn all(&self, what: &'static str, sql: impl Into<String>, values: Vec<Value>) -> Result<Vec<Row>> {
        self.reach(what, When::Before).await;
        let rows = sql::all(&self.writer, what, sql, values).await?;
        self.reach(what, When::After).await;
        Ok(rows)
    }

    /// Tells whoever watches that a step was taken. Work that leaves something outside of the store tells it, too.
    pub async fn reach(&self, what: &'static str, when: When) {
        self.steps.reach(what, when).await;
    }

    /// Whether several processes may work on the store of this address at once.
    pub fn is_shared_at(url: &str) -> bool {
        url.starts_with("postgres:") || url.starts_with("postgresql:")
    }

    /// Whether several processes may work on this store at once.
    pub fn is_shared(&self) -> bool {
        self.writer.get_database_backend() == DbBackend::Postgres
    }

    /// Starts a transaction that writes; dropping it rolls back.
    pub(crate) async fn begin(&self, what: &'static str) -> Result<DatabaseTransaction> {
        self.reach(what, When::Before).await;
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.writer.begin_with_options(options).await.map_err(|source| Error::Statement { what, source })
    }

    /// Ends a transaction; everything in it is durable when this returns.
    pub(crate) async fn commit(&self, transaction: DatabaseTransaction, what: &'static str) -> Result<()> {
        transaction.commit().await.map_err(|source| Error::Statement { what, source })?;
        self.reach(what, When::After).await;
        Ok(())
    }

    /// What a `SELECT` inside a write transaction needs at its end to keep others from changing its rows meanwhile.
    /// SQLite has one writer and needs nothing.
    pub(crate) fn for_update(&self) -> &'static str {
        match self.writer.get_database_backend() {
            DbBackend::Postgres => " FOR UPDATE",
            _ => "",
        }
    }

    /// As [`Store::for_update`], leaving out rows that somebody else is working on.
    pub(crate) fn for_update_of_free(&self, table: &str) -> String {
        match self.writer.get_database_backend() {
            DbBackend::Postgres => format!(" FOR UPDATE OF {table} SKIP LOCKED"),
            _ => String::new(),
        }
    }

    /// As [`Store::for_update`], but others may read-lock the rows too.
    pub(crate) fn for_share(&self) -> &'static str {
        match self.writer.get_database_backend() {
            DbBackend::Postgres => " FOR SHARE",
            _ => "",
        }
    }

    async fn migrate(&self) -> Result<()> {
        let transaction = self.begin("migrate the state database").await?;
        if transaction.get_database_backend() == DbBackend::Postgres {
            let what = "wait for another process's migration";
            sql::one(&transaction, what, "SELECT pg_advisory_xact_lock($1)", sql::args![MIGRATION_LOCK]).await?;
        }
        Migrations::up(&transaction, None).await.map_err(|source| Error::Migrate { source })?;
        transaction.commit().await.map_err(|source| Error::Migrate { source })
    }
}

async fn connect_sqlite(url: &str, connections: u32) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .create_if_missing(true)
                .foreign_keys(true)
                .busy_timeout(BUSY_TIMEOUT)
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
                .pragma("cache_size", "-16384")
                .pragma("temp_store", "MEMORY")
        });
    connect(url, options).await
}

async fn connect(url: &str, options: ConnectOptions) -> Result<DatabaseConnection> {
    Database::connect(options).await.map_err(|source| Error::Open { address: without_password(url), source })
}

/// `postgres://user:secret@host/db` → `postgres://user:***@host/db`.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let Some((login, place)) = rest.rsplit_once('@') else { return url.to_owned() };
    match login.split_once(':') {
        Some((user, _)) => format!("{scheme}://{user}:***@{place}"),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn passwords_never_show() {
        for (url, shown) in [
            ("sqlite:/tmp/a.db", "sqlite:/tmp/a.db"),
            ("postgres://u:p@h:5432/d", "postgres://u:***@h:5432/d"),
            ("postgres://u:p@ss@h/d", "postgres://u:***@h/d"),
            ("postgres://u@h/d", "postgres://u@h/d"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }
}
