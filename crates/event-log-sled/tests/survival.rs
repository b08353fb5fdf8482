//! What a log on disk survives: being killed at any moment, and damage to its files.
//!
//! The child is this same program, run again with a variable set.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
};

use domain::Position;
use event_log::{EventLog, Expected, contract::an_append};
use event_log_sled::SledLog;

const CHILD: &str = "ARENDE_SURVIVAL_CHILD";
const ROUND: &str = "ARENDE_SURVIVAL_ROUND";
const KILLS: u64 = 50;
const WRITERS: u128 = 8;

/// Does nothing unless run as a child: then it appends until it is killed, or as often as it is
/// told, and says on standard output when it has opened the log, and which position each id was
/// acknowledged at.
#[test]
fn child() {
    let Ok(folder) = std::env::var(CHILD) else { return };
    let round: u128 = std::env::var(ROUND).unwrap().parse().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let log = Arc::new(SledLog::open(Path::new(&folder)).unwrap());
    let (writers, each) = if round == 0 { (1, 5) } else { (WRITERS, u128::MAX) };
    std::io::stdout().write_all(b"ready\n").unwrap();
    runtime.block_on(async {
        let tasks: Vec<_> = (0..writers)
            .map(|writer| tokio::spawn(write(Arc::clone(&log), round, writer, each)))
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

async fn write(log: Arc<SledLog>, round: u128, writer: u128, each: u128) {
    for n in 1..=each {
        let id = (round << 96) | (writer << 64) | n;
        let appended = log.append(an_append(id, id, Expected::NoStream)).await.unwrap();
        let line = format!("ack {} {id}\n", appended.position);
        std::io::stdout().write_all(line.as_bytes()).unwrap();
    }
}

fn command(folder: &Path, round: u64) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child", "--nocapture", "--test-threads=1"]);
    command.env(CHILD, folder).env(ROUND, round.to_string());
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// The acknowledgements on complete lines of `output`.
fn acknowledged(output: &[u8]) -> BTreeMap<u64, u128> {
    let complete = output.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let text = String::from_utf8_lossy(&output[..complete]);
    text.lines()
        .filter_map(|line| line.split_once("ack "))
        .map(|(_, ack)| {
            let (position, id) = ack.split_once(' ').unwrap();
            (position.parse().unwrap(), id.parse().unwrap())
        })
        .collect()
}

/// Kills the child after so many acknowledgements, and returns all it gave.
fn kill_after(mut child: Child, acks: u64) -> BTreeMap<u64, u128> {
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut said = Vec::new();
    let mut seen = 0;
    while seen < acks {
        let before = said.len();
        assert!(output.read_until(b'\n', &mut said).unwrap() > 0, "the child ended by itself");
        seen += u64::from(said[before..].windows(4).any(|it| it == b"ack "));
    }
    child.kill().unwrap();
    output.read_to_end(&mut said).unwrap();
    child.wait().unwrap();
    acknowledged(&said)
}

#[test]
fn a_kill_at_any_moment_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut all = BTreeMap::new();
    let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
    for round in 1..=KILLS {
        // Between one and about two hundred acknowledgements: in the first block, or deep in.
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        let child = command(folder.path(), round).spawn().unwrap();
        all.extend(kill_after(child, 1 + chance % 200));

        let log = SledLog::open(folder.path()).unwrap();
        let commits = runtime.block_on(log.page(Position::START, usize::MAX)).unwrap();
        for (index, commit) in (1..).zip(&commits) {
            assert_eq!(commit.position.get(), index, "a gap after kill {round}");
        }
        for (position, id) in &all {
            let index = usize::try_from(position - 1).unwrap();
            let found = commits.get(index).map(|commit| commit.commit_id.0);
            assert_eq!(found, Some(*id), "position {position} after kill {round}");
        }
    }
    assert!(all.len() as u64 > KILLS, "only {} acknowledgements in all", all.len());
}

/// Watched from outside, by the calls to the system: before each acknowledgement its record
/// was written to the journal, and the journal was synced after that.
#[test]
fn an_acknowledgement_comes_after_the_sync() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let log = folder.path().join("log");
    let plain = command(&log, 0);
    let mut traced = Command::new("strace");
    traced.args(["-f", "-y", "-e", "trace=fdatasync,write,pwrite64", "-o"]).arg(&trace);
    traced.arg(plain.get_program()).args(plain.get_args());
    traced.env(CHILD, &log).env(ROUND, "0").stdout(Stdio::piped()).stderr(Stdio::null());
    let tried = Command::new("strace").args(["-o", "/dev/null", "true"]).output();
    if !tried.as_ref().is_ok_and(|it| it.status.success()) {
        eprintln!("skipped: strace is missing or may not trace here: {tried:?}");
        return;
    }
    let output = traced.output().unwrap();
    assert!(output.status.success(), "the child failed under strace: {output:?}");
    assert_eq!(acknowledged(&output.stdout).len(), 5);

    let mut seen = Seen::default();
    let trace = fs::read_to_string(&trace).unwrap();
    let ready = trace.find("\"ready").expect("the trace shows when the log is open");
    for line in trace[ready..].lines() {
        seen.take(line);
    }
    assert_eq!(seen.acks, 5, "the trace shows every acknowledgement");
}

/// What a trace has shown of the journal since the last acknowledgement.
#[derive(Default)]
struct Seen {
    is_written: bool,
    is_synced: bool,
    /// Processes within a sync that began after the last write.
    syncing: Vec<String>,
    acks: usize,
}

impl Seen {
    fn take(&mut self, line: &str) {
        let process = line.split_whitespace().next().unwrap_or_default().to_owned();
        let on_journal = line.contains("/journal.0>");
        let sync_ends = line.ends_with("= 0");
        if line.contains("pwrite64(") && on_journal || line.contains("pwrite64 resumed") {
            (self.is_written, self.is_synced) = (true, false);
            self.syncing.clear();
        } else if line.contains("fdatasync(") && on_journal {
            self.is_synced |= sync_ends;
            self.syncing.push(process);
        } else if line.contains("fdatasync resumed") && sync_ends {
            self.is_synced |= self.syncing.contains(&process);
        } else if line.contains("write(1<") && line.contains("\"ack ") {
            self.acks += 1;
            assert!(self.is_written, "acknowledgement {} before the write:\n{line}", self.acks);
            assert!(self.is_synced, "acknowledgement {} before the sync:\n{line}", self.acks);
            *self = Self { acks: self.acks, ..Self::default() };
        }
    }
}
