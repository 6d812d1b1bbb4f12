//! What records say was done to rows, in the form in which it is sorted.

use super::ground::Ground;
use crate::ledger::{Change, Commitment, Locator, Plain, Record, Row, Transaction};
use crate::packed::{Reader, Value, Writer};
use crate::{Error, Result};

/// A record, as the events that came of it refer to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin<'a> {
    pub(super) log: u32,
    pub(super) seq: u64,
    pub(super) time: i64,
    pub(super) user: Option<&'a str>,
    /// Which catalogue the record's epoch went by.
    pub(super) catalogue: usize,
    /// The commitment key.
    pub(super) key: &'a str,
    /// The place among the rows of the record, from 1; 0 comes before them.
    pub(super) index: u32,
}

/// What one record says was done to one row.
#[derive(Debug, Clone)]
pub(super) struct Event<'a> {
    pub(super) origin: Origin<'a>,
    pub(super) instance: Option<&'a str>,
    /// Whether commitments hang on the instance's salt, not on the installation's own key.
    pub(super) salted: bool,
    pub(super) variable: Option<&'a str>,
    pub(super) deed: Deed<'a>,
}

#[derive(Debug, Clone)]
pub(super) enum Deed<'a> {
    Inserted {
        fixed: Commitment,
        locators: Vec<Locator>,
        columns: Vec<(&'a str, Option<Commitment>)>,
    },
    Updated {
        columns: Vec<(&'a str, Option<Commitment>)>,
    },
    /// An update of all rows with some value in some column, as it concerns this row: whether each
    /// column holds what it was set to.
    Swept {
        columns: Vec<(&'a str, bool)>,
    },
    Deleted {
        rule: Option<&'a str>,
        removal_time: Option<i64>,
        root: Option<&'a str>,
    },
    /// A deletion that a record claims which is not genuine.
    ForgedDeletion,
    /// The row's sealed value was opened; this is the tag at its end.
    Seen {
        tag: [u8; 16],
    },
}

/// The first byte behind a row's name in a sorting key: the row itself comes before its events.
pub(super) const ROW: u8 = 0;
const EVENT: u8 = 1;

/// The key of everything about one row.
pub(super) fn row_key(table: &str, id: &str, class: u8) -> Vec<u8> {
    let mut key = Writer::new();
    key.string(Some(table)).string(Some(id)).u8(class);
    key.finish()
}

/// The key of one event: events of one row in the order of time, log, number and place.
pub(super) fn event_key(table: &str, id: &str, origin: &Origin<'_>) -> Vec<u8> {
    let mut key = Writer::new();
    key.string(Some(table)).string(Some(id)).u8(EVENT);
    // Times before 1970 do not occur; a negative one would sort last and be found BACKDATED.
    key.i64(origin.time).i32(origin.log.cast_signed()).i64(origin.seq.cast_signed());
    key.i32(origin.index.cast_signed());
    key.finish()
}

/// Table, id and class of a key.
pub(super) fn split_row_key(key: &[u8]) -> Result<(&str, &str, u8)> {
    let mut reader = Reader::new(key);
    Ok((reader.text()?, reader.text()?, reader.u8()?))
}

impl<'a> Origin<'a> {
    pub(super) fn new(
        ground: &Ground,
        record: &'a Record,
        transaction: &'a Transaction,
        catalogue: usize,
    ) -> Self {
        Self {
            log: ground.logs.find(&record.log).unwrap_or(u32::MAX),
            seq: record.seq,
            time: record.time,
            user: transaction.user.as_deref(),
            catalogue,
            key: &transaction.commitment_key,
            index: 0,
        }
    }

    fn write(&self, out: &mut Writer) {
        out.i32(self.log.cast_signed()).i64(self.seq.cast_signed()).i64(self.time);
        out.string(self.user)
            .i32(i32::try_from(self.catalogue).unwrap_or(i32::MAX))
            .string(Some(self.key))
            .i32(self.index.cast_signed());
    }

    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        Ok(Self {
            log: reader.i32()?.cast_unsigned(),
            seq: reader.i64()?.cast_unsigned(),
            time: reader.i64()?,
            user: reader.string()?,
            catalogue: usize::try_from(reader.i32()?).map_err(|_| broken())?,
            key: reader.text()?,
            index: reader.i32()?.cast_unsigned(),
        })
    }
}

impl<'a> Event<'a> {
    /// Whether the event is one that no genuine record tells of.
    pub(super) fn is_forged(&self) -> bool {
        matches!(self.deed, Deed::ForgedDeletion)
    }

    /// What `row` of `transaction` says, unless it names no row.
    pub(super) fn of(origin: &Origin<'a>, transaction: &'a Transaction, row: &'a Row) -> Option<Self> {
        let instance = transaction.instance(row);
        let deed = match &row.change {
            Change::Inserted { fixed, locators, columns } => Deed::Inserted {
                fixed: *fixed,
                locators: locators.clone(),
                columns: columns.iter().map(|(name, set)| (name.as_str(), Some(*set))).collect(),
            },
            Change::Updated { columns } | Change::UpdatedWhere { columns, .. } => {
                Deed::Updated { columns: columns.iter().map(|(name, set)| (name.as_str(), *set)).collect() }
            }
            Change::Deleted { rule, removal_time, root } => {
                let (rule, root) = (rule.as_deref(), root.as_deref());
                Deed::Deleted { rule, removal_time: *removal_time, root }
            }
            Change::NotUnderstood { .. } => return None,
        };
        Some(Self {
            origin: origin.clone(),
            instance: instance.map(|instance| instance.id.as_str()),
            salted: instance.is_some_and(|instance| instance.salt.is_some()),
            variable: row.variable.as_deref(),
            deed,
        })
    }

    pub(super) fn bare(origin: Origin<'a>, deed: Deed<'a>) -> Self {
        Self { origin, instance: None, salted: false, variable: None, deed }
    }

    pub(super) fn pack(&self) -> Vec<u8> {
        let mut out = Writer::new();
        self.origin.write(&mut out);
        out.string(self.instance).u8(u8::from(self.salted)).string(self.variable);
        match &self.deed {
            Deed::Inserted { fixed, locators, columns } => {
                out.u8(b'I').bytes(Some(&fixed.0));
                out.bytes(Some(&locators.iter().flat_map(|locator| locator.0).collect::<Vec<_>>()));
                pack_columns(&mut out, columns);
            }
            Deed::Updated { columns } => {
                out.u8(b'U');
                pack_columns(&mut out, columns);
            }
            Deed::Swept { columns } => {
                out.u8(b'S').i32(count(columns));
                for (name, holds) in columns {
                    out.string(Some(name)).u8(u8::from(*holds));
                }
            }
            Deed::Deleted { rule, removal_time, root } => {
                out.u8(b'D').string(*rule).string(*root);
                out.value(removal_time.map_or(Value::Null, Value::Timestamp));
            }
            Deed::ForgedDeletion => {
                out.u8(b'F');
            }
            Deed::Seen { tag } => {
                out.u8(b'T').bytes(Some(tag));
            }
        }
        out.finish()
    }

    pub(super) fn read(packed: &'a [u8]) -> Result<Self> {
        let mut reader = Reader::new(packed);
        let origin = Origin::read(&mut reader)?;
        let (instance, salted, variable) = (reader.string()?, reader.u8()? == 1, reader.string()?);
        let deed = match reader.u8()? {
            b'I' => {
                let fixed = Commitment(array(reader.bytes()?)?);
                let locators = reader.bytes()?.unwrap_or_default();
                let locators = locators.as_chunks().0.iter().map(|chunk| Locator(*chunk)).collect();
                Deed::Inserted { fixed, locators, columns: read_columns(&mut reader)? }
            }
            b'U' => Deed::Updated { columns: read_columns(&mut reader)? },
            b'S' => {
                let columns = (0..reader.i32()?).map(|_| Ok((reader.text()?, reader.u8()? == 1)));
                Deed::Swept { columns: columns.collect::<Result<_>>()? }
            }
            b'D' => {
                let (rule, root) = (reader.string()?, reader.string()?);
                let removal_time = match reader.value()? {
                    Value::Timestamp(micros) => Some(micros),
                    _ => None,
                };
                Deed::Deleted { rule, removal_time, root }
            }
            b'F' => Deed::ForgedDeletion,
            _ => Deed::Seen { tag: array(reader.bytes()?)? },
        };
        Ok(Self { origin, instance, salted, variable, deed })
    }
}

/// The sorting key of everything under one predicate; `class` puts updates before rows.
pub(super) fn predicate_key(tables: &str, column: &str, value: Value<'_>, class: u8) -> Vec<u8> {
    let mut key = Writer::new();
    key.string(Some(tables)).string(Some(column)).value(value).u8(class);
    key.finish()
}

/// A value that a record tells, as a column value.
pub(super) fn plain(value: &Plain) -> Value<'_> {
    match value {
        Plain::Text(text) => Value::Text(text),
        Plain::Integer(integer) => Value::Integer(*integer),
    }
}

fn pack_columns(out: &mut Writer, columns: &[(&str, Option<Commitment>)]) {
    out.i32(count(columns));
    for (name, set) in columns {
        out.string(Some(name)).bytes(set.as_ref().map(|set| &set.0[..]));
    }
}

fn read_columns<'a>(reader: &mut Reader<'a>) -> Result<Vec<(&'a str, Option<Commitment>)>> {
    let columns = (0..reader.i32()?).map(|_| {
        let name = reader.text()?;
        let set = match reader.bytes()? {
            None => None,
            set => Some(Commitment(array(set)?)),
        };
        Ok((name, set))
    });
    columns.collect()
}

fn array<const N: usize>(bytes: Option<&[u8]>) -> Result<[u8; N]> {
    bytes.and_then(|bytes| bytes.try_into().ok()).ok_or_else(broken)
}

fn count<T>(list: &[T]) -> i32 {
    i32::try_from(list.len()).unwrap_or(i32::MAX)
}

fn broken() -> Error {
    Error::Internal { what: "reading back what the audit spilled" }
}
