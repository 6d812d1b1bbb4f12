//! Strings: read with their escapes, and written with the fewest (RFC 8785 §3.2.2.2).

use std::borrow::Cow;

use crate::{Error, Result};

/// A string literal and the byte after its closing quote.
pub(super) struct Literal<'a> {
    /// What the string says.
    pub(super) content: Cow<'a, str>,
    /// The byte after the closing quote.
    pub(super) end: usize,
}

impl<'a> Literal<'a> {
    /// Reads the string whose opening quote is at byte `start` of `document`.
    pub(super) fn scan(document: &'a str, start: usize) -> Result<Self> {
        let bytes = document.as_bytes();
        let mut content = Cow::Borrowed("");
        let mut run = start + 1;
        loop {
            let at = run + plain_run(&bytes[run..]).0;
            if content.is_empty() {
                content = Cow::Borrowed(&document[run..at]);
            } else {
                content.to_mut().push_str(&document[run..at]);
            }
            match bytes.get(at) {
                Some(b'"') => return Ok(Self { content, end: at + 1 }),
                Some(b'\\') => {
                    let (character, end) = unescape(bytes, at)?;
                    content.to_mut().push(character);
                    run = end;
                }
                Some(_) => return Err(syntax(at, "a control character is not escaped")),
                None => return Err(syntax(at, "a string does not end")),
            }
        }
    }
}

/// How many bytes from the front need no attention, that is, stand before any quote, backslash or
/// control character; and whether they are ASCII.
#[inline]
pub(super) fn plain_run(bytes: &[u8]) -> (usize, bool) {
    let mut run = 0;
    let mut high = 0;
    while let Some(chunk) = bytes[run..].first_chunk::<8>() {
        let chunk = u64::from_le_bytes(*chunk);
        let special = special_bytes(chunk);
        if special != 0 {
            let length = special.trailing_zeros() / 8;
            high |= chunk & HIGH_BITS & !(u64::MAX << (8 * length));
            return (run + length as usize, high == 0);
        }
        high |= chunk & HIGH_BITS;
        run += 8;
    }
    if let Some((_, last)) = bytes.split_last_chunk::<8>() {
        // What the eight bytes repeat is plain.
        let last = u64::from_le_bytes(*last);
        let length = special_bytes(last).trailing_zeros() / 8;
        high |= last & HIGH_BITS & !u64::MAX.checked_shl(8 * length).unwrap_or(0);
        return (bytes.len() - 8 + length as usize, high == 0);
    }
    let mut ascii = high == 0;
    while let Some(byte) = bytes.get(run).filter(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1F)) {
        ascii &= byte.is_ascii();
        run += 1;
    }
    (run, ascii)
}

const LOW_BITS: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// Sets the high bit of each byte of `chunk` that is a quote, a backslash or a control character.
/// Behind the first such byte other bits may be set too.
fn special_bytes(chunk: u64) -> u64 {
    let quotes = chunk ^ (LOW_BITS * u64::from(b'"'));
    let backslashes = chunk ^ (LOW_BITS * u64::from(b'\\'));
    let found = quotes.wrapping_sub(LOW_BITS) & !quotes
        | backslashes.wrapping_sub(LOW_BITS) & !backslashes
        | chunk.wrapping_sub(LOW_BITS * 0x20) & !chunk;
    found & HIGH_BITS
}

/// The character of the escape whose backslash is at byte `start`, and the byte after it.
pub(super) fn unescape(bytes: &[u8], start: usize) -> Result<(char, usize)> {
    let character = match bytes.get(start + 1) {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{C}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unescape_utf16(bytes, start),
        _ => return Err(syntax(start, "an escape is unknown")),
    };
    Ok((character, start + 2))
}

fn unescape_utf16(bytes: &[u8], start: usize) -> Result<(char, usize)> {
    const LONE: fn(usize) -> Error = |position| Error::LoneSurrogate { position };
    let unit = code_unit(bytes, start)?;
    if let Some(character) = char::from_u32(unit) {
        return Ok((character, start + 6));
    }
    let low_start = start + 6;
    if unit >= 0xDC00 || !bytes[low_start..].starts_with(b"\\u") {
        return Err(LONE(start));
    }
    let low = code_unit(bytes, low_start)?;
    if !(0xDC00..0xE000).contains(&low) {
        return Err(LONE(start));
    }
    let character = char::from_u32(0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
    Ok((character.ok_or(LONE(start))?, low_start + 6))
}

/// The four hexadecimal digits of the `\u` at byte `start`.
fn code_unit(bytes: &[u8], start: usize) -> Result<u32> {
    let digits = bytes.get(start + 2..start + 6).unwrap_or_default();
    let mut unit = 0;
    for digit in digits {
        let Some(value) = char::from(*digit).to_digit(16) else {
            return Err(syntax(start, "\\u is not followed by four hexadecimal digits"));
        };
        unit = unit << 4 | value;
    }
    if digits.is_empty() {
        return Err(syntax(start, "\\u is not followed by four hexadecimal digits"));
    }
    Ok(unit)
}

/// Appends `content` as a string literal.
pub(super) fn write(content: &str, out: &mut Vec<u8>) {
    out.reserve(content.len() + 2);
    out.push(b'"');
    append(content, out);
    out.push(b'"');
}

/// Appends what stands between the quotes of `content`'s literal.
#[inline]
pub(crate) fn append(content: &str, out: &mut Vec<u8>) {
    let content = content.as_bytes();
    if is_plain(content) {
        out.extend_from_slice(content);
    } else {
        append_escaped(content, out);
    }
}

#[cold]
fn append_escaped(mut rest: &[u8], out: &mut Vec<u8>) {
    loop {
        let (plain, special) = rest.split_at(plain_run(rest).0);
        out.extend_from_slice(plain);
        let Some((byte, after)) = special.split_first() else { break };
        write_escaped(*byte, out);
        rest = after;
    }
}

/// Whether nothing needs an escape. Most texts are such, and this takes a fraction of the time that
/// [`plain_run`] takes to find out where.
#[inline]
fn is_plain(bytes: &[u8]) -> bool {
    let Some(last) = bytes.last_chunk() else {
        return plain_run(bytes).0 == bytes.len();
    };
    // What the last chunk repeats is looked at twice.
    is_chunk_plain(last) && bytes.as_chunks().0.iter().all(is_chunk_plain)
}

/// Compilers make this a few instructions for all sixteen bytes.
#[inline]
fn is_chunk_plain(chunk: &[u8; 16]) -> bool {
    let special = chunk.map(|byte| u8::from(byte < 0x20) | u8::from(byte == b'"') | u8::from(byte == b'\\'));
    u128::from_ne_bytes(special) == 0
}

/// Appends the escape of a quote, a backslash or a control character.
pub(super) fn write_escaped(byte: u8, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let short = match byte {
        b'"' | b'\\' => byte,
        0x8 => b'b',
        0x9 => b't',
        0xA => b'n',
        0xC => b'f',
        0xD => b'r',
        _ => {
            out.extend_from_slice(b"\\u00");
            out.extend_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 0xF)]]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

fn syntax(position: usize, problem: &'static str) -> Error {
    Error::JsonSyntax { position, problem }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_plain_run_ends_at_the_first_byte_that_needs_attention(
            bytes in prop::collection::vec(
                prop_oneof![
                    40 => b'a'..=b'z',
                    2 => prop::sample::select(vec![b'"', b'\\', 0, 0x1F, 0x20, 0x7F, 0x80, 0x9F, 0xA2, 0xDC, 0xFF]),
                ],
                0..40,
            )
        ) {
            let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1F);
            let run = bytes.iter().position(special).unwrap_or(bytes.len());
            prop_assert_eq!(plain_run(&bytes), (run, bytes[..run].is_ascii()));
            prop_assert_eq!(is_plain(&bytes), run == bytes.len());
        }
    }
}
