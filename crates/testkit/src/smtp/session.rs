//! The dialogue of one connection, without the connection: lines in, answers out.

use std::borrow::Cow;
use std::sync::Arc;

use super::command::{self, Command, Path};
use super::fault::{HangAt, Refusal, Stage};
use super::fault_set::FaultSet;
use crate::mail::Envelope;

/// Longest command line with its CR LF. RFC 5321 asks for 512; extensions and UTF-8 addresses need more.
pub(super) const COMMAND_OCTETS_MAX: usize = 2_048;
const RECIPIENTS_MAX: usize = 1_000;
const ERRORS_MAX: u32 = 20;

/// What the dialogue has come to.
pub(super) struct Session {
    faults: Arc<FaultSet>,
    message_bytes_max: usize,
    greeted: bool,
    envelope: Option<Envelope>,
    announced: u64,
    smtputf8: bool,
    errors: u32,
    pub(super) refused_recipients: u64,
}

/// An answer (no CR LF at its end) and what follows it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) text: Cow<'static, str>,
    pub(super) next: Next,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Command,
    Data,
    Close,
    /// The answer is never given.
    Hang,
}

impl Session {
    pub(super) fn new(faults: Arc<FaultSet>, message_bytes_max: usize) -> Self {
        Self {
            faults,
            message_bytes_max,
            greeted: false,
            envelope: None,
            announced: 0,
            smtputf8: false,
            errors: 0,
            refused_recipients: 0,
        }
    }

    /// Answers one line, given without its CR LF.
    pub(super) fn command(&mut self, line: &[u8]) -> Answer {
        if line.len() + 2 > COMMAND_OCTETS_MAX {
            return self.wrong("500 5.5.2 Line too long");
        }
        let Ok(line) = std::str::from_utf8(line) else {
            return self.wrong("500 5.5.2 Command is not UTF-8");
        };
        if line.contains('\r') {
            return self.wrong("500 5.5.2 Bare CR in a command");
        }
        match command::parse(line) {
            Command::Ehlo => {
                self.greet();
                say(format!(
                    "250-catcher.example\r\n250-PIPELINING\r\n250-SIZE {}\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES",
                    self.message_bytes_max
                ))
            }
            Command::Helo => {
                self.greet();
                say("250 catcher.example")
            }
            Command::Mail(path) => self.mail(&path),
            Command::Rcpt(path) => self.rcpt(&path),
            Command::Data => self.data(),
            Command::Rset => {
                self.envelope = None;
                say("250 2.0.0 OK")
            }
            Command::Noop => say("250 2.0.0 OK"),
            Command::Vrfy => say("252 2.1.5 Cannot VRFY, send the mail to find out"),
            Command::Help => say("214 2.0.0 EHLO HELO MAIL RCPT DATA RSET NOOP VRFY QUIT"),
            Command::Quit => Answer { text: "221 2.0.0 Bye".into(), next: Next::Close },
            Command::NotOffered => self.wrong("502 5.5.1 Command not implemented"),
            Command::Unknown => self.wrong("500 5.5.2 Command not recognized"),
            Command::Malformed(answer) => self.wrong(answer),
        }
    }

    /// The envelope of the message that has just ended, and a clean state for the next one.
    pub(super) fn take_envelope(&mut self) -> Envelope {
        self.envelope.take().unwrap_or_default()
    }

    /// The size that MAIL announced, 0 when it did not.
    pub(super) fn announced(&self) -> u64 {
        self.announced
    }

    fn greet(&mut self) {
        self.greeted = true;
        self.envelope = None;
    }

    fn mail(&mut self, path: &Path<'_>) -> Answer {
        if !self.greeted {
            return self.wrong("503 5.5.1 Send EHLO first");
        }
        if self.envelope.is_some() {
            return self.wrong("503 5.5.1 Sender already given");
        }
        let parameters = match command::mail_parameters(path.parameters) {
            Ok(parameters) => parameters,
            Err(answer) => return self.wrong(answer),
        };
        if parameters.size > self.message_bytes_max as u64 {
            return say("552 5.3.4 Message is larger than this server takes");
        }
        if !path.address.is_ascii() && !parameters.smtputf8 {
            return say("553 5.6.7 Address needs SMTPUTF8");
        }
        if let Some(refusal) = self.faults.refusal(Stage::Mail, &[path.address]) {
            return refuse(refusal);
        }
        self.announced = parameters.size;
        self.smtputf8 = parameters.smtputf8;
        self.envelope = Some(Envelope { from: path.address.to_owned(), to: Vec::new() });
        say("250 2.1.0 OK")
    }

    fn rcpt(&mut self, path: &Path<'_>) -> Answer {
        let Some(envelope) = &mut self.envelope else {
            return self.wrong("503 5.5.1 Send MAIL first");
        };
        if !path.parameters.is_empty() {
            return self.wrong("555 5.5.4 Parameter not recognized");
        }
        if !path.address.is_ascii() && !self.smtputf8 {
            self.refused_recipients += 1;
            return say("553 5.6.7 Address needs SMTPUTF8");
        }
        if envelope.to.len() >= RECIPIENTS_MAX {
            return say("452 4.5.3 Too many recipients");
        }
        if let Some(refusal) = self.faults.refusal(Stage::Rcpt, &[path.address]) {
            self.refused_recipients += 1;
            return refuse(refusal);
        }
        envelope.to.push(path.address.to_owned());
        say("250 2.1.5 OK")
    }

    fn data(&mut self) -> Answer {
        let Some(envelope) = &self.envelope else {
            return self.wrong("503 5.5.1 Send MAIL first");
        };
        let Some(first) = envelope.to.first() else {
            return self.wrong("554 5.5.1 No valid recipients");
        };
        if self.faults.hangs(HangAt::Data, first) {
            return Answer { text: "".into(), next: Next::Hang };
        }
        if let Some(refusal) = self.faults.refusal(Stage::Data, &envelope.to) {
            let answer = refuse(refusal);
            self.envelope = None;
            return answer;
        }
        Answer { text: "354 End data with <CR><LF>.<CR><LF>".into(), next: Next::Data }
    }

    /// An answer to a mistake of the client; too many of them end the dialogue.
    fn wrong(&mut self, text: &'static str) -> Answer {
        self.errors += 1;
        if self.errors < ERRORS_MAX {
            return say(text);
        }
        Answer { text: "421 4.7.0 Too many errors, closing".into(), next: Next::Close }
    }
}

pub(super) fn say(text: impl Into<Cow<'static, str>>) -> Answer {
    Answer { text: text.into(), next: Next::Command }
}

/// The answer of a fault; 421 closes, as the client expects of it.
pub(super) fn refuse(refusal: &Refusal) -> Answer {
    Answer { text: refusal.to_string().into(), next: if refusal.code == 421 { Next::Close } else { Next::Command } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialogue(rules: &[&str], lines: &[&str]) -> Vec<String> {
        let faults = rules.iter().map(|r| r.parse().unwrap()).collect();
        let mut session = Session::new(Arc::new(FaultSet::new(faults)), 1_000);
        lines
            .iter()
            .map(|line| session.command(line.as_bytes()).text.lines().next().unwrap_or("(nothing)").to_owned())
            .collect()
    }

    #[test]
    fn commands_out_of_order_are_refused() {
        let answers = dialogue(
            &[],
            &[
                "MAIL FROM:<a@b.example>",
                "EHLO me",
                "RCPT TO:<c@d.example>",
                "DATA",
                "MAIL FROM:<a@b.example> SIZE=1001",
                "MAIL FROM:<a@b.example> SIZE=999",
                "MAIL FROM:<a@b.example>",
                "DATA",
                "RCPT TO:<ü@d.example>",
                "RCPT TO:<c@d.example> NOTIFY=NEVER",
                "RCPT TO:<c@d.example>",
                "DATA",
            ],
        );
        let codes: Vec<&str> = answers.iter().map(|a| &a[..3]).collect();
        assert_eq!(codes, ["503", "250", "503", "503", "552", "250", "503", "554", "553", "555", "250", "354"]);
    }

    #[test]
    fn faults_answer_at_their_stage() {
        let lines = ["EHLO me", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA"];
        for (rule, at, expected) in [
            ("refuse to a@* mail 553", 1, "553 5.1.8 refused on request"),
            ("refuse rcpt 550 5.1.1 nobody here", 2, "550 5.1.1 nobody here"),
            ("tempfail data", 3, "451 4.3.0 refused on request"),
            ("hang data", 3, "(nothing)"),
        ] {
            assert_eq!(dialogue(&[rule], &lines)[at], expected, "{rule}");
        }
    }

    #[test]
    fn too_many_errors_end_the_dialogue() {
        let answers = dialogue(&[], &["WHAT"; ERRORS_MAX as usize]);
        assert_eq!(answers[18], "500 5.5.2 Command not recognized");
        assert_eq!(answers[19], "421 4.7.0 Too many errors, closing");
    }
}
