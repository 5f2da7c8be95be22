//! What people keep at hand.

use tutti_store::Store;

async fn names(store: &Store, person: &str, kind: &str) -> anyhow::Result<Vec<String>> {
    Ok(store.favorites().list(person, kind).await?.into_iter().map(|kept| kept.name).collect())
}

pub async fn favorites_are_of_a_person_and_newest_first(store: Store) -> anyhow::Result<()> {
    let favorites = store.favorites();
    for (person, kind, name, at_us) in [
        ("anna", "filter", "lapsed", 10),
        ("anna", "filter", "spenders", 20),
        ("ben", "filter", "lapsed", 30),
        ("anna", "attribute", "people.city", 40),
        // Kept again, it is the newest.
        ("anna", "filter", "lapsed", 50),
    ] {
        favorites.add(person, kind, name, 20, at_us).await?;
    }
    assert_eq!(names(&store, "anna", "filter").await?, ["lapsed", "spenders"]);
    assert_eq!(favorites.list("anna", "filter").await?[0].at_us, 50);
    assert_eq!(names(&store, "ben", "filter").await?, ["lapsed"]);
    assert!(favorites.remove("anna", "filter", "spenders").await?);
    assert!(!favorites.remove("anna", "filter", "spenders").await?);
    assert_eq!(names(&store, "anna", "attribute").await?, ["people.city"]);
    favorites.forget("filter", "lapsed").await?;
    assert!(names(&store, "anna", "filter").await?.is_empty() && names(&store, "ben", "filter").await?.is_empty());
    Ok(())
}

pub async fn only_the_newest_are_kept(store: Store) -> anyhow::Result<()> {
    for number in 0..5 {
        store.favorites().add("anna", "recent-attribute", &format!("people.c{number}"), 3, number).await?;
    }
    store.favorites().add("anna", "attribute", "people.c0", 3, 9).await?;
    assert_eq!(names(&store, "anna", "recent-attribute").await?, ["people.c4", "people.c3", "people.c2"]);
    assert_eq!(names(&store, "anna", "attribute").await?, ["people.c0"]);
    Ok(())
}
