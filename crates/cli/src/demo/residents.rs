//! Residents: their age and sex by the model, a primary care unit where they are listed, and for
//! children a guardian among the grown.
//!
//! Numbers are made up (`domain::identity::synthetic_nth`). Left out: coordination numbers, of
//! which there are no safe made-up ones, and protected identities, which the log has no place for.

use std::collections::BTreeMap;

use anyhow::Context as _;
use domain::{
    ResidentId,
    deadline::local_date,
    identity::{NationalId, Sex, age_on, synthetic_nth},
    organisation::{GuardianLimit, Person},
};
use engine::World;
use jiff::{Timestamp, ToSpan as _, civil::Date};

use super::{
    catalogue::Kind,
    chance::{Chance, Weights},
    model::{ACTIVITY, Model, Scale},
    names,
    region::Region,
};

/// How old a band without an upper end reaches.
const OLDEST: i16 = 98;
/// A few, so that any kind of case has someone to concern.
const RESIDENTS_MIN: usize = 8;
/// How much older than the child a guardian is, in years.
const GUARDIAN_OLDER: std::ops::RangeInclusive<i16> = 20..=45;
/// How often one at random is tried before everyone is looked through.
const TRIES: usize = 50;

pub(super) struct Resident {
    pub(super) id: ResidentId,
    pub(super) number: NationalId,
    given: &'static str,
    family: &'static str,
    pub(super) guardian: Option<Guardian>,
}

/// Who acts for a child, and until when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Guardian {
    pub(super) resident: usize,
    pub(super) until: Timestamp,
}

impl Resident {
    pub(super) fn person(&self) -> Person {
        let name = format!("{} {}", self.given, self.family);
        Person { name, number: self.number.expose_digits() }
    }
}

/// Everyone, and how often each writes.
pub(super) struct Residents {
    pub(super) all: Vec<Resident>,
    active: Weights,
    /// By unit: who is listed there, and how often each writes.
    listed: BTreeMap<usize, (Vec<usize>, Weights)>,
}

impl Residents {
    pub(super) fn new(
        model: &Model,
        region: &Region,
        scale: Scale,
        until: Timestamp,
        world: &dyn World,
        chance: &mut Chance,
    ) -> anyhow::Result<Self> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "millions")]
        let count = (scale.residents.round() as usize).max(RESIDENTS_MIN);
        let bands = bands(model)?;
        let mut maker =
            Maker { world, today: local_date(until), per_day: BTreeMap::new(), all: vec![] };
        // Someone whom any kind of case may concern.
        maker.add(30, Sex::Female, chance);
        for _ in 1..count {
            let sex = if chance.hits(model.residents.female) { Sex::Female } else { Sex::Male };
            let weights: Vec<f64> = bands.iter().map(|(_, _, share)| *share).collect();
            let (from, to, _) = bands[chance.weighted(&weights)];
            let years = usize::try_from(to - from).unwrap_or(0) + 1;
            let age = from + i16::try_from(chance.below(years)).unwrap_or(0);
            maker.add(age, sex, chance);
        }
        maker.find_guardians(count, chance);
        Ok(Self::listed(maker.all, region, chance))
    }

    fn listed(all: Vec<Resident>, region: &Region, chance: &mut Chance) -> Self {
        let care = region.units.iter().enumerate().filter(|(_, it)| it.kind == Kind::PrimaryCare);
        let (units, volumes): (Vec<usize>, Vec<f64>) = care.map(|(n, it)| (n, it.volume)).unzip();
        let volumes: Weights = volumes.into_iter().collect();
        let mut homes: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut weights = Vec::with_capacity(all.len());
        for resident in 0..all.len() {
            #[expect(clippy::cast_precision_loss, reason = "a few cases")]
            weights.push(1.0 + chance.geometric(ACTIVITY) as f64);
            if let Some(unit) = volumes.draw(chance).and_then(|n| units.get(n)) {
                homes.entry(*unit).or_default().push(resident);
            }
        }
        let active_of =
            |among: &[usize]| among.iter().map(|resident| weights[*resident]).collect::<Weights>();
        let listed = homes.into_iter().map(|(unit, among)| {
            let active = active_of(&among);
            (unit, (among, active))
        });
        Self { listed: listed.collect(), active: weights.iter().copied().collect(), all }
    }

    /// The number of `id`, who is one of them.
    pub(super) fn number(&self, id: ResidentId) -> Option<NationalId> {
        self.all.iter().find(|it| it.id == id).map(|it| it.number)
    }

    /// Someone to whom `fits` applies: of those listed at the unit, if it has any, else of all.
    pub(super) fn draw(
        &self,
        unit: usize,
        chance: &mut Chance,
        fits: impl Fn(&Resident) -> bool,
    ) -> usize {
        let fits = |resident: usize| self.all.get(resident).is_some_and(&fits);
        if let Some((among, active)) = self.listed.get(&unit) {
            for _ in 0..TRIES {
                let drawn = active.draw(chance).and_then(|n| among.get(n)).copied();
                if let Some(resident) = drawn.filter(|it| fits(*it)) {
                    return resident;
                }
            }
        }
        for _ in 0..TRIES {
            if let Some(resident) = self.active.draw(chance).filter(|it| fits(*it)) {
                return resident;
            }
        }
        (0..self.all.len()).find(|it| fits(*it)).unwrap_or(0)
    }
}

/// The model's age bands: from, to and share.
fn bands(model: &Model) -> anyhow::Result<Vec<(i16, i16, f64)>> {
    let band = |(name, share): (&String, &f64)| {
        let (from, to) = name.split_once('-').unwrap_or((name.trim_end_matches('+'), ""));
        let to = if to.is_empty() { OLDEST } else { to.parse()? };
        anyhow::Ok((from.parse()?, to, *share))
    };
    let bands = model.residents.age_of_subject.iter().map(band);
    bands.collect::<Result<_, _>>().context("failed to read the age bands of the workload model")
}

struct Maker<'a> {
    world: &'a dyn World,
    /// The day that ages are counted on.
    today: Date,
    /// Numbers given out, by birth date and sex.
    per_day: BTreeMap<(Date, Sex), u16>,
    all: Vec<Resident>,
}

impl Maker<'_> {
    /// Adds someone of that age, and says where.
    fn add(&mut self, age: i16, sex: Sex, chance: &mut Chance) -> usize {
        let days = i64::try_from(chance.below(365)).unwrap_or(0);
        let birth_date =
            self.today.saturating_sub(i64::from(age).years()).saturating_sub(days.days());
        let nth = self.per_day.entry((birth_date, sex)).or_default();
        let number = synthetic_nth(birth_date, sex, *nth);
        *nth += 1;
        self.all.push(Resident {
            id: ResidentId::new(self.world.new_id()),
            number,
            given: names::given(sex, chance),
            family: names::family(chance),
            guardian: None,
        });
        self.all.len() - 1
    }

    /// Gives each child a guardian, made for the purpose where nobody is of a fitting age.
    fn find_guardians(&mut self, count: usize, chance: &mut Chance) {
        for child in 0..count {
            let born = self.all[child].number.birth_date();
            // Who turns 13 within the span is a child when it begins, which is when they register.
            let Some(until) = GuardianLimit::ends(&[], born, self.world.now()) else { continue };
            let age = i16::try_from(age_on(born, self.today)).unwrap_or(OLDEST);
            let older = |it: &Resident| born.year() - it.number.birth_date().year();
            let found = (0..TRIES).map(|_| chance.below(count));
            let found =
                found.into_iter().find(|it| GUARDIAN_OLDER.contains(&older(&self.all[*it])));
            let resident = match found {
                Some(resident) => resident,
                None => self.add(age + 30, Sex::Female, chance),
            };
            self.all[child].family = self.all[resident].family;
            self.all[child].guardian = Some(Guardian { resident, until });
        }
    }
}
