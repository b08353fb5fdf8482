//! The region's own receiver is called.

use super::{
    ANNA, Desk, EVA, RITA,
    receiver::{Call, Receiver},
    webhook,
};

#[tokio::test(flavor = "multi_thread")]
async fn the_receiver_is_called_for_residents_and_staff_and_can_check_who_calls() {
    let desk = Desk::new().await;
    let receiver = Receiver::start(&[503, 200]);
    let outbox = desk.start(None, Some(webhook(receiver.port)), 9);
    let case = desk.held("one").await;
    desk.answer(case, "one").await;
    desk.until("webhook", |it| it.sent == 2).await;
    // Whoever takes a case is not told of it; whoever is given the next one is.
    desk.given("taken", RITA).await;
    desk.given("given", ANNA).await;
    desk.until("webhook", |it| it.sent == 3).await;
    outbox.finish().await;

    let calls = receiver.calls();
    let told = |call: &Call| {
        let body = call.json();
        (body["notice"].as_str().unwrap().to_owned(), body["to"].clone())
    };
    let mut given: Vec<_> = calls.iter().map(told).collect();
    given.sort_by_key(|(notice, _)| notice.clone());
    let staff = ("CASE_GIVEN".to_owned(), serde_json::json!({ "staffId": ANNA.to_string() }));
    let resident = ("NEW_MESSAGE".to_owned(), serde_json::json!({ "residentId": EVA.to_string() }));
    // The first call was answered 503, and came again under the same name.
    assert_eq!(calls.len(), 4);
    assert_eq!(calls.iter().filter(|it| it.delivery == calls[0].delivery).count(), 2);
    assert!(given.contains(&staff) && given.contains(&resident), "{given:?}");
    for call in &calls {
        assert!(call.is_signed_with(b"a shared secret of ours"), "{call:?}");
        assert!(!call.is_signed_with(b"another secret of ours"));
        for secret in ["Norr", "Rådgivning", "case_", "unit_", "Hemligt"] {
            assert!(!call.body.contains(secret), "{secret} is in {}", call.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_says_no_is_not_called_again() {
    let desk = Desk::new().await;
    let receiver = Receiver::start(&[410]);
    let outbox = desk.start(None, Some(webhook(receiver.port)), 9);
    desk.held("one").await;
    desk.until("webhook", |it| it.dead == 1).await;
    outbox.finish().await;
    assert_eq!(receiver.calls().len(), 1);
}
