//! What tests say of ports and reasons, which only the kinds of activities and the deliveries know.

use tutti_model::campaign::Campaign;
use tutti_model::catalog::Catalog;
use tutti_model::problem::{DocumentRef, Problem, join_pointer};
use tutti_model::test_case::{RunExpect, activity_and_port};

/// The problems of the tests of a catalog beyond those that the model finds.
pub(crate) fn check(catalog: &Catalog) -> Vec<Problem> {
    let mut problems = Vec::new();
    for test in catalog.tests.values() {
        let Some(campaign) = catalog.campaigns.get(&test.campaign) else { continue };
        let before = problems.len();
        check_runs(test.expect.runs.as_deref(), "/expect", campaign, &mut problems);
        for (name, expected) in &test.expect.campaigns {
            if let Some(campaign) = catalog.campaigns.get(name) {
                let at = join_pointer("/expect/campaigns", name);
                check_runs(expected.runs.as_deref(), &at, campaign, &mut problems);
            }
        }
        let document = DocumentRef { kind: "test".to_owned(), name: test.name.clone() };
        for problem in &mut problems[before..] {
            problem.document = Some(document.clone());
        }
    }
    problems
}

fn check_runs(runs: Option<&[RunExpect]>, pointer: &str, campaign: &Campaign, problems: &mut Vec<Problem>) {
    for (index, run) in runs.into_iter().flatten().enumerate() {
        let pointer = format!("{pointer}/runs/{index}");
        let ports = |id: &str| {
            let node = campaign.canvas.activity(id)?;
            Some(tutti_activities::port_names(&campaign.canvas, node))
        };
        check_ports(run, &pointer, ports, problems);
        check_reasons(run, &pointer, problems);
    }
}

fn check_ports(
    run: &RunExpect,
    pointer: &str,
    ports: impl Fn(&str) -> Option<Vec<String>>,
    problems: &mut Vec<Problem>,
) {
    let counts = run.counts.keys().map(|at| ("counts", at));
    for (field, at) in counts.chain(run.members.keys().map(|at| ("members", at))) {
        let (activity, port) = activity_and_port(at);
        let Some(known) = ports(activity).filter(|known| !known.iter().any(|known| known == port)) else { continue };
        let message = match known.as_slice() {
            [] => format!("nobody leaves `{activity}`: it has no ports"),
            _ => format!("`{activity}` has no port `{port}`"),
        };
        let at = join_pointer(&join_pointer(pointer, field), at);
        let problem = Problem::error("unknown_port", at, message);
        problems.push(problem.did_you_mean(port, known.iter().map(String::as_str)));
    }
}

fn check_reasons(run: &RunExpect, pointer: &str, problems: &mut Vec<Problem>) {
    for (activity, messages) in &run.messages {
        let at = join_pointer(&join_pointer(&join_pointer(pointer, "messages"), activity), "excluded");
        for reason in messages.excluded.keys().filter(|reason| !tutti_delivery::REASONS.contains(&reason.as_str())) {
            let message = format!("nobody is excluded for `{reason}`");
            let problem = Problem::error("unknown_value", join_pointer(&at, reason), message);
            problems.push(problem.did_you_mean(reason, tutti_delivery::REASONS));
        }
    }
}
