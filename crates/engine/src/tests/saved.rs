//! A start goes on from the checkpoint of the read models, and only from one that the log and the
//! code confirm.

use std::{fs, path::PathBuf};

use domain::{
    Actor, CaseId, Position, Recorded, RegionId, StreamId, organisation::RegionRegistered,
};
use event_log::{EventLog as _, Hash};
use jiff::Timestamp;
use projections::{Digests, ReadModels, Replay};

use super::region::Region;
use crate::{AsOf, Discarded, ModelsFile, Saved, events, models::begin, replay};

fn path(region: &Region) -> PathBuf {
    region.folder.path().join("read-models")
}

/// What the engine shows, and what a replay from nothing shows.
async fn digests(region: &Region) -> [Digests; 2] {
    let live = region.engine.view(None).await.unwrap().unwrap();
    let live = live.with(|models, _| models.digests());
    let head = *region.log.head().borrow();
    let replayed = replay(&*region.log, AsOf::Position(head)).await.unwrap().unwrap();
    [live, replayed.models.digests()]
}

/// A region with some casework, saved in the middle of it.
async fn saved() -> Region {
    let region = Region::new().await;
    let first = region.submit("first").await.unwrap().case;
    region.engine.save_models().await.unwrap();
    region.distribute(first, "d").await.unwrap();
    region.submit("second").await.unwrap();
    region
}

#[tokio::test]
async fn a_restart_in_the_middle_shows_what_a_replay_shows() {
    let region = saved().await;
    let seen = ModelsFile::new(path(&region)).read().unwrap().unwrap().position();
    let region = region.restarted().await;
    assert!(seen > Position::START && seen < *region.log.head().borrow());
    let [live, replayed] = digests(&region).await;
    assert_eq!(live, replayed);
}

/// The saved state is what counts: one with a case that the log does not have shows it.
#[tokio::test]
async fn what_was_saved_is_not_replayed() {
    let region = saved().await;
    let file = ModelsFile::new(path(&region));
    let Saved { mut replay, hash } = file.read().unwrap().unwrap();
    let commit = region.log.commit(replay.position()).await.unwrap().unwrap();
    let made_up = CaseId::new(4_711);
    for mut event in events(&commit).map(Result::unwrap) {
        event.stream = StreamId::Case(made_up);
        replay.apply(&event);
    }
    file.write(&replay.finish().freeze(), hash).unwrap();
    let region = region.restarted().await;
    let view = region.engine.view(None).await.unwrap().unwrap();
    assert!(view.with(|models, _| models.cases().get(made_up).is_some()));
}

/// `bytes` with a checksum that is right for them.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.len() - 4;
    let crc = crc32c::crc32c(&bytes[..end]);
    bytes[end..].copy_from_slice(&crc.to_be_bytes());
    bytes
}

/// Puts `bytes` in the place of the checkpoint: it is refused as `why` says, and a start shows what
/// a replay shows.
async fn check(region: Region, bytes: Vec<u8>, why: &str) -> Region {
    let path = path(&region);
    fs::write(&path, bytes).unwrap();
    let said = match ModelsFile::new(path.clone()).read() {
        Err(discarded) => discarded.to_string(),
        Ok(saved) => {
            let saved = saved.unwrap();
            match region.log.commit(saved.position()).await.unwrap() {
                Some(commit) => saved.check(&commit).unwrap_err().to_string(),
                None => "beyond the log".to_owned(),
            }
        }
    };
    assert!(said.contains(why), "{said}");
    let from = begin(&*region.log, &ModelsFile::new(path)).await.unwrap();
    assert_eq!(from.position(), Position::START, "{why}");
    let region = region.restarted().await;
    let [live, replayed] = digests(&region).await;
    assert_eq!(live, replayed, "{why}");
    region
}

#[tokio::test]
async fn what_the_log_and_the_code_do_not_confirm_is_discarded() {
    let mut region = saved().await;
    let good = fs::read(path(&region)).unwrap();
    assert_eq!(sealed(good.clone()), good);
    let changed = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        bytes
    };
    for at in (1..good.len()).step_by(97) {
        region = check(region, changed(at), "its checksum differs").await;
    }
    for end in [1, 8, 76, good.len() - 1] {
        region = check(region, good[..end].to_vec(), "its checksum differs").await;
    }
    region = check(region, vec![], "its checksum differs").await;
    region = check(region, sealed(changed(0)), "its layout has number 0").await;
    region = check(region, sealed(changed(1 + 8 + 31)), "has another hash").await;
    region = check(region, sealed(changed(1 + 8 + 32)), "other code saved it").await;
    region = check(region, sealed(changed(1 + 8 + 64)), "its state is wrong at byte 0").await;
    check(region, sealed(changed(1 + 7)), "its checksum differs").await;
}

#[tokio::test]
async fn a_checkpoint_of_a_longer_log_is_discarded() {
    let (region, other) = (saved().await, Region::new().await);
    let bytes = fs::read(path(&region)).unwrap();
    let other = check(other, bytes, "beyond the log").await;
    assert!(other.engine.view(None).await.unwrap().unwrap().with(|it, _| it.cases().is_empty()));
}

#[test]
fn a_file_is_laid_out_as_its_version_says() {
    let folder = tempfile::tempdir().unwrap();
    let file = ModelsFile::new(folder.path().join("read-models"));
    assert!(file.read().unwrap().is_none());
    let mut state = vec![];
    let mut models = ReadModels::default();
    models.apply(&Recorded {
        position: Position::new(1),
        stream: StreamId::Region(RegionId::new(1)),
        version: 1,
        occurred_at: Timestamp::UNIX_EPOCH,
        recorded_at: Timestamp::UNIX_EPOCH,
        actor: Actor::System,
        event: domain::organisation::Event::from(RegionRegistered {
            name: "Region Nord".to_owned(),
        })
        .into(),
    });
    models.freeze().write(&mut |part| state.extend_from_slice(part));
    file.write(&models.freeze(), Hash([7; 32])).unwrap();
    let bytes = fs::read(file.path()).unwrap();
    assert_eq!(bytes[..9], [1, 0, 0, 0, 0, 0, 0, 0, 1]);
    assert_eq!(bytes[9..41], [7; 32]);
    assert_eq!(bytes[73..bytes.len() - 4], state);
    assert_eq!(sealed(bytes.clone()), bytes);

    let taken = file.read().unwrap().unwrap();
    assert_eq!((taken.position(), taken.hash), (Position::new(1), Hash([7; 32])));
    assert_eq!(taken.replay.finish().digests(), models.digests());
    // What is not newer leaves the file alone.
    file.write(&Replay::default().finish().freeze(), Hash([8; 32])).unwrap();
    assert_eq!(fs::read(file.path()).unwrap(), bytes);
    fs::create_dir(folder.path().join("folder")).unwrap();
    let folder = ModelsFile::new(folder.path().join("folder")).read();
    assert!(matches!(folder, Err(Discarded::Unreadable(_))));
}
