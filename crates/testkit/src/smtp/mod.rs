//! A small SMTP server that keeps what it receives and misbehaves on request.
//!
//! It speaks RFC 5321 with PIPELINING, SIZE, 8BITMIME, SMTPUTF8 and ENHANCEDSTATUSCODES, without TLS or AUTH: it is
//! for tests and demos and delivers nothing. A message is answered with 250 only after the [`MailStore`] has it.
//! [`fault`] tells what it can do wrong and how that is written.

mod command;
mod connection;
mod data;
pub mod fault;
mod fault_parse;
mod fault_set;
mod session;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::mail::MailStore;
use connection::Connection;
pub use fault::Fault;
pub use fault_set::FaultCount;
use fault_set::FaultSet;

/// The server could not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("listening for mail on `{address}` failed")]
    Listen {
        address: SocketAddr,
        #[source]
        source: io::Error,
    },
}

/// How a server listens, what it takes, and what it does wrong.
pub struct SmtpOptions {
    /// Port 0 takes any free one.
    pub listen: SocketAddr,
    pub faults: Vec<Fault>,
    /// Larger messages are answered with 552.
    pub max_message_bytes: usize,
    /// Further connections are answered with 421.
    pub max_connections: usize,
    /// A client that says nothing for so long is answered with 421.
    pub idle_timeout: Duration,
    pub store: Arc<dyn MailStore>,
}

impl SmtpOptions {
    /// A well-behaved server on any free loopback port: 32 MiB per message, 1,000 connections, 5 minutes.
    pub fn new(store: Arc<dyn MailStore>) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            faults: Vec::new(),
            max_message_bytes: 32 << 20,
            max_connections: 1_000,
            idle_timeout: Duration::from_secs(300),
            store,
        }
    }
}

/// A running server; dropping it stops it without waiting.
pub struct SmtpServer {
    addr: SocketAddr,
    shared: Arc<Shared>,
    tasks: TaskTracker,
}

/// What all connections share.
struct Shared {
    faults: Arc<FaultSet>,
    message_bytes_max: usize,
    idle_timeout: Duration,
    store: Arc<dyn MailStore>,
    stop: CancellationToken,
    connections: AtomicU64,
    turned_away: AtomicU64,
    messages: AtomicU64,
    bytes: AtomicU64,
    refused_recipients: AtomicU64,
    refused_messages: AtomicU64,
}

/// What a server has done since its start. Refused recipients are counted when their connection ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpStats {
    pub connections: u64,
    /// Connections over the limit.
    pub turned_away: u64,
    /// Messages kept, and their bytes.
    pub messages: u64,
    pub bytes: u64,
    pub refused_recipients: u64,
    /// Messages refused after their end.
    pub refused_messages: u64,
    /// In the order of the options.
    pub faults: Vec<FaultCount>,
}

impl SmtpServer {
    /// Listens and serves until stopped.
    pub async fn start(options: SmtpOptions) -> Result<Self, Error> {
        let listen = |source| Error::Listen { address: options.listen, source };
        let listener = TcpListener::bind(options.listen).await.map_err(listen)?;
        let addr = listener.local_addr().map_err(listen)?;
        let shared = Arc::new(Shared {
            faults: Arc::new(FaultSet::new(options.faults)),
            message_bytes_max: options.max_message_bytes,
            idle_timeout: options.idle_timeout,
            store: options.store,
            stop: CancellationToken::new(),
            connections: AtomicU64::new(0),
            turned_away: AtomicU64::new(0),
            messages: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            refused_recipients: AtomicU64::new(0),
            refused_messages: AtomicU64::new(0),
        });
        let tasks = TaskTracker::new();
        let accepting = accept(listener, Arc::clone(&shared), tasks.clone(), options.max_connections);
        tasks.spawn(accepting);
        Ok(Self { addr, shared, tasks })
    }

    /// The address it listens on, with the port it was given.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub fn stats(&self) -> SmtpStats {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        SmtpStats {
            connections: count(&self.shared.connections),
            turned_away: count(&self.shared.turned_away),
            messages: count(&self.shared.messages),
            bytes: count(&self.shared.bytes),
            refused_recipients: count(&self.shared.refused_recipients),
            refused_messages: count(&self.shared.refused_messages),
            faults: self.shared.faults.counts(),
        }
    }

    /// Tells every client 421, closes, and returns when the last connection is gone.
    pub async fn stop(self) {
        self.shared.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.shared.stop.cancel();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, tasks: TaskTracker, connections_max: usize) {
    let free = Arc::new(Semaphore::new(connections_max.min(Semaphore::MAX_PERMITS)));
    loop {
        let accepted = tokio::select! {
            () = shared.stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let permit = Arc::clone(&free).try_acquire_owned().ok();
                tasks.spawn(serve(stream, Arc::clone(&shared), permit));
            }
            // Out of file descriptors or the like: the backlog waits until some are free.
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "accepting a mail connection failed");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>, permit: Option<OwnedSemaphorePermit>) {
    let number = shared.connections.fetch_add(1, Ordering::Relaxed) + 1;
    let served = async {
        stream.set_nodelay(true)?;
        let connection = Connection::new(stream, Arc::clone(&shared));
        match permit {
            Some(_held) => connection.serve(number).await,
            None => {
                shared.turned_away.fetch_add(1, Ordering::Relaxed);
                connection.turn_away().await
            }
        }
    };
    if let Err(error) = served.await {
        tracing::debug!(error = &error as &dyn std::error::Error, "a mail client went away");
    }
}
