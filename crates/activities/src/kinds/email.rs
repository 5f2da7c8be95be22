//! Sends one e-mail to each row that arrives.
//!
//! Who may not be mailed (no address, no consent, suppressed, ...) is excluded with a reason; everybody who arrived is
//! in the ledger. By the port `out` the whole population that arrived goes on, mailed or not, so that a branch after a
//! wait can ask who opened the message; take out those who were not sent to with a rule over `tutti_messages`. The
//! message is written here (`subject`, and `html` or `mjml`) or taken from a content document. A campaign that runs
//! once waits for a confirmation before it sends, unless `send: auto`; one that recurs does not wait. Example: `{id:
//! mail, type: email, channel: email_marketing, subject: "Hello {{ first_name | default('there') }}", html:
//! "<p>...</p>"}`.

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tutti_model::campaign::OUT;
use tutti_model::catalog::Catalog;
use tutti_model::channel::ChannelKind;
use tutti_model::content::Content;
use tutti_model::problem::Problem;
use tutti_model::schedule::Schedule;
use tutti_model::table::ColumnType;

use crate::activity::{Activity, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shape, Shapes, object};
use crate::step::{Error, Step, StepContext, settings};
use crate::{fields, template};

/// How many messages a dry run shows at most.
pub const SAMPLE_MAX: u16 = 50;

/// What is sent, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The channel to send with: the name of a channel document of kind email.
    #[schemars(extend("x-tutti-editor" = "channel"))]
    pub channel: String,
    /// The subject, a template. With `html` or `mjml`, in place of `content`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What mail programs show beside the subject, a template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preheader: Option<String>,
    /// The message, an HTML template; or else `mjml`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// The message, an MJML template, from which HTML is made that mail programs draw alike.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mjml: Option<String>,
    /// The message as plain text, a template; made from the HTML when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The name of a content document, in place of `subject` and `html` or `mjml`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "content"))]
    pub content: Option<String>,
    /// Whether sending waits for a confirmation. When absent, campaigns that run once wait and others do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send: Option<Send>,
    /// Whether of several rows with one address only that with the lowest key is mailed.
    #[serde(default)]
    pub deduplicate_addresses: bool,
    /// How many messages a dry run shows; 3 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<u16>,
}

/// When messages go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Send {
    /// As soon as the population is there.
    Auto,
    /// When somebody has confirmed.
    Hold,
}

impl Settings {
    /// Reads the settings of an activity that was checked.
    pub fn read(raw: &Raw) -> Result<Self, Error> {
        settings(raw)
    }

    /// The message to send, as it is written: the activity's own, or that of its content document. `None` when there is
    /// none.
    pub fn message(&self, catalog: &Catalog) -> Option<Content> {
        if let Some(name) = &self.content {
            return catalog.contents.get(name).map(|content| Content::clone(content));
        }
        let body = self.html.as_ref().or(self.mjml.as_ref());
        body?;
        Some(Content {
            subject: self.subject.clone()?,
            preheader: self.preheader.clone(),
            html: self.html.clone(),
            mjml: self.mjml.clone(),
            text: self.text.clone(),
            ..Content::default()
        })
    }

    /// Whether sending waits for a confirmation, in a campaign with this schedule.
    pub fn holds(&self, schedule: &Schedule) -> bool {
        match self.send {
            Some(send) => send == Send::Hold,
            None => schedule.is_one_shot(),
        }
    }

    /// How many messages a dry run shows.
    pub fn samples(&self) -> usize {
        usize::from(self.sample.unwrap_or(3))
    }
}

pub struct Email;

impl Activity for Email {
    fn kind(&self) -> &'static str {
        "email"
    }

    fn label(&self) -> &'static str {
        "E-mail"
    }

    fn category(&self) -> Category {
        Category::Channel
    }

    fn summary(&self) -> &'static str {
        "Sends one e-mail to each row that arrives, and lets the whole population go on."
    }

    fn settings_schema(&self) -> Schema {
        schema_for!(Settings)
    }

    fn example(&self) -> Raw {
        object(json!({
            "channel": "email_marketing",
            "subject": "Hello {{ first_name | default('there') }}",
            "html": "<p>Hello {{ first_name | default('there') }}, we miss you.</p>",
            "send": "auto",
        }))
    }

    fn inputs(&self) -> Inputs {
        Inputs::ONE
    }

    fn ports(&self, _: &Raw, _: &[&str]) -> Vec<PortSpec> {
        vec![PortSpec::out()]
    }

    fn takes_files(&self) -> bool {
        false
    }

    fn results(&self, _: &Raw) -> Vec<(&'static str, ColumnType)> {
        ["targeted", "excluded", "sent", "failed", "in_doubt"].map(|name| (name, ColumnType::Integer)).to_vec()
    }

    fn check(&self, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Shapes {
        let settings = context.read::<Settings>(problems);
        let mut shapes = Shapes::new();
        if let Some(shape) = context.inbound() {
            shapes.insert(OUT.to_owned(), shape.clone());
        }
        let Some(settings) = settings else { return shapes };
        check_channel(&settings.channel, &context.at("channel"), context, problems);
        if let Some(shape) = context.inbound().filter(|shape| !shape.is_file()) {
            check_address(shape, context, problems);
        }
        if settings.sample.is_some_and(|sample| sample == 0 || sample > SAMPLE_MAX) {
            let message = format!("a dry run shows 1 to {SAMPLE_MAX} messages");
            problems.push(Problem::error("bad_value", context.at("sample"), message));
        }
        check_message(&settings, context, problems);
        shapes
    }

    fn step(&self, raw: &Raw, context: &StepContext<'_>) -> Result<Step, Error> {
        context.input()?;
        Ok(Step::Deliver(Box::new(settings(raw)?)))
    }
}

/// Looks whether `name` is a channel that sends e-mail.
pub(crate) fn check_channel(name: &str, at: &str, context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    let of_kind = context.catalog.channels.iter().filter(|(_, channel)| channel.kind == ChannelKind::Email);
    let known: Vec<&str> = of_kind.map(|(name, _)| name.as_str()).collect();
    match context.catalog.channels.get(name) {
        None => problems.push(
            Problem::error("missing_channel", at, format!("there is no channel `{name}`")).did_you_mean(name, known),
        ),
        Some(channel) if channel.kind != ChannelKind::Email => {
            let message =
                format!("the channel `{name}` sends {}, and this activity sends email", channel.kind.as_str());
            problems.push(Problem::error("wrong_channel", at, message).did_you_mean(name, known));
        }
        Some(_) => {}
    }
}

fn check_address(shape: &Shape, context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    let Some((dimension, _)) = context.catalog.dimension_table(&shape.dimension) else { return };
    let channel = ChannelKind::Email.as_str();
    if !dimension.addresses.contains_key(channel) {
        let message = format!("the dimension `{}` has no address for {channel}", shape.dimension);
        problems.push(
            Problem::error("missing_address", context.node.pointer.clone(), message)
                .hint(format!("name the field in the dimension, as in `addresses: {{{channel}: email}}`")),
        );
    }
}

fn check_message(settings: &Settings, context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    let own = [
        ("subject", &settings.subject),
        ("preheader", &settings.preheader),
        ("html", &settings.html),
        ("mjml", &settings.mjml),
        ("text", &settings.text),
    ];
    let at = context.at("content");
    let Some(name) = &settings.content else {
        check_own_form(settings, context, problems);
        let message = Content {
            subject: settings.subject.clone().unwrap_or_default(),
            preheader: settings.preheader.clone(),
            html: settings.html.clone(),
            mjml: settings.mjml.clone(),
            text: settings.text.clone(),
            ..Content::default()
        };
        check_templates(&message, context, &|part| context.at(part), problems);
        check_subject(settings.subject.as_deref(), &context.at("subject"), problems);
        return;
    };
    for (part, _) in own.into_iter().filter(|(_, template)| template.is_some()) {
        let message = format!("the message is written here and in a content: `content` and `{part}`");
        problems.push(Problem::error("bad_value", context.at(part), message).hint("keep one of them"));
    }
    let Some(message) = settings.message(context.catalog) else {
        problems.push(
            Problem::error("missing_content", at, format!("there is no content `{name}`"))
                .did_you_mean(name, context.catalog.contents.keys().map(String::as_str)),
        );
        return;
    };
    let first = problems.len();
    check_templates(&message, context, &|_| at.clone(), problems);
    if problems.len() == first {
        check_subject(Some(&message.subject), &at, problems);
    }
}

/// A message that is written here needs a subject and one body.
fn check_own_form(settings: &Settings, context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    let body = match (&settings.html, &settings.mjml) {
        (Some(_), Some(_)) => {
            let message = "the message has both `html` and `mjml`";
            problems.push(
                Problem::error("bad_value", context.at("mjml"), message)
                    .hint("keep one of them; HTML is made from MJML by itself"),
            );
            true
        }
        (html, mjml) => html.is_some() || mjml.is_some(),
    };
    for (name, is_there) in [("subject", settings.subject.is_some()), ("html", body)] {
        if !is_there {
            let message = format!("the message has no `{name}`");
            let hint = if name == "html" { "add `html` or `mjml`, or name a `content`" } else { "add `subject`, or name a `content`" };
            problems.push(Problem::error("missing_field", context.node.pointer.clone(), message).hint(hint));
        }
    }
}

/// Checks templates as they are written, and then, with the fragments in their places, the names in those that can be
/// read.
fn check_templates(
    message: &Content,
    context: &CheckContext<'_>,
    at: &dyn Fn(&str) -> String,
    problems: &mut Vec<Problem>,
) {
    let of_content = |part: &str, problem: &mut Problem| {
        if !message.name.is_empty() {
            problem.message = format!("`{part}` of the content `{}`: {}", message.name, problem.message);
        }
    };
    let check = |part: &str, template: &str, written: &str, names_in, problems: &mut Vec<Problem>| {
        let from = problems.len();
        template::check(template, written, names_in, &at(part), problems);
        problems[from..].iter_mut().for_each(|problem| of_content(part, problem));
    };
    let mut readable = message.clone();
    for (part, template) in message.templates() {
        let from = problems.len();
        check(part, template, template, None, problems);
        if problems.len() > from {
            readable.set_template(part, String::new());
        }
    }
    let scope = context.inbound().and_then(|shape| fields::scope(context, shape));
    let (catalog, variables) = (context.catalog, Some(&context.moment.variables));
    let names_in = scope.map(|scope| template::NamesIn { scope, catalog, variables });
    match readable.expanded(&context.catalog.fragments) {
        Err(mut problem) => {
            let part = problem.pointer.trim_start_matches('/').to_owned();
            problem.pointer = at(&part);
            of_content(&part, &mut problem);
            problems.push(problem);
        }
        Ok(expanded) => {
            for ((part, template), (_, written)) in expanded.templates().zip(readable.templates()) {
                check(part, template, written, names_in, problems);
            }
        }
    }
}

fn check_subject(subject: Option<&str>, pointer: &str, problems: &mut Vec<Problem>) {
    if subject.is_some_and(|subject| subject.trim().is_empty()) {
        problems.push(Problem::warning("empty_subject", pointer, "the subject is empty"));
    }
}
