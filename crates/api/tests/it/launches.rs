//! Launches over HTTP: schedules, downtime, overlap, signals, changes of tables.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tutti_api::schemas;

use crate::life::campaign;
use crate::world::World;

impl World {
    /// The launches of a campaign, oldest first, as their states.
    pub async fn launches(&self, campaign: &str) -> Vec<schemas::Launch> {
        let path = format!("/api/v1/campaigns/{campaign}/launches");
        let mut launches: Vec<schemas::Launch> = self.get(&path).await.shape();
        launches.reverse();
        launches
    }

    pub async fn states(&self, campaign: &str) -> Vec<String> {
        let launches = self.launches(campaign).await;
        let state = |launch: schemas::Launch| match launch.reason {
            Some(reason) => format!("{} ({reason})", launch.state),
            None => launch.state,
        };
        launches.into_iter().map(state).collect()
    }
}

#[tokio::test]
async fn a_schedule_launches_runs_and_makes_up_for_downtime_once() {
    let world = World::shop().await;
    world.apply(&campaign("daily", "{type: daily, at: '09:00'}", "auto")).await;
    let head = world.change("daily", "publish").await;
    assert_eq!((head.state.as_str(), head.next_launch_at.as_deref()), ("scheduled", Some("2026-06-01T09:00:00Z")));
    world.at("2026-06-01T08:59:00Z").await;
    assert_eq!(world.states("daily").await, ["waiting"]);
    world.at("2026-06-01T09:00:00Z").await;
    let head = world.head("daily").await;
    assert_eq!((head.state.as_str(), head.next_launch_at.as_deref()), ("live", Some("2026-06-02T09:00:00Z")));
    world.rest(&head.last_run.unwrap().run).await;
    world.workspace.tick(true).await.unwrap();
    assert_eq!(world.states("daily").await, ["started", "waiting"]);

    world.at("2026-06-05T12:00:00Z").await;
    let missed = "skipped (missed)";
    assert_eq!(world.states("daily").await, ["started", missed, missed, missed, "started", "waiting"]);
    let launches = world.launches("daily").await;
    let due: Vec<&str> = launches[1..].iter().map(|launch| &launch.due_at[..10]).collect();
    assert_eq!(due, ["2026-06-02", "2026-06-03", "2026-06-04", "2026-06-05", "2026-06-06"]);
    let late_ms = launches[4].late_ms.unwrap();
    assert!((3 * 3_600_000..4 * 3_600_000).contains(&late_ms), "{launches:?}");
    let audit: Vec<schemas::AuditLine> = world.get("/api/v1/audit?kind=campaign&name=daily").await.shape();
    let skipped = audit.iter().find(|line| line.action == "skip_launch").unwrap();
    let told = "the 3 launches from 2026-06-02T09:00:00Z to 2026-06-04T09:00:00Z: missed";
    assert_eq!(skipped.detail.as_deref(), Some(told));
}

#[tokio::test]
async fn a_time_that_is_not_late_is_launched_beside_one_that_was_missed() {
    let world = World::shop().await;
    let expected = [
        ("none", ["skipped (missed)", "started", "waiting"]),
        ("last", ["skipped (missed)", "started", "waiting"]),
        ("all", ["started", "skipped (overlap)", "waiting"]),
    ];
    for (catch_up, _) in expected {
        let schedule = format!("{{type: several-times-a-day, times: ['09:00', '09:01'], catch_up: {catch_up}}}");
        world.apply(&campaign(catch_up, &schedule, "hold")).await;
        world.change(catch_up, "publish").await;
    }
    // One is 70 seconds late, one 10.
    world.at("2026-06-01T09:01:10Z").await;
    for (catch_up, states) in expected {
        assert_eq!(world.states(catch_up).await, states, "{catch_up}");
        let launches = world.launches(catch_up).await;
        let due: Vec<&str> = launches.iter().map(|launch| launch.due_at.as_str()).collect();
        assert_eq!(due, ["2026-06-01T09:00:00Z", "2026-06-01T09:01:00Z", "2026-06-02T09:00:00Z"], "{catch_up}");
    }
}

#[tokio::test]
async fn missed_times_are_left_out_or_all_run_where_the_schedule_says_so() {
    let world = World::shop().await;
    world.apply(&campaign("none", "{type: daily, at: '09:00', catch_up: none}", "auto")).await;
    world.apply(&campaign("all", "{type: daily, at: '09:00', catch_up: all, until: 2026-06-03}", "hold")).await;
    world.change("none", "publish").await;
    world.change("all", "publish").await;
    world.at("2026-06-04T12:00:00Z").await;
    assert_eq!(
        world.states("none").await,
        ["skipped (missed)", "skipped (missed)", "skipped (missed)", "skipped (missed)", "waiting"]
    );
    assert_eq!(world.states("all").await, ["started", "queued", "queued"]);
    for _ in 0..3 {
        let run = world.head("all").await.last_run.unwrap().run;
        world.rest(&run).await;
        world.post(&format!("/api/v1/runs/{run}/stop"), &json!({})).await;
        world.workspace.tick(true).await.unwrap();
    }
    assert_eq!(world.states("all").await, ["started", "started", "started"]);
    world.campaign_is("all", "completed").await;
}

#[tokio::test]
async fn a_launch_beside_a_run_is_skipped_or_queued() {
    let world = World::shop().await;
    world.apply(&campaign("skip", "{type: daily, at: '09:00'}", "hold")).await;
    world.apply(&campaign("queue", "{type: daily, at: '09:00', overlap: queue}", "hold")).await;
    for name in ["skip", "queue"] {
        world.change(name, "publish").await;
    }
    world.at("2026-06-01T09:00:00Z").await;
    world.at("2026-06-02T09:00:00Z").await;
    assert_eq!(world.states("skip").await, ["started", "skipped (overlap)", "waiting"]);
    assert_eq!(world.states("queue").await, ["started", "queued", "waiting"]);
    let run = world.head("queue").await.last_run.unwrap().run;
    world.rest(&run).await;
    world.post(&format!("/api/v1/runs/{run}/stop"), &json!({})).await;
    world.workspace.tick(false).await.unwrap();
    assert_eq!(world.states("queue").await, ["started", "started", "waiting"]);
}

#[tokio::test]
async fn a_change_of_the_schedule_plans_anew() {
    let world = World::shop().await;
    world.apply(&campaign("daily", "{type: daily, at: '09:00'}", "auto")).await;
    world.change("daily", "publish").await;
    world.apply(&campaign("daily", "{type: daily, at: '10:30'}", "auto")).await;
    assert_eq!(world.head("daily").await.next_launch_at.as_deref(), Some("2026-06-01T10:30:00Z"));
    world.apply(&campaign("daily", "{type: daily, at: '10:30', until: 2026-05-01}", "auto")).await;
    let head = world.head("daily").await;
    assert_eq!((head.state.as_str(), head.next_launch_at), ("completed", None), "nothing more can come");
}

#[tokio::test]
async fn signals_are_typed_idempotent_and_throttled() {
    let world = World::shop().await;
    let schedule = "{type: signal, throttle: 1h, parameters: [{name: city, type: string, test_value: Lyon}, \
                    {name: least, type: integer, default: 2}]}";
    world.apply(&campaign("call", schedule, "auto")).await;
    let signal = async |body: Value| world.post("/api/v1/campaigns/call/signal", &body).await;
    let draft = signal(json!({"variables": {"city": "Nice"}})).await;
    assert_eq!((draft.status, &draft.json()["code"]), (StatusCode::CONFLICT, &"not_live".into()));
    assert_eq!(world.change("call", "publish").await.state, "live");

    let wrong = signal(json!({"variables": {"least": "many"}})).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.json()["errors"].as_array().unwrap().len(), 2, "{}", wrong.text());
    let body = json!({"variables": {"city": "Nice", "source": "shop"}, "idempotency_key": "a"});
    let answer: schemas::SignalAnswer = signal(body.clone()).await.shape();
    assert_eq!(
        (answer.state.as_str(), &answer.variables),
        ("started", &json!({"city": "Nice", "least": 2, "source": "shop"}))
    );
    let again: schemas::SignalAnswer = signal(body).await.shape();
    assert_eq!((again.launch, again.run), (answer.launch, answer.run.clone()), "one key is one signal");
    world.rest(&answer.run.unwrap()).await;

    let soon = signal(json!({"variables": {"city": "Nice"}})).await;
    assert_eq!((soon.status, &soon.json()["code"]), (StatusCode::TOO_MANY_REQUESTS, &"throttled".into()));
    let seconds: u64 = soon.header("retry-after").parse().unwrap();
    assert!((3_000..=3_600).contains(&seconds), "{seconds}");
    world.at("2026-06-01T10:00:00Z").await;
    let later: schemas::SignalAnswer = signal(json!({"variables": {"city": "Nice"}})).await.shape();
    assert_eq!(later.state, "started");
    // The end of another campaign is not throttled, and signals once however often it is done.
    world.rest(&later.run.unwrap()).await;
    let variables = json!({"city": "Lille"}).as_object().unwrap().clone();
    let first = world.workspace.signal("call", &variables, "run_1/done").await.unwrap();
    let second = world.workspace.signal("call", &variables, "run_1/done").await.unwrap();
    assert_eq!((first.state.as_str(), first.run), ("started", second.run));

    let hello = world.post("/api/v1/campaigns/hello/signal", &json!({})).await;
    assert_eq!((hello.status, &hello.json()["code"]), (StatusCode::CONFLICT, &"no_signals".into()));
}

#[tokio::test]
async fn a_run_by_hand_takes_parameters_and_in_a_test_their_test_values() {
    let world = World::shop().await;
    let schedule = "{type: signal, parameters: [{name: city, type: string, test_value: Lyon}]}";
    world.apply(&campaign("call", schedule, "auto")).await;
    assert_eq!(world.run("call", &json!({"mode": "test"})).await["state"], "completed");
    let missing = world.post("/api/v1/campaigns/call/run", &json!({"mode": "live"})).await;
    assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", missing.text());
    let missing = missing.json()["errors"][0].clone();
    assert_eq!((&missing["code"], &missing["pointer"]), (&"missing_parameter".into(), &"/variables/city".into()));
    let run = world.run("call", &json!({"mode": "live", "variables": {"city": "Nice"}})).await;
    assert_eq!(run["state"], "completed");
    assert_eq!(world.head("call").await.state, "live", "it waits for signals");
}

#[tokio::test]
async fn a_change_of_a_table_is_a_signal() {
    let world = World::shop().await;
    let unknown = campaign("news", "{type: signal, on: {table: peple}}", "auto");
    let reply = world.post("/api/v1/documents/validate", &json!({"files": [{"path": "a", "text": unknown}]})).await;
    assert_eq!(reply.json()["errors"][0]["code"], "missing_table", "{}", reply.text());
    world.apply(&campaign("news", "{type: signal, on: {table: people}}", "auto")).await;
    world.change("news", "publish").await;
    world.workspace.tick(true).await.unwrap();
    assert_eq!(world.states("news").await, [""; 0], "what was there before is no change");
    let request = Request::post("/api/v1/tables/people/import?format=csv").header("host", "localhost");
    let imported = world.send(request.body(Body::from("person_id,tier\np9,gold\n")).unwrap()).await;
    assert_eq!(imported.status, StatusCode::OK, "{}", imported.text());
    world.workspace.tick(true).await.unwrap();
    let launches = world.launches("news").await;
    assert_eq!((launches.len(), launches[0].cause.as_str(), launches[0].state.as_str()), (1, "table", "started"));
}
