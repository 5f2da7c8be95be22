//! Versions of documents, and settings.

use futures::future::try_join_all;
use serde_json::{Value, json};
use tutti_store::{Change, Class, DocumentWrite, Error, Store};

fn write(kind: &str, name: &str, body: Value) -> DocumentWrite {
    DocumentWrite { kind: kind.into(), name: name.into(), body, expected_version: None }
}

pub async fn versions_grow_only_with_changes(store: Store) -> anyhow::Result<()> {
    let documents = store.documents();
    let bodies = [(json!({"a": 1, "b": 2}), 1, Change::Created), (json!({"b": 2, "a": 1}), 1, Change::Unchanged)];
    let more = [(json!({"a": 2}), 2, Change::Updated), (json!({"a": 1, "b": 2}), 3, Change::Updated)];
    for (step, (body, version, change)) in bodies.into_iter().chain(more).enumerate() {
        let done = documents.apply(vec![write("table", "t", body)], step as i64).await?;
        assert_eq!((done[0].version, done[0].change), (version, change), "step {step}");
    }
    assert_eq!(documents.get("table", "t", Some(2)).await?.and_then(|d| d.body), Some(json!({"a": 2})));
    let newest = documents.get("table", "t", None).await?.map(|d| (d.version, d.written_us, d.created_us));
    assert_eq!(newest, Some((3, 3, 0)));
    let versions: Vec<_> = documents.versions("table", "t").await?.iter().map(|d| (d.version, d.head)).collect();
    assert_eq!(versions, [(3, true), (2, false), (1, false)]);
    assert_eq!(documents.get("table", "other", None).await?, None);
    Ok(())
}

pub async fn apply_is_all_or_nothing(store: Store) -> anyhow::Result<()> {
    let documents = store.documents();
    let before = documents.generation().await?;
    let conflict = DocumentWrite { expected_version: Some(4), ..write("table", "b", json!({})) };
    let refused = documents.apply(vec![write("table", "a", json!({})), conflict], 1).await;
    assert!(matches!(refused, Err(Error::VersionConflict { expected: 4, found: 0, .. })), "{refused:?}");
    assert_eq!(documents.heads().await?, []);
    assert_eq!(documents.generation().await?, before);
    Ok(())
}

pub async fn deleted_documents_keep_their_versions(store: Store) -> anyhow::Result<()> {
    let documents = store.documents();
    documents.apply(vec![write("table", "t", json!(1)), write("table", "u", json!(2))], 1).await?;
    assert_eq!(documents.delete("table", "t", 2).await?, Some(2));
    assert_eq!(documents.delete("table", "t", 3).await?, None);
    assert_eq!(documents.delete("table", "never", 3).await?, None);
    assert_eq!(documents.get("table", "t", None).await?, None);
    assert_eq!(documents.get("table", "t", Some(2)).await?, None);
    assert_eq!(documents.get("table", "t", Some(1)).await?.and_then(|d| d.body), Some(json!(1)));
    assert_eq!(documents.list("table").await?.iter().map(|d| d.name.as_str()).collect::<Vec<_>>(), ["u"]);
    let again = documents.apply(vec![write("table", "t", json!(1))], 4).await?;
    assert_eq!((again[0].version, again[0].change), (3, Change::Created));
    assert_eq!(documents.get("table", "t", None).await?.map(|d| d.created_us), Some(4), "it is another one");
    assert_eq!(documents.heads().await?.len(), 2);
    Ok(())
}

pub async fn expected_versions_detect_conflicts(store: Store) -> anyhow::Result<()> {
    let documents = store.documents();
    let at = |version, body| vec![DocumentWrite { expected_version: Some(version), ..write("campaign", "c", body) }];
    documents.apply(at(0, json!(1)), 1).await?;
    documents.apply(at(1, json!(2)), 2).await?;
    let refused = documents.apply(at(1, json!(3)), 3).await;
    assert_eq!(refused.as_ref().err().map(Error::class), Some(Class::Conflict));
    assert_eq!(documents.get("campaign", "c", None).await?.and_then(|d| d.body), Some(json!(2)));
    Ok(())
}

pub async fn field_order_is_kept(store: Store) -> anyhow::Result<()> {
    let text = r#"{"zebra":1,"apple":{"y":"é\u0001\"","x":[1.5,null,true]},"mango":123456789012345678}"#;
    store.documents().apply(vec![write("table", "t", serde_json::from_str(text)?)], 1).await?;
    let body = store.documents().get("table", "t", None).await?.and_then(|d| d.body);
    assert_eq!(body.map(|body| body.to_string()).as_deref(), Some(text));
    Ok(())
}

pub async fn generation_follows_changes(store: Store) -> anyhow::Result<()> {
    let documents = store.documents();
    let mut last = documents.generation().await?;
    documents.apply(vec![write("table", "t", json!(1))], 1).await?;
    for (changes, step) in [(true, 0), (false, 1), (true, 2), (false, 3)] {
        match step {
            1 => drop(documents.apply(vec![write("table", "t", json!(1))], 2).await?),
            2 => drop(documents.delete("table", "t", 3).await?),
            3 => drop(documents.delete("table", "t", 4).await?),
            _ => {}
        }
        let now = documents.generation().await?;
        assert_eq!(now > last, changes, "step {step}");
        last = now;
    }
    Ok(())
}

pub async fn concurrent_applies_lose_nothing(store: Store) -> anyhow::Result<()> {
    let writers = (0..12).map(|writer| {
        let store = store.clone();
        tokio::spawn(async move { store.documents().apply(vec![write("table", "t", json!(writer))], writer).await })
    });
    let mut versions = Vec::new();
    for done in try_join_all(writers).await? {
        versions.push(done?[0].version);
    }
    versions.sort_unstable();
    assert_eq!(versions, (1..=12).collect::<Vec<_>>());
    assert_eq!(store.documents().versions("table", "t").await?.iter().filter(|d| d.head).count(), 1);
    Ok(())
}

pub async fn settings_keep_the_first(store: Store) -> anyhow::Result<()> {
    assert_eq!(store.settings().get("secret").await?, None);
    let writers = (0..8).map(|writer| {
        let store = store.clone();
        tokio::spawn(async move { store.settings().set_if_absent("secret", &format!("s{writer}")).await })
    });
    let mut kept = Vec::new();
    for value in try_join_all(writers).await? {
        kept.push(value?);
    }
    kept.dedup();
    assert_eq!(kept.len(), 1, "{kept:?}");
    store.settings().set("secret", "other").await?;
    assert_eq!(store.settings().set_if_absent("secret", "x").await?, "other");
    store.settings().forget("secret").await?;
    assert_eq!(store.settings().get("secret").await?, None);
    Ok(())
}
