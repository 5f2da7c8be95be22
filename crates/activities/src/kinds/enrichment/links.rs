//! Links that an enrichment makes: to a table or to another population that arrives, by values that are equal.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tutti_model::bind::{Field, Scope};
use tutti_model::catalog::{Catalog, Hop};
use tutti_model::date_math::Moment;
use tutti_model::problem::{Problem, has_errors, join_pointer};
use tutti_model::table::{Column, Table};

use super::Add;
use crate::marks;
use crate::operand::{FieldOrExpression, OneOrMany, Sort};

/// A link for the columns of this activity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The name of the link, for `add`.
    pub name: String,
    /// Where it leads.
    #[schemars(extend("x-tutti-editor" = "target"))]
    pub to: Target,
    /// Fields of the rows that arrive (or expressions over them), and the columns there that equal them. Text has to
    /// be the same to the letter.
    #[schemars(schema_with = "marks::fields_to_columns")]
    pub on: IndexMap<String, String>,
    /// How many rows can be there for a row here.
    #[serde(default)]
    pub cardinality: Cardinality,
    /// With a link to one row, which of several it is, by fields of the linked row; then the lowest key.
    #[serde(default, skip_serializing_if = "OneOrMany::is_empty")]
    #[schemars(extend("x-tutti-editor" = "sort", "x-tutti-rows" = "target"))]
    pub sort: OneOrMany<Sort>,
    /// With a link to one row, what happens when there are several.
    #[serde(default)]
    pub on_multiple: OnMultiple,
    /// Whether the key of the linked row is added as columns, named `LINK_COLUMN`.
    #[serde(default)]
    pub add_key: bool,
}

/// A table, or a population that arrives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The name of a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "table"))]
    pub table: Option<String>,
    /// The activity that the population comes from, or `activity.port`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "inbound"))]
    pub transition: Option<String>,
}

/// How many rows a link leads to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cardinality {
    /// One for each row; the activity fails when a row has none.
    One,
    /// One or none.
    #[default]
    ZeroOrOne,
    /// Any number.
    Many,
}

/// What happens when a link to one row leads to several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnMultiple {
    /// The first is taken, and the log tells how many rows have several.
    #[default]
    First,
    /// The activity fails.
    Error,
}

/// A population that arrives.
#[derive(Clone, Copy)]
pub(super) struct Set<'a> {
    pub position: usize,
    pub dimension: &'a str,
    pub added: &'a [Column],
}

/// The links, in a catalog that has them.
pub(super) struct Linked<'s> {
    pub catalog: Catalog,
    pub moment: Moment,
    /// The columns that the rows carry, with those that the links start from.
    pub added: Vec<Column>,
    /// The values of the latter, and their names.
    pub starts: Vec<(Field, Column)>,
    pub links: Vec<BoundLink<'s>>,
    /// Entries for the keys of linked rows.
    pub keys: Vec<Add>,
}

/// A link with its ends found.
pub(super) struct BoundLink<'s> {
    pub link: &'s Link,
    /// To all rows that could be meant.
    pub all: Hop,
    /// To the one that is, where the table of `all` may have several: a table that only this catalog has.
    pub first: Option<Hop>,
    /// The population behind `all`, where it leads to one.
    pub set: Option<usize>,
    /// Which of several comes first.
    pub order: Vec<(Field, bool)>,
}

impl Linked<'_> {
    /// The rows that arrive, with the links.
    pub(super) fn scope<'a>(&'a self, table: &'a str) -> Scope<'a> {
        Scope { table, added: &self.added }
    }
}

/// Finds the ends of all links; `None` when there was an error.
pub(super) fn bind<'s, 'a>(
    links: &'s [Link],
    scope: Scope<'_>,
    (catalog, moment): (&Catalog, &Moment),
    sets: &dyn Fn(&str) -> Option<Set<'a>>,
    at: &str,
    problems: &mut Vec<Problem>,
) -> Option<Linked<'s>> {
    let before = problems.len();
    let mut linked = Linked {
        catalog: catalog.clone(),
        moment: moment.clone(),
        added: scope.added.to_vec(),
        starts: Vec::new(),
        links: Vec::new(),
        keys: Vec::new(),
    };
    for (index, link) in links.iter().enumerate() {
        let at = join_pointer(at, index);
        bind_link(link, index, scope, sets, &at, &mut linked, problems);
    }
    (!has_errors(&problems[before..])).then_some(linked)
}

fn bind_link<'s, 'a>(
    link: &'s Link,
    index: usize,
    scope: Scope<'_>,
    sets: &dyn Fn(&str) -> Option<Set<'a>>,
    at: &str,
    linked: &mut Linked<'s>,
    problems: &mut Vec<Problem>,
) -> Option<()> {
    check_name(link, scope, &linked.catalog, at, problems);
    let (target, set) = find_target(link, sets, &mut linked.catalog, at, problems)?;
    if link.on.is_empty() {
        let message = format!("the link `{}` does not say what is equal", link.name);
        problems.push(
            Problem::error("missing_field", join_pointer(at, "on"), message).hint("write `on: {here: there}`"),
        );
    }
    let mut on = Vec::new();
    for (pair, (here, there)) in link.on.iter().enumerate() {
        let at = join_pointer(&join_pointer(at, "on"), here);
        let carried = scope.added.iter().any(|column| column.name == *here);
        let here = if carried { FieldOrExpression::field(here) } else { FieldOrExpression::from_text(here) };
        let field = here.resolve(scope, &linked.catalog, &linked.moment, &at).map_err(|problem| problems.push(problem)).ok();
        let column = target.column(there).cloned();
        if column.is_none() {
            let message = format!("no column `{there}` at the end of the link `{}`", link.name);
            let known = target.columns.iter().map(|column| column.name.as_str());
            problems.push(Problem::error("unknown_field", at.clone(), message).did_you_mean(there, known));
        }
        let (Some(field), Some(column)) = (field, column) else { continue };
        if !field.column.column_type.comparable(column.column_type) {
            let message = format!(
                "`{}` is {} and `{there}` is {}: they can never be equal",
                here.text(),
                field.column.column_type,
                column.column_type
            );
            problems.push(Problem::error("wrong_type", at, message));
            continue;
        }
        let start = Column::new(&format!("__from_{index}_{pair}"), field.column.column_type);
        on.push((start.name.clone(), there.clone()));
        linked.starts.push((field, start.clone()));
        linked.added.push(start);
    }
    let order = check_one(link, &target, (&linked.catalog, &linked.moment), at, problems);
    add(link, scope.table, &target, set, on, order, linked);
    Some(())
}

fn check_name(link: &Link, scope: Scope<'_>, catalog: &Catalog, at: &str, problems: &mut Vec<Problem>) {
    let at = join_pointer(at, "name");
    let name = &link.name;
    let taken = catalog.hop(scope.table, name).is_some()
        || catalog.table(scope.table).is_some_and(|table| table.column(name).is_some())
        || scope.added.iter().any(|column| column.name == *name);
    if name.is_empty() || name.contains('.') || name.starts_with("__") {
        problems.push(Problem::error("bad_name", at, format!("`{name}` cannot be a link's name")));
    } else if taken {
        let message = format!("these rows already have a field or link `{name}`");
        problems.push(Problem::error("duplicate_name", at, message).hint("choose another name"));
    }
}

/// The table at the end of a link; that of a population is added to the catalog.
fn find_target<'a>(
    link: &Link,
    sets: &dyn Fn(&str) -> Option<Set<'a>>,
    catalog: &mut Catalog,
    at: &str,
    problems: &mut Vec<Problem>,
) -> Option<(Table, Option<usize>)> {
    let at = join_pointer(at, "to");
    match (&link.to.table, &link.to.transition) {
        (Some(name), None) => {
            if let Some(table) = catalog.table(name) {
                return Some((Table::clone(table), None));
            }
            let known = catalog.tables.keys().map(String::as_str);
            let problem = Problem::error("missing_table", join_pointer(&at, "table"), format!("there is no table `{name}`"));
            problems.push(problem.did_you_mean(name, known));
            None
        }
        (None, Some(name)) => {
            let Some(set) = sets(name) else {
                let message = format!("`{name}` does not arrive here, or what it carries is not known");
                problems.push(
                    Problem::error("missing_set", join_pointer(&at, "transition"), message)
                        .hint("add a transition from there to this activity"),
                );
                return None;
            };
            let (_, of_dimension) = catalog.dimension_table(set.dimension)?;
            let like = of_dimension.name.clone();
            let own = of_dimension.columns.iter().filter(|own| set.added.iter().all(|added| added.name != own.name));
            let table = Table {
                name: set_table(&link.name),
                columns: own.chain(set.added).cloned().collect(),
                primary_key: of_dimension.primary_key.clone(),
                version: None,
                links: Vec::new(),
            };
            catalog.add_table(table.clone(), Some(&like));
            Some((table, Some(set.position)))
        }
        _ => {
            let message = format!("the link `{}` leads to not exactly one of `table` and `transition`", link.name);
            problems.push(Problem::error("bad_value", at, message).hint("write `to: {table: ...}`"));
            None
        }
    }
}

/// Checks what only links to one row have, and answers what comes first.
fn check_one(
    link: &Link,
    target: &Table,
    (catalog, moment): (&Catalog, &Moment),
    at: &str,
    problems: &mut Vec<Problem>,
) -> Vec<(Field, bool)> {
    if link.cardinality == Cardinality::Many {
        let given = [
            ("sort", !link.sort.is_empty()),
            ("on_multiple", link.on_multiple != OnMultiple::First),
            ("add_key", link.add_key),
        ];
        for (name, _) in given.iter().filter(|(_, given)| *given) {
            let message = format!("`{name}` is for links to one row, and `{}` leads to many", link.name);
            problems.push(Problem::error("bad_value", join_pointer(at, name), message).hint(format!("remove `{name}`")));
        }
    }
    let scope = Scope::table(&target.name);
    let base = join_pointer(at, "sort");
    let sorts = link.sort.with_pointers(&base);
    sorts
        .filter_map(|(sort, pointer)| match sort.by.resolve(scope, catalog, moment, &join_pointer(&pointer, "by")) {
            Ok(field) => Some((field, sort.order.is_descending())),
            Err(problem) => {
                problems.push(problem);
                None
            }
        })
        .collect()
}

fn add<'s>(
    link: &'s Link,
    from: &str,
    target: &Table,
    set: Option<usize>,
    on: Vec<(String, String)>,
    order: Vec<(Field, bool)>,
    linked: &mut Linked<'s>,
) {
    let unique = target.primary_key.iter().all(|key| on.iter().any(|(_, there)| there == key));
    let many = link.cardinality == Cardinality::Many;
    let hop = |to: &str, to_many, unique| Hop {
        link: link.name.clone(),
        from: from.to_owned(),
        to: to.to_owned(),
        on: on.clone(),
        to_many,
        unique,
    };
    let all = hop(&target.name, true, unique);
    let first = (!many && !unique).then(|| {
        let table = Table { name: first_table(&link.name), ..target.clone() };
        let first = hop(&table.name, false, true);
        linked.catalog.add_table(table, Some(&target.name));
        first
    });
    let used = first.clone().unwrap_or_else(|| hop(&target.name, many, unique));
    linked.catalog.add_link(used);
    if link.add_key {
        linked.keys.extend(target.primary_key.iter().map(|key| Add {
            name: format!("{}_{}", link.name, key.trim_start_matches('_')),
            label: None,
            field: Some(format!("{}.{key}", link.name)),
            expression: None,
            link: None,
            collect: None,
            aggregate: None,
            rule: None,
        }));
    }
    linked.links.push(BoundLink { link, all, first, set, order });
}

fn set_table(link: &str) -> String {
    format!("__set_{link}")
}

fn first_table(link: &str) -> String {
    format!("__first_{link}")
}
