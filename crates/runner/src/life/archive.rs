//! Campaigns that go: deleted drafts, and what has been in the archive for long.

use tutti_engine::campaign::{ARCHIVE_KEPT_US, Event};
use tutti_store::Campaign as Stored;

use super::Actor;
use crate::error::Result;
use crate::workspace::Workspace;

impl Workspace {
    /// Refuses to delete a campaign that is neither a draft nor in the archive; else forgets its life. The document is
    /// the caller's to delete.
    pub(crate) async fn forget_campaign(&self, name: &str, actor: &Actor) -> Result<()> {
        self.write_move(name, Event::Delete, actor, |_, _| {}).await?;
        Ok(())
    }

    /// Deletes a campaign that has been in the archive for long enough, unless others need it.
    pub(crate) async fn purge_campaign(&self, stored: &Stored) -> Result<()> {
        if self.clock.now_us() - stored.changed_us < ARCHIVE_KEPT_US {
            return Ok(());
        }
        self.delete_document_as("campaign", &stored.name, &Actor::itself()).await
    }
}
