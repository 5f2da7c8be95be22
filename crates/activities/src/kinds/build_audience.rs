//! Takes the rows of a dimension that match a rule.
//!
//! The population is read from the newest version of each table when the activity starts. A transition that arrives
//! only starts it: the rows that it carries do not filter the rule. When nothing matches, the branch ends, unless
//! `when_empty: continue` sends an empty population on. Example: `{id: lapsed, type: build-audience, dimension:
//! customers, where: {field: last_order_at, operator: "<", value: now-180d}}`.

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tutti_model::bind::{Scope, bind};
use tutti_model::campaign::OUT;
use tutti_model::problem::Problem;
use tutti_model::rule::Rule;

use crate::activity::{Activity, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shape, Shapes};
use crate::step::{Error, Output, Step, StepContext, settings};

/// Which rows of which dimension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The dimension to take rows of.
    pub dimension: String,
    /// The rule that a row has to match. Without one, every row does.
    #[serde(default, rename = "where")]
    pub rule: Rule,
    /// What happens when no row matches.
    #[serde(default)]
    pub when_empty: WhenEmpty,
}

/// What happens to a branch without rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WhenEmpty {
    /// The branch ends here.
    #[default]
    Stop,
    /// The branch goes on with an empty population.
    Continue,
}

pub struct BuildAudience;

impl Activity for BuildAudience {
    fn kind(&self) -> &'static str {
        "build-audience"
    }

    fn label(&self) -> &'static str {
        "Build audience"
    }

    fn category(&self) -> Category {
        Category::Targeting
    }

    fn summary(&self) -> &'static str {
        "Takes the rows of a dimension that match a rule."
    }

    fn settings_schema(&self) -> Schema {
        schema_for!(Settings)
    }

    fn example(&self) -> Raw {
        crate::activity::object(json!({
            "dimension": "customers",
            "where": {"combinator": "and", "rules": [{"field": "country", "operator": "=", "value": "FR"}]},
        }))
    }

    fn inputs(&self) -> Inputs {
        Inputs::TRIGGER
    }

    fn ports(&self, _: &Raw, _: &[&str]) -> Vec<PortSpec> {
        vec![PortSpec::out()]
    }

    fn stops_when_empty(&self, settings: &Raw, _: &str) -> bool {
        settings.get("when_empty").and_then(|value| value.as_str()) != Some("continue")
    }

    fn check(&self, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Shapes {
        let mut shapes = Shapes::new();
        let Some(settings) = context.read::<Settings>(problems) else { return shapes };
        let Some(table) = context.table_of(&settings.dimension) else {
            let known = context.catalog.dimensions.keys().map(String::as_str);
            let message = format!("there is no dimension `{}`", settings.dimension);
            problems.push(
                Problem::error("missing_dimension", context.at("dimension"), message)
                    .did_you_mean(&settings.dimension, known),
            );
            return shapes;
        };
        let scope = Scope::table(&table.name);
        bind(&settings.rule, scope, context.catalog, context.moment, &context.at("where"), problems);
        shapes.insert(OUT.to_owned(), Shape { dimension: settings.dimension, added: Vec::new() });
        shapes
    }

    fn step(&self, raw: &Raw, context: &StepContext<'_>) -> Result<Step, Error> {
        let settings: Settings = settings(raw)?;
        let table = context.table(&settings.dimension)?;
        let predicate = context.bind(&settings.rule, Scope::table(&table.name))?;
        let rows = context.planner.rows(&table.name)?.filter(&predicate)?;
        let plan = rows.select(&table.primary_key)?;
        Ok(Step::Populations(vec![Output { port: OUT.to_owned(), plan, added: Vec::new() }]))
    }
}
