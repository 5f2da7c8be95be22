//! Visits of the web shop.

use std::ops::Range;

use arrow::array::RecordBatch;
use arrow::datatypes::{Int64Type, SchemaRef};
use arrow::error::ArrowError;

use super::builders::{
    DAY_MICROS, Id, Type, batch, columns, customer_id, numbers, product_id, schema, texts, timestamps,
};
use super::catalog::taste;
use super::chance::{Chance, Topic};
use super::names::DEPARTMENTS;
use super::orders::second_of_day;
use super::{Shop, time_share};

const VISIT_DAYS: i64 = 540;
const ANONYMOUS: u64 = 3_000;

pub(super) fn schemas() -> Vec<SchemaRef> {
    use Type::{Integer, Text, Timestamp};
    vec![schema(&[
        ("visit_id", Text, false),
        ("customer_id", Text, true),
        ("visited_at", Timestamp, false),
        ("page", Text, false),
        ("device", Text, false),
        ("seconds", Integer, false),
    ])]
}

pub(super) fn make(shop: &Shop, schemas: &[SchemaRef], range: Range<u64>) -> Result<Vec<RecordBatch>, ArrowError> {
    let rows = (range.end - range.start) as usize;
    let (mut id, mut customer, mut visited) = (texts(rows, 9), texts(rows, 8), timestamps(rows));
    let (mut page, mut device, mut seconds) = (texts(rows, 14), texts(rows, 7), numbers::<Int64Type>(rows));
    for index in range {
        let mut chance = Chance::of(shop.seed, Topic::Visit, index);
        let done = (index as f64 + chance.unit()) / shop.visits() as f64;
        let day = shop.as_of - VISIT_DAYS + ((time_share(done) * VISIT_DAYS as f64) as i64).min(VISIT_DAYS - 1);
        let visitor = chance.below(shop.registered_before(day).max(1));
        id.append_value(Id::new(b'v', index + 1, 8).as_str());
        customer.append_option((!chance.hits(ANONYMOUS)).then(|| customer_id(visitor)).as_ref().map(Id::as_str));
        visited.append_value(day * DAY_MICROS + second_of_day(&mut chance) * 1_000_000);
        let favourite = chance.hits(5_000).then(|| taste(shop, visitor));
        match chance.below(10) {
            0 => page.append_value("/"),
            1 => page.append_value("/search"),
            2 => page.append_value("/basket"),
            3 => page.append_value(chance.pick(&["/checkout", "/account", "/offers", "/help/returns"])),
            4 | 5 => {
                let department = favourite.unwrap_or_else(|| chance.below(DEPARTMENTS.len() as u64));
                page.append_value(format!("/department/{}", DEPARTMENTS[department as usize].name));
            }
            _ => {
                let product = shop.product_sold(favourite, day, &mut chance);
                page.append_value(format!("/product/{}", product_id(product).as_str()));
            }
        }
        device.append_value(chance.weighted(&[("phone", 61), ("desktop", 32), ("tablet", 7)]));
        let patience = chance.unit();
        seconds.append_value(2 + (600.0 * patience * patience * patience) as i64);
    }
    Ok(vec![batch(schemas[0].clone(), columns![id, customer, visited, page, device, seconds])?])
}
