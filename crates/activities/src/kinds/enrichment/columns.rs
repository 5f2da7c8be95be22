//! What an entry of `add` means on the rows that arrive.

use serde_json::{Map, Value, json};
use tutti_model::bind::{self, Aggregate, Field, Function, Predicate, Related, Scope};
use tutti_model::catalog::Catalog;
use tutti_model::date_math::Moment;
use tutti_model::problem::{Problem, has_errors, join_pointer};
use tutti_model::rule::Rule;
use tutti_model::table::{Column, ColumnType, DECIMAL_PRECISION_MAX};
use tutti_query::{Collect, LinkedValue};

use super::{Add, Collect as CollectSettings};
use crate::collected;
use crate::operand::FieldOrExpression;

/// An entry, with everything it names found.
pub(super) enum Bound {
    Value(Field),
    Collect {
        related: Related,
        /// What comes first, and whether it is descending.
        order: Vec<(Field, bool)>,
        count: usize,
        fields: Vec<Field>,
        /// The columns of the list.
        list: Vec<Column>,
    },
    Aggregate(Box<Aggregate>),
}

impl Bound {
    /// What is computed over linked rows.
    pub(super) fn linked_value(&self) -> Option<LinkedValue<'_>> {
        match self {
            Self::Value(_) => None,
            Self::Aggregate(aggregate) => Some(LinkedValue::Aggregate(aggregate)),
            Self::Collect { related, order, count, fields, .. } => Some(LinkedValue::First(Collect {
                hops: &related.hops,
                filter: &related.filter,
                order: order.iter().map(|(field, descending)| (field, *descending)).collect(),
                count: *count,
                fields: fields.iter().collect(),
            })),
        }
    }

    /// The columns that the entry adds.
    pub(super) fn columns(&self, add: &Add) -> Vec<Column> {
        let one = |column_type| vec![Column { label: add.label.clone(), ..Column::new(&add.name, column_type) }];
        match self {
            Self::Value(field) => one(field.column.column_type),
            Self::Aggregate(aggregate) => one(value_type(aggregate)),
            Self::Collect { count, list, .. } => collected::columns(&add.name, *count, list),
        }
    }
}

/// The type of an aggregate's value as a column; a sum has more digits than what is summed.
fn value_type(aggregate: &Aggregate) -> ColumnType {
    match (aggregate.function, aggregate.result_type) {
        (Function::Sum, ColumnType::Decimal { scale, .. }) => {
            ColumnType::Decimal { precision: DECIMAL_PRECISION_MAX, scale }
        }
        (_, other) => other,
    }
}

/// Finds what an entry names; `None` when there was an error.
pub(super) fn bind(
    add: &Add,
    scope: Scope<'_>,
    catalog: &Catalog,
    moment: &Moment,
    at: &str,
    problems: &mut Vec<Problem>,
) -> Option<Bound> {
    let given = [add.field.is_some(), add.expression.is_some(), add.collect.is_some(), add.aggregate.is_some()];
    if given.iter().filter(|given| **given).count() != 1 {
        let message = format!("`{}` has not exactly one of `field`, `expression`, `collect` and `aggregate`", add.name);
        problems.push(Problem::error("bad_value", at, message).hint("write one entry for each column"));
        return None;
    }
    let value = match (&add.field, &add.expression) {
        (Some(path), _) => Some(("field", FieldOrExpression::field(path))),
        (_, Some(sql)) => Some(("expression", FieldOrExpression::Expression(sql.clone()))),
        _ => None,
    };
    if let Some((setting, value)) = value {
        for (name, given) in [("link", add.link.is_some()), ("where", add.rule.is_some())] {
            if given {
                let message = format!("`{name}` is for `collect` and `aggregate`, and this is a `{setting}`");
                problems.push(Problem::error("bad_value", join_pointer(at, name), message).hint(format!("remove `{name}`")));
            }
        }
        return match value.resolve(scope, catalog, moment, &join_pointer(at, setting)) {
            Ok(field) => Some(Bound::Value(field)),
            Err(problem) => {
                problems.push(with_collect_hint(problem, &add.name));
                None
            }
        };
    }
    let Some(link) = &add.link else {
        let message = format!("`{}` does not say over which link", add.name);
        problems.push(Problem::error("missing_field", at, message).hint("add `link`"));
        return None;
    };
    if let Some(aggregate) = &add.aggregate {
        return bind_aggregate(add, link, aggregate, (scope, catalog, moment), at, problems).map(|bound| Bound::Aggregate(Box::new(bound)));
    }
    let collect = add.collect.as_ref()?;
    bind_collect(add, link, collect, (scope, catalog, moment), at, problems)
}

fn with_collect_hint(problem: Problem, name: &str) -> Problem {
    if problem.code != "to_many_path" {
        return problem;
    }
    problem.hint(format!(
        "collect the first rows (`{{name: {name}, link: ..., collect: {{count: 1, fields: [...]}}}}`), or aggregate them"
    ))
}

type Surroundings<'a> = (Scope<'a>, &'a Catalog, &'a Moment);

/// An aggregate is bound as the rule that compares it, so that it means the same as there.
fn bind_aggregate(
    add: &Add,
    link: &str,
    aggregate: &Value,
    surroundings: Surroundings<'_>,
    at: &str,
    problems: &mut Vec<Problem>,
) -> Option<Aggregate> {
    let mut rule = Map::new();
    rule.insert("field".to_owned(), json!(link));
    rule.insert("aggregate".to_owned(), aggregate.clone());
    rule.insert("operator".to_owned(), json!("null"));
    if let Some(filter) = &add.rule {
        rule.insert("where".to_owned(), filter.0.clone());
    }
    match bind_rule(rule, surroundings, at, &[("field", "link")], problems)? {
        Predicate::Aggregate(aggregate) => Some(aggregate),
        _ => None,
    }
}

fn bind_collect(
    add: &Add,
    link: &str,
    collect: &CollectSettings,
    surroundings: Surroundings<'_>,
    at: &str,
    problems: &mut Vec<Problem>,
) -> Option<Bound> {
    let (before, within) = (problems.len(), join_pointer(at, "collect"));
    collected::check_size(collect.count, &collect.fields, &within, problems);
    if collect.fields.is_empty() {
        let message = "nothing is taken of the collected rows";
        problems.push(
            Problem::error("missing_field", join_pointer(&within, "fields"), message).hint("name at least one field"),
        );
    }
    let (filter, filter_at) = match (&collect.rule, &add.rule) {
        (Some(_), Some(_)) => {
            let message = "the collected rows have two rules";
            problems.push(Problem::error("bad_value", join_pointer(at, "where"), message).hint("keep `collect.where`"));
            return None;
        }
        (Some(rule), None) => (Some(rule), "collect/where"),
        (None, rule) => (rule.as_ref(), "where"),
    };
    let mut rule = Map::new();
    rule.insert("field".to_owned(), json!(link));
    rule.insert("match".to_owned(), json!({"mode": "some"}));
    if let Some(filter) = filter {
        rule.insert("value".to_owned(), filter.0.clone());
    }
    let bound = bind_rule(rule, surroundings, at, &[("field", "link"), ("value", filter_at)], problems)?;
    let Predicate::Related(related) = bound else { return None };
    let table = related.hops.last().map(|hop| hop.to.clone())?;
    let scope = Scope::table(&table);
    let mut value = |value: &FieldOrExpression, pointer: String| {
        value.resolve(scope, surroundings.1, surroundings.2, &pointer).map_err(|problem| problems.push(problem)).ok()
    };
    let mut order = Vec::new();
    for (sort, pointer) in collect.sort.with_pointers(&join_pointer(&within, "sort")) {
        let field = value(&sort.by, join_pointer(&pointer, "by"));
        order.extend(field.map(|field| (field, sort.order.is_descending())));
    }
    let fields: Vec<Field> = collect
        .fields
        .iter()
        .enumerate()
        .filter_map(|(index, field)| value(&field.value, join_pointer(&join_pointer(&within, "fields"), index)))
        .collect();
    if has_errors(&problems[before..]) {
        return None;
    }
    let list = collect.fields.iter().zip(&fields).map(|(setting, field)| setting.column(field)).collect();
    Some(Bound::Collect { related, order, count: collect.count as usize, fields, list })
}

/// Binds a rule that was made of settings; `renamed` says how its fields are called in them.
fn bind_rule(
    rule: Map<String, Value>,
    (scope, catalog, moment): Surroundings<'_>,
    at: &str,
    renamed: &[(&str, &str)],
    problems: &mut Vec<Problem>,
) -> Option<Predicate> {
    let before = problems.len();
    let bound = bind::bind(&Rule(Value::Object(rule)), scope, catalog, moment, at, problems);
    for problem in &mut problems[before..] {
        for (field, setting) in renamed {
            let from = join_pointer(at, field);
            if let Some(rest) = problem.pointer.strip_prefix(&from).filter(|rest| rest.is_empty() || rest.starts_with('/')) {
                problem.pointer = format!("{at}/{setting}{rest}");
                break;
            }
        }
    }
    bound
}
