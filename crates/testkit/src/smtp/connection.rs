//! One connection: reads, answers in batches, and does what the faults ask.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use jiff::Timestamp;
use memchr::memchr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::Shared;
use super::data::{DataReader, Progress};
use super::fault::{DropAt, HangAt, Stage};
use super::session::{Answer, COMMAND_OCTETS_MAX, Next, Session, refuse, say};

const READ_BYTES: usize = 32 * 1024;
const FLUSH_BYTES: usize = 16 * 1024;
const DRAIN_TIME: Duration = Duration::from_secs(1);

pub(super) struct Connection {
    stream: TcpStream,
    shared: Arc<Shared>,
    session: Session,
    input: BytesMut,
    output: Vec<u8>,
}

/// How a step of the dialogue ended.
enum Step {
    Next(Next),
    /// Close at once, with nothing more said.
    Drop,
    /// The client is gone.
    Gone,
}

impl Connection {
    pub(super) fn new(stream: TcpStream, shared: Arc<Shared>) -> Self {
        let session = Session::new(Arc::clone(&shared.faults), shared.message_bytes_max);
        Self { stream, shared, session, input: BytesMut::with_capacity(READ_BYTES), output: Vec::with_capacity(1024) }
    }

    /// Leads the dialogue to its end. Errors are those of the socket: the client is gone.
    pub(super) async fn serve(mut self, number: u64) -> io::Result<()> {
        let greeting = match self.shared.faults.refusal(Stage::Connect, &[number.to_string()]) {
            Some(refusal) => Answer { next: Next::Close, ..refuse(refusal) },
            None => say("220 catcher.example ESMTP Tutti mail catcher"),
        };
        let mut next = self.answer(greeting).await?;
        loop {
            let step = match next {
                Next::Command => self.command().await?,
                Next::Data => self.message().await?,
                Next::Close => return self.close().await,
                Next::Hang => return self.hang().await,
            };
            next = match step {
                Step::Next(next) => next,
                Step::Drop => {
                    self.flush().await?;
                    return Ok(());
                }
                Step::Gone => return Ok(()),
            };
        }
    }

    /// Refuses a connection over the limit.
    pub(super) async fn turn_away(mut self) -> io::Result<()> {
        self.output.extend_from_slice(b"421 4.7.0 Too many connections\r\n");
        self.close().await
    }

    /// Reads and answers one command.
    async fn command(&mut self) -> io::Result<Step> {
        let line = loop {
            if let Some(at) = memchr(b'\n', &self.input) {
                break self.input.split_to(at + 1);
            }
            if self.input.len() > COMMAND_OCTETS_MAX {
                return self.say_and_close("500 5.5.2 Line too long, closing").await;
            }
            if let Some(step) = self.fill().await? {
                return Ok(step);
            }
        };
        // A line that ends in a bare LF may be the rest of a smuggled message: nothing after it is believed.
        let Some(line) = line.strip_suffix(b"\r\n") else {
            return self.say_and_close("521 5.5.2 Bare LF in a command, closing").await;
        };
        let answer = self.session.command(line);
        if answer.next == Next::Hang {
            return Ok(Step::Next(Next::Hang));
        }
        Ok(Step::Next(self.answer(answer).await?))
    }

    /// Reads one message and answers it.
    async fn message(&mut self) -> io::Result<Step> {
        let mut reader = DataReader::new(self.shared.message_bytes_max, self.session.announced());
        let result = loop {
            match reader.read(&mut self.input) {
                Progress::Done(result) => break result,
                Progress::Flood => {
                    return self.say_and_close("552 5.3.4 Message is larger than this server takes, closing").await;
                }
                Progress::More => {
                    if let Some(step) = self.fill().await? {
                        return Ok(step);
                    }
                }
            }
        };
        match result {
            Ok(body) => self.accept(body).await,
            Err(wrong) => {
                self.session.take_envelope();
                self.shared.refused_messages.fetch_add(1, Ordering::Relaxed);
                Ok(Step::Next(self.answer(say(wrong.answer())).await?))
            }
        }
    }

    async fn accept(&mut self, body: Bytes) -> io::Result<Step> {
        let envelope = self.session.take_envelope();
        let first = envelope.to.first().map_or("", String::as_str);
        let faults = Arc::clone(&self.shared.faults);
        if faults.hangs(HangAt::End, first) {
            return Ok(Step::Next(Next::Hang));
        }
        if let Some(refusal) = faults.refusal(Stage::End, &envelope.to) {
            self.shared.refused_messages.fetch_add(1, Ordering::Relaxed);
            return Ok(Step::Next(self.answer(refuse(refusal)).await?));
        }
        if faults.drops(DropAt::BeforeStore, first) {
            return Ok(Step::Drop);
        }
        let size = body.len() as u64;
        // Stores write to memory or the page cache, which is too short to be worth another thread.
        let answer = match self.shared.store.append(&envelope, now(), body) {
            Ok(id) => {
                self.shared.messages.fetch_add(1, Ordering::Relaxed);
                self.shared.bytes.fetch_add(size, Ordering::Relaxed);
                say(format!("250 2.0.0 OK kept as {id}"))
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a caught mail could not be kept");
                say("451 4.3.0 Mail could not be kept")
            }
        };
        if faults.drops(DropAt::AfterData, first) {
            return Ok(Step::Drop);
        }
        Ok(Step::Next(self.answer(answer).await?))
    }

    /// Adds an answer to the output, after the pauses that faults ask for.
    async fn answer(&mut self, answer: Answer) -> io::Result<Next> {
        let delay = self.shared.faults.delay();
        if !delay.is_zero() {
            self.flush().await?;
            sleep(delay).await;
        }
        self.output.extend_from_slice(answer.text.as_bytes());
        self.output.extend_from_slice(b"\r\n");
        if self.output.len() > FLUSH_BYTES {
            self.flush().await?;
        }
        Ok(answer.next)
    }

    async fn say_and_close(&mut self, text: &'static str) -> io::Result<Step> {
        self.answer(say(text)).await?;
        Ok(Step::Next(Next::Close))
    }

    /// Sends what is pending and reads more. Some step: the dialogue ends.
    async fn fill(&mut self) -> io::Result<Option<Step>> {
        self.flush().await?;
        self.input.reserve(READ_BYTES);
        let read = tokio::select! {
            biased;
            () = self.shared.stop.cancelled() => {
                return self.say_and_close("421 4.3.2 Shutting down").await.map(Some);
            }
            read = timeout(self.shared.idle_timeout, self.stream.read_buf(&mut self.input)) => read,
        };
        match read {
            Ok(Ok(0)) => Ok(Some(Step::Gone)),
            Ok(Ok(_)) => Ok(None),
            Ok(Err(error)) => Err(error),
            Err(_) => self.say_and_close("421 4.4.2 Idle for too long, closing").await.map(Some),
        }
    }

    async fn flush(&mut self) -> io::Result<()> {
        if !self.output.is_empty() {
            let written = timeout(self.shared.idle_timeout, self.stream.write_all(&self.output)).await;
            written.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))?;
            self.output.clear();
        }
        Ok(())
    }

    /// Says the last words and closes. What the client still sends is read for a moment: closing on unread bytes would
    /// reset the connection and could take the last answer with it.
    async fn close(&mut self) -> io::Result<()> {
        self.flush().await?;
        self.stream.shutdown().await?;
        self.swallow(DRAIN_TIME).await
    }

    /// Waits without an answer until the client goes.
    async fn hang(&mut self) -> io::Result<()> {
        self.flush().await?;
        self.swallow(Duration::MAX).await
    }

    async fn swallow(&mut self, time: Duration) -> io::Result<()> {
        let until_gone = async {
            loop {
                self.input.advance(self.input.len());
                self.input.reserve(READ_BYTES);
                if self.stream.read_buf(&mut self.input).await? == 0 {
                    return Ok(());
                }
            }
        };
        tokio::select! {
            () = self.shared.stop.cancelled() => Ok(()),
            ended = timeout(time, until_gone) => ended.unwrap_or(Ok(())),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a catcher stamps what it receives; nothing is decided by it")]
fn now() -> Timestamp {
    Timestamp::now()
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.shared.refused_recipients.fetch_add(self.session.refused_recipients, Ordering::Relaxed);
    }
}
