//! `casefold(text)`: Unicode full case folding (Unicode Standard, section 3.13, `toCasefold(X)`).

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray, StringViewArray, StringViewBuilder};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use datafusion::scalar::ScalarValue;
use icu_casemap::{CaseMapper, CaseMapperBorrowed};

const MAPPER: CaseMapperBorrowed<'static> = CaseMapper::new();

/// The folding of one text.
pub fn fold(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { MAPPER.fold_string(text).into_owned() }
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Casefold {
    signature: Signature,
}

impl Casefold {
    pub fn new() -> Self {
        Self { signature: Signature::string(1, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Casefold {
    fn name(&self) -> &str {
        "casefold"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        Ok(match arguments.first() {
            Some(DataType::Utf8View) => DataType::Utf8View,
            _ => DataType::Utf8,
        })
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match &arguments.args[0] {
            ColumnarValue::Scalar(value) => {
                let folded = value.try_as_str().flatten().map(fold);
                Ok(ColumnarValue::Scalar(match value.data_type() {
                    DataType::Utf8View => ScalarValue::Utf8View(folded),
                    _ => ScalarValue::Utf8(folded),
                }))
            }
            ColumnarValue::Array(array) => fold_array(array).map(ColumnarValue::Array),
        }
    }
}

fn fold_array(array: &ArrayRef) -> Result<ArrayRef> {
    Ok(match array.data_type() {
        DataType::Utf8View => Arc::new(fold_views(array.as_string_view())),
        DataType::Utf8 => Arc::new(array.as_string::<i32>().iter().map(|text| text.map(fold)).collect::<StringArray>()),
        DataType::LargeUtf8 => {
            Arc::new(array.as_string::<i64>().iter().map(|text| text.map(fold)).collect::<StringArray>())
        }
        other => return exec_err!("casefold takes text, not {other}"),
    })
}

/// Folds without allocating for the common case: ASCII, and short enough (12 bytes) to stand in the view itself.
fn fold_views(array: &StringViewArray) -> StringViewArray {
    let mut builder = StringViewBuilder::with_capacity(array.len());
    let mut buffer = String::new();
    for text in array {
        match text {
            None => builder.append_null(),
            Some(text) if !text.is_ascii() => builder.append_value(MAPPER.fold_string(text)),
            Some(text) if text.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                buffer.clear();
                buffer.push_str(text);
                buffer.make_ascii_lowercase();
                builder.append_value(&buffer);
            }
            Some(text) => builder.append_value(text),
        }
    }
    builder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_is_unicodes() {
        for (one, other) in
            [("STRASSE", "straße"), ("ΟΔΟΣ", "οδος"), ("\u{212A}g", "KG"), ("É", "é"), ("İ", "i̇"), ("", "")]
        {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        assert_ne!(fold("e"), fold("é"));
    }

    #[test]
    fn views_fold_as_texts_do() {
        let texts = [Some("ABC"), None, Some("a longer TEXT than twelve bytes"), Some("Straße"), Some("plain")];
        let folded = fold_views(&StringViewArray::from(texts.to_vec()));
        let expected: Vec<Option<String>> = texts.iter().map(|text| text.map(fold)).collect();
        assert_eq!(folded.iter().map(|text| text.map(str::to_owned)).collect::<Vec<_>>(), expected);
    }
}
