//! `arende verify`: every commit of the log, and of the access log, checked; every file that went
//! with a message, by its hash; the log held against checkpoints that were kept; and, if asked for, whether what is sealed has its keys.

use std::{
    collections::HashSet,
    fmt::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::bail;
use domain::{
    Event, StreamId,
    case::{self, FileHash},
};
use engine::{
    SystemWorld,
    attachments::{FileFault, check},
    keys::{KeyError, KeyStore, Records},
};
use event_log::{
    Commit,
    checkpoint::{Checkpoint, PublicKey},
};
use event_log_sled::{OpenError, Redone, Verified};

use super::print;
use crate::{
    args::VerifyArgs,
    checkpoints::{self, Comparison, stored, walk},
    copies::remains,
    folder::Folder,
    output, signing,
};

/// So many faulty files are named one by one.
const FAULTS_TOLD_MAX: usize = 20;

pub(crate) fn run(args: &VerifyArgs) -> anyhow::Result<ExitCode> {
    let folder = Folder::existing(&args.data)?;
    let key = key(args, &folder)?;
    let mut comparison = comparison(args, &folder, key.as_ref())?;
    let keys = args.keys.then(|| open_keys(args, &folder)).transpose()?;
    let mut sealed = Sealed::default();
    let mut attached = Attached::default();
    let (compares, seals) = (!comparison.is_empty(), keys.is_some());
    let log = walk(&folder.log(), |commit| {
        if compares {
            comparison.take(commit);
        }
        if seals {
            sealed.take(commit);
        }
        attached.take(commit);
    });
    let mut text = String::new();
    let mut sound = tell(&mut text, "log", &folder.log(), &log)?;
    sound &= tell_checkpoints(&mut text, &folder, &comparison, key.as_ref(), log.is_ok())?;
    if let Some(keys) = &keys {
        sound &= tell_keys(&mut text, keys, &sealed)?;
    }
    sound &= attached.tell(&mut text, &folder, &Held::of(keys, &folder)?)?;
    let access = folder.access();
    sound &= tell(&mut text, "access log", &access, &walk(&access, |_| ()))?;
    print(&text)?;
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::from(output::FAILED) })
}

/// The public key that checkpoints are checked with, if there is one.
fn key(args: &VerifyArgs, folder: &Folder) -> anyhow::Result<Option<PublicKey>> {
    match &args.key {
        Some(text) => signing::public(text).map(Some),
        None if args.checkpoint.is_empty() && !folder.checkpoint_key().exists() => Ok(None),
        None => Ok(Some(signing::secret(None, folder)?.public().clone())),
    }
}

/// The checkpoints that were kept: those that are named, with signatures that hold, and the
/// folder's own, with signatures that hold if there is a key.
fn comparison(
    args: &VerifyArgs,
    folder: &Folder,
    key: Option<&PublicKey>,
) -> anyhow::Result<Comparison> {
    let mut kept: Vec<(PathBuf, Checkpoint)> = Vec::new();
    for path in &args.checkpoint {
        let Some(key) = key else { bail!("a checkpoint needs a key to be checked with") };
        kept.push((path.clone(), checkpoints::read(path, key)?));
    }
    for (size, path) in stored::list(&folder.checkpoints())? {
        let checkpoint = stored::read(&path, size, key)?;
        kept.push((path, checkpoint));
    }
    Ok(Comparison::new(kept))
}

/// Says what became of each checkpoint that was named, and of the folder's own together.
fn tell_checkpoints(
    text: &mut String,
    folder: &Folder,
    comparison: &Comparison,
    key: Option<&PublicKey>,
    is_log_sound: bool,
) -> anyhow::Result<bool> {
    let (mut sound, own) = (true, folder.checkpoints());
    let mut last_own = None;
    for (path, checkpoint, verdict) in comparison.verdicts() {
        let is_own = path.parent() == Some(&own);
        match verdict {
            Ok(()) if is_own && is_log_sound => {
                let (count, _) = last_own.unwrap_or((0, checkpoint));
                last_own = Some((count + 1, checkpoint));
                continue;
            }
            _ if is_own && !is_log_sound => continue,
            _ => write!(text, "checkpoint {}: ", path.display())?,
        }
        match verdict {
            _ if !is_log_sound => writeln!(text, "not compared, since the log does not verify")?,
            Ok(()) => writeln!(
                text,
                "the log begins with the {} commits that {} signed",
                checkpoint.size, checkpoint.origin
            )?,
            Err(broken) => {
                sound = false;
                writeln!(text, "{broken}")?;
            }
        }
    }
    if let Some((count, checkpoint)) = last_own {
        let unproven = if key.is_some() { "" } else { "; give --key to check its signatures" };
        writeln!(
            text,
            "{}: the log begins with what each of {count} checkpoints of {} signed, the last over \
             {} commits{unproven}",
            own.display(),
            checkpoint.origin,
            checkpoint.size
        )?;
    }
    Ok(sound)
}

fn open_keys(args: &VerifyArgs, folder: &Folder) -> anyhow::Result<KeyStore> {
    let path: &Path = &folder.keys();
    if !path.is_dir() {
        bail!("there are no keys in {}", path.display());
    }
    let master = folder.master(&args.master_key, &SystemWorld::default())?;
    Ok(KeyStore::open(path, master)?)
}

/// The files that the log names, in its order. One that is gone with the key to its case was
/// disposed of, and is no fault: nobody could open it.
#[derive(Default)]
struct Attached {
    files: Vec<(StreamId, FileHash)>,
    /// An event that this program cannot read: which files it names is not known.
    unread: Option<String>,
}

impl Attached {
    fn take(&mut self, commit: &Commit) {
        for event in engine::events(commit) {
            match event.map(|it| (it.stream, it.event)) {
                Ok((stream, Event::Case(case::Event::AttachmentsAdded(it)))) => {
                    self.files.extend(it.files.iter().map(|file| (stream, file.hash)));
                }
                Ok(_) => (),
                Err(failure) => self.unread = Some(failure.to_string()),
            }
        }
    }

    /// Says whether every file is there and is what was attached.
    fn tell(&self, text: &mut String, folder: &Folder, keys: &Held) -> anyhow::Result<bool> {
        if let Some(failure) = &self.unread {
            writeln!(text, "attachments: not checked, since {failure}")?;
            return Ok(false);
        }
        if self.files.is_empty() {
            return Ok(true);
        }
        let store = folder.files()?;
        let (mut bytes, mut sound, mut gone, mut faults) = (0, 0, 0, vec![]);
        let mut unreadable = vec![];
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        for (stream, hash) in &self.files {
            let has_key = keys.has_key(*stream)?;
            match runtime.block_on(check(&*store, *hash)) {
                Ok(length) => {
                    (sound, bytes) = (sound + 1, bytes + length);
                    if !has_key {
                        unreadable.push(hash);
                    }
                }
                Err(FileFault::Missing) if !has_key => gone += 1,
                Err(fault) => faults.push(format!("{hash} of {stream} {fault}")),
            }
        }
        let count = self.files.len();
        if sound > 0 && faults.is_empty() {
            writeln!(text, "attachments: {sound} files, {bytes} bytes verified")?;
        }
        if gone > 0 {
            let why = "are gone, and so are the keys to their cases: disposed of";
            writeln!(text, "attachments: {gone} files {why}")?;
        }
        for hash in unreadable {
            writeln!(
                text,
                "attachments: {hash} can be opened by nobody, since the key to its case is gone: \
                 it may be removed"
            )?;
        }
        if faults.is_empty() {
            return Ok(true);
        }
        for fault in faults.iter().take(FAULTS_TOLD_MAX) {
            writeln!(text, "attachments: {fault}")?;
        }
        writeln!(
            text,
            "attachments: {} of {count} files are not what was attached; copy them to {} from a \
             backup",
            faults.len(),
            folder.attachments().join("files").display()
        )?;
        Ok(false)
    }
}

/// Which keys there are.
enum Held {
    Opened(KeyStore),
    Closed(Records),
    /// No folder of keys: which were destroyed is not known.
    Unknown,
}

impl Held {
    /// Those that were `opened`, or else those of `folder`, for which no master key is needed.
    fn of(opened: Option<KeyStore>, folder: &Folder) -> anyhow::Result<Self> {
        let path = folder.keys();
        Ok(match opened {
            Some(keys) => Self::Opened(keys),
            None if path.is_dir() => Self::Closed(Records::open(&path)?),
            None => Self::Unknown,
        })
    }

    fn has_key(&self, stream: StreamId) -> Result<bool, KeyError> {
        match self {
            Self::Opened(keys) => keys.has_key(stream),
            Self::Closed(records) => records.has_key(stream),
            Self::Unknown => Ok(true),
        }
    }
}

/// Streams that hold something sealed, in the order of the log.
#[derive(Default)]
struct Sealed {
    known: HashSet<StreamId>,
    streams: Vec<StreamId>,
}

impl Sealed {
    fn take(&mut self, commit: &Commit) {
        let is_sealed = commit.events.iter().any(|it| !it.sealed.is_empty());
        if is_sealed && self.known.insert(commit.stream) {
            self.streams.push(commit.stream);
        }
    }
}

/// Says whether each stream that holds something sealed has a key that the master key opens.
fn tell_keys(text: &mut String, keys: &KeyStore, sealed: &Sealed) -> anyhow::Result<bool> {
    let mut faults = sealed.streams.iter().filter_map(|stream| match keys.get(*stream) {
        Ok(_) => None,
        Err(KeyError::NoKey { what }) => Some(format!("{what} has something sealed and no key")),
        Err(error) => Some(error.to_string()),
    });
    let Some(first) = faults.next() else {
        writeln!(
            text,
            "keys: {} streams have something sealed, and its key",
            sealed.streams.len()
        )?;
        return Ok(true);
    };
    writeln!(text, "keys: {first}; {} others; restore a backup of the keys", faults.count())?;
    Ok(false)
}

/// Says what was verified, or what was wrong with the log at `path` and what is left of it; gives
/// whether it is sound.
fn tell(
    text: &mut String,
    name: &str,
    path: &Path,
    outcome: &Result<Verified, OpenError>,
) -> anyhow::Result<bool> {
    match outcome {
        Ok(it) => {
            let Redone { behind, damaged } = it.redone;
            if damaged > 0 {
                writeln!(text, "{name}: damaged blocks mended from the journal: {damaged}")?;
            }
            if behind > 0 {
                writeln!(text, "{name}: blocks redone from the journal after a crash: {behind}")?;
            }
            writeln!(
                text,
                "{name}: {} commits, {} events, {} bytes verified; last hash {}",
                it.commits, it.events, it.bytes, it.hash
            )?;
        }
        Err(error) => {
            writeln!(text, "{name}: {error}")?;
            if error.is_damage() {
                tell_remains(text, name, path)?;
            }
        }
    }
    Ok(outcome.is_ok())
}

/// Says how much of a damaged log is whole in its files, and which commit of which stream is not.
fn tell_remains(text: &mut String, name: &str, path: &Path) -> anyhow::Result<()> {
    let account = remains::look(&[path])?.follow(|_| Ok::<_, OpenError>(()))?;
    let next = match account.lost {
        None => "`arende salvage` makes a new folder of them",
        Some(_) => "restore a backup to another folder, and `arende salvage` both to a new one",
    };
    writeln!(text, "{name}: read from its files alone: {}; {next}", remains::told(&account))?;
    Ok(())
}
