//! Takes the members of an audience that was saved or uploaded.
//!
//! Members whose row is not in the table any more are left out. Without `dimension` the rows are those of the audience's
//! own; with another one, `reconcile` pairs fields of the members (or columns that were saved with them) with fields of
//! that dimension, all of which have to be equal (texts without regard to case): each row of the dimension leaves once,
//! with the member of the lowest key where several fit. `attributes` are carried along: columns that were saved with the
//! audience, as they were then, or fields of the dimension, as they are now; without it, all columns that were saved.
//! A transition that arrives only starts the activity. Example: `{id: members, type: read-audience, audience: vip,
//! attributes: [city, loyalty.points]}`.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tutti_model::audience::Audience;
use tutti_model::bind::{Field, Scope, field};
use tutti_model::campaign::OUT;
use tutti_model::catalog::Catalog;
use tutti_model::problem::{Problem, join_pointer};
use tutti_model::table::Column;
use tutti_query::datafusion::logical_expr::LogicalPlanBuilder;

use crate::activity::{Activity, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shape, Shapes, object};
use crate::columns::NamedColumn;
use crate::explain::{self, Explanation};
use crate::kinds::build_audience::WhenEmpty;
use crate::marks;
use crate::step::{Error, Output, Step, StepContext, settings};
use crate::told::Told;

/// Which audience, as rows of which dimension, with what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The name of the audience.
    #[schemars(extend("x-tutti-editor" = "audience"))]
    pub audience: String,
    /// The dimension of the rows that leave; without it, that of the audience.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "dimension"))]
    pub dimension: Option<String>,
    /// What rows carry along: columns that were saved with the audience, or field paths. Without it, all that were saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "columns", "x-tutti-rows" = "found"))]
    pub attributes: Option<Vec<NamedColumn>>,
    /// Fields of the members and the fields of the dimension that equal them, where the dimension is another one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "marks::members_to_fields")]
    pub reconcile: BTreeMap<String, String>,
    /// What happens when nobody is in it.
    #[serde(default)]
    pub when_empty: WhenEmpty,
}

impl Settings {
    /// What rows carry along.
    fn attributes(&self, audience: &Audience) -> Vec<NamedColumn> {
        let all = || audience.columns.iter().map(|column| NamedColumn::field(&column.name)).collect();
        self.attributes.clone().unwrap_or_else(all)
    }
}

pub struct ReadAudience;

impl Activity for ReadAudience {
    fn kind(&self) -> &'static str {
        "read-audience"
    }

    fn label(&self) -> &'static str {
        "Read audience"
    }

    fn category(&self) -> Category {
        Category::Targeting
    }

    fn summary(&self) -> &'static str {
        "Takes the members of an audience that was saved or uploaded."
    }

    fn settings_schema(&self) -> Schema {
        schema_for!(Settings)
    }

    fn example(&self) -> Raw {
        object(json!({"audience": "vip", "attributes": ["email"]}))
    }

    fn inputs(&self) -> Inputs {
        Inputs::TRIGGER
    }

    fn ports(&self, _: &Raw, _: &[&str]) -> Vec<PortSpec> {
        vec![PortSpec::out()]
    }

    fn stops_when_empty(&self, settings: &Raw, _: &str) -> bool {
        settings.get("when_empty").and_then(|value| value.as_str()) != Some("continue")
    }

    fn check(&self, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Shapes {
        let mut shapes = Shapes::new();
        let Some(settings) = context.read::<Settings>(problems) else { return shapes };
        let Some(audience) = context.catalog.audiences.get(&settings.audience) else {
            let message = format!("there is no audience `{}`", settings.audience);
            let known = context.catalog.audiences.keys().map(String::as_str);
            let problem = Problem::error("missing_audience", context.at("audience"), message);
            let problem = problem.did_you_mean(&settings.audience, known);
            problems.push(match problem.hint {
                Some(_) => problem,
                None => problem.hint("declare it in a document `kind: audience`, or run what saves it first"),
            });
            return shapes;
        };
        let dimension = settings.dimension.clone().unwrap_or_else(|| audience.dimension.clone());
        let Some(table) = context.table_of(&dimension).filter(|_| !dimension.is_empty()) else {
            let message = format!("there is no dimension `{dimension}`");
            problems.push(
                Problem::error("missing_dimension", context.at("dimension"), message)
                    .did_you_mean(&dimension, context.catalog.dimensions.keys().map(String::as_str)),
            );
            return shapes;
        };
        check_pairs(&settings, audience, &table.name, context, problems);
        let scope = Scope { table: &table.name, added: &audience.columns };
        let mut added: Vec<Column> = Vec::new();
        for (index, attribute) in settings.attributes(audience).iter().enumerate() {
            let at = join_pointer(&context.at("attributes"), index);
            let Some(field) = attribute.check(scope, (context.catalog, context.moment), &at, problems) else { continue };
            let name = attribute.name();
            if table.primary_key.contains(&name) {
                let message = format!("`{name}` is part of the key, which every row has");
                problems.push(Problem::error("duplicate_name", at, message).hint("leave it out"));
                continue;
            }
            if added.iter().any(|other| other.name == name) {
                let message = format!("two attributes are called `{name}`");
                problems.push(Problem::error("duplicate_name", at, message).hint("give one of them another `name`"));
                continue;
            }
            added.push(Column::new(&name, field.column.column_type));
        }
        shapes.insert(OUT.to_owned(), Shape { dimension, added });
        shapes
    }

    fn output_dimension(&self, settings: &Raw, _: &str, _: Option<&str>, catalog: &Catalog) -> String {
        let text = |name: &str| settings.get(name).and_then(|value| value.as_str());
        let of_audience = || text("audience").and_then(|name| catalog.audiences.get(name)).map(|found| &found.dimension);
        text("dimension").map(str::to_owned).or_else(|| of_audience().cloned()).unwrap_or_default()
    }

    fn tell(&self, raw: &Raw, told: &Told<'_>) -> String {
        let audience = raw.get("audience").and_then(Value::as_str).unwrap_or_default();
        format!("found {} in the audience `{audience}`", told.out())
    }

    fn explain(&self, raw: &Raw, context: &StepContext<'_>, key: &[String]) -> Result<Vec<Explanation>, Error> {
        explain_membership(&settings(raw)?, context, key)
    }

    fn step(&self, raw: &Raw, context: &StepContext<'_>) -> Result<Step, Error> {
        let settings: Settings = settings(raw)?;
        let planner = context.planner;
        let audience = planner.catalog.audiences.get(&settings.audience);
        let audience = audience.ok_or_else(|| Error::MissingAudience(settings.audience.clone()))?;
        let own = context.table(&audience.dimension)?;
        let dimension = settings.dimension.as_ref().unwrap_or(&audience.dimension);
        let table = context.table(dimension)?;
        let members = planner.members(&audience.name, own, &audience.columns)?;
        let rows = if own.name == table.name {
            members
        } else {
            let scope = Scope { table: &own.name, added: &audience.columns };
            let pairs = settings.reconcile.iter().map(|(member, target)| {
                Ok((context.field(member, scope)?, context.field(target, Scope::table(&table.name))?))
            });
            let pairs = pairs.collect::<Result<Vec<(Field, Field)>, Error>>()?;
            members.matched(table, &pairs)?
        };
        let scope = Scope { table: &table.name, added: &audience.columns };
        let attributes = settings.attributes(audience);
        let bound = attributes.iter().map(|attribute| context.bind_column(attribute, scope));
        let bound = bound.collect::<Result<Vec<Field>, Error>>()?;
        let rows = rows.with_fields(&bound)?;
        let mut added: Vec<Column> = Vec::new();
        let mut values = Vec::with_capacity(bound.len());
        for (attribute, field) in attributes.iter().zip(&bound) {
            let column = Column::new(&attribute.name(), field.column.column_type);
            values.push((rows.column(field), column.name.clone()));
            added.push(column);
        }
        let plan = rows.select_as(&table.primary_key, values)?;
        Ok(Step::Populations(vec![Output { port: OUT.to_owned(), plan, added }]))
    }
}

/// Whether a row is a member, and whether it is still in its table.
fn explain_membership(
    settings: &Settings,
    context: &StepContext<'_>,
    key: &[String],
) -> Result<Vec<Explanation>, Error> {
    let planner = context.planner;
    let audience = planner.catalog.audiences.get(&settings.audience);
    let audience = audience.ok_or_else(|| Error::MissingAudience(settings.audience.clone()))?;
    let (name, own) = (audience.name.clone(), context.table(&audience.dimension)?);
    if settings.dimension.as_ref().is_some_and(|dimension| *dimension != audience.dimension) {
        let raw = object(json!(settings));
        let Step::Populations(mut outputs) = ReadAudience.step(&raw, context)? else { return Ok(Vec::new()) };
        let Some(output) = outputs.pop() else { return Ok(Vec::new()) };
        let table = context.table(settings.dimension.as_ref().unwrap_or(&audience.dimension))?;
        let found = LogicalPlanBuilder::from(output.plan).filter(explain::is_row(table, key))?.build()?;
        return Ok(vec![explain::number_of(found, move |found| {
            let said = if found == 0 { "no member of" } else { "a member of" };
            vec![format!("{said} the audience `{name}` is this row")]
        })?]);
    }
    let members = planner.rows(&tutti_model::audience::table_name(&name))?.filter_by(explain::is_row(own, key))?;
    let member = explain::number_of(members.into_plan(), move |found| {
        let said = if found == 0 { "is not in" } else { "is in" };
        vec![format!("{said} the audience `{name}`")]
    })?;
    Ok(vec![explain::is_missing(&audience.dimension, context, key)?, member])
}

/// How members are found in another dimension.
fn check_pairs(
    settings: &Settings,
    audience: &Audience,
    table: &str,
    context: &CheckContext<'_>,
    problems: &mut Vec<Problem>,
) {
    let at = context.at("reconcile");
    let Some(own) = context.table_of(&audience.dimension) else { return };
    if own.name == table {
        if !settings.reconcile.is_empty() {
            let message = format!("the members of `{}` are rows of `{table}` already", audience.name);
            problems.push(Problem::error("bad_value", at, message).hint("leave `reconcile` out"));
        }
        return;
    }
    if settings.reconcile.is_empty() {
        let message = format!("the members of `{}` are rows of `{}`, not of `{table}`", audience.name, own.name);
        problems.push(
            Problem::error("missing_field", context.node.pointer.clone(), message)
                .hint("say which of their fields equal which of that dimension, as in `reconcile: {email: email}`"),
        );
    }
    for (member, target) in &settings.reconcile {
        let at = join_pointer(&at, member);
        let scope = Scope { table: &own.name, added: &audience.columns };
        let member = field(member, scope, context.catalog, &at);
        let target = field(target, Scope::table(table), context.catalog, &at);
        match (member, target) {
            (Ok(member), Ok(target)) => {
                let types = (member.column.column_type, target.column.column_type);
                if !types.0.comparable(types.1) {
                    let message = format!(
                        "`{}` is {} and `{}` is {}: they can never be equal",
                        member.path(),
                        types.0,
                        target.path(),
                        types.1
                    );
                    problems.push(Problem::error("wrong_type", at, message));
                }
            }
            (member, target) => problems.extend(member.err().into_iter().chain(target.err())),
        }
    }
}
