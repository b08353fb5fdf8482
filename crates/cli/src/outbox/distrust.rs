//! Whether a connection did not come about because the other end showed a certificate that is not
//! trusted. Nothing was said over it then.

use std::{error::Error, io};

use rustls::Error as TlsError;

/// What is wrong with the certificate that `error` comes from; none where it comes from another
/// fault.
pub(super) fn distrust<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a TlsError> {
    let is_certificate = |it: &&TlsError| matches!(it, TlsError::InvalidCertificate(_));
    if let Some(error) = error.downcast_ref::<TlsError>() {
        return Some(error).filter(is_certificate);
    }
    // The source of an I/O error is that of what it holds, which is passed over.
    let held = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    held.and_then(|it| distrust(it)).or_else(|| error.source().and_then(distrust))
}
