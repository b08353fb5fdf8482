//! GraphQL over HTTP: a thin translation of the engine.
//!
//! Nothing is decided here. `http` makes an operation of a request and an answer of what became of
//! it, `token` says who asks, `policy` puts that to the domain's tables, and `schema` translates
//! between the engine and what clients see. docs/api.md is for those who write clients.

mod asking;
mod http;
mod limits;
mod policy;
mod schema;
#[cfg(test)]
mod tests;
pub mod token;

pub use self::http::{PersistedDocuments, PersistedDocumentsError, Service, router};

/// The schema as text, as `schema.graphql` has it.
pub fn sdl() -> String {
    schema::sdl()
}
