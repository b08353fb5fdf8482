//! Keeping the door: what the service answers there.

use std::{
    collections::VecDeque,
    fs, io,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, bail};
use domain::{Position, StreamId, case::FileHash};
use engine::Engine;
use event_log::{EventLog, Hash};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{UnixListener, UnixStream},
    task::{JoinHandle, JoinSet},
};

use super::{BROKE_OFF, CHUNK_BYTES_MAX, QUESTION_BYTES_MAX, Question, short};
use crate::{
    copies::{
        Which,
        archive::{ArchiveWriter, Carried},
        files::named,
        wrapped,
    },
    outbox::Resender,
    output::told,
};

/// The most commits read at a time: quick enough for those who write, and few enough to hold.
const PAGE_COMMITS: usize = 256;

/// How long whoever knocks may take to ask.
const ASKING_MAX: Duration = Duration::from_secs(10);

/// How long it may take to hand over one chunk.
const TAKING_MAX: Duration = Duration::from_mins(2);

/// The most who are answered at once; others wait.
const ASKERS_MAX: usize = 4;

/// Whose requests are answered beside those of whom the service runs as.
const ROOT: u32 = 0;

/// An open door. Dropping it closes it, and breaks off what is being answered.
pub(crate) struct Door {
    task: JoinHandle<()>,
    path: PathBuf,
}

impl Door {
    /// Opens the door at `path`. What a killed service left there is removed: the caller has the
    /// folder's logs open, so no other service can be behind it.
    pub(crate) fn open(
        path: PathBuf,
        engine: Arc<Engine>,
        resender: Option<Resender>,
    ) -> anyhow::Result<Self> {
        let listener = listen(&path)
            .with_context(|| format!("failed to listen at the socket {}", path.display()))?;
        let owner = fs::metadata(&path)?.uid();
        let task = tokio::spawn(keep(listener, owner, engine, resender));
        Ok(Self { task, path })
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.task.abort();
        let _ = fs::remove_file(&self.path);
    }
}

fn listen(path: &Path) -> io::Result<UnixListener> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => (),
    }
    let (near, _folder) = short(path)?;
    let listener = UnixListener::bind(near)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

async fn keep(listener: UnixListener, owner: u32, engine: Arc<Engine>, resender: Option<Resender>) {
    let mut askers = JoinSet::new();
    loop {
        if askers.len() == ASKERS_MAX {
            askers.join_next().await;
        }
        match listener.accept().await {
            // The mode of the socket says the same, but only from a moment after it was made.
            Ok((stream, _)) if is_of(&stream, owner) => {
                askers.spawn(attend(stream, Arc::clone(&engine), resender.clone()));
            }
            Ok(_) => tracing::warn!("another user asked for a copy, and was given none"),
            Err(error) => {
                tracing::error!(%error, "backups are not answered any more; restart the service");
                return;
            }
        }
        while askers.try_join_next().is_some() {}
    }
}

fn is_of(stream: &UnixStream, owner: u32) -> bool {
    stream.peer_cred().is_ok_and(|it| it.uid() == owner || it.uid() == ROOT)
}

/// Answers one question.
async fn attend(stream: UnixStream, engine: Arc<Engine>, resender: Option<Resender>) {
    let mut chunks = Chunks(stream);
    let answered = async {
        let question = tokio::time::timeout(ASKING_MAX, chunks.question()).await;
        match question.context("nothing was asked")?? {
            Question::Backup { since, access_since } => {
                backup(&mut chunks, &engine, since, access_since).await
            }
            Question::Keys => keys(&mut chunks, &engine).await,
            Question::Resend { id, even_if_sent } => {
                let resender = resender.context("the service sends no notices")?;
                let refused = resender.resend(&id, even_if_sent)?;
                Ok(chunks.send(&mut refused.unwrap_or_default().into_bytes()).await?)
            }
        }
    };
    let ended = match answered.await {
        Ok(()) => chunks.end().await,
        Err(error) => {
            let error = told(&error);
            tracing::warn!(error, "a copy that was asked for broke off");
            chunks.break_off(&error).await
        }
    };
    if let Err(error) = ended {
        tracing::warn!(%error, "whoever asked for a copy is gone");
    }
}

/// Both logs as far as they are durable at this moment. The access log's end is taken first: so the
/// log holds every case that the access log speaks of.
async fn backup(
    chunks: &mut Chunks,
    engine: &Engine,
    since: Position,
    access_since: Position,
) -> anyhow::Result<()> {
    let access_end = *engine.access_log().head().borrow();
    let end = *engine.log().head().borrow();
    let mut archive = ArchiveWriter::plain(Vec::new())?;
    for (which, log, since, end) in [
        (Which::Log, engine.log(), since, end),
        (Which::Access, engine.access_log(), access_since, access_end),
    ] {
        archive.begin(which, since, hash_at(which, log, since, end).await?)?;
        let mut after = since;
        while after < end {
            let page = log.page(after, PAGE_COMMITS).await?;
            for commit in page.iter().filter(|it| it.position <= end) {
                archive.write(commit)?;
                let named = if which == Which::Log { named(commit)? } else { VecDeque::new() };
                for hash in named {
                    archive.file(hash, &carried(engine, commit.stream, hash).await?)?;
                    chunks.send(archive.out()).await?;
                }
            }
            after = page.last().context("a page is empty before the log's end")?.position;
            chunks.send(archive.out()).await?;
        }
        archive.end()?;
    }
    chunks.send(&mut archive.close()?).await?;
    Ok(())
}

/// What there is of the file `hash` that an event of `stream` names.
async fn carried(engine: &Engine, stream: StreamId, hash: FileHash) -> anyhow::Result<Carried> {
    let files = engine.attachments().context("the service has no folder of files")?;
    match files.load(hash).await {
        Ok(bytes) => Ok(Carried::Here(bytes)),
        Err(_) if !engine.has_key(stream)? => Ok(Carried::Disposed),
        Err(fault) => {
            tracing::error!(%hash, %stream, %fault, "a file is not in the backup");
            Ok(Carried::Faulty)
        }
    }
}

/// The hash of the commit that a section continues from.
async fn hash_at(
    which: Which,
    log: &dyn EventLog,
    since: Position,
    end: Position,
) -> anyhow::Result<Hash> {
    if since == Position::START {
        return Ok(Hash::GENESIS);
    }
    match log.commit(since).await? {
        Some(commit) if since <= end => Ok(commit.hash),
        _ => bail!(
            "the {} ends at position {end}, before {since}; \
             name the last position of an earlier backup of it",
            which.title()
        ),
    }
}

async fn keys(chunks: &mut Chunks, engine: &Arc<Engine>) -> anyhow::Result<()> {
    let engine = Arc::clone(engine);
    let written = tokio::task::spawn_blocking(move || {
        wrapped::write(Vec::new(), engine.wrapped_keys()).map(|(out, _)| out)
    });
    chunks.send(&mut written.await??).await?;
    Ok(())
}

struct Chunks(UnixStream);

impl Chunks {
    async fn question(&mut self) -> anyhow::Result<Question> {
        let mut line = String::new();
        let mut input = BufReader::new((&mut self.0).take(QUESTION_BYTES_MAX));
        input.read_line(&mut line).await?;
        Question::of_line(&line).context("this version does not know what was asked")
    }

    /// Sends all of `bytes`, and empties them.
    async fn send(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        for chunk in bytes.chunks(CHUNK_BYTES_MAX) {
            let length = u32::try_from(chunk.len()).unwrap_or(BROKE_OFF);
            let sent = async {
                self.0.write_u32(length).await?;
                self.0.write_all(chunk).await
            };
            tokio::time::timeout(TAKING_MAX, sent).await??;
        }
        bytes.clear();
        Ok(())
    }

    async fn end(mut self) -> io::Result<()> {
        self.0.write_u32(0).await?;
        self.0.shutdown().await
    }

    async fn break_off(mut self, why: &str) -> io::Result<()> {
        self.0.write_u32(BROKE_OFF).await?;
        self.0.write_all(why.as_bytes()).await?;
        self.0.shutdown().await
    }
}
