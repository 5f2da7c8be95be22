//! From the text of a column to its value: white space, remapping, case, formats, and what becomes of what does not fit.

use std::borrow::Cow;

use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use tutti_model::file::{Case, FileColumn, Layout, Nulls, OnError, OnUnmapped, Trim, time_pattern};
use tutti_model::table::ColumnType;

use crate::import::convert::{self, Reason};
use crate::import::rows::Cell;

/// A value of a column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'t> {
    Text(Cow<'t, str>),
    Other(Cell<'static>),
}

impl Value<'_> {
    /// As a row takes it.
    pub fn cell(&self) -> Cell<'_> {
        match self {
            Self::Text(text) => Cell::Text(text),
            Self::Other(cell) => *cell,
        }
    }
}

/// Reads the values of one column.
pub(crate) struct Reader<'a> {
    column: &'a FileColumn,
    trim: Trim,
    /// As `strptime` takes it.
    pattern: Option<String>,
    zone: &'a TimeZone,
}

impl<'a> Reader<'a> {
    pub fn new(column: &'a FileColumn, layout: Layout, zone: &'a TimeZone) -> Self {
        Self { column, trim: column.trim(layout), pattern: column.format.as_deref().map(time_pattern), zone }
    }

    pub fn name(&self) -> &str {
        &self.column.name
    }

    /// The value of a text. An empty one that stood in quotes is an empty text, else it is no value.
    pub fn read<'t>(&self, text: &'t str, quoted: bool) -> Result<Value<'t>, Reason> {
        let column = self.column;
        let trimmed = match self.trim {
            Trim::Both => text.trim(),
            Trim::Start => text.trim_start(),
            Trim::End => text.trim_end(),
            Trim::None => text,
        };
        let mapped: Cow<'t, str> = match column.remap.get(trimmed) {
            Some(to) => Cow::Owned(to.clone()),
            None if column.remap.is_empty() || column.on_unmapped == OnUnmapped::Keep => Cow::Borrowed(trimmed),
            None if column.on_unmapped == OnUnmapped::Default => return self.default(),
            None => return Err("is not one of the values that are remapped".to_owned()),
        };
        match self.value(mapped, quoted) {
            Ok(value) => Ok(value),
            Err(reason) => match column.on_error {
                OnError::Reject => Err(reason),
                OnError::Ignore => Ok(Value::Other(Cell::Null)),
                OnError::Default => self.default(),
            },
        }
    }

    fn value<'t>(&self, text: Cow<'t, str>, quoted: bool) -> Result<Value<'t>, Reason> {
        let column = self.column;
        let is_text = column.column_type == ColumnType::String;
        if text.is_empty() && !(is_text && quoted && column.nulls != Nulls::Never) {
            return match column.nulls {
                Nulls::Never => Err("is empty".to_owned()),
                Nulls::Usual if column.column_type.is_numeric() => Err("is empty, and a number".to_owned()),
                Nulls::Usual | Nulls::Allowed => Ok(Value::Other(Cell::Null)),
            };
        }
        Ok(match column.column_type {
            ColumnType::String => Value::Text(cased(text, column.case)),
            ColumnType::Integer | ColumnType::Number | ColumnType::Decimal { .. } => {
                plain(&self.digits(&text), column.column_type)?
            }
            ColumnType::Date => match &self.pattern {
                None => plain(&text, column.column_type)?,
                Some(pattern) => {
                    let day = self.parse(pattern, &text)?.date();
                    plain(&day.to_string(), column.column_type)?
                }
            },
            ColumnType::Timestamp => Value::Other(Cell::Timestamp(self.instant(&text)?)),
            ColumnType::Boolean => plain(&text, column.column_type)?,
        })
    }

    fn default<'t>(&self) -> Result<Value<'t>, Reason> {
        match self.column.default.as_deref() {
            None | Some("") if self.column.column_type != ColumnType::String => Ok(Value::Other(Cell::Null)),
            None => Ok(Value::Other(Cell::Null)),
            Some(text) if self.column.column_type == ColumnType::String => Ok(Value::Text(Cow::Owned(text.to_owned()))),
            Some(text) => plain(text, self.column.column_type)
                .map_err(|reason| format!("has the default `{text}`, which {reason}")),
        }
    }

    /// A number with its separators as ISO has them: `1 234,50` as `1234.50`.
    fn digits<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let (thousands, decimal) = (self.column.thousands.as_deref(), self.column.decimal.as_deref());
        let thousands = thousands.and_then(|text| text.chars().next());
        let decimal = decimal.and_then(|text| text.chars().next());
        if thousands.is_none() && decimal.is_none() {
            return Cow::Borrowed(text);
        }
        let is_thousands = |letter: char| match thousands {
            Some(' ') => letter.is_whitespace(),
            Some(separator) => letter == separator,
            None => false,
        };
        let kept = text.chars().filter(|letter| !is_thousands(*letter));
        // A point where a comma is expected is no number, rather than another one.
        let fit = kept.map(|letter| match decimal {
            Some(separator) if letter == separator => '.',
            Some(_) if letter == '.' => '?',
            _ => letter,
        });
        Cow::Owned(fit.collect())
    }

    fn parse(&self, pattern: &str, text: &str) -> Result<DateTime, Reason> {
        let wrong = || format!("is not written as `{}`", self.column.format.as_deref().unwrap_or(pattern));
        let parsed = strtime::parse(pattern, text).map_err(|_| wrong())?;
        let day = parsed.to_date().map_err(|_| wrong())?;
        Ok(match parsed.hour() {
            Some(_) => day.to_datetime(parsed.to_time().map_err(|_| wrong())?),
            None => day.at(0, 0, 0, 0),
        })
    }

    /// Microseconds since 1970, in the file's zone where the text has none.
    fn instant(&self, text: &str) -> Result<i64, Reason> {
        let civil = match &self.pattern {
            Some(pattern) => {
                if let Ok(parsed) = strtime::parse(pattern, text)
                    && parsed.offset().is_some()
                    && let Ok(instant) = parsed.to_timestamp()
                {
                    return Ok(instant.as_microsecond());
                }
                self.parse(pattern, text)?
            }
            None => {
                let spaced = text.trim();
                match spaced.parse::<DateTime>() {
                    // A text with an offset reads as a civil time too, without it.
                    Ok(civil) if spaced.parse::<jiff::Timestamp>().is_err() => civil,
                    _ => return convert::timestamp(spaced),
                }
            }
        };
        let placed = civil.to_zoned_datetime(self.zone.clone()).map_err(|_| "is out of range".to_owned())?;
        Ok(placed.timestamp().as_microsecond())
    }
}

/// A text that is written as ISO has it.
fn plain<'t>(text: &str, column_type: ColumnType) -> Result<Value<'t>, Reason> {
    Ok(Value::Other(match column_type {
        ColumnType::String => return Ok(Value::Text(Cow::Owned(text.to_owned()))),
        ColumnType::Integer => Cell::Integer(convert::integer(text)?),
        ColumnType::Number => Cell::Number(convert::number(text)?),
        ColumnType::Decimal { precision, scale } => Cell::Decimal(convert::decimal(text, precision, scale)?),
        ColumnType::Boolean => Cell::Boolean(convert::boolean(text)?),
        ColumnType::Date => Cell::Date(convert::date(text)?),
        ColumnType::Timestamp => Cell::Timestamp(convert::timestamp(text)?),
    }))
}

fn cased(text: Cow<'_, str>, case: Case) -> Cow<'_, str> {
    match case {
        Case::Keep => text,
        Case::Upper => Cow::Owned(text.to_uppercase()),
        Case::Lower => Cow::Owned(text.to_lowercase()),
        Case::Capitalize => {
            let mut capital = true;
            let mut out = String::with_capacity(text.len());
            for letter in text.chars() {
                if capital {
                    out.extend(letter.to_uppercase());
                } else {
                    out.extend(letter.to_lowercase());
                }
                capital = !letter.is_alphanumeric() && letter != '\'';
            }
            Cow::Owned(out)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn read(column: Json, text: &str) -> Result<Cell<'static>, String> {
        let mut all = json!({"name": "c"});
        all.as_object_mut().unwrap().extend(column.as_object().unwrap().clone());
        let column: FileColumn = serde_json::from_value(all).unwrap();
        let zone = TimeZone::get("Europe/Paris").unwrap();
        match Reader::new(&column, Layout::Delimited, &zone).read(text, false)? {
            Value::Other(cell) => Ok(cell),
            Value::Text(text) => Err(format!("text {text}")),
        }
    }

    #[test]
    fn numbers_in_many_writings() {
        let euro = json!({"type": "decimal(12,2)", "thousands": " ", "decimal": ","});
        for (column, text, expected) in [
            (euro.clone(), "1 234,50", Some(Cell::Decimal(123_450))),
            (euro.clone(), "1\u{202f}234\u{a0}567,5", Some(Cell::Decimal(123_456_750))),
            (euro.clone(), "1.5", None),
            (json!({"type": "integer", "thousands": ","}), "1,234", Some(Cell::Integer(1234))),
            (json!({"type": "number"}), "1,5", None),
            (json!({"type": "number", "decimal": ","}), " -1,5 ", Some(Cell::Number(-1.5))),
            (json!({"type": "integer"}), "", None),
            (json!({"type": "integer", "nulls": "allowed"}), "", Some(Cell::Null)),
            (json!({"type": "integer", "on_error": "ignore"}), "x", Some(Cell::Null)),
            (json!({"type": "integer", "on_error": "default", "default": "7"}), "x", Some(Cell::Integer(7))),
        ] {
            assert_eq!(read(column.clone(), text).ok(), expected, "{column} {text}");
        }
    }

    #[test]
    fn dates_in_many_writings() {
        for (column, text, expected) in [
            (json!({"type": "date", "format": "dd/MM/yyyy"}), "29/02/2024", Some(Cell::Date(19782))),
            (json!({"type": "date", "format": "dd/MM/yyyy"}), "2024-02-29", None),
            (json!({"type": "date", "format": "yyyyMMdd"}), "20240229", Some(Cell::Date(19782))),
            (json!({"type": "date"}), "2024-02-29", Some(Cell::Date(19782))),
            (json!({"type": "date", "nulls": "never"}), "", None),
            (json!({"type": "date"}), "", Some(Cell::Null)),
            // Winter in Paris is an hour ahead of UTC.
            (json!({"type": "timestamp", "format": "dd.MM.yyyy HH:mm"}), "01.01.1970 01:00", Some(Cell::Timestamp(0))),
            (json!({"type": "timestamp", "format": "dd.MM.yyyy"}), "01.01.1970", Some(Cell::Timestamp(-3_600_000_000))),
            (json!({"type": "timestamp"}), "1970-01-01T01:00:00", Some(Cell::Timestamp(0))),
            (json!({"type": "timestamp"}), "1970-01-01T01:00:00Z", Some(Cell::Timestamp(3_600_000_000))),
        ] {
            assert_eq!(read(column.clone(), text).ok(), expected, "{column} {text}");
        }
    }

    #[test]
    fn texts_are_changed_as_asked() {
        for (column, text, expected) in [
            (json!({"case": "upper"}), " é ", "text  É "),
            (json!({"case": "capitalize", "trim": "both"}), " jean-paul o'NEIL ", "text Jean-Paul O'neil"),
            (json!({"trim": "start"}), " a ", "text a "),
            (json!({"remap": {"M": "male"}}), "M", "text male"),
            (json!({"remap": {"M": "male"}}), "X", "text X"),
            (json!({"remap": {"M": "male"}, "on_unmapped": "default", "default": "other"}), "X", "text other"),
            (
                json!({"remap": {"M": "male"}, "on_unmapped": "reject"}),
                "X",
                "is not one of the values that are remapped",
            ),
            (json!({"nulls": "never"}), "", "is empty"),
        ] {
            assert_eq!(read(column.clone(), text), Err(expected.to_owned()), "{column}");
        }
        let remapped = json!({"type": "integer", "remap": {"one": "1"}});
        assert_eq!(read(remapped, "one"), Ok(Cell::Integer(1)));
    }
}
