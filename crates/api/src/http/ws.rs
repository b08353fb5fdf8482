//! Operations over a WebSocket, by the graphql-transport-ws protocol.
//!
//! The protocol's rules are kept here and not by the library, whose WebSocket closes with other
//! codes and answers an invalid operation otherwise (docs/decisions/0013-graphql-over-http.md).
//! A socket is one session: `connection_init` says who, once, in its `authorization`.

mod message;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_graphql_axum::GraphQLProtocol;
use axum::{
    body::Bytes,
    extract::{
        Extension, State, WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket},
    },
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use futures_util::{
    StreamExt as _,
    stream::{self, AbortHandle, BoxStream, SelectAll, abortable},
};
use tokio::time::{Interval, MissedTickBehavior};

use self::message::{FromClient, ToClient};
use super::{
    Shared,
    answer::{Answer, Rejected},
    operation::Parsed,
    params::Params,
    request_id::{self, RequestId},
    session,
};
use crate::{limits, schema::error::Code, token::Bearer};

const PROTOCOL: &str = "graphql-transport-ws";

/// Why a socket is closed: a code of the protocol, and words for whoever reads the client's log.
type Close = (u16, String);

/// `/graphql/ws`
pub(super) async fn open(
    State(shared): State<Arc<Shared>>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    protocol: Result<GraphQLProtocol, StatusCode>,
    upgrade: WebSocketUpgrade,
) -> Response {
    if let Err(status) = protocol {
        return (status, format!("offer the WebSocket protocol {PROTOCOL}\n")).into_response();
    }
    let Ok(viewer) = session::of_headers(&shared, &headers, &id.0) else {
        return (StatusCode::UNAUTHORIZED, "the token is not believed\n").into_response();
    };
    upgrade.protocols([PROTOCOL]).max_message_size(limits::SOCKET_MESSAGE_BYTES_MAX).on_upgrade(
        move |mut socket| async move {
            let mut session = Session {
                shared,
                viewer,
                is_initialised: false,
                running: BTreeMap::new(),
                messages: SelectAll::new(),
            };
            if let Some((code, reason)) = session.serve(&mut socket).await {
                tracing::info!(request_id = %id.0, code, reason, "a socket was closed");
                let frame = CloseFrame { code, reason: reason.into() };
                // Whoever should read it may be gone.
                send(&mut socket, Message::Close(Some(frame))).await;
            }
        },
    )
}

/// One socket.
struct Session {
    shared: Arc<Shared>,
    /// Who asks; nobody, until `connection_init` says.
    viewer: Option<Bearer>,
    is_initialised: bool,
    running: BTreeMap<String, AbortHandle>,
    /// What the running operations have to say.
    messages: SelectAll<BoxStream<'static, ToClient>>,
}

impl Session {
    /// Until the client goes, or there is a reason to close.
    async fn serve(&mut self, socket: &mut WebSocket) -> Option<Close> {
        if socket.protocol().is_none_or(|it| it != PROTOCOL) {
            return Some((4406, "Subprotocol not acceptable".to_owned()));
        }
        let shared = Arc::clone(&self.shared);
        let mut drained = std::pin::pin!(shared.drained());
        let limit = Duration::from_millis(limits::SOCKET_INIT_WAIT_MS);
        let mut init_is_late = std::pin::pin!(tokio::time::sleep(limit));
        let (mut presence, mut quiet) = (Presence::default(), quiet());
        loop {
            let reply = tokio::select! {
                _ = quiet.tick() => {
                    if !presence.may_be_there() || !send(socket, Message::Ping(Bytes::new())).await {
                        return None;
                    }
                    None
                }
                () = &mut drained => return Some((1001, "The service is stopping".to_owned())),
                () = &mut init_is_late, if !self.is_initialised => {
                    return Some((4408, "Connection initialisation timeout".to_owned()));
                }
                Some(message) = self.messages.next(), if !self.messages.is_empty() => {
                    if let Some(id) = message.ends() {
                        self.running.remove(id);
                    }
                    Some(message)
                }
                received = socket.recv() => match presence.heard(received) {
                    None | Some(Err(_) | Ok(Message::Close(_))) => return None,
                    Some(Ok(Message::Text(text))) => match self.take(&text) {
                        Ok(reply) => reply,
                        Err(close) => return Some(close),
                    },
                    Some(Ok(Message::Binary(_))) => {
                        return Some((4400, "Messages are text".to_owned()));
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => None,
                },
            };
            if let Some(reply) = reply
                && !send(socket, Message::text(reply.to_json())).await
            {
                return None;
            }
        }
    }

    /// What is to be said to a message at once, if anything.
    fn take(&mut self, text: &str) -> Result<Option<ToClient>, Close> {
        let message = FromClient::parse(text).map_err(|why| (4400, why))?;
        match message {
            FromClient::ConnectionInit { .. } if self.is_initialised => {
                Err((4429, "Too many initialisation requests".to_owned()))
            }
            FromClient::ConnectionInit { payload } => {
                if let Some(text) = message::authorization(payload.as_ref()) {
                    let id = request_id::fresh(&self.shared);
                    let viewer = session::of_authorization(&self.shared, text, &id)
                        .map_err(|_| (4403, "Forbidden".to_owned()))?;
                    self.viewer = viewer.or_else(|| self.viewer.take());
                }
                self.is_initialised = true;
                Ok(Some(ToClient::ConnectionAck))
            }
            FromClient::Ping { payload } => Ok(Some(ToClient::Pong { payload })),
            FromClient::Pong { .. } => Ok(None),
            FromClient::Subscribe { .. } if !self.is_initialised => {
                Err((4401, "Unauthorized".to_owned()))
            }
            FromClient::Subscribe { id, .. } if self.running.contains_key(&id) => {
                Err((4409, format!("Subscriber for {id} already exists")))
            }
            FromClient::Subscribe { id, payload } => Ok(self.start(id, payload)),
            FromClient::Complete { id } => {
                if let Some(running) = self.running.remove(&id) {
                    running.abort();
                }
                Ok(None)
            }
        }
    }

    /// Starts an operation, or says why not.
    fn start(&mut self, id: String, payload: serde_json::Value) -> Option<ToClient> {
        let request_id: Arc<str> = request_id::fresh(&self.shared).into();
        if self.running.len() >= limits::OPERATIONS_PER_SOCKET_MAX {
            let most = limits::OPERATIONS_PER_SOCKET_MAX;
            let why = format!("at most {most} operations run at a time over one socket");
            let answer = Answer::rejected(Rejected::new(Code::TooComplex, why), &request_id);
            return Some(ToClient::error(id, &answer));
        }
        let (shared, viewer) = (Arc::clone(&self.shared), self.viewer.clone());
        let prepare = {
            let request_id = Arc::clone(&request_id);
            async move {
                let params = Params::from_value(payload);
                let params = params.map_err(|why| Rejected::new(Code::BadRequest, why))?;
                let parsed = Parsed::new(&shared, params)?;
                Ok(parsed.authorise(&shared, viewer, &request_id).await?.stream(shared))
            }
        };
        let answers =
            stream::once(prepare).flat_map(move |prepared: Result<_, Rejected>| match prepared {
                Ok(answers) => answers.boxed(),
                Err(rejected) => stream::iter([Answer::rejected(rejected, &request_id)]).boxed(),
            });
        let (messages, handle) = abortable(messages(id.clone(), answers.boxed()));
        self.running.insert(id, handle);
        self.messages.push(messages.boxed());
        None
    }
}

/// Whether the client was heard of since it was last asked: one that went without a word is not
/// kept for ever, nor what it watches.
#[derive(Debug, Default)]
struct Presence {
    was_asked: bool,
}

impl Presence {
    fn heard<T>(&mut self, received: T) -> T {
        self.was_asked = false;
        received
    }

    /// Whether it is worth asking again; then it is asked.
    fn may_be_there(&mut self) -> bool {
        !std::mem::replace(&mut self.was_asked, true)
    }
}

/// How often a client is asked whether it is there.
fn quiet() -> Interval {
    let period = Duration::from_millis(limits::KEEP_ALIVE_MS);
    let mut quiet = tokio::time::interval_at(tokio::time::Instant::now() + period, period);
    // After a wait for a slow client, it gets the whole time to answer.
    quiet.set_missed_tick_behavior(MissedTickBehavior::Delay);
    quiet
}

/// Whether `message` went out. A client that takes nothing for so long is taken for gone.
async fn send(socket: &mut WebSocket, message: Message) -> bool {
    let longest = Duration::from_millis(limits::KEEP_ALIVE_MS);
    tokio::time::timeout(longest, socket.send(message)).await.is_ok_and(|sent| sent.is_ok())
}

/// An operation's answers as the protocol's messages: `next` for each and `complete`, or `error`
/// for an operation that was never carried out, and then nothing more.
fn messages(
    id: String,
    answers: BoxStream<'static, Answer>,
) -> impl futures_util::Stream<Item = ToClient> + Send + 'static {
    stream::unfold(Some((id, answers)), async |state| {
        let (id, mut answers) = state?;
        match answers.next().await {
            Some(answer) if answer.is_request_error() => Some((ToClient::error(id, &answer), None)),
            Some(answer) => {
                let message = ToClient::next(id.clone(), answer);
                Some((message, Some((id, answers))))
            }
            None => Some((ToClient::Complete { id }, None)),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::Presence;

    #[test]
    fn a_client_that_does_not_answer_is_gone_the_next_time() {
        let mut presence = Presence::default();
        assert!(presence.may_be_there());
        presence.heard(());
        assert!(presence.may_be_there());
        assert!(!presence.may_be_there());
    }
}
