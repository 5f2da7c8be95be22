//! Prints the way of one row through a run as a story: activity by activity, with what each made of it and why.

use std::fmt::Write as _;

use serde_json::Value;

use super::Context;
use crate::cli::Trace;
use crate::client::{part, with_query};
use crate::failure::Done;

/// Prints the way of one row.
pub async fn trace(context: &Context, arguments: &Trace) -> Done {
    let path = format!("/runs/{}/trace/{}", part(&arguments.run), part(&arguments.key));
    let path = with_query(&path, &[("dimension", arguments.dimension.clone())]);
    let answer = context.client().await?.get(&path).await?;
    context.output.print_with(&answer, story)
}

/// The answer as text: a head, then a paragraph for each activity.
fn story(answer: &Value) -> String {
    let mut text = String::new();
    let rows: Vec<String> = list(&answer["rows"]).map(named).collect();
    // Writing to a text cannot fail.
    let _ = writeln!(text, "{} in {} of {}", rows.join(", "), word(&answer["run"]), word(&answer["campaign"]));
    let _ = writeln!(text, "{}\n", word(&answer["outcome"]));
    for reason in list(&answer["reasons"]) {
        let id = word(&reason["activity"]);
        let name = reason["label"].as_str().map_or_else(|| id.to_owned(), |label| format!("{label} ({id})"));
        let ports: Vec<&str> = list(&reason["left_by"]).map(word).collect();
        let sign = match (reason["present"] == true, ports.is_empty()) {
            (true, false) => "✓",
            (true, true) => "■",
            (false, _) => "✗",
        };
        let _ = write!(text, "{sign} {name} · {}", word(&reason["type"]));
        if !ports.is_empty() {
            let _ = write!(text, " → {}", ports.join(", "));
        }
        if reason["state"] != "completed" {
            let _ = write!(text, " · {}", word(&reason["state"]));
        }
        if let Some(at) = reason["at"].as_str() {
            let _ = write!(text, " · {at}");
        }
        text.push('\n');
        for because in list(&reason["because"]) {
            let _ = writeln!(text, "    {}", word(because));
        }
    }
    text
}

fn named(row: &Value) -> String {
    match word(&row["dimension"]) {
        "" => format!("line {}", word(&row["key"])),
        dimension => format!("{} of {dimension}", word(&row["key"])),
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_story_is_told_from_top_to_bottom() {
        let answer = json!({"run": "run_1", "campaign": "winback", "outcome": "its way ended at `one`",
            "rows": [{"dimension": "visits", "key": "7"}, {"dimension": "", "key": "3"}],
            "reasons": [
                {"activity": "wanted", "type": "build-audience", "state": "completed", "present": true,
                    "left_by": ["out"], "because": ["passed: tier is gold"], "at": "2026-06-01T08:00:00Z"},
                {"activity": "one", "label": "Once", "type": "deduplication", "state": "running", "present": true,
                    "left_by": [], "because": ["dropped"]},
                {"activity": "others", "type": "build-audience", "state": "completed", "present": false, "left_by": [],
                    "because": ["failed: tier is silver"]}]});
        assert_eq!(
            story(&answer),
            "7 of visits, line 3 in run_1 of winback\nits way ended at `one`\n\n\
             ✓ wanted · build-audience → out · 2026-06-01T08:00:00Z\n    passed: tier is gold\n\
             ■ Once (one) · deduplication · running\n    dropped\n\
             ✗ others · build-audience\n    failed: tier is silver\n"
        );
    }
}
