//! A list of structures as JSON text: `[{"name": value, ...}, ...]`. NULL and empty lists are `[]`. Decimals are texts,
//! so that no digit is lost; dates and instants are ISO 8601, instants in UTC.

use std::fmt::Write as _;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringBuilder};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct JsonList {
    signature: Signature,
    name: String,
    /// The names of the structures' fields, in their order.
    names: Vec<String>,
}

impl JsonList {
    pub fn new(names: &[String]) -> Self {
        // The names are part of the name, so that two different functions never look alike in a plan.
        let name = format!("tutti_json_list({})", names.join(","));
        Self { signature: Signature::any(1, Volatility::Immutable), name, names: names.to_vec() }
    }
}

impl ScalarUDFImpl for JsonList {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let Some(argument) = arguments.args.first() else { return exec_err!("{} takes a list", self.name) };
        let array = argument.to_array(arguments.number_rows)?;
        let Some(lists) = array.as_list_opt::<i32>() else { return exec_err!("{} takes a list", self.name) };
        let Some(structures) = lists.values().as_struct_opt() else {
            return exec_err!("{} takes a list of structures", self.name);
        };
        let columns = structures.columns().iter().map(texts).collect::<Result<Vec<_>>>()?;
        let names = self.names.iter().map(|name| quoted(name)).collect::<Vec<_>>();
        let mut built = StringBuilder::new();
        let mut text = String::new();
        for (row, ends) in lists.value_offsets().windows(2).enumerate() {
            text.clear();
            text.push('[');
            let entries = if lists.is_valid(row) { ends[0]..ends[1] } else { 0..0 };
            for (nth, entry) in entries.filter_map(|entry| usize::try_from(entry).ok()).enumerate() {
                text.push_str(if nth == 0 { "{" } else { ",{" });
                for (index, (name, column)) in names.iter().zip(&columns).enumerate() {
                    let comma = if index == 0 { "" } else { "," };
                    // Writing to a text cannot fail.
                    let _ = write!(text, "{comma}{name}:{}", column[entry]);
                }
                text.push('}');
            }
            text.push(']');
            built.append_value(&text);
        }
        Ok(ColumnarValue::Array(Arc::new(built.finish())))
    }
}

/// Every value of a column as JSON.
fn texts(array: &ArrayRef) -> Result<Vec<String>> {
    let null = || "null".to_owned();
    let each = |array: &ArrayRef, value: &dyn Fn(&ArrayRef, usize) -> String| -> Vec<String> {
        (0..array.len()).map(|row| if array.is_null(row) { null() } else { value(array, row) }).collect()
    };
    Ok(match array.data_type() {
        DataType::Boolean => each(array, &|array, row| array.as_boolean().value(row).to_string()),
        data_type if data_type.is_integer() => each(&cast(array, &DataType::Int64)?, &|array, row| {
            array.as_primitive::<Int64Type>().value(row).to_string()
        }),
        DataType::Float16 | DataType::Float32 | DataType::Float64 => {
            each(&cast(array, &DataType::Float64)?, &|array, row| {
                let value = array.as_primitive::<Float64Type>().value(row);
                if value.is_finite() { value.to_string() } else { null() }
            })
        }
        DataType::Timestamp(..) => {
            let utc = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
            each(&cast(array, &utc)?, &|array, row| {
                let value = array.as_primitive::<TimestampMicrosecondType>().value(row);
                jiff::Timestamp::from_microsecond(value).map_or_else(|_| null(), |value| quoted(&value.to_string()))
            })
        }
        _ => each(&cast(array, &DataType::Utf8)?, &|array, row| quoted(array.as_string::<i32>().value(row))),
    })
}

/// A JSON text (RFC 8259, section 7).
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            control if u32::from(control) < 0x20 => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(control));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn texts_are_escaped() {
        for (text, expected) in [("a", r#""a""#), ("\"\\\n\u{1}é", r#""\"\\\n\u0001é""#), ("", r#""""#)] {
            assert_eq!(quoted(text), expected);
        }
    }
}
