//! One of each event around cases that was released with forms, base offerings, assignments and
//! residents' accounts, every optional field filled in somewhere.

use domain::{
    CaseId, CaseTypeId, DivisionId, Role, StaffId, UnitId,
    case::Origin,
    distribution::PlannedCase,
    form::{Choice, Condition, Field, FieldKind, Form, Label, Lookup, ShowIf, TextRules},
    identity::NumberHash,
    organisation::{
        AdministratorBoundsSet, AnswerOptionsSet, AnswerTemplate, AnswerTemplatesSet,
        AssignmentGranted, AssignmentRevoked, BaseOfferingDecided, CaseTypeLimited, Contact,
        ContactPreferencesChanged, DistributionPlanned, Editors, Event, FormPublished,
        GuardianLimitSet, IdentityRecorded, IdentityReplaced, Level, NotApplicableApproved,
        NotApplicableWithdrawn, OfferingRow, Ownership, Post, ProtectedIdentitySet, Secrecy,
        ServiceArea, StaffIdentityRecorded, StaffIdentityReplaced, Starts, TermsPublished,
        UnitEditorsSet, UnitKind, UnitOptionsSet, UnitSettingsChanged,
    },
};

fn label(sv: &str, en: &str) -> Label {
    Label { sv: sv.into(), en: en.into() }
}

fn options() -> Vec<Choice> {
    vec![
        Choice { value: "new".into(), label: label("Nytt", "New") },
        Choice { value: "25".into(), label: label("25 %", "") },
    ]
}

/// Every kind of field, condition and rule.
fn form() -> Form {
    let field = |key: &str, kind| Field {
        key: key.into(),
        label: label("Fråga", "Question"),
        required: true,
        show_if: None,
        kind,
    };
    let shown = |key: &str, sibling: &str, when| Field {
        show_if: Some(ShowIf { field: sibling.into(), when }),
        required: false,
        ..field(key, FieldKind::Phone {})
    };
    let text = TextRules {
        multiline: false,
        min_length: 2,
        max_length: 31,
        pattern: Some("SE[0-9]{10}-.+".into()),
        lookup: Some(Lookup::UnitDirectory),
    };
    let items = vec![field("unit", FieldKind::Text(text))];
    Form {
        version: 2,
        fields: vec![
            field("kind", FieldKind::Choice { options: options(), unit_may_replace: true }),
            field("days", FieldKind::MultiChoice { options: options() }),
            field("terms", FieldKind::YesNo { must_be: Some(true) }),
            field("since", FieldKind::Date {}),
            shown("a", "kind", Condition::Is("new".into())),
            shown("b", "days", Condition::Contains("25".into())),
            shown("c", "terms", Condition::Yes(true)),
            field("units", FieldKind::Group { min: 1, max: 3, fields: items }),
        ],
    }
}

pub(super) fn samples() -> [Event; 22] {
    let (unit, case_type) = (UnitId::new(3), CaseTypeId::new(4));
    let template = AnswerTemplate {
        key: "renewed".into(),
        title: label("Förnyat", "Renewed"),
        text: label("Ditt recept är förnyat.", "Your prescription is renewed."),
    };
    let contact = Contact {
        phone: "08-46500400".into(),
        address: "Storgatan 1, 111 22 Exempelstad".into(),
        web: "https://example.se".into(),
        hours: "mån–fre 8–17".into(),
    };
    let number_hash = NumberHash::new(std::array::from_fn(|n| u8::try_from(n).unwrap()));
    let (day, last) = ("2016-03-01".parse().unwrap(), "2017-02-28".parse().unwrap());
    let (from, until) = (
        "2026-03-02T00:00:00+01:00".parse().unwrap(),
        "2026-09-01T00:00:00+02:00".parse().unwrap(),
    );
    [
        CaseTypeLimited {
            owner: Some(unit),
            started_by: Origin::Unit,
            min_age: Some(15),
            by_proxy: false,
            secrecy: Secrecy::High,
            conversation: true,
        }
        .into(),
        FormPublished { form: form() }.into(),
        TermsPublished { terms_version: 2, text: label("Ring 112.", "Call 112.") }.into(),
        AnswerTemplatesSet { templates: vec![template] }.into(),
        AnswerOptionsSet { options: options() }.into(),
        UnitSettingsChanged {
            ownership: Ownership::PrivateContracted,
            owned_since: day,
            physical: true,
            service_area: ServiceArea::Municipalities(vec!["Exempelstad".into()]),
            contact,
        }
        .into(),
        NotApplicableApproved { case_type }.into(),
        NotApplicableWithdrawn { case_type }.into(),
        UnitEditorsSet { editors: Editors::Region }.into(),
        BaseOfferingDecided {
            key: "vgr-2016".into(),
            offering_version: 1,
            reference: "HS 20-2016".into(),
            valid_from: day,
            valid_to: Some(last),
            revise_by: last,
            starts: Starts { public: day, private_contracted: last },
            rows: vec![OfferingRow {
                case_type,
                level: Level::Recommended,
                unit_kind: UnitKind::Dental,
            }],
        }
        .into(),
        AssignmentGranted {
            role: Role::Handler,
            post: Post::Unit(unit),
            from,
            until: Some(until),
            trained_at: Some(from),
        }
        .into(),
        AssignmentRevoked { role: Role::Analyst, post: Post::Division(DivisionId::new(11)) }.into(),
        AdministratorBoundsSet { fewest: 1, most: 3 }.into(),
        StaffIdentityRecorded { hsa_id_hash: number_hash }.into(),
        StaffIdentityReplaced { hsa_id_hash: number_hash }.into(),
        IdentityRecorded { number_hash }.into(),
        IdentityReplaced { number_hash }.into(),
        ContactPreferencesChanged { by_email: true, by_text_message: false }.into(),
        ProtectedIdentitySet { protected: true }.into(),
        GuardianLimitSet { years: 16, valid_from: day }.into(),
        UnitOptionsSet { case_type, field: "units.kind".into(), options: options() }.into(),
        DistributionPlanned {
            unit,
            from: Some(StaffId::new(7)),
            cases: vec![PlannedCase { case: CaseId::new(9), to: StaffId::new(8) }],
        }
        .into(),
    ]
}
