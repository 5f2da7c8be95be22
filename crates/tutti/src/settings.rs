//! Settings: the defaults (`settings.default.yaml`, which is also the manual), then a file, then the environment.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};
use tutti_model::duration::Duration;
use tutti_model::notify::{Notify, Trouble};

use crate::failure::{Done, Failure};

/// The commented default file.
pub const DEFAULTS: &str = include_str!("settings.default.yaml");

/// All settings.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub data: PathBuf,
    pub server: Server,
    pub query: Query,
    pub store: Store,
    pub runs: Runs,
    pub notify: NotifySettings,
    pub outside: Outside,
    pub client: ClientSettings,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    pub listen: String,
    pub public_url: Option<String>,
    pub insecure_listen: bool,
    pub hosts: Vec<String>,
    pub body_bytes_max: usize,
    pub upload_bytes_max: u64,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    pub memory_bytes: usize,
    pub threads: usize,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    pub url: Option<Secret>,
    pub lease_s: u64,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Runs {
    pub history: Duration,
    pub records: Duration,
    pub launches: Duration,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NotifySettings {
    pub channel: Option<String>,
    pub to: Vec<String>,
    pub on: Vec<Trouble>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Outside {
    pub folders: Vec<PathBuf>,
    pub private_addresses: bool,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ClientSettings {
    pub server: Option<String>,
    pub token: Option<Secret>,
}

/// A value that prints as stars.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    pub fn new(value: String) -> Self {
        Self(value)
    }

    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("***")
    }
}

impl Settings {
    /// Reads the settings: defaults, then `file`, then the variables of `environment`.
    pub fn load(file: Option<&Path>, environment: impl Iterator<Item = (String, String)>) -> Done<Self> {
        let mut tree = parse("settings.default.yaml", DEFAULTS)?;
        if let Some(file) = file {
            let text = std::fs::read_to_string(file).map_err(|error| {
                Failure::usage(format!("the settings file `{}` could not be read: {error}", file.display()))
            })?;
            merge(&mut tree, parse(&file.display().to_string(), &text)?);
        }
        let mut variables: Vec<(String, String)> = environment.filter(|(name, _)| name.starts_with("TUTTI_")).collect();
        // The short names first, so that the long ones win.
        variables.sort_by_key(|(name, _)| (name.starts_with("TUTTI__"), name.clone()));
        for (name, value) in &variables {
            let path = match name.as_str() {
                "TUTTI_DATA" => "data".to_owned(),
                "TUTTI_SERVER" => "client.server".to_owned(),
                "TUTTI_TOKEN" => "client.token".to_owned(),
                "TUTTI_PUBLIC_URL" => "server.public_url".to_owned(),
                _ => match name.strip_prefix("TUTTI__") {
                    Some(path) => path.to_lowercase().replace("__", "."),
                    None => continue,
                },
            };
            set(&mut tree, &path, value);
        }
        serde_path_to_error::deserialize(&tree).map_err(|error| {
            let path = error.path().to_string();
            let environment =
                variables.iter().find(|(name, _)| name.to_lowercase() == format!("tutti__{}", path.replace('.', "__")));
            let place = match environment {
                Some((name, _)) => format!("the variable `{name}`"),
                None if path == "." => "the settings".to_owned(),
                None => format!("the setting `{path}`"),
            };
            Failure::usage(format!("{place} cannot be used: {}", error.into_inner()))
                .hint("`tutti doctor --settings` prints all settings with their meaning")
        })
    }
}

impl Settings {
    /// Who is told of what goes wrong with campaigns that do not say.
    pub fn notify(&self) -> Done<Option<Notify>> {
        let NotifySettings { channel, to, on } = self.notify.clone();
        let Some(channel) = channel else { return Ok(None) };
        let notify = Notify { channel, to, on };
        let mut problems = Vec::new();
        notify.check("", &mut problems);
        match problems.first() {
            Some(problem) => {
                let setting = problem.pointer.split('/').nth(1).unwrap_or_default();
                Err(Failure::usage(format!("the setting `notify.{setting}` cannot be used: {}", problem.message)))
            }
            None => Ok(Some(notify)),
        }
    }
}

fn parse(name: &str, text: &str) -> Done<Value> {
    if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
        return Ok(Value::Object(Map::new()));
    }
    match tutti_model::source::parse_value(name, text) {
        Ok(source) if source.value.is_object() => Ok(source.value),
        Ok(_) => Err(Failure::usage(format!("the settings file `{name}` must be a map of settings"))),
        Err(problem) => {
            Err(Failure::usage(format!("the settings file `{name}` could not be read"))
                .with_items(vec![problem.into()]))
        }
    }
}

/// Lays `over` over `tree`: maps merge, everything else replaces.
fn merge(tree: &mut Value, over: Value) {
    match (tree, over) {
        (Value::Object(tree), Value::Object(over)) => {
            for (name, value) in over {
                match tree.get_mut(&name) {
                    Some(below) => merge(below, value),
                    None => {
                        tree.insert(name, value);
                    }
                }
            }
        }
        (tree, over) => *tree = over,
    }
}

/// Sets one value by its path. The text is read as YAML where the setting is not a text.
fn set(tree: &mut Value, path: &str, text: &str) {
    let mut at = tree;
    for part in path.split('.') {
        if !at.is_object() {
            *at = Value::Object(Map::new());
        }
        let Value::Object(fields) = at else { return };
        at = fields.entry(part.to_owned()).or_insert(Value::Null);
    }
    let read = tutti_model::source::parse_value("", text).map(|source| source.value);
    *at = match (&*at, read) {
        (Value::Bool(_) | Value::Number(_) | Value::Array(_), Ok(value)) => value,
        _ => Value::String(text.to_owned()),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(variables: &[(&str, &str)]) -> Done<Settings> {
        Settings::load(None, variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn the_defaults_are_whole() {
        let settings = load(&[]).unwrap();
        assert_eq!(settings.server.listen, "127.0.0.1:8080");
        assert_eq!(settings.data, Path::new("./tutti-data"));
        assert!(!settings.server.insecure_listen);
        assert_eq!(settings.notify().unwrap(), None);
    }

    #[test]
    fn those_who_are_told_can_be_mailed() {
        let channel = ("TUTTI__NOTIFY__CHANNEL", "mail");
        let told = load(&[channel, ("TUTTI__NOTIFY__TO", "[ops@shop.example]")]).unwrap().notify().unwrap().unwrap();
        assert_eq!((told.channel.as_str(), told.to.len(), told.on.len()), ("mail", 1, 4));
        assert!(load(&[channel]).unwrap().notify().is_err(), "nobody is told");
        assert!(load(&[channel, ("TUTTI__NOTIFY__TO", "[ops]")]).unwrap().notify().is_err());
    }

    #[test]
    fn the_environment_overrides_and_strangers_are_refused() {
        let settings = load(&[
            ("TUTTI_DATA", "/a"),
            ("TUTTI__DATA", "/b"),
            ("TUTTI__SERVER__UPLOAD_BYTES_MAX", "17"),
            ("TUTTI__SERVER__HOSTS", "[a.example]"),
            ("TUTTI_TOKEN", "0123"),
            ("TUTTI_UNRELATED", "x"),
        ])
        .unwrap();
        assert_eq!(settings.data, Path::new("/b"));
        assert_eq!(settings.server.upload_bytes_max, 17);
        assert_eq!(settings.server.hosts, ["a.example"]);
        assert_eq!(settings.client.token.as_ref().map(Secret::expose), Some("0123"));
        assert!(!format!("{settings:?}").contains("0123"), "secrets print as stars");
        assert!(!serde_json::to_string(&settings).unwrap().contains("0123"));
        for (name, value) in [("TUTTI__SERVER__LISTENN", "x"), ("TUTTI__QUERY__THREADS", "many")] {
            assert!(load(&[(name, value)]).is_err(), "{name}");
        }
    }
}
