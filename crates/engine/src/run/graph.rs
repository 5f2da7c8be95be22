//! The canvas as the engine sees it: which activity waits for which.

use std::collections::{BTreeMap, BTreeSet};

/// The port that an activity leaves by when it failed for good and its policy says so.
pub const ERROR_PORT: &str = "error";

/// An activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its id on the canvas.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// A disabled activity is skipped, and whatever only it leads to.
    pub enabled: bool,
}

/// A transition from a port of one activity to another activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The activity that it leaves.
    pub from: String,
    /// The port that it leaves by.
    pub port: String,
    /// The activity that it reaches.
    pub to: String,
}

/// A canvas that no run can be made of.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Two activities have the same id.
    #[error("the canvas has two activities `{activity}`")]
    Duplicate {
        /// The id.
        activity: String,
    },
    /// A transition starts or ends at no activity.
    #[error("a transition names the activity `{activity}`, which is not on the canvas")]
    Unknown {
        /// The id.
        activity: String,
    },
    /// Activities wait for each other in a circle.
    #[error("the activities {} wait for each other in a circle", .activities.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", "))]
    Circle {
        /// Their ids, and those of the activities behind them.
        activities: Vec<String>,
    },
}

/// A canvas without circles. Activities are known by their place in [`Graph::nodes`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    nodes: Vec<Node>,
    places: BTreeMap<String, usize>,
    /// For each activity: where its inbound transitions come from, place and port.
    inbound: Vec<Vec<(usize, String)>>,
    /// For each activity: the ports that a transition leaves by.
    ports: Vec<BTreeSet<String>>,
    /// Places, sources before what they lead to.
    order: Vec<usize>,
}

impl Graph {
    /// Checks a canvas and orders it.
    ///
    /// # Errors
    /// [`Error`] for ids that are twice or nowhere, and for circles.
    pub fn new(activities: Vec<Node>, transitions: Vec<Edge>) -> Result<Self, Error> {
        let mut places = BTreeMap::new();
        for (place, node) in activities.iter().enumerate() {
            if places.insert(node.id.clone(), place).is_some() {
                return Err(Error::Duplicate { activity: node.id.clone() });
            }
        }
        let place_of = |id: &str| places.get(id).copied().ok_or_else(|| Error::Unknown { activity: id.to_owned() });
        let mut inbound = vec![Vec::new(); activities.len()];
        let mut ports = vec![BTreeSet::new(); activities.len()];
        for Edge { from, port, to } in transitions {
            let (from, to) = (place_of(&from)?, place_of(&to)?);
            inbound[to].push((from, port.clone()));
            ports[from].insert(port);
        }
        let order = topological_order(&inbound);
        if order.len() < activities.len() {
            let placed: BTreeSet<_> = order.into_iter().collect();
            let stuck = activities.into_iter().enumerate().filter(|(place, _)| !placed.contains(place));
            return Err(Error::Circle { activities: stuck.map(|(_, node)| node.id).collect() });
        }
        Ok(Graph { nodes: activities, places, inbound, ports, order })
    }

    /// The activities, in the order in which they were given.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The ids of the activities, each after everything that leads to it.
    pub fn order(&self) -> impl Iterator<Item = &str> {
        self.order.iter().map(|&place| self.nodes[place].id.as_str())
    }

    /// The activities that `activity` waits for, with the port of each.
    pub fn inbound(&self, activity: &str) -> impl Iterator<Item = (&str, &str)> {
        let edges = self.place(activity).map_or(&[][..], |place| &self.inbound[place]);
        edges.iter().map(|(from, port)| (self.nodes[*from].id.as_str(), port.as_str()))
    }

    pub(super) fn id_of(&self, place: usize) -> &str {
        &self.nodes[place].id
    }

    pub(super) fn place(&self, activity: &str) -> Option<usize> {
        self.places.get(activity).copied()
    }

    pub(super) fn places_in_order(&self) -> impl Iterator<Item = usize> {
        self.order.iter().copied()
    }

    pub(super) fn inbound_of(&self, place: usize) -> &[(usize, String)] {
        &self.inbound[place]
    }

    pub(super) fn ports_of(&self, place: usize) -> impl Iterator<Item = &str> {
        self.ports[place].iter().map(String::as_str)
    }
}

/// Kahn's algorithm; among those that are free, the order of the canvas.
fn topological_order(inbound: &[Vec<(usize, String)>]) -> Vec<usize> {
    let mut outbound = vec![Vec::new(); inbound.len()];
    let mut open: Vec<usize> = inbound.iter().map(Vec::len).collect();
    for (to, edges) in inbound.iter().enumerate() {
        for (from, _) in edges {
            outbound[*from].push(to);
        }
    }
    let mut free: BTreeSet<usize> = (0..inbound.len()).filter(|&place| open[place] == 0).collect();
    let mut order = Vec::with_capacity(inbound.len());
    while let Some(place) = free.pop_first() {
        order.push(place);
        for &to in &outbound[place] {
            open[to] -= 1;
            if open[to] == 0 {
                free.insert(to);
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(nodes: &[&str], edges: &[(&str, &str)]) -> Result<Graph, Error> {
        let node = |id: &&str| Node { id: (*id).into(), kind: "wait".into(), enabled: true };
        let edge = |(from, to): &(&str, &str)| Edge { from: (*from).into(), port: "out".into(), to: (*to).into() };
        Graph::new(nodes.iter().map(node).collect(), edges.iter().map(edge).collect())
    }

    #[test]
    fn sources_come_before_what_they_lead_to() {
        let graph = graph(&["end", "b", "a"], &[("a", "b"), ("b", "end"), ("a", "end")]).unwrap();
        assert_eq!(graph.order().collect::<Vec<_>>(), ["a", "b", "end"]);
        assert_eq!(graph.inbound("end").collect::<Vec<_>>(), [("b", "out"), ("a", "out")]);
    }

    #[test]
    fn impossible_canvases_are_refused() {
        for (nodes, edges, text) in [
            (&["a", "a"][..], &[][..], "the canvas has two activities `a`"),
            (&["a"], &[("a", "z")], "a transition names the activity `z`, which is not on the canvas"),
            (
                &["a", "b", "c"],
                &[("a", "b"), ("b", "c"), ("c", "b")],
                "the activities `b`, `c` wait for each other in a circle",
            ),
            (&["a"], &[("a", "a")], "the activities `a` wait for each other in a circle"),
        ] {
            assert_eq!(graph(nodes, edges).unwrap_err().to_string(), text);
        }
    }
}
