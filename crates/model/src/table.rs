//! Tables, their columns and their links.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The largest precision a decimal may have: 38 digits, as in Arrow's `Decimal128`.
pub const DECIMAL_PRECISION_MAX: u8 = 38;

/// The type of a column. Written `string`, `integer`, `number`, `decimal(p,s)`, `boolean`, `date`, `timestamp`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColumnType {
    String,
    /// 64 bits, signed.
    Integer,
    /// IEEE 754 double.
    Number,
    /// Exact, `precision` digits of which `scale` after the point.
    Decimal {
        precision: u8,
        scale: u8,
    },
    Boolean,
    Date,
    /// An instant, in microseconds; without a zone in the source it is UTC.
    Timestamp,
}

impl ColumnType {
    /// Whether values are compared as numbers.
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Number | Self::Decimal { .. })
    }

    /// Whether values are points in time.
    pub fn is_temporal(self) -> bool {
        matches!(self, Self::Date | Self::Timestamp)
    }

    /// Whether values of the two types may be compared, and so linked.
    pub fn comparable(self, other: Self) -> bool {
        self == other || (self.is_numeric() && other.is_numeric()) || (self.is_temporal() && other.is_temporal())
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String => f.write_str("string"),
            Self::Integer => f.write_str("integer"),
            Self::Number => f.write_str("number"),
            Self::Decimal { precision, scale } => write!(f, "decimal({precision},{scale})"),
            Self::Boolean => f.write_str("boolean"),
            Self::Date => f.write_str("date"),
            Self::Timestamp => f.write_str("timestamp"),
        }
    }
}

impl FromStr for ColumnType {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "string" => return Ok(Self::String),
            "integer" => return Ok(Self::Integer),
            "number" => return Ok(Self::Number),
            "boolean" => return Ok(Self::Boolean),
            "date" => return Ok(Self::Date),
            "timestamp" => return Ok(Self::Timestamp),
            _ => {}
        }
        let inner = text.strip_prefix("decimal(").and_then(|rest| rest.strip_suffix(')'));
        let parts = inner.and_then(|inner| inner.split_once(','));
        if let Some((precision, scale)) = parts
            && let (Ok(precision), Ok(scale)) = (precision.trim().parse::<u8>(), scale.trim().parse::<u8>())
        {
            if (1..=DECIMAL_PRECISION_MAX).contains(&precision) && scale <= precision {
                return Ok(Self::Decimal { precision, scale });
            }
            return Err(format!(
                "`{text}`: a decimal has 1 to {DECIMAL_PRECISION_MAX} digits, and no more of them after the point than in all"
            ));
        }
        Err(format!(
            "`{text}` is not a column type; known are `string`, `integer`, `number`, `decimal(p,s)`, `boolean`, `date`, `timestamp`"
        ))
    }
}

impl Serialize for ColumnType {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ColumnType {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A column of a table, or of a population.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    pub name: String,
    #[serde(rename = "type")]
    pub column_type: ColumnType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A row without a value is rejected.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// An enumeration: rows with other values are rejected. Empty: any value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// In populations only: the text is a JSON list of rows, and these are their columns. Empty: a plain value.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub list: Box<[Column]>,
}

impl Column {
    /// A plain column, as populations have.
    pub fn new(name: &str, column_type: ColumnType) -> Self {
        Self {
            name: name.to_owned(),
            column_type,
            label: None,
            description: None,
            required: false,
            values: Vec::new(),
            list: Box::default(),
        }
    }
}

/// How many rows stand at each end of a link, read from the table that declares it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cardinality {
    OneToOne,
    OneToMany,
    ManyToOne,
}

impl Cardinality {
    /// Whether a row may have several linked rows.
    pub fn is_to_many(self) -> bool {
        self == Self::OneToMany
    }

    /// The cardinality read from the other end.
    pub fn reversed(self) -> Self {
        match self {
            Self::OneToOne => Self::OneToOne,
            Self::OneToMany => Self::ManyToOne,
            Self::ManyToOne => Self::OneToMany,
        }
    }
}

/// A declared link to another table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    pub name: String,
    /// The table at the other end.
    pub to: String,
    /// Columns here, and the columns there that equal them.
    pub on: indexmap::IndexMap<String, String>,
    pub cardinality: Cardinality,
    /// The name of the same link seen from the other table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverse: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// What a `kind: table` document says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    #[serde(skip)]
    pub name: String,
    pub columns: Vec<Column>,
    pub primary_key: Vec<String>,
    /// The column whose highest value wins among rows of one key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
}

impl Table {
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The key columns, in the order of the key.
    pub fn key_columns(&self) -> Vec<&Column> {
        self.primary_key.iter().filter_map(|name| self.column(name)).collect()
    }

    /// Whether a NULL may not stand in the column: it is required or part of the key.
    pub fn is_required(&self, column: &Column) -> bool {
        column.required || self.primary_key.contains(&column.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_read_as_they_are_written() {
        for text in ["string", "integer", "number", "decimal(12,2)", "boolean", "date", "timestamp"] {
            assert_eq!(text.parse::<ColumnType>().unwrap().to_string(), text);
        }
        for text in ["decimal", "decimal(0,0)", "decimal(39,2)", "decimal(5,6)", "text", ""] {
            assert!(text.parse::<ColumnType>().is_err(), "{text}");
        }
    }
}
