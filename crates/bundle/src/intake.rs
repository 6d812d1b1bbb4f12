//! What a database's reader feeds: an audit, or an export.

use std::fs::File;
use std::path::Path;

use bulla_core::audit::Audit;
use bulla_core::{Error, Result};

use crate::anchors::read_anchor;

/// Takes over what is read of anchors and a database, in the order that [`Audit`] tells.
pub trait Intake {
    /// Takes the file of an anchor; findings and errors call it `name`.
    fn anchor_file(&mut self, name: &str, file: &Path) -> Result<()>;

    /// As [`Audit::expect_anchors`].
    fn expect_anchors(&mut self) -> Result<()>;

    /// As [`Audit::records`].
    fn records(&mut self, packed: &[u8]) -> Result<()>;

    /// As [`Audit::checkpoints`].
    fn checkpoints(&mut self, packed: &[u8]) -> Result<()>;

    /// As [`Audit::keys`].
    fn keys(&mut self, packed: &[u8]) -> Result<()>;

    /// As [`Audit::salts`].
    fn salts(&mut self, packed: &[u8]) -> Result<()>;

    /// As [`Audit::coverage`].
    fn coverage(&mut self) -> Result<Vec<(String, Vec<String>)>>;

    /// As [`Audit::schema_object`], before any rows.
    fn schema_object(&mut self, kind: &str, name: &str, table: &str, harmless: bool) -> Result<()>;

    /// As [`Audit::rows`]; all rows of one table before those of the next.
    fn rows(&mut self, table: &str, packed: &[u8]) -> Result<()>;

    /// As [`Audit::too_large`].
    fn too_large(&mut self, table: &str, column: &str, limit: u64);
}

impl Intake for Audit {
    fn anchor_file(&mut self, name: &str, file: &Path) -> Result<()> {
        let source = File::open(file)
            .map_err(|error| Error::Io { what: file.display().to_string(), problem: error.to_string() })?;
        read_anchor(self, name, &source).map(drop)
    }

    fn expect_anchors(&mut self) -> Result<()> {
        self.expect_anchors()
    }

    fn records(&mut self, packed: &[u8]) -> Result<()> {
        self.records(packed)
    }

    fn checkpoints(&mut self, packed: &[u8]) -> Result<()> {
        self.checkpoints(packed)
    }

    fn keys(&mut self, packed: &[u8]) -> Result<()> {
        self.keys(packed)
    }

    fn salts(&mut self, packed: &[u8]) -> Result<()> {
        self.salts(packed)
    }

    fn coverage(&mut self) -> Result<Vec<(String, Vec<String>)>> {
        self.coverage()
    }

    fn schema_object(&mut self, kind: &str, name: &str, table: &str, harmless: bool) -> Result<()> {
        self.schema_object(kind, name, table, harmless);
        Ok(())
    }

    fn rows(&mut self, table: &str, packed: &[u8]) -> Result<()> {
        self.rows(table, packed)
    }

    fn too_large(&mut self, table: &str, column: &str, limit: u64) {
        self.too_large(table, column, limit);
    }
}
