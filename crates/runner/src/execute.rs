//! Doing what an activity decided: its populations are written, and nothing else. Doing it twice writes the same rows
//! to the same place.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
pub(crate) use tutti_activities::told::thousands;
use tutti_activities::{Activity, Finding, Input, Mark, Passed, Step, StepContext, Told, port_names, registry};
use tutti_lake::PopulationPath;
use tutti_model::campaign::{ActivityNode, Campaign, Canvas, ERROR};
use tutti_model::catalog::Catalog;
use tutti_model::date_math::Moment;
use tutti_model::table::Column;
use tutti_query::datafusion::arrow::array::AsArray;
use tutti_query::datafusion::arrow::datatypes::Int64Type;
use tutti_query::datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use tutti_query::datafusion::datasource::MemTable;
use tutti_query::datafusion::logical_expr::LogicalPlan;
use tutti_query::{Planner, functions, schema_of};

use crate::claims::Claim;
use crate::control::Control;
use crate::error::{Error, Result};
use crate::workspace::Workspace;

/// What stays the same during one run.
#[derive(Clone)]
pub(crate) struct RunContext {
    pub run: String,
    /// `live` or `test`.
    pub mode: String,
    pub seed: u64,
    pub campaign: Arc<Campaign>,
    pub catalog: Arc<Catalog>,
    pub moment: Moment,
    /// When the run started: unlike the moment, the same when an activity is tried again.
    pub started: jiff::Timestamp,
    /// Where the server is reached from outside.
    pub public_url: String,
    /// Under which it is worked at; none where nobody records what comes of it.
    pub claim: Option<Claim>,
}

/// A population that was written, or one that an activity passed on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Written {
    pub activity: String,
    pub port: String,
    pub dimension: String,
    pub rows: u64,
    pub at: Location,
}

/// Where the rows of a population lie, and what they have besides the key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Location {
    /// The activity and port that wrote the file; another's where rows were passed on.
    pub activity: String,
    pub port: String,
    pub added: Vec<Column>,
}

/// What came of an activity's own part.
pub(crate) struct Executed {
    pub populations: Vec<Written>,
    /// The versions of the tables that were read.
    pub versions: BTreeMap<String, i64>,
    /// Set for a channel activity: what it is to deliver, and to whom.
    pub deliver: Option<(Box<tutti_activities::email::Settings>, Written)>,
    /// Set for a control: what it does besides.
    pub control: Option<Control>,
    /// The ports that may be left by.
    pub ports: Vec<String>,
    /// What else came of it, by name.
    pub results: Map<String, Value>,
    /// Whether the branch ends here because nobody is in it.
    pub stop_branch: bool,
    /// Ports that nothing passes because nobody is there and the settings skip them then.
    pub empty_ports: Vec<String>,
    pub note: String,
    /// How the activity's mark moves once the task is completed.
    pub mark: Option<tutti_store::NewMark>,
}

impl Workspace {
    /// Runs one activity on what arrived; its rules may ask for what was `written` before.
    pub(crate) async fn execute(
        &self,
        context: &RunContext,
        node: &ActivityNode,
        arrived: &[Written],
        written: &[Written],
    ) -> Result<Executed> {
        let (mut providers, versions) = self.lake.snapshots(context.catalog.stored_tables()).await?;
        let (moment, populations) = self.memberships(context, node, written)?;
        providers.extend(populations);
        let mut inputs = Vec::with_capacity(arrived.len());
        for written in arrived {
            inputs.push(self.input(context, written)?);
        }
        let kind = registry::find(&node.kind).ok_or_else(|| {
            Error::refused("unknown_activity", format!("there is no activity type `{}` in this version", node.kind))
        })?;
        let mark = self.mark(context, node).await?;
        let since = mark.latest.map(|latest| json!(latest.to_string()));
        // The planner borrows, so everything that needs it is planned before anything is awaited.
        let (step, findings, mark) = {
            let planner = Planner::new(&context.catalog, &providers);
            let step = step_context(context, node, &moment, &planner, &inputs, mark);
            let (settings, findings) = (&node.settings, kind.findings(&node.settings, &step)?);
            (kind.step(settings, &step)?, findings, kind.mark(settings, &step)?)
        };
        let told = self.tell(node, findings).await?;
        let used = used_tables(&step);
        let versions: BTreeMap<String, i64> = versions.into_iter().filter(|(name, _)| used.contains(name)).collect();
        let (mut deliver, mut control, mut routed, mut effect_note) = (None, None, None, None);
        let populations = match step {
            Step::Populations(outputs) => {
                let mut written = Vec::with_capacity(outputs.len());
                for output in outputs {
                    let path = population_path(&context.run, &node.id, &output.port);
                    let rows = self.session.stream(output.plan).await?;
                    let info = self.put_population(context, &path, rows).await?;
                    self.reach("write a population").await;
                    let dimension = kind.output_dimension(
                        &node.settings,
                        &output.port,
                        of_arrived(kind, node, arrived),
                        &context.catalog,
                    );
                    written.push(Written::new(node, &output.port, &dimension, info.rows, output.added));
                }
                written
            }
            Step::Routed { plan, ports, added } => {
                let dimension = |port: &str| {
                    kind.output_dimension(&node.settings, port, of_arrived(kind, node, arrived), &context.catalog)
                };
                let names: Vec<&str> = ports.iter().map(String::as_str).collect();
                let rows = self.session.stream(plan).await?;
                let infos = self.put_populations(context, &node.id, &names, rows).await?;
                self.reach("write a population").await;
                let written = ports.iter().zip(infos);
                written
                    .map(|(port, info)| Written::new(node, port, &dimension(port), info.rows, added.clone()))
                    .collect()
            }
            Step::PassThrough => pass_through(context, node, arrived.first()),
            Step::Route { input, ports, note } => {
                let mut passed = pass_through(context, node, input.and_then(|input| arrived.get(input)));
                passed.retain(|written| ports.contains(&written.port));
                routed = Some((ports, note));
                passed
            }
            Step::Wait(due) => {
                control = Some(Control::Wait(due));
                pass_through(context, node, arrived.first())
            }
            Step::Ask(question) => {
                control = Some(Control::Ask(question));
                pass_through(context, node, arrived.first())
            }
            Step::Alert(notice) => {
                control = Some(Control::Alert(notice));
                pass_through(context, node, arrived.first())
            }
            Step::Signal(signals) => {
                control = Some(Control::Signal(signals));
                Vec::new()
            }
            Step::Deliver(settings) => {
                let passed = pass_through(context, node, arrived.first());
                let arrived = arrived.first().cloned();
                deliver = arrived.map(|arrived| (settings, arrived));
                passed
            }
            Step::Effect(effect) => {
                let done = self.carry_out(context, node, arrived, *effect, &versions).await?;
                effect_note = Some(done.note);
                done.populations
            }
            Step::End => Vec::new(),
        };
        let ports = ports_of(&context.campaign.canvas, node);
        let (chosen, said) = routed.unzip();
        let closed = |port: &&String| chosen.as_ref().is_some_and(|chosen| !chosen.contains(*port));
        let not_chosen: Vec<String> = ports.iter().filter(closed).cloned().collect();
        let empty_ports: Vec<String> = populations
            .iter()
            .filter(|written| written.rows == 0 && kind.stops_when_empty(&node.settings, &written.port))
            .map(|written| written.port.clone())
            .collect();
        let stop_branch = !populations.is_empty() && empty_ports.len() == populations.len();
        let empty_ports = empty_ports.into_iter().chain(not_chosen).collect();
        let note =
            effect_note.unwrap_or_else(|| kind.tell(&node.settings, &told_of(kind, node, arrived, &populations)));
        let note = said.flatten().map_or(note.clone(), |said| format!("{said}; {note}"));
        let note = std::iter::once(note).chain(told).collect::<Vec<_>>().join("; ");
        let mark = self.new_mark(context, node, mark, &populations).await?;
        let results: Map<String, Value> = since.into_iter().map(|since| ("since".to_owned(), since)).collect();
        Ok(Executed { populations, versions, deliver, control, ports, results, stop_branch, empty_ports, note, mark })
    }

    /// What an activity found beside its rows, in words; what it refuses is an error.
    async fn tell(&self, node: &ActivityNode, findings: Vec<Finding>) -> Result<Vec<String>> {
        let mut told = Vec::new();
        for finding in findings {
            let batches = self.session.collect(finding.count).await?;
            let number = batches.iter().find(|batch| batch.num_rows() > 0).map(|batch| batch.column(0));
            let number = number.map_or(0, |column| column.as_primitive::<Int64Type>().value(0));
            if number == 0 {
                continue;
            }
            let words = finding.words.replace("{n}", &thousands(number.unsigned_abs()));
            if finding.refuse {
                return Err(Error::Unmet {
                    code: "not_one_row",
                    message: format!("`{}` was not done: {words}", node.id),
                    hint: "`on_multiple: first` takes the first of them; `tutti preview` shows them".to_owned(),
                });
            }
            told.push(words);
        }
        Ok(told)
    }

    /// What arrives at an activity, in the order of the transitions. A branch that was skipped brings nobody.
    pub(crate) fn arrivals(context: &RunContext, node: &ActivityNode, written: &[Written]) -> Vec<Written> {
        let found: Vec<(&tutti_model::campaign::Transition, Option<&Written>)> = context
            .campaign
            .canvas
            .inbound(&node.id)
            .map(|transition| {
                let population = written
                    .iter()
                    .find(|written| written.activity == transition.from && written.port == transition.port);
                (transition, population)
            })
            .collect();
        // Nobody still has the columns that the skipped activity would have given.
        let skipped = found.iter().any(|(_, written)| written.is_none());
        let shapes = if skipped {
            tutti_activities::validate(&context.campaign, &context.catalog, &context.moment).shapes
        } else {
            HashMap::new()
        };
        let shape = |from: &str, port: &str| shapes.get(from).and_then(|shapes| shapes.get(port));
        let any = found.iter().find_map(|(_, written)| written.map(|written| written.dimension.clone()));
        found
            .into_iter()
            .filter_map(|(transition, written)| {
                let nobody = || {
                    let shape = shape(&transition.from, &transition.port);
                    let dimension = shape.map(|shape| shape.dimension.clone()).or_else(|| any.clone())?;
                    let added = shape.map(|shape| shape.added.clone()).unwrap_or_default();
                    Some(Written::nobody(&transition.from, &transition.port, dimension, added))
                };
                written.cloned().or_else(nobody)
            })
            .collect()
    }

    pub(crate) fn input(&self, context: &RunContext, written: &Written) -> Result<Input> {
        let rows = match written.at.activity.as_str() {
            "" => {
                let table = context.catalog.dimension_table(&written.dimension).map(|(_, table)| table);
                let keys = table.map(|table| table.key_columns()).unwrap_or_default();
                let columns: Vec<Column> = keys.into_iter().chain(&written.at.added).cloned().collect();
                let table = MemTable::try_new(schema_of(&columns), vec![vec![]]).map_err(tutti_query::Error::from)?;
                Arc::new(table)
            }
            activity => {
                let path = population_path(&context.run, activity, &written.at.port);
                let found = self.lake.population(&path)?;
                found.map(|(provider, _)| provider).ok_or_else(|| missing_population(&path))?
            }
        };
        Ok(Input {
            from: written.activity.clone(),
            port: written.port.clone(),
            dimension: written.dimension.clone(),
            rows,
            added: written.at.added.clone(),
        })
    }
}

impl Written {
    pub(crate) fn new(node: &ActivityNode, port: &str, dimension: &str, rows: u64, added: Vec<Column>) -> Self {
        Self {
            activity: node.id.clone(),
            port: port.to_owned(),
            dimension: dimension.to_owned(),
            rows,
            at: Location { activity: node.id.clone(), port: port.to_owned(), added },
        }
    }

    /// An empty population that no file holds.
    pub fn nobody(activity: &str, port: &str, dimension: String, added: Vec<Column>) -> Self {
        let at = Location { activity: String::new(), port: String::new(), added };
        Self { activity: activity.to_owned(), port: port.to_owned(), dimension, rows: 0, at }
    }

    /// Whether it is empty and no file holds it.
    pub fn is_nobody(&self) -> bool {
        self.at.activity.is_empty()
    }

    /// What leaves by the port of errors: what arrived, or nobody of the dimension that would have been taken.
    pub fn left_by_error(node: &ActivityNode, arrived: &[Written]) -> Option<Self> {
        match arrived.first() {
            Some(arrived) => Some(Written { activity: node.id.clone(), port: ERROR.to_owned(), ..arrived.clone() }),
            None => {
                let dimension = node.settings.get("dimension").and_then(Value::as_str)?;
                Some(Self::nobody(&node.id, ERROR, dimension.to_owned(), Vec::new()))
            }
        }
    }

    /// As the state keeps it.
    pub fn to_stored(&self) -> tutti_store::Population {
        tutti_store::Population {
            activity: self.activity.clone(),
            port: self.port.clone(),
            rows: i64::try_from(self.rows).unwrap_or(i64::MAX),
            columns: json!(self.at),
            dimension: Some(self.dimension.clone()),
        }
    }

    pub fn from_stored(stored: tutti_store::Population) -> Option<Self> {
        Some(Self {
            at: serde_json::from_value::<Location>(stored.columns).ok()?,
            activity: stored.activity,
            port: stored.port,
            dimension: stored.dimension?,
            rows: u64::try_from(stored.rows).unwrap_or_default(),
        })
    }
}

/// What a step may look at.
pub(crate) fn step_context<'a>(
    context: &RunContext,
    node: &ActivityNode,
    moment: &'a Moment,
    planner: &'a Planner<'a>,
    inputs: &'a [Input],
    mark: Mark,
) -> StepContext<'a> {
    let (campaign, activity) = (context.campaign.name.as_str(), node.id.as_str());
    StepContext {
        planner,
        moment,
        inputs,
        seed: functions::rank_of(context.seed, [Some(activity)]),
        fixed_seed: functions::rank_of(0, [Some(campaign), Some(activity)]),
        mark,
    }
}

pub(crate) fn population_path(run: &str, activity: &str, port: &str) -> PopulationPath {
    PopulationPath { run: run.to_owned(), activity: activity.to_owned(), port: port.to_owned() }
}

pub(crate) fn missing_population(path: &PopulationPath) -> Error {
    Error::NotFound {
        what: "population",
        name: format!("{}.{}", path.activity, path.port),
        hint: Some(format!("the run `{}` has none there, or it was not kept", path.run)),
    }
}

/// Every port carries a population that arrived. Nothing is copied.
pub(crate) fn pass_through(context: &RunContext, node: &ActivityNode, arrived: Option<&Written>) -> Vec<Written> {
    let Some(arrived) = arrived else { return Vec::new() };
    ports_of(&context.campaign.canvas, node)
        .into_iter()
        .map(|port| Written { activity: node.id.clone(), port, ..arrived.clone() })
        .collect()
}

/// The names of the ports that an activity leaves by when it does not fail.
fn ports_of(canvas: &Canvas, node: &ActivityNode) -> Vec<String> {
    port_names(canvas, node).into_iter().filter(|port| port != ERROR).collect()
}

/// The dimension of the population whose rows go on.
fn of_arrived<'a>(kind: &dyn Activity, node: &ActivityNode, arrived: &'a [Written]) -> Option<&'a str> {
    let sets: Vec<(&str, &str)> =
        arrived.iter().map(|written| (written.activity.as_str(), written.port.as_str())).collect();
    arrived.get(kind.main_input(&node.settings, &sets)).map(|written| written.dimension.as_str())
}

/// The tables of the catalog that the plans of a step read.
fn used_tables(step: &Step) -> BTreeSet<String> {
    let plans: Vec<&LogicalPlan> = match step {
        Step::Populations(outputs) => outputs.iter().map(|output| &output.plan).collect(),
        Step::Routed { plan, .. } => vec![plan],
        Step::Effect(effect) => effect.plans(),
        Step::PassThrough | Step::Deliver(_) | Step::End => Vec::new(),
        Step::Route { .. } | Step::Wait(_) | Step::Ask(_) | Step::Alert(_) | Step::Signal(_) => Vec::new(),
    };
    let mut tables = BTreeSet::new();
    for plan in plans {
        // Walking a plan only fails if the visitor does.
        let _ = plan.apply(|node| {
            if let LogicalPlan::TableScan(scan) = node {
                let name = scan.table_name.table();
                let inner = name.trim_start_matches("__").rsplit_once('_').map_or(name, |(table, _)| table);
                tables.insert(inner.to_owned());
            }
            Ok(TreeNodeRecursion::Continue)
        });
    }
    tables
}

/// What an activity got and gave, to be told.
fn told_of<'a>(kind: &dyn Activity, node: &ActivityNode, arrived: &'a [Written], left: &'a [Written]) -> Told<'a> {
    let passed = |written: &'a Written| Passed {
        activity: &written.activity,
        port: &written.port,
        dimension: &written.dimension,
        rows: written.rows,
        columns: written.at.added.iter().map(|column| column.name.as_str()).collect(),
    };
    let sets: Vec<(&str, &str)> =
        arrived.iter().map(|written| (written.activity.as_str(), written.port.as_str())).collect();
    let main = kind.main_input(&node.settings, &sets);
    Told { arrived: arrived.iter().map(passed).collect(), left: left.iter().map(passed).collect(), main }
}
