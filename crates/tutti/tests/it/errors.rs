//! What is said when something is wrong, and with which exit code.

use crate::binary::Place;

#[test]
fn every_problem_is_printed_with_its_place() {
    let place = Place::new();
    place.write("a.yaml", "kind: table\nname: pets\ncolumns:\n  - {name: pet_id, type: string, labl: Pet}\n  - {name: age, type: intger}\nprimary_key: [pet_id]\n");
    for command in ["apply", "validate"] {
        let done = place.tutti(&[command, "-f", &place.path("a.yaml")]);
        assert_eq!(done.code, 1, "{command}: {}", done.stderr);
        for part in ["error[", "a.yaml:4:", "a.yaml:5:", "document: table `pets`", "hint: did you mean `label`?"] {
            assert!(done.stderr.contains(part), "{command} does not say {part}: {}", done.stderr);
        }
    }
    assert_eq!(place.tutti(&["get", "table"]).ok().stdout, "[]\n");
}

#[test]
fn wrong_usage_is_2_and_failure_is_1() {
    let place = Place::new();
    for (arguments, code) in [
        (&["count"][..], 2),
        (&["frobnicate"], 2),
        (&["run", "x", "--set", "novalue"], 2),
        (&["get", "campaign", "x", "-o", "xml"], 2),
        (&["catcher", "--smtp", "127.0.0.1:0", "--fail", "dance"], 2),
        (&["get", "campaign", "x"], 1),
        (&["get", "campain"], 1),
        (&["run", "x"], 1),
        (&["show", "run_none"], 1),
        (&["apply", "-f", "no/such/folder"], 1),
        (&["count", "--dimension", "d", "--where", "no/such/file.json"], 1),
    ] {
        let done = place.tutti(arguments);
        assert_eq!(done.code, code, "{arguments:?}: {}", done.stderr);
        assert_eq!(done.stdout, "", "{arguments:?}");
        assert!(done.stderr.starts_with("error"), "{arguments:?}: {}", done.stderr);
    }
}

#[test]
fn unknown_settings_are_refused() {
    let place = Place::new();
    let done: crate::binary::Done =
        place.command(&["version"]).env("TUTTI__SERVER__LISTENN", "x").output().unwrap().into();
    assert_eq!(done.code, 2, "{}", done.stderr);
    assert!(done.stderr.contains("listenn"), "{}", done.stderr);
    place.write("settings.yaml", "server:\n  listen: 127.0.0.1:0\n  colour: blue\n");
    let done = place.tutti(&["version", "--config", &place.path("settings.yaml")]);
    assert_eq!(done.code, 2, "{}", done.stderr);
    assert!(done.stderr.contains("colour"), "{}", done.stderr);
}

#[test]
fn output_that_is_cut_off_is_no_failure() {
    let place = Place::shop(2525, 2_000);
    let mut child = place
        .command(&["preview", "--dimension", "people", "--where", "{}", "--limit", "2000"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

/// In a file, in a text, from stdin, on a data directory and over a server.
#[test]
fn what_is_wrong_with_a_rule_is_told_with_its_place() {
    let place = Place::shop(2525, 3);
    let text = "combinator: and\nrules:\n  - {field: consent, operator: '=', value: true}\n  - {field: teir, operator: '=', value: gold}\n";
    place.write("rule.yaml", text);
    let file = place.path("rule.yaml");
    let says = |done: &crate::binary::Done, what: &str, source: &str| {
        assert_eq!(done.code, 1, "{what}: {}", done.stderr);
        let at = format!("--> {source}:4:");
        for part in [at.as_str(), "field: /where/rules/1", "did you mean `tier`?"] {
            assert!(done.stderr.contains(part), "{what} does not say {part}: {}", done.stderr);
        }
    };
    let asked = |command: &'static str, rule: &'static str| [command, "--dimension", "people", "--where", rule];
    for command in ["count", "preview", "explain", "check"] {
        says(&place.tutti(&[command, "--dimension", "people", "--where", &file]), command, &file);
        says(&place.tutti_with(&asked(command, "-"), text), command, "stdin");
    }
    let parts = place.tutti(&["count", "--parts", "--dimension", "people", "--where", &file]);
    says(&parts, "count --parts", &file);
    let values = ["distribution", "--dimension", "people", "--field", "tier", "--where", &file];
    says(&place.tutti(&values), "distribution", &file);

    let mut server = place.start(&["serve", "--listen", "127.0.0.1:0"], "serve.log");
    let address = place.announced();
    let mut over = place.command(&["count", "--dimension", "people", "--where", &file]);
    let done = over.env_remove("TUTTI_DATA").env("TUTTI_SERVER", &address).output().unwrap().into();
    says(&done, "count over a server", &file);
    assert_eq!(server.end("-TERM"), 0, "{}", server.said());
}
