//! Says what this server is.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use tutti_model::document::KINDS;
use utoipa::ToSchema;

use crate::error::Answer;
use crate::extract::Json;
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Status {
    pub version: String,
    pub data_dir: String,
    pub started_at: String,
    pub catcher: Option<CatcherStatus>,
    /// How many documents of each kind there are.
    pub documents: BTreeMap<String, u64>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CatcherStatus {
    /// Where it takes mail.
    pub smtp: String,
    /// How many mails it keeps.
    pub messages: u64,
}

/// Version, data directory, catcher and documents of this server.
#[utoipa::path(get, path = "/status", tag = "server", responses((status = 200, body = Status), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>) -> Answer<Json<Status>> {
    let mut documents = BTreeMap::new();
    for kind in KINDS {
        documents.insert((*kind).to_owned(), state.workspace.list_documents(kind).await?.len() as u64);
    }
    let catcher = state.catcher.map(|catcher| CatcherStatus { messages: catcher.store.count() as u64, smtp: catcher.smtp });
    Ok(Json(Status {
        version: state.version.to_owned(),
        data_dir: state.workspace.settings().data_dir.display().to_string(),
        started_at: state.workspace.started_at().to_string(),
        catcher,
        documents,
    }))
}
