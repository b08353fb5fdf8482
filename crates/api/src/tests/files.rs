//! Files that go with messages, as clients send and fetch them.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use domain::Actor;
use engine::access::{self, Action};
use event_log::EventLog as _;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    client::{Client, Reply},
    region::{ANNA, EVA, OLLE, RITA, VERA, resident, staff},
    story::{about, distribute, submission, submit, with},
};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and what makes a picture";

async fn asked(client: &Client, actor: &Actor, case: Option<&str>, bytes: usize) -> Value {
    let key = client.region.engine.world().new_id().to_string();
    asked_as(client, actor, case, bytes, &key).await
}

async fn asked_as(
    client: &Client,
    actor: &Actor,
    case: Option<&str>,
    bytes: usize,
    key: &str,
) -> Value {
    let query = "mutation M($input: RequestUploadInput!) { requestUpload(input: $input) {
        upload { id url expiresAt } userErrors { code field message } } }";
    let input = json!({ "idempotencyKey": key, "caseId": case, "bytes": bytes });
    client.ask(actor, query, json!({ "input": input })).await
}

async fn put(client: &Client, url: &str, file: &[u8]) -> Reply {
    // What its sender says of it counts for nothing.
    let request = Request::put(url).header("content-type", "text/html");
    client.send(request.body(Body::from(file.to_vec())).unwrap()).await
}

async fn get(client: &Client, url: &str) -> Reply {
    client.send(Request::get(url).body(Body::empty()).unwrap()).await
}

/// The id of a file that `actor` has sent.
async fn sent(client: &Client, actor: &Actor, case: Option<&str>) -> String {
    let upload = asked(client, actor, case, PNG.len()).await["data"]["requestUpload"].take();
    assert_eq!(upload["userErrors"], json!([]));
    let reply = put(client, upload["upload"]["url"].as_str().unwrap(), PNG).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.body);
    upload["upload"]["id"].as_str().unwrap().to_owned()
}

fn attached(input: Value, files: &[&str]) -> Value {
    let files = files.iter().map(|id| json!({ "uploadId": id, "fileName": "Min \"bild\".png" }));
    with(input, "attachments", files.collect::<Vec<_>>())
}

async fn messages(client: &Client, actor: &Actor, case: &str) -> Value {
    let query = "query Q($id: ID!) { case(id: $id) { messages(first: 10) { nodes {
        kind text attachments { id mediaType bytes hash fileName downloadUrl } } } } }";
    client.data(actor, query, json!({ "id": case })).await["case"]["messages"].take()
}

async fn readings(client: &Client) -> Vec<access::Reading> {
    let commits = client.region.access.page(domain::Position::START, 1_000).await.unwrap();
    commits.iter().flat_map(|it| access::readings(it).unwrap()).collect()
}

#[tokio::test]
async fn a_resident_sends_a_picture_and_the_handler_fetches_it() {
    let client = Client::new().await;
    let (eva, anna) = (resident(EVA), staff(ANNA));
    let file = sent(&client, &eva, None).await;
    let payload = client.command(&eva, "submitCase", attached(submission("s"), &[&file])).await;
    assert_eq!(payload["case"]["version"], 2);
    let case = payload["case"]["id"].as_str().unwrap().to_owned();
    // A retry, whose upload is gone, is known again.
    let again = client.command(&eva, "submitCase", attached(submission("s"), &[&file])).await;
    assert_eq!(again["replayed"], true);
    distribute(&client, &case).await;

    let before = readings(&client).await.len();
    let found = messages(&client, &anna, &case).await;
    let picture = &found["nodes"][0]["attachments"][0];
    assert_eq!(
        (&picture["fileName"], &picture["mediaType"], &picture["bytes"]),
        (&json!("Min \"bild\".png"), &json!("PNG"), &json!(PNG.len()))
    );
    assert_eq!(readings(&client).await.len(), before + 1, "text and names are one reading");
    let url = picture["downloadUrl"].as_str().unwrap();
    let reply = get_bytes(&client, url).await;
    assert_eq!(reply.0, StatusCode::OK);
    assert_eq!(reply.2, PNG);
    for (name, value) in [
        ("content-type", "image/png"),
        ("content-length", "37"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store, private"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'; sandbox"),
    ] {
        let length = PNG.len().to_string();
        let value = if name == "content-length" { &length } else { value };
        assert_eq!(reply.1[name], *value, "{name}");
    }
    let disposition = reply.1["content-disposition"].to_str().unwrap();
    assert!(disposition.starts_with("attachment; filename=\"Min _bild_.png\";"), "{disposition}");
    let last = readings(&client).await.pop().unwrap();
    assert_eq!((last.reader, last.opened.action), (anna, Action::ReadFile));
}

async fn get_bytes(client: &Client, url: &str) -> (StatusCode, axum::http::HeaderMap, Vec<u8>) {
    use tower::ServiceExt as _;
    let request = Request::get(url).body(Body::empty()).unwrap();
    let response = client.router.clone().oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, headers, body.to_vec())
}

#[tokio::test]
async fn staff_answer_with_files_and_the_history_says_that_they_did() {
    let client = Client::new().await;
    let (eva, anna) = (resident(EVA), staff(ANNA));
    let case = submit(&client, "s").await;
    distribute(&client, &case).await;
    let files = [sent(&client, &anna, Some(&case)).await, sent(&client, &anna, Some(&case)).await];
    let input = with(about(&case, "a"), "text", "Se bilagorna.");
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    client.command(&anna, "answerCase", attached(input, &files)).await;
    let found = messages(&client, &eva, &case).await;
    assert_eq!(found["nodes"][1]["attachments"].as_array().unwrap().len(), 2);
    assert_eq!(found["nodes"][0]["attachments"], json!([]));
    let query = "query Q($id: ID!) { caseHistory(caseId: $id, last: 1) { nodes {
        type ... on AttachmentsAdded { files { id mediaType } } } } }";
    let history = client.data(&eva, query, json!({ "id": case })).await;
    let event = &history["caseHistory"]["nodes"][0];
    assert_eq!(event["type"], "ATTACHMENTS_ADDED");
    assert_eq!(event["files"][1], json!({ "id": files[1], "mediaType": "PNG" }));
}

#[tokio::test]
async fn a_link_is_good_for_whoever_got_it_as_long_as_they_may_and_for_a_while() {
    let client = Client::new().await;
    let (eva, anna) = (resident(EVA), staff(ANNA));
    let file = sent(&client, &eva, None).await;
    let payload = client.command(&eva, "submitCase", attached(submission("s"), &[&file])).await;
    let case = payload["case"]["id"].as_str().unwrap().to_owned();
    distribute(&client, &case).await;
    let link = async |actor: &Actor| {
        let found = messages(&client, actor, &case).await;
        found["nodes"][0]["attachments"][0]["downloadUrl"].as_str().unwrap().to_owned()
    };
    let (annas, evas) = (link(&anna).await, link(&eva).await);
    let forged = evas.replacen("/attachments/ey", "/attachments/eY", 1);
    for url in [forged.as_str(), "/attachments/x.y", "/attachments/x"] {
        assert_eq!(get(&client, url).await.status, StatusCode::FORBIDDEN, "{url}");
    }
    // A link to fetch sends nothing.
    assert_eq!(put(&client, &evas, PNG).await.status, StatusCode::FORBIDDEN);
    client.command(&staff(RITA), "returnCase", about(&case, "back")).await;
    assert_eq!(get(&client, &annas).await.status, StatusCode::NOT_FOUND);
    let read = readings(&client).await.len();
    assert_eq!(get_bytes(&client, &evas).await.0, StatusCode::OK);
    assert_eq!(readings(&client).await.len(), read + 1);
    client.region.world.set(client.region.engine.now() + SignedDuration::from_mins(5));
    assert_eq!(get(&client, &evas).await.status, StatusCode::FORBIDDEN);
    assert_eq!(readings(&client).await.len(), read + 1);
}

#[tokio::test]
async fn what_is_not_taken_is_said_and_nothing_is_attached() {
    let client = Client::new().await;
    let eva = resident(EVA);
    let longer = format!("Filen är inte de {} byte lång som det sades.", PNG.len() + 1);
    let shorter = format!("Filen är inte de {} byte lång som det sades.", PNG.len() - 1);
    let no_picture = "Filen är ingen PDF, JPEG, PNG eller GIF.";
    for (file, asked_for, status, sv) in [
        (&b"<script>alert(1)</script>"[..], 25, StatusCode::UNSUPPORTED_MEDIA_TYPE, no_picture),
        (PNG, PNG.len() + 1, StatusCode::BAD_REQUEST, &longer),
        (PNG, PNG.len() - 1, StatusCode::BAD_REQUEST, &shorter),
    ] {
        let upload = asked(&client, &eva, None, asked_for).await;
        let upload = &upload["data"]["requestUpload"]["upload"];
        let reply = put(&client, upload["url"].as_str().unwrap(), file).await;
        assert_eq!(reply.status, status, "{}", reply.body);
        assert_eq!(reply.body.lines().nth(1), Some(sv), "{}", reply.body);
        let input = attached(submission("s"), &[upload["id"].as_str().unwrap()]);
        let refused = client.try_command(&eva, "submitCase", input).await;
        assert_eq!(refused["userErrors"][0]["code"], "FIELD_INVALID");
        assert_eq!(refused["userErrors"][0]["field"], "attachments.uploadId");
    }
    let [first, again] = ["k", "k"].map(|key| asked_as(&client, &eva, None, 9, key));
    let (first, again) = (first.await, again.await);
    let id = |answer: &Value| answer["data"]["requestUpload"]["upload"]["id"].clone();
    assert!(id(&first).is_string() && id(&first) == id(&again));
    for bytes in [0, 20 * 1024 * 1024 + 1] {
        let refused = asked(&client, &eva, None, bytes).await;
        let error = &refused["data"]["requestUpload"]["userErrors"][0];
        assert_eq!(error["field"], "bytes");
    }
    let six: Vec<String> = {
        let mut all = vec![];
        for _ in 0..6 {
            all.push(sent(&client, &eva, None).await);
        }
        all
    };
    let six: Vec<&str> = six.iter().map(String::as_str).collect();
    let refused = client.try_command(&eva, "submitCase", attached(submission("s"), &six)).await;
    assert_eq!(refused["userErrors"][0]["field"], "attachments");
    client.command(&eva, "submitCase", attached(submission("s"), &six[..5])).await;
    let twice = put(&client, "/attachments/none", PNG).await;
    assert_eq!(twice.status, StatusCode::FORBIDDEN);
}

/// Another's upload and none, and a case that is another's and none, look the same.
#[tokio::test]
async fn what_is_anothers_is_answered_as_what_is_not_there() {
    let client = Client::new().await;
    let (eva, olle) = (resident(EVA), resident(OLLE));
    let case = submit(&client, "s").await;
    let theirs = asked(&client, &olle, Some(&case), 37).await;
    let nobodys = asked(&client, &olle, Some("case_9"), 37).await;
    assert_eq!(theirs["errors"][0]["extensions"]["code"], "NOT_FOUND");
    assert_eq!(theirs["errors"][0]["message"], nobodys["errors"][0]["message"]);
    let file = sent(&client, &eva, None).await;
    let refusals = [file.as_str(), "attachment_9", "no id"].map(|id| {
        let input = attached(with(submission("o"), "subjectId", OLLE.to_string()), &[id]);
        client.try_command(&olle, "submitCase", input)
    });
    let mut answers = vec![];
    for refusal in refusals {
        answers.push(refusal.await);
    }
    assert_eq!(answers[0]["userErrors"][0]["field"], "attachments.uploadId");
    assert!(answers.iter().all(|it| *it == answers[0]), "{answers:?}");
    let refused = asked(&client, &staff(VERA), None, 37).await;
    let error = &refused["data"]["requestUpload"]["userErrors"][0];
    assert_eq!(error["code"], "NOT_ALLOWED");
}
