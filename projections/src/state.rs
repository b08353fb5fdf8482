//! The read models as bytes, so that a start need not begin from nothing.
//!
//! ```text
//! version u16 = 8 │ position u64 │ parked │ directory │ offerings │ assignments │ activity
//! │ statistics │ ids of units, staff, residents, others: each a list of u128 │ rows of cases: a list
//! ```
//!
//! What finds cases is not there: it follows from the rows. Integers are little-endian, a list is
//! its length as u32 and its items, and every order is one that follows from the log. What an
//! event decided as a whole, such as a form, is the text of its JSON, as an export has it. The
//! bytes are good for one version of the code (see [`MODELS`](crate::MODELS)) and replaced by a replay
//! for any other; a change of layout takes another [`STATE_VERSION`].

mod kept;
mod text;

use domain::Position;
use thiserror::Error;

pub(crate) use self::kept::{Kept, Taken, fields};
use crate::{
    Cases, Directory, ReadModels,
    cases::{Book, Index, Stored},
    pieces::Pieces,
};

/// The layout that is written, and the only one that is read.
pub const STATE_VERSION: u16 = 8;

/// Why bytes are not a state of the read models.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("at byte {at}: {what}")]
pub struct StateError {
    /// Where.
    pub at: usize,
    /// What is wrong there.
    pub what: &'static str,
}

/// The read models as they were at one position, held still to be written.
///
/// It is taken in milliseconds and shares its memory with the read models, which may go on.
#[derive(Debug, Clone)]
pub struct Frozen {
    position: Position,
    /// All but the cases, as bytes: it is small.
    head: Vec<u8>,
    ids: [Pieces<u128>; 4],
    rows: Pieces<Stored>,
}

impl ReadModels {
    /// All that the read models follow from, held still.
    pub fn freeze(&self) -> Frozen {
        let book = &self.cases.book;
        let mut head = Vec::new();
        self.parked.put(&mut head);
        self.directory.put(&mut head);
        self.offerings.put(&mut head);
        self.assignments.put(&mut head);
        self.activity.put(&mut head);
        book.flows.put(&mut head);
        let (ids, rows) = (book.ids().map(Clone::clone), book.rows.clone());
        Frozen { position: self.position, head, ids, rows }
    }
}

impl Frozen {
    /// The last commit that it knows of.
    pub fn position(&self) -> Position {
        self.position
    }

    /// Hands its bytes to `each`, part by part. [`crate::Replay::restore`] takes them back.
    pub fn write(&self, each: &mut dyn FnMut(&[u8])) {
        let mut out = Vec::new();
        STATE_VERSION.put(&mut out);
        self.position.put(&mut out);
        each(&out);
        each(&self.head);
        self.ids.iter().for_each(|ids| ids.put_pieces(each));
        self.rows.put_pieces(each);
    }
}

/// The read models that `bytes` are, without what cases are found by.
pub(crate) fn restore(bytes: &[u8]) -> Result<ReadModels, StateError> {
    let from = &mut Taken::of(bytes);
    if u16::take(from)? != STATE_VERSION {
        return Err(StateError { at: 0, what: "another layout" });
    }
    let position = Position::take(from)?;
    let parked = Kept::take(from)?;
    let directory = Directory::take(from)?;
    let (offerings, assignments) = (Kept::take(from)?, Kept::take(from)?);
    let activity = Kept::take(from)?;
    let flows = Kept::take(from)?;
    let ids = [Kept::take(from)?, Kept::take(from)?, Kept::take(from)?, Kept::take(from)?];
    let rows = Kept::take(from)?;
    let book = Book::of(ids, rows, flows).map_err(|what| from.wrong(what))?;
    from.end()?;
    let cases = Cases { book, index: Index::default() };
    Ok(ReadModels {
        position,
        directory,
        cases,
        assignments,
        offerings,
        activity,
        parked,
        has_gaps: false,
    })
}
