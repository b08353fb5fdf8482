//! Files and notices with a real process: sent, fetched, killed in the midst of it, verified, copied;
//! and a receiver on loopback that is called.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
    time::Duration,
};

use engine::{
    SystemWorld,
    keys::{KeyStore, MasterKey},
};
use serde_json::{Value, json};

use crate::{backup::next, demo::demo, running::arende, serving::Serving};

const PDF: &[u8] = b"%PDF-1.7 what a scanner made";

fn serve(data: &str, webhook: &str, secret: &str) -> Serving {
    let args = [
        ["serve", "--data", data],
        ["--dev", "--listen", "127.0.0.1:0"],
        ["--webhook", webhook, "--webhook-secret"],
        [secret, "--service-url", "https://arende.example.se"],
    ];
    Serving::start(&args.concat(), "a token to ask with")
}

fn token(data: &str, who: &str) -> String {
    arende(&["token", "--data", data, "--as", who]).out.trim().to_owned()
}

/// The link to send a file of so many bytes to, and its id.
fn upload(service: &Serving, token: &str, case: &str, bytes: usize) -> (String, String) {
    let query = "mutation M($input: RequestUploadInput!) { requestUpload(input: $input) {
        upload { id url } userErrors { message } } }";
    let input = json!({ "input": {
        "idempotencyKey": format!("upload {bytes}"), "caseId": case, "bytes": bytes,
    } });
    let upload = service.data(token, query, input)["requestUpload"]["upload"].take();
    let text = |field: &str| upload[field].as_str().unwrap().to_owned();
    (text("url"), text("id"))
}

fn files(data: &Path) -> Vec<PathBuf> {
    let mut folders = vec![data.join("attachments")];
    let mut files = vec![];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files
}

/// Answers every call with 204, and passes on its body.
fn receiver() -> (String, mpsc::Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let (calls, called) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut line, mut length) = (String::new(), 0);
            while reader.read_line(&mut line).unwrap() > 2 {
                let line = std::mem::take(&mut line).to_ascii_lowercase();
                if let Some(value) = line.strip_prefix("content-length: ") {
                    length = value.trim().parse().unwrap();
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").unwrap();
            let _ = calls.send(serde_json::from_slice(&body).unwrap());
        }
    });
    (url, called)
}

#[test]
fn files_go_with_messages_outlive_kills_and_copies_and_are_verified() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let data = path.to_str().unwrap();
    assert_eq!(demo(data).stop(), 0);
    let secret = folder.path().join("secret");
    fs::write(&secret, "a secret that is shared\n").unwrap();
    let (url, called) = receiver();
    let service = serve(data, &url, secret.to_str().unwrap());
    let handler = token(data, "handler");
    let query = "{ handlerInbox(first: 1, filter: { states: [DISTRIBUTED] }) {
        nodes { id resident { id } } } }";
    let inbox = service.data(&handler, query, json!({}))["handlerInbox"]["nodes"][0].take();
    let case = inbox["id"].as_str().unwrap().to_owned();

    let (link, file) = upload(&service, &handler, &case, PDF.len());
    let sent = ureq::put(format!("{}{link}", service.address)).send(PDF).unwrap();
    assert_eq!(sent.status(), 201);
    let input = json!({
        "idempotencyKey": "with a file", "caseId": case, "text": "Se bilagan.",
        "attachments": [{ "uploadId": file, "fileName": "remiss.pdf" }],
    });
    service.command(&handler, "sendPartialAnswer", input);
    let call = called.recv_timeout(Duration::from_secs(30)).unwrap();
    assert_eq!(call["notice"], "NEW_MESSAGE");
    assert_eq!(call["to"]["residentId"], inbox["resident"]["id"]);
    assert_eq!(call["link"], "https://arende.example.se");

    let query = "query Q($id: ID!) { case(id: $id) { messages(last: 1) { nodes {
        attachments { fileName downloadUrl } } } } }";
    let found = service.data(&handler, query, json!({ "id": case }));
    let attachment = &found["case"]["messages"]["nodes"][0]["attachments"][0];
    assert_eq!(attachment["fileName"], "remiss.pdf");
    let link = attachment["downloadUrl"].as_str().unwrap();
    assert_eq!(service.get(link, "*/*").as_bytes(), PDF);
    let metrics = service.get("/metrics", "*/*");
    assert!(metrics.contains(r#"arende_notices{channel="webhook",state="sent"} 1"#), "{metrics}");

    let resend = |id| arende(&["outbox", "--data", data, "--resend", id]);
    let ran = resend("00-ab");
    assert!(ran.error().starts_with("there is no notice 00-ab that was not sent"), "{ran:?}");
    let ran = resend("dear notice");
    assert!(ran.code == 2 && ran.err.contains("not the id of a notice"), "{ran:?}");

    // Killed while a file comes in: half of it is there, and gone after the next start.
    let (link, _) = upload(&service, &handler, &case, 4 << 20);
    let mut half = TcpStream::connect(service.address.trim_start_matches("http://")).unwrap();
    write!(half, "PUT {link} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n%PDF-1.7", 4 << 20)
        .unwrap();
    half.write_all(&vec![7; 2 << 20]).unwrap();
    for _ in 0..1_000 {
        if files(&path).len() == 2 {
            break;
        }
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(files(&path).len(), 2);
    drop(service);
    let service = serve(data, &url, secret.to_str().unwrap());
    assert_eq!(files(&path).len(), 1);
    assert_eq!(service.stop(), 0);
    assert!(called.try_recv().is_err(), "nobody was told again");
    assert!(resend("00-ab").error().starts_with("no service has the folder"));
    let outbox = arende(&["outbox", "--data", data]);
    assert_eq!((outbox.code, &*outbox.out), (0, "nothing waits, is uncertain, or was given up\n"));

    let verified = arende(&["verify", "--data", data]);
    assert!(verified.code == 0, "{verified:?}");
    let length = PDF.len() + 20 + 16;
    let told = format!("attachments: 1 files, {length} bytes verified\n");
    assert!(verified.out.contains(&told), "{verified:?}");

    let file = files(&path).remove(0);
    let whole = fs::read(&file).unwrap();
    let mut bytes = whole.clone();
    bytes[30] ^= 1;
    fs::write(&file, bytes).unwrap();
    let altered = arende(&["verify", "--data", data]);
    assert!(altered.code == 1 && altered.out.contains("was altered"), "{altered:?}");
    let name = file.file_name().unwrap().to_str().unwrap();
    let lacking = folder.path().join("lacking.zst");
    let ran = arende(&["backup", "--data", data, "--out", lacking.to_str().unwrap()]);
    let told = format!("attachments: {name} is not in it");
    assert!(ran.code == 1 && ran.out.contains(&told) && lacking.exists(), "{ran:?}");
    fs::remove_file(&file).unwrap();
    let missing = arende(&["verify", "--data", data]);
    assert!(missing.out.contains(&format!("of {case} is missing")), "{missing:?}");
    fs::write(&file, whole).unwrap();
    assert_eq!(arende(&["verify", "--data", data]).code, 0);
}

/// A file goes with a message; gives its name on disk.
fn attach(service: &Serving, data: &Path, handler: &str, case: &str, content: &[u8]) -> String {
    let before = files(data);
    let (link, file) = upload(service, handler, case, content.len());
    let sent = ureq::put(format!("{}{link}", service.address)).send(content).unwrap();
    assert_eq!(sent.status(), 201);
    let input = json!({
        "idempotencyKey": format!("with {}", content.len()), "caseId": case, "text": "Se bilagan.",
        "attachments": [{ "uploadId": file, "fileName": "remiss.pdf" }],
    });
    service.command(handler, "sendPartialAnswer", input);
    let new = files(data).into_iter().find(|it| !before.contains(it)).unwrap();
    new.file_name().unwrap().to_str().unwrap().to_owned()
}

/// What is given out over HTTP of the file with the last message of `case`.
fn fetched(service: &Serving, handler: &str, case: &str, last: usize) -> Vec<u8> {
    let query = "query Q($id: ID!, $last: Int!) { case(id: $id) { messages(last: $last) { nodes {
        attachments { downloadUrl } } } } }";
    let found = service.data(handler, query, json!({ "id": case, "last": last }));
    let attachment = &found["case"]["messages"]["nodes"][0]["attachments"][0];
    service.get(attachment["downloadUrl"].as_str().unwrap(), "*/*").into_bytes()
}

#[test]
fn files_are_in_the_backup_of_a_service_and_are_given_out_after_it_was_restored() {
    let folder = tempfile::tempdir().unwrap();
    let text = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (data, new) = (text("data"), text("new"));
    assert_eq!(demo(&data).stop(), 0);
    let serve = |data: &str| {
        let args = ["serve", "--data", data, "--dev", "--listen", "127.0.0.1:0"];
        Serving::start(&args, "a token to ask with")
    };
    let service = serve(&data);
    let handler = token(&data, "handler");
    let query = "{ handlerInbox(first: 1, filter: { states: [DISTRIBUTED] }) { nodes { id } } }";
    let inbox = service.data(&handler, query, json!({}));
    let case = inbox["handlerInbox"]["nodes"][0]["id"].as_str().unwrap().to_owned();

    // One file in the whole backup, one in that which continues it; both while it serves.
    let large: Vec<u8> = PDF.iter().copied().cycle().take(3 << 20).collect();
    attach(&service, Path::new(&data), &handler, &case, &large);
    let [full, more, keys] = ["full.zst", "more.zst", "keys"].map(text);
    let ran = arende(&["backup", "--data", &data, "--out", &full]);
    assert!(ran.out.contains("attachments: 1 files, "), "{ran:?}");
    let since = next(&ran);
    let name = attach(&service, Path::new(&data), &handler, &case, PDF);
    let since: Vec<&str> = since.iter().map(String::as_str).collect();
    let args = [&["backup", "--data", &data, "--out", &more, "--keys-out", &keys], &since[..]];
    let ran = arende(&args.concat());
    let told = format!("attachments: 1 files, {} bytes in it\n", PDF.len() + 20 + 16);
    assert!(ran.code == 0 && ran.out.contains(&told), "{ran:?}");
    assert_eq!(service.stop(), 0);
    let again = text("again.zst");
    assert_eq!(arende(&["backup", "--data", &data, "--out", &again]).code, 0);

    // The same from a folder that nobody serves, and a byte of a file that changes there.
    let mut plain = zstd::decode_all(&fs::read(&again).unwrap()[..]).unwrap();
    let sealed =
        fs::read(files(Path::new(&data)).into_iter().find(|it| it.ends_with(&name)).unwrap());
    let sealed = sealed.unwrap();
    let at = plain.windows(sealed.len()).position(|it| it == sealed).unwrap();
    plain[at + 30] ^= 1;
    fs::write(text("flipped.zst"), zstd::encode_all(&plain[..], 3).unwrap()).unwrap();
    let ran = arende(&["restore", &text("flipped.zst"), "--data", &new]);
    assert!(ran.error().contains(&format!("file {name} in it was altered")), "{ran:?}");
    assert!(!Path::new(&new).exists() && !folder.path().join("new.unfinished").exists());

    let ran = arende(&["restore", &full, &more, "--keys", &keys, "--data", &new]);
    assert!(ran.code == 0 && ran.out.contains("attachments: 2 files, "), "{ran:?}");
    let verified = arende(&["verify", "--data", &new]);
    assert!(verified.code == 0 && verified.out.contains("attachments: 2 files, "), "{verified:?}");
    for name in ["master.key", "dev-issuer.json"] {
        fs::copy(Path::new(&data).join(name), Path::new(&new).join(name)).unwrap();
    }
    let service = serve(&new);
    assert!(fetched(&service, &handler, &case, 2) == large);
    assert!(fetched(&service, &handler, &case, 1) == PDF);
    assert_eq!(service.stop(), 0);

    // The keys to the case are gone: its files are no fault, whether they lie there or not.
    let gone: PathBuf = Path::new(&new).join("keys");
    fs::remove_dir_all(&gone).unwrap();
    KeyStore::open(&gone, MasterKey::generate(&SystemWorld::default())).unwrap();
    let verified = arende(&["verify", "--data", &new]);
    let told = format!("attachments: {name} can be opened by nobody");
    assert!(verified.code == 0 && verified.out.contains(&told), "{verified:?}");
    for file in files(Path::new(&new)) {
        fs::remove_file(file).unwrap();
    }
    let verified = arende(&["verify", "--data", &new]);
    let told = "attachments: 2 files are gone, and so are the keys to their cases: disposed of\n";
    assert!(verified.code == 0 && verified.out.contains(told), "{verified:?}");
    let ran = arende(&["backup", "--data", &new, "--out", &text("disposed.zst")]);
    assert!(ran.code == 0 && ran.out.contains("attachments: 2 files are gone"), "{ran:?}");
    let ran = arende(&["restore", &text("disposed.zst"), "--data", &text("third")]);
    assert!(ran.code == 0 && ran.out.contains("attachments: 2 files are gone"), "{ran:?}");
}

#[test]
fn notices_that_could_not_be_sent_safely_are_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    fs::write(&secret, "short").unwrap();
    let secret = secret.to_str().unwrap();
    let serve = |more: &[&str]| arende(&[&["serve", "--data", "x", "--dev"], more].concat());
    let ran = serve(&["--webhook", "https://example.se/hook"]);
    assert!(ran.code == 2 && ran.err.contains("--webhook-secret"), "{ran:?}");
    let ran = serve(&["--smtp", "mail.example.se"]);
    assert!(ran.code == 2 && ran.err.contains("not a host and a port"), "{ran:?}");
    let ran = serve(&["--smtp", "mail.example.se:587", "--mail-from", "a@example.se"]);
    assert!(ran.code == 2 && ran.err.contains("--service-url"), "{ran:?}");
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let with = |url: &str, secret: &str| {
        let link = "https://arende.example.se";
        arende(&[
            "serve",
            "--data",
            data,
            "--dev",
            "--new",
            "--webhook",
            url,
            "--webhook-secret",
            secret,
            "--service-url",
            link,
        ])
    };
    let ran = with("https://example.se/hook", secret);
    assert!(ran.error().contains("fewer than 16 bytes"), "{ran:?}");
    let ran = with("example.se/hook", secret);
    assert!(ran.error().contains("is no https address"), "{ran:?}");
}
