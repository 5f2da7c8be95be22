//! The thin layer between the repositories and SeaORM: run a statement, read a row, list placeholders.
//!
//! Statements are written once with `$1` placeholders, which SQLite and PostgreSQL both take. Columns are `BIGINT`,
//! `TEXT`, `BOOLEAN` or bytes; JSON is kept as text, so that documents keep the order of their fields.

use sea_orm::{ConnectionTrait, QueryResult, Statement, TryGetable, Value};

use crate::error::{Error, Result};

/// The most values that one statement may bind (SQLite allows 32,766).
const BOUND_VALUES_MAX: usize = 16_000;

/// Values for the placeholders of a statement.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$(sea_orm::Value::from($value)),*] };
}
pub(crate) use args;

/// Runs a statement and says how many rows it changed.
pub(crate) async fn run<C: ConnectionTrait>(
    on: &C,
    what: &'static str,
    sql: impl Into<String>,
    values: Vec<Value>,
) -> Result<u64> {
    let statement = Statement::from_sql_and_values(on.get_database_backend(), sql, values);
    let done = on.execute_raw(statement).await.map_err(|source| Error::Statement { what, source })?;
    Ok(done.rows_affected())
}

/// All rows that a statement gives.
pub(crate) async fn all<C: ConnectionTrait>(
    on: &C,
    what: &'static str,
    sql: impl Into<String>,
    values: Vec<Value>,
) -> Result<Vec<Row>> {
    let statement = Statement::from_sql_and_values(on.get_database_backend(), sql, values);
    let rows = on.query_all_raw(statement).await.map_err(|source| Error::Statement { what, source })?;
    Ok(rows.into_iter().map(|row| Row { row, what }).collect())
}

/// The first row that a statement gives, where there is one.
pub(crate) async fn one<C: ConnectionTrait>(
    on: &C,
    what: &'static str,
    sql: impl Into<String>,
    values: Vec<Value>,
) -> Result<Option<Row>> {
    let statement = Statement::from_sql_and_values(on.get_database_backend(), sql, values);
    let row = on.query_one_raw(statement).await.map_err(|source| Error::Statement { what, source })?;
    Ok(row.map(|row| Row { row, what }))
}

/// A row, read by column name. A value of another type than asked for is a [`Error::Stored`].
pub(crate) struct Row {
    row: QueryResult,
    what: &'static str,
}

impl Row {
    /// A column of any supported type; `Option<T>` for one that may be NULL.
    pub(crate) fn get<T: TryGetable>(&self, column: &'static str) -> Result<T> {
        self.row.try_get("", column).map_err(|source| Error::Stored { what: self.what, column, source: source.into() })
    }

    /// A column that holds JSON as text.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self, column: &'static str) -> Result<T> {
        let text: String = self.get(column)?;
        self.parse(column, &text)
    }

    /// A column that holds JSON as text, or NULL.
    pub(crate) fn json_or_null<T: serde::de::DeserializeOwned>(&self, column: &'static str) -> Result<Option<T>> {
        let text: Option<String> = self.get(column)?;
        text.map(|text| self.parse(column, &text)).transpose()
    }

    fn parse<T: serde::de::DeserializeOwned>(&self, column: &'static str, text: &str) -> Result<T> {
        serde_json::from_str(text).map_err(|source| Error::Stored { what: self.what, column, source: source.into() })
    }
}

/// `$first, $first+1, …`: `count` placeholders for an `IN` list.
pub(crate) fn placeholders(first: usize, count: usize) -> String {
    let mut text = String::with_capacity(count * 5);
    for number in first..first + count {
        if number > first {
            text.push(',');
        }
        text.push('$');
        text.push_str(&number.to_string());
    }
    text
}

/// `($1,$2),($3,$4),…`: placeholders for `rows` rows of `width` values, counted from `$first`.
pub(crate) fn value_rows(first: usize, rows: usize, width: usize) -> String {
    let mut text = String::with_capacity(rows * (width * 5 + 3));
    for row in 0..rows {
        if row > 0 {
            text.push(',');
        }
        text.push('(');
        text.push_str(&placeholders(first + row * width, width));
        text.push(')');
    }
    text
}

/// How many rows of `width` values fit one statement.
pub(crate) fn rows_per_statement(width: usize) -> usize {
    (BOUND_VALUES_MAX / width.max(1)).clamp(1, 500)
}

/// Takes `count` numbers from a counter and gives the first. The counter's row stays locked until the transaction
/// ends, so numbers become visible in their order, without a hole that fills later.
pub(crate) async fn take_numbers<C: ConnectionTrait>(on: &C, counter: &'static str, count: i64) -> Result<i64> {
    let what = "take the next number of a counter";
    let row = one(
        on,
        what,
        "INSERT INTO counters (name, value) VALUES ($1, $2) \
         ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value RETURNING value",
        args![counter, count],
    )
    .await?;
    match row {
        Some(row) => Ok(row.get::<i64>("value")? - count + 1),
        None => Err(Error::Refused { what, why: format!("the counter `{counter}` gave no value") }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_through() {
        for (first, rows, width, expected) in
            [(1, 1, 1, "($1)"), (1, 2, 2, "($1,$2),($3,$4)"), (3, 2, 1, "($3),($4)"), (1, 0, 3, "")]
        {
            assert_eq!(value_rows(first, rows, width), expected);
        }
        assert_eq!(placeholders(2, 3), "$2,$3,$4");
    }

    #[test]
    fn statements_stay_below_the_bound_value_limit() {
        for width in 1..200 {
            assert!(rows_per_statement(width) * width <= BOUND_VALUES_MAX);
        }
    }
}
