//! What the tests of keys and envelopes share.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod master;

use std::sync::Arc;

use bulla_core::context::Context;
use bulla_core::crypto::Secret;
use bulla_core::keys::{Epoch, KeyRow, Purpose, Signer, Trust, Vault};

pub(crate) use self::master::KnownMaster;

pub(crate) const NOW: i64 = 1_790_000_000_000;
pub(crate) const INSTALLATION: &str = "loans";

/// A master key of 32 equal bytes.
pub(crate) fn master(byte: u8) -> KnownMaster {
    KnownMaster::new(&Secret::new([byte; 32]))
}

pub(crate) fn identity(byte: u8) -> Signer {
    Signer::from_seed(&Secret::new([byte; 32]))
}

/// A node's vault that trusts the identities 1 and 2 and is identity 1.
pub(crate) fn vault() -> Vault {
    vault_of(INSTALLATION, 1)
}

pub(crate) fn vault_of(installation: &str, identity_byte: u8) -> Vault {
    let epoch = Epoch::start(&identity(identity_byte), &format!("{installation}/node-1"), NOW).unwrap();
    let trust = Trust::new([1, 2].map(|byte| identity(byte).kid()));
    Vault::new(installation, vec![Arc::new(master(9))], trust, Some(Arc::new(epoch)))
}

/// A vault that seals already, and its data key's row.
pub(crate) fn sealing_vault() -> (Vault, KeyRow) {
    let vault = vault();
    let row = activated(&vault, Purpose::Data);
    (vault, row)
}

pub(crate) fn activated(vault: &Vault, purpose: Purpose) -> KeyRow {
    let row = vault.new_key(purpose, NOW).unwrap();
    vault.activate(row.kid.as_str()).unwrap();
    row
}

pub(crate) fn context() -> Context<'static> {
    Context {
        log: INSTALLATION.into(),
        table: "ACT_RU_VARIABLE".into(),
        row: "0f8b9c7e-2f8e-11ef-9d0a-0242ac120002".into(),
        group: "value".into(),
        name: Some("amount".into()),
        type_: Some("string".into()),
        tenant: None,
        instance: Some("0f8b9c7e-2f8e-11ef-9d0a-0242ac120003".into()),
    }
}
