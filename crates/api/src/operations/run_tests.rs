//! Runs tests of campaigns.

use std::sync::Arc;

use axum::extract::State;
use futures::{StreamExt, TryStreamExt};
use serde::Deserialize;
use tutti_model::source::SourceFile;
use tutti_runner::{PlannedTest, TestBench, TestResult};

use crate::error::{Answer, Failure};
use crate::extract::Json;
use crate::schemas;
use crate::state::ApiState;
use crate::test_catcher::TestCatcher;

/// The most tests that run at once.
const TESTS_AT_ONCE_MAX: usize = 8;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Body {
    files: Vec<SourceFile>,
    tests: Vec<String>,
}

/// Runs tests over simulated time, with the documents of some files in place of those that are stored. Nothing is
/// stored, nothing is sent and nobody is called. Answers every test, passed or failed, by name.
#[utoipa::path(post, path = "/tests", tag = "campaigns", request_body = schemas::TestsRequest,
    responses((status = 200, body = Vec<schemas::TestResult>), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Json(body): Json<Body>) -> Answer<Json<Vec<TestResult>>> {
    let mut planned = state.workspace.plan_tests(&body.files, &body.tests).await?;
    planned.sort_by(|a, b| a.name().cmp(b.name()));
    let at_once = state.workspace.settings().threads.clamp(1, TESTS_AT_ONCE_MAX);
    let running = futures::stream::iter(planned).map(run).buffered(at_once);
    Ok(Json(running.try_collect().await?))
}

/// Runs one test in a folder of its own.
async fn run(test: PlannedTest) -> Answer<TestResult> {
    let folder = tempfile::Builder::new().prefix("tutti-test-").tempdir();
    let folder = folder.map_err(|error| Failure::internal("test", "a temporary folder could not be made", &error))?;
    let catcher = TestCatcher::start().await;
    let catcher = catcher.map_err(|error| Failure::internal("test", "the mail catcher could not be started", &error))?;
    let bench = TestBench { folder: folder.path().to_owned(), catcher: Arc::new(catcher) };
    // A task of its own, so that tests work on several processors.
    let task = tokio::spawn(async move { test.run(&bench).await });
    task.await.map_err(|error| Failure::internal("test", "a test broke off", &error))
}
