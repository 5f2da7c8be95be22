//! Doing what activities do outside of their runs. Each effect is done once for a run and an activity: a receipt beside
//! the populations says what came of it, and what happens before the receipt is written can be repeated without harm.

mod audience;
mod extract_file;
mod http_call;
mod load_file;
mod update_data;

use std::collections::BTreeMap;

pub(crate) use extract_file::kept_name;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tutti_activities::Effect;
use tutti_activities::file_name::{self, Names};
use tutti_model::campaign::ActivityNode;
use tutti_model::date_math::Moment;

use crate::error::{Error, Result};
use crate::execute::{RunContext, Written, pass_through};
use crate::workspace::Workspace;

/// What came of an effect.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Done {
    pub populations: Vec<Written>,
    /// In the marketer's words.
    pub note: String,
    /// What has to go once all this is on record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leftover: Option<load_file::Leftover>,
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

    /// The name of a file for this run, the same however often it is computed.
    pub(crate) fn file_name(&self, node: &ActivityNode, name: &str) -> Result<String> {
        let names = Names {
            campaign: &self.campaign.name,
            run: &self.run,
            activity: &node.id,
            started: &Moment { now: self.started, ..self.moment.clone() },
        };
        file_name::render(name, names).map_err(|error| Error::refused("bad_template", error.to_string()))
    }
}

impl Workspace {
    /// Does what an activity decided over tables at `versions`, or in tests and dry runs only what concerns the run itself.
    pub(crate) async fn carry_out(
        &self,
        context: &RunContext,
        node: &ActivityNode,
        arrived: &[Written],
        effect: Effect,
        versions: &BTreeMap<String, i64>,
    ) -> Result<Done> {
        if context.is_live()
            && let Some(receipt) = self.lake.receipt(&context.run, &node.id)?
            && let Ok(done) = serde_json::from_value(receipt)
        {
            return self.tidy(done);
        }
        let passed =
            |note: String| Done { populations: pass_through(context, node, arrived.first()), note, leftover: None };
        let done = match effect {
            Effect::SaveAudience(save) => passed(self.save_audience(context, node, save).await?),
            Effect::ExtractFile(extract) => passed(self.extract_file(context, node, extract).await?),
            Effect::HttpCall(call) => self.http_call(context, node, &call.dimension.clone(), call).await?,
            Effect::UpdateData(update) => self.update_data(context, node, arrived, update, versions).await?,
            Effect::LoadFile(settings) => self.load_file(context, node, settings).await?,
        };
        if !context.is_live() {
            return Ok(done);
        }
        self.reach("do what an activity does outside").await;
        let kept = self.keep_claim(context).await?;
        self.lake.write_receipt(&context.run, &node.id, &json!(done))?;
        drop(kept);
        self.reach("write the receipt of an activity").await;
        self.tidy(done)
    }

    fn tidy(&self, done: Done) -> Result<Done> {
        if let Some(leftover) = &done.leftover {
            self.remove_leftover(leftover)?;
        }
        Ok(done)
    }
}
