//! The value of a node in a small XML text: enough of XML 1.0 to find elements and attributes by a path such as
//! `/order/line[2]/@sku`. Names are compared as they are written, with their prefixes. A text that is not well-formed
//! has no value.

/// A step: an element's name (`*` for any) and which of its like-named siblings, from 1; or an attribute's name.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Element(String, usize),
    Attribute(String),
    Text,
}

/// Reads a path: `/a/b[2]/@c`, `a/b`, `a/text()`.
pub fn path(text: &str) -> Result<Vec<Step>, String> {
    let wrong = || format!("`{text}` is not a path into XML; write it like `/order/line[2]/@sku`");
    let mut steps = Vec::new();
    for part in text.trim().trim_start_matches('/').split('/') {
        if !matches!(steps.last(), None | Some(Step::Element(..))) {
            return Err(wrong());
        }
        steps.push(match part.strip_prefix('@') {
            Some(name) if is_name(name) => Step::Attribute(name.to_owned()),
            None if part == "text()" => Step::Text,
            None => {
                let (name, place) = match part.strip_suffix(']').and_then(|part| part.split_once('[')) {
                    Some((name, place)) => (name, place.trim().parse().map_err(|_| wrong())?),
                    None => (part, 1),
                };
                if place == 0 || !(name == "*" || is_name(name)) {
                    return Err(wrong());
                }
                Step::Element(name.to_owned(), place)
            }
            Some(_) => return Err(wrong()),
        });
    }
    Ok(steps)
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-.:".contains(c))
}

/// The attribute, or all text inside the element, that `path` leads to first.
pub fn value(text: &str, path: &[Step]) -> Option<String> {
    let mut reader = Reader { rest: text };
    // How many of the steps the open elements follow, and how many siblings matched at each depth.
    let mut depth = 0;
    let mut followed = 0;
    let mut matched = vec![0];
    let mut found: Option<String> = None;
    let mut taking = None;
    let mut result = None;
    loop {
        match reader.next()? {
            Event::End => return (depth == 0).then_some(result).flatten(),
            Event::Text(text) => {
                if let Some(taken) = found.as_mut().filter(|_| taking.is_some()) {
                    taken.push_str(&text);
                }
            }
            Event::Open { name, attributes, closed } => {
                if result.is_none()
                    && taking.is_none()
                    && followed == depth
                    && let Some(Step::Element(wanted, place)) = path.get(depth)
                    && (wanted == "*" || *wanted == name)
                {
                    matched[depth] += 1;
                    if matched[depth] == *place {
                        followed += 1;
                        match path.get(followed) {
                            None | Some(Step::Text) => {
                                taking = Some(depth);
                                found = Some(String::new());
                            }
                            Some(Step::Attribute(name)) => {
                                result = attributes.into_iter().find(|(own, _)| own == name).map(|(_, value)| value);
                            }
                            Some(Step::Element(..)) => {}
                        }
                    }
                }
                depth += 1;
                matched.push(0);
                if closed {
                    close(&mut depth, &mut followed, &mut matched, &mut taking, &mut found, &mut result);
                }
            }
            Event::Close => {
                if depth == 0 {
                    return None;
                }
                close(&mut depth, &mut followed, &mut matched, &mut taking, &mut found, &mut result);
            }
        }
    }
}

fn close(
    depth: &mut usize,
    followed: &mut usize,
    matched: &mut Vec<usize>,
    taking: &mut Option<usize>,
    found: &mut Option<String>,
    result: &mut Option<String>,
) {
    *depth -= 1;
    matched.pop();
    *followed = (*followed).min(*depth);
    if *taking == Some(*depth) {
        *taking = None;
        *result = found.take();
    }
}

enum Event {
    Open { name: String, attributes: Vec<(String, String)>, closed: bool },
    Close,
    Text(String),
    End,
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    /// `None` where the text is not XML.
    fn next(&mut self) -> Option<Event> {
        loop {
            if self.rest.is_empty() {
                return Some(Event::End);
            }
            if let Some(rest) = self.rest.strip_prefix("<!--") {
                self.rest = rest.split_once("-->")?.1;
            } else if let Some(rest) = self.rest.strip_prefix("<![CDATA[") {
                let (text, rest) = rest.split_once("]]>")?;
                self.rest = rest;
                return Some(Event::Text(text.to_owned()));
            } else if let Some(rest) = self.rest.strip_prefix("<?") {
                self.rest = rest.split_once("?>")?.1;
            } else if let Some(rest) = self.rest.strip_prefix("<!") {
                self.rest = rest.split_once('>')?.1;
            } else if let Some(rest) = self.rest.strip_prefix("</") {
                self.rest = rest.split_once('>')?.1;
                return Some(Event::Close);
            } else if let Some(rest) = self.rest.strip_prefix('<') {
                return self.open(rest);
            } else {
                let end = self.rest.find('<').unwrap_or(self.rest.len());
                let text = unescape(&self.rest[..end]);
                self.rest = &self.rest[end..];
                return Some(Event::Text(text));
            }
        }
    }

    fn open(&mut self, text: &str) -> Option<Event> {
        // Where the tag ends: the first `>` outside quotes.
        let mut quote = None;
        let end = text.char_indices().find_map(|(at, c)| {
            match (quote, c) {
                (None, '"' | '\'') => quote = Some(c),
                (Some(open), c) if open == c => quote = None,
                (None, '>') => return Some(at),
                _ => {}
            }
            None
        })?;
        let closed = text[..end].ends_with('/');
        let inside = text[..end].trim_end_matches('/');
        let skipped = self.rest.len() - text.len() + end + 1;
        self.rest = &self.rest[skipped..];
        let name_end = inside.find(char::is_whitespace).unwrap_or(inside.len());
        let name = inside[..name_end].to_owned();
        if !is_name(&name) {
            return None;
        }
        let mut attributes = Vec::new();
        let mut rest = inside[name_end..].trim_start();
        while !rest.is_empty() {
            let (name, after) = rest.split_once('=')?;
            let after = after.trim_start();
            let quote = after.chars().next().filter(|quote| ['"', '\''].contains(quote))?;
            let (value, after) = after[1..].split_once(quote)?;
            attributes.push((name.trim().to_owned(), unescape(value)));
            rest = after.trim_start();
        }
        Some(Event::Open { name, attributes, closed })
    }
}

/// Replaces the entities that XML itself defines.
fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let known = after.split_once(';').and_then(|(name, after)| {
            let character = match name {
                "lt" => '<',
                "gt" => '>',
                "amp" => '&',
                "quot" => '"',
                "apos" => '\'',
                name => {
                    let number = name.strip_prefix('#')?;
                    let code = match number.strip_prefix(['x', 'X']) {
                        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                        None => number.parse().ok()?,
                    };
                    char::from_u32(code)?
                }
            };
            Some((character, after))
        });
        match known {
            Some((character, after)) => {
                plain.push(character);
                rest = after;
            }
            None => {
                plain.push('&');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_by_path() {
        let order = r#"<?xml version="1.0"?><!-- x --><order no='7 > 6'><line sku="a&amp;b">1</line><other><line>no</line></other>
            <line sku="c"><name>Two <b>words</b></name><![CDATA[<raw>]]></line><empty/></order>"#;
        for (at, expected) in [
            ("/order/@no", Some("7 > 6")),
            ("/order/line", Some("1")),
            ("order/line[1]/@sku", Some("a&b")),
            ("/order/line[2]/@sku", Some("c")),
            ("/order/line[2]", Some("Two words<raw>")),
            ("/order/line[2]/name/text()", Some("Two words")),
            ("/order/*[2]/line", Some("no")),
            ("/order/empty", Some("")),
            ("/order/line[3]", None),
            ("/order/@none", None),
            ("/line", None),
        ] {
            assert_eq!(value(order, &path(at).unwrap()).as_deref(), expected, "{at}");
        }
        for broken in ["<a><b></a", "<a", "<a>", "</a>", "<a x=1></a>"] {
            assert_eq!(value(broken, &path("/a").unwrap()), None, "{broken}");
        }
        for text in ["", "/a/@b/c", "/a[0]", "/a b"] {
            assert!(path(text).is_err(), "{text}");
        }
    }
}
