//! A template's text taken apart: what Jinja reads and what stands between. Jinja's parts can be masked by short marks
//! that no HTML parser touches, and put back afterwards.

pub use tutti_model::jinja::first_word;
use tutti_model::jinja::{self, PartKind};

/// What opens and closes a mark; code points that Unicode gives to nobody (private use, plane 16).
pub const OPEN: char = '\u{10fffc}';
pub const CLOSE: char = '\u{10fffd}';

/// Whether a text has the code points that marks are made of; it cannot be masked then.
pub fn has_marks(text: &str) -> bool {
    text.contains([OPEN, CLOSE])
}

/// One part of Jinja, delimiters included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// `{{ ... }}`
    Expression(String),
    /// `{% ... %}`
    Block(String),
    /// `{# ... #}`
    Comment,
}

impl Part {
    fn text(&self) -> &str {
        match self {
            Self::Expression(text) | Self::Block(text) => text,
            Self::Comment => "",
        }
    }

    /// The inside without delimiters, whitespace control and blanks.
    pub fn inside(&self) -> &str {
        jinja::inside(self.text())
    }
}

/// A text whose Jinja parts are masked.
#[derive(Clone, Debug)]
pub struct Masked {
    pub text: String,
    pub parts: Vec<Part>,
}

impl Masked {
    /// Masks a template. `None` where it has raw blocks, macros or our marks, which this does not take apart.
    pub fn new(source: &str) -> Option<Self> {
        if has_marks(source) {
            return None;
        }
        let mut masked = Self { text: String::with_capacity(source.len()), parts: Vec::new() };
        let mut at = 0;
        for part in jinja::parts(source).ok()? {
            masked.text.push_str(&source[at..part.range.start]);
            at = part.range.end;
            let text = source[part.range.clone()].to_owned();
            let part = match part.kind {
                PartKind::Expression => Part::Expression(text),
                PartKind::Block => Part::Block(text),
                PartKind::Comment => Part::Comment,
            };
            if matches!(&part, Part::Block(_)) && matches!(first_word(part.inside()), "raw" | "macro" | "call") {
                return None;
            }
            let mark = masked.add(part);
            masked.text.push_str(&mark);
        }
        masked.text.push_str(&source[at..]);
        Some(masked)
    }

    /// Adds a part and gives the mark that stands for it.
    pub fn add(&mut self, part: Part) -> String {
        self.parts.push(part);
        format!("{OPEN}{}{CLOSE}", self.parts.len() - 1)
    }

    /// The parts that are marked in `text`, by number, in order. `None` where a mark is broken.
    pub fn marks(&self, text: &str) -> Option<Vec<usize>> {
        let mut found = Vec::new();
        for piece in text.split(OPEN).skip(1) {
            let (number, _) = piece.split_once(CLOSE)?;
            found.push(number.parse().ok().filter(|number| *number < self.parts.len())?);
        }
        Some(found)
    }

    /// Puts the parts back into `text`. `None` where a mark is broken.
    pub fn unmask(&self, text: &str) -> Option<String> {
        let mut pieces = text.split(OPEN);
        let mut whole = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (number, rest) = piece.split_once(CLOSE)?;
            whole.push_str(self.parts.get(number.parse::<usize>().ok()?)?.text());
            whole.push_str(rest);
        }
        Some(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_masked_and_put_back() {
        for (source, parts) in [
            ("plain <b>", 0),
            ("Hello {{ name | default('}} {%') }}!", 1),
            ("{% if a -%}x{%- else %}y{% endif %}", 3),
            ("{{ \"a\\\"}}\" }}{{b}}", 2),
            ("{", 0),
        ] {
            let masked = Masked::new(source).unwrap();
            assert_eq!(masked.parts.len(), parts, "{source}");
            assert_eq!(masked.unmask(&masked.text).as_deref(), Some(source));
            assert_eq!(masked.marks(&masked.text), Some((0..parts).collect()));
        }
        assert_eq!(Masked::new("a{# note #}b").unwrap().unmask("ab").as_deref(), Some("ab"));
        assert_eq!(Masked::new("{{ a -}}").unwrap().parts[0].inside(), "a");
        for source in ["{{ a", "{% raw %}{{{% endraw %}", "{% macro x() %}{% endmacro %}"] {
            assert!(Masked::new(source).is_none(), "{source}");
        }
    }
}
