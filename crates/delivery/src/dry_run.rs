//! A delivery without sending: what would be said, and whether every message can be written. For dry runs and tests.

use crate::error::{Error, Result};
use crate::job::Job;
use crate::outcome::RENDER_FAILED_REASON;
use crate::send::Loaded;
use crate::targets::{Targets, Totals};
use crate::template::{Rendered, Templates};

/// What a delivery would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DryRun {
    pub targeted: i64,
    /// The excluded rows by reason, those whose template fails among them.
    pub excluded: std::collections::BTreeMap<String, i64>,
    /// The messages that would be handed over.
    pub messages: i64,
    /// The first messages, as they would be sent.
    pub samples: Vec<Sample>,
    /// Why templates failed, for the first rows for which one did: key and reason.
    pub failures: Vec<(String, String)>,
}

/// One message as it would be sent. Its links work, but nobody has seen them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    pub key: String,
    pub address: String,
    pub message: Rendered,
}

/// How many failures are kept.
const FAILURES_MAX: usize = 20;

/// Renders the messages of a targets file that was written already: `samples` of them, or all where `all` is asked for
/// (as a test run does, so that failures are counted). Nothing is sent and nothing is put on record.
pub fn dry_run(job: &Job, templates: &Templates, samples: usize, all: bool) -> Result<DryRun> {
    let targets = Targets::open(&job.targets_path())?;
    let Totals { targeted, eligible, exclusions, batch_rows, .. } = targets.totals.clone();
    let mut result = DryRun { targeted, excluded: exclusions, messages: eligible, ..DryRun::default() };
    let mut rendered = Rendered::default();
    let (mut batch_no, mut first) = (0, 0);
    while first < eligible && (all || result.samples.len() < samples) {
        let end = (first + batch_rows).min(eligible);
        let loaded = Loaded::read(&targets, batch_no, first..end, job)?;
        for position in 0..loaded.len() {
            let is_sample = result.samples.len() < samples;
            if !is_sample && !all {
                break;
            }
            let links = job.tracking.as_ref().map(|tracking| loaded.links(job, tracking, position));
            match templates.render(loaded.row(position), links.as_ref(), &mut rendered) {
                Ok(()) if is_sample => result.samples.push(Sample {
                    key: loaded.key(position).to_owned(),
                    address: loaded.address(position).to_owned(),
                    message: rendered.clone(),
                }),
                Ok(()) => {}
                Err(error) => {
                    result.messages -= 1;
                    *result.excluded.entry(RENDER_FAILED_REASON.to_owned()).or_default() += 1;
                    if result.failures.len() < FAILURES_MAX {
                        result.failures.push((loaded.key(position).to_owned(), chain(&error)));
                    }
                }
            }
        }
        batch_no += 1;
        first = end;
    }
    Ok(result)
}

/// Removes what a dry run left in its folder.
pub fn clean(job: &Job) -> Result<()> {
    match std::fs::remove_file(job.targets_path()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::file("remove", job.targets_path())(error.into()))
        }
        _ => Ok(()),
    }
}

pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
