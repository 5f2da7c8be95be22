//! Contents over HTTP: checked, rendered for real rows, proven, and what there is to personalize with.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tutti_api::schemas;
use tutti_api::schemas::contents;

use crate::data::{apply, campaign};
use crate::world::{Reply, World};

const FOOTER: &str = "<mj-section><mj-column><mj-text>{{ name | upper }} <a href=\"{{ unsubscribe_url }}\">Leave</a>\
                      </mj-text></mj-column></mj-section>";

/// A message in MJML, with a fragment, for people.
fn welcome() -> Value {
    json!({
        "kind": "content", "name": "welcome", "label": "Welcome", "dimension": "people",
        "subject": "Welcome {{ name | default('you') }}", "preheader": "For {{ tier }} only",
        "mjml": "<mjml><mj-body>\n<mj-section><mj-column>\n{% if tier == \"gold\" %}<mj-text>Gold & glory</mj-text>{% endif %}\n\
                 <mj-button href=\"https://shop.example/?p={{ person_id }}\">Look</mj-button>\n</mj-column></mj-section>\n\
                 {% include \"footer\" %}\n</mj-body></mjml>",
        "from": {"name": "Ann of the shop", "address": "ann@shop.example"},
    })
}

async fn with_welcome() -> World {
    let world = World::shop().await;
    apply(&world, &[json!({"kind": "fragment", "name": "footer", "mjml": FOOTER}), welcome()]).await;
    world
}

async fn render(world: &World, question: Value) -> contents::RenderAnswer {
    world.post("/api/v1/contents/render", &question).await.shape()
}

#[tokio::test]
async fn a_content_is_rendered_for_real_rows() {
    let world = with_welcome().await;
    let answer = render(&world, json!({"content": "welcome", "limit": 10})).await;
    assert_eq!((answer.dimension.as_deref(), answer.total, answer.rows.len()), (Some("people"), 5, 5));
    let [ann, bob, cid, dan, _] = answer.rows.as_slice() else { panic!("{answer:?}") };
    assert_eq!(
        (ann.key.as_str(), ann.subject.as_str(), ann.preheader.as_str()),
        ("p1", "Welcome Ann", "For gold only")
    );
    assert!(ann.html.contains("Gold & glory") && !bob.html.contains("Gold & glory"));
    for piece in ["https://shop.example/?p=p1", "ANN <a", "http://localhost:8080/u/proof", "<!doctype html>"] {
        assert!(ann.html.contains(piece), "{piece}: {}", ann.html);
    }
    assert!(ann.text.contains("Look (https://shop.example/?p=p1)") && !ann.text.contains('<'), "{}", ann.text);
    assert_eq!(ann.html_bytes, ann.html.len() as u64);
    assert_eq!((cid.address.as_deref(), cid.excluded.as_deref()), (None, Some("missing_address")));
    assert_eq!(dan.excluded.as_deref(), Some("no_consent"));
    assert!(answer.problems.is_empty(), "{:?}", answer.problems);

    let one = render(&world, json!({"content": "welcome", "rows": {"key": "p2"}})).await;
    assert_eq!((one.total, one.rows[0].subject.as_str()), (1, "Welcome Bob"));
    let rule = json!({"field": "tier", "operator": "=", "value": "gold"});
    let some = render(&world, json!({"content": "welcome", "rows": {"where": rule}, "offset": 1, "limit": 1})).await;
    assert_eq!((some.total, some.rows[0].key.as_str()), (3, "p3"));
}

#[tokio::test]
async fn what_is_wrong_has_its_place() {
    let world = with_welcome().await;
    let check = async |document: Value| -> contents::ContentCheck {
        world.post("/api/v1/contents/check", &json!({"document": document})).await.shape()
    };
    let found = |check: &contents::ContentCheck| -> Vec<String> {
        let place = |item: &tutti_api::Item| item.within.as_ref().map(|at| format!("{}:{}", at.line, at.column));
        let line = |item: &tutti_api::Item| {
            format!("{} {}{} {}", item.severity, item.code, item.pointer, place(item).unwrap_or_default())
        };
        check.problems.iter().map(line).collect()
    };
    for (part, text, expected) in [
        ("subject", "{{ nmae }}", "warning unknown_field/subject 1:4"),
        ("subject", "a\n {{ name | default( }}", "error bad_template/subject 2:"),
        (
            "html",
            "<a href=\"{{ unsubscribe_url }}\">a</a>\n <img src=\"https://x/y\">",
            "warning image_without_alt/html 2:2",
        ),
        ("html", "<a href=\"{{ unsubscribe_url }}\">a</a>\n <a>b</a>", "warning link_without_target/html 2:2"),
        ("html", "{{ unsubscribe_url }}{% include \"foter\" %}", "error missing_fragment/html 1:22"),
        ("html", "{{ unsubscribe_url }}{% include \"footer\" %}", "error unfit_fragment/html 1:22"),
        ("html", "<p>a</p>", "warning no_unsubscribe_link/html"),
        (
            "mjml",
            "<mjml><mj-body>{{ unsubscribe_url }}\n<mj-sect></mj-sect></mj-body></mjml>",
            "error bad_mjml/mjml 2:",
        ),
        ("mjml", "<mjml><mj-body>{{ unsubscribe_url }}\n{% if a %}</mj-body></mjml>", "error bad_template/mjml 2:"),
    ] {
        let mut document = json!({"subject": "Hello", "dimension": "people"});
        if part == "subject" {
            document["html"] = json!("<a href=\"{{ unsubscribe_url }}\">a</a>");
        }
        document[part] = json!(text);
        let check = check(document).await;
        let lines = found(&check);
        assert!(lines.len() == 1 && lines[0].starts_with(expected), "{text}: {lines:?} is not {expected}");
    }
    let spelled = check(json!({"subject": "{{ nmae }}", "html": "{{ unsubscribe_url }}", "dimension": "people"})).await;
    assert_eq!(spelled.problems[0].hint.as_deref(), Some("did you mean `name`?"));

    // What is applied is checked as well, and a fragment that is used cannot go.
    let mut wrong = welcome();
    wrong["mjml"] = json!("<mjml><mj-body><mj-text></mj-body></mjml>");
    let files = json!({"files": [{"path": "w.json", "text": wrong.to_string()}]});
    let refused = world.post("/api/v1/documents/apply", &files).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text());
    let kept = world.delete("/api/v1/documents/fragment/footer").await;
    assert!(kept.text().contains("there is no fragment `footer`"), "{}", kept.text());
}

#[tokio::test]
async fn a_proof_is_marked_and_in_no_ledger() {
    let world = with_welcome().await;
    let ask = json!({"content": "welcome", "channel": "mail", "rows": {"key": "p1"},
        "to": ["boss@shop.example", "legal@shop.example"]});
    let sent: contents::ProofAnswer = world.post("/api/v1/contents/proofs", &ask).await.shape();
    assert_eq!((sent.sent, sent.keys.join(","), sent.proof.starts_with("proof_")), (2, "p1".to_owned(), true));
    let caught = world.get("/api/v1/catcher/messages").await.json();
    assert_eq!(caught["total"], 2);
    let id = caught["messages"][0]["id"].as_str().unwrap();
    let mail = world.get(&format!("/api/v1/catcher/messages/{id}")).await.json();
    let header = |name: &str| {
        let headers = mail["headers"].as_array().unwrap();
        headers.iter().find(|header| header["name"] == name).map(|header| header["value"].as_str().unwrap().to_owned())
    };
    assert_eq!(header("Subject").as_deref(), Some("[Proof] Welcome Ann"));
    assert_eq!(header("X-Tutti-Proof").as_deref(), Some("yes"));
    assert_eq!(header("X-Tutti-Run"), Some(sent.proof.clone()));
    assert_eq!((header("List-Unsubscribe"), header("X-Tutti-Key").as_deref()), (None, Some("p1")));
    assert!(header("From").unwrap().contains("ann@shop.example"), "{:?}", header("From"));
    assert!(mail["html"].as_str().unwrap().contains("Gold & glory"));
    assert!(mail["text"].as_str().unwrap().contains("Look (https://shop.example/?p=p1)"));
    let lines: Vec<schemas::AuditLine> = world.get("/api/v1/audit?kind=content&name=welcome").await.shape();
    assert_eq!(lines[0].action, "proof");
    assert!(lines[0].detail.as_ref().unwrap().contains("boss@shop.example"));
    assert!(world.get("/api/v1/runs").await.json().as_array().unwrap().is_empty());
    assert_eq!(world.get("/api/v1/campaigns/hello").await.json()["last_run"], Value::Null);

    let code = |reply: &Reply| (reply.status, reply.json()["code"].as_str().unwrap().to_owned());
    for (change, expected) in [
        (json!({"to": []}), "bad_addresses"),
        (json!({"to": ["nobody"]}), "delivery"),
        (json!({"channel": null}), "no_channel"),
        (json!({"channel": "post"}), "not_found"),
        (json!({"subject_prefix": "a\nb"}), "bad_prefix"),
        (json!({"rows": {"key": "p9"}}), "no_rows"),
    ] {
        let mut ask = ask.clone();
        ask.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let refused = world.post("/api/v1/contents/proofs", &ask).await;
        assert_eq!(code(&refused).1, expected, "{}", refused.text());
    }
    let many: Vec<String> = (0..10).map(|n| format!("a{n}@shop.example")).collect();
    let ask = json!({"content": "welcome", "channel": "mail", "to": many, "limit": 5});
    assert!(world.post("/api/v1/contents/proofs", &ask).await.status.is_success());
    let refused = world.post("/api/v1/contents/proofs", &ask).await;
    assert_eq!(code(&refused), (StatusCode::TOO_MANY_REQUESTS, "throttled".to_owned()));
    world.advance(61);
    assert!(world.post("/api/v1/contents/proofs", &ask).await.status.is_success());
}

#[tokio::test]
async fn a_campaign_sends_what_was_previewed() {
    let world = with_welcome().await;
    let sending = campaign(
        "sending",
        json!([
            {"id": "gold", "type": "build-audience", "dimension": "people",
                "where": {"field": "tier", "operator": "=", "value": "gold"}},
            {"id": "mail", "type": "email", "channel": "mail", "content": "welcome", "send": "auto"},
            {"id": "end", "type": "end"}
        ]),
        &[("gold", "mail"), ("mail", "end")],
    );
    apply(&world, &[sending]).await;
    let at = json!({"campaign": "sending", "activity": "mail"});
    let answer = render(&world, json!({"rows": at, "limit": 5})).await;
    assert_eq!((answer.total, answer.rows.len()), (3, 3), "those who would arrive, excluded or not");
    let ann = &answer.rows[0];
    world.run("sending", &json!({"mode": "live"})).await;
    let caught = world.get("/api/v1/catcher/messages?search=key:p1").await.json();
    let id = caught["messages"][0]["id"].as_str().unwrap();
    let mail = world.get(&format!("/api/v1/catcher/messages/{id}")).await.json();
    assert_eq!(mail["subject"].as_str(), Some(ann.subject.as_str()));
    assert_eq!(mail["from"].as_str().map(|from| from.contains("ann@shop.example")), Some(true));
    // But for what is counted and signed, it is the same message.
    let plain = |html: &str| {
        let mut words = html.replace("\r\n", "\n");
        while let Some(start) = words.find("href=\"http") {
            let end = start + 6 + words[start + 6..].find('"').unwrap();
            words.replace_range(start..=end, "");
        }
        let pixel = words.find("<img src=\"http://localhost:8080/t/o/");
        if let Some(start) = pixel {
            let end = start + words[start..].find('>').unwrap();
            words.replace_range(start..=end, "");
        }
        words.trim().to_owned()
    };
    assert_eq!(plain(mail["html"].as_str().unwrap()), plain(&ann.html));
    let usages: Vec<contents::ContentLine> = world.get("/api/v1/contents").await.shape();
    let used = |name: &str| usages.iter().find(|line| line.name == name).unwrap().used_by.as_slice();
    assert_eq!((used("welcome")[0].name.as_str(), used("welcome")[0].activity.as_deref()), ("sending", Some("mail")));
    assert_eq!((used("footer")[0].kind.as_str(), used("footer")[0].name.as_str()), ("content", "welcome"));
}

#[tokio::test]
async fn names_are_those_that_arrive() {
    let world = with_welcome().await;
    let enriched = campaign(
        "enriched",
        json!([
            {"id": "gold", "type": "build-audience", "dimension": "people", "where": {}},
            {"id": "more", "type": "enrichment", "add": [{"name": "loud", "expression": "upper(name)"}]},
            {"id": "mail", "type": "email", "channel": "mail", "subject": "{{ loud }}", "html": "<p>{{ loud }}</p>"},
            {"id": "end", "type": "end"}
        ]),
        &[("gold", "more"), ("more", "mail"), ("mail", "end")],
    );
    apply(&world, &[enriched]).await;
    let at = json!({"campaign": "enriched", "activity": "mail"});
    let found: contents::Personalization = world.post("/api/v1/query/personalization", &at).await.shape();
    let field = |path: &str| found.fields.iter().find(|field| field.path == path);
    let loud = field("loud").unwrap();
    assert_eq!((loud.source.as_str(), &loud.samples[0]), ("added", &json!("ANN")));
    assert_eq!(field("name").unwrap().source, "own");
    assert!(found.variables.iter().any(|variable| variable.name == "rows" && variable.value == Some(json!(5))));
    assert!(found.links.iter().any(|link| link.name == "unsubscribe_url"));
    assert!(found.other_links.iter().any(|link| link.to.starts_with("tutti_")));
    let plain: contents::Personalization =
        world.post("/api/v1/query/personalization", &json!({"dimension": "people"})).await.shape();
    assert!(plain.fields.iter().all(|field| field.path != "loud") && plain.variables.is_empty());
    let answer = render(&world, json!({"rows": at})).await;
    assert_eq!((answer.rows[0].subject.as_str(), answer.rows[0].html.contains("<p>ANN</p>")), ("ANN", true));
    let nobody = world.post("/api/v1/query/personalization", &json!({"campaign": "enriched"})).await;
    assert_eq!(nobody.json()["code"], "bad_rows");
}

#[tokio::test]
async fn contents_have_drafts_and_versions() {
    let world = with_welcome().await;
    let path = "/api/v1/documents/content/welcome/draft";
    let start: schemas::Draft = world.get(path).await.shape();
    assert_eq!((start.revision, start.version, start.check.errors.len()), (0, 1, 0));
    let put = async |document: &Value, revision: i64| {
        let body = json!({"document": document, "revision": revision, "base_version": 1}).to_string();
        let request = Request::put(path).header("host", "localhost:8080").header("content-type", "application/json");
        world.send(request.body(Body::from(body)).unwrap()).await
    };
    let mut wrong = start.document.clone();
    wrong["subject"] = json!("{{ name ");
    let kept: schemas::Draft = put(&wrong, 0).await.shape();
    assert!(kept.check.errors.iter().any(|item| item.code == "bad_template"), "{:?}", kept.check.errors);
    let apply = json!({"revision": kept.revision});
    let refused = world.post(&format!("{path}/apply"), &apply).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let late = put(&wrong, 0).await;
    assert_eq!(late.json()["code"], "changed_elsewhere");
    let mut right = start.document.clone();
    right["subject"] = json!("Hi {{ name }}");
    let kept: schemas::Draft = put(&right, kept.revision).await.shape();
    let applied: schemas::Draft =
        world.post(&format!("{path}/apply"), &json!({"revision": kept.revision})).await.shape();
    assert_eq!((applied.revision, applied.version), (0, 2));
    let restored = world.post("/api/v1/documents/content/welcome/restore", &json!({"version": 1})).await;
    assert_eq!(restored.json()["version"], 3, "{}", restored.text());
    assert_eq!(world.get("/api/v1/documents/content/welcome").await.json()["subject"], welcome()["subject"]);
    assert_eq!(world.get("/api/v1/documents/channel/mail/draft").await.status, StatusCode::NOT_FOUND);
}
