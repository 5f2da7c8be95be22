//! Takes the rows of a dimension that match a rule.
//!
//! The population is read from the newest version of each table when the activity starts. A transition that arrives
//! only starts it: the rows that it carries do not filter the rule. With `within: true` they do: those that match
//! go on, with the columns that they carry, and the rule may ask for these. The rows that do not match leave by
//! `complement` where that is asked for. When nothing matches, the branch ends, unless `when_empty: continue` sends an
//! empty population on. Example: `{id: lapsed, type: build-audience, dimension:
//! customers, where: {field: last_order_at, operator: "<", value: now-180d}}`.

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tutti_model::bind::{Scope, bind};
use tutti_model::campaign::OUT;
use tutti_model::problem::Problem;
use tutti_model::rule::Rule;
use tutti_model::table::Column;
use tutti_query::Frame;
use tutti_query::datafusion::logical_expr::{lit, when};
use tutti_query::datafusion::prelude::ident;

use crate::activity::{
    Activity, COMPLEMENT, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shape, Shapes, out_and_complement,
};
use crate::explain::{self, Explanation};
use crate::fields::{self, check_dimension, warn_unused_complement};
use crate::step::{Error, Output, PORT_COLUMN, Step, StepContext, settings};
use crate::told::{Told, thousands};

const MATCHES: &str = "__matches";

/// Which rows of which dimension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The dimension to take rows of.
    #[schemars(extend("x-tutti-editor" = "dimension"))]
    pub dimension: String,
    /// The rule that a row has to match. Without one, every row does.
    #[serde(default, rename = "where")]
    #[schemars(extend("x-tutti-rows" = "dimension"))]
    pub rule: Rule,
    /// Whether the rule filters the rows that arrive, instead of all rows of the dimension.
    #[serde(default)]
    pub within: bool,
    /// Whether the rows that do not match leave by the port `complement`.
    #[serde(default)]
    pub complement: bool,
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

    fn ports(&self, settings: &Raw, _: &[&str]) -> Vec<PortSpec> {
        out_and_complement(settings)
    }

    fn stops_when_empty(&self, settings: &Raw, port: &str) -> bool {
        port == OUT && settings.get("when_empty").and_then(|value| value.as_str()) != Some("continue")
    }

    fn filters_arrivals(&self, settings: &Raw) -> bool {
        settings.get("within").and_then(Value::as_bool) == Some(true)
    }

    fn check(&self, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Shapes {
        let mut shapes = Shapes::new();
        let Some(settings) = context.read::<Settings>(problems) else { return shapes };
        let Some(table) = check_dimension(&settings.dimension, context, problems) else { return shapes };
        warn_unused_complement(context, settings.complement, problems);
        let added = if settings.within {
            check_within(&settings, context, problems);
            context.inbound().map(|shape| shape.added.as_slice()).unwrap_or_default()
        } else {
            &[]
        };
        let scope = Scope { table: &table.name, added };
        bind(&settings.rule, scope, context.catalog, context.moment, &context.at("where"), problems);
        if settings.within && context.inbound().is_none() {
            return shapes;
        }
        for port in self.ports(&context.node.settings, &[]) {
            let shape = Shape { dimension: settings.dimension.clone(), added: added.to_vec() };
            shapes.insert(port.name, shape);
        }
        shapes
    }

    fn tell(&self, raw: &Raw, told: &Told<'_>) -> String {
        let within = raw.get("within").and_then(Value::as_bool) == Some(true);
        match told.main().filter(|_| within) {
            Some(arrived) => format!("{} of {} match the rule", thousands(told.rows_out()), arrived.counted()),
            None => format!("found {} that match the rule", told.out()),
        }
    }

    fn explain(&self, raw: &Raw, context: &StepContext<'_>, key: &[String]) -> Result<Vec<Explanation>, Error> {
        let settings: Settings = settings(raw)?;
        let table = context.table(&settings.dimension)?;
        let (frame, added) = rows(&settings, context)?;
        let predicate = context.bind(&settings.rule, Scope { table: &table.name, added: &added })?;
        let rule = explain::rule(frame.filter_by(explain::is_row(table, key))?, &predicate, "")?;
        Ok(vec![explain::is_missing(&settings.dimension, context, key)?, rule])
    }

    fn step(&self, raw: &Raw, context: &StepContext<'_>) -> Result<Step, Error> {
        let settings: Settings = settings(raw)?;
        let table = context.table(&settings.dimension)?;
        let (frame, added) = rows(&settings, context)?;
        let predicate = context.bind(&settings.rule, Scope { table: &table.name, added: &added })?;
        let names: Vec<&str> =
            table.primary_key.iter().chain(added.iter().map(|column| &column.name)).map(String::as_str).collect();
        if settings.complement {
            let port = when(ident(MATCHES), lit(0i32)).otherwise(lit(1i32))?;
            let plan = frame
                .mark(&predicate, MATCHES)?
                .with_columns(vec![(port, PORT_COLUMN.to_owned())])?
                .select(names.into_iter().chain([PORT_COLUMN]))?;
            return Ok(Step::Routed { plan, ports: vec![OUT.to_owned(), COMPLEMENT.to_owned()], added });
        }
        let plan = frame.filter(&predicate)?.select(names)?;
        Ok(Step::Populations(vec![Output { port: OUT.to_owned(), plan, added }]))
    }
}

/// The rows that the rule filters, and the columns that they carry.
fn rows<'a>(settings: &Settings, context: &StepContext<'a>) -> Result<(Frame<'a>, Vec<Column>), Error> {
    let table = context.table(&settings.dimension)?;
    if !settings.within {
        return Ok((context.planner.rows(&table.name)?, Vec::new()));
    }
    let input = context.input()?;
    if input.dimension != settings.dimension {
        return Err(Error::Dimensions(settings.dimension.clone(), input.dimension.clone()));
    }
    Ok((context.frame(input)?, input.added.clone()))
}

fn check_within(settings: &Settings, context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    if context.arrivals.is_empty() {
        let message = "the rule filters what arrives, and nothing does";
        problems.push(
            Problem::error("unreached", context.at("within"), message)
                .hint(format!("add a transition with `to: {}`, or set `within: false`", context.node.id)),
        );
    }
    if let Some(shape) = context.inbound() {
        fields::check_dimension_is(shape, &settings.dimension, context, &context.at("dimension"), problems);
    }
}
