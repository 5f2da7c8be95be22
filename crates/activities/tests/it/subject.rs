//! What the rules of activities are about before any run.

use serde_json::json;
use tutti_activities::{RuleRows, RuleSubject, populations_asked};
use tutti_model::campaign::Campaign;

use crate::validation::catalog;
use crate::world::moment;

#[test]
fn rules_are_about_what_their_activities_filter() {
    let document = json!({"canvas": {
        "activities": [
            {"id": "known", "type": "build-audience", "dimension": "customers"},
            {"id": "named", "type": "enrichment", "add": [{"name": "shout", "expression": "upper(email)"}]},
            {"id": "parts", "type": "split", "subsets": [
                {"id": "a", "where": {"field": "shout", "operator": "contains", "value": "A"}}, {"id": "b"}]},
            {"id": "chosen", "type": "build-audience", "dimension": "customers", "within": true},
            {"id": "others", "type": "build-audience", "dimension": "customers", "where": {"population": "parts.a"}},
            {"id": "loose", "type": "split", "subsets": [{"id": "c"}]}],
        "transitions": [{"from": "known", "to": "named"}, {"from": "named", "to": "parts"},
            {"from": "parts.a", "to": "chosen"}, {"from": "parts.b", "to": "others"}],
    }});
    let mut problems = Vec::new();
    let campaign = Campaign::read("c", &document, &mut problems).unwrap();
    assert!(problems.is_empty(), "{problems:?}");
    let catalog = catalog();
    let subject = |id: &str| RuleSubject::of(campaign.canvas.activity(id).unwrap(), &campaign, &catalog, &moment());
    let arriving = |id: &str| match subject(id).rows {
        RuleRows::Arriving { from, port, shape } => {
            let added = shape.into_iter().flat_map(|shape| shape.added).map(|column| column.name);
            (format!("{from}.{port}"), added.collect::<Vec<_>>())
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(arriving("parts"), ("named.out".to_owned(), vec!["shout".to_owned()]));
    assert_eq!(arriving("chosen"), ("parts.a".to_owned(), vec!["shout".to_owned(), "segment_code".to_owned()]));
    assert_eq!((subject("others").rows, subject("loose").rows), (RuleRows::All, RuleRows::Nothing));

    let parts = subject("parts");
    assert_eq!(parts.populations.keys().collect::<Vec<_>>(), ["known.out", "named.out"]);
    assert!(parts.variables.get("rows_known").is_some_and(|rows| rows.value.is_none()));
    assert!(parts.variables.get("rows_others").is_none());
    assert!(subject("others").populations.contains_key("parts.a"));
}

#[test]
fn a_rule_asks_for_populations_at_any_depth() {
    let rule = json!({"combinator": "and", "rules": [{"population": "known"}, {"field": "orders", "match": {"mode": "some"},
        "value": {"combinator": "or", "rules": [{"population": "parts.a", "operator": "notIn"}]}}]});
    let asked = populations_asked(&rule).into_iter().map(|(activity, port)| format!("{activity}.{port}"));
    assert_eq!(asked.collect::<Vec<_>>(), ["known.out", "parts.a"]);
}
