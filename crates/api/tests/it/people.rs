//! People, the register of who must not be written to, the quality of tables, channels.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tutti_api::data_schemas::{ChannelTest, InferredTable, TableQuality, TableVersion};
use tutti_api::people_schemas::{PersonView, RegisterImport, RegisterPage};

use crate::world::World;

fn keys(rows: &Value) -> Vec<&str> {
    rows["rows"].as_array().unwrap().iter().map(|row| row[0].as_str().unwrap()).collect()
}

#[tokio::test]
async fn people_are_found_and_everything_is_known_of_them() {
    let world = World::shop().await;
    for (search, found) in [("p1", vec!["p1"]), ("BOB@", vec!["p2"]), ("eve", vec!["p5"]), ("nobody", vec![])] {
        let rows = world.get(&format!("/api/v1/people/people?search={search}")).await.json();
        assert_eq!((keys(&rows), &rows["total"]), (found.clone(), &json!(found.len())), "{search}");
    }
    let all = world.get("/api/v1/people/people?limit=2&offset=1").await.json();
    assert_eq!((keys(&all), &all["total"]), (vec!["p2", "p3"], &json!(5)));

    let run = world.run("hello", &json!({})).await["run"].as_str().unwrap().to_owned();
    let dan: PersonView = world.get("/api/v1/people/people/p4").await.shape();
    assert_eq!((dan.channels[0].consent, dan.identity.as_deref()), (Some(false), Some("p4")));
    assert_eq!((dan.messages[0].status.as_str(), dan.messages[0].reason.as_deref()), ("excluded", Some("no_consent")));
    assert_eq!(dan.messages[0].run, run);
    let entry = json!({"list": "suppression", "subject": "domain", "value": "Shop.Example", "reason": "closed"});
    assert_eq!(world.post("/api/v1/register", &entry).await.json(), json!({"changed": true}));
    assert_eq!(world.post("/api/v1/register", &entry).await.json(), json!({"changed": false}));
    let ann: PersonView = world.get("/api/v1/people/people/p1").await.shape();
    assert_eq!((ann.messages.len(), ann.messages[0].status.as_str()), (1, "sent"));
    assert_eq!(ann.register[0].value, "shop.example");
    assert_eq!(world.get("/api/v1/people/people/p9").await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get("/api/v1/people/peple/p1").await.status, StatusCode::NOT_FOUND);

    assert_eq!(world.post("/api/v1/register/remove", &entry).await.json(), json!({"changed": true}));

    // A held run has not ended: its lines are known of the person all the same.
    let held = world.run("held", &json!({})).await["run"].as_str().unwrap().to_owned();
    let bob: PersonView = world.get("/api/v1/people/people/p2").await.shape();
    assert_eq!(
        bob.messages.iter().map(|message| message.run.as_str()).collect::<Vec<_>>(),
        [held.as_str(), run.as_str()]
    );
}

#[tokio::test]
async fn the_register_is_looked_through_changed_and_kept_account_of() {
    let world = World::shop().await;
    let person =
        json!({"list": "opt-out", "subject": "person", "dimension": "people", "value": "p1", "reason": "by phone"});
    assert_eq!(world.post("/api/v1/register", &person).await.json()["changed"], true);
    let summary = world.run("hello", &json!({})).await;
    assert_eq!(summary["deliveries"][0]["exclusions"]["opted_out"], 1, "{summary}");
    let list = "email,reason\nBob@Shop.example,complained\nnot an address,\nbob@shop.example,again\n";
    let path = "/api/v1/register/import?list=suppression&subject=address&reason=list";
    let request = Request::post(path).header("host", "localhost:8080").header("content-type", "text/csv");
    let report: RegisterImport = world.send(request.body(Body::from(list)).unwrap()).await.shape();
    assert_eq!((report.read, report.added, report.known, report.rejected), (3, 1, 1, 1));
    assert_eq!((report.rejects[0].line, report.rejects[0].value.as_str()), (3, "not an address"));
    let page: RegisterPage = world.get("/api/v1/register?search=BOB").await.shape();
    assert_eq!((page.total, page.rows[0].reason.as_str()), (1, "complained"));
    let page: RegisterPage = world.get("/api/v1/register?limit=1").await.shape();
    assert_eq!((page.total, page.rows.len()), (2, 1));
    let gone = world.post("/api/v1/register/remove", &person).await;
    assert_eq!(gone.json(), json!({"changed": true}));
    let gone = world.post("/api/v1/register/remove", &person).await;
    assert_eq!(gone.json(), json!({"changed": false}));
    let audit = world.get("/api/v1/audit?kind=opt-out").await.json();
    let actions: Vec<&str> = audit.as_array().unwrap().iter().map(|line| line["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["remove", "add"]);
    for wrong in [
        json!({"list": "opt-out", "subject": "domain", "value": "x.example", "reason": "x"}),
        json!({"list": "opt-out", "subject": "person", "dimension": "peple", "value": "p1", "reason": "x"}),
        json!({"list": "suppression", "subject": "address", "value": "nobody", "reason": "x"}),
        json!({"list": "suppression", "subject": "address", "value": "a@x.example", "reason": " "}),
        json!({"list": "suppression", "subject": "address", "value": "a@x.example", "reason": "x", "channel": "fax"}),
    ] {
        assert!(world.post("/api/v1/register", &wrong).await.status.is_client_error(), "{wrong}");
    }
}

#[tokio::test]
async fn tables_tell_what_is_wrong_with_their_rows() {
    let world = World::shop().await;
    world.apply("kind: table\nname: orders\ncolumns:\n  - {name: order_id, type: integer, required: true}\n  - {name: person_id, type: string}\n  - {name: total, type: \"decimal(10,2)\"}\nprimary_key: [order_id]\nlinks:\n  - {name: person, to: people, on: {person_id: person_id}, cardinality: many-to-one, reverse: orders}\n").await;
    let rows = "order_id,person_id,total\n1,p1,2.50\n2,p1,2.50\n3,gone,\n4,,7\n";
    let request = Request::post("/api/v1/tables/orders/import?format=csv").header("host", "localhost:8080");
    let imported = world.send(request.body(Body::from(rows)).unwrap()).await;
    assert_eq!(imported.status, StatusCode::OK, "{}", imported.text());
    let orders: TableQuality = world.get("/api/v1/tables/orders/quality").await.shape();
    let total = orders.columns.iter().find(|column| column.name == "total").unwrap();
    assert_eq!((orders.rows, orders.duplicates, total.nulls, total.distinct), (4, 0, 1, 2));
    assert_eq!((&total.min, &total.max), (&Some(json!("2.50")), &Some(json!("7.00"))));
    let person = orders.links.iter().find(|link| link.name == "person").unwrap();
    assert_eq!((person.orphans, person.orphans_there), (1, 4));
    let people: TableQuality = world.get("/api/v1/tables/people/quality").await.shape();
    let email = people.columns.iter().find(|column| column.name == "email").unwrap();
    assert_eq!((email.nulls, email.distinct, email.outside), (1, 4, 0));
    let again: TableQuality = world.get("/api/v1/tables/people/quality").await.shape();
    assert!(again.elapsed_ms < f64::EPSILON && people.elapsed_ms > 0.0, "kept for the version");
    let versions: Vec<TableVersion> = world.get("/api/v1/tables/people/versions").await.shape();
    assert_eq!((versions[0].version, versions[0].rows), (people.version, Some(5)));
    assert_eq!(world.get("/api/v1/tables/peple/quality").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_file_tells_its_table() {
    let world = World::shop().await;
    let path = "/api/v1/tables/infer?table=payments&name=payments.csv";
    let request = Request::post(path).header("host", "localhost:8080");
    let rows = "payment_id,amount,paid_on\n1,2.50,2026-01-01\n2,10,2026-01-02\n";
    let found: InferredTable = world.send(request.body(Body::from(rows)).unwrap()).await.shape();
    assert_eq!(found.document["columns"][1], json!({"name": "amount", "type": "decimal(18,2)"}));
    assert_eq!((&found.document["primary_key"], found.inferred.read), (&json!(["payment_id"]), 2));
    world.apply(&found.document.to_string()).await;
    let request = Request::post("/api/v1/tables/payments/import?format=csv").header("host", "localhost:8080");
    let imported = world.send(request.body(Body::from(rows)).unwrap()).await.json();
    assert_eq!((&imported["inserted"], &imported["rejected"]), (&json!(2), &json!(0)));
    let renamed = "columns=number:payment_id,total:amount,day:paid_on,note:&rejects=10&max_rejects=5";
    let request =
        Request::post(format!("/api/v1/tables/payments/import?format=csv&{renamed}")).header("host", "localhost:8080");
    let other = "number,note,total,day\n3,x,1,2026-01-03\n4,y,cheap,2026-01-03\n";
    let imported: tutti_api::schemas::ImportReport = world.send(request.body(Body::from(other)).unwrap()).await.shape();
    assert_eq!((imported.inserted, imported.rejected, imported.rejects[0].line), (1, 1, 3));
    assert_eq!(imported.rejects[0].column.as_deref(), Some("amount"));
    let request =
        Request::post("/api/v1/tables/payments/import?format=jsonl&columns=number:payment_id,total:amount,x:")
            .header("host", "localhost:8080");
    let imported =
        world.send(request.body(Body::from("{\"number\": 5, \"total\": 2, \"x\": 1}")).unwrap()).await.json();
    assert_eq!(imported["inserted"], 1, "{imported}");
    let request = Request::post("/api/v1/tables/infer?table=x&name=x.zip").header("host", "localhost:8080");
    assert!(world.send(request.body(Body::from("x")).unwrap()).await.status.is_client_error());
}

#[tokio::test]
async fn channels_are_tried_without_sending() {
    let world = World::shop().await;
    let test: ChannelTest = world.post("/api/v1/channels/mail/test", &json!({})).await.shape();
    assert!(test.ok && test.steps.len() == 4 && test.error.is_none(), "{test:?}");
    assert_eq!(world.get("/api/v1/catcher/messages").await.json()["total"], 0);
    let port = world.smtp.addr().port();
    let channel = |name: &str, smtp: &str| {
        format!(
            "kind: channel\nname: {name}\nchannel: email\ncategory: transactional\nunsubscribe: off\nfrom: {{address: a@shop.example}}\nsmtp: {smtp}\n"
        )
    };
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for (name, smtp, says) in [
        ("nobody", format!("{{host: 127.0.0.1, port: {free}, tls: none}}"), "cannot connect"),
        ("starttls", format!("{{host: 127.0.0.1, port: {port}, tls: starttls}}"), "STARTTLS"),
        (
            "secret",
            format!("{{host: 127.0.0.1, port: {port}, tls: none, username: u, password_env: NOT_THERE}}"),
            "NOT_THERE",
        ),
    ] {
        world.apply(&channel(name, &smtp)).await;
        let test: ChannelTest = world.post(&format!("/api/v1/channels/{name}/test"), &json!({})).await.shape();
        let said = format!("{} {}", test.error.clone().unwrap_or_default(), test.hint.clone().unwrap_or_default());
        assert!(!test.ok && said.contains(says) && test.hint.is_some(), "{name}: {test:?}");
    }
    assert_eq!(world.post("/api/v1/channels/mial/test", &json!({})).await.status, StatusCode::NOT_FOUND);
}
