//! Durable appends: the log beside what a user would pick instead.
//!
//! `cargo bench -p benches --bench append` prints events per second for 1, 8, 64 and 512 writers,
//! or for as many as you say (`-- 64 512`), each waiting for its own acknowledgement before it goes on, how many times as fast the log is
//! as each of the others, and how long a single writer waits. Every store has the same tasks before
//! it and, but for the log, the same thread behind it that makes one durable group of what waits
//! (`stores`). They take turns within one process on one disk, so that the ratios say something
//! where the figures alone do not. A ratio is the median of those of the rounds.
//!
//! Each has taken 153,600 events before the time is taken.
//!
//! After each run the store is closed, opened again, and held to every acknowledgement it gave.
//! Under `cargo test` that is done in small.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench may panic, and prints")]
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

mod stores;

use std::{
    fs::File,
    io::Write as _,
    sync::Arc,
    time::{Duration, Instant},
};

use self::stores::{Arende, First, Fjall, Grouped, PAYLOAD_BYTES, Raw, Redb, Sqlite, Store};

/// How many stores there are.
const N: usize = 6;

/// What is compared; the log comes first, and everything else is held against it.
const STORES: [(&str, Bench); N] = [
    ("arende", run::<Arende>),
    ("first form", run::<Grouped<First>>),
    ("raw file", run::<Grouped<Raw>>),
    ("SQLite", run::<Grouped<Sqlite>>),
    ("redb", run::<Grouped<Redb>>),
    ("fjall", run::<Grouped<Fjall>>),
];

type Bench = fn(writers: u64, each: Duration) -> Run;

const WRITERS: [u64; 4] = [1, 8, 64, 512];

/// Who writes before the time is taken: so much that what a store makes once in its life, such as
/// the log's journal, has been made.
const WARM_WRITERS: u64 = 512;
const WARM: u64 = 1 << 32;

fn warm_events() -> usize {
    if benches::is_small() { 1 } else { 300 }
}

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc; // As the service has.

/// What one store did in one round.
struct Run {
    events_per_s: f64,
    /// From asking to the acknowledgement, shortest first.
    waits: Vec<Duration>,
}

fn main() {
    let (seconds, rounds) = if benches::is_small() { (0.05, 1) } else { (0.7, 5) };
    let each = Duration::from_secs_f64(seconds);
    let mut ratios = vec![];
    let mut single = vec![];
    println!("{PAYLOAD_BYTES}-byte events per second, each durable when it is acknowledged");
    line("writers", STORES.map(|(name, _)| name.to_owned()));
    let asked: Vec<u64> = std::env::args().filter_map(|it| it.parse().ok()).collect();
    let asked = if asked.is_empty() { WRITERS.to_vec() } else { asked };
    for &writers in &asked {
        // One row for each round, one column for each store.
        let runs: Vec<_> = (0..rounds).map(|_| STORES.map(|(_, run)| run(writers, each))).collect();
        let median_of = |value: &dyn Fn(&[Run; N], usize) -> f64| -> [f64; N] {
            std::array::from_fn(|store| median(runs.iter().map(|round| value(round, store))))
        };
        let rates = median_of(&|round, store| round[store].events_per_s);
        line(&writers.to_string(), rates.map(|it| format!("{it:.0}")));
        ratios.push(median_of(&|round, store| round[0].events_per_s / round[store].events_per_s));
        if writers == 1 {
            single.push(("p50", median_of(&|round, store| quantile(&round[store].waits, 50))));
            single.push(("p99", median_of(&|round, store| quantile(&round[store].waits, 99))));
        }
    }
    println!("\nhow many times as fast the log is");
    for (writers, ratios) in asked.iter().zip(ratios) {
        line(&writers.to_string(), ratios.map(|it| format!("{it:.2}")));
    }
    println!("\nhow long a single writer waits, in microseconds");
    for (name, waits) in single {
        line(name, waits.map(|it| format!("{it:.0}")));
    }
    let bare = bare(each);
    let (p50, p99) = (quantile(&bare, 50), quantile(&bare, 99));
    println!("a write and an fdatasync by the same thread: p50 {p50:.0}, p99 {p99:.0}");
}

fn line(first: &str, rest: [String; N]) {
    let columns = rest.iter().fold(String::new(), |line, it| line + &format!("{it:>12}"));
    println!("{first:>7}{columns}");
}

/// Appends to a new store as fast as `writers` can that each wait for their acknowledgements.
fn run<S: Store>(writers: u64, each: Duration) -> Run {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    settle();
    let store = Arc::new(S::open(folder.path()));
    let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
    let warm: Vec<_> = (0..WARM_WRITERS)
        .map(|writer| {
            let store = Arc::clone(&store);
            runtime.spawn(async move {
                for n in 0..warm_events() {
                    store.append(event(WARM + writer, n)).await;
                }
            })
        })
        .collect();
    for task in warm {
        runtime.block_on(task).unwrap();
    }
    let start = Instant::now();
    let tasks: Vec<_> = (0..writers)
        .map(|writer| {
            let store = Arc::clone(&store);
            runtime.spawn(async move {
                let mut waits = vec![];
                while start.elapsed() < each {
                    let asked = Instant::now();
                    store.append(event(writer, waits.len())).await;
                    waits.push(asked.elapsed());
                }
                waits
            })
        })
        .collect();
    let waits: Vec<_> = tasks.into_iter().map(|task| runtime.block_on(task).unwrap()).collect();
    let seconds = start.elapsed().as_secs_f64();
    drop(runtime);
    drop(store);

    let acknowledged = (0..writers)
        .zip(&waits)
        .flat_map(|(writer, waits)| (0..waits.len()).map(move |n| event(writer, n)));
    let warm = (0..WARM_WRITERS)
        .flat_map(|writer| (0..warm_events()).map(move |n| event(WARM + writer, n)));
    let acknowledged: Vec<_> = acknowledged.chain(warm).collect();
    let mut stored = S::stored(folder.path());
    stored.sort_unstable();
    let (name, found) = (std::any::type_name::<S>(), stored.len());
    assert!(!acknowledged.is_empty(), "{name} acknowledged nothing");
    assert!(stored == acknowledged, "{name}: {} acknowledged, {found} found", acknowledged.len());

    let mut waits = waits.concat();
    waits.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let events_per_s = waits.len() as f64 / seconds;
    Run { events_per_s, waits }
}

/// Lets the disk finish what was left to it, by the store before or by anyone else, so that each
/// pays only for its own. In small, where no figure counts, there is no wait.
fn settle() {
    if !benches::is_small() {
        std::process::Command::new("sync").status().unwrap();
    }
}

/// The number of a writer's `n`-th event. In order of writer, then of `n`.
fn event(writer: u64, n: usize) -> u128 {
    (u128::from(writer) << 64) + n as u128 + 1
}

/// What the disk alone asks for one event after another: nobody else is told.
fn bare(each: Duration) -> Vec<Duration> {
    let mut file = tempfile::tempfile_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    settle();
    let sync = |file: &mut File, n| {
        let asked = Instant::now();
        file.write_all(&benches::payload(n, PAYLOAD_BYTES)).unwrap();
        file.sync_data().unwrap();
        asked.elapsed()
    };
    let start = Instant::now();
    let numbers = (1..).take_while(|_| start.elapsed() < each);
    let mut waits: Vec<_> = numbers.map(|n| sync(&mut file, n)).collect();
    waits.sort_unstable();
    waits
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

/// In microseconds, of values in order.
fn quantile(waits: &[Duration], percent: usize) -> f64 {
    waits[(waits.len() * percent / 100).min(waits.len() - 1)].as_secs_f64() * 1e6
}
