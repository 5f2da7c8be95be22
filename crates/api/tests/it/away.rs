//! Mail servers that are away for a while.

use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::{Value, json};
use tutti_testkit::mail::MemoryMailStore;
use tutti_testkit::smtp::{SmtpOptions, SmtpServer};

use crate::life::campaign;
use crate::world::World;

/// A campaign over a server of its own that is away, and the server's address.
async fn away(world: &World, name: &str, window_s: u32) -> SocketAddr {
    let server = SmtpServer::start(SmtpOptions::new(Arc::new(MemoryMailStore::default()))).await.unwrap();
    let address = server.addr();
    server.stop().await;
    let channel = format!(
        "kind: channel\nname: {name}\nchannel: email\ncategory: marketing\nunsubscribe: one-click\n\
         from: {{name: Shop, address: hello@shop.example}}\n\
         smtp: {{host: 127.0.0.1, port: {}, tls: none, connections: 1}}\nretry: {{window_s: {window_s}}}\n",
        address.port()
    );
    let campaign = campaign(name, "{type: asap}", "auto").replace("channel: mail", &format!("channel: {name}"));
    world.apply(&format!("{channel}---\n{campaign}")).await;
    address
}

/// Starts a run and lets time go by until it is held.
async fn held(world: &World, campaign: &str) -> Value {
    let started = world.post(&format!("/api/v1/campaigns/{campaign}/run"), &json!({})).await.json();
    held_again(world, started["run"].as_str().unwrap()).await
}

async fn held_again(world: &World, run: &str) -> Value {
    let passes = |summary: &Value| {
        world.advance(1);
        summary["state"] == "held"
    };
    world.wait(run, passes).await
}

fn hold(summary: &Value) -> &Value {
    let activities = summary["activities"].as_array().unwrap();
    &activities.iter().find(|activity| activity["id"] == "mail").unwrap()["hold"]
}

#[tokio::test]
async fn a_held_mailing_goes_on_by_itself_once_its_server_is_back() {
    let world = World::shop().await;
    let address = away(&world, "flaky", 3600).await;
    let summary = held(&world, "flaky").await;
    let run = summary["run"].as_str().unwrap();
    let told = (&summary["error"]["code"], &hold(&summary)["tries"]);
    assert_eq!(told, (&json!("provider_down"), &json!(1)), "{summary}");
    assert!(summary["error"]["message"].as_str().unwrap().contains("; it is tried again at "), "{summary}");
    let until: jiff::Timestamp = hold(&summary)["until"].as_str().unwrap().parse().unwrap();
    let since: jiff::Timestamp = hold(&summary)["since"].as_str().unwrap().parse().unwrap();
    assert_eq!(until.duration_since(since).as_secs(), 30);
    let lines = world.get(&format!("/api/v1/logs?run={run}&level=warning")).await.text();
    assert!(lines.contains("it is tried again at "), "{lines}");

    // Still away: a longer pause, and since the same time.
    world.advance(31);
    let again = world.wait(run, |summary| {
        world.advance(1);
        summary["state"] == "held" && hold(summary)["tries"] == 2
    });
    let again = again.await;
    assert_eq!(hold(&again)["since"], hold(&summary)["since"], "{again}");

    let options = SmtpOptions::new(Arc::new(MemoryMailStore::default()));
    let server = SmtpServer::start(SmtpOptions { listen: address, ..options }).await.unwrap();
    world.advance(61);
    let done = world.wait(run, |summary| summary["state"] == "completed").await;
    assert_eq!((&done["deliveries"][0]["pending"], server.stats().messages), (&json!(0), 1), "{done}");
    world.campaign_is("flaky", "completed").await;
}

#[tokio::test]
async fn after_the_time_of_its_channel_a_mailing_waits_for_somebody() {
    let world = World::shop().await;
    away(&world, "gone", 0).await;
    let summary = held(&world, "gone").await;
    let run = summary["run"].as_str().unwrap();
    assert_eq!((&hold(&summary)["until"], &hold(&summary)["tries"]), (&Value::Null, &json!(1)), "{summary}");
    assert!(summary["error"]["message"].as_str().unwrap().ends_with("the rest is pending"), "{summary}");
    // Somebody's word begins anew.
    assert!(world.post(&format!("/api/v1/runs/{run}/resume"), &json!({})).await.status.is_success());
    let again = held_again(&world, run).await;
    assert_eq!(hold(&again)["tries"], 1, "{again}");
    assert_ne!(hold(&again)["since"], hold(&summary)["since"]);
}
