//! Finds out who the rows that arrive are: the rows of a dimension that match them.
//!
//! Rows of a file, or of another dimension, are matched with the rows of `dimension` by values that are equal (`on`), by
//! a `rule` over both, or by both: in the rule a field is one of the dimension's row, and `inbound.FIELD` one of the row
//! that arrives. A row that matches several takes the first by `sort`, else that with the lowest key; of several rows
//! that match the same one, the first by their own key stands for it. Rows that are not in the result leave by
//! `complement`, as they came; `keep_unmatched: false` drops them. Text is compared without case, as rules do. Example:
//! `{id: known, type: reconciliation, dimension: customers, on: {mail: email, born: birth_date}}`.

mod plan;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tutti_model::catalog::Catalog;
use tutti_model::bind::{Scope, bind};
use tutti_model::builtin::FILE_DIMENSION;
use tutti_model::campaign::OUT;
use tutti_model::problem::{Problem, join_pointer};
use tutti_model::rule::Rule;
use tutti_model::table::{Column, Table};
use tutti_query::datafusion::logical_expr::LogicalPlan;

use crate::activity::{
    Activity, COMPLEMENT, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shape, Shapes, object,
};
use crate::explain::Explanation;
use crate::fields::{self, carried_columns};
use crate::kinds::enrichment::OnMultiple;
use crate::lineage::Side;
use crate::marks;
use crate::operand::{FieldOrExpression, OneOrMany, Sort};
use crate::step::{Error, Finding, Step, StepContext, settings};
use crate::told::{Passed, Told, are, thousands};

/// What stands before the names of fields of the row that arrives, in a rule.
const INBOUND: &str = "inbound";

/// Which row of which dimension is meant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The dimension whose rows are looked for.
    #[schemars(extend("x-tutti-editor" = "dimension"))]
    pub dimension: String,
    /// Fields of the rows that arrive, and the fields of the dimension that equal them; all have to. Either may be an
    /// expression.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(schema_with = "marks::operands_to_operands")]
    pub on: IndexMap<String, String>,
    /// A rule over the dimension's row that has to hold too; `inbound.FIELD` is a field of the row that arrives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-rows" = "matched"))]
    pub rule: Option<Rule>,
    /// Which of the rows that arrive are looked for; others count as unmatched.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Whether `ANNA@shop.example` and `anna@shop.example` are different.
    #[serde(default)]
    pub case_sensitive: bool,
    /// Which of several matching rows is meant, by fields of the dimension; then the lowest key.
    #[serde(default, skip_serializing_if = "OneOrMany::is_empty")]
    #[schemars(extend("x-tutti-editor" = "sort", "x-tutti-rows" = "dimension"))]
    pub sort: OneOrMany<Sort>,
    /// What happens when a row matches several.
    #[serde(default)]
    pub on_multiple: OnMultiple,
    /// The columns of the rows that arrive which the rows found carry. When absent, all but those that have the name of
    /// a field of the dimension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "carried"))]
    pub carry: Option<Vec<String>>,
    /// Whether the rows that match nothing leave by the port `complement`.
    #[serde(default = "yes")]
    pub keep_unmatched: bool,
}

fn yes() -> bool {
    true
}

pub struct Reconciliation;

impl Activity for Reconciliation {
    fn kind(&self) -> &'static str {
        "reconciliation"
    }

    fn label(&self) -> &'static str {
        "Reconciliation"
    }

    fn category(&self) -> Category {
        Category::Targeting
    }

    fn summary(&self) -> &'static str {
        "Finds out who the rows that arrive are: the rows of a dimension that match them."
    }

    fn settings_schema(&self) -> Schema {
        schema_for!(Settings)
    }

    fn example(&self) -> Raw {
        object(json!({"dimension": "customers", "on": {"email": "email"}}))
    }

    fn inputs(&self) -> Inputs {
        Inputs::ONE
    }

    fn ports(&self, settings: &Raw, _: &[&str]) -> Vec<PortSpec> {
        let mut ports = vec![PortSpec::out()];
        if settings.get("keep_unmatched").and_then(Value::as_bool) != Some(false) {
            ports.push(PortSpec::new(COMPLEMENT, "Unmatched"));
        }
        ports
    }

    fn output_dimension(&self, settings: &Raw, port: &str, arrived: Option<&str>, _: &Catalog) -> String {
        let own = settings.get("dimension").and_then(Value::as_str).filter(|_| port == OUT);
        own.or(arrived).unwrap_or(FILE_DIMENSION).to_owned()
    }

    fn check(&self, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Shapes {
        let mut shapes = Shapes::new();
        let Some(settings) = context.read::<Settings>(problems) else { return shapes };
        if settings.on.is_empty() && settings.rule.is_none() {
            let message = "nothing says which row is meant";
            problems.push(
                Problem::error("missing_field", context.at("on"), message)
                    .hint("write pairs of equal fields, as in `on: {mail: email}`, or a `rule`"),
            );
        }
        let table = fields::check_dimension(&settings.dimension, context, problems);
        if let (Some(table), Some(shape)) = (table, context.inbound()) {
            check_fields(&settings, table, shape, context, problems);
            let added = carried_columns(settings.carry.as_deref(), &shape.added, table);
            shapes.insert(OUT.to_owned(), Shape { dimension: settings.dimension.clone(), added });
        }
        if let Some(shape) = context.inbound().filter(|_| settings.keep_unmatched) {
            shapes.insert(COMPLEMENT.to_owned(), shape.clone());
        }
        shapes
    }

    fn findings(&self, raw: &Raw, context: &StepContext<'_>) -> Result<Vec<Finding>, Error> {
        plan::findings(&settings(raw)?, context)
    }

    fn tell(&self, _: &Raw, told: &Told<'_>) -> String {
        let arrived = told.main().map(Passed::counted).unwrap_or_default();
        let unmatched = told.rows_by(COMPLEMENT);
        let unmatched = unmatched.unwrap_or_else(|| told.rows_in().saturating_sub(told.rows_out()));
        format!("of {arrived}, {} were found; {} {} nobody", told.out(), thousands(unmatched), are(unmatched))
    }

    fn changes_keys(&self) -> bool {
        true
    }

    fn lineage(&self, raw: &Raw, context: &StepContext<'_>, row: Side<'_>) -> Result<Option<LogicalPlan>, Error> {
        plan::lineage(&settings(raw)?, context, row).map(Some)
    }

    fn explain(&self, raw: &Raw, context: &StepContext<'_>, key: &[String]) -> Result<Vec<Explanation>, Error> {
        plan::explain(&settings(raw)?, context, key)
    }

    fn step(&self, raw: &Raw, context: &StepContext<'_>) -> Result<Step, Error> {
        plan::step(&settings(raw)?, context)
    }
}

fn check_fields(
    settings: &Settings,
    table: &Table,
    shape: &Shape,
    context: &CheckContext<'_>,
    problems: &mut Vec<Problem>,
) -> Option<()> {
    let (here, there) = (fields::scope(context, shape)?, Scope::table(&table.name));
    for (left, right) in &settings.on {
        let at = join_pointer(&context.at("on"), left);
        let left = side(left, here).check(here, context, &at, problems);
        let right = side(right, there).check(there, context, &at, problems);
        if let (Some(left), Some(right)) = (left, right)
            && !left.column.column_type.comparable(right.column.column_type)
        {
            let (left, right) = ((left.path(), left.column.column_type), (right.path(), right.column.column_type));
            let message =
                format!("`{}` is {} and `{}` is {}: they can never be equal", left.0, left.1, right.0, right.1);
            problems.push(Problem::error("wrong_type", at, message).hint("bring one to the other's type by an expression"));
        }
    }
    if let Some(rule) = &settings.rule {
        let added = inbound_columns(shape, context.table_of(&shape.dimension));
        let both = Scope { table: &table.name, added: &added };
        bind(rule, both, context.catalog, context.moment, &context.at("rule"), problems);
    }
    if let Some(rule) = &settings.filter {
        bind(rule, here, context.catalog, context.moment, &context.at("where"), problems);
    }
    for (sort, pointer) in settings.sort.with_pointers(&context.at("sort")) {
        sort.by.check(there, context, &join_pointer(&pointer, "by"), problems);
    }
    fields::check_carried(settings.carry.as_deref(), shape, table, context, problems);
    Some(())
}

/// A side of a pair: a column that the rows carry, a path or an expression.
fn side(text: &str, scope: Scope<'_>) -> FieldOrExpression {
    let carried = scope.added.iter().any(|column| column.name == text);
    if carried { FieldOrExpression::field(text) } else { FieldOrExpression::from_text(text) }
}

/// The fields of the rows that arrive, as a rule over both sides sees them.
fn inbound_columns(shape: &Shape, table: Option<&Table>) -> Vec<Column> {
    let own = table.into_iter().flat_map(|table| &table.columns);
    let own = own.filter(|own| shape.added.iter().all(|added| added.name != own.name));
    let all = shape.added.iter().chain(own);
    all.map(|column| Column::new(&format!("{INBOUND}.{}", column.name), column.column_type)).collect()
}
