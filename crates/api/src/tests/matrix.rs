//! Everyone against every field of the schema, held to `matrix/table.txt`, where the letters are told.
//!
//! One world, seeded once. A field that has no line there fails the test, as does a line whose
//! letters are others than the service gives; and whatever is as if it were not there is compared
//! with what is not there.

mod world;

use std::{collections::BTreeSet, path::Path};

use async_graphql::parser::{
    parse_schema,
    types::{TypeKind, TypeSystemDefinition},
};
use serde_json::{Value, json};

use self::world::World;

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
            panic!("matrix/table.txt:{line}: what is asked?")
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
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/matrix/table.txt");
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
    assert!(missing.is_empty(), "matrix/table.txt has no line for {missing:?}; its head tells how");
    let gone: Vec<_> = known.difference(&fields).collect();
    assert!(gone.is_empty(), "matrix/table.txt has lines for {gone:?}, which the schema has not");
}

fn with_ids(document: &str, ids: &[(&'static str, String)]) -> String {
    ids.iter().fold(document.to_owned(), |text, (name, id)| text.replace(name, id))
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
        Some(_) => panic!("matrix/table.txt:{}: {}: {answer}", row.line, row.document()),
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
    let groups = [3, 3, 4, 3, 2, 6, 6, 1, 1];
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
    assert!(
        wrong.is_empty(),
        "matrix/table.txt says otherwise at\n{}\n{told_apart}",
        wrong.join("\n")
    );
    assert!(
        told_apart.is_empty(),
        "what is not theirs is told from what is not there:\n{told_apart}"
    );
    assert!(compared > 500, "{compared} answers were compared with those about nothing");
}
