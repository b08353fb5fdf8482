//! `--notice-ca` with a real process: mail goes to a server that the named authority vouches for, and
//! to no other.

use std::{fs, path::Path, thread, time::Duration};

use serde_json::{Value, json};

use crate::{
    demo::demo,
    running::arende,
    serving::Serving,
    tools::{aiosmtpd::Aiosmtpd, certificates::certificates},
};

fn serve(data: &str, port: u16, tls: &str, authority: &Path) -> Serving {
    let (smtp, authority) = (format!("127.0.0.1:{port}"), authority.to_str().unwrap());
    let args = [
        ["serve", "--dev", "--data", data, "--listen", "127.0.0.1:0"],
        ["--smtp", &smtp, "--smtp-tls", tls, "--notice-ca", authority],
        [
            "--mail-from",
            "no-reply@example.se",
            "--service-url",
            "https://a.example.se",
            "--notice-attempts",
            "1",
        ],
    ];
    Serving::start(&args.concat(), "a token to ask with")
}

fn token(data: &str, args: &[&str]) -> String {
    arende(&[&["token", "--data", data, "--as"], args].concat()).out.trim().to_owned()
}

/// A case that a handler holds, of a resident who wants to be told by e-mail, and the handler's token.
fn a_case(service: &Serving, data: &str) -> (String, Value) {
    let handler = token(data, &["handler"]);
    let query = "{ handlerInbox(first: 1, filter: { states: [DISTRIBUTED] }) {
        nodes { id resident { id } } } }";
    let case = service.data(&handler, query, json!({}))["handlerInbox"]["nodes"][0].take();
    let who = case["resident"]["id"].as_str().unwrap();
    let resident = token(data, &["resident", "--subject", who]);
    let query = "mutation M($input: ChangeContactPreferencesInput!) {
        changeContactPreferences(input: $input) { userErrors { message } } }";
    let input = json!({ "input": { "idempotencyKey": "told", "byEmail": true,
        "byTextMessage": false, "email": "kim@example.se" } });
    let told = service.data(&resident, query, input);
    assert_eq!(told["changeContactPreferences"]["userErrors"], json!([]));
    (handler, case["id"].clone())
}

/// Waits until so many mails stand so.
fn until(service: &Serving, state: &str) {
    let line = format!("arende_notices{{channel=\"mail\",state=\"{state}\"}} 1\n");
    for _ in 0..1_000 {
        if service.get("/metrics", "*/*").contains(&line) {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("no mail is {state}: {}", service.get("/metrics", "*/*"));
}

#[test]
fn mail_is_given_to_a_server_that_the_named_authority_vouches_for_and_to_no_other() {
    let Some(certificates) = certificates() else { return };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    assert_eq!(demo(data).stop(), 0);
    let mut known = None;
    let mut write = |service: &Serving, key: &str| {
        let (handler, case) = known.get_or_insert_with(|| a_case(service, data));
        let input = json!({ "idempotencyKey": key, "caseId": case, "text": "Svar" });
        service.command(handler, "sendPartialAnswer", input);
    };
    for (tls, how) in [("starttls", "tls"), ("implicit", "smtps")] {
        let Some(server) = Aiosmtpd::start_sealed(certificates.path(), how) else { return };
        let service = serve(data, server.port, tls, &certificates.path().join("ca.pem"));
        write(&service, tls);
        until(&service, "sent");
        assert!(server.mail().contains("To: kim@example.se"));
        assert_eq!(service.stop(), 0);
    }
    let Some(server) = Aiosmtpd::start_sealed(certificates.path(), "tls") else { return };
    let service = serve(data, server.port, "starttls", &certificates.path().join("ca2.pem"));
    write(&service, "other");
    until(&service, "dead");
    let listed = arende(&["outbox", "--data", data]);
    assert!(listed.out.contains("the mail server cannot be trusted: "), "{listed:?}");
    assert_eq!(service.stop(), 0);

    let nothing = folder.path().join("nothing.pem");
    fs::write(&nothing, "no certificate\n").unwrap();
    let at = format!("127.0.0.1:{}", server.port);
    let ran = arende(&[
        "serve",
        "--dev",
        "--data",
        data,
        "--listen",
        "127.0.0.1:0",
        "--smtp",
        &at,
        "--mail-from",
        "a@example.se",
        "--service-url",
        "https://a.example.se",
        "--notice-ca",
        nothing.to_str().unwrap(),
    ]);
    assert!(ran.error().contains("nothing.pem"), "{ran:?}");
}
