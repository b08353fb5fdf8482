//! Folding a long stretch of the log at once.

use domain::{Event, Position, Recorded};

use crate::{ReadModels, StateError, cases::Index, state};

/// Read models on their way: nothing can be asked of them until they are finished.
///
/// What cases are found by follows from the cases, and is put in order once, at the end. That is
/// cheaper than keeping it in order with each event, and gives the same, which a test holds it to.
#[derive(Debug, Default, Clone)]
pub struct Replay(ReadModels);

impl Replay {
    /// Goes on from where a state was saved; [`crate::Frozen`] says what its bytes are.
    ///
    /// The bytes are checked for whether they are a state at all. Whether they are the state of
    /// this log, and this program's, is for whoever kept them to know.
    pub fn restore(bytes: &[u8]) -> Result<Self, StateError> {
        state::restore(bytes).map(Self)
    }

    /// For a fold that leaves out commits of some streams and not others of the same, such as one
    /// of what had happened by a time: that a case has no beginning is no fault there.
    pub fn with_gaps() -> Self {
        Self(ReadModels { has_gaps: true, ..ReadModels::default() })
    }

    /// Takes in one more event, as [`ReadModels::apply`] does.
    pub fn apply(&mut self, recorded: &Recorded<Event>) {
        self.apply_commit(std::slice::from_ref(recorded));
    }

    /// Takes in one more commit, as [`ReadModels::apply_commit`] does.
    pub fn apply_commit(&mut self, events: &[Recorded<Event>]) {
        if self.0.admits(events) {
            for recorded in events {
                self.0.take(recorded);
            }
        }
    }

    /// As [`ReadModels::park`].
    pub fn park(&mut self, poison: &Recorded<()>, why: String) {
        self.0.park(poison, why);
    }

    /// The last commit that was taken in.
    pub fn position(&self) -> Position {
        self.0.position
    }

    /// The read models, ready to be asked.
    pub fn finish(self) -> ReadModels {
        let mut models = self.0;
        models.cases.index = Index::of(&models.cases.book);
        models
    }
}
