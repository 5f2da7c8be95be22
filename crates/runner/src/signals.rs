//! Starting campaigns by a signal.

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::launch::RunRequest;
use crate::workspace::Workspace;

/// Starts campaigns that wait for a signal.
pub(crate) trait Signals {
    /// Starts a run of `campaign` with values for its parameters. A key that was seen before starts nothing.
    async fn signal(&self, campaign: &str, variables: &Map<String, Value>, idempotency_key: &str) -> Result<()>;
}

impl Signals for Workspace {
    async fn signal(&self, campaign: &str, variables: &Map<String, Value>, idempotency_key: &str) -> Result<()> {
        let key = format!("signalled/{idempotency_key}");
        if self.store.settings().get(&key).await?.is_some() {
            return Ok(());
        }
        let (found, _) = self.find_campaign(campaign).await?;
        if !matches!(found.schedule, tutti_model::schedule::Schedule::Signal { .. }) {
            let message = format!("the campaign `{campaign}` does not start by a signal");
            return Err(Error::refused_with("not_signalled", message, "give it the schedule `{type: signal}`"));
        }
        let request = RunRequest { variables: variables.clone(), ..RunRequest::default() };
        let run = self.start_run(campaign, &request).await?;
        Ok(self.store.settings().set(&key, &run).await?)
    }
}
