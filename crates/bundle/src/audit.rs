//! Audits a bundle.

use std::collections::{BTreeMap, HashSet};
use std::io::{BufReader, Read};

use bulla_core::audit::{Audit, Report};
use bulla_core::json::{self, Limits, Object};
use bulla_core::packed::{self, Writer};
use bulla_core::{Error, Result};
use sha2::{Digest, Sha256};

use crate::about::About;
use crate::anchors::feed_bounded;
use crate::archive::ArchiveReader;
use crate::manifest::{Manifest, Part, hexadecimal};
use crate::member::{self, Member};
use crate::own::Own;
use crate::spill::TemporaryFile;
use crate::{CHUNK, DOCUMENT, LINES, PARTS};

/// An audit of a bundle, read once from front to back.
///
/// Damage, and what no export writes, is [`Error::MalformedBundle`], which names the byte of the file
/// where reading stopped.
pub struct BundleAudit<R: Read> {
    archive: ArchiveReader<R>,
    about: About,
    audit: Audit,
    progress: Progress,
}

/// What was read of a bundle.
#[derive(Default)]
struct Progress {
    stage: u8,
    /// The parts that are complete.
    parts: Vec<Part>,
    names: HashSet<String>,
    /// The part of which lines are read.
    lines: Option<(Part, Sha256)>,
    /// The columns of each table, as the bundle has them.
    columns: BTreeMap<String, Vec<String>>,
    /// The columns of each table, as the audit wants them.
    coverage: BTreeMap<String, Vec<String>>,
    ended: bool,
}

impl<R: Read> BundleAudit<R> {
    /// Begins to read a bundle, and to audit what is in it.
    ///
    /// `file` is how errors name the bundle; `policy`, `policy_file` and `keys` are those of
    /// [`Audit::new`]. The time of the audit is that of the export.
    pub fn open(source: R, file: &str, policy: &str, policy_file: &str, keys: Option<&str>) -> Result<Self> {
        let mut archive = ArchiveReader::new(source, file);
        let mut progress = Progress::default();
        let first = archive.next()?.map(|(name, _)| name);
        if first.as_deref() != Some(member::ABOUT) {
            return Err(archive.malformed("it does not begin as an evidence bundle does"));
        }
        let about = progress.document(&mut archive, member::ABOUT)?;
        let about = About::read(&about).map_err(|error| archive.malformed(error))?;
        let spill = Box::new(TemporaryFile::new()?);
        let mut audit = Audit::new(policy, policy_file, keys, about.exported, spill)?;
        audit.expect_anchors()?;
        Ok(Self { archive, about, audit, progress })
    }

    /// What the bundle says of itself.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// How many bytes of the file were read.
    pub fn position(&self) -> u64 {
        self.archive.expansion().read()
    }

    /// Reads the next member; `false` if there was none.
    pub fn read(&mut self) -> Result<bool> {
        if self.progress.ended {
            return Ok(false);
        }
        let Some((name, _)) = self.archive.next()? else {
            return Err(self.archive.malformed("the archive ends without its manifest"));
        };
        let Some(member) = Member::parse(&name) else {
            return Err(self.archive.malformed("no export has a member of this name"));
        };
        if member.stage() < self.progress.stage || matches!(member, Member::About) {
            return Err(self.archive.malformed("the member stands behind others that come after it"));
        }
        if self.progress.stage < 3 && member.stage() >= 3 && member != Member::Tables {
            return Err(self.archive.malformed(format_args!("{} is missing before it", member::TABLES)));
        }
        self.progress.stage = member.stage();
        match member {
            Member::About => {}
            Member::Anchor(file) => self.anchor(&name, file)?,
            Member::Own(table, number) => self.own(table, number)?,
            Member::Tables => self.tables()?,
            Member::Schema(number) => self.schema(number)?,
            Member::Rows(table, number) => self.rows(table, number)?,
            Member::Manifest => self.manifest()?,
        }
        Ok(true)
    }

    fn anchor(&mut self, name: &str, file: &str) -> Result<()> {
        self.progress.begin(&self.archive, name)?;
        let expansion = self.archive.expansion().clone();
        let mut content = self.archive.content();
        let size = content.left();
        let mut source = BufReader::with_capacity(1 << 16, &mut content);
        let fed = feed_bounded(&mut self.audit, file, &mut source, &expansion);
        if let Some(failure) = content.failure.take() {
            return Err(failure);
        }
        fed?;
        let sha256 = hexadecimal(&self.archive.digest().clone().finalize());
        self.progress.parts.push(Part { name: name.into(), members: 1, bytes: size, rows: 0, sha256 });
        Ok(())
    }

    fn own(&mut self, table: &str, number: u32) -> Result<()> {
        let Some(table) = Own::named(table) else {
            return Err(self.archive.malformed("the ledger has no such table"));
        };
        let part = format!("{}{}", member::OWN, table.name());
        let content = self.progress.lines(&mut self.archive, &part, number)?;
        let mut rows = Writer::with_capacity(CHUNK);
        for (place, line) in numbered(&content) {
            table.read_line(line, &mut rows).map_err(|error| self.at_line(place, &error))?;
        }
        table.feed(&mut self.audit, &rows.finish())
    }

    fn tables(&mut self) -> Result<()> {
        const WHAT: &str = "tables.json";
        let document = self.progress.document(&mut self.archive, WHAT)?;
        let read = || -> Result<BTreeMap<String, Vec<String>>> {
            let limits = Limits { depth: 4, ..Limits::default() };
            let object = json::parse(&document, limits)?.into_object(WHAT)?;
            object.only(WHAT, &["tables"])?;
            object.required_array(WHAT, "tables")?.iter().map(table).collect()
        };
        self.progress.columns = read().map_err(|error| self.archive.malformed(error))?;
        self.progress.coverage = self.audit.coverage()?.into_iter().collect();
        for table in self.progress.coverage.keys() {
            if !self.progress.columns.contains_key(table) {
                self.audit.left_out(table);
            }
        }
        Ok(())
    }

    fn schema(&mut self, number: u32) -> Result<()> {
        const WHAT: &str = "schema object";
        let content = self.progress.lines(&mut self.archive, member::SCHEMA, number)?;
        for (place, line) in numbered(&content) {
            let mut read = || -> Result<()> {
                let limits = Limits { depth: 1, ..Limits::default() };
                let object = json::parse(line, limits)?.into_object(WHAT)?;
                object.only(WHAT, &["harmless", "kind", "name", "table"])?;
                let text = |name| object.required_str(WHAT, name);
                let harmless = object.required_bool(WHAT, "harmless")?;
                self.audit.schema_object(text("kind")?, text("name")?, text("table")?, harmless);
                Ok(())
            };
            let read = read();
            read.map_err(|error| self.at_line(place, &error))?;
        }
        Ok(())
    }

    fn rows(&mut self, table: &str, number: u32) -> Result<()> {
        let part = format!("{}{table}", member::ROWS);
        let content = self.progress.lines(&mut self.archive, &part, number)?;
        let Some(exported) = self.progress.columns.get(table) else {
            return Err(self.archive.malformed(format_args!("{} does not list the table", member::TABLES)));
        };
        let Some(wanted) = self.progress.coverage.get(table) else {
            if number == 1 {
                self.audit.uncovered(table);
            }
            return Ok(());
        };
        if number == 1 {
            for column in wanted.iter().filter(|column| !exported.contains(column)) {
                self.audit.schema_object("missing column", column, table, false);
            }
        }
        let mut rows = Writer::with_capacity(CHUNK);
        for (place, line) in numbered(&content) {
            packed::json::read_line(line, wanted, exported, &mut rows)
                .map_err(|error| self.at_line(place, &error))?;
        }
        self.audit.rows(table, &rows.finish())
    }

    fn manifest(&mut self) -> Result<()> {
        self.progress.end_lines();
        let document = self.archive.whole(DOCUMENT)?;
        let manifest = Manifest::read(&document).map_err(|error| self.archive.malformed(error))?;
        let mut listed = manifest.parts.iter();
        for part in &self.progress.parts {
            if listed.next() != Some(part) {
                let problem = format!("{} is not as the manifest says: it is damaged", part.name);
                return Err(self.archive.malformed(problem));
            }
        }
        if let Some(missing) = listed.next() {
            return Err(self.archive.malformed(format_args!("{} is missing", missing.name)));
        }
        for column in manifest.too_large {
            self.audit.too_large(&column.table, &column.column, column.limit);
        }
        if self.archive.next()?.is_some() {
            return Err(self.archive.malformed("the member stands behind the manifest, which is the last"));
        }
        self.progress.ended = true;
        Ok(())
    }

    fn at_line(&self, place: usize, error: &Error) -> Error {
        self.archive.malformed(format_args!("line {place}: {error}"))
    }

    /// Compares rows once the bundle is read, as [`Audit::compare`] does.
    pub fn compare(&mut self, limit: u64) -> Result<u64> {
        while self.read()? {}
        self.audit.compare(limit)
    }

    /// Reads and compares what is left, and reports.
    pub fn finish(&mut self) -> Result<Report> {
        while self.read()? {}
        self.audit.finish()
    }
}

impl Progress {
    fn begin<R: Read>(&mut self, archive: &ArchiveReader<R>, part: &str) -> Result<()> {
        self.end_lines();
        if !self.names.insert(part.into()) {
            return Err(archive.malformed("it is there twice, or not where it belongs"));
        }
        if self.names.len() > PARTS {
            return Err(archive.malformed(format_args!("there are more than {PARTS} files and tables")));
        }
        Ok(())
    }

    fn document<R: Read>(&mut self, archive: &mut ArchiveReader<R>, name: &str) -> Result<Vec<u8>> {
        self.begin(archive, name)?;
        let content = archive.whole(DOCUMENT)?;
        let sha256 = hexadecimal(&archive.digest().clone().finalize());
        let bytes = content.len() as u64;
        self.parts.push(Part { name: name.into(), members: 1, bytes, rows: 0, sha256 });
        Ok(content)
    }

    /// The content of the `number`th member of a part of lines.
    fn lines<R: Read>(&mut self, archive: &mut ArchiveReader<R>, part: &str, number: u32) -> Result<Vec<u8>> {
        if self.lines.as_ref().is_none_or(|(open, _)| open.name != part) {
            self.begin(archive, part)?;
            let part = Part { name: part.into(), members: 0, bytes: 0, rows: 0, sha256: String::new() };
            self.lines = Some((part, Sha256::new()));
        }
        let content = archive.whole(LINES)?;
        let Some((part, digest)) = &mut self.lines else { return Ok(content) };
        part.members += 1;
        if part.members != number {
            let problem = format!("it is number {number} where number {} belongs", part.members);
            return Err(archive.malformed(problem));
        }
        if content.last() != Some(&b'\n') {
            return Err(archive.malformed("its last line has no end"));
        }
        part.bytes += content.len() as u64;
        part.rows += numbered(&content).count() as u64;
        digest.update(&content);
        Ok(content)
    }

    fn end_lines(&mut self) {
        if let Some((mut part, digest)) = self.lines.take() {
            part.sha256 = hexadecimal(&digest.finalize());
            self.parts.push(part);
        }
    }
}

/// Lines with their numbers, from 1.
fn numbered(content: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    (1..).zip(content.split_inclusive(|byte| *byte == b'\n'))
}

fn table(value: &json::Value) -> Result<(String, Vec<String>)> {
    const WHAT: &str = "tables.json";
    let object: Object = value.clone().into_object(WHAT)?;
    object.only(WHAT, &["columns", "name"])?;
    let columns = object.required_array(WHAT, "columns")?.iter().map(|column| {
        let name = column.as_str().map(str::to_owned);
        name.ok_or_else(|| Error::UnexpectedJson {
            what: WHAT,
            problem: "a column's name is not a string".into(),
        })
    });
    Ok((object.required_str(WHAT, "name")?.to_owned(), columns.collect::<Result<_>>()?))
}
