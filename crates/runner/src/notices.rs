//! What goes wrong with live runs and launches: an alert for each, on record together with what makes it so, and mailed
//! afterwards to those whom the campaign names, or else the installation.
//!
//! A crash never loses an alert, nor doubles it. One between a mail and its record mails it again, under the same
//! `Message-ID`.

use std::time::Duration;

use serde_json::Value;
use tutti_delivery::{Note, send_note};
use tutti_model::campaign::Campaign;
use tutti_model::notify::{Notify, Trouble};
use tutti_store::{Alert, Launch, NewAlert, Run};

use crate::control::HoldKind;
use crate::error::{Class, Error, Result};
use crate::time::rfc3339;
use crate::workspace::Workspace;

/// How long a mail may take until another process may try it, microseconds.
const MAIL_US: i64 = 300_000_000;

/// When a mail is tried again that the server did not take for now, microseconds.
const AGAIN_US: i64 = 60_000_000;

/// For how long it is tried, microseconds.
const TRIED_US: i64 = 86_400_000_000;

/// How long mails may take that are left when a process ends.
const LAST_MAILS: Duration = Duration::from_secs(5);

/// The alert of trouble with a run. Without anybody who is told of it, only failures are.
pub(crate) fn of_run(
    campaign: &Campaign,
    run: &Run,
    trouble: Trouble,
    why: Option<&Value>,
    now_us: i64,
) -> Option<NewAlert> {
    let text = |name: &str| why.and_then(|why| why.get(name)?.as_str()).unwrap_or_default();
    let name = &campaign.name;
    let (title, said) = match trouble {
        Trouble::Failed => (format!("a run of {name} has failed"), format!("`{}` has failed", run.id)),
        Trouble::Held => (format!("a run of {name} waits for somebody"), format!("`{}` waits for somebody", run.id)),
        _ => (format!("a run of {name} is paused"), format!("`{}` waits for somebody to resume or stop it", run.id)),
    };
    let message = match text("message") {
        "" => said,
        why => format!("{said}: {why}"),
    };
    if run.mode != "live" {
        return None;
    }
    Some(NewAlert {
        run: run.id.clone(),
        activity: text("activity").to_owned(),
        title,
        message,
        ..alert(name, campaign.notify.as_ref(), trouble, now_us)?
    })
}

/// The alert of an activity that waits for a person. One that goes on by itself does not.
pub(crate) fn of_hold(campaign: &Campaign, run: &Run, activity: &str, hold: &Value, now_us: i64) -> Option<NewAlert> {
    if HoldKind::of(Some(hold)) == Some(HoldKind::Provider) && hold.get("until").is_some() {
        return None;
    }
    let why = serde_json::json!({"message": hold.get("message"), "activity": activity});
    of_run(campaign, run, Trouble::Held, Some(&why), now_us)
}

/// The alert of a launch that began nothing.
pub(crate) fn of_launch(notify: Option<&Notify>, launch: &Launch, why: &str, now_us: i64) -> Option<NewAlert> {
    let (name, due) = (&launch.launch.campaign, rfc3339(launch.launch.due_us));
    Some(NewAlert {
        launch: Some(launch.launch.id.clone()),
        title: format!("a launch of {name} was skipped"),
        message: format!("the launch of {due}: {why}"),
        ..alert(name, notify, Trouble::Skipped, now_us)?
    })
}

fn alert(campaign: &str, notify: Option<&Notify>, trouble: Trouble, now_us: i64) -> Option<NewAlert> {
    let told = notify.filter(|notify| notify.on.contains(&trouble));
    if told.is_none() && matches!(trouble, Trouble::Held | Trouble::Skipped) {
        return None;
    }
    Some(NewAlert {
        campaign: campaign.to_owned(),
        level: if trouble == Trouble::Failed { "critical" } else { "warning" }.to_owned(),
        trouble: Some(trouble.as_str().to_owned()),
        mail_by: told.map(|notify| notify.channel.clone()),
        mail_to: told.map(|notify| notify.to.clone()).unwrap_or_default(),
        now_us,
        ..NewAlert::default()
    })
}

impl Workspace {
    /// Who is told of trouble with a campaign.
    pub(crate) fn notify_of(&self, campaign: &Campaign) -> Option<Notify> {
        campaign.notify.as_ref().or(self.settings.notify.as_ref()).cloned()
    }

    /// Whether an alert is to be mailed by now.
    pub(crate) async fn has_mail(&self) -> bool {
        match self.store.alerts().next_mail().await {
            Ok(due_us) => due_us.is_some_and(|due_us| due_us <= self.clock.now_us()),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "it could not be seen what is to be mailed");
                false
            }
        }
    }

    /// Mails the alerts that are to be mailed by now, one after the other.
    pub(crate) async fn mail_alerts(&self) {
        while self.has_mail().await {
            match self.mail_one().await {
                Ok(true) => {}
                // Somebody else has what is left.
                Ok(false) => return,
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(error, "what became of the mail of an alert could not be recorded");
                    return;
                }
            }
        }
    }

    /// As [`Workspace::mail_alerts`], for a process that ends: what takes long is left to the next one.
    pub(crate) async fn mail_last_alerts(&self) {
        // What is cut off is tried again once its claim has ended.
        let _ = tokio::time::timeout(LAST_MAILS, self.mail_alerts()).await;
    }

    async fn mail_one(&self) -> Result<bool> {
        let now_us = self.clock.now_us();
        let Some(alert) = self.store.alerts().claim_mail(now_us, now_us.saturating_add(MAIL_US)).await? else {
            return Ok(false);
        };
        let mailed = self.mail_alert(&alert).await;
        self.reach("mail an alert").await;
        let now_us = self.clock.now_us();
        match mailed {
            Ok(()) => self.store.alerts().mailed(alert.seq, &alert.mail_to).await?,
            Err(error) if error.class() == Class::External && now_us - alert.at_us < TRIED_US => {
                let message = crate::error::chain(&error);
                tracing::warn!(alert = alert.seq, message, "an alert could not be mailed and is tried again");
                self.store.alerts().put_off(alert.seq, now_us.saturating_add(AGAIN_US)).await?;
            }
            Err(error) => {
                tracing::error!(alert = alert.seq, message = crate::error::chain(&error), "an alert cannot be mailed");
                self.store.alerts().mailed(alert.seq, &[]).await?;
            }
        }
        self.notify_changed();
        Ok(true)
    }

    async fn mail_alert(&self, alert: &Alert) -> Result<()> {
        let catalog = self.catalog().await?;
        let by = alert.mail_by.as_deref().unwrap_or_default();
        let channel = catalog
            .channels
            .get(by)
            .ok_or_else(|| Error::not_found("channel", by, catalog.channels.keys().map(String::as_str)))?;
        let (url, campaign) = (&self.settings.public_url, &alert.campaign);
        let link = match alert.run.as_str() {
            "" => format!("{url}/campaigns/{campaign}"),
            run => format!("{url}/runs/{run}"),
        };
        let text = format!("{}\n\nCampaign: {campaign}\n{link}\n", alert.message);
        let note = Note {
            run: alert.launch.as_deref().unwrap_or(&alert.run),
            // Each is a message of its own.
            activity: &format!("alert-{}", alert.seq),
            subject: &alert.title,
            text: &text,
            now_us: alert.at_us,
        };
        Ok(send_note(channel, self.password(channel)?, &alert.mail_to, &note).await?)
    }
}
