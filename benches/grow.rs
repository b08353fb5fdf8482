//! A log that grows: whether the ten-millionth event is as cheap as the first.
//!
//! `cargo bench -p benches --bench grow [-- EVENTS]` appends ten million 300-byte events, or as
//! many as you say, from 512 writers that each wait for their own acknowledgements, ten events to a
//! stream. For each tenth it prints the events per second, the memory that the process holds, and
//! the bytes that are on disk and those that were written for each byte of payload; then how far the rate fell from the first tenth to
//! the last, and how long the log takes to open again. Ten million take about six gigabytes of
//! disk. Under `cargo test` it grows to a few thousand, all of which must be found again.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench may panic, and prints")]
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]
#![expect(clippy::cast_precision_loss, reason = "rates are for people")]

use std::{
    os::unix::fs::MetadataExt as _,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use domain::{CaseId, CommitId, StreamId};
use event_log::{Append, EventLog as _, Expected};
use event_log_sled::SledLog;

const PAYLOAD_BYTES: usize = 300;
const WRITERS: u64 = 512;
const EVENTS_PER_STREAM: u64 = 10;
const STEPS: u64 = 10;

fn main() {
    let asked = std::env::args().find_map(|arg| arg.parse().ok());
    let events: u64 = asked.unwrap_or(if benches::is_small() { 5_000 } else { 10_000_000 });
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
    let log = Arc::new(SledLog::open(folder.path()).unwrap());
    let left = Arc::new(AtomicU64::new(events));
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| runtime.spawn(write(Arc::clone(&log), writer, Arc::clone(&left))))
        .collect();

    println!("                                    for each byte of payload");
    println!("    events   events/s   memory MB    on disk    written");
    let written_before = written();
    let mut head = log.head();
    let mut rates = vec![];
    let (mut start, mut reached) = (Instant::now(), 0);
    for step in 1..=STEPS {
        let goal = events * step / STEPS;
        let at = runtime.block_on(head.wait_for(|it| it.get() >= goal)).unwrap().get();
        let rate = (at - reached) as f64 / start.elapsed().as_secs_f64();
        (start, reached) = (Instant::now(), at);
        let per_byte = |bytes: u64| bytes as f64 / (at * PAYLOAD_BYTES as u64) as f64;
        let (on_disk, written) =
            (per_byte(size(folder.path())), per_byte(written() - written_before));
        println!("{at:>10} {rate:>10.0} {:>11} {on_disk:>10.2} {written:>10.2}", memory_mb());
        rates.push(rate);
    }
    for writer in writers {
        runtime.block_on(writer).unwrap();
    }
    let (first, last) = (rates[0], rates[rates.len() - 1]);
    println!("the last tenth came at {:.0} % of the first one's rate", last / first * 100.0);

    drop(head);
    drop(log);
    let per_byte = size(folder.path()) as f64 / (events * PAYLOAD_BYTES as u64) as f64;
    let (start, mut found) = (Instant::now(), 0);
    let is_whole = |payload: &[u8]| benches::number(payload).is_some();
    let log = SledLog::open_with(folder.path(), |commit| {
        found += u64::from(is_whole(&commit.events[0].clear));
    });
    let seconds = start.elapsed().as_secs_f64();
    println!("closed, {per_byte:.2} bytes per byte of payload; opened again in {seconds:.1} s");
    assert_eq!((found, log.unwrap().head().borrow().get()), (events, events));
}

/// Appends, stream after stream, until no event is left to append.
async fn write(log: Arc<SledLog>, writer: u64, left: Arc<AtomicU64>) {
    let mut expected = Expected::NoStream;
    let mut stream = benches::append(0, 0).stream;
    for n in 0.. {
        let one_less = |left: u64| left.checked_sub(1);
        if left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_err() {
            return;
        }
        let number = u128::from(writer) << 64 | (n + 1);
        if n % u128::from(EVENTS_PER_STREAM) == 0 {
            stream = StreamId::Case(CaseId::new(spread(number)));
            expected = Expected::NoStream;
        }
        let commit_id = CommitId(spread(number));
        let append = benches::append(number, PAYLOAD_BYTES);
        let append = Append { stream, expected, commit_id, ..append };
        let appended = log.append(append).await.unwrap();
        expected = Expected::Head(appended.position);
    }
}

/// An id as good as chance, which has nothing alike with its neighbours.
fn spread(number: u128) -> u128 {
    number.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
}

/// What the process holds in memory; none where the system does not tell.
fn memory_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kb = resident.and_then(|it| it.split_whitespace().next()?.parse::<u64>().ok());
    kb.unwrap_or(0) / 1024
}

/// The bytes that the process has had written to disks, as far as the system tells.
fn written() -> u64 {
    let io = std::fs::read_to_string("/proc/self/io").unwrap_or_default();
    let written = io.lines().find_map(|line| line.strip_prefix("write_bytes: "));
    written.and_then(|it| it.parse().ok()).unwrap_or(0)
}

/// The bytes that the files of a folder take.
fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let bytes = |path: &Path| path.metadata().map_or(0, |it| it.blocks() * 512);
    entries.map(|it| if it.is_dir() { size(&it) } else { bytes(&it) }).sum()
}
