//! Which tables the ledger covers, and what is known of their columns.
//!
//! The catalogue stands in the record that begins an epoch. Locators in the epoch's records are in
//! the order of [`CoveredTable::fixed`]; a column that is in neither list is not covered.

use std::collections::BTreeMap;

use crate::json::{self, Limits, Object, Value, Writer};
use crate::packed::Reader;
use crate::{Error, Result};

const WHAT: &str = "coverage";

/// The covered tables by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    tables: BTreeMap<String, CoveredTable>,
}

/// What is known of a covered table's columns. All lists but `id` are sorted by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoveredTable {
    /// The columns that make a row's id, in the order in which the id names them.
    pub id: Vec<String>,
    /// The column that names the process instance, if there is one.
    pub instance: Option<String>,
    /// The column that names the variable, if there is one.
    pub variable: Option<String>,
    /// Columns that no statement updates: one commitment for all of them, a locator for each.
    pub fixed: Vec<String>,
    /// Columns that a statement may update: a commitment for each.
    pub updatable: Vec<String>,
    /// Columns that hold envelopes or search tags instead of what the engine wrote.
    pub sealed: Vec<String>,
}

impl Coverage {
    /// Reads the packed form: an `i32` count of tables, and for each its name, the list of its id
    /// columns, the instance column or null, the variable column or null, and the lists of fixed,
    /// updatable and sealed columns. A name is a string, a list an `i32` count and the names.
    pub fn read(packed: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(packed);
        let mut tables = BTreeMap::new();
        for _ in 0..reader.i32()? {
            let name = reader.text()?.to_owned();
            let table = CoveredTable {
                id: read_names(&mut reader)?,
                instance: reader.string()?.map(Into::into),
                variable: reader.string()?.map(Into::into),
                fixed: sorted(read_names(&mut reader)?),
                updatable: sorted(read_names(&mut reader)?),
                sealed: sorted(read_names(&mut reader)?),
            };
            table.check().map_err(|problem| invalid(&name, &problem))?;
            if tables.insert(name.clone(), table).is_some() {
                return Err(invalid(&name, "is listed twice"));
            }
        }
        if !reader.is_empty() {
            return Err(Error::InvalidArgument { what: WHAT, problem: "has bytes left over".into() });
        }
        Ok(Self { tables })
    }

    /// Reads the form that the first record of an epoch holds, a JSON object: for each table an
    /// object with the arrays of names `id`, `fixed`, `updatable` and `sealed`, and the names
    /// `instance` and `variable`, or null. What is left out is empty or null; of the names only
    /// those of the id have an order.
    pub fn parse(document: &[u8]) -> Result<Self> {
        let tables = json::parse(document, Limits::default())?.into_object(WHAT)?;
        let table = |(name, json): (&str, &Value)| {
            let object = json.as_object().ok_or_else(|| malformed("a table is not an object"))?;
            object.only(WHAT, &["fixed", "id", "instance", "sealed", "updatable", "variable"])?;
            let names = |member| {
                names_from_json(object.optional_array(WHAT, member)?.unwrap_or_default()).map(sorted)
            };
            let one = |member| match object.get(member) {
                None | Some(Value::Null) => Ok(None),
                _ => object.required_str(WHAT, member).map(|name| Some(name.to_owned())),
            };
            let table = CoveredTable {
                id: names_from_json(object.required_array(WHAT, "id")?)?,
                instance: one("instance")?,
                variable: one("variable")?,
                fixed: names("fixed")?,
                updatable: names("updatable")?,
                sealed: names("sealed")?,
            };
            table.check().map_err(|problem| invalid(name, &problem))?;
            Ok((name.to_owned(), table))
        };
        Ok(Self { tables: tables.iter().map(table).collect::<Result<_>>()? })
    }

    /// The table called `name`.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&CoveredTable> {
        self.tables.get(name)
    }

    /// All tables, sorted by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &CoveredTable)> {
        self.tables.iter().map(|(name, table)| (name.as_str(), table))
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.begin_object();
        for (name, table) in &self.tables {
            writer.member(name).begin_object();
            write_names(writer.member("fixed"), &table.fixed);
            write_names(writer.member("id"), &table.id);
            writer.member("instance").optional_string(table.instance.as_deref());
            write_names(writer.member("sealed"), &table.sealed);
            write_names(writer.member("updatable"), &table.updatable);
            writer.member("variable").optional_string(table.variable.as_deref());
            writer.end_object();
        }
        writer.end_object();
    }

    pub(super) fn from_json(object: &Object) -> Result<Self> {
        let mut tables = BTreeMap::new();
        for (name, table) in object.iter() {
            let table = CoveredTable::from_json(table)?;
            table.check().map_err(|problem| malformed(&format!("{name} {problem}")))?;
            tables.insert(name.to_owned(), table);
        }
        Ok(Self { tables })
    }
}

impl CoveredTable {
    fn from_json(json: &Value) -> Result<Self> {
        let object = json.as_object().ok_or_else(|| malformed("a table is not an object"))?;
        object.only(WHAT, &["fixed", "id", "instance", "sealed", "updatable", "variable"])?;
        let names = |member| names_from_json(object.required_array(WHAT, member)?);
        let name = |member| match object.get(member) {
            Some(Value::Null) => Ok(None),
            _ => object.required_str(WHAT, member).map(|name| Some(name.to_owned())),
        };
        Ok(Self {
            id: names("id")?,
            instance: name("instance")?,
            variable: name("variable")?,
            fixed: names("fixed")?,
            updatable: names("updatable")?,
            sealed: names("sealed")?,
        })
    }

    fn check(&self) -> Result<(), String> {
        if self.id.is_empty() {
            return Err("has no id column".into());
        }
        // Byte order is then the order of JSON members too.
        if let Some(name) = self.fixed.iter().chain(&self.updatable).find(|name| !name.is_ascii()) {
            return Err(format!("has the column {name}, whose name is not ASCII"));
        }
        let strictly_sorted = |names: &[String]| names.is_sorted_by(|a, b| a < b);
        if !(strictly_sorted(&self.fixed) && strictly_sorted(&self.updatable)) {
            return Err("lists a column twice, or not in order".into());
        }
        match self.fixed.iter().find(|name| self.updatable.binary_search(name).is_ok()) {
            Some(name) => Err(format!("lists column {name} as fixed and as updatable")),
            None => Ok(()),
        }
    }
}

fn read_names(reader: &mut Reader<'_>) -> Result<Vec<String>> {
    (0..reader.i32()?).map(|_| reader.text().map(Into::into)).collect()
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}

fn write_names(writer: &mut Writer, names: &[String]) {
    writer.begin_array();
    for name in names {
        writer.string(name);
    }
    writer.end_array();
}

fn names_from_json(array: &[Value]) -> Result<Vec<String>> {
    let name = |value: &Value| value.as_str().map(Into::into);
    array.iter().map(|value| name(value).ok_or_else(|| malformed("a column is not a string"))).collect()
}

fn invalid(table: &str, problem: &str) -> Error {
    Error::InvalidArgument { what: WHAT, problem: format!("of table {table} {problem}") }
}

fn malformed(problem: &str) -> Error {
    Error::UnexpectedJson { what: WHAT, problem: problem.into() }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::packed::Writer as PackedWriter;

    fn pack_names(packed: &mut PackedWriter, names: &[&str]) {
        packed.i32(i32::try_from(names.len()).unwrap());
        for name in names {
            packed.string(Some(name));
        }
    }

    pub(in crate::ledger) fn pack(tables: &[(&str, &[&str], &[&str])]) -> Vec<u8> {
        let mut packed = PackedWriter::new();
        packed.i32(i32::try_from(tables.len()).unwrap());
        for (name, fixed, updatable) in tables {
            packed.string(Some(name));
            pack_names(&mut packed, &["ID_"]);
            packed.string(Some("PROC_INST_ID_")).string(None);
            pack_names(&mut packed, fixed);
            pack_names(&mut packed, updatable);
            pack_names(&mut packed, &[]);
        }
        packed.finish()
    }

    #[test]
    fn coverage_is_read_back_from_its_record() {
        let coverage = Coverage::read(&pack(&[("B", &["Y", "X"], &["Z"]), ("A", &[], &[])])).unwrap();
        assert_eq!(coverage.table("B").unwrap().fixed, ["X", "Y"]);
        let mut writer = Writer::object();
        coverage.write(writer.member("coverage"));
        let json = json::parse(&writer.finish(), Limits::default()).unwrap();
        let json = json.as_object().unwrap().required_object("test", "coverage").unwrap();
        assert_eq!(Coverage::from_json(json).unwrap(), coverage);
    }

    #[test]
    fn coverage_is_read_from_json_as_its_record_has_it() {
        let packed = Coverage::read(&pack(&[("B", &["Y", "X"], &["Z"]), ("A", &[], &[])])).unwrap();
        let json = br#"{"B": {"id": ["ID_"], "instance": "PROC_INST_ID_", "fixed": ["Y", "X"],
            "updatable": ["Z"]}, "A": {"id": ["ID_"], "instance": "PROC_INST_ID_", "variable": null}}"#;
        assert_eq!(Coverage::parse(json).unwrap(), packed);
        let mut writer = Writer::object();
        packed.write(writer.member("c"));
        let written = writer.finish();
        assert_eq!(Coverage::parse(&written["{\"c\":".len()..written.len() - 1]).unwrap(), packed);
    }

    #[test]
    fn json_that_is_no_coverage_is_refused() {
        let message = |json: &str| Coverage::parse(json.as_bytes()).unwrap_err().to_string();
        assert_eq!(message("[]"), "coverage: not an object");
        assert_eq!(message(r#"{"A":{}}"#), "coverage: member \"id\" is missing");
        assert_eq!(message(r#"{"A":{"id":[]}}"#), "coverage of table A has no id column");
        assert_eq!(message(r#"{"A":{"id":["I"],"x":1}}"#), "coverage: member \"x\" is unknown");
        let twice = r#"{"A":{"id":["I"],"fixed":["X"],"updatable":["X"]}}"#;
        assert_eq!(message(twice), "coverage of table A lists column X as fixed and as updatable");
    }

    #[test]
    fn contradictions_are_refused_by_name() {
        let message = |tables| Coverage::read(&pack(tables)).unwrap_err().to_string();
        assert_eq!(
            message(&[("A", &["X"], &["X"])]),
            "coverage of table A lists column X as fixed and as updatable"
        );
        assert_eq!(
            message(&[("A", &["X", "X"], &[])]),
            "coverage of table A lists a column twice, or not in order"
        );
        assert_eq!(message(&[("A", &[], &[]), ("A", &[], &[])]), "coverage of table A is listed twice");
    }
}
