//! The last member: what the others were, so that damage is told before anything is concluded.

use std::fmt::Write as _;

use bulla_core::json::{self, Limits, Writer};
use bulla_core::{Error, Result};

const WHAT: &str = "manifest.json";

/// A file, or all members of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// The member's name, or that of the folder they are in.
    pub(crate) name: String,
    /// How many members it has.
    pub(crate) members: u32,
    /// How many bytes they have together.
    pub(crate) bytes: u64,
    /// How many lines they have, if they are lines.
    pub(crate) rows: u64,
    /// SHA-256 of these bytes, in hexadecimal digits.
    pub(crate) sha256: String,
}

/// A column in which values were too large to be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TooLarge {
    pub(crate) table: String,
    pub(crate) column: String,
    pub(crate) limit: u64,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub(crate) parts: Vec<Part>,
    pub(crate) too_large: Vec<TooLarge>,
}

impl Manifest {
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut out = Writer::object();
        out.member("parts").begin_array();
        for part in &self.parts {
            out.begin_object();
            out.member("bytes").integer(part.bytes.cast_signed());
            out.member("members").integer(part.members.into());
            out.member("name").string(&part.name);
            out.member("rows").integer(part.rows.cast_signed());
            out.member("sha256").string(&part.sha256);
            out.end_object();
        }
        out.end_array();
        out.member("tooLarge").begin_array();
        for column in &self.too_large {
            out.begin_object();
            out.member("column").string(&column.column);
            out.member("limit").integer(column.limit.cast_signed());
            out.member("table").string(&column.table);
            out.end_object();
        }
        out.end_array();
        let mut out = out.finish();
        out.push(b'\n');
        out
    }

    pub(crate) fn read(document: &[u8]) -> Result<Self> {
        let limits = Limits { depth: 3, ..Limits::default() };
        let object = json::parse(document, limits)?.into_object(WHAT)?;
        object.only(WHAT, &["parts", "tooLarge"])?;
        let mut manifest = Self::default();
        for part in object.required_array(WHAT, "parts")? {
            let part = part.clone().into_object(WHAT)?;
            let number = |name| part.required_i64(WHAT, name).map(i64::cast_unsigned);
            manifest.parts.push(Part {
                name: part.required_str(WHAT, "name")?.to_owned(),
                members: u32::try_from(number("members")?).unwrap_or(u32::MAX),
                bytes: number("bytes")?,
                rows: number("rows")?,
                sha256: part.required_str(WHAT, "sha256")?.to_owned(),
            });
        }
        for column in object.required_array(WHAT, "tooLarge")? {
            let column = column.clone().into_object(WHAT)?;
            let limit = u64::try_from(column.required_i64(WHAT, "limit")?).map_err(|_| {
                Error::UnexpectedJson { what: WHAT, problem: "member \"limit\" is negative".into() }
            })?;
            manifest.too_large.push(TooLarge {
                table: column.required_str(WHAT, "table")?.to_owned(),
                column: column.required_str(WHAT, "column")?.to_owned(),
                limit,
            });
        }
        Ok(manifest)
    }
}

/// Bytes in hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
