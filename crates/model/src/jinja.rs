//! Where a template has Jinja in it: the scanner that everything shares which must tell Jinja from what stands between.
//! Reading and rendering templates is MiniJinja's.

use std::ops::Range;

/// What a part of Jinja is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// `{{ ... }}`
    Expression,
    /// `{% ... %}`
    Block,
    /// `{# ... #}`
    Comment,
}

/// One part of Jinja, delimiters included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub kind: PartKind,
    pub range: Range<usize>,
}

impl Part {
    /// The inside without delimiters, whitespace control and blanks.
    pub fn inside<'t>(&self, text: &'t str) -> &'t str {
        inside(&text[self.range.clone()])
    }
}

/// The inside of a part, without delimiters, whitespace control and blanks.
pub fn inside(part: &str) -> &str {
    let inner = part.get(2..part.len().saturating_sub(2)).unwrap_or_default();
    inner.trim_matches(|c| c == '-' || c == '+').trim()
}

/// The first word of a block's inside: `if`, `endfor` and so on.
pub fn first_word(inside: &str) -> &str {
    inside.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

/// The parts of a text in order; what stands in `{% raw %}` is text. The error is where a part begins that does not end.
pub fn parts(text: &str) -> Result<Vec<Part>, usize> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = find_open(&text[at..]).map(|start| at + start) {
        let end = start + part_length(&text[start..]).ok_or(start)?;
        let kind = match text.as_bytes()[start + 1] {
            b'{' => PartKind::Expression,
            b'%' => PartKind::Block,
            _ => PartKind::Comment,
        };
        let part = Part { kind, range: start..end };
        at = end;
        let is_raw = kind == PartKind::Block && first_word(part.inside(text)) == "raw";
        found.push(part);
        if is_raw {
            at = end_of_raw(text, end).ok_or(start)?;
        }
    }
    Ok(found)
}

/// Where the block begins that ends a raw one.
fn end_of_raw(text: &str, mut at: usize) -> Option<usize> {
    loop {
        let start = at + text[at..].find("{%")?;
        let end = start + part_length(&text[start..])?;
        if first_word(inside(&text[start..end])) == "endraw" {
            return Some(start);
        }
        at = start + 2;
    }
}

/// The text with all Jinja replaced by as many bytes: `x` where a value is printed, blanks elsewhere. Lines stay.
pub fn blanked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for part in parts(text).unwrap_or_default() {
        out.push_str(&text[at..part.range.start]);
        let filler = if part.kind == PartKind::Expression { 'x' } else { ' ' };
        out.extend(text[part.range.clone()].bytes().map(|byte| if byte == b'\n' { '\n' } else { filler }));
        at = part.range.end;
    }
    out.push_str(&text[at..]);
    out
}

/// The text with a filter behind each expression that is nothing but a name or a path, where `filter` gives one for it.
pub fn filtered(text: &str, filter: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for part in parts(text).unwrap_or_default() {
        let whole = &text[part.range.clone()];
        let found = (part.kind == PartKind::Expression).then(|| filter(part.inside(text))).flatten();
        if let Some(filter) = found {
            let end = whole.trim_end_matches("}}").trim_end_matches(['-', '+']).len();
            out.push_str(&text[at..part.range.start + end]);
            out.push_str(&format!(" | {filter}"));
            at = part.range.start + end;
        }
    }
    out.push_str(&text[at..]);
    out
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
    fn parts_are_found() {
        for (text, expected) in [
            ("plain <b> {", ""),
            ("{{ a }}b{% if c -%}{# d #}", "a|if c|d"),
            ("{{ name | default('}} {%') }}", "name | default('}} {%')"),
            ("{% raw %}{{ a }}{% endraw %}{{ b }}", "raw|endraw|b"),
        ] {
            let found: Vec<&str> = parts(text).unwrap().iter().map(|part| part.inside(text)).collect();
            assert_eq!(found.join("|"), expected, "{text}");
        }
        assert_eq!(parts("ab{{ c"), Err(2));
    }

    #[test]
    fn filters_stand_behind_plain_paths() {
        let filter = |path: &str| (path == "a.b").then(|| "f(2)".to_owned());
        for (text, expected) in [
            ("{{ a.b }}é{{- a.b -}}", "{{ a.b  | f(2)}}é{{- a.b  | f(2)-}}"),
            (
                "{{ a.b | g }} {{ a.c }} {% if a.b %}a.b{% endif %}",
                "{{ a.b | g }} {{ a.c }} {% if a.b %}a.b{% endif %}",
            ),
            ("{% raw %}{{ a.b }}{% endraw %}", "{% raw %}{{ a.b }}{% endraw %}"),
            ("{{ a.b }} {{ c", "{{ a.b }} {{ c"),
        ] {
            assert_eq!(filtered(text, &filter), expected, "{text}");
        }
    }

    #[test]
    fn blanks_keep_places() {
        for (text, expected) in [
            ("é{{ a }}b", "éxxxxxxxb"),
            ("{{ a\n}}b", "xxxx\nxxb"),
            ("{% c %}d{# e #}", "       d       "),
            ("{{ a", "{{ a"),
        ] {
            assert_eq!(blanked(text), expected);
            assert_eq!(blanked(text).len(), text.len());
        }
    }
}
