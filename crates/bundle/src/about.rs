//! What a bundle says of itself, in its first member.

use bulla_core::json::{self, Limits, Writer};
use bulla_core::{Error, Result};

const WHAT: &str = "bundle.json";
const FORMAT: &str = "bulla-evidence";

/// What a bundle says of itself. Nothing of it is proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// When it was exported, in milliseconds since 1970-01-01T00:00Z.
    pub exported: i64,
    /// The database, as a URL without settings and passwords.
    pub database: String,
    /// The database's product and version.
    pub product: String,
    /// The installation whose logs the export's policy pins.
    pub installation: String,
}

impl About {
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut out = Writer::object();
        out.member("database").string(&self.database);
        out.member("exported").integer(self.exported);
        out.member("format").string(FORMAT);
        out.member("installation").string(&self.installation);
        out.member("product").string(&self.product);
        out.member("v").integer(1);
        let mut out = out.finish();
        out.push(b'\n');
        out
    }

    pub(crate) fn read(document: &[u8]) -> Result<Self> {
        let limits = Limits { depth: 1, size: 1 << 16, exact_numbers: true };
        let object = json::parse(document, limits)?.into_object(WHAT)?;
        let unexpected = |problem: &str| Error::UnexpectedJson { what: WHAT, problem: problem.into() };
        if object.get("format").and_then(json::Value::as_str) != Some(FORMAT) {
            return Err(unexpected("this is not an evidence bundle"));
        }
        if object.required_i64(WHAT, "v")? != 1 {
            return Err(unexpected("it is of a newer version; use a newer bulla"));
        }
        object.only(WHAT, &["database", "exported", "format", "installation", "product", "v"])?;
        let text = |name| object.required_str(WHAT, name).map(str::to_owned);
        Ok(Self {
            exported: object.required_i64(WHAT, "exported")?,
            database: text("database")?,
            product: text("product")?,
            installation: text("installation")?,
        })
    }
}
