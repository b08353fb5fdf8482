//! Starting over a log on disk, with what was saved and without, and what closed cases take in
//! memory.
//!
//! `cargo bench -p benches --bench start [-- CASES]` writes a log of 1,000,000 cases of five events
//! each, or as many cases as you say, which takes some minutes and 2.5 GB in `target` until the end.
//! Under `cargo test` it runs small and asserts that both starts show the same.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench may panic, and prints")]
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

mod written;

use std::{fs, path::Path, sync::Arc, time::Instant};

use domain::{CaseId, Position, StreamId};
use engine::{
    Engine, ModelsFile, Parts, SystemWorld,
    keys::{KeyStore, MasterKey},
};
use event_log::{Commit, MemoryLog};
use event_log_sled::SledLog;
use peak_alloc::PeakAlloc;
use projections::{Digests, Replay};

use self::written::{Clock, mb, size};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

fn main() {
    let asked = std::env::args().find_map(|arg| arg.parse().ok());
    let cases = asked.unwrap_or(if benches::is_small() { 300 } else { 1_000_000 });
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let log = folder.path().join("log");
    let clock = Clock::start();
    let (events, bytes) = runtime.block_on(written::write(&log, benches::closed_cases(cases)));
    let on_disk = size(&log);
    println!(
        "{cases} cases, {events} events, {} MB of payload, on disk {} MB",
        mb(bytes),
        mb(on_disk)
    );
    tell("written and closed", &clock);

    fs::remove_file(log.join("heads")).unwrap();
    let master = MasterKey::generate(&SystemWorld::default());
    println!("without anything saved");
    let before = runtime.block_on(start(folder.path(), &master, cases));
    println!("with a checkpoint, saved at the close before");
    let after = runtime.block_on(start(folder.path(), &master, cases));
    assert_eq!(before, after);
}

/// Opens, asks, saves and closes; tells how long each took.
async fn start(folder: &Path, master: &MasterKey, cases: u64) -> Digests {
    let in_use = in_use();
    let (clock, in_all) = (Clock::start(), Clock::start());
    // As `arende serve` does: where every commit is verified, the read models are folded meanwhile.
    let mut replay = Replay::default();
    let fold = |commit: &Commit| {
        engine::events(commit).for_each(|event| replay.apply(&event.unwrap()));
    };
    let log = SledLog::open_quickly_with(&folder.join("log"), fold).unwrap();
    let whole = log.trusted() == Position::START;
    tell("  log opened", &clock);
    let world = Arc::new(SystemWorld::default());
    let keys = KeyStore::open(&folder.join("keys"), master.clone()).unwrap();
    let parts = Parts {
        log: Arc::new(log),
        access: Arc::new(MemoryLog::default()),
        keys,
        files: None,
        world,
    };
    let clock = Clock::start();
    let models = ModelsFile::new(folder.join("read-models"));
    let engine = if whole {
        Engine::start_after(parts, models, replay).await.unwrap()
    } else {
        Engine::start_from(parts, models).await.unwrap()
    };
    tell("  read models", &clock);
    tell("  start in all", &in_all);
    println!("  memory in use: {} MB", mb(in_use_since(in_use)));

    histories(&engine, cases).await;
    let digests = engine.view(None).await.unwrap().unwrap().with(|models, _| {
        assert_eq!(models.cases().len() as u64, cases);
        let in_use = self::in_use();
        // A copy shares nothing with what it was taken back from.
        let mut bytes = vec![];
        models.freeze().write(&mut |part| bytes.extend_from_slice(part));
        let buffer = bytes.capacity() as u64;
        let copy = Replay::restore(&bytes).unwrap().finish();
        let taken = in_use_since(in_use) - buffer;
        println!("  read models: {} MB, {} bytes a case", mb(taken), taken / cases);
        assert_eq!(copy.cases().len() as u64, cases);
        models.digests()
    });
    let clock = Clock::start();
    engine.save_models().await.unwrap();
    tell("  read models saved", &clock);
    let clock = Clock::start();
    drop(engine);
    // Whatever still follows the log lets go of it when it next waits.
    fs::File::open(folder.join("log/lock")).unwrap().lock().unwrap();
    tell("  closed", &clock);
    digests
}

/// One case's history at a time, of cases that lie apart, each read twice: the second is warm.
async fn histories(engine: &Engine, cases: u64) {
    let mut seconds = vec![];
    for case in (1..=cases).step_by(usize::try_from(cases / 300 + 1).unwrap()) {
        let case = CaseId::new(u128::from(case));
        engine.history(case).await.unwrap();
        let start = Instant::now();
        let history = engine.history(case).await.unwrap();
        seconds.push(start.elapsed().as_secs_f64());
        assert_eq!(
            history.len() as u64,
            benches::EVENTS_PER_CLOSED_CASE,
            "{}",
            StreamId::Case(case)
        );
    }
    seconds.sort_by(f64::total_cmp);
    let at = |percent: usize| seconds[(seconds.len() - 1) * percent / 100] * 1e6;
    println!(
        "  history of 5 events that lie apart, warm: p50 {:.1} µs, p90 {:.1} µs",
        at(50),
        at(90)
    );
}

fn tell(what: &str, clock: &Clock) {
    let (seconds, busy) = clock.elapsed();
    println!("{what:<22} {seconds:>7.2} s, {busy:.2} s of processor");
}

/// Bytes in use by now.
fn in_use() -> usize {
    ALLOCATOR.current_usage()
}

fn in_use_since(before: usize) -> u64 {
    in_use().saturating_sub(before) as u64
}
