//! JSON, strictly: what is read has one meaning, what is written has one form.
//!
//! * [`parse`] reads a document into a [`Value`], for headers, keys and records.
//! * [`canonicalize`] turns a document into its canonical form (RFC 8785), bytes to bytes.
//! * [`Writer`] writes canonical JSON directly, for what this library makes itself.
//!
//! The reader takes UTF-8 without byte-order mark and refuses duplicate member names, lone
//! surrogates, nesting beyond [`Limits::depth`] and documents beyond [`Limits::size`]. With
//! [`Limits::exact_numbers`] it also refuses what the canonical form would silently change:
//!
//! * an integer that a double does not hold exactly, unless it is what the canonical form of a
//!   double looks like (so that canonical documents stay readable);
//! * any other number with more than 17 significant digits, unless a double holds it exactly;
//! * a number beyond the range of a double, or so small that it would become zero.
//!
//! Each refusal names the byte where the offending token starts, and never quotes the document.

mod canonical;
mod decimal;
mod number;
mod parse;
mod text;
mod value;
mod writer;

pub use canonical::canonicalize;
pub use number::Number;
pub use parse::parse;
pub(crate) use text::append as append_text;
pub use value::{Object, Value};
pub use writer::Writer;

use crate::{Error, Result};

/// How much a document may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many arrays and objects may be open at once; more than 1024 counts as 1024.
    pub depth: usize,
    /// How many bytes the document may have, and its canonical form.
    pub size: usize,
    /// Whether numbers that would be silently changed are refused. The examples of RFC 8785
    /// contain such numbers; everything else wants `true`.
    pub exact_numbers: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 128, size: 16 << 20, exact_numbers: true }
    }
}

impl Limits {
    const DEEPEST: usize = 1024;

    /// The document as text, if its size and encoding are within the limits.
    fn admit<'a>(&self, document: &'a [u8]) -> Result<&'a str> {
        if document.len() > self.size {
            return Err(Error::TooLarge { size: document.len(), limit: self.size });
        }
        if document.starts_with(b"\xEF\xBB\xBF") {
            return Err(Error::ByteOrderMark);
        }
        std::str::from_utf8(document).map_err(|error| Error::InvalidUtf8 { position: error.valid_up_to() })
    }

    fn deepest(&self) -> usize {
        self.depth.min(Self::DEEPEST)
    }
}

/// Orders member names as RFC 8785 §3.2.3 asks: by their UTF-16 code units.
pub fn utf16_order(a: &str, b: &str) -> std::cmp::Ordering {
    // UTF-8 sorts by code point. UTF-16 differs only in that surrogates (U+D800 to U+DFFF, the
    // pairs of what is beyond U+FFFF) come before U+E000 to U+FFFF.
    match a.bytes().zip(b.bytes()).find(|(a, b)| a != b) {
        Some((a, b)) => utf16_rank(a).cmp(&utf16_rank(b)),
        None => a.len().cmp(&b.len()),
    }
}

/// A rank for the first byte in which two UTF-8 texts differ: leading bytes F0 to F4 (beyond
/// U+FFFF) go between ED and EE (where U+E000 starts).
fn utf16_rank(byte: u8) -> u16 {
    match byte {
        0xEE.. if byte < 0xF0 => u16::from(byte) + 0x100,
        _ => u16::from(byte),
    }
}

#[cfg(test)]
mod tests;
