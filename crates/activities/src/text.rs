//! Short texts of activities with variables in them: what an alert says, what is asked, what a file is called.

use minijinja::{Environment, UndefinedBehavior, Value};
use tutti_model::date_math::Moment;
use tutti_model::problem::Problem;
use tutti_model::table::ColumnType;
use tutti_model::variables::{CAMPAIGN_NAME, ROWS, RUN_ID, Variables};

use crate::template;

/// The name under which templates find variables.
pub const VARIABLES: &str = "variables";
/// The name of the campaign, for texts.
pub const CAMPAIGN: &str = "campaign";
/// The id of the run, for texts.
pub const RUN: &str = "run";

/// The steps that filling one text in may take.
const FUEL: u64 = 50_000;

/// Adds what is wrong with a text whose names are `variables.NAME`, `rows`, `campaign` and `run`.
pub fn check(template: &str, moment: &Moment, pointer: &str, problems: &mut Vec<Problem>) {
    let names = match template::names(template) {
        Ok(names) => names,
        Err(error) => {
            problems.push(Problem::error("bad_template", pointer, error.to_string()));
            return;
        }
    };
    for name in names {
        if let Err(problem) = check_name(&name, &moment.variables, pointer) {
            problems.push(problem);
        }
    }
}

fn check_name(name: &str, variables: &Variables, pointer: &str) -> Result<(), Problem> {
    if let Some(variable) = variable_of(name) {
        return variables
            .find(variable, pointer)
            .map(drop)
            .map_err(|problem| Problem { message: format!("in the template, {}", problem.message), ..problem });
    }
    if [VARIABLES, CAMPAIGN, RUN, ROWS].contains(&name) {
        return Ok(());
    }
    let message = format!("in the template, there is no `{name}`");
    let problem = Problem::error("unknown_variable", pointer, message);
    if variables.get(name).is_some() {
        return Err(problem.hint(format!("did you mean `{VARIABLES}.{name}`?")));
    }
    Err(problem.hint(format!("known are `{ROWS}`, `{CAMPAIGN}`, `{RUN}` and `{VARIABLES}.NAME`")))
}

/// The variable that a name in a template means: `minimum` for `variables.minimum`.
pub fn variable_of(name: &str) -> Option<&str> {
    name.strip_prefix(VARIABLES)?.strip_prefix('.').map(|rest| rest.split_once('.').map_or(rest, |(name, _)| name))
}

/// Fills a text in. The error says what could not be.
pub fn fill(template: &str, moment: &Moment) -> Result<String, String> {
    if !template.contains(['{', '}']) {
        return Ok(template.to_owned());
    }
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    let of = |name: &str| moment.variables.get(name).map_or(Value::UNDEFINED, value);
    let context = minijinja::context! {
        variables => values(&moment.variables),
        rows => of(ROWS),
        campaign => of(CAMPAIGN_NAME),
        run => of(RUN_ID),
    };
    environment.render_str(template, context).map_err(|error| error.to_string())
}

/// Variables as templates see them: NULL is undefined, so that `default` replaces it.
pub fn values(variables: &Variables) -> Value {
    Value::from_pairs(variables.0.iter().map(|(name, variable)| (name.as_str(), value(variable))))
}

fn value(variable: &tutti_model::variables::Variable) -> Value {
    match (&variable.value, variable.data_type) {
        (None, _) => Value::UNDEFINED,
        // Exact numbers that JSON keeps as text count as numbers where a double holds them.
        (Some(serde_json::Value::String(text)), ColumnType::Decimal { .. }) if text.len() <= 15 => {
            text.parse::<f64>().map_or_else(|_| Value::from(text.as_str()), Value::from)
        }
        (Some(value), _) => plain(value),
    }
}

fn plain(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::String(text) => Value::from(text.as_str()),
        serde_json::Value::Bool(value) => Value::from(*value),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => Value::from(integer),
            (None, Some(number)) => Value::from(number),
            (None, None) => Value::from(number.to_string()),
        },
        serde_json::Value::Null | serde_json::Value::Array(_) | serde_json::Value::Object(_) => Value::UNDEFINED,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;
    use tutti_model::variables::Variable;

    use super::*;

    fn moment() -> Moment {
        let mut moment = Moment::utc(Timestamp::UNIX_EPOCH);
        moment.variables.insert(CAMPAIGN_NAME, Variable::new(ColumnType::String, Some(json!("winback"))));
        moment.variables.insert(ROWS, Variable::count(Some(3)));
        moment.variables.insert("city", Variable::new(ColumnType::String, Some(json!("Lyon"))));
        moment
            .variables
            .insert("budget", Variable::new(ColumnType::Decimal { precision: 9, scale: 2 }, Some(json!("2.50"))));
        moment.variables.insert("none", Variable::new(ColumnType::String, None));
        moment
    }

    #[test]
    fn texts_are_filled_in() {
        for (template, expected) in [
            ("plain", "plain"),
            ("{{ rows }} in {{ variables.city }} for {{ campaign }}", "3 in Lyon for winback"),
            ("{{ variables.none | default('nobody') }}{{ run }}", "nobody"),
            ("{% if variables.budget > 2 %}rich{% endif %}", "rich"),
        ] {
            assert_eq!(fill(template, &moment()).as_deref(), Ok(expected));
        }
        assert!(
            fill("{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}", &moment())
                .is_err()
        );
    }

    #[test]
    fn wrong_names_are_found() {
        for (template, hint) in [
            ("{{ variables.ctiy }}", Some("did you mean `city`?")),
            ("{{ city }}", Some("did you mean `variables.city`?")),
            ("{{ variables.city }} {{ rows }}", None),
            ("{{ first_name }}", Some("known are `rows`, `campaign`, `run` and `variables.NAME`")),
        ] {
            let mut problems = Vec::new();
            check(template, &moment(), "/x", &mut problems);
            assert_eq!(problems.first().and_then(|problem| problem.hint.as_deref()), hint, "{template}");
        }
        let mut problems = Vec::new();
        check("{{ rows", &moment(), "/x", &mut problems);
        assert_eq!(problems[0].code, "bad_template");
    }
}
