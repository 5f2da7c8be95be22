//! The doing: a workspace over one data directory, with its documents, imports, questions, runs and worker.
//!
//! Decisions are taken elsewhere (`activities` plans, `engine` says what follows); here they are carried out and
//! recorded. This crate must not know HTTP, and must read neither clock, chance nor environment by itself.

mod answers;
mod audience_import;
mod audiences;
mod audit;
mod campaigns;
mod chains;
mod check;
mod clock;
mod compare;
mod control;
mod deliver;
mod documents;
mod drafts;
mod dry_run;
mod editors;
mod effects;
mod error;
mod execute;
mod feedback;
mod files;
mod flow;
mod imports;
mod launch;
mod ledger;
mod life;
mod lock;
mod marks;
mod membership;
mod populations;
mod questions;
mod rows;
mod schedules;
mod summary;
mod time;
mod trace;
mod values;
mod variables;
mod worker;
mod workspace;

pub use answers::{Alert, AnswerRequest};
pub use audience_import::{AudienceImport, AudienceRequest};
pub use audiences::AudienceInfo;
pub use audit::AuditLine;
pub use campaigns::{CampaignHead, CampaignView};
pub use check::{Candidate, CheckAnswer, CheckQuestion};
pub use clock::{Chance, Clock};
pub use compare::{Comparison, Difference, FieldChange};
pub use documents::{DocumentChange, DocumentHead, ValidationReport};
pub use drafts::{CampaignCheck, Draft, DraftRequest, PortShape};
pub use dry_run::{DryRun, Sample};
pub use error::{Class, Error, Result, chain};
pub use feedback::{invalid_link_page, unsubscribed_page};
pub use files::FileInfo;
pub use imports::{ImportFile, ImportRequest, LinkInfo, RestoredTable, TableInfo};
pub use launch::RunRequest;
pub use ledger::{LedgerFilter, LedgerLine, LedgerPage};
pub use life::{Actor, LaunchLine, SignalAnswer, SignalRequest, VersionLine};
pub use lock::{DataLock, Error as LockError, Owner};
pub use marks::{MarkKeys, MarkView};
pub use questions::{
    CostAnswer, CountAnswer, CountQuestion, Direction, ExplainAnswer, ExplainQuestion, OrderBy, PartCount,
    PreviewQuestion, Rows, ScanAnswer,
};
pub use rows::RowsColumn;
pub use schedules::{LAUNCHES_MAX, LaunchesAsked, SchedulePreview};
pub use summary::{ActivitySummary, DeliverySummary, RunHead, RunSummary, TransitionSummary};
pub use trace::{Trace, TraceReason, TraceStep};
pub use values::{
    DistributionAnswer, DistributionQuestion, HistogramBin, SuggestAnswer, SuggestQuestion, Suggestion, ValueShare,
};
pub use workspace::{Outside, Secrets, Settings, Workspace};
