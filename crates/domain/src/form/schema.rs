//! A form as JSON Schema, for programs that check answers before they are sent.
//!
//! The schema is of one object with a member for each field that was answered: text, dates, phone
//! numbers and choices are strings, multi-choices lists of strings, yes/no a boolean, and a group
//! a list of objects. What it takes, [`Form::problems`] takes, but for [`Lookup`](super::Lookup)s:
//! what a register holds no schema knows.

use serde_json::{Map, Value, json};

use super::{
    Choice, Condition, Field, FieldKind, Form, Language, ShowIf, TextRules,
    pattern::anchored,
    validate::{BLANKS, PHONE},
};

/// The edition of JSON Schema that is written.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

impl Form {
    /// The form as a JSON Schema of the 2020-12 edition, its titles in `language`.
    ///
    /// A validator must treat `format` as a rule, not a remark, to tell 30 February from a date.
    pub fn json_schema(&self, language: Language) -> Value {
        let mut schema = object(&self.fields, language);
        schema.insert("$schema".into(), DIALECT.into());
        Value::Object(schema)
    }
}

fn object(fields: &[Field], language: Language) -> Map<String, Value> {
    let always = |it: &&Field| it.required && it.show_if.is_none();
    let required: Vec<&str> = fields.iter().filter(always).map(|it| &*it.key).collect();
    let properties: Map<String, Value> =
        fields.iter().map(|it| (it.key.clone(), property(it, language))).collect();
    let shown: Vec<Value> = fields.iter().filter_map(shown).collect();

    let mut schema = Map::new();
    schema.insert("type".into(), "object".into());
    schema.insert("properties".into(), properties.into());
    schema.insert("additionalProperties".into(), false.into());
    schema.insert("required".into(), required.into());
    if !shown.is_empty() {
        schema.insert("allOf".into(), shown.into());
    }
    schema
}

/// Shown if a sibling was answered so: else it may not be there.
fn shown(field: &Field) -> Option<Value> {
    let ShowIf { field: sibling, when } = field.show_if.as_ref()?;
    let answered = match when {
        Condition::Is(option) => json!({ "const": option }),
        Condition::Contains(option) => json!({ "contains": { "const": option } }),
        Condition::Yes(yes) => json!({ "const": yes }),
    };
    let required: &[&str] = if field.required { &[&field.key] } else { &[] };
    Some(json!({
        "if": { "properties": { sibling: answered }, "required": [sibling] },
        "then": { "required": required },
        "else": { "properties": { &field.key: false } },
    }))
}

fn property(field: &Field, language: Language) -> Value {
    let mut schema = match &field.kind {
        FieldKind::Text(rules) => text(rules),
        FieldKind::Choice { options, .. } => {
            json!({ "type": "string", "oneOf": choices(options, language) })
        }
        FieldKind::MultiChoice { options } => json!({
            "type": "array",
            "items": { "type": "string", "oneOf": choices(options, language) },
            "uniqueItems": true,
            "minItems": u32::from(field.required),
        }),
        FieldKind::Date {} => json!({
            "type": "string",
            "format": "date",
            "pattern": anchored("[0-9]{4}-[0-9]{2}-[0-9]{2}"),
            "maxLength": 10,
        }),
        FieldKind::Phone {} => json!({
            "type": "string",
            "pattern": anchored(PHONE),
            "not": { "pattern": "[\r\n]" },
        }),
        FieldKind::YesNo { must_be: None } => json!({ "type": "boolean" }),
        FieldKind::YesNo { must_be: Some(yes) } => json!({ "type": "boolean", "const": yes }),
        FieldKind::Group { min, max, fields } => {
            let mut item = object(fields, language);
            item.insert("minProperties".into(), 1.into());
            json!({ "type": "array", "items": item, "minItems": min.max(&1), "maxItems": max })
        }
    };
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("title".into(), field.label.text(language).into());
    }
    schema
}

fn text(rules: &TextRules) -> Value {
    let blanks: String = BLANKS.iter().collect();
    let mut all = vec![json!({ "pattern": format!("[^{blanks}]") })];
    if !rules.multiline {
        all.push(json!({ "not": { "pattern": "[\r\n]" } }));
    }
    if let Some(pattern) = &rules.pattern {
        all.push(json!({ "pattern": anchored(pattern) }));
    }
    json!({
        "type": "string",
        "minLength": rules.min_length,
        "maxLength": rules.max_length,
        "allOf": all,
    })
}

fn choices(options: &[Choice], language: Language) -> Vec<Value> {
    let choice = |it: &Choice| json!({ "const": it.value, "title": it.label.text(language) });
    options.iter().map(choice).collect()
}
