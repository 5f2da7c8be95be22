//! What people say about campaigns, their activities and their versions.

use async_recursion::async_recursion as boxed;
use serde::{Deserialize, Serialize};
use tutti_store::NewComment;

use crate::error::{Error, Result};
use crate::life::Actor;
use crate::time::rfc3339;
use crate::workspace::Workspace;

/// The longest comment, in characters.
pub const COMMENT_CHARS_MAX: usize = 10_000;

/// A comment as people read it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CommentLine {
    /// Grows from comment to comment.
    pub id: i64,
    pub campaign: String,
    /// About one activity.
    pub activity: Option<String>,
    /// About one version.
    pub version: Option<i64>,
    /// The comment that this one answers.
    pub reply_to: Option<i64>,
    pub author: String,
    pub text: String,
    pub created_at: String,
    /// When its text was written last, where that was after it was made.
    pub changed_at: Option<String>,
    pub resolved_at: Option<String>,
    pub resolved_by: Option<String>,
}

/// A comment that somebody makes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommentRequest {
    pub text: String,
    #[serde(default)]
    pub activity: Option<String>,
    #[serde(default)]
    pub version: Option<i64>,
    #[serde(default)]
    pub reply_to: Option<i64>,
    /// Who says it, where nobody signs in.
    #[serde(default)]
    pub by: Option<String>,
}

/// What changes of a comment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommentChange {
    #[serde(default)]
    pub text: Option<String>,
    #[serde(default)]
    pub resolved: Option<bool>,
    /// Who does it, where nobody signs in.
    #[serde(default)]
    pub by: Option<String>,
}

/// Which comments are wanted.
#[derive(Clone, Debug, Default)]
pub struct CommentFilter {
    pub activity: Option<String>,
    pub version: Option<i64>,
    /// Without it both.
    pub resolved: Option<bool>,
}

impl Workspace {
    /// The comments on a campaign, oldest first.
    #[boxed]
    pub async fn list_comments(&self, campaign: &str, filter: &CommentFilter) -> Result<Vec<CommentLine>> {
        self.find_campaign(campaign).await?;
        let kept = self.store.comments().list(campaign).await?;
        let resolved: Vec<i64> =
            kept.iter().filter(|comment| comment.resolved_us.is_some()).map(|comment| comment.seq).collect();
        let wanted = |comment: &&tutti_store::Comment| {
            let about = &comment.comment;
            // An answer is as resolved as what it answers.
            let settled = resolved.contains(&about.reply_to.unwrap_or(comment.seq));
            filter.activity.as_ref().is_none_or(|activity| about.activity.as_ref() == Some(activity))
                && filter.version.is_none_or(|version| about.version == Some(version))
                && filter.resolved.is_none_or(|resolved| settled == resolved)
        };
        Ok(kept.iter().filter(wanted).map(line).collect())
    }

    /// Keeps a comment on a campaign, one of its activities or one of its versions.
    #[boxed]
    pub async fn add_comment(&self, campaign: &str, request: CommentRequest, actor: &Actor) -> Result<CommentLine> {
        let (found, _) = self.find_campaign(campaign).await?;
        let CommentRequest { text, mut activity, mut version, mut reply_to, by } = request;
        let text = checked(&text)?;
        if let Some(parent) = reply_to {
            let parent = self.find_comment(parent).await?;
            if parent.comment.campaign != campaign {
                let message = format!("the comment {} is on the campaign `{}`", parent.seq, parent.comment.campaign);
                return Err(Error::refused("other_campaign", message));
            }
            // Answers to answers stand below the comment that began it.
            reply_to = Some(parent.comment.reply_to.unwrap_or(parent.seq));
            (activity, version) = (parent.comment.activity, parent.comment.version);
        } else {
            if let Some(activity) = &activity {
                self.check_activity(campaign, &found, activity).await?;
            }
            if let Some(version) = version
                && self.store.documents().get("campaign", campaign, Some(version)).await?.is_none()
            {
                return Err(Error::NotFound {
                    what: "version",
                    name: version.to_string(),
                    hint: Some(format!("`tutti versions campaign {campaign}` lists them")),
                });
            }
        }
        let author = by.filter(|by| !by.trim().is_empty()).unwrap_or_else(|| actor.as_str().to_owned());
        let comment = NewComment { campaign: campaign.to_owned(), activity, version, reply_to, author, text };
        let seq = self.store.comments().add(&comment, self.clock.now_us()).await?;
        Ok(line(&self.find_comment(seq).await?))
    }

    /// Writes a comment anew, resolves it or opens it again.
    #[boxed]
    pub async fn change_comment(&self, id: i64, change: CommentChange, actor: &Actor) -> Result<CommentLine> {
        self.find_comment(id).await?;
        let CommentChange { text, resolved, by } = change;
        let now_us = self.clock.now_us();
        if let Some(text) = text {
            self.store.comments().rewrite(id, &checked(&text)?, now_us).await?;
        }
        if let Some(resolved) = resolved {
            let by = by.unwrap_or_else(|| actor.as_str().to_owned());
            self.store.comments().resolve(id, resolved.then_some(by.as_str()), now_us).await?;
        }
        Ok(line(&self.find_comment(id).await?))
    }

    /// Deletes a comment with the answers to it.
    #[boxed]
    pub async fn delete_comment(&self, id: i64) -> Result<()> {
        self.find_comment(id).await?;
        self.store.comments().delete(id).await?;
        Ok(())
    }

    async fn find_comment(&self, id: i64) -> Result<tutti_store::Comment> {
        let found = self.store.comments().get(id).await?;
        found.ok_or_else(|| Error::NotFound { what: "comment", name: id.to_string(), hint: None })
    }

    /// Comments may be about an activity that only the draft has.
    async fn check_activity(
        &self,
        name: &str,
        campaign: &tutti_model::campaign::Campaign,
        activity: &str,
    ) -> Result<()> {
        if campaign.canvas.activity(activity).is_some() {
            return Ok(());
        }
        let draft = self.store.drafts().get("campaign", name).await?.map(|draft| draft.body).unwrap_or_default();
        let drawn = draft.pointer("/canvas/activities").and_then(serde_json::Value::as_array);
        if drawn.into_iter().flatten().any(|drawn| drawn["id"] == activity) {
            return Ok(());
        }
        let known = campaign.canvas.activities.iter().map(|activity| activity.id.as_str());
        Err(Error::not_found("activity", activity, known))
    }
}

fn checked(text: &str) -> Result<String> {
    let text = text.trim();
    let length = text.chars().count();
    if text.is_empty() {
        return Err(Error::refused_with("empty_comment", "the comment is empty", "write something"));
    }
    if length > COMMENT_CHARS_MAX {
        let message = format!("the comment has {length} characters; at most {COMMENT_CHARS_MAX} are kept");
        return Err(Error::refused("long_comment", message));
    }
    Ok(text.to_owned())
}

fn line(kept: &tutti_store::Comment) -> CommentLine {
    let about = kept.comment.clone();
    CommentLine {
        id: kept.seq,
        campaign: about.campaign,
        activity: about.activity,
        version: about.version,
        reply_to: about.reply_to,
        author: about.author,
        text: about.text,
        created_at: rfc3339(kept.created_us),
        changed_at: (kept.changed_us > kept.created_us).then(|| rfc3339(kept.changed_us)),
        resolved_at: kept.resolved_us.map(rfc3339),
        resolved_by: kept.resolved_by.clone(),
    }
}
