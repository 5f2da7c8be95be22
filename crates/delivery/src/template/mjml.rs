//! HTML from MJML templates: Jinja is masked, the rest is made into HTML once, and Jinja is put back.
//!
//! Conditions and loops may stand between components (sections, columns, texts): there they are kept as `mj-raw` keeps
//! things, so that a section can be shown to some, or a column's rows be repeated for each order.

use std::collections::HashMap;

use mrml::prelude::parser::{Error as ParseError, Span};
use mrml::prelude::render::RenderOptions;
use tutti_model::bind::Position;
use tutti_model::content::position;
use tutti_model::jinja::{self, PartKind, first_word};
use tutti_model::problem::nearest;

use super::source::{Masked, Part, has_marks};

/// Elements between whose children nothing but other elements may stand.
const CONTAINERS: [&str; 6] = ["mj-body", "mj-wrapper", "mj-section", "mj-group", "mj-column", "mj-hero"];

/// The elements there are; the renderer takes any other for HTML and writes it as it is.
#[rustfmt::skip]
const ELEMENTS: [&str; 34] = [
    "mjml", "mj-accordion", "mj-accordion-element", "mj-accordion-text", "mj-accordion-title", "mj-all",
    "mj-attributes", "mj-body", "mj-breakpoint", "mj-button", "mj-carousel", "mj-carousel-image", "mj-class",
    "mj-column", "mj-divider", "mj-font", "mj-group", "mj-head", "mj-hero", "mj-image", "mj-include", "mj-navbar",
    "mj-navbar-link", "mj-preview", "mj-raw", "mj-section", "mj-social", "mj-social-element", "mj-spacer",
    "mj-style", "mj-table", "mj-text", "mj-title", "mj-wrapper",
];

/// The attributes that some element of MJML 4 has (<https://documentation.mjml.io>), in the order of the alphabet.
#[rustfmt::skip]
const ATTRIBUTES: [&str; 114] = [
    "align", "alt", "background-color", "background-height", "background-position", "background-position-x",
    "background-position-y", "background-repeat", "background-size", "background-url", "background-width", "base-url",
    "border", "border-bottom", "border-color", "border-left", "border-radius", "border-right", "border-style",
    "border-top", "border-width", "cellpadding", "cellspacing", "color", "container-background-color", "css-class",
    "dir", "direction", "fluid-on-mobile", "font-family", "font-size", "font-style", "font-weight", "full-width",
    "hamburger", "height", "href", "ico-align", "ico-close", "ico-color", "ico-font-family", "ico-font-size",
    "ico-line-height", "ico-open", "ico-padding", "ico-padding-bottom", "ico-padding-left", "ico-padding-right",
    "ico-padding-top", "ico-text-decoration", "ico-text-transform", "icon-align", "icon-height", "icon-padding",
    "icon-position", "icon-size", "icon-unwrapped-alt", "icon-unwrapped-url", "icon-width", "icon-wrapped-alt",
    "icon-wrapped-url", "inline", "inner-background-color", "inner-border", "inner-border-bottom",
    "inner-border-left", "inner-border-radius", "inner-border-right", "inner-border-top", "inner-padding",
    "inner-padding-bottom", "inner-padding-left", "inner-padding-right", "inner-padding-top", "lang", "left-icon",
    "letter-spacing", "line-height", "max-height", "mj-class", "mode", "name", "owa", "padding", "padding-bottom",
    "padding-left", "padding-right", "padding-top", "path", "position", "rel", "right-icon", "role", "sizes", "src",
    "srcset", "table-layout", "target", "tb-border", "tb-border-radius", "tb-hover-border-color",
    "tb-selected-border-color", "tb-width", "text-align", "text-decoration", "text-padding", "text-transform",
    "thumbnails", "thumbnails-src", "title", "type", "usemap", "vertical-align", "width",
];

/// MJML that cannot be made into HTML.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}{}", at.map_or_else(String::new, |at| format!(" (line {}, column {})", at.line, at.column)))]
pub struct Error {
    pub reason: String,
    pub at: Option<Position>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    pub html: String,
    /// Attributes that mean nothing where they are.
    pub unknown_attributes: Vec<Position>,
}

/// Makes HTML.
///
/// # Errors
/// What is no MJML, with its place.
pub fn to_html(source: &str) -> Result<Made, Error> {
    let masked = Placed::new(source)?;
    if let Some((name, offset)) = &masked.unknown_element {
        let mut reason = format!("there is no element `{name}`");
        if let Some(near) = nearest(name, ELEMENTS) {
            reason.push_str(&format!(", did you mean `{near}`?"));
        }
        return Err(Error { reason, at: Some(position(source, *offset)) });
    }
    let at = |span: Span| position(source, masked.source_offset(span.start));
    let parsed = mrml::parse(&masked.text).map_err(|error| reason(&error, &masked.text, at))?;
    let options = RenderOptions { fonts: HashMap::new(), ..RenderOptions::default() };
    let html = parsed.element.render(&options).map_err(|error| Error { reason: error.to_string(), at: None })?;
    let html = without_escapes(&html);
    let told = parsed.warnings.iter().map(|warning| at(warning.span));
    let unknown_attributes =
        told.chain(masked.unknown_attributes.iter().map(|offset| position(source, *offset))).collect();
    let kept = masked.parts.marks(&html).unwrap_or_default();
    if let Some(lost) = masked.first_lost_block(&kept) {
        let reason = format!("`{}` stands where MJML keeps nothing", masked.parts.parts[lost].inside());
        return Err(Error { reason, at: masked.offset_of(lost).map(|offset| position(source, offset)) });
    }
    let html = masked.parts.unmask(&html).unwrap_or_default();
    Ok(Made { html, unknown_attributes })
}

/// The renderer writes attributes of HTML in texts as Rust writes strings, so that our marks and such characters as
/// no-break spaces come out as `\u{10fffc}`: here they are characters again.
fn without_escapes(html: &str) -> String {
    let mut pieces = html.split("\\u{");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let character = piece.split_once('}').and_then(|(digits, rest)| {
            let code = u32::from_str_radix(digits, 16).ok().filter(|_| digits.len() <= 6)?;
            Some((char::from_u32(code)?, rest))
        });
        match character {
            Some((character, rest)) => {
                out.push(character);
                out.push_str(rest);
            }
            None => {
                out.push_str("\\u{");
                out.push_str(piece);
            }
        }
    }
    out
}

/// A template as the MJML parser may read it, with the places where its bytes come from.
struct Placed {
    text: String,
    parts: Masked,
    /// Offsets in `text` with those in the source, ascending.
    offsets: Vec<(usize, usize)>,
    /// The first element that there is not, and where its tag begins in the source.
    unknown_element: Option<(String, usize)>,
    /// Where in the source the tags begin that have attributes which mean nothing anywhere.
    unknown_attributes: Vec<usize>,
}

impl Placed {
    fn new(source: &str) -> Result<Self, Error> {
        if has_marks(source) {
            return Err(Error { reason: "it has characters of a private use plane".to_owned(), at: None });
        }
        let unclosed = |at| Error { reason: "this does not end".to_owned(), at: Some(position(source, at)) };
        let found = jinja::parts(source).map_err(unclosed)?;
        let mut placed = Self {
            text: String::with_capacity(source.len()),
            parts: Masked { text: String::new(), parts: Vec::new() },
            offsets: Vec::new(),
            unknown_element: None,
            unknown_attributes: Vec::new(),
        };
        let mut nesting = Nesting::default();
        let mut at = 0;
        for part in found {
            placed.copy(source, at..part.range.start, &mut nesting);
            at = part.range.end;
            let text = source[part.range.clone()].to_owned();
            let masked = match part.kind {
                PartKind::Comment => continue,
                PartKind::Expression => Part::Expression(text),
                PartKind::Block => Part::Block(text),
            };
            if matches!(&masked, Part::Block(_)) && matches!(first_word(masked.inside()), "raw" | "macro" | "call") {
                let reason = format!("`{}` cannot be used in MJML", masked.inside());
                return Err(Error { reason, at: Some(position(source, part.range.start)) });
            }
            let mark = placed.parts.add(masked);
            placed.offsets.push((placed.text.len(), part.range.start));
            if nesting.is_between_components() {
                placed.text.push_str(&format!("<mj-raw>{mark}</mj-raw>"));
            } else {
                placed.text.push_str(&mark);
            }
        }
        placed.copy(source, at..source.len(), &mut nesting);
        placed.unknown_element = nesting.unknown_element;
        placed.unknown_attributes = nesting.unknown_attributes;
        Ok(placed)
    }

    fn copy(&mut self, source: &str, range: std::ops::Range<usize>, nesting: &mut Nesting) {
        self.offsets.push((self.text.len(), range.start));
        nesting.read(&source[range.clone()], range.start);
        self.text.push_str(&source[range]);
    }

    /// Where in the source a byte of the text comes from.
    fn source_offset(&self, offset: usize) -> usize {
        let after = self.offsets.partition_point(|(here, _)| *here <= offset);
        let Some((here, there)) = after.checked_sub(1).and_then(|at| self.offsets.get(at)) else { return 0 };
        // What stands for Jinja is all at the place where that begins.
        let next = self.offsets.get(after).map_or(usize::MAX, |(_, there)| *there);
        (there + (offset - here)).min(next)
    }

    fn offset_of(&self, part: usize) -> Option<usize> {
        let mark = format!("{}{part}{}", super::source::OPEN, super::source::CLOSE);
        Some(self.source_offset(self.text.find(&mark)?))
    }

    /// The first block that is not where it was among the other blocks. Expressions may be repeated or be gone, as in
    /// attributes that are written twice.
    fn first_lost_block(&self, kept: &[usize]) -> Option<usize> {
        let is_block = |part: &usize| matches!(self.parts.parts[*part], Part::Block(_));
        let mut kept = kept.iter().copied().filter(is_block);
        let lost = (0..self.parts.parts.len()).filter(is_block).find(|part| kept.next() != Some(*part));
        lost.or_else(|| kept.next())
    }
}

/// Which elements are open, and whether a tag is.
#[derive(Default)]
struct Nesting {
    open: Vec<String>,
    /// The tag that is being read, without its `<`.
    tag: Option<String>,
    /// Where that tag begins in the source.
    tag_at: usize,
    unknown_element: Option<(String, usize)>,
    unknown_attributes: Vec<usize>,
}

impl Nesting {
    /// Reads a piece of the source that begins at `start`.
    fn read(&mut self, text: &str, start: usize) {
        for (at, character) in text.char_indices() {
            match (&mut self.tag, character) {
                (None, '<') => {
                    self.tag = Some(String::new());
                    self.tag_at = start + at;
                }
                (None, _) => {}
                (Some(tag), '>') if !tag.starts_with("!--") || tag.ends_with("--") => {
                    let tag = std::mem::take(tag);
                    self.tag = None;
                    self.close(&tag);
                }
                (Some(tag), character) => tag.push(character),
            }
        }
    }

    fn close(&mut self, tag: &str) {
        let name = |tag: &str| tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default().to_owned();
        if let Some(closing) = tag.strip_prefix('/') {
            if let Some(at) = self.open.iter().rposition(|open| *open == name(closing)) {
                self.open.truncate(at);
            }
        } else if tag.starts_with("mj") {
            self.check(&name(tag), tag);
            if !tag.ends_with('/') {
                self.open.push(name(tag));
            }
        }
    }

    fn check(&mut self, name: &str, tag: &str) {
        if !ELEMENTS.contains(&name) {
            self.unknown_element.get_or_insert_with(|| (name.to_owned(), self.tag_at));
        }
        let outside = without_values(&tag[name.len()..]);
        let mut attributes = outside.split(|c: char| c.is_whitespace() || c == '=' || c == '/');
        if attributes.any(|name| !name.is_empty() && !is_attribute(name)) {
            self.unknown_attributes.push(self.tag_at);
        }
    }

    fn is_between_components(&self) -> bool {
        self.tag.is_none() && self.open.last().is_some_and(|open| CONTAINERS.contains(&open.as_str()))
    }
}

/// The inside of a tag without what stands between quotation marks.
fn without_values(tag: &str) -> String {
    let mut quoted = None;
    tag.chars()
        .map(|character| match (quoted, character) {
            (None, '"' | '\'') => {
                quoted = Some(character);
                ' '
            }
            (Some(quote), _) => {
                if character == quote {
                    quoted = None;
                }
                ' '
            }
            (None, _) => character,
        })
        .collect()
}

fn is_attribute(name: &str) -> bool {
    ATTRIBUTES.binary_search(&name).is_ok() || ["xmlns", "data-", "aria-"].iter().any(|start| name.starts_with(start))
}

fn reason(error: &ParseError, text: &str, at: impl Fn(Span) -> Position) -> Error {
    let (reason, span) = match error {
        ParseError::UnexpectedElement { position, .. } => {
            let name = text.get(position.start..position.end).unwrap_or_default();
            (format!("the element `{}` may not stand here", name.trim_start_matches('<')), Some(*position))
        }
        ParseError::UnexpectedToken { position, .. } => ("this may not stand here".to_owned(), Some(*position)),
        ParseError::MissingAttribute { name, position, .. } => {
            (format!("this needs the attribute `{name}`"), Some(*position))
        }
        ParseError::InvalidAttribute { position, .. } => ("this attribute is not right".to_owned(), Some(*position)),
        ParseError::InvalidFormat { position, .. } => ("this is not written as it must be".to_owned(), Some(*position)),
        ParseError::IncludeLoaderError { position, .. } => {
            ("`mj-include` reaches no files: write `{% include \"name\" %}` for a fragment".to_owned(), Some(*position))
        }
        ParseError::EndOfStream { .. } => {
            let end = Span { start: text.len(), end: text.len() };
            ("it ends before its elements are closed".to_owned(), Some(end))
        }
        ParseError::NoRootNode => ("there is no element `mjml` around it".to_owned(), None),
        ParseError::SizeLimit { .. } => ("it is too large".to_owned(), None),
        ParseError::ParserError { source, .. } => (source.to_string(), None),
    };
    Error { reason, at: span.map(at) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(body: &str) -> String {
        format!("<mjml>\n<mj-body>\n{body}\n</mj-body>\n</mjml>")
    }

    #[test]
    fn jinja_survives() {
        let source = message(
            "{% if vip == \"yes\" %}<mj-section><mj-column><mj-text>Hello {{ name | default(\"a < b\") }}</mj-text>\
             {% for order in orders %}<mj-text>{{ order.total }}</mj-text>{% endfor %}\
             <mj-button href=\"{{ url | default(\"x\") }}\">Go</mj-button>\
             <mj-text><a href=\"{{ unsubscribe_url }}\" title=\"20\u{a0}%\">Leave</a></mj-text>\
             <mj-image src=\"https://x.example/{{ id }}.png\" alt=\"{% if vip %}a{% endif %}\" />\
             </mj-column></mj-section>{# gone #}{% endif %}",
        );
        let html = to_html(&source).unwrap().html;
        for piece in [
            "{% if vip == \"yes\" %}",
            "Hello {{ name | default(\"a < b\") }}",
            "{% for order in orders %}",
            "{{ order.total }}",
            "{% endfor %}",
            "href=\"{{ url | default(\"x\") }}\"",
            "src=\"https://x.example/{{ id }}.png\"",
            "alt=\"{% if vip %}a{% endif %}\"",
            "<a href=\"{{ unsubscribe_url }}\" title=\"20\u{a0}%\">",
        ] {
            assert!(html.contains(piece), "{piece} in {html}");
        }
        assert!(!html.contains("gone") && !html.contains("fonts.googleapis"), "{html}");
        let order = ["{% if vip ==", "{% for", "<tr>", "{% endfor %}", "{% endif %}"];
        let places: Vec<usize> = order.iter().map(|piece| html.find(piece).unwrap()).collect();
        assert!(html[places[1]..].find("<tr>") < html[places[1]..].find("{% endfor %}"), "{html}");
    }

    #[test]
    fn what_is_no_mjml_says_where() {
        for (body, line, column, reason) in [
            ("<mj-section>\n  <mj-colum></mj-colum>\n</mj-section>", 4, 3, "mj-colum"),
            ("{{ a\n}}<mj-include path=\"/etc/passwd\" />", 4, 3, "mj-include"),
            ("<mj-section><mj-column><mj-text>{% raw %}x{% endraw %}</mj-text></mj-column></mj-section>", 3, 33, "raw"),
            ("<mj-section>{{ a", 3, 13, "end"),
        ] {
            let error = to_html(&message(body)).unwrap_err();
            let at = error.at.unwrap();
            assert!(error.reason.contains(reason), "{error}");
            assert_eq!((at.line, at.column.abs_diff(column) <= 1), (line, true), "{error}");
        }
        assert!(to_html("<p>x</p>").is_err());
        assert!(to_html(&message("<mj-section><mj-column>")).is_err());
    }

    #[test]
    fn unknown_attributes_are_told() {
        let made =
            to_html(&message("<mj-section backgroud-color=\"red\"><mj-column></mj-column></mj-section>")).unwrap();
        assert_eq!(made.unknown_attributes.iter().map(|at| at.line).collect::<Vec<_>>(), [3]);
        let known = "<mj-section background-color='{{ a }}' mj-class = \"a b\"\n css-class='c=d \"e'><mj-column width=\"50%\"/>";
        assert_eq!(to_html(&message(&format!("{known}</mj-section>"))).unwrap().unknown_attributes, []);
        assert!(ATTRIBUTES.is_sorted());
    }
}
