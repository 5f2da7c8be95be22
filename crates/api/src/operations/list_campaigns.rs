//! Lists the campaigns.

use axum::extract::State;
use axum::http::HeaderValue;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tutti_model::view::{CampaignFilter, SortBy};
use tutti_runner::CampaignsAsked;
use utoipa::IntoParams;

use crate::error::{Answer, Failure};
use crate::extract::{Json, Query};
use crate::schemas;
use crate::state::ApiState;

/// Says how many there are in all pages together.
pub(super) const TOTAL: &str = "x-total-count";

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Words in the name, the label, the description or the tags.
    search: Option<String>,
    /// In one of these states, with commas; without it, in all but `archived`.
    state: Option<String>,
    /// With all of these tags, with commas.
    tag: Option<String>,
    /// In this folder or below it; empty: in none.
    folder: Option<String>,
    /// That send by one of these channels, with commas: by their names, or by what they send, such as `email`.
    channel: Option<String>,
    /// That name one of these dimensions, with commas.
    dimension: Option<String>,
    /// Made not before: a date, a time or date math, such as `2026-12-01` or `now-30d`, in UTC.
    created_since: Option<String>,
    /// Made before.
    created_until: Option<String>,
    /// Changed last not before.
    updated_since: Option<String>,
    /// Changed last before.
    updated_until: Option<String>,
    /// Only those that somebody should look at.
    attention: Option<bool>,
    /// `name`, `label`, `state`, `folder`, `created`, `updated`, `next_launch` or `last_run`, with `:descending` where the greatest
    /// come first.
    sort: Option<String>,
    /// A view; what is asked besides comes before what it says.
    view: Option<String>,
    /// How many of the first are left out.
    offset: Option<usize>,
    /// At most so many; without it, all.
    limit: Option<usize>,
}

/// Campaigns with their last runs, but for those in the archive, unless their state is asked for. `X-Total-Count` says how many there are in all pages together.
#[utoipa::path(get, path = "/campaigns", tag = "campaigns", params(Parameters),
    responses((status = 200, body = [schemas::CampaignHead]), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Query(parameters): Query<Parameters>) -> Answer<Response> {
    let Parameters { search, state: states, tag, folder, channel, dimension, attention, sort, view, .. } = parameters;
    let (sort, descending) = order(sort.as_deref())?;
    let filter = CampaignFilter {
        search,
        states: words(states.as_deref()),
        tags: words(tag.as_deref()),
        folder,
        channels: words(channel.as_deref()),
        dimensions: words(dimension.as_deref()),
        created_since: parameters.created_since,
        created_until: parameters.created_until,
        updated_since: parameters.updated_since,
        updated_until: parameters.updated_until,
        attention: attention.unwrap_or_default(),
        sort,
        descending,
    };
    let (offset, limit) = (parameters.offset.unwrap_or_default(), parameters.limit);
    let asked = CampaignsAsked { view, filter, offset, limit };
    let page = state.workspace.find_campaigns(&asked).await?;
    let mut response = Json(page.campaigns).into_response();
    response.headers_mut().insert(TOTAL, HeaderValue::from(page.total));
    Ok(response)
}

fn order(text: Option<&str>) -> Answer<(Option<SortBy>, bool)> {
    let Some(text) = text else { return Ok((None, false)) };
    let (name, direction) = text.split_once(':').unwrap_or((text, "ascending"));
    let sort: Result<SortBy, _> = serde_json::from_value(name.into());
    match (sort, direction) {
        (Ok(sort), "ascending" | "descending") => Ok((Some(sort), direction == "descending")),
        _ => {
            let detail = format!("campaigns cannot be sorted by `{text}`");
            let hint = "write `name`, `label`, `state`, `folder`, `created`, `updated`, `next_launch` or `last_run`, with \
                        `:descending` where the greatest come first";
            Err(Failure::new(axum::http::StatusCode::UNPROCESSABLE_ENTITY, "bad_value", detail).hint(hint))
        }
    }
}

/// The words of a list with commas.
pub(super) fn words(text: Option<&str>) -> Vec<String> {
    let words = text.unwrap_or_default().split(',').map(str::trim).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}
