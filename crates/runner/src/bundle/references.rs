//! What documents name: the places at which one document refers to another by its name.

use serde_json::Value;
use tutti_model::problem::join_pointer;

/// A document that another one names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    pub kind: &'static str,
    pub name: String,
    /// Where the name stands; for the keys of a map, the member.
    pub pointer: String,
    /// The name is the key of a map.
    pub is_key: bool,
}

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
        "campaign" => found.campaign(),
        "test" => found.test(),
        _ => {}
    }
    found.found
}

/// Gives the document other names for what it names. `renamed` answers the new name of a kind and name.
pub(crate) fn rename(document: &mut Value, renamed: &dyn Fn(&str, &str) -> Option<String>) {
    // Keys come last: replacing one moves the member that pointers below it lead to.
    let (keys, names): (Vec<_>, Vec<_>) = references(document).into_iter().partition(|reference| reference.is_key);
    for reference in names {
        if let Some(new) = renamed(reference.kind, &reference.name)
            && let Some(place) = document.pointer_mut(&reference.pointer)
        {
            *place = Value::from(new);
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
            self.found.push(Reference { kind, name: name.to_owned(), pointer: pointer.to_owned(), is_key: false });
        }
    }

    fn keys(&mut self, pointer: &str, kind: &'static str) {
        for name in self.document.pointer(pointer).and_then(Value::as_object).into_iter().flat_map(|it| it.keys()) {
            let pointer = join_pointer(pointer, name);
            self.found.push(Reference { kind, name: name.clone(), pointer, is_key: true });
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
        self.name("/schedule/on/table", "table");
        self.each("/canvas/activities", |found, activity| {
            for (setting, kind) in SETTINGS {
                found.name(&format!("{activity}{setting}"), kind);
            }
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
        self.each("/steps", |found, step| found.keys(&format!("{step}/import"), "table"));
    }

    /// Filters and audiences that rules anywhere below `pointer` name.
    fn rule(&mut self, pointer: &str) {
        match self.document.pointer(pointer) {
            Some(Value::Array(items)) => (0..items.len()).for_each(|index| self.rule(&join_pointer(pointer, index))),
            Some(Value::Object(members)) => {
                if members.get("filter").is_some_and(Value::is_string) {
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
    fn rows_of_tests_are_not_looked_into() {
        let mut test = json!({"kind": "test", "campaign": "c", "alongside": ["d"],
            "rows": {"people": [{"channel": "web"}]}, "steps": [{"at": "x", "import": {"orders": [{"table": "t"}]}}]});
        let found: Vec<String> = references(&test).iter().map(|found| found.name.clone()).collect();
        assert_eq!(found, ["c", "d", "people", "orders"]);
        rename(&mut test, &|_, name| Some(format!("{name}_2")));
        let expected = json!({"kind": "test", "campaign": "c_2", "alongside": ["d_2"],
            "rows": {"people_2": [{"channel": "web"}]}, "steps": [{"at": "x", "import": {"orders_2": [{"table": "t"}]}}]});
        assert_eq!(test, expected);
    }

    #[test]
    fn names_are_replaced_where_they_are_names() {
        let mut renamed = campaign();
        rename(&mut renamed, &|kind, name| (kind == "channel" && name == "news").then(|| "post".to_owned()));
        assert_eq!(renamed.to_string(), campaign().to_string().replace("\"channel\":\"news\"", "\"channel\":\"post\""));
    }
}
