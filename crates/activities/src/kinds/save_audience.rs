//! Keeps the population under a name, to be used by rules and other campaigns.
//!
//! An audience is a list of rows of one dimension, with columns as they were when they were saved. `replace` makes the
//! audience exactly what arrives, `append` adds to it (who is there already gets the new columns), `remove` takes what
//! arrives out of it. Everybody goes on by `out`. A name that is new makes the audience; saving more columns than before
//! adds them to it. One save is one version of the audience: whoever reads meanwhile sees the one before, and a save
//! that is done again after a crash changes nothing. Tests and dry runs save nothing. Example: `{id: keep, type:
//! save-audience, audience: vip, mode: append, columns: [email, {name: city, field: address.city}]}`.

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tutti_model::bind::Field;
use tutti_model::campaign::OUT;
use tutti_model::id::is_document_name;
use tutti_model::problem::{Problem, join_pointer};
use tutti_model::table::Column;

use crate::activity::{Activity, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shape, Shapes, object};
use crate::columns::NamedColumn;
use crate::effect::{Effect, SaveAudience as Save};
use crate::fields;
use crate::step::{Error, Step, StepContext, settings};

/// Which audience, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The name of the audience.
    #[schemars(extend("x-tutti-editor" = "new-audience"))]
    pub audience: String,
    /// What happens to the members that it has.
    #[serde(default)]
    pub mode: Mode,
    /// What is kept of each row besides its key: field paths, or names with fields or expressions.
    #[serde(default)]
    #[schemars(extend("x-tutti-editor" = "columns"))]
    pub columns: Vec<NamedColumn>,
}

/// What happens to the members that an audience has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Only those who arrive are members.
    #[default]
    Replace,
    /// Those who arrive become members too.
    Append,
    /// Those who arrive are members no more.
    Remove,
}

pub struct SaveAudience;

impl Activity for SaveAudience {
    fn kind(&self) -> &'static str {
        "save-audience"
    }

    fn label(&self) -> &'static str {
        "Save audience"
    }

    fn may_end(&self) -> bool {
        true
    }

    fn category(&self) -> Category {
        Category::Targeting
    }

    fn summary(&self) -> &'static str {
        "Keeps the population under a name, to be used by rules and other campaigns."
    }

    fn settings_schema(&self) -> Schema {
        schema_for!(Settings)
    }

    fn example(&self) -> Raw {
        object(json!({"audience": "vip", "mode": "append", "columns": ["email"]}))
    }

    fn inputs(&self) -> Inputs {
        Inputs::ONE
    }

    fn ports(&self, _: &Raw, _: &[&str]) -> Vec<PortSpec> {
        vec![PortSpec::out()]
    }

    fn takes_files(&self) -> bool {
        false
    }

    fn check(&self, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Shapes {
        let settings = context.read::<Settings>(problems);
        let mut shapes = Shapes::new();
        if let Some(shape) = context.inbound() {
            shapes.insert(OUT.to_owned(), shape.clone());
        }
        let Some(settings) = settings else { return shapes };
        if !is_document_name(&settings.audience) {
            let message = format!("`{}` cannot be the name of an audience", settings.audience);
            problems.push(
                Problem::error("bad_name", context.at("audience"), message)
                    .hint("a name is a lower-case letter, then lower-case letters, digits, `_` and `-`; at most 100"),
            );
        }
        if settings.mode == Mode::Remove && !settings.columns.is_empty() {
            let message = "who is removed leaves no columns behind";
            problems.push(Problem::error("bad_value", context.at("columns"), message).hint("leave `columns` out"));
        }
        if let Some(shape) = context.inbound().filter(|shape| !shape.is_file()) {
            check_saved(&settings, shape, context, problems);
        }
        shapes
    }

    fn works_outside(&self, _: &Raw) -> bool {
        true
    }

    fn step(&self, raw: &Raw, context: &StepContext<'_>) -> Result<Step, Error> {
        let settings: Settings = settings(raw)?;
        let input = context.input()?;
        let table = context.table(&input.dimension)?;
        let mut columns = Vec::with_capacity(settings.columns.len());
        let mut bound: Vec<Field> = Vec::with_capacity(settings.columns.len());
        for column in &settings.columns {
            let field = context.column(column, input)?;
            columns.push(Column::new(&column.name(), field.column.column_type));
            bound.push(field);
        }
        let rows = context.frame(input)?.with_fields(&bound)?;
        let values =
            bound.iter().zip(&columns).map(|(field, column)| (rows.column(field), column.name.clone())).collect();
        let rows = rows.select_as(&table.primary_key, values)?;
        let Settings { audience, mode, .. } = settings;
        let dimension = input.dimension.clone();
        Ok(Step::Effect(Box::new(Effect::SaveAudience(Save { audience, dimension, mode, columns, rows }))))
    }
}

/// The columns, each by itself and with those that the audience has.
fn check_saved(settings: &Settings, shape: &Shape, context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    let known = context.catalog.audiences.get(&settings.audience);
    if let Some(known) = known.filter(|known| known.dimension != shape.dimension) {
        let message = format!(
            "the audience `{}` has rows of `{}`, and rows of `{}` arrive",
            known.name, known.dimension, shape.dimension
        );
        problems.push(
            Problem::error("dimension_mismatch", context.at("audience"), message)
                .hint("use another name, or bring the rows to that dimension before, with change-dimension"),
        );
    }
    let Some(scope) = fields::scope(context, shape) else { return };
    let keys = context.table_of(&shape.dimension).map(|table| table.primary_key.clone()).unwrap_or_default();
    let mut names: Vec<String> = Vec::new();
    for (index, column) in settings.columns.iter().enumerate() {
        let at = join_pointer(&context.at("columns"), index);
        let Some(field) = column.check(scope, (context.catalog, context.moment), &at, problems) else { continue };
        let name = column.name();
        if keys.contains(&name) {
            let message = format!("`{name}` is part of the key, which every audience keeps by itself");
            problems.push(Problem::error("duplicate_name", at, message).hint("leave it out"));
            continue;
        }
        if names.contains(&name) {
            let message = format!("two columns are called `{name}`");
            problems.push(Problem::error("duplicate_name", at, message).hint("give one of them another `name`"));
            continue;
        }
        let kept = known.and_then(|known| known.columns.iter().find(|kept| kept.name == name));
        if let Some(kept) = kept.filter(|kept| kept.column_type != field.column.column_type) {
            let message = format!(
                "the audience `{}` keeps `{name}` as {}, and this is {}",
                settings.audience, kept.column_type, field.column.column_type
            );
            problems.push(Problem::error("wrong_type", at, message).hint("give the column another `name`"));
        }
        names.push(name);
    }
}
