//! Replaying a log on disk, stage by stage: what each adds to the one before it.
//!
//! `cargo bench -p benches --bench replay [-- CASES]` writes a log of 100,000 cases, or as many as
//! you say, and prints events per second on one core for
//!
//! - `open`: every commit read from sled once and verified, as each start without saved heads does,
//! - `read`: pages of commits from the open log, their checksums and chain checked,
//! - `decode`: the same, and every event decoded,
//! - `directory`: the same, and what is registered applied,
//! - `cases`: the same, and every event applied to cases and statistics too,
//! - `inboxes`: the same, and what cases are found by put in order at the end: all that a replay does,
//! - `live`: as `cases`, with the inboxes kept in order at each event, as the running service does,
//! - `history`: the history of one case, read and decoded, as the engine does for each command: of
//!   six events as the workload has them, and of exactly ten that lie in ten blocks,
//! - `verify`: what `arende verify` does with a log that is closed, to its close.
//!
//! Under `cargo test` it runs small and asserts that each stage saw every event.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench may panic, and prints")]
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

mod written;

use std::time::Instant;

use domain::{CaseId, Event, Position, Recorded, StreamId};
use event_log::{Commit, EventLog};
use event_log_sled::SledLog;
use projections::{ReadModels, Replay};

use self::written::{Clock, mb, size};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc; // As the service has.

/// Commits read at a time, as the engine does.
const PAGE_COMMITS: usize = 1_024;

fn main() {
    let asked = std::env::args().find_map(|arg| arg.parse().ok());
    let cases = asked.unwrap_or(if benches::is_small() { 200 } else { 100_000 });
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let history = benches::history(cases);
    let (events, bytes) = runtime.block_on(written::write(folder.path(), [history].into_iter()));

    println!(
        "{events} events, {} MB of payload, on disk {} MB",
        mb(bytes),
        mb(size(folder.path()))
    );
    println!("stage       events/s   seconds   events/s of processor");
    let print = |stage: &str, seen: u64, start: Clock| {
        assert_eq!(seen, events, "{stage} did not see every event");
        let (seconds, busy) = start.elapsed();
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        let [rate, of_processor] = [seconds, busy].map(|it| events as f64 / it);
        println!("{stage:<9} {rate:>10.0} {seconds:>9.2} {of_processor:>10.0}");
    };
    let start = Clock::start();
    let mut seen = 0;
    let log = SledLog::open_with(folder.path(), |commit| seen += commit.events.len() as u64);
    let log = log.unwrap();
    print("open", seen, start);

    let start = Clock::start();
    let mut seen = 0;
    runtime.block_on(pages(&log, |commit| seen += commit.events.len() as u64));
    print("read", seen, start);

    let stage = |name: &str, each: &mut dyn FnMut(&Recorded<Event>), end: &mut dyn FnMut()| {
        let start = Clock::start();
        let mut seen = 0;
        let each = |commit: &Commit| {
            for event in engine::events(commit) {
                each(&event.unwrap());
                seen += 1;
            }
        };
        runtime.block_on(pages(&log, each));
        end();
        print(name, seen, start);
    };
    stage("decode", &mut |event| _ = std::hint::black_box(event), &mut || ());
    let mut directory = Replay::default();
    let mut register = |event: &Recorded<Event>| {
        if matches!(event.event, Event::Organisation(_)) {
            directory.apply(event);
        }
    };
    stage("directory", &mut register, &mut || ());
    let mut replay = Replay::default();
    stage("cases", &mut |event| replay.apply(event), &mut || ());
    let (mut replay, mut models) = (Some(Replay::default()), ReadModels::default());
    let replaying = std::cell::RefCell::new(&mut replay);
    let mut apply = |event: &Recorded<Event>| {
        if let Some(replay) = replaying.borrow_mut().as_mut() {
            replay.apply(event);
        }
    };
    let mut finish = || models = replaying.borrow_mut().take().unwrap().finish();
    stage("inboxes", &mut apply, &mut finish);
    let mut live = ReadModels::default();
    stage("live", &mut |event| live.apply(event), &mut || ());
    assert_eq!(models.position(), *log.head().borrow());
    assert_eq!(models.digests(), live.digests());
    runtime.block_on(histories(&log, cases));
    runtime.block_on(histories_of_ten());

    drop(log);
    let on_disk = size(folder.path());
    let start = Clock::start();
    let verified = event_log_sled::verify(folder.path(), |_, _| ()).unwrap();
    let (seconds, _) = start.elapsed();
    print("verify", verified.events, start);
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = |bytes: u64| bytes as f64 / 1e6 / seconds;
    println!("verify: {:.0} MB/s of files, {:.0} of frames", rate(on_disk), rate(verified.bytes));
}

/// One case's history at a time, of cases that lie apart, each read twice: the second is warm.
async fn histories(log: &SledLog, cases: u64) {
    let mut seconds = vec![];
    for case in (1..=cases).step_by(usize::try_from(cases / 200 + 1).unwrap()) {
        let stream = StreamId::Case(CaseId::new(u128::from(case)));
        engine::stream_history(log, stream).await.unwrap();
        let start = Instant::now();
        let history = engine::stream_history(log, stream).await.unwrap();
        seconds.push(start.elapsed().as_secs_f64());
        assert_eq!(history.len() as u64, benches::EVENTS_PER_CASE);
    }
    print_history(benches::EVENTS_PER_CASE, "", seconds);
}

fn print_history(events: u64, how: &str, mut seconds: Vec<f64>) {
    seconds.sort_by(f64::total_cmp);
    let at = |percent: usize| seconds[(seconds.len() - 1) * percent / 100] * 1e6;
    println!("history of {events} events{how}, warm: p50 {:.1} µs, p90 {:.1} µs", at(50), at(90));
}

/// As [`histories`], of cases of exactly ten events. Each event of a case lies in another block, and
/// they are read once while sled has them and once while it has not been given them yet.
async fn histories_of_ten() {
    const EVENTS: u64 = 10;
    let cases: u64 = if benches::is_small() { 20 } else { 1_000 };
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let log = SledLog::open(folder.path()).unwrap();
    let mut heads = std::collections::BTreeMap::new();
    let mut event =
        benches::history(1).into_iter().find(|it| matches!(it.stream, StreamId::Case(_)));
    let event = event.take().unwrap();
    let mut number = 0;
    for _ in 0..EVENTS {
        // A thousand commits are several blocks of 32 KiB.
        let waiting: Vec<_> = (1..=cases)
            .map(|case| {
                number += 1;
                let stream = StreamId::Case(CaseId::new(u128::from(case)));
                let recorded =
                    Recorded { stream, position: Position::new(number), ..event.clone() };
                let head = heads.insert(case, recorded.position);
                log.append(written::append(&recorded, head))
            })
            .collect();
        for appended in waiting {
            appended.await.unwrap();
        }
    }
    let read = async |log: &SledLog, how: &str| {
        let mut seconds = vec![];
        for case in (1..=cases).step_by(usize::try_from(cases / 200 + 1).unwrap()) {
            let stream = StreamId::Case(CaseId::new(u128::from(case)));
            engine::stream_history(log, stream).await.unwrap();
            let start = Instant::now();
            let history = engine::stream_history(log, stream).await.unwrap();
            seconds.push(start.elapsed().as_secs_f64());
            assert_eq!(history.len() as u64, EVENTS);
        }
        print_history(EVENTS, how, seconds);
    };
    read(&log, " before sled has them").await;
    drop(log);
    read(&SledLog::open(folder.path()).unwrap(), " from sled").await;
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
