//! Channels: trying their connections.

use async_recursion::async_recursion as boxed;
use tutti_delivery::{ChannelTest, test_channel};

use crate::error::{Error, Result};
use crate::workspace::Workspace;

impl Workspace {
    /// Connects as sending would, logs in and says goodbye; nothing is sent.
    #[boxed]
    pub async fn test_channel(&self, name: &str) -> Result<ChannelTest> {
        let catalog = self.catalog().await?;
        let known = catalog.channels.keys().map(String::as_str);
        let channel = catalog.channels.get(name).ok_or_else(|| Error::not_found("channel", name, known))?;
        match self.password(channel) {
            Ok(password) => Ok(test_channel(channel, password).await),
            Err(error) => Ok(ChannelTest {
                ok: false,
                server: format!("{}:{}", channel.smtp.host, channel.smtp.port),
                steps: Vec::new(),
                extensions: Vec::new(),
                hint: error.hint(),
                error: Some(error.to_string()),
            }),
        }
    }
}
