//! Tutti over HTTP: the API under `/api/v1`, tracking and unsubscribe links, health and metrics, and the web app.
//!
//! Owns how operations look from outside: paths, bodies, answers, errors (`application/problem+json`), limits, and who
//! may call from a browser. Each operation is one file below [`operations`] and one word in its list; the router and
//! the OpenAPI description are both made from that list.
//!
//! It decides nothing about campaigns and holds no state but counters: everything is asked of
//! [`tutti_runner::Workspace`].
//!
//! ```no_run
//! # async fn example(workspace: std::sync::Arc<tutti_runner::Workspace>) -> std::io::Result<()> {
//! let state = tutti_api::ApiState::new(workspace, "0.1.0");
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
//! axum::serve(listener, tutti_api::router(state)).await
//! # }
//! ```

pub mod data_schemas;
mod error;
mod extract;
mod guard;
mod library_schemas;
mod metrics;
mod operations;
pub mod people_schemas;
mod problem;
mod question_schemas;
pub mod report_schemas;
mod routes;
pub mod schemas;
mod sheets;
mod state;
mod subject;
mod test_catcher;
mod uploads;
mod web_app;

pub use error::Failure;
pub use operations::import_table::LocalImport;
pub use problem::{Item, ItemDocument, ProblemBody};
pub use routes::{openapi, router};
pub use state::{ApiState, Catcher, HostPolicy, Limits};
pub use uploads::remove_left_uploads;

/// Where the API is.
pub const PREFIX: &str = "/api/v1";
