use std::collections::BTreeSet;

use tutti_model::document::{Document, Spec};
use tutti_testkit::postgres::Postgres;

use super::death::{Death, Plan};
use super::disturbance::{Disturbance, Disturbed, Losses, live_disturbed};
use super::place::Place;
use super::stall::Word;
use super::story::live;
use super::world::World;

/// Messages that may be in flight when a process dies: the connections of the channel, with a group in hand each.
const IN_FLIGHT_MAX: u64 = 2 * 16;

async fn undisturbed() -> World {
    let place = Place::new(None, Death::new(Plan::Nobody)).await;
    let world = live(&place).await;
    assert_eq!(world.repeated_mails, 0);
    world
}

fn assert_same(undisturbed: &World, world: &World, place: &Place) {
    let differences = undisturbed.differences(world);
    let killed: Vec<String> = place.death.killed().iter().map(|(step, times)| format!("{step} ×{times}")).collect();
    assert!(differences.is_empty(), "after the deaths {killed:#?}\n{}", differences.join("\n"));
    assert!(world.repeated_mails as u64 <= place.death.kills() * IN_FLIGHT_MAX);
}

#[test]
fn every_kind_of_activity_has_a_case() {
    let file = tutti_model::source::SourceFile {
        path: "campaigns.yaml".to_owned(),
        text: include_str!("campaigns.yaml").replace("${SMTP_PORT}", "25").replace("${SERVICE}", "http://a.example"),
    };
    let sources = tutti_model::source::parse(&file).unwrap();
    let documents = sources.iter().filter_map(|source| Document::read(&source.value, &mut Vec::new()));
    let kinds: BTreeSet<String> = documents
        .filter_map(|document| match document.spec {
            Spec::Campaign(campaign) => Some(campaign),
            _ => None,
        })
        .flat_map(|campaign| campaign.canvas.activities.iter().map(|node| node.kind.clone()).collect::<Vec<_>>())
        .collect();
    let missing: Vec<&str> = tutti_activities::registry::all()
        .iter()
        .map(|kind| kind.kind())
        .filter(|kind| !kinds.contains(*kind))
        .collect();
    assert!(missing.is_empty(), "nobody knows whether these survive the death of a process: {missing:?}");
}

/// Every step that the story comes by is the last of some process: at its first, its second and its fifth time.
#[tokio::test]
async fn a_process_dies_at_every_step() {
    let undisturbed = undisturbed().await;
    let place = Place::new(None, Death::new(Plan::Each([1, 2, 5].into()))).await;
    let world = live(&place).await;
    assert_same(&undisturbed, &world, &place);
    let killed = place.death.killed();
    let spared: Vec<String> =
        place.death.passed().keys().filter(|step| !killed.contains_key(step)).map(ToString::to_string).collect();
    assert!(spared.is_empty() && killed.len() >= 50, "{} steps killed, spared {spared:?}", killed.len());
}

#[tokio::test]
async fn processes_die_at_random() {
    let undisturbed = undisturbed().await;
    let mut kills = 0;
    for seed in 1..=3 {
        let place = Place::new(None, Death::new(Plan::Random { steps_max: 60, seed })).await;
        let world = live(&place).await;
        assert_same(&undisturbed, &world, &place);
        kills += place.death.kills();
    }
    assert!(kills >= 60, "{kills} deaths");
}

#[tokio::test]
async fn processes_die_on_postgresql() {
    let undisturbed = undisturbed().await;
    let mut server = Postgres::start().unwrap();
    for plan in [Plan::Each([1].into()), Plan::Random { steps_max: 60, seed: 4 }] {
        let place = Place::new(Some(server.database().unwrap()), Death::new(plan)).await;
        let world = live(&place).await;
        assert_same(&undisturbed, &world, &place);
        assert!(place.death.kills() >= 20, "{} deaths", place.death.kills());
    }
}

/// Another process has the data directory open and does nothing, so that nobody knows that a claim's owner is dead: the
/// claim has to end first.
#[tokio::test]
async fn others_go_on_when_the_claims_of_the_dead_have_ended() {
    let undisturbed = undisturbed().await.without_times();
    let mut server = Postgres::start().unwrap();
    let death = Death::new(Plan::Random { steps_max: 250, seed: 5 });
    let place = Place::new(Some(server.database().unwrap()), death).await;
    let beside = place.open_unwatched().await;
    let world = live(&place).await.without_times();
    assert_same(&undisturbed, &world, &place);
    assert!(place.death.kills() >= 4, "{} deaths", place.death.kills());
    beside.close().await.unwrap();
}

fn assert_undisturbed(undisturbed: &World, disturbed: &Disturbed) {
    let Disturbed { world, stalls, .. } = disturbed;
    let differences = undisturbed.differences(world);
    let stood_at = stalls.stood_at();
    let stood: Vec<String> = stood_at.iter().map(|(step, times)| format!("{step} ×{times}")).collect();
    assert!(differences.is_empty(), "workers stood {stood:#?}\n{}", differences.join("\n"));
    assert_eq!(stalls.words().get(&Word::Taken), None, "a claim was lost, and what came of it was taken: {stood:#?}");
    assert!(world.repeated_mails as u64 <= stood_at.values().sum::<u64>() * IN_FLIGHT_MAX);
}

/// Who went on, and was not heard.
fn lost(disturbed: &Disturbed) -> u64 {
    let words = disturbed.stalls.words();
    [Word::Refused, Word::GivenBack].iter().filter_map(|word| words.get(word)).sum()
}

/// At every step that a worker takes with a task in hand, one stands still until its claim has ended and others have
/// done its work. Some time after it goes on with what it knows.
#[tokio::test]
async fn claims_are_lost_at_every_step() {
    let undisturbed = undisturbed().await.without_times();
    let losses = Losses::EachStep;
    let disturbed = live_disturbed(None, Disturbance { losses, ..Disturbance::none(3) }).await;
    assert_undisturbed(&undisturbed, &disturbed);
    let (stood_at, words) = (disturbed.stalls.stood_at(), disturbed.stalls.words());
    let spared = disturbed.stalls.spared();
    assert!(spared.is_empty() && stood_at.len() >= 30, "workers stood at {} steps, not at {spared:?}", stood_at.len());
    assert!(lost(&disturbed) >= 30 && words.contains_key(&Word::Refused), "{words:?}");
    assert!(disturbed.went_on_later >= 5, "{} went on later", disturbed.went_on_later);
}

/// Tables have changed by then, and what the others left has been read by everybody.
#[tokio::test]
async fn those_who_lost_their_claims_go_on_when_all_is_over() {
    let undisturbed = undisturbed().await.without_times();
    let losses = Losses::EachStep;
    let disturbed = live_disturbed(None, Disturbance { losses, until_the_end: true, ..Disturbance::none(1) }).await;
    assert_undisturbed(&undisturbed, &disturbed);
    assert!(disturbed.went_on_later >= 30, "{} went on later", disturbed.went_on_later);
}

#[tokio::test]
async fn wake_ups_come_late() {
    let undisturbed = undisturbed().await.without_times();
    let disturbed = live_disturbed(None, Disturbance { late: true, ..Disturbance::none(2) }).await;
    assert_undisturbed(&undisturbed, &disturbed);
    let late = &disturbed.launches_late;
    assert!(late.len() == 3 && late.iter().max().is_some_and(|latest| *latest >= 120), "minutes late: {late:?}");
}

#[tokio::test]
async fn wake_ups_come_twice() {
    let once = live_disturbed(None, Disturbance::none(3)).await;
    let disturbed = live_disturbed(None, Disturbance { twice: true, ..Disturbance::none(3) }).await;
    assert_undisturbed(&once.world, &disturbed);
    let others = |disturbed: &Disturbed| disturbed.stalls.done_by_others("settle a launch");
    assert!(others(&once) == 0 && others(&disturbed) >= 2, "{} launches were found twice", others(&disturbed));
}

#[tokio::test]
async fn wake_ups_come_in_another_order() {
    let in_order = live_disturbed(None, Disturbance::none(4)).await;
    for seed in [5, 6] {
        let mut disturbed = live_disturbed(None, Disturbance { reordered: true, ..Disturbance::none(seed) }).await;
        assert_undisturbed(&in_order.world, &disturbed);
        let mut told = in_order.told.clone();
        let moved = told.iter().zip(&disturbed.told).filter(|(one, other)| one != other).count();
        assert!(moved >= 10, "{moved} lines of the logs stand elsewhere");
        told.sort();
        disturbed.told.sort();
        assert_eq!(told, disturbed.told);
    }
}

#[tokio::test]
async fn everything_is_late_twice_and_lost() {
    let undisturbed = undisturbed().await.without_times();
    for seed in 7..=8 {
        let disturbed = live_disturbed(None, Disturbance::all(seed)).await;
        assert_undisturbed(&undisturbed, &disturbed);
        assert!(lost(&disturbed) >= 2, "{:?}", disturbed.stalls.words());
    }
}

#[tokio::test]
async fn everything_is_late_twice_and_lost_on_postgresql() {
    let undisturbed = undisturbed().await.without_times();
    let mut server = Postgres::start().unwrap();
    let disturbed = live_disturbed(Some(server.database().unwrap()), Disturbance::all(9)).await;
    assert_undisturbed(&undisturbed, &disturbed);
    assert!(lost(&disturbed) >= 2, "{:?}", disturbed.stalls.words());
}
