//! The ledger of an engine that uses a [`Keyring`].

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bulla_core::ledger::{Batch, CommitmentKey, Coverage, Ledger, LogVerifier, Recovery, Remains, Setup};
use bulla_core::{Error, Result};

use crate::Keyring;

/// A ledger, and what came to light when its log was taken up.
#[derive(Debug)]
pub struct OpenLedger {
    /// The ledger, whose epoch has not begun.
    pub ledger: Ledger,
    /// Batches that were anchored and not stored: to be stored before the epoch begins.
    pub unsaved: Vec<Batch>,
    /// Numbers of records that the anchor holds and the database does not.
    pub missing: Vec<u64>,
    /// Records that are in the database and not to be believed.
    pub refused: Vec<(u64, Error)>,
}

impl Keyring {
    /// Goes on with this node's log after what is left of it. A keyring is one epoch, so it opens
    /// one ledger.
    pub fn open_ledger(&self, coverage: Coverage, remains: Remains) -> Result<OpenLedger> {
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
        Ok(OpenLedger { ledger: Ledger::resume(setup, recovery)?, unsaved, missing, refused })
    }
}
