//! What sled's files were when the log was closed, so that a byte that changed since is found before
//! sled looks: sled does not notice it, and changes its files while it opens them.
//!
//! ```text
//! arende closed 1
//! NAME LENGTH CRC CRC …      a line for each file: its length in bytes, a CRC-32C for each MiB
//! ```
//!
//! It stands in the file `clean`, which was empty in folders that older versions closed; those are
//! opened as they are. Against someone who means to change the log it is nothing; the hash chain is.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use event_log::frame::checksum;

use crate::{OpenError, folder::failed};

const FORMAT: &str = "arende closed 1";

/// So much of a file is named together: enough to look there, and four bytes a part.
const PART_BYTES: usize = 1 << 20;

/// The text that tells of every file in `folder`.
pub(crate) fn describe(folder: &Path) -> io::Result<String> {
    let mut text = format!("{FORMAT}\n");
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
    for path in files {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let parts = parts(&path)?;
        let length: usize = parts.iter().map(|(_, bytes)| bytes).sum();
        let _ = write!(text, "{name} {length}");
        for (crc, _) in parts {
            let _ = write!(text, " {crc:08x}");
        }
        text.push('\n');
    }
    Ok(text)
}

/// Refuses files that are not what `text` says they were.
pub(crate) fn check(folder: &Path, text: &str) -> Result<(), OpenError> {
    let mut lines = text.lines();
    match lines.next() {
        None => return Ok(()),
        Some(FORMAT) => (),
        Some(_) => {
            let why = "its file `clean` is in another format, perhaps of a newer version";
            return Err(OpenError::NotALog { path: folder.to_owned(), why });
        }
    }
    for line in lines {
        let mut words = line.split(' ');
        let name = words.next().unwrap_or_default();
        let path = folder.join(name);
        let length: Option<usize> = words.next().and_then(|it| it.parse().ok());
        let now = parts(&path).map_err(failed("reading", &path))?;
        if length != Some(now.iter().map(|(_, bytes)| bytes).sum()) {
            return Err(OpenError::Changed { path, place: "in its length".to_owned() });
        }
        for (index, (crc, bytes)) in now.into_iter().enumerate() {
            if words.next() != Some(&format!("{crc:08x}")) {
                let from = index * PART_BYTES;
                let place = format!("between bytes {from} and {}", from + bytes);
                return Err(OpenError::Changed { path, place });
            }
        }
    }
    Ok(())
}

/// The checksum and length of each part of a file.
fn parts(path: &Path) -> io::Result<Vec<(u32, usize)>> {
    let mut file = File::open(path)?;
    let mut parts = Vec::new();
    let mut part = Vec::with_capacity(PART_BYTES);
    loop {
        part.clear();
        let read = (&mut file).take(PART_BYTES as u64).read_to_end(&mut part)?;
        if read == 0 {
            return Ok(parts);
        }
        parts.push((checksum(&part), read));
    }
}

#[cfg(test)]
mod tests {
    use super::{PART_BYTES, check, describe};

    #[test]
    fn every_byte_that_changed_is_found_and_its_part_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        let whole = vec![7; PART_BYTES + 3];
        std::fs::write(&path, &whole).unwrap();
        let text = describe(folder.path()).unwrap();
        assert!(text.starts_with("arende closed 1\ndb 1048579 "), "{text}");
        check(folder.path(), &text).unwrap();
        for (at, part) in [
            (0, "between bytes 0 and 1048576"),
            (PART_BYTES - 1, "between bytes 0 and 1048576"),
            (PART_BYTES + 2, "between bytes 1048576 and 1048579"),
        ] {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            std::fs::write(&path, changed).unwrap();
            let said = check(folder.path(), &text).unwrap_err().to_string();
            assert!(said.contains(part) && said.contains("/db"), "byte {at}: {said}");
        }
        for length in [0, PART_BYTES, PART_BYTES + 4] {
            std::fs::write(&path, vec![7; length]).unwrap();
            let said = check(folder.path(), &text).unwrap_err().to_string();
            assert!(said.contains("in its length"), "{length} bytes: {said}");
        }
        std::fs::remove_file(&path).unwrap();
        assert!(check(folder.path(), &text).is_err());
    }

    #[test]
    fn what_an_older_version_closed_is_opened_and_what_a_newer_one_did_is_not() {
        let folder = tempfile::tempdir().unwrap();
        check(folder.path(), "").unwrap();
        let said = check(folder.path(), "arende closed 2\n").unwrap_err().to_string();
        assert!(said.contains("newer version"), "{said}");
    }
}
