//! Rules as they are written: JSON in the shape of react-querybuilder. What a rule means on given tables is in
//! [`crate::bind`].

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A rule, unread. An empty object, or a group without rules, matches every row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rule(pub Value);

impl Rule {
    /// The rule that matches every row.
    pub fn everything() -> Self {
        Self(serde_json::json!({"combinator": "and", "rules": []}))
    }

    /// The rule and each of its parts that is about the same rows: groups, conditions, whole related-row rules, but not
    /// what stands inside these. Each with its JSON pointer, outer ones first.
    pub fn parts(&self) -> Vec<(String, Self)> {
        let mut parts = Vec::new();
        push_parts(&self.0, String::new(), &mut parts);
        parts
    }
}

fn push_parts(rule: &Value, pointer: String, parts: &mut Vec<(String, Rule)>) {
    parts.push((pointer.clone(), Rule(rule.clone())));
    for (index, part) in rule.get("rules").and_then(Value::as_array).into_iter().flatten().enumerate() {
        push_parts(part, format!("{pointer}/rules/{index}"), parts);
    }
}

impl Default for Rule {
    fn default() -> Self {
        Self::everything()
    }
}

impl JsonSchema for Rule {
    fn schema_name() -> Cow<'static, str> {
        "Rule".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "object", "description": "A rule over the rows of a dimension.", "x-tutti-editor": "rule"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn parts_are_about_the_same_rows() {
        let some = json!({"field": "orders", "match": {"mode": "some"}, "value": {"combinator": "and", "rules": [{"field": "status"}]}});
        let inner = json!({"combinator": "or", "rules": [some, {"filter": "f"}]});
        let rule = Rule(json!({"combinator": "and", "rules": [{"field": "age"}, inner]}));
        let pointers: Vec<String> = rule.parts().into_iter().map(|(pointer, _)| pointer).collect();
        assert_eq!(pointers, ["", "/rules/0", "/rules/1", "/rules/1/rules/0", "/rules/1/rules/1"]);
        assert_eq!(rule.parts()[3].1.0, some);
        assert_eq!(Rule(json!({})).parts().len(), 1);
    }
}
