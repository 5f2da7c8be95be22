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
    };
    let alerts = store.alerts();
    assert!(alerts.add(&alert("run_1", "a", "first")).await?);
    assert!(!alerts.add(&alert("run_1", "a", "again")).await?);
    assert!(alerts.add(&alert("run_2", "b", "second")).await?);
    let titles = |alerts: Vec<tutti_store::Alert>| alerts.into_iter().map(|alert| alert.title).collect::<Vec<_>>();
    assert_eq!(titles(alerts.list(None, None, 10).await?), ["second", "first"]);
    assert_eq!(titles(alerts.list(Some("a"), None, 10).await?), ["first"]);
    assert_eq!(titles(alerts.list(Some("a"), Some("run_2"), 10).await?), [""; 0]);
    assert_eq!(alerts.list(None, None, 1).await?[0].mailed_to, ["ops@shop.example"]);
    let weekly = |round| NewAlert { activity: String::new(), round, ..alert("run_1", "a", "paused") };
    assert!(alerts.add(&weekly(1)).await?);
    assert!(!alerts.add(&weekly(1)).await?);
    assert!(alerts.add(&weekly(2)).await?);
    Ok(())
}
