//! What keeps many campaigns in order: comments, lists, views, bulk actions, the calendar, and bundles.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tutti_api::schemas;

use crate::life::campaign;
use crate::world::{Reply, World};

impl World {
    async fn put(&self, path: &str, body: &Value) -> Reply {
        let request = Request::put(path).header("host", "localhost:8080").header("content-type", "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    async fn names(&self, query: &str) -> Vec<String> {
        let heads: Vec<schemas::CampaignHead> = self.get(&format!("/api/v1/campaigns?{query}")).await.shape();
        heads.into_iter().map(|head| head.name).collect()
    }
}

#[tokio::test]
async fn comments_are_on_campaigns_activities_and_versions() {
    let world = World::shop().await;
    let comments = "/api/v1/campaigns/hello/comments";
    let first = world.post(comments, &json!({"text": "Who wrote this?", "activity": "mail", "by": "Marta"})).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text());
    let first: schemas::Comment = first.shape();
    assert_eq!((first.author.as_str(), first.activity.as_deref()), ("Marta", Some("mail")));
    let answer: schemas::Comment =
        world.post(comments, &json!({"text": " I did. ", "reply_to": first.id})).await.shape();
    assert_eq!((answer.author.as_str(), answer.text.as_str()), ("anyone", "I did."));
    assert_eq!(answer.activity.as_deref(), Some("mail"), "an answer is about the same");
    world.post(comments, &json!({"text": "Good", "version": 1})).await.shape::<schemas::Comment>();

    for (body, status, part) in [
        (json!({"text": "  "}), StatusCode::CONFLICT, "empty"),
        (json!({"text": "x", "activity": "mial"}), StatusCode::NOT_FOUND, "did you mean `mail`?"),
        (json!({"text": "x", "version": 9}), StatusCode::NOT_FOUND, "no version `9`"),
        (json!({"text": "x", "reply_to": 999}), StatusCode::NOT_FOUND, "no comment `999`"),
    ] {
        let reply = world.post(comments, &body).await;
        assert_eq!(reply.status, status, "{}", reply.text());
        assert!(reply.text().contains(part), "`{part}` is not in {}", reply.text());
    }

    let at = format!("/api/v1/comments/{}", first.id);
    let resolved: schemas::Comment = world.put(&at, &json!({"resolved": true, "by": "Jean"})).await.shape();
    assert_eq!(resolved.resolved_by.as_deref(), Some("Jean"));
    let open: Vec<schemas::Comment> = world.get(&format!("{comments}?resolved=false")).await.shape();
    assert_eq!(open.iter().map(|comment| comment.text.as_str()).collect::<Vec<_>>(), ["Good"]);
    let on_mail: Vec<schemas::Comment> = world.get(&format!("{comments}?activity=mail")).await.shape();
    assert_eq!(on_mail.len(), 2);
    let again: schemas::Comment = world.put(&at, &json!({"resolved": false, "text": "Who?"})).await.shape();
    assert_eq!((again.resolved_at, again.text.as_str()), (None, "Who?"));
    assert_eq!(world.delete(&at).await.status, StatusCode::NO_CONTENT);
    let left: Vec<schemas::Comment> = world.get(comments).await.shape();
    assert_eq!(left.len(), 1, "answers go with what they answer");
    assert_eq!(world.delete(&at).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn campaigns_are_searched_filtered_sorted_and_paged() {
    let world = World::shop().await;
    for (name, folder, tags, label) in [
        ("alpha", "news/spring", "[spring, vip]", "Zebra"),
        ("beta", "news", "[spring]", "Yak"),
        ("gamma", "newsletter", "[autumn]", "Xerus"),
    ] {
        let text = campaign(name, "{type: daily, at: '09:00'}", "auto");
        world.apply(&format!("{text}folder: {folder}\ntags: {tags}\nlabel: {label}\n")).await;
    }
    world.change("beta", "publish").await;
    for (query, expected) in [
        ("search=ZEBRA", vec!["alpha"]),
        ("search=spring%20yak", vec!["beta"]),
        ("tag=spring", vec!["alpha", "beta"]),
        ("tag=spring,vip", vec!["alpha"]),
        ("folder=news", vec!["alpha", "beta"]),
        ("folder=newsletter", vec!["gamma"]),
        ("folder=", vec!["held", "hello"]),
        ("state=scheduled", vec!["beta"]),
        ("state=scheduled,draft&search=yak", vec!["beta"]),
        ("folder=news&sort=label", vec!["beta", "alpha"]),
        ("folder=news&sort=label:descending", vec!["alpha", "beta"]),
        ("sort=next_launch&limit=2", vec!["beta", "alpha"]),
        ("sort=folder&limit=3", vec!["beta", "alpha", "gamma"]),
        ("offset=3", vec!["held", "hello"]),
        ("attention=true", vec![]),
        ("channel=mail&folder=newsletter", vec!["gamma"]),
        ("channel=sms,email&folder=newsletter", vec!["gamma"]),
        ("channel=sms", vec![]),
        ("dimension=people&folder=newsletter", vec!["gamma"]),
        ("dimension=orders", vec![]),
        ("created_since=now%2B1h", vec![]),
        ("created_since=2026-06-01&created_until=now%2B1h&folder=newsletter", vec!["gamma"]),
        ("updated_until=2026-06-01", vec![]),
        ("sort=created:descending&limit=1", vec!["gamma"]),
    ] {
        assert_eq!(world.names(query).await, expected, "{query}");
    }
    let page = world.get("/api/v1/campaigns?limit=1&offset=1").await;
    assert_eq!((page.header("x-total-count"), page.json()[0]["name"].as_str()), ("5", Some("beta")));
    for (query, hint) in [
        ("sort=size", "next_launch"),
        ("state=alive", "did you mean `live`?"),
        ("created_since=soon", "`created_since` is no time"),
    ] {
        let reply = world.get(&format!("/api/v1/campaigns?{query}")).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(reply.text().contains(hint), "{}", reply.text());
    }

    let heads: Vec<schemas::CampaignHead> = world.get("/api/v1/campaigns?search=xerus").await.shape();
    let gamma = heads.into_iter().next().unwrap();
    assert_eq!((gamma.channels, gamma.dimensions), (vec!["mail".to_owned()], vec!["people".to_owned()]));
    assert!(gamma.created_at <= gamma.updated_at, "{} {}", gamma.created_at, gamma.updated_at);
    world.run("hello", &json!({"mode": "test"})).await;
    assert_eq!(world.names("sort=last_run:descending&limit=1").await, ["hello"]);

    world
        .apply("kind: view\nname: spring\nlist: campaigns\nfilter: {tags: [spring], sort: label, descending: true}\n")
        .await;
    assert_eq!(world.names("view=spring").await, ["alpha", "beta"]);
    assert_eq!(world.names("view=spring&sort=label").await, ["beta", "alpha"]);
    assert_eq!(world.names("view=spring&state=scheduled").await, ["beta"]);
    assert_eq!(world.get("/api/v1/campaigns?view=sprng").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn one_thing_is_done_with_many_campaigns_and_each_says_what_came_of_it() {
    let world = World::shop().await;
    for name in ["one", "two", "three"] {
        world.apply(&campaign(name, "{type: daily, at: '09:00'}", "auto")).await;
    }
    let bulk = async |body: Value| -> Vec<(String, bool, Option<String>)> {
        let lines: Vec<schemas::BulkLine> = world.post("/api/v1/campaigns/bulk", &body).await.shape();
        lines.into_iter().map(|line| (line.campaign, line.done, line.code.or(line.state))).collect()
    };
    let line = |name: &str, done: bool, word: &str| (name.to_owned(), done, Some(word.to_owned()));

    // Somebody works on one of them meanwhile.
    let mut draft = world.get("/api/v1/campaigns/one/draft").await.json();
    draft["document"]["label"] = json!("In work");
    let body = json!({"document": draft["document"], "revision": 0, "base_version": 1});
    world.put("/api/v1/campaigns/one/draft", &body).await.shape::<Value>();

    let tagged = bulk(json!({"campaigns": ["one", "two", "nobody"], "action": "tag", "tags": ["x", "y"]})).await;
    assert_eq!(tagged, [line("one", true, "draft"), line("two", true, "draft"), line("nobody", false, "not_found")]);
    bulk(json!({"campaigns": ["one"], "action": "untag", "tags": ["y"]})).await;
    bulk(json!({"campaigns": ["two", "three"], "action": "move", "folder": "news"})).await;
    assert_eq!(world.names("tag=x").await, ["one", "two"]);
    assert_eq!(world.names("tag=y").await, ["two"]);
    assert_eq!(world.names("folder=news").await, ["three", "two"]);
    bulk(json!({"campaigns": ["three"], "action": "move", "folder": ""})).await;
    assert_eq!(world.names("folder=news").await, ["two"]);
    let draft = world.get("/api/v1/campaigns/one/draft").await.json();
    assert_eq!((&draft["document"]["tags"], &draft["base_version"]), (&json!(["x"]), &json!(3)));
    let revision = draft["revision"].clone();
    let saved = world.post("/api/v1/campaigns/one/draft/apply", &json!({"revision": revision})).await;
    assert_eq!(saved.status, StatusCode::OK, "what is in work can still be saved: {}", saved.text());
    let audit: Vec<schemas::AuditLine> = world.get("/api/v1/audit?kind=campaign&name=one").await.shape();
    assert_eq!((audit[0].action.as_str(), audit[0].detail.as_deref()), ("update", Some("version 4")));

    let published = bulk(json!({"campaigns": ["one", "two"], "action": "publish"})).await;
    assert_eq!(published, [line("one", true, "scheduled"), line("two", true, "scheduled")]);
    let deleted = bulk(json!({"campaigns": ["one", "three"], "action": "delete"})).await;
    assert_eq!(deleted, [line("one", false, "not_allowed"), ("three".to_owned(), true, None)]);
    assert_eq!(bulk(json!({"campaigns": ["one", "two"], "action": "archive"})).await[1], line("two", true, "archived"));
    let refused = world.post("/api/v1/campaigns/bulk", &json!({"campaigns": [], "action": "archive"})).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);

    // What has been in the archive for 30 days goes by itself.
    world.post("/api/v1/campaigns/two/comments", &json!({"text": "Bye"})).await.shape::<schemas::Comment>();
    world.at("2026-06-30T08:00:00Z").await;
    assert_eq!(world.names("state=archived").await, ["one", "two"]);
    world.at("2026-07-01T10:00:00Z").await;
    assert_eq!(world.names("state=archived").await, Vec::<String>::new());
}

#[tokio::test]
async fn the_calendar_shows_launches_runs_and_holidays() {
    let world = World::shop().await;
    world
        .apply("kind: calendar\nname: fr\nlabel: France\ndates: [{yearly: 07-14, label: Bastille Day}, 2026-06-08]\n")
        .await;
    world.apply(&campaign("daily", "{type: daily, at: '09:00', calendar: fr}", "auto")).await;
    world
        .apply(&campaign("often", "{type: several-times-a-day, every: 1h, between: ['08:00', '20:00']}", "auto"))
        .await;
    world.apply(&campaign("draft", "{type: once, at: '2026-06-03T12:00'}", "auto")).await;
    world.change("daily", "publish").await;
    world.change("often", "publish").await;
    world.at("2026-06-02T09:00:30Z").await;
    let run = world.head("daily").await.last_run.unwrap();
    world.rest(&run.run).await;

    let page: schemas::CalendarPage =
        world.get("/api/v1/calendar?from=2026-06-01&to=2026-06-10&zone=Europe/Paris").await.shape();
    let daily: Vec<(&str, &str)> = page
        .entries
        .iter()
        .filter(|entry| entry.campaign == "daily")
        .map(|entry| (entry.what.as_str(), &entry.at[..16]))
        .collect();
    assert_eq!(daily[0].0, "run");
    assert_eq!(
        daily.iter().filter(|(what, _)| *what == "launch").map(|(_, at)| *at).collect::<Vec<_>>(),
        [
            "2026-06-03T11:00",
            "2026-06-04T11:00",
            "2026-06-05T11:00",
            "2026-06-06T11:00",
            "2026-06-07T11:00",
            "2026-06-09T11:00"
        ],
        "not on the holiday"
    );
    let often: Vec<&schemas::CalendarEntry> =
        page.entries.iter().filter(|entry| entry.campaign == "often" && entry.at.starts_with("2026-06-04")).collect();
    assert_eq!((often.len(), often[0].count), (1, 13), "{often:?}");
    assert_eq!(often[0].until.as_deref(), Some("2026-06-04T22:00:00+02:00"));
    assert!(page.entries.iter().all(|entry| entry.campaign != "draft"));
    let skipped: Vec<(&str, &str, Option<&str>, u64)> = page
        .skipped
        .iter()
        .filter(|entry| entry.campaign == "daily")
        .map(|entry| (entry.what.as_str(), &entry.at[..16], entry.reason.as_deref(), entry.count))
        .collect();
    assert_eq!(skipped, [("skipped", "2026-06-01T11:00", Some("missed"), 1)], "nothing worked at the first time");
    let often: Vec<u64> =
        page.skipped.iter().filter(|entry| entry.campaign == "often").map(|entry| entry.count).collect();
    assert!(often.iter().any(|count| *count > 1), "many of a day are one entry: {often:?}");
    let days: Vec<(&str, &str)> = page.days.iter().map(|day| (day.from.as_str(), day.label.as_str())).collect();
    assert_eq!(days, [("2026-06-08", "France")]);

    let drafts: schemas::CalendarPage =
        world.get("/api/v1/calendar?from=2026-06-03&to=2026-06-04&state=draft").await.shape();
    let drafts: Vec<&str> = drafts.entries.iter().map(|entry| entry.campaign.as_str()).collect();
    assert_eq!(drafts, ["draft"]);
    let july: schemas::CalendarPage = world.get("/api/v1/calendar?from=2026-07-01&to=2026-08-01").await.shape();
    assert_eq!(july.days[0].label, "Bastille Day");
    world.get("/api/v1/calendar").await.shape::<schemas::CalendarPage>();
    for query in
        ["from=x", "zone=Paris", "from=2026-06-01&to=2026-05-01", "from=2026-01-01&to=2026-12-01", "state=alive"]
    {
        assert_eq!(
            world.get(&format!("/api/v1/calendar?{query}")).await.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_version_of_a_draft_takes_over_when_it_is_told_to() {
    let world = World::shop().await;
    world.apply(&campaign("daily", "{type: daily, at: '09:00'}", "auto")).await;
    world.change("daily", "publish").await;
    let mut document = world.get("/api/v1/documents/campaign/daily").await.json();
    document["label"] = json!("Later");
    let draft = world
        .put("/api/v1/campaigns/daily/draft", &json!({"document": document, "revision": 0, "base_version": 1}))
        .await
        .json();
    let body = json!({"revision": draft["revision"], "takes_over": "2026-06-02T12:00"});
    let saved = world.post("/api/v1/campaigns/daily/draft/apply", &body).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text());
    let head = world.head("daily").await;
    assert_eq!((head.version, head.pinned_version), (2, Some(1)));
    world.change("daily", "stop").await;
    let mut document = world.get("/api/v1/documents/campaign/daily").await.json();
    document["history"] = json!("90d");
    let body = json!({"document": document, "revision": 0, "base_version": 2});
    let draft = world.put("/api/v1/campaigns/daily/draft", &body).await.json();
    let saved = world.post("/api/v1/campaigns/daily/draft/apply", &json!({"revision": draft["revision"]})).await;
    assert!(saved.text().contains("is stopped and cannot be changed"), "{}", saved.text());
}

const BUNDLED: &str = "kind: filter\nname: golden\ndimension: people\nwhere: {field: tier, operator: '=', value: gold}\n---\n\
    kind: content\nname: hi\nsubject: Hi\nhtml: '<p>Hi</p>'\n---\n\
    kind: calendar\nname: fr\ndates: [{yearly: 07-14}]\n---\n\
    kind: campaign\nname: bundled\nschedule: {type: daily, at: '09:00', calendar: fr}\ncanvas:\n  activities:\n    \
    - {id: who, type: build-audience, dimension: people, where: {filter: golden}}\n    \
    - {id: mail, type: email, channel: mail, content: hi}\n    \
    - {id: done, type: end, signals: [{campaign: follow}]}\n  \
    transitions: [{from: who, to: mail}, {from: mail, to: done}]\n---\n\
    kind: campaign\nname: follow\nschedule: {type: signal}\ncanvas: {activities: [{id: who, type: build-audience, dimension: people}, {id: end, type: end}], transitions: [{from: who, to: end}]}\n---\n\
    kind: test\nname: bundled_works\ncampaign: bundled\nstarts: 2026-06-01T10:00\nuntil: 2026-06-02T10:00\nrows: {people: [{person_id: p1, tier: gold}]}\nexpect: {runs: [{counts: {who: 1}}]}\n";

#[tokio::test]
async fn a_campaign_goes_to_another_installation_with_all_that_it_needs() {
    let ours = World::shop().await;
    ours.apply(BUNDLED).await;
    let bundle: schemas::Bundle = ours.get("/api/v1/campaigns/bundled/export").await.shape();
    let inside: Vec<String> = bundle.documents.iter().map(|it| format!("{}/{}", it.kind, it.name)).collect();
    let expected = [
        "table/people",
        "dimension/people",
        "filter/golden",
        "channel/mail",
        "content/hi",
        "calendar/fr",
        "campaign/bundled",
        "campaign/follow",
        "test/bundled_works",
    ];
    assert_eq!(inside, expected);
    let again: schemas::Bundle = ours.get("/api/v1/campaigns/bundled/export").await.shape();
    assert_eq!(again.text, bundle.text);
    assert_eq!(ours.get("/api/v1/campaigns/bundeld/export").await.status, StatusCode::NOT_FOUND);

    // Into an empty installation, by either way.
    for path in ["/api/v1/campaigns/import", "/api/v1/documents/apply"] {
        let theirs = World::empty().await;
        let body = match path {
            "/api/v1/campaigns/import" => json!({"text": bundle.text}),
            _ => json!({"files": [{"path": "b.yaml", "text": bundle.text}]}),
        };
        let reply = theirs.post(path, &body).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
        let back: schemas::Bundle = theirs.get("/api/v1/campaigns/bundled/export").await.shape();
        assert_eq!(back.text, bundle.text, "nothing is lost on the way");
        assert_eq!(theirs.head("bundled").await.state, "draft");
    }
    // At home everything is the same.
    let same: schemas::BundleReport =
        ours.post("/api/v1/campaigns/import", &json!({"text": bundle.text, "dry_run": true})).await.shape();
    assert!(same.documents.iter().all(|line| line.state == "same" && line.takes.as_deref() == Some("ours")));
    assert!(!same.imported && same.problems.is_empty() && same.missing.is_empty(), "{same:?}");
}

#[tokio::test]
async fn what_differs_needs_a_choice_and_what_is_missing_is_named() {
    let ours = World::shop().await;
    ours.apply(BUNDLED).await;
    let text = ours.get("/api/v1/campaigns/bundled/export").await.json()["text"].as_str().unwrap().to_owned();
    let theirs = World::shop().await;
    theirs.apply("kind: content\nname: hi\nsubject: Salut\nhtml: '<p>Salut</p>'\n").await;
    theirs.apply(&campaign("bundled", "{type: daily, at: '09:00'}", "auto")).await;
    let import = async |body: Value| theirs.post("/api/v1/campaigns/import", &body).await;

    let report: schemas::BundleReport = import(json!({"text": text, "dry_run": true})).await.shape();
    let states: Vec<(&str, &str)> =
        report.documents.iter().map(|line| (line.name.as_str(), line.state.as_str())).collect();
    assert!(states.contains(&("hi", "differs")) && states.contains(&("fr", "new")), "{states:?}");
    let hi = report.documents.iter().find(|line| line.name == "hi").unwrap();
    assert_eq!((hi.takes.as_deref(), hi.differences[0].path.as_str()), (None, "subject"));
    let refused = import(json!({"text": text})).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in ["the content `hi` is another one here; they differ in `subject`, `html`", "--take content/hi"] {
        assert!(refused.text().contains(part), "`{part}` is not in {}", refused.text());
    }
    assert_eq!(theirs.get("/api/v1/documents/calendar/fr").await.status, StatusCode::NOT_FOUND, "all or nothing");

    // Renamed with all that names them.
    let choices = json!([{"kind": "content", "name": "hi", "choice": "rename", "new_name": "hi_theirs"}]);
    let report: schemas::BundleReport =
        import(json!({"text": text, "on_clash": "rename", "choices": choices})).await.shape();
    assert!(report.imported, "{report:?}");
    let renamed = theirs.get("/api/v1/documents/campaign/bundled_2").await.json();
    assert_eq!(renamed["canvas"]["activities"][1]["content"], "hi_theirs");
    let test = theirs.get("/api/v1/documents/test/bundled_works").await.json();
    assert_eq!(test["campaign"], "bundled_2");
    assert_eq!(theirs.get("/api/v1/documents/content/hi").await.json()["subject"], "Salut");

    // Ours stays, or theirs comes in.
    let report: schemas::BundleReport = import(json!({"text": text, "on_clash": "take"})).await.shape();
    assert!(report.imported);
    assert_eq!(theirs.get("/api/v1/documents/content/hi").await.json()["subject"], "Hi");
    let wrong = import(json!({"text": text, "choices": [{"kind": "content", "name": "ho", "choice": "take"}]})).await;
    assert!(wrong.text().contains("there is no content `ho` in the file"), "{}", wrong.text());

    // At home all is the same, but for a channel that comes in under another name: the campaign that sends over it is
    // then another one, and so is what names that campaign.
    let renames = json!([{"kind": "channel", "name": "mail", "choice": "rename", "new_name": "mail_eu"}]);
    let home = async |body: Value| ours.post("/api/v1/campaigns/import", &body).await;
    let refused = home(json!({"text": text, "choices": renames})).await;
    assert!(
        refused.text().contains("the campaign `bundled` is another one here; they differ in"),
        "{}",
        refused.text()
    );
    let report: schemas::BundleReport =
        home(json!({"text": text, "on_clash": "rename", "choices": renames})).await.shape();
    assert!(report.imported, "{report:?}");
    let line = |name: &str| report.documents.iter().find(|line| line.name == name).unwrap();
    assert_eq!((line("bundled").new_name.as_str(), line("bundled").state.as_str()), ("bundled_2", "differs"));
    assert_eq!((line("bundled_works").new_name.as_str(), line("hi").state.as_str()), ("bundled_works_2", "same"));
    let renamed = ours.get("/api/v1/documents/campaign/bundled_2").await.json();
    assert_eq!(renamed["canvas"]["activities"][1]["channel"], "mail_eu");
    assert_eq!(ours.get("/api/v1/documents/test/bundled_works_2").await.json()["campaign"], "bundled_2");
    assert_eq!(
        ours.get("/api/v1/documents/campaign/bundled").await.json()["canvas"]["activities"][1]["channel"],
        "mail"
    );

    // A file that lacks what it asks for.
    let campaign_only = text.split("---\n").find(|part| part.contains("name: bundled\n")).unwrap();
    let empty = World::empty().await;
    let body = json!({"text": campaign_only, "dry_run": true});
    let report: schemas::BundleReport = empty.post("/api/v1/campaigns/import", &body).await.shape();
    let missing: Vec<String> = report.missing.iter().map(|it| format!("{}/{}", it.kind, it.name)).collect();
    let expected =
        ["calendar/fr", "campaign/follow", "channel/mail", "content/hi", "dimension/people", "filter/golden"];
    assert_eq!(missing, expected);
    assert!(report.problems.iter().any(|problem| problem.severity == "error"));
    let columns = text.replace("- name: consent\n", "- name: consented\n");
    let body = json!({"text": columns, "on_clash": "keep", "dry_run": true});
    let report: schemas::BundleReport = theirs.post("/api/v1/campaigns/import", &body).await.shape();
    assert!(
        report.missing.iter().any(|it| it.kind == "column" && it.name == "people.consented"),
        "{:?}",
        report.missing
    );
}

#[tokio::test]
async fn fragments_go_along_and_are_renamed_within_texts() {
    let ours = World::shop().await;
    ours.apply(
        "kind: fragment\nname: foot\nhtml: \"<p>{% include 'shop' %}</p>\"\ntext: Yours\n---\n\
         kind: fragment\nname: shop\nhtml: The shop\ntext: The shop\n---\n\
         kind: content\nname: hi\ndimension: people\nsubject: \"{% include 'shop' %} says hi\"\n\
         html: \"<p>Hi</p>{% include 'foot' %}\"\n",
    )
    .await;
    let sending = |name: &str, old: &str, new: &str| campaign(name, "{type: asap}", "auto").replace(old, new);
    ours.apply(&sending("both", "subject: Hello, html: '<p>Hello</p>'", "content: hi")).await;
    ours.apply(&sending("inline", "'<p>Hello</p>'", "\"<p>{% include 'foot' %}</p>\"")).await;
    let whole = |bundle: &schemas::Bundle| bundle.documents.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    let both: schemas::Bundle = ours.get("/api/v1/campaigns/both/export").await.shape();
    assert_eq!(whole(&both), ["people", "people", "mail", "foot", "shop", "hi", "both"]);
    let inline: schemas::Bundle = ours.get("/api/v1/campaigns/inline/export").await.shape();
    assert_eq!(whole(&inline), ["people", "people", "mail", "foot", "shop", "inline"]);
    for (name, bundle) in [("both", &both), ("inline", &inline)] {
        let theirs = World::empty().await;
        let reply = theirs.post("/api/v1/campaigns/import", &json!({"text": bundle.text})).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
        let back: schemas::Bundle = theirs.get(&format!("/api/v1/campaigns/{name}/export")).await.shape();
        assert_eq!(back.text, bundle.text, "nothing is lost on the way");
    }

    let theirs = World::shop().await;
    theirs.apply("kind: fragment\nname: shop\nhtml: Another shop\ntext: Another shop\n").await;
    let body = json!({"text": both.text, "on_clash": "rename"});
    let report: schemas::BundleReport = theirs.post("/api/v1/campaigns/import", &body).await.shape();
    assert!(report.imported, "{report:?}");
    let text = async |path: &str| theirs.get(&format!("/api/v1/documents/{path}")).await.text();
    assert!(text("fragment/foot").await.contains("{% include 'shop_2' %}"));
    assert!(text("content/hi").await.contains("{% include 'shop_2' %} says hi"));
    assert!(text("fragment/shop").await.contains("Another shop") && text("fragment/shop_2").await.contains("The shop"));
}
