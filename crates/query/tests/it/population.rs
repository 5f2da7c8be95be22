//! Questions about the rows of a population, in place of all rows of its table.

use std::sync::Arc;

use jiff::tz::TimeZone;
use serde_json::{Value as Json, json};
use tutti_model::bind::{Field, Member, Predicate, Scope, bind};
use tutti_model::rule::Rule;
use tutti_model::table::{Column, ColumnType};
use tutti_query::datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray};
use tutti_query::datafusion::datasource::MemTable;
use tutti_query::{
    Dialect, Planner, Values, View, count, count_parts, distribution, explain, population_source, preview, schema_of,
};

use crate::naive::{Row, Value};
use crate::world::{POPULATION, World, keys_provider, moment, session};

const ARRIVED: &str = "target.out";

/// A third of the customers.
fn some(world: &World) -> Vec<Row> {
    world.rows["customers"].iter().step_by(3).map(|row| vec![row[0].clone()]).collect()
}

#[tokio::test]
async fn only_rows_of_the_population_are_asked() {
    let mut world = World::random(6, 40, false);
    let members = some(&world);
    world.providers.insert(population_source(ARRIVED), keys_provider("id", &members));
    world.rows.insert(population_source(ARRIVED), members.clone());
    let arrived = Predicate::Member(Member { population: ARRIVED.to_owned(), keys: vec!["id".to_owned()] });
    let planner = Planner::new(&world.catalog, &world.providers).about(ARRIVED, &[]);
    let paid = json!({"field": "orders", "match": {"mode": "some"}, "value": {"field": "status", "operator": "=", "value": "paid"}});
    let sum = json!({"field": "orders", "aggregate": {"function": "sum", "field": "total"}, "operator": ">", "valueSource": "field", "value": "age"});
    let rules = [
        json!({}),
        json!({"field": "vip", "operator": "=", "value": true}),
        json!({"field": "city.title", "operator": "!=", "value": "anna"}),
        paid.clone(),
        json!({"combinator": "or", "rules": [sum, {"population": POPULATION}]}),
        json!({"combinator": "and", "not": true, "rules": [paid, {"population": POPULATION, "operator": "notIn"}]}),
    ];
    let (mut predicates, mut expected) = (Vec::new(), Vec::new());
    for rule in &rules {
        let predicate = world.bind("customers", rule);
        let both = Predicate::All(vec![predicate.clone(), arrived.clone()]);
        let matching = world.naive().count("customers", &both);
        assert_eq!(count(&session(), &planner, "customers", &predicate).await.unwrap(), matching, "{rule}");
        let explained =
            explain(&session(), &planner, "customers", "people", &predicate, Dialect::DuckDb).await.unwrap();
        let sql = explained.sql.text.unwrap();
        assert!(sql.contains("\"population target.out\""), "{rule}: {sql}");
        predicates.push(predicate);
        expected.push(matching);
    }
    assert_eq!(count_parts(&session(), &planner, "customers", &predicates).await.unwrap(), expected);
    assert_eq!(expected[0], members.len() as u64);
    assert!(expected[1..].iter().any(|matching| (1..expected[0]).contains(matching)), "{expected:?}");

    let of_members = |row: &&Row| members.iter().any(|member| member[0] == row[2]);
    let orders = world.rows["orders"].iter().filter(of_members).count() as u64;
    let resolved = world.catalog.resolve("customers", "orders.total", "").unwrap();
    let field = Field::new(Vec::new(), resolved.column.unwrap());
    let totals = Values { hops: resolved.hops, field, zone: TimeZone::UTC };
    let found = distribution(&session(), &planner, "customers", &predicates[0], &totals, 3).await.unwrap();
    assert_eq!(found.rows, orders);
}

#[tokio::test]
async fn columns_that_the_rows_carry_are_fields() {
    let mut world = World::random(6, 40, false);
    let keys: Vec<String> = some(&world)
        .into_iter()
        .filter_map(|row| match row.into_iter().next() {
            Some(Value::Text(key)) => Some(key),
            _ => None,
        })
        .collect();
    let codes: Vec<&str> = ["a", "b"].into_iter().cycle().take(keys.len()).collect();
    let code = Column::new("segment_code", ColumnType::String);
    let schema = schema_of(&[Column::new("id", ColumnType::String), code.clone()]);
    let columns: Vec<ArrayRef> = vec![Arc::new(StringArray::from(keys.clone())), Arc::new(StringArray::from(codes))];
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns).unwrap();
    let rows = Arc::new(MemTable::try_new(schema, vec![vec![batch]]).unwrap());
    world.providers.insert(population_source(ARRIVED), rows);

    let added = [code.clone()];
    let scope = Scope { table: "customers", added: &added };
    let rule = |rule: Json| {
        let mut problems = Vec::new();
        bind(&Rule(rule), scope, &world.catalog, &moment(), "", &mut problems).unwrap_or_else(|| panic!("{problems:?}"))
    };
    let planner = Planner::new(&world.catalog, &world.providers).about(ARRIVED, &added);
    let first = rule(json!({"field": "segment_code", "operator": "=", "value": "A"}));
    let matching = count(&session(), &planner, "customers", &first).await.unwrap();
    assert_eq!(matching, keys.len().div_ceil(2) as u64);

    let name = Field::new(Vec::new(), world.catalog.table("customers").unwrap().column("name").unwrap().clone());
    let fields = vec![Field::added(code.clone()).into(), name.into()];
    let view = View { fields, limit: 100, ..View::default() };
    let shown = preview(&session(), &planner, "customers", &first, &view).await.unwrap();
    let names: Vec<&str> = shown.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["id", "segment_code", "name"]);
    assert_eq!(shown.batches.iter().map(RecordBatch::num_rows).sum::<usize>() as u64, matching);

    let values = Values { hops: Vec::new(), field: Field::added(code), zone: TimeZone::UTC };
    let found = distribution(&session(), &planner, "customers", &rule(json!({})), &values, 5).await.unwrap();
    let counts: Vec<u64> = found.top.iter().map(|value| value.count).collect();
    assert_eq!((found.rows, counts), (keys.len() as u64, vec![matching, keys.len() as u64 - matching]));
}
