//! Messages as templates: compiled once for an activity, rendered for each row.
//!
//! Templates are MiniJinja's: they reach no file and no network, and stop at a fuel limit. A NULL is undefined: it
//! prints as nothing and `default` replaces it. A name that the rows do not have is an error when it is compiled.

mod check;
mod filters;
mod links;
mod mjml;
mod source;
mod tags;
mod text;
mod values;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr, Value};
use minijinja::{AutoEscape, Environment, Error as JinjaError, ErrorKind, State, UndefinedBehavior};
use tutti_model::content::Content;
use tutti_model::jinja;
use tutti_model::table::{Column, ColumnType};

use crate::error::{Error, Result};
use crate::token::{MessageRef, Person, Signer, Token};
pub use check::{CLIPPED_BYTES, Checked, SUBJECT_CHARACTERS_MAX, check, check_rendered};
pub use mjml::Error as MjmlError;
use source::{Masked, Part};
pub use values::{Names, Row, Rows, text};

/// The steps that rendering one part may take; a 10 KB mail takes some hundreds.
const FUEL: u64 = 200_000;
/// The most bytes of one rendered part.
pub const PART_BYTES_MAX: usize = 8 << 20;

/// Names that every template may use besides the fields of its rows.
pub const SYSTEM_NAMES: [&str; 2] = ["segment_code", UNSUBSCRIBE_URL];
const UNSUBSCRIBE_URL: &str = "unsubscribe_url";
const OPEN_URL: &str = "__open_url";
const ROW: &str = "__row";
const VARIABLES: &str = "variables";

/// What a field is, by its path: its column, or a hint why there is none.
pub type FieldType<'a> = dyn Fn(&str) -> Result<Column, String> + 'a;

/// What is added to the author's message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Additions {
    /// A pixel that reports opens.
    pub opens: bool,
    /// Links that report clicks.
    pub clicks: bool,
    /// A link to unsubscribe, where the author has none.
    pub unsubscribe: bool,
}

/// How the text part is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TextFrom {
    /// Rendered from a template.
    Template,
    /// Made from each message's own HTML.
    Html,
}

/// A compiled message.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
    text_from: TextFrom,
    /// The fields that are used, by path.
    pub fields: BTreeSet<String>,
    /// Where the tracked links lead that are the same in each message.
    pub urls: Vec<String>,
}

/// The parts of one message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    pub subject: String,
    pub html: String,
    pub text: String,
}

/// What links need to know of one message.
#[derive(Clone, Debug)]
pub struct Links {
    pub signer: Signer,
    /// Where tracking links lead, without a slash at the end.
    pub public_url: Arc<str>,
    pub message: MessageRef,
    pub person: Person,
}

impl Links {
    fn url(&self, kind: &str, token: &Token) -> String {
        format!("{}/{kind}/{}", self.public_url, self.signer.sign(token))
    }

    /// Where the row's owner unsubscribes.
    pub fn unsubscribe_url(&self) -> String {
        self.url("u", &Token::Unsubscribe(self.message.clone(), self.person.clone()))
    }

    fn open_url(&self) -> String {
        self.url("t/o", &Token::Open(self.message.clone()))
    }

    fn click_url(&self, token: impl FnOnce(MessageRef) -> Token) -> String {
        self.url("t/c", &token(self.message.clone()))
    }
}

impl Templates {
    /// Compiles a message. `field` knows the fields of the rows that arrive.
    ///
    /// # Errors
    /// [`Error::Template`] where a part is no template, [`Error::UnknownField`] where it uses a name that is no field.
    pub fn compile(content: &Content, additions: Additions, field: &FieldType<'_>) -> Result<Self> {
        Self::compile_with(content, additions, Value::UNDEFINED, &BTreeMap::new(), field)
    }

    /// Compiles a message that may name the variables of its run as `variables.NAME`; a field of the rows that has this
    /// name comes first. Decimals among the variables print with their `places`.
    ///
    /// # Errors
    /// As [`Templates::compile`].
    pub fn compile_with(
        content: &Content,
        additions: Additions,
        variables: Value,
        places: &BTreeMap<String, u8>,
        field: &FieldType<'_>,
    ) -> Result<Self> {
        let mut environment = environment();
        if !variables.is_undefined() {
            environment.add_global(VARIABLES, variables);
        }
        let mut compiled =
            Self { environment, text_from: TextFrom::Template, fields: BTreeSet::new(), urls: Vec::new() };
        let mut subject = content.subject.clone();
        exact_decimals(&mut subject, places, field);
        compiled.add("subject", subject, field)?;
        let mut html = html_of(content)?;
        exact_decimals(&mut html, places, field);
        compiled.check("html", &html, field)?;
        let text = content.text.clone().map(|mut text| {
            exact_decimals(&mut text, places, field);
            text
        });
        let uses_unsubscribe = |text: &str| text.contains(UNSUBSCRIBE_URL);
        if additions.unsubscribe && !uses_unsubscribe(&html) {
            let link =
                format!("<p style=\"font-size:12px\"><a href=\"{{{{ {UNSUBSCRIBE_URL} }}}}\">Unsubscribe</a></p>");
            html = before_body_end(&html, &link);
        }
        let masked = Masked::new(&html);
        match text.or_else(|| text::from_template(masked.as_ref()?)) {
            Some(mut text) => {
                if additions.unsubscribe && !uses_unsubscribe(&text) {
                    text.push_str(&format!("\nUnsubscribe: {{{{ {UNSUBSCRIBE_URL} }}}}\n"));
                }
                compiled.add("text", text, field)?;
            }
            None => {
                compiled.text_from = TextFrom::Html;
                compiled.add("html_plain", html.clone(), field)?;
            }
        }
        if additions.clicks
            && let Some(mut masked) = masked
        {
            links::track(&mut masked, &mut compiled.urls);
            html = masked.unmask(&masked.text).unwrap_or(html);
        }
        if let Some(preheader) = &content.preheader {
            let mut preheader = preheader.clone();
            exact_decimals(&mut preheader, places, field);
            compiled.add("preheader", preheader.clone(), field)?;
            let hidden =
                format!("<div style=\"display:none;max-height:0;overflow:hidden;mso-hide:all\">{preheader}</div>");
            html = after_body_start(&html, &hidden);
        }
        if additions.opens {
            let pixel = format!(
                "<img src=\"{{{{ {OPEN_URL} }}}}\" width=\"1\" height=\"1\" alt=\"\" style=\"display:block;border:0\">"
            );
            html = before_body_end(&html, &pixel);
        }
        compiled.add("html", html, field)?;
        Ok(compiled)
    }

    /// Gives the link to unsubscribe an address for messages that belong to no run, as previews do.
    #[must_use]
    pub fn with_unsubscribe_url(mut self, url: &str) -> Self {
        self.environment.add_global(UNSUBSCRIBE_URL, Value::from_safe_string(url.to_owned()));
        self
    }

    /// What mail programs show beside the subject; empty where the author has written nothing.
    ///
    /// # Errors
    /// As [`Templates::render`].
    pub fn render_preheader(&self, row: Row, into: &mut String) -> Result<(), JinjaError> {
        into.clear();
        if self.environment.get_template("preheader").is_err() {
            return Ok(());
        }
        self.part("preheader", &Value::from_object(Context { row, links: None }), into)
    }

    fn add(&mut self, part: &'static str, source: String, field: &FieldType<'_>) -> Result<()> {
        self.check(part, &source, field)?;
        self.environment.add_template_owned(part, source).map_err(|source| Error::Template { part, source })
    }

    /// Looks whether the part is a template, and whether every name in it is a field.
    fn check(&mut self, part: &'static str, source: &str, field: &FieldType<'_>) -> Result<()> {
        let environment = &self.environment;
        let template =
            environment.template_from_named_str(part, source).map_err(|source| Error::Template { part, source })?;
        let mut names: Vec<String> = template.undeclared_variables(true).into_iter().collect();
        names.sort();
        for name in names {
            if name.starts_with("__")
                || SYSTEM_NAMES.contains(&name.as_str())
                || environment.globals().any(|(global, _)| global == name)
                || is_variable(environment, &name, field)
            {
                if name == "segment_code" && field(&name).is_ok() {
                    self.fields.insert(name);
                }
                continue;
            }
            match field(&name) {
                Ok(_) => drop(self.fields.insert(name)),
                Err(hint) => {
                    let hint = if hint.is_empty() { hint } else { format!("; {hint}") };
                    return Err(Error::UnknownField { part, field: name, hint });
                }
            }
        }
        Ok(())
    }

    /// Renders the parts for one row into `into`.
    ///
    /// # Errors
    /// What MiniJinja says, when a part cannot be rendered for this row.
    pub fn render(&self, row: Row, links: Option<&Arc<Links>>, into: &mut Rendered) -> Result<(), JinjaError> {
        let context = Value::from_object(Context { row, links: links.map(Arc::clone) });
        self.part("subject", &context, &mut into.subject)?;
        self.part("html", &context, &mut into.html)?;
        match self.text_from {
            TextFrom::Template => self.part("text", &context, &mut into.text)?,
            TextFrom::Html => {
                let mut plain = String::new();
                self.part("html_plain", &context, &mut plain)?;
                into.text = text::from_html(&plain);
            }
        }
        Ok(())
    }

    fn part(&self, name: &str, context: &Value, into: &mut String) -> Result<(), JinjaError> {
        let template = self.environment.get_template(name)?;
        let mut bytes = std::mem::take(into).into_bytes();
        bytes.clear();
        let mut bounded = Bounded { bytes: &mut bytes };
        template.render_captured_to(context.clone(), &mut bounded)?;
        *into = String::from_utf8(bytes)
            .map_err(|_| JinjaError::new(ErrorKind::BadSerialization, "the part is not UTF-8"))?;
        Ok(())
    }
}

/// Refuses more than a message can sensibly have.
struct Bounded<'a> {
    bytes: &'a mut Vec<u8>,
}

impl std::io::Write for Bounded<'_> {
    fn write(&mut self, some: &[u8]) -> std::io::Result<usize> {
        if self.bytes.len() + some.len() > PART_BYTES_MAX {
            return Err(std::io::Error::other(format!("the message is larger than {PART_BYTES_MAX} bytes")));
        }
        self.bytes.extend_from_slice(some);
        Ok(some.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Whether a name is that of a variable of the run, and not a field of the rows.
fn is_variable(environment: &Environment<'_>, name: &str, field: &FieldType<'_>) -> bool {
    let below = name.strip_prefix(VARIABLES).is_some_and(|rest| rest.starts_with('.'));
    below && field(name).is_err() && environment.globals().any(|(global, _)| global == VARIABLES)
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment
        .set_auto_escape_callback(|name| if name.starts_with("html") { AutoEscape::Html } else { AutoEscape::None });
    filters::add(&mut environment);
    environment.add_filter(links::CLICK_FILTER, click);
    environment
}

/// The filter around links that differ in each message.
fn click(state: &State<'_, '_>, url: &Value) -> Value {
    let escaped = url.to_string();
    let target = links::unescape(escaped.trim());
    let context = state.lookup(ROW);
    let links = context
        .as_ref()
        .and_then(|row| row.downcast_object_ref::<Context>())
        .and_then(|context| context.links.as_ref());
    match links {
        Some(links) if links::is_web(&target) => {
            Value::from_safe_string(links.click_url(|message| Token::ClickUrl(message, target)))
        }
        _ => Value::from_safe_string(escaped),
    }
}

/// What a template sees: the row, and the links of its message.
#[derive(Debug)]
struct Context {
    row: Row,
    links: Option<Arc<Links>>,
}

impl Object for Context {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let name = key.as_str()?;
        if let Some(value) = self.row.value(name) {
            return Some(value);
        }
        if name == ROW {
            return Some(Value::from_dyn_object(Arc::clone(self)));
        }
        let links = self.links.as_ref()?;
        let url = match name {
            UNSUBSCRIBE_URL => links.unsubscribe_url(),
            OPEN_URL => links.open_url(),
            _ => {
                let index = name.strip_prefix("__click_")?.parse().ok()?;
                links.click_url(|message| Token::Click(message, index))
            }
        };
        Some(Value::from_safe_string(url))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }
}

/// `{{ price }}` of a decimal with two places prints two places, and so do `{{ purchase.price }}` inside
/// `{% for purchase in purchases %}` and `{{ variables.budget }}`, whose places are in `places`.
fn exact_decimals(source: &mut String, places: &BTreeMap<String, u8>, field: &FieldType<'_>) {
    *source = jinja::filtered(source, &|path| {
        let name = path.strip_prefix(VARIABLES)?.strip_prefix('.')?;
        let places = places.get(name).filter(|_| field(path).is_err())?;
        Some(format!("number({places}, '')"))
    });
    let Some(mut masked) = Masked::new(source) else { return };
    let mut loops: HashMap<String, Vec<Column>> = HashMap::new();
    for part in &mut masked.parts {
        let inside = part.inside();
        if let Part::Block(_) = part {
            loops.extend(loop_over_list(inside, field));
            continue;
        }
        let is_path = !inside.is_empty()
            && inside.split('.').all(|name| name.chars().all(|c| c.is_alphanumeric() || c == '_') && !name.is_empty());
        if !is_path {
            continue;
        }
        let of_loop = || {
            let (variable, name) = inside.split_once('.')?;
            loops.get(variable)?.iter().find(|column| column.name == name).cloned()
        };
        let column = field(inside).ok().or_else(of_loop);
        if let Part::Expression(text) = part
            && let Some(Column { column_type: ColumnType::Decimal { scale, .. }, .. }) = column
            && scale > 0
        {
            let end = text.trim_end_matches("}}").trim_end_matches(['-', '+']).len();
            text.insert_str(end, &format!(" | number({scale}, '')"));
        }
    }
    if let Some(whole) = masked.unmask(&masked.text) {
        *source = whole;
    }
}

/// The variable of a loop over a list of rows, and the columns of these.
fn loop_over_list(block: &str, field: &FieldType<'_>) -> Option<(String, Vec<Column>)> {
    let (variable, list) = block.strip_prefix("for ")?.split_once(" in ")?;
    let end = list.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').unwrap_or(list.len());
    let columns = field(&list[..end]).ok()?.list.into_vec();
    (!columns.is_empty()).then(|| (variable.trim().to_owned(), columns))
}

/// The HTML template of a content: as it is written, or made from MJML.
fn html_of(content: &Content) -> Result<String> {
    match (&content.html, &content.mjml) {
        (Some(html), _) => Ok(html.clone()),
        (None, Some(mjml)) => Ok(mjml::to_html(mjml)?.html),
        (None, None) => Err(Error::Settings("the message has neither `html` nor `mjml`".to_owned())),
    }
}

fn before_body_end(html: &str, what: &str) -> String {
    let at = rfind_tag(html, "</body").unwrap_or(html.len());
    format!("{}{what}{}", &html[..at], &html[at..])
}

fn after_body_start(html: &str, what: &str) -> String {
    let start = html.as_bytes().windows(5).position(|window| window.eq_ignore_ascii_case(b"<body"));
    let at = start.and_then(|start| Some(start + html[start..].find('>')? + 1)).unwrap_or(0);
    format!("{}{what}{}", &html[..at], &html[at..])
}

fn rfind_tag(html: &str, tag: &str) -> Option<usize> {
    html.as_bytes().windows(tag.len()).rposition(|window| window.eq_ignore_ascii_case(tag.as_bytes()))
}

#[cfg(test)]
mod tests;
