//! Who and what surrounds the cases: regions, divisions, units, staff, residents, case types.

mod apply;
mod case_types;
mod residents;
mod search;
mod staff;
mod surroundings;
mod withheld;

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    CareProviderId, CaseTypeId, DivisionId, RegionId, ResidentId, Role, StaffId, UnitId,
    case::{Surroundings as _, is_to_be_reassigned},
    deadline::Policy,
    form::{Choice, Form, Label},
    identity::NumberHash,
    organisation::{
        AnswerTemplate, CaseTypeLimited, Editors, GuardianLimit, OwnOptions, Post, Scope, UnitKind,
    },
};
use jiff::{Timestamp, civil::Date};

pub use self::{residents::ResidentTable, search::UnitFilter, staff::StaffTable};
use crate::{CaseView, state::fields};

/// Everything that is registered.
#[derive(Debug, Default, Clone)]
pub struct Directory {
    regions: BTreeMap<RegionId, Region>,
    divisions: BTreeMap<DivisionId, Division>,
    units: BTreeMap<UnitId, Unit>,
    /// By name, so that lists of units have an order for people.
    units_by_name: BTreeSet<(String, UnitId)>,
    staff: BTreeMap<StaffId, StaffMember>,
    /// By what a member of staff is found by.
    by_hsa_id: BTreeMap<NumberHash, StaffId>,
    staff_by_place: BTreeSet<(Post, Role, StaffId)>,
    /// From when until when, for those that have dates.
    dated: BTreeMap<(Post, Role, StaffId), (Timestamp, Option<Timestamp>)>,
    residents: BTreeMap<ResidentId, Resident>,
    /// By what a resident is found by.
    by_number: BTreeMap<NumberHash, ResidentId>,
    /// Who was ever granted to act, and for whom.
    represented: BTreeSet<(ResidentId, ResidentId)>,
    case_types: BTreeMap<CaseTypeId, CaseType>,
}

/// A region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Its id.
    pub id: RegionId,
    /// Its name.
    pub name: String,
    /// Who changes the settings of its units.
    pub editors: Editors,
    /// Until which birthday guardians act, by the first day that it holds.
    pub guardian_years: BTreeMap<Date, u8>,
}

/// A division (förvaltning).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Division {
    /// Its id.
    pub id: DivisionId,
    /// The region it is part of.
    pub region: RegionId,
    /// Its name.
    pub name: String,
}

/// A care unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// The region it is in.
    pub region: RegionId,
    /// The division it is part of.
    pub division: DivisionId,
    /// The organisation responsible in law.
    pub provider: CareProviderId,
    /// Its HSA-id.
    pub hsa_id: Option<String>,
    /// Its name.
    pub name: String,
    /// The kind of care.
    pub kind: UnitKind,
    /// Whether it takes cases.
    pub active: bool,
    /// The case types it offers.
    pub offered: BTreeSet<CaseTypeId>,
    /// Options of its own in the choices of forms.
    pub options: OwnOptions,
}

/// A role that someone holds somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// Which.
    pub role: Role,
    /// Where.
    pub post: Post,
    /// Since when.
    pub since: Timestamp,
}

/// A member of staff. The name is sealed, in their own stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffMember {
    /// Their id.
    pub id: StaffId,
    /// The region they work in.
    pub region: RegionId,
    /// What they are found by; none for one from before that was recorded.
    pub hsa_id_hash: Option<NumberHash>,
    /// What they may do, where.
    pub grants: Vec<Grant>,
}

#[derive(Debug, Default, Clone)]
struct Resident {
    region: Option<RegionId>,
    proxies: Vec<(ResidentId, Timestamp)>,
    number_hash: Option<NumberHash>,
    protected: bool,
}

/// A case type, in its newest version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseType {
    /// Its id.
    pub id: CaseTypeId,
    /// The region it belongs to.
    pub region: RegionId,
    /// Its key in the catalogue.
    pub key: String,
    /// Its Swedish name.
    pub name_sv: String,
    /// Its English name.
    pub name_en: String,
    /// Who decides name and form.
    pub scope: Scope,
    /// Where all its cases go, for a central type.
    pub central_unit: Option<UnitId>,
    /// Working days until the first response is due.
    pub working_days: Option<u8>,
    /// How they are counted.
    pub policy: Policy,
    /// The version of its form.
    pub form_version: u32,
    /// The version of its terms.
    pub terms_version: u32,
    /// For whom it is; none for a type from before that was decided.
    pub limits: Option<CaseTypeLimited>,
    /// Its forms, by version, as far as they were published.
    pub forms: BTreeMap<u32, Form>,
    /// Its terms, by version, as far as they were published.
    pub terms: BTreeMap<u32, Label>,
    /// Its ready-made answers, in the order they are shown.
    pub templates: Vec<AnswerTemplate>,
    /// Its fixed answers, in the order they are shown.
    pub options: Vec<Choice>,
}

fields!(Directory {
    regions,
    divisions,
    units,
    units_by_name,
    staff,
    by_hsa_id,
    staff_by_place,
    dated,
    residents,
    by_number,
    represented,
    case_types,
});
fields!(Region { id, name, editors, guardian_years });
fields!(Division { id, region, name });
fields!(Unit { id, region, division, provider, hsa_id, name, kind, active, offered, options });
fields!(Grant { role, post, since });
fields!(StaffMember { id, region, hsa_id_hash, grants });
fields!(Resident { region, proxies, number_hash, protected });
fields!(CaseType {
    id,
    region,
    key,
    name_sv,
    name_en,
    scope,
    central_unit,
    working_days,
    policy,
    form_version,
    terms_version,
    limits,
    forms,
    terms,
    templates,
    options,
});

impl Directory {
    /// The region with this id.
    pub fn region(&self, id: RegionId) -> Option<&Region> {
        self.regions.get(&id)
    }

    /// All regions, in order of id.
    pub fn regions(&self) -> impl Iterator<Item = &Region> {
        self.regions.values()
    }

    /// The division with this id.
    pub fn division(&self, id: DivisionId) -> Option<&Division> {
        self.divisions.get(&id)
    }

    /// All divisions, in order of id.
    pub fn divisions(&self) -> impl Iterator<Item = &Division> {
        self.divisions.values()
    }

    /// The unit with this id.
    pub fn care_unit(&self, id: UnitId) -> Option<&Unit> {
        self.units.get(&id)
    }

    /// All units, in order of name and id; after the unit at (name, id), if one is given.
    pub fn units_after(
        &self,
        after: Option<(&str, UnitId)>,
    ) -> impl DoubleEndedIterator<Item = &Unit> {
        let start = match after {
            Some((name, id)) => std::ops::Bound::Excluded((name.to_owned(), id)),
            None => std::ops::Bound::Unbounded,
        };
        let names = self.units_by_name.range((start, std::ops::Bound::Unbounded));
        names.filter_map(|(_, id)| self.units.get(id))
    }

    /// How many units there are.
    pub fn unit_count(&self) -> usize {
        self.units.len()
    }

    /// The member of staff with this id.
    pub fn staff_member(&self, id: StaffId) -> Option<&StaffMember> {
        self.staff.get(&id)
    }

    /// Everyone who holds `role` at `post`, in order of id.
    pub fn holders<P: Into<Post>>(
        &self,
        role: Role,
        post: P,
    ) -> impl Iterator<Item = StaffId> + use<'_, P> {
        let post = post.into();
        let range = (post, role, StaffId::new(0))..=(post, role, StaffId::new(u128::MAX));
        self.staff_by_place.range(range).map(|(_, _, staff)| *staff)
    }

    /// Everyone who may act as `role` at `post` at `at`, in order of id.
    pub fn holders_at<P: Into<Post>>(
        &self,
        role: Role,
        post: P,
        at: Timestamp,
    ) -> impl Iterator<Item = StaffId> + use<'_, P> {
        let post = post.into();
        self.holders(role, post).filter(move |staff| self.holds_at(*staff, role, post, at))
    }

    /// Until when `staff` was given `role` at `post`, exclusive; none where no end was given, or
    /// no role.
    pub fn holds_until(
        &self,
        staff: StaffId,
        role: Role,
        post: impl Into<Post>,
    ) -> Option<Timestamp> {
        self.dated.get(&(post.into(), role, staff)).and_then(|(_, until)| *until)
    }

    /// The divisions and the region throughout which `staff` may act as `role` at `at`, in the
    /// order given. One that a role does not fit gives nothing.
    pub fn wide_posts(
        &self,
        staff: StaffId,
        role: Role,
        at: Timestamp,
    ) -> impl Iterator<Item = Post> + '_ {
        let grants = self.staff.get(&staff).into_iter().flat_map(|member| &member.grants);
        let posts = grants.filter(move |it| it.role == role).map(|it| it.post);
        let wide = posts.filter(move |it| !matches!(it, Post::Unit(_)) && it.fits(role));
        wide.filter(move |post| self.holds_at(staff, role, *post, at))
    }

    /// Whether the case is to be reassigned at `at`: see
    /// [`domain::case::is_to_be_reassigned`].
    pub fn is_to_be_reassigned(&self, case: &CaseView, at: Timestamp) -> bool {
        is_to_be_reassigned(case.state, case.handler, case.unit, self, at)
    }

    /// Whether `staff` may act as `role` at `post` at `at`: holds it, and has begun and not ended.
    pub fn holds_at(
        &self,
        staff: StaffId,
        role: Role,
        post: impl Into<Post>,
        at: Timestamp,
    ) -> bool {
        let key = (post.into(), role, staff);
        let is_within = |(from, until): &(Timestamp, Option<Timestamp>)| {
            *from <= at && until.is_none_or(|until| at < until)
        };
        self.staff_by_place.contains(&key) && self.dated.get(&key).is_none_or(is_within)
    }

    /// Whether `staff` was given `role` at `post`, be it for another day.
    pub fn holds(&self, staff: StaffId, role: Role, post: impl Into<Post>) -> bool {
        self.staff_by_place.contains(&(post.into(), role, staff))
    }

    /// Every grant there is, by post, role and person.
    pub fn grants(&self) -> impl Iterator<Item = (Post, Role, StaffId)> + '_ {
        self.staff_by_place.iter().copied()
    }

    /// The unit that has an HSA-id, in capitals or not; none if no unit does.
    pub fn unit_of_hsa_id(&self, hsa_id: &str) -> Option<UnitId> {
        let has_it =
            |it: &&Unit| it.hsa_id.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(hsa_id));
        self.units.values().find(has_it).map(|it| it.id)
    }

    /// The member of staff who is found by an HSA-id; none if nobody is.
    pub fn staff_of_hsa_id(&self, hsa_id_hash: NumberHash) -> Option<StaffId> {
        self.by_hsa_id.get(&hsa_id_hash).copied()
    }

    /// The region that registered a resident; none if none did.
    pub fn resident_region(&self, id: ResidentId) -> Option<RegionId> {
        self.residents.get(&id).and_then(|it| it.region)
    }

    /// The resident who is found by a number; none if nobody is.
    pub fn resident_of_number(&self, number_hash: NumberHash) -> Option<ResidentId> {
        self.by_number.get(&number_hash).copied()
    }

    /// What a resident is found by; none for one who was registered without a number.
    pub fn number_hash(&self, id: ResidentId) -> Option<NumberHash> {
        self.residents.get(&id).and_then(|it| it.number_hash)
    }

    /// Whether a resident's identity is protected (skyddade personuppgifter).
    pub fn is_protected(&self, id: ResidentId) -> bool {
        self.residents.get(&id).is_some_and(|it| it.protected)
    }

    /// Who may act for `id` at `at`, and until when, exclusive, in the order granted.
    pub fn proxies_of(
        &self,
        id: ResidentId,
        at: Timestamp,
    ) -> impl Iterator<Item = (ResidentId, Timestamp)> + '_ {
        let proxies = self.residents.get(&id).into_iter().flat_map(|it| &it.proxies);
        proxies.copied().filter(move |(_, until)| at < *until)
    }

    /// Until which birthday guardians act, as a region decided it, in order of the days.
    pub fn guardian_limits(&self, region: RegionId) -> Vec<GuardianLimit> {
        let decided = self.regions.get(&region).into_iter().flat_map(|it| &it.guardian_years);
        decided
            .map(|(valid_from, years)| GuardianLimit { valid_from: *valid_from, years: *years })
            .collect()
    }

    /// Those whom `who` may act for at `at`, in order of id.
    pub fn represented_by(
        &self,
        who: ResidentId,
        at: Timestamp,
    ) -> impl Iterator<Item = ResidentId> + '_ {
        let range = (who, ResidentId::new(0))..=(who, ResidentId::new(u128::MAX));
        let ever = self.represented.range(range).map(|(_, subject)| *subject);
        ever.filter(move |subject| self.acts_for(who, *subject, at))
    }
}
