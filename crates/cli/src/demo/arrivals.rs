//! What comes in, and when: the model's mix of types, its week and its bursts, for a set number of
//! cases.
//!
//! The type is drawn first, so that the mix is the model's whatever units there are; then one of
//! the units that offer it, by volume; then an hour of that unit's. A central type starts from
//! any unit that offers it. What a unit starts itself falls evenly over its working hours.

use jiff::{SignedDuration, Timestamp};

use super::{
    Author, Span,
    catalogue::STAFF_MESSAGE,
    chance::{Chance, Weights},
    hours::arrival_rates,
    model::BURST_SHAPE,
};

/// A case about to start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Arrival {
    pub(super) at: Timestamp,
    /// Where it starts.
    pub(super) unit: usize,
    /// The index of the type's entry.
    pub(super) entry: usize,
    pub(super) by_unit: bool,
}

/// So many arrivals, in order of time.
pub(super) fn arrivals(
    author: &Author<'_>,
    span: Span,
    cases: u64,
    chance: &mut Chance,
) -> Vec<Arrival> {
    let model = author.model;
    let mix: Vec<f64> = author
        .catalogue
        .iter()
        .map(|it| model.type_mix.get(&it.key).copied().unwrap_or(0.0))
        .collect();
    let staff_message = author.catalogue.iter().position(|it| it.key == STAFF_MESSAGE);
    let units = &author.region.units;
    let volume = |serves: &dyn Fn(usize) -> bool| -> Weights {
        let volume = |(n, unit): (usize, &super::region::Unit)| {
            if serves(n) && !unit.is_central() { unit.volume } else { 0.0 }
        };
        units.iter().enumerate().map(volume).collect()
    };
    let offering: Vec<Weights> =
        (0..mix.len()).map(|entry| volume(&|n| units[n].offered.contains_key(&entry))).collect();
    let any = volume(&|_| true);

    let mut all = Vec::new();
    let mut sent: Vec<Vec<usize>> = vec![vec![]; units.len()];
    for _ in 0..cases {
        if chance.hits(model.staff_initiated_share_of_all_cases)
            && let (Some(entry), Some(unit)) = (staff_message, any.draw(chance))
        {
            let at = author.hours.between(span.from, span.until, chance.unit());
            let at = at.min(span.until - SignedDuration::from_secs(1));
            all.push(Arrival { at, unit, entry, by_unit: true });
        } else {
            let entry = chance.weighted(&mix);
            if let Some(unit) = offering[entry].draw(chance) {
                sent[unit].push(entry);
            }
        }
    }

    let rates = arrival_rates(&model.arrivals, span.from, span.until);
    for (unit, entries) in sent.into_iter().enumerate().filter(|(_, it)| !it.is_empty()) {
        let burst = |(_, rate): &(Timestamp, f64)| rate * chance.gamma_of_mean_1(BURST_SHAPE);
        let hours: Weights = rates.iter().map(burst).collect();
        for entry in entries {
            let Some(hour) = hours.draw(chance).and_then(|n| rates.get(n)) else { continue };
            let room = span.until.duration_since(hour.0).as_secs().clamp(1, 3_600);
            let into = chance.below(usize::try_from(room).unwrap_or(1));
            let into = SignedDuration::from_secs(i64::try_from(into).unwrap_or(0));
            all.push(Arrival { at: hour.0 + into, unit, entry, by_unit: false });
        }
    }
    all.sort_unstable();
    all
}
