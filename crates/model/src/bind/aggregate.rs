//! Conditions on a value that is computed over linked rows.

use serde_json::{Map, Value};

use super::group::not;
use super::{Aggregate, Binder, Field, Function, Predicate, Scope};
use crate::catalog::Path;
use crate::problem::{Problem, join_pointer};
use crate::table::{Column, ColumnType};

impl Binder<'_> {
    pub(super) fn aggregate(
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
}
