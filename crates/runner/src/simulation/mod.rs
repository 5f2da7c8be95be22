//! Tests of campaigns over simulated time: a workspace of its own in a temporary folder, whose clock jumps from one
//! thing that is due to the next. The launcher, the worker and the senders are those of a server; only mail goes to a
//! catcher, and services answer what the test says.

mod check;
mod clock;
mod drive;
mod fixture;
mod found;
mod judge;
mod judge_rest;
mod outcome;
mod steps;

use async_recursion::async_recursion as boxed;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use indexmap::IndexMap;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_model::document::{Document, Spec};
use tutti_model::problem::{Place, has_errors};
use tutti_model::source::{Source, SourceFile};
use tutti_model::test_case::TestCase;

pub(crate) use check::check;
pub use outcome::{TestAlert, TestCampaign, TestMessages, TestRun, TestSkip};

use crate::error::{Error, Result};
use crate::workspace::Workspace;
use clock::SimulatedClock;
use drive::Simulation;
use found::Found;

/// Takes the mails of one test in place of the servers that its channels name.
pub trait MailCatcher: Send + Sync {
    /// The port of 127.0.0.1 that it listens on.
    fn port(&self) -> u16;

    /// The mails that an activity of a run sent, oldest first; else why they cannot be read.
    fn caught(&self, run: &str, activity: &str) -> Result<Vec<CaughtMail>, String>;
}

/// A mail that was caught.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaughtMail {
    /// The key of the row that it was sent to, as in the ledger.
    pub key: String,
    pub to: Vec<String>,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// The value of `List-Unsubscribe`.
    pub unsubscribe: Option<String>,
}

/// What one test runs with.
pub struct TestBench {
    /// An empty folder, to be removed afterwards.
    pub folder: PathBuf,
    pub catcher: Arc<dyn MailCatcher>,
}

/// What came of a test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestResult {
    pub test: String,
    pub campaign: String,
    pub passed: bool,
    /// How long it took, in milliseconds of real time.
    pub elapsed_ms: u64,
    pub simulated: Simulated,
    pub failures: Vec<TestFailure>,
    pub runs: Vec<TestRun>,
    /// The launches that began no run, in the order of their times.
    pub skipped: Vec<TestSkip>,
    /// What the campaigns came to that ran alongside.
    pub campaigns: IndexMap<String, TestCampaign>,
    /// The alerts of all campaigns, oldest first.
    pub alerts: Vec<TestAlert>,
}

/// The time that passed in a test, RFC 3339 with the offset of the campaign's zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Simulated {
    pub from: String,
    pub until: String,
}

/// Why a test failed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TestFailure {
    /// `expectation`, or what kept the test from going on, such as `rejected_row`.
    pub code: String,
    /// JSON pointer (RFC 6901) into the test's document.
    pub pointer: String,
    pub message: String,
    /// What the test names, and what was found, where the two can be compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// From 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// From 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
}

impl TestFailure {
    fn of(error: &Error, pointer: &str) -> Self {
        Self {
            code: error.code().to_owned(),
            pointer: pointer.to_owned(),
            message: crate::error::chain(error),
            hint: error.hint(),
            ..Self::default()
        }
    }
}

/// A test that was found right, with the documents that it needs.
pub struct PlannedTest {
    test: Arc<TestCase>,
    zone: TimeZone,
    documents: Vec<Document>,
    source: Option<Source>,
}

impl Workspace {
    /// The tests that are asked for, with the documents of `files` in place of those that are stored. Without names,
    /// these are the tests among `files`, and where there is none, those that are stored.
    ///
    /// # Errors
    /// When any document is wrong, or there is no such test.
    #[boxed]
    pub async fn plan_tests(&self, files: &[SourceFile], names: &[String]) -> Result<Vec<PlannedTest>> {
        let mut checked = self.check(files).await?;
        if has_errors(&checked.problems) {
            return Err(Error::Problems { what: "nothing was tested".to_owned(), problems: checked.problems });
        }
        let tests = &checked.catalog.tests;
        let given: BTreeSet<&str> = checked
            .documents
            .iter()
            .filter(|document| matches!(document.spec, Spec::Test(_)))
            .map(|document| document.name.as_str())
            .collect();
        if let Some(name) = names.iter().find(|name| !tests.contains_key(*name)) {
            return Err(Error::not_found("test", name, tests.keys().map(String::as_str)));
        }
        let asked = |name: &str| match names {
            [] => given.is_empty() || given.contains(name),
            names => names.iter().any(|asked| asked == name),
        };
        let tests: Vec<Arc<TestCase>> = tests.values().filter(|test| asked(&test.name)).cloned().collect();
        if tests.is_empty() {
            let hint = "write a document of `kind: test`; docs/testing-campaigns.md shows how";
            return Err(Error::refused_with("no_tests", "there is no test among the documents", hint));
        }
        let mut all = self.stored_documents().await?;
        all.retain(|stored| !checked.documents.iter().any(|given| given.reference() == stored.reference()));
        all.append(&mut checked.documents);
        let planned = tests.into_iter().map(|test| {
            let campaign = checked.catalog.campaigns.get(&test.campaign);
            let zone = campaign.and_then(|campaign| TimeZone::get(&campaign.time_zone).ok()).unwrap_or(TimeZone::UTC);
            let needed = crate::chains::reached(&checked.catalog, [&test.campaign].into_iter().chain(&test.alongside));
            let needs = |document: &&Document| match document.spec {
                Spec::Test(_) => false,
                Spec::Campaign(_) => needed.contains(&document.name),
                _ => true,
            };
            let reference = tutti_model::problem::DocumentRef { kind: "test".to_owned(), name: test.name.clone() };
            PlannedTest {
                zone,
                documents: all.iter().filter(needs).cloned().collect(),
                source: checked.sources.get(&reference).cloned(),
                test,
            }
        });
        Ok(planned.collect())
    }
}

impl PlannedTest {
    pub fn name(&self) -> &str {
        &self.test.name
    }

    /// Runs the test. What keeps it from going on is among its failures.
    #[boxed]
    pub async fn run(&self, bench: &TestBench) -> TestResult {
        let began = Instant::now();
        let (starts, _) = self.test.span(&self.zone);
        let clock = Arc::new(SimulatedClock::new(starts));
        let (found, mut failures) = match Simulation::open(self, bench, Arc::clone(&clock)).await {
            Err(error) => (Found::default(), vec![TestFailure::of(&error, "")]),
            Ok(simulation) => self.through(&simulation).await,
        };
        for failure in &mut failures {
            let place = self.source.as_ref().and_then(|source| source.place(&failure.pointer));
            if let Some(Place { file, line, column }) = place {
                (failure.file, failure.line, failure.column) = (Some(file), Some(line), Some(column));
            }
        }
        let ends = crate::clock::Clock::now(&*clock);
        TestResult {
            test: self.test.name.clone(),
            campaign: self.test.campaign.clone(),
            passed: failures.is_empty(),
            elapsed_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
            simulated: Simulated { from: self.shown(starts), until: self.shown(ends) },
            failures,
            runs: found.own.runs,
            skipped: found.own.skipped,
            campaigns: found.campaigns,
            alerts: found.alerts,
        }
    }

    /// Passes the time and compares. A test that could not go on is not compared.
    async fn through(&self, simulation: &Simulation<'_>) -> (Found, Vec<TestFailure>) {
        let passed = simulation.pass_time().await;
        match simulation.found().await {
            Err(error) => (Found::default(), vec![TestFailure::of(&error, "")]),
            Ok(found) => {
                let failures = match passed {
                    Ok(()) => judge::judge(&self.test.expect, &found, &self.zone),
                    Err(failures) => failures,
                };
                (found, failures)
            }
        }
    }

    fn shown(&self, at: Timestamp) -> String {
        shown(at, &self.zone)
    }
}

/// An instant as RFC 3339 with the offset of a zone.
fn shown(at: Timestamp, zone: &TimeZone) -> String {
    let zoned = at.to_zoned_datetime(zone.clone());
    let format = if zoned.subsec_nanosecond() == 0 { "%Y-%m-%dT%H:%M:%S%:z" } else { "%Y-%m-%dT%H:%M:%S%.f%:z" };
    zoned.strftime(format).to_string()
}
