//! A world that follows a script while casework is generated and is the world outside from then
//! on, so that the same engine goes on to serve what it has generated.
//!
//! What is made after [`Handover::go_live`] is secret as it should be: keys of new cases come from
//! the operating system. Keys of generated cases follow from the seed, and are not.

use std::{sync::OnceLock, time::Duration};

use engine::{ScriptedWorld, SystemWorld, World};
use jiff::Timestamp;

/// The script, and the world outside once it is over.
pub(crate) struct Handover {
    script: ScriptedWorld,
    outside: OnceLock<SystemWorld>,
}

impl Handover {
    pub(super) fn new(script: ScriptedWorld) -> Self {
        Self { script, outside: OnceLock::new() }
    }

    pub(super) fn script(&self) -> &ScriptedWorld {
        &self.script
    }

    /// Ends the script. The clock stands still until the real one has caught up with it, if the
    /// script ended in the future.
    pub(crate) fn go_live(&self) {
        self.outside.get_or_init(SystemWorld::default);
    }
}

impl World for Handover {
    fn now(&self) -> Timestamp {
        let scripted = self.script.now();
        self.outside.get().map_or(scripted, |outside| outside.now().max(scripted))
    }

    fn elapsed(&self) -> Duration {
        self.outside.get().map_or(Duration::ZERO, World::elapsed)
    }

    fn fill(&self, bytes: &mut [u8]) {
        match self.outside.get() {
            Some(outside) => outside.fill(bytes),
            None => self.script.fill(bytes),
        }
    }
}
