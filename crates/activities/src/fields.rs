//! Settings that name fields: checked against what arrives.

use tutti_model::bind::{Field, Scope, field};
use tutti_model::problem::Problem;
use tutti_model::table::Column;

use crate::activity::{CheckContext, Shape};

/// What arrives, as rules and fields see it; `None` when its dimension is not known.
pub(crate) fn scope<'a>(context: &CheckContext<'a>, shape: &'a Shape) -> Option<Scope<'a>> {
    context.table_of(&shape.dimension).map(|table| Scope { table: &table.name, added: &shape.added })
}

/// Resolves a field of what arrives; a wrong path is a problem at `pointer`.
pub(crate) fn check(
    path: &str,
    scope: Scope<'_>,
    context: &CheckContext<'_>,
    pointer: &str,
    problems: &mut Vec<Problem>,
) -> Option<Field> {
    field(path, scope, context.catalog, pointer).map_err(|problem| problems.push(problem)).ok()
}

/// Adds a column, or puts it in the place of the one with its name.
pub(crate) fn put(columns: &mut Vec<Column>, column: Column) {
    match columns.iter_mut().find(|other| other.name == column.name) {
        Some(other) => *other = column,
        None => columns.push(column),
    }
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
