//! Contents as those who write them see them: the list, what is wrong with one, what it says to real rows, proofs, and
//! what there is to personalize with.

mod check;
mod personalization;
mod population;
mod proof;
mod render;

use async_recursion::async_recursion as boxed;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_model::jinja;

pub(crate) use check::check_document;
pub use check::{ContentCheck, ContentQuestion};
pub use personalization::{
    Collection, NamedLink, NamedVariable, OtherLink, PersonalField, Personalization, PersonalizationQuestion,
};
pub(crate) use proof::ProofLimit;
pub use proof::{PROOF_ADDRESSES_MAX, PROOFS_PER_MINUTE_MAX, ProofAnswer, ProofRequest};
pub use render::{RENDER_ROWS_MAX, RenderAnswer, RenderQuestion, RenderedRow, RowsAsked};
pub(crate) use render::{content_channel, expanded};

use crate::documents::DocumentHead;
use crate::error::Result;
use crate::workspace::Workspace;

/// A content, or a fragment, in the list of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContentLine {
    #[serde(flatten)]
    pub head: DocumentHead,
    /// `html` or `mjml`; `text` for a fragment that has nothing else.
    pub format: String,
    /// Of a content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimension: Option<String>,
    /// Whether somebody is working on it: there is a draft.
    pub draft: bool,
    pub used_by: Vec<Usage>,
}

/// Where a content or a fragment is used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Usage {
    /// `campaign`, `content` or `fragment`.
    pub kind: String,
    pub name: String,
    /// In a campaign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<String>,
}

impl Workspace {
    /// All contents, and then all fragments, by name, with where they are used.
    #[boxed]
    pub async fn list_contents(&self) -> Result<Vec<ContentLine>> {
        let mut usages: BTreeMap<(&str, String), Vec<Usage>> = BTreeMap::new();
        let mut bodies: Vec<(DocumentHead, Value)> = Vec::new();
        for kind in ["content", "fragment"] {
            for document in self.store.documents().list(kind).await? {
                let Some(body) = document.body.clone() else { continue };
                let head = crate::documents::head(document);
                for name in included(&body) {
                    let usage = Usage { kind: kind.to_owned(), name: head.name.clone(), activity: None };
                    usages.entry(("fragment", name)).or_default().push(usage);
                }
                bodies.push((head, body));
            }
        }
        let catalog = self.catalog().await?;
        for campaign in catalog.campaigns.values() {
            for node in &campaign.canvas.activities {
                let Some(content) = node.settings.get("content").and_then(Value::as_str) else { continue };
                usages.entry(("content", content.to_owned())).or_default().push(Usage {
                    kind: "campaign".to_owned(),
                    name: campaign.name.clone(),
                    activity: Some(node.id.clone()),
                });
            }
        }
        let mut lines = Vec::with_capacity(bodies.len());
        for (head, body) in bodies {
            let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
            let format = ["html", "mjml"].into_iter().find(|name| body.get(name).is_some()).unwrap_or("text");
            let kind = if head.kind == "content" { "content" } else { "fragment" };
            let mut used_by = usages.remove(&(kind, head.name.clone())).unwrap_or_default();
            used_by.sort();
            used_by.dedup();
            lines.push(ContentLine {
                format: format.to_owned(),
                subject: text("subject"),
                dimension: text("dimension"),
                draft: self.store.drafts().get(kind, &head.name).await?.is_some(),
                used_by,
                head,
            });
        }
        Ok(lines)
    }
}

/// The fragments that the templates of a document include.
fn included(body: &Value) -> Vec<String> {
    let mut names = Vec::new();
    for template in ["subject", "preheader", "html", "mjml", "text"].iter().filter_map(|name| body.get(name)?.as_str())
    {
        for part in jinja::parts(template).unwrap_or_default() {
            if let Some(given) = part.inside(template).strip_prefix("include ") {
                names.push(given.trim().trim_matches(['"', '\'']).to_owned());
            }
        }
    }
    names
}
