//! Messages as people would get them, for those who write them: nothing is sent, and nothing is put on record.

use async_recursion::async_recursion as boxed;
use std::sync::Arc;

use arrow::array::AsArray;
use tutti_query::Session;

use crate::dry_run::chain;
use crate::eligibility::Eligibility;
use crate::error::Result;
use crate::job::Job;
use crate::send::Loaded;
use crate::targets::Column;
use crate::template::{Rendered, Templates};

/// A message to one row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Previewed {
    pub key: String,
    /// As it was given, where it is malformed.
    pub address: Option<String>,
    /// Why the row would be excluded now.
    pub excluded: Option<String>,
    pub preheader: String,
    pub message: Rendered,
    /// Why it cannot be rendered.
    pub failure: Option<String>,
}

/// Renders the messages to the first `limit` rows, in the order of their keys; rows that would be excluded are rendered too.
///
/// # Errors
/// Anything that keeps the plan from running.
#[boxed]
pub async fn preview(
    session: &Session,
    job: Arc<Job>,
    templates: Arc<Templates>,
    rows: Eligibility,
    limit: usize,
) -> Result<Vec<Previewed>> {
    let (batch, columns) = rows.first(session, limit).await?;
    let texts = |column: &Column| {
        let array = batch.column_by_name(&column.name())?;
        arrow::compute::cast(array, &arrow::datatypes::DataType::Utf8).ok()
    };
    let text = |column: Column| -> Vec<Option<String>> {
        let array = texts(&column);
        let values = array.iter().flat_map(|array| array.as_string::<i32>().iter());
        values.map(|value| value.map(str::to_owned)).collect()
    };
    let (addresses, reasons) = (text(Column::Address), text(Column::Reason));
    let loaded = Loaded::new(batch, &columns, 0, 0, &job)?;
    let render = move || {
        let rows = 0..loaded.len();
        let rendered = rows.zip(addresses.into_iter().zip(reasons)).map(|(position, (address, excluded))| {
            let mut previewed =
                Previewed { key: loaded.key(position).to_owned(), address, excluded, ..Previewed::default() };
            let preheader = templates.render_preheader(loaded.row(position), &mut previewed.preheader);
            let message = templates.render(loaded.row(position), None, &mut previewed.message);
            previewed.failure = preheader.and(message).err().map(|error| chain(&error));
            previewed
        });
        rendered.collect()
    };
    // Rendering may take its time, up to the fuel limit of each part.
    tokio::task::spawn_blocking(render)
        .await
        .map_err(|error| crate::error::Error::Settings(format!("the messages could not be rendered: {error}")))
}
