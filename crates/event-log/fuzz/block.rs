//! `cargo run --release --bin block -- -max_total_time=60 seeds/block`

#![no_main]

#[expect(dead_code, reason = "each program has one target")]
#[path = "../../event-log-sled/tests/untrusted/targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|input: &[u8]| targets::block(input));
