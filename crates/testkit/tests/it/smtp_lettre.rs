//! The client that Tutti sends with gets along with the server, and the server keeps up with it.

use lettre::message::{Mailbox, MultiPart};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tutti_testkit::mail::{MailStore, Search, parse_mail};
use tutti_testkit::smtp::SmtpServer;

use crate::support::server;

fn transport(server: &SmtpServer) -> AsyncSmtpTransport<Tokio1Executor> {
    AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.addr().ip().to_string())
        .port(server.addr().port())
        .build()
}

fn message(to: &str) -> Message {
    let html = format!("<p>Grüße an {to}</p>\n.\n<p>{}</p>", "lang ".repeat(400));
    Message::builder()
        .from("Tutti Shop <hello@shop.example>".parse::<Mailbox>().unwrap())
        .to(to.parse().unwrap())
        .subject("Für Sie: 10 % auf alles, was blüht und gedeiht in diesem Frühling, und noch mehr")
        .multipart(MultiPart::alternative_plain_html("Grüße\n.\nEnde".to_owned(), html))
        .unwrap()
}

#[tokio::test]
async fn lettre_sends_and_the_mail_reads_back() {
    let (server, store) = server(&["refuse to nobody@* rcpt 550 5.1.1 no such user"]).await;
    let transport = transport(&server);
    transport.send(message("ann@example.com")).await.unwrap();
    let refused = transport.send(message("nobody@example.com")).await.unwrap_err();
    assert_eq!(refused.status().map(|code| code.to_string()), Some("550".into()));
    transport.send(message("bob@example.com")).await.unwrap();

    assert_eq!(server.stats().faults[0].fired, 1);
    let (total, mails) = store.list(&Search::parse("blüht to:ann@"), 10, 0).unwrap();
    assert_eq!((total, mails[0].from.as_str()), (1, "\"Tutti Shop\" <hello@shop.example>"));
    let mail = parse_mail(&store.get(mails[0].id).unwrap().unwrap());
    assert_eq!(mail.subject, mails[0].subject);
    assert!(mail.text.unwrap().contains("Grüße\r\n.\r\nEnde"));
    assert!(mail.html.unwrap().contains("Grüße an ann@example.com</p>\r\n.\r\n<p>lang lang"));
}

/// Twenty connections that each send a packet per message, as fast as answers come.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_thousand_messages_come_through_twenty_connections() {
    const EACH: usize = 400;
    let (server, store) = server(&[]).await;
    let address = server.addr();
    let start = std::time::Instant::now();
    let sender = move |nr: usize| async move {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let body = format!("Subject: {nr}\r\nX-Tutti-Run: run_1\r\n\r\n{}", "A line of ordinary text.\r\n".repeat(60));
        let message = format!("MAIL FROM:<a@example.com>\r\nRCPT TO:<p{nr}@example.com>\r\nDATA\r\n{body}.\r\n");
        stream.write_all(b"EHLO me\r\n").await.unwrap();
        let (mut answer, mut kept, mut sent) = (vec![0; 4096], 0, 0);
        while kept < EACH {
            if sent == kept {
                stream.write_all(message.as_bytes()).await.unwrap();
                sent += 1;
            }
            let read = stream.read(&mut answer).await.unwrap();
            assert!(read > 0, "the server closed");
            kept += String::from_utf8_lossy(&answer[..read]).matches("kept as").count();
        }
    };
    let senders: Vec<_> = (0..20).map(|nr| tokio::spawn(sender(nr))).collect();
    for sender in senders {
        sender.await.unwrap();
    }
    assert_eq!((store.count(), server.stats().messages), (20 * EACH, 20 * EACH as u64));
    println!("{:.0} messages/s", (20 * EACH) as f64 / start.elapsed().as_secs_f64());
}
