//! A template's text taken apart: what Jinja reads and what stands between. Jinja's parts can be masked by short marks
//! that no HTML parser touches, and put back afterwards.

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
        let text = self.text();
        let inner = text.get(2..text.len().saturating_sub(2)).unwrap_or_default();
        inner.trim_matches(|c| c == '-' || c == '+').trim()
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
        let mut rest = source;
        while let Some(at) = find_open(rest) {
            masked.text.push_str(&rest[..at]);
            rest = &rest[at..];
            let length = part_length(rest)?;
            let (text, after) = rest.split_at(length);
            let part = match text.as_bytes()[1] {
                b'{' => Part::Expression(text.to_owned()),
                b'%' => Part::Block(text.to_owned()),
                _ => Part::Comment,
            };
            if matches!(&part, Part::Block(_)) && matches!(first_word(part.inside()), "raw" | "macro" | "call") {
                return None;
            }
            let mark = masked.add(part);
            masked.text.push_str(&mark);
            rest = after;
        }
        masked.text.push_str(rest);
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

/// The first word of a block's inside: `if`, `endfor` and so on.
pub fn first_word(inside: &str) -> &str {
    inside.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

fn find_open(text: &str) -> Option<usize> {
    text.as_bytes().windows(2).position(|pair| matches!(pair, b"{{" | b"{%" | b"{#"))
}

/// The length of the part that `text` begins with; `None` where it does not end.
fn part_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let close: &[u8] = match bytes[1] {
        b'{' => b"}}",
        b'%' => b"%}",
        _ => return text.find("#}").map(|at| at + 2),
    };
    let mut quote = None;
    let mut at = 2;
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (Some(_), b'\\') => at += 1,
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, byte @ (b'"' | b'\'')) => quote = Some(byte),
            (None, _) if bytes[at..].starts_with(close) => return Some(at + 2),
            (None, _) => {}
        }
        at += 1;
    }
    None
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
