//! Accounts, numbers, protected identities, and who acts for whom until when.

use jiff::{
    Timestamp,
    civil::{Date, date},
};

use super::given::*;
use crate::{
    Actor, ResidentId, Role,
    organisation::{
        Asking, ContactDetails, ContactPreferencesChanged, Event, GuardianLimit, GuardianLimitSet,
        IdentityRecorded, IdentityReplaced, Opened, ProtectedIdentitySet, ProxyGranted,
        ProxyRevoked, Region, RegionCommand, RegionRegistered, Rejection, Resident,
        ResidentCommand as Command, ResidentRegistered, ResidentRejection as No,
    },
};

/// Turns 13 on Sunday 12 April 2026.
const KIMS_BIRTH: Date = date(2013, 4, 12);

fn is(who: ResidentId) -> Actor {
    Actor::Resident { who, on_behalf_of: None }
}

fn rita() -> Actor {
    Actor::Staff { who: ANNA, role: Role::Receiver, unit: Some(UNIT) }
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn registered() -> Vec<Event> {
    let recorded = IdentityRecorded { number_hash: OTHER_NUMBER };
    vec![ResidentRegistered { region: REGION }.into(), recorded.into()]
}

fn granted(proxy: ResidentId, until: &str) -> Event {
    ProxyGranted { proxy, until: time(until) }.into()
}

/// What is asked of Kim, and what is true then.
#[derive(Clone)]
struct Story {
    kim: Resident,
    at: Timestamp,
    opened: Opened,
    world: World,
}

fn kim(more: impl IntoIterator<Item = Event>) -> Story {
    let history = registered().into_iter().chain(more);
    Story {
        kim: history.fold(Resident::default(), |it, event| it.evolve(&event)),
        at: monday(),
        opened: Opened {
            birth_date: Some(KIMS_BIRTH),
            has_same_addresses: false,
            has_same_name: true,
        },
        world: World::default(),
    }
}

fn nobody() -> Story {
    Story { kim: Resident::default(), ..kim([]) }
}

impl Story {
    fn at(self, at: &str) -> Self {
        Self { at: time(at), ..self }
    }

    fn limits(mut self, limits: Vec<GuardianLimit>) -> Self {
        self.world.guardian_limits = limits;
        self
    }

    fn decide(&self, by: Actor, command: &Command) -> Result<Vec<Event>, Rejection> {
        let asking = Asking { by, at: self.at, around: &self.world };
        self.kim.decide(KIM, &asking, self.opened, command)
    }

    /// The command leads to these events, each leaves a trace, and asked again nothing happens.
    #[track_caller]
    fn gives(&self, by: Actor, command: &Command, expected: &[Event]) {
        assert_eq!(self.decide(by, command), Ok(expected.to_vec()));
        let mut after = self.clone();
        for event in expected {
            after.kim = after.kim.evolve(event);
        }
        assert!(expected.is_empty() || after.kim != self.kim, "no trace");
        after.opened.has_same_addresses = true;
        after.opened.has_same_name = true;
        assert_eq!(after.decide(by, command), Ok(vec![]), "asked twice");
    }

    #[track_caller]
    fn refuses(&self, by: Actor, command: &Command, why: impl Into<Rejection>) {
        assert_eq!(self.decide(by, command), Err(why.into()));
    }
}

/// Who of these may: Kim; Eva, as anyone else; a receiver; the unit's administrator; the region's;
/// another region's; another unit's; an auditor; and the service.
fn those_who_may(story: &Story, command: &Command) -> String {
    let [far, elsewhere, _, auditor, _] = others();
    let unit_admin = adam();
    let askers =
        [is(KIM), is(EVA), rita(), unit_admin, gun(), far, elsewhere, auditor, Actor::System];
    askers.map(|by| if story.decide(by, command).is_ok() { 'y' } else { '-' }).iter().collect()
}

#[test]
fn who_may_do_what_is_as_the_table_says() {
    let adult = |mut it: Story| {
        it.opened.birth_date = Some(date(1990, 1, 1));
        it
    };
    let grown = adult(kim([granted(EVA, "2030-01-01T00:00:00+01:00")]));
    let register = Command::Register { region: REGION, number_hash: OTHER_NUMBER };
    let until = time("2027-01-01T00:00:00+01:00");
    for (story, command, expected) in [
        (nobody(), register, "y-y-y---y"),
        (kim([]), Command::ReplaceIdentity { number_hash: ANOTHER }, "----y---y"),
        (kim([]), Command::ChangeName, "----y---y"),
        (
            kim([]),
            Command::ChangeContactPreferences { by_email: true, by_text_message: false },
            "y--------",
        ),
        (kim([]), Command::SetProtectedIdentity(true), "----y---y"),
        (kim([]), Command::GrantGuardian { guardian: EVA }, "----y---y"),
        (adult(kim([])), Command::GrantProxy { proxy: EVA, until }, "y---y---y"),
        (grown, Command::RevokeProxy { proxy: EVA }, "yy--y---y"),
    ] {
        assert_eq!(those_who_may(&story, &command), expected, "{command:?}");
    }
}

#[test]
fn an_account_is_made_once_for_a_number() {
    let register = |number_hash| Command::Register { region: REGION, number_hash };
    nobody().gives(is(KIM), &register(OTHER_NUMBER), &registered());
    nobody().refuses(is(KIM), &register(EVAS_NUMBER), No::NumberTaken);
    kim([]).refuses(is(KIM), &register(ANOTHER), No::ResidentExists);
    let elsewhere = Command::Register { region: OTHER_REGION, number_hash: OTHER_NUMBER };
    kim([]).refuses(is(KIM), &elsewhere, No::ResidentExists);
    let lost = Command::Register { region: crate::RegionId::new(9), number_hash: OTHER_NUMBER };
    nobody().refuses(is(KIM), &lost, Rejection::NoSuchRegion);
    let nothing = Command::SetProtectedIdentity(true);
    nobody().refuses(gun(), &nothing, No::NoSuchResident);
}

#[test]
fn whoever_was_registered_without_a_number_gets_one() {
    let before = ResidentRegistered { region: REGION };
    let old = Story { kim: Resident::default().evolve(&before.into()), ..kim([]) };
    let register = Command::Register { region: REGION, number_hash: OTHER_NUMBER };
    old.gives(is(KIM), &register, &[IdentityReplaced { number_hash: OTHER_NUMBER }.into()]);
}

#[test]
fn a_number_is_replaced_by_one_that_is_nobodys() {
    let replace = |number_hash| Command::ReplaceIdentity { number_hash };
    kim([]).gives(gun(), &replace(ANOTHER), &[IdentityReplaced { number_hash: ANOTHER }.into()]);
    kim([]).gives(gun(), &replace(OTHER_NUMBER), &[]);
    kim([]).refuses(gun(), &replace(EVAS_NUMBER), No::NumberTaken);
    let replaced = kim([IdentityReplaced { number_hash: ANOTHER }.into()]);
    let register = Command::Register { region: REGION, number_hash: OTHER_NUMBER };
    replaced.refuses(is(KIM), &register, No::ResidentExists);
}

#[test]
fn a_name_changes_and_the_number_stays() {
    let kept = IdentityReplaced { number_hash: OTHER_NUMBER };
    let renamed = |mut it: Story| {
        it.opened.has_same_name = false;
        it
    };
    assert_eq!(renamed(kim([])).decide(gun(), &Command::ChangeName), Ok(vec![kept.clone().into()]));
    kim([]).gives(gun(), &Command::ChangeName, &[]);
    // A name is not lost where the number beside it is the known one.
    let replace = Command::ReplaceIdentity { number_hash: OTHER_NUMBER };
    assert_eq!(renamed(kim([])).decide(gun(), &replace), Ok(vec![kept.into()]));
    let before = ResidentRegistered { region: REGION };
    let old = Story { kim: Resident::default().evolve(&before.into()), ..kim([]) };
    old.refuses(gun(), &Command::ChangeName, No::NumberUnknown);
    nobody().refuses(gun(), &Command::ChangeName, No::NoSuchResident);
}

#[test]
fn preferences_and_protection_change_once() {
    let change = Command::ChangeContactPreferences { by_email: true, by_text_message: false };
    let changed = ContactPreferencesChanged { by_email: true, by_text_message: false };
    kim([]).gives(is(KIM), &change, &[changed.clone().into()]);
    let other_address = kim([changed.clone().into()]);
    assert_eq!(other_address.decide(is(KIM), &change), Ok(vec![changed.into()]));
    let protect = Command::SetProtectedIdentity(true);
    kim([]).gives(gun(), &protect, &[ProtectedIdentitySet { protected: true }.into()]);
    kim([]).gives(gun(), &Command::SetProtectedIdentity(false), &[]);
}

#[test]
fn a_guardian_acts_until_the_midnight_of_the_thirteenth_birthday() {
    let grant = Command::GrantGuardian { guardian: EVA };
    let until = [granted(EVA, "2026-04-12T00:00:00+02:00")];
    kim([]).gives(gun(), &grant, &until);
    let day_before = kim([]).at("2026-04-11T23:59:59.999+02:00");
    assert_eq!(day_before.decide(gun(), &grant), Ok(until.to_vec()));
    kim([]).at("2026-04-12T00:00:00+02:00").refuses(gun(), &grant, No::NoChild { years: 13 });
}

#[test]
fn a_guardian_is_someone_else_who_has_an_account_and_the_child_one_whose_age_is_known() {
    let grant = |guardian| Command::GrantGuardian { guardian };
    kim([]).refuses(gun(), &grant(KIM), No::OwnProxy);
    kim([]).refuses(gun(), &grant(NEW), No::NoSuchProxy);
    let mut unknown = kim([]);
    unknown.opened.birth_date = None;
    unknown.refuses(gun(), &grant(EVA), No::BirthDateUnknown);
}

/// The limit in force on the day counts, before a change and after it.
#[test]
fn another_limit_holds_from_its_first_day() {
    let grant = Command::GrantGuardian { guardian: EVA };
    let from = |years, valid_from| GuardianLimit { valid_from, years };
    for (limits, until) in [
        // Higher, before the 13th birthday.
        (vec![from(16, date(2026, 4, 1))], "2029-04-12T00:00:00+02:00"),
        // Higher, but only after it.
        (vec![from(16, date(2026, 5, 1))], "2026-04-12T00:00:00+02:00"),
        // Higher, on the very day.
        (vec![from(16, date(2026, 4, 12))], "2029-04-12T00:00:00+02:00"),
        // Lower, from a day on which the child is older already.
        (vec![from(12, date(2026, 4, 1))], "2026-04-01T00:00:00+02:00"),
        // Two: the earliest end counts.
        (vec![from(18, date(2026, 1, 1)), from(15, date(2028, 1, 1))], "2028-04-12T00:00:00+02:00"),
    ] {
        kim([]).limits(limits).gives(gun(), &grant, &[granted(EVA, until)]);
    }
    let twelve = kim([]).limits(vec![from(12, date(2026, 3, 2))]);
    twelve.refuses(gun(), &grant, No::NoChild { years: 12 });
}

#[test]
fn who_is_born_on_the_29th_of_february_turns_13_on_the_first_of_march() {
    let born = date(2012, 2, 29);
    let end = GuardianLimit::ends(&[], born, time("2024-06-01T00:00:00+02:00"));
    assert_eq!(end, Some(time("2025-03-01T00:00:00+01:00")));
}

/// Against the plain definition, day by day.
#[test]
fn the_end_is_the_first_day_on_which_the_child_is_as_old_as_the_limit() {
    let limits = [
        GuardianLimit { valid_from: date(2025, 3, 1), years: 16 },
        GuardianLimit { valid_from: date(2026, 2, 1), years: 12 },
        GuardianLimit { valid_from: date(2027, 7, 1), years: 15 },
    ];
    for n in 0..40 {
        let born = date(2010, 1, 17) + jiff::Span::new().days(n * 61);
        for start in 0..25 {
            let day = date(2024, 11, 3) + jiff::Span::new().days(start * 47);
            let past = |it: &Date| {
                crate::identity::age_on(born, *it) >= u16::from(GuardianLimit::on(&limits, *it))
            };
            let days = std::iter::successors(Some(day), |it| it.tomorrow().ok());
            let expected = days.take(366 * 20).find(past).filter(|it| *it != day);
            let at = crate::deadline::start_of_day(day);
            let found = GuardianLimit::ends(&limits, born, at);
            assert_eq!(found, expected.map(crate::deadline::start_of_day), "{born} on {day}");
        }
    }
}

#[test]
fn a_child_chooses_nobody_and_takes_the_word_from_nobody() {
    let until = time("2027-01-01T00:00:00+01:00");
    let appoint = Command::GrantProxy { proxy: EVA, until };
    let revoke = Command::RevokeProxy { proxy: EVA };
    let guarded = kim([granted(EVA, "2026-04-12T00:00:00+02:00")]);
    kim([]).refuses(is(KIM), &appoint, No::StillAChild { years: 13 });
    guarded.refuses(is(KIM), &revoke, No::StillAChild { years: 13 });
    guarded.gives(gun(), &revoke, &[ProxyRevoked { proxy: EVA }.into()]);
    guarded.gives(is(EVA), &revoke, &[ProxyRevoked { proxy: EVA }.into()]);
    let older = kim([]).at("2026-04-12T00:00:00+02:00");
    older.gives(is(KIM), &appoint, &[granted(EVA, "2027-01-01T00:00:00+01:00")]);
    let past = Command::GrantProxy { proxy: EVA, until: older.at };
    older.refuses(is(KIM), &past, Rejection::DaysCrossed);
    let mut unknown = kim([]);
    unknown.opened.birth_date = None;
    unknown.refuses(is(KIM), &appoint, No::BirthDateUnknown);
}

#[test]
fn addresses_are_such_and_there_where_they_are_needed() {
    let check = |email: &str, phone: &str, by_email, by_text_message| {
        let details = ContactDetails { email: email.into(), phone: phone.into() };
        details.check(by_email, by_text_message)
    };
    assert_eq!(check("eva@example.se", "070-174 06 05", true, true), Ok(()));
    assert_eq!(check("", "", false, false), Ok(()));
    for email in
        ["", "eva", "@example.se", "eva@host", "a@b.se\n", &format!("{}@b.se", "a".repeat(255))]
    {
        assert_eq!(check(email, "", true, false), Err(No::EmailWrong.into()), "{email}");
    }
    for phone in ["", "12345", "eva", &"1".repeat(255)] {
        assert_eq!(check("", phone, false, true), Err(No::PhoneWrong.into()), "{phone}");
    }
    assert_eq!(format!("{:?}", ContactDetails::default()), "ContactDetails(…)");
}

#[test]
fn a_region_decides_until_which_birthday_guardians_act() {
    let region = vec![RegionRegistered { name: "Nord".into() }.into()];
    let set = |years| RegionCommand::SetGuardianLimit { years, valid_from: date(2027, 1, 1) };
    given::<Region>(&region).when(gun(), set(15)).then([GuardianLimitSet {
        years: 15,
        valid_from: date(2027, 1, 1),
    }
    .into()]);
    for by in [adam(), Actor::Staff { who: FAR, role: Role::RegionAdmin, unit: None }] {
        given::<Region>(&region).when(by, set(15)).then_rejected(Rejection::NotAllowed);
    }
    for years in [0, 19] {
        given::<Region>(&region).when(gun(), set(years)).then_rejected(No::GuardianYears.into());
    }
}
