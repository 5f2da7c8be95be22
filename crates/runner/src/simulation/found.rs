//! What there is at the end of a test: what its campaigns came to, alerts, members of audiences, rows of tables, files.

use async_recursion::async_recursion as boxed;
use indexmap::IndexMap;
use serde_json::{Map, Value};
use tutti_model::test_case::{Key, TableExpect};
use tutti_query::{Planner, Providers};

use super::drive::Simulation;
use super::outcome::{TestAlert, TestCampaign};
use super::steps::text_of;
use crate::audiences::MEMBERS_MAX;
use crate::effects::kept_name;
use crate::error::{Error, Result};
use crate::rows;

/// Everything that a test may expect something of.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Found {
    /// The campaign that is tested.
    pub own: TestCampaign,
    /// Those that run alongside.
    pub campaigns: IndexMap<String, TestCampaign>,
    pub alerts: Vec<TestAlert>,
    /// The keys of the members; `None` where there is no such audience.
    pub audiences: IndexMap<String, Option<Vec<String>>>,
    pub tables: IndexMap<String, FoundTable>,
    /// Their texts; `None` where there is no such file.
    pub files: IndexMap<String, Option<String>>,
}

/// What a table holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct FoundTable {
    pub count: u64,
    /// Where the test asks for rows.
    pub rows: Vec<Map<String, Value>>,
}

impl Simulation<'_> {
    /// What there is of all that the test names.
    #[boxed]
    pub async fn found(&self) -> Result<Found> {
        let test = &self.planned.test;
        let mut found = Found {
            own: self.campaign_outcome(&test.campaign, test.expect.runs.as_deref()).await?,
            alerts: self.alerts().await?,
            ..Found::default()
        };
        for name in &test.alongside {
            let expected = test.expect.campaigns.get(name).and_then(|expected| expected.runs.as_deref());
            found.campaigns.insert(name.clone(), self.campaign_outcome(name, expected).await?);
        }
        for name in test.expect.audiences.keys() {
            found.audiences.insert(name.clone(), self.audience(name).await?);
        }
        if !test.expect.tables.is_empty() {
            self.workspace.flush_feedback().await?;
        }
        for (name, expected) in &test.expect.tables {
            found.tables.insert(name.clone(), self.table(name, expected).await?);
        }
        for name in test.expect.files.keys() {
            found.files.insert(name.clone(), self.file(name)?);
        }
        Ok(found)
    }

    async fn audience(&self, name: &str) -> Result<Option<Vec<String>>> {
        let mut keys = Vec::new();
        loop {
            let members = match self.workspace.audience_rows(name, keys.len() as u64, MEMBERS_MAX).await {
                Ok(members) => members,
                Err(Error::NotFound { .. }) => return Ok(None),
                Err(error) => return Err(error),
            };
            let width = members.key.len();
            keys.extend(members.rows.iter().map(|row| Key(row.iter().take(width).map(text_of).collect()).to_string()));
            if members.rows.is_empty() || members.total.is_none_or(|total| total <= keys.len() as u64) {
                return Ok(Some(keys));
            }
        }
    }

    async fn table(&self, name: &str, expected: &TableExpect) -> Result<FoundTable> {
        let catalog = self.workspace.catalog().await?;
        let Some(table) = catalog.table(name) else {
            return Err(Error::not_found("table", name, catalog.tables.keys().map(String::as_str)));
        };
        let snapshot = self.workspace.lake.snapshot(&table.name).await?;
        let mut found = FoundTable { count: snapshot.rows, rows: Vec::new() };
        if expected.has.is_empty() && expected.lacks.is_empty() {
            return Ok(found);
        }
        let tables = Providers::from([(table.name.clone(), snapshot.provider)]);
        let planner = Planner::new(&catalog, &tables);
        let batches = self.workspace.session.collect(planner.rows(&table.name)?.into_plan()).await?;
        let Some(first) = batches.first() else { return Ok(found) };
        let columns: Vec<String> = first.schema().fields().iter().map(|field| field.name().clone()).collect();
        let rows = rows::to_json(&batches)?;
        found.rows = rows.into_iter().map(|values| columns.iter().cloned().zip(values).collect()).collect();
        Ok(found)
    }

    /// The text of a file, by the name that a campaign writes it under.
    fn file(&self, name: &str) -> Result<Option<String>> {
        let path = self.workspace.file_path(kept_name(name).as_deref().unwrap_or(name))?;
        match std::fs::read(path) {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(self.workspace.files_failed(source)),
        }
    }
}
