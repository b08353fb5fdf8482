//! `cargo run --release --bin bundle -- -max_total_time=60 seeds/bundle`

#![no_main]

#[expect(dead_code, reason = "each program has one target")]
#[path = "../tests/untrusted/targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|input: &[u8]| targets::bundle(input));
