//! Envelopes: sealed values and how they are opened.
//!
//! [`Stored`] is the form for database columns: short, made with a data key of the registry, its
//! context in the protected header. The keys are the [`Vault`](crate::keys::Vault)'s.
//! [`Portable`] is the form for everything else: it carries its own content key, wrapped for one or
//! several recipients, and is bound to any context.

mod columns;
mod header;
mod padding;
mod portable;
mod stored;

pub use header::Content;
pub use portable::{
    Opener, Portable, PortableContext, PortableInspection, RecipientInspection, Sealer, SealingTurn,
};
pub use stored::{Inspection, Stored};

pub(crate) use stored::seal;

use zeroize::Zeroize;

use crate::{Error, Result};

/// The padded plaintext of raw bytes.
pub(crate) fn from_bytes(bytes: &[u8]) -> Vec<u8> {
    padding::pad_bytes(bytes)
}

/// The raw bytes of a padded plaintext.
pub(crate) fn into_bytes(mut padded: Vec<u8>) -> Result<Vec<u8>> {
    if !padding::unpad_bytes(&mut padded) {
        return Err(Error::MalformedEnvelope { problem: "its bytes are not padded".into() });
    }
    Ok(padded)
}

/// The padded plaintext of packed columns.
pub(crate) fn from_columns(columns: &[u8]) -> Result<Vec<u8>> {
    columns::write(columns)
}

/// The packed columns of a padded plaintext.
pub(crate) fn into_columns(mut padded: Vec<u8>) -> Result<Vec<u8>> {
    let columns = columns::read(&padded);
    // As a slice: a vector is zeroized byte by byte.
    padded.as_mut_slice().zeroize();
    columns
}
