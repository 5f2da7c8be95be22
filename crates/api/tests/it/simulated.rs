//! Tests of campaigns over HTTP: time, people, services, and what is said of wrong ones.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tutti_api::schemas;

use crate::world::{DOCUMENTS, World};

/// A campaign to everybody, with a schedule and with activities after the first.
fn campaign(head: &str, activities: &str, transitions: &str) -> String {
    format!(
        "kind: campaign\nname: tested\n{head}\ncanvas:\n  activities:\n    \
         - {{id: who, type: build-audience, dimension: people, where: {{combinator: and, rules: []}}}}\n{activities}  \
         transitions:\n{transitions}"
    )
}

fn mail(id: &str) -> String {
    format!(
        "    - {{id: {id}, type: email, channel: mail, subject: 'Hello {{{{ name }}}}', \
         html: '<p>Hello <a href=\"https://shop.example/a\">a</a> <a href=\"https://shop.example/b\">b</a></p>', send: auto}}\n"
    )
}

const PEOPLE: &str = "rows: {people: [{person_id: p1, email: ann@x.example, name: Ann, consent: true}, \
                      {person_id: p2, email: bob@x.example, name: Bob, consent: true}, \
                      {person_id: p3, email: cid@x.example, name: Cid, consent: false}, \
                      {person_id: p4, name: Dan, consent: true}]}\n";

fn test(fields: &str) -> String {
    format!("kind: test\nname: t\ncampaign: tested\n{PEOPLE}{fields}\n")
}

async fn ask(world: &World, campaign: &str, test: &str) -> crate::world::Reply {
    let file = |path: &str, text: &str| json!({"path": path, "text": text});
    let files = [file("shop.yaml", DOCUMENTS), file("campaign.yaml", campaign), file("test.yaml", test)];
    let files: Vec<Value> = files
        .into_iter()
        .map(|mut file| {
            // No port is needed: nobody is ever sent to there.
            file["text"] = json!(file["text"].as_str().unwrap().replace("${SMTP_PORT}", "1"));
            file
        })
        .collect();
    world.post("/api/v1/tests", &json!({"files": files})).await
}

async fn run(campaign: &str, test: &str) -> schemas::TestResult {
    let world = World::empty().await;
    let results: Vec<schemas::TestResult> = ask(&world, campaign, test).await.shape();
    let nothing: Value = world.get("/api/v1/documents/campaign").await.json();
    assert_eq!(nothing, json!([]), "a test stores nothing");
    assert_eq!(world.smtp.stats().messages, 0);
    results.into_iter().next().unwrap()
}

#[track_caller]
fn passed(result: &schemas::TestResult) {
    let failures: Vec<(&str, &str)> =
        result.failures.iter().map(|failure| (failure.pointer.as_str(), failure.message.as_str())).collect();
    assert!(result.passed && failures.is_empty(), "{failures:#?} {:#?}", result.runs);
}

#[tokio::test]
async fn a_weekly_schedule_goes_over_a_clock_change() {
    let head = "time_zone: Europe/Paris\nschedule: {type: weekly, on: [sunday], at: '02:30'}";
    let campaign = campaign(head, &mail("mail"), "    - {from: who, to: mail}\n");
    let test = test(
        "starts: 2026-10-12\nuntil: 2026-11-02\nexpect:\n  \
         launches: ['2026-10-18T02:30:00+02:00', '2026-10-25T02:30:00+02:00', '2026-11-01T02:30:00+01:00']\n  \
         runs:\n    - &first {state: completed, counts: {who: 4}, messages: {mail: {sent: 2, excluded: {no_consent: 1, missing_address: 1}}}}\n    \
         - *first\n    - *first",
    );
    let result = run(&campaign, &test).await;
    passed(&result);
    assert_eq!(
        (&*result.simulated.from, &*result.simulated.until),
        ("2026-10-12T00:00:00+02:00", "2026-11-02T00:00:00+01:00")
    );
    assert_eq!(result.runs[2].started_at, "2026-11-01T02:30:00+01:00");
    assert_eq!(result.runs[0].messages["mail"].to, ["ann@x.example", "bob@x.example"]);
    eprintln!("three weeks took {} ms", result.elapsed_ms);
}

#[tokio::test]
async fn waits_splits_approvals_and_deadlines_take_their_time() {
    let activities = format!(
        "    - {{id: ab, type: split, subsets: [{{id: a, limit: {{percent: 50}}}}, {{id: b}}]}}\n    \
         - {{id: later, type: wait, duration: 36h}}\n    \
         - {{id: ok, type: approval, message: Go?, by: [marta]}}\n    \
         - {{id: late, type: approval, message: Go?, deadline: 1d}}\n{}{}",
        mail("first"),
        mail("second")
    );
    let transitions = "    - {from: who, to: ab}\n    - {from: ab.a, to: later}\n    - {from: later, to: ok}\n    \
                       - {from: ok.approved, to: first}\n    - {from: ab.b, to: late}\n    - {from: late.approved, to: second}\n";
    let campaign = campaign("time_zone: Europe/Paris", &activities, transitions);
    let fields = "starts: 2026-06-01T08:00\nsteps: [{at: 2026-06-05T10:00, approve: {activity: ok, by: marta}}]\n\
                  expect:\n  launches: ['2026-06-01T08:00']\n  runs:\n    - state: completed\n      \
                  counts: {ab.a: 2, ab.b: 2, ok.approved: 2, ok.rejected: 0, late.rejected: 2, late.approved: 0, first: 2}\n      \
                  activities: {second: skipped}";
    let result = run(&campaign, &test(fields)).await;
    passed(&result);
    assert_eq!(result.runs[0].finished_at.as_deref(), Some("2026-06-05T10:00:00+02:00"));
    assert_eq!(result.simulated.until, "2026-06-05T10:00:00+02:00", "it ends when nothing more is due");

    let early = fields.replace("2026-06-05T10:00", "2026-06-02T10:00");
    let result = run(&campaign, &test(&early)).await;
    let failure = &result.failures[0];
    assert_eq!(
        (&*failure.code, &*failure.pointer, failure.line),
        ("not_held", "/steps/0/approve", Some(6)),
        "{failure:?}"
    );
    let unasked = fields.replace(", by: marta", "");
    let result = run(&campaign, &test(&unasked)).await;
    assert_eq!((&*result.failures[0].code, result.failures.len()), ("not_asked", 1), "{:?}", result.failures);
}

#[tokio::test]
async fn recipients_open_click_and_unsubscribe() {
    let head = "schedule: {type: daily, at: '09:00', until: 2026-06-03}";
    let activities = format!(
        "    - {{id: clicked, type: split, complement: true, subsets: [{{id: a, where: {{field: tutti_events, match: {{mode: some}}, \
         value: {{combinator: and, rules: [{{field: kind, operator: '=', value: click}}, {{field: url, operator: endsWith, value: /b}}]}}}}}}]}}\n{}",
        mail("mail")
    );
    let campaign =
        campaign(head, &activities, "    - {from: who, to: clicked}\n    - {from: clicked.complement, to: mail}\n");
    let result = run(
        &campaign,
        &test(
            "starts: 2026-06-01T08:00\nsteps:\n  - {at: 2026-06-01T10:00, opens: {activity: mail, key: p1}}\n  \
             - {at: 2026-06-01T10:01, clicks: {activity: mail, key: p1, link: 'https://shop.example/b'}}\n  \
             - {at: 2026-06-02T12:00, unsubscribes: {activity: mail, key: p2}}\nexpect:\n  runs:\n    \
             - messages: {mail: {to: [ann@x.example, bob@x.example]}}\n    \
             - {members: {clicked.a: [p1]}, messages: {mail: {to: [bob@x.example], subjects: {p2: Hello Bob}}}}\n    \
             - messages: {mail: {sent: 0, excluded: {opted_out: 1}}}",
        ),
    )
    .await;
    passed(&result);

    let wrong = test(
        "starts: 2026-06-01T08:00\nsteps: [{at: 2026-06-01T10:00, clicks: {activity: mail, key: p1, link: 'https://x.example'}}]\nexpect: {runs: []}",
    );
    let result = run(&campaign, &wrong).await;
    assert_eq!((&*result.failures[0].code, result.failures.len()), ("no_link", 1));
    assert!(result.failures[0].hint.as_deref().unwrap().contains("`https://shop.example/b`"), "{:?}", result.failures);
}

#[tokio::test]
async fn services_answer_what_the_test_says_and_are_never_called() {
    let call = "    - {id: score, type: http-call, url: 'https://scores.example/v1', columns: [email], headers: {A: {env: NONE}}, \
                answer: {rows: /scores, columns: [{name: score, pointer: /value, type: integer}]}}\n    \
                - {id: good, type: split, complement: true, subsets: [{id: a, where: {field: score, operator: '>', value: 5}}]}\n    \
                - {id: file, type: extract-file, path: 's3://bucket/good.csv', columns: [email]}\n";
    let campaign = campaign(
        "schedule: {type: signal, parameters: [{name: city, type: string, test_value: Lyon}]}",
        call,
        "    - {from: who, to: score}\n    - {from: score, to: good}\n    - {from: good.a, to: file}\n",
    );
    let fields = "starts: 2026-06-01T08:00\nsteps: [{at: 2026-06-02T08:00, signal: {city: Nice}}]\n";
    let answers = "answers: {score: {body: {scores: [{value: 1}, {value: 7}, {value: 9}, {value: 2}]}}}\n";
    let expect = "expect: {launches: ['2026-06-02T08:00'], runs: [{state: completed, members: {good.a: [p2, p3]}, counts: {file: 2}}]}";
    passed(&run(&campaign, &test(&format!("{fields}{answers}{expect}"))).await);
    let result = run(&campaign, &test(&format!("{fields}{expect}"))).await;
    assert!(
        result.failures[0].message.contains("does not say what the service of `score` answers"),
        "{:?}",
        result.failures
    );
    let away = "answers: {score: {status: 503}}\n";
    let result = run(&campaign, &test(&format!("{fields}{away}{expect}"))).await;
    assert!(result.failures[0].message.contains("answered 503"), "{:?}", result.failures);
}

#[tokio::test]
async fn rows_that_do_not_fit_and_wrong_tests_are_told_with_their_places() {
    let campaign = campaign("", &mail("mail"), "    - {from: who, to: mail}\n");
    let bad = "kind: test\nname: t\ncampaign: tested\nstarts: 2026-06-01T08:00\nrows:\n  people:\n    \
               - {person_id: p1}\n    - {person_id: p2, tier: steel}\nexpect: {runs: []}\n";
    let result = run(&campaign, bad).await;
    let failure = &result.failures[0];
    assert_eq!(
        (&*failure.code, &*failure.pointer, failure.file.as_deref(), failure.line),
        ("rejected_row", "/rows/people/1/tier", Some("test.yaml"), Some(8)),
        "{failure:?}"
    );
    let world = World::empty().await;
    let wrong = test(
        "starts: 2026-06-01T08:00\nexpect: {runs: [{counts: {mail.oat: 1}, messages: {mail: {excluded: {no_consents: 1}}}}]}",
    );
    let reply = ask(&world, &campaign, &wrong).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.text());
    let body = reply.json();
    let errors: Vec<(&str, &str, &str, u64)> = body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| {
            let text = |name: &str| error[name].as_str().unwrap();
            (text("code"), text("pointer"), text("hint"), error["line"].as_u64().unwrap())
        })
        .collect();
    let expected = [
        ("unknown_port", "/expect/runs/0/counts/mail.oat", "did you mean `out`?", 6),
        ("unknown_value", "/expect/runs/0/messages/mail/excluded/no_consents", "did you mean `no_consent`?", 6),
    ];
    assert_eq!(errors, expected);
    let reply = world.post("/api/v1/tests", &json!({"tests": ["x"]})).await;
    assert_eq!((reply.status, &reply.json()["code"]), (StatusCode::NOT_FOUND, &json!("not_found")));
    let endless = campaign_of_minutes();
    let reply =
        ask(&world, &endless, &test("starts: 2026-06-01T08:00\nuntil: 2026-06-01T09:00\nexpect: {runs: []}")).await;
    let results: Vec<schemas::TestResult> = reply.shape();
    assert_eq!(results[0].failures[0].message, "0 runs expected, and there were 4 runs");
}

/// Launched every quarter of an hour.
fn campaign_of_minutes() -> String {
    campaign(
        "schedule: {type: several-times-a-day, every: 15m}",
        "    - {id: end, type: end}\n",
        "    - {from: who, to: end}\n",
    )
}

#[tokio::test]
async fn what_a_run_waits_for_is_told() {
    let held = mail("mail").replace(", send: auto", "");
    let campaign = campaign("", &held, "    - {from: who, to: mail}\n");
    let waits = "starts: 2026-06-01T08:00\nexpect: {runs: [{state: completed, messages: {mail: {sent: 2}}}]}";
    let result = run(&campaign, &test(waits)).await;
    let messages: Vec<&str> = result.failures.iter().map(|failure| failure.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "run 1 is held, not completed: `mail` holds 2 messages until they are confirmed",
            "0 sent by `mail` in run 1; 2 expected"
        ]
    );
    let step = waits.replace("expect:", "steps: [{at: 2026-06-02T08:00, approve: mail}]\nexpect:");
    passed(&run(&campaign, &test(&step)).await);
}

#[tokio::test]
async fn audiences_files_and_other_campaigns_are_there() {
    let activities = "    - {id: vips, type: build-audience, dimension: people, where: {audience: vip, operator: in}}\n    \
                      - {id: lines, type: load-file, path: incoming/people.csv, columns: [{name: email}]}\n    \
                      - {id: done, type: end, signals: [{campaign: follow_up}]}\n";
    let others = "---\nkind: audience\nname: vip\ndimension: people\n---\nkind: campaign\nname: follow_up\n\
                  schedule: {type: signal}\ncanvas:\n  activities: [{id: all, type: build-audience, dimension: people, where: {}}, \
                  {id: saved, type: save-audience, audience: vip}]\n  transitions: [{from: all, to: saved}]\n";
    let head = "schedule: {type: daily, at: '09:00', until: 2026-06-02}";
    let campaign = format!("{}{others}", campaign(head, activities, "    - {from: who, to: done}\n"));
    let fields = "starts: 2026-06-01T08:00\naudiences: {vip: [p1, p3]}\nalongside: [follow_up]\n\
                  files: {incoming/people.csv: \"email\\na@x.example\\nb@x.example\\n\"}\n\
                  expect:\n  runs:\n    - {counts: {lines: 2, lines.rejects: 0}, members: {vips: [p3, p1]}}\n    \
                  - {members: {vips: [p1, p2, p3, p4]}}";
    passed(&run(&campaign, &test(fields)).await);
    let unknown = fields.replace("[p1, p3]", "[p1, p9]");
    let result = run(&campaign, &test(&unknown)).await;
    let failure = &result.failures[0];
    assert_eq!((&*failure.code, &*failure.pointer), ("unmatched_keys", "/audiences/vip"), "{failure:?}");
}

#[tokio::test]
async fn files_begin_runs_and_what_runs_leave_is_expected() {
    let activities = "    - {id: out, type: extract-file, path: out/all.csv, columns: [person_id, email]}\n    \
                      - {id: loud, type: update-data, table: people, mode: update, set: {name: {expression: upper(name)}}}\n    \
                      - {id: saved, type: save-audience, audience: vip}\n";
    let head = "schedule: {type: signal, on: {file: 'in/*.csv'}, overlap: queue}";
    let ways = "    - {from: who, to: out}\n    - {from: out, to: loud}\n    - {from: loud, to: saved}\n";
    let audience = "---\nkind: audience\nname: vip\ndimension: people\n";
    let campaign = format!("{}{audience}", campaign(head, activities, ways));
    let fields = "starts: 2026-06-01T08:00\nfiles: {in/old.csv: x}\n\
                  steps: [{at: 2026-06-02T09:00, file: {in/new.csv: a, notes.txt: b}}]\n\
                  expect:\n  launches: ['2026-06-02T09:00']\n  skipped: []\n  runs: [{state: completed}]\n  alerts: []\n  \
                  audiences: {vip: [p1, p2, p3, p4]}\n  \
                  tables: {people: {count: 4, has: [{person_id: p1, name: ANN}], lacks: [{name: Ann}]}}\n  \
                  files: {out/all.csv: {lines: 5, contains: [ann@x.example], lacks: [eve@]}, out/none.csv: {there: false}}";
    passed(&run(&campaign, &test(fields)).await);
    let wrong = fields.replace("name: ANN", "name: BOB").replace("lines: 5", "lines: 4").replace(", p4]}", "]}");
    let result = run(&campaign, &test(&wrong)).await;
    let failures: Vec<(&str, &str)> =
        result.failures.iter().map(|failure| (failure.pointer.as_str(), failure.message.as_str())).collect();
    assert_eq!(
        failures,
        [
            ("/expect/audiences/vip", "the members of `vip` are others: not expected is `p4`"),
            ("/expect/tables/people/has/0", "`people` has no row with `person_id` \"p1\", `name` \"BOB\""),
            ("/expect/files/out~1all.csv/lines", "`out/all.csv` has 5 lines, not 4"),
        ]
    );
}

#[tokio::test]
async fn people_run_pause_stop_and_change_what_is_tested() {
    let head = "schedule: {type: daily, at: '09:00', until: 2026-06-08}";
    let activities = format!("    - {{id: later, type: wait, duration: 30h}}\n{}", mail("mail"));
    let campaign = campaign(head, &activities, "    - {from: who, to: later}\n    - {from: later, to: mail}\n");
    let fields = "starts: 2026-06-01T08:00\nsteps:\n  - {at: 2026-06-03T10:00, pause: 2}\n  - {at: 2026-06-04T10:00, resume: 2}\n  \
                  - {at: 2026-06-04T16:00, apply: {documents: [{kind: campaign, name: tested, label: Later, \
                  schedule: {type: daily, at: '11:00', until: 2026-06-05}}], takes_over: 2026-06-05T00:00}}\n  \
                  - {at: 2026-06-05T12:00, run: {}}\n  - {at: 2026-06-05T13:00, stop: 3}\n\
                  expect:\n  \
                  launches: ['2026-06-01T09:00', '2026-06-03T09:00', '2026-06-05T11:00', '2026-06-05T12:00']\n  \
                  skipped: [{at: 2026-06-02T09:00, reason: overlap}, {at: 2026-06-04T09:00, reason: overlap}]\n  \
                  runs:\n    - {state: completed, messages: {mail: {sent: 2}}}\n    - {state: completed, messages: {mail: {sent: 2}}}\n    \
                  - {state: stopped}\n    - {state: completed, messages: {mail: {sent: 2}}}";
    let result = run(&campaign, &test(fields)).await;
    passed(&result);
    assert_eq!(result.runs[3].finished_at.as_deref(), Some("2026-06-06T18:00:00+00:00"));
    assert_eq!(result.skipped[0].reason.as_deref(), Some("overlap"));

    let early = fields.replace("pause: 2", "pause: 5");
    let failure = &run(&campaign, &test(&early)).await.failures[0];
    assert_eq!((&*failure.code, &*failure.pointer), ("no_run", "/steps/0/pause"), "{failure:?}");
    assert_eq!(failure.message, "there is no run 5 of `tested` yet: 2 began so far");
    let wrong = fields.replace("until: 2026-06-05}", "until: soon}");
    let failure = &run(&campaign, &test(&wrong)).await.failures[0];
    assert_eq!(&*failure.pointer, "/steps/2/apply", "{failure:?}");
}

#[tokio::test]
async fn campaigns_alongside_and_alerts_are_expected_too() {
    let call = "{id: score, type: http-call, url: 'https://scores.example/v1', columns: [email], \
                answer: {rows: /scores, columns: [{name: score, pointer: /value, type: integer}]}}";
    let other = format!(
        "---\nkind: campaign\nname: follow_up\nschedule: {{type: signal}}\ncanvas:\n  activities:\n    \
         - {{id: all, type: build-audience, dimension: people, where: {{combinator: and, rules: []}}}}\n    - {call}\n  \
         transitions: [{{from: all, to: score}}]\n"
    );
    let done = "    - {id: done, type: end, signals: [{campaign: follow_up}]}\n";
    let campaign = format!("{}{other}", campaign("", done, "    - {from: who, to: done}\n"));
    let fields = "starts: 2026-06-01T08:00\nalongside: [follow_up]\n\
                  expect:\n  runs: [{state: completed}]\n  \
                  campaigns: {follow_up: {launches: ['2026-06-01T08:00'], skipped: [], \
                  runs: [{state: paused, activities: {score: failed}, counts: {all: 4}}]}}\n  \
                  alerts: [{campaign: follow_up, trouble: paused}]";
    let result = run(&campaign, &test(fields)).await;
    passed(&result);
    let alert = &result.alerts[0];
    assert_eq!((&*alert.campaign, alert.trouble.as_deref()), ("follow_up", Some("paused")), "{alert:?}");
    let stopped = fields
        .replace("expect:", "steps: [{at: 2026-06-02T08:00, campaign: follow_up, stop: 1}]\nexpect:")
        .replace("state: paused", "state: stopped");
    passed(&run(&campaign, &test(&stopped)).await);
    let failure = &run(&campaign, &test(&stopped.replace("counts: {all: 4}", "counts: {all: 3}"))).await.failures[0];
    assert_eq!(failure.message, "in `follow_up`: 4 rows left `all` in run 1; 3 rows expected");
}
