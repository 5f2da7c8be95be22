//! The sample shop is the same for the same seed, its tables fit together, and its dirt is at the stated rates.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::{Date32Type, Decimal128Type, Int64Type, TimestampMicrosecondType};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use jiff::civil::date;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tutti_testkit::shop::{
    CONSENT_UNKNOWN, MALFORMED_EMAIL, MISSING_EMAIL, OPTED_OUT, ORPHAN_LINES, ORPHAN_ORDERS, SHARED_EMAIL_PAIRS, Shop,
    ShopSummary, TABLES,
};
use xxhash_rust::xxh3::Xxh3Default;

const CUSTOMERS: u64 = 20_000;
const DAY_MICROS: i64 = 86_400_000_000;

fn write(customers: u64, seed: u64) -> (tempfile::TempDir, ShopSummary) {
    let dir = tempfile::tempdir().unwrap();
    let summary = Shop::new(customers, date(2026, 11, 1), seed).write_parquet(dir.path(), |_| {}).unwrap();
    (dir, summary)
}

fn read(dir: &Path, table: &str) -> RecordBatch {
    let file = File::open(dir.join(format!("{table}.parquet"))).unwrap();
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let schema = builder.schema().clone();
    let batches: Vec<RecordBatch> = builder.build().unwrap().map(Result::unwrap).collect();
    concat_batches(&schema, &batches).unwrap()
}

fn texts<'a>(table: &'a RecordBatch, column: &str) -> Vec<Option<&'a str>> {
    table.column_by_name(column).unwrap().as_string::<i32>().iter().collect()
}

fn cents(table: &RecordBatch, column: &str) -> Vec<i128> {
    table.column_by_name(column).unwrap().as_primitive::<Decimal128Type>().values().to_vec()
}

fn digest(dir: &Path) -> u64 {
    let mut hash = Xxh3Default::new();
    for table in TABLES {
        let rows = read(dir, table);
        hash.update(format!("{table} {} {}", rows.num_rows(), rows.schema()).as_bytes());
        for column in rows.columns() {
            let format = FormatOptions::default().with_null("NULL");
            let format = ArrayFormatter::try_new(column, &format).unwrap();
            for row in 0..column.len() {
                hash.update(format.value(row).to_string().as_bytes());
                hash.update(b"\n");
            }
        }
    }
    hash.digest()
}

fn assert_rate(what: &str, hits: usize, of: usize, ten_thousandths: u64) {
    let (expected, found) = (ten_thousandths as f64 / 10_000.0, hits as f64 / of as f64);
    // Five standard deviations.
    let leeway = 5.0 * (expected * (1.0 - expected) / of as f64).sqrt();
    assert!((found - expected).abs() <= leeway, "{what}: {found} instead of {expected} ± {leeway}");
}

#[test]
fn the_same_seed_gives_the_same_rows() {
    let (first, summary) = write(1_000, 42);
    assert_eq!(summary.tables.iter().map(|t| t.name).collect::<Vec<_>>(), TABLES);
    let digests = [digest(first.path()), digest(write(1_000, 42).0.path())];
    assert_eq!(digests[0], digests[1]);
    assert_ne!(digests[0], digest(write(1_000, 43).0.path()));
    assert_eq!(format!("{:016x}", digests[0]), "e114b9e65bc73c80", "the sample shop has changed");
    // Nothing but the tables is left in the folder.
    assert_eq!(std::fs::read_dir(first.path()).unwrap().count(), TABLES.len());
}

#[test]
fn the_smallest_shops_can_be_written() {
    for customers in [0, 1, 2, 33] {
        let (dir, summary) = write(customers, 1);
        assert_eq!(summary.tables[0].rows, customers);
        assert_eq!(summary.tables[4].rows, customers * 6);
        for (table, name) in summary.tables.iter().zip(TABLES) {
            let rows = if table.rows == 0 { 0 } else { read(dir.path(), name).num_rows() as u64 };
            assert_eq!(table.rows, rows, "{name}");
        }
    }
}

#[test]
fn tables_fit_together_and_dirt_is_as_stated() {
    let (dir, summary) = write(CUSTOMERS, 42);
    let tables: HashMap<&str, RecordBatch> = TABLES.iter().map(|name| (*name, read(dir.path(), name))).collect();
    for table in &summary.tables {
        assert_eq!(table.rows, tables[table.name].num_rows() as u64);
    }
    customers_are_as_stated(&tables["customers"]);
    orders_are_as_stated(&tables);
    others_refer_to_customers(&tables);
}

fn customers_are_as_stated(customers: &RecordBatch) {
    let n = CUSTOMERS as usize;
    let emails = texts(customers, "email");
    assert_rate("missing", emails.iter().filter(|e| e.is_none()).count(), n, MISSING_EMAIL * 96 / 100);
    let well_formed = |e: &&str| {
        e.split_once('@').is_some_and(|(l, d)| {
            !l.is_empty() && !l.contains(' ') && !d.contains('@') && !d.contains("..") && d.contains('.')
        })
    };
    let given: Vec<&str> = emails.iter().flatten().copied().collect();
    let right: Vec<&str> = given.iter().copied().filter(well_formed).collect();
    assert_rate("malformed", given.len() - right.len(), n, MALFORMED_EMAIL * 92 / 100);
    for address in &right {
        let domain = address.rsplit_once('@').unwrap().1.to_lowercase();
        assert!(domain == "example.com" || domain == "example.org" || domain.ends_with(".example"), "{address}");
        assert!(address.is_ascii());
    }
    let distinct: HashSet<String> = right.iter().map(|a| a.to_lowercase()).collect();
    assert_rate("shared", right.len() - distinct.len(), n / 2, SHARED_EMAIL_PAIRS);
    assert!(right.iter().collect::<HashSet<_>>().len() > distinct.len(), "some differ in case only");

    let consent = customers.column_by_name("email_opt_in").unwrap().as_boolean();
    assert_rate("no consent", consent.iter().filter(|c| *c == Some(false)).count(), n, OPTED_OUT);
    assert_rate("unknown consent", consent.null_count(), n, CONSENT_UNKNOWN);
    let birth = customers.column_by_name("birth_date").unwrap().as_primitive::<Date32Type>();
    assert!(birth.null_count() > 0);
    let names: String = texts(customers, "last_name").into_iter().flatten().collect();
    assert!(names.contains('\'') && names.contains('é') && names.contains('佐'));
    let (created, updated) = (timestamps(customers, "created_at"), timestamps(customers, "updated_at"));
    assert!(created.iter().zip(&updated).all(|(c, u)| c <= u));
}

fn timestamps(table: &RecordBatch, column: &str) -> Vec<i64> {
    table.column_by_name(column).unwrap().as_primitive::<TimestampMicrosecondType>().values().to_vec()
}

fn orders_are_as_stated(tables: &HashMap<&str, RecordBatch>) {
    let (orders, lines) = (&tables["orders"], &tables["order_lines"]);
    let ids = texts(orders, "order_id");
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());

    let mut sums: HashMap<&str, i128> = HashMap::new();
    let mut keys = HashSet::new();
    let quantities = lines.column_by_name("quantity").unwrap().as_primitive::<Int64Type>().values();
    let numbers = lines.column_by_name("line_no").unwrap().as_primitive::<Int64Type>().values();
    let lines_of = texts(lines, "order_id");
    for (row, price) in cents(lines, "unit_price").into_iter().enumerate() {
        let order = lines_of[row].unwrap();
        assert!(keys.insert((order, numbers[row])) && price > 0 && quantities[row] > 0);
        *sums.entry(order).or_default() += price * i128::from(quantities[row]);
    }
    for (id, total) in ids.iter().zip(cents(orders, "total")) {
        assert_eq!(sums[id.unwrap()], total, "{id:?}");
    }
    let average = lines.num_rows() as f64 / orders.num_rows() as f64;
    assert!((1.9..2.1).contains(&average), "{average}");

    let products: HashSet<Option<&str>> = texts(&tables["products"], "product_id").into_iter().collect();
    let gone = texts(lines, "product_id").iter().filter(|p| !products.contains(*p)).count();
    assert_rate("lines without product", gone, lines.num_rows(), ORPHAN_LINES);

    let customers = &tables["customers"];
    let since: HashMap<&str, i64> =
        texts(customers, "customer_id").into_iter().flatten().zip(timestamps(customers, "created_at")).collect();
    let last = (jiff::civil::Date::constant(1970, 1, 1).duration_until(date(2026, 11, 1)).as_hours() / 24) * DAY_MICROS;
    let (mut strangers, mut per_customer) = (0, HashMap::new());
    for (customer, at) in texts(orders, "customer_id").into_iter().flatten().zip(timestamps(orders, "ordered_at")) {
        assert!(at < last);
        match since.get(customer) {
            Some(since) => {
                assert!(at > *since, "{customer} ordered before registering");
                *per_customer.entry(customer).or_insert(0_u64) += 1;
            }
            None => strangers += 1,
        }
    }
    assert_rate("orders without customer", strangers, orders.num_rows(), ORPHAN_ORDERS);
    let without = CUSTOMERS as usize - per_customer.len();
    assert!((CUSTOMERS as usize / 8..CUSTOMERS as usize / 3).contains(&without), "{without} without orders");
    let mut counts: Vec<u64> = per_customer.into_values().collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let top: u64 = counts[..counts.len() / 10].iter().sum();
    assert!(top * 10 > counts.iter().sum::<u64>() * 3, "the best tenth places over 30 %");
}

fn others_refer_to_customers(tables: &HashMap<&str, RecordBatch>) {
    let customers: HashSet<Option<&str>> = texts(&tables["customers"], "customer_id").into_iter().collect();
    for table in ["addresses", "subscriptions", "visits"] {
        let referred = texts(&tables[table], "customer_id");
        assert!(referred.iter().filter(|c| c.is_some()).all(|c| customers.contains(c)), "{table}");
        let key = tables[table].schema().field(0).name().clone();
        let keys = texts(&tables[table], &key);
        assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len(), "{table}");
    }
    let anonymous = texts(&tables["visits"], "customer_id").iter().filter(|c| c.is_none()).count();
    assert_rate("anonymous visits", anonymous, tables["visits"].num_rows(), 3_000);
    assert_rate("subscribers", tables["subscriptions"].num_rows(), CUSTOMERS as usize, 2_000);
}
