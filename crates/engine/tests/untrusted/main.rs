//! What was kept for fuzzing, and what it found, given to the target in the ordinary suite.
//! `event-log/fuzz` has the program that invents more.

mod targets;

use std::{fs, path::PathBuf};

use self::targets::memory::give_all;

/// One test: the target measures the memory of the whole program.
#[test]
fn what_is_kept_does_not_break_it_and_the_seeds_are_every_event_there_was() {
    let fuzz: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../event-log/fuzz"].iter().collect();
    let seeds = fuzz.join("seeds/codec");
    let golden = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/codec/golden.txt"));
    let golden = golden.unwrap();
    // What is sealed is decoded only by who has the key.
    for line in golden.lines().filter(|it| !it.starts_with("sealed ")) {
        let words: Vec<_> = line.split(' ').collect();
        let &[type_id, version, name, ref hex @ ..] = &words[..] else { continue };
        let hex = hex.first().copied().unwrap_or_default();
        let byte = |i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap();
        let mut bytes = type_id.parse::<u16>().unwrap().to_be_bytes().to_vec();
        bytes.push(version.trim_start_matches('v').parse().unwrap());
        bytes.extend((0..hex.len()).step_by(2).map(byte));
        let path = seeds.join(format!("{type_id}-{version}-{name}"));
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::create_dir_all(&seeds).unwrap();
            fs::write(&path, &bytes).unwrap();
        }
        assert!(
            fs::read(&path).is_ok_and(|it| it == bytes),
            "{name}: write the seed with UPDATE_EXPECT=1"
        );
    }
    give_all(&[seeds, fuzz.join("found/codec")], targets::codec);
}
