//! The register of who must not be written to: opt-outs of people and addresses, suppressed addresses and domains.

use async_recursion::async_recursion as boxed;
use serde::{Deserialize, Serialize};
use tutti_delivery::address;
use tutti_store::{NewAudit, OptOut, RegisterFilter, RegisterLine, Suppression};

use crate::error::{Error, Result};
use crate::life::Actor;
use crate::time::rfc3339;
use crate::workspace::Workspace;

/// The most lines that are given at once.
const LINES_MAX: u64 = 10_000;

/// Lines of an import that are kept together.
const IMPORTED_TOGETHER: usize = 1_000;

/// Rejected lines of an import that are told.
const REJECTS_TOLD: usize = 100;

/// The channels that a register is kept for.
const CHANNELS: [&str; 5] = ["email", "sms", "push", "webhook", "direct-mail"];

/// Who must not be written to, on which channel, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterEntry {
    /// `opt-out` or `suppression`.
    pub list: String,
    #[serde(default = "email")]
    pub channel: String,
    /// `person` (opt-outs only), `address`, or `domain` (suppressions only).
    pub subject: String,
    /// The dimension of a person.
    #[serde(default)]
    pub dimension: Option<String>,
    /// The person's identity, the address or the domain.
    pub value: String,
    pub reason: String,
}

fn email() -> String {
    "email".to_owned()
}

/// A line of the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    pub list: String,
    pub channel: String,
    pub subject: String,
    pub dimension: Option<String>,
    pub value: String,
    /// Why, or where it came from.
    pub reason: String,
    /// The run and the activity whose message an opt-out answers.
    pub run: Option<String>,
    pub activity: Option<String>,
    pub at: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterPage {
    pub total: u64,
    pub rows: Vec<Registered>,
}

/// What an import of the register did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterImport {
    pub read: u64,
    pub added: u64,
    /// Those that were in the register already.
    pub known: u64,
    pub rejected: u64,
    /// The first of the rejected lines.
    pub rejects: Vec<RejectedEntry>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedEntry {
    pub line: u64,
    pub value: String,
    pub reason: String,
}

impl Workspace {
    /// Lines of the register, newest first.
    #[boxed]
    pub async fn list_register(&self, filter: &RegisterFilter, offset: u64, limit: u64) -> Result<RegisterPage> {
        let (total, lines) = self.store.register().list(filter, offset, limit.min(LINES_MAX)).await?;
        Ok(RegisterPage { total, rows: lines.into_iter().map(registered).collect() })
    }

    /// Adds one entry; says whether it is new. The first reason stays.
    #[boxed]
    pub async fn add_to_register(&self, entry: &RegisterEntry, actor: &Actor) -> Result<bool> {
        let entry = self.checked(entry).await?;
        let new = self.keep(std::slice::from_ref(&entry)).await? > 0;
        if new {
            self.note_register(&entry, "add", entry.reason.clone(), actor).await?;
        }
        Ok(new)
    }

    /// Removes one entry, for a reason that is kept in the record of changes; says whether there was one.
    #[boxed]
    pub async fn remove_from_register(&self, entry: &RegisterEntry, actor: &Actor) -> Result<bool> {
        let entry = self.checked(entry).await?;
        let RegisterEntry { list, channel, subject, dimension, value, reason } = &entry;
        let person = dimension.clone().map(|dimension| (dimension, value.clone()));
        let gone = match (list.as_str(), subject.as_str()) {
            ("opt-out", "person") => self.store.consents().opt_in(channel, person.as_ref(), None).await?,
            ("opt-out", _) => self.store.consents().opt_in(channel, None, Some(value)).await?,
            (_, kind) => self.store.suppressions().remove(channel, kind, value).await?,
        };
        if gone {
            self.note_register(&entry, "remove", reason.clone(), actor).await?;
        }
        Ok(gone)
    }

    /// Adds many values at once, each like `like`; those that cannot be read are left out and told, with their lines.
    pub async fn import_register(
        &self,
        like: &RegisterEntry,
        values: impl IntoIterator<Item = (u64, String, Option<String>)>,
        actor: &Actor,
    ) -> Result<RegisterImport> {
        self.checked_kind(like).await?;
        let mut report = RegisterImport::default();
        let mut gathered: Vec<RegisterEntry> = Vec::new();
        for (line, value, reason) in values {
            report.read += 1;
            let reason = reason.filter(|reason| !reason.is_empty()).unwrap_or_else(|| like.reason.clone());
            let entry = RegisterEntry { value, reason, ..like.clone() };
            match well_formed(&entry) {
                Ok(value) => gathered.push(RegisterEntry { value, ..entry }),
                Err(reason) => {
                    report.rejected += 1;
                    if report.rejects.len() < REJECTS_TOLD {
                        report.rejects.push(RejectedEntry { line, value: entry.value, reason });
                    }
                }
            }
            if gathered.len() == IMPORTED_TOGETHER {
                report.added += self.keep(&gathered).await?;
                gathered.clear();
            }
        }
        report.added += self.keep(&gathered).await?;
        report.known = report.read - report.rejected - report.added;
        let detail =
            format!("{} added, {} known, {} rejected: {}", report.added, report.known, report.rejected, like.reason);
        let named = RegisterEntry { value: format!("{}es", like.subject), ..like.clone() };
        self.note_register(&named, "import", detail, actor).await?;
        Ok(report)
    }

    /// Keeps entries; answers how many are new.
    async fn keep(&self, entries: &[RegisterEntry]) -> Result<u64> {
        let now_us = self.clock.now_us();
        let mut suppressions = Vec::new();
        let mut new = 0;
        for entry in entries {
            let RegisterEntry { list, channel, subject, dimension, value, reason } = entry.clone();
            if list == "suppression" {
                suppressions.push(Suppression { channel, kind: subject, value, reason, at_us: now_us });
                continue;
            }
            let person = dimension.filter(|_| subject == "person").map(|dimension| (dimension, value.clone()));
            let address = person.is_none().then_some(value);
            let opt_out = OptOut { channel, person, address, source: reason, run: None, activity: None, at_us: now_us };
            new += u64::from(self.store.consents().opt_out(&opt_out).await?);
        }
        Ok(new + self.store.suppressions().add(&suppressions).await?)
    }

    async fn checked(&self, entry: &RegisterEntry) -> Result<RegisterEntry> {
        self.checked_kind(entry).await?;
        if entry.reason.trim().is_empty() {
            let hint = "say in a few words why, for whoever looks later";
            return Err(Error::refused_with("missing_reason", "a change of the register needs a reason", hint));
        }
        let value =
            well_formed(entry).map_err(|why| Error::refused("malformed", format!("`{}` {why}", entry.value)))?;
        Ok(RegisterEntry { value, ..entry.clone() })
    }

    /// Whether there is such a list with such entries.
    async fn checked_kind(&self, entry: &RegisterEntry) -> Result<()> {
        let RegisterEntry { list, channel, subject, dimension, .. } = entry;
        if !CHANNELS.contains(&channel.as_str()) {
            return Err(Error::not_found("channel kind", channel, CHANNELS));
        }
        let subjects = match list.as_str() {
            "opt-out" => ["person", "address"],
            "suppression" => ["address", "domain"],
            other => return Err(Error::not_found("list", other, ["opt-out", "suppression"])),
        };
        if !subjects.contains(&subject.as_str()) {
            let hint = format!("of the list `{list}` it is `{}` or `{}`", subjects[0], subjects[1]);
            return Err(Error::refused_with("unknown_value", format!("`{subject}` is not on that list"), hint));
        }
        if subject == "person" {
            let catalog = self.catalog().await?;
            let dimension = dimension.as_deref().unwrap_or_default();
            if !catalog.dimensions.contains_key(dimension) {
                return Err(Error::not_found("dimension", dimension, catalog.dimensions.keys().map(String::as_str)));
            }
        }
        Ok(())
    }

    async fn note_register(&self, entry: &RegisterEntry, action: &str, detail: String, actor: &Actor) -> Result<()> {
        let line = NewAudit {
            actor: actor.as_str().to_owned(),
            kind: entry.list.clone(),
            name: format!("{} {} {}", entry.channel, entry.subject, entry.value),
            action: action.to_owned(),
            detail: Some(detail),
        };
        Ok(self.store.audit().add(&[line], self.clock.now_us()).await?)
    }
}

/// The value as it is kept, or what is wrong with it.
fn well_formed(entry: &RegisterEntry) -> Result<String, String> {
    let value = entry.value.trim();
    match (entry.subject.as_str(), entry.channel.as_str()) {
        _ if value.is_empty() => Err("has no value".to_owned()),
        ("address", "email") => match address::check(value) {
            Ok(address) => Ok(address.to_lowercase()),
            Err(_) => Err("is no e-mail address".to_owned()),
        },
        ("domain", _) => match address::check(&format!("x@{value}")) {
            Ok(_) => Ok(value.to_lowercase()),
            Err(_) => Err("is no domain".to_owned()),
        },
        ("address", _) => Ok(value.to_lowercase()),
        _ => Ok(value.to_owned()),
    }
}

fn registered(line: RegisterLine) -> Registered {
    Registered {
        dimension: (!line.dimension.is_empty()).then_some(line.dimension),
        list: line.list,
        channel: line.channel,
        subject: line.subject,
        value: line.value,
        reason: line.reason,
        run: line.run,
        activity: line.activity,
        at: rfc3339(line.at_us),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_kept_as_they_are_compared() {
        let of = |subject: &str, channel: &str, value: &str| {
            let entry = RegisterEntry {
                list: "suppression".to_owned(),
                channel: channel.to_owned(),
                subject: subject.to_owned(),
                dimension: None,
                value: value.to_owned(),
                reason: "x".to_owned(),
            };
            well_formed(&entry).ok()
        };
        for (subject, channel, value, kept) in [
            ("address", "email", " Ann@Shop.Example ", Some("ann@shop.example")),
            ("address", "email", "ann", None),
            ("domain", "email", "Shop.Example", Some("shop.example")),
            ("domain", "email", "a b", None),
            ("address", "sms", "+33 6", Some("+33 6")),
            ("person", "email", "C7", Some("C7")),
            ("person", "email", " ", None),
        ] {
            assert_eq!(of(subject, channel, value).as_deref(), kept, "{subject} {value}");
        }
    }
}
