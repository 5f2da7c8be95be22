//! Waits for somebody's word before anybody goes on.
//!
//! The run goes on with its other branches; here everybody waits until a person approves or rejects
//! (`tutti approve RUN ACTIVITY`, `tutti reject RUN ACTIVITY`, or in the web app), and then leaves by the port
//! `approved` or `rejected`. `by` names who may answer. With a `deadline` the answer of `on_deadline` is taken when
//! nobody has given one. What is asked is a template, as in alerts. A test is taken as approved, so that it reaches
//! the rest of the canvas. Example: `{id: ok, type: approval, message: "Send {{ rows }} mails?", by: [marta],
//! deadline: 2d, on_deadline: reject}`.

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tutti_model::problem::Problem;
use tutti_model::table::ColumnType;

use crate::activity::{Activity, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shapes, object};
use crate::due::{Due, Until};
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
    pub message: String,
    /// The people or roles who may answer. Anybody who may work on runs when absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// Until when somebody may answer: a length of time, a date and time, or `{weekday: monday, at: "09:00"}`. Without
    /// it, it waits for as long as populations are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Until>,
    /// What happens when nobody has answered by the deadline.
    #[serde(default)]
    pub on_deadline: OnDeadline,
}

/// What happens when nobody has answered in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnDeadline {
    /// As if somebody had approved.
    Approve,
    /// As if somebody had rejected.
    #[default]
    Reject,
    /// The activity fails, and its `on_error` says what the run does.
    Fail,
}

/// What is asked, with its text filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub message: String,
    pub by: Vec<String>,
    pub deadline: Option<Due>,
    pub on_deadline: OnDeadline,
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
        "Waits until somebody approves or rejects, and sends the population on accordingly."
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

    fn ports(&self, _: &Raw, _: &[&str]) -> Vec<PortSpec> {
        vec![PortSpec::new(APPROVED, "Approved"), PortSpec::new(REJECTED, "Rejected")]
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
            if let Some(deadline) = &settings.deadline {
                deadline.check(context.moment, &context.at("deadline"), problems);
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
        let deadline = settings.deadline.map(|deadline| deadline.read(context.moment)).transpose();
        Ok(Step::Ask(Box::new(Question {
            message: text::fill(&settings.message, context.moment).map_err(|why| Error::value("message", why))?,
            by: settings.by,
            deadline: deadline.map_err(|why| Error::value("deadline", why))?,
            on_deadline: settings.on_deadline,
        })))
    }
}
