//! Conditions on linked rows: how many of them match.

use serde_json::{Map, Value};

use super::group::not;
use super::{Binder, Count, Pick, Predicate, Related, Scope};
use crate::catalog::{Hop, Path};
use crate::problem::{Problem, join_pointer};

impl Binder<'_> {
    pub(super) fn related(
        &mut self,
        fields: &Map<String, Value>,
        path: &str,
        resolved: Path,
        pointer: &str,
    ) -> Option<Predicate> {
        self.known_fields(fields, &["field", "match", "pick", "value", "operator", "valueSource"], pointer);
        let hops = self.link_path(path, resolved, pointer)?;
        let at = join_pointer(pointer, "match");
        // To pick rows is to ask whether some of them match.
        let some = Map::from_iter([("mode".to_owned(), Value::from("some"))]);
        let matching = match fields.get("match") {
            Some(Value::Object(matching)) => matching,
            None => &some,
            Some(_) => {
                self.error("wrong_type", &at, "`match` is an object with a `mode`");
                return None;
            }
        };
        self.fields_within("match", matching, &["mode", "threshold"], &at);
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
        let pick = self.pick(fields, &table, pointer)?;
        let matching = |filter: Predicate, count: Count| {
            Predicate::Related(Related { pick: pick.clone(), ..Related::new(hops.clone(), filter, count) })
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

    /// `pick`: of the linked rows, the first in an order; `Some(None)` without it.
    pub(super) fn pick(&mut self, fields: &Map<String, Value>, table: &str, pointer: &str) -> Option<Option<Pick>> {
        let at = join_pointer(pointer, "pick");
        let pick = match fields.get("pick") {
            None | Some(Value::Null) => return Some(None),
            Some(Value::Object(pick)) => pick,
            Some(_) => {
                let message = "`pick` is an object like {\"by\": \"order_date\", \"order\": \"descending\", \"n\": 1}";
                self.error("wrong_type", &at, message);
                return None;
            }
        };
        self.fields_within("pick", pick, &["by", "expression", "order", "n", "where"], &at);
        let by = self.operand(pick, "by", table, &at)?;
        let Some(by) = by else {
            self.error("missing_field", &at, "`pick` needs `by`, a field of the linked rows, or an `expression`");
            return None;
        };
        let descending = match pick.get("order").map(Value::as_str) {
            None | Some(Some("ascending")) => false,
            Some(Some("descending")) => true,
            Some(_) => {
                let problem = Problem::error("unknown_value", join_pointer(&at, "order"), "this is not an order");
                self.problems.push(problem.hint("known are `ascending` and `descending`"));
                return None;
            }
        };
        let n = match pick.get("n") {
            None | Some(Value::Null) => 1,
            Some(value) => match value.as_u64().filter(|n| *n > 0) {
                Some(n) => n,
                None => {
                    let message = format!("`{value}` is not a number of rows (1, 2, 3, ...)");
                    self.error("wrong_type", &join_pointer(&at, "n"), message);
                    return None;
                }
            },
        };
        let filter = match pick.get("where") {
            None | Some(Value::Null) => Predicate::Constant(true),
            Some(group) => self.rule(group, Scope::table(table), &join_pointer(&at, "where"))?,
        };
        Some(Some(Pick { by: Box::new(by), descending, n, filter: Box::new(filter) }))
    }

    pub(super) fn link_path(&mut self, path: &str, resolved: Path, pointer: &str) -> Option<Vec<Hop>> {
        if resolved.column.is_some() {
            let message = format!("`{path}` is a column; related rows and aggregates are over a link");
            self.error("not_a_link", &join_pointer(pointer, "field"), message);
            return None;
        }
        Some(resolved.hops)
    }
}
