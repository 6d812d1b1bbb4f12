//! The keys of a new node.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use bulla_core::ledger::LogVerifier;
use bulla_core::{Error, Result};

use crate::local::{write_master_key, write_signer};

const MASTER: &str = "master.jwk";
const IDENTITY: &str = "identity.jwk";
const LOG: &str = "log.jwk";
const STATEMENT: &str = "statement.jwk";
const AUDIT_POLICY: &str = "audit-policy.toml";

/// The files that [`generate`] makes: keys, and what an auditor pins.
pub const FILES: [&str; 5] = [MASTER, IDENTITY, LOG, STATEMENT, AUDIT_POLICY];

/// Makes the keys of a node in an existing `directory`: master, identity, log and statement key,
/// which only their owner may read, and the public policy that tells an auditor to trust the node's
/// log `log`. The keys are protected by a `passphrase` if there is one, which `keys.passphrase` of
/// `bulla.toml` then has to name. If one of the [`FILES`] is there already, none is made.
pub fn generate(directory: &Path, log: &str, passphrase: Option<&str>) -> Result<()> {
    LogVerifier::new(log, [0; 32])?;
    for name in FILES {
        let file = directory.join(name);
        if file.exists() {
            return Err(Error::Io {
                what: file.display().to_string(),
                problem:
                    "is there already, and keys are never replaced; name another directory, or move it away"
                        .into(),
            });
        }
    }
    write_master_key(&directory.join(MASTER), passphrase)?;
    let identity = write_signer(&directory.join(IDENTITY), passphrase)?;
    let log_key = LogVerifier::new(log, *write_signer(&directory.join(LOG), passphrase)?.public())?;
    write_signer(&directory.join(STATEMENT), passphrase)?;
    let policy = format!("identities = [\"{}\"]\n\n[logs]\n\"{log}\" = \"{log_key}\"\n", identity.kid());
    write(&directory.join(AUDIT_POLICY), &policy)
}

fn write(file: &Path, text: &str) -> Result<()> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file)
        .and_then(|mut opened| opened.write_all(text.as_bytes()).and_then(|()| opened.sync_all()))
        .map_err(|error| Error::Io { what: file.display().to_string(), problem: error.to_string() })
}
