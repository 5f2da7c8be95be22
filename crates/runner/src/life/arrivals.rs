//! Signals that files give: a campaign whose schedule is a signal `on: {file: ...}` runs once for each file of the
//! folder for files that comes or changes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tutti_model::campaign::{Campaign, FILE_VARIABLE};
use tutti_model::catalog::Catalog;
use tutti_model::file_pattern;
use tutti_model::schedule::SignalSource;
use tutti_query::functions;
use tutti_store::Campaign as Stored;

use super::plan::{signal_rule, signals_come_now};
use super::state_of;
use crate::error::Result;
use crate::workspace::Workspace;

/// What tells a file from the same name with other contents.
type Print = u64;

/// The files that a campaign was signalled by, or that were there before it was published.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    pattern: String,
    prints: BTreeSet<Print>,
}

impl Seen {
    /// As the state keeps it: the pattern, then a print in each line.
    fn to_text(&self) -> String {
        let lines = self.prints.iter().map(|print| format!("\n{print:016x}"));
        std::iter::once(self.pattern.clone()).chain(lines).collect()
    }

    fn read(text: &str) -> Self {
        let mut lines = text.lines();
        let pattern = lines.next().unwrap_or_default().to_owned();
        Self { pattern, prints: lines.filter_map(|line| Print::from_str_radix(line, 16).ok()).collect() }
    }
}

impl Workspace {
    /// Signals the campaigns that wait for files, once for each file that came or changed since they looked last. One
    /// that is still being written is another at each look, and is waited for.
    pub(crate) async fn look_at_files(&self) -> Result<()> {
        let catalog = self.catalog().await?;
        if !catalog.campaigns.values().any(|campaign| pattern_of(campaign).is_some()) {
            return Ok(());
        }
        let files: BTreeMap<String, Print> = self.prints().await?;
        let before = {
            let mut looked = self.files_looked_at.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            std::mem::replace(&mut *looked, files.clone())
        };
        let whole = |name: &str, print: Print| before.get(name) == Some(&print);
        for stored in self.store.campaigns().list().await? {
            // One campaign's trouble must not hold up the others.
            if let Err(error) = self.look_at_files_of(&stored, &catalog, &files, &whole).await {
                let error = &error as &dyn std::error::Error;
                tracing::error!(campaign = stored.name, error, "the files of a campaign could not be looked at");
            }
        }
        Ok(())
    }

    async fn look_at_files_of(
        &self,
        stored: &Stored,
        catalog: &Catalog,
        files: &BTreeMap<String, Print>,
        whole: &(dyn Fn(&str, Print) -> bool + Sync),
    ) -> Result<()> {
        if !state_of(stored)?.takes_launches() {
            return Ok(());
        }
        let Ok((document, _)) = self.campaign_in_force(stored).await else { return Ok(()) };
        let Some(pattern) = pattern_of(&document) else { return Ok(()) };
        let meant: Vec<(&String, Print)> = files
            .iter()
            .filter(|(name, _)| file_pattern::matches(pattern, name))
            .map(|(name, print)| (name, *print))
            .collect();
        let known = stored.seen.as_deref().map(Seen::read).filter(|seen| seen.pattern == pattern);
        let Some(known) = known else {
            // Another version looks for other files: those that are there are not new.
            let prints = meant.iter().map(|(_, print)| *print).collect();
            return self.keep_seen(&stored.name, Seen { pattern: pattern.to_owned(), prints }.to_text()).await;
        };
        if !signals_come_now(&document, catalog, self.clock.now()) {
            return Ok(());
        }
        let there: BTreeSet<Print> = meant.iter().map(|(_, print)| *print).collect();
        let mut seen =
            Seen { pattern: known.pattern.clone(), prints: known.prints.intersection(&there).copied().collect() };
        for (name, print) in meant {
            if !known.prints.contains(&print) && whole(name, print) {
                let values = [(FILE_VARIABLE.to_owned(), Value::from(name.as_str()))].into_iter().collect();
                self.signal_by(&document, "file", &format!("{print:016x}"), values).await?;
                seen.prints.insert(print);
            }
        }
        // A crash before this repeats the signals, which are then known by their keys.
        if seen != known {
            self.keep_seen(&stored.name, seen.to_text()).await?;
        }
        Ok(())
    }

    /// The files that are there when a campaign that waits for files is published.
    pub(crate) async fn seen_files(&self, pattern: &str) -> Result<String> {
        let files = self.prints().await?;
        let meant = files.into_iter().filter(|(name, _)| file_pattern::matches(pattern, name));
        Ok(Seen { pattern: pattern.to_owned(), prints: meant.map(|(_, print)| print).collect() }.to_text())
    }

    async fn prints(&self) -> Result<BTreeMap<String, Print>> {
        let files = self.list_files("").await?;
        let print = |name: &str, modified: &str, bytes: u64| functions::rank_of(bytes, [Some(name), Some(modified)]);
        Ok(files
            .into_iter()
            .map(|file| {
                let print = print(&file.name, &file.modified_at, file.bytes);
                (file.name, print)
            })
            .collect())
    }
}

fn pattern_of(campaign: &Campaign) -> Option<&str> {
    match signal_rule(campaign).and_then(|rule| rule.on) {
        Some(SignalSource::File(pattern)) => Some(pattern),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_reads_back() {
        let seen = Seen { pattern: "in/*.csv".to_owned(), prints: [0, u64::MAX, 7].into() };
        assert_eq!(Seen::read(&seen.to_text()), seen);
        assert_eq!(Seen::read("orders@7"), Seen { pattern: "orders@7".to_owned(), prints: BTreeSet::new() });
    }
}
