//! The log that is used in a storm, and the model it is compared with.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::mpsc,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use domain::{CaseId, CommitId, Position, StreamId};
use event_log::{
    Append, AppendError, Appended, BoxFuture, EventRecord, Expected, contract::an_append,
};

use super::{
    disk::{Chance, Fault, StormDisk},
    seen::Seen,
};
use crate::{
    OpenError,
    block::{self, Block},
    database::{Database, ROOM_BYTES_MIN},
    disk::Disk as _,
    journal::{self, Journal},
    ledger::Beside,
    reader::Reader,
    writer::{Group, Waiting, Writer},
};

/// Small, so that it turns often.
const JOURNAL_BYTES: usize = 64 << 10;

/// Streams that are written to, so that some appends conflict.
const STREAMS: usize = 6;

/// One storm's log and what is known of it.
pub(super) struct Sailor {
    chance: Chance,
    disk: StormDisk,
    open: Option<Open>,
    /// What was acknowledged, or seen in an opened log: the commit at position 1 first.
    known: Vec<CommitId>,
    /// Everything that was ever appended.
    sent: BTreeMap<CommitId, Append>,
    /// Of those, what nobody told the outcome of.
    unknown: Vec<CommitId>,
    /// Where sled's blocks went bad, beyond what the journal can mend.
    is_lost: bool,
    is_over: bool,
    next_id: u128,
    seen: Seen,
}

struct Open {
    writer: Writer,
    group: Group,
    receiver: mpsc::Receiver<Waiting>,
    reader: Reader,
}

/// An append to some stream, most often as it stands.
fn new(chance: &mut Chance, id: u128, writer: &Writer) -> Append {
    let stream = StreamId::Case(CaseId::new(chance.below(STREAMS) as u128));
    let expected = match writer.with_heads(|heads| heads.stream(stream)) {
        Some(head) if !chance.once_in(10) => Expected::Head(head.position),
        _ => Expected::NoStream,
    };
    let bytes_max = if chance.once_in(6) { 9_000 } else { 300 };
    let clear = vec![7; chance.below(bytes_max)].into();
    let record = EventRecord { type_id: 1, schema_version: 1, clear, sealed: Bytes::new() };
    Append { stream, events: vec![record], ..an_append(id, id, expected) }
}

type Asked = (Append, BoxFuture<'static, Result<Appended, AppendError>>);

impl Sailor {
    pub(super) fn new(mut chance: Chance) -> Self {
        chance.below(2);
        let mut sailor = Self {
            disk: StormDisk::new(chance.clone()),
            chance,
            open: None,
            known: vec![],
            sent: BTreeMap::new(),
            unknown: vec![],
            is_lost: false,
            is_over: false,
            next_id: 1,
            seen: Seen::default(),
        };
        sailor.open();
        sailor
    }

    pub(super) fn step(&mut self) {
        if self.is_over {
            return;
        }
        match self.chance.below(24) {
            0 => self.stop(|it| &mut it.powers, StormDisk::cut_power),
            1 => self.stop(|it| &mut it.kills, StormDisk::kill),
            2 => self.close_and_decay(),
            3 => self.run_out_of_room(),
            6 => self.rest(),
            4 | 5 => self.append_with_a_fault(),
            _ => {
                self.append();
            }
        }
    }

    /// Everything is there at the end of the storm too.
    pub(super) fn end(mut self) -> Seen {
        if !self.is_over {
            self.stop(|it| &mut it.powers, StormDisk::cut_power);
        }
        self.seen.errors = self.disk.faults();
        self.seen.turns = self.disk.turns();
        self.seen
    }

    /// A few appends at once. Whether all of them were answered.
    fn append(&mut self) -> bool {
        let Some(open) = &mut self.open else { return true };
        let mut asked: Vec<Asked> = vec![];
        for _ in 0..=self.chance.below(6) {
            let retry = (!self.sent.is_empty() && self.chance.once_in(8)).then(|| {
                let at = self.chance.below(self.sent.len());
                self.sent.values().nth(at).unwrap().clone()
            });
            let append = retry.unwrap_or_else(|| {
                let append = new(&mut self.chance, self.next_id, &open.writer);
                self.next_id += 1;
                append
            });
            self.sent.insert(append.commit_id, append.clone());
            asked.push((append.clone(), open.writer.append(append)));
        }
        let mut held = None;
        let mut is_sound = true;
        while let Some(first) = held.take().or_else(|| open.receiver.try_recv().ok()) {
            if let Ok(next) = open.group.serve(first, &open.receiver) {
                held = next;
            } else {
                // As the thread does: it answers nobody any more.
                is_sound = false;
                break;
            }
        }
        if !is_sound {
            self.open = None;
        }
        for (append, answer) in asked {
            self.answered(append, answer);
        }
        is_sound
    }

    fn answered(
        &mut self,
        append: Append,
        mut answer: BoxFuture<'static, Result<Appended, AppendError>>,
    ) {
        let id = append.commit_id;
        let Poll::Ready(outcome) = answer.as_mut().poll(&mut Context::from_waker(Waker::noop()))
        else {
            panic!("{id:?} was left without an answer")
        };
        match outcome {
            Ok(appended) if appended.duplicate => {
                let at = usize::try_from(appended.position.get()).unwrap();
                assert_eq!(
                    self.known.get(at - 1),
                    Some(&id),
                    "a retry is answered with its commit"
                );
                self.seen.duplicates += 1;
            }
            Ok(appended) => {
                let next = self.known.len() as u64 + 1;
                assert_eq!(appended.position.get(), next, "positions are dense");
                self.known.push(id);
                self.seen.acknowledged += 1;
            }
            Err(AppendError::Conflict { .. }) => self.seen.conflicts += 1,
            Err(AppendError::Log(_)) => {
                self.unknown.push(id);
                self.seen.unknown += 1;
            }
            Err(other) => panic!("{other}"),
        }
    }

    /// Nobody writes for a while; something may fail then too.
    fn rest(&mut self) {
        let Some(open) = &mut self.open else { return };
        if self.chance.once_in(6) {
            self.disk.arm(Fault::Insert, self.chance.below(4));
        }
        let rested = open.group.rest();
        self.disk.disarm();
        match rested {
            Ok(()) => {
                self.seen.rests += 1;
                self.check();
            }
            Err(_) => self.stop(|it| &mut it.kills, StormDisk::kill),
        }
    }

    /// Something fails once, in the midst of appends; then the process ends in one way or another.
    fn append_with_a_fault(&mut self) {
        let all = [Fault::Write, Fault::Sync, Fault::Insert, Fault::Flush];
        let (fault, calls) = (all[self.chance.below(4)], self.chance.below(4));
        self.disk.arm(fault, calls);
        let is_sound = self.append();
        self.disk.disarm();
        if !is_sound {
            let end = [StormDisk::kill, StormDisk::cut_power][self.chance.below(2)];
            self.stop(|it| &mut it.kills, end);
        }
    }

    /// Appends are refused and nothing else happens; then there is room again.
    fn run_out_of_room(&mut self) {
        self.disk.set_room(ROOM_BYTES_MIN - 1);
        let before = (self.known.clone(), self.unknown.len());
        assert!(self.append(), "the log stays open");
        assert_eq!(self.known, before.0, "nothing was taken in");
        for id in self.unknown.split_off(before.1) {
            // Told that nothing happened, so it has not.
            self.seen.no_room += 1;
            self.seen.unknown -= 1;
            if !self.known.contains(&id) {
                self.sent.remove(&id);
            }
        }
        self.check();
        self.disk.set_room(u64::MAX);
        assert!(self.append());
    }

    fn stop(&mut self, count: impl Fn(&mut Seen) -> &mut u64, end: impl Fn(&StormDisk)) {
        self.open = None;
        end(&self.disk);
        *count(&mut self.seen) += 1;
        self.open();
    }

    /// A proper close, and sled forgets something.
    fn close_and_decay(&mut self) {
        let Some(Open { writer, group, reader, .. }) = self.open.take() else { return };
        group.close();
        drop((writer, reader));
        self.seen.closes += 1;
        if self.chance.once_in(3)
            && let Some((block, from)) = self.disk.decay()
        {
            let journal = journal::FILES.map(|it| self.disk.file(it).unwrap());
            let (_, found) = Journal::open(journal, JOURNAL_BYTES).unwrap();
            let kept = found.blocks.iter().map(|(first, it)| (*first, it.clone()));
            let kept = kept.map(|(first, value)| block::pieces(&Block { first, value }).0);
            let kept: BTreeSet<_> = kept.flatten().map(|(position, _)| position).collect();
            // Up to the damage the block says what it always said; from there on, the journal must.
            let mut at = 1;
            let (touched, sound): (Vec<_>, Vec<_>) =
                block::pieces(&block).0.into_iter().partition(|(_, piece)| {
                    at += piece.len();
                    from == 0 || from < at
                });
            let is_kept = |(position, _): &(Position, Bytes)| kept.contains(position);
            self.is_lost = !touched.iter().all(is_kept);
            self.seen.half_kept += u64::from(!self.is_lost && !sound.iter().all(is_kept));
            return self.open_in_a_storm(2);
        }
        self.open();
    }

    fn open(&mut self) {
        self.open_in_a_storm(12);
    }

    /// Opens the log. One time out of `calm`, something fails on the way, and the process or the
    /// power may go with it: what sled had been given by then, it may have kept.
    fn open_in_a_storm(&mut self, calm: usize) {
        let all = [
            Fault::Read,
            Fault::Write,
            Fault::Sync,
            Fault::Insert,
            Fault::Insert,
            Fault::Remove,
            Fault::Flush,
        ];
        let fault = all[self.chance.below(all.len())];
        if self.chance.once_in(calm) {
            self.disk.arm(fault, self.chance.below(6));
        }
        let before = self.disk.faults();
        let opened = self.try_open().or_else(|error| {
            // A fault of the disk may stop an opening, and harms nothing: the next one succeeds.
            if self.disk.faults() == before {
                return Err(error);
            }
            let is_mending = matches!(fault, Fault::Insert | Fault::Remove | Fault::Flush);
            self.seen.interrupted += u64::from(is_mending);
            match self.chance.below(3) {
                0 => self.disk.kill(),
                1 => self.disk.cut_power(),
                _ => {}
            }
            self.try_open()
        });
        self.seen.errors = self.disk.faults();
        self.disk.disarm();
        match opened {
            Ok(open) => {
                let redone = open.reader.database().redone();
                self.seen.behind += redone.behind;
                self.seen.damaged += redone.damaged;
                self.open = Some(open);
                self.check();
            }
            Err(error) => {
                assert!(self.is_lost, "refused without need: {error}");
                let said = error.to_string();
                assert!(said.contains("position "), "it says where: {said}");
                self.seen.refused += 1;
                self.is_over = true;
            }
        }
    }

    fn try_open(&self) -> Result<Open, OpenError> {
        let database = Database::on(Box::new(self.disk.clone()), JOURNAL_BYTES)?;
        let (ledger, heads, reader) = crate::open(database, Beside::Nothing, |_| ())?;
        let (writer, group, receiver) = Writer::prepared(ledger, heads, reader.head_sender());
        Ok(Open { writer, group, receiver, reader })
    }

    /// The log has what is known, in its order, and nothing that nobody sent; and all it has is
    /// whole.
    fn check(&mut self) {
        let Some(open) = &self.open else { return };
        let commits = open.reader.page(Position::START, usize::MAX).unwrap();
        assert!(commits.len() >= self.known.len(), "{} of {}", commits.len(), self.known.len());
        for (index, commit) in commits.iter().enumerate() {
            assert_eq!(commit.position.get(), index as u64 + 1);
            let id = commit.commit_id;
            if let Some(known) = self.known.get(index) {
                assert_eq!(*known, id, "position {}", commit.position);
            } else {
                // Written and not acknowledged: from now on it is seen, so it must stay.
                assert!(self.unknown.contains(&id), "nobody waits for {id:?}");
                self.known.push(id);
            }
            let sent = &self.sent[&id];
            assert_eq!((&commit.events, commit.stream), (&sent.events, sent.stream));
        }
        self.unknown.retain(|id| !self.known.contains(id));
    }
}
