//! What goes on around casework by chance: a unit, a person and a case type that no case is of,
//! and whatever the log may hold of them. No rule is asked, since read models take in what others
//! decided; the steps come in any order, and over and over.

use domain::{
    Actor, CareProviderId, CaseTypeId, DivisionId, RegionId, ResidentId, Role, StaffId, StreamId,
    UnitId,
    case::Origin,
    deadline::Policy,
    form::{Choice, Condition, Field, FieldKind, Form, Label, Lookup, ShowIf, TextRules},
    identity::NumberHash,
    organisation::{
        AdministratorBoundsSet, AnswerOptionsSet, AnswerTemplatesSet, AssignmentGranted,
        AssignmentRevoked, BaseOfferingDecided, CaseTypeDefined, CaseTypeLimited, CaseTypeOffered,
        CaseTypeUnoffered, Contact, ContactPreferencesChanged, Editors, Event, FormPublished,
        GuardianLimitSet, IdentityRecorded, IdentityReplaced, Level, NotApplicableApproved,
        NotApplicableWithdrawn, OfferingRow, Ownership, Place, Post, ProtectedIdentitySet,
        ProxyGranted, ProxyRevoked, ResidentRegistered, RoleGranted, RoleRevoked, Scope, Secrecy,
        ServiceArea, StaffIdentityRecorded, StaffIdentityReplaced, StaffRegistered, Starts,
        TermsPublished, UnitActivated, UnitDeactivated, UnitEditorsSet, UnitKind, UnitOptionsSet,
        UnitRegistered, UnitSettingsChanged,
    },
};
use jiff::{SignedDuration, Timestamp, civil::Date};

use super::World;

const REGION: RegionId = RegionId::new(1);
const DIVISION: DivisionId = DivisionId::new(1);
const UNIT: UnitId = UnitId::new(3);
const STAFF: StaffId = StaffId::new(3);
const TYPES: [CaseTypeId; 2] = [CaseTypeId::new(1), CaseTypeId::new(2)];

impl World {
    /// One more thing is decided.
    pub(super) fn decide_something(&mut self) {
        let event = match self.below(4) {
            0 => self.of_unit(),
            1 => self.of_staff(),
            2 => self.of_case_type(),
            _ => self.of_region_or_resident(),
        };
        let (stream, event) = event;
        let who = STAFF;
        let actors = [
            Actor::System,
            Actor::Resident { who: ResidentId::new(9), on_behalf_of: Some(ResidentId::new(1)) },
            Actor::Staff { who, role: Role::RegionAdmin, unit: None },
            Actor::Staff { who, role: Role::UnitAdmin, unit: Some(UNIT) },
        ];
        let actor = self.one_of(&actors);
        self.record(stream, actor, event.into());
    }

    fn one_of<T: Clone>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()].clone()
    }

    fn perhaps<T>(&mut self, it: T) -> Option<T> {
        (self.below(2) == 0).then_some(it)
    }

    fn some_day(&mut self) -> Date {
        self.one_of(&["2016-02-17", "2026-03-04", "2026-03-09", "2030-01-01"]).parse().unwrap()
    }

    fn some_time(&mut self) -> Timestamp {
        let hours = i64::try_from(self.below(400)).unwrap() - 100;
        self.now + SignedDuration::from_hours(hours)
    }

    fn of_unit(&mut self) -> (StreamId, Event) {
        let case_type = self.one_of(&TYPES);
        let event = match self.below(11) {
            0 => UnitRegistered {
                region: REGION,
                division: DIVISION,
                provider: CareProviderId::new(2),
                hsa_id: self.perhaps("SE2321000131-E000000000003".to_owned()),
                name: "Folktandvården".into(),
                kind: self.one_of(&[UnitKind::Care, UnitKind::Dental]),
            }
            .into(),
            1 => UnitActivated {}.into(),
            2 => UnitDeactivated {}.into(),
            3 | 4 => CaseTypeOffered { case_type }.into(),
            5 => CaseTypeUnoffered { case_type }.into(),
            6 => NotApplicableApproved { case_type }.into(),
            7 => NotApplicableWithdrawn { case_type }.into(),
            8 => UnitOptionsSet {
                case_type,
                field: self.one_of(&["f0", "f1"]).into(),
                options: (0..self.below(3))
                    .map(|it| Choice { value: it.to_string(), label: label("Höger") })
                    .collect(),
            }
            .into(),
            _ => UnitSettingsChanged {
                ownership: self.one_of(&[Ownership::Public, Ownership::PrivateContracted]),
                owned_since: self.some_day(),
                physical: self.below(2) == 0,
                service_area: self.one_of(&[
                    ServiceArea::Country,
                    ServiceArea::Region,
                    ServiceArea::Municipalities(vec!["Mörbylånga".into(), "Öckerö".into()]),
                ]),
                contact: Contact { phone: "0480-123 45".into(), ..Contact::default() },
            }
            .into(),
        };
        (StreamId::Unit(UNIT), event)
    }

    fn of_staff(&mut self) -> (StreamId, Event) {
        let role = self.one_of(&[Role::Handler, Role::Analyst]);
        let place = self.one_of(&[Place::Unit(UNIT), Place::Region(REGION)]);
        let post = self.one_of(&[Post::Unit(UNIT), Post::Division(DIVISION), Post::Region(REGION)]);
        let hsa_id_hash = self.one_of(&[NumberHash::new([5; 32]), NumberHash::new([6; 32])]);
        let event = match self.below(10) {
            0 => StaffRegistered { region: REGION }.into(),
            8 => StaffIdentityRecorded { hsa_id_hash }.into(),
            9 => StaffIdentityReplaced { hsa_id_hash }.into(),
            1 | 2 => RoleGranted { role, place }.into(),
            3 => RoleRevoked { role, place }.into(),
            4 => AssignmentRevoked { role, post }.into(),
            _ => {
                let (from, until, trained) = (self.some_time(), self.some_time(), self.some_time());
                let (until, trained_at) = (self.perhaps(until), self.perhaps(trained));
                AssignmentGranted { role, post, from, until, trained_at }.into()
            }
        };
        (StreamId::Staff(STAFF), event)
    }

    fn of_case_type(&mut self) -> (StreamId, Event) {
        let version = u32::try_from(self.below(3)).unwrap() + 1;
        let event = match self.below(6) {
            0 => CaseTypeDefined {
                region: REGION,
                key: "own".into(),
                name_sv: "Egen".into(),
                name_en: "Own".into(),
                scope: Scope::UnitOwn,
                central_unit: self.perhaps(UNIT),
                working_days: self.perhaps(3),
                policy: Policy::Office1700,
                form_version: version,
                terms_version: version,
            }
            .into(),
            1 => CaseTypeLimited {
                owner: self.perhaps(UNIT),
                started_by: self.one_of(&[Origin::Resident, Origin::Unit]),
                min_age: self.perhaps(13),
                by_proxy: self.below(2) == 0,
                secrecy: self.one_of(&[Secrecy::Normal, Secrecy::High]),
                conversation: self.below(2) == 0,
            }
            .into(),
            2 => TermsPublished { terms_version: version, text: label("Villkor") }.into(),
            3 => AnswerTemplatesSet { templates: vec![] }.into(),
            4 => AnswerOptionsSet { options: vec![] }.into(),
            _ => FormPublished { form: self.form(version) }.into(),
        };
        (StreamId::CaseType(TYPES[1]), event)
    }

    /// A form of up to five fields of any kind.
    fn form(&mut self, version: u32) -> Form {
        let fields = (0..self.below(6)).map(|n| self.field(n)).collect();
        Form { version, fields }
    }

    fn field(&mut self, number: u64) -> Field {
        let options = vec![Choice { value: "left".into(), label: label("Vänster") }];
        let kind = match self.below(7) {
            0 => FieldKind::Text(TextRules {
                multiline: self.below(2) == 0,
                min_length: 1,
                max_length: 500,
                pattern: self.perhaps("[a-zåäö\"\\\\]*".to_owned()),
                lookup: self.perhaps(Lookup::UnitDirectory),
            }),
            1 => FieldKind::Choice { options, unit_may_replace: self.below(2) == 0 },
            2 => FieldKind::MultiChoice { options },
            3 => FieldKind::Date {},
            4 => FieldKind::Phone {},
            5 => FieldKind::YesNo { must_be: self.perhaps(true) },
            _ => FieldKind::Group { min: 1, max: 3, fields: vec![] },
        };
        let when = self.one_of(&[
            Condition::Is("left".into()),
            Condition::Contains("left".into()),
            Condition::Yes(false),
        ]);
        let show_if = self.perhaps(ShowIf { field: "f0".into(), when });
        let (key, label) = (format!("f{number}"), label("Fråga"));
        Field { key, label, required: self.below(2) == 0, show_if, kind }
    }

    fn of_region_or_resident(&mut self) -> (StreamId, Event) {
        let resident = StreamId::Resident(ResidentId::new(1));
        let proxy = ResidentId::new(9);
        let number_hash = self.one_of(&[NumberHash::new([1; 32]), NumberHash::new([2; 32])]);
        let yes = self.below(2) == 0;
        match self.below(11) {
            6 => (resident, IdentityRecorded { number_hash }.into()),
            7 => {
                let other = StreamId::Resident(ResidentId::new(2));
                (self.one_of(&[resident, other]), IdentityReplaced { number_hash }.into())
            }
            8 => {
                let changed = ContactPreferencesChanged { by_email: yes, by_text_message: !yes };
                (resident, changed.into())
            }
            9 => (resident, ProtectedIdentitySet { protected: yes }.into()),
            10 => {
                let (years, valid_from) = (self.one_of(&[12, 16]), self.some_day());
                (StreamId::Region(REGION), GuardianLimitSet { years, valid_from }.into())
            }
            0 => (resident, ResidentRegistered { region: REGION }.into()),
            1 => (resident, ProxyGranted { proxy, until: self.some_time() }.into()),
            2 => (resident, ProxyRevoked { proxy }.into()),
            3 => {
                let editors = self.one_of(&[Editors::Unit, Editors::Region]);
                (StreamId::Region(REGION), UnitEditorsSet { editors }.into())
            }
            4 => {
                let bounds = AdministratorBoundsSet { fewest: 1, most: 3 };
                (StreamId::Region(REGION), bounds.into())
            }
            _ => (StreamId::Region(REGION), self.base_offering().into()),
        }
    }

    fn base_offering(&mut self) -> BaseOfferingDecided {
        let last = self.some_day();
        let levels = [Level::Mandatory, Level::Recommended, Level::Optional];
        let rows = TYPES.map(|case_type| OfferingRow {
            case_type,
            level: self.one_of(&levels),
            unit_kind: self.one_of(&[UnitKind::Care, UnitKind::Dental]),
        });
        BaseOfferingDecided {
            key: self.one_of(&["nord-2016", "nord-2026"]).into(),
            offering_version: u32::try_from(self.below(3)).unwrap() + 1,
            reference: "HS 20-2016".into(),
            valid_from: self.some_day(),
            valid_to: self.perhaps(last),
            revise_by: last,
            starts: Starts { public: self.some_day(), private_contracted: self.some_day() },
            rows: rows.to_vec(),
        }
    }
}

fn label(sv: &str) -> Label {
    Label { sv: sv.into(), en: String::new() }
}
