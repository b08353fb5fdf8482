//! What the log has for people to be told: read from where the outbox stands, as it grows.

use domain::{Event, Recorded, case::Recipient};
use engine::Engine;
use jiff::Timestamp;

use super::item::{Channel, Item};

/// What `recorded` has to be told, and by which of `channels`.
pub(super) async fn items(
    engine: &Engine,
    channels: &[Channel],
    recorded: &Recorded<Event>,
    now: Timestamp,
) -> anyhow::Result<Vec<Item>> {
    let Some(view) = engine.view(None).await? else { return Ok(vec![]) };
    let Some((to, notice)) = view.with(|models, _| models.news(recorded, now)) else {
        return Ok(vec![]);
    };
    let reach = |channel: &&Channel| match (channel, to) {
        (Channel::Webhook, _) | (Channel::Mail, Recipient::Resident(_)) => true,
        // No address of staff is kept.
        (Channel::Mail, Recipient::Staff(_)) => false,
    };
    let item = |channel: &Channel| {
        let (position, version, stream) = (recorded.position, recorded.version, recorded.stream);
        Item::new(position, stream, version, *channel, to, notice, recorded.occurred_at)
    };
    Ok(channels.iter().filter(reach).map(item).collect())
}
