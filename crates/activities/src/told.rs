//! What an activity did, told in the marketer's words: for the log and for whoever follows a row.

use tutti_model::builtin::FILE_DIMENSION;
use tutti_model::campaign::OUT;

/// A population as it arrived or left, without its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed<'a> {
    /// The activity that it left.
    pub activity: &'a str,
    pub port: &'a str,
    pub dimension: &'a str,
    pub rows: u64,
    /// The names of the columns that it carries besides the key.
    pub columns: Vec<&'a str>,
}

impl Passed<'_> {
    /// Its activity, with the port where that is not `out`.
    pub fn name(&self) -> String {
        if self.port == OUT { self.activity.to_owned() } else { format!("{}.{}", self.activity, self.port) }
    }

    /// How many rows it has, and of what: ``1,234 rows of `customers` ``.
    pub fn counted(&self) -> String {
        rows_of(self.rows, self.dimension)
    }
}

/// The populations that an activity got and gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told<'a> {
    /// In the order of the transitions.
    pub arrived: Vec<Passed<'a>>,
    /// In the order of the ports.
    pub left: Vec<Passed<'a>>,
    /// The position among those that arrived of the one whose rows go on.
    pub main: usize,
}

impl Told<'_> {
    /// The population whose rows go on.
    pub fn main(&self) -> Option<&Passed<'_>> {
        self.arrived.get(self.main)
    }

    /// The rows of the population whose rows go on.
    pub fn rows_in(&self) -> u64 {
        self.main().map_or(0, |passed| passed.rows)
    }

    /// The rows that left by a port; `None` where there is no such port.
    pub fn rows_by(&self, port: &str) -> Option<u64> {
        self.left.iter().find(|passed| passed.port == port).map(|passed| passed.rows)
    }

    /// The rows that left by `out`.
    pub fn rows_out(&self) -> u64 {
        self.rows_by(OUT).unwrap_or_default()
    }

    /// What leaves by `out`, counted.
    pub fn out(&self) -> String {
        self.left.iter().find(|passed| passed.port == OUT).map_or_else(|| rows(0), Passed::counted)
    }

    /// That what arrived goes on as it is.
    pub fn passed_on(&self) -> String {
        match self.main().map_or(0, |passed| passed.rows) {
            0 => "nobody arrived".to_owned(),
            1 => "1 row goes on".to_owned(),
            number => format!("{} go on", rows(number)),
        }
    }
}

/// A number of rows in words.
pub fn rows(number: u64) -> String {
    if number == 1 { "1 row".to_owned() } else { format!("{} rows", thousands(number)) }
}

/// A number of rows of a dimension in words; rows of a file are its lines.
pub fn rows_of(number: u64, dimension: &str) -> String {
    match (dimension, number) {
        (FILE_DIMENSION, 1) => "1 line".to_owned(),
        (FILE_DIMENSION, _) => format!("{} lines", thousands(number)),
        _ => format!("{} of `{dimension}`", rows(number)),
    }
}

/// `is` or `are`, as a number wants it.
pub fn are(number: u64) -> &'static str {
    if number == 1 { "is" } else { "are" }
}

/// Names as a text has them: `` `a`, `b` ``.
pub fn names<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// A number with commas between thousands: 1234567 as `1,234,567`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(thousands(number), text);
        }
    }

    #[test]
    fn numbers_have_their_words() {
        assert_eq!(rows_of(1, "customers"), "1 row of `customers`");
        assert_eq!(rows_of(2_000, FILE_DIMENSION), "2,000 lines");
        assert_eq!(Told::default().passed_on(), "nobody arrived");
    }
}
