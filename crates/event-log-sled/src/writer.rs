//! The one thread that writes.

use std::{
    io,
    sync::{Arc, PoisonError, RwLock, RwLockWriteGuard, mpsc},
    thread::JoinHandle,
};

use domain::Position;
use event_log::{
    Admission, Append, AppendError, Appended, BoxFuture, Commit, Heads, Known, LogError, frame,
};
use tokio::sync::{oneshot, watch};

use crate::{OpenError, block, database::Database, heads_file, reader, witness::Testimony};

/// The most appends that one sync answers, refused ones and retries among them: nobody waits for
/// more than these.
const ANSWERS_MAX: usize = 4_096;

type Answer = oneshot::Sender<Result<Appended, AppendError>>;

/// An append that waits for its turn.
type Waiting = (Append, Answer);

/// Takes appends, and answers them once they are durable.
pub(crate) struct Writer {
    sender: Option<mpsc::Sender<Waiting>>,
    thread: Option<JoinHandle<()>>,
    heads: Arc<RwLock<Heads>>,
    state: watch::Receiver<State>,
}

/// How far writing has come, and why it stopped, if it did.
#[derive(Debug, Clone, Default)]
struct State {
    durable: Position,
    failed: Option<Arc<str>>,
}

impl Writer {
    pub(crate) fn start(
        database: Arc<Database>,
        heads: Heads,
        head: watch::Sender<Position>,
    ) -> Result<Self, OpenError> {
        let (sender, receiver) = mpsc::channel();
        let state = watch::Sender::new(State { durable: heads.last(), failed: None });
        let watching = state.subscribe();
        let heads = Arc::new(RwLock::new(heads));
        let group = Group { database, heads: Arc::clone(&heads), head, state };
        let thread = std::thread::Builder::new().name("event-log-writer".into());
        let thread = thread.spawn(move || group.run(&receiver)).map_err(|source| {
            OpenError::File { doing: "starting a thread for", path: "the log".into(), source }
        })?;
        Ok(Self { sender: Some(sender), thread: Some(thread), heads, state: watching })
    }

    /// Enqueues at once; the order of calls is the order of commits.
    pub(crate) fn append(
        &self,
        append: Append,
    ) -> BoxFuture<'static, Result<Appended, AppendError>> {
        let (answer, answered) = oneshot::channel();
        if let Some(sender) = &self.sender {
            // If the thread is gone, so is the other end of `answered`.
            let _ = sender.send((append, answer));
        }
        Box::pin(async move {
            let stopped = || LogError::new("appending", "the log's writer has stopped");
            answered.await.unwrap_or_else(|_| Err(stopped().into()))
        })
    }

    pub(crate) fn with_heads<T>(&self, look: impl FnOnce(&Heads) -> T) -> T {
        look(&self.heads.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether the thread still writes.
    pub(crate) fn check(&self) -> Result<(), LogError> {
        match self.state.borrow().failed.as_deref() {
            Some(why) => Err(unavailable(Some(why))),
            None => Ok(()),
        }
    }

    /// Waits until what the heads say of `position` is durable.
    pub(crate) async fn durable(&self, position: Position) -> Result<(), LogError> {
        let mut state = self.state.clone();
        let settled = |it: &State| it.durable >= position || it.failed.is_some();
        match state.wait_for(settled).await {
            Ok(state) if state.durable >= position => Ok(()),
            Ok(state) => Err(unavailable(state.failed.as_deref())),
            Err(_) => Err(unavailable(None)),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What the thread has.
struct Group {
    database: Arc<Database>,
    heads: Arc<RwLock<Heads>>,
    head: watch::Sender<Position>,
    state: watch::Sender<State>,
}

/// The appends of one block, admitted but not yet durable.
#[derive(Default)]
struct Batch {
    first: Option<Position>,
    block: Vec<u8>,
    commits: Vec<Commit>,
    answers: Vec<(Answer, Result<Appended, AppendError>)>,
}

impl Group {
    /// Until every sender is gone. A failure to write is final: what may or may not be on disk is
    /// only known after opening anew.
    fn run(self, receiver: &mpsc::Receiver<Waiting>) {
        let mut held = None;
        while let Some(first) = held.take().or_else(|| receiver.recv().ok()) {
            let (batch, next) = self.gather(first, receiver);
            held = next;
            if let Err(error) = self.write(batch) {
                tracing::error!(%error, "the log cannot be written any more; restart the service");
                self.state.send_modify(|it| it.failed = Some(error.to_string().into()));
                for (_, answer) in held.into_iter().chain(receiver) {
                    let failed = unavailable(Some(&error.to_string()));
                    let _ = answer.send(Err(failed.into()));
                }
                return;
            }
        }
        if let Err(error) = self.close() {
            tracing::error!(%error, "the log was not closed properly; its next start takes longer");
        }
    }

    /// Admits what waits, as far as one block takes it, and gives back what did not fit.
    fn gather(
        &self,
        first: Waiting,
        receiver: &mpsc::Receiver<Waiting>,
    ) -> (Batch, Option<Waiting>) {
        let mut batch = Batch { block: block::start(), ..Batch::default() };
        let mut heads = self.heads.write().unwrap_or_else(PoisonError::into_inner);
        let mut next = Some(first);
        while let Some((append, answer)) = next {
            if !batch.has_room_for(&append) {
                return (batch, Some((append, answer)));
            }
            match heads.admit(append) {
                Ok(Admission::Write(commit)) => batch.add(&mut heads, *commit, answer),
                Ok(Admission::Known(known)) => {
                    let outcome = self.known(&known, &batch.commits);
                    batch.answers.push((answer, outcome));
                }
                Err(refused) => batch.answers.push((answer, Err(refused))),
            }
            next = receiver.try_recv().ok();
        }
        (batch, None)
    }

    /// The answer to an id that is known: from this batch, or from the database.
    fn known(&self, known: &Known, batch: &[Commit]) -> Result<Appended, AppendError> {
        if let Some(commit) = batch.iter().find(|it| it.position == known.position) {
            return known.answer(commit);
        }
        known.answer(&reader::commit_at(&self.database, known.position)?)
    }

    /// One block, one sync, then all answers, in order.
    fn write(&self, batch: Batch) -> io::Result<()> {
        let Batch { first, block, commits, answers } = batch;
        if let (Some(first), Some(last)) = (first, commits.last()) {
            let written = self.database.store().and_then(|store| {
                store.insert_durably(first, block)?;
                if self.database.folder().has_blobs() {
                    return Err(io::Error::other("sled wrote a blob, which it never syncs"));
                }
                self.database.testify(Testimony { position: last.position, hash: last.hash })
            });
            if let Err(error) = written {
                for (answer, _) in answers {
                    let _ = answer.send(Err(unavailable(Some(&error.to_string())).into()));
                }
                return Err(error);
            }
            self.state.send_modify(|it| it.durable = last.position);
            self.head.send_replace(last.position);
        }
        for (answer, outcome) in answers {
            // Whoever asked may have gone away.
            let _ = answer.send(outcome);
        }
        Ok(())
    }

    fn close(&self) -> io::Result<()> {
        self.database.sync_witness()?;
        heads_file::write(
            &self.database,
            &self.heads.read().unwrap_or_else(PoisonError::into_inner),
        )?;
        self.database.complete();
        Ok(())
    }
}

impl Batch {
    /// Whether `append` fits. One that is larger than a block has one to itself.
    fn has_room_for(&self, append: &Append) -> bool {
        let with_it = || self.block.len() + frame::length(&append.correlation, &append.events);
        self.answers.len() < ANSWERS_MAX
            && (self.commits.is_empty() || with_it() <= block::BYTES_MAX)
    }

    fn add(&mut self, heads: &mut RwLockWriteGuard<'_, Heads>, mut commit: Commit, answer: Answer) {
        commit.hash = frame::encode(&commit, heads.hash(), &mut self.block);
        heads.advance(&commit);
        self.first.get_or_insert(commit.position);
        let appended = Appended {
            position: commit.position,
            first_version: commit.first_version,
            events: u32::try_from(commit.events.len()).unwrap_or(u32::MAX),
            duplicate: false,
        };
        self.answers.push((answer, Ok(appended)));
        self.commits.push(commit);
    }
}

fn unavailable(why: Option<&str>) -> LogError {
    LogError::new("writing", why.unwrap_or("the log is closed").to_owned())
}
