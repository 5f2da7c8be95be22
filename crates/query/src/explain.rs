//! How a rule is answered: in plain words, as SQL, as the plan, and about what it costs.

use datafusion::physical_plan::displayable;
use tutti_model::bind::{Predicate, sentence};

use crate::cost::{self, Cost};
use crate::error::Result;
use crate::frame::Planner;
use crate::session::Session;
use crate::sql::{Dialect, ReadableSql, to_sql};

/// How a rule is computed.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// One sentence.
    pub words: String,
    /// As SQL for other engines; the reason why not is among the warnings of `sql`.
    pub sql: ReadableSql,
    /// As the physical plan.
    pub plan: String,
    pub cost: Cost,
}

/// Explains the count of a rule about rows of `table`, which people call `subject`.
pub async fn explain(
    session: &Session,
    planner: &Planner<'_>,
    table: &str,
    subject: &str,
    predicate: &Predicate,
    dialect: Dialect,
) -> Result<Explanation> {
    let sql = to_sql(planner, table, predicate, dialect)?;
    let plan = planner.asked(table)?.filter(predicate)?;
    let keys = plan.keys().to_vec();
    let optimized = session.frame(plan.select(&keys)?).into_optimized_plan()?;
    let cost = cost::of_plan(&optimized, planner, session.threads());
    let physical = session.frame(optimized).create_physical_plan().await?;
    let plan = displayable(physical.as_ref()).indent(true).to_string();
    Ok(Explanation { words: sentence(subject, predicate), sql, plan, cost })
}
