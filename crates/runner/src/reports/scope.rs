//! What a report is about: which deliveries, and where their lines are.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tutti_delivery::{LinkList, write_open_messages};
use tutti_lake::Lake;
use tutti_model::builtin;
use tutti_model::catalog::Catalog;
use tutti_model::date_math;
use tutti_model::table::Table;
use tutti_query::Providers;
use tutti_query::datafusion::catalog::TableProvider;
use tutti_store::{DeliveriesOf, RunDelivery};

use crate::error::{Error, Result};
use crate::workspace::Workspace;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SubjectKind {
    Run,
    Campaign,
    Channel,
}

/// What a report is about: a run, the live runs of a campaign, or what live runs sent through a channel; in all time or in
/// a part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    pub kind: SubjectKind,
    pub name: String,
    /// Only lines that were settled from this moment on: a date, a time or date math, such as `now-1d`, in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The first moment after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

impl Subject {
    /// A subject in all time.
    pub fn new(kind: SubjectKind, name: String) -> Self {
        Self { kind, name, from: None, to: None }
    }

    /// The same in a stretch of time.
    pub fn within(self, from: Option<String>, to: Option<String>) -> Self {
        Self { from, to, ..self }
    }
}

/// The deliveries of a subject, with everything that their lines are read from.
pub(super) struct Scope {
    pub catalog: Arc<Catalog>,
    pub deliveries: Vec<RunDelivery>,
    /// Which of them have not ended.
    pub open: Vec<(String, String)>,
    /// Per table with a dimension, where lines may be.
    pub sources: Vec<Source>,
    /// The newest versions of the tables that are read, and of those that fields may lead to.
    pub tables: Providers,
    /// When lines were settled: not before the first, and before the second.
    pub time: (Option<Timestamp>, Option<Timestamp>),
    /// Removed when the report is done.
    _files: Temporary,
}

/// The lines and events of the rows of one table.
pub(super) struct Source {
    pub table: Arc<Table>,
    /// The lines of deliveries that have not ended, as they were when the report was asked for.
    pub open: Vec<Arc<dyn TableProvider>>,
}

impl Scope {
    /// The runs, oldest first, each once.
    pub fn runs(&self) -> Vec<(&str, &str, i64)> {
        let mut runs: Vec<(&str, &str, i64)> = Vec::new();
        for RunDelivery { campaign, started_us, delivery } in &self.deliveries {
            if runs.last().is_none_or(|(run, ..)| *run != delivery.run) {
                runs.push((&delivery.run, campaign, *started_us));
            }
        }
        runs
    }
}

impl Workspace {
    /// Finds what a report is about, and takes down the lines of deliveries that have not ended.
    pub(super) async fn report_scope(&self, subject: &Subject) -> Result<Scope> {
        // What came back so far is part of the report.
        self.flush_feedback().await?;
        let catalog = self.catalog().await?;
        let time = self.time_of(subject)?;
        let of = match subject.kind {
            SubjectKind::Run => {
                self.find_run(&subject.name).await?;
                DeliveriesOf::Run(&subject.name)
            }
            SubjectKind::Campaign => {
                self.find_campaign(&subject.name).await?;
                DeliveriesOf::Campaign(&subject.name)
            }
            SubjectKind::Channel => {
                if !catalog.channels.contains_key(&subject.name) {
                    let known = catalog.channels.keys().map(String::as_str);
                    return Err(Error::not_found("channel", &subject.name, known));
                }
                DeliveriesOf::Channel(&subject.name)
            }
        };
        let deliveries = self.store.deliveries().of(of).await?;
        let mut files = Temporary::default();
        let (mut open, mut lines): (Vec<(String, String)>, BTreeMap<String, Vec<Arc<dyn TableProvider>>>) =
            (Vec::new(), BTreeMap::new());
        for RunDelivery { delivery, .. } in &deliveries {
            if let Some((table, provider)) =
                self.open_lines(&catalog, &delivery.run, &delivery.activity, &mut files).await?
            {
                open.push((delivery.run.clone(), delivery.activity.clone()));
                lines.entry(table).or_default().push(provider);
            }
        }
        let mut sources = Vec::new();
        let has_messages = |table: &&Arc<Table>| catalog.table(&builtin::messages_table(&table.name)).is_some();
        let targeted: Vec<Arc<Table>> = catalog.tables.values().filter(has_messages).cloned().collect();
        for table in &targeted {
            let ended = self.lake.snapshot(&builtin::messages_table(&table.name)).await?.rows > 0;
            let open = lines.remove(&table.name).unwrap_or_default();
            if ended || !open.is_empty() {
                sources.push(Source { table: Arc::clone(table), open });
            }
        }
        let (tables, _) = self.lake.snapshots(catalog.tables.keys()).await?;
        Ok(Scope { catalog, deliveries, open, sources, tables, time, _files: files })
    }

    fn time_of(&self, subject: &Subject) -> Result<(Option<Timestamp>, Option<Timestamp>)> {
        let moment = self.moment_utc();
        let read = |name: &str, text: &Option<String>| -> Result<Option<Timestamp>> {
            let instant = text.as_deref().map(|text| date_math::instant(text, &moment)).transpose();
            let refused = |reason| Error::refused("bad_value", format!("`{name}` is no time: {reason}"));
            Ok(instant.map_err(refused)?.map(|time| time.timestamp()))
        };
        Ok((read("from", &subject.from)?, read("to", &subject.to)?))
    }

    /// Whether the lines of a delivery are in the table of messages and do not change.
    pub(crate) fn has_ended(&self, run: &str, activity: &str) -> bool {
        tutti_delivery::has_ended(&self.delivery_folder(run, activity))
    }

    /// The lines of a delivery as they are now, and the table that they are of; `None` where it has ended.
    async fn open_lines(
        &self,
        catalog: &Catalog,
        run: &str,
        activity: &str,
        files: &mut Temporary,
    ) -> Result<Option<(String, Arc<dyn TableProvider>)>> {
        if self.has_ended(run, activity) {
            return Ok(None);
        }
        let Some(links) = LinkList::find(&self.store, run, activity).await? else { return Ok(None) };
        let Some((_, table)) = catalog.dimension_table(&links.dimension) else { return Ok(None) };
        let place = self.settings.data_dir.join("spill").join(format!("report-{}.parquet", self.ulid()));
        // The engine takes whole paths only.
        let place = std::path::absolute(&place).unwrap_or(place);
        files.0.push(place.clone());
        if write_open_messages(&self.store, (run, activity), &self.delivery_folder(run, activity), table, &place)
            .await?
            .is_none()
        {
            return Ok(None);
        }
        Ok(open(&self.lake, &place)?.map(|provider| (table.name.clone(), provider)))
    }
}

fn open(lake: &Lake, place: &std::path::Path) -> Result<Option<Arc<dyn TableProvider>>> {
    Ok(lake.open_population(place)?.map(|(provider, _)| provider))
}

/// Files that are removed when they are dropped.
#[derive(Default)]
struct Temporary(Vec<PathBuf>);

impl Drop for Temporary {
    fn drop(&mut self) {
        for file in &self.0 {
            if let Err(error) = std::fs::remove_file(file)
                && error.kind() != std::io::ErrorKind::NotFound
            {
                tracing::warn!(file = %file.display(), %error, "a file of a report could not be removed");
            }
        }
    }
}
