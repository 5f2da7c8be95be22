//! Tables and populations.
//!
//! A table is a Delta Lake table at `<root>/tables/<name>`, written only by [`Lake::import`] and [`Lake::append`]:
//! one commit each, files sorted by key. A population (the rows on a transition) is one Parquet file at
//! `<root>/runs/<run>/<activity>/<port>.parquet`, visible only when whole.
//!
//! This crate must never plan a rule (that is `query`), nor know what a campaign is. It has no clock: whoever vacuums
//! says how old is old.
//!
//! ```no_run
//! # async fn example(session: tutti_query::Session, table: tutti_model::table::Table) -> tutti_lake::Result<()> {
//! use tutti_lake::{ImportOptions, Lake, Source};
//!
//! let lake = Lake::open("tutti-data".as_ref(), session)?;
//! lake.ensure_table(&table).await?;
//! let report = lake.import(&table, vec![Source::file("customers.csv")], &ImportOptions::default(), |_| ()).await?;
//! println!("{} rows in version {}", report.inserted, report.version);
//! # Ok(()) }
//! ```

mod alone;
mod changes;
mod commit;
mod error;
mod evolution;
mod extract;
mod file;
mod history;
mod import;
mod infer;
mod lake;
mod leftovers;
mod marks;
mod population;
mod provider;
mod receipt;
mod restore;
mod snapshot;
mod statistics;
mod stream;
mod upkeep;
mod writer;

pub use alone::{Alone, Sharing};
pub use error::{Class, Error, Result};
pub use extract::{ExtractLayout, Upload, upload, write_extract};
pub use file::{FileLayout, FileRejects, read_file};
pub use history::TableVersion;
pub use import::{Format, ImportOptions, ImportReport, Mode, Progress, Reject, Renamed, Source, read_rejects};
pub use infer::{Inferred, InferredColumn, infer};
pub use lake::Lake;
pub use population::{PORT_COLUMN, PopulationInfo, PopulationPath};
pub use restore::Restored;
pub use snapshot::Snapshot;
pub use upkeep::Compaction;
