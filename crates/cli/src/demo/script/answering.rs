//! From distribution to the answer, and from the answer to the close.

use domain::{Role, StaffId, case::Command};
use jiff::{SignedDuration, Timestamp};

use super::{
    super::{
        hours::WORKING_DAY_MINUTES,
        model::{INACTIVE_DAYS, NO_MORE_PARTIALS, NO_MORE_QUESTIONS},
        phrases::Saying,
    },
    NO_MESSAGE, NOTES, REASSIGNED_BY_HOLDER, Writer, from_hours,
};

/// Minutes from the answer to the close that goes with it: the least, and how many more at most.
const CLOSE_WITH_ANSWER_MINUTES: (f64, f64) = (4.0, 8.0);

impl Writer<'_> {
    /// From distribution to the answer.
    pub(super) fn handle(&mut self) {
        let slowness = self.slowness * self.unit.slowness;
        let first = self.handling().distribution_to_first_response.draw(&mut self.chance);
        let responds_at = self.author.hours.after(self.now, first * slowness);
        self.reassign_and_note(responds_at);
        self.now = self.now.max(responds_at);

        let lifecycle = &self.author.model.lifecycle;
        let shares = [
            lifecycle.first_message_is_final_answer,
            lifecycle.first_message_is_partial_answer,
            lifecycle.first_message_is_counter_question,
        ];
        match self.chance.weighted(&shares) {
            1 if self.case_type.limits.conversation => self.answer_in_parts(slowness),
            2 if self.case_type.limits.conversation => self.ask_first(slowness),
            _ => self.answer(Saying::Answer),
        }
    }

    fn reassign_and_note(&mut self, until: Timestamp) {
        let counts = &self.author.model.lifecycle.reassigned_within_unit_per_case;
        let shares: Vec<f64> = counts.values().copied().collect();
        let reassignments = self.chance.weighted(&shares);
        let steps = reassignments + self.chance.poisson(NOTES);
        let mut shares: Vec<(f64, bool)> =
            (0..steps).map(|n| (self.chance.unit(), n < reassignments)).collect();
        shares.sort_by(|one, other| one.0.total_cmp(&other.0));
        let from = self.now;
        for (share, reassigns) in shares {
            self.now = self.now.max(self.author.hours.between(from, until, share));
            let Some(holder) = self.handler else { return };
            if !reassigns {
                let by = self.staff(holder, Role::Handler);
                self.say(by, Saying::Note, |message| Command::AddNote { message });
                continue;
            }
            let others = self.unit.staff.iter().map(|it| it.id).filter(|it| *it != holder);
            let others: Vec<StaffId> = others.collect();
            let Some(to) = self.chance.pick(&others).copied() else { continue };
            let by = if self.chance.hits(REASSIGNED_BY_HOLDER) {
                self.staff(holder, Role::Handler)
            } else {
                self.receiver()
            };
            self.act(self.now, by, Command::Reassign { to }, None);
            self.handler = Some(to);
        }
    }

    fn answer_in_parts(&mut self, slowness: f64) {
        let minutes = self.handling().first_response_to_final.draw(&mut self.chance);
        let (from, until) = (self.now, self.author.hours.after(self.now, minutes * slowness));
        let more = self.chance.geometric(NO_MORE_PARTIALS);
        let mut shares: Vec<f64> = (0..more).map(|_| self.chance.unit()).collect();
        shares.sort_by(f64::total_cmp);
        for share in std::iter::once(0.0).chain(shares) {
            self.now = self.now.max(self.author.hours.between(from, until, share));
            self.say_as_holder(Saying::Partial, |message| Command::SendPartialAnswer { message });
        }
        self.now = self.now.max(until);
        self.answer(Saying::Answer);
    }

    fn ask_first(&mut self, slowness: f64) {
        let questions = 1 + self.chance.geometric(NO_MORE_QUESTIONS);
        for n in 0..questions {
            if n > 0 {
                self.work(self.handling().distribution_to_first_response, slowness);
            }
            let variant = self.chance.below(2);
            let text = self.text(Saying::Question, variant);
            if let Some(by) = self.holder() {
                let command = Command::AskCounterQuestion { message: NO_MESSAGE };
                self.act(self.now, by, command, Some(text));
            }
            let replies = self.author.model.lifecycle.resident_replies_to_counter_question;
            if !self.chance.hits(replies) {
                self.last_word();
                return;
            }
            self.wait_for_resident();
            self.reply(Saying::Reply, variant);
        }
        self.work(self.handling().first_response_to_final, slowness);
        self.answer(Saying::Answer);
    }

    /// After the longest that a reply takes, the holder gives up waiting.
    pub(super) fn last_word(&mut self) {
        let hours = self.author.model.lifecycle.resident_reply_delay_hours.cap;
        self.now = self.author.hours.after(self.now + from_hours(hours), 30.0);
        self.say_as_holder(Saying::LastWord, |message| Command::Answer { message });
        self.close(self.now);
    }

    /// The answer, the close, and what follows them.
    pub(super) fn answer(&mut self, saying: Saying) {
        self.say_as_holder(saying, |message| Command::Answer { message });
        let answered_at = self.now;
        let lifecycle = &self.author.model.lifecycle;
        let reopens = saying == Saying::Answer && self.chance.hits(lifecycle.reopened);
        let closes_at = self.closes_at(answered_at);
        if reopens {
            self.wait_for_resident();
            if closes_at.0 < self.now {
                let follows_up_at = self.now;
                self.close_at(closes_at);
                self.now = self.now.max(follows_up_at);
            }
            let variant = self.chance.below(2);
            self.reply(Saying::FollowUp, variant);
            let slowness = self.slowness * self.unit.slowness;
            self.work(self.handling().distribution_to_first_response, slowness);
            self.answer(Saying::AnswerAgain);
            return;
        }
        self.close_at(closes_at);
        let late = lifecycle.resident_follow_up_after_final - lifecycle.reopened;
        if self.chance.hits(late) {
            let days = 30.0 + 30.0 * self.chance.unit();
            self.followed_up_at = Some(self.now + from_hours(24.0 * days));
        }
    }

    /// When the case is closed, and whether by a receiver.
    fn closes_at(&mut self, answered_at: Timestamp) -> (Timestamp, bool) {
        let close = &self.author.model.lifecycle.close;
        let shares = [
            close.by_handler_with_final_answer,
            close.by_handler_later,
            close.auto_after_30_days_inactive,
        ];
        let hours = self.author.hours;
        match self.chance.weighted(&shares) {
            0 => {
                let (least, more) = CLOSE_WITH_ANSWER_MINUTES;
                let minutes = least + more * self.chance.unit();
                (answered_at + SignedDuration::from_secs_f64(minutes * 60.0), false)
            }
            1 => {
                let days = close.by_handler_later_delay_working_days.draw(&mut self.chance);
                (hours.after(answered_at, days * WORKING_DAY_MINUTES), false)
            }
            _ => {
                let silent_until = answered_at + SignedDuration::from_hours(24 * INACTIVE_DAYS);
                (hours.after(silent_until, 60.0 * self.chance.unit()), true)
            }
        }
    }

    fn close_at(&mut self, (at, by_receiver): (Timestamp, bool)) {
        let by = if by_receiver { Some(self.receiver()) } else { self.holder() };
        if let Some(by) = by {
            self.act(at, by, Command::Close { reason: None }, None);
        }
    }

    fn close(&mut self, after: Timestamp) {
        let (least, more) = CLOSE_WITH_ANSWER_MINUTES;
        let minutes = least + more * self.chance.unit();
        self.close_at((after + SignedDuration::from_secs_f64(minutes * 60.0), false));
    }
}
