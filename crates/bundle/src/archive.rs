//! The container: a tar (POSIX ustar) of regular files, compressed by gzip.

use std::io::{BufReader, Read, Write};

use bulla_core::printable::printable;
use bulla_core::{Error, Result};
use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use tar::{EntryType, Header};

use crate::counted::{Counted, Expansion};
use crate::manifest::{Part, hexadecimal};
use crate::member;
use crate::{CHUNK, LINES};

const BLOCK: usize = 512;

/// Writes members one after the other; remembers what they were.
pub(crate) struct ArchiveWriter<W: Write> {
    tar: tar::Builder<GzEncoder<W>>,
    /// When the members were made, in seconds since 1970.
    time: u64,
    parts: Vec<Part>,
    lines: Option<Lines>,
}

/// A part of which lines are being written.
struct Lines {
    part: Part,
    digest: Sha256,
    /// What is not written yet.
    chunk: Vec<u8>,
}

impl<W: Write> ArchiveWriter<W> {
    pub(crate) fn new(out: W, time: u64) -> Self {
        // Envelopes are random bytes in base64, of which no level of compression makes much less.
        let tar = tar::Builder::new(GzEncoder::new(out, Compression::fast()));
        Self { tar, time, parts: Vec::new(), lines: None }
    }

    /// Writes a file of `size` bytes.
    pub(crate) fn file(&mut self, name: &str, size: u64, content: impl Read) -> std::io::Result<()> {
        self.end_lines()?;
        let mut content = Digested { source: content.take(size), digest: Sha256::new() };
        self.member(name, size, &mut content)?;
        if content.source.limit() > 0 {
            return Err(std::io::Error::other("it became shorter while it was copied"));
        }
        let sha256 = hexadecimal(&content.digest.finalize());
        self.parts.push(Part { name: name.into(), members: 1, bytes: size, rows: 0, sha256 });
        Ok(())
    }

    /// Writes a line of the part `part` by `write`, which appends it to what it is given.
    pub(crate) fn line(
        &mut self,
        part: &str,
        write: impl FnOnce(&mut Vec<u8>) -> Result<()>,
    ) -> Result<std::io::Result<()>> {
        if self.lines.as_ref().is_none_or(|lines| lines.part.name != part) {
            if let Err(error) = self.end_lines() {
                return Ok(Err(error));
            }
            if self.parts.iter().any(|known| known.name == part) {
                let problem = "was fed rows of a table that had ended".into();
                return Err(Error::InvalidArgument { what: "export", problem });
            }
            let part = Part { name: part.into(), members: 0, bytes: 0, rows: 0, sha256: String::new() };
            self.lines = Some(Lines { part, digest: Sha256::new(), chunk: Vec::with_capacity(CHUNK) });
        }
        let Some(lines) = &mut self.lines else { return Ok(Ok(())) };
        let before = lines.chunk.len();
        if let Err(error) = write(&mut lines.chunk) {
            lines.chunk.truncate(before);
            return Err(error);
        }
        lines.part.rows += 1;
        Ok(if lines.chunk.len() >= CHUNK { self.flush() } else { Ok(()) })
    }

    /// Writes what is not written yet as the part's next member.
    fn flush(&mut self) -> std::io::Result<()> {
        let Some(mut lines) = self.lines.take() else { return Ok(()) };
        if lines.chunk.len() as u64 > LINES {
            let problem = format!(
                "a row of {} has {} bytes; {LINES} can be exported",
                lines.part.name,
                lines.chunk.len()
            );
            return Err(std::io::Error::other(problem));
        }
        if !lines.chunk.is_empty() {
            lines.part.members += 1;
            lines.part.bytes += lines.chunk.len() as u64;
            lines.digest.update(&lines.chunk);
            let name = member::name_of(&lines.part.name, lines.part.members);
            self.member(&name, lines.chunk.len() as u64, &lines.chunk[..])?;
            lines.chunk.clear();
        }
        self.lines = Some(lines);
        Ok(())
    }

    fn end_lines(&mut self) -> std::io::Result<()> {
        self.flush()?;
        if let Some(Lines { mut part, digest, .. }) = self.lines.take() {
            part.sha256 = hexadecimal(&digest.finalize());
            self.parts.push(part);
        }
        Ok(())
    }

    fn member(&mut self, name: &str, size: u64, content: impl Read) -> std::io::Result<()> {
        let mut header = Header::new_ustar();
        header.set_path(name)?;
        header.set_entry_type(EntryType::Regular);
        header.set_mode(0o644);
        header.set_mtime(self.time);
        header.set_size(size);
        header.set_cksum();
        self.tar.append(&header, content)
    }

    /// What was written so far.
    pub(crate) fn parts(&mut self) -> std::io::Result<Vec<Part>> {
        self.end_lines()?;
        Ok(self.parts.clone())
    }

    /// Ends the archive.
    pub(crate) fn finish(mut self) -> std::io::Result<W> {
        self.end_lines()?;
        self.tar.into_inner()?.finish()
    }
}

struct Digested<R> {
    source: R,
    digest: Sha256,
}

impl<R: Read> Read for Digested<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let count = self.source.read(out)?;
        self.digest.update(&out[..count]);
        Ok(count)
    }
}

/// Reads members one after the other; remembers what they were.
pub(crate) struct ArchiveReader<R: Read> {
    /// How errors name the file.
    file: String,
    expanded: GzDecoder<Counted<BufReader<R>>>,
    expansion: Expansion,
    /// The name of the member that is read.
    member: String,
    digest: Sha256,
    /// What of the member is not read yet.
    left: u64,
    padding: usize,
}

impl<R: Read> ArchiveReader<R> {
    pub(crate) fn new(source: R, file: &str) -> Self {
        let source = Counted::new(BufReader::with_capacity(1 << 16, source));
        let expansion = source.expansion().clone();
        Self {
            file: file.into(),
            expanded: GzDecoder::new(source),
            expansion,
            member: String::new(),
            digest: Sha256::new(),
            left: 0,
            padding: 0,
        }
    }

    pub(crate) fn expansion(&self) -> &Expansion {
        &self.expansion
    }

    /// An error at the place that was read last.
    pub(crate) fn malformed(&self, problem: impl std::fmt::Display) -> Error {
        let place = if self.member.is_empty() {
            String::new()
        } else {
            format!("in member {}: ", printable(&self.member))
        };
        Error::MalformedBundle {
            file: self.file.clone(),
            position: self.expansion.read(),
            problem: format!("{place}{problem}"),
        }
    }

    /// Name and size of the next member; `None` at the end of the file.
    ///
    /// The one before must have been read to its end.
    pub(crate) fn next(&mut self) -> Result<Option<(String, u64)>> {
        let mut block = [0; BLOCK];
        self.fill(&mut [0; BLOCK][..self.padding])?;
        self.fill(&mut block)?;
        self.member.clear();
        if block == [0; BLOCK] {
            self.fill(&mut block)?;
            return self.end(&block).map(|()| None);
        }
        let header = Header::from_byte_slice(&block);
        let sum = block.iter().enumerate().map(|(at, byte)| match at {
            148..156 => u32::from(b' '),
            _ => u32::from(*byte),
        });
        if header.as_ustar().is_none() || header.cksum().ok() != Some(sum.sum()) {
            return Err(self.malformed("what stands here is no member of a tar archive; it is damaged"));
        }
        let name = String::from_utf8(header.path_bytes().into_owned())
            .map_err(|_| self.malformed("a member's name is not UTF-8"))?;
        if header.entry_type() != EntryType::Regular {
            let problem = format!("{name:?} is not a regular file; an export has no links and folders");
            return Err(self.malformed(problem));
        }
        let size = header.entry_size().map_err(|error| self.malformed(error))?;
        self.member.clone_from(&name);
        self.digest = Sha256::new();
        self.left = size;
        self.padding = usize::try_from(size.wrapping_neg() % BLOCK as u64).unwrap_or(0);
        Ok(Some((name, size)))
    }

    /// Behind the archive's end there is nothing.
    fn end(&mut self, block: &[u8; BLOCK]) -> Result<()> {
        if *block != [0; BLOCK] {
            return Err(self.malformed("the archive's end is damaged"));
        }
        // Reading on verifies the checksum.
        let mut rest = [0; BLOCK];
        loop {
            let count = self.expanded.read(&mut rest).map_err(|error| self.unreadable(&error))?;
            if count == 0 {
                break;
            }
            if rest[..count].iter().any(|byte| *byte != 0) {
                return Err(self.malformed("something follows the archive's end"));
            }
            self.expansion.expanded(count).map_err(|error| self.unreadable(&error))?;
        }
        let mut one = [0];
        match self.expanded.get_mut().read(&mut one) {
            Ok(0) => Ok(()),
            Ok(_) => Err(self.malformed("something follows the archive's end")),
            Err(error) => Err(self.unreadable(&error)),
        }
    }

    /// The content of the member, which must be read to its end.
    pub(crate) fn content(&mut self) -> Content<'_, R> {
        Content { archive: self, failure: None }
    }

    /// The whole content of the member, which may have at most `limit` bytes.
    pub(crate) fn whole(&mut self, limit: u64) -> Result<Vec<u8>> {
        if self.left > limit {
            let size = self.left;
            return Err(self.malformed(format!("{size} bytes are more than the {limit} that one may have")));
        }
        let mut content = self.content();
        let mut bytes = Vec::new();
        match content.read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(error) => Err(content.failure.take().unwrap_or_else(|| self.unreadable(&error))),
        }
    }

    /// SHA-256 of the content that was read.
    pub(crate) fn digest(&self) -> &Sha256 {
        &self.digest
    }

    fn fill(&mut self, out: &mut [u8]) -> Result<()> {
        self.expanded.read_exact(out).map_err(|error| self.unreadable(&error))?;
        self.expansion.expanded(out.len()).map_err(|error| self.unreadable(&error))
    }

    fn unreadable(&self, error: &std::io::Error) -> Error {
        match error.kind() {
            std::io::ErrorKind::UnexpectedEof => {
                self.malformed("the file ends here, and its end is missing; copy it once more")
            }
            std::io::ErrorKind::InvalidInput | std::io::ErrorKind::InvalidData => {
                self.malformed(format_args!("it is damaged: {error}"))
            }
            _ => self.malformed(error),
        }
    }
}

/// The content of one member.
pub(crate) struct Content<'a, R: Read> {
    archive: &'a mut ArchiveReader<R>,
    /// Why reading failed, if the archive is to blame.
    pub(crate) failure: Option<Error>,
}

impl<R: Read> Content<'_, R> {
    /// How much of it is not read yet.
    pub(crate) fn left(&self) -> u64 {
        self.archive.left
    }
}

impl<R: Read> Read for Content<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let archive = &mut *self.archive;
        let wanted = usize::try_from(archive.left).unwrap_or(usize::MAX).min(out.len());
        if wanted == 0 {
            return Ok(0);
        }
        let read = match archive.expanded.read(&mut out[..wanted]) {
            Ok(0) => Err(std::io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => archive.expansion.expanded(count).map(|()| count),
            Err(error) => Err(error),
        };
        match read {
            Ok(count) => {
                archive.digest.update(&out[..count]);
                archive.left -= count as u64;
                Ok(count)
            }
            Err(error) => {
                self.failure = Some(archive.unreadable(&error));
                // Not the end of an anchor's file that a crash cut off.
                Err(std::io::Error::other(error))
            }
        }
    }
}
