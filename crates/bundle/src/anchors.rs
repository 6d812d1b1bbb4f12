//! An anchor's file: a gzip of several members, each of which is a batch that counts as a whole.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read};

use bulla_core::audit::Audit;
use bulla_core::{Error, Result};
use flate2::bufread::GzDecoder;

use crate::counted::{Counted, Expansion};
use crate::growing::{Growing, Inside};

/// What is held in memory of a batch: one second's records, or what one transaction wrote.
const BATCH: u64 = 512 << 20;

/// Feeds the file of an anchor to an audit; returns how many bytes were read.
///
/// `name` is how findings and errors name it. A node may be writing to it: the rest of a batch is
/// waited for. A last batch that is cut off is told to the audit and tolerated; damage is
/// [`Error::MalformedAnchor`], and names line and byte.
pub(crate) fn read_anchor(audit: &mut Audit, name: &str, file: &File) -> Result<u64> {
    let inside = Inside::default();
    let source = BufReader::with_capacity(1 << 16, Growing::new(file, inside.clone()));
    feed(audit, name, source, &Expansion::default(), u64::MAX, &inside)
}

/// As [`read_anchor`]; `expansion` counts what comes of the file if it is part of a bundle.
pub(crate) fn feed_bounded(
    audit: &mut Audit,
    file: &str,
    source: impl BufRead,
    expansion: &Expansion,
) -> Result<()> {
    feed(audit, file, source, expansion, BATCH, &Inside::default()).map(drop)
}

fn feed(
    audit: &mut Audit,
    file: &str,
    source: impl BufRead,
    expansion: &Expansion,
    limit: u64,
    inside: &Inside,
) -> Result<u64> {
    audit.expect_anchors()?;
    batches(file, source, expansion, limit, inside, |batch| match batch {
        Batch::Whole { line, lines } => audit.anchor(file, line, lines),
        Batch::Torn => audit.torn_anchor(file),
    })
}

/// What is read of an anchor's file.
pub(crate) enum Batch<'a> {
    /// A batch, and the number of its first line.
    Whole { line: u64, lines: &'a [u8] },
    /// The last one, cut off by a crash.
    Torn,
}

/// As [`feed_bounded`], for whatever takes the batches.
pub(crate) fn each_batch(
    file: &str,
    source: impl BufRead,
    expansion: &Expansion,
    take: impl FnMut(Batch<'_>) -> Result<()>,
) -> Result<()> {
    batches(file, source, expansion, BATCH, &Inside::default(), take).map(drop)
}

fn batches(
    file: &str,
    source: impl BufRead,
    expansion: &Expansion,
    limit: u64,
    inside: &Inside,
    mut take: impl FnMut(Batch<'_>) -> Result<()>,
) -> Result<u64> {
    let mut source = Counted::new(source);
    let read = source.expansion().clone();
    let mut line = 1;
    loop {
        let malformed = |problem: String| Error::MalformedAnchor {
            file: file.into(),
            line,
            problem: format!("byte {}: {problem}; restore the file from a copy of the anchor", read.read()),
        };
        match source.fill_buf() {
            Ok([]) => return Ok(read.read()),
            Ok(_) => {}
            Err(error) => return Err(malformed(error.to_string())),
        }
        let mut lines = Vec::new();
        let mut batch = GzDecoder::new(&mut source).take(limit);
        inside.set(true);
        let ended = batch.read_to_end(&mut lines);
        inside.set(false);
        match ended {
            Ok(_) if batch.limit() == 0 => {
                return Err(malformed(format!("a batch has more than {limit} bytes")));
            }
            Ok(_) => {}
            // A crash cuts the last batch off; the batches before it are whole.
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                take(Batch::Torn)?;
                return Ok(read.read());
            }
            Err(_) if batch.get_ref().header().is_none() => {
                return Err(malformed("no gzip member begins here".into()));
            }
            Err(error) => return Err(malformed(error.to_string())),
        }
        expansion.expanded(lines.len()).map_err(|error| malformed(error.to_string()))?;
        take(Batch::Whole { line, lines: &lines })?;
        line += lines.split_inclusive(|byte| *byte == b'\n').count() as u64;
    }
}
