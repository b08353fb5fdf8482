//! What surrounds a case: regions, divisions, care units, staff, residents and case types.
//!
//! Each is registered by an event in a stream of its own, and changed by more. The rules are few,
//! so they share one shape: an [`Event`] is granted where it would change something and its
//! stream allows it, asked twice it changes nothing, and [`Registration::evolve`] is total.

mod event;
mod registration;
#[cfg(test)]
mod tests;

pub use self::{
    event::*,
    registration::{Registration, Rejection},
};
