//! `casefold(text)`: Unicode full case folding (Unicode Standard, section 3.13, `toCasefold(X)`).

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray, StringViewArray, make_view};
use datafusion::arrow::buffer::{Buffer, ScalarBuffer};
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

/// The texts of a view, and so all of it but its length, when they are at most 12 bytes long.
const INLINE: u128 = !0xFFFF_FFFF;
pub(super) const INLINE_MAX: u32 = 12;

/// One byte in each of the 12 places of a short text.
const fn in_each(byte: u8) -> u128 {
    u128::from_le_bytes([byte; 16]) & INLINE
}

/// Folds without a copy in the common cases: short ASCII texts are folded within the view, twelve bytes at a time, and
/// longer ones that are folded already stay where they are.
fn fold_views(array: &StringViewArray) -> StringViewArray {
    let mut buffers: Vec<Buffer> = array.data_buffers().to_vec();
    let mut folded_texts: Vec<u8> = Vec::new();
    let mut views = Vec::with_capacity(array.len());
    for (row, view) in array.views().iter().enumerate() {
        if array.is_null(row) {
            views.push(0);
            continue;
        }
        if is_short_ascii(*view) {
            views.push(lower_short(*view));
            continue;
        }
        let is_short = *view as u32 <= INLINE_MAX;
        let text = array.value(row);
        if !is_short && text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
            views.push(*view);
            continue;
        }
        let folded = fold(text);
        if folded_texts.len() + folded.len() > i32::MAX as usize {
            buffers.push(Buffer::from_vec(std::mem::take(&mut folded_texts)));
        }
        views.push(make_view(folded.as_bytes(), buffers.len() as u32, folded_texts.len() as u32));
        if folded.len() > INLINE_MAX as usize {
            folded_texts.extend_from_slice(folded.as_bytes());
        }
    }
    buffers.push(Buffer::from_vec(folded_texts));
    #[expect(unsafe_code, reason = "checking every text again costs as much as folding it")]
    // SAFETY: a view is the array's own, or an ASCII one whose upper-case letters became lower-case ones, or was made
    // by `make_view` of a text that was put at that place of that buffer.
    unsafe {
        StringViewArray::new_unchecked(ScalarBuffer::from(views), buffers, array.nulls().cloned())
    }
}

/// Whether a view holds its text, and that is ASCII.
pub(super) fn is_short_ascii(view: u128) -> bool {
    view as u32 <= INLINE_MAX && view & in_each(0x80) == 0
}

/// Lower-cases a view of a short ASCII text. No sum carries into the next byte, as all bytes are below 0x80.
pub(super) fn lower_short(view: u128) -> u128 {
    let text = view & INLINE;
    let from_a = text + in_each(0x80 - b'A');
    let past_z = text + in_each(0x80 - b'Z' - 1);
    view | ((from_a & !past_z & in_each(0x80)) >> 2)
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
        let texts = [
            Some("ABC"),
            None,
            Some("a longer TEXT than twelve bytes"),
            Some("Straße"),
            Some("plain"),
            Some("@AZ[`az{\u{7f}"),
            Some("exactly12LONG"),
            Some("ABCDEFGHIJKL"),
            Some("ABCDEFGHIJKLM"),
            Some("one that is folded already"),
            Some(""),
            Some("GROẞE STRASSEN"),
            Some("groß"),
        ];
        let folded = fold_views(&StringViewArray::from(texts.to_vec()));
        let expected: Vec<Option<String>> = texts.iter().map(|text| text.map(fold)).collect();
        assert_eq!(folded.iter().map(|text| text.map(str::to_owned)).collect::<Vec<_>>(), expected);
        let data = folded.to_data();
        assert!(data.validate_full().is_ok());
        let sliced = StringViewArray::from(texts.to_vec()).slice(2, 6);
        assert!(fold_views(&sliced).iter().map(|text| text.map(str::to_owned)).eq(expected[2..8].iter().cloned()));
    }
}
