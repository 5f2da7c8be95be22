//! Adds many entries to the register of who must not be written to.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use tutti_runner::{Actor, RegisterEntry, RegisterImport};
use utoipa::IntoParams;

use crate::error::{Answer, Failure};
use crate::extract::{Json, Query};
use crate::state::ApiState;
use crate::{people_schemas, schemas};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// `opt-out` or `suppression`.
    list: String,
    #[serde(default = "email")]
    channel: String,
    /// `person`, `address` or `domain`.
    subject: String,
    /// Of persons.
    dimension: Option<String>,
    /// Why, where a line says nothing of its own.
    #[serde(default = "import")]
    reason: String,
}

fn email() -> String {
    "email".to_owned()
}

fn import() -> String {
    "import".to_owned()
}

/// What a first line may call its columns.
const VALUES: [&str; 6] = ["value", "address", "email", "domain", "identity", "key"];

/// Adds each line of a CSV text: a value, and where there is a second column its reason. A first line that names its
/// columns `value` (or `address`, `email`, `domain`, `identity`, `key`) and `reason` is taken as such.
#[utoipa::path(post, path = "/register/import", tag = "people", params(Parameters),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = people_schemas::RegisterImport), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Query(parameters): Query<Parameters>,
    body: String,
) -> Answer<Json<RegisterImport>> {
    let Parameters { list, channel, subject, dimension, reason } = parameters;
    let like = RegisterEntry { list, channel, subject, dimension, value: String::new(), reason };
    let lines = lines(&body)?;
    Ok(Json(state.workspace.import_register(&like, lines, &Actor::anyone()).await?))
}

/// The values with their lines and reasons.
fn lines(text: &str) -> Result<Vec<(u64, String, Option<String>)>, Failure> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let (mut value_at, mut reason_at) = (0, 1);
    let mut lines = Vec::new();
    for (position, record) in reader.records().enumerate() {
        let record = record.map_err(|error| {
            Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "malformed", format!("the list cannot be read: {error}"))
        })?;
        let names = || record.iter().map(|name| name.trim().to_lowercase());
        if position == 0
            && let Some(at) = names().position(|name| VALUES.contains(&name.as_str()))
        {
            value_at = at;
            reason_at = names().position(|name| name == "reason").unwrap_or(usize::MAX);
            continue;
        }
        let line = record.position().map_or(position as u64 + 1, csv::Position::line);
        let reason = record.get(reason_at).map(|reason| reason.trim().to_owned());
        lines.push((line, record.get(value_at).unwrap_or_default().to_owned(), reason));
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_with_and_without_a_first_line_of_names() {
        let plain = lines("a@x.example\nb@x.example,complained\n").unwrap();
        assert_eq!(plain[1], (2, "b@x.example".to_owned(), Some("complained".to_owned())));
        let named = lines("\u{feff}Reason,Email\nhard bounce,a@x.example\n").unwrap();
        assert_eq!(named, [(2, "a@x.example".to_owned(), Some("hard bounce".to_owned()))]);
    }
}
