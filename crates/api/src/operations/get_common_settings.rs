//! Describes what every activity can be told.

use serde_json::{Value, json};
use tutti_activities::registry;

use crate::extract::Json;
use crate::schemas;

/// The schema of the settings that every activity has whatever its kind: label, notes, whether it is enabled, a
/// breakpoint, the expected duration, and what happens when it fails.
#[utoipa::path(get, path = "/activity-settings", tag = "campaigns", responses((status = 200, body = schemas::CommonSettings)))]
pub async fn handle() -> Json<Value> {
    Json(json!({"settings_schema": registry::common_schema().to_value()}))
}
