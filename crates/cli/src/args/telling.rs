//! How people are told that there is news for them.

use std::path::PathBuf;

use crate::outbox::SmtpTls;

/// Whom the service tells of news, and how. Off unless a mail server or a webhook is named.
#[derive(clap::Args)]
#[command(next_help_heading = "Notices to people")]
pub(crate) struct TellingArgs {
    /// Where people open the service, such as `https://arende.example.se`; all that a notice links to.
    #[arg(long, env = "ARENDE_SERVICE_URL")]
    pub(crate) service_url: Option<String>,
    /// A mail server, such as mail.example.se:587: residents who want e-mail are told by it.
    #[arg(long, value_name = "HOST:PORT", env = "ARENDE_SMTP", value_parser = host_and_port, requires_all = ["mail_from", "service_url"])]
    pub(crate) smtp: Option<(String, u16)>,
    /// How the connection to it is sealed.
    #[arg(long, value_enum, default_value = "starttls", env = "ARENDE_SMTP_TLS")]
    pub(crate) smtp_tls: SmtpTls,
    /// Who the service is there.
    #[arg(long, env = "ARENDE_SMTP_USER", requires = "smtp_password")]
    pub(crate) smtp_user: Option<String>,
    /// A file with its password.
    #[arg(long, value_name = "FILE", env = "ARENDE_SMTP_PASSWORD_FILE", requires = "smtp_user")]
    pub(crate) smtp_password: Option<PathBuf>,
    /// Whom the mails are from, such as 'Ärende <no-reply@example.se>'.
    #[arg(long, env = "ARENDE_MAIL_FROM")]
    pub(crate) mail_from: Option<String>,
    /// Where to POST each notice, to residents and to staff; docs/operating.md has the form.
    #[arg(long, value_name = "URL", env = "ARENDE_WEBHOOK", requires_all = ["webhook_secret", "service_url"])]
    pub(crate) webhook: Option<String>,
    /// A file with the secret that each POST is signed with, at least 16 bytes.
    #[arg(long, value_name = "FILE", env = "ARENDE_WEBHOOK_SECRET_FILE")]
    pub(crate) webhook_secret: Option<PathBuf>,
    /// A file with certificates in PEM: the mail server and the webhook are trusted by these, and by
    /// none that the machine trusts.
    #[arg(long, value_name = "FILE", env = "ARENDE_NOTICE_CA_FILE")]
    pub(crate) notice_ca: Option<PathBuf>,
    /// Seconds between the first attempt that failed and the second; each pause is twice the last.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) notice_pause: u64,
    /// How many attempts there are before a notice is given up.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) notice_attempts: u32,
}

/// `arende outbox`
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  arende outbox --data ./data
  arende outbox --data ./data --resend 000000000000126d-9f3c…
A notice that may have been sent is sent again only with --even-if-sent.")]
pub(crate) struct OutboxArgs {
    /// The data folder; it may be served meanwhile.
    #[arg(long)]
    pub(crate) data: PathBuf,
    /// Print one line of JSON for each instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
    /// Send this notice again at once, by the service that has the folder.
    #[arg(long, value_name = "ID", conflicts_with = "json", value_parser = notice_id)]
    pub(crate) resend: Option<String>,
    /// Also if it is uncertain: whoever was told is told twice.
    #[arg(long, requires = "resend")]
    pub(crate) even_if_sent: bool,
}

fn notice_id(text: &str) -> Result<String, String> {
    let is_id = |it: char| it.is_ascii_hexdigit() || it == '-';
    match text.len() {
        1..=64 if text.chars().all(is_id) => Ok(text.to_owned()),
        _ => Err("not the id of a notice; arende outbox lists them".to_owned()),
    }
}

fn host_and_port(text: &str) -> Result<(String, u16), String> {
    let (host, port) = text.rsplit_once(':').unwrap_or_default();
    match port.parse() {
        Ok(port) if !host.is_empty() => Ok((host.trim_matches(['[', ']']).to_owned(), port)),
        _ => Err("not a host and a port such as mail.example.se:587".to_owned()),
    }
}
