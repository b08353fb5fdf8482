//! `cargo run --release --bin codec -- -max_total_time=60 seeds/codec`

#![no_main]

#[expect(dead_code, reason = "each program has one target")]
#[path = "../../engine/tests/untrusted/targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|input: &[u8]| targets::codec(input));
