//! The figures of a report: what each one counts, and what it is a share of.

use serde::{Deserialize, Serialize};
use tutti_query::datafusion::arrow::array::{Array, AsArray, RecordBatch};
use tutti_query::datafusion::arrow::compute::cast as cast_array;
use tutti_query::datafusion::arrow::datatypes::{DataType, Int64Type};
use tutti_query::datafusion::functions_aggregate::expr_fn::{count, sum};
use tutti_query::datafusion::logical_expr::{Expr, ExprFunctionExt, lit};

use super::lines::{EVENTS, named, query};
use super::statistics::{self, CONFIDENCE};
use crate::error::{Error, Result};

macro_rules! figures {
    ($($(#[doc = $doc:literal])* $variant:ident $name:ident,)*) => {
        /// A figure: some of the lines of a report.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Figure { $($(#[doc = $doc])* $variant,)* }

        impl Figure {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => stringify!($name)),* }
            }
        }

        /// How many lines each figure counts, and all events of each kind.
        /// Always: targeted = excluded + sent + failed + in_doubt + pending.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct Figures {
            $($(#[doc = $doc])* pub $name: u64,)*
            /// All opens, those of one message again and again among them.
            pub opens: u64,
            /// All clicks.
            pub clicks: u64,
        }

        impl Figures {
            pub fn get(&self, figure: Figure) -> u64 {
                match figure { $(Figure::$variant => self.$name),* }
            }

            fn set(&mut self, figure: Figure, value: u64) {
                match figure { $(Figure::$variant => self.$name = value),* }
            }
        }
    };
}

figures! {
    /// Every line.
    Targeted targeted,
    /// Nothing is sent to.
    Excluded excluded,
    /// Accepted by the next hop, whatever came back since.
    Sent sent,
    /// Refused for good.
    Failed failed,
    /// Handed over without an answer.
    InDoubt in_doubt,
    /// Not sent yet.
    Pending pending,
    /// Came back.
    Bounced bounced,
    /// Declared as unwanted.
    Complained complained,
    /// Opened once or more.
    Opened opened,
    /// Clicked once or more.
    Clicked clicked,
    /// Both opened and clicked.
    OpenedAndClicked opened_and_clicked,
    /// Sent, and not opened.
    NotOpened not_opened,
    /// Answered by an unsubscribe.
    Unsubscribed unsubscribed,
}

impl Figure {
    /// A figure by its name.
    pub fn parse(name: &str) -> Result<Self> {
        Self::ALL.iter().copied().find(|figure| figure.as_str() == name).ok_or_else(|| {
            let known: Vec<&str> = Self::ALL.iter().map(|figure| figure.as_str()).collect();
            let hint = format!("known are {}", known.join(", "));
            Error::refused_with("unknown_value", format!("`{name}` is not a figure of reports"), hint)
        })
    }

    /// Whether a line counts.
    pub(super) fn condition(self) -> Expr {
        let status = |names: &[&str]| named("status").in_list(names.iter().map(|name| lit(*name)).collect(), false);
        let some = |name: &str| named(name).gt(lit(0_i64));
        match self {
            Self::Targeted => lit(true),
            Self::Excluded => status(&["excluded"]),
            Self::Sent => status(&SENT),
            Self::Failed => status(&["failed"]),
            Self::InDoubt => status(&["in_doubt"]),
            Self::Pending => status(&["pending"]),
            Self::Bounced => status(&["bounced"]).or(some("bounces")),
            Self::Complained => status(&["complained"]).or(some("complaints")),
            Self::Opened => some("opens"),
            Self::Clicked => some("clicks"),
            Self::OpenedAndClicked => some("opens").and(some("clicks")),
            Self::NotOpened => status(&SENT).and(named("opens").eq(lit(0_i64))),
            Self::Unsubscribed => some("unsubscribes"),
        }
    }
}

/// What a message that the next hop took may have become since.
const SENT: [&str; 4] = ["sent", "delivered", "bounced", "complained"];

/// One column for each figure, in their order, then all opens and clicks.
pub(super) fn sums() -> Result<Vec<Expr>> {
    let mut sums = Vec::new();
    for figure in Figure::ALL {
        sums.push(count(lit(1_i64)).filter(figure.condition()).build().map_err(query)?.alias(figure.as_str()));
    }
    sums.extend(EVENTS.iter().take(2).map(|(_, name)| sum(named(name)).alias(*name)));
    Ok(sums)
}

impl Figures {
    /// Reads row `row` of what [`sums`] gave, which begin at column `first`.
    pub(super) fn read(batch: &RecordBatch, first: usize, row: usize) -> Result<Self> {
        let mut figures = Self::default();
        let number = |column: usize| -> Result<u64> {
            let array = cast_array(batch.column(column), &DataType::Int64).map_err(|error| query(error.into()))?;
            let array = array.as_primitive::<Int64Type>();
            Ok(if array.is_null(row) { 0 } else { u64::try_from(array.value(row)).unwrap_or_default() })
        };
        for (position, figure) in Figure::ALL.iter().enumerate() {
            figures.set(*figure, number(first + position)?);
        }
        figures.opens = number(first + Figure::ALL.len())?;
        figures.clicks = number(first + Figure::ALL.len() + 1)?;
        Ok(figures)
    }

    pub(super) fn add(&mut self, other: &Self) {
        for figure in Figure::ALL {
            self.set(*figure, self.get(*figure) + other.get(*figure));
        }
        self.opens += other.opens;
        self.clicks += other.clicks;
    }

    pub(super) fn less(&self, other: &Self) -> Self {
        let mut rest = *self;
        for figure in Figure::ALL {
            rest.set(*figure, self.get(*figure).saturating_sub(other.get(*figure)));
        }
        rest.opens = self.opens.saturating_sub(other.opens);
        rest.clicks = self.clicks.saturating_sub(other.clicks);
        rest
    }

    /// The shares, each with what it is a share of.
    pub fn rates(&self) -> Vec<Rate> {
        let arrived = self.sent + self.in_doubt - self.bounced.min(self.sent + self.in_doubt);
        let eligible = self.targeted - self.excluded;
        [
            ("exclusion_rate", Figure::Excluded, "targeted", self.targeted),
            ("sent_rate", Figure::Sent, "targeted - excluded", eligible),
            ("failure_rate", Figure::Failed, "targeted - excluded", eligible),
            ("bounce_rate", Figure::Bounced, "sent + in_doubt", self.sent + self.in_doubt),
            ("open_rate", Figure::Opened, ARRIVED, arrived),
            ("click_rate", Figure::Clicked, ARRIVED, arrived),
            ("click_to_open_rate", Figure::OpenedAndClicked, "opened", self.opened),
            ("unsubscribe_rate", Figure::Unsubscribed, ARRIVED, arrived),
            ("complaint_rate", Figure::Complained, ARRIVED, arrived),
        ]
        .into_iter()
        .map(|(name, figure, denominator, of)| Rate::new(name, figure, self.get(figure), denominator, of))
        .collect()
    }
}

/// What opens and clicks are a share of: a message in doubt may have arrived, and when it is opened it has.
const ARRIVED: &str = "sent + in_doubt - bounced";

/// A share, said whole: `count` of `of`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    pub name: String,
    /// The figure that is counted.
    pub numerator: String,
    /// What it is a share of, in the names of figures.
    pub denominator: String,
    pub count: u64,
    pub of: u64,
    /// `count / of`; none where there is nothing to be a share of.
    pub value: Option<f64>,
    /// Where the true share lies with 95 % confidence, were the people a sample (Wilson's interval).
    pub low: Option<f64>,
    pub high: Option<f64>,
}

impl Rate {
    fn new(name: &str, figure: Figure, count: u64, denominator: &str, of: u64) -> Self {
        let interval = statistics::wilson(count, of, CONFIDENCE);
        Self {
            name: name.to_owned(),
            numerator: figure.as_str().to_owned(),
            denominator: denominator.to_owned(),
            count,
            of,
            value: (of > 0).then(|| count as f64 / of as f64),
            low: interval.map(|(low, _)| low),
            high: interval.map(|(_, high)| high),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_say_what_they_are_of() {
        let figures = Figures {
            targeted: 10,
            excluded: 2,
            sent: 6,
            failed: 1,
            in_doubt: 1,
            bounced: 1,
            opened: 3,
            clicked: 2,
            opened_and_clicked: 1,
            ..Figures::default()
        };
        let found: Vec<(String, u64, u64)> =
            figures.rates().into_iter().map(|rate| (rate.name, rate.count, rate.of)).collect();
        for expected in [
            ("exclusion_rate", 2, 10),
            ("sent_rate", 6, 8),
            ("bounce_rate", 1, 7),
            ("open_rate", 3, 6),
            ("click_to_open_rate", 1, 3),
        ] {
            assert!(found.contains(&(expected.0.to_owned(), expected.1, expected.2)), "{expected:?} {found:?}");
        }
        assert_eq!(Figures::default().rates()[0].value, None);
    }

    #[test]
    fn figures_are_called_as_they_are_written() {
        for figure in Figure::ALL {
            assert_eq!(serde_json::json!(figure), figure.as_str());
        }
    }
}
