//! Campaigns: a canvas of activities and transitions, with a schedule. What an activity's settings mean is known to
//! its kind (crate `activities`); here they are a map.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::common::{Common, OnError};
use crate::duration::Duration;
use crate::notify::Notify;
use crate::problem::{Problem, join_pointer};
use crate::schedule::{Schedule, SignalSource, When};
use crate::strict;
use crate::table::ColumnType;
use crate::variables::{self, Variable, Variables};

/// The most activities a canvas may have.
pub const ACTIVITIES_MAX: usize = 2_000;

/// The port that an activity's rows leave by when no other is named.
pub const OUT: &str = "out";

/// The port of what arrived at an activity that failed, where its settings say so.
pub const ERROR: &str = "error";

/// The variable with the name of the file that signalled a campaign.
pub const FILE_VARIABLE: &str = "file";

/// For how long the history of an ended run is kept unless somebody says otherwise.
pub const HISTORY: Duration = Duration::from_days(30);

/// For how long launches, and the figures and ledgers of ended runs, are kept unless somebody says otherwise.
pub const RECORDS: Duration = Duration::from_days(400);

/// Whether an activity's settings may give a port this name.
pub fn is_port_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    !name.is_empty() && name.len() <= 100 && name.bytes().all(plain) && name != ERROR
}

/// What a `kind: campaign` document says.
#[derive(Clone, Debug, PartialEq)]
pub struct Campaign {
    pub name: String,
    pub time_zone: String,
    pub schedule: Schedule,
    pub variables: IndexMap<String, Variable>,
    /// For how long the populations, tasks and log of an ended run are kept.
    pub history: Option<Duration>,
    /// With so many activities of a run that failed one after another and were ignored, the run fails. `None`: never.
    pub consecutive_errors: Option<u32>,
    /// Who is told of what goes wrong with it.
    pub notify: Option<Notify>,
    pub canvas: Canvas,
}

/// The activities and how they are connected.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Canvas {
    pub activities: Vec<ActivityNode>,
    pub transitions: Vec<Transition>,
}

/// An activity on a canvas. `pointer` leads to it in the campaign's document.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivityNode {
    pub id: String,
    pub kind: String,
    pub label: Option<String>,
    pub enabled: bool,
    /// What every activity can be told; its label and whether it is enabled are above, too.
    pub common: Common,
    /// What the kind reads; everything in the document but the fields above.
    pub settings: Map<String, Value>,
    pub pointer: String,
}

/// A connection: the rows that leave `from` by `port` arrive at `to`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    pub from: String,
    pub port: String,
    pub to: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CampaignDocument {
    #[serde(default = "utc")]
    time_zone: String,
    #[serde(default)]
    schedule: Option<Value>,
    #[serde(default)]
    variables: IndexMap<String, Value>,
    #[serde(default)]
    history: Option<Duration>,
    /// 0 is never.
    #[serde(default)]
    consecutive_errors: u32,
    /// Of activities that do not say themselves.
    #[serde(default)]
    on_error: Option<OnError>,
    #[serde(default)]
    notify: Option<Notify>,
    canvas: CanvasDocument,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CanvasDocument {
    activities: Vec<Value>,
    #[serde(default)]
    transitions: Vec<TransitionDocument>,
    /// Where the web app drew each activity.
    #[serde(default)]
    #[expect(dead_code, reason = "read so that it is not an unknown field; only the web app uses it")]
    positions: BTreeMap<String, Position>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "checked for shape only")]
struct Position {
    x: f64,
    y: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TransitionDocument {
    from: String,
    to: String,
    #[serde(default)]
    #[expect(dead_code, reason = "read so that it is not an unknown field; only the web app uses it")]
    label: Option<String>,
}

fn utc() -> String {
    "UTC".to_owned()
}

impl Campaign {
    /// Reads a campaign and checks everything that needs no knowledge of activity kinds or tables: ids, transitions
    /// and cycles. `value` is the document without its kind, name and descriptive fields.
    pub fn read(name: &str, value: &Value, problems: &mut Vec<Problem>) -> Option<Self> {
        let document: CampaignDocument = strict::read(value, "", problems)?;
        if jiff::tz::TimeZone::get(&document.time_zone).is_err() {
            problems.push(
                Problem::error(
                    "unknown_time_zone",
                    "/time_zone",
                    format!("`{}` is not an IANA time zone", document.time_zone),
                )
                .hint("write it like `Europe/Paris`"),
            );
        }
        if document.history.is_some_and(|history| history.as_us() < Duration::from_days(1).as_us()) {
            let message = "the history of a run is kept for at least a day";
            problems.push(Problem::error("bad_value", "/history", message).hint("write it like `30d`"));
        }
        if let Some(on_error) = &document.on_error {
            on_error.check_default("/on_error", problems);
        }
        if let Some(notify) = &document.notify {
            notify.check("/notify", problems);
        }
        // A schedule that cannot be read starts nothing, so that everything else is still looked at.
        let schedule = document
            .schedule
            .as_ref()
            .map_or_else(|| Some(Schedule::default()), |schedule| Schedule::read(schedule, "/schedule", problems));
        let schedule = schedule.unwrap_or_else(|| {
            Schedule::new(When::Signal { parameters: Vec::new(), throttle_seconds: None, on: None })
        });
        let variables = read_variables(&document.variables, &schedule, problems);
        let mut activities = read_activities(&document.canvas.activities, problems);
        for activity in &mut activities {
            activity.common.on_error = activity.common.on_error.or(document.on_error);
        }
        let transitions = read_transitions(&document.canvas.transitions, &activities, problems);
        if document.canvas.activities.is_empty() {
            problems.push(Problem::error("empty_canvas", "/canvas/activities", "the canvas has no activity"));
        }
        check_cycles(&activities, &transitions, problems);
        Some(Self {
            name: name.to_owned(),
            time_zone: document.time_zone,
            schedule,
            variables,
            history: document.history,
            consecutive_errors: Some(document.consecutive_errors).filter(|most| *most > 0),
            notify: document.notify,
            canvas: Canvas { activities, transitions },
        })
    }
}

impl Campaign {
    /// The variables of every run before it is given any: the campaign's own with their values, and the parameters of
    /// its signal with their defaults: the parameter's own, or the value of the variable of that name.
    pub fn declared_variables(&self) -> Variables {
        let mut declared = Variables(self.variables.iter().map(|(name, own)| (name.clone(), own.clone())).collect());
        if let When::Signal { parameters, on, .. } = &self.schedule.when {
            if matches!(on, Some(SignalSource::File(_))) && declared.get(FILE_VARIABLE).is_none() {
                declared.insert(FILE_VARIABLE, Variable::new(ColumnType::String, None));
            }
            for parameter in parameters {
                let own = || declared.get(&parameter.name).and_then(|own| own.value.clone());
                let value = parameter.default.clone().or_else(own);
                declared.insert(parameter.name.as_str(), Variable::new(parameter.parameter_type, value));
            }
        }
        declared
    }
}

impl Canvas {
    pub fn activity(&self, id: &str) -> Option<&ActivityNode> {
        self.activities.iter().find(|activity| activity.id == id)
    }

    /// The transitions that arrive at `id`, in the order of the document.
    pub fn inbound<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Transition> {
        self.transitions.iter().filter(move |transition| transition.to == id)
    }

    /// The transitions that leave `id`.
    pub fn outbound<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Transition> {
        self.transitions.iter().filter(move |transition| transition.from == id)
    }

    /// Activity ids so that each comes after all that it waits for; those on a cycle are left out.
    pub fn topological_order(&self) -> Vec<&str> {
        topological_order(&self.activities, &self.transitions)
    }
}

fn topological_order<'a>(activities: &'a [ActivityNode], transitions: &'a [Transition]) -> Vec<&'a str> {
    let mut waiting: HashMap<&str, usize> = activities.iter().map(|activity| (activity.id.as_str(), 0)).collect();
    let mut next: HashMap<&str, Vec<&str>> = HashMap::new();
    for transition in transitions {
        *waiting.entry(transition.to.as_str()).or_default() += 1;
        next.entry(transition.from.as_str()).or_default().push(transition.to.as_str());
    }
    let mut order: Vec<&str> =
        activities.iter().map(|activity| activity.id.as_str()).filter(|id| waiting[id] == 0).collect();
    let mut at = 0;
    while let Some(id) = order.get(at).copied() {
        at += 1;
        for to in next.remove(id).unwrap_or_default() {
            if let Some(count) = waiting.get_mut(to) {
                *count -= 1;
                if *count == 0 {
                    order.push(to);
                }
            }
        }
    }
    order
}

fn read_variables(
    documents: &IndexMap<String, Value>,
    schedule: &Schedule,
    problems: &mut Vec<Problem>,
) -> IndexMap<String, Variable> {
    let mut found = IndexMap::new();
    for (name, value) in documents {
        let pointer = join_pointer("/variables", name);
        variables::check_name(name, &pointer, problems);
        if let Some(variable) = Variable::read(value, &pointer, problems) {
            found.insert(name.clone(), variable);
        }
    }
    let When::Signal { parameters, on, .. } = &schedule.when else { return found };
    let by_file = matches!(on, Some(SignalSource::File(_)));
    if by_file && found.get(FILE_VARIABLE).is_some_and(|own| own.data_type != ColumnType::String) {
        let pointer = join_pointer("/variables", FILE_VARIABLE);
        let message = format!("`{FILE_VARIABLE}` is the name of the file that signals the campaign, a string");
        problems.push(Problem::error("wrong_type", pointer, message).hint("call the variable something else"));
    }
    let mut seen = BTreeSet::new();
    for (index, parameter) in parameters.iter().enumerate() {
        let at = format!("/schedule/parameters/{index}");
        for (field, value) in [("default", &parameter.default), ("test_value", &parameter.test_value)] {
            Variable::new(parameter.parameter_type, value.clone()).check(&join_pointer(&at, field), problems);
        }
        let pointer = join_pointer(&at, "name");
        variables::check_name(&parameter.name, &pointer, problems);
        if !seen.insert(parameter.name.as_str()) {
            let message = format!("there are two parameters with the name `{}`", parameter.name);
            problems.push(Problem::error("duplicate_parameter", pointer, message));
            continue;
        }
        let own: Option<&Variable> = found.get(&parameter.name);
        // Callers and other campaigns give values; tables and files do not, but for the name of the file.
        let is_given = on.is_none() || by_file && parameter.name == FILE_VARIABLE;
        let has_value = parameter.default.is_some() || own.is_some_and(|own| own.value.is_some());
        if !is_given && !has_value {
            let source = if by_file { "file" } else { "table" };
            let message = format!(
                "the parameter `{}` has no `default`, and a {source} that changes gives it no value",
                parameter.name
            );
            let hint = "give it a `default`, or a variable of its name with a value";
            problems.push(Problem::error("missing_default", at.clone(), message).hint(hint));
        }
        if let Some(own) = own.filter(|own| own.data_type != parameter.parameter_type) {
            let message = format!(
                "`{}` is a parameter of type {} and a variable of type {}",
                parameter.name, parameter.parameter_type, own.data_type
            );
            problems.push(
                Problem::error("wrong_type", pointer, message)
                    .hint("give both the same type; the variable's value then is the parameter's default"),
            );
        }
    }
    found
}

fn read_activities(values: &[Value], problems: &mut Vec<Problem>) -> Vec<ActivityNode> {
    if values.len() > ACTIVITIES_MAX {
        let message = format!("the canvas has {} activities; at most {ACTIVITIES_MAX} are allowed", values.len());
        problems.push(Problem::error("too_many_activities", "/canvas/activities", message));
    }
    let mut activities: Vec<ActivityNode> = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, value) in values.iter().enumerate() {
        let pointer = format!("/canvas/activities/{index}");
        let Some(activity) = read_activity(value, &pointer, problems) else { continue };
        if !seen.insert(activity.id.clone()) {
            let message = format!("there are two activities with the id `{}`", activity.id);
            problems.push(Problem::error("duplicate_activity", join_pointer(&pointer, "id"), message));
            continue;
        }
        activities.push(activity);
    }
    activities
}

fn read_activity(value: &Value, pointer: &str, problems: &mut Vec<Problem>) -> Option<ActivityNode> {
    let Value::Object(fields) = value else {
        problems.push(Problem::error("wrong_type", pointer, "an activity is a map with `id`, `type` and its settings"));
        return None;
    };
    let mut settings = fields.clone();
    let mut text = |name: &str| match settings.shift_remove(name) {
        Some(Value::String(text)) if !text.is_empty() => Some(text),
        Some(_) => {
            problems.push(Problem::error("wrong_type", join_pointer(pointer, name), format!("`{name}` is a text")));
            None
        }
        None => {
            let message = format!("the activity has no `{name}`");
            problems.push(Problem::error("missing_field", pointer, message).hint(format!("add `{name}`")));
            None
        }
    };
    let (id, kind) = (text("id"), text("type"));
    let of_all: Map<String, Value> =
        Common::FIELDS.iter().filter_map(|name| Some(((*name).to_owned(), settings.shift_remove(*name)?))).collect();
    let common: Common = strict::read(&Value::Object(of_all), pointer, problems).unwrap_or_default();
    common.check(pointer, problems);
    let id = id?;
    let valid = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    if !valid || id.len() > 100 {
        let message = format!("`{id}` cannot be an activity's id");
        problems.push(
            Problem::error("bad_id", join_pointer(pointer, "id"), message)
                .hint("use letters, digits, `_` and `-`, at most 100"),
        );
        return None;
    }
    let (label, enabled) = (common.label.clone(), common.enabled);
    Some(ActivityNode { id, kind: kind?, label, enabled, common, settings, pointer: pointer.to_owned() })
}

fn read_transitions(
    documents: &[TransitionDocument],
    activities: &[ActivityNode],
    problems: &mut Vec<Problem>,
) -> Vec<Transition> {
    let ids: Vec<&str> = activities.iter().map(|activity| activity.id.as_str()).collect();
    let known: BTreeSet<&str> = ids.iter().copied().collect();
    let mut transitions = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        let pointer = format!("/canvas/transitions/{index}");
        let (from, port) = match document.from.split_once('.') {
            Some((from, port)) => (from, port),
            None => (document.from.as_str(), OUT),
        };
        let mut dangling = false;
        for (end, id) in [("from", from), ("to", document.to.as_str())] {
            if !known.contains(id) {
                dangling = true;
                let message = format!("the transition's `{end}` names `{id}`, and no activity has that id");
                problems.push(
                    Problem::error("dangling_transition", join_pointer(&pointer, end), message)
                        .did_you_mean(id, ids.iter().copied()),
                );
            }
        }
        if dangling {
            continue;
        }
        let transition = Transition { from: from.to_owned(), port: port.to_owned(), to: document.to.clone() };
        if transitions.contains(&transition) {
            let message = format!("`{}` and `{}` are connected twice", document.from, document.to);
            problems.push(Problem::error("duplicate_transition", pointer, message));
            continue;
        }
        transitions.push(transition);
    }
    transitions
}

fn check_cycles(activities: &[ActivityNode], transitions: &[Transition], problems: &mut Vec<Problem>) {
    let order: BTreeSet<&str> = topological_order(activities, transitions).into_iter().collect();
    let stuck: BTreeSet<&str> =
        activities.iter().map(|activity| activity.id.as_str()).filter(|id| !order.contains(id)).collect();
    let Some(start) = stuck.first().copied() else { return };
    // Walking backwards inside the stuck set always meets a cycle, because each of them waits for another of them.
    let mut path = vec![start];
    let cycle = loop {
        let at = path[path.len() - 1];
        let before = transitions.iter().find(|t| t.to == at && stuck.contains(t.from.as_str()));
        let Some(before) = before else { break path };
        if let Some(position) = path.iter().position(|id| *id == before.from) {
            break path.split_off(position);
        }
        path.push(before.from.as_str());
    };
    let mut names: Vec<&str> = cycle.into_iter().rev().collect();
    if let Some(first) = names.first().copied() {
        names.push(first);
    }
    let shown = names.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(" -> ");
    problems.push(
        Problem::error("cycle", "/canvas/transitions", format!("the transitions form a cycle: {shown}"))
            .hint("remove one of these transitions"),
    );
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(activities: &Value, transitions: &Value) -> (Option<Campaign>, Vec<Problem>) {
        let mut problems = Vec::new();
        let value = json!({"canvas": {"activities": activities, "transitions": transitions}});
        let campaign = Campaign::read("c", &value, &mut problems);
        (campaign, problems)
    }

    #[test]
    fn transitions_name_ports() {
        let (campaign, problems) = read(
            &json!([{"id": "a", "type": "fork"}, {"id": "b", "type": "end", "x": 1}]),
            &json!([{"from": "a.left", "to": "b"}, {"from": "a", "to": "b"}]),
        );
        assert!(problems.is_empty(), "{problems:?}");
        let canvas = campaign.unwrap().canvas;
        assert_eq!(canvas.transitions[0].port, "left");
        assert_eq!(canvas.transitions[1].port, OUT);
        assert_eq!(canvas.activities[1].settings, json!({"x": 1}).as_object().unwrap().clone());
        assert_eq!(canvas.topological_order(), ["a", "b"]);
    }

    #[test]
    fn mistakes_are_all_found() {
        let (_, problems) = read(
            &json!([{"id": "a", "type": "x"}, {"id": "a", "type": "x"}, {"id": "b"}, {"id": "c d", "type": "x"}, 3]),
            &json!([{"from": "a", "to": "z"}]),
        );
        let codes: Vec<&str> = problems.iter().map(|problem| problem.code.as_str()).collect();
        for code in ["duplicate_activity", "missing_field", "bad_id", "wrong_type", "dangling_transition"] {
            assert!(codes.contains(&code), "{code} not in {codes:?}");
        }
    }

    #[test]
    fn activities_take_what_the_campaign_says_of_errors() {
        let read = |on_error: Value| {
            let activities = json!([{"id": "a", "type": "x"}, {"id": "b", "type": "x", "on_error": {"then": "port"}}]);
            let value = json!({"on_error": on_error, "canvas": {"activities": activities}});
            let mut problems = Vec::new();
            let campaign = Campaign::read("c", &value, &mut problems).unwrap();
            let then = campaign.canvas.activities.iter().map(|node| node.common.on_error.map(|on_error| on_error.then));
            (then.collect::<Vec<_>>(), problems.into_iter().map(|problem| problem.pointer).collect::<Vec<_>>())
        };
        let (ignore, port) = (Some(crate::common::Then::Ignore), Some(crate::common::Then::Port));
        assert_eq!(read(json!({"then": "ignore"})), (vec![ignore, port], vec![]));
        assert_eq!(read(Value::Null), (vec![None, port], vec![]));
        assert_eq!(read(json!({"then": "port"})).1, ["/on_error/then"]);
        assert_eq!(read(json!({"retry": {"attempts": 0}})).1, ["/on_error/retry/attempts"]);
    }

    #[test]
    fn values_are_of_the_types_of_variables_and_parameters() {
        let value = json!({
            "schedule": {"type": "signal", "parameters": [
                {"name": "n", "type": "integer", "default": 2.5},
                {"name": "m", "type": "decimal(4,2)", "default": "123.456"},
                {"name": "d", "type": "date", "default": "2026-02-30"},
                {"name": "e", "type": "integer", "test_value": "x"},
                {"name": "e", "type": "integer"},
                {"name": "fine", "type": "decimal(4,2)", "default": "12.3", "test_value": 1},
                {"name": "day", "type": "date", "default": "now-30d"},
            ]},
            "variables": {
                "q": {"type": "integer", "value": 1.5},
                "w": {"type": "decimal(4,2)", "value": "12345.678"},
                "z": {"type": "decimal(4,2)", "value": "12.3"},
            },
            "canvas": {"activities": [{"id": "a", "type": "end"}]},
        });
        let mut problems = Vec::new();
        Campaign::read("c", &value, &mut problems);
        let found: Vec<_> = problems.iter().map(|problem| (problem.code.as_str(), problem.pointer.as_str())).collect();
        assert_eq!(
            found,
            [
                ("wrong_type", "/variables/q/value"),
                ("wrong_type", "/variables/w/value"),
                ("wrong_type", "/schedule/parameters/0/default"),
                ("wrong_type", "/schedule/parameters/1/default"),
                ("wrong_type", "/schedule/parameters/2/default"),
                ("wrong_type", "/schedule/parameters/3/test_value"),
                ("duplicate_parameter", "/schedule/parameters/4/name"),
            ],
        );
    }

    #[test]
    fn what_no_caller_signals_has_a_value_for_every_parameter() {
        let parameters = json!([{"name": "a", "type": "string"}, {"name": "b", "type": "integer", "default": 1},
            {"name": "c", "type": "string"}, {"name": "file", "type": "string"}]);
        for (on, missing) in [
            (json!(null), &[][..]),
            (json!({"table": "orders"}), &["/schedule/parameters/0", "/schedule/parameters/3"]),
            (json!({"file": "in/*.csv"}), &["/schedule/parameters/0"]),
        ] {
            let mut schedule = json!({"type": "signal", "parameters": parameters});
            if !on.is_null() {
                schedule["on"] = on.clone();
            }
            let value = json!({"schedule": schedule, "variables": {"c": "x"},
                "canvas": {"activities": [{"id": "a", "type": "end"}]}});
            let mut problems = Vec::new();
            assert!(Campaign::read("c", &value, &mut problems).is_some());
            let found: Vec<_> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
            assert_eq!(found, missing, "{on}: {problems:?}");
            assert!(problems.iter().all(|problem| problem.code == "missing_default"), "{problems:?}");
        }
    }

    #[test]
    fn cycles_are_shown() {
        let (_, problems) = read(
            &json!([{"id": "s", "type": "x"}, {"id": "a", "type": "x"}, {"id": "b", "type": "x"}, {"id": "c", "type": "x"}]),
            &json!([{"from": "s", "to": "a"}, {"from": "a", "to": "b"}, {"from": "b", "to": "a"}, {"from": "b", "to": "c"}]),
        );
        let cycle = problems.iter().find(|problem| problem.code == "cycle").unwrap();
        assert!(
            cycle.message.contains("`a`") && cycle.message.contains("`b`") && !cycle.message.contains("`s`"),
            "{}",
            cycle.message
        );
    }
}
