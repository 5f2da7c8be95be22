//! What the demo tells at its end: who went where, what was sent, and how a few mails look.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};
use tutti_api::Catcher;
use tutti_runner::{DeliverySummary, RunSummary, TransitionSummary};
use tutti_testkit::mail::{MailId, ParsedMail, Search, parse_mail};

use crate::output::{grid, thousands};

/// Mails that are shown.
const MAILS: usize = 3;

/// Lines of a mail's text that are shown.
const LINES: usize = 9;

/// Characters of a line that are shown.
const WIDTH: usize = 96;

/// The report of a run, for a person.
pub fn write(campaign: &Value, summary: &RunSummary, catcher: &Catcher) -> String {
    let names = Names::of(campaign);
    let mut text = String::new();
    // Writing to a text cannot fail.
    let _ = writeln!(text, "\n{}\n", campaign["document"]["label"].as_str().unwrap_or(&summary.campaign));
    flow(&mut text, &names, summary);
    let _ = writeln!(text, "\nThe ledger: every targeted person is in exactly one column\n");
    deliveries(&mut text, &names, summary);
    mails(&mut text, &names, summary, catcher);
    text
}

/// Where everything is, once it is served.
pub fn where_to_go(url: &str, smtp: &str) -> String {
    format!(
        "\nTutti is at {url}\n\n  the campaign   {url}/campaigns/spring_winback\n  the mails      {url}/mails  (caught at {smtp})\n  the API        {url}/api/v1/openapi.json\n\nCtrl-C ends it; the next start takes no time.\n"
    )
}

/// What activities and ports are called on the canvas.
struct Names {
    activities: BTreeMap<String, String>,
    /// By activity and port.
    ports: BTreeMap<(String, String), String>,
    order: Vec<String>,
}

impl Names {
    fn of(campaign: &Value) -> Self {
        let mut names = Self { activities: BTreeMap::new(), ports: BTreeMap::new(), order: Vec::new() };
        for activity in campaign["document"]["canvas"]["activities"].as_array().into_iter().flatten() {
            let id = activity["id"].as_str().unwrap_or_default().to_owned();
            let label = activity["label"].as_str().unwrap_or(&id).to_owned();
            for subset in activity["subsets"].as_array().into_iter().flatten() {
                if let (Some(port), Some(label)) = (subset["id"].as_str(), subset["label"].as_str()) {
                    names.ports.insert((id.clone(), port.to_owned()), label.to_owned());
                }
            }
            names.order.push(id.clone());
            names.activities.insert(id, label);
        }
        names
    }

    /// The deliveries as their activities are on the canvas.
    fn in_order<'a>(&self, summary: &'a RunSummary) -> impl Iterator<Item = &'a DeliverySummary> {
        let mut deliveries: Vec<&DeliverySummary> = summary.deliveries.iter().collect();
        deliveries.sort_by_key(|delivery| self.order.iter().position(|id| *id == delivery.activity));
        deliveries.into_iter()
    }

    fn activity<'a>(&'a self, id: &'a str) -> &'a str {
        self.activities.get(id).map_or(id, String::as_str)
    }

    fn port<'a>(&'a self, activity: &str, port: &'a str) -> &'a str {
        self.ports.get(&(activity.to_owned(), port.to_owned())).map_or(port, String::as_str)
    }
}

/// One line per transition, in the order of the canvas, with its rows.
fn flow(text: &mut String, names: &Names, summary: &RunSummary) {
    let mut lines: Vec<(String, Option<i64>, String)> = Vec::new();
    for activity in &summary.activities {
        let mut outbound: Vec<&TransitionSummary> =
            summary.transitions.iter().filter(|transition| transition.from == activity.id).collect();
        outbound.sort_by_key(|transition| transition.port == "complement");
        let label = names.activity(&activity.id);
        let to = |transition: &TransitionSummary| match &transition.to {
            Some(to) => format!("→ {}", names.activity(to)),
            None => "· ends here".to_owned(),
        };
        match outbound[..] {
            [] => {}
            [only] if only.port == "out" => lines.push((label.to_owned(), Some(only.rows), to(only))),
            _ => {
                lines.push((label.to_owned(), None, String::new()));
                for (index, transition) in outbound.iter().enumerate() {
                    let branch = if index + 1 == outbound.len() { "└" } else { "├" };
                    let port = match transition.port.as_str() {
                        "out" => "passed on",
                        "complement" => "the others",
                        port => names.port(&activity.id, port),
                    };
                    lines.push((format!("  {branch} {port}"), Some(transition.rows), to(transition)));
                }
            }
        }
    }
    let width = lines.iter().map(|(label, ..)| label.chars().count()).max().unwrap_or_default();
    for (label, rows, to) in lines {
        let rows = rows.map(thousands).unwrap_or_default();
        let _ = writeln!(text, "  {}", format!("{label:width$}  {rows:>10}  {to}").trim_end());
    }
}

fn deliveries(text: &mut String, names: &Names, summary: &RunSummary) {
    let mut totals = [0; 6];
    let mut rows: Vec<Vec<Value>> = Vec::new();
    let mut exclusions: BTreeMap<&str, i64> = BTreeMap::new();
    for delivery in names.in_order(summary) {
        let counts =
            [delivery.targeted, delivery.sent, delivery.excluded, delivery.failed, delivery.in_doubt, delivery.pending];
        for (total, count) in totals.iter_mut().zip(counts) {
            *total += count;
        }
        for (reason, count) in &delivery.exclusions {
            *exclusions.entry(reason).or_default() += count;
        }
        rows.push(
            std::iter::once(json!(names.activity(&delivery.activity)))
                .chain(counts.map(|count| json!(count)))
                .collect(),
        );
    }
    rows.push(std::iter::once(json!("together")).chain(totals.map(|count| json!(count))).collect());
    text.push_str(&grid(&["mail", "targeted", "sent", "excluded", "failed", "in doubt", "pending"], rows));
    if !exclusions.is_empty() {
        let _ = writeln!(text, "\n  excluded because");
        let mut reasons: Vec<(&str, i64)> = exclusions.into_iter().collect();
        reasons.sort_by_key(|(_, count)| -count);
        for (reason, count) in reasons {
            let _ = writeln!(text, "  {:>8}  {}", thousands(count), in_words(reason));
        }
    }
}

fn in_words(reason: &str) -> String {
    match reason {
        "no_consent" => "no consent to mails, or none known",
        "missing_address" => "no address",
        "malformed_address" => "an address that cannot be one",
        "opted_out" => "unsubscribed",
        "suppressed" => "an address that must not be written to",
        "duplicate_address" => "an address that another person has too",
        other => return other.replace('_', " "),
    }
    .to_owned()
}

/// One mail of each of the first deliveries.
fn mails(text: &mut String, names: &Names, summary: &RunSummary, catcher: &Catcher) {
    let found: Vec<ParsedMail> = names
        .in_order(summary)
        .filter(|delivery| delivery.sent > 0)
        .take(MAILS)
        .filter_map(|delivery| {
            let search = Search::parse(&format!("run:{} activity:{}", summary.run, delivery.activity));
            let (_, newest) = catcher.store.list(&search, 1, 0).ok()?;
            mail(catcher, newest.first()?.id)
        })
        .collect();
    if !found.is_empty() {
        let _ = writeln!(text, "\nSome of the mails");
    }
    for mail in found {
        text.push('\n');
        for name in ["From", "To", "Subject", "Message-ID", "X-Tutti-Run", "X-Tutti-Activity", "X-Tutti-Key"] {
            if let Some(value) = mail.header(name) {
                let _ = writeln!(text, "  │ {name}: {}", cut(value));
            }
        }
        let _ = writeln!(text, "  │");
        let body = mail.text.unwrap_or_default();
        let lines: Vec<&str> = body.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        for line in lines.iter().take(LINES) {
            let _ = writeln!(text, "  │ {}", cut(line));
        }
        if lines.len() > LINES {
            let _ = writeln!(text, "  │ … {} more lines", lines.len() - LINES);
        }
    }
}

fn mail(catcher: &Catcher, id: MailId) -> Option<ParsedMail> {
    catcher.store.get(id).ok()?.map(|mail| parse_mail(&mail))
}

fn cut(line: &str) -> String {
    if line.chars().count() <= WIDTH {
        return line.to_owned();
    }
    line.chars().take(WIDTH - 1).chain(['…']).collect()
}
