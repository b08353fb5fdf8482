//! What is left of a log, read from its files without sled.
//!
//! sled may refuse all of its files for one wrong bit, while every commit is in them. A frame tells
//! its length, its checksum and its position, and has a hash that follows from the one before. So
//! whole frames are looked for wherever they lie, in the database, in the copy of it that the last
//! opening after a crash made, and in the journal; and their hashes put them in order. What lies
//! there twice is one commit, and what was written once and given up leads nowhere.
//!
//! Nothing is changed, and what is found is a log again only where it is written to a new one.

mod raw;
#[cfg(test)]
mod tests;

use std::{fs::File, io, path::Path};

use domain::{Position, StreamId};
use event_log::{Commit, Hash, frame::Frame};

use self::raw::Raw;
use crate::{
    OpenError,
    folder::{self, Folder, failed},
    journal,
    witness::{self, Testimony, Witness},
};

/// Whole frames in the files of a log, and of others that may have what it lacks.
pub struct Remains {
    files: Vec<Raw>,
    /// In order.
    places: Vec<Place>,
    witness: Option<Testimony>,
    _locked: Vec<Folder>,
}

/// Where a whole frame lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    /// That it claims.
    position: Position,
    file: usize,
    offset: u64,
}

/// How far the remains lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// The last commit that hashes lead to from the first one on.
    pub last: Position,
    /// Its hash.
    pub hash: Hash,
    /// How far the log had come: as its witness says, or `last` where that is further.
    pub known: Position,
    /// Whether there is a witness that can be read. If not, nobody knows what stood after `last`.
    pub has_witness: bool,
    /// How many of the commits up to `known` are whole somewhere, in order or not.
    pub whole: u64,
    /// The first commit that is not there.
    pub lost: Option<Lost>,
    /// Whether several commits claim to be the next one, and nothing tells which was acknowledged.
    pub is_disputed: bool,
}

/// A commit of which nothing whole is left, or nothing that follows from what is before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lost {
    /// Which.
    pub position: Position,
    /// The stream that it was of, and the next commit of that, which says so. None if no whole
    /// commit follows it.
    pub followed: Option<(StreamId, Position)>,
}

impl Remains {
    /// Looks through the log in the first of `folders`, and through others for what it may lack: of
    /// a restored backup, say. `progress` is told bytes done and bytes in all.
    ///
    /// None of them may be open elsewhere.
    pub fn of(folders: &[&Path], mut progress: impl FnMut(u64, u64)) -> Result<Self, OpenError> {
        let locked: Vec<_> = folders.iter().map(|it| Folder::open(it)).collect::<Result<_, _>>()?;
        let witness = folders.first().and_then(|it| testimony(it));
        let mut files = vec![];
        for folder in folders {
            let database = ["sled", folder::COPY].map(|it| folder.join(it).join("db"));
            let journal = journal::FILES.map(|it| folder.join(it));
            for path in database.into_iter().chain(journal).filter(|it| it.is_file()) {
                files.push(Raw::open(&path).map_err(failed("reading", &path))?);
            }
        }
        let total = files.iter().map(Raw::length).sum();
        let (mut places, mut before) = (vec![], 0);
        for (file, raw) in files.iter().enumerate() {
            let mut found = |offset, frame: &Frame| {
                places.push(Place { position: frame.commit.position, file, offset });
            };
            raw.scan(&mut found, |done| progress(before + done, total))
                .map_err(failed("reading", raw.path()))?;
            before += raw.length();
        }
        places.sort_unstable();
        Ok(Self { files, places, witness, _locked: locked })
    }

    /// Hands every commit to `each`, in order, from the first on, as far as hashes lead.
    pub fn follow<E: From<OpenError>>(
        &mut self,
        mut each: impl FnMut(Commit) -> Result<(), E>,
    ) -> Result<Account, E> {
        let (mut last, mut settled) = (Position::START, Branch::start());
        let mut branches = vec![Branch::start()];
        loop {
            let next = self.next(&branches, last.next())?;
            if next.is_empty() {
                break;
            }
            (branches, last) = (next, last.next());
            if let [only] = &mut branches[..] {
                settled = Branch { last, hash: only.hash, pending: vec![] };
                only.pending.drain(..).try_for_each(&mut each)?;
            }
        }
        Ok(self.account(&settled, branches.len() > 1)?)
    }

    /// What becomes of each of `branches` with a commit at `position`.
    fn next(&mut self, branches: &[Branch], position: Position) -> Result<Vec<Branch>, OpenError> {
        let mut next: Vec<Branch> = vec![];
        for at in self.at(position) {
            let frame = self.read(at)?;
            let hash = frame.commit.hash;
            let is_known = self.witness.is_some_and(|it| it.position == position);
            if is_known && self.witness.is_none_or(|it| it.hash != hash) {
                continue;
            }
            let follows = branches.iter().find(|it| frame.hash_after(it.hash) == hash);
            if let Some(branch) = follows.filter(|_| next.iter().all(|it| it.hash != hash)) {
                let mut pending = branch.pending.clone();
                pending.push(frame.commit);
                next.push(Branch { last: position, hash, pending });
            }
        }
        Ok(next)
    }

    fn account(&mut self, settled: &Branch, is_disputed: bool) -> Result<Account, OpenError> {
        let Branch { last, hash, .. } = *settled;
        let known = self.witness.map_or(last, |it| it.position.max(last));
        let mut whole: Vec<_> = self.places.iter().map(|it| it.position).collect();
        whole.dedup();
        let whole = whole.partition_point(|it| *it <= known) as u64;
        let lost = if last < known { Some(self.lost(last.next())?) } else { None };
        let has_witness = self.witness.is_some();
        Ok(Account { last, hash, known, has_witness, whole, lost, is_disputed })
    }

    /// Whose commit at `position` is lost: the stream's next commit tells what it follows.
    fn lost(&mut self, position: Position) -> Result<Lost, OpenError> {
        for at in self.at(position).end..self.places.len() {
            let commit = self.read(at)?.commit;
            if commit.prev == position {
                return Ok(Lost { position, followed: Some((commit.stream, commit.position)) });
            }
        }
        Ok(Lost { position, followed: None })
    }

    /// Which places claim `position`.
    fn at(&self, position: Position) -> std::ops::Range<usize> {
        let start = self.places.partition_point(|it| it.position < position);
        start..start + self.places[start..].partition_point(|it| it.position == position)
    }

    fn read(&mut self, at: usize) -> Result<Frame, OpenError> {
        let Place { file, offset, .. } = self.places[at];
        let raw = &mut self.files[file];
        raw.frame(offset).map_err(failed("reading", raw.path()))
    }
}

/// Commits that follow one another.
struct Branch {
    last: Position,
    hash: Hash,
    /// Those since another branch left.
    pending: Vec<Commit>,
}

impl Branch {
    /// That before the first commit.
    fn start() -> Self {
        Self { last: Position::START, hash: Hash::GENESIS, pending: vec![] }
    }
}

/// What the witness in `folder` says, if it can be read.
fn testimony(folder: &Path) -> Option<Testimony> {
    let file = File::open(folder.join(witness::FILE));
    let read = |file: File| -> io::Result<_> { Ok(Witness::open(Box::new(file), true)?.1) };
    file.and_then(read).ok().flatten()
}
