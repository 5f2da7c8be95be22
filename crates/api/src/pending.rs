//! Stand-ins until the runner has these.
#![allow(unused, dead_code, reason = "not committed")]
use serde::Serialize;
use tutti_runner::{Error, Result, Workspace};

#[derive(Serialize)]
pub struct DryRun {}
#[derive(Serialize)]
pub struct Trace {}
#[derive(Serialize)]
pub struct LedgerPage {}
pub struct LedgerFilter { pub activity: Option<String>, pub status: Option<String>, pub reason: Option<String>, pub search: Option<String> }
pub trait Pending {
    fn dry_run(&self, campaign: &str) -> impl Future<Output = Result<DryRun>> + Send { async { no() } }
    fn ledger(&self, run: &str, filter: LedgerFilter, offset: u64, limit: u64) -> impl Future<Output = Result<LedgerPage>> + Send { async { no() } }
    fn trace(&self, run: &str, key: &str) -> impl Future<Output = Result<Trace>> + Send { async { no() } }
    fn track_open(&self, token: &str, agent: Option<&str>) -> impl Future<Output = Result<()>> + Send { async { no() } }
    fn track_click(&self, token: &str, agent: Option<&str>) -> impl Future<Output = Result<Option<String>>> + Send { async { no() } }
    fn unsubscribe(&self, token: &str) -> impl Future<Output = Result<bool>> + Send { async { no() } }
    fn unsubscribe_page(&self, token: &str) -> impl Future<Output = Result<Option<String>>> + Send { async { no() } }
}
impl Pending for Workspace {}
fn no<T>() -> Result<T> { Err(Error::refused("not_supported", "not yet")) }
