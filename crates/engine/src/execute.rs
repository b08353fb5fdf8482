//! The loop that carries out one command.

use std::sync::Arc;

use domain::{
    AttachmentId, CaseId, CaseTypeId, Event, ResidentId, StreamId, UnitId,
    case::{self, Asked, Case, Command, FileSecrets, Rejection, check_file_name},
};
use event_log::{AppendError, Appended, Commit};
use jiff::{Timestamp, civil::Date};

use projections::Around;

use crate::{
    Done, Draft, Engine, ExecuteError, Failure, HistoryEntry, NamedUpload, Request, Secret, Target,
    attachments::{Claims, NoClaim},
    codec, draft,
    history::{self, Loaded},
    keys::Owner,
};

/// How often a command is decided anew because someone else wrote first.
const ATTEMPTS_MAX: u32 = 3;

impl Engine {
    /// Carries out `request`, once: asked again with the same key, the first outcome is given.
    ///
    /// When this returns, the events are durable and the read models show them.
    pub async fn execute(&self, request: Request) -> Result<Done, ExecuteError> {
        let fingerprint = self.fingerprint(&request)?;
        if let Some(done) = self.replayed(&request, fingerprint).await? {
            return Ok(done);
        }
        self.carry_out(request, fingerprint, None).await
    }

    /// As [`Engine::execute`], with files beside what is said. They were sent before, and each goes
    /// with one message.
    pub async fn execute_with_files(
        &self,
        request: Request,
        files: Vec<NamedUpload>,
    ) -> Result<Done, ExecuteError> {
        if files.is_empty() {
            return self.execute(request).await;
        }
        let fingerprint = self.fingerprint_with(&request, &files)?;
        if let Some(done) = self.replayed(&request, fingerprint).await? {
            return Ok(done);
        }
        for file in &files {
            check_file_name(&file.name)?;
        }
        let mut claims = self.claim(&request, &files).await?;
        let secrets = claims.secrets(files.into_iter().map(|file| file.name));
        let mut request = request;
        request.command =
            Command::Attach { files: claims.files(), to: Box::new(request.command.clone()) };
        let secrets = FileSecrets { files: secrets };
        let done = self.carry_out(request, fingerprint, Some((&mut claims, secrets))).await?;
        // Where nothing had to happen, they go with nothing.
        if done.replayed || !done.versions.is_empty() {
            claims.settle().await;
        }
        Ok(done)
    }

    /// Holds the uploads that `files` name, for whoever asks and the case that is asked about.
    async fn claim(
        &self,
        request: &Request,
        files: &[NamedUpload],
    ) -> Result<Claims, ExecuteError> {
        let attachments = self.attachments.as_ref().ok_or(Failure::NoFiles)?;
        let case = match request.target {
            Target::New => None,
            Target::Existing { case, .. } => Some(case),
        };
        let ids: Vec<AttachmentId> = files.iter().map(|file| file.id).collect();
        let claims = match attachments.claim(&request.by, case, &ids).await {
            Ok(claims) => claims,
            Err(NoClaim::Unknown) => return Err(Rejection::UnknownUpload.into()),
            Err(NoClaim::Held) => return Err(ExecuteError::Contended),
            Err(NoClaim::Failed(failure)) => return Err(failure.into()),
        };
        for (id, case) in claims.claimed() {
            if self.is_attached(id, case).await? {
                return Err(Rejection::UnknownUpload.into());
            }
        }
        Ok(claims)
    }

    async fn carry_out(
        &self,
        request: Request,
        fingerprint: [u8; 32],
        mut files: Option<(&mut Claims, FileSecrets)>,
    ) -> Result<Done, ExecuteError> {
        let born = self.birth_date_asked(&request).await?;
        for _ in 0..ATTEMPTS_MAX {
            let case = self.target(&request);
            self.models.check_goes_on(StreamId::Case(case))?;
            let Loaded { case: state, head, entries } = history::load(&*self.log, case).await?;
            check_version(&request.target, &entries)?;

            let at = self.world.now();
            let events = self.decide(&state, &request, born, at)?;
            if events.is_empty() {
                let head = head.ok_or(Rejection::NotStarted)?;
                let (position, version) = (head.position, head.version);
                return Ok(Done {
                    case,
                    position,
                    versions: version + 1..version + 1,
                    replayed: false,
                });
            }
            let has_sealed = entries.iter().any(HistoryEntry::is_sealed);
            let draft = request.draft(fingerprint, case, &state, head, events, at);
            let mut draft = Draft { has_sealed, ..draft };
            if let (Some((claims, secrets)), Some(Secret::Content(content))) =
                (&mut files, &draft.secret)
            {
                claims.note(case).await?;
                draft.secret = Some(Secret::Letter(content.clone(), secrets.clone()));
            }
            let append = self.seal(draft).await?;
            match self.log.append(append).await {
                // The same request, or another with its key, was quicker. One that starts a case
                // started one of its own.
                Ok(Appended { duplicate: true, .. }) | Err(AppendError::IdReused { .. }) => {
                    let done = self.replayed(&request, fingerprint).await?;
                    return done.ok_or(ExecuteError::Contended);
                }
                Ok(appended) => {
                    self.models.wait_for(appended.position).await?;
                    let first = appended.first_version;
                    let versions = first..first + appended.events;
                    return Ok(Done {
                        case,
                        position: appended.position,
                        versions,
                        replayed: false,
                    });
                }
                Err(AppendError::Conflict { .. }) => (),
                Err(AppendError::Log(error)) => return Err(Failure::from(error).into()),
                Err(refused) => {
                    return Err(Failure::Refused { why: refused.to_string() }.into());
                }
            }
        }
        Err(ExecuteError::Contended)
    }

    /// What the rules say, with the world around the case as the read models show it, and a date of
    /// birth where the asker's was asked for.
    pub(crate) fn decide(
        &self,
        state: &Case,
        request: &Request,
        born: Option<(ResidentId, Date)>,
        at: Timestamp,
    ) -> Result<Vec<case::Event>, Rejection> {
        let said = match (&request.content, request.command.message()) {
            (Some(content), Some(_)) => content.check(),
            (None, Some(_)) => Err(Rejection::MessageMissing),
            _ => Ok(()),
        };
        // What a form asks for is named before it is said that nothing was said.
        if !request.command.starts_case() {
            said.clone()?;
        }
        let models = self.models.read();
        let directory = models.directory();
        let around = Around { directory, born };
        let asked = Asked { by: request.by, at, around: &around };
        let events = state.decide(&asked, &request.command)?;
        if let Some(content) = &request.content {
            content.check_form_named(&request.command)?;
        }
        if let (Some((unit, case_type, version)), Some(content)) =
            (form_of(&events), &request.content)
        {
            let form = directory.form_at(unit, case_type, version);
            content.check_answers(form.as_deref(), directory)?;
        }
        said?;
        Ok(events)
    }

    /// Seals, and makes any new key durable before what it seals.
    pub(crate) async fn seal(&self, draft: Draft) -> Result<event_log::Append, Failure> {
        // A log that takes nothing would leave a key that nothing is sealed with.
        self.log.check()?;
        let append = draft.seal(&*self.world, &self.keys)?;
        let keys = Arc::clone(&self.keys);
        if keys.is_synced() {
            return Ok(append);
        }
        let synced = tokio::task::spawn_blocking(move || keys.sync()).await;
        synced.map_err(|panic| Failure::Refused { why: panic.to_string() })??;
        Ok(append)
    }

    /// Tells this request from any other, without telling what it says.
    pub(crate) fn fingerprint(&self, request: &Request) -> Result<[u8; 32], Failure> {
        self.fingerprint_with(request, &[])
    }

    /// As the one without files where there are none.
    fn fingerprint_with(
        &self,
        request: &Request,
        files: &[NamedUpload],
    ) -> Result<[u8; 32], Failure> {
        let command = codec::to_bytes("a command", &request.command)?;
        let content = request.content.as_ref().map(|it| codec::to_bytes("Content", it));
        let content = content.transpose()?.unwrap_or_default();
        let case = match request.target {
            Target::New => [0; 16],
            Target::Existing { case, .. } => case.get().to_be_bytes(),
        };
        let mut parts: Vec<&[u8]> = vec![&command, &content, &case];
        let ids: Vec<[u8; 16]> = files.iter().map(|file| file.id.get().to_be_bytes()).collect();
        for (id, file) in ids.iter().zip(files) {
            parts.extend([&id[..], file.name.as_bytes()]);
        }
        Ok(draft::fingerprint(&self.fingerprint_key, &parts))
    }

    /// The first outcome of a request that was carried out before.
    async fn replayed(
        &self,
        request: &Request,
        fingerprint: [u8; 32],
    ) -> Result<Option<Done>, ExecuteError> {
        let Some(commit) = self.find(request).await? else { return Ok(None) };
        let StreamId::Case(case) = commit.stream else { return Err(ExecuteError::KeyReused) };
        if commit.fingerprint != fingerprint {
            return Err(ExecuteError::KeyReused);
        }
        self.models.wait_for(commit.position).await?;
        let first = commit.first_version;
        let events = u32::try_from(commit.events.len()).unwrap_or(u32::MAX);
        let versions = first..first.saturating_add(events);
        Ok(Some(Done { case, position: commit.position, versions, replayed: true }))
    }

    async fn find(&self, request: &Request) -> Result<Option<Commit>, Failure> {
        match self.log.find(request.id).await? {
            Some(position) => Ok(self.log.commit(position).await?),
            None => Ok(None),
        }
    }

    pub(crate) fn target(&self, request: &Request) -> CaseId {
        match request.target {
            Target::New => CaseId::new(self.world.new_id()),
            Target::Existing { case, .. } => case,
        }
    }
}

/// The resident's dealings with the care provider that the case began with own its key, also when
/// the case is redirected to another.
pub(crate) fn owner(state: &Case, events: &[case::Event]) -> Owner {
    let started = events.first().map(|event| Case::default().evolve(event, Timestamp::UNIX_EPOCH));
    let thread = state.thread().or_else(|| started.as_ref().and_then(Case::thread));
    thread.map_or(Owner::Service, |thread| Owner::Resident(thread.subject, thread.provider))
}

/// Rule 8: whoever decided on an older version gets what happened meanwhile.
fn check_version(target: &Target, entries: &[HistoryEntry]) -> Result<(), ExecuteError> {
    let Target::Existing { expected_version: Some(expected), .. } = *target else { return Ok(()) };
    let actual = entries.last().map_or(0, |entry| entry.recorded.version);
    if expected == actual {
        return Ok(());
    }
    let since = entries.iter().filter(|entry| entry.recorded.version > expected).cloned().collect();
    Err(ExecuteError::VersionConflict { expected, actual, since })
}

impl Request {
    /// Whether the request starts a case. A command that does has no case to be about.
    pub fn starts_case(&self) -> bool {
        self.command.starts_case()
    }

    /// The commit that `events`, decided on `state`, would make, were it the first to be sealed.
    pub(crate) fn draft(
        &self,
        fingerprint: [u8; 32],
        case: CaseId,
        state: &Case,
        head: Option<event_log::Head>,
        events: Vec<case::Event>,
        at: Timestamp,
    ) -> Draft {
        Draft {
            stream: StreamId::Case(case),
            head,
            commit_id: self.id,
            fingerprint,
            occurred_at: at,
            actor: self.by,
            correlation: self.correlation.clone(),
            owner: owner(state, &events),
            events: events.into_iter().map(Event::Case).collect(),
            secret: self.content.clone().map(Secret::Content),
            has_sealed: false,
        }
    }
}

/// The form that the first message of a case answers: at which unit, of which type, which version.
fn form_of(events: &[case::Event]) -> Option<(UnitId, CaseTypeId, u32)> {
    match events {
        [case::Event::CaseSubmitted(it), ..] => Some((it.unit, it.case_type, it.form_version)),
        [case::Event::CaseOpened(it), case::Event::FormAnswered(form), ..] => {
            Some((it.unit, it.case_type, form.form_version))
        }
        _ => None,
    }
}
