//! Populations.

use tutti_lake::{Error, PORT_COLUMN, PopulationPath};

use super::{Fixture, shown};

fn path(port: &str) -> PopulationPath {
    PopulationPath { run: "run_1".into(), activity: "split".into(), port: port.into() }
}

#[tokio::test]
async fn several_ports_in_one_pass() {
    let f = Fixture::new();
    let sql = format!(
        "select 'k' || cast(value as varchar) as key, cast(value * 1.5 as decimal(9,2)) as spend, \
         cast(case when value % 3 = 0 then 0 when value % 3 = 1 then 1 end as int) as {PORT_COLUMN} \
         from generate_series(1, 10000) order by value"
    );
    let stream = f.session.context().sql(&sql).await.unwrap().execute_stream().await.unwrap();
    let infos = f.lake.write_populations("run_1", "split", &["a", "b", "none"], stream).await.unwrap();
    assert_eq!(infos.iter().map(|info| info.rows).collect::<Vec<_>>(), [3333, 3334, 0]);
    let (provider, info) = f.lake.population(&path("a")).unwrap().unwrap();
    assert_eq!(info, infos[0]);
    assert_eq!(info.columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["key", "spend"]);
    assert_eq!(f.read(provider).await.len(), 3333);
    let (empty, info) = f.lake.population(&path("none")).unwrap().unwrap();
    assert_eq!((info.rows, f.read(empty).await.len()), (0, 0));
    let rows = f.lake.population_rows(&path("a"), 3330, 10).await.unwrap();
    assert_eq!(shown(&rows), ["k9993|14989.50", "k9996|14994.00", "k9999|14998.50"]);
    f.lake.delete_populations("run_1").await.unwrap();
    f.lake.delete_populations("run_1").await.unwrap();
    assert!(f.lake.population(&path("a")).unwrap().is_none());
    assert!(matches!(f.lake.population_rows(&path("a"), 0, 1).await, Err(Error::NoPopulation(_))));
}

#[tokio::test]
async fn a_failed_write_leaves_the_old_population() {
    let f = Fixture::new();
    let write = async |sql: &str| {
        let stream = f.session.context().sql(sql).await.unwrap().execute_stream().await.unwrap();
        f.lake.write_population(&path("out"), stream).await
    };
    write("select 1 as key").await.unwrap();
    write("select 1 / (value - 9000) as key from generate_series(1, 10000)").await.unwrap_err();
    let (provider, info) = f.lake.population(&path("out")).unwrap().unwrap();
    assert_eq!((info.rows, f.read(provider).await), (1, vec!["1".to_owned()]));
    let folder = f.lake.population_file(&path("out"));
    assert_eq!(std::fs::read_dir(folder.parent().unwrap()).unwrap().count(), 1);
    write("select 2 as key").await.unwrap();
    let (provider, _) = f.lake.population(&path("out")).unwrap().unwrap();
    assert_eq!(f.read(provider).await, ["2"]);
}
