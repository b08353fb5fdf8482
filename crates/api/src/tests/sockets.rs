//! The protocol graphql-transport-ws over real sockets, step by step.

use std::net::SocketAddr;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest as _, http::StatusCode},
};

use super::{
    client::Client,
    region::{ADVICE, BIRCH, EVA, RITA, resident, staff},
};

const PROTOCOL: &str = "graphql-transport-ws";

struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

async fn serve(client: &Client) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = client.router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

async fn connect(address: SocketAddr, protocol: &str) -> Result<Socket, Error> {
    let mut request = format!("ws://{address}/graphql/ws").into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", protocol.parse().unwrap());
    connect_async(request).await.map(|(socket, _)| Socket(socket))
}

impl Socket {
    async fn say(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    async fn hear(&mut self) -> Value {
        match self.0.next().await.unwrap().unwrap() {
            Message::Text(text) => serde_json::from_str(&text).unwrap(),
            other => panic!("no message: {other:?}"),
        }
    }

    /// The code that the socket is closed with, and why.
    async fn closed(&mut self) -> (u16, String) {
        loop {
            match self.0.next().await.unwrap().unwrap() {
                Message::Close(Some(frame)) => {
                    return (frame.code.into(), frame.reason.to_string());
                }
                Message::Text(text) => panic!("said {text} instead of closing"),
                _ => (),
            }
        }
    }

    /// Says who it is.
    async fn init(&mut self, client: &Client, actor: domain::Actor) {
        let authorization = format!("Bearer {}", client.token(&actor));
        let payload = json!({ "authorization": authorization });
        self.say(json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(self.hear().await, json!({ "type": "connection_ack" }));
    }
}

fn subscribe(id: &str, query: &str) -> Value {
    json!({ "type": "subscribe", "id": id, "payload": { "query": query } })
}

#[tokio::test]
async fn operations_of_every_kind_run_over_one_socket() {
    let client = Client::new().await;
    let address = serve(&client).await;
    let mut socket = connect(address, PROTOCOL).await.unwrap();
    socket.init(&client, staff(RITA)).await;
    socket.say(json!({ "type": "ping", "payload": { "n": 1 } })).await;
    assert_eq!(socket.hear().await, json!({ "type": "pong", "payload": { "n": 1 } }));

    socket.say(subscribe("q", "{ viewer { actor { capacity } } }")).await;
    let next = socket.hear().await;
    assert_eq!((&next["type"], &next["id"]), (&json!("next"), &json!("q")));
    assert_eq!(next["payload"]["data"]["viewer"]["actor"]["capacity"], "RECEIVER");
    assert_eq!(socket.hear().await, json!({ "type": "complete", "id": "q" }));

    let position = client.region.engine.progress().borrow().position;
    let watching = format!(
        "subscription {{ inboxChanged(after: \"{position}\") {{ kind case {{ state }} }} }}"
    );
    socket.say(subscribe("s", &watching)).await;
    let submission = json!({
        "idempotencyKey": "s", "unitId": BIRCH.to_string(), "caseTypeId": ADVICE.to_string(),
        "formVersion": 1, "termsVersion": 1, "text": "Hej",
    });
    client.command(&resident(EVA), "submitCase", submission).await;
    let next = socket.hear().await;
    let change = json!({ "kind": "ENTERED", "case": { "state": "RECEIVED" } });
    assert_eq!((&next["id"], &next["payload"]["data"]["inboxChanged"]), (&json!("s"), &change));

    // Once the client has had enough, the id is free again.
    socket.say(json!({ "type": "complete", "id": "s" })).await;
    socket.say(subscribe("s", "{ __typename }")).await;
    assert_eq!(socket.hear().await["payload"]["data"], json!({ "__typename": "Query" }));
}

#[tokio::test]
async fn an_operation_that_is_none_ends_with_an_error_and_the_socket_goes_on() {
    let client = Client::new().await;
    let mut socket = connect(serve(&client).await, PROTOCOL).await.unwrap();
    socket.init(&client, staff(RITA)).await;
    for (query, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { caseEvents(caseId: \"case_9\") { type } }", "NOT_FOUND"),
    ] {
        socket.say(subscribe("x", query)).await;
        let message = socket.hear().await;
        let error = match message["type"].as_str().unwrap() {
            "error" => &message["payload"][0],
            _ => &message["payload"]["errors"][0],
        };
        assert_eq!(error["extensions"]["code"], code, "{message}");
        if message["type"] == "next" {
            assert_eq!(socket.hear().await["type"], "complete");
        }
    }
    let more = (0..33).map(|n| (n, "subscription { inboxChanged { position } }"));
    for (n, query) in more {
        socket.say(subscribe(&format!("many{n}"), query)).await;
    }
    let refused = socket.hear().await;
    assert_eq!((&refused["type"], &refused["id"]), (&json!("error"), &json!("many32")));
}

#[tokio::test]
async fn whoever_breaks_the_protocol_is_closed_with_its_code() {
    let client = Client::new().await;
    let address = serve(&client).await;
    let init = json!({ "type": "connection_init" });
    let watch = subscribe("1", "subscription { inboxChanged { position } }");
    let rita = format!("Bearer {}", client.token(&staff(RITA)));
    let known = json!({ "type": "connection_init", "payload": { "authorization": rita } });
    let unknown = json!({ "type": "connection_init", "payload": { "authorization": "Bearer x" } });
    for (messages, code) in [
        (vec![json!({ "type": "start" })], 4400),
        (vec![json!("hello")], 4400),
        (vec![watch.clone()], 4401),
        (vec![unknown], 4403),
        (vec![init.clone(), init.clone()], 4429),
        (vec![known, watch.clone(), watch], 4409),
    ] {
        let mut socket = connect(address, PROTOCOL).await.unwrap();
        let said = messages.len();
        for (index, message) in messages.into_iter().enumerate() {
            socket.say(message).await;
            if index == 0 && said > 1 {
                assert_eq!(socket.hear().await["type"], "connection_ack");
            }
        }
        assert_eq!(socket.closed().await.0, code);
    }
    let mut socket = connect(address, PROTOCOL).await.unwrap();
    socket.0.send(Message::binary(vec![1])).await.unwrap();
    assert_eq!(socket.closed().await.0, 4400);
}

#[tokio::test]
async fn whoever_does_not_say_who_they_are_is_closed_in_the_end() {
    let client = Client::new().await;
    let mut socket = connect(serve(&client).await, PROTOCOL).await.unwrap();
    assert_eq!(socket.closed().await, (4408, "Connection initialisation timeout".to_owned()));
}

#[tokio::test]
async fn another_protocol_is_not_spoken() {
    let client = Client::new().await;
    let address = serve(&client).await;
    match connect(address, "chat").await {
        Err(Error::Http(response)) => assert_eq!(response.status(), StatusCode::BAD_REQUEST),
        other => panic!("got {:?}", other.map(|_| ())),
    }
    // The library of this client gives up by itself when the server picks none of its protocols.
    assert!(connect(address, "graphql-ws").await.is_err());
}

#[tokio::test]
async fn a_socket_is_closed_when_the_service_stops() {
    let client = Client::new().await;
    let mut socket = connect(serve(&client).await, PROTOCOL).await.unwrap();
    socket.init(&client, staff(RITA)).await;
    client.draining.send_replace(true);
    assert_eq!(socket.closed().await.0, 1001);
}
