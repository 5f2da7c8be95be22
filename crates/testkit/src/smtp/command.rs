//! Commands of RFC 5321, read from one line without its CR LF.

/// A command, or the answer to a line that is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command<'a> {
    Ehlo,
    Helo,
    Mail(Path<'a>),
    Rcpt(Path<'a>),
    Data,
    Rset,
    Noop,
    Vrfy,
    Quit,
    Help,
    /// Known commands that this server does not offer (AUTH, STARTTLS, BDAT, EXPN, ...).
    NotOffered,
    Unknown,
    /// A known command with arguments that cannot be read.
    Malformed(&'static str),
}

/// The argument of MAIL or RCPT: an address without its angle brackets (empty for `<>`) and the parameters after it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Path<'a> {
    pub(super) address: &'a str,
    pub(super) parameters: &'a str,
}

/// Reads one line. Verbs go without regard to case; the line must be UTF-8.
pub(super) fn parse(line: &str) -> Command<'_> {
    let (verb, rest) = line.split_at(line.find([' ', '\t']).unwrap_or(line.len()));
    let rest = rest.trim();
    let is = |word: &str| verb.eq_ignore_ascii_case(word);
    if is("MAIL") {
        after_keyword(rest, "FROM:").map_or(Command::Malformed("501 5.5.4 Syntax: MAIL FROM:<address>"), Command::Mail)
    } else if is("RCPT") {
        match after_keyword(rest, "TO:") {
            Some(path) if !path.address.is_empty() => Command::Rcpt(path),
            _ => Command::Malformed("501 5.5.4 Syntax: RCPT TO:<address>"),
        }
    } else if is("EHLO") || is("HELO") {
        match (rest.is_empty(), is("EHLO")) {
            (true, _) => Command::Malformed("501 5.5.4 Syntax: EHLO hostname"),
            (false, true) => Command::Ehlo,
            (false, false) => Command::Helo,
        }
    } else if is("DATA") || is("RSET") || is("QUIT") {
        if !rest.is_empty() {
            Command::Malformed("501 5.5.4 No arguments allowed")
        } else if is("DATA") {
            Command::Data
        } else if is("RSET") {
            Command::Rset
        } else {
            Command::Quit
        }
    } else if is("NOOP") {
        Command::Noop
    } else if is("VRFY") {
        match rest {
            "" => Command::Malformed("501 5.5.4 Syntax: VRFY address"),
            _ => Command::Vrfy,
        }
    } else if is("HELP") {
        Command::Help
    } else if ["AUTH", "STARTTLS", "BDAT", "EXPN", "TURN", "ETRN"].iter().any(|w| is(w)) {
        Command::NotOffered
    } else {
        Command::Unknown
    }
}

fn after_keyword<'a>(text: &'a str, keyword: &str) -> Option<Path<'a>> {
    let head = text.get(..keyword.len())?;
    if !head.eq_ignore_ascii_case(keyword) {
        return None;
    }
    let rest = text[keyword.len()..].trim_start().strip_prefix('<')?;
    let end = closing_bracket(rest)?;
    let (address, parameters) = (&rest[..end], &rest[end + 1..]);
    if !(parameters.is_empty() || parameters.starts_with(' ')) {
        return None;
    }
    // A source route (`@a,@b:user@host`) is accepted and ignored, as RFC 5321 appendix C asks.
    let address = match (address.starts_with('@'), address.find(':')) {
        (true, Some(colon)) => &address[colon + 1..],
        _ => address,
    };
    is_mailbox(address).then_some(Path { address, parameters: parameters.trim() })
}

/// Position of the `>` that ends a path, quoted local parts aside.
fn closing_bracket(text: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'>' if !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

/// Whether an address can be kept: empty (the null sender), `postmaster`, or a local part and a domain without blanks
/// or control characters outside quotes.
fn is_mailbox(address: &str) -> bool {
    if address.is_empty() || address.eq_ignore_ascii_case("postmaster") {
        return true;
    }
    let Some((local, domain)) = address.rsplit_once('@') else {
        return false;
    };
    let quoted = local.len() >= 2 && local.starts_with('"') && local.ends_with('"');
    let plain = |text: &str| !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>()\",;\\".contains(c));
    let local_is_right = !local.is_empty()
        && local.len() <= 64 * 4
        && (quoted && !local.contains(char::is_control)
            || plain(local) && !local.contains('@') && dots_are_right(local));
    local_is_right && !domain.is_empty() && domain.len() <= 255 && plain(domain) && dots_are_right(domain)
}

fn dots_are_right(text: &str) -> bool {
    text.starts_with('[') || text.split('.').all(|part| !part.is_empty())
}

/// What the parameters of MAIL say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct MailParameters {
    pub(super) size: u64,
    pub(super) smtputf8: bool,
}

/// Reads the parameters of MAIL, or gives the answer that refuses them.
pub(super) fn mail_parameters(text: &str) -> Result<MailParameters, &'static str> {
    let mut parameters = MailParameters::default();
    for word in text.split_ascii_whitespace() {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        if name.eq_ignore_ascii_case("SIZE") {
            parameters.size = value.parse().map_err(|_| "501 5.5.4 SIZE takes a number")?;
        } else if name.eq_ignore_ascii_case("BODY") {
            if !(value.eq_ignore_ascii_case("8BITMIME") || value.eq_ignore_ascii_case("7BIT")) {
                return Err("501 5.5.4 BODY is 7BIT or 8BITMIME");
            }
        } else if name.eq_ignore_ascii_case("SMTPUTF8") && value.is_empty() {
            parameters.smtputf8 = true;
        } else {
            return Err("555 5.5.4 Parameter not recognized");
        }
    }
    Ok(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_and_wrong_ones_refused() {
        for (line, expected) in [
            ("MAIL FROM:<a@b.example>", Some(("a@b.example", ""))),
            ("mail from: <a@b.example> SIZE=10 BODY=8BITMIME", Some(("a@b.example", "SIZE=10 BODY=8BITMIME"))),
            ("MAIL FROM:<>", Some(("", ""))),
            ("MAIL FROM:<\"a > b\"@c.example>", Some(("\"a > b\"@c.example", ""))),
            ("MAIL FROM:<@relay.example:a@b.example>", Some(("a@b.example", ""))),
            ("MAIL FROM:<jürgen@b.example> SMTPUTF8", Some(("jürgen@b.example", "SMTPUTF8"))),
            ("MAIL FROM:a@b.example", None),
            ("MAIL FROM:<a@b.example", None),
            ("MAIL FROM:<a b@c.example>", None),
            ("MAIL FROM:<a@b..example>", None),
            ("MAIL FROM:<.a@b.example>", None),
            ("MAIL FROM:<a@b@c.example>", None),
            ("MAIL FROM:<nobody>", None),
            ("MAIL", None),
        ] {
            let read = match parse(line) {
                Command::Mail(path) => Some((path.address, path.parameters)),
                _ => None,
            };
            assert_eq!(read, expected, "{line}");
        }
        assert_eq!(parse("RCPT TO:<>"), Command::Malformed("501 5.5.4 Syntax: RCPT TO:<address>"));
        assert!(matches!(parse("rcpt to:<Postmaster>"), Command::Rcpt(_)));
    }

    #[test]
    fn verbs_and_parameters() {
        assert_eq!(parse("ehlo me"), Command::Ehlo);
        assert_eq!(parse("HELO"), Command::Malformed("501 5.5.4 Syntax: EHLO hostname"));
        assert_eq!(parse("DATA now"), Command::Malformed("501 5.5.4 No arguments allowed"));
        assert_eq!(parse("StartTLS"), Command::NotOffered);
        assert_eq!(parse(""), Command::Unknown);
        assert_eq!(mail_parameters("SIZE=5 smtputf8"), Ok(MailParameters { size: 5, smtputf8: true }));
        assert!(mail_parameters("SIZE=x").is_err());
        assert!(mail_parameters("BODY=BINARYMIME").is_err());
        assert!(mail_parameters("RET=FULL").is_err());
    }
}
