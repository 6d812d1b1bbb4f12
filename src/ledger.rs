//! The ledger of an engine that is not one of Java.

use std::collections::VecDeque;
use std::ffi::c_char;
use std::sync::{Arc, Mutex, PoisonError};

use bulla_core::json::Writer;
use bulla_core::ledger::{Batch, Coverage, Ledger, Remains, SavedCheckpoint};
use bulla_kms::{Keyring, now};

use crate::boundary::{Bytes, add, call, call_for_bytes, input, result, text};
use crate::error::{Failure, Problem};
use crate::handle::Handles;
use crate::keyring::{KEYRINGS, KeyringHandle};
use crate::record::{LedgerBatch, Record, Records};

pub(crate) static LEDGERS: Handles<OpenLedger> = Handles::new("ledger", 6);

/// One epoch of this node's log: from the start of the process to its end. Any number of threads may
/// record and settle with it at once.
///
/// It numbers and signs records and keeps the log's tree; it stores nothing. An engine
///
/// 1. opens it (`bulla_ledger_wanted`, `bulla_ledger_open`, `bulla_ledger_unsaved`);
/// 2. begins the epoch (`bulla_ledger_begin`) and stores its record, which is then told committed;
/// 3. at the end of each transaction that wrote covered rows, with its locks still held, makes its
///    records (`bulla_transaction_record`) and inserts them in that same transaction; if the insert
///    fails, the transaction must;
/// 4. after the transaction, says what became of each record: `bulla_ledger_committed`,
///    `bulla_ledger_rolled_back`, or `bulla_ledger_in_doubt` when the commit was not answered; what is
///    in doubt is looked for by its number, and then `bulla_ledger_resolve`;
/// 5. every second or so asks for a checkpoint (`bulla_ledger_checkpoint`), anchors and stores it;
/// 6. ends it (`bulla_ledger_end`) and frees it.
pub type LedgerHandle = u64;

/// An open ledger.
pub(crate) struct OpenLedger {
    taken_up: bulla_kms::ledger::OpenLedger,
    pub(crate) coverage: Coverage,
    keyring: Arc<Keyring>,
    unsaved: Mutex<VecDeque<Batch>>,
    /// What its recovery brought to light, JSON.
    recovery: Vec<u8>,
}

/// What is left of a log when a process starts; all zero for a new log. All of it is borrowed, and
/// nothing of it believed that is not signed.
#[derive(Debug)]
#[repr(C)]
pub struct LedgerRemains {
    /// The note of the newest checkpoint in the database, or NULL.
    note: *const c_char,
    /// What was stored beside it.
    frontier: *const c_char,
    /// The record that was stored with it, or NULL without a note.
    account: *const Record,
    /// The lines of an anchor, from the batch of the note, or from one before it, to the end. Of the
    /// last batch a crash may have left a part behind the last checkpoint: that is not read, and must
    /// be cut off before another batch is appended.
    anchor: *const u8,
    /// How many bytes.
    anchor_len: usize,
    /// The records that `bulla_ledger_wanted` asked for, as far as the database has them.
    records: *const Record,
    /// How many.
    records_len: usize,
}

/// Says which records of the database are needed to go on with a log: all whose number is above
/// `above`, and those whose numbers `out` lists, in decimal with commas between (`"1,7"`; empty if
/// there are none).
///
/// `remains`: without records.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_ledger_wanted(
    remains: *const LedgerRemains,
    above: *mut u64,
    out: *mut Bytes,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        call_for_bytes(out, error, || {
            let above = above.as_mut().ok_or_else(|| Problem::argument("above", "is NULL"))?;
            let wanted = read_remains(remains)?.wanted()?;
            *above = wanted.above;
            Ok(list(wanted.numbers))
        })
    }
}

/// Goes on with this node's log, in an epoch of its own. A keyring opens one ledger in its life; while
/// it is open, other processes with the same `keys.registry` are kept out of the log. A process that
/// is forked later is refused with `BULLA_LEDGER_STATE`, by this function with a keyring of its parent
/// too: it opens both for itself.
///
/// `coverage`: which tables are recorded and what is known of their columns, a JSON object of `len`
/// bytes: `{"ORDERS":{"id":["ID"],"fixed":["CUSTOMER"],"updatable":["AMOUNT"]}}`. `id`: the columns
/// that make a row's id. `fixed`: those that no statement ever updates. `updatable`: those that one
/// may. `sealed`: those of them that hold envelopes. `instance` and `variable`: the columns that name
/// a row's process instance and variable. Columns that are not listed are not covered.
/// `remains`: what is left of the log; NULL stands for nothing. `out` receives the handle, 0 on an
/// error. The keyring may be freed before the ledger.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_ledger_open(
    keyring: KeyringHandle,
    coverage: *const u8,
    len: usize,
    remains: *const LedgerRemains,
    out: *mut LedgerHandle,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        add(&LEDGERS, out, error, || {
            let keyring = KEYRINGS.get(keyring)?;
            let coverage = Coverage::parse(input("coverage", coverage, len)?)?;
            let mut open = keyring.open_ledger(coverage.clone(), read_remains(remains)?)?;
            let mut recovery = Writer::object();
            recovery.member("missing").begin_array();
            for seq in &open.missing {
                recovery.integer(seq.cast_signed());
            }
            recovery.end_array().member("refused").begin_array();
            for (seq, problem) in &open.refused {
                recovery.begin_object().member("problem").string(&problem.to_string());
                recovery.member("seq").integer(seq.cast_signed()).end_object();
            }
            recovery.end_array();
            Ok(OpenLedger {
                unsaved: Mutex::new(std::mem::take(&mut open.unsaved).into()),
                taken_up: open,
                coverage,
                keyring: keyring.share(),
                recovery: recovery.finish(),
            })
        })
    }
}

/// Forgets a ledger. What was not settled by a checkpoint is for the next epoch to find out. 0 and a
/// handle that was freed already are fine.
#[unsafe(no_mangle)]
pub extern "C" fn bulla_ledger_free(ledger: LedgerHandle) {
    LEDGERS.remove(ledger);
}

/// Gives the next batch that a crash left anchored and not stored: to be stored now, before the epoch
/// begins. When there is none any more, `out` is all zero.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_ledger_unsaved(
    ledger: LedgerHandle,
    out: *mut LedgerBatch,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        call(error, || {
            result(out, LedgerBatch::NONE, || {
                let ledger = LEDGERS.get(ledger)?;
                let batch = ledger.unsaved.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                Ok(batch.map_or(LedgerBatch::NONE, LedgerBatch::new))
            })
        })
    }
}

/// Says what came to light when the log was taken up, as JSON: `{"missing":[…],"refused":[{"problem":
/// "…","seq":…}]}`. Missing are the numbers of records that the anchor holds and the database does not:
/// it was set back to an older state, or they were deleted. Refused are records of the database that
/// are not genuine. Both call for an audit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_ledger_recovery(
    ledger: LedgerHandle,
    out: *mut Bytes,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe { call_for_bytes(out, error, || Ok(LEDGERS.get(ledger)?.recovery.clone())) }
}

/// Makes the record that begins the epoch. It is stored like every other, and told committed; the
/// epoch exists once the checkpoint after it is anchored, and only then may the engine write.
///
/// `out` receives one record.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_ledger_begin(
    ledger: LedgerHandle,
    out: *mut Records,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        call(error, || {
            result(out, Records::NONE, || {
                let ledger = LEDGERS.get(ledger)?;
                if !ledger.unsaved.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
                    return Err(bulla_core::Error::LedgerState {
                        problem: "there are batches that were anchored and not stored: store what \
                                  bulla_ledger_unsaved gives first"
                            .into(),
                    }
                    .into());
                }
                Ok(Records::new([&ledger.ledger()?.begin(now())?]))
            })
        })
    }
}

/// Says that the transaction with this record committed. `seq`: the record's number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_ledger_committed(ledger: LedgerHandle, seq: u64, error: *mut Failure) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe { call(error, || Ok(LEDGERS.get(ledger)?.ledger()?.committed(seq)?)) }
}

/// Says that the transaction with this record rolled back, or never came to write it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_ledger_rolled_back(
    ledger: LedgerHandle,
    seq: u64,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe { call(error, || Ok(LEDGERS.get(ledger)?.ledger()?.rolled_back(seq)?)) }
}

/// Says that it is not known whether the transaction with this record committed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_ledger_in_doubt(ledger: LedgerHandle, seq: u64, error: *mut Failure) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe { call(error, || Ok(LEDGERS.get(ledger)?.ledger()?.in_doubt(seq)?)) }
}

/// Says whether a record in doubt was found in the database: `present` is 0 if it was not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_ledger_resolve(
    ledger: LedgerHandle,
    seq: u64,
    present: i32,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe { call(error, || Ok(LEDGERS.get(ledger)?.ledger()?.resolve(seq, present != 0)?)) }
}

/// Lists the numbers in doubt, in decimal with commas between; nothing if there are none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_ledger_doubtful(
    ledger: LedgerHandle,
    out: *mut Bytes,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe { call_for_bytes(out, error, || Ok(list(LEDGERS.get(ledger)?.ledger()?.doubtful()))) }
}

/// Accounts for what was settled since the last checkpoint, and signs a new one. `out` is all zero if
/// there was nothing to account for and no sign of life is due (`ledger.heartbeat` of the
/// configuration).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_ledger_checkpoint(
    ledger: LedgerHandle,
    out: *mut LedgerBatch,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        call(error, || {
            result(out, LedgerBatch::NONE, || {
                let open = LEDGERS.get(ledger)?;
                let ledger = open.ledger()?;
                open.announce_keys(ledger);
                let batch = ledger.checkpoint(now())?;
                Ok(batch.map_or(LedgerBatch::NONE, LedgerBatch::new))
            })
        })
    }
}

/// Makes the last checkpoint of the epoch. Afterwards nothing can be recorded; what is still open or
/// in doubt is for the next epoch to find out.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_ledger_end(
    ledger: LedgerHandle,
    out: *mut LedgerBatch,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        call(error, || {
            result(out, LedgerBatch::NONE, || {
                let open = LEDGERS.get(ledger)?;
                let ledger = open.ledger()?;
                open.announce_keys(ledger);
                Ok(LedgerBatch::new(ledger.end(now())?))
            })
        })
    }
}

impl OpenLedger {
    pub(crate) fn ledger(&self) -> Result<&Ledger, Problem> {
        Ok(self.taken_up.ledger()?)
    }

    /// Sends the registry's new rows to the anchors: losing them is losing the data.
    fn announce_keys(&self, ledger: &Ledger) {
        for row in self.keyring.take_registered() {
            ledger.key_registered(&row);
        }
    }
}

/// # Safety
///
/// `remains` is NULL or points to remains.
unsafe fn read_remains(remains: *const LedgerRemains) -> Result<Remains, Problem> {
    // SAFETY: as promised by the caller.
    unsafe {
        let Some(given) = remains.as_ref() else { return Ok(Remains::default()) };
        let checkpoint = match text("remains.note", given.note)? {
            None => None,
            Some(note) => {
                let missing = |what| Problem::argument(what, "is NULL, but there is a note");
                let frontier = text("remains.frontier", given.frontier)?;
                let account = given.account.as_ref().ok_or_else(|| missing("remains.account"))?;
                Some(SavedCheckpoint {
                    note: note.into(),
                    frontier: frontier.ok_or_else(|| missing("remains.frontier"))?.into(),
                    account: account.read()?,
                })
            }
        };
        let mut remains = Remains::of(checkpoint, input("remains.anchor", given.anchor, given.anchor_len)?)?;
        if given.records.is_null() && given.records_len > 0 {
            let problem = format!("is NULL, but there are {}", given.records_len);
            return Err(Problem::argument("remains.records", problem));
        }
        remains.records = (0..given.records_len)
            .map(|index| (*given.records.add(index)).read())
            .collect::<Result<_, _>>()?;
        Ok(remains)
    }
}

fn list(numbers: impl IntoIterator<Item = u64>) -> Vec<u8> {
    numbers.into_iter().map(|seq| seq.to_string()).collect::<Vec<_>>().join(",").into_bytes()
}
