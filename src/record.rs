//! Records and batches of a ledger, as C holds them.

use std::ffi::{CString, c_char};
use std::ptr;

use bulla_core::ledger::{Batch, SignedRecord};

use crate::boundary::{Bytes, bulla_bytes_free, required_text};
use crate::error::Problem;

/// A record of a ledger: what a transaction wrote, or what became of earlier records. It is stored
/// under its number; text and signature exactly as they are.
#[derive(Debug)]
#[repr(C)]
pub struct Record {
    /// Its number in the log, from 1; 0 stands for no record.
    pub(crate) seq: u64,
    /// What it says: JSON in canonical form, as a rule below 1 MiB.
    pub(crate) text: *const c_char,
    /// Its signature, a detached JWS: ASCII, at most 255 characters.
    pub(crate) signature: *const c_char,
}

/// Records that the library made; freed with `bulla_records_free`. All zero before it is first used.
#[derive(Debug)]
#[repr(C)]
pub struct Records {
    /// The records; NULL when there are none, or after an error.
    data: *mut Record,
    /// How many.
    len: usize,
}

/// What belongs to one checkpoint of a ledger; freed with `bulla_batch_free`. All zero before it is
/// first used, and where there is no checkpoint.
///
/// First `lines` goes to the anchors, durably, then `account`, `note` and `frontier` to the database,
/// each tried until it succeeds, and before the next batch is.
#[derive(Debug)]
#[repr(C)]
pub struct LedgerBatch {
    /// A record that says what became of the others: it is stored among them.
    account: Record,
    /// The checkpoint: a signed note (C2SP tlog-checkpoint) that ends with a NUL, below 1 KiB.
    note: *const c_char,
    /// How many leaves the log's tree has.
    size: u64,
    /// What a later epoch goes on from: ASCII that ends with a NUL, below 3 KiB.
    frontier: *const c_char,
    /// The lines for the anchors. Empty in a batch of `bulla_ledger_unsaved`, which is anchored already.
    lines: Bytes,
}

impl Record {
    const NONE: Self = Self { seq: 0, text: ptr::null(), signature: ptr::null() };

    fn new(record: &SignedRecord) -> Self {
        Self { seq: record.seq, text: owned(&record.text), signature: owned(&record.signature) }
    }

    /// A record that the caller read from its database.
    ///
    /// # Safety
    ///
    /// The texts are NULL or texts.
    pub(crate) unsafe fn read(&self) -> Result<SignedRecord, Problem> {
        // SAFETY: as promised by the caller.
        unsafe {
            Ok(SignedRecord {
                seq: self.seq,
                text: required_text("a record's text", self.text)?.into(),
                signature: required_text("a record's signature", self.signature)?.into(),
            })
        }
    }

    /// # Safety
    ///
    /// This library made the record, and it was not freed.
    unsafe fn free(self) {
        // SAFETY: as promised by the caller.
        unsafe {
            free(self.text);
            free(self.signature);
        }
    }
}

impl Records {
    pub(crate) const NONE: Self = Self { data: ptr::null_mut(), len: 0 };

    pub(crate) fn new<'a>(records: impl IntoIterator<Item = &'a SignedRecord>) -> Self {
        let records: Box<[Record]> = records.into_iter().map(Record::new).collect();
        if records.is_empty() {
            return Self::NONE;
        }
        Self { len: records.len(), data: Box::into_raw(records).cast() }
    }
}

impl LedgerBatch {
    pub(crate) const NONE: Self = Self {
        account: Record::NONE,
        note: ptr::null(),
        size: 0,
        frontier: ptr::null(),
        lines: Bytes::EMPTY,
    };

    pub(crate) fn new(batch: Batch) -> Self {
        Self {
            account: Record::new(&batch.account),
            note: owned(&batch.note),
            size: batch.size,
            frontier: owned(&batch.frontier),
            lines: if batch.lines.is_empty() { Bytes::EMPTY } else { Bytes::new(batch.lines) },
        }
    }
}

/// Frees records and makes them all zero. NULL is fine, and so is doing it twice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_records_free(records: *mut Records) {
    // SAFETY: as promised by the caller; data that is not NULL came from a box of `len` records.
    unsafe {
        if let Some(records) = records.as_mut() {
            let Records { data, len } = std::mem::replace(records, Records::NONE);
            if !data.is_null() {
                for record in Box::from_raw(ptr::slice_from_raw_parts_mut(data, len)) {
                    record.free();
                }
            }
        }
    }
}

/// Frees a batch and makes it all zero. NULL is fine, and so is doing it twice.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_batch_free(batch: *mut LedgerBatch) {
    // SAFETY: as promised by the caller.
    unsafe {
        if let Some(batch) = batch.as_mut() {
            let LedgerBatch { account, note, frontier, mut lines, .. } =
                std::mem::replace(batch, LedgerBatch::NONE);
            account.free();
            free(note);
            free(frontier);
            bulla_bytes_free(&raw mut lines);
        }
    }
}

/// A text for C; what is signed holds no NUL.
fn owned(text: &str) -> *const c_char {
    CString::new(text).unwrap_or_default().into_raw()
}

/// # Safety
///
/// `text` is NULL, or came from [`owned`].
unsafe fn free(text: *const c_char) {
    if !text.is_null() {
        // SAFETY: as promised by the caller.
        drop(unsafe { CString::from_raw(text.cast_mut()) });
    }
}
