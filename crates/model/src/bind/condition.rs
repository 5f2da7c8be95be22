//! Conditions: on a field, on related rows, on an aggregate.

use serde_json::{Map, Value};

use super::group::not;
use super::{Aggregate, Binder, Comparison, Count, Field, Function, Predicate, Related, Right, Scope, Test};
use crate::catalog::{Hop, Path};
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
    pub(super) fn condition(
        &mut self,
        fields: &Map<String, Value>,
        scope: Scope<'_>,
        pointer: &str,
    ) -> Option<Predicate> {
        if let Some(sql) = fields.get("expression") {
            let at = join_pointer(pointer, "expression");
            let Some(sql) = sql.as_str() else {
                self.error("wrong_type", &at, "`expression` is a SQL scalar expression, like `year(birth_date)`");
                return None;
            };
            return match super::expression(sql, scope, self.catalog, &at) {
                Ok(field) => self.compare(fields, field, scope, pointer),
                Err(problem) => {
                    self.problems.push(problem);
                    None
                }
            };
        }
        let at = join_pointer(pointer, "field");
        let Some(path) = fields.get("field").and_then(Value::as_str) else {
            self.error("wrong_type", &at, "`field` is the path of a field, like `address.country`");
            return None;
        };
        if let Some(column) = scope.added.iter().find(|column| column.name == path) {
            let field = Field::added(column.clone());
            return self.compare(fields, field, scope, pointer);
        }
        let resolved = match super::field(path, scope, self.catalog, &at) {
            Ok(field) => Path { hops: field.hops, column: Some(field.column) },
            Err(problem) if problem.code == "unknown_field" => {
                self.problems.push(problem);
                return None;
            }
            Err(_) => match self.catalog.resolve(scope.table, path, &at) {
                Ok(resolved) => resolved,
                Err(problem) => {
                    self.problems.push(problem);
                    return None;
                }
            },
        };
        if fields.contains_key("match") {
            self.related(fields, path, resolved, pointer)
        } else if fields.contains_key("aggregate") {
            self.aggregate(fields, path, resolved, scope, pointer)
        } else {
            self.plain(fields, path, resolved, scope, pointer)
        }
    }

    /// A condition on a field. Over a to-many link it means "some linked row"; its complement "no linked row".
    fn plain(
        &mut self,
        fields: &Map<String, Value>,
        path: &str,
        resolved: Path,
        scope: Scope<'_>,
        pointer: &str,
    ) -> Option<Predicate> {
        let Some(column) = resolved.column else {
            return self.presence(fields, path, resolved.hops, pointer);
        };
        let Some(last) = resolved.hops.iter().rposition(|hop| hop.to_many) else {
            let field = Field::new(resolved.hops, column);
            return self.compare(fields, field, scope, pointer);
        };
        let (to_many, to_one) = resolved.hops.split_at(last + 1);
        if fields.get("valueSource").and_then(Value::as_str).unwrap_or("value") != "value" {
            self.problems.push(
                Problem::error(
                    "to_many_path",
                    join_pointer(pointer, "valueSource"),
                    format!("`{path}` has many values, so it cannot be compared with a field"),
                )
                .hint("use a related-rows rule: `match` with a group over one linked row"),
            );
            return None;
        }
        let table = to_many.last().map(|hop| hop.to.clone()).unwrap_or_default();
        let field = Field::new(to_one.to_vec(), column);
        let some = |filter: Predicate| {
            Predicate::Related(Related { hops: to_many.to_vec(), filter: Box::new(filter), count: Count::AtLeast(1) })
        };
        Some(match self.compare(fields, field, Scope::table(&table), pointer)? {
            Predicate::Not(positive) => not(some(*positive)),
            positive => some(positive),
        })
    }

    /// `null`, `empty` and their complements on a link ask whether there are linked rows.
    fn presence(
        &mut self,
        fields: &Map<String, Value>,
        path: &str,
        hops: Vec<Hop>,
        pointer: &str,
    ) -> Option<Predicate> {
        self.known_fields(fields, &["field", "operator", "value", "valueSource", "caseSensitive"], pointer);
        let some =
            Predicate::Related(Related { hops, filter: Box::new(Predicate::Constant(true)), count: Count::AtLeast(1) });
        match self.operator(fields, pointer)? {
            ("null" | "empty", negated) => Some(if negated { some } else { not(some) }),
            _ => {
                self.problems.push(
                    Problem::error(
                        "not_a_column",
                        join_pointer(pointer, "field"),
                        format!("`{path}` is a link; name one of its columns"),
                    )
                    .hint("or add `match` to count linked rows, or `aggregate` to compute over them"),
                );
                None
            }
        }
    }

    fn related(&mut self, fields: &Map<String, Value>, path: &str, resolved: Path, pointer: &str) -> Option<Predicate> {
        self.known_fields(fields, &["field", "match", "value", "operator", "valueSource"], pointer);
        let hops = self.link_path(path, resolved, pointer)?;
        let at = join_pointer(pointer, "match");
        let Some(Value::Object(matching)) = fields.get("match") else {
            self.error("wrong_type", &at, "`match` is an object with a `mode`");
            return None;
        };
        for name in matching.keys().filter(|name| !["mode", "threshold"].contains(&name.as_str())) {
            let problem =
                Problem::error("unknown_field", join_pointer(&at, name), format!("unknown field `{name}` in `match`"));
            self.problems.push(problem.did_you_mean(name, ["mode", "threshold"]));
        }
        let mode = matching.get("mode").and_then(Value::as_str).unwrap_or_default();
        let known = ["some", "none", "all", "atLeast", "atMost", "exactly"];
        if !known.contains(&mode) {
            let problem = Problem::error(
                "unknown_value",
                join_pointer(&at, "mode"),
                format!("`{mode}` is not a way to match related rows"),
            );
            self.problems.push(problem.did_you_mean(mode, known));
            return None;
        }
        let threshold = match (mode, matching.get("threshold")) {
            ("atLeast" | "atMost" | "exactly", Some(value)) => match value.as_u64() {
                Some(threshold) => threshold,
                None => {
                    self.error(
                        "wrong_type",
                        &join_pointer(&at, "threshold"),
                        format!("`{value}` is not a number of rows (0, 1, 2, ...)"),
                    );
                    return None;
                }
            },
            ("atLeast" | "atMost" | "exactly", None) => {
                self.error("missing_field", &at, format!("`{mode}` needs a `threshold`"));
                return None;
            }
            _ => 0,
        };
        let table = hops.last().map(|hop| hop.to.clone()).unwrap_or_default();
        let filter = match fields.get("value") {
            None | Some(Value::Null) => Predicate::Constant(true),
            Some(group) => self.rule(group, Scope::table(&table), &join_pointer(pointer, "value"))?,
        };
        let matching = |filter: Predicate, count: Count| {
            Predicate::Related(Related { hops: hops.clone(), filter: Box::new(filter), count })
        };
        let some = |filter: Predicate| matching(filter, Count::AtLeast(1));
        Some(match (mode, threshold) {
            ("some", _) => some(filter),
            ("none", _) | ("exactly" | "atMost", 0) => not(some(filter)),
            ("all", _) => not(some(not(filter))),
            ("atLeast", 0) => Predicate::Constant(true),
            ("atLeast", n) => matching(filter, Count::AtLeast(n)),
            ("atMost", n) => not(matching(filter, Count::AtLeast(n.saturating_add(1)))),
            (_, n) => matching(filter, Count::Exactly(n)),
        })
    }

    fn aggregate(
        &mut self,
        fields: &Map<String, Value>,
        path: &str,
        resolved: Path,
        scope: Scope<'_>,
        pointer: &str,
    ) -> Option<Predicate> {
        self.known_fields(
            fields,
            &["field", "aggregate", "where", "operator", "value", "valueSource", "caseSensitive"],
            pointer,
        );
        let hops = self.link_path(path, resolved, pointer)?;
        let at = join_pointer(pointer, "aggregate");
        let Some(Value::Object(aggregate)) = fields.get("aggregate") else {
            self.error(
                "wrong_type",
                &at,
                "`aggregate` is an object with a `function` and, except for count, a `field`",
            );
            return None;
        };
        for name in aggregate.keys().filter(|name| !["function", "field"].contains(&name.as_str())) {
            let problem = Problem::error(
                "unknown_field",
                join_pointer(&at, name),
                format!("unknown field `{name}` in `aggregate`"),
            );
            self.problems.push(problem.did_you_mean(name, ["function", "field"]));
        }
        let name = aggregate.get("function").and_then(Value::as_str).unwrap_or_default();
        let Some((_, function)) = Function::NAMES.iter().find(|(known, _)| *known == name) else {
            let problem = Problem::error(
                "unknown_value",
                join_pointer(&at, "function"),
                format!("`{name}` is not an aggregate function"),
            );
            self.problems.push(problem.did_you_mean(name, Function::NAMES.iter().map(|(known, _)| *known)));
            return None;
        };
        let table = hops.last().map(|hop| hop.to.clone()).unwrap_or_default();
        let operand = match aggregate.get("field") {
            None | Some(Value::Null) => None,
            Some(Value::String(path)) if !path.is_empty() => {
                match super::field(path, Scope::table(&table), self.catalog, &join_pointer(&at, "field")) {
                    Ok(field) => Some(field),
                    Err(problem) => {
                        self.problems.push(problem);
                        return None;
                    }
                }
            }
            Some(_) => {
                self.error(
                    "wrong_type",
                    &join_pointer(&at, "field"),
                    "`field` is the path of a field of the linked table",
                );
                return None;
            }
        };
        let result_type = self.result_type(*function, operand.as_ref(), name, &at)?;
        let filter = match fields.get("where") {
            None | Some(Value::Null) => Predicate::Constant(true),
            Some(group) => self.rule(group, Scope::table(&table), &join_pointer(pointer, "where"))?,
        };
        let shown = Column::new(&format!("{name} of {path}"), result_type);
        let (test, negated) = self.test(fields, &shown, scope, pointer)?;
        let predicate = Predicate::Aggregate(Aggregate {
            hops,
            function: *function,
            operand,
            filter: Box::new(filter),
            result_type,
            test,
        });
        Some(if negated { not(predicate) } else { predicate })
    }

    fn result_type(&mut self, function: Function, operand: Option<&Field>, name: &str, at: &str) -> Option<ColumnType> {
        let Some(operand) = operand else {
            if function == Function::Count {
                return Some(ColumnType::Integer);
            }
            self.error("missing_field", at, format!("`{name}` needs a `field` to compute over"));
            return None;
        };
        let column_type = operand.column.column_type;
        match function {
            Function::Count | Function::CountDistinct => Some(ColumnType::Integer),
            Function::Min | Function::Max => Some(column_type),
            Function::Sum | Function::Avg | Function::Stddev if !column_type.is_numeric() => {
                let message = format!("`{name}` computes with numbers, and `{}` is {column_type}", operand.path());
                self.error("wrong_type", &join_pointer(at, "field"), message);
                None
            }
            Function::Sum => Some(column_type),
            Function::Avg | Function::Stddev => Some(ColumnType::Number),
        }
    }

    fn link_path(&mut self, path: &str, resolved: Path, pointer: &str) -> Option<Vec<Hop>> {
        if resolved.column.is_some() {
            let message = format!("`{path}` is a column; related rows and aggregates are over a link");
            self.error("not_a_link", &join_pointer(pointer, "field"), message);
            return None;
        }
        Some(resolved.hops)
    }

    fn compare(
        &mut self,
        fields: &Map<String, Value>,
        left: Field,
        scope: Scope<'_>,
        pointer: &str,
    ) -> Option<Predicate> {
        self.known_fields(
            fields,
            &["field", "expression", "operator", "value", "valueSource", "caseSensitive"],
            pointer,
        );
        let case_sensitive = self.boolean(fields, "caseSensitive", pointer)?;
        let column = Column { name: left.path(), ..left.column.clone() };
        let (test, negated) = self.test(fields, &column, scope, pointer)?;
        let predicate = Predicate::Compare { left, test, case_sensitive };
        Some(if negated { not(predicate) } else { predicate })
    }

    /// The operator's positive form, and whether it is negated.
    fn operator(&mut self, fields: &Map<String, Value>, pointer: &str) -> Option<(&'static str, bool)> {
        let at = join_pointer(pointer, "operator");
        let Some(given) = fields.get("operator").and_then(Value::as_str) else {
            self.error("missing_field", pointer, "the condition has no `operator`");
            return None;
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

    fn test(
        &mut self,
        fields: &Map<String, Value>,
        column: &Column,
        scope: Scope<'_>,
        pointer: &str,
    ) -> Option<(Test, bool)> {
        let (operator, negated) = self.operator(fields, pointer)?;
        let at = join_pointer(pointer, "value");
        if operator == "null" || operator == "empty" {
            let is_text = operator == "empty" && column.column_type == ColumnType::String;
            return Some((if is_text { Test::Empty } else { Test::Null }, negated));
        }
        let source = fields.get("valueSource").and_then(Value::as_str).unwrap_or("value");
        let Some(value) = fields.get("value").filter(|value| !value.is_null()) else {
            self.problems.push(
                Problem::error("missing_field", pointer, format!("the operator `{operator}` needs a `value`"))
                    .hint("to ask for rows without a value, use the operator `null`"),
            );
            return None;
        };
        let test = match operator {
            "contains" | "beginsWith" | "endsWith" | "like" => self.text_test(operator, value, column, source, &at)?,
            "in" => {
                let items = list(value);
                if source != "value" {
                    self.error("bad_value", &join_pointer(pointer, "valueSource"), "`in` takes a list of values");
                    return None;
                }
                let literals: Vec<Option<Literal>> = items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| self.literal(item, column, &join_pointer(&at, index)))
                    .collect();
                Test::In(literals.into_iter().collect::<Option<_>>()?)
            }
            "between" => {
                let ends = list(value);
                let [low, high] = ends.as_slice() else {
                    self.error("bad_value", &at, "`between` takes two values, the lower and the upper, both included");
                    return None;
                };
                self.ordered(column, operator, pointer)?;
                let low = self.right(low, column, scope, source, &join_pointer(&at, 0));
                let high = self.right(high, column, scope, source, &join_pointer(&at, 1));
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
                Test::Compare(comparison, self.right(value, column, scope, source, &at)?)
            }
        };
        Some((test, negated))
    }

    fn ordered(&mut self, column: &Column, operator: &str, pointer: &str) -> Option<()> {
        if column.column_type == ColumnType::Boolean {
            let message = format!("`{}` is boolean and has no order; `{operator}` cannot be used", column.name);
            self.error("wrong_type", &join_pointer(pointer, "operator"), message);
            return None;
        }
        Some(())
    }

    fn text_test(&mut self, operator: &str, value: &Value, column: &Column, source: &str, at: &str) -> Option<Test> {
        if column.column_type != ColumnType::String {
            let message = format!("`{operator}` is for text, and `{}` is {}", column.name, column.column_type);
            self.error("wrong_type", at, message);
            return None;
        }
        let Some(text) = value.as_str().filter(|_| source == "value") else {
            self.error("wrong_type", at, format!("`{operator}` takes a text"));
            return None;
        };
        let text = text.to_owned();
        Some(match operator {
            "contains" => Test::Contains(text),
            "beginsWith" => Test::BeginsWith(text),
            "endsWith" => Test::EndsWith(text),
            _ => Test::Like(text),
        })
    }

    fn right(&mut self, value: &Value, column: &Column, scope: Scope<'_>, source: &str, at: &str) -> Option<Right> {
        match source {
            "value" => self.literal(value, column, at).map(Right::Literal),
            "field" | "expression" => {
                let Some(text) = value.as_str() else {
                    self.error("wrong_type", at, format!("with `valueSource` {source}, `value` is a text"));
                    return None;
                };
                let field = match source {
                    "field" => super::field(text, scope, self.catalog, at),
                    _ => super::expression(text, scope, self.catalog, at),
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
            other => {
                self.problems.push(
                    Problem::error("unknown_value", at, format!("`{other}` is not a source of values"))
                        .hint("known are `value`, `field` and `expression`"),
                );
                None
            }
        }
    }

    fn literal(&mut self, value: &Value, column: &Column, at: &str) -> Option<Literal> {
        match Literal::read(value, column.column_type, self.moment) {
            Ok(literal) => Some(literal),
            Err(message) => {
                let message = format!("`{}` is {}: {message}", column.name, column.column_type);
                self.error("wrong_type", at, message);
                None
            }
        }
    }
}

/// A list, or the comma-separated text that react-querybuilder writes for one.
fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.clone(),
        Value::String(text) => text.split(',').map(|item| Value::String(item.trim().to_owned())).collect(),
        other => vec![other.clone()],
    }
}
