use std::collections::HashSet;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;
use tutti_delivery::{Ended, GROUP_MESSAGES};

use crate::world::{Setup, World, people};

const CONNECTIONS: usize = 4;

/// Sends everything and looks that the ledger says what the server has.
async fn agrees(setup: Setup) -> World {
    let guarantee = setup.guarantee;
    let world = World::new(setup).await;
    world.prepare_with(50).await;
    assert_eq!(world.send().await, Ended::Completed);
    let (lines, received) = (world.lines().await, world.received());
    for (key, line) in &lines {
        let copies = received.get(key);
        match line.status.as_str() {
            "sent" => assert!(copies.is_some(), "{key} is sent and not there"),
            "failed" | "excluded" => assert!(copies.is_none(), "{key} is {} and there", line.status),
            "in_doubt" => assert_eq!(guarantee, "at_most_once", "{key}"),
            other => panic!("{key} is {other} at the end"),
        }
        if let Some(ids) = copies {
            assert!(
                ids.iter()
                    .all(|id| Some(id.as_str()) == line.message_id.as_deref().map(|id| id.trim_matches(['<', '>']))),
                "{key} has several Message-IDs"
            );
            assert!(ids.len() <= usize::from(line.attempts), "{key} was received more often than handed over");
        }
    }
    assert!(world.server.is_some() && received.keys().all(|key| lines.contains_key(key)));
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_fault_each_gets_one() {
    let world = agrees(Setup::new(people(500))).await;
    assert!(world.received().values().all(|copies| copies.len() == 1));
    assert_eq!(world.received().len(), 500);
    assert!(world.server.as_ref().unwrap().stats().connections <= CONNECTIONS as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_recipient_fails_alone() {
    for rule in [
        "refuse to p1*@* rcpt 550 5.1.1 no such user",
        "refuse to p1*@* end 554 5.7.1 not this",
        "refuse to p1*@* mail 550",
    ] {
        let rule: &'static str = rule;
        let by_sender = rule.contains("mail");
        let world = agrees(Setup::new(people(200)).faults(&[rule])).await;
        let lines = world.lines().await;
        let failed: HashSet<&String> =
            lines.values().filter(|line| line.status == "failed").map(|line| &line.key).collect();
        let expected: HashSet<&String> = lines.keys().filter(|key| key.starts_with('1') && !by_sender).collect();
        assert_eq!(failed, expected, "{rule}");
        assert_eq!(world.fired(), expected.len() as u64);
        assert!(
            lines
                .values()
                .filter(|line| line.status == "failed")
                .all(|line| line.reason.as_ref().is_some_and(|reason| reason.starts_with("55")))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn temporary_errors_are_tried_again_and_end() {
    for rule in ["tempfail to p2*@* rcpt 451 once", "tempfail to p2*@* data 451 once", "tempfail to p2*@* end 451 once"]
    {
        let world = agrees(Setup::new(people(120)).faults(&[rule])).await;
        assert!(world.fired() > 10, "{rule}");
        let lines = world.lines().await;
        assert!(lines.values().all(|line| line.status == "sent"), "{rule}");
        assert!(lines.values().all(|line| line.attempts == if line.key.starts_with('2') { 2 } else { 1 }), "{rule}");
    }
    let world = agrees(Setup::new(people(60)).faults(&["tempfail to p2*@* rcpt 450 4.2.1 full"])).await;
    let lines = world.lines().await;
    assert!(
        lines.values().filter(|line| line.key.starts_with('2')).all(|line| line.status == "failed"
            && line.attempts == 4
            && line.reason.as_deref() == Some("450 4.2.1 full"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hang_in_data_is_tried_again() {
    let world = agrees(Setup::new(people(60)).faults(&["hang data first 3"])).await;
    assert_eq!(world.fired(), 3);
    assert!(world.lines().await.values().all(|line| line.status == "sent"));
    assert!(world.received().values().all(|copies| copies.len() == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_answers_are_sent_again_or_left_in_doubt() {
    for rule in ["drop after-data first 5", "drop before-store first 5", "hang end first 2"] {
        let world = agrees(Setup::new(people(100)).faults(&[rule])).await;
        assert!(world.fired() >= 2, "{rule}");
        assert!(world.lines().await.values().all(|line| line.status == "sent"), "{rule}");
        let twice = world.received().values().filter(|copies| copies.len() == 2).count() as u64;
        assert_eq!(twice, if rule.contains("after-data") { world.fired() } else { 0 }, "{rule}");

        let world = agrees(Setup { guarantee: "at_most_once", ..Setup::new(people(100)).faults(&[rule]) }).await;
        let doubtful = world.lines().await.values().filter(|line| line.status == "in_doubt").count() as u64;
        assert_eq!(doubtful, world.fired(), "{rule}");
        assert!(world.received().values().all(|copies| copies.len() == 1), "{rule}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_comes_back_is_waited_for() {
    let world = agrees(Setup::new(people(50)).faults(&["tempfail connect first 6 421"])).await;
    assert_eq!(world.fired(), 6);
    assert!(world.lines().await.values().all(|line| line.status == "sent" && line.attempts == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_server_pauses_and_loses_nobody() {
    for rule in [None, Some("tempfail connect 421"), Some("tempfail all mail 421")] {
        let rules: Vec<&'static str> = rule.into_iter().collect();
        let mut world = World::new(Setup::new(people(50)).faults(&rules)).await;
        world.prepare_with(20).await;
        if rule.is_none() {
            world.server.take().unwrap().stop().await;
        }
        let ended = world.send_until(CancellationToken::new(), Duration::from_millis(400)).await.unwrap();
        assert!(matches!(&ended, Ended::Paused { reason, .. } if !reason.is_empty()), "{rule:?} {ended:?}");
        assert!(world.lines().await.values().all(|line| line.status == "pending" && line.attempts == 0), "{rule:?}");
        assert!(rule.is_none() || world.fired() > 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_quick_and_what_is_left_goes_on_later() {
    let world = World::new(Setup::new(people(400)).faults(&["delay 5ms"])).await;
    world.prepare_with(100).await;
    let stop = CancellationToken::new();
    let stopper = stop.clone();
    let mails = world.mails.clone();
    let watch = tokio::spawn(async move {
        use tutti_testkit::mail::MailStore;
        let deadline = Instant::now() + Duration::from_secs(20);
        while mails.count() < 40 && Instant::now() < deadline {
            tokio::task::yield_now().await;
        }
        stopper.cancel();
        Instant::now()
    });
    assert_eq!(world.send_until(stop, Duration::from_secs(20)).await.unwrap(), Ended::Stopped);
    assert!(watch.await.unwrap().elapsed() < Duration::from_secs(2));
    let lines = world.lines().await;
    let sent = lines.values().filter(|line| line.status == "sent").count();
    assert!((40..400).contains(&sent), "{sent}");
    assert_eq!(sent, world.received().len());
    assert!(lines.values().all(|line| matches!(line.status.as_str(), "sent" | "pending")));
    assert_eq!(world.sent_by_the_numbers().await, sent, "a run that is stopped says what its ledger says");
    assert_eq!(world.send().await, Ended::Completed);
    assert!(world.received().len() == 400 && world.received().values().all(|copies| copies.len() == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn crashes_lose_nobody_and_repeat_only_what_was_in_hand() {
    for (round, guarantee) in [(1u64, "at_least_once"), (2, "at_least_once"), (3, "at_most_once"), (4, "at_most_once")]
    {
        let world = World::new(Setup { guarantee, ..Setup::new(people(600)).faults(&["delay 1ms"]) }).await;
        world.prepare_with(100).await;
        let mut in_hand = 0;
        for crash in 0..6u64 {
            let after = Duration::from_millis(15 + (crash * 37 + round * 53) % 90);
            if tokio::time::timeout(after, world.send_until(CancellationToken::new(), Duration::from_secs(20)))
                .await
                .is_ok()
            {
                break;
            }
            world.reopen().await;
            let lines = world.lines().await;
            let doubtful = lines.values().filter(|line| line.status == "in_doubt").count();
            assert!(doubtful <= (in_hand + CONNECTIONS * GROUP_MESSAGES).max(in_hand), "{doubtful}");
            in_hand += CONNECTIONS * GROUP_MESSAGES;
            let received = world.received();
            // Whoever has a mail is sent or in doubt: the ledger never knows less than the server.
            for key in received.keys() {
                assert!(matches!(lines[key].status.as_str(), "sent" | "in_doubt"), "{key} is {}", lines[key].status);
            }
        }
        assert_eq!(world.send().await, Ended::Completed);
        let (lines, received) = (world.lines().await, world.received());
        let twice = received.values().filter(|copies| copies.len() > 1).count();
        assert!(received.values().all(|copies| copies.iter().collect::<HashSet<_>>().len() == 1));
        for (key, copies) in &received {
            assert!(copies.len() <= usize::from(lines[key].attempts), "{key}");
        }
        if guarantee == "at_least_once" {
            assert_eq!(received.len(), 600);
            assert!(lines.values().all(|line| line.status == "sent"));
            assert!(twice <= in_hand, "{twice}");
        } else {
            assert_eq!(twice, 0);
            assert!(lines.values().all(|line| received.contains_key(&line.key) || line.status == "in_doubt"));
            assert!(lines.values().filter(|line| line.status == "in_doubt").count() <= in_hand);
        }
        assert!(world.targets_path().exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_lost_its_claims_changes_nothing_of_its_successors_work() {
    use tutti_testkit::mail::MailStore;
    for round in 0..4 {
        let world = World::new(Setup::new(people(300)).faults(&["delay 2ms"])).await;
        world.prepare_with(50).await;
        let successor = async {
            let deadline = Instant::now() + Duration::from_secs(20);
            while world.mails.count() < 20 + round * 60 && Instant::now() < deadline {
                tokio::task::yield_now().await;
            }
            // The first one lives and goes on, as after a sleep that was longer than its lease.
            world.reopen().await;
            world.send().await
        };
        let first = world.send_until(CancellationToken::new(), Duration::from_secs(20));
        let (first, successor) = tokio::join!(first, successor);
        assert!(matches!(first, Ok(Ended::Completed | Ended::Stopped)), "{first:?}");
        assert_eq!(successor, Ended::Completed);
        let (lines, received) = (world.lines().await, world.received());
        assert!(lines.values().all(|line| line.status == "sent"), "{lines:?}");
        assert_eq!(received.len(), 300);
        for (key, copies) in &received {
            assert!(copies.len() <= usize::from(lines[key].attempts), "{key} has {} copies", copies.len());
            assert_eq!(copies.iter().collect::<HashSet<_>>().len(), 1, "{key} has two message ids");
        }
        assert_eq!(world.sent_by_the_numbers().await, 300);
        // Preparing once more, as a late first one would, changes neither the targets nor what became of them.
        let targets = std::fs::read(world.targets_path()).unwrap();
        world.prepare_with(20).await;
        assert_eq!(std::fs::read(world.targets_path()).unwrap(), targets);
        assert_eq!(world.lines().await, lines);
    }
}
