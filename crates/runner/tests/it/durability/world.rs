//! What the world looks like: all that runs say of themselves, and all that they left outside.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tutti_runner::{LedgerFilter, POPULATION_ROWS_MAX, RunHead, Workspace};
use tutti_testkit::mail::{MailStore, Search};

use super::place::Place;

/// Facts by name; the same in every life but for what `repeats` counts.
#[derive(Debug, Default)]
pub struct World {
    pub facts: BTreeMap<String, Value>,
    /// Mails that came again, under the `Message-ID` that they had.
    pub repeated_mails: usize,
}

impl World {
    /// The same without times of day, for lives in which somebody had to wait.
    pub fn without_times(self) -> Self {
        let time = regex::Regex::new(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?").unwrap();
        let facts = self.facts.into_iter().map(|(name, fact)| {
            let fact = json!(time.replace_all(&fact.to_string(), "TIME"));
            (name, fact)
        });
        Self { facts: facts.collect(), ..self }
    }

    /// Where this one differs from another, in words.
    pub fn differences(&self, other: &World) -> Vec<String> {
        let names: BTreeSet<&String> = self.facts.keys().chain(other.facts.keys()).collect();
        let differs = names.into_iter().filter(|name| self.facts.get(*name) != other.facts.get(*name));
        let shown = |world: &World, name: &str| world.facts.get(name).map_or("nothing".to_owned(), Value::to_string);
        differs
            .map(|name| format!("{name}:\n  undisturbed {}\n  here        {}", shown(self, name), shown(other, name)))
            .collect()
    }
}

/// Looks at everything.
pub async fn look(place: &Place, workspace: &Workspace) -> World {
    let mut world = World::default();
    let mut runs = workspace.list_runs(None, u64::MAX).await.unwrap();
    runs.sort_by(|a, b| (&a.started_at, &a.run).cmp(&(&b.started_at, &b.run)));
    let names = names_of(&runs);
    for run in &runs {
        let name = &names[&run.run];
        look_at_run(&mut world, workspace, name, &run.run).await;
    }
    look_at_state(&mut world, workspace).await;
    look_outside(&mut world, place);
    for fact in world.facts.values_mut() {
        rename(fact, &names);
    }
    world
}

/// Runs by campaign and number, since ids differ from life to life.
fn names_of(runs: &[RunHead]) -> BTreeMap<String, String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut names = BTreeMap::new();
    for run in runs {
        let count = counts.entry(run.campaign.as_str()).or_default();
        *count += 1;
        names.insert(run.run.clone(), format!("{}-{count}", run.campaign));
    }
    names
}

fn rename(value: &mut Value, names: &BTreeMap<String, String>) {
    match value {
        Value::String(text) => {
            for (run, name) in names {
                if text.contains(run.as_str()) {
                    *text = text.replace(run.as_str(), name);
                }
            }
        }
        Value::Array(items) => {
            items.iter_mut().for_each(|item| rename(item, names));
            if items.iter().all(Value::is_string) {
                items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            }
        }
        Value::Object(fields) => fields.values_mut().for_each(|field| rename(field, names)),
        _ => {}
    }
}

async fn look_at_run(world: &mut World, workspace: &Workspace, name: &str, run: &str) {
    let mut summary = workspace.run_summary(run).await.unwrap();
    for activity in &mut summary.activities {
        activity.elapsed_ms = None;
    }
    for transition in &summary.transitions {
        let rows = workspace.population(run, &transition.from, &transition.port, 0, POPULATION_ROWS_MAX).await;
        // In which order a population is written is nobody's business.
        let rows = rows.map(|rows| rows.rows.iter().map(|row| json!(row).to_string()).collect::<BTreeSet<String>>());
        let fact = rows.map_or_else(|error| json!(error.code()), |rows| json!(rows));
        world.facts.insert(format!("{name} population {}.{}", transition.from, transition.port), fact);
    }
    world.facts.insert(format!("{name} summary"), json!(summary));
    let ledger = workspace.ledger(run, &LedgerFilter::default(), 0, u64::MAX).await.unwrap();
    let mut keys = BTreeSet::new();
    for line in &ledger.rows {
        assert!(keys.insert((line.activity.clone(), line.key.clone())), "two lines of one person: {line:?}");
        let fact = json!([line.status, line.reason, line.message_id.is_some(), line.address]);
        world.facts.insert(format!("{name} ledger {} {}", line.activity, line.key), fact);
    }
}

async fn look_at_state(world: &mut World, workspace: &Workspace) {
    for campaign in workspace.list_campaigns().await.unwrap() {
        let name = campaign.name;
        let launches = workspace.list_launches(&name, u64::MAX).await.unwrap();
        let launches = launches.iter().map(|launch| {
            let run = launch.run.as_deref().unwrap_or("none");
            format!("{} {} {} {:?} {run}", launch.cause, launch.due_at, launch.state, launch.reason)
        });
        world.facts.insert(format!("{name} launches"), launches.collect());
        world.facts.insert(format!("{name} state"), json!(campaign.state));
        world.facts.insert(format!("{name} marks"), json!(workspace.marks(&name).await.unwrap()));
    }
    let alerts = workspace.alerts(None, None, None, u64::MAX).await.unwrap();
    let alerts =
        alerts.iter().map(|alert| format!("{} {} {} {}", alert.run, alert.activity, alert.title, alert.message));
    world.facts.insert("alerts".to_owned(), alerts.collect());
    for table in workspace.list_tables().await.unwrap() {
        let fact = json!({"rows": table.rows, "version": table.version});
        world.facts.insert(format!("table {}", table.name), fact);
    }
    for audience in workspace.list_audiences().await.unwrap() {
        let rows = workspace.audience_rows(&audience.name, 0, u64::MAX).await.unwrap().rows;
        world.facts.insert(format!("audience {}", audience.name), json!([audience.version, rows]));
    }
    for file in workspace.list_files("").await.unwrap() {
        let text = std::fs::read_to_string(workspace.file_path(&file.name).unwrap()).unwrap();
        world.facts.insert(format!("file {}", file.name), json!(text));
    }
}

fn look_outside(world: &mut World, place: &Place) {
    let mut calls: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for call in place.service.received() {
        let key = call.header("idempotency-key").unwrap_or("none").to_owned();
        calls.entry(key).or_default().insert(String::from_utf8_lossy(&call.body).into_owned());
    }
    let calls: Vec<String> = calls.into_iter().map(|(key, bodies)| format!("{key} {bodies:?}")).collect();
    world.facts.insert("calls".to_owned(), json!(calls));
    let (_, mails) = place.mails.list(&Search::default(), usize::MAX, 0).unwrap();
    let mut ids = BTreeSet::new();
    let mut sent = BTreeSet::new();
    for mail in &mails {
        let id = mail.message_id.clone().expect("a mail has an id");
        world.repeated_mails += usize::from(!ids.insert(id.clone()));
        let to = (mail.run.clone(), mail.activity.clone(), mail.key.clone());
        sent.insert(format!("{to:?} {} {}", mail.to.join(","), mail.subject));
    }
    // Ids are made of runs, and those differ from life to life.
    assert_eq!(sent.len(), ids.len(), "one message under several ids: {sent:?}");
    world.facts.insert("mails".to_owned(), json!(sent));
}
