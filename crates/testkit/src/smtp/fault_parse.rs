//! Reading fault rules; the grammar is told in [`super::fault`].

use std::str::FromStr;
use std::time::Duration;

use super::fault::{DropAt, Error, Fault, FaultKind, HangAt, Refusal, Stage, Who};

impl FromStr for Fault {
    type Err = Error;

    fn from_str(rule: &str) -> Result<Self, Error> {
        Words::new(rule).fault()
    }
}

/// The words of a rule, read from the left.
struct Words<'a> {
    rule: &'a str,
    words: std::iter::Peekable<std::str::SplitWhitespace<'a>>,
    limits: Fault,
}

impl<'a> Words<'a> {
    fn new(rule: &'a str) -> Self {
        Self { rule, words: rule.split_whitespace().peekable(), limits: Fault::new(FaultKind::Delay(Duration::ZERO)) }
    }

    fn fault(mut self) -> Result<Fault, Error> {
        let action = self.words.next().unwrap_or_default();
        let kind = match action {
            "refuse" => self.refuse(550)?,
            "tempfail" => self.refuse(451)?,
            "delay" => {
                let word = self.next();
                FaultKind::Delay(parse_duration(word).ok_or_else(|| self.wrong(word, "a duration such as `20ms`"))?)
            }
            "hang" => match self.next() {
                "data" => FaultKind::Hang(HangAt::Data),
                "end" => FaultKind::Hang(HangAt::End),
                word => return Err(self.wrong(word, "`data` or `end`")),
            },
            "drop" => self.drop_at()?,
            "drop-after-data" => FaultKind::Drop(DropAt::AfterData),
            "drop-before-store" => FaultKind::Drop(DropAt::BeforeStore),
            word => {
                return Err(Error::Action { rule: self.rule.into(), word: word.into() });
            }
        };
        while self.limit()? {}
        if let Some(word) = self.words.next() {
            return Err(self.wrong(word, "`first N`, `every N`, `once` or the end"));
        }
        Ok(Fault { kind, ..self.limits })
    }

    fn drop_at(&mut self) -> Result<FaultKind, Error> {
        match self.next() {
            "after-data" => Ok(FaultKind::Drop(DropAt::AfterData)),
            "before-store" => Ok(FaultKind::Drop(DropAt::BeforeStore)),
            word => Err(self.wrong(word, "`after-data` or `before-store`")),
        }
    }

    fn refuse(&mut self, default_code: u16) -> Result<FaultKind, Error> {
        let who = self.who()?;
        while self.limit()? {}
        let word = self.next();
        let stage = Stage::parse(word).ok_or_else(|| self.wrong(word, "`connect`, `mail`, `rcpt`, `data` or `end`"))?;
        while self.limit()? {}
        let mut code = if stage == Stage::Connect { 421 } else { default_code };
        if let Some(word) = self.words.next_if(|w| w.bytes().all(|b| b.is_ascii_digit())) {
            code = match word.parse() {
                Ok(code @ 400..=599) => code,
                _ => return Err(self.wrong(word, "a code from 400 to 599")),
            };
        }
        let enhanced = match self.words.next_if(|w| is_enhanced(w)) {
            Some(word) if word.as_bytes().first() == code.to_string().as_bytes().first() => word.to_owned(),
            Some(word) => return Err(self.wrong(word, "an enhanced code of the same class as the code")),
            None => default_enhanced(code, stage).to_owned(),
        };
        while self.limit()? {}
        let mut text: Vec<&str> = self.words.by_ref().collect();
        self.limits_after(&mut text)?;
        let text = if text.is_empty() { "refused on request".to_owned() } else { text.join(" ") };
        Ok(FaultKind::Refuse { who, stage, reply: Refusal { code, enhanced, text } })
    }

    fn who(&mut self) -> Result<Who, Error> {
        if self.words.next_if_eq(&"all").is_some() {
            return Ok(Who::All);
        }
        if self.words.next_if_eq(&"to").is_some() {
            return match self.words.next() {
                Some(glob) => Ok(Who::To(glob.to_owned())),
                None => Err(self.wrong("", "an address or a glob")),
            };
        }
        match self.words.next_if(|w| w.ends_with('%')) {
            None => Ok(Who::All),
            Some(word) => match word[..word.len() - 1].parse::<f64>() {
                Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(Who::Share((percent * 10_000.0).round() as u32)),
                _ => Err(self.wrong(word, "a percentage from 0% to 100%")),
            },
        }
    }

    /// Takes the limits off the end of a text.
    fn limits_after(&mut self, text: &mut Vec<&'a str>) -> Result<(), Error> {
        loop {
            match text[..] {
                [.., "once"] => self.limits.once = true,
                [.., word @ ("first" | "every"), number] if number.bytes().all(|b| b.is_ascii_digit()) => {
                    let count = self.parse_count(number)?;
                    *(if word == "first" { &mut self.limits.first } else { &mut self.limits.every }) = Some(count);
                    text.pop();
                }
                _ => return Ok(()),
            }
            text.pop();
        }
    }

    /// Reads one limit if one comes next.
    fn limit(&mut self) -> Result<bool, Error> {
        if self.words.next_if_eq(&"once").is_some() {
            self.limits.once = true;
        } else if self.words.next_if_eq(&"first").is_some() {
            self.limits.first = Some(self.count()?);
        } else if self.words.next_if_eq(&"every").is_some() {
            self.limits.every = Some(self.count()?);
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn count(&mut self) -> Result<u64, Error> {
        let word = self.next();
        self.parse_count(word)
    }

    fn parse_count(&self, word: &str) -> Result<u64, Error> {
        match word.parse() {
            Ok(n) if n > 0 => Ok(n),
            _ => Err(self.wrong(word, "a number from 1")),
        }
    }

    fn next(&mut self) -> &'a str {
        self.words.next().unwrap_or_default()
    }

    fn wrong(&self, word: &str, expected: &'static str) -> Error {
        Error::Word { rule: self.rule.into(), word: word.into(), expected }
    }
}

fn is_enhanced(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    parts.len() == 3 && parts.iter().all(|p| (1..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
}

fn default_enhanced(code: u16, stage: Stage) -> &'static str {
    match (code, stage) {
        (421, _) => "4.3.2",
        (452, _) => "4.2.2",
        (552, _) => "5.2.2",
        (400..=499, Stage::Rcpt) => "4.2.1",
        (400..=499, _) => "4.3.0",
        (_, Stage::Rcpt) => "5.1.1",
        (_, Stage::Mail) => "5.1.8",
        _ => "5.7.1",
    }
}

fn parse_duration(word: &str) -> Option<Duration> {
    let at = word.find(|c: char| c.is_ascii_alphabetic())?;
    let amount: f64 = word[..at].parse().ok()?;
    let unit = match &word[at..] {
        "us" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        _ => return None,
    };
    Duration::try_from_secs_f64((amount * unit * 1e6).round() / 1e6).ok()
}
