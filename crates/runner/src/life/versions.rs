//! Versions of documents: the list, going back, and when a campaign takes a version.

use async_recursion::async_recursion as boxed;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_model::source::SourceFile;

use super::plan::zone;
use super::{Actor, TakeOverTime};
use crate::documents::DocumentChange;
use crate::error::{Error, Result};
use crate::time::rfc3339;
use crate::workspace::Workspace;

/// One version of a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VersionLine {
    pub version: i64,
    pub written_at: String,
    /// This version deleted the document.
    pub deleted: bool,
    /// The newest.
    pub newest: bool,
    /// Of a campaign: runs take this version.
    pub in_force: bool,
    /// Of a campaign: when runs begin to take this version.
    pub takes_over_at: Option<String>,
}

impl Workspace {
    /// The versions of a document, newest first.
    #[boxed]
    pub async fn list_versions(&self, kind: &str, name: &str) -> Result<Vec<VersionLine>> {
        crate::documents::known_kind(kind)?;
        let versions = self.store.documents().versions(kind, name).await?;
        if versions.is_empty() {
            return Err(self.no_document(kind, name).await?);
        }
        let stored = self.store.campaigns().get(name).await?;
        let now_us = self.clock.now_us();
        let in_force = stored.version_at(now_us).filter(|_| kind == "campaign");
        let takes_over = |version: i64| {
            let mut to_come = stored.take_overs.iter().filter(|other| kind == "campaign" && other.at_us > now_us);
            to_come.find(|other| other.version == version).map(|other| rfc3339(other.at_us))
        };
        Ok(versions
            .into_iter()
            .map(|document| {
                let lives = document.body.is_some();
                VersionLine {
                    version: document.version,
                    written_at: rfc3339(document.written_us),
                    deleted: !lives,
                    newest: document.head,
                    in_force: lives && in_force.map_or(document.head, |version| document.version == version),
                    takes_over_at: takes_over(document.version).filter(|_| lives),
                }
            })
            .collect())
    }

    /// Makes the text of an older version the newest version; without `to`, that of the version before. Of a live
    /// campaign the next run takes it, or the first run after `at`; so it does where it is the newest already and waits
    /// to take over. A version that waits is given another time with `at`.
    #[boxed]
    pub async fn restore_version(
        &self,
        kind: &str,
        name: &str,
        to: Option<i64>,
        at: Option<TakeOverTime>,
        actor: &Actor,
    ) -> Result<DocumentChange> {
        let versions = self.list_versions(kind, name).await?;
        let Some(to) = to.or_else(|| versions.iter().skip(1).find(|line| !line.deleted).map(|line| line.version))
        else {
            let message = format!("the {kind} `{name}` has no version before this one");
            return Err(Error::refused("no_version", message));
        };
        let found = self.store.documents().get(kind, name, Some(to)).await?.and_then(|document| document.body);
        let Some(body) = found else {
            return Err(Error::NotFound {
                what: "version",
                name: to.to_string(),
                hint: Some(format!("`tutti versions {kind} {name}` lists them")),
            });
        };
        if let Some(time) = at {
            if let Some(problem) = self.cannot_wait(kind, name).await? {
                let what = format!("the {kind} `{name}` stays as it is");
                return Err(Error::Problems { what, problems: vec![problem] });
            }
            let at = self.take_over_of(name, to, time).await?;
            if self.move_take_over(name, to, at, actor).await? {
                let (kind, name, change) = (kind.to_owned(), name.to_owned(), "unchanged".to_owned());
                return Ok(DocumentChange { kind, name, change, version: to, fields: Vec::new() });
            }
        }
        let file = SourceFile { path: format!("{kind} {name} version {to}"), text: body.to_string() };
        let mut changes = self.apply_documents_as(&[file], false, at, actor).await?;
        let change = changes.pop();
        if let Some(same) = change.as_ref().filter(|change| change.change == "unchanged")
            && kind == "campaign"
        {
            if at.is_some() {
                let message = format!("version {} of the campaign `{name}` is in force already", same.version);
                return Err(Error::refused_with("in_force", message, "name another version, or leave the time out"));
            }
            self.take_newest(name, same.version, actor).await?;
        }
        change.ok_or_else(|| Error::refused("nothing_restored", format!("version {to} gave no document")))
    }

    /// A moment as people write it: RFC 3339, or a wall-clock time in a campaign's zone.
    #[boxed]
    pub async fn moment_of(&self, campaign: Option<&str>, text: &str) -> Result<Timestamp> {
        if let Ok(at) = text.parse::<Timestamp>() {
            return Ok(at);
        }
        let zone = match campaign {
            Some(name) => zone(&self.find_campaign(name).await?.0),
            None => jiff::tz::TimeZone::UTC,
        };
        let wall = text.parse::<jiff::civil::DateTime>().ok();
        wall.and_then(|wall| zone.to_ambiguous_timestamp(wall).compatible().ok()).ok_or_else(|| {
            let hint = "write it like `2026-12-01T09:00`, or with an offset";
            Error::refused_with("bad_time", format!("`{text}` is not a date and time"), hint)
        })
    }

    /// Two versions of a campaign's document: by default the one in force, or else the one before, and the newest.
    #[boxed]
    pub async fn two_versions(
        &self,
        name: &str,
        from: Option<i64>,
        to: Option<i64>,
    ) -> Result<((i64, Value), (i64, Value))> {
        let lines = self.list_versions("campaign", name).await?;
        let newest = lines.iter().find(|line| !line.deleted).map(|line| line.version);
        let to = to.or(newest).unwrap_or_default();
        let in_force = lines.iter().find(|line| line.in_force && line.version != to).map(|line| line.version);
        let before = lines.iter().find(|line| !line.deleted && line.version < to).map(|line| line.version);
        let from = from.or(in_force).or(before).unwrap_or(to);
        let from_body = self.get_document("campaign", name, Some(from)).await?;
        let to_body = self.get_document("campaign", name, Some(to)).await?;
        Ok(((from, from_body), (to, to_body)))
    }
}
