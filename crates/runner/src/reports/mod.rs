//! Reports: what became of the messages of a run, a campaign or a channel, from the ledger and the tables of messages
//! and events, computed by the query engine from one plan, so that every figure and the people behind it agree.

mod breakdown;
mod figures;
mod lines;
mod people;
mod scope;
mod statistics;
mod timeline;

use async_recursion::async_recursion as boxed;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tutti_query::Planner;
use tutti_query::datafusion::arrow::array::{Array, AsArray, RecordBatch};
use tutti_query::datafusion::arrow::compute::cast as cast_array;
use tutti_query::datafusion::arrow::datatypes::DataType;
use tutti_query::datafusion::functions_aggregate::expr_fn::{bool_or, count};
use tutti_query::datafusion::logical_expr::{Expr, ExprFunctionExt, LogicalPlan, LogicalPlanBuilder, lit};

pub use breakdown::{Breakdown, BreakdownRow, Difference, Slice};
pub use figures::{Figure, Figures, Rate};
pub use people::{PeopleFilter, PeoplePage, Person};
pub use scope::{Subject, SubjectKind};
pub use timeline::{Timeline, TimelinePoint};

use crate::error::Result;
use crate::time::rfc3339;
use crate::workspace::Workspace;
use lines::{Wanted, named, query};
use scope::Scope;

/// The most reasons that are told.
const REASONS_MAX: usize = 100;

/// What became of the messages of a subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub subject: Subject,
    /// When it was asked for.
    pub at: String,
    /// Whether all deliveries have ended; what comes back may still change.
    pub ended: bool,
    /// Oldest first.
    pub runs: Vec<ReportRun>,
    /// Messages: lines of the ledger.
    pub figures: Figures,
    pub rates: Vec<Rate>,
    /// Different people, by figure.
    pub people: BTreeMap<String, u64>,
    /// Lines by reason, most first.
    pub exclusions: Vec<ReasonCount>,
    pub failures: Vec<ReasonCount>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportRun {
    pub run: String,
    pub campaign: String,
    pub started_at: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReasonCount {
    pub reason: Option<String>,
    pub count: u64,
}

impl Workspace {
    /// What became of the messages of a run, of the live runs of a campaign, or of a channel.
    #[boxed]
    pub async fn report(&self, subject: &Subject) -> Result<Report> {
        let scope = self.report_scope(subject).await?;
        let planner = Planner::new(&scope.catalog, &scope.tables);
        let lines = lines::lines(&scope, &planner, Wanted::default())?;
        let figures = self.figures(lines.clone()).await?;
        let people = self.people_of(&scope, lines.clone(), &figures).await?;
        let mut runs = Vec::new();
        for (run, campaign, started_us) in scope.runs() {
            runs.push(ReportRun {
                run: run.to_owned(),
                campaign: campaign.to_owned(),
                started_at: rfc3339(started_us),
            });
        }
        Ok(Report {
            subject: subject.clone(),
            at: self.clock.now().to_string(),
            ended: scope.open.is_empty(),
            runs,
            rates: figures.rates(),
            people,
            exclusions: self.reasons_of(lines.clone(), Figure::Excluded).await?,
            failures: self.reasons_of(lines, Figure::Failed).await?,
            figures,
        })
    }

    async fn figures(&self, lines: LogicalPlan) -> Result<Figures> {
        let plan = aggregated(lines, Vec::new(), figures::sums()?)?;
        let batches = self.session.collect(plan).await?;
        match batches.iter().find(|batch| batch.num_rows() > 0) {
            Some(batch) => Figures::read(batch, 0, 0),
            None => Ok(Figures::default()),
        }
    }

    /// How many different people each figure is about.
    async fn people_of(&self, scope: &Scope, lines: LogicalPlan, figures: &Figures) -> Result<BTreeMap<String, u64>> {
        let one_each = scope.deliveries.len() <= 1;
        if one_each {
            // A delivery has one line for each person.
            return Ok(Figure::ALL.iter().map(|each| (each.as_str().to_owned(), figures.get(*each))).collect());
        }
        let marks = Figure::ALL.iter().map(|each| bool_or(each.condition()).alias(each.as_str()));
        let persons = aggregated(lines, vec![named("table"), named("key")], marks.collect())?;
        let mut sums = Vec::new();
        for each in Figure::ALL {
            let some = count(lit(1_i64)).filter(named(each.as_str()).is_true()).build().map_err(query)?;
            sums.push(some.alias(format!("n.{}", each.as_str())));
        }
        let batches = self.session.collect(aggregated(persons, Vec::new(), sums)?).await?;
        let mut people = BTreeMap::new();
        for batch in batches.iter().filter(|batch| batch.num_rows() > 0) {
            for (position, each) in Figure::ALL.iter().enumerate() {
                people.insert(each.as_str().to_owned(), counted(batch, position, 0)?);
            }
        }
        Ok(people)
    }

    async fn reasons_of(&self, lines: LogicalPlan, figure: Figure) -> Result<Vec<ReasonCount>> {
        let lines = LogicalPlanBuilder::from(lines)
            .filter(figure.condition())
            .and_then(LogicalPlanBuilder::build)
            .map_err(query)?;
        let grouped = aggregated(lines, vec![named("reason")], vec![count(lit(1_i64)).alias("n")])?;
        let sorts = vec![named("n").sort(false, false), named("reason").sort(true, false)];
        let plan = LogicalPlanBuilder::from(grouped)
            .sort_with_limit(sorts, Some(REASONS_MAX))
            .and_then(LogicalPlanBuilder::build)
            .map_err(query)?;
        let mut reasons = Vec::new();
        for batch in self.session.collect(plan).await? {
            let texts = texts(&batch, 0)?;
            for (row, reason) in texts.into_iter().enumerate() {
                reasons.push(ReasonCount { reason, count: counted(&batch, 1, row)? });
            }
        }
        Ok(reasons)
    }
}

fn aggregated(plan: LogicalPlan, group: Vec<Expr>, sums: Vec<Expr>) -> Result<LogicalPlan> {
    LogicalPlanBuilder::from(plan).aggregate(group, sums).and_then(LogicalPlanBuilder::build).map_err(query)
}

fn counted(batch: &RecordBatch, column: usize, row: usize) -> Result<u64> {
    use tutti_query::datafusion::arrow::datatypes::Int64Type;
    let array = cast_array(batch.column(column), &DataType::Int64).map_err(|error| query(error.into()))?;
    Ok(u64::try_from(array.as_primitive::<Int64Type>().value(row)).unwrap_or_default())
}

fn texts(batch: &RecordBatch, column: usize) -> Result<Vec<Option<String>>> {
    let array = cast_array(batch.column(column), &DataType::Utf8).map_err(|error| query(error.into()))?;
    let array = array.as_string::<i32>();
    Ok((0..array.len()).map(|row| array.is_valid(row).then(|| array.value(row).to_owned())).collect())
}
