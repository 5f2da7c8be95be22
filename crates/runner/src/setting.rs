//! As whose a question about rows is asked: in which zone days are cut, what `$name` means, and where on a canvas.

use jiff::tz::TimeZone;
use serde::Deserialize;
use tutti_model::date_math::Moment;
use tutti_model::problem::Problem;
use tutti_model::variables::Variables;

use crate::error::{Error, Result};
use crate::workspace::Workspace;

/// In place of the id of a run: the newest that has what the rule asks for.
pub(crate) const LAST: &str = "last";

/// In place of the id of a run: what a run would have now, worked out for the question.
pub(crate) const DRY: &str = "dry";

/// A campaign's zone and variables, or those that are given, which come first. Without either, the zone is UTC and there
/// are no variables.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Setting {
    /// The newest version of a campaign; parameters of a signal have their test values.
    #[serde(default)]
    pub campaign: Option<String>,
    /// Whether the campaign is taken as somebody works on it, where there is a draft.
    #[serde(default)]
    pub draft: bool,
    /// An activity of the campaign: the rule is about the rows that its rules are about, may speak of the columns that
    /// they carry, and may ask for the populations before it.
    #[serde(default)]
    pub activity: Option<String>,
    /// Whose populations these are: the id of a run, `last` or `dry`. Its variables come before those of the campaign.
    #[serde(default)]
    pub run: Option<String>,
    /// An IANA zone.
    #[serde(default)]
    pub time_zone: Option<String>,
    #[serde(default)]
    pub variables: Variables,
}

impl Setting {
    /// The id of the run that is named.
    pub(crate) fn own_run(&self) -> Option<&str> {
        self.run.as_deref().filter(|run| ![LAST, DRY].contains(run))
    }

    /// Looks whether it says of which campaign and activity it speaks.
    pub(crate) fn check_place(&self) -> Result<()> {
        let no_campaign = self.campaign.is_none() && self.own_run().is_none();
        let (field, message) = if self.activity.is_some() && no_campaign {
            ("campaign", "`activity` is one of a campaign, and none is named")
        } else if self.run.is_some() && self.activity.is_none() {
            ("activity", "a rule is asked in a run at one of its activities, and none is named")
        } else if self.draft && self.campaign.is_none() {
            ("campaign", "`draft` is that of a campaign, and none is named")
        } else {
            return Ok(());
        };
        let problem = Problem::error("missing_field", format!("/{field}"), message);
        Err(unanswered(problem.hint(format!("add `{field}`"))))
    }
}

impl Workspace {
    /// A moment with the zone and the variables that are given, before its own.
    pub(crate) fn settled(&self, setting: &Setting, mut moment: Moment) -> Result<Moment> {
        let mut variables = setting.variables.clone();
        // What the campaign declares has the type that it says.
        for (name, given) in &mut variables.0 {
            if let Some(declared) = moment.variables.get(name) {
                given.data_type = declared.data_type;
            }
        }
        if let Some(name) = &setting.time_zone {
            moment.zone = TimeZone::get(name).map_err(|_| wrong_zone(name))?;
        }
        crate::variables::check(&variables, &moment)?;
        moment.variables.0.extend(variables.0);
        self.tell_address(&mut moment);
        Ok(moment)
    }
}

/// A question with something wrong about it besides its rule.
pub(crate) fn unanswered(problem: Problem) -> Error {
    Error::Problems { what: "the question cannot be answered".to_owned(), problems: vec![problem] }
}

fn wrong_zone(name: &str) -> Error {
    let problem = Problem::error("unknown_value", "/time_zone", format!("`{name}` is not a time zone"));
    unanswered(problem.hint("write an IANA name, like `Europe/Paris`"))
}
