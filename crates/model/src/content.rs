//! Contents: what is sent, kept apart from the campaigns that send it. And fragments: pieces that contents share by
//! `{% include "name" %}`, put in their places before anything else is done with a template.

use std::ops::Range;
use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::bind::Position;
use crate::channel::Sender;
use crate::jinja::{self, PartKind};
use crate::problem::Problem;

/// How deep fragments may include each other.
pub const FRAGMENT_DEPTH_MAX: usize = 8;
/// The most bytes that a template may have with its fragments in it.
pub const TEMPLATE_BYTES_MAX: usize = 2 << 20;

/// What a `kind: content` document says: the text of a message, kept apart from the campaigns that send it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    #[serde(skip)]
    pub name: String,
    pub subject: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preheader: Option<String>,
    /// The message as HTML; or else as `mjml`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// The message as MJML, from which HTML is made that mail programs draw alike.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mjml: Option<String>,
    /// The plain-text part; made from the HTML when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// In place of the channel's sender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Sender>,
    /// In place of the channel's address for answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Sender>,
    /// Whom it is written for: its names are checked against the fields of this dimension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimension: Option<String>,
}

/// What a `kind: fragment` document says: a piece of a message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fragment {
    #[serde(skip)]
    pub name: String,
    /// The piece as HTML; or else as `mjml`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// The piece as MJML, for contents in MJML only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mjml: Option<String>,
    /// The piece in subjects and plain text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// The fragments that there are, by name.
pub type Fragments = IndexMap<String, Arc<Fragment>>;

impl Content {
    /// The templates with the names of their fields, as they are written.
    pub fn templates(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("subject", Some(self.subject.as_str())),
            ("preheader", self.preheader.as_deref()),
            ("html", self.html.as_deref()),
            ("mjml", self.mjml.as_deref()),
            ("text", self.text.as_deref()),
        ]
        .into_iter()
        .filter_map(|(name, template)| Some((name, template?)))
    }

    /// Puts another text in the place of a template that is there, by the name of its field.
    pub fn set_template(&mut self, part: &str, text: String) {
        match part {
            "subject" => self.subject = text,
            "preheader" => self.preheader = Some(text),
            "html" => self.html = Some(text),
            "mjml" => self.mjml = Some(text),
            "text" => self.text = Some(text),
            _ => {}
        }
    }

    /// The same content with its fragments in their places.
    ///
    /// # Errors
    /// The fragment that is missing, does not fit or includes itself, with its place.
    pub fn expanded(&self, fragments: &Fragments) -> Result<Self, Problem> {
        let optional = |part: &'static str, source: &Option<String>| {
            source.as_deref().map(|source| expand(part, source, fragments)).transpose()
        };
        Ok(Self {
            subject: expand("subject", &self.subject, fragments)?,
            preheader: optional("preheader", &self.preheader)?,
            html: optional("html", &self.html)?,
            mjml: optional("mjml", &self.mjml)?,
            text: optional("text", &self.text)?,
            ..self.clone()
        })
    }

    /// Adds what is wrong with its form.
    pub(crate) fn check(&self, problems: &mut Vec<Problem>) {
        check_body(self.html.as_deref(), self.mjml.as_deref(), "content", problems);
        check_senders([("from", self.from.as_ref()), ("reply_to", self.reply_to.as_ref())], problems);
    }
}

/// Adds a problem for each address that is none.
pub(crate) fn check_senders<'a>(
    senders: impl IntoIterator<Item = (&'static str, Option<&'a Sender>)>,
    problems: &mut Vec<Problem>,
) {
    for (field, sender) in senders {
        let Some(sender) = sender else { continue };
        let is_address = sender.address.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && !domain.is_empty() && !sender.address.contains(char::is_whitespace)
        });
        if !is_address {
            let message = format!("`{}` is not an e-mail address", sender.address);
            problems.push(Problem::error("bad_value", format!("/{field}/address"), message));
        }
    }
}

impl Fragment {
    /// The templates with the names of their fields.
    pub fn templates(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [("html", &self.html), ("mjml", &self.mjml), ("text", &self.text)]
            .into_iter()
            .filter_map(|(name, template)| Some((name, template.as_deref()?)))
    }

    pub(crate) fn check(&self, problems: &mut Vec<Problem>) {
        if self.text.is_none() || self.html.is_some() || self.mjml.is_some() {
            check_body(self.html.as_deref(), self.mjml.as_deref(), "fragment", problems);
        }
    }

    /// The form of the piece that fits a part of a message.
    fn fitting(&self, part: &str) -> Result<&str, &'static str> {
        let html = self.html.as_deref();
        let of_text = || html.filter(|html| !html.contains('<'));
        match part {
            "html" => html.or(self.text.as_deref()).ok_or("it is MJML, which only a content in MJML can take"),
            "mjml" => self.mjml.as_deref().or(html).or(self.text.as_deref()).ok_or("it is empty"),
            _ => self.text.as_deref().or_else(of_text).ok_or("it has no `text`, which subjects and plain text take"),
        }
    }
}

fn check_body(html: Option<&str>, mjml: Option<&str>, what: &str, problems: &mut Vec<Problem>) {
    match (html, mjml) {
        (None, None) => problems.push(
            Problem::error("missing_field", "", format!("the {what} has neither `html` nor `mjml`"))
                .hint("write one of them"),
        ),
        (Some(_), Some(_)) => problems.push(
            Problem::error("bad_value", "/mjml", format!("the {what} has both `html` and `mjml`"))
                .hint("keep one of them; HTML is made from MJML by itself"),
        ),
        _ => {}
    }
}

/// A template with its fragments in their places.
fn expand(part: &'static str, source: &str, fragments: &Fragments) -> Result<String, Problem> {
    let mut whole = String::with_capacity(source.len());
    put(part, source, fragments, &mut Vec::new(), &mut whole).map_err(|fault| {
        let problem = Problem::error(fault.code, format!("/{part}"), fault.message);
        Problem { within: Some(position(source, fault.at)), hint: fault.hint, ..problem }
    })?;
    Ok(whole)
}

/// Why a fragment cannot be put into its place, and where that is.
struct Fault {
    code: &'static str,
    message: String,
    hint: Option<String>,
    at: usize,
}

fn put<'f>(
    part: &'static str,
    source: &str,
    fragments: &'f Fragments,
    within: &mut Vec<&'f str>,
    into: &mut String,
) -> Result<(), Fault> {
    // What does not end is reported when the template is read.
    let parts = jinja::parts(source).unwrap_or_default();
    let mut at = 0;
    for found in parts.iter().filter(|found| found.kind == PartKind::Block) {
        let inside = found.inside(source);
        if !is_include(inside) {
            continue;
        }
        let start = found.range.start;
        let fault =
            |code, message, hint: Option<&str>| Fault { code, message, hint: hint.map(str::to_owned), at: start };
        let given = inside["include".len()..].trim();
        let Some(name) = quoted(given) else {
            let message = format!("`include {given}` does not name a fragment");
            return Err(fault("bad_include", message, Some("write its name in quotes: `{% include \"footer\" %}`")));
        };
        let Some((name, fragment)) = fragments.get_key_value(name) else {
            let problem = Problem::error("missing_fragment", "", format!("there is no fragment `{name}`"))
                .did_you_mean(name, fragments.keys().map(String::as_str));
            return Err(fault("missing_fragment", problem.message, problem.hint.as_deref()));
        };
        if within.contains(&name.as_str()) {
            let message = format!("the fragment `{name}` includes itself, by {}", path(within));
            return Err(fault("fragment_cycle", message, None));
        }
        if within.len() >= FRAGMENT_DEPTH_MAX {
            let message = format!("fragments include each other more than {FRAGMENT_DEPTH_MAX} deep: {}", path(within));
            return Err(fault("too_deep", message, None));
        }
        let body = fragment.fitting(part).map_err(|why| {
            let message = format!("the fragment `{name}` cannot stand in `{part}`: {why}");
            fault("unfit_fragment", message, None)
        })?;
        into.push_str(&source[at..start]);
        within.push(name);
        let body = body.strip_suffix('\n').unwrap_or(body);
        put(part, body, fragments, within, into).map_err(|inner| Fault { at: start, ..inner })?;
        within.pop();
        if into.len() > TEMPLATE_BYTES_MAX {
            let message = format!("`{part}` with its fragments is larger than {TEMPLATE_BYTES_MAX} bytes");
            return Err(fault("too_large", message, None));
        }
        at = found.range.end;
    }
    into.push_str(&source[at..]);
    Ok(())
}

/// Where in a template the names of the fragments stand that it includes.
pub fn included(source: &str) -> Vec<Range<usize>> {
    let parts = jinja::parts(source).unwrap_or_default();
    let blocks = parts.iter().filter(|found| found.kind == PartKind::Block);
    let name = |found: &jinja::Part| {
        let given = found.inside(source).strip_prefix("include").filter(|_| is_include(found.inside(source)))?;
        let name = quoted(given.trim())?;
        let start = found.range.start + source[found.range.clone()].find(['"', '\''])? + 1;
        Some(start..start + name.len())
    };
    blocks.filter_map(name).collect()
}

fn is_include(inside: &str) -> bool {
    jinja::first_word(inside) == "include"
}

fn quoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let name = text[1..].strip_suffix(quote)?;
    (!name.contains(quote)).then_some(name)
}

fn path(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ")
}

/// Line and column of a byte of a text.
pub fn position(text: &str, at: usize) -> Position {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Position { line: before.matches('\n').count() as u64 + 1, column: before[line_start..].chars().count() as u64 + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fragments() -> Fragments {
        let piece = |html: Option<&str>, mjml: Option<&str>, text: Option<&str>| {
            Arc::new(Fragment {
                name: String::new(),
                html: html.map(str::to_owned),
                mjml: mjml.map(str::to_owned),
                text: text.map(str::to_owned),
            })
        };
        Fragments::from([
            ("sign".to_owned(), piece(Some("<b>{{ shop }}</b>\n"), None, Some("{{ shop }}"))),
            ("plain".to_owned(), piece(Some("Yours"), None, None)),
            ("foot".to_owned(), piece(None, Some("<mj-text>{% include 'sign' %}</mj-text>"), None)),
            ("loop".to_owned(), piece(Some("{% include \"back\" %}"), None, None)),
            ("back".to_owned(), piece(Some("a {% include \"loop\" %}"), None, None)),
        ])
    }

    #[test]
    fn fragments_come_into_their_places() {
        for (part, source, expected) in [
            ("html", "<p>{% include \"sign\" %}</p>", "<p><b>{{ shop }}</b></p>"),
            ("subject", "From {%- include 'sign' -%}!", "From {{ shop }}!"),
            ("text", "{% include \"plain\" %}", "Yours"),
            ("mjml", "{% include \"foot\" %}", "<mj-text><b>{{ shop }}</b></mj-text>"),
            ("html", "{% raw %}{% include \"x\" %}{% endraw %}{{ a", "{% raw %}{% include \"x\" %}{% endraw %}{{ a"),
        ] {
            assert_eq!(expand(part, source, &fragments()).unwrap(), expected);
        }
    }

    #[test]
    fn included_fragments_are_found_where_they_stand() {
        let text =
            "{% include 'sign' %}é{%- include \"foot\" -%}{% raw %}{% include 'x' %}{% endraw %}{% if included %}";
        let names: Vec<&str> = included(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(names, ["sign", "foot"]);
        assert!(included("{% include name %} {% include 'a").is_empty());
    }

    #[test]
    fn what_cannot_be_included_says_where() {
        for (part, source, code, hint) in [
            ("html", "a\n b{% include \"sing\" %}", "missing_fragment", Some("did you mean `sign`?")),
            ("html", "a\n b{% include \"foot\" %}", "unfit_fragment", None),
            ("html", "a\n b{% include \"loop\" %}", "fragment_cycle", None),
            (
                "html",
                "a\n b{% include name %}",
                "bad_include",
                Some("write its name in quotes: `{% include \"footer\" %}`"),
            ),
        ] {
            let problem = expand(part, source, &fragments()).unwrap_err();
            assert_eq!((problem.code.as_str(), problem.hint.as_deref()), (code, hint), "{}", problem.message);
            assert_eq!(problem.within, Some(Position { line: 2, column: 3 }));
        }
    }
}
