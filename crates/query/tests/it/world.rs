//! Tables for the tests, with the dirt of real ones: NULLs, orphans, several rows where a link promises one, an empty
//! table, keys of several columns, mixed case and characters outside ASCII.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value as Json, json};
use tutti_model::bind::{Predicate, Scope, bind};
use tutti_model::catalog::Catalog;
use tutti_model::date_math::Moment;
use tutti_model::document::Document;
use tutti_model::rule::Rule;
use tutti_model::table::{ColumnType, Table};
use tutti_query::datafusion::arrow::array::*;
use tutti_query::datafusion::arrow::compute::cast;
use tutti_query::datafusion::arrow::datatypes::{DataType, Field, Schema};
use tutti_query::datafusion::catalog::TableProvider;
use tutti_query::datafusion::datasource::MemTable;
use tutti_query::{
    Planner, Providers, Session, SessionOptions, SqlExpressions, UTC, count, population_source, schema_of,
};

use crate::naive::{Naive, Row, Value};

pub const NOW: &str = "2026-03-15T10:20:30Z";
/// What an earlier activity of the run passed on.
pub const POPULATION: &str = "split.a";
pub const DAY: i64 = 86_400_000_000;

pub struct World {
    pub catalog: Catalog,
    pub providers: Providers,
    pub rows: HashMap<String, Vec<Row>>,
}

/// A small generator of numbers, so that data is a function of its seed (SplitMix64).
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }

    pub fn pick<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u64) as usize].clone()
    }
}

pub const NAMES: [&str; 14] = [
    "Anna",
    "ANNA",
    "anna ",
    "",
    "Straße",
    "STRASSE",
    "Οδυσσεύς",
    "ΟΔΥΣΣΕΎΣ",
    "\u{212A}elvin",
    "kelvin",
    "100%",
    "a_b\\c",
    "Zoë",
    "much longer than the twelve bytes of a view",
];
pub const STATUSES: [&str; 4] = ["new", "PAID", "paid", "Shipped"];

pub fn documents() -> Vec<Json> {
    vec![
        json!({"kind": "table", "name": "customers", "primary_key": ["id"],
            "columns": columns(&[("id", "string"), ("name", "string"), ("nick", "string"), ("age", "integer"), ("score", "number"), ("balance", "decimal(12,2)"),
                ("vip", "boolean"), ("born", "date"), ("seen", "timestamp"), ("city_code", "string"), ("friend", "string")]),
            "links": [
                {"name": "orders", "to": "orders", "on": {"id": "customer_id"}, "cardinality": "one-to-many", "reverse": "customer"},
                {"name": "city", "to": "cities", "on": {"city_code": "code"}, "cardinality": "many-to-one", "reverse": "people"},
                {"name": "best_friend", "to": "customers", "on": {"friend": "id"}, "cardinality": "many-to-one", "reverse": "admirers"},
                {"name": "visits", "to": "visits", "on": {"id": "customer_id"}, "cardinality": "one-to-many"}]}),
        json!({"kind": "table", "name": "orders", "primary_key": ["shop", "number"],
            "columns": columns(&[("shop", "string"), ("number", "integer"), ("customer_id", "string"), ("total", "decimal(10,2)"), ("status", "string"),
                ("at", "timestamp"), ("day", "date"), ("quantity", "integer"), ("weight", "number")]),
            "links": [{"name": "lines", "to": "lines", "on": {"shop": "shop", "number": "order_number"}, "cardinality": "one-to-many", "reverse": "order"}]}),
        // Product numbers are integers here and decimals there.
        json!({"kind": "table", "name": "lines", "primary_key": ["shop", "order_number", "line"],
            "columns": columns(&[("shop", "string"), ("order_number", "integer"), ("line", "integer"), ("product_no", "integer"), ("amount", "decimal(10,2)")]),
            "links": [{"name": "product", "to": "products", "on": {"product_no": "no"}, "cardinality": "many-to-one"}]}),
        json!({"kind": "table", "name": "products", "primary_key": ["no"],
            "columns": columns(&[("no", "decimal(10,0)"), ("title", "string"), ("price", "decimal(10,3)")])}),
        // Several cities may have one code: the link from customers promises one.
        json!({"kind": "table", "name": "cities", "primary_key": ["id"],
            "columns": columns(&[("id", "integer"), ("code", "string"), ("title", "string"), ("people_count", "integer")])}),
        json!({"kind": "table", "name": "visits", "primary_key": ["id"], "columns": columns(&[("id", "string"), ("customer_id", "string"), ("pages", "integer")])}),
        json!({"kind": "dimension", "name": "people", "table": "customers", "identity": "id"}),
        json!({"kind": "audience", "name": "vips", "dimension": "people"}),
        json!({"kind": "filter", "name": "spent", "dimension": "people", "parameters": {"least": {"type": "integer", "default": 20}, "status": {"type": "string", "default": "paid"}},
            "where": {"field": "orders", "aggregate": {"function": "sum", "field": "total"}, "operator": ">=", "value": "{{least}}",
                "where": {"field": "status", "operator": "=", "value": "{{status}}"}}}),
        json!({"kind": "filter", "name": "good", "dimension": "people", "parameters": {"least": {"type": "decimal(10,2)"}},
            "where": {"combinator": "or", "rules": [{"filter": "spent", "parameters": {"least": 30}}, {"audience": "vips"},
                {"field": "balance", "operator": ">=", "valueSource": "variable", "value": "least"}]}}),
    ]
}

fn columns(columns: &[(&str, &str)]) -> Json {
    columns.iter().map(|(name, column_type)| json!({"name": name, "type": column_type})).collect()
}

pub fn catalog(documents: &[Json]) -> Catalog {
    let mut problems = Vec::new();
    let documents: Vec<Document> = documents.iter().filter_map(|body| Document::read(body, &mut problems)).collect();
    let mut catalog = Catalog::build(documents, &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    catalog.expressions = Some(Arc::new(SqlExpressions));
    catalog
}

impl World {
    /// Random tables of `size` customers; text columns are string views where `views`.
    pub fn random(seed: u64, size: u64, views: bool) -> Self {
        let catalog = catalog(&documents());
        let rows = random_rows(&mut Chance(seed), size);
        Self::new(catalog, rows, views)
    }

    pub fn new(catalog: Catalog, mut rows: HashMap<String, Vec<Row>>, views: bool) -> Self {
        let tables = catalog.stored_tables().into_iter().filter_map(|name| catalog.table(name).cloned());
        let mut providers: Providers = tables
            .map(|table| (table.name.clone(), provider(&table, rows.entry(table.name.clone()).or_default(), views)))
            .collect();
        let population = population_source(POPULATION);
        if let Some(members) = rows.get(&population) {
            providers.insert(population, keys_provider("id", members));
        }
        Self { catalog, providers, rows }
    }

    pub fn bind(&self, table: &str, rule: &Json) -> Predicate {
        let mut problems = Vec::new();
        let bound = bind(&Rule(rule.clone()), Scope::table(table), &self.catalog, &moment(), "", &mut problems);
        bound.unwrap_or_else(|| panic!("{rule}: {problems:?}"))
    }

    pub async fn count(&self, table: &str, predicate: &Predicate) -> u64 {
        let planner = Planner::new(&self.catalog, &self.providers);
        match count(&session(), &planner, table, predicate).await {
            Ok(count) => count,
            Err(error) => panic!("{predicate:?}\n{error:?}"),
        }
    }

    pub fn naive(&self) -> Naive<'_> {
        Naive { catalog: &self.catalog, rows: &self.rows }
    }

    /// Counts by the engine, and by the naive evaluator, and the complement by both; they must agree.
    pub async fn check(&self, table: &str, rule: &Json) -> u64 {
        let predicate = self.bind(table, rule);
        let expected = self.naive().count(table, &predicate);
        assert_eq!(self.count(table, &predicate).await, expected, "{rule}");
        let complement = Predicate::Not(Box::new(predicate));
        let all = self.rows[table].len() as u64;
        assert_eq!(self.count(table, &complement).await, all - expected, "complement of {rule}");
        expected
    }
}

/// The moment at which rules are asked, with a population of an earlier activity.
pub fn moment() -> Moment {
    let mut moment = Moment::utc(NOW.parse::<Timestamp>().unwrap());
    moment.populations = [(POPULATION.to_owned(), "customers".to_owned())].into();
    moment
}

pub fn options(memory_limit_bytes: usize) -> SessionOptions {
    SessionOptions { memory_limit_bytes, spill_dir: std::env::temp_dir(), threads: 2 }
}

pub fn session() -> Session {
    Session::new(&options(1 << 30)).unwrap()
}

fn provider(table: &Table, rows: &[Row], views: bool) -> Arc<dyn TableProvider> {
    let schema = schema_of(&table.columns);
    let text = |data_type: &DataType| {
        if views && *data_type == DataType::Utf8 { DataType::Utf8View } else { data_type.clone() }
    };
    let fields: Vec<Field> =
        schema.fields().iter().map(|field| Field::new(field.name(), text(field.data_type()), true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let partitions: Vec<Vec<RecordBatch>> = (0..3)
        .map(|partition| {
            let part: Vec<&Row> = rows.iter().skip(partition).step_by(3).collect();
            let arrays = table.columns.iter().enumerate().map(|(at, column)| {
                let values: Vec<&Value> = part.iter().map(|row| &row[at]).collect();
                let array = array(column.column_type, &values);
                cast(&array, schema.field(at).data_type()).unwrap()
            });
            vec![RecordBatch::try_new(Arc::clone(&schema), arrays.collect()).unwrap()]
        })
        .collect();
    Arc::new(MemTable::try_new(schema, partitions).unwrap())
}

/// A population's rows: one text key of each.
pub fn keys_provider(key: &str, rows: &[Row]) -> Arc<dyn TableProvider> {
    let schema = Arc::new(Schema::new(vec![Field::new(key, DataType::Utf8, true)]));
    let keys: Vec<&Value> = rows.iter().map(|row| &row[0]).collect();
    let batch = RecordBatch::try_new(Arc::clone(&schema), vec![array(ColumnType::String, &keys)]).unwrap();
    Arc::new(MemTable::try_new(schema, vec![vec![batch]]).unwrap())
}

fn array(column_type: ColumnType, values: &[&Value]) -> ArrayRef {
    let exact = |value: &&Value| match value {
        Value::Exact(value, _) => Some(*value),
        _ => None,
    };
    let instant = |value: &&Value| match value {
        Value::Instant(value) => Some(*value),
        _ => None,
    };
    match column_type {
        ColumnType::String => Arc::new(StringArray::from_iter(values.iter().map(|value| match value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        }))),
        ColumnType::Integer => {
            Arc::new(Int64Array::from_iter(values.iter().map(|value| exact(value).map(|value| value as i64))))
        }
        ColumnType::Number => Arc::new(Float64Array::from_iter(values.iter().map(|value| match value {
            Value::Number(value) => Some(*value),
            _ => None,
        }))),
        ColumnType::Decimal { precision, scale } => {
            let array = Decimal128Array::from_iter(values.iter().map(exact));
            Arc::new(array.with_precision_and_scale(precision, scale as i8).unwrap())
        }
        ColumnType::Boolean => Arc::new(BooleanArray::from_iter(values.iter().map(|value| match value {
            Value::Boolean(value) => Some(*value),
            _ => None,
        }))),
        ColumnType::Date => {
            Arc::new(Date32Array::from_iter(values.iter().map(|value| instant(value).map(|at| (at / DAY) as i32))))
        }
        ColumnType::Timestamp => {
            Arc::new(TimestampMicrosecondArray::from_iter(values.iter().map(instant)).with_timezone(UTC))
        }
    }
}

fn random_rows(chance: &mut Chance, size: u64) -> HashMap<String, Vec<Row>> {
    let customer = |chance: &mut Chance| Value::Text(format!("c{}", chance.below(size + 2)));
    let mut customers = Vec::new();
    for number in 0..size {
        customers.push(vec![
            Value::Text(format!("c{number}")),
            maybe(chance, |chance| Value::Text(chance.pick(&NAMES).to_owned())),
            maybe(chance, |chance| Value::Text(chance.pick(&NAMES).to_owned())),
            maybe(chance, |chance| Value::Exact(i128::from(chance.below(5)) * 20, 0)),
            maybe(chance, |chance| Value::Number(chance.pick(&[-1.5, -0.0, 0.0, 20.0, 40.25]))),
            maybe(chance, |chance| Value::Exact(i128::from(chance.below(5)) * 1000 - 1000, 2)),
            maybe(chance, |chance| Value::Boolean(chance.below(2) == 0)),
            maybe(chance, |chance| Value::Instant((20_500 + chance.below(5) as i64) * DAY)),
            maybe(chance, |chance| {
                Value::Instant((20_500 + chance.below(5) as i64) * DAY + chance.below(2) as i64 * 3_600_000_000)
            }),
            maybe(chance, |chance| Value::Text(chance.pick(&["a", "b", "B", "z"]).to_owned())),
            maybe(chance, customer),
        ]);
    }
    let orders: Vec<Row> = (0..size * 3)
        .map(|number| {
            vec![
                Value::Text(chance.pick(&["north", "south"]).to_owned()),
                Value::Exact(i128::from(number), 0),
                maybe(chance, customer),
                maybe(chance, |chance| Value::Exact(chance.pick(&[0, 10, 1000, 1999, -500]), 2)),
                maybe(chance, |chance| Value::Text(chance.pick(&STATUSES).to_owned())),
                maybe(chance, |chance| Value::Instant((20_500 + chance.below(5) as i64) * DAY)),
                maybe(chance, |chance| Value::Instant((20_500 + chance.below(5) as i64) * DAY)),
                maybe(chance, |chance| Value::Exact(i128::from(chance.below(4)), 0)),
                maybe(chance, |chance| Value::Number(chance.pick(&[0.25, 0.5, 2.0]))),
            ]
        })
        .collect();
    let mut lines = Vec::new();
    for order in &orders {
        for line in 0..chance.below(3) {
            let orphan = chance.below(10) == 0;
            lines.push(vec![
                if orphan { Value::Text("east".to_owned()) } else { order[0].clone() },
                order[1].clone(),
                Value::Exact(i128::from(line), 0),
                maybe(chance, |chance| Value::Exact(i128::from(chance.below(5)), 0)),
                maybe(chance, |chance| Value::Exact(i128::from(chance.below(4)) * 250, 2)),
            ]);
        }
    }
    let products = (0..4)
        .map(|no| {
            let title = maybe(chance, |chance| Value::Text(chance.pick(&NAMES).to_owned()));
            vec![
                Value::Exact(no, 0),
                title,
                maybe(chance, |chance| Value::Exact(i128::from(chance.below(3)) * 1250, 3)),
            ]
        })
        .collect();
    let cities = (0..6)
        .map(|id| {
            vec![
                Value::Exact((id * 7) % 6, 0),
                maybe(chance, |chance| Value::Text(chance.pick(&["a", "b"]).to_owned())),
                maybe(chance, |chance| Value::Text(chance.pick(&NAMES).to_owned())),
                maybe(chance, |chance| Value::Exact(i128::from(chance.below(3)) * 20, 0)),
            ]
        })
        .collect();
    // Members that are gone, and keys that stand twice, are among them.
    let mut some = |part: u64| -> Vec<Row> { (0..size / part).map(|_| vec![customer(chance)]).collect() };
    let (vips, population) = (some(2), some(3));
    HashMap::from([
        ("audience.vips".to_owned(), vips),
        (population_source(POPULATION), population),
        ("customers".to_owned(), customers),
        ("orders".to_owned(), orders),
        ("lines".to_owned(), lines),
        ("products".to_owned(), products),
        ("cities".to_owned(), cities),
        ("visits".to_owned(), Vec::new()),
    ])
}

/// NULL for a sixth of the rows.
fn maybe(chance: &mut Chance, value: impl FnOnce(&mut Chance) -> Value) -> Value {
    if chance.below(6) == 0 { Value::Null } else { value(chance) }
}
