//! Reports: every figure against the ledger, and against the people behind it.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tutti_api::report_schemas::{Breakdown, Report, ReportPeople, Timeline};

use crate::world::World;

const FIGURES: [&str; 13] = [
    "targeted",
    "excluded",
    "sent",
    "failed",
    "in_doubt",
    "pending",
    "bounced",
    "complained",
    "opened",
    "clicked",
    "opened_and_clicked",
    "not_opened",
    "unsubscribed",
];

/// What the HTML of a mail has behind `marker`.
async fn link(world: &World, run: &str, key: &str, marker: &str) -> String {
    let caught = world.get(&format!("/api/v1/catcher/messages?search=run:{run}")).await.json();
    for message in caught["messages"].as_array().unwrap() {
        if message["key"] == key {
            let id = message["id"].as_str().unwrap();
            let mail = world.get(&format!("/api/v1/catcher/messages/{id}")).await.json();
            let html = mail["html"].as_str().unwrap();
            let at = html.find(marker).unwrap_or_else(|| panic!("no {marker} in {html}"));
            return html[at..].split(['"', '\'', '>', ' ']).next().unwrap().to_owned();
        }
    }
    panic!("nothing was sent to {key}: {caught}");
}

/// Every figure of a subject counts as many lines as it shows people, whole and row by row.
async fn agrees(world: &World, subject: &str) -> Report {
    let report: Report = world.get(&format!("/api/v1/reports?{subject}")).await.shape();
    let figures = figures(&world.get(&format!("/api/v1/reports?{subject}")).await.json()["figures"]);
    let whole = ["excluded", "sent", "failed", "in_doubt", "pending"].iter().map(|name| figures[*name]).sum::<u64>();
    assert_eq!(figures["targeted"], whole, "{figures:?}");
    for figure in FIGURES {
        let page: ReportPeople = world.get(&format!("/api/v1/reports/people?{subject}&figure={figure}")).await.shape();
        assert_eq!((page.total, page.rows.len() as u64), (figures[figure], figures[figure]), "{figure}");
    }
    if let Some(run) = subject.strip_prefix("run=") {
        let ledger = world.get(&format!("/api/v1/runs/{run}/ledger")).await.json();
        for status in ["excluded", "sent", "failed", "in_doubt", "pending"] {
            assert_eq!(ledger["counts"][status].as_u64().unwrap_or_default(), figures[status], "{status}");
        }
    }
    for by in ["activity", "run", "campaign", "channel", "segment", "domain", "status", "reason", "link", "field:tier"]
    {
        let answer = world.get(&format!("/api/v1/reports/breakdown?{subject}&by={by}")).await;
        let breakdown: Breakdown = answer.shape();
        let mut sums: BTreeMap<String, u64> = BTreeMap::new();
        for row in answer.json()["rows"].as_array().unwrap() {
            let of_row = self::figures(&row["figures"]);
            for (name, count) in &of_row {
                *sums.entry(name.clone()).or_default() += count;
            }
            let value = row["value"].as_str().map(|value| format!("&value={}", urlencoded(value))).unwrap_or_default();
            for figure in FIGURES.iter().filter(|figure| by != "link" || **figure == "clicked") {
                let path = format!("/api/v1/reports/people?{subject}&figure={figure}&by={by}{value}");
                assert_eq!(world.get(&path).await.json()["total"], of_row[*figure], "{path}");
            }
        }
        if by != "link" {
            assert!(sums.is_empty() || sums == figures, "{by}: {sums:?} {figures:?}");
        }
        assert_eq!(breakdown.total.targeted, report.figures.targeted);
    }
    for step in ["hour", "day"] {
        let path = format!("/api/v1/reports/timeline?{subject}&step={step}&zone=Europe/Paris");
        let timeline: Timeline = world.get(&path).await.shape();
        let sum =
            |of: fn(&tutti_api::report_schemas::TimelinePoint) -> u64| timeline.points.iter().map(of).sum::<u64>();
        let found =
            [sum(|point| point.sent), sum(|point| point.opens), sum(|point| point.opened), sum(|point| point.clicks)];
        let expected = [report.figures.sent, report.figures.opens, report.figures.opened, report.figures.clicks];
        assert_eq!(found, expected, "{step}");
        let ends = (sum(|point| point.excluded), sum(|point| point.failed));
        assert_eq!(ends, (report.figures.excluded, report.figures.failed), "{step}");
        assert_eq!(sum(|point| point.unsubscribed), report.figures.unsubscribed);
    }
    report
}

fn figures(value: &Value) -> BTreeMap<String, u64> {
    value.as_object().unwrap().iter().map(|(name, count)| (name.clone(), count.as_u64().unwrap())).collect()
}

fn urlencoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn figures_are_the_ledgers_and_open_the_people_behind_them() {
    let world = World::shop().await;
    let summary = world.run("hello", &json!({})).await;
    let run = summary["run"].as_str().unwrap().to_owned();
    // Ann opens twice and clicks once; Bob clicks twice without an open.
    let (pixel, click) = (link(&world, &run, "p1", "/t/o/").await, link(&world, &run, "p1", "/t/c/").await);
    let bobs = link(&world, &run, "p2", "/t/c/").await;
    for visit in [&pixel, &pixel, &click, &bobs, &bobs] {
        world.get(visit).await;
    }

    let report = agrees(&world, &format!("run={run}")).await;
    let found = &report.figures;
    assert_eq!((found.targeted, found.excluded, found.sent), (4, 2, 2));
    assert_eq!((found.opens, found.opened, found.clicks, found.clicked), (2, 1, 3, 2));
    assert_eq!((found.opened_and_clicked, found.not_opened, found.unsubscribed), (1, 1, 0));
    assert!(report.ended);
    let reasons: Vec<(Option<&str>, u64)> =
        report.exclusions.iter().map(|line| (line.reason.as_deref(), line.count)).collect();
    assert_eq!(reasons, [(Some("missing_address"), 1), (Some("no_consent"), 1)]);
    let open = report.rates.iter().find(|rate| rate.name == "open_rate").unwrap();
    assert_eq!((open.count, open.of, open.value), (1, 2, Some(0.5)));
    assert_eq!(open.denominator, "sent + in_doubt - bounced");
    let ledger = world.get(&format!("/api/v1/runs/{run}/ledger")).await.json();
    assert_eq!((&ledger["counts"]["sent"], &ledger["total"]), (&json!(2), &json!(4)));

    let links: Breakdown = world.get(&format!("/api/v1/reports/breakdown?run={run}&by=link")).await.shape();
    assert_eq!(links.rows[0].value.as_deref(), Some("https://shop.example/news"));
    assert_eq!((links.rows[0].figures.clicked, links.rows[0].figures.clicks), (2, 3));
    let tiers: Breakdown =
        world.get(&format!("/api/v1/reports/breakdown?run={run}&by=field:tier&base=gold")).await.shape();
    let tiers: BTreeMap<_, _> =
        tiers.rows.iter().map(|row| (row.value.clone().unwrap(), (row.figures.targeted, row.figures.sent))).collect();
    assert_eq!(tiers, BTreeMap::from([("gold".to_owned(), (3, 1)), ("silver".to_owned(), (1, 1))]));

    // A second run: the campaign is both, and its people are fewer than its messages.
    let again = world.run("hello", &json!({})).await["run"].as_str().unwrap().to_owned();
    for subject in ["campaign=hello", "channel=mail"] {
        let report = agrees(&world, subject).await;
        assert_eq!((report.figures.targeted, report.figures.sent, report.figures.opened), (8, 4, 1), "{subject}");
        assert_eq!((report.people["targeted"], report.people["sent"], report.people["clicked"]), (4, 2, 2));
        assert_eq!(
            report.runs.iter().map(|each| each.run.as_str()).collect::<Vec<_>>(),
            [run.as_str(), again.as_str()]
        );
    }
    // A test run is nobody's report but its own.
    world.run("hello", &json!({"mode": "test"})).await;
    assert_eq!(agrees(&world, "campaign=hello").await.figures.targeted, 8);

    // Two months later: what was settled then, whenever it was opened.
    world.advance(60 * 86_400);
    world.run("hello", &json!({})).await;
    for (time, targeted, opened) in
        [("", 12, 1), ("&to=2026-07-01", 8, 1), ("&from=2026-07-01", 4, 0), ("&from=now-30d/d&to=now", 4, 0)]
    {
        let report: Report = world.get(&format!("/api/v1/reports?campaign=hello{time}")).await.shape();
        assert_eq!((report.figures.targeted, report.figures.opened), (targeted, opened), "{time}");
    }
    agrees(&world, "campaign=hello&to=2026-07-01").await;
    let csv = world.get("/api/v1/reports/export?campaign=hello&to=2026-07-01&format=csv").await.text();
    assert!(csv.starts_with("figure,messages,people\ntargeted,8,4\n"), "{csv}");
}

#[tokio::test]
async fn what_has_not_been_sent_is_pending_in_reports_too() {
    let world = World::shop().await;
    let summary = world.run("held", &json!({})).await;
    let run = summary["run"].as_str().unwrap().to_owned();
    let report = agrees(&world, &format!("run={run}")).await;
    assert_eq!((report.figures.targeted, report.figures.pending, report.ended), (1, 1, false));
    world.post(&format!("/api/v1/runs/{run}/stop"), &json!({})).await;
    assert_eq!(agrees(&world, "campaign=held").await.figures.pending, 1, "a run that was stopped loses nobody");
}

#[tokio::test]
async fn reports_are_files_too() {
    let world = World::shop().await;
    let nothing = agrees(&world, "campaign=hello").await;
    assert_eq!((nothing.figures.targeted, nothing.rates[0].value), (0, None));
    let run = world.run("hello", &json!({})).await["run"].as_str().unwrap().to_owned();
    let csv = world.get(&format!("/api/v1/reports/export?run={run}&format=csv")).await;
    assert!(csv.text().starts_with("figure,messages,people\ntargeted,4,4\nexcluded,2,2\n"), "{}", csv.text());
    let csv = world.get(&format!("/api/v1/reports/export?run={run}&format=csv&by=domain")).await.text();
    assert!(csv.contains("shop.example,3,"), "{csv}");
    let people = world.get(&format!("/api/v1/reports/export?run={run}&format=csv&figure=sent")).await.text();
    assert_eq!(people.lines().count(), 3, "{people}");
    let book = world.get(&format!("/api/v1/reports/export?run={run}")).await;
    assert_eq!((book.status, &book.bytes[..2]), (StatusCode::OK, &b"PK"[..]));
    for (path, status) in [
        ("reports", StatusCode::BAD_REQUEST),
        ("reports?run=run_none", StatusCode::NOT_FOUND),
        ("reports?campaign=helo", StatusCode::NOT_FOUND),
        ("reports/breakdown?campaign=hello&by=moon", StatusCode::CONFLICT),
        ("reports/breakdown?campaign=hello&by=field:moon", StatusCode::UNPROCESSABLE_ENTITY),
        ("reports/timeline?campaign=hello&zone=Mars", StatusCode::CONFLICT),
        ("reports?campaign=hello&from=tomorrow", StatusCode::CONFLICT),
        ("reports/people?campaign=hello&figure=happy", StatusCode::CONFLICT),
    ] {
        let reply = world.get(&format!("/api/v1/{path}")).await;
        assert_eq!(reply.status, status, "{path}: {}", reply.text());
    }
}

#[tokio::test]
async fn populations_are_ordered_searched_and_taken_away() {
    let world = World::shop().await;
    let run = world.run("hello", &json!({})).await["run"].as_str().unwrap().to_owned();
    let of = |more: &str| format!("/api/v1/runs/{run}/populations/everyone{more}");
    let keys = |rows: Value| -> Vec<String> {
        rows["rows"].as_array().unwrap().iter().map(|row| row[0].as_str().unwrap().to_owned()).collect()
    };
    let descending = world.get(&of("?order=-person_id&limit=2&offset=1")).await.json();
    assert_eq!((keys(descending.clone()), &descending["total"]), (vec!["p3".to_owned(), "p2".to_owned()], &json!(4)));
    let found = world.get(&of("?search=P2")).await.json();
    assert_eq!((keys(found.clone()), &found["total"]), (vec!["p2".to_owned()], &json!(1)));
    assert_eq!(world.get(&of("?order=nmae")).await.status, StatusCode::NOT_FOUND);
    let file = world.get(&of("/export")).await;
    assert_eq!(file.text(), "person_id\np1\np2\np3\np4\n");
}
