//! What comes before each activity of a canvas, and the names under which activities ask about it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tutti_model::campaign::{ActivityNode, Campaign, Canvas, ERROR, OUT};
use tutti_model::problem::Problem;
use tutti_model::table::ColumnType;
use tutti_model::variables::{CAMPAIGN_NAME, PUBLIC_URL, ROWS, RUN_ID, Variable, Variables, result_name, rows_name};

use crate::activity::{Category, port_names, port_names_of};
use crate::registry;

/// The activities of a canvas with what leads to each.
#[derive(Debug)]
pub struct Earlier<'a> {
    /// By activity: the activities that lead to it, with the port of each.
    inbound: HashMap<&'a str, Vec<(&'a str, &'a str)>>,
    /// Each activity after all that lead to it.
    order: Vec<&'a str>,
    /// By activity: what a run knows once it is done, with the names of that.
    facts: HashMap<&'a str, Vec<(String, Fact<'a>)>>,
}

/// Something that a run knows once an activity is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact<'a> {
    /// The rows that left it by a port.
    Rows { activity: &'a str, port: String },
    /// Something else that came of it.
    Result { activity: &'a str, name: &'static str, column_type: ColumnType },
}

impl<'a> Earlier<'a> {
    pub fn new(canvas: &'a Canvas) -> Self {
        let mut inbound: HashMap<&str, Vec<(&str, &str)>> = HashMap::new();
        for transition in &canvas.transitions {
            inbound.entry(&transition.to).or_default().push((&transition.from, &transition.port));
        }
        let mut ports: HashMap<&str, Vec<&str>> = HashMap::new();
        for transition in &canvas.transitions {
            let of_activity = ports.entry(&transition.from).or_default();
            if !of_activity.contains(&transition.port.as_str()) {
                of_activity.push(&transition.port);
            }
        }
        let outbound = |id: &str| ports.get(id).map(Vec::as_slice).unwrap_or_default();
        let facts =
            canvas.activities.iter().map(|node| (node.id.as_str(), facts_of(node, outbound(&node.id)))).collect();
        Self { inbound, order: canvas.topological_order(), facts }
    }

    /// The activities that lead to `id`, directly or not.
    fn of(&self, id: &str) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::new();
        let mut open: Vec<&str> = vec![id];
        while let Some(at) = open.pop() {
            for (from, _) in self.inbound.get(at).into_iter().flatten() {
                if found.insert(*from) {
                    open.push(from);
                }
            }
        }
        found
    }

    /// The activities of a kind that `id` is, or that lead to it.
    pub fn of_kind(&self, campaign: &'a Campaign, id: &str, kind: &str) -> BTreeSet<&'a str> {
        let earlier = self.of(id);
        let nodes = campaign.canvas.activities.iter().filter(|node| node.kind == kind);
        nodes.map(|node| node.id.as_str()).filter(|node| *node == id || earlier.contains(node)).collect()
    }

    /// The names under which `id` can ask about what came before it. A name that would mean two things is left out.
    pub fn facts(&self, id: &str) -> BTreeMap<String, Fact<'a>> {
        let mut facts: BTreeMap<String, Option<Fact<'a>>> = BTreeMap::new();
        let earlier = self.of(id);
        let mut add = |name: String, fact: Fact<'a>| {
            facts.entry(name).and_modify(|known| *known = None).or_insert(Some(fact));
        };
        for (name, fact) in earlier.iter().filter_map(|id| self.facts.get(id)).flatten() {
            add(name.clone(), fact.clone());
        }
        facts.into_iter().filter_map(|(name, fact)| Some((name, fact?))).collect()
    }

    /// The variables that `node` may name, as far as they are known before a run: the campaign's own, and without
    /// values those that a run gives.
    pub fn variables(&self, campaign: &'a Campaign, node: &ActivityNode) -> Variables {
        let mut variables = campaign.declared_variables();
        let of_run = if asks(node) { self.run_variables(&node.id) } else { of_every_run() };
        variables.0.extend(of_run.0);
        variables
    }

    /// The variables that a run gives to the activity `id`, without values.
    pub fn run_variables(&self, id: &str) -> Variables {
        let mut variables = of_every_run();
        for (name, fact) in self.facts(id) {
            let column_type = match fact {
                Fact::Rows { .. } => ColumnType::Integer,
                Fact::Result { column_type, .. } => column_type,
            };
            variables.insert(name, Variable::new(column_type, None));
        }
        variables
    }

    /// Looks whether `of` (`activity` or `activity.port`) is counted before `id` begins.
    pub fn check_count(&self, campaign: &Campaign, id: &str, of: &str, pointer: &str) -> Result<(), Box<Problem>> {
        let (activity, port) = of.split_once('.').unwrap_or((of, OUT));
        let earlier = self.of(id);
        let Some(node) = campaign.canvas.activity(activity) else {
            let problem = Problem::error("unknown_activity", pointer, format!("there is no activity `{activity}`"));
            return Err(Box::new(problem.did_you_mean(activity, earlier.iter().copied())));
        };
        if !earlier.contains(activity) {
            let message = format!("`{activity}` does not lead to `{id}`, so it may not be done when this is asked");
            let known = earlier.iter().copied();
            return Err(Box::new(Problem::error("not_earlier", pointer, message).did_you_mean(activity, known)));
        }
        let ports = port_names(&campaign.canvas, node);
        if !ports.iter().any(|known| known == port) {
            let known: Vec<String> = ports.iter().map(|port| format!("{activity}.{port}")).collect();
            let problem = Problem::error("unknown_port", pointer, format!("`{activity}` has no port `{port}`"));
            return Err(Box::new(problem.did_you_mean(of, known.iter().map(String::as_str))));
        }
        Ok(())
    }

    /// The longest sum of `length` over the activities of any one way to `id`, without its own.
    pub fn longest_us(&self, id: &str, length: &dyn Fn(&str) -> i64) -> i64 {
        let earlier = self.of(id);
        let mut longest: HashMap<&str, i64> = HashMap::new();
        let before = |longest: &HashMap<&str, i64>, at: &str| {
            let sources = self.inbound.get(at).into_iter().flatten();
            sources.filter_map(|(from, _)| longest.get(from).copied()).max().unwrap_or(0)
        };
        for at in self.order.iter().filter(|at| earlier.contains(*at)) {
            let total = before(&longest, at).saturating_add(length(at));
            longest.insert(at, total);
        }
        before(&longest, id)
    }

    /// The ports by any of which nothing may leave, so that `from` and its `port` are never reached. A join of
    /// several branches is reached as long as one of them is.
    pub fn closable(&self, campaign: &'a Campaign, from: &'a str, port: &'a str) -> BTreeSet<(&'a str, &'a str)> {
        let earlier = self.of(from);
        let mut gates: HashMap<&str, BTreeSet<(&str, &str)>> = HashMap::new();
        let through = |gates: &HashMap<&'a str, BTreeSet<(&'a str, &'a str)>>, from: &'a str, port: &'a str| {
            let mut set = gates.get(from).cloned().unwrap_or_default();
            if may_stay_closed(campaign, from, port) {
                set.insert((from, port));
            }
            set
        };
        for at in self.order.iter().filter(|at| earlier.contains(*at) || **at == from) {
            let edges = self.inbound.get(at).into_iter().flatten();
            let sets = edges.map(|(from, port)| through(&gates, from, port));
            let common = sets.reduce(|one, other| one.intersection(&other).copied().collect());
            gates.insert(at, common.unwrap_or_default());
        }
        through(&gates, from, port)
    }

    /// The activities that pass nobody on, because nobody arrives at them: controls at the start of a canvas.
    pub fn without_rows(&self, campaign: &'a Campaign) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::new();
        for id in &self.order {
            let kind = campaign.canvas.activity(id).and_then(|node| registry::find(&node.kind));
            let passes = kind.is_some_and(|kind| kind.category() == Category::FlowControl);
            let arrives = self.inbound.get(id).into_iter().flatten().any(|(from, _)| !found.contains(from));
            if passes && !arrives {
                found.insert(*id);
            }
        }
        found
    }
}

/// The variables that a run gives to each of its activities, without values.
fn of_every_run() -> Variables {
    let mut variables = Variables::default();
    variables.insert(ROWS, Variable::count(None));
    for name in [RUN_ID, CAMPAIGN_NAME, PUBLIC_URL] {
        variables.insert(name, Variable::new(ColumnType::String, None));
    }
    variables
}

fn facts_of<'a>(node: &'a ActivityNode, outbound: &[&str]) -> Vec<(String, Fact<'a>)> {
    let rows = port_names_of(node, outbound).into_iter();
    let rows = rows.map(|port| (rows_name(&node.id, &port), Fact::Rows { activity: &node.id, port }));
    let results = registry::find(&node.kind).map(|kind| kind.results(&node.settings)).unwrap_or_default();
    let results = results.into_iter().map(|(name, column_type)| {
        (result_name(&node.id, name), Fact::Result { activity: &node.id, name, column_type })
    });
    rows.chain(results).collect()
}

/// Whether an activity may ask about others: working the names out takes a while on large canvases.
fn asks(node: &ActivityNode) -> bool {
    // A channel's contents name them without a mark.
    let always = registry::find(&node.kind).is_none_or(|kind| kind.category() == Category::Channel);
    always || node.settings.values().any(mentions)
}

fn mentions(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::String(text) => text.contains('$') || text.contains("variable"),
        serde_json::Value::Array(items) => items.iter().any(mentions),
        // A test's conditions name them so.
        serde_json::Value::Object(fields) => {
            fields.iter().any(|(name, value)| ["variable", "count"].contains(&name.as_str()) || mentions(value))
        }
        _ => false,
    }
}

fn may_stay_closed(campaign: &Campaign, from: &str, port: &str) -> bool {
    let Some(node) = campaign.canvas.activity(from) else { return false };
    let closes = registry::find(&node.kind).is_some_and(|kind| kind.may_stay_closed(&node.settings, port));
    !node.enabled || port == ERROR || node.common.has_error_port() || closes
}
