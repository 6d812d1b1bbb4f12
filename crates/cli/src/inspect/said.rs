//! Finds out what a file is, and has it say what it says.

use std::fs::File;
use std::io::{self, BufRead, BufReader};

use bulla_core::inspect::{self, LogSummary};
use bulla_core::json::Writer;
use bulla_core::ledger::AnchorLine;
use zeroize::Zeroizing;

use super::keys;
use crate::files::Input;
use crate::outcome::{Failure, Result};
use crate::passphrase::PassphraseOption;

/// What a file says of itself, canonical JSON with a member `form`.
pub(super) fn of(input: &Input, passphrase: &PassphraseOption) -> Result<Vec<u8>> {
    match input {
        Input::Standard => read(io::stdin().lock(), input, passphrase),
        Input::File(path) => read(BufReader::new(File::open(path).map_err(unreadable)?), input, passphrase),
    }
}

/// What is compressed is read in pieces: it may be larger than the memory.
fn read(mut source: impl BufRead, input: &Input, passphrase: &PassphraseOption) -> Result<Vec<u8>> {
    let what = input.to_string();
    if bulla_bundle::inspect::looks_so(source.fill_buf().map_err(unreadable)?) {
        return Ok(bulla_bundle::inspect::inspect(source, &what)?);
    }
    let mut bytes = Zeroizing::new(Vec::new());
    source.read_to_end(&mut bytes).map_err(unreadable)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|error| Failure::unusable(format!("invalid UTF-8 at byte {}", error.valid_up_to())))?;
    if let Some(said) = keys::said(text.trim_ascii(), &what, passphrase)? {
        return Ok(said);
    }
    match lines(text, &what) {
        Some(said) => said,
        None => Ok(inspect::inspect(text.trim_ascii())?),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed to map_err")]
fn unreadable(error: io::Error) -> Failure {
    Failure::unusable(format!("cannot be read: {error}"))
}

/// A line of a file of such lines.
enum Line<'a> {
    /// Of an anchor.
    Anchored(AnchorLine),
    /// A row of a key registry.
    Row(&'a str),
}

impl<'a> Line<'a> {
    fn parse(line: &'a str, what: &str, number: u64) -> Result<Self> {
        if line.starts_with('{') {
            return Ok(Self::Anchored(AnchorLine::parse(line.as_bytes(), what, number)?));
        }
        // A registry's own file has purpose and key id before each row.
        Ok(Self::Row(line.rsplit_once(' ').map_or(line, |(_, row)| row)))
    }

    fn told(&self, summary: &mut LogSummary) -> bulla_core::Result<()> {
        match self {
            Self::Anchored(line) => summary.line(line),
            Self::Row(row) => summary.row(row),
        }
    }
}

/// What the lines of an anchor or a registry say, if it is such a file: its first line decides. A row
/// behind its purpose is such a file even if it is the only one.
fn lines(text: &str, what: &str) -> Option<Result<Vec<u8>>> {
    let first = text.lines().next()?;
    let several = text.trim_end().contains('\n') || first.contains(' ');
    let parsed = Line::parse(first, what, 1).ok().filter(|_| several)?;
    parsed.told(&mut LogSummary::default()).ok()?;
    Some(summary(text, what))
}

fn summary(text: &str, what: &str) -> Result<Vec<u8>> {
    let mut summary = LogSummary::default();
    let mut anchored = false;
    for (line, number) in text.lines().zip(1..) {
        let of_line = |problem: &str| Failure::unusable(format!("line {number}: {problem}"));
        let parsed = Line::parse(line, what, number)?;
        anchored |= matches!(parsed, Line::Anchored(_));
        parsed.told(&mut summary).map_err(|error| of_line(&error.to_string()))?;
    }
    let mut json = Writer::object();
    json.member("form").string(if anchored { "anchor" } else { "registry" });
    summary.write_identities(&mut json);
    summary.write_keys_and_logs(&mut json);
    Ok(json.finish())
}
