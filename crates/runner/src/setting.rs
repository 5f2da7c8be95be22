//! As whose a question about rows is asked: in which zone days are cut, and what `$name` means.

use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Map;
use tutti_model::date_math::Moment;
use tutti_model::problem::Problem;
use tutti_model::variables::Variables;

use crate::error::{Error, Result};
use crate::workspace::Workspace;

/// A campaign's zone and variables, or those that are given, which come first. Without either, the zone is UTC and there
/// are no variables.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Setting {
    /// The newest version of a campaign; parameters of a signal have their test values.
    #[serde(default)]
    pub campaign: Option<String>,
    /// An IANA zone.
    #[serde(default)]
    pub time_zone: Option<String>,
    #[serde(default)]
    pub variables: Variables,
}

impl Workspace {
    /// Now, as rules of the setting see it.
    pub(crate) async fn moment_in(&self, setting: &Setting) -> Result<Moment> {
        let mut moment = self.moment_utc();
        let mut variables = setting.variables.clone();
        if let Some(name) = &setting.campaign {
            let (campaign, _) = self.find_campaign(name).await?;
            moment = crate::worker::moment_of(&campaign, moment.now);
            moment.variables = crate::variables::resolve(&campaign, &Map::new(), "dry", &moment)?;
            // What the campaign declares has the type that it says.
            for (name, given) in &mut variables.0 {
                if let Some(declared) = moment.variables.get(name) {
                    given.data_type = declared.data_type;
                }
            }
        }
        if let Some(name) = &setting.time_zone {
            moment.zone = TimeZone::get(name).map_err(|_| wrong_zone(name))?;
        }
        crate::variables::check(&variables, &moment)?;
        moment.variables.0.extend(variables.0);
        Ok(moment)
    }
}

fn wrong_zone(name: &str) -> Error {
    let problem = Problem::error("unknown_value", "/time_zone", format!("`{name}` is not a time zone"));
    let problems = vec![problem.hint("write an IANA name, like `Europe/Paris`")];
    Error::Problems { what: "the question cannot be answered".to_owned(), problems }
}
