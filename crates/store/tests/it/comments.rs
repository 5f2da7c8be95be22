//! What people say about campaigns.

use tutti_store::{NewComment, Store};

fn comment(campaign: &str, text: &str, reply_to: Option<i64>) -> NewComment {
    NewComment {
        campaign: campaign.into(),
        activity: Some("mail".into()),
        version: None,
        reply_to,
        author: "marta".into(),
        text: text.into(),
    }
}

pub async fn comments_are_answered_resolved_and_deleted(store: Store) -> anyhow::Result<()> {
    let comments = store.comments();
    let first = comments.add(&comment("a", "too long", None), 5).await?;
    let answer = comments.add(&comment("a", "it is not", Some(first)), 6).await?;
    let other = comments.add(&comment("b", "good", None), 7).await?;
    assert!(first < answer && answer < other);
    let texts = async || -> anyhow::Result<Vec<String>> {
        Ok(comments.list("a").await?.into_iter().map(|found| found.comment.text).collect())
    };
    assert_eq!(texts().await?, ["too long", "it is not"]);

    assert!(comments.rewrite(first, "a bit long", 8).await?);
    assert!(comments.resolve(first, Some("jean"), 9).await?);
    let kept = comments.get(first).await?.unwrap();
    assert_eq!((kept.created_us, kept.changed_us, kept.resolved_us), (5, 8, Some(9)));
    assert_eq!((kept.comment.text.as_str(), kept.resolved_by.as_deref()), ("a bit long", Some("jean")));
    assert!(comments.resolve(first, None, 10).await?);
    assert_eq!(comments.get(first).await?.unwrap().resolved_us, None);

    assert!(comments.delete(first).await?);
    assert_eq!(texts().await?, [""; 0]);
    assert!(!comments.delete(first).await? && !comments.rewrite(first, "x", 11).await?);
    comments.forget("b").await?;
    assert_eq!(comments.get(other).await?, None);
    Ok(())
}
