//! What documents name: the places at which one document refers to another by its name.

use std::ops::Range;

use serde_json::Value;
use tutti_model::builtin::{EVENTS, MESSAGES};
use tutti_model::content::included;
use tutti_model::document::KINDS;
use tutti_model::problem::join_pointer;
use tutti_model::{audience, builtin};

/// A document that another one names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    pub kind: &'static str,
    pub name: String,
    /// Where the name stands; for the keys of a map, the member.
    pub pointer: String,
    pub at: At,
}

/// How a name stands at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// It is the text.
    Whole,
    /// It is the key of a map.
    Key,
    /// It is a part of the text.
    Within(Range<usize>),
}

/// Fields of messages and of their pieces, which include fragments.
const TEMPLATES: [&str; 5] = ["subject", "preheader", "html", "mjml", "text"];

/// Settings of activities that name a document.
const SETTINGS: [(&str, &str); 5] = [
    ("/dimension", "dimension"),
    ("/channel", "channel"),
    ("/content", "content"),
    ("/audience", "audience"),
    ("/table", "table"),
];

/// Everything that a document names, in the order of its text.
pub(crate) fn references(document: &Value) -> Vec<Reference> {
    let mut found = Finder { document, found: Vec::new() };
    match document["kind"].as_str().unwrap_or_default() {
        "table" => found.each("/links", |found, link| found.name(&format!("{link}/to"), "table")),
        "dimension" => found.name("/table", "table"),
        "audience" => found.name("/dimension", "dimension"),
        "filter" => {
            found.name("/dimension", "dimension");
            found.rule("/where");
        }
        "content" => {
            found.name("/dimension", "dimension");
            found.templates("");
        }
        "fragment" => found.templates(""),
        "campaign" => found.campaign(),
        "test" => found.test(),
        _ => {}
    }
    found.found
}

/// Gives the document other names for what it names. `renamed` answers the new name of a kind and name.
pub(crate) fn rename(document: &mut Value, renamed: &dyn Fn(&str, &str) -> Option<String>) {
    // Keys come last: replacing one moves the member that pointers below it lead to.
    let (keys, names): (Vec<_>, Vec<_>) =
        references(document).into_iter().partition(|reference| reference.at == At::Key);
    // Backwards, so that what stands before in the same text stays where it is.
    for reference in names.into_iter().rev() {
        let Some(new) = renamed(reference.kind, &reference.name) else { continue };
        match (document.pointer_mut(&reference.pointer), reference.at) {
            (Some(Value::String(text)), At::Within(range)) => text.replace_range(range, &new),
            (Some(place), _) => *place = Value::from(new),
            (None, _) => {}
        }
    }
    for reference in keys {
        let Some(new) = renamed(reference.kind, &reference.name) else { continue };
        let Some((parent, _)) = reference.pointer.rsplit_once('/') else { continue };
        if let Some(members) = document.pointer_mut(parent).and_then(Value::as_object_mut) {
            let moved = std::mem::take(members).into_iter();
            *members =
                moved.map(|(key, value)| (if key == reference.name { new.clone() } else { key }, value)).collect();
        }
    }
}

struct Finder<'a> {
    document: &'a Value,
    found: Vec<Reference>,
}

impl Finder<'_> {
    fn name(&mut self, pointer: &str, kind: &'static str) {
        if let Some(name) = self.document.pointer(pointer).and_then(Value::as_str) {
            self.found.push(Reference { kind, name: name.to_owned(), pointer: pointer.to_owned(), at: At::Whole });
        }
    }

    /// The table at a place, which may be one of Tutti's own, of another table or of an audience.
    fn any_table(&mut self, pointer: &str) {
        let Some(whole) = self.document.pointer(pointer).and_then(Value::as_str) else { return };
        let prefixes = [MESSAGES, EVENTS].map(|prefix| format!("{prefix}_"));
        let (kind, name) = match audience::of_table(whole) {
            Some(audience) => ("audience", audience),
            None if builtin::is_builtin(whole) => {
                ("table", prefixes.iter().find_map(|prefix| whole.strip_prefix(prefix)).unwrap_or(whole))
            }
            None => ("table", whole),
        };
        let at = At::Within(whole.len() - name.len()..whole.len());
        self.found.push(Reference { kind, name: name.to_owned(), pointer: pointer.to_owned(), at });
    }

    /// The fragments that the templates of a message include.
    fn templates(&mut self, message: &str) {
        for field in TEMPLATES {
            let pointer = join_pointer(message, field);
            let text = self.document.pointer(&pointer).and_then(Value::as_str).unwrap_or_default();
            self.found.extend(included(text).into_iter().map(|range| Reference {
                kind: "fragment",
                name: text[range.clone()].to_owned(),
                pointer: pointer.clone(),
                at: At::Within(range),
            }));
        }
    }

    fn keys(&mut self, pointer: &str, kind: &'static str) {
        let names = self.document.pointer(pointer).and_then(Value::as_object).into_iter().flat_map(|it| it.keys());
        for name in names.filter(|name| !builtin::is_builtin(name)) {
            let pointer = join_pointer(pointer, name);
            self.found.push(Reference { kind, name: name.clone(), pointer, at: At::Key });
        }
    }

    fn each(&mut self, pointer: &str, mut look: impl FnMut(&mut Self, &str)) {
        let length = self.document.pointer(pointer).and_then(Value::as_array).map_or(0, Vec::len);
        for index in 0..length {
            look(self, &join_pointer(pointer, index));
        }
    }

    fn campaign(&mut self) {
        self.name("/schedule/calendar", "calendar");
        self.any_table("/schedule/on/table");
        self.name("/notify/channel", "channel");
        self.each("/canvas/activities", |found, activity| {
            for (setting, kind) in SETTINGS {
                found.name(&format!("{activity}{setting}"), kind);
            }
            found.templates(activity);
            found.name(&format!("{activity}/email/channel"), "channel");
            found.each(&format!("{activity}/signals"), |found, signal| {
                found.name(&format!("{signal}/campaign"), "campaign");
            });
            found.each(&format!("{activity}/links"), |found, link| found.name(&format!("{link}/to/table"), "table"));
            found.rule(activity);
        });
    }

    fn test(&mut self) {
        self.name("/campaign", "campaign");
        self.each("/alongside", |found, campaign| found.name(campaign, "campaign"));
        self.keys("/rows", "table");
        self.keys("/audiences", "audience");
        self.each("/steps", |found, step| {
            found.name(&format!("{step}/campaign"), "campaign");
            found.keys(&format!("{step}/import"), "table");
            found.each(&format!("{step}/apply/documents"), Self::within);
        });
        self.keys("/expect/campaigns", "campaign");
        self.each("/expect/alerts", |found, alert| found.name(&format!("{alert}/campaign"), "campaign"));
        self.keys("/expect/audiences", "audience");
        self.keys("/expect/tables", "table");
    }

    /// A document that stands in this one: its own name, and what it names.
    fn within(&mut self, pointer: &str) {
        let Some(document) = self.document.pointer(pointer) else { return };
        let kind = document["kind"].as_str().unwrap_or_default();
        if let Some(kind) = KINDS.into_iter().find(|known| *known == kind) {
            self.name(&format!("{pointer}/name"), kind);
        }
        self.found.extend(
            references(document)
                .into_iter()
                .map(|inner| Reference { pointer: format!("{pointer}{}", inner.pointer), ..inner }),
        );
    }

    /// Filters and audiences that rules anywhere below `pointer` name.
    fn rule(&mut self, pointer: &str) {
        match self.document.pointer(pointer) {
            Some(Value::Array(items)) => (0..items.len()).for_each(|index| self.rule(&join_pointer(pointer, index))),
            Some(Value::Object(members)) => {
                // A filter of Tutti's own is there wherever the bundle goes.
                let filter = members.get("filter").and_then(Value::as_str);
                if filter.is_some_and(|name| !builtin::is_builtin(name)) {
                    self.name(&join_pointer(pointer, "filter"), "filter");
                }
                if members.get("audience").is_some_and(Value::is_string) && members.contains_key("operator") {
                    self.name(&join_pointer(pointer, "audience"), "audience");
                }
                members.keys().for_each(|key| self.rule(&join_pointer(pointer, key)));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn campaign() -> Value {
        json!({
            "kind": "campaign", "name": "c", "schedule": {"type": "daily", "at": "09:00", "calendar": "holidays"},
            "canvas": {"activities": [
                {"id": "who", "type": "build-audience", "dimension": "people", "where": {"combinator": "and", "rules": [
                    {"filter": "lapsed"}, {"audience": "vip", "operator": "notIn"}, {"field": "channel", "value": "web"}]}},
                {"id": "more", "type": "enrichment", "links": [{"name": "x", "to": {"table": "visits"}}]},
                {"id": "mail", "type": "email", "channel": "news", "content": "hello"},
                {"id": "tell", "type": "alert", "email": {"channel": "news", "to": ["a@b.example"]}},
                {"id": "done", "type": "end", "signals": [{"campaign": "next"}]},
            ]},
        })
    }

    #[test]
    fn everything_that_a_campaign_names_is_found() {
        let found: Vec<String> =
            references(&campaign()).iter().map(|found| format!("{} {}", found.kind, found.name)).collect();
        let expected = [
            "calendar holidays",
            "dimension people",
            "filter lapsed",
            "audience vip",
            "table visits",
            "channel news",
            "content hello",
            "channel news",
            "campaign next",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn fragments_are_named_within_texts() {
        let mut content = json!({"kind": "content", "name": "hi", "dimension": "people",
            "subject": "{% include 'shop' %}: hi", "html": "é{% include 'head' %}<p>head</p>{%- include \"foot\" %}"});
        let found: Vec<String> =
            references(&content).iter().map(|found| format!("{} {}", found.kind, found.name)).collect();
        assert_eq!(found, ["dimension people", "fragment shop", "fragment head", "fragment foot"]);
        rename(&mut content, &|kind, name| (kind == "fragment").then(|| format!("{name}_of_theirs")));
        let expected = json!({"kind": "content", "name": "hi", "dimension": "people",
            "subject": "{% include 'shop_of_theirs' %}: hi",
            "html": "é{% include 'head_of_theirs' %}<p>head</p>{%- include \"foot_of_theirs\" %}"});
        assert_eq!(content, expected);
        let own = json!({"kind": "campaign", "name": "c", "notify": {"channel": "news", "to": []},
            "canvas": {"activities": [{"id": "mail", "type": "email", "mjml": "{% include 'foot' %}"}]}});
        let found: Vec<String> =
            references(&own).iter().map(|found| format!("{} {}", found.kind, found.name)).collect();
        assert_eq!(found, ["channel news", "fragment foot"]);
        assert_eq!(references(&json!({"kind": "fragment", "html": "{% include 'foot' %}"}))[0].name, "foot");
    }

    #[test]
    fn tables_that_come_with_others_are_named_by_those() {
        for (table, named, renamed) in [
            ("orders", "table orders", "orders_2"),
            ("tutti_messages_people", "table people", "tutti_messages_people_2"),
            ("tutti_events_people", "table people", "tutti_events_people_2"),
            ("audience.vip", "audience vip", "audience.vip_2"),
        ] {
            let mut campaign = json!({"kind": "campaign", "schedule": {"type": "signal", "on": {"table": table}}});
            let found: Vec<String> =
                references(&campaign).iter().map(|found| format!("{} {}", found.kind, found.name)).collect();
            assert_eq!(found, [named]);
            rename(&mut campaign, &|_, name| Some(format!("{name}_2")));
            assert_eq!(campaign["schedule"]["on"]["table"], renamed);
        }
    }

    #[test]
    fn rows_of_tests_are_not_looked_into() {
        let mut test = json!({"kind": "test", "campaign": "c", "alongside": ["d"],
            "rows": {"people": [{"channel": "web"}]},
            "steps": [{"at": "x", "import": {"orders": [{"table": "t"}]}}, {"at": "x", "campaign": "d", "run": {}},
                {"at": "x", "apply": {"documents": [{"kind": "content", "name": "news", "html": "{% include 'foot' %}"}]}}],
            "expect": {"campaigns": {"d": {"runs": []}}, "alerts": [{"campaign": "d", "contains": "c"}],
                "audiences": {"vip": ["c"]}, "tables": {"orders": {"count": 1}, "tutti_events_people": {}}}});
        let found: Vec<String> = references(&test).iter().map(|found| found.name.clone()).collect();
        assert_eq!(found, ["c", "d", "people", "orders", "d", "news", "foot", "d", "d", "vip", "orders"]);
        rename(&mut test, &|_, name| Some(format!("{name}_2")));
        let expected = json!({"kind": "test", "campaign": "c_2", "alongside": ["d_2"],
            "rows": {"people_2": [{"channel": "web"}]},
            "steps": [{"at": "x", "import": {"orders_2": [{"table": "t"}]}}, {"at": "x", "campaign": "d_2", "run": {}},
                {"at": "x", "apply": {"documents":
                    [{"kind": "content", "name": "news_2", "html": "{% include 'foot_2' %}"}]}}],
            "expect": {"campaigns": {"d_2": {"runs": []}}, "alerts": [{"campaign": "d_2", "contains": "c"}],
                "audiences": {"vip_2": ["c"]}, "tables": {"orders_2": {"count": 1}, "tutti_events_people": {}}}});
        assert_eq!(test, expected);
    }

    #[test]
    fn names_are_replaced_where_they_are_names() {
        let mut renamed = campaign();
        rename(&mut renamed, &|kind, name| (kind == "channel" && name == "news").then(|| "post".to_owned()));
        assert_eq!(renamed.to_string(), campaign().to_string().replace("\"channel\":\"news\"", "\"channel\":\"post\""));
    }
}
