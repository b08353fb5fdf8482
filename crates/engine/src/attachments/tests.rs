//! Files over a real folder: what comes in, what is given out, and what is left behind.

use std::{convert::Infallible, path::PathBuf};

use bytes::Bytes;
use domain::{
    Actor, AttachmentId, CaseId, StreamId,
    case::{AttachedFile, Command, Rejection},
};
use event_log::EventLog as _;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::SignedDuration;

use super::{DownloadTicket, FileFault, ReceiveError, Ticket, UploadTicket, check};
use crate::{
    Done, ExecuteError, Failure, NamedUpload, access,
    tests::region::{Region, anna, bo, eva},
};

const PDF: &[u8] = b"%PDF-1.7 a short one";

fn ticket(region: &Region, n: u128, by: Actor, case: Option<CaseId>, bytes: u64) -> UploadTicket {
    let expires_at = region.engine.now() + SignedDuration::from_mins(10);
    UploadTicket { id: AttachmentId::new(n), who: by, case, bytes, expires_at }
}

fn pieces(
    file: &[u8],
    of: usize,
) -> impl futures_util::Stream<Item = Result<Bytes, Infallible>> + Unpin {
    let pieces: Vec<_> = file.chunks(of).map(|it| Ok(Bytes::copy_from_slice(it))).collect();
    stream::iter(pieces)
}

async fn send(
    region: &Region,
    n: u128,
    by: Actor,
    case: Option<CaseId>,
    file: &[u8],
) -> Result<AttachedFile, ReceiveError> {
    let ticket = ticket(region, n, by, case, file.len() as u64);
    region.engine.attachments().unwrap().receive(&ticket, pieces(file, 1_000)).await
}

async fn submit(region: &Region, key: &str, files: &[u128]) -> Result<Done, ExecuteError> {
    region.engine.execute_with_files(Region::submission(key), named(files)).await
}

fn named(files: &[u128]) -> Vec<NamedUpload> {
    let named = |n: &u128| NamedUpload { id: AttachmentId::new(*n), name: format!("bild {n}.pdf") };
    files.iter().map(named).collect()
}

async fn read(
    region: &Region,
    case: CaseId,
    n: u128,
) -> Result<Option<(String, Vec<u8>)>, Failure> {
    let opening = access::Opening {
        reader: anna(),
        correlation: "test".into(),
        what: vec![StreamId::Case(case)],
        action: access::Action::ReadFile,
        purpose: "test".into(),
    };
    let Some(opened) = region.engine.open_file(opening, case, AttachmentId::new(n)).await? else {
        return Ok(None);
    };
    let bytes = opened.bytes.try_fold(vec![], |mut all, it| async move {
        all.extend_from_slice(&it);
        Ok(all)
    });
    Ok(Some((opened.name, bytes.await.unwrap())))
}

/// Every file below the folder of attachments.
fn left(region: &Region) -> Vec<PathBuf> {
    let mut folders = vec![region.folder.path().join("attachments")];
    let mut files = vec![];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files
}

#[tokio::test]
async fn a_file_goes_with_a_message_and_is_read_back() {
    let region = Region::new().await;
    // More than two pieces, and neither a whole number of them nor of parts.
    let big: Vec<u8> = PDF.iter().copied().cycle().take(3_000_017).collect();
    send(&region, 1, eva(), None, &big).await.unwrap();
    send(&region, 2, eva(), None, PDF).await.unwrap();
    let done = submit(&region, "s", &[1, 2]).await.unwrap();
    assert_eq!(done.versions, 1..3);

    let before = region.access.head().borrow().get();
    let found = read(&region, done.case, 1).await.unwrap();
    assert!(found == Some(("bild 1.pdf".into(), big.clone())));
    assert_eq!(region.access.head().borrow().get(), before + 1, "the reading is written down");
    assert_eq!(read(&region, done.case, 2).await.unwrap().unwrap().1, PDF);
    assert!(read(&region, done.case, 3).await.unwrap().is_none());

    for path in left(&region) {
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(8).any(|it| it == &PDF[..8]), "{} is in clear", path.display());
        assert!(path.starts_with(region.folder.path().join("attachments/files")));
    }
    let commit = region.log.history(StreamId::Case(done.case)).await.unwrap().remove(0);
    for event in &commit.events {
        let all = [&event.clear[..], &event.sealed[..]].concat();
        assert!(!all.windows(4).any(|it| it == b"bild"), "the name is sealed");
    }
}

#[tokio::test]
async fn pieces_of_every_size_at_the_edges_are_read_back() {
    let region = Region::new().await;
    for (n, length) in (1..).zip([9, 65_535, 65_536, 65_537, 131_072, 1_048_576]) {
        let file: Vec<u8> = PDF.iter().copied().cycle().take(length).collect();
        send(&region, n, eva(), None, &file).await.unwrap();
        let done = submit(&region, &n.to_string(), &[n]).await.unwrap();
        assert!(read(&region, done.case, n).await.unwrap().unwrap().1 == file, "{length}");
    }
}

#[tokio::test]
async fn who_destroys_the_cases_key_destroys_its_files() {
    let region = Region::new().await;
    send(&region, 1, eva(), None, PDF).await.unwrap();
    let done = submit(&region, "s", &[1]).await.unwrap();
    region.engine.keys.lose(StreamId::Case(done.case));
    assert!(read(&region, done.case, 1).await.unwrap().is_none());
    let key_beside = region.folder.path().join("attachments/uploads");
    assert!(!key_beside.exists() || std::fs::read_dir(key_beside).unwrap().next().is_none());
}

#[tokio::test]
async fn what_is_not_taken_leaves_nothing() {
    let region = Region::new().await;
    let files = region.engine.attachments().unwrap();
    let zip: &[u8] = b"PK\x03\x04 and so on";
    assert!(matches!(send(&region, 1, eva(), None, zip).await, Err(ReceiveError::MediaType)));
    let said = ticket(&region, 1, eva(), None, 1_000);
    for length in [999, 1_001] {
        let file: Vec<u8> = PDF.iter().copied().cycle().take(length).collect();
        let sent = files.receive(&said, pieces(&file, 100)).await;
        assert!(matches!(sent, Err(ReceiveError::Length { expected: 1_000 })), "{length}");
    }
    let broken = pieces(PDF, 5).map(|it| it.map_err(|_| ())).chain(stream::iter([Err(())]));
    assert!(matches!(files.receive(&said, broken).await, Err(ReceiveError::Broken)));
    // Whoever sent it went away in the midst of it.
    let never = pieces(PDF, 5).chain(stream::pending());
    let going = Box::pin(files.receive(&said, never));
    tokio::time::timeout(std::time::Duration::from_millis(50), going).await.unwrap_err();

    // What is written beside the runtime may end a little later.
    for _ in 0..200 {
        if left(&region).is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert!(left(&region).is_empty(), "{:?}", left(&region));
    // And it can be sent again.
    send(&region, 1, eva(), None, PDF).await.unwrap();
}

#[tokio::test]
async fn an_upload_is_its_senders_for_the_case_it_was_asked_for_and_once() {
    let region = Region::new().await;
    let first = region.submit("first").await.unwrap().case;
    region.distribute(first, "d").await.unwrap();
    let answer = |key: &str, by, files: &[u128]| {
        let request =
            Region::request(by, first, key, Command::Answer { message: domain::MessageId::new(0) });
        region.engine.execute_with_files(request, named(files))
    };
    let unknown = |outcome: Result<Done, ExecuteError>| {
        assert!(
            matches!(outcome, Err(ExecuteError::Rejected(Rejection::UnknownUpload))),
            "{outcome:?}"
        );
    };
    send(&region, 1, bo(), Some(first), PDF).await.unwrap();
    send(&region, 2, anna(), None, PDF).await.unwrap();
    send(&region, 3, anna(), Some(first), PDF).await.unwrap();
    for (key, file) in [("another's", 1), ("for a new case", 2), ("nobody's", 9)] {
        unknown(answer(key, anna(), &[file]).await);
    }
    let twice = answer("twice", anna(), &[3, 3]).await;
    assert!(matches!(twice, Err(ExecuteError::Rejected(Rejection::AlreadyAttached { .. }))));
    let done = answer("answer", anna(), &[3]).await.unwrap();
    // The same request again gives the first outcome; another finds the upload used.
    let again = answer("answer", anna(), &[3]).await.unwrap();
    assert!(again.replayed && again.position == done.position);
    assert!(matches!(answer("answer", anna(), &[2]).await, Err(ExecuteError::KeyReused)));
    unknown(submit(&region, "s", &[3]).await);
    assert!(matches!(send(&region, 1, bo(), None, PDF).await, Err(ReceiveError::Twice)));
}

#[tokio::test]
async fn uploads_wait_a_day_over_a_restart_and_are_swept_away() {
    let region = Region::new().await;
    for n in 1..=3 {
        send(&region, n, eva(), None, PDF).await.unwrap();
    }
    let region = region.restarted().await;
    assert_eq!(region.engine.attachments().unwrap().waiting(), 3);
    let kept = submit(&region, "s", &[1]).await.unwrap();
    assert_eq!(region.engine.sweep_uploads().await.unwrap(), 0);
    region.world.set(region.engine.now() + SignedDuration::from_hours(25));
    let late = submit(&region, "late", &[2]).await;
    assert!(matches!(late, Err(ExecuteError::Rejected(Rejection::UnknownUpload))));
    region.world.set(region.engine.now() + SignedDuration::from_mins(1));
    assert_eq!(region.engine.sweep_uploads().await.unwrap(), 2);
    assert_eq!(left(&region).len(), 1);
    assert_eq!(read(&region, kept.case, 1).await.unwrap().unwrap().1, PDF);
}

/// A crash after the commit and before the upload's record was removed.
#[tokio::test]
async fn a_file_that_was_attached_is_not_swept_away_with_its_record() {
    let region = Region::new().await;
    send(&region, 1, eva(), None, PDF).await.unwrap();
    let record = region.folder.path().join("attachments/uploads/attachment_1");
    let uploads = region.engine.attachments().unwrap();
    let mut claims = uploads.claim(&eva(), None, &[AttachmentId::new(1)]).await.ok().unwrap();
    claims.note(CaseId::new(77)).await.unwrap();
    drop(claims);
    // Noted for a case that never came to be, it can still go with another.
    let done = submit(&region, "s", &[1]).await.unwrap();
    assert!(!record.exists());

    send(&region, 2, eva(), None, PDF).await.unwrap();
    let kept =
        std::fs::read(region.folder.path().join("attachments/uploads/attachment_2")).unwrap();
    let second = submit(&region, "t", &[2]).await.unwrap();
    let mut upload = uploads.unseal(AttachmentId::new(2), &kept).unwrap();
    upload.claimed_by = Some(second.case);
    uploads.note(&upload).await.unwrap();
    let region = region.restarted().await;
    region.world.set(region.engine.now() + SignedDuration::from_hours(26));
    assert!(matches!(
        submit(&region, "u", &[2]).await,
        Err(ExecuteError::Rejected(Rejection::UnknownUpload))
    ));
    assert_eq!(region.engine.sweep_uploads().await.unwrap(), 0);
    for (case, n) in [(done.case, 1), (second.case, 2)] {
        assert_eq!(read(&region, case, n).await.unwrap().unwrap().1, PDF);
    }
    assert_eq!(left(&region).len(), 2);
}

#[tokio::test]
async fn what_a_crash_left_half_made_is_removed_at_the_start() {
    let region = Region::new().await;
    send(&region, 1, eva(), None, PDF).await.unwrap();
    let folder = region.folder.path().join("attachments");
    std::fs::create_dir_all(folder.join("incoming")).unwrap();
    std::fs::write(folder.join("incoming/attachment_7"), "half").unwrap();
    let file = left(&region).into_iter().find(|it| it.starts_with(folder.join("files"))).unwrap();
    std::fs::remove_file(file).unwrap();
    let region = region.restarted().await;
    assert!(left(&region).is_empty(), "{:?}", left(&region));
    assert_eq!(region.engine.attachments().unwrap().waiting(), 0);
}

#[tokio::test]
async fn a_missing_or_altered_file_is_found_without_a_key_and_never_given_out() {
    let region = Region::new().await;
    let big: Vec<u8> = PDF.iter().copied().cycle().take(200_000).collect();
    let file = send(&region, 1, eva(), None, &big).await.unwrap();
    let done = submit(&region, "s", &[1]).await.unwrap();
    let store = super::local_store(&region.folder.path().join("attachments")).unwrap();
    assert_eq!(check(&*store, file.hash).await.unwrap(), 200_000 + 20 + 4 * 16);

    let path = left(&region).remove(0);
    let whole = std::fs::read(&path).unwrap();
    let mut altered = whole.clone();
    altered[150_000] ^= 1;
    for broken in [&altered[..], &whole[..150_000], &[]] {
        std::fs::write(&path, broken).unwrap();
        assert!(matches!(check(&*store, file.hash).await, Err(FileFault::Altered { .. })));
        let opening = access::Opening {
            reader: anna(),
            correlation: "test".into(),
            what: vec![StreamId::Case(done.case)],
            action: access::Action::ReadFile,
            purpose: "test".into(),
        };
        let opened = region.engine.open_file(opening, done.case, file.id).await.unwrap().unwrap();
        let parts: Vec<_> = opened.bytes.collect().await;
        assert!(parts.last().unwrap().is_err(), "it ends in an error");
        let given: Vec<u8> = parts.into_iter().filter_map(Result::ok).flatten().collect();
        assert!(big.starts_with(&given));
    }
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(check(&*store, file.hash).await, Err(FileFault::Missing)));
    assert!(matches!(read(&region, done.case, 1).await, Err(Failure::File { .. })));
}

#[tokio::test]
async fn a_ticket_is_the_services_own_and_good_for_a_while() {
    let region = Region::new().await;
    let files = region.engine.attachments().unwrap();
    let upload = Ticket::Upload(ticket(&region, 1, eva(), Some(CaseId::new(3)), 7));
    let download = Ticket::Download(DownloadTicket {
        id: AttachmentId::new(1),
        case: CaseId::new(3),
        who: anna(),
        purpose: "Vård och behandling".into(),
        expires_at: region.engine.now() + SignedDuration::from_mins(5),
    });
    for ticket in [upload.clone(), download] {
        let text = files.sign(&ticket);
        assert_eq!(files.read(&text), Some(ticket));
        let mut bytes = text.clone().into_bytes();
        for index in 0..bytes.len() {
            let was = std::mem::replace(&mut bytes[index], b'A');
            let changed = String::from_utf8(bytes.clone()).unwrap();
            assert!(changed == text || files.read(&changed).is_none(), "{index}");
            bytes[index] = was;
        }
    }
    let text = files.sign(&upload);
    region.world.set(region.engine.now() + SignedDuration::from_mins(10));
    assert_eq!(files.read(&text), None);
    assert_eq!(files.read(""), None);
}

#[tokio::test]
async fn one_person_has_so_many_uploads_waiting_and_no_more() {
    let region = Region::new().await;
    for n in 0..20 {
        send(&region, n, eva(), None, PDF).await.unwrap();
    }
    assert!(matches!(send(&region, 20, eva(), None, PDF).await, Err(ReceiveError::TooMany)));
    send(&region, 21, anna(), None, PDF).await.unwrap();
}
