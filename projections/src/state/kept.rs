//! How each kind of value is kept.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Actor, CareProviderId, CaseId, CaseTypeId, DivisionId, Position, RegionId, ResidentId, Role,
    StaffId, UnitId,
    case::{CloseReason, Origin, State},
    deadline::Policy,
    identity::NumberHash,
    organisation::{Editors, OwnOptions, Post, Scope, UnitKind},
};
use jiff::{Timestamp, civil::Date};

use super::StateError;
use crate::pieces::Pieces;

/// A value that is kept in a checkpoint.
pub(crate) trait Kept: Sized {
    /// Adds its bytes.
    fn put(&self, out: &mut Vec<u8>);

    /// Takes it off the front.
    fn take(from: &mut Taken<'_>) -> Result<Self, StateError>;
}

/// Bytes that values are taken off, and never more than there are.
pub(crate) struct Taken<'a> {
    rest: &'a [u8],
    length: usize,
}

impl<'a> Taken<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, length: bytes.len() }
    }

    /// An error at this place.
    pub(crate) fn wrong(&self, what: &'static str) -> StateError {
        StateError { at: self.length - self.rest.len(), what }
    }

    /// Nothing may be left.
    pub(crate) fn end(&self) -> Result<(), StateError> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.wrong("more than a state")) }
    }

    fn bytes(&mut self, count: usize) -> Result<&'a [u8], StateError> {
        let Some((taken, rest)) = self.rest.split_at_checked(count) else {
            return Err(self.wrong("cut short"));
        };
        self.rest = rest;
        Ok(taken)
    }

    /// The length of a list. A false one makes nobody allocate more than there is.
    fn count(&mut self) -> Result<usize, StateError> {
        let count = u32::take(self)? as usize;
        if count > self.rest.len() {
            Err(self.wrong("a list longer than the rest"))
        } else {
            Ok(count)
        }
    }
}

macro_rules! integers {
    ($($name:ty)*) => {$(
        impl Kept for $name {
            fn put(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }

            fn take(from: &mut Taken<'_>) -> Result<Self, StateError> {
                let bytes = from.bytes(size_of::<Self>())?;
                bytes.try_into().map(Self::from_le_bytes).map_err(|_| from.wrong("cut short"))
            }
        }
    )*};
}

integers! { u8 u16 u32 u64 u128 i8 i16 i64 i128 }

/// Values that are made from another that is kept.
macro_rules! wrapped {
    ($($name:ident)*) => {$(
        impl Kept for $name {
            fn put(&self, out: &mut Vec<u8>) {
                self.get().put(out);
            }

            fn take(from: &mut Taken<'_>) -> Result<Self, StateError> {
                Kept::take(from).map(Self::new)
            }
        }
    )*};
}

wrapped! {
    CareProviderId CaseId CaseTypeId DivisionId Position RegionId ResidentId StaffId UnitId
}

macro_rules! codes {
    ($($name:ident { $($variant:ident = $code:literal)* })*) => {$(
        impl Kept for $name {
            fn put(&self, out: &mut Vec<u8>) {
                out.push(match self { $(Self::$variant => $code,)* });
            }

            fn take(from: &mut Taken<'_>) -> Result<Self, StateError> {
                match u8::take(from)? {
                    $($code => Ok(Self::$variant),)*
                    _ => Err(from.wrong(concat!("no ", stringify!($name)))),
                }
            }
        }
    )*};
}

codes! {
    Role { Receiver = 1 Handler = 2 UnitAdmin = 3 RegionAdmin = 4 Auditor = 5 Analyst = 6 }
    UnitKind { Care = 1 Dental = 2 }
    Editors { Unit = 1 Region = 2 }
    Scope { Central = 1 RegionCommon = 2 UnitOwn = 3 }
    Policy { Eod = 1 Office1700 = 2 SameTime = 3 EodSat = 4 EodNoeves = 5 }
    Origin { Resident = 1 Unit = 2 }
    CloseReason { Withdrawn = 1 Duplicate = 2 Cancelled = 3 }
    State {
        Received = 1 Distributed = 2 PartiallyAnswered = 3 AwaitingResident = 4 Answered = 5
        Closed = 6
    }
}

/// A struct, as its fields one after the other.
macro_rules! fields {
    ($name:ident { $($field:ident),* $(,)? }) => {
        impl $crate::state::Kept for $name {
            fn put(&self, out: &mut Vec<u8>) {
                $($crate::state::Kept::put(&self.$field, out);)*
            }

            fn take(
                from: &mut $crate::state::Taken<'_>,
            ) -> Result<Self, $crate::state::StateError> {
                Ok(Self { $($field: $crate::state::Kept::take(from)?,)* })
            }
        }
    };
}

pub(crate) use fields;

impl Kept for bool {
    fn put(&self, out: &mut Vec<u8>) {
        u8::from(*self).put(out);
    }

    fn take(from: &mut Taken<'_>) -> Result<Self, StateError> {
        match u8::take(from)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(from.wrong("neither yes nor no")),
        }
    }
}

impl Kept for String {
    fn put(&self, out: &mut Vec<u8>) {
        put_count(self.len(), out);
        out.extend_from_slice(self.as_bytes());
    }

    fn take(from: &mut Taken<'_>) -> Result<Self, StateError> {
        let count = from.count()?;
        let text = from.bytes(count)?.to_vec();
        Self::from_utf8(text).map_err(|_| from.wrong("no text"))
    }
}

impl Kept for Timestamp {
    fn put(&self, out: &mut Vec<u8>) {
        self.as_nanosecond().put(out);
    }

    fn take(from: &mut Taken<'_>) -> Result<Self, StateError> {
        Self::from_nanosecond(i128::take(from)?).map_err(|_| from.wrong("no time"))
    }
}

impl Kept for Date {
    fn put(&self, out: &mut Vec<u8>) {
        self.year().put(out);
        self.month().put(out);
        self.day().put(out);
    }

    fn take(from: &mut Taken<'_>) -> Result<Self, StateError> {
        let (year, month, day) = (i16::take(from)?, i8::take(from)?, i8::take(from)?);
        Self::new(year, month, day).map_err(|_| from.wrong("no date"))
    }
}

impl Kept for NumberHash {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.bytes());
    }

    fn take(from: &mut Taken<'_>) -> Result<Self, StateError> {
        let bytes = from.bytes(Self::BYTES)?;
        bytes.try_into().map(Self::new).map_err(|_| from.wrong("cut short"))
    }
}

impl Kept for Post {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Unit(id) => (1_u8, id.get()).put(out),
            Self::Division(id) => (2_u8, id.get()).put(out),
            Self::Region(id) => (3_u8, id.get()).put(out),
        }
    }

    fn take(from: &mut Taken<'_>) -> Result<Self, StateError> {
        match Kept::take(from)? {
            (1_u8, id) => Ok(Self::Unit(UnitId::new(id))),
            (2_u8, id) => Ok(Self::Division(DivisionId::new(id))),
            (3_u8, id) => Ok(Self::Region(RegionId::new(id))),
            _ => Err(from.wrong("no post")),
        }
    }
}

impl Kept for OwnOptions {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }

    fn take(from: &mut Taken<'_>) -> Result<Self, StateError> {
        Kept::take(from).map(Self)
    }
}

impl Kept for Actor {
    fn put(&self, out: &mut Vec<u8>) {
        match *self {
            Self::Resident { who, on_behalf_of } => (1_u8, who, on_behalf_of).put(out),
            Self::Staff { who, role, unit } => (2_u8, (who, role, unit)).put(out),
            Self::System => 3_u8.put(out),
        }
    }

    fn take(from: &mut Taken<'_>) -> Result<Self, StateError> {
        match u8::take(from)? {
            1 => Kept::take(from).map(|(who, on_behalf_of)| Self::Resident { who, on_behalf_of }),
            2 => Kept::take(from).map(|(who, role, unit)| Self::Staff { who, role, unit }),
            3 => Ok(Self::System),
            _ => Err(from.wrong("no actor")),
        }
    }
}

impl<T: Kept> Kept for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        if let Some(it) = self {
            it.put(out);
        }
    }

    fn take(from: &mut Taken<'_>) -> Result<Self, StateError> {
        bool::take(from)?.then(|| T::take(from)).transpose()
    }
}

macro_rules! tuples {
    ($($name:ident),*) => {
        impl<$($name: Kept),*> Kept for ($($name,)*) {
            #[expect(non_snake_case, reason = "each value is named as its type")]
            fn put(&self, out: &mut Vec<u8>) {
                let ($($name,)*) = self;
                $($name.put(out);)*
            }

            fn take(from: &mut Taken<'_>) -> Result<Self, StateError> {
                Ok(($($name::take(from)?,)*))
            }
        }
    };
}

tuples! { A, B }
tuples! { A, B, C }

macro_rules! lists {
    ($([$($bound:tt)*] $name:ty, $item:ty;)*) => {$(
        impl<$($bound)*> Kept for $name {
            fn put(&self, out: &mut Vec<u8>) {
                put_count(self.len(), out);
                for it in self {
                    it.put(out);
                }
            }

            fn take(from: &mut Taken<'_>) -> Result<Self, StateError> {
                let count = from.count()?;
                (0..count).map(|_| <$item>::take(from)).collect()
            }
        }
    )*};
}

lists! {
    [T: Kept] Vec<T>, T;
    [T: Kept + Ord] BTreeSet<T>, T;
}

impl<K: Kept + Ord, V: Kept> Kept for BTreeMap<K, V> {
    fn put(&self, out: &mut Vec<u8>) {
        put_count(self.len(), out);
        for (key, value) in self {
            key.put(out);
            value.put(out);
        }
    }

    fn take(from: &mut Taken<'_>) -> Result<Self, StateError> {
        let count = from.count()?;
        (0..count).map(|_| Kept::take(from)).collect()
    }
}

impl<T: Kept + Clone> Kept for Pieces<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.put_pieces(&mut |bytes| out.extend_from_slice(bytes));
    }

    fn take(from: &mut Taken<'_>) -> Result<Self, StateError> {
        let count = from.count()?;
        let mut list = Self::default();
        for _ in 0..count {
            list.push(T::take(from)?);
        }
        Ok(list)
    }
}

impl<T: Kept> Pieces<T> {
    /// Hands the list's bytes to `each`, part by part.
    pub(crate) fn put_pieces(&self, each: &mut dyn FnMut(&[u8])) {
        let mut out = Vec::new();
        put_count(self.len(), &mut out);
        for piece in self.pieces() {
            for it in piece {
                it.put(&mut out);
            }
            each(&out);
            out.clear();
        }
        each(&out);
    }
}

fn put_count(count: usize, out: &mut Vec<u8>) {
    u32::try_from(count).unwrap_or(u32::MAX).put(out);
}
