//! Controls of the canvas in a run: waiting for a time, asking a person, telling people, starting other campaigns.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tutti_activities::alert::Notice;
use tutti_activities::approval::{APPROVED, OnDeadline, Question};
use tutti_activities::due::Due;
use tutti_activities::end::Signal;
use tutti_delivery::{Note, send_note};
use tutti_model::campaign::ActivityNode;
use tutti_store::{NewAlert, Task};

use crate::away::Away;
use crate::error::{Error, Result};
use crate::execute::{Executed, RunContext, thousands};
use crate::go_on::gone_on;
use crate::life::SignalAnswer;
use crate::workspace::Workspace;

/// What a control does besides passing populations on.
#[derive(Clone, Debug)]
pub(crate) enum Control {
    Wait(Due),
    Ask(Box<Question>),
    Alert(Box<Notice>),
    Signal(Vec<Signal>),
}

/// How a control ended for now.
pub(crate) enum Controlled {
    Done,
    /// It goes on at a time (UTC microseconds).
    Until(i64, String),
    Held(Hold),
}

/// What a task waits for a person for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Hold {
    pub kind: HoldKind,
    pub message: String,
    /// Who may answer; anybody when empty.
    pub by: Vec<String>,
    /// When it goes on by itself, UTC microseconds.
    pub until_us: Option<i64>,
    /// The answers that can be given to an approval.
    pub choices: Vec<String>,
    /// How many people have to give an answer for it to count.
    pub needed: u32,
    /// Of a next hop that is away.
    pub away: Option<Away>,
}

/// The kinds of holds; a task keeps one answer to each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HoldKind {
    /// The activity has `breakpoint: true`.
    Breakpoint,
    /// Messages are held until they are confirmed.
    Send,
    /// The next hop is away.
    Provider,
    /// An approval.
    Approval,
}

impl HoldKind {
    const ALL: [Self; 4] = [Self::Breakpoint, Self::Send, Self::Provider, Self::Approval];

    /// The word in the state and in errors.
    pub fn code(self) -> &'static str {
        match self {
            Self::Breakpoint => "breakpoint",
            Self::Send => "held_send",
            Self::Provider => "provider_down",
            Self::Approval => "approval",
        }
    }

    /// The kind of a stored hold.
    pub fn of(hold: Option<&Value>) -> Option<Self> {
        let code = hold?.get("kind")?.as_str()?;
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether resuming the run answers it.
    pub fn ends_by_resuming(self) -> bool {
        self != Self::Approval
    }
}

impl Hold {
    /// A hold that anybody may end.
    pub fn new(kind: HoldKind, message: String) -> Self {
        Self { kind, message, by: Vec::new(), until_us: None, choices: Vec::new(), needed: 1, away: None }
    }

    /// As the state keeps it.
    pub fn to_json(&self) -> Value {
        let mut fields = Map::new();
        fields.insert("kind".to_owned(), json!(self.kind.code()));
        fields.insert("message".to_owned(), json!(self.message));
        if !self.by.is_empty() {
            fields.insert("by".to_owned(), json!(self.by));
        }
        if let Some(until_us) = self.until_us {
            fields.insert("until".to_owned(), json!(crate::time::rfc3339(until_us)));
        }
        if !self.choices.is_empty() {
            fields.insert("choices".to_owned(), json!(self.choices));
        }
        if self.needed > 1 {
            fields.insert("needed".to_owned(), json!(self.needed));
        }
        if let Some(away) = self.away {
            fields.insert("since".to_owned(), json!(crate::time::rfc3339(away.since_us)));
            fields.insert("tries".to_owned(), json!(away.tries));
        }
        Value::Object(fields)
    }
}

/// A person's answer to a hold of this kind.
pub(crate) fn answer_to(task: &Task, kind: HoldKind) -> Option<&Map<String, Value>> {
    task.answers.as_ref()?.get(kind.code())?.as_object()
}

/// When a task's own waiting begins: when it was first claimed, or later when somebody let it go on.
fn begun_us(task: &Task, now_us: i64) -> i64 {
    let answered = answer_to(task, HoldKind::Breakpoint).and_then(|answer| answer.get("at_us")?.as_i64());
    task.started_us.unwrap_or(now_us).max(answered.unwrap_or(i64::MIN))
}

impl Workspace {
    /// Does what a control does, after its populations are known.
    pub(crate) async fn control(
        &self,
        context: &RunContext,
        node: &ActivityNode,
        task: &Task,
        control: Control,
        executed: &mut Executed,
    ) -> Result<Controlled> {
        let (is_live, now_us) = (context.mode == "live", self.clock.now_us());
        let begun = begun_us(task, now_us);
        match control {
            Control::Wait(due) => {
                let until_us = due_us(&due, begun, context);
                let until = shown(until_us, context);
                if let Some(by) = gone_on(task).filter(|_| is_live && until_us > now_us) {
                    executed.note = format!("{by} let it go on before {until}; {}", executed.note);
                    return Ok(Controlled::Done);
                }
                if is_live && until_us > now_us {
                    return Ok(Controlled::Until(until_us, format!("waits until {until}")));
                }
                executed.note = match is_live {
                    true if until_us <= begun => format!("its time was past already; {}", executed.note),
                    true => format!("waited until {until}; {}", executed.note),
                    false => format!("a test does not wait; it would until {until}; {}", executed.note),
                };
                Ok(Controlled::Done)
            }
            Control::Ask(question) => self.ask(context, node, task, &question, executed, begun),
            Control::Alert(notice) => {
                executed.note = format!("{}: {}; {}", notice.level.as_str(), notice.title, executed.note);
                if is_live {
                    self.alert(context, node, &notice).await?;
                } else {
                    executed.note = format!("a test tells nobody; {}", executed.note);
                }
                Ok(Controlled::Done)
            }
            Control::Signal(signals) => {
                let names: Vec<String> = signals.iter().map(|signal| format!("`{}`", signal.campaign)).collect();
                if !is_live {
                    executed.note = format!("a test starts nobody; it would start {}", names.join(", "));
                    return Ok(Controlled::Done);
                }
                let mut told = Vec::with_capacity(signals.len() + 1);
                for (index, Signal { campaign, variables }) in signals.into_iter().enumerate() {
                    let key = format!("{}/{}/{index}", context.run, node.id);
                    let answer = self.signal(&campaign, &variables, &key).await?;
                    let (note, result) = told_of(&campaign, &answer);
                    if answer.state == "skipped" {
                        self.store.logs().add(&context.run, Some(&node.id), "warning", &note, now_us).await?;
                    }
                    told.push(note);
                    let known = executed.results.contains_key(&campaign);
                    let name = if known { format!("{campaign}_{}", index + 1) } else { campaign };
                    executed.results.insert(name, Value::from(result));
                }
                told.push(std::mem::take(&mut executed.note));
                executed.note = told.join("; ");
                Ok(Controlled::Done)
            }
        }
    }

    fn ask(
        &self,
        context: &RunContext,
        node: &ActivityNode,
        task: &Task,
        question: &Question,
        executed: &mut Executed,
        begun_us: i64,
    ) -> Result<Controlled> {
        let text = |answer: &Map<String, Value>, name: &str| {
            answer.get(name).and_then(Value::as_str).map(str::to_owned).filter(|text| !text.is_empty())
        };
        if context.mode != "live" {
            let first = question.answers.first().map_or(APPROVED, String::as_str);
            executed.keep_port(first);
            executed.note = format!("a test asks nobody and goes on as {first}: {}", question.message);
            return Ok(Controlled::Done);
        }
        let answer = answer_to(task, HoldKind::Approval);
        if let Some((answer, word)) = answer.and_then(|answer| Some((answer, text(answer, "answer")?))) {
            executed.keep_port(&word);
            let by = text(answer, "by").unwrap_or_else(|| "somebody".to_owned());
            let comment = text(answer, "comment").map_or_else(String::new, |comment| format!(": {comment}"));
            executed.note = format!("{word} by {by}{comment}");
            executed.results.extend(
                ["answer", "by", "comment"]
                    .into_iter()
                    .filter_map(|name| Some((name.to_owned(), json!(text(answer, name)?)))),
            );
            return Ok(Controlled::Done);
        }
        let until_us = question.deadline.as_ref().map(|due| due_us(due, begun_us, context));
        match until_us.filter(|until_us| *until_us <= self.clock.now_us()) {
            None => {
                let (message, by) = (question.message.clone(), question.by.clone());
                let choices = question.answers.clone();
                let hold =
                    Hold { by, until_us, choices, needed: question.needed, ..Hold::new(HoldKind::Approval, message) };
                Ok(Controlled::Held(hold))
            }
            Some(until_us) => {
                let port = match &question.on_deadline {
                    OnDeadline::Answer(word) => word.as_str(),
                    OnDeadline::Fail => {
                        let until = shown(until_us, context);
                        return Err(Error::Unmet {
                            code: "deadline_passed",
                            message: format!("nobody answered `{}` until {until}: {}", node.id, question.message),
                            hint: "`tutti approve RUN ACTIVITY` and `tutti reject RUN ACTIVITY` still answer it"
                                .to_owned(),
                        });
                    }
                };
                executed.keep_port(port);
                executed.results.insert("answer".to_owned(), json!(port));
                executed.note = format!("nobody answered until {}: {port}", shown(until_us, context));
                Ok(Controlled::Done)
            }
        }
    }

    /// Mails an alert and records it, once; a crash in between mails it again under the same `Message-ID`.
    async fn alert(&self, context: &RunContext, node: &ActivityNode, notice: &Notice) -> Result<()> {
        let known = self.store.alerts().list(None, Some(&context.run), u64::MAX).await?;
        if known.iter().any(|alert| alert.activity == node.id && alert.trouble.is_none()) {
            return Ok(());
        }
        if let Some(mail) = &notice.email {
            let channel = context.catalog.channels.get(&mail.channel).ok_or_else(|| {
                Error::not_found("channel", &mail.channel, context.catalog.channels.keys().map(String::as_str))
            })?;
            let password = self.password(channel)?;
            let text = format!("{}\n\nCampaign: {}\nRun: {}\n", notice.message, context.campaign.name, context.run);
            let note = Note {
                run: &context.run,
                activity: &node.id,
                subject: &notice.title,
                text: &text,
                now_us: self.clock.now_us(),
            };
            send_note(channel, password, &mail.to, &note).await?;
            self.reach("mail an alert").await;
        }
        let alert = NewAlert {
            run: context.run.clone(),
            campaign: context.campaign.name.clone(),
            activity: node.id.clone(),
            round: 0,
            level: notice.level.as_str().to_owned(),
            title: notice.title.clone(),
            message: notice.message.clone(),
            mailed_to: notice.email.as_ref().map(|mail| mail.to.clone()).unwrap_or_default(),
            now_us: self.clock.now_us(),
            ..NewAlert::default()
        };
        self.store.alerts().add(&alert).await?;
        let level = if alert.level == "info" { "info" } else { "warning" };
        let line = format!("{}: {}", notice.title, notice.message);
        self.store.logs().add(&context.run, Some(&node.id), level, &line, self.clock.now_us()).await?;
        Ok(())
    }
}

impl Executed {
    /// What arrived leaves by this port, and nothing passes the others.
    pub fn keep_port(&mut self, port: &str) {
        let (kept, closed): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.ports).into_iter().partition(|other| other == port);
        self.populations.retain(|written| written.port == port);
        (self.ports, self.empty_ports) = (kept, closed);
    }
}

/// What became of a signal to a campaign: as a sentence, and as a result.
fn told_of(campaign: &str, answer: &SignalAnswer) -> (String, String) {
    match (answer.state.as_str(), &answer.run) {
        ("started", Some(run)) => (format!("started `{campaign}` as `{run}`"), format!("started {run}")),
        ("queued", _) => (format!("`{campaign}` waits for its run that is going"), "queued".to_owned()),
        ("skipped", _) => {
            let reason = answer.reason.as_deref().unwrap_or_default();
            let why = match &answer.detail {
                Some(detail) => format!("{reason}: {detail}"),
                None => reason.to_owned(),
            };
            (format!("`{campaign}` was not started: {why}"), format!("skipped: {why}"))
        }
        (state, _) => (format!("`{campaign}` is signalled ({state})"), state.to_owned()),
    }
}

/// A message that says what is held.
pub(crate) fn held_messages(activity: &str, count: u64) -> String {
    format!("`{activity}` holds {} messages until they are confirmed", thousands(count))
}

fn due_us(due: &Due, begun_us: i64, context: &RunContext) -> i64 {
    let begun = Timestamp::from_microsecond(begun_us).unwrap_or(Timestamp::UNIX_EPOCH);
    due.from(begun, &context.moment.zone).as_microsecond()
}

/// An instant as people of the campaign's zone say it.
pub(crate) fn shown(us: i64, context: &RunContext) -> String {
    let instant = Timestamp::from_microsecond(us).unwrap_or(Timestamp::UNIX_EPOCH);
    instant.to_zoned_datetime(context.moment.zone.clone()).strftime("%A %Y-%m-%d %H:%M:%S %Z").to_string()
}
