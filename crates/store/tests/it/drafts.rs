//! Documents that are being worked on.

use serde_json::json;
use tutti_store::{DraftWrite, Error, Store};

fn write(label: &str, expected_revision: i64) -> DraftWrite {
    let body = json!({"label": label});
    DraftWrite { kind: "campaign".into(), name: "c".into(), body, expected_revision, base_version: 3 }
}

pub async fn drafts_notice_other_writers(store: Store) -> anyhow::Result<()> {
    let drafts = store.drafts();
    assert_eq!(drafts.get("campaign", "c").await?, None);
    let first = drafts.put(write("one", 0), 5).await?;
    let refused = drafts.put(write("two", 0), 6).await;
    assert!(matches!(refused, Err(Error::VersionConflict { expected: 0, found, .. }) if found == first), "{refused:?}");
    let second = drafts.put(write("two", first), 7).await?;
    assert!(second > first);
    let kept = drafts.get("campaign", "c").await?.unwrap();
    assert_eq!((kept.body, kept.revision, kept.base_version, kept.updated_us), (json!({"label": "two"}), second, 3, 7));
    assert_eq!(drafts.names("campaign").await?, ["c"]);
    assert!(!drafts.delete("campaign", "c", Some(first)).await?, "a newer one stays");
    assert!(drafts.delete("campaign", "c", Some(second)).await?);
    assert!(!drafts.delete("campaign", "c", None).await?);
    let again = drafts.put(write("three", 0), 8).await?;
    assert!(again > second, "an old revision never comes back");
    Ok(())
}
