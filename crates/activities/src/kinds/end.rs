//! Marks where a branch ends, and may start other campaigns.
//!
//! Does nothing with what arrives. A branch may also end without it; the mark says that this is meant. With `signals`
//! it starts campaigns that wait for a signal, each with values for its parameters; texts among the values are
//! templates, as in alerts. A campaign that cannot be signalled is an error here: publish it, then resume the run. A
//! signal that starts nothing, because a run of that campaign is going or it is suspended, is a warning in the log. A
//! test signals nobody. Example: `{id: done, type: end, signals: [{campaign: follow_up, variables: {city: Lyon}}]}`.

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tutti_model::campaign::FILE_VARIABLE;
use tutti_model::problem::{Problem, join_pointer};
use tutti_model::schedule::{Overlap, SignalSource, When};
use tutti_model::table::ColumnType;

use crate::activity::{Activity, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shapes};
use crate::marks;
use crate::step::{Error, Step, StepContext, settings};
use crate::text;

/// The campaigns that are started here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The campaigns to signal, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<SignalSettings>,
}

/// A signal to another campaign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignalSettings {
    /// The name of a campaign whose schedule is `{type: signal}`.
    #[schemars(extend("x-tutti-editor" = "campaign"))]
    pub campaign: String,
    /// Values for its parameters, by name; texts are templates.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schemars(schema_with = "marks::values_of_parameters")]
    pub variables: Map<String, Value>,
}

/// A signal with its values filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct Signal {
    pub campaign: String,
    pub variables: Map<String, Value>,
}

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
        "Marks where a branch ends, and may start other campaigns."
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
        let Some(settings) = context.read::<Settings>(problems) else { return Shapes::new() };
        for (index, signal) in settings.signals.iter().enumerate() {
            check_signal(signal, &join_pointer(&context.at("signals"), index), context, problems);
        }
        Shapes::new()
    }

    fn works_outside(&self, settings: &Raw) -> bool {
        settings.contains_key("signals")
    }

    fn step(&self, raw: &Raw, context: &StepContext<'_>) -> Result<Step, Error> {
        let settings: Settings = settings(raw)?;
        if settings.signals.is_empty() {
            return Ok(Step::End);
        }
        let mut signals = Vec::with_capacity(settings.signals.len());
        for SignalSettings { campaign, variables } in settings.signals {
            let fill = |(name, value)| match value {
                Value::String(template) => text::fill(&template, context.moment).map(|text| (name, Value::from(text))),
                value => Ok((name, value)),
            };
            let variables = variables.into_iter().map(fill).collect::<Result<_, String>>();
            signals.push(Signal { campaign, variables: variables.map_err(|why| Error::value("signals", why))? });
        }
        Ok(Step::Signal(signals))
    }
}

fn check_signal(signal: &SignalSettings, at: &str, context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    let name = &signal.campaign;
    let campaign_at = join_pointer(at, "campaign");
    for (variable, value) in &signal.variables {
        if let Value::String(template) = value {
            text::check(template, context.moment, &join_pointer(&join_pointer(at, "variables"), variable), problems);
        }
    }
    if *name == context.campaign.name {
        let message = format!("`{name}` would start itself again and again");
        problems.push(Problem::error("signal_loop", campaign_at, message).hint("give the campaign a schedule instead"));
        return;
    }
    let Some(target) = context.catalog.campaigns.get(name) else {
        let known =
            context.catalog.campaigns.values().filter(|other| matches!(other.schedule.when, When::Signal { .. }));
        problems.push(
            Problem::error("missing_campaign", campaign_at, format!("there is no campaign `{name}`"))
                .did_you_mean(name, known.map(|campaign| campaign.name.as_str())),
        );
        return;
    };
    let When::Signal { parameters, on, .. } = &target.schedule.when else {
        let message = format!("the campaign `{name}` takes no signals");
        problems.push(Problem::error("no_signals", campaign_at, message).hint("give it the schedule `{type: signal}`"));
        return;
    };
    if target.schedule.overlap == Overlap::Skip {
        let message = format!("a signal to `{name}` starts nothing while a run of it is going");
        let hint = format!("set `overlap: queue` in the schedule of `{name}`, so that it waits for that run");
        problems.push(Problem::warning("signal_may_be_skipped", campaign_at, message).hint(hint));
    }
    let declared = target.declared_variables();
    let is_parameter = |name: &str| parameters.iter().any(|parameter| parameter.name == name);
    let variables_at = join_pointer(at, "variables");
    for (variable, value) in &signal.variables {
        let pointer = join_pointer(&variables_at, variable);
        let Some(own) = declared.get(variable) else {
            let message = format!("the signal of `{name}` has no parameter `{variable}`");
            let problem = Problem::error("unknown_variable", pointer, message);
            problems.push(problem.did_you_mean(variable, declared.names()));
            continue;
        };
        // What else is a text takes anything as its text.
        let is_typed = own.data_type != ColumnType::String || is_parameter(variable);
        let value = literal(value).filter(|_| is_typed);
        if let Some(Err(reason)) = value.map(|value| own.with_value(value, context.moment)) {
            let message = format!("the parameter `{variable}` of `{name}` is {}: {reason}", own.data_type);
            problems.push(Problem::error("bad_value", pointer, message));
        }
    }
    let is_given = |name: &str| signal.variables.get(name).is_some_and(|value| !value.is_null());
    let has_value = |name: &str| declared.get(name).is_some_and(|own| own.value.is_some());
    let needed = parameters.iter().map(|parameter| parameter.name.as_str()).filter(|name| !has_value(name));
    let by_file = matches!(on, Some(SignalSource::File(_))) && !is_parameter(FILE_VARIABLE);
    for parameter in needed.chain(by_file.then_some(FILE_VARIABLE)).filter(|name| !is_given(name)) {
        let message = format!("the signal of `{name}` needs a value for its parameter `{parameter}`");
        let hint = format!("give it one here, or a `default` in the schedule of `{name}`");
        problems.push(Problem::error("missing_parameter", variables_at.clone(), message).hint(hint));
    }
}

/// A value that is known before the run: a text with templates is not.
fn literal(value: &Value) -> Option<&Value> {
    match value {
        Value::String(text) if text.contains(['{', '}']) => None,
        value => Some(value),
    }
}
