//! What one transaction wrote and opened, as its record says it.

use super::commitment::{Commitment, Locator, SaltDigest, decode};
use super::record::malformed;
use crate::json::{Object, Value};
use crate::{Result, base64url};

const WHAT: &str = "row";

/// What one transaction wrote and opened.
///
/// In the record: `ck` the commitment key's id, `user` a string or null, `rows` an array of
/// [`Row`], `salts` an array of `[instance, digest or null]`, `seen` an array of
/// `[table, row id, tag]`, left out when empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// The id of the commitment key.
    pub commitment_key: String,
    /// Who was authenticated with the engine.
    pub user: Option<String>,
    /// What was written, in its order.
    pub rows: Vec<Row>,
    /// The process instances that the rows belong to.
    pub instances: Vec<Instance>,
    /// The sealed values that were opened.
    pub seen: Vec<Seen>,
}

/// A process instance that rows of a record belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// Its id.
    pub id: String,
    /// The digest of its salt. Without one, the commitments of its rows in this record hang on the
    /// installation's own key.
    pub salt: Option<SaltDigest>,
}

/// A sealed value that a transaction opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The table.
    pub table: String,
    /// The row's id.
    pub id: String,
    /// The authentication tag at the end of its envelope.
    pub tag: [u8; 16],
}

/// One row that a transaction wrote.
///
/// In the record an object whose members are one letter each: `t` table, `i` id, `o` operation,
/// `p` the index of its process instance in `salts`, `n` variable name; the others with
/// [`Change`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The table; several joined by commas in a [`Change::UpdatedWhere`].
    pub table: String,
    /// The row's id: the value as text, or a JSON array of them where several columns make it.
    /// Empty where the change names no row.
    pub id: String,
    /// The index of its process instance in [`Transaction::instances`].
    pub instance: Option<usize>,
    /// The variable's name.
    pub variable: Option<String>,
    /// What was done.
    pub change: Change,
}

/// What was done to a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// `o` is `I`.
    Inserted {
        /// `f`: the commitment to the fixed columns.
        fixed: Commitment,
        /// `l`: a locator for each fixed column of the epoch's coverage, in its order.
        locators: Vec<Locator>,
        /// `u`: the updatable columns that are not NULL.
        columns: Vec<(String, Commitment)>,
    },
    /// `o` is `U`.
    Updated {
        /// `u`: the columns that were set; `None` to NULL.
        columns: Vec<(String, Option<Commitment>)>,
    },
    /// `o` is `P`: all rows with one value in one fixed column.
    UpdatedWhere {
        /// `w`, first element: the column.
        column: String,
        /// `w`, second element: its value.
        value: Plain,
        /// `u`: the columns that were set; `None` to NULL. The commitments are under
        /// [`InstanceKey::predicate`](super::InstanceKey::predicate) of `t` and `w`.
        columns: Vec<(String, Option<Commitment>)>,
    },
    /// `o` is `D`: a tombstone.
    Deleted {
        /// `r`: by which rule.
        rule: Option<String>,
        /// `x`: the row's `REMOVAL_TIME_`, in microseconds of the wall clock, as a decimal string.
        removal_time: Option<i64>,
        /// `y`: the row's `ROOT_PROC_INST_ID_`.
        root: Option<String>,
    },
    /// `o` is `X`: a statement that was not understood.
    NotUnderstood {
        /// `q`: the SHA-256 of its SQL text.
        sql: [u8; 32],
        /// `s`: where it comes from.
        source: Option<String>,
        /// `k`: how many rows it changed, as far as known.
        rows: Option<i64>,
    },
}

/// A value that a record tells: an id, mostly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plain {
    /// Character data.
    Text(String),
    /// Any integer type, within ±2^53.
    Integer(i64),
}

impl Transaction {
    pub(super) fn from_json(object: &Object) -> Result<Self> {
        const WHAT: &str = super::record::WHAT;
        let user = match object.get("user") {
            Some(Value::Null) => None,
            _ => Some(object.required_str(WHAT, "user")?.to_owned()),
        };
        let instances = object.required_array(WHAT, "salts")?;
        let instances: Vec<_> = instances.iter().map(Instance::from_json).collect::<Result<_>>()?;
        let rows = object.required_array(WHAT, "rows")?.iter();
        let seen = object.optional_array(WHAT, "seen")?.unwrap_or_default().iter();
        Ok(Self {
            commitment_key: object.required_str(WHAT, "ck")?.into(),
            user,
            rows: rows.map(|row| Row::from_json(row, instances.len())).collect::<Result<_>>()?,
            seen: seen.map(Seen::from_json).collect::<Result<_>>()?,
            instances,
        })
    }

    /// The process instance of one of the rows.
    #[must_use]
    pub fn instance(&self, row: &Row) -> Option<&Instance> {
        self.instances.get(row.instance?)
    }
}

impl Instance {
    fn from_json(json: &Value) -> Result<Self> {
        match json.as_array() {
            Some([Value::String(id), Value::Null]) => Ok(Self { id: id.clone(), salt: None }),
            Some([Value::String(id), Value::String(digest)]) => {
                Ok(Self { id: id.clone(), salt: Some(SaltDigest::parse(digest)?) })
            }
            _ => Err(malformed("an element of salts is not [instance, digest or null]")),
        }
    }
}

impl Seen {
    fn from_json(json: &Value) -> Result<Self> {
        let Some([Value::String(table), Value::String(id), Value::String(tag)]) = json.as_array() else {
            return Err(malformed("an element of seen is not [table, id, tag]"));
        };
        Ok(Self { table: table.clone(), id: id.clone(), tag: decode(tag, "a tag")? })
    }
}

impl Row {
    fn from_json(json: &Value, instances: usize) -> Result<Self> {
        let row = json.as_object().ok_or_else(|| malformed("a row is not an object"))?;
        let operation = row.required_str(WHAT, "o")?;
        let (members, change) = match operation {
            "I" => (&["f", "l", "u"][..], Change::inserted(row)?),
            "U" => (&["u"][..], Change::Updated { columns: settings(row)? }),
            "P" => (&["u", "w"][..], Change::updated_where(row)?),
            "D" => (&["r", "x", "y"][..], Change::deleted(row)?),
            "X" => (&["k", "q", "s"][..], Change::not_understood(row)?),
            _ => return Err(malformed("a row's operation is unknown")),
        };
        row.only(WHAT, &[&["t", "i", "o", "p", "n"], members].concat())?;
        let id = match (&change, row.optional_str(WHAT, "i")?) {
            (_, Some(id)) => id,
            (Change::UpdatedWhere { .. } | Change::NotUnderstood { .. }, None) => "",
            _ => row.required_str(WHAT, "i")?,
        };
        let instance = row.optional_i64(WHAT, "p")?.map(usize::try_from).transpose();
        let instance = instance.ok().filter(|index| index.is_none_or(|index| index < instances));
        Ok(Self {
            table: row.required_str(WHAT, "t")?.into(),
            id: id.into(),
            instance: instance.ok_or_else(|| malformed("a row's instance is not among the salts"))?,
            variable: row.optional_str(WHAT, "n")?.map(Into::into),
            change,
        })
    }
}

impl Change {
    fn inserted(row: &Object) -> Result<Self> {
        let locators = base64url::decode(row.required_str(WHAT, "l")?);
        let locators = locators.and_then(|bytes| {
            let (locators, rest) = bytes.as_chunks();
            rest.is_empty().then(|| locators.iter().copied().map(Locator).collect())
        });
        let columns = settings(row)?.into_iter().map(|(name, commitment)| {
            commitment
                .map(|commitment| (name, commitment))
                .ok_or_else(|| malformed("an inserted row lists a column that is NULL"))
        });
        Ok(Self::Inserted {
            fixed: Commitment::parse(row.required_str(WHAT, "f")?)?,
            locators: locators.ok_or_else(|| malformed("locators are not 32 bits each in base64url"))?,
            columns: columns.collect::<Result<_>>()?,
        })
    }

    fn updated_where(row: &Object) -> Result<Self> {
        let malformed = || malformed("a predicate is not [column, value]");
        let (column, value) = match row.required_array(WHAT, "w")? {
            [Value::String(column), Value::String(text)] => (column, Plain::Text(text.clone())),
            [Value::String(column), value] => (column, Plain::Integer(value.as_i64().ok_or_else(malformed)?)),
            _ => return Err(malformed()),
        };
        Ok(Self::UpdatedWhere { column: column.clone(), value, columns: settings(row)? })
    }

    fn deleted(row: &Object) -> Result<Self> {
        let removal_time = row.optional_str(WHAT, "x")?.map(|text| {
            let micros = text.parse().ok().filter(|micros: &i64| micros.to_string() == text);
            micros.ok_or_else(|| malformed("a removal time is not a number"))
        });
        let rule = row.optional_str(WHAT, "r")?.map(Into::into);
        let root = row.optional_str(WHAT, "y")?.map(Into::into);
        Ok(Self::Deleted { rule, removal_time: removal_time.transpose()?, root })
    }

    fn not_understood(row: &Object) -> Result<Self> {
        let sql = base64url::decode_array(row.required_str(WHAT, "q")?);
        Ok(Self::NotUnderstood {
            sql: sql.ok_or_else(|| malformed("a statement's digest is not 256 bits in base64url"))?,
            source: row.optional_str(WHAT, "s")?.map(Into::into),
            rows: row.optional_i64(WHAT, "k")?,
        })
    }
}

fn settings(row: &Object) -> Result<Vec<(String, Option<Commitment>)>> {
    let setting = |(name, value): (&str, &Value)| match value {
        Value::Null => Ok((name.to_owned(), None)),
        Value::String(text) => Ok((name.to_owned(), Some(Commitment::parse(text)?))),
        _ => Err(malformed("a column's commitment is not a string")),
    };
    row.required_object(WHAT, "u")?.iter().map(setting).collect()
}
