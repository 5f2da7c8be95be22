//! Date presets: spans of time by their names, that dates and times are within.

use jiff::SignedDuration;
use serde_json::Value;

use super::words::literal_words;
use super::{Binder, Comparison, Period, Right, Test};
use crate::date_preset;
use crate::problem::{Problem, join_pointer};
use crate::table::{Column, ColumnType};
use crate::value::Literal;

/// Whether a value is a preset, or a list with one in it.
pub(super) fn is_named(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(date_preset::is_preset),
        value => date_preset::is_preset(value),
    }
}

impl Binder<'_> {
    /// A test against the presets of `value`, which stands at `at`. Before one is before its start, after one after its
    /// end; at most it is before its end, and at least it from its start on.
    pub(super) fn period_test(&mut self, operator: &str, value: &Value, column: &Column, at: &str) -> Option<Test> {
        if !matches!(column.column_type, ColumnType::Date | ColumnType::Timestamp) {
            let Column { name, column_type, .. } = column;
            let message = format!("`{name}` is {column_type}: a date preset is for dates and times");
            self.error("wrong_type", at, message);
            return None;
        }
        match (operator, value) {
            ("in", Value::Array(items)) => {
                let periods: Vec<Option<Period>> = items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| self.period(item, column, &join_pointer(at, index)))
                    .collect();
                Some(Test::Within(periods.into_iter().collect::<Option<_>>()?))
            }
            ("=" | "in", Value::Object(_)) => Some(Test::Within(vec![self.period(value, column, at)?])),
            ("<" | "<=" | ">" | ">=", Value::Object(_)) => {
                let Period { from, to, .. } = self.period(value, column, at)?;
                let (comparison, end) = match operator {
                    "<" => (Comparison::Less, from),
                    "<=" => (Comparison::Less, to),
                    ">" => (Comparison::GreaterOrEqual, to),
                    _ => (Comparison::GreaterOrEqual, from),
                };
                Some(Test::Compare(comparison, Right::Literal(end)))
            }
            _ => {
                let problem = Problem::error("bad_value", at, format!("`{operator}` does not take a date preset here"));
                self.problems.push(problem.hint("it is a span of time: write `=`, `in`, `<`, `<=`, `>` or `>=`"));
                None
            }
        }
    }

    /// A preset; a date or a time beside presets is a span as well.
    fn period(&mut self, value: &Value, column: &Column, at: &str) -> Option<Period> {
        let read = if date_preset::is_preset(value) {
            self.named_period(value, column.column_type)
        } else {
            Literal::read(value, column.column_type, self.moment).and_then(only)
        };
        match read {
            Ok(period) => Some(period),
            Err(message) => {
                self.error("wrong_type", at, format!("`{}` is {}: {message}", column.name, column.column_type));
                None
            }
        }
    }

    fn named_period(&self, value: &Value, column_type: ColumnType) -> Result<Period, String> {
        let asked = date_preset::read(value)?;
        let (from, to) = asked.span(self.moment)?;
        let words = asked.words();
        if column_type == ColumnType::Timestamp {
            let (from, to) = (Literal::Timestamp(from.timestamp()), Literal::Timestamp(to.timestamp()));
            return Ok(Period { from, to, words });
        }
        if !asked.preset().is_of_days() {
            return Err(format!("`{}` is about hours, which a date does not have", asked.preset().name));
        }
        Ok(Period { from: Literal::Date(from.date()), to: Literal::Date(to.date()), words })
    }
}

/// The span of one date, or of one instant.
fn only(literal: Literal) -> Result<Period, String> {
    let words = literal_words(&literal);
    let after = match &literal {
        Literal::Date(date) => date.tomorrow().map(Literal::Date),
        Literal::Timestamp(instant) => instant.checked_add(SignedDuration::from_micros(1)).map(Literal::Timestamp),
        _ => return Err("a date preset is for dates and times".to_owned()),
    };
    let to = after.map_err(|error| format!("`{words}` is out of the range of dates: {error}"))?;
    Ok(Period { from: literal, to, words })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::bind::{Predicate, Scope, bind, words};
    use crate::catalog::Catalog;
    use crate::date_math::Moment;
    use crate::document::Document;
    use crate::rule::Rule;

    fn bound(rule: serde_json::Value) -> Result<Predicate, String> {
        let mut problems = Vec::new();
        let table = json!({"kind": "table", "name": "people", "primary_key": ["id"], "columns": [
            {"name": "id", "type": "string"}, {"name": "born", "type": "date"}, {"name": "seen", "type": "timestamp"}]});
        let catalog = Catalog::build(Document::read(&table, &mut problems), &mut problems);
        let zone = jiff::tz::TimeZone::get("Europe/Paris").unwrap();
        let moment = Moment::new("2026-03-29T10:20:30Z".parse().unwrap(), zone);
        bind(&Rule(rule), Scope::table("people"), &catalog, &moment, "", &mut problems).ok_or_else(|| {
            let said =
                problems.iter().map(|problem| format!("{} {} {:?}", problem.pointer, problem.message, problem.hint));
            said.collect()
        })
    }

    #[test]
    fn presets_have_words() {
        let said = |field: &str, operator: &str, value: serde_json::Value| {
            words(&bound(json!({"field": field, "operator": operator, "value": value})).unwrap())
        };
        let days = json!({"preset": "nextDays", "n": 7});
        assert_eq!(said("seen", "=", days.clone()), "seen is in the next 7 days");
        assert_eq!(said("born", "!=", days.clone()), "born is not in the next 7 days");
        let list = json!([{"preset": "lastQuarter"}, "2026-05-01", {"preset": "daysAgo", "n": 1}]);
        assert_eq!(said("born", "in", list.clone()), "born is last quarter or 2026-05-01 or 1 day ago");
        assert_eq!(said("born", "notIn", list), "born is not last quarter or 2026-05-01 or 1 day ago");
        assert_eq!(said("seen", "<", days.clone()), "seen is less than 2026-03-28T23:00:00Z");
        assert_eq!(said("seen", ">=", days.clone()), "seen is at least 2026-03-28T23:00:00Z");
        assert_eq!(said("seen", "<=", days.clone()), "seen is less than 2026-04-05T22:00:00Z");
        assert_eq!(said("born", ">", days), "born is at least 2026-04-06");
    }

    #[test]
    fn presets_are_for_dates() {
        for (field, operator, value, part) in [
            ("id", "=", json!({"preset": "today"}), "/value `id` is string: a date preset is for dates and times"),
            ("born", "=", json!({"preset": "lastHours", "n": 3}), "`lastHours` is about hours"),
            ("seen", "between", json!([{"preset": "today"}, {"preset": "tomorrow"}]), "`between` does not take a date"),
            ("seen", "in", json!(["soon", {"preset": "today"}]), "/value/0 `seen` is timestamp: `soon` is not a date"),
            ("seen", "=", json!({"preset": "toady"}), "did you mean `today`?"),
            ("seen", "contains", json!({"preset": "today"}), "`contains` does not take"),
        ] {
            let said = bound(json!({"field": field, "operator": operator, "value": value})).unwrap_err();
            assert!(said.contains(part), "{said}");
        }
    }
}
