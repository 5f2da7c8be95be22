//! A bound rule in plain words, for `explain` and the web app.

use super::{Aggregate, Comparison, Count, Function, Pick, Predicate, Related, Right, Test};
use crate::audience;
use crate::catalog::Hop;
use crate::value::Literal;

/// The rule as one English sentence about `subject`, such as `Customers where country is "FR" and there are no orders.`
pub fn sentence(subject: &str, predicate: &Predicate) -> String {
    match predicate {
        Predicate::Constant(true) => format!("All {subject}."),
        Predicate::Constant(false) => format!("No {subject}."),
        other => {
            let mut letters = subject.chars();
            let first: String = letters.next().map(char::to_uppercase).into_iter().flatten().collect();
            format!("{first}{} where {}.", letters.as_str(), words(other))
        }
    }
}

/// The rule as it stands after "where", such as `country is "FR" and there are some orders where ...`.
pub fn words(predicate: &Predicate) -> String {
    match predicate {
        Predicate::Constant(true) => "every row".to_owned(),
        Predicate::Constant(false) => "no row".to_owned(),
        Predicate::All(parts) => join(parts, " and "),
        Predicate::Any(parts) => join(parts, " or "),
        Predicate::Not(inner) => complement_words(inner),
        Predicate::Compare { left, test, case_sensitive } => {
            format!("{} {}{}", left.path(), test_words(test), case_words(*case_sensitive))
        }
        Predicate::Member(member) => format!("it is in the population `{}`", member.population),
        Predicate::Related(related) if audience_of(related).is_some() => {
            format!("it is in the audience `{}`", audience_of(related).unwrap_or_default())
        }
        Predicate::Related(related) => related_words(related, false),
        Predicate::Aggregate(aggregate) => {
            format!("{} {}", aggregate_words(aggregate), test_words(&aggregate.test))
        }
    }
}

/// The complement of a rule, in the words of its negative operator where it has one.
fn complement_words(predicate: &Predicate) -> String {
    match predicate {
        Predicate::Not(inner) => words(inner),
        Predicate::Compare { left, test, case_sensitive } => {
            format!("{} {}{}", left.path(), negative_words(test), case_words(*case_sensitive))
        }
        Predicate::Member(member) => format!("it is not in the population `{}`", member.population),
        Predicate::Related(related) if audience_of(related).is_some() => {
            format!("it is not in the audience `{}`", audience_of(related).unwrap_or_default())
        }
        Predicate::Related(related) => match (&related.count, related.filter.as_ref()) {
            (Count::AtLeast(1), Predicate::Not(inner)) => {
                format!("for all {}: {}", picked_path(&related.hops, related.pick.as_ref()), words(inner))
            }
            _ => related_words(related, true),
        },
        Predicate::Aggregate(aggregate) => {
            format!("{} {}", aggregate_words(aggregate), negative_words(&aggregate.test))
        }
        other => format!("not ({})", words(other)),
    }
}

/// The audience that a rule asks for membership of: the link of its step says it.
fn audience_of(related: &Related) -> Option<&str> {
    related.hops.iter().find_map(|hop| audience::of_table(&hop.link))
}

fn related_words(related: &Related, negated: bool) -> String {
    let among = if related.pick.is_some() { "among " } else { "" };
    let path = format!("{among}{}", picked_path(&related.hops, related.pick.as_ref()));
    let count = match (related.count, negated) {
        (Count::AtLeast(1), false) => format!("there are some {path}"),
        (Count::AtLeast(1), true) => format!("there are no {path}"),
        (Count::AtLeast(n), false) => format!("there are at least {n} {path}"),
        (Count::AtLeast(n), true) => format!("there are at most {} {path}", n - 1),
        (Count::Exactly(n), false) => format!("there are exactly {n} {path}"),
        (Count::Exactly(n), true) => format!("there are not exactly {n} {path}"),
    };
    with_filter(count, &related.filter)
}

/// What an aggregate rule compares, such as `the sum of total over orders where ...`.
fn aggregate_words(aggregate: &Aggregate) -> String {
    let path = picked_path(&aggregate.hops, aggregate.pick.as_ref());
    if let Some(computed) = &aggregate.expression {
        return format!("({})", with_filter(format!("{} over {path}", computed.name), &aggregate.filter));
    }
    let different = if aggregate.distinct { "different " } else { "" };
    let field = aggregate.operand.as_ref().map(super::Field::path);
    let subject = match (aggregate.function, field) {
        (_, None) => format!("the number of {path}"),
        (function, Some(field)) => {
            let value = match function {
                Function::Count => "the number of known",
                Function::CountDistinct => "the number of different",
                Function::Sum => "the sum of",
                Function::Avg => "the average of",
                Function::Min => "the lowest",
                Function::Max => "the highest",
                Function::Stddev => "the standard deviation of",
                Function::StringAgg => "the list of",
                // Its expression says it.
                Function::Expression => "the value of",
            };
            format!("{value} {different}{field} over {path}")
        }
    };
    match aggregate.filter.as_ref() {
        Predicate::Constant(true) => subject,
        filter => format!("({} where {})", subject, words(filter)),
    }
}

fn join(parts: &[Predicate], between: &str) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|part| match part {
            Predicate::All(_) | Predicate::Any(_) => format!("({})", words(part)),
            // What follows belongs to the row, not to the linked ones.
            _ if ends_open(part) => format!("({})", words(part)),
            _ => words(part),
        })
        .collect();
    parts.join(between)
}

/// Whether the words end in conditions on linked rows.
fn ends_open(part: &Predicate) -> bool {
    match part {
        Predicate::Related(related) => *related.filter != Predicate::Constant(true),
        Predicate::Not(inner) => ends_open(inner),
        _ => false,
    }
}

fn with_filter(subject: String, filter: &Predicate) -> String {
    match filter {
        Predicate::Constant(true) => subject,
        filter => format!("{subject} where {}", words(filter)),
    }
}

/// "the first 3 by at (descending) of ".
fn pick_words(pick: &Pick) -> String {
    let order = if pick.descending { " (descending)" } else { "" };
    let first = if pick.n == 1 { "the first".to_owned() } else { format!("the first {}", pick.n) };
    with_filter(format!("{first} by {}{order} of ", pick.by.path()), &pick.filter)
}

fn case_words(case_sensitive: bool) -> &'static str {
    if case_sensitive { " (case matters)" } else { "" }
}

fn picked_path(hops: &[Hop], pick: Option<&Pick>) -> String {
    pick.map_or_else(String::new, pick_words) + &link_path(hops)
}

fn link_path(hops: &[Hop]) -> String {
    hops.iter().map(|hop| hop.link.as_str()).collect::<Vec<_>>().join(".")
}

fn test_words(test: &Test) -> String {
    match test {
        Test::Never => "is a value that is not known".to_owned(),
        Test::Null => "has no value".to_owned(),
        Test::Empty => "is empty".to_owned(),
        Test::Compare(comparison, right) => {
            let is = match comparison {
                Comparison::Equal => "is",
                Comparison::Less => "is less than",
                Comparison::LessOrEqual => "is at most",
                Comparison::Greater => "is more than",
                Comparison::GreaterOrEqual => "is at least",
            };
            format!("{is} {}", right_words(right))
        }
        Test::Between(low, high) => format!("is between {} and {}", right_words(low), right_words(high)),
        Test::Within(periods) => {
            let words: Vec<&str> = periods.iter().map(|period| period.words.as_str()).collect();
            format!("is {}", words.join(" or "))
        }
        Test::In(values) => format!("is one of {}", list_words(values)),
        Test::Contains(text) => format!("contains {}", right_words(text)),
        Test::BeginsWith(text) => format!("begins with {}", right_words(text)),
        Test::EndsWith(text) => format!("ends with {}", right_words(text)),
        Test::Like(text) => format!("is like {}", right_words(text)),
    }
}

/// The words of the complement: where the test does not hold, or there is no value.
fn negative_words(test: &Test) -> String {
    match test {
        Test::Null => "has a value".to_owned(),
        Test::In(values) => format!("is none of {}", list_words(values)),
        Test::Contains(text) => format!("does not contain {}", right_words(text)),
        Test::BeginsWith(text) => format!("does not begin with {}", right_words(text)),
        Test::EndsWith(text) => format!("does not end with {}", right_words(text)),
        Test::Never | Test::Empty | Test::Compare(..) | Test::Between(..) | Test::Within(_) | Test::Like(_) => {
            let positive = test_words(test);
            format!("is not{}", positive.strip_prefix("is").unwrap_or(&positive))
        }
    }
}

/// How many values of a list are shown.
const LISTED_MAX: usize = 10;

fn list_words(values: &[Right]) -> String {
    let shown: Vec<String> = values.iter().take(LISTED_MAX).map(right_words).collect();
    let more = match values.len().saturating_sub(LISTED_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", shown.join(", "))
}

fn right_words(right: &Right) -> String {
    match right {
        Right::Literal(literal) => literal_words(literal),
        Right::Field(field) => field.path(),
    }
}

pub(super) fn literal_words(literal: &Literal) -> String {
    match literal {
        Literal::Text(text) => format!("\"{text}\""),
        Literal::Integer(value) => value.to_string(),
        Literal::Number(value) => value.to_string(),
        Literal::Decimal { unscaled, scale } => {
            let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = usize::from(*scale) + 1);
            let (whole, fraction) = digits.split_at(digits.len() - usize::from(*scale));
            format!("{}{whole}.{fraction}", if *unscaled < 0 { "-" } else { "" })
        }
        Literal::Boolean(value) => value.to_string(),
        Literal::Date(value) => value.to_string(),
        Literal::Timestamp(value) => value.to_string(),
    }
}
