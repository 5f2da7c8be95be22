//! Chains of campaigns: one signals another when it ends. A circle of them would run for ever.

use std::collections::BTreeMap;

/// Campaigns that signal each other in a circle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the campaigns signal each other in a circle: {}", .campaigns.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" -> "))]
pub struct Circle {
    /// Their names in the order of the signals; the first is also the last.
    pub campaigns: Vec<String>,
}

/// Finds a circle in `signals`: for each campaign, those that it signals. Always the same one for the same campaigns.
pub fn find_circle(signals: &BTreeMap<String, Vec<String>>) -> Option<Circle> {
    /// Where a campaign is in the search.
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        OnPath,
        Done,
    }
    let mut marks: BTreeMap<&str, Mark> = BTreeMap::new();
    for start in signals.keys() {
        if marks.contains_key(start.as_str()) {
            continue;
        }
        // The path from `start`, with how many of each one's signals were followed.
        let mut path: Vec<(&str, usize)> = vec![(start, 0)];
        marks.insert(start, Mark::OnPath);
        while let Some((at, followed)) = path.last_mut() {
            let next = signals.get(*at).and_then(|targets| targets.get(*followed));
            *followed += 1;
            let Some(next) = next else {
                marks.insert(at, Mark::Done);
                path.pop();
                continue;
            };
            match marks.get(next.as_str()) {
                None => {
                    marks.insert(next, Mark::OnPath);
                    path.push((next, 0));
                }
                Some(Mark::OnPath) => {
                    let circle = path.iter().skip_while(|(name, _)| *name != next.as_str());
                    let mut campaigns: Vec<String> = circle.map(|(name, _)| (*name).to_owned()).collect();
                    campaigns.push(next.clone());
                    return Some(Circle { campaigns });
                }
                Some(Mark::Done) => {}
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
        for (edges, circle) in [
            (&[][..], None),
            (&[("a", "b"), ("b", "c"), ("a", "c")], None),
            (&[("a", "a")], Some(vec!["a", "a"])),
            (&[("a", "b"), ("b", "c"), ("c", "b")], Some(vec!["b", "c", "b"])),
            (&[("z", "a"), ("a", "missing"), ("a", "m"), ("m", "z")], Some(vec!["a", "m", "z", "a"])),
        ] {
            let mut signals: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for (from, to) in edges {
                signals.entry((*from).to_owned()).or_default().push((*to).to_owned());
            }
            let found = find_circle(&signals).map(|circle| circle.campaigns);
            assert_eq!(found, circle.map(|names| names.into_iter().map(str::to_owned).collect()), "{edges:?}");
        }
    }

    #[test]
    fn long_chains_do_not_overflow() {
        let mut signals: BTreeMap<String, Vec<String>> =
            (0..200_000).map(|n| (format!("c{n:06}"), vec![format!("c{:06}", n + 1)])).collect();
        assert_eq!(find_circle(&signals), None);
        signals.insert("c200000".into(), vec!["c199999".into()]);
        assert_eq!(find_circle(&signals).map(|circle| circle.campaigns.len()), Some(3));
    }
}
