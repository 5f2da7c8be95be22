//! The doing: a workspace over one data directory, with its documents, imports, questions, runs and worker.
//!
//! Decisions are taken elsewhere (`activities` plans, `engine` says what follows); here they are carried out and
//! recorded. This crate must not know HTTP, and must read neither clock, chance nor environment by itself.

mod again;
mod answers;
mod as_of;
mod audience_import;
mod audiences;
mod audit;
mod away;
mod bulk;
mod bundle;
mod calendar;
mod campaign_list;
mod campaigns;
mod chains;
mod channels;
mod check;
mod claims;
mod clock;
mod comments;
mod compare;
mod contents;
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
mod filters;
mod flow;
mod go_on;
mod imports;
mod inference;
mod interruption;
mod launch;
mod ledger;
mod life;
mod lock;
mod logs;
mod marks;
mod membership;
mod notices;
mod people;
mod populations;
mod quality;
mod questions;
mod register;
mod reports;
mod retention;
mod rows;
mod run_list;
mod schedules;
mod setting;
mod shown;
mod simulation;
mod situation;
mod summary;
mod tasks;
mod templates;
mod time;
mod together;
mod trace;
mod values;
mod variables;
mod worker;
mod workspace;

pub use again::RestartRequest;
pub use answers::{Alert, AnswerRequest};
pub use as_of::AsOf;
pub use audience_import::{AudienceImport, AudienceRequest};
pub use audiences::AudienceInfo;
pub use audit::AuditLine;
pub use bulk::{BULK_MAX, BulkAction, BulkLine, BulkRequest};
pub use bundle::{
    Bundle, BundleChoice, BundleDocument, BundleLine, BundleReport, BundleRequest, ClashRule, MissingThing, TakeFrom,
};
pub use calendar::{CALENDAR_DAYS_MAX, CalendarAsked, CalendarDay, CalendarEntry, CalendarPage};
pub use campaign_list::{CampaignsAsked, CampaignsPage};
pub use campaigns::{CampaignHead, CampaignView};
pub use check::{Candidate, CheckAnswer, CheckQuestion};
pub use clock::{Chance, Clock};
pub use comments::{CommentChange, CommentFilter, CommentLine, CommentRequest};
pub use compare::{Comparison, Difference, FieldChange};
pub use contents::{
    Collection, ContentCheck, ContentLine, ContentQuestion, NamedLink, NamedVariable, OtherLink, PROOF_ADDRESSES_MAX,
    PROOFS_PER_MINUTE_MAX, PersonalField, Personalization, PersonalizationQuestion, ProofAnswer, ProofRequest,
    RENDER_ROWS_MAX, RenderAnswer, RenderQuestion, RenderedRow, RowsAsked, Usage,
};
pub use documents::{DocumentChange, DocumentHead, ValidationReport};
pub use drafts::{CampaignCheck, DRAFTED_KINDS, Draft, DraftRequest, PortShape};
pub use dry_run::{DryRun, DryRunOf, Sample};
pub use error::{Class, Error, Result, chain};
pub use feedback::{invalid_link_page, unsubscribed_page};
pub use files::FileInfo;
pub use filters::{ATTRIBUTES_MAX, FavoriteKind, FavoriteLine, FilterLine, FilterParameter};
pub use imports::{ImportFile, ImportRequest, LinkInfo, RestoredTable, TableInfo, TableVersionInfo};
pub use inference::InferredTable;
pub use launch::{RunRequest, StartedRun};
pub use ledger::{LedgerFilter, LedgerLine, LedgerPage};
pub use life::{Actor, LaunchLine, SignalAnswer, SignalRequest, TakeOverTime, VersionLine};
pub use lock::{DataLock, Error as LockError, Owner};
pub use logs::{LOG_LINES_MAX, LogEntry, LogQuestion};
pub use marks::{MarkKeys, MarkView};
pub use people::{LinkedRows, PersonField, PersonMessage, PersonView};
pub use populations::{POPULATION_ROWS_MAX, PopulationView};
pub use quality::{ColumnQuality, LinkQuality, TableQuality};
pub use questions::{
    CostAnswer, CountAnswer, CountQuestion, Direction, ExplainAnswer, ExplainQuestion, OrderBy, PREVIEW_ROWS_MAX,
    PartCount, PreviewQuestion, Rows, ScanAnswer,
};
pub use register::{RegisterEntry, RegisterImport, RegisterPage, Registered, RejectedEntry};
pub use reports::{
    Breakdown, BreakdownRow, Difference as RateDifference, Figure, Figures, PeopleFilter, PeoplePage, Person, Rate,
    ReasonCount, Report, ReportRun, Slice, Subject, SubjectKind, Timeline, TimelinePoint,
};
pub use rows::RowsColumn;
pub use run_list::{ListQuestion, PAGE_MAX, Page};
pub use schedules::{LAUNCHES_MAX, LaunchesAsked, SchedulePreview};
pub use setting::Setting;
pub use shown::ShownColumn;
pub use simulation::{
    CaughtMail, MailCatcher, PlannedTest, Simulated, TestAlert, TestBench, TestCampaign, TestFailure, TestMessages,
    TestResult, TestRun, TestSkip,
};
pub use situation::AskedRun;
pub use summary::{ActivitySummary, DeliverySummary, RunHead, RunSummary, TransitionSummary};
pub use tasks::{TASKS_MAX, TaskLine, TaskQuestion};
pub use templates::{CreateRequest, Creation, Picture, PictureActivity, PictureTransition, TemplateHead, TemplateView};
pub use trace::{RowKey, Trace, TraceEvent, TraceReason, TraceStep};
pub use tutti_delivery::{ChannelTest, ChannelTestStep};
pub use tutti_lake::{Inferred, InferredColumn};
pub use tutti_store::RegisterFilter;
pub use tutti_store::{Step, When, Witness};
pub use values::{
    DistributionAnswer, DistributionQuestion, HistogramBin, SuggestAnswer, SuggestQuestion, Suggestion, ValueShare,
};
pub use workspace::{Calls, LEASE, Outside, Secrets, Settings, StatedAnswer, Workspace};
