//! What operators and their machines ask.

use std::{fmt::Write as _, sync::Arc};

use axum::{
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};

use super::Shared;

/// The most commits that the read models may be behind and still be called caught up: what they
/// apply in about a tenth of a second.
const LAG_COMMITS_MAX: u64 = 10_000;

/// Whether the process runs. Touches nothing.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// Whether the service can do its work, and if not, why: a line for each part.
pub(super) async fn readyz(State(shared): State<Arc<Shared>>) -> Response {
    let draining = *shared.draining.borrow();
    let lag = shared.engine.lag();
    let soundness = shared.engine.soundness();
    let checks = [
        ("logs and read models", shared.engine.check().map_err(|failure| failure.to_string())),
        ("caught up", behind(lag)),
        ("log as last verified", none_of(soundness.log().fault)),
        ("access log as last verified", none_of(soundness.access().fault)),
        ("checkpoints", none_of(soundness.signing().refused)),
        ("not stopping", if draining { Err("the service is stopping".to_owned()) } else { Ok(()) }),
    ];
    let mut text = String::new();
    let mut ready = true;
    for (name, outcome) in checks {
        let line = match &outcome {
            Ok(()) => "ok",
            Err(why) => why,
        };
        ready &= outcome.is_ok();
        let _ = writeln!(text, "{name}: {line}");
    }
    // Not a fault of the whole: every other stream goes on, which it would not if this failed.
    for (model, streams) in shared.engine.parked() {
        let _ = writeln!(text, "parked, by {model}: {streams} streams");
    }
    for (consequence, streams) in shared.engine.withheld() {
        let _ = writeln!(text, "parked: {streams} {consequence}");
    }
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, text).into_response()
}

fn behind(lag: u64) -> Result<(), String> {
    if lag > LAG_COMMITS_MAX { Err(format!("{lag} commits behind the log")) } else { Ok(()) }
}

fn none_of(fault: Option<Arc<str>>) -> Result<(), String> {
    fault.map_or(Ok(()), |fault| Err(fault.to_string()))
}

/// How the service has been, in the OpenMetrics text format.
pub(super) async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    let engine = &shared.engine;
    let head = engine.log().head().borrow().get();
    shared.metrics.sound(engine.soundness());
    shared.metrics.told(engine.notices());
    shared.metrics.parked(&engine.parked());
    let text = shared.metrics.text(head, engine.lag());
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(CONTENT_TYPE, content_type)], text).into_response()
}
