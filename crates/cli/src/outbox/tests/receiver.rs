//! Someone's receiver of notices: real HTTP, answers as it is told to.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    sync::{Arc, Mutex},
    thread,
};

use hmac::{Hmac, Mac as _};
use serde_json::Value;
use sha2::Sha256;

use crate::outbox::item::hex;

#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) delivery: String,
    pub(super) signature: String,
    pub(super) body: String,
}

impl Call {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// As docs/operating.md tells a receiver to check it.
    pub(super) fn is_signed_with(&self, secret: &[u8]) -> bool {
        let (seconds, signature) = self.signature.split_once(',').unwrap();
        let seconds = seconds.strip_prefix("t=").unwrap();
        let signature = signature.strip_prefix("v1=").unwrap();
        let mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
        let mac = mac.chain_update(format!("{seconds}.{}", self.body)).finalize().into_bytes();
        hex(&mac) == signature
    }
}

pub(super) struct Receiver {
    pub(super) port: u16,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Receiver {
    /// Answers with each of `statuses`, and with the last of them from then on.
    pub(super) fn start(statuses: &'static [u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let calls = Arc::new(Mutex::new(vec![]));
        let taken = Arc::clone(&calls);
        thread::spawn(move || {
            for (n, stream) in listener.incoming().enumerate() {
                let mut stream = stream.unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut call =
                    Call { delivery: String::new(), signature: String::new(), body: String::new() };
                let (mut line, mut length) = (String::new(), 0);
                while reader.read_line(&mut line).unwrap() > 2 {
                    let (name, value) = line.split_once(": ").unwrap_or_default();
                    match name.to_ascii_lowercase().as_str() {
                        "arende-delivery" => call.delivery = value.trim().to_owned(),
                        "arende-signature" => call.signature = value.trim().to_owned(),
                        "content-length" => length = value.trim().parse().unwrap(),
                        _ => (),
                    }
                    line.clear();
                }
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                call.body = String::from_utf8(body).unwrap();
                taken.lock().unwrap().push(call);
                let status = statuses[n.min(statuses.len() - 1)];
                write!(
                    stream,
                    "HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                )
                .unwrap();
            }
        });
        Self { port, calls }
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }
}
