//! Shows the calendar.

use axum::extract::State;
use serde::Deserialize;
use tutti_runner::{CalendarAsked, CalendarPage};
use utoipa::IntoParams;

use super::list_campaigns::words;
use crate::error::Answer;
use crate::extract::{Json, Query};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// A day, or a time, in the zone; today without it.
    from: Option<String>,
    /// The first moment after, at most 100 days later; 30 days later without it.
    to: Option<String>,
    /// An IANA time zone; UTC without it.
    zone: Option<String>,
    /// Launches of campaigns in these states, with commas; without it, of those that are live, scheduled
    /// or suspended.
    state: Option<String>,
}

/// Launches that are to come, runs that happened, launches that were skipped, and the days of the calendars, between two
/// moments. Many launches of a campaign on one day are one entry.
#[utoipa::path(get, path = "/calendar", tag = "campaigns", params(Parameters),
    responses((status = 200, body = schemas::CalendarPage), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Query(parameters): Query<Parameters>) -> Answer<Json<CalendarPage>> {
    let Parameters { from, to, zone, state: states } = parameters;
    let zone = zone.unwrap_or_else(|| "UTC".to_owned());
    let asked = CalendarAsked { from, to, zone, states: words(states.as_deref()) };
    Ok(Json(state.workspace.calendar(&asked).await?))
}
