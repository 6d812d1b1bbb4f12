//! From any document to its canonical form (RFC 8785) in one pass, bytes to bytes.
//!
//! Most of a document is canonical already, so nothing is copied until something differs: white
//! space, an escape, a number, the order of members. What lies between two differences goes out in
//! one piece. Members are written in the order in which they are found; an object that turns out
//! not to be sorted is put in order when it ends.

use std::cmp::Ordering;

use super::{Limits, decimal, number, text, utf16_order};
use crate::{Error, Result};

/// The canonical form of `document`.
pub fn canonicalize(document: &[u8], limits: Limits) -> Result<Vec<u8>> {
    let document = limits.admit(document)?;
    let mut pass = Pass {
        document,
        input: document.as_bytes(),
        at: 0,
        kept: 0,
        out: Vec::with_capacity(document.len()),
        members: Vec::new(),
        scratch: Vec::new(),
        open: 0,
        limits,
    };
    pass.skip_space();
    pass.value()?;
    pass.skip_space();
    if pass.at < document.len() {
        return Err(pass.syntax("something follows the value"));
    }
    pass.flush(pass.at);
    // Numbers may grow, and what was written must be read.
    if pass.out.len() > limits.size {
        return Err(Error::TooLarge { size: pass.out.len(), limit: limits.size });
    }
    Ok(pass.out)
}

struct Pass<'a> {
    document: &'a str,
    input: &'a [u8],
    /// The byte to be read next.
    at: usize,
    /// From here up to `at` the input is canonical and not yet in `out`.
    kept: usize,
    out: Vec<u8>,
    /// The members of all open objects, the innermost last.
    members: Vec<Member>,
    scratch: Vec<u8>,
    open: usize,
    limits: Limits,
}

/// A member of an open object.
#[derive(Clone, Copy)]
struct Member {
    name: Name,
    /// Where the member starts and ends in the output.
    start: usize,
    end: usize,
}

impl Member {
    fn length(&self) -> usize {
        self.end - self.start
    }
}

/// A member's name as it stands in the input.
#[derive(Clone, Copy)]
struct Name {
    /// Its first eight bytes, so that most comparisons need no look at the input.
    prefix: u64,
    /// The opening quote.
    start: usize,
    /// The closing quote.
    end: usize,
    spelling: Spelling,
}

/// How a string is spelt in the input.
#[derive(Clone, Copy, PartialEq)]
enum Spelling {
    Ascii,
    Utf8,
    Escaped,
}

impl Pass<'_> {
    fn value(&mut self) -> Result<()> {
        match self.peek() {
            Some(b'"') => self.string().map(|_| ()),
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word(b"true"),
            Some(b'f') => self.word(b"false"),
            Some(b'n') => self.word(b"null"),
            _ => Err(self.syntax("a value is missing")),
        }
    }

    fn word(&mut self, word: &[u8]) -> Result<()> {
        if !self.input[self.at..].starts_with(word) {
            return Err(self.syntax("a value is missing"));
        }
        self.at += word.len();
        Ok(())
    }

    fn array(&mut self) -> Result<()> {
        self.enter()?;
        if self.peek() == Some(b']') {
            self.at += 1;
        } else {
            loop {
                match self.peek() {
                    // Long arrays are mostly of numbers.
                    Some(b'-' | b'0'..=b'9') => self.number()?,
                    _ => self.value()?,
                }
                match self.next_byte() {
                    Some(b',') => self.skip_space(),
                    Some(b']') => break,
                    _ => return Err(self.missing("',' or ']' is missing")),
                }
            }
        }
        self.open -= 1;
        Ok(())
    }

    fn object(&mut self) -> Result<()> {
        self.enter()?;
        let first = self.members.len();
        let mut sorted = true;
        if self.peek() == Some(b'}') {
            self.at += 1;
        } else {
            loop {
                let start = self.written();
                if self.peek() != Some(b'"') {
                    return Err(self.syntax("a member name is missing"));
                }
                let name = self.name()?;
                if let [.., last] = &self.members[first..] {
                    sorted = sorted && self.order(last.name, name).is_lt();
                }
                if self.next_byte() != Some(b':') {
                    return Err(self.missing("':' is missing"));
                }
                self.skip_space();
                let index = self.members.len();
                self.members.push(Member { name, start, end: 0 });
                self.value()?;
                self.skip_space();
                self.members[index].end = self.written();
                match self.peek() {
                    Some(b',') => {
                        self.at += 1;
                        self.skip_space();
                    }
                    Some(b'}') => break,
                    _ => return Err(self.syntax("',' or '}' is missing")),
                }
            }
            if !sorted {
                self.sort_members(first)?;
            }
            self.members.truncate(first);
            self.at += 1;
        }
        self.open -= 1;
        Ok(())
    }

    /// Puts the members from `first` on in order, in `out` too.
    fn sort_members(&mut self, first: usize) -> Result<()> {
        self.flush(self.at);
        let mut members = std::mem::take(&mut self.members);
        let of_object = &mut members[first..];
        let start = of_object[0].start;
        of_object.sort_unstable_by(|a, b| self.order(a.name, b.name).then(a.start.cmp(&b.start)));
        let doubles = of_object.windows(2).filter(|pair| self.order(pair[0].name, pair[1].name).is_eq());
        if let Some(position) = doubles.map(|pair| pair[1].name.start).min() {
            return Err(Error::DuplicateMember { position });
        }
        self.rearrange(of_object, start);
        self.members = members;
        Ok(())
    }

    /// Writes the `members` of an object again in their new order, from byte `start` of `out` on. The
    /// largest is moved at most once: it may be nearly all of the document.
    fn rearrange(&mut self, members: &[Member], start: usize) {
        let largest = (0..members.len()).max_by_key(|index| members[*index].length()).unwrap_or_default();
        self.scratch.clear();
        for member in &members[..largest] {
            self.scratch.extend_from_slice(&self.out[member.start..member.end]);
            self.scratch.push(b',');
        }
        let before = self.scratch.len();
        for member in &members[largest + 1..] {
            self.scratch.push(b',');
            self.scratch.extend_from_slice(&self.out[member.start..member.end]);
        }
        let largest = &members[largest];
        self.out.copy_within(largest.start..largest.end, start + before);
        self.out[start..start + before].copy_from_slice(&self.scratch[..before]);
        self.out[start + before + largest.length()..].copy_from_slice(&self.scratch[before..]);
    }

    fn name(&mut self) -> Result<Name> {
        let start = self.at;
        let spelling = self.string()?;
        let end = self.at - 1;
        Ok(Name { prefix: prefix(&self.input[start + 1..], end - start - 1), start, end, spelling })
    }

    fn order(&self, a: Name, b: Name) -> Ordering {
        let bytes = |name: Name| &self.input[name.start + 1..name.end];
        let content = |name: Name| &self.document[name.start + 1..name.end];
        match (a.spelling, b.spelling) {
            (Spelling::Ascii, Spelling::Ascii) => {
                a.prefix.cmp(&b.prefix).then_with(|| bytes(a).cmp(bytes(b)))
            }
            (Spelling::Escaped, _) | (_, Spelling::Escaped) => {
                let content = |name: Name| {
                    text::Literal::scan(self.document, name.start).map(|literal| literal.content)
                };
                // Both were read before, so both are there.
                utf16_order(&content(a).unwrap_or_default(), &content(b).unwrap_or_default())
            }
            _ => utf16_order(content(a), content(b)),
        }
    }

    fn string(&mut self) -> Result<Spelling> {
        self.at += 1;
        let mut spelling = Spelling::Ascii;
        loop {
            let (run, ascii) = text::plain_run(&self.input[self.at..]);
            self.at += run;
            if !ascii && spelling == Spelling::Ascii {
                spelling = Spelling::Utf8;
            }
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    spelling = Spelling::Escaped;
                    self.escape()?;
                }
                Some(_) => return Err(self.syntax("a control character is not escaped")),
                None => return Err(self.syntax("a string does not end")),
            }
        }
        self.at += 1;
        Ok(spelling)
    }

    fn escape(&mut self) -> Result<()> {
        let start = self.at;
        let (character, end) = text::unescape(self.input, start)?;
        self.at = end;
        if !matches!(self.input[start + 1], b'/' | b'u') {
            return Ok(());
        }
        self.flush(start);
        self.kept = end;
        match character {
            '"' | '\\' | '\0'..='\x1F' => text::write_escaped(character as u8, &mut self.out),
            _ => self.out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        Ok(())
    }

    #[inline]
    fn number(&mut self) -> Result<()> {
        let start = self.at;
        if let Some(canonical) = decimal::canonical(self.input, start) {
            self.at = canonical.end;
            if canonical.kept < canonical.end {
                self.flush(canonical.kept);
                canonical.write_last(&mut self.out);
                self.kept = canonical.end;
            }
            return Ok(());
        }
        self.converted_number()
    }

    fn converted_number(&mut self) -> Result<()> {
        let start = self.at;
        self.flush(start);
        let literal = number::Literal::scan(self.document, start)?;
        self.at = literal.end();
        self.kept = self.at;
        literal.number(&self.limits)?.write(&mut self.out);
        Ok(())
    }

    #[inline]
    fn enter(&mut self) -> Result<()> {
        if self.open == self.limits.deepest() {
            return Err(Error::TooDeep { position: self.at, limit: self.limits.deepest() });
        }
        self.open += 1;
        self.at += 1;
        self.skip_space();
        Ok(())
    }

    /// Skips white space and takes the byte behind it.
    #[inline]
    fn next_byte(&mut self) -> Option<u8> {
        self.skip_space();
        let byte = self.peek();
        self.at += 1;
        byte
    }

    /// The byte that was taken last is not the one that must be there.
    fn missing(&mut self, problem: &'static str) -> Error {
        self.at -= 1;
        self.syntax(problem)
    }

    #[inline]
    fn skip_space(&mut self) {
        if matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.skip_spaces();
        }
    }

    fn skip_spaces(&mut self) {
        self.flush(self.at);
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        self.kept = self.at;
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.input.get(self.at).copied()
    }

    /// How long the output is, counting what is kept.
    fn written(&self) -> usize {
        self.out.len() + self.at - self.kept
    }

    /// Puts out what is kept up to byte `end` of the input.
    #[inline]
    fn flush(&mut self, end: usize) {
        let length = end - self.kept;
        match self.input[self.kept..].first_chunk::<32>() {
            // To copy 32 bytes and drop some again is faster than to copy a few bytes one by one.
            Some(chunk) if length <= chunk.len() => {
                let written = self.out.len() + length;
                self.out.extend_from_slice(chunk);
                self.out.truncate(written);
            }
            _ => self.out.extend_from_slice(&self.input[self.kept..end]),
        }
        self.kept = end;
    }

    fn syntax(&self, problem: &'static str) -> Error {
        Error::JsonSyntax { position: self.at, problem }
    }
}

/// The first eight of the `length` bytes at the front of `bytes`, as a number that sorts like them.
fn prefix(bytes: &[u8], length: usize) -> u64 {
    match bytes.first_chunk::<8>() {
        Some(first) if length >= 8 => u64::from_be_bytes(*first),
        Some(first) if length > 0 => u64::from_be_bytes(*first) & (u64::MAX << (64 - 8 * length)),
        _ => bytes[..length].iter().rfold(0, |prefix, byte| (prefix >> 8) | (u64::from(*byte) << 56)),
    }
}
