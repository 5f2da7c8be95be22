//! The variables of a run: what it was given, checked by type, and what activities know of those before them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use tutti_activities::{Earlier, Fact};
use tutti_model::campaign::{ActivityNode, Campaign, FILE_VARIABLE};
use tutti_model::date_math::Moment;
use tutti_model::problem::{Problem, join_pointer};
use tutti_model::schedule::{SignalSource, When};
use tutti_model::table::ColumnType;
use tutti_model::variables::{CAMPAIGN_NAME, PUBLIC_URL, ROWS, RUN_ID, Variable, Variables};

use crate::error::{Error, Result};
use crate::execute::{RunContext, Written};
use crate::life::as_text;

/// What came of activities besides populations, by activity.
pub(crate) type Results = BTreeMap<String, Map<String, Value>>;

/// The variables of a run in a mode (`live`, `test` or `dry`) that is given some: these before the test values of a
/// signal (unless it is live), before the campaign's own. What `now` means in them is settled here. A parameter that has
/// no value then is refused, but where nothing is done it is NULL. Where a signal is tried, what nobody declared is taken
/// as text, as the signal would.
pub(crate) fn resolve(
    campaign: &Campaign,
    given: &Map<String, Value>,
    mode: &str,
    moment: &Moment,
) -> Result<Variables> {
    let mut variables = campaign.declared_variables();
    let (parameters, on) = match &campaign.schedule.when {
        When::Signal { parameters, on, .. } => (parameters.as_slice(), on.as_ref()),
        _ => (&[][..], None),
    };
    let file = matches!(on, Some(SignalSource::File(_))).then_some(FILE_VARIABLE);
    if mode != "live" {
        for parameter in parameters {
            if let Some(value) = &parameter.test_value {
                let value = Some(value.clone());
                variables.insert(parameter.name.as_str(), Variable::new(parameter.parameter_type, value));
            }
        }
    }
    let is_tried = mode != "live" && matches!(campaign.schedule.when, When::Signal { .. });
    let mut problems = Vec::new();
    let mut taken = variables.clone();
    for (name, value) in given {
        let given = Some(value.clone()).filter(|value| !value.is_null());
        match variables.get(name) {
            Some(declared) => taken.insert(name.as_str(), Variable::new(declared.data_type, given)),
            None if is_tried => {
                if let Some(text) = given.and_then(|given| as_text(name, &given, &mut problems)) {
                    taken.insert(name.as_str(), Variable::new(ColumnType::String, Some(text)));
                }
            }
            None => {
                let message = format!("there is no variable `{name}`");
                let problem = Problem::error("unknown_variable", join_pointer("/variables", name), message);
                problems.push(problem.did_you_mean(name, variables.names()));
            }
        }
    }
    settle(&mut taken, moment, &mut problems);
    let without = |name: &str| !given.contains_key(name) && taken.get(name).is_none_or(|own| own.value.is_none());
    let needed = parameters.iter().map(|parameter| parameter.name.as_str()).chain(file);
    for name in needed.filter(|name| mode != "dry" && without(name)) {
        let message = format!("the parameter `{name}` of `{}` has no value", campaign.name);
        let problem = Problem::error("missing_parameter", join_pointer("/variables", name), message);
        problems.push(problem.hint(format!("give it one with `--set {name}=...`")));
    }
    if problems.is_empty() {
        return Ok(taken);
    }
    Err(Error::Problems { what: format!("the campaign `{}` cannot run with these values", campaign.name), problems })
}

/// The variables of a run that a launch begins, with the values that it came with; they were checked when it did.
pub(crate) fn of_launch(campaign: &Campaign, given: &Value, moment: &Moment) -> Variables {
    let mut variables = of_run(campaign, given, moment);
    settle(&mut variables, moment, &mut Vec::new());
    variables
}

/// Refuses values that are not of their variable's type.
pub(crate) fn check(variables: &Variables, moment: &Moment) -> Result<()> {
    let mut problems = Vec::new();
    settle(&mut variables.clone(), moment, &mut problems);
    if problems.is_empty() {
        return Ok(());
    }
    Err(Error::Problems { what: "the variables cannot be used".to_owned(), problems })
}

/// Brings every value into the form of its type; what `now` means is settled with it.
fn settle(variables: &mut Variables, moment: &Moment, problems: &mut Vec<Problem>) {
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
        for (name, value) in [(RUN_ID, &self.run), (CAMPAIGN_NAME, &self.campaign.name), (PUBLIC_URL, &self.public_url)]
        {
            variables.insert(name, Variable::new(ColumnType::String, Some(Value::from(value.as_str()))));
        }
        for (name, fact) in Earlier::new(&self.campaign.canvas).facts(&node.id) {
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
        let values = |given: Value, mode: &str| {
            let given = given.as_object().cloned().unwrap_or_default();
            resolve(&campaign(), &given, mode, &moment).map(|variables| Value::Object(variables.values()))
        };
        let own = json!({"city": "Lyon", "code": null, "minimum": 200, "since": "2026-03-14"});
        assert_eq!(values(json!({"code": null}), "live").unwrap(), own);
        let missing = values(json!({}), "live").unwrap_err();
        let told = |error: &Error| {
            let problems = error.problems().iter();
            problems.map(|problem| format!("{} {}", problem.code, problem.pointer)).collect::<Vec<_>>()
        };
        assert_eq!(told(&missing), ["missing_parameter /variables/code"]);
        assert_eq!(values(json!({}), "dry").unwrap()["city"], "Nice");
        let given = values(json!({"minimum": "300", "city": "Metz", "code": null}), "test").unwrap();
        assert_eq!(given, json!({"city": "Metz", "code": null, "minimum": 300, "since": "2026-03-14"}));
        let wrong = values(json!({"minimum": "many"}), "live").unwrap_err();
        assert!(wrong.problems()[0].message.contains("`minimum` is integer"), "{:?}", wrong.problems());
        let unknown = values(json!({"minimun": 1, "citi": "x"}), "live").unwrap_err();
        let all = [
            "unknown_variable /variables/minimun",
            "unknown_variable /variables/citi",
            "missing_parameter /variables/code",
        ];
        assert_eq!(told(&unknown), all);
        assert_eq!(unknown.problems()[0].hint.as_deref(), Some("did you mean `minimum`?"));
    }

    #[test]
    fn where_a_signal_is_tried_what_nobody_declared_is_a_text() {
        let moment = Moment::utc("2026-03-15T10:20:30Z".parse().unwrap());
        let given = json!({"code": "a", "source": 7, "nothing": null}).as_object().cloned().unwrap();
        for mode in ["test", "dry"] {
            let variables = Value::Object(resolve(&campaign(), &given, mode, &moment).unwrap().values());
            assert_eq!((&variables["source"], variables.get("nothing")), (&json!("7"), None), "{mode}");
        }
        assert!(resolve(&campaign(), &given, "live", &moment).is_err());
        let list = json!({"code": "a", "source": [1]}).as_object().cloned().unwrap();
        let wrong = resolve(&campaign(), &list, "test", &moment).unwrap_err();
        assert_eq!(wrong.problems()[0].pointer, "/variables/source");
        let document = json!({"canvas": {"activities": [{"id": "a", "type": "end"}]}});
        let plain = Campaign::read("c", &document, &mut Vec::new()).unwrap();
        assert!(resolve(&plain, &given, "test", &moment).is_err(), "no signal runs it");
    }

    #[test]
    fn stored_variables_read_back() {
        let moment = Moment::utc("2026-03-15T10:20:30Z".parse().unwrap());
        let variables = resolve(&campaign(), &Map::new(), "dry", &moment).unwrap();
        assert_eq!(of_run(&campaign(), &json!(variables), &moment), variables);
        let earlier = of_run(&campaign(), &json!({"city": "Metz"}), &moment);
        assert_eq!(earlier.get("city").and_then(|city| city.value.clone()), Some(json!("Metz")));
    }
    #[test]
    fn values_of_another_type_start_no_run() {
        let moment = Moment::utc("2026-03-15T10:20:30Z".parse().unwrap());
        let document = json!({
            "variables": {"n": {"type": "integer", "value": 1}, "amount": {"type": "decimal(8,2)", "value": "1.5"}},
            "canvas": {"activities": [{"id": "a", "type": "end"}]},
        });
        let campaign = Campaign::read("c", &document, &mut Vec::new()).unwrap();
        let values = |given: Value| {
            let given = given.as_object().cloned().unwrap_or_default();
            resolve(&campaign, &given, "test", &moment).map(|variables| Value::Object(variables.values()))
        };
        assert_eq!(values(json!({})).unwrap(), json!({"amount": "1.50", "n": 1}));
        assert_eq!(values(json!({"amount": "200", "n": "2"})).unwrap(), json!({"amount": "200.00", "n": 2}));
        for (given, at) in [
            (json!({"n": "2.7"}), "/variables/n"),
            (json!({"n": 2.7}), "/variables/n"),
            (json!({"n": "99999999999999999999"}), "/variables/n"),
            (json!({"amount": "1.239"}), "/variables/amount"),
            (json!({"amount": "1234567.5"}), "/variables/amount"),
            (json!({"amount": "1e7"}), "/variables/amount"),
        ] {
            let wrong = values(given.clone()).unwrap_err();
            let pointers: Vec<&str> = wrong.problems().iter().map(|problem| problem.pointer.as_str()).collect();
            assert_eq!(pointers, [at], "{given}");
        }
    }
}
