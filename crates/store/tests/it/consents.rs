//! Opt-outs and suppressions.

use std::collections::{HashMap, HashSet};

use tutti_store::{OptOut, Store, Suppression};

fn opt_out(person: Option<&str>, address: Option<&str>) -> OptOut {
    OptOut {
        channel: "email".into(),
        person: person.map(|key| ("customers".to_owned(), key.to_owned())),
        address: address.map(str::to_owned),
        source: "one-click".into(),
        run: Some("run_1".into()),
        activity: None,
        at_us: 7,
    }
}

fn set(values: &[&str]) -> HashSet<String> {
    values.iter().map(|&value| value.to_owned()).collect()
}

pub async fn opt_outs_are_idempotent(store: Store) -> anyhow::Result<()> {
    let consents = store.consents();
    assert!(consents.opt_out(&opt_out(Some("1"), None)).await?);
    assert!(!consents.opt_out(&OptOut { source: "import".into(), ..opt_out(Some("1"), None) }).await?);
    assert!(consents.opt_out(&opt_out(None, Some("Ann@Shop.Example"))).await?);
    assert!(!consents.opt_out(&opt_out(None, Some("ann@shop.example"))).await?);
    assert!(consents.opt_out(&OptOut { channel: "sms".into(), ..opt_out(Some("1"), None) }).await?);
    assert!(consents.opt_out(&opt_out(None, None)).await.is_err());
    let page = consents.opt_outs("email", 0, 1).await?;
    assert_eq!(page[0].opt_out, opt_out(Some("1"), None), "the first record stays");
    let rest = consents.opt_outs("email", page[0].seq, 10).await?;
    assert_eq!(rest.iter().map(|line| line.opt_out.address.as_deref()).collect::<Vec<_>>(), [Some("ann@shop.example")]);
    let found = consents.opted_out("email", "customers", &["1", "2"], &["ANN@shop.example", "b@x.example"]).await?;
    assert_eq!((found.keys, found.addresses), (set(&["1"]), set(&["ANN@shop.example"])));
    let elsewhere = consents.opted_out("email", "households", &["1"], &[]).await?;
    assert!(elsewhere.keys.is_empty(), "a key belongs to its dimension");
    Ok(())
}

/// A shared mailbox: that the address is known already must not lose the person's own opt-out.
pub async fn person_and_address_are_two_facts(store: Store) -> anyhow::Result<()> {
    let consents = store.consents();
    assert!(consents.opt_out(&opt_out(Some("1"), Some("family@x.example"))).await?);
    assert!(consents.opt_out(&opt_out(Some("2"), Some("family@x.example"))).await?);
    let found = consents.opted_out("email", "customers", &["1", "2", "3"], &["family@x.example"]).await?;
    assert_eq!((found.keys.len(), found.addresses.len()), (2, 1));
    let person = ("customers".to_owned(), "1".to_owned());
    assert!(consents.opt_in("email", Some(&person), None).await?);
    assert!(!consents.opt_in("email", Some(&person), None).await?);
    let found = consents.opted_out("email", "customers", &["1", "2"], &["family@x.example"]).await?;
    assert_eq!((found.keys, found.addresses.len()), (set(&["2"]), 1));
    let many: Vec<String> = (0..3_000).map(|n| n.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(consents.opted_out("email", "customers", &many, &many).await?.keys, set(&["2"]));
    Ok(())
}

pub async fn suppressions_by_address_and_domain(store: Store) -> anyhow::Result<()> {
    let one = |kind: &str, value: &str, reason: &str| Suppression {
        channel: "email".into(),
        kind: kind.into(),
        value: value.into(),
        reason: reason.into(),
        at_us: 1,
    };
    let suppressions = store.suppressions();
    let list = [one("address", "A@x.example", "hard_bounce"), one("domain", "Spam.example", "list")];
    assert_eq!(suppressions.add(&list).await?, 2);
    assert_eq!(suppressions.add(&[one("address", "a@X.example", "complaint")]).await?, 0);
    assert!(suppressions.add(&[one("word", "x", "y")]).await.is_err());
    let asked = ["a@x.example", "b@x.example", "C@SPAM.example", "d@mail.spam.example", "nonsense"];
    let found = suppressions.lookup("email", &asked).await?;
    let expected = [("a@x.example", "hard_bounce"), ("C@SPAM.example", "list")];
    assert_eq!(found, expected.map(|(address, reason)| (address.to_owned(), reason.to_owned())).into());
    assert_eq!(suppressions.lookup("sms", &asked).await?, HashMap::new());
    let first = suppressions.list("email", None, 1).await?;
    assert_eq!(first[0].value, "a@x.example");
    let rest = suppressions.list("email", Some((&first[0].kind, &first[0].value)), 9).await?;
    assert_eq!(rest.iter().map(|s| s.value.as_str()).collect::<Vec<_>>(), ["spam.example"]);
    assert!(suppressions.remove("email", "domain", "spam.EXAMPLE").await?);
    assert!(!suppressions.remove("email", "domain", "spam.example").await?);
    Ok(())
}
