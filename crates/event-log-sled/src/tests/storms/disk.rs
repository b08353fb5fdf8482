//! A disk in memory: what is written is seen at once, and kept only once it is synced.

use std::{
    collections::BTreeMap,
    io,
    path::Path,
    sync::{Arc, Mutex, MutexGuard},
};

use domain::Position;

use crate::{
    OpenError,
    block::Block,
    disk::{Blocks, Disk, Medium},
};

/// What a disk writes at once, or not at all.
const SECTOR_BYTES: usize = 512;

/// Chance that follows from a seed (xorshift).
#[derive(Debug, Clone)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        // Seeds that differ in one bit must not begin alike.
        let mut chance = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..8 {
            chance.next();
        }
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// One of `0..n`.
    pub(super) fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n.max(1) as u64).unwrap()
    }

    /// One time out of `n`.
    pub(super) fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// A block that sled was given, or one that it was to let go of.
type Given = (Position, Option<Vec<u8>>);

fn put(blocks: &mut BTreeMap<Position, Vec<u8>>, (first, block): Given) {
    match block {
        Some(block) => drop(blocks.insert(first, block)),
        None => drop(blocks.remove(&first)),
    }
}

/// What goes wrong, and after how many further calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// A write writes a part and fails: there is no space.
    Write,
    /// A sync fails; what it should have kept may or may not be kept, and the next one says nothing.
    Sync,
    /// A read fails.
    Read,
    /// sled takes a block no more.
    Insert,
    /// sled lets go of a block no more.
    Remove,
    /// sled cannot sync.
    Flush,
}

#[derive(Clone)]
pub(super) struct StormDisk(Arc<Mutex<State>>);

struct State {
    chance: Chance,
    exists: bool,
    room_bytes: u64,
    files: BTreeMap<String, StormFile>,
    /// What sled keeps, and in order what it was given since it was last synced.
    kept: BTreeMap<Position, Vec<u8>>,
    given: Vec<Given>,
    fault: Option<(Fault, usize)>,
    faults: u64,
    /// Which journal file was synced last, and how often it was another than before.
    journal: String,
    turns: u64,
}

#[derive(Default)]
struct StormFile {
    kept: Vec<u8>,
    seen: Vec<u8>,
    pending: Vec<(usize, Vec<u8>)>,
}

impl StormFile {
    fn put(bytes: &mut Vec<u8>, at: usize, part: &[u8]) {
        bytes.resize(bytes.len().max(at + part.len()), 0);
        bytes[at..at + part.len()].copy_from_slice(part);
    }

    /// Keeps some sectors of what was not synced.
    fn keep_some(&mut self, chance: &mut Chance) {
        let odds = 1 + chance.below(4);
        for (at, bytes) in std::mem::take(&mut self.pending) {
            let mut from = 0;
            while from < bytes.len() {
                let to = ((at + from) / SECTOR_BYTES + 1) * SECTOR_BYTES - at;
                let to = to.min(bytes.len());
                if chance.below(4) >= odds {
                    Self::put(&mut self.kept, at + from, &bytes[from..to]);
                }
                from = to;
            }
        }
    }
}

impl StormDisk {
    pub(super) fn new(chance: Chance) -> Self {
        Self(Arc::new(Mutex::new(State {
            chance,
            exists: false,
            room_bytes: u64::MAX,
            files: BTreeMap::new(),
            kept: BTreeMap::new(),
            given: Vec::new(),
            fault: None,
            faults: 0,
            journal: String::new(),
            turns: 0,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub(super) fn set_room(&self, bytes: u64) {
        self.state().room_bytes = bytes;
    }

    /// Has `fault` happen after `calls` further calls of its kind.
    pub(super) fn arm(&self, fault: Fault, calls: usize) {
        self.state().fault = Some((fault, calls));
    }

    pub(super) fn disarm(&self) {
        self.state().fault = None;
    }

    /// How often the journal took its other file.
    pub(super) fn turns(&self) -> u64 {
        self.state().turns
    }

    /// How many faults have happened.
    pub(super) fn faults(&self) -> u64 {
        self.state().faults
    }

    /// The process is gone. What it wrote stays; what sled had in memory is gone from some point on.
    pub(super) fn kill(&self) {
        let mut state = self.state();
        state.fault = None;
        let written = state.given.len() + 1;
        let written = state.chance.below(written);
        state.given.truncate(written);
    }

    /// The power is gone: of what was not synced, each sector and each block is kept or not.
    pub(super) fn cut_power(&self) {
        let mut state = self.state();
        let State { chance, files, kept, given, fault, .. } = &mut *state;
        *fault = None;
        for file in files.values_mut() {
            file.keep_some(chance);
            file.seen.clone_from(&file.kept);
        }
        let odds = chance.below(4);
        for given in std::mem::take(given) {
            if chance.below(3) < odds {
                put(kept, given);
            }
        }
    }

    /// sled loses or changes a block that it kept, without a word; gives what it was, and the byte
    /// from which on it can no longer be told apart.
    pub(super) fn decay(&self) -> Option<(Block, usize)> {
        let mut state = self.state();
        let State { chance, kept, .. } = &mut *state;
        let at = chance.below(kept.len());
        let first = *kept.keys().nth_back(at.min(chance.below(12)))?;
        let block = Block { first, value: kept[&first].clone().into() };
        if chance.once_in(3) || block.value.is_empty() {
            kept.remove(&first);
            return Some((block, 0));
        }
        let at = chance.below(block.value.len());
        kept.get_mut(&first)?[at] ^= 1 << chance.below(8);
        Some((block, at))
    }
}

impl State {
    fn fails(&mut self, now: Fault) -> bool {
        let Some((_, calls)) = self.fault.as_mut().filter(|(it, _)| *it == now) else {
            return false;
        };
        if *calls > 0 {
            *calls -= 1;
            return false;
        }
        self.fault = None;
        self.faults += 1;
        true
    }
}

fn error(fault: Fault) -> io::Error {
    let kind = match fault {
        Fault::Write | Fault::Insert => io::ErrorKind::StorageFull,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, format!("the storm: {fault:?}"))
}

struct OneFile(StormDisk, String);

impl Medium for OneFile {
    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut state = self.0.state();
        if state.fails(Fault::Read) {
            return Err(error(Fault::Read));
        }
        if state.chance.once_in(40) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let is_short = state.chance.once_in(4);
        let wanted = if is_short { 1 + state.chance.below(bytes.len()) } else { bytes.len() };
        let seen = &state.files[&self.1].seen;
        let from = usize::try_from(offset).unwrap().min(seen.len());
        let read = wanted.min(seen.len() - from).min(bytes.len());
        bytes[..read].copy_from_slice(&seen[from..from + read]);
        Ok(read)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut state = self.0.state();
        let fails = state.fails(Fault::Write);
        let part = if fails { state.chance.below(bytes.len()) } else { bytes.len() };
        let at = usize::try_from(offset).unwrap();
        let file = state.files.get_mut(&self.1).unwrap();
        StormFile::put(&mut file.seen, at, &bytes[..part]);
        file.pending.push((at, bytes[..part].to_vec()));
        if fails { Err(error(Fault::Write)) } else { Ok(()) }
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.0.state();
        let fails = state.fails(Fault::Sync);
        if self.1.starts_with("journal") && self.1 != state.journal {
            state.journal.clone_from(&self.1);
            state.turns += 1;
        }
        let State { chance, files, .. } = &mut *state;
        let file = files.get_mut(&self.1).unwrap();
        if fails {
            // As Linux has it: the pages are clean now, whatever became of them.
            file.keep_some(chance);
            return Err(error(Fault::Sync));
        }
        for (at, bytes) in std::mem::take(&mut file.pending) {
            StormFile::put(&mut file.kept, at, &bytes);
        }
        Ok(())
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.0.state().files[&self.1].seen.len() as u64)
    }
}

impl Blocks for StormDisk {
    /// As sled does with many.
    fn announce(&self, blocks: &[(Position, usize)]) -> io::Result<()> {
        let known = self.all();
        for (first, _) in blocks.iter().filter(|(first, _)| !known.contains_key(first)) {
            self.insert(*first, &[])?;
        }
        Ok(())
    }

    fn insert(&self, first: Position, block: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        if state.fails(Fault::Insert) {
            return Err(error(Fault::Insert));
        }
        state.given.push((first, Some(block.to_vec())));
        Ok(())
    }

    fn make_durable(&self) -> io::Result<()> {
        let mut state = self.state();
        if state.fails(Fault::Flush) {
            return Err(error(Fault::Flush));
        }
        let State { given, kept, .. } = &mut *state;
        given.drain(..).for_each(|it| put(kept, it));
        Ok(())
    }

    fn block_of(&self, position: Position) -> io::Result<Option<Block>> {
        let all = self.all();
        let found = all.range(..=position).next_back();
        Ok(found.map(|(first, block)| Block { first: *first, value: block.clone().into() }))
    }

    fn blocks(&self, first: Position) -> Box<dyn Iterator<Item = io::Result<Block>> + '_> {
        let blocks = self.all().split_off(&first).into_iter();
        Box::new(blocks.map(|(first, block)| Ok(Block { first, value: block.into() })))
    }

    fn remove(&self, first: Position) -> io::Result<Option<Vec<u8>>> {
        let removed = self.all().remove(&first);
        let mut state = self.state();
        if state.fails(Fault::Remove) {
            return Err(error(Fault::Remove));
        }
        state.given.push((first, None));
        Ok(removed)
    }

    fn close(self: Box<Self>) -> io::Result<()> {
        Ok(())
    }
}

impl StormDisk {
    fn all(&self) -> BTreeMap<Position, Vec<u8>> {
        let state = self.state();
        let mut all = state.kept.clone();
        state.given.iter().for_each(|it| put(&mut all, it.clone()));
        all
    }
}

impl Disk for StormDisk {
    fn path(&self) -> &Path {
        Path::new("storm")
    }

    fn exists(&self) -> bool {
        self.state().exists
    }

    fn file(&self, name: &str) -> io::Result<Box<dyn Medium>> {
        self.state().files.entry(name.to_owned()).or_default();
        Ok(Box::new(OneFile(self.clone(), name.to_owned())))
    }

    fn blocks(&self) -> Result<Box<dyn Blocks>, OpenError> {
        self.state().exists = true;
        Ok(Box::new(self.clone()))
    }

    fn sync(&self) -> Result<(), OpenError> {
        Ok(())
    }

    fn opened(&self) -> Result<(), OpenError> {
        Ok(())
    }

    fn mark_clean(&self) -> io::Result<()> {
        Ok(())
    }

    fn room_bytes(&self) -> io::Result<u64> {
        Ok(self.state().room_bytes)
    }
}
