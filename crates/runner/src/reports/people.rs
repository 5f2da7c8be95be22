//! The people behind a figure: the same lines that it counts.

use async_recursion::async_recursion as boxed;
use serde::{Deserialize, Serialize};
use tutti_query::Planner;
use tutti_query::datafusion::arrow::array::{Array, AsArray};
use tutti_query::datafusion::arrow::compute::cast as cast_array;
use tutti_query::datafusion::arrow::datatypes::TimestampMicrosecondType;
use tutti_query::datafusion::logical_expr::{Expr, JoinType, LogicalPlan, LogicalPlanBuilder, lit};

use super::breakdown::Slice;
use super::figures::Figure;
use super::lines::{self, Wanted, named, query};
use super::scope::Subject;
use super::{counted, texts};
use crate::error::Result;
use crate::time::rfc3339;
use crate::workspace::Workspace;

/// The most lines that are given at once.
pub const PEOPLE_MAX: u64 = 100_000;

/// Which lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeopleFilter {
    pub figure: Figure,
    /// Only those of one row of a breakdown: what it is told apart by, and the row's value.
    pub slice: Option<(Slice, Option<String>)>,
    /// Part of a key or an address, without regard to case.
    pub search: Option<String>,
}

/// Some lines, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PeoplePage {
    pub total: u64,
    pub rows: Vec<Person>,
}

/// One line: a person and a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    pub run: String,
    pub activity: String,
    pub dimension: String,
    pub key: String,
    pub channel: String,
    pub address: Option<String>,
    pub status: String,
    pub reason: Option<String>,
    pub segment_code: Option<String>,
    pub message_id: Option<String>,
    pub opens: u64,
    pub clicks: u64,
    pub unsubscribes: u64,
    pub updated_at: String,
}

/// The columns of [`Person`] that are texts, then those that are counts.
const TEXTS: [&str; 10] =
    ["run", "activity", "dimension", "key", "channel", "address", "status", "reason", "segment_code", "message_id"];
const COUNTS: [&str; 3] = ["opens", "clicks", "unsubscribes"];

impl Workspace {
    /// The lines that a figure counts, by run, activity and key, from `offset` on.
    #[boxed]
    pub async fn report_people(
        &self,
        subject: &Subject,
        filter: &PeopleFilter,
        offset: u64,
        limit: u64,
    ) -> Result<PeoplePage> {
        let scope = self.report_scope(subject).await?;
        let planner = Planner::new(&scope.catalog, &scope.tables);
        let wanted = filter.slice.as_ref().map_or(Wanted::default(), |(slice, _)| slice.wanted());
        let mut plan = filtered(lines::lines(&scope, &planner, wanted)?, filter.figure.condition())?;
        if let Some((slice, value)) = &filter.slice {
            plan = match slice.column() {
                Some(column) => filtered(plan, equals(column, value.as_deref()))?,
                None => clicked(plan, lines::events(&scope, &planner)?, value.as_deref())?,
            };
        }
        if let Some(search) = &filter.search {
            plan = filtered(plan, contains("key", search).or(contains("address", search)))?;
        }
        let total = self.session.count(plan.clone()).await?;
        let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let (offset, limit) = (size(offset), size(limit.min(PEOPLE_MAX)));
        let sorts = ["run", "activity", "key"].map(|name| named(name).sort(true, false)).to_vec();
        let columns = TEXTS.into_iter().chain(COUNTS).chain(["updated_at"]).map(named);
        let page = LogicalPlanBuilder::from(plan)
            .project(columns)
            .and_then(|lines| lines.sort_with_limit(sorts, Some(offset.saturating_add(limit))))
            .and_then(|sorted| sorted.limit(offset, Some(limit))?.build())
            .map_err(query)?;
        let mut rows = Vec::new();
        for batch in self.session.collect(page).await? {
            let mut of: Vec<std::vec::IntoIter<Option<String>>> = Vec::with_capacity(TEXTS.len());
            for column in 0..TEXTS.len() {
                of.push(texts(&batch, column)?.into_iter());
            }
            let time = cast_array(batch.column(TEXTS.len() + COUNTS.len()), &lines::instant());
            let time = time.map_err(|error| query(error.into()))?;
            let time = time.as_primitive::<TimestampMicrosecondType>();
            for row in 0..batch.num_rows() {
                let mut next = of.iter_mut().map(|column| column.next().flatten());
                let mut text = || next.next().flatten();
                rows.push(Person {
                    run: text().unwrap_or_default(),
                    activity: text().unwrap_or_default(),
                    dimension: text().unwrap_or_default(),
                    key: text().unwrap_or_default(),
                    channel: text().unwrap_or_default(),
                    address: text(),
                    status: text().unwrap_or_default(),
                    reason: text(),
                    segment_code: text(),
                    message_id: text(),
                    opens: counted(&batch, TEXTS.len(), row)?,
                    clicks: counted(&batch, TEXTS.len() + 1, row)?,
                    unsubscribes: counted(&batch, TEXTS.len() + 2, row)?,
                    updated_at: rfc3339(if time.is_null(row) { 0 } else { time.value(row) }),
                });
            }
        }
        Ok(PeoplePage { total, rows })
    }
}

fn filtered(plan: LogicalPlan, condition: Expr) -> Result<LogicalPlan> {
    LogicalPlanBuilder::from(plan).filter(condition).and_then(LogicalPlanBuilder::build).map_err(query)
}

fn equals(column: &str, value: Option<&str>) -> Expr {
    match value {
        Some(value) => named(column).eq(lit(value)),
        None => named(column).is_null(),
    }
}

fn contains(column: &str, part: &str) -> Expr {
    use tutti_query::datafusion::functions::expr_fn::{lower, strpos};
    strpos(lower(named(column)), lit(part.to_lowercase())).gt(lit(0_i64))
}

/// The lines whose people clicked a link.
fn clicked(plan: LogicalPlan, events: LogicalPlan, url: Option<&str>) -> Result<LogicalPlan> {
    const WHOSE: [&str; 4] = ["table", "run", "activity", "key"];
    let clicks = filtered(events, named("kind").eq(lit("click")).and(equals("url", url)))?;
    let clicks = LogicalPlanBuilder::from(clicks)
        .project(WHOSE.map(|name| named(name).alias(format!("c.{name}"))))
        .and_then(LogicalPlanBuilder::build)
        .map_err(query)?;
    let on = WHOSE.map(|name| named(name).eq(named(&format!("c.{name}")))).to_vec();
    LogicalPlanBuilder::from(plan)
        .join_on(clicks, JoinType::LeftSemi, on)
        .and_then(LogicalPlanBuilder::build)
        .map_err(query)
}
