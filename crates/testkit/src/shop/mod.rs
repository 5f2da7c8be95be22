//! A sample shop of any size, the same for the same seed, with the dirt that real shops have.
//!
//! Every row is a pure function of (customers, seed, `as_of`, row number), so tables are made in chunks on all cores in
//! bounded memory. Nothing happens after `as_of`: orders and visits reach up to the day before.
//!
//! | table | rows | |
//! | --- | --- | --- |
//! | `customers` | N | registered over five years, ever more of them |
//! | `addresses` | about 1.25 N | one home each, some work |
//! | `subscriptions` | about 0.2 N | at most one each |
//! | `products` | 504 to 20,004 | 12 departments |
//! | `orders` | 6 N | three years; an eighth of the customers place 45 %, a sixth buy only at first, a sixth never |
//! | `order_lines` | about 12 N | 1 to 6 per order; their sum is the order's total, to the cent |
//! | `visits` | 3 N | 18 months, 30 % anonymous |
//!
//! | dirt | rate |
//! | --- | --- |
//! | customers without e-mail address | [`MISSING_EMAIL`] |
//! | customers with a malformed one | [`MALFORMED_EMAIL`] |
//! | customers with the address of another, half of them in other case | half of [`SHARED_EMAIL_PAIRS`] |
//! | customers who opted out of e-mail / never said | [`OPTED_OUT`] / [`CONSENT_UNKNOWN`] |
//! | customers without birth date / telephone / city | [`MISSING_BIRTH_DATE`] / [`MISSING_PHONE`] / [`MISSING_CITY`] |
//! | orders of customers that do not exist | [`ORPHAN_ORDERS`] |
//! | lines with products that do not exist | [`ORPHAN_LINES`] |
//!
//! Addresses are under example.com, example.org and `.example` only: no mail can reach anyone.

mod builders;
mod catalog;
mod chance;
mod customers;
mod names;
mod orders;
mod people;
mod visits;
mod write;

use jiff::civil::Date;

pub use write::{Error, Progress, ShopSummary, TableSummary};

/// Rates of the dirt, in ten-thousandths of the rows.
pub const MISSING_EMAIL: u64 = 400;
pub const MALFORMED_EMAIL: u64 = 50;
/// Of all pairs of neighbouring customers; one of the two has the address of the other.
pub const SHARED_EMAIL_PAIRS: u64 = 400;
pub const OPTED_OUT: u64 = 800;
pub const CONSENT_UNKNOWN: u64 = 200;
pub const MISSING_BIRTH_DATE: u64 = 1_200;
pub const MISSING_PHONE: u64 = 500;
pub const MISSING_CITY: u64 = 300;
pub const ORPHAN_ORDERS: u64 = 30;
pub const ORPHAN_LINES: u64 = 50;

const ORDERS_PER_CUSTOMER: u64 = 6;
const VISITS_PER_CUSTOMER: u64 = 3;

/// The names of all tables, in the order they are written.
pub const TABLES: [&str; 7] =
    ["customers", "addresses", "subscriptions", "products", "orders", "order_lines", "visits"];

/// A shop of a given size, day and seed.
#[derive(Debug, Clone, Copy)]
pub struct Shop {
    customers: u64,
    /// Days since 1970-01-01.
    as_of: i64,
    seed: u64,
}

impl Shop {
    /// A shop with that many customers as it is at the beginning of the day `as_of`.
    pub fn new(customers: u64, as_of: Date, seed: u64) -> Self {
        let days = Date::constant(1970, 1, 1).duration_until(as_of).as_hours() / 24;
        Self { customers, as_of: days, seed }
    }

    fn orders(&self) -> u64 {
        self.customers.saturating_mul(ORDERS_PER_CUSTOMER)
    }

    fn visits(&self) -> u64 {
        self.customers.saturating_mul(VISITS_PER_CUSTOMER)
    }
}

/// Share of the time that has passed when a share `done` of what grows linearly in pace has happened: the inverse of
/// (t² + 2t) / 3, so that the end sees twice the pace of the beginning.
fn time_share(done: f64) -> f64 {
    (1.0 + 3.0 * done).sqrt() - 1.0
}

/// The inverse of [`time_share`].
fn done_share(time: f64) -> f64 {
    (time * time + 2.0 * time) / 3.0
}
