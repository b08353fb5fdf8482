//! Everyone against every field of the schema, held to `matrix.txt`, where the letters are told.
//!
//! One world, seeded once. A field that has no line there fails the test, as does a line whose
//! letters are others than the service gives; and whatever is as if it were not there is compared
//! with what is not there.

use std::{collections::BTreeSet, path::Path, time::Duration};

use async_graphql::parser::{
    parse_schema,
    types::{TypeKind, TypeSystemDefinition},
};
use domain::{
    Actor, Role, StaffId, StreamId,
    organisation::{AssignmentGranted, Place, RoleGranted, StaffRegistered},
};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    client::Client,
    region::{
        ADVICE, ASPEN, BIRCH, BO, DUNE, EBBA, EVA, NEAR, NORD, OLLE, PRIVATE, RENEWAL, SYD,
        resident,
    },
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

/// One line of the table.
struct Row {
    line: usize,
    letters: String,
    kind: &'static str,
    /// Mutations: the input's content alone.
    asked: String,
}

impl Row {
    fn read(line: usize, text: &str) -> Self {
        let kinds = ["query", "mutation", "subscription"];
        let found =
            kinds.iter().find_map(|kind| Some((*kind, text.split_once(&format!(" {kind} "))?)));
        let Some((kind, (letters, asked))) = found else {
            panic!("matrix.txt:{line}: what is asked?")
        };
        let letters = letters.split_whitespace().collect();
        Self { line, letters, kind, asked: asked.trim().to_owned() }
    }

    fn field(&self) -> &str {
        self.asked.split(['(', ' ']).next().unwrap()
    }

    /// The operation, but for what stands for ids.
    fn document(&self) -> String {
        let Self { kind, asked, .. } = self;
        match (*kind, asked.split_once('(')) {
            ("mutation", Some((name, input))) => {
                let input = input.strip_suffix(')').expect("a mutation ends with its input");
                format!(
                    "mutation {{ {name}(input: {{ idempotencyKey: \"{{key}}\", {input} }}) \
                     {{ userErrors {{ code message field }} }} }}"
                )
            }
            _ => format!("{kind} {{ {asked} }}"),
        }
    }
}

fn rows() -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/matrix.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let lines = (1..).zip(text.lines()).filter(|(_, it)| !it.is_empty() && !it.starts_with('#'));
    lines.map(|(line, text)| Row::read(line, text)).collect()
}

/// Every field of the three roots, as the schema lists them: `query case`.
fn fields() -> BTreeSet<String> {
    let mut fields = BTreeSet::new();
    for definition in parse_schema(crate::sdl()).unwrap().definitions {
        let TypeSystemDefinition::Type(it) = definition else { continue };
        let root = it.node.name.node.to_lowercase();
        if let (TypeKind::Object(object), "query" | "mutation" | "subscription") =
            (it.node.kind, root.as_str())
        {
            fields.extend(object.fields.iter().map(|it| format!("{root} {}", it.node.name.node)));
        }
    }
    fields
}

#[test]
fn every_field_of_the_schema_has_a_line() {
    let known: BTreeSet<_> =
        rows().iter().map(|row| format!("{} {}", row.kind, row.field())).collect();
    let fields = fields();
    assert!(fields.len() > 40, "{fields:?}");
    let missing: Vec<_> = fields.difference(&known).collect();
    assert!(missing.is_empty(), "matrix.txt has no line for {missing:?}; its head tells how");
    let gone: Vec<_> = known.difference(&fields).collect();
    assert!(gone.is_empty(), "matrix.txt has lines for {gone:?}, which the schema has not");
}

/// The sessions of the columns, in their order, and those that have lapsed.
struct World {
    client: Client,
    columns: Vec<Actor>,
    lapsed: Vec<Actor>,
    /// The handler `h`.
    holder: StaffId,
    case: Option<String>,
    queued: Option<String>,
    numbers: u32,
    /// Answers about what is there that differ from those about what is not.
    told_apart: Vec<String>,
}

impl World {
    async fn new() -> Self {
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
        let units = [BIRCH, ASPEN, DUNE].map(Place::Unit);
        let regions = [NORD, SYD].map(Place::Region);
        let [here, ..] = units;
        let wide = [regions[0], here, units[1], regions[1]];
        let holds: [(Role, &[Place]); 7] = [
            (Role::Receiver, &units),
            (Role::Handler, &[here]),
            (Role::Handler, &units),
            (Role::UnitAdmin, &units),
            (Role::RegionAdmin, &regions),
            (Role::Auditor, &wide),
            (Role::Analyst, &wide),
        ];
        for (role, places) in holds {
            for place in places {
                let granted = RoleGranted { role, place: *place };
                let actor = world.employ(role, *place, Some(granted.into())).await;
                world.columns.push(actor);
            }
        }
        world.columns.push(Actor::System);
        let Actor::Staff { who, .. } = world.columns[6] else { unreachable!() };
        world.holder = who;
        for role in ROLES {
            let place = if role == Role::RegionAdmin { regions[0] } else { here };
            for hours in [Some((-10, Some(-1))), Some((1_000, None)), None] {
                let at =
                    |hours| world.client.region.engine.now() + SignedDuration::from_hours(hours);
                let granted = hours.map(|(from, until): (i64, Option<i64>)| AssignmentGranted {
                    role,
                    post: place.into(),
                    from: at(from),
                    until: until.map(at),
                    trained_at: None,
                });
                let lapsed = world.employ(role, place, granted.map(Into::into)).await;
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
        place: Place,
        granted: Option<domain::organisation::Event>,
    ) -> Actor {
        let (who, unit) = (StaffId::new(self.next().into()), unit_of(place));
        let elsewhere = [Place::Unit(DUNE), Place::Region(SYD)].contains(&place);
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
    async fn letter(&mut self, actor: &Actor, row: &Row, compared: &mut u32) -> char {
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

fn with_ids(document: &str, ids: &[(&'static str, String)]) -> String {
    ids.iter().fold(document.to_owned(), |text, (name, id)| text.replace(name, id))
}

fn unit_of(place: Place) -> Option<domain::UnitId> {
    match place {
        Place::Unit(unit) => Some(unit),
        Place::Region(_) => None,
    }
}

/// An id of the same kind and length that nothing has.
fn nothing_like(id: &str) -> String {
    let (kind, digits) = id.split_once('_').unwrap();
    format!(
        "{kind}_{}",
        if digits.len() == 1 {
            "Z".to_owned()
        } else {
            format!("7{}", "Z".repeat(digits.len() - 1))
        }
    )
}

/// The answer as text, but for the request's own id.
fn without_request(answer: &Value) -> String {
    let mut answer = answer.clone();
    for error in answer["errors"].as_array_mut().into_iter().flatten() {
        error["extensions"]["requestId"] = json!("the request's");
    }
    answer.to_string()
}

fn letter(row: &Row, answer: &Value) -> char {
    match super::client::code(answer).as_deref() {
        Some("FORBIDDEN") => return '!',
        Some("NOT_FOUND") => return '-',
        Some(_) => panic!("matrix.txt:{}: {}: {answer}", row.line, row.document()),
        None => (),
    }
    let data = &answer["data"][row.field()];
    if row.kind == "mutation" {
        let error = &data["userErrors"][0];
        return match (error["code"].as_str(), error["message"].as_str().unwrap_or_default()) {
            (None, _) => 'y',
            (Some("NOT_ALLOWED"), _) => 'r',
            (Some(_), message) if message.starts_with("there is no such") => '-',
            (Some(_), _) => 'i',
        };
    }
    match data {
        Value::Null => '-',
        Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_null) => '-',
        _ if is_whole(data) => 'y',
        _ => 'k',
    }
}

/// Whether nothing of it is null.
fn is_whole(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => items.iter().all(is_whole),
        Value::Object(fields) => fields.values().all(is_whole),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

/// The letters as the table groups them.
fn grouped(letters: &str) -> String {
    let mut letters = letters.chars();
    let groups = [3, 3, 4, 3, 2, 4, 4, 1, 1];
    let groups = groups.map(|size| letters.by_ref().take(size).collect::<String>());
    format!("{}  {}", groups[..8].join(" "), groups[8])
}

#[tokio::test]
async fn everyone_may_ask_what_the_table_says_and_nothing_else() {
    let mut world = World::new().await;
    let (columns, lapsed) = (world.columns.clone(), world.lapsed.clone());
    let (mut compared, mut wrong) = (0, vec![]);
    for row in rows() {
        let mut found = String::new();
        for actor in &columns {
            found.push(world.letter(actor, &row, &mut compared).await);
        }
        let mut of_lapsed = BTreeSet::new();
        for actor in &lapsed {
            of_lapsed.insert(world.letter(actor, &row, &mut compared).await);
        }
        found.extend(of_lapsed);
        if found != row.letters {
            let Row { line, kind, .. } = row;
            wrong.push(format!("{line}:\n{}  {kind} {}", grouped(&found), row.asked));
        }
    }
    let told_apart = world.told_apart.join("\n");
    assert!(wrong.is_empty(), "matrix.txt says otherwise at\n{}\n{told_apart}", wrong.join("\n"));
    assert!(
        told_apart.is_empty(),
        "what is not theirs is told from what is not there:\n{told_apart}"
    );
    assert!(compared > 500, "{compared} answers were compared with those about nothing");
}
