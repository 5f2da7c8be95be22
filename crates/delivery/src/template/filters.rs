//! The filters that Tutti adds to MiniJinja's: numbers, money, dates, and cutting text.

use jiff::ZonedDateTime;
use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime;
use minijinja::value::Value;
use minijinja::{Environment, Error, ErrorKind};

/// Adds the filters.
pub fn add(environment: &mut Environment<'_>) {
    environment.add_filter("number", number);
    environment.add_filter("money", money);
    environment.add_filter("date", date);
    environment.add_filter("truncate", truncate);
}

/// `number(places=none, thousands=",", point=".")`: a number with that many places, halves away from zero.
fn number(value: &Value, places: Option<usize>, thousands: Option<&str>, point: Option<&str>) -> Result<Value, Error> {
    if is_nothing(value) {
        return Ok(value.clone());
    }
    let text = plain(value)?;
    let text = match places {
        Some(places) => fixed(&text, places).ok_or_else(|| wrong(format!("`{text}` is not a number")))?,
        None => text,
    };
    Ok(Value::from(grouped(&text, thousands.unwrap_or(","), point.unwrap_or("."))))
}

/// `money(symbol="", places=2)`: `1,234.50`, with the symbol before it (after it, when it begins with a blank).
fn money(value: &Value, symbol: Option<&str>, places: Option<usize>) -> Result<Value, Error> {
    if is_nothing(value) {
        return Ok(value.clone());
    }
    let text = number(value, Some(places.unwrap_or(2)), None, None)?.to_string();
    let symbol = symbol.unwrap_or_default();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.as_str()),
    };
    Ok(Value::from(if symbol.starts_with([' ', '\u{a0}']) {
        format!("{text}{symbol}")
    } else {
        format!("{sign}{symbol}{digits}")
    }))
}

/// `date(format="%Y-%m-%d")`: a date or a moment by strftime's rules (those of the `jiff` crate, which are C's).
fn date(value: &Value, format: Option<&str>) -> Result<Value, Error> {
    if is_nothing(value) {
        return Ok(value.clone());
    }
    let text = value.to_string();
    let format = format.unwrap_or("%Y-%m-%d");
    let written = if let Ok(moment) = strtime::parse(super::values::MOMENT_FORMAT, &text) {
        moment.to_string(format)
    } else if let Ok(moment) = text.parse::<ZonedDateTime>() {
        strtime::format(format, &moment)
    } else if let Ok(moment) = text.parse::<DateTime>() {
        strtime::format(format, moment)
    } else {
        let day: Date = text.parse().map_err(|_| wrong(format!("`{text}` is not a date")))?;
        strtime::format(format, day)
    };
    written.map(Value::from).map_err(|error| wrong(format!("`{format}` does not fit `{text}`: {error}")))
}

/// `truncate(length=255, killwords=false, end="...", leeway=5)`, as in Jinja.
fn truncate(
    value: &Value,
    length: Option<usize>,
    killwords: Option<bool>,
    end: Option<&str>,
    leeway: Option<usize>,
) -> Value {
    if is_nothing(value) {
        return value.clone();
    }
    let text = value.to_string();
    let (length, end) = (length.unwrap_or(255), end.unwrap_or("..."));
    if text.chars().count() <= length + leeway.unwrap_or(5) {
        return Value::from(text);
    }
    let cut: String = text.chars().take(length.saturating_sub(end.chars().count())).collect();
    let kept = if killwords.unwrap_or(false) {
        cut.as_str()
    } else {
        cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words)
    };
    Value::from(format!("{kept}{end}"))
}

fn is_nothing(value: &Value) -> bool {
    value.is_undefined() || value.is_none()
}

fn wrong(message: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

/// A number's digits without an exponent.
fn plain(value: &Value) -> Result<String, Error> {
    let text = value.to_string();
    let is_plain = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'))
            && text.bytes().any(|byte| byte.is_ascii_digit())
    };
    if is_plain(&text) {
        return Ok(text);
    }
    match text.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(format!("{number}")),
        _ => Err(wrong(format!("`{text}` is not a number"))),
    }
}

/// A decimal text with `places` places, halves away from zero, exactly.
pub fn fixed(text: &str, places: usize) -> Option<String> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || places > 30 || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let mut kept: Vec<u8> = whole.bytes().chain(fraction.bytes().chain(std::iter::repeat(b'0')).take(places)).collect();
    if fraction.as_bytes().get(places).is_some_and(|digit| *digit >= b'5') {
        let mut at = kept.len();
        loop {
            if at == 0 {
                kept.insert(0, b'1');
                break;
            }
            at -= 1;
            if kept[at] == b'9' {
                kept[at] = b'0';
            } else {
                kept[at] += 1;
                break;
            }
        }
    }
    let nothing = kept.iter().all(|digit| *digit == b'0');
    let mut out = String::from_utf8(kept).ok()?;
    if places > 0 {
        out.insert(out.len() - places, '.');
    }
    Some(if negative && !nothing { format!("-{out}") } else { out })
}

fn grouped(text: &str, thousands: &str, point: &str) -> String {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut out = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push_str(thousands);
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push_str(point);
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::*;

    #[test]
    fn filters_format() {
        let mut environment = Environment::new();
        add(&mut environment);
        let context = context! {
            n => 1234567.005, whole => 1234, small => 0.5, text => "12.345", d => "2026-12-01",
            m => "2026-12-01T09:05:00+01:00", long => "one two three four", neg => -0.004,
        };
        for (template, expected) in [
            ("{{ n | number(2) }}", "1,234,567.01"),
            ("{{ n | number(2, ' ', ',') }}", "1 234 567,01"),
            ("{{ whole | number }}", "1,234"),
            ("{{ small | number(0) }}", "1"),
            ("{{ text | number(2) }}", "12.35"),
            ("{{ neg | number(2) }}", "0.00"),
            ("{{ whole | money('€') }}", "€1,234.00"),
            ("{{ -5 | money('$') }}", "-$5.00"),
            ("{{ whole | money(' EUR', 0) }}", "1,234 EUR"),
            ("{{ missing | money('€') }}", ""),
            ("{{ d | date('%d/%m/%Y') }}", "01/12/2026"),
            ("{{ m | date('%-d %B %Y %H:%M') }}", "1 December 2026 09:05"),
            ("{{ missing | date('%Y') | default('soon') }}", "soon"),
            ("{{ long | truncate(10, false, '...', 0) }}", "one..."),
            ("{{ long | truncate(10, true, '...', 0) }}", "one two..."),
            ("{{ long | truncate(16) }}", "one two three four"),
            ("{{ 'éa' | upper }} {{ 'a b' | title }} {{ 'A' | lower }}", "ÉA A B a"),
        ] {
            assert_eq!(environment.render_str(template, context.clone()).unwrap(), expected, "{template}");
        }
        for template in ["{{ 'x' | number(2) }}", "{{ 'x' | date('%Y') }}"] {
            assert!(environment.render_str(template, context.clone()).is_err(), "{template}");
        }
    }

    #[test]
    fn rounding_is_exact() {
        for (text, places, expected) in
            [("0.005", 2, "0.01"), ("2.675", 2, "2.68"), ("9.999", 2, "10.00"), ("-1.5", 0, "-2"), ("12", 2, "12.00")]
        {
            assert_eq!(fixed(text, places).as_deref(), Some(expected), "{text}");
        }
    }
}
