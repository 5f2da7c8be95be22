//! `tutti_like(text, pattern)`: what `text LIKE pattern` says, for constant patterns with `%` alone. The engine makes a
//! regular expression of a pattern with `%` between texts; looking for one text after the other takes half of the time.
//! `tutti_folds_like(text, pattern)` says the same of the case-folded text, without making it.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray};
use datafusion::arrow::buffer::BooleanBuffer;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use memchr::memmem::Finder;

use super::casefold::{short_text, test_folded};

#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Like {
    signature: Signature,
    folds: bool,
}

impl Like {
    pub fn new(folds: bool) -> Self {
        Self { signature: Signature::any(2, Volatility::Immutable), folds }
    }

    /// Whether the function is made for a pattern, and the engine not: texts on both sides of a `%`, and neither `_`
    /// nor an escape.
    pub fn suits(pattern: &str) -> bool {
        let inner = pattern.trim_matches('%');
        inner.contains('%') && !inner.contains(['_', '\\'])
    }
}

impl ScalarUDFImpl for Like {
    fn name(&self) -> &str {
        if self.folds { "tutti_folds_like" } else { "tutti_like" }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [texts, ColumnarValue::Scalar(pattern)] = arguments.args.as_slice() else {
            return exec_err!("{} takes a text and a constant", self.name());
        };
        let texts = texts.to_array(arguments.number_rows)?;
        let Some(pattern) = pattern.try_as_str().flatten() else {
            return Ok(ColumnarValue::Array(Arc::new(BooleanArray::new_null(texts.len()))));
        };
        let pattern = Pattern::new(pattern);
        let found = if self.folds { pattern.find_folded(&texts)? } else { pattern.find(&texts)? };
        Ok(ColumnarValue::Array(Arc::new(found)))
    }
}

/// A pattern, divided at its `%`.
struct Pattern<'a> {
    starts: &'a [u8],
    /// In this order between the two ends.
    contains: Vec<Finder<'a>>,
    ends: &'a [u8],
    /// Without any `%`, the whole text is `starts`.
    is_whole: bool,
}

impl<'a> Pattern<'a> {
    fn new(pattern: &'a str) -> Self {
        let mut parts: Vec<&[u8]> = pattern.split('%').map(str::as_bytes).collect();
        let is_whole = parts.len() == 1;
        let ends = if is_whole { &[] } else { parts.pop().unwrap_or_default() };
        let mut parts = parts.into_iter();
        let starts = parts.next().unwrap_or_default();
        Self { starts, contains: parts.filter(|part| !part.is_empty()).map(Finder::new).collect(), ends, is_whole }
    }

    fn find(&self, texts: &ArrayRef) -> Result<BooleanArray> {
        // Nothing is copied where it is one already; dictionaries are taken, too.
        let texts = cast(texts, &DataType::Utf8View)?;
        let texts = texts.as_string_view();
        // What lies under a NULL may be no text.
        let found = BooleanBuffer::collect_bool(texts.len(), |row| {
            texts.is_valid(row) && self.holds(texts.value(row).as_bytes())
        });
        Ok(BooleanArray::new(found, texts.nulls().cloned()))
    }

    fn find_folded(&self, texts: &ArrayRef) -> Result<BooleanArray> {
        test_folded(texts, |view| self.holds(short_text(&view.to_le_bytes())), |text| self.holds(text))
    }

    /// Whole characters begin and end where such texts do, so that bytes are enough. The first place of each part is as
    /// good as any other.
    fn holds(&self, text: &[u8]) -> bool {
        if self.is_whole {
            return text == self.starts;
        }
        let between = text.strip_prefix(self.starts).and_then(|rest| rest.strip_suffix(self.ends));
        let Some(mut between) = between else { return false };
        self.contains.iter().all(|part| match part.find(between) {
            Some(at) => {
                between = &between[at + part.needle().len()..];
                true
            }
            None => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::arrow::array::{Scalar, StringViewArray};
    use datafusion::arrow::compute::like;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_says_what_the_engine_says(
            texts in prop::collection::vec(prop::option::of("[abé%\n]{0,8}"), 1..40),
            pattern in "[abé%]{0,7}",
        ) {
            let array: ArrayRef = Arc::new(StringViewArray::from(texts));
            let expected = like(&array, &Scalar::new(StringViewArray::from(vec![pattern.as_str()]))).unwrap();
            prop_assert_eq!(Pattern::new(&pattern).find(&array).unwrap(), expected);
        }

        #[test]
        fn it_says_of_folded_texts_what_folding_says(
            texts in prop::collection::vec(prop::option::of("[abABéÉß \n]{0,16}"), 1..40),
            pattern in "[abé%]{0,5}",
        ) {
            let folded = texts.iter().map(|text| text.as_deref().map(crate::functions::fold));
            let folded: ArrayRef = Arc::new(folded.collect::<StringViewArray>());
            let array: ArrayRef = Arc::new(StringViewArray::from(texts));
            let pattern = Pattern::new(&pattern);
            prop_assert_eq!(pattern.find_folded(&array).unwrap(), pattern.find(&folded).unwrap());
        }
    }

    #[test]
    fn it_is_asked_where_the_engine_is_slow() {
        for (pattern, suits) in [
            ("a%b", true),
            ("%a%b%", true),
            ("a%", false),
            ("%a%", false),
            ("a", false),
            ("a%_b", false),
            ("a%\\%b", false),
        ] {
            assert_eq!(Like::suits(pattern), suits, "{pattern}");
        }
    }
}
