//! `tutti test`: the example of the documentation, failures with their places, and what it leaves behind.

use crate::binary::{Place, exists};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/campaign-tests");

#[test]
fn the_example_passes_and_makes_no_data_directory() {
    let place = Place::new();
    let results = place.tutti(&["test", EXAMPLE]).ok().json();
    let results = results.as_array().unwrap();
    let names: Vec<&str> = results.iter().map(|result| result["test"].as_str().unwrap()).collect();
    assert_eq!(names, ["winback_leaves_who_unsubscribes", "winback_vouchers_who_does_not_order"]);
    for result in results {
        assert_eq!(result["passed"], true, "{result}");
        eprintln!("{}: {} ms", result["test"], result["elapsed_ms"]);
    }
    assert_eq!(results[1]["simulated"]["until"], "2026-11-06T00:00:00+01:00");
    assert!(!place.data().exists(), "a test needs no data directory, and makes none");
    let again = place.tutti(&["test", EXAMPLE]).ok().json();
    assert_eq!(again[1]["runs"], results[1]["runs"], "a test comes to the same every time");
}

#[test]
fn a_test_that_fails_says_what_was_found_and_where() {
    let place = Place::new();
    for name in ["shop.yaml", "winback.yaml", "winback.test.yaml"] {
        let text = std::fs::read_to_string(format!("{EXAMPLE}/{name}")).unwrap();
        let text = text.replace("invite: {targeted: 3, sent: 2,", "invite: {targeted: 3, sent: 3,");
        place.write(&format!("documents/{name}"), &text.replace("2026-11-05T09:00:00+01:00", "2026-11-05T10:00"));
    }
    let one = ["test", &place.path("documents"), "--name", "winback_vouchers_who_does_not_order"];
    let done = place.tutti(&[&one[..], &["-o", "table"]].concat());
    assert_eq!(done.code, 1, "{}", done.stdout);
    for part in [
        "error[expectation]: no run began at 2026-11-05T10:00:00+01:00",
        "error[expectation]: 2 sent by `invite` in run 1; 3 expected",
        "winback.test.yaml:28:",
        "in document: test `winback_vouchers_who_does_not_order`, field: /expect/runs/0/messages/invite/sent",
    ] {
        assert!(done.stderr.contains(part), "`{part}` is not in {}", done.stderr);
    }
    assert!(done.stdout.contains("3 failures") && done.stdout.contains("0 passed, 1 failed"), "{}", done.stdout);

    let unknown = place.tutti(&["test", &place.path("documents"), "--name", "winback_leaves_who_unsubscribe"]);
    assert!(unknown.code == 1 && unknown.stderr.contains("did you mean `winback_leaves_who_unsubscribes`?"));
    let none = place.tutti(&["test", &place.path("documents/shop.yaml")]);
    assert!(none.code == 1 && none.stderr.starts_with("error[no_tests]"), "{}", none.stderr);
}

#[test]
fn tests_are_documents_like_others_and_run_on_what_is_stored() {
    let place = Place::new();
    place.tutti(&["apply", "-f", EXAMPLE]).ok();
    assert_eq!(place.tutti(&["get", "test"]).ok().json().as_array().unwrap().len(), 2);
    let refused = place.tutti(&["delete", "campaign", "winback"]);
    assert!(refused.code == 1 && refused.stderr.contains("there is no campaign `winback`"), "{}", refused.stderr);
    assert_eq!(place.tutti(&["test"]).ok().json().as_array().unwrap().len(), 2);
    // What is given is tried out, and is not applied.
    let campaign = std::fs::read_to_string(format!("{EXAMPLE}/winback.yaml")).unwrap();
    place.write("winback.yaml", &campaign.replace("duration: 3d", "duration: 4d"));
    let done = place.tutti(&["test", &place.path("winback.yaml")]);
    assert!(done.code == 1 && done.stderr.contains("error["), "{}", done.stderr);
    place.tutti(&["test"]).ok();
    assert!(place.tutti(&["runs"]).ok().json().as_array().unwrap().is_empty());
    assert!(exists(&place.path("data")));
}
