//! What is to be told, and what became of it: a file of its own, one line of JSON for each change,
//! on disk before the change counts.
//!
//! ```text
//! {"upto":4711,"items":[{"id":"…","stream":"case_…","version":3,…}]}     what the log says up to there
//! {"id":"…","is":{"state":"sending"},"attempts":1,"at":"…"}             before it is sent
//! {"id":"…","is":{"state":"sent"},"attempts":1,"at":"…"}                after
//! ```
//!
//! Not in the log: that someone was told is no part of a case's story, and a notice that could not
//! be sent must keep nobody from working. The file follows from the log but for what was sent, so
//! that it is never rebuilt. Its lines name people by their ids and hold no address.
//!
//! A line that a crash tore off is dropped: what it said had not been acted on. Each start writes
//! the file anew without what is done with.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use domain::Position;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::item::{Channel, Item, State};

/// One line.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Gathered { upto: u64, items: Vec<Item> },
    Changed { id: String, is: State, attempts: u32, at: Timestamp },
}

/// The outbox as it stands.
pub(crate) struct Ledger {
    path: PathBuf,
    file: File,
    upto: Position,
    /// What is not done with: by id, which begins with the position of its event.
    items: BTreeMap<String, Item>,
    /// How many were sent since the file was opened.
    sent: BTreeMap<Channel, u64>,
}

impl Ledger {
    /// The outbox at `path`. A new one begins at `head`: what happened before is nobody's news.
    /// What was being sent when the service went is from now on uncertain.
    pub(crate) fn open(path: &Path, head: Position, now: Timestamp) -> anyhow::Result<Self> {
        let (upto, mut items) = match fs::read(path) {
            Ok(bytes) => {
                read(&bytes).with_context(|| format!("{} cannot be read", path.display()))?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => (head, BTreeMap::new()),
            Err(error) => return Err(error.into()),
        };
        for item in items.values_mut().filter(|item| matches!(item.is, State::Sending)) {
            let why = "the service ended while it was being sent".to_owned();
            (item.is, item.at) = (State::Uncertain { why }, now);
        }
        let file = write_anew(path, upto, &items)
            .with_context(|| format!("failed to write {}", path.display()))?;
        Ok(Self { path: path.to_owned(), file, upto, items, sent: BTreeMap::new() })
    }

    /// What the outbox at `path` holds, whoever else has it open. Changes nothing.
    pub(crate) fn look(path: &Path) -> anyhow::Result<Vec<Item>> {
        let bytes = fs::read(path).with_context(|| format!("failed to read {}", path.display()))?;
        let (_, items) =
            read(&bytes).with_context(|| format!("{} cannot be read", path.display()))?;
        Ok(items.into_values().collect())
    }

    /// Up to where the log was looked at.
    pub(crate) const fn upto(&self) -> Position {
        self.upto
    }

    /// What is not done with, oldest first.
    pub(crate) fn items(&self) -> impl Iterator<Item = &Item> {
        self.items.values()
    }

    /// How many went out by `channel` since the file was opened.
    pub(crate) fn sent(&self, channel: Channel) -> u64 {
        self.sent.get(&channel).copied().unwrap_or(0)
    }

    /// Takes what the log says up to `upto`: all of it, or nothing.
    pub(crate) fn gather(&mut self, upto: Position, items: Vec<Item>) -> anyhow::Result<()> {
        let line = Line::Gathered { upto: upto.get(), items };
        self.write(&line)?;
        let Line::Gathered { items, .. } = line else { return Ok(()) };
        self.upto = upto;
        self.items.extend(items.into_iter().map(|item| (item.id.clone(), item)));
        Ok(())
    }

    /// Writes down what became of an item. Returns once that is on disk.
    pub(crate) fn change(&mut self, id: &str, is: State, at: Timestamp) -> anyhow::Result<()> {
        let Some(item) = self.items.get(id) else { return Ok(()) };
        let attempts = item.attempts + u32::from(matches!(is, State::Sending));
        self.write(&Line::Changed { id: id.to_owned(), is: is.clone(), attempts, at })?;
        let Some(item) = self.items.get_mut(id) else { return Ok(()) };
        if matches!(is, State::Sent) {
            *self.sent.entry(item.channel).or_default() += 1;
        }
        if is.is_done_with() {
            self.items.remove(id);
        } else {
            (item.is, item.attempts, item.at) = (is, attempts, at);
        }
        Ok(())
    }

    fn write(&mut self, line: &Line) -> anyhow::Result<()> {
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync_data());
        written.with_context(|| format!("failed to write {}", self.path.display()))
    }
}

/// What the lines in `bytes` come to. A last line that was not ended is as if it were not there.
fn read(bytes: &[u8]) -> anyhow::Result<(Position, BTreeMap<String, Item>)> {
    let (mut upto, mut items) = (None, BTreeMap::new());
    let whole = bytes.iter().rposition(|it| *it == b'\n').map_or(0, |end| end + 1);
    let lines = bytes[..whole].split(|it| *it == b'\n').filter(|line| !line.is_empty());
    for (number, line) in (1..).zip(lines) {
        match serde_json::from_slice(line).with_context(|| format!("line {number}"))? {
            Line::Gathered { upto: position, items: more } => {
                upto = Some(Position::new(position));
                items.extend(more.into_iter().map(|item: Item| (item.id.clone(), item)));
            }
            Line::Changed { id, is, .. } if is.is_done_with() => drop(items.remove(&id)),
            Line::Changed { id, is, attempts, at } => {
                let Some(item) = items.get_mut(&id) else { bail!("line {number}: no item {id}") };
                (item.is, item.attempts, item.at) = (is, attempts, at);
            }
        }
    }
    Ok((upto.context("it has lost its first line")?, items))
}

/// The same in one line, under the same name once it is on disk.
fn write_anew(path: &Path, upto: Position, items: &BTreeMap<String, Item>) -> anyhow::Result<File> {
    let unfinished = path.with_extension("unfinished");
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    let items = items.values().cloned().collect();
    let line = serde_json::to_string(&Line::Gathered { upto: upto.get(), items })?;
    writeln!(file, "{line}")?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        CaseId, ResidentId, StreamId,
        case::{Notice, Recipient},
    };

    fn now() -> Timestamp {
        "2026-03-02T09:00:00+01:00".parse().unwrap()
    }

    fn item(n: u64) -> Item {
        let stream = StreamId::Case(CaseId::new(1));
        let to = Recipient::Resident(ResidentId::new(1));
        Item::new(Position::new(n), stream, 3, Channel::Mail, to, Notice::NewMessage, now())
    }

    fn open(folder: &Path) -> Ledger {
        Ledger::open(&folder.join("outbox"), Position::new(40), now()).unwrap()
    }

    #[test]
    fn a_new_outbox_begins_at_the_logs_head_and_an_old_one_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(open(folder.path()).upto(), Position::new(40));
        open(folder.path()).gather(Position::new(42), vec![item(41)]).unwrap();
        let again = open(folder.path());
        assert_eq!((again.upto(), again.items().count()), (Position::new(42), 1));
    }

    #[test]
    fn what_was_being_sent_when_the_service_went_is_uncertain_and_never_due_again() {
        let folder = tempfile::tempdir().unwrap();
        let id = item(41).id;
        let mut ledger = open(folder.path());
        ledger.gather(Position::new(41), vec![item(41), item(42)]).unwrap();
        ledger.change(&id, State::Sending, now()).unwrap();
        drop(ledger);
        for _ in 0..2 {
            let ledger = open(folder.path());
            let found = ledger.items().find(|it| it.id == id).unwrap();
            assert!(matches!(found.is, State::Uncertain { .. }), "{found:?}");
            assert_eq!((found.attempts, found.due_at()), (1, None));
            assert_eq!(ledger.items().filter(|it| it.due_at().is_some()).count(), 1);
        }
    }

    #[test]
    fn what_was_sent_is_gone_and_gathered_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let id = item(41).id;
        let mut ledger = open(folder.path());
        ledger.gather(Position::new(41), vec![item(41)]).unwrap();
        ledger.change(&id, State::Sending, now()).unwrap();
        ledger.change(&id, State::Sent, now()).unwrap();
        assert_eq!(ledger.sent(Channel::Mail), 1);
        drop(ledger);
        let ledger = open(folder.path());
        assert_eq!((ledger.items().count(), ledger.upto()), (0, Position::new(41)));
    }

    /// Cut off anywhere, the file says what it said up to some line: never a mail sent that was not
    /// noted as being sent, and never an item half gathered.
    #[test]
    fn a_file_cut_anywhere_says_what_its_whole_lines_say() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outbox");
        let mut ledger = open(folder.path());
        ledger.gather(Position::new(42), vec![item(41), item(42)]).unwrap();
        let id = item(41).id;
        ledger.change(&id, State::Sending, now()).unwrap();
        ledger.change(&id, State::Sent, now()).unwrap();
        drop(ledger);
        let whole = fs::read(&path).unwrap();
        let first = whole.iter().position(|it| *it == b'\n').unwrap();
        let mut counts = vec![];
        for cut in (first + 1..whole.len()).step_by(11).chain([whole.len()]) {
            fs::write(&path, &whole[..cut]).unwrap();
            let ledger = open(folder.path());
            counts.push(ledger.items().count());
            if ledger.items().count() == 2 {
                assert_eq!(ledger.upto(), Position::new(42));
            }
        }
        assert_eq!((counts[0], counts[counts.len() - 1]), (0, 1));
        fs::write(&path, &whole[1..]).unwrap();
        assert!(Ledger::open(&path, Position::new(1), now()).is_err(), "damage is told");
    }
}
