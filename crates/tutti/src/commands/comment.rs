//! Comments on campaigns.

use serde_json::{Value, json};

use super::Context;
use crate::cli::{CommentCommand, Comments};
use crate::client::{part, with_query};
use crate::failure::Done;
use crate::output;

const COLUMNS: [&str; 8] = ["id", "created_at", "author", "activity", "version", "reply_to", "resolved_at", "text"];

/// Lists comments.
pub async fn list(context: &Context, arguments: &Comments) -> Done {
    let query = [
        ("activity", arguments.activity.clone()),
        ("version", arguments.version.map(|version| version.to_string())),
        ("resolved", (!arguments.all).then(|| "false".to_owned())),
    ];
    let path = with_query(&format!("/campaigns/{}/comments", part(&arguments.campaign)), &query);
    let answer = context.client().await?.get(&path).await?;
    context.output.print_with(&answer, |comments| rows(comments.as_array().into_iter().flatten()))
}

/// Makes, resolves, opens again or deletes a comment.
pub async fn run(context: &Context, command: &CommentCommand) -> Done {
    let client = context.client().await?;
    let answer = match command {
        CommentCommand::Add { campaign, text, activity, version, reply_to, by } => {
            let body = json!({"text": text, "activity": activity, "version": version, "reply_to": reply_to, "by": by});
            client.post(&format!("/campaigns/{}/comments", part(campaign)), &body).await?
        }
        CommentCommand::Resolve { id, by } => {
            client.put(&format!("/comments/{id}"), &json!({"resolved": true, "by": by})).await?
        }
        CommentCommand::Reopen { id } => client.put(&format!("/comments/{id}"), &json!({"resolved": false})).await?,
        CommentCommand::Delete { id } => {
            client.delete(&format!("/comments/{id}")).await?;
            let deleted = json!({"id": id, "change": "deleted"});
            return context.output.print_with(&deleted, |_| format!("the comment {id} is deleted\n"));
        }
    };
    context.output.print_with(&answer, |comment| rows([comment].into_iter()))
}

fn rows<'a>(comments: impl Iterator<Item = &'a Value>) -> String {
    output::grid(&COLUMNS, comments.map(|comment| COLUMNS.map(|name| comment[name].clone()).to_vec()))
}
