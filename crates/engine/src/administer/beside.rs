//! What travels sealed beside a command around cases, and what is sealed in the story that it is
//! about: read for the rules, held against what the command needs, and completed.

use domain::{
    identity::{Mode, NationalId, NumberHash},
    organisation::{Opened, Rejection, ResidentCommand, ResidentRejection, StaffCommand},
};
use jiff::civil::Date;

use super::{Administration, Change};
use crate::{Engine, Failure, HistoryEntry, Secret, history};

impl Engine {
    /// What the rules need of what is sealed in a person's story.
    pub(crate) fn opened(
        &self,
        it: &Administration,
        entries: &[HistoryEntry],
    ) -> Result<Opened, Failure> {
        let has_same_name = match &it.secret {
            Some(Secret::Person(said)) if it.change.may_name_anew() => {
                said.name.trim().is_empty()
                    || history::person(entries, &self.keys)?.is_some_and(|it| it.name == said.name)
            }
            _ => false,
        };
        let Change::Resident(_, command) = &it.change else {
            return Ok(Opened { has_same_name, ..Opened::default() });
        };
        let has_same_addresses = match (command, &it.secret) {
            (ResidentCommand::ChangeContactPreferences { .. }, Some(Secret::Contact(asked))) => {
                history::contact(entries, &self.keys)?.is_some_and(|kept| kept == *asked)
            }
            _ => false,
        };
        let birth_date = history::birth_date(entries, &self.keys)?;
        Ok(Opened { birth_date, has_same_addresses, has_same_name })
    }

    /// What is to be sealed. Whoever gets another number keeps the name where none is said, and
    /// whoever gets another name keeps the number.
    pub(crate) fn completed(
        &self,
        it: &Administration,
        entries: &[HistoryEntry],
    ) -> Result<Option<Secret>, Failure> {
        let Some(Secret::Person(person)) = &it.secret else { return Ok(it.secret.clone()) };
        let mut person = person.clone();
        if it.change.may_name_anew()
            && let Some(known) = history::person(entries, &self.keys)?
        {
            if person.name.trim().is_empty() {
                person.name = known.name;
            }
            if it.change.keeps_number() {
                person.number = known.number;
            }
        }
        // Kept as its twelve digits, however it was written.
        if matches!(it.change, Change::Resident(..))
            && let Ok(number) = NationalId::parse(&person.number, Date::MAX, Mode::Synthetic)
        {
            person.number = number.expose_digits();
        }
        Ok(Some(Secret::Person(person)))
    }

    /// Refuses what is to be sealed where it is not what the command needs.
    pub(super) fn check_said(&self, it: &Administration) -> Result<(), Rejection> {
        let Change::Resident(_, command) = &it.change else { return it.check_said() };
        match (command, &it.secret) {
            (ResidentCommand::Register { number_hash, .. }, Some(Secret::Person(person))) => {
                if person.name.trim().is_empty() {
                    return Err(ResidentRejection::NameMissing.into());
                }
                self.check_number(&person.number, *number_hash)
            }
            (ResidentCommand::ReplaceIdentity { number_hash }, Some(Secret::Person(person))) => {
                self.check_number(&person.number, *number_hash)
            }
            (ResidentCommand::ChangeName, Some(Secret::Person(person)))
                if !person.name.trim().is_empty() =>
            {
                Ok(())
            }
            (ResidentCommand::ChangeName, _) => Err(ResidentRejection::NameMissing.into()),
            (ResidentCommand::Register { .. } | ResidentCommand::ReplaceIdentity { .. }, _) => {
                Err(ResidentRejection::NumberMissing.into())
            }
            (
                ResidentCommand::ChangeContactPreferences { by_email, by_text_message },
                Some(Secret::Contact(contact)),
            ) => contact.check(*by_email, *by_text_message),
            (ResidentCommand::ChangeContactPreferences { .. }, _) => {
                Err(ResidentRejection::EmailWrong.into())
            }
            _ => Ok(()),
        }
    }

    /// What the HSA-id beside a command is found by; none where there is none.
    pub(super) fn hsa_id_beside(&self, it: &Administration) -> Option<NumberHash> {
        let Some(Secret::Person(person)) = &it.secret else { return None };
        person.number.parse().ok().map(|hsa_id| self.hsa_id_hash(&hsa_id))
    }

    /// The number beside a command is the one that its hash is of.
    fn check_number(&self, number: &str, number_hash: NumberHash) -> Result<(), Rejection> {
        let read = NationalId::parse(number, Date::MAX, Mode::Synthetic).ok();
        if read.is_some_and(|it| self.number_hash(&it) == number_hash) {
            Ok(())
        } else {
            Err(ResidentRejection::NumberMissing.into())
        }
    }
}

impl Administration {
    /// Refuses a person without a name, and what must be explained without a reason.
    fn check_said(&self) -> Result<(), Rejection> {
        let needs_reason = match &self.change {
            Change::Staff(_, command) => command.needs_reason(),
            Change::Unit(_, command) => command.needs_reason(),
            _ => false,
        };
        let has_reason =
            matches!(&self.secret, Some(Secret::Content(reason)) if reason.check().is_ok());
        if needs_reason && !has_reason {
            return Err(Rejection::ReasonMissing);
        }
        let is_named =
            matches!(&self.secret, Some(Secret::Person(it)) if !it.name.trim().is_empty());
        match &self.change {
            Change::Staff(_, StaffCommand::Register { .. } | StaffCommand::ChangeName)
                if !is_named =>
            {
                Err(Rejection::NameMissing { stream: self.change.stream() })
            }
            _ => Ok(()),
        }
    }
}
