//! Takes the rows of a dimension that match a rule and that no run before has taken.
//!
//! For campaigns that recur. With `mode: date-field`, rows count as new whose `date_field` is after the latest that a
//! run before has taken, and not after now; a change of that field makes a row new again. With `mode: keys`, rows are
//! new whose keys no run has taken, within the last `history_days` days if that is set. How far runs have come is the
//! activity's mark: it moves when a live run has passed the activity, never in a test, and a copy of the campaign starts
//! without one. `tutti marks CAMPAIGN` shows and moves it. When nothing is new, the branch ends, unless `when_empty:
//! continue`. Example: `{id: new_gold, type: incremental-query, dimension: customers, where: {field: tier, operator: "=",
//! value: gold}, mode: keys}`.

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tutti_model::bind::{Scope, bind};
use tutti_model::campaign::OUT;
use tutti_model::date_math;
use tutti_model::problem::Problem;
use tutti_model::rule::Rule;
use tutti_model::table::ColumnType;
use tutti_model::value::Literal;
use tutti_query::datafusion::functions_aggregate::expr_fn::max;
use tutti_query::datafusion::logical_expr::{Expr, JoinType, LogicalPlan, LogicalPlanBuilder, lit};
use tutti_query::datafusion::prelude::ident;
use tutti_query::{Frame, scalar};

use crate::activity::{Activity, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shape, Shapes, object};
use crate::explain::{self, Explanation};
use crate::fields::check_dimension;
use crate::kinds::build_audience::WhenEmpty;
use crate::operand::FieldOrExpression;
use crate::step::{Error, MarkMove, Output, Step, StepContext, settings};
use crate::told::{Told, are};

const MICROSECONDS_PER_DAY: i64 = 86_400_000_000;

/// Which rows, and what makes them new.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The dimension to take rows of.
    #[schemars(extend("x-tutti-editor" = "dimension"))]
    pub dimension: String,
    /// The rule that a row has to match. Without one, every row does.
    #[serde(default, rename = "where")]
    #[schemars(extend("x-tutti-rows" = "dimension"))]
    pub rule: Rule,
    /// What makes a row new: a moment after the last one taken, or a key that was not taken.
    pub mode: Mode,
    /// With `mode: date-field`, the timestamp of a row: a field path or an expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-rows" = "dimension"))]
    pub date_field: Option<FieldOrExpression>,
    /// With `mode: date-field`, the moment from which the first run takes rows: a date or date math. Without it, the first
    /// run takes all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "moment"))]
    pub since: Option<String>,
    /// With `mode: keys`, for how many days a key that was taken is remembered; 0 is for ever.
    #[serde(default)]
    pub history_days: u32,
    /// What happens when no row is new.
    #[serde(default)]
    pub when_empty: WhenEmpty,
}

/// What makes a row new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Its timestamp is after the latest that was taken.
    DateField,
    /// Its key was not taken.
    Keys,
}

pub struct IncrementalQuery;

impl Activity for IncrementalQuery {
    fn kind(&self) -> &'static str {
        "incremental-query"
    }

    fn label(&self) -> &'static str {
        "Incremental query"
    }

    fn category(&self) -> Category {
        Category::Targeting
    }

    fn summary(&self) -> &'static str {
        "Takes the rows of a dimension that match a rule and that no run before has taken."
    }

    fn settings_schema(&self) -> Schema {
        schema_for!(Settings)
    }

    fn example(&self) -> Raw {
        object(json!({
            "dimension": "customers",
            "where": {"field": "country", "operator": "=", "value": "FR"},
            "mode": "keys",
        }))
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
        let Some(table) = check_dimension(&settings.dimension, context, problems) else { return shapes };
        let scope = Scope::table(&table.name);
        bind(&settings.rule, scope, context.catalog, context.moment, &context.at("where"), problems);
        match settings.mode {
            Mode::DateField => check_date_field(&settings, scope, context, problems),
            Mode::Keys => {
                for (name, given) in [("date_field", settings.date_field.is_some()), ("since", settings.since.is_some())] {
                    if given {
                        let message = format!("`{name}` is for `mode: date-field`");
                        problems.push(
                            Problem::error("bad_value", context.at(name), message).hint(format!("remove `{name}`")),
                        );
                    }
                }
            }
        }
        shapes.insert(OUT.to_owned(), Shape { dimension: settings.dimension, added: Vec::new() });
        shapes
    }

    fn step(&self, raw: &Raw, context: &StepContext<'_>) -> Result<Step, Error> {
        let frame = rows(&settings(raw)?, context)?;
        let keys = frame.keys().to_vec();
        let plan = frame.select(keys)?;
        Ok(Step::Populations(vec![Output { port: OUT.to_owned(), plan, added: Vec::new() }]))
    }

    fn explain(&self, raw: &Raw, context: &StepContext<'_>, key: &[String]) -> Result<Vec<Explanation>, Error> {
        let settings: Settings = settings(raw)?;
        let table = context.table(&settings.dimension)?;
        let predicate = context.bind(&settings.rule, Scope::table(&table.name))?;
        let one = context.planner.rows(&table.name)?.filter_by(explain::is_row(table, key))?;
        let missing = explain::is_missing(&settings.dimension, context, key)?;
        let newness = match settings.mode {
            Mode::DateField => explain_date(&settings, one.clone(), context)?,
            Mode::Keys => explain_taken(&settings, context, key)?,
        };
        Ok(vec![missing, explain::rule(one, &predicate, "")?, newness])
    }

    fn tell(&self, _: &Raw, told: &Told<'_>) -> String {
        format!("found {} that match the rule and {} new", told.out(), are(told.rows_out()))
    }

    fn results(&self, settings: &Raw) -> Vec<(&'static str, ColumnType)> {
        let by_date = settings.get("mode").and_then(|mode| mode.as_str()) == Some("date-field");
        if by_date { vec![("since", ColumnType::Timestamp)] } else { Vec::new() }
    }

    fn keeps_mark(&self) -> bool {
        true
    }

    fn mark(&self, raw: &Raw, context: &StepContext<'_>) -> Result<Option<MarkMove>, Error> {
        let settings: Settings = settings(raw)?;
        if settings.mode == Mode::Keys {
            let days = Some(settings.history_days).filter(|days| *days > 0);
            return Ok(Some(MarkMove::Keys { days }));
        }
        let frame = rows(&settings, context)?;
        let field = date_field(&settings, context)?;
        let latest = max(frame.column(&field)).alias("latest");
        let rows = LogicalPlanBuilder::from(frame.into_plan());
        Ok(Some(MarkMove::Latest(rows.aggregate(Vec::<Expr>::new(), vec![latest])?.build()?)))
    }
}

fn check_date_field(settings: &Settings, scope: Scope<'_>, context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    let at = context.at("date_field");
    match &settings.date_field {
        None => problems.push(
            Problem::error("missing_field", context.node.pointer.clone(), "nothing says when a row is from")
                .hint("name its timestamp, as in `date_field: created_at`, or write `mode: keys`"),
        ),
        Some(value) => {
            let field = value.check(scope, context, &at, problems);
            if let Some(field) = field.filter(|field| field.column.column_type != ColumnType::Timestamp) {
                let message =
                    format!("`{}` is {}, and a timestamp is needed", field.path(), field.column.column_type);
                problems.push(
                    Problem::error("wrong_type", at, message)
                        .hint("of rows with equal dates, later ones would be missed; write `mode: keys`"),
                );
            }
        }
    }
    if let Some(since) = &settings.since
        && let Err(message) = date_math::instant(since, context.moment)
    {
        problems.push(Problem::error("wrong_type", context.at("since"), message));
    }
    if settings.history_days != 0 {
        let message = "`history_days` is for `mode: keys`";
        problems.push(Problem::error("bad_value", context.at("history_days"), message).hint("remove `history_days`"));
    }
}

/// When a row is from, and from when on rows are new.
fn explain_date(settings: &Settings, one: Frame<'_>, context: &StepContext<'_>) -> Result<Explanation, Error> {
    let field = date_field(settings, context)?;
    let one = one.with_fields([&field])?;
    let date = one.column(&field);
    let plan = LogicalPlanBuilder::from(one.into_plan()).project(vec![date.alias("date")])?.build()?;
    let (name, latest) = (field.path(), context.mark.latest.map(|latest| latest.to_string()));
    let (since, now) = (settings.since.clone().filter(|_| latest.is_none()), context.moment.now.to_string());
    Ok(Explanation::new(plan, move |seen| {
        let taken = match (&latest, &since) {
            (Some(latest), _) => format!("rows after {latest} up to {now} are new"),
            (None, Some(since)) => format!("rows from {since} up to {now} are new"),
            (None, None) => format!("rows up to {now} are new"),
        };
        vec![format!("{taken} ({name}: {})", seen.text("date"))]
    }))
}

/// Which run before has taken a row.
fn explain_taken(settings: &Settings, context: &StepContext<'_>, key: &[String]) -> Result<Explanation, Error> {
    let table = context.table(&settings.dimension)?;
    let found = match taken(settings, context)? {
        None => LogicalPlanBuilder::empty(false).build()?,
        Some(taken) => {
            let names = table.primary_key.iter().map(|name| ident(taken_name(name)));
            LogicalPlanBuilder::from(taken).filter(explain::is_key(names.collect(), key))?.build()?
        }
    };
    explain::number_of(found, |taken| {
        let said = if taken == 0 { "no run before has taken it" } else { "a run before has taken it, so that it is not new" };
        vec![said.to_owned()]
    })
}

fn date_field(settings: &Settings, context: &StepContext<'_>) -> Result<tutti_model::bind::Field, Error> {
    let table = context.table(&settings.dimension)?;
    let wrong = || Problem::error("missing_field", "/date_field", "nothing says when a row is from");
    let value = settings.date_field.as_ref().ok_or_else(|| Error::Settings(vec![wrong()]))?;
    value.of(Scope::table(&table.name), context)
}

/// The rows that are new.
fn rows<'a>(settings: &Settings, context: &StepContext<'a>) -> Result<Frame<'a>, Error> {
    let table = context.table(&settings.dimension)?;
    let predicate = context.bind(&settings.rule, Scope::table(&table.name))?;
    let frame = context.planner.rows(&table.name)?.filter(&predicate)?;
    if settings.mode == Mode::Keys {
        let taken = taken(settings, context)?;
        let on = table.primary_key.iter().map(|key| (ident(key), ident(taken_name(key))));
        return match taken {
            None => Ok(frame),
            Some(taken) => Ok(frame.joined(taken, JoinType::LeftAnti, on.collect())?),
        };
    }
    let field = date_field(settings, context)?;
    let frame = frame.with_fields([&field])?;
    let date = frame.column(&field);
    let moment = |at| lit(scalar(&Literal::Timestamp(at)));
    // What is in the future is taken when its time has come.
    let mut wanted = date.clone().lt_eq(moment(context.moment.now));
    if let Some(latest) = context.mark.latest {
        wanted = wanted.and(date.gt(moment(latest)));
    } else if let Some(since) = &settings.since {
        let since = date_math::instant(since, context.moment);
        let since = since.map_err(|text| Error::Settings(vec![Problem::error("wrong_type", "/since", text)]))?;
        wanted = wanted.and(date.gt_eq(moment(since.timestamp())));
    }
    Ok(frame.filter_by(wanted)?)
}

/// The keys that are remembered; `None` where there are none.
fn taken(settings: &Settings, context: &StepContext<'_>) -> Result<Option<LogicalPlan>, Error> {
    let table = context.table(&settings.dimension)?;
    let oldest = match settings.history_days {
        0 => i64::MIN,
        days => context.moment.now.as_microsecond().saturating_sub(i64::from(days).saturating_mul(MICROSECONDS_PER_DAY)),
    };
    let mut all: Option<LogicalPlanBuilder> = None;
    for keys in context.mark.keys.iter().filter(|keys| keys.at.as_microsecond() >= oldest) {
        let names = table.primary_key.iter().map(|key| ident(key).alias(taken_name(key)));
        let rows = LogicalPlanBuilder::from(context.planner.scan_provider(&keys.rows)?).project(names)?;
        all = Some(match all {
            None => rows,
            Some(all) => all.union(rows.build()?)?,
        });
    }
    Ok(all.map(LogicalPlanBuilder::build).transpose()?)
}

fn taken_name(key: &str) -> String {
    format!("__taken.{key}")
}
