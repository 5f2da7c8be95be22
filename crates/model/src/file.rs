//! How a text file of rows is laid out: its lines, its columns, and what becomes of values that do not fit.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::problem::{Problem, join_pointer};
use crate::table::ColumnType;

/// The lines of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileFormat {
    /// How columns are told apart.
    #[serde(default, rename = "type")]
    pub layout: Layout,
    /// Whether the first line names the columns. Without it: yes where columns are delimited, no where they have widths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<bool>,
    /// The character between columns; `tab` is one too. Without it, the first line tells: `,`, `;`, `|` or a tab.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub separator: Option<String>,
    /// The character around texts that hold separators; empty: none. Without it, `"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// Whether a text within quotes may go on in the next line.
    #[serde(default = "yes")]
    pub multi_line: bool,
    /// Lines to pass over before the header.
    #[serde(default)]
    pub skip_lines: u64,
    /// The encoding, such as `utf-8`, `windows-1252`, `iso-8859-15` or `utf-16le`. Without it, UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// The time zone of times that have none, such as `Europe/Paris`. Without it, the campaign's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "time-zone"))]
    pub time_zone: Option<String>,
}

fn yes() -> bool {
    true
}

/// How the columns of a line are told apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// By a character between them.
    #[default]
    Delimited,
    /// By their widths.
    FixedWidth,
}

/// A column of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileColumn {
    /// What the column is called from here on.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What it is called in the file, where its header names the columns. Without it, as here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// Passes over the column.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ignore: bool,
    /// `string`, `integer`, `number`, `decimal(p,s)`, `boolean`, `date` or `timestamp`.
    #[serde(default = "text", rename = "type")]
    #[schemars(with = "String", extend("x-tutti-editor" = "column-type"))]
    pub column_type: ColumnType,
    /// How many characters wide it is, where columns have widths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<usize>,
    /// What an empty value is.
    #[serde(default)]
    pub nulls: Nulls,
    /// What happens to a value that does not fit.
    #[serde(default)]
    pub on_error: OnError,
    /// The value that `on_error: default` and `on_unmapped: default` put in place, written as ISO has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Values in the file, and what to read in place of each.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(with = "std::collections::BTreeMap<String, String>")]
    pub remap: IndexMap<String, String>,
    /// What happens to a value that `remap` does not have.
    #[serde(default)]
    pub on_unmapped: OnUnmapped,
    /// Changes the case of texts.
    #[serde(default)]
    pub case: Case,
    /// Which white space around the value goes. Without it: both where columns have widths or are no texts, else none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trim: Option<Trim>,
    /// The character between groups of three digits; may be empty. A space stands for every kind of space.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thousands: Option<String>,
    /// The character before the fraction. Without it, `.`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimal: Option<String>,
    /// How dates and times are written, such as `dd/MM/yyyy HH:mm` or `%d/%m/%Y %H:%M`. Without it, as ISO 8601 has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
}

fn text() -> ColumnType {
    ColumnType::String
}

/// What an empty value is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Nulls {
    /// An error for numbers, no value for everything else.
    #[default]
    Usual,
    /// No value.
    Allowed,
    /// An error.
    Never,
}

/// What happens to a value that does not fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnError {
    /// The line leaves by `rejects`.
    #[default]
    Reject,
    /// The column has no value.
    Ignore,
    /// The column has the default value.
    Default,
}

/// What happens to a value that a remapping does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnUnmapped {
    /// It stays as it is.
    #[default]
    Keep,
    /// The column has the default value.
    Default,
    /// The line leaves by `rejects`.
    Reject,
}

/// How the case of texts changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Case {
    #[default]
    Keep,
    Upper,
    Lower,
    /// The first letter of each word is a capital, the others are not.
    Capitalize,
}

/// Which white space around a value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Trim {
    Both,
    Start,
    End,
    None,
}

impl Default for FileFormat {
    fn default() -> Self {
        Self {
            layout: Layout::default(),
            header: None,
            separator: None,
            quote: None,
            multi_line: true,
            skip_lines: 0,
            encoding: None,
            time_zone: None,
        }
    }
}

impl FileFormat {
    /// Whether the first line names the columns.
    pub fn has_header(&self) -> bool {
        self.header.unwrap_or(self.layout == Layout::Delimited)
    }

    /// The byte between columns; `None` where the file tells. The error says what is possible.
    pub fn separator_byte(&self) -> Result<Option<u8>, String> {
        match self.separator.as_deref() {
            None => Ok(None),
            Some("tab" | "\\t") => Ok(Some(b'\t')),
            Some(text) => one_byte(text).map(Some).ok_or_else(|| format!("`{text}` cannot stand between columns")),
        }
    }

    /// The byte around texts; `None` where there is none. The error says what is possible.
    pub fn quote_byte(&self) -> Result<Option<u8>, String> {
        match self.quote.as_deref() {
            None => Ok(Some(b'"')),
            Some("") => Ok(None),
            Some(text) => one_byte(text).map(Some).ok_or_else(|| format!("`{text}` cannot be put around texts")),
        }
    }

    /// Adds everything wrong with a format and its columns; pointers are under `format` and `columns`.
    pub fn check(&self, columns: &[FileColumn], format: &str, at: &str, problems: &mut Vec<Problem>) {
        let one = "it is one character of ASCII";
        if let Err(message) = self.separator_byte() {
            problems.push(Problem::error("bad_value", join_pointer(format, "separator"), message).hint(one));
        }
        if let Err(message) = self.quote_byte() {
            problems.push(Problem::error("bad_value", join_pointer(format, "quote"), message).hint(one));
        }
        if let Some(zone) = &self.time_zone
            && jiff::tz::TimeZone::get(zone).is_err()
        {
            let message = format!("`{zone}` is not an IANA time zone");
            problems.push(
                Problem::error("unknown_time_zone", join_pointer(format, "time_zone"), message)
                    .hint("write it like `Europe/Paris`"),
            );
        }
        if columns.iter().all(|column| column.ignore) {
            let message = "no column of the file is read";
            problems.push(Problem::error("missing_field", at, message).hint("name the columns of the file"));
        }
        let mut names: Vec<&str> = Vec::new();
        for (index, column) in columns.iter().enumerate() {
            let at = join_pointer(at, index);
            if self.layout == Layout::FixedWidth && column.width.is_none_or(|width| width == 0) {
                let message = "a column of a file of fixed widths needs its width";
                problems.push(Problem::error("missing_field", at.clone(), message).hint("add `width`, in characters"));
            }
            if column.ignore {
                continue;
            }
            if names.contains(&column.name.as_str()) {
                let message = format!("two columns are called `{}`", column.name);
                problems.push(Problem::error("duplicate_name", join_pointer(&at, "name"), message));
            }
            names.push(&column.name);
            column.check(&at, problems);
        }
    }
}

impl Default for FileColumn {
    fn default() -> Self {
        Self {
            name: String::new(),
            header: None,
            ignore: false,
            column_type: ColumnType::String,
            width: None,
            nulls: Nulls::default(),
            on_error: OnError::default(),
            default: None,
            remap: IndexMap::new(),
            on_unmapped: OnUnmapped::default(),
            case: Case::default(),
            trim: None,
            thousands: None,
            decimal: None,
            format: None,
        }
    }
}

impl FileColumn {
    /// What it is called in the file.
    pub fn header(&self) -> &str {
        self.header.as_deref().unwrap_or(&self.name)
    }

    /// Which white space goes.
    pub fn trim(&self, layout: Layout) -> Trim {
        let usual = layout == Layout::FixedWidth || self.column_type != ColumnType::String;
        self.trim.unwrap_or(if usual { Trim::Both } else { Trim::None })
    }

    fn check(&self, at: &str, problems: &mut Vec<Problem>) {
        let name = &self.name;
        if name.is_empty() || name.contains('.') || name.starts_with("__") {
            problems.push(
                Problem::error("bad_name", join_pointer(at, "name"), format!("`{name}` cannot be a column's name"))
                    .hint("a name has no dot and does not begin with `__`"),
            );
        }
        let needs_default = self.on_error == OnError::Default || self.on_unmapped == OnUnmapped::Default;
        if needs_default && self.default.is_none() {
            let message = format!("`{name}` has no default value");
            problems.push(Problem::error("missing_field", at, message).hint("add `default`"));
        }
        let wrong = |setting: &str, message: String| Problem::error("bad_value", join_pointer(at, setting), message);
        if self.on_unmapped != OnUnmapped::Keep && self.remap.is_empty() {
            problems.push(wrong("on_unmapped", format!("`{name}` has no `remap`")));
        }
        if self.case != Case::Keep && self.column_type != ColumnType::String {
            problems.push(wrong("case", format!("`{name}` is {}, which has no case", self.column_type)));
        }
        let fraction = matches!(self.column_type, ColumnType::Number | ColumnType::Decimal { .. });
        if self.decimal.is_some() && !fraction {
            problems.push(wrong("decimal", format!("`{name}` is {}, which has no fraction", self.column_type)));
        }
        if self.thousands.is_some() && !self.column_type.is_numeric() {
            problems.push(wrong("thousands", format!("`{name}` is {}, which has no digits", self.column_type)));
        }
        for (setting, text) in [("decimal", &self.decimal), ("thousands", &self.thousands)] {
            let longest = text.as_ref().map_or(0, |text| text.chars().count());
            if longest > 1 || (setting == "decimal" && text.as_deref() == Some("")) {
                problems.push(wrong(setting, format!("`{setting}` is one character")));
            }
        }
        if let (Some(thousands), decimal) = (&self.thousands, self.decimal.as_deref().unwrap_or("."))
            && thousands == decimal
        {
            problems.push(wrong(
                "thousands",
                format!("`{thousands}` cannot stand both between thousands and before the fraction"),
            ));
        }
        if self.format.is_some() && !self.column_type.is_temporal() {
            problems.push(wrong(
                "format",
                format!("`{name}` is {}, and only dates and times have a format", self.column_type),
            ));
        }
    }
}

/// A pattern of dates as `strptime` takes it: `dd/MM/yyyy HH:mm` becomes `%d/%m/%Y %H:%M`; one that has a `%` is one
/// already.
pub fn time_pattern(pattern: &str) -> String {
    const WORDS: [(&str, &str); 10] = [
        ("yyyy", "%Y"),
        ("yy", "%y"),
        ("MMMM", "%B"),
        ("MMM", "%b"),
        ("MM", "%m"),
        ("dd", "%d"),
        ("HH", "%H"),
        ("mm", "%M"),
        ("ss", "%S"),
        ("SSS", "%f"),
    ];
    if pattern.contains('%') {
        return pattern.to_owned();
    }
    let mut text = String::with_capacity(pattern.len() + 8);
    let mut rest = pattern;
    'next: while let Some(first) = rest.chars().next() {
        for (word, directive) in WORDS {
            if let Some(after) = rest.strip_prefix(word) {
                text.push_str(directive);
                rest = after;
                continue 'next;
            }
        }
        text.push(first);
        rest = &rest[first.len_utf8()..];
    }
    text
}

fn one_byte(text: &str) -> Option<u8> {
    let [byte] = text.as_bytes() else { return None };
    (byte.is_ascii() && !matches!(byte, b'\n' | b'\r')).then_some(*byte)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn patterns_of_both_kinds() {
        for (pattern, expected) in [
            ("dd/MM/yyyy", "%d/%m/%Y"),
            ("yyyy-MM-dd HH:mm:ss", "%Y-%m-%d %H:%M:%S"),
            ("yyMMdd", "%y%m%d"),
            ("%d.%m.%Y", "%d.%m.%Y"),
        ] {
            assert_eq!(time_pattern(pattern), expected);
        }
    }

    #[test]
    fn mistakes_are_all_found() {
        let format: FileFormat =
            serde_json::from_value(json!({"separator": ";;", "quote": "é", "time_zone": "Mars"})).unwrap();
        let columns: Vec<FileColumn> = serde_json::from_value(json!([
            {"name": "a.b", "on_error": "default"},
            {"name": "n", "type": "integer", "case": "upper", "decimal": ",", "format": "dd"},
            {"name": "n", "on_unmapped": "reject"},
            {"name": "d", "type": "number", "thousands": ".", "decimal": "."},
        ]))
        .unwrap();
        let mut problems = Vec::new();
        format.check(&columns, "/format", "/columns", &mut problems);
        let pointers: Vec<&str> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
        for pointer in [
            "/format/separator",
            "/format/quote",
            "/format/time_zone",
            "/columns/0/name",
            "/columns/0",
            "/columns/1/case",
            "/columns/1/decimal",
            "/columns/1/format",
            "/columns/2/name",
            "/columns/2/on_unmapped",
            "/columns/3/thousands",
        ] {
            assert!(pointers.contains(&pointer), "{pointer} not in {pointers:?}");
        }
        let fixed: FileFormat = serde_json::from_value(json!({"type": "fixed-width"})).unwrap();
        let mut problems = Vec::new();
        fixed.check(&[], "/format", "/columns", &mut problems);
        assert_eq!(problems.len(), 1);
    }
}
