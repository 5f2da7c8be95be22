//! Exporting a campaign: one text with the campaign and all that it needs.

use async_recursion::async_recursion as boxed;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_model::document::KINDS;

use super::references::references;
use super::{Key, environment};
use crate::error::{Error, Result};
use crate::workspace::Workspace;

/// A campaign as one text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bundle {
    pub campaign: String,
    pub version: i64,
    /// YAML, one document after the other, as apply takes them.
    pub text: String,
    /// What is in it.
    pub documents: Vec<BundleDocument>,
    /// Audiences that it asks for and that no document describes: they are saved by campaigns, or imported.
    pub audiences: Vec<String>,
    /// Environment variables with secrets, which are not in it.
    pub environment: Vec<String>,
}

/// A document of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleDocument {
    pub kind: String,
    pub name: String,
    pub version: i64,
}

impl Workspace {
    /// A campaign with all that it needs: what it names, and what that names in turn; the campaigns that it signals,
    /// and the tests of all of them. The same documents give the same text.
    #[boxed]
    pub async fn export_campaign(&self, name: &str) -> Result<Bundle> {
        let heads = self.store.documents().heads().await?;
        let known: BTreeMap<Key, (&Value, i64)> = heads
            .iter()
            .filter_map(|head| Some(((head.kind.clone(), head.name.clone()), (head.body.as_ref()?, head.version))))
            .collect();
        let campaign: Key = ("campaign".to_owned(), name.to_owned());
        let Some((_, version)) = known.get(&campaign).copied() else {
            let campaigns = known.keys().filter(|(kind, _)| kind == "campaign").map(|(_, name)| name.as_str());
            return Err(Error::not_found("campaign", name, campaigns));
        };
        let bodies: BTreeMap<Key, &Value> = known.iter().map(|(key, (body, _))| (key.clone(), *body)).collect();
        let (needed, unknown) = needed(&bodies, campaign);
        let mut documents: Vec<&Key> = needed.iter().collect();
        let rank = |kind: &str| KINDS.iter().position(|known| *known == kind);
        documents.sort_by_key(|(kind, name)| (rank(kind), name.as_str()));
        let mut text = format!(
            "# The campaign `{name}` with all that it needs. `tutti import-campaign` and `tutti apply` take it.\n"
        );
        for (index, key) in documents.iter().enumerate() {
            let yaml = serde_saphyr::to_string(bodies[*key]).map_err(|error| {
                Error::refused("not_yaml", format!("the {} `{}` is not YAML: {error}", key.0, key.1))
            })?;
            text.push_str(if index == 0 { "" } else { "---\n" });
            text.push_str(yaml.trim_end_matches('\n'));
            text.push('\n');
        }
        let found = documents.iter().flat_map(|key| environment(bodies[*key]));
        let environment: BTreeSet<String> = found.collect();
        Ok(Bundle {
            campaign: name.to_owned(),
            version,
            text,
            documents: documents
                .into_iter()
                .map(|key| BundleDocument { kind: key.0.clone(), name: key.1.clone(), version: known[key].1 })
                .collect(),
            audiences: unknown.into_iter().filter(|(kind, _)| kind == "audience").map(|(_, name)| name).collect(),
            environment: environment.into_iter().collect(),
        })
    }
}

/// The documents that `first` needs, and the names that no document has.
fn needed(known: &BTreeMap<Key, &Value>, first: Key) -> (BTreeSet<Key>, BTreeSet<Key>) {
    let (mut needed, mut unknown) = (BTreeSet::new(), BTreeSet::new());
    let mut open = vec![first];
    loop {
        while let Some(key) = open.pop() {
            match known.get(&key) {
                None => drop(unknown.insert(key)),
                Some(body) => {
                    if needed.insert(key.clone()) {
                        open.extend(references(body).into_iter().map(|it| (it.kind.to_owned(), it.name)));
                    }
                }
            }
        }
        open.extend(tests_of(known, &needed));
        open.extend(tables_behind(known, &needed));
        if open.is_empty() {
            return (needed, unknown);
        }
    }
}

/// The tests of campaigns that are needed, where they are not in yet.
fn tests_of(known: &BTreeMap<Key, &Value>, needed: &BTreeSet<Key>) -> Vec<Key> {
    let is_wanted = |(key, body): &(&Key, &&Value)| {
        let campaign = body["campaign"].as_str().unwrap_or_default().to_owned();
        key.0 == "test" && !needed.contains(*key) && needed.contains(&("campaign".to_owned(), campaign))
    };
    known.iter().filter(is_wanted).map(|(key, _)| key.clone()).collect()
}

/// Tables that declare a link whose way back is used: its name stands in the text of a document that is needed.
fn tables_behind(known: &BTreeMap<Key, &Value>, needed: &BTreeSet<Key>) -> Vec<Key> {
    let mut words: BTreeSet<&str> = BTreeSet::new();
    let texts = needed.iter().filter(|(kind, _)| kind != "table").filter_map(|key| known.get(key));
    texts.for_each(|body| collect_words(body, &mut words));
    let declares = |(key, body): &(&Key, &&Value)| {
        let links = body["links"].as_array();
        key.0 == "table"
            && !needed.contains(*key)
            && links.into_iter().flatten().any(|link| {
                let to = ("table".to_owned(), link["to"].as_str().unwrap_or_default().to_owned());
                needed.contains(&to) && link["reverse"].as_str().is_some_and(|name| words.contains(name))
            })
    };
    known.iter().filter(declares).map(|(key, _)| key.clone()).collect()
}

fn collect_words<'a>(value: &'a Value, words: &mut BTreeSet<&'a str>) {
    match value {
        Value::String(text) => words.extend(text.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '-')),
        Value::Array(items) => items.iter().for_each(|item| collect_words(item, words)),
        Value::Object(members) => members.iter().for_each(|(key, member)| {
            words.insert(key);
            collect_words(member, words);
        }),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::bundle::key_of;

    #[test]
    fn a_table_behind_a_way_back_is_needed_only_where_it_is_used() {
        let documents = [
            json!({"kind": "table", "name": "people", "links": [{"name": "city", "to": "cities"}]}),
            json!({"kind": "table", "name": "cities"}),
            json!({"kind": "table", "name": "orders", "links": [{"name": "buyer", "to": "people", "reverse": "orders"}]}),
            json!({"kind": "table", "name": "visits", "links": [{"name": "guest", "to": "people", "reverse": "visits"}]}),
            json!({"kind": "dimension", "name": "people", "table": "people"}),
            json!({"kind": "campaign", "name": "c", "canvas": {"activities": [
                {"id": "a", "dimension": "people", "where": {"expression": "count(orders.total) > 1"}},
                {"id": "b", "where": {"audience": "vip", "operator": "in"}}]}}),
            json!({"kind": "campaign", "name": "other", "canvas": {"activities": []}}),
            json!({"kind": "test", "name": "t", "campaign": "c"}),
            json!({"kind": "test", "name": "u", "campaign": "other"}),
        ];
        let known: BTreeMap<Key, &Value> = documents.iter().map(|body| (key_of(body), body)).collect();
        let (found, unknown) = needed(&known, ("campaign".to_owned(), "c".to_owned()));
        let shown: Vec<String> = found.iter().map(|(kind, name)| format!("{kind} {name}")).collect();
        assert_eq!(shown, ["campaign c", "dimension people", "table cities", "table orders", "table people", "test t"]);
        assert_eq!(unknown, BTreeSet::from([("audience".to_owned(), "vip".to_owned())]));
    }
}
