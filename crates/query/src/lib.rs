//! Rules as DataFusion plans, and the session that runs them.
//!
//! A bound rule ([`tutti_model::bind`]) becomes a logical plan over table snapshots: local conditions become filters,
//! related-row rules semi- and anti-joins, thresholds grouped aggregates. Nothing is ever glued together as SQL text.
//! This crate must not know where tables come from (that is `lake`) nor what an activity is.
//!
//! A [`Frame`] is a plan whose columns are named by their field paths (`email`, `address.city`).

mod aggregate;
mod answer;
mod collect;
mod constant;
mod cost;
mod distribution;
mod error;
mod explain;
mod expression;
mod frame;
pub mod functions;
mod histogram;
mod keep;
mod linked_values;
mod matching;
mod parts;
mod predicate;
mod related;
mod session;
mod sql;
mod stored;
mod types;

pub use answer::{Answer, ResultColumn, Shown, View, count, preview, tables_of_predicate};
pub use collect::{first_of_groups, list_value, lists_of_groups};
pub use constant::constant;
pub use cost::{Cost, Scan, estimate};
pub use distribution::{Distribution, ValueBin, ValueCount, Values, distribution, suggest};
pub use error::{Error, Result};
pub use explain::{Explanation, explain};
pub use expression::SqlExpressions;
pub use frame::{Frame, Planner, Providers, comparable};
pub use linked_values::{Collect, LinkedValue};
pub use parts::count_parts;
pub use predicate::{conjuncts, fields_of};
pub use related::population_source;
pub use session::{Session, SessionOptions};
pub use sql::{Dialect, ReadableSql};
pub use types::{UTC, arrow_type, column_type, scalar, schema_of};

/// The engine's types that appear in this crate's face.
pub use datafusion;
