//! What every operation can reach.

use std::sync::Arc;

use tutti_runner::Workspace;
use tutti_testkit::mail::MailStore;

use crate::metrics::Metrics;

/// What the handlers share. Cheap to clone.
#[derive(Clone)]
pub struct ApiState {
    pub workspace: Arc<Workspace>,
    /// The mail catcher that runs in this process, if one does.
    pub catcher: Option<Catcher>,
    /// The version of Tutti.
    pub version: &'static str,
    pub limits: Limits,
    pub hosts: HostPolicy,
    pub(crate) metrics: Arc<Metrics>,
}

/// A mail catcher: where it listens and what it has kept.
#[derive(Clone)]
pub struct Catcher {
    /// Host and port of its SMTP server.
    pub smtp: String,
    pub store: Arc<dyn MailStore>,
}

/// The largest bodies that are taken.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Of a JSON body, such as a folder of documents.
    pub body_bytes_max: usize,
    /// Of an uploaded file.
    pub upload_bytes_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { body_bytes_max: 16 << 20, upload_bytes_max: 4 << 30 }
    }
}

/// Which hosts a request may name. A server on loopback trusts whoever can reach it, so that a page of a stranger, led
/// there by its own name (DNS rebinding), must be refused.
#[derive(Clone, Debug, Default)]
pub enum HostPolicy {
    /// Names of this machine's loopback only, and `also`, such as the host of the public URL.
    #[default]
    Loopback,
    LoopbackAnd {
        also: Vec<String>,
    },
    /// Any: something in front of the server decides.
    Any,
}

impl ApiState {
    /// A state without a catcher, with the default limits, for a server on loopback.
    pub fn new(workspace: Arc<Workspace>, version: &'static str) -> Self {
        Self {
            workspace,
            catcher: None,
            version,
            limits: Limits::default(),
            hosts: HostPolicy::default(),
            metrics: Arc::default(),
        }
    }
}
