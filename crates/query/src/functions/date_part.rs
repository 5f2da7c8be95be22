//! `year(date)`, `month(date)` and their like: `date_part` under the names that people know.

use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::Result;
use datafusion::functions::datetime::date_part;
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::scalar::ScalarValue;
use std::sync::Arc;

/// The functions, and the part that each takes.
pub const PARTS: [(&str, &str); 8] = [
    ("year", "year"),
    ("quarter", "quarter"),
    ("month", "month"),
    ("day", "day"),
    ("hour", "hour"),
    ("minute", "minute"),
    ("second", "second"),
    ("day_of_year", "doy"),
];

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct DatePart {
    name: &'static str,
    part: &'static str,
    signature: Signature,
}

impl DatePart {
    pub fn new(name: &'static str, part: &'static str) -> Self {
        Self { name, part, signature: Signature::any(1, Volatility::Immutable) }
    }

    fn part(&self) -> ScalarValue {
        ScalarValue::Utf8(Some(self.part.to_owned()))
    }
}

impl ScalarUDFImpl for DatePart {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int32)
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        match arguments.arg_fields[0].data_type() {
            DataType::Date32 | DataType::Timestamp(..) | DataType::Null => {
                Ok(Arc::new(Field::new(self.name, DataType::Int32, true)))
            }
            other => datafusion::common::plan_err!("{} takes a date or a timestamp, not {other}", self.name),
        }
    }

    fn invoke_with_args(&self, mut arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        arguments.args.insert(0, ColumnarValue::Scalar(self.part()));
        arguments.arg_fields.insert(0, Arc::new(Field::new("part", DataType::Utf8, false)));
        date_part().invoke_with_args(arguments)
    }
}
