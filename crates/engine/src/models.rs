//! The read models in memory, kept up with the log, and as they were at any time before.

mod file;

use std::{
    io,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
    time::Duration,
};

use domain::{Event, Position, Recorded, StreamId};
use event_log::{Commit, EventLog, EventRecord};
use jiff::Timestamp;
use projections::{Parking, ReadModels, Replay};
use tokio::{sync::watch, task::JoinHandle};

#[cfg(test)]
pub(crate) use self::file::begin;
pub use self::file::{Discarded, ModelsFile, Saved};
use crate::{Failure, codec::CodecError, history};

/// Commits read and applied at a time: long enough to be quick, short enough that readers wait
/// for less than a few milliseconds.
const PAGE_COMMITS: usize = 1_024;

/// How often the read models are saved. A start after a crash replays what came since.
const SAVED_EVERY: Duration = Duration::from_mins(5);

/// Past states kept for the next question about the same moment.
const SNAPSHOTS_MAX: usize = 4;

/// How far the read models have come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The last commit that they show.
    pub position: Position,
    /// Why they stopped, if they did.
    pub stopped: Option<Arc<str>>,
}

/// A moment to look back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AsOf {
    /// What had happened by then, whenever the log learned of it.
    Time(Timestamp),
    /// What was known by then.
    RecordedTime(Timestamp),
    /// What was known when this commit was the last.
    Position(Position),
}

/// The read models as they were, and the "now" to judge them by.
pub struct Snapshot {
    /// The read models.
    pub models: ReadModels,
    /// The moment looked back to.
    pub now: Timestamp,
}

/// The read models at some moment, held still while you look.
pub enum View<'a> {
    /// As they stand.
    Live {
        /// The read models.
        models: &'a RwLock<ReadModels>,
        /// Now.
        now: Timestamp,
    },
    /// As they were.
    Past(Arc<Snapshot>),
}

impl View<'_> {
    /// What `look` makes of the read models and the "now" that goes with them. Live models stand
    /// still meanwhile, so look quickly.
    pub fn with<T>(&self, look: impl FnOnce(&ReadModels, Timestamp) -> T) -> T {
        match self {
            Self::Live { models, now } => {
                look(&models.read().unwrap_or_else(PoisonError::into_inner), *now)
            }
            Self::Past(snapshot) => look(&snapshot.models, snapshot.now),
        }
    }

    /// The "now" to judge by.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::Live { now, .. } => *now,
            Self::Past(snapshot) => snapshot.now,
        }
    }
}

pub(crate) struct Models {
    current: Arc<RwLock<ReadModels>>,
    progress: watch::Receiver<Progress>,
    snapshots: tokio::sync::Mutex<Vec<(AsOf, Position, Arc<Snapshot>)>>,
    saved: Option<Arc<Saving>>,
    tasks: Vec<JoinHandle<()>>,
}

impl Drop for Models {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// What is saved, and where.
struct Saving {
    file: ModelsFile,
    models: Arc<RwLock<ReadModels>>,
}

impl Models {
    /// Replays the log, from what was `replayed` already or what `file` holds, if that is of any
    /// use, then follows it.
    pub(crate) async fn start(
        log: Arc<dyn EventLog>,
        file: Option<ModelsFile>,
        replayed: Option<Replay>,
    ) -> Result<Self, Failure> {
        let mut head = log.head();
        let mut replay = match (replayed, &file) {
            (Some(replayed), _) => replayed,
            (None, Some(file)) => file::begin(&*log, file).await?,
            (None, None) => Replay::default(),
        };
        let end = *head.borrow_and_update();
        fold(&*log, &mut replay, end, |_| true).await?;

        let models = replay.finish();
        models.parked().iter().for_each(|(stream, parking)| tell_parked(stream, parking));
        let progress = Progress { position: models.position(), stopped: None };
        let (sender, receiver) = watch::channel(progress);
        let current = Arc::new(RwLock::new(models));
        let saved = file.map(|file| Arc::new(Saving { file, models: Arc::clone(&current) }));
        let mut tasks = vec![];
        if let Some(saving) = &saved {
            tasks.push(tokio::spawn(Arc::clone(saving).now_and_then(Arc::clone(&log))));
        }
        tasks.push(tokio::spawn(follow(log, head, Arc::clone(&current), sender)));
        Ok(Self {
            current,
            progress: receiver,
            snapshots: tokio::sync::Mutex::default(),
            saved,
            tasks,
        })
    }

    /// Saves them, if they have a file.
    pub(crate) async fn save(&self, log: &dyn EventLog) -> io::Result<()> {
        match &self.saved {
            Some(saving) => saving.save(log).await,
            None => Ok(()),
        }
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, ReadModels> {
        self.current.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn live(&self, now: Timestamp) -> View<'_> {
        View::Live { models: &self.current, now }
    }

    pub(crate) fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.clone()
    }

    /// Whether they follow the log.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let progress = self.progress.borrow();
        match progress.stopped.as_deref() {
            Some(why) => {
                Err(Failure::ModelsStopped { position: progress.position, why: why.to_owned() })
            }
            None => Ok(()),
        }
    }

    /// Refuses what would be asked of a stream that stands still.
    pub(crate) fn check_goes_on(&self, stream: StreamId) -> Result<(), Failure> {
        match self.read().parked().get(stream) {
            None => Ok(()),
            Some(it) => Err(Failure::Parked { stream, position: it.position, why: it.to_string() }),
        }
    }

    pub(crate) async fn wait_for(&self, position: Position) -> Result<(), Failure> {
        let mut progress = self.progress.clone();
        let reached = |it: &Progress| it.position >= position || it.stopped.is_some();
        let (reached, why) = match progress.wait_for(reached).await {
            Ok(progress) if progress.position >= position => return Ok(()),
            Ok(progress) => (progress.position, progress.stopped.as_deref().map(str::to_owned)),
            Err(_) => (Position::START, None),
        };
        let why = why.unwrap_or_else(|| "the service is shutting down".to_owned());
        Err(Failure::ModelsStopped { position: reached, why })
    }

    /// Folds the log up to a moment through the same code as the live models. One fold at a time:
    /// looking back costs a replay, and must not starve those who work.
    pub(crate) async fn as_of(
        &self,
        log: &dyn EventLog,
        as_of: AsOf,
    ) -> Result<Option<Arc<Snapshot>>, Failure> {
        let head = *log.head().borrow();
        let mut snapshots = self.snapshots.lock().await;
        let known = |(asked, seen, _): &&(AsOf, Position, Arc<Snapshot>)| {
            *asked == as_of && (*seen == head || matches!(as_of, AsOf::Position(_)))
        };
        if let Some((_, _, snapshot)) = snapshots.iter().find(known) {
            return Ok(Some(Arc::clone(snapshot)));
        }
        let Some(snapshot) = replay(log, as_of).await? else { return Ok(None) };
        let snapshot = Arc::new(snapshot);
        snapshots.retain(|(asked, _, _)| *asked != as_of);
        if snapshots.len() == SNAPSHOTS_MAX {
            snapshots.remove(0);
        }
        snapshots.push((as_of, head, Arc::clone(&snapshot)));
        Ok(Some(snapshot))
    }
}

impl Saving {
    /// Saves the models as they stand. They are looked at for milliseconds only: what is written
    /// shares its memory with them.
    async fn save(self: &Arc<Self>, log: &dyn EventLog) -> io::Result<()> {
        let frozen = self.models.read().unwrap_or_else(PoisonError::into_inner).freeze();
        let commit = log.commit(frozen.position()).await.map_err(io::Error::other)?;
        // An empty log is replayed soon enough.
        let Some(commit) = commit else { return Ok(()) };
        let saving = Arc::clone(self);
        let write = move || saving.file.write(&frozen, commit.hash);
        tokio::task::spawn_blocking(write).await?
    }

    /// Saves the models every so often, until the task is ended.
    async fn now_and_then(self: Arc<Self>, log: Arc<dyn EventLog>) {
        loop {
            tokio::time::sleep(SAVED_EVERY).await;
            if let Err(error) = self.save(&*log).await {
                tracing::warn!(path = %self.file.path().display(), %error,
                    "the read models could not be saved; the next start replays more of the log");
            }
        }
    }
}

/// The read models as they were, folded from nothing; none for a position beyond the log's end.
pub async fn replay(log: &dyn EventLog, as_of: AsOf) -> Result<Option<Snapshot>, Failure> {
    let head = *log.head().borrow();
    let mut replay = Replay::default();
    let now = match as_of {
        AsOf::Time(time) => {
            replay = Replay::with_gaps();
            fold(log, &mut replay, head, |commit| commit.occurred_at <= time).await?;
            time
        }
        AsOf::RecordedTime(time) => {
            fold(log, &mut replay, head, |commit| commit.recorded_at <= time).await?;
            time
        }
        AsOf::Position(position) => {
            let Some(last) = log.commit(position).await? else { return Ok(None) };
            fold(log, &mut replay, position, |_| true).await?;
            last.recorded_at
        }
    };
    Ok(Some(Snapshot { models: replay.finish(), now }))
}

/// Applies the commits up to `end` that `wanted` picks.
async fn fold(
    log: &dyn EventLog,
    replay: &mut Replay,
    end: Position,
    wanted: impl Fn(&Commit) -> bool,
) -> Result<(), Failure> {
    let mut after = replay.position();
    while after < end {
        let page = log.page(after, PAGE_COMMITS).await?;
        let Some(last) = page.last() else { break };
        after = last.position;
        for commit in page.iter().filter(|it| it.position <= end && wanted(it)) {
            take_in(replay, commit);
        }
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Takes one commit into `replay`; one that cannot be read parks its stream.
pub fn take_in(replay: &mut Replay, commit: &Commit) {
    match decoded(commit) {
        Ok(events) => replay.apply_commit(&events),
        Err((version, why)) => {
            replay.park(&poison(commit, version), why.to_string());
        }
    }
}

/// The events of `commit`, or the version of the first that cannot be read, and why.
fn decoded(commit: &Commit) -> Result<Vec<Recorded<Event>>, (u32, CodecError)> {
    let decode = |(record, version): (&EventRecord, u32)| {
        let recorded = history::recorded(commit, version, record);
        recorded.map_err(|source| (version, source))
    };
    commit.events.iter().zip(commit.first_version..).map(decode).collect()
}

/// All that is known of an event that cannot be read.
fn poison(commit: &Commit, version: u32) -> Recorded<()> {
    Recorded {
        position: commit.position,
        stream: commit.stream,
        version,
        occurred_at: commit.occurred_at,
        recorded_at: commit.recorded_at,
        actor: commit.actor,
        event: (),
    }
}

fn tell_parked(stream: StreamId, parking: &Parking) {
    let Parking { position, version, model, why } = parking;
    let so = projections::consequence(stream);
    tracing::error!(%stream, %position, version, model, why, so,
        "A STREAM IS PARKED: it stands still, and commands to it are refused");
}

/// Applies whatever the log gets, until it ends or holds what cannot be read.
async fn follow(
    log: Arc<dyn EventLog>,
    mut head: watch::Receiver<Position>,
    current: Arc<RwLock<ReadModels>>,
    progress: watch::Sender<Progress>,
) {
    loop {
        let (from, end) = (progress.borrow().position, *head.borrow_and_update());
        match advance(&*log, from, end, &current, &progress).await {
            Ok(()) => (),
            Err(failure) => {
                let position = progress.borrow().position;
                tracing::error!(%position, error = %failure, "the read models stopped");
                progress.send_modify(|it| it.stopped = Some(failure.to_string().into()));
                return;
            }
        }
        if head.changed().await.is_err() {
            return;
        }
    }
}

async fn advance(
    log: &dyn EventLog,
    mut after: Position,
    end: Position,
    current: &RwLock<ReadModels>,
    progress: &watch::Sender<Progress>,
) -> Result<(), Failure> {
    while after < end {
        let page = log.page(after, PAGE_COMMITS).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.position;
        let decoded: Vec<_> = page.iter().map(|commit| (commit, decoded(commit))).collect();
        let mut parked = vec![];
        let mut models = current.write().unwrap_or_else(PoisonError::into_inner);
        for (commit, decoded) in decoded {
            let before = models.parked().len();
            match decoded {
                Ok(events) => models.apply_commit(&events),
                Err((version, why)) => {
                    models.park(&poison(commit, version), why.to_string());
                }
            }
            if models.parked().len() > before {
                let parking = models.parked().get(commit.stream).cloned();
                parked.extend(parking.map(|it| (commit.stream, it)));
            }
        }
        drop(models);
        for (stream, parking) in &parked {
            tell_parked(*stream, parking);
        }
        progress.send_modify(|it| it.position = after);
    }
    Ok(())
}
