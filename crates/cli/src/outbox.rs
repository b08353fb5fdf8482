//! Tells people that there is news for them: residents by e-mail, and whoever it is by a call of the
//! region's own receiver. Off unless it is asked for.
//!
//! ```text
//! log ─▶ gather ─▶ ledger ─▶ one sender for each channel ─▶ SMTP server, receiver
//!                    ▲  "about to be sent", on disk       │
//!                    └────────── what became of it ───────┘
//! ```
//!
//! For one event a person is told once at the most by each channel. What may have been sent, since
//! the service or the connection went while it was, is not sent again: it is *uncertain*, and an
//! operator sees it. What was surely not sent is tried again, ever more seldom, and in the end
//! given up: *dead*.

mod distrust;
mod gather;
mod item;
mod ledger;
mod mail;
mod resend;
#[cfg(test)]
mod tests;
mod webhook;

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::case::Recipient;
use engine::{Engine, Notified};
use jiff::{SignedDuration, Timestamp};
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
};

pub(crate) use self::{
    item::{Channel, Item, State},
    ledger::Ledger,
    mail::{MailBox, SmtpTls},
    resend::Resender,
    webhook::Webhook,
};

/// Commits looked at together.
const PAGE_COMMITS: usize = 256;

/// The longest time between two attempts.
const PAUSE_MAX: Duration = Duration::from_hours(1);

/// How long what is being sent may take once the service stops.
const PARTING: Duration = Duration::from_secs(10);

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    /// It was taken at the other end.
    Sent,
    /// It was surely not sent; it may be later.
    NotSent(String),
    /// It was surely not sent, and will not be.
    Refused(String),
    /// It may have been sent.
    Uncertain(String),
}

/// How often something is tried.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// The pause after the first attempt; each further one is twice as long, up to an hour, and each
    /// is drawn by chance between half of that and the whole.
    pub(crate) pause: Duration,
    /// How many attempts there are.
    pub(crate) attempts: u32,
}

/// By what people are told.
pub(crate) struct Channels {
    pub(crate) mail: Option<MailBox>,
    pub(crate) webhook: Option<Webhook>,
    pub(crate) patience: Patience,
}

/// The outbox at work.
pub(crate) struct Outbox {
    tasks: Vec<JoinHandle<()>>,
    office: Arc<Office>,
    stopping: watch::Sender<bool>,
}

struct Office {
    engine: Arc<Engine>,
    ledger: Mutex<Ledger>,
    channels: Channels,
    /// Wakes the senders.
    news: Notify,
    /// Turns true when nothing more is to be sent.
    stopping: watch::Receiver<bool>,
}

impl Outbox {
    /// Starts telling people what the log has from where the outbox at `path` stands.
    pub(crate) fn start(
        path: &Path,
        engine: &Arc<Engine>,
        channels: Channels,
    ) -> anyhow::Result<Self> {
        let head = *engine.log().head().borrow();
        let ledger = Ledger::open(path, head, engine.now())?;
        let engine = Arc::clone(engine);
        let (stopping, stops) = watch::channel(false);
        let (ledger, news) = (Mutex::new(ledger), Notify::new());
        let office = Arc::new(Office { engine, ledger, channels, news, stopping: stops });
        office.tell_board();
        let mut tasks = vec![tokio::spawn(Office::gather(Arc::clone(&office)))];
        for channel in office.channels.wanted() {
            tasks.push(tokio::spawn(Office::send_all(Arc::clone(&office), channel)));
        }
        Ok(Self { tasks, office, stopping })
    }

    /// Whoever sends again what an operator names.
    pub(crate) fn resender(&self) -> Resender {
        Resender(Arc::clone(&self.office))
    }

    /// Ends it, once what is being sent was sent. What takes longer than a moment will be
    /// uncertain.
    pub(crate) async fn finish(self) {
        self.stopping.send_replace(true);
        let ending = async {
            for task in &mut self.tasks.into_iter() {
                let _ = task.await;
            }
        };
        let _ = tokio::time::timeout(PARTING, ending).await;
    }
}

impl Channels {
    fn wanted(&self) -> Vec<Channel> {
        let has = |channel: &Channel| match channel {
            Channel::Mail => self.mail.is_some(),
            Channel::Webhook => self.webhook.is_some(),
        };
        Channel::ALL.into_iter().filter(has).collect()
    }
}

impl Office {
    /// Follows the read models, which show what is durable, and who is who.
    async fn gather(self: Arc<Self>) {
        let mut progress = self.engine.progress();
        loop {
            let shown = progress.borrow_and_update().position;
            if let Err(error) = self.gather_up_to(shown).await {
                return self.stop(&error);
            }
            tokio::select! {
                changed = progress.changed() => if changed.is_err() { return },
                () = self.stops() => return,
            }
        }
    }

    async fn gather_up_to(&self, shown: domain::Position) -> anyhow::Result<()> {
        let channels = self.channels.wanted();
        loop {
            let upto = self.ledger().upto();
            if upto >= shown {
                return Ok(());
            }
            let mut page = self.engine.log().page(upto, PAGE_COMMITS).await?;
            page.retain(|commit| commit.position <= shown);
            let Some(last) = page.last().map(|commit| commit.position) else { return Ok(()) };
            let mut items = vec![];
            for commit in &page {
                if self.engine.is_parked_at(commit.stream, commit.position) {
                    continue;
                }
                for recorded in engine::events(commit) {
                    let now = self.engine.now();
                    items.extend(gather::items(&self.engine, &channels, &recorded?, now).await?);
                }
            }
            self.ledger().gather(last, items)?;
            self.tell_board();
            self.news.notify_waiters();
        }
    }

    /// Sends what is due by `channel`, one after the other.
    async fn send_all(self: Arc<Self>, channel: Channel) {
        while !*self.stopping.borrow() {
            // Before looking: what comes while it is looked at wakes all the same.
            let news = self.news.notified();
            let (due, next) = self.due(channel);
            if let Some(item) = due {
                if let Err(error) = self.send(&item).await {
                    return self.stop(&error);
                }
                continue;
            }
            let pause = next.map_or(PAUSE_MAX, |at| {
                Duration::try_from(at.duration_since(self.engine.now())).unwrap_or_default()
            });
            tokio::select! {
                () = news => (),
                () = tokio::time::sleep(pause) => (),
                () = self.stops() => (),
            }
        }
    }

    /// Ready when nothing more is to be sent.
    async fn stops(&self) {
        let _ = self.stopping.clone().wait_for(|stopping| *stopping).await;
    }

    /// The oldest item that is due, or else when the next one is.
    fn due(&self, channel: Channel) -> (Option<Item>, Option<Timestamp>) {
        let (now, ledger) = (self.engine.now(), self.ledger());
        let waiting = ledger.items().filter(|it| it.channel == channel && it.due_at().is_some());
        let mut next = None;
        for item in waiting {
            match item.due_at() {
                Some(at) if at <= now => return (Some(item.clone()), None),
                at => next = next.into_iter().chain(at).min(),
            }
        }
        (None, next)
    }

    async fn send(&self, item: &Item) -> anyhow::Result<()> {
        let address = match (item.channel, item.to) {
            (Channel::Mail, Recipient::Resident(who)) => {
                match self.engine.email_for_news(who, &item.id).await {
                    Ok(Some(address)) => address,
                    Ok(None) => return self.note(item, State::NotWanted),
                    Err(error) => {
                        tracing::warn!(id = item.id, "an address cannot be looked up: {error}");
                        self.note(item, State::Sending)?;
                        let why = "the address cannot be looked up".to_owned();
                        return self.settle(item, Outcome::NotSent(why));
                    }
                }
            }
            _ => String::new(),
        };
        self.note(item, State::Sending)?;
        let outcome = match (item.channel, &self.channels.mail, &self.channels.webhook) {
            (Channel::Mail, Some(mail), _) => mail.send(item, &address).await,
            (Channel::Webhook, _, Some(webhook)) => webhook.send(item, self.engine.world()).await,
            _ => Outcome::NotSent("the channel is off".to_owned()),
        };
        self.settle(item, outcome)
    }

    fn settle(&self, item: &Item, outcome: Outcome) -> anyhow::Result<()> {
        let attempt = item.attempts + 1;
        let is = match outcome {
            Outcome::Sent => State::Sent,
            Outcome::Uncertain(why) => State::Uncertain { why },
            Outcome::Refused(why) => State::Dead { why },
            Outcome::NotSent(why) if attempt >= self.channels.patience.attempts => {
                State::Dead { why: format!("{why}; given up after {attempt} attempts") }
            }
            Outcome::NotSent(why) => {
                let from = self.engine.now() + self.pause(attempt);
                State::Waiting { from, why: Some(why) }
            }
        };
        let (id, channel) = (&item.id, item.channel.name());
        match &is {
            State::Uncertain { why } => tracing::error!(id, channel, why, "a notice is uncertain"),
            State::Dead { why } => tracing::error!(id, channel, why, "a notice was given up"),
            State::Waiting { why: Some(why), .. } => {
                tracing::warn!(
                    id,
                    channel,
                    why,
                    attempt,
                    "a notice was not sent; it is tried again"
                );
            }
            _ => (),
        }
        self.note(item, is)
    }

    /// How long to wait after so many attempts: between half and the whole of what has doubled each
    /// time.
    fn pause(&self, attempts: u32) -> SignedDuration {
        let doubled = self.channels.patience.pause.saturating_mul(1 << (attempts - 1).min(16));
        let most = doubled.min(PAUSE_MAX);
        let mut chance = [0; 2];
        self.engine.world().fill(&mut chance);
        let share = f64::from(u16::from_be_bytes(chance)) / f64::from(u16::MAX);
        let pause = most.mul_f64(0.5 + share / 2.0);
        SignedDuration::try_from(pause).unwrap_or(SignedDuration::from_hours(1))
    }

    fn note(&self, item: &Item, is: State) -> anyhow::Result<()> {
        self.ledger().change(&item.id, is, self.engine.now())?;
        self.tell_board();
        Ok(())
    }

    fn tell_board(&self) {
        let ledger = self.ledger();
        for channel in self.channels.wanted() {
            let of = |what: fn(&State) -> bool| {
                let items = ledger.items().filter(|it| it.channel == channel && what(&it.is));
                items.count() as u64
            };
            let told = Notified {
                sent: ledger.sent(channel),
                waiting: of(|it| matches!(it, State::Waiting { .. } | State::Sending)),
                uncertain: of(|it| matches!(it, State::Uncertain { .. })),
                dead: of(|it| matches!(it, State::Dead { .. })),
            };
            self.engine.notices().note(channel.name(), told);
        }
    }

    fn stop(&self, error: &anyhow::Error) {
        let error = crate::output::told(error);
        tracing::error!("NO NOTICE IS SENT ANY MORE: {error}");
        self.engine.notices().note_stopped(&error);
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
