//! A mail server on loopback that others wrote.

use std::{
    io::{BufRead as _, BufReader},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// Python's aiosmtpd, which prints each mail.
pub(crate) struct Aiosmtpd {
    pub(crate) port: u16,
    process: Child,
    said: Arc<Mutex<String>>,
}

impl Aiosmtpd {
    /// Started; none where it is not installed.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    /// The same, with `cert.pem` and `key.pem` of `folder`: as `tls` for STARTTLS, as `smtps` from
    /// the first byte on.
    pub(crate) fn start_sealed(folder: &Path, how: &str) -> Option<Self> {
        let [cert, key] = ["cert.pem", "key.pem"].map(|it| folder.join(it).display().to_string());
        let more = [format!("--{how}cert"), cert, format!("--{how}key"), key];
        let server = Self::start_with(&more.each_ref().map(String::as_str));
        if server.is_none() {
            eprintln!("skipped: Python's aiosmtpd is not installed");
        }
        server
    }

    /// The same, with `more` on its command line.
    fn start_with(more: &[&str]) -> Option<Self> {
        let python = python()?;
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let at = format!("127.0.0.1:{port}");
        let mut process = Command::new(python)
            .args(["-u", "-m", "aiosmtpd", "-n", "-l", &at])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let out = process.stdout.take().unwrap();
        // Ended when it is dropped, also where it never listens.
        let server = Self { port, process, said: Arc::clone(&said) };
        let heard = said;
        thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                let mut said = heard.lock().unwrap();
                said.push_str(&line);
                said.push('\n');
            }
        });
        for _ in 0..500 {
            if TcpStream::connect(&at).is_ok() {
                return Some(server);
            }
            thread::sleep(Duration::from_millis(20));
        }
        panic!("aiosmtpd did not listen on {at}");
    }

    /// What it printed, once there is a whole mail.
    pub(crate) fn mail(&self) -> String {
        for _ in 0..500 {
            let said = self.said.lock().unwrap().clone();
            if said.contains("END MESSAGE") {
                return said;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("no mail came: {}", self.said.lock().unwrap());
    }
}

impl Drop for Aiosmtpd {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A Python that has aiosmtpd.
fn python() -> Option<String> {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/ci-tools/bin/python3");
    let has = |python: &&str| {
        let asked =
            Command::new(python).args(["-c", "import aiosmtpd"]).stderr(Stdio::null()).status();
        asked.is_ok_and(|status| status.success())
    };
    [own, "python3"].into_iter().find(has).map(str::to_owned)
}
