//! The store's contract, written once and run on SQLite and on PostgreSQL.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod alerts;
mod campaigns;
mod comments;
mod consents;
mod deliveries;
mod documents;
mod drafts;
mod events;
mod favorites;
mod marks;
mod runs;
mod tasks;

use anyhow::Context;
use tutti_store::Store;

/// Makes one test per case on SQLite, and one that runs all cases on a PostgreSQL of its own, each in a new database.
macro_rules! suite {
    ($($module:ident: $($case:ident),+;)+) => {
        mod sqlite {
            $(mod $module {
                $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() -> anyhow::Result<()> {
                    let folder = tempfile::tempdir()?;
                    let store = crate::sqlite_store(folder.path()).await?;
                    crate::$module::$case(store).await
                })+
            })+
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn postgres_every_case() -> anyhow::Result<()> {
            let mut server = tutti_testkit::postgres::Postgres::start()?;
            $($(
                let store = Store::open(&server.database()?).await?;
                $module::$case(store.clone()).await.context(concat!(stringify!($module), "::", stringify!($case)))?;
                store.close().await?;
            )+)+
            Ok(())
        }
    };
}

suite! {
    documents: versions_grow_only_with_changes, apply_is_all_or_nothing, deleted_documents_keep_their_versions,
        expected_versions_detect_conflicts, field_order_is_kept, generation_follows_changes,
        concurrent_applies_lose_nothing, settings_keep_the_first;
    drafts: drafts_notice_other_writers;
    runs: lists_are_newest_first, compare_and_set, advance_decides_under_the_lock, logs_read_on,
        revisions_open_a_run_again, only_ended_runs_are_cleared, a_key_is_one_run, runs_in_trouble_are_found,
        open_activities_are_those_of_runs_that_go_on, what_nothing_needs_is_forgotten;
    tasks: claims_never_give_a_task_twice, claims_respect_time_lease_and_run, completion_is_once,
        failure_retries_or_stays, postponed_tasks_do_not_count_an_attempt, simultaneous_ends_see_each_other,
        held_tasks_wait_for_an_answer_or_their_time, a_failed_task_leaves_what_arrived_only_when_the_run_goes_on;
    alerts: an_activity_raises_its_alert_once, what_goes_wrong_is_mailed_once;
    deliveries: creation_is_idempotent, batches_are_claimed_once, counts_always_add_up, batches_go_with_the_task,
        crash_leaves_groups_in_doubt,
        lost_leases_cannot_send, answers_must_fit, many_batches;
    campaigns: a_campaign_is_a_draft_until_written, facts_are_of_live_runs_since_publication, a_launch_begins_one_run,
        queued_launches_wait_for_the_run, planned_launches_are_replaced_and_given_up, missed_times_are_kept_as_skipped,
        a_new_version_changes_its_campaign_with_it, signals_are_throttled_and_refused,
        launches_say_what_was_wrong, launches_go_with_their_campaign, settled_launches_are_cleared;
    comments: comments_are_answered_resolved_and_deleted;
    consents: opt_outs_are_idempotent, person_and_address_are_two_facts, suppressions_by_address_and_domain;
    events: inbox_is_idempotent_and_ordered;
    favorites: favorites_are_of_a_person_and_newest_first, only_the_newest_are_kept;
    marks: marks_move_with_completed_tasks, marks_remember_keys_of_runs;
}

async fn sqlite_store(folder: &std::path::Path) -> anyhow::Result<Store> {
    Ok(Store::open(&format!("sqlite:{}", folder.join("state.db").display())).await?)
}

#[tokio::test]
async fn reopening_finds_everything() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let store = sqlite_store(folder.path()).await?;
    store.settings().set("secret", "kept").await?;
    store.close().await?;
    let store = sqlite_store(folder.path()).await?;
    assert_eq!(store.settings().get("secret").await?.as_deref(), Some("kept"));
    Ok(())
}

#[tokio::test]
async fn memory_databases_work() -> anyhow::Result<()> {
    let store = Store::open("sqlite::memory:").await?;
    store.settings().set("a", "1").await?;
    assert_eq!(store.settings().get("a").await?.as_deref(), Some("1"));
    Ok(())
}

#[tokio::test]
async fn other_addresses_are_refused() {
    let error = Store::open("mysql://root:secret@localhost/x").await.err().map(|error| error.to_string());
    let text = error.unwrap_or_default();
    assert!(text.contains("mysql://root:***@localhost/x") && !text.contains("secret"), "{text}");
}
