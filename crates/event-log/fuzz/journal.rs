//! `cargo run --release --bin journal -- -max_total_time=60 seeds/journal`

#![no_main]

#[expect(dead_code, reason = "each program has one target")]
#[path = "../../event-log-sled/tests/untrusted/targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|input: &[u8]| targets::journal(input));
