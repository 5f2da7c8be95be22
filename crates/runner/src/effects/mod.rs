//! Doing what activities do outside of their runs. Each effect is done once for a run and an activity: a receipt beside
//! the populations says what came of it, and what happens before the receipt is written can be repeated without harm.

mod audience;

use serde::{Deserialize, Serialize};
use serde_json::json;
use tutti_activities::Effect;
use tutti_model::campaign::ActivityNode;

use crate::error::Result;
use crate::execute::{RunContext, Written, pass_through};
use crate::workspace::Workspace;

/// What came of an effect.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Done {
    pub populations: Vec<Written>,
    /// In the marketer's words.
    pub note: String,
}

impl RunContext {
    /// Whether things outside of the run change.
    pub(crate) fn is_live(&self) -> bool {
        self.mode == "live"
    }

    /// The name of an activity's effect everywhere outside.
    pub(crate) fn effect_key(&self, node: &ActivityNode) -> String {
        format!("{}/{}", self.run, node.id)
    }
}

impl Workspace {
    /// Does what an activity decided, or in tests and dry runs only what concerns the run itself.
    pub(crate) async fn carry_out(
        &self,
        context: &RunContext,
        node: &ActivityNode,
        arrived: &[Written],
        effect: Effect,
    ) -> Result<Done> {
        if context.is_live()
            && let Some(receipt) = self.lake.receipt(&context.run, &node.id)?
            && let Ok(done) = serde_json::from_value(receipt)
        {
            return Ok(done);
        }
        let passed = || pass_through(context, node, arrived);
        let done = match effect {
            Effect::SaveAudience(save) => {
                Done { populations: passed(), note: self.save_audience(context, node, save).await? }
            }
        };
        if context.is_live() {
            self.lake.write_receipt(&context.run, &node.id, &json!(done))?;
        }
        Ok(done)
    }
}
