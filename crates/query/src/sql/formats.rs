//! Formats of times: Tutti's and DuckDB's are those of `strftime`, PostgreSQL has words of its own.

use super::Dialect;

/// The parts of formats that all engines write alike, and PostgreSQL's words for them.
const PARTS: [(char, &str); 13] = [
    ('Y', "YYYY"),
    ('m', "MM"),
    ('d', "DD"),
    ('H', "HH24"),
    ('M', "MI"),
    ('S', "SS"),
    ('y', "YY"),
    ('j', "DDD"),
    ('B', "FMMonth"),
    ('b', "Mon"),
    ('A', "FMDay"),
    ('a', "Dy"),
    ('p', "AM"),
];

/// Whether a format has no other parts.
pub fn are_shared(format: &str) -> bool {
    pieces(format).is_some()
}

/// The time `local`, which has no zone, in the format; `None` where it cannot be written.
pub fn written(format: &str, local: &str, dialect: Dialect) -> Option<String> {
    let pieces = pieces(format)?;
    match dialect {
        Dialect::DuckDb => Some(format!("strftime({local}, '{}')", quoted(format))),
        Dialect::PostgreSql => {
            let mut words = String::new();
            for piece in pieces {
                match piece {
                    Piece::Part(word) => words.push_str(word),
                    // Plain text stands in double quotes, where these two have a meaning.
                    Piece::Text(text) if text.contains(['"', '\\']) => return None,
                    Piece::Text(text) => words.push_str(&format!("\"{text}\"")),
                }
            }
            Some(format!("to_char({local}, '{}')", quoted(&words)))
        }
    }
}

/// A text as it stands between single quotes.
fn quoted(text: &str) -> String {
    text.replace('\'', "''")
}

#[derive(Debug, PartialEq)]
enum Piece {
    /// PostgreSQL's word.
    Part(&'static str),
    Text(String),
}

/// `None` where the format has a part that is not among [`PARTS`].
fn pieces(format: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        let plain = if letter == '%' {
            let part = letters.next()?;
            match PARTS.iter().find(|(known, _)| *known == part) {
                Some((_, word)) => {
                    pieces.push(Piece::Part(word));
                    continue;
                }
                None if part == '%' => '%',
                None => return None,
            }
        } else {
            letter
        };
        match pieces.last_mut() {
            Some(Piece::Text(text)) => text.push(plain),
            _ => pieces.push(Piece::Text(plain.to_string())),
        }
    }
    Some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_written_in_the_words_of_each() {
        let both = |format: &str| [Dialect::DuckDb, Dialect::PostgreSql].map(|dialect| written(format, "t", dialect));
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            both("%d/%m/%Y %H:%M"),
            [some("strftime(t, '%d/%m/%Y %H:%M')"), some(r#"to_char(t, 'DD"/"MM"/"YYYY" "HH24":"MI')"#)]
        );
        assert_eq!(
            both("100%%, %b's"),
            [some("strftime(t, '100%%, %b''s')"), some(r#"to_char(t, '"100%, "Mon"''s"')"#)]
        );
        assert_eq!(both("%Y \"x\""), [some("strftime(t, '%Y \"x\"')"), None]);
        assert_eq!(both("%Y %"), [None, None]);
        assert!(!are_shared("%:z") && !are_shared("%e") && are_shared(""));
    }
}
