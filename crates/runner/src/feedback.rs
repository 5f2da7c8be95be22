//! What comes back over links: opens, clicks, unsubscribes.

use async_recursion::async_recursion as boxed;
use tutti_delivery::feedback::{self, Visit};

use crate::error::Result;
use crate::workspace::Workspace;

impl Workspace {
    /// Records an open; false where the link is not one of ours.
    #[boxed]
    pub async fn track_open(&self, token: &str, user_agent: Option<&str>) -> Result<bool> {
        let id = self.ulid().to_string();
        let visit = Visit { token, id: &id, user_agent, now_us: self.clock.now_us() };
        Ok(feedback::open(&self.store, &self.signer(), visit).await?.is_ok())
    }

    /// Records a click and says where it leads; `None` where the link is not one of ours.
    #[boxed]
    pub async fn track_click(&self, token: &str, user_agent: Option<&str>) -> Result<Option<String>> {
        let id = self.ulid().to_string();
        let visit = Visit { token, id: &id, user_agent, now_us: self.clock.now_us() };
        Ok(feedback::click(&self.store, &self.signer(), visit).await?.ok())
    }

    /// Where a link of a message leads, without recording a click; `None` where it is not one of ours.
    pub(crate) async fn link_target(&self, token: &str) -> Result<Option<String>> {
        Ok(feedback::target(&self.store, &self.signer(), token).await?.ok())
    }

    /// Takes a person out of marketing messages; false where the link is not one of ours.
    #[boxed]
    pub async fn unsubscribe(&self, token: &str, user_agent: Option<&str>) -> Result<bool> {
        let id = self.ulid().to_string();
        let visit = Visit { token, id: &id, user_agent, now_us: self.clock.now_us() };
        Ok(feedback::unsubscribe(&self.store, &self.signer(), visit).await?.is_ok())
    }

    /// The page behind an unsubscribe link, which changes nothing; `None` where the link is not one of ours.
    pub fn unsubscribe_page(&self, token: &str) -> Option<String> {
        feedback::unsubscribe_page(&self.signer(), token).ok()
    }

    /// Moves what came back to the tables that rules read.
    pub(crate) async fn flush_feedback(&self) -> Result<()> {
        let _one = self.feedback_mover.lock().await;
        let catalog = self.catalog().await?;
        let moved = feedback::flush_events(&self.store, &self.lake, &catalog).await?;
        if moved > 0 {
            tracing::debug!(moved, "feedback was moved to its tables");
            for dimension in catalog.dimensions.values() {
                self.tend(&tutti_model::builtin::events_table(&dimension.table)).await;
            }
        }
        Ok(())
    }
}

/// The page after unsubscribing.
pub fn unsubscribed_page() -> String {
    feedback::unsubscribed_page()
}

/// The page for a link that is not one of ours.
pub fn invalid_link_page() -> String {
    feedback::invalid_page()
}
