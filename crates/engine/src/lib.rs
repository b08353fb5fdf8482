//! Where pure meets impure: load, decide, append, project.
//!
//! The engine has no rules. It brings a case from the log, asks `domain` what follows from a
//! command, seals what was said, appends, and answers once the read models show it. Time, ids and
//! chance come from its [`World`]; what people wrote is opened only through [`access`].
//!
//! ```text
//! Request ─▶ known key? ─▶ load ─▶ Case::decide ─▶ seal ─▶ append ─▶ read models ─▶ Done
//!               │ first outcome again   ▲                     │ someone else wrote first
//!               └───────────▶           └─────────────────────┘ three attempts
//! ```

pub mod access;
mod administer;
pub mod attachments;
pub mod codec;
mod distribute;
mod draft;
mod execute;
mod failure;
mod finders;
mod history;
pub mod keys;
pub mod lines;
mod models;
mod notices;
mod oversight;
mod pipeline;
mod request;
mod residents;
mod soundness;
mod world;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use domain::{
    AttachmentId, CaseId, Event, ResidentId, StaffId, StreamId,
    case::{self, Content, FileSecret, FileSecrets},
    organisation::Person,
};
use event_log::EventLog;
use futures_util::StreamExt as _;
use jiff::Timestamp;
use projections::Replay;

use self::{
    access::{AccessLog, Opening},
    attachments::{Attachments, OpenedFile},
    keys::{Key, KeyError, KeyStore, WrappedKey},
    models::Models,
};
pub use self::{
    administer::{AdministerError, Administered, Administration, Change},
    distribute::{Distributed, Distribution, Given, Which},
    draft::{Draft, Secret},
    failure::Failure,
    finders::Finders,
    history::{HistoryEntry, entries, events, stream as stream_history},
    models::{AsOf, Discarded, ModelsFile, Progress, Saved, Snapshot, View, replay, take_in},
    notices::{Notices, Notified},
    pipeline::{Facts, Pipeline, Registering},
    request::{Done, ExecuteError, NamedUpload, Request, Target, commit_id, message_id},
    residents::ResidentRecord,
    soundness::{Signing, Soundness, Verification},
    world::{ScriptedWorld, SystemWorld, World},
};

/// What an engine is put together from.
pub struct Parts {
    /// The log of what happened.
    pub log: Arc<dyn EventLog>,
    /// The log of who read what.
    pub access: Arc<dyn EventLog>,
    /// The keys to what was said.
    pub keys: KeyStore,
    /// Where files that go with messages lie; none where none are taken.
    pub files: Option<Arc<dyn object_store::ObjectStore>>,
    /// Time, ids and chance.
    pub world: Arc<dyn World>,
}

/// Carries out commands and answers questions over one log.
pub struct Engine {
    log: Arc<dyn EventLog>,
    access: AccessLog,
    keys: Arc<KeyStore>,
    attachments: Option<Arc<Attachments>>,
    world: Arc<dyn World>,
    models: Models,
    fingerprint_key: Key,
    finders: Finders,
    /// One at a time records what a person, unit or case type is found by, so that two never get the same.
    recording_numbers: tokio::sync::Mutex<()>,
    soundness: Soundness,
    notices: Notices,
}

impl Engine {
    /// Replays the log into fresh read models, and follows it from then on. Needs a tokio runtime.
    pub async fn start(parts: Parts) -> Result<Arc<Self>, Failure> {
        Self::start_over(parts, None, None).await
    }

    /// As [`Engine::start`], but the replay begins at the checkpoint in `file`, if that is one of
    /// this log and this code; and a new one is saved there from time to time.
    pub async fn start_from(parts: Parts, file: ModelsFile) -> Result<Arc<Self>, Failure> {
        Self::start_over(parts, Some(file), None).await
    }

    /// As [`Engine::start_from`], but what was replayed while the log was opened, from its first
    /// commit on, is not replayed again, and the checkpoint in `file` not read.
    pub async fn start_after(
        parts: Parts,
        file: ModelsFile,
        replayed: Replay,
    ) -> Result<Arc<Self>, Failure> {
        Self::start_over(parts, Some(file), Some(replayed)).await
    }

    async fn start_over(
        parts: Parts,
        file: Option<ModelsFile>,
        replayed: Option<Replay>,
    ) -> Result<Arc<Self>, Failure> {
        let Parts { log, access, keys, files, world } = parts;
        let attachments = match files {
            Some(store) => Some(Attachments::open(store, &keys, Arc::clone(&world)).await?),
            None => None,
        };
        let models = Models::start(Arc::clone(&log), file, replayed).await?;
        Ok(Arc::new(Self {
            access: AccessLog::new(access, Arc::clone(&world)),
            fingerprint_key: keys.derive("arende request fingerprint"),
            finders: Finders::new(|purpose| keys.derive(purpose)),
            recording_numbers: tokio::sync::Mutex::default(),
            keys: Arc::new(keys),
            attachments: attachments.map(Arc::new),
            log,
            world,
            models,
            soundness: Soundness::default(),
            notices: Notices::default(),
        }))
    }

    /// The time, UTC, in whole milliseconds.
    pub fn now(&self) -> Timestamp {
        self.world.now()
    }

    /// Whether the engine can do its work: both logs take appends, and the read models follow.
    pub fn check(&self) -> Result<(), Failure> {
        self.log.check()?;
        self.access.log().check()?;
        self.models.check()
    }

    /// How many commits the read models have yet to show.
    pub fn lag(&self) -> u64 {
        let head = self.log.head().borrow().get();
        head.saturating_sub(self.models.progress().borrow().position.get())
    }

    /// What is known of the logs' soundness while they are open. Others find it out.
    pub fn soundness(&self) -> &Soundness {
        &self.soundness
    }

    /// What is known of notices that go out to people. Others send them.
    pub fn notices(&self) -> &Notices {
        &self.notices
    }

    /// Where time, ids and chance come from.
    pub fn world(&self) -> &dyn World {
        &*self.world
    }

    /// The log that the engine writes.
    pub fn log(&self) -> &dyn EventLog {
        &*self.log
    }

    /// The log of who read what.
    pub fn access_log(&self) -> &dyn EventLog {
        self.access.log()
    }

    /// The files that go with messages; none where none are taken.
    pub fn attachments(&self) -> Option<&Arc<Attachments>> {
        self.attachments.as_ref()
    }

    /// The keys as they are kept, for a copy: without the master key they open nothing.
    pub fn wrapped_keys(&self) -> impl Iterator<Item = Result<WrappedKey, KeyError>> {
        self.keys.wrapped()
    }

    /// The read models as they stand, or as they stood. None for what is not known yet, such as a
    /// position beyond the log's end.
    pub async fn view(&self, as_of: Option<AsOf>) -> Result<Option<View<'_>>, Failure> {
        match as_of {
            None => Ok(Some(self.models.live(self.now()))),
            Some(as_of) => Ok(self.look_back(as_of).await?.map(View::Past)),
        }
    }

    /// The read models as they stood at a moment; none for one that is not known yet.
    pub async fn look_back(&self, as_of: AsOf) -> Result<Option<Arc<Snapshot>>, Failure> {
        self.models.as_of(&*self.log, as_of).await
    }

    /// How far the read models have come; changes wake the receiver.
    pub fn progress(&self) -> tokio::sync::watch::Receiver<Progress> {
        self.models.progress()
    }

    /// Saves a checkpoint of the read models as they stand, where the engine was started from one.
    /// To be done when nothing more is asked of it; a failure costs the next start a replay.
    pub async fn save_models(&self) -> std::io::Result<()> {
        self.models.save(&*self.log).await
    }

    /// Waits until the read models show the commit at `position`.
    pub async fn wait_for(&self, position: domain::Position) -> Result<(), Failure> {
        self.models.wait_for(position).await
    }

    /// A case's events, oldest first; empty for a case that nobody started. Opens nothing.
    pub async fn history(&self, case: CaseId) -> Result<Vec<HistoryEntry>, Failure> {
        self.story(StreamId::Case(case)).await
    }

    /// Whether the read models left out the commit of `stream` at `position`, because the stream
    /// is parked.
    pub fn is_parked_at(&self, stream: StreamId, position: domain::Position) -> bool {
        self.models.read().parked().get(stream).is_some_and(|it| it.position <= position)
    }

    /// How many streams stand still with each [consequence](projections::consequence).
    pub fn withheld(&self) -> std::collections::BTreeMap<&'static str, u64> {
        self.models.read().parked().consequences()
    }

    /// How many streams each read model has parked, in order of its name.
    pub fn parked(&self) -> std::collections::BTreeMap<String, u64> {
        let mut parked = std::collections::BTreeMap::new();
        for (_, it) in self.models.read().parked().iter() {
            *parked.entry(it.model.clone()).or_default() += 1;
        }
        parked
    }

    /// What was said in the events of `entries` that have something sealed, with the access log
    /// written first. None where nothing was sealed, or its key was destroyed.
    pub async fn open_content(
        &self,
        opening: Opening,
        entries: &[HistoryEntry],
    ) -> Result<Vec<Option<Content>>, Failure> {
        Ok(self.open_letters(opening, entries, &[]).await?.0)
    }

    /// As [`Engine::open_content`], and what the files beside it are called, from the events of
    /// `files`: all of it one reading.
    pub async fn open_letters(
        &self,
        opening: Opening,
        entries: &[HistoryEntry],
        files: &[HistoryEntry],
    ) -> Result<(Vec<Option<Content>>, Vec<Option<FileSecrets>>), Failure> {
        if entries.iter().chain(files).any(HistoryEntry::is_sealed) {
            self.access.write(opening).await?;
        }
        let contents = entries.iter().map(|entry| self.open_entry("Content", entry));
        let contents = contents.collect::<Result<_, _>>()?;
        let files = files.iter().map(|entry| self.open_entry("FileSecrets", entry));
        Ok((contents, files.collect::<Result<_, _>>()?))
    }

    /// The file `id` that went with a message in `case`, with the access log written before any of
    /// it is read. None where there is no such file, or its key was destroyed.
    pub async fn open_file(
        &self,
        opening: Opening,
        case: CaseId,
        id: AttachmentId,
    ) -> Result<Option<OpenedFile>, Failure> {
        let attachments = self.attachments.as_ref().ok_or(Failure::NoFiles)?;
        let entries = self.history(case).await?;
        let found = entries.iter().find_map(|entry| match &entry.recorded.event {
            Event::Case(case::Event::AttachmentsAdded(it)) => {
                let index = it.files.iter().position(|file| file.id == id)?;
                Some((entry, index, it.files[index]))
            }
            _ => None,
        });
        let Some((entry, index, file)) = found else { return Ok(None) };
        self.access.write(opening).await?;
        let secrets: Option<FileSecrets> = self.open_entry("FileSecrets", entry)?;
        let secret = secrets.and_then(|it| it.files.into_iter().nth(index));
        let Some(FileSecret { name, key }) = secret else { return Ok(None) };
        let bytes = attachments.open_file(file, &Key::new(key)).await;
        let bytes = bytes.map_err(|fault| Failure::File { hash: file.hash, fault })?;
        Ok(Some(OpenedFile { file, name, bytes: bytes.boxed() }))
    }

    /// Whether what was sealed for `stream` can still be opened: its key was not destroyed.
    pub fn has_key(&self, stream: StreamId) -> Result<bool, KeyError> {
        self.keys.has_key(stream)
    }

    /// What is sealed with the event of `entry`; none where nothing is, or its key was destroyed.
    fn open_entry<T: serde::de::DeserializeOwned>(
        &self,
        what: &'static str,
        entry: &HistoryEntry,
    ) -> Result<Option<T>, Failure> {
        if !entry.is_sealed() {
            return Ok(None);
        }
        match entry.open(what, &self.keys) {
            Ok(it) => Ok(Some(it)),
            Err(Failure::Keys(KeyError::NoKey { .. })) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// The names of residents, in the order asked, with the access log written first. None where
    /// no name was kept.
    pub async fn resident_names(
        &self,
        opening: Opening,
        residents: &[ResidentId],
    ) -> Result<Vec<Option<Person>>, Failure> {
        self.access.write(opening).await?;
        let mut names = Vec::with_capacity(residents.len());
        for resident in residents {
            let entries = self.story(StreamId::Resident(*resident)).await?;
            names.push(history::person(&entries, &self.keys)?);
        }
        Ok(names)
    }

    /// What happened in one story, oldest first; of a parked stream, what the read models show.
    pub async fn story(&self, stream: StreamId) -> Result<Vec<HistoryEntry>, Failure> {
        let parked = self.models.read().parked().get(stream).map(|it| it.position);
        let mut all = Vec::new();
        for commit in self.log.history(stream).await? {
            if parked.is_some_and(|parked| commit.position >= parked) {
                break;
            }
            all.extend(entries(&commit)?);
        }
        Ok(all)
    }

    /// Why event `version` of a story around cases came about; none where nobody said, or the key
    /// was destroyed. No patient data, so no entry in the access log.
    pub async fn reason(&self, stream: StreamId, version: u32) -> Result<Option<String>, Failure> {
        if !matches!(stream, StreamId::Staff(_) | StreamId::Unit(_)) {
            return Ok(None);
        }
        let entries = self.story(stream).await?;
        let said = entries.iter().find(|it| it.recorded.version == version && it.is_sealed());
        match said.map(|entry| entry.open::<domain::case::Content>("Content", &self.keys)) {
            Some(Ok(content)) => Ok(Some(content.text)),
            None | Some(Err(Failure::Keys(KeyError::NoKey { .. }))) => Ok(None),
            Some(Err(failure)) => Err(failure),
        }
    }

    /// The name of a member of staff. No patient data, so no entry in the access log.
    pub async fn staff_name(&self, staff: StaffId) -> Result<Option<Person>, Failure> {
        let entries = self.story(StreamId::Staff(staff)).await?;
        history::person(&entries, &self.keys)
    }
}
