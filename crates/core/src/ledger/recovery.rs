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

use std::collections::{BTreeMap, BTreeSet};

use super::anchor::{self, AnchorLine};
use super::checkpoint::LogVerifier;
use super::node::Batch;
use super::reader::{EpochKeys, Head, state};
use super::record::{Body, Record, SignedRecord, UnverifiedRecord};
use super::tree::Frontier;
use crate::keys::Trust;
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

/// Which records a recovery needs from the datahead.
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
    /// The newest checkpoint in the datahead.
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

/// How a line begins that holds the first record of an epoch: its members are sorted.
const EPOCH: &[u8] = br#"{"record":"{\"certificate\""#;

impl Remains {
    /// What the newest checkpoint in the database and the text of an anchor leave, without records.
    /// The text begins with a batch, one not after the checkpoint's. What a crash left behind its
    /// last checkpoint was not anchored and is not read.
    pub fn of(checkpoint: Option<SavedCheckpoint>, anchor: &[u8]) -> Result<Self> {
        let lines: Vec<&[u8]> = anchor.split_inclusive(|byte| *byte == b'\n').collect();
        let is_checkpoint = |line: &&[u8]| line.starts_with(b"{\"checkpoint\"") && line.ends_with(b"\n");
        let end = lines.iter().rposition(is_checkpoint).map_or(0, |last| last + 1);
        let lines = &lines[..end];
        let parse = |index: usize| AnchorLine::parse(lines[index], "anchor", index as u64 + 1);
        let start = match &checkpoint {
            Some(saved) if end > 0 => {
                let mut line = Vec::new();
                anchor::write_checkpoint(&saved.note, &mut line);
                1 + lines.iter().rposition(|found| *found == line).ok_or_else(|| {
                    state(
                        "the anchor does not have the newest checkpoint of the database: one of the two was \
                         changed or set back; run an audit"
                            .into(),
                    )
                })?
            }
            _ => 0,
        };
        let epochs = (0..start).filter(|index| lines[*index].starts_with(EPOCH));
        Ok(Self {
            checkpoint,
            anchored: (start..end).map(parse).collect::<Result<_>>()?,
            epochs: epochs.map(parse).collect::<Result<_>>()?,
            records: Vec::new(),
        })
    }

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

impl Recovery {
    /// Verifies what is left of the log that `log_key` signs, from epochs that one of the trusted
    /// identities certified.
    pub fn verify(log_key: &LogVerifier, trust: &Trust, remains: Remains) -> Result<Self> {
        let mut keys = EpochKeys::new(trust.clone());
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
        let mut head = Head::restore(log_key, &keys, remains.checkpoint.as_ref())?;
        let stored: BTreeSet<u64> = remains.records.iter().map(|record| record.seq).collect();
        let start = head.start;
        let (unsaved, anchored) = head.follow(&keys, &remains.anchored)?;
        let proven: BTreeSet<u64> = start.into_iter().chain(anchored).collect();
        let missing = proven.into_iter().filter(|seq| !stored.contains(seq)).collect();
        let mut recovery = head.take_up(&keys, remains.records);
        recovery.unsaved = unsaved;
        recovery.missing = missing;
        Ok(recovery)
    }
}

impl Head {
    /// Follows the batches that were anchored after the checkpoint: the batches, and the numbers of
    /// the records that they add.
    fn follow(&mut self, keys: &EpochKeys, lines: &[AnchorLine]) -> Result<(Vec<Batch>, Vec<u64>)> {
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
                    batches.push(self.close(note, &records)?);
                    records.pop();
                    numbers.extend(records.drain(..).map(|(record, _)| record.seq));
                }
            }
        }
        Ok((batches, numbers))
    }

    /// Takes up the records that no account has settled.
    fn take_up(self, keys: &EpochKeys, records: Vec<SignedRecord>) -> Recovery {
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
            log: Some(self.log.name().into()),
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
    fn believe(&self, keys: &EpochKeys, record: &SignedRecord) -> Result<i64> {
        let verified = keys.verify(&record.text, &record.signature)?;
        let expected = matches!(verified.body, Body::Epoch { .. } | Body::Transaction(_))
            && verified.seq == record.seq
            && verified.log == self.log.name();
        if expected {
            return Ok(verified.time);
        }
        Err(state(format!("record {} is not what its place in the database says", record.seq)))
    }
}
