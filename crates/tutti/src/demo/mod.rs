//! The demo. (in the making)
use crate::cli::Demo;
use crate::commands::Context;
use crate::failure::Done;
pub async fn run(_: &Context, _: &Demo) -> Done { Ok(()) }
