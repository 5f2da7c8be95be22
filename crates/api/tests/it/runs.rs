//! Runs over HTTP, with their mails and what comes back from them.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tutti_api::schemas;

use crate::world::World;

#[tokio::test]
async fn a_run_can_be_looked_at_from_every_side() {
    let world = World::shop().await;
    let dry = world.post("/api/v1/campaigns/hello/dry-run", &json!({})).await;
    let dry: schemas::DryRun = dry.shape();
    assert_eq!(dry.samples.len().min(2), 2, "both who can be mailed");

    let summary = world.run("hello", &json!({"mode": "live"})).await;
    assert_eq!(summary["state"], "completed", "{summary}");
    let run = summary["run"].as_str().unwrap();
    let summary: schemas::RunSummary = world.get(&format!("/api/v1/runs/{run}")).await.shape();
    let delivery = &summary.deliveries[0];
    assert_eq!((delivery.targeted, delivery.excluded, delivery.sent), (4, 2, 2));
    assert_eq!(
        delivery.exclusions.iter().map(|(reason, count)| (reason.as_str(), *count)).collect::<Vec<_>>(),
        [("missing_address", 1), ("no_consent", 1)]
    );

    let heads: Vec<schemas::RunHead> = world.get("/api/v1/runs?campaign=hello").await.shape();
    assert_eq!((heads.len(), heads[0].sent, heads[0].mode.as_str()), (1, 2, "live"));
    world.campaign_is("hello", "completed").await;
    let listed: Vec<schemas::CampaignHead> = world.get("/api/v1/campaigns").await.shape();
    let hello = listed.iter().find(|campaign| campaign.name == "hello").unwrap();
    assert_eq!((hello.state.as_str(), hello.activities), ("completed", 3));
    let campaign: schemas::Campaign = world.get("/api/v1/campaigns/hello").await.shape();
    assert!(campaign.ports["everyone"].iter().any(|port| port == "out"));
    let kinds: Vec<schemas::ActivityKind> = world.get("/api/v1/activity-kinds").await.shape();
    assert!(kinds.iter().any(|kind| kind.kind == "split"));
    let email = kinds.iter().find(|kind| kind.kind == "email").unwrap();
    assert!(email.results.iter().any(|result| result == "sent"));

    let rows: schemas::Rows =
        world.get(&format!("/api/v1/runs/{run}/populations/everyone?limit=3&offset=1")).await.shape();
    assert_eq!((rows.rows.len(), rows.total), (3, Some(4)));
    let page: schemas::LedgerPage = world.get(&format!("/api/v1/runs/{run}/ledger?status=excluded")).await.shape();
    assert_eq!((page.total, page.counts["sent"]), (2, 2));
    let trace: schemas::Trace = world.get(&format!("/api/v1/runs/{run}/trace/p4")).await.shape();
    assert_eq!(trace.messages[0].reason.as_deref(), Some("no_consent"));

    let caught = world.get(&format!("/api/v1/catcher/messages?search=run:{run}")).await.json();
    assert_eq!(caught["total"], 2);
    let id = caught["messages"][0]["id"].as_str().unwrap();
    let mail = world.get(&format!("/api/v1/catcher/messages/{id}")).await.json();
    assert!(mail["subject"].as_str().unwrap().starts_with("Hello "), "{mail}");
    assert!(mail["html"].as_str().unwrap().contains("Hello"), "{mail}");
    let status = world.get("/api/v1/status").await.json();
    assert_eq!((&status["catcher"]["messages"], &status["documents"]["campaign"]), (&json!(2), &json!(2)));
}

#[tokio::test]
async fn held_sends_wait_until_they_are_confirmed() {
    let world = World::shop().await;
    let summary = world.run("held", &json!({})).await;
    assert_eq!((&summary["state"], &summary["error"]["code"]), (&json!("held"), &json!("held_send")), "{summary}");
    let run = summary["run"].as_str().unwrap().to_owned();
    assert_eq!(world.post(&format!("/api/v1/runs/{run}/resume"), &json!({})).await.status, StatusCode::NO_CONTENT);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    let mut changes = world.workspace.subscribe();
    loop {
        let summary = world.get(&format!("/api/v1/runs/{run}")).await.json();
        if summary["state"] == "completed" {
            assert_eq!(summary["deliveries"][0]["sent"], 1);
            break;
        }
        assert!(std::time::Instant::now() < deadline, "{summary}");
        let _ = tokio::time::timeout(std::time::Duration::from_millis(200), changes.changed()).await;
    }
    let again = world.post(&format!("/api/v1/runs/{run}/pause"), &json!({})).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text());
    assert_eq!(world.post("/api/v1/runs/run_none/stop", &json!({})).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_test_run_sends_nothing() {
    let world = World::shop().await;
    let summary = world.run("hello", &json!({"mode": "test"})).await;
    assert_eq!(summary["state"], "completed", "{summary}");
    assert_eq!(world.get("/api/v1/catcher/messages").await.json()["total"], 0);
    let refused = world.post("/api/v1/campaigns/hello/run", &json!({"mode": "wet"})).await;
    assert!(refused.status.is_client_error());
    let refused = world.post("/api/v1/campaigns/hello/run", &json!({"variables": {"x": 1}})).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text());
}

/// The part of a caught mail's HTML that follows `marker`, up to the end of the attribute.
fn link(mail: &Value, marker: &str) -> String {
    let html = mail["html"].as_str().unwrap();
    let at = html.find(marker).unwrap_or_else(|| panic!("no {marker} in {html}"));
    html[at..].split(['"', '\'', '>', ' ']).next().unwrap().to_owned()
}

#[tokio::test]
async fn links_of_mails_come_back() {
    let world = World::shop().await;
    let summary = world.run("hello", &json!({})).await;
    assert_eq!(summary["state"], "completed", "{summary}");
    let caught = world.get("/api/v1/catcher/messages?search=key:p1").await.json();
    let id = caught["messages"][0]["id"].as_str().unwrap();
    let mail = world.get(&format!("/api/v1/catcher/messages/{id}")).await.json();

    let pixel = world.get(&link(&mail, "/t/o/")).await;
    assert_eq!(
        (pixel.status, pixel.header("content-type"), pixel.header("cache-control")),
        (StatusCode::OK, "image/gif", "no-store, max-age=0")
    );
    let click = link(&mail, "/t/c/");
    let reply = world.get(&click).await;
    assert_eq!((reply.status, reply.header("location")), (StatusCode::FOUND, "https://shop.example/news"));
    let forged = world.get(&format!("{}A", &click[..click.len() - 1])).await;
    assert!(forged.status == StatusCode::NOT_FOUND || click.ends_with('A'), "{}", forged.status);

    let raw = mail["headers"].as_array().unwrap().iter().find(|header| header["name"] == "List-Unsubscribe").unwrap();
    let value = raw["value"].as_str().unwrap();
    let at = value.find("/u/").unwrap();
    let page = value[at..].split('>').next().unwrap();
    // A mail program asks from its own site, under the public name.
    for _ in 0..2 {
        let seen = world.get(page).await;
        assert_eq!(seen.status, StatusCode::OK);
        assert!(seen.text().contains("<form"), "{}", seen.text());
    }
    assert_eq!(world.run("hello", &json!({})).await["deliveries"][0]["sent"], 2, "looking changes nothing");
    let request = Request::post(page).header("host", "mail.shop.example").header("origin", "https://webmail.example");
    let done = world
        .send(
            request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(Body::from("List-Unsubscribe=One-Click"))
                .unwrap(),
        )
        .await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    let summary = world.run("hello", &json!({})).await;
    assert_eq!(summary["deliveries"][0]["exclusions"]["opted_out"], 1, "{summary}");
    assert_eq!(world.get("/u/forged").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn runs_and_launches_are_filtered_page_by_page() {
    let world = World::shop().await;
    for (campaign, mode) in [("hello", "live"), ("hello", "test"), ("held", "live")] {
        world.run(campaign, &json!({"mode": mode})).await;
    }
    let list = async |path: &str| {
        let reply = world.get(&format!("/api/v1/{path}")).await;
        let runs: Vec<schemas::RunHead> = reply.shape();
        (runs, reply.header("x-total-count").to_owned())
    };
    let all = list("runs").await.0;
    let told = async |query: &str| {
        let (runs, total) = list(&format!("runs?{query}")).await;
        (runs.iter().map(|run| format!("{} {}", run.campaign, run.mode)).collect::<Vec<_>>().join(", "), total)
    };
    for (query, runs, total) in [
        ("mode=test".to_owned(), "hello test", "1"),
        ("state=held,completed&limit=1".to_owned(), "held live", "3"),
        (format!("before={}&limit=1", all[0].run), "hello test", "3"),
        ("offset=2".to_owned(), "hello live", "3"),
        ("campaign=hello&state=completed&mode=live".to_owned(), "hello live", "1"),
        ("since=now%2B1h".to_owned(), "", "0"),
        ("since=2026-06-01&until=now".to_owned(), "held live, hello test, hello live", "3"),
    ] {
        assert_eq!(told(&query).await, (runs.to_owned(), total.to_owned()), "{query}");
    }
    for (query, pointer) in [
        ("runs?limit=10001", "/limit"),
        ("runs?state=heldd", "/state"),
        ("runs?mode=dry", "/mode"),
        ("runs?before=run_x", "/before"),
        ("runs?since=soon", "/since"),
        ("campaigns/hello/launches?limit=10001", "/limit"),
        ("campaigns/hello/launches?state=held", "/state"),
        ("campaigns/hello/launches?before=launch_x", "/before"),
    ] {
        let refused = world.get(&format!("/api/v1/{query}")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}: {}", refused.text());
        assert_eq!(refused.json()["errors"][0]["pointer"], pointer, "{query}");
    }
    world.apply(&crate::life::campaign("daily", "{type: daily, at: '09:00', overlap: queue}", "auto")).await;
    world.change("daily", "publish").await;
    world.at("2026-06-01T09:00:00Z").await;
    let launches = async |query: &str| {
        let reply = world.get(&format!("/api/v1/campaigns/daily/launches?{query}")).await;
        let launches: Vec<schemas::Launch> = reply.shape();
        let states: Vec<String> = launches.iter().map(|launch| launch.state.clone()).collect();
        (states.join(", "), reply.header("x-total-count").to_owned(), launches.last().map(|last| last.launch.clone()))
    };
    let (states, total, _) = launches("state=waiting").await;
    assert_eq!((states.as_str(), total.as_str()), ("waiting", "1"));
    let (states, total, first) = launches("limit=1").await;
    assert_eq!((states.as_str(), total.as_str()), ("waiting", "2"));
    let (states, total, _) = launches(&format!("before={}", first.unwrap())).await;
    assert_eq!((states.as_str(), total.as_str()), ("started", "2"));
    assert_eq!(launches("until=2026-06-01T12:00").await.0, "started");

    // The runs of a campaign that is gone are still there.
    world.apply(&crate::life::campaign("gone", "{type: asap}", "auto")).await;
    world.run("gone", &json!({"mode": "test"})).await;
    assert_eq!(world.delete("/api/v1/documents/campaign/gone").await.status, StatusCode::NO_CONTENT);
    assert_eq!(told("campaign=gone").await, ("gone test".to_owned(), "1".to_owned()));
    assert_eq!(world.get("/api/v1/runs?campaign=never").await.status, StatusCode::NOT_FOUND);
}
