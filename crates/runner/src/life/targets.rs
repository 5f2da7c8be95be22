//! The campaigns that the ends of a campaign signal, when it is published: those that would not start are warned of.

use serde_json::Value;
use tutti_engine::campaign::CampaignState;
use tutti_model::campaign::Campaign;
use tutti_model::catalog::Catalog;
use tutti_model::problem::{Problem, join_pointer};

use super::state_of;
use crate::error::Result;
use crate::workspace::Workspace;

impl Workspace {
    /// The campaigns that a campaign signals and that no signal starts as they are.
    pub(super) async fn idle_targets(&self, campaign: &Campaign, catalog: &Catalog) -> Result<Vec<Problem>> {
        let mut problems = Vec::new();
        let ends = campaign.canvas.activities.iter().filter(|node| node.kind == "end" && node.enabled);
        for node in ends {
            let signals = node.settings.get("signals").and_then(Value::as_array);
            for (index, signal) in signals.into_iter().flatten().enumerate() {
                let name = signal.get("campaign").and_then(Value::as_str).unwrap_or_default();
                if !catalog.campaigns.contains_key(name) {
                    continue;
                }
                let state = state_of(&self.store.campaigns().get(name).await?)?;
                let Some(hint) = way_out(state) else { continue };
                let at = join_pointer(&join_pointer(&node.pointer, "signals"), index);
                let message = format!("`{}` signals `{name}`, which is {state} and is not started by it", node.id);
                let problem = Problem::warning("target_not_live", join_pointer(&at, "campaign"), message).hint(hint);
                problems.push(Problem { activity: Some(node.id.clone()), ..problem });
            }
        }
        Ok(problems)
    }
}

/// What to do about a campaign that no signal starts.
fn way_out(state: CampaignState) -> Option<&'static str> {
    match state {
        CampaignState::Scheduled | CampaignState::Live => None,
        CampaignState::Draft => Some("publish it: until then the run stops there with an error, and can be resumed"),
        CampaignState::Publishing => Some("wait until it is published"),
        CampaignState::Suspended => Some("continue it: until then each signal is skipped"),
        CampaignState::Closed | CampaignState::Completed | CampaignState::Stopped | CampaignState::Archived => {
            Some("duplicate it, publish the copy and signal that")
        }
    }
}
