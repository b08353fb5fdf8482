//! Before anyone answers: a receiver sends the case on, or gives it to a handler.

use domain::case::Command;

use super::{
    super::{catalogue::Kind, phrases::Saying, region::Unit},
    Writer,
};

impl<'a> Writer<'a> {
    /// Sends a few cases on to another unit, of the same care provider or another.
    pub(super) fn redirect(&mut self) {
        let shares = &self.author.model.lifecycle.redirected_to_other_unit;
        let (same, other) =
            (shares.same_care_provider, shares.other_care_provider_with_resident_consent);
        let drawn = self.chance.unit();
        if self.unit.is_central() || drawn >= same + other {
            return;
        }
        let own = self.unit.provider;
        let Some(to) = self.elsewhere(|it| (it.provider == own) == (drawn < same)) else { return };
        self.work(self.handling().time_to_distribute, self.in_july * self.unit.slowness.sqrt());
        let receiver = self.receiver();
        if to.provider != own {
            self.say(receiver, Saying::ConsentNote, |message| Command::AddNote { message });
            self.wait_for_resident();
            let command = Command::ConsentToRedirect { to: to.provider };
            self.act(self.now, self.resident(self.now), command, None);
            self.work(self.handling().time_to_distribute, self.in_july);
        }
        self.act(self.now, receiver, Command::Redirect { to: to.id }, None);
        self.unit = to;
    }

    /// Another unit of the same kind, or a primary care unit, that `fits`.
    fn elsewhere(&mut self, fits: impl Fn(&Unit) -> bool) -> Option<&'a Unit> {
        let units = &self.author.region.units;
        let of_kind = |kind| -> Vec<&'a Unit> {
            units.iter().filter(|it| it.kind == kind && it.id != self.unit.id && fits(it)).collect()
        };
        let alike = of_kind(self.unit.kind);
        let candidates = if alike.is_empty() { of_kind(Kind::PrimaryCare) } else { alike };
        self.chance.pick(&candidates).copied()
    }

    pub(super) fn distribute(&mut self) {
        self.work(self.handling().time_to_distribute, self.in_july * self.unit.slowness.sqrt());
        let Some(to) = self.any_handler() else { return };
        let receiver = self.receiver();
        self.act(self.now, receiver, Command::Distribute { to }, None);
        self.handler = Some(to);
    }
}
