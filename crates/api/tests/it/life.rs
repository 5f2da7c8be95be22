//! The life of campaigns over HTTP: publication, states, versions, the archive.

use axum::http::StatusCode;
use serde_json::json;
use tutti_api::schemas;

use crate::world::World;

/// A campaign with a schedule; its mails wait for a confirmation with `hold`.
pub fn campaign(name: &str, schedule: &str, send: &str) -> String {
    format!(
        "kind: campaign\nname: {name}\nschedule: {schedule}\ncanvas:\n  activities:\n    \
         - {{id: who, type: build-audience, dimension: people, where: {{field: tier, operator: '=', value: gold}}}}\n    \
         - {{id: mail, type: email, channel: mail, subject: Hello, html: '<p>Hello</p>', send: {send}}}\n  \
         transitions:\n    - {{from: who, to: mail}}\n"
    )
}

impl World {
    /// Does something with a campaign that must be allowed.
    pub async fn change(&self, campaign: &str, verb: &str) -> schemas::CampaignHead {
        self.post(&format!("/api/v1/campaigns/{campaign}/{verb}"), &json!({})).await.shape()
    }

    /// Does something with a campaign that is refused, and answers why, with what to do instead.
    pub async fn refused(&self, campaign: &str, verb: &str) -> String {
        let reply = self.post(&format!("/api/v1/campaigns/{campaign}/{verb}"), &json!({})).await;
        assert_eq!(reply.status, StatusCode::CONFLICT, "{}", reply.text());
        let problem = reply.json();
        format!("{}; {}", problem["detail"].as_str().unwrap(), problem["hint"].as_str().unwrap())
    }

    pub async fn head(&self, campaign: &str) -> schemas::CampaignHead {
        let states = tutti_model::view::STATES.join(",");
        let heads: Vec<schemas::CampaignHead> = self.get(&format!("/api/v1/campaigns?state={states}")).await.shape();
        heads.into_iter().find(|head| head.name == campaign).unwrap()
    }
}

#[tokio::test]
async fn a_campaign_that_starts_at_once_runs_when_it_is_published_and_completes() {
    let world = World::shop().await;
    assert_eq!(world.head("hello").await.state, "draft");
    let head = world.change("hello", "publish").await;
    let run = head.last_run.unwrap();
    assert_eq!((head.state.as_str(), run.mode.as_str()), ("live", "live"));
    world.rest(&run.run).await;
    world.campaign_is("hello", "completed").await;
    let refusal = world.refused("hello", "publish").await;
    assert!(refusal.contains("is completed and cannot be published") && refusal.contains("duplicate"), "{refusal}");
    // Running it by hand is no new publication.
    assert_eq!(world.run("hello", &json!({"mode": "live"})).await["state"], "completed");
    world.campaign_is("hello", "completed").await;
    let actions: Vec<schemas::AuditLine> = world.get("/api/v1/audit?kind=campaign&name=hello").await.shape();
    let actions: Vec<&str> = actions.iter().rev().map(|line| line.action.as_str()).collect();
    assert_eq!(actions, ["create", "publish", "published", "settle", "run", "settle"]);
}

#[tokio::test]
async fn a_test_run_leaves_a_draft_a_draft_and_a_live_run_publishes_it() {
    let world = World::shop().await;
    world.run("hello", &json!({"mode": "test"})).await;
    assert_eq!(world.head("hello").await.state, "draft");
    world.run("hello", &json!({"mode": "live"})).await;
    world.campaign_is("hello", "completed").await;
}

#[tokio::test]
async fn a_campaign_that_is_wrong_stays_a_draft() {
    let world = World::shop().await;
    world.apply(&campaign("past", "{type: once, at: '2026-05-01T09:00'}", "auto")).await;
    let reply = world.post("/api/v1/campaigns/past/publish", &json!({})).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.text());
    assert_eq!(reply.json()["errors"][0]["code"], "never_launches");
    let head = world.head("past").await;
    assert_eq!(head.state, "draft");
    assert!(head.attention.unwrap().contains("no launch after now"));
}

#[tokio::test]
async fn a_campaign_goes_back_to_the_draft_while_nothing_has_happened() {
    let world = World::shop().await;
    world.apply(&campaign("daily", "{type: daily, at: '09:00'}", "hold")).await;
    assert!(world.refused("daily", "unpublish").await.contains("is draft"));
    assert_eq!(world.change("daily", "publish").await.state, "scheduled");
    let head = world.change("daily", "unpublish").await;
    assert_eq!((head.state.as_str(), head.next_launch_at), ("draft", None));
    world.change("daily", "publish").await;
    world.at("2026-06-01T09:00:00Z").await;
    let run = world.head("daily").await.last_run.unwrap().run;
    assert_eq!(world.rest(&run).await["state"], "held", "its mails are held");
    // Nothing has been sent, and no run has completed.
    let head = world.change("daily", "unpublish").await;
    assert_eq!(head.state, "draft");
    assert_eq!(world.rest(&run).await["state"], "stopped");
}

#[tokio::test]
async fn closed_stopped_and_archived_campaigns_say_what_to_do_instead() {
    let world = World::shop().await;
    for name in ["one", "two", "three"] {
        world.apply(&campaign(name, "{type: daily, at: '09:00'}", "hold")).await;
        world.change(name, "publish").await;
    }
    world.at("2026-06-01T09:00:00Z").await;
    let run = world.head("one").await.last_run.unwrap().run;
    world.rest(&run).await;
    let head = world.change("one", "close").await;
    assert_eq!((head.state.as_str(), head.next_launch_at), ("closed", None));
    let deleted = world.delete("/api/v1/documents/campaign/one").await;
    assert_eq!(deleted.status, StatusCode::CONFLICT);
    assert!(deleted.json()["hint"].as_str().unwrap().contains("archive"), "{}", deleted.text());
    assert!(world.refused("one", "archive").await.contains("stop the campaign"));
    world.post(&format!("/api/v1/runs/{run}/stop"), &json!({})).await;
    world.campaign_is("one", "completed").await;

    let run = world.head("two").await.last_run.unwrap().run;
    world.rest(&run).await;
    assert_eq!(world.change("two", "stop").await.state, "stopped");
    assert_eq!(world.rest(&run).await["state"], "stopped");
    let reply = world.post("/api/v1/campaigns/two/run", &json!({"mode": "live"})).await;
    assert_eq!(reply.status, StatusCode::CONFLICT);
    assert!(reply.json()["hint"].as_str().unwrap().contains("duplicate"), "{}", reply.text());
    let edited = campaign("two", "{type: daily, at: '10:00'}", "hold");
    let reply = world.post("/api/v1/documents/apply", &json!({"files": [{"path": "a", "text": edited}]})).await;
    assert_eq!(
        (reply.status, &reply.json()["errors"][0]["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &"not_allowed".into())
    );
    let copied = world.post("/api/v1/campaigns/two/duplicate", &json!({"name": "four"})).await;
    assert_eq!(copied.status, StatusCode::CREATED, "{}", copied.text());
    assert_eq!(world.head("four").await.state, "draft");

    assert_eq!(world.change("two", "archive").await.state, "archived");
    assert_eq!(world.change("two", "restore").await.state, "stopped");
    world.change("two", "archive").await;
    world.at("2026-06-30T08:00:00Z").await;
    assert_eq!(world.head("two").await.state, "archived");
    world.at("2026-07-02T08:00:00Z").await;
    assert_eq!(world.get("/api/v1/campaigns/two").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_next_run_takes_the_newest_version_or_the_one_that_takes_over_then() {
    let world = World::shop().await;
    let document = |subject: &str| {
        campaign("daily", "{type: daily, at: '09:00'}", "auto")
            .replace("subject: Hello", &format!("subject: {subject}"))
    };
    world.apply(&document("One")).await;
    world.change("daily", "publish").await;
    world.apply(&document("Two")).await;
    world.at("2026-06-01T09:00:00Z").await;
    let run = world.head("daily").await.last_run.unwrap();
    assert_eq!(run.version, 2);
    world.rest(&run.run).await;

    let body = json!({"files": [{"path": "a", "text": document("Three")}]});
    let at = "/api/v1/documents/apply?takes_over=2026-06-02T12:00:00Z";
    assert_eq!(world.post(at, &body).await.status, StatusCode::OK);
    let head = world.head("daily").await;
    assert_eq!((head.version, head.pinned_version), (3, Some(2)));
    assert_eq!(head.takes_over_at.as_deref(), Some("2026-06-02T12:00:00Z"));
    for (body, version, subject) in [(json!({}), 3, "Three"), (json!({"in_force": true}), 2, "Two")] {
        let dry: schemas::DryRun = world.post("/api/v1/campaigns/daily/dry-run", &body).await.shape();
        assert_eq!((dry.version, dry.samples[0].subject.as_str()), (version, subject), "{body}");
    }
    world.at("2026-06-02T09:00:00Z").await;
    let run = world.head("daily").await.last_run.unwrap();
    assert_eq!(run.version, 2);
    world.rest(&run.run).await;
    world.at("2026-06-03T09:00:00Z").await;
    let head = world.head("daily").await;
    assert_eq!((head.last_run.unwrap().version, head.pinned_version, head.takes_over_at), (3, None, None));

    let back = world.post("/api/v1/documents/campaign/daily/restore", &json!({"version": 1})).await;
    assert_eq!(back.json()["version"], 4, "{}", back.text());
    let versions: Vec<schemas::Version> = world.get("/api/v1/documents/campaign/daily/versions").await.shape();
    let in_force: Vec<i64> = versions.iter().filter(|line| line.in_force).map(|line| line.version).collect();
    assert_eq!((versions.len(), in_force), (4, vec![4]));
    let compared: schemas::Comparison = world.get("/api/v1/campaigns/daily/compare?from=1&to=2").await.shape();
    let words: Vec<&str> = compared.differences.iter().map(|found| found.words.as_str()).collect();
    assert_eq!(words, ["the activity `mail` (E-mail): the subject was \"One\" and is now \"Two\""]);
    let same: schemas::Comparison = world.get("/api/v1/campaigns/daily/compare?from=1&to=4").await.shape();
    assert_eq!(same.differences.len(), 0);
}

#[tokio::test]
async fn several_versions_take_over_each_at_its_time_and_a_plain_apply_gives_them_up() {
    let world = World::shop().await;
    let document = |subject: &str| {
        campaign("daily", "{type: daily, at: '09:00'}", "auto")
            .replace("subject: Hello", &format!("subject: {subject}"))
    };
    let later = async |subject: &str, at: &str| {
        let body = json!({"files": [{"path": "a", "text": document(subject)}]});
        let reply = world.post(&format!("/api/v1/documents/apply?takes_over={at}"), &body).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    };
    let run_at = async |time: &str| {
        world.at(time).await;
        let run = world.head("daily").await.last_run.unwrap();
        world.rest(&run.run).await;
        run.version
    };
    world.apply(&document("One")).await;
    world.change("daily", "publish").await;
    later("Two", "2026-06-02T08:00:00Z").await;
    later("Three", "2026-06-03T08:00:00Z").await;
    let versions: Vec<schemas::Version> = world.get("/api/v1/documents/campaign/daily/versions").await.shape();
    let told: Vec<_> = versions.iter().map(|line| (line.in_force, line.takes_over_at.as_deref())).collect();
    let expected = [(false, Some("2026-06-03T08:00:00Z")), (false, Some("2026-06-02T08:00:00Z")), (true, None)];
    assert_eq!(told, expected);
    assert_eq!(world.head("daily").await.takes_over_at.as_deref(), Some("2026-06-02T08:00:00Z"));
    for (day, version) in [(1, 1), (2, 2), (3, 3)] {
        assert_eq!(run_at(&format!("2026-06-0{day}T09:00:00Z")).await, version);
    }
    assert_eq!(world.head("daily").await.pinned_version, None);

    later("Four", "2027-06-01T00:00:00Z").await;
    world.apply(&document("Five")).await;
    let head = world.head("daily").await;
    assert_eq!((head.version, head.pinned_version, head.takes_over_at), (5, None, None));
    assert_eq!(run_at("2026-06-04T09:00:00Z").await, 5);
    let audit: Vec<schemas::AuditLine> = world.get("/api/v1/audit?kind=campaign&name=daily").await.shape();
    let given_up = audit.iter().find(|line| line.action == "give_up_version").unwrap();
    let told = "the takeover of version 4 at 2027-06-01T00:00:00Z is given up";
    assert_eq!(given_up.detail.as_deref(), Some(told));

    // The newest version need not wait for its time.
    later("Six", "2027-06-01T00:00:00Z").await;
    assert_eq!(world.head("daily").await.pinned_version, Some(5));
    let now = world.post("/api/v1/documents/campaign/daily/restore", &json!({"version": 6})).await;
    assert_eq!(now.json()["version"], 6, "{}", now.text());
    assert_eq!(run_at("2026-06-05T09:00:00Z").await, 6);
}

#[tokio::test]
async fn a_run_with_wrong_values_leaves_a_draft_a_draft() {
    let world = World::shop().await;
    let document = campaign("numbers", "{type: asap}", "auto")
        .replace("schedule:", "variables: {n: {type: integer, value: 1}}\nschedule:");
    world.apply(&document).await;
    for (variables, pointers) in [
        (json!({"n": "abc"}), &["/variables/n"][..]),
        (json!({"zz": 1}), &["/variables/zz"]),
        (json!({"zz": 1, "n": "abc", "y": 2}), &["/variables/zz", "/variables/y", "/variables/n"]),
    ] {
        let body = json!({"mode": "live", "variables": variables});
        let reply = world.post("/api/v1/campaigns/numbers/run", &body).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.text());
        let problem = reply.json();
        let found: Vec<&str> =
            problem["errors"].as_array().unwrap().iter().map(|it| it["pointer"].as_str().unwrap()).collect();
        assert_eq!((&problem["code"], found), (&"invalid".into(), pointers.to_vec()), "{problem}");
        let head = world.head("numbers").await;
        assert_eq!((head.state.as_str(), head.last_run.is_none(), head.attention), ("draft", true, None));
    }
    let audit: Vec<schemas::AuditLine> = world.get("/api/v1/audit?kind=campaign&name=numbers").await.shape();
    let actions: Vec<&str> = audit.iter().map(|line| line.action.as_str()).collect();
    assert_eq!(actions, ["create"]);
    assert_eq!(world.run("numbers", &json!({"mode": "live", "variables": {"n": "3"}})).await["state"], "completed");
}
