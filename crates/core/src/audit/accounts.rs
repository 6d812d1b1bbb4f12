//! Follows the accounts of each log: which number is which leaf, which is void, and how far the
//! anchors go.

use std::cmp::Ordering;
use std::collections::VecDeque;

use super::epochs::Epochs;
use super::finding::{Finding, FindingKind};
use super::ground::Ground;
use super::input::{Source, copy_key, split_copy_key};
use super::roots;
use super::sorter::{Sorted, Sorter};
use crate::Result;
use crate::ledger::{Account, Body, Outstanding};
use crate::packed::{Reader, Writer};

/// The class of a [`Standing`] among the copies of a record: before them all.
pub(super) const STANDING: u8 = 0;

/// What accounts say of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Committed.
    Leaf {
        /// Which leaf of the log's tree it is.
        index: u64,
        /// Whether an anchor holds the account.
        anchored: bool,
        /// What stands there.
        kind: Kind,
    },
    /// Rolled back, or never written.
    Void,
}

/// What a leaf is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// What a transaction wrote, or the beginning of an epoch.
    Record,
    /// An account.
    Account,
    /// One of the newest accounts of its log, none of which the database has: they were anchored
    /// shortly before the log stopped or the audit began, and may be stored yet.
    Unstored,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Record, Self::Account, Self::Unstored];
}

impl Standing {
    fn pack(self) -> Vec<u8> {
        let mut out = Writer::new();
        match self {
            Self::Leaf { index, anchored, kind } => {
                out.u8(1).i64(index.cast_signed()).u8(u8::from(anchored)).u8(kind as u8)
            }
            Self::Void => out.u8(0),
        };
        out.finish()
    }

    pub(super) fn read(packed: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(packed);
        Ok(match reader.u8()? {
            0 => Self::Void,
            _ => Self::Leaf {
                index: reader.i64()?.cast_unsigned(),
                anchored: reader.u8()? == 1,
                kind: Kind::ALL.get(usize::from(reader.u8()?)).copied().unwrap_or(Kind::Record),
            },
        })
    }
}

/// What is known of a log once its accounts were followed.
#[derive(Debug, Clone, Default)]
pub(super) struct LogEnd {
    /// When the oldest account was made that the database has and no anchor, if there is one.
    pub(super) unanchored_since: Option<i64>,
    /// When the newest account was made.
    pub(super) newest: Option<i64>,
    /// Whether anchored accounts follow such a one.
    pub(super) hole: bool,
    /// How many leaves the accounts tell of.
    pub(super) leaves: u64,
    /// How many of them the newest account tells of that the database has.
    pub(super) stored: u64,
}

/// Follows the accounts and pushes the standing of each number among the `copies`, and which account
/// ends so many leaves among the `roots`.
pub(super) fn follow(
    ground: &mut Ground,
    epochs: &Epochs,
    accounts: Sorter,
    copies: &mut Sorter,
    roots: &mut Sorter,
) -> Result<Vec<LogEnd>> {
    let mut followed =
        Followed { ends: Vec::new(), log: None, outstanding: Outstanding::new(), held: VecDeque::new() };
    let mut sorted = accounts.finish()?;
    let mut next = take(ground, epochs, &mut sorted)?;
    while let Some(found) = next {
        followed.account(ground, copies, roots, &found)?;
        next = take(ground, epochs, &mut sorted)?;
    }
    followed.end_log(copies)?;
    followed.ends.resize(ground.logs.len().max(followed.ends.len()), LogEnd::default());
    Ok(followed.ends)
}

/// A genuine copy of an account.
struct Found {
    log: u32,
    seq: u64,
    time: i64,
    anchored: bool,
    account: Account,
}

/// The next account of which a copy is genuine; the others are found when records are looked at.
fn take(ground: &Ground, epochs: &Epochs, sorted: &mut Sorted) -> Result<Option<Found>> {
    while let Some((key, payload)) = sorted.next()? {
        let (log, seq, class) = split_copy_key(key);
        let mut reader = Reader::new(payload);
        let (text, signature) = (reader.text()?, reader.text()?);
        if let Ok(record) = epochs.verify(ground.logs.name(log), seq, text, signature)
            && let Body::Account(account) | Body::End(account) = record.body
        {
            let anchored = Source::from_class(class) == Source::Anchor;
            return Ok(Some(Found { log, seq, time: record.time, anchored, account }));
        }
    }
    Ok(None)
}

struct Followed {
    ends: Vec<LogEnd>,
    log: Option<u32>,
    outstanding: Outstanding,
    /// The accounts behind the newest one that the database has.
    held: VecDeque<Held>,
}

/// An account of which only the anchor's copy was met so far.
struct Held {
    log: u32,
    seq: u64,
    index: u64,
    time: i64,
}

impl Followed {
    fn account(
        &mut self,
        ground: &mut Ground,
        copies: &mut Sorter,
        roots: &mut Sorter,
        found: &Found,
    ) -> Result<()> {
        if self.log != Some(found.log) {
            self.end_log(copies)?;
            self.log = Some(found.log);
            self.outstanding = Outstanding::new();
            let length = found.log as usize + 1;
            self.ends.resize(self.ends.len().max(length), LogEnd::default());
        }
        if found.seq == self.outstanding.account() {
            // Another anchor's copy, or that of the database.
            return if found.anchored { Ok(()) } else { self.stored(copies) };
        }
        self.step(ground, found);
        let Found { log, seq, time, anchored, account, .. } = found;
        let leaves = (account.first..).zip(account.added.iter());
        for (index, number) in leaves {
            let standing = Standing::Leaf { index, anchored: *anchored, kind: Kind::Record };
            copies.push(&copy_key(*log, number, STANDING), &standing.pack())?;
        }
        for number in account.void.iter() {
            copies.push(&copy_key(*log, number, STANDING), &Standing::Void.pack())?;
        }
        let end = &mut self.ends[*log as usize];
        end.newest = end.newest.max(Some(*time));
        end.leaves = account.first + account.added.len() + 1;
        roots.push(&copy_key(*log, end.leaves, roots::ACCOUNT), &seq.to_be_bytes())?;
        let index = end.leaves - 1;
        if *anchored {
            end.hole |= end.unanchored_since.is_some();
            // Long before the log's end, it is no matter of moments any more.
            while self.held.front().is_some_and(|held| held.time < time - ground.stale) {
                self.release(copies, Kind::Account)?;
            }
            self.held.push_back(Held { log: *log, seq: *seq, index, time: *time });
            return Ok(());
        }
        end.unanchored_since.get_or_insert(found.time);
        self.stored(copies)?;
        let standing = Standing::Leaf { index, anchored: false, kind: Kind::Account };
        copies.push(&copy_key(*log, *seq, STANDING), &standing.pack())
    }

    /// The database has the newest account: it had all before it, or they were deleted.
    fn stored(&mut self, copies: &mut Sorter) -> Result<()> {
        if let Some(log) = self.log {
            let end = &mut self.ends[log as usize];
            end.stored = end.leaves;
        }
        while !self.held.is_empty() {
            self.release(copies, Kind::Account)?;
        }
        Ok(())
    }

    /// Sees that the account follows the one before.
    fn step(&mut self, ground: &mut Ground, found: &Found) {
        let before = self.outstanding.account();
        let Err(error) = self.outstanding.apply(found.seq, &found.account) else { return };
        let previous = found.account.previous;
        let (kind, detail) = match previous.cmp(&before) {
            Ordering::Greater => {
                let detail = format!("The accounts between number {before} and number {previous} are gone.");
                (FindingKind::LogGap, detail)
            }
            Ordering::Less => {
                let detail = format!(
                    "Account {} goes on from account {previous} as if account {before} did not exist: two \
                     histories of the log were signed.",
                    found.seq
                );
                (FindingKind::Fork, detail)
            }
            Ordering::Equal => (FindingKind::LogGap, format!("An account does not add up: {error}.")),
        };
        let mut record = ground.record(found.log, found.seq);
        record.time = Some(found.time);
        ground.found(Finding::new(kind, detail).record(record));
        self.outstanding = Outstanding::after(found.seq, &found.account);
    }

    fn release(&mut self, copies: &mut Sorter, kind: Kind) -> Result<()> {
        let Some(Held { log, seq, index, .. }) = self.held.pop_front() else { return Ok(()) };
        copies.push(&copy_key(log, seq, STANDING), &Standing::Leaf { index, anchored: true, kind }.pack())
    }

    fn end_log(&mut self, copies: &mut Sorter) -> Result<()> {
        while !self.held.is_empty() {
            self.release(copies, Kind::Unstored)?;
        }
        Ok(())
    }
}
