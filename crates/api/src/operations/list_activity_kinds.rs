//! Lists the kinds of activities.

use tutti_activities::registry::{self, KindInfo};

use crate::extract::Json;
use crate::schemas;

/// All kinds of activities, with the schemas of their settings, in the order of the palette.
#[utoipa::path(get, path = "/activity-kinds", tag = "campaigns", responses((status = 200, body = [schemas::ActivityKind])))]
pub async fn handle() -> Json<Vec<KindInfo>> {
    Json(registry::describe())
}
