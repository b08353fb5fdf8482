//! `schema.graphql` at the root of the repository is what clients agree to.

use std::collections::BTreeSet;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use expect_test::expect_file;

/// Rewritten by `UPDATE_EXPECT=1`; read the difference before you commit it.
#[test]
fn the_schema_is_the_one_that_clients_agreed_to() {
    expect_file!["../../../../schema.graphql"].assert_eq(&crate::sdl());
}

/// The standard's own types aside, everything says what it is.
#[test]
fn everything_is_described() {
    let mut silent = BTreeSet::new();
    for definition in parse_schema(crate::sdl()).unwrap().definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let definition = definition.node;
        let name = definition.name.node.to_string();
        let mut check = |what: String, described: bool| {
            if !described {
                silent.insert(what);
            }
        };
        check(name.clone(), definition.description.is_some());
        match definition.kind {
            TypeKind::Object(it) => {
                for field in it.fields {
                    let field = field.node;
                    let path = format!("{name}.{}", field.name.node);
                    check(path.clone(), field.description.is_some());
                    for argument in field.arguments {
                        let argument = argument.node;
                        let path = format!("{path}({})", argument.name.node);
                        check(path, argument.description.is_some());
                    }
                }
            }
            TypeKind::Interface(it) => {
                for field in it.fields {
                    check(
                        format!("{name}.{}", field.node.name.node),
                        field.node.description.is_some(),
                    );
                }
            }
            TypeKind::Enum(it) => {
                for value in it.values {
                    check(
                        format!("{name}.{}", value.node.value.node),
                        value.node.description.is_some(),
                    );
                }
            }
            TypeKind::InputObject(it) => {
                for field in it.fields {
                    check(
                        format!("{name}.{}", field.node.name.node),
                        field.node.description.is_some(),
                    );
                }
            }
            TypeKind::Scalar | TypeKind::Union(_) => (),
        }
    }
    assert_eq!(silent, BTreeSet::new());
}
