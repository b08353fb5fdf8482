//! Runs the real binary, and makes small logs for it.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use tempfile::TempDir;

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// The one line of JSON that was printed.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{self:?}");
        assert_eq!(self.out.lines().count(), 1, "{self:?}");
        serde_json::from_str(&self.out).unwrap()
    }

    /// The one line of error that was printed, with exit code 1 and nothing else.
    #[track_caller]
    pub(crate) fn error(&self) -> &str {
        assert_eq!((self.code, &*self.out), (1, ""), "{self:?}");
        let lines: Vec<&str> = self.err.lines().filter(|it| it.starts_with("arende: ")).collect();
        assert_eq!((lines.len(), lines.last().copied()), (1, self.err.lines().last()), "{self:?}");
        lines[0].trim_start_matches("arende: ")
    }
}

pub(crate) fn arende(args: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_arende"))
        .args(args)
        .env_remove("ARENDE_MASTER_KEY")
        .env_remove("ARENDE_LOG")
        .output()
        .unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A mapping that ships with the project.
pub(crate) fn mapping(name: &str) -> String {
    format!("{}/tests/mappings/{name}.toml", env!("CARGO_MANIFEST_DIR"))
}

/// A folder with a mapping, logs, and a data folder that is not there yet.
pub(crate) struct Desk {
    folder: TempDir,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        let mut mapping = "[case]\nunit = \"org:group\"\nhandler = \"org:resource\"\n\
                           case_type = \"advice\"\nregion = \"Test\"\n"
            .to_owned();
        for action in ["work", "queue", "ask", "partial", "answer", "close", "cancel", "note"] {
            write!(mapping, "[[rule]]\nwhen.\"concept:name\" = \"{action}\"\n").unwrap();
            writeln!(mapping, "action = \"{action}\"").unwrap();
        }
        desk.write("mapping.toml", mapping.as_bytes());
        desk
    }

    /// With `traces` imported: each a name and events such as `09:00 work anna north`.
    pub(crate) fn imported(traces: &[(&str, &[&str])]) -> Self {
        let desk = Self::new();
        desk.write("log.xes", log(traces).as_bytes());
        let ran = desk.import("log.xes");
        assert_eq!(ran.code, 0, "{ran:?}");
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn data(&self) -> String {
        self.text("data")
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    /// Imports `log` with the desk's mapping, for JSON.
    pub(crate) fn import(&self, log: &str) -> Ran {
        let (log, mapping, data) = (self.text(log), self.text("mapping.toml"), self.data());
        arende(&["import", "xes", &log, "--mapping", &mapping, "--data", &data, "--json"])
    }

    /// `arende replay …` on the desk's data.
    pub(crate) fn replay(&self, args: &[&str]) -> Ran {
        let data = self.data();
        arende(&[&["replay"], args, &["--data", &data]].concat())
    }

    /// How many commits the log has, and the hash that stands for all of them.
    pub(crate) fn verified(&self) -> String {
        let ran = arende(&["verify", "--data", &self.data()]);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.out.lines().next().unwrap().to_owned()
    }
}

/// A log of Monday 2 March 2026.
pub(crate) fn log(traces: &[(&str, &[&str])]) -> String {
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<log>\n".to_owned();
    for (name, events) in traces {
        writeln!(text, "<trace>\n<string key=\"concept:name\" value=\"{name}\"/>").unwrap();
        for event in *events {
            let [time, action, handler, unit] = event.split(' ').collect::<Vec<_>>()[..] else {
                panic!("`{event}` is not a time, an action, a handler and a unit");
            };
            writeln!(
                text,
                "<event><string key=\"concept:name\" value=\"{action}\"/>\
                 <string key=\"org:resource\" value=\"{handler}\"/>\
                 <string key=\"org:group\" value=\"{unit}\"/>\
                 <date key=\"time:timestamp\" value=\"2026-03-02T{time}:00+01:00\"/></event>"
            )
            .unwrap();
        }
        text.push_str("</trace>\n");
    }
    text + "</log>\n"
}

/// The folder with real logs, or none and a message that the test is skipped.
pub(crate) fn real_log(name: &str) -> Option<String> {
    let Ok(folder) = std::env::var("ARENDE_EVENT_LOGS") else {
        eprintln!("skipped: ARENDE_EVENT_LOGS names no folder with {name}");
        return None;
    };
    Some(Path::new(&folder).join(name).to_str().unwrap().to_owned())
}
