//! Makes of what was asked for on the command line whatever people are told by.

use std::{fs, path::Path, time::Duration};

use anyhow::{Context as _, bail};
use ureq::tls::{Certificate, PemItem, parse_pem};

use crate::{
    args::TellingArgs,
    outbox::{Channels, MailBox, Patience, SmtpTls, Webhook},
};

/// The shortest secret that a webhook is signed with, in bytes.
const SECRET_BYTES_MIN: usize = 16;

/// The channels that were asked for; none where none were.
pub(crate) fn channels(args: &TellingArgs) -> anyhow::Result<Option<Channels>> {
    let Some(link) =
        args.service_url.as_ref().filter(|_| args.smtp.is_some() || args.webhook.is_some())
    else {
        return Ok(None);
    };
    if !link.starts_with("https://") && !link.starts_with("http://") {
        bail!("{link} is no address that people can open; give --service-url https://…");
    }
    let authorities = args.notice_ca.as_deref().map(authorities).transpose()?;
    Ok(Some(Channels {
        mail: mail(args, link, authorities.as_ref())?,
        webhook: webhook(args, link, authorities.as_ref())?,
        patience: Patience {
            pause: Duration::from_secs(args.notice_pause),
            attempts: args.notice_attempts,
        },
    }))
}

/// Certificates that are trusted, as they stand in their file and one by one.
struct Authorities {
    pem: Vec<u8>,
    each: Vec<Certificate<'static>>,
}

fn authorities(path: &Path) -> anyhow::Result<Authorities> {
    let pem = fs::read(path).with_context(|| format!("failed to read {}", path.display()))?;
    let mut each = vec![];
    for item in parse_pem(&pem) {
        let item = item.with_context(|| format!("{} is no PEM", path.display()))?;
        if let PemItem::Certificate(certificate) = item {
            each.push(certificate);
        }
    }
    if each.is_empty() {
        bail!("{} holds no certificate in PEM; give --notice-ca those to trust", path.display());
    }
    Ok(Authorities { pem, each })
}

fn mail(
    args: &TellingArgs,
    link: &str,
    authorities: Option<&Authorities>,
) -> anyhow::Result<Option<MailBox>> {
    let (Some((host, port)), Some(from)) = (&args.smtp, &args.mail_from) else { return Ok(None) };
    let from = from.parse().with_context(|| format!("--mail-from {from} is no address"))?;
    let credentials = match (&args.smtp_user, &args.smtp_password) {
        (Some(user), Some(path)) => Some((user.clone(), secret(path)?)),
        _ => None,
    };
    if args.smtp_tls == SmtpTls::None && credentials.is_some() {
        bail!("a password is not sent in clear; use --smtp-tls starttls or implicit");
    }
    if args.smtp_tls == SmtpTls::None && !is_local(host) {
        tracing::warn!(
            host,
            "mails go to the server in clear; use --smtp-tls starttls or implicit"
        );
    }
    let (host, port, tls, link) = (host.clone(), *port, args.smtp_tls, link.to_owned());
    let authorities = authorities.map(|it| it.pem.clone());
    Ok(Some(MailBox { host, port, tls, authorities, credentials, from, link }))
}

fn webhook(
    args: &TellingArgs,
    link: &str,
    authorities: Option<&Authorities>,
) -> anyhow::Result<Option<Webhook>> {
    let (Some(url), Some(path)) = (&args.webhook, &args.webhook_secret) else { return Ok(None) };
    let host = url.strip_prefix("http://").map(|rest| rest.split([':', '/']).next().unwrap_or(""));
    match host {
        Some(host) if !is_local(host) => {
            tracing::warn!(url, "notices go to the webhook in clear; use https");
        }
        None if !url.starts_with("https://") => bail!("--webhook {url} is no https address"),
        _ => (),
    }
    let secret = secret(path)?.into_bytes();
    if secret.len() < SECRET_BYTES_MIN {
        bail!("the secret in {} has fewer than {SECRET_BYTES_MIN} bytes", path.display());
    }
    let authorities = authorities.map(|it| &it.each[..]);
    Ok(Some(Webhook::new(url.clone(), secret, link.to_owned(), authorities)))
}

/// What stands in the file at `path`, without what ends its line.
fn secret(path: &Path) -> anyhow::Result<String> {
    let text =
        fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn is_local(host: &str) -> bool {
    host == "localhost" || host.starts_with("127.") || host == "::1"
}
