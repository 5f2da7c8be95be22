//! Campaigns that would start themselves, and changes that versions need which still do something.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::life::campaign;
use crate::world::{Reply, World};

impl World {
    async fn validate(&self, text: &str) -> Value {
        self.post("/api/v1/documents/validate", &json!({"files": [{"path": "a.yaml", "text": text}]})).await.json()
    }

    async fn apply_later(&self, text: &str, at: &str) {
        let body = json!({"files": [{"path": "a.yaml", "text": text}]});
        let reply = self.post(&format!("/api/v1/documents/apply?takes_over={at}"), &body).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    }

    async fn delete_channel(&self, name: &str) -> Reply {
        self.delete(&format!("/api/v1/documents/channel/{name}")).await
    }
}

fn channel(name: &str) -> String {
    format!(
        "kind: channel\nname: {name}\nchannel: email\ncategory: marketing\nunsubscribe: one-click\n\
         from: {{name: Shop, address: hello@shop.example}}\nsmtp: {{host: 127.0.0.1, port: 9, tls: none}}\n"
    )
}

fn by(channel: &str, name: &str, schedule: &str) -> String {
    campaign(name, schedule, "auto").replace("channel: mail", &format!("channel: {channel}"))
}

/// What keeps a channel from being deleted.
fn message(reply: &Reply) -> String {
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.text());
    let problem = reply.json();
    assert_eq!(problem["errors"].as_array().unwrap().len(), 1, "{problem}");
    problem["errors"][0]["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_campaign_that_starts_itself_by_what_it_sends_or_saves_is_refused() {
    let world = World::shop().await;
    let saving = |table: &str| {
        format!(
            "kind: audience\nname: gold\ndimension: people\n---\n{}",
            campaign("again", &format!("{{type: signal, on: {{table: {table}}}}}"), "auto").replace(
                "type: email, channel: mail, subject: Hello, html: '<p>Hello</p>', send: auto",
                "type: save-audience, audience: gold"
            )
        )
    };
    let sending = |table: &str| campaign("again", &format!("{{type: signal, on: {{table: {table}}}}}"), "auto");
    for (text, circle) in [
        (sending("tutti_messages_people"), true),
        (sending("tutti_events_people"), true),
        (sending("people"), false),
        (saving("audience.gold"), true),
        (saving("tutti_messages_people"), false),
    ] {
        let errors = world.validate(&text).await["errors"].clone();
        match circle {
            true => {
                let told = (&errors[0]["code"], &errors[0]["activity"], errors.as_array().unwrap().len());
                assert_eq!(told, (&json!("signal_circle"), &json!("mail"), 1), "{text}: {errors}");
            }
            false => assert_eq!(errors, json!([]), "{text}"),
        }
    }
}

#[tokio::test]
async fn what_the_version_in_force_needs_stays_until_another_is_in_force() {
    let world = World::shop().await;
    let schedule = "{type: daily, at: '09:00'}";
    world.apply(&channel("second")).await;
    world.apply(&by("second", "daily", schedule)).await;
    world.change("daily", "publish").await;
    world.apply_later(&by("mail", "daily", schedule), "2026-06-03T00:00:00Z").await;
    let told = message(&world.delete_channel("second").await);
    assert!(told.starts_with("version 1, which is in force: "), "{told}");

    // The other way round: what waits needs it.
    world.apply(&by("mail", "daily", schedule).replace("Hello", "Hi")).await;
    assert_eq!(world.delete_channel("second").await.status, StatusCode::NO_CONTENT);
    world.apply(&channel("third")).await;
    world.apply_later(&by("third", "daily", schedule), "2026-06-03T00:00:00Z").await;
    world.apply_later(&by("mail", "daily", schedule), "2026-06-04T00:00:00Z").await;
    let told = message(&world.delete_channel("third").await);
    assert!(told.starts_with("version 4, which takes over at 2026-06-03T00:00:00Z: "), "{told}");
    world.apply(&by("mail", "daily", schedule).replace("Hello", "Hi")).await;
    assert_eq!(world.delete_channel("third").await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn what_a_run_still_needs_stays_until_its_end_and_what_is_put_away_needs_nothing() {
    let world = World::shop().await;
    let waiting = by("second", "slow", "{type: asap}")
        .replace("    - {id: mail,", "    - {id: pause, type: wait, duration: 2d}\n    - {id: mail,")
        .replace("{from: who, to: mail}", "{from: who, to: pause}\n    - {from: pause, to: mail}");
    world.apply(&channel("second")).await;
    world.apply(&waiting).await;
    let started = world.post("/api/v1/campaigns/slow/run", &json!({})).await.json();
    let run = started["run"].as_str().unwrap();
    world.wait(run, |summary| summary["activities"].to_string().contains("waits_until")).await;
    world.apply(&waiting.replace("second", "mail")).await;
    let told = message(&world.delete_channel("second").await);
    assert!(told.starts_with(&format!("version 1, with which `{run}` goes on: ")), "{told}");
    let stopped = world.post(&format!("/api/v1/runs/{run}/stop"), &json!({})).await;
    assert!(stopped.status.is_success(), "{}", stopped.text());
    assert_eq!(world.delete_channel("second").await.status, StatusCode::NO_CONTENT);

    world.apply(&channel("third")).await;
    world.apply(&by("third", "over", "{type: daily, at: '09:00'}")).await;
    world.change("over", "publish").await;
    let told = message(&world.delete_channel("third").await);
    assert_eq!(told, "there is no channel `third`");
    world.change("over", "stop").await;
    assert_eq!(world.delete_channel("third").await.status, StatusCode::NO_CONTENT);
    // What it lacks now keeps nobody from anything else.
    world.apply(&channel("fourth")).await;
}

#[tokio::test]
async fn what_will_happen_is_told_over_take_overs() {
    let world = World::shop().await;
    let times = async || {
        let answer = world.get("/api/v1/campaigns/daily/schedule?next=4").await.json();
        answer["launches"].as_array().unwrap().iter().map(|at| at.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    world.apply(&campaign("daily", "{type: daily, at: '09:00'}", "auto")).await;
    let draft = ["2026-06-01T09", "2026-06-02T09", "2026-06-03T09", "2026-06-04T09"];
    assert_eq!(times().await.iter().map(|at| &at[..13]).collect::<Vec<_>>(), draft);
    world.change("daily", "publish").await;
    let later =
        campaign("daily", "{type: daily, at: '10:30'}", "auto").replace("kind:", "time_zone: Europe/Paris\nkind:");
    world.apply_later(&later, "2026-06-03T00:00:00Z").await;
    let expected = [
        "2026-06-01T09:00:00+00:00",
        "2026-06-02T09:00:00+00:00",
        "2026-06-03T10:30:00+02:00",
        "2026-06-04T10:30:00+02:00",
    ];
    assert_eq!(times().await, expected);
    let page = world.get("/api/v1/calendar?from=2026-06-01&to=2026-06-05").await.json();
    let of_daily = page["entries"].as_array().unwrap().iter().filter(|entry| entry["campaign"] == "daily");
    let instants: Vec<jiff::Timestamp> = of_daily.map(|entry| entry["at"].as_str().unwrap().parse().unwrap()).collect();
    assert_eq!(instants, expected.map(|at| at.parse::<jiff::Timestamp>().unwrap()));
    for (body, version) in [(json!({}), 2), (json!({"in_force": true}), 1)] {
        let would = world.post("/api/v1/campaigns/daily/dry-run", &body).await.json();
        assert_eq!(would["version"], version, "{would}");
    }
    for (day, version) in [(1, 1), (2, 1)] {
        world.at(&format!("2026-06-0{day}T09:00:00Z")).await;
        let run = world.head("daily").await.last_run.unwrap();
        assert_eq!(run.version, version);
        world.rest(&run.run).await;
    }
    world.at("2026-06-03T00:00:00Z").await;
    world.at("2026-06-03T08:30:00Z").await;
    assert_eq!(world.head("daily").await.last_run.unwrap().version, 2);
    world.change("daily", "stop").await;
    assert_eq!(times().await, [""; 0], "what is stopped launches no more");
}

#[tokio::test]
async fn what_is_long_in_the_archive_goes_with_its_tests_unless_somebody_needs_it() {
    let world = World::shop().await;
    let test = "kind: test\nname: old_works\ncampaign: old\nstarts: 2026-06-01T10:00\nuntil: 2026-06-02T10:00\n\
                rows: {people: [{person_id: p1, tier: gold}]}\nexpect: {runs: [{counts: {who: 1}}]}\n";
    world.apply(&format!("{}---\n{test}", campaign("old", "{type: daily, at: '09:00'}", "auto"))).await;
    world.apply(&campaign("needed", "{type: signal}", "auto")).await;
    let calling = |name: &str| {
        campaign(name, "{type: signal}", "auto").replace(
            "type: email, channel: mail, subject: Hello, html: '<p>Hello</p>', send: auto",
            "type: end, signals: [{campaign: needed}]",
        )
    };
    world.apply(&format!("{}---\n{}", calling("caller"), calling("stopped"))).await;
    for name in ["old", "needed", "stopped"] {
        world.change(name, "publish").await;
        world.change(name, "stop").await;
    }
    for name in ["old", "needed"] {
        world.change(name, "archive").await;
    }
    world.at("2026-07-02T08:00:00Z").await;
    for path in ["campaign/old", "test/old_works"] {
        assert_eq!(world.get(&format!("/api/v1/documents/{path}")).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let told = world.head("needed").await.attention.unwrap();
    assert!(told.starts_with("it is not deleted, because others need it: campaign `caller`: "), "{told}");
    let audit = world.get("/api/v1/audit?kind=campaign&name=needed").await.json();
    world.workspace.tick(true).await.unwrap();
    assert_eq!(world.get("/api/v1/audit?kind=campaign&name=needed").await.json(), audit);
    assert_eq!(world.delete("/api/v1/documents/campaign/caller").await.status, StatusCode::NO_CONTENT);
    world.workspace.tick(true).await.unwrap();
    assert_eq!(world.get("/api/v1/documents/campaign/needed").await.status, StatusCode::NOT_FOUND);
}
