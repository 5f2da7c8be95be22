//! How fast messages can be recorded: begin and answer groups of 16 on SQLite, and what reading all heads costs.
//!
//! `cargo run --release -p tutti-store --example group_speed [GROUPS_PER_COMMIT] [SECONDS]`

use std::time::{Duration, Instant};

use serde_json::json;
use tutti_store::{DocumentWrite, GroupAnswer, GroupStart, NewBatch, NewDelivery, NewRun, Reasons, Store};

const GROUP: i64 = 16;
const BATCH: i64 = 10_000;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let per_commit: i64 = arguments.next().map_or(Ok(16), |text| text.parse())?;
    let seconds: u64 = arguments.next().map_or(Ok(3), |text| text.parse())?;
    let folder = tempfile::tempdir_in(std::env::current_dir()?)?;
    let store = Store::open(&format!("sqlite:{}", folder.path().join("state.db").display())).await?;

    let body = json!({"text": "x".repeat(2_000)});
    let write = |n: i32| DocumentWrite {
        kind: if n < 200 { "table" } else { "campaign" }.into(),
        name: format!("d{n}"),
        body: body.clone(),
        expected_version: None,
    };
    let began = Instant::now();
    store.documents().apply((0..1_200).map(write).collect(), 0).await?;
    println!("apply of 1,200 documents of 2 KB: {:?}", began.elapsed());
    let began = Instant::now();
    let heads = store.documents().heads().await?.len();
    println!("heads of {heads} documents: {:?}", began.elapsed());

    let batches = prepare(&store).await?;
    let (mut messages, mut commits) = (0, 0);
    let began = Instant::now();
    for batch_no in 0..batches {
        store.batches().claim("run_1", "mail", "w", i64::MAX, 1).await?;
        let mut ordinals = (batch_no * BATCH..(batch_no + 1) * BATCH).step_by(GROUP as usize).peekable();
        while ordinals.peek().is_some() {
            let firsts: Vec<i64> = ordinals.by_ref().take(per_commit as usize).collect();
            let start = |&first_ordinal: &i64| GroupStart {
                run: "run_1".into(),
                activity: "mail".into(),
                batch_no,
                first_ordinal,
                length: GROUP,
                attempt: 1,
                at_us: 2,
            };
            let answer = |&first_ordinal: &i64| GroupAnswer {
                run: "run_1".into(),
                activity: "mail".into(),
                batch_no,
                first_ordinal,
                attempt: 1,
                outcomes: vec![1; GROUP as usize],
                at_us: 3,
            };
            store.groups().begin("w", &firsts.iter().map(start).collect::<Vec<_>>()).await?;
            store.groups().answer(&firsts.iter().map(answer).collect::<Vec<_>>()).await?;
            messages += firsts.len() as i64 * GROUP;
            commits += 2;
        }
        if began.elapsed() > Duration::from_secs(seconds) {
            break;
        }
    }
    let took = began.elapsed();
    println!(
        "{per_commit} groups of {GROUP} per commit: {:.0} messages/s, {:.2} ms per commit",
        messages as f64 / took.as_secs_f64(),
        took.as_secs_f64() * 1_000.0 / f64::from(commits)
    );
    Ok(())
}

async fn prepare(store: &Store) -> anyhow::Result<i64> {
    let (run, activity) = ("run_1".to_owned(), "mail".to_owned());
    let new = NewRun {
        id: run.clone(),
        campaign: "c".into(),
        campaign_version: 1,
        mode: "live".into(),
        seed: 1,
        variables: json!({}),
        key: None,
        now_us: 0,
    };
    store.runs().create(new, vec![]).await?;
    let count = 500;
    let delivery = NewDelivery {
        run,
        activity,
        channel: "email".into(),
        channel_name: "c".into(),
        targeted: count * BATCH,
        excluded: 0,
        exclusions: Reasons::new(),
        eligible: count * BATCH,
        batch_rows: BATCH,
        at_most_once: false,
        now_us: 0,
    };
    let batch = |batch_no| NewBatch { batch_no, first_ordinal: batch_no * BATCH, rows: BATCH };
    store.deliveries().create(delivery, &(0..count).map(batch).collect::<Vec<_>>()).await?;
    Ok(count)
}
