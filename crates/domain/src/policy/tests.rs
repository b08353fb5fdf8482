//! The tables, read against DOMAIN's: one line per row, one letter per column.

use super::{Action, Capacity, Question, Reach, Relation, Sight, may_ask, may_do, may_see};
use crate::{Actor, ResidentId, Role, StaffId};

#[test]
fn what_each_may_see_of_a_case_is_as_agreed() {
    // Columns: the case, that notes were made, that it is to be reassigned, messages, what notes
    // say, names, protected names.
    let rows = [
        (Relation::Resident, "y--y-y-"),
        (Relation::Receiver, "yyyyyy-"),
        (Relation::Holder, "yyyyyyy"),
        (Relation::OtherHandler, "-------"),
        (Relation::Auditor, "yyy----"),
        (Relation::Stranger, "-------"),
    ];
    assert_eq!(rows.map(|(relation, _)| relation), Relation::ALL);
    for (relation, expected) in rows {
        let row: String = Sight::ALL
            .map(|sight| if may_see(relation, sight) { 'y' } else { '-' })
            .iter()
            .collect();
        assert_eq!(row, expected, "{relation:?}");
    }
}

#[test]
fn whoever_sees_any_part_of_a_case_sees_the_case() {
    for relation in Relation::ALL {
        let any = Sight::ALL.into_iter().any(|sight| may_see(relation, sight));
        assert_eq!(any, may_see(relation, Sight::Case), "{relation:?}");
    }
}

#[test]
fn what_each_may_do_with_a_case_is_as_agreed() {
    // Columns: submit, open; distribute, reassign, take from an absent handler, return, redirect,
    // consent to a redirect; partial answer, counter-question, reply, answer, close, withdraw, note.
    let rows = [
        (Relation::Resident, "y------y--y--y-"),
        (Relation::Receiver, "-yyyyyy-y---y-y"),
        (Relation::Holder, "-y-y-yy-yy-yy-y"),
        (Relation::OtherHandler, "-y-------------"),
        (Relation::Auditor, "---------------"),
        (Relation::Stranger, "---------------"),
    ];
    assert_eq!(rows.map(|(relation, _)| relation), Relation::ALL);
    for (relation, expected) in rows {
        let letter = |action| if may_do(relation, action) { 'y' } else { '-' };
        let row: String = Action::ALL.map(letter).iter().collect();
        assert_eq!(row, expected, "{relation:?}");
    }
}

#[test]
fn what_each_may_ask_is_as_agreed() {
    // Columns: a unit's inbox, the cases I hold, my own cases, statistics, who works there, who
    // holds how much; compliance, assignments, what is odd; who has a number.
    // `o` is one's own place alone, `w` also what lies within it.
    let rows = [
        (Capacity::Resident, "--o-------"),
        (Capacity::Staff(Role::Receiver), "o---oo---w"),
        (Capacity::Staff(Role::Handler), "-o--o----w"),
        (Capacity::Staff(Role::UnitAdmin), "---oo-ooo-"),
        (Capacity::Staff(Role::RegionAdmin), "---ww-wwww"),
        (Capacity::Staff(Role::Auditor), "w------w--"),
        (Capacity::Staff(Role::Analyst), "---w--w---"),
    ];
    assert_eq!(rows.map(|(capacity, _)| capacity), Capacity::ALL);
    for (capacity, expected) in rows {
        let letter = |question| match Reach::ALL.map(|reach| may_ask(capacity, question, reach)) {
            [true, true, false] => 'w',
            [true, false, false] => 'o',
            [false, false, false] => '-',
            _ => '?',
        };
        assert_eq!(Question::ALL.map(letter).iter().collect::<String>(), expected, "{capacity:?}");
    }
}

#[test]
fn the_service_itself_is_no_viewer() {
    assert_eq!(Capacity::of(&Actor::System), None);
    let eva = Actor::Resident { who: ResidentId::new(1), on_behalf_of: None };
    assert_eq!(Capacity::of(&eva), Some(Capacity::Resident));
    let anna = Actor::Staff { who: StaffId::new(1), role: Role::Handler, unit: None };
    assert_eq!(Capacity::of(&anna), Some(Capacity::Staff(Role::Handler)));
}
