//! Real processes that are killed at random instants, and what the world looks like after others went on.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tutti_testkit::http::{HttpSink, Received, Reply};
use tutti_testkit::mail::{MailStore, Search};

use crate::binary::{Done, Mail, Place, wait_for};

const PEOPLE: usize = 240;

/// Messages that two connections may have in hand.
const IN_FLIGHT_MAX: usize = 2 * 16;

/// How long one story may take, with all its deaths.
const STORY_MAX: Duration = Duration::from_secs(180);

/// SplitMix64.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// A campaign with everything that leaves something behind, and what it leaves it in.
struct Story {
    place: Place,
    mail: Mail,
    service: HttpSink,
    _runtime: tokio::runtime::Runtime,
}

impl Story {
    fn new(environment: &[(&'static str, String)]) -> Self {
        let mail = Mail::new(&["delay 3ms"]);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let service = runtime.block_on(HttpSink::start(|_, request| scores(request))).unwrap();
        let allowed = ("TUTTI__OUTSIDE__PRIVATE_ADDRESSES", "true".to_owned());
        let place = Place::with(&[environment, &[allowed]].concat());
        let documents = include_str!("kills.yaml")
            .replace("${SMTP_PORT}", &mail.port().to_string())
            .replace("${SERVICE}", &service.url());
        place.write("documents.yaml", &documents);
        let rows: String = (1..=PEOPLE).map(|n| format!("p{n:05},person{n}@shop.example,Person {n}\n")).collect();
        place.write("people.csv", &format!("person_id,email,name\n{rows}"));
        place.tutti(&["apply", "-f", &place.path("documents.yaml")]).ok();
        place.tutti(&["import", "people", &place.path("people.csv")]).ok();
        place.tutti(&["publish", "next"]).ok();
        Self { place, mail, service, _runtime: runtime }
    }

    fn state_of(&self, run: &str) -> Value {
        self.place.tutti(&["show", run]).ok().json()["state"].clone()
    }

    /// Starts the run and lets servers work on it, each for as long as `life` says; answers how many were killed.
    fn live(&self, mut life: impl FnMut() -> Option<Duration>) -> (String, usize) {
        let started = self.place.tutti(&["run", "everything", "--yes", "--no-wait"]).ok().json();
        let run = started["run"].as_str().unwrap().to_owned();
        let (mut kills, deadline) = (0, Instant::now() + STORY_MAX);
        while self.state_of(&run) != "completed" || self.runs_of("next").first() != Some(&json!("completed")) {
            let log = std::fs::read_to_string(self.place.path("serve.log")).unwrap_or_default();
            assert!(Instant::now() < deadline, "{} after {kills} deaths: {log}", self.state_of(&run));
            let mut server = self.place.start(&["serve", "--listen", "127.0.0.1:0"], "serve.log");
            // The instant of the death is the point of the test; nothing is awaited.
            match life() {
                Some(life) => {
                    std::thread::sleep(life);
                    server.end("-KILL");
                    kills += 1;
                }
                None => {
                    // Until this server has said where it is, the address is that of one that is dead.
                    let ask = |arguments: &[&str]| -> Option<Value> {
                        let mut command = self.place.command(arguments);
                        let at = self.place.announced();
                        let done: Done =
                            command.env_remove("TUTTI_DATA").env("TUTTI_SERVER", at).output().unwrap().into();
                        (done.code == 0).then(|| done.json())
                    };
                    wait_for("the runs to end", || {
                        let ended = ask(&["show", &run])?["state"] == "completed"
                            && ask(&["runs", "next"])?[0]["state"] == "completed";
                        ended.then_some(())
                    });
                    server.end("-INT");
                }
            }
        }
        (run, kills)
    }

    /// The states of a campaign's runs.
    fn runs_of(&self, campaign: &str) -> Vec<Value> {
        let runs = self.place.tutti(&["runs", campaign]).ok().json();
        runs.as_array().unwrap().iter().map(|run| run["state"].clone()).collect()
    }

    /// What is left, by name.
    fn world(&self, run: &str, kills: usize) -> BTreeMap<String, Value> {
        let mut world = BTreeMap::new();
        let summary = self.place.tutti(&["show", run]).ok().json();
        for name in ["state", "transitions", "deliveries"] {
            world.insert(name.to_owned(), summary[name].clone());
        }
        let next = self.place.tutti(&["runs", "next"]).ok().json();
        for activity in summary["activities"].as_array().unwrap() {
            // A wait says until when, and that is another time in each story.
            let note = Some(&activity["note"]).filter(|_| activity["type"] != "wait");
            let facts = json!([activity["state"], activity["attempts"], note, activity["results"]]);
            // The end says which run it has started.
            let facts = facts.to_string().replace(next[0]["run"].as_str().unwrap(), "NEXT");
            world.insert(format!("activity {}", activity["id"]), json!(facts));
        }
        let ledger = self.place.tutti(&["ledger", run]).ok().json();
        let mut ids = BTreeSet::new();
        let mut lines = BTreeSet::new();
        for line in ledger.as_array().unwrap() {
            assert!(lines.insert((line["activity"].to_string(), line["key"].to_string(), line["status"].to_string())));
            // The catcher keeps ids without their brackets.
            ids.insert(line["message_id"].as_str().unwrap().trim_matches(['<', '>']).to_owned());
        }
        world.insert("ledger".to_owned(), json!(lines));
        let (_, mails) = self.mail.store.list(&Search::default(), usize::MAX, 0).unwrap();
        let sent: BTreeSet<String> = mails.iter().filter_map(|mail| mail.message_id.clone()).collect();
        assert_eq!(sent, ids, "the mails are those of the ledger");
        assert!(mails.len() - ids.len() <= kills * IN_FLIGHT_MAX, "{} mails for {}", mails.len(), ids.len());
        let mut calls: BTreeMap<String, BTreeSet<Vec<u8>>> = BTreeMap::new();
        for call in self.service.received() {
            let key = call.header("idempotency-key").unwrap().replace(run, "RUN");
            calls.entry(key).or_default().insert(call.body);
        }
        assert!(calls.values().all(|bodies| bodies.len() == 1), "a key says the same each time");
        world.insert("calls".to_owned(), json!(calls.keys().collect::<Vec<_>>()));
        for file in ["lists/written.csv", "lists/next.csv"] {
            let text = std::fs::read_to_string(self.place.data().join("files").join(file)).unwrap();
            world.insert(file.to_owned(), json!(text));
        }
        let tables = ["audiences", "alerts"].map(|what| self.place.tutti(&[what]).ok().json());
        let audience = &tables[0][0];
        world.insert("audience".to_owned(), json!([audience["name"], audience["rows"], audience["version"]]));
        world.insert("alerts".to_owned(), json!(tables[1].as_array().unwrap().len()));
        world.insert("runs of next".to_owned(), json!(self.runs_of("next")));
        world
    }
}

fn scores(request: &Received) -> Reply {
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let rows = body["rows"].as_array().unwrap();
    let scores: Vec<Value> =
        rows.iter().map(|row| json!({"value": row["email"].as_str().map_or(0, str::len)})).collect();
    Reply::json(json!(scores).to_string())
}

/// Lives stories until so many processes were killed; answers the number of kills and of stories.
pub fn kill(kills_min: usize, seed: u64, environment: impl Fn() -> Vec<(&'static str, String)>) -> (usize, usize) {
    let undisturbed = Story::new(&environment());
    let (run, _) = undisturbed.live(|| None);
    let expected = undisturbed.world(&run, 0);
    let mut random = Random(seed);
    let (mut kills, mut stories) = (0, 0);
    while kills < kills_min {
        let story = Story::new(&environment());
        let (run, killed) = story.live(|| Some(Duration::from_millis(30 + random.below(1200))));
        let world = story.world(&run, killed);
        for (name, fact) in &expected {
            assert_eq!(world.get(name), Some(fact), "{name} after {killed} deaths, seed {seed}, story {stories}");
        }
        (kills, stories) = (kills + killed, stories + 1);
    }
    (kills, stories)
}
