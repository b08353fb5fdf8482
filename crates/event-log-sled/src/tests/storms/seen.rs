//! What happened in the storms, so that a calm sea is not taken for a sound ship.

/// How often things happened, over all storms.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) acknowledged: u64,
    pub(super) conflicts: u64,
    pub(super) duplicates: u64,
    /// Appends whose outcome nobody told.
    pub(super) unknown: u64,
    pub(super) powers: u64,
    pub(super) kills: u64,
    pub(super) closes: u64,
    /// Faults of the disk.
    pub(super) errors: u64,
    pub(super) no_room: u64,
    /// Times that sled was given what it lacked because nobody wrote.
    pub(super) rests: u64,
    /// Times that a storm filled a journal's file.
    pub(super) turns: u64,
    /// Blocks that were mended, as the log counts them.
    pub(super) behind: u64,
    pub(super) damaged: u64,
    /// Openings that were refused for damage.
    pub(super) refused: u64,
    /// Openings that ended in the midst of mending sled.
    pub(super) interrupted: u64,
    /// Blocks that went bad in a part that the journal has, and have others that it has not.
    pub(super) half_kept: u64,
}

impl Seen {
    pub(super) fn add(&mut self, other: Self) {
        self.acknowledged += other.acknowledged;
        self.conflicts += other.conflicts;
        self.duplicates += other.duplicates;
        self.unknown += other.unknown;
        self.powers += other.powers;
        self.kills += other.kills;
        self.closes += other.closes;
        self.errors += other.errors;
        self.no_room += other.no_room;
        self.rests += other.rests;
        self.turns += other.turns;
        self.behind += other.behind;
        self.damaged += other.damaged;
        self.refused += other.refused;
        self.interrupted += other.interrupted;
        self.half_kept += other.half_kept;
    }
}
