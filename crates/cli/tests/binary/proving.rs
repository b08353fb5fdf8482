//! A service signs what its log is, verifies it while it serves, and says when it is not what was
//! signed.

use std::{fs, time::Duration};

use crate::{
    backup::copy_folder,
    demo::{demo, unit_and_type, wrote},
    running::{Desk, arende},
    serving::Serving,
};

/// The names of the checkpoints in a folder of the desk.
fn notes(desk: &Desk, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(desk.path(folder)).unwrap();
    let mut names: Vec<String> =
        entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|it| it != "tip");
    names.sort();
    names
}

/// What `/readyz` or `/metrics` says once it says `wanted`.
#[track_caller]
fn told(served: &Serving, path: &str, wanted: impl Fn(&str) -> bool) -> String {
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let mut said = String::new();
    for _ in 0..200 {
        let mut reply = agent.get(format!("{}{path}", served.address)).call().unwrap();
        said = format!("{}\n{}", reply.status(), reply.body_mut().read_to_string().unwrap());
        if wanted(&said) {
            return said;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("{path} did not come to it:\n{said}");
}

fn serve<'a>(data: &'a str, more: &[&'a str]) -> Serving {
    let args = ["serve", "--data", data, "--dev", "--listen", "127.0.0.1:0"];
    Serving::start(&[&args, more].concat(), "serving")
}

fn submit(served: &Serving, key: &str, resident: &str, place: &(String, String)) -> u64 {
    let (unit, case_type) = place;
    let input = serde_json::json!({
        "idempotencyKey": key, "unitId": unit, "caseTypeId": case_type, "formVersion": 1,
        "termsVersion": 1, "answers": wrote("Till kontrollen."),
    });
    let done = served.command(resident, "submitCase", input);
    done["position"].as_str().unwrap().parse().unwrap()
}

#[test]
fn a_service_signs_its_log_as_it_grows_and_when_it_stops_and_notices_another_log() {
    let desk = Desk::new();
    let data = desk.data();
    let served = demo(&data);
    let (resident, receiver) = (served.token("resident"), served.token("receiver"));
    let place = unit_and_type(&served, &receiver);
    let first = submit(&served, "1", &resident, &place);
    assert_eq!(served.stop(), 0);
    let name = |size: u64| format!("{size:020}.note");
    assert_eq!(notes(&desk, "data/checkpoints").last(), Some(&name(first)));
    copy_folder(&desk.path("data"), &desk.path("earlier"));

    fs::create_dir(desk.path("copies")).unwrap();
    let copies = desk.text("copies");
    let more = ["--checkpoint-every", "1", "--checkpoint-copies", &copies];
    let served = serve(&data, &more);
    let second = submit(&served, "2", &resident, &place);
    let size = format!("\narende_checkpoint_size {second}\n");
    told(&served, "/metrics", |it| it.contains(&size));
    let verified = |log: &str| format!("\narende_verification_position{{log=\"{log}\"}} ");
    let metrics = told(&served, "/metrics", |it| {
        let never = "arende_verification_completed_seconds{log=\"access\"} 0\n";
        it.contains("arende_verification_completed_seconds") && !it.contains(never)
    });
    assert!(metrics.contains(&verified("log")) && metrics.contains("_refused 0"), "{metrics}");
    let third = submit(&served, "3", &resident, &place);
    assert_eq!(served.stop(), 0);
    let kept = notes(&desk, "data/checkpoints");
    assert!(kept.contains(&name(second)) && kept.last() == Some(&name(third)), "{kept:?}");
    assert_eq!(notes(&desk, "copies"), kept);
    let ran = arende(&["verify", "--data", &data, "--keys"]);
    let count = format!("signed, the last over {third} commits\n");
    assert!(ran.code == 0 && ran.out.contains(&count), "{ran:?}");
    assert!(ran.out.contains(" streams have something sealed, and its key\n"), "{ran:?}");

    // The log as it was earlier, whole and sound in itself: what was signed since is gone.
    fs::remove_dir_all(desk.path("data/log")).unwrap();
    copy_folder(&desk.path("earlier/log"), &desk.path("data/log"));
    let ran = arende(&["verify", "--data", &data]);
    assert!(ran.code == 1 && ran.out.contains("its tail was cut off"), "{ran:?}");
    fs::remove_dir_all(desk.path("data/checkpoints")).unwrap();
    let served = serve(&data, &more);
    let cut = format!("checkpoints: the log ends at position {first}, but {third} commits were");
    let said = told(&served, "/readyz", |it| it.contains(&cut) && it.contains("checkpoint /"));
    assert!(said.starts_with("503"), "{said}");
    assert!(said.contains("\nlog as last verified: checkpoint "), "{said}");
    let metrics = told(&served, "/metrics", |_| true);
    assert!(metrics.contains("\narende_checkpoint_refused 1\n"), "{metrics}");
    assert!(metrics.contains("\narende_verification_faulty{log=\"log\"} 1\n"), "{metrics}");
    assert_eq!(served.stop(), 0);
    assert!(!desk.path("data/checkpoints").exists(), "nothing was signed");
}

#[test]
fn a_folder_for_copies_that_is_not_there_is_told_at_the_start() {
    let desk = Desk::imported(&[("one", &["09:00 work anna north"])]);
    let (data, copies) = (desk.data(), desk.text("nowhere"));
    let args = ["serve", "--data", &data, "--dev", "--listen", "127.0.0.1:0"];
    let ran = arende(&[&args[..], &["--checkpoint-copies", &copies]].concat());
    assert!(ran.error().ends_with("nowhere is no folder; make it, or name another"), "{ran:?}");
}

#[test]
fn something_sealed_without_its_key_is_found() {
    let desk = Desk::new();
    let data = desk.data();
    assert_eq!(demo(&data).stop(), 0);
    let ran = arende(&["backup", "--data", &data, "--keys-out", &desk.text("keys")]);
    assert_eq!(ran.code, 0, "{ran:?}");
    // The keys of a folder whose casework was less.
    let other = Desk::new();
    let served = demo(&other.data());
    let (resident, receiver) = (served.token("resident"), served.token("receiver"));
    submit(&served, "1", &resident, &unit_and_type(&served, &receiver));
    assert_eq!(served.stop(), 0);
    fs::remove_dir_all(other.path("data/keys")).unwrap();
    copy_folder(&desk.path("data/keys"), &other.path("data/keys"));
    let ran = arende(&["verify", "--data", &other.data(), "--keys"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let line = ran.out.lines().find(|it| it.starts_with("keys: ")).unwrap();
    assert!(line.starts_with("keys: case_") && line.contains("has something sealed and no key; 0"));
}
