//! Marks where a branch ends.
//!
//! Does nothing with what arrives. A branch may also end without it; the mark says that this is meant. Example: two
//! mails that both lead to one `{id: done, type: end}`.

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use tutti_model::problem::Problem;

use crate::activity::{Activity, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shapes};
use crate::step::{Error, Step, StepContext};

/// An end has no settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

pub struct End;

impl Activity for End {
    fn kind(&self) -> &'static str {
        "end"
    }

    fn label(&self) -> &'static str {
        "End"
    }

    fn category(&self) -> Category {
        Category::FlowControl
    }

    fn summary(&self) -> &'static str {
        "Marks where a branch ends."
    }

    fn settings_schema(&self) -> Schema {
        schema_for!(Settings)
    }

    fn example(&self) -> Raw {
        Raw::new()
    }

    fn inputs(&self) -> Inputs {
        Inputs { min: 1, max: None }
    }

    fn ports(&self, _: &Raw, _: &[&str]) -> Vec<PortSpec> {
        Vec::new()
    }

    fn check(&self, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Shapes {
        context.read::<Settings>(problems);
        Shapes::new()
    }

    fn step(&self, _: &Raw, _: &StepContext<'_>) -> Result<Step, Error> {
        Ok(Step::End)
    }
}
