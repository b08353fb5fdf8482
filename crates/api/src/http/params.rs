//! What a request asks, before anything is made of it: the parameters of GraphQL over HTTP.

use async_graphql::Variables;
use axum::http::{HeaderMap, header::CONTENT_TYPE};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The parameters, as sent.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Params {
    pub(super) query: Option<String>,
    /// Names a persisted document instead of `query`.
    pub(super) document_id: Option<String>,
    pub(super) operation_name: Option<String>,
    pub(super) variables: Variables,
    pub(super) extensions: Map<String, Value>,
}

/// Why the parameters are none, in words for whoever wrote the client.
pub(super) type Malformed = String;

impl Params {
    /// From the JSON text of a body or a WebSocket's message.
    pub(super) fn from_json(body: &[u8]) -> Result<Self, Malformed> {
        let value: Value = serde_json::from_slice(body)
            .map_err(|error| format!("the body is not JSON: {error}"))?;
        Self::from_value(value)
    }

    pub(super) fn from_value(value: Value) -> Result<Self, Malformed> {
        let mut object = match value {
            Value::Object(object) => object,
            Value::Array(_) => {
                return Err("batches are not taken; send one request at a time".to_owned());
            }
            _ => return Err("the body is not a JSON object".to_owned()),
        };
        let mut take = |name: &str| object.remove(name).unwrap_or(Value::Null);
        Ok(Self {
            query: text("query", take("query"))?,
            document_id: text("documentId", take("documentId"))?,
            operation_name: text("operationName", take("operationName"))?,
            variables: Variables::from_json(Value::Object(map("variables", take("variables"))?)),
            extensions: map("extensions", take("extensions"))?,
        })
    }

    /// From the query string of a GET.
    pub(super) fn from_query_string(raw: &QueryString) -> Result<Self, Malformed> {
        let json = |name: &str, text: &Option<String>| match text.as_deref() {
            None | Some("") => Ok(Map::new()),
            Some(text) => {
                let value = serde_json::from_str(text)
                    .map_err(|error| format!("`{name}` is not JSON: {error}"))?;
                map(name, value)
            }
        };
        Ok(Self {
            query: raw.query.clone(),
            document_id: raw.document_id.clone(),
            operation_name: raw.operation_name.clone().filter(|name| !name.is_empty()),
            variables: Variables::from_json(Value::Object(json("variables", &raw.variables)?)),
            extensions: json("extensions", &raw.extensions)?,
        })
    }
}

/// A query string's parameters. What it does not know is left alone.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct QueryString {
    query: Option<String>,
    document_id: Option<String>,
    operation_name: Option<String>,
    variables: Option<String>,
    extensions: Option<String>,
}

fn text(name: &str, value: Value) -> Result<Option<String>, Malformed> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        _ => Err(format!("`{name}` is not a string")),
    }
}

fn map(name: &str, value: Value) -> Result<Map<String, Value>, Malformed> {
    match value {
        Value::Null => Ok(Map::new()),
        Value::Object(map) => Ok(map),
        _ => Err(format!("`{name}` is not an object")),
    }
}

/// Whether the body says that it is JSON in UTF-8. Nothing else is taken: a form of another site
/// cannot say so.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let mut parts = value.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|it| it.eq_ignore_ascii_case("application/json"));
    let charset = parts.filter_map(|it| it.split_once('=')).find_map(|(name, value)| {
        name.trim().eq_ignore_ascii_case("charset").then_some(value.trim().trim_matches('"'))
    });
    is_json && charset.is_none_or(|it| it.eq_ignore_ascii_case("utf-8"))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};

    use super::{Params, QueryString, is_json};

    #[test]
    fn a_body_is_one_object_with_the_right_kinds_of_values() {
        let params = Params::from_json(
            br#"{"query":"{ a }","operationName":null,"variables":{"x":1},"other":2}"#,
        );
        let params = params.unwrap();
        assert_eq!(params.query.as_deref(), Some("{ a }"));
        assert_eq!((params.variables.len(), params.operation_name), (1, None));
        for (body, expected) in [
            ("", "the body is not JSON: EOF while parsing a value at line 1 column 0"),
            ("7", "the body is not a JSON object"),
            ("[{}]", "batches are not taken; send one request at a time"),
            (r#"{"query":7}"#, "`query` is not a string"),
            (r#"{"query":"{a}","operationName":{}}"#, "`operationName` is not a string"),
            (r#"{"query":"{a}","variables":"x"}"#, "`variables` is not an object"),
            (r#"{"query":"{a}","variables":[]}"#, "`variables` is not an object"),
            (r#"{"query":"{a}","extensions":0}"#, "`extensions` is not an object"),
        ] {
            assert_eq!(Params::from_json(body.as_bytes()).unwrap_err(), expected, "{body}");
        }
    }

    #[test]
    fn a_query_string_holds_json_in_its_variables() {
        let query = |variables: &str| QueryString {
            query: Some("{ a }".to_owned()),
            variables: Some(variables.to_owned()),
            ..QueryString::default()
        };
        let params = Params::from_query_string(&query(r#"{"x":1}"#)).unwrap();
        assert_eq!(params.variables.len(), 1);
        assert!(Params::from_query_string(&query("")).is_ok());
        for text in ["{", "[]", "7"] {
            assert!(Params::from_query_string(&query(text)).is_err(), "{text}");
        }
        let nothing = Params::from_query_string(&QueryString::default());
        assert_eq!(nothing, Ok(Params::default()));
    }

    #[test]
    fn json_says_that_it_is_json() {
        for (value, expected) in [
            ("application/json", true),
            ("application/json; charset=utf-8", true),
            ("Application/JSON;charset=\"UTF-8\"", true),
            ("application/json; charset=latin1", false),
            ("text/plain", false),
            ("application/x-www-form-urlencoded", false),
            ("application/graphql+json", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(value));
            assert_eq!(is_json(&headers), expected, "{value}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
