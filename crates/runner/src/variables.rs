//! The variables of a run: what it was given.

use serde_json::Value;
use tutti_model::campaign::Campaign;
use tutti_model::table::ColumnType;
use tutti_model::variables::{Variable, Variables};

/// The variables that a stored run was begun with, before those of its campaign.
pub(crate) fn of_run(campaign: &Campaign, stored: &Value) -> Variables {
    let mut variables = Variables::default();
    let own = campaign.variables.iter();
    for (name, value) in own.chain(stored.as_object().into_iter().flatten()) {
        let data_type = match value {
            Value::Bool(_) => ColumnType::Boolean,
            Value::Number(number) if number.is_f64() => ColumnType::Number,
            Value::Number(_) => ColumnType::Integer,
            _ => ColumnType::String,
        };
        let value = Some(value.clone()).filter(|value| !value.is_null());
        variables.insert(name.as_str(), Variable { data_type, value });
    }
    variables
}
