//! What every kind of activity answers: how it looks on the palette, what it reads, what leaves by which port, and
//! the step that it takes in a run.

use indexmap::IndexMap;
use schemars::Schema;
use serde::Serialize;
use serde_json::{Map, Value};
use tutti_model::builtin::FILE_DIMENSION;
use tutti_model::campaign::{ActivityNode, Campaign, Canvas, ERROR, OUT};
use tutti_model::catalog::Catalog;
use tutti_model::date_math::Moment;
use tutti_model::problem::{Problem, join_pointer};
use tutti_model::strict;
use tutti_model::table::{Column, ColumnType, Table};

use crate::earlier::Earlier;
use crate::explain::Explanation;
use crate::lineage::Side;
use crate::step::{Error, Finding, MarkMove, Step, StepContext};
use crate::told::Told;
use tutti_query::datafusion::logical_expr::LogicalPlan;

/// The settings of an activity, as the document has them: everything but `id`, `type` and what every activity has.
pub type Settings = Map<String, Value>;

/// A kind of activity. Every method is pure; `settings` may be wrong in any way, except for [`Activity::step`], which
/// is only called after [`Activity::check`] found no error.
pub trait Activity: Send + Sync {
    /// The word after `type:`.
    fn kind(&self) -> &'static str;

    /// Its name on the palette.
    fn label(&self) -> &'static str;

    fn category(&self) -> Category;

    /// One sentence for the palette.
    fn summary(&self) -> &'static str;

    /// JSON Schema of the settings; descriptions are help texts.
    fn settings_schema(&self) -> Schema;

    /// Settings that are complete and typical.
    fn example(&self) -> Settings;

    /// How many transitions may arrive.
    fn inputs(&self) -> Inputs;

    /// The ports by which rows can leave. `outbound` are the ports that the activity's transitions name; only kinds
    /// whose ports are free (fork) look at them.
    fn ports(&self, settings: &Settings, outbound: &[&str]) -> Vec<PortSpec>;

    /// Whether the branch at `port` ends when no row leaves by it.
    fn stops_when_empty(&self, _settings: &Settings, _port: &str) -> bool {
        false
    }

    /// Whether nothing may leave by `port` in some runs, so that what it leads to is not reached.
    fn may_stay_closed(&self, settings: &Settings, port: &str) -> bool {
        self.stops_when_empty(settings, port)
    }

    /// What else than populations comes of it, by name, for later activities to ask about.
    fn results(&self, _settings: &Settings) -> Vec<(&'static str, ColumnType)> {
        Vec::new()
    }

    /// Adds everything wrong with the settings, given what arrives, and answers what leaves by each port. A port that
    /// is missing in the answer has an unknown shape, because of an error here or before.
    fn check(&self, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Shapes;

    /// Whether rows of a file, which belong to no dimension yet, may arrive.
    fn takes_files(&self) -> bool {
        true
    }

    /// Whether the rules of its settings are about the rows that arrive; else they are about all rows of a dimension.
    fn filters_arrivals(&self, _settings: &Settings) -> bool {
        self.inputs().min > 0
    }

    /// The dimension of what leaves by `port` in a run; `arrived` is that of the first population that arrives. Says
    /// the same as the shapes of [`Activity::check`].
    fn output_dimension(&self, settings: &Settings, _port: &str, arrived: Option<&str>, _catalog: &Catalog) -> String {
        let own = settings.get("dimension").and_then(Value::as_str);
        own.or(arrived).unwrap_or(FILE_DIMENSION).to_owned()
    }

    /// The position of the population whose rows go on, among those that arrive (their activities and ports); others
    /// only say something about them.
    fn main_input(&self, _settings: &Settings, _arrivals: &[(&str, &str)]) -> usize {
        0
    }

    /// What a run counts beside doing the step, to tell of it or to refuse.
    fn findings(&self, _settings: &Settings, _context: &StepContext<'_>) -> Result<Vec<Finding>, Error> {
        Ok(Vec::new())
    }

    /// Whether it does something by itself, so that nothing has to follow it.
    fn may_end(&self) -> bool {
        self.category() != Category::Targeting
    }

    /// Whether a live run does something by it that others can see and that cannot be done again, besides messages.
    fn works_outside(&self, _settings: &Settings) -> bool {
        false
    }

    /// Whether it keeps a mark: how far runs have come.
    fn keeps_mark(&self) -> bool {
        false
    }

    /// How a live run moves the activity's mark, where it keeps one.
    fn mark(&self, _settings: &Settings, _context: &StepContext<'_>) -> Result<Option<MarkMove>, Error> {
        Ok(None)
    }

    /// What it did with what arrived, in the marketer's words, for the log; effects, messages and controls add their own.
    fn tell(&self, _settings: &Settings, told: &Told<'_>) -> String {
        told.passed_on()
    }

    /// Whether rows leave by other keys than they arrive by.
    fn changes_keys(&self) -> bool {
        false
    }

    /// How keys change, for kinds whose rows are other rows than those that arrive: the pairs for one row of the
    /// population whose rows go on, with the columns [`from_name`](crate::lineage::from_name) and
    /// [`to_name`](crate::lineage::to_name). `None` where rows keep their keys.
    fn lineage(
        &self,
        _settings: &Settings,
        _context: &StepContext<'_>,
        _row: Side<'_>,
    ) -> Result<Option<LogicalPlan>, Error> {
        Ok(None)
    }

    /// Why the row with `key` (its parts as texts) went where it went.
    fn explain(
        &self,
        _settings: &Settings,
        _context: &StepContext<'_>,
        _key: &[String],
    ) -> Result<Vec<Explanation>, Error> {
        Ok(Vec::new())
    }

    /// What a run has to do.
    fn step(&self, settings: &Settings, context: &StepContext<'_>) -> Result<Step, Error>;
}

/// Where the palette shows a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    Targeting,
    Data,
    FlowControl,
    Channel,
}

/// How many transitions may arrive at an activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Inputs {
    pub min: usize,
    /// `None`: any number.
    pub max: Option<usize>,
}

impl Inputs {
    /// Makes a population of its own; one transition may arrive, and only starts it.
    pub const TRIGGER: Self = Self { min: 0, max: Some(1) };
    pub const ONE: Self = Self { min: 1, max: Some(1) };
}

/// A port, as the canvas draws it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PortSpec {
    pub name: String,
    pub label: String,
}

impl PortSpec {
    pub fn new(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self { name: name.into(), label: label.into() }
    }

    /// The port that is meant when none is named.
    pub fn out() -> Self {
        Self::new(OUT, "Out")
    }

    /// The port of the rows that were not kept.
    pub fn complement() -> Self {
        Self::new(COMPLEMENT, "Complement")
    }
}

/// The port of the rows that an activity did not keep, where its settings ask for them.
pub const COMPLEMENT: &str = "complement";

/// What a population is, as far as it is known before a run: its dimension, whose key columns every row has, and the
/// columns that activities added. Rows that come from a file have the dimension without a name, [`FILE_DIMENSION`]:
/// their key is the line, their fields are all added columns, and every kind but those that need somebody takes them.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    pub dimension: String,
    pub added: Vec<Column>,
}

impl Shape {
    /// Rows of a file with these columns.
    pub fn of_file(added: Vec<Column>) -> Self {
        Self { dimension: FILE_DIMENSION.to_owned(), added }
    }

    /// Whether the rows come from a file and belong to no dimension yet.
    pub fn is_file(&self) -> bool {
        self.dimension == FILE_DIMENSION
    }
}

/// The shape of what leaves by each port.
pub type Shapes = IndexMap<String, Shape>;

/// What arrives over one transition. `shape` is `None` where an error before hides it.
#[derive(Clone, Debug)]
pub struct Arrival<'a> {
    pub from: &'a str,
    pub port: &'a str,
    pub shape: Option<&'a Shape>,
}

/// What a check may look at.
pub struct CheckContext<'a> {
    pub node: &'a ActivityNode,
    pub campaign: &'a Campaign,
    pub catalog: &'a Catalog,
    pub moment: &'a Moment,
    /// In the order of the transitions on the canvas.
    pub arrivals: Vec<Arrival<'a>>,
    /// What comes before each activity.
    pub earlier: &'a Earlier<'a>,
}

impl<'a> CheckContext<'a> {
    /// Reads the settings as `T`; every error is added with its pointer.
    pub fn read<T: serde::de::DeserializeOwned>(&self, problems: &mut Vec<Problem>) -> Option<T> {
        strict::read(&Value::Object(self.node.settings.clone()), &self.node.pointer, problems)
    }

    /// The pointer of a setting.
    pub fn at(&self, setting: &str) -> String {
        join_pointer(&self.node.pointer, setting)
    }

    /// The shape of the only population that arrives.
    pub fn inbound(&self) -> Option<&'a Shape> {
        self.arrivals.first().and_then(|arrival| arrival.shape)
    }

    /// The table of a dimension; nothing is reported when there is none.
    pub fn table_of(&self, dimension: &str) -> Option<&'a Table> {
        self.catalog.dimension_table(dimension).map(|(_, table)| table.as_ref())
    }

    /// The ports that the activity's own transitions name, without that of errors.
    pub fn outbound(&self) -> Vec<&'a str> {
        let ports = outbound_ports(&self.campaign.canvas, &self.node.id).into_iter();
        ports.filter(|port| *port != ERROR).collect()
    }
}

/// The ports that the transitions from `id` name, each once, in the order of the canvas.
pub fn outbound_ports<'a>(canvas: &'a Canvas, id: &str) -> Vec<&'a str> {
    let mut ports: Vec<&str> = Vec::new();
    for transition in canvas.transitions.iter().filter(|transition| transition.from == id) {
        if !ports.contains(&transition.port.as_str()) {
            ports.push(&transition.port);
        }
    }
    ports
}

/// The names of an activity's ports: those of its kind, and `error` where its settings ask for it.
pub fn port_names(canvas: &Canvas, node: &ActivityNode) -> Vec<String> {
    port_names_of(node, &outbound_ports(canvas, &node.id))
}

/// Like [`port_names`], with the ports that transitions name.
pub(crate) fn port_names_of(node: &ActivityNode, outbound: &[&str]) -> Vec<String> {
    let kind = crate::registry::find(&node.kind);
    let outbound: Vec<&str> = outbound.iter().copied().filter(|port| *port != ERROR).collect();
    let ports = kind.map(|kind| kind.ports(&node.settings, &outbound)).unwrap_or_default();
    let mut names: Vec<String> = ports.into_iter().map(|port| port.name).collect();
    if node.common.has_error_port() {
        names.push(ERROR.to_owned());
    }
    names
}

/// The ports of a kind whose only choice is whether its complement leaves too.
pub(crate) fn out_and_complement(settings: &Settings) -> Vec<PortSpec> {
    let mut ports = vec![PortSpec::out()];
    if settings.get(COMPLEMENT).and_then(Value::as_bool) == Some(true) {
        ports.push(PortSpec::complement());
    }
    ports
}

/// The fields of an example.
pub(crate) fn object(value: Value) -> Settings {
    match value {
        Value::Object(fields) => fields,
        _ => Settings::new(),
    }
}
