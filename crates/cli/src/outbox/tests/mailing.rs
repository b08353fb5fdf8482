//! Residents are told by e-mail.

use domain::{
    Actor, CaseId, Position, StreamId,
    case::{Notice, Recipient},
};
use engine::access;

use super::{
    Desk, EVA, LINK,
    aiosmtpd::Aiosmtpd,
    mailbox,
    receiver::Receiver,
    smtp::{MailServer, Manner},
    webhook,
};
use crate::outbox::{Channel, Item, Ledger, State};

#[tokio::test(flavor = "multi_thread")]
async fn a_resident_is_mailed_of_an_answer_once_and_in_words_that_tell_nothing() {
    let desk = Desk::new().await;
    let server = MailServer::start(Manner::Takes);
    let outbox = desk.start(Some(mailbox(server.port)), None, 3);
    let case = desk.held("one").await;
    desk.answer(case, "one").await;
    desk.until("mail", |it| it.sent == 1).await;
    outbox.finish().await;

    let mails = server.mails();
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!((&*mail.from, &*mail.to), ("<no-reply@example.se>", "<eva@example.se>"));
    let text = mail.readable();
    for line in ["Du har ett nytt meddelande.", "You have a new message.", LINK] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(text.contains("Auto-Submitted: auto-generated"), "{text}");
    for secret in ["Norr", "Rådgivning", "Advice", "case_", "unit_", "resident_", "Hemligt"] {
        assert!(!text.contains(secret), "{secret} is in\n{text}");
    }
    // Started again, it tells nobody of what they were told.
    let outbox = desk.start(Some(mailbox(server.port)), None, 3);
    let second = desk.held("two").await;
    desk.answer(second, "two").await;
    desk.until("mail", |it| it.sent == 1 && it.waiting == 0).await;
    outbox.finish().await;
    let ids: Vec<String> = server.mails().iter().map(|it| it.header("Message-ID")).collect();
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resident_is_mailed_where_they_last_said_and_not_where_they_said_no() {
    let desk = Desk::new().await;
    let server = MailServer::start(Manner::Takes);
    let receiver = Receiver::start(&[200]);
    let outbox = desk.start(Some(mailbox(server.port)), Some(webhook(receiver.port)), 3);
    desk.eva_is_told("eva@example.com", true).await;
    let case = desk.held("one").await;
    desk.answer(case, "one").await;
    desk.until("mail", |it| it.sent == 1).await;
    desk.eva_is_told("eva@example.com", false).await;
    let case = desk.held("two").await;
    desk.answer(case, "two").await;
    // Of each case Anna is told and Eva; a call is made of the same news as a mail.
    desk.until("webhook", |it| it.sent == 4).await;
    desk.until("mail", |it| it.waiting == 0).await;
    outbox.finish().await;
    let to: Vec<String> = server.mails().iter().map(|it| it.to.clone()).collect();
    assert_eq!(to, ["<eva@example.com>"]);

    // The address was opened once, and the access log knew of it first.
    let commits = desk.engine.access_log().page(Position::START, 99).await.unwrap();
    let readings = commits.iter().flat_map(|it| access::readings(it).unwrap());
    let opened: Vec<_> = readings.filter(|it| it.reader == Actor::System).collect();
    let [reading] = &opened[..] else { panic!("{opened:?}") };
    assert_eq!(reading.opened.what, [StreamId::Resident(EVA)]);
    assert_eq!(reading.opened.action, access::Action::ReadAccount);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_before_the_outbox_was_there_is_nobodys_news() {
    let desk = Desk::new().await;
    let case = desk.held("one").await;
    desk.answer(case, "one").await;
    let server = MailServer::start(Manner::Takes);
    let outbox = desk.start(Some(mailbox(server.port)), None, 3);
    let case = desk.held("two").await;
    desk.answer(case, "two").await;
    desk.until("mail", |it| it.sent == 1).await;
    outbox.finish().await;
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_is_tried_again_until_it_is_there() {
    let desk = Desk::new().await;
    let server = MailServer::start(Manner::AwayFor(3));
    let outbox = desk.start(Some(mailbox(server.port)), None, 9);
    let case = desk.held("one").await;
    desk.answer(case, "one").await;
    desk.until("mail", |it| it.sent == 1).await;
    outbox.finish().await;
    assert_eq!((server.mails().len(), server.connections()), (1, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_never_taken_is_given_up_and_an_operator_sees_it() {
    let desk = Desk::new().await;
    let server = MailServer::start(Manner::AwayFor(u32::MAX));
    let outbox = desk.start(Some(mailbox(server.port)), None, 3);
    let case = desk.held("one").await;
    desk.answer(case, "one").await;
    desk.until("mail", |it| it.dead == 1).await;
    outbox.finish().await;
    assert_eq!(server.connections(), 3);
    let [item] = &desk.items()[..] else { panic!("{:?}", desk.items()) };
    let State::Dead { why } = &item.is else { panic!("{item:?}") };
    assert!(why.ends_with("given up after 3 attempts"), "{why}");
    assert!(!format!("{item:?}").contains("eva@"), "no address is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_refused_is_not_tried_again() {
    let desk = Desk::new().await;
    let server = MailServer::start(Manner::Refuses);
    let outbox = desk.start(Some(mailbox(server.port)), None, 9);
    let case = desk.held("one").await;
    desk.answer(case, "one").await;
    desk.until("mail", |it| it.dead == 1).await;
    outbox.finish().await;
    assert_eq!(server.connections(), 1);
}

/// The text was sent, and the connection went before the server's answer: nobody knows.
#[tokio::test(flavor = "multi_thread")]
async fn what_may_have_been_sent_is_uncertain_and_not_sent_again() {
    let desk = Desk::new().await;
    let server = MailServer::start(Manner::TakesAndGoes);
    let outbox = desk.start(Some(mailbox(server.port)), None, 9);
    let case = desk.held("one").await;
    desk.answer(case, "one").await;
    desk.until("mail", |it| it.uncertain == 1).await;
    outbox.finish().await;
    for _ in 0..2 {
        let outbox = desk.start(Some(mailbox(server.port)), None, 9);
        desk.until("mail", |it| it.uncertain == 1 && it.waiting == 0).await;
        outbox.finish().await;
    }
    assert_eq!(server.mails().len(), 1);
}

/// The process went while a mail was being sent: the next one does not send it again.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_being_sent_at_a_crash_is_not_sent_again() {
    let desk = Desk::new().await;
    let server = MailServer::start(Manner::Takes);
    let now = desk.engine.now();
    let mut ledger = Ledger::open(&desk.path(), *desk.engine.log().head().borrow(), now).unwrap();
    let stream = StreamId::Case(CaseId::new(7));
    let to = Recipient::Resident(EVA);
    let item =
        |n| Item::new(Position::new(n), stream, 1, Channel::Mail, to, Notice::NewMessage, now);
    let upto = ledger.upto();
    ledger.gather(upto, vec![item(1), item(2)]).unwrap();
    ledger.change(&item(1).id, State::Sending, now).unwrap();
    drop(ledger);
    let outbox = desk.start(Some(mailbox(server.port)), None, 9);
    desk.until("mail", |it| it.sent == 1 && it.uncertain == 1).await;
    outbox.finish().await;
    assert_eq!(server.mails().len(), 1);
}

/// A mail server that someone else wrote, where it is installed.
#[tokio::test(flavor = "multi_thread")]
async fn another_mail_server_takes_the_mail() {
    let Some(server) = Aiosmtpd::start() else {
        eprintln!("skipped: Python's aiosmtpd is not installed");
        return;
    };
    let desk = Desk::new().await;
    let outbox = desk.start(Some(mailbox(server.port)), None, 9);
    let case = desk.held("one").await;
    desk.answer(case, "one").await;
    desk.until("mail", |it| it.sent == 1).await;
    outbox.finish().await;
    let mail = server.mail();
    assert!(mail.contains("To: eva@example.se"), "{mail}");
    assert!(mail.contains("Subject: "), "{mail}");
}
