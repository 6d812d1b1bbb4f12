//! The covered tables: which columns are read, and how a row reads.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::events::{ROW, predicate_key, row_key};
use super::sorter::Sorter;
use crate::json;
use crate::ledger::{Column, Coverage, CoveredTable};
use crate::packed::{Reader, Value, Writer};
use crate::{Error, Result};

/// Until when the engine keeps a row of its history.
pub(super) const REMOVAL_TIME: &str = "REMOVAL_TIME_";

/// Names the instance that a hierarchy of process instances began with.
pub(super) const ROOT_INSTANCE: &str = "ROOT_PROC_INST_ID_";

/// The tables that rows are read of.
#[derive(Debug, Default)]
pub(super) struct Tables(BTreeMap<String, Table>);

/// A table, over all catalogues that list it.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<ColumnName>,
    id: Vec<usize>,
    instance: Option<usize>,
    variable: Option<usize>,
    /// By catalogue.
    versions: Vec<Option<Version>>,
    sweeps: Vec<Sweep>,
}

/// A column's name, plain and packed.
#[derive(Debug)]
pub(super) struct ColumnName {
    pub(super) name: String,
    packed: Vec<u8>,
}

/// What one catalogue says of a table, as places in [`Table::columns`].
#[derive(Debug)]
pub(super) struct Version {
    pub(super) fixed: Vec<usize>,
    pub(super) updatable: Vec<usize>,
    pub(super) sealed: Vec<usize>,
}

/// Updates of all rows with one value in `column`.
#[derive(Debug)]
struct Sweep {
    tables: String,
    column: usize,
    sets: Vec<usize>,
}

impl Tables {
    /// The tables that at least one of the `newest` catalogues covers.
    pub(super) fn new(
        catalogues: &[Coverage],
        newest: &BTreeSet<usize>,
        swept: &BTreeMap<(String, String), BTreeSet<String>>,
    ) -> Self {
        let names: BTreeSet<&str> = newest
            .iter()
            .filter_map(|catalogue| catalogues.get(*catalogue))
            .flat_map(|catalogue| catalogue.iter().map(|(name, _)| name))
            .collect();
        let table = |name: &str| {
            let versions: Vec<_> = catalogues.iter().map(|catalogue| catalogue.table(name)).collect();
            (name.to_owned(), Table::new(name, &versions, swept))
        };
        Self(names.into_iter().map(table).collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&Table> {
        self.0.get(name)
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &Table> {
        self.0.values()
    }
}

impl Table {
    fn new(
        name: &str,
        versions: &[Option<&CoveredTable>],
        swept: &BTreeMap<(String, String), BTreeSet<String>>,
    ) -> Self {
        let mut names = BTreeSet::new();
        for version in versions.iter().flatten() {
            let lists = [&version.id, &version.fixed, &version.updatable, &version.sealed];
            names.extend(lists.into_iter().flatten());
            names.extend(version.instance.iter().chain(&version.variable));
        }
        let names: Vec<&String> = names.into_iter().collect();
        let place = |column: &String| names.binary_search(&column).unwrap_or_default();
        let places = |columns: &[String]| columns.iter().map(place).collect::<Vec<_>>();
        let newest = versions.iter().rev().find_map(|version| *version);
        let sweeps = swept.iter().filter_map(|((tables, column), sets)| {
            let concerned = tables.split(',').any(|table| table == name);
            let column = names.binary_search(&column).ok().filter(|_| concerned)?;
            let sets = sets.iter().filter_map(|set| names.binary_search(&set).ok()).collect();
            Some(Sweep { tables: tables.clone(), column, sets })
        });
        Self {
            name: name.to_owned(),
            id: newest.map_or_else(Vec::new, |version| places(&version.id)),
            instance: newest.and_then(|version| version.instance.as_ref().map(place)),
            variable: newest.and_then(|version| version.variable.as_ref().map(place)),
            versions: versions
                .iter()
                .map(|version| {
                    version.map(|version| Version {
                        fixed: places(&version.fixed),
                        updatable: places(&version.updatable),
                        sealed: places(&version.sealed),
                    })
                })
                .collect(),
            sweeps: sweeps.collect(),
            columns: names
                .iter()
                .map(|name| {
                    let mut packed = Writer::new();
                    packed.string(Some(name));
                    ColumnName { name: (*name).clone(), packed: packed.finish() }
                })
                .collect(),
        }
    }

    pub(super) fn version(&self, catalogue: usize) -> Option<&Version> {
        self.versions.get(catalogue)?.as_ref()
    }

    /// The column that names the process instance.
    pub(super) fn instance(&self) -> Option<&str> {
        self.instance.map(|place| self.columns[place].name.as_str())
    }

    pub(super) fn place(&self, column: &str) -> Option<usize> {
        self.columns.binary_search_by(|known| known.name.as_str().cmp(column)).ok()
    }

    /// Whether updates of many rows at once choose rows by this column.
    pub(super) fn chooses_by(&self, column: usize) -> bool {
        self.sweeps.iter().any(|sweep| sweep.column == column)
    }

    /// Whether such updates set this column.
    pub(super) fn is_swept(&self, column: usize) -> bool {
        self.sweeps.iter().any(|sweep| sweep.sets.contains(&column))
    }

    /// Whether such updates set this column for all rows of a root process instance, and rows do not
    /// belong to that.
    pub(super) fn is_swept_by_root(&self, column: usize) -> bool {
        self.sweeps.iter().any(|sweep| {
            sweep.sets.contains(&column)
                && Some(sweep.column) != self.instance
                && self.columns[sweep.column].name == ROOT_INSTANCE
        })
    }

    /// Whether such updates set this column for rows that they choose by neither.
    pub(super) fn is_swept_otherwise(&self, column: usize) -> bool {
        self.sweeps.iter().any(|sweep| {
            sweep.sets.contains(&column)
                && Some(sweep.column) != self.instance
                && self.columns[sweep.column].name != ROOT_INSTANCE
        })
    }

    /// Takes rows, and pushes each among the events of its row and the updates that chose it.
    pub(super) fn rows(&self, packed: &[u8], events: &mut Sorter, sweeps: &mut Sorter) -> Result<u64> {
        let mut count = 0;
        let mut rest = packed;
        while !rest.is_empty() {
            let row = TableRow::read(self, rest)?;
            let id = row.id();
            events.push(&row_key(&self.name, &id, ROW), &rest[..row.length()])?;
            for sweep in &self.sweeps {
                let value = row.value(sweep.column);
                if value == Value::Null {
                    continue;
                }
                let mut member = Writer::new();
                member.string(Some(&self.name)).string(Some(&id));
                for column in &sweep.sets {
                    member.value(row.value(*column));
                }
                let key = predicate_key(&sweep.tables, &self.columns[sweep.column].name, value, 1);
                sweeps.push(&key, &member.finish())?;
            }
            rest = &rest[row.length()..];
            count += 1;
        }
        Ok(count)
    }

    /// Pushes a row that was deleted while it was to be kept `until` some date among the updates
    /// that chose it by its process instance or that one's root, as far as they set that date.
    pub(super) fn deleted(
        &self,
        id: &str,
        instance: Option<&str>,
        root: Option<&str>,
        until: i64,
        sweeps: &mut Sorter,
    ) -> Result<()> {
        let Some(date) = self.place(REMOVAL_TIME) else { return Ok(()) };
        for sweep in self.sweeps.iter().filter(|sweep| sweep.sets.contains(&date)) {
            let column = &self.columns[sweep.column].name;
            let of = if column == ROOT_INSTANCE {
                root.or(instance)
            } else {
                instance.filter(|_| Some(sweep.column) == self.instance)
            };
            let Some(of) = of else { continue };
            let mut member = Writer::new();
            member.string(Some(&self.name)).string(Some(id));
            for set in &sweep.sets {
                member.value(if *set == date { Value::Timestamp(until) } else { Value::Null });
            }
            let key = predicate_key(&sweep.tables, column, Value::Text(of), 1);
            sweeps.push(&key, &member.finish())?;
        }
        Ok(())
    }

    /// A row of which nothing is known but until when it was to be kept.
    pub(super) fn ghost(&self, until: i64) -> Vec<u8> {
        let mut row = Writer::new();
        for column in &self.columns {
            row.value(if column.name == REMOVAL_TIME { Value::Timestamp(until) } else { Value::Null });
        }
        row.finish()
    }

    /// What a member of a sweep's rows holds: its id, and the columns that such sweeps set.
    pub(super) fn swept_columns(&self, tables: &str, column: &str) -> Vec<&ColumnName> {
        let column = self.place(column);
        let sweep = self.sweeps.iter().find(|sweep| sweep.tables == tables && Some(sweep.column) == column);
        sweep.map_or_else(Vec::new, |sweep| sweep.sets.iter().map(|set| &self.columns[*set]).collect())
    }
}

impl ColumnName {
    /// The column with a packed value.
    pub(super) fn with<'a>(&'a self, packed_value: &'a [u8]) -> Column<'a> {
        Column::from_packed(&self.name, &self.packed, packed_value)
    }
}

/// A row of a table, in the packed form in which it was read.
pub(super) struct TableRow<'a> {
    table: &'a Table,
    packed: &'a [u8],
    places: Vec<Range<usize>>,
}

impl<'a> TableRow<'a> {
    /// Reads the row at the front of `packed`.
    pub(super) fn read(table: &'a Table, packed: &'a [u8]) -> Result<Self> {
        let mut reader = Reader::new(packed);
        let mut places = Vec::with_capacity(table.columns.len());
        let mut start = 0;
        for _ in &table.columns {
            reader.value()?;
            let end = packed.len() - reader.rest().len();
            places.push(start..end);
            start = end;
        }
        if start == 0 {
            return Err(Error::InvalidArgument {
                what: "row",
                problem: "is of a table without columns".into(),
            });
        }
        Ok(Self { table, packed: &packed[..start], places })
    }

    /// How long the row is, packed.
    pub(super) fn length(&self) -> usize {
        self.packed.len()
    }

    /// The value of the column at `place`.
    pub(super) fn value(&self, place: usize) -> Value<'a> {
        Reader::new(&self.packed[self.places[place].clone()]).value().unwrap_or(Value::Null)
    }

    /// The column at `place`, as commitments see it.
    pub(super) fn column(&self, place: usize) -> Column<'a> {
        self.table.columns[place].with(&self.packed[self.places[place].clone()])
    }

    /// The row's id as records have it: a value's text, or a JSON array of them.
    pub(super) fn id(&self) -> String {
        match &self.table.id[..] {
            [only] => text(self.value(*only)).unwrap_or_default(),
            several => {
                let value = |place: &usize| match text(self.value(*place)) {
                    Some(text) => json::Value::String(text),
                    None => json::Value::Null,
                };
                let mut out = Vec::new();
                json::Value::Array(several.iter().map(value).collect()).write(&mut out);
                String::from_utf8(out).unwrap_or_default()
            }
        }
    }

    /// The process instance.
    pub(super) fn instance(&self) -> Option<String> {
        self.table.instance.and_then(|place| text(self.value(place)))
    }

    /// The variable's name.
    pub(super) fn variable(&self) -> Option<String> {
        self.table.variable.and_then(|place| text(self.value(place)))
    }
}

fn text(value: Value<'_>) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.to_owned()),
        Value::Integer(integer) => Some(integer.to_string()),
        _ => None,
    }
}
