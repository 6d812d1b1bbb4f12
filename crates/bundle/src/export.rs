//! Writes a bundle while a database is read.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Seek};
use std::path::{Path, PathBuf};

use bulla_core::audit::{Audit, Policy};
use bulla_core::json::{Writer, utf16_order};
use bulla_core::packed::{self, Reader};
use bulla_core::{Error, Result};
use tempfile::NamedTempFile;

use crate::about::About;
use crate::anchors::read_anchor;
use crate::archive::ArchiveWriter;
use crate::intake::Intake;
use crate::manifest::{Manifest, TooLarge};
use crate::own::Own;
use crate::spill::TemporaryFile;
use crate::{CHUNK, DOCUMENT, member};

/// A bundle that is being written, fed as an [`Audit`] is and in the same order: anchors, Bulla's own
/// tables, what is in the schema, rows table by table.
///
/// It stands under its name once [`Self::finish`] has returned; before that, or if it is dropped,
/// nothing does. The ledger is verified on the way, because that tells which tables are covered.
pub struct Export {
    target: PathBuf,
    archive: ArchiveWriter<BufWriter<NamedTempFile>>,
    /// Until coverage is known.
    audit: Option<Audit>,
    tables: Vec<Table>,
    too_large: BTreeSet<TooLarge>,
}

struct Table {
    name: String,
    columns: Vec<String>,
}

impl Export {
    /// Begins a bundle that will be called `target`, which must not exist.
    ///
    /// `policy` and `policy_file` are those of [`Audit::new`], `now` is in milliseconds since
    /// 1970-01-01T00:00Z. Only whoever runs this process can read the file.
    pub fn create(
        target: &Path,
        database: &str,
        product: &str,
        policy: &str,
        policy_file: &str,
        now: i64,
    ) -> Result<Self> {
        let unwritable = |problem: String| Error::Io { what: target.display().to_string(), problem };
        if target.symlink_metadata().is_ok() {
            return Err(unwritable("exists already; remove it, or name another file".into()));
        }
        let logs = Policy::parse(policy, policy_file)?.logs;
        let installation =
            logs.keys().next().and_then(|log| log.split_once('/')).map_or("", |(name, _)| name);
        let audit = Audit::new(policy, policy_file, None, now, Box::new(TemporaryFile::new()?))?;
        let directory = target.parent().filter(|parent| !parent.as_os_str().is_empty());
        let file = tempfile::Builder::new()
            .prefix(".bulla-export-")
            .tempfile_in(directory.unwrap_or(Path::new(".")))
            .map_err(|error| unwritable(error.to_string()))?;
        let about = About {
            exported: now,
            database: database.into(),
            product: product.into(),
            installation: installation.into(),
        };
        let time = u64::try_from(now / 1000).unwrap_or(0);
        let archive = ArchiveWriter::new(BufWriter::with_capacity(CHUNK, file), time);
        let target = target.to_owned();
        let mut export =
            Self { target, archive, audit: Some(audit), tables: vec![], too_large: BTreeSet::new() };
        export.document(member::ABOUT, &about.write())?;
        Ok(export)
    }

    fn own(&mut self, table: Own, packed: &[u8]) -> Result<()> {
        table.feed(self.ledger()?, packed)?;
        let part = format!("{}{}", member::OWN, table.name());
        let mut rows = Reader::new(packed);
        while !rows.is_empty() {
            let written = self.archive.line(&part, |out| table.write_line(&mut rows, out))?;
            written.map_err(|error| self.unwritable(&error))?;
        }
        Ok(())
    }

    /// Ends the bundle: it stands under its name, and is on the disk.
    pub fn finish(mut self) -> Result<()> {
        if self.audit.is_some() {
            return Err(out_of_order());
        }
        let parts = self.archive.parts().map_err(|error| self.unwritable(&error))?;
        let too_large = std::mem::take(&mut self.too_large).into_iter().collect();
        self.document(member::MANIFEST, &Manifest { parts, too_large }.write())?;
        let Self { target, archive, .. } = self;
        let failed = |error: std::io::Error| Error::Io {
            what: target.display().to_string(),
            problem: error.to_string(),
        };
        let file =
            archive.finish().map_err(failed)?.into_inner().map_err(|error| failed(error.into_error()))?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist_noclobber(&target).map_err(|error| failed(error.error))?;
        #[cfg(unix)]
        if let Some(directory) = target.parent() {
            let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
            File::open(directory).and_then(|directory| directory.sync_all()).map_err(failed)?;
        }
        Ok(())
    }

    fn ledger(&mut self) -> Result<&mut Audit> {
        self.audit.as_mut().ok_or_else(out_of_order)
    }

    fn document(&mut self, name: &str, content: &[u8]) -> Result<()> {
        if content.len() as u64 > DOCUMENT {
            let problem =
                format!("has too many anchors or tables to list: {name} would have {} bytes", content.len());
            return Err(Error::InvalidArgument { what: "the export", problem });
        }
        self.archive.file(name, content.len() as u64, content).map_err(|error| self.unwritable(&error))
    }

    fn unwritable(&self, error: &std::io::Error) -> Error {
        Error::Io { what: self.target.display().to_string(), problem: error.to_string() }
    }
}

impl Intake for Export {
    fn anchor_file(&mut self, name: &str, file: &Path) -> Result<()> {
        let unreadable = |error: std::io::Error| Error::Io {
            what: file.display().to_string(),
            problem: error.to_string(),
        };
        if !member::is_path(name) {
            return Err(Error::InvalidArgument {
                what: "the name of an anchor's file",
                problem: format!("{name:?} cannot be one in an archive; rename it"),
            });
        }
        let mut source = File::open(file).map_err(unreadable)?;
        // A node may go on writing to it: what was read counts.
        let size = read_anchor(self.ledger()?, name, &source)?;
        source.rewind().map_err(unreadable)?;
        self.archive.file(&format!("{}{name}", member::ANCHORS), size, source).map_err(unreadable)
    }

    fn expect_anchors(&mut self) -> Result<()> {
        self.ledger()?.expect_anchors()
    }

    fn records(&mut self, packed: &[u8]) -> Result<()> {
        self.own(Own::Record, packed)
    }

    fn checkpoints(&mut self, packed: &[u8]) -> Result<()> {
        self.own(Own::Checkpoint, packed)
    }

    fn keys(&mut self, packed: &[u8]) -> Result<()> {
        self.own(Own::Key, packed)
    }

    fn salts(&mut self, packed: &[u8]) -> Result<()> {
        self.own(Own::Salt, packed)
    }

    fn coverage(&mut self) -> Result<Vec<(String, Vec<String>)>> {
        let coverage = self.ledger()?.coverage()?;
        self.audit = None;
        let mut out = Writer::object();
        out.member("tables").begin_array();
        for (name, columns) in &coverage {
            if !member::is_table(name) || !columns.is_sorted_by(|a, b| utf16_order(a, b).is_lt()) {
                let problem = format!("{name:?} cannot be exported");
                return Err(Error::InvalidArgument { what: "covered table", problem });
            }
            out.begin_object().member("columns").begin_array();
            for column in columns {
                out.string(column);
            }
            out.end_array().member("name").string(name).end_object();
            self.tables.push(Table { name: name.clone(), columns: columns.clone() });
        }
        out.end_array();
        self.document(member::TABLES, &out.finish())?;
        Ok(coverage)
    }

    fn schema_object(&mut self, kind: &str, name: &str, table: &str, harmless: bool) -> Result<()> {
        let written = self.archive.line(member::SCHEMA, |line| {
            let mut out = Writer::object_in(std::mem::take(line));
            out.member("harmless").bool(harmless);
            out.member("kind").string(kind);
            out.member("name").string(name);
            out.member("table").string(table);
            *line = out.finish();
            line.push(b'\n');
            Ok(())
        })?;
        written.map_err(|error| self.unwritable(&error))
    }

    fn too_large(&mut self, table: &str, column: &str, limit: u64) {
        self.too_large.insert(TooLarge { table: table.into(), column: column.into(), limit });
    }

    fn rows(&mut self, table: &str, packed: &[u8]) -> Result<()> {
        let Some(table) = self.tables.iter().find(|known| known.name == table) else {
            let problem = format!("{table} is not covered by the ledger");
            return Err(Error::InvalidArgument { what: "table", problem });
        };
        let part = format!("{}{}", member::ROWS, table.name);
        let mut rows = Reader::new(packed);
        while !rows.is_empty() {
            let written =
                self.archive.line(&part, |out| packed::json::write_line(&table.columns, &mut rows, out))?;
            written.map_err(|error| self.unwritable(&error))?;
        }
        Ok(())
    }
}

fn out_of_order() -> Error {
    Error::InvalidArgument { what: "export", problem: "was fed out of order".into() }
}
