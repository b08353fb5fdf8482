//! What the library leaves to be done on data: the null of a field that failed, and the order that
//! fields were asked for in (GraphQL specification, sections 6.4.4 and 7.2.2).
//!
//! The library leaves a field that failed out of its object, whether the field can be null or not,
//! makes null of an object whose fields all failed, and gives fields in the order in which they
//! were found out. Typed clients read a field that is not there as a fault of their own, and an
//! answer whose order depends on what was quicker is another answer to a cache.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use async_graphql::{
    Name, PathSegment, ServerError, Value,
    indexmap::IndexMap,
    parser::{
        parse_schema,
        types::{
            BaseType, ExecutableDocument, OperationDefinition, OperationType, Selection,
            SelectionSet, Type, TypeKind, TypeSystemDefinition,
        },
    },
};

/// The type of each field of each object and interface.
pub(super) struct FieldTypes {
    types: BTreeMap<String, BTreeMap<String, Type>>,
}

impl FieldTypes {
    /// As the schema's text `sdl` has them. The library writes that, so it reads it.
    pub(super) fn of(sdl: &str) -> Self {
        let definitions = parse_schema(sdl).map(|it| it.definitions).unwrap_or_default();
        let mut types = BTreeMap::new();
        for definition in definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let fields = match definition.node.kind {
                TypeKind::Object(object) => object.fields,
                TypeKind::Interface(interface) => interface.fields,
                _ => continue,
            };
            let fields = fields.into_iter().map(|it| it.node);
            let fields = fields.map(|it| (it.name.node.to_string(), it.ty.node)).collect();
            types.insert(definition.node.name.node.to_string(), fields);
        }
        Self { types }
    }

    fn get(&self, parent: &str, field: &str) -> Option<&Type> {
        self.types.get(parent)?.get(field)
    }

    /// Completes what `operation` of `document` came to.
    pub(super) fn complete(
        &self,
        document: &ExecutableDocument,
        operation: &OperationDefinition,
        data: &mut Value,
        errors: &[ServerError],
    ) {
        let root = match operation.ty {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        let plan =
            Planning { types: self, document }.plan(&[(root, &operation.selection_set.node)]);
        let paths = || errors.iter().map(|error| &error.path[..]).filter(|path| !path.is_empty());
        paths().for_each(|path| note_null(data, path));
        paths().for_each(|path| plan.settle(None, data, path));
        plan.order(data);
    }
}

/// The fields of an object, in the order asked; also those of types that it turned out not to be.
struct Plan<'a> {
    fields: IndexMap<&'a str, Planned<'a>>,
}

struct Planned<'a> {
    /// None for a field of introspection.
    ty: Option<&'a Type>,
    within: Plan<'a>,
}

/// What is asked of an object, with the type that it is asked of.
type Asked<'a> = (&'a str, &'a SelectionSet);

struct Planning<'a> {
    types: &'a FieldTypes,
    document: &'a ExecutableDocument,
}

impl<'a> Planning<'a> {
    fn plan(&self, asked: &[Asked<'a>]) -> Plan<'a> {
        let mut fields: IndexMap<&str, (Option<&Type>, Vec<Asked<'_>>)> = IndexMap::new();
        for (parent, set) in asked {
            self.collect(parent, set, &mut fields);
        }
        let planned = |(ty, asked): (_, Vec<_>)| Planned { ty, within: self.plan(&asked) };
        Plan { fields: fields.into_iter().map(|(key, field)| (key, planned(field))).collect() }
    }

    fn collect(
        &self,
        parent: &'a str,
        set: &'a SelectionSet,
        fields: &mut IndexMap<&'a str, (Option<&'a Type>, Vec<Asked<'a>>)>,
    ) {
        for selection in &set.items {
            let (condition, set) = match &selection.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    let ty = self.types.get(parent, &field.name.node);
                    let of = ty.map_or("", |ty| named(&ty.base));
                    let known = fields.entry(field.response_key().node.as_str());
                    known.or_insert_with(|| (ty, vec![])).1.push((of, &field.selection_set.node));
                    continue;
                }
                Selection::InlineFragment(inline) => {
                    (inline.node.type_condition.as_ref(), &inline.node.selection_set.node)
                }
                Selection::FragmentSpread(spread) => {
                    match self.document.fragments.get(&spread.node.fragment_name.node) {
                        Some(it) => (Some(&it.node.type_condition), &it.node.selection_set.node),
                        None => continue,
                    }
                }
            };
            let parent = condition.map_or(parent, |condition| condition.node.on.node.as_str());
            self.collect(parent, set, fields);
        }
    }
}

fn named(base: &BaseType) -> &str {
    match base {
        BaseType::Named(name) => name,
        BaseType::List(item) => named(&item.base),
    }
}

/// Has the field at `path` in `value`, as null where it is not there.
fn note_null(value: &mut Value, path: &[PathSegment]) {
    let Some((segment, rest)) = path.split_first() else { return };
    match (segment, value) {
        (PathSegment::Field(key), value @ (Value::Null | Value::Object(_))) => {
            if *value == Value::Null {
                *value = Value::Object(IndexMap::new());
            }
            if let Value::Object(fields) = value {
                note_null(fields.entry(Name::new(key)).or_insert(Value::Null), rest);
            }
        }
        (PathSegment::Index(index), Value::List(items)) => {
            if let Some(item) = items.get_mut(*index) {
                note_null(item, rest);
            }
        }
        _ => (),
    }
}

impl Plan<'_> {
    /// Makes `value`, which is of type `ty`, null if what is null at `path` may not be.
    fn settle(&self, ty: Option<&Type>, value: &mut Value, path: &[PathSegment]) {
        let may_be = |child: &Value, ty: Option<&Type>| {
            *child != Value::Null || ty.is_none_or(|ty| ty.nullable)
        };
        let stays = match (path.split_first(), &mut *value) {
            (Some((PathSegment::Field(key), rest)), Value::Object(fields)) => {
                match (fields.get_mut(key.as_str()), self.fields.get(key.as_str())) {
                    (Some(child), Some(planned)) => {
                        planned.within.settle(planned.ty, child, rest);
                        may_be(child, planned.ty)
                    }
                    _ => true,
                }
            }
            (Some((PathSegment::Index(index), rest)), Value::List(items)) => {
                let item = match ty.map(|ty| &ty.base) {
                    Some(BaseType::List(item)) => Some(&**item),
                    _ => None,
                };
                items.get_mut(*index).is_none_or(|child| {
                    self.settle(item, child, rest);
                    may_be(child, item)
                })
            }
            _ => true,
        };
        if !stays {
            *value = Value::Null;
        }
    }

    /// Puts the fields of every object in `value` in the order asked.
    fn order(&self, value: &mut Value) {
        match value {
            Value::List(items) => items.iter_mut().for_each(|item| self.order(item)),
            Value::Object(fields) => {
                for (key, child) in fields.iter_mut() {
                    if let Some(planned) = self.fields.get(key.as_str()) {
                        planned.within.order(child);
                    }
                }
                let place = |key: &Name| self.fields.get_index_of(key.as_str());
                if !fields.keys().is_sorted_by_key(place) {
                    fields.sort_by_cached_key(|key, _| place(key));
                }
            }
            _ => (),
        }
    }
}
