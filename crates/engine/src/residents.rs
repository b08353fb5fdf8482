//! Residents by their numbers, and what the rules need of what is sealed about them.
//!
//! A number finds its resident through a keyed hash: numbers are so few that the plain hash of one
//! is found by trying all of them ([`Finders`](crate::Finders)). The number itself is sealed with
//! the resident's name.

use domain::{
    Actor, Event, ResidentId, StreamId,
    case::{Command, Surroundings as _},
    identity::{NationalId, NumberHash},
    organisation::{ContactDetails, ContactPreferencesChanged, Person, Resident},
};
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use crate::{
    Engine, Failure, HistoryEntry, Request,
    access::{Action, Opening},
    history,
    request::first_128_bits,
};

/// What is sealed about a resident.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct ResidentRecord {
    /// Name and number; none where none were kept.
    pub person: Option<Person>,
    /// How they are reached; none where they never said.
    pub contact: Option<ContactDetails>,
    /// How they are told of news; none before they decided it.
    pub preferences: Option<ContactPreferencesChanged>,
}

impl Engine {
    /// What a resident with this number is found by.
    pub fn number_hash(&self, number: &NationalId) -> NumberHash {
        self.finders.number(number)
    }

    /// The resident of a number, or the id that an account made for it would have: always the same
    /// one, so that two who register the same number at once write to the same stream. An id whose
    /// account has another number by now is passed over.
    pub fn resident_id(&self, number_hash: NumberHash) -> ResidentId {
        let models = self.models.read();
        let directory = models.directory();
        if let Some(known) = directory.resident_of_number(number_hash) {
            return known;
        }
        let id = |n: u32| {
            let digest = Sha256::new_with_prefix("arende resident id v1");
            let digest = digest.chain_update(number_hash.bytes()).chain_update(n.to_be_bytes());
            ResidentId::new(first_128_bits(digest))
        };
        let (mut n, mut free) = (0_u32, id(0));
        while directory.resident_region(free).is_some() {
            n = n.wrapping_add(1);
            free = id(n);
        }
        free
    }

    /// The resident who is found by a number; none if nobody is. Tells who it is and no more, so
    /// that a session can be opened; whoever looks for another asks [`Engine::find_resident`].
    pub fn resident_of_number(&self, number_hash: NumberHash) -> Option<ResidentId> {
        self.models.read().directory().resident_of_number(number_hash)
    }

    /// Whether somebody is registered as `resident`.
    pub fn has_resident(&self, resident: ResidentId) -> bool {
        self.models.read().directory().resident_region(resident).is_some()
    }

    /// The resident of a number; none if nobody is found by it. Whether somebody was is written to
    /// the access log first, with whoever it was.
    pub async fn find_resident(
        &self,
        opening: Opening,
        number: &NationalId,
    ) -> Result<Option<ResidentId>, Failure> {
        let number_hash = self.number_hash(number);
        let found = self.models.read().directory().resident_of_number(number_hash);
        let what = found.into_iter().map(StreamId::Resident).collect();
        self.access.write(Opening { what, action: Action::FindResident, ..opening }).await?;
        Ok(found)
    }

    /// What is sealed about a resident, with the access log written first.
    pub async fn resident_record(
        &self,
        opening: Opening,
        resident: ResidentId,
    ) -> Result<ResidentRecord, Failure> {
        self.access.write(opening).await?;
        let entries = self.story(StreamId::Resident(resident)).await?;
        Ok(ResidentRecord {
            person: history::person(&entries, &self.keys)?,
            contact: history::contact(&entries, &self.keys)?,
            preferences: fold(&entries).contact().cloned(),
        })
    }

    /// The e-mail address at which a resident wants to be told of news; none where they do not. The
    /// service reads it for itself, for the notice that `correlation` names: the access log is
    /// written first.
    pub async fn email_for_news(
        &self,
        resident: ResidentId,
        correlation: &str,
    ) -> Result<Option<String>, Failure> {
        let entries = self.story(StreamId::Resident(resident)).await?;
        let wants = fold(&entries).contact().is_some_and(|it| it.by_email);
        if !wants {
            return Ok(None);
        }
        let opening = Opening {
            reader: Actor::System,
            correlation: correlation.to_owned(),
            what: vec![StreamId::Resident(resident)],
            action: Action::ReadAccount,
            purpose: "Avisering".to_owned(),
        };
        self.access.write(opening).await?;
        let contact = history::contact(&entries, &self.keys)?;
        Ok(contact.map(|it| it.email).filter(|it| !it.is_empty()))
    }

    /// When a resident was born, for the rules alone: nothing that is shown may come of it but what
    /// they say. None where no number was kept.
    pub async fn birth_date(&self, resident: ResidentId) -> Result<Option<Date>, Failure> {
        let entries = self.story(StreamId::Resident(resident)).await?;
        history::birth_date(&entries, &self.keys)
    }

    /// The date of birth that the rules ask for `request`: of whoever sends a case for themselves,
    /// of a type that is from an age on.
    pub(crate) async fn birth_date_asked(
        &self,
        request: &Request,
    ) -> Result<Option<(ResidentId, Date)>, Failure> {
        let (Command::Submit(it), Actor::Resident { who, .. }) =
            (request.command.without_files(), request.by)
        else {
            return Ok(None);
        };
        let has_min_age = || {
            let models = self.models.read();
            let offered = models.directory().offered(it.unit, it.case_type);
            offered.is_some_and(|it| it.min_age.is_some())
        };
        if who != it.subject || !has_min_age() {
            return Ok(None);
        }
        Ok(self.birth_date(who).await?.map(|born| (who, born)))
    }
}

/// The resident whose story `entries` are.
fn fold(entries: &[HistoryEntry]) -> Resident {
    let events = entries.iter().filter_map(|entry| match &entry.recorded.event {
        Event::Organisation(event) => Some(event),
        Event::Case(_) => None,
    });
    events.fold(Resident::default(), Resident::evolve)
}
