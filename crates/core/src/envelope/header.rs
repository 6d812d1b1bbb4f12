//! The protected header of a stored envelope, in its one form:
//! `{"alg":"dir","ctx":{…},"cty":"json","enc":"A256GCM","kid":"…"}`, without `cty` for raw bytes.

use crate::context::Context;
use crate::json::{self, Limits, Object};
use crate::keys::KeyId;
use crate::{Error, Result};

/// What an envelope holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Content {
    /// Raw bytes.
    Bytes,
    /// A JSON document of columns (`cty` is `json`).
    Columns,
}

/// A header that was read, its context not yet compared with anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kid: KeyId,
    pub(super) context: Context<'static>,
    pub(super) holds: Content,
}

/// What stands in a header beside the context.
const FRAME_LEN: usize = 128;
/// What follows the key id, the last member.
const TAIL: &[u8] = b"\"}";

/// The header, in canonical form.
pub(super) fn write(context: &Context<'_>, holds: Content, kid: &KeyId) -> Vec<u8> {
    let mut header = Vec::with_capacity(FRAME_LEN + context.json_len());
    header.extend_from_slice(br#"{"alg":"dir","ctx":"#);
    context.write_json(&mut header);
    if holds == Content::Columns {
        header.extend_from_slice(br#","cty":"json""#);
    }
    header.extend_from_slice(br#","enc":"A256GCM","kid":""#);
    header.extend_from_slice(kid.as_ascii());
    header.extend_from_slice(TAIL);
    header
}

/// Where in a header of [`write()`]'s form the key id stands, if it has that form.
pub(super) fn key_id(header: &[u8]) -> Option<KeyId> {
    let before = header.strip_suffix(TAIL)?;
    let (rest, kid) = before.split_at_checked(before.len().checked_sub(KeyId::LEN)?)?;
    if !rest.ends_with(b"\"kid\":\"") {
        return None;
    }
    KeyId::parse_ascii(kid)
}

impl Header {
    /// Reads a header strictly. What it says is not authentic until the envelope was opened.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self> {
        let object = json::parse(bytes, Limits { depth: 2, ..Limits::default() })?.into_object("header")?;
        refuse_unknown(&object)?;
        if object.required_str("header", "alg")? != "dir" {
            return Err(unsupported(&object, "alg", "dir"));
        }
        if object.required_str("header", "enc")? != "A256GCM" {
            return Err(unsupported(&object, "enc", "A256GCM"));
        }
        let kid = object.required_str("header", "kid")?;
        let holds = match object.optional_str("header", "cty")? {
            None => Content::Bytes,
            Some("json") => Content::Columns,
            Some(other) => return Err(malformed(format!("content type {other:?} is not stored"))),
        };
        if object.get("ctx").is_none() {
            return Err(Error::ContextMissing);
        }
        let header = Self {
            kid: KeyId::parse(kid).ok_or_else(|| malformed("the key id is not a thumbprint"))?,
            context: Context::from_json(object.required_object("header", "ctx")?)?,
            holds,
        };
        if write(&header.context, header.holds, &header.kid) != bytes {
            return Err(malformed("the header is not in its canonical form"));
        }
        Ok(header)
    }
}

/// RFC 7516 §4: what a header demands and the reader does not know must stop it.
fn refuse_unknown(object: &Object) -> Result<()> {
    if let Some(critical) = object.get("crit") {
        let header = critical.as_array().and_then(|names| names.first()).and_then(|name| name.as_str());
        return Err(Error::UnknownCritical { header: header.unwrap_or_default().into() });
    }
    if object.get("zip").is_some() {
        return Err(unsupported(object, "zip", "no compression"));
    }
    let known = ["alg", "ctx", "cty", "enc", "kid"];
    match object.iter().find(|(name, _)| !known.contains(name)) {
        Some((name, _)) => Err(malformed(format!("header member {name:?} is unknown"))),
        None => Ok(()),
    }
}

fn unsupported(object: &Object, member: &str, allowed: &'static str) -> Error {
    let algorithm = object.get(member).and_then(json::Value::as_str).unwrap_or_default().into();
    Error::UnsupportedAlgorithm { algorithm, allowed }
}

fn malformed(problem: impl Into<String>) -> Error {
    Error::MalformedEnvelope { problem: problem.into() }
}
