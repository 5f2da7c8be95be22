//! Calling services: batch by batch, each answered call noted before the next, so that a repetition after a crash makes
//! only those that are missing.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;
use tutti_activities::effect::HttpCall;
use tutti_activities::kinds::http_call::{Answer, Header, OnFailure, Send, sent_name, with_answers, with_reason};
use tutti_activities::kinds::load_file::REJECTS;
use tutti_delivery::http::{self, Service, signature};
use tutti_lake::PopulationPath;
use tutti_model::campaign::{ActivityNode, OUT};
use tutti_model::table::{Column, ColumnType};
use tutti_model::value::Literal;
use tutti_query::datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray, new_null_array};
use tutti_query::datafusion::arrow::compute::{cast, concat_batches};
use tutti_query::datafusion::arrow::datatypes::SchemaRef;
use tutti_query::datafusion::error::DataFusionError;
use tutti_query::datafusion::physical_plan::SendableRecordBatchStream;
use tutti_query::datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use tutti_query::datafusion::scalar::ScalarValue;
use tutti_query::{arrow_type, scalar, schema_of};

use super::Done;
use crate::error::{Error, Result};
use crate::execute::{RunContext, Written, population_path, thousands};
use crate::rows;
use crate::workspace::{Calls, StatedAnswer, Workspace};

/// The rows that are sent, kept so that a repetition makes the same batches.
const SENT: &str = ".sent";

/// The pause before the second try; each pause after it is twice as long.
const PAUSE: Duration = Duration::from_millis(500);

/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// What came of one call.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answered {
    Answer(Value),
    /// Why it failed for good.
    Failed(String),
}

/// Who is called.
enum Called {
    Service(Service),
    /// Nobody: this is what would be answered.
    Stated(StatedAnswer),
}

impl Called {
    async fn call(&self, headers: &[(String, String)], body: Vec<u8>) -> Result<Vec<u8>, http::Error> {
        match self {
            Self::Service(service) => service.call(headers, body).await,
            Self::Stated(answer) if (200..300).contains(&answer.status) => Ok(answer.body.clone()),
            Self::Stated(answer) => Err(http::Error::Refused {
                status: answer.status,
                told: String::from_utf8_lossy(&answer.body).into_owned(),
                retry_after: Some(Duration::ZERO),
            }),
        }
    }
}

struct Calling<'a> {
    workspace: &'a Workspace,
    context: &'a RunContext,
    node: &'a ActivityNode,
    call: &'a HttpCall,
    service: Called,
    headers: Vec<(String, String)>,
    key: Option<String>,
    stop: CancellationToken,
    folder: PathBuf,
}

impl Workspace {
    pub(crate) async fn http_call(
        &self,
        context: &RunContext,
        node: &ActivityNode,
        dimension: &str,
        call: HttpCall,
    ) -> Result<Done> {
        let sent = population_path(&context.run, &node.id, SENT);
        let rows = match self.lake.population(&sent)? {
            Some((_, info)) if context.is_live() => info.rows,
            _ => self.put_population(context, &sent, self.session.stream(call.rows.clone()).await?).await?.rows,
        };
        let size = match call.settings.send {
            Send::Batch => u64::from(call.settings.batch_rows),
            Send::Summary => rows.max(1),
        };
        let batches = match call.settings.send {
            Send::Batch => rows.div_ceil(size),
            Send::Summary => 1,
        };
        let folder = self.lake.population_file(&sent).parent().map(Path::to_owned).unwrap_or_default();
        let mut failed = 0;
        if context.is_live() {
            self.reach("write the rows that are sent to a service").await;
            let calling = self.calling(context, node, &call, folder.clone()).await?;
            for batch in 0..batches {
                let answered = calling.batch(&sent, batch, size, rows).await?;
                failed += u64::from(matches!(answered, Answered::Failed(_)));
            }
        }
        let out = with_answers(&call.added, &call.settings);
        let path = |port: &str| population_path(&context.run, &node.id, port);
        let given = Given { rows, size, live: context.is_live(), folder: &folder };
        let good = self.answered_rows(context, &call, &sent, given, false)?;
        let good = self.put_population(context, &path(OUT), good).await?;
        let mut populations = vec![Written::new(node, OUT, dimension, good.rows, out)];
        if call.settings.on_failure == OnFailure::Rejects {
            let bad = self.answered_rows(context, &call, &sent, given, true)?;
            let bad = self.put_population(context, &path(REJECTS), bad).await?;
            populations.push(Written::new(node, REJECTS, dimension, bad.rows, with_reason(&call.added)));
        }
        let note = if context.is_live() {
            let calls = if batches == 1 { "1 call".to_owned() } else { format!("{} calls", thousands(batches)) };
            let failed = if failed > 0 { format!(", {} failed", thousands(failed)) } else { String::new() };
            format!("{} rows in {calls}{failed}", thousands(rows))
        } else {
            format!("a test calls nobody; {} rows would be sent", thousands(rows))
        };
        Ok(Done { populations, note, leftover: None })
    }

    async fn calling<'a>(
        &'a self,
        context: &'a RunContext,
        node: &'a ActivityNode,
        call: &'a HttpCall,
        folder: PathBuf,
    ) -> Result<Calling<'a>> {
        let settings = &call.settings;
        let service = self.called(node, call).await?;
        let is_stated = matches!(service, Called::Stated(_));
        let secret = |name: &str| {
            // Nobody sees the secrets of calls that are not made.
            let known = if is_stated { Some(String::new()) } else { (self.secrets)(name) };
            known.ok_or_else(|| {
                Error::refused_with(
                    "missing_secret",
                    format!("`{}` takes a secret from the environment variable `{name}`, which is not set", node.id),
                    format!("set `{name}` where tutti runs, then resume the run"),
                )
            })
        };
        let headers = settings.headers.iter().map(|(name, value)| {
            let value = match value {
                Header::Text(text) => text.clone(),
                Header::Secret { env, prefix } => format!("{prefix}{}", secret(env)?),
            };
            Ok((name.clone(), value))
        });
        let headers = headers.collect::<Result<Vec<_>>>()?;
        let key = settings.signature.as_ref().map(|signature| secret(&signature.secret_env)).transpose()?;
        // That of the worker, if it has one: pausing the run stops between calls.
        let stop = self.interrupts.of(&context.run, &CancellationToken::new()).paused;
        Ok(Calling { workspace: self, context, node, call, service, headers, key, stop, folder })
    }

    async fn called(&self, node: &ActivityNode, call: &HttpCall) -> Result<Called> {
        let settings = &call.settings;
        match &self.settings.outside.calls {
            Calls::Services => {
                let timeout = Duration::from_secs(u64::from(settings.timeout_s));
                let private = self.settings.outside.private_addresses;
                let service = Service::open(&settings.url, settings.method.as_str(), timeout, private).await;
                let service = service.map_err(|source| Error::Call { activity: node.id.clone(), source })?;
                Ok(Called::Service(service))
            }
            Calls::Stated(answers) => match answers.get(&node.id) {
                Some(answer) => Ok(Called::Stated(answer.clone())),
                None => Err(Error::refused_with(
                    "no_answer",
                    format!("a test calls nobody, and it does not say what the service of `{}` answers", node.id),
                    format!("add `answers: {{{}: {{body: ...}}}}` to the test", node.id),
                )),
            },
        }
    }

    /// The rows with what was answered to them, or those whose calls failed with why, in order.
    fn answered_rows(
        &self,
        context: &RunContext,
        call: &HttpCall,
        sent: &PopulationPath,
        given: Given<'_>,
        failed: bool,
    ) -> Result<SendableRecordBatchStream> {
        let table = context.catalog.dimension_table(&call.dimension).map(|(_, table)| table.clone());
        let keys: Vec<Column> = match table {
            Some(table) => table.key_columns().into_iter().cloned().collect(),
            None => Vec::new(),
        };
        let added = if failed { with_reason(&call.added) } else { with_answers(&call.added, &call.settings) };
        let columns: Vec<Column> = keys.iter().cloned().chain(added).collect();
        let schema = schema_of(&columns);
        let work = Reading {
            lake: self.lake.clone(),
            sent: sent.clone(),
            call: Arc::new(call.clone()),
            schema: Arc::clone(&schema),
            folder: given.folder.to_owned(),
            live: given.live,
            size: given.size,
            rows: given.rows,
            failed,
            moment: context.moment.clone(),
        };
        let batches = given.rows.div_ceil(given.size.max(1));
        let stream = futures::stream::iter(0..batches).then(move |batch| {
            let work = work.clone();
            async move { work.batch(batch).await.map_err(|error| DataFusionError::External(Box::new(error))) }
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, stream)))
    }
}

#[derive(Clone, Copy)]
struct Given<'a> {
    rows: u64,
    size: u64,
    live: bool,
    folder: &'a Path,
}

impl Calling<'_> {
    /// Makes one call, unless it was answered before, and notes the answer.
    async fn batch(&self, sent: &PopulationPath, batch: u64, size: u64, rows: u64) -> Result<Answered> {
        let file = answer_file(&self.folder, batch);
        if let Some(answered) = read_answer(&file) {
            return Ok(answered);
        }
        let mut body = Map::new();
        for (name, value) in
            [("run", &self.context.run), ("campaign", &self.context.campaign.name), ("activity", &self.node.id)]
        {
            body.insert(name.to_owned(), json!(value));
        }
        let mut count = 0;
        match self.call.settings.send {
            Send::Batch => {
                let rows = self.rows(sent, batch, size).await?;
                count = rows.len();
                body.insert("batch".to_owned(), json!(batch));
                body.insert("rows".to_owned(), Value::Array(rows));
            }
            Send::Summary => {
                let variables = self.context.moment.variables.0.iter();
                let variables: Map<String, Value> = variables
                    .map(|(name, variable)| (name.clone(), variable.value.clone().unwrap_or_default()))
                    .collect();
                body.insert("count".to_owned(), json!(rows));
                body.insert("variables".to_owned(), Value::Object(variables));
            }
        }
        let answered = match self.answer(batch, Value::Object(body).to_string().into_bytes()).await {
            Ok(bytes) => self.read(&bytes, count),
            Err(Error::Call { source, .. }) if self.call.settings.on_failure == OnFailure::Rejects => {
                Answered::Failed(crate::error::chain(&source))
            }
            Err(error) => return Err(error),
        };
        if let (Answered::Failed(reason), OnFailure::Fail) = (&answered, self.call.settings.on_failure) {
            return Err(Error::refused(
                "bad_answer",
                format!("the answer to call {} of `{}` cannot be used: {reason}", batch + 1, self.node.id),
            ));
        }
        self.workspace.reach("call a service").await;
        let kept = self.workspace.keep_claim(self.context).await?;
        write_answer(&file, &answered).map_err(|source| Error::Outside { path: file.display().to_string(), source })?;
        drop(kept);
        self.workspace.reach("note the answer of a service").await;
        Ok(answered)
    }

    /// Calls until there is an answer, or none to be expected.
    async fn answer(&self, batch: u64, body: Vec<u8>) -> Result<Vec<u8>> {
        let mut headers = self.headers.clone();
        headers.push(("Idempotency-Key".to_owned(), format!("{}/{batch}", self.context.effect_key(self.node))));
        headers.push(("X-Tutti-Run".to_owned(), self.context.run.clone()));
        let mut pause = PAUSE;
        let mut tried = 0;
        loop {
            if self.stop.is_cancelled() {
                return Err(Error::Interrupted);
            }
            let mut headers = headers.clone();
            if let (Some(key), Some(settings)) = (&self.key, &self.call.settings.signature) {
                let now = self.workspace.clock.now().as_second();
                headers.push(("X-Tutti-Timestamp".to_owned(), now.to_string()));
                headers.push((settings.header.clone(), signature(key.as_bytes(), now, &body)));
            }
            tried += 1;
            let error = match self.service.call(&headers, body.clone()).await {
                Ok(bytes) => return Ok(bytes),
                Err(error) => error,
            };
            if !error.retry() || tried >= self.call.settings.attempts {
                return Err(Error::Call { activity: self.node.id.clone(), source: error });
            }
            let wait = error.retry_after().unwrap_or(pause).min(PAUSE_MAX);
            tracing::warn!(activity = self.node.id, batch, tried, %error, "a call failed and is tried again");
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.stop.cancelled() => return Err(Error::Interrupted),
            }
            pause *= 2;
        }
    }

    /// The answer as far as it is needed.
    fn read(&self, bytes: &[u8], sent: usize) -> Answered {
        let Some(answer) = &self.call.settings.answer else { return Answered::Answer(Value::Null) };
        let value = match serde_json::from_slice::<Value>(bytes) {
            Ok(value) => value,
            Err(error) => return Answered::Failed(format!("it is not JSON: {error}")),
        };
        if self.call.settings.send == Send::Summary {
            return Answered::Answer(value);
        }
        match value.pointer(&answer.rows) {
            Some(Value::Array(items)) if !answer.key.is_empty() || items.len() == sent => {
                Answered::Answer(Value::Array(items.clone()))
            }
            Some(Value::Array(items)) => Answered::Failed(format!("it has {} rows, and {sent} were sent", items.len())),
            _ => Answered::Failed(format!("there is no list at `{}`", answer.rows)),
        }
    }

    async fn rows(&self, sent: &PopulationPath, batch: u64, size: u64) -> Result<Vec<Value>> {
        let batches = read_rows(&self.workspace.lake, sent, batch, size).await?;
        let mut all = Vec::new();
        for batch in &batches {
            let places: Vec<usize> =
                (0..self.call.sent.len()).map_while(|index| batch.schema().index_of(&sent_name(index)).ok()).collect();
            let only = batch.project(&places).map_err(|error| tutti_query::Error::DataFusion(error.into()))?;
            for row in rows::to_json(&[only])? {
                all.push(Value::Object(self.call.sent.iter().cloned().zip(row).collect()));
            }
        }
        Ok(all)
    }
}

/// Reads what was sent and answered, batch by batch.
#[derive(Clone)]
struct Reading {
    lake: tutti_lake::Lake,
    sent: PopulationPath,
    call: Arc<HttpCall>,
    schema: SchemaRef,
    folder: PathBuf,
    live: bool,
    size: u64,
    rows: u64,
    failed: bool,
    moment: tutti_model::date_math::Moment,
}

impl Reading {
    async fn batch(&self, batch: u64) -> Result<RecordBatch> {
        let summary = self.call.settings.send == Send::Summary;
        let answered = if self.live {
            read_answer(&answer_file(&self.folder, if summary { 0 } else { batch }))
        } else {
            Some(Answered::Answer(Value::Null))
        };
        let answered = answered.unwrap_or_else(|| Answered::Failed("there is no answer on record".to_owned()));
        let (answer, reason) = match answered {
            Answered::Answer(answer) if !self.failed => (answer, None),
            Answered::Failed(reason) if self.failed => (Value::Null, Some(reason)),
            _ => return Ok(RecordBatch::new_empty(Arc::clone(&self.schema))),
        };
        debug_assert!(self.rows > 0);
        let failed = |error: tutti_query::datafusion::arrow::error::ArrowError| {
            Error::Query(tutti_query::Error::DataFusion(error.into()))
        };
        let batches = read_rows(&self.lake, &self.sent, batch, self.size).await?;
        let Some(first) = batches.first() else { return Ok(RecordBatch::new_empty(Arc::clone(&self.schema))) };
        let rows = concat_batches(&first.schema(), &batches).map_err(failed)?;
        let items = self.items(&rows, &answer)?;
        let columns = self.schema.fields().iter().map(|field| {
            let settings = self.call.settings.answer.as_ref();
            let asked = settings.and_then(|answer| answer.columns.iter().find(|column| column.name == *field.name()));
            match (asked, &reason) {
                (Some(column), None) => {
                    let values = items.iter().map(|item| item.and_then(|item| item.pointer(&column.pointer)));
                    self.array(values, column.column_type, rows.num_rows())
                }
                (_, Some(reason)) if field.name() == tutti_activities::kinds::http_call::REASON => {
                    Ok(Arc::new(StringArray::from(vec![reason.as_str(); rows.num_rows()])) as ArrayRef)
                }
                _ => match rows.column_by_name(field.name()) {
                    Some(column) => cast(column, field.data_type()).map_err(failed),
                    None => Ok(new_null_array(field.data_type(), rows.num_rows())),
                },
            }
        });
        let columns = columns.collect::<Result<Vec<ArrayRef>>>()?;
        RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(failed)
    }

    /// The part of the answer that is about each row.
    fn items<'v>(&self, rows: &RecordBatch, answer: &'v Value) -> Result<Vec<Option<&'v Value>>> {
        let count = rows.num_rows();
        let Some(settings) = &self.call.settings.answer else { return Ok(vec![None; count]) };
        if self.call.settings.send == Send::Summary {
            return Ok(vec![Some(answer); count]);
        }
        let Some(list) = answer.as_array() else { return Ok(vec![None; count]) };
        if settings.key.is_empty() {
            return Ok((0..count).map(|row| list.get(row)).collect());
        }
        let found: HashMap<String, &Value> =
            list.iter().filter_map(|item| Some((self.key_of(settings, item)?, item))).collect();
        let places: Vec<usize> = self.call.keys.iter().filter_map(|key| rows.schema().index_of(key).ok()).collect();
        let keys = rows.project(&places).map_err(|error| tutti_query::Error::DataFusion(error.into()))?;
        let keys = rows::to_json(&[keys])?;
        Ok(keys
            .into_iter()
            .map(|key| {
                let parts: Vec<String> = key.iter().map(plain).collect();
                found.get(&parts.join("\u{1f}")).copied()
            })
            .collect())
    }

    fn key_of(&self, settings: &Answer, item: &Value) -> Option<String> {
        let parts = self.call.keys.iter().map(|key| item.pointer(settings.key.get(key)?).map(plain));
        Some(parts.collect::<Option<Vec<String>>>()?.join("\u{1f}"))
    }

    fn array<'v>(
        &self,
        values: impl Iterator<Item = Option<&'v Value>>,
        column_type: ColumnType,
        rows: usize,
    ) -> Result<ArrayRef> {
        let wanted = arrow_type(column_type);
        let nothing = ScalarValue::try_from(&wanted).map_err(tutti_query::Error::from)?;
        if rows == 0 {
            return Ok(new_null_array(&wanted, 0));
        }
        let scalars = values.map(|value| {
            let value = value.filter(|value| !value.is_null())?;
            let literal = match (column_type, value) {
                (ColumnType::String, Value::Number(_) | Value::Bool(_)) => Literal::Text(value.to_string()),
                _ => Literal::read(value, column_type, &self.moment).ok()?,
            };
            scalar(&literal).cast_to(&wanted).ok()
        });
        let scalars = scalars.map(|scalar| scalar.unwrap_or_else(|| nothing.clone()));
        Ok(ScalarValue::iter_to_array(scalars).map_err(tutti_query::Error::from)?)
    }
}

/// A value of a key as text, whether it was a number or a text in JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

async fn read_rows(lake: &tutti_lake::Lake, sent: &PopulationPath, batch: u64, size: u64) -> Result<Vec<RecordBatch>> {
    let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
    Ok(lake.population_rows(sent, number(batch * size), number(size)).await?)
}

fn answer_file(folder: &Path, batch: u64) -> PathBuf {
    folder.join(format!(".answer-{batch}.json"))
}

fn read_answer(file: &Path) -> Option<Answered> {
    serde_json::from_slice(&std::fs::read(file).ok()?).ok()
}

/// On disk when this returns, and never half.
fn write_answer(file: &Path, answered: &Answered) -> std::io::Result<()> {
    let temporary = file.with_extension("tmp");
    std::fs::write(&temporary, json!(answered).to_string())?;
    std::fs::File::open(&temporary)?.sync_all()?;
    std::fs::rename(&temporary, file)
}
