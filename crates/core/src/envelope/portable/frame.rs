//! The outer JSON of a portable envelope, its parts still encoded.

use std::borrow::Cow;

use crate::crypto::{NONCE_LEN, TAG_LEN};
use crate::json::{self, Limits, Object, Value};
use crate::{Error, Result, base64url};

/// How many recipients an envelope may have.
pub(super) const RECIPIENTS: usize = 256;
/// An envelope is as long as its content asks for, but not deep: an `epk` in a recipient's header.
const LIMITS: Limits = Limits { depth: 6, size: usize::MAX, exact_numbers: true };

/// The members of an envelope.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub(super) aad: Option<Cow<'a, str>>,
    pub(super) ciphertext: Cow<'a, str>,
    pub(super) nonce: Cow<'a, str>,
    pub(super) protected: Cow<'a, str>,
    pub(super) tag: Cow<'a, str>,
    pub(super) wrapped: Vec<Wrapped<'a>>,
}

/// The part of one recipient.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wrapped<'a> {
    pub(super) encrypted_key: Cow<'a, str>,
    pub(super) header: Option<Object>,
}

impl<'a> Frame<'a> {
    /// Takes an envelope apart.
    pub(super) fn read(envelope: &'a str) -> Result<Self> {
        match Self::as_written(envelope) {
            Some(frame) => Ok(frame),
            None => Self::from_json(envelope),
        }
    }

    /// The context, still encoded.
    pub(super) fn context(&self) -> Result<&str> {
        self.aad.as_deref().ok_or(Error::ContextMissing)
    }

    /// Reads the flattened form that a [`Sealer`](super::Sealer) writes, in which every part stands
    /// at its place, so that neither is a long ciphertext searched nor anything copied. Whatever a
    /// part may hold beside base64url is found when it is decoded.
    fn as_written(envelope: &'a str) -> Option<Self> {
        let rest = envelope.strip_prefix("{\"aad\":\"")?;
        let (aad, rest) = rest.split_at(memchr::memchr(b'"', rest.as_bytes())?);
        let rest = rest.strip_prefix("\",\"ciphertext\":\"")?;
        let (rest, tag) = last(rest.strip_suffix("\"}")?, base64url::encoded_len(TAG_LEN))?;
        let (rest, protected) = last_value(rest.strip_suffix("\",\"tag\":\"")?, "\",\"protected\":\"")?;
        let (rest, nonce) = last(rest, base64url::encoded_len(NONCE_LEN))?;
        let (ciphertext, encrypted_key) =
            last_value(rest.strip_suffix("\",\"iv\":\"")?, "\",\"encrypted_key\":\"")?;
        // An escape may stand for a character of base64url.
        let escaped = |text: &str| memchr::memchr(b'\\', text.as_bytes()).is_some();
        if [aad, encrypted_key, nonce, protected, tag].into_iter().any(escaped) {
            return None;
        }
        Some(Self {
            aad: Some(aad.into()),
            ciphertext: ciphertext.into(),
            nonce: nonce.into(),
            protected: protected.into(),
            tag: tag.into(),
            wrapped: vec![Wrapped { encrypted_key: encrypted_key.into(), header: None }],
        })
    }

    /// Reads any form.
    pub(super) fn from_json(envelope: &str) -> Result<Self> {
        if !envelope.trim_start().starts_with('{') {
            return Err(match envelope.trim_start() {
                "" => malformed("it is empty"),
                marked if marked.starts_with('\u{feff}') => Error::ByteOrderMark,
                _ => malformed("it is not in the JSON serialization"),
            });
        }
        let object = json::parse(envelope.as_bytes(), LIMITS)?.into_object("envelope")?;
        let names = [
            "aad",
            "ciphertext",
            "encrypted_key",
            "header",
            "iv",
            "protected",
            "recipients",
            "tag",
            "unprotected",
        ];
        if let Some((name, _)) = object.iter().find(|(name, _)| !names.contains(name)) {
            return Err(malformed(format!("member {name:?} is unknown")));
        }
        let required =
            |name| owned(&object, name)?.ok_or_else(|| malformed(format!("member {name:?} is missing")));
        Ok(Self {
            protected: required("protected")?,
            wrapped: wrapped(&object)?,
            ciphertext: required("ciphertext")?,
            nonce: required("iv")?,
            tag: required("tag")?,
            aad: owned(&object, "aad")?,
        })
    }
}

fn wrapped(object: &Object) -> Result<Vec<Wrapped<'static>>> {
    match object.get("recipients") {
        None => {
            // What is shared by one recipient is its own; some libraries write it so.
            let header = match (header(object, "header")?, header(object, "unprotected")?) {
                (Some(_), Some(_)) => return Err(malformed("its one recipient has two headers")),
                (own, shared) => own.or(shared),
            };
            let one = Wrapped { encrypted_key: encrypted_key(object)?, header };
            if one.header.as_ref().is_some_and(|header| header.get("alg").is_some()) {
                return Err(malformed("the algorithm of its one recipient is not protected"));
            }
            Ok(vec![one])
        }
        Some(_) if ["encrypted_key", "header"].iter().any(|name| object.get(name).is_some()) => {
            Err(malformed("it is both for one recipient and for several"))
        }
        Some(_) if object.get("unprotected").is_some() => {
            Err(malformed("its recipients share a header that is not protected"))
        }
        Some(Value::Array(recipients)) if recipients.len() > RECIPIENTS => {
            Err(malformed(format!("it has more than {RECIPIENTS} recipients")))
        }
        Some(Value::Array(recipients)) if !recipients.is_empty() => {
            recipients.iter().map(recipient).collect()
        }
        Some(_) => Err(malformed("member \"recipients\" is not an array with recipients")),
    }
}

fn recipient(recipient: &Value) -> Result<Wrapped<'static>> {
    let recipient = recipient.as_object().ok_or_else(|| malformed("a recipient is not an object"))?;
    if let Some((name, _)) = recipient.iter().find(|(name, _)| !["encrypted_key", "header"].contains(name)) {
        return Err(malformed(format!("a recipient's member {name:?} is unknown")));
    }
    Ok(Wrapped { encrypted_key: encrypted_key(recipient)?, header: header(recipient, "header")? })
}

fn encrypted_key(object: &Object) -> Result<Cow<'static, str>> {
    Ok(owned(object, "encrypted_key")?.unwrap_or_default())
}

fn header(object: &Object, name: &str) -> Result<Option<Object>> {
    match object.get(name) {
        None => Ok(None),
        Some(Value::Object(header)) => Ok(Some(header.clone())),
        Some(_) => Err(malformed("a recipient's header is not an object")),
    }
}

fn owned(object: &Object, name: &str) -> Result<Option<Cow<'static, str>>> {
    match object.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone().into())),
        Some(_) => Err(malformed(format!("member {name:?} is not a string"))),
    }
}

fn last(text: &str, length: usize) -> Option<(&str, &str)> {
    text.split_at_checked(text.len().checked_sub(length)?)
}

/// The value that begins after the last quote, and what stands before its member's `name`.
fn last_value<'a>(text: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    let start = memchr::memrchr(b'"', text.as_bytes())? + 1;
    Some((text[..start].strip_suffix(name)?, &text[start..]))
}

pub(super) fn malformed(problem: impl Into<String>) -> Error {
    Error::MalformedEnvelope { problem: problem.into() }
}
