//! Sends the population, or a summary of it, to a service, and reads what the service answers.
//!
//! `batch` sends JSON with a list of rows, so many at a time: `{"run", "campaign", "activity", "batch", "rows": [...]}`.
//! `summary` sends one call with the number of rows and the run's variables. Headers are texts or secrets by the names
//! of their environment variables; `signature` adds an HMAC-SHA256 of time and body, by which the service knows who
//! calls. Every call carries an `Idempotency-Key` that stays the same when it has to be made again. A call that fails
//! for a while (no connection, 408, 425, 429, 5xx) is tried again with growing pauses; one that is refused is not.
//! `answer` reads columns out of what comes back: for a batch from a list of as many rows in the same order, or by a
//! key; for a summary the same values for every row. Rows of batches that failed for good leave by `rejects` with the
//! reason when `on_failure: rejects` says so; else the activity fails, and goes on with the batches that are missing when
//! it is tried again. Addresses of this machine and of private networks are refused unless the settings allow them. Tests
//! and dry runs call nobody, and the columns of answers are empty. Example: `{id: score, type: http-call, url:
//! "https://scores.example/v1", columns: [email], answer: {rows: /scores, columns: [{name: score, pointer: /value, type:
//! number}]}}`.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tutti_model::bind::Field;
use tutti_model::campaign::OUT;
use tutti_model::problem::{Problem, join_pointer};
use tutti_model::table::{Column, ColumnType};

use crate::activity::{Activity, Category, CheckContext, Inputs, PortSpec, Settings as Raw, Shape, Shapes, object};
use crate::columns::{NamedColumn, is_column_name};
use crate::effect::{Effect, HttpCall as Call};
use crate::fields;
use crate::kinds::load_file::REJECTS;
use crate::step::{Error, Step, StepContext, settings};

/// The most rows of one call.
pub const BATCH_ROWS_MAX: u32 = 10_000;

/// The column that says why a row's batch failed.
pub const REASON: &str = "reject_reason";

/// Whom to call, with what, and what to read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The address of the service, such as `https://scores.example/v1`.
    pub url: String,
    /// The method of the call.
    #[serde(default)]
    pub method: Method,
    /// What is sent.
    #[serde(default)]
    pub send: Send,
    /// How many rows one call has at most.
    #[serde(default = "batch_rows")]
    pub batch_rows: u32,
    /// What is sent of each row. Without it, the key and all columns that the rows carry.
    #[serde(default)]
    #[schemars(extend("x-tutti-editor" = "columns"))]
    pub columns: Vec<NamedColumn>,
    /// Headers of the call: texts, or `{env: NAME}` for secrets in environment variables.
    #[serde(default)]
    pub headers: BTreeMap<String, Header>,
    /// Signs each call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
    /// How long one call may take, in seconds.
    #[serde(default = "timeout_s")]
    pub timeout_s: u32,
    /// How often a call is tried that fails for a while.
    #[serde(default = "attempts")]
    pub attempts: u32,
    /// What is read of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// What happens to rows whose call failed for good.
    #[serde(default)]
    pub on_failure: OnFailure,
}

fn batch_rows() -> u32 {
    500
}

fn timeout_s() -> u32 {
    30
}

fn attempts() -> u32 {
    4
}

/// The method of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    #[default]
    Post,
    Put,
    Patch,
}

impl Method {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
        }
    }
}

/// What is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Send {
    /// The rows, so many at a time.
    #[default]
    Batch,
    /// One call that says how many rows there are.
    Summary,
}

/// The value of a header.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Header {
    /// As it is written here.
    Text(String),
    /// In an environment variable, which whoever reads the campaign does not see.
    Secret {
        /// The name of the variable.
        env: String,
        /// What stands before it, such as `Bearer `.
        #[serde(default)]
        prefix: String,
    },
}

/// How calls are signed: the header holds `sha256=` and the HMAC-SHA256, in hexadecimal digits, of the time (the seconds
/// since 1970, as in `X-Tutti-Timestamp`), a point and the body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The header that holds it.
    #[serde(default = "signature_header")]
    pub header: String,
    /// The environment variable with the key.
    pub secret_env: String,
}

fn signature_header() -> String {
    "X-Tutti-Signature".to_owned()
}

/// What is read of an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Where the list of rows is in the answer to a batch, as a JSON pointer such as `/scores`. Empty: the answer is the
    /// list.
    #[serde(default)]
    pub rows: String,
    /// Where the value is in a row of the answer that equals each key column, as JSON pointers. Without it, the answer
    /// has as many rows as were sent, in the same order.
    #[serde(default)]
    pub key: BTreeMap<String, String>,
    /// The columns to read.
    pub columns: Vec<AnswerColumn>,
}

/// A column that is read of an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerColumn {
    /// What it is called from here on.
    pub name: String,
    /// Where it is, as a JSON pointer such as `/value`.
    pub pointer: String,
    /// `string`, `integer`, `number`, `decimal(p,s)`, `boolean`, `date` or `timestamp`. What is of another type is no
    /// value.
    #[serde(default = "text", rename = "type")]
    #[schemars(with = "String", extend("x-tutti-editor" = "column-type"))]
    pub column_type: ColumnType,
}

fn text() -> ColumnType {
    ColumnType::String
}

/// What happens to rows whose call failed for good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnFailure {
    /// The activity fails; when it is tried again, calls that were answered are not made again.
    #[default]
    Fail,
    /// They leave by `rejects`.
    Rejects,
}

impl Settings {
    /// The columns that answers give.
    pub fn answered(&self) -> Vec<Column> {
        let columns = self.answer.iter().flat_map(|answer| &answer.columns);
        columns.map(|column| Column::new(&column.name, column.column_type)).collect()
    }
}

/// The columns of the rejects.
pub fn with_reason(added: &[Column]) -> Vec<Column> {
    let mut all = added.to_vec();
    fields::put(&mut all, Column::new(REASON, ColumnType::String));
    all
}

/// The columns of what goes on: those that arrived, and those of answers in place of others of their names.
pub fn with_answers(added: &[Column], settings: &Settings) -> Vec<Column> {
    let mut all = added.to_vec();
    for column in settings.answered() {
        fields::put(&mut all, column);
    }
    all
}

pub struct HttpCall;

impl Activity for HttpCall {
    fn kind(&self) -> &'static str {
        "http-call"
    }

    fn label(&self) -> &'static str {
        "HTTP call"
    }

    fn category(&self) -> Category {
        Category::Data
    }

    fn summary(&self) -> &'static str {
        "Sends the population, or a summary of it, to a service, and reads what the service answers."
    }

    fn settings_schema(&self) -> Schema {
        schema_for!(Settings)
    }

    fn example(&self) -> Raw {
        object(json!({
            "url": "https://scores.example/v1/score",
            "columns": ["email", "points"],
            "headers": {"Authorization": {"env": "SCORES_TOKEN", "prefix": "Bearer "}},
            "signature": {"secret_env": "SCORES_KEY"},
            "answer": {"rows": "/scores", "columns": [{"name": "score", "pointer": "/value", "type": "number"}]},
        }))
    }

    fn inputs(&self) -> Inputs {
        Inputs::ONE
    }

    fn ports(&self, settings: &Raw, _: &[&str]) -> Vec<PortSpec> {
        let mut ports = vec![PortSpec::out()];
        if settings.get("on_failure").and_then(|value| value.as_str()) == Some("rejects") {
            ports.push(PortSpec::new(REJECTS, "Rejects"));
        }
        ports
    }

    fn check(&self, context: &CheckContext<'_>, problems: &mut Vec<Problem>) -> Shapes {
        let mut shapes = Shapes::new();
        let Some(settings) = context.read::<Settings>(problems) else { return shapes };
        check_call(&settings, context, problems);
        check_answer(&settings, context, problems);
        let Some(shape) = context.inbound() else { return shapes };
        if let Some(scope) = fields::scope(context, shape) {
            for (index, column) in settings.columns.iter().enumerate() {
                let at = join_pointer(&context.at("columns"), index);
                column.check(scope, (context.catalog, context.moment), &at, problems);
            }
        }
        let keys = context.table_of(&shape.dimension).map(|table| table.primary_key.clone()).unwrap_or_default();
        if let Some(answer) = &settings.answer {
            for (index, column) in answer.columns.iter().enumerate().filter(|(_, column)| keys.contains(&column.name)) {
                let at = format!("{}/columns/{index}/name", context.at("answer"));
                let message = format!("`{}` is part of the key, which an answer cannot change", column.name);
                problems.push(Problem::error("duplicate_name", at, message).hint("give it another `name`"));
            }
            if !answer.key.is_empty() {
                for name in answer.key.keys().filter(|name| !keys.contains(name)) {
                    let at = join_pointer(&join_pointer(&context.at("answer"), "key"), name);
                    problems.push(
                        Problem::error("unknown_field", at, format!("`{name}` is not part of the key"))
                            .did_you_mean(name, keys.iter().map(String::as_str)),
                    );
                }
                for name in keys.iter().filter(|name| !answer.key.contains_key(*name)) {
                    let at = join_pointer(&context.at("answer"), "key");
                    let message = format!("`{name}` is part of the key, and nothing in the answer equals it");
                    problems.push(Problem::error("missing_field", at, message).hint(format!("add `{name}`")));
                }
            }
        }
        let dimension = shape.dimension.clone();
        shapes.insert(
            OUT.to_owned(),
            Shape { dimension: dimension.clone(), added: with_answers(&shape.added, &settings) },
        );
        if settings.on_failure == OnFailure::Rejects {
            shapes.insert(REJECTS.to_owned(), Shape { dimension, added: with_reason(&shape.added) });
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
        let chosen: Vec<NamedColumn> = match settings.columns.as_slice() {
            [] => table
                .key_columns()
                .into_iter()
                .chain(&input.added)
                .map(|column| NamedColumn::field(&column.name))
                .collect(),
            columns => columns.to_vec(),
        };
        let bound = chosen.iter().map(|column| context.column(column, input)).collect::<Result<Vec<Field>, Error>>()?;
        let frame = context.frame(input)?.with_fields(&bound)?;
        // What arrived, and beside it what is sent, under other names.
        let own = table.primary_key.iter().chain(input.added.iter().map(|column| &column.name));
        let mut all: Vec<_> = own.map(|name| (tutti_query::datafusion::prelude::ident(name), name.clone())).collect();
        all.extend(bound.iter().enumerate().map(|(index, field)| (frame.column(field), sent_name(index))));
        let rows = frame.select_in_order(all)?;
        let sent = chosen.iter().map(NamedColumn::name).collect();
        let added = input.added.clone();
        let keys = table.primary_key.clone();
        Ok(Step::Effect(Box::new(Effect::HttpCall(Call {
            settings,
            dimension: input.dimension.clone(),
            sent,
            keys,
            added,
            rows,
        }))))
    }
}

/// The name of a sent column in the rows of the effect, by its place.
pub fn sent_name(index: usize) -> String {
    format!("__sent_{index}")
}

fn check_call(settings: &Settings, context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    let address = settings.url.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"));
    match address {
        Some((_, rest)) if !rest.is_empty() && !rest.starts_with('/') && !rest.contains(char::is_whitespace) => {
            if rest.split('/').next().is_some_and(|host| host.contains('@')) {
                let message = "an address with a name and password in it shows them to everybody";
                problems.push(
                    Problem::error("bad_value", context.at("url"), message)
                        .hint("put them into a header with `{env: NAME}`"),
                );
            }
        }
        _ => problems.push(
            Problem::error(
                "bad_value",
                context.at("url"),
                format!("`{}` is not the address of a service", settings.url),
            )
            .hint("write it like `https://scores.example/v1`"),
        ),
    }
    for (setting, value, most) in [
        ("batch_rows", settings.batch_rows, BATCH_ROWS_MAX),
        ("timeout_s", settings.timeout_s, 600),
        ("attempts", settings.attempts, 20),
    ] {
        if value == 0 || value > most {
            let message = format!("`{setting}` is from 1 to {most}");
            problems.push(Problem::error("bad_value", context.at(setting), message));
        }
    }
    for name in settings.headers.keys() {
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        let reserved = ["content-type", "content-length", "host", "idempotency-key"];
        if name.is_empty() || !name.bytes().all(token) || reserved.contains(&name.to_lowercase().as_str()) {
            let at = join_pointer(&context.at("headers"), name);
            problems.push(Problem::error("bad_name", at, format!("`{name}` cannot be a header of a call")));
        }
    }
}

fn check_answer(settings: &Settings, context: &CheckContext<'_>, problems: &mut Vec<Problem>) {
    let Some(answer) = &settings.answer else { return };
    let at = context.at("answer");
    let is_pointer = |text: &str| text.is_empty() || text.starts_with('/');
    let mut pointers = vec![(join_pointer(&at, "rows"), &answer.rows)];
    pointers.extend(answer.key.iter().map(|(name, pointer)| (join_pointer(&join_pointer(&at, "key"), name), pointer)));
    let mut names: Vec<&str> = Vec::new();
    for (index, column) in answer.columns.iter().enumerate() {
        let of_column = join_pointer(&join_pointer(&at, "columns"), index);
        pointers.push((join_pointer(&of_column, "pointer"), &column.pointer));
        let name = column.name.as_str();
        if !is_column_name(name) || names.contains(&name) {
            let message = if names.contains(&name) {
                format!("two columns are called `{name}`")
            } else {
                format!("`{name}` cannot be a column's name")
            };
            problems.push(Problem::error("bad_name", join_pointer(&of_column, "name"), message));
        }
        names.push(name);
    }
    for (at, pointer) in pointers.into_iter().filter(|(_, pointer)| !is_pointer(pointer)) {
        problems.push(
            Problem::error("bad_value", at, format!("`{pointer}` is not a JSON pointer"))
                .hint("write it like `/scores/0/value`"),
        );
    }
    if settings.send == Send::Summary && !(answer.rows.is_empty() && answer.key.is_empty()) {
        let message = "the answer to a summary is one object, whose values are for every row";
        problems.push(Problem::error("bad_value", at, message).hint("leave `rows` and `key` out"));
    }
}
