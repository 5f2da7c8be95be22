//! How far the runs of a campaign have come in activities that only take what is new: read before such an activity is
//! done, moved when a live run has passed it, shown and moved by people.

use async_recursion::async_recursion as boxed;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tutti_activities::{Mark, MarkMove, TakenKeys, registry};
use tutti_model::campaign::{ActivityNode, Campaign};
use tutti_model::date_math::{self, Moment};
use tutti_query::datafusion::arrow::array::{Array, AsArray};
use tutti_query::datafusion::arrow::compute::cast;
use tutti_query::datafusion::arrow::datatypes::{DataType, TimeUnit, TimestampMicrosecondType};
use tutti_store::{MarkValue, NewMark};

use crate::error::{Error, Result};
use crate::execute::{RunContext, Written, population_path};
use crate::time::rfc3339;
use crate::workspace::Workspace;

const MICROSECONDS_PER_DAY: i64 = 86_400_000_000;

/// The mark of an activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkView {
    pub activity: String,
    /// The latest moment that was taken, where the activity goes by moments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest: Option<String>,
    /// The keys that were taken, by run and the oldest first, where it goes by keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<MarkKeys>,
    /// The run that moved it; a person did where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// When it was moved; never where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_at: Option<String>,
}

/// The keys that a run took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkKeys {
    pub run: String,
    pub at: String,
    pub rows: i64,
}

impl Workspace {
    /// The marks of a campaign: of every activity of it that keeps one.
    #[boxed]
    pub async fn marks(&self, campaign: &str) -> Result<Vec<MarkView>> {
        let (campaign, _) = self.find_campaign(campaign).await?;
        let stored = self.store.marks().list(&campaign.name).await?;
        let views = keeping(&campaign).map(|node| {
            let mark = stored.iter().find(|mark| mark.activity == node.id);
            let (latest, keys) = match mark.map(|mark| &mark.value) {
                None => (None, Vec::new()),
                Some(MarkValue::Latest { latest_us }) => (Some(rfc3339(*latest_us)), Vec::new()),
                Some(MarkValue::Keys { keys }) => {
                    let view = |taken: &tutti_store::TakenKeys| MarkKeys {
                        run: taken.run.clone(),
                        at: rfc3339(taken.at_us),
                        rows: taken.rows,
                    };
                    (None, keys.iter().map(view).collect())
                }
            };
            MarkView {
                activity: node.id.clone(),
                latest,
                keys,
                run: mark.and_then(|mark| mark.run.clone()),
                moved_at: mark.map(|mark| rfc3339(mark.moved_us)),
            }
        });
        Ok(views.collect())
    }

    /// Moves the mark of an activity to a moment (a date or date math): what is later counts as new again, what is
    /// earlier does not. Without a moment it is forgotten, and everything is new.
    #[boxed]
    pub async fn move_mark(&self, campaign: &str, activity: &str, at: Option<&str>) -> Result<()> {
        let (campaign, _) = self.find_campaign(campaign).await?;
        if !keeping(&campaign).any(|node| node.id == activity) {
            let known = keeping(&campaign).map(|node| node.id.as_str());
            return Err(Error::not_found("activity with a mark", activity, known));
        }
        let (marks, name) = (self.store.marks(), campaign.name.as_str());
        let now_us = self.clock.now_us();
        let Some(at) = at else {
            marks.set(name, activity, None, now_us).await?;
            return Ok(self.lake.forget_keys(name, activity, &[]).await?);
        };
        let zone = jiff::tz::TimeZone::get(&campaign.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let moment = date_math::instant(at, &Moment::new(self.clock.now(), zone));
        let at = moment.map_err(|message| Error::refused("bad_value", message))?.timestamp();
        let by_keys = keeping(&campaign).any(|node| node.id == activity && by_keys(node));
        let value = if by_keys {
            let mut keys = match marks.get(name, activity).await?.map(|mark| mark.value) {
                Some(MarkValue::Keys { keys }) => keys,
                _ => Vec::new(),
            };
            keys.retain(|taken| taken.at_us <= at.as_microsecond());
            MarkValue::Keys { keys }
        } else {
            MarkValue::Latest { latest_us: at.as_microsecond() }
        };
        marks.set(name, activity, Some(&value), now_us).await?;
        self.tidy_marks(name, activity).await
    }

    /// What earlier runs have taken in an activity.
    pub(crate) async fn mark(&self, context: &RunContext, node: &ActivityNode) -> Result<Mark> {
        let campaign = &context.campaign.name;
        if !keeps_mark(node) {
            return Ok(Mark::default());
        }
        let stored = self.store.marks().get(campaign, &node.id).await?;
        Ok(match stored.map(|mark| mark.value) {
            None => Mark::default(),
            Some(MarkValue::Latest { latest_us }) => {
                Mark { latest: Timestamp::from_microsecond(latest_us).ok(), keys: Vec::new() }
            }
            Some(MarkValue::Keys { keys }) => {
                let mut found = Vec::with_capacity(keys.len());
                for taken in keys.iter().filter(|taken| taken.run != context.run) {
                    let rows = self.lake.kept_keys(campaign, &node.id, &taken.run)?.ok_or_else(|| Error::NotFound {
                        what: "record of taken keys",
                        name: format!("{campaign}/{}/{}", node.id, taken.run),
                        hint: Some(format!("forget the mark with `tutti marks {campaign} --forget {}`", node.id)),
                    })?;
                    found.push(TakenKeys {
                        at: Timestamp::from_microsecond(taken.at_us).unwrap_or(Timestamp::MIN),
                        rows,
                    });
                }
                Mark { latest: None, keys: found }
            }
        })
    }

    /// How the mark moves when the activity's task is completed.
    pub(crate) async fn new_mark(
        &self,
        context: &RunContext,
        node: &ActivityNode,
        change: Option<MarkMove>,
        populations: &[Written],
    ) -> Result<Option<NewMark>> {
        match change.filter(|_| context.mode == "live") {
            None => Ok(None),
            Some(MarkMove::Latest(plan)) => {
                let batches = self.session.collect(plan).await?;
                let column = batches.iter().find(|batch| batch.num_rows() > 0).map(|batch| batch.column(0));
                let Some(column) = column else { return Ok(None) };
                let utc = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
                let column = cast(column, &utc).map_err(|error| tutti_query::Error::DataFusion(error.into()))?;
                let latest = column.as_primitive::<TimestampMicrosecondType>();
                Ok(latest.is_valid(0).then(|| NewMark::Latest { latest_us: latest.value(0) }))
            }
            Some(MarkMove::Keys { days }) => {
                let Some(taken) = populations.iter().find(|written| written.rows > 0) else { return Ok(None) };
                let path = population_path(&context.run, &node.id, &taken.port);
                let kept = self.keep_claim(context).await?;
                self.lake.keep_keys(&path, &context.campaign.name).await?;
                drop(kept);
                self.reach("keep the keys that were taken").await;
                let at_us = context.moment.now.as_microsecond();
                let forget = |days| at_us.saturating_sub(i64::from(days).saturating_mul(MICROSECONDS_PER_DAY));
                let rows = i64::try_from(taken.rows).unwrap_or(i64::MAX);
                Ok(Some(NewMark::Keys { at_us, rows, forget_before_us: days.map(forget) }))
            }
        }
    }

    /// Removes the records of keys that a mark does not name any more.
    pub(crate) async fn tidy_marks(&self, campaign: &str, activity: &str) -> Result<()> {
        let keep: Vec<String> = match self.store.marks().get(campaign, activity).await?.map(|mark| mark.value) {
            Some(MarkValue::Keys { keys }) => keys.into_iter().map(|taken| taken.run).collect(),
            _ => Vec::new(),
        };
        Ok(self.lake.forget_keys(campaign, activity, &keep).await?)
    }
}

/// The activities of a campaign that keep a mark.
fn keeping(campaign: &Campaign) -> impl Iterator<Item = &ActivityNode> {
    campaign.canvas.activities.iter().filter(|node| keeps_mark(node))
}

fn keeps_mark(node: &ActivityNode) -> bool {
    registry::find(&node.kind).is_some_and(tutti_activities::Activity::keeps_mark)
}

fn by_keys(node: &ActivityNode) -> bool {
    node.settings.get("mode").and_then(|mode| mode.as_str()) == Some("keys")
}
