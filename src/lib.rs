//! The C interface, `include/bulla.h`: what its functions promise stands there.
//!
//! Handles are numbers, so that a wrong one is found out; input is borrowed, output is owned by the
//! caller and given back; no panic leaves this library.
//!
//! # Safety
//!
//! The same holds for every function: a pointer to input is NULL or points to as many bytes as the
//! length beside it says, or to a text that ends with a NUL; a pointer to a struct, or to where a
//! result goes, is NULL or points to one. The header says so once.
#![allow(clippy::missing_safety_doc, reason = "it is said once, above and in the header")]

mod boundary;
mod callback;
mod error;
mod handle;
mod inspect;
mod json;
mod keyring;
mod master;
mod portable;
mod signer;
mod statement;

pub use boundary::{Bytes, bulla_bytes_free, bulla_version};
pub use callback::Answer;
pub use error::{Failure, Kind, bulla_error_free, bulla_kind_name};
pub use inspect::bulla_inspect;
pub use json::bulla_canonicalize;
pub use keyring::{
    KeyringHandle, Place, bulla_keyring_free, bulla_keyring_of_master_key, bulla_keyring_open,
    bulla_keyring_parse, bulla_open, bulla_seal,
};
pub use master::MasterKeyCallbacks;
pub use portable::{
    OpenerHandle, SealerHandle, bulla_opener_free, bulla_opener_of_keyring, bulla_opener_of_master_key,
    bulla_opener_open, bulla_opener_parse, bulla_sealer_free, bulla_sealer_of_keyring,
    bulla_sealer_of_master_key, bulla_sealer_parse, bulla_sealer_seal,
};
pub use signer::{SigningKeyCallbacks, bulla_signer_of_signing_key};
pub use statement::{
    BULLA_CANONICAL, BULLA_DETACHED, BULLA_DETACHED_RAW, BULLA_FLATTENED, SignerHandle, VerifierHandle,
    bulla_sign, bulla_sign_batch, bulla_signer_free, bulla_signer_parse, bulla_verifier_free,
    bulla_verifier_parse, bulla_verify, bulla_verify_document,
};
