//! A process with a log is killed under load, again and again; what it acknowledged must be there.
//!
//! `cargo bench -p benches --bench kill [-- KILLS]` kills 200 times, or as often as you say, with
//! SIGKILL, a process whose 32 writers append 300-byte events: after some acknowledgements, or, one
//! time in four, somewhere in its start. One time in two the next process opens what the kill left;
//! otherwise it is opened here, and held to every acknowledgement ever given. It prints how long
//! starts took, after a kill and after a proper close. Under `cargo test` it kills eight times.
//!
//! The child is this same program, run again with a variable set.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench may panic, and prints")]
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use event_log::{Commit, EventLog as _};
use event_log_sled::SledLog;

const FOLDER: &str = "ARENDE_KILL_FOLDER";
const ROUND: &str = "ARENDE_KILL_ROUND";
const WRITERS: u128 = 32;
const PAYLOAD_BYTES: usize = 300;

/// The most acknowledgements before a kill.
const ACKS_MAX: u64 = 1_000;

/// The latest that a child is killed in its start, in microseconds.
const START_US_MAX: u64 = 100_000;

/// How often a line is printed.
const LINE_EVERY: u64 = 20;

fn main() {
    if let Ok(folder) = std::env::var(FOLDER) {
        return append_until_killed(Path::new(&folder));
    }
    let asked = std::env::args().find_map(|arg| arg.parse().ok());
    let kills: u64 = asked.unwrap_or(if benches::is_small() { 8 } else { 200 });
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut acknowledged = BTreeMap::new();
    let mut starts = Starts::default();
    let mut is_closed = true;
    let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
    for kill in 1..=kills {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        let moment = match chance % 4 {
            0 => Moment::Start(Duration::from_micros(chance % START_US_MAX)),
            _ => Moment::Acks(1 + chance % ACKS_MAX),
        };
        let said = killed(folder.path(), kill, moment);
        let kind = if is_closed { &mut starts.after_a_close } else { &mut starts.after_a_kill };
        kind.extend(said.opened_in);
        starts.killed += u64::from(said.opened_in.is_none());
        acknowledged.extend(said.acknowledged);
        is_closed = chance >> 63 == 0 || kill == kills;
        if is_closed {
            let start = Instant::now();
            let found = Found::open(folder.path());
            starts.after_a_kill.push(start.elapsed());
            found.holds(&acknowledged, kill);
        }
        if kill % LINE_EVERY == 0 || kill == kills {
            println!("{kill} of {kills} kills, {} acknowledgements kept", acknowledged.len());
        }
    }
    starts.print();
    assert!(acknowledged.len() as u64 > kills, "too few acknowledgements for a load");
}

/// The child: opens the log, and says how long that took, then at which position each event was
/// acknowledged.
fn append_until_killed(folder: &Path) {
    let round: u128 = std::env::var(ROUND).unwrap().parse().unwrap();
    let start = Instant::now();
    let log = Arc::new(SledLog::open(folder).unwrap());
    say(format!("opened {}\n", start.elapsed().as_micros()));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let tasks = (0..WRITERS).map(|writer| write(Arc::clone(&log), round << 32 | writer));
    let tasks: Vec<_> = tasks.map(|it| runtime.spawn(it)).collect();
    for task in tasks {
        runtime.block_on(task).unwrap();
    }
}

async fn write(log: Arc<SledLog>, writer: u128) {
    for n in 1.. {
        let id = writer << 64 | n;
        let appended = log.append(benches::append(id, PAYLOAD_BYTES)).await.unwrap();
        say(format!("ack {} {id}\n", appended.position));
    }
}

/// One write, so that a kill leaves lines whole but for the last.
fn say(line: String) {
    std::io::stdout().write_all(line.as_bytes()).unwrap();
}

/// What a child said before it was killed.
#[derive(Default)]
struct Said {
    opened_in: Option<Duration>,
    /// The event acknowledged at each position.
    acknowledged: BTreeMap<u64, u128>,
}

impl Said {
    /// A line that was cut short says nothing.
    fn take(&mut self, line: &str) {
        let Some(line) = line.strip_suffix('\n') else { return };
        let mut words = line.split(' ');
        let mut next = || words.next().unwrap_or_default();
        match next() {
            "opened" => self.opened_in = Some(Duration::from_micros(next().parse().unwrap())),
            "ack" => {
                let (position, id) = (next().parse().unwrap(), next().parse().unwrap());
                let before = self.acknowledged.insert(position, id);
                assert_eq!(before, None, "position {position} was acknowledged twice");
            }
            other => panic!("the child said {other:?}"),
        }
    }
}

fn spawn(folder: &Path, round: u64) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env(FOLDER, folder).env(ROUND, round.to_string());
    command.stdout(Stdio::piped()).spawn().unwrap()
}

/// When a child is killed.
enum Moment {
    /// So long after it was begun: most often while it opens the log.
    Start(Duration),
    /// After so many acknowledgements.
    Acks(u64),
}

/// Runs a child until `moment`, and gives all that it said.
fn killed(folder: &Path, round: u64, moment: Moment) -> Said {
    let mut child = spawn(folder, round);
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut said = Said::default();
    match moment {
        Moment::Start(after) => std::thread::sleep(after),
        Moment::Acks(acks) => {
            while (said.acknowledged.len() as u64) < acks {
                let mut line = String::new();
                assert!(output.read_line(&mut line).unwrap() > 0, "the child ended by itself");
                said.take(&line);
            }
        }
    }
    child.kill().unwrap();
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    rest.split_inclusive('\n').for_each(|line| said.take(line));
    let status = child.wait().unwrap();
    assert_eq!(status.signal(), Some(9), "the child ended by itself: {status}");
    said
}

/// The log as a start after a kill shows it.
#[derive(Default)]
struct Found {
    /// The event at each position, from 1.
    ids: Vec<u128>,
    /// How many events there are of each writer of each round.
    writers: BTreeMap<u128, u64>,
}

impl Found {
    fn open(folder: &Path) -> Self {
        let mut found = Self::default();
        SledLog::open_with(folder, |commit| found.take(commit)).unwrap();
        found
    }

    /// Nothing is missing between two positions, nor between two events of one writer.
    fn take(&mut self, commit: &Commit) {
        // A payload that is not whole says no number.
        let id = benches::number(&commit.events[0].clear).unwrap();
        assert_eq!(commit.commit_id.0, id);
        self.ids.push(id);
        assert_eq!(commit.position.get(), self.ids.len() as u64);
        let of_writer = self.writers.entry(id >> 64).or_default();
        *of_writer += 1;
        let (writer, n) = (id >> 64, id & u128::from(u64::MAX));
        assert_eq!(n, u128::from(*of_writer), "the events of writer {writer:x} are out of order");
    }

    fn holds(&self, acknowledged: &BTreeMap<u64, u128>, kill: u64) {
        for (position, id) in acknowledged {
            let index = usize::try_from(position - 1).unwrap();
            assert_eq!(self.ids.get(index), Some(id), "position {position} after kill {kill}");
        }
    }
}

/// How long the log took to open.
#[derive(Default)]
struct Starts {
    after_a_kill: Vec<Duration>,
    after_a_close: Vec<Duration>,
    /// How many were killed before the log was open.
    killed: u64,
}

impl Starts {
    fn print(&mut self) {
        let after_a_kill = Self::median("a kill", &mut self.after_a_kill);
        let after_a_close = Self::median("a close", &mut self.after_a_close);
        println!("{} kills came before the log was open", self.killed);
        // Eight kills make no median.
        if !benches::is_small() {
            let is_near = after_a_kill < 10 * after_a_close;
            assert!(is_near, "a start takes {after_a_kill:?} after a kill, {after_a_close:?} else");
        }
    }

    fn median(what: &str, starts: &mut [Duration]) -> Duration {
        starts.sort_unstable();
        let median = starts.get(starts.len() / 2).copied().unwrap_or_default();
        let longest = starts.last().copied().unwrap_or_default();
        println!(
            "{} starts after {what}: median {median:.1?}, longest {longest:.1?}",
            starts.len()
        );
        median
    }
}
