//! What comes back: opens, clicks and unsubscribes, from the signed links of messages to rows of the table of events.

use async_recursion::async_recursion as boxed;
use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::compute::{CastOptions, cast_with_options};
use sha2::{Digest, Sha256};
use tutti_lake::Lake;
use tutti_model::builtin;
use tutti_model::catalog::Catalog;
use tutti_store::{Event, OptOut, Store, StoredEvent, When};

use crate::error::{Error, Result};
use crate::prepare::LinkList;
use crate::token::{Invalid, MessageRef, Signer, Token};

/// Events that are moved to their tables at once.
const EVENTS_MAX: u64 = 20_000;
/// Where an unsubscribe came from, in the register.
const SOURCE: &str = "one-click";

/// A 1 × 1 transparent GIF.
pub const PIXEL: [u8; 43] = *b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// One visit to a link.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// The last part of the link's path.
    pub token: &'a str,
    /// Different for each visit, so that each open and click counts.
    pub id: &'a str,
    pub user_agent: Option<&'a str>,
    /// UTC microseconds.
    pub now_us: i64,
}

/// Records an open.
///
/// # Errors
/// `Ok(Err(Invalid))` where the link is not one of ours; `Err` where the store failed.
pub async fn open(store: &Store, signer: &Signer, visit: Visit<'_>) -> Result<Result<(), Invalid>> {
    let Ok(Token::Open(message)) = signer.verify(visit.token) else { return Ok(Err(Invalid)) };
    let links = LinkList::find(store, &message.run, &message.activity).await?;
    append(store, event("open", format!("o/{}", visit.id), &message, links.as_ref(), None, visit)).await?;
    Ok(Ok(()))
}

/// Records a click and says where it leads: only ever where the message led.
///
/// # Errors
/// As for [`open`].
pub async fn click(store: &Store, signer: &Signer, visit: Visit<'_>) -> Result<Result<String, Invalid>> {
    let Ok(Clicked { message, links, url }) = clicked(store, signer, visit.token).await? else {
        return Ok(Err(Invalid));
    };
    append(store, event("click", format!("c/{}", visit.id), &message, links.as_ref(), Some(url.clone()), visit))
        .await?;
    Ok(Ok(url))
}

/// Where a link leads, without recording a click.
///
/// # Errors
/// As for [`open`].
#[boxed]
pub async fn target(store: &Store, signer: &Signer, token: &str) -> Result<Result<String, Invalid>> {
    Ok(clicked(store, signer, token).await?.map(|clicked| clicked.url))
}

/// The message whose link a token is, and where that leads.
struct Clicked {
    message: MessageRef,
    links: Option<LinkList>,
    url: String,
}

async fn clicked(store: &Store, signer: &Signer, token: &str) -> Result<Result<Clicked, Invalid>> {
    let (message, index, url) = match signer.verify(token) {
        Ok(Token::Click(message, index)) => (message, Some(index), None),
        Ok(Token::ClickUrl(message, url)) => (message, None, Some(url)),
        _ => return Ok(Err(Invalid)),
    };
    let links = LinkList::find(store, &message.run, &message.activity).await?;
    let listed = || links.as_ref()?.urls.get(usize::try_from(index?).ok()?).cloned();
    let url = url.or_else(listed);
    Ok(url.map(|url| Clicked { message, links, url }).ok_or(Invalid))
}

/// Takes a person and their address off the channel, as RFC 8058 asks of a POST: without cookies or a login, however
/// often it comes.
///
/// # Errors
/// As for [`open`].
pub async fn unsubscribe(store: &Store, signer: &Signer, visit: Visit<'_>) -> Result<Result<(), Invalid>> {
    let Ok(Token::Unsubscribe(message, person)) = signer.verify(visit.token) else { return Ok(Err(Invalid)) };
    let links = LinkList::find(store, &message.run, &message.activity).await?;
    let opt_out = OptOut {
        channel: links.as_ref().map_or_else(|| "email".to_owned(), |links| links.channel.clone()),
        person: Some((person.dimension, person.identity)),
        address: Some(person.address),
        source: SOURCE.to_owned(),
        run: Some(message.run.clone()),
        activity: Some(message.activity.clone()),
        at_us: visit.now_us,
    };
    // The event first: were the opt-out known already, a repetition after a crash would leave the event out.
    let id: String = Sha256::digest(visit.token).iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    append(store, event("unsubscribe", format!("u/{id}"), &message, links.as_ref(), None, visit)).await?;
    store.consents().opt_out(&opt_out).await.map_err(Error::store("record an opt-out"))?;
    Ok(Ok(()))
}

/// The page that a GET of an unsubscribe link shows. It changes nothing: mail scanners follow links too.
pub fn unsubscribe_page(signer: &Signer, token: &str) -> Result<String, Invalid> {
    let Ok(Token::Unsubscribe(_, person)) = signer.verify(token) else { return Err(Invalid) };
    let address = escape(&person.address);
    Ok(page(
        "Unsubscribe",
        &format!(
            "<p>Stop all marketing mail to <b>{address}</b>?</p>\
             <form method=\"post\" action=\"\"><input type=\"hidden\" name=\"List-Unsubscribe\" value=\"One-Click\">\
             <button type=\"submit\">Unsubscribe</button></form>"
        ),
    ))
}

/// The page after unsubscribing.
pub fn unsubscribed_page() -> String {
    page("Unsubscribed", "<p>You will get no more marketing mail from us.</p>")
}

/// The page for a link that is not one of ours.
pub fn invalid_page() -> String {
    page("Link not valid", "<p>This link is incomplete or was changed. Please use the link in the message again.</p>")
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\">\
         <title>{title}</title><style>body{{font:16px system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem;text-align:center}}\
         button{{font:inherit;padding:.6rem 1.4rem;cursor:pointer}}</style></head><body><h1>{title}</h1>{body}</body></html>"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn event(
    kind: &str,
    id: String,
    message: &MessageRef,
    links: Option<&LinkList>,
    url: Option<String>,
    visit: Visit<'_>,
) -> Event {
    Event {
        id,
        kind: kind.to_owned(),
        dimension: links.map(|links| links.dimension.clone()),
        key: Some(message.key.clone()),
        run: Some(message.run.clone()),
        activity: Some(message.activity.clone()),
        campaign: links.map(|links| links.campaign.clone()),
        message_id: links.map(|links| {
            crate::message::message_id(&message.run, &message.activity, &message.key, &links.message_domain)
        }),
        url,
        user_agent: visit.user_agent.map(str::to_owned),
        at_us: visit.now_us,
    }
}

async fn append(store: &Store, event: Event) -> Result<()> {
    store.events().append(&[event]).await.map(drop).map_err(Error::store("keep feedback"))
}

/// Moves events from the inbox to the tables of events; answers how many. A crash in between repeats nothing: the rows
/// carry the last event's number as their Delta transaction.
#[boxed]
pub async fn flush_events(store: &Store, lake: &Lake, catalog: &Catalog) -> Result<u64> {
    let mut moved = 0;
    if store.events().take(1).await.map_err(Error::store("read feedback"))?.is_empty() {
        return Ok(moved);
    }
    // Of two who take the same events, the second would not see what the first has moved.
    let failed = |error: tutti_lake::Error| Error::Table { table: "tutti_events".to_owned(), source: error.into() };
    let _one = lake.alone("feedback").await.map_err(failed)?;
    loop {
        let events = store.events().take(EVENTS_MAX).await.map_err(Error::store("read feedback"))?;
        let Some(last) = events.last().map(|event| event.seq) else { return Ok(moved) };
        let mut of_dimensions: BTreeMap<&str, Vec<&StoredEvent>> = BTreeMap::new();
        for event in &events {
            of_dimensions.entry(event.event.dimension.as_deref().unwrap_or_default()).or_default().push(event);
        }
        for (dimension, events) in of_dimensions {
            // A dimension that is gone has no table to take its events.
            let Some((_, table)) = catalog.dimension_table(dimension) else {
                tracing::warn!(dimension, events = events.len(), "feedback of an unknown dimension was dropped");
                continue;
            };
            let target = builtin::events(table);
            let failed = |source: crate::error::Cause| Error::Table { table: target.name.clone(), source };
            let app = format!("events/{dimension}");
            // Those that a process moved which died before it could empty the inbox; others may have come since.
            lake.ensure_table(&target).await.map_err(|error| failed(error.into()))?;
            let moved = lake.transaction(&target.name, &app).await.map_err(|error| failed(error.into()))?;
            let events: Vec<&StoredEvent> =
                events.into_iter().filter(|event| moved.is_none_or(|moved| event.seq > moved)).collect();
            let Some(rows) = rows(table, dimension, &events).map_err(|error| failed(error.into()))? else { continue };
            let transaction = Some((app, last));
            lake.append(&target, &[rows], transaction).await.map_err(|error| failed(error.into()))?;
            store.reach("append to the table of events", When::After).await;
        }
        store.events().drop_through(last).await.map_err(Error::store("empty the feedback inbox"))?;
        moved += events.len() as u64;
    }
}

/// Events as rows of their table; those whose key does not fit it any more are left out. `None` for no rows.
fn rows(
    table: &tutti_model::table::Table,
    dimension: &str,
    events: &[&StoredEvent],
) -> Result<Option<RecordBatch>, arrow::error::ArrowError> {
    let width = table.primary_key.len();
    let fitting: Vec<(&StoredEvent, Vec<String>)> =
        events.iter().filter_map(|event| Some((*event, split_key(event.event.key.as_deref()?, width)?))).collect();
    if fitting.is_empty() {
        return Ok(None);
    }
    let mut columns: Vec<(String, ArrayRef)> = Vec::new();
    for (position, column) in table.key_columns().into_iter().enumerate() {
        let texts: ArrayRef = Arc::new(StringArray::from_iter_values(fitting.iter().map(|(_, key)| &key[position])));
        let typed = cast_with_options(&texts, &tutti_query::arrow_type(column.column_type), &CastOptions::default())?;
        columns.push((builtin::key_name(&column.name), typed));
    }
    let text = |of: fn(&Event) -> Option<&str>| -> ArrayRef {
        Arc::new(fitting.iter().map(|(event, _)| of(&event.event)).collect::<StringArray>())
    };
    let same =
        |word: &str| -> ArrayRef { Arc::new(StringArray::from_iter_values(std::iter::repeat_n(word, fitting.len()))) };
    let at = TimestampMicrosecondArray::from_iter_values(fitting.iter().map(|(event, _)| event.event.at_us))
        .with_timezone("UTC");
    for (name, array) in [
        ("event", text(|event| Some(&event.id))),
        ("kind", text(|event| Some(&event.kind))),
        ("run", text(|event| event.run.as_deref())),
        ("campaign", text(|event| event.campaign.as_deref())),
        ("activity", text(|event| event.activity.as_deref())),
        ("dimension", same(dimension)),
        ("channel", same("email")),
        ("message_id", text(|event| event.message_id.as_deref())),
        ("url", text(|event| event.url.as_deref())),
        ("at", Arc::new(at) as ArrayRef),
    ] {
        columns.push((name.to_owned(), array));
    }
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).map(Some)
}

/// The parts of a key as the ledger writes it; `None` where they are not `width`.
pub fn split_key(key: &str, width: usize) -> Option<Vec<String>> {
    if width == 1 {
        return Some(vec![key.to_owned()]);
    }
    let mut parts = vec![String::new()];
    let mut chars = key.chars();
    while let Some(c) = chars.next() {
        match c {
            ',' => parts.push(String::new()),
            '\\' => parts.last_mut()?.extend(chars.next()),
            c => parts.last_mut()?.push(c),
        }
    }
    (parts.len() == width).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_split_as_they_were_joined() {
        for (key, width, parts) in [
            ("7,x", 1, Some(vec!["7,x"])),
            ("7,x", 2, Some(vec!["7", "x"])),
            ("a\\,b,c\\\\", 2, Some(vec!["a,b", "c\\"])),
            ("7", 2, None),
        ] {
            assert_eq!(
                split_key(key, width),
                parts.map(|parts| parts.into_iter().map(str::to_owned).collect()),
                "{key}"
            );
        }
    }

    #[test]
    fn looking_at_the_page_takes_a_valid_link() {
        let signer = Signer::new(b"s");
        let message = MessageRef { run: "r".into(), activity: "a".into(), key: "1".into() };
        let person = crate::token::Person {
            dimension: "d".into(),
            identity: "1".into(),
            address: "\"<b>\"@shop.example".into(),
        };
        let html = unsubscribe_page(&signer, &signer.sign(&Token::Unsubscribe(message.clone(), person))).unwrap();
        assert!(html.contains("method=\"post\"") && html.contains("&lt;b&gt;") && !html.contains("<b>\""), "{html}");
        assert_eq!(unsubscribe_page(&signer, &signer.sign(&Token::Open(message))), Err(Invalid));
    }
}
