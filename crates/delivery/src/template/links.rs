//! Links: which `href`s of a template are replaced so that clicks come back here first. Done once for each template.

use super::source::{Masked, Part, first_word};

/// The variable that stands for the tracked link with this number.
pub fn click_name(index: usize) -> String {
    format!("__click_{index}")
}

/// The filter that makes a link that differs in each message a tracked one.
pub const CLICK_FILTER: &str = "__click";

/// Replaces the http(s) `href`s of links in `masked`; `urls` takes the static ones. `mailto:`, `tel:`, `#...` and
/// links with `unsubscribe_url` stay as they are.
pub fn track(masked: &mut Masked, urls: &mut Vec<String>) {
    let text = std::mem::take(&mut masked.text);
    let mut out = String::with_capacity(text.len() + 256);
    let mut at = 0;
    while let Some((start, end)) = next_href(&text, at) {
        out.push_str(&text[at..start]);
        let value = &text[start..end];
        match replacement(value, masked, urls) {
            Some(replaced) => out.push_str(&replaced),
            None => out.push_str(value),
        }
        at = end;
    }
    out.push_str(&text[at..]);
    masked.text = out;
}

fn replacement(value: &str, masked: &mut Masked, urls: &mut Vec<String>) -> Option<String> {
    let marks = masked.marks(value)?;
    let trimmed = value.trim();
    if marks.is_empty() {
        let url = unescape(trimmed);
        if !is_web(&url) {
            return None;
        }
        let index = urls.iter().position(|known| *known == url).unwrap_or_else(|| {
            urls.push(url);
            urls.len() - 1
        });
        return Some(masked.add(Part::Expression(format!("{{{{ {} }}}}", click_name(index)))));
    }
    let mut depth = 0i32;
    for mark in &marks {
        let part = &masked.parts[*mark];
        if part.inside().contains("unsubscribe_url") {
            return None;
        }
        if let Part::Block(_) = part {
            match first_word(part.inside()) {
                word if word.starts_with("end") => depth -= 1,
                "if" | "for" | "with" | "filter" | "autoescape" => depth += 1,
                _ => {}
            }
            if depth < 0 {
                return None;
            }
        }
    }
    let starts_with_mark = masked.marks(&trimmed[..trimmed.chars().next().map_or(0, char::len_utf8)]).is_none();
    if depth != 0 || !(starts_with_mark || is_web(trimmed)) {
        return None;
    }
    let open = masked.add(Part::Block(format!("{{% filter {CLICK_FILTER} %}}")));
    let close = masked.add(Part::Block("{% endfilter %}".to_owned()));
    Some(format!("{open}{trimmed}{close}"))
}

/// Whether a URL leads to the web.
pub fn is_web(url: &str) -> bool {
    let starts = |prefix: &str| url.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    starts("http://") || starts("https://")
}

/// The range of the next `href` value in a tag that is a link (`a`, `area`, or VML as Outlook reads it).
fn next_href(text: &str, mut at: usize) -> Option<(usize, usize)> {
    loop {
        let tag = at + text[at..].find('<')?;
        let name_end = tag
            + 1
            + text[tag + 1..].find(|c: char| !c.is_ascii_alphanumeric() && c != ':').unwrap_or(text.len() - tag - 1);
        let name = &text[tag + 1..name_end];
        let is_link = name.eq_ignore_ascii_case("a")
            || name.eq_ignore_ascii_case("area")
            || name.get(..2).is_some_and(|v| v.eq_ignore_ascii_case("v:"));
        at = name_end.max(tag + 1);
        if !is_link {
            continue;
        }
        match href_in(text, at) {
            Ok(found) => return Some(found),
            Err(end) => at = end,
        }
    }
}

/// The value of `href` among the attributes from `at` on, or where the tag ends.
fn href_in(text: &str, mut at: usize) -> Result<(usize, usize), usize> {
    let bytes = text.as_bytes();
    let skip_blanks = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        at
    };
    loop {
        at = skip_blanks(at);
        match bytes.get(at) {
            None => return Err(text.len()),
            Some(b'>') => return Err(at + 1),
            Some(b'/' | b'=' | b'"' | b'\'') => {
                at += 1;
                continue;
            }
            Some(_) => {}
        }
        let name_start = at;
        while bytes.get(at).is_some_and(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'=' | b'>' | b'/')) {
            at += 1;
        }
        let name = &text[name_start..at];
        let after = skip_blanks(at);
        if bytes.get(after) != Some(&b'=') {
            continue;
        }
        let mut start = skip_blanks(after + 1);
        let end = match bytes.get(start) {
            Some(quote @ (b'"' | b'\'')) => {
                start += 1;
                match text[start..].find(char::from(*quote)) {
                    Some(length) => start + length,
                    None => return Err(text.len()),
                }
            }
            _ => {
                start + text[start..].find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(text.len() - start)
            }
        };
        if name.eq_ignore_ascii_case("href") {
            return Ok((start, end));
        }
        at = end.max(at);
    }
}

/// Undoes the character references that stand in URLs.
pub fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let reference = rest[1..].find(';').filter(|length| *length <= 8).map(|length| &rest[1..=length]);
        match reference.and_then(|name| Some((name, character(name)?))) {
            Some((name, character)) => {
                out.push(character);
                rest = &rest[name.len() + 2..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tracked(source: &str) -> (String, Vec<String>) {
        let mut masked = Masked::new(source).unwrap();
        let mut urls = Vec::new();
        track(&mut masked, &mut urls);
        (masked.unmask(&masked.text).unwrap(), urls)
    }

    #[test]
    fn web_links_are_replaced_and_others_stay() {
        for (source, expected, urls) in [
            (
                r#"<a href="https://x.example/?a=1&amp;b=2">x</a>"#,
                r#"<a href="{{ __click_0 }}">x</a>"#,
                vec!["https://x.example/?a=1&b=2"],
            ),
            (
                r#"<A class='b' HREF = 'HTTP://x.example' >"#,
                r#"<A class='b' HREF = '{{ __click_0 }}' >"#,
                vec!["HTTP://x.example"],
            ),
            (
                r#"<a href="https://x">1</a><a href="https://y">2</a><a href="https://x">3</a>"#,
                r#"<a href="{{ __click_0 }}">1</a><a href="{{ __click_1 }}">2</a><a href="{{ __click_0 }}">3</a>"#,
                vec!["https://x", "https://y"],
            ),
            (
                r#"<a href="https://x/{{ id }}">"#,
                r#"<a href="{% filter __click %}https://x/{{ id }}{% endfilter %}">"#,
                vec![],
            ),
            (r#"<a href="{{ url }}">"#, r#"<a href="{% filter __click %}{{ url }}{% endfilter %}">"#, vec![]),
            (
                r#"<a href="{% if a %}https://x{% else %}https://y{% endif %}">"#,
                r#"<a href="{% filter __click %}{% if a %}https://x{% else %}https://y{% endif %}{% endfilter %}">"#,
                vec![],
            ),
            ("<a href=https://x>", "<a href={{ __click_0 }}>", vec!["https://x"]),
            (
                r#"<!--[if mso]><v:roundrect href="https://x"><![endif]-->"#,
                r#"<!--[if mso]><v:roundrect href="{{ __click_0 }}"><![endif]-->"#,
                vec!["https://x"],
            ),
        ] {
            let (text, found) = tracked(source);
            assert_eq!((text.as_str(), found), (expected, urls.into_iter().map(str::to_owned).collect()), "{source}");
        }
        for same in [
            r##"<a href="#top">"##,
            r#"<a href="mailto:a@b.example">"#,
            r#"<a href="tel:+331">"#,
            r#"<a href="{{ unsubscribe_url }}">"#,
            r#"<a href="https://x/{{ unsubscribe_url }}">"#,
            r#"<a name="x">"#,
            r#"<link href="https://x/s.css">"#,
            r#"<img src="https://x/i.png">"#,
            r#"<a href="mailto:{{ email }}">"#,
            "a < b and <abbr href=\"https://x\">",
            r#"<a href="{% if a %}https://x">"#,
            "<a",
            "<a href=",
            "<a href=\"x",
            "<",
        ] {
            assert_eq!(tracked(same), (same.to_owned(), vec![]), "{same}");
        }
    }

    #[test]
    fn references_are_undone() {
        for (text, expected) in
            [("a&amp;b", "a&b"), ("&#x2f;&#47;", "//"), ("a&b=c", "a&b=c"), ("&&amp;", "&&"), ("&nosuch;", "&nosuch;")]
        {
            assert_eq!(unescape(text), expected);
        }
    }
}
