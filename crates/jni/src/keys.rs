//! Natives of `dev.bulla.KeysNative`.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use bulla_core::ledger::LogVerifier;
use bulla_core::{Error, Result, packed};
use bulla_kms::local::{write_master_key, write_signer};

use crate::boundary::{Class, EnvPointer, cross};
use crate::bytes::ByteArray;

/// The files of a node's keys, and of what an auditor pins.
const MASTER: &str = "master.jwk";
const IDENTITY: &str = "identity.jwk";
const LOG: &str = "log.jwk";
const STATEMENT: &str = "statement.jwk";
const AUDIT_POLICY: &str = "audit-policy.toml";

/// Makes the keys of a node, from two strings: directory and log. Returns the names of the files.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_KeysNative_generate(
    env: EnvPointer,
    _class: Class,
    place: ByteArray,
) -> ByteArray {
    cross(env, |env| {
        let place = env.bytes(&place)?;
        let mut reader = packed::Reader::new(&place);
        generate(Path::new(reader.text()?), reader.text()?)?;
        let mut names = packed::Writer::new();
        for name in [MASTER, IDENTITY, LOG, STATEMENT, AUDIT_POLICY] {
            names.string(Some(name));
        }
        env.new_bytes(&names.finish())
    })
}

fn generate(directory: &Path, log: &str) -> Result<()> {
    LogVerifier::new(log, [0; 32])?;
    for name in [MASTER, IDENTITY, LOG, STATEMENT, AUDIT_POLICY] {
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
    write_master_key(&directory.join(MASTER))?;
    let identity = write_signer(&directory.join(IDENTITY))?;
    let log_key = LogVerifier::new(log, *write_signer(&directory.join(LOG))?.public())?;
    write_signer(&directory.join(STATEMENT))?;
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
