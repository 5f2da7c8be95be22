//! Channels: how one way of sending is set up.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::content::check_senders;
use crate::problem::Problem;

/// The ways to reach a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChannelKind {
    Email,
    Sms,
    Push,
    Webhook,
    DirectMail,
}

impl ChannelKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Push => "push",
            Self::Webhook => "webhook",
            Self::DirectMail => "direct-mail",
        }
    }
}

/// Marketing needs consent; transactional does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    Marketing,
    Transactional,
}

/// What a `kind: channel` document says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    #[serde(skip)]
    pub name: String,
    #[serde(rename = "channel")]
    pub kind: ChannelKind,
    pub category: Category,
    pub from: Sender,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Sender>,
    pub smtp: Smtp,
    #[serde(default)]
    pub tracking: Tracking,
    /// `one-click` adds the headers of RFC 8058 and a link; `off` is for transactional mail only.
    #[serde(default)]
    pub unsubscribe: Unsubscribe,
    /// What happens to the messages whose answer a crash swallowed.
    #[serde(default)]
    pub delivery: DeliveryGuarantee,
    #[serde(default)]
    pub retry: Retry,
}

impl Channel {
    /// Adds what is wrong with it.
    pub(crate) fn check(&self, problems: &mut Vec<Problem>) {
        check_senders([("from", Some(&self.from)), ("reply_to", self.reply_to.as_ref())], problems);
        if self.category == Category::Marketing && self.unsubscribe == Unsubscribe::Off {
            let message = "marketing mail has to say how to unsubscribe";
            problems.push(
                Problem::error("bad_value", "/unsubscribe", message)
                    .hint("set `unsubscribe: one-click`, or `category: transactional` for what is no marketing"),
            );
        }
    }
}

/// A name and an address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub address: String,
}

/// The next hop for mail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    pub host: String,
    #[serde(default = "Smtp::default_port")]
    pub port: u16,
    #[serde(default)]
    pub tls: Tls,
    /// How many connections at most, 1 to 500.
    #[serde(default = "Smtp::default_connections")]
    pub connections: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The environment variable that holds the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_env: Option<String>,
    /// How long one answer may take, in seconds.
    #[serde(default = "Smtp::default_timeout_s")]
    pub timeout_s: u32,
}

impl Smtp {
    pub const CONNECTIONS_MAX: u16 = 500;

    fn default_port() -> u16 {
        587
    }

    fn default_connections() -> u16 {
        20
    }

    fn default_timeout_s() -> u32 {
        60
    }
}

/// How the connection is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    None,
    #[default]
    Starttls,
    Implicit,
}

/// Which reactions are recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tracking {
    #[serde(default = "yes")]
    pub opens: bool,
    #[serde(default = "yes")]
    pub clicks: bool,
}

fn yes() -> bool {
    true
}

impl Default for Tracking {
    fn default() -> Self {
        Self { opens: true, clicks: true }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unsubscribe {
    #[default]
    OneClick,
    Off,
}

/// What happens to a message that was handed over when the process died, so that nobody knows its answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryGuarantee {
    /// It is sent again, with the same `Message-ID`.
    #[default]
    AtLeastOnce,
    /// It stays `in_doubt`.
    AtMostOnce,
}

/// How temporary errors are tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// How often one message is handed over at most.
    #[serde(default = "Retry::default_attempts")]
    pub attempts: u16,
    /// The wait before the second attempt, in seconds; it doubles each time.
    #[serde(default = "Retry::default_backoff_s")]
    pub backoff_s: u32,
    /// How long after the first attempt a message may still be tried, in seconds.
    #[serde(default = "Retry::default_window_s")]
    pub window_s: u32,
}

impl Retry {
    fn default_attempts() -> u16 {
        4
    }

    fn default_backoff_s() -> u32 {
        2
    }

    fn default_window_s() -> u32 {
        3600
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: Self::default_attempts(),
            backoff_s: Self::default_backoff_s(),
            window_s: Self::default_window_s(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn marketing_says_how_to_unsubscribe() {
        let found = |category: &str, unsubscribe: &str, address: &str| {
            let channel = json!({"channel": "email", "category": category, "unsubscribe": unsubscribe,
                "from": {"name": "Shop", "address": address}, "smtp": {"host": "127.0.0.1", "port": 25}});
            let (channel, mut problems): (Channel, _) = (serde_json::from_value(channel).unwrap(), Vec::new());
            channel.check(&mut problems);
            problems.into_iter().map(|problem| problem.pointer).collect::<Vec<_>>()
        };
        assert_eq!(found("marketing", "off", "a@shop.example"), ["/unsubscribe"]);
        assert_eq!(found("marketing", "one-click", "a"), ["/from/address"]);
        assert_eq!(found("marketing", "one-click", "a@shop.example"), [""; 0]);
        assert_eq!(found("transactional", "off", "a@shop.example"), [""; 0]);
    }
}
