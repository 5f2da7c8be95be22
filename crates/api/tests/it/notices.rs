//! Who is told when something goes wrong with a campaign.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use serde_json::json;
use tutti_api::schemas;

use crate::life::campaign;
use crate::world::World;

const DEADLINE: Duration = Duration::from_secs(60);

fn told(name: &str, schedule: &str, send: &str, notify: &str) -> String {
    campaign(name, schedule, send).replace("canvas:", &format!("notify: {notify}\ncanvas:"))
}

const OPS: &str = "{channel: mail, to: [ops@shop.example]}";

impl World {
    async fn troubles(&self, campaign: &str) -> Vec<schemas::Alert> {
        self.get(&format!("/api/v1/alerts?campaign={campaign}")).await.shape()
    }

    /// Waits until the newest alert of a campaign was mailed.
    async fn mailed(&self, campaign: &str) -> schemas::Alert {
        let deadline = Instant::now() + DEADLINE;
        let mut changes = self.workspace.subscribe();
        loop {
            let newest = self.troubles(campaign).await.into_iter().next();
            if let Some(alert) = newest.filter(|alert| !alert.mailed_to.is_empty()) {
                return alert;
            }
            assert!(Instant::now() < deadline, "no alert of `{campaign}` is mailed");
            let _ = tokio::time::timeout(Duration::from_millis(200), changes.changed()).await;
        }
    }

    /// The newest mail that was caught.
    async fn caught(&self, subject: &str) -> serde_json::Value {
        let all = self.get("/api/v1/catcher/messages").await.json();
        let mails = all["messages"].as_array().unwrap();
        let found = mails.iter().find(|mail| mail["subject"] == subject);
        let id = &found.unwrap_or_else(|| panic!("no mail `{subject}`: {all}"))["id"];
        self.get(&format!("/api/v1/catcher/messages/{}", id.to_string().trim_matches('"'))).await.json()
    }
}

#[tokio::test]
async fn a_run_that_waits_for_somebody_is_mailed_once_with_a_link() {
    let world = World::shop().await;
    world.apply(&told("asks", "{type: asap}", "hold", OPS)).await;
    let summary = world.run("asks", &json!({})).await;
    let run = summary["run"].as_str().unwrap();
    assert_eq!(summary["state"], "held");
    let alert = world.mailed("asks").await;
    assert_eq!((alert.title.as_str(), alert.trouble.as_deref()), ("a run of asks waits for somebody", Some("held")));
    assert_eq!((alert.run.as_str(), alert.activity.as_str(), alert.level.as_str()), (run, "mail", "warning"));
    assert_eq!(alert.mailed_to, ["ops@shop.example"]);
    assert!(alert.message.ends_with("`mail` holds 1 messages until they are confirmed"), "{}", alert.message);
    let mail = world.caught("a run of asks waits for somebody").await.to_string();
    assert!(mail.contains(&format!("http://localhost:8080/runs/{run}")), "{mail}");
    for _ in 0..2 {
        world.workspace.tick(true).await.unwrap();
    }
    assert_eq!(world.troubles("asks").await.len(), 1);
    // A week later it is told again.
    world.advance(7 * 86_400);
    world.workspace.tick(true).await.unwrap();
    assert_eq!(world.troubles("asks").await[0].title, "a run of asks waits for somebody for 7 days");
    assert_eq!(world.mailed("asks").await.mailed_to, ["ops@shop.example"]);
}

#[tokio::test]
async fn failures_are_told_to_those_who_want_to_know() {
    let world = World::shop().await;
    let failing = |name: &str, notify: &str, then: &str| {
        let notify = if notify.is_empty() { String::new() } else { format!("notify: {notify}\n") };
        format!(
            "kind: campaign\nname: {name}\n{notify}canvas:\n  activities:\n    - {{id: lines, type: load-file, \
             path: none.csv, columns: [{{name: email}}], on_error: {{then: {then}}}}}\n"
        )
    };
    world.apply(&failing("fails", OPS, "abort")).await;
    world.apply(&failing("pauses", "{channel: mail, to: [ops@shop.example], on: [failed, held]}", "pause")).await;
    world.apply(&failing("nobody", "", "abort")).await;
    for (name, state) in [("fails", "failed"), ("pauses", "paused"), ("nobody", "failed")] {
        assert_eq!(world.run(name, &json!({})).await["state"], state);
        assert_eq!(world.run(name, &json!({"mode": "test"})).await["state"], state);
    }
    let failed = world.mailed("fails").await;
    assert_eq!((failed.title.as_str(), failed.level.as_str()), ("a run of fails has failed", "critical"));
    assert!(failed.message.contains("has failed: ") && failed.message.contains("none.csv"), "{}", failed.message);
    for (name, title) in [("pauses", "a run of pauses is paused"), ("nobody", "a run of nobody has failed")] {
        let alerts = world.troubles(name).await;
        let told: Vec<_> = alerts.iter().map(|alert| (alert.title.as_str(), alert.mailed_to.len())).collect();
        assert_eq!(told, [(title, 0)], "a test is told to nobody");
    }
    assert_eq!(world.troubles("fails").await.len(), 1);
}

#[tokio::test]
async fn a_launch_that_is_skipped_names_the_run_that_goes_on() {
    let world = World::shop().await;
    let notify = "{channel: mail, to: [a@shop.example], on: [skipped]}";
    world.apply(&told("daily", "{type: daily, at: '09:00'}", "hold", notify)).await;
    world.change("daily", "publish").await;
    world.at("2026-06-01T09:00:00Z").await;
    let run = world.head("daily").await.last_run.unwrap().run;
    assert_eq!(world.rest(&run).await["state"], "held");
    assert_eq!(world.troubles("daily").await.len(), 0, "nobody wants to know of held runs");
    world.at("2026-06-02T09:00:00Z").await;
    let launches: Vec<schemas::Launch> = world.get("/api/v1/campaigns/daily/launches").await.shape();
    let skipped = launches.iter().find(|launch| launch.state == "skipped").unwrap();
    let detail = skipped.detail.as_deref().unwrap();
    assert!(detail.starts_with(&format!("the run `{run}` is held since 2026-06-01T09:")), "{detail}");
    let alert = world.mailed("daily").await;
    assert_eq!((alert.title.as_str(), alert.run.as_str()), ("a launch of daily was skipped", ""));
    assert_eq!(alert.launch.as_deref(), Some(skipped.launch.as_str()));
    assert_eq!(alert.message, format!("the launch of 2026-06-02T09:00:00Z: overlap: {detail}"));
    let mail = world.caught("a launch of daily was skipped").await.to_string();
    assert!(mail.contains("http://localhost:8080/campaigns/daily"), "{mail}");
}

#[tokio::test]
async fn those_who_are_told_can_be_mailed() {
    let world = World::shop().await;
    for (notify, code, pointer) in [
        ("{channel: male, to: [ops@shop.example]}", "missing_channel", "/notify/channel"),
        ("{channel: mail, to: [ops]}", "bad_value", "/notify/to/0"),
        ("{channel: mail, to: [ops@shop.example], on: [late]}", "unknown_value", "/notify/on/0"),
    ] {
        let body = json!({"files": [{"path": "a", "text": told("asks", "{type: asap}", "hold", notify)}]});
        let reply = world.post("/api/v1/documents/apply", &body).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.text());
        let error = &reply.json()["errors"][0];
        assert_eq!((&error["code"], &error["pointer"]), (&json!(code), &json!(pointer)), "{error}");
    }
}
