//! The shapes of people and of the register, as the description shows them.

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::schemas::{RowsColumn, shapes};

shapes! {
    /// Everything that is known of a person.
    PersonView {
        dimension: String,
        table: String,
        /// As the ledger writes it.
        key: String,
        identity: Option<String>,
        fields: Vec<PersonField>,
        channels: Vec<PersonChannel>,
        /// Opt-outs and suppressions of the person, their addresses and the domains of these.
        register: Vec<Registered>,
        links: Vec<LinkedRows>,
        /// Newest first, those that were excluded among them.
        messages: Vec<PersonMessage>,
    }
    PersonField {
        name: String,
        label: Option<String>,
        #[serde(rename = "type")]
        #[schema(value_type = String)]
        column_type: Value,
        #[schema(value_type = Object)]
        value: Value,
    }
    /// How a person is reached on one kind of channel.
    PersonChannel {
        channel: String,
        address: Option<String>,
        /// What the dimension's consent field says.
        consent: Option<bool>,
        /// Whether the dimension has a consent field for the channel.
        asks_consent: bool,
    }
    /// The rows behind one link: how many there are, and the first of them.
    LinkedRows {
        name: String,
        to: String,
        to_many: bool,
        total: u64,
        columns: Vec<RowsColumn>,
        #[schema(value_type = Vec<Vec<Object>>)]
        rows: Vec<Vec<Value>>,
    }
    PersonMessage {
        run: String,
        campaign: String,
        activity: String,
        channel: String,
        address: Option<String>,
        status: String,
        reason: Option<String>,
        segment_code: Option<String>,
        message_id: Option<String>,
        at: String,
        /// What came back, oldest first.
        events: Vec<PersonEvent>,
    }
    PersonEvent {
        /// `open`, `click`, `unsubscribe` and so on.
        kind: String,
        url: Option<String>,
        at: String,
    }
    /// Who must not be written to, and why.
    RegisterEntry {
        /// `opt-out` or `suppression`.
        list: String,
        /// `email` (default), `sms` and so on.
        channel: Option<String>,
        /// `person` (opt-outs), `address`, or `domain` (suppressions).
        subject: String,
        /// Of a person.
        dimension: Option<String>,
        /// The person's identity, the address or the domain.
        value: String,
        reason: String,
    }
    Registered {
        list: String,
        channel: String,
        subject: String,
        dimension: Option<String>,
        value: String,
        reason: String,
        /// The run and the activity whose message an opt-out answers.
        run: Option<String>,
        activity: Option<String>,
        at: String,
    }
    RegisterPage {
        total: u64,
        rows: Vec<Registered>,
    }
    /// Whether the register changed.
    RegisterChange { changed: bool, }
    RegisterImport {
        read: u64,
        added: u64,
        /// Those that were in the register already.
        known: u64,
        rejected: u64,
        /// The first of the rejected lines.
        rejects: Vec<RejectedEntry>,
    }
    RejectedEntry {
        line: u64,
        value: String,
        reason: String,
    }
}
