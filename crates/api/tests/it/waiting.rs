//! Versions that wait for a time, changes of campaigns that are over, and publications on holidays.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tutti_api::schemas;

use crate::life::campaign;
use crate::world::{Reply, World};

const CONTENT: &str = "kind: content\nname: hi\nsubject: Hi\nhtml: '<p>Hi</p>'\n";

impl World {
    async fn apply_at(&self, text: &str, at: &str) -> Reply {
        let body = json!({"files": [{"path": "a.yaml", "text": text}]});
        self.post(&format!("/api/v1/documents/apply?takes_over={at}"), &body).await
    }

    async fn rollback(&self, campaign: &str, body: &Value) -> Reply {
        self.post(&format!("/api/v1/documents/campaign/{campaign}/restore"), body).await
    }

    /// The versions of a campaign that wait, newest first, and when they take over.
    async fn waiting(&self, campaign: &str) -> Vec<(i64, String)> {
        let path = format!("/api/v1/documents/campaign/{campaign}/versions");
        let lines: Vec<schemas::Version> = self.get(&path).await.shape();
        lines.into_iter().filter_map(|line| Some((line.version, line.takes_over_at?))).collect()
    }
}

fn daily(at: &str, zone: &str) -> String {
    campaign("daily", &format!("{{type: daily, at: '{at}'}}"), "auto")
        .replace("schedule:", &format!("time_zone: {zone}\nschedule:"))
}

#[tokio::test]
async fn what_cannot_wait_is_named_and_nothing_is_applied() {
    let world = World::shop().await;
    world.apply(&daily("09:00", "UTC")).await;
    world.apply(&campaign("drafted", "{type: daily, at: '09:00'}", "auto")).await;
    world.change("daily", "publish").await;
    let drafted = campaign("drafted", "{type: daily, at: '10:00'}", "auto");
    let text = format!("{}---\n{CONTENT}---\n{drafted}", daily("10:00", "UTC"));
    let refused = world.apply_at(&text, "2026-06-02T08:00:00Z").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text());
    let problem = refused.json();
    let named: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|it| it["document"]["name"].as_str().unwrap()).collect();
    assert_eq!(named, ["hi", "drafted"], "{problem}");
    assert!(problem["errors"].as_array().unwrap().iter().all(|it| it["code"] == "cannot_wait"), "{problem}");
    assert_eq!(world.head("daily").await.version, 1);
    // What does not change does not have to wait.
    world.apply(CONTENT).await;
    let taken = world.apply_at(&format!("{}---\n{CONTENT}", daily("10:00", "UTC")), "2026-06-02T08:00:00Z").await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text());

    world.apply(&CONTENT.replace("Hi<", "Hello<")).await;
    let back = json!({"at": "2026-06-02T08:00:00Z"});
    let refused = world.post("/api/v1/documents/content/hi/restore", &back).await;
    assert_eq!(refused.json()["errors"][0]["code"], "cannot_wait", "{}", refused.text());
    let past = world.apply_at(&daily("11:00", "UTC"), "2026-05-01T08:00:00Z").await;
    assert_eq!((past.status, &past.json()["code"]), (StatusCode::CONFLICT, &"bad_time".into()));
}

#[tokio::test]
async fn a_version_that_waits_is_given_another_time_by_the_clock_of_its_campaign() {
    let world = World::shop().await;
    world.apply(&daily("09:00", "Europe/Paris")).await;
    world.change("daily", "publish").await;
    let second = daily("10:00", "Europe/Paris");
    assert_eq!(world.apply_at(&second, "2026-06-02T08:00").await.status, StatusCode::OK);
    assert_eq!(world.waiting("daily").await, [(2, "2026-06-02T06:00:00Z".to_owned())]);
    // The same text again, at another time.
    assert_eq!(world.apply_at(&second, "2026-06-03T08:00").await.status, StatusCode::OK);
    assert_eq!(world.waiting("daily").await, [(2, "2026-06-03T06:00:00Z".to_owned())]);
    let moved = world.rollback("daily", &json!({"version": 2, "at": "2026-06-04T08:00"})).await;
    assert_eq!((moved.status, &moved.json()["version"]), (StatusCode::OK, &json!(2)), "{}", moved.text());
    assert_eq!(world.waiting("daily").await, [(2, "2026-06-04T06:00:00Z".to_owned())]);
    // One that does not wait becomes a version that does.
    let back = world.rollback("daily", &json!({"version": 1, "at": "2026-06-05T08:00"})).await;
    assert_eq!(back.json()["version"], 3, "{}", back.text());
    let both = [(3, "2026-06-05T06:00:00Z".to_owned()), (2, "2026-06-04T06:00:00Z".to_owned())];
    assert_eq!(world.waiting("daily").await, both);
    world.rollback("daily", &json!({"version": 3})).await;
    let refused = world.rollback("daily", &json!({"version": 3, "at": "2026-06-05T08:00"})).await;
    assert_eq!((refused.status, &refused.json()["code"]), (StatusCode::CONFLICT, &"in_force".into()));
}

#[tokio::test]
async fn what_a_campaign_is_called_can_be_changed_when_it_is_over() {
    let world = World::shop().await;
    world.apply(&daily("09:00", "UTC")).await;
    world.change("daily", "publish").await;
    world.change("daily", "stop").await;
    let described = |label: &str| daily("09:00", "UTC").replace("name: daily", &format!("name: daily\nlabel: {label}"));
    world.apply(&described("Stopped")).await;
    let tag = json!({"campaigns": ["daily"], "action": "tag", "tags": ["old"]});
    let lines: Vec<schemas::BulkLine> = world.post("/api/v1/campaigns/bulk", &tag).await.shape();
    assert!(lines[0].done, "{lines:?}");
    let edited = daily("10:00", "UTC");
    let body = json!({"files": [{"path": "a", "text": edited}]});
    let refused = world.post("/api/v1/documents/apply", &body).await.json();
    let hint = refused["errors"][0]["hint"].as_str().unwrap();
    assert!(hint.contains("duplicate it") && hint.contains("`tutti get campaign daily`"), "{refused}");
    // What an import would refuse is told by its rehearsal.
    let import = json!({"text": edited, "on_clash": "take", "dry_run": true});
    let report: schemas::BundleReport = world.post("/api/v1/campaigns/import", &import).await.shape();
    assert!(report.problems.iter().any(|problem| problem.code == "not_allowed"), "{report:?}");

    world.change("daily", "archive").await;
    world.apply(&described("Archived")).await;
    let listed = async |query: &str| {
        let heads: Vec<schemas::CampaignHead> = world.get(&format!("/api/v1/campaigns{query}")).await.shape();
        heads.iter().any(|head| head.label.as_deref() == Some("Archived"))
    };
    assert!(!listed("").await, "the archive is out of the way");
    assert!(listed("?state=archived").await);
}

#[tokio::test]
async fn what_is_published_on_a_holiday_waits_or_says_so() {
    let world = World::shop().await;
    world.apply("kind: calendar\nname: off\ndates: [{date: 2026-06-01, label: Whit Monday}]\n").await;
    world.apply(&campaign("strict", "{type: asap, calendar: off}", "auto")).await;
    let refused = world.post("/api/v1/campaigns/strict/publish", &json!({})).await;
    let problem = refused.json();
    assert_eq!((refused.status, &problem["errors"][0]["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &"holiday".into()));
    let message = problem["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("2026-06-01") && message.contains("`off` (Whit Monday)"), "{message}");

    world.apply(&campaign("moved", "{type: asap, calendar: off, on_holiday: next-day}", "auto")).await;
    let head = world.change("moved", "publish").await;
    assert_eq!((head.state.as_str(), head.next_launch_at.as_deref()), ("scheduled", Some("2026-06-02T00:00:00Z")));
    world.workspace.tick(true).await.unwrap();
    assert_eq!(world.states("moved").await, ["waiting"], "a look at the calendar leaves it there");
    // So does a change of what it sends.
    let changed = campaign("moved", "{type: asap, calendar: off, on_holiday: next-day}", "auto");
    world.apply(&changed.replace("subject: Hello", "subject: Good day")).await;
    assert_eq!(world.head("moved").await.next_launch_at.as_deref(), Some("2026-06-02T00:00:00Z"));
    world.at("2026-06-02T00:00:00Z").await;
    world.campaign_is("moved", "completed").await;
    assert_eq!(world.states("moved").await, ["started"]);

    world.apply(&campaign("once", "{type: once, at: '2026-06-02T09:00', calendar: off}", "auto")).await;
    world.change("once", "publish").await;
    world.workspace.tick(true).await.unwrap();
    assert_eq!(world.states("once").await, ["waiting"]);
}
