//! Waits until several branches have arrived, and goes on with one of their populations.
//!
//! All branches that lead to it have to end; then the `primary` population goes on with its own columns, and the
//! others go no further. A branch that can no longer arrive, because a test chose another way or a population was
//! empty, is not waited for; if the primary one is among them, the join goes on with nobody. `inbound` names the
//! branches to wait for, all of them when absent. Example: `{id: both_mailed, type: and-join, primary: mail_gold}`.

use std::collections::BTreeSet;

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tutti_model::campaign::{OUT, Transition};
use tutti_model::problem::{Problem, join_pointer};

use crate::activity::{Activity, Arrival, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shapes, object};
use crate::step::{Error, Step, StepContext, settings};

/// Which branches are waited for, and whose population goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The branches to wait for: activities that lead here, or `activity.port`. All of them when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "inbound"))]
    pub inbound: Option<Vec<String>>,
    /// The branch whose population goes on: an activity that leads here, or `activity.port`. The first when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "inbound"))]
    pub primary: Option<String>,
}

impl Settings {
    /// Whether a branch is waited for.
    fn waits_for(&self, from: &str, port: &str) -> bool {
        self.inbound.as_ref().is_none_or(|names| names.iter().any(|name| is_named(name, from, port)))
    }

    /// Whether a branch is the one whose population goes on, or, where none is named, may be.
    fn goes_on_with(&self, from: &str, port: &str) -> bool {
        self.primary.as_deref().map_or_else(|| self.waits_for(from, port), |name| is_named(name, from, port))
    }
}

/// Whether a join with these settings waits for the branch that `transition` brings. Settings that cannot be read
/// wait for all.
pub fn waits_for(raw: &Raw, transition: &Transition) -> bool {
    settings::<Settings>(raw).map_or(true, |settings| settings.waits_for(&transition.from, &transition.port))
}

fn is_named(name: &str, from: &str, port: &str) -> bool {
    name == from || name.split_once('.') == Some((from, port))
}

pub struct AndJoin;

impl Activity for AndJoin {
    fn kind(&self) -> &'static str {
        "and-join"
    }

    fn label(&self) -> &'static str {
        "AND-join"
    }

    fn category(&self) -> Category {
        Category::FlowControl
    }

    fn summary(&self) -> &'static str {
        "Waits until several branches have arrived, and goes on with the population of one."
    }

    fn settings_schema(&self) -> Schema {
        schema_for!(Settings)
    }

    fn example(&self) -> Raw {
        object(json!({"primary": "from_0"}))
    }

    fn inputs(&self) -> Inputs {
        Inputs { min: 2, max: None }
    }

    fn ports(&self, _: &Raw, _: &[&str]) -> Vec<PortSpec> {
        vec![PortSpec::out()]
    }

    fn main_input(&self, settings: &Raw, arrivals: &[(&str, &str)]) -> usize {
        let settings: Settings = self::settings(settings).unwrap_or_default();
        arrivals.iter().position(|(from, port)| settings.goes_on_with(from, port)).unwrap_or_default()
    }

    fn check(&self, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Shapes {
        let mut shapes = Shapes::new();
        let Some(settings) = context.read::<Settings>(problems) else { return shapes };
        for (index, name) in settings.inbound.iter().flatten().enumerate() {
            check_name(name, &join_pointer(&context.at("inbound"), index), context, problems);
        }
        let awaited: Vec<&Arrival<'_>> =
            context.arrivals.iter().filter(|arrival| settings.waits_for(arrival.from, arrival.port)).collect();
        if settings.inbound.is_some() && awaited.len() < 2 {
            let message = "a join waits for two branches or more";
            problems.push(Problem::error("too_few_inputs", context.at("inbound"), message));
        }
        let primary = match &settings.primary {
            None => awaited.first().copied(),
            Some(name) => {
                check_name(name, &context.at("primary"), context, problems);
                let found = awaited.iter().copied().find(|arrival| is_named(name, arrival.from, arrival.port));
                if found.is_none() && context.arrivals.iter().any(|arrival| is_named(name, arrival.from, arrival.port)) {
                    let message = format!("`{name}` is the primary branch, and `inbound` does not wait for it");
                    problems.push(Problem::error("missing_set", context.at("primary"), message).hint("add it to `inbound`"));
                }
                found
            }
        };
        warn_absent(&awaited, context, problems);
        if let Some(shape) = primary.and_then(|arrival| arrival.shape) {
            shapes.insert(OUT.to_owned(), shape.clone());
        }
        shapes
    }

    fn step(&self, raw: &Raw, context: &StepContext<'_>) -> Result<Step, Error> {
        let settings: Settings = settings(raw)?;
        let input = context.inputs.iter().position(|input| settings.goes_on_with(&input.from, &input.port));
        let note = match input.and_then(|input| context.inputs.get(input)) {
            Some(input) => format!("every branch has arrived; those of `{}` go on", input.from),
            None => "every branch that can has arrived; the one that goes on has nobody".to_owned(),
        };
        Ok(Step::Route { input, ports: vec![OUT.to_owned()], note: Some(note) })
    }
}

fn check_name(name: &str, pointer: &str, context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    if context.arrivals.is_empty() || context.arrivals.iter().any(|arrival| is_named(name, arrival.from, arrival.port)) {
        return;
    }
    let known = context.arrivals.iter().map(|arrival| arrival.from);
    let message = format!("`{name}` does not lead here");
    problems.push(Problem::error("missing_set", pointer, message).did_you_mean(name, known));
}

/// Warns of branches that may not arrive while others do: the join then goes on without them.
fn warn_absent(awaited: &[&Arrival<'_>], context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    let closable: Vec<BTreeSet<(&str, &str)>> =
        awaited.iter().map(|arrival| context.earlier.closable(context.campaign, arrival.from, arrival.port)).collect();
    let Some(first) = closable.first() else { return };
    // What stops every branch stops the join, too, and leaves nobody behind.
    let shared: BTreeSet<(&str, &str)> =
        first.iter().filter(|gate| closable.iter().all(|gates| gates.contains(*gate))).copied().collect();
    for (arrival, gates) in awaited.iter().zip(&closable) {
        let Some((from, port)) = gates.difference(&shared).next() else { continue };
        let gate = if *port == OUT { format!("`{from}`") } else { format!("`{from}.{port}`") };
        let message = format!(
            "the branch from `{}` may never arrive, since nothing may leave {gate}; the join then goes on without it",
            arrival.from
        );
        let stops = context.campaign.canvas.activity(from).is_some_and(|node| node.settings.contains_key("when_empty") || node.kind == "build-audience");
        let hint = if stops {
            "if that is not meant, let the branch go on when it is empty (`when_empty: continue`)"
        } else {
            "if that is not meant, lead its other ways here, too"
        };
        let pointer = context.node.pointer.clone();
        problems.push(Problem::warning("branch_may_not_arrive", pointer, message).hint(hint));
    }
}
