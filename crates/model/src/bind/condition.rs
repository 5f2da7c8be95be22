//! Conditions on a field or an expression.

use serde_json::{Map, Value};

use super::group::not;
use super::operator::Source;
use super::{Binder, Count, Field, Predicate, Related, Scope};
use crate::catalog::{Hop, Path};
use crate::problem::{Problem, join_pointer};
use crate::table::Column;

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
            return match super::expression(sql, scope, self.catalog, self.moment, &at) {
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
        if fields.contains_key("match") || (fields.contains_key("pick") && !fields.contains_key("aggregate")) {
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
        let Some(column) = resolved.column.or_else(|| self.key_of_record(fields, &resolved.hops)) else {
            return self.presence(fields, path, resolved.hops, pointer);
        };
        let Some(last) = resolved.hops.iter().rposition(|hop| hop.to_many) else {
            let field = Field::new(resolved.hops, column);
            return self.compare(fields, field, scope, pointer);
        };
        let (to_many, to_one) = resolved.hops.split_at(last + 1);
        if !matches!(self.source(fields, pointer)?, Source::Value | Source::Variable) {
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
        let some = |filter: Predicate| Predicate::Related(Related::new(to_many.to_vec(), filter, Count::AtLeast(1)));
        Some(match self.compare(fields, field, Scope::table(&table), pointer)? {
            Predicate::Not(positive) => not(some(*positive)),
            positive => some(positive),
        })
    }

    /// The key of the one row that a link leads to, where a condition says which row that is.
    fn key_of_record(&self, fields: &Map<String, Value>, hops: &[Hop]) -> Option<Column> {
        let operator = fields.get("operator").and_then(Value::as_str)?;
        let link = hops.last().filter(|link| !link.to_many && ["=", "!=", "in", "notIn"].contains(&operator))?;
        match self.catalog.table(&link.to)?.key_columns().as_slice() {
            [key] => Some((*key).clone()),
            _ => None,
        }
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
        let some = Predicate::Related(Related::new(hops, Predicate::Constant(true), Count::AtLeast(1)));
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
}
