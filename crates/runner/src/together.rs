//! All documents together: what they say wrongly of each other, in every version of a campaign that still does
//! something.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tutti_engine::campaign::CampaignState;
use tutti_model::bind;
use tutti_model::campaign::Campaign;
use tutti_model::catalog::Catalog;
use tutti_model::document::{Document, Spec};
use tutti_model::problem::{DocumentRef, Problem, Severity};
use tutti_store::{Campaign as Stored, OpenActivity};

use crate::error::Result;
use crate::life::state_of;
use crate::time::rfc3339;
use crate::workspace::Workspace;

/// What of campaigns does something besides their newest versions, and which campaigns do nothing any more.
#[derive(Debug, Default)]
pub(crate) struct Lives {
    /// Campaigns that are stopped or in the archive, with their states: what is wrong with them stops nobody.
    pub put_away: BTreeMap<String, String>,
    pub versions: Vec<Living>,
}

/// A version of a campaign that is not its newest.
#[derive(Debug)]
pub(crate) struct Living {
    pub campaign: Campaign,
    version: i64,
    does: Does,
}

/// What a version does.
#[derive(Debug)]
enum Does {
    /// Runs take it.
    InForce,
    /// Runs take it from a time on, UTC microseconds.
    TakesOver(i64),
    /// Runs go on with it, this one among them, in which these activities are still to come.
    Runs { run: String, live: bool, open: BTreeSet<String> },
}

/// Which campaigns get a new version, and how.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NewVersions<'a> {
    pub of: &'a [&'a str],
    /// They take over at a time; until then runs take the versions that they take now.
    pub later: bool,
}

impl Living {
    #[cfg(test)]
    pub fn in_force(campaign: Campaign, version: i64) -> Self {
        Self { campaign, version, does: Does::InForce }
    }

    /// Whether runs begin with it, or will.
    pub fn is_launched(&self) -> bool {
        !matches!(self.does, Does::Runs { .. })
    }

    /// The activities that are still to come in runs of the same kind with this version.
    fn activities_like(&mut self, other: &OpenActivity) -> Option<&mut BTreeSet<String>> {
        let same = self.version == other.version && self.campaign.name == other.campaign;
        match &mut self.does {
            Does::Runs { live, open, .. } if same && *live == other.live => Some(open),
            _ => None,
        }
    }

    /// A problem of this version as a problem of its campaign; `None` where it is about what is done already. What only a
    /// test needs stops nobody.
    fn told(&self, problem: Problem) -> Option<Problem> {
        let (version, name) = (self.version, &self.campaign.name);
        let (which, hint) = match &self.does {
            Does::InForce => (
                "which is in force".to_owned(),
                "let a version without it be in force first: apply the campaign without a time".to_owned(),
            ),
            Does::TakesOver(at_us) => (
                format!("which takes over at {}", rfc3339(*at_us)),
                "apply the campaign without a time, which gives this version up".to_owned(),
            ),
            Does::Runs { run, open, .. } => {
                if problem.activity.as_ref().is_some_and(|activity| !open.contains(activity)) {
                    return None;
                }
                (
                    format!("with which `{run}` goes on"),
                    format!(
                        "wait for its end, stop it, or let it take the newest version: `tutti resume {run} --edited`"
                    ),
                )
            }
        };
        let in_test = matches!(self.does, Does::Runs { live: false, .. });
        Some(Problem {
            message: format!("version {version}, {which}: {}", problem.message),
            severity: if in_test { Severity::Warning } else { problem.severity },
            hint: Some(hint),
            document: Some(DocumentRef { kind: "campaign".to_owned(), name: name.clone() }),
            // It leads into another text than the newest version's.
            pointer: String::new(),
            within: None,
            ..problem
        })
    }
}

impl Workspace {
    /// What campaigns do besides their newest versions, once some of them have new ones.
    pub(crate) async fn lives(&self, new: NewVersions<'_>) -> Result<Lives> {
        let heads = self.store.documents().head_versions("campaign").await?;
        let now_us = self.clock.now_us();
        // The newest version of what changes is one of the older ones from now on.
        let newest = |name: &str| heads.get(name).copied().filter(|_| !new.of.contains(&name));
        let mut lives = Lives::default();
        for stored in self.store.campaigns().list().await? {
            let Some(head) = heads.get(&stored.name).copied() else { continue };
            let state = state_of(&stored)?;
            if matches!(state, CampaignState::Stopped | CampaignState::Archived) {
                lives.put_away.insert(stored.name, stored.state);
                continue;
            }
            let given_up = new.of.contains(&stored.name.as_str()) && !new.later;
            if given_up || matches!(state, CampaignState::Draft | CampaignState::Publishing) {
                continue;
            }
            for (version, does) in versions_to_take(&stored, head, now_us) {
                if newest(&stored.name) != Some(version) {
                    let campaign = self.campaign_version(&stored.name, version).await?;
                    lives.versions.push(Living { campaign, version, does });
                }
            }
        }
        for open in self.store.runs().open_activities().await? {
            if !heads.contains_key(&open.campaign) || newest(&open.campaign) == Some(open.version) {
                continue;
            }
            let same = lives.versions.iter_mut().find_map(|living| living.activities_like(&open));
            match same {
                Some(activities) => {
                    activities.insert(open.activity);
                }
                None => {
                    let campaign = self.campaign_version(&open.campaign, open.version).await?;
                    let does = Does::Runs { run: open.run, live: open.live, open: [open.activity].into() };
                    lives.versions.push(Living { campaign, version: open.version, does });
                }
            }
        }
        Ok(lives)
    }

    /// Everything that documents, the newest version of each, say wrongly of each other.
    pub(crate) fn check_all(
        &self,
        documents: impl IntoIterator<Item = Document>,
        lives: &Lives,
    ) -> (Catalog, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut catalog = Catalog::build(documents, &mut problems);
        catalog.expressions = Some(self.expressions());
        let moment = self.moment_utc();
        for filter in catalog.filters.values() {
            let mut found = Vec::new();
            match catalog.dimension_table(&filter.dimension) {
                None => {
                    let message = format!("there is no dimension `{}`", filter.dimension);
                    found.push(
                        Problem::error("missing_dimension", "/dimension", message)
                            .did_you_mean(&filter.dimension, catalog.dimensions.keys().map(String::as_str)),
                    );
                }
                Some((_, table)) => {
                    bind::bind_filter(filter, &table.name, &catalog, &moment, &mut found);
                }
            }
            let document = DocumentRef { kind: "filter".to_owned(), name: filter.name.clone() };
            problems.extend(found.into_iter().map(|problem| Problem { document: Some(document.clone()), ..problem }));
        }
        for content in catalog.contents.values() {
            // A content that is being written is checked as a whole, this with it.
            if let Err(problem) = content.expanded(&catalog.fragments) {
                let document = DocumentRef { kind: "content".to_owned(), name: content.name.clone() };
                problems.push(Problem { document: Some(document), ..problem });
            }
        }
        let goes = |campaign: &&Arc<Campaign>| !lives.put_away.contains_key(&campaign.name);
        for campaign in catalog.campaigns.values().filter(goes) {
            let document = DocumentRef { kind: "campaign".to_owned(), name: campaign.name.clone() };
            let found = tutti_activities::validate_campaign(campaign, &catalog, &moment);
            problems.extend(found.into_iter().map(|problem| Problem { document: Some(document.clone()), ..problem }));
        }
        problems.extend(crate::chains::check(&catalog, lives, &moment));
        problems.extend(crate::simulation::check(&catalog));
        problems.retain(|problem| !lives.is_put_away(problem));
        (catalog, problems)
    }

    /// What makes a change wrong for versions of campaigns that nobody changes: those that still do something, and, as
    /// warnings, what is put away. What was wrong with them before is no news.
    pub(crate) async fn check_lives(&self, catalog: &Catalog, lives: &Lives) -> Result<Vec<Problem>> {
        let mut problems = self.problems_of_lives(catalog, lives);
        if !problems.is_empty() {
            let before = self.problems_of_lives(&*self.catalog().await?, lives);
            let before: BTreeSet<String> = before.iter().map(identity).collect();
            problems.retain(|problem| !before.contains(&identity(problem)));
        }
        Ok(problems)
    }

    fn problems_of_lives(&self, catalog: &Catalog, lives: &Lives) -> Vec<Problem> {
        let moment = self.moment_utc();
        let errors = |campaign: &Campaign| {
            let found = tutti_activities::validate_campaign(campaign, catalog, &moment);
            found.into_iter().filter(Problem::is_error)
        };
        let mut problems: Vec<Problem> = lives
            .versions
            .iter()
            .flat_map(|living| errors(&living.campaign).filter_map(move |problem| living.told(problem)))
            .collect();
        for (name, state) in &lives.put_away {
            let Some(campaign) = catalog.campaigns.get(name) else { continue };
            problems.extend(errors(campaign).map(|problem| Problem {
                message: format!("the campaign is {state} and could not run again: {}", problem.message),
                severity: Severity::Warning,
                ..problem
            }));
        }
        problems
    }

    /// What was wrong before a change, and is no news.
    pub(crate) async fn known_problems(&self) -> Result<BTreeSet<String>> {
        let lives = self.lives(NewVersions::default()).await?;
        let (_, problems) = self.check_all(self.stored_documents().await?, &lives);
        Ok(problems.iter().map(identity).collect())
    }
}

impl Lives {
    /// Whether a problem is about a campaign that is put away.
    fn is_put_away(&self, problem: &Problem) -> bool {
        let about = problem.document.as_ref().filter(|document| document.kind == "campaign");
        about.is_some_and(|document| self.put_away.contains_key(&document.name))
    }
}

/// The versions that runs of a campaign take, now and later.
fn versions_to_take(stored: &Stored, head: i64, now_us: i64) -> Vec<(i64, Does)> {
    let in_force = (stored.version_at(now_us).unwrap_or(head), Does::InForce);
    let later = stored.take_overs.iter().filter(|take_over| take_over.at_us > now_us);
    let later = later.map(|take_over| (take_over.version, Does::TakesOver(take_over.at_us)));
    std::iter::once(in_force).chain(later).collect()
}

/// The names of the campaigns among `given` that change.
pub(crate) fn changed_campaigns<'a>(given: &'a [Document], stored: &[Document]) -> Vec<&'a str> {
    let campaigns = given.iter().filter(|document| matches!(document.spec, Spec::Campaign(_)));
    let same = |document: &Document| {
        let mut before = stored.iter().filter(|stored| stored.kind == document.kind && stored.name == document.name);
        before.any(|stored| stored.body == document.body)
    };
    campaigns.filter(|document| !same(document)).map(|document| document.name.as_str()).collect()
}

/// What tells a problem from others, wherever it stands.
pub(crate) fn identity(problem: &Problem) -> String {
    format!(
        "{:?} {:?} {} {} {}",
        problem.severity == Severity::Error,
        problem.document,
        problem.code,
        problem.pointer,
        problem.message
    )
}
