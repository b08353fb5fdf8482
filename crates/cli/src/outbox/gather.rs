//! What the log has for people to be told: read from where the outbox stands, as it grows.

use domain::{
    Actor, Event, Recorded, ResidentId, StreamId,
    case::{self, Notice, Surroundings as _},
};
use engine::Engine;
use jiff::{SignedDuration, Timestamp};

use super::item::{Channel, Item, Recipient};

/// How old news may be and still be told, in hours: a service that was without its outbox for weeks
/// tells nobody of what they have long read.
const NEWS_HOURS: i64 = 72;

/// How much later than it happened something may be recorded, in minutes. Later it was imported, or
/// registered afterwards, and is nobody's news.
const LATE_MINUTES: i64 = 60;

/// What `recorded` has to be told, and by which of `channels`.
pub(super) async fn items(
    engine: &Engine,
    channels: &[Channel],
    recorded: &Recorded<Event>,
    now: Timestamp,
) -> anyhow::Result<Vec<Item>> {
    let Recorded { event: Event::Case(event), stream, .. } = recorded else { return Ok(vec![]) };
    if !is_news(recorded, now) {
        return Ok(vec![]);
    }
    let Some((to, notice)) = told(engine, event, *stream, recorded.actor, now).await? else {
        return Ok(vec![]);
    };
    let reach = |channel: &&Channel| match (channel, to) {
        (Channel::Webhook, _) | (Channel::Mail, Recipient::Resident(_)) => true,
        // No address of staff is kept.
        (Channel::Mail, Recipient::Staff(_)) => false,
    };
    let item = |channel: &Channel| {
        let (position, version) = (recorded.position, recorded.version);
        Item::new(position, *stream, version, *channel, to, notice, recorded.occurred_at)
    };
    Ok(channels.iter().filter(reach).map(item).collect())
}

fn is_news(recorded: &Recorded<Event>, now: Timestamp) -> bool {
    let age = now.duration_since(recorded.recorded_at);
    let late = recorded.recorded_at.duration_since(recorded.occurred_at);
    recorded.actor != Actor::System
        && age <= SignedDuration::from_hours(NEWS_HOURS)
        && late <= SignedDuration::from_mins(LATE_MINUTES)
}

/// Who is told what of `event`.
async fn told(
    engine: &Engine,
    event: &case::Event,
    stream: StreamId,
    by: Actor,
    now: Timestamp,
) -> anyhow::Result<Option<(Recipient, Notice)>> {
    if let Some(to) = event.given_to() {
        let took_it = matches!(by, Actor::Staff { who, .. } if who == to);
        return Ok((!took_it).then_some((Recipient::Staff(to), Notice::CaseGiven)));
    }
    let (Some(notice), StreamId::Case(case)) = (event.notice(), stream) else { return Ok(None) };
    let Some(view) = engine.view(None).await? else { return Ok(None) };
    let resident = view.with(|models, _| {
        let case = models.cases().get(case)?;
        // Who sent it for another is told, as long as they may read it.
        let acts = models.directory().acts_for(case.submitted_by, case.subject, now);
        let resident: ResidentId = if acts { case.submitted_by } else { case.subject };
        Some(resident)
    });
    Ok(resident.map(|it| (Recipient::Resident(it), notice)))
}
