//! Who of a population may be written to, and why the others may not: one plan over the whole population.
//!
//! The first reason in this order wins: no address, a malformed one, no consent (marketing only), opted out (marketing
//! only), suppressed, an address that a lower key has already.

use async_recursion::async_recursion as boxed;
use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray, StringViewArray};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field as ArrowField, Schema};
use futures::TryStreamExt;
use tutti_model::bind::{self, Field, Scope};
use tutti_model::catalog::Catalog;
use tutti_model::channel::Category;
use tutti_query::datafusion::common::{Column as PlanColumn, DataFusionError};
use tutti_query::datafusion::datasource::{MemTable, provider_as_source};
use tutti_query::datafusion::functions::expr_fn::{concat_ws, lower, replace, split_part};
use tutti_query::datafusion::logical_expr::{
    ColumnarValue, Expr, JoinType, LogicalPlan, LogicalPlanBuilder, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl,
    Signature, Volatility, cast, lit, when,
};
use tutti_query::datafusion::scalar::ScalarValue;
use tutti_query::{Frame, Session};
use tutti_store::Store;

use crate::address;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::targets::{self, Column, Totals};
use crate::template::Templates;

/// Why a row is excluded, in the order in which reasons are looked for.
pub const REASONS: [&str; 6] =
    ["missing_address", "malformed_address", "no_consent", "opted_out", "suppressed", "duplicate_address"];

/// How many lines of a register are read at once.
const PAGE: u64 = 10_000;

/// The plan whose rows are the targets, in the order of their keys, and what its columns are.
#[derive(Clone, Debug)]
pub struct Eligibility {
    plan: LogicalPlan,
    columns: Vec<Column>,
}

impl Eligibility {
    /// Runs the plan and writes the targets file, visible only when it is whole; `batch_rows` of the eligible rows are
    /// later sent at a time.
    ///
    /// # Errors
    /// Anything that keeps the plan from running or the file from being written.
    #[boxed]
    pub async fn write(self, session: &Session, job: &Job, batch_rows: usize) -> Result<Totals> {
        let mut stream = session.stream(self.plan).await?;
        let mut writer = targets::Writer::create(&job.targets_path(), self.columns, batch_rows)?;
        while let Some(batch) = stream.try_next().await.map_err(query)? {
            writer.write(&batch)?;
        }
        writer.finish()
    }

    /// The first rows, excluded ones among them, in the order of their keys.
    pub(crate) async fn first(self, session: &Session, limit: usize) -> Result<(RecordBatch, Vec<Column>)> {
        let plan = LogicalPlanBuilder::from(self.plan).limit(0, Some(limit));
        let plan = plan.and_then(LogicalPlanBuilder::build).map_err(query)?;
        let schema = Arc::new(plan.schema().as_arrow().clone());
        let batches = session.collect(plan).await?;
        let schema = batches.first().map_or(schema, RecordBatch::schema);
        let batch = concat_batches(&schema, &batches).map_err(|error| query(error.into()))?;
        Ok((batch, self.columns))
    }
}

/// Plans who is eligible among `rows`, the rows that arrive.
///
/// # Errors
/// [`Error::Settings`] where the dimension lacks a field that the channel needs, and what planning says.
pub fn plan(
    job: &Job,
    rows: Frame<'_>,
    catalog: &Catalog,
    templates: &Templates,
    registers: Registers,
) -> Result<Eligibility> {
    let added = rows.added().to_vec();
    let scope = Scope { table: &job.table.name, added: &added };
    let field = |path: &str| bind::field(path, scope, catalog, "").map_err(|problem| Error::Settings(problem.message));
    let (identity, address) = (field(&job.dimension.identity)?, field(job.address_path()?)?);
    let is_marketing = job.channel.category == Category::Marketing;
    let kind = job.channel.kind.as_str();
    let consent = job.dimension.consent.get(kind).filter(|_| is_marketing).map(|path| field(path)).transpose()?;
    let zone = job.dimension.time_zone.as_deref().map(&field).transpose()?;
    let mut used: Vec<Field> = templates.fields.iter().map(|path| field(path)).collect::<Result<_>>()?;
    if let Ok(segment) = field("segment_code")
        && !templates.fields.contains("segment_code")
    {
        used.push(segment);
    }
    let wanted = [Some(&identity), Some(&address), consent.as_ref(), zone.as_ref()];
    let frame = rows.with_fields(wanted.into_iter().flatten().chain(&used))?;

    let text = |expr: Expr| cast(expr, DataType::Utf8);
    let address_text = text(frame.column(&address));
    let identity_text = text(frame.column(&identity));
    let frame = frame.with_columns(vec![
        (MAILBOX.call(vec![address_text.clone()]), "__mailbox".to_owned()),
        (identity_text, "__identity".to_owned()),
        (address_text, "__address_given".to_owned()),
    ])?;
    let folded = lower(named("__mailbox"));
    let frame = frame.with_columns(vec![
        (folded.clone(), "__folded".to_owned()),
        (split_part(folded, lit("@"), lit(-1i64)), "__domain".to_owned()),
    ])?;

    let lists = [
        ("__identity", registers.people, "__out_person"),
        ("__folded", registers.addresses, "__out_address"),
        ("__folded", registers.suppressed, "__sup_address"),
        ("__domain", registers.domains, "__sup_domain"),
    ];
    let keys: Vec<String> = frame.keys().to_vec();
    let mut plan = frame.clone().into_plan();
    for (column, values, mark) in lists {
        plan = mark_listed(plan, column, values, mark)?;
    }
    let malformed = named("__mailbox").is_null();
    let blank = named("__address_given").is_null().or(BLANK.call(vec![named("__address_given")]));
    let mut reason = when(blank, lit(REASONS[0]));
    let mut reason = reason.when(malformed, lit(REASONS[1]));
    if let Some(consent) = &consent {
        reason = reason.when(frame.column(consent).is_not_true(), lit(REASONS[2]));
    }
    if is_marketing {
        reason = reason.when(named("__out_person").or(named("__out_address")), lit(REASONS[3]));
    }
    let reason = reason.when(named("__sup_address").or(named("__sup_domain")), lit(REASONS[4]));
    let reason = reason.clone().end().map_err(query)?;
    let mut reason = cast(reason, DataType::Utf8);
    let mut builder = LogicalPlanBuilder::from(plan);
    if job.deduplicate_addresses {
        builder = deduplicate(builder, reason, &keys).map_err(query)?;
        reason = named("__reason");
    }
    let (mut columns, mut exprs) = (Vec::new(), Vec::new());
    let mut add = |expr: Expr, column: Column| {
        exprs.push(expr.alias(column.name()));
        columns.push(column);
    };
    add(key_text(&keys), Column::Key);
    add(named("__identity"), Column::Identity);
    // An excluded row shows the address as it was given.
    let shown =
        when(named("__mailbox").is_null(), named("__address_given")).otherwise(named("__mailbox")).map_err(query)?;
    add(cast(shown, DataType::Utf8), Column::Address);
    add(reason, Column::Reason);
    for key in &keys {
        add(named(key), Column::KeyPart(key.clone()));
    }
    let mut seen = BTreeSet::new();
    for field in &used {
        if seen.insert(field.path()) {
            let column = match &*field.column.list {
                [] => Column::Field(field.path()),
                list => Column::List(field.path(), list.to_vec()),
            };
            add(frame.column(field), column);
        }
    }
    if let Some(zone) = &zone {
        add(frame.column(zone), Column::Zone);
    }
    let sorts = keys.iter().map(|key| named(&Column::KeyPart(key.clone()).name()).sort(true, false));
    let plan =
        builder.project(exprs).and_then(|plan| plan.sort(sorts)).and_then(LogicalPlanBuilder::build).map_err(query)?;
    Ok(Eligibility { plan, columns })
}

/// Among the rows without a reason, all but the lowest key of each address get one.
fn deduplicate(
    builder: LogicalPlanBuilder,
    reason: Expr,
    keys: &[String],
) -> Result<LogicalPlanBuilder, DataFusionError> {
    use tutti_query::datafusion::functions_window::expr_fn::row_number;
    use tutti_query::datafusion::logical_expr::ExprFunctionExt;
    let columns: Vec<Expr> = builder.schema().columns().into_iter().map(Expr::Column).collect();
    let before: Vec<Expr> = columns.clone();
    let builder = builder.project(columns.into_iter().chain([reason.alias("__first_reason")]))?;
    let number = row_number()
        .partition_by(vec![named("__folded"), named("__first_reason").is_null()])
        .order_by(keys.iter().map(|key| named(key).sort(true, false)).collect())
        .build()?
        .alias("__number");
    let builder = builder.window(vec![number])?;
    let repeated = named("__first_reason").is_null().and(cast(named("__number"), DataType::Int64).gt(lit(1i64)));
    let reason = when(repeated, lit(REASONS[5])).otherwise(named("__first_reason"))?;
    builder.project(before.into_iter().chain([cast(reason, DataType::Utf8).alias("__reason")]))
}

/// The key as text: its parts joined by commas, a comma or a backslash inside a part with a backslash before it.
pub fn key_text(keys: &[String]) -> Expr {
    let part = |key: &String| cast(named(key), DataType::Utf8);
    match keys {
        [key] => part(key),
        keys => {
            let escaped =
                keys.iter().map(|key| replace(replace(part(key), lit("\\"), lit("\\\\")), lit(","), lit("\\,")));
            cast(concat_ws(lit(","), escaped.collect()), DataType::Utf8)
        }
    }
}

/// Adds a boolean column: whether the text in `column` is one of `values`.
fn mark_listed(plan: LogicalPlan, column: &str, values: Vec<String>, mark: &str) -> Result<LogicalPlan> {
    let mut columns: Vec<Expr> = plan.schema().columns().into_iter().map(Expr::Column).collect();
    if values.is_empty() {
        columns.push(lit(false).alias(mark));
        return LogicalPlanBuilder::from(plan).project(columns).and_then(LogicalPlanBuilder::build).map_err(query);
    }
    let list = format!("{mark}_list");
    let schema = Arc::new(Schema::new(vec![ArrowField::new(&list, DataType::Utf8, true)]));
    let values: BTreeSet<String> = values.into_iter().collect();
    let array: ArrayRef = Arc::new(StringArray::from_iter_values(values));
    let batch = RecordBatch::try_new(Arc::clone(&schema), vec![array]).map_err(|error| query(error.into()))?;
    let table = MemTable::try_new(schema, vec![vec![batch]]).map_err(query)?;
    let right = LogicalPlanBuilder::scan(list.as_str(), provider_as_source(Arc::new(table)), None)
        .and_then(|scan| scan.project(vec![Expr::Column(PlanColumn::new(Some(list.as_str()), &list)).alias(&list)]))
        .and_then(LogicalPlanBuilder::build)
        .map_err(query)?;
    columns.push(named(&list).is_not_null().alias(mark));
    LogicalPlanBuilder::from(plan)
        .join_on(right, JoinType::Left, [cast(named(column), DataType::Utf8).eq(named(&list))])
        .and_then(|joined| joined.project(columns))
        .and_then(LogicalPlanBuilder::build)
        .map_err(query)
}

fn named(name: &str) -> Expr {
    Expr::Column(PlanColumn::new_unqualified(name))
}

fn query(error: DataFusionError) -> Error {
    Error::Query(error.into())
}

/// Who must not be written to on a channel.
#[derive(Clone, Debug, Default)]
pub struct Registers {
    /// Identities of the job's dimension.
    people: Vec<String>,
    addresses: Vec<String>,
    suppressed: Vec<String>,
    domains: Vec<String>,
}

impl Registers {
    /// Reads what concerns the job: the opt-outs only where it is marketing.
    #[boxed]
    pub async fn read(store: &Store, job: &Job) -> Result<Self> {
        let is_marketing = job.channel.category == Category::Marketing;
        let channel = job.channel.kind.as_str();
        let mut all = Self::default();
        let mut after = 0;
        loop {
            if !is_marketing {
                break;
            }
            let page =
                store.consents().opt_outs(channel, after, PAGE).await.map_err(Error::store("read the opt-outs"))?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            for line in page {
                match (line.opt_out.person, line.opt_out.address) {
                    (Some((dimension, identity)), _) if dimension == job.dimension.name => all.people.push(identity),
                    (_, Some(address)) => all.addresses.push(address),
                    _ => {}
                }
            }
        }
        let mut after: Option<(String, String)> = None;
        loop {
            let from = after.as_ref().map(|(kind, value)| (kind.as_str(), value.as_str()));
            let page =
                store.suppressions().list(channel, from, PAGE).await.map_err(Error::store("read the suppressions"))?;
            let Some(last) = page.last() else { break };
            after = Some((last.kind.clone(), last.value.clone()));
            for one in page {
                if one.kind == "domain" { all.domains.push(one.value) } else { all.suppressed.push(one.value) }
            }
        }
        Ok(all)
    }
}

/// Every function that the plan uses and DataFusion does not have, for the registry of a session.
pub fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![Arc::clone(&MAILBOX), Arc::clone(&BLANK)]
}

static MAILBOX: std::sync::LazyLock<Arc<ScalarUDF>> =
    std::sync::LazyLock::new(|| Arc::new(ScalarUDF::from(AddressFunction::new(false))));
static BLANK: std::sync::LazyLock<Arc<ScalarUDF>> =
    std::sync::LazyLock::new(|| Arc::new(ScalarUDF::from(AddressFunction::new(true))));

/// `tutti_mailbox(text)`: the address without blanks around it, NULL where it is malformed.
/// `tutti_is_blank(text)`: whether there is nothing but blanks.
#[derive(Debug, PartialEq, Eq, Hash)]
struct AddressFunction {
    signature: Signature,
    is_blank: bool,
}

impl AddressFunction {
    fn new(is_blank: bool) -> Self {
        Self { signature: Signature::string(1, Volatility::Immutable), is_blank }
    }

    fn apply<'a>(&self, texts: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
        if self.is_blank {
            let blank = |text: &str| address::check(text) == Err(address::Fault::Missing);
            Arc::new(texts.map(|text| text.map(blank)).collect::<arrow::array::BooleanArray>())
        } else {
            Arc::new(texts.map(|text| text.and_then(|text| address::check(text).ok())).collect::<StringArray>())
        }
    }
}

impl ScalarUDFImpl for AddressFunction {
    fn name(&self) -> &str {
        if self.is_blank { "tutti_is_blank" } else { "tutti_mailbox" }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(if self.is_blank { DataType::Boolean } else { DataType::Utf8 })
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue, DataFusionError> {
        let is_scalar = matches!(arguments.args[0], ColumnarValue::Scalar(_));
        let array = arguments.args[0].to_array(if is_scalar { 1 } else { arguments.number_rows })?;
        let result = match array.data_type() {
            DataType::Utf8View => self.apply(AsArray::as_string_view(&array).iter()),
            DataType::LargeUtf8 => self.apply(array.as_string::<i64>().iter()),
            _ => {
                let texts = arrow::compute::cast(&array, &DataType::Utf8View)?;
                let views: &StringViewArray = texts.as_string_view();
                self.apply(views.iter())
            }
        };
        Ok(if is_scalar {
            ColumnarValue::Scalar(ScalarValue::try_from_array(&result, 0)?)
        } else {
            ColumnarValue::Array(result)
        })
    }
}
