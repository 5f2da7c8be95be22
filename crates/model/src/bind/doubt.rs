//! Warnings: comparisons that hold for no row, whatever there is.

use std::cmp::Ordering;

use super::{Binder, Comparison, Right, Test};
use crate::problem::{Problem, join_pointer};
use crate::table::Column;
use crate::value::Literal;

impl Binder<'_> {
    /// Warns of values outside the column's enumeration, and of ranges whose ends are turned round. `test` compares
    /// with values that stand in the rule at `at`.
    pub(super) fn doubt(&mut self, test: &Test, column: &Column, case_sensitive: bool, at: &str) {
        // What stands in for a parameter says nothing about its values.
        if self.examples {
            return;
        }
        match test {
            Test::Compare(Comparison::Equal, right) => self.doubt_value(right, column, case_sensitive, at),
            Test::In(values) => {
                for (index, right) in values.iter().enumerate() {
                    self.doubt_value(right, column, case_sensitive, &join_pointer(at, index));
                }
            }
            Test::Between(Right::Literal(low), Right::Literal(high)) if is_above(low, high) => {
                let message = format!("`{}` is more than `{}`: nothing is between them", written(low), written(high));
                self.problems
                    .push(Problem::warning("ends_turned_round", at, message).hint("write the lower one first"));
            }
            _ => {}
        }
    }

    fn doubt_value(&mut self, right: &Right, column: &Column, case_sensitive: bool, at: &str) {
        let Right::Literal(Literal::Text(text)) = right else { return };
        let is_known = |value: &String| value == text || (!case_sensitive && is_alike(value, text));
        if column.values.is_empty() || column.values.iter().any(is_known) {
            return;
        }
        let message = format!("`{text}` is not one of the values of `{}`", column.name);
        let problem = Problem::warning("not_in_enumeration", at, message);
        self.problems.push(problem.did_you_mean(text, column.values.iter().map(String::as_str)));
    }
}

/// Whether two texts are surely or likely equal where case does not count.
fn is_alike(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase() || one.to_uppercase() == other.to_uppercase()
}

fn is_above(low: &Literal, high: &Literal) -> bool {
    match (low, high) {
        // Whether or not case counts.
        (Literal::Text(low), Literal::Text(high)) => low > high && low.to_lowercase() > high.to_lowercase(),
        _ => low.order(high) == Some(Ordering::Greater),
    }
}

fn written(literal: &Literal) -> String {
    match literal.to_json() {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::{Scope, bind, bind_filter};
    use crate::catalog::Catalog;
    use crate::date_math::Moment;
    use crate::document::Document;
    use crate::rule::Rule;

    fn catalog() -> Catalog {
        let documents = [
            json!({"kind": "table", "name": "people", "primary_key": ["id"], "columns": [{"name": "id", "type": "integer"},
                {"name": "tier", "type": "string", "values": ["gold", "Straße"]}, {"name": "at", "type": "timestamp"},
                {"name": "name", "type": "string"}],
                "links": [{"name": "friends", "to": "people", "on": {"id": "id"}, "cardinality": "one-to-many"}]}),
            json!({"kind": "dimension", "name": "people", "table": "people", "identity": "id"}),
            json!({"kind": "filter", "name": "of_tier", "dimension": "people", "parameters": {"tier": {"type": "string"}},
                "where": {"field": "tier", "operator": "=", "value": "{{tier}}"}}),
            json!({"kind": "filter", "name": "iron", "dimension": "people", "where": {"field": "tier", "operator": "=", "value": "iron"}}),
        ];
        let mut problems = Vec::new();
        let documents: Vec<Document> =
            documents.iter().filter_map(|body| Document::read(body, &mut problems)).collect();
        let catalog = Catalog::build(documents, &mut problems);
        assert!(problems.is_empty(), "{problems:?}");
        catalog
    }

    fn moment() -> Moment {
        let mut moment = Moment::utc("2026-03-15T00:00:00Z".parse().unwrap());
        moment.variables = serde_json::from_value(json!({"tier": {"type": "string", "value": "iron"}})).unwrap();
        moment
    }

    #[test]
    fn what_holds_for_no_row_is_doubted() {
        let tier = |operator: &str, value: Value| json!({"field": "tier", "operator": operator, "value": value});
        let between =
            |field: &str, low: Value, high: Value| json!({"field": field, "operator": "between", "value": [low, high]});
        for (rule, expected) in [
            (tier("=", json!("GOLD")), vec![]),
            (tier("=", json!("strasse")), vec![]),
            (tier("!=", json!("golf")), vec!["not_in_enumeration /value did you mean `gold`?"]),
            (tier("in", json!(["gold", "silver"])), vec!["not_in_enumeration /value/1 known are `gold`, `Straße`"]),
            (tier("contains", json!("x")), vec![]),
            (
                json!({"field": "tier", "operator": "=", "value": "Gold", "caseSensitive": true}),
                vec!["not_in_enumeration /value did you mean `gold`?"],
            ),
            (
                json!({"field": "friends.tier", "operator": "=", "value": "silver"}),
                vec!["not_in_enumeration /value known are `gold`, `Straße`"],
            ),
            // A variable has another value another time.
            (json!({"field": "tier", "operator": "=", "valueSource": "variable", "value": "tier"}), vec![]),
            (
                json!({"filter": "of_tier", "parameters": {"tier": "iron"}}),
                vec!["not_in_enumeration  known are `gold`, `Straße`"],
            ),
            // Said where the filter is.
            (json!({"filter": "iron"}), vec![]),
            (between("id", json!(1), json!("1.0")), vec![]),
            (between("id", json!(2), json!(1)), vec!["ends_turned_round /value write the lower one first"]),
            (between("at", json!("now"), json!("now-1d")), vec!["ends_turned_round /value write the lower one first"]),
            (between("name", json!("b"), json!("C")), vec![]),
            (between("name", json!("c"), json!("B")), vec!["ends_turned_round /value write the lower one first"]),
            (between("name", json!("c"), json!("b")), vec!["ends_turned_round /value write the lower one first"]),
        ] {
            let mut problems = Vec::new();
            let bound = bind(&Rule(rule.clone()), Scope::table("people"), &catalog(), &moment(), "", &mut problems);
            assert!(bound.is_some() && !problems.iter().any(crate::problem::Problem::is_error), "{rule}: {problems:?}");
            let found: Vec<String> = problems
                .iter()
                .map(|problem| {
                    format!("{} {} {}", problem.code, problem.pointer, problem.hint.clone().unwrap_or_default())
                })
                .collect();
            assert_eq!(found, expected, "{rule}");
        }
    }

    #[test]
    fn examples_of_parameters_are_not_doubted() {
        let catalog = catalog();
        for (name, expected) in [("of_tier", 0), ("iron", 1)] {
            let mut problems = Vec::new();
            bind_filter(&catalog.filters[name], "people", &catalog, &moment(), &mut problems);
            assert_eq!(problems.len(), expected, "{problems:?}");
        }
    }
}
