//! The ledger's part of the input: records, checkpoints, registry rows and salts, from the anchors
//! and from the database, in any order.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use super::epochs::Epochs;
use super::finding::{Finding, FindingKind, cut};
use super::ground::Ground;
use super::registry::Registry;
use super::roots;
use super::sorter::{BUDGET, Sorter};
use crate::ledger::{AnchorLine, Checkpoint, SALT_LEN, UnverifiedRecord};
use crate::packed::{Reader, Writer};
use crate::{Error, Result, base64url};

/// Where a copy was read. Anchors sort before the database: theirs is the copy that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    Anchor = 1,
    Database = 2,
}

impl Source {
    pub(super) fn from_class(class: u8) -> Self {
        if class == Self::Anchor as u8 { Self::Anchor } else { Self::Database }
    }
}

/// Collects the ledger's part.
pub(super) struct Input {
    /// Copies of records by log, seq and source.
    pub(super) copies: Sorter,
    /// Those of them that are accounts, once more.
    pub(super) accounts: Sorter,
    /// Roots of verified checkpoints by log, size and source, and the numbers of their accounts.
    pub(super) roots: Sorter,
    pub(super) epochs: Epochs,
    pub(super) salts: Salts,
    /// Logs of which an anchor was read.
    pub(super) anchored: Vec<u32>,
    /// Whether any anchor was offered.
    pub(super) anchors_read: bool,
    pub(super) strangers: Strangers,
}

/// What there is of logs that the policy does not pin: counted, and not looked at.
#[derive(Debug, Default)]
pub(super) struct Strangers {
    records: u64,
    checkpoints: u64,
    first: Option<String>,
}

impl Strangers {
    fn record(&mut self, log: &str) {
        self.records += 1;
        self.first.get_or_insert_with(|| cut(log).into());
    }

    fn checkpoint(&mut self, log: &str) {
        self.checkpoints += 1;
        self.first.get_or_insert_with(|| cut(log).into());
    }

    pub(super) fn report(self, ground: &mut Ground) {
        let Self { records, checkpoints, first: Some(first) } = self else { return };
        let detail = format!(
            "{records} records and {checkpoints} checkpoints are of logs for which the policy pins no key; the \
             first of them is of log {first}. They were not looked at. If a node of this installation wrote \
             them, add its log to the policy."
        );
        ground.found(Finding::new(FindingKind::UntrustedKey, detail));
    }
}

impl Input {
    pub(super) fn new(ground: &Ground) -> Self {
        Self {
            copies: Sorter::new(&ground.space, BUDGET),
            accounts: Sorter::new(&ground.space, BUDGET / 8),
            roots: Sorter::new(&ground.space, BUDGET / 8),
            epochs: Epochs::default(),
            salts: Salts::default(),
            anchored: Vec::new(),
            anchors_read: false,
            strangers: Strangers::default(),
        }
    }

    /// Takes whole lines of an anchor's file.
    pub(super) fn anchor(
        &mut self,
        ground: &mut Ground,
        registry: &mut Registry,
        file: &str,
        first: u64,
        lines: &[u8],
    ) -> Result<()> {
        self.anchors_read = true;
        for (line, bytes) in (first..).zip(lines.split_inclusive(|byte| *byte == b'\n')) {
            let malformed = |error: Error| match error {
                Error::MalformedAnchor { .. } => error,
                error => Error::MalformedAnchor { file: file.into(), line, problem: error.to_string() },
            };
            match AnchorLine::parse(bytes, file, line)? {
                AnchorLine::Key(row) => registry.anchor(ground, &row),
                AnchorLine::Checkpoint(note) => {
                    let log = Checkpoint::claimed_origin(&note).map_err(malformed)?;
                    self.note(ground, Source::Anchor, log, None, &note)?;
                }
                AnchorLine::Record { text, signature } => {
                    let claimed = UnverifiedRecord::parse(&text, &signature).map_err(malformed)?;
                    let Some(log) = ground.pinned(claimed.log()) else {
                        self.strangers.record(claimed.log());
                        continue;
                    };
                    let seq = claimed.seq();
                    if !self.anchored.contains(&log) {
                        self.anchored.push(log);
                    }
                    self.copy(ground, Source::Anchor, log, seq, &text, &signature)?;
                }
            }
        }
        Ok(())
    }

    /// Takes rows of `BULLA_RECORD`: log, seq, record, signature.
    pub(super) fn records(&mut self, ground: &mut Ground, packed: &[u8]) -> Result<()> {
        let mut rows = Reader::new(packed);
        while !rows.is_empty() {
            let name = rows.string()?.unwrap_or_default();
            let seq = rows.i64()?.cast_unsigned();
            let (text, signature) = (rows.string()?.unwrap_or_default(), rows.string()?.unwrap_or_default());
            let Some(log) = ground.pinned(name) else {
                self.strangers.record(name);
                continue;
            };
            self.copy(ground, Source::Database, log, seq, text, signature)?;
        }
        Ok(())
    }

    fn copy(
        &mut self,
        ground: &mut Ground,
        source: Source,
        log: u32,
        seq: u64,
        text: &str,
        signature: &str,
    ) -> Result<()> {
        let mut payload = Writer::new();
        payload.string(Some(text)).string(Some(signature));
        let payload = payload.finish();
        let key = copy_key(log, seq, source as u8);
        self.copies.push(&key, &payload)?;
        // Inside a JSON string the quotation marks would be escaped: this finds the member alone.
        let kind = |kind: &str| text.contains(&format!("\"kind\":\"{kind}\""));
        if kind("account") || kind("end") {
            self.accounts.push(&key, &payload)?;
        } else if kind("epoch")
            && let Ok(claimed) = UnverifiedRecord::parse(text, signature)
            && let Err(Error::UntrustedKey { kid }) = self.epochs.learn(claimed, &ground.trust)
            && source == Source::Anchor
        {
            let detail = format!(
                "The anchor holds an epoch that identity {kid} certified, which the policy does not pin."
            );
            let record = ground.record(log, seq);
            ground.found(Finding::new(FindingKind::UntrustedKey, detail).record(record));
        }
        Ok(())
    }

    /// Takes rows of `BULLA_CHECKPOINT`: log, size, seq of the account, note.
    pub(super) fn checkpoints(&mut self, ground: &mut Ground, packed: &[u8]) -> Result<()> {
        let mut rows = Reader::new(packed);
        while !rows.is_empty() {
            let log = rows.string()?.unwrap_or_default();
            let size = rows.i64()?.cast_unsigned();
            let account = rows.i64()?;
            let note = rows.string()?.unwrap_or_default();
            self.note(ground, Source::Database, log, Some(size), note)?;
            if let Some(log) = ground.pinned(log) {
                self.roots.push(&copy_key(log, size, roots::CLAIMED), &account.to_be_bytes())?;
            }
        }
        Ok(())
    }

    fn note(
        &mut self,
        ground: &mut Ground,
        source: Source,
        name: &str,
        size: Option<u64>,
        note: &str,
    ) -> Result<()> {
        let Some(log) = ground.pinned(name) else {
            self.strangers.checkpoint(name);
            return Ok(());
        };
        let place = |finding: Finding| match (source, size) {
            (Source::Database, Some(size)) => finding.row("BULLA_CHECKPOINT", &format!("{name}#{size}")),
            _ => finding,
        };
        let Some(verifier) = ground.verifiers.get(name) else { return Ok(()) };
        // A row that is not genuine is there all the same.
        if let Some(size) = size {
            self.roots.push(&copy_key(log, size, source as u8), &[])?;
        }
        match verifier.verify(note) {
            Ok(checkpoint) if size.is_none_or(|size| size == checkpoint.size) => {
                self.roots.push(&copy_key(log, checkpoint.size, source as u8), &checkpoint.root)
            }
            Ok(checkpoint) => {
                let detail =
                    format!("The checkpoint of {} leaves stands in the row of another.", checkpoint.size);
                ground.found(place(Finding::new(FindingKind::BadSignature, detail).column("SIZE_")));
                self.roots.push(&copy_key(log, checkpoint.size, source as u8), &[])
            }
            Err(error) => {
                let detail = format!("A checkpoint of log {name} is not genuine: {error}.");
                ground.found(place(Finding::new(FindingKind::BadSignature, detail).column("NOTE_")));
                Ok(())
            }
        }
    }

    /// Takes rows of `BULLA_SALT`: instance, salt.
    pub(super) fn salts(&mut self, packed: &[u8]) -> Result<()> {
        let mut rows = Reader::new(packed);
        while !rows.is_empty() {
            let (instance, salt) = (rows.string()?.unwrap_or_default(), rows.string()?.unwrap_or_default());
            self.salts.learn(instance, salt);
        }
        Ok(())
    }
}

/// Sorts by log, then number, then class.
pub(super) fn copy_key(log: u32, number: u64, class: u8) -> [u8; 13] {
    let mut key = [class; 13];
    key[..4].copy_from_slice(&log.to_be_bytes());
    key[4..12].copy_from_slice(&number.to_be_bytes());
    key
}

/// What [`copy_key`] made.
pub(super) fn split_copy_key(key: &[u8]) -> (u32, u64, u8) {
    let log = key[..4].iter().fold(0, |number, byte| number << 8 | u32::from(*byte));
    let number = key[4..12].iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
    (log, number, key[12])
}

/// The salts of process instances, under keyed hashes of their names to hold many of them.
#[derive(Debug, Default)]
pub(super) struct Salts {
    hasher: RandomState,
    salts: HashMap<u64, [u8; SALT_LEN]>,
}

impl Salts {
    fn learn(&mut self, instance: &str, salt: &str) {
        // One that is not a salt counts as destroyed.
        if let Some(salt) = base64url::decode_array(salt) {
            self.salts.insert(self.hasher.hash_one(instance), salt);
        }
    }

    pub(super) fn get(&self, instance: &str) -> Option<&[u8; SALT_LEN]> {
        self.salts.get(&self.hasher.hash_one(instance))
    }

    /// Forgets a salt that is not the one that records speak of.
    pub(super) fn forget(&mut self, instance: &str) {
        self.salts.remove(&self.hasher.hash_one(instance));
    }
}
