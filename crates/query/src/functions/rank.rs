//! `tutti_rank(seed, key, ...)`: xxh3-64 of the key's bytes with the seed (<https://xxhash.com>). Random choices take
//! the lowest ranks, so they are exact in size, the same on every machine, and the same again after a crash.

use std::sync::Arc;

use datafusion::arrow::array::AsArray;
use datafusion::arrow::array::{Array, ArrayRef, UInt64Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use datafusion::scalar::ScalarValue;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The rank of a key whose parts are given as text; the length of each part is hashed with it.
pub fn rank_of<'a>(seed: u64, parts: impl IntoIterator<Item = Option<&'a str>>) -> u64 {
    let mut bytes = Vec::new();
    for part in parts {
        push(&mut bytes, part);
    }
    xxh3_64_with_seed(&bytes, seed)
}

fn push(bytes: &mut Vec<u8>, part: Option<&str>) {
    match part {
        None => bytes.extend_from_slice(&u32::MAX.to_le_bytes()),
        Some(part) => {
            bytes.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX - 1).to_le_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Rank {
    signature: Signature,
}

impl Rank {
    pub fn new() -> Self {
        Self { signature: Signature::variadic_any(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Rank {
    fn name(&self) -> &str {
        "tutti_rank"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::UInt64)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let Some((ColumnarValue::Scalar(ScalarValue::UInt64(Some(seed))), keys)) = arguments.args.split_first() else {
            return exec_err!("tutti_rank takes a seed (a constant) and key columns");
        };
        let columns: Vec<ArrayRef> = keys
            .iter()
            .map(|key| Ok(cast(&key.to_array(arguments.number_rows)?, &DataType::Utf8View)?))
            .collect::<Result<_>>()?;
        let texts: Vec<_> = columns.iter().map(AsArray::as_string_view).collect();
        let mut bytes = Vec::new();
        let ranks = (0..arguments.number_rows).map(|row| {
            bytes.clear();
            for text in &texts {
                push(&mut bytes, text.is_valid(row).then(|| text.value(row)));
            }
            xxh3_64_with_seed(&bytes, *seed)
        });
        Ok(ColumnarValue::Array(Arc::new(UInt64Array::from_iter_values(ranks))))
    }
}
