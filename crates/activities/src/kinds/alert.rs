//! Tells people something, and lets everybody go on.
//!
//! The alert is kept with its title and message, shown where alerts are, and recorded in the run's log; with `email` it
//! is also mailed through a channel. It has no condition of its own: put it on a branch of a test. Title and message
//! are templates over the variables in scope: `{{ rows }}` is the number of rows that arrive, `{{ variables.minimum }}`
//! a variable, `{{ variables.rows_target }}` what left `target`; `{{ campaign }}` and `{{ run }}` are their names. A
//! test only writes it to its log. Example: `{id: few, type: alert, title: "Only {{ rows }} people", message: "..."}`.

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tutti_model::campaign::OUT;
use tutti_model::problem::{Problem, join_pointer};

use crate::activity::{Activity, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shapes, object};
use crate::kinds::email;
use crate::step::{Error, Step, StepContext, settings};
use crate::text;

/// The most addresses that an alert is mailed to.
pub const RECIPIENTS_MAX: usize = 50;

/// What is told, and to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// One line, a template.
    #[schemars(extend("x-tutti-editor" = "template"))]
    pub title: String,
    /// Plain text, a template.
    #[schemars(extend("x-tutti-editor" = "template"))]
    pub message: String,
    /// How urgent it is.
    #[serde(default)]
    pub level: Level,
    /// Whom it is mailed to. Without it, it is only kept and shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Mail>,
}

/// How urgent an alert is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Info,
    #[default]
    Warning,
    Critical,
}

impl Level {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// The addresses that an alert is mailed to, and the channel that it goes by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The name of a channel document of kind email; its sender and server are used.
    #[schemars(extend("x-tutti-editor" = "channel"))]
    pub channel: String,
    /// The addresses.
    pub to: Vec<String>,
}

/// An alert with its texts filled in. The names of campaign and run are left for the run to fill in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub title: String,
    pub message: String,
    pub level: Level,
    pub email: Option<Mail>,
}

pub struct Alert;

impl Activity for Alert {
    fn kind(&self) -> &'static str {
        "alert"
    }

    fn label(&self) -> &'static str {
        "Alert"
    }

    fn category(&self) -> Category {
        Category::FlowControl
    }

    fn summary(&self) -> &'static str {
        "Tells people something, and lets the population go on."
    }

    fn settings_schema(&self) -> Schema {
        schema_for!(Settings)
    }

    fn example(&self) -> Raw {
        object(json!({
            "title": "Only {{ rows }} people to write to",
            "message": "The audience is smaller than usual: look at its rules before the next launch.",
        }))
    }

    fn inputs(&self) -> Inputs {
        Inputs::TRIGGER
    }

    fn ports(&self, _: &Raw, _: &[&str]) -> Vec<PortSpec> {
        vec![PortSpec::out()]
    }

    fn check(&self, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Shapes {
        if let Some(settings) = context.read::<Settings>(problems) {
            for (name, template) in [("title", &settings.title), ("message", &settings.message)] {
                text::check(template, context.moment, &context.at(name), problems);
            }
            if settings.title.trim().is_empty() || settings.title.contains(['\n', '\r']) {
                let message = "an alert's title is one line of text";
                problems.push(Problem::error("bad_value", context.at("title"), message));
            }
            if let Some(mail) = &settings.email {
                check_mail(mail, context, problems);
            }
        }
        context.inbound().map(|shape| (OUT.to_owned(), shape.clone())).into_iter().collect()
    }

    fn step(&self, raw: &Raw, context: &StepContext<'_>) -> Result<Step, Error> {
        let settings: Settings = settings(raw)?;
        let fill = |name: &'static str, template: &str| {
            text::fill(template, context.moment).map_err(|message| Error::value(name, message))
        };
        Ok(Step::Alert(Box::new(Notice {
            title: fill("title", &settings.title)?,
            message: fill("message", &settings.message)?,
            level: settings.level,
            email: settings.email,
        })))
    }
}

fn check_mail(mail: &Mail, context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    let at = context.at("email");
    email::check_channel(&mail.channel, &join_pointer(&at, "channel"), context, problems);
    let to = join_pointer(&at, "to");
    if mail.to.is_empty() || mail.to.len() > RECIPIENTS_MAX {
        let message = format!("an alert is mailed to 1 to {RECIPIENTS_MAX} addresses, not {}", mail.to.len());
        problems.push(Problem::error("bad_value", to.clone(), message));
    }
    for (index, address) in mail.to.iter().enumerate() {
        let parts = address.rsplit_once('@').filter(|(local, domain)| !local.is_empty() && !domain.is_empty());
        if parts.is_none() || address.contains(char::is_whitespace) {
            let message = format!("`{address}` is not an e-mail address");
            problems.push(Problem::error("bad_value", join_pointer(&to, index), message));
        }
    }
}
