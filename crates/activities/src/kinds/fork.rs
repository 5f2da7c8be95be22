//! Gives one population to several branches.
//!
//! Every transition that leaves carries all rows that arrived. Its ports are the names that its transitions use: one
//! port may lead to several activities, and more ports may be named to label the branches. Example: `{id: both, type:
//! fork}` with transitions from `both` to a mail and from `both` to a combination.

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use tutti_model::campaign::{OUT, is_port_name};
use tutti_model::problem::Problem;

use crate::activity::{Activity, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shapes};
use crate::step::{Error, Step, StepContext};
use crate::told::{Told, names};

/// A fork has no settings: its ports are those that its transitions name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

pub struct Fork;

impl Activity for Fork {
    fn kind(&self) -> &'static str {
        "fork"
    }

    fn label(&self) -> &'static str {
        "Fork"
    }

    fn category(&self) -> Category {
        Category::FlowControl
    }

    fn summary(&self) -> &'static str {
        "Gives the whole population to each of several branches."
    }

    fn settings_schema(&self) -> Schema {
        schema_for!(Settings)
    }

    fn example(&self) -> Raw {
        Raw::new()
    }

    fn inputs(&self) -> Inputs {
        Inputs::TRIGGER
    }

    fn ports(&self, _: &Raw, outbound: &[&str]) -> Vec<PortSpec> {
        if outbound.is_empty() {
            return vec![PortSpec::out()];
        }
        outbound.iter().map(|port| if *port == OUT { PortSpec::out() } else { PortSpec::new(*port, *port) }).collect()
    }

    fn check(&self, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Shapes {
        context.read::<Settings>(problems);
        let ports = self.ports(&context.node.settings, &context.outbound());
        for port in ports.iter().filter(|port| !is_port_name(&port.name)) {
            let message = format!("`{}` cannot be the name of a port", port.name);
            problems.push(
                Problem::error("bad_port", context.node.pointer.clone(), message).hint("use letters, digits, `_` and `-`"),
            );
        }
        let shape = context.inbound();
        ports.into_iter().filter_map(|port| Some((port.name, shape?.clone()))).collect()
    }

    fn tell(&self, _: &Raw, told: &Told<'_>) -> String {
        format!("{}, by {}", told.passed_on(), names(told.left.iter().map(|left| left.port)))
    }

    fn step(&self, _: &Raw, _: &StepContext<'_>) -> Result<Step, Error> {
        Ok(Step::PassThrough)
    }
}
