//! A world of two linked tables, people and their visits, and populations of either or of a file. Rows are texts.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};
use tutti_activities::{Effect, Finding, Input, Mark, MarkMove, PORT_COLUMN, Step, StepContext, registry};
use tutti_model::builtin::FILE_DIMENSION;
use tutti_model::catalog::Catalog;
use tutti_model::document::Document;
use tutti_model::table::{Column, ColumnType};
use tutti_query::datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray};
use tutti_query::datafusion::arrow::compute::cast;
use tutti_query::datafusion::catalog::TableProvider;
use tutti_query::datafusion::logical_expr::LogicalPlan;
use tutti_query::{Planner, Providers, SqlExpressions, arrow_type, schema_of};

use crate::world::{FIXED_SEED, collect, in_parts, moment, provider};

/// The values of a row, as text.
pub type Line = Vec<Option<String>>;

#[derive(Clone, Debug)]
pub struct Person {
    pub id: i64,
    pub email: Option<String>,
    pub points: Option<i64>,
}

/// A visit of somebody, who may be nobody. `day` counts from 1970.
#[derive(Clone, Debug)]
pub struct Visit {
    pub id: i64,
    pub person: Option<i64>,
    pub cents: Option<i64>,
    pub day: Option<i64>,
}

#[derive(Clone, Debug, Default)]
pub struct World {
    pub people: Vec<Person>,
    pub visits: Vec<Visit>,
}

/// A population: its dimension, the added columns, and rows of the key and their values.
#[derive(Clone, Debug)]
pub struct Set {
    pub from: String,
    pub dimension: String,
    pub columns: Vec<(String, ColumnType)>,
    pub rows: Vec<Line>,
}

pub fn set(from: &str, dimension: &str, columns: &[(&str, ColumnType)], rows: Vec<Line>) -> Set {
    Set {
        from: from.to_owned(),
        dimension: dimension.to_owned(),
        columns: columns.iter().map(|(name, column_type)| ((*name).to_owned(), *column_type)).collect(),
        rows,
    }
}

/// Lines of a file; the first value of a row is its line.
pub fn file(from: &str, columns: &[&str], rows: Vec<Line>) -> Set {
    let columns: Vec<(&str, ColumnType)> = columns.iter().map(|name| (*name, ColumnType::String)).collect();
    set(from, FILE_DIMENSION, &columns, rows)
}

pub fn text(value: impl ToString) -> Option<String> {
    Some(value.to_string())
}

/// `1230` cents as `12.30`.
pub fn money(cents: i64) -> String {
    format!("{}{}.{:02}", if cents < 0 { "-" } else { "" }, cents.abs() / 100, cents.abs() % 100)
}

pub fn day(day: i64) -> String {
    jiff::Timestamp::from_second(day * 86_400).unwrap().to_string()
}

/// A few people, and visits with few different values, so that ties, NULLs and strangers are common.
pub fn worlds() -> impl Strategy<Value = World> {
    let emails = prop::sample::select(vec!["a@x.example", "A@X.example", "b@x.example", "c@x.example"]);
    let person = (prop::option::weighted(0.8, emails), prop::option::weighted(0.8, 0i64..4));
    let visit = (
        prop::option::weighted(0.9, 0i64..9),
        prop::option::weighted(0.8, -200i64..900),
        prop::option::weighted(0.8, 0i64..5),
    );
    (prop::collection::vec(person, 0..8), prop::collection::vec(visit, 0..30)).prop_map(|(people, visits)| World {
        people: (0..)
            .zip(people)
            .map(|(id, (email, points))| Person { id, email: email.map(str::to_owned), points })
            .collect(),
        visits: (100..).zip(visits).map(|(id, (person, cents, day))| Visit { id, person, cents, day }).collect(),
    })
}

pub fn catalog() -> Catalog {
    let documents = [
        json!({"kind": "table", "name": "people", "primary_key": ["id"], "columns": [
            {"name": "id", "type": "integer"}, {"name": "email", "type": "string"}, {"name": "points", "type": "integer"}],
            "links": [{"name": "visits", "to": "visits", "on": {"id": "person_id"}, "cardinality": "one-to-many",
                "reverse": "person"}]}),
        json!({"kind": "table", "name": "visits", "primary_key": ["visit"], "columns": [
            {"name": "visit", "type": "integer"}, {"name": "person_id", "type": "integer"},
            {"name": "amount", "type": "decimal(8,2)"}, {"name": "day", "type": "timestamp"}]}),
        json!({"kind": "dimension", "name": "people", "table": "people", "identity": "id"}),
        json!({"kind": "dimension", "name": "visits", "table": "visits", "identity": "person_id"}),
    ];
    let mut problems = Vec::new();
    let documents: Vec<Document> = documents.iter().filter_map(|body| Document::read(body, &mut problems)).collect();
    let mut catalog = Catalog::build(documents, &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    catalog.expressions = Some(Arc::new(SqlExpressions));
    catalog
}

impl World {
    /// All people, without added columns.
    pub fn everybody(&self) -> Set {
        set("before", "people", &[], self.people.iter().map(|person| vec![text(person.id)]).collect())
    }

    /// The visits of a person for which `keep` holds, by `order` and then by key.
    pub fn visits_of<K: Ord>(
        &self,
        person: i64,
        keep: impl Fn(&Visit) -> bool,
        order: impl Fn(&Visit) -> K,
    ) -> Vec<&Visit> {
        let mut visits: Vec<&Visit> =
            self.visits.iter().filter(|visit| visit.person == Some(person) && keep(visit)).collect();
        visits.sort_by_key(|visit| (order(visit), visit.id));
        visits
    }

    fn tables(&self, catalog: &Catalog) -> Providers {
        let people =
            self.people.iter().map(|person| vec![text(person.id), person.email.clone(), person.points.and_then(text)]);
        let visits = self
            .visits
            .iter()
            .map(|visit| vec![text(visit.id), visit.person.and_then(text), visit.cents.map(money), visit.day.map(day)]);
        let table = |name: &str, rows: Vec<Line>| {
            let columns = &catalog.table(name).unwrap().columns;
            (name.to_owned(), rows_of(columns, &rows))
        };
        Providers::from([table("people", people.collect()), table("visits", visits.collect())])
    }

    /// Does something with the context of a step.
    pub fn within<T>(&self, sets: &[Set], mark: Mark, seed: u64, act: impl FnOnce(&StepContext<'_>) -> T) -> T {
        let catalog = catalog();
        let tables = self.tables(&catalog);
        let planner = Planner::new(&catalog, &tables);
        let moment = moment();
        let inputs: Vec<Input> = sets.iter().map(|set| set.input(&catalog)).collect();
        act(&StepContext { planner: &planner, moment: &moment, inputs: &inputs, seed, fixed_seed: FIXED_SEED, mark })
    }

    /// The rows of every port, sorted.
    pub fn run(&self, kind: &str, settings: &Value, sets: &[Set]) -> BTreeMap<String, Vec<Line>> {
        self.run_with(kind, settings, sets, Mark::default(), 1)
    }

    pub fn run_with(
        &self,
        kind: &str,
        settings: &Value,
        sets: &[Set],
        mark: Mark,
        seed: u64,
    ) -> BTreeMap<String, Vec<Line>> {
        in_parts(|| self.run_in_parts(kind, settings, sets, mark.clone(), seed))
    }

    fn run_in_parts(
        &self,
        kind: &str,
        settings: &Value,
        sets: &[Set],
        mark: Mark,
        seed: u64,
    ) -> BTreeMap<String, Vec<Line>> {
        let kind = registry::find(kind).unwrap();
        let step = self.within(sets, mark, seed, |context| kind.step(settings.as_object().unwrap(), context).unwrap());
        let mut ports = BTreeMap::new();
        match step {
            Step::Populations(outputs) => {
                for output in outputs {
                    check_columns(&output.plan, &output.added, 0);
                    ports.insert(output.port, collect(output.plan));
                }
            }
            Step::Routed { plan, ports: names, added } => {
                check_columns(&plan, &added, 1);
                ports.extend(names.iter().map(|name| (name.clone(), Vec::new())));
                for mut row in collect(plan) {
                    let port: usize = row.pop().unwrap().unwrap().parse().unwrap();
                    ports.get_mut(&names[port]).unwrap().push(row);
                }
            }
            other => panic!("the step is {other:?}"),
        }
        ports.values_mut().for_each(|rows| rows.sort());
        ports
    }

    /// What a kind does outside of a run, and the rows that it takes for that, in their order.
    pub fn effect(&self, kind: &str, settings: &Value, sets: &[Set]) -> (Effect, Vec<Line>) {
        let kind = registry::find(kind).unwrap();
        let effect = || {
            let step = self
                .within(sets, Mark::default(), 1, |context| kind.step(settings.as_object().unwrap(), context).unwrap());
            let Step::Effect(effect) = step else { panic!("the step is {step:?}") };
            *effect
        };
        let rows = in_parts(|| {
            let effect = effect();
            let mut rows: Vec<Line> = effect.plans().into_iter().flat_map(|plan| collect(plan.clone())).collect();
            // Only a file is in an order.
            if !matches!(effect, Effect::ExtractFile(_)) {
                rows.sort();
            }
            rows
        });
        (effect(), rows)
    }

    /// What is found beside the rows: numbers, words, and whether it is refused.
    pub fn findings(&self, kind: &str, settings: &Value, sets: &[Set]) -> Vec<(i64, String, bool)> {
        let kind = registry::find(kind).unwrap();
        let settings = settings.as_object().unwrap();
        let findings = self.within(sets, Mark::default(), 1, |context| kind.findings(settings, context).unwrap());
        let number = |finding: &Finding| number(finding.count.clone()).unwrap().parse().unwrap();
        findings.iter().map(|finding| (number(finding), finding.words.clone(), finding.refuse)).collect()
    }

    pub fn mark_after(&self, kind: &str, settings: &Value, mark: Mark) -> Option<MarkMove> {
        let kind = registry::find(kind).unwrap();
        self.within(&[], mark, 1, |context| kind.mark(settings.as_object().unwrap(), context).unwrap())
    }
}

/// The only value of a plan with one row and one column.
pub fn number(plan: LogicalPlan) -> Option<String> {
    let rows = collect(plan);
    assert_eq!((rows.len(), rows[0].len()), (1, 1));
    rows[0][0].clone()
}

/// The columns of a plan are the key, what the step says, and `more`; their types are those that it says.
fn check_columns(plan: &LogicalPlan, added: &[Column], more: usize) {
    let fields = plan.schema().fields();
    let keys = fields.len() - added.len() - more;
    for (field, column) in fields.iter().skip(keys).zip(added) {
        assert_eq!(*field.name(), column.name);
        assert_eq!(tutti_query::column_type(field.data_type()), Some(column.column_type), "{}", column.name);
    }
    assert!(more == 0 || fields.last().unwrap().name() == PORT_COLUMN);
}

impl Set {
    fn input(&self, catalog: &Catalog) -> Input {
        let (_, table) = catalog.dimension_table(&self.dimension).unwrap();
        let added: Vec<Column> =
            self.columns.iter().map(|(name, column_type)| Column::new(name, *column_type)).collect();
        let columns: Vec<Column> = table.key_columns().into_iter().chain(&added).cloned().collect();
        let rows = rows_of(&columns, &self.rows);
        Input { from: self.from.clone(), port: "out".to_owned(), dimension: self.dimension.clone(), rows, added }
    }
}

pub fn rows_of(columns: &[Column], rows: &[Line]) -> Arc<dyn TableProvider> {
    let arrays = columns.iter().enumerate().map(|(index, column)| {
        let texts: ArrayRef = Arc::new(StringArray::from_iter(rows.iter().map(|row| row[index].as_deref())));
        cast(&texts, &arrow_type(column.column_type)).unwrap()
    });
    provider(RecordBatch::try_new(schema_of(columns), arrays.collect()).unwrap())
}
