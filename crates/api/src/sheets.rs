//! Answers as files for spreadsheets.

use rust_xlsxwriter::{Format, Workbook, XlsxError};
use serde_json::Value;

use crate::error::{Answer, Failure};

/// A table with a name.
pub struct Sheet {
    name: String,
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

impl Sheet {
    pub fn new(name: &str, columns: &[&str], rows: impl IntoIterator<Item = Vec<Value>>) -> Self {
        let columns = columns.iter().map(|&column| column.to_owned()).collect();
        Self { name: name.to_owned(), columns, rows: rows.into_iter().collect() }
    }
}

/// One table as CSV with a header.
pub fn csv(sheet: &Sheet) -> Answer<Vec<u8>> {
    let failed = |error: &dyn std::error::Error| Failure::internal("csv", "the file could not be made", error);
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer.write_record(&sheet.columns).map_err(|error| failed(&error))?;
    for row in &sheet.rows {
        writer.write_record(row.iter().map(text)).map_err(|error| failed(&error))?;
    }
    writer.into_inner().map_err(|error| failed(error.error()))
}

/// A workbook with a sheet for each table.
pub fn xlsx(sheets: &[Sheet]) -> Answer<Vec<u8>> {
    let failed = |error: XlsxError| Failure::internal("xlsx", "the workbook could not be made", &error);
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold();
    for table in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(sheet_name(&table.name)).map_err(failed)?;
        for (at, column) in (0..).zip(&table.columns) {
            sheet.write_string_with_format(0, at, column, &bold).map_err(failed)?;
        }
        for (line, row) in (1..).zip(&table.rows) {
            for (at, value) in (0..).zip(row) {
                match value {
                    Value::Null => {}
                    Value::Number(number) => {
                        sheet.write_number(line, at, number.as_f64().unwrap_or_default()).map_err(failed)?;
                    }
                    value => {
                        sheet.write_string(line, at, text(value)).map_err(failed)?;
                    }
                }
            }
        }
        sheet.set_freeze_panes(1, 0).map_err(failed)?;
    }
    workbook.save_to_buffer().map_err(failed)
}

/// What Excel allows a sheet to be called: 31 characters, none of which mean something in formulas.
fn sheet_name(name: &str) -> String {
    let name: String = name.chars().map(|c| if "[]:*?/\\'".contains(c) { '_' } else { c }).take(31).collect();
    if name.is_empty() { "sheet".to_owned() } else { name }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}
