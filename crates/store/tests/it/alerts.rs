//! Alerts of runs.

use tutti_store::{NewAlert, Store};

pub async fn an_activity_raises_its_alert_once(store: Store) -> anyhow::Result<()> {
    let alert = |run: &str, campaign: &str, title: &str| NewAlert {
        run: run.into(),
        campaign: campaign.into(),
        activity: "warn".into(),
        round: 0,
        level: "warning".into(),
        title: title.into(),
        message: "Only 3 rows.".into(),
        mailed_to: vec!["ops@shop.example".into()],
        now_us: 5,
        ..NewAlert::default()
    };
    let alerts = store.alerts();
    assert!(alerts.add(&alert("run_1", "a", "first")).await?);
    assert!(!alerts.add(&alert("run_1", "a", "again")).await?);
    assert!(alerts.add(&alert("run_2", "b", "second")).await?);
    let titles = |alerts: Vec<tutti_store::Alert>| alerts.into_iter().map(|alert| alert.title).collect::<Vec<_>>();
    assert_eq!(titles(alerts.list(None, None, 10).await?), ["second", "first"]);
    assert_eq!(titles(alerts.list(Some("a"), None, 10).await?), ["first"]);
    assert_eq!(titles(alerts.list(Some("a"), Some("run_2"), 10).await?), [""; 0]);
    let newest = alerts.list(None, None, 1).await?;
    assert_eq!(newest[0].mailed_to, ["ops@shop.example"]);
    assert_eq!(titles(alerts.before(None, None, newest[0].seq, 10).await?), ["first"]);
    assert_eq!(titles(alerts.before(Some("b"), None, newest[0].seq, 10).await?), [""; 0]);
    let weekly = |round| NewAlert { activity: String::new(), round, ..alert("run_1", "a", "paused") };
    assert!(alerts.add(&weekly(1)).await?);
    assert!(!alerts.add(&weekly(1)).await?);
    assert!(alerts.add(&weekly(2)).await?);
    Ok(())
}

pub async fn what_goes_wrong_is_mailed_once(store: Store) -> anyhow::Result<()> {
    let to = vec!["ops@shop.example".to_owned()];
    let trouble = |message: &str, now_us: i64| NewAlert {
        run: "run_1".into(),
        campaign: "a".into(),
        level: "critical".into(),
        message: message.into(),
        trouble: Some("failed".into()),
        mail_by: Some("mail".into()),
        mail_to: to.clone(),
        now_us,
        ..NewAlert::default()
    };
    let alerts = store.alerts();
    assert_eq!(alerts.next_mail().await?, None);
    assert!(alerts.add(&trouble("first", 5)).await?);
    assert!(alerts.add(&trouble("second", 5)).await?, "each time it goes wrong is told");
    assert!(alerts.add(&NewAlert { mail_by: None, ..trouble("nobody's", 5) }).await?);
    assert_eq!((alerts.next_mail().await?, alerts.claim_mail(4, 9).await?), (Some(5), None));
    let first = alerts.claim_mail(5, 15).await?.ok_or_else(|| anyhow::anyhow!("nothing to mail"))?;
    assert_eq!((first.message.as_str(), first.mail_by.as_deref(), &first.mail_to), ("first", Some("mail"), &to));
    let second = alerts.claim_mail(5, 15).await?.ok_or_else(|| anyhow::anyhow!("nothing more to mail"))?;
    assert_eq!((second.message.as_str(), alerts.claim_mail(14, 20).await?), ("second", None));
    alerts.mailed(first.seq, &to).await?;
    alerts.put_off(second.seq, 100).await?;
    alerts.put_off(first.seq, 100).await?;
    assert_eq!((alerts.claim_mail(99, 200).await?, alerts.next_mail().await?), (None, Some(100)));
    let again = alerts.claim_mail(100, 200).await?.map(|alert| alert.message);
    assert_eq!(again.as_deref(), Some("second"));
    let mailed: Vec<_> = alerts.list(None, None, 9).await?.into_iter().map(|alert| alert.mailed_to).collect();
    assert_eq!(mailed, [vec![], vec![], to.clone()]);
    Ok(())
}
