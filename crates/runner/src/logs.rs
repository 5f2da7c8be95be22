//! What runs tell, line by line: what activities did, what people did, what failed.

use async_recursion::async_recursion as boxed;
use serde::{Deserialize, Serialize};
use tutti_model::date_math;
use tutti_store::{LogFilter, NewLogLine};

use crate::error::{Error, Result};
use crate::life::Actor;
use crate::time::rfc3339;
use crate::workspace::Workspace;

/// The most lines that are given at once.
pub const LOG_LINES_MAX: u64 = 10_000;

/// The levels, from the least to the worst.
const LEVELS: [&str; 3] = ["info", "warning", "error"];

/// Which lines are wanted; what is absent does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogQuestion {
    pub run: Option<String>,
    pub campaign: Option<String>,
    pub activity: Option<String>,
    /// `info`, `warning` or `error`: lines of this level and worse.
    pub level: Option<String>,
    /// A part of the message, whatever its case.
    pub search: Option<String>,
    /// A date, a time or date math, such as `2026-12-01` or `now-1h`; in the campaign's zone.
    pub since: Option<String>,
    pub until: Option<String>,
    /// Before this line, for reading on.
    pub before: Option<i64>,
}

/// A line of a run's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// Grows from line to line; the key for reading on.
    pub seq: i64,
    pub at: String,
    pub run: String,
    pub activity: Option<String>,
    /// `info`, `warning` or `error`.
    pub level: String,
    pub message: String,
}

impl Workspace {
    /// Lines of the logs of runs, newest first: of one run, of a campaign's, or of all.
    #[boxed]
    pub async fn list_logs(&self, question: &LogQuestion, limit: u64) -> Result<Vec<LogEntry>> {
        let mut zone = jiff::tz::TimeZone::UTC;
        let mut campaign = question.campaign.clone();
        if let Some(run) = &question.run {
            campaign = Some(self.find_whole_run(run).await?.campaign);
        }
        if let Some(name) = &campaign {
            match self.find_campaign(name).await {
                Ok((found, _)) => zone = crate::worker::moment_of(&found, self.clock.now()).zone,
                // The runs of a campaign that was deleted can still be asked for.
                Err(Error::NotFound { .. }) if question.run.is_some() => {}
                Err(error) => return Err(error),
            }
        }
        let moment = date_math::Moment::new(self.clock.now(), zone);
        let time = |name: &str, text: &Option<String>| {
            let instant = text.as_deref().map(|text| date_math::instant(text, &moment)).transpose();
            let refused = |reason| Error::refused("bad_value", format!("`{name}` is no time: {reason}"));
            Ok::<_, Error>(instant.map_err(refused)?.map(|time| time.timestamp().as_microsecond()))
        };
        let filter = LogFilter {
            run: question.run.as_deref(),
            campaign: question.campaign.as_deref(),
            activity: question.activity.as_deref(),
            levels: from_level(question.level.as_deref())?,
            search: question.search.as_deref(),
            since_us: time("since", &question.since)?,
            until_us: time("until", &question.until)?,
            before_seq: question.before,
        };
        let limit = usize::try_from(limit.min(LOG_LINES_MAX)).unwrap_or(usize::MAX);
        let lines = self.store.logs().find(&filter, limit).await?;
        let entry = |line: tutti_store::LogLine| LogEntry {
            seq: line.seq,
            at: rfc3339(line.at_us),
            run: line.run,
            activity: line.activity,
            level: line.level,
            message: line.message,
        };
        Ok(lines.into_iter().map(entry).collect())
    }
}

impl Actor {
    /// How a log names who did something.
    pub(crate) fn told(&self) -> &str {
        match self.as_str() {
            "anyone" => "somebody",
            name => name,
        }
    }
}

/// A line about an activity, or about the run.
pub(crate) fn line(activity: Option<&str>, level: &'static str, message: impl Into<String>) -> NewLogLine {
    NewLogLine { activity: activity.map(str::to_owned), level, message: message.into() }
}

/// A level and those that are worse.
fn from_level(level: Option<&str>) -> Result<&'static [&'static str]> {
    let Some(level) = level else { return Ok(&[]) };
    match LEVELS.iter().position(|known| *known == level) {
        Some(place) => Ok(LEVELS.get(place..).unwrap_or_default()),
        None => {
            let message = format!("there is no level `{level}`");
            Err(Error::refused_with("unknown_level", message, "known are `info`, `warning` and `error`"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_takes_what_is_worse() {
        assert_eq!(from_level(Some("warning")).unwrap(), ["warning", "error"]);
        assert!(from_level(None).unwrap().is_empty());
        assert_eq!(from_level(Some("debug")).unwrap_err().code(), "unknown_level");
    }
}
