//! How rows are written to a file for others.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::problem::{Problem, join_pointer};
use crate::table::ColumnType;

/// The layout of a file that is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtractFormat {
    /// What kind of file it is. Without it, the ending of its name tells.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<ExtractKind>,
    /// Whether the first line names the columns; of CSV and Excel.
    #[serde(default = "yes")]
    pub header: bool,
    /// The character between columns of CSV; `tab` is one too. Without it, `,`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub separator: Option<String>,
    /// The character before the fraction of a number in CSV. Without it, `.`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimal: Option<String>,
    /// The character between groups of three digits of a number in CSV, such as a space. Without it, none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thousands: Option<String>,
    /// The encoding of CSV and JSON Lines, such as `windows-1252`. Without it, UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// What stands in CSV where there is no value. Without it, nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub null: Option<String>,
    /// The time zone of times, such as `Europe/Paris`. Without it, the campaign's. Parquet keeps instants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "time-zone"))]
    pub time_zone: Option<String>,
}

fn yes() -> bool {
    true
}

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExtractKind {
    /// Lines with separators.
    Csv,
    /// An Excel workbook with one sheet.
    Excel,
    /// One JSON object per line.
    Jsonl,
    /// A Parquet file.
    Parquet,
}

impl ExtractKind {
    /// By the ending of a file's name; `.gz` after it says that it is packed.
    pub fn of_name(name: &str) -> Option<Self> {
        let name = name.strip_suffix(".gz").unwrap_or(name);
        let (_, ending) = name.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "csv" | "tsv" | "txt" => Some(Self::Csv),
            "xlsx" => Some(Self::Excel),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }

    /// Whether its lines are text, which can be packed and encoded.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Csv | Self::Jsonl)
    }
}

/// A column of a file that is written.
#[derive(Clone, Debug, PartialEq)]
pub struct ExtractColumn {
    pub header: String,
    pub column_type: ColumnType,
    /// How dates and times are written.
    pub format: Option<String>,
}

impl Default for ExtractFormat {
    fn default() -> Self {
        Self {
            kind: None,
            header: true,
            separator: None,
            decimal: None,
            thousands: None,
            encoding: None,
            null: None,
            time_zone: None,
        }
    }
}

impl ExtractFormat {
    /// The kind of file, by what is said or by the name.
    pub fn kind_of(&self, name: &str) -> Option<ExtractKind> {
        self.kind.or_else(|| ExtractKind::of_name(name))
    }

    /// The byte between columns. The error says what is possible.
    pub fn separator_byte(&self) -> Result<u8, String> {
        match self.separator.as_deref() {
            None => Ok(b','),
            Some("tab" | "\\t") => Ok(b'\t'),
            Some(text) => match text.as_bytes() {
                [byte] if byte.is_ascii() && !matches!(byte, b'\n' | b'\r' | b'"') => Ok(*byte),
                _ => Err(format!("`{text}` cannot stand between columns")),
            },
        }
    }

    /// Adds everything wrong with the format of a file of this name.
    pub fn check(&self, name: &str, pointer: &str, problems: &mut Vec<Problem>) {
        let at = |setting: &str| join_pointer(pointer, setting);
        let Some(kind) = self.kind_of(name) else {
            let message = format!("the kind of the file `{name}` cannot be told from its name");
            problems.push(
                Problem::error("unknown_format", pointer, message)
                    .hint("add `type`: `csv`, `excel`, `jsonl` or `parquet`"),
            );
            return;
        };
        if let Err(message) = self.separator_byte() {
            problems.push(Problem::error("bad_value", at("separator"), message).hint("it is one character of ASCII"));
        }
        if self.decimal.as_ref().is_some_and(|text| text.chars().count() != 1) {
            problems.push(Problem::error("bad_value", at("decimal"), "`decimal` is one character"));
        }
        if self.thousands.as_ref().is_some_and(|text| text.chars().count() != 1) {
            problems.push(Problem::error("bad_value", at("thousands"), "`thousands` is one character"));
        } else if self.thousands.is_some() && self.thousands.as_deref() == Some(self.decimal.as_deref().unwrap_or("."))
        {
            let message = "one character cannot stand both between thousands and before the fraction";
            problems.push(Problem::error("bad_value", at("thousands"), message));
        }
        if let Some(zone) = &self.time_zone
            && jiff::tz::TimeZone::get(zone).is_err()
        {
            problems.push(
                Problem::error("unknown_time_zone", at("time_zone"), format!("`{zone}` is not an IANA time zone"))
                    .hint("write it like `Europe/Paris`"),
            );
        }
        let of_csv = [
            ("separator", &self.separator),
            ("decimal", &self.decimal),
            ("thousands", &self.thousands),
            ("null", &self.null),
        ];
        for (setting, _) in of_csv.iter().filter(|(_, value)| value.is_some() && kind != ExtractKind::Csv) {
            problems.push(Problem::error("bad_value", at(setting), format!("`{setting}` is of CSV files only")));
        }
        if self.encoding.is_some() && !kind.is_text() {
            problems.push(Problem::error("bad_value", at("encoding"), "`encoding` is of CSV and JSON Lines only"));
        }
        if name.ends_with(".gz") && !kind.is_text() {
            let message = "only CSV and JSON Lines are packed by gzip";
            problems.push(Problem::error("bad_value", pointer, message).hint("leave `.gz` out of the name"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_kinds() {
        for (name, kind) in [
            ("a.csv", Some(ExtractKind::Csv)),
            ("{{ date }}.csv.gz", Some(ExtractKind::Csv)),
            ("a.XLSX", Some(ExtractKind::Excel)),
            ("a.b/c", None),
            ("s3://bucket/a.parquet", Some(ExtractKind::Parquet)),
            ("a.jsonl", Some(ExtractKind::Jsonl)),
        ] {
            assert_eq!(ExtractKind::of_name(name), kind, "{name}");
        }
    }
}
