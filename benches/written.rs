//! A log on disk for the benches, and how long things take.

use std::{collections::BTreeMap, path::Path, time::Instant};

use bytes::Bytes;
use domain::{CommitId, Event, Position, Recorded};
use event_log::{Append, EventLog as _, EventRecord, Expected};
use event_log_sled::SledLog;

/// Appends that wait for the disk together.
const CHUNK_COMMITS: usize = 8_192;

/// Writes `history`, one commit for each event, and gives the events and the bytes of payload.
pub(crate) async fn write(
    folder: &Path,
    history: impl Iterator<Item = Vec<Recorded<Event>>>,
) -> (u64, u64) {
    let log = SledLog::open(folder).unwrap();
    let mut heads = BTreeMap::new();
    let (mut events, mut bytes) = (0, 0);
    for part in history {
        for chunk in part.chunks(CHUNK_COMMITS) {
            let waiting: Vec<_> = chunk
                .iter()
                .map(|recorded| {
                    let head = heads.insert(recorded.stream, recorded.position);
                    let append = append(recorded, head);
                    events += 1;
                    bytes += append.events[0].clear.len() as u64;
                    log.append(append)
                })
                .collect();
            for appended in waiting {
                appended.await.unwrap();
            }
        }
    }
    (events, bytes)
}

pub(crate) fn append(recorded: &Recorded<Event>, head: Option<Position>) -> Append {
    let (type_id, schema_version, clear) = engine::codec::encode(&recorded.event).unwrap();
    Append {
        stream: recorded.stream,
        expected: head.map_or(Expected::NoStream, Expected::Head),
        commit_id: CommitId(u128::from(recorded.position.get())),
        fingerprint: [0; 32],
        occurred_at: recorded.occurred_at,
        recorded_at: recorded.recorded_at,
        actor: recorded.actor,
        correlation: String::new(),
        events: vec![EventRecord {
            type_id,
            schema_version,
            clear: clear.into(),
            sealed: Bytes::new(),
        }],
    }
}

/// Time that passed, and time that this process had a processor: on a machine that others use, only
/// the second says what one core can do.
pub(crate) struct Clock {
    start: Instant,
    busy: f64,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { start: Instant::now(), busy: busy() }
    }

    /// Both, in seconds.
    pub(crate) fn elapsed(&self) -> (f64, f64) {
        (self.start.elapsed().as_secs_f64(), busy() - self.busy)
    }
}

/// Seconds that all threads of this process have had a processor.
fn busy() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let ns = tasks.map(|task| {
        let text = std::fs::read_to_string(task.unwrap().path().join("schedstat"));
        // A thread may end meanwhile.
        let ns = text.ok().and_then(|it| it.split(' ').next().map(str::to_owned));
        ns.and_then(|it| it.parse::<f64>().ok()).unwrap_or(0.0)
    });
    ns.sum::<f64>() / 1e9
}

/// The bytes that the files of a folder hold.
pub(crate) fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|it| if it.is_dir() { size(&it) } else { it.metadata().unwrap().len() }).sum()
}

pub(crate) fn mb(bytes: u64) -> u64 {
    bytes.div_ceil(1_000_000)
}
