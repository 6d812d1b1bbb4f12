//! What a bundle, or the file of an anchor, says about itself: everything counted, nothing proven.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};

use bulla_core::inspect::LogSummary;
use bulla_core::json::Writer;
use bulla_core::ledger::AnchorLine;
use bulla_core::{Error, Result};
use flate2::bufread::GzDecoder;

use crate::DOCUMENT;
use crate::about::About;
use crate::anchors::{Batch, each_batch};
use crate::archive::ArchiveReader;
use crate::counted::Expansion;
use crate::manifest::Manifest;
use crate::member::{self, Member};

/// Where a tar archive says that it is one, and what it says.
const MAGIC: (std::ops::Range<usize>, &[u8]) = (257..262, b"ustar");

/// Whether a file that begins so is compressed, and so may be one of these.
#[must_use]
pub fn looks_so(beginning: &[u8]) -> bool {
    beginning.starts_with(&[0x1F, 0x8B])
}

/// Counts what is in a bundle or an anchor's file and writes it down as canonical JSON; `file` is how
/// errors name it. It is read once and in pieces, however large it is.
///
/// | `form` | other members |
/// |---|---|
/// | `anchor` | `identities` (ids of the keys that certified epochs), `keys` (`count`, `master`, `purpose`), `logs` (`checkpoints`, `epochs`, `first`, `last`, `log`, `records`, `size`), `torn` (whether the last batch is cut off) |
/// | `bundle` | the same of all its anchors, and `database`, `exported`, `files` (how many anchor files), `installation`, `product`, `tables` (`name`, `rows`), `too_large` (`column`, `limit`, `table`) |
///
/// Times are in milliseconds since 1970-01-01T00:00Z; `size` is that of the largest checkpoint.
pub fn inspect(source: impl Read, file: &str) -> Result<Vec<u8>> {
    let mut source = BufReader::with_capacity(1 << 16, source);
    let beginning = source.fill_buf().map_err(|error| unreadable(file, &error))?;
    let mut block = [0; 512];
    let archive = GzDecoder::new(beginning).read_exact(&mut block).is_ok() && block[MAGIC.0] == *MAGIC.1;
    if archive { bundle(source, file) } else { anchor(source, file) }
}

fn unreadable(file: &str, error: &std::io::Error) -> Error {
    Error::Io { what: file.into(), problem: error.to_string() }
}

/// What the lines of anchors come to.
#[derive(Default)]
struct Anchors {
    summary: LogSummary,
    torn: bool,
}

impl Anchors {
    fn read(&mut self, file: &str, source: impl BufRead, expansion: &Expansion) -> Result<()> {
        each_batch(file, source, expansion, |batch| {
            let Batch::Whole { line: first, lines } = batch else {
                self.torn = true;
                return Ok(());
            };
            for (line, number) in lines.split_inclusive(|byte| *byte == b'\n').zip(first..) {
                let of_line = |error: Error| Error::MalformedAnchor {
                    file: file.into(),
                    line: number,
                    problem: error.to_string(),
                };
                self.summary.line(&AnchorLine::parse(line, file, number)?).map_err(of_line)?;
            }
            Ok(())
        })
    }
}

fn anchor(source: impl BufRead, file: &str) -> Result<Vec<u8>> {
    let mut anchors = Anchors::default();
    anchors.read(file, source, &Expansion::default())?;
    let mut json = Writer::object();
    json.member("form").string("anchor");
    anchors.summary.write_identities(&mut json);
    anchors.summary.write_keys_and_logs(&mut json);
    json.member("torn").bool(anchors.torn);
    Ok(json.finish())
}

fn bundle(source: impl Read, file: &str) -> Result<Vec<u8>> {
    let mut archive = ArchiveReader::new(source, file);
    let first = archive.next()?.map(|(name, _)| name);
    if first.as_deref() != Some(member::ABOUT) {
        return Err(archive.malformed("it does not begin as an evidence bundle does"));
    }
    let about = About::read(&archive.whole(DOCUMENT)?).map_err(|error| archive.malformed(error))?;
    let mut anchors = Anchors::default();
    let mut files = 0;
    let mut tables = BTreeMap::<String, i64>::new();
    let mut manifest = Manifest::default();
    while let Some((name, _)) = archive.next()? {
        match Member::parse(&name) {
            Some(Member::Anchor(file)) => {
                files += 1;
                let expansion = archive.expansion().clone();
                let mut content = archive.content();
                let read = anchors.read(file, BufReader::new(&mut content), &expansion);
                content.failure.take().map_or(read, Err)?;
            }
            Some(Member::Own(table, _) | Member::Rows(table, _)) => {
                let rows = lines(&mut archive)?;
                *tables.entry(table.to_owned()).or_default() += rows;
            }
            Some(Member::Manifest) => {
                let document = archive.whole(DOCUMENT)?;
                manifest = Manifest::read(&document).map_err(|error| archive.malformed(error))?;
            }
            Some(Member::Tables | Member::Schema(_)) => {
                lines(&mut archive)?;
            }
            Some(Member::About) | None => {
                return Err(archive.malformed("no export has a member of this name here"));
            }
        }
    }
    Ok(write(&about, files, &anchors, &tables, &manifest))
}

/// How many lines the member has.
fn lines<R: Read>(archive: &mut ArchiveReader<R>) -> Result<i64> {
    let mut content = archive.content();
    let mut buffer = [0; 1 << 14];
    let mut lines = 0;
    loop {
        match content.read(&mut buffer) {
            Ok(0) => return Ok(lines),
            Ok(count) => lines += buffer[..count].iter().map(|byte| i64::from(*byte == b'\n')).sum::<i64>(),
            Err(error) => {
                let failure = content.failure.take();
                return Err(failure.unwrap_or_else(|| archive.malformed(error)));
            }
        }
    }
}

fn write(
    about: &About,
    files: i64,
    anchors: &Anchors,
    tables: &BTreeMap<String, i64>,
    manifest: &Manifest,
) -> Vec<u8> {
    let mut json = Writer::object();
    json.member("database").string(&about.database).member("exported").integer(about.exported);
    json.member("files").integer(files).member("form").string("bundle");
    anchors.summary.write_identities(&mut json);
    json.member("installation").string(&about.installation);
    anchors.summary.write_keys_and_logs(&mut json);
    json.member("product").string(&about.product).member("tables").begin_array();
    for (name, rows) in tables {
        json.begin_object().member("name").string(name).member("rows").integer(*rows).end_object();
    }
    json.end_array().member("too_large").begin_array();
    for column in &manifest.too_large {
        json.begin_object()
            .member("column")
            .string(&column.column)
            .member("limit")
            .integer(column.limit.cast_signed());
        json.member("table").string(&column.table).end_object();
    }
    json.end_array().member("torn").bool(anchors.torn);
    json.finish()
}
