//! The loop that carries out one command around cases: a region, a unit, a case type, someone's
//! assignment.
//!
//! It is that of a case ([`Engine::execute`]) with other rules: the stream is folded, `domain`
//! decides with the read models as the rest of the region, what must be sealed is sealed, and the
//! answer waits for the read models.

mod beside;

use std::ops::Range;

use domain::{
    Actor, CaseTypeId, CommitId, DivisionId, Event, Position, RegionId, ResidentId, StaffId,
    StreamId, UnitId,
    organisation::{
        self, Asking, Beside, CaseType, CaseTypeCommand, Division, DivisionCommand, Opened, Region,
        RegionCommand, Rejection, Resident, ResidentCommand, Staff, StaffCommand, Unit,
        UnitCommand,
    },
};
use event_log::{AppendError, Appended, Head};
use jiff::Timestamp;
use thiserror::Error;

use crate::{Draft, Engine, Failure, HistoryEntry, Secret, codec, draft, history, keys::Owner};

/// How often a command is decided anew because someone else wrote first.
const ATTEMPTS_MAX: u32 = 3;

/// A command around cases, from whom, and the key by which a retry is known again.
#[derive(Debug, Clone)]
pub struct Administration {
    /// Who asks, in which assignment.
    pub by: Actor,
    /// See [`commit_id`](crate::commit_id).
    pub id: CommitId,
    /// Names the request in logs and on the commit; at most 128 bytes, nothing personal.
    pub correlation: String,
    /// What is asked, and of what. What is new has an id made of the request's, so that a retry
    /// asks for the same.
    pub change: Change,
    /// What is said beside: who someone is, or why something is done.
    pub secret: Option<Secret>,
}

/// What is asked, and of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Of a region.
    Region(RegionId, RegionCommand),
    /// Of a division.
    Division(DivisionId, DivisionCommand),
    /// Of a unit.
    Unit(UnitId, UnitCommand),
    /// Of a case type.
    CaseType(CaseTypeId, CaseTypeCommand),
    /// Of a member of staff.
    Staff(StaffId, StaffCommand),
    /// Of a resident.
    Resident(ResidentId, ResidentCommand),
}

/// A command that was granted. Its events are durable and the read models show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Administered {
    /// Whose story it is part of.
    pub stream: StreamId,
    /// The commit; the stream's last one where nothing had to happen.
    pub position: Position,
    /// The versions of the events that the commit holds; none where nothing had to happen.
    pub versions: Range<u32>,
    /// Whether this was the answer to an earlier request with the same key.
    pub replayed: bool,
}

/// Why a command around cases was not carried out. Nothing was written.
#[derive(Debug, Error)]
pub enum AdministerError {
    /// The rules say no. Tell whoever asked.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The key was used for another request.
    #[error("the idempotency key was used for another request; use a new one")]
    KeyReused,
    /// Others kept writing first. Ask again.
    #[error("this is being changed by others; try again")]
    Contended,
    /// Nobody asking can help. Tell an operator.
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl Engine {
    /// Carries out `it`, once: asked again with the same key, the first outcome is given.
    pub async fn administer(&self, it: Administration) -> Result<Administered, AdministerError> {
        let fingerprint = self.fingerprint_of(&it)?;
        if let Some(done) = self.administered(&it, fingerprint).await? {
            return Ok(done);
        }
        let stream = it.change.stream();
        let _recording = if it.change.records_number() {
            Some(self.recording_numbers.lock().await)
        } else {
            None
        };
        for _ in 0..ATTEMPTS_MAX {
            self.models.check_goes_on(stream)?;
            let entries = history::stream(&*self.log, stream).await?;
            let at = self.world.now();
            let history = entries.iter().filter_map(|entry| match &entry.recorded.event {
                Event::Organisation(event) => Some(event),
                Event::Case(_) => None,
            });
            let events = self.decide_around(&it, history, self.opened(&it, &entries)?, at)?;
            let last = entries.last().map(|entry| &entry.recorded);
            let head = last.map(|it| Head { position: it.position, version: it.version });
            if events.is_empty() {
                let position = head.map_or(Position::START, |head| head.position);
                return Ok(Administered { stream, position, versions: 0..0, replayed: false });
            }
            let first = head.map_or(0, |head| head.version) + 1;
            let versions = first..first + u32::try_from(events.len()).unwrap_or(u32::MAX);
            let draft = Draft {
                stream,
                head,
                commit_id: it.id,
                fingerprint,
                occurred_at: at,
                actor: it.by,
                correlation: it.correlation.clone(),
                events: events.into_iter().map(Event::Organisation).collect(),
                secret: self.completed(&it, &entries)?,
                owner: Owner::Service,
                has_sealed: entries.iter().any(HistoryEntry::is_sealed),
            };
            let append = self.seal(draft).await?;
            match self.log.append(append).await {
                Ok(Appended { duplicate: true, .. }) | Err(AppendError::IdReused { .. }) => {
                    let done = self.administered(&it, fingerprint).await?;
                    return done.ok_or(AdministerError::Contended);
                }
                Ok(Appended { position, .. }) => {
                    self.models.wait_for(position).await?;
                    return Ok(Administered { stream, position, versions, replayed: false });
                }
                Err(AppendError::Conflict { .. }) => (),
                Err(AppendError::Log(error)) => return Err(Failure::from(error).into()),
                Err(refused) => {
                    return Err(Failure::Refused { why: refused.to_string() }.into());
                }
            }
        }
        Err(AdministerError::Contended)
    }

    /// What `it` leads to, by the rules, after `history` of the same story and with the read models
    /// as they stand.
    pub(crate) fn decide_around<'a>(
        &self,
        it: &Administration,
        history: impl Iterator<Item = &'a organisation::Event>,
        opened: Opened,
        at: Timestamp,
    ) -> Result<Vec<organisation::Event>, Rejection> {
        let models = self.models.read();
        let asking = Asking { by: it.by, at, around: &*models };
        let events = match &it.change {
            Change::Region(id, command) => {
                history.fold(Region::default(), Region::evolve).decide(*id, &asking, command)
            }
            Change::Division(_, command) => {
                history.fold(Division::default(), Division::evolve).decide(&asking, command)
            }
            Change::Unit(id, command) => {
                history.fold(Unit::default(), Unit::evolve).decide(*id, &asking, command)
            }
            Change::CaseType(_, command) => {
                history.fold(CaseType::default(), CaseType::evolve).decide(&asking, command)
            }
            Change::Staff(id, command) => {
                let staff = history.fold(Staff::default(), Staff::evolve);
                let hsa_id_hash = self.hsa_id_beside(it);
                let beside = Beside { hsa_id_hash, has_same_name: opened.has_same_name };
                staff.decide(*id, &asking, beside, command)
            }
            Change::Resident(id, command) => {
                let resident = history.fold(Resident::default(), Resident::evolve);
                resident.decide(*id, &asking, opened, command)
            }
        }?;
        self.check_said(it)?;
        Ok(events)
    }

    pub(crate) fn fingerprint_of(&self, it: &Administration) -> Result<[u8; 32], Failure> {
        let (kind, id) = it.change.stream().to_parts();
        let command = match &it.change {
            Change::Region(_, command) => codec::to_bytes("a command", command),
            Change::Division(_, command) => codec::to_bytes("a command", command),
            Change::Unit(_, command) => codec::to_bytes("a command", command),
            Change::CaseType(_, command) => codec::to_bytes("a command", command),
            Change::Staff(_, command) => codec::to_bytes("a command", command),
            Change::Resident(_, command) => codec::to_bytes("a command", command),
        }?;
        let secret = it.secret.as_ref().map(Secret::to_bytes).transpose()?.unwrap_or_default();
        let parts: [&[u8]; 4] = [&[kind], &id.to_be_bytes(), &command, &secret];
        Ok(draft::fingerprint(&self.fingerprint_key, &parts))
    }

    /// The first outcome of a request that was carried out before.
    async fn administered(
        &self,
        it: &Administration,
        fingerprint: [u8; 32],
    ) -> Result<Option<Administered>, AdministerError> {
        let Some(position) = self.log.find(it.id).await.map_err(Failure::from)? else {
            return Ok(None);
        };
        let commit = self.log.commit(position).await.map_err(Failure::from)?;
        let Some(commit) = commit.filter(|commit| commit.fingerprint == fingerprint) else {
            return Err(AdministerError::KeyReused);
        };
        self.models.wait_for(position).await?;
        let events = u32::try_from(commit.events.len()).unwrap_or(u32::MAX);
        let versions = commit.first_version..commit.first_version + events;
        Ok(Some(Administered { stream: commit.stream, position, versions, replayed: true }))
    }
}

impl Change {
    /// Whether it is recorded what a person, a unit or a case type alone is found by.
    const fn records_number(&self) -> bool {
        matches!(
            self,
            Self::Resident(
                _,
                ResidentCommand::Register { .. } | ResidentCommand::ReplaceIdentity { .. }
            ) | Self::Staff(_, StaffCommand::Register { .. } | StaffCommand::ReplaceIdentity)
                | Self::Unit(_, UnitCommand::Register(_))
                | Self::CaseType(_, CaseTypeCommand::Define { .. })
        )
    }

    /// Whether it may give someone who is known another name.
    pub(crate) const fn may_name_anew(&self) -> bool {
        let replaces = matches!(
            self,
            Self::Resident(_, ResidentCommand::ReplaceIdentity { .. })
                | Self::Staff(_, StaffCommand::ReplaceIdentity)
        );
        replaces || self.keeps_number()
    }

    /// Whether it gives someone another name and no other number.
    pub(crate) const fn keeps_number(&self) -> bool {
        matches!(
            self,
            Self::Resident(_, ResidentCommand::ChangeName)
                | Self::Staff(_, StaffCommand::ChangeName)
        )
    }

    /// Whose story it would be part of.
    pub const fn stream(&self) -> StreamId {
        match self {
            Self::Region(id, _) => StreamId::Region(*id),
            Self::Division(id, _) => StreamId::Division(*id),
            Self::Unit(id, _) => StreamId::Unit(*id),
            Self::CaseType(id, _) => StreamId::CaseType(*id),
            Self::Staff(id, _) => StreamId::Staff(*id),
            Self::Resident(id, _) => StreamId::Resident(*id),
        }
    }
}
