//! Documents, rows and questions.

use serde_json::{Value, json};

use crate::binary::{Done, Place, exists};

#[test]
fn documents_go_in_and_come_back_as_they_were() {
    let place = Place::shop(2525, 10);
    let again = place.tutti(&["apply", "-f", &place.path("documents")]).ok().json();
    assert!(again.as_array().unwrap().iter().all(|change| change["change"] == "unchanged"), "{again}");

    let campaigns = place.tutti(&["get", "campaign", "-o", "yaml"]).ok();
    assert_eq!(campaigns.stdout.matches("---\n").count(), 2, "three documents");
    place.write("back/all.yaml", &campaigns.stdout);
    let back = place.tutti(&["diff", "-f", &place.path("back")]).ok().json();
    assert!(back.as_array().unwrap().iter().all(|change| change["change"] == "unchanged"), "{back}");

    let list = place.tutti(&["get", "campaign"]).ok().json();
    assert_eq!(list.as_array().unwrap().len(), 3);
    let one = place.tutti(&["get", "campaign", "hello"]).ok().json();
    assert_eq!(one["name"], "hello");
    place.tutti(&["delete", "campaign", "held"]).ok();
    assert_eq!(place.tutti(&["get", "campaign", "held"]).code, 1);
}

#[test]
fn a_dry_apply_changes_nothing() {
    let place = Place::new();
    let file = place.path("documents/shop.yaml");
    place.write("documents/shop.yaml", include_str!("shop.yaml").replace("${SMTP_PORT}", "25").as_str());
    let changes = place.tutti(&["apply", "--dry-run", "-f", &file]).ok().json();
    assert!(changes.as_array().unwrap().iter().all(|change| change["change"] == "created"));
    assert_eq!(place.tutti(&["get", "table"]).ok().json(), json!([]));
}

#[test]
fn rows_are_imported_with_a_report() {
    let place = Place::shop(2525, 10);
    let keys = ["table", "read", "inserted", "updated", "deleted", "rejected", "version"];
    place.write("more.csv", "person_id,name,_change_request_type\np00001,Ann,u\np00002,,d\np00011,New,\n");
    let report = place.tutti(&["import", "people", &place.path("more.csv")]).ok().json();
    assert!(keys.iter().all(|key| report.get(key).is_some()), "{report}");
    assert_eq!(
        [&report["read"], &report["inserted"], &report["updated"], &report["deleted"]],
        [3, 1, 1, 1],
        "{report}"
    );

    place.write("bad.csv", "person_id,tier\np00001,platinum\np00012,silver\n");
    let refused = place.tutti(&["import", "people", &place.path("bad.csv")]);
    assert_eq!((refused.code, refused.stdout.as_str()), (1, ""));
    assert!(
        refused.stderr.contains("error[rows_rejected]") && refused.stderr.contains("bad.csv:2"),
        "{}",
        refused.stderr
    );
    let rejects = place.path("rejects.csv");
    let taken =
        place.tutti(&["import", "people", &place.path("bad.csv"), "--max-rejects", "1", "--rejects", &rejects]).ok();
    assert_eq!(taken.json()["rejected"], 1);
    assert!(taken.stderr.contains("platinum"), "{}", taken.stderr);
    assert!(exists(&rejects));
    assert_eq!(place.tutti(&["import", "people", &place.path("none.csv")]).code, 1);
}

#[test]
fn questions_take_rules_in_every_way() {
    let place = Place::shop(2525, 10);
    let rule = json!({"field": "consent", "operator": "=", "value": true}).to_string();
    place.write("rule.json", &rule);
    place.write("rule.yaml", "field: consent\noperator: '='\nvalue: true\n");
    let count = |arguments: &[&str]| {
        place.tutti(&[&["count", "--dimension", "people", "--where"], arguments].concat()).ok().json()
    };
    for argument in
        [&rule, &place.path("rule.json"), &place.path("rule.yaml"), "{field: consent, operator: =, value: true}"]
    {
        let answer = count(&[argument]);
        assert_eq!(answer["count"], 9, "{argument}");
        assert_eq!(answer.as_object().unwrap().keys().collect::<Vec<_>>(), ["count", "elapsed_ms"]);
    }
    let piped = place.tutti_with(&["count", "--dimension", "people", "--where", "-"], &rule).ok();
    assert_eq!(piped.json()["count"], 9);

    let rows = place
        .tutti(&["preview", "--dimension", "people", "--where", &rule, "--columns", "name,tier", "--limit", "2"])
        .ok()
        .json();
    assert_eq!(rows[0], json!({"person_id": "p00001", "name": "Person 1", "tier": "gold"}));
    assert_eq!(rows.as_array().unwrap().len(), 2);
    let csv = place
        .tutti(&[
            "preview",
            "--dimension",
            "people",
            "--where",
            &rule,
            "--columns",
            "name",
            "--limit",
            "1",
            "-o",
            "csv",
        ])
        .ok();
    assert_eq!(csv.stdout, "person_id,name\np00001,Person 1\n");
    let explained = place.tutti(&["explain", "--dimension", "people", "--where", &rule]).ok().json();
    assert!(explained["plan"].is_string() && explained["words"].is_string());
}

#[test]
fn times_do_not_depend_on_the_zone_of_the_machine() {
    let place = Place::new();
    place.write("visits.yaml", "kind: table\nname: visits\ncolumns:\n  - {name: id, type: string, required: true}\n  - {name: at, type: timestamp}\n  - {name: day, type: date}\nprimary_key: [id]\n---\nkind: dimension\nname: visits\ntable: visits\nidentity: id\n");
    place.write("visits.csv", "id,at,day\na,2026-03-15 23:30:00,2026-03-15\nb,2026-03-16T00:30:00Z,2026-03-16\n");
    let tutti =
        |zone: &str, arguments: &[&str]| -> Done { place.command(arguments).env("TZ", zone).output().unwrap().into() };
    tutti("Asia/Tokyo", &["apply", "-f", &place.path("visits.yaml")]).ok();
    tutti("Asia/Tokyo", &["import", "visits", &place.path("visits.csv")]).ok();
    for zone in ["UTC", "Asia/Tokyo", "America/Los_Angeles"] {
        let count = |rule: &str, more: &[&str]| {
            let asked = [&["count", "--dimension", "visits", "--where", rule], more].concat();
            tutti(zone, &asked).ok().json()["count"].as_u64().unwrap()
        };
        for rule in [
            "{field: at, operator: '>=', value: 2026-03-16}",
            "{field: day, operator: '>=', value: 2026-03-16}",
            "{expression: day(at), operator: '=', value: 16}",
        ] {
            assert_eq!(count(rule, &[]), 1, "{rule} on a machine in {zone}");
        }
        // At half past midnight in Paris both are on the 16th.
        let paris = ["--time-zone", "Europe/Paris"];
        assert_eq!(count("{field: at, operator: '>=', value: 2026-03-16}", &paris), 2, "{zone}");
        let since = ["--set", "since=2026-03-16"];
        assert_eq!(count("{field: at, operator: '<', valueSource: variable, value: since}", &since), 1, "{zone}");
    }
}

#[test]
fn doctor_and_version_answer() {
    let place = Place::shop(2525, 10);
    let checks = place.tutti(&["doctor"]).ok().json();
    assert!(checks.as_array().unwrap().iter().all(|check| check["state"] == "ok"), "{checks}");
    let version: Value = place.tutti(&["version"]).ok().json();
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
    assert!(place.tutti(&["doctor", "--settings"]).ok().stdout.contains("insecure_listen"));
}

#[test]
fn a_preview_goes_through_all_pages() {
    let place = Place::shop(2525, 20_050);
    let all = place.tutti(&["preview", "--dimension", "people", "--where", "{}", "--limit", "50000"]).ok().json();
    let keys: Vec<&str> = all.as_array().unwrap().iter().map(|row| row["person_id"].as_str().unwrap()).collect();
    assert_eq!((keys.len(), keys.first(), keys.last()), (20_050, Some(&"p00001"), Some(&"p20050")));
    assert!(keys.is_sorted_by(|one, next| one < next), "a page repeats rows");
    let some = [
        "preview",
        "--dimension",
        "people",
        "--where",
        "{}",
        "--columns",
        "tier",
        "--computed",
        "loud=upper(name)",
        "--order",
        "loud:descending",
        "--limit",
        "1",
    ];
    let some = place.tutti(&some).ok().json();
    assert_eq!(some, json!([{"person_id": "p09999", "tier": "gold", "loud": "PERSON 9999"}]));
}

#[test]
fn rules_expressions_and_functions_are_looked_up() {
    let place = Place::shop(2525, 10);
    let check = |arguments: &[&str]| place.tutti(&[&["check", "--dimension", "people"], arguments].concat());
    let rule = json!({"field": "consent", "operator": "=", "value": true}).to_string();
    let checked = check(&["--where", &rule]).ok().json();
    assert_eq!((&checked["valid"], &checked["warnings"]), (&json!(true), &json!([])), "{checked}");
    assert!(checked["words"].as_str().unwrap().contains("consent") && checked["cost"].is_object(), "{checked}");
    let typed = check(&["--expression", "length(name) + 1", "-o", "table"]).ok();
    assert_eq!(typed.stdout, "integer\n");
    let wrong = check(&["--expression", "lenght(name)"]);
    assert!(wrong.code == 1 && wrong.stderr.contains("did you mean `length`?"), "{}", wrong.stderr);
    assert_eq!(wrong.json()["valid"], false);
    assert_eq!((check(&[]).code, check(&["--where", "{}", "--expression", "1"]).code), (2, 2));

    let all = place.tutti(&["functions"]).ok().json();
    assert!(all.as_array().unwrap().len() > 100);
    let one = place.tutti(&["functions", "AddDays"]).ok().json();
    assert_eq!(one["name"], "add_days");
    let page = place.tutti(&["functions", "add_days", "-o", "table"]).ok().stdout;
    assert!(page.starts_with("add_days(") && page.contains("AddDays") && page.contains("  ->  "), "{page}");
    let near = place.tutti(&["functions", "add_dais"]);
    assert!(near.code == 1 && near.stderr.contains("did you mean `add_days`?"), "{}", near.stderr);

    let filters = place.tutti(&["filters", "--dimension", "people"]).ok().json();
    assert!(filters.as_array().unwrap().iter().any(|filter| filter["name"] == "tutti_feedback"), "{filters}");
    let page = place.tutti(&["filters", "-o", "table"]).ok().stdout;
    assert!(page.contains("Campaign feedback") && page.contains("behavior, campaign=, "), "{page}");

    let spread = ["distribution", "--dimension", "people", "--expression", "length(name)"];
    assert_eq!(place.tutti(&spread).ok().json()["type"], "integer");
    assert_eq!(place.tutti(&["distribution", "--dimension", "people"]).code, 2);
}
