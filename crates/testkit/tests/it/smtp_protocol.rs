//! The server answers as RFC 5321 says, whatever it is told.

use std::time::Duration;

use tutti_testkit::mail::{MailId, MailStore, Search};

use crate::support::{Client, server, server_with};

#[tokio::test]
async fn mails_arrive_as_they_were_sent() {
    let (server, store) = server(&[]).await;
    let mut client = Client::greeted(&server).await;
    let answers = client
        .dialogue(&[
            "NOOP",
            "VRFY ann",
            "MAIL FROM:<shop@example.com> SIZE=100 BODY=8BITMIME SMTPUTF8",
            "RCPT TO:<ann@example.com>",
            "RCPT TO:<jürgen@example.org>",
            "DATA",
        ])
        .await;
    let codes: Vec<&str> = answers.iter().map(|a| a.split_at(9).0).collect();
    assert_eq!(codes[..5], ["250 2.0.0", "252 2.1.5", "250 2.1.0", "250 2.1.5", "250 2.1.5"]);
    assert!(answers[5].starts_with("354 "));
    client.send("Subject: Ü\r\nX-Tutti-Run: run_1\r\n\r\n..dots\r\nÄ\r\n.\r\n").await;
    assert!(client.answer().await.starts_with("250 2.0.0 "));
    assert_eq!(client.ask("QUIT").await, "221 2.0.0 Bye");
    assert!(client.is_closed().await);

    let (total, mails) = store.list(&Search::parse("run:run_1"), 10, 0).unwrap();
    assert_eq!((total, mails[0].subject.as_str()), (1, "Ü"));
    assert_eq!(mails[0].to, ["ann@example.com", "jürgen@example.org"]);
    let mail = store.get(mails[0].id).unwrap().unwrap();
    assert_eq!(mail, "Subject: Ü\r\nX-Tutti-Run: run_1\r\n\r\n.dots\r\nÄ\r\n".as_bytes());
    assert_eq!((server.stats().messages, server.stats().bytes), (1, mail.len() as u64));
    server.stop().await;
}

#[tokio::test]
async fn a_whole_pipeline_in_one_packet_is_answered_in_order() {
    let (server, store) = server(&[]).await;
    let mut client = Client::greeted(&server).await;
    let one = "MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nSubject: x\r\n\r\nhello\r\n.\r\n";
    client.send(one.repeat(50) + "QUIT\r\n").await;
    for _ in 0..50 {
        for code in ["250", "250", "354", "250"] {
            let answer = client.answer().await;
            assert!(answer.starts_with(code), "{answer}");
        }
    }
    assert!(client.answer().await.starts_with("221"));
    assert_eq!(store.count(), 50);
    assert!(store.get(MailId(50)).unwrap().is_some());
}

#[tokio::test]
async fn smuggled_mails_are_not_believed() {
    for end in ["\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r"] {
        let (server, store) = server(&[]).await;
        let mut client = Client::greeted(&server).await;
        client.dialogue(&["MAIL FROM:<a@example.com>", "RCPT TO:<b@example.com>", "DATA"]).await;
        let smuggled = "MAIL FROM:<evil@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nevil\r\n.\r\n";
        client.send(format!("Subject: x\r\n\r\nhello{end}{smuggled}")).await;
        let answer = client.answer().await;
        assert!(answer.starts_with("550 5.6.0 "), "{end:?}: {answer}");
        assert!(client.ask("NOOP").await.starts_with("250 "), "{end:?}");
        assert_eq!((store.count(), server.stats().refused_messages), (0, 1));
    }
}

#[tokio::test]
async fn limits_are_answered_and_kept() {
    let (server, store) = server_with(&[], |options| {
        options.max_message_bytes = 10_000;
        options.max_connections = 3;
        options.idle_timeout = Duration::from_secs(3);
    })
    .await;
    let mut client = Client::greeted(&server).await;
    assert!(client.ask("MAIL FROM:<a@example.com> SIZE=10001").await.starts_with("552 5.3.4 "));
    let line = "0123456789012345678\r\n";
    assert!(client.mail("b@example.com", &line.repeat(1_000)).await.starts_with("552 5.3.4 "));
    assert!(client.mail("b@example.com", &"x".repeat(999)).await.starts_with("552 5.6.0 "));
    assert!(client.mail("b@example.com", &"x".repeat(998)).await.starts_with("250 2.0.0 "));
    assert_eq!(store.count(), 1);

    let (mut second, _) = Client::connect(&server).await;
    let mut idle = Client::greeted(&server).await;
    let (mut third, greeting) = Client::connect(&server).await;
    assert_eq!(greeting, "421 4.7.0 Too many connections");
    assert!(third.is_closed().await);
    assert_eq!(server.stats().turned_away, 1);

    assert!(client.ask(&"X".repeat(3_000)).await.starts_with("500 5.5.2 "));
    second.send("NOOP\n").await;
    assert!(second.answer().await.starts_with("521 5.5.2 "));
    assert!(second.is_closed().await);

    assert!(idle.answer().await.starts_with("421 4.4.2 "));
    assert!(idle.is_closed().await);
}

#[tokio::test]
async fn stopping_tells_the_clients_and_waits_for_them() {
    let (server, _) = server(&[]).await;
    let mut client = Client::greeted(&server).await;
    let address = server.addr();
    let (answer, ()) = tokio::join!(client.answer(), server.stop());
    assert!(answer.starts_with("421 4.3.2 "), "{answer}");
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
