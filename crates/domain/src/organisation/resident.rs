//! A resident (invånare): their account, their number, how they are told of news, and who may act
//! for them.
//!
//! | command | may | unless |
//! |---|---|---|
//! | register | the resident; a receiver or handler; region | the number is another's |
//! | replace the number | region | the number is another's |
//! | change contact preferences | the resident | there is no address for them |
//! | protect the identity | region | |
//! | grant a guardian | region | the child is as old as the limit in force |
//! | grant another proxy | the resident; region | a child does so, or it ends before it begins |
//! | revoke a proxy | the resident; the proxy; region | a child does so |
//!
//! "Region" is an administrator of the region that registered the resident, and the service. A
//! child is whoever guardians act for: younger than the limit in force ([`GuardianLimit`]), and
//! whoever's age is not known. When a guardian's time is up is reckoned once, when it is granted,
//! and stands in the event: a limit that is decided later is for what is granted later.
//!
//! Names, numbers, addresses and dates of birth are sealed, so the rules are handed what they need
//! of them: [`Opened`].

mod guardian;
mod rejection;

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use serde::Serialize;

pub use self::{
    guardian::{GUARDIAN_YEARS_DEFAULT, GuardianLimit},
    rejection::ResidentRejection,
};
use super::{
    Asking, ContactDetails, ContactPreferencesChanged, Event, IdentityRecorded, IdentityReplaced,
    ProtectedIdentitySet, ProxyGranted, ProxyRevoked, Rejection, ResidentRegistered,
};
use crate::{
    Actor, RegionId, ResidentId, Role, deadline::local_date, identity::NumberHash, identity::age_on,
};

/// The longest e-mail address or phone number, in bytes.
pub const ADDRESS_BYTES_MAX: usize = 254;

/// What someone asks of a resident. Serialised only to be fingerprinted: new variants and fields
/// go at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum ResidentCommand {
    /// Make them known. Name and number travel beside the command.
    Register {
        /// The region that registers them.
        region: RegionId,
        /// What they are found by.
        number_hash: NumberHash,
    },
    /// Give them another number. Name and number travel beside the command.
    ReplaceIdentity {
        /// What they are found by from then on.
        number_hash: NumberHash,
    },
    /// Decide how they are told of news. The addresses travel beside the command.
    ChangeContactPreferences {
        /// Whether by e-mail.
        by_email: bool,
        /// Whether by text message.
        by_text_message: bool,
    },
    /// Decide whether their identity is protected.
    SetProtectedIdentity(bool),
    /// Let a guardian act for them, as long as they are a child.
    GrantGuardian {
        /// Who.
        guardian: ResidentId,
    },
    /// Let someone act for them.
    GrantProxy {
        /// Who.
        proxy: ResidentId,
        /// Until when, exclusive.
        until: Timestamp,
    },
    /// Let someone act for them no longer.
    RevokeProxy {
        /// Who.
        proxy: ResidentId,
    },
    /// Give them another name; the number stays. The name travels beside the command.
    ChangeName,
}

/// What the rules need of what is sealed in the resident's own story.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// When they were born, by their number; none where no number was kept.
    pub birth_date: Option<Date>,
    /// Whether the addresses beside the command are those that were kept last.
    pub has_same_addresses: bool,
    /// Whether the name beside the command is none, or the one that was kept last.
    pub has_same_name: bool,
}

/// A resident, as far as they have come.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Resident {
    registered: Option<ResidentRegistered>,
    number_hash: Option<NumberHash>,
    contact: Option<ContactPreferencesChanged>,
    protected: bool,
    /// Who may act for them, and until when.
    proxies: BTreeMap<ResidentId, Timestamp>,
}

impl Resident {
    /// The events that `command` leads to for `id`, or why it may not be. Asking for what is
    /// already so changes nothing.
    pub fn decide(
        &self,
        id: ResidentId,
        asking: &Asking<'_>,
        opened: Opened,
        command: &ResidentCommand,
    ) -> Result<Vec<Event>, Rejection> {
        use ResidentCommand as Command;

        let Some(ResidentRegistered { region }) = self.registered else {
            let Command::Register { region, number_hash } = command else {
                return Err(ResidentRejection::NoSuchResident.into());
            };
            may_register(id, asking, *region)?;
            check_free(id, asking, *number_hash)?;
            let recorded = IdentityRecorded { number_hash: *number_hash };
            return Ok(vec![ResidentRegistered { region: *region }.into(), recorded.into()]);
        };
        let child = Child { id, region, opened };
        match command {
            Command::Register { region: other, number_hash } => {
                may_register(id, asking, region)?;
                check_free(id, asking, *number_hash)?;
                match self.number_hash {
                    _ if region != *other => Err(ResidentRejection::ResidentExists.into()),
                    None => Ok(vec![IdentityReplaced { number_hash: *number_hash }.into()]),
                    Some(known) if known == *number_hash => Ok(vec![]),
                    Some(_) => Err(ResidentRejection::ResidentExists.into()),
                }
            }
            Command::ReplaceIdentity { number_hash } => {
                asking.may_keep_region(region)?;
                check_free(id, asking, *number_hash)?;
                if self.number_hash == Some(*number_hash) && opened.has_same_name {
                    return Ok(vec![]);
                }
                Ok(vec![IdentityReplaced { number_hash: *number_hash }.into()])
            }
            Command::ChangeName => {
                asking.may_keep_region(region)?;
                let number_hash = self.number_hash.ok_or(ResidentRejection::NumberUnknown)?;
                if opened.has_same_name {
                    return Ok(vec![]);
                }
                Ok(vec![IdentityReplaced { number_hash }.into()])
            }
            Command::ChangeContactPreferences { by_email, by_text_message } => {
                if !asking.is_resident(id) {
                    return Err(Rejection::NotAllowed);
                }
                let (by_email, by_text_message) = (*by_email, *by_text_message);
                let changed = ContactPreferencesChanged { by_email, by_text_message };
                if opened.has_same_addresses && self.contact.as_ref() == Some(&changed) {
                    return Ok(vec![]);
                }
                Ok(vec![changed.into()])
            }
            Command::SetProtectedIdentity(protected) => {
                asking.may_keep_region(region)?;
                if self.protected == *protected {
                    return Ok(vec![]);
                }
                Ok(vec![ProtectedIdentitySet { protected: *protected }.into()])
            }
            Command::GrantGuardian { guardian } => {
                asking.may_keep_region(region)?;
                let until = child.guarded_until(asking)?;
                self.grant(id, asking, *guardian, until)
            }
            Command::GrantProxy { proxy, until } => {
                child.may_choose(asking)?;
                self.grant(id, asking, *proxy, *until)
            }
            Command::RevokeProxy { proxy } => {
                if !asking.is_resident(*proxy) {
                    child.may_choose(asking)?;
                }
                if !self.proxies.contains_key(proxy) {
                    return Ok(vec![]);
                }
                Ok(vec![ProxyRevoked { proxy: *proxy }.into()])
            }
        }
    }

    /// What `event` leaves behind. Total.
    #[must_use]
    pub fn evolve(mut self, event: &Event) -> Self {
        match event {
            Event::ResidentRegistered(it) => self.registered = Some(it.clone()),
            Event::IdentityRecorded(it) => self.number_hash = Some(it.number_hash),
            Event::IdentityReplaced(it) => self.number_hash = Some(it.number_hash),
            Event::ContactPreferencesChanged(it) => self.contact = Some(it.clone()),
            Event::ProtectedIdentitySet(it) => self.protected = it.protected,
            Event::ProxyGranted(it) => drop(self.proxies.insert(it.proxy, it.until)),
            Event::ProxyRevoked(it) => drop(self.proxies.remove(&it.proxy)),
            _ => (),
        }
        self
    }

    /// How they are told of news; none before they decided it.
    pub const fn contact(&self) -> Option<&ContactPreferencesChanged> {
        self.contact.as_ref()
    }

    fn grant(
        &self,
        id: ResidentId,
        asking: &Asking<'_>,
        proxy: ResidentId,
        until: Timestamp,
    ) -> Result<Vec<Event>, Rejection> {
        if proxy == id {
            return Err(ResidentRejection::OwnProxy.into());
        }
        if asking.around.resident_region(proxy).is_none() {
            return Err(ResidentRejection::NoSuchProxy.into());
        }
        if until <= asking.at {
            return Err(Rejection::DaysCrossed);
        }
        if self.proxies.get(&proxy) == Some(&until) {
            return Ok(vec![]);
        }
        Ok(vec![ProxyGranted { proxy, until }.into()])
    }
}

/// A resident seen as one for whom guardians may act.
struct Child {
    id: ResidentId,
    region: RegionId,
    opened: Opened,
}

impl Child {
    /// When a guardian's time is up; an error for whoever is no child.
    fn guarded_until(&self, asking: &Asking<'_>) -> Result<Timestamp, Rejection> {
        let born = self.opened.birth_date.ok_or(ResidentRejection::BirthDateUnknown)?;
        let limits = asking.around.guardian_limits(self.region);
        let until = GuardianLimit::ends(&limits, born, asking.at);
        Ok(until.ok_or_else(|| {
            let years = GuardianLimit::on(&limits, local_date(asking.at));
            ResidentRejection::NoChild { years }
        })?)
    }

    /// Whoever is no child chooses who acts for them; for a child, and otherwise too, the region
    /// does.
    fn may_choose(&self, asking: &Asking<'_>) -> Result<(), Rejection> {
        if !asking.is_resident(self.id) {
            return asking.may_keep_region(self.region);
        }
        let born = self.opened.birth_date.ok_or(ResidentRejection::BirthDateUnknown)?;
        let today = local_date(asking.at);
        let years = GuardianLimit::on(&asking.around.guardian_limits(self.region), today);
        if age_on(born, today) < u16::from(years) {
            return Err(ResidentRejection::StillAChild { years }.into());
        }
        Ok(())
    }
}

impl ContactDetails {
    /// Refuses addresses that are none, and a way to be told that lacks its address.
    pub fn check(&self, by_email: bool, by_text_message: bool) -> Result<(), Rejection> {
        let is_email = |text: &str| {
            let parts = text.split_once('@').map(|(name, host)| (name.trim(), host.trim()));
            parts.is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
        };
        let is_phone = |text: &str| {
            let may_be = |it: char| it.is_ascii_digit() || "+-() ".contains(it);
            text.chars().all(may_be) && text.chars().filter(char::is_ascii_digit).count() >= 6
        };
        let fits =
            |text: &str| text.len() <= ADDRESS_BYTES_MAX && !text.chars().any(char::is_control);
        let email_is_right = if self.email.is_empty() { !by_email } else { is_email(&self.email) };
        if !email_is_right || !fits(&self.email) {
            return Err(ResidentRejection::EmailWrong.into());
        }
        let phone_is_right =
            if self.phone.is_empty() { !by_text_message } else { is_phone(&self.phone) };
        if !phone_is_right || !fits(&self.phone) {
            return Err(ResidentRejection::PhoneWrong.into());
        }
        Ok(())
    }
}

impl Asking<'_> {
    /// Whether the resident `id` asks.
    fn is_resident(&self, id: ResidentId) -> bool {
        matches!(self.by, Actor::Resident { who, .. } if who == id)
    }
}

/// Whoever opens cases may open one to someone who has no account yet, so they register too.
fn may_register(id: ResidentId, asking: &Asking<'_>, region: RegionId) -> Result<(), Rejection> {
    if !asking.around.has_region(region) {
        return Err(Rejection::NoSuchRegion);
    }
    match asking.by {
        Actor::Resident { who, .. } if who == id => Ok(()),
        Actor::Staff { role: Role::Receiver | Role::Handler, unit: Some(unit), .. }
            if asking.around.unit(unit).is_some_and(|it| it.region == region) =>
        {
            Ok(())
        }
        _ => asking.may_keep_region(region),
    }
}

/// A number is one resident's alone.
fn check_free(
    id: ResidentId,
    asking: &Asking<'_>,
    number_hash: NumberHash,
) -> Result<(), Rejection> {
    match asking.around.resident_of_number(number_hash) {
        Some(other) if other != id => Err(ResidentRejection::NumberTaken.into()),
        _ => Ok(()),
    }
}
