//! Which media type an answer takes, by what the client would have (RFC 9110, section 12.5.1).

#[cfg(test)]
mod tests;

use axum::http::{HeaderMap, header::ACCEPT};

/// A form that an answer can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MediaType {
    /// `application/graphql-response+json`: the status tells how the request fared.
    GraphqlResponse,
    /// `application/json`, as clients had it before: a well-formed request is answered with 200.
    Json,
    /// `text/event-stream`: graphql-sse, distinct connections.
    EventStream,
    /// `text/html`: GraphiQL.
    Html,
}

impl MediaType {
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
            Self::EventStream => "text/event-stream",
            Self::Html => "text/html; charset=utf-8",
        }
    }

    /// The form of one answer to whoever asked for this: no stream begins with a refusal.
    pub(super) const fn of_one(self) -> Self {
        match self {
            Self::EventStream => Self::Json,
            Self::GraphqlResponse | Self::Json | Self::Html => self,
        }
    }

    const fn essence(self) -> (&'static str, &'static str) {
        match self {
            Self::GraphqlResponse => ("application", "graphql-response+json"),
            Self::Json => ("application", "json"),
            Self::EventStream => ("text", "event-stream"),
            Self::Html => ("text", "html"),
        }
    }
}

/// The one of `offered` that the client would rather have; none if it would have none of them. Of
/// equals the first that is offered, so that no Accept at all, and `*/*`, get that.
pub(super) fn negotiate(headers: &HeaderMap, offered: &[MediaType]) -> Option<MediaType> {
    let ranges: Vec<Range> = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(Range::parse)
        .collect();
    if ranges.is_empty() {
        return offered.first().copied();
    }
    let wanted = offered.iter().map(|media| (*media, quality(&ranges, *media)));
    // `max_by` would give the last of equals.
    wanted
        .filter(|(_, quality)| *quality > 0)
        .reduce(|best, next| if next.1 > best.1 { next } else { best })
        .map(|(media, _)| media)
}

/// One range of an Accept header, such as `text/*;q=0.5`.
struct Range {
    kind: String,
    subtype: String,
    /// In thousandths.
    quality: u16,
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        let quality = parts.filter_map(|it| it.split_once('=')).find_map(|(name, value)| {
            name.trim().eq_ignore_ascii_case("q").then(|| thousandths(value.trim()))
        });
        Some(Self {
            kind: kind.trim().to_ascii_lowercase(),
            subtype: subtype.trim().to_ascii_lowercase(),
            quality: quality.unwrap_or(1_000),
        })
    }

    /// How closely the range names `media`: 3 by name, 2 by kind, 1 as anything; 0 not at all.
    fn closeness(&self, media: MediaType) -> u8 {
        let (kind, subtype) = media.essence();
        match (self.kind.as_str(), self.subtype.as_str()) {
            (it, sub) if it == kind && sub == subtype => 3,
            (it, "*") if it == kind => 2,
            ("*", "*") => 1,
            _ => 0,
        }
    }
}

/// The quality that the closest range gives to `media`.
fn quality(ranges: &[Range], media: MediaType) -> u16 {
    let closest = ranges.iter().filter(|range| range.closeness(media) > 0);
    closest.max_by_key(|range| range.closeness(media)).map_or(0, |range| range.quality)
}

/// `0.85` as 850. What is no number is not wanted.
fn thousandths(text: &str) -> u16 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{fraction:0<3.3}");
    digits.parse().map_or(0, |it: u16| it.min(1_000))
}
