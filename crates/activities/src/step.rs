//! What an activity does in a run, as plans: deciding is here, doing is the runner's.

use std::sync::Arc;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tutti_model::bind::{self, Field, Predicate, Scope};
use tutti_model::date_math::Moment;
use tutti_model::problem::Problem;
use tutti_model::rule::Rule;
use tutti_model::table::{Column, Table};
use tutti_query::datafusion::catalog::TableProvider;
use tutti_query::datafusion::error::DataFusionError;
use tutti_query::datafusion::functions_aggregate::expr_fn::count;
use tutti_query::datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, lit};
use tutti_query::{Frame, Planner};

use crate::activity::Settings;
use crate::columns::NamedColumn;
use crate::due::Due;
use crate::effect::Effect;
use crate::kinds::{alert, approval, email, end};

/// The column of a [`Step::Routed`] plan that says by which port a row leaves: Int32, a position in `ports`.
pub const PORT_COLUMN: &str = "__port";

/// What has to be done for an activity to be done. Doing it twice gives the same rows.
#[derive(Clone, Debug)]
pub enum Step {
    /// Write one population for each output.
    Populations(Vec<Output>),
    /// Write one population for each of `ports` in one pass over `plan`: its rows are the key columns, then `added`,
    /// then [`PORT_COLUMN`]. Every port gets a population, if an empty one.
    Routed { plan: LogicalPlan, ports: Vec<String>, added: Vec<Column> },
    /// Every port carries the population that arrived.
    PassThrough,
    /// One of the populations that arrived, by its position among them, leaves by these of the ports, and nothing
    /// passes the others. `note` is for the log.
    Route { input: Option<usize>, ports: Vec<String>, note: Option<String> },
    /// What arrived leaves by `out` when the time has come.
    Wait(Due),
    /// What arrived leaves by the port of a person's answer.
    Ask(Box<approval::Question>),
    /// Tell people; then what arrived leaves by `out`.
    Alert(Box<alert::Notice>),
    /// Start other campaigns; the branch ends.
    Signal(Vec<end::Signal>),
    /// Deliver to the population that arrived; the same population then leaves by `out`.
    Deliver(Box<email::Settings>),
    /// Do something outside of the run; unless the effect gives populations of its own, what arrived leaves by every
    /// port.
    Effect(Box<Effect>),
    /// Nothing: the branch ends.
    End,
}

/// The population of one port: `plan` has the key columns of the dimension, then `added`.
#[derive(Clone, Debug)]
pub struct Output {
    pub port: String,
    pub plan: LogicalPlan,
    pub added: Vec<Column>,
}

/// A population that arrived.
#[derive(Clone)]
pub struct Input {
    /// The activity and the port that it left.
    pub from: String,
    pub port: String,
    pub dimension: String,
    /// The key columns of the dimension's table, then `added`. No key occurs twice.
    pub rows: Arc<dyn TableProvider>,
    pub added: Vec<Column>,
}

/// What a step may look at. The same context gives the same rows.
pub struct StepContext<'a> {
    pub planner: &'a Planner<'a>,
    pub moment: &'a Moment,
    /// In the order of the transitions on the canvas.
    pub inputs: &'a [Input],
    /// For random choices. Differs from activity to activity and is the same when an activity is tried again.
    pub seed: u64,
    /// For random choices that are the same in every run of the campaign.
    pub fixed_seed: u64,
    /// What earlier runs of the campaign have had from this activity, for a kind that keeps a mark.
    pub mark: Mark,
}

/// How far earlier runs have come: what an activity that only takes what is new leaves out.
#[derive(Clone, Debug, Default)]
pub struct Mark {
    /// The latest moment that was taken.
    pub latest: Option<Timestamp>,
    /// The keys that were taken.
    pub keys: Vec<TakenKeys>,
}

/// The keys that one run took.
#[derive(Clone, Debug)]
pub struct TakenKeys {
    pub at: Timestamp,
    /// The key columns of the dimension.
    pub rows: Arc<dyn TableProvider>,
}

/// How a live run that has passed the activity moves its mark.
#[derive(Clone, Debug)]
pub enum MarkMove {
    /// To the moment in the only column of the only row; where it is NULL, the mark stays.
    Latest(LogicalPlan),
    /// The keys that leave by `out` are taken too. They are forgotten after a number of days, if there is one.
    Keys { days: Option<u32> },
}

/// Something that a run counts when it does an activity, and tells of when there is any.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Has one row with one number.
    pub count: LogicalPlan,
    /// What it is a number of; `{n}` stands for it.
    pub words: String,
    /// Whether the activity fails when there is any.
    pub refuse: bool,
}

impl Finding {
    /// The number of rows of a plan.
    pub(crate) fn rows(plan: LogicalPlan, words: impl Into<String>, refuse: bool) -> Result<Self, Error> {
        let number = count(lit(1i64)).alias("n");
        let count = LogicalPlanBuilder::from(plan).aggregate(Vec::<Expr>::new(), vec![number])?.build()?;
        Ok(Self { count, words: words.into(), refuse })
    }
}

/// Why there is no step.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the settings of the activity are wrong: {}", first(.0))]
    Settings(Vec<Problem>),
    #[error("the dimension `{0}` is not in the catalog")]
    MissingDimension(String),
    #[error("the audience `{0}` is not in the catalog")]
    MissingAudience(String),
    #[error("the table `{0}` is not in the catalog")]
    MissingTable(String),
    #[error("the activity needs a population, and none arrived")]
    NoInput,
    #[error("`{0}` is not among the activities that arrive here")]
    MissingInput(String),
    #[error("`{field}`: {message}")]
    Value { field: &'static str, message: String },
    #[error("populations of the dimensions `{0}` and `{1}` cannot be combined")]
    Dimensions(String, String),
    #[error(transparent)]
    Query(#[from] tutti_query::Error),
}

impl Error {
    /// A setting whose value cannot be used in this run.
    pub(crate) fn value(field: &'static str, message: impl Into<String>) -> Self {
        Self::Value { field, message: message.into() }
    }
}

impl From<DataFusionError> for Error {
    fn from(error: DataFusionError) -> Self {
        Self::Query(error.into())
    }
}

fn first(problems: &[Problem]) -> String {
    problems.first().map_or_else(String::new, |problem| format!("{} (at `{}`)", problem.message, problem.pointer))
}

/// Reads settings that were checked before.
pub(crate) fn settings<T: DeserializeOwned>(raw: &Settings) -> Result<T, Error> {
    let mut problems = Vec::new();
    match tutti_model::strict::read(&Value::Object(raw.clone()), "", &mut problems) {
        Some(settings) if problems.is_empty() => Ok(settings),
        _ => Err(Error::Settings(problems)),
    }
}

impl<'a> StepContext<'a> {
    /// The table of a dimension.
    pub fn table(&self, dimension: &str) -> Result<&'a Arc<Table>, Error> {
        let found = self.planner.catalog.dimension_table(dimension);
        found.map(|(_, table)| table).ok_or_else(|| Error::MissingDimension(dimension.to_owned()))
    }

    /// The only population that arrives.
    pub fn input(&self) -> Result<&'a Input, Error> {
        self.inputs.first().ok_or(Error::NoInput)
    }

    /// The rows of a population, with the fields of its dimension's table within reach.
    pub fn frame(&self, input: &Input) -> Result<Frame<'a>, Error> {
        let table = self.table(&input.dimension)?;
        let rows = self.planner.scan_provider(&input.rows)?;
        Ok(self.planner.population(&table.name, rows, &input.added)?)
    }

    /// What a rule means on the rows of `scope`.
    pub fn bind(&self, rule: &Rule, scope: Scope<'_>) -> Result<Predicate, Error> {
        let mut problems = Vec::new();
        bind::bind(rule, scope, self.planner.catalog, self.moment, "", &mut problems).ok_or(Error::Settings(problems))
    }

    /// A column that the settings name, on the rows of a population.
    pub fn column(&self, column: &NamedColumn, input: &Input) -> Result<Field, Error> {
        let table = self.table(&input.dimension)?;
        self.bind_column(column, Scope { table: &table.name, added: &input.added })
    }

    /// A column that the settings name, on the rows of `scope`.
    pub fn bind_column(&self, column: &NamedColumn, scope: Scope<'_>) -> Result<Field, Error> {
        column.bind(scope, (self.planner.catalog, self.moment), "").map_err(|problem| Error::Settings(vec![problem]))
    }

    /// A field of the rows of `scope`.
    pub fn field(&self, path: &str, scope: Scope<'_>) -> Result<Field, Error> {
        bind::field(path, scope, self.planner.catalog, "").map_err(|problem| Error::Settings(vec![problem]))
    }
}
