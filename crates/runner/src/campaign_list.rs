//! The list of campaigns as people look at it: searched, filtered, sorted, page by page.

use async_recursion::async_recursion as boxed;
use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;
use tutti_engine::campaign::CampaignState;
use tutti_model::catalog::Catalog;
use tutti_model::problem::{Problem, has_errors};
use tutti_model::view::{CampaignFilter, SortBy, Times, View, check_state};
use tutti_store::Campaign as Stored;

use crate::campaigns::{CampaignHead, attention, head_of, named};
use crate::documents::DocumentHead;
use crate::error::{Error, Result};
use crate::workspace::Workspace;

/// What is asked of the list.
#[derive(Clone, Debug, Default)]
pub struct CampaignsAsked {
    /// A view; what the filter says comes before what the view says.
    pub view: Option<String>,
    pub filter: CampaignFilter,
    pub offset: usize,
    /// Without it, all.
    pub limit: Option<usize>,
}

/// A part of the list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CampaignsPage {
    /// How many there are in all parts together.
    pub total: usize,
    pub campaigns: Vec<CampaignHead>,
}

/// What is known of a campaign without its runs.
struct Line {
    head: DocumentHead,
    life: Stored,
    next_us: Option<i64>,
}

impl Workspace {
    /// The campaigns that a filter leaves, in its order.
    #[boxed]
    pub async fn find_campaigns(&self, asked: &CampaignsAsked) -> Result<CampaignsPage> {
        let filter = self.whole_filter(asked).await?;
        let catalog = self.catalog().await?;
        let mut lines: Vec<Line> = self.lines().await?;
        let times = filter.check_times("", &self.moment_utc(), &mut Vec::new());
        lines.retain(|line| fits(line, &filter, &catalog, times));
        let of_runs = filter.attention || filter.sort == Some(SortBy::LastRun);
        if of_runs {
            let mut heads = self.heads(&catalog, lines).await?;
            heads.retain(|head| !filter.attention || head.attention.is_some());
            if filter.sort == Some(SortBy::LastRun) {
                let key = |head: &CampaignHead| head.last_run.as_ref().map(|run| run.started_at.clone());
                sort(&mut heads, filter.descending, key);
            } else {
                sort_heads(&mut heads, &filter);
            }
            let total = heads.len();
            return Ok(CampaignsPage { total, campaigns: page(heads, asked) });
        }
        sort_lines(&mut lines, &filter);
        let total = lines.len();
        Ok(CampaignsPage { total, campaigns: self.heads(&catalog, page(lines, asked)).await? })
    }

    async fn whole_filter(&self, asked: &CampaignsAsked) -> Result<CampaignFilter> {
        let own = &asked.filter;
        let mut problems = Vec::new();
        own.states.iter().for_each(|state| check_state(state, "/state", &mut problems));
        own.check_times("", &self.moment_utc(), &mut problems);
        if has_errors(&problems) {
            return Err(Error::Problems { what: "the campaigns cannot be listed".to_owned(), problems });
        }
        let Some(name) = &asked.view else { return Ok(own.clone()) };
        let body = self.get_document("view", name, None).await?;
        let mut rest = body.as_object().cloned().unwrap_or_default();
        rest.retain(|field, _| ["list", "filter"].contains(&field.as_str()));
        let mut problems: Vec<Problem> = Vec::new();
        let view = View::read(name, &serde_json::Value::Object(rest), &mut problems);
        let Some(view) = view.filter(|_| problems.is_empty()) else {
            return Err(Error::Problems { what: format!("the view `{name}` cannot be used"), problems });
        };
        let theirs = view.filter;
        let first = |own: &[String], theirs: Vec<String>| if own.is_empty() { theirs } else { own.to_vec() };
        Ok(CampaignFilter {
            search: own.search.clone().or(theirs.search),
            states: first(&own.states, theirs.states),
            tags: own.tags.iter().chain(&theirs.tags).cloned().collect(),
            folder: own.folder.clone().or(theirs.folder),
            channels: first(&own.channels, theirs.channels),
            dimensions: first(&own.dimensions, theirs.dimensions),
            created_since: own.created_since.clone().or(theirs.created_since),
            created_until: own.created_until.clone().or(theirs.created_until),
            updated_since: own.updated_since.clone().or(theirs.updated_since),
            updated_until: own.updated_until.clone().or(theirs.updated_until),
            attention: own.attention || theirs.attention,
            descending: if own.sort.is_some() { own.descending } else { theirs.descending },
            sort: own.sort.or(theirs.sort),
        })
    }

    async fn lines(&self) -> Result<Vec<Line>> {
        let stored = self.store.campaigns().list().await?;
        let mut stored: HashMap<String, Stored> = stored.into_iter().map(|row| (row.name.clone(), row)).collect();
        let planned = self.store.launches().planned().await?;
        // Soonest first, so the last that is put in is the soonest.
        let planned: HashMap<String, i64> =
            planned.into_iter().rev().map(|launch| (launch.launch.campaign, launch.launch.due_us)).collect();
        let heads = self.list_documents("campaign").await?;
        let line = |head: DocumentHead| Line {
            life: stored.remove(&head.name).unwrap_or_else(|| Stored::draft(&head.name)),
            next_us: planned.get(&head.name).copied(),
            head,
        };
        Ok(heads.into_iter().map(line).collect())
    }

    async fn heads(&self, catalog: &Catalog, lines: Vec<Line>) -> Result<Vec<CampaignHead>> {
        let mut newest = self.newest_runs().await?;
        let troubled = self.troubled_runs().await?;
        let drafts = self.drafted_campaigns().await?;
        let head = |line: Line| {
            let last_run = newest.remove(&line.head.name);
            let draft = drafts.contains(&line.head.name);
            let attention = attention(&line.life, troubled.get(&line.head.name));
            CampaignHead { draft, attention, ..head_of(catalog, line.head, line.life, line.next_us, last_run) }
        };
        Ok(lines.into_iter().map(head).collect())
    }
}

fn fits(line: &Line, filter: &CampaignFilter, catalog: &Catalog, times: Times) -> bool {
    let Line { head, life, .. } = line;
    let in_state = match filter.states.as_slice() {
        // The archive is what is out of the way.
        [] => life.state != CampaignState::Archived.as_str(),
        states => states.contains(&life.state),
    };
    let in_folder = filter.folder.as_deref().is_none_or(|wanted| {
        let folder = head.folder.as_deref().unwrap_or_default();
        let wanted = wanted.trim_end_matches('/');
        folder == wanted
            || (!wanted.is_empty() && folder.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('/')))
    });
    let texts = [Some(head.name.as_str()), head.label.as_deref(), head.description.as_deref()];
    let text = texts.into_iter().flatten().chain(head.tags.iter().map(String::as_str)).collect::<Vec<_>>().join(" ");
    let text = text.to_lowercase();
    let searched = filter.search.as_deref().unwrap_or_default().to_lowercase();
    in_state
        && in_folder
        && times.take(us(&head.created_at), us(&head.updated_at))
        && names_some(&head.name, filter, catalog)
        && filter.tags.iter().all(|tag| head.tags.contains(tag))
        && searched.split_whitespace().all(|word| text.contains(word))
}

/// A time of a head, UTC microseconds.
fn us(time: &str) -> i64 {
    time.parse::<Timestamp>().map_or(0, Timestamp::as_microsecond)
}

/// Whether a campaign sends by one of the channels that are asked for, and names one of the dimensions.
fn names_some(name: &str, filter: &CampaignFilter, catalog: &Catalog) -> bool {
    let Some(campaign) = catalog.campaigns.get(name) else { return true };
    let some = |setting: &str, asked: &[String], is_meant: &dyn Fn(&String) -> bool| {
        asked.is_empty() || named(campaign, setting).iter().any(is_meant)
    };
    let sends = |channel: &String| {
        let kind = catalog.channels.get(channel).map(|channel| channel.kind.as_str());
        filter.channels.iter().any(|asked| asked == channel || Some(asked.as_str()) == kind)
    };
    some("channel", &filter.channels, &sends)
        && some("dimension", &filter.dimensions, &|dimension: &String| filter.dimensions.contains(dimension))
}

fn sort_lines(lines: &mut [Line], filter: &CampaignFilter) {
    let down = filter.descending;
    match filter.sort.unwrap_or(SortBy::Name) {
        SortBy::Name | SortBy::LastRun => sort(lines, down, |line| Some(line.head.name.clone())),
        SortBy::Label => sort(lines, down, |line| Some(called(line.head.label.as_deref(), &line.head.name))),
        SortBy::State => sort(lines, down, |line| Some(line.life.state.clone())),
        SortBy::Folder => sort(lines, down, |line| line.head.folder.clone()),
        SortBy::Created => sort(lines, down, |line| Some(us(&line.head.created_at))),
        SortBy::Updated => sort(lines, down, |line| Some(us(&line.head.updated_at))),
        SortBy::NextLaunch => sort(lines, down, |line| line.next_us),
    }
}

fn sort_heads(heads: &mut [CampaignHead], filter: &CampaignFilter) {
    let down = filter.descending;
    match filter.sort.unwrap_or(SortBy::Name) {
        SortBy::Name | SortBy::LastRun => sort(heads, down, |head| Some(head.name.clone())),
        SortBy::Label => sort(heads, down, |head| Some(called(head.label.as_deref(), &head.name))),
        SortBy::State => sort(heads, down, |head| Some(head.state.clone())),
        SortBy::Folder => sort(heads, down, |head| head.folder.clone()),
        SortBy::Created => sort(heads, down, |head| Some(us(&head.created_at))),
        SortBy::Updated => sort(heads, down, |head| Some(us(&head.updated_at))),
        SortBy::NextLaunch => sort(heads, down, |head| head.next_launch_at.clone()),
    }
}

/// Sorts by a key; what has none comes last either way, and what is alike stays as it was.
fn sort<T, K: Ord>(items: &mut [T], descending: bool, key: impl Fn(&T) -> Option<K>) {
    items.sort_by(|one, other| match (key(one), key(other)) {
        (Some(one), Some(other)) if descending => other.cmp(&one),
        (Some(one), Some(other)) => one.cmp(&other),
        (one, other) => one.is_none().cmp(&other.is_none()),
    });
}

fn called(label: Option<&str>, name: &str) -> String {
    label.unwrap_or(name).to_lowercase()
}

fn page<T>(items: Vec<T>, asked: &CampaignsAsked) -> Vec<T> {
    items.into_iter().skip(asked.offset).take(asked.limit.unwrap_or(usize::MAX)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_of_views_are_those_of_campaigns() {
        let known: Vec<&str> = CampaignState::ALL.iter().map(|state| state.as_str()).collect();
        assert_eq!(known, tutti_model::view::STATES);
    }

    #[test]
    fn what_has_no_key_comes_last_either_way() {
        for (descending, expected) in [(false, [Some(1), Some(2), None]), (true, [Some(2), Some(1), None])] {
            let mut items = [None, Some(2), Some(1)];
            sort(&mut items, descending, |item| *item);
            assert_eq!(items, expected);
        }
    }
}
