//! What an operator has sent again, and what they must say for it.

use super::{
    Desk, mailbox,
    smtp::{MailServer, Manner},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_that_was_given_up_is_sent_again_once_an_operator_says_so() {
    let desk = Desk::new().await;
    let server = MailServer::start(Manner::AwayFor(3));
    let outbox = desk.start(Some(mailbox(server.port)), None, 2);
    let case = desk.held("one").await;
    desk.answer(case, "one").await;
    desk.until("mail", |it| it.dead == 1).await;
    let id = desk.items()[0].id.clone();
    let resender = outbox.resender();
    // The server is away for one attempt more: it is given up again, and not tried by itself.
    assert_eq!(resender.resend(&id, false).unwrap(), None);
    for _ in 0..1_000 {
        if server.connections() == 3 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    desk.until("mail", |it| it.dead == 1).await;
    assert_eq!(resender.resend(&id, false).unwrap(), None);
    desk.until("mail", |it| it.sent == 1 && it.dead == 0).await;
    let again = resender.resend(&id, true).unwrap().unwrap();
    assert!(again.starts_with(&format!("there is no notice {id} that was not sent")), "{again}");
    outbox.finish().await;
    assert_eq!((server.mails().len(), server.connections()), (1, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_that_may_have_been_sent_is_sent_again_only_if_it_may_come_twice() {
    let desk = Desk::new().await;
    let server = MailServer::start(Manner::TakesAndGoes);
    let outbox = desk.start(Some(mailbox(server.port)), None, 9);
    let case = desk.held("one").await;
    desk.answer(case, "one").await;
    desk.until("mail", |it| it.uncertain == 1).await;
    let id = desk.items()[0].id.clone();
    let refused = outbox.resender().resend(&id, false).unwrap().unwrap();
    assert!(refused.contains("may have been sent; give --even-if-sent"), "{refused}");
    assert_eq!(server.mails().len(), 1);
    assert_eq!(outbox.resender().resend(&id, true).unwrap(), None);
    for _ in 0..1_000 {
        if server.mails().len() == 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    desk.until("mail", |it| it.uncertain == 1).await;
    outbox.finish().await;
    let ids: Vec<String> = server.mails().iter().map(|it| it.header("Message-ID")).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1], "known to be the same");
}
