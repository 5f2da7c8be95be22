//! A binary value that orders as several columns do, so that the lesser row of a group is a plain `min`.

use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct RowKey {
    signature: Signature,
    name: String,
    descending: Vec<bool>,
}

impl RowKey {
    pub fn new(descending: &[bool]) -> Self {
        // The directions are part of the name, so that two different functions never look alike in a plan.
        let directions: String = descending.iter().map(|descending| if *descending { 'd' } else { 'a' }).collect();
        Self {
            signature: Signature::variadic_any(Volatility::Immutable),
            name: format!("tutti_row_key_{directions}"),
            descending: descending.to_vec(),
        }
    }
}

impl ScalarUDFImpl for RowKey {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Binary)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let columns: Vec<ArrayRef> =
            arguments.args.iter().map(|argument| argument.to_array(arguments.number_rows)).collect::<Result<_>>()?;
        let fields = columns.iter().zip(&self.descending).map(|(column, descending)| {
            SortField::new_with_options(
                column.data_type().clone(),
                SortOptions { descending: *descending, nulls_first: false },
            )
        });
        let rows = RowConverter::new(fields.collect())?.convert_columns(&columns)?;
        Ok(ColumnarValue::Array(Arc::new(rows.try_into_binary()?)))
    }
}
