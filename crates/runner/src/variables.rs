//! The variables of a run: what it was given, checked by type, and what activities know of those before them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use tutti_activities::{Earlier, Fact};
use tutti_model::campaign::{ActivityNode, Campaign};
use tutti_model::date_math::Moment;
use tutti_model::problem::{Problem, join_pointer};
use tutti_model::schedule::Schedule;
use tutti_model::table::ColumnType;
use tutti_model::variables::{CAMPAIGN_NAME, ROWS, RUN_ID, Variable, Variables};

use crate::error::{Error, Result};
use crate::execute::{RunContext, Written};

/// What came of activities besides populations, by activity.
pub(crate) type Results = BTreeMap<String, Map<String, Value>>;

/// The variables of a run that is given some: these before the test values of a signal (in a test), before the
/// campaign's own. What `now` means in them is settled here.
pub(crate) fn resolve(
    campaign: &Campaign,
    given: &Map<String, Value>,
    is_test: bool,
    moment: &Moment,
) -> Result<Variables> {
    let mut variables = campaign.declared_variables();
    if is_test && let Schedule::Signal { parameters, .. } = &campaign.schedule {
        for parameter in parameters {
            if let Some(value) = &parameter.test_value {
                let value = Some(value.clone());
                variables.insert(parameter.name.as_str(), Variable::new(parameter.parameter_type, value));
            }
        }
    }
    let mut problems = Vec::new();
    for (name, value) in given {
        let Some(declared) = variables.get(name) else {
            return Err(Error::not_found("variable", name, variables.names()));
        };
        let given = Variable::new(declared.data_type, Some(value.clone()).filter(|value| !value.is_null()));
        variables.insert(name.as_str(), given);
    }
    for (name, variable) in &mut variables.0 {
        let Some(value) = &variable.value else { continue };
        match variable.with_value(value, moment) {
            Ok(settled) => *variable = settled,
            Err(message) => {
                let message = format!("the variable `{name}` is {}: {message}", variable.data_type);
                let pointer = join_pointer("/variables", name);
                problems.push(Problem::error("wrong_type", pointer, message));
            }
        }
    }
    if problems.is_empty() {
        Ok(variables)
    } else {
        Err(Error::Problems {
            what: format!("the campaign `{}` cannot run with these values", campaign.name),
            problems,
        })
    }
}

/// The variables that a stored run was begun with. Values without a type have that of their declaration, and are
/// texts where there is none.
pub(crate) fn of_run(campaign: &Campaign, stored: &Value, moment: &Moment) -> Variables {
    let mut variables = campaign.declared_variables();
    for (name, kept) in stored.as_object().into_iter().flatten() {
        let typed: Option<Variable> = serde_json::from_value(kept.clone()).ok();
        let declared = variables.get(name).cloned().unwrap_or(Variable::new(ColumnType::String, None));
        variables.insert(name.as_str(), typed.or_else(|| declared.with_value(kept, moment).ok()).unwrap_or(declared));
    }
    variables
}

impl RunContext {
    /// The same run as an activity sees it: with what is known of the activities before it.
    pub fn at(&self, node: &ActivityNode, arrived: &[Written], written: &[Written], results: &Results) -> Self {
        let mut context = self.clone();
        let variables = &mut context.moment.variables;
        let count = |rows: u64| Variable::count(Some(rows));
        variables.insert(ROWS, count(arrived.iter().map(|written| written.rows).sum()));
        for (name, value) in [(RUN_ID, &self.run), (CAMPAIGN_NAME, &self.campaign.name)] {
            variables.insert(name, Variable::new(ColumnType::String, Some(Value::from(value.as_str()))));
        }
        for (name, fact) in Earlier::new(&self.campaign.canvas).facts(&self.campaign, &node.id) {
            let variable = match fact {
                Fact::Rows { activity, port } => {
                    let left = written.iter().find(|written| written.activity == activity && written.port == port);
                    count(left.map_or(0, |written| written.rows))
                }
                Fact::Result { activity, name, column_type } => {
                    let value = results.get(activity).and_then(|results| results.get(name));
                    Variable::new(column_type, value.cloned().filter(|value| !value.is_null()))
                }
            };
            variables.insert(name, variable);
        }
        context
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn campaign() -> Campaign {
        let document = json!({
            "variables": {"minimum": {"type": "integer", "value": 200}, "since": {"type": "date", "value": "now-1d"}, "city": "Lyon"},
            "schedule": {"type": "signal", "parameters": [
                {"name": "city", "type": "string", "test_value": "Nice"}, {"name": "code", "type": "string"}]},
            "canvas": {"activities": [{"id": "a", "type": "end"}]},
        });
        let mut problems = Vec::new();
        let campaign = Campaign::read("c", &document, &mut problems).unwrap();
        assert_eq!(problems, []);
        campaign
    }

    #[test]
    fn what_is_given_wins_and_has_a_type() {
        let moment = Moment::utc("2026-03-15T10:20:30Z".parse().unwrap());
        let values = |given: Value, is_test: bool| {
            let given = given.as_object().cloned().unwrap_or_default();
            resolve(&campaign(), &given, is_test, &moment).map(|variables| Value::Object(variables.values()))
        };
        let own = json!({"city": "Lyon", "code": null, "minimum": 200, "since": "2026-03-14"});
        assert_eq!(values(json!({}), false).unwrap(), own);
        assert_eq!(values(json!({}), true).unwrap()["city"], "Nice");
        let given = values(json!({"minimum": "300", "city": "Metz", "code": null}), true).unwrap();
        assert_eq!(given, json!({"city": "Metz", "code": null, "minimum": 300, "since": "2026-03-14"}));
        let wrong = values(json!({"minimum": "many"}), false).unwrap_err();
        assert!(wrong.problems()[0].message.contains("`minimum` is integer"), "{:?}", wrong.problems());
        let unknown = values(json!({"minimun": 1}), false).unwrap_err();
        assert_eq!(unknown.hint().as_deref(), Some("did you mean `minimum`?"));
    }

    #[test]
    fn stored_variables_read_back() {
        let moment = Moment::utc("2026-03-15T10:20:30Z".parse().unwrap());
        let variables = resolve(&campaign(), &Map::new(), false, &moment).unwrap();
        assert_eq!(of_run(&campaign(), &json!(variables), &moment), variables);
        let earlier = of_run(&campaign(), &json!({"city": "Metz"}), &moment);
        assert_eq!(earlier.get("city").and_then(|city| city.value.clone()), Some(json!("Metz")));
    }
}
