//! Short texts of activities with variables in them: what an alert says, what is asked, what a file is called.

use std::collections::BTreeMap;

use minijinja::value::ValueKind;
use minijinja::{Environment, Output, State, UndefinedBehavior, Value, escape_formatter};
use tutti_model::date_math::Moment;
use tutti_model::jinja;
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
    let template = prepared(template, &moment.variables, &mut environment);
    environment.render_str(&template, context).map_err(|error| error.to_string())
}

/// The filter behind decimals that are printed.
const PLACES: &str = "__places";

/// The template as `environment` then renders it, whose values print as those of messages do: a decimal with the places
/// of its type, a boolean as `true` or `false`.
pub(crate) fn prepared(template: &str, variables: &Variables, environment: &mut Environment<'_>) -> String {
    environment.set_formatter(print);
    environment.add_filter(PLACES, with_places);
    jinja::filtered(template, &|path| {
        let name = path.strip_prefix(VARIABLES)?.strip_prefix('.')?;
        variables.get(name)?.places().map(|places| format!("{PLACES}({places})"))
    })
}

/// MiniJinja prints `True` and `False`.
fn print(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), minijinja::Error> {
    if value.kind() == ValueKind::Bool {
        return escape_formatter(out, state, &Value::from(if value.is_true() { "true" } else { "false" }));
    }
    escape_formatter(out, state, value)
}

/// A number with as many places, of which it has no more.
fn with_places(value: &Value, places: usize) -> Value {
    if value.is_undefined() || value.is_none() {
        return value.clone();
    }
    let text = value.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((text.as_str(), ""));
    Value::from(format!("{whole}.{fraction:0<places$}"))
}

/// The places of the variables that are decimals with any: so many are printed.
pub fn places(variables: &Variables) -> BTreeMap<String, u8> {
    variables.0.iter().filter_map(|(name, variable)| Some((name.clone(), variable.places()?))).collect()
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
            match (text.parse::<i64>(), text.parse::<f64>()) {
                (Ok(whole), _) => Value::from(whole),
                (_, Ok(number)) => Value::from(number),
                _ => Value::from(text.as_str()),
            }
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
        let mut decimal = |name: &str, precision: u8, scale: u8, value: &str| {
            let decimal = Variable::new(ColumnType::Decimal { precision, scale }, Some(json!(value)));
            moment.variables.insert(name, decimal);
        };
        decimal("whole", 9, 2, "200.00");
        decimal("pieces", 9, 0, "200");
        decimal("long", 38, 2, "12345678901234567890.10");
        moment.variables.insert("unset", Variable::new(ColumnType::Decimal { precision: 9, scale: 2 }, None));
        moment.variables.insert("open", Variable::new(ColumnType::Boolean, Some(json!(true))));
        moment.variables.insert("shut", Variable::new(ColumnType::Boolean, Some(json!(false))));
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
            ("{{ variables.budget }} {{- variables.whole -}} {{ variables.pieces }}", "2.50200.00200"),
            ("{{ variables.long }}|{{ variables.unset }}|{{ variables.budget + 1 }}", "12345678901234567890.10||3.5"),
            ("{{ variables.open }} {{ variables.shut }}{% if not variables.shut %}!{% endif %}", "true false!"),
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
