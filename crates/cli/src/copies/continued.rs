//! One log out of the sections of several archives, each of which continues the one before.

use std::{io::Read, path::Path};

use anyhow::bail;
use domain::Position;
use event_log::{
    Commit, Hash,
    chain::{BadPosition, Fault, Verifier},
    frame,
};
use event_log_sled::Verified;

use super::{
    Which,
    archive::{ArchiveReader, Entry, Section},
    files::{FilesToRestore, ToFollow, named},
    refill::Refill,
};

/// A log that is being put together. Every commit is verified before it is written.
pub(crate) struct Continued<'a> {
    which: Which,
    refill: Refill<'a>,
    verifier: Verifier,
}

impl<'a> Continued<'a> {
    /// A new log at `path`.
    pub(crate) fn new(which: Which, path: &'a Path) -> anyhow::Result<Self> {
        Ok(Self { which, refill: Refill::new(path)?, verifier: Verifier::default() })
    }

    /// Takes all of a section. It may begin with commits that are there already, if they are the
    /// same; none may be left out between.
    pub(crate) fn take<R: Read>(
        &mut self,
        section: Section,
        archive: &mut ArchiveReader<R>,
        files: &mut FilesToRestore,
    ) -> anyhow::Result<()> {
        let (which, there) = (self.which.title(), self.verifier.last());
        let Section { after, hash, .. } = section;
        if after > there {
            bail!(
                "it continues the {which} from position {after}, and what comes before it ends at \
                 {there}; name the backups in between first"
            );
        }
        let mut overlap = Overlap { last: after, hash };
        let mut to_follow = ToFollow::default();
        if after == there {
            self.is_continued(&overlap)?;
        }
        loop {
            let last = overlap.last;
            let Some(entry) = archive.entry(last)? else { break };
            let mut bytes = match entry {
                Entry::Frame(bytes) => bytes,
                Entry::File(hash, carried) => {
                    to_follow.take(hash)?;
                    files.take(hash, carried)?;
                    continue;
                }
            };
            let commit = if last < there {
                let commit = overlap.pass(&mut bytes)?;
                if overlap.last == there {
                    self.is_continued(&overlap)?;
                }
                commit
            } else {
                let commit = self.verifier.take(&mut bytes)?;
                overlap = Overlap { last: commit.position, hash: commit.hash };
                self.refill.push(commit.clone())?;
                commit
            };
            if self.which != Which::Log {
                continue;
            }
            if archive.carries_files() {
                to_follow.next(&commit)?;
            } else {
                files.tally.not_carried += named(&commit).map_or(0, |it| it.len() as u64);
            }
        }
        to_follow.end()?;
        if overlap.last < there {
            let last = overlap.last;
            bail!("it ends at position {last} of the {which}, before {there}; leave it out");
        }
        Ok(())
    }

    /// Whether the section, passed up to where the log ends, is of the same log.
    fn is_continued(&self, overlap: &Overlap) -> anyhow::Result<()> {
        if overlap.hash != self.verifier.hash() {
            let (there, which) = (self.verifier.last(), self.which.title());
            bail!("at position {there} it has another hash: it is a backup of another {which}");
        }
        Ok(())
    }

    /// Closes the log, and verifies what was written.
    pub(crate) fn finish(self) -> anyhow::Result<Verified> {
        self.refill.finish()
    }
}

/// How far a section has come in what is there already. Its hashes must lead to the last of those;
/// then all before are the same too.
struct Overlap {
    last: Position,
    hash: Hash,
}

impl Overlap {
    fn pass(&mut self, bytes: &mut bytes::Bytes) -> Result<Commit, BadPosition> {
        let position = self.last.next();
        let bad = |fault| BadPosition { position, fault };
        let frame = frame::decode(bytes).map_err(|error| bad(error.into()))?;
        let (found, expected) = (frame.commit.hash, frame.hash_after(self.hash));
        if frame.commit.position != position {
            return Err(bad(Fault::Gap { found: frame.commit.position }));
        }
        if found != expected {
            return Err(bad(Fault::Hash { found, expected }));
        }
        *self = Self { last: position, hash: found };
        Ok(frame.commit)
    }
}
