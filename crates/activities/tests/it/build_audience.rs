//! The law of audiences: the keys of the rows that match, and nothing else.

use proptest::prelude::*;
use serde_json::json;

use crate::world::{Rows, people, run};

pub const LAWS: &[fn()] = &[an_audience_and_its_negation_are_everybody];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn an_audience_and_its_negation_are_everybody(people in people(), min in -3i64..6, negated: bool) {
        let rule = json!({"combinator": "and", "not": negated, "rules": [
            {"field": "points", "operator": ">=", "value": min}]});
        let ports = run("build-audience", &json!({"dimension": "people", "where": rule}), &people, &[], 1);
        let matches = |points: Option<i64>| points.is_some_and(|points| points >= min) != negated;
        let wanted: Rows = people
            .iter()
            .filter(|person| matches(person.points))
            .map(|person| (person.key.clone(), Vec::new()))
            .collect();
        prop_assert_eq!(&ports["out"], &wanted);
    }
}
