//! The built-in filter on campaign feedback, with the conditions that its parameters ask for.

use serde_json::{Map, Value};

use super::{Binder, Scope};
use crate::dimension::Filter;
use crate::feedback::{self, ACTIVITY, BEHAVIOR, BEHAVIORS, CAMPAIGN, DAYS, DAYS_MAX, FEEDBACK, Narrowed, RUN};
use crate::problem::{Problem, join_pointer};

impl Binder<'_> {
    /// The filter as a rule on rows of `scope` uses it.
    pub(super) fn feedback(&mut self, given: Option<&Value>, scope: Scope<'_>, pointer: &str) -> Option<Filter> {
        let Some(dimension) = self.catalog.dimensions.values().find(|dimension| dimension.table == scope.table) else {
            let message = format!(
                "the filter `{FEEDBACK}` is about rows that are sent messages, and `{}` has no dimension",
                scope.table
            );
            self.error("wrong_dimension", &join_pointer(pointer, "filter"), message);
            return None;
        };
        let dimension = dimension.name.clone();
        let none = Map::new();
        // What is no map is told of as it is for all filters, and so is a behavior that is missing.
        let given = given.and_then(Value::as_object).unwrap_or(&none);
        let at = join_pointer(pointer, "parameters");
        let behavior = match given.get(BEHAVIOR) {
            Some(value) => self.behavior(value, &join_pointer(&at, BEHAVIOR))?,
            None => String::new(),
        };
        let texts = [CAMPAIGN, ACTIVITY, RUN].into_iter().filter(|name| is_given(given.get(*name))).collect();
        let days = match given.get(DAYS).filter(|days| is_given(Some(days))) {
            Some(value) => Some(self.days(value, &join_pointer(&at, DAYS))?),
            None => None,
        };
        Some(feedback::filter(&dimension, &behavior, &Narrowed { texts, days }))
    }

    /// One of the behaviors; none where a variable without a value says it.
    fn behavior(&mut self, given: &Value, at: &str) -> Option<String> {
        let Some(value) = self.given_value(given, at)? else { return Some(String::new()) };
        let name = value.as_str().unwrap_or_default();
        if BEHAVIORS.contains(&name) {
            return Some(name.to_owned());
        }
        let problem = Problem::error("unknown_value", at, format!("there is no behavior `{name}`"));
        self.problems.push(problem.did_you_mean(name, BEHAVIORS));
        None
    }

    /// For how many days to look back; `None` where a variable without a value says it.
    fn days(&mut self, given: &Value, at: &str) -> Option<Option<i64>> {
        let Some(value) = self.given_value(given, at)? else { return Some(None) };
        let number = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
        match number {
            Some(days @ 1..=DAYS_MAX) => Some(Some(days)),
            _ => {
                self.error("bad_value", at, format!("`{DAYS}` is a whole number from 1 to {DAYS_MAX}, or 0 for ever"));
                None
            }
        }
    }
}

/// Whether a parameter narrows what is looked at.
fn is_given(value: Option<&Value>) -> bool {
    match value {
        None => false,
        Some(Value::String(text)) => !text.trim().is_empty(),
        Some(value) => value.as_i64() != Some(0),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::bind::{Scope, bind, words};
    use crate::catalog::Catalog;
    use crate::date_math::Moment;
    use crate::document::Document;
    use crate::rule::Rule;
    use crate::table::ColumnType;
    use crate::variables::Variable;

    fn said(parameters: Value, variables: &[(&str, Option<&str>)], table: &str) -> Result<String, Vec<String>> {
        let documents = [
            json!({"kind": "table", "name": "people", "primary_key": ["id"],
                "columns": [{"name": "id", "type": "string"}]}),
            json!({"kind": "table", "name": "cities", "primary_key": ["id"],
                "columns": [{"name": "id", "type": "string"}]}),
            json!({"kind": "dimension", "name": "members", "table": "people", "identity": "id"}),
        ];
        let mut problems = Vec::new();
        let read: Vec<Document> = documents.iter().filter_map(|body| Document::read(body, &mut problems)).collect();
        let catalog = Catalog::build(read, &mut problems);
        let mut moment = Moment::utc("2026-03-15T10:20:30Z".parse().unwrap());
        for (name, value) in variables {
            moment.variables.insert(*name, Variable::new(ColumnType::String, value.map(Value::from)));
        }
        let rule = Rule(json!({"filter": "tutti_feedback", "parameters": parameters}));
        let bound = bind(&rule, Scope::table(table), &catalog, &moment, "", &mut problems);
        bound
            .map(|bound| words(&bound))
            .ok_or_else(|| problems.iter().map(|problem| format!("{} {}", problem.pointer, problem.message)).collect())
    }

    #[test]
    fn parameters_narrow_what_is_looked_at() {
        for (parameters, expected) in [
            (json!({"behavior": "opened"}), "there are some tutti_events where kind is one of \"open\" (case matters)"),
            (
                json!({"behavior": "opened", "campaign": "", "days": 0}),
                "there are some tutti_events where kind is one of \"open\" (case matters)",
            ),
            (
                json!({"behavior": "clicked", "campaign": "spring", "activity": "mail", "days": 30}),
                "there are some tutti_events where kind is one of \"click\" (case matters) and campaign is \"spring\" \
                 (case matters) and activity is \"mail\" (case matters) and at is at least 2026-02-13T10:20:30Z",
            ),
            (
                json!({"behavior": "sent", "run": "$run_id"}),
                "there are some tutti_messages where status is one of \"sent\", \"delivered\", \"bounced\", \
                 \"complained\" (case matters) and run is \"run_1\" (case matters)",
            ),
            // What nothing is known of is of no message.
            (
                json!({"behavior": "opened", "campaign": "$campaign_name"}),
                "there are some tutti_events where kind is one of \"open\" (case matters) and campaign is a value that \
                 is not known (case matters)",
            ),
        ] {
            let variables = [("run_id", Some("run_1")), ("campaign_name", None)];
            assert_eq!(said(parameters.clone(), &variables, "people").as_deref(), Ok(expected), "{parameters}");
        }
        let words = said(json!({"behavior": "not_opened", "campaign": "spring"}), &[], "people").unwrap();
        assert!(words.contains("(there are some tutti_messages where") && words.contains("and (there are no tutti_ev"));
    }

    #[test]
    fn mistakes_are_told_where_they_are() {
        for (parameters, table, expected) in [
            (json!({}), "people", "/parameters the filter `tutti_feedback` needs the parameter `behavior`"),
            (json!({"behavior": "opend"}), "people", "/parameters/behavior there is no behavior `opend`"),
            (json!({"behavior": "opened", "days": -1}), "people", "/parameters/days `days` is a whole number from 1"),
            (json!({"behavior": "opened", "day": 1}), "people", "/parameters/day the filter `tutti_feedback` has no"),
            (json!({"behavior": "opened", "campaign": "$c"}), "people", "/parameters/campaign there is no variable"),
            (json!({"behavior": "opened"}), "cities", "/filter the filter `tutti_feedback` is about rows that"),
            (json!([]), "people", "/parameters `parameters` is a map"),
        ] {
            let said = said(parameters.clone(), &[], table).unwrap_err();
            assert!(said.iter().any(|said| said.starts_with(expected)), "{parameters}: {said:?}");
        }
    }

    #[test]
    fn no_document_takes_its_name() {
        let mut problems = Vec::new();
        let taken = json!({"kind": "filter", "name": "tutti_feedback", "dimension": "people", "where": {}});
        Document::read(&taken, &mut problems);
        assert!(problems.iter().any(|problem| problem.code == "reserved_name"), "{problems:?}");
    }
}
