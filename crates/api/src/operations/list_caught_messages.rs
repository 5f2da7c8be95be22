//! Lists the mails that the catcher keeps.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use tutti_testkit::mail::{MailSummary, Search};
use utoipa::{IntoParams, ToSchema};

use crate::error::{Answer, Failure};
use crate::extract::{Json, Query};
use crate::schemas;
use crate::state::{ApiState, Catcher};

/// The most mails that are listed at once.
const LIMIT_MAX: usize = 1_000;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Words anywhere, or in a field: `to:ann@example.com`, `run:run_1`.
    #[serde(default)]
    search: String,
    #[serde(default = "limit")]
    limit: usize,
    #[serde(default)]
    offset: usize,
}

fn limit() -> usize {
    50
}

/// What a list shows of a caught mail.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CaughtHead {
    pub id: String,
    pub received_at: String,
    pub from: String,
    pub to: Vec<String>,
    pub subject: String,
    /// In bytes.
    pub size: u64,
    pub message_id: Option<String>,
    pub run: Option<String>,
    pub activity: Option<String>,
    pub key: Option<String>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CaughtPage {
    pub total: u64,
    pub messages: Vec<CaughtHead>,
}

impl From<MailSummary> for CaughtHead {
    fn from(mail: MailSummary) -> Self {
        Self {
            id: mail.id.to_string(),
            received_at: mail.received_at.to_string(),
            from: mail.from,
            to: mail.to,
            subject: mail.subject,
            size: mail.size,
            message_id: mail.message_id,
            run: mail.run,
            activity: mail.activity,
            key: mail.key,
        }
    }
}

/// The mails that the catcher of this server keeps, newest first. Empty when it has none.
#[utoipa::path(get, path = "/catcher/messages", tag = "catcher", params(Parameters),
    responses((status = 200, body = CaughtPage), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Query(parameters): Query<Parameters>) -> Answer<Json<CaughtPage>> {
    let Some(Catcher { store, .. }) = state.catcher else {
        return Ok(Json(CaughtPage { total: 0, messages: Vec::new() }));
    };
    let search = Search::parse(&parameters.search);
    let (total, messages) = store
        .list(&search, parameters.limit.min(LIMIT_MAX), parameters.offset)
        .map_err(|error| Failure::internal("catcher", "the caught mails could not be read", &error))?;
    Ok(Json(CaughtPage { total: total as u64, messages: messages.into_iter().map(CaughtHead::from).collect() }))
}
