//! Proofs: messages as people would get them, sent to those who look them over. They are marked as proofs, are in
//! nobody's ledger, and have no links that are counted.

use tutti_model::channel::{Channel, Unsubscribe};

use crate::error::Result;
use crate::message::{Envelope, Letter, date};
use crate::note::{checked, connect, hand_over};
use crate::template::Rendered;

/// What is sent, and on whose behalf.
#[derive(Clone, Copy, Debug)]
pub struct Proof<'a> {
    /// What stands where a run's id does.
    pub id: &'a str,
    /// What stands where an activity's id does.
    pub content: &'a str,
    pub messages: &'a [ProofMessage],
    pub to: &'a [String],
    pub now_us: i64,
}

/// A message as the row with this key would get it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofMessage {
    pub key: String,
    pub parts: Rendered,
}

/// Sends each message to each address, and answers how many were taken.
///
/// # Errors
/// As [`crate::send_note`]; what was taken before stays sent.
pub async fn send_proofs(channel: &Channel, password: Option<String>, proof: &Proof<'_>) -> Result<usize> {
    let channel = Channel { unsubscribe: Unsubscribe::Off, ..channel.clone() };
    let envelope = Envelope::new(&channel, proof.id, proof.content)?.of_proofs();
    let addresses = proof.to.iter().map(|address| checked(address)).collect::<Result<Vec<_>>>()?;
    let mut connection = connect(&channel, password).await?;
    let date = date(proof.now_us);
    let mut sent = 0;
    for ProofMessage { key, parts } in proof.messages {
        for to in &addresses {
            let id = envelope.message_id(&format!("{key} {to}"));
            let letter = Letter { to, key, message_id: &id, unsubscribe_url: None, parts, date: &date };
            hand_over(&mut connection, &envelope, &letter).await?;
            sent += 1;
        }
    }
    Ok(sent)
}
