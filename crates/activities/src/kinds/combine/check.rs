//! What can be wrong with a combination, and the shape of what leaves.

use tutti_model::bind::Scope;
use tutti_model::problem::{Problem, has_errors, join_pointer};
use tutti_model::table::Column;

use super::{Columns, Operation, SetRule, Settings, matching};
use crate::activity::{Activity as _, Arrival, COMPLEMENT, CheckContext, Shape, Shapes};
use crate::fields::{self, name_of_arrival, warn_unused_complement};
use crate::operand::FieldOrExpression;

pub(super) fn check(settings: &Settings, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Shapes {
    let mut shapes = Shapes::new();
    let before = problems.len();
    check_form(settings, context, problems);
    let primary = check_primary(settings, context, problems);
    check_rules(settings, primary, context, problems);
    check_by(settings, context, problems);
    check_limit(settings, context, problems);
    let Some(sets) = known_sets(settings, primary, context, problems) else { return shapes };
    let Some(primary) = primary.filter(|primary| *primary < sets.len()) else { return shapes };
    let of_all = settings.operation != Operation::Exclusion
        && (settings.by_key() || settings.operation == Operation::Union);
    let added = if of_all {
        columns_of_all(&sets, settings.columns, context, problems)
    } else {
        Some(columns_of(sets[primary], &sets, settings.columns))
    };
    if has_errors(&problems[before..]) {
        return shapes;
    }
    if let Some(added) = added {
        let shape = Shape { dimension: sets[primary].dimension.clone(), added };
        for port in super::Combine.ports(&context.node.settings, &[]) {
            shapes.insert(port.name, shape.clone());
        }
    }
    shapes
}

/// Settings that do not go together.
fn check_form(settings: &Settings, context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    let union = settings.operation == Operation::Union;
    if union && settings.complement && settings.limit.is_none() && settings.by.is_empty() {
        problems.push(
            Problem::error("bad_value", context.at(COMPLEMENT), "a union keeps every row, so it has no complement")
                .hint("set `complement: false`, or a `limit`"),
        );
    } else {
        warn_unused_complement(context, settings.complement, problems);
    }
    if !union && settings.limit.is_some() {
        let message = "only a union is limited";
        problems.push(
            Problem::error("bad_value", context.at("limit"), message)
                .hint("remove `limit`, and take a number of rows with `type: split` after"),
        );
    }
    if union && !settings.rules.is_empty() {
        let message = "rows of several dimensions cannot be in one population, so a union has no rules";
        problems.push(
            Problem::error("bad_value", context.at("rules"), message)
                .hint("bring the sets to one dimension before, with change-dimension"),
        );
    }
}

fn check_primary(settings: &Settings, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Option<usize> {
    let at = context.at("primary");
    match (&settings.primary, settings.operation) {
        (None, Operation::Exclusion) => {
            let message = "an exclusion needs its `primary`: the set that the others are taken away from";
            problems.push(Problem::error("missing_field", context.node.pointer.clone(), message).hint("add `primary`"));
            None
        }
        (None, _) => Some(0),
        (Some(_), Operation::Union | Operation::Intersection) if settings.by_key() => {
            let message = "the sets of a union or an intersection by key are all alike: none is the primary one";
            problems.push(Problem::error("bad_value", at, message).hint("remove `primary`"));
            None
        }
        (Some(primary), _) => fields::check_set(primary, "the primary set", context, &at, problems),
    }
}

fn check_rules(settings: &Settings, primary: Option<usize>, context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    for (index, rule) in settings.rules.iter().enumerate() {
        let at = join_pointer(&context.at("rules"), index);
        let set = fields::check_set(&rule.set, "a set with a rule", context, &join_pointer(&at, "set"), problems);
        if set.is_some() && set == primary {
            let message = format!("`{}` is the primary set, which the others are compared with", rule.set);
            problems.push(Problem::error("bad_value", join_pointer(&at, "set"), message));
        }
        if rule.link.is_some() != rule.on.is_empty() {
            let message = format!("the rule for `{}` has not exactly one of `link` and `on`", rule.set);
            problems.push(Problem::error("bad_value", at.clone(), message).hint("keep one of them"));
            continue;
        }
        let shape = |index: Option<usize>| context.arrivals.get(index?).and_then(|arrival| arrival.shape);
        if let (Some(primary), Some(set)) = (shape(primary), shape(set)) {
            check_rule(rule, primary, set, &at, context, problems);
        }
    }
}

fn check_rule(
    rule: &SetRule,
    primary: &Shape,
    set: &Shape,
    at: &str,
    context: &CheckContext<'_>,
    problems: &mut Vec<Problem>,
) -> Option<()> {
    let (here, there) = (fields::scope(context, primary)?, fields::scope(context, set)?);
    if let Some(path) = &rule.link {
        let at = join_pointer(at, "link");
        if let Err(problem) = matching::steps(path, here.table, there.table, context.catalog, &at) {
            problems.push(*problem);
        }
    }
    for (left, right) in &rule.on {
        let at = join_pointer(&join_pointer(at, "on"), left);
        let left = FieldOrExpression::from_text(left).check(here, context, &at, problems);
        let right = FieldOrExpression::from_text(right).check(there, context, &at, problems);
        let (Some(left), Some(right)) = (left, right) else { continue };
        check_comparable((&left.path(), &left.column), (&right.path(), &right.column), &at, problems);
    }
    Some(())
}

fn check_comparable(left: (&str, &Column), right: (&str, &Column), at: &str, problems: &mut Vec<Problem>) {
    if !left.1.column_type.comparable(right.1.column_type) {
        let message = format!(
            "`{}` is {} and `{}` is {}: they can never be equal",
            left.0, left.1.column_type, right.0, right.1.column_type
        );
        problems.push(Problem::error("wrong_type", at, message));
    }
}

/// Every set that has no rule needs the fields of `by`, with types that compare.
fn check_by(settings: &Settings, context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    let sets: Vec<(&str, &str)> = context.arrivals.iter().map(|arrival| (arrival.from, arrival.port)).collect();
    for (position, value) in settings.by.iter().enumerate() {
        let at = join_pointer(&context.at("by"), position);
        let mut first: Option<Column> = None;
        for (index, arrival) in context.arrivals.iter().enumerate() {
            let scope = arrival.shape.and_then(|shape| fields::scope(context, shape));
            let Some(scope) = scope.filter(|_| settings.rule_for(index, &sets).is_none()) else { continue };
            let field = match value.resolve(scope, context.catalog, context.moment, &at) {
                Ok(field) => field,
                Err(mut problem) => {
                    problem.message = format!("{} (in the set `{}`)", problem.message, name_of_arrival(arrival));
                    problems.push(problem);
                    continue;
                }
            };
            match &first {
                Some(first) => check_comparable((value.text(), first), (value.text(), &field.column), &at, problems),
                None => first = Some(field.column),
            }
        }
    }
}

fn check_limit(settings: &Settings, context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    let Some(limit) = &settings.limit else { return };
    let at = context.at("limit");
    if limit.number == 0 {
        problems.push(Problem::error("bad_value", join_pointer(&at, "number"), "a limit is at least 1 row"));
    }
    for (index, name) in limit.priority.iter().enumerate() {
        let at = join_pointer(&join_pointer(&at, "priority"), index);
        fields::check_set(name, "a set with a priority", context, &at, problems);
    }
    let Some(shape) = context.inbound() else { return };
    let added = columns_of_all(&known(context), settings.columns, context, &mut Vec::new()).unwrap_or_default();
    let Some(table) = context.table_of(&shape.dimension) else { return };
    let scope = Scope { table: &table.name, added: &added };
    for (sort, pointer) in limit.sort.with_pointers(&join_pointer(&at, "sort")) {
        sort.by.check(scope, context, &join_pointer(&pointer, "by"), problems);
    }
}

fn known<'a>(context: &CheckContext<'a>) -> Vec<&'a Shape> {
    context.arrivals.iter().filter_map(|arrival| arrival.shape).collect()
}

/// The shapes of all sets; two dimensions are an error where keys are compared. `None` unless all are known and fit.
fn known_sets<'a>(
    settings: &Settings,
    primary: Option<usize>,
    context: &CheckContext<'a>,
    problems: &mut Vec<Problem>,
) -> Option<Vec<&'a Shape>> {
    let names: Vec<(&str, &str)> = context.arrivals.iter().map(|arrival| (arrival.from, arrival.port)).collect();
    let by_fields = !settings.by.is_empty() && settings.operation != Operation::Union;
    let known: Vec<(usize, &Arrival<'a>, &'a Shape)> = context
        .arrivals
        .iter()
        .enumerate()
        .filter_map(|(index, arrival)| Some((index, arrival, arrival.shape?)))
        .collect();
    let (_, first, shape) = known.iter().find(|(index, ..)| Some(*index) == primary).or_else(|| known.first())?;
    let other = known.iter().find(|(index, _, other)| {
        other.dimension != shape.dimension && !by_fields && settings.rule_for(*index, &names).is_none()
    });
    if let Some((_, arrival, other)) = other {
        let dimension = |shape: &Shape| {
            if shape.is_file() { "lines of a file".to_owned() } else { format!("`{}`", shape.dimension) }
        };
        let message = format!(
            "the sets have two dimensions: `{}` has {}, `{}` has {}",
            name_of_arrival(first),
            dimension(shape),
            name_of_arrival(arrival),
            dimension(other)
        );
        // Lines of a file cannot be led to; they are found.
        let (kind, moved, to) = match (shape.is_file(), other.is_file()) {
            (true, _) => ("reconciliation", first, &other.dimension),
            (false, true) => ("reconciliation", arrival, &shape.dimension),
            (false, false) => ("change-dimension", arrival, &shape.dimension),
        };
        let (from, id) = (name_of_arrival(moved), &context.node.id);
        let mut hint = format!("insert `{{type: {kind}, dimension: {to}}}` between `{from}` and `{id}`");
        if settings.operation != Operation::Union {
            hint.push_str(&format!(", or say how they are compared: `rules: [{{set: {from}, link: ...}}]`"));
        }
        problems.push(Problem::error("dimension_mismatch", context.node.pointer.clone(), message).hint(hint));
        return None;
    }
    if shape.is_file() && (settings.by_key() || settings.operation == Operation::Union) {
        check_files(&known, settings, context, problems)?;
    }
    (known.len() == context.arrivals.len()).then(|| known.into_iter().map(|(.., shape)| shape).collect())
}

/// Lines are known by their numbers, which say nothing of those of another file. `None` where there are two.
fn check_files(
    known: &[(usize, &Arrival<'_>, &Shape)],
    settings: &Settings,
    context: &CheckContext<'_>,
    problems: &mut Vec<Problem>,
) -> Option<()> {
    let files = |arrival: &Arrival<'_>| context.earlier.of_kind(context.campaign, arrival.from, "load-file");
    let ((_, first, _), others) = known.split_first()?;
    let of_first = files(first);
    let Some((_, other, _)) = others.iter().find(|(_, arrival, _)| of_first.is_disjoint(&files(arrival))) else {
        return Some(());
    };
    let message = format!(
        "`{}` and `{}` have lines of two files, and lines are compared by their numbers",
        name_of_arrival(first),
        name_of_arrival(other)
    );
    let hint = match settings.operation {
        Operation::Union => "find out who they are before, with `type: reconciliation` for each",
        _ => "compare them by what they say: `by: [COLUMN]`",
    };
    problems.push(Problem::error("two_files", context.node.pointer.clone(), message).hint(hint));
    None
}

/// The columns of one set, or those of them that all sets have.
fn columns_of(set: &Shape, sets: &[&Shape], columns: Columns) -> Vec<Column> {
    let everywhere = |column: &&Column| sets.iter().all(|set| set.added.iter().any(|other| other.name == column.name));
    set.added.iter().filter(|column| columns == Columns::All || everywhere(column)).cloned().collect()
}

/// The columns of all sets, each once. One name with two types is an error.
fn columns_of_all(
    sets: &[&Shape],
    columns: Columns,
    context: &CheckContext<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Vec<Column>> {
    let mut all: Vec<Column> = Vec::new();
    let mut clear = true;
    let used: Vec<Column> = sets.iter().flat_map(|set| columns_of(set, sets, columns)).collect();
    for column in used {
        match all.iter().find(|other| other.name == column.name) {
            None => all.push(column),
            Some(other) if other.column_type == column.column_type => {}
            Some(other) => {
                clear = false;
                let message = format!(
                    "the column `{}` is {} in one set and {} in another",
                    column.name, other.column_type, column.column_type
                );
                problems.push(Problem::error("column_types", context.node.pointer.clone(), message));
            }
        }
    }
    clear.then_some(all)
}
