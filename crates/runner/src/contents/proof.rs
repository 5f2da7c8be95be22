//! Proofs: a content as some rows would get it, sent to those who look it over.

use async_recursion::async_recursion as boxed;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_delivery::{Proof, ProofMessage, send_proofs};
use tutti_model::problem::has_errors;
use tutti_store::NewAudit;

use super::render::{RenderQuestion, RowsAsked};
use crate::error::{Error, Result};
use crate::life::Actor;
use crate::workspace::Workspace;

/// The most addresses that one proof goes to.
pub const PROOF_ADDRESSES_MAX: usize = 10;
/// The most rows that one proof shows.
pub const PROOF_ROWS_MAX: usize = 5;
/// How many messages of proofs may go in any minute.
pub const PROOFS_PER_MINUTE_MAX: usize = 60;
/// What a subject begins with, where nothing else is asked for.
const SUBJECT_PREFIX: &str = "[Proof] ";
const PREFIX_CHARACTERS_MAX: usize = 40;
const MINUTE_US: i64 = 60_000_000;

/// What to send, to whom.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProofRequest {
    /// The name of a stored content.
    pub content: Option<String>,
    /// A content as a document, saved or not.
    pub document: Option<Value>,
    /// The channel to send through; without it that of the activity.
    pub channel: Option<String>,
    /// The rows that give the values.
    pub rows: RowsAsked,
    pub offset: usize,
    /// How many rows; each address gets a message for each. 1 where it is not given.
    pub limit: Option<usize>,
    /// Addresses.
    pub to: Vec<String>,
    /// What the subject begins with; `[Proof] ` where it is not given.
    pub subject_prefix: Option<String>,
}

/// What was sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProofAnswer {
    /// Stands in the messages as `X-Tutti-Run`.
    pub proof: String,
    pub sent: usize,
    pub channel: String,
    pub keys: Vec<String>,
}

/// When messages of proofs went, in the last minute.
#[derive(Debug, Default)]
pub(crate) struct ProofLimit(Mutex<VecDeque<i64>>);

impl ProofLimit {
    /// Takes so many messages from what may go now.
    fn take(&self, messages: usize, now_us: i64) -> Result<()> {
        let mut sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while sent.front().is_some_and(|at| *at <= now_us - MINUTE_US) {
            sent.pop_front();
        }
        if sent.len() + messages > PROOFS_PER_MINUTE_MAX {
            let free_us = sent.front().map_or(MINUTE_US, |at| at + MINUTE_US - now_us);
            let message = format!("no more than {PROOFS_PER_MINUTE_MAX} messages of proofs go in a minute");
            let retry_after_s = u64::try_from(free_us / 1_000_000 + 1).unwrap_or(60);
            return Err(Error::Throttled { message, retry_after_s });
        }
        sent.extend(std::iter::repeat_n(now_us, messages));
        Ok(())
    }
}

impl Workspace {
    /// Sends a content as some rows would get it to chosen addresses. The messages are marked as proofs, and nobody's
    /// ledger knows of them.
    #[boxed]
    pub async fn send_proof(&self, request: &ProofRequest, actor: &Actor) -> Result<ProofAnswer> {
        check_request(request)?;
        let limit = request.limit.unwrap_or(1).clamp(1, PROOF_ROWS_MAX);
        let question = RenderQuestion {
            content: request.content.clone(),
            document: request.document.clone(),
            channel: request.channel.clone(),
            rows: request.rows.clone(),
            ..RenderQuestion::default()
        };
        let asked = self.asked(&question).await?;
        let page = if has_errors(&asked.problems) {
            let problems = asked.problems.clone();
            Err(Error::Problems { what: "the proof was not sent".to_owned(), problems })
        } else {
            self.page(&asked, request.offset, limit).await
        };
        self.forget_rows(&asked).await?;
        let page = page?;
        if page.messages.is_empty() {
            return Err(Error::refused_with("no_rows", "no row gives the values", "choose rows that there are"));
        }
        let prefix = request.subject_prefix.as_deref().unwrap_or(SUBJECT_PREFIX);
        let mut messages = Vec::with_capacity(page.messages.len());
        for previewed in page.messages {
            if let Some(failure) = previewed.failure {
                let message = format!("the message to `{}` cannot be rendered: {failure}", previewed.key);
                return Err(Error::refused("render_failed", message));
            }
            let mut parts = previewed.message;
            parts.subject.insert_str(0, prefix);
            messages.push(ProofMessage { key: previewed.key, parts });
        }
        let password = self.password(&page.channel)?;
        self.proof_limit.take(messages.len() * request.to.len(), self.clock.now_us())?;
        let id = format!("proof_{}", self.ulid());
        let name = asked.content.map(|content| content.name).filter(|name| !name.is_empty());
        let name = name.or_else(|| request.rows.activity.clone()).unwrap_or_default();
        let keys: Vec<String> = messages.iter().map(|message| message.key.clone()).collect();
        // Who asked for it is on record before anything leaves.
        let line = NewAudit {
            actor: actor.as_str().to_owned(),
            kind: if request.rows.campaign.is_some() && request.content.is_none() { "campaign" } else { "content" }
                .to_owned(),
            name: match (&request.content, &request.rows.campaign) {
                (None, Some(campaign)) => campaign.clone(),
                _ => name.clone(),
            },
            action: "proof".to_owned(),
            detail: Some(format!("{id} to {} with the values of {}", request.to.join(", "), keys.join(", "))),
        };
        let now_us = self.clock.now_us();
        self.store.audit().add(&[line], now_us).await?;
        let proof = Proof { id: &id, content: &name, messages: &messages, to: &request.to, now_us };
        let sent = send_proofs(&page.channel, password, &proof).await?;
        Ok(ProofAnswer { proof: id, sent, channel: page.channel.name.clone(), keys })
    }
}

fn check_request(request: &ProofRequest) -> Result<()> {
    if request.to.is_empty() || request.to.len() > PROOF_ADDRESSES_MAX {
        let message = format!("a proof goes to 1 to {PROOF_ADDRESSES_MAX} addresses, not {}", request.to.len());
        return Err(Error::refused("bad_addresses", message));
    }
    let prefix = request.subject_prefix.as_deref().unwrap_or_default();
    if prefix.chars().count() > PREFIX_CHARACTERS_MAX || prefix.chars().any(char::is_control) {
        let message = format!("a subject's prefix has at most {PREFIX_CHARACTERS_MAX} characters, and no line breaks");
        return Err(Error::refused("bad_prefix", message));
    }
    if request.channel.is_none() && request.rows.activity.is_none() {
        let hint = "name the channel that the proof goes through";
        return Err(Error::refused_with("no_channel", "a proof goes through a channel", hint));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proofs_are_few_in_a_minute() {
        let limit = ProofLimit::default();
        limit.take(PROOFS_PER_MINUTE_MAX - 1, 0).unwrap();
        limit.take(1, MINUTE_US / 2).unwrap();
        let refused = limit.take(1, MINUTE_US - 1_000_000).unwrap_err();
        assert!(matches!(refused, Error::Throttled { retry_after_s: 2, .. }), "{refused:?}");
        limit.take(PROOFS_PER_MINUTE_MAX - 1, MINUTE_US).unwrap();
        assert!(limit.take(1, MINUTE_US).is_err());
    }
}
