//! Looks at every number of every log: what its accounts and its copies say of it, and what the
//! record did to rows.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::accounts::{Kind, STANDING, Standing};
use super::epochs::{Epochs, Rejection};
use super::events::{Deed, Event, Origin, event_key, plain, predicate_key, row_key};
use super::finding::{Finding, FindingKind, RecordRef, Severity, cut};
use super::ground::Ground;
use super::input::{Salts, Source, copy_key, split_copy_key};
use super::report::Window;
use super::sorter::{BUDGET, Sorter};
use crate::Result;
use crate::json::{self, Limits};
use crate::ledger::{Body, Change, Missing, Record, Transaction, record_leaf, salt_digest};
use crate::packed::{Reader, Writer};

const TABLE: &str = "BULLA_RECORD";

/// How many keys that nobody vouches for are told of one log.
const KEYS_TOLD: usize = 100;

/// What the records came to.
pub(super) struct Outcome {
    /// Events by row.
    pub(super) events: Sorter,
    /// Updates of all rows with one value in one column, by tables, column and value.
    pub(super) sweeps: Sorter,
    /// Which columns such updates set, by tables and column.
    pub(super) swept: BTreeMap<(String, String), BTreeSet<String>>,
    /// Deletions of rows that were to be kept until some date: instance, root and date by row.
    pub(super) tombstones: Sorter,
    /// Hashes of leaves by log and index.
    pub(super) leaves: Sorter,
    /// Logs of which a leaf is lost or was altered in every copy.
    pub(super) broken: HashSet<u32>,
    pub(super) window: Window,
}

/// Looks at all records.
pub(super) fn examine(
    ground: &mut Ground,
    epochs: &Epochs,
    salts: &mut Salts,
    copies: Sorter,
) -> Result<Outcome> {
    let outcome = Outcome {
        events: Sorter::new(&ground.space, BUDGET),
        sweeps: Sorter::new(&ground.space, BUDGET / 4),
        swept: BTreeMap::new(),
        tombstones: Sorter::new(&ground.space, BUDGET / 8),
        leaves: Sorter::new(&ground.space, BUDGET / 4),
        broken: HashSet::new(),
        window: Window::default(),
    };
    let mut examination = Examination {
        epochs,
        salts,
        outcome,
        gap: None,
        unstored: None,
        unproven: None,
        latest: (None, i64::MIN),
        lost_salts: HashSet::new(),
        reported: HashSet::new(),
    };
    let mut sorted = copies.finish()?;
    let mut number: Option<Number> = None;
    while let Some((key, payload)) = sorted.next()? {
        let (log, seq, class) = split_copy_key(key);
        if number.as_ref().is_none_or(|number| (number.log, number.seq) != (log, seq)) {
            if let Some(number) = number.take() {
                examination.number(ground, &number)?;
            }
            number = Some(Number { log, seq, ..Number::default() });
        }
        let Some(number) = number.as_mut() else { continue };
        if class == STANDING {
            number.standing = Some(Standing::read(payload)?);
            continue;
        }
        let mut reader = Reader::new(payload);
        let copy = Copy { text: reader.text()?.to_owned(), signature: reader.text()?.to_owned() };
        match Source::from_class(class) {
            Source::Anchor if number.anchored.is_none() => number.anchored = Some(copy),
            Source::Anchor if number.anchored.as_ref() == Some(&copy) => {}
            Source::Anchor => number.other_anchored = Some(copy),
            Source::Database => examination.stored(ground, number, copy),
        }
    }
    if let Some(number) = number.take() {
        examination.number(ground, &number)?;
    }
    examination.end_log(ground);
    Ok(examination.outcome)
}

#[derive(Debug, PartialEq, Eq)]
struct Copy {
    text: String,
    signature: String,
}

/// One number of one log, with everything there is of it.
#[derive(Debug, Default)]
struct Number {
    log: u32,
    seq: u64,
    standing: Option<Standing>,
    anchored: Option<Copy>,
    other_anchored: Option<Copy>,
    stored: Option<Copy>,
    /// How many more rows the database has of the number, which no node writes.
    doubles: u64,
}

/// Consecutive numbers that are gone from the database; of accounts, those without another account
/// between them.
struct Gap {
    log: u32,
    first: u64,
    last: u64,
    count: u64,
    /// Whether all of them are accounts.
    accounts: bool,
    /// Whether a crash may have kept all of them from the database.
    unstored: bool,
    /// Whether the database has records between them, or behind them.
    passed: bool,
    /// The newest of them of which an anchor has a copy.
    known: Option<RecordRef>,
}

/// What verifying the copies of one number came to.
struct Copies {
    /// Whether the anchor's copy and the database's are the same.
    same: bool,
    anchored: Option<Verified>,
    /// Nothing if it is the same as the anchor's.
    stored: Option<Verified>,
}

type Verified = std::result::Result<Record, Rejection>;

struct Examination<'a> {
    epochs: &'a Epochs,
    salts: &'a mut Salts,
    outcome: Outcome,
    gap: Option<Gap>,
    /// The number of the first and the newest of the accounts at the log's end that nothing but a
    /// crash may have kept from the database.
    unstored: Option<(u64, RecordRef)>,
    /// When the first and the last of the records behind the newest account were made.
    unproven: Option<(i64, RecordRef)>,
    /// The log that is looked at, and the newest time in it.
    latest: (Option<u32>, i64),
    lost_salts: HashSet<String>,
    /// What is reported once for a log and not for each of its records: keys that nobody vouches
    /// for, and that there are two histories.
    reported: HashSet<(u32, String)>,
}

impl Examination<'_> {
    /// Takes the database's copy. Without its primary key the table can hold several of one number:
    /// the genuine one counts, wherever it stands among them.
    fn stored(&self, ground: &Ground, number: &mut Number, copy: Copy) {
        let Some(held) = &number.stored else {
            number.stored = Some(copy);
            return;
        };
        number.doubles += 1;
        let log = ground.logs.name(number.log);
        let genuine = number.anchored.as_ref() == Some(held)
            || self.epochs.verify(log, number.seq, &held.text, &held.signature).is_ok();
        if !genuine {
            number.stored = Some(copy);
        }
    }

    fn number(&mut self, ground: &mut Ground, number: &Number) -> Result<()> {
        if self.latest.0 != Some(number.log) {
            self.end_log(ground);
            self.latest = (Some(number.log), i64::MIN);
        }
        let verify = |copy: &Copy| {
            self.epochs.verify(ground.logs.name(number.log), number.seq, &copy.text, &copy.signature)
        };
        let same = number.anchored.is_some() && number.anchored == number.stored;
        let anchored = number.anchored.as_ref().map(&verify);
        let stored = if same { None } else { number.stored.as_ref().map(&verify) };
        let copies = Copies { same, anchored, stored };
        if number.other_anchored.is_some() {
            fork(&mut self.reported, ground, number, "The anchors hold two records of one number.");
        }
        if number.doubles > 0 {
            let detail = format!("The table has {} more rows of this number.", number.doubles);
            let finding = Finding::new(FindingKind::RecordReplayed, detail).row(TABLE, &name(ground, number));
            ground.found(finding.record(ground.record(number.log, number.seq)));
        }
        match number.standing {
            Some(Standing::Leaf { index, anchored: proven, kind }) => {
                self.leaf(ground, number, index, (proven, kind), copies)
            }
            Some(Standing::Void) => self.void(ground, number, copies),
            None => self.unaccounted(ground, number, copies),
        }
    }

    /// A committed record; whether it is proven by an anchor, and what it is.
    fn leaf(
        &mut self,
        ground: &mut Ground,
        number: &Number,
        index: u64,
        (proven, kind): (bool, Kind),
        copies: Copies,
    ) -> Result<()> {
        self.unproven = None;
        let mut genuine = None;
        match copies.anchored {
            Some(Ok(record)) => genuine = Some((record, number.anchored.as_ref())),
            Some(Err(rejection)) => self.reject(ground, number, &rejection, "The anchor's copy of the"),
            None => {}
        }
        match copies.stored {
            Some(Ok(_)) if genuine.is_some() => {
                fork(
                    &mut self.reported,
                    ground,
                    number,
                    "From this number on, database and anchor hold two different histories of the log.",
                );
            }
            Some(Ok(record)) => genuine = Some((record, number.stored.as_ref())),
            Some(Err(rejection)) => {
                self.reject(ground, number, &rejection, "The");
                self.forged_deletions(number)?;
            }
            None if copies.same => {}
            None => self.missing(ground, number, kind, genuine.as_ref().map(|(record, _)| record)),
        }
        if number.stored.is_some() {
            self.pass_gap(ground, kind);
        }
        let Some((record, Some(copy))) = genuine else {
            self.outcome.broken.insert(number.log);
            return Ok(());
        };
        let leaf = record_leaf(&copy.text, &copy.signature);
        self.outcome.leaves.push(&copy_key(number.log, index, 0), &leaf)?;
        self.committed(ground, number, &record, proven)
    }

    /// A number that its accounts call rolled back.
    fn void(&mut self, ground: &mut Ground, number: &Number, copies: Copies) -> Result<()> {
        let stored = if copies.same { copies.anchored } else { copies.stored };
        match stored {
            None => return Ok(()),
            Some(Ok(record)) => {
                let detail = "A record stands here whose transaction was rolled back; it was put back.";
                let finding = Finding::new(FindingKind::RecordReplayed, detail);
                let finding = finding.row(TABLE, &name(ground, number)).record(reference(&record));
                ground.found(finding);
            }
            Some(Err(rejection)) => self.reject(ground, number, &rejection, "The"),
        }
        self.forged_deletions(number)
    }

    /// A number that no account speaks of, or that its newest one calls open or in doubt.
    fn unaccounted(&mut self, ground: &mut Ground, number: &Number, copies: Copies) -> Result<()> {
        let stored = if copies.same { copies.anchored } else { copies.stored };
        match stored {
            None => Ok(()),
            Some(Ok(record)) => {
                self.pass_gap(ground, Kind::Record);
                let first = self.unproven.take().map_or(record.time, |(first, _)| first);
                self.unproven = Some((first, reference(&record)));
                self.committed(ground, number, &record, false)
            }
            Some(Err(rejection)) => {
                self.reject(ground, number, &rejection, "The");
                self.forged_deletions(number)
            }
        }
    }

    /// A record counts: what it says happened.
    fn committed(
        &mut self,
        ground: &mut Ground,
        number: &Number,
        record: &Record,
        proven: bool,
    ) -> Result<()> {
        ground.counts.records += 1;
        self.dates(ground, number, record);
        if proven {
            let newest = &mut self.outcome.window.newest_anchored;
            if newest.as_ref().and_then(|newest| newest.time) <= Some(record.time) {
                *newest = Some(reference(record));
            }
        }
        if let Body::Epoch { missing: Some(missing), .. } = &record.body {
            set_back(ground, record, *missing);
        }
        let Body::Transaction(transaction) = &record.body else { return Ok(()) };
        if !proven {
            self.outcome.window.not_anchored += 1;
        }
        let Some(epoch) = self.epochs.get(&record.log, &record.epoch) else { return Ok(()) };
        let mut origin = Origin::new(ground, record, transaction, epoch.catalogue);
        if !ground.keys.contains_key(origin.key) {
            ground.missing.insert(format!(
                "Commitment key {} is not among the keys given with --keys; write them out with disclose.",
                origin.key
            ));
        }
        self.check_salts(ground, record, transaction);
        for row in &transaction.rows {
            origin.index += 1;
            match &row.change {
                Change::UpdatedWhere { column, value, columns } => {
                    let key = predicate_key(&row.table, column, plain(value), 0);
                    let Some(event) = Event::of(&origin, transaction, row) else { continue };
                    self.outcome.sweeps.push(&key, &event.pack())?;
                    let swept = self.outcome.swept.entry((row.table.clone(), column.clone())).or_default();
                    swept.extend(columns.iter().map(|(name, _)| name.clone()));
                }
                Change::NotUnderstood { source, rows, .. } => {
                    let rows = rows.map_or_else(|| "some".to_owned(), |rows| rows.to_string());
                    let from = source.as_deref().map_or_else(String::new, |from| format!(" ({from})"));
                    let detail = format!(
                        "The engine wrote {rows} rows with a statement that the recorder does not \
                         understand{from}; what it wrote is not proven."
                    );
                    let mut finding = Finding::new(FindingKind::CoverageGap, detail);
                    finding.table = Some(row.table.clone());
                    ground.found(finding.record(reference(record)));
                }
                change => {
                    if let Change::Deleted { removal_time: Some(until), root, .. } = change {
                        let instance = transaction.instance(row).map(|instance| instance.id.as_str());
                        let mut tombstone = Writer::new();
                        tombstone.string(instance).string(root.as_deref()).i64(*until);
                        let key = row_key(&row.table, &row.id, 0);
                        self.outcome.tombstones.push(&key, &tombstone.finish())?;
                    }
                    let Some(event) = Event::of(&origin, transaction, row) else { continue };
                    let key = event_key(&row.table, &row.id, &origin);
                    self.outcome.events.push(&key, &event.pack())?;
                }
            }
        }
        // What a transaction read, it read before its own writes.
        origin.index = 0;
        for seen in &transaction.seen {
            let event = Event::bare(origin.clone(), Deed::Seen { tag: seen.tag });
            self.outcome.events.push(&event_key(&seen.table, &seen.id, &origin), &event.pack())?;
        }
        Ok(())
    }

    fn dates(&mut self, ground: &mut Ground, number: &Number, record: &Record) {
        let started = self.epochs.get(&record.log, &record.epoch).map_or(i64::MIN, |epoch| epoch.started);
        let latest = self.latest.1;
        self.latest.1 = latest.max(record.time);
        let detail = if record.time < started {
            "The record claims a time before its epoch began."
        } else if record.time < latest {
            "The record claims a time before that of a record with a lower number."
        } else {
            return;
        };
        let finding = Finding::new(FindingKind::Backdated, detail).row(TABLE, &name(ground, number));
        ground.found(finding.record(reference(record)));
    }

    /// Compares the salts with what the record says of them. One that is gone or was altered is
    /// reported once, and nothing of its instance is compared.
    fn check_salts(&mut self, ground: &mut Ground, record: &Record, transaction: &Transaction) {
        for instance in &transaction.instances {
            let Some(digest) = instance.salt else { continue };
            let detail = match self.salts.get(&instance.id) {
                Some(salt) if salt_digest(&instance.id, salt) == digest => continue,
                Some(_) => "The salt of the process instance was altered, so nothing about it can be proven.",
                None => {
                    "The salt of the process instance is gone and no erasure was recorded, so nothing about \
                     it can be proven."
                }
            };
            self.salts.forget(&instance.id);
            if self.lost_salts.insert(instance.id.clone()) {
                let mut finding = Finding::new(FindingKind::KeyMissing, detail);
                finding = finding.row("BULLA_SALT", &instance.id).record(reference(record));
                finding.process_instance = Some(instance.id.clone());
                ground.found(finding);
            }
        }
    }

    fn reject(&mut self, ground: &mut Ground, number: &Number, rejection: &Rejection, the: &str) {
        if let Rejection::Untrusted(kid) = rejection {
            let told = self.reported.iter().filter(|(log, _)| *log == number.log).count();
            if told >= KEYS_TOLD || !self.reported.insert((number.log, cut(kid).into())) {
                return;
            }
        }
        let (kind, detail) = match rejection {
            Rejection::Malformed(error) => {
                (FindingKind::BadSignature, format!("{the} record was altered: {error}."))
            }
            Rejection::Forged => (
                FindingKind::BadSignature,
                format!("{the} record was altered: its signature is not that of its epoch's key."),
            ),
            Rejection::Untrusted(kid) => (
                FindingKind::UntrustedKey,
                format!("{the} record was signed by key {kid}, which no pinned identity vouches for."),
            ),
            Rejection::Misplaced { log, seq } => (
                FindingKind::RecordReplayed,
                format!("{the} record is a genuine one of another place: it is {log}#{seq}."),
            ),
        };
        let genuine = number.anchored.as_ref().and_then(|copy| {
            let log = ground.logs.name(number.log);
            self.epochs.verify(log, number.seq, &copy.text, &copy.signature).ok()
        });
        let record =
            genuine.map_or_else(|| ground.record(number.log, number.seq), |record| reference(&record));
        let finding = Finding::new(kind, detail).row(TABLE, &name(ground, number));
        ground.found(finding.record(record));
    }

    /// A committed record is gone from the database.
    fn missing(&mut self, ground: &mut Ground, number: &Number, kind: Kind, record: Option<&Record>) {
        let known = record.map(reference);
        let account = kind != Kind::Record;
        match &mut self.gap {
            Some(gap) if gap.log == number.log && (!gap.passed || gap.accounts && account) => {
                gap.last = number.seq;
                gap.count += 1;
                gap.accounts &= account;
                gap.unstored &= kind == Kind::Unstored;
                gap.known = known.or_else(|| gap.known.take());
            }
            _ => {
                self.end_gap(ground, false);
                self.gap = Some(Gap {
                    log: number.log,
                    first: number.seq,
                    last: number.seq,
                    count: 1,
                    accounts: account,
                    unstored: kind == Kind::Unstored,
                    passed: false,
                    known,
                });
            }
        }
    }

    /// The database has a record behind what is missing.
    fn pass_gap(&mut self, ground: &mut Ground, kind: Kind) {
        match &mut self.gap {
            Some(gap) if gap.accounts && kind == Kind::Record => gap.passed = true,
            _ => self.end_gap(ground, false),
        }
    }

    /// The log ends: reports what was missing, and whether it went on for long without a checkpoint.
    /// A crash leaves no more behind than what one checkpoint would have taken up.
    fn end_log(&mut self, ground: &mut Ground) {
        self.end_gap(ground, true);
        if let Some((first, newest)) = self.unstored.take()
            && newest.time < Some(ground.now - ground.stale)
        {
            let row = format!("{}#{first}", newest.log);
            let detail = format!(
                "The log's accounts from number {first} to its newest, {}, are anchored and not in the database. A \
                 crash leaves it so, and so does whoever deletes them; the node stores them when it starts.",
                newest.seq
            );
            let finding = Finding::new(FindingKind::LogGap, detail).severity(Severity::Info);
            ground.found(finding.row(TABLE, &row).record(newest));
        }
        let Some((first, last)) = self.unproven.take() else { return };
        let span = last.time.unwrap_or(first).saturating_sub(first);
        if span > ground.stale {
            let detail = format!(
                "Log {} went on for {} seconds without a checkpoint: something keeps the node from writing them, \
                 and what it recorded meanwhile can be cut off unseen.",
                last.log,
                span / 1000
            );
            ground.found(Finding::new(FindingKind::AnchorStale, detail).record(last));
        }
    }

    /// The numbers go on, or the log ends: reports what was missing up to here.
    fn end_gap(&mut self, ground: &mut Ground, log_ends: bool) {
        let Some(gap) = self.gap.take() else { return };
        if gap.unstored {
            self.unstored = gap.known.map(|newest| (gap.first, newest));
            return;
        }
        let log = ground.logs.name(gap.log).to_owned();
        let what = if gap.accounts { "account" } else { "record" };
        let which = if gap.count == 1 {
            format!("{}{} {} of log {log} was", what[..1].to_uppercase(), &what[1..], gap.first)
        } else {
            format!("{} {what}s of log {log}, numbers {} to {}, were", gap.count, gap.first, gap.last)
        };
        let (kind, detail) = if gap.accounts && gap.passed {
            let detail =
                format!("{which} anchored and deleted from the database, or kept from being stored in it.");
            (FindingKind::LogGap, detail)
        } else if log_ends {
            let detail = format!("{which} cut off its end: the ledger is older than what was anchored.");
            (FindingKind::Truncated, detail)
        } else {
            (FindingKind::LogGap, format!("{which} deleted."))
        };
        let record = gap.known.unwrap_or_else(|| ground.record(gap.log, gap.last));
        let finding = Finding::new(kind, detail).row(TABLE, &format!("{log}#{}", gap.first));
        ground.found(finding.record(record));
    }

    /// Notes the deletions that a copy claims which is not genuine.
    fn forged_deletions(&mut self, number: &Number) -> Result<()> {
        let Some(copy) = &number.stored else { return Ok(()) };
        let Ok(claimed) = json::parse(copy.text.as_bytes(), Limits::default()) else { return Ok(()) };
        let rows = claimed.as_object().and_then(|record| record.get("rows")).and_then(json::Value::as_array);
        for row in rows.unwrap_or_default().iter().filter_map(json::Value::as_object) {
            let member = |name| row.get(name).and_then(json::Value::as_str);
            if let (Some("D"), Some(table), Some(id)) = (member("o"), member("t"), member("i")) {
                let origin = Origin {
                    log: number.log,
                    seq: number.seq,
                    time: 0,
                    user: None,
                    catalogue: 0,
                    key: "",
                    index: 0,
                };
                let event = Event::bare(origin.clone(), Deed::ForgedDeletion);
                self.outcome.events.push(&event_key(table, id, &origin), &event.pack())?;
            }
        }
        Ok(())
    }
}

/// The database was not what it had been when an epoch began; it may be again by now.
fn set_back(ground: &mut Ground, record: &Record, Missing { count, first, last }: Missing) {
    let detail = format!(
        "When this epoch began, the database lacked {count} records of the log, numbers {first} to {last}, which \
         were anchored: it had been set back to an older state, or they had been deleted."
    );
    let finding = Finding::new(FindingKind::Truncated, detail).row(TABLE, &format!("{}#{first}", record.log));
    ground.found(finding.record(reference(record)));
}

fn fork(reported: &mut HashSet<(u32, String)>, ground: &mut Ground, number: &Number, detail: &str) {
    if !reported.insert((number.log, "fork".into())) {
        return;
    }
    let record = ground.record(number.log, number.seq);
    let finding = Finding::new(FindingKind::Fork, detail).row(TABLE, &name(ground, number));
    ground.found(finding.record(record));
}

/// The key of a row of `BULLA_RECORD`, as findings name it.
fn name(ground: &Ground, number: &Number) -> String {
    format!("{}#{}", ground.logs.name(number.log), number.seq)
}

pub(super) fn reference(record: &Record) -> RecordRef {
    let user = match &record.body {
        Body::Transaction(transaction) => transaction.user.clone(),
        _ => None,
    };
    RecordRef { log: record.log.clone(), seq: record.seq, time: Some(record.time), user }
}
