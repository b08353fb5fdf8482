//! The messages of graphql-transport-ws, as JSON text.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::http::answer::Answer;

/// What a client may say.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum FromClient {
    ConnectionInit { payload: Option<Map<String, Value>> },
    Ping { payload: Option<Map<String, Value>> },
    Pong { payload: Option<Map<String, Value>> },
    Subscribe { id: String, payload: Value },
    Complete { id: String },
}

impl FromClient {
    /// The message, or why it is none.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let message: Self = serde_json::from_str(text).map_err(|error| {
            // A close frame has room for 123 bytes.
            let why = format!("Invalid message received: {error}");
            why.chars().take(100).collect::<String>()
        })?;
        match &message {
            Self::Subscribe { id, .. } | Self::Complete { id } if id.is_empty() => {
                Err("Invalid message received: its id is empty".to_owned())
            }
            Self::Subscribe { payload, .. } if !payload.is_object() => {
                Err("Invalid message received: its payload is not an object".to_owned())
            }
            _ => Ok(message),
        }
    }
}

/// What `connection_init` says in `authorization`, as a header would.
pub(super) fn authorization(payload: Option<&Map<String, Value>>) -> Option<&str> {
    let payload = payload?;
    let value = payload.get("authorization").or_else(|| payload.get("Authorization"));
    value.and_then(Value::as_str)
}

/// What is said to a client.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ToClient {
    ConnectionAck,
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Map<String, Value>>,
    },
    Next {
        id: String,
        payload: Answer,
    },
    Error {
        id: String,
        payload: Value,
    },
    Complete {
        id: String,
    },
}

impl ToClient {
    pub(super) fn next(id: String, payload: Answer) -> Self {
        Self::Next { id, payload }
    }

    pub(super) fn error(id: String, answer: &Answer) -> Self {
        let payload = serde_json::to_value(answer.errors()).unwrap_or_default();
        Self::Error { id, payload }
    }

    /// The operation that ends with this message.
    pub(super) fn ends(&self) -> Option<&str> {
        match self {
            Self::Error { id, .. } | Self::Complete { id } => Some(id),
            Self::ConnectionAck | Self::Pong { .. } | Self::Next { .. } => None,
        }
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{FromClient, ToClient};

    #[test]
    fn messages_are_read_by_their_type() {
        let read = |text: &str| FromClient::parse(text);
        let init = FromClient::ConnectionInit { payload: None };
        assert_eq!(read(r#"{"type":"connection_init"}"#), Ok(init));
        let complete = FromClient::Complete { id: "1".to_owned() };
        assert_eq!(read(r#"{"type":"complete","id":"1"}"#), Ok(complete));
        for text in [
            "",
            "{}",
            "[]",
            r#"{"type":"start","id":"1","payload":{}}"#,
            r#"{"type":"subscribe","payload":{}}"#,
            r#"{"type":"subscribe","id":"","payload":{}}"#,
            r#"{"type":"subscribe","id":"1","payload":7}"#,
            r#"{"type":"complete"}"#,
            r#"{"type":"connection_init","payload":7}"#,
        ] {
            let refused = read(text).unwrap_err();
            assert!(refused.starts_with("Invalid message received"), "{text}");
            assert!(refused.len() <= 123, "{refused}");
        }
    }

    #[test]
    fn messages_are_written_as_the_protocol_has_them() {
        assert_eq!(ToClient::ConnectionAck.to_json(), r#"{"type":"connection_ack"}"#);
        assert_eq!(ToClient::Pong { payload: None }.to_json(), r#"{"type":"pong"}"#);
        let complete = ToClient::Complete { id: "7".to_owned() };
        assert_eq!(complete.to_json(), r#"{"type":"complete","id":"7"}"#);
        assert_eq!(complete.ends(), Some("7"));
    }
}
