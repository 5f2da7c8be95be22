//! Text: lines, patterns, likeness, letters without marks.

use std::collections::HashMap;

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use hmac::{Hmac, KeyInit, Mac};
use regex::{Regex, RegexBuilder};
use sha2::Sha256;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::TEXT;
use super::arguments::{Arguments, Native, booleans, integers, numbers, texts};

pub const FUNCTIONS: &[Native] = &[
    Native { name: "tutti_line", returns: |_| TEXT, run: line },
    Native { name: "tutti_email_domain", returns: |_| TEXT, run: email_domain },
    Native { name: "tutti_unaccent", returns: |_| TEXT, run: unaccent },
    Native { name: "tutti_char", returns: |_| TEXT, run: character },
    Native { name: "tutti_hmac", returns: |_| TEXT, run: keyed_digest },
    Native { name: "tutti_digits", returns: |_| TEXT, run: digits },
    Native { name: "tutti_pad", returns: |_| TEXT, run: pad },
    Native { name: "tutti_repeat", returns: |_| TEXT, run: repeat },
    Native { name: "tutti_similarity", returns: |_| DataType::Float64, run: similarity },
    Native { name: "tutti_regex_match", returns: |_| DataType::Boolean, run: regex_match },
    Native { name: "tutti_regex_extract", returns: |_| TEXT, run: regex_extract },
    Native { name: "tutti_regex_replace", returns: |_| TEXT, run: regex_replace },
    Native { name: "tutti_regex_count", returns: |_| DataType::Int64, run: regex_count },
];

/// The longest text that padding and repeating make, in characters.
pub const PADDED_MAX: i64 = 10_000;
/// The most memory that a compiled pattern takes, in bytes.
const PATTERN_BYTES_MAX: usize = 1 << 20;

/// A pattern as the functions read it; `i` among `flags` ignores case, `s` lets `.` match line ends, `m` lets `^` and
/// `$` match at them.
pub fn pattern(text: &str, flags: &str) -> std::result::Result<Regex, String> {
    let mut builder = RegexBuilder::new(text);
    builder.size_limit(PATTERN_BYTES_MAX);
    for flag in flags.chars() {
        match flag {
            'i' => builder.case_insensitive(true),
            's' => builder.dot_matches_new_line(true),
            'm' => builder.multi_line(true),
            other => return Err(format!("`{other}` is not a flag of patterns; known are `i`, `m` and `s`")),
        };
    }
    builder.build().map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "the pattern is too large".to_owned(),
        error => error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
    })
}

/// Applies `apply` to each text; NULL for NULL.
fn each(arguments: &Arguments, apply: impl Fn(&str) -> Option<String>) -> Result<ArrayRef> {
    let values = arguments.texts(0)?;
    Ok(texts((0..arguments.rows).map(|row| values.is_valid(row).then(|| apply(values.value(row))).flatten())))
}

/// `tutti_line(text, n)`: the nth line, from 1.
fn line(arguments: &Arguments) -> Result<ArrayRef> {
    let (values, places) = (arguments.texts(0)?, arguments.integers(1)?);
    Ok(texts((0..arguments.rows).map(|row| {
        let place = places.is_valid(row).then(|| places.value(row))?.checked_sub(1)?;
        let text = values.is_valid(row).then(|| values.value(row))?;
        text.lines().nth(usize::try_from(place).ok()?).map(str::to_owned)
    })))
}

fn email_domain(arguments: &Arguments) -> Result<ArrayRef> {
    each(arguments, |text| {
        let (_, domain) = text.trim().rsplit_once('@')?;
        (!domain.is_empty()).then(|| domain.to_lowercase())
    })
}

fn unaccent(arguments: &Arguments) -> Result<ArrayRef> {
    each(arguments, |text| {
        let mut plain = String::with_capacity(text.len());
        for letter in text.nfd().filter(|letter| !is_combining_mark(*letter)) {
            match letter {
                'ß' => plain.push_str("ss"),
                'æ' => plain.push_str("ae"),
                'Æ' => plain.push_str("AE"),
                'œ' => plain.push_str("oe"),
                'Œ' => plain.push_str("OE"),
                'ø' => plain.push('o'),
                'Ø' => plain.push('O'),
                'ł' => plain.push('l'),
                'Ł' => plain.push('L'),
                'đ' => plain.push('d'),
                'Đ' => plain.push('D'),
                other => plain.push(other),
            }
        }
        Some(plain)
    })
}

fn digits(arguments: &Arguments) -> Result<ArrayRef> {
    each(arguments, |text| Some(text.chars().filter(char::is_ascii_digit).collect()))
}

/// `tutti_char(code)`.
fn character(arguments: &Arguments) -> Result<ArrayRef> {
    let codes = arguments.integers(0)?;
    Ok(texts((0..arguments.rows).map(|row| {
        let code = codes.is_valid(row).then(|| codes.value(row))?;
        char::from_u32(u32::try_from(code).ok()?).map(String::from)
    })))
}

/// `tutti_hmac(text, key)`: RFC 2104 with SHA-256, in hexadecimal.
fn keyed_digest(arguments: &Arguments) -> Result<ArrayRef> {
    let key = arguments.constant(1)?;
    each(arguments, |text| {
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_ref()?.as_bytes()).ok()?;
        mac.update(text.as_bytes());
        Some(mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect())
    })
}

/// `tutti_pad(text, length, fill, side)`: to `length` characters; a longer text is cut at its end.
fn pad(arguments: &Arguments) -> Result<ArrayRef> {
    let (values, lengths, fills) = (arguments.texts(0)?, arguments.integers(1)?, arguments.texts(2)?);
    let left = arguments.constant(3)?.as_deref() == Some("left");
    Ok(texts((0..arguments.rows).map(|row| {
        let text = values.is_valid(row).then(|| values.value(row))?;
        let length = lengths.is_valid(row).then(|| lengths.value(row).clamp(0, PADDED_MAX))?;
        let fill = fills.is_valid(row).then(|| fills.value(row))?;
        let length = usize::try_from(length).ok()?;
        let own = text.chars().count();
        if own >= length || fill.is_empty() {
            return Some(text.chars().take(length).collect());
        }
        let padding = fill.chars().cycle().take(length - own);
        Some(if left { padding.chain(text.chars()).collect() } else { text.chars().chain(padding).collect() })
    })))
}

/// `tutti_repeat(text, times)`: not more than the longest text.
fn repeat(arguments: &Arguments) -> Result<ArrayRef> {
    let (values, times) = (arguments.texts(0)?, arguments.integers(1)?);
    Ok(texts((0..arguments.rows).map(|row| {
        let text = values.is_valid(row).then(|| values.value(row))?;
        let times = times.is_valid(row).then(|| times.value(row).clamp(0, PADDED_MAX))?;
        let (times, longest) = (usize::try_from(times).ok()?, usize::try_from(PADDED_MAX).ok()?);
        Some(std::iter::repeat_n(text, times).flat_map(str::chars).take(longest).collect())
    })))
}

/// `tutti_similarity(one, other)`: Jaro and Winkler's, from 0 to 1.
fn similarity(arguments: &Arguments) -> Result<ArrayRef> {
    let (ones, others) = (arguments.texts(0)?, arguments.texts(1)?);
    Ok(numbers((0..arguments.rows).map(|row| {
        (ones.is_valid(row) && others.is_valid(row)).then(|| strsim::jaro_winkler(ones.value(row), others.value(row)))
    })))
}

/// Patterns by their text; most often there is one.
struct Patterns {
    flags: String,
    known: HashMap<String, Option<Regex>>,
}

impl Patterns {
    fn new(flags: Option<String>) -> Self {
        Self { flags: flags.unwrap_or_default(), known: HashMap::new() }
    }

    /// `None` where the text is not a pattern.
    fn get(&mut self, text: &str) -> Option<&Regex> {
        if !self.known.contains_key(text) {
            self.known.insert(text.to_owned(), pattern(text, &self.flags).ok());
        }
        self.known.get(text)?.as_ref()
    }
}

/// `tutti_regex_match(text, pattern, flags)`.
fn regex_match(arguments: &Arguments) -> Result<ArrayRef> {
    let (values, patterns) = (arguments.texts(0)?, arguments.texts(1)?);
    let mut known = Patterns::new(arguments.constant(2)?);
    Ok(booleans((0..arguments.rows).map(|row| {
        let text = values.is_valid(row).then(|| values.value(row))?;
        let pattern = patterns.is_valid(row).then(|| patterns.value(row))?;
        Some(known.get(pattern)?.is_match(text))
    })))
}

/// `tutti_regex_extract(text, pattern, group, flags)`.
fn regex_extract(arguments: &Arguments) -> Result<ArrayRef> {
    let (values, patterns, groups) = (arguments.texts(0)?, arguments.texts(1)?, arguments.integers(2)?);
    let mut known = Patterns::new(arguments.constant(3)?);
    Ok(texts((0..arguments.rows).map(|row| {
        let text = values.is_valid(row).then(|| values.value(row))?;
        let pattern = patterns.is_valid(row).then(|| patterns.value(row))?;
        let group = groups.is_valid(row).then(|| groups.value(row))?;
        let found = known.get(pattern)?.captures(text)?;
        Some(found.get(usize::try_from(group).ok()?)?.as_str().to_owned())
    })))
}

/// `tutti_regex_replace(text, pattern, replacement, flags)`.
fn regex_replace(arguments: &Arguments) -> Result<ArrayRef> {
    let (values, patterns, replacements) = (arguments.texts(0)?, arguments.texts(1)?, arguments.texts(2)?);
    let mut known = Patterns::new(arguments.constant(3)?);
    Ok(texts((0..arguments.rows).map(|row| {
        let text = values.is_valid(row).then(|| values.value(row))?;
        let pattern = patterns.is_valid(row).then(|| patterns.value(row))?;
        let replacement = replacements.is_valid(row).then(|| replacements.value(row))?;
        Some(known.get(pattern)?.replace_all(text, replacement).into_owned())
    })))
}

/// `tutti_regex_count(text, pattern, flags)`.
fn regex_count(arguments: &Arguments) -> Result<ArrayRef> {
    let (values, patterns) = (arguments.texts(0)?, arguments.texts(1)?);
    let mut known = Patterns::new(arguments.constant(2)?);
    Ok(integers((0..arguments.rows).map(|row| {
        let text = values.is_valid(row).then(|| values.value(row))?;
        let pattern = patterns.is_valid(row).then(|| patterns.value(row))?;
        i64::try_from(known.get(pattern)?.find_iter(text).count()).ok()
    })))
}
