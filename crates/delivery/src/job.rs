//! What a delivery is about: one channel activity of one run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tutti_model::catalog::Catalog;
use tutti_model::channel::{Channel, Unsubscribe};
use tutti_model::content::Content;
use tutti_model::dimension::Dimension;
use tutti_model::table::Table;
use tutti_model::{bind, table};

use crate::error::{Error, Result};
use crate::template::{Additions, Templates};
use crate::token::Signer;

/// Where links in messages lead back to.
#[derive(Clone, Debug)]
pub struct Tracking {
    /// Where this instance is reached, such as `https://mail.shop.example`.
    pub public_url: String,
    pub signer: Signer,
}

/// One channel activity of one run. Cheap to clone but for the content.
#[derive(Clone, Debug)]
pub struct Job {
    pub run: String,
    pub campaign: String,
    pub activity: String,
    pub dimension: Arc<Dimension>,
    pub table: Arc<Table>,
    pub channel: Arc<Channel>,
    pub content: Content,
    /// One message to each address: the lowest key keeps it.
    pub deduplicate_addresses: bool,
    /// The campaign's zone, where a row has none of its own.
    pub time_zone: String,
    /// The variables that templates find under `variables`: a map, or undefined where there are none.
    pub variables: minijinja::Value,
    /// The places of those variables that are decimals: so many are printed.
    pub variable_places: BTreeMap<String, u8>,
    /// The folder of this activity in this run; everything that a delivery keeps in files is below it.
    pub folder: PathBuf,
    /// Without it there is no tracking and no unsubscribe link.
    pub tracking: Option<Tracking>,
}

impl Job {
    /// The path of the address for the channel.
    ///
    /// # Errors
    /// [`Error::Settings`] where the dimension has none.
    pub fn address_path(&self) -> Result<&str> {
        let kind = self.channel.kind.as_str();
        self.dimension.addresses.get(kind).map(String::as_str).ok_or_else(|| {
            Error::Settings(format!(
                "the dimension `{}` has no address for the channel kind `{kind}`",
                self.dimension.name
            ))
        })
    }

    /// Compiles the message for the rows that arrive, which carry `added` besides the fields of the table.
    ///
    /// # Errors
    /// See [`Templates::compile`]; [`Error::Settings`] where marketing mail would have no way to unsubscribe.
    pub fn compile(&self, catalog: &Catalog, added: &[table::Column]) -> Result<Templates> {
        let one_click = self.channel.unsubscribe == Unsubscribe::OneClick;
        let tracks = self.tracking.is_some();
        let additions = Additions {
            opens: tracks && self.channel.tracking.opens,
            clicks: tracks && self.channel.tracking.clicks,
            unsubscribe: tracks && one_click,
        };
        self.compile_with(additions, catalog, added)
    }

    /// As [`Job::compile`], for messages that belong to no run: nothing is tracked, and the link to unsubscribe, which
    /// stands where it would, leads to `unsubscribe_url`.
    ///
    /// # Errors
    /// As [`Job::compile`].
    pub fn compile_preview(
        &self,
        catalog: &Catalog,
        added: &[table::Column],
        unsubscribe_url: &str,
    ) -> Result<Templates> {
        let unsubscribe = self.channel.unsubscribe == Unsubscribe::OneClick;
        let additions = Additions { unsubscribe, ..Additions::default() };
        Ok(self.compile_with(additions, catalog, added)?.with_unsubscribe_url(unsubscribe_url))
    }

    fn compile_with(&self, additions: Additions, catalog: &Catalog, added: &[table::Column]) -> Result<Templates> {
        let scope = bind::Scope { table: &self.table.name, added };
        let field = |path: &str| -> Result<table::Column, String> {
            bind::field(path, scope, catalog, "")
                .map(|field| field.column)
                .map_err(|problem| problem.hint.unwrap_or(problem.message))
        };
        Templates::compile_with(&self.content, additions, self.variables.clone(), &self.variable_places, &field)
    }

    pub(crate) fn targets_path(&self) -> PathBuf {
        targets_path(&self.folder)
    }
}

/// Every row that arrived, and who of them is eligible.
pub(crate) fn targets_path(folder: &Path) -> PathBuf {
    folder.join("targets.parquet")
}

/// The final lines.
pub(crate) fn ledger_path(folder: &Path) -> PathBuf {
    folder.join("ledger.parquet")
}

/// Whether the delivery whose files are in `folder` has ended, so that its lines are in the table of messages and do not
/// change. Files that are gone are those of a delivery that ended long ago.
pub fn has_ended(folder: &Path) -> bool {
    ledger_path(folder).exists() || !targets_path(folder).exists()
}

/// What became of the rows of one batch, as one claim on it knew: each claim has a file of its own, so that a worker
/// whose claim was lost cannot replace what the next one wrote.
pub(crate) fn outcomes_path(folder: &Path, batch_no: i64, claim: i64) -> PathBuf {
    folder.join("outcomes").join(format!("{batch_no:08}-{claim}.parquet"))
}
