//! Durable appends: the log on sled beside a plain file that is written and synced in groups.
//!
//! `cargo bench -p benches --bench append` prints events per second for 1, 8 and 64 writers, each
//! waiting for its own acknowledgement before it goes on, and the ratio between the two. Both run
//! in turns within one process on one disk, so that the ratio says something where the figures
//! alone do not. Under `cargo test` it runs small and asserts that every commit was acknowledged.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench may panic, and prints")]
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

use std::{
    fs::File,
    io::Write as _,
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use event_log::EventLog;
use event_log_sled::SledLog;

const PAYLOAD_BYTES: usize = 300;

fn main() {
    let (seconds, rounds) = if benches::is_small() { (0.1, 1) } else { (2.0, 3) };
    let each = Duration::from_secs_f64(seconds);
    println!("writers   arende ev/s   raw file ev/s   ratio   (300-byte events, each durable)");
    for writers in [1, 8, 64] {
        let (mut ours, mut raw) = (0.0_f64, 0.0_f64);
        for _ in 0..rounds {
            ours = ours.max(arende(writers, each));
            raw = raw.max(raw_file(writers, each));
        }
        println!("{writers:>7} {ours:>13.0} {raw:>15.0} {:>7.2}", ours / raw);
        assert!(ours > 0.0 && raw > 0.0, "nothing was acknowledged");
    }
}

/// Events per second through the log.
fn arende(writers: u128, each: Duration) -> f64 {
    let folder = tempfile::tempdir_in(".").unwrap();
    let log: Arc<SledLog> = Arc::new(SledLog::open(folder.path()).unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
    let start = Instant::now();
    let tasks: Vec<_> = (0..writers)
        .map(|writer| {
            let log = Arc::clone(&log);
            runtime.spawn(async move {
                let mut acknowledged = 0_u32;
                while start.elapsed() < each {
                    let n = writer << 64 | u128::from(acknowledged + 1);
                    log.append(benches::append(n, PAYLOAD_BYTES)).await.unwrap();
                    acknowledged += 1;
                }
                acknowledged
            })
        })
        .collect();
    let events: u32 = tasks.into_iter().map(|task| runtime.block_on(task).unwrap()).sum();
    let rate = f64::from(events) / start.elapsed().as_secs_f64();
    assert_eq!(log.head().borrow().get(), u64::from(events), "an acknowledged commit is missing");
    rate
}

/// Events per second into a file by one thread that writes what waits and syncs it.
fn raw_file(writers: u128, each: Duration) -> f64 {
    let folder = tempfile::tempdir_in(".").unwrap();
    let mut file = File::create(folder.path().join("raw")).unwrap();
    let (sender, receiver) = mpsc::channel::<(Vec<u8>, mpsc::Sender<()>)>();
    let writing = std::thread::spawn(move || {
        while let Ok(first) = receiver.recv() {
            let group: Vec<_> = std::iter::once(first).chain(receiver.try_iter()).collect();
            let bytes: Vec<u8> = group.iter().flat_map(|(bytes, _)| bytes).copied().collect();
            file.write_all(&bytes).unwrap();
            file.sync_data().unwrap();
            for (_, acknowledge) in group {
                let _ = acknowledge.send(());
            }
        }
    });
    let start = Instant::now();
    let threads: Vec<_> = (0..writers)
        .map(|_| {
            let sender = sender.clone();
            std::thread::spawn(move || {
                let (acknowledge, acknowledged) = mpsc::channel();
                let mut events = 0_u32;
                while start.elapsed() < each {
                    sender.send((vec![0x5a; PAYLOAD_BYTES], acknowledge.clone())).unwrap();
                    acknowledged.recv().unwrap();
                    events += 1;
                }
                events
            })
        })
        .collect();
    let events: u32 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    let rate = f64::from(events) / start.elapsed().as_secs_f64();
    drop(sender);
    writing.join().unwrap();
    rate
}
