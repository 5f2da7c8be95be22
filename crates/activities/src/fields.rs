//! Settings that name fields: checked against what arrives.

use tutti_model::bind::Scope;
use tutti_model::builtin::FILE_DIMENSION;
use tutti_model::campaign::OUT;
use tutti_model::problem::Problem;
use tutti_model::table::{Column, Table};

use crate::activity::{Arrival, CheckContext, Shape};

/// What arrives, as rules and fields see it; `None` when its dimension is not known.
pub(crate) fn scope<'a>(context: &CheckContext<'a>, shape: &'a Shape) -> Option<Scope<'a>> {
    context.table_of(&shape.dimension).map(|table| Scope { table: &table.name, added: &shape.added })
}

/// Adds a column, or puts it in the place of the one with its name. Answers its position.
pub(crate) fn put(columns: &mut Vec<Column>, column: Column) -> usize {
    match columns.iter().position(|other| other.name == column.name) {
        Some(position) => {
            columns[position] = column;
            position
        }
        None => {
            columns.push(column);
            columns.len() - 1
        }
    }
}

/// Looks whether an activity can add a column with this name to rows of `table`.
pub(crate) fn check_added_name(name: &str, table: Option<&Table>, pointer: &str, problems: &mut Vec<Problem>) {
    if name.is_empty() || name.contains('.') || name.starts_with("__") {
        problems.push(
            Problem::error("bad_name", pointer, format!("`{name}` cannot be a column's name"))
                .hint("a name has no dot and does not begin with `__`"),
        );
    } else if table.is_some_and(|table| table.primary_key.iter().any(|key| key == name)) {
        let message = format!("`{name}` is part of the key of these rows, so no column can be added by that name");
        problems.push(Problem::error("duplicate_name", pointer, message).hint("choose another name"));
    }
}

/// The table of the dimension that a setting `dimension` names; an unknown one is a problem.
pub(crate) fn check_dimension<'a>(
    dimension: &str,
    context: &CheckContext<'a>,
    problems: &mut Vec<Problem>,
) -> Option<&'a Table> {
    if dimension != FILE_DIMENSION
        && let Some(table) = context.table_of(dimension)
    {
        return Some(table);
    }
    let known = context.catalog.dimensions.keys().map(String::as_str);
    let message = format!("there is no dimension `{dimension}`");
    problems.push(Problem::error("missing_dimension", context.at("dimension"), message).did_you_mean(dimension, known));
    None
}

/// Adds a problem, with the way out, where what arrives has another dimension than is needed.
pub(crate) fn check_dimension_is(
    shape: &Shape,
    dimension: &str,
    context: &CheckContext<'_>,
    pointer: &str,
    problems: &mut Vec<Problem>,
) {
    if shape.dimension == dimension {
        return;
    }
    let from = context.arrivals.first().map(|arrival| arrival.from).unwrap_or_default();
    let id = &context.node.id;
    let (what, kind) = if shape.is_file() {
        ("lines of a file".to_owned(), "reconciliation")
    } else {
        (format!("rows of `{}`", shape.dimension), "change-dimension")
    };
    problems.push(
        Problem::error("dimension_mismatch", pointer, format!("`{id}` needs rows of `{dimension}`, and {what} arrive"))
            .hint(format!("insert `{{type: {kind}, dimension: {dimension}}}` between `{from}` and `{id}`")),
    );
}

/// The columns that rows of `table` carry on from rows with the columns `added`: those that `carry` names, else all that
/// do not have the name of a field of theirs.
pub(crate) fn carried_columns(carry: Option<&[String]>, added: &[Column], table: &Table) -> Vec<Column> {
    let carried = added.iter().filter(|column| match carry {
        Some(names) => names.contains(&column.name) && !table.primary_key.contains(&column.name),
        None => table.column(&column.name).is_none(),
    });
    carried.cloned().collect()
}

/// Looks whether the columns that `carry` names can be carried on by rows of `table`.
pub(crate) fn check_carried(
    carry: Option<&[String]>,
    shape: &Shape,
    table: &Table,
    context: &CheckContext<'_>,
    problems: &mut Vec<Problem>,
) {
    for (index, name) in carry.into_iter().flatten().enumerate() {
        let at = tutti_model::problem::join_pointer(&context.at("carry"), index);
        if shape.added.iter().all(|column| column.name != *name) {
            let known = shape.added.iter().map(|column| column.name.as_str());
            let message = format!("what arrives carries no column `{name}`");
            let problem = Problem::error("unknown_field", at, message);
            let hint = "fields of a dimension are carried after an enrichment has added them";
            problems.push(if shape.added.is_empty() { problem.hint(hint) } else { problem.did_you_mean(name, known) });
        } else {
            check_added_name(name, Some(table), &at, problems);
        }
    }
}

/// The position of the set that `name` names (an activity, or `activity.port`) among sets that come from
/// `(activity, port)`: an activity without a port means its only set, else that of the port `out`.
pub(crate) fn position_of_set<'a>(name: &str, sets: impl Iterator<Item = (&'a str, &'a str)>) -> Option<usize> {
    let (activity, port) = name.split_once('.').map_or((name, None), |(id, port)| (id, Some(port)));
    let mut found = sets
        .enumerate()
        .filter(|(_, (from, of))| *from == activity && port.is_none_or(|port| port == *of))
        .map(|(index, (_, of))| (index, of))
        .collect::<Vec<_>>();
    if found.len() > 1 {
        found.retain(|(_, of)| *of == OUT);
    }
    (found.len() == 1).then(|| found[0].0)
}

/// As [`position_of_set`] among what arrives; a name that is none, or several, is a problem. `what` says what the set
/// is needed as.
pub(crate) fn check_set(
    name: &str,
    what: &str,
    context: &CheckContext<'_>,
    pointer: &str,
    problems: &mut Vec<Problem>,
) -> Option<usize> {
    let arrivals = || context.arrivals.iter();
    let found = position_of_set(name, arrivals().map(|arrival| (arrival.from, arrival.port)));
    if found.is_some() || context.arrivals.is_empty() {
        return found;
    }
    if arrivals().filter(|arrival| arrival.from == name).count() > 1 {
        let ports = arrivals().filter(|arrival| arrival.from == name);
        let ports: Vec<String> = ports.map(|arrival| format!("`{}.{}`", arrival.from, arrival.port)).collect();
        let message = format!("several sets arrive from `{name}`, so that {what} is not clear");
        problems
            .push(Problem::error("ambiguous_set", pointer, message).hint(format!("name one of {}", ports.join(", "))));
    } else {
        let known: Vec<String> = arrivals().map(name_of_arrival).collect();
        let message = format!("`{name}` does not arrive here, so it cannot be {what}");
        problems
            .push(Problem::error("missing_set", pointer, message).did_you_mean(name, known.iter().map(String::as_str)));
    }
    None
}

/// How a set is named that arrives: its activity, and its port where that is not `out`.
pub(crate) fn name_of_arrival(arrival: &Arrival<'_>) -> String {
    if arrival.port == OUT { arrival.from.to_owned() } else { format!("{}.{}", arrival.from, arrival.port) }
}

/// Warns when the complement is asked for and no transition takes it.
pub(crate) fn warn_unused_complement(context: &CheckContext<'_>, complement: bool, problems: &mut Vec<Problem>) {
    use crate::activity::COMPLEMENT;
    if complement && !context.outbound().contains(&COMPLEMENT) {
        let message = format!(
            "the complement of `{}` is made, and no transition from `{}.{COMPLEMENT}` takes it",
            context.node.id, context.node.id
        );
        problems.push(
            Problem::warning("unused_complement", context.at(COMPLEMENT), message)
                .hint("connect it, or set `complement: false`; kept like this, it can be looked at after a run"),
        );
    }
}
