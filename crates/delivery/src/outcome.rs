//! What handing over one message came to, and what follows from it.

use tutti_model::channel::{DeliveryGuarantee, Retry};

/// The answer to one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Not begun: the attempt does not count.
    NotTried,
    /// The next hop has it.
    Sent,
    /// The next hop may have it: the connection was lost after the whole message was written.
    InDoubt,
    /// Refused for good: an SMTP code and words.
    Refused(u16, String),
    /// Refused for now.
    Deferred(u16, String),
    /// The connection was lost before the next hop could have the message.
    Trouble(String),
    /// The template failed for this row.
    RenderFailed(String),
    /// The next hop cannot take this message, such as an address in Unicode.
    Unsendable(String),
}

/// Why a row is excluded when its template fails.
pub const RENDER_FAILED_REASON: &str = "render_failed";

const NOT_TRIED: u8 = 0;
const SENT: u8 = 1;
const IN_DOUBT: u8 = 2;
const TROUBLE: u8 = 3;
const RENDER_FAILED: u8 = 4;
const UNSENDABLE: u8 = 5;
/// 500 to 599 follow.
const REFUSED: u8 = 10;
/// 400 to 499 follow.
const DEFERRED: u8 = 110;

impl Outcome {
    /// One byte, as groups keep it; the words are left out.
    pub fn to_byte(&self) -> u8 {
        let offset = |code: u16, base: u16| u8::try_from(code.saturating_sub(base).min(99)).unwrap_or(99);
        match self {
            Self::NotTried => NOT_TRIED,
            Self::Sent => SENT,
            Self::InDoubt => IN_DOUBT,
            Self::Trouble(_) => TROUBLE,
            Self::RenderFailed(_) => RENDER_FAILED,
            Self::Unsendable(_) => UNSENDABLE,
            Self::Refused(code, _) => REFUSED + offset(*code, 500),
            Self::Deferred(code, _) => DEFERRED + offset(*code, 400),
        }
    }

    /// What a byte of a group meant. An unknown byte is doubt.
    pub fn from_byte(byte: u8) -> Self {
        match byte {
            NOT_TRIED => Self::NotTried,
            SENT => Self::Sent,
            TROUBLE => Self::Trouble(String::new()),
            RENDER_FAILED => Self::RenderFailed(String::new()),
            UNSENDABLE => Self::Unsendable(String::new()),
            REFUSED..DEFERRED => Self::Refused(500 + u16::from(byte - REFUSED), String::new()),
            DEFERRED..210 => Self::Deferred(400 + u16::from(byte - DEFERRED), String::new()),
            _ => Self::InDoubt,
        }
    }

    /// The reason in the ledger.
    pub fn reason(&self) -> Option<String> {
        let with = |word: &str, text: &str| if text.is_empty() { word.to_owned() } else { format!("{word}: {text}") };
        match self {
            Self::NotTried | Self::Sent => None,
            Self::InDoubt => Some("no_answer".to_owned()),
            Self::Refused(code, text) | Self::Deferred(code, text) if text.is_empty() => Some(code.to_string()),
            Self::Refused(code, text) | Self::Deferred(code, text) => Some(format!("{code} {text}")),
            Self::Trouble(text) => Some(with("connection_lost", text)),
            Self::RenderFailed(text) => Some(with(RENDER_FAILED_REASON, text)),
            Self::Unsendable(text) => Some(with("unsendable", text)),
        }
    }
}

/// A message's standing in the ledger. Words as in the ledger's `status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Excluded,
    Pending,
    Sent,
    InDoubt,
    Failed,
}

impl Status {
    pub const ALL: [Self; 5] = [Self::Excluded, Self::Pending, Self::Sent, Self::InDoubt, Self::Failed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Excluded => "excluded",
            Self::Pending => "pending",
            Self::Sent => "sent",
            Self::InDoubt => "in_doubt",
            Self::Failed => "failed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// One eligible row of a batch, while the batch is being sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    pub status: Status,
    pub reason: Option<String>,
    /// How often it was handed over.
    pub attempts: u16,
    /// When it was first handed over, UTC microseconds.
    pub first_us: Option<i64>,
    /// When anything last happened, UTC microseconds.
    pub updated_us: i64,
    /// For a pending message: not before, UTC microseconds.
    pub due_us: i64,
    /// Whether it may be at the next hop although it is pending.
    pub doubtful: bool,
    /// Attempts whose answer died with the process: they count, but not against the message.
    pub unanswered: u16,
}

/// The rules by which an outcome decides.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    pub guarantee: DeliveryGuarantee,
    pub retry: Retry,
}

impl Slot {
    pub fn new(now_us: i64) -> Self {
        Self {
            status: Status::Pending,
            reason: None,
            attempts: 0,
            first_us: None,
            updated_us: now_us,
            due_us: 0,
            doubtful: false,
            unanswered: 0,
        }
    }

    pub fn is_open(&self) -> bool {
        self.status == Status::Pending
    }

    /// Leaves the message out after all.
    pub fn exclude(&mut self, reason: &str, now_us: i64) {
        self.status = Status::Excluded;
        self.reason = Some(reason.to_owned());
        self.updated_us = now_us;
    }

    /// Takes an answer in. What was handed over once keeps its final status.
    pub fn take(&mut self, outcome: &Outcome, begun_us: i64, now_us: i64, policy: &Policy) {
        if !self.is_open() || *outcome == Outcome::NotTried {
            return;
        }
        self.attempts = self.attempts.saturating_add(1);
        self.updated_us = now_us;
        self.reason = outcome.reason();
        let first = *self.first_us.get_or_insert(begun_us);
        match outcome {
            Outcome::NotTried => {}
            Outcome::Sent => self.status = Status::Sent,
            Outcome::Refused(..) | Outcome::Unsendable(_) => self.status = Status::Failed,
            // Nothing was handed over, and no other attempt could do better.
            Outcome::RenderFailed(_) => {
                self.attempts -= 1;
                self.exclude(RENDER_FAILED_REASON, now_us);
            }
            Outcome::InDoubt => {
                self.doubtful = true;
                if policy.guarantee == DeliveryGuarantee::AtMostOnce || self.exhausted(first, now_us, policy) {
                    self.status = Status::InDoubt;
                } else {
                    self.due_us = now_us.saturating_add(self.backoff_us(policy));
                }
            }
            Outcome::Deferred(..) | Outcome::Trouble(_) => {
                if self.exhausted(first, now_us, policy) {
                    // An earlier attempt may have arrived: then nobody knows.
                    self.status = if self.doubtful { Status::InDoubt } else { Status::Failed };
                } else {
                    self.due_us = now_us.saturating_add(self.backoff_us(policy));
                }
            }
        }
        if self.status == Status::Sent {
            self.reason = None;
        }
    }

    /// Takes in that the process died while it had the message in its hands.
    pub fn crash(&mut self, begun_us: i64, policy: &Policy) {
        if !self.is_open() {
            return;
        }
        self.attempts = self.attempts.saturating_add(1);
        self.unanswered = self.unanswered.saturating_add(1);
        self.doubtful = true;
        self.reason = Outcome::InDoubt.reason();
        self.updated_us = begun_us;
        self.first_us.get_or_insert(begun_us);
        if policy.guarantee == DeliveryGuarantee::AtMostOnce {
            self.status = Status::InDoubt;
        }
    }

    fn exhausted(&self, first_us: i64, now_us: i64, policy: &Policy) -> bool {
        let window_us = i64::from(policy.retry.window_s) * 1_000_000;
        self.attempts.saturating_sub(self.unanswered) >= policy.retry.attempts.max(1)
            || now_us.saturating_sub(first_us) > window_us
    }

    /// Doubles with each attempt, up to an hour.
    fn backoff_us(&self, policy: &Policy) -> i64 {
        let doublings = u32::from(self.attempts.saturating_sub(1)).min(20);
        (i64::from(policy.retry.backoff_s) << doublings).min(3600) * 1_000_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(guarantee: DeliveryGuarantee) -> Policy {
        Policy { guarantee, retry: Retry { attempts: 3, backoff_s: 2, window_s: 100 } }
    }

    #[test]
    fn bytes_keep_what_decides() {
        for outcome in [
            Outcome::NotTried,
            Outcome::Sent,
            Outcome::InDoubt,
            Outcome::Trouble(String::new()),
            Outcome::RenderFailed(String::new()),
            Outcome::Unsendable(String::new()),
            Outcome::Refused(500, String::new()),
            Outcome::Refused(599, String::new()),
            Outcome::Deferred(400, String::new()),
            Outcome::Deferred(499, String::new()),
        ] {
            assert_eq!(Outcome::from_byte(outcome.to_byte()), outcome);
        }
        assert_eq!(Outcome::from_byte(255), Outcome::InDoubt);
    }

    #[test]
    fn outcomes_decide() {
        let (least, most) = (DeliveryGuarantee::AtLeastOnce, DeliveryGuarantee::AtMostOnce);
        let (deferred, trouble) = (Outcome::Deferred(451, "later".into()), Outcome::Trouble("reset".into()));
        let refused = Outcome::Refused(550, "5.1.1 no such user".into());
        for (guarantee, outcomes, status, reason, attempts) in [
            (least, vec![Outcome::Sent], Status::Sent, None, 1),
            (least, vec![refused.clone()], Status::Failed, Some("550 5.1.1 no such user"), 1),
            (least, vec![deferred.clone(), Outcome::Sent], Status::Sent, None, 2),
            (least, vec![deferred.clone(), deferred.clone()], Status::Pending, Some("451 later"), 2),
            (least, vec![deferred.clone(); 3], Status::Failed, Some("451 later"), 3),
            (least, vec![trouble.clone(); 3], Status::Failed, Some("connection_lost: reset"), 3),
            (least, vec![Outcome::NotTried; 9], Status::Pending, None, 0),
            (least, vec![Outcome::InDoubt], Status::Pending, Some("no_answer"), 1),
            (least, vec![Outcome::InDoubt; 3], Status::InDoubt, Some("no_answer"), 3),
            (least, vec![Outcome::InDoubt, deferred.clone(), deferred.clone()], Status::InDoubt, Some("451 later"), 3),
            (least, vec![Outcome::InDoubt, Outcome::Sent], Status::Sent, None, 2),
            (most, vec![Outcome::InDoubt, Outcome::Sent], Status::InDoubt, Some("no_answer"), 1),
            (least, vec![Outcome::Sent, refused], Status::Sent, None, 1),
            (least, vec![Outcome::RenderFailed("x".into())], Status::Excluded, Some("render_failed"), 0),
        ] {
            let mut slot = Slot::new(0);
            for outcome in &outcomes {
                slot.take(outcome, 1, 2, &policy(guarantee));
            }
            assert_eq!(
                (slot.status, slot.reason.as_deref(), slot.attempts),
                (status, reason, attempts),
                "{outcomes:?}"
            );
        }
    }

    #[test]
    fn waits_double_and_the_window_ends_them() {
        let mut slot = Slot::new(0);
        let policy = policy(DeliveryGuarantee::AtLeastOnce);
        let deferred = Outcome::Deferred(451, String::new());
        slot.take(&deferred, 0, 0, &policy);
        assert_eq!(slot.due_us, 2_000_000);
        slot.take(&deferred, 0, 2_000_000, &policy);
        assert_eq!(slot.due_us, 6_000_000);
        let mut late = Slot::new(0);
        late.take(&deferred, 0, 101_000_000, &policy);
        assert_eq!(late.status, Status::Failed);
    }
}
