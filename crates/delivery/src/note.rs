//! Notes of Tutti's own to the people who work with it, such as alerts: through a channel's server and from its
//! sender, but to nobody's ledger, without tracking and without a link to unsubscribe.

use tutti_model::channel::{Channel, Unsubscribe};

use crate::address;
use crate::error::{Error, Result};
use crate::message::{Envelope, Letter, date};
use crate::outcome::Outcome;
use crate::smtp::{Connection, Refusal, Target};
use crate::template::Rendered;

/// What is said, and on whose behalf.
#[derive(Clone, Copy, Debug)]
pub struct Note<'a> {
    pub run: &'a str,
    pub activity: &'a str,
    pub subject: &'a str,
    /// Plain text.
    pub text: &'a str,
    pub now_us: i64,
}

/// Mails a note to some addresses, one after the other. Doing it again gives each the same `Message-ID` again.
///
/// # Errors
/// [`Error::Away`] where the server is away or does not take it for now; [`Error::Settings`] where it, or an address,
/// never will.
pub async fn send_note(channel: &Channel, password: Option<String>, to: &[String], note: &Note<'_>) -> Result<()> {
    let channel = Channel { unsubscribe: Unsubscribe::Off, ..channel.clone() };
    let envelope = Envelope::new(&channel, note.run, note.activity)?;
    let parts = Rendered { subject: note.subject.to_owned(), html: html(note.text), text: note.text.to_owned() };
    let mut connection = connect(&channel, password).await?;
    let date = date(note.now_us);
    for address in to {
        let to = checked(address)?;
        let id = envelope.message_id(to);
        let letter = Letter { to, key: to, message_id: &id, unsubscribe_url: None, parts: &parts, date: &date };
        hand_over(&mut connection, &envelope, &letter).await?;
    }
    Ok(())
}

/// Opens a connection to a channel's server.
pub(crate) async fn connect(channel: &Channel, password: Option<String>) -> Result<Connection> {
    let target = Target { smtp: channel.smtp.clone(), password, hello: None };
    Connection::open(&target).await.map_err(|refusal| match refusal {
        Refusal::Away { .. } => Error::Away(refusal.to_string()),
        Refusal::Rejected { .. } => Error::Settings(refusal.to_string()),
    })
}

/// An address that can be written to.
pub(crate) fn checked(given: &str) -> Result<&str> {
    address::check(given).map_err(|_| Error::Settings(format!("`{given}` is not an e-mail address")))
}

/// Sends one message that belongs to no ledger: what keeps it from being taken is an error.
pub(crate) async fn hand_over(connection: &mut Connection, envelope: &Envelope, letter: &Letter<'_>) -> Result<()> {
    let (to, mut message) = (letter.to, String::new());
    envelope.write(letter, &mut message);
    match connection.send(&envelope.from, to, &message, None).await {
        Outcome::Sent => Ok(()),
        Outcome::Refused(code, text) => Err(Error::Settings(format!("`{to}` was refused: {code} {text}"))),
        Outcome::Unsendable(why) | Outcome::RenderFailed(why) => {
            Err(Error::Settings(format!("`{to}` cannot be written to: {why}")))
        }
        Outcome::Deferred(code, text) => Err(Error::Away(format!("`{to}` was put off: {code} {text}"))),
        Outcome::Trouble(why) => Err(Error::Away(format!("the connection was lost: {why}"))),
        Outcome::InDoubt | Outcome::NotTried => {
            Err(Error::Away(format!("the connection was lost before the answer for `{to}`")))
        }
    }
}

/// The text as HTML, line by line.
fn html(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 32);
    html.push_str("<p>");
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '\n' => html.push_str("<br>\n"),
            other => html.push(other),
        }
    }
    html.push_str("</p>");
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_no_markup() {
        assert_eq!(html("a < b\n& c"), "<p>a &lt; b<br>\n&amp; c</p>");
    }
}
