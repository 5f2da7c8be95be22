//! Waits for people's word before anybody goes on.
//!
//! The run goes on with its other branches; here everybody waits until a person approves or rejects
//! (`tutti approve RUN ACTIVITY`, `tutti reject RUN ACTIVITY`, or in the web app), and then leaves by the port
//! `approved` or `rejected`. `answers` puts others in their place, each with a port of its own
//! (`tutti approve RUN ACTIVITY --answer later`). `by` names the people or roles who may answer. With `needed: 2` an
//! answer counts once two people have given it; a rejection counts at once. With a `deadline` the answer of
//! `on_deadline` is taken when there is none by then. What is asked is a template, as in alerts. A test takes the first
//! answer, so that it reaches the rest of the canvas. Example: `{id: ok, type: approval, message: "Send {{ rows }}
//! mails?", by: [marta, publisher], needed: 2, deadline: 2d, on_deadline: reject}`.

use std::collections::BTreeSet;

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tutti_model::campaign::is_port_name;
use tutti_model::problem::{Problem, join_pointer};
use tutti_model::table::ColumnType;

use crate::activity::{Activity, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shapes, object};
use crate::due::{Due, Until};
use crate::kinds::wait::check_length;
use crate::step::{Error, Step, StepContext, settings};
use crate::text;

/// The port of those who may go on.
pub const APPROVED: &str = "approved";
/// The port of those who may not.
pub const REJECTED: &str = "rejected";

/// What is asked, of whom, and until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What is asked, a template.
    #[schemars(extend("x-tutti-editor" = "template"))]
    pub message: String,
    /// The people or roles who may answer. Anybody who may work on runs when absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// Until when somebody may answer: a length of time, a date and time, or `{weekday: monday, at: "09:00"}`. Without
    /// it, it waits for as long as populations are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "until"))]
    pub deadline: Option<Until>,
    /// What happens when there is no answer by the deadline: `approve`, `reject`, one of the `answers`, or `fail`, so
    /// that `on_error` says what the run does.
    #[serde(default = "reject")]
    #[schemars(extend("x-tutti-editor" = "answer"))]
    pub on_deadline: String,
    /// Other answers than to approve and to reject; each is a port. Without it, these two.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Choice>,
    /// How many people have to give an answer for it to count.
    #[serde(default = "one")]
    pub needed: u32,
}

/// An answer that people can give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The name of the port.
    #[schemars(extend("x-tutti-editor" = "port"))]
    pub id: String,
    /// What people see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

fn reject() -> String {
    "reject".to_owned()
}

fn one() -> u32 {
    1
}

/// What happens when nobody has answered in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OnDeadline {
    /// As if this had been answered.
    Answer(String),
    /// The activity fails, and its `on_error` says what the run does.
    Fail,
}

impl Settings {
    /// The answers that can be given, each a port.
    pub fn choices(&self) -> Vec<String> {
        if self.answers.is_empty() {
            return vec![APPROVED.to_owned(), REJECTED.to_owned()];
        }
        self.answers.iter().map(|answer| answer.id.clone()).collect()
    }

    /// What happens at the deadline; `None` where it is no answer.
    fn at_deadline(&self) -> Option<OnDeadline> {
        let word = match self.on_deadline.as_str() {
            "fail" => return Some(OnDeadline::Fail),
            "approve" => APPROVED,
            "reject" => REJECTED,
            other => other,
        };
        self.choices().iter().any(|choice| choice == word).then(|| OnDeadline::Answer(word.to_owned()))
    }
}

/// What is asked, with its text filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub message: String,
    pub by: Vec<String>,
    pub deadline: Option<Due>,
    pub on_deadline: OnDeadline,
    /// The answers that can be given; the first is a test's.
    pub answers: Vec<String>,
    /// How many people have to give an answer for it to count.
    pub needed: u32,
}

pub struct Approval;

impl Activity for Approval {
    fn kind(&self) -> &'static str {
        "approval"
    }

    fn label(&self) -> &'static str {
        "Approval"
    }

    fn category(&self) -> Category {
        Category::FlowControl
    }

    fn summary(&self) -> &'static str {
        "Waits until people approve, reject or answer otherwise, and sends the population on accordingly."
    }

    fn settings_schema(&self) -> Schema {
        schema_for!(Settings)
    }

    fn example(&self) -> Raw {
        object(json!({"message": "Send {{ rows }} messages?", "deadline": "2d", "on_deadline": "reject"}))
    }

    fn inputs(&self) -> Inputs {
        Inputs::TRIGGER
    }

    fn ports(&self, settings: &Raw, _: &[&str]) -> Vec<PortSpec> {
        let text = |answer: &Value, name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
        let answers = settings.get("answers").and_then(Value::as_array).into_iter().flatten();
        let answers = answers.filter_map(|answer| {
            let id = text(answer, "id")?;
            Some(PortSpec::new(id.clone(), text(answer, "label").unwrap_or(id)))
        });
        let answers: Vec<PortSpec> = answers.collect();
        if answers.is_empty() {
            return vec![PortSpec::new(APPROVED, "Approved"), PortSpec::new(REJECTED, "Rejected")];
        }
        answers
    }

    fn may_stay_closed(&self, _: &Raw, _: &str) -> bool {
        true
    }

    fn results(&self, _: &Raw) -> Vec<(&'static str, ColumnType)> {
        vec![("answer", ColumnType::String), ("by", ColumnType::String), ("comment", ColumnType::String)]
    }

    fn check(&self, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Shapes {
        if let Some(settings) = context.read::<Settings>(problems) {
            text::check(&settings.message, context.moment, &context.at("message"), problems);
            check_answers(&settings, context, problems);
            if let Some(deadline) = &settings.deadline {
                deadline.check(context.moment, &context.at("deadline"), problems);
                check_length(context, &context.at("deadline"), problems);
            } else if context.node.settings.contains_key("on_deadline") {
                let message = "there is no deadline, so `on_deadline` never applies";
                problems.push(
                    Problem::warning("unused_setting", context.at("on_deadline"), message).hint("add `deadline: 2d`"),
                );
            }
        }
        let shape = context.inbound();
        let ports = self.ports(&context.node.settings, &[]).into_iter();
        ports.filter_map(|port| Some((port.name, shape?.clone()))).collect()
    }

    fn step(&self, raw: &Raw, context: &StepContext<'_>) -> Result<Step, Error> {
        let settings: Settings = settings(raw)?;
        let (answers, on_deadline) = (settings.choices(), settings.at_deadline());
        // Nothing happens at a deadline that there is not.
        let on_deadline = if settings.deadline.is_none() { Some(OnDeadline::Fail) } else { on_deadline };
        let deadline = settings.deadline.map(|deadline| deadline.read(context.moment)).transpose();
        Ok(Step::Ask(Box::new(Question {
            message: text::fill(&settings.message, context.moment).map_err(|why| Error::value("message", why))?,
            by: settings.by,
            deadline: deadline.map_err(|why| Error::value("deadline", why))?,
            on_deadline: on_deadline.ok_or_else(|| Error::value("on_deadline", "it is none of the answers"))?,
            answers,
            needed: settings.needed,
        })))
    }
}

fn check_answers(settings: &Settings, context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    let mut seen = BTreeSet::new();
    for (index, answer) in settings.answers.iter().enumerate() {
        let at = join_pointer(&join_pointer(&context.at("answers"), index), "id");
        if !is_port_name(&answer.id) || answer.id == "fail" {
            let message = format!("`{}` cannot be an answer", answer.id);
            let hint = "use letters, digits, `_` and `-`, and another name than `error` and `fail`";
            problems.push(Problem::error("bad_port", at, message).hint(hint));
        } else if !seen.insert(answer.id.as_str()) {
            problems.push(Problem::error("duplicate_port", at, format!("two answers are called `{}`", answer.id)));
        }
    }
    // Without an answer that it could mean, the usual word of the deadline is only wrong where there is a deadline.
    let told = settings.deadline.is_some() || context.node.settings.contains_key("on_deadline");
    if told && settings.at_deadline().is_none() {
        let choices = settings.choices();
        let known = choices.iter().map(String::as_str).chain(["fail"]);
        let shown = crate::told::names(known.clone());
        let message = format!("`{}` is none of the answers", settings.on_deadline);
        let problem = Problem::error("bad_value", context.at("on_deadline"), message);
        let problem = problem.did_you_mean(&settings.on_deadline, known);
        problems.push(match problem.hint {
            Some(_) => problem,
            None => problem.hint(format!("write one of {shown}")),
        });
    }
    if settings.needed == 0 {
        problems.push(Problem::error("bad_value", context.at("needed"), "at least 1 person has to answer"));
    }
}
