//! Templates on the sample shop: each of the library makes a campaign that does over weeks what it says.

use serde_json::Value;

use crate::binary::Place;

const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/demo");
const TESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../runner/templates/tests");

/// The sample shop without its campaigns.
fn shop() -> Place {
    let place = Place::new();
    for name in ["tables", "dimensions", "filters", "channels"] {
        let text = std::fs::read_to_string(format!("{DEMO}/{name}.yaml")).unwrap();
        place.write(&format!("shop/{name}.yaml"), &text.replace("${SMTP_PORT}", "2525"));
    }
    place.tutti(&["apply", "-f", &place.path("shop")]).ok();
    place
}

/// What the sample shop leaves to choose.
fn choices(template: &str) -> Vec<&'static str> {
    match template {
        "event_invitation" => vec!["--set", "event_on=2026-09-24", "--set", "invite_at=2026-09-07T09:00"],
        "product_recall" => vec!["--set", "product=P-1"],
        _ => Vec::new(),
    }
}

#[test]
fn every_template_of_the_library_makes_a_campaign_that_works() {
    let place = shop();
    let templates = place.tutti(&["templates"]).ok().json();
    let names: Vec<&str> = templates.as_array().unwrap().iter().map(|found| found["name"].as_str().unwrap()).collect();
    assert!(names.len() >= 8, "{names:?}");
    for name in &names {
        let create = [&["create", name, "--template", name][..], &choices(name)].concat();
        let made = place.tutti(&create).ok().json();
        assert_eq!(made["created"], true, "{made}");
        let problems = made["problems"].as_array().unwrap();
        // Its day may have passed when this is read.
        assert!(problems.iter().all(|problem| problem["code"] == "nothing_to_come"), "{name}: {problems:?}");
    }
    place.tutti(&["apply", "-f", TESTS]).ok();
    let done = place.tutti(&["test"]);
    let results = done.json();
    for result in results.as_array().unwrap() {
        let found = serde_json::to_string_pretty(&result["runs"]).unwrap();
        assert_eq!(result["passed"], true, "{}\n{}\n{found}", result["test"], done.stderr);
    }
    assert_eq!(results.as_array().unwrap().len(), names.len(), "every template has its test");
    // A test of a campaign that sends nothing would prove little.
    for result in results.as_array().unwrap() {
        let messages = result["runs"].as_array().unwrap().iter().flat_map(|run| run["messages"].as_object().unwrap());
        let sent: i64 = messages.map(|(_, messages)| messages["sent"].as_i64().unwrap()).sum();
        assert!(sent > 0, "{result}");
    }
}

#[test]
fn nothing_is_made_while_something_is_to_choose() {
    let place = shop();
    let done = place.tutti(&["create", "recall", "--template", "product_recall"]);
    assert_eq!(done.code, 1, "{}", done.stdout);
    for part in
        ["nothing was made of the template `product_recall`", "`product` (Key of the product) is still to choose"]
    {
        assert!(done.stderr.contains(part), "`{part}` is not in {}", done.stderr);
    }
    assert_eq!(place.tutti(&["get", "campaign"]).ok().json(), serde_json::json!([]));

    let report = place.tutti(&["create", "recall", "--template", "product_recall", "--dry-run"]);
    assert_eq!(report.code, 1);
    let report = report.json();
    assert_eq!((&report["created"], &report["to_choose"]), (&Value::Bool(false), &serde_json::json!(["product"])));
    let how: Vec<&str> = report["chosen"].as_array().unwrap().iter().map(|it| it["how"].as_str().unwrap()).collect();
    assert_eq!(how.iter().filter(|how| **how == "to_choose").count(), 1, "{how:?}");

    let wrong =
        ["create", "recall", "--template", "product_recall", "--set", "product=P", "--set", "channel=email_servce"];
    let wrong = place.tutti(&wrong);
    assert!(wrong.code == 1 && wrong.stderr.contains("did you mean `email_service`?"), "{}", wrong.stderr);
    let unknown = place.tutti(&["create", "recall", "--template", "product_recal"]);
    assert!(unknown.code == 1 && unknown.stderr.contains("did you mean `product_recall`?"), "{}", unknown.stderr);
}

#[test]
fn a_campaign_is_copied_as_a_template_and_made_again() {
    let place = shop();
    place.tutti(&["create", "first", "--template", "win_back", "--set", "voucher=NEW5", "--label", "First"]).ok();
    let taken = place.tutti(&["create", "first", "--template", "win_back"]);
    assert!(taken.code == 1 && taken.stderr.starts_with("error[name_taken]"), "{}", taken.stderr);

    let change = place.tutti(&["copy-as-template", "first", "ours", "--label", "Our own"]).ok().json();
    assert_eq!((&change["kind"], &change["change"]), (&"template".into(), &"created".into()));
    let view = place.tutti(&["template", "ours"]).ok().json();
    assert_eq!((&view["built_in"], &view["version"], &view["label"]), (&false.into(), &1.into(), &"Our own".into()));
    let made = ["create", "second", "--template", "ours", "--set", "channel=email_service", "--tag", "copied"];
    place.tutti(&made).ok();
    let (first, second) = (["get", "campaign", "first"], ["get", "campaign", "second"]);
    let (first, second) = (place.tutti(&first).ok().json(), place.tutti(&second).ok().json());
    let text = first["canvas"].to_string().replace("email_demo", "email_service");
    assert_eq!(second["canvas"].to_string(), text);
    assert_eq!((&second["label"], &second["tags"]), (&"First".into(), &serde_json::json!(["retention", "copied"])));

    // A stored template of a library's name takes its place, and gives it back when it goes.
    place.tutti(&["copy-as-template", "first", "win_back"]).ok();
    assert_eq!(place.tutti(&["template", "win_back"]).ok().json()["built_in"], false);
    place.tutti(&["delete", "template", "win_back"]).ok();
    assert_eq!(place.tutti(&["template", "win_back"]).ok().json()["built_in"], true);
    let document = place.tutti(&["template", "birthday", "--document"]).ok().json();
    assert_eq!((&document["kind"], &document["name"]), (&"template".into(), &"birthday".into()));
}
