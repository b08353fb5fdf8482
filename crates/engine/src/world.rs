//! Everything the program cannot work out for itself: the time, fresh ids, and chance.
//!
//! All else follows from the log. Give two engines the same log and the same world and they do
//! the same thing, byte for byte; that is what makes a test repeatable and a replay honest.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use domain::time::whole_ms;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use ulid::Ulid;

/// The one source of time, identity and chance.
pub trait World: Send + Sync {
    /// The time, UTC, in whole milliseconds. Never earlier than the last answer.
    fn now(&self) -> Timestamp;

    /// How long this world has been running, to measure with. Never runs backwards, and says nothing
    /// of the time of day.
    fn elapsed(&self) -> Duration;

    /// Fills `bytes` with what nobody can guess.
    fn fill(&self, bytes: &mut [u8]);

    /// The bits of an id that nothing has had before; ids sort by when they were made.
    fn new_id(&self) -> u128 {
        let mut chance = [0; 16];
        self.fill(&mut chance[6..]);
        let ms = u64::try_from(self.now().as_millisecond()).unwrap_or(0);
        Ulid::from_parts(ms, u128::from_be_bytes(chance)).0
    }
}

/// The world outside. Its clock never runs backwards, whatever the machine's does.
pub struct SystemWorld {
    latest: Mutex<Timestamp>,
    started: Instant,
}

impl Default for SystemWorld {
    #[expect(clippy::disallowed_methods, reason = "this is where time comes in")]
    fn default() -> Self {
        Self { latest: Mutex::default(), started: Instant::now() }
    }
}

impl World for SystemWorld {
    #[expect(clippy::disallowed_methods, reason = "this is where time comes in")]
    fn now(&self) -> Timestamp {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        *latest = whole_ms(Timestamp::now()).max(*latest);
        *latest
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    #[expect(clippy::expect_used, reason = "without chance there are no keys; stop at once")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}

/// A world that a script directs: the clock stands where it was put, and chance follows from a
/// seed. For tests, and for generating the same casework twice. Its keys are no secret.
pub struct ScriptedWorld {
    state: Mutex<Script>,
}

struct Script {
    now: Timestamp,
    seed: [u8; 32],
    drawn: u64,
}

impl ScriptedWorld {
    /// A world whose clock stands at `now`.
    pub fn new(seed: u64, now: Timestamp) -> Self {
        let seed = Sha256::digest(seed.to_be_bytes()).into();
        Self { state: Mutex::new(Script { now: whole_ms(now), seed, drawn: 0 }) }
    }

    /// Puts the clock to `now`, unless it is past it already.
    pub fn set(&self, now: Timestamp) {
        let mut script = self.script();
        script.now = whole_ms(now).max(script.now);
    }

    fn script(&self) -> std::sync::MutexGuard<'_, Script> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl World for ScriptedWorld {
    fn now(&self) -> Timestamp {
        self.script().now
    }

    /// In a script nothing takes time.
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn fill(&self, bytes: &mut [u8]) {
        let mut script = self.script();
        for chunk in bytes.chunks_mut(32) {
            script.drawn += 1;
            let block =
                Sha256::new().chain_update(script.seed).chain_update(script.drawn.to_be_bytes());
            chunk.copy_from_slice(&block.finalize()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::{SignedDuration, Timestamp};

    use super::{ScriptedWorld, SystemWorld, World};

    #[test]
    fn the_same_seed_gives_the_same_world_and_another_seed_another() {
        let ids = |seed| {
            let world = ScriptedWorld::new(seed, Timestamp::UNIX_EPOCH);
            [world.new_id(), world.new_id(), world.new_id()]
        };
        assert_eq!(ids(42), ids(42));
        assert_ne!(ids(42), ids(43));
        assert_eq!(BTreeSet::from(ids(42)).len(), 3);
    }

    #[test]
    fn time_never_runs_backwards() {
        let world = ScriptedWorld::new(1, Timestamp::UNIX_EPOCH);
        let later = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(10);
        world.set(later);
        world.set(Timestamp::UNIX_EPOCH);
        assert_eq!(world.now(), later);
        let world = SystemWorld::default();
        assert!(world.now() <= world.now());
        assert_eq!(world.now().subsec_nanosecond() % 1_000_000, 0);
    }

    #[test]
    fn ids_sort_by_when_they_were_made() {
        let world = ScriptedWorld::new(1, Timestamp::UNIX_EPOCH);
        let first = world.new_id();
        world.set(Timestamp::UNIX_EPOCH + SignedDuration::from_millis(1));
        assert!(first < world.new_id());
    }
}
