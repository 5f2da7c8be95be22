//! Text to typed values and back. Nothing is rounded: what does not fit exactly is refused with the reason.

use jiff::civil::{Date, date as civil_date};

/// Why a text is not a value; shown to the user after the column's name.
pub(crate) type Reason = String;

const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

pub(crate) fn integer(text: &str) -> Result<i64, Reason> {
    let text = text.trim();
    text.parse().map_err(|_| {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            "does not fit an integer (64 bits)".to_owned()
        } else {
            "is not an integer".to_owned()
        }
    })
}

/// Infinities and NaN are refused: they have no place among numbers that are compared and summed.
pub(crate) fn number(text: &str) -> Result<f64, Reason> {
    let value = text.trim().parse::<f64>().map_err(|_| "is not a number".to_owned())?;
    if value.is_finite() { Ok(value) } else { Err("is not a finite number".to_owned()) }
}

pub(crate) fn boolean(text: &str) -> Result<bool, Reason> {
    let text = text.trim();
    let is_any = |words: [&str; 4]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_any(["true", "1", "t", "yes"]) {
        Ok(true)
    } else if is_any(["false", "0", "f", "no"]) {
        Ok(false)
    } else {
        Err("is not a boolean (true, false, 1, 0, t, f, yes, no)".to_owned())
    }
}

/// The unscaled value of a decimal with `scale` digits after the point; trailing zeros beyond it are fine, other
/// digits are not.
pub(crate) fn decimal(text: &str, precision: u8, scale: u8) -> Result<i128, Reason> {
    let text = text.trim();
    let wrong = || "is not a decimal number".to_owned();
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| wrong())?),
        None => (text, 0),
    };
    let (negative, digits) = match mantissa.as_bytes().first() {
        Some(b'-') => (true, &mantissa[1..]),
        Some(b'+') => (false, &mantissa[1..]),
        _ => (false, mantissa),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return Err(wrong());
    }
    let too_long = || format!("does not fit decimal({precision},{scale})");
    let mut value: i128 = 0;
    for byte in whole.bytes().chain(fraction.bytes()) {
        if !byte.is_ascii_digit() {
            return Err(wrong());
        }
        value =
            value.checked_mul(10).and_then(|value| value.checked_add(i128::from(byte - b'0'))).ok_or_else(too_long)?;
    }
    let fraction_digits = i32::try_from(fraction.len()).map_err(|_| too_long())?;
    let mut up = i32::from(scale).saturating_sub(fraction_digits.saturating_sub(exponent));
    while up < 0 {
        if value == 0 {
            break;
        }
        if value % 10 != 0 {
            return Err(format!("has more than {scale} digits after the point"));
        }
        value /= 10;
        up += 1;
    }
    if value != 0 && up > 0 {
        let power = u32::try_from(up).ok().and_then(|up| 10i128.checked_pow(up)).ok_or_else(too_long)?;
        value = value.checked_mul(power).ok_or_else(too_long)?;
    }
    if value.unsigned_abs() >= 10u128.pow(u32::from(precision)) {
        return Err(too_long());
    }
    Ok(if negative { -value } else { value })
}

/// Days since 1970-01-01. A timestamp is taken when it is midnight.
pub(crate) fn date(text: &str) -> Result<i32, Reason> {
    let text = text.trim();
    let wrong = || "is not a date (YYYY-MM-DD)".to_owned();
    let day = civil(text).ok_or_else(wrong)?;
    let days = days(day).ok_or_else(wrong)?;
    if text.len() > 10 {
        let micros = timestamp(text).map_err(|_| wrong())?;
        if micros != i64::from(days) * SECONDS_PER_DAY * MICROS_PER_SECOND {
            return Err("has a time of day, and the column is a date".to_owned());
        }
    }
    Ok(days)
}

/// Microseconds since 1970-01-01 UTC. Without an offset the text is UTC; a date is its midnight. Digits finer than
/// microseconds are cut.
pub(crate) fn timestamp(text: &str) -> Result<i64, Reason> {
    let text = text.trim();
    let wrong = || "is not a timestamp (YYYY-MM-DDTHH:MM:SS, with or without offset)".to_owned();
    let day = civil(text).and_then(days).ok_or_else(wrong)?;
    let (seconds, micros) = if text.len() == 10 { (0, 0) } else { time(&text[10..]).ok_or_else(wrong)? };
    (i64::from(day) * SECONDS_PER_DAY + seconds)
        .checked_mul(MICROS_PER_SECOND)
        .and_then(|value| value.checked_add(micros))
        .ok_or_else(wrong)
}

fn civil(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    if bytes.len() < 10 || bytes[4] != b'-' || bytes[7] != b'-' || !text.is_char_boundary(10) {
        return None;
    }
    let year = i16::try_from(digits(&bytes[..4])?).ok()?;
    let month = i8::try_from(digits(&bytes[5..7])?).ok()?;
    Date::new(year, month, i8::try_from(digits(&bytes[8..10])?).ok()?).ok()
}

/// `THH:MM[:SS[.f...]][Z|±HH[:]MM|±HH]` as seconds (offset applied) and microseconds.
fn time(text: &str) -> Option<(i64, i64)> {
    let bytes = text.as_bytes();
    if bytes.len() < 6 || !matches!(bytes[0], b'T' | b't' | b' ') || bytes[3] != b':' {
        return None;
    }
    let (hour, minute) = (digits(&bytes[1..3])?, digits(&bytes[4..6])?);
    let (mut second, mut micros) = (0, 0);
    let mut rest = &bytes[6..];
    if rest.first() == Some(&b':') {
        second = digits(rest.get(1..3)?)?;
        rest = &rest[3..];
        if matches!(rest.first(), Some(b'.' | b',')) {
            let count = rest[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            if count == 0 {
                return None;
            }
            for index in 0..6 {
                let digit = if index < count { i64::from(rest[1 + index] - b'0') } else { 0 };
                micros = micros * 10 + digit;
            }
            rest = &rest[1 + count..];
        }
    }
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let offset = offset(rest)?;
    Some((hour * 3600 + minute * 60 + second.min(59) - offset, micros))
}

fn offset(bytes: &[u8]) -> Option<i64> {
    let bytes = bytes.strip_prefix(b" ").unwrap_or(bytes);
    let sign = match bytes.first() {
        None => return Some(0),
        Some(b'Z' | b'z') if bytes.len() == 1 => return Some(0),
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return None,
    };
    let (hours, minutes) = match bytes.len() {
        3 => (digits(&bytes[1..3])?, 0),
        5 => (digits(&bytes[1..3])?, digits(&bytes[3..5])?),
        6 if bytes[3] == b':' => (digits(&bytes[1..3])?, digits(&bytes[4..6])?),
        _ => return None,
    };
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60))
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0, |value, byte| byte.is_ascii_digit().then(|| value * 10 + i64::from(byte - b'0')))
}

/// Days from the civil calendar, by the algorithm of Howard Hinnant (`days_from_civil`).
fn days(day: Date) -> Option<i32> {
    let (year, month, of_month) = (i32::from(day.year()), i32::from(day.month()), i32::from(day.day()));
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + of_month - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// `YYYY-MM-DD`.
pub(crate) fn date_text(days: i32) -> Option<String> {
    let epoch = civil_date(1970, 1, 1);
    let span = jiff::Span::new().try_days(days).ok()?;
    epoch.checked_add(span).ok().map(|day| day.to_string())
}

/// RFC 3339 in UTC, to the microsecond.
pub(crate) fn timestamp_text(micros: i64) -> Option<String> {
    jiff::Timestamp::from_microsecond(micros).ok().map(|timestamp| timestamp.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_fit_exactly_or_not_at_all() {
        for (text, expected) in [
            ("12.34", Some(1234)),
            ("12.340", Some(1234)),
            ("-0.5", Some(-50)),
            ("+7", Some(700)),
            (".5", Some(50)),
            ("1.2e1", Some(1200)),
            ("1e-2", Some(1)),
            ("1e-3", None),
            ("0e-9", Some(0)),
            ("12.345", None),
            ("999.99", Some(99999)),
            ("1000", None),
            ("1e400", None),
            ("", None),
            ("-", None),
            ("1.2.3", None),
            ("abc", None),
        ] {
            assert_eq!(decimal(text, 5, 2).ok(), expected, "{text}");
        }
        assert_eq!(decimal("99999999999999999999999999999999999999", 38, 0).ok(), Some(10i128.pow(38) - 1));
        assert!(decimal("100000000000000000000000000000000000000", 38, 0).is_err());
    }

    #[test]
    fn dates_and_timestamps_read_iso_8601() {
        for (text, expected) in [
            ("1970-01-02", Some(86_400_000_000)),
            ("1970-01-01T00:00:01", Some(1_000_000)),
            ("1970-01-01 00:00:01.5Z", Some(1_500_000)),
            ("1970-01-01T02:00+02:00", Some(0)),
            ("1970-01-01T00:00:00-0130", Some(5_400_000_000)),
            ("1970-01-01T00:00:00.1234567+00", Some(123_456)),
            ("1969-12-31T23:59:59Z", Some(-1_000_000)),
            ("2024-02-30", None),
            ("2024-01-01T25:00", None),
            ("2024-01-01Tx", None),
            ("01/02/2024", None),
            ("2024-1-1", None),
        ] {
            assert_eq!(timestamp(text).ok(), expected, "{text}");
        }
        for (text, expected) in [
            ("2024-02-29", Some(19782)),
            ("1969-12-31", Some(-1)),
            ("0001-01-01", Some(-719_162)),
            ("2024-02-29T00:00:00Z", Some(19782)),
            ("2024-02-29T10:00:00Z", None),
            ("2023-02-29", None),
        ] {
            assert_eq!(date(text).ok(), expected, "{text}");
        }
        assert_eq!(date_text(19782).as_deref(), Some("2024-02-29"));
        assert_eq!(timestamp_text(1_500_000).as_deref(), Some("1970-01-01T00:00:01.5Z"));
    }

    #[test]
    fn integers_tell_overflow_from_nonsense() {
        assert_eq!(integer(" 42 "), Ok(42));
        assert!(integer("9223372036854775808").unwrap_err().contains("64 bits"));
        for text in ["1.0", "", "-", "0x10", "1e3"] {
            assert_eq!(integer(text).unwrap_err(), "is not an integer", "{text}");
        }
    }

    #[test]
    fn booleans_and_numbers() {
        for (text, expected) in
            [("TRUE", Some(true)), ("f", Some(false)), ("Yes", Some(true)), ("0", Some(false)), ("2", None)]
        {
            assert_eq!(boolean(text).ok(), expected, "{text}");
        }
        for text in ["NaN", "inf", "1e999", "", "1,5"] {
            assert!(number(text).is_err(), "{text}");
        }
        assert_eq!(number("1e3"), Ok(1000.0));
    }
}
