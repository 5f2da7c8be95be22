//! Documents come back as they were given: every kind, over all examples, by every form of output; and every campaign
//! among them goes to an empty installation.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use tutti_model::document::KINDS;

use crate::binary::Place;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Kinds that no example has.
const MORE: &str = "kind: audience\nname: vip\ndimension: customers\n---\n\
    kind: content\nname: hello\nsubject: 'Hello {{ first_name }}'\nhtml: |\n  <p>One</p>\n\n    <p>é — “two” 'three' \"four\"</p>\ntext: '# no comment'\n---\n\
    kind: fragment\nname: greeting\nhtml: \"<p>Hello {{ name }}</p>\"\ntext: 'Hello {{ name }}'\n---\n\
    kind: calendar\nname: fr\ndates: [{yearly: 07-14, label: Bastille Day}, 2026-12-24, {from: 2026-12-24, until: 2027-01-01}]\n---\n\
    kind: view\nname: mine\nlabel: 'yes'\nlist: campaigns\nfilter: {search: '0123', states: [live], sort: last_run, descending: true}\n";

fn files_below(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            found.push(path);
        }
    }
}

/// Installations with the examples that belong together.
fn installations() -> Vec<Place> {
    let with = |folders: &[&str], more: &str| {
        let place = Place::new();
        let mut files = Vec::new();
        folders.iter().for_each(|folder| files_below(Path::new(&format!("{ROOT}/{folder}")), &mut files));
        for (index, file) in files.iter().enumerate() {
            let text = std::fs::read_to_string(file).unwrap().replace("${SMTP_PORT}", "2525");
            // Tests of templates are about campaigns that are made of them.
            if !text.starts_with("kind: test\nname: ") || !file.display().to_string().contains("/templates/") {
                place.write(&format!("documents/{index}.yaml"), &text);
            }
        }
        if !more.is_empty() {
            place.write("documents/more.yaml", more);
        }
        place.tutti(&["apply", "-f", &place.path("documents")]).ok();
        place
    };
    vec![
        with(&["crates/tutti/demo", "crates/runner/templates"], MORE),
        with(&["examples/campaign-tests"], ""),
        with(&["examples/complete-journey/documents"], ""),
    ]
}

#[test]
fn what_is_got_can_be_applied_and_changes_nothing() {
    let mut seen = BTreeSet::new();
    for place in installations() {
        for kind in KINDS {
            let documents = place.tutti(&["get", kind]).ok();
            let documents: Vec<Value> = serde_json::from_value(documents.json()).unwrap();
            for document in &documents {
                let name = document["name"].as_str().unwrap();
                place.write(&format!("back/{kind}/{name}.json"), &document.to_string());
            }
            if !documents.is_empty() {
                let all = place.tutti(&["get", kind, "-o", "yaml"]).ok().stdout;
                place.write("all.yaml", &all);
                for given in ["all.yaml", &format!("back/{kind}")] {
                    let changes = place.tutti(&["diff", "-f", &place.path(given)]).ok().json();
                    let changes = changes.as_array().unwrap();
                    assert_eq!(changes.len(), documents.len());
                    assert!(changes.iter().all(|change| change["change"] == "unchanged"), "{given}: {changes:?}");
                }
                seen.insert(kind);
            }
        }
    }
    let missing: Vec<&str> = KINDS.into_iter().filter(|kind| !seen.contains(kind)).collect();
    assert_eq!(missing, [""; 0], "kinds without an example");
}

#[test]
fn every_example_campaign_goes_to_an_empty_installation() {
    let mut exported = 0;
    for place in installations() {
        let campaigns = place.tutti(&["get", "campaign"]).ok().json();
        for campaign in campaigns.as_array().unwrap() {
            let name = campaign["name"].as_str().unwrap();
            let file = place.path("bundle.yaml");
            place.tutti(&["export", name, "--to", &file]).ok();
            let there = Place::new();
            let report = there.tutti(&["import-campaign", &file]).ok().json();
            assert_eq!((&report["imported"], &report["missing"]), (&true.into(), &serde_json::json!([])), "{report}");
            let back = there.tutti(&["export", name]).ok().stdout;
            assert_eq!(back, std::fs::read_to_string(&file).unwrap());
            exported += 1;
        }
    }
    assert!(exported >= 5, "{exported}");
}

#[test]
fn commands_show_lists_comments_and_the_calendar() {
    let place = installations().remove(0);
    place.tutti(&["comment", "add", "vip_thanks", "Too many?", "--activity", "top", "--by", "Marta"]).ok();
    let comments = place.tutti(&["comments", "vip_thanks"]).ok().json();
    assert_eq!((&comments[0]["author"], &comments[0]["activity"]), (&"Marta".into(), &"top".into()));
    let id = comments[0]["id"].to_string();
    place.tutti(&["comment", "resolve", &id]).ok();
    assert_eq!(place.tutti(&["comments", "vip_thanks"]).ok().json(), serde_json::json!([]));
    place.tutti(&["comment", "reopen", &id]).ok();
    place.tutti(&["comment", "delete", &id]).ok();

    let done = place.tutti(&["bulk", "tag", "vip_thanks", "nobody", "--tag", "spring"]);
    assert!(done.code == 1 && done.stderr.contains("there is no campaign `nobody`"), "{}", done.stderr);
    assert_eq!(done.json()[0]["done"], true);
    let tagged = place.tutti(&["campaigns", "--tag", "spring", "--sort", "name"]).ok().json();
    assert_eq!((tagged.as_array().unwrap().len(), &tagged[0]["name"]), (1, &"vip_thanks".into()));
    place.tutti(&["publish", "renewal_reminder"]).ok();
    let calendar = place.tutti(&["calendar", "--zone", "Europe/Paris"]).ok().json();
    let entries = calendar["entries"].as_array().unwrap();
    assert!(entries.len() >= 28 && entries.iter().all(|entry| entry["campaign"] == "renewal_reminder"), "{calendar}");
    for command in
        [&["campaigns"][..], &["calendar"], &["comments", "vip_thanks"], &["templates"], &["template", "birthday"]]
    {
        place.tutti(&[command, &["-o", "table"]].concat()).ok();
    }
}
