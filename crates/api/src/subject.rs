//! What a report is asked about: exactly one of a run, a campaign and a channel.

use axum::http::StatusCode;
use tutti_runner::{Subject, SubjectKind};

use crate::error::{Answer, Failure};

pub fn subject(run: Option<String>, campaign: Option<String>, channel: Option<String>) -> Answer<Subject> {
    let given = [(SubjectKind::Run, run), (SubjectKind::Campaign, campaign), (SubjectKind::Channel, channel)];
    let mut given = given.into_iter().filter_map(|(kind, name)| name.map(|name| Subject::new(kind, name)));
    match (given.next(), given.next()) {
        (Some(subject), None) => Ok(subject),
        _ => Err(Failure::new(
            StatusCode::BAD_REQUEST,
            "bad_request",
            "a report is about one of `run`, `campaign` and `channel`",
        )),
    }
}
