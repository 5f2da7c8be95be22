//! Conditions on linked rows: how many of them match.

use serde_json::{Map, Value};

use super::group::not;
use super::{Binder, Count, Predicate, Related, Scope};
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

    pub(super) fn link_path(&mut self, path: &str, resolved: Path, pointer: &str) -> Option<Vec<Hop>> {
        if resolved.column.is_some() {
            let message = format!("`{path}` is a column; related rows and aggregates are over a link");
            self.error("not_a_link", &join_pointer(pointer, "field"), message);
            return None;
        }
        Some(resolved.hops)
    }
}
