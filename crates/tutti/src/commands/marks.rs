//! Marks: how far the runs of a campaign have come in activities that only take what is new.

use serde_json::{Value, json};

use super::Context;
use crate::cli::Marks;
use crate::client::part;
use crate::failure::{Done, Failure};
use crate::output;

/// Moves and forgets marks, then prints those of the campaign.
pub async fn run(context: &Context, arguments: &Marks) -> Done {
    let mut moves = Vec::with_capacity(arguments.to.len());
    for written in &arguments.to {
        let Some(pair) = written.split_once('=') else {
            let message = format!("`--move {written}` does not say to which moment");
            return Err(Failure::usage(message).hint("write `--move ACTIVITY=2026-12-01`"));
        };
        moves.push(pair);
    }
    let client = context.client().await?;
    let marks = format!("/campaigns/{}/marks", part(&arguments.campaign));
    for (activity, at) in moves {
        client.post(&format!("{marks}/{}", part(activity)), &json!({"at": at})).await?;
    }
    for activity in &arguments.forget {
        client.delete(&format!("{marks}/{}", part(activity))).await?;
    }
    let answer = client.get(&marks).await?;
    context.output.print_with(&answer, |marks| {
        let rows = marks.as_array().into_iter().flatten().map(|mark| {
            let keys = mark["keys"].as_array().map_or(&[][..], Vec::as_slice);
            let taken: i64 = keys.iter().filter_map(|keys| keys["rows"].as_i64()).sum();
            let taken = if keys.is_empty() { Value::Null } else { json!(taken) };
            let runs = if keys.is_empty() { Value::Null } else { json!(keys.len()) };
            vec![
                mark["activity"].clone(),
                mark["latest"].clone(),
                taken,
                runs,
                mark["moved_at"].clone(),
                mark["run"].clone(),
            ]
        });
        output::grid(&["activity", "latest", "keys", "of runs", "moved at", "by"], rows)
    })
}
