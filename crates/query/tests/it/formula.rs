//! Random expressions: as the text that the engine reads, and what they mean, in plain Rust over rows in memory.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ZonedDateTime};
use tutti_model::bind::{Scope, field};
use tutti_model::table::ColumnType;

use crate::naive::{Naive, Row, Value, add, fold, like, number, order};
use crate::world::{Chance, DAY, NAMES, STATUSES, catalog, documents};

/// An expression with the type that it has.
#[derive(Clone, Debug)]
pub struct Formula {
    pub kind: ColumnType,
    node: Node,
}

#[derive(Clone, Debug)]
enum Node {
    Field(String),
    /// Its text, and its value.
    Literal(String, Value),
    /// An operator or a function, by its name.
    Call(&'static str, Vec<Formula>),
}

/// Types by what is generated for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Text,
    Integer,
    Money,
    Number,
    Boolean,
    Date,
    Time,
}

pub const ALL_WANTED: [Wanted; 7] =
    [Wanted::Text, Wanted::Integer, Wanted::Money, Wanted::Number, Wanted::Boolean, Wanted::Date, Wanted::Time];

const INTEGER: ColumnType = ColumnType::Integer;
const NUMBER: ColumnType = ColumnType::Number;
const TEXT: ColumnType = ColumnType::String;
const BOOLEAN: ColumnType = ColumnType::Boolean;
const DATE: ColumnType = ColumnType::Date;
const TIME: ColumnType = ColumnType::Timestamp;

/// The fields of a table that expressions use, by type.
fn fields(table: &str, wanted: Wanted) -> &'static [&'static str] {
    match (table, wanted) {
        ("customers", Wanted::Text) => &["name", "nick", "city.title", "best_friend.city.title", "id"],
        ("customers", Wanted::Integer) => &["age", "city.people_count", "best_friend.age"],
        ("customers", Wanted::Money) => &["balance", "best_friend.balance"],
        ("customers", Wanted::Number) => &["score", "best_friend.score"],
        ("customers", Wanted::Boolean) => &["vip"],
        ("customers", Wanted::Date) => &["born"],
        ("customers", Wanted::Time) => &["seen"],
        (_, Wanted::Text) => &["status", "shop", "customer.name"],
        (_, Wanted::Integer) => &["quantity", "number", "customer.age"],
        (_, Wanted::Money) => &["total", "customer.balance"],
        (_, Wanted::Number) => &["weight"],
        (_, Wanted::Boolean) => &["customer.vip"],
        (_, Wanted::Date) => &["day", "customer.born"],
        (_, Wanted::Time) => &["at", "customer.seen"],
    }
}

/// A random expression over the rows of `customers` or of `orders`.
pub fn random(chance: &mut Chance, naive: &Naive<'_>, table: &str, wanted: Wanted, depth: u32) -> Formula {
    if depth == 0 || chance.below(5) == 0 {
        return leaf(chance, naive, table, wanted);
    }
    let mut part = |chance: &mut Chance, wanted: Wanted| random(chance, naive, table, wanted, depth - 1);
    let call =
        |kind: ColumnType, name: &'static str, parts: Vec<Formula>| Formula { kind, node: Node::Call(name, parts) };
    // What every type has.
    match chance.below(9) {
        0 => {
            let (one, other) = (part(chance, wanted), part(chance, wanted));
            if one.kind == other.kind {
                return call(one.kind, chance.pick(&["coalesce", "nullif"]), vec![one, other]);
            }
            return one;
        }
        1 => {
            let (one, other) = (part(chance, wanted), part(chance, wanted));
            if one.kind == other.kind {
                let condition = part(chance, Wanted::Boolean);
                return call(one.kind, chance.pick(&["iif", "case"]), vec![condition, one, other]);
            }
            return one;
        }
        2 if !matches!(wanted, Wanted::Boolean | Wanted::Number) => {
            let (one, other) = (part(chance, wanted), part(chance, wanted));
            if one.kind == other.kind {
                return call(one.kind, chance.pick(&["greatest", "least"]), vec![one, other]);
            }
            return one;
        }
        _ => {}
    }
    match wanted {
        Wanted::Text => match chance.below(7) {
            0 => call(
                TEXT,
                chance.pick(&["lower", "upper", "casefold", "trim", "no_null", "reverse"]),
                vec![part(chance, wanted)],
            ),
            1 => {
                let n = whole(chance.below(7) as i64 - 1);
                call(TEXT, chance.pick(&["left", "right"]), vec![part(chance, wanted), n])
            }
            2 => {
                let (start, length) = (whole(chance.below(8) as i64 - 2), whole(chance.below(5) as i64));
                call(TEXT, "substring", vec![part(chance, wanted), start, length])
            }
            3 => call(
                TEXT,
                "replace",
                vec![part(chance, wanted), text(chance.pick(&["a", "n", "S", "ß", "%"])), part(chance, wanted)],
            ),
            4 => call(TEXT, "||", vec![part(chance, wanted), part(chance, wanted)]),
            5 => call(TEXT, "concat", vec![part(chance, wanted), part(chance, Wanted::Integer)]),
            _ => call(TEXT, "to_string", vec![part(chance, Wanted::Integer)]),
        },
        Wanted::Integer => match chance.below(8) {
            0 | 1 => {
                call(INTEGER, chance.pick(&["+", "-", "*", "%"]), vec![part(chance, wanted), part(chance, wanted)])
            }
            2 => call(INTEGER, chance.pick(&["abs", "negative", "floor", "round"]), vec![part(chance, wanted)]),
            3 => call(INTEGER, chance.pick(&["length", "data_length"]), vec![part(chance, Wanted::Text)]),
            4 => call(INTEGER, "charindex", vec![part(chance, Wanted::Text), part(chance, Wanted::Text)]),
            5 => {
                let of = chance.pick(&[Wanted::Date, Wanted::Time]);
                let name =
                    chance.pick(&["year", "month", "day", "week_day", "day_of_year", "year_and_month", "quarter"]);
                call(INTEGER, name, vec![part(chance, of)])
            }
            6 => {
                let (one, other) =
                    (chance.pick(&[Wanted::Date, Wanted::Time]), chance.pick(&[Wanted::Date, Wanted::Time]));
                let name = chance.pick(&["days_diff", "hours_diff", "date_cmp"]);
                call(INTEGER, name, vec![part(chance, one), part(chance, other)])
            }
            _ => {
                let of = chance.pick(&[Wanted::Money, Wanted::Number]);
                call(INTEGER, chance.pick(&["to_integer", "sign"]), vec![part(chance, of)])
            }
        },
        Wanted::Money => {
            let one = part(chance, wanted);
            if chance.below(3) == 0 {
                return call(one.kind, chance.pick(&["abs", "negative", "floor", "ceil", "round", "trunc"]), vec![one]);
            }
            let of = chance.pick(&[Wanted::Money, Wanted::Integer]);
            let (name, other) = (chance.pick(&["+", "-", "*", "%"]), part(chance, of));
            match exact_kind(name, one.kind, other.kind) {
                Some(kind) => call(kind, name, vec![one, other]),
                // It would be a number; those are generated apart.
                None => one,
            }
        }
        Wanted::Number => match chance.below(4) {
            0 => call(NUMBER, chance.pick(&["+", "-", "*"]), vec![part(chance, wanted), part(chance, wanted)]),
            1 => {
                let of = || [Wanted::Integer, Wanted::Money, Wanted::Number];
                let (one, other) = (chance.pick(&of()), chance.pick(&of()));
                call(NUMBER, chance.pick(&["/", "percent"]), vec![part(chance, one), part(chance, other)])
            }
            2 => call(NUMBER, chance.pick(&["abs", "negative", "floor"]), vec![part(chance, wanted)]),
            _ => {
                let of = chance.pick(&[Wanted::Integer, Wanted::Money]);
                call(NUMBER, "to_double", vec![part(chance, of)])
            }
        },
        Wanted::Boolean => boolean(chance, &mut part),
        Wanted::Date => match chance.below(3) {
            0 => {
                let name = chance.pick(&["add_days", "sub_months", "add_years"]);
                let n = whole(chance.below(60) as i64 - 20);
                call(DATE, name, vec![part(chance, wanted), n])
            }
            1 => call(DATE, "to_date", vec![part(chance, Wanted::Time)]),
            _ => call(DATE, chance.pick(&["trunc_month", "trunc_week", "trunc_quarter"]), vec![part(chance, wanted)]),
        },
        Wanted::Time => match chance.below(3) {
            0 => {
                let name = chance.pick(&["add_days", "add_hours", "sub_months"]);
                let n = whole(chance.below(60) as i64 - 10);
                call(TIME, name, vec![part(chance, wanted), n])
            }
            1 => call(TIME, "date_only", vec![part(chance, wanted)]),
            _ => call(TIME, chance.pick(&["trunc_month", "trunc_day", "trunc_week"]), vec![part(chance, wanted)]),
        },
    }
}

fn boolean(chance: &mut Chance, part: &mut dyn FnMut(&mut Chance, Wanted) -> Formula) -> Formula {
    let call = |name: &'static str, parts: Vec<Formula>| Formula { kind: BOOLEAN, node: Node::Call(name, parts) };
    let families = [Wanted::Text, Wanted::Integer, Wanted::Money, Wanted::Number, Wanted::Date, Wanted::Time];
    let beside = |chance: &mut Chance, wanted: Wanted| match wanted {
        Wanted::Text => Wanted::Text,
        Wanted::Date | Wanted::Time => chance.pick(&[Wanted::Date, Wanted::Time]),
        _ => chance.pick(&[Wanted::Integer, Wanted::Money, Wanted::Number]),
    };
    match chance.below(9) {
        0..=2 => {
            let one = chance.pick(&families);
            let other = beside(chance, one);
            let name = chance.pick(&["=", "<>", "<", "<=", ">", ">=", "is distinct from"]);
            call(name, vec![part(chance, one), part(chance, other)])
        }
        3 => call(chance.pick(&["and", "or"]), vec![part(chance, Wanted::Boolean), part(chance, Wanted::Boolean)]),
        4 => call("not", vec![part(chance, Wanted::Boolean)]),
        5 => {
            let of = chance.pick(&ALL_WANTED);
            call(chance.pick(&["is null", "is not null"]), vec![part(chance, of)])
        }
        6 => {
            let one = chance.pick(&families);
            let (low, high) = (beside(chance, one), beside(chance, one));
            call(
                chance.pick(&["between", "not between"]),
                vec![part(chance, one), part(chance, low), part(chance, high)],
            )
        }
        7 => {
            let of = chance.pick(&[Wanted::Text, Wanted::Integer, Wanted::Date]);
            let mut parts = vec![part(chance, of), part(chance, of), part(chance, of)];
            if chance.below(4) == 0 {
                let kind = parts[0].kind;
                parts.push(Formula { kind, node: Node::Literal("null".to_owned(), Value::Null) });
            }
            call(chance.pick(&["in", "not in"]), parts)
        }
        _ => {
            let name = chance.pick(&["contains", "starts_with", "ends_with", "like", "not like"]);
            let other = if name.ends_with("like") {
                text(chance.pick(&["%a%", "a\\_b%", "_nna%", "%", "P%", "100\\%", "%ß%"]))
            } else {
                part(chance, Wanted::Text)
            };
            call(name, vec![part(chance, Wanted::Text), other])
        }
    }
}

fn leaf(chance: &mut Chance, naive: &Naive<'_>, table: &str, wanted: Wanted) -> Formula {
    if chance.below(3) > 0 {
        let path = chance.pick(fields(table, wanted));
        let found = field(path, Scope::table(table), naive.catalog, "").unwrap();
        return Formula { kind: found.column.column_type, node: Node::Field(path.to_owned()) };
    }
    match wanted {
        Wanted::Text => {
            let known = if chance.below(2) == 0 { chance.pick(&NAMES) } else { chance.pick(&STATUSES) };
            text(known)
        }
        Wanted::Integer => whole(chance.pick(&[0, 1, 2, 20, -3, 40, i64::MAX, i64::MIN])),
        Wanted::Money => {
            let (unscaled, scale, sql) =
                chance.pick(&[(25i128, 1u8, "2.5"), (1, 2, "0.01"), (-1999, 2, "-19.99"), (1, 1, "0.1")]);
            let precision = (unscaled.unsigned_abs().checked_ilog10().unwrap_or(0) + 1).max(u32::from(scale)) as u8;
            let kind = ColumnType::Decimal { precision, scale };
            Formula { kind, node: Node::Literal(sql.to_owned(), Value::Exact(unscaled, scale)) }
        }
        Wanted::Number => {
            let value = chance.pick(&[0.5, 0.0, -1.5, 20.0]);
            Formula { kind: NUMBER, node: Node::Literal(format!("cast({value:?} as number)"), Value::Number(value)) }
        }
        Wanted::Boolean => {
            let value = chance.below(2) == 0;
            Formula { kind: BOOLEAN, node: Node::Literal(value.to_string(), Value::Boolean(value)) }
        }
        Wanted::Date => {
            let day = 20_500 + chance.below(5) as i64;
            let date = jiff::civil::date(2026, 2, 16) + Span::new().days(day - 20_500);
            Formula { kind: DATE, node: Node::Literal(format!("date '{date}'"), Value::Instant(day * DAY)) }
        }
        Wanted::Time => {
            let at = (20_500 + chance.below(5) as i64) * DAY + 3_600_000_000;
            let instant = Timestamp::from_microsecond(at).unwrap();
            Formula { kind: TIME, node: Node::Literal(format!("timestamp '{instant}'"), Value::Instant(at)) }
        }
    }
}

fn whole(value: i64) -> Formula {
    Formula { kind: INTEGER, node: Node::Literal(value.to_string(), Value::Exact(i128::from(value), 0)) }
}

fn text(value: &str) -> Formula {
    let sql = format!("'{}'", value.replace('\'', "''"));
    Formula { kind: TEXT, node: Node::Literal(sql, Value::Text(value.to_owned())) }
}

/// The type of an exact result: `None` where it may need more than 38 digits, so that it is a number.
fn exact_kind(name: &str, one: ColumnType, other: ColumnType) -> Option<ColumnType> {
    let digits = |kind| match kind {
        ColumnType::Decimal { precision, scale } => (precision - scale, scale),
        _ => (20, 0),
    };
    let ((whole, scale), (other_whole, other_scale)) = (digits(one), digits(other));
    let (precision, scale) = match name {
        "*" => (whole + scale + other_whole + other_scale + 1, scale + other_scale),
        _ => (whole.max(other_whole) + scale.max(other_scale) + 1, scale.max(other_scale)),
    };
    (precision <= 38).then_some(ColumnType::Decimal { precision, scale })
}

impl Formula {
    /// As it is written.
    pub fn sql(&self) -> String {
        let (name, parts) = match &self.node {
            Node::Field(path) => return path.clone(),
            Node::Literal(sql, _) => return sql.clone(),
            Node::Call(name, parts) => (*name, parts.iter().map(Self::sql).collect::<Vec<_>>()),
        };
        match name {
            "+" | "-" | "*" | "/" | "%" | "||" | "=" | "<>" | "<" | "<=" | ">" | ">=" | "and" | "or" | "like"
            | "not like" | "is distinct from" => format!("({} {name} {})", parts[0], parts[1]),
            "negative" => format!("(- ({}))", parts[0]),
            "not" => format!("(not {})", parts[0]),
            "is null" | "is not null" => format!("({} {name})", parts[0]),
            "between" | "not between" => format!("({} {name} {} and {})", parts[0], parts[1], parts[2]),
            "in" | "not in" => format!("({} {name} ({}))", parts[0], parts[1..].join(", ")),
            "case" => format!("(case when {} then {} else {} end)", parts[0], parts[1], parts[2]),
            _ => format!("{name}({})", parts.join(", ")),
        }
    }

    /// The value for a row; days are those of `zone`.
    pub fn value(&self, naive: &Naive<'_>, zone: &TimeZone, table: &str, row: &Row) -> Value {
        match &self.node {
            Node::Field(path) => naive.field(table, row, &field(path, Scope::table(table), naive.catalog, "").unwrap()),
            Node::Literal(_, value) => value.clone(),
            Node::Call(name, parts) => {
                let values: Vec<Value> = parts.iter().map(|part| part.value(naive, zone, table, row)).collect();
                self.call(name, parts, &values, zone)
            }
        }
    }

    fn call(&self, name: &str, parts: &[Self], values: &[Value], zone: &TimeZone) -> Value {
        match name {
            "coalesce" => values.iter().find(|value| **value != Value::Null).cloned().unwrap_or(Value::Null),
            "nullif" => {
                if compare(parts, values, 0, 1, zone) == Some(Ordering::Equal) {
                    Value::Null
                } else {
                    values[0].clone()
                }
            }
            "iif" | "case" => {
                if values[0] == Value::Boolean(true) {
                    values[1].clone()
                } else {
                    values[2].clone()
                }
            }
            "greatest" | "least" => match compare(parts, values, 0, 1, zone) {
                None => values.iter().find(|value| **value != Value::Null).cloned().unwrap_or(Value::Null),
                Some(order) => {
                    let first = if name == "greatest" { order.is_ge() } else { order.is_le() };
                    values[usize::from(!first)].clone()
                }
            },
            "no_null" => {
                if values[0] == Value::Null {
                    Value::Text(String::new())
                } else {
                    values[0].clone()
                }
            }
            "concat" => Value::Text(values.iter().map(shown).collect()),
            "is null" => Value::Boolean(values[0] == Value::Null),
            "is not null" => Value::Boolean(values[0] != Value::Null),
            "is distinct from" => Value::Boolean(match compare(parts, values, 0, 1, zone) {
                Some(order) => order.is_ne(),
                None => (values[0] == Value::Null) != (values[1] == Value::Null),
            }),
            "and" => and(&values[0], &values[1]),
            "or" => not(&and(&not(&values[0]), &not(&values[1]))),
            "not" => not(&values[0]),
            "between" | "not between" => {
                let low = compare(parts, values, 0, 1, zone).map_or(Value::Null, |order| Value::Boolean(order.is_ge()));
                let high =
                    compare(parts, values, 0, 2, zone).map_or(Value::Null, |order| Value::Boolean(order.is_le()));
                let within = and(&low, &high);
                if name == "between" { within } else { not(&within) }
            }
            "in" | "not in" => {
                let mut found = Value::Boolean(false);
                for index in 1..values.len() {
                    let equal = compare(parts, values, 0, index, zone)
                        .map_or(Value::Null, |order| Value::Boolean(order.is_eq()));
                    found = not(&and(&not(&found), &not(&equal)));
                }
                if name == "in" { found } else { not(&found) }
            }
            _ if values.contains(&Value::Null) => Value::Null,
            "=" | "<>" | "<" | "<=" | ">" | ">=" => {
                let order = compare(parts, values, 0, 1, zone).unwrap();
                Value::Boolean(match name {
                    "=" => order.is_eq(),
                    "<>" => order.is_ne(),
                    "<" => order.is_lt(),
                    "<=" => order.is_le(),
                    ">" => order.is_gt(),
                    _ => order.is_ge(),
                })
            }
            "+" | "-" | "*" | "%" | "/" | "percent" | "abs" | "negative" | "sign" | "floor" | "ceil" | "round"
            | "trunc" | "to_double" | "to_integer" => self.arithmetic(name, values),
            _ => match &values[0] {
                Value::Text(first) => self.textual(name, first, values),
                Value::Instant(at) => temporal(name, *at, parts, values, zone),
                _ => Value::Text(shown(&values[0])),
            },
        }
    }

    fn arithmetic(&self, name: &str, values: &[Value]) -> Value {
        let one = &values[0];
        if self.kind == NUMBER {
            let (one, other) = (number(one), values.get(1).map_or(0.0, number));
            return match name {
                "+" => Value::Number(one + other),
                "-" => Value::Number(one - other),
                "*" => Value::Number(one * other),
                "/" | "percent" if other == 0.0 => Value::Null,
                "/" => Value::Number(one / other),
                "percent" => Value::Number(one * 100.0 / other),
                "abs" => Value::Number(one.abs()),
                "negative" => Value::Number(-one),
                "floor" => Value::Number(one.floor()),
                _ => Value::Number(one),
            };
        }
        if let Value::Number(value) = one {
            let whole = if name == "sign" { if *value == 0.0 { 0.0 } else { value.signum() } } else { value.trunc() };
            let fits = whole >= i64::MIN as f64 && whole < -(i64::MIN as f64);
            return if fits { Value::Exact(whole as i128, 0) } else { Value::Null };
        }
        let &Value::Exact(value, scale) = one else { panic!("{one:?} is no number") };
        let unit = 10i128.pow(u32::from(scale));
        let exact = match (name, values.get(1)) {
            ("+", Some(other)) => add(one.clone(), other.clone()),
            ("-", Some(&Value::Exact(other, scale))) => add(one.clone(), Value::Exact(-other, scale)),
            ("*", Some(&Value::Exact(other, other_scale))) => Value::Exact(value * other, scale + other_scale),
            ("%", Some(&Value::Exact(0, _))) => return Value::Null,
            ("%", Some(&Value::Exact(other, other_scale))) => {
                let wider = scale.max(other_scale);
                let up = |value: i128, scale: u8| value * 10i128.pow(u32::from(wider - scale));
                Value::Exact(up(value, scale) % up(other, other_scale), wider)
            }
            ("abs", _) => Value::Exact(value.abs(), scale),
            ("negative", _) => Value::Exact(-value, scale),
            ("sign", _) => Value::Exact(value.signum(), 0),
            ("floor", _) => Value::Exact(value.div_euclid(unit) * unit, scale),
            ("ceil", _) => Value::Exact(-(-value).div_euclid(unit) * unit, scale),
            ("trunc", _) => Value::Exact(value / unit * unit, scale),
            ("round", _) => Value::Exact((value.abs() + unit / 2) / unit * unit * value.signum(), scale),
            _ => Value::Exact(value / unit, 0),
        };
        match exact {
            // Integers have 64 bits.
            Value::Exact(value, 0) if self.kind == INTEGER && i64::try_from(value).is_err() => Value::Null,
            exact => exact,
        }
    }

    fn textual(&self, name: &str, first: &str, values: &[Value]) -> Value {
        let letters: Vec<char> = first.chars().collect();
        let other = match values.get(1) {
            Some(Value::Text(other)) => other.as_str(),
            _ => "",
        };
        let count = |index: usize| match values.get(index) {
            Some(Value::Exact(n, _)) => *n,
            _ => 0,
        };
        let part = |from: i128, to: i128| {
            let (from, to) =
                (from.clamp(0, letters.len() as i128) as usize, to.clamp(0, letters.len() as i128) as usize);
            Value::Text(if from < to { letters[from..to].iter().collect() } else { String::new() })
        };
        match name {
            "lower" => Value::Text(first.to_lowercase()),
            "upper" => Value::Text(first.to_uppercase()),
            "casefold" => Value::Text(fold(first)),
            "trim" => Value::Text(first.trim_matches(' ').to_owned()),
            "reverse" => Value::Text(letters.iter().rev().collect()),
            "left" => part(0, count(1)),
            "right" => part(letters.len() as i128 - count(1).max(0), letters.len() as i128),
            "substring" => part(count(1) - 1, count(1) - 1 + count(2)),
            "replace" => {
                let Value::Text(to) = &values[2] else { panic!("{:?} is no text", values[2]) };
                Value::Text(first.replace(other, to))
            }
            "||" => Value::Text(format!("{first}{other}")),
            "length" => Value::Exact(letters.len() as i128, 0),
            "data_length" => Value::Exact(first.len() as i128, 0),
            "charindex" => Value::Exact(first.find(other).map_or(0, |at| first[..at].chars().count() as i128 + 1), 0),
            "contains" => Value::Boolean(first.contains(other)),
            "starts_with" => Value::Boolean(first.starts_with(other)),
            "ends_with" => Value::Boolean(first.ends_with(other)),
            "like" | "not like" => {
                let pattern: Vec<char> = other.chars().collect();
                Value::Boolean(like(&letters, &pattern) == (name == "like"))
            }
            other => panic!("{other} is not known here"),
        }
    }
}

/// Functions of dates and times.
fn temporal(name: &str, at: i64, parts: &[Formula], values: &[Value], zone: &TimeZone) -> Value {
    let is_date = parts[0].kind == DATE;
    let clock = clock(at, is_date, zone);
    let count = |index: usize| match values.get(index) {
        Some(Value::Exact(n, _)) => *n as i64,
        _ => 0,
    };
    let integer = |value: i64| Value::Exact(i128::from(value), 0);
    let moved = |span: Span| match is_date {
        true => midnight(clock.checked_add(span).unwrap()),
        false => {
            micros(&clock.to_zoned_datetime(zone.clone()).map(|_| zoned(at, zone).checked_add(span).unwrap()).unwrap())
        }
    };
    let start = |date: jiff::civil::Date| match is_date {
        true => midnight(date.at(0, 0, 0, 0)),
        false => micros(&date.at(0, 0, 0, 0).to_zoned_datetime(zone.clone()).unwrap()),
    };
    let date = clock.date();
    match name {
        "year" => integer(i64::from(date.year())),
        "month" => integer(i64::from(date.month())),
        "day" => integer(i64::from(date.day())),
        "quarter" => integer(i64::from((date.month() - 1) / 3 + 1)),
        "week_day" => integer(i64::from(date.weekday().to_monday_zero_offset())),
        "day_of_year" => integer(i64::from(date.day_of_year())),
        "year_and_month" => integer(i64::from(date.year()) * 100 + i64::from(date.month())),
        "add_days" => moved(Span::new().days(count(1))),
        "add_years" => moved(Span::new().years(count(1))),
        "sub_months" => moved(Span::new().months(-count(1))),
        "add_hours" => Value::Instant(instant(at, is_date, zone) + count(1) * 3_600_000_000),
        "to_date" => midnight(date.at(0, 0, 0, 0)),
        "date_only" | "trunc_day" => start(date),
        "trunc_month" => start(date.first_of_month()),
        "trunc_week" => start(date - Span::new().days(i64::from(date.weekday().to_monday_zero_offset()))),
        "trunc_quarter" => start(jiff::civil::date(date.year(), (date.month() - 1) / 3 * 3 + 1, 1)),
        "days_diff" => {
            let Value::Instant(other) = values[1] else { panic!("{:?} is no time", values[1]) };
            let other = self::clock(other, parts[1].kind == DATE, zone);
            let days = (midnight_micros(date.at(0, 0, 0, 0)) - midnight_micros(other.date().at(0, 0, 0, 0))) / DAY;
            integer(days)
        }
        "hours_diff" => {
            let Value::Instant(other) = values[1] else { panic!("{:?} is no time", values[1]) };
            integer((instant(at, is_date, zone) - instant(other, parts[1].kind == DATE, zone)) / 3_600_000_000)
        }
        "date_cmp" => compare(parts, values, 0, 1, zone).map_or(Value::Null, |order| integer(order as i64)),
        other => panic!("{other} is not known here"),
    }
}

/// How two of the values compare; a date beside a time is its midnight in the zone.
fn compare(parts: &[Formula], values: &[Value], one: usize, other: usize, zone: &TimeZone) -> Option<Ordering> {
    let (Value::Instant(left), Value::Instant(right)) = (&values[one], &values[other]) else {
        return order(&values[one], &values[other]);
    };
    let (left_is_date, right_is_date) = (parts[one].kind == DATE, parts[other].kind == DATE);
    if left_is_date == right_is_date {
        return Some(left.cmp(right));
    }
    Some(instant(*left, left_is_date, zone).cmp(&instant(*right, right_is_date, zone)))
}

fn zoned(at: i64, zone: &TimeZone) -> ZonedDateTime {
    Timestamp::from_microsecond(at).unwrap().to_zoned_datetime(zone.clone())
}

/// What calendar and clock show.
fn clock(at: i64, is_date: bool, zone: &TimeZone) -> DateTime {
    let utc = TimeZone::UTC;
    zoned(at, if is_date { &utc } else { zone }).datetime()
}

fn instant(at: i64, is_date: bool, zone: &TimeZone) -> i64 {
    if is_date {
        clock(at, true, zone).to_zoned_datetime(zone.clone()).unwrap().timestamp().as_microsecond()
    } else {
        at
    }
}

fn micros(zoned: &ZonedDateTime) -> Value {
    Value::Instant(zoned.timestamp().as_microsecond())
}

fn midnight(at: DateTime) -> Value {
    Value::Instant(midnight_micros(at))
}

fn midnight_micros(at: DateTime) -> i64 {
    at.to_zoned_datetime(TimeZone::UTC).unwrap().timestamp().as_microsecond()
}

fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Exact(value, 0) => value.to_string(),
        Value::Null => String::new(),
        other => panic!("{other:?} is not shown here"),
    }
}

fn and(one: &Value, other: &Value) -> Value {
    match (one, other) {
        (Value::Boolean(false), _) | (_, Value::Boolean(false)) => Value::Boolean(false),
        (Value::Boolean(true), Value::Boolean(true)) => Value::Boolean(true),
        _ => Value::Null,
    }
}

fn not(value: &Value) -> Value {
    match value {
        Value::Boolean(value) => Value::Boolean(!value),
        _ => Value::Null,
    }
}

/// Expressions that random rules have in them: by table and type, and by their text.
struct Pool {
    by_table: HashMap<(&'static str, &'static str), Vec<String>>,
    by_text: HashMap<String, Formula>,
}

/// How many expressions the pool has for a table and a type.
const POOLED: usize = 25;

static POOL: LazyLock<Pool> = LazyLock::new(|| {
    let (catalog, rows) = (catalog(&documents()), HashMap::new());
    let naive = Naive { catalog: &catalog, rows: &rows };
    let mut chance = Chance(0xF0);
    let mut pool = Pool { by_table: HashMap::new(), by_text: HashMap::new() };
    for (table, wanted) in
        ["customers", "orders"].into_iter().flat_map(|table| ALL_WANTED.map(|wanted| (table, wanted)))
    {
        for _ in 0..POOLED {
            let formula = random(&mut chance, &naive, table, wanted, 3);
            pool.by_table.entry((table, kind_name(formula.kind))).or_default().push(formula.sql());
            pool.by_text.insert(formula.sql(), formula);
        }
    }
    pool
});

/// The expressions over a table that have a type: `text`, `number`, `boolean` or `time`.
pub fn pooled(table: &'static str, kind: &'static str) -> &'static [String] {
    POOL.by_table.get(&(table, kind)).map_or(&[], Vec::as_slice)
}

/// The expression of a text that the pool has.
pub fn known(sql: &str) -> &'static Formula {
    POOL.by_text.get(sql).unwrap_or_else(|| panic!("no evaluator knows `{sql}`"))
}

fn kind_name(kind: ColumnType) -> &'static str {
    match kind {
        TEXT => "text",
        BOOLEAN => "boolean",
        DATE | TIME => "time",
        _ => "number",
    }
}
