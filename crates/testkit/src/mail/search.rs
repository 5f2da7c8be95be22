//! What a list of mails is narrowed to.

use super::MailSummary;

/// Words that a mail must all have, anywhere or in a named field, without regard to case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// Each somewhere in from, to, subject, Message-ID or the Tutti headers.
    pub words: Vec<String>,
    /// Each in its field: the whole value for run, activity, key and message-id, a part of it for the others.
    pub fields: Vec<(Field, String)>,
}

/// A field that a search can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    From,
    To,
    Subject,
    MessageId,
    Run,
    Activity,
    Key,
}

const FIELDS: [(&str, Field); 7] = [
    ("from:", Field::From),
    ("to:", Field::To),
    ("subject:", Field::Subject),
    ("message-id:", Field::MessageId),
    ("run:", Field::Run),
    ("activity:", Field::Activity),
    ("key:", Field::Key),
];

impl Search {
    /// Reads words separated by blanks, each free (`spring`) or in a field (`to:ann@example.com`, `run:run_1`).
    pub fn parse(text: &str) -> Self {
        let mut search = Self::default();
        for word in text.split_whitespace() {
            let lower = word.to_lowercase();
            let named = FIELDS.iter().find_map(|(prefix, field)| Some((*field, lower.strip_prefix(prefix)?)));
            match named {
                Some((_, "")) => {}
                Some((field, value)) => search.fields.push((field, value.to_owned())),
                None => search.words.push(lower),
            }
        }
        search
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.fields.is_empty()
    }

    /// Whether a mail is meant. `scratch` is overwritten; passing the same one for many mails saves allocations.
    pub(super) fn matches(&self, mail: &MailSummary, scratch: &mut String) -> bool {
        self.fields.iter().all(|(field, value)| field.matches(mail, value)) && self.words_match(mail, scratch)
    }

    fn words_match(&self, mail: &MailSummary, scratch: &mut String) -> bool {
        if self.words.is_empty() {
            return true;
        }
        scratch.clear();
        let optional = [&mail.message_id, &mail.run, &mail.activity, &mail.key];
        let parts = [&mail.from, &mail.subject].into_iter().chain(&mail.to).chain(optional.into_iter().flatten());
        for part in parts {
            scratch.extend(part.chars().flat_map(char::to_lowercase));
            scratch.push('\n');
        }
        self.words.iter().all(|word| scratch.contains(word.as_str()))
    }
}

impl Field {
    fn matches(self, mail: &MailSummary, value: &str) -> bool {
        let part = |text: &str| text.to_lowercase().contains(value);
        let whole = |text: &Option<String>| text.as_ref().is_some_and(|t| t.to_lowercase() == value);
        match self {
            Self::From => part(&mail.from),
            Self::To => mail.to.iter().any(|to| part(to)),
            Self::Subject => part(&mail.subject),
            Self::MessageId => whole(&mail.message_id) || whole(&mail.message_id.as_ref().map(|id| format!("<{id}>"))),
            Self::Run => whole(&mail.run),
            Self::Activity => whole(&mail.activity),
            Self::Key => whole(&mail.key),
        }
    }
}
