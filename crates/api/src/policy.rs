//! Who may see what, for one request: facts about the viewer put to the tables of `domain::policy`.
//!
//! This is the one place where authorisation is asked for. A resolver that shows something asks
//! here first and answers "not there" to a no; none decides for itself. Facts are those of the
//! present, also for a question about the past.

mod organisation;
mod residents;

use domain::{
    Actor, CareProviderId, CaseId, CaseTypeId, CommitId, DivisionId, RegionId, ResidentId, Role,
    StaffId, UnitId,
    case::{Case, Surroundings as _},
    identity::{Mode, NumberHash},
    organisation::Post,
    policy::{Capacity, Question, Reach, Relation, Sight, may_ask, may_see},
};
use engine::Engine;
use jiff::Timestamp;
use projections::{CaseView, Directory, ReadModels, Scope, Unit, UnitFilter};

use crate::{
    asking::Asking,
    schema::{error::Refusal, id, types::Targets},
    token::{Bearer, Claim, Employed, Who},
};

/// Who asks: one person in one assignment, as a token vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Viewer {
    /// Who, in which assignment.
    pub(crate) actor: Actor,
    /// Why staff reads, where the token says it.
    pub(crate) purpose: Option<String>,
    /// When the token is no longer good.
    pub(crate) expires_at: Timestamp,
    /// A resident's number, where the token says it.
    pub(crate) claim: Option<Claim>,
    /// What they were found by, where it was by their number or HSA-id.
    found_by: Option<NumberHash>,
    /// Whether nobody has an account with that number yet. They may do nothing but make one; the
    /// id is the one that it would have.
    pub(crate) is_newcomer: bool,
    /// Which numbers are taken.
    pub(crate) numbers: Mode,
}

impl Viewer {
    /// Who bears a token, at present: residents may be found by their number, staff by their HSA-id.
    /// An HSA-id that nobody has names somebody who has no assignment.
    pub(crate) fn of(bearer: Bearer, engine: &Engine) -> Self {
        let Bearer { who, claim, purpose, expires_at, numbers } = bearer;
        let (actor, found_by) = match who {
            Who::Known(actor) => (actor, None),
            Who::Numbered => {
                let hash = claim.as_ref().map(|it| engine.number_hash(&it.number));
                let who = hash.map_or_else(id::nothing, |hash| engine.resident_id(hash));
                (Actor::Resident { who, on_behalf_of: None }, hash)
            }
            Who::Employed(Employed { hsa_id, role, unit }) => {
                let hash = engine.hsa_id_hash(&hsa_id);
                let who = engine.staff_of_hsa_id(hash).unwrap_or_else(id::nothing);
                (Actor::Staff { who, role, unit }, Some(hash))
            }
        };
        let is_newcomer = match actor {
            Actor::Resident { who, .. } => found_by.is_some() && !engine.has_resident(who),
            Actor::Staff { .. } | Actor::System => false,
        };
        Self { actor, purpose, expires_at, claim, found_by, is_newcomer, numbers }
    }

    /// Someone whom a signed link names.
    pub(crate) const fn known(
        actor: Actor,
        purpose: Option<String>,
        expires_at: Timestamp,
    ) -> Self {
        let (claim, found_by, is_newcomer, numbers) = (None, None, false, Mode::Live);
        Self { actor, purpose, expires_at, claim, found_by, is_newcomer, numbers }
    }
}

/// Where the viewer's assignment holds at `now`: at the unit that it names, or in whatever wider
/// places its bearer has the role. Nowhere for residents, and for staff whose assignment is not in
/// force.
fn posts(actor: &Actor, directory: &Directory, now: Timestamp) -> Vec<Post> {
    match *actor {
        Actor::Staff { who, role, unit: Some(unit) } => {
            let post = Post::Unit(unit);
            directory.holds_at(who, role, post, now).then_some(post).into_iter().collect()
        }
        Actor::Staff { who, role, unit: None } => directory.wide_posts(who, role, now).collect(),
        Actor::Resident { .. } | Actor::System => vec![],
    }
}

/// Whether the assignment that a token names is one that its bearer has at present.
fn is_in_force(viewer: &Viewer, directory: &Directory, now: Timestamp) -> bool {
    let actor = &viewer.actor;
    match actor {
        Actor::Resident { who, .. } => {
            let is_found = |hash| directory.resident_of_number(hash) == Some(*who);
            directory.resident_region(*who).is_some() && viewer.found_by.is_none_or(is_found)
        }
        Actor::Staff { who, .. } => {
            let is_found = |hash| directory.staff_of_hsa_id(hash) == Some(*who);
            viewer.found_by.is_none_or(is_found) && !posts(actor, directory, now).is_empty()
        }
        // A token vouches for the operator; there is nobody to look up.
        Actor::System => true,
    }
}

/// What a viewer is to a case, and to the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// What they are to the case.
    pub(crate) relation: Relation,
    /// Whether they may know of the older case that it goes on from.
    pub(crate) sees_older: bool,
}

impl Standing {
    /// What `actor` is to `case` at `now`.
    pub(crate) fn of(actor: &Actor, case: &CaseView, models: &ReadModels, now: Timestamp) -> Self {
        let to = |case: &CaseView| relation(actor, case, models.directory(), now);
        let older = case.follows_up.and_then(|older| models.cases().get(older));
        let sees_older = older.is_some_and(|older| may_see(to(&older), Sight::Case));
        Self { relation: to(case), sees_older }
    }
}

/// What `actor` is to `case` at `now`.
fn relation(actor: &Actor, case: &CaseView, directory: &Directory, now: Timestamp) -> Relation {
    match *actor {
        Actor::Resident { who, .. }
            if directory.is_theirs(who, case.subject, case.case_type, now) =>
        {
            Relation::Resident
        }
        Actor::Staff { role: Role::Receiver, unit: Some(unit), .. } if unit == case.unit => {
            Relation::Receiver
        }
        Actor::Staff { who, role: Role::Handler, unit: Some(unit) }
            if unit == case.unit
                && case.handler == Some(who)
                && directory.handles(who, unit, now) =>
        {
            Relation::Holder
        }
        Actor::Staff { role: Role::Auditor, .. }
            if reach(actor, Scope::Unit(case.unit), directory, now) != Reach::Elsewhere =>
        {
            Relation::Auditor
        }
        _ => Relation::Stranger,
    }
}

/// The viewer in a case that concerns `subject`: a resident acts for another where it is another.
pub(crate) fn acting_for(actor: Actor, subject: Option<ResidentId>) -> Actor {
    match actor {
        Actor::Resident { who, .. } => {
            Actor::Resident { who, on_behalf_of: subject.filter(|subject| *subject != who) }
        }
        Actor::Staff { .. } | Actor::System => actor,
    }
}

/// How far `scope` is from where the viewer's assignment holds.
fn reach(actor: &Actor, scope: Scope, directory: &Directory, now: Timestamp) -> Reach {
    // The scope itself, and what it lies in.
    let (own, around) = match scope {
        Scope::Unit(id) => {
            let unit = directory.care_unit(id);
            let around = |it: &Unit| [Post::Division(it.division), Post::Region(it.region)];
            (Post::Unit(id), unit.map(around).into_iter().flatten().collect())
        }
        Scope::Division(id) => {
            let region = directory.division(id).map(|it| Post::Region(it.region));
            (Post::Division(id), region.into_iter().collect())
        }
        Scope::Region(id) => (Post::Region(id), Vec::new()),
    };
    let posts = posts(actor, directory, now);
    if posts.contains(&own) {
        Reach::Own
    } else if posts.iter().any(|post| around.contains(post)) {
        Reach::Within
    } else {
        Reach::Elsewhere
    }
}

impl Asking {
    async fn look<T>(&self, look: impl FnOnce(&ReadModels, Timestamp) -> T) -> Result<T, Refusal> {
        Ok(self.now().await?.with(look))
    }

    /// Refuses a session whose token has expired, or whose assignment was taken away. Whoever has
    /// no account yet is let through to make one: [`Asking::of`] refuses everything else.
    pub(crate) async fn check_in_force(&self) -> Result<(), Refusal> {
        let viewer = &self.viewer;
        let in_force = |models: &ReadModels, now| {
            let in_force = viewer.is_newcomer || is_in_force(viewer, models.directory(), now);
            (now < viewer.expires_at, in_force)
        };
        match self.look(in_force).await? {
            (false, _) => Err(Refusal::expired()),
            (true, false) => Err(Refusal::forbidden()),
            (true, true) => Ok(()),
        }
    }

    /// Whom the case concerns; nobody where there is no such case.
    pub(crate) async fn subject(&self, case: CaseId) -> Result<Option<ResidentId>, Refusal> {
        self.look(|models, _| models.cases().get(case).map(|case| case.subject)).await
    }

    /// The case as it stands, what the viewer is to it, and when: all at one moment. None for one
    /// that is not there.
    pub(crate) async fn present(
        &self,
        case: CaseId,
    ) -> Result<Option<(CaseView, Standing, Timestamp)>, Refusal> {
        let actor = &self.viewer.actor;
        let of = |models: &ReadModels, now| {
            let case = models.cases().get(case)?;
            let standing = Standing::of(actor, &case, models, now);
            Some((case, standing, now))
        };
        self.look(of).await
    }

    /// Refuses a command about a case that the viewer does not see. A request that was carried out
    /// is let through, so that its first outcome is given again also by whoever sent the case away.
    pub(crate) async fn check_may_ask(&self, id: CommitId, case: CaseId) -> Result<(), Refusal> {
        let sees = |(_, standing, _): (_, Standing, _)| may_see(standing.relation, Sight::Case);
        if self.present(case).await?.is_some_and(sees) {
            return Ok(());
        }
        if self.is_known(id).await? { Ok(()) } else { Err(Refusal::not_found()) }
    }

    /// Whether the request `id` was carried out.
    pub(crate) async fn is_known(&self, id: CommitId) -> Result<bool, Refusal> {
        let found = self.engine.log().find(id).await;
        Ok(found.map_err(|error| self.failed(&error.into()))?.is_some())
    }

    /// Whether the viewer may put `question` about `scope`.
    pub(crate) async fn may_ask(&self, question: Question, scope: Scope) -> Result<bool, Refusal> {
        let Some(capacity) = Capacity::of(&self.viewer.actor) else { return Ok(false) };
        let far =
            |models: &ReadModels, now| reach(&self.viewer.actor, scope, models.directory(), now);
        Ok(may_ask(capacity, question, self.look(far).await?))
    }

    /// Whether the viewer may put `question` about one unit.
    pub(crate) async fn may_ask_unit(
        &self,
        question: Question,
        unit: UnitId,
    ) -> Result<bool, Refusal> {
        self.may_ask(question, Scope::Unit(unit)).await
    }

    /// Whether the viewer has an inbox of their own of that kind.
    pub(crate) fn has_own(&self, question: Question) -> bool {
        let capacity = Capacity::of(&self.viewer.actor);
        capacity.is_some_and(|capacity| may_ask(capacity, question, Reach::Own))
    }

    /// The units of `filter` that the viewer may know of, by name: staff those of their region, residents all
    /// that take cases.
    pub(crate) async fn units(
        &self,
        filter: &UnitFilter,
    ) -> Result<Vec<(String, UnitId)>, Refusal> {
        let known = |models: &ReadModels, _| {
            let directory = models.directory();
            let region = self.region(directory);
            let units = directory.units_after(None);
            let known = units.filter(|unit| match region {
                Some(region) => unit.region == region,
                None => unit.active,
            });
            let known = known.filter(|unit| directory.passes(unit, filter));
            known.map(|unit| (unit.name.clone(), unit.id)).collect()
        };
        self.look(known).await
    }

    /// The region that staff work in; none for residents, who may turn to any.
    fn region(&self, directory: &Directory) -> Option<RegionId> {
        match self.viewer.actor {
            Actor::Staff { who, .. } => directory.staff_member(who).map(|member| member.region),
            Actor::Resident { .. } | Actor::System => None,
        }
    }

    /// Whether the viewer may know of the unit.
    pub(crate) async fn knows_unit(&self, unit: UnitId) -> Result<bool, Refusal> {
        let known = |models: &ReadModels, _| {
            let directory = models.directory();
            directory.care_unit(unit).is_some_and(|unit| match self.region(directory) {
                Some(region) => unit.region == region,
                None => unit.active,
            })
        };
        self.look(known).await
    }

    /// Whether the viewer may know of the division: staff of its region, and residents.
    pub(crate) async fn knows_division(&self, division: DivisionId) -> Result<bool, Refusal> {
        let known = |models: &ReadModels, _| {
            let directory = models.directory();
            let region = directory.division(division).map(|it| it.region);
            self.knows_what_is_in(region, directory)
        };
        self.look(known).await
    }

    /// Whether the viewer may know of the region: its staff, and residents.
    pub(crate) async fn knows_region(&self, region: RegionId) -> Result<bool, Refusal> {
        let known = |models: &ReadModels, _| {
            let directory = models.directory();
            self.knows_what_is_in(directory.region(region).map(|it| it.id), directory)
        };
        self.look(known).await
    }

    /// Whether the viewer may know of the case type: staff of its region, and residents.
    pub(crate) async fn knows_case_type(&self, case_type: CaseTypeId) -> Result<bool, Refusal> {
        let known = |models: &ReadModels, _| {
            let directory = models.directory();
            let region = directory.case_type(case_type).map(|it| it.region);
            self.knows_what_is_in(region, directory)
        };
        self.look(known).await
    }

    fn knows_what_is_in(&self, region: Option<RegionId>, directory: &Directory) -> bool {
        region.is_some_and(|region| self.region(directory).is_none_or(|own| own == region))
    }

    /// Whether some unit is a care provider's. Anyone may know.
    pub(crate) async fn knows_provider(&self, provider: CareProviderId) -> Result<bool, Refusal> {
        let is_theirs = |models: &ReadModels, _| {
            models.directory().units_after(None).any(|unit| unit.provider == provider)
        };
        self.look(is_theirs).await
    }

    /// Whether the viewer may know who the member of staff is: someone at a unit, or in a region,
    /// whose staff the viewer may ask for; and oneself. Whoever has yet to begin there is one of
    /// them; whose assignment has ended is not.
    pub(crate) async fn is_colleague(&self, staff: StaffId) -> Result<bool, Refusal> {
        if matches!(self.viewer.actor, Actor::Staff { who, .. } if who == staff) {
            return Ok(true);
        }
        let places = |models: &ReadModels, now| -> Vec<Scope> {
            let directory = models.directory();
            let grants = directory.staff_member(staff).map_or(&[][..], |member| &member.grants);
            let lasting = grants.iter().filter(|grant| {
                let until = directory.holds_until(staff, grant.role, grant.post);
                until.is_none_or(|until| now < until)
            });
            let scope = |post| match post {
                Post::Unit(unit) => Scope::Unit(unit),
                Post::Division(division) => Scope::Division(division),
                Post::Region(region) => Scope::Region(region),
            };
            lasting.map(|grant| scope(grant.post)).collect()
        };
        for scope in self.look(places).await? {
            if self.may_ask(Question::Staff, scope).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whom and where a command about `case` could be directed at.
    pub(crate) async fn targets(&self, case: &Case) -> Result<Targets, Refusal> {
        let Some(thread) = case.thread() else { return Ok(Targets::default()) };
        let targets = |models: &ReadModels, now| {
            let (directory, place) = (models.directory(), Post::Unit(thread.unit));
            let handlers = directory.holders_at(Role::Handler, place, now).collect();
            let units = directory.units_after(None).filter(|unit| unit.region == thread.region);
            let (units, mut providers): (Vec<_>, Vec<_>) =
                units.map(|unit| (unit.id, unit.provider)).unzip();
            providers.sort_unstable();
            providers.dedup();
            Targets { handlers, units, providers }
        };
        self.look(targets).await
    }
}
