//! Tests of campaigns.

use serde_json::{Value, json};
use tutti_api::{Item, ItemDocument};
use tutti_runner::{TestFailure, TestResult};

use super::Context;
use super::documents::{counted, read};
use crate::cli::Test;
use crate::client::{Client, decode};
use crate::failure::{Done, Failure, describe};
use crate::output;

/// Runs tests and prints what came of each; any that fails makes it fail.
pub async fn run(context: &Context, arguments: &Test) -> Done {
    let files = read(&arguments.paths)?;
    let mut settings = context.settings.clone();
    // Tests need no installation: where there is none, none is made.
    let nowhere = if settings.client.server.is_none() && !settings.data.exists() {
        let folder = tempfile::tempdir()
            .map_err(|error| Failure::new("test", format!("a temporary folder could not be made: {error}")))?;
        settings.data = folder.path().join("data");
        settings.store.url = None;
        Some(folder)
    } else {
        None
    };
    let client = Client::open(&settings).await?;
    let answer = client.post("/tests", &json!({"files": files, "tests": arguments.names})).await;
    drop((client, nowhere));
    let answer = answer?;
    let results: Vec<TestResult> = decode(answer.clone())?;
    for result in &results {
        for failure in &result.failures {
            eprint!("{}", describe(&item(result, failure)));
        }
    }
    context.output.print_with(&answer, |_| table(&results))?;
    if results.iter().all(|result| result.passed) { Ok(()) } else { Err(Failure::told()) }
}

fn item(result: &TestResult, failure: &TestFailure) -> Item {
    Item {
        code: failure.code.clone(),
        severity: "error".to_owned(),
        message: failure.message.clone(),
        document: Some(ItemDocument { kind: "test".to_owned(), name: result.test.clone() }),
        pointer: failure.pointer.clone(),
        hint: failure.hint.clone(),
        file: failure.file.clone(),
        line: failure.line,
        column: failure.column,
        ..Item::default()
    }
}

fn table(results: &[TestResult]) -> String {
    let headers = ["test", "campaign", "result", "runs", "sent", "from", "until", "ms"];
    let rows = results.iter().map(|result| {
        let sent: i64 = result.runs.iter().flat_map(|run| run.messages.values()).map(|messages| messages.sent).sum();
        let word = match result.failures.len() {
            0 => "passed".to_owned(),
            failures => counted(failures, "failure"),
        };
        vec![
            Value::from(result.test.as_str()),
            Value::from(result.campaign.as_str()),
            Value::from(word),
            Value::from(result.runs.len()),
            Value::from(sent),
            Value::from(result.simulated.from.as_str()),
            Value::from(result.simulated.until.as_str()),
            Value::from(result.elapsed_ms),
        ]
    });
    let failed = results.iter().filter(|result| !result.passed).count();
    let passed = results.len() - failed;
    format!("{}{passed} passed, {failed} failed\n", output::grid(&headers, rows))
}
