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
mod keys;
mod ledger;
mod log;
mod master;
mod portable;
mod record;
mod signer;
mod statement;
mod transaction;

pub use boundary::{Bytes, bulla_bytes_free, bulla_version};
pub use callback::Answer;
pub use error::{Failure, Kind, bulla_error_free, bulla_kind_name};
pub use inspect::bulla_inspect;
pub use json::bulla_canonicalize;
pub use keyring::{
    KeyringHandle, Place, bulla_keyring_disclose, bulla_keyring_free, bulla_keyring_of_master_key,
    bulla_keyring_open, bulla_keyring_parse, bulla_open, bulla_seal,
};
pub use keys::{bulla_key_public, bulla_key_thumbprint, bulla_keys_read};
pub use ledger::{
    LedgerHandle, LedgerRemains, bulla_ledger_begin, bulla_ledger_checkpoint, bulla_ledger_committed,
    bulla_ledger_doubtful, bulla_ledger_end, bulla_ledger_free, bulla_ledger_in_doubt, bulla_ledger_open,
    bulla_ledger_recovery, bulla_ledger_resolve, bulla_ledger_rolled_back, bulla_ledger_unsaved,
    bulla_ledger_wanted,
};
pub use log::{
    LogHandle, bulla_log_follow, bulla_log_free, bulla_log_open, bulla_log_proven, bulla_log_verify_record,
};
pub use master::MasterKeyCallbacks;
pub use portable::{
    OpenerHandle, SealerHandle, bulla_opener_free, bulla_opener_of_keyring, bulla_opener_of_master_key,
    bulla_opener_open, bulla_opener_parse, bulla_sealer_free, bulla_sealer_of_keyring,
    bulla_sealer_of_master_key, bulla_sealer_parse, bulla_sealer_seal,
};
pub use record::{LedgerBatch, Record, Records, bulla_batch_free, bulla_records_free};
pub use signer::{SigningKeyCallbacks, bulla_signer_of_signing_key};
pub use statement::{
    BULLA_CANONICAL, BULLA_DETACHED, BULLA_DETACHED_RAW, BULLA_FLATTENED, SignerHandle, VerifierHandle,
    bulla_sign, bulla_sign_batch, bulla_signer_free, bulla_signer_of_keyring, bulla_signer_parse,
    bulla_verifier_free, bulla_verifier_of_keyring, bulla_verifier_parse, bulla_verify,
    bulla_verify_document,
};
pub use transaction::{
    RowOf, TransactionHandle, bulla_transaction_bytes, bulla_transaction_delete, bulla_transaction_double,
    bulla_transaction_free, bulla_transaction_insert, bulla_transaction_integer, bulla_transaction_new,
    bulla_transaction_not_understood, bulla_transaction_null, bulla_transaction_opened,
    bulla_transaction_record, bulla_transaction_text, bulla_transaction_timestamp, bulla_transaction_update,
};
