//! What tests expect, against the campaigns and tables that there are.

use super::check::{check_activity, check_columns};
use super::{CampaignExpect, RunExpect, TestCase, activity_and_port};
use crate::campaign::Campaign;
use crate::catalog::Catalog;
use crate::problem::{Problem, join_pointer};

impl TestCase {
    pub(super) fn check_expect(&self, campaign: &Campaign, catalog: &Catalog, problems: &mut Vec<Problem>) {
        let expect = &self.expect;
        if expect.is_empty() {
            let problem =
                Problem::warning("expects_nothing", "/expect", "the test expects nothing, so that it checks nothing");
            problems.push(problem.hint("name `launches` or `runs`"));
        }
        check_campaign(&expect.own(), "/expect", campaign, problems);
        for (name, expected) in &expect.campaigns {
            let at = join_pointer("/expect/campaigns", name);
            if *name == self.campaign {
                let problem = Problem::error("bad_value", at, format!("`{name}` is the campaign that is tested"));
                problems.push(problem.hint("write what is expected of it directly below `expect`"));
                continue;
            }
            if let Some(campaign) = self.taking_part(name, &at, catalog, problems) {
                check_campaign(expected, &at, campaign, problems);
            }
        }
        for (index, alert) in expect.alerts.iter().flatten().enumerate() {
            let at = format!("/expect/alerts/{index}");
            let campaign = match &alert.campaign {
                None => Some(campaign),
                Some(name) => self.taking_part(name, &format!("{at}/campaign"), catalog, problems),
            };
            if let Some(activity) = &alert.activity {
                check_activity(activity, None, &format!("{at}/activity"), campaign, problems);
            }
        }
        for (name, table) in &expect.tables {
            let at = join_pointer("/expect/tables", name);
            let Some(found) = catalog.table(name) else {
                let problem = Problem::error("missing_table", at, format!("there is no table `{name}`"));
                problems.push(problem.did_you_mean(name, catalog.tables.keys().map(String::as_str)));
                continue;
            };
            check_columns(&table.has, &format!("{at}/has"), found, problems);
            check_columns(&table.lacks, &format!("{at}/lacks"), found, problems);
        }
    }
}

fn check_campaign(expected: &CampaignExpect, pointer: &str, campaign: &Campaign, problems: &mut Vec<Problem>) {
    for (index, run) in expected.runs.iter().flatten().enumerate() {
        check_run(run, &format!("{pointer}/runs/{index}"), campaign, problems);
    }
}

fn check_run(run: &RunExpect, pointer: &str, campaign: &Campaign, problems: &mut Vec<Problem>) {
    let mut check = |name: &str, text: &str, kind: Option<&str>| {
        let at = join_pointer(&join_pointer(pointer, name), text);
        let activity = if name == "counts" || name == "members" { activity_and_port(text).0 } else { text };
        check_activity(activity, kind, &at, Some(campaign), problems);
    };
    run.activities.keys().for_each(|id| check("activities", id, None));
    run.counts.keys().for_each(|at| check("counts", at, None));
    run.members.keys().for_each(|at| check("members", at, None));
    run.messages.keys().for_each(|id| check("messages", id, Some("email")));
}
