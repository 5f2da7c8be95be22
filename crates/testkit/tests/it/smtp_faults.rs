//! Every fault does what it says, and says that it did.

use std::time::{Duration, Instant};

use tutti_testkit::mail::{MailId, MailStore};
use tutti_testkit::smtp::Fault;

use crate::support::{Client, server};

#[tokio::test]
async fn refusals_come_at_their_stage_and_are_counted() {
    for (rule, code) in [
        ("refuse mail 553", "553 5.1.8 "),
        ("refuse rcpt 550 5.1.1 nobody here", "550 5.1.1 nobody here"),
        ("tempfail data 451", "451 4.3.0 "),
        ("tempfail to b@* end 452 4.2.2", "452 4.2.2 "),
        ("refuse end", "550 5.7.1 "),
    ] {
        let (server, store) = server(&[&format!("{rule} first 1")]).await;
        let mut client = Client::greeted(&server).await;
        let answer = client.mail("b@example.com", "Subject: x\r\n\r\n").await;
        assert!(answer.starts_with(code), "{rule}: {answer}");
        let answer = client.mail("b@example.com", "Subject: x\r\n\r\n").await;
        assert!(answer.starts_with("250 2.0.0 "), "{rule}: {answer}");
        assert_eq!((store.count(), server.stats().faults[0].fired), (1, 1), "{rule}");
    }
}

#[tokio::test]
async fn a_share_of_recipients_is_refused_the_same_ones_each_time() {
    let rule = "refuse 10% rcpt 550";
    let fault: Fault = rule.parse().unwrap();
    for _ in 0..2 {
        let (server, store) = server(&[rule]).await;
        let mut client = Client::greeted(&server).await;
        let mut refused = 0;
        for person in 0..300 {
            let to = format!("p{person}@example.com");
            let answer = client.mail(&to, "Subject: x\r\n\r\n").await;
            assert_eq!(answer.starts_with("550"), fault.concerns(&to), "{to}");
            refused += u64::from(fault.concerns(&to));
        }
        assert_eq!(server.stats().faults[0].fired, refused);
        assert_eq!(store.count() as u64, 300 - refused);
        assert!((15..50).contains(&refused));
    }
}

#[tokio::test]
async fn connections_are_refused_at_the_greeting() {
    let (server, _) = server(&["refuse connect first 2 421 4.3.2 later"]).await;
    for _ in 0..2 {
        let (mut client, greeting) = Client::connect(&server).await;
        assert_eq!(greeting, "421 4.3.2 later");
        assert!(client.is_closed().await);
    }
    let mut client = Client::greeted(&server).await;
    assert!(client.mail("b@example.com", "x").await.starts_with("250"));
    assert_eq!(server.stats().faults[0].fired, 2);
}

#[tokio::test]
async fn a_421_closes_the_connection() {
    let (server, store) = server(&["tempfail end 421 first 1"]).await;
    let mut client = Client::greeted(&server).await;
    assert!(client.mail("b@example.com", "x").await.starts_with("421 4.3.2 "));
    assert!(client.is_closed().await);
    assert_eq!(store.count(), 0);
}

#[tokio::test]
async fn drops_lose_the_answer_with_or_without_the_mail() {
    for (rule, kept) in [("drop after-data first 1", 1), ("drop before-store first 1", 0)] {
        let (server, store) = server(&[rule]).await;
        let mut client = Client::greeted(&server).await;
        assert_eq!(client.mail("b@example.com", "Subject: first\r\n\r\n").await, "", "{rule}");
        assert_eq!(store.count(), kept, "{rule}");
        let mut client = Client::greeted(&server).await;
        assert!(client.mail("b@example.com", "Subject: second\r\n\r\n").await.starts_with("250"), "{rule}");
        assert_eq!((store.count(), server.stats().faults[0].fired), (kept + 1, 1), "{rule}");
        assert_eq!(store.summary(MailId(kept as u64 + 1)).unwrap().unwrap().subject, "second");
    }
}

#[tokio::test]
async fn hangs_never_answer_but_hold_the_connection() {
    for (rule, before) in [("hang data", 2), ("hang end", 3)] {
        let (server, store) = server(&[rule]).await;
        let mut client = Client::greeted(&server).await;
        let lines = ["MAIL FROM:<a@example.com>", "RCPT TO:<b@example.com>", "DATA"];
        client.dialogue(&lines[..before]).await;
        client.send(if before == 2 { "DATA\r\n" } else { "Subject: x\r\n\r\n.\r\n" }).await;
        assert!(client.is_silent().await, "{rule}");
        assert_eq!((store.count(), server.stats().faults[0].fired), (0, 1), "{rule}");
        server.stop().await;
        assert!(client.is_closed().await, "{rule}");
    }
}

#[tokio::test]
async fn every_nth_message_is_hit() {
    let (server, store) = server(&["refuse end every 3"]).await;
    let mut client = Client::greeted(&server).await;
    let mut answers = Vec::new();
    for _ in 0..9 {
        answers.push(client.mail("b@example.com", "x").await.starts_with("250"));
    }
    assert_eq!(answers, [true, true, false, true, true, false, true, true, false]);
    assert_eq!((store.count(), server.stats().faults[0].fired), (6, 3));
}

#[tokio::test]
async fn answers_are_delayed() {
    let (server, _) = server(&["delay 20ms"]).await;
    let start = Instant::now();
    let mut client = Client::greeted(&server).await;
    assert!(client.mail("b@example.com", "x").await.starts_with("250"));
    // Greeting, EHLO, MAIL, RCPT, DATA and the end.
    assert_eq!(server.stats().faults[0].fired, 6);
    assert!(start.elapsed() >= Duration::from_millis(120));
}
