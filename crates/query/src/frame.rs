//! Frames: plans whose columns are named by field paths, and the joins that bring a field in.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use datafusion::arrow::datatypes::DataType;
use datafusion::catalog::TableProvider;
use datafusion::common::{Column as PlanColumn, TableReference};
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::{Expr, JoinType, LogicalPlan, LogicalPlanBuilder, cast};
use tutti_model::bind::{Computed, Field, Predicate};
use tutti_model::catalog::{Catalog, Hop};
use tutti_model::table::{Column, ColumnType, DECIMAL_PRECISION_MAX, Table};

use crate::error::{Error, Result};
use crate::expression::translated;
use crate::keep;
use crate::related::population_source;
use crate::types::arrow_type;

/// Snapshots of tables, by name, each at a fixed version.
pub type Providers = HashMap<String, Arc<dyn TableProvider>>;

/// Makes plans over the tables of a catalog.
pub struct Planner<'a> {
    pub catalog: &'a Catalog,
    pub tables: &'a Providers,
    names: AtomicUsize,
    /// Whether plans are made to be read as SQL rather than to be run.
    pub(crate) to_read: bool,
    /// The population whose rows questions are about, and the columns that it carries; else they are about all rows.
    about: Option<(String, Vec<Column>)>,
}

impl<'a> Planner<'a> {
    pub fn new(catalog: &'a Catalog, tables: &'a Providers) -> Self {
        Self { catalog, tables, names: AtomicUsize::new(0), to_read: false, about: None }
    }

    /// The same for questions about the rows of a population (`activity.port`), which `tables` have under
    /// [`population_source`], in place of all rows of its table. `added` are the columns that it carries.
    #[must_use]
    pub fn about(self, population: &str, added: &[Column]) -> Self {
        Self { about: Some((population.to_owned(), added.to_vec())), ..self }
    }

    /// A planner of plans that mean the same and read well as SQL: `IN` and `EXISTS` where those that run have joins
    /// without a word in SQL.
    pub fn to_read(catalog: &'a Catalog, tables: &'a Providers) -> Self {
        Self { to_read: true, ..Self::new(catalog, tables) }
    }

    /// The same planner, for plans to read.
    pub(crate) fn reading(&self) -> Self {
        Self { about: self.about.clone(), ..Self::to_read(self.catalog, self.tables) }
    }

    /// The rows of `table` that a question is about.
    pub(crate) fn asked(&self, table: &str) -> Result<Frame<'_>> {
        match &self.about {
            Some((population, added)) => self.population(table, self.scan_population(population)?, added),
            None => self.rows(table),
        }
    }

    /// All rows of a table.
    pub fn rows(&self, table: &str) -> Result<Frame<'_>> {
        let definition = self.definition(table)?;
        let plan = self.scan(table, "")?;
        Ok(Frame {
            planner: self,
            keys: definition.primary_key.clone(),
            table: definition,
            plan,
            present: BTreeSet::from([String::new()]),
            added: Vec::new(),
            few: None,
            marks: Vec::new(),
        })
    }

    /// The rows of a population: the key columns of `table`, then `added`. Fields of the table are joined on demand.
    pub fn population(&self, table: &str, rows: LogicalPlan, added: &[Column]) -> Result<Frame<'_>> {
        let definition = self.definition(table)?;
        Ok(Frame {
            planner: self,
            keys: definition.primary_key.clone(),
            table: definition,
            few: Some(rows.clone()),
            plan: rows,
            present: BTreeSet::new(),
            added: added.to_vec(),
            marks: Vec::new(),
        })
    }

    /// Reads a population or a table that is not in the catalog, columns unqualified.
    pub fn scan_provider(&self, provider: &Arc<dyn TableProvider>) -> Result<LogicalPlan> {
        let name = self.fresh("scan");
        let builder = LogicalPlanBuilder::scan(name.as_str(), provider_as_source(Arc::clone(provider)), None)?;
        let columns: Vec<Expr> = provider
            .schema()
            .fields()
            .iter()
            .map(|field| Expr::Column(PlanColumn::new(Some(name.as_str()), field.name())).alias(field.name()))
            .collect();
        Ok(builder.project(columns)?.build()?)
    }

    /// Reads a population of the run, which the tables have under a name of its own, columns unqualified.
    pub(crate) fn scan_population(&self, population: &str) -> Result<LogicalPlan> {
        let source = population_source(population);
        let provider = self.tables.get(&source).ok_or_else(|| Error::TableNotOpened(source.clone()))?;
        let name = self.fresh("population");
        let scan = provider_as_source(Arc::clone(provider));
        let builder = LogicalPlanBuilder::scan(TableReference::bare(source.as_str()), scan, None)?
            .alias(TableReference::bare(name.as_str()))?;
        let columns: Vec<Expr> = provider
            .schema()
            .fields()
            .iter()
            .map(|field| {
                Expr::Column(PlanColumn::new(Some(TableReference::bare(name.as_str())), field.name()))
                    .alias(field.name())
            })
            .collect();
        Ok(builder.project(columns)?.build()?)
    }

    pub(crate) fn definition(&self, table: &str) -> Result<Arc<Table>> {
        self.catalog.table(table).cloned().ok_or_else(|| Error::TableNotOpened(table.to_owned()))
    }

    /// A table's columns, each named with `prefix` before it.
    fn scan(&self, table: &str, prefix: &str) -> Result<LogicalPlan> {
        let provider = self.tables.get(table).ok_or_else(|| Error::TableNotOpened(table.to_owned()))?;
        let name = self.fresh(table);
        let builder =
            LogicalPlanBuilder::scan(TableReference::bare(table), provider_as_source(Arc::clone(provider)), None)?
                .alias(TableReference::bare(name.as_str()))?;
        let definition = self.definition(table)?;
        let columns: Vec<Expr> = definition
            .columns
            .iter()
            .map(|column| {
                Expr::Column(PlanColumn::new(Some(TableReference::bare(name.as_str())), &column.name))
                    .alias(format!("{prefix}{}", column.name))
            })
            .collect();
        Ok(builder.project(columns)?.build()?)
    }

    /// A name that no other part of the plan has.
    pub(crate) fn fresh(&self, what: &str) -> String {
        format!("__{what}_{}", self.names.fetch_add(1, Ordering::Relaxed))
    }
}

/// A plan over the rows of a table or of a population.
#[derive(Clone)]
pub struct Frame<'a> {
    pub(crate) planner: &'a Planner<'a>,
    pub(crate) table: Arc<Table>,
    pub(crate) plan: LogicalPlan,
    keys: Vec<String>,
    /// The link paths whose columns the plan has; the empty path is the table itself.
    present: BTreeSet<String>,
    added: Vec<Column>,
    /// Rows among which all of these are, fewer than the table's and found without rules over linked rows: it pays to
    /// narrow linked rows to theirs first. Rules do not stand in each other's plans in this way, which would double them
    /// with each.
    pub(crate) few: Option<LogicalPlan>,
    /// Rules over linked rows that columns of the plan say for each row: each is computed once, however often filters
    /// inside filters ask for it.
    pub(crate) marks: Vec<(Predicate, Expr)>,
}

impl<'a> Frame<'a> {
    pub fn plan(&self) -> &LogicalPlan {
        &self.plan
    }

    pub fn into_plan(self) -> LogicalPlan {
        self.plan
    }

    /// The names of the key columns.
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    /// The columns that a population carries besides its key.
    pub fn added(&self) -> &[Column] {
        &self.added
    }

    pub fn table(&self) -> &Arc<Table> {
        &self.table
    }

    /// The column of a field; [`Frame::with_fields`] must have brought it in.
    pub fn column(&self, field: &Field) -> Expr {
        column(&field.path())
    }

    /// Brings fields in, by joining the tables that they lie in. Rows stay the same: links to one row are left joins,
    /// and where several rows could be linked, the one with the lowest key is.
    pub fn with_fields<'f>(mut self, fields: impl IntoIterator<Item = &'f Field>) -> Result<Self> {
        for field in fields {
            if let Some(computed) = &field.computed {
                let name = field.path();
                if !self.has_column(&name) {
                    self = self.with_computed(computed, name)?;
                }
                continue;
            }
            if let Some(aggregate) = &field.aggregate {
                let name = field.path();
                if !self.has_column(&name) {
                    self = crate::related::with_value(self, None, aggregate, &name)?;
                }
                continue;
            }
            if field.added || (field.hops.is_empty() && self.keys.contains(&field.column.name)) {
                continue;
            }
            self.join_own_table()?;
            let mut path = String::new();
            for hop in &field.hops {
                let outer = path.clone();
                path.push_str(&hop.link);
                path.push('.');
                if !self.present.contains(&path) {
                    self.join_link(hop, &outer, &path)?;
                }
            }
        }
        Ok(self)
    }

    fn has_column(&self, name: &str) -> bool {
        self.plan.schema().fields().iter().any(|field| field.name() == name)
    }

    /// Adds the value of an expression.
    fn with_computed(self, computed: &Computed, name: String) -> Result<Self> {
        let keys: Vec<Expr> = self.keys.iter().map(|key| column(key)).collect();
        let typed_keys: Vec<_> = self.keys.iter().map(|key| (key.clone(), self.type_of(key))).collect();
        let translated = translated(computed, &typed_keys)?;
        if translated.windows.is_empty() {
            let frame = self.with_fields(&computed.inputs)?;
            // An expression that is nothing but the path of a field is that field.
            return if frame.has_column(&name) { Ok(frame) } else { frame.with_columns(vec![(translated.expr, name)]) };
        }
        // Windows are over all rows of the table, whatever was filtered before: they are computed apart.
        let planner = self.planner;
        let all = planner.rows(&self.table.name)?.with_fields(&computed.inputs)?;
        let windows: Vec<Expr> = translated.windows.into_iter().map(|(name, window)| window.alias(name)).collect();
        let prefix = planner.fresh("window");
        let own: Vec<String> = self.keys.iter().map(|key| format!("{prefix}.{key}")).collect();
        let columns = keys.iter().zip(&own).map(|(key, own)| key.clone().alias(own));
        let values = LogicalPlanBuilder::from(all.plan)
            .window(windows)?
            .project(columns.chain([translated.expr.alias(&name)]))?
            .build()?;
        let before: Vec<Expr> = self.plan.schema().columns().into_iter().map(Expr::Column).collect();
        let on = keys.into_iter().zip(own.iter().map(|own| column(own))).collect();
        self.map(|plan| {
            let joined = join(plan, values, JoinType::Left, on)?;
            let columns = before.into_iter().chain([column(&name)]);
            Ok(LogicalPlanBuilder::from(joined).project(columns)?.build()?)
        })
    }

    /// Keeps the rows that match.
    pub fn filter(self, predicate: &Predicate) -> Result<Self> {
        crate::predicate::filter(self, predicate)
    }

    /// Adds a boolean column, never NULL: whether the row matches.
    pub fn mark(self, predicate: &Predicate, name: &str) -> Result<Self> {
        crate::predicate::mark(self, predicate, name)
    }

    /// Adds a boolean column, never NULL: whether the row is among the first `keep` of its group. Rows of a group
    /// have equal `by`; a row with a NULL in `by` is a group of its own. `order` gives columns and whether each is
    /// descending, NULLs last; ties go by the key.
    pub fn mark_first(self, by: Vec<Expr>, order: Vec<(Expr, bool)>, keep: u64, name: &str) -> Result<Self> {
        keep::mark_first(self, by, order, keep, name)
    }

    /// Keeps the rows for which `condition` is true.
    pub fn filter_by(self, condition: Expr) -> Result<Self> {
        self.map(|plan| Ok(LogicalPlanBuilder::from(plan).filter(condition)?.build()?))
    }

    /// Joins another plan on pairs of values, here and there. NULLs join with nothing.
    pub fn joined(self, other: LogicalPlan, join_type: JoinType, on: Vec<(Expr, Expr)>) -> Result<Self> {
        self.map(|plan| join(plan, other, join_type, on))
    }

    /// Adds columns.
    pub fn with_columns(self, columns: Vec<(Expr, String)>) -> Result<Self> {
        self.map(|plan| {
            let mut all: Vec<Expr> = plan.schema().columns().into_iter().map(Expr::Column).collect();
            all.extend(columns.into_iter().map(|(expr, name)| expr.alias(name)));
            Ok(LogicalPlanBuilder::from(plan).project(all)?.build()?)
        })
    }

    /// Adds columns that the rows carry from now on, as those of a population.
    pub fn with_added(self, columns: Vec<(Expr, Column)>) -> Result<Self> {
        let (exprs, added): (Vec<(Expr, String)>, Vec<Column>) =
            columns.into_iter().map(|(expr, column)| ((expr, column.name.clone()), column)).unzip();
        let mut frame = self.with_columns(exprs)?;
        frame.added.extend(added);
        Ok(frame)
    }

    pub(crate) fn add_carried(&mut self, columns: Vec<Column>) {
        self.added.extend(columns);
        self.few = Some(self.plan.clone());
    }

    /// Other columns than those of the rows themselves have been dropped: what was joined is joined again when it is
    /// asked for.
    pub(crate) fn forget_joined(mut self) -> Self {
        self.present.retain(String::is_empty);
        self.marks.clear();
        self
    }

    /// The type of a column of the row itself, carried or the table's.
    pub(crate) fn type_of(&self, name: &str) -> ColumnType {
        let carried = self.added.iter().find(|column| column.name == name);
        carried.map_or_else(|| column_type_of(&self.table, name), |column| column.column_type)
    }

    /// Only these expressions, in this order, as a plan.
    pub fn project(self, exprs: Vec<Expr>) -> Result<LogicalPlan> {
        Ok(LogicalPlanBuilder::from(self.plan).project(exprs)?.build()?)
    }

    /// Only these columns, in this order, as a plan.
    pub fn select<S: AsRef<str>>(self, names: impl IntoIterator<Item = S>) -> Result<LogicalPlan> {
        let columns: Vec<Expr> = names.into_iter().map(|name| column(name.as_ref())).collect();
        Ok(LogicalPlanBuilder::from(self.plan).project(columns)?.build()?)
    }

    /// What a population carries: the key columns and the added ones, as a plan.
    pub fn select_population(self) -> Result<LogicalPlan> {
        let names: Vec<String> =
            self.keys.iter().cloned().chain(self.added.iter().map(|column| column.name.clone())).collect();
        self.select(names)
    }

    pub(crate) fn map(mut self, change: impl FnOnce(LogicalPlan) -> Result<LogicalPlan>) -> Result<Self> {
        self.plan = change(self.plan)?;
        Ok(self)
    }

    /// A population has only keys of its table: the table's other columns are joined when one is first needed.
    fn join_own_table(&mut self) -> Result<()> {
        if self.present.contains("") {
            return Ok(());
        }
        let prefix = format!("{}.", self.planner.fresh("own"));
        let right = self.planner.scan(&self.table.name, &prefix)?;
        let on = self.keys.iter().map(|key| (column(key), column(&format!("{prefix}{key}")))).collect();
        let joined = join(self.plan.clone(), right, JoinType::Left, on)?;
        // An added column hides the table's column of the same name.
        let hidden: BTreeSet<String> = self.plan.schema().fields().iter().map(|field| field.name().clone()).collect();
        let mut columns: Vec<Expr> = self.plan.schema().columns().into_iter().map(Expr::Column).collect();
        columns.extend(
            self.table
                .columns
                .iter()
                .filter(|own| !hidden.contains(&own.name))
                .map(|own| column(&format!("{prefix}{}", own.name)).alias(&own.name)),
        );
        self.plan = LogicalPlanBuilder::from(joined).project(columns)?.build()?;
        self.present.insert(String::new());
        Ok(())
    }

    fn join_link(&mut self, hop: &Hop, outer: &str, path: &str) -> Result<()> {
        let right = self.planner.scan(&hop.to, path)?;
        let right = if hop.unique { right } else { keep::lowest_key(self.planner, right, hop, path)? };
        let from = self.planner.definition(&hop.from)?;
        let to = self.planner.definition(&hop.to)?;
        let on = hop
            .on
            .iter()
            .map(|(here, there)| {
                let pair = (column(&format!("{outer}{here}")), column(&format!("{path}{there}")));
                let here = if outer.is_empty() { self.type_of(here) } else { column_type_of(&from, here) };
                comparable(pair, here, column_type_of(&to, there))
            })
            .collect();
        self.plan = join(self.plan.clone(), right, JoinType::Left, on)?;
        self.present.insert(path.to_owned());
        Ok(())
    }
}

/// A column by its name, which may have dots in it.
pub(crate) fn column(name: &str) -> Expr {
    Expr::Column(PlanColumn::new_unqualified(name))
}

/// Joins on pairs of expressions. NULLs join with nothing.
pub(crate) fn join(
    left: LogicalPlan,
    right: LogicalPlan,
    join_type: JoinType,
    on: Vec<(Expr, Expr)>,
) -> Result<LogicalPlan> {
    let on: Vec<Expr> = on.into_iter().map(|(left, right)| left.eq(right)).collect();
    Ok(LogicalPlanBuilder::from(left).join_on(right, join_type, on)?.build()?)
}

/// The two sides of a link or of a comparison, brought to one type that holds all values of both exactly, where their
/// columns have different ones.
pub fn comparable(pair: (Expr, Expr), left: ColumnType, right: ColumnType) -> (Expr, Expr) {
    if left == right {
        return pair;
    }
    let common = match (left, right) {
        (ColumnType::Number, _) | (_, ColumnType::Number) => DataType::Float64,
        (ColumnType::Date | ColumnType::Timestamp, _) => arrow_type(ColumnType::Timestamp),
        (left, right) => {
            let digits = |column_type| match column_type {
                ColumnType::Decimal { precision, scale } => (precision - scale, scale),
                _ => (INTEGER_DIGITS, 0),
            };
            let ((whole, scale), (other_whole, other_scale)) = (digits(left), digits(right));
            let (whole, scale) = (whole.max(other_whole), scale.max(other_scale));
            if whole + scale <= DECIMAL_PRECISION_MAX {
                arrow_type(ColumnType::Decimal { precision: DECIMAL_PRECISION_MAX, scale })
            } else {
                DataType::Decimal256(76, scale.cast_signed())
            }
        }
    };
    (cast(pair.0, common.clone()), cast(pair.1, common))
}

/// The most digits of an integer of 64 bits.
const INTEGER_DIGITS: u8 = 19;

pub(crate) fn column_type_of(table: &Table, name: &str) -> ColumnType {
    table.column(name).map_or(ColumnType::String, |column| column.column_type)
}
