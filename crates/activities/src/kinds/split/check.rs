//! What can be wrong with a split.

use tutti_model::bind::{Scope, bind};
use tutti_model::problem::{Problem, join_pointer};

use super::{Base, Limit, Settings, Subset, Ties};
use crate::activity::{COMPLEMENT, CheckContext};
use crate::fields;

/// Ports that have a meaning of their own.
const RESERVED: [&str; 5] = [tutti_model::campaign::OUT, COMPLEMENT, "default", "rejects", "error"];

pub(super) fn check(settings: &Settings, context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    if settings.subsets.is_empty() {
        problems.push(Problem::error("missing_field", context.at("subsets"), "a split needs at least one subset"));
    }
    if settings.overlap && settings.merged_output {
        let message = "subsets that overlap cannot leave together: a row would be there twice";
        problems.push(
            Problem::error("bad_value", context.at("merged_output"), message)
                .hint("set `overlap: false` or `merged_output: false`"),
        );
    }
    fields::warn_unused_complement(context, settings.complement, problems);
    let scope = context.inbound().and_then(|shape| fields::scope(context, shape));
    for (index, subset) in settings.subsets.iter().enumerate() {
        let at = join_pointer(&context.at("subsets"), index);
        check_id(settings, index, subset, &at, problems);
        if let Some(limit) = &subset.limit {
            check_limit(limit, &join_pointer(&at, "limit"), problems);
        }
        if let Some(scope) = scope {
            check_fields(subset, scope, context, &at, problems);
        }
    }
    if !settings.overlap {
        check_what_remains(settings, context, problems);
    }
}

fn check_id(settings: &Settings, index: usize, subset: &Subset, at: &str, problems: &mut Vec<Problem>) {
    let at = join_pointer(at, "id");
    let id = &subset.id;
    if RESERVED.contains(&id.as_str()) {
        let message = format!("`{id}` is the name of a port of its own, so a subset cannot have it");
        problems.push(Problem::error("reserved_name", at, message));
    } else if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-') {
        let message = format!("`{id}` cannot be a subset's id");
        problems.push(Problem::error("bad_id", at, message).hint("use letters, digits, `_` and `-`"));
    } else if settings.subsets[..index].iter().any(|other| other.id == *id) {
        let message = format!("there are two subsets with the id `{id}`");
        problems.push(Problem::error("duplicate_subset", at, message));
    }
}

fn check_limit(limit: &Limit, at: &str, problems: &mut Vec<Problem>) {
    match (limit.number, limit.percent) {
        (None, None) => problems.push(
            Problem::error("missing_field", at, "the limit says neither a number nor a percentage")
                .hint("write `{number: 1000}` or `{percent: 50}`"),
        ),
        (Some(_), Some(_)) => problems.push(
            Problem::error("bad_value", at, "the limit says both a number and a percentage").hint("keep one of them"),
        ),
        (Some(0), None) if limit.values.is_empty() => {
            problems.push(Problem::error("bad_value", join_pointer(at, "number"), "a limit is at least 1 row"));
        }
        // Nothing of the values that have no number of their own is a limit too.
        (None, Some(0.0)) if !limit.values.is_empty() => {}
        (None, Some(percent)) if is_percent(percent) && !has_few_digits(percent) => {
            let message = format!("`{percent}` has more than six digits after the point");
            problems.push(Problem::error("bad_value", join_pointer(at, "percent"), message));
        }
        (None, Some(percent)) if !is_percent(percent) => {
            let message = format!("`{percent}` is not a percentage over 0 and up to 100");
            problems.push(Problem::error("bad_value", join_pointer(at, "percent"), message));
        }
        _ => {}
    }
    if limit.per.is_none() && !limit.values.is_empty() {
        let message = "the limit has numbers for some values, and does not say of which field";
        problems.push(Problem::error("missing_field", join_pointer(at, "values"), message).hint("add `per`"));
    }
    if limit.ties == Ties::Random && limit.sort.is_empty() {
        let message = "rows are taken at random anyway: nothing is sorted";
        problems.push(Problem::warning("bad_value", join_pointer(at, "ties"), message).hint("add `sort`"));
    }
    for (value, most) in &limit.values {
        let fits = if limit.percent.is_some() {
            is_percent(*most) || *most == 0.0
        } else {
            most.fract() == 0.0 && (0.0..9e15).contains(most)
        };
        if !fits {
            let what = if limit.percent.is_some() { "a percentage up to 100" } else { "a number of rows" };
            let message = format!("`{most}` is not {what}");
            problems.push(Problem::error("bad_value", join_pointer(&join_pointer(at, "values"), value), message));
        }
    }
}

fn is_percent(percent: f64) -> bool {
    percent > 0.0 && percent <= 100.0
}

/// Shares are counted in millionths of a percent.
fn has_few_digits(percent: f64) -> bool {
    let millionths = percent * 1e6;
    (millionths - millionths.round()).abs() < 1e-4
}

fn check_fields(
    subset: &Subset,
    scope: Scope<'_>,
    context: &CheckContext<'_>,
    at: &str,
    problems: &mut Vec<Problem>,
) {
    if let Some(rule) = &subset.rule {
        bind(rule, scope, context.catalog, context.moment, &join_pointer(at, "where"), problems);
    }
    let Some(limit) = &subset.limit else { return };
    for (sort, pointer) in limit.sort.with_pointers(&format!("{at}/limit/sort")) {
        sort.by.check(scope, context, &join_pointer(&pointer, "by"), problems);
    }
    if let Some(per) = &limit.per {
        per.check(scope, context, &format!("{at}/limit/per"), problems);
    }
}

/// Subsets that can never be filled, and percentages that are more than there is.
fn check_what_remains(settings: &Settings, context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    let plain = |subset: &Subset| {
        let limit = subset.limit.as_ref().filter(|limit| limit.of == Base::Inbound && limit.values.is_empty())?;
        limit.percent.filter(|_| subset.rule.is_none())
    };
    let percents: Vec<f64> = settings.subsets.iter().filter_map(plain).collect();
    let sum: f64 = percents.iter().sum();
    // Percentages count to six places; a sum like 33.4 + 33.3 + 33.3 may come out a hair over.
    if sum > 100.0 + 1e-6 {
        let sum = (sum * 1e6).round() / 1e6;
        let message = format!("the percentages of the subsets add up to {sum}, which is over 100");
        problems.push(
            Problem::error("over_100_percent", context.at("subsets"), message)
                .hint("lower them, or set `overlap: true` when a row may be in several subsets"),
        );
    }
    let takes_all = settings.subsets.iter().position(|subset| subset.rule.is_none() && subset.limit.is_none());
    let Some(last) = takes_all else { return };
    let taker = &settings.subsets[last].id;
    for (index, subset) in settings.subsets.iter().enumerate().skip(last + 1) {
        let message = format!("`{taker}` takes all that remains, so nothing is left for `{}`", subset.id);
        problems.push(
            Problem::warning("never_filled", join_pointer(&context.at("subsets"), index), message)
                .hint(format!("move `{taker}` to the end, or give it a rule or a limit")),
        );
    }
}
