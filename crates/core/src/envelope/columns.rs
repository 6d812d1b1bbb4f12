//! The columns of a row as a JSON document.
//!
//! A member for each column, in canonical order of their names; values as [`packed::json`] has them.

use zeroize::Zeroizing;

use super::{buffer, padding};
use crate::json::{self, Limits, Writer};
use crate::packed::{self, Value};
use crate::{Error, Result, base64url};

/// The padded document of packed `columns` (`i32` count, then name and value of each).
pub(super) fn write(columns: &[u8]) -> Result<Vec<u8>> {
    let mut reader = packed::Reader::new(columns);
    let count = usize::try_from(reader.i32()?).map_err(|_| invalid("a count is negative"))?;
    let mut sorted = Vec::with_capacity(count.min(64));
    for _ in 0..count {
        sorted.push((reader.text()?, reader.value()?));
    }
    if !reader.is_empty() {
        return Err(invalid("bytes follow the last column"));
    }
    sorted.sort_unstable_by(|a, b| json::utf16_order(a.0, b.0));
    if sorted.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(invalid("a column is there twice"));
    }
    // Grown buffers leave copies behind, so it is made large enough at once.
    let mut writer = Writer::object_in(buffer::take(document_len(&sorted)));
    for (name, value) in sorted {
        writer.member(name);
        packed::json::append(&mut writer, value);
    }
    let mut document = writer.finish();
    padding::pad_document(&mut document);
    Ok(document)
}

/// An upper bound of the document's length.
fn document_len(columns: &[(&str, Value<'_>)]) -> usize {
    let lengths = columns.iter().map(|(name, value)| {
        escaped(name)
            + match value {
                Value::Text(text) => escaped(text) + 8,
                Value::Bytes(bytes) => base64url::encoded_len(bytes.len()) + 16,
                _ => 48,
            }
    });
    lengths.sum::<usize>() + padding::BLOCK
}

/// How long a text is in JSON: a control character takes up to six bytes, a quote two.
fn escaped(text: &str) -> usize {
    let extra = |bytes: &[u8]| {
        let extra = |byte: &u8| 5 * u8::from(*byte < b' ') + u8::from(*byte == b'"' || *byte == b'\\');
        usize::from(bytes.iter().map(extra).sum::<u8>())
    };
    // A byte holds the sum over 32 bytes, so that the compiler takes 32 at once.
    let (chunks, rest) = text.as_bytes().as_chunks::<32>();
    text.len() + chunks.iter().map(|chunk| extra(chunk)).sum::<usize>() + extra(rest)
}

/// The packed columns of a document.
pub(super) fn read(document: &[u8]) -> Result<Vec<u8>> {
    let limits = Limits { depth: 2, size: usize::MAX, exact_numbers: true };
    let columns = Zeroizing::new(json::parse(document, limits)?);
    let columns = columns.as_object().ok_or_else(|| malformed("it is not an object"))?;
    let mut writer = packed::Writer::with_capacity(document.len() + 16 * columns.len());
    writer.i32(i32::try_from(columns.len()).map_err(|_| malformed("it has too many columns"))?);
    for (name, value) in columns.iter() {
        writer.string(Some(name));
        packed::json::pack(value, &mut writer).map_err(malformed)?;
    }
    Ok(writer.finish())
}

fn malformed(problem: &str) -> Error {
    Error::MalformedEnvelope { problem: format!("the document of columns is not understood: {problem}") }
}

fn invalid(problem: &str) -> Error {
    Error::InvalidArgument { what: "packed columns", problem: problem.into() }
}
