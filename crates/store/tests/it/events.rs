//! The feedback inbox.

use futures::future::try_join_all;
use tutti_store::{Event, Store};

fn event(id: &str, kind: &str) -> Event {
    Event {
        id: id.into(),
        kind: kind.into(),
        dimension: Some("customers".into()),
        key: Some("1".into()),
        run: Some("run_1".into()),
        activity: Some("mail".into()),
        campaign: Some("winback".into()),
        message_id: None,
        url: None,
        user_agent: Some("Mail/1.0".into()),
        at_us: 9,
    }
}

pub async fn inbox_is_idempotent_and_ordered(store: Store) -> anyhow::Result<()> {
    let events = store.events();
    assert_eq!(events.append(&[]).await?, 0);
    assert_eq!(events.append(&[event("a", "open"), event("b", "click"), event("a", "open")]).await?, 2);
    assert_eq!(events.append(&[event("b", "click"), event("c", "unsubscribe")]).await?, 1);
    let taken = events.take(2).await?;
    assert_eq!(taken.iter().map(|t| &t.event).collect::<Vec<_>>(), [&event("a", "open"), &event("b", "click")]);
    assert_eq!(events.take(2).await?, taken, "they stay until dropped");
    assert_eq!(events.drop_through(taken[1].seq).await?, 2);
    assert_eq!(events.take(9).await?.iter().map(|t| t.event.id.as_str()).collect::<Vec<_>>(), ["c"]);

    // A reader that always drops what it took must see every event of writers at work beside it.
    let writers = (0..6).map(|writer| {
        let store = store.clone();
        tokio::spawn(async move {
            for number in 0..20 {
                store.events().append(&[event(&format!("{writer}-{number}"), "open")]).await?;
            }
            Ok::<_, tutti_store::Error>(())
        })
    });
    let writers = tokio::spawn(try_join_all(writers));
    let mut seen = 0;
    loop {
        let finished = writers.is_finished();
        let taken = events.take(1_000).await?;
        seen += taken.len();
        if let Some(last) = taken.last() {
            events.drop_through(last.seq).await?;
        } else if finished {
            break;
        }
    }
    for written in writers.await?? {
        written?;
    }
    assert_eq!(seen, 121);
    Ok(())
}
