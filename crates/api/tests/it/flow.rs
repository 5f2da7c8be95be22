//! Runs with controls: they wait, ask, tell, choose their way, and start one another.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tutti_api::schemas;

use crate::world::World;

const HOUR_S: u64 = 3_600;

async fn world() -> World {
    let world = World::shop().await;
    let files = json!({"files": [{"path": "flow.yaml", "text": include_str!("flow.yaml")}]});
    let applied = world.post("/api/v1/documents/apply", &files).await;
    assert_eq!(applied.status, StatusCode::OK, "{}", applied.text());
    world
}

fn activity<'a>(summary: &'a Value, id: &str) -> &'a Value {
    summary["activities"].as_array().unwrap().iter().find(|activity| activity["id"] == id).unwrap()
}

fn rows(summary: &Value, from: &str, port: &str) -> Option<i64> {
    let transitions = summary["transitions"].as_array().unwrap().iter();
    transitions.filter(|one| one["from"] == from && one["port"] == port).find_map(|one| one["rows"].as_i64())
}

async fn answer(world: &World, run: &str, activity: &str, verb: &str, body: &Value) -> (StatusCode, Value) {
    let reply = world.post(&format!("/api/v1/runs/{run}/activities/{activity}/{verb}"), body).await;
    (reply.status, serde_json::from_slice(&reply.bytes).unwrap_or_default())
}

#[tokio::test]
async fn a_canvas_of_controls_runs_to_its_end() {
    let world = world().await;
    world.change("follow_up", "publish").await;
    let held = world.run("controls", &json!({"variables": {"minimum": "1"}})).await;
    assert_eq!((&held["state"], &held["error"]["code"]), (&json!("held"), &json!("approval")), "{held}");
    assert_eq!(held["variables"], json!({"minimum": 1, "tier": "gold"}));
    let hold = &activity(&held, "ask")["hold"];
    assert_eq!((&hold["message"], &hold["by"]), (&json!("Write to 3 of gold?"), &json!(["marta"])), "{hold}");
    let run = held["run"].as_str().unwrap().to_owned();
    let _: schemas::RunSummary = world.get(&format!("/api/v1/runs/{run}")).await.shape();

    let (status, refused) = answer(&world, &run, "ask", "approve", &json!({"by": "paul"})).await;
    assert_eq!((status, &refused["code"]), (StatusCode::CONFLICT, &json!("not_asked")), "{refused}");
    let (status, refused) = answer(&world, &run, "mail", "approve", &json!({})).await;
    assert_eq!((status, &refused["code"]), (StatusCode::CONFLICT, &json!("not_held")), "{refused}");
    let resumed = world.post(&format!("/api/v1/runs/{run}/resume"), &json!({})).await;
    assert_eq!(resumed.json()["code"], "waits_for_answer");
    assert_eq!(
        answer(&world, &run, "ask", "approve", &json!({"by": "Marta", "comment": "yes"})).await.0,
        StatusCode::NO_CONTENT
    );

    let waiting = world
        .wait(&run, |summary| {
            activity(summary, "later")["waits_until"].is_string()
                && activity(summary, "soon")["waits_until"].is_string()
        })
        .await;
    assert_eq!(waiting["state"], "running");
    // The clock began on Monday the 1st of June at 10:00 in Paris.
    assert_eq!(activity(&waiting, "later")["waits_until"], "2026-06-08T07:00:00Z");
    assert_eq!(activity(&waiting, "ask")["results"], json!({"answer": "approved", "by": "Marta", "comment": "yes"}));
    world.advance(2 * HOUR_S);
    let joined = world.wait(&run, |summary| activity(summary, "soon")["state"] == "completed").await;
    assert_eq!(activity(&joined, "both")["state"], "waiting");
    world.advance(7 * 24 * HOUR_S);
    let done = world.wait(&run, |summary| summary["state"] == "completed").await;
    assert_eq!(rows(&done, "both", "out"), Some(3), "{done}");
    assert_eq!((rows(&done, "size", "few"), rows(&done, "size", "default")), (None, Some(3)));
    assert_eq!(activity(&done, "nobody")["state"], "skipped");
    assert_eq!(activity(&done, "mail")["results"]["sent"], 1);

    let alerts: Vec<schemas::Alert> = world.get(&format!("/api/v1/alerts?run={run}")).await.shape();
    assert_eq!((alerts.len(), alerts[0].title.as_str()), (1, "3 people in controls"));
    assert_eq!(
        (alerts[0].message.as_str(), &alerts[0].mailed_to),
        ("Of 3, by Marta", &vec!["ops@shop.example".to_owned()])
    );
    let caught = world.get("/api/v1/catcher/messages").await.json();
    let subjects: Vec<&str> =
        caught["messages"].as_array().unwrap().iter().map(|mail| mail["subject"].as_str().unwrap()).collect();
    assert_eq!(
        (subjects.len(), subjects.contains(&"For gold"), subjects.contains(&"3 people in controls")),
        (2, true, true)
    );

    let followed: Vec<schemas::RunHead> = world.get("/api/v1/runs?campaign=follow_up").await.shape();
    assert_eq!(followed.len(), 1);
    let followed = world.wait(&followed[0].run, |summary| summary["state"] == "completed").await;
    assert_eq!(followed["variables"], json!({"city": "gold city", "count": 1}));
    assert_eq!(activity(&followed, "done")["state"], "completed");
}

#[tokio::test]
async fn tests_and_dry_runs_reach_the_whole_canvas() {
    let world = world().await;
    let test = world.run("controls", &json!({"mode": "test"})).await;
    assert_eq!(test["state"], "completed", "{test}");
    let reached: Vec<&str> = test["activities"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|activity| activity["state"] == "completed")
        .map(|activity| activity["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        reached,
        ["chosen", "size", "ask", "copies", "later", "soon", "both", "tell", "mail", "sent"],
        "nobody was sent to"
    );
    assert_eq!(world.get("/api/v1/alerts").await.json(), json!([]));
    assert_eq!(world.get("/api/v1/runs?campaign=follow_up").await.json(), json!([]));
    assert_eq!(world.get("/api/v1/catcher/messages").await.json()["total"], 0);

    let dry =
        world.post("/api/v1/campaigns/controls/dry-run", &json!({"variables": {"tier": "silver", "minimum": 1}})).await;
    let dry: schemas::DryRun = dry.shape();
    assert_eq!(dry.samples.iter().map(|sample| sample.subject.as_str()).collect::<Vec<_>>(), ["For silver"]);
    assert!(dry.samples[0].html.contains("1 and 1"), "{}", dry.samples[0].html);
    let few: schemas::DryRun =
        world.post("/api/v1/campaigns/controls/dry-run", &json!({"variables": {"minimum": 9}})).await.shape();
    assert_eq!((few.deliveries.len(), few.transitions.last().map(|last| last.port.as_str())), (0, Some("few")));

    for (campaign, variables, status) in [
        ("controls", json!({"minimum": "many"}), StatusCode::UNPROCESSABLE_ENTITY),
        ("controls", json!({"minimun": 1}), StatusCode::UNPROCESSABLE_ENTITY),
        ("follow_up", json!({"count": "x"}), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let refused = world.post(&format!("/api/v1/campaigns/{campaign}/run"), &json!({"variables": variables})).await;
        assert_eq!(refused.status, status, "{}", refused.text());
    }
}

#[tokio::test]
async fn a_failing_activity_is_tried_again_and_leaves_by_its_error_port() {
    let world = world().await;
    let started = world.post("/api/v1/campaigns/failing/run", &json!({})).await.json();
    let run = started["run"].as_str().unwrap().to_owned();
    let again = world.wait(&run, |summary| activity(summary, "tell")["waits_until"].is_string()).await;
    assert_eq!(
        (activity(&again, "tell")["attempts"].as_i64(), &again["state"]),
        (Some(1), &json!("running")),
        "{again}"
    );
    world.advance(2 * HOUR_S);
    let done = world.wait(&run, |summary| summary["state"] == "completed").await;
    assert_eq!(activity(&done, "tell")["state"], "failed");
    assert_eq!(activity(&done, "tell")["attempts"], 2);
    assert_eq!(
        (&activity(&done, "went_wrong")["state"], &activity(&done, "went_right")["state"]),
        (&json!("completed"), &json!("skipped"))
    );
    assert_eq!(rows(&done, "tell", "error"), Some(5), "what arrived");
    let left: schemas::Rows = world.get(&format!("/api/v1/runs/{run}/populations/tell?port=error")).await.shape();
    assert_eq!(left.total, Some(5));
}

#[tokio::test]
async fn a_failed_activity_is_retried_or_given_up() {
    let world = world().await;
    let started = world.post("/api/v1/campaigns/broken/run", &json!({})).await.json();
    let run = started["run"].as_str().unwrap().to_owned();
    let act = async |name: &str, verb: &str| {
        let answer = world.post(&format!("/api/v1/runs/{run}/activities/{name}/{verb}"), &json!({})).await;
        (answer.status, if answer.status.is_success() { Value::Null } else { answer.json()["code"].clone() })
    };
    let is_paused = |summary: &Value| summary["state"] == "paused" && activity(summary, "tell")["state"] == "failed";
    let first = world.wait(&run, is_paused).await;
    assert_eq!(act("tell", "retry").await.0, StatusCode::NO_CONTENT);
    let ended = |summary: &Value| activity(summary, "tell")["finished_at"].clone();
    world.wait(&run, |summary| is_paused(summary) && ended(summary) != ended(&first)).await;
    assert_eq!(act("all", "retry").await, (StatusCode::CONFLICT, json!("not_allowed")));
    assert_eq!(act("all", "skip").await, (StatusCode::CONFLICT, json!("not_allowed")));
    assert_eq!(act("tall", "skip").await.0, StatusCode::NOT_FOUND);
    assert_eq!(act("tell", "skip").await.0, StatusCode::NO_CONTENT);
    let done = world.wait(&run, |summary| summary["state"] == "completed").await;
    let states = ["all", "tell", "went_right"].map(|id| activity(&done, id)["state"].clone());
    assert_eq!(json!(states), json!(["completed", "skipped", "skipped"]));
    assert_eq!(act("tell", "retry").await, (StatusCode::CONFLICT, json!("not_allowed")));
}

/// An error that something good came before is the first again; the second in a row ends the run.
#[tokio::test]
async fn ignored_errors_in_a_row_end_the_run() {
    let world = world().await;
    let started = world.post("/api/v1/campaigns/patience/run", &json!({})).await.json();
    let run = started["run"].as_str().unwrap().to_owned();
    let first = world.wait(&run, |summary| activity(summary, "tell_1")["state"] == "failed").await;
    assert_eq!(first["state"], "running", "{first}");
    world.advance(HOUR_S + 60);
    let second = world.wait(&run, |summary| activity(summary, "tell_2")["state"] == "failed").await;
    assert_eq!(second["state"], "running", "the hour was waited for in between: {second}");
    world.apply(&include_str!("flow.yaml").replace("consecutive_errors: 2", "consecutive_errors: 1")).await;
    let ended = world.run("patience", &json!({})).await;
    assert_eq!(
        (&ended["state"], &activity(&ended, "tell_1")["state"]),
        (&json!("failed"), &json!("failed")),
        "{ended}"
    );
    let three = include_str!("flow.yaml").replace("{from: hours, to: tell_3}", "{from: ways.c, to: tell_3}");
    let three = three
        .replace("    - {id: hours, type: wait, duration: 2h}\n", "")
        .replace("    - {from: ways.c, to: hours}\n", "");
    world.apply(&three).await;
    let ended = world.run("patience", &json!({})).await;
    assert_eq!(ended["state"], "failed", "two in a row: {ended}");
}

#[tokio::test]
async fn breakpoints_held_sends_and_deadlines() {
    let world = world().await;
    let held = world.run("stops", &json!({})).await;
    assert_eq!((&held["state"], &held["error"]["code"]), (&json!("held"), &json!("breakpoint")), "{held}");
    let run = held["run"].as_str().unwrap().to_owned();
    let before: schemas::Rows = world.get(&format!("/api/v1/runs/{run}/populations/all")).await.shape();
    assert_eq!(before.total, Some(5), "what arrives can be looked at");
    let resume = format!("/api/v1/runs/{run}/resume");
    assert_eq!(world.post(&resume, &json!({})).await.status, StatusCode::NO_CONTENT);
    let both = |first: &'static str| {
        move |summary: &Value| {
            summary["state"] == "held"
                && activity(summary, first)["state"] == "held"
                && activity(summary, "ask")["state"] == "held"
        }
    };
    world.wait(&run, both("mail_1")).await;
    let (status, refused) = answer(&world, &run, "mail_1", "reject", &json!({})).await;
    assert_eq!((status, &refused["code"]), (StatusCode::CONFLICT, &json!("not_an_approval")));
    assert_eq!(world.post(&resume, &json!({})).await.status, StatusCode::NO_CONTENT);
    let second = world.wait(&run, both("mail_2")).await;
    assert_eq!(activity(&second, "mail_1")["results"]["sent"], 3, "confirming one mail confirms no other");
    assert_eq!(answer(&world, &run, "mail_2", "approve", &json!({})).await.0, StatusCode::NO_CONTENT);
    world.wait(&run, |summary| summary["state"] == "held" && activity(summary, "mail_2")["state"] == "completed").await;
    world.advance(2 * HOUR_S);
    let failed = world.wait(&run, |summary| summary["state"] == "paused").await;
    assert_eq!(failed["error"]["code"], "deadline_passed", "{failed}");
    assert_eq!(answer(&world, &run, "ask", "reject", &json!({})).await.0, StatusCode::NO_CONTENT);
    let done = world.wait(&run, |summary| summary["state"] == "completed").await;
    assert_eq!((rows(&done, "ask", "rejected"), rows(&done, "ask", "approved")), (Some(5), None));
}

#[tokio::test]
async fn what_every_activity_can_be_told_is_described() {
    let world = World::empty().await;
    let common: schemas::CommonSettings = world.get("/api/v1/activity-settings").await.shape();
    assert!(common.settings_schema["properties"]["on_error"].is_object());
}
