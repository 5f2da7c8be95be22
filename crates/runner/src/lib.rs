//! The doing: a workspace over one data directory, with its documents, imports, questions, runs and worker.
//!
//! Decisions are taken elsewhere (`activities` plans, `engine` says what follows); here they are carried out and
//! recorded. This crate must not know HTTP, and must read neither clock, chance nor environment by itself.

mod campaigns;
mod clock;
mod deliver;
mod documents;
mod dry_run;
mod editors;
mod error;
mod execute;
mod feedback;
mod flow;
mod imports;
mod launch;
mod ledger;
mod lock;
mod populations;
mod questions;
mod rows;
mod summary;
mod time;
mod trace;
mod values;
mod worker;
mod workspace;

pub use campaigns::{CampaignHead, CampaignView};
pub use clock::{Chance, Clock};
pub use documents::{DocumentChange, DocumentHead, ValidationReport};
pub use dry_run::{DryRun, Sample};
pub use error::{Class, Error, Result, chain};
pub use feedback::{invalid_link_page, unsubscribed_page};
pub use imports::{ImportFile, ImportRequest, LinkInfo, TableInfo};
pub use launch::RunRequest;
pub use ledger::{LedgerFilter, LedgerLine, LedgerPage};
pub use lock::{DataLock, Error as LockError, Owner};
pub use questions::{
    CostAnswer, CountAnswer, CountQuestion, Direction, ExplainAnswer, ExplainQuestion, OrderBy, PartCount,
    PreviewQuestion, Rows, ScanAnswer,
};
pub use rows::RowsColumn;
pub use summary::{ActivitySummary, DeliverySummary, RunHead, RunSummary, TransitionSummary};
pub use trace::{Trace, TraceStep};
pub use values::{
    DistributionAnswer, DistributionQuestion, HistogramBin, SuggestAnswer, SuggestQuestion, Suggestion, ValueShare,
};
pub use workspace::{Secrets, Settings, Workspace};
