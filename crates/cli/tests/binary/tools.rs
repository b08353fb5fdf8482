//! Servers and certificates that the outbox's own tests use too.

#[expect(dead_code, reason = "here every server is sealed")]
#[path = "../../src/outbox/tests/aiosmtpd.rs"]
pub(crate) mod aiosmtpd;
#[path = "../../src/outbox/tests/certificates.rs"]
pub(crate) mod certificates;
