//! When a campaign takes a new version: with its next run, or from a time on; of several that wait, each at its time.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use tutti_engine::campaign::CampaignState;
use tutti_model::document::{Document, Spec};
use tutti_model::problem::{DocumentRef, Problem};
use tutti_store::{Campaign as Stored, CampaignChange, NewAudit, RunFacts, TakeOver};

use super::plan::zone;
use super::{Actor, state_of};
use crate::documents::DocumentChange;
use crate::error::{Error, Result};
use crate::time::rfc3339;
use crate::workspace::Workspace;

/// When versions take over, as somebody says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakeOverTime {
    Instant(Timestamp),
    /// By the clock of each campaign.
    Wall(DateTime),
}

impl TakeOverTime {
    /// Reads RFC 3339, or a date and time without an offset.
    ///
    /// # Errors
    /// A refusal where it is neither.
    pub fn read(text: &str) -> Result<Self> {
        let wall = || text.parse().ok().map(Self::Wall);
        text.parse().ok().map(Self::Instant).or_else(wall).ok_or_else(|| {
            let hint = "write it like `2026-12-01T09:00`, or with an offset";
            Error::refused_with("bad_time", format!("`{text}` is not a date and time"), hint)
        })
    }

    fn at(self, zone: &TimeZone) -> Result<Timestamp> {
        match self {
            Self::Instant(at) => Ok(at),
            Self::Wall(wall) => zone
                .to_ambiguous_timestamp(wall)
                .compatible()
                .map_err(|_| Error::refused("bad_time", format!("`{wall}` is too far away"))),
        }
    }
}

/// What a new version changes in a campaign's life. With `at`, runs go on with the version in force until then, and
/// versions that take over at other times still do. Without, the next run takes it, and those that were to take over
/// are given up.
pub(crate) fn on_new_version(
    stored: &Stored,
    version: i64,
    at: Option<Timestamp>,
    now: Timestamp,
    actor: &Actor,
) -> Option<CampaignChange> {
    let now_us = now.as_microsecond();
    let waits = !stored.take_overs.is_empty() || stored.pinned_version.is_some();
    let takes_launches = state_of(stored).is_ok_and(CampaignState::takes_launches);
    if !(waits || takes_launches && at.is_some()) {
        return None;
    }
    let mut row = stored.clone();
    row.changed_us = now_us;
    actor.as_str().clone_into(&mut row.actor);
    let (action, said) = match at {
        Some(at) => {
            row.pinned_version = Some(stored.version_at(now_us).unwrap_or(version - 1));
            let stays = |other: &TakeOver| {
                other.at_us > now_us && other.at_us != at.as_microsecond() && other.version != version
            };
            row.take_overs.retain(stays);
            row.take_overs.push(TakeOver { version, at_us: at.as_microsecond() });
            row.take_overs.sort_by_key(|take_over| take_over.at_us);
            ("schedule_version", Some(format!("version {version} takes over at {at}")))
        }
        None => {
            row.pinned_version = None;
            row.take_overs.clear();
            ("give_up_version", None)
        }
    };
    let given_up = stored.take_overs.iter().filter(|old| old.at_us > now_us && !row.take_overs.contains(old));
    let given_up = given_up.map(|old| {
        let at = rfc3339(old.at_us);
        format!("the takeover of version {} at {at} is given up", old.version)
    });
    let sentences: Vec<String> = said.into_iter().chain(given_up).collect();
    let audit = (!sentences.is_empty()).then(|| NewAudit {
        actor: actor.as_str().to_owned(),
        kind: "campaign".to_owned(),
        name: stored.name.clone(),
        action: action.to_owned(),
        detail: Some(sentences.join("; ")),
    });
    Some(CampaignChange { row: Some(row), audit, ..CampaignChange::default() })
}

/// What a new version changes in a campaign's life that does what the one before it does, under other words or in
/// another folder: it takes the place of that one, in force or waiting.
pub(crate) fn on_description(stored: &Stored, version: i64, now: Timestamp, actor: &Actor) -> Option<CampaignChange> {
    let before = version - 1;
    let mut row = stored.clone();
    row.take_overs.iter_mut().filter(|other| other.version == before).for_each(|other| other.version = version);
    row.pinned_version = row.pinned_version.map(|pinned| if pinned == before { version } else { pinned });
    if row == *stored {
        return None;
    }
    row.changed_us = now.as_microsecond();
    actor.as_str().clone_into(&mut row.actor);
    Some(CampaignChange { row: Some(row), ..CampaignChange::default() })
}

impl Workspace {
    /// Refuses a time at which a version cannot take over any more.
    pub(crate) fn check_take_over(&self, at: Option<Timestamp>) -> Result<()> {
        match at.filter(|at| *at <= self.clock.now()) {
            Some(at) => {
                let hint = "leave the time out to let the next run take the change";
                Err(Error::refused_with("bad_time", format!("`{at}` has passed"), hint))
            }
            None => Ok(()),
        }
    }

    /// When each campaign among `documents` takes its new version over. What would not wait is named, and nothing of it
    /// is done: it would be in force at once.
    pub(crate) async fn take_over_times(
        &self,
        documents: &[Document],
        changes: &[DocumentChange],
        time: Option<TakeOverTime>,
    ) -> Result<BTreeMap<String, Timestamp>> {
        let mut times = BTreeMap::new();
        let Some(time) = time else { return Ok(times) };
        let mut problems = Vec::new();
        for change in changes.iter().filter(|change| change.change != "unchanged") {
            problems.extend(self.cannot_wait(&change.kind, &change.name).await?);
        }
        if !problems.is_empty() {
            return Err(Error::Problems { what: "nothing was applied".to_owned(), problems });
        }
        for document in documents {
            if let Spec::Campaign(campaign) = &document.spec {
                let at = time.at(&zone(campaign))?;
                self.check_take_over(Some(at))?;
                times.insert(document.name.clone(), at);
            }
        }
        Ok(times)
    }

    /// Why a new version of a document cannot take over at a time.
    pub(crate) async fn cannot_wait(&self, kind: &str, name: &str) -> Result<Option<Problem>> {
        let mut why = format!("a {kind} is in force as soon as it is applied");
        if kind == "campaign" {
            let state = state_of(&self.store.campaigns().get(name).await?)?;
            if state.takes_launches() {
                return Ok(None);
            }
            why = format!("it is {state}, so that nothing takes another version meanwhile");
        }
        let message = format!("the {kind} `{name}` cannot wait for a time: {why}");
        let hint = "apply it without a time, and what can wait by itself";
        let document = DocumentRef { kind: kind.to_owned(), name: name.to_owned() };
        Ok(Some(Problem { document: Some(document), ..Problem::error("cannot_wait", "", message).hint(hint) }))
    }

    /// Gives a version that waits another time. Answers whether it waits.
    pub(crate) async fn move_take_over(&self, name: &str, version: i64, at: Timestamp, actor: &Actor) -> Result<bool> {
        let now = self.clock.now();
        let waits = |stored: &Stored| {
            let mut to_come = stored.take_overs.iter().filter(|other| other.at_us > now.as_microsecond());
            to_come.any(|other| other.version == version)
        };
        let decide = |stored: &Stored, _: &RunFacts| match waits(stored) {
            true => (on_new_version(stored, version, Some(at), now, actor), true),
            false => (None, false),
        };
        let moved = self.store.campaigns().advance(name, now.as_microsecond(), decide).await?;
        if moved {
            self.notify_changed();
        }
        Ok(moved)
    }

    /// The instant of a time in the zone of a version of a campaign, which must be to come.
    pub(crate) async fn take_over_of(&self, name: &str, version: i64, time: TakeOverTime) -> Result<Timestamp> {
        let at = time.at(&zone(&self.campaign_version(name, version).await?))?;
        self.check_take_over(Some(at))?;
        Ok(at)
    }

    /// Lets the next run of a campaign take its newest version, where another one is in force.
    pub(crate) async fn take_newest(&self, name: &str, newest: i64, actor: &Actor) -> Result<()> {
        let now = self.clock.now();
        self.store
            .campaigns()
            .advance(name, now.as_microsecond(), |stored, _| (on_new_version(stored, newest, None, now, actor), ()))
            .await?;
        self.plan_launches(true).await?;
        self.notify_changed();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live(pinned_version: Option<i64>, take_overs: &[(i64, i64)]) -> Stored {
        let take_overs =
            take_overs.iter().map(|(version, at_s)| TakeOver { version: *version, at_us: at_s * 1_000_000 });
        Stored { state: "live".to_owned(), pinned_version, take_overs: take_overs.collect(), ..Stored::draft("a") }
    }

    /// The version in force, what waits, and what is audited, at ten seconds.
    fn change(stored: &Stored, version: i64, at_s: Option<i64>) -> Option<(Option<i64>, Vec<(i64, i64)>, String)> {
        let moment = |seconds: i64| Timestamp::from_second(seconds).unwrap();
        let change = on_new_version(stored, version, at_s.map(moment), moment(10), &Actor::anyone())?;
        let row = change.row.unwrap();
        let waits = row.take_overs.iter().map(|take_over| (take_over.version, take_over.at_us / 1_000_000)).collect();
        let detail = change.audit.and_then(|audit| audit.detail).unwrap_or_default();
        Some((row.pinned_version, waits, detail.replace("1970-01-01T00:00:", "")))
    }

    #[test]
    fn a_time_without_an_offset_is_by_the_clock_of_the_campaign() {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        for (text, expected) in [
            ("2026-12-01T09:00", "2026-12-01T08:00:00Z"),
            ("2026-12-01T09:00:00Z", "2026-12-01T09:00:00Z"),
            ("2026-12-01T09:00:00+03:00", "2026-12-01T06:00:00Z"),
            ("2026-03-29T02:30", "2026-03-29T01:30:00Z"),
        ] {
            assert_eq!(TakeOverTime::read(text).unwrap().at(&paris).unwrap().to_string(), expected, "{text}");
        }
        assert_eq!(TakeOverTime::read("soon").unwrap_err().code(), "bad_time");
    }

    #[test]
    fn other_words_put_nothing_in_force() {
        for (stored, expected) in [
            (live(None, &[]), None),
            (live(Some(1), &[(2, 20)]), Some((Some(1), vec![3]))),
            (live(Some(2), &[]), Some((Some(3), vec![]))),
            (live(Some(1), &[]), None),
        ] {
            let change = on_description(&stored, 3, Timestamp::from_second(10).unwrap(), &Actor::anyone());
            let row = change.map(|change| change.row.unwrap());
            let waits = |row: &Stored| row.take_overs.iter().map(|other| other.version).collect::<Vec<_>>();
            assert_eq!(row.map(|row| (row.pinned_version, waits(&row))), expected, "{stored:?}");
        }
    }

    #[test]
    fn a_version_takes_over_now_or_then() {
        let told = |text: &str| text.to_owned();
        for (stored, version, at, expected) in [
            (live(None, &[]), 3, None, None),
            (Stored::draft("a"), 3, Some(20), None),
            (live(None, &[]), 3, Some(20), Some((Some(2), vec![(3, 20)], told("version 3 takes over at 20Z")))),
            (
                live(Some(2), &[(3, 20)]),
                4,
                Some(30),
                Some((Some(2), vec![(3, 20), (4, 30)], told("version 4 takes over at 30Z"))),
            ),
            (
                live(Some(2), &[(3, 20)]),
                4,
                Some(15),
                Some((Some(2), vec![(4, 15), (3, 20)], told("version 4 takes over at 15Z"))),
            ),
            (
                live(Some(2), &[(3, 20)]),
                4,
                Some(20),
                Some((
                    Some(2),
                    vec![(4, 20)],
                    told("version 4 takes over at 20Z; the takeover of version 3 at 20Z is given up"),
                )),
            ),
            (
                live(Some(2), &[(4, 20)]),
                5,
                None,
                Some((None, vec![], told("the takeover of version 4 at 20Z is given up"))),
            ),
            // One that is due is in force, whether or not somebody has noted it.
            (
                live(Some(2), &[(3, 5)]),
                4,
                Some(20),
                Some((Some(3), vec![(4, 20)], told("version 4 takes over at 20Z"))),
            ),
            (live(Some(2), &[(3, 5)]), 4, None, Some((None, vec![], told("")))),
            // One that waits is given another time.
            (
                live(Some(2), &[(3, 20), (4, 30)]),
                3,
                Some(40),
                Some((
                    Some(2),
                    vec![(4, 30), (3, 40)],
                    told("version 3 takes over at 40Z; the takeover of version 3 at 20Z is given up"),
                )),
            ),
        ] {
            assert_eq!(change(&stored, version, at), expected, "{stored:?} {version} {at:?}");
        }
    }
}
