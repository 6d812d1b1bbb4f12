//! The ledger of an engine that uses a [`Keyring`].

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bulla_core::ledger::{Batch, CommitmentKey, Coverage, Ledger, LogVerifier, Recovery, Remains, Setup};
use bulla_core::{Error, Result};

use crate::Keyring;

/// A ledger, and what came to light when its log was taken up.
#[derive(Debug)]
pub struct OpenLedger {
    ledger: Ledger,
    /// Batches that were anchored and not stored: to be stored before the epoch begins.
    pub unsaved: Vec<Batch>,
    /// Numbers of records that the anchor holds and the database does not.
    pub missing: Vec<u64>,
    /// Records that are in the database and not to be believed.
    pub refused: Vec<(u64, Error)>,
    process: u32,
    /// Locked as long as this lives: two processes that write one log would give numbers twice.
    _lock: File,
}

impl OpenLedger {
    /// The ledger, whose epoch had not begun. A process that was forked has the lock too, so it is
    /// refused here.
    pub fn ledger(&self) -> Result<&Ledger> {
        of_this_process(self.process, "the ledger").map(|()| &self.ledger)
    }
}

impl Keyring {
    /// Goes on with this node's log after what is left of it. A keyring is one epoch, so it opens
    /// one ledger, in the process that opened it; nor is it opened while another process has this log
    /// open, with the same registry.
    pub fn open_ledger(&self, coverage: Coverage, remains: Remains) -> Result<OpenLedger> {
        of_this_process(self.process, "the keyring")?;
        if self.recording.swap(true, Ordering::Relaxed) {
            return Err(Error::LedgerState {
                problem: "the keyring has opened its ledger already: open another keyring for the next epoch"
                    .into(),
            });
        }
        self.take_up(coverage, remains).inspect_err(|_| self.recording.store(false, Ordering::Relaxed))
    }

    fn take_up(&self, coverage: Coverage, remains: Remains) -> Result<OpenLedger> {
        let node = self.node();
        let name = format!("{}.lock", node.log.replace('/', "."));
        let lock = lock(&self.registry_file().with_file_name(name), &node.log)?;
        let setup = Setup {
            epoch: Arc::clone(&node.epoch),
            log_key: Arc::clone(&node.log_key),
            commitment_key: CommitmentKey::new(&self.commitment_key()?.secret),
            coverage,
            heartbeat: i64::try_from(node.heartbeat.as_millis()).unwrap_or(i64::MAX),
        };
        let verifier = LogVerifier::new(&node.log, *node.log_key.public())?;
        let mut recovery = Recovery::verify(&verifier, node.vault.trust(), remains)?;
        let unsaved = std::mem::take(&mut recovery.unsaved);
        let refused = std::mem::take(&mut recovery.refused);
        let missing = recovery.missing.clone();
        let ledger = Ledger::resume(setup, recovery)?;
        Ok(OpenLedger { ledger, unsaved, missing, refused, process: self.process, _lock: lock })
    }
}

fn of_this_process(process: u32, what: &str) -> Result<()> {
    if process == std::process::id() {
        return Ok(());
    }
    Err(Error::LedgerState {
        problem: format!(
            "{what} was opened before this process was forked, and two that write one log would give \
             numbers twice: open a keyring and its ledger after the fork"
        ),
    })
}

fn lock(path: &Path, log: &str) -> Result<File> {
    let failed = |error: std::io::Error| Error::Io {
        what: format!("{} cannot be locked", path.display()),
        problem: error.to_string(),
    };
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::LedgerState {
            problem: format!("the log {log} is open already, here or in another process: end that first"),
        }),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::local::{write_master_key, write_signer};

    fn keyring(directory: &Path) -> Keyring {
        let file = directory.join("bulla.toml");
        let text = "installation = \"loans\"\nnode = \"node-1\"\n[keys]\nmaster = \"master.jwk\"\n\
                    identity = \"identity.jwk\"\nlog = \"log.jwk\"\nregistry = \"registry\"\n";
        Keyring::parse(text, &file.display().to_string()).unwrap()
    }

    fn keys() -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        write_master_key(&directory.path().join("master.jwk"), None).unwrap();
        write_signer(&directory.path().join("identity.jwk"), None).unwrap();
        write_signer(&directory.path().join("log.jwk"), None).unwrap();
        directory
    }

    fn problem(keyring: &Keyring) -> String {
        keyring.open_ledger(Coverage::default(), Remains::default()).unwrap_err().to_string()
    }

    #[test]
    fn a_log_is_open_once_and_a_keyring_opens_one_ledger() {
        let directory = keys();
        let (first, second) = (keyring(directory.path()), keyring(directory.path()));
        let open = first.open_ledger(Coverage::default(), Remains::default()).unwrap();
        let message = "the keyring has opened its ledger already: open another keyring for the next epoch";
        assert_eq!(problem(&first), message);
        let message = "the log loans/node-1 is open already, here or in another process: end that first";
        assert_eq!(problem(&second), message);
        drop(open);
        assert!(problem(&first).starts_with("the keyring has opened"));
        second.open_ledger(Coverage::default(), Remains::default()).unwrap();
    }

    #[test]
    fn an_installation_has_one_commitment_key() {
        let directory = keys();
        let disclosed = [(); 2].map(|()| {
            let keyring = keyring(directory.path());
            drop(keyring.open_ledger(Coverage::default(), Remains::default()).unwrap());
            let registered = keyring.take_registered().len();
            assert_eq!(keyring.take_registered().len(), 0);
            (keyring.disclose_commitment_keys().unwrap(), registered)
        });
        assert_eq!(disclosed[0].0, disclosed[1].0);
        assert_eq!(disclosed.map(|(_, registered)| registered), [1, 0]);
    }
}
