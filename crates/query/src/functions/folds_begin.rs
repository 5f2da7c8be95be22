//! `tutti_folds_begin(text, value)`: whether a text, case folded, begins with a constant that is folded already. Says the
//! same as `starts_with(casefold(text), value)` without making the folded texts: a short ASCII text is compared within
//! its view.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, BooleanArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use super::casefold::{INLINE_MAX, TEXT_BYTE, test_folded};

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct FoldsBegin {
    signature: Signature,
}

impl FoldsBegin {
    pub fn new() -> Self {
        Self { signature: Signature::any(2, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for FoldsBegin {
    fn name(&self) -> &str {
        "tutti_folds_begin"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [texts, ColumnarValue::Scalar(value)] = arguments.args.as_slice() else {
            return exec_err!("tutti_folds_begin takes a text and a constant");
        };
        let texts = texts.to_array(arguments.number_rows)?;
        Ok(ColumnarValue::Array(match value.try_as_str().flatten() {
            Some(value) => Arc::new(find(&texts, value)?),
            None => Arc::new(BooleanArray::new_null(texts.len())),
        }))
    }
}

fn find(texts: &ArrayRef, value: &str) -> Result<BooleanArray> {
    let bytes = value.as_bytes();
    let other = |text: &[u8]| text.starts_with(bytes);
    if !value.is_ascii() || bytes.len() > INLINE_MAX as usize {
        // No short ASCII text begins so.
        return test_folded(texts, |_| false, other);
    }
    let mut beginning = [0; 16];
    beginning[TEXT_BYTE..TEXT_BYTE + bytes.len()].copy_from_slice(bytes);
    let beginning = u128::from_le_bytes(beginning);
    let mut mask = [0; 16];
    mask[TEXT_BYTE..TEXT_BYTE + bytes.len()].fill(u8::MAX);
    let mask = u128::from_le_bytes(mask);
    let length = bytes.len() as u32;
    test_folded(texts, |view| view as u32 >= length && view & mask == beginning, other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::fold;
    use datafusion::arrow::array::{DictionaryArray, StringArray, StringViewArray};
    use datafusion::arrow::datatypes::Int32Type;

    #[test]
    fn it_says_what_folding_says() {
        let texts = [
            Some("Zoë"),
            Some("ZOË Smith the younger"),
            Some("zo"),
            Some("z"),
            Some(""),
            None,
            Some("Zora"),
            Some("zorro and many more letters"),
            Some("Straße und Hof und Garten"),
            Some("STRASSE"),
            Some("straſſe"),
            Some("A Text That Is Longer Than A View"),
            Some("\u{212A}g"),
            Some("\u{212A}ilogramme, of which there are many"),
            Some("kg"),
            Some("[hipped"),
            Some("{hipped"),
            Some("exactly12LON"),
            Some("exactly12LONG"),
            Some("éa"),
            Some("É"),
        ];
        let view: ArrayRef = Arc::new(StringViewArray::from(texts.to_vec()));
        let plain: ArrayRef = Arc::new(StringArray::from(texts.to_vec()));
        let dictionary: ArrayRef = Arc::new(texts.into_iter().collect::<DictionaryArray<Int32Type>>());
        for value in [
            "",
            "z",
            "zo",
            "zoë",
            "zor",
            "zorr",
            "zorro and",
            "strass",
            "strasse u",
            "a text that is",
            "k",
            "kil",
            "é",
            "{h",
            "exactly12lon",
            "exactly12long",
            "exactly12long!",
        ] {
            let expected: Vec<Option<bool>> =
                texts.iter().map(|text| text.map(|text| fold(text).starts_with(value))).collect();
            for array in [&view, &plain, &dictionary, &view.slice(3, 9)] {
                let start = if array.len() == texts.len() { 0 } else { 3 };
                let found: Vec<Option<bool>> = find(array, value).unwrap().iter().collect();
                assert_eq!(found, expected[start..start + array.len()], "{value}");
            }
        }
    }
}
