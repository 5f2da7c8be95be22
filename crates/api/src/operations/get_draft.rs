//! Reads a campaign as somebody works on it.

use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use tutti_model::problem::Problem;
use tutti_runner::{CampaignCheck, PortShape};

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::problem::Item;
use crate::schemas;
use crate::state::ApiState;

/// A draft with what is wrong or doubtful with it.
#[derive(Debug, Serialize)]
pub struct Draft {
    document: Value,
    revision: i64,
    base_version: i64,
    version: i64,
    updated_at: Option<String>,
    check: Check,
}

#[derive(Debug, Serialize)]
struct Check {
    errors: Vec<Item>,
    warnings: Vec<Item>,
    ports: BTreeMap<String, Vec<String>>,
    shapes: BTreeMap<String, BTreeMap<String, PortShape>>,
}

impl From<tutti_runner::Draft> for Draft {
    fn from(draft: tutti_runner::Draft) -> Self {
        let tutti_runner::Draft { document, revision, base_version, version, updated_at, check } = draft;
        let CampaignCheck { problems, ports, shapes } = check;
        let (errors, warnings): (Vec<_>, Vec<_>) = problems.into_iter().partition(Problem::is_error);
        let items = |problems: Vec<_>| problems.into_iter().map(Item::from).collect();
        let check = Check { errors: items(errors), warnings: items(warnings), ports, shapes };
        Self { document, revision, base_version, version, updated_at, check }
    }
}

/// The draft of a campaign, or its newest version where there is none, with all errors and warnings.
#[utoipa::path(get, path = "/campaigns/{name}/draft", tag = "campaigns", params(("name" = String, Path)),
    responses((status = 200, body = schemas::Draft), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path(name): Path<String>) -> Answer<Json<Draft>> {
    Ok(Json(state.workspace.get_draft("campaign", &name).await?.into()))
}
