//! Recomputes the roots of all logs and compares them with the checkpoints.

use std::collections::HashSet;

use super::accounts::LogEnd;
use super::finding::{Finding, FindingKind};
use super::ground::Ground;
use super::input::{Source, split_copy_key};
use super::sorter::{Sorted, Sorter};
use crate::Result;
use crate::ledger::{Frontier, Hash};

/// The class of the number of the account that ends so many leaves: before all checkpoints of them.
pub(super) const ACCOUNT: u8 = 0;

/// The class of the number of an account that a row of the database names: behind its checkpoint.
pub(super) const CLAIMED: u8 = 3;

/// Compares every checkpoint with the leaves before it.
///
/// `broken` are logs of which a leaf is known to be lost: their roots cannot be recomputed, and
/// what was done to the leaf has been found already.
pub(super) fn compare(
    ground: &mut Ground,
    leaves: Sorter,
    roots: Sorter,
    broken: &HashSet<u32>,
    ends: &[LogEnd],
) -> Result<()> {
    let mut leaves = Leaves { sorted: leaves.finish()?, log: None, frontier: Frontier::new(), next: None };
    let mut roots = roots.finish()?;
    let mut before: Option<(u32, u64, Hash)> = None;
    let mut presence = Presence::default();
    let mut account = (Vec::new(), Vec::new());
    while let Some((key, payload)) = roots.next()? {
        let (log, size, class) = split_copy_key(key);
        let (leaves_of, last) = (&key[..key.len() - 1], &mut account);
        match class {
            ACCOUNT => {
                *last = (leaves_of.to_vec(), payload.to_vec());
                continue;
            }
            CLAIMED => {
                if last.0 == leaves_of && last.1 != payload {
                    account_of_another(ground, log, size);
                }
                continue;
            }
            _ => {}
        }
        let source = Source::from_class(class);
        presence.see(ground, ends, log, size, source);
        let Ok(root) = Hash::try_from(payload) else { continue };
        if let Some((_, _, other)) = before.filter(|(l, s, _)| (*l, *s) == (log, size)) {
            if other != root {
                let detail = format!("Two roots were signed for the first {size} leaves of the log.");
                report(ground, FindingKind::Equivocation, log, size, source, detail);
            }
            continue;
        }
        before = Some((log, size, root));
        if broken.contains(&log) {
            continue;
        }
        ground.counts.checkpoints += 1;
        let told = ends.get(log as usize).map_or(0, |end| end.leaves);
        if told < size {
            let detail = format!(
                "A checkpoint of {size} leaves was signed, and the accounts tell of {told}: the newest records \
                 are gone."
            );
            report(ground, FindingKind::Truncated, log, size, source, detail);
        } else if leaves.root(log, size)? != Some(root) {
            let detail = format!("The first {size} records of the log do not add up to the signed root.");
            report(ground, FindingKind::RootMismatch, log, size, source, detail);
        }
    }
    presence.end_log(ground, ends);
    Ok(())
}

/// The database's row of a checkpoint names another account than its own, from which no node goes on.
fn account_of_another(ground: &mut Ground, log: u32, size: u64) {
    let row = format!("{}#{size}", ground.logs.name(log));
    let detail = format!("The checkpoint of {size} leaves names the number of another account than its own.");
    let finding = Finding::new(FindingKind::BadSignature, detail);
    ground.found(finding.row("BULLA_CHECKPOINT", &row).column("SEQ_"));
}

/// Sees whether the database has the checkpoints that the anchors have. Whether it lacks the newest
/// ones of a log together with their accounts is looked at where accounts are.
#[derive(Default)]
struct Presence {
    /// The checkpoint that is looked at, and whether the database has it.
    current: Option<(u32, u64, bool)>,
    absent: Absent,
    /// Those of the absent ones whose accounts the database has.
    deleted: Absent,
}

/// Checkpoints by their sizes.
#[derive(Default)]
struct Absent {
    first: u64,
    last: u64,
    count: u64,
}

impl Absent {
    fn push(&mut self, size: u64) {
        if self.count == 0 {
            self.first = size;
        }
        self.last = size;
        self.count += 1;
    }
}

impl Presence {
    fn see(&mut self, ground: &mut Ground, ends: &[LogEnd], log: u32, size: u64, source: Source) {
        let stored = source == Source::Database;
        match &mut self.current {
            Some((l, s, found)) if (*l, *s) == (log, size) => *found |= stored,
            Some((l, ..)) if *l == log => {
                self.settle(ground, ends);
                self.current = Some((log, size, stored));
            }
            _ => {
                self.end_log(ground, ends);
                self.current = Some((log, size, stored));
            }
        }
    }

    fn settle(&mut self, ground: &mut Ground, ends: &[LogEnd]) {
        let Some((log, size, found)) = self.current else { return };
        if found {
            let absent = std::mem::take(&mut self.absent);
            self.deleted = Absent::default();
            Self::report(ground, log, &absent);
            return;
        }
        self.absent.push(size);
        if ends.get(log as usize).is_some_and(|end| size <= end.stored) {
            self.deleted.push(size);
        }
    }

    fn end_log(&mut self, ground: &mut Ground, ends: &[LogEnd]) {
        self.settle(ground, ends);
        if let Some((log, ..)) = self.current.take() {
            Self::report(ground, log, &self.deleted);
        }
        (self.absent, self.deleted) = (Absent::default(), Absent::default());
    }

    fn report(ground: &mut Ground, log: u32, absent: &Absent) {
        let name = ground.logs.name(log);
        let which = match absent.count {
            0 => return,
            1 => format!("The checkpoint of {} leaves of log {name} was", absent.first),
            count => format!(
                "{count} checkpoints of log {name}, of {} to {} leaves, were",
                absent.first, absent.last
            ),
        };
        let detail =
            format!("{which} anchored and deleted from the database, or kept from being stored in it.");
        report(ground, FindingKind::LogGap, log, absent.first, Source::Database, detail);
    }
}

fn report(ground: &mut Ground, kind: FindingKind, log: u32, size: u64, source: Source, detail: String) {
    let mut finding = Finding::new(kind, detail);
    if source == Source::Database {
        finding = finding.row("BULLA_CHECKPOINT", &format!("{}#{size}", ground.logs.name(log)));
    }
    ground.found(finding);
}

/// Grows the tree of one log after the other.
struct Leaves {
    sorted: Sorted,
    log: Option<u32>,
    frontier: Frontier,
    next: Option<(u32, Hash)>,
}

impl Leaves {
    /// The root of the first `size` leaves of `log`; logs and sizes must be asked for in order.
    fn root(&mut self, log: u32, size: u64) -> Result<Option<Hash>> {
        if self.log != Some(log) {
            self.log = Some(log);
            self.frontier = Frontier::new();
        }
        while self.frontier.size() < size {
            let next = match self.next.take() {
                Some(next) => Some(next),
                None => self.read()?,
            };
            match next {
                None => return Ok(None),
                Some((of, leaf)) if of == log => self.frontier.push(leaf),
                Some((of, _)) if of < log => {}
                later => {
                    self.next = later;
                    return Ok(None);
                }
            }
        }
        Ok((self.frontier.size() == size).then(|| self.frontier.root()))
    }

    fn read(&mut self) -> Result<Option<(u32, Hash)>> {
        Ok(match self.sorted.next()? {
            None => None,
            Some((key, leaf)) => {
                let leaf = leaf.try_into().unwrap_or_default();
                Some((split_copy_key(key).0, leaf))
            }
        })
    }
}
