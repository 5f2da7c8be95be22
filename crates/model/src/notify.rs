//! Who is told of what goes wrong with a campaign, without having to look.

use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::channel::{Channel, ChannelKind};
use crate::problem::{Problem, join_pointer};

/// The most addresses that are told.
pub const ADDRESSES_MAX: usize = 50;

/// Who is told, of what, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notify {
    /// The channel by which it is mailed; its sender and server are used.
    pub channel: String,
    /// The addresses that are told.
    pub to: Vec<String>,
    /// Of what; of everything when absent.
    #[serde(default = "everything")]
    pub on: Vec<Trouble>,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Trouble {
    /// A live run has ended as failed.
    Failed,
    /// A live run is paused by a failure.
    Paused,
    /// A live run waits for a person.
    Held,
    /// A launch began no run.
    Skipped,
}

fn everything() -> Vec<Trouble> {
    vec![Trouble::Failed, Trouble::Paused, Trouble::Held, Trouble::Skipped]
}

impl Trouble {
    /// The word in documents and in the state.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Paused => "paused",
            Self::Held => "held",
            Self::Skipped => "skipped",
        }
    }
}

impl Notify {
    /// Adds what is wrong with it besides the channel.
    pub fn check(&self, pointer: &str, problems: &mut Vec<Problem>) {
        let to = join_pointer(pointer, "to");
        if !(1..=ADDRESSES_MAX).contains(&self.to.len()) {
            let message = format!("trouble is mailed to 1 to {ADDRESSES_MAX} addresses, not {}", self.to.len());
            problems.push(Problem::error("bad_value", to.clone(), message));
        }
        for (index, address) in self.to.iter().enumerate() {
            let parts = address.rsplit_once('@').filter(|(local, domain)| !local.is_empty() && !domain.is_empty());
            if parts.is_none() || address.contains(char::is_whitespace) {
                let message = format!("`{address}` is not an e-mail address");
                problems.push(Problem::error("bad_value", join_pointer(&to, index), message));
            }
        }
        if self.on.is_empty() {
            let problem = Problem::error("missing_value", join_pointer(pointer, "on"), "there is nothing to tell of");
            problems.push(problem.hint("name some of `failed`, `paused`, `held` and `skipped`, or leave `on` out"));
        }
    }

    /// Adds a problem where its channel is none that sends e-mail.
    pub(crate) fn check_channel(
        &self,
        channels: &IndexMap<String, Arc<Channel>>,
        pointer: &str,
        problems: &mut Vec<Problem>,
    ) {
        let (name, at) = (&self.channel, join_pointer(pointer, "channel"));
        match channels.get(name) {
            None => problems.push(
                Problem::error("missing_channel", at, format!("there is no channel `{name}`"))
                    .did_you_mean(name, channels.keys().map(String::as_str)),
            ),
            Some(channel) if channel.kind != ChannelKind::Email => {
                let message = format!("the channel `{name}` sends {}, and trouble is mailed", channel.kind.as_str());
                problems.push(Problem::error("wrong_channel", at, message));
            }
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn somebody_is_told_of_something() {
        for (value, pointers) in [
            (json!({"channel": "mail", "to": ["ops@shop.example"]}), &[][..]),
            (json!({"channel": "mail", "to": ["a@b", "nobody", "a b@c"], "on": ["held"]}), &["/n/to/1", "/n/to/2"]),
            (json!({"channel": "mail", "to": [], "on": []}), &["/n/to", "/n/on"]),
        ] {
            let mut problems = Vec::new();
            serde_json::from_value::<Notify>(value.clone()).unwrap().check("/n", &mut problems);
            let found: Vec<&str> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
            assert_eq!(found, pointers, "{value}");
        }
        assert!(serde_json::from_value::<Notify>(json!({"channel": "m", "to": ["a@b"], "on": ["late"]})).is_err());
    }
}
