//! Who would arrive at an activity if its campaign ran now, for those who write its message.

use std::sync::Arc;

use serde_json::{Map, Value};
use tutti_model::campaign::{ActivityNode, Campaign};
use tutti_model::catalog::Catalog;

use crate::drafts::file_of;
use crate::error::{Error, Result};
use crate::execute::{RunContext, Written};
use crate::workspace::Workspace;

/// What arrives, in populations that are there until [`Workspace::forget_arrival`].
pub(crate) struct Arrival {
    pub context: RunContext,
    pub node: ActivityNode,
    pub arrived: Written,
}

impl Workspace {
    /// Works out who would arrive at an activity of a campaign as it stands in its draft, or else in its newest version.
    pub(crate) async fn arrival(&self, campaign: &str, activity: &str, given: &Map<String, Value>) -> Result<Arrival> {
        let (campaign, catalog) = self.drafted(campaign).await?;
        let context = self.dry_context(campaign, Arc::new(catalog), given)?;
        let found = self.arrive(context.clone(), activity).await;
        if found.is_err() {
            self.lake.delete_populations(&context.run).await?;
        }
        found
    }

    async fn arrive(&self, context: RunContext, activity: &str) -> Result<Arrival> {
        let canvas = &context.campaign.canvas;
        let Some(node) = canvas.activity(activity).cloned() else {
            let known = canvas.activities.iter().map(|node| node.id.as_str());
            return Err(Error::not_found("activity", activity, known));
        };
        let (context, arrived) = self.rehearse_until(&context, &node).await?;
        let arrived = arrived.into_iter().next().ok_or_else(|| {
            let message = format!("nobody arrives at `{activity}`: nothing that runs leads to it");
            Error::refused_with("unreached", message, "connect it, or choose rows of a dimension")
        })?;
        Ok(Arrival { context, node, arrived })
    }

    pub(crate) async fn forget_arrival(&self, arrival: &Arrival) -> Result<()> {
        Ok(self.lake.delete_populations(&arrival.context.run).await?)
    }

    /// A campaign as its draft has it, or else its newest version, with all other documents.
    pub(crate) async fn drafted(&self, name: &str) -> Result<(Arc<Campaign>, Catalog)> {
        self.find_campaign(name).await?;
        let body = match self.store.drafts().get("campaign", name).await? {
            Some(draft) => draft.body,
            None => self.get_document("campaign", name, None).await?,
        };
        let checked = self.check(&[file_of(&body)]).await?;
        let read = checked.documents.iter().any(|document| document.kind == "campaign");
        match checked.catalog.campaigns.get(name).filter(|_| read) {
            Some(campaign) => Ok((Arc::clone(campaign), checked.catalog.clone())),
            None => {
                let what = format!("the draft of `{name}` cannot be read");
                Err(Error::Problems { what, problems: checked.problems })
            }
        }
    }
}
