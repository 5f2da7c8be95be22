//! The figures of a report, told apart by something: message, segment code, domain, link, a field of the dimension.

use async_recursion::async_recursion as boxed;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tutti_query::Planner;
use tutti_query::datafusion::functions_aggregate::expr_fn::count;
use tutti_query::datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, lit};

use super::figures::{self, Figure, Figures, Rate};
use super::lines::{self, Wanted, named, query};
use super::scope::Subject;
use super::statistics;
use super::{aggregated, counted, texts};
use crate::error::{Error, Result};
use crate::workspace::Workspace;

/// The most rows of a breakdown.
pub const BREAKDOWN_ROWS_MAX: usize = 10_000;

/// What rows are told apart by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slice {
    /// A column of the lines.
    Column(&'static str),
    /// Where clicks led.
    Link,
    /// A field of the dimension, as it is now.
    Field(String),
}

/// The words for columns of lines, and the columns.
const COLUMNS: [(&str, &str); 9] = [
    ("activity", "activity"),
    ("run", "run"),
    ("campaign", "campaign"),
    ("channel", "channel_name"),
    ("segment", "segment_code"),
    ("domain", "domain"),
    ("status", "status"),
    ("reason", "reason"),
    ("dimension", "dimension"),
];

impl Slice {
    /// Reads `activity`, `run`, `campaign`, `channel`, `segment`, `domain`, `status`, `reason`, `dimension`, `link`, or
    /// `field:PATH`.
    pub fn parse(text: &str) -> Result<Self> {
        if let Some(path) = text.strip_prefix("field:") {
            return Ok(Self::Field(path.to_owned()));
        }
        if text == "link" {
            return Ok(Self::Link);
        }
        let known = COLUMNS.iter().find(|(word, _)| *word == text);
        known.map(|(_, column)| Self::Column(column)).ok_or_else(|| {
            let words: Vec<&str> = COLUMNS.iter().map(|(word, _)| *word).collect();
            let hint = format!("known are {}, link and `field:PATH`", words.join(", "));
            Error::refused_with("unknown_value", format!("reports are not told apart by `{text}`"), hint)
        })
    }

    pub(super) fn wanted(&self) -> Wanted<'_> {
        match self {
            Self::Field(path) => Wanted { field: Some(path) },
            Self::Column(_) | Self::Link => Wanted::default(),
        }
    }

    /// The column of lines that tells them apart; links do not.
    pub(super) fn column(&self) -> Option<&'static str> {
        match self {
            Self::Column(column) => Some(column),
            Self::Field(_) => Some("value"),
            Self::Link => None,
        }
    }
}

/// A report, told apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Breakdown {
    /// Most targeted first; links by the people who clicked.
    pub rows: Vec<BreakdownRow>,
    /// What is in no row, because there are too many.
    pub others: Figures,
    /// The sum of the rows and the others; not of links, since one person may click several.
    pub total: Figures,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BreakdownRow {
    /// None for lines without a value.
    pub value: Option<String>,
    pub figures: Figures,
    pub rates: Vec<Rate>,
    /// How its shares differ from those of the row that others are compared with, by the name of the rate.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub differences: BTreeMap<String, Difference>,
}

/// The difference of two shares: this row's minus the other's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    pub value: f64,
    /// Where the true difference lies; all differences of a breakdown together with 95 % confidence.
    pub low: f64,
    pub high: f64,
    /// Whether the interval leaves 0 out; otherwise chance alone may explain the difference.
    pub conclusive: bool,
}

impl Workspace {
    /// The figures told apart by `slice`. With `base`, every other row is compared with the row of that value.
    #[boxed]
    pub async fn report_breakdown(
        &self,
        subject: &Subject,
        slice: &Slice,
        base: Option<&str>,
        limit: usize,
    ) -> Result<Breakdown> {
        let scope = self.report_scope(subject).await?;
        let planner = Planner::new(&scope.catalog, &scope.tables);
        let limit = limit.min(BREAKDOWN_ROWS_MAX);
        let lines = lines::lines(&scope, &planner, slice.wanted())?;
        let Some(column) = slice.column() else {
            let total = self.figures(lines).await?;
            let rows = self.links(lines::events(&scope, &planner)?, limit).await?;
            return Ok(Breakdown { rows, others: Figures::default(), total });
        };
        let grouped = aggregated(lines, vec![named(column)], figures::sums()?)?;
        let sorts = vec![named(Figure::Targeted.as_str()).sort(false, false), named(column).sort(true, false)];
        let plan = LogicalPlanBuilder::from(grouped).sort(sorts).and_then(LogicalPlanBuilder::build).map_err(query)?;
        let (mut rows, mut total, mut listed) = (Vec::new(), Figures::default(), Figures::default());
        for batch in self.session.collect(plan).await? {
            for (row, value) in texts(&batch, 0)?.into_iter().enumerate() {
                let figures = Figures::read(&batch, 1, row)?;
                total.add(&figures);
                if rows.len() < limit {
                    listed.add(&figures);
                    rows.push(BreakdownRow { value, rates: figures.rates(), figures, differences: BTreeMap::new() });
                }
            }
        }
        if let Some(base) = base {
            compare(&mut rows, base)?;
        }
        Ok(Breakdown { rows, others: total.less(&listed), total })
    }

    /// Where clicks led: how many messages of the lines were clicked there, and how often.
    async fn links(&self, events: LogicalPlan, limit: usize) -> Result<Vec<BreakdownRow>> {
        let clicks = LogicalPlanBuilder::from(events)
            .filter(named("kind").eq(lit("click")))
            .and_then(LogicalPlanBuilder::build)
            .map_err(query)?;
        let whose: Vec<Expr> = ["url", "table", "run", "activity", "key"].map(named).to_vec();
        let messages = aggregated(clicks, whose, vec![count(lit(1_i64)).alias("times")])?;
        let times = tutti_query::datafusion::functions_aggregate::expr_fn::sum(named("times")).alias("clicks");
        let sums = vec![count(lit(1_i64)).alias("messages"), times];
        let sorts = vec![named("messages").sort(false, false), named("url").sort(true, false)];
        let plan = LogicalPlanBuilder::from(aggregated(messages, vec![named("url")], sums)?)
            .sort_with_limit(sorts, Some(limit))
            .and_then(LogicalPlanBuilder::build)
            .map_err(query)?;
        let mut rows = Vec::new();
        for batch in self.session.collect(plan).await? {
            for (row, value) in texts(&batch, 0)?.into_iter().enumerate() {
                let (clicked, clicks) = (counted(&batch, 1, row)?, counted(&batch, 2, row)?);
                let figures = Figures { clicked, clicks, ..Figures::default() };
                rows.push(BreakdownRow { value, figures, rates: Vec::new(), differences: BTreeMap::new() });
            }
        }
        Ok(rows)
    }
}

/// Says how the shares of each row differ from those of the row of `base`.
fn compare(rows: &mut [BreakdownRow], base: &str) -> Result<()> {
    let Some(with) = rows.iter().find(|row| row.value.as_deref() == Some(base)).map(|row| row.rates.clone()) else {
        let known: Vec<&str> = rows.iter().filter_map(|row| row.value.as_deref()).collect();
        return Err(Error::not_found("row to compare with", base, known));
    };
    let confidence = statistics::shared(rows.len().saturating_sub(1));
    for row in rows.iter_mut().filter(|row| row.value.as_deref() != Some(base)) {
        for (own, other) in row.rates.iter().zip(&with) {
            let interval = statistics::newcombe((own.count, own.of), (other.count, other.of), confidence);
            if let (Some((low, high)), Some(a), Some(b)) = (interval, own.value, other.value) {
                let conclusive = low > 0.0 || high < 0.0;
                row.differences.insert(own.name.clone(), Difference { value: a - b, low, high, conclusive });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(value: &str, sent: u64, opened: u64) -> BreakdownRow {
        let figures = Figures { targeted: sent, sent, opened, ..Figures::default() };
        let rates = figures.rates();
        BreakdownRow { value: Some(value.to_owned()), figures, rates, differences: BTreeMap::new() }
    }

    #[test]
    fn few_messages_decide_nothing_and_many_do() {
        let mut rows = vec![row("a", 20, 8), row("b", 20, 10)];
        compare(&mut rows, "a").unwrap();
        assert!(rows[0].differences.is_empty());
        let open = &rows[1].differences["open_rate"];
        assert!((open.value - 0.1).abs() < 1e-12 && !open.conclusive, "{open:?}");
        let mut rows = vec![row("a", 20_000, 8_000), row("b", 20_000, 10_000)];
        compare(&mut rows, "a").unwrap();
        assert!(rows[1].differences["open_rate"].conclusive);
        assert!(compare(&mut rows, "c").is_err());
    }
}
