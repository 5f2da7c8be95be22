use tutti_delivery::feedback::{Visit, click, open, unsubscribe};
use tutti_delivery::token::Signer;
use tutti_delivery::{Ended, Filter, Status, dry_run};
use tutti_store::{OptOut, Suppression};
use tutti_testkit::mail::{MailId, MailStore, parse_mail};

use crate::world::{Person, Setup, World, people};

fn person(email: Option<&str>, opt_in: Option<bool>) -> Person {
    Person { email: email.map(str::to_owned), name: None, opt_in }
}

fn opt_out(person: Option<&str>, address: Option<&str>) -> OptOut {
    OptOut {
        channel: "email".into(),
        person: person.map(|key| ("customers".to_owned(), key.to_owned())),
        address: address.map(str::to_owned),
        source: "test".into(),
        run: None,
        activity: None,
        at_us: 1,
    }
}

fn suppression(kind: &str, value: &str) -> Suppression {
    Suppression { channel: "email".into(), kind: kind.into(), value: value.into(), reason: "bounce".into(), at_us: 1 }
}

async fn register(world: &World) {
    world.store.consents().opt_out(&opt_out(Some("6"), None)).await.unwrap();
    world.store.consents().opt_out(&opt_out(None, Some("SEVEN@shop.example"))).await.unwrap();
    let suppressions = [suppression("address", "Eight@shop.example"), suppression("domain", "bad.example")];
    world.store.suppressions().add(&suppressions).await.unwrap();
}

fn awkward() -> Vec<Person> {
    let yes = Some(true);
    vec![
        person(None, None),
        person(Some("\u{a0} "), yes),
        person(Some("no at sign"), Some(false)),
        person(Some("four@shop.example"), Some(false)),
        person(Some("five@shop.example"), None),
        person(Some("six@shop.example"), yes),
        person(Some(" Seven@Shop.example\u{a0}"), yes),
        person(Some("eight@shop.example"), yes),
        person(Some("nine@BAD.example"), yes),
        person(Some("Same@shop.example"), yes),
        person(Some("same@shop.example"), yes),
        person(Some("\u{a0}good@shop.example "), yes),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_reason_wins() {
    let everyone = [
        (1, Some("missing_address")),
        (2, Some("missing_address")),
        (3, Some("malformed_address")),
        (4, Some("no_consent")),
        (5, Some("no_consent")),
        (6, Some("opted_out")),
        (7, Some("opted_out")),
        (8, Some("suppressed")),
        (9, Some("suppressed")),
        (10, None),
        (11, Some("duplicate_address")),
        (12, None),
    ];
    for (category, deduplicate) in [("marketing", true), ("transactional", false)] {
        let world = World::new(Setup { category, deduplicate, ..Setup::new(awkward()) }).await;
        register(&world).await;
        let prepared = world.prepare().await;
        assert_eq!(prepared, world.prepare().await);
        assert_eq!(world.send().await, Ended::Completed);
        let lines = world.lines().await;
        for (id, reason) in everyone {
            let applies = |reason: &&str| {
                category == "marketing" || !matches!(*reason, "no_consent" | "opted_out" | "duplicate_address")
            };
            let line = &lines[&id.to_string()];
            let expected = reason.filter(applies);
            assert_eq!(line.reason.as_deref(), expected, "{category} {id}");
            assert_eq!(line.status, if expected.is_some() { "excluded" } else { "sent" }, "{category} {id}");
        }
        assert_eq!(lines["12"].address.as_deref(), Some("good@shop.example"));
        let sent = lines.values().filter(|line| line.status == "sent").count();
        assert_eq!(world.received().len(), sent);
        assert_eq!(prepared.eligible, sent as i64);
        let page = world
            .page(&Filter { status: Some(Status::Excluded), search: Some("SHOP".into()), ..Filter::default() })
            .await;
        assert_eq!(
            page.total,
            lines
                .values()
                .filter(|l| l.status == "excluded"
                    && l.address.as_deref().is_some_and(|a| a.to_lowercase().contains("shop")))
                .count() as u64
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn consent_is_looked_at_again_when_a_batch_goes() {
    let world = World::new(Setup::new(awkward())).await;
    world.prepare().await;
    register(&world).await;
    assert_eq!(world.send().await, Ended::Completed);
    let lines = world.lines().await;
    for (id, reason) in [("6", "opted_out"), ("7", "opted_out"), ("8", "suppressed"), ("9", "suppressed")] {
        assert_eq!((lines[id].status.as_str(), lines[id].reason.as_deref()), ("excluded", Some(reason)), "{id}");
    }
    assert_eq!(world.received().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_that_fails_for_a_row_excludes_that_row() {
    let html = "<p>{{ first_name | number(2) }}</p>";
    let mut some = people(3);
    some[1].name = Some("12.5");
    let world = World::new(Setup { html: Some(html), ..Setup::new(some) }).await;
    world.prepare().await;
    let dry = dry_run(&world.job, &world.templates, 5, true).unwrap();
    assert_eq!((dry.messages, dry.samples.len(), dry.excluded["render_failed"], dry.failures.len()), (1, 1, 2, 2));
    assert_eq!(world.send().await, Ended::Completed);
    let lines = world.lines().await;
    assert_eq!(lines["1"].reason.as_deref(), Some("render_failed"));
    assert_eq!((lines["1"].status.as_str(), lines["2"].status.as_str()), ("excluded", "sent"));
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_say_what_they_should_and_their_links_come_back() {
    let world = World::new(Setup::new(people(2))).await;
    world.prepare().await;
    assert_eq!(world.send().await, Ended::Completed);
    let bytes = (1..=2)
        .map(|id| world.mails.get(MailId(id)).unwrap().unwrap())
        .find(|mail| parse_mail(mail).html.is_some_and(|html| html.contains("K\u{f6}ln")))
        .unwrap();
    let raw = String::from_utf8(bytes.to_vec()).unwrap();
    for header in [
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "X-Tutti-Run: run_1",
        "X-Tutti-Key: 1",
        "Subject: Hello Ann",
        "From: Shop <hello@shop.example>",
    ] {
        assert!(raw.contains(header), "{header} in {raw}");
    }
    let html = parse_mail(&bytes).html.unwrap();
    let tokens = |path: &str| -> Vec<String> {
        let link = format!("http://127.0.0.1:8080/{path}/");
        html.split(&link).skip(1).map(|rest| rest.split(['"', '\'']).next().unwrap().to_owned()).collect()
    };
    let signer = Signer::new(b"secret");
    let (clicks, opens, unsubscribes) = (tokens("t/c"), tokens("t/o"), tokens("u"));
    assert_eq!((clicks.len(), opens.len(), unsubscribes.len()), (1, 1, 1), "{html}");
    let visit = |token, id| Visit { token, id, user_agent: None, now_us: 7 };
    let store = &world.store;
    assert_eq!(click(store, &signer, visit(&clicks[0], "a")).await.unwrap().unwrap(), "https://shop.example/?a=1");
    open(store, &signer, visit(&opens[0], "b")).await.unwrap().unwrap();
    assert!(open(store, &signer, visit(&clicks[0], "c")).await.unwrap().is_err());
    for id in ["d", "e"] {
        unsubscribe(store, &signer, visit(&unsubscribes[0], id)).await.unwrap().unwrap();
    }
    let events = store.events().take(10).await.unwrap();
    let kinds: Vec<&str> = events.iter().map(|event| event.event.kind.as_str()).collect();
    assert_eq!(kinds, ["click", "open", "unsubscribe"]);
    assert!(
        events
            .iter()
            .all(|event| event.event.key.as_deref() == Some("1") && event.event.campaign.as_deref() == Some("winback"))
    );
    let out = store
        .consents()
        .opted_out("email", "customers", &["1", "2"], &["p1@x1.example", "p2@x2.example"])
        .await
        .unwrap();
    assert_eq!((out.keys.len(), out.addresses.len()), (1, 1));
}
