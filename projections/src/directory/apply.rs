//! What each event changes in the directory.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    CaseTypeId, ResidentId, Role, StaffId, StreamId, UnitId,
    identity::NumberHash,
    organisation::{AssignmentRevoked, Editors, Event, OwnOptions, Post},
};
use jiff::Timestamp;

use super::{CaseType, Directory, Division, Grant, Region, StaffMember, Unit};

impl Directory {
    pub(crate) fn apply(&mut self, stream: StreamId, at: Timestamp, event: &Event) {
        match (stream, event) {
            (StreamId::Region(id), Event::RegionRegistered(it)) => {
                let (name, editors) = (it.name.clone(), Editors::default());
                let guardian_years = BTreeMap::new();
                self.regions.insert(id, Region { id, name, editors, guardian_years });
            }
            (StreamId::Region(id), Event::GuardianLimitSet(it)) => {
                if let Some(region) = self.regions.get_mut(&id) {
                    region.guardian_years.insert(it.valid_from, it.years);
                }
            }
            (StreamId::Region(id), Event::UnitEditorsSet(it)) => {
                if let Some(region) = self.regions.get_mut(&id) {
                    region.editors = it.editors;
                }
            }
            (StreamId::Division(id), Event::DivisionRegistered(it)) => {
                let division = Division { id, region: it.region, name: it.name.clone() };
                self.divisions.insert(id, division);
            }
            (StreamId::Unit(id), event) => self.apply_to_unit(id, event),
            (StreamId::Staff(id), event) => self.apply_to_staff(id, at, event),
            (StreamId::Resident(id), event) => self.apply_to_resident(id, event),
            (StreamId::CaseType(id), Event::CaseTypeDefined(it)) => {
                let before = self.case_types.remove(&id);
                let (limits, forms, terms, templates, options) = before
                    .map(|it| (it.limits, it.forms, it.terms, it.templates, it.options))
                    .unwrap_or_default();
                self.case_types.insert(
                    id,
                    CaseType {
                        id,
                        region: it.region,
                        key: it.key.clone(),
                        name_sv: it.name_sv.clone(),
                        name_en: it.name_en.clone(),
                        scope: it.scope,
                        central_unit: it.central_unit,
                        working_days: it.working_days,
                        policy: it.policy,
                        form_version: it.form_version,
                        terms_version: it.terms_version,
                        limits,
                        forms,
                        terms,
                        templates,
                        options,
                    },
                );
            }
            (StreamId::CaseType(id), event) => self.apply_to_case_type(id, event),
            _ => (),
        }
    }

    fn apply_to_case_type(&mut self, id: CaseTypeId, event: &Event) {
        let Some(case_type) = self.case_types.get_mut(&id) else { return };
        match event {
            Event::CaseTypeLimited(it) => case_type.limits = Some(it.clone()),
            Event::FormPublished(it) => {
                case_type.forms.insert(it.form.version, it.form.clone());
            }
            Event::TermsPublished(it) => {
                case_type.terms.insert(it.terms_version, it.text.clone());
            }
            Event::AnswerTemplatesSet(it) => case_type.templates.clone_from(&it.templates),
            Event::AnswerOptionsSet(it) => case_type.options.clone_from(&it.options),
            _ => (),
        }
    }

    fn apply_to_unit(&mut self, id: UnitId, event: &Event) {
        if let Event::UnitRegistered(it) = event {
            self.units_by_name.insert((it.name.clone(), id));
            self.units.insert(
                id,
                Unit {
                    id,
                    region: it.region,
                    division: it.division,
                    provider: it.provider,
                    hsa_id: it.hsa_id.clone(),
                    name: it.name.clone(),
                    kind: it.kind,
                    active: false,
                    offered: BTreeSet::new(),
                    options: OwnOptions::default(),
                },
            );
        }
        let Some(unit) = self.units.get_mut(&id) else { return };
        match event {
            Event::UnitActivated(_) => unit.active = true,
            Event::UnitDeactivated(_) => unit.active = false,
            Event::CaseTypeOffered(it) => drop(unit.offered.insert(it.case_type)),
            Event::CaseTypeUnoffered(it) => drop(unit.offered.remove(&it.case_type)),
            Event::UnitOptionsSet(it) => unit.options.apply(it),
            _ => (),
        }
    }

    fn apply_to_staff(&mut self, id: StaffId, at: Timestamp, event: &Event) {
        if let Event::StaffRegistered(it) = event {
            let (region, hsa_id_hash, grants) = (it.region, None, vec![]);
            self.staff.insert(id, StaffMember { id, region, hsa_id_hash, grants });
        }
        let Some(member) = self.staff.get_mut(&id) else { return };
        match event {
            Event::RoleGranted(it) => {
                let (role, post) = (it.role, it.place.into());
                if self.staff_by_place.insert((post, role, id)) {
                    member.grants.push(Grant { role, post, since: at });
                }
            }
            Event::AssignmentGranted(it) => {
                let (role, post, since) = (it.role, it.post, it.from);
                self.staff_by_place.insert((post, role, id));
                self.dated.insert((post, role, id), (it.from, it.until));
                member.grants.retain(|grant| (grant.post, grant.role) != (post, role));
                member.grants.push(Grant { role, post, since });
            }
            Event::RoleRevoked(it) => self.revoke(id, it.role, it.place.into()),
            Event::AssignmentRevoked(AssignmentRevoked { role, post }) => {
                self.revoke(id, *role, *post);
            }
            Event::StaffIdentityRecorded(it) => self.reach_by(id, it.hsa_id_hash),
            Event::StaffIdentityReplaced(it) => self.reach_by(id, it.hsa_id_hash),
            _ => (),
        }
    }

    /// From here on an HSA-id finds `id`, and the one before it nobody.
    fn reach_by(&mut self, id: StaffId, hsa_id_hash: NumberHash) {
        let Some(member) = self.staff.get_mut(&id) else { return };
        if let Some(before) = member.hsa_id_hash.replace(hsa_id_hash)
            && self.by_hsa_id.get(&before) == Some(&id)
        {
            self.by_hsa_id.remove(&before);
        }
        self.by_hsa_id.insert(hsa_id_hash, id);
    }

    pub(super) fn revoke(&mut self, id: StaffId, role: Role, post: Post) {
        self.staff_by_place.remove(&(post, role, id));
        self.dated.remove(&(post, role, id));
        if let Some(member) = self.staff.get_mut(&id) {
            member.grants.retain(|grant| (grant.post, grant.role) != (post, role));
        }
    }

    fn apply_to_resident(&mut self, id: ResidentId, event: &Event) {
        let resident = self.residents.entry(id).or_default();
        match event {
            Event::ResidentRegistered(it) => resident.region = Some(it.region),
            Event::ProxyGranted(it) => {
                resident.proxies.retain(|(proxy, _)| *proxy != it.proxy);
                resident.proxies.push((it.proxy, it.until));
                self.represented.insert((it.proxy, id));
            }
            Event::ProxyRevoked(it) => resident.proxies.retain(|(proxy, _)| *proxy != it.proxy),
            Event::IdentityRecorded(it) => self.find_by(id, it.number_hash),
            Event::IdentityReplaced(it) => self.find_by(id, it.number_hash),
            Event::ProtectedIdentitySet(it) => resident.protected = it.protected,
            _ => (),
        }
    }

    /// From here on a number finds `id`, and the one before it nobody.
    fn find_by(&mut self, id: ResidentId, number_hash: NumberHash) {
        let resident = self.residents.entry(id).or_default();
        if let Some(before) = resident.number_hash.replace(number_hash)
            && self.by_number.get(&before) == Some(&id)
        {
            self.by_number.remove(&before);
        }
        self.by_number.insert(number_hash, id);
    }
}
