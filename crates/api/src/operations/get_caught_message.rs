//! Reads one caught mail.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use tutti_testkit::mail::{MailId, MailStore, parse_mail};
use utoipa::ToSchema;

use super::list_caught_messages::CaughtHead;
use crate::error::{Answer, Failure};
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CaughtMessage {
    #[serde(flatten)]
    pub head: CaughtHead,
    /// Decoded, in their order.
    pub headers: Vec<HeaderLine>,
    pub text: Option<String>,
    pub html: Option<String>,
    /// The mail as it came, where it is text.
    pub raw: String,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct HeaderLine {
    pub name: String,
    pub value: String,
}

/// One caught mail with its headers and parts.
#[utoipa::path(get, path = "/catcher/messages/{id}", tag = "catcher", params(("id" = String, Path)),
    responses((status = 200, body = CaughtMessage), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path(id): Path<String>) -> Answer<Json<CaughtMessage>> {
    let store = state.catcher.map(|catcher| catcher.store);
    let found = match (&store, id.parse().map(MailId)) {
        (Some(store), Ok(id)) => read(&**store, id)
            .map_err(|error| Failure::internal("catcher", "the caught mail could not be read", &error))?,
        _ => None,
    };
    found.map(Json).ok_or_else(|| Failure::not_found("caught mail", &id))
}

fn read(store: &dyn MailStore, id: MailId) -> Result<Option<CaughtMessage>, tutti_testkit::mail::Error> {
    let (Some(summary), Some(mail)) = (store.summary(id)?, store.get(id)?) else {
        return Ok(None);
    };
    let parsed = parse_mail(&mail);
    let headers = parsed.headers.into_iter().map(|header| HeaderLine { name: header.name, value: header.value });
    Ok(Some(CaughtMessage {
        head: summary.into(),
        headers: headers.collect(),
        text: parsed.text,
        html: parsed.html,
        raw: String::from_utf8_lossy(&mail).into_owned(),
    }))
}
