//! Checks a whole campaign: every error at once, each with its activity and pointer.

use std::collections::{BTreeSet, HashMap, HashSet};

use tutti_model::campaign::{ActivityNode, Campaign, ERROR, OUT, Transition};
use tutti_model::catalog::Catalog;
use tutti_model::date_math::Moment;
use tutti_model::problem::{DocumentRef, Problem, join_pointer};

use crate::activity::{
    Activity, Arrival, COMPLEMENT, Category, CheckContext, Shape, Shapes, outbound_ports, port_names,
};
use crate::earlier::Earlier;
use crate::registry;
use crate::upstream::{asks_for_populations, populations_before};

/// With more activities than this, a canvas is warned of.
pub const ACTIVITIES_ADVISED: usize = 500;

/// With more activities that send messages than this, a canvas is warned of.
pub const CHANNELS_ADVISED: usize = 10;

/// What was found out about a campaign.
#[derive(Debug, Default)]
pub struct Validation {
    pub problems: Vec<Problem>,
    /// For each activity that was checked, what leaves by each of its ports.
    pub shapes: HashMap<String, Shapes>,
}

/// Everything wrong or doubtful with the activities of a campaign. Its ids, transitions and cycles were checked when
/// it was read. Disabled activities, and those that only they lead to, never run; the former are not checked.
pub fn validate_campaign(campaign: &Campaign, catalog: &Catalog, moment: &Moment) -> Vec<Problem> {
    validate(campaign, catalog, moment).problems
}

/// A setting that could not be read is absent from the rest; that it is missing there is no mistake of its own.
fn forget_consequences(problems: &mut Vec<Problem>) {
    let unread: Vec<String> = problems
        .iter()
        .filter(|problem| matches!(problem.code.as_str(), "wrong_type" | "unknown_value"))
        .map(|problem| problem.pointer.clone())
        .collect();
    let is_one = |missing: &Problem| {
        let mut within = unread.iter().filter_map(|pointer| pointer.strip_prefix(&missing.pointer)?.strip_prefix('/'));
        within.any(|field| missing.message.contains(field))
    };
    problems.retain(|problem| problem.code != "missing_field" || !is_one(problem));
}

/// Like [`validate_campaign`], with what leaves by each port.
pub fn validate(campaign: &Campaign, catalog: &Catalog, moment: &Moment) -> Validation {
    let mut found = Validation::default();
    let mut reached: HashSet<&str> = HashSet::new();
    let earlier = Earlier::new(&campaign.canvas);
    let without_rows = earlier.without_rows(campaign);
    for node in nodes_in_order(campaign).into_iter().filter(|node| node.enabled) {
        let mut problems = Vec::new();
        check_reached(node, campaign, &mut reached, &mut problems);
        match registry::kind_of(node) {
            Ok(kind) => {
                check_inputs(node, kind, campaign, &mut problems);
                check_rows(node, kind, campaign, &without_rows, &mut problems);
                check_ports(node, kind, campaign, &mut problems);
                check_unused(node, kind, campaign, &mut problems);
                let arrivals = arrivals(node, campaign, &found.shapes);
                check_files(node, kind, &arrivals, &mut problems);
                let mut moment = moment_at(node, campaign, &earlier, moment);
                // Rules may ask for what activities before this one pass on.
                if asks_for_populations(node) {
                    moment.populations = populations_before(&node.id, &campaign.canvas, catalog, &found.shapes);
                }
                let context = CheckContext { node, campaign, catalog, moment: &moment, arrivals, earlier: &earlier };
                let mut shapes = kind.check(&context, &mut problems);
                if node.common.has_error_port() {
                    shapes.extend(error_shape(&context).map(|shape| (ERROR.to_owned(), shape)));
                }
                found.shapes.insert(node.id.clone(), shapes);
            }
            Err(problem) => problems.push(*problem),
        }
        forget_consequences(&mut problems);
        found
            .problems
            .extend(problems.into_iter().map(|problem| Problem { activity: Some(node.id.clone()), ..problem }));
    }
    check_size(campaign, &mut found.problems);
    let document = DocumentRef { kind: "campaign".to_owned(), name: campaign.name.clone() };
    for problem in &mut found.problems {
        problem.document = Some(document.clone());
    }
    found
}

/// Canvases that people lose their way in.
fn check_size(campaign: &Campaign, problems: &mut Vec<Problem>) {
    let activities = &campaign.canvas.activities;
    if activities.len() > ACTIVITIES_ADVISED {
        let message =
            format!("the canvas has {} activities, and over {ACTIVITIES_ADVISED} are hard to read", activities.len());
        problems.push(
            Problem::warning("many_activities", "/canvas/activities", message)
                .hint("end branches with signals to campaigns of their own"),
        );
    }
    let sends = |node: &&ActivityNode| {
        node.enabled && registry::find(&node.kind).is_some_and(|kind| kind.category() == Category::Channel)
    };
    let channels = activities.iter().filter(sends).count();
    if channels > CHANNELS_ADVISED {
        let message = format!("{channels} activities send messages, and over {CHANNELS_ADVISED} are hard to oversee");
        problems.push(
            Problem::warning("many_channels", "/canvas/activities", message).hint(
                "let one message differ by `segment_code`, or end branches with signals to campaigns of their own",
            ),
        );
    }
}

/// The moment with the variables that an activity may name. Those of `moment` have the values of a run.
fn moment_at(node: &ActivityNode, campaign: &Campaign, earlier: &Earlier<'_>, moment: &Moment) -> Moment {
    let mut variables = earlier.variables(campaign, node);
    for (name, variable) in &moment.variables.0 {
        variables.insert(name.as_str(), variable.clone());
    }
    let zone = jiff::tz::TimeZone::get(&campaign.time_zone).unwrap_or_else(|_| moment.zone.clone());
    Moment { variables, zone, ..moment.clone() }
}

/// What leaves by the port of errors: what arrived, or nobody of the dimension that the activity would have taken.
fn error_shape(context: &CheckContext<'_>) -> Option<Shape> {
    let own = || {
        let dimension = context.node.settings.get("dimension")?.as_str()?;
        Some(Shape { dimension: dimension.to_owned(), added: Vec::new() })
    };
    context.inbound().cloned().or_else(own)
}

/// An activity that needs a population does not get one from controls at the start of a canvas.
fn check_rows(
    node: &ActivityNode,
    kind: &dyn Activity,
    campaign: &Campaign,
    without_rows: &BTreeSet<&str>,
    problems: &mut Vec<Problem>,
) {
    if kind.category() == Category::FlowControl || kind.inputs().min == 0 {
        return;
    }
    // That nothing disabled leads on is said of what it leads to.
    let runs = |id: &str| campaign.canvas.activity(id).is_some_and(|node| node.enabled);
    let passes_nobody = |t: &&Transition| without_rows.contains(t.from.as_str()) && runs(&t.from);
    for transition in campaign.canvas.inbound(&node.id).filter(passes_nobody) {
        let message = format!("`{}` passes nobody on to `{}`, since nobody arrives at it", transition.from, node.id);
        problems.push(
            Problem::error("nobody_arrives", node.pointer.clone(), message)
                .hint("let it lead to an activity that makes a population, such as build-audience"),
        );
    }
}

/// Each activity after all that it waits for; those on a cycle, which is an error of its own, come last.
fn nodes_in_order(campaign: &Campaign) -> Vec<&ActivityNode> {
    let canvas = &campaign.canvas;
    let order = canvas.topological_order();
    let ordered: BTreeSet<&str> = order.iter().copied().collect();
    let rest = canvas.activities.iter().filter(|node| !ordered.contains(node.id.as_str()));
    order.iter().filter_map(|id| canvas.activity(id)).chain(rest).collect()
}

fn arrivals<'a>(node: &ActivityNode, campaign: &'a Campaign, shapes: &'a HashMap<String, Shapes>) -> Vec<Arrival<'a>> {
    let inbound = campaign.canvas.transitions.iter().filter(|transition| transition.to == node.id);
    inbound
        .map(|Transition { from, port, .. }| {
            let shape: Option<&Shape> = shapes.get(from).and_then(|ports| ports.get(port));
            Arrival { from, port, shape }
        })
        .collect()
}

fn check_inputs(node: &ActivityNode, kind: &dyn Activity, campaign: &Campaign, problems: &mut Vec<Problem>) {
    let count = campaign.canvas.transitions.iter().filter(|transition| transition.to == node.id).count();
    let limits = kind.inputs();
    let id = &node.id;
    if count < limits.min {
        let (code, message) = if count == 0 {
            ("unreached", format!("nothing leads to `{id}`, so it never runs"))
        } else {
            ("too_few_inputs", format!("{} transition arrives at `{id}`, which needs at least {}", count, limits.min))
        };
        problems.push(
            Problem::error(code, node.pointer.clone(), message)
                .hint(format!("add a transition with `to: {id}`, or disable the activity with `enabled: false`")),
        );
    }
    if let Some(max) = limits.max.filter(|max| count > *max) {
        let (takes, hint) = if limits.min == 0 {
            (
                "which makes its own population and takes one transition at most, to start it".to_owned(),
                "let one start it",
            )
        } else {
            (format!("which takes {max}"), "bring several populations together with `type: combine` before")
        };
        let message = format!("{count} transitions arrive at `{id}`, {takes}");
        problems.push(Problem::error("too_many_inputs", node.pointer.clone(), message).hint(hint));
    }
}

fn check_files(node: &ActivityNode, kind: &dyn Activity, arrivals: &[Arrival<'_>], problems: &mut Vec<Problem>) {
    let of_file = |arrival: &&Arrival<'_>| arrival.shape.is_some_and(Shape::is_file);
    if let Some(arrival) = arrivals.iter().find(of_file).filter(|_| !kind.takes_files()) {
        let message =
            format!("`{}` needs rows of a dimension, and those from `{}` are lines of a file", node.id, arrival.from);
        problems.push(
            Problem::error("file_population", node.pointer.clone(), message)
                .hint("find out who they are before, with `type: reconciliation`"),
        );
    }
}

/// An activity that only disabled ones lead to, or others that never run, never runs.
fn check_reached<'c>(
    node: &'c ActivityNode,
    campaign: &'c Campaign,
    reached: &mut HashSet<&'c str>,
    problems: &mut Vec<Problem>,
) {
    let mut inbound = campaign.canvas.inbound(&node.id).peekable();
    if inbound.peek().is_none() || inbound.any(|transition| reached.contains(transition.from.as_str())) {
        reached.insert(&node.id);
        return;
    }
    let from: Vec<String> =
        campaign.canvas.inbound(&node.id).map(|transition| format!("`{}`", transition.from)).collect();
    let message = format!("`{}` never runs: what leads to it, {}, never does", node.id, from.join(", "));
    problems.push(
        Problem::warning("unreached", node.pointer.clone(), message)
            .hint("enable an activity before it, or disable it too"),
    );
}

/// Warns of rows that go nowhere: of a split's subset, or of an activity that does nothing but prepare for others.
fn check_unused(node: &ActivityNode, kind: &dyn Activity, campaign: &Campaign, problems: &mut Vec<Problem>) {
    if kind.may_end() {
        return;
    }
    let outbound = outbound_ports(&campaign.canvas, &node.id);
    let ports = kind.ports(&node.settings, &outbound);
    let unused = ports.iter().filter(|port| {
        !outbound.contains(&port.name.as_str()) && ![COMPLEMENT, "rejects", "error"].contains(&port.name.as_str())
    });
    for port in unused {
        let id = &node.id;
        let (name, what) = if port.name == OUT {
            (id.clone(), format!("the rows of `{id}` go nowhere: no transition takes them"))
        } else {
            (
                format!("{id}.{}", port.name),
                format!("the rows of `{id}.{}` go nowhere: no transition takes them", port.name),
            )
        };
        problems.push(
            Problem::warning("unused_port", node.pointer.clone(), what).hint(format!(
                "add a transition with `from: {name}`; kept like this, they can be looked at after a run"
            )),
        );
    }
}

fn check_ports(node: &ActivityNode, kind: &dyn Activity, campaign: &Campaign, problems: &mut Vec<Problem>) {
    let ports = port_names(&campaign.canvas, node);
    let leaves_by_error = campaign.canvas.outbound(&node.id).any(|transition| transition.port == ERROR);
    if node.common.has_error_port() && !leaves_by_error {
        let message = format!("what fails leaves by `{}.{ERROR}`, and no transition takes it from there", node.id);
        let pointer = join_pointer(&join_pointer(&node.pointer, "on_error"), "then");
        problems
            .push(Problem::warning("unused_error_port", pointer, message).hint("connect it, or set `then: ignore`"));
    }
    for (index, transition) in campaign.canvas.transitions.iter().enumerate() {
        if transition.from != node.id || ports.contains(&transition.port) {
            continue;
        }
        let pointer = format!("/canvas/transitions/{index}/from");
        let (id, port) = (&node.id, &transition.port);
        let problem = if ports.is_empty() {
            Problem::error("unknown_port", pointer, format!("nothing leaves `{id}`: it is of type `{}`", node.kind))
        } else {
            let message = if port == OUT {
                format!("`{id}` has no port `{OUT}`: the transition has to name one of its ports")
            } else {
                format!("`{id}` has no port `{port}`")
            };
            let known: Vec<String> = ports.iter().map(|port| format!("{id}.{port}")).collect();
            Problem::error("unknown_port", pointer, message)
                .did_you_mean(&format!("{id}.{port}"), known.iter().map(String::as_str))
        };
        problems.push(with_port_hint(problem, port, kind));
    }
}

fn with_port_hint(problem: Problem, port: &str, kind: &dyn Activity) -> Problem {
    match port {
        COMPLEMENT => {
            let schema = kind.settings_schema();
            let has = |name: &str| schema.get("properties").is_some_and(|properties| properties.get(name).is_some());
            match ["complement", "keep_unmatched"].into_iter().find(|name| has(name)) {
                Some(name) => problem.hint(format!("set `{name}: true` on the activity")),
                None => problem,
            }
        }
        ERROR => problem.hint("set `on_error: {then: port}` on the activity"),
        _ => problem,
    }
}
