//! Reading audiences: the members that are still there, their attributes, and who they are in another dimension.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};
use tutti_activities::{Effect, Input, Step, StepContext, registry};
use tutti_model::catalog::Catalog;
use tutti_model::document::Document;
use tutti_model::rule::Rule;
use tutti_query::datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use tutti_query::datafusion::catalog::TableProvider;
use tutti_query::{Planner, Providers, schema_of};

use crate::world::{collect, in_parts, moment, provider};

type Rows = Vec<Vec<Option<String>>>;

fn catalog() -> Catalog {
    let documents = [
        json!({"kind": "table", "name": "people", "primary_key": ["id"], "columns": [
            {"name": "id", "type": "integer"}, {"name": "email", "type": "string"}]}),
        json!({"kind": "table", "name": "guests", "primary_key": ["room", "bed"], "columns": [
            {"name": "room", "type": "string"}, {"name": "bed", "type": "integer"}, {"name": "mail", "type": "string"}]}),
        json!({"kind": "dimension", "name": "people", "table": "people", "identity": "id"}),
        json!({"kind": "dimension", "name": "guests", "table": "guests", "identity": "mail"}),
        json!({"kind": "audience", "name": "vip", "dimension": "people", "columns": [{"name": "city", "type": "string"}]}),
    ];
    let mut problems = Vec::new();
    let documents: Vec<Document> = documents.iter().filter_map(|body| Document::read(body, &mut problems)).collect();
    let catalog = Catalog::build(documents, &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    catalog
}

fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn numbers(values: &[i64]) -> ArrayRef {
    Arc::new(Int64Array::from(values.to_vec()))
}

fn table(catalog: &Catalog, name: &str, columns: Vec<ArrayRef>) -> (String, Arc<dyn TableProvider>) {
    let schema = schema_of(&catalog.table(name).unwrap().columns);
    (name.to_owned(), provider(RecordBatch::try_new(schema, columns).unwrap()))
}

/// Member 9 is in no table any more; 3 has no address; 1 and 4 share theirs, but for its case.
fn tables(catalog: &Catalog) -> Providers {
    let emails = [Some("a@x.example"), Some("b@x.example"), None, Some("A@X.example"), Some("e@x.example")];
    let mails = [Some("A@x.example"), Some("b@x.example"), Some("b@x.example"), None, Some("nobody@x.example")];
    let rooms = [Some("r1"), Some("r1"), Some("r2"), Some("r2"), Some("r3")];
    Providers::from([
        table(catalog, "people", vec![numbers(&[1, 2, 3, 4, 5]), texts(&emails)]),
        table(catalog, "guests", vec![texts(&rooms), numbers(&[1, 2, 1, 2, 1]), texts(&mails)]),
        table(
            catalog,
            "audience.vip",
            vec![numbers(&[1, 2, 3, 4, 9]), texts(&[Some("Lyon"), None, Some("Nice"), Some("Paris"), Some("Brest")])],
        ),
    ])
}

fn sorted(mut rows: Rows) -> Vec<String> {
    rows.sort();
    let shown = |row: Vec<Option<String>>| row.into_iter().map(|value| value.unwrap_or("-".to_owned()));
    rows.into_iter().map(|row| shown(row).collect::<Vec<_>>().join("|")).collect()
}

fn read(settings: Value) -> Vec<String> {
    in_parts(|| read_from(&settings, tables))
}

fn read_from(settings: &Value, tables: impl Fn(&Catalog) -> Providers) -> Vec<String> {
    let catalog = catalog();
    let tables = tables(&catalog);
    let planner = Planner::new(&catalog, &tables);
    let moment = moment();
    let context = StepContext {
        planner: &planner,
        moment: &moment,
        inputs: &[],
        seed: 1,
        fixed_seed: 1,
        mark: tutti_activities::Mark::default(),
    };
    match registry::find("read-audience").unwrap().step(settings.as_object().unwrap(), &context).unwrap() {
        Step::Populations(mut outputs) => sorted(collect(outputs.remove(0).plan)),
        other => panic!("{other:?}"),
    }
}

pub const LAWS: &[fn()] = &[members_are_rows_that_are_there];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Members whose row is there, with the columns of then and the fields of now; in another dimension each row once,
    /// by the member of the lowest key.
    #[test]
    fn members_are_rows_that_are_there(
        people in prop::collection::btree_map(0i64..8, prop::option::of(0usize..3), 0..8),
        members in prop::collection::btree_map(0i64..10, prop::option::of(0usize..3), 0..10),
        guests in prop::collection::btree_map(0i64..5, prop::option::of(0usize..3), 0..5),
    ) {
        let mail = |mail: &Option<usize>| mail.map(|index| ["a@x.example", "A@X.example", "b@x.example"][index]);
        let city = |city: &Option<usize>| city.map(|index| ["Lyon", "Nice", "Paris"][index]);
        let tables = |catalog: &Catalog| {
            let keys = |keys: Vec<&i64>| numbers(&keys.into_iter().copied().collect::<Vec<_>>());
            let rooms: Vec<Option<&str>> = guests.keys().map(|_| Some("r")).collect();
            Providers::from([
                table(catalog, "people", vec![keys(people.keys().collect()), texts(&people.values().map(mail).collect::<Vec<_>>())]),
                table(catalog, "guests", vec![texts(&rooms), keys(guests.keys().collect()), texts(&guests.values().map(mail).collect::<Vec<_>>())]),
                table(catalog, "audience.vip", vec![keys(members.keys().collect()), texts(&members.values().map(city).collect::<Vec<_>>())]),
            ])
        };
        let there = || members.iter().filter_map(|(id, of)| Some((id, city(of), mail(people.get(id)?))));
        let said = |value: Option<&str>| value.unwrap_or("-").to_owned();
        let settings = json!({"audience": "vip", "attributes": ["city", "email"]});
        let mut expected: Vec<String> =
            there().map(|(id, city, mail)| format!("{id}|{}|{}", said(city), said(mail))).collect();
        expected.sort();
        prop_assert_eq!(in_parts(|| read_from(&settings, tables)), expected);

        let settings = json!({"audience": "vip", "dimension": "guests", "reconcile": {"email": "mail"}, "attributes": ["city"]});
        let found = guests.iter().filter_map(|(bed, of)| {
            let wanted = mail(of)?.to_lowercase();
            let (_, city, _) = there().find(|(.., mail)| mail.is_some_and(|mail| mail.to_lowercase() == wanted))?;
            Some(format!("r|{bed}|{}", said(city)))
        });
        let mut expected: Vec<String> = found.collect();
        expected.sort();
        prop_assert_eq!(in_parts(|| read_from(&settings, tables)), expected);
    }
}

#[test]
fn members_that_are_gone_are_left_out() {
    assert_eq!(read(json!({"audience": "vip"})), ["1|Lyon", "2|-", "3|Nice", "4|Paris"]);
    assert_eq!(
        read(json!({"audience": "vip", "attributes": ["email", {"name": "then", "field": "city"}]})),
        ["1|a@x.example|Lyon", "2|b@x.example|-", "3|-|Nice", "4|A@X.example|Paris"]
    );
    assert_eq!(read(json!({"audience": "vip", "attributes": []})), ["1", "2", "3", "4"]);
}

#[test]
fn members_are_found_in_another_dimension_once_each() {
    // The guest in r1/1 fits 1 and 4: the lowest key gives its city. Both guests with b@ are member 2.
    assert_eq!(
        read(
            json!({"audience": "vip", "dimension": "guests", "reconcile": {"email": "mail"}, "attributes": ["city", "mail"]})
        ),
        ["r1|1|Lyon|A@x.example", "r1|2|-|b@x.example", "r2|1|-|b@x.example"]
    );
    assert!(
        read(json!({"audience": "vip", "dimension": "guests", "reconcile": {"email": "mail", "city": "room"}}))
            .is_empty()
    );
}

/// Who is in an audience and who is not are together everybody, inside any rule.
#[test]
fn rules_over_audiences_divide_the_rows() {
    let catalog = catalog();
    let tables = tables(&catalog);
    let planner = Planner::new(&catalog, &tables);
    let keys = |rule: Value| -> BTreeSet<String> {
        let settings = json!({"dimension": "people", "where": rule});
        let moment = moment();
        let context = StepContext {
            planner: &planner,
            moment: &moment,
            inputs: &[],
            seed: 1,
            fixed_seed: 1,
            mark: tutti_activities::Mark::default(),
        };
        assert!(Rule(settings["where"].clone()) != Rule::everything());
        match registry::find("build-audience").unwrap().step(settings.as_object().unwrap(), &context).unwrap() {
            Step::Populations(mut outputs) => sorted(collect(outputs.remove(0).plan)).into_iter().collect(),
            other => panic!("{other:?}"),
        }
    };
    let set = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<BTreeSet<String>>();
    assert_eq!(keys(json!({"audience": "vip", "operator": "in"})), set(&["1", "2", "3", "4"]));
    assert_eq!(keys(json!({"audience": "vip", "operator": "notIn"})), set(&["5"]));
    assert_eq!(
        keys(
            json!({"combinator": "or", "rules": [{"audience": "vip", "operator": "notIn"}, {"field": "email", "operator": "null"}]})
        ),
        set(&["3", "5"])
    );
    assert_eq!(
        keys(
            json!({"combinator": "and", "not": true, "rules": [{"audience": "vip"}, {"field": "email", "operator": "beginsWith", "value": "a"}]})
        ),
        set(&["2", "3", "5"])
    );
}

#[test]
fn what_is_saved_has_keys_and_columns() {
    let catalog = catalog();
    let tables = tables(&catalog);
    let planner = Planner::new(&catalog, &tables);
    let moment = moment();
    let rows = provider(
        RecordBatch::try_new(schema_of(&[catalog.table("people").unwrap().columns[0].clone()]), vec![numbers(&[5, 2])])
            .unwrap(),
    );
    let input =
        Input { from: "a".to_owned(), port: "out".to_owned(), dimension: "people".to_owned(), rows, added: Vec::new() };
    let inputs = [input];
    let context = StepContext {
        planner: &planner,
        moment: &moment,
        inputs: &inputs,
        seed: 1,
        fixed_seed: 1,
        mark: tutti_activities::Mark::default(),
    };
    let settings = json!({"audience": "vip", "mode": "append", "columns": [{"name": "mail", "field": "email"}]});
    let Step::Effect(effect) =
        registry::find("save-audience").unwrap().step(settings.as_object().unwrap(), &context).unwrap()
    else {
        panic!("not an effect")
    };
    let Effect::SaveAudience(save) = *effect else { panic!("another effect") };
    assert_eq!((save.audience.as_str(), save.dimension.as_str(), save.columns.len()), ("vip", "people", 1));
    assert_eq!(sorted(collect(save.rows)), ["2|b@x.example", "5|e@x.example"]);
}
