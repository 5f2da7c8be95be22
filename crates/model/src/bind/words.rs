//! A bound rule in plain words, for `explain` and the web app.

use super::{Comparison, Count, Function, Pick, Predicate, Related, Right, Test};
use crate::audience;
use crate::value::Literal;

/// The rule as an English sentence without a subject, such as "country is "FR" and it has some orders where ...".
pub fn words(predicate: &Predicate) -> String {
    match predicate {
        Predicate::Constant(true) => "every row".to_owned(),
        Predicate::Constant(false) => "no row".to_owned(),
        Predicate::All(parts) => join(parts, " and "),
        Predicate::Any(parts) => join(parts, " or "),
        Predicate::Not(inner) => format!("not ({})", words(inner)),
        Predicate::Compare { left, test, case_sensitive } => {
            format!("{} {}{}", left.path(), test_words(test), if *case_sensitive { " (case matters)" } else { "" })
        }
        Predicate::Related(Related { hops, .. }) if hops.iter().any(|hop| audience::of_table(&hop.link).is_some()) => {
            let named = hops.iter().find_map(|hop| audience::of_table(&hop.link)).unwrap_or_default();
            format!("it is in the audience `{named}`")
        }
        Predicate::Member(member) => format!("it is in the population `{}`", member.population),
        Predicate::Related(related) => {
            let path = link_path(&related.hops);
            let path = related.pick.as_ref().map_or_else(String::new, pick_words) + &path;
            let count = match related.count {
                Count::AtLeast(1) => format!("it has some {path}"),
                Count::AtLeast(n) => format!("it has at least {n} {path}"),
                Count::Exactly(n) => format!("it has exactly {n} {path}"),
            };
            with_filter(count, &related.filter)
        }
        Predicate::Aggregate(aggregate) => {
            let path = link_path(&aggregate.hops);
            let picked = aggregate.pick.as_ref().map_or_else(String::new, pick_words);
            let path = format!("{picked}{path}");
            if let Some(computed) = &aggregate.expression {
                let subject = with_filter(format!("{} over {path}", computed.sql), &aggregate.filter);
                return format!("({subject}) {}", test_words(&aggregate.test));
            }
            let function = Function::NAMES.iter().find(|(_, f)| *f == aggregate.function).map_or("", |(name, _)| *name);
            let of = aggregate.operand.as_ref().map_or_else(String::new, |field| format!(" {} of", field.path()));
            let subject = with_filter(format!("{function}{of} {path}"), &aggregate.filter);
            format!("({subject}) {}", test_words(&aggregate.test))
        }
    }
}

fn join(parts: &[Predicate], between: &str) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|part| match part {
            Predicate::All(_) | Predicate::Any(_) => format!("({})", words(part)),
            _ => words(part),
        })
        .collect();
    parts.join(between)
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

fn link_path(hops: &[crate::catalog::Hop]) -> String {
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
        Test::In(values) => {
            let shown: Vec<String> = values.iter().take(10).map(right_words).collect();
            let more = if values.len() > 10 { format!(" and {} more", values.len() - 10) } else { String::new() };
            format!("is one of {}{more}", shown.join(", "))
        }
        Test::Contains(text) => format!("contains {}", right_words(text)),
        Test::BeginsWith(text) => format!("begins with {}", right_words(text)),
        Test::EndsWith(text) => format!("ends with {}", right_words(text)),
        Test::Like(text) => format!("is like {}", right_words(text)),
    }
}

fn right_words(right: &Right) -> String {
    match right {
        Right::Literal(literal) => literal_words(literal),
        Right::Field(field) => field.path(),
    }
}

fn literal_words(literal: &Literal) -> String {
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
