//! Strings and column values packed into one buffer: how bindings hand rows over, and what
//! commitments are computed over.
//!
//! All integers are big-endian. A *string* is an `i32` length and that many bytes of UTF-8; length
//! -1 is null. A *value* is a tag byte and its body:
//!
//! | tag | value | body |
//! |---|---|---|
//! | 0 | null | none |
//! | 1 | string | string |
//! | 2 | integer, boolean as 0 or 1 | `i64` |
//! | 3 | double | the eight bytes of IEEE 754 |
//! | 4 | bytes | `i32` length and the bytes |
//! | 5 | timestamp | `i64` microseconds of the wall clock since 1970-01-01T00:00 |

pub mod json;

use crate::{Error, Result};

/// One column value, borrowed from the buffer.
#[derive(Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// SQL NULL.
    Null,
    /// Character data.
    Text(&'a str),
    /// Any integer type, and boolean.
    Integer(i64),
    /// Floating point.
    Double(f64),
    /// Binary data.
    Bytes(&'a [u8]),
    /// Date and time without zone, in microseconds of the wall clock.
    Timestamp(i64),
}

impl std::fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Null => "Null",
            Self::Text(_) => "Text(..)",
            Self::Integer(_) => "Integer(..)",
            Self::Double(_) => "Double(..)",
            Self::Bytes(_) => "Bytes(..)",
            Self::Timestamp(_) => "Timestamp(..)",
        })
    }
}

/// Reads a packed buffer front to back.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Starts at the front of `bytes`.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether everything was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// What was not read yet.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next byte.
    pub fn u8(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    /// The next four bytes as a signed number.
    pub fn i32(&mut self) -> Result<i32> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or_else(ends_early)?;
        self.rest = rest;
        Ok(i32::from_be_bytes(*bytes))
    }

    /// The next eight bytes as a signed number.
    pub fn i64(&mut self) -> Result<i64> {
        let bytes = self.take(8)?;
        Ok(i64::from_be_bytes(bytes.try_into().expect("eight bytes were taken")))
    }

    /// The next string, null as `None`.
    pub fn string(&mut self) -> Result<Option<&'a str>> {
        let Some(bytes) = self.bytes()? else { return Ok(None) };
        std::str::from_utf8(bytes)
            .map(Some)
            .map_err(|error| Error::InvalidUtf8 { position: error.valid_up_to() })
    }

    /// The next string, which must not be null.
    pub fn text(&mut self) -> Result<&'a str> {
        self.string()?.ok_or_else(|| malformed("a string is null"))
    }

    /// The next length-prefixed bytes, null as `None`.
    pub fn bytes(&mut self) -> Result<Option<&'a [u8]>> {
        match self.i32()? {
            -1 => Ok(None),
            length => {
                let length = usize::try_from(length).map_err(|_| malformed("a length is negative"))?;
                self.take(length).map(Some)
            }
        }
    }

    /// The next `N` bytes.
    pub fn array<const N: usize>(&mut self) -> Result<&'a [u8; N]> {
        Ok(self.take(N)?.first_chunk().expect("as many bytes were taken"))
    }

    /// The next column value.
    pub fn value(&mut self) -> Result<Value<'a>> {
        Ok(match self.u8()? {
            0 => Value::Null,
            1 => Value::Text(self.text()?),
            2 => Value::Integer(self.i64()?),
            3 => Value::Double(f64::from_bits(self.i64()?.cast_unsigned())),
            4 => Value::Bytes(self.bytes()?.ok_or_else(|| malformed("bytes are null"))?),
            5 => Value::Timestamp(self.i64()?),
            _ => return Err(malformed("a value has an unknown tag")),
        })
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or_else(ends_early)?;
        self.rest = rest;
        Ok(taken)
    }
}

#[cold]
fn ends_early() -> Error {
    malformed("the buffer ends early")
}

fn malformed(problem: &str) -> Error {
    Error::InvalidArgument { what: "packed buffer", problem: problem.into() }
}

/// Writes a packed buffer.
#[derive(Debug, Clone, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// An empty buffer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty buffer that takes `capacity` bytes without growing.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self { bytes: Vec::with_capacity(capacity) }
    }

    /// Appends a byte.
    pub fn u8(&mut self, value: u8) -> &mut Self {
        self.bytes.push(value);
        self
    }

    /// Appends four bytes.
    pub fn i32(&mut self, value: i32) -> &mut Self {
        self.bytes.extend_from_slice(&value.to_be_bytes());
        self
    }

    /// Appends eight bytes.
    pub fn i64(&mut self, value: i64) -> &mut Self {
        self.bytes.extend_from_slice(&value.to_be_bytes());
        self
    }

    /// Appends a string, `None` as null.
    pub fn string(&mut self, value: Option<&str>) -> &mut Self {
        self.bytes(value.map(str::as_bytes))
    }

    /// Appends length-prefixed bytes, `None` as null.
    ///
    /// # Panics
    /// If `value` is 2 GiB or longer: no caller's buffer can be.
    pub fn bytes(&mut self, value: Option<&[u8]>) -> &mut Self {
        match value {
            None => self.i32(-1),
            Some(value) => {
                self.i32(i32::try_from(value.len()).expect("buffers stay below 2 GiB"));
                self.bytes.extend_from_slice(value);
                self
            }
        }
    }

    /// Appends a column value.
    pub fn value(&mut self, value: Value<'_>) -> &mut Self {
        match value {
            Value::Null => self.u8(0),
            Value::Text(text) => self.u8(1).string(Some(text)),
            Value::Integer(integer) => self.u8(2).i64(integer),
            Value::Double(double) => self.u8(3).i64(double.to_bits().cast_signed()),
            Value::Bytes(bytes) => self.u8(4).bytes(Some(bytes)),
            Value::Timestamp(micros) => self.u8(5).i64(micros),
        }
    }

    /// The packed bytes.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let values = [
            Value::Null,
            Value::Text("größe"),
            Value::Integer(i64::MIN),
            Value::Double(-0.0),
            Value::Bytes(&[0, 255]),
            Value::Timestamp(1),
        ];
        let mut writer = Writer::new();
        writer.string(None).string(Some(""));
        for value in values {
            writer.value(value);
        }
        let bytes = writer.finish();
        let mut reader = Reader::new(&bytes);
        assert_eq!(reader.string().unwrap(), None);
        assert_eq!(reader.string().unwrap(), Some(""));
        for value in values {
            assert!(reader.value().unwrap() == value);
        }
        assert!(reader.is_empty());
    }

    #[test]
    fn a_buffer_cut_anywhere_is_refused() {
        let mut writer = Writer::new();
        writer.value(Value::Text("abc")).value(Value::Bytes(b"xyz"));
        let bytes = writer.finish();
        for length in 0..bytes.len() {
            let mut reader = Reader::new(&bytes[..length]);
            assert!(reader.value().and_then(|_| reader.value()).is_err());
        }
    }
}
