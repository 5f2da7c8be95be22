//! SMTP (RFC 5321): one connection that hands messages over one after the other, commands pipelined (RFC 2920) where
//! the next hop allows it: the end of a message and the envelope of the next then travel together.

mod stream;

use std::fmt;
use std::future::Future;
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tutti_model::channel::{Smtp, Tls};

use crate::outcome::Outcome;

/// What a connection needs. The password was read by whoever may read the environment.
#[derive(Clone)]
pub struct Target {
    pub smtp: Smtp,
    pub password: Option<String>,
    /// How this side calls itself; the host's name where it is absent.
    pub hello: Option<String>,
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({}:{})", self.smtp.host, self.smtp.port)
    }
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It may be there later.
    #[error("cannot connect to `{host}`: {why}")]
    Away { host: String, why: String },
    /// Waiting does not help: the login or the settings are wrong.
    #[error("`{host}` does not let us in: {why}")]
    Rejected { host: String, why: String },
}

/// An open connection.
pub struct Connection {
    inner: AsyncSmtpConnection,
    timeout: Duration,
    pipelining: bool,
    utf8: bool,
    /// Messages handed over on it.
    pub used: u64,
    broken: bool,
    /// The envelope that travelled with the message before; its answers are still to be read.
    announced: Option<Commands>,
    /// A message as it goes over the line, used again for each.
    line: String,
}

/// `MAIL`, `RCPT` and `DATA` of one message.
type Commands = [String; 3];

/// How an exchange went wrong.
enum Failure {
    /// A negative answer.
    Answer(u16, String),
    /// No answer.
    Lost(String),
}

impl Connection {
    /// Connects, protects the connection and logs in.
    pub async fn open(target: &Target) -> Result<Self, Refusal> {
        let smtp = &target.smtp;
        let limit = Duration::from_secs(u64::from(smtp.timeout_s.max(1)));
        let away = |why: String| Refusal::Away { host: format!("{}:{}", smtp.host, smtp.port), why };
        let rejected = |why: String| Refusal::Rejected { host: format!("{}:{}", smtp.host, smtp.port), why };
        let hello = target.hello.clone().map_or_else(ClientId::default, ClientId::Domain);
        let parameters = || TlsParameters::new(smtp.host.clone()).map_err(|error| rejected(error.to_string()));

        let tcp = within(limit, TcpStream::connect((smtp.host.as_str(), smtp.port))).await.map_err(away)?;
        // Each write is a whole exchange already, so waiting for more only costs time.
        tcp.set_nodelay(true).map_err(|error| away(error.to_string()))?;
        let plain = Box::new(stream::Gathering::new(tcp));
        let transport: Box<dyn lettre::transport::smtp::client::AsyncTokioStream> = match smtp.tls {
            Tls::Implicit => Box::new(within(limit, stream::Protected::new(plain, parameters()?)).await.map_err(away)?),
            Tls::None | Tls::Starttls => plain,
        };
        let mut inner = exchange(limit, AsyncSmtpConnection::connect_with_transport(transport, &hello)).await.map_err(
            |failure| match failure {
                Failure::Answer(code @ 500.., text) => rejected(format!("{code} {text}")),
                other => away(other.to_string()),
            },
        )?;
        if smtp.tls == Tls::Starttls {
            let upgraded = exchange(limit, inner.starttls(parameters()?, &hello)).await;
            upgraded.map_err(|failure| match failure {
                Failure::Answer(..) => rejected(failure.to_string()),
                Failure::Lost(why) if why.contains("not supported") => rejected(why),
                Failure::Lost(why) => away(why),
            })?;
        }
        if let Some(username) = &smtp.username {
            let credentials = Credentials::new(username.clone(), target.password.clone().unwrap_or_default());
            let login = exchange(limit, inner.auth(&[Mechanism::Plain, Mechanism::Login], &credentials)).await;
            login.map_err(|failure| match failure {
                Failure::Answer(500.., _) => rejected(failure.to_string()),
                Failure::Lost(why) if why.contains("mechanism") => rejected(why),
                other => away(other.to_string()),
            })?;
        }
        // The library keeps only the extensions that it uses itself.
        let greeting = exchange(limit, inner.command(format!("EHLO {hello}\r\n"))).await;
        let greeting = greeting.map_err(|failure| away(failure.to_string()))?;
        let has = |name: &str| greeting.message().any(|line| line.trim().eq_ignore_ascii_case(name));
        let (pipelining, utf8) = (has("PIPELINING"), has("SMTPUTF8"));
        Ok(Self {
            inner,
            timeout: limit,
            pipelining,
            utf8,
            used: 0,
            broken: false,
            announced: None,
            line: String::new(),
        })
    }

    /// What the server offers, of what is made use of.
    pub fn extensions(&self) -> Vec<&'static str> {
        let offered = [("PIPELINING", self.pipelining), ("SMTPUTF8", self.utf8)];
        offered.into_iter().filter(|(_, offered)| *offered).map(|(name, _)| name).collect()
    }

    /// Whether it can hand over another message.
    pub fn is_usable(&self) -> bool {
        !self.broken
    }

    /// Hands one message over. `message` has no line break at its end. `next` is whom the message after it will go to,
    /// from the same sender and in ASCII, where that is known: its envelope is announced with this message.
    ///
    /// [`Outcome::Trouble`] is given only before the whole message was written; later it is [`Outcome::InDoubt`].
    pub async fn send(&mut self, from: &str, to: &str, message: &str, next: Option<&str>) -> Outcome {
        let Some(commands) = self.commands(from, to, message.is_ascii()) else {
            return Outcome::Unsendable("the mail server takes no addresses in Unicode".to_owned());
        };
        self.used += 1;
        let begun = match self.announced.take() {
            Some(announced) if announced == commands => self.answers(None).await,
            // The server waits for another message; only the end of the connection takes that back.
            Some(_) => {
                self.broken = true;
                Err(Failure::Lost("another message was announced".to_owned()))
            }
            None => self.begin(&commands).await,
        };
        if let Err(failure) = begun {
            return self.ended(failure, false);
        }
        let next = next.filter(|_| self.pipelining).and_then(|next| self.commands(from, next, true));
        self.line.clear();
        put_stuffed(&mut self.line, message);
        self.line.push_str("\r\n.\r\n");
        for command in next.iter().flatten() {
            self.line.push_str(command);
        }
        let answer = exchange(self.timeout, self.inner.command(&self.line)).await;
        self.announced = next;
        match answer {
            Ok(_) => Outcome::Sent,
            Err(failure) => self.ended(failure, true),
        }
    }

    /// The envelope of a message; `None` where the server does not take its addresses.
    fn commands(&self, from: &str, to: &str, is_ascii: bool) -> Option<Commands> {
        let unicode = !from.is_ascii() || !to.is_ascii();
        let parameters = match (unicode, is_ascii) {
            (true, _) if !self.utf8 => return None,
            (true, _) => " BODY=8BITMIME SMTPUTF8",
            (false, false) => " BODY=8BITMIME",
            (false, true) => "",
        };
        Some([format!("MAIL FROM:<{from}>{parameters}\r\n"), format!("RCPT TO:<{to}>\r\n"), "DATA\r\n".to_owned()])
    }

    async fn begin(&mut self, commands: &Commands) -> Result<(), Failure> {
        if self.pipelining { self.answers(Some(commands)).await } else { self.begin_stepwise(commands).await }
    }

    async fn begin_stepwise(&mut self, commands: &Commands) -> Result<(), Failure> {
        for (step, command) in commands.iter().enumerate() {
            if let Err(failure) = exchange(self.timeout, self.inner.command(command)).await {
                if step > 0 && matches!(failure, Failure::Answer(..)) {
                    self.reset().await;
                }
                return Err(failure);
            }
        }
        Ok(())
    }

    /// Reads the three answers to an envelope, which is written before where it was not yet.
    async fn answers(&mut self, commands: Option<&Commands>) -> Result<(), Failure> {
        let (mut first, mut begun) = (None, false);
        for step in 0..3 {
            let answer = match commands.filter(|_| step == 0) {
                Some(commands) => exchange(self.timeout, self.inner.command(commands.concat())).await,
                None => exchange(self.timeout, self.inner.read_response()).await,
            };
            begun = answer.is_ok();
            match answer {
                Ok(_) => {}
                Err(failure @ Failure::Answer(..)) => first = first.or(Some(failure)),
                // A refusal that came before the end of the connection tells more.
                Err(lost) => {
                    self.broken = true;
                    return Err(first.unwrap_or(lost));
                }
            }
        }
        let Some(refused) = first else { return Ok(()) };
        if begun {
            // DATA was taken although the recipient was not: an empty message ends it (RFC 2920 §3.1).
            let ended = exchange(self.timeout, self.inner.message(b"")).await;
            if matches!(ended, Err(Failure::Lost(_)) | Ok(_)) {
                self.broken = true;
            }
        } else {
            self.reset().await;
        }
        Err(refused)
    }

    /// Forgets a message that was begun.
    async fn reset(&mut self) {
        if exchange(self.timeout, self.inner.command("RSET\r\n")).await.is_err() {
            self.broken = true;
        }
    }

    fn ended(&mut self, failure: Failure, written: bool) -> Outcome {
        match failure {
            Failure::Answer(421, text) => {
                self.broken = true;
                if written { Outcome::Deferred(421, text) } else { Outcome::Trouble(format!("421 {text}")) }
            }
            Failure::Answer(code @ 500.., text) => Outcome::Refused(code, text),
            Failure::Answer(code, text) => Outcome::Deferred(code, text),
            Failure::Lost(why) => {
                self.broken = true;
                if written { Outcome::InDoubt } else { Outcome::Trouble(why) }
            }
        }
    }

    /// Gives the connection up in the middle of an exchange.
    pub fn abandon(&mut self) {
        self.broken = true;
    }

    /// Takes leave, without waiting long for the answer.
    pub async fn quit(mut self) {
        if !self.broken && self.announced.is_none() {
            let _ = timeout(Duration::from_secs(1), self.inner.quit()).await;
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(code, text) => write!(f, "{code} {text}"),
            Self::Lost(why) => f.write_str(why),
        }
    }
}

/// Writes a message with the dots doubled that begin a line (RFC 5321 §4.5.2).
fn put_stuffed(out: &mut String, message: &str) {
    out.reserve(message.len() + 1024);
    if message.starts_with('.') {
        out.push('.');
    }
    let mut rest = message;
    while let Some(at) = memchr::memmem::find(rest.as_bytes(), b"\n.") {
        out.push_str(&rest[..=at]);
        out.push('.');
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

async fn within<T, E: fmt::Display>(limit: Duration, work: impl Future<Output = Result<T, E>>) -> Result<T, String> {
    match timeout(limit, work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("no answer within {} s", limit.as_secs())),
    }
}

async fn exchange<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
) -> Result<T, Failure> {
    match timeout(limit, work).await {
        Ok(Ok(value)) => Ok(value),
        Err(_) => Err(Failure::Lost(format!("no answer within {} s", limit.as_secs()))),
        Ok(Err(error)) => Err(match error.status() {
            Some(code) => {
                let text = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                Failure::Answer(u16::from(code), text.split_whitespace().collect::<Vec<_>>().join(" "))
            }
            None => Failure::Lost(error.to_string()),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_that_begin_a_line_are_doubled() {
        for (message, line) in [
            ("", ""),
            (".", ".."),
            ("a.\r\n.b", "a.\r\n..b"),
            (".\r\n.\r\n..\r\nx", "..\r\n..\r\n...\r\nx"),
            ("é\r\n.é", "é\r\n..é"),
        ] {
            let mut out = String::new();
            put_stuffed(&mut out, message);
            assert_eq!(out, line);
        }
    }
}
