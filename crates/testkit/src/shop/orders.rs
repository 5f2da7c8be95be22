//! Orders and their lines. Order numbers grow with the day of the order.

use std::ops::Range;

use arrow::array::RecordBatch;
use arrow::datatypes::{Int64Type, SchemaRef};
use arrow::error::ArrowError;

use super::builders::{
    DAY_MICROS, Id, Type, batch, columns, customer_id, money, numbers, product_id, schema, texts, timestamps,
};
use super::catalog::taste;
use super::chance::{Chance, Topic};
use super::{ORPHAN_LINES, ORPHAN_ORDERS, Shop, time_share};

/// Days over which orders were placed.
const ORDER_DAYS: i64 = 1_095;
const COUPONS: [&str; 5] = ["WELCOME10", "SPRING15", "FREESHIP", "BIRTHDAY20", "COMEBACK10"];

pub(super) fn schemas() -> Vec<SchemaRef> {
    use Type::{Integer, Money, Text, Timestamp};
    let orders = [
        ("order_id", Text, false),
        ("customer_id", Text, false),
        ("ordered_at", Timestamp, false),
        ("status", Text, false),
        ("channel", Text, false),
        ("total", Money, false),
        ("coupon_code", Text, true),
    ];
    let lines = [
        ("order_id", Text, false),
        ("line_no", Integer, false),
        ("product_id", Text, false),
        ("quantity", Integer, false),
        ("unit_price", Money, false),
    ];
    vec![schema(&orders), schema(&lines)]
}

pub(super) fn make(shop: &Shop, schemas: &[SchemaRef], range: Range<u64>) -> Result<Vec<RecordBatch>, ArrowError> {
    let rows = (range.end - range.start) as usize;
    let (mut id, mut customer, mut ordered) = (texts(rows, 10), texts(rows, 8), timestamps(rows));
    let (mut status, mut channel, mut coupon) = (texts(rows, 7), texts(rows, 4), texts(rows, 2));
    let mut total = money(rows);
    let line_rows = rows * 2 + rows / 16;
    let (mut line_order, mut product) = (texts(line_rows, 10), texts(line_rows, 6));
    let (mut line_no, mut quantity) = (numbers::<Int64Type>(line_rows), numbers::<Int64Type>(line_rows));
    let mut unit_price = money(line_rows);
    for index in range {
        let mut chance = Chance::of(shop.seed, Topic::Order, index);
        let day = order_day(shop, index, &mut chance);
        let buyer = shop.buyer(shop.registered_before(day), &mut chance);
        let order_id = Id::new(b'o', index + 1, 8);
        id.append_value(order_id.as_str());
        let orphan = chance.hits(ORPHAN_ORDERS);
        let stranger = shop.customers + chance.below(shop.customers / 10 + 1);
        customer.append_value(customer_id(if orphan { stranger } else { buyer }).as_str());
        ordered.append_value(day * DAY_MICROS + second_of_day(&mut chance) * 1_000_000);
        status.append_value(chance.weighted(&match shop.as_of - day {
            ..=3 => [("paid", 80), ("shipped", 16), ("cancelled", 4), ("returned", 0)],
            4..=10 => [("paid", 10), ("shipped", 84), ("cancelled", 4), ("returned", 2)],
            _ => [("paid", 1), ("shipped", 88), ("cancelled", 4), ("returned", 7)],
        }));
        channel.append_value(chance.weighted(&[("web", 62), ("store", 33), ("phone", 5)]));
        coupon.append_option(chance.hits(1_500).then(|| chance.pick(&COUPONS)));
        let favourite = taste(shop, buyer);
        let lines = chance.weighted(&[(1, 45), (2, 30), (3, 13), (4, 7), (5, 3), (6, 2)]);
        let mut sum = 0;
        for nr in 1..=lines {
            let likes = chance.hits(5_000).then_some(favourite);
            let sold = shop.product_sold(likes, day, &mut chance);
            let units = chance.weighted(&[(1, 80), (2, 14), (3, 4), (6, 2)]);
            let percent = chance.weighted(&[(100, 75), (90, 12), (80, 8), (50, 5)]);
            let cents = shop.list_price(sold) * percent / 100;
            let gone = chance.hits(ORPHAN_LINES);
            line_order.append_value(order_id.as_str());
            line_no.append_value(nr);
            product.append_value(product_id(if gone { shop.products() + sold } else { sold }).as_str());
            quantity.append_value(units);
            unit_price.append_value(i128::from(cents));
            sum += i128::from(cents) * i128::from(units);
        }
        total.append_value(sum);
    }
    Ok(vec![
        batch(schemas[0].clone(), columns![id, customer, ordered, status, channel, total, coupon])?,
        batch(schemas[1].clone(), columns![line_order, line_no, product, quantity, unit_price])?,
    ])
}

fn order_day(shop: &Shop, index: u64, chance: &mut Chance) -> i64 {
    let done = (index as f64 + chance.unit()) / shop.orders() as f64;
    let day = (time_share(done) * ORDER_DAYS as f64) as i64;
    shop.as_of - ORDER_DAYS + day.min(ORDER_DAYS - 1)
}

/// From 7 to 23 o'clock, most in the afternoon.
pub(super) fn second_of_day(chance: &mut Chance) -> i64 {
    7 * 3_600 + chance.below(8 * 3_600) as i64 + chance.below(8 * 3_600) as i64
}
