//! Bulla's own tables: in which columns an audit is fed their rows, and how these stand in a bundle.

use bulla_core::audit::Audit;
use bulla_core::packed::{self, Reader, Value, Writer};
use bulla_core::{Error, Result};

/// One of Bulla's own tables that the ledger does not cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Own {
    Checkpoint,
    Record,
    Key,
    Salt,
}

impl Own {
    pub(crate) const ALL: [Self; 4] = [Self::Checkpoint, Self::Record, Self::Key, Self::Salt];

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.name() == name)
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Checkpoint => "BULLA_CHECKPOINT",
            Self::Record => "BULLA_RECORD",
            Self::Key => "BULLA_KEY",
            Self::Salt => "BULLA_SALT",
        }
    }

    /// The columns as an audit is fed them.
    const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Checkpoint => &["LOG_", "SIZE_", "SEQ_", "NOTE_"],
            Self::Record => &["LOG_", "SEQ_", "RECORD_", "SIGNATURE_"],
            Self::Key => &["KID_", "PURPOSE_", "ROW_"],
            Self::Salt => &["INSTANCE_", "SALT_"],
        }
    }

    fn is_number(column: &str) -> bool {
        matches!(column, "SEQ_" | "SIZE_")
    }

    pub(crate) fn feed(self, audit: &mut Audit, rows: &[u8]) -> Result<()> {
        match self {
            Self::Checkpoint => audit.checkpoints(rows),
            Self::Record => audit.records(rows),
            Self::Key => audit.keys(rows),
            Self::Salt => audit.salts(rows),
        }
    }

    /// The columns as lines have them.
    pub(crate) fn sorted(self) -> Vec<String> {
        let mut names: Vec<_> = self.columns().iter().map(|name| (*name).to_owned()).collect();
        names.sort_unstable();
        names
    }

    /// Appends the next row that an audit is fed as a line.
    pub(crate) fn write_line(self, rows: &mut Reader<'_>, out: &mut Vec<u8>) -> Result<()> {
        let mut row = Vec::with_capacity(4);
        for column in self.columns() {
            let value = if Self::is_number(column) {
                Value::Integer(rows.i64()?)
            } else {
                rows.string()?.map_or(Value::Null, Value::Text)
            };
            row.push((*column, value));
        }
        row.sort_unstable_by_key(|(column, _)| *column);
        let mut packed = Writer::new();
        for (_, value) in row {
            packed.value(value);
        }
        packed::json::write_line(&self.sorted(), &mut Reader::new(&packed.finish()), out)
    }

    /// Appends the row of a line as an audit is fed it.
    pub(crate) fn read_line(self, line: &[u8], out: &mut Writer) -> Result<()> {
        let sorted = self.sorted();
        let mut packed = Writer::with_capacity(line.len());
        packed::json::read_line(line, &sorted, &[], &mut packed)?;
        let packed = packed.finish();
        let mut reader = Reader::new(&packed);
        let row = sorted.iter().map(|_| reader.value()).collect::<Result<Vec<_>>>()?;
        for column in self.columns() {
            let place = sorted.iter().position(|name| name == column);
            let value = place.and_then(|place| row.get(place)).copied().unwrap_or(Value::Null);
            match (Self::is_number(column), value) {
                (true, Value::Integer(number)) => out.i64(number),
                (false, Value::Null) => out.string(None),
                (false, Value::Text(text)) => out.string(Some(text)),
                _ => {
                    let problem = format!("column {column} has a value of another type");
                    return Err(Error::UnexpectedJson { what: "row", problem });
                }
            };
        }
        Ok(())
    }
}
