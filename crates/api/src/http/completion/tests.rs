//! Answers are completed by the schema.

use async_graphql::{PathSegment, Pos, ServerError, Value, parser::parse_query};
use serde_json::json;

use super::FieldTypes;

const SDL: &str = "type Query { a: A b: [A!] c: A! }
    type A implements I { id: ID! name: String sure: Int! a: A as: [A]! }
    interface I { name: String }";

fn completed(query: &str, data: serde_json::Value, failed: &[&str]) -> String {
    let document = parse_query(query).unwrap();
    let segment = |text: &str| match text.parse() {
        Ok(index) => PathSegment::Index(index),
        Err(_) => PathSegment::Field(text.to_owned()),
    };
    let error = |path: &&str| {
        let path = path.split('.').map(segment).collect();
        ServerError { path, ..ServerError::new("failed", Some(Pos::default())) }
    };
    let errors: Vec<_> = failed.iter().map(error).collect();
    let mut data = Value::from_json(data).unwrap();
    let (_, operation) = document.operations.iter().next().unwrap();
    FieldTypes::of(SDL).complete(&document, &operation.node, &mut data, &errors);
    data.to_string()
}

#[test]
fn the_types_of_the_schema_are_known() {
    let types = FieldTypes::of(&crate::sdl());
    let nullable = |parent: &str, field: &str| types.get(parent, field).map(|ty| ty.nullable);
    assert_eq!(nullable("Mutation", "answerCase"), Some(false));
    assert_eq!(nullable("Message", "text"), Some(true));
    assert_eq!(nullable("CaseEvent", "actor"), Some(false));
}

#[test]
fn a_field_that_failed_is_null() {
    let query = "{ a { id name } }";
    let data = json!({ "a": { "id": "1" } });
    assert_eq!(completed(query, data, &["a.name"]), r#"{a: {id: "1", name: null}}"#);
    let none = json!({ "a": null });
    assert_eq!(completed("{ a { name } }", none.clone(), &["a.name"]), "{a: {name: null}}");
    assert_eq!(completed(query, none, &[]), "{a: null}");
    let list = json!({ "b": [{ "x": "1" }, null] });
    let query = "{ b { ... on I { x: name } } }";
    assert_eq!(completed(query, list, &["b.1.x"]), r#"{b: [{x: "1"}, {x: null}]}"#);
    assert_eq!(completed("{ a { id } }", json!(null), &["a"]), "{a: null}");
}

#[test]
fn what_may_not_be_null_takes_what_holds_it_along() {
    let data = json!({ "a": { "id": "1" } });
    assert_eq!(completed("{ a { id sure } }", data, &["a.sure"]), "{a: null}");
    let list = json!({ "b": [{ "id": "1" }, {}], "a": { "id": "1" } });
    assert_eq!(
        completed("{ a { id } b { id sure } }", list, &["b.1.sure"]),
        r#"{a: {id: "1"}, b: null}"#
    );
    let within = json!({ "a": { "as": [{ "id": "1" }, { "id": "2" }] } });
    assert_eq!(
        completed("{ a { as { id sure } } }", within, &["a.as.0.sure", "a.as.1.sure"]),
        "{a: {as: [null, null]}}"
    );
    let root = json!({ "a": { "id": "1" } });
    assert_eq!(completed("{ a { id } c { id } }", root, &["c"]), "null");
    let twice = json!({ "c": { "id": "1" } });
    assert_eq!(completed("{ c { id sure name } }", twice, &["c.sure", "c.name"]), "null");
}

#[test]
fn fields_stand_in_the_order_asked() {
    let data = json!({ "b": [{ "id": "1", "name": "x" }], "a": { "id": "2" } });
    let query = "{ b { ...N id } a { id } } fragment N on A { name }";
    assert_eq!(completed(query, data, &[]), r#"{b: [{name: "x", id: "1"}], a: {id: "2"}}"#);
}
