//! Many commits in a row from one producer: generating a region, importing a log.
//!
//! The same steps as for one command, but a chunk of commits waits for the disk together. Commits
//! land in the order they were given, so the same input gives the same log. A commit whose stream
//! has another in the chunk expects that one, wherever it lands.

use std::collections::HashMap;

use domain::{
    Actor, CommitId, Event, Position, StreamId,
    case::{self, Case},
    organisation::{self, Person, Registration, StaffCommand},
};
use event_log::{Append, AppendError, Expected, Head};
use jiff::Timestamp;

use crate::{
    AdministerError, Administration, Change, Draft, Engine, ExecuteError, Failure, Request, Secret,
    execute,
    history::{self, head_after},
    keys::Owner,
};

/// Commits that wait for the disk together.
const CHUNK_COMMITS: usize = 512;

/// Writes many commits in order. What was given but not [finished](Pipeline::finish) is not
/// written.
pub struct Pipeline<'a> {
    engine: &'a Engine,
    streams: HashMap<StreamId, Stream>,
    chunk: Vec<Append>,
    /// The last commit that was written.
    position: Position,
    commits_written: u64,
    commits_known: u64,
}

/// One stream as far as it has come: a case, or something around cases; the other stays empty.
#[derive(Default)]
struct Stream {
    case: Case,
    registration: Registration,
    /// What happened around cases, as [`Pipeline::administer`] asks the rules with.
    told: Vec<organisation::Event>,
    /// Where it stands once the chunk is written; the position is known only then.
    head: Option<Head>,
    /// Its last commit in the chunk.
    waiting: Option<CommitId>,
    /// Whether anything in it is sealed, so that it must have a key.
    has_sealed: bool,
}

impl Stream {
    fn evolve(&mut self, event: &Event, at: Timestamp) {
        match event {
            Event::Case(event) => self.case = std::mem::take(&mut self.case).evolve(event, at),
            Event::Organisation(event) => {
                self.registration = std::mem::take(&mut self.registration).evolve(event);
                self.told.push(event.clone());
            }
        }
    }
}

/// Things that happened elsewhere, to be recorded without asking whether they were allowed.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The case.
    pub case: domain::CaseId,
    /// Known again when the same facts are imported twice.
    pub commit_id: CommitId,
    /// When they took place.
    pub occurred_at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// Where they came from.
    pub correlation: String,
    /// What happened.
    pub events: Vec<case::Event>,
}

/// Something to register, or to change, around cases.
#[derive(Debug, Clone)]
pub struct Registering {
    /// Whose story.
    pub stream: StreamId,
    /// Known again when it is asked twice.
    pub commit_id: CommitId,
    /// When it took place.
    pub occurred_at: Timestamp,
    /// Names the request.
    pub correlation: String,
    /// What happened, in order.
    pub changes: Vec<organisation::Event>,
    /// Who it is, where it is a person.
    pub person: Option<Person>,
}

impl Engine {
    /// A pipeline into this engine's log. Others should not write meanwhile: a commit that meets
    /// theirs in one stream is refused, not decided anew.
    pub fn pipeline(&self) -> Pipeline<'_> {
        Pipeline {
            engine: self,
            streams: HashMap::new(),
            chunk: vec![],
            position: Position::START,
            commits_written: 0,
            commits_known: 0,
        }
    }
}

impl Pipeline<'_> {
    /// Decides `request` like [`Engine::execute`] and writes what follows. The case's id must be
    /// given: `Target::New` gets `case`.
    pub async fn execute(
        &mut self,
        case: domain::CaseId,
        request: &Request,
    ) -> Result<Vec<case::Event>, ExecuteError> {
        let at = self.engine.now();
        let fingerprint = self.engine.fingerprint(request)?;
        self.ready(StreamId::Case(case)).await?;
        let born = self.engine.birth_date_asked(request).await?;
        let stream = self.streams.entry(StreamId::Case(case)).or_default();
        let events = self.engine.decide(&stream.case, request, born, at)?;
        if events.is_empty() {
            return Ok(events);
        }
        let head = stream.head;
        let draft = request.draft(fingerprint, case, &stream.case, head, events.clone(), at);
        self.push(draft).await?;
        Ok(events)
    }

    /// Records `facts` as they happened, without asking the rules.
    pub async fn record(&mut self, facts: Facts) -> Result<(), Failure> {
        let id = StreamId::Case(facts.case);
        self.ready(id).await?;
        let stream = self.streams.entry(id).or_default();
        let draft = Draft {
            stream: id,
            head: stream.head,
            commit_id: facts.commit_id,
            fingerprint: [0; 32],
            occurred_at: facts.occurred_at,
            actor: facts.actor,
            correlation: facts.correlation,
            owner: execute::owner(&stream.case, &facts.events),
            events: facts.events.into_iter().map(Event::Case).collect(),
            secret: None,
            has_sealed: false,
        };
        self.push_new(draft).await
    }

    /// Registers or changes what surrounds cases, by its rules. What is already so is skipped.
    pub async fn register(&mut self, it: Registering) -> Result<(), RegisterError> {
        self.ready(it.stream).await?;
        let stream = self.streams.entry(it.stream).or_default();
        let mut state = stream.registration.clone();
        let mut events = Vec::with_capacity(it.changes.len());
        for change in it.changes {
            for event in state.decide(it.stream, change)? {
                state = state.evolve(&event);
                events.push(Event::Organisation(event));
            }
        }
        if events.is_empty() {
            return Ok(());
        }
        let draft = Draft {
            stream: it.stream,
            head: stream.head,
            commit_id: it.commit_id,
            fingerprint: [0; 32],
            occurred_at: it.occurred_at,
            actor: Actor::System,
            correlation: it.correlation,
            events,
            secret: it.person.map(Secret::Person),
            owner: Owner::Service,
            has_sealed: false,
        };
        Ok(self.push_new(draft).await?)
    }

    /// Decides `it` like [`Engine::administer`] and writes what follows. The rules are asked with
    /// the read models as they stand: [flush](Pipeline::flush) before what depends on what waits.
    pub async fn administer(&mut self, it: Administration) -> Result<(), AdministerError> {
        let id = it.change.stream();
        let (at, fingerprint) = (self.engine.now(), self.engine.fingerprint_of(&it)?);
        self.ready(id).await?;
        // Only of a person is it asked what is sealed.
        let entries = match it.change {
            Change::Resident(..)
            | Change::Staff(_, StaffCommand::ReplaceIdentity | StaffCommand::ChangeName) => {
                history::stream(&*self.engine.log, id).await?
            }
            _ => vec![],
        };
        let opened = self.engine.opened(&it, &entries)?;
        let secret = self.engine.completed(&it, &entries)?;
        let stream = self.streams.entry(id).or_default();
        let events = self.engine.decide_around(&it, stream.told.iter(), opened, at)?;
        if events.is_empty() {
            return Ok(());
        }
        let draft = Draft {
            stream: id,
            head: stream.head,
            commit_id: it.id,
            fingerprint,
            occurred_at: at,
            actor: it.by,
            correlation: it.correlation,
            events: events.into_iter().map(Event::Organisation).collect(),
            secret,
            owner: Owner::Service,
            has_sealed: false,
        };
        Ok(self.push(draft).await?)
    }

    /// Writes what waits, and returns once the read models show it.
    pub async fn flush(&mut self) -> Result<Position, Failure> {
        self.write_chunk().await?;
        self.engine.wait_for(self.position).await?;
        Ok(self.position)
    }

    /// [Flushes](Pipeline::flush), and tells what became of the commits.
    pub async fn finish(mut self) -> Result<Written, Failure> {
        let position = self.flush().await?;
        Ok(Written { position, commits: self.commits_written, known: self.commits_known })
    }

    /// Pushes a draft that no request made: what it holds tells it from others.
    async fn push_new(&mut self, mut draft: Draft) -> Result<(), Failure> {
        draft.fingerprint = draft.own_fingerprint(&self.engine.fingerprint_key)?;
        self.push(draft).await
    }

    async fn push(&mut self, mut draft: Draft) -> Result<(), Failure> {
        let id = draft.commit_id;
        let waits = self.chunk.iter().any(|append| append.commit_id == id);
        if waits || self.engine.log.find(id).await?.is_some() {
            return self.push_known(draft).await;
        }
        let stream = self.streams.entry(draft.stream).or_default();
        draft.has_sealed = stream.has_sealed;
        stream.has_sealed |= draft.secret.is_some();
        for event in &draft.events {
            stream.evolve(event, draft.occurred_at);
        }
        let (before, events) = (stream.head, draft.events.len());
        let mut append = draft.seal(&*self.engine.world, &self.engine.keys)?;
        if let Some(waiting) = stream.waiting.replace(id) {
            append.expected = Expected::Commit(waiting);
        }
        stream.head = Some(head_after(before, Position::START, events));
        self.chunk.push(append);
        if self.chunk.len() == CHUNK_COMMITS { self.write_chunk().await } else { Ok(()) }
    }

    /// A commit that the log has, or is about to have: it says so, or that the id was another's.
    async fn push_known(&mut self, mut draft: Draft) -> Result<(), Failure> {
        self.write_chunk().await?;
        let stream = draft.stream;
        draft.has_sealed = self.streams.get(&stream).is_some_and(|it| it.has_sealed);
        let append = draft.seal(&*self.engine.world, &self.engine.keys)?;
        let appended = self.engine.log.append(append).await;
        let appended = appended.map_err(|error| refused(stream, error))?;
        self.position = self.position.max(appended.position);
        self.commits_known += 1;
        Ok(())
    }

    /// Has the stream loaded, so that its head is known.
    async fn ready(&mut self, id: StreamId) -> Result<(), Failure> {
        if self.streams.contains_key(&id) {
            return Ok(());
        }
        self.engine.models.check_goes_on(id)?;
        let mut stream = Stream::default();
        for entry in history::stream(&*self.engine.log, id).await? {
            let recorded = &entry.recorded;
            stream.evolve(&recorded.event, recorded.occurred_at);
            let (position, version) = (recorded.position, recorded.version);
            stream.head = Some(Head { position, version });
            stream.has_sealed |= entry.is_sealed();
        }
        self.streams.insert(id, stream);
        Ok(())
    }

    /// Keys first, then the log: what is durable can always be opened.
    async fn write_chunk(&mut self) -> Result<(), Failure> {
        self.engine.keys.sync()?;
        let chunk = std::mem::take(&mut self.chunk);
        let append = |append: Append| (append.stream, self.engine.log.append(append));
        let waiting: Vec<_> = chunk.into_iter().map(append).collect();
        for (id, appended) in waiting {
            let position = appended.await.map_err(|error| refused(id, error))?.position;
            if let Some(stream) = self.streams.get_mut(&id) {
                stream.waiting = None;
                if let Some(head) = &mut stream.head {
                    head.position = position;
                }
            }
            self.position = self.position.max(position);
            self.commits_written += 1;
        }
        Ok(())
    }
}

fn refused(stream: StreamId, error: AppendError) -> Failure {
    match error {
        AppendError::Log(error) => Failure::from(error),
        refused => Failure::Refused { why: format!("{stream}: {refused}") },
    }
}

/// What became of a pipeline's commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The last of them.
    pub position: Position,
    /// How many were new.
    pub commits: u64,
    /// How many the log had already.
    pub known: u64,
}

/// Why something was not registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The rules say no.
    #[error(transparent)]
    Rejected(#[from] organisation::Rejection),
    /// An operator must look.
    #[error(transparent)]
    Failed(#[from] Failure),
}
