//! A mail client written by hand, which says exactly the bytes it is told to.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tutti_testkit::mail::MemoryMailStore;
use tutti_testkit::smtp::{SmtpOptions, SmtpServer};

const DEADLINE: Duration = Duration::from_secs(20);

pub struct Client(BufReader<TcpStream>);

impl Client {
    /// Connects and reads the greeting.
    pub async fn connect(server: &SmtpServer) -> (Self, String) {
        let stream = TcpStream::connect(server.addr()).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let mut client = Self(BufReader::new(stream));
        let greeting = client.answer().await;
        (client, greeting)
    }

    /// Connects and says EHLO.
    pub async fn greeted(server: &SmtpServer) -> Self {
        let (mut client, greeting) = Self::connect(server).await;
        assert!(greeting.starts_with("220 "), "{greeting}");
        assert!(client.ask("EHLO me.example").await.starts_with("250 "));
        client
    }

    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.get_mut().write_all(bytes.as_ref()).await.unwrap();
    }

    /// The last line of the next answer; empty when the server has closed.
    pub async fn answer(&mut self) -> String {
        let mut line = String::new();
        loop {
            line.clear();
            let read = timeout(DEADLINE, self.0.read_line(&mut line)).await.expect("an answer in time");
            // A connection that was dropped may end in a reset.
            if read.unwrap_or(0) == 0 {
                return String::new();
            }
            if line.as_bytes().get(3) != Some(&b'-') {
                assert!(line.ends_with("\r\n"), "{line:?}");
                return line.trim_end().to_owned();
            }
        }
    }

    pub async fn ask(&mut self, line: &str) -> String {
        self.send(format!("{line}\r\n")).await;
        self.answer().await
    }

    /// Asks several things, one after the other.
    pub async fn dialogue(&mut self, lines: &[&str]) -> Vec<String> {
        let mut answers = Vec::new();
        for line in lines {
            answers.push(self.ask(line).await);
        }
        answers
    }

    /// Sends one mail to one person and gives the last answer, or the first that is no success.
    pub async fn mail(&mut self, to: &str, body: &str) -> String {
        for line in ["MAIL FROM:<shop@example.com>", &format!("RCPT TO:<{to}>"), "DATA"] {
            let answer = self.ask(line).await;
            if !answer.starts_with(['2', '3']) {
                self.ask("RSET").await;
                return answer;
            }
        }
        self.send(format!("{body}\r\n.\r\n")).await;
        self.answer().await
    }

    /// True when the server says nothing more and closes.
    pub async fn is_closed(&mut self) -> bool {
        let mut rest = Vec::new();
        let read = timeout(DEADLINE, self.0.read_to_end(&mut rest)).await.expect("the end in time");
        read.is_err() || rest.is_empty()
    }

    /// Whether nothing at all is said for a moment that is much longer than any answer takes.
    pub async fn is_silent(&mut self) -> bool {
        timeout(Duration::from_millis(150), self.0.read_u8()).await.is_err()
    }
}

/// A server with faults, and its store.
pub async fn server(faults: &[&str]) -> (SmtpServer, Arc<MemoryMailStore>) {
    server_with(faults, |_| {}).await
}

pub async fn server_with(faults: &[&str], change: impl FnOnce(&mut SmtpOptions)) -> (SmtpServer, Arc<MemoryMailStore>) {
    let store = Arc::new(MemoryMailStore::default());
    let mut options = SmtpOptions::new(store.clone());
    options.faults = faults.iter().map(|rule| rule.parse().unwrap()).collect();
    change(&mut options);
    (SmtpServer::start(options).await.unwrap(), store)
}
