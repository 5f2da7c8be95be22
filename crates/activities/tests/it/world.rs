//! A small world: people in a table with a key of two columns, populations of them, and steps run on both.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};
use tutti_activities::{Input, Mark, PORT_COLUMN, Step, StepContext, registry};
use tutti_model::catalog::Catalog;
use tutti_model::date_math::Moment;
use tutti_model::document::Document;
use tutti_model::table::{Column, ColumnType};
use tutti_query::datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use tutti_query::datafusion::arrow::util::display::array_value_to_string;
use tutti_query::datafusion::catalog::TableProvider;
use tutti_query::datafusion::datasource::MemTable;
use tutti_query::datafusion::logical_expr::LogicalPlan;
use tutti_query::{Planner, Providers, Session, SessionOptions, functions, schema_of};

/// The seed that does not change from run to run.
pub const FIXED_SEED: u64 = 77;

pub type Key = (String, i64);
/// The added columns of a row, as text.
pub type Row = Vec<Option<String>>;
pub type Rows = BTreeMap<Key, Row>;

#[derive(Clone, Debug)]
pub struct Person {
    pub key: Key,
    pub email: Option<String>,
    pub points: Option<i64>,
}

/// Some of the people, with the added columns that `columns` names; all are texts.
#[derive(Clone, Debug)]
pub struct Population {
    pub from: String,
    pub port: String,
    pub columns: Vec<String>,
    pub rows: Rows,
}

impl Population {
    /// The value of a column of a row; the outer `None` says that the population has no such row or column.
    pub fn value(&self, key: &Key, column: &str) -> Option<Option<String>> {
        let position = self.columns.iter().position(|name| name == column)?;
        Some(self.rows.get(key)?[position].clone())
    }
}

/// People with few different values, so that NULLs, duplicates and ties are common.
pub fn people() -> impl Strategy<Value = Vec<Person>> {
    let email =
        prop::option::weighted(0.8, prop::sample::select(vec!["a@x.example", "A@X.example", "b@x.example", ""]));
    let person = (prop::sample::select(vec!["n", "s"]), 0i64..20, email, prop::option::weighted(0.8, -3i64..6));
    prop::collection::vec(person, 0..40).prop_map(|people| {
        let people: BTreeMap<Key, Person> = people
            .into_iter()
            .map(|(shop, id, email, points)| {
                let key = (shop.to_owned(), id);
                (key.clone(), Person { key, email: email.map(str::to_owned), points })
            })
            .collect();
        people.into_values().collect()
    })
}

/// All people as a population without added columns.
pub fn everybody(people: &[Person]) -> Population {
    let rows = people.iter().map(|person| (person.key.clone(), Vec::new())).collect();
    Population { from: "before".to_owned(), port: "out".to_owned(), columns: Vec::new(), rows }
}

pub fn catalog() -> Catalog {
    let documents = [
        json!({"kind": "table", "name": "people", "primary_key": ["shop", "id"], "columns": [
            {"name": "shop", "type": "string"}, {"name": "id", "type": "integer"},
            {"name": "email", "type": "string"}, {"name": "points", "type": "integer"}]}),
        json!({"kind": "dimension", "name": "people", "table": "people", "identity": "id", "addresses": {"email": "email"}}),
    ];
    let mut problems = Vec::new();
    let documents: Vec<Document> = documents.iter().filter_map(|body| Document::read(body, &mut problems)).collect();
    let catalog = Catalog::build(documents, &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    catalog
}

/// The random rank that a row has.
pub fn rank(seed: u64, key: &Key) -> u64 {
    functions::rank_of(seed, [Some(key.0.as_str()), Some(key.1.to_string().as_str())])
}

pub fn moment() -> Moment {
    Moment::utc("2026-03-15T12:00:00Z".parse::<Timestamp>().unwrap())
}

thread_local! {
    static PARTS: Cell<usize> = const { Cell::new(2) };
}

/// Does something with tables and populations in one part and one thread, then in eight: both have to be the same.
pub fn in_parts<T: PartialEq + Debug>(act: impl Fn() -> T) -> T {
    let [one, many] = [1, 8].map(|parts| {
        PARTS.set(parts);
        act()
    });
    PARTS.set(2);
    assert_eq!(one, many, "one partition and eight give different rows");
    one
}

/// Runs the step of a kind and answers the rows of every port.
pub fn run(
    kind: &str,
    settings: &Value,
    people: &[Person],
    inputs: &[Population],
    seed: u64,
) -> BTreeMap<String, Rows> {
    in_parts(|| run_in_parts(kind, settings, people, inputs, seed))
}

fn run_in_parts(
    kind: &str,
    settings: &Value,
    people: &[Person],
    inputs: &[Population],
    seed: u64,
) -> BTreeMap<String, Rows> {
    let catalog = catalog();
    let tables = Providers::from([("people".to_owned(), table(people))]);
    let planner = Planner::new(&catalog, &tables);
    let moment = moment();
    let inputs: Vec<Input> = inputs.iter().map(input).collect();
    let context = StepContext {
        planner: &planner,
        moment: &moment,
        inputs: &inputs,
        seed,
        fixed_seed: FIXED_SEED,
        mark: Mark::default(),
    };
    let settings = settings.as_object().unwrap();
    let step = registry::find(kind).unwrap().step(settings, &context).unwrap();
    let mut ports = BTreeMap::new();
    match step {
        Step::Populations(outputs) => {
            for output in outputs {
                let rows = collect(output.plan).into_iter().map(|values| row(values, &output.added));
                ports.insert(output.port, unique(rows));
            }
        }
        Step::Routed { plan, ports: names, added } => {
            assert_eq!(plan.schema().fields().iter().last().unwrap().name(), PORT_COLUMN);
            let mut routed: Vec<Vec<(Key, Row)>> = vec![Vec::new(); names.len()];
            for mut values in collect(plan) {
                let port: usize = values.pop().unwrap().unwrap().parse().unwrap();
                routed[port].push(row(values, &added));
            }
            ports.extend(names.into_iter().zip(routed.into_iter().map(unique)));
        }
        other => panic!("{kind} has the step {other:?}"),
    }
    ports
}

fn row(mut values: Vec<Option<String>>, added: &[Column]) -> (Key, Row) {
    assert_eq!(values.len(), added.len() + 2);
    let rest = values.split_off(2);
    ((values[0].clone().unwrap(), values[1].clone().unwrap().parse().unwrap()), rest)
}

fn unique(rows: impl IntoIterator<Item = (Key, Row)>) -> Rows {
    let mut unique = Rows::new();
    for (key, row) in rows {
        assert!(unique.insert(key.clone(), row).is_none(), "{key:?} is in one population twice");
    }
    unique
}

fn table(people: &[Person]) -> Arc<dyn TableProvider> {
    let catalog = catalog();
    let schema = schema_of(&catalog.table("people").unwrap().columns);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(people.iter().map(|person| &person.key.0))),
        Arc::new(Int64Array::from_iter_values(people.iter().map(|person| person.key.1))),
        Arc::new(StringArray::from_iter(people.iter().map(|person| person.email.as_deref()))),
        Arc::new(Int64Array::from_iter(people.iter().map(|person| person.points))),
    ];
    provider(RecordBatch::try_new(schema, columns).unwrap())
}

fn input(population: &Population) -> Input {
    let added: Vec<Column> = population.columns.iter().map(|name| Column::new(name, ColumnType::String)).collect();
    let mut all = vec![Column::new("shop", ColumnType::String), Column::new("id", ColumnType::Integer)];
    all.extend(added.iter().cloned());
    let keys = || population.rows.keys();
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(keys().map(|key| &key.0))),
        Arc::new(Int64Array::from_iter_values(keys().map(|key| key.1))),
    ];
    for position in 0..added.len() {
        columns.push(Arc::new(StringArray::from_iter(population.rows.values().map(|row| row[position].as_deref()))));
    }
    let rows = provider(RecordBatch::try_new(schema_of(&all), columns).unwrap());
    let (from, port) = (population.from.clone(), population.port.clone());
    Input { from, port, dimension: "people".to_owned(), rows, added }
}

/// Batches in several partitions, so that plans cannot rely on one stream.
pub fn provider(batch: RecordBatch) -> Arc<dyn TableProvider> {
    let (rows, parts) = (batch.num_rows(), PARTS.get());
    let start = |part: usize| rows * part / parts;
    let parts = (0..parts).map(|part| vec![batch.slice(start(part), start(part + 1) - start(part))]);
    Arc::new(MemTable::try_new(batch.schema(), parts.collect()).unwrap())
}

/// The rows of a plan, each value as text.
pub fn collect(plan: LogicalPlan) -> Vec<Vec<Option<String>>> {
    let spill = tempfile::tempdir().unwrap();
    let options =
        SessionOptions { memory_limit_bytes: 256 << 20, spill_dir: spill.path().to_owned(), threads: PARTS.get() };
    let session = Session::new(&options).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let batches = runtime.block_on(async {
        let stream = session.stream(plan).await.unwrap();
        tutti_query::datafusion::physical_plan::common::collect(stream).await.unwrap()
    });
    let mut rows = Vec::new();
    for batch in batches {
        for index in 0..batch.num_rows() {
            let text =
                |column: &ArrayRef| column.is_valid(index).then(|| array_value_to_string(column, index).unwrap());
            rows.push(batch.columns().iter().map(text).collect());
        }
    }
    rows
}
