//! Parameters of predefined filters: what they are given, and where the filter's rule says them.

use serde_json::{Map, Value};

use super::{Binder, Predicate, Scope};
use crate::date_math::Moment;
use crate::dimension::Filter;
use crate::problem::{Problem, join_pointer};
use crate::table::ColumnType;
use crate::value::Literal;
use crate::variables::{Variable, Variables};

impl Binder<'_> {
    /// A filter's own rule, with example values for the parameters that have no default.
    pub(super) fn filter_itself(&mut self, filter: &Filter, table: &str) -> Option<Predicate> {
        let without = filter.parameters.iter().filter(|(_, parameter)| parameter.default.is_none());
        let examples: Map<String, Value> =
            without.map(|(name, parameter)| (name.clone(), example_of(parameter.parameter_type))).collect();
        let has_examples = !examples.is_empty();
        let (rule, own) = self.with_parameters(filter, Some(&Value::Object(examples)), "/where")?;
        let moment = self.moment_inside(&own);
        let mut inner = Binder {
            filters: vec![filter.name.clone()],
            parameters: own,
            examples: has_examples,
            ..Binder::new(self.catalog, &moment)
        };
        let bound = inner.rule(&rule, Scope::table(table), "/where");
        self.problems.append(&mut inner.problems);
        bound
    }

    /// The moment that expressions inside a filter know: its parameters are variables, before those from outside.
    pub(super) fn moment_inside(&self, own: &Variables) -> Moment {
        let mut moment = self.moment.clone();
        moment.variables.0.extend(own.0.clone());
        moment
    }

    /// The filter's rule with its `{{parameters}}` filled in, and the parameters.
    pub(super) fn with_parameters(
        &mut self,
        filter: &Filter,
        given: Option<&Value>,
        pointer: &str,
    ) -> Option<(Value, Variables)> {
        let at = join_pointer(pointer, "parameters");
        let empty = Map::new();
        let given = match given {
            None => &empty,
            Some(Value::Object(given)) => given,
            Some(_) => {
                self.error("wrong_type", &at, "`parameters` is a map of names and values");
                return None;
            }
        };
        for name in given.keys().filter(|name| !filter.parameters.contains_key(name.as_str())) {
            let message = format!("the filter `{}` has no parameter `{name}`", filter.name);
            self.problems.push(
                Problem::error("unknown_field", join_pointer(&at, name), message)
                    .did_you_mean(name, filter.parameters.keys().map(String::as_str)),
            );
        }
        let mut own = Variables::default();
        for (name, parameter) in &filter.parameters {
            let value = match (given.get(name), &parameter.default) {
                (Some(given), _) => self.given_value(given, &join_pointer(&at, name))?,
                (None, Some(default)) => Some(default.clone()),
                (None, None) => {
                    let message = format!("the filter `{}` needs the parameter `{name}`", filter.name);
                    self.error("missing_field", &at, message);
                    return None;
                }
            };
            if let Some(value) = &value
                && let Err(message) = Literal::of_type(value, parameter.parameter_type, self.moment)
            {
                self.error("wrong_type", &join_pointer(&at, name), message);
                return None;
            }
            own.insert(name.clone(), Variable::new(parameter.parameter_type, value));
        }
        let mut filling = Filling { parameters: &own, unknown: Vec::new(), unset: Vec::new() };
        let filled = filling.filled(&filter.rule.0);
        let Filling { unknown, unset, .. } = filling;
        for name in &unknown {
            let message = format!("the filter `{}` says `{{{{{name}}}}}` and has no such parameter", filter.name);
            let problem = Problem::error("unknown_parameter", pointer, message);
            self.problems.push(problem.did_you_mean(name, filter.parameters.keys().map(String::as_str)));
        }
        for name in &unset {
            let message =
                format!("the filter `{}` needs a value of its parameter `{name}`, which has none here", filter.name);
            let problem = Problem::error("no_value", join_pointer(&at, name), message);
            self.problems.push(problem.hint(format!("write `${name}` in an expression of the filter")));
        }
        (unknown.is_empty() && unset.is_empty()).then_some((filled, own))
    }

    /// What a parameter is given: a value, or with `$name` that of a variable, which may have none.
    pub(super) fn given_value(&mut self, given: &Value, at: &str) -> Option<Option<Value>> {
        if given.as_str().is_some_and(is_variable) { self.variable_value(given, at) } else { Some(Some(given.clone())) }
    }
}

fn example_of(column_type: ColumnType) -> Value {
    match column_type {
        ColumnType::String => Value::from("x"),
        ColumnType::Integer | ColumnType::Number => Value::from(1),
        // Without digits before the point there is no 1.
        ColumnType::Decimal { precision, scale } => Value::from(u8::from(precision > scale)),
        ColumnType::Boolean => Value::from(true),
        ColumnType::Date | ColumnType::Timestamp => Value::from("2026-01-01"),
    }
}

/// Whether a text is nothing but `$name`.
pub(super) fn is_variable(text: &str) -> bool {
    text.trim().strip_prefix('$').is_some_and(is_variable_name)
}

fn is_variable_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
}

/// Puts the values of parameters in the place of `{{name}}`.
struct Filling<'p> {
    parameters: &'p Variables,
    /// Names that are no parameter.
    unknown: Vec<String>,
    /// Parameters without a value that stand where a rule cannot do without one.
    unset: Vec<String>,
}

impl Filling<'_> {
    /// Replaces `{{name}}` in every text. A text that is nothing but one placeholder takes the value's type.
    fn filled(&mut self, rule: &Value) -> Value {
        match rule {
            Value::String(text) => match only_placeholder(text) {
                Some(name) => self.value(name).unwrap_or_else(|| rule.clone()),
                None => Value::String(self.text(text, str::to_owned)),
            },
            Value::Array(items) => Value::Array(items.iter().map(|item| self.filled(item)).collect()),
            Value::Object(fields) => Value::Object(self.object(fields)),
            other => other.clone(),
        }
    }

    fn object(&mut self, fields: &Map<String, Value>) -> Map<String, Value> {
        let text_of = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
        let (operator, source) = (text_of("operator"), text_of("valueSource"));
        let is_sql = |key: &str| key == "expression" || (key == "value" && source == "expression");
        let mut filled = Map::new();
        let mut unset = None;
        for (key, item) in fields {
            let item = match item {
                Value::String(sql) if is_sql(key) => Value::String(self.sql(sql)),
                Value::Object(given) if key == "parameters" => {
                    let passed_on = given.iter().map(|(name, value)| (name.clone(), self.passed_on(value)));
                    Value::Object(passed_on.collect())
                }
                Value::String(_) | Value::Array(_) if key == "value" => match self.compared(item, operator) {
                    Ok(value) => value,
                    Err(name) => {
                        unset = Some(name);
                        continue;
                    }
                },
                item => self.filled(item),
            };
            filled.insert(key.clone(), item);
        }
        if let Some(name) = unset {
            // A comparison with a variable that has no value, which holds for no row.
            filled.insert("valueSource".to_owned(), Value::from("variable"));
            filled.insert("value".to_owned(), Value::from(name));
        }
        filled
    }

    /// What a condition compares with; the error is a parameter in it that has no value. A list that is looked up goes
    /// without the items that are not known.
    fn compared(&mut self, value: &Value, operator: &str) -> Result<Value, String> {
        let is_list = matches!(operator, "in" | "notIn");
        let items = match value {
            Value::Array(items) => items.clone(),
            Value::String(text) if is_list && text.contains(',') => {
                text.split(',').map(|item| Value::from(item.trim())).collect()
            }
            other => vec![other.clone()],
        };
        let unset: Vec<Option<String>> = items.iter().map(|item| self.unset_in(item)).collect();
        let Some(first) = unset.iter().flatten().next() else { return Ok(self.filled(value)) };
        if !is_list || unset.iter().all(Option::is_some) {
            return Err(first.clone());
        }
        let known = items.iter().zip(&unset).filter(|(_, unset)| unset.is_none());
        Ok(Value::Array(known.map(|(item, _)| self.filled(item)).collect()))
    }

    /// A parameter without a value that a text names.
    fn unset_in(&self, value: &Value) -> Option<String> {
        let mut rest = value.as_str()?;
        while let Some((_, name, end)) = placeholder(rest) {
            if self.is_unset(name) {
                return Some(name.to_owned());
            }
            rest = &rest[end..];
        }
        None
    }

    fn is_unset(&self, name: &str) -> bool {
        self.parameters.get(name).is_some_and(|parameter| parameter.value.is_none())
    }

    fn value(&mut self, name: &str) -> Option<Value> {
        let parameters = self.parameters;
        match parameters.get(name).map(|parameter| &parameter.value) {
            Some(Some(value)) => return Some(value.clone()),
            Some(None) => self.unset.push(name.to_owned()),
            None => self.unknown.push(name.to_owned()),
        }
        None
    }

    /// Replaces each placeholder once: what comes in is not looked at again.
    fn text(&mut self, text: &str, written: impl Fn(&str) -> String) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((start, name, end)) = placeholder(rest) {
            filled.push_str(&rest[..start]);
            match self.value(name) {
                Some(Value::String(value)) => filled.push_str(&written(&value)),
                Some(value) => filled.push_str(&value.to_string()),
                None => filled.push_str(&rest[start..end]),
            }
            rest = &rest[end..];
        }
        filled.push_str(rest);
        filled
    }

    /// The same in SQL. A parameter without a value is NULL of its type, as `$name` says it.
    fn sql(&mut self, sql: &str) -> String {
        let mut open = String::with_capacity(sql.len());
        let mut rest = sql;
        let mut quotes = 0;
        while let Some((start, name, end)) = placeholder(rest) {
            quotes += rest[..start].matches('\'').count();
            open.push_str(&rest[..start]);
            if quotes % 2 == 0 && self.is_unset(name) && is_variable_name(name) {
                open.push('$');
                open.push_str(name);
            } else {
                open.push_str(&rest[start..end]);
            }
            rest = &rest[end..];
        }
        open.push_str(rest);
        // A quote inside a text is doubled. `$name` says it better.
        self.text(&open, |value| value.replace('\'', "''"))
    }

    /// What a filter inside this one is given. A parameter goes on as the variable that it is here, so that its value
    /// is not taken for the name of another.
    fn passed_on(&mut self, given: &Value) -> Value {
        match given.as_str().and_then(only_placeholder) {
            Some(name) if is_variable_name(name) && self.parameters.get(name).is_some() => {
                Value::String(format!("${name}"))
            }
            _ => self.filled(given),
        }
    }
}

/// The name of the placeholder that is all of a text.
fn only_placeholder(text: &str) -> Option<&str> {
    placeholder(text).filter(|(start, _, end)| *start == 0 && *end == text.len()).map(|(_, name, _)| name)
}

/// The first `{{name}}` of a text: where it begins, its name, and where it ends.
fn placeholder(text: &str) -> Option<(usize, &str, usize)> {
    let mut from = 0;
    while let Some(start) = text[from..].find("{{").map(|at| from + at) {
        let inside = start + 2;
        let end = inside + text[inside..].find("}}")?;
        let name = text[inside..end].trim();
        if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-') {
            return Some((start, name, end + 2));
        }
        from = inside;
    }
    None
}
