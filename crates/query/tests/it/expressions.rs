//! Random expressions over random rows: the engine's value is the naive one, in a zone whose clocks change.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use tutti_model::bind::{self, Field, Scope};
use tutti_model::date_math::Moment;
use tutti_model::table::ColumnType;
use tutti_query::Planner;
use tutti_query::datafusion::arrow::array::{Array, ArrayRef, AsArray};
use tutti_query::datafusion::arrow::compute::{cast, concat_batches};
use tutti_query::datafusion::arrow::datatypes::*;

use crate::formula::{ALL_WANTED, Formula, random};
use crate::naive::{Row, Value, order};
use crate::world::{Chance, DAY, NOW, World, session};

/// Worlds, and how many batches of expressions of all types are asked of each.
const WORLDS: u64 = 4;
const BATCHES: u64 = 8;
const DEPTH: u32 = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_expressions_have_the_values_of_the_naive_evaluator() {
    let zone = TimeZone::get("Europe/Paris").unwrap();
    let moment = Moment::new(NOW.parse().unwrap(), zone.clone());
    let mut known = 0;
    for seed in 0..WORLDS {
        let world = World::random(100 + seed, 25, seed % 2 == 0);
        let mut chance = Chance(seed);
        for (table, key) in (0..BATCHES).flat_map(|_| [("customers", "id"), ("orders", "number")]) {
            let naive = world.naive();
            let formulas = ALL_WANTED.map(|wanted| random(&mut chance, &naive, table, wanted, DEPTH));
            let fields: Vec<Field> = formulas.iter().map(|formula| bound(&world, table, formula, &moment)).collect();
            let values = values(&world, table, key, &fields).await;
            for (formula, values) in formulas.iter().zip(values) {
                for (row, found) in world.rows[table].iter().map(|row| (row, &values[&key_of(table, row)])) {
                    let expected = formula.value(&naive, &zone, table, row);
                    assert!(
                        same(found, &expected),
                        "{}\n{found:?} by the engine, and by the naive evaluator {expected:?}\nfor {row:?}\nof world {seed}",
                        formula.sql()
                    );
                    known += usize::from(expected != Value::Null);
                }
            }
        }
    }
    assert!(known > 5_000, "too few of the values are not NULL: {known}");
}

/// The expression as the engine reads it; it has to be of the type that it is documented to have.
fn bound(world: &World, table: &str, formula: &Formula, moment: &Moment) -> Field {
    let sql = formula.sql();
    let bound = bind::expression(&sql, Scope::table(table), &world.catalog, moment, "");
    let field = bound.unwrap_or_else(|problem| panic!("{} {:?}", problem.message, problem.hint));
    let scale = |kind: ColumnType| match kind {
        ColumnType::Decimal { scale, .. } => Some(scale),
        _ => None,
    };
    let (found, expected) = (field.column.column_type, formula.kind);
    let fits = found == expected || (scale(found).is_some() && scale(found) == scale(expected));
    assert!(fits, "{sql} is {found}, not {expected}");
    field
}

/// The values of each field by the row's key.
async fn values(world: &World, table: &str, key: &str, fields: &[Field]) -> Vec<HashMap<String, Value>> {
    let planner = Planner::new(&world.catalog, &world.providers);
    let frame = planner.rows(table).unwrap().with_fields(fields).unwrap();
    let names = fields.iter().enumerate().map(|(index, field)| (frame.column(field), format!("value_{index}")));
    let plan = frame.clone().select_as(&[key.to_owned()], names.collect()).unwrap();
    let batches = match session().collect(plan).await {
        Ok(batches) => batches,
        Err(error) => panic!("{:?}: {error:?}", fields.iter().map(Field::path).collect::<Vec<_>>()),
    };
    let rows = concat_batches(&batches[0].schema(), &batches).unwrap();
    let keys = cast(rows.column(0), &DataType::Utf8).unwrap();
    let of = |column: &ArrayRef| {
        let keys = keys.as_string::<i32>().iter().flatten().map(str::to_owned);
        keys.enumerate().map(|(row, key)| (key, value(column, row))).collect()
    };
    rows.columns()[1..].iter().map(of).collect()
}

fn key_of(table: &str, row: &Row) -> String {
    match &row[usize::from(table == "orders")] {
        Value::Text(key) => key.clone(),
        Value::Exact(key, _) => key.to_string(),
        other => panic!("{other:?} is no key"),
    }
}

fn value(column: &ArrayRef, row: usize) -> Value {
    if column.is_null(row) {
        return Value::Null;
    }
    match column.data_type() {
        DataType::Int64 => Value::Exact(i128::from(column.as_primitive::<Int64Type>().value(row)), 0),
        DataType::Float64 => Value::Number(column.as_primitive::<Float64Type>().value(row)),
        DataType::Boolean => Value::Boolean(column.as_boolean().value(row)),
        DataType::Date32 => Value::Instant(i64::from(column.as_primitive::<Date32Type>().value(row)) * DAY),
        DataType::Timestamp(..) => Value::Instant(column.as_primitive::<TimestampMicrosecondType>().value(row)),
        DataType::Decimal128(_, scale) => {
            Value::Exact(column.as_primitive::<Decimal128Type>().value(row), scale.cast_unsigned())
        }
        _ => Value::Text(cast(column, &DataType::Utf8).unwrap().as_string::<i32>().value(row).to_owned()),
    }
}

fn same(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Null, expected) => *expected == Value::Null,
        (Value::Number(found), Value::Number(expected)) => found == expected || (found.is_nan() && expected.is_nan()),
        (found, expected) => order(found, expected).is_some_and(std::cmp::Ordering::is_eq),
    }
}
