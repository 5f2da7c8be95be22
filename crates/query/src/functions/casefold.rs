//! `casefold(text)`: Unicode full case folding (Unicode Standard, section 3.13, `toCasefold(X)`).

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, StringArray, StringViewArray, make_view};
use datafusion::arrow::buffer::{BooleanBuffer, Buffer, ScalarBuffer};
use datafusion::arrow::compute::cast;
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

/// Folds without a copy in the common cases: short ASCII texts are folded within the view, twelve bytes at a time,
/// longer ones that are folded already stay where they are, and what was folded lately is known.
fn fold_views(array: &StringViewArray) -> StringViewArray {
    let mut buffers: Vec<Buffer> = array.data_buffers().to_vec();
    let mut folded_texts: Vec<u8> = Vec::new();
    let mut views = Vec::with_capacity(array.len());
    let mut lately = Lately::new();
    for (row, view) in array.views().iter().enumerate() {
        if array.is_null(row) {
            views.push(0);
            continue;
        }
        if is_short_ascii(*view) {
            views.push(lower_short(*view));
            continue;
        }
        if let Some(folded) = lately.get(*view) {
            views.push(folded);
            continue;
        }
        let text = array.value(row);
        if folded_texts.len() > (i32::MAX as usize).saturating_sub(text.len() * FOLDED_MAX) {
            buffers.push(Buffer::from_vec(std::mem::take(&mut folded_texts)));
        }
        let start = folded_texts.len();
        let folded = if !text.is_ascii() {
            let folded = MAPPER.fold_string(text);
            folded_texts.extend_from_slice(folded.as_bytes());
            make_view(folded.as_bytes(), buffers.len() as u32, start as u32)
        } else if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            folded_texts.extend(text.bytes().map(|byte| byte.to_ascii_lowercase()));
            make_view(&folded_texts[start..], buffers.len() as u32, start as u32)
        } else {
            *view
        };
        if folded as u32 <= INLINE_MAX {
            folded_texts.truncate(start);
        }
        lately.set(*view, folded);
        views.push(folded);
    }
    buffers.push(Buffer::from_vec(folded_texts));
    #[expect(unsafe_code, reason = "checking every text again costs as much as folding it")]
    // SAFETY: a view is the array's own, or an ASCII one whose upper-case letters became lower-case ones, or was made
    // by `make_view` of a text that was put at that place of that buffer.
    unsafe {
        StringViewArray::new_unchecked(ScalarBuffer::from(views), buffers, array.nulls().cloned())
    }
}

/// How many bytes one byte of a text becomes at most when it is folded (U+0390: two bytes, then six).
const FOLDED_MAX: usize = 3;

/// What was found out lately of texts, by their views within one array: columns repeat a few texts, and a column that
/// came from a dictionary repeats the very views. A zero, the view of the empty text, stands for nothing.
struct Lately<T> {
    entries: Box<[(u128, T); LATELY]>,
}

const LATELY: usize = 256;

impl<T: Copy + Default> Lately<T> {
    fn new() -> Self {
        Self { entries: Box::new([(0, T::default()); LATELY]) }
    }

    /// The length, the first four bytes and whatever follows all count.
    fn place(view: u128) -> usize {
        let mixed = ((view as u64) ^ ((view >> 64) as u64)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> 56) as usize
    }

    fn get(&self, view: u128) -> Option<T> {
        let (known, found) = self.entries[Self::place(view)];
        (known == view).then_some(found)
    }

    fn set(&mut self, view: u128, found: T) {
        self.entries[Self::place(view)] = (view, found);
    }
}

/// Tests texts as they are folded, without making the folded texts: `short` is given the view of a short ASCII text in
/// lower case, `other` the bytes of any other.
pub(super) fn test_folded(
    texts: &ArrayRef,
    short: impl Fn(u128) -> bool,
    other: impl Fn(&[u8]) -> bool,
) -> Result<BooleanArray> {
    // Nothing is copied where it is one already; dictionaries are taken, too.
    let texts = cast(texts, &DataType::Utf8View)?;
    let texts = texts.as_string_view();
    let views = texts.views();
    let (mut lately, mut lower) = (Lately::new(), Vec::new());
    let found = BooleanBuffer::collect_bool(texts.len(), |row| {
        let view = views[row];
        if is_short_ascii(view) {
            return short(lower_short(view));
        }
        // What lies under a NULL may be no text.
        if texts.is_null(row) {
            return false;
        }
        if let Some(known) = lately.get(view) {
            return known;
        }
        let text = texts.value(row);
        let found = if text.is_ascii() {
            lower.clear();
            lower.extend(text.bytes().map(|byte| byte.to_ascii_lowercase()));
            other(&lower)
        } else {
            other(MAPPER.fold_string(text).as_bytes())
        };
        lately.set(view, found);
        found
    });
    Ok(BooleanArray::new(found, texts.nulls().cloned()))
}

/// Where the bytes of a text begin in its view.
pub(super) const TEXT_BYTE: usize = 4;

/// The bytes of a short text within its view.
pub(super) fn short_text(view: &[u8; 16]) -> &[u8] {
    &view[TEXT_BYTE..TEXT_BYTE + usize::from(view[0])]
}

/// Whether a view holds its text, and that is ASCII.
fn is_short_ascii(view: u128) -> bool {
    view as u32 <= INLINE_MAX && view & in_each(0x80) == 0
}

/// Lower-cases a view of a short ASCII text. No sum carries into the next byte, as all bytes are below 0x80.
fn lower_short(view: u128) -> u128 {
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
            Some("Zoë"),
            Some("Zoë"),
            Some("GROẞE STRASSEN"),
            Some("A longer TEXT than twelve bytes"),
            Some("ΐΐΐΐ"),
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
