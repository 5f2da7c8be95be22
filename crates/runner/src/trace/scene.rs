//! The run as it was: what each activity saw, opened again for plans that ask about one row.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Map, Value};
use tutti_activities::{Activity, Input, Mark, StepContext, TakenKeys, registry};
use tutti_model::campaign::ActivityNode;
use tutti_model::date_math::Moment;
use tutti_query::datafusion::arrow::datatypes::DataType;
use tutti_query::datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder, cast, lit};
use tutti_query::datafusion::prelude::{Expr, ident};
use tutti_query::{Planner, Providers};
use tutti_store::{MarkValue, Run, Task};

use super::RowKey;
use crate::error::Result;
use crate::execute::{RunContext, Written, missing_population, population_path, step_context};
use crate::rows;
use crate::workspace::Workspace;

/// A run with everything that its activities have left.
pub(super) struct Stage {
    pub context: RunContext,
    pub tasks: Vec<Task>,
    /// In the order of the canvas.
    pub written: Vec<Written>,
    pub order: Vec<String>,
    /// The newest versions of all tables.
    tables: Providers,
}

/// What one activity saw.
pub(super) struct Scene<'s> {
    pub node: &'s ActivityNode,
    pub kind: &'static dyn Activity,
    context: RunContext,
    moment: Moment,
    inputs: Vec<Input>,
    tables: Providers,
    mark: Mark,
}

impl Stage {
    pub fn node(&self, activity: &str) -> Option<&ActivityNode> {
        self.context.campaign.canvas.activity(activity)
    }

    pub fn task(&self, activity: &str) -> Option<&Task> {
        self.tasks.iter().find(|task| task.activity == activity)
    }

    /// The place of an activity on the canvas.
    pub fn place(&self, activity: &str) -> Option<usize> {
        self.order.iter().position(|id| id == activity)
    }

    /// The populations that arrived at an activity, in the order of the transitions.
    pub fn arrivals(&self, activity: &str) -> Vec<Written> {
        self.node(activity).map(|node| Workspace::arrivals(&self.context, node, &self.written)).unwrap_or_default()
    }

    /// The dimensions whose rows the run has to do with.
    pub fn dimensions(&self) -> BTreeSet<String> {
        let written = self.written.iter().map(|written| written.dimension.clone());
        let named = self.tasks.iter().filter_map(|task| own_dimension(self.node(&task.activity)?));
        let named = named.filter(|name| self.context.catalog.dimensions.contains_key(*name)).map(str::to_owned);
        written.chain(named).collect()
    }

    /// The parts of a key, where its dimension can have it.
    pub fn parts(&self, row: &RowKey) -> Option<Vec<String>> {
        let (_, table) = self.context.catalog.dimension_table(&row.dimension)?;
        tutti_delivery::feedback::split_key(&row.key, table.primary_key.len())
    }

    /// The dimension of the rows that an activity works on.
    pub fn dimension_of(&self, node: &ActivityNode, kind: &dyn Activity) -> Option<String> {
        let arrived = self.arrivals(&node.id);
        let sets: Vec<(&str, &str)> =
            arrived.iter().map(|written| (written.activity.as_str(), written.port.as_str())).collect();
        let main = arrived.get(kind.main_input(&node.settings, &sets)).map(|written| written.dimension.clone());
        let main = main.filter(|_| !makes_rows(kind));
        main.or_else(|| Some(kind.output_dimension(&node.settings, "out", None, &self.context.catalog)))
    }
}

/// Whether an activity makes a population of its own, whatever arrives.
pub(super) fn makes_rows(kind: &dyn Activity) -> bool {
    use tutti_activities::Category;
    kind.inputs().min == 0 && matches!(kind.category(), Category::Targeting | Category::Data)
}

fn own_dimension(node: &ActivityNode) -> Option<&str> {
    node.settings.get("dimension").and_then(Value::as_str)
}

impl Scene<'_> {
    /// Asks the activity something about what it saw.
    pub fn ask<T>(&self, ask: impl FnOnce(&StepContext<'_>) -> T) -> T {
        let planner = Planner::new(&self.context.catalog, &self.tables);
        ask(&step_context(&self.context, self.node, &self.moment, &planner, &self.inputs, self.mark.clone()))
    }
}

impl Workspace {
    pub(super) async fn stage(&self, run: &Run) -> Result<Stage> {
        let context = self.run_context(&run.id).await?;
        let order: Vec<String> = context.campaign.canvas.topological_order().into_iter().map(str::to_owned).collect();
        let mut written = self.written(&run.id).await?;
        written.sort_by_key(|written| order.iter().position(|id| *id == written.activity));
        let (tables, _) = self.lake.snapshots(context.catalog.tables.keys().map(String::as_str)).await?;
        Ok(Stage { tasks: self.store.tasks().list(&run.id).await?, context, written, order, tables })
    }

    /// What an activity that is done saw, at its moment and on its versions of the tables.
    pub(super) async fn scene<'s>(&self, stage: &'s Stage, activity: &str) -> Result<Option<Scene<'s>>> {
        let (Some(node), Some(task)) = (stage.node(activity), stage.task(activity)) else { return Ok(None) };
        let Some(kind) = registry::find(&node.kind).filter(|_| task.state == "completed") else { return Ok(None) };
        let mut context = stage.context.clone();
        if let Some(started) = task.started_us.and_then(|us| Timestamp::from_microsecond(us).ok()) {
            context.moment.now = started;
        }
        let mut inputs = Vec::new();
        for written in &stage.arrivals(activity) {
            inputs.push(self.input(&context, written)?);
        }
        let mut tables = self.tables_of(stage, task).await?;
        let (moment, populations) = self.memberships(&context, node, &stage.written)?;
        tables.extend(populations);
        let mark = self.mark_of(&context, node, task).await?;
        Ok(Some(Scene { node, kind, context, moment, inputs, tables, mark }))
    }

    /// The tables as a task saw them; those that it did not read, or whose version is gone, as they are now.
    async fn tables_of(&self, stage: &Stage, task: &Task) -> Result<Providers> {
        let mut tables = stage.tables.clone();
        let versions = task.table_versions.as_ref().and_then(Value::as_object);
        for (name, version) in versions.into_iter().flatten() {
            let version = version.as_i64().unwrap_or_default();
            match self.lake.snapshot_at(name, version).await {
                Ok(snapshot) => drop(tables.insert(name.clone(), snapshot.provider)),
                Err(tutti_lake::Error::NoVersion { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(tables)
    }

    /// The mark as a task found it. Keys of runs before that are remembered no more are missing in it.
    async fn mark_of(&self, context: &RunContext, node: &ActivityNode, task: &Task) -> Result<Mark> {
        if !registry::find(&node.kind).is_some_and(tutti_activities::Activity::keeps_mark) {
            return Ok(Mark::default());
        }
        let since = task.results.as_ref().and_then(|results| results.get("since")?.as_str()?.parse().ok());
        let mut mark = Mark { latest: since, keys: Vec::new() };
        let stored = self.store.marks().get(&context.campaign.name, &node.id).await?;
        if let Some(MarkValue::Keys { keys }) = stored.map(|mark| mark.value) {
            let started = task.started_us.unwrap_or(i64::MAX);
            for taken in keys.iter().filter(|taken| taken.run != context.run && taken.at_us < started) {
                if let Some(rows) = self.lake.kept_keys(&context.campaign.name, &node.id, &taken.run)? {
                    let at = Timestamp::from_microsecond(taken.at_us).unwrap_or(Timestamp::MIN);
                    mark.keys.push(TakenKeys { at, rows });
                }
            }
        }
        Ok(mark)
    }

    /// The rows of a plan as objects.
    pub(super) async fn objects(&self, plan: LogicalPlan) -> Result<Vec<Map<String, Value>>> {
        let names: Vec<String> = plan.schema().fields().iter().map(|field| field.name().clone()).collect();
        let rows = rows::to_json(&self.session.collect(plan).await?)?;
        Ok(rows.into_iter().map(|row| names.iter().cloned().zip(row).collect()).collect())
    }

    /// Those of `rows` that are in a population, with the columns that it adds.
    pub(super) async fn find(
        &self,
        stage: &Stage,
        population: &Written,
        rows: &[&RowKey],
    ) -> Result<Vec<(String, Map<String, Value>)>> {
        let Some((_, table)) = stage.context.catalog.dimension_table(&population.dimension) else {
            return Ok(Vec::new());
        };
        let keys = &table.primary_key;
        let condition = rows.iter().filter_map(|row| Some(is_row(keys, &stage.parts(row)?))).reduce(Expr::or);
        let Some(condition) = condition.filter(|_| !population.is_nobody()) else { return Ok(Vec::new()) };
        let path = population_path(&stage.context.run, &population.at.activity, &population.at.port);
        let (provider, _) = self.lake.population(&path)?.ok_or_else(|| missing_population(&path))?;
        let plan = Planner::new(&stage.context.catalog, &stage.tables).scan_provider(&provider)?;
        let plan = LogicalPlanBuilder::from(plan).filter(condition).and_then(LogicalPlanBuilder::build);
        let found = self.objects(plan.map_err(tutti_query::Error::from)?).await?;
        Ok(found
            .into_iter()
            .map(|mut columns| {
                let parts = keys.iter().map(|key| columns.shift_remove(key).as_ref().map_or(String::new(), text));
                (joined(&parts.collect::<Vec<_>>()), columns)
            })
            .collect())
    }
}

fn is_row(keys: &[String], parts: &[String]) -> Expr {
    let parts = keys.iter().zip(parts);
    let parts = parts.map(|(name, part)| cast(ident(name), DataType::Utf8).eq(lit(part.as_str())));
    parts.reduce(Expr::and).unwrap_or_else(|| lit(false))
}

/// A part of a key as text.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The parts of a key in one text, as the ledger has them.
pub(super) fn joined(parts: &[String]) -> String {
    match parts {
        [only] => only.clone(),
        parts => {
            let escaped = parts.iter().map(|part| part.replace('\\', "\\\\").replace(',', "\\,"));
            escaped.collect::<Vec<_>>().join(",")
        }
    }
}
