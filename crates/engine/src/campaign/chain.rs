//! Chains of campaigns: one signals another when it ends. A circle of them would run for ever.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The most circles that are told at once. Whoever has more sees the rest once these are gone.
pub const CIRCLES_MAX: usize = 1_000;

/// Campaigns that signal each other in a circle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the campaigns signal each other in a circle: {}", .campaigns.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" -> "))]
pub struct Circle {
    /// Their names in the order of the signals; the first is also the last.
    pub campaigns: Vec<String>,
}

/// For each campaign, those that it signals.
type Signals<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// Finds the circles in `signals`, which has for each campaign those that it signals: of each signal in a circle the
/// shortest one that begins with it, so that every campaign of every circle begins one. Always the same ones in the same
/// order for the same campaigns, at most [`CIRCLES_MAX`].
pub fn find_circles(signals: &BTreeMap<String, Vec<String>>) -> Vec<Circle> {
    let rest = without_ends(signals);
    let each = rest.iter().flat_map(|(from, targets)| targets.iter().map(move |to| (*from, *to)));
    let circles = each.filter_map(|(from, to)| {
        let back = shortest_way(&rest, to, from)?;
        Some(Circle { campaigns: std::iter::once(from).chain(back).map(str::to_owned).collect() })
    });
    circles.take(CIRCLES_MAX).collect()
}

/// What is left when those that signal nobody, or that nobody signals, are taken away again and again: circles, and what
/// lies between them.
fn without_ends(signals: &BTreeMap<String, Vec<String>>) -> Signals<'_> {
    let (mut to, mut from) = (Signals::new(), Signals::new());
    for (name, targets) in signals {
        for target in targets {
            to.entry(name).or_default().insert(target);
            from.entry(target).or_default().insert(name);
        }
    }
    let names: BTreeSet<&str> = to.keys().chain(from.keys()).copied().collect();
    let is_end = |name: &&str| !to.contains_key(name) || !from.contains_key(name);
    let mut ends: Vec<&str> = names.into_iter().filter(is_end).collect();
    while let Some(end) = ends.pop() {
        for target in to.remove(end).unwrap_or_default() {
            ends.extend(taken_away(&mut from, target, end));
        }
        for source in from.remove(end).unwrap_or_default() {
            ends.extend(taken_away(&mut to, source, end));
        }
    }
    to
}

/// Takes one away from those of another, which is an end if it had no more.
fn taken_away<'a>(of: &mut Signals<'a>, name: &'a str, one: &str) -> Option<&'a str> {
    let others = of.get_mut(name)?;
    others.remove(one);
    if !others.is_empty() {
        return None;
    }
    of.remove(name);
    Some(name)
}

/// The shortest way from one campaign to another, both included.
fn shortest_way<'a>(signals: &Signals<'a>, from: &'a str, to: &'a str) -> Option<Vec<&'a str>> {
    let mut before: BTreeMap<&str, &str> = BTreeMap::from([(from, from)]);
    let mut open = VecDeque::from([from]);
    while let Some(at) = open.pop_front() {
        if at == to {
            let (mut way, mut at) = (vec![to], to);
            while let Some(earlier) = before.get(at).copied().filter(|_| at != from) {
                way.push(earlier);
                at = earlier;
            }
            way.reverse();
            return Some(way);
        }
        for next in signals.get(at).into_iter().flatten().copied() {
            if let std::collections::btree_map::Entry::Vacant(unseen) = before.entry(next) {
                unseen.insert(at);
                open.push_back(next);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_found_and_shown() {
        for (edges, circles) in [
            (&[][..], &[][..]),
            (&[("a", "b"), ("b", "c"), ("a", "c")], &[]),
            (&[("a", "a")], &["a a"]),
            (&[("a", "b"), ("b", "c"), ("c", "b")], &["b c b", "c b c"]),
            (&[("z", "a"), ("a", "missing"), ("a", "m"), ("m", "z")], &["a m z a", "m z a m", "z a m z"]),
            // Two that have a campaign in common, and what lies between two.
            (
                &[("a", "b"), ("b", "a"), ("b", "c"), ("c", "b"), ("c", "d"), ("d", "d")],
                &["a b a", "b a b", "b c b", "c b c", "d d"],
            ),
        ] {
            let mut signals: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for (from, to) in edges {
                signals.entry((*from).to_owned()).or_default().push((*to).to_owned());
            }
            let found: Vec<String> = find_circles(&signals).iter().map(|circle| circle.campaigns.join(" ")).collect();
            assert_eq!(found, circles, "{edges:?}");
        }
    }

    #[test]
    fn long_chains_do_not_overflow() {
        let mut signals: BTreeMap<String, Vec<String>> =
            (0..200_000).map(|n| (format!("c{n:06}"), vec![format!("c{:06}", n + 1)])).collect();
        assert!(find_circles(&signals).is_empty());
        signals.insert("c200000".into(), vec!["c199999".into()]);
        let found: Vec<usize> = find_circles(&signals).iter().map(|circle| circle.campaigns.len()).collect();
        assert_eq!(found, [3, 3]);
    }
}
