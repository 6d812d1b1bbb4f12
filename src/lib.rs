//! The C interface, `include/bulla.h`: what its functions promise stands there.
//!
//! Handles are numbers, so that a wrong one is found out; input is borrowed, output is owned by the
//! caller and given back; no panic leaves this library.

mod boundary;
mod error;
mod handle;
mod json;
mod keyring;
mod statement;

pub use boundary::{Bytes, bulla_bytes_free, bulla_version};
pub use error::{Failure, Kind, bulla_error_free, bulla_kind_name};
pub use json::bulla_canonicalize;
pub use keyring::{
    KeyringHandle, Place, bulla_inspect, bulla_keyring_free, bulla_keyring_open, bulla_keyring_parse,
    bulla_open, bulla_seal,
};
pub use statement::{
    BULLA_CANONICAL, BULLA_DETACHED, BULLA_DETACHED_RAW, BULLA_FLATTENED, SignerHandle, VerifierHandle,
    bulla_sign, bulla_signer_free, bulla_signer_parse, bulla_verifier_free, bulla_verifier_parse,
    bulla_verify, bulla_verify_document,
};
