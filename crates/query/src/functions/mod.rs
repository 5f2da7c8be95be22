//! The scalar functions that Tutti adds to DataFusion's.

pub mod aggregation;
mod casefold;
pub mod encrypt;
mod first_row;
mod first_rows;
mod folds_begin;
mod folds_to;
mod group_hash;
mod json_list;
mod library;
mod like;
pub mod native;
mod rank;
pub mod reference;
pub mod registry;
mod row_key;

use std::sync::{Arc, LazyLock};

use datafusion::logical_expr::{AggregateUDF, Expr, ScalarUDF};
use datafusion::prelude::lit;

pub use casefold::fold;
pub use first_rows::value_name;
pub use library::key_variable;
pub use rank::rank_of;

static CASEFOLD: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| Arc::new(ScalarUDF::from(casefold::Casefold::new())));
static FOLDS_BEGIN: LazyLock<Arc<ScalarUDF>> =
    LazyLock::new(|| Arc::new(ScalarUDF::from(folds_begin::FoldsBegin::new())));
static FOLDS_TO: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| Arc::new(ScalarUDF::from(folds_to::FoldsTo::new())));
static GROUP_HASH: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| Arc::new(ScalarUDF::from(group_hash::GroupHash::new())));
static LIKE: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| Arc::new(ScalarUDF::from(like::Like::new(false))));
static FOLDS_LIKE: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| Arc::new(ScalarUDF::from(like::Like::new(true))));
static RANK: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| Arc::new(ScalarUDF::from(rank::Rank::new())));

/// Every function, for the registry of a session.
pub fn all() -> Vec<Arc<ScalarUDF>> {
    [&CASEFOLD, &FOLDS_BEGIN, &FOLDS_LIKE, &FOLDS_TO, &GROUP_HASH, &LIKE, &RANK]
        .into_iter()
        .map(|function: &LazyLock<Arc<ScalarUDF>>| Arc::clone(function))
        .chain([encrypt::without_keys()])
        .chain(native::all().map(Arc::clone))
        .collect()
}

/// `casefold(text)`: the Unicode full case folding, for comparisons without case.
pub fn casefold(text: Expr) -> Expr {
    CASEFOLD.call(vec![text])
}

/// `tutti_folds_begin(text, value)`: whether the folded text begins with `value`, a constant that is folded.
pub fn folds_begin(text: Expr, value: Expr) -> Expr {
    FOLDS_BEGIN.call(vec![text, value])
}

/// `tutti_folds_to(text, value, ...)`: whether the folded text is one of `values`, which are folded. Made for few.
pub fn folds_to(text: Expr, values: Vec<Expr>) -> Expr {
    FOLDS_TO.call(std::iter::once(text).chain(values).collect())
}

/// Whether a text is like a constant pattern; `_` stands for a character and `%` for any text. With `folds` the text is
/// case folded; the pattern is so already.
pub fn is_like(text: Expr, pattern: &str, folds: bool) -> Expr {
    match (like::Like::suits(pattern), folds) {
        (true, true) => FOLDS_LIKE.call(vec![text, lit(pattern)]),
        (true, false) => LIKE.call(vec![text, lit(pattern)]),
        (false, true) => casefold(text).like(lit(pattern)),
        (false, false) => text.like(lit(pattern)),
    }
}

/// `tutti_group_hash(value, ...)`: equal for equal values, NULL where one of them is NULL.
pub fn group_hash(values: Vec<Expr>) -> Expr {
    GROUP_HASH.call(values)
}

/// `tutti_rank(seed, key, ...)`: a number that orders rows at random, the same everywhere and every time for the
/// same seed and key.
pub fn rank(seed: u64, keys: Vec<Expr>) -> Expr {
    RANK.call(std::iter::once(lit(seed)).chain(keys).collect())
}

/// A binary value that orders as the columns do, given for each whether it is descending; NULLs are last in either
/// direction. The bytes are those of Arrow's row format.
pub fn row_key(columns: Vec<Expr>, descending: &[bool]) -> Expr {
    Arc::new(ScalarUDF::from(row_key::RowKey::new(descending))).call(columns)
}

/// Of each group, the rows with the `count` lowest positions (binary, as [`row_key`] makes them), in order: a list of
/// structures whose fields [`value_name`] names.
pub fn first_rows(count: usize, position: Expr, values: Vec<Expr>) -> Expr {
    let function = AggregateUDF::from(first_rows::FirstRows::new(count));
    function.call(std::iter::once(position).chain(values).collect())
}

/// A list of structures as JSON text; `names` are those of the structures' fields.
pub fn json_list(list: Expr, names: &[String]) -> Expr {
    Arc::new(ScalarUDF::from(json_list::JsonList::new(names))).call(vec![list])
}
