//! The lines that a log sends to its anchors.
//!
//! An anchor holds one JSON object a line, in canonical form:
//!
//! ```text
//! {"key":"<row of the key registry>"}
//! {"record":"<record>","signature":"<detached JWS>"}
//! {"checkpoint":"<signed note>"}
//! ```
//!
//! A *batch* is what belongs to one checkpoint: new rows of the key registry, then the records that
//! the checkpoint's account adds in the order of their leaves, then the account, then the
//! checkpoint.

use crate::json::{Limits, Object, Writer};
use crate::{Error, Result};

const WHAT: &str = "anchor line";

/// One line of an anchor. Nothing in it is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnchorLine {
    /// A row of the key registry.
    Key(String),
    /// A record.
    Record {
        /// Its text.
        text: String,
        /// Its detached JWS.
        signature: String,
    },
    /// A checkpoint, as a signed note.
    Checkpoint(String),
}

impl AnchorLine {
    /// Reads a line, with or without its line feed. `file` and `line` are told in the error.
    pub fn parse(bytes: &[u8], file: &str, line: u64) -> Result<Self> {
        let malformed = |problem: String| Error::MalformedAnchor { file: file.into(), line, problem };
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let parsed = crate::json::parse(bytes, Limits { depth: 2, ..Limits::default() })
            .and_then(|json| json.into_object(WHAT))
            .and_then(|object| Self::from_json(&object))
            .map_err(|error| malformed(error.to_string()))?;
        // There is one way to write a line, so no byte of it is free to be changed.
        let mut canonical = Vec::with_capacity(bytes.len() + 1);
        parsed.write(&mut canonical);
        match canonical.strip_suffix(b"\n") {
            Some(canonical) if canonical == bytes => Ok(parsed),
            _ => Err(malformed("the line is not in canonical form".into())),
        }
    }

    fn from_json(object: &Object) -> Result<Self> {
        let text = |name| object.required_str(WHAT, name).map(Into::into);
        if object.get("record").is_some() {
            object.only(WHAT, &["record", "signature"])?;
            return Ok(Self::Record { text: text("record")?, signature: text("signature")? });
        }
        if object.get("key").is_some() {
            object.only(WHAT, &["key"])?;
            return Ok(Self::Key(text("key")?));
        }
        object.only(WHAT, &["checkpoint"])?;
        Ok(Self::Checkpoint(text("checkpoint")?))
    }

    /// Appends the line and its line feed.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Key(row) => write_key(row, out),
            Self::Record { text, signature } => write_record(text, signature, out),
            Self::Checkpoint(note) => write_checkpoint(note, out),
        }
    }
}

pub(super) fn write_key(row: &str, out: &mut Vec<u8>) {
    line(out, |writer| {
        writer.member("key").string(row);
    });
}

pub(super) fn write_record(text: &str, signature: &str, out: &mut Vec<u8>) {
    line(out, |writer| {
        writer.member("record").string(text).member("signature").string(signature);
    });
}

pub(super) fn write_checkpoint(note: &str, out: &mut Vec<u8>) {
    line(out, |writer| {
        writer.member("checkpoint").string(note);
    });
}

fn line(out: &mut Vec<u8>, write: impl FnOnce(&mut Writer)) {
    let mut writer = Writer::object_in(std::mem::take(out));
    write(&mut writer);
    *out = writer.finish();
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines() -> [AnchorLine; 3] {
        [
            AnchorLine::Key("a.b.c".into()),
            AnchorLine::Record { text: "{\"v\":1}".into(), signature: "a..b".into() },
            AnchorLine::Checkpoint("loans/node-1\n1\n=\n\n— x y\n".into()),
        ]
    }

    #[test]
    fn lines_are_read_back() {
        for line in lines() {
            let mut bytes = Vec::new();
            line.write(&mut bytes);
            assert_eq!(bytes.iter().position(|byte| *byte == b'\n'), Some(bytes.len() - 1));
            assert_eq!(AnchorLine::parse(&bytes, "f", 1).unwrap(), line);
        }
    }

    #[test]
    fn no_two_texts_are_the_same_line() {
        for line in lines() {
            let mut bytes = Vec::new();
            line.write(&mut bytes);
            for position in 0..bytes.len() - 1 {
                for bit in 0..8 {
                    let mut changed = bytes.clone();
                    changed[position] ^= 1 << bit;
                    assert_ne!(AnchorLine::parse(&changed, "f", 1).ok().as_ref(), Some(&line));
                }
            }
        }
    }

    #[test]
    fn what_is_not_a_line_is_refused_with_its_place() {
        let message = |bytes: &[u8]| AnchorLine::parse(bytes, "a.jsonl", 7).unwrap_err().to_string();
        assert_eq!(
            message(b"{\"record\":\"x\"}\n"),
            "a.jsonl, line 7: anchor line: member \"signature\" is missing"
        );
        assert_eq!(message(b"{\"key\": \"x\"}"), "a.jsonl, line 7: the line is not in canonical form");
        assert_eq!(message(b"{\"x\":\"y\"}"), "a.jsonl, line 7: anchor line: member \"x\" is unknown");
        assert!(message(b"{\"key\":").starts_with("a.jsonl, line 7: not JSON at byte 7"));
    }
}
