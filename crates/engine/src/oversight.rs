//! What administrators should look at: what a unit lacks, and what is odd and yet allowed.
//!
//! Both are for the rules of `domain::organisation` to say, of a story as the log has it.

use std::ops::RangeInclusive;

use domain::{
    Actor, Event, RegionId, StreamId, UnitId,
    deadline::local_date,
    organisation::{Asking, ChecklistItem, Region, Unit, Warning},
};
use projections::Scope;

use crate::{Engine, Failure, HistoryEntry};

impl Engine {
    /// What is missing before `unit` can take cases, in the checklist's order.
    pub async fn lacks(&self, unit: UnitId) -> Result<Vec<ChecklistItem>, Failure> {
        let entries = self.story(StreamId::Unit(unit)).await?;
        let unit_as_told = fold(&entries, Unit::evolve);
        let at = self.world.now();
        let models = self.models.read();
        let asking = Asking { by: Actor::System, at, around: &*models };
        Ok(unit_as_told.checklist(unit, &asking))
    }

    /// What is odd in `scope` at present and yet allowed, with whose story it is about: the
    /// region's own first, where the scope is a region, then each unit's in order of id.
    pub async fn warnings(&self, scope: Scope) -> Result<Vec<(StreamId, Warning)>, Failure> {
        let at = self.world.now();
        let (region, units) = {
            let models = self.models.read();
            let directory = models.directory();
            let region = match scope {
                Scope::Unit(unit) => directory.care_unit(unit).map(|it| it.region),
                Scope::Division(division) => directory.division(division).map(|it| it.region),
                Scope::Region(region) => Some(region),
            };
            let is_within = |it: &&projections::Unit| match scope {
                Scope::Unit(unit) => it.id == unit,
                Scope::Division(division) => it.division == division,
                Scope::Region(region) => it.region == region,
            };
            let mut units: Vec<UnitId> =
                directory.units_after(None).filter(is_within).map(|it| it.id).collect();
            units.sort_unstable();
            (region, units)
        };
        let Some(region) = region else { return Ok(vec![]) };
        let story = StreamId::Region(region);
        let entries = self.story(story).await?;
        let region = fold(&entries, Region::evolve);
        let mut warnings = vec![];
        if matches!(scope, Scope::Region(_)) {
            let odd = region.warnings(local_date(at)).into_iter();
            warnings.extend(odd.map(|warning| (story, warning)));
        }
        let bounds = region.administrator_bounds();
        for id in units {
            let story = StreamId::Unit(id);
            let entries = self.story(story).await?;
            let unit = fold(&entries, Unit::evolve);
            let models = self.models.read();
            let asking = Asking { by: Actor::System, at, around: &*models };
            let odd = unit.warnings(id, &asking, &bounds).into_iter();
            warnings.extend(odd.map(|warning| (story, warning)));
        }
        Ok(warnings)
    }

    /// How many administrators each unit of `region` should have.
    pub async fn administrator_bounds(
        &self,
        region: RegionId,
    ) -> Result<RangeInclusive<usize>, Failure> {
        let entries = self.story(StreamId::Region(region)).await?;
        Ok(fold(&entries, Region::evolve).administrator_bounds())
    }
}

fn fold<T: Default>(
    entries: &[HistoryEntry],
    evolve: impl Fn(T, &domain::organisation::Event) -> T,
) -> T {
    let events = entries.iter().filter_map(|entry| match &entry.recorded.event {
        Event::Organisation(event) => Some(event),
        Event::Case(_) => None,
    });
    events.fold(T::default(), evolve)
}
