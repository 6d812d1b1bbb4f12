//! Writes what a transaction did into records, in one pass from the packed rows to canonical JSON.
//!
//! The packed form is described with [`Ledger::record`](super::Ledger::record).

use super::account::signed;
use super::commitment::{
    Column, CommitmentKey, InstanceKey, Locator, RowKey, SALT_LEN, salt_digest, with_base64,
};
use super::coverage::{Coverage, CoveredTable};
use super::record::VERSION;
use crate::crypto::{Active, Backend};
use crate::json::{Number, Writer};
use crate::packed::{Reader, Value};
use crate::{Error, Result, base64url};

/// How many rows a record may hold; more are split over several.
const MAX_ROWS: usize = 2000;
/// A record that has this many bytes takes no more: it must fit the column that it is stored in,
/// which with H2 ends at a million characters.
const FULL: usize = 512 << 10;

/// What all records of an epoch have in common.
#[derive(Debug)]
pub(super) struct Letterhead {
    pub(super) log: String,
    pub(super) epoch: String,
    pub(super) coverage: Coverage,
    pub(super) key: CommitmentKey,
    /// The key for rows without a process instance.
    pub(super) installation: InstanceKey,
}

/// A record but for its number and what sorts behind it.
pub(super) struct Draft {
    writer: Writer,
}

impl Draft {
    /// The record's text.
    pub(super) fn finish(self, seq: u64, time: i64, user: Option<&str>) -> Result<String> {
        let mut writer = self.writer;
        writer.member("seq").integer(signed(seq)).member("time").integer(time);
        writer.member("user").optional_string(user).member("v").integer(VERSION);
        text(writer)
    }
}

pub(super) fn text(writer: Writer) -> Result<String> {
    String::from_utf8(writer.finish()).map_err(|_| Error::Internal { what: "writing a record" })
}

impl Letterhead {
    /// Drafts the records of a transaction; none if there are no rows.
    pub(super) fn draft(&self, packed: &[u8]) -> Result<Vec<Draft>> {
        let mut reader = Reader::new(packed);
        let mut left = usize::try_from(reader.i32()?).map_err(|_| invalid("a count is negative"))?;
        let mut drafts = Vec::new();
        while left > 0 {
            let mut sheet = Sheet::new(self);
            for _ in 0..left.min(MAX_ROWS) {
                sheet.row(&mut reader)?;
                left -= 1;
                if sheet.writer.len() > FULL {
                    break;
                }
            }
            drafts.push(Draft { writer: sheet.finish() });
        }
        let mut seen = usize::try_from(reader.i32()?).map_err(|_| invalid("a count is negative"))?;
        if let Some(mut last) = drafts.pop() {
            while seen > 0 {
                if last.writer.len() > FULL {
                    drafts.push(last);
                    last = Draft { writer: Sheet::new(self).finish() };
                }
                write_seen(&mut reader, &mut last.writer, &mut seen)?;
            }
            drafts.push(last);
            if !reader.is_empty() {
                return Err(invalid("there are bytes left over"));
            }
        }
        Ok(drafts)
    }
}

/// A process instance that rows of the record belong to.
struct KnownInstance<'a> {
    id: &'a str,
    salt: Option<&'a [u8; SALT_LEN]>,
    key: Option<InstanceKey>,
}

/// One record while its rows are written.
struct Sheet<'a> {
    letterhead: &'a Letterhead,
    writer: Writer,
    instances: Vec<KnownInstance<'a>>,
    fixed: Vec<Column<'a>>,
    updatable: Vec<Column<'a>>,
    locators: Vec<u8>,
}

/// What a row begins with.
struct RowHead<'a> {
    table: &'a str,
    id: Option<&'a str>,
    instance: Option<usize>,
    variable: Option<&'a str>,
}

impl<'a> Sheet<'a> {
    fn new(letterhead: &'a Letterhead) -> Self {
        let mut writer = Writer::object_in(Vec::with_capacity(16 << 10));
        writer.member("ck").string(letterhead.key.kid().as_str());
        writer.member("epoch").string(&letterhead.epoch).member("kind").string("tx");
        writer.member("log").string(&letterhead.log).member("rows").begin_array();
        Self {
            letterhead,
            writer,
            instances: Vec::new(),
            fixed: Vec::new(),
            updatable: Vec::new(),
            locators: Vec::new(),
        }
    }

    fn finish(mut self) -> Writer {
        self.writer.end_array().member("salts").begin_array();
        for instance in &self.instances {
            self.writer.begin_array().string(instance.id);
            match instance.salt {
                None => self.writer.null(),
                Some(salt) => with_base64(&salt_digest(instance.id, salt).0, |text| self.writer.string(text)),
            };
            self.writer.end_array();
        }
        self.writer.end_array();
        self.writer
    }

    fn row(&mut self, reader: &mut Reader<'a>) -> Result<()> {
        let table = reader.text()?;
        let operation = reader.u8()?;
        let id = reader.string()?;
        let instance = reader.string()?;
        let variable = reader.string()?;
        let salt = reader.bytes()?;
        let instance = self.instance(instance, salt)?;
        let head = RowHead { table, id, instance, variable };
        match operation {
            b'I' => self.inserted(&head, reader),
            b'U' => self.updated(&head, reader),
            b'P' => self.updated_where(&head, reader),
            b'D' => self.deleted(&head, reader),
            b'X' => self.not_understood(&head, reader),
            _ => Err(invalid("an operation is unknown")),
        }
    }

    /// The index of the row's process instance among those of the record.
    fn instance(&mut self, id: Option<&'a str>, salt: Option<&'a [u8]>) -> Result<Option<usize>> {
        let salt: Option<&[u8; SALT_LEN]> = match salt {
            None => None,
            Some(salt) => Some(salt.try_into().map_err(|_| invalid("a salt is not 32 bytes long"))?),
        };
        let Some(id) = id else {
            return if salt.is_none() { Ok(None) } else { Err(invalid("a salt belongs to no instance")) };
        };
        // Rows of one instance come together.
        if let Some(index) = self.instances.iter().rposition(|known| known.id == id) {
            if self.instances[index].salt != salt {
                return Err(invalid(&format!("process instance {id} has two salts")));
            }
            return Ok(Some(index));
        }
        let key = salt.map(|salt| self.letterhead.key.instance(Some(salt)));
        self.instances.push(KnownInstance { id, salt, key });
        Ok(Some(self.instances.len() - 1))
    }

    fn key(&self, head: &RowHead<'_>) -> &InstanceKey {
        let instance = head.instance.and_then(|index| self.instances[index].key.as_ref());
        instance.unwrap_or(&self.letterhead.installation)
    }

    fn inserted(&mut self, head: &RowHead<'a>, reader: &mut Reader<'a>) -> Result<()> {
        let id = head.id()?;
        let table = self.letterhead.table(head.table)?;
        self.read_columns(head.table, table, reader)?;
        let row = self.key(head).row(head.table, id);
        self.locate(head, table, id);

        self.writer.begin_object().member("f");
        with_base64(&row.fixed(&self.fixed).0, |text| self.writer.string(text));
        self.writer.member("i").string(id);
        self.writer.member("l").string(&base64url::encode(&self.locators));
        self.write_head(head, "I");
        self.writer.member("t").string(head.table);
        self.updatable.retain(|column| !column.is_null());
        self.write_settings(&row);
        self.writer.end_object();
        Ok(())
    }

    fn updated(&mut self, head: &RowHead<'a>, reader: &mut Reader<'a>) -> Result<()> {
        let id = head.id()?;
        let table = self.letterhead.table(head.table)?;
        self.read_columns(head.table, table, reader)?;
        self.refuse_fixed(head.table)?;
        let row = self.key(head).row(head.table, id);

        self.writer.begin_object().member("i").string(id);
        self.write_head(head, "U");
        self.writer.member("t").string(head.table);
        self.write_settings(&row);
        self.writer.end_object();
        Ok(())
    }

    fn updated_where(&mut self, head: &RowHead<'a>, reader: &mut Reader<'a>) -> Result<()> {
        let column = reader.text()?;
        let value = reader.value()?;
        let start = reader.clone();
        for name in head.table.split(',') {
            *reader = start.clone();
            let table = self.letterhead.table(name)?;
            if table.fixed.binary_search_by(|fixed| fixed.as_str().cmp(column)).is_err() {
                return Err(uncovered(name, column, "is not fixed, so a predicate on it proves nothing"));
            }
            self.read_columns(name, table, reader)?;
            self.refuse_fixed(name)?;
        }
        let row = self.key(head).predicate(head.table, column, value);

        self.writer.begin_object();
        self.write_head(head, "P");
        self.writer.member("t").string(head.table);
        self.write_settings(&row);
        self.writer.member("w").begin_array().string(column);
        match value {
            Value::Text(text) => self.writer.string(text),
            Value::Integer(integer) if integer.unsigned_abs() <= Number::MAX_INTEGER.unsigned_abs() => {
                self.writer.integer(integer)
            }
            _ => return Err(invalid("a predicate's value is neither a string nor an integer")),
        };
        self.writer.end_array().end_object();
        Ok(())
    }

    fn deleted(&mut self, head: &RowHead<'a>, reader: &mut Reader<'a>) -> Result<()> {
        let rule = reader.string()?;
        let removal_time = match reader.value()? {
            Value::Null => None,
            Value::Timestamp(micros) => Some(micros.to_string()),
            _ => return Err(invalid("a removal time is not a timestamp")),
        };
        let root = reader.string()?;
        self.letterhead.table(head.table)?;

        self.writer.begin_object().member("i").string(head.id()?);
        self.write_head(head, "D");
        if let Some(rule) = rule {
            self.writer.member("r").string(rule);
        }
        self.writer.member("t").string(head.table);
        if let Some(micros) = removal_time {
            self.writer.member("x").string(&micros);
        }
        if let Some(root) = root {
            self.writer.member("y").string(root);
        }
        self.writer.end_object();
        Ok(())
    }

    fn not_understood(&mut self, head: &RowHead<'a>, reader: &mut Reader<'a>) -> Result<()> {
        let sql = reader.text()?;
        let source = reader.string()?;
        let rows = reader.i64()?;

        self.writer.begin_object();
        if let Some(id) = head.id {
            self.writer.member("i").string(id);
        }
        if rows >= 0 {
            self.writer.member("k").integer(rows.min(Number::MAX_INTEGER));
        }
        self.write_head(head, "X");
        let digest = Active::sha256(&[sql.as_bytes()]);
        self.writer.member("q").string(&base64url::encode(&digest));
        if let Some(source) = source {
            self.writer.member("s").string(source);
        }
        self.writer.member("t").string(head.table).end_object();
        Ok(())
    }

    /// Reads the columns into `fixed` and `updatable`, both sorted by name.
    fn read_columns(&mut self, name: &str, table: &CoveredTable, reader: &mut Reader<'a>) -> Result<()> {
        self.fixed.clear();
        self.updatable.clear();
        for _ in 0..reader.i32()? {
            let (column, class) = Column::read_classed(reader)?;
            match class {
                b'F' => self.fixed.push(column),
                b'U' => self.updatable.push(column),
                _ => return Err(invalid("a column's class is unknown")),
            }
        }
        sort_among(&mut self.fixed, &table.fixed, name)?;
        sort_among(&mut self.updatable, &table.updatable, name)
    }

    fn refuse_fixed(&self, table: &str) -> Result<()> {
        match self.fixed.first() {
            None => Ok(()),
            Some(column) => Err(uncovered(table, column.name(), "is fixed and cannot be updated")),
        }
    }

    /// The locators of all fixed columns of the table, NULL where the row does not have them.
    fn locate(&mut self, head: &RowHead<'_>, table: &CoveredTable, id: &str) {
        let locators = self.key(head).locators(head.table, id);
        self.locators.clear();
        let mut columns = self.fixed.iter().peekable();
        for name in &table.fixed {
            let Locator(locator) = match columns.next_if(|column| column.name() == name) {
                Some(column) => locators.of(column),
                None => locators.of_null(name),
            };
            self.locators.extend_from_slice(&locator);
        }
    }

    /// The members `n`, `o` and `p`.
    fn write_head(&mut self, head: &RowHead<'_>, operation: &str) {
        if let Some(variable) = head.variable {
            self.writer.member("n").string(variable);
        }
        self.writer.member("o").string(operation);
        if let Some(index) = head.instance {
            self.writer.member("p").integer(signed(index as u64));
        }
    }

    /// The member `u`.
    fn write_settings(&mut self, row: &RowKey) {
        self.writer.member("u").begin_object();
        for column in &self.updatable {
            self.writer.member(column.name());
            if column.is_null() {
                self.writer.null();
            } else {
                with_base64(&row.updatable(column).0, |text| self.writer.string(text));
            }
        }
        self.writer.end_object();
    }
}

impl Letterhead {
    fn table(&self, name: &str) -> Result<&CoveredTable> {
        let uncovered = || invalid(&format!("table {name} is not in the coverage"));
        self.coverage.table(name).ok_or_else(uncovered)
    }
}

impl<'a> RowHead<'a> {
    fn id(&self) -> Result<&'a str> {
        self.id.ok_or_else(|| invalid(&format!("a row of table {} has no id", self.table)))
    }
}

/// Sorts columns by name; they must be among `known`, each once.
fn sort_among(columns: &mut [Column<'_>], known: &[String], table: &str) -> Result<()> {
    if !columns.is_sorted_by_key(Column::name) {
        columns.sort_unstable_by_key(Column::name);
    }
    let mut rest = known.iter();
    match columns.iter().find(|column| !rest.any(|known| known == column.name())) {
        None => Ok(()),
        Some(column) => {
            Err(uncovered(table, column.name(), "is there twice, not covered, or of the other class"))
        }
    }
}

/// Writes opened values, until none are left or the record is full.
fn write_seen(reader: &mut Reader<'_>, writer: &mut Writer, left: &mut usize) -> Result<()> {
    writer.member("seen").begin_array();
    while *left > 0 && writer.len() <= FULL {
        writer.begin_array().string(reader.text()?).string(reader.text()?);
        with_base64(reader.array()?, |text| {
            writer.string(text);
        });
        writer.end_array();
        *left -= 1;
    }
    writer.end_array();
    Ok(())
}

fn invalid(problem: &str) -> Error {
    Error::InvalidArgument { what: "packed rows:", problem: problem.into() }
}

fn uncovered(table: &str, column: &str, problem: &str) -> Error {
    invalid(&format!("column {column} of table {table} {problem}"))
}
