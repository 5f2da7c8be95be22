//! Groups, predefined filters and what kind of rule an object is.

use serde_json::{Map, Value};

use super::{Binder, BoundFilter, CONDITIONS_MAX, Count, DEPTH_MAX, Member, Predicate, Related, Scope};
use crate::campaign::OUT;
use crate::date_math::Moment;
use crate::dimension::Filter;
use crate::problem::{Problem, join_pointer};
use crate::table::ColumnType;
use crate::value::Literal;
use crate::variables::{Variable, Variables};

/// Fields that react-querybuilder writes for its own use.
const EDITOR_FIELDS: [&str; 4] = ["id", "path", "valueEditorType", "inputType"];

impl Binder<'_> {
    /// Binds any rule: a group, a condition, a filter or an audience.
    pub(super) fn rule(&mut self, rule: &Value, scope: Scope<'_>, pointer: &str) -> Option<Predicate> {
        let Value::Object(fields) = rule else {
            self.error("wrong_type", pointer, format!("a rule is an object, not `{rule}`"));
            return None;
        };
        self.reach(self.depth + 1, pointer)?;
        self.count_conditions(1, pointer)?;
        self.depth += 1;
        let bound = if fields.is_empty() {
            Some(Predicate::Constant(true))
        } else if fields.contains_key("combinator") || fields.contains_key("rules") {
            self.group(fields, scope, pointer)
        } else if fields.contains_key("filter") {
            self.filter(fields, scope, pointer)
        } else if fields.contains_key("population") {
            self.population(fields, scope, pointer)
        } else if fields.contains_key("audience") {
            self.audience(fields, scope, pointer)
        } else if fields.contains_key("field") || fields.contains_key("expression") {
            self.condition(fields, scope, pointer)
        } else {
            self.problems.push(
                Problem::error("bad_rule", pointer, "this is neither a group nor a condition")
                    .hint("a group has `combinator` and `rules`; a condition has `field`, `operator` and `value`"),
            );
            None
        };
        self.depth -= 1;
        bound
    }

    /// Something is bound at this depth; `None` where that is too deep, which is said once.
    fn reach(&mut self, depth: usize, pointer: &str) -> Option<()> {
        if depth <= DEPTH_MAX {
            self.deepest = self.deepest.max(depth);
            return Some(());
        }
        if self.conditions <= CONDITIONS_MAX {
            let message = format!("rules nest at most {DEPTH_MAX} levels, those of their filters included");
            self.error("too_deep", pointer, message);
        }
        // Nothing more is bound, since filters inside filters multiply.
        self.conditions = usize::MAX;
        None
    }

    /// Counts what is bound; `None` once it is too much, which is said once.
    fn count_conditions(&mut self, more: usize, pointer: &str) -> Option<()> {
        let was_too_many = self.conditions > CONDITIONS_MAX;
        self.conditions = self.conditions.saturating_add(more);
        if self.conditions <= CONDITIONS_MAX {
            return Some(());
        }
        if !was_too_many {
            let message =
                format!("a rule has at most {CONDITIONS_MAX} groups and conditions, those of its filters included");
            self.error("too_large", pointer, message);
        }
        None
    }

    fn group(&mut self, fields: &Map<String, Value>, scope: Scope<'_>, pointer: &str) -> Option<Predicate> {
        self.known_fields(fields, &["combinator", "not", "rules"], pointer);
        let combinator = match fields.get("combinator") {
            None => "and",
            Some(Value::String(name)) if ["and", "or", "except"].contains(&name.to_lowercase().as_str()) => name,
            Some(other) => {
                self.problems.push(
                    Problem::error(
                        "unknown_value",
                        join_pointer(pointer, "combinator"),
                        format!("`{other}` is not a combinator"),
                    )
                    .hint("known are `and`, `or`, `except`"),
                );
                return None;
            }
        };
        let negated = self.boolean(fields, "not", pointer)?;
        let rules = match fields.get("rules") {
            Some(Value::Array(rules)) => rules,
            None => {
                self.error("missing_field", pointer, "the group has no `rules`");
                return None;
            }
            Some(_) => {
                self.error("wrong_type", &join_pointer(pointer, "rules"), "`rules` is a list");
                return None;
            }
        };
        let list = join_pointer(pointer, "rules");
        // Every rule is bound before any failure counts, so that all errors are found.
        let bound: Vec<Option<Predicate>> =
            rules.iter().enumerate().map(|(index, rule)| self.rule(rule, scope, &join_pointer(&list, index))).collect();
        let mut bound: Vec<Predicate> = bound.into_iter().collect::<Option<_>>()?;
        let predicate = if bound.is_empty() {
            Predicate::Constant(true)
        } else if bound.len() == 1 {
            bound.remove(0)
        } else {
            match combinator.to_lowercase().as_str() {
                "and" => Predicate::All(bound),
                "or" => Predicate::Any(bound),
                _ => {
                    let first = bound.remove(0);
                    Predicate::All(std::iter::once(first).chain(bound.into_iter().map(not)).collect())
                }
            }
        };
        Some(if negated { not(predicate) } else { predicate })
    }

    fn filter(&mut self, fields: &Map<String, Value>, scope: Scope<'_>, pointer: &str) -> Option<Predicate> {
        self.known_fields(fields, &["filter", "parameters"], pointer);
        let at = join_pointer(pointer, "filter");
        let Some(name) = fields.get("filter").and_then(Value::as_str) else {
            self.error("wrong_type", &at, "`filter` is the name of a predefined filter");
            return None;
        };
        let catalog = self.catalog;
        let Some(filter) = catalog.filters.get(name) else {
            self.problems.push(
                Problem::error("missing_filter", at, format!("there is no filter `{name}`"))
                    .did_you_mean(name, catalog.filters.keys().map(String::as_str)),
            );
            return None;
        };
        let table = catalog.dimensions.get(&filter.dimension).map_or("", |dimension| dimension.table.as_str());
        if table != scope.table {
            let message = format!(
                "the filter `{name}` is about `{}`, and this rule is about rows of `{}`",
                filter.dimension, scope.table
            );
            self.error("wrong_dimension", &at, message);
            return None;
        }
        if self.filters.iter().any(|open| open == name) {
            let chain = self.filters.iter().map(|open| format!("`{open}`")).collect::<Vec<_>>().join(" -> ");
            self.error("filter_cycle", &at, format!("the filter `{name}` contains itself: {chain} -> `{name}`"));
            return None;
        }
        let (rule, variables) = self.with_parameters(filter, fields.get("parameters"), pointer)?;
        // One filter with the same parameters is bound once, however often it is used; its conditions count each time.
        let known = (name.to_owned(), rule.to_string());
        if let Some(BoundFilter { predicate, conditions, levels }) = self.bound_filters.get(&known).cloned() {
            self.reach(self.depth + levels, pointer)?;
            return self.count_conditions(conditions, pointer).map(|()| predicate);
        }
        self.filters.push(name.to_owned());
        let before = (self.problems.len(), self.conditions);
        // The name of a filter is no level of its own: its rule stands in its place.
        let (depth, deepest) = (self.depth - 1, self.deepest);
        let moment = Moment { variables, ..self.moment.clone() };
        // Inside, expressions know the filter's parameters as variables.
        let mut inner = Binder {
            catalog: self.catalog,
            moment: &moment,
            problems: std::mem::take(&mut self.problems),
            filters: std::mem::take(&mut self.filters),
            bound_filters: std::mem::take(&mut self.bound_filters),
            depth,
            deepest: depth,
            conditions: self.conditions,
        };
        let bound = inner.rule(&rule, Scope::table(scope.table), "");
        let levels = inner.deepest.saturating_sub(self.depth);
        self.deepest = deepest.max(inner.deepest);
        let Binder { problems, filters, bound_filters, conditions, .. } = inner;
        (self.problems, self.filters, self.bound_filters, self.conditions) =
            (problems, filters, bound_filters, conditions);
        self.filters.pop();
        for problem in &mut self.problems[before.0..] {
            // The pointer would lead into the filter's document; the place to mend, seen from here, is its use.
            problem.message = format!("in the filter `{name}`: {}", problem.message);
            pointer.clone_into(&mut problem.pointer);
        }
        if let Some(predicate) = &bound {
            let conditions = self.conditions - before.1;
            self.bound_filters.insert(known, BoundFilter { predicate: predicate.clone(), conditions, levels });
        }
        bound
    }

    /// A filter's own rule, with example values for the parameters that have no default.
    pub(super) fn filter_itself(&mut self, filter: &Filter, table: &str) -> Option<Predicate> {
        let without = filter.parameters.iter().filter(|(_, parameter)| parameter.default.is_none());
        let examples = without.map(|(name, parameter)| (name.clone(), example_of(parameter.parameter_type)));
        let (rule, variables) = self.with_parameters(filter, Some(&Value::Object(examples.collect())), "/where")?;
        let moment = Moment { variables, ..self.moment.clone() };
        let mut inner = Binder { filters: vec![filter.name.clone()], ..Binder::new(self.catalog, &moment) };
        let bound = inner.rule(&rule, Scope::table(table), "/where");
        self.problems.append(&mut inner.problems);
        bound
    }

    /// Membership in what an earlier activity of the same run passed on.
    fn population(&mut self, fields: &Map<String, Value>, scope: Scope<'_>, pointer: &str) -> Option<Predicate> {
        self.known_fields(fields, &["population", "operator"], pointer);
        let at = join_pointer(pointer, "population");
        let Some(name) = fields.get("population").and_then(Value::as_str) else {
            self.error("wrong_type", &at, "`population` is an activity and its port, like `split.a`");
            return None;
        };
        let negated = match fields.get("operator").map(Value::as_str) {
            None | Some(Some("in")) => false,
            Some(Some("notIn")) => true,
            Some(_) => {
                let problem = Problem::error(
                    "unknown_operator",
                    join_pointer(pointer, "operator"),
                    "a population has no such operator",
                );
                self.problems.push(problem.hint("known are `in` and `notIn`"));
                return None;
            }
        };
        let known = &self.moment.populations;
        let whole = if name.contains('.') { name.to_owned() } else { format!("{name}.{OUT}") };
        let Some(table) = known.get(&whole) else {
            let problem =
                Problem::error("missing_population", at, format!("there is no population `{name}` before this"));
            self.problems.push(if known.is_empty() {
                problem.hint("populations are those of activities that lead here, in the same campaign")
            } else {
                problem.did_you_mean(&whole, known.keys().map(String::as_str))
            });
            return None;
        };
        if table != scope.table {
            let message = format!(
                "the population `{name}` has rows of `{table}`, and this rule is about rows of `{}`",
                scope.table
            );
            self.error("wrong_dimension", &at, message);
            return None;
        }
        let keys = self.catalog.table(table).map(|table| table.primary_key.clone()).unwrap_or_default();
        let member = Predicate::Member(Member { population: whole, keys });
        Some(if negated { not(member) } else { member })
    }

    /// The filter's rule with its `{{parameters}}` filled in, and the variables that it knows: its parameters before
    /// those from outside.
    fn with_parameters(&mut self, filter: &Filter, given: Option<&Value>, pointer: &str) -> Option<(Value, Variables)> {
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
        let mut values: Vec<(String, Value)> = Vec::new();
        let mut variables = self.moment.variables.clone();
        for name in given.keys().filter(|name| !filter.parameters.contains_key(name.as_str())) {
            let message = format!("the filter `{}` has no parameter `{name}`", filter.name);
            self.problems.push(
                Problem::error("unknown_field", join_pointer(&at, name), message)
                    .did_you_mean(name, filter.parameters.keys().map(String::as_str)),
            );
        }
        for (name, parameter) in &filter.parameters {
            match given.get(name).or(parameter.default.as_ref()) {
                None => {
                    let message = format!("the filter `{}` needs the parameter `{name}`", filter.name);
                    self.error("missing_field", &at, message);
                    return None;
                }
                Some(value) => {
                    if let Err(message) = Literal::of_type(value, parameter.parameter_type, self.moment) {
                        self.error("wrong_type", &join_pointer(&at, name), message);
                        return None;
                    }
                    values.push((name.clone(), value.clone()));
                    let variable = Variable { data_type: parameter.parameter_type, value: Some(value.clone()) };
                    variables.insert(name.clone(), variable);
                }
            }
        }
        let mut unknown = Vec::new();
        let filled = fill(&filter.rule.0, &values, &mut unknown);
        for name in &unknown {
            let message = format!("the filter `{}` says `{{{{{name}}}}}` and has no such parameter", filter.name);
            let problem = Problem::error("unknown_parameter", pointer, message);
            self.problems.push(problem.did_you_mean(name, filter.parameters.keys().map(String::as_str)));
        }
        unknown.is_empty().then_some((filled, variables))
    }

    /// Whether the row is a member of an audience: whether it is linked to itself among the members.
    fn audience(&mut self, fields: &Map<String, Value>, scope: Scope<'_>, pointer: &str) -> Option<Predicate> {
        self.known_fields(fields, &["audience", "operator"], pointer);
        let at = join_pointer(pointer, "audience");
        let Some(name) = fields.get("audience").and_then(Value::as_str) else {
            self.error("wrong_type", &at, "`audience` is the name of an audience");
            return None;
        };
        let negated = match fields.get("operator").map(Value::as_str) {
            None | Some(Some("in")) => false,
            Some(Some("notIn")) => true,
            Some(_) => {
                self.problems.push(
                    Problem::error(
                        "unknown_value",
                        join_pointer(pointer, "operator"),
                        "this is no operator on an audience",
                    )
                    .hint("known are `in` and `notIn`"),
                );
                return None;
            }
        };
        let catalog = self.catalog;
        let Some(audience) = catalog.audiences.get(name) else {
            let problem = Problem::error("missing_audience", at, format!("there is no audience `{name}`"));
            let problem = problem.did_you_mean(name, catalog.audiences.keys().map(String::as_str));
            self.problems.push(match problem.hint {
                Some(_) => problem,
                None => problem.hint("declare it in a document `kind: audience`, or run what saves it first"),
            });
            return None;
        };
        let table = catalog.dimension_table(&audience.dimension).map(|(_, table)| table);
        // An audience without a dimension is a problem of its own, and reported there.
        let table = table.filter(|_| catalog.members(name).is_some())?;
        if table.name != scope.table {
            let message = format!(
                "the audience `{name}` has rows of `{}`, and this rule is about rows of `{}`",
                audience.dimension, scope.table
            );
            self.error("wrong_dimension", &at, message);
            return None;
        }
        let member =
            Predicate::Related(Related::new(vec![audience.hop(table)], Predicate::Constant(true), Count::AtLeast(1)));
        Some(if negated { not(member) } else { member })
    }

    /// Adds an error for every field that is not in `known`.
    pub(super) fn known_fields(&mut self, fields: &Map<String, Value>, known: &[&str], pointer: &str) {
        for name in fields.keys() {
            if !known.contains(&name.as_str()) && !EDITOR_FIELDS.contains(&name.as_str()) {
                self.problems.push(
                    Problem::error(
                        "unknown_field",
                        join_pointer(pointer, name),
                        format!("unknown field `{name}` in a rule"),
                    )
                    .did_you_mean(name, known.iter().copied()),
                );
            }
        }
    }

    /// An optional boolean, false when absent; `None` when it is something else.
    pub(super) fn boolean(&mut self, fields: &Map<String, Value>, name: &str, pointer: &str) -> Option<bool> {
        match fields.get(name) {
            None | Some(Value::Null) => Some(false),
            Some(Value::Bool(value)) => Some(*value),
            Some(_) => {
                self.error("wrong_type", &join_pointer(pointer, name), format!("`{name}` is true or false"));
                None
            }
        }
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

/// The exact complement.
pub(super) fn not(predicate: Predicate) -> Predicate {
    match predicate {
        Predicate::Not(inner) => *inner,
        Predicate::Constant(value) => Predicate::Constant(!value),
        other => Predicate::Not(Box::new(other)),
    }
}

/// Replaces `{{name}}` in every text. A text that is nothing but one placeholder takes the value's type. Names that are
/// no parameter go to `unknown`.
fn fill(rule: &Value, values: &[(String, Value)], unknown: &mut Vec<String>) -> Value {
    match rule {
        Value::String(text) => match placeholder(text) {
            Some((0, name, end)) if end == text.len() => match values.iter().find(|(known, _)| known == name) {
                Some((_, value)) => value.clone(),
                None => {
                    unknown.push(name.to_owned());
                    rule.clone()
                }
            },
            _ => Value::String(fill_text(text, values, str::to_owned, unknown)),
        },
        Value::Array(items) => Value::Array(items.iter().map(|item| fill(item, values, unknown)).collect()),
        Value::Object(fields) => {
            let is_sql = |key: &str| {
                key == "expression" || (key == "value" && fields.get("valueSource") == Some(&Value::from("expression")))
            };
            let filled = fields.iter().map(|(key, item)| match item {
                // A quote inside a text is doubled. `$name` says it better.
                Value::String(sql) if is_sql(key) => {
                    let quoted = |text: &str| text.replace('\'', "''");
                    (key.clone(), Value::String(fill_text(sql, values, quoted, unknown)))
                }
                item => (key.clone(), fill(item, values, unknown)),
            });
            Value::Object(filled.collect())
        }
        other => other.clone(),
    }
}

/// Replaces each placeholder once: what comes in is not looked at again.
fn fill_text(
    text: &str,
    values: &[(String, Value)],
    written: impl Fn(&str) -> String,
    unknown: &mut Vec<String>,
) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((start, name, end)) = placeholder(rest) {
        filled.push_str(&rest[..start]);
        match values.iter().find(|(known, _)| known == name) {
            Some((_, Value::String(value))) => filled.push_str(&written(value)),
            Some((_, value)) => filled.push_str(&value.to_string()),
            None => {
                unknown.push(name.to_owned());
                filled.push_str(&rest[start..end]);
            }
        }
        rest = &rest[end..];
    }
    filled.push_str(rest);
    filled
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
