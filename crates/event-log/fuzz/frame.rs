//! `cargo run --release --bin frame -- -max_total_time=60 seeds/frame`

#![no_main]

#[expect(dead_code, reason = "each program has one target")]
#[path = "../tests/untrusted/targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|input: &[u8]| targets::frame(input));
