//! A region is looked after: from a command to the log, and back by the same key.

use domain::{
    Actor, CaseTypeId, Role, StaffId, StreamId,
    case::Content,
    catalogue::Catalogue,
    organisation::{
        Assignment, CaseTypeCommand, Person, Place, Post, Rejection, StaffCommand, UnitCommand,
    },
};

use super::region::{REGION, Region, UNIT, monday};
use crate::{AdministerError, Administered, Administration, Change, Secret, commit_id};

const NEW: StaffId = StaffId::new(50);
const TYPE: CaseTypeId = CaseTypeId::new(60);

fn asked(key: &str, change: Change, secret: Option<Secret>) -> Administration {
    let by = Actor::System;
    Administration { by, id: commit_id(&by, key), correlation: "test".into(), change, secret }
}

fn registered(key: &str) -> Administration {
    let person = Person { name: "Nina Testsson".into(), number: String::new() };
    let change = Change::Staff(NEW, StaffCommand::Register { region: REGION });
    asked(key, change, Some(Secret::Person(person)))
}

fn granted(key: &str, reason: Option<&str>) -> Administration {
    let assignment = Assignment {
        role: Role::Handler,
        post: Post::Unit(UNIT),
        from: Some(monday()),
        until: None,
        trained_at: None,
    };
    let reason = reason.map(|it| Secret::Content(Content::text(it)));
    asked(key, Change::Staff(NEW, StaffCommand::Grant(assignment)), reason)
}

#[tokio::test]
async fn someone_is_registered_and_given_an_assignment_and_a_retry_gives_the_first_outcome() {
    let region = Region::new().await;
    let engine = &region.engine;
    engine.administer(registered("a")).await.unwrap();
    let first = engine.administer(granted("b", Some("Ersätter Bo."))).await.unwrap();
    let again = engine.administer(granted("b", Some("Ersätter Bo."))).await.unwrap();
    assert_eq!(again, Administered { replayed: true, ..first.clone() });
    assert_eq!(first.stream, StreamId::Staff(NEW));

    let other = engine.administer(granted("b", Some("En annan orsak."))).await;
    assert!(matches!(other, Err(AdministerError::KeyReused)), "{other:?}");
    let so_already = engine.administer(granted("c", Some("Ersätter Bo."))).await.unwrap();
    assert_eq!(so_already.position, first.position, "nothing had to happen");

    let view = engine.view(None).await.unwrap().unwrap();
    view.with(|models, now| {
        assert!(models.directory().holds_at(NEW, Role::Handler, Place::Unit(UNIT), now));
        assert!(models.assignments().holds(NEW, Role::Handler, Post::Unit(UNIT), now));
    });
    let named = engine.staff_name(NEW).await.unwrap().unwrap();
    assert_eq!(named.name, "Nina Testsson", "the reason is sealed beside the name");
}

#[tokio::test]
async fn who_gives_an_assignment_says_why_and_who_is_registered_has_a_name() {
    let region = Region::new().await;
    let nameless = Administration { secret: None, ..registered("a") };
    let refused = region.engine.administer(nameless).await;
    let rejection = Rejection::NameMissing { stream: StreamId::Staff(NEW) };
    assert!(matches!(refused, Err(AdministerError::Rejected(it)) if it == rejection));
    region.engine.administer(registered("b")).await.unwrap();
    for reason in [None, Some(" ")] {
        let refused = region.engine.administer(granted("c", reason)).await;
        let is_it = matches!(refused, Err(AdministerError::Rejected(Rejection::ReasonMissing)));
        assert!(is_it, "{refused:?}");
    }
}

#[tokio::test]
async fn a_shipped_type_is_defined_and_offered() {
    let region = Region::new().await;
    let engine = &region.engine;
    let catalogue = Catalogue::shipped().unwrap();
    let definition = catalogue.case_types[0].definition();
    let terms = catalogue.terms.clone();
    let define = CaseTypeCommand::Define { region: REGION, definition, terms };
    let offer = || Change::Unit(UNIT, UnitCommand::Offer(TYPE));
    let early = engine.administer(asked("a", offer(), None)).await;
    let unknown = matches!(early, Err(AdministerError::Rejected(Rejection::NoSuchCaseType)));
    assert!(unknown, "{early:?}");
    engine.administer(asked("b", Change::CaseType(TYPE, define), None)).await.unwrap();
    engine.administer(asked("c", offer(), None)).await.unwrap();
    let view = engine.view(None).await.unwrap().unwrap();
    view.with(|models, _| {
        assert!(models.directory().care_unit(UNIT).unwrap().offered.contains(&TYPE));
        assert!(models.directory().case_type(TYPE).unwrap().forms.contains_key(&1));
    });
}
