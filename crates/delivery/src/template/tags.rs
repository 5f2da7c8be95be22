//! The tags of a template, with their places. Jinja must have been blanked out (`tutti_model::jinja::blanked`).

/// One opening or empty tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag<'t> {
    /// In lower case.
    pub name: String,
    /// Names in lower case, and values as they are written.
    pub attributes: Vec<(String, &'t str)>,
    /// Where its `<` is.
    pub at: usize,
}

impl Tag<'_> {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }
}

/// The tags of `text` in order, without those in comments.
pub fn tags(text: &str) -> Vec<Tag<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find('<').map(|start| at + start) {
        let rest = &text[start..];
        if rest.starts_with("<!--") {
            at = rest.find("-->").map_or(text.len(), |end| start + end + 3);
            continue;
        }
        let name_end = rest[1..].find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != ':');
        let name_end = name_end.map_or(text.len(), |end| start + 1 + end);
        at = name_end.max(start + 1);
        let name = text[start + 1..name_end].to_ascii_lowercase();
        if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let (attributes, end) = attributes(text, name_end);
            at = end;
            found.push(Tag { name, attributes, at: start });
        }
    }
    found
}

fn attributes(text: &str, mut at: usize) -> (Vec<(String, &str)>, usize) {
    let mut found = Vec::new();
    loop {
        at = skip(text, at, |c| c.is_whitespace() || c == '/');
        match text[at..].chars().next() {
            None => return (found, text.len()),
            Some('>') => return (found, at + 1),
            Some(_) => {}
        }
        let name_end = skip(text, at, |c| !c.is_whitespace() && !matches!(c, '=' | '>' | '/'));
        let name = text[at..name_end].to_ascii_lowercase();
        at = skip(text, name_end, char::is_whitespace);
        if !text[at..].starts_with('=') {
            // A lone sign would stand still.
            at = if name.is_empty() { at + text[at..].chars().next().map_or(1, char::len_utf8) } else { at };
            found.push((name, ""));
            continue;
        }
        at = skip(text, at + 1, char::is_whitespace);
        let quote = text[at..].chars().next().filter(|quote| matches!(quote, '"' | '\''));
        let (start, end) = match quote {
            Some(quote) => (at + 1, text[at + 1..].find(quote).map_or(text.len(), |length| at + 1 + length)),
            None => (at, skip(text, at, |c| !c.is_whitespace() && c != '>')),
        };
        found.push((name, &text[start..end]));
        at = (end + usize::from(quote.is_some())).min(text.len());
    }
}

fn skip(text: &str, at: usize, is_skipped: impl Fn(char) -> bool) -> usize {
    text[at..].find(|c| !is_skipped(c)).map_or(text.len(), |length| at + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found() {
        for (text, expected) in [
            ("<p>a</p><!-- <b> --><BR/>", "p br"),
            ("<a href=\"x > y\" Class='b' disabled title=z>", "a href=x > y class=b disabled= title=z"),
            ("<mj-image src='x' />", "mj-image src=x"),
            ("a < b <", ""),
            ("<a = ><a href=\"x", "a = a href=x"),
            ("<é>", ""),
        ] {
            let mut words = Vec::new();
            for tag in tags(text) {
                words.push(tag.name.clone());
                words.extend(tag.attributes.iter().map(|(name, value)| format!("{name}={value}")));
            }
            assert_eq!(words.join(" "), expected, "{text}");
        }
    }
}
