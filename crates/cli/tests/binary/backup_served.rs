//! Copies of a folder that is being served and written: what was acknowledged when the copy began
//! is in it, and it is the service's own log to the hash.

use std::{
    fs,
    io::{Read as _, Write as _},
    os::unix::{
        fs::PermissionsExt as _,
        net::{UnixListener, UnixStream},
    },
    process::{Command, Stdio},
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

use serde_json::{Value, json};

use crate::{
    backup::{backup, content, next, restore, verified},
    demo::{demo, unit_and_type, wrote},
    running::{Desk, Ran, arende},
    serving::Serving,
};

/// How many send cases, each as soon as the one before is acknowledged.
const WRITERS: u64 = 4;

/// Where the log ends in a backup, as it told.
fn ends(ran: &Ran) -> (u64, String) {
    assert_eq!(ran.code, 0, "{ran:?}");
    let line = ran.out.lines().next().unwrap();
    let (_, end) = line.split_once(" to ").unwrap();
    let (position, hash) = end.split_once(", last hash ").unwrap();
    (position.parse().unwrap(), hash.to_owned())
}

/// The hash of the commit at `position`, as the log in `data` has it.
fn hash_at(data: &str, position: u64) -> String {
    let lines = arende(&["export", "ndjson", "--data", data]).out;
    let lines = lines.lines().map(|it| serde_json::from_str::<Value>(it).unwrap());
    let line = lines.into_iter().find(|it| it["position"] == position).unwrap();
    line["hash"].as_str().unwrap().to_owned()
}

#[test]
fn a_backup_of_a_service_under_load_holds_all_that_was_acknowledged_when_it_began() {
    let desk = Desk::new();
    let data = desk.data();
    let served = demo(&data);
    let (resident, receiver) = (served.token("resident"), served.token("receiver"));
    let (unit, case_type) = unit_and_type(&served, &receiver);
    let (acknowledged, stopped) = (AtomicU64::new(0), AtomicBool::new(false));
    let submit = |writer: u64| {
        for n in 0.. {
            if stopped.load(Ordering::Relaxed) {
                return;
            }
            let input = json!({
                "idempotencyKey": format!("{writer}-{n}"), "unitId": unit, "caseTypeId": case_type,
                "formVersion": 1, "termsVersion": 1, "answers": wrote("Under tiden som kopian tas."),
            });
            let done = served.command(&resident, "submitCase", input);
            let position = done["position"].as_str().unwrap().parse().unwrap();
            acknowledged.fetch_max(position, Ordering::Relaxed);
        }
    };
    // Each copy with the position that was acknowledged before it was asked for.
    let copies = std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            scope.spawn(move || submit(writer));
        }
        let mut since: Vec<String> = vec![];
        let mut copies = vec![];
        for name in ["full.zst", "more.zst", "most.zst"] {
            let before = acknowledged.load(Ordering::Relaxed);
            while acknowledged.load(Ordering::Relaxed) < before + 20 {
                std::thread::yield_now();
            }
            let known = acknowledged.load(Ordering::Relaxed);
            let more: Vec<&str> = since.iter().map(String::as_str).collect();
            let ran = backup(&data, &desk.text(name), &more);
            since = next(&ran);
            copies.push((known, ran));
        }
        stopped.store(true, Ordering::Relaxed);
        copies
    });
    let keys = desk.text("keys.copy");
    let ran = arende(&["backup", "--data", &data, "--keys-out", &keys]);
    assert!(ran.code == 0 && ran.out.starts_with("keys: "), "{ran:?}");
    let before = content(&served, &receiver, &unit);
    assert_eq!(served.stop(), 0);

    let mut last = (0, String::new());
    for (known, ran) in &copies {
        let end = ends(ran);
        assert!(end.0 >= *known && end.0 > last.0, "{known} was acknowledged: {ran:?}");
        assert_eq!(hash_at(&data, end.0), end.1);
        last = end;
    }
    let restored = desk.text("restored");
    let files = ["full.zst", "more.zst", "most.zst"].map(|name| desk.text(name));
    let args = [&["restore"], &files.each_ref().map(String::as_str)[..], &["--data", &restored]];
    let ran = arende(&[&args.concat()[..], &["--keys", &keys]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    let (position, hash) = &last;
    let told = format!("log: {position} commits, ");
    let sound = verified(&restored);
    assert!(sound.starts_with(&told) && sound.contains(hash), "{last:?}: {sound}");

    // With the keys that were copied through the service, what was written can be read.
    for name in ["master.key", "dev-issuer.json"] {
        fs::copy(desk.path("data").join(name), desk.path("restored").join(name)).unwrap();
    }
    let args = ["serve", "--data", &restored, "--dev", "--listen", "127.0.0.1:0"];
    let served = Serving::start(&args, "serving");
    let ids = |content: &Value| content["unitInbox"]["nodes"][0].clone();
    assert_eq!(ids(&content(&served, &receiver, &unit)), ids(&before));
    assert_eq!(served.stop(), 0);
}

#[test]
fn only_its_owner_may_open_the_door_and_it_is_gone_with_the_service() {
    let desk = Desk::new();
    let data = desk.data();
    let served = demo(&data);
    let door = desk.path("data/service.sock");
    assert_eq!(fs::metadata(&door).unwrap().permissions().mode() & 0o777, 0o600);
    let late = backup(&data, &desk.text("late.zst"), &["--since", "471100"]);
    assert!(late.error().contains("before 471100; name the last position of an earlier backup"));
    assert!(!desk.path("late.zst").exists());
    drop(served);
    assert!(door.exists(), "a killed service leaves its door");
    let ran = backup(&data, &desk.text("full.zst"), &[]);
    assert_eq!(ran.code, 0, "the folder itself is asked: {ran:?}");
    let args = ["serve", "--data", &data, "--dev", "--listen", "127.0.0.1:0"];
    let served = Serving::start(&args, "serving");
    let again = backup(&data, &desk.text("again.zst"), &[]);
    assert_eq!(again.out, ran.out);
    assert_eq!(fs::read(desk.path("again.zst")).unwrap(), fs::read(desk.path("full.zst")).unwrap());
    assert_eq!(served.stop(), 0);
    assert!(!door.exists());
}

/// Between a backup and the service stands one who passes on the half of an answer, and waits.
#[test]
fn a_backup_that_is_killed_or_cut_off_half_way_leaves_nothing_that_looks_like_one() {
    let desk = Desk::new();
    let served = demo(&desk.data());
    let question = b"arende 2 backup 0 0\n";
    let mut service = UnixStream::connect(desk.path("data/service.sock")).unwrap();
    service.write_all(question).unwrap();
    let mut answer = vec![];
    service.read_to_end(&mut answer).unwrap();
    assert_eq!(served.stop(), 0);

    let front = desk.path("front");
    fs::create_dir_all(front.join("log")).unwrap();
    fs::create_dir(desk.path("out")).unwrap();
    let out = desk.path("out/full.zst");
    let listener = UnixListener::bind(front.join("service.sock")).unwrap();
    let start = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_arende"));
        command.args(["backup", "--data"]).arg(&front).arg("--out").arg(&out);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let mut killed = start();
    let (mut stream, _) = listener.accept().unwrap();
    stream.read_exact(&mut [0; 20]).unwrap();
    stream.write_all(&answer[..answer.len() / 2]).unwrap();
    assert!(!out.exists());
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert!(!out.exists());
    for left in fs::read_dir(desk.path("out")).unwrap().map(|it| it.unwrap().path()) {
        assert!(left.file_name().unwrap().to_str().unwrap().starts_with(".tmp"), "{left:?}");
        let ran = restore(&[left.to_str().unwrap()], &desk.text("restored"));
        assert!(ran.code == 1 && !desk.path("restored").exists(), "{ran:?}");
        fs::remove_file(left).unwrap();
    }

    let cut = start();
    let (mut stream, _) = listener.accept().unwrap();
    stream.read_exact(&mut [0; 20]).unwrap();
    stream.write_all(&answer[..answer.len() / 2]).unwrap();
    drop(stream);
    let ran = cut.wait_with_output().unwrap();
    let said = String::from_utf8(ran.stderr).unwrap();
    assert!(ran.status.code() == Some(1) && said.contains("the service broke off"), "{said}");
    assert_eq!(fs::read_dir(desk.path("out")).unwrap().count(), 0);

    // The same answer, whole, is a backup.
    let whole = start();
    let (mut stream, _) = listener.accept().unwrap();
    stream.read_exact(&mut [0; 20]).unwrap();
    stream.write_all(&answer).unwrap();
    assert!(whole.wait_with_output().unwrap().status.success() && out.exists());
}

/// A byte that changes on its way is noticed before the backup has its name.
#[test]
fn what_the_service_gives_is_verified_on_the_way() {
    let desk = Desk::new();
    let served = demo(&desk.data());
    let mut service = UnixStream::connect(desk.path("data/service.sock")).unwrap();
    service.write_all(b"arende 2 backup 0 0\n").unwrap();
    let mut answer = vec![];
    service.read_to_end(&mut answer).unwrap();
    assert_eq!(served.stop(), 0);
    let front = desk.path("front");
    fs::create_dir_all(front.join("log")).unwrap();
    let listener = UnixListener::bind(front.join("service.sock")).unwrap();
    let out = desk.text("full.zst");
    for eighth in 1..8 {
        let mut damaged = answer.clone();
        damaged[answer.len() * eighth / 8] ^= 1;
        let ran = std::thread::scope(|scope| {
            let asked = scope.spawn(|| backup(front.to_str().unwrap(), &out, &[]));
            let (mut stream, _) = listener.accept().unwrap();
            stream.read_exact(&mut [0; 20]).unwrap();
            // Whoever finds the fault goes away.
            let _ = stream.write_all(&damaged);
            drop(stream);
            asked.join().unwrap()
        });
        assert!(ran.code == 1 && !desk.path("full.zst").exists(), "{ran:?}");
    }
}
