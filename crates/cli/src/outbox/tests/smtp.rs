//! A mail server on loopback that does as it is told.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread,
};

/// What the server does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Manner {
    /// Takes every mail.
    Takes,
    /// Says so often that it is not there, before it takes them.
    AwayFor(u32),
    /// Knows nobody.
    Refuses,
    /// Takes a mail, and goes before it says so.
    TakesAndGoes,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Taken {
    pub(super) from: String,
    pub(super) to: String,
    data: String,
}

impl Taken {
    pub(super) fn header(&self, name: &str) -> String {
        let line = self.data.lines().find_map(|it| it.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("no {name} in {}", self.data)).to_owned()
    }

    /// The mail with its body decoded, whichever way it was sent.
    pub(super) fn readable(&self) -> String {
        let (headers, body) = self.data.split_once("\n\n").unwrap();
        if headers.contains("quoted-printable") {
            let body = body.replace("=\n", "");
            let mut bytes = vec![];
            let mut rest = body.bytes();
            while let Some(byte) = rest.next() {
                if byte == b'=' {
                    let digits: String = rest.by_ref().take(2).map(char::from).collect();
                    bytes.push(u8::from_str_radix(&digits, 16).unwrap());
                } else {
                    bytes.push(byte);
                }
            }
            return format!("{headers}\n\n{}", String::from_utf8(bytes).unwrap());
        }
        assert!(!headers.contains("base64"), "{headers}");
        self.data.clone()
    }
}

pub(super) struct MailServer {
    pub(super) port: u16,
    mails: Arc<Mutex<Vec<Taken>>>,
    connections: Arc<AtomicU32>,
}

impl MailServer {
    pub(super) fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (mails, connections) = (Arc::default(), Arc::new(AtomicU32::new(0)));
        let server =
            Self { port, mails: Arc::clone(&mails), connections: Arc::clone(&connections) };
        thread::spawn(move || {
            for stream in listener.incoming() {
                let n = connections.fetch_add(1, Ordering::SeqCst);
                // Whoever hangs up has had enough.
                let _ = serve(stream.unwrap(), manner, n, &mails);
            }
        });
        server
    }

    pub(super) fn mails(&self) -> Vec<Taken> {
        self.mails.lock().unwrap().clone()
    }

    pub(super) fn connections(&self) -> u32 {
        self.connections.load(Ordering::SeqCst)
    }
}

/// RFC 5321, as much of it as a client needs.
fn serve(
    mut stream: TcpStream,
    manner: Manner,
    n: u32,
    mails: &Mutex<Vec<Taken>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut mail = Taken::default();
    let away = matches!(manner, Manner::AwayFor(times) if n < times);
    // Half of them say so at the door, half later.
    stream.write_all(if away && n.is_multiple_of(2) {
        b"421 later\r\n"
    } else {
        b"220 here\r\n"
    })?;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 0 {
        let verb: String = line.chars().take(4).collect::<String>().to_uppercase();
        match verb.as_str() {
            "EHLO" => stream.write_all(b"250-here\r\n250 8BITMIME\r\n")?,
            "MAIL" => {
                line.trim_end()[10..]
                    .split(' ')
                    .next()
                    .unwrap_or_default()
                    .clone_into(&mut mail.from);
                stream.write_all(if away { b"451 later\r\n" } else { b"250 ok\r\n" })?;
            }
            "RCPT" => {
                line.trim_end()[8..].clone_into(&mut mail.to);
                let refuses = matches!(manner, Manner::Refuses);
                stream.write_all(if refuses { b"550 who\r\n" } else { b"250 ok\r\n" })?;
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n")?;
                loop {
                    line.clear();
                    reader.read_line(&mut line)?;
                    if line == ".\r\n" {
                        break;
                    }
                    mail.data.push_str(&line.replace("\r\n", "\n"));
                }
                mails.lock().unwrap().push(std::mem::take(&mut mail));
                if matches!(manner, Manner::TakesAndGoes) {
                    return Ok(());
                }
                stream.write_all(b"250 taken\r\n")?;
            }
            "QUIT" => {
                stream.write_all(b"221 bye\r\n")?;
                return Ok(());
            }
            _ => stream.write_all(b"502 what\r\n")?,
        }
        line.clear();
    }
    Ok(())
}
