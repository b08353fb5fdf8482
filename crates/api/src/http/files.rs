//! Files on their way in and out, by links that the service signed for one person and one file.
//!
//! A link says who was let, not that they still may: whoever's assignment was taken away, or who
//! no longer sees the case, is answered as if there were no such file. What goes out is named as
//! what its content is, to be saved and never shown or run by the browser.

use std::{fmt::Write as _, sync::Arc};

use axum::{
    Extension,
    body::Body,
    extract::{Path, State},
    http::{
        HeaderValue, StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY,
            CONTENT_TYPE, REFERRER_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::{IntoResponse, Response},
};
use domain::{
    CaseId, StreamId,
    policy::{Sight, may_see},
};
use engine::{
    access::Action,
    attachments::{DownloadTicket, OpenedFile, ReceiveError, Ticket, UploadTicket},
};

use super::{Shared, request_id::RequestId};
use crate::{
    asking::Asking,
    policy::Viewer,
    schema::error::{Code, Refusal},
};

/// Where the file is sent or fetched that `ticket` lets someone.
pub(crate) fn file_path(ticket: &str) -> String {
    format!("/attachments/{ticket}")
}

/// Takes in a file.
pub(super) async fn put(
    State(shared): State<Arc<Shared>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Path(ticket): Path<String>,
    body: Body,
) -> Response {
    let Some(files) = shared.engine.attachments() else { return unavailable() };
    let Some(Ticket::Upload(ticket)) = files.read(&ticket) else { return no_longer_good() };
    if let Err(refusal) = check_upload(&shared, &ticket, &request_id).await {
        return refused(&refusal);
    }
    // A disk that takes no commands takes no files.
    if let Err(failure) = shared.engine.check() {
        return refused(&Refusal::of(&failure, &request_id));
    }
    match files.receive(&ticket, body.into_data_stream()).await {
        Ok(_) => text(
            StatusCode::CREATED,
            "the file is there; name it in a message within a day",
            "Filen finns. Skicka den med ett meddelande inom ett dygn.",
        ),
        Err(ReceiveError::Failed(failure)) => refused(&Refusal::of(&failure, &request_id)),
        Err(error) => {
            let status = match error {
                ReceiveError::Length { .. } | ReceiveError::Broken => StatusCode::BAD_REQUEST,
                ReceiveError::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
                ReceiveError::Twice => StatusCode::CONFLICT,
                ReceiveError::TooMany => StatusCode::TOO_MANY_REQUESTS,
                ReceiveError::Silent => StatusCode::REQUEST_TIMEOUT,
                ReceiveError::Busy | ReceiveError::Failed(_) => StatusCode::SERVICE_UNAVAILABLE,
            };
            text(status, &error.to_string(), &error.text_sv().unwrap_or_default())
        }
    }
}

/// Gives out a file.
pub(super) async fn get(
    State(shared): State<Arc<Shared>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Path(ticket): Path<String>,
) -> Response {
    let Some(files) = shared.engine.attachments() else { return unavailable() };
    let Some(Ticket::Download(ticket)) = files.read(&ticket) else { return no_longer_good() };
    match open(&shared, &ticket, &request_id).await {
        Ok(Some(opened)) => given(opened),
        Ok(None) => refused(&Refusal::not_found()),
        Err(refusal) => refused(&refusal),
    }
}

async fn check_upload(
    shared: &Shared,
    ticket: &UploadTicket,
    request_id: &Arc<str>,
) -> Result<(), Refusal> {
    let viewer = Viewer::known(ticket.who, None, ticket.expires_at);
    let asking = Asking::new(Arc::clone(&shared.engine), viewer, request_id.to_string());
    asking.check_in_force().await?;
    match ticket.case {
        Some(case) => check_sees(&asking, case).await,
        None => Ok(()),
    }
}

async fn open(
    shared: &Shared,
    ticket: &DownloadTicket,
    request_id: &Arc<str>,
) -> Result<Option<OpenedFile>, Refusal> {
    let DownloadTicket { id, case, who, purpose, expires_at } = ticket.clone();
    let viewer = Viewer::known(who, Some(purpose), expires_at);
    let asking = Asking::new(Arc::clone(&shared.engine), viewer, request_id.to_string());
    asking.check_in_force().await?;
    check_sees(&asking, case).await?;
    let reading = asking.opening(vec![StreamId::Case(case)], Action::ReadFile);
    let opened = asking.engine.open_file(reading, case, id).await;
    opened.map_err(|failure| asking.failed(&failure))
}

async fn check_sees(asking: &Asking, case: CaseId) -> Result<(), Refusal> {
    let case = asking.present(case).await?;
    let sees = case.is_some_and(|(_, standing, _)| may_see(standing.relation, Sight::Messages));
    if sees { Ok(()) } else { Err(Refusal::not_found()) }
}

fn given(opened: OpenedFile) -> Response {
    let OpenedFile { file, name, bytes } = opened;
    let mut response = Response::new(Body::from_stream(bytes));
    let headers = response.headers_mut();
    guard(headers);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(file.media_type.as_str()));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(file.bytes));
    if let Ok(value) = HeaderValue::from_str(&disposition(&name)) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    response
}

/// To be saved, under its name; by RFC 6266, with a name of plain letters for who knows no other.
fn disposition(name: &str) -> String {
    let plain = |it: char| if it.is_ascii_alphanumeric() || ".-_ ".contains(it) { it } else { '_' };
    let plain: String = name.chars().map(plain).collect();
    let mut text = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b".-_~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

/// No browser shows it, guesses what it is, runs it, keeps it, or tells others where it was.
fn guard(headers: &mut axum::http::HeaderMap) {
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; sandbox"),
        (CONTENT_DISPOSITION, "attachment"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "no-store, private"),
        (REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// A line in English and one in Swedish: whoever sends or fetches a file may see them as they are.
fn text(status: StatusCode, words: &str, words_sv: &str) -> Response {
    let mut response = (status, format!("{words}\n{words_sv}\n")).into_response();
    guard(response.headers_mut());
    response.headers_mut().remove(CONTENT_DISPOSITION);
    if status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::TOO_MANY_REQUESTS {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("30"));
    }
    response
}

fn no_longer_good() -> Response {
    text(
        StatusCode::FORBIDDEN,
        "this link is not good, or no longer; ask for another",
        "Länken gäller inte, eller inte längre. Be om en ny.",
    )
}

fn unavailable() -> Response {
    text(StatusCode::SERVICE_UNAVAILABLE, "no files are taken here", "Här tas inga filer emot.")
}

fn refused(refusal: &Refusal) -> Response {
    let (status, words_sv) = match refusal.code() {
        Code::NotFound => (StatusCode::NOT_FOUND, "Filen finns inte."),
        Code::Unauthenticated | Code::Forbidden => {
            (StatusCode::FORBIDDEN, "Uppdraget gäller inte.")
        }
        Code::Unavailable => {
            (StatusCode::SERVICE_UNAVAILABLE, "Tjänsten kan inte svara just nu. Försök igen.")
        }
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "Något gick fel här. Uppge begärans id."),
    };
    text(status, refusal.message(), words_sv)
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn a_file_is_saved_under_its_name_and_no_other_header_comes_of_it() {
        assert_eq!(
            disposition("Remiss 3.pdf"),
            "attachment; filename=\"Remiss 3.pdf\"; filename*=UTF-8''Remiss%203.pdf"
        );
        assert_eq!(
            disposition("knä\"; x=\"%.png"),
            "attachment; filename=\"kn___ x___.png\"; filename*=UTF-8''kn%C3%A4%22%3B%20x%3D%22%25.png"
        );
    }
}
