//! Reading a log from its beginning: line by line of its anchor, each believed only if it fits.

use std::collections::HashMap;

use super::account::{Account, Outstanding};
use super::anchor::AnchorLine;
use super::checkpoint::LogVerifier;
use super::node::Batch;
use super::record::{Body, EpochKey, Record, SignedRecord, UnverifiedRecord};
use super::recovery::SavedCheckpoint;
use super::tree::Frontier;
use crate::keys::{Certificate, RegistryRow, Trust};
use crate::{Error, Result};

/// Reads one log, and believes what its log key and the trusted identities vouch for.
#[derive(Debug)]
pub struct LogReader {
    keys: EpochKeys,
    head: Head,
    /// The records since the last checkpoint.
    records: Vec<(Record, SignedRecord)>,
}

impl LogReader {
    /// A reader of the log that `log` verifies, before its first line. Its epochs must be certified
    /// by one of the trusted identities.
    #[must_use]
    pub fn new(log: LogVerifier, trust: Trust) -> Self {
        Self { keys: EpochKeys::new(trust), head: Head::new(log), records: Vec::new() }
    }

    /// Takes up the next line of the anchor, in its order; refuses it, and stays as it is, if it is
    /// not genuine, leaves something out or does not follow.
    ///
    /// A record is genuine when it was taken up; that it is part of the log is proven by the next
    /// checkpoint.
    pub fn follow(&mut self, line: &AnchorLine) -> Result<()> {
        match line {
            AnchorLine::Key(row) => {
                let name = self.head.log.name();
                let installation = name.split_once('/').map_or(name, |(installation, _)| installation);
                RegistryRow::verify(row, installation, &self.keys.trust).map(|_| ())
            }
            AnchorLine::Record { text, signature } => {
                let record = self.verify(text, signature)?;
                let (text, signature) = (text.clone(), signature.clone());
                let signed = SignedRecord { seq: record.seq, text, signature };
                self.records.push((record, signed));
                Ok(())
            }
            AnchorLine::Checkpoint(note) => {
                self.head.close(note, &self.records)?;
                self.records.clear();
                Ok(())
            }
        }
    }

    /// A record of this log, wherever it was found, if the key of its epoch signed it. The first
    /// record of an epoch brings that key and must have been seen before the others.
    pub fn verify(&mut self, text: &str, signature: &str) -> Result<Record> {
        let claimed = UnverifiedRecord::parse(text, signature)?;
        if claimed.log() != self.head.log.name() {
            let (found, expected) = (claimed.log(), self.head.log.name());
            return Err(state(format!("the record is of the log {found}, not of {expected}")));
        }
        self.keys.learn(text, signature)?;
        self.keys.verify(text, signature)
    }

    /// How many leaves the last checkpoint proves.
    #[must_use]
    pub fn proven(&self) -> u64 {
        self.head.frontier.size()
    }
}

/// The keys of the epochs whose first record was seen.
#[derive(Debug)]
pub(super) struct EpochKeys {
    trust: Trust,
    keys: HashMap<String, EpochKey>,
}

impl EpochKeys {
    pub(super) fn new(trust: Trust) -> Self {
        Self { trust, keys: HashMap::new() }
    }

    /// Takes up the key that the first record of an epoch brings.
    pub(super) fn learn(&mut self, text: &str, signature: &str) -> Result<()> {
        let record = UnverifiedRecord::parse(text, signature)?;
        if let Some(certificate) = record.certificate() {
            let key = EpochKey::from(&Certificate::verify(certificate, &self.trust)?);
            record.verify(&key)?;
            self.keys.insert(key.epoch.clone(), key);
        }
        Ok(())
    }

    pub(super) fn verify(&self, text: &str, signature: &str) -> Result<Record> {
        let record = UnverifiedRecord::parse(text, signature)?;
        let key = self.keys.get(record.epoch()).ok_or_else(|| {
            let (seq, epoch) = (record.seq(), record.epoch());
            state(format!("record {seq} is of epoch {epoch}, whose first record is neither in the database nor in the anchors: it was deleted; run an audit"))
        })?;
        record.verify(key)
    }
}

/// The last account of a log, and the tree that it closes.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) log: LogVerifier,
    pub(super) frontier: Frontier,
    pub(super) outstanding: Outstanding,
    pub(super) time: i64,
    /// The number of the record that began the account's epoch.
    pub(super) start: Option<u64>,
}

impl Head {
    /// Before the first account.
    fn new(log: LogVerifier) -> Self {
        Self { log, frontier: Frontier::new(), outstanding: Outstanding::new(), time: i64::MIN, start: None }
    }

    /// At a checkpoint that the database holds, if it holds one.
    pub(super) fn restore(
        log: &LogVerifier,
        keys: &EpochKeys,
        saved: Option<&SavedCheckpoint>,
    ) -> Result<Self> {
        let mut head = Self::new(log.clone());
        let Some(saved) = saved else { return Ok(head) };
        let checkpoint = log.verify(&saved.note)?;
        head.frontier = Frontier::restore(&saved.frontier, checkpoint.size, &checkpoint.root)?;
        let record = keys.verify(&saved.account.text, &saved.account.signature)?;
        let account = head.account(&record)?;
        head.outstanding = Outstanding::after(record.seq, account);
        head.time = record.time;
        head.start = Some(account.start);
        if head.outstanding.leaves() != checkpoint.size {
            return Err(state(format!(
                "account {} is not that of the checkpoint over {} records",
                record.seq, checkpoint.size
            )));
        }
        Ok(head)
    }

    fn account<'r>(&self, record: &'r Record) -> Result<&'r Account> {
        match &record.body {
            Body::Account(account) | Body::End(account) if record.log == self.log.name() => Ok(account),
            _ => Err(state(format!("record {} is not an account of this log", record.seq))),
        }
    }

    /// Goes on to the next checkpoint, whose account is the last of the records since the one before;
    /// stays as it is if they are not what the checkpoint was signed over.
    pub(super) fn close(&mut self, note: &str, records: &[(Record, SignedRecord)]) -> Result<Batch> {
        let checkpoint = self.log.verify(note)?;
        let disagrees = || state(format!("the anchored checkpoint over {} does not fit", checkpoint.size));
        let ((last, signed), added) = records.split_last().ok_or_else(disagrees)?;
        let account = self.account(last)?;
        if !account.added.iter().eq(added.iter().map(|(record, _)| record.seq)) {
            return Err(disagrees());
        }
        let (mut outstanding, mut frontier) = (self.outstanding.clone(), self.frontier.clone());
        outstanding.apply(last.seq, account)?;
        for (_, record) in records {
            frontier.push(record.leaf());
        }
        if frontier.size() != checkpoint.size || frontier.root() != checkpoint.root {
            return Err(disagrees());
        }
        (self.outstanding, self.frontier, self.time) = (outstanding, frontier, last.time);
        let frontier = self.frontier.to_text();
        let account = signed.clone();
        Ok(Batch { account, note: note.into(), size: checkpoint.size, frontier, lines: Vec::new() })
    }
}

pub(super) fn state(problem: String) -> Error {
    Error::LedgerState { problem }
}
