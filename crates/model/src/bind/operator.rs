//! Operators, and the values that they compare with.

use serde_json::{Map, Value};

use super::expression::unknown_variable;
use super::parameters::is_variable;
use super::period::is_named;
use super::{Binder, Comparison, Right, Scope, Test};
use crate::problem::{Problem, join_pointer};
use crate::table::{Column, ColumnType};
use crate::value::Literal;

/// Every operator: its name, and whether it is the complement of the one after it.
const OPERATORS: [(&str, &str, bool); 20] = [
    ("=", "=", false),
    ("!=", "=", true),
    ("<", "<", false),
    ("<=", "<=", false),
    (">", ">", false),
    (">=", ">=", false),
    ("between", "between", false),
    ("notBetween", "between", true),
    ("in", "in", false),
    ("notIn", "in", true),
    ("contains", "contains", false),
    ("doesNotContain", "contains", true),
    ("beginsWith", "beginsWith", false),
    ("doesNotBeginWith", "beginsWith", true),
    ("endsWith", "endsWith", false),
    ("doesNotEndWith", "endsWith", true),
    ("like", "like", false),
    ("notLike", "like", true),
    ("null", "null", false),
    ("notNull", "null", true),
];
const EMPTY_OPERATORS: [(&str, &str, bool); 2] = [("empty", "empty", false), ("notEmpty", "empty", true)];

impl Binder<'_> {
    /// The operator's positive form, and whether it is negated.
    pub(super) fn operator(&mut self, fields: &Map<String, Value>, pointer: &str) -> Option<(&'static str, bool)> {
        let at = join_pointer(pointer, "operator");
        let given = match fields.get("operator") {
            Some(Value::String(given)) => given.as_str(),
            // The name of an operator, which YAML reads as no value unless it is quoted.
            Some(Value::Null) => "null",
            _ => {
                self.error("missing_field", pointer, "the condition has no `operator`");
                return None;
            }
        };
        let all = || OPERATORS.iter().chain(&EMPTY_OPERATORS);
        match all().find(|(name, ..)| *name == given) {
            Some((_, positive, negated)) => Some((*positive, *negated)),
            None => {
                let problem = Problem::error("unknown_operator", at, format!("there is no operator `{given}`"));
                self.problems.push(problem.did_you_mean(given, all().map(|(name, ..)| *name)));
                None
            }
        }
    }

    /// The operator's positive form as a test of `column`, and whether it is negated.
    pub(super) fn test(
        &mut self,
        fields: &Map<String, Value>,
        column: &Column,
        scope: Scope<'_>,
        pointer: &str,
    ) -> Option<(Test, bool)> {
        let (operator, negated) = self.operator(fields, pointer)?;
        if operator == "null" || operator == "empty" {
            let is_text = operator == "empty" && column.column_type == ColumnType::String;
            return Some((if is_text { Test::Empty } else { Test::Null }, negated));
        }
        let Some(value) = fields.get("value").filter(|value| !value.is_null()) else {
            self.problems.push(
                Problem::error("missing_field", pointer, format!("the operator `{operator}` needs a `value`"))
                    .hint("to ask for rows without a value, use the operator `null`"),
            );
            return None;
        };
        let given = self.source(fields, pointer)?;
        let at = join_pointer(pointer, "value");
        let (source, value) = self.known_value(given, value, operator, &at)?;
        let Some(value) = value else { return Some((Test::Never, negated)) };
        if source == Source::Value && is_named(&value) {
            return self.period_test(operator, &value, column, &at).map(|test| (test, negated));
        }
        let side = Side { column, scope, source };
        let test = match operator {
            "contains" | "beginsWith" | "endsWith" | "like" => self.text_test(operator, &value, side, &at)?,
            "in" => {
                let rights: Vec<Option<Right>> = list(&value, source)
                    .iter()
                    .enumerate()
                    .map(|(index, item)| self.right(item, side, &join_pointer(&at, index)))
                    .collect();
                Test::In(rights.into_iter().collect::<Option<_>>()?)
            }
            "between" => {
                let ends = list(&value, source);
                let [low, high] = ends.as_slice() else {
                    let message = "`between` takes two values, the lower and the upper, both included";
                    let problem = Problem::error("bad_value", &at, message);
                    self.problems.push(match source {
                        Source::Expression => problem.hint("write two expressions as a list of two texts"),
                        _ => problem,
                    });
                    return None;
                };
                self.ordered(column, operator, pointer)?;
                let low = self.right(low, side, &join_pointer(&at, 0));
                let high = self.right(high, side, &join_pointer(&at, 1));
                Test::Between(low?, high?)
            }
            _ => {
                let comparison = match operator {
                    "=" => Comparison::Equal,
                    "<" => Comparison::Less,
                    "<=" => Comparison::LessOrEqual,
                    ">" => Comparison::Greater,
                    _ => Comparison::GreaterOrEqual,
                };
                if comparison != Comparison::Equal {
                    self.ordered(column, operator, pointer)?;
                }
                Test::Compare(comparison, self.right(&value, side, &at)?)
            }
        };
        // Variables have other values another time.
        if given == Source::Value {
            let case_sensitive = fields.get("caseSensitive") == Some(&Value::Bool(true));
            self.doubt(&test, column, case_sensitive, &at);
        }
        Some((test, negated))
    }

    /// Where the other side of a comparison comes from.
    pub(super) fn source(&mut self, fields: &Map<String, Value>, pointer: &str) -> Option<Source> {
        let Some(given) = fields.get("valueSource").filter(|given| !given.is_null()) else {
            return Some(Source::Value);
        };
        let given = given.as_str().unwrap_or_default();
        let found = Source::NAMES.iter().find(|(name, _)| *name == given);
        if found.is_none() {
            let message = format!("`{given}` is not a source of values");
            let problem = Problem::error("unknown_value", join_pointer(pointer, "valueSource"), message);
            self.problems.push(problem.did_you_mean(given, Source::NAMES.iter().map(|(name, _)| *name)));
        }
        found.map(|(_, source)| *source)
    }

    /// What stands in `value` with the values of variables in place of their names, and its source then; without a
    /// value where a variable has none.
    fn known_value(
        &mut self,
        source: Source,
        value: &Value,
        operator: &str,
        at: &str,
    ) -> Option<(Source, Option<Value>)> {
        let takes_many = matches!(operator, "in" | "between");
        match (source, value) {
            (Source::Variable, Value::Array(names)) => self.known_list(names, operator, at),
            (Source::Variable, Value::String(names)) if takes_many && names.contains(',') => {
                self.known_list(&list(value, source), operator, at)
            }
            (Source::Variable, name) => Some((Source::Value, self.variable_value(name, at)?)),
            // An expression that is nothing but a variable takes the type that it is compared with.
            (Source::Expression, Value::String(sql)) if is_variable(sql) => {
                Some((Source::Value, self.variable_value(value, at)?))
            }
            (source, value) => Some((source, Some(value.clone()))),
        }
    }

    /// The values of variables. One without a value is none that something is equal to, and the others of a list still
    /// are; but no range ends at it.
    fn known_list(&mut self, names: &[Value], operator: &str, at: &str) -> Option<(Source, Option<Value>)> {
        let values: Vec<Option<Option<Value>>> =
            names.iter().enumerate().map(|(index, name)| self.variable_value(name, &join_pointer(at, index))).collect();
        let values: Vec<Option<Value>> = values.into_iter().collect::<Option<_>>()?;
        let known: Vec<Value> = values.iter().flatten().cloned().collect();
        let is_enough = known.len() == values.len() || (operator == "in" && !known.is_empty());
        Some((Source::Value, is_enough.then_some(Value::Array(known))))
    }

    pub(super) fn variable_value(&mut self, name: &Value, at: &str) -> Option<Option<Value>> {
        let Some(name) = name.as_str().map(|name| name.trim().trim_start_matches('$')) else {
            self.error("wrong_type", at, "with `valueSource` variable, `value` is the name of a variable");
            return None;
        };
        match self.moment.variables.get(name) {
            Some(variable) => Some(variable.value.clone().filter(|value| !value.is_null())),
            None => {
                let fault = unknown_variable(name, self.moment);
                let mut problem = Problem::error("unknown_variable", at, fault.message);
                problem.hint = fault.hint;
                self.problems.push(problem);
                None
            }
        }
    }

    fn ordered(&mut self, column: &Column, operator: &str, pointer: &str) -> Option<()> {
        if column.column_type == ColumnType::Boolean {
            let message = format!("`{}` is boolean and has no order; `{operator}` cannot be used", column.name);
            self.error("wrong_type", &join_pointer(pointer, "operator"), message);
            return None;
        }
        Some(())
    }

    fn text_test(&mut self, operator: &str, value: &Value, side: Side<'_>, at: &str) -> Option<Test> {
        let Column { name, column_type, .. } = side.column;
        if *column_type != ColumnType::String {
            self.error("wrong_type", at, format!("`{operator}` is for text, and `{name}` is {column_type}"));
            return None;
        }
        let right = self.right(value, side, at)?;
        Some(match operator {
            "contains" => Test::Contains(right),
            "beginsWith" => Test::BeginsWith(right),
            "endsWith" => Test::EndsWith(right),
            _ => Test::Like(right),
        })
    }

    fn right(&mut self, value: &Value, side: Side<'_>, at: &str) -> Option<Right> {
        let column = side.column;
        let (field, text) = match (side.source, value) {
            (Source::Value | Source::Variable, _) => return self.literal(value, column, at).map(Right::Literal),
            (Source::Field, Value::String(path)) => (super::field(path, side.scope, self.catalog, at), path.clone()),
            (Source::Expression, Value::String(sql)) => {
                (super::expression(sql, side.scope, self.catalog, self.moment, at), sql.clone())
            }
            (Source::Aggregate, _) => {
                let field = self.aggregate_field(value, side.scope, at)?;
                (Ok(field), "the value over linked rows".to_owned())
            }
            (source, _) => {
                self.error("wrong_type", at, format!("with `valueSource` {}, `value` is a text", source.name()));
                return None;
            }
        };
        match field {
            Ok(field) if !field.column.column_type.comparable(column.column_type) => {
                let message = format!(
                    "`{}` is {} and `{text}` is {}: they cannot be compared",
                    column.name, column.column_type, field.column.column_type
                );
                self.error("wrong_type", at, message);
                None
            }
            Ok(field) => Some(Right::Field(field)),
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }

    fn literal(&mut self, value: &Value, column: &Column, at: &str) -> Option<Literal> {
        match Literal::read(value, column.column_type, self.moment) {
            Ok(literal) => Some(literal),
            Err(message) => {
                let message = format!("`{}` is {}: {message}", column.name, column.column_type);
                let problem = Problem::error("wrong_type", at, message);
                self.problems.push(match value {
                    Value::Null => problem.hint("rows without a value are asked for with the operator `null`"),
                    _ => problem,
                });
                None
            }
        }
    }
}

/// Where the other side of a comparison comes from: `valueSource`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Value,
    Field,
    Expression,
    Variable,
    Aggregate,
}

impl Source {
    const NAMES: [(&'static str, Self); 5] = [
        ("value", Self::Value),
        ("field", Self::Field),
        ("expression", Self::Expression),
        ("variable", Self::Variable),
        ("aggregate", Self::Aggregate),
    ];

    fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, source)| *source == self).map_or("", |(name, _)| *name)
    }
}

/// What the other side of a comparison has to fit.
#[derive(Clone, Copy)]
struct Side<'a> {
    column: &'a Column,
    scope: Scope<'a>,
    source: Source,
}

/// A list, or the comma-separated text that react-querybuilder writes for one. An expression is one value, whatever
/// commas it has.
fn list(value: &Value, source: Source) -> Vec<Value> {
    match value {
        Value::Array(items) => items.clone(),
        Value::String(text) if matches!(source, Source::Value | Source::Variable | Source::Field) => {
            text.split(',').map(|item| Value::String(item.trim().to_owned())).collect()
        }
        other => vec![other.clone()],
    }
}
