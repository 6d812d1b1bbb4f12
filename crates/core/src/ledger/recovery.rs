//! What a new epoch goes on from: the last checkpoint, and what is still there of what came after.
//!
//! Whoever starts a node reads, of its own log,
//!
//! 1. the newest checkpoint in the database with its account record ([`SavedCheckpoint`]);
//! 2. the batches that its anchor holds after that checkpoint: a batch is anchored before it is
//!    stored, so after a crash there may be one;
//! 3. the records that [`Wanted`] asks for.
//!
//! [`Recovery::verify`] believes nothing of it that is not signed. The new epoch's first account
//! adds what was found, as recovered, and calls the other numbers void.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::account::{Account, Outstanding};
use super::anchor::AnchorLine;
use super::checkpoint::LogVerifier;
use super::node::Batch;
use super::record::{Body, EpochKey, Record, SignedRecord, UnverifiedRecord};
use super::tree::Frontier;
use crate::keys::{Certificate, Trust};
use crate::{Error, Result};

/// How many numbers a record that is not genuine can make a log skip.
const SKIPPED: u64 = 1 << 16;

/// A checkpoint as the database holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedCheckpoint {
    /// The signed note.
    pub note: String,
    /// The frontier beside it.
    pub frontier: String,
    /// The account record that is its last leaf.
    pub account: SignedRecord,
}

/// Which records a recovery needs from the database.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// These numbers, as far as they are there.
    pub numbers: BTreeSet<u64>,
    /// All numbers above this one.
    pub above: u64,
}

/// What is left of a log.
#[derive(Debug, Clone, Default)]
pub struct Remains {
    /// The newest checkpoint in the database.
    pub checkpoint: Option<SavedCheckpoint>,
    /// The lines of the batches that the anchor holds after it.
    pub anchored: Vec<AnchorLine>,
    /// The first records of epochs that the anchor holds: those of the database may be gone.
    pub epochs: Vec<AnchorLine>,
    /// The records that were [`Wanted`] and found.
    pub records: Vec<SignedRecord>,
}

/// What a new epoch goes on from.
#[derive(Debug, Default)]
pub struct Recovery {
    pub(super) log: Option<String>,
    pub(super) frontier: Frontier,
    pub(super) account: u64,
    pub(super) next: u64,
    pub(super) time: i64,
    pub(super) found: Vec<SignedRecord>,
    pub(super) lost: Vec<u64>,
    /// Batches that were anchored and not stored: to be stored before the epoch begins.
    pub unsaved: Vec<Batch>,
    /// Numbers of records, accounts aside, that the anchor holds and the database does not: it was set
    /// back to an older state, or they were deleted. The epoch's first record tells of them.
    pub missing: Vec<u64>,
    /// Records that are in the database and not to be believed.
    pub refused: Vec<(u64, Error)>,
}

impl Remains {
    /// Which records are needed beside the checkpoint and what is anchored after it.
    pub fn wanted(&self) -> Result<Wanted> {
        let mut wanted = Wanted::default();
        let anchored = self.anchored.iter().filter_map(|line| match line {
            AnchorLine::Record { text, signature } => Some((text.as_str(), signature.as_str())),
            _ => None,
        });
        let saved = self.checkpoint.as_ref();
        let saved = saved.map(|saved| (saved.account.text.as_str(), saved.account.signature.as_str()));
        for (text, signature) in saved.into_iter().chain(anchored) {
            let record = UnverifiedRecord::parse(text, signature)?;
            match record.account() {
                Some(account) => {
                    wanted.numbers.insert(account.start);
                    wanted.numbers.extend(account.open.iter().chain(account.doubt.iter()).take(1 << 20));
                    wanted.above = wanted.above.max(record.seq());
                }
                None => {
                    wanted.numbers.insert(record.seq());
                }
            }
        }
        Ok(wanted)
    }
}

/// The keys of the epochs whose first record was seen.
struct EpochKeys<'a> {
    trust: &'a Trust,
    keys: HashMap<String, EpochKey>,
}

impl EpochKeys<'_> {
    /// Takes up the key that the first record of an epoch brings.
    fn learn(&mut self, text: &str, signature: &str) -> Result<()> {
        let record = UnverifiedRecord::parse(text, signature)?;
        if let Some(certificate) = record.certificate() {
            let key = EpochKey::from(&Certificate::verify(certificate, self.trust)?);
            record.verify(&key)?;
            self.keys.insert(key.epoch.clone(), key);
        }
        Ok(())
    }

    fn verify(&self, text: &str, signature: &str) -> Result<Record> {
        let record = UnverifiedRecord::parse(text, signature)?;
        let key = self.keys.get(record.epoch()).ok_or_else(|| {
            let (seq, epoch) = (record.seq(), record.epoch());
            state(format!("record {seq} is of epoch {epoch}, whose first record is neither in the database nor in the anchors: it was deleted; run an audit"))
        })?;
        record.verify(key)
    }
}

impl Recovery {
    /// Verifies what is left of the log that `log_key` signs, from epochs that one of the trusted
    /// identities certified.
    pub fn verify(log_key: &LogVerifier, trust: &Trust, remains: Remains) -> Result<Self> {
        let mut keys = EpochKeys { trust, keys: HashMap::new() };
        let anchored = remains.anchored.iter().chain(&remains.epochs);
        let lines = anchored.filter_map(|line| match line {
            AnchorLine::Record { text, signature } => Some((text, signature)),
            _ => None,
        });
        let stored = remains.records.iter().map(|record| (&record.text, &record.signature));
        for (text, signature) in stored.chain(lines) {
            // An untrusted identity stops the node; a broken record is told when its turn comes.
            if let Err(error @ Error::UntrustedKey { .. }) = keys.learn(text, signature) {
                return Err(error);
            }
        }
        let mut base = Base::new(log_key, &keys, remains.checkpoint.as_ref())?;
        let stored: BTreeSet<u64> = remains.records.iter().map(|record| record.seq).collect();
        let start = base.start;
        let (unsaved, anchored) = base.follow(&keys, &remains.anchored)?;
        let proven: BTreeSet<u64> = start.into_iter().chain(anchored).collect();
        let missing = proven.into_iter().filter(|seq| !stored.contains(seq)).collect();
        let mut recovery = base.take_up(&keys, remains.records);
        recovery.unsaved = unsaved;
        recovery.missing = missing;
        Ok(recovery)
    }
}

/// The last account, and the tree that it closes.
struct Base<'a> {
    log_key: &'a LogVerifier,
    frontier: Frontier,
    outstanding: Outstanding,
    time: i64,
    /// The number of the record that began the account's epoch.
    start: Option<u64>,
}

impl<'a> Base<'a> {
    fn new(log_key: &'a LogVerifier, keys: &EpochKeys<'_>, saved: Option<&SavedCheckpoint>) -> Result<Self> {
        let (frontier, outstanding, time) = (Frontier::new(), Outstanding::new(), i64::MIN);
        let mut base = Self { log_key, frontier, outstanding, time, start: None };
        let Some(saved) = saved else { return Ok(base) };
        let checkpoint = log_key.verify(&saved.note)?;
        base.frontier = Frontier::restore(&saved.frontier, checkpoint.size, &checkpoint.root)?;
        let record = keys.verify(&saved.account.text, &saved.account.signature)?;
        let account = base.account(&record)?;
        base.outstanding = Outstanding::after(record.seq, account);
        base.time = record.time;
        base.start = Some(account.start);
        if base.outstanding.leaves() != checkpoint.size {
            return Err(state(format!(
                "account {} is not that of the checkpoint over {} records",
                record.seq, checkpoint.size
            )));
        }
        Ok(base)
    }

    fn account<'r>(&self, record: &'r Record) -> Result<&'r Account> {
        match &record.body {
            Body::Account(account) | Body::End(account) if record.log == self.log_key.name() => Ok(account),
            _ => Err(state(format!("record {} is not an account of this log", record.seq))),
        }
    }

    /// Follows the batches that were anchored after the checkpoint: the batches, and the numbers of
    /// the records that they add.
    fn follow(&mut self, keys: &EpochKeys<'_>, lines: &[AnchorLine]) -> Result<(Vec<Batch>, Vec<u64>)> {
        let (mut batches, mut numbers) = (Vec::new(), Vec::new());
        let mut records: Vec<(Record, SignedRecord)> = Vec::new();
        for line in lines {
            match line {
                AnchorLine::Key(_) => {}
                AnchorLine::Record { text, signature } => {
                    let record = keys.verify(text, signature)?;
                    let (text, signature) = (text.clone(), signature.clone());
                    let signed = SignedRecord { seq: record.seq, text, signature };
                    records.push((record, signed));
                }
                AnchorLine::Checkpoint(note) => {
                    let batch = self.close(note, &mut records)?;
                    numbers.extend(records.drain(..).map(|(record, _)| record.seq));
                    batches.push(batch);
                }
            }
        }
        Ok((batches, numbers))
    }

    fn close(&mut self, note: &str, records: &mut Vec<(Record, SignedRecord)>) -> Result<Batch> {
        let checkpoint = self.log_key.verify(note)?;
        let disagrees = || state(format!("the anchored checkpoint over {} does not fit", checkpoint.size));
        let (last, account) = records.pop().ok_or_else(disagrees)?;
        let added = self.account(&last)?;
        if !added.added.iter().eq(records.iter().map(|(record, _)| record.seq)) {
            return Err(disagrees());
        }
        self.outstanding.apply(last.seq, added)?;
        records.iter().map(|(_, record)| record).chain([&account]).for_each(|record| {
            self.frontier.push(record.leaf());
        });
        if self.frontier.size() != checkpoint.size || self.frontier.root() != checkpoint.root {
            return Err(disagrees());
        }
        self.time = last.time;
        let frontier = self.frontier.to_text();
        Ok(Batch { account, note: note.into(), size: checkpoint.size, frontier, lines: Vec::new() })
    }

    /// Takes up the records that no account has settled.
    fn take_up(self, keys: &EpochKeys<'_>, records: Vec<SignedRecord>) -> Recovery {
        let pending: BTreeSet<u64> = self.outstanding.numbers().collect();
        let account = self.outstanding.account();
        let unsettled = |seq: u64| seq > account || pending.contains(&seq);
        let records: BTreeMap<u64, SignedRecord> =
            records.into_iter().map(|record| (record.seq, record)).collect();
        let (mut found, mut refused) = (Vec::new(), Vec::new());
        let (mut time, mut last) = (self.time, account);
        for record in records.into_values().filter(|record| unsettled(record.seq)) {
            match self.believe(keys, &record) {
                Ok(at) => {
                    time = time.max(at);
                    last = last.max(record.seq);
                    found.push(record);
                }
                Err(error) => refused.push((record.seq, error)),
            }
        }
        // What is not genuine takes up a number all the same, unless it is one far away, which only
        // serves to use numbers up.
        let near = refused.iter().map(|(seq, _)| *seq).filter(|seq| seq.saturating_sub(last) < SKIPPED);
        let last = near.max().map_or(last, |seq| seq.max(last));
        let known: BTreeSet<u64> = found.iter().map(|record| record.seq).collect();
        let missing = pending.into_iter().chain(account + 1..=last).filter(|seq| !known.contains(seq));
        Recovery {
            log: Some(self.log_key.name().into()),
            frontier: self.frontier,
            account,
            next: last + 1,
            time,
            lost: missing.collect(),
            found,
            refused,
            unsaved: Vec::new(),
            missing: Vec::new(),
        }
    }

    /// The time of a record that this log made; accounts are only believed with their checkpoint.
    fn believe(&self, keys: &EpochKeys<'_>, record: &SignedRecord) -> Result<i64> {
        let verified = keys.verify(&record.text, &record.signature)?;
        let expected = matches!(verified.body, Body::Epoch { .. } | Body::Transaction(_))
            && verified.seq == record.seq
            && verified.log == self.log_key.name();
        if expected {
            return Ok(verified.time);
        }
        Err(state(format!("record {} is not what its place in the database says", record.seq)))
    }
}

fn state(problem: String) -> Error {
    Error::LedgerState { problem }
}
