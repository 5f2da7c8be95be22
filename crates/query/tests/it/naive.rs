//! What a bound rule means, in plain Rust over rows in memory: written from the contract, not from the engine.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use tutti_model::bind::{Aggregate, Comparison, Count, Field, Function, Pick, Predicate, Right, Test};
use tutti_model::catalog::{Catalog, Hop};
use tutti_model::value::Literal;

use crate::formula;

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Text(String),
    /// `unscaled / 10^scale`; integers have scale 0.
    Exact(i128, u8),
    Number(f64),
    Boolean(bool),
    /// Microseconds since 1970; a date is its midnight in UTC.
    Instant(i64),
}

pub type Row = Vec<Value>;

/// Tables as lists of rows.
pub struct Naive<'a> {
    pub catalog: &'a Catalog,
    pub rows: &'a HashMap<String, Vec<Row>>,
}

impl Naive<'_> {
    pub fn count(&self, table: &str, predicate: &Predicate) -> u64 {
        self.rows[table].iter().filter(|row| self.holds(table, row, predicate)).count() as u64
    }

    pub fn holds(&self, table: &str, row: &Row, predicate: &Predicate) -> bool {
        match predicate {
            Predicate::Constant(value) => *value,
            Predicate::All(parts) => parts.iter().all(|part| self.holds(table, row, part)),
            Predicate::Any(parts) => parts.iter().any(|part| self.holds(table, row, part)),
            Predicate::Not(inner) => !self.holds(table, row, inner),
            Predicate::Compare { left, test, case_sensitive } => {
                self.passes(table, row, &self.field(table, row, left), test, *case_sensitive)
            }
            Predicate::Member(member) => {
                let key = |row: &Row| member.keys.iter().map(|key| self.value(table, row, key)).collect::<Vec<_>>();
                let own = format!("{:?}", key(row));
                // A population's rows are its keys.
                self.rows[&tutti_query::population_source(&member.population)]
                    .iter()
                    .any(|row| format!("{row:?}") == own)
            }
            Predicate::Related(related) => {
                let n = match &related.pick {
                    None => self.linked(table, row, &related.hops, &related.filter).len() as u64,
                    Some(pick) => {
                        let at = &related.hops.last().unwrap().to;
                        let rows = self.linked(table, row, &related.hops, &Predicate::Constant(true));
                        let picked = self.picked(at, rows, pick);
                        picked.iter().filter(|row| self.holds(at, row, &related.filter)).count() as u64
                    }
                };
                match related.count {
                    Count::AtLeast(least) => n >= least,
                    Count::Exactly(exactly) => n == exactly,
                }
            }
            Predicate::Aggregate(aggregate) => {
                let value = self.aggregate(table, row, aggregate);
                self.passes(table, row, &value, &aggregate.test, aggregate.case_sensitive)
            }
        }
    }

    fn value(&self, table: &str, row: &Row, column: &str) -> Value {
        let columns = &self.catalog.table(table).unwrap().columns;
        row[columns.iter().position(|known| known.name == column).unwrap()].clone()
    }

    /// The rows that a link leads to. Where a link to one row could lead to several, the one with the lowest key.
    fn step(&self, row: &Row, hop: &Hop) -> Vec<&Row> {
        let matches = |there: &&Row| {
            hop.on.iter().all(|(here_name, there_name)| {
                let (here, there) = (self.value(&hop.from, row, here_name), self.value(&hop.to, there, there_name));
                order(&here, &there) == Some(Ordering::Equal)
            })
        };
        let mut found: Vec<&Row> = self.rows[&hop.to].iter().filter(matches).collect();
        if !hop.to_many {
            let keys = &self.catalog.table(&hop.to).unwrap().primary_key;
            let key = |row: &Row| keys.iter().map(|key| self.value(&hop.to, row, key)).collect::<Vec<_>>();
            found.sort_by(|one, other| {
                let pairs = key(one).into_iter().zip(key(other)).map(|(one, other)| order(&one, &other).unwrap());
                pairs.fold(Ordering::Equal, Ordering::then)
            });
            found.truncate(1);
        }
        found
    }

    /// The first rows in the order of a field and then of the key, each once.
    fn picked(&self, table: &str, mut rows: Vec<Row>, pick: &Pick) -> Vec<Row> {
        rows.retain(|row| self.holds(table, row, &pick.filter));
        let keys = &self.catalog.table(table).unwrap().primary_key;
        let key = |row: &Row| keys.iter().map(|key| self.value(table, row, key)).collect::<Vec<_>>();
        rows.sort_by(|one, other| {
            let (left, right) = (self.field(table, one, &pick.by), self.field(table, other, &pick.by));
            let by = match (left == Value::Null, right == Value::Null) {
                (false, false) if pick.descending => order(&right, &left).unwrap(),
                (false, false) => order(&left, &right).unwrap(),
                (one_is_null, other_is_null) => one_is_null.cmp(&other_is_null),
            };
            let pairs = key(one).into_iter().zip(key(other)).map(|(one, other)| order(&one, &other).unwrap());
            pairs.fold(by, Ordering::then)
        });
        rows.dedup_by_key(|row| key(row));
        rows.truncate(pick.n as usize);
        rows
    }

    pub fn field(&self, table: &str, row: &Row, field: &Field) -> Value {
        if let Some(aggregate) = &field.aggregate {
            return self.aggregate(table, row, aggregate);
        }
        if let Some(computed) = &field.computed {
            return formula::known(&computed.sql).value(self, &computed.moment.zone, table, row);
        }
        let (mut table, mut row) = (table, row);
        for hop in &field.hops {
            match self.step(row, hop).first() {
                Some(next) => (table, row) = (&hop.to, next),
                None => return Value::Null,
            }
        }
        self.value(table, row, &field.column.name)
    }

    fn linked(&self, table: &str, row: &Row, hops: &[Hop], filter: &Predicate) -> Vec<Row> {
        let mut at = table.to_owned();
        let mut rows = vec![row.clone()];
        for hop in hops {
            rows = rows.iter().flat_map(|row| self.step(row, hop)).cloned().collect();
            at.clone_from(&hop.to);
        }
        rows.retain(|row| self.holds(&at, row, filter));
        rows
    }

    fn aggregate(&self, table: &str, row: &Row, aggregate: &Aggregate) -> Value {
        let at = &aggregate.hops.last().unwrap().to;
        let mut rows = self.linked(table, row, &aggregate.hops, &aggregate.filter);
        if let Some(pick) = &aggregate.pick {
            rows = self.picked(at, rows, pick);
        }
        let Some(operand) = &aggregate.operand else { return Value::Exact(rows.len() as i128, 0) };
        let mut values: Vec<Value> =
            rows.iter().map(|row| self.field(at, row, operand)).filter(|value| *value != Value::Null).collect();
        if aggregate.distinct {
            let mut seen = HashSet::new();
            values.retain(|value| seen.insert(format!("{value:?}")));
        }
        let is_extreme = matches!(aggregate.function, Function::Min | Function::Max);
        if is_extreme && !aggregate.case_sensitive {
            for value in &mut values {
                if let Value::Text(text) = value {
                    *text = fold(text);
                }
            }
        }
        let numbers: Vec<f64> = values.iter().map(number).collect();
        let n = values.len() as f64;
        let extreme = |wanted: Ordering| {
            let lesser = |one: Value, other: Value| if order(&other, &one) == Some(wanted) { other } else { one };
            values.iter().cloned().reduce(lesser).unwrap_or(Value::Null)
        };
        match aggregate.function {
            Function::Count => Value::Exact(values.len() as i128, 0),
            Function::CountDistinct => {
                Value::Exact(values.iter().map(|value| format!("{value:?}")).collect::<HashSet<_>>().len() as i128, 0)
            }
            Function::Min => extreme(Ordering::Less),
            Function::Max => extreme(Ordering::Greater),
            Function::Sum => values.into_iter().reduce(add).unwrap_or(Value::Exact(0, 0)),
            Function::Avg => values.into_iter().reduce(add).map_or(Value::Null, |sum| Value::Number(number(&sum) / n)),
            Function::StringAgg if values.is_empty() => Value::Null,
            Function::StringAgg => {
                let text = |value: &Value| match value {
                    Value::Text(text) => text.clone(),
                    other => panic!("{other:?} is no text"),
                };
                let mut texts: Vec<String> = values.iter().map(text).collect();
                texts.sort();
                Value::Text(texts.join(&aggregate.separator))
            }
            Function::Expression => panic!("expressions are checked by their examples"),
            Function::Stddev if n < 2.0 => Value::Null,
            Function::Stddev => {
                let mean = numbers.iter().sum::<f64>() / n;
                let squares: f64 = numbers.iter().map(|number| (number - mean).powi(2)).sum();
                Value::Number((squares / (n - 1.0)).sqrt())
            }
        }
    }

    fn passes(&self, table: &str, row: &Row, value: &Value, test: &Test, case_sensitive: bool) -> bool {
        let fold = |text: &str| if case_sensitive { text.to_owned() } else { fold(text) };
        let folded = |value: Value| match value {
            Value::Text(text) => Value::Text(fold(&text)),
            other => other,
        };
        let compared = |comparison: Comparison, right: &Right| {
            let right = match right {
                Right::Literal(literal) => of_literal(literal),
                Right::Field(field) => self.field(table, row, field),
            };
            order(&folded(value.clone()), &folded(right)).is_some_and(|order| match comparison {
                Comparison::Equal => order.is_eq(),
                Comparison::Less => order.is_lt(),
                Comparison::LessOrEqual => order.is_le(),
                Comparison::Greater => order.is_gt(),
                Comparison::GreaterOrEqual => order.is_ge(),
            })
        };
        let text = |right: &Right, holds: &dyn Fn(&str, &str) -> bool| {
            let right = match right {
                Right::Literal(literal) => of_literal(literal),
                Right::Field(field) => self.field(table, row, field),
            };
            matches!((value, right), (Value::Text(text), Value::Text(part)) if holds(&fold(text), &fold(&part)))
        };
        match test {
            Test::Never => false,
            Test::Null => *value == Value::Null,
            Test::Empty => *value == Value::Null || *value == Value::Text(String::new()),
            Test::Compare(comparison, right) => compared(*comparison, right),
            Test::Between(low, high) => {
                compared(Comparison::GreaterOrEqual, low) && compared(Comparison::LessOrEqual, high)
            }
            Test::Within(periods) => periods.iter().any(|period| {
                compared(Comparison::GreaterOrEqual, &Right::Literal(period.from.clone()))
                    && compared(Comparison::Less, &Right::Literal(period.to.clone()))
            }),
            Test::In(values) => values.iter().any(|value| compared(Comparison::Equal, value)),
            Test::Contains(right) => text(right, &|text, part| text.contains(part)),
            Test::BeginsWith(right) => text(right, &|text, part| text.starts_with(part)),
            Test::EndsWith(right) => text(right, &|text, part| text.ends_with(part)),
            Test::Like(right) => text(right, &|text, pattern| {
                let pattern: Vec<char> = pattern.chars().collect();
                like(&text.chars().collect::<Vec<_>>(), &pattern)
            }),
        }
    }
}

fn of_literal(literal: &Literal) -> Value {
    let midnight = |date: jiff::civil::Date| {
        let start = date.at(0, 0, 0, 0).to_zoned_datetime(jiff::tz::TimeZone::UTC).unwrap();
        start.timestamp().as_microsecond()
    };
    match literal {
        Literal::Text(text) => Value::Text(text.clone()),
        Literal::Integer(value) => Value::Exact(i128::from(*value), 0),
        Literal::Number(value) => Value::Number(*value),
        Literal::Decimal { unscaled, scale } => Value::Exact(*unscaled, *scale),
        Literal::Boolean(value) => Value::Boolean(*value),
        Literal::Date(date) => Value::Instant(midnight(*date)),
        Literal::Timestamp(value) => Value::Instant(value.as_microsecond()),
    }
}

/// How two values compare; `None` with a NULL.
pub fn order(one: &Value, other: &Value) -> Option<Ordering> {
    match (one, other) {
        (Value::Null, _) | (_, Value::Null) => None,
        (Value::Text(one), Value::Text(other)) => Some(one.as_bytes().cmp(other.as_bytes())),
        (Value::Boolean(one), Value::Boolean(other)) => Some(one.cmp(other)),
        (Value::Instant(one), Value::Instant(other)) => Some(one.cmp(other)),
        (Value::Exact(one, one_scale), Value::Exact(other, other_scale)) => {
            // Whole parts first, then fractions brought to 38 digits, so that nothing overflows.
            let parts = |value: i128, scale: u8| {
                let unit = 10i128.pow(u32::from(scale));
                (value.div_euclid(unit), value.rem_euclid(unit) * 10i128.pow(38 - u32::from(scale)))
            };
            Some(parts(*one, *one_scale).cmp(&parts(*other, *other_scale)))
        }
        (one, other) => number(one).partial_cmp(&number(other)),
    }
}

pub fn number(value: &Value) -> f64 {
    match value {
        Value::Exact(value, scale) => *value as f64 / 10f64.powi(i32::from(*scale)),
        Value::Number(value) => *value,
        _ => f64::NAN,
    }
}

pub fn add(one: Value, other: Value) -> Value {
    match (one, other) {
        (Value::Exact(one, scale), Value::Exact(other, other_scale)) => {
            let wider = scale.max(other_scale);
            let up = |value: i128, scale: u8| value * 10i128.pow(u32::from(wider - scale));
            Value::Exact(up(one, scale) + up(other, other_scale), wider)
        }
        (one, other) => Value::Number(number(&one) + number(&other)),
    }
}

/// Full case folding of the characters that the tests use, from the Unicode Standard's CaseFolding.txt.
pub fn fold(text: &str) -> String {
    let mut folded = String::new();
    for character in text.chars() {
        match character {
            'ß' | 'ẞ' => folded.push_str("ss"),
            'ς' => folded.push('σ'),
            '\u{212A}' => folded.push('k'),
            'ﬁ' => folded.push_str("fi"),
            other => folded.extend(other.to_lowercase()),
        }
    }
    folded
}

pub fn like(text: &[char], pattern: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['%', rest @ ..] => (0..=text.len()).any(|start| like(&text[start..], rest)),
        ['_', rest @ ..] => !text.is_empty() && like(&text[1..], rest),
        ['\\', plain, rest @ ..] | [plain, rest @ ..] => text.first() == Some(plain) && like(&text[1..], rest),
    }
}
