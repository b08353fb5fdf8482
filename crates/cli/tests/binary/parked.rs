//! A log with an event that a newer program wrote, served and checked by the real binary.

use std::path::Path;

use domain::{Actor, CommitId, StreamId};
use event_log::{Append, EventLog as _, EventRecord, Expected};
use event_log_sled::SledLog;
use serde_json::json;

use crate::{demo::demo, running::arende, serving::Serving};

const ME: &str = "{ viewer { actor { staff { id } } } }";

/// Appends to `stream`, in a folder that nobody serves, what this program cannot read.
fn poison(data: &Path, stream: StreamId) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let log = SledLog::open(&data.join("log")).unwrap();
        let head = log.stream_head(stream).await.unwrap().unwrap();
        let last = log.commit(head.position).await.unwrap().unwrap();
        let (type_id, schema_version) = (60_000, 1);
        let (clear, sealed) = (vec![].into(), vec![].into());
        let append = Append {
            stream,
            expected: Expected::Head(head.position),
            commit_id: CommitId(1 << 90),
            fingerprint: [0; 32],
            occurred_at: last.occurred_at,
            recorded_at: last.recorded_at,
            actor: Actor::System,
            correlation: "poison".to_owned(),
            events: vec![EventRecord { type_id, schema_version, clear, sealed }],
        };
        log.append(append).await.unwrap();
    });
}

fn serve(data: &str) -> Serving {
    let args = ["serve", "--dev", "--data", data, "--listen", "127.0.0.1:0"];
    Serving::start(&args, "a token to ask with")
}

#[test]
fn a_parked_story_is_told_to_operators_and_its_person_opens_no_session() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    assert_eq!(demo(data).stop(), 0);
    let ran = arende(&["token", "--data", data, "--as", "receiver"]);
    let token = ran.out.trim();
    let service = serve(data);
    let me = service.data(token, ME, json!({}))["viewer"]["actor"]["staff"]["id"].take();
    assert!(!service.get("/readyz", "*/*").contains("parked"));
    assert_eq!(service.stop(), 0);
    poison(folder.path(), me.as_str().unwrap().parse().unwrap());

    // The checkpoint is from before the event; after a start it has it.
    for key in ["before the start", "after it"] {
        let ran = arende(&["rebuild", "--check", "--data", data]);
        assert_eq!(ran.code, 0, "{key}: {ran:?}");
        assert_eq!(ran.out.lines().filter(|it| it.ends_with("  the same")).count(), 8, "{ran:?}");
        let service = serve(data);
        let request = ureq::post(format!("{}/graphql", service.address));
        let request = request.header("authorization", format!("Bearer {token}"));
        let refused = request.send_json(json!({ "query": ME })).unwrap_err();
        assert!(matches!(refused, ureq::Error::StatusCode(403)), "{key}: {refused}");
        let ready = service.get("/readyz", "*/*");
        let told = "parked, by every: 1 streams\nparked: 1 staff open no session\n";
        assert!(ready.ends_with(told), "{key}: {ready}");
        let metrics = service.get("/metrics", "*/*");
        assert!(metrics.contains("\narende_parked_streams{model=\"every\"} 1\n"), "{metrics}");
        assert_eq!(service.stop(), 0);
    }
    let ran = arende(&["rebuild", "--data", data]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(arende(&["rebuild", "--check", "--data", data]).code, 0);
}
