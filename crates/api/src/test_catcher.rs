//! The mail catcher of one test: an SMTP server on a free port of this machine that keeps mails in memory.

use std::sync::Arc;

use tutti_runner::{CaughtMail, MailCatcher};
use tutti_testkit::mail::{MailStore, MemoryMailStore, Search, parse_mail};
use tutti_testkit::smtp::{Error, SmtpOptions, SmtpServer};

pub(crate) struct TestCatcher {
    store: Arc<MemoryMailStore>,
    server: SmtpServer,
}

impl TestCatcher {
    /// Listens until it is dropped.
    pub async fn start() -> Result<Self, Error> {
        let store = Arc::new(MemoryMailStore::default());
        let server = SmtpServer::start(SmtpOptions::new(store.clone())).await?;
        Ok(Self { store, server })
    }
}

impl MailCatcher for TestCatcher {
    fn port(&self) -> u16 {
        self.server.addr().port()
    }

    fn caught(&self, run: &str, activity: &str) -> Result<Vec<CaughtMail>, String> {
        let failed = |error: tutti_testkit::mail::Error| error.to_string();
        let search = Search::parse(&format!("run:{run} activity:{activity}"));
        let (_, summaries) = self.store.list(&search, usize::MAX, 0).map_err(failed)?;
        let mut mails = Vec::with_capacity(summaries.len());
        for summary in summaries.into_iter().rev() {
            let Some(bytes) = self.store.get(summary.id).map_err(failed)? else { continue };
            let mail = parse_mail(&bytes);
            mails.push(CaughtMail {
                key: summary.key.unwrap_or_default(),
                to: summary.to,
                subject: summary.subject,
                unsubscribe: mail.header("List-Unsubscribe").map(str::to_owned),
                text: mail.text.unwrap_or_default(),
                html: mail.html.unwrap_or_default(),
            });
        }
        Ok(mails)
    }
}
