//! The plain-text part. Where it can be shown to be the same, the template itself is turned to text once, and only that
//! is rendered for each message; otherwise each rendered message is.

use html2text::config;
use html2text::render::TextDecorator;

use super::source::{Masked, Part, first_word};

/// Lines of text made from a template are not wrapped, because the values are not known yet.
const TEMPLATE_WIDTH: usize = 100_000;
/// Lines of text made from a message are wrapped here.
const MESSAGE_WIDTH: usize = 78;

/// Turns rendered HTML into text. HTML that cannot be read gives the empty text.
pub fn from_html(html: &str) -> String {
    convert(html, MESSAGE_WIDTH).unwrap_or_default()
}

/// Turns an HTML template into a text template, if that gives what [`from_html`] would give (but for line breaks).
///
/// It does when each expression stands once in the result, between the same two blocks as before, and the blocks keep
/// their order; and when no value can bring HTML of its own.
pub fn from_template(masked: &Masked) -> Option<String> {
    let brings_html = |part: &Part| {
        let inside = part.inside();
        inside.contains("safe")
            || inside.contains("escape")
            || matches!(part, Part::Block(_)) && first_word(inside) == "set"
    };
    if masked.parts.iter().any(brings_html) {
        return None;
    }
    let mut probed = masked.clone();
    let html = probe(&visible(&masked.text), &mut probed);
    let text = convert(&html, TEMPLATE_WIDTH)?;
    let before = segments(&probed, &probed.marks(&html)?);
    let after = segments(&probed, &probed.marks(&text)?);
    if before != after {
        return None;
    }
    probed.unmask(&text)
}

/// Puts an empty expression before each text between tags, so that it shows when a text leaves its block (as HTML
/// parsers move what stands in a table where nothing may stand).
fn probe(html: &str, masked: &mut Masked) -> String {
    if !masked.parts.iter().any(|part| matches!(part, Part::Block(_))) {
        return html.to_owned();
    }
    let mut out = String::with_capacity(html.len() * 2);
    for piece in html.split_inclusive('>') {
        let (text, tag) = piece.split_at(piece.find('<').unwrap_or(piece.len()));
        // Blocks divide a text into several.
        for part in text.split_inclusive(super::source::CLOSE) {
            let words = part.split(super::source::OPEN).next().unwrap_or_default();
            if words.chars().any(char::is_alphanumeric) {
                out.push_str(&masked.add(Part::Expression(String::new())));
            }
            out.push_str(part);
        }
        out.push_str(tag);
    }
    out
}

/// What can come out at all: no comments, no style sheets, no head.
fn visible(html: &str) -> String {
    let mut rest = html.to_owned();
    for (open, close) in [("<!--", "-->"), ("<style", "</style>"), ("<script", "</script>"), ("<head", "</head>")] {
        while let Some(start) = find_ignoring_case(&rest, open) {
            let end = find_ignoring_case(&rest[start..], close).map_or(rest.len(), |end| start + end + close.len());
            rest.replace_range(start..end, "");
        }
    }
    rest
}

fn find_ignoring_case(text: &str, what: &str) -> Option<usize> {
    text.as_bytes().windows(what.len()).position(|window| window.eq_ignore_ascii_case(what.as_bytes()))
}

/// The blocks in order, and before, between and after them the expressions, sorted.
fn segments(masked: &Masked, marks: &[usize]) -> Vec<Vec<usize>> {
    let mut segments = vec![Vec::new()];
    for &mark in marks {
        match masked.parts[mark] {
            Part::Block(_) => segments.extend([vec![mark], Vec::new()]),
            _ => segments.last_mut().into_iter().for_each(|segment: &mut Vec<usize>| segment.push(mark)),
        }
    }
    for segment in &mut segments {
        segment.sort_unstable();
    }
    segments
}

fn convert(html: &str, width: usize) -> Option<String> {
    let text = config::with_decorator(Plain { url: String::new() })
        .raw_mode(true)
        .no_link_wrapping()
        .allow_width_overflow()
        .string_from_read(html.as_bytes(), width)
        .ok()?;
    let mut out = String::with_capacity(text.len());
    let mut blank = 2;
    for line in text.lines().map(str::trim_end) {
        blank = if line.is_empty() { blank + 1 } else { 0 };
        if blank < 2 {
            out.push_str(line);
            out.push('\n');
        }
    }
    Some(out.trim_end().to_owned() + "\n")
}

/// Words without marks of emphasis; a link is its words and then its address.
struct Plain {
    url: String,
}

impl TextDecorator for Plain {
    type Annotation = ();

    fn decorate_link_start(&mut self, url: &str) -> (String, ()) {
        url.clone_into(&mut self.url);
        (String::new(), ())
    }

    fn decorate_link_end(&mut self) -> String {
        let url = std::mem::take(&mut self.url);
        if url.is_empty() || url.starts_with('#') { String::new() } else { format!(" ({url})") }
    }

    fn decorate_em_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_em_end(&self) -> String {
        String::new()
    }

    fn decorate_strong_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_strong_end(&self) -> String {
        String::new()
    }

    fn decorate_strikeout_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_strikeout_end(&self) -> String {
        String::new()
    }

    fn decorate_code_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_code_end(&self) -> String {
        String::new()
    }

    fn decorate_preformat_first(&self) {}

    fn decorate_preformat_cont(&self) {}

    fn decorate_image(&mut self, _: &str, title: &str) -> (String, ()) {
        (title.to_owned(), ())
    }

    fn header_prefix(&self, _: usize) -> String {
        String::new()
    }

    fn quote_prefix(&self) -> String {
        "> ".to_owned()
    }

    fn unordered_item_prefix(&self) -> String {
        "- ".to_owned()
    }

    fn ordered_item_prefix(&self, number: i64) -> String {
        format!("{number}. ")
    }

    fn make_subblock_decorator(&self) -> Self {
        Self { url: String::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(source: &str) -> Option<String> {
        from_template(&Masked::new(source).unwrap())
    }

    #[test]
    fn templates_turn_to_text_once() {
        for (source, expected) in [
            (
                "<h1>Hello {{ name }}</h1><p>You have <b>{{ n }}</b> points.</p>",
                "Hello {{ name }}\n\nYou have {{ n }} points.\n",
            ),
            (
                "<p>{% if vip %}Dear{% else %}Hi{% endif %} {{ name }}</p>",
                "{% if vip %}Dear{% else %}Hi{% endif %} {{ name }}\n",
            ),
            (
                r#"<a href="https://x.example/{{ id }}">Go {{ name }}</a>"#,
                "Go {{ name }} (https://x.example/{{ id }})\n",
            ),
            ("<style>p{}</style><!-- {{ hidden }} --><p>a</p>", "a\n"),
        ] {
            assert_eq!(template(source).as_deref(), Some(expected), "{source}");
        }
    }

    #[test]
    fn templates_that_would_not_be_the_same_are_left() {
        for source in [
            "<p>{{ html | safe }}</p>",
            "<table>{% for x in xs %}<tr><td>a</td></tr>{% endfor %}</table>",
            r#"<p class="{{ color }}">a</p>"#,
            r#"{% set a = "<b>" %}<p>{{ a }}</p>"#,
        ] {
            assert_eq!(template(source), None, "{source}");
        }
    }

    #[test]
    fn html_turns_to_text() {
        let html = "<html><head><title>t</title><style>p{}</style></head><body><p>a &amp; b</p><ul><li>x<li>y</ul>\
                    <table><tr><td>1</td><td>2</td></tr></table><a href='https://x.example/'>go</a></body></html>";
        let text = from_html(html);
        for piece in ["a & b", "- x", "- y", "go (https://x.example/)"] {
            assert!(text.contains(piece), "{piece} in {text}");
        }
        assert!(!text.contains('<') && !text.contains("p{}"), "{text}");
    }
}
