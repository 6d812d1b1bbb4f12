//! What one transaction of an engine wrote, collected until it is recorded.

use std::collections::BTreeSet;
use std::ffi::c_char;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bulla_core::envelope::Stored;
use bulla_core::ledger::SALT_LEN;
use bulla_core::packed::{Value, Writer};
use bulla_kms::now;

use crate::boundary::{add, call, input, required_text, result, text, utf8};
use crate::error::{Failure, Problem};
use crate::handle::Handles;
use crate::ledger::{LEDGERS, LedgerHandle, OpenLedger};
use crate::record::Records;

static TRANSACTIONS: Handles<Transaction> = Handles::new("transaction", 7);

/// What one transaction wrote: rows, each with its columns, in the order in which they were written.
/// It belongs to whoever fills it; threads that use it at once wait for each other.
pub type TransactionHandle = u64;

/// A row of a covered table. Texts are UTF-8 and end with a NUL.
#[derive(Debug)]
#[repr(C)]
pub struct RowOf {
    /// The table.
    table: *const c_char,
    /// The row's id: the value of its id column as text; where several make it, a JSON array of them.
    id: *const c_char,
    /// The process instance that it belongs to, or NULL.
    instance: *const c_char,
    /// The name of the variable that it is about, or NULL.
    variable: *const c_char,
    /// The instance's salt, 32 random bytes that are the same for all of its rows; destroying it
    /// erases what the rows' commitments prove. Or NULL.
    salt: *const u8,
}

struct Transaction {
    ledger: Arc<OpenLedger>,
    draft: Mutex<Draft>,
}

/// Packed rows, but for their count.
#[derive(Default)]
struct Draft {
    rows: Vec<u8>,
    count: i32,
    /// The last row, whose columns are still coming.
    last: Option<LastRow>,
    seen: Vec<u8>,
    seen_count: i32,
}

struct LastRow {
    table: String,
    /// Everything before the count of columns.
    head: Vec<u8>,
    columns: Vec<u8>,
    /// The columns that were set.
    names: BTreeSet<String>,
    count: [u8; 4],
    inserted: bool,
}

/// Begins to collect what a transaction writes. The ledger may be freed before it; its log stays locked
/// until both are.
///
/// `out` receives the handle, 0 on an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_transaction_new(
    ledger: LedgerHandle,
    out: *mut TransactionHandle,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        add(&TRANSACTIONS, out, error, || {
            Ok(Transaction { ledger: LEDGERS.get(ledger)?.share(), draft: Mutex::default() })
        })
    }
}

/// Forgets what was collected. 0 and a handle that was freed already are fine.
#[unsafe(no_mangle)]
pub extern "C" fn bulla_transaction_free(transaction: TransactionHandle) {
    TRANSACTIONS.remove(transaction);
}

/// Adds a row that was inserted. Its columns follow, by the functions below, each once; one that does not
/// is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_transaction_insert(
    transaction: TransactionHandle,
    row: *const RowOf,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        change(transaction, error, |ledger, draft| {
            let last = LastRow::new(ledger, row, b'I')?;
            draft.finish_row();
            draft.last = Some(last);
            Ok(())
        })
    }
}

/// Adds a row that was updated. The columns that were set follow, by the functions below, each once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_transaction_update(
    transaction: TransactionHandle,
    row: *const RowOf,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        change(transaction, error, |ledger, draft| {
            let last = LastRow::new(ledger, row, b'U')?;
            draft.finish_row();
            draft.last = Some(last);
            Ok(())
        })
    }
}

/// Adds a row that was deleted. `rule`: by which rule of the engine, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_transaction_delete(
    transaction: TransactionHandle,
    row: *const RowOf,
    rule: *const c_char,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        change(transaction, error, |ledger, draft| {
            let LastRow { head, .. } = LastRow::new(ledger, row, b'D')?;
            let mut packed = Writer::new();
            // No date of removal, and no root instance.
            packed.string(text("rule", rule)?).value(Value::Null).string(None);
            draft.finish_row();
            draft.add_row(&[&head, &packed.finish()]);
            Ok(())
        })
    }
}

/// Adds a statement of which it is not known which rows it wrote: it is recorded by the digest of its
/// text, and reported by an audit.
///
/// `table`: which it wrote. `sql`: its text. `source`: where it comes from, or NULL. `rows`: how many
/// it changed, -1 if that is not known.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_transaction_not_understood(
    transaction: TransactionHandle,
    table: *const c_char,
    sql: *const c_char,
    source: *const c_char,
    rows: i64,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        change(transaction, error, |_, draft| {
            let mut packed = Writer::new();
            packed.string(Some(required_text("table", table)?)).u8(b'X');
            packed.string(None).string(None).string(None).bytes(None);
            packed.string(Some(required_text("sql", sql)?)).string(text("source", source)?).i64(rows);
            draft.finish_row();
            draft.add_row(&[&packed.finish()]);
            Ok(())
        })
    }
}

/// Says that a column of the last row is NULL now.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_transaction_null(
    transaction: TransactionHandle,
    column: *const c_char,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe { set(transaction, column, error, || Ok(Value::Null)) }
}

/// Says what characters a column of the last row has now: UTF-8, `len` bytes, less than 2 GiB.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_transaction_text(
    transaction: TransactionHandle,
    column: *const c_char,
    value: *const u8,
    len: usize,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe { set(transaction, column, error, || Ok(Value::Text(utf8("value", column_value(value, len)?)?))) }
}

/// Says what integer a column of the last row has now, or what truth, as 0 or 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_transaction_integer(
    transaction: TransactionHandle,
    column: *const c_char,
    value: i64,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe { set(transaction, column, error, || Ok(Value::Integer(value))) }
}

/// Says what floating-point number a column of the last row has now.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_transaction_double(
    transaction: TransactionHandle,
    column: *const c_char,
    value: f64,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe { set(transaction, column, error, || Ok(Value::Double(value))) }
}

/// Says what bytes a column of the last row has now: less than 2 GiB.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_transaction_bytes(
    transaction: TransactionHandle,
    column: *const c_char,
    value: *const u8,
    len: usize,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe { set(transaction, column, error, || Ok(Value::Bytes(column_value(value, len)?))) }
}

/// Says what date and time (without a zone) a column of the last row has now: in microseconds since
/// 1970-01-01T00:00 of the same wall clock.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_transaction_timestamp(
    transaction: TransactionHandle,
    column: *const c_char,
    microseconds: i64,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe { set(transaction, column, error, || Ok(Value::Timestamp(microseconds))) }
}

/// Says that the transaction opened a sealed value, so that an old one which was put back leaves a
/// trace. It is recorded if the transaction wrote rows too.
///
/// `table` and `id`: of its row. `envelope`: as it was opened, of `bulla_seal`, `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_transaction_opened(
    transaction: TransactionHandle,
    table: *const c_char,
    id: *const c_char,
    envelope: *const u8,
    len: usize,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        change(transaction, error, |_, draft| {
            let envelope = utf8("envelope", input("envelope", envelope, len)?)?;
            let tag = Stored::parse(envelope)?.inspect()?.tag;
            let mut packed = Writer::new();
            packed.string(Some(required_text("table", table)?)).string(Some(required_text("id", id)?));
            draft.seen.extend_from_slice(&packed.finish());
            draft.seen.extend_from_slice(&tag);
            draft.seen_count += 1;
            Ok(())
        })
    }
}

/// Makes the records of what was collected: none if there are no rows, several if they are too many
/// for one. They are to be inserted in the transaction itself, before it commits and while it holds
/// its locks, so that of two that wrote one row the later one has the higher number.
///
/// Afterwards nothing is collected any more, and the handle may serve the next transaction; on an
/// error it is as it was. `user`: who was authenticated with the engine, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bulla_transaction_record(
    transaction: TransactionHandle,
    user: *const c_char,
    out: *mut Records,
    error: *mut Failure,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        call(error, || {
            result(out, Records::NONE, || {
                let transaction = TRANSACTIONS.get(transaction)?;
                let user = text("user", user)?;
                let mut draft = transaction.draft();
                let records = transaction.ledger.ledger()?.record(now(), user, &draft.packed())?;
                *draft = Draft::default();
                Ok(Records::new(records.iter().map(AsRef::as_ref)))
            })
        })
    }
}

/// Runs `body`, the whole of a function that adds to a transaction.
///
/// # Safety
///
/// `error` is NULL or points to memory for an error.
unsafe fn change(
    transaction: TransactionHandle,
    error: *mut Failure,
    body: impl FnOnce(&OpenLedger, &mut Draft) -> Result<(), Problem>,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        call(error, || {
            let transaction = TRANSACTIONS.get(transaction)?;
            body(&transaction.ledger, &mut transaction.draft())
        })
    }
}

/// Sets a column of the last row.
///
/// # Safety
///
/// `column` is NULL or a text; `error` is NULL or points to memory for an error.
unsafe fn set<'a>(
    transaction: TransactionHandle,
    column: *const c_char,
    error: *mut Failure,
    value: impl FnOnce() -> Result<Value<'a>, Problem>,
) -> i32 {
    // SAFETY: as promised by the caller.
    unsafe {
        change(transaction, error, |ledger, draft| {
            let column = required_text("column", column)?;
            let last = draft.last.as_mut();
            let last = last.ok_or_else(|| Problem::argument("column", "is of no row: add the row first"))?;
            last.set(ledger, column, value()?)
        })
    }
}

/// Borrows the value of a column, which is packed behind a length of 31 bits.
///
/// # Safety
///
/// As of [`input`].
unsafe fn column_value<'a>(value: *const u8, len: usize) -> Result<&'a [u8], Problem> {
    if i32::try_from(len).is_err() {
        return Err(Problem::argument("value", format!("has {len} bytes; a column has less than 2 GiB")));
    }
    // SAFETY: as promised by the caller.
    unsafe { input("value", value, len) }
}

impl Transaction {
    fn draft(&self) -> MutexGuard<'_, Draft> {
        self.draft.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Draft {
    fn add_row(&mut self, parts: &[&[u8]]) {
        for part in parts {
            self.rows.extend_from_slice(part);
        }
        self.count += 1;
    }

    fn finish_row(&mut self) {
        if let Some(last) = self.last.take() {
            self.add_row(&last.parts());
        }
    }

    fn packed(&self) -> Vec<u8> {
        let count = self.count + i32::from(self.last.is_some());
        let last = self.last.as_ref().map_or([[].as_slice(); 3], LastRow::parts);
        let seen = self.seen_count.to_be_bytes();
        [&count.to_be_bytes(), &self.rows[..], last[0], last[1], last[2], &seen, &self.seen].concat()
    }
}

impl LastRow {
    /// # Safety
    ///
    /// `row` is NULL or points to a row of texts and a salt of 32 bytes.
    unsafe fn new(ledger: &OpenLedger, row: *const RowOf, operation: u8) -> Result<Self, Problem> {
        // SAFETY: as promised by the caller.
        unsafe {
            let row = row.as_ref().ok_or_else(|| Problem::argument("row", "is NULL"))?;
            let table = required_text("row.table", row.table)?;
            if ledger.coverage.table(table).is_none() {
                return Err(Problem::argument("row.table", format!("is {table}, which is not covered")));
            }
            let instance = text("row.instance", row.instance)?;
            let salt = (!row.salt.is_null()).then_some(SALT_LEN);
            let salt = salt.map(|len| input("row.salt", row.salt, len)).transpose()?;
            if salt.is_some() && instance.is_none() {
                return Err(Problem::argument("row.salt", "belongs to no instance"));
            }
            let mut head = Writer::new();
            head.string(Some(table)).u8(operation).string(Some(required_text("row.id", row.id)?));
            head.string(instance).string(text("row.variable", row.variable)?).bytes(salt);
            Ok(Self {
                table: table.into(),
                head: head.finish(),
                columns: Vec::new(),
                names: BTreeSet::new(),
                count: [0; 4],
                inserted: operation == b'I',
            })
        }
    }

    fn parts(&self) -> [&[u8]; 3] {
        [&self.head, &self.count, &self.columns]
    }

    fn set(&mut self, ledger: &OpenLedger, column: &str, value: Value<'_>) -> Result<(), Problem> {
        let refuse = |problem: &str| {
            Err(Problem::argument("column", format!("{column} of table {} {problem}", self.table)))
        };
        let Some(table) = ledger.coverage.table(&self.table) else { return refuse("is not covered") };
        let is_in = |names: &[String]| names.binary_search_by(|name| name.as_str().cmp(column)).is_ok();
        let class = if is_in(&table.updatable) {
            b'U'
        } else if !is_in(&table.fixed) {
            return refuse("is not covered");
        } else if self.inserted {
            b'F'
        } else {
            return refuse("is fixed and cannot be updated");
        };
        if self.names.contains(column) {
            return refuse("was set already");
        }
        let mut packed = Writer::new();
        packed.string(Some(column)).u8(class).value(value);
        self.columns.extend_from_slice(&packed.finish());
        self.names.insert(column.into());
        self.count = (i32::from_be_bytes(self.count) + 1).to_be_bytes();
        Ok(())
    }
}
