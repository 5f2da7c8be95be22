//! The populations that the rules of an activity ask for: opened for its plans.

use std::sync::Arc;

use tutti_activities::{asks_for_populations, populations_before};
use tutti_model::campaign::ActivityNode;
use tutti_model::date_math::Moment;
use tutti_query::datafusion::catalog::TableProvider;
use tutti_query::datafusion::datasource::MemTable;
use tutti_query::{Providers, population_source, schema_of};

use crate::error::Result;
use crate::execute::{RunContext, Written};
use crate::workspace::Workspace;

impl Workspace {
    /// The moment in which the rules of `node` are read, and the populations before it. Where a branch was skipped,
    /// nobody is in its population.
    pub(crate) fn memberships(
        &self,
        context: &RunContext,
        node: &ActivityNode,
        written: &[Written],
    ) -> Result<(Moment, Providers)> {
        let mut moment = context.moment.clone();
        let mut providers = Providers::new();
        if !asks_for_populations(node) {
            return Ok((moment, providers));
        }
        let shapes = tutti_activities::validate(&context.campaign, &context.catalog, &context.moment).shapes;
        moment.populations = populations_before(&node.id, &context.campaign.canvas, &context.catalog, &shapes);
        for (population, table) in &moment.populations {
            providers.insert(population_source(population), self.members(context, population, table, written)?);
        }
        Ok((moment, providers))
    }

    /// The rows of a population (`activity.port`) with those of a table.
    pub(crate) fn members(
        &self,
        context: &RunContext,
        population: &str,
        table: &str,
        written: &[Written],
    ) -> Result<Arc<dyn TableProvider>> {
        let of = |written: &&Written| format!("{}.{}", written.activity, written.port) == population;
        if let Some(written) = written.iter().find(of) {
            return Ok(self.input(context, written)?.rows);
        }
        let table = context.catalog.table(table);
        let keys: Vec<_> = table.map(|table| table.key_columns()).unwrap_or_default();
        let schema = schema_of(&keys.into_iter().cloned().collect::<Vec<_>>());
        Ok(Arc::new(MemTable::try_new(schema, vec![vec![]]).map_err(tutti_query::Error::from)?))
    }
}
