//! Names of files, computed for each run: templates over the campaign, the run, its start and its variables.

use minijinja::{Environment, ErrorKind, context};
use tutti_model::date_math::{self, Moment};
use tutti_model::problem::Problem;

use crate::{template, text};

/// What a name may use. `at` is a function: `{{ at('now-1d', '%Y%m%d') }}` is the day before the run.
pub const NAMES: [(&str, &str); 9] = [
    ("campaign", "the name of the campaign"),
    ("run", "the id of the run"),
    ("activity", "the id of the activity"),
    ("date", "the day of the run, as 2026-12-31"),
    ("time", "the time of the run, as 093000"),
    ("year", "its year, as 2026"),
    ("month", "its month, as 12"),
    ("day", "its day of the month, as 31"),
    ("variables", "the variables of the run, as variables.city"),
];

/// A name that cannot be computed.
#[derive(Debug, thiserror::Error)]
#[error("the name `{name}` cannot be computed: {reason}")]
pub struct Error {
    pub name: String,
    pub reason: String,
}

/// What names are computed from.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    pub campaign: &'a str,
    pub run: &'a str,
    pub activity: &'a str,
    /// The start of the run, in the campaign's zone, with its variables: the same however often a name is computed.
    pub started: &'a Moment,
}

/// The name that a template gives.
pub fn render(name: &str, names: Names<'_>) -> Result<String, Error> {
    let failed = |error: minijinja::Error| Error {
        name: name.to_owned(),
        reason: error.detail().map_or_else(|| error.kind().to_string(), str::to_owned),
    };
    let mut environment = Environment::new();
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    let started = names.started.clone();
    environment.add_function("at", move |math: String, pattern: String| moment(&started, &math, &pattern));
    let at = |pattern| moment(names.started, "now", pattern).unwrap_or_default();
    let values = context! {
        campaign => names.campaign,
        run => names.run,
        activity => names.activity,
        date => at("%Y-%m-%d"),
        time => at("%H%M%S"),
        year => at("%Y"),
        month => at("%m"),
        day => at("%d"),
        variables => text::values(&names.started.variables),
    };
    let template = text::prepared(name, &names.started.variables, &mut environment);
    environment.render_str(&template, values).map_err(failed)
}

fn moment(started: &Moment, math: &str, pattern: &str) -> Result<String, minijinja::Error> {
    let wrong = |reason: String| minijinja::Error::new(ErrorKind::InvalidOperation, reason);
    let instant = date_math::instant(math, started).map_err(wrong)?;
    jiff::fmt::strtime::format(pattern, &instant)
        .map_err(|error| wrong(format!("`{pattern}` is no pattern of dates: {error}")))
}

/// Adds a problem when a name cannot be read, and one for each thing in it that no run has.
pub(crate) fn check(name: &str, moment: &Moment, pointer: &str, problems: &mut Vec<Problem>) {
    if name.trim().is_empty() {
        problems.push(Problem::error("bad_value", pointer, "the name is empty"));
        return;
    }
    let used = match template::names(name) {
        Ok(used) => used,
        Err(error) => {
            problems.push(Problem::error("bad_template", pointer, error.to_string()));
            return;
        }
    };
    for used in used.iter().filter(|used| *used != "at") {
        let (first, rest) = used.split_once('.').unwrap_or((used, ""));
        if !NAMES.iter().any(|(known, _)| *known == first) {
            problems.push(
                Problem::error("unknown_field", pointer, format!("a name of a file has no `{used}`"))
                    .did_you_mean(first, NAMES.iter().map(|(known, _)| *known)),
            );
        } else if first == "variables" && !rest.is_empty() {
            let found = moment.variables.find(rest, pointer);
            problems.extend(
                found.err().map(|problem| Problem {
                    message: format!("in the name of a file, {}", problem.message),
                    ..problem
                }),
            );
        }
    }
    if is_outside(name) {
        problems.push(
            Problem::error("bad_path", pointer, format!("`{name}` leads out of the folder for files"))
                .hint("write it as from that folder, without `..` and without `/` at its start"),
        );
    }
}

/// Whether a path may lead out of the folder that it is in.
pub fn is_outside(path: &str) -> bool {
    path.starts_with(['/', '\\'])
        || path.contains('\0')
        || path.split(['/', '\\']).any(|part| part == "..")
        || path.as_bytes().get(1) == Some(&b':')
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use serde_json::json;
    use tutti_model::table::ColumnType;
    use tutti_model::variables::Variable;

    use super::*;

    fn started() -> Moment {
        let mut moment = Moment::new("2026-03-01T23:30:00Z".parse().unwrap(), TimeZone::get("Europe/Paris").unwrap());
        let city = Variable { data_type: ColumnType::String, value: Some(json!("Lyon")) };
        moment.variables.insert("city", city);
        moment
    }

    #[test]
    fn names_are_computed_in_the_zone_of_the_campaign() {
        let started = started();
        let names = Names { campaign: "winback", run: "run_1", activity: "out", started: &started };
        for (name, expected) in [
            ("people.csv", Some("people.csv")),
            ("{{ campaign }}/{{ activity }}_{{ date }}.csv", Some("winback/out_2026-03-02.csv")),
            ("{{ year }}{{ month }}{{ day }}-{{ time }}-{{ run }}", Some("20260302-003000-run_1")),
            ("{{ at('now-1d/d', '%Y%m%d') }}.csv.gz", Some("20260301.csv.gz")),
            ("{{ variables.city | lower }}.csv", Some("lyon.csv")),
            ("{{ variables.none }}.csv", None),
            ("{{ at('yesterday', '%Y') }}", None),
            ("{{ at('now', '%') }}", None),
        ] {
            assert_eq!(render(name, names).ok().as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn paths_stay_inside() {
        for (path, outside) in [
            ("a/b.csv", false),
            ("a..b.csv", false),
            ("../x", true),
            ("a/../../x", true),
            ("/etc/passwd", true),
            ("C:\\x", true),
            ("a\\..\\x", true),
        ] {
            assert_eq!(is_outside(path), outside, "{path}");
        }
    }
}
