//! Filling a template: what is chosen for each parameter, by whom, and what else could be.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Parameter, ParameterType, Template, column_kind, holes};
use crate::builtin;
use crate::catalog::{Catalog, Hop, Path};
use crate::date_math::Moment;
use crate::problem::{Problem, join_pointer};
use crate::table::{Column, ColumnType};
use crate::variables::Variable;

/// How many candidates of one parameter are named.
const CANDIDATES_MAX: usize = 200;

/// A template with what is chosen for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Filled {
    pub chosen: Vec<Chosen>,
    /// What keeps values from being taken, at `/values/NAME`, and names that are no parameters.
    pub problems: Vec<Problem>,
    /// The campaign without kind and name; `None` while something is still to choose.
    pub campaign: Option<Value>,
}

/// What is chosen for a parameter.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chosen {
    pub name: String,
    #[serde(rename = "type")]
    pub parameter_type: ParameterType,
    pub label: Option<String>,
    pub description: Option<String>,
    /// NULL: it is still to choose.
    pub value: Option<Value>,
    pub how: How,
    /// What the installation has for it; empty for plain values.
    pub candidates: Vec<Candidate>,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    Given,
    /// The template's own, which the installation has.
    Default,
    /// The only one that the installation has.
    OnlyOne,
    ToChoose,
}

/// Something that could be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Candidate {
    pub value: String,
    pub label: Option<String>,
    /// The type of a field, the table of a link, the way of a channel.
    pub detail: Option<String>,
}

/// Fills a template with `given`, and with defaults where nothing is given.
pub fn fill(template: &Template, given: &Map<String, Value>, catalog: &Catalog, moment: &Moment) -> Filled {
    let mut problems = Vec::new();
    for name in given.keys().filter(|name| !template.parameters.contains_key(*name)) {
        let message = format!("the template `{}` has no parameter `{name}`", template.name);
        problems.push(
            Problem::error("unknown_parameter", join_pointer("/values", name), message)
                .did_you_mean(name, template.parameters.keys().map(String::as_str)),
        );
    }
    let mut filling = Filling { template, catalog, moment, values: Map::new(), problems };
    let chosen: Vec<Chosen> = template
        .parameters
        .iter()
        .map(|(name, parameter)| filling.choose(name, parameter, given.get(name).filter(|value| !value.is_null())))
        .collect();
    let Filling { values, problems, .. } = filling;
    let whole = problems.is_empty() && chosen.iter().all(|chosen| chosen.how != How::ToChoose);
    let campaign = whole.then(|| holes::fill(&Value::Object(template.campaign.clone()), &values));
    Filled { chosen, problems, campaign }
}

struct Filling<'a> {
    template: &'a Template,
    catalog: &'a Catalog,
    moment: &'a Moment,
    /// What is chosen so far.
    values: Map<String, Value>,
    problems: Vec<Problem>,
}

impl Filling<'_> {
    fn choose(&mut self, name: &str, parameter: &Parameter, given: Option<&Value>) -> Chosen {
        let candidates = self.candidates(parameter);
        let (value, how) = match given {
            Some(given) => match self.accept(parameter, given) {
                Ok(value) => (Some(value), How::Given),
                Err(problem) => {
                    let message = format!("`{name}`: {}", problem.message);
                    self.problems.push(Problem { pointer: join_pointer("/values", name), message, ..problem });
                    (None, How::ToChoose)
                }
            },
            None => match parameter.default.as_ref().and_then(|default| self.accept(parameter, default).ok()) {
                Some(value) => (Some(value), How::Default),
                None => match candidates.as_slice() {
                    [one] => (Some(Value::from(one.value.as_str())), How::OnlyOne),
                    _ => (None, How::ToChoose),
                },
            },
        };
        if let Some(value) = &value {
            self.values.insert(name.to_owned(), value.clone());
        }
        Chosen {
            name: name.to_owned(),
            parameter_type: parameter.parameter_type,
            label: parameter.label.clone(),
            description: parameter.description.clone(),
            value,
            how,
            candidates,
        }
    }

    /// A value in the form of the parameter's type; else why it cannot be taken.
    fn accept(&self, parameter: &Parameter, value: &Value) -> Result<Value, Problem> {
        let wrong = |message: String| Problem::error("wrong_type", "", message);
        let known = |text: &str, what: &str, names: Vec<&str>| {
            if names.contains(&text) {
                return Ok(Value::from(text));
            }
            let message = format!("there is no {what} `{text}`");
            Err(Problem::error("unknown_name", "", message).did_you_mean(text, names))
        };
        if let ParameterType::Value(column) = parameter.parameter_type {
            let read = Variable::new(column, None).with_value(value, self.moment).map_err(wrong)?;
            // Days and times stay as they are written: `now-30d` means another day in every run.
            let as_written = matches!(column, ColumnType::Date | ColumnType::Timestamp);
            return Ok(if as_written { value.clone() } else { read.value.unwrap_or_default() });
        }
        let text = value.as_str().ok_or_else(|| wrong("a name is a text".to_owned()))?;
        let catalog = self.catalog;
        match parameter.parameter_type {
            ParameterType::TimeZone => match jiff::tz::TimeZone::get(text) {
                Ok(_) => Ok(Value::from(text)),
                Err(_) => Err(wrong(format!("`{text}` is not an IANA time zone")).hint("write it like `Europe/Paris`")),
            },
            ParameterType::Field => self.accept_field(parameter, text),
            ParameterType::Link => self.accept_link(parameter, text),
            ParameterType::Table => known(text, "table", self.tables().map(|(name, _)| name).collect()),
            ParameterType::Dimension => known(text, "dimension", names(&catalog.dimensions)),
            ParameterType::Channel => {
                let fits = catalog.channels.values().filter(|it| parameter.channel.is_none_or(|kind| it.kind == kind));
                let what =
                    parameter.channel.map_or_else(|| "channel".into(), |kind| format!("{} channel", kind.as_str()));
                known(text, &what, fits.map(|channel| channel.name.as_str()).collect())
            }
            ParameterType::Content => known(text, "content", names(&catalog.contents)),
            ParameterType::Audience => known(text, "audience", names(&catalog.audiences)),
            ParameterType::Filter => known(text, "filter", names(&catalog.filters)),
            ParameterType::Calendar => known(text, "calendar", names(&catalog.calendars)),
            ParameterType::Campaign => known(text, "campaign", names(&catalog.campaigns)),
            ParameterType::Value(_) => Ok(value.clone()),
        }
    }

    fn accept_field(&self, parameter: &Parameter, text: &str) -> Result<Value, Problem> {
        let Path { hops, column } = self.path(parameter, text)?;
        let Some(column) = column.filter(|_| !hops.iter().any(|hop| hop.to_many)) else {
            let message = format!("`{text}` leads to many rows");
            return Err(Problem::error("bad_value", "", message).hint("name a column, over links to one row"));
        };
        if fits(parameter, &column) {
            return Ok(Value::from(text));
        }
        let message = format!("`{text}` is of type {}; {} is needed", column.column_type, parameter.types.join(" or "));
        Err(Problem::error("wrong_type", "", message))
    }

    fn accept_link(&self, parameter: &Parameter, text: &str) -> Result<Value, Problem> {
        let path = self.path(parameter, text)?;
        if path.column.is_none() && path.is_to_many() {
            return Ok(Value::from(text));
        }
        Err(Problem::error("bad_value", "", format!("`{text}` is no link to many rows")))
    }

    fn path(&self, parameter: &Parameter, text: &str) -> Result<Path, Problem> {
        match self.table_of(parameter) {
            Some(table) => self.catalog.resolve(&table, text, ""),
            None => {
                let of = parameter.of.as_deref().unwrap_or_default();
                Err(Problem::error("to_choose", "", format!("`{of}` has to be chosen before")))
            }
        }
    }

    /// The table that fields and links of a parameter leave from, where that is chosen.
    fn table_of(&self, parameter: &Parameter) -> Option<String> {
        let of = parameter.of.as_deref()?;
        let value = self.values.get(of)?.as_str()?;
        let base = self.template.parameters.get(of)?;
        match base.parameter_type {
            ParameterType::Table => Some(value.to_owned()),
            ParameterType::Dimension => self.catalog.dimensions.get(value).map(|dimension| dimension.table.clone()),
            ParameterType::Link => {
                let from = self.table_of(base)?;
                let path = self.catalog.resolve(&from, value, "").ok()?;
                path.hops.last().map(|hop| hop.to.clone())
            }
            _ => None,
        }
    }

    fn candidates(&self, parameter: &Parameter) -> Vec<Candidate> {
        let plain = |names: Vec<&str>| names.into_iter().map(|name| candidate(name, None)).collect();
        let catalog = self.catalog;
        let mut found: Vec<Candidate> = match parameter.parameter_type {
            ParameterType::Value(_) | ParameterType::TimeZone => Vec::new(),
            ParameterType::Table => self.tables().map(|(name, _)| candidate(name, None)).collect(),
            ParameterType::Dimension => {
                let dimensions = catalog.dimensions.values();
                dimensions.map(|dimension| candidate(&dimension.name, Some(dimension.table.clone()))).collect()
            }
            ParameterType::Field => {
                self.table_of(parameter).map_or_else(Vec::new, |table| self.fields(parameter, &table))
            }
            ParameterType::Link => self.table_of(parameter).map_or_else(Vec::new, |table| self.links(&table)),
            ParameterType::Channel => {
                let fits = catalog.channels.values().filter(|it| parameter.channel.is_none_or(|kind| it.kind == kind));
                fits.map(|channel| candidate(&channel.name, Some(channel.kind.as_str().to_owned()))).collect()
            }
            ParameterType::Content => plain(names(&catalog.contents)),
            ParameterType::Audience => plain(names(&catalog.audiences)),
            ParameterType::Filter => plain(names(&catalog.filters)),
            ParameterType::Calendar => plain(names(&catalog.calendars)),
            ParameterType::Campaign => plain(names(&catalog.campaigns)),
        };
        found.truncate(CANDIDATES_MAX);
        found
    }

    fn tables(&self) -> impl Iterator<Item = (&str, &crate::table::Table)> {
        let tables = self.catalog.tables.iter().filter(|(name, _)| !builtin::is_builtin(name));
        tables.map(|(name, table)| (name.as_str(), table.as_ref()))
    }

    /// Columns of a table, and of the rows that it has links to one of.
    fn fields(&self, parameter: &Parameter, table: &str) -> Vec<Candidate> {
        let columns_of = |table: &str, before: &str| -> Vec<Candidate> {
            let columns = self.catalog.table(table).map(|table| table.columns.as_slice()).unwrap_or_default();
            columns
                .iter()
                .filter(|column| fits(parameter, column))
                .map(|column| Candidate {
                    value: format!("{before}{}", column.name),
                    label: column.label.clone(),
                    detail: Some(column.column_type.to_string()),
                })
                .collect()
        };
        let mut found = columns_of(table, "");
        for hop in self.hops(table).filter(|hop| !hop.to_many) {
            found.extend(columns_of(&hop.to, &format!("{}.", hop.link)));
        }
        found
    }

    /// Links to many rows, directly or over one other link.
    fn links(&self, table: &str) -> Vec<Candidate> {
        let mut found = Vec::new();
        for hop in self.hops(table) {
            if hop.to_many {
                found.push(candidate(&hop.link, Some(hop.to.clone())));
            }
            for further in self.hops(&hop.to).filter(|further| further.to != table && (hop.to_many || further.to_many))
            {
                found.push(candidate(&format!("{}.{}", hop.link, further.link), Some(further.to.clone())));
            }
        }
        found
    }

    fn hops(&self, table: &str) -> impl Iterator<Item = &Hop> {
        self.catalog.hops(table).filter(|hop| !builtin::is_builtin(&hop.to))
    }
}

fn fits(parameter: &Parameter, column: &Column) -> bool {
    parameter.types.is_empty() || parameter.types.contains(&column_kind(column.column_type))
}

fn names<T>(documents: &indexmap::IndexMap<String, T>) -> Vec<&str> {
    documents.keys().map(String::as_str).collect()
}

fn candidate(value: &str, detail: Option<String>) -> Candidate {
    Candidate { value: value.to_owned(), label: None, detail }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::Document;

    fn catalog(more: &[Value]) -> Catalog {
        let mut documents = vec![
            json!({"kind": "table", "name": "people", "primary_key": ["id"], "columns": [
                {"name": "id", "type": "integer", "required": true}, {"name": "born", "type": "date"},
                {"name": "email", "type": "string"}],
                "links": [{"name": "orders", "to": "orders", "on": {"id": "person"}, "cardinality": "one-to-many", "reverse": "buyer"}]}),
            json!({"kind": "table", "name": "orders", "primary_key": ["id"], "columns": [
                {"name": "id", "type": "integer", "required": true}, {"name": "person", "type": "integer"},
                {"name": "at", "type": "timestamp"}]}),
            json!({"kind": "dimension", "name": "people", "table": "people", "identity": "id"}),
        ];
        documents.extend_from_slice(more);
        let mut problems = Vec::new();
        let read: Vec<Document> = documents.iter().filter_map(|body| Document::read(body, &mut problems)).collect();
        let catalog = Catalog::build(read, &mut problems);
        assert!(problems.is_empty(), "{problems:?}");
        catalog
    }

    fn template() -> Template {
        let body = json!({
            "parameters": {
                "who": {"type": "dimension", "default": "customers"},
                "born": {"type": "field", "of": "who", "types": ["date"], "default": "birth_date"},
                "orders": {"type": "link", "of": "who"},
                "at": {"type": "field", "of": "orders"},
                "days": {"type": "integer", "default": 30},
            },
            "campaign": {"canvas": {"activities": [{"id": "a", "type": "x", "dimension": "${who}",
                "by": "${born}", "link": "${orders}.${at}", "value": "${days}", "text": "now-${days}d"}]}},
        });
        let mut problems = Vec::new();
        let template = Template::read("t", &body, &mut problems).unwrap();
        assert!(problems.is_empty(), "{problems:?}");
        template
    }

    fn moment() -> Moment {
        Moment::utc(jiff::Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn what_is_the_only_one_is_chosen_and_the_rest_is_told() {
        let filled = fill(&template(), &Map::new(), &catalog(&[]), &moment());
        let how: Vec<(&str, How)> = filled.chosen.iter().map(|chosen| (chosen.name.as_str(), chosen.how)).collect();
        let expected = [
            ("who", How::OnlyOne),
            ("born", How::OnlyOne),
            ("orders", How::OnlyOne),
            ("at", How::ToChoose),
            ("days", How::Default),
        ];
        assert_eq!(how, expected);
        let values: Vec<&str> = filled.chosen[3].candidates.iter().map(|found| found.value.as_str()).collect();
        assert_eq!(values, ["id", "person", "at", "buyer.id", "buyer.born", "buyer.email"]);
        assert_eq!(filled.campaign, None);

        let given = json!({"at": "at", "days": "7"});
        let filled = fill(&template(), given.as_object().unwrap(), &catalog(&[]), &moment());
        let activity = &filled.campaign.unwrap()["canvas"]["activities"][0];
        assert_eq!(activity["link"], "orders.at");
        assert_eq!((&activity["value"], &activity["text"]), (&json!(7), &json!("now-7d")));
    }

    #[test]
    fn wrong_values_name_what_is_there() {
        for (given, message, hint) in [
            (json!({"who": "peple"}), "`who`: there is no dimension `peple`", Some("did you mean `people`?")),
            (json!({"born": "email"}), "`born`: `email` is of type string; date is needed", None),
            (json!({"orders": "email"}), "`orders`: `email` is no link to many rows", None),
            (json!({"days": "many"}), "`days`: ", None),
            (json!({"dayz": 1}), "the template `t` has no parameter `dayz`", Some("did you mean `days`?")),
        ] {
            let filled = fill(&template(), given.as_object().unwrap(), &catalog(&[]), &moment());
            assert!(filled.problems[0].message.starts_with(message), "{:?}", filled.problems);
            assert_eq!(filled.problems[0].hint.as_deref().filter(|_| hint.is_some()), hint);
            assert_eq!(filled.campaign, None);
        }
    }
}
