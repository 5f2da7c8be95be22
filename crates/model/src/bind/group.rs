//! Groups, predefined filters and what kind of rule an object is.

use serde_json::{Map, Value};

use super::{Binder, BoundFilter, CONDITIONS_MAX, Count, DEPTH_MAX, Member, Predicate, Related, Scope};
use crate::campaign::OUT;
use crate::feedback::FEEDBACK;
use crate::problem::{Problem, join_pointer};

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
        let builtin;
        let filter = match catalog.filters.get(name) {
            Some(filter) => filter.as_ref(),
            None if name == FEEDBACK => {
                builtin = self.feedback(fields.get("parameters"), scope, pointer)?;
                &builtin
            }
            None => {
                let known = catalog.filters.keys().map(String::as_str).chain([FEEDBACK]);
                let problem = Problem::error("missing_filter", at, format!("there is no filter `{name}`"));
                self.problems.push(problem.did_you_mean(name, known));
                return None;
            }
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
        let (rule, own) = self.with_parameters(filter, fields.get("parameters"), pointer)?;
        let mut parameters = self.parameters.clone();
        parameters.0.extend(own.0.clone());
        // One filter with the same parameters is bound once, however often it is used; its conditions count each time.
        // What its rule says with `$name` is not in the text, and may be a parameter of a filter around it.
        let known = (name.to_owned(), rule.to_string(), format!("{:?}", parameters.0));
        if let Some(BoundFilter { predicate, conditions, levels }) = self.bound_filters.get(&known).cloned() {
            self.reach(self.depth + levels, pointer)?;
            return self.count_conditions(conditions, pointer).map(|()| predicate);
        }
        self.filters.push(name.to_owned());
        let before = (self.problems.len(), self.conditions);
        // The name of a filter is no level of its own: its rule stands in its place.
        let (depth, deepest) = (self.depth - 1, self.deepest);
        let moment = self.moment_inside(&own);
        let mut inner = Binder {
            catalog: self.catalog,
            moment: &moment,
            problems: std::mem::take(&mut self.problems),
            filters: std::mem::take(&mut self.filters),
            bound_filters: std::mem::take(&mut self.bound_filters),
            parameters,
            examples: self.examples,
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
        // What is doubtful whatever it is given is said where the filter is.
        let is_given = fields.contains_key("parameters");
        for mut problem in self.problems.split_off(before.0) {
            if problem.is_error() || is_given {
                // The pointer would lead into the filter's document; the place to mend, seen from here, is its use.
                problem.message = format!("in the filter `{name}`: {}", problem.message);
                pointer.clone_into(&mut problem.pointer);
                self.problems.push(problem);
            }
        }
        if let Some(predicate) = &bound {
            let conditions = self.conditions - before.1;
            self.bound_filters.insert(known, BoundFilter { predicate: predicate.clone(), conditions, levels });
        }
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

/// The exact complement.
pub(super) fn not(predicate: Predicate) -> Predicate {
    match predicate {
        Predicate::Not(inner) => *inner,
        Predicate::Constant(value) => Predicate::Constant(!value),
        other => Predicate::Not(Box::new(other)),
    }
}
