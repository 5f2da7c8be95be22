//! E-mail addresses: what counts as well-formed. A practical reading of RFC 5321 §4.1.2 and RFC 6531: what real mail
//! systems accept, and nothing that could break out of a command or a header.

/// The longest address that SMTP can carry, in bytes (RFC 5321 §4.5.3.1.3, without the angle brackets).
const ADDRESS_BYTES_MAX: usize = 254;
/// The longest part before the `@`, in bytes (§4.5.3.1.1).
const LOCAL_BYTES_MAX: usize = 64;
/// The longest part after the `@`, in bytes (§4.5.3.1.2).
const DOMAIN_BYTES_MAX: usize = 253;
/// The longest label of a domain, in bytes (RFC 1035 §2.3.4).
const LABEL_BYTES_MAX: usize = 63;

/// What is wrong with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing but blanks.
    Missing,
    Malformed,
}

/// The address without the blanks around it (no-break spaces among them), if it is well-formed.
pub fn check(text: &str) -> Result<&str, Fault> {
    let address =
        text.trim_matches(|c: char| c.is_whitespace() && c != '\r' && c != '\n' || c == '\u{feff}' || c == '\u{200b}');
    if address.trim().is_empty() {
        return Err(Fault::Missing);
    }
    let (local, domain) = address.rsplit_once('@').ok_or(Fault::Malformed)?;
    if address.len() <= ADDRESS_BYTES_MAX && is_local(local) && is_domain(domain) {
        Ok(address)
    } else {
        Err(Fault::Malformed)
    }
}

/// The part after the last `@`.
pub fn domain(address: &str) -> Option<&str> {
    address.rsplit_once('@').map(|(_, domain)| domain)
}

fn is_local(local: &str) -> bool {
    if local.is_empty() || local.len() > LOCAL_BYTES_MAX {
        return false;
    }
    if let Some(inner) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        return local.len() >= 2 && is_quoted(inner);
    }
    local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom_char))
}

/// Text between quotes: printable, with `\` before `"` and `\`.
fn is_quoted(inner: &str) -> bool {
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(' '..='~') => {}
                _ => return false,
            },
            '"' => return false,
            c if c.is_control() => return false,
            _ => {}
        }
    }
    true
}

/// RFC 5322 `atext`, and letters, digits and marks of other scripts (RFC 6531).
fn is_atom_char(c: char) -> bool {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' => true,
        '!' | '#' | '$' | '%' | '&' | '\'' | '*' | '+' | '-' | '/' | '=' | '?' | '^' | '_' | '`' | '{' | '|' | '}'
        | '~' => true,
        c if c.is_ascii() => false,
        c => !c.is_whitespace() && !c.is_control() && !is_invisible(c),
    }
}

/// Marks that cannot be seen: they are slips of copy and paste, or tricks.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}')
}

fn is_domain(domain: &str) -> bool {
    if let Some(literal) = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return match literal.strip_prefix("IPv6:") {
            Some(v6) => v6.parse::<std::net::Ipv6Addr>().is_ok(),
            None => literal.parse::<std::net::Ipv4Addr>().is_ok(),
        };
    }
    let labels: Vec<&str> = domain.split('.').collect();
    let last = labels.last().copied().unwrap_or_default();
    domain.len() <= DOMAIN_BYTES_MAX
        && labels.len() >= 2
        && labels.iter().all(|label| is_label(label))
        && !last.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_label(label: &str) -> bool {
    let allowed = |c: char| {
        if c.is_ascii() {
            c.is_ascii_alphanumeric() || c == '-'
        } else {
            c.is_alphanumeric() || (!c.is_whitespace() && !c.is_control() && !is_invisible(c))
        }
    };
    !label.is_empty()
        && label.len() <= LABEL_BYTES_MAX
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_around_are_trimmed() {
        for text in [" ann@shop.example", "ann@shop.example\u{a0}", "\t\u{feff}ann@shop.example \u{2003}"] {
            assert_eq!(check(text), Ok("ann@shop.example"), "{text:?}");
        }
        for text in ["", " ", "\u{a0}", "\t", "\n"] {
            assert_eq!(check(text), Err(Fault::Missing), "{text:?}");
        }
    }

    #[test]
    fn addresses() {
        for good in [
            "a@b.co",
            "first.last+tag@sub.shop.example",
            "o'neil@shop.example",
            "x_y-z@1shop.example",
            "\"a b\"@shop.example",
            "\"a\\\"b\"@shop.example",
            "müller@shop.example",
            "用户@例子.广告",
            "a@xn--fsq.example",
            "a@[192.0.2.1]",
            "a@[IPv6:2001:db8::1]",
            "{x}@shop.example",
        ] {
            assert_eq!(check(good), Ok(good), "{good}");
        }
        let long_local = format!("{}@shop.example", "a".repeat(65));
        let long_domain = format!("a@{}.example", "b".repeat(64));
        let long = format!("a@{}example", "bbbbbbbbb.".repeat(25));
        for bad in [
            "a",
            "@",
            "a@",
            "@b.co",
            "a@b",
            "a b@c.de",
            "a@b c.de",
            "a..b@c.de",
            ".a@c.de",
            "a.@c.de",
            "a@.c.de",
            "a@c.de.",
            "a@-c.de",
            "a@c-.de",
            "a@b@c.de",
            "a,b@c.de",
            "a;b@c.de",
            "<a@c.de>",
            "Ann <a@c.de>",
            "a@c_d.de",
            "a@1.2.3.4",
            "a@[1.2.3]",
            "\"a@c.de",
            "\"a\"b\"@c.de",
            "a\u{a0}b@c.de",
            "a\u{200b}@c.de",
            "a@c.de\r\nBcc: x@y.z",
            "a@c.de\n",
            "\r\na@c.de",
            "a\r\n@c.de",
            "\"a\nb\"@c.de",
            "a\0@c.de",
            "a@c.d\0e",
            &long_local,
            &long_domain,
            &long,
        ] {
            assert_eq!(check(bad), Err(Fault::Malformed), "{bad:?}");
        }
    }
}
