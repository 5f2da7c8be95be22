//! What a rule is asked of, as its setting says: which documents, which moment, and of a rule on a canvas the rows that
//! arrive at its activity and the populations before it, as a run has them.

use async_recursion::async_recursion as boxed;
use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tutti_activities::{Earlier, Fact, RuleRows, RuleSubject, populations_asked, port_names};
use tutti_model::bind::{self, Predicate, Scope};
use tutti_model::builtin::{FILE_DIMENSION, FILE_TABLE};
use tutti_model::campaign::{ActivityNode, Campaign};
use tutti_model::catalog::Catalog;
use tutti_model::date_math::Moment;
use tutti_model::problem::Problem;
use tutti_model::rule::Rule;
use tutti_model::table::Column;
use tutti_query::{Planner, Providers, population_source};
use tutti_store::{Run, Task};

use crate::error::{Class, Error, Result};
use crate::execute::{RunContext, Written};
use crate::questions::RULE;
use crate::setting::{DRY, Setting, unanswered};
use crate::shown::Reading;
use crate::time::rfc3339;
use crate::variables::Results;
use crate::workspace::Workspace;

/// What a rule asks for is known in a run only.
pub(crate) const NEEDS_A_RUN: &str = "needs_a_run";

/// How many of the last runs are looked at for one that has what a rule asks for.
const RUNS_LOOKED_AT: u64 = 20;

/// What a rule is asked of.
pub(crate) struct Situation {
    pub catalog: Arc<Catalog>,
    pub moment: Moment,
    /// The table whose rows the rule is about.
    pub table: String,
    /// Of these rows only those of a population, as `activity.port`.
    pub population: Option<String>,
    /// The columns that they carry besides those of the table.
    pub added: Vec<Column>,
    /// The rows of populations.
    pub populations: Providers,
    /// Whose populations they are.
    pub run: Option<AskedRun>,
    /// Where they lie, if only for the question.
    _scratch: Option<Scratch>,
}

/// The run in which a rule was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedRun {
    /// Its id; `dry` where its populations were worked out for the question.
    pub run: String,
    pub started_at: String,
}

/// Where on a canvas a rule stands.
struct Place {
    campaign: Arc<Campaign>,
    node: ActivityNode,
    /// The activity and the port from which the rows arrive that the rule is about, where it is about such rows.
    from: Option<(String, String)>,
    /// The rule is about rows that arrive, and nothing does.
    unreached: bool,
    /// Without what only a run knows.
    plain: Moment,
}

/// A rule with what is known of it before any run.
struct Asked<'a> {
    rule: &'a Rule,
    setting: &'a Setting,
    now: Timestamp,
    outline: &'a Situation,
    place: &'a Place,
}

/// What a run has on record.
struct Record<'a> {
    run: &'a Run,
    /// The campaign as the run knows it.
    campaign: &'a Campaign,
    tasks: &'a [Task],
    written: &'a [Written],
}

/// Populations of a rehearsal, which go with the question that they were worked out for.
struct Scratch {
    lake: tutti_lake::Lake,
    run: String,
}

impl Situation {
    /// All rows of a table.
    fn of_table(catalog: Arc<Catalog>, moment: Moment, table: String) -> Self {
        Self {
            catalog,
            moment,
            table,
            population: None,
            added: Vec::new(),
            populations: Providers::new(),
            run: None,
            _scratch: None,
        }
    }

    pub fn scope(&self) -> Scope<'_> {
        Scope { table: &self.table, added: &self.added }
    }

    /// What a rule means here.
    pub fn bind(&self, rule: &Rule, pointer: &str) -> Result<Predicate> {
        let mut problems = Vec::new();
        let predicate = bind::bind(rule, self.scope(), &self.catalog, &self.moment, pointer, &mut problems);
        predicate.ok_or_else(|| Error::Problems { what: "the rule cannot be used".to_owned(), problems })
    }

    /// What fields and expressions mean here.
    pub fn reading(&self) -> Reading<'_> {
        Reading { catalog: &self.catalog, scope: self.scope(), moment: &self.moment }
    }

    /// What to know of the populations where the rule is said as SQL.
    pub fn notes(&self) -> Vec<String> {
        let Some(AskedRun { run, .. }) = &self.run else { return Vec::new() };
        let sources: BTreeSet<&String> = self.populations.keys().collect();
        let note = |source| format!("`{source}` has rows of the run `{run}`, which no other database has");
        sources.into_iter().map(note).collect()
    }

    /// Makes plans over the rows that the rule is about; `tables` have those of all populations, too.
    pub fn planner<'p>(&'p self, tables: &'p Providers) -> Planner<'p> {
        let planner = Planner::new(&self.catalog, tables);
        match &self.population {
            Some(population) => planner.about(population, &self.added),
            None => planner,
        }
    }
}

impl Workspace {
    /// What a rule over a dimension is asked of at a time. Where it asks for what only a run knows, its setting has to
    /// name one.
    #[boxed]
    pub(crate) async fn situation(
        &self,
        dimension: &str,
        rule: &Rule,
        setting: &Setting,
        now: Timestamp,
    ) -> Result<Situation> {
        let (outline, place) = self.outlined(dimension, setting, now).await?;
        let Some(place) = place else { return Ok(outline) };
        outline.bind(rule, RULE)?;
        if place.unreached {
            let message =
                format!("nothing leads to `{}`, so there are no rows that its rules are about", place.node.id);
            return Err(Error::refused_with("unreached", message, "connect it with the activity before it"));
        }
        let asked = Asked { rule, setting, now, outline: &outline, place: &place };
        if let Some(run) = setting.own_run() {
            let run = self.find_whole_run(run).await?;
            if run.campaign != place.campaign.name {
                let (own, other) = (&run.campaign, &place.campaign.name);
                let message = format!("`{}` is a run of `{own}`, and not of `{other}`", run.id);
                return Err(unanswered(Problem::error("other_campaign", "/run", message)));
            }
            return self.in_run(&run, &asked).await;
        }
        if !asked.needs_a_run() {
            return Ok(outline);
        }
        match setting.run.as_deref() {
            Some(DRY) => self.in_rehearsal(&asked).await,
            Some(_) => self.in_last_run(&asked).await?.ok_or_else(|| asked.no_run()),
            None => match self.in_last_run(&asked).await?.and_then(|found| found.run) {
                Some(last) => Err(asked.unnamed_run(&last)),
                None => Err(asked.no_run()),
            },
        }
    }

    /// What is known before any run: enough to check a rule, but not to ask it where it is about what a run has.
    pub(crate) async fn outline(&self, dimension: &str, setting: &Setting) -> Result<Situation> {
        Ok(self.outlined(dimension, setting, self.clock.now()).await?.0)
    }

    async fn outlined(&self, dimension: &str, setting: &Setting, now: Timestamp) -> Result<(Situation, Option<Place>)> {
        setting.check_place()?;
        let Some((campaign, catalog)) = self.documents_of(setting).await? else {
            let catalog = self.catalog().await?;
            let table = self.table_of(&catalog, dimension)?;
            let moment = self.settled(setting, Moment { now, ..self.moment_utc() })?;
            return Ok((Situation::of_table(catalog, moment, table), None));
        };
        let mut own = crate::worker::moment_of(&campaign, now);
        own.variables = crate::variables::resolve(&campaign, &Map::new(), "dry", &own)?;
        let plain = self.settled(setting, own)?;
        let of_file = setting.activity.is_some() && dimension == FILE_DIMENSION;
        let table = if of_file { FILE_TABLE.to_owned() } else { self.table_of(&catalog, dimension)? };
        let mut outline = Situation::of_table(catalog, plain.clone(), table);
        let Some(activity) = &setting.activity else { return Ok((outline, None)) };
        let Some(node) = campaign.canvas.activity(activity).cloned() else {
            let known = campaign.canvas.activities.iter().map(|node| node.id.as_str());
            return Err(Error::not_found("activity", activity, known));
        };
        let subject = RuleSubject::of(&node, &campaign, &outline.catalog, &plain);
        let unreached = subject.rows == RuleRows::Nothing;
        let mut from = None;
        if let RuleRows::Arriving { from: activity, port, shape } = subject.rows {
            let arrives = shape.as_ref().map_or(dimension, |shape| shape.dimension.as_str());
            if arrives == dimension {
                outline.population = Some(format!("{activity}.{port}"));
                outline.added = shape.map(|shape| shape.added).unwrap_or_default();
                from = Some((activity, port));
            } else if node.settings.get("dimension").and_then(Value::as_str) != Some(dimension) {
                return Err(wrong_dimension(&node, arrives, dimension));
            }
        }
        if of_file && from.is_none() {
            self.table_of(&outline.catalog, dimension)?;
        }
        outline.moment.populations = subject.populations;
        for (name, variable) in subject.variables.0 {
            outline.moment.variables.0.entry(name).or_insert(variable);
        }
        Ok((outline, Some(Place { campaign, node, from, unreached, plain })))
    }

    /// The campaign that a setting is about, and all documents with it.
    async fn documents_of(&self, setting: &Setting) -> Result<Option<(Arc<Campaign>, Arc<Catalog>)>> {
        let Some(name) = &setting.campaign else {
            // A run says whose it is.
            let Some(run) = setting.own_run() else { return Ok(None) };
            let run = self.find_whole_run(run).await?;
            let campaign = self.campaign_version(&run.campaign, run.campaign_version).await?;
            return Ok(Some((Arc::new(campaign), self.catalog().await?)));
        };
        if setting.draft && self.store.drafts().get("campaign", name).await?.is_some() {
            let (campaign, catalog) = self.drafted(name).await?;
            return Ok(Some((campaign, Arc::new(catalog))));
        }
        let (campaign, _) = self.find_campaign(name).await?;
        Ok(Some((campaign, self.catalog().await?)))
    }

    /// The newest run that has what the rule asks for.
    async fn in_last_run(&self, asked: &Asked<'_>) -> Result<Option<Situation>> {
        let campaign = &asked.place.campaign.name;
        for run in self.store.runs().list(Some(campaign), RUNS_LOOKED_AT, 0).await? {
            if run.purged_us.is_some() {
                continue;
            }
            match self.in_run(&run, asked).await {
                Ok(found) => return Ok(Some(found)),
                // Populations go when activities are done anew.
                Err(error) if error.code() == NEEDS_A_RUN || error.class() == Class::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// What the rule is asked of in a run.
    async fn in_run(&self, run: &Run, asked: &Asked<'_>) -> Result<Situation> {
        let campaign = self.campaign_version(&run.campaign, run.campaign_version).await?;
        let tasks = self.store.tasks().list(&run.id).await?;
        let written = self.written(&run.id).await?;
        let record = Record { run, campaign: &campaign, tasks: &tasks, written: &written };
        for (activity, port) in asked.needed() {
            record.check(&activity, port.as_deref())?;
        }
        let mut moment = crate::worker::moment_of(&asked.place.campaign, asked.now);
        moment.variables = crate::variables::of_run(&asked.place.campaign, &run.variables, &moment);
        let context = RunContext {
            campaign: Arc::clone(&asked.place.campaign),
            catalog: Arc::clone(&asked.outline.catalog),
            moment,
            ..self.run_context(&run.id).await?
        };
        let mut found = self.with_rows(&context, &written, &self.results(&run.id).await?, asked)?;
        found.run = Some(AskedRun { run: run.id.clone(), started_at: rfc3339(run.started_us) });
        Ok(found)
    }

    /// The same with what a run would have now.
    async fn in_rehearsal(&self, asked: &Asked<'_>) -> Result<Situation> {
        let Asked { setting, outline, place, .. } = asked;
        let declared = place.campaign.declared_variables();
        let given = setting.variables.0.iter().filter(|(name, _)| declared.get(name).is_some());
        let given: Map<String, Value> =
            given.map(|(name, given)| (name.clone(), given.value.clone().unwrap_or_default())).collect();
        let context = self.dry_context(Arc::clone(&place.campaign), Arc::clone(&outline.catalog), &given)?;
        let scratch = Scratch { lake: self.lake.clone(), run: context.run.clone() };
        let so_far = self.rehearse_before(&context, &place.node).await?;
        let mut found = self.with_rows(&context, &so_far.written, &so_far.results, asked)?;
        found.run = Some(AskedRun { run: DRY.to_owned(), started_at: context.started.to_string() });
        found._scratch = Some(scratch);
        Ok(found)
    }

    /// What is known before any run, with what a run has.
    fn with_rows(
        &self,
        context: &RunContext,
        written: &[Written],
        results: &Results,
        asked: &Asked<'_>,
    ) -> Result<Situation> {
        let Asked { rule, setting, outline, place, .. } = asked;
        let arrived = Self::arrivals(context, &place.node, written);
        let context = context.at(&place.node, &arrived, written, results);
        let mut moment = self.settled(setting, context.moment.clone())?;
        moment.populations.clone_from(&outline.moment.populations);
        let mut found = Situation::of_table(Arc::clone(&outline.catalog), moment, outline.table.clone());
        let changed = || lacking(format!("in the run `{}` other rows arrived than the canvas has now", context.run));
        if let (Some((activity, port)), Some(population)) = (&place.from, &outline.population) {
            let of = |written: &&Written| written.activity == *activity && written.port == *port;
            let rows = arrived.iter().find(of).ok_or_else(changed)?;
            let table = context.catalog.dimension_table(&rows.dimension).map(|(_, table)| table);
            if table.is_none_or(|table| table.name != found.table) {
                return Err(changed());
            }
            found.added.clone_from(&rows.at.added);
            found.populations.insert(population_source(population), self.input(&context, rows)?.rows);
            found.population = Some(population.clone());
        }
        for (activity, port) in populations_asked(&rule.0) {
            let population = format!("{activity}.{port}");
            let Some(table) = found.moment.populations.get(&population) else { continue };
            let rows = self.members(&context, &population, table, written)?;
            found.populations.insert(population_source(&population), rows);
        }
        match found.bind(rule, RULE) {
            Ok(_) => Ok(found),
            // It could be bound on the canvas as it is now.
            Err(_) => Err(changed()),
        }
    }
}

impl Asked<'_> {
    /// Whether the rule is about what only a run knows.
    fn needs_a_run(&self) -> bool {
        let Situation { catalog, table, population, .. } = self.outline;
        let plain = || bind::bind(self.rule, Scope::table(table), catalog, &self.place.plain, "", &mut Vec::new());
        population.is_some() || plain().is_none()
    }

    /// What a run has to know: what left activities by a port, or without a port what came of them.
    fn needed(&self) -> BTreeSet<(String, Option<String>)> {
        let asked = populations_asked(&self.rule.0);
        let ports = self.place.from.iter().cloned().chain(asked).map(|(activity, port)| (activity, Some(port)));
        let text = self.rule.0.to_string();
        let facts = Earlier::new(&self.place.campaign.canvas).facts(&self.place.node.id);
        let named = facts.into_iter().filter(|(name, _)| text.contains(name.as_str())).map(|(_, fact)| match fact {
            Fact::Rows { activity, port } => (activity.to_owned(), Some(port)),
            Fact::Result { activity, .. } => (activity.to_owned(), None),
        });
        ports.chain(named).collect()
    }

    fn unnamed_run(&self, last: &AskedRun) -> Error {
        let message =
            format!("the rule is about what arrives at `{}` in a run, and no run is named", self.place.node.id);
        let hint =
            format!("name one with `run` (`--run` in a shell), as `{}` or `last`; `dry` works it out now", last.run);
        Error::refused_with(NEEDS_A_RUN, message, hint)
    }

    fn no_run(&self) -> Error {
        let Place { campaign, node, .. } = self.place;
        let message = format!("no run of `{}` has yet what the rule at `{}` asks for", campaign.name, node.id);
        Error::refused_with(NEEDS_A_RUN, message, "run the campaign, or name the run `dry`, which works it out now")
    }
}

impl Record<'_> {
    /// Looks whether the run knows what left an activity by a port, or without a port what came of it.
    fn check(&self, activity: &str, port: Option<&str>) -> Result<()> {
        let run = &self.run.id;
        let is = |written: &Written| written.activity == activity && port.is_none_or(|port| written.port == port);
        if self.written.iter().any(is) {
            return Ok(());
        }
        let Some(task) = self.tasks.iter().find(|task| task.activity == activity) else {
            return Err(lacking(format!("the run `{run}` has no activity `{activity}`")));
        };
        if !self.is_settled(task) {
            return Err(lacking(format!("the run `{run}` has not done `{activity}`")));
        }
        let node = self.campaign.canvas.activity(activity);
        let ports = node.map(|node| port_names(&self.campaign.canvas, node)).unwrap_or_default();
        match port.filter(|port| !ports.iter().any(|known| known == port)) {
            Some(port) => Err(lacking(format!("in the run `{run}` nothing leaves `{activity}` by `{port}`"))),
            // The branch was skipped, so that nobody is there.
            None => Ok(()),
        }
    }

    /// Whether nothing more comes of a task that left no rows.
    fn is_settled(&self, task: &Task) -> bool {
        // What a run gives up that ends early is skipped at that very moment.
        let given_up = self.run.state != "completed" && task.finished_us == self.run.finished_us;
        match task.state.as_str() {
            "completed" => true,
            "skipped" => !given_up,
            "failed" => task.closed_ports.is_some(),
            _ => false,
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let (lake, run) = (self.lake.clone(), std::mem::take(&mut self.run));
        // A question may be given up at any point, and nobody waits for its populations to go.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = lake.delete_populations(&run).await {
                    tracing::warn!(run, error = crate::error::chain(&error), "populations of a question stay");
                }
            });
        }
    }
}

fn lacking(message: String) -> Error {
    Error::refused_with(NEEDS_A_RUN, message, "name another run, or `dry`, which works it out now")
}

fn wrong_dimension(node: &ActivityNode, arrives: &str, dimension: &str) -> Error {
    let what = if arrives == FILE_DIMENSION { "lines of a file".to_owned() } else { format!("rows of `{arrives}`") };
    let message = format!("{what} arrive at `{}`, and the question is about `{dimension}`", node.id);
    unanswered(Problem::error("wrong_dimension", "/dimension", message))
}
