//! Top-level errors: what no client can put right by changing its input, by code.
//!
//! `userErrors` are elsewhere; they are data. A failure is logged here, once, under its request id,
//! and the client is told that there was one, never which.

use async_graphql::{Error, ErrorExtensions};
use engine::Failure;

/// The closed list of codes. `RATE_LIMITED` is kept for a proxy in front of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    BadRequest,
    ParseFailed,
    ValidationFailed,
    TooComplex,
    PersistedQueryNotFound,
    Unauthenticated,
    Forbidden,
    NotFound,
    PageSizeRequired,
    Unavailable,
    Internal,
}

impl Code {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::BadRequest => "BAD_REQUEST",
            Self::ParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::ValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::TooComplex => "QUERY_TOO_COMPLEX",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::PageSizeRequired => "PAGE_SIZE_REQUIRED",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }
}

/// Why a field has no answer.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    code: Code,
    message: &'static str,
}

impl Refusal {
    pub(crate) const fn bad_request(message: &'static str) -> Self {
        Self { code: Code::BadRequest, message }
    }

    /// For what is not there, and for what the viewer may not see: the same words.
    pub(crate) const fn not_found() -> Self {
        Self { code: Code::NotFound, message: "there is no such case" }
    }

    /// For what is not there around cases, and for what the viewer may not know of.
    pub(crate) const fn nothing_there() -> Self {
        Self { code: Code::NotFound, message: "there is nothing with that id" }
    }

    /// For an inbox that there is not, or that is not the viewer's to see.
    pub(crate) const fn no_such_inbox() -> Self {
        Self { code: Code::NotFound, message: "there is no such inbox" }
    }

    pub(crate) const fn forbidden() -> Self {
        Self { code: Code::Forbidden, message: "the assignment is not in force" }
    }

    /// For whoever has no account: everything but making one.
    pub(crate) const fn no_account() -> Self {
        Self {
            code: Code::Forbidden,
            message: "nobody has an account with this number; make one with `registerResident`",
        }
    }

    pub(crate) const fn unauthenticated() -> Self {
        Self {
            code: Code::Unauthenticated,
            message: "say who you are: `Authorization: Bearer` and a token",
        }
    }

    pub(crate) const fn not_believed() -> Self {
        Self { code: Code::Unauthenticated, message: "the token is not believed; get a new one" }
    }

    pub(crate) const fn expired() -> Self {
        Self { code: Code::Unauthenticated, message: "the token is no longer good; get a new one" }
    }

    pub(crate) const fn page_size() -> Self {
        Self {
            code: Code::PageSizeRequired,
            message: "give either `first` or `last`, from 1 to 100",
        }
    }

    pub(crate) const fn unavailable() -> Self {
        Self { code: Code::Unavailable, message: "the service cannot answer at present; try again" }
    }

    pub(crate) const fn parked() -> Self {
        Self {
            code: Code::Unavailable,
            message: "this is parked until an operator has looked; nothing was done",
        }
    }

    pub(crate) const fn internal() -> Self {
        Self { code: Code::Internal, message: "something went wrong here; quote the request id" }
    }

    /// What a client is told of `failure`, which is logged under `request_id`.
    pub(crate) fn of(failure: &Failure, request_id: &str) -> Self {
        let refusal = match failure {
            Failure::Parked { .. } => Self::parked(),
            Failure::Log(_)
            | Failure::Keys(_)
            | Failure::ModelsStopped { .. }
            | Failure::Files(_)
            | Failure::NoFiles
            | Failure::Contended { .. } => Self::unavailable(),
            Failure::Codec { .. }
            | Failure::Encode(_)
            | Failure::Refused { .. }
            | Failure::File { .. }
            | Failure::UploadDamaged { .. } => Self::internal(),
        };
        tracing::error!(request_id, error = %failure, "failed to answer a request");
        refusal
    }

    pub(crate) const fn code(&self) -> Code {
        self.code
    }

    pub(crate) const fn message(&self) -> &'static str {
        self.message
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.message).extend_with(|_, extensions| {
            extensions.set("code", refusal.code.as_str());
        })
    }
}
