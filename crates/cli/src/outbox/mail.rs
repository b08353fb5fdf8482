//! A notice as an e-mail, by SMTP.
//!
//! Each mail has a connection of its own, and each step of the protocol its own outcome: until the
//! text is sent, what fails has surely not been taken; from then on only the server's answer says
//! whether it was.

use std::time::Duration;

use anyhow::Context as _;
use domain::case::Notice;
use lettre::{
    Address, Message,
    message::{Mailbox, SinglePart, header::ContentType},
    transport::smtp::{
        Error,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::ClientId,
    },
};

use super::{Outcome, distrust::distrust, item::Item};

/// How long each connection may take to come about, and each answer to come.
const PATIENCE: Duration = Duration::from_mins(1);

/// How the connection is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum SmtpTls {
    /// From the first byte, as on port 465.
    Implicit,
    /// After STARTTLS, without which nothing is sent.
    Starttls,
    /// Not at all: for a relay on the same machine.
    None,
}

/// Where mails are sent from, and by which server.
pub(crate) struct MailBox {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: SmtpTls,
    /// Whose certificates are trusted, in PEM; none where the machine says.
    pub(crate) authorities: Option<Vec<u8>>,
    pub(crate) credentials: Option<(String, String)>,
    pub(crate) from: Mailbox,
    /// Where the service is, for people.
    pub(crate) link: String,
}

impl MailBox {
    /// Sends `item` to `to`.
    pub(super) async fn send(&self, item: &Item, to: &str) -> Outcome {
        let Ok((to, mail)) = self.compose(item.notice, &item.id, to) else {
            // What is wrong with an address is not told: it is someone's.
            return Outcome::Refused("the address is none that mail goes to".to_owned());
        };
        let mut connection = match self.connect().await {
            Ok(connection) => connection,
            Err(error) => return Outcome::NotSent(told(&error)),
        };
        let ready = async {
            connection.command(Mail::new(Some(self.from.email.clone()), vec![])).await?;
            connection.command(Rcpt::new(to, vec![])).await?;
            connection.command(Data).await
        };
        if let Err(error) = ready.await {
            connection.abort().await;
            return if error.is_permanent() {
                Outcome::Refused(told(&error))
            } else {
                Outcome::NotSent(told(&error))
            };
        }
        let outcome = match connection.message(&mail).await {
            Ok(_) => Outcome::Sent,
            Err(error) if error.is_permanent() => Outcome::Refused(told(&error)),
            Err(error) if error.is_transient() => Outcome::NotSent(told(&error)),
            Err(error) => Outcome::Uncertain(told(&error)),
        };
        connection.abort().await;
        outcome
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let hello = ClientId::Domain(self.from.email.domain().to_owned());
        let tls = |wanted| (self.tls == wanted).then(|| self.trust()).transpose();
        let (implicit, starttls) = (tls(SmtpTls::Implicit)?, tls(SmtpTls::Starttls)?);
        let server = (self.host.as_str(), self.port);
        let connecting =
            AsyncSmtpConnection::connect_tokio1(server, Some(PATIENCE), &hello, implicit, None);
        let mut connection = connecting.await?;
        if let Some(tls) = starttls {
            connection.starttls(tls, &hello).await?;
        }
        if let Some((user, password)) = &self.credentials {
            let credentials = Credentials::new(user.clone(), password.clone());
            connection.auth(DEFAULT_MECHANISMS, &credentials).await?;
        }
        Ok(connection)
    }

    fn trust(&self) -> Result<TlsParameters, Error> {
        let mut trust = TlsParameters::builder(self.host.clone());
        if let Some(authorities) = &self.authorities {
            let certificate = Certificate::from_pem(authorities)?;
            trust = trust.certificate_store(CertificateStore::None);
            trust = trust.add_root_certificate(certificate);
        }
        trust.build_rustls()
    }

    /// The mail, which says that there is something to read, and where; and nothing else.
    fn compose(&self, notice: Notice, id: &str, to: &str) -> anyhow::Result<(Address, Vec<u8>)> {
        let to: Address = to.trim().parse().context("the address")?;
        let (sv, en, link) = (notice.text_sv(), notice.text_en(), &self.link);
        let subject = format!("{} / {}", sv.trim_end_matches('.'), en.trim_end_matches('.'));
        let text = format!(
            "{sv}\r\nLogga in för att läsa: {link}\r\n\r\n{en}\r\nLog in to read: {link}\r\n"
        );
        let mail = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(subject)
            // Made of the event: one that comes twice is known to be the same.
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .header(AutoSubmitted)
            .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(text))?;
        Ok((to, mail.formatted()))
    }
}

/// What was said, without what it was said about: servers repeat the address.
fn told(error: &Error) -> String {
    if let Some(why) = distrust(error) {
        return format!("the mail server cannot be trusted: {why}");
    }
    match error.status() {
        Some(code) => format!("the mail server answered {code}"),
        None if error.is_timeout() => "the mail server did not answer in time".to_owned(),
        None if error.is_tls() => format!("the mail server cannot be trusted: {error}"),
        None => format!("the mail server cannot be reached: {error}"),
    }
}

/// RFC 3834: nobody's absence answers it.
#[derive(Clone)]
struct AutoSubmitted;

impl lettre::message::header::Header for AutoSubmitted {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
