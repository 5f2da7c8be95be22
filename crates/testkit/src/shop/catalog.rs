//! Products: 12 departments take turns, so that a department's products are every twelfth.

use std::ops::Range;

use arrow::array::{BooleanBuilder, Date32Builder, RecordBatch};
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;

use super::Shop;
use super::builders::{Type, batch, columns, money, product_id, schema, texts};
use super::chance::{Chance, Topic};
use super::customers::day32;
use super::names::{DEPARTMENTS, Department, SERIES};

const DEPARTMENT_COUNT: u64 = DEPARTMENTS.len() as u64;

/// What there is to know of a product.
pub(super) struct Product {
    department: &'static Department,
    name: String,
    brand: &'static str,
    active: bool,
}

impl Shop {
    /// Grows with the customers, from 504 to 20,004.
    pub(super) fn products(&self) -> u64 {
        (500 + self.customers / 250).min(20_000).next_multiple_of(DEPARTMENT_COUNT)
    }

    /// A product that someone with a taste for `department` may buy on a day; the first of a department sell best.
    pub(super) fn product_sold(&self, department: Option<u64>, day: i64, chance: &mut Chance) -> u64 {
        let department = department.unwrap_or_else(|| chance.below(DEPARTMENT_COUNT));
        let of_department = (self.products() / DEPARTMENT_COUNT) as f64;
        for _ in 0..4 {
            let rank = chance.unit();
            let index = (rank * rank * of_department) as u64 * DEPARTMENT_COUNT + department;
            if self.launched_on(index) <= day {
                return index;
            }
        }
        department
    }

    /// Days since 1970. The best-selling tenth is older than the oldest order.
    fn launched_on(&self, index: u64) -> i64 {
        let age = match index < self.products() / 10 {
            true => 1_200 + Chance::of(self.seed, Topic::Product, index).below(1_700),
            false => 20 + Chance::of(self.seed, Topic::Product, index).below(2_900),
        };
        self.as_of - age as i64
    }

    /// The list price in cents.
    pub(super) fn list_price(&self, index: u64) -> u64 {
        let mut chance = Chance::of(self.seed, Topic::Product, index);
        chance.draw();
        let (low, high) = DEPARTMENTS[(index % DEPARTMENT_COUNT) as usize].cents;
        let share = chance.unit();
        let cents = low + ((high - low) as f64 * share * share * share) as u64;
        // 12.90 or 12.99, as prices are.
        cents / 100 * 100 + if chance.hits(5_000) { 90 } else { 99 }
    }

    fn product(&self, index: u64) -> Product {
        let mut chance = Chance::of(self.seed, Topic::Product, index);
        chance.draw();
        chance.draw();
        chance.draw();
        let department = &DEPARTMENTS[(index % DEPARTMENT_COUNT) as usize];
        let brand = chance.pick(department.brands);
        let name = format!(
            "{brand} {} {} {}",
            chance.pick(department.kinds),
            chance.pick(department.goods),
            chance.pick(&SERIES)
        );
        Product { department, name, brand, active: !chance.hits(600) }
    }
}

/// A customer's favourite department.
pub(super) fn taste(shop: &Shop, customer: u64) -> u64 {
    Chance::of(shop.seed, Topic::Taste, customer).below(DEPARTMENT_COUNT)
}

pub(super) fn schemas() -> Vec<SchemaRef> {
    use Type::{Boolean, Date, Money, Text};
    vec![schema(&[
        ("product_id", Text, false),
        ("name", Text, false),
        ("department", Text, false),
        ("brand", Text, false),
        ("price", Money, false),
        ("launched_on", Date, false),
        ("active", Boolean, false),
    ])]
}

pub(super) fn make(shop: &Shop, schemas: &[SchemaRef], range: Range<u64>) -> Result<Vec<RecordBatch>, ArrowError> {
    let rows = (range.end - range.start) as usize;
    let (mut id, mut name, mut department, mut brand) =
        (texts(rows, 6), texts(rows, 28), texts(rows, 8), texts(rows, 10));
    let (mut price, mut launched) = (money(rows), Date32Builder::with_capacity(rows));
    let mut active = BooleanBuilder::with_capacity(rows);
    for index in range {
        let product = shop.product(index);
        id.append_value(product_id(index).as_str());
        name.append_value(&product.name);
        department.append_value(product.department.name);
        brand.append_value(product.brand);
        price.append_value(i128::from(shop.list_price(index)));
        launched.append_value(day32(shop.launched_on(index)));
        active.append_value(product.active);
    }
    schemas
        .iter()
        .map(|schema| batch(schema.clone(), columns![id, name, department, brand, price, launched, active]))
        .collect()
}
