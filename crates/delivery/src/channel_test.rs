//! Trying a channel's connection without sending anything.

use async_recursion::async_recursion as boxed;
use serde::{Deserialize, Serialize};
use tutti_model::channel::{Channel, Tls};

use crate::smtp::{Connection, Refusal, Target};

/// What came of trying a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelTest {
    pub ok: bool,
    /// Where to, as `HOST:PORT`.
    pub server: String,
    /// What was done, in order, as far as it came.
    pub steps: Vec<ChannelTestStep>,
    /// What the server offers that is made use of.
    pub extensions: Vec<String>,
    /// Why it failed, and what to do about it.
    pub error: Option<String>,
    pub hint: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelTestStep {
    /// `connect`, `tls`, `login` or `greeting`.
    pub step: String,
    pub detail: String,
}

/// Connects, protects the connection, logs in and says goodbye: what sending does before its first message.
#[boxed]
pub async fn test_channel(channel: &Channel, password: Option<String>) -> ChannelTest {
    let smtp = &channel.smtp;
    let server = format!("{}:{}", smtp.host, smtp.port);
    let target = Target { smtp: smtp.clone(), password, hello: None };
    let mut test = ChannelTest {
        ok: false,
        server: server.clone(),
        steps: Vec::new(),
        extensions: Vec::new(),
        error: None,
        hint: None,
    };
    match Connection::open(&target).await {
        Ok(connection) => {
            test.ok = true;
            let mut step = |step: &str, detail: String| {
                test.steps.push(ChannelTestStep { step: step.to_owned(), detail });
            };
            step("connect", format!("`{server}` answers"));
            match smtp.tls {
                Tls::None => step("tls", "the connection is not protected, as the channel says".to_owned()),
                Tls::Starttls => step("tls", "protected by STARTTLS; the certificate is good".to_owned()),
                Tls::Implicit => step("tls", "protected from the start; the certificate is good".to_owned()),
            }
            match &smtp.username {
                Some(username) => step("login", format!("`{username}` is let in")),
                None => step("login", "the channel has no `username`, so nobody logged in".to_owned()),
            }
            step("greeting", "the server takes mail commands".to_owned());
            test.extensions = connection.extensions().into_iter().map(str::to_owned).collect();
            connection.quit().await;
        }
        Err(refusal) => {
            test.hint = Some(hint(&refusal, smtp.tls, smtp.username.is_some()));
            test.error = Some(refusal.to_string());
        }
    }
    test
}

fn hint(refusal: &Refusal, tls: Tls, logs_in: bool) -> String {
    let text = refusal.to_string().to_lowercase();
    let known = [
        ("refused", "nothing listens there: look at `smtp.host` and `smtp.port`"),
        ("lookup", "the name is not known: look at `smtp.host`"),
        ("certificate", "the certificate is not for `smtp.host`, or nobody trusted signed it"),
        (
            "not supported",
            "the server offers no STARTTLS: use `tls: implicit` (mostly port 465), or `tls: none` on a network of your own",
        ),
        ("mechanism", "the server offers no login without protection: use `tls: starttls` or `tls: implicit`"),
        ("did not answer", "no answer in time: a firewall may be between, or the port speaks another `tls`"),
        ("timed out", "no answer in time: a firewall may be between, or the port speaks another `tls`"),
    ];
    let found = known.into_iter().find(|(word, _)| text.contains(word)).map(|(_, hint)| hint);
    let otherwise = match (refusal, tls) {
        (Refusal::Rejected { .. }, _) if logs_in => {
            "look at `smtp.username` and at the variable that `smtp.password_env` names"
        }
        (Refusal::Rejected { .. }, _) => "the server may want a login: set `smtp.username` and `smtp.password_env`",
        (Refusal::Away { .. }, Tls::Implicit) => {
            "the port may not speak TLS from the start: try `tls: starttls` (mostly port 587)"
        }
        (Refusal::Away { .. }, _) => "the server may be away, or the port may want another `tls`",
    };
    found.unwrap_or(otherwise).to_owned()
}
