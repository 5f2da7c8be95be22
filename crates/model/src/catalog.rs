//! The catalog: all documents together, with links readable from both ends and field paths resolved over them.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::audience::{self, Audience};
use crate::bind::Expressions;
use crate::builtin;
use crate::calendar::Calendars;
use crate::campaign::Campaign;
use crate::channel::Channel;
use crate::content::{Content, Fragments};
use crate::dimension::{Dimension, Filter};
use crate::document::{Document, Spec};
use crate::problem::{DocumentRef, Problem, join_pointer};
use crate::table::{Cardinality, Column, ColumnType, Link, Table};
use crate::template::Template;
use crate::test_case::TestCase;

/// One step from a table over a link to another table.
#[derive(Clone, Debug, PartialEq)]
pub struct Hop {
    pub link: String,
    pub from: String,
    pub to: String,
    /// Columns of `from` and the columns of `to` that equal them.
    pub on: Vec<(String, String)>,
    pub to_many: bool,
    /// Whether the columns of `to` hold its whole primary key, so that there is at most one linked row.
    pub unique: bool,
}

/// Where a field path leads.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    pub hops: Vec<Hop>,
    /// The column at the end; `None` when the path ends on a link, and so means its rows.
    pub column: Option<Column>,
}

impl Path {
    pub fn is_to_many(&self) -> bool {
        self.hops.iter().any(|hop| hop.to_many)
    }
}

/// All documents that apply at one time.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    pub tables: IndexMap<String, Arc<Table>>,
    pub dimensions: IndexMap<String, Arc<Dimension>>,
    pub audiences: IndexMap<String, Arc<Audience>>,
    pub filters: IndexMap<String, Arc<Filter>>,
    pub channels: IndexMap<String, Arc<Channel>>,
    pub fragments: Fragments,
    pub contents: IndexMap<String, Arc<Content>>,
    pub calendars: Calendars,
    pub campaigns: IndexMap<String, Arc<Campaign>>,
    pub templates: IndexMap<String, Arc<Template>>,
    pub tests: IndexMap<String, Arc<TestCase>>,
    /// Who understands SQL expressions in rules; without it they are refused.
    pub expressions: Option<Arc<dyn Expressions>>,
    links: HashMap<String, IndexMap<String, Hop>>,
    /// Of the members of each audience, by the name of the table.
    members: IndexMap<String, Arc<Table>>,
}

impl Catalog {
    /// Puts documents together and checks what they say of each other, except the inside of rules and activities.
    pub fn build(documents: impl IntoIterator<Item = Document>, problems: &mut Vec<Problem>) -> Self {
        let mut catalog = Self::default();
        for document in documents {
            let name = document.name;
            match document.spec {
                Spec::Table(spec) => drop(catalog.tables.insert(name, Arc::new(spec))),
                Spec::Dimension(spec) => drop(catalog.dimensions.insert(name, Arc::new(spec))),
                Spec::Audience(spec) => drop(catalog.audiences.insert(name, Arc::new(spec))),
                Spec::Filter(spec) => drop(catalog.filters.insert(name, Arc::new(spec))),
                Spec::Channel(spec) => drop(catalog.channels.insert(name, Arc::new(spec))),
                Spec::Fragment(spec) => drop(catalog.fragments.insert(name, Arc::new(spec))),
                Spec::Content(spec) => drop(catalog.contents.insert(name, Arc::new(spec))),
                Spec::Calendar(spec) => drop(catalog.calendars.insert(name, Arc::new(spec))),
                Spec::Campaign(spec) => drop(catalog.campaigns.insert(name, Arc::new(spec))),
                Spec::Template(spec) => drop(catalog.templates.insert(name, Arc::from(spec))),
                Spec::Test(spec) => drop(catalog.tests.insert(name, Arc::from(spec))),
                Spec::View(_) => {}
            }
        }
        for table in catalog.tables.clone().values() {
            let mut found = Vec::new();
            check_table(table, &mut found);
            report(&mut found, "table", &table.name, problems);
        }
        builtin::add(&mut catalog);
        for table in catalog.tables.clone().values() {
            let mut found = Vec::new();
            catalog.add_links(table, &mut found);
            report(&mut found, "table", &table.name, problems);
        }
        for dimension in catalog.dimensions.values() {
            let mut found = Vec::new();
            catalog.check_dimension(dimension, &mut found);
            report(&mut found, "dimension", &dimension.name, problems);
        }
        for channel in catalog.channels.values() {
            let mut found = Vec::new();
            channel.check(&mut found);
            report(&mut found, "channel", &channel.name, problems);
        }
        for fragment in catalog.fragments.values() {
            let mut found = Vec::new();
            fragment.check(&mut found);
            report(&mut found, "fragment", &fragment.name, problems);
        }
        for content in catalog.contents.values() {
            let mut found = Vec::new();
            content.check(&mut found);
            catalog.check_dimension_of(content, &mut found);
            report(&mut found, "content", &content.name, problems);
        }
        for campaign in catalog.campaigns.values() {
            let mut found = Vec::new();
            campaign.schedule.check_calendar(&catalog.calendars, "/schedule", &mut found);
            if let Some(notify) = &campaign.notify {
                notify.check_channel(&catalog.channels, "/notify", &mut found);
            }
            report(&mut found, "campaign", &campaign.name, problems);
        }
        for audience in catalog.audiences.clone().values() {
            let mut found = Vec::new();
            catalog.add_members(audience, &mut found);
            report(&mut found, "audience", &audience.name, problems);
        }
        for test in catalog.tests.values() {
            let mut found = Vec::new();
            test.check(&catalog, &mut found);
            report(&mut found, "test", &test.name, problems);
        }
        catalog
    }

    pub fn table(&self, name: &str) -> Option<&Arc<Table>> {
        match name {
            builtin::FILE_TABLE => Some(builtin::file().1),
            _ => self.tables.get(name).or_else(|| self.members.get(name)),
        }
    }

    /// The names of all tables with rows, those of the members of audiences among them.
    pub fn stored_tables(&self) -> Vec<&str> {
        self.tables.keys().chain(self.members.keys()).map(String::as_str).collect()
    }

    /// The table of the members of an audience.
    pub fn members(&self, audience: &str) -> Option<&Arc<Table>> {
        self.members.get(&audience::table_name(audience))
    }

    /// The table of a dimension. Rows of files, whose dimension has no name, have one too.
    pub fn dimension_table(&self, dimension: &str) -> Option<(&Arc<Dimension>, &Arc<Table>)> {
        if dimension == builtin::FILE_DIMENSION {
            return Some(builtin::file());
        }
        let dimension = self.dimensions.get(dimension)?;
        Some((dimension, self.tables.get(&dimension.table)?))
    }

    pub fn hop(&self, table: &str, link: &str) -> Option<&Hop> {
        self.links.get(table)?.get(link)
    }

    /// The links that leave `table`, its own and those declared from the other end.
    pub fn hops(&self, table: &str) -> impl Iterator<Item = &Hop> {
        self.links.get(table).into_iter().flat_map(IndexMap::values)
    }

    /// Adds a table for as long as this catalog is used. The links that leave the table `like` leave it too.
    pub fn add_table(&mut self, table: Table, like: Option<&str>) {
        let onward = like.map(|like| self.hops(like).cloned().collect::<Vec<_>>()).unwrap_or_default();
        let leaving = self.links.entry(table.name.clone()).or_default();
        for mut hop in onward {
            hop.from.clone_from(&table.name);
            leaving.insert(hop.link.clone(), hop);
        }
        self.tables.insert(table.name.clone(), Arc::new(table));
    }

    /// Adds a link for as long as this catalog is used.
    pub fn add_link(&mut self, link: Hop) {
        self.links.entry(link.from.clone()).or_default().insert(link.link.clone(), link);
    }

    /// Follows `path` (names with dots between) from `table`.
    pub fn resolve(&self, table: &str, path: &str, pointer: &str) -> Result<Path, Problem> {
        let mut at = table.to_owned();
        let mut hops: Vec<Hop> = Vec::new();
        let mut names = path.split('.').peekable();
        while let Some(name) = names.next() {
            if let Some(hop) = self.hop(&at, name) {
                at.clone_from(&hop.to);
                hops.push(hop.clone());
                continue;
            }
            let column = self.table(&at).and_then(|table| table.column(name));
            return match (column, names.peek()) {
                (Some(column), None) => Ok(Path { hops, column: Some(column.clone()) }),
                (Some(_), Some(next)) => {
                    let message = format!(
                        "`{path}`: `{name}` is a column of `{at}`, so nothing can follow it, but `{next}` does"
                    );
                    Err(Problem::error("unknown_field", pointer, message))
                }
                (None, _) => Err(self.unknown_field(&at, name, path, pointer)),
            };
        }
        Ok(Path { hops, column: None })
    }

    fn unknown_field(&self, table: &str, name: &str, path: &str, pointer: &str) -> Problem {
        let columns = self.table(table).map(|table| table.columns.as_slice()).unwrap_or_default();
        let known =
            columns.iter().map(|column| column.name.as_str()).chain(self.hops(table).map(|hop| hop.link.as_str()));
        let within = if name == path { String::new() } else { format!("`{path}`: ") };
        Problem::error("unknown_field", pointer, format!("{within}no field `{name}` on {}", shown(table)))
            .did_you_mean(name, known)
    }

    fn add_links(&mut self, table: &Table, problems: &mut Vec<Problem>) {
        for (index, link) in table.links.iter().enumerate() {
            let pointer = format!("/links/{index}");
            let Some(target) = self.tables.get(&link.to).cloned() else {
                let message = format!("the link `{}` leads to `{}`, and there is no such table", link.name, link.to);
                problems.push(
                    Problem::error("missing_table", join_pointer(&pointer, "to"), message)
                        .did_you_mean(&link.to, self.tables.keys().map(String::as_str)),
                );
                continue;
            };
            if check_link(table, &target, link, &pointer, problems) {
                let forward = hop(&link.name, table, &target, link.on.iter(), link.cardinality);
                self.add_hop(forward, &join_pointer(&pointer, "name"), problems);
                if let Some(name) = &link.reverse {
                    let on = link.on.iter().map(|(here, there)| (there, here));
                    let backward = hop(name, &target, table, on, link.cardinality.reversed());
                    self.add_hop(backward, &join_pointer(&pointer, "reverse"), problems);
                }
            }
        }
    }

    fn add_hop(&mut self, hop: Hop, pointer: &str, problems: &mut Vec<Problem>) {
        if self.table(&hop.from).is_some_and(|table| table.column(&hop.link).is_some()) {
            let message =
                format!("`{}` already has a column `{}`, so a link cannot have that name", hop.from, hop.link);
            problems.push(Problem::error("duplicate_name", pointer, message));
            return;
        }
        let links = self.links.entry(hop.from.clone()).or_default();
        if let Some(other) = links.get(&hop.link) {
            // A link written at both of its ends is one link.
            if other != &hop {
                let message =
                    format!("`{}` has two links `{}`, to `{}` and to `{}`", hop.from, hop.link, other.to, hop.to);
                problems.push(Problem::error("duplicate_name", pointer, message));
            }
            return;
        }
        links.insert(hop.link.clone(), hop);
    }

    fn add_members(&mut self, audience: &Audience, problems: &mut Vec<Problem>) {
        let Some((_, table)) = self.dimension_table(&audience.dimension).filter(|_| !audience.dimension.is_empty())
        else {
            let message = format!("there is no dimension `{}`", audience.dimension);
            problems.push(
                Problem::error("missing_dimension", "/dimension", message)
                    .did_you_mean(&audience.dimension, self.dimensions.keys().map(String::as_str)),
            );
            return;
        };
        audience.check(table, problems);
        let members = audience.table(table);
        self.members.insert(members.name.clone(), Arc::new(members));
    }

    fn check_dimension_of(&self, content: &Content, problems: &mut Vec<Problem>) {
        if let Some(dimension) = &content.dimension
            && !self.dimensions.contains_key(dimension)
        {
            let message = format!("there is no dimension `{dimension}`");
            problems.push(
                Problem::error("missing_dimension", "/dimension", message)
                    .did_you_mean(dimension, self.dimensions.keys().map(String::as_str)),
            );
        }
    }

    fn check_dimension(&self, dimension: &Dimension, problems: &mut Vec<Problem>) {
        if !self.tables.contains_key(&dimension.table) {
            let message = format!("there is no table `{}`", dimension.table);
            problems.push(
                Problem::error("missing_table", "/table", message)
                    .did_you_mean(&dimension.table, self.tables.keys().map(String::as_str)),
            );
            return;
        }
        let mut field = |path: &str, pointer: String, expected: Option<ColumnType>| match self.resolve(
            &dimension.table,
            path,
            &pointer,
        ) {
            Err(problem) => problems.push(problem),
            Ok(Path { column: None, .. }) => {
                problems.push(Problem::error(
                    "not_a_column",
                    pointer,
                    format!("`{path}` is a link; name one of its columns"),
                ));
            }
            Ok(path_found) if path_found.is_to_many() => {
                let message = format!("`{path}` crosses a link to many rows; only to-one links can be used here");
                problems.push(Problem::error("to_many_path", pointer, message));
            }
            Ok(Path { column: Some(column), .. }) => {
                if let Some(expected) = expected
                    && column.column_type != expected
                {
                    let message = format!("`{path}` is {}; {expected} is needed here", column.column_type);
                    problems.push(Problem::error("wrong_type", pointer, message));
                }
            }
        };
        field(&dimension.identity, "/identity".to_owned(), None);
        for (channel, path) in &dimension.addresses {
            field(path, join_pointer("/addresses", channel), Some(ColumnType::String));
        }
        for (channel, path) in &dimension.consent {
            field(path, join_pointer("/consent", channel), Some(ColumnType::Boolean));
        }
        for (name, path) in [("time_zone", &dimension.time_zone), ("locale", &dimension.locale)] {
            if let Some(path) = path {
                field(path, format!("/{name}"), Some(ColumnType::String));
            }
        }
    }
}

fn report(found: &mut Vec<Problem>, kind: &str, name: &str, problems: &mut Vec<Problem>) {
    let document = DocumentRef { kind: kind.to_owned(), name: name.to_owned() };
    problems.extend(found.drain(..).map(|problem| Problem { document: Some(document.clone()), ..problem }));
}

fn check_table(table: &Table, problems: &mut Vec<Problem>) {
    let mut seen = std::collections::BTreeSet::new();
    for (index, column) in table.columns.iter().enumerate() {
        let pointer = format!("/columns/{index}/name");
        let name = &column.name;
        if name.is_empty() || name.contains('.') || name.starts_with("__") || name == "_change_request_type" {
            problems.push(
                Problem::error("bad_name", pointer.clone(), format!("`{name}` cannot be a column's name"))
                    .hint("a name has no dot, does not begin with `__`, and is not `_change_request_type`"),
            );
        }
        if !seen.insert(name.to_lowercase()) {
            problems.push(Problem::error(
                "duplicate_name",
                pointer,
                format!("there are two columns `{name}` (case does not tell them apart)"),
            ));
        }
        if !column.list.is_empty() {
            let message = format!("`{name}` is a list of rows, which only a campaign's populations carry");
            problems.push(
                Problem::error("bad_value", format!("/columns/{index}/list"), message)
                    .hint("make a table of these rows, and link it"),
            );
        }
        if !column.values.is_empty() && column.column_type != ColumnType::String {
            let message = format!("`{name}` lists its values, which only a column of type string can");
            problems.push(Problem::error("wrong_type", format!("/columns/{index}/values"), message));
        }
    }
    if table.primary_key.is_empty() {
        problems.push(Problem::error(
            "missing_key",
            "/primary_key",
            "a table needs a primary key of one or more columns",
        ));
    }
    let known = || table.columns.iter().map(|column| column.name.as_str());
    for (index, name) in table.primary_key.iter().enumerate() {
        match table.column(name) {
            None => problems.push(
                Problem::error("unknown_field", format!("/primary_key/{index}"), format!("no column `{name}`"))
                    .did_you_mean(name, known()),
            ),
            Some(column) if column.column_type == ColumnType::Number => {
                let message = format!(
                    "`{name}` is a number with a fraction; keys are exact (string, integer, decimal, boolean, date, timestamp)"
                );
                problems.push(Problem::error("wrong_type", format!("/primary_key/{index}"), message));
            }
            Some(_) => {}
        }
    }
    if let Some(name) = &table.version {
        match table.column(name) {
            None => problems.push(
                Problem::error("unknown_field", "/version", format!("no column `{name}`")).did_you_mean(name, known()),
            ),
            Some(column) if column.column_type == ColumnType::Boolean => {
                problems.push(Problem::error(
                    "wrong_type",
                    "/version",
                    format!("`{name}` is boolean; a version is ordered (timestamp, date, integer, ...)"),
                ));
            }
            Some(_) if table.primary_key.contains(name) => {
                problems.push(Problem::error(
                    "bad_value",
                    "/version",
                    format!("`{name}` is part of the primary key, so it cannot tell versions of a row apart"),
                ));
            }
            Some(_) => {}
        }
    }
}

fn check_link(table: &Table, target: &Table, link: &Link, pointer: &str, problems: &mut Vec<Problem>) -> bool {
    let before = problems.len();
    if link.name.is_empty() || link.name.contains('.') {
        problems.push(Problem::error(
            "bad_name",
            join_pointer(pointer, "name"),
            format!("`{}` cannot be a link's name", link.name),
        ));
    }
    if link.on.is_empty() {
        problems.push(Problem::error(
            "missing_field",
            join_pointer(pointer, "on"),
            format!("the link `{}` pairs no columns", link.name),
        ));
    }
    for (here, there) in &link.on {
        let at = join_pointer(&join_pointer(pointer, "on"), here);
        let mut find = |table: &Table, name: &str| {
            let column = table.column(name).cloned();
            if column.is_none() {
                let message = format!("no column `{name}` on `{}`", table.name);
                let known = table.columns.iter().map(|column| column.name.as_str());
                problems.push(Problem::error("unknown_field", at.clone(), message).did_you_mean(name, known));
            }
            column
        };
        if let (Some(here), Some(there)) = (find(table, here), find(target, there))
            && !here.column_type.comparable(there.column_type)
        {
            let message = format!(
                "`{}` is {} and `{}` of `{}` is {}: they can never be equal",
                here.name, here.column_type, there.name, target.name, there.column_type
            );
            problems.push(Problem::error("wrong_type", at, message));
        }
    }
    problems.len() == before
}

fn hop<'a>(
    name: &str,
    from: &Table,
    to: &Table,
    on: impl Iterator<Item = (&'a String, &'a String)>,
    cardinality: Cardinality,
) -> Hop {
    let on: Vec<(String, String)> = on.map(|(here, there)| (here.clone(), there.clone())).collect();
    let unique =
        !to.primary_key.is_empty() && to.primary_key.iter().all(|key| on.iter().any(|(_, there)| there == key));
    Hop {
        link: name.to_owned(),
        from: from.name.clone(),
        to: to.name.clone(),
        on,
        to_many: cardinality.is_to_many(),
        unique,
    }
}
/// How a table is named to people.
fn shown(table: &str) -> String {
    if table == builtin::FILE_TABLE { "the lines of the file".to_owned() } else { format!("`{table}`") }
}
