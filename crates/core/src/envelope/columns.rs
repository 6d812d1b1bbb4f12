//! The columns of a row as a JSON document.
//!
//! A member for each column, in canonical order of their names. Text, null and integers within
//! ±2^53 are themselves; what JSON cannot tell apart or hold is an object of one member:
//!
//! | member | value |
//! |---|---|
//! | `b` | bytes, base64url |
//! | `d` | a double: a number, or 16 hexadecimal digits of its bits where no JSON number is it (NaN, infinities, -0) |
//! | `i` | an integer beyond ±2^53, in decimal digits |
//! | `t` | a timestamp: microseconds of the wall clock, in decimal digits |

use zeroize::Zeroizing;

use super::padding;
use crate::json::{self, Limits, Number, Object, Writer};
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
    let mut writer = Writer::object_in(Vec::with_capacity(document_len(&sorted)));
    for (name, value) in sorted {
        writer.member(name);
        append(&mut writer, value);
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

fn append(writer: &mut Writer, value: Value<'_>) {
    match value {
        Value::Null => writer.null(),
        Value::Text(text) => writer.string(text),
        Value::Integer(integer) if integer.unsigned_abs() <= Number::MAX_INTEGER.unsigned_abs() => {
            writer.integer(integer)
        }
        Value::Integer(integer) => tagged(writer, "i", |writer| {
            writer.string(&integer.to_string());
        }),
        Value::Double(double) => tagged(writer, "d", |writer| match Number::new(double) {
            Some(number) if double.to_bits() != (-0.0_f64).to_bits() => {
                writer.number(number);
            }
            _ => {
                writer.string(&format!("{:016x}", double.to_bits()));
            }
        }),
        Value::Bytes(bytes) => tagged(writer, "b", |writer| {
            writer.string(&Zeroizing::new(base64url::encode(bytes)));
        }),
        Value::Timestamp(micros) => tagged(writer, "t", |writer| {
            writer.string(&micros.to_string());
        }),
    };
}

fn tagged<'w>(writer: &'w mut Writer, tag: &str, value: impl FnOnce(&mut Writer)) -> &'w mut Writer {
    writer.begin_object().member(tag);
    value(writer);
    writer.end_object()
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
        match value {
            json::Value::Null => writer.value(Value::Null),
            json::Value::String(text) => writer.value(Value::Text(text)),
            json::Value::Number(number) => {
                let integer = number.as_i64().ok_or_else(|| malformed("a number is not an integer"))?;
                writer.value(Value::Integer(integer))
            }
            json::Value::Object(object) => append_tagged(&mut writer, object)?,
            json::Value::Bool(_) | json::Value::Array(_) => return Err(malformed("a value is of no column")),
        };
    }
    Ok(writer.finish())
}

fn append_tagged<'w>(writer: &'w mut packed::Writer, object: &Object) -> Result<&'w mut packed::Writer> {
    let mut members = object.iter();
    let (Some((tag, value)), None) = (members.next(), members.next()) else {
        return Err(malformed("a value has not one member"));
    };
    if let ("d", json::Value::Number(number)) = (tag, value) {
        return Ok(writer.value(Value::Double(number.as_f64())));
    }
    let text = value.as_str().ok_or_else(|| malformed("a value's member is not a string"))?;
    let digits = || text.parse::<i64>().map_err(|_| malformed("an integer is not one"));
    Ok(match tag {
        "b" => {
            let bytes = base64url::decode(text).ok_or_else(|| malformed("bytes are not base64url"))?;
            writer.value(Value::Bytes(&Zeroizing::new(bytes)))
        }
        "d" => {
            let bits = u64::from_str_radix(text, 16).map_err(|_| malformed("a double is not one"))?;
            writer.value(Value::Double(f64::from_bits(bits)))
        }
        "i" => writer.value(Value::Integer(digits()?)),
        "t" => writer.value(Value::Timestamp(digits()?)),
        _ => return Err(malformed("a value's member is unknown")),
    })
}

fn malformed(problem: &str) -> Error {
    Error::MalformedEnvelope { problem: format!("the document of columns is not understood: {problem}") }
}

fn invalid(problem: &str) -> Error {
    Error::InvalidArgument { what: "packed columns", problem: problem.into() }
}
