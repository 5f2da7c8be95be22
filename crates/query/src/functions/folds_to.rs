//! `tutti_folds_to(text, value, ...)`: whether a text, case folded, is one of some constants that are folded already.
//! Says the same as `casefold(text) IN (value, ...)` without making the folded texts: a short ASCII text is compared
//! within its view.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, make_view};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use super::casefold::{INLINE_MAX, test_folded};

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct FoldsTo {
    signature: Signature,
}

impl FoldsTo {
    pub fn new() -> Self {
        Self { signature: Signature::variadic_any(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for FoldsTo {
    fn name(&self) -> &str {
        "tutti_folds_to"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let Some((texts, values)) = arguments.args.split_first() else {
            return exec_err!("tutti_folds_to takes a text and constants");
        };
        let mut wanted = Wanted::default();
        for value in values {
            match value {
                ColumnarValue::Scalar(value) => wanted.push(value.try_as_str().flatten()),
                ColumnarValue::Array(_) => return exec_err!("tutti_folds_to compares with constants"),
            }
        }
        let texts = texts.to_array(arguments.number_rows)?;
        Ok(ColumnarValue::Array(Arc::new(wanted.find(&texts)?)))
    }
}

/// The constants.
#[derive(Default)]
struct Wanted<'a> {
    /// Views of those that are short and ASCII.
    short: Vec<u128>,
    all: Vec<&'a str>,
}

impl<'a> Wanted<'a> {
    fn push(&mut self, value: Option<&'a str>) {
        let Some(value) = value else { return };
        if value.is_ascii() && value.len() <= INLINE_MAX as usize {
            self.short.push(make_view(value.as_bytes(), 0, 0));
        }
        self.all.push(value);
    }

    fn find(&self, texts: &ArrayRef) -> Result<BooleanArray> {
        let other = |text: &[u8]| self.all.iter().any(|value| value.as_bytes() == text);
        match self.short.as_slice() {
            [one] => test_folded(texts, |view| view == *one, other),
            [one, two] => test_folded(texts, |view| view == *one || view == *two, other),
            several => test_folded(texts, |view| several.contains(&view), other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::fold;
    use datafusion::arrow::array::{Array, DictionaryArray, StringArray, StringViewArray};
    use datafusion::arrow::datatypes::Int32Type;

    #[test]
    fn it_says_what_folding_says() {
        let texts = [
            Some("shipped"),
            Some("SHIPPED"),
            Some("shippe"),
            Some(""),
            None,
            Some("Straße"),
            Some("STRASSE"),
            Some("straſſe"),
            Some("A Text That Is Longer Than A View"),
            Some("a text that is longer than a vieW"),
            Some("\u{212A}g"),
            Some("kg"),
            Some("é"),
            Some("É"),
            Some("[hipped"),
            Some("exactly12LON"),
            Some("exactly12LONG"),
        ];
        let lists: [&[&str]; 8] = [
            &["shipped"],
            &["strasse", ""],
            &["kg", "é", "x"],
            &["a text that is longer than a view"],
            &[],
            &["{hipped"],
            &["exactly12lon"],
            &["exactly12long", "q"],
        ];
        let view: ArrayRef = Arc::new(StringViewArray::from(texts.to_vec()));
        let plain: ArrayRef = Arc::new(StringArray::from(texts.to_vec()));
        let dictionary: ArrayRef = Arc::new(texts.into_iter().collect::<DictionaryArray<Int32Type>>());
        for list in lists {
            let mut wanted = Wanted::default();
            list.iter().for_each(|value| wanted.push(Some(value)));
            let expected: Vec<Option<bool>> =
                texts.iter().map(|text| text.map(|text| list.contains(&fold(text).as_str()))).collect();
            for array in [&view, &plain, &dictionary, &view.slice(3, 9)] {
                let start = if array.len() == texts.len() { 0 } else { 3 };
                let found: Vec<Option<bool>> = wanted.find(array).unwrap().iter().collect();
                assert_eq!(found, expected[start..start + array.len()], "{list:?}");
            }
        }
    }
}
