//! `tutti_folds_begin(text, value)`: whether a text, case folded, begins with a constant that is folded already. Says the
//! same as `starts_with(casefold(text), value)` without making the folded texts: a short ASCII text is compared within
//! its view, and of a longer one its first bytes, which the view has, mostly tell already.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray};
use datafusion::arrow::buffer::BooleanBuffer;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use super::casefold::{INLINE_MAX, fold, is_short_ascii, lower_short};

/// Bytes of a long text that its view has.
const PREFIX_BYTES: usize = 4;

/// Where the bytes of a text begin in its view.
const TEXT_BITS: u32 = 32;

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

/// The first bytes of a view's text.
struct Beginning {
    mask: u128,
    text: u128,
}

impl Beginning {
    fn of(bytes: &[u8]) -> Self {
        let mut whole = [0; 16];
        whole[PREFIX_BYTES..PREFIX_BYTES + bytes.len()].copy_from_slice(bytes);
        let mask = if bytes.is_empty() { 0 } else { (u128::MAX >> (128 - 8 * bytes.len())) << TEXT_BITS };
        Self { mask, text: u128::from_le_bytes(whole) }
    }

    fn is_of(&self, view: u128) -> bool {
        view & self.mask == self.text
    }
}

fn find(texts: &ArrayRef, value: &str) -> Result<BooleanArray> {
    // Nothing is copied where it is one already; dictionaries are taken, too.
    let texts = cast(texts, &DataType::Utf8View)?;
    let texts = texts.as_string_view();
    let views = texts.views();
    let bytes = value.as_bytes();
    // A short ASCII text begins with nothing else.
    let whole = (value.is_ascii() && bytes.len() <= INLINE_MAX as usize).then(|| Beginning::of(bytes));
    let length = bytes.len() as u32;
    let ascii = bytes.iter().take(PREFIX_BYTES).take_while(|byte| byte.is_ascii()).count();
    let first = Beginning::of(&bytes[..ascii]);
    let found = BooleanBuffer::collect_bool(texts.len(), |row| {
        let view = views[row];
        if is_short_ascii(view) {
            return view as u32 >= length && whole.as_ref().is_some_and(|whole| whole.is_of(lower_short(view)));
        }
        // What lies under a NULL may be no text.
        if texts.is_null(row) {
            return false;
        }
        let beginning = u128::from(view as u64 >> TEXT_BITS) << TEXT_BITS;
        if is_short_ascii(beginning) && !first.is_of(lower_short(beginning)) {
            return false;
        }
        let text = texts.value(row);
        if text.is_ascii() {
            return text.get(..bytes.len()).is_some_and(|start| start.eq_ignore_ascii_case(value));
        }
        fold(text).starts_with(value)
    });
    Ok(BooleanArray::new(found, texts.nulls().cloned()))
}

#[cfg(test)]
mod tests {
    use super::*;
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
