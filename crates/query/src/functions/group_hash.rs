//! `tutti_group_hash(value, ...)`: a number that is equal for rows with equal values, and NULL where one of them is
//! NULL. Different values may share a number: it finds groups that may be large, it does not tell groups apart.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, UInt64Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use xxhash_rust::xxh3::xxh3_64_with_seed;

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct GroupHash {
    signature: Signature,
}

impl GroupHash {
    pub fn new() -> Self {
        Self { signature: Signature::variadic_any(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for GroupHash {
    fn name(&self) -> &str {
        "tutti_group_hash"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::UInt64)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let texts: Vec<ArrayRef> = arguments
            .args
            .iter()
            .map(|value| Ok(cast(&value.to_array(arguments.number_rows)?, &DataType::Utf8View)?))
            .collect::<Result<_>>()?;
        let texts: Vec<_> = texts.iter().map(AsArray::as_string_view).collect();
        let hash = |row: usize| {
            texts.iter().try_fold(0, |seed, text| {
                text.is_valid(row).then(|| xxh3_64_with_seed(text.value(row).as_bytes(), seed))
            })
        };
        Ok(ColumnarValue::Array(Arc::new((0..arguments.number_rows).map(hash).collect::<UInt64Array>())))
    }
}
