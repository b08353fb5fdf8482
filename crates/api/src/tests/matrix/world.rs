//! The one world that everything is asked of, and everyone who asks.

use std::time::Duration;

use domain::{
    Actor, Role, StaffId, StreamId,
    organisation::{AssignmentGranted, Place, Post, RoleGranted, StaffRegistered},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    super::{
        client::Client,
        region::{
            ADVICE, ASPEN, BIRCH, BO, DUNE, EBBA, EVA, FAR, NEAR, NORD, OLLE, PRIVATE, RENEWAL,
            SYD, resident,
        },
    },
    Row, letter, nothing_like, with_ids, without_request,
};

const ROLES: [Role; 6] = [
    Role::Receiver,
    Role::Handler,
    Role::UnitAdmin,
    Role::RegionAdmin,
    Role::Auditor,
    Role::Analyst,
];

/// Staff without a role.
const SOMEONE: StaffId = StaffId::new(60);

/// The sessions of the columns, in their order, and those that have lapsed.
pub(super) struct World {
    client: Client,
    pub(super) columns: Vec<Actor>,
    pub(super) lapsed: Vec<Actor>,
    /// The handler `h`.
    holder: StaffId,
    case: Option<String>,
    queued: Option<String>,
    numbers: u32,
    /// Answers about what is there that differ from those about what is not.
    pub(super) told_apart: Vec<String>,
}

impl World {
    pub(super) async fn new() -> Self {
        let mut world = Self {
            client: Client::new().await,
            columns: [EBBA, EVA, OLLE].map(resident).to_vec(),
            lapsed: vec![],
            holder: StaffId::new(0),
            case: None,
            queued: None,
            numbers: 100,
            told_apart: vec![],
        };
        let units = [BIRCH, ASPEN, DUNE].map(Post::Unit);
        let divisions = [NEAR, FAR].map(Post::Division);
        let regions = [NORD, SYD].map(Post::Region);
        let [here, ..] = units;
        let wide = [regions[0], divisions[0], divisions[1], here, units[1], regions[1]];
        let holds: [(Role, &[Post]); 7] = [
            (Role::Receiver, &units),
            (Role::Handler, &[here]),
            (Role::Handler, &units),
            (Role::UnitAdmin, &units),
            (Role::RegionAdmin, &regions),
            (Role::Auditor, &wide),
            (Role::Analyst, &wide),
        ];
        let begun = world.client.region.engine.now();
        for (role, posts) in holds {
            for post in posts {
                let actor = world.employ(role, *post, Some(granted(role, *post, begun))).await;
                world.columns.push(actor);
            }
        }
        world.columns.push(Actor::System);
        let Actor::Staff { who, .. } = world.columns[6] else { unreachable!() };
        world.holder = who;
        let narrow =
            ROLES.map(|role| (role, if role == Role::RegionAdmin { regions[0] } else { here }));
        let of_division = [Role::Auditor, Role::Analyst].map(|role| (role, divisions[0]));
        for (role, post) in narrow.into_iter().chain(of_division) {
            for hours in [Some((-10, Some(-1))), Some((1_000, None)), None] {
                let at =
                    |hours| world.client.region.engine.now() + SignedDuration::from_hours(hours);
                let granted = hours.map(|(from, until): (i64, Option<i64>)| AssignmentGranted {
                    role,
                    post,
                    from: at(from),
                    until: until.map(at),
                    trained_at: None,
                });
                let lapsed = world.employ(role, post, granted.map(Into::into)).await;
                world.lapsed.push(lapsed);
            }
        }
        let registered = StaffRegistered { region: NORD };
        let stream = StreamId::Staff(SOMEONE);
        world.client.region.register(stream, vec![registered.into()], Some("Någon")).await;
        world.fill_inboxes().await;
        world
    }

    /// Someone new, with that role or without.
    async fn employ(
        &mut self,
        role: Role,
        post: Post,
        granted: Option<domain::organisation::Event>,
    ) -> Actor {
        let (who, unit) = (StaffId::new(self.next().into()), unit_of(post));
        let elsewhere = [Post::Unit(DUNE), Post::Region(SYD)].contains(&post);
        let region = if elsewhere { SYD } else { NORD };
        let changes = [StaffRegistered { region }.into()].into_iter().chain(granted).collect();
        self.client.region.register(StreamId::Staff(who), changes, Some("Ny Testsson")).await;
        Actor::Staff { who, role, unit }
    }

    /// Everyone who has an inbox of their own has something in it.
    async fn fill_inboxes(&mut self) {
        let handlers = [(7, BIRCH), (8, BIRCH), (9, ASPEN), (10, DUNE)];
        for (column, unit) in handlers {
            let Actor::Staff { who, .. } = self.columns[column - 1] else { unreachable!() };
            let receiver = self.columns[match unit {
                BIRCH => 3,
                ASPEN => 4,
                _ => 5,
            }];
            let case = self.submitted(resident(OLLE), unit).await;
            self.give(receiver, &case, who).await;
        }
    }

    fn next(&mut self) -> u32 {
        self.numbers += 1;
        self.numbers
    }

    async fn submitted(&mut self, by: Actor, unit: domain::UnitId) -> String {
        let subject = if by == resident(EVA) { EBBA } else { OLLE };
        let input = json!({
            "idempotencyKey": format!("s{}", self.next()), "unitId": unit.to_string(),
            "caseTypeId": ADVICE.to_string(), "formVersion": 1, "termsVersion": 1, "text": "Hej",
            "subjectId": subject.to_string(),
        });
        let payload = self.client.command(&by, "submitCase", input).await;
        payload["case"]["id"].as_str().unwrap().to_owned()
    }

    async fn give(&mut self, by: Actor, case: &str, to: StaffId) {
        let key = format!("d{}", self.next());
        let input = json!({ "idempotencyKey": key, "caseId": case, "handlerId": to.to_string() });
        self.client.command(&by, "distributeCase", input).await;
    }

    /// The operation of `row` with ids in it, and the ids.
    async fn filled(&mut self, row: &Row) -> (String, Vec<(&'static str, String)>) {
        let document = row.document();
        if document.contains("{queued}") && self.queued.is_none() {
            self.queued = Some(self.submitted(resident(EVA), BIRCH).await);
        }
        if document.contains("{case}") && self.case.is_none() {
            let case = self.submitted(resident(EVA), BIRCH).await;
            self.give(self.columns[3], &case, self.holder).await;
            self.case = Some(case);
        }
        let number = self.next().to_string();
        let document = document.replace("{key}", &number).replace("{n}", &number);
        let document = document.replace("{provider}", &PRIVATE.to_string());
        let case = |case: &Option<String>| case.clone().unwrap_or_default();
        let ids = [
            ("{case}", case(&self.case)),
            ("{queued}", case(&self.queued)),
            ("{unit}", BIRCH.to_string()),
            ("{away}", ASPEN.to_string()),
            ("{division}", NEAR.to_string()),
            ("{region}", NORD.to_string()),
            ("{type}", ADVICE.to_string()),
            ("{renewal}", RENEWAL.to_string()),
            ("{subject}", EBBA.to_string()),
            ("{handler}", BO.to_string()),
            ("{someone}", SOMEONE.to_string()),
        ];
        let ids = ids.into_iter().filter(|(name, _)| document.contains(name)).collect();
        (document, ids)
    }

    async fn ask(&self, actor: &Actor, row: &Row, document: &str) -> Value {
        if row.kind != "subscription" {
            return self.client.ask(actor, document, json!({})).await;
        }
        let mut watch = match self.client.try_watch(actor, document, json!({})).await {
            Ok(watch) => watch,
            Err(refused) => return refused,
        };
        let first = tokio::time::timeout(Duration::from_secs(20), watch.next()).await;
        let first = first.unwrap_or_else(|_| panic!("nothing came of {document} for {actor:?}"));
        first.unwrap_or_else(|| panic!("{document} ended without a word for {actor:?}"))
    }

    /// What becomes of `row`, put by `actor`; what looks as if it were not there is compared with
    /// what is not there.
    pub(super) async fn letter(&mut self, actor: &Actor, row: &Row, compared: &mut u32) -> char {
        let (document, ids) = self.filled(row).await;
        let answer = self.ask(actor, row, &with_ids(&document, &ids)).await;
        let letter = letter(row, &answer);
        if letter == '-' && !ids.is_empty() {
            let absent: Vec<_> = ids.iter().map(|(name, id)| (*name, nothing_like(id))).collect();
            let other = self.ask(actor, row, &with_ids(&document, &absent)).await;
            let ids = ids.iter().chain(&absent);
            let blank = |answer: &Value| {
                ids.clone().fold(without_request(answer), |it, (_, id)| it.replace(id, "the id"))
            };
            if blank(&answer) != blank(&other) {
                let at = row.line;
                self.told_apart.push(format!("{at}: {actor:?}\n{answer}\n{other}"));
            }
            *compared += 1;
        }
        if row.kind == "mutation" && letter == 'y' {
            (self.case, self.queued) = (None, None);
        }
        letter
    }
}

/// The event that gives `role` at `post`, as it was before there were assignments where it could be.
fn granted(role: Role, post: Post, from: Timestamp) -> domain::organisation::Event {
    let place = match post {
        Post::Unit(unit) => Place::Unit(unit),
        Post::Region(region) => Place::Region(region),
        Post::Division(_) => {
            return AssignmentGranted { role, post, from, until: None, trained_at: None }.into();
        }
    };
    RoleGranted { role, place }.into()
}

fn unit_of(post: Post) -> Option<domain::UnitId> {
    match post {
        Post::Unit(unit) => Some(unit),
        Post::Division(_) | Post::Region(_) => None,
    }
}
