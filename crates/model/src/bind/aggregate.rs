//! Values that are computed over linked rows, and conditions on them.

use serde_json::{Map, Value};

use super::expression::{compute, with_values};
use super::group::not;
use super::{Aggregate, Binder, Field, Function, Predicate, Scope};
use crate::catalog::Path;
use crate::problem::{Problem, join_pointer};
use crate::table::{Column, ColumnType};

/// What a rule says of an aggregate's value.
const VALUE_FIELDS: [&str; 5] = ["field", "aggregate", "where", "pick", "caseSensitive"];

impl Binder<'_> {
    pub(super) fn aggregate(
        &mut self,
        fields: &Map<String, Value>,
        path: &str,
        resolved: Path,
        scope: Scope<'_>,
        pointer: &str,
    ) -> Option<Predicate> {
        let known: Vec<&str> = VALUE_FIELDS.into_iter().chain(["operator", "value", "valueSource"]).collect();
        self.known_fields(fields, &known, pointer);
        let aggregate = self.aggregate_value(fields, path, resolved, pointer)?;
        let shown = Column::new(&aggregate_name(&aggregate, path), aggregate.result_type);
        let (test, negated) = self.test(fields, &shown, scope, pointer)?;
        let predicate = Predicate::Aggregate(Aggregate { test, ..aggregate });
        Some(if negated { not(predicate) } else { predicate })
    }

    /// An aggregate on the side of the value: `{"field": "orders", "aggregate": {...}, "where": ...}`.
    pub(super) fn aggregate_field(&mut self, value: &Value, scope: Scope<'_>, pointer: &str) -> Option<Field> {
        let Value::Object(fields) = value else {
            let message = "with `valueSource` aggregate, `value` is like {\"field\": \"orders\", \"aggregate\": {\"function\": \"count\"}}";
            self.error("wrong_type", pointer, message);
            return None;
        };
        self.known_fields(fields, &VALUE_FIELDS, pointer);
        let at = join_pointer(pointer, "field");
        let Some(path) = fields.get("field").and_then(Value::as_str) else {
            self.error("wrong_type", &at, "`field` is the path of a link, like `orders`");
            return None;
        };
        match self.catalog.resolve(scope.table, path, &at) {
            Err(problem) => {
                self.problems.push(problem);
                None
            }
            Ok(resolved) => {
                let aggregate = self.aggregate_value(fields, path, resolved, pointer)?;
                let column = Column::new(&self.name_of_value(&value.to_string()), aggregate.result_type);
                Some(Field { aggregate: Some(Box::new(aggregate)), ..Field::new(Vec::new(), column) })
            }
        }
    }

    /// How the value over linked rows of this text is called: by the whole text, and by the values of the variables in
    /// it, so that different values have different names.
    fn name_of_value(&self, text: &str) -> String {
        let (names_variables, has_filters) = (text.contains("\"variable\""), text.contains("\"filter\""));
        let is_used = |name: &String| {
            text.contains(&format!("${name}"))
                || (names_variables && text.contains(name.as_str()))
                || (has_filters && self.parameters.get(name).is_some())
        };
        let used = self.moment.variables.0.iter().filter(|(name, _)| is_used(name));
        with_values(text, used.map(|(name, variable)| (name.as_str(), variable)), self.moment)
    }

    fn aggregate_value(
        &mut self,
        fields: &Map<String, Value>,
        path: &str,
        resolved: Path,
        pointer: &str,
    ) -> Option<Aggregate> {
        let hops = self.link_path(path, resolved, pointer)?;
        let at = join_pointer(pointer, "aggregate");
        let Some(Value::Object(given)) = fields.get("aggregate") else {
            self.error(
                "wrong_type",
                &at,
                "`aggregate` is an object with a `function` and, except for count, a `field`",
            );
            return None;
        };
        self.fields_within("aggregate", given, &["function", "field", "expression", "distinct", "separator"], &at);
        let table = hops.last().map(|hop| hop.to.clone()).unwrap_or_default();
        let mut aggregate = match given.get("function") {
            None | Some(Value::Null) if given.contains_key("expression") => {
                let sql_at = join_pointer(&at, "expression");
                let sql = given.get("expression").and_then(Value::as_str).unwrap_or_default();
                match compute(sql, true, Scope::table(&table), self.catalog, self.moment, &sql_at) {
                    Ok((computed, kind)) => Aggregate {
                        expression: Some(computed),
                        ..Aggregate::new(hops, Function::Expression, None, kind)
                    },
                    Err(problem) => {
                        self.problems.push(problem);
                        return None;
                    }
                }
            }
            function => {
                let name = function.and_then(Value::as_str).unwrap_or_default();
                let Some((_, function)) = Function::NAMES.iter().find(|(known, _)| *known == name) else {
                    let problem = Problem::error(
                        "unknown_value",
                        join_pointer(&at, "function"),
                        format!("`{name}` is not an aggregate function"),
                    );
                    self.problems.push(problem.did_you_mean(name, Function::NAMES.iter().map(|(known, _)| *known)));
                    return None;
                };
                let operand = self.operand(given, "field", &table, &at)?;
                let kind = self.result_type(*function, operand.as_ref(), name, &at)?;
                Aggregate::new(hops, *function, operand, kind)
            }
        };
        aggregate.distinct = self.boolean(given, "distinct", &at)?;
        if aggregate.distinct && matches!(aggregate.function, Function::Stddev | Function::Expression) {
            self.problems
                .push(Problem::error("bad_value", join_pointer(&at, "distinct"), "`distinct` has no meaning here").hint(
                "it goes with count, sum, avg, min, max and stringAgg; inside an expression write `sum(distinct ...)`",
            ));
            return None;
        }
        aggregate.separator = match given.get("separator") {
            None => ", ".to_owned(),
            Some(Value::String(text)) => text.clone(),
            Some(_) => {
                self.error("wrong_type", &join_pointer(&at, "separator"), "`separator` is a text");
                return None;
            }
        };
        aggregate.case_sensitive = self.boolean(fields, "caseSensitive", pointer)?;
        if let Some(group) = fields.get("where").filter(|group| !group.is_null()) {
            *aggregate.filter = self.rule(group, Scope::table(&table), &join_pointer(pointer, "where"))?;
        }
        aggregate.pick = self.pick(fields, &table, pointer)?;
        Some(aggregate)
    }

    /// A field of a linked row, by its path under `name` or as an `expression`; `Some(None)` without either.
    pub(super) fn operand(
        &mut self,
        fields: &Map<String, Value>,
        name: &str,
        table: &str,
        at: &str,
    ) -> Option<Option<Field>> {
        let scope = Scope::table(table);
        let found = match (fields.get(name), fields.get("expression")) {
            (None | Some(Value::Null), None | Some(Value::Null)) => return Some(None),
            (Some(Value::String(path)), None | Some(Value::Null)) if !path.is_empty() => {
                super::field(path, scope, self.catalog, &join_pointer(at, name))
            }
            (None | Some(Value::Null), Some(Value::String(sql))) => {
                super::expression(sql, scope, self.catalog, self.moment, &join_pointer(at, "expression"))
            }
            (Some(_), Some(_)) => {
                self.error("bad_value", at, format!("there is both `{name}` and `expression`; one is enough"));
                return None;
            }
            _ => {
                let message = format!("`{name}` is the path of a field of the linked table");
                self.error("wrong_type", &join_pointer(at, name), message);
                return None;
            }
        };
        match found {
            Ok(field) => Some(Some(field)),
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }

    fn result_type(&mut self, function: Function, operand: Option<&Field>, name: &str, at: &str) -> Option<ColumnType> {
        let Some(operand) = operand else {
            if function == Function::Count {
                return Some(ColumnType::Integer);
            }
            self.error("missing_field", at, format!("`{name}` needs a `field` to compute over"));
            return None;
        };
        let kind = operand.column.column_type;
        let refused = match function {
            Function::Sum | Function::Avg | Function::Stddev => (!kind.is_numeric()).then_some("computes with numbers"),
            Function::StringAgg => (kind != ColumnType::String).then_some("joins texts"),
            _ => None,
        };
        if let Some(does) = refused {
            let message = format!("`{name}` {does}, and `{}` is {kind}", operand.path());
            let part = if operand.computed.is_some() { "expression" } else { "field" };
            self.error("wrong_type", &join_pointer(at, part), message);
            return None;
        }
        Some(match function {
            Function::Count | Function::CountDistinct => ColumnType::Integer,
            Function::Avg | Function::Stddev => ColumnType::Number,
            Function::Min | Function::Max | Function::Sum | Function::StringAgg | Function::Expression => kind,
        })
    }

    /// Adds an error for every field of the object `within` a rule that is not in `known`.
    pub(super) fn fields_within(&mut self, within: &str, fields: &Map<String, Value>, known: &[&str], at: &str) {
        for name in fields.keys().filter(|name| !known.contains(&name.as_str())) {
            let message = format!("unknown field `{name}` in `{within}`");
            let problem = Problem::error("unknown_field", join_pointer(at, name), message);
            self.problems.push(problem.did_you_mean(name, known.iter().copied()));
        }
    }
}

/// How messages call an aggregate.
fn aggregate_name(aggregate: &Aggregate, path: &str) -> String {
    match &aggregate.expression {
        Some(computed) => format!("{} over {path}", computed.sql),
        None => {
            let name = Function::NAMES.iter().find(|(_, function)| *function == aggregate.function);
            format!("{} of {path}", name.map_or("", |(name, _)| *name))
        }
    }
}
