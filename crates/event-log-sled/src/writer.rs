//! The one thread that writes.

use std::{
    io,
    sync::{
        Arc, PoisonError, RwLock, RwLockWriteGuard,
        mpsc::{self, RecvTimeoutError},
    },
    thread::JoinHandle,
    time::Duration,
};

use domain::Position;
use event_log::{
    Admission, Append, AppendError, Appended, BoxFuture, Commit, Heads, Known, LogError, frame,
};
use tokio::sync::{oneshot, watch};

use crate::{
    OpenError, block, heads_file,
    ledger::{Ledger, Unready},
    reader,
    witness::Testimony,
};

/// The most appends that one sync answers, refused ones and retries among them: nobody waits for
/// more than these.
const ANSWERS_MAX: usize = 4_096;

/// When nobody has written for so long, sled is given what it has not been given yet: it is on disk
/// twice then, and need not be kept in memory.
const REST: Duration = Duration::from_secs(1);

type Answer = oneshot::Sender<Result<Appended, AppendError>>;

/// An append that waits for its turn.
pub(crate) type Waiting = (Append, Answer);

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
        ledger: Ledger,
        heads: Heads,
        head: watch::Sender<Position>,
    ) -> Result<Self, OpenError> {
        let (mut writer, group, receiver) = Self::prepared(ledger, heads, head);
        let thread = std::thread::Builder::new().name("event-log-writer".into());
        let thread = thread.spawn(move || group.run(&receiver)).map_err(|source| {
            OpenError::File { doing: "starting a thread for", path: "the log".into(), source }
        })?;
        writer.thread = Some(thread);
        Ok(writer)
    }

    /// A writer without its thread, and what the thread is to run.
    pub(crate) fn prepared(
        ledger: Ledger,
        heads: Heads,
        head: watch::Sender<Position>,
    ) -> (Self, Group, mpsc::Receiver<Waiting>) {
        let (sender, receiver) = mpsc::channel();
        let state = watch::Sender::new(State { durable: heads.last(), failed: None });
        let watching = state.subscribe();
        let heads = Arc::new(RwLock::new(heads));
        let group = Group { ledger, heads: Arc::clone(&heads), head, state, has_room: true };
        (Self { sender: Some(sender), thread: None, heads, state: watching }, group, receiver)
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
pub(crate) struct Group {
    ledger: Ledger,
    heads: Arc<RwLock<Heads>>,
    head: watch::Sender<Position>,
    state: watch::Sender<State>,
    has_room: bool,
}

/// The appends of one group, admitted but not yet durable.
#[derive(Default)]
struct Batch {
    /// Each with the position of its first commit.
    blocks: Vec<(Position, Vec<u8>)>,
    /// The bytes of all blocks.
    bytes: usize,
    /// What the last commit in them makes of the log.
    last: Option<Testimony>,
    answers: Vec<(Answer, Result<Appended, AppendError>)>,
}

impl Group {
    /// Until every sender is gone.
    fn run(mut self, receiver: &mpsc::Receiver<Waiting>) {
        let mut held = None;
        loop {
            let served = match held.take().map_or_else(|| self.wait(receiver), Ok) {
                Ok(first) => self.serve(first, receiver),
                Err(RecvTimeoutError::Timeout) => self.rest().map(|()| None),
                Err(RecvTimeoutError::Disconnected) => break,
            };
            match served {
                Ok(next) => held = next,
                Err(error) => return self.stop(&error, receiver),
            }
        }
        let heads = self.heads.read().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = heads_file::write(self.ledger.database(), &heads) {
            tracing::warn!(%error, "the log's heads were not saved; its next start takes longer");
        }
        drop(heads);
        self.close();
    }

    /// The next append; nothing comes in time if there is something to do while nobody writes.
    fn wait(&self, receiver: &mpsc::Receiver<Waiting>) -> Result<Waiting, RecvTimeoutError> {
        if self.ledger.has_rested() {
            return receiver.recv().map_err(RecvTimeoutError::from);
        }
        receiver.recv_timeout(REST)
    }

    /// What is to be done while nobody writes.
    pub(crate) fn rest(&mut self) -> io::Result<()> {
        self.ledger.rest()
    }

    /// Writes one group of what waits, and gives back what did not fit. A failure to write is final:
    /// what may or may not be on disk is only known after opening anew.
    pub(crate) fn serve(
        &mut self,
        first: Waiting,
        receiver: &mpsc::Receiver<Waiting>,
    ) -> io::Result<Option<Waiting>> {
        match self.ledger.prepare() {
            Ok(()) => self.tell_of_room(None),
            Err(Unready::NoRoom(error)) => {
                self.tell_of_room(Some(&error));
                refuse(first, &error);
                return Ok(None);
            }
            Err(Unready::Broken(error)) => {
                refuse(first, &error);
                return Err(error);
            }
        }
        let (batch, held) = self.gather(first, receiver);
        match self.write(batch) {
            Ok(()) => Ok(held),
            Err(error) => {
                if let Some(waiting) = held {
                    refuse(waiting, &error);
                }
                Err(error)
            }
        }
    }

    fn tell_of_room(&mut self, error: Option<&io::Error>) {
        match (error, self.has_room) {
            (Some(error), true) => {
                tracing::error!(%error, "the log takes no appends until there is room");
            }
            (None, false) => tracing::info!("there is room again: the log takes appends"),
            _ => (),
        }
        self.has_room = error.is_none();
    }

    pub(crate) fn close(self) {
        if let Err(error) = self.ledger.close() {
            tracing::error!(%error, "the log was not closed properly; its next start takes longer");
        }
    }

    /// Refuses whatever still comes.
    fn stop(self, error: &io::Error, receiver: &mpsc::Receiver<Waiting>) {
        tracing::error!(%error, "the log cannot be written any more; restart the service");
        self.state.send_modify(|it| it.failed = Some(error.to_string().into()));
        for waiting in receiver {
            refuse(waiting, error);
        }
    }

    /// Admits what waits, as far as one group takes it, and gives back what did not fit.
    fn gather(
        &self,
        first: Waiting,
        receiver: &mpsc::Receiver<Waiting>,
    ) -> (Batch, Option<Waiting>) {
        let mut batch = Batch::default();
        let mut heads = self.heads.write().unwrap_or_else(PoisonError::into_inner);
        let mut next = Some(first);
        while let Some((append, answer)) = next {
            if !batch.has_room_for(&append, self.ledger.group_bytes_max()) {
                return (batch, Some((append, answer)));
            }
            match heads.admit(append) {
                Ok(Admission::Write(commit)) => batch.add(&mut heads, commit, answer),
                Ok(Admission::Known(known)) => {
                    let outcome = self.known(&known, &batch);
                    batch.answers.push((answer, outcome));
                }
                Err(refused) => batch.answers.push((answer, Err(refused))),
            }
            next = receiver.try_recv().ok();
        }
        (batch, None)
    }

    /// The answer to an id that is known: from this batch, or from the database.
    fn known(&self, known: &Known, batch: &Batch) -> Result<Appended, AppendError> {
        if let Some(commit) = batch.commit(known.position) {
            return known.answer(&commit?);
        }
        known.answer(&reader::commit_at(self.ledger.database(), known.position)?)
    }

    /// One group, one sync, then all answers, in order.
    fn write(&mut self, batch: Batch) -> io::Result<()> {
        let Batch { blocks, last, answers, .. } = batch;
        if let Some(testimony) = last {
            if let Err(error) = self.ledger.write(blocks, testimony) {
                for (answer, _) in answers {
                    let _ = answer.send(Err(unavailable(Some(&error.to_string())).into()));
                }
                return Err(error);
            }
            self.state.send_modify(|it| it.durable = testimony.position);
            self.head.send_replace(testimony.position);
        }
        for (answer, outcome) in answers {
            // Whoever asked may have gone away.
            let _ = answer.send(outcome);
        }
        Ok(())
    }
}

impl Batch {
    /// Whether `append` fits. One that is larger than a group has one to itself.
    fn has_room_for(&self, append: &Append, group_bytes_max: usize) -> bool {
        let with_it = || self.bytes + frame::length(&append.correlation, &append.events);
        self.answers.len() < ANSWERS_MAX && (self.blocks.is_empty() || with_it() <= group_bytes_max)
    }

    /// The commit at `position`, if it is one of these.
    fn commit(&self, position: Position) -> Option<Result<Commit, LogError>> {
        let after = self.blocks.partition_point(|(first, _)| *first <= position);
        let (_, block) = self.blocks.get(after.checked_sub(1)?)?;
        Some(reader::whole(block::frame(block, position)?, position))
    }

    fn add(
        &mut self,
        heads: &mut RwLockWriteGuard<'_, Heads>,
        mut commit: Box<Commit>,
        answer: Answer,
    ) {
        let length = frame::length(&commit.correlation, &commit.events);
        let fits = |(_, block): &(Position, Vec<u8>)| block.len() + length <= block::BYTES_MAX;
        if !self.blocks.last().is_some_and(fits) {
            self.blocks.push((commit.position, block::start()));
        }
        if let Some((_, block)) = self.blocks.last_mut() {
            commit.hash = frame::encode(&commit, heads.hash(), block);
        }
        self.bytes += length;
        heads.advance(&commit);
        let appended = Appended {
            position: commit.position,
            first_version: commit.first_version,
            events: u32::try_from(commit.events.len()).unwrap_or(u32::MAX),
            duplicate: false,
        };
        self.answers.push((answer, Ok(appended)));
        self.last = Some(Testimony { position: commit.position, hash: commit.hash });
    }
}

fn refuse((_, answer): Waiting, error: &io::Error) {
    let _ = answer.send(Err(unavailable(Some(&error.to_string())).into()));
}

fn unavailable(why: Option<&str>) -> LogError {
    LogError::new("writing", why.unwrap_or("the log is closed").to_owned())
}
