//! One case from its first message to its close: who does what when, and what they write.
//!
//! The whole of it is drawn when the case comes in, by the model's `lifecycle` and
//! `handling_times_working_minutes`; what lies beyond the end of the span is not played.
//!
//! Ours, where the model is silent:
//! - Staff act in working hours, residents at any hour.
//! - A redirect is made by a receiver instead of distributing. To another care provider it takes a
//!   note that the resident was asked, their consent in the case, and then the redirect.
//! - Reassignments and notes ([`NOTES`] a case) fall between distribution and first message.
//! - Who does not reply within the longest delay gets a last word, and the case is closed.
//! - "With the final answer" a case is closed some minutes after it. After 30 days of silence it
//!   is a receiver who closes it: the rules know no closing by the service.
//! - Of those who follow up, the model's share reopens the case; the others write a new case that
//!   follows up the old, 30 to 60 days after its close.
//! - A case that a unit starts is opened by a handler, who then holds it, or by a receiver; half
//!   of the residents reply, and all get an answer or a last word.
//!
//! Left out: reads, failed notifications and unread answers, which are no events of a case, and
//! queueing.

mod answering;
mod sorting;

use domain::{
    Actor, CaseId, MessageId, ResidentId, Role, StaffId, UnitId,
    case::{Command, Content, Opening, Submission},
    catalogue::ShippedType,
    deadline::local_date,
};
use jiff::{SignedDuration, Timestamp};

use super::{
    Author,
    catalogue::{UNIT_DEFINED, central_kind},
    chance::Chance,
    form::{self, Filling},
    model::LogNormal,
    phrases::{About, Saying},
    region::Unit,
};

/// Notes in a case, on average.
const NOTES: f64 = 1.5;
/// How often a case that a unit starts is started by a handler.
const OPENED_BY_HANDLER: f64 = 0.7;
/// How often the resident replies to a case that a unit started.
const REPLIES_TO_UNIT: f64 = 0.5;
/// How often it is the holder who reassigns, and not a receiver.
const REASSIGNED_BY_HOLDER: f64 = 0.5;
/// What is filled in when the command is sent.
const NO_MESSAGE: MessageId = MessageId::new(0);

/// One thing someone does.
#[derive(Debug)]
pub(super) struct Move {
    pub(super) at: Timestamp,
    pub(super) by: Actor,
    /// Its message has no id yet.
    pub(super) command: Command,
    pub(super) content: Option<Content>,
}

/// How a case begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beginning {
    pub(super) at: Timestamp,
    pub(super) unit: usize,
    pub(super) entry: usize,
    pub(super) subject: usize,
    pub(super) by_unit: bool,
    pub(super) follows_up: Option<CaseId>,
}

/// A case's script.
pub(super) struct Script {
    pub(super) moves: Vec<Move>,
    /// When the resident writes a new case that follows up this one.
    pub(super) followed_up_at: Option<Timestamp>,
}

impl Script {
    /// Draws what becomes of a case.
    pub(super) fn write(author: &Author<'_>, beginning: Beginning, chance: Chance) -> Self {
        let mut writer = Writer::new(author, beginning, chance);
        if beginning.by_unit {
            writer.unit_case();
        } else {
            writer.resident_case();
        }
        Self { moves: writer.moves, followed_up_at: writer.followed_up_at }
    }
}

struct Writer<'a> {
    author: &'a Author<'a>,
    chance: Chance,
    beginning: Beginning,
    case_type: &'a ShippedType,
    /// The unit that has the case.
    unit: &'a Unit,
    handler: Option<StaffId>,
    /// What multiplies the time that answers take.
    slowness: f64,
    in_july: f64,
    /// Which of several texts is said first.
    first_variant: usize,
    now: Timestamp,
    moves: Vec<Move>,
    followed_up_at: Option<Timestamp>,
}

impl<'a> Writer<'a> {
    fn new(author: &'a Author<'a>, beginning: Beginning, mut chance: Chance) -> Self {
        let case_type = &author.catalogue[beginning.entry];
        let handling = &author.model.handling_times_working_minutes;
        let of_type = handling.type_factor.get(&case_type.key).copied().unwrap_or(1.0);
        let in_july =
            if local_date(beginning.at).month() == 7 { handling.july_factor } else { 1.0 };
        let units = &author.region.units;
        let central =
            central_kind(case_type).and_then(|kind| units.iter().find(|it| it.kind == kind));
        let unit = central.unwrap_or(&units[beginning.unit]);
        Self {
            author,
            first_variant: chance.below(64),
            chance,
            beginning,
            case_type,
            unit,
            handler: None,
            slowness: of_type * in_july,
            in_july,
            now: beginning.at,
            moves: vec![],
            followed_up_at: None,
        }
    }

    fn resident_case(&mut self) {
        self.submit();
        self.redirect();
        self.distribute();
        self.handle();
        self.maybe_withdraw();
    }

    fn unit_case(&mut self) {
        self.open();
        if self.handler.is_none() {
            self.distribute();
        }
        if self.chance.hits(REPLIES_TO_UNIT) {
            self.wait_for_resident();
            self.reply(Saying::Reply, 0);
            let first = self.handling().distribution_to_first_response;
            self.work(first, self.slowness * self.unit.slowness);
            self.answer(Saying::Answer);
        } else {
            self.last_word();
        }
    }

    fn submit(&mut self) {
        let Beginning { unit, entry, subject, follows_up, .. } = self.beginning;
        let started_from = &self.author.region.units[unit];
        let Some(case_type) = started_from.offered.get(&entry).copied() else { return };
        let command = Command::Submit(Submission {
            unit: started_from.id,
            case_type,
            subject: self.author.residents.all[subject].id,
            form_version: 1,
            terms_version: 1,
            follows_up,
            message: NO_MESSAGE,
        });
        let content = Content { text: String::new(), answers: self.form() };
        self.act(self.now, self.resident(self.now), command, Some(content));
    }

    fn open(&mut self) {
        let Some(case_type) = self.unit.offered.get(&self.beginning.entry).copied() else { return };
        let by = if self.chance.hits(OPENED_BY_HANDLER) {
            self.handler = self.any_handler();
            self.handler.map(|who| self.staff(who, Role::Handler))
        } else {
            Some(self.receiver())
        };
        let Some(by) = by else { return };
        let command = Command::Open(Opening {
            case_type,
            subject: self.author.residents.all[self.beginning.subject].id,
            resident_informed: true,
            message: NO_MESSAGE,
            form_version: Some(1),
        });
        let content = Content { text: String::new(), answers: self.form() };
        self.act(self.now, by, command, Some(content));
    }

    fn form(&mut self) -> Vec<domain::case::FormAnswer> {
        let Author { region, residents, phrases, .. } = self.author;
        let subject = &residents.all[self.beginning.subject];
        let started_from = &region.units[self.beginning.unit];
        let chosen = self.chance.pick(&region.units).unwrap_or(started_from);
        let filling = Filling {
            phrases,
            about: About {
                unit_kind: started_from.kind,
                for_a_child: subject.guardian.is_some_and(|it| self.now < it.until),
            },
            unit_hsa_id: &chosen.hsa_id,
            today: local_date(self.now),
            birth_date: subject.number.birth_date(),
            sex: subject.number.sex(),
            variant: (self.case_type.key == UNIT_DEFINED).then_some(started_from.own_type),
        };
        form::fill(self.case_type, filling, &mut self.chance)
    }

    /// A few residents take the case back at some moment before the answer.
    fn maybe_withdraw(&mut self) {
        if !self.chance.hits(self.author.model.lifecycle.withdrawn_by_resident_before_answer) {
            return;
        }
        let is_answer = |it: &Move| matches!(it.command, Command::Answer { .. });
        let Some(answered) = self.moves.iter().find(|it| is_answer(it)) else { return };
        let from = self.beginning.at;
        // Who waits beyond the end of the span may have given up within it.
        let until = answered.at.min(self.author.until.max(from));
        let seconds = until.duration_since(from).as_secs_f64() * self.chance.unit();
        let at = whole_seconds(from + SignedDuration::from_secs_f64(seconds.max(1.0)));
        self.moves.retain(|it| it.at < at);
        self.now = at;
        self.followed_up_at = None;
        self.act(at, self.resident(at), Command::Withdraw, None);
    }

    fn handling(&self) -> &'a super::model::Handling {
        &self.author.model.handling_times_working_minutes
    }

    /// Lets working time pass.
    fn work(&mut self, time: LogNormal, factor: f64) {
        let minutes = time.draw(&mut self.chance) * factor;
        self.now = self.author.hours.after(self.now, minutes);
    }

    /// Lets the time pass that a resident takes to write.
    fn wait_for_resident(&mut self) {
        let hours = self.author.model.lifecycle.resident_reply_delay_hours.draw(&mut self.chance);
        self.now += from_hours(hours);
    }

    fn reply(&mut self, saying: Saying, variant: usize) {
        let text = self.text(saying, variant);
        let by = self.resident(self.now);
        self.act(self.now, by, Command::Reply { message: NO_MESSAGE }, Some(text));
    }

    fn say_as_holder(&mut self, saying: Saying, command: fn(MessageId) -> Command) {
        if let Some(by) = self.holder() {
            self.say(by, saying, command);
        }
    }

    /// What is said once more is said in other words.
    fn say(&mut self, by: Actor, saying: Saying, command: fn(MessageId) -> Command) {
        let first = self.first_variant;
        let variant = match saying {
            Saying::Note | Saying::Partial => first + self.moves.len(),
            _ => first,
        };
        let text = self.text(saying, variant);
        self.act(self.now, by, command(NO_MESSAGE), Some(text));
    }

    fn text(&self, saying: Saying, variant: usize) -> Content {
        Content::text(self.author.phrases.message(saying, &self.case_type.key, variant))
    }

    /// Each move comes at least a second after the one before.
    fn act(&mut self, at: Timestamp, by: Actor, command: Command, content: Option<Content>) {
        let after_last = self.moves.last().map(|it| it.at + SignedDuration::from_secs(1));
        self.now = after_last.map_or(at, |after| at.max(after));
        self.now = whole_seconds(self.now);
        self.moves.push(Move { at: self.now, by, command, content });
    }

    /// The subject, or the guardian while there is one.
    fn resident(&self, at: Timestamp) -> Actor {
        let all = &self.author.residents.all;
        let subject = &all[self.beginning.subject];
        let who =
            |resident: ResidentId, on_behalf_of| Actor::Resident { who: resident, on_behalf_of };
        match subject.guardian.filter(|it| at < it.until) {
            Some(guardian) => who(all[guardian.resident].id, Some(subject.id)),
            None => who(subject.id, None),
        }
    }

    fn staff(&self, who: StaffId, role: Role) -> Actor {
        let unit: UnitId = self.unit.id;
        Actor::Staff { who, role, unit: Some(unit) }
    }

    fn holder(&self) -> Option<Actor> {
        self.handler.map(|who| self.staff(who, Role::Handler))
    }

    fn receiver(&mut self) -> Actor {
        let receiver = self.chance.below(self.unit.receivers);
        self.staff(self.unit.staff[receiver].id, Role::Receiver)
    }

    fn any_handler(&mut self) -> Option<StaffId> {
        self.chance.pick(&self.unit.staff).map(|it| it.id)
    }
}

fn from_hours(hours: f64) -> SignedDuration {
    SignedDuration::from_secs_f64(hours * 3_600.0)
}

/// Up to the next whole second, so that order is kept.
fn whole_seconds(at: Timestamp) -> Timestamp {
    let second = at.as_second() + i64::from(at.subsec_nanosecond() > 0);
    Timestamp::from_second(second).unwrap_or(at)
}
