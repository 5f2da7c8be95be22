//! Lists the date presets of rules.

use serde::Serialize;
use tutti_model::date_preset::{N_MAX, PRESETS, Preset};

use crate::extract::Json;
use crate::schemas;

/// A preset as an editor offers it.
#[derive(Debug, Serialize)]
pub struct Described {
    name: &'static str,
    words: &'static str,
    /// The most that `n` may be, where it takes one.
    #[serde(skip_serializing_if = "Option::is_none")]
    n_max: Option<i64>,
    from: &'static str,
    to: &'static str,
}

impl From<&'static Preset> for Described {
    fn from(preset: &'static Preset) -> Self {
        let n_max = preset.takes_n().then_some(N_MAX);
        Self { name: preset.name, words: preset.words, n_max, from: preset.from, to: preset.to }
    }
}

/// The spans of time that rules know by a name, in the order in which they are offered: a rule writes
/// `{"field": "seen", "operator": "=", "value": {"preset": "lastDays", "n": 7}}`.
#[utoipa::path(get, path = "/date-presets", tag = "query", responses((status = 200, body = [schemas::DatePreset])))]
pub async fn handle() -> Json<Vec<Described>> {
    Json(PRESETS.iter().map(Described::from).collect())
}
