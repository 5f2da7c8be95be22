//! Campaigns that go: deleted drafts, and what has been in the archive for long.

use tutti_engine::campaign::{ARCHIVE_KEPT_US, CampaignState, Event};
use tutti_model::document::Spec;
use tutti_store::{Campaign as Stored, CampaignChange};

use super::Actor;
use super::trouble::{is_needed_as_of, needed};
use crate::error::{Error, Result};
use crate::workspace::Workspace;

impl Workspace {
    /// Refuses to delete a campaign that is neither a draft nor in the archive; else forgets its life. The document is
    /// the caller's to delete.
    pub(crate) async fn forget_campaign(&self, name: &str, actor: &Actor) -> Result<()> {
        self.write_move(name, Event::Delete, actor, |_, _| {}).await?;
        Ok(())
    }

    /// Deletes a campaign that has been in the archive for long enough, with its tests, unless others need it that are
    /// not put away themselves. That is noted with it, once.
    pub(crate) async fn purge_campaign(&self, stored: &Stored) -> Result<()> {
        if self.clock.now_us() - stored.changed_us < ARCHIVE_KEPT_US {
            return Ok(());
        }
        let generation = self.store.documents().generation().await?;
        if stored.error.as_ref().is_some_and(|error| is_needed_as_of(error, generation)) {
            return Ok(());
        }
        let deleted = {
            let _guard = self.lake.alone("documents").await?;
            let name = &stored.name;
            let documents = self.stored_documents().await?;
            let tests = documents.into_iter().filter_map(|document| match document.spec {
                Spec::Test(test) if test.campaign == *name => Some(document.name),
                _ => None,
            });
            self.delete_together("campaign", name, &tests.collect::<Vec<_>>(), &Actor::itself()).await
        };
        let problems = match deleted {
            Err(Error::Problems { problems, .. }) => problems,
            other => return other,
        };
        let why = problems.first().map(|problem| match &problem.document {
            Some(document) => format!("{document}: {}", problem.message),
            None => problem.message.clone(),
        });
        let why = why.unwrap_or_default();
        tracing::warn!(campaign = stored.name, why, "a campaign stays in the archive, because others need it");
        self.store
            .campaigns()
            .advance(&stored.name, self.clock.now_us(), |stored, _| {
                let row = Stored { error: Some(needed(&why, generation)), ..stored.clone() };
                let change = CampaignChange { row: Some(row), ..CampaignChange::default() };
                (Some(change).filter(|_| stored.state == CampaignState::Archived.as_str()), ())
            })
            .await?;
        self.notify_changed();
        Ok(())
    }
}
