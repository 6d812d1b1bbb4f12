//! Envelopes: sealed values and how they are opened.
//!
//! [`Stored`] is the form for database columns: short, made with a data key of the registry, its
//! context in the protected header. The keys are the [`Vault`](crate::keys::Vault)'s.
//! [`Portable`] is the form for everything else: it carries its own content key, wrapped for one or
//! several recipients, and is bound to any context.

mod buffer;
mod columns;
mod header;
mod padding;
mod portable;
mod sealed;
mod stored;

pub use buffer::give_back;
pub use header::Content;
pub use portable::{
    Opener, Portable, PortableContext, PortableInspection, RecipientInspection, Sealer, SealingTurn,
};
pub use sealed::Sealed;
pub use stored::{Inspection, Stored};

pub(crate) use buffer::Plaintext;
pub(crate) use stored::seal;

use crate::{Error, Result};

/// The padded plaintext of raw bytes, which `append` appends to a buffer with room for `length`.
pub(crate) fn from_bytes(length: usize, append: impl FnOnce(&mut Vec<u8>)) -> Plaintext {
    let mut bytes = Plaintext::with_room(padding::padded_bytes_len(length));
    append(bytes.as_mut());
    padding::pad_bytes(bytes.as_mut());
    bytes
}

/// The raw bytes of a padded plaintext.
pub(crate) fn into_bytes(mut padded: Vec<u8>) -> Result<Vec<u8>> {
    if !padding::unpad_bytes(&mut padded) {
        give_back(padded);
        return Err(Error::MalformedEnvelope { problem: "its bytes are not padded".into() });
    }
    Ok(padded)
}

/// The padded plaintext of packed columns.
pub(crate) fn from_columns(columns: &[u8]) -> Result<Plaintext> {
    columns::write(columns).map(Plaintext::of)
}

/// The packed columns of a padded plaintext.
pub(crate) fn into_columns(padded: Vec<u8>) -> Result<Vec<u8>> {
    let columns = columns::read(&padded);
    give_back(padded);
    columns
}
