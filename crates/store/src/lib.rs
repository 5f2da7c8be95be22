//! State: documents, runs and their tasks, deliveries, consent, feedback, settings.
//!
//! Owns every row that Tutti keeps outside its tables of customer data, and all SQL that touches one. It runs on
//! SQLite (one process, the default) and on PostgreSQL (many processes) with the same statements and the same answers.
//!
//! It never reads a clock and never makes an id: callers pass `now_us` (UTC microseconds) and ids. It decides nothing:
//! which activity is next is the engine's word, passed in as a function that is called under the run's lock.
//!
//! Each aggregate has one repository, reached from [`Store`]:
//!
//! ```no_run
//! # async fn example() -> Result<(), tutti_store::Error> {
//! let store = tutti_store::Store::open("sqlite:///var/lib/tutti/state.db").await?;
//! let heads = store.documents().heads().await?;
//! let unfinished = store.runs().unfinished().await?;
//! # let _ = (heads, unfinished);
//! # Ok(())
//! # }
//! ```
//!
//! Every method that writes more than one row is one transaction. Leases (tasks, batches) name their owner; a write by
//! somebody whose lease has gone to another owner is refused with `false`, never an error.

mod alerts;
mod audit;
mod batches;
mod campaigns;
mod comments;
mod consents;
mod deliveries;
mod documents;
mod drafts;
mod error;
mod events;
mod favorites;
mod groups;
mod launches;
mod logs;
mod marks;
mod migrations;
mod open;
mod purge;
mod register;
mod run_list;
mod runs;
mod settings;
mod sql;
mod steps;
mod suppressions;
mod tasks;

pub use alerts::{Alert, Alerts, NewAlert};
pub use audit::{Audit, AuditLine, NewAudit};
pub use batches::{Batch, BatchCounts, BatchRef, Batches};
pub use campaigns::{Campaign, CampaignChange, Campaigns, RunFacts, TakeOver};
pub use comments::{Comment, Comments, NewComment};
pub use consents::{Consents, OptOut, OptedOut, StoredOptOut};
pub use deliveries::{Deliveries, DeliveriesOf, Delivery, NewBatch, NewDelivery, Reasons, RunDelivery};
pub use documents::{Change, Document, DocumentVersion, DocumentWrite, Documents};
pub use drafts::{Draft, DraftWrite, Drafts};
pub use error::{Class, Error, Result};
pub use events::{Event, Events, StoredEvent};
pub use favorites::{Favorite, Favorites};
pub use groups::{Group, GroupAnswer, GroupStart, Groups};
pub use launches::{Kept, Launch, Launches, NewLaunch, Outcome, SCHEDULE, SIGNAL};
pub use logs::{LogFilter, LogLine, Logs, NewLogLine};
pub use marks::{Mark, MarkValue, Marks, NewMark, TakenKeys};
pub use open::Store;
pub use purge::PurgeFilter;
pub use register::{Register, RegisterFilter, RegisterLine};
pub use run_list::{LaunchFilter, RunFilter};
pub use runs::{Answer, Follow, NewRun, OpenActivity, Revision, Run, Runs};
pub use settings::Settings;
pub use steps::{Step, When, Witness};
pub use suppressions::{Suppression, Suppressions};
pub use tasks::{NewTask, Population, Task, TaskResult, Tasks};
