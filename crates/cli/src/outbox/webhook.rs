//! A notice as a call of the region's own receiver, signed.
//!
//! ```text
//! POST URL
//! Arende-Delivery: the notice's id, the same however often it is tried
//! Arende-Signature: t=SECONDS,v1=HEX      HMAC-SHA256 of "SECONDS.BODY" under the shared secret
//! ```

use std::time::Duration;

use domain::case::Recipient;
use engine::World;
use hmac::{Hmac, Mac as _};
use serde_json::json;
use sha2::Sha256;
use ureq::{
    Agent, Timeout,
    tls::{Certificate, RootCerts, TlsConfig},
};

use super::{
    Outcome,
    distrust::distrust,
    item::{Item, hex},
};

/// How long one call may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The receiver, and the secret shared with it.
#[derive(Clone)]
pub(crate) struct Webhook {
    agent: Agent,
    url: String,
    secret: Vec<u8>,
    link: String,
}

impl Webhook {
    /// Trusts the certificates in `authorities` alone, or those that the machine trusts.
    pub(crate) fn new(
        url: String,
        secret: Vec<u8>,
        link: String,
        authorities: Option<&[Certificate<'static>]>,
    ) -> Self {
        // Where a process has chosen none, this one is; a second choice changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let trusted = authorities.map_or(RootCerts::PlatformVerifier, RootCerts::new_with_certs);
        let tls = TlsConfig::builder().root_certs(trusted).build();
        let agent = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .timeout_connect(Some(PATIENCE / 3))
            .http_status_as_error(false)
            .max_redirects(0)
            .tls_config(tls)
            .build();
        Self { agent: agent.into(), url, secret, link }
    }

    /// Calls the receiver.
    pub(super) async fn send(&self, item: &Item, world: &dyn World) -> Outcome {
        let body = self.body(item);
        let seconds = world.now().as_second();
        let signature = format!("t={seconds},v1={}", self.signature(seconds, &body));
        let (webhook, id) = (self.clone(), item.id.clone());
        let calling = tokio::task::spawn_blocking(move || webhook.call(&id, &signature, body));
        calling.await.unwrap_or_else(|_| Outcome::Uncertain("the call broke off".to_owned()))
    }

    fn call(&self, id: &str, signature: &str, body: String) -> Outcome {
        let sent = self
            .agent
            .post(&self.url)
            .header("content-type", "application/json")
            .header("arende-delivery", id)
            .header("arende-signature", signature)
            .send(body);
        match sent {
            Ok(answer) => match answer.status().as_u16() {
                200..300 => Outcome::Sent,
                // It may know better later.
                status @ (408 | 425 | 429 | 500..) => {
                    Outcome::NotSent(format!("the receiver answered {status}"))
                }
                status => Outcome::Refused(format!("the receiver answered {status}")),
            },
            Err(error) => match distrusted(&error) {
                Some(why) => Outcome::NotSent(format!("the receiver cannot be trusted: {why}")),
                None if never_reached(&error) => {
                    Outcome::NotSent(format!("the receiver cannot be reached: {error}"))
                }
                None => Outcome::Uncertain(format!("the receiver did not answer: {error}")),
            },
        }
    }

    fn body(&self, item: &Item) -> String {
        let to = match item.to {
            Recipient::Resident(who) => json!({ "residentId": who.to_string() }),
            Recipient::Staff(who) => json!({ "staffId": who.to_string() }),
        };
        let body = json!({
            "id": item.id,
            "notice": item.notice.name(),
            "to": to,
            "textSv": item.notice.text_sv(),
            "textEn": item.notice.text_en(),
            "link": self.link,
            "happenedAt": item.happened_at.to_string(),
        });
        body.to_string()
    }

    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    fn signature(&self, seconds: i64, body: &str) -> String {
        let mac = Hmac::<Sha256>::new_from_slice(&self.secret).expect("any key will do");
        let mac = mac.chain_update(format!("{seconds}.{body}")).finalize().into_bytes();
        hex(&mac)
    }
}

/// What is wrong with the receiver's certificate, if that is what failed.
fn distrusted(error: &ureq::Error) -> Option<&rustls::Error> {
    match error {
        ureq::Error::Rustls(error) => distrust(error),
        ureq::Error::Io(error) => distrust(error),
        _ => None,
    }
}

/// Whether the request cannot have been read.
fn never_reached(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::BadUri(_)
        | ureq::Error::Tls(_)
        | ureq::Error::Rustls(_)
        | ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => true,
        ureq::Error::Io(error) => error.kind() == std::io::ErrorKind::ConnectionRefused,
        _ => false,
    }
}
