//! The epochs of all logs: which keys signed records, and which identities vouch for these keys.

use std::collections::HashMap;

use crate::keys::{Certificate, Trust};
use crate::ledger::{Body, Coverage, EpochKey, Record, UnverifiedRecord};
use crate::{Error, Result};

/// The epochs that a trusted identity certified.
#[derive(Debug, Default)]
pub(super) struct Epochs {
    known: HashMap<(String, String), Epoch>,
    catalogues: Vec<Coverage>,
}

/// One run of one node.
#[derive(Debug)]
pub(super) struct Epoch {
    pub(super) key: EpochKey,
    pub(super) started: i64,
    pub(super) seq: u64,
    /// Which of the catalogues it goes by.
    pub(super) catalogue: usize,
}

/// Why a record is not believed.
#[derive(Debug)]
pub(super) enum Rejection {
    /// It has not the form of a record.
    Malformed(Error),
    /// The signature is not that of its epoch's key.
    Forged,
    /// No trusted identity certified its epoch.
    Untrusted(String),
    /// It is genuine, and belongs elsewhere.
    Misplaced { log: String, seq: u64 },
}

impl Epochs {
    /// Learns an epoch from the record that begins it, if a trusted identity certified it.
    pub(super) fn learn(&mut self, claimed: UnverifiedRecord<'_>, trust: &Trust) -> Result<()> {
        let Some(text) = claimed.certificate() else { return Ok(()) };
        let certificate = Certificate::verify(text, trust)?;
        let key = EpochKey {
            log: certificate.log.clone(),
            epoch: certificate.epoch.clone(),
            kid: certificate.key.kid().to_string(),
            public: *certificate.key.public(),
        };
        let record = claimed.verify(&key)?;
        let Body::Epoch { coverage, .. } = record.body else { return Ok(()) };
        let catalogue = self.catalogues.iter().position(|known| *known == coverage).unwrap_or_else(|| {
            self.catalogues.push(coverage);
            self.catalogues.len() - 1
        });
        let epoch = Epoch { key, started: certificate.started, seq: record.seq, catalogue };
        self.known.entry((record.log, record.epoch)).or_insert(epoch);
        Ok(())
    }

    pub(super) fn get(&self, log: &str, epoch: &str) -> Option<&Epoch> {
        self.known.get(&(log.to_owned(), epoch.to_owned()))
    }

    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    pub(super) fn catalogues(&self) -> &[Coverage] {
        &self.catalogues
    }

    /// The newest epoch of each log.
    pub(super) fn newest(&self) -> impl Iterator<Item = &Epoch> {
        let mut newest: HashMap<&str, &Epoch> = HashMap::new();
        for ((log, _), epoch) in &self.known {
            let held = newest.entry(log).or_insert(epoch);
            if epoch.seq > held.seq {
                *held = epoch;
            }
        }
        newest.into_values()
    }

    /// The record, if it is genuine and number `seq` of `log`.
    pub(super) fn verify(
        &self,
        log: &str,
        seq: u64,
        text: &str,
        signature: &str,
    ) -> std::result::Result<Record, Rejection> {
        let claimed = UnverifiedRecord::parse(text, signature).map_err(Rejection::Malformed)?;
        let Some(epoch) = self.get(claimed.log(), claimed.epoch()) else {
            return Err(Rejection::Untrusted(claimed.kid().to_owned()));
        };
        let kid = claimed.kid().to_owned();
        let record = claimed
            .verify(&epoch.key)
            .map_err(|_| if kid == epoch.key.kid { Rejection::Forged } else { Rejection::Untrusted(kid) })?;
        if record.log != log || record.seq != seq {
            return Err(Rejection::Misplaced { log: record.log, seq: record.seq });
        }
        Ok(record)
    }
}
