//! Who is to be told what of an event: what leaves the service, before anyone has sent it.
//!
//! Whether it was sent is no part of this: that follows from no event.

use domain::{
    Actor, Event, Recorded, StreamId,
    case::{Notice, Recipient, Surroundings as _},
};
use jiff::{SignedDuration, Timestamp};

use crate::ReadModels;

/// How old news may be and still be told, in hours: a service that was without its outbox for weeks
/// tells nobody of what they have long read.
const NEWS_HOURS: i64 = 72;

/// How much later than it happened something may be recorded, in minutes. Later it was imported, or
/// registered afterwards, and is nobody's news.
const LATE_MINUTES: i64 = 60;

impl ReadModels {
    /// Whom `recorded`, which these models have taken in, is news for at `now`, and what they are
    /// told; none where nobody is.
    pub fn news(&self, recorded: &Recorded<Event>, now: Timestamp) -> Option<(Recipient, Notice)> {
        let Recorded { event: Event::Case(event), stream: StreamId::Case(case), .. } = recorded
        else {
            return None;
        };
        if !is_fresh(recorded, now) {
            return None;
        }
        if let Some(to) = event.given_to() {
            let took_it = matches!(recorded.actor, Actor::Staff { who, .. } if who == to);
            return (!took_it).then_some((Recipient::Staff(to), Notice::CaseGiven));
        }
        let notice = event.notice()?;
        let case = self.cases().get(*case)?;
        // Who sent it for another is told, as long as they may read it.
        let acts = self.directory().acts_for(case.submitted_by, case.subject, now);
        let resident = if acts { case.submitted_by } else { case.subject };
        Some((Recipient::Resident(resident), notice))
    }
}

fn is_fresh(recorded: &Recorded<Event>, now: Timestamp) -> bool {
    let age = now.duration_since(recorded.recorded_at);
    let late = recorded.recorded_at.duration_since(recorded.occurred_at);
    recorded.actor != Actor::System
        && age <= SignedDuration::from_hours(NEWS_HOURS)
        && late <= SignedDuration::from_mins(LATE_MINUTES)
}
