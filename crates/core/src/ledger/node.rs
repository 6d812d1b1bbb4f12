//! The writing side of one node's log.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::account::{Account, Numbers, signed};
use super::anchor;
use super::checkpoint::{Checkpoint, check_name};
use super::commitment::CommitmentKey;
use super::coverage::Coverage;
use super::draft::{Draft, Letterhead, text};
use super::record::{Missing, SignedRecord, VERSION};
use super::recovery::Recovery;
use super::signature::RecordSigner;
use super::tree::Frontier;
use crate::json::Writer;
use crate::keys::{Certificate, Epoch, Signer};
use crate::{Error, Result};

/// What an epoch of a log needs.
#[derive(Debug)]
pub struct Setup {
    /// The epoch, which names the log and signs its records.
    pub epoch: Arc<Epoch>,
    /// The log's long-lived key, which signs its checkpoints.
    pub log_key: Arc<Signer>,
    /// What commitments hang on.
    pub commitment_key: CommitmentKey,
    /// What the epoch covers.
    pub coverage: Coverage,
    /// How long the log may be silent, in milliseconds.
    pub heartbeat: i64,
}

/// What belongs to one checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The account, or the end, which is the tree's last leaf.
    pub account: SignedRecord,
    /// The checkpoint, as a signed note.
    pub note: String,
    /// How many leaves the tree has.
    pub size: u64,
    /// What to go on from; see [`Frontier::to_text`].
    pub frontier: String,
    /// The lines for the anchors; see [`super::AnchorLine`].
    pub lines: Vec<u8>,
}

/// One epoch of one node's log. All its methods may be called from any thread.
///
/// It gives numbers, writes and signs records, and keeps the tree. It stores nothing: a record goes
/// to the database in the transaction that it records, and a [`Batch`] first to the anchors and
/// then to the database.
///
/// ```text
/// Ledger::new / resume ─▶ begin ─▶ record ─┬▶ committed ─────────────────┬▶ checkpoint … ─▶ end
///                                          ├▶ rolled_back ───────────────┤
///                                          └▶ in_doubt ─▶ resolve(found?)┘
/// ```
#[derive(Debug)]
pub struct Ledger {
    letterhead: Letterhead,
    signer: RecordSigner,
    log_key: Arc<Signer>,
    heartbeat: i64,
    /// What the epoch's first record says of the database.
    missing: Option<Missing>,
    /// Taken for the whole of a checkpoint, and before the book.
    tree: Mutex<Tree>,
    /// Taken for moments.
    book: Mutex<Book>,
}

#[derive(Debug)]
struct Tree {
    frontier: Frontier,
    /// The number of the last account, 0 before the first.
    account: u64,
    /// When the last checkpoint was made.
    checkpointed: i64,
}

#[derive(Debug, PartialEq, Eq)]
enum Phase {
    New,
    Running,
    Ended,
}

/// What became of the numbers that no account has settled.
#[derive(Debug)]
struct Book {
    phase: Phase,
    next: u64,
    /// The latest time given.
    time: i64,
    /// The number of the record that began the epoch.
    start: u64,
    pending: BTreeMap<u64, Pending>,
    added: Vec<Arc<SignedRecord>>,
    void: Vec<u64>,
    recovered: Numbers,
    keys: Vec<String>,
}

#[derive(Debug)]
struct Pending {
    /// `None` while it is being written.
    record: Option<Arc<SignedRecord>>,
    doubt: bool,
}

impl Ledger {
    /// The first epoch of a new log.
    pub fn new(setup: Setup) -> Result<Self> {
        Self::with(setup, Recovery::default())
    }

    /// Goes on with a log after what an earlier epoch left.
    pub fn resume(setup: Setup, recovery: Recovery) -> Result<Self> {
        Self::with(setup, recovery)
    }

    fn with(setup: Setup, recovery: Recovery) -> Result<Self> {
        let Certificate { log, epoch, .. } = setup.epoch.certificate().clone();
        check_name(&log)?;
        let installation = setup.commitment_key.instance(None);
        if recovery.log.as_ref().is_some_and(|name| *name != log) {
            return Err(state("the recovery is of another log"));
        }
        let recovered = recovery.found.iter().map(|record| record.seq).collect();
        Ok(Self {
            letterhead: Letterhead {
                log,
                epoch,
                coverage: setup.coverage,
                key: setup.commitment_key,
                installation,
            },
            signer: RecordSigner::new(setup.epoch),
            log_key: setup.log_key,
            heartbeat: setup.heartbeat,
            missing: Missing::of(&recovery.missing),
            tree: Mutex::new(Tree {
                frontier: recovery.frontier,
                account: recovery.account,
                checkpointed: i64::MIN,
            }),
            book: Mutex::new(Book {
                phase: Phase::New,
                next: recovery.next.max(1),
                time: recovery.time,
                start: 0,
                pending: BTreeMap::new(),
                added: recovery.found.into_iter().map(Arc::new).collect(),
                void: recovery.lost,
                recovered,
                keys: Vec::new(),
            }),
        })
    }

    /// The log's name.
    #[must_use]
    pub fn log(&self) -> &str {
        &self.letterhead.log
    }

    /// The certificate of the epoch.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        self.signer.epoch().certificate()
    }

    /// The record that begins the epoch. Like every other it is to be stored and then told
    /// [committed](Self::committed); the epoch exists once the checkpoint after it is anchored.
    pub fn begin(&self, now: i64) -> Result<SignedRecord> {
        let mut book = self.book();
        if book.phase != Phase::New {
            return Err(state("the epoch has begun already"));
        }
        let (seq, time) = book.take(now);
        let mut writer = Writer::object();
        writer.member("certificate").string(self.signer.epoch().certificate_text());
        self.letterhead.coverage.write(writer.member("coverage"));
        writer.member("epoch").string(&self.letterhead.epoch).member("kind").string("epoch");
        writer.member("log").string(&self.letterhead.log);
        if let Some(missing) = &self.missing {
            missing.write(&mut writer);
        }
        writer.member("seq").integer(signed(seq));
        writer.member("time").integer(time).member("v").integer(VERSION);
        let record = Arc::new(self.sign(seq, text(writer)?));
        book.phase = Phase::Running;
        book.start = seq;
        book.pending.insert(seq, Pending { record: Some(Arc::clone(&record)), doubt: false });
        Ok(Arc::unwrap_or_clone(record))
    }

    /// The records of what a transaction wrote.
    /// None if there are no rows, several if they are too many for one.
    ///
    /// To be called while the transaction holds its locks, so that of two transactions that wrote
    /// one row the later one has the higher number.
    ///
    /// # Packed rows
    ///
    /// An `i32` count of rows, the rows, an `i32` count of opened values, the opened values.
    ///
    /// A row: table string; operation byte; id string; process instance string or null; variable name
    /// string or null; salt bytes or null; then by operation:
    ///
    /// | operation | then |
    /// |---|---|
    /// | `I` insert, `U` update by id | columns |
    /// | `P` update of all rows with one value in one fixed column | column string, value (string or integer), columns |
    /// | `D` delete by id | rule string or null, `REMOVAL_TIME_` as a value: null or timestamp, `ROOT_PROC_INST_ID_` string or null |
    /// | `X` not understood | SQL text string, source string or null, `i64` count of rows or -1 |
    ///
    /// *Columns* are an `i32` count, and for each: name string; class byte `F` (fixed) or `U`
    /// (updatable), as the coverage has it; value. Their order does not matter. The id may be null for
    /// `P` and `X`; a `P` may name several tables joined by commas, which must all cover its columns.
    ///
    /// The salt is the process instance's, 32 bytes. With a null salt the row's commitments hang on the
    /// installation's own key. All rows of one instance in one record have the same salt.
    ///
    /// An opened value: table string, row id string, the 16 bytes of its envelope's tag. Without rows
    /// nothing is recorded, and opened values are not either.
    pub fn record(&self, now: i64, user: Option<&str>, rows: &[u8]) -> Result<Vec<Arc<SignedRecord>>> {
        let drafts = self.letterhead.draft(rows)?;
        let numbers = {
            let mut book = self.book();
            if book.phase != Phase::Running {
                return Err(state("the epoch has not begun, or has ended"));
            }
            let mut take = || {
                let (seq, time) = book.take(now);
                book.pending.insert(seq, Pending { record: None, doubt: false });
                (seq, time)
            };
            drafts.iter().map(|_| take()).collect::<Vec<_>>()
        };
        let sign = |(draft, (seq, time)): (Draft, &(u64, i64))| {
            Ok(Arc::new(self.sign(*seq, draft.finish(*seq, *time, user)?)))
        };
        let records: Result<Vec<_>> = drafts.into_iter().zip(&numbers).map(sign).collect();
        let mut book = self.book();
        let Ok(records) = records else {
            for (seq, _) in numbers {
                book.pending.remove(&seq);
                book.void.push(seq);
            }
            return records;
        };
        for record in &records {
            if let Some(pending) = book.pending.get_mut(&record.seq) {
                pending.record = Some(Arc::clone(record));
            }
        }
        Ok(records)
    }

    /// The transaction with this record committed.
    pub fn committed(&self, seq: u64) -> Result<()> {
        self.settle(seq, false, true)
    }

    /// The transaction with this record rolled back, or never came to write it.
    pub fn rolled_back(&self, seq: u64) -> Result<()> {
        self.settle(seq, false, false)
    }

    /// It is not known whether the transaction with this record committed. To be read again by its
    /// number, and then [resolved](Self::resolve).
    pub fn in_doubt(&self, seq: u64) -> Result<()> {
        let mut book = self.book();
        match book.pending.get_mut(&seq) {
            Some(pending) if pending.record.is_some() && !pending.doubt => {
                pending.doubt = true;
                Ok(())
            }
            _ => Err(not_pending(seq, "open")),
        }
    }

    /// A record in doubt was looked for, and found to be `present` in the database or not.
    pub fn resolve(&self, seq: u64, present: bool) -> Result<()> {
        self.settle(seq, true, present)
    }

    /// The numbers in doubt.
    #[must_use]
    pub fn doubtful(&self) -> Vec<u64> {
        let book = self.book();
        book.pending.iter().filter(|(_, pending)| pending.doubt).map(|(seq, _)| *seq).collect()
    }

    /// Sends a new row of the key registry to the anchors with the next batch.
    pub fn key_registered(&self, row: &str) {
        self.book().keys.push(row.into());
    }

    /// Accounts for what was settled since the last checkpoint, and signs a new one. `None` if there
    /// is nothing to account for and a heartbeat is not due.
    ///
    /// What comes back is already part of the log: it must reach the anchors and then the database,
    /// however often that is tried, and each of them before the next one does.
    pub fn checkpoint(&self, now: i64) -> Result<Option<Batch>> {
        let mut tree = self.tree();
        let mut book = self.book();
        if book.phase != Phase::Running {
            return Err(state("the epoch has not begun, or has ended"));
        }
        let due = tree.checkpointed.checked_add(self.heartbeat).is_none_or(|due| due <= now.max(book.time));
        let idle = book.added.is_empty() && book.void.is_empty() && book.keys.is_empty();
        if idle && !due {
            return Ok(None);
        }
        let settled = book.settle(&tree, now);
        drop(book);
        self.close(&mut tree, &settled, "account").map(Some)
    }

    /// The last checkpoint of the epoch: its account is the end. Afterwards nothing can be recorded;
    /// what is still open or in doubt is for the next epoch to find out.
    pub fn end(&self, now: i64) -> Result<Batch> {
        let mut tree = self.tree();
        let mut book = self.book();
        if book.phase != Phase::Running {
            return Err(state("the epoch has not begun, or has ended"));
        }
        let settled = book.settle(&tree, now);
        book.phase = Phase::Ended;
        drop(book);
        self.close(&mut tree, &settled, "end")
    }

    /// Appends the leaves of an account and the account itself, and signs the checkpoint.
    fn close(&self, tree: &mut Tree, settled: &Settled, kind: &str) -> Result<Batch> {
        let account = self.write_account(settled, kind)?;
        let mut lines = Vec::new();
        for row in &settled.keys {
            anchor::write_key(row, &mut lines);
        }
        for record in settled.records.iter().map(AsRef::as_ref).chain([&account]) {
            tree.frontier.push(record.leaf());
            anchor::write_record(&record.text, &record.signature, &mut lines);
        }
        let (size, root) = (tree.frontier.size(), tree.frontier.root());
        let note = Checkpoint { origin: self.log().into(), size, root }.sign(&self.log_key);
        anchor::write_checkpoint(&note, &mut lines);
        tree.account = account.seq;
        tree.checkpointed = settled.time;
        Ok(Batch { account, note, size, frontier: tree.frontier.to_text(), lines })
    }

    fn write_account(&self, settled: &Settled, kind: &str) -> Result<SignedRecord> {
        let account = &settled.account;
        let mut writer = Writer::object();
        account.write_head(&mut writer);
        writer.member("epoch").string(&self.letterhead.epoch);
        account.write_first(&mut writer);
        writer.member("kind").string(kind).member("log").string(&self.letterhead.log);
        account.write_middle(&mut writer);
        writer.member("seq").integer(signed(settled.seq));
        account.write_start(&mut writer);
        writer.member("time").integer(settled.time).member("v").integer(VERSION);
        account.write_tail(&mut writer);
        Ok(self.sign(settled.seq, text(writer)?))
    }

    fn sign(&self, seq: u64, text: String) -> SignedRecord {
        let signature = self.signer.sign(&text);
        SignedRecord { seq, text, signature }
    }

    fn settle(&self, seq: u64, doubt: bool, present: bool) -> Result<()> {
        let mut book = self.book();
        let pending = match book.pending.remove(&seq) {
            Some(pending) if pending.doubt == doubt => pending,
            other => {
                book.pending.extend(other.map(|pending| (seq, pending)));
                return Err(not_pending(seq, if doubt { "in doubt" } else { "open" }));
            }
        };
        match pending.record {
            Some(record) if present => book.added.push(record),
            None if present => {
                book.pending.insert(seq, pending);
                return Err(not_pending(seq, "written"));
            }
            _ => book.void.push(seq),
        }
        Ok(())
    }

    fn tree(&self) -> MutexGuard<'_, Tree> {
        self.tree.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an account is made of.
struct Settled {
    seq: u64,
    time: i64,
    account: Account,
    records: Vec<Arc<SignedRecord>>,
    keys: Vec<String>,
}

impl Book {
    /// The next number, and a time not before any that was given.
    fn take(&mut self, now: i64) -> (u64, i64) {
        let seq = self.next;
        self.next += 1;
        self.time = self.time.max(now);
        (seq, self.time)
    }

    /// Takes out what the next account settles.
    fn settle(&mut self, tree: &Tree, now: i64) -> Settled {
        let (seq, time) = self.take(now);
        let records = std::mem::take(&mut self.added);
        let mut void = std::mem::take(&mut self.void);
        void.sort_unstable();
        let pending = |doubt| {
            let pending = self.pending.iter().filter(move |(_, pending)| pending.doubt == doubt);
            pending.map(|(seq, _)| *seq).collect()
        };
        let account = Account {
            first: tree.frontier.size(),
            previous: tree.account,
            start: self.start,
            added: records.iter().map(|record| record.seq).collect(),
            void: void.into_iter().collect(),
            open: pending(false),
            doubt: pending(true),
            recovered: std::mem::take(&mut self.recovered),
        };
        Settled { seq, time, account, records, keys: std::mem::take(&mut self.keys) }
    }
}

fn state(problem: &str) -> Error {
    Error::LedgerState { problem: problem.into() }
}

fn not_pending(seq: u64, what: &str) -> Error {
    state(&format!("record {seq} is not {what}: it was settled before, or never made"))
}
