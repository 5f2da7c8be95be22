//! Contents, what they say to real rows, and what there is to personalize with.

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::problem::Item;

shapes! {
    ContentLine {
        /// `content` or `fragment`.
        kind: String,
        name: String,
        label: Option<String>,
        description: Option<String>,
        tags: Vec<String>,
        folder: Option<String>,
        version: i64,
        created_at: String,
        updated_at: String,
        /// `html` or `mjml`; `text` for a fragment that has nothing else.
        format: String,
        subject: Option<String>,
        /// Whom it is written for.
        dimension: Option<String>,
        /// Whether somebody is working on it: there is a draft.
        draft: bool,
        used_by: Vec<ContentUsage>,
    }
    ContentUsage {
        /// `campaign`, `content` or `fragment`.
        kind: String,
        name: String,
        /// In a campaign.
        activity: Option<String>,
    }
    /// A content by name, or as a document, saved or not.
    ContentQuestion {
        content: Option<String>,
        #[schema(value_type = Option<Object>)]
        document: Option<Value>,
        /// A channel, for what its category asks for.
        channel: Option<String>,
    }
    ContentCheck {
        /// Errors and warnings; `within` is the place in the template that `pointer` names.
        problems: Vec<Item>,
        /// Of the HTML template; messages are a little larger or smaller.
        html_bytes: u64,
    }
    RenderQuestion {
        /// The name of a stored content. With an activity and neither content nor document, the activity's message.
        content: Option<String>,
        /// A content as a document, saved or not.
        #[schema(value_type = Option<Object>)]
        document: Option<Value>,
        /// The channel to send with; without it that of the activity, or the first.
        channel: Option<String>,
        rows: Option<RowsAsked>,
        offset: Option<u64>,
        /// 1 unless given, 50 at most.
        limit: Option<u64>,
        /// Who asks: a newer question of the same editor ends the older one.
        editor: Option<String>,
    }
    /// Rows of a dimension, or those that would arrive at an activity now.
    RowsAsked {
        /// Without it, that of the content.
        dimension: Option<String>,
        /// One row; the parts of a key of several columns are joined by commas.
        key: Option<String>,
        #[serde(rename = "where")]
        #[schema(value_type = Option<Object>)]
        rule: Option<Value>,
        /// A campaign, as it stands in its draft.
        campaign: Option<String>,
        activity: Option<String>,
        /// Values for the campaign's variables.
        #[schema(value_type = Option<Object>)]
        variables: Option<Value>,
    }
    RenderAnswer {
        dimension: Option<String>,
        /// How many rows there are.
        total: u64,
        /// None where the content has errors.
        rows: Vec<RenderedRow>,
        /// What is wrong or doubtful with the content.
        problems: Vec<Item>,
    }
    RenderedRow {
        key: String,
        address: Option<String>,
        /// Why the row would be excluded now.
        excluded: Option<String>,
        subject: String,
        preheader: String,
        html: String,
        text: String,
        html_bytes: u64,
        /// What is doubtful with this message; places are in its HTML.
        problems: Vec<Item>,
        /// Why it cannot be rendered.
        failure: Option<String>,
    }
    ProofRequest {
        content: Option<String>,
        #[schema(value_type = Option<Object>)]
        document: Option<Value>,
        /// The channel to send through; without it that of the activity.
        channel: Option<String>,
        /// The rows that give the values.
        rows: Option<RowsAsked>,
        offset: Option<u64>,
        /// How many rows; each address gets a message for each. 1 unless given, 5 at most.
        limit: Option<u64>,
        /// Addresses, 10 at most.
        to: Vec<String>,
        /// What the subject begins with; `[Proof] ` unless given.
        subject_prefix: Option<String>,
    }
    ProofAnswer {
        /// Stands in the messages as `X-Tutti-Run`.
        proof: String,
        sent: u64,
        channel: String,
        keys: Vec<String>,
    }
    PersonalizationQuestion {
        dimension: Option<String>,
        /// A campaign, as it stands in its draft.
        campaign: Option<String>,
        activity: Option<String>,
        /// Values for the campaign's variables.
        #[schema(value_type = Option<Object>)]
        variables: Option<Value>,
        editor: Option<String>,
    }
    Personalization {
        dimension: String,
        fields: Vec<PersonalField>,
        /// To loop over.
        collections: Vec<PersonalCollection>,
        /// Links to many rows, which a template cannot follow: an enrichment collects their rows.
        other_links: Vec<OtherLink>,
        variables: Vec<NamedVariable>,
        links: Vec<NamedLink>,
    }
    PersonalField {
        path: String,
        label: Option<String>,
        #[serde(rename = "type")]
        #[schema(value_type = String)]
        column_type: Value,
        /// `added` by the campaign, `own` to the row, or behind a `link`.
        source: String,
        /// Values of the first rows that have one.
        #[schema(value_type = Vec<Object>)]
        samples: Vec<Value>,
    }
    PersonalCollection {
        path: String,
        label: Option<String>,
        #[schema(value_type = Vec<Object>)]
        columns: Vec<Value>,
    }
    OtherLink {
        path: String,
        /// The table that it leads to.
        to: String,
    }
    NamedVariable {
        name: String,
        #[serde(rename = "type")]
        #[schema(value_type = String)]
        column_type: Value,
        #[schema(value_type = Option<Object>)]
        value: Option<Value>,
    }
    NamedLink { name: String, about: String, }
}
