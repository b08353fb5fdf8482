//! Mail and calls over TLS, against servers of Python's with certificates of a private authority.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use ureq::tls::Certificate;

use super::{Desk, LINK, aiosmtpd::Aiosmtpd, certificates::certificates, mailbox};
use crate::outbox::{MailBox, SmtpTls, State, Webhook};

/// Takes POSTs over TLS, and prints its port and then what came.
const HTTPS: &str = r"
import http.server, ssl, sys
class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        print(self.rfile.read(int(self.headers['content-length'])).decode(), flush=True)
        self.send_response(204); self.end_headers()
    def log_message(self, *_): pass
server = http.server.HTTPServer(('127.0.0.1', 0), Hook)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain('cert.pem', 'key.pem')
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
";

fn mail_by(folder: &Path, port: u16, tls: SmtpTls, authority: Option<&str>) -> MailBox {
    let authorities = authority.map(|name| std::fs::read(folder.join(name)).unwrap());
    MailBox { tls, authorities, ..mailbox(port) }
}

/// Starts one of Python's mail servers; none where it is not installed.
fn mail_server(folder: &Path, tls: SmtpTls) -> Option<Aiosmtpd> {
    Aiosmtpd::start_sealed(folder, if tls == SmtpTls::Implicit { "smtps" } else { "tls" })
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_goes_over_tls_to_whom_the_named_authority_vouches_for() {
    let Some(folder) = certificates() else { return };
    for tls in [SmtpTls::Starttls, SmtpTls::Implicit] {
        let Some(server) = mail_server(folder.path(), tls) else { return };
        let desk = Desk::new().await;
        let mail = mail_by(folder.path(), server.port, tls, Some("ca.pem"));
        let outbox = desk.start(Some(mail), None, 9);
        let case = desk.held("one").await;
        desk.answer(case, "one").await;
        desk.until("mail", |it| it.sent == 1).await;
        outbox.finish().await;
        assert!(server.mail().contains("To: eva@example.se"));
    }
}

/// Neither another authority nor the machine's own vouch for it: it is tried again, and given up.
#[tokio::test(flavor = "multi_thread")]
async fn mail_is_not_given_to_a_server_that_nobody_trusted_vouches_for() {
    let Some(folder) = certificates() else { return };
    for (tls, authority) in [
        (SmtpTls::Starttls, Some("ca2.pem")),
        (SmtpTls::Implicit, Some("ca2.pem")),
        (SmtpTls::Implicit, None),
    ] {
        let Some(server) = mail_server(folder.path(), tls) else { return };
        let desk = Desk::new().await;
        let mail = mail_by(folder.path(), server.port, tls, authority);
        let outbox = desk.start(Some(mail), None, 2);
        let case = desk.held("one").await;
        desk.answer(case, "one").await;
        desk.until("mail", |it| it.dead == 1).await;
        outbox.finish().await;
        let [item] = &desk.items()[..] else { panic!("{:?}", desk.items()) };
        let State::Dead { why } = &item.is else { panic!("{item:?}") };
        let is_told = why.starts_with("the mail server cannot be trusted: ");
        assert!(is_told && why.contains("certificate"), "{tls:?}: {why}");
        assert!(why.ends_with("given up after 2 attempts"), "{why}");
    }
}

/// A receiver of Python's, ended when it is dropped.
struct Https {
    process: Child,
    port: u16,
    out: BufReader<std::process::ChildStdout>,
}

impl Https {
    fn start(folder: &Path) -> Self {
        let mut python = Command::new("python3");
        let python = python.args(["-c", HTTPS]).current_dir(folder);
        let python = python.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = python.spawn().unwrap();
        let out = BufReader::new(process.stdout.take().unwrap());
        let mut server = Self { process, port: 0, out };
        server.port = server.line().trim().parse().unwrap();
        server
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line
    }

    fn hook(&self, folder: &Path, authority: &str) -> Webhook {
        let pem = std::fs::read(folder.join(authority)).unwrap();
        let trusted = [Certificate::from_pem(&pem).unwrap()];
        let url = format!("https://127.0.0.1:{}/hook", self.port);
        Webhook::new(url, b"a shared secret of ours".to_vec(), LINK.into(), Some(&trusted))
    }
}

impl Drop for Https {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_called_over_https_if_the_named_authority_vouches_for_it() {
    let Some(folder) = certificates() else { return };
    let mut server = Https::start(folder.path());
    let desk = Desk::new().await;
    let outbox = desk.start(None, Some(server.hook(folder.path(), "ca2.pem")), 2);
    desk.held("one").await;
    desk.until("webhook", |it| it.dead == 1).await;
    outbox.finish().await;
    let [item] = &desk.items()[..] else { panic!("{:?}", desk.items()) };
    let State::Dead { why } = &item.is else { panic!("{item:?}") };
    let is_told = why.starts_with("the receiver cannot be trusted: ");
    assert!(is_told && why.contains("certificate"), "{why}");

    let outbox = desk.start(None, Some(server.hook(folder.path(), "ca.pem")), 2);
    desk.held("two").await;
    desk.until("webhook", |it| it.sent == 1 && it.dead == 1).await;
    outbox.finish().await;
    assert!(server.line().contains("CASE_GIVEN"));
}
