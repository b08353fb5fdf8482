//! `cargo run --release --bin lines -- -max_total_time=60 seeds/lines`

#![no_main]

#[expect(dead_code, reason = "each program has one target")]
#[path = "../../engine/tests/untrusted/targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|input: &[u8]| targets::lines(input));
