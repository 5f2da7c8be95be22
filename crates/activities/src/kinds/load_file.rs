//! Reads a file of people or things, as a population whose rows are its lines.
//!
//! The file lies in the folder for files of the data directory (`tutti file put` brings one there); its name may be
//! computed: `{{ date }}`, `{{ variables.city }}`, `{{ at('now-1d', '%Y%m%d') }}`. Columns are delimited or have
//! widths, in any encoding, packed by gzip, Zstandard or ZIP, or not. Every column says what it is called, its type,
//! and what becomes of values that are empty, that do not fit, or that have to be replaced by others. A line that does
//! not fit leaves by `rejects` with its column and the reason; with more of them than `errors_allowed` the activity
//! fails. The rows belong to no dimension yet: split, deduplication, extract-file and others take them as they are, and
//! reconciliation finds out who they are. Example: `{id: people, type: load-file, path: "incoming/people_{{ date
//! }}.csv", columns: [{name: email, case: lower}, {name: spent, type: "decimal(12,2)", decimal: ","}], errors_allowed:
//! 10}`.

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tutti_model::campaign::OUT;
use tutti_model::file::{FileColumn, FileFormat};
use tutti_model::problem::Problem;
use tutti_model::table::{Column, ColumnType};

use crate::activity::{Activity, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shape, Shapes, object};
use crate::columns::is_column_name;
use crate::effect::Effect;
use crate::file_name;
use crate::step::{Error, Step, StepContext, settings};

/// The port of the lines that did not fit.
pub const REJECTS: &str = "rejects";

/// Which file, how it is laid out, and what becomes of lines that do not fit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The name of the file in the folder for files; may be computed, as in `people_{{ date }}.csv`.
    #[schemars(extend("x-tutti-editor" = "file"))]
    pub path: String,
    /// How the file is laid out.
    #[serde(default)]
    pub format: FileFormat,
    /// The columns of the file. Where its header names them, they are found by name, else they are all there in order.
    pub columns: Vec<FileColumn>,
    /// The name of a column for the number of the line. Without it, no column has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_column: Option<String>,
    /// With more lines than this that do not fit, the activity fails.
    #[serde(default)]
    pub errors_allowed: u64,
    /// A file that is larger than this, unpacked, is not read. Without it, files of any size are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub megabytes_max: Option<u64>,
    /// Removes the file once it has been read; never in a test.
    #[serde(default)]
    pub delete_after: bool,
    /// What happens when the file is not there.
    #[serde(default)]
    pub when_missing: WhenMissing,
}

/// What happens when a file is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WhenMissing {
    /// The activity fails.
    #[default]
    Fail,
    /// The population is empty.
    Empty,
}

impl Settings {
    /// The columns that the rows carry.
    pub fn added(&self) -> Vec<Column> {
        let read = self.columns.iter().filter(|column| !column.ignore);
        let line = self.line_column.iter().map(|name| Column::new(name, ColumnType::Integer));
        read.map(|column| Column::new(&column.name, column.column_type)).chain(line).collect()
    }
}

/// What is known of a line that did not fit, besides its number.
pub fn reject_columns() -> Vec<Column> {
    ["column", "reason", "value", "row"].iter().map(|name| Column::new(name, ColumnType::String)).collect()
}

pub struct LoadFile;

impl Activity for LoadFile {
    fn kind(&self) -> &'static str {
        "load-file"
    }

    fn label(&self) -> &'static str {
        "Load file"
    }

    fn category(&self) -> Category {
        Category::Data
    }

    fn summary(&self) -> &'static str {
        "Reads a file of people or things, as a population whose rows are its lines."
    }

    fn settings_schema(&self) -> Schema {
        schema_for!(Settings)
    }

    fn example(&self) -> Raw {
        object(json!({
            "path": "incoming/people_{{ date }}.csv",
            "format": {"separator": ";", "encoding": "windows-1252"},
            "columns": [
                {"name": "email", "header": "E-mail", "case": "lower", "nulls": "never"},
                {"name": "birth_date", "type": "date", "format": "dd/MM/yyyy", "on_error": "ignore"},
                {"name": "spent", "type": "decimal(12,2)", "thousands": " ", "decimal": ",", "nulls": "allowed"},
            ],
            "errors_allowed": 10,
        }))
    }

    fn inputs(&self) -> Inputs {
        Inputs::TRIGGER
    }

    fn ports(&self, _: &Raw, _: &[&str]) -> Vec<PortSpec> {
        vec![PortSpec::out(), PortSpec::new(REJECTS, "Rejects")]
    }

    fn output_dimension(&self, _: &Raw, _: &str, _: Option<&str>, _: &tutti_model::catalog::Catalog) -> String {
        tutti_model::builtin::FILE_DIMENSION.to_owned()
    }

    fn check(&self, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Shapes {
        let mut shapes = Shapes::new();
        shapes.insert(REJECTS.to_owned(), Shape::of_file(reject_columns()));
        let Some(settings) = context.read::<Settings>(problems) else { return shapes };
        file_name::check(&settings.path, context.moment, &context.at("path"), problems);
        settings.format.check(&settings.columns, &context.at("format"), &context.at("columns"), problems);
        if settings.megabytes_max == Some(0) {
            let message = "a file has more than 0 megabytes";
            problems.push(Problem::error("bad_value", context.at("megabytes_max"), message));
        }
        if let Some(name) = &settings.line_column {
            let taken = settings.columns.iter().any(|column| !column.ignore && column.name == *name);
            if taken || !is_column_name(name) {
                let message = if taken {
                    format!("there is a column `{name}` already")
                } else {
                    format!("`{name}` cannot be a column's name")
                };
                problems.push(Problem::error("bad_name", context.at("line_column"), message));
            }
        }
        if settings.delete_after && !settings.path.contains("{{") {
            let recurs = !matches!(
                context.campaign.schedule.when,
                tutti_model::schedule::When::Asap | tutti_model::schedule::When::Once { .. }
            );
            if recurs && settings.when_missing == WhenMissing::Fail {
                let message =
                    format!("`{}` is removed by the first run, and the next one fails without it", settings.path);
                problems.push(
                    Problem::warning("missing_file", context.at("delete_after"), message)
                        .hint("set `when_missing: empty`, or let the name of the file differ from run to run"),
                );
            }
        }
        shapes.insert(OUT.to_owned(), Shape::of_file(settings.added()));
        shapes
    }

    fn works_outside(&self, settings: &Raw) -> bool {
        settings.get("delete_after") == Some(&json!(true))
    }

    fn step(&self, raw: &Raw, _: &StepContext<'_>) -> Result<Step, Error> {
        Ok(Step::Effect(Box::new(Effect::LoadFile(settings(raw)?))))
    }
}
