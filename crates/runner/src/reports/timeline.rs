//! The figures of a report over time, by hour or day in somebody's zone.

use async_recursion::async_recursion as boxed;
use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Unit, ZonedDateTime};
use serde::{Deserialize, Serialize};
use tutti_query::Planner;
use tutti_query::datafusion::functions_aggregate::expr_fn::count;
use tutti_query::datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, cast, lit};

use super::figures::Figure;
use super::lines::{self, FIRST, Wanted, named, query};
use super::scope::Subject;
use super::{aggregated, texts};
use crate::error::{Error, Result};
use crate::workspace::Workspace;

/// What the engine counts by; hours and days of every zone in use begin at one of these.
const BIN_S: i64 = 15 * 60;

/// The most points; beyond it, take days in place of hours.
pub const POINTS_MAX: usize = 20_000;

/// What happened, in order. Points in which nothing happened are there as well, but for those before the first and after
/// the last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    /// `hour` or `day`.
    pub step: String,
    pub zone: String,
    pub points: Vec<TimelinePoint>,
}

/// What happened from `at` on, until the next point.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TimelinePoint {
    /// RFC 3339, with the offset of the zone.
    pub at: String,
    pub excluded: u64,
    pub sent: u64,
    pub failed: u64,
    /// All opens, and messages opened for the first time; likewise for clicks.
    pub opens: u64,
    pub opened: u64,
    pub clicks: u64,
    pub clicked: u64,
    pub unsubscribed: u64,
}

/// What is counted over time.
#[derive(Clone, Copy)]
enum Counted {
    Excluded,
    Sent,
    Failed,
    Opens,
    Opened,
    Clicks,
    Clicked,
    Unsubscribed,
}

impl Counted {
    fn of(self, point: &mut TimelinePoint) -> &mut u64 {
        match self {
            Self::Excluded => &mut point.excluded,
            Self::Sent => &mut point.sent,
            Self::Failed => &mut point.failed,
            Self::Opens => &mut point.opens,
            Self::Opened => &mut point.opened,
            Self::Clicks => &mut point.clicks,
            Self::Clicked => &mut point.clicked,
            Self::Unsubscribed => &mut point.unsubscribed,
        }
    }
}

type Bins = BTreeMap<Timestamp, TimelinePoint>;

impl Workspace {
    /// What happened by `hour` or `day` of a zone.
    #[boxed]
    pub async fn report_timeline(&self, subject: &Subject, step: &str, zone: &str) -> Result<Timeline> {
        let unit = match step {
            "hour" => Unit::Hour,
            "day" => Unit::Day,
            other => {
                let message = format!("`{other}` is not a step of reports over time");
                return Err(Error::refused_with("unknown_value", message, "known are `hour` and `day`"));
            }
        };
        let tz = TimeZone::get(zone).map_err(|_| {
            let message = format!("`{zone}` is not a time zone");
            Error::refused_with("unknown_zone", message, "zones are called as in `Europe/Paris` or `UTC`")
        })?;
        let scope = self.report_scope(subject).await?;
        let planner = Planner::new(&scope.catalog, &scope.tables);
        let lines = lines::lines(&scope, &planner, Wanted::default())?;
        let events = lines::events(&scope, &planner)?;
        let mut bins = Bins::new();
        let [(_, open), (_, click), (_, unsubscribe)] = FIRST;
        let of_kind = |kind: &str| named("kind").eq(lit(kind));
        let sources = [
            (&lines, Figure::Excluded.condition(), "updated_at", Counted::Excluded),
            (&lines, Figure::Sent.condition(), "updated_at", Counted::Sent),
            (&lines, Figure::Failed.condition(), "updated_at", Counted::Failed),
            (&events, of_kind("open"), "at", Counted::Opens),
            (&events, of_kind("click"), "at", Counted::Clicks),
            (&lines, named(open).is_not_null(), open, Counted::Opened),
            (&lines, named(click).is_not_null(), click, Counted::Clicked),
            (&lines, named(unsubscribe).is_not_null(), unsubscribe, Counted::Unsubscribed),
        ];
        for (plan, condition, time, counted) in sources {
            let plan = LogicalPlanBuilder::from(plan.clone()).filter(condition).and_then(LogicalPlanBuilder::build);
            self.bin(plan.map_err(query)?, time, &mut bins, counted).await?;
        }
        let points = folded(bins, &tz, unit)?;
        Ok(Timeline { step: step.to_owned(), zone: zone.to_owned(), points })
    }

    /// Adds the number of rows of each bin.
    async fn bin(&self, plan: LogicalPlan, time: &str, bins: &mut Bins, counted: Counted) -> Result<()> {
        use tutti_query::datafusion::arrow::datatypes::DataType;
        let micros: Expr = cast(cast(named(time), lines::instant()), DataType::Int64);
        let plan =
            aggregated(plan, vec![(micros / lit(BIN_S * 1_000_000)).alias("bin")], vec![count(lit(1_i64)).alias("n")])?;
        for batch in self.session.collect(plan).await? {
            for (row, bin) in texts(&batch, 0)?.into_iter().enumerate() {
                let Some(bin) = bin.and_then(|bin| bin.parse::<i64>().ok()) else { continue };
                let at = Timestamp::from_second(bin.saturating_mul(BIN_S)).unwrap_or(Timestamp::UNIX_EPOCH);
                *counted.of(bins.entry(at).or_default()) += super::counted(&batch, 1, row)?;
            }
        }
        Ok(())
    }
}

/// Bins as hours or days of a zone, with those in which nothing happened.
fn folded(bins: Bins, tz: &TimeZone, unit: Unit) -> Result<Vec<TimelinePoint>> {
    let out_of_range = |error: jiff::Error| Error::refused("time", error.to_string());
    let mut points: BTreeMap<Timestamp, TimelinePoint> = BTreeMap::new();
    for (at, bin) in bins {
        let begin = begin_of(&at.to_zoned_datetime(tz.clone()), unit).map_err(out_of_range)?;
        let point = points.entry(begin.timestamp()).or_default();
        point.excluded += bin.excluded;
        point.sent += bin.sent;
        point.failed += bin.failed;
        point.opens += bin.opens;
        point.opened += bin.opened;
        point.clicks += bin.clicks;
        point.clicked += bin.clicked;
        point.unsubscribed += bin.unsubscribed;
    }
    let (Some(first), Some(last)) = (points.keys().next().copied(), points.keys().next_back().copied()) else {
        return Ok(Vec::new());
    };
    let mut all = Vec::new();
    let mut at = first.to_zoned_datetime(tz.clone());
    while at.timestamp() <= last {
        if all.len() == POINTS_MAX {
            let message = format!("there are more than {POINTS_MAX} hours to tell");
            return Err(Error::refused_with("too_many_points", message, "take days"));
        }
        let mut point = points.remove(&at.timestamp()).unwrap_or_default();
        point.at = at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        all.push(point);
        let next = if unit == Unit::Day { at.checked_add(1.day()) } else { at.checked_add(1.hour()) };
        at = begin_of(&next.map_err(out_of_range)?, unit).map_err(out_of_range)?;
    }
    Ok(all)
}

/// When the hour or the day began. An hour that a clock change repeats is two.
fn begin_of(at: &ZonedDateTime, unit: Unit) -> Result<ZonedDateTime, jiff::Error> {
    if unit == Unit::Day {
        return at.start_of_day();
    }
    let into = i64::from(at.minute()) * 60 + i64::from(at.second());
    at.checked_sub(into.seconds()).and_then(|at| at.checked_sub(i64::from(at.subsec_nanosecond()).nanoseconds()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bins(times: &[&str]) -> Bins {
        let mut bins = Bins::new();
        for time in times {
            bins.entry(time.parse().unwrap()).or_default().sent += 1;
        }
        bins
    }

    fn told(times: &[&str], zone: &str, unit: Unit) -> Vec<(String, u64)> {
        let points = folded(bins(times), &TimeZone::get(zone).unwrap(), unit).unwrap();
        points.into_iter().map(|point| (point.at, point.sent)).collect()
    }

    #[test]
    fn days_are_those_of_the_zone() {
        let times = ["2026-03-28T22:45:00Z", "2026-03-28T23:00:00Z", "2026-03-30T21:45:00Z", "2026-03-30T22:00:00Z"];
        let expected = [
            ("2026-03-28T00:00:00+01:00", 1),
            ("2026-03-29T00:00:00+01:00", 1),
            ("2026-03-30T00:00:00+02:00", 1),
            ("2026-03-31T00:00:00+02:00", 1),
        ];
        assert_eq!(told(&times, "Europe/Paris", Unit::Day), expected.map(|(at, sent)| (at.to_owned(), sent)));
    }

    #[test]
    fn an_hour_that_comes_twice_is_two_and_empty_hours_are_told() {
        let times = ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T03:00:00Z"];
        let expected = [
            ("2026-10-25T02:00:00+02:00", 1),
            ("2026-10-25T02:00:00+01:00", 1),
            ("2026-10-25T03:00:00+01:00", 0),
            ("2026-10-25T04:00:00+01:00", 1),
        ];
        assert_eq!(told(&times, "Europe/Paris", Unit::Hour), expected.map(|(at, sent)| (at.to_owned(), sent)));
        assert_eq!(told(&["2026-01-01T00:15:00Z"], "Asia/Kolkata", Unit::Hour)[0].0, "2026-01-01T05:00:00+05:30");
    }
}
