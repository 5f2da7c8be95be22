//! Faults: what the server does wrong on purpose, as values and as text.
//!
//! One rule per fault, words separated by blanks:
//!
//! ```text
//! rule    = action limit*
//! action  = ("refuse" | "tempfail") [who] stage [code [enhanced]] [limit*] [text]
//!                                                 limits may also follow the text
//!         | "delay" DURATION                      each answer waits: 20ms, 1.5s, 2m
//!         | "hang" ("data" | "end")               never answers DATA, or the end of the message
//!         | "drop" ("after-data" | "before-store") closes without an answer, with or without having kept the message
//! who     = "all" | N"%" | "to" GLOB              `*` and `?` in GLOB; percentages go by a hash of the address
//! stage   = "connect" | "mail" | "rcpt" | "data" | "end"
//! limit   = "first" N | "every" N | "once"        the first N times, each Nth time, once per address
//! ```
//!
//! `refuse` answers 550 unless a code is given, `tempfail` 451; at `connect` both answer 421. `drop-after-data` is
//! understood as `drop after-data`. Examples: `refuse 1% rcpt 550`, `hang data every 50`, `drop after-data first 3`,
//! `delay 20ms`, `tempfail 5% data 451`, `refuse to *@nobody.example rcpt 550 5.1.1 no such user`.
//!
//! The same address is always hit by a percentage, whatever the run, the order or the connection, and an address hit
//! by 1 % is also hit by 5 %. `Display` writes a rule that parses back to the same fault.

use std::fmt;
use std::time::Duration;

use xxhash_rust::xxh3::xxh3_64;

/// A fault rule that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The rule has no action word, or one that is not known.
    #[error("fault rule `{rule}` starts with `{word}`, expected `refuse`, `tempfail`, `delay`, `hang` or `drop`")]
    Action { rule: String, word: String },
    /// A word is not what the grammar allows at that place.
    #[error("fault rule `{rule}` has `{word}` where {expected} is expected")]
    Word { rule: String, word: String, expected: &'static str },
}

/// One way of misbehaving, with the limits on how often.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    pub kind: FaultKind,
    /// Fires at most this many times.
    pub first: Option<u64>,
    /// Fires only at each nth chance (2 = every other one).
    pub every: Option<u64>,
    /// Fires at most once per address.
    pub once: bool,
}

/// What a fault does.
#[derive(Debug, Clone, PartialEq)]
pub enum FaultKind {
    /// A negative answer at a stage.
    Refuse { who: Who, stage: Stage, reply: Refusal },
    /// A pause before each answer.
    Delay(Duration),
    /// No answer, with the connection kept open until the client goes.
    Hang(HangAt),
    /// The connection is closed without an answer to the message.
    Drop(DropAt),
}

/// Whom a refusal concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    All,
    /// Share of addresses in millionths (10,000 = 1 %).
    Share(u32),
    /// Addresses matching a glob, without regard to case.
    To(String),
}

/// Where in the dialogue a refusal is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Connect,
    Mail,
    Rcpt,
    Data,
    /// After the final dot.
    End,
}

/// Where a hang happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HangAt {
    /// The DATA command is never answered.
    Data,
    /// The end of the message is never answered, and the message is not kept.
    End,
}

/// When the connection is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DropAt {
    /// The message was received and kept, the answer is lost.
    AfterData,
    /// The message was received but not kept.
    BeforeStore,
}

/// A negative SMTP answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// 400 to 599; 421 also closes the connection.
    pub code: u16,
    /// Enhanced status code, such as `5.1.1`.
    pub enhanced: String,
    pub text: String,
}

impl Fault {
    /// A fault without limits.
    pub fn new(kind: FaultKind) -> Self {
        Self { kind, first: None, every: None, once: false }
    }

    /// Whether this fault concerns an address, limits aside; tests use it to know whom to expect.
    pub fn concerns(&self, address: &str) -> bool {
        match &self.kind {
            FaultKind::Refuse { who, .. } => who.matches(address),
            FaultKind::Delay(_) | FaultKind::Hang(_) | FaultKind::Drop(_) => true,
        }
    }
}

impl Who {
    fn matches(&self, address: &str) -> bool {
        match self {
            Self::All => true,
            Self::Share(millionths) => address_hash(address) % 1_000_000 < u64::from(*millionths),
            Self::To(glob) => glob_matches(glob.to_lowercase().as_bytes(), address.to_lowercase().as_bytes()),
        }
    }
}

/// Hash of an address without regard to ASCII case; what percentages go by.
pub(super) fn address_hash(address: &str) -> u64 {
    xxh3_64(address.to_ascii_lowercase().as_bytes())
}

/// `*` stands for any run of bytes, `?` for one; iterative, linear space.
fn glob_matches(glob: &[u8], text: &[u8]) -> bool {
    let (mut g, mut t) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while t < text.len() {
        match glob.get(g) {
            Some(b'*') => {
                back = Some((g, t));
                g += 1;
            }
            Some(&c) if c == b'?' || c == text[t] => {
                g += 1;
                t += 1;
            }
            _ => match back {
                Some((star, from)) => {
                    back = Some((star, from + 1));
                    g = star + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    glob[g..].iter().all(|c| *c == b'*')
}

impl Stage {
    pub(super) fn parse(word: &str) -> Option<Self> {
        [Self::Connect, Self::Mail, Self::Rcpt, Self::Data, Self::End].into_iter().find(|stage| stage.word() == word)
    }

    fn word(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Mail => "mail",
            Self::Rcpt => "rcpt",
            Self::Data => "data",
            Self::End => "end",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limits = Limits(self);
        match &self.kind {
            FaultKind::Refuse { who, stage, reply } => {
                let action = if reply.code < 500 { "tempfail" } else { "refuse" };
                write!(f, "{action}{who} {}{limits} {reply}", stage.word())
            }
            FaultKind::Delay(by) if by.subsec_micros() % 1_000 != 0 => write!(f, "delay {}us{limits}", by.as_micros()),
            FaultKind::Delay(by) => write!(f, "delay {}ms{limits}", by.as_millis()),
            FaultKind::Hang(HangAt::Data) => write!(f, "hang data{limits}"),
            FaultKind::Hang(HangAt::End) => write!(f, "hang end{limits}"),
            FaultKind::Drop(DropAt::AfterData) => write!(f, "drop after-data{limits}"),
            FaultKind::Drop(DropAt::BeforeStore) => write!(f, "drop before-store{limits}"),
        }
    }
}

struct Limits<'a>(&'a Fault);

impl fmt::Display for Limits<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(n) = self.0.every {
            write!(f, " every {n}")?;
        }
        if let Some(n) = self.0.first {
            write!(f, " first {n}")?;
        }
        if self.0.once { f.write_str(" once") } else { Ok(()) }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => Ok(()),
            Self::Share(millionths) => write!(f, " {}%", f64::from(*millionths) / 10_000.0),
            Self::To(glob) => write!(f, " to {glob}"),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.code, self.enhanced, self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_read_back_as_they_are_written() {
        for (rule, canonical) in [
            ("refuse 1% rcpt 550", "refuse 1% rcpt 550 5.1.1 refused on request"),
            ("refuse rcpt", "refuse rcpt 550 5.1.1 refused on request"),
            ("refuse all every 7 rcpt 550", "refuse rcpt every 7 550 5.1.1 refused on request"),
            (
                "refuse to *@Nobody.example rcpt 550 5.1.1 no such user",
                "refuse to *@Nobody.example rcpt 550 5.1.1 no such user",
            ),
            ("refuse rcpt 451 first 2", "tempfail rcpt first 2 451 4.2.1 refused on request"),
            ("tempfail 0.5% data 451", "tempfail 0.5% data 451 4.3.0 refused on request"),
            ("refuse rcpt 550 no one here every 2 first 3", "refuse rcpt every 2 first 3 550 5.1.1 no one here"),
            ("tempfail 5% end 452 4.2.2 once full", "tempfail 5% end once 452 4.2.2 full"),
            ("refuse connect first 3", "tempfail connect first 3 421 4.3.2 refused on request"),
            ("hang data every 50", "hang data every 50"),
            ("hang end", "hang end"),
            ("drop-after-data first 3", "drop after-data first 3"),
            ("drop before-store every 2 first 1", "drop before-store every 2 first 1"),
            ("delay 20ms", "delay 20ms"),
            ("delay 1.5s", "delay 1500ms"),
            ("delay 1500us", "delay 1500us"),
        ] {
            let fault: Fault = rule.parse().unwrap();
            assert_eq!(fault.to_string(), canonical, "{rule}");
            assert_eq!(canonical.parse::<Fault>().unwrap(), fault, "{rule}");
        }
    }

    #[test]
    fn wrong_rules_say_what_was_expected() {
        for (rule, message) in [
            ("", "fault rule `` starts with ``, expected `refuse`, `tempfail`, `delay`, `hang` or `drop`"),
            (
                "refuse 101% rcpt",
                "fault rule `refuse 101% rcpt` has `101%` where a percentage from 0% to 100% is expected",
            ),
            (
                "refuse 1% nowhere",
                "fault rule `refuse 1% nowhere` has `nowhere` where `connect`, `mail`, `rcpt`, `data` or `end` is expected",
            ),
            ("refuse rcpt 250", "fault rule `refuse rcpt 250` has `250` where a code from 400 to 599 is expected"),
            (
                "refuse rcpt 550 4.1.1",
                "fault rule `refuse rcpt 550 4.1.1` has `4.1.1` where an enhanced code of the same class as the code is expected",
            ),
            ("delay soon", "fault rule `delay soon` has `soon` where a duration such as `20ms` is expected"),
            ("hang data first 0", "fault rule `hang data first 0` has `0` where a number from 1 is expected"),
            (
                "drop after-data twice",
                "fault rule `drop after-data twice` has `twice` where `first N`, `every N`, `once` or the end is expected",
            ),
        ] {
            assert_eq!(rule.parse::<Fault>().unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn globs_match_without_regard_to_case() {
        for (glob, address, expected) in [
            ("*@b.example", "a@b.example", true),
            ("*@B.example", "a@b.Example", true),
            ("a?c@*", "abc@x", true),
            ("a?c@*", "ac@x", false),
            ("*x*y", "axbxy", true),
            ("*x*y", "axbxyz", false),
            ("", "a", false),
            ("**", "", true),
        ] {
            assert_eq!(Who::To(glob.into()).matches(address), expected, "{glob} {address}");
        }
    }

    #[test]
    fn a_percentage_hits_about_that_share_and_nests() {
        let hits =
            |share| (0..20_000).filter(|i| Who::Share(share).matches(&format!("p{i}@example.com"))).collect::<Vec<_>>();
        let (one, five) = (hits(10_000), hits(50_000));
        assert!((150..250).contains(&one.len()) && (900..1_100).contains(&five.len()));
        assert!(one.iter().all(|i| five.contains(i)));
    }
}
