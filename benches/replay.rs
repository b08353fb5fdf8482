//! Replaying a log on disk, stage by stage: what each adds to the one before it.
//!
//! `cargo bench -p benches --bench replay [-- CASES]` writes a log of 100,000 cases, or as many as
//! you say, and prints events per second on one core for
//!
//! - `open`: every commit read from sled once and verified, as each start does,
//! - `read`: pages of commits from the open log, their checksums and chain checked,
//! - `decode`: the same, and every event decoded,
//! - `fold`: the same, and applied to every read model,
//! - `verify`: what `arende verify` does with a log that is closed, to its close.
//!
//! Under `cargo test` it runs small and asserts that each stage saw every event.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench may panic, and prints")]
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

use std::{collections::BTreeMap, path::Path, time::Instant};

use bytes::Bytes;
use domain::{CommitId, Event, Position, Recorded};
use event_log::{Append, Commit, EventLog, EventRecord, Expected};
use event_log_sled::SledLog;
use projections::ReadModels;

/// Commits read at a time, as the engine does.
const PAGE_COMMITS: usize = 1_024;

/// Appends that wait for the disk together.
const CHUNK_COMMITS: usize = 8_192;

fn main() {
    let asked = std::env::args().find_map(|arg| arg.parse().ok());
    let cases = asked.unwrap_or(if benches::is_small() { 200 } else { 100_000 });
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let folder = tempfile::tempdir_in(".").unwrap();
    let history = benches::history(cases);
    let (events, bytes) = runtime.block_on(write(folder.path(), history));

    println!(
        "{events} events, {} MB of payload, on disk {} MB",
        mb(bytes),
        mb(size(folder.path()))
    );
    println!("stage     events/s   seconds");
    let print = |stage: &str, seen: u64, start: Instant| {
        assert_eq!(seen, events, "{stage} did not see every event");
        let seconds = start.elapsed().as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        let rate = events as f64 / seconds;
        println!("{stage:<7} {rate:>10.0} {seconds:>9.2}");
    };
    let start = Instant::now();
    let mut seen = 0;
    let log = SledLog::open_with(folder.path(), |commit| seen += commit.events.len() as u64);
    let log = log.unwrap();
    print("open", seen, start);

    let start = Instant::now();
    let mut seen = 0;
    runtime.block_on(pages(&log, |commit| seen += commit.events.len() as u64));
    print("read", seen, start);

    let start = Instant::now();
    let mut seen = 0;
    let decode = |commit: &Commit| seen += engine::entries(commit).unwrap().len() as u64;
    runtime.block_on(pages(&log, decode));
    print("decode", seen, start);

    let start = Instant::now();
    let (mut seen, mut models) = (0, ReadModels::default());
    let fold = |commit: &Commit| {
        for entry in engine::entries(commit).unwrap() {
            models.apply(&entry.recorded);
            seen += 1;
        }
    };
    runtime.block_on(pages(&log, fold));
    print("fold", seen, start);
    assert_eq!(models.position(), *log.head().borrow());

    drop(log);
    let on_disk = size(folder.path());
    let start = Instant::now();
    let verified = event_log_sled::verify(folder.path(), |_, _| ()).unwrap();
    print("verify", verified.events, start);
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = |bytes: u64| bytes as f64 / 1e6 / start.elapsed().as_secs_f64();
    println!("verify: {:.0} MB/s of files, {:.0} of frames", rate(on_disk), rate(verified.bytes));
}

/// Writes `history`, one commit for each event, and gives the events and the bytes of payload.
async fn write(folder: &Path, history: Vec<Recorded<Event>>) -> (u64, u64) {
    let log = SledLog::open(folder).unwrap();
    let mut heads = BTreeMap::new();
    let (mut events, mut bytes) = (0, 0);
    for chunk in history.chunks(CHUNK_COMMITS) {
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
    (events, bytes)
}

fn append(recorded: &Recorded<Event>, head: Option<Position>) -> Append {
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

async fn pages(log: &SledLog, mut each: impl FnMut(&Commit)) {
    let mut after = Position::START;
    loop {
        let page = log.page(after, PAGE_COMMITS).await.unwrap();
        let Some(last) = page.last() else { return };
        after = last.position;
        page.iter().for_each(&mut each);
    }
}

/// The bytes that the files of a folder hold.
fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|it| if it.is_dir() { size(&it) } else { it.metadata().unwrap().len() }).sum()
}

fn mb(bytes: u64) -> u64 {
    bytes.div_ceil(1_000_000)
}
