//! Sends the whole population one way or another.
//!
//! Its conditions are looked at in their order, and everybody leaves by the port of the first that holds; its id is
//! the port's name. A condition compares a number of rows (of those that arrive, or with `count: activity.port` of
//! those that left an earlier activity), a `variable` of the campaign, or an `expression` over such. In expressions
//! `$rows` counts what arrives, `$rows_target` what left `target`, and `$rows_target__complement` what left it by that
//! port. Where none holds, the port `default` is taken if the activity has one, else the branch ends here. Example:
//! `{id: size, type: test, conditions: [{id: many, operator: ">", value: 10000}], default: true}`.

use std::collections::BTreeSet;

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tutti_model::campaign::{OUT, is_port_name};
use tutti_model::date_math::Moment;
use tutti_model::problem::{Problem, join_pointer};
use tutti_model::table::ColumnType;
use tutti_model::value::Literal;
use tutti_model::variables::{ROWS, rows_name};

use crate::activity::{Activity, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shapes, object};
use crate::compare::{Comparison, Operator};
use crate::step::{Error, Step, StepContext, settings};

/// The port that is taken when no condition holds.
pub const DEFAULT: &str = "default";

/// The most conditions that one test has.
pub const CONDITIONS_MAX: usize = 100;

/// What is asked, in order, and whether there is a way when nothing holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The conditions; the first that holds wins.
    pub conditions: Vec<Condition>,
    /// Whether everybody leaves by the port `default` when no condition holds. Without it the branch ends then.
    #[serde(default)]
    pub default: bool,
}

/// One question. Without `count`, `variable` and `expression` it is about the number of rows that arrive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The name of the port.
    #[schemars(extend("x-tutti-editor" = "port"))]
    pub id: String,
    /// The name on the canvas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The rows that left an earlier activity: `activity` or `activity.port`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "earlier"))]
    pub count: Option<String>,
    /// A variable of the campaign, or a parameter of its signal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "variable"))]
    pub variable: Option<String>,
    /// A SQL expression over variables, like `$rows > 2 * $rows_target`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "expression", "x-tutti-rows" = "run"))]
    pub expression: Option<String>,
    /// How it is compared. An expression without it is true or false by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<Operator>,
    /// What it is compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "value"))]
    pub value: Option<Value>,
}

/// Where a condition's left side comes from.
enum Subject<'a> {
    /// The name of a variable, which for counts a run gives.
    Variable(String),
    Expression(&'a str),
}

impl Condition {
    fn subject(&self) -> Subject<'_> {
        match (&self.count, &self.variable, &self.expression) {
            (Some(of), ..) => {
                let (activity, port) = of.split_once('.').unwrap_or((of, OUT));
                Subject::Variable(rows_name(activity, port))
            }
            (_, Some(name), _) => Subject::Variable(name.clone()),
            (.., Some(sql)) => Subject::Expression(sql),
            _ => Subject::Variable(ROWS.to_owned()),
        }
    }

    /// Whether it holds with the variables of `moment`.
    fn holds(&self, moment: &Moment) -> Result<bool, String> {
        let (column_type, left) = match self.subject() {
            Subject::Variable(name) => {
                let variable = moment.variables.find(&name, "").map_err(|problem| problem.message)?;
                (variable.data_type, variable.literal(moment)?)
            }
            Subject::Expression(sql) => tutti_query::constant(sql, moment, "").map_err(|problem| problem.message)?,
        };
        match self.operator {
            Some(operator) => {
                Ok(Comparison::read(operator, self.value.as_ref(), column_type, moment)?.holds(left.as_ref()))
            }
            None => Ok(left == Some(Literal::Boolean(true))),
        }
    }
}

pub struct Test;

impl Activity for Test {
    fn kind(&self) -> &'static str {
        "test"
    }

    fn label(&self) -> &'static str {
        "Test"
    }

    fn category(&self) -> Category {
        Category::FlowControl
    }

    fn summary(&self) -> &'static str {
        "Sends the whole population the way of the first condition that holds."
    }

    fn settings_schema(&self) -> Schema {
        schema_for!(Settings)
    }

    fn example(&self) -> Raw {
        object(json!({
            "conditions": [{"id": "many", "label": "More than 10,000", "operator": ">", "value": 10_000}],
            "default": true,
        }))
    }

    fn inputs(&self) -> Inputs {
        Inputs::TRIGGER
    }

    fn ports(&self, settings: &Raw, _: &[&str]) -> Vec<PortSpec> {
        let conditions = settings.get("conditions").and_then(Value::as_array).into_iter().flatten();
        let mut ports: Vec<PortSpec> = conditions
            .filter_map(|condition| {
                let id = condition.get("id").and_then(Value::as_str)?;
                Some(PortSpec::new(id, condition.get("label").and_then(Value::as_str).unwrap_or(id)))
            })
            .collect();
        if settings.get(DEFAULT).and_then(Value::as_bool) == Some(true) {
            ports.push(PortSpec::new(DEFAULT, "Default"));
        }
        ports
    }

    fn may_stay_closed(&self, _: &Raw, _: &str) -> bool {
        true
    }

    fn check(&self, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Shapes {
        if let Some(settings) = context.read::<Settings>(problems) {
            check_conditions(&settings, context, problems);
        }
        let shape = context.inbound();
        let ports = self.ports(&context.node.settings, &[]).into_iter();
        ports.filter_map(|port| Some((port.name, shape?.clone()))).collect()
    }

    fn step(&self, raw: &Raw, context: &StepContext<'_>) -> Result<Step, Error> {
        let settings: Settings = settings(raw)?;
        let input = (!context.inputs.is_empty()).then_some(0);
        for condition in &settings.conditions {
            let holds = condition
                .holds(context.moment)
                .map_err(|message| Error::value("conditions", format!("`{}`: {message}", condition.id)))?;
            if holds {
                let note = format!("`{}` holds", condition.label.as_ref().unwrap_or(&condition.id));
                return Ok(Step::Route { input, ports: vec![condition.id.clone()], note: Some(note) });
            }
        }
        let (ports, way) = if settings.default {
            (vec![DEFAULT.to_owned()], "everybody goes by `default`")
        } else {
            (Vec::new(), "the branch ends here")
        };
        Ok(Step::Route { input, ports, note: Some(format!("no condition holds; {way}")) })
    }
}

fn check_conditions(settings: &Settings, context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    let all = context.at("conditions");
    if settings.conditions.is_empty() {
        problems.push(Problem::error("missing_field", all.clone(), "a test has at least one condition"));
    }
    if settings.conditions.len() > CONDITIONS_MAX {
        let message = format!("a test has at most {CONDITIONS_MAX} conditions");
        problems.push(Problem::error("too_many", all.clone(), message));
    }
    let mut seen = BTreeSet::new();
    for (index, condition) in settings.conditions.iter().enumerate() {
        let at = join_pointer(&all, index);
        if !is_port_name(&condition.id) || condition.id == DEFAULT {
            let message = format!("`{}` cannot be the name of a port", condition.id);
            problems.push(
                Problem::error("bad_port", join_pointer(&at, "id"), message)
                    .hint("use letters, digits, `_` and `-`, and another name than `default`, `error`"),
            );
        } else if !seen.insert(condition.id.as_str()) {
            let message = format!("two conditions are called `{}`", condition.id);
            problems.push(Problem::error("duplicate_port", join_pointer(&at, "id"), message));
        }
        check_condition(condition, &at, context, problems);
    }
}

fn check_condition(condition: &Condition, at: &str, context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    let given = [("count", &condition.count), ("variable", &condition.variable), ("expression", &condition.expression)];
    let given: Vec<&str> = given.into_iter().filter(|(_, value)| value.is_some()).map(|(name, _)| name).collect();
    if let [first, second, ..] = given.as_slice() {
        let message = format!("a condition is about one thing, and here are `{first}` and `{second}`");
        problems.push(Problem::error("bad_value", join_pointer(at, second), message).hint("keep one of them"));
        return;
    }
    let field = given.first().copied().unwrap_or("operator");
    let pointer = join_pointer(at, field);
    if let Some(of) = &condition.count
        && let Err(problem) = context.earlier.check_count(context.campaign, &context.node.id, of, &pointer)
    {
        problems.push(*problem);
        return;
    }
    let moment = context.moment;
    let column_type = match condition.subject() {
        Subject::Variable(name) => match moment.variables.find(&name, &pointer) {
            Ok(variable) => variable.data_type,
            Err(problem) => {
                problems.push(problem);
                return;
            }
        },
        Subject::Expression(sql) => match tutti_query::constant(sql, moment, &pointer) {
            Ok((column_type, _)) => column_type,
            Err(problem) => {
                problems.push(*problem);
                return;
            }
        },
    };
    match condition.operator {
        Some(operator) => {
            if let Err(message) = Comparison::read(operator, condition.value.as_ref(), column_type, moment) {
                problems.push(Problem::error("wrong_type", join_pointer(at, "value"), message));
            }
        }
        None if condition.expression.is_none() => {
            let message = "the condition does not say how it compares";
            problems.push(
                Problem::error("missing_field", at, message).hint("add `operator` and `value`, like `operator: \">\"`"),
            );
        }
        None if column_type != ColumnType::Boolean => {
            let message = format!("the expression is {column_type}, and a condition is true or false");
            problems.push(
                Problem::error("wrong_type", pointer, message).hint("add `operator` and `value`, or compare in it"),
            );
        }
        None => {}
    }
}
