//! An Excel workbook. It is put together in memory, which the most rows that a sheet can have allow.

use std::path::Path;

use datafusion::arrow::array::RecordBatch;
use jiff::Timestamp;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use tutti_model::file::time_pattern;
use tutti_model::table::ColumnType;

use super::{ExtractLayout, Value, typed, value};
use crate::error::{Error, Result};

/// Rows of a sheet.
const ROWS_MAX: u32 = 1_048_576;

/// Excel keeps 15 digits of a number: longer decimals are written as texts, so that none is lost.
const DIGITS_MAX: usize = 15;

pub(super) fn workbook(
    next: &mut dyn FnMut() -> Option<RecordBatch>,
    layout: &ExtractLayout,
    path: &Path,
) -> Result<u64> {
    let failed = |e: XlsxError| unwritable(layout, path, e);
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let mut at = 0;
    if layout.format.header {
        let bold = Format::new().set_bold();
        for (index, column) in layout.columns.iter().enumerate() {
            sheet.write_string_with_format(at, place(index)?, &column.header, &bold).map_err(failed)?;
        }
        at += 1;
    }
    let formats: Vec<Format> = layout
        .columns
        .iter()
        .map(|column| {
            let usual = if column.column_type == ColumnType::Date { "yyyy-mm-dd" } else { "yyyy-mm-dd hh:mm:ss" };
            Format::new().set_num_format(column.format.as_deref().map_or(usual.to_owned(), excel_pattern))
        })
        .collect();
    let mut rows = 0;
    while let Some(batch) = next() {
        let columns = typed(&batch, layout)?;
        for row in 0..batch.num_rows() {
            if at >= ROWS_MAX {
                let reason = format!("a sheet has at most {ROWS_MAX} rows; write CSV or Parquet");
                return Err(Error::Unwritable { file: layout.name.clone(), reason });
            }
            for (index, (array, column)) in columns.iter().zip(&layout.columns).enumerate() {
                let cell = value(array, column.column_type, row);
                write(sheet, (at, place(index)?), cell, &formats[index], layout).map_err(failed)?;
            }
            at += 1;
        }
        rows += batch.num_rows() as u64;
    }
    workbook.save(path).map_err(failed)?;
    Ok(rows)
}

fn write(
    sheet: &mut Worksheet,
    at: (u32, u16),
    cell: Value<'_>,
    format: &Format,
    layout: &ExtractLayout,
) -> Result<(), XlsxError> {
    match cell {
        Value::Null => {}
        Value::Text(text) => {
            sheet.write_string(at.0, at.1, text)?;
        }
        Value::Integer(value) if value.unsigned_abs() < 10u64.pow(15) => {
            sheet.write_number(at.0, at.1, value as f64)?;
        }
        Value::Integer(value) => {
            sheet.write_string(at.0, at.1, value.to_string())?;
        }
        Value::Number(value) => {
            sheet.write_number(at.0, at.1, value)?;
        }
        Value::Decimal(text) => match text.parse::<f64>() {
            Ok(value) if text.bytes().filter(u8::is_ascii_digit).count() <= DIGITS_MAX => {
                sheet.write_number(at.0, at.1, value)?;
            }
            _ => {
                sheet.write_string(at.0, at.1, text)?;
            }
        },
        Value::Boolean(value) => {
            sheet.write_boolean(at.0, at.1, value)?;
        }
        Value::Date(day) => match excel_date(day) {
            Some(date) => {
                sheet.write_datetime_with_format(at.0, at.1, &date, format)?;
            }
            None => {
                sheet.write_string(at.0, at.1, day.to_string())?;
            }
        },
        Value::Instant(micros) => {
            let placed = Timestamp::from_microsecond(micros).map(|at| at.to_zoned_datetime(layout.zone.clone()));
            let Ok(placed) = placed else { return Ok(()) };
            let time = (placed.hour().unsigned_abs(), placed.minute().unsigned_abs(), placed.second().unsigned_abs());
            let date = excel_date(placed.date());
            match date.and_then(|date| date.and_hms(u16::from(time.0), time.1, f64::from(time.2)).ok()) {
                Some(date) => {
                    sheet.write_datetime_with_format(at.0, at.1, &date, format)?;
                }
                None => {
                    sheet.write_string(at.0, at.1, placed.to_string())?;
                }
            }
        }
    }
    Ok(())
}

/// Excel knows days from 1900 on.
fn excel_date(day: jiff::civil::Date) -> Option<ExcelDateTime> {
    let year = u16::try_from(day.year()).ok().filter(|year| *year >= 1900)?;
    ExcelDateTime::from_ymd(year, day.month().unsigned_abs(), day.day().unsigned_abs()).ok()
}

/// A pattern of dates as Excel writes them.
fn excel_pattern(pattern: &str) -> String {
    const DIRECTIVES: [(&str, &str); 9] = [
        ("%Y", "yyyy"),
        ("%y", "yy"),
        ("%B", "mmmm"),
        ("%b", "mmm"),
        ("%m", "mm"),
        ("%d", "dd"),
        ("%H", "hh"),
        ("%M", "mm"),
        ("%S", "ss"),
    ];
    DIRECTIVES.iter().fold(time_pattern(pattern), |text, (directive, word)| text.replace(directive, word))
}

fn place(index: usize) -> Result<u16> {
    u16::try_from(index).map_err(|_| Error::Option("a sheet of so many columns".to_owned()))
}

fn unwritable(layout: &ExtractLayout, path: &Path, error: XlsxError) -> Error {
    match error {
        XlsxError::IoError(io) => Error::io("write", path, io),
        other => Error::Unwritable { file: layout.name.clone(), reason: other.to_string() },
    }
}
