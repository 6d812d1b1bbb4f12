//! Where an audit keeps what does not fit into memory.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};

use bulla_core::audit::Spill;
use bulla_core::{Error, Result};

/// A temporary file that has no name, so that only this process can open it.
pub struct TemporaryFile(File);

impl TemporaryFile {
    /// A new one, in the directory that the environment variable `TMPDIR` names.
    pub fn new() -> Result<Self> {
        tempfile::tempfile().map(Self).map_err(unusable)
    }
}

impl Spill for TemporaryFile {
    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.0.seek(SeekFrom::End(0)).and_then(|_| self.0.write_all(bytes)).map_err(unusable)
    }

    fn read(&mut self, offset: u64, out: &mut [u8]) -> Result<()> {
        self.0.seek(SeekFrom::Start(offset)).and_then(|_| self.0.read_exact(out)).map_err(unusable)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed to map_err")]
fn unusable(error: std::io::Error) -> Error {
    let problem = format!("{error}; name a directory with more room with the environment variable TMPDIR");
    Error::Io { what: "the audit's temporary file".into(), problem }
}
